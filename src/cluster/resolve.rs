//! Decides what to connect to, and as whom: kubeconfigs, environment and flags in, one answer out.
//!
//! A pure function. It follows client-go step by step (`tools/clientcmd/client_config.go`,
//! `merged_client_builder.go`, `validation.go`), errors included, so that whoever can work with
//! kubectl can work with this program. `load` gathers what it is given.

use std::path::PathBuf;

use http::Uri;
use secrecy::SecretString;

use crate::cluster::kubeconfig::BadFile;
use crate::cluster::kubeconfig::Cluster;
use crate::cluster::kubeconfig::Exec;
use crate::cluster::kubeconfig::File;
use crate::cluster::kubeconfig::Kubeconfig;
use crate::cluster::kubeconfig::User;
use crate::cluster::overrides::Impersonation;
use crate::cluster::overrides::Overrides;
use crate::cluster::overrides::Patience;
use crate::cluster::proxy;
use crate::cluster::proxy::Environment;

/// What kubectl falls back to when nothing names a server.
const DEFAULT_SERVER: &str = "http://localhost:8080";

/// Everything needed to open a connection; files are named, not yet read.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// Address of the API server, always with a scheme.
    pub server: Uri,
    /// Name of the context, if one was used.
    pub context: Option<String>,
    /// Name of the cluster entry, if one was used.
    pub cluster: Option<String>,
    /// Name of the user entry, if one was used.
    pub user: Option<String>,
    /// Namespace to work in.
    pub namespace: String,
    /// How the server's certificate is checked.
    pub trust: Trust,
    /// Name to check the certificate against, when it is not the server's.
    pub tls_server_name: Option<String>,
    /// Client certificate and key.
    pub identity: Option<Identity>,
    /// How requests say who sends them.
    pub login: Login,
    /// Whom to act as.
    pub impersonation: Impersonation,
    /// Proxy to go through.
    pub proxy: Option<Proxy>,
    /// Whether answers may be compressed.
    pub compression: Compression,
    /// How long a request may take.
    pub patience: Patience,
}

/// How the server's certificate is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Against the system's authorities.
    System,
    /// Against these authorities only.
    Authority(Material),
    /// Not at all.
    Anything,
}

/// A client certificate with its key.
#[derive(Clone, Debug)]
pub struct Identity {
    /// PEM chain.
    pub certificate: Material,
    /// PEM key.
    pub key: SecretMaterial,
}

/// PEM text: where to find it, or itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Material {
    /// A file.
    File(PathBuf),
    /// Base64 of the text, as in a kubeconfig.
    Data(String),
}

/// Like [`Material`], for what must not be shown.
#[derive(Clone, Debug)]
pub enum SecretMaterial {
    /// A file.
    File(PathBuf),
    /// Base64 of the text.
    Data(SecretString),
}

/// How requests say who sends them, beside a client certificate.
#[derive(Clone, Debug)]
pub enum Login {
    /// They do not.
    Anonymous,
    /// With a bearer token.
    Token(SecretString),
    /// With a bearer token from a file that may change; with the other one while it cannot be read.
    TokenFile(PathBuf, Option<SecretString>),
    /// With a name and a password.
    Basic(String, SecretString),
    /// With what a program prints.
    Plugin(Box<Plugin>),
}

/// A credential plugin, checked.
#[derive(Clone, Debug)]
pub struct Plugin {
    /// Version of `client.authentication.k8s.io` it speaks.
    pub version: PluginVersion,
    /// The program; searched on PATH unless it has a separator in it.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables to add to the environment.
    pub env: Vec<(String, String)>,
    /// What to tell a user who does not have it.
    pub install_hint: Option<String>,
    /// Whether it may ask the user.
    pub interactive: InteractiveMode,
    /// What it gets to know about the cluster, if it wants to: the extension meant for it.
    pub cluster_info: Option<serde_json::Value>,
}

/// Versions of `client.authentication.k8s.io` that are still spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PluginVersion {
    /// `v1`.
    V1,
    /// `v1beta1`.
    V1Beta1,
}

