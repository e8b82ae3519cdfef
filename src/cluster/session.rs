//! An open connection: where to, as whom, and the client to use it with.

use std::sync::Arc;

use http::Uri;
use kube::Client;
use tokio::sync::OnceCell;
use tokio::sync::mpsc::UnboundedSender;

use crate::cluster::connect;
use crate::cluster::connect::NotPrepared;
use crate::cluster::credentials::Credentials;
use crate::cluster::credentials::Issued;
use crate::cluster::load::load;
use crate::cluster::notice::Notice;
use crate::cluster::overrides::Overrides;
use crate::cluster::resolved::Resolved;
use crate::cluster::transport::Transport;
use crate::exit::Exit;
use crate::exit::Failure;

/// An open connection to one cluster.
pub struct Session {
    resolved: Arc<Resolved>,
    transport: Arc<Transport>,
    client: Client,
    version: OnceCell<ServerVersion>,
    warnings_as_errors: bool,
}

/// The version of an API server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerVersion {
    /// 1.
    pub major: u32,
    /// 37; providers' `37+` is read as 37.
    pub minor: u32,
    /// All of it, such as `v1.37.0-gke.100`.
    pub git: String,
}

impl Session {
    /// Decides what to connect to, obtains credentials and prepares the connection.
    ///
    /// A credential plugin runs here, so that it can ask its questions before anything is drawn.
    /// Nothing is sent yet: a server that does not answer is met by the first request.
    pub async fn open(
        overrides: &Overrides,
        notices: UnboundedSender<Notice>,
    ) -> Result<Self, Failure> {
        let resolved = load(overrides, &notices)?;
        let session = Self::connect(resolved, overrides, notices)?;
        session.transport.log_in().await?;
        Ok(session)
    }

    /// Prepares a connection; has to be called within a tokio runtime.
    fn connect(
        resolved: Resolved,
        overrides: &Overrides,
        notices: UnboundedSender<Notice>,
    ) -> Result<Self, Failure> {
        let resolved = Arc::new(resolved);
        let cluster = connect::cluster_for_plugin(&resolved)?;
        // Certificates that cannot be read are told of here, not by the first request.
        drop(connect::client(&resolved, None)?);
        let credentials = Credentials::new(resolved.login.clone(), cluster);
        let settings = resolved.clone();
        let connect = move |issued: &Issued| -> Result<Client, NotPrepared> {
            connect::client(&settings, Some(issued))
        };
        let transport = Transport::new(
            Box::new(connect),
            credentials,
            resolved.server.clone(),
            resolved.patience,
            overrides.verbosity,
            notices,
        );
        let client = transport.client(&resolved.namespace);
        Ok(Self {
            resolved,
            transport,
            client,
            version: OnceCell::new(),
            warnings_as_errors: overrides.warnings_as_errors,
        })
    }

    /// The client whose requests go through this connection.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Address of the API server.
    pub fn server(&self) -> &Uri {
        &self.resolved.server
    }

    /// Name of the context, unless there is none: flags or a pod's service account lead here.
    pub fn context(&self) -> Option<&str> {
        self.resolved.context.as_deref()
    }

    /// Namespace to work in.
    pub fn namespace(&self) -> &str {
        &self.resolved.namespace
    }

    /// The server's version; asked for once.
    pub async fn server_version(&self) -> Result<&ServerVersion, kube::Error> {
        let ask = || async {
            let info = self.client.apiserver_version().await?;
            Ok(ServerVersion {
                major: leading_number(&info.major),
                minor: leading_number(&info.minor),
                git: info.git_version,
            })
        };
        self.version.get_or_try_init(ask).await
    }

    /// Fails if the server has warned and `--warnings-as-errors` is given.
    pub fn judge_warnings(&self) -> Result<(), Failure> {
        let count = self.transport.warnings();
        if !self.warnings_as_errors || count == 0 {
            return Ok(());
        }
        let plural = if count == 1 { "" } else { "s" };
        Err(Failure::new(Exit::Error, anyhow::anyhow!("{count} warning{plural} received")))
    }
}

fn leading_number(text: &str) -> u32 {
    let digits = text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests;
