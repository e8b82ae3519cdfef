//! Who we are at the moment: obtained once, renewed when it ends or is refused.

use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use jiff::SignedDuration;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::cluster::load::words;
use crate::cluster::plugin;
use crate::cluster::plugin::Credential;
use crate::cluster::plugin::PluginFailed;
use crate::cluster::resolved::Login;

/// A token file is read again after this long, as in client-go.
const REREAD: SignedDuration = SignedDuration::from_secs(50);

/// Credentials are renewed this long before they end, or a quarter of their life if that is less.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// Why there are no credentials.
#[derive(Debug, thiserror::Error)]
#[error("getting credentials: {0}")]
pub(super) enum NoCredentials {
    Plugin(#[from] PluginFailed),
    #[error("open {}: {}", .0.display(), words(.1))]
    TokenFile(PathBuf, io::Error),
    #[error("the {0} cannot be put into a request: it has characters that do not belong there")]
    NotAHeader(&'static str),
}

/// Credentials as requests carry them.
#[derive(Debug)]
pub(super) struct Issued {
    /// For the `Authorization` header.
    pub(super) header: Option<HeaderValue>,
    /// A client certificate and its key, as PEM, that came from a plugin.
    pub(super) identity: Option<(String, SecretString)>,
    /// From when on others should be asked for.
    stale_from: Option<Timestamp>,
}

/// A source of credentials that is asked as rarely as possible.
pub(super) struct Credentials {
    login: Login,
    /// What a plugin is told about the cluster.
    cluster: Option<serde_json::Value>,
    issued: Mutex<Option<Arc<Issued>>>,
}

impl Credentials {
    pub(super) fn new(login: Login, cluster: Option<serde_json::Value>) -> Self {
        Self { login, cluster, issued: Mutex::new(None) }
    }

    /// The credentials to use now. Whoever comes while a plugin runs waits for the same answer.
    pub(super) async fn current(&self) -> Result<Arc<Issued>, NoCredentials> {
        let mut issued = self.issued.lock().await;
        if let Some(good) = issued.as_ref()
            && good.stale_from.is_none_or(|from| now() < from)
        {
            return Ok(good.clone());
        }
        let fresh = Arc::new(self.obtain(issued.as_deref()).await?);
        *issued = Some(fresh.clone());
        Ok(fresh)
    }

    /// Asks for others after these were refused; `None` when there is nobody to ask.
    pub(super) async fn renewed(
        &self,
        refused: &Arc<Issued>,
    ) -> Result<Option<Arc<Issued>>, NoCredentials> {
        if !matches!(self.login, Login::TokenFile(..) | Login::Plugin(_)) {
            return Ok(None);
        }
        let mut issued = self.issued.lock().await;
        if let Some(already) = issued.as_ref()
            && !Arc::ptr_eq(already, refused)
        {
            return Ok(Some(already.clone()));
        }
        let fresh = Arc::new(self.obtain(issued.as_deref()).await?);
        *issued = Some(fresh.clone());
        Ok(Some(fresh))
    }

    async fn obtain(&self, before: Option<&Issued>) -> Result<Issued, NoCredentials> {
        let lasting = |header| Issued { header, identity: None, stale_from: None };
        match &self.login {
            Login::Anonymous => Ok(lasting(None)),
            Login::Token(token) => Ok(lasting(Some(bearer(token)?))),
            Login::Basic(name, password) => {
                let pair = format!("{name}:{}", password.expose_secret());
                let value = format!("Basic {}", STANDARD.encode(pair));
                Ok(lasting(Some(sensitive(&value, "user name or password")?)))
            }
            Login::TokenFile(path, other) => {
                let header = match (read_token(path), other, before) {
                    (Ok(token), _, _) => bearer(&token)?,
                    // Who removes the file after the start means the last token to stay in use
                    // (https://github.com/kubernetes/kubernetes/issues/68164).
                    (Err(_), _, Some(Issued { header: Some(header), .. })) => header.clone(),
                    (Err(_), Some(other), _) => bearer(other)?,
                    (Err(error), None, _) => return Err(error),
                };
                Ok(Issued {
                    header: Some(header),
                    identity: None,
                    stale_from: now().checked_add(REREAD).ok(),
                })
            }
            Login::Plugin(plugin) => issue(plugin::run(plugin, self.cluster.clone()).await?),
        }
    }
}

fn issue(credential: Credential) -> Result<Issued, NoCredentials> {
    let now = now();
    Ok(Issued {
        header: credential.token.as_ref().map(bearer).transpose()?,
        identity: credential.client_certificate_data.zip(credential.client_key_data),
        stale_from: credential.expiration_timestamp.and_then(|end| {
            let life = end.duration_since(now);
            end.checked_sub(MARGIN.min(life / 4).max(SignedDuration::ZERO)).ok()
        }),
    })
}

fn read_token(path: &Path) -> Result<SecretString, NoCredentials> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| NoCredentials::TokenFile(path.to_owned(), error))?;
    Ok(text.trim().to_owned().into())
}

fn bearer(token: &SecretString) -> Result<HeaderValue, NoCredentials> {
    sensitive(&format!("Bearer {}", token.expose_secret()), "token")
}

fn sensitive(value: &str, what: &'static str) -> Result<HeaderValue, NoCredentials> {
    let mut value = HeaderValue::from_str(value).map_err(|_| NoCredentials::NotAHeader(what))?;
    value.set_sensitive(true);
    Ok(value)
}

#[expect(clippy::disallowed_methods, reason = "credentials end at a time of day")]
fn now() -> Timestamp {
    Timestamp::now()
}