impl PluginVersion {
    /// As written in `apiVersion`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1 => "client.authentication.k8s.io/v1",
            Self::V1Beta1 => "client.authentication.k8s.io/v1beta1",
        }
    }
}

/// Whether a credential plugin may ask the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InteractiveMode {
    /// It gets no stdin.
    Never,
    /// It gets stdin when that is a terminal.
    IfAvailable,
    /// It cannot do without a terminal.
    Always,
}

/// A proxy, and who named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// The kubeconfig's `proxy-url`.
    Configured(Uri),
    /// The environment.
    Environment(Uri),
}

impl Proxy {
    /// Its address.
    pub fn uri(&self) -> &Uri {
        match self {
            Self::Configured(uri) | Self::Environment(uri) => uri,
        }
    }
}

/// Whether answers may be compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// The server may.
    Gzip,
    /// Asked not to, or not worth it: the server is on this machine.
    Off,
}

/// What a pod knows about the cluster it runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InCluster {
    /// `https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT`.
    pub server: String,
    /// The service account's token.
    pub token_file: PathBuf,
    /// The cluster's certificate authority, if it is there.
    pub certificate_authority: Option<PathBuf>,
    /// `POD_NAMESPACE`, or the service account's.
    pub namespace: Option<String>,
}

/// Why there is nothing to connect to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misconfigured {
    /// A file cannot be understood.
    #[error(transparent)]
    File(#[from] BadFile),
    /// A name given on the command line does not exist.
    #[error("{kind} \"{name}\" does not exist")]
    NoSuch {
        /// `context`, `cluster` or `auth info`, kubectl's words.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// What was selected makes no sense.
    #[error("{}", in_lines(.0))]
    Invalid(Vec<String>),
    /// What was selected cannot be used.
    #[error("{0}")]
    Unusable(String),
}

fn in_lines(reasons: &[String]) -> String {
    match reasons {
        [one] => one.clone(),
        many => many.iter().map(|reason| format!("\n* {reason}")).collect(),
    }
}

/// Decides what to connect to.
pub fn resolve(
    files: &[File],
    environment: &Environment,
    overrides: &Overrides,
    in_cluster: Option<&InCluster>,
) -> Result<Resolved, Misconfigured> {
    let kubeconfig = Kubeconfig::merge(files)?;
    let choice = Choice::make(&kubeconfig, overrides)?;
    let user = apply_to_user(choice.user, overrides);
    let cluster = apply_to_cluster(choice.cluster, overrides);
    check(&choice, &cluster, &user)?;
    let namespace = namespace(&choice, overrides, in_cluster);

    if let (None, Some(pod)) = (&cluster.server, in_cluster) {
        return from_inside(pod, namespace, overrides);
    }
    let named = cluster.server.clone();
    let master = environment.get("KUBERNETES_MASTER").filter(|server| !server.is_empty()).cloned();
    let server = server_uri(&named.or(master).unwrap_or_else(|| DEFAULT_SERVER.to_owned()))?;
    let secure = server.scheme_str() == Some("https");
    let proxy = match &cluster.proxy_url {
        // `check` has read it once already.
        Some(url) => proxy::parse(url).ok().map(Proxy::Configured),
        None => proxy::from_environment(&server, environment).map(Proxy::Environment),
    };
    // Who cannot be sure to talk to the right server does not tell it secrets: as in client-go,
    // nothing of this counts without TLS.
    let (trust, identity, login) = if secure {
        (trust(&cluster)?, identity(&user), login(&user, &cluster)?)
    } else {
        (Trust::System, None, Login::Anonymous)
    };
    let off = cluster.disable_compression == Some(true)
        || server.host().is_some_and(|host| proxy::is_local(host.trim_matches(['[', ']'])));
    Ok(Resolved {
        context: choice.context_name,
        cluster: choice.cluster_name,
        user: choice.user_name,
        namespace,
        trust,
        tls_server_name: cluster.tls_server_name.filter(|_| secure),
        identity,
        login,
        impersonation: impersonation(user),
        proxy,
        compression: if off { Compression::Off } else { Compression::Gzip },
        patience: overrides.patience,
        server,
    })
}

/// The entries the names lead to, before flags change anything in them.
struct Choice<'a> {
    context_name: Option<String>,
    context_missing: bool,
    context_namespace: Option<&'a str>,
    cluster_name: Option<String>,
    cluster: Option<&'a Cluster>,
    user_name: Option<String>,
    user: Option<&'a User>,
}

