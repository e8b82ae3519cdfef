//! `config-debug`: what a connection would be made to, and as whom. For tests and bug reports.

use serde::Serialize;
use tokio::sync::mpsc::unbounded_channel;

use crate::cluster::load::load;
use crate::cluster::overrides::Impersonation;
use crate::cluster::resolve::Compression;
use crate::cluster::resolve::Login;
use crate::cluster::resolve::Material;
use crate::cluster::resolve::Resolved;
use crate::cluster::resolve::Trust;
use crate::commands::global::ConnectionArgs;
use crate::exit::Failure;

/// Never holds a secret: it says what kind of credentials there are, not what they are.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    server: String,
    context: Option<&'a str>,
    cluster: Option<&'a str>,
    user: Option<&'a str>,
    namespace: &'a str,
    login: &'static str,
    client_certificate: bool,
    trust: String,
    tls_server_name: Option<&'a str>,
    proxy: Option<String>,
    compression: bool,
    impersonate: Acting<'a>,
}

#[derive(Serialize)]
struct Acting<'a> {
    user: Option<&'a str>,
    uid: Option<&'a str>,
    groups: &'a [String],
    extra: &'a std::collections::BTreeMap<String, Vec<String>>,
}

/// Resolves the configuration and renders it as JSON; talks to nobody.
pub fn run(connection: &ConnectionArgs) -> Result<String, Failure> {
    let (notices, _nobody) = unbounded_channel();
    let resolved = load(&connection.overrides(), &notices)?;
    let document = Document::of(&resolved);
    serde_json::to_string_pretty(&document).map_err(|error| anyhow::Error::new(error).into())
}

impl<'a> Document<'a> {
    fn of(resolved: &'a Resolved) -> Self {
        let Impersonation { user, uid, groups, extra } = &resolved.impersonation;
        let server = resolved.server.to_string();
        Self {
            server: server.strip_suffix('/').unwrap_or(&server).to_owned(),
            context: resolved.context.as_deref(),
            cluster: resolved.cluster.as_deref(),
            user: resolved.user.as_deref(),
            namespace: &resolved.namespace,
            login: match &resolved.login {
                Login::Anonymous => "none",
                Login::Token(_) => "token",
                Login::TokenFile(..) => "tokenFile",
                Login::Basic(..) => "basic",
                Login::Plugin(_) => "exec",
            },
            client_certificate: resolved.identity.is_some(),
            trust: match &resolved.trust {
                Trust::System => "system".to_owned(),
                Trust::Anything => "anything".to_owned(),
                Trust::Authority(Material::Data(_)) => "authority data".to_owned(),
                Trust::Authority(Material::File(path)) => path.display().to_string(),
            },
            tls_server_name: resolved.tls_server_name.as_deref(),
            proxy: resolved.proxy.as_ref().map(|proxy| without_password(&proxy.uri().to_string())),
            compression: resolved.compression == Compression::Gzip,
            impersonate: Acting { user: user.as_deref(), uid: uid.as_deref(), groups, extra },
        }
    }
}

fn without_password(uri: &str) -> String {
    let uri = uri.strip_suffix('/').unwrap_or(uri);
    match (uri.split_once("://"), uri.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => uri.to_owned(),
    }
}
