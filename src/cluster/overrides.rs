//! What the command line says about the connection, as plain values.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// The connection flags; each wins over what a kubeconfig says.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// The only kubeconfig to read.
    pub kubeconfig: Option<PathBuf>,
    /// Name of the context.
    pub context: Option<String>,
    /// Name of the cluster, instead of the context's.
    pub cluster: Option<String>,
    /// Name of the user, instead of the context's.
    pub user: Option<String>,
    /// Namespace, instead of the context's.
    pub namespace: Option<String>,
    /// Address of the API server.
    pub server: Option<String>,
    /// Bearer token.
    pub token: Option<SecretString>,
    /// Whom to act as.
    pub impersonation: Impersonation,
    /// File with the client certificate.
    pub client_certificate: Option<PathBuf>,
    /// File with its key.
    pub client_key: Option<PathBuf>,
    /// File with the certificate authorities to trust.
    pub certificate_authority: Option<PathBuf>,
    /// Do not check the server's certificate.
    pub insecure_skip_tls_verify: bool,
    /// Name to check the server's certificate against.
    pub tls_server_name: Option<String>,
    /// How long a request may take.
    pub patience: Patience,
    /// Do not ask for compressed answers.
    pub disable_compression: bool,
    /// `-v`.
    pub verbosity: u8,
    /// Fail when the server has warned.
    pub warnings_as_errors: bool,
}

/// Whom to act as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Impersonation {
    /// User.
    pub user: Option<String>,
    /// UID.
    pub uid: Option<String>,
    /// Groups.
    pub groups: Vec<String>,
    /// Further attributes, each with its values.
    pub extra: BTreeMap<String, Vec<String>>,
}

/// How long a request may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patience {
    /// Nobody said: [`Patience::SILENCE`] without a sign from the server.
    #[default]
    Usual,
    /// From its start to the last byte of its answer, retries included.
    AtMost(Duration),
    /// As long as it takes.
    Endless,
}

impl Patience {
    /// How long a server may say nothing when nobody said how long it may take.
    pub const SILENCE: Duration = Duration::from_secs(30);
}