impl<'a> Choice<'a> {
    fn make(kubeconfig: &'a Kubeconfig, overrides: &Overrides) -> Result<Self, Misconfigured> {
        let context_name = overrides.context.clone().or_else(|| kubeconfig.current_context.clone());
        let context = context_name.as_ref().and_then(|name| kubeconfig.contexts.get(name));
        let user_name = overrides.user.clone().or_else(|| context?.user.clone());
        let user = user_name.as_ref().and_then(|name| kubeconfig.users.get(name));
        let cluster_name = overrides.cluster.clone().or_else(|| context?.cluster.clone());
        let cluster = cluster_name.as_ref().and_then(|name| kubeconfig.clusters.get(name));

        // Only a name from the command line has to exist; a dangling one in a file is looked
        // over here. The order decides which of several faults kubectl reports.
        let must_exist = |kind, flag: &Option<String>, found: bool| match flag {
            Some(name) if !found => Err(Misconfigured::NoSuch { kind, name: name.clone() }),
            _ => Ok(()),
        };
        must_exist("auth info", &overrides.user, user.is_some())?;
        must_exist("context", &overrides.context, context.is_some())?;
        must_exist("cluster", &overrides.cluster, cluster.is_some())?;
        Ok(Self {
            context_missing: context_name.is_some() && context.is_none(),
            context_namespace: context.and_then(|context| context.namespace.as_deref()),
            context_name,
            cluster_name,
            cluster,
            user_name,
            user,
        })
    }
}

fn apply_to_user(chosen: Option<&User>, overrides: &Overrides) -> User {
    let mut user = chosen.cloned().unwrap_or_default();
    if overrides.token.is_some() {
        user.token.clone_from(&overrides.token);
        user.token_file = None;
    }
    if let Some(path) = &overrides.client_certificate {
        user.client_certificate = Some(path.to_string_lossy().into_owned());
        user.client_certificate_data = None;
    }
    if let Some(path) = &overrides.client_key {
        user.client_key = Some(path.to_string_lossy().into_owned());
        user.client_key_data = None;
    }
    let acting = &overrides.impersonation;
    if acting.user.is_some() {
        user.impersonate.clone_from(&acting.user);
    }
    if acting.uid.is_some() {
        user.impersonate_uid.clone_from(&acting.uid);
    }
    if !acting.groups.is_empty() {
        user.impersonate_groups = Some(acting.groups.clone());
    }
    if !acting.extra.is_empty() {
        user.impersonate_extra.get_or_insert_default().extend(acting.extra.clone());
    }
    user
}

fn apply_to_cluster(chosen: Option<&Cluster>, overrides: &Overrides) -> Cluster {
    let mut cluster = chosen.cloned().unwrap_or_default();
    if overrides.disable_compression {
        cluster.disable_compression = Some(true);
    }
    if overrides.insecure_skip_tls_verify || overrides.certificate_authority.is_some() {
        let authority = overrides.certificate_authority.as_ref();
        cluster.insecure_skip_tls_verify = Some(overrides.insecure_skip_tls_verify);
        cluster.certificate_authority = authority.map(|path| path.to_string_lossy().into_owned());
        cluster.certificate_authority_data = None;
    }
    // Another server has another name: the file's does not apply to it.
    if overrides.server.is_some() || overrides.tls_server_name.is_some() {
        cluster.tls_server_name.clone_from(&overrides.tls_server_name);
    }
    if overrides.server.is_some() {
        cluster.server.clone_from(&overrides.server);
    }
    cluster
}

