//! What `resolve` decides: everything needed to open a connection, as plain data.

use std::path::PathBuf;

use http::Uri;
use secrecy::SecretString;

use crate::cluster::overrides::Impersonation;
use crate::cluster::overrides::Patience;

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
