//! `config-debug`: what a connection would be made to, and as whom. For tests and bug reports.

use clap::Args;
use serde::Serialize;
use tokio::sync::mpsc::unbounded_channel;

use crate::cluster::load::load;
use crate::cluster::overrides::Impersonation;
use crate::cluster::resolved::Compression;
use crate::cluster::resolved::Login;
use crate::cluster::resolved::Material;
use crate::cluster::resolved::Resolved;
use crate::cluster::resolved::Trust;
use crate::cluster::session::Session;
use crate::cluster::whoami::Whoami;
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
    #[serde(skip_serializing_if = "Option::is_none")]
    connected: Option<Connected>,
}

/// What the server had to say, with `--connect`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Connected {
    version: String,
    whoami: Whoami,
    notices: Vec<String>,
}

#[derive(Serialize)]
struct Acting<'a> {
    user: Option<&'a str>,
    uid: Option<&'a str>,
    groups: &'a [String],
    extra: &'a std::collections::BTreeMap<String, Vec<String>>,
}

/// Shows what a connection would be made to, and as whom
#[derive(Args, Clone, Debug)]
pub struct ConfigDebugArgs {
    /// Make the connection, and ask the server for its version and whom it takes us for
    #[arg(long)]
    connect: bool,
}

/// Resolves the configuration and renders it as JSON.
pub async fn run(connection: &ConnectionArgs, args: &ConfigDebugArgs) -> Result<String, Failure> {
    let (notices, mut heard) = unbounded_channel();
    let overrides = connection.overrides();
    let resolved = load(&overrides, &notices)?;
    let mut document = Document::of(&resolved);
    if args.connect {
        let session = Session::open(&overrides, notices).await?;
        let whoami = session.whoami().await?;
        let version = session.server_version().await?.git.clone();
        let mut notices = Vec::new();
        while let Ok(notice) = heard.try_recv() {
            notices.push(format!("{notice:?}"));
        }
        session.judge_warnings()?;
        document.connected = Some(Connected { version, whoami, notices });
    }
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
            connected: None,
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