/// What `kubectl` calls an invalid configuration, all of it at once.
fn check(choice: &Choice<'_>, cluster: &Cluster, user: &User) -> Result<(), Misconfigured> {
    let mut faults = Vec::new();
    if choice.context_missing {
        let name = choice.context_name.as_deref().unwrap_or_default();
        faults.push(format!("context was not found for specified context: {name}"));
    }
    check_user(choice.user_name.as_deref().unwrap_or_default(), user, &mut faults);
    check_cluster(choice.cluster_name.as_deref().unwrap_or_default(), cluster, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(Misconfigured::Invalid(faults)) }
}

fn check_user(name: &str, user: &User, faults: &mut Vec<String>) {
    if user.client_certificate.is_some() || user.client_certificate_data.is_some() {
        if user.client_certificate.is_some() && user.client_certificate_data.is_some() {
            faults.push(format!(
                "client-cert-data and client-cert are both specified for {name}. \
                 client-cert-data will override."
            ));
        }
        match (&user.client_key, &user.client_key_data) {
            (Some(_), Some(_)) => faults.push(format!(
                "client-key-data and client-key are both specified for {name}; \
                 client-key-data will override"
            )),
            (None, None) => faults.push(format!(
                "client-key-data or client-key must be specified for {name} to use the \
                 clientCert authentication method."
            )),
            _ => {}
        }
    }
    if let Some(exec) = &user.exec {
        check_exec(name, exec, user, faults);
    }
    if user.token.is_some() && (user.username.is_some() || user.password.is_some()) {
        faults.push(format!(
            "more than one authentication method found for {name}; found [token basicAuth], \
             only one is allowed"
        ));
    }
    let further = user.impersonate_uid.is_some()
        || user.impersonate_groups.as_ref().is_some_and(|groups| !groups.is_empty())
        || user.impersonate_extra.as_ref().is_some_and(|extra| !extra.is_empty());
    if further && user.impersonate.is_none() {
        faults.push(format!(
            "requesting uid, groups or user-extra for {name} without impersonating a user"
        ));
    }
}

fn check_exec(name: &str, exec: &Exec, user: &User, faults: &mut Vec<String>) {
    if user.auth_provider.is_some() {
        faults.push(format!(
            "authProvider cannot be provided in combination with an exec plugin for {name}"
        ));
    }
    let mut required = |what: &str, missing: bool| {
        if missing {
            let use_it = "to use exec authentication plugin";
            faults.push(format!("{what} must be specified for {name} {use_it}"));
        }
    };
    required("command", exec.command.is_none());
    required("apiVersion", exec.api_version.is_none());
    for variable in exec.env.iter().flatten() {
        required("env variable name", variable.name.is_empty());
    }
    if exec.interactive_mode.is_none() && !speaks_beta(exec) {
        required("interactiveMode", true);
    }
    if let Some(mode) = &exec.interactive_mode
        && interactive_mode(mode).is_none()
    {
        faults.push(format!("invalid interactiveMode for {name}: \"{mode}\""));
    }
}

fn check_cluster(name: &str, cluster: &Cluster, faults: &mut Vec<String>) {
    if let Some(url) = &cluster.proxy_url
        && let Err(error) = proxy::parse(url)
    {
        faults.push(format!("invalid 'proxy-url' \"{url}\" for cluster \"{name}\": {error}"));
    }
    if cluster.certificate_authority.is_some() && cluster.certificate_authority_data.is_some() {
        faults.push(format!(
            "certificate-authority-data and certificate-authority are both specified for {name}. \
             certificate-authority-data will override."
        ));
    }
}

fn namespace(choice: &Choice<'_>, overrides: &Overrides, in_cluster: Option<&InCluster>) -> String {
    // A pod's own namespace stands in for one the kubeconfig does not give, even when the
    // kubeconfig leads to another cluster: client-go does so (merged_client_builder.go).
    let given = overrides.namespace.as_deref().or(choice.context_namespace);
    let own = in_cluster.and_then(|pod| pod.namespace.as_deref());
    given.or(own).unwrap_or("default").to_owned()
}

