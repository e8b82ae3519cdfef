//! Decides what to connect to, and as whom: kubeconfigs, environment and flags in, one answer out.
//!
//! A pure function. It follows client-go step by step (`tools/clientcmd/client_config.go`,
//! `merged_client_builder.go`, `validation.go`), errors included, so that whoever can work with
//! kubectl can work with this program. `load` gathers what it is given.

use http::Uri;
use secrecy::SecretString;

use crate::cluster::check::faults;
use crate::cluster::check::interactive_mode;
use crate::cluster::kubeconfig::BadFile;
use crate::cluster::kubeconfig::Cluster;
use crate::cluster::kubeconfig::Exec;
use crate::cluster::kubeconfig::File;
use crate::cluster::kubeconfig::Kubeconfig;
use crate::cluster::kubeconfig::User;
use crate::cluster::overrides::Impersonation;
use crate::cluster::overrides::Overrides;
use crate::cluster::proxy;
use crate::cluster::proxy::Environment;
use crate::cluster::resolved::Compression;
use crate::cluster::resolved::Identity;
use crate::cluster::resolved::InCluster;
use crate::cluster::resolved::InteractiveMode;
use crate::cluster::resolved::Login;
use crate::cluster::resolved::Material;
use crate::cluster::resolved::Plugin;
use crate::cluster::resolved::PluginVersion;
use crate::cluster::resolved::Proxy;
use crate::cluster::resolved::Resolved;
use crate::cluster::resolved::SecretMaterial;
use crate::cluster::resolved::Trust;