fn from_inside(
    pod: &InCluster,
    namespace: String,
    overrides: &Overrides,
) -> Result<Resolved, Misconfigured> {
    let authority = overrides.certificate_authority.as_ref().or(pod.certificate_authority.as_ref());
    let login = match &overrides.token {
        Some(token) => Login::Token(token.clone()),
        None => Login::TokenFile(pod.token_file.clone(), None),
    };
    let trust = match authority {
        _ if overrides.insecure_skip_tls_verify => Trust::Anything,
        Some(path) => Trust::Authority(Material::File(path.clone())),
        None => Trust::System,
    };
    Ok(Resolved {
        server: server_uri(&pod.server)?,
        context: None,
        cluster: None,
        user: None,
        namespace,
        trust,
        tls_server_name: overrides.tls_server_name.clone(),
        identity: None,
        login,
        impersonation: overrides.impersonation.clone(),
        proxy: None,
        compression: if overrides.disable_compression {
            Compression::Off
        } else {
            Compression::Gzip
        },
        patience: overrides.patience,
    })
}

/// Reads a server's address; what has no scheme is plain HTTP, as in client-go.
fn server_uri(server: &str) -> Result<Uri, Misconfigured> {
    let unusable =
        || Misconfigured::Unusable(format!("host must be a URL or a host:port pair: \"{server}\""));
    let with_scheme = if server.contains("://") {
        server.to_owned()
    } else {
        let address = server.strip_suffix('/').unwrap_or(server);
        if address.contains('/') {
            return Err(unusable());
        }
        format!("http://{address}")
    };
    let address = with_scheme.split(['?', '#']).next().unwrap_or_default();
    let uri: Uri = address.parse().map_err(|_| unusable())?;
    if uri.host().is_none_or(str::is_empty) || !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(unusable());
    }
    Ok(uri)
}

fn trust(cluster: &Cluster) -> Result<Trust, Misconfigured> {
    let authority = match (&cluster.certificate_authority_data, &cluster.certificate_authority) {
        (Some(data), _) => Some(Material::Data(data.clone())),
        (None, Some(path)) => Some(Material::File(path.into())),
        (None, None) => None,
    };
    match (authority, cluster.insecure_skip_tls_verify) {
        (Some(_), Some(true)) => Err(Misconfigured::Unusable(
            "specifying a root certificates file with the insecure flag is not allowed".to_owned(),
        )),
        (None, Some(true)) => Ok(Trust::Anything),
        (Some(authority), _) => Ok(Trust::Authority(authority)),
        (None, _) => Ok(Trust::System),
    }
}

fn identity(user: &User) -> Option<Identity> {
    let certificate = match (&user.client_certificate_data, &user.client_certificate) {
        (Some(data), _) => Material::Data(data.clone()),
        (None, Some(path)) => Material::File(path.into()),
        (None, None) => return None,
    };
    let key = match (&user.client_key_data, &user.client_key) {
        (Some(data), _) => SecretMaterial::Data(data.clone()),
        (None, path) => SecretMaterial::File(path.as_ref()?.into()),
    };
    Some(Identity { certificate, key })
}

fn login(user: &User, cluster: &Cluster) -> Result<Login, Misconfigured> {
    if let Some(provider) = &user.auth_provider {
        let token = provider.config.as_ref().and_then(|config| config.id_token.as_ref());
        return provider_login(&provider.name, token);
    }
    Ok(match user {
        // client-go reads the file first, and falls back to the token written beside it.
        User { token_file: Some(path), token, .. } => Login::TokenFile(path.into(), token.clone()),
        User { token: Some(token), .. } => Login::Token(token.clone()),
        User { username: Some(username), password, .. } => {
            Login::Basic(username.clone(), password.clone().unwrap_or_default())
        }
        // Whoever has a certificate is known by it; the plugin is not asked.
        User {
            exec: Some(exec), client_certificate: None, client_certificate_data: None, ..
        } => Login::Plugin(Box::new(plugin(exec, cluster)?)),
        _ => Login::Anonymous,
    })
}

/// What is left of the built-in providers: kubectl has removed the clouds', and `oidc` lives on.
///
/// The token kubectl keeps in the kubeconfig is used as it is. It is not renewed here: a renewed
/// refresh token that is not written back to the file would lock the user out of kubectl.
fn provider_login(name: &str, id_token: Option<&SecretString>) -> Result<Login, Misconfigured> {
    let removed = |advice: &str| {
        Misconfigured::Unusable(format!("The {name} auth plugin has been removed.\n{advice}"))
    };
    match (name, id_token) {
        ("oidc", Some(token)) => Ok(Login::Token(token.clone())),
        ("oidc", None) => Err(Misconfigured::Unusable(
            "the oidc auth provider has no id-token; any kubectl command that talks to the \
             server obtains one"
                .to_owned(),
        )),
        ("gcp", _) => Err(removed(
            "Please use the \"gke-gcloud-auth-plugin\" kubectl/client-go credential plugin \
             instead.\nSee https://cloud.google.com/blog/products/containers-kubernetes/\
             kubectl-auth-changes-in-gke for further details",
        )),
        ("azure", _) => Err(removed(
            "Please use the https://github.com/Azure/kubelogin kubectl/client-go credential \
             plugin instead.\nSee https://kubernetes.io/docs/reference/access-authn-authz/\
             authentication/#client-go-credential-plugins for further details",
        )),
        _ => Err(Misconfigured::Unusable(format!("no Auth Provider found for name \"{name}\""))),
    }
}

fn plugin(exec: &Exec, cluster: &Cluster) -> Result<Plugin, Misconfigured> {
    let version = exec.api_version.as_deref().unwrap_or_default();
    let for_plugins = "client.authentication.k8s.io/exec";
    let config = || {
        let mut extensions = cluster.extensions.iter().flatten();
        let found = extensions.find(|extension| extension.name == for_plugins);
        found.map(|extension| extension.extension.clone()).unwrap_or_default()
    };
    Ok(Plugin {
        version: match version {
            "client.authentication.k8s.io/v1" => PluginVersion::V1,
            "client.authentication.k8s.io/v1beta1" => PluginVersion::V1Beta1,
            _ => {
                return Err(Misconfigured::Unusable(format!(
                    "exec plugin: invalid apiVersion \"{version}\""
                )));
            }
        },
        command: exec.command.clone().unwrap_or_default(),
        args: exec.args.clone().unwrap_or_default(),
        env: exec
            .env
            .iter()
            .flatten()
            .map(|variable| (variable.name.clone(), variable.value.clone()))
            .collect(),
        install_hint: exec.install_hint.clone(),
        interactive: exec
            .interactive_mode
            .as_deref()
            .and_then(interactive_mode)
            .unwrap_or(InteractiveMode::IfAvailable),
        cluster_info: (exec.provide_cluster_info == Some(true)).then(config),
    })
}

fn interactive_mode(text: &str) -> Option<InteractiveMode> {
    match text {
        "Never" => Some(InteractiveMode::Never),
        "IfAvailable" => Some(InteractiveMode::IfAvailable),
        "Always" => Some(InteractiveMode::Always),
        _ => None,
    }
}

/// `v1` made `interactiveMode` mandatory; before, it had a default.
fn speaks_beta(exec: &Exec) -> bool {
    matches!(
        exec.api_version.as_deref(),
        Some("client.authentication.k8s.io/v1beta1" | "client.authentication.k8s.io/v1alpha1")
    )
}

fn impersonation(user: User) -> Impersonation {
    Impersonation {
        user: user.impersonate,
        uid: user.impersonate_uid,
        groups: user.impersonate_groups.unwrap_or_default(),
        extra: user.impersonate_extra.unwrap_or_default(),
    }
}