/// What kubectl falls back to when nothing names a server.
const DEFAULT_SERVER: &str = "http://localhost:8080";

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
    /// The current context does not exist.
    #[error("context was not found for specified context: {0}")]
    NoContext(String),
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
        many => format!("\n* {}", many.join("\n* ")),
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
    if let (true, Some(name)) = (choice.context_missing, &choice.context_name) {
        return Err(Misconfigured::NoContext(name.clone()));
    }
    let named = |name: &Option<String>| name.clone().unwrap_or_default();
    let faults =
        faults((&named(&choice.user_name), &user), (&named(&choice.cluster_name), &cluster));
    if !faults.is_empty() {
        return Err(Misconfigured::Invalid(faults));
    }
    let namespace = namespace(&choice, overrides, in_cluster);

    if let (None, Some(pod)) = (&cluster.server, in_cluster) {
        return from_inside(pod, namespace, environment, overrides);
    }
    let named = cluster.server.clone();
    let master = environment.get("KUBERNETES_MASTER").filter(|server| !server.is_empty()).cloned();
    let server = server_uri(&named.or(master).unwrap_or_else(|| DEFAULT_SERVER.to_owned()))?;
    let secure = server.scheme_str() == Some("https");
    let proxy = match &cluster.proxy_url {
        // It has been read once already, by `faults`.
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
    environment: &Environment,
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
    let server = server_uri(&pod.server)?;
    Ok(Resolved {
        proxy: proxy::from_environment(&server, environment).map(Proxy::Environment),
        server,
        context: None,
        cluster: None,
        user: None,
        namespace,
        trust,
        tls_server_name: overrides.tls_server_name.clone(),
        identity: None,
        login,
        impersonation: overrides.impersonation.clone(),
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

fn impersonation(user: User) -> Impersonation {
    Impersonation {
        user: user.impersonate,
        uid: user.impersonate_uid,
        groups: user.impersonate_groups.unwrap_or_default(),
        extra: user.impersonate_extra.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use secrecy::ExposeSecret;

    use super::*;
    use crate::cluster::overrides::Patience;

    const BASE: &str = r"
current-context: prod
clusters:
- name: prod
  cluster: {server: 'https://prod.example:6443', certificate-authority: ca.crt}
- name: dev
  cluster: {server: 'https://dev.example', insecure-skip-tls-verify: true, tls-server-name: dev}
users:
- name: jane
  user: {token: secret}
- name: cert
  user: {client-certificate: pki/jane.crt, client-key-data: a2V5}
contexts:
- name: prod
  context: {cluster: prod, user: jane, namespace: payments}
- name: dev
  context: {cluster: dev, user: cert}
";

    fn file(path: &str, text: &str) -> File {
        File { path: path.into(), text: text.to_owned() }
    }

    fn base() -> Vec<File> {
        vec![file("/home/jane/.kube/config", BASE)]
    }

    fn resolved(files: &[File], overrides: &Overrides) -> Result<Resolved, String> {
        resolve(files, &Environment::new(), overrides, None).map_err(|error| error.to_string())
    }

    fn with_user(user: &str) -> Result<Resolved, String> {
        let text = format!(
            "current-context: x\nclusters: [{{name: c, cluster: {{server: 'https://c'}}}}]\n\
             contexts: [{{name: x, context: {{cluster: c, user: u}}}}]\n\
             users: [{{name: u, user: {user}}}]"
        );
        resolved(&[file("/k/config", &text)], &Overrides::default())
    }

    fn with_cluster(cluster: &str, overrides: &Overrides) -> Result<Resolved, String> {
        let text = format!(
            "current-context: x\nclusters: [{{name: c, cluster: {cluster}}}]\n\
             contexts: [{{name: x, context: {{cluster: c, user: u}}}}]\n\
             users: [{{name: u, user: {{token: t}}}}]"
        );
        resolved(&[file("/k/config", &text)], overrides)
    }

    #[expect(clippy::unnecessary_wraps, reason = "most fields of `Overrides` want it so")]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn the_current_context_is_taken() {
        let prod = resolved(&base(), &Overrides::default()).unwrap();
        assert_eq!(prod.server, "https://prod.example:6443/");
        assert_eq!(prod.context.as_deref(), Some("prod"));
        assert_eq!(prod.namespace, "payments");
        let ca = Path::new("/home/jane/.kube/ca.crt");
        assert_eq!(prod.trust, Trust::Authority(Material::File(ca.into())));
        assert!(matches!(&prod.login, Login::Token(token) if token.expose_secret() == "secret"));
        assert_eq!(prod.compression, Compression::Gzip);
    }

    #[test]
    fn flags_change_parts_of_a_context() {
        let dev = Overrides { context: some("dev"), ..Overrides::default() };
        let found = resolved(&base(), &dev).unwrap();
        assert_eq!(found.server, "https://dev.example/");
        assert_eq!(found.namespace, "default");
        assert_eq!(found.trust, Trust::Anything);
        assert_eq!(found.tls_server_name.as_deref(), Some("dev"));
        let identity = found.identity.unwrap();
        let certificate = Path::new("/home/jane/.kube/pki/jane.crt");
        assert_eq!(identity.certificate, Material::File(certificate.into()));

        let mixed = Overrides {
            cluster: some("dev"),
            user: some("jane"),
            namespace: some("other"),
            ..Overrides::default()
        };
        let found = resolved(&base(), &mixed).unwrap();
        assert_eq!(found.server, "https://dev.example/");
        assert_eq!(found.namespace, "other");
        assert!(matches!(found.login, Login::Token(_)));
    }

    #[test]
    fn names_on_the_command_line_have_to_exist() {
        let name = || some("nope");
        let context = Overrides { context: name(), ..Overrides::default() };
        let cluster = Overrides { cluster: name(), ..Overrides::default() };
        let user = Overrides { user: name(), ..Overrides::default() };
        for (overrides, expected) in [
            (context, "context \"nope\" does not exist"),
            (cluster, "cluster \"nope\" does not exist"),
            (user, "auth info \"nope\" does not exist"),
        ] {
            assert_eq!(resolved(&base(), &overrides).unwrap_err(), expected);
        }
        let dangling = [file("/k/config", "current-context: gone")];
        assert_eq!(
            resolved(&dangling, &Overrides::default()).unwrap_err(),
            "context was not found for specified context: gone"
        );
    }

    #[test]
    fn of_two_files_the_first_wins_whole() {
        let first = "users: [{name: jane, user: {username: jane, password: p}}]\n\
                     current-context: ''\nclusters: null";
        let files = [file("/a/config", first), base().remove(0)];
        let found = resolved(&files, &Overrides::default()).unwrap();
        assert_eq!(found.context.as_deref(), Some("prod"));
        assert!(matches!(&found.login, Login::Basic(name, _) if name == "jane"));

        let first = "current-context: dev\nclusters: [{name: dev, cluster: {server: 'https://a'}}]";
        let files = [file("/a/config", first), base().remove(0)];
        let found = resolved(&files, &Overrides::default()).unwrap();
        assert_eq!(found.server, "https://a/");
        assert_eq!(found.trust, Trust::System);
    }

    #[test]
    fn nothing_at_all_means_localhost_or_the_master_variable() {
        let found = resolved(&[], &Overrides::default()).unwrap();
        assert_eq!(found.server, "http://localhost:8080/");
        assert_eq!(found.namespace, "default");
        assert_eq!(found.context, None);
        let environment = Environment::from([("KUBERNETES_MASTER".into(), "http://m:1".into())]);
        let found = resolve(&[], &environment, &Overrides::default(), None).unwrap();
        assert_eq!(found.server, "http://m:1/");
    }

    #[test]
    fn a_pod_uses_its_own_credentials_only_when_nothing_else_is_configured() {
        let pod = InCluster {
            server: "https://10.96.0.1:443".into(),
            token_file: "/sa/token".into(),
            certificate_authority: Some("/sa/ca.crt".into()),
            namespace: some("own"),
        };
        let environment = Environment::new();
        let inside = |files: &[File], overrides: &Overrides| {
            resolve(files, &environment, overrides, Some(&pod)).unwrap()
        };
        let found = inside(&[], &Overrides::default());
        assert_eq!(found.server, "https://10.96.0.1:443/");
        assert_eq!(found.namespace, "own");
        assert!(matches!(&found.login, Login::TokenFile(path, None) if path.ends_with("token")));
        assert_eq!(found.trust, Trust::Authority(Material::File("/sa/ca.crt".into())));

        let flags = Overrides {
            namespace: some("flag"),
            token: Some("t".to_owned().into()),
            ..Overrides::default()
        };
        let found = inside(&[], &flags);
        assert_eq!(found.namespace, "flag");
        assert!(matches!(found.login, Login::Token(_)));

        assert_eq!(inside(&base(), &Overrides::default()).server, "https://prod.example:6443/");
        let dev = Overrides { context: some("dev"), ..Overrides::default() };
        assert_eq!(inside(&base(), &dev).namespace, "own");
        let server = Overrides { server: some("https://s"), ..Overrides::default() };
        assert!(matches!(inside(&[], &server).login, Login::Anonymous));
        let broken = [file("/k/config", "current-context: gone")];
        assert!(resolve(&broken, &environment, &Overrides::default(), Some(&pod)).is_err());
    }

    #[test]
    fn servers_are_read_as_client_go_does() {
        for (given, read) in [
            ("https://h:6443", Ok("https://h:6443/")),
            ("https://h/prefix/", Ok("https://h/prefix/")),
            ("https://h/prefix?a=b#c", Ok("https://h/prefix")),
            ("h:6443", Ok("http://h:6443/")),
            ("localhost:8080/", Ok("http://localhost:8080/")),
            ("10.0.0.1", Ok("http://10.0.0.1/")),
            ("[::1]:6443", Ok("http://[::1]:6443/")),
            ("HTTPS://H", Ok("https://H/")),
            ("h/path", Err("host must be a URL or a host:port pair: \"h/path\"")),
            ("https://", Err("host must be a URL or a host:port pair: \"https://\"")),
        ] {
            let overrides = Overrides { server: some(given), ..Overrides::default() };
            let found = resolved(&[], &overrides).map(|found| found.server.to_string());
            let read = read.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(found, read, "{given}");
        }
    }

    #[test]
    fn without_tls_no_secret_is_sent() {
        let plain = Overrides { server: some("http://prod.example"), ..Overrides::default() };
        let found = resolved(&base(), &plain).unwrap();
        assert!(matches!(found.login, Login::Anonymous));
        assert_eq!(found.trust, Trust::System);
        let bare = Overrides { server: some("prod.example:443"), ..Overrides::default() };
        assert!(matches!(resolved(&base(), &bare).unwrap().login, Login::Anonymous));
    }

    #[test]
    fn one_way_to_log_in_is_chosen() {
        let kind = |user: &str| {
            with_user(user).map(|found| match found.login {
                Login::Anonymous => "none",
                Login::Token(_) => "token",
                Login::TokenFile(..) => "file",
                Login::Basic(..) => "basic",
                Login::Plugin(_) => "plugin",
            })
        };
        let exec = "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: c}";
        for (user, expected) in [
            ("{}", Ok("none")),
            ("null", Ok("none")),
            ("{token: ''}", Ok("none")),
            ("{token: t}", Ok("token")),
            ("{token: 12345}", Ok("token")),
            ("{tokenFile: f}", Ok("file")),
            ("{token: t, tokenFile: f}", Ok("file")),
            ("{username: u, password: p}", Ok("basic")),
            ("{username: u, tokenFile: f}", Ok("file")),
            (
                "{token: t, username: u}",
                Err("more than one authentication method found for u; found [token basicAuth], \
                     only one is allowed"),
            ),
            ("{auth-provider: {name: oidc, config: {id-token: t}}}", Ok("token")),
            ("{auth-provider: {name: x}}", Err("no Auth Provider found for name \"x\"")),
        ] {
            let expected = expected.map_err(str::to_owned);
            assert_eq!(kind(user), expected, "{user}");
        }
        assert_eq!(kind(&format!("{{{exec}}}")), Ok("plugin"));
        assert_eq!(kind(&format!("{{token: t, {exec}}}")), Ok("token"));
        let cert = format!("{{client-certificate: c, client-key: k, {exec}}}");
        assert_eq!(kind(&cert), Ok("none"));
        for gone in ["gcp", "azure"] {
            let error = kind(&format!("{{auth-provider: {{name: {gone}}}}}")).unwrap_err();
            assert!(error.starts_with(&format!("The {gone} auth plugin has been removed.")));
        }
    }

    #[test]
    fn a_token_flag_displaces_token_and_token_file() {
        let text = BASE.replace("{token: secret}", "{tokenFile: f}");
        let token = Overrides { token: Some("flag".to_owned().into()), ..Overrides::default() };
        let found = resolved(&[file("/k/config", &text)], &token).unwrap();
        assert!(matches!(&found.login, Login::Token(token) if token.expose_secret() == "flag"));
    }

    #[test]
    fn certificate_flags_displace_the_data_of_the_file() {
        let data = "{server: 'https://c', certificate-authority-data: YQ==}";
        let authority =
            Overrides { certificate_authority: Some("/flag.crt".into()), ..Overrides::default() };
        let found = with_cluster(data, &authority).unwrap();
        assert_eq!(found.trust, Trust::Authority(Material::File("/flag.crt".into())));
        let insecure = Overrides { insecure_skip_tls_verify: true, ..Overrides::default() };
        assert_eq!(with_cluster(data, &insecure).unwrap().trust, Trust::Anything);
        let both = Overrides { insecure_skip_tls_verify: true, ..authority };
        assert_eq!(
            with_cluster(data, &both).unwrap_err(),
            "specifying a root certificates file with the insecure flag is not allowed"
        );
    }

    #[test]
    fn another_server_has_another_name() {
        let cluster = "{server: 'https://c', tls-server-name: n}";
        let name = |overrides| with_cluster(cluster, &overrides).unwrap().tls_server_name;
        assert_eq!(name(Overrides::default()), some("n"));
        let server = Overrides { server: some("https://other"), ..Overrides::default() };
        assert_eq!(name(server), None);
        let flag = Overrides { tls_server_name: some("flag"), ..Overrides::default() };
        assert_eq!(name(flag), some("flag"));
    }

    #[test]
    fn a_configured_proxy_is_not_subject_to_the_environment() {
        let environment = Environment::from([
            ("HTTPS_PROXY".into(), "http://env:1".into()),
            ("NO_PROXY".into(), "*".into()),
        ]);
        let text = BASE.replace("ca.crt}", "ca.crt, proxy-url: 'socks5h://kube'}");
        let files = [file("/k/config", &text)];
        let found = resolve(&files, &environment, &Overrides::default(), None).unwrap();
        let uri = "socks5://kube:1080/".parse().unwrap();
        assert_eq!(found.proxy, Some(Proxy::Configured(uri)));
        let found = resolve(&base(), &environment, &Overrides::default(), None).unwrap();
        assert_eq!(found.proxy, None);
        assert_eq!(
            with_cluster("{server: 'https://c', proxy-url: 'ftp://p'}", &Overrides::default())
                .unwrap_err(),
            "invalid 'proxy-url' \"ftp://p\" for cluster \"c\": unsupported scheme \"ftp\", must be \
             http, https, or socks5"
        );
    }

    #[test]
    fn impersonation_is_merged_field_by_field() {
        let text = BASE.replace(
            "{token: secret}",
            "{token: secret, as: sam, as-groups: [a], as-user-extra: {k: [v], l: [w]}}",
        );
        let overrides = Overrides {
            impersonation: Impersonation {
                uid: some("7"),
                groups: vec!["b".into()],
                extra: [("k".to_owned(), vec!["x".to_owned()])].into(),
                ..Impersonation::default()
            },
            ..Overrides::default()
        };
        let found = resolved(&[file("/k/config", &text)], &overrides).unwrap().impersonation;
        assert_eq!((found.user, found.uid), (some("sam"), some("7")));
        assert_eq!(found.groups, ["b"]);
        assert_eq!(found.extra["k"], ["x"]);
        assert_eq!(found.extra["l"], ["w"]);
        assert_eq!(
            resolved(&base(), &overrides).unwrap_err(),
            "requesting uid, groups or user-extra for jane without impersonating a user"
        );
    }

    #[test]
    fn plugins_are_checked_and_their_paths_made_absolute() {
        let exec = |fields: &str| {
            with_user(&format!("{{exec: {{{fields}}}}}")).map(|found| match found.login {
                Login::Plugin(plugin) => *plugin,
                _ => unreachable!("a user with a plugin logs in with it"),
            })
        };
        let v1 = "apiVersion: client.authentication.k8s.io/v1";
        let plugin = exec(&format!("{v1}, command: ./bin/get, interactiveMode: Never")).unwrap();
        assert_eq!(plugin.command, "/k/./bin/get");
        assert_eq!(plugin.interactive, InteractiveMode::Never);
        let plugin = exec(&format!("{v1}, command: get, interactiveMode: Always")).unwrap();
        assert_eq!(plugin.command, "get");
        assert_eq!(
            exec(&format!("{v1}, command: get")).unwrap_err(),
            "interactiveMode must be specified for u to use exec authentication plugin"
        );
        assert_eq!(
            exec("apiVersion: client.authentication.k8s.io/v1alpha1, command: get").unwrap_err(),
            "exec plugin: invalid apiVersion \"client.authentication.k8s.io/v1alpha1\""
        );
        let error = exec("interactiveMode: Perhaps").unwrap_err();
        assert_eq!(error.lines().count(), 4, "{error}");
    }

    #[test]
    fn compression_is_for_the_distance() {
        let compression = |server: &str| {
            let overrides = Overrides { server: some(server), ..Overrides::default() };
            resolved(&[], &overrides).unwrap().compression
        };
        assert_eq!(compression("https://far.example"), Compression::Gzip);
        assert_eq!(compression("https://127.0.0.1:6443"), Compression::Off);
        assert_eq!(compression("https://[::1]:6443"), Compression::Off);
        assert_eq!(compression("https://localhost"), Compression::Off);
        let off = Overrides { disable_compression: true, ..Overrides::default() };
        assert_eq!(resolved(&base(), &off).unwrap().compression, Compression::Off);
    }

    #[test]
    fn patience_is_passed_on() {
        let overrides = Overrides { patience: Patience::Endless, ..Overrides::default() };
        assert_eq!(resolved(&base(), &overrides).unwrap().patience, Patience::Endless);
    }
}
