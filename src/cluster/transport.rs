//! Carries every request: credentials, deadline, retries, warnings, and a line about it.
//!
//! It sits between the [`Client`] the rest of `cluster` uses and the one kube has built, so that
//! no request can go around it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use http::HeaderMap;
use http::Method;
use http::Request;
use http::Response;
use http::StatusCode;
use http::Uri;
use http::header::AUTHORIZATION;
use http::header::UPGRADE;
use http_body_util::BodyExt;
use http_body_util::BodyStream;
use http_body_util::StreamBody;
use http_body_util::combinators::UnsyncBoxBody;
use kube::Client;
use kube::client::Body;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;
use tower::BoxError;

use crate::cluster::connect::NotPrepared;
use crate::cluster::credentials::Credentials;
use crate::cluster::credentials::Issued;
use crate::cluster::credentials::NoCredentials;
use crate::cluster::fault::Unreachable;
use crate::cluster::notice::Notice;
use crate::cluster::overrides::Patience;
use crate::cluster::retry;
use crate::cluster::warning;

/// The verbosity from which every request gets a line, as in kubectl.
const SHOW_REQUESTS: u8 = 6;

/// An answer's body on its way up.
type Carried = UnsyncBoxBody<Bytes, BoxError>;

/// Makes the client that goes with these credentials.
pub(super) type Connect = dyn Fn(&Issued) -> Result<Client, NotPrepared> + Send + Sync;

/// What the server or the network did not do in time.
#[derive(Debug, thiserror::Error)]
pub(super) enum TooSlow {
    /// No answer, or not all of it.
    #[error("no answer within {}", seconds(.0))]
    Silent(Duration),
    /// The server asks for a wait that does not fit into the time there is.
    #[error(
        "the server is busy ({why}) and asks to wait {}, longer than the request may take",
        seconds(.wait)
    )]
    Busy {
        /// The status it said so with.
        why: String,
        /// The wait it asks for.
        wait: Duration,
    },
}

fn seconds(duration: &Duration) -> String {
    format!("{}s", duration.as_secs_f64())
}

/// One connection's worth of state; requests share it.
pub(super) struct Transport {
    connect: Box<Connect>,
    credentials: Credentials,
    server: Uri,
    patience: Patience,
    verbosity: u8,
    notices: UnboundedSender<Notice>,
    /// The client in use, and the credentials it shook hands with.
    connected: Mutex<Option<(Arc<Issued>, Client)>>,
    /// Whether the server has ever answered. Before it has, a refused connection is a mistake in
    /// the configuration more likely than a passing fault, and nobody should wait to hear of it.
    reached: AtomicBool,
    warned: Mutex<BTreeSet<String>>,
}

impl Transport {
    pub(super) fn new(
        connect: Box<Connect>,
        credentials: Credentials,
        server: Uri,
        patience: Patience,
        verbosity: u8,
        notices: UnboundedSender<Notice>,
    ) -> Arc<Self> {
        Arc::new(Self {
            connect,
            credentials,
            server,
            patience,
            verbosity,
            notices,
            connected: Mutex::new(None),
            reached: AtomicBool::new(false),
            warned: Mutex::new(BTreeSet::new()),
        })
    }

    /// A client whose requests all go through here.
    pub(super) fn client(self: &Arc<Self>, namespace: &str) -> Client {
        let transport = self.clone();
        let service = tower::service_fn(move |request| transport.clone().carry(request));
        Client::new(service, namespace)
    }

    /// Obtains the first credentials.
    pub(super) async fn log_in(&self) -> Result<(), NoCredentials> {
        self.credentials.current().await.map(drop)
    }

    /// How many different warnings the server has sent.
    pub(super) fn warnings(&self) -> usize {
        self.warned.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    async fn carry(self: Arc<Self>, request: Request<Body>) -> Result<Response<Carried>, BoxError> {
        let kind = Kind::of(&request);
        let deadline = Instant::now() + self.patience.limit();
        let mut request = request;
        let mut attempt = 0;
        let mut renewed = false;
        loop {
            let name = format!("{} {}", request.method(), request.uri().path());
            let again = if kind.may_be_repeated() { copy(&request) } else { None };
            let issued = self.credentials.current().await?;
            let outcome = self.send(request, &issued, deadline).await;
            let judgement = self.judge(&outcome);
            request = match (judgement, again) {
                (Judgement::Refused, again) if !renewed => {
                    renewed = true;
                    // Those who come after us need others, even if this one cannot be repeated.
                    let others = self.credentials.renewed(&issued).await?;
                    match again.filter(|_| others.is_some()) {
                        Some(again) => again,
                        None => return outcome.map(|answer| self.limit(answer, kind, deadline)),
                    }
                }
                (Judgement::Passing { why, asked }, Some(again)) if attempt < retry::MOST => {
                    let wait = asked.unwrap_or_else(|| retry::backoff(attempt));
                    if Instant::now() + wait >= deadline {
                        return match asked {
                            Some(wait) => Err(TooSlow::Busy { why, wait }.into()),
                            None => outcome.map(|answer| self.limit(answer, kind, deadline)),
                        };
                    }
                    self.tell(Notice::Retry { request: name, why, after: wait });
                    tokio::time::sleep(wait).await;
                    attempt += 1;
                    again
                }
                _ => return outcome.map(|answer| self.limit(answer, kind, deadline)),
            };
        }
    }

    fn judge(&self, outcome: &Result<Response<Body>, BoxError>) -> Judgement {
        match outcome {
            Ok(answer) if answer.status() == StatusCode::UNAUTHORIZED => Judgement::Refused,
            Ok(answer) if retry::is_passing(answer.status()) => Judgement::Passing {
                why: answer.status().to_string(),
                asked: retry::asked_for(answer.headers()),
            },
            Err(error) if self.reached.load(Ordering::Relaxed) && retry::is_cut(&**error) => {
                Judgement::Passing { why: "the connection was cut".to_owned(), asked: None }
            }
            _ => Judgement::Final,
        }
    }

    /// One attempt, up to the headers of its answer.
    async fn send(
        &self,
        mut request: Request<Body>,
        issued: &Arc<Issued>,
        deadline: Instant,
    ) -> Result<Response<Body>, BoxError> {
        if let Some(header) = &issued.header {
            request.headers_mut().insert(AUTHORIZATION, header.clone());
        }
        let client = self.connected(issued)?;
        let method = request.method().to_string();
        let url = format!("{}{}", self.server.to_string().trim_end_matches('/'), request.uri());
        let start = Instant::now();
        let outcome = match tokio::time::timeout_at(deadline, client.send(request)).await {
            Ok(outcome) => outcome.map_err(|error| self.unreachable(error)),
            Err(_) => Err(TooSlow::Silent(self.patience.limit()).into()),
        };
        let status = outcome.as_ref().ok().map(|answer| answer.status().as_u16());
        if self.verbosity >= SHOW_REQUESTS {
            self.tell(Notice::Request { method, url, status, took: start.elapsed() });
        }
        if let Ok(answer) = &outcome {
            self.reached.store(true, Ordering::Relaxed);
            self.pass_on_warnings(answer.headers());
        }
        outcome
    }

    fn unreachable(&self, error: kube::Error) -> BoxError {
        match error {
            kube::Error::Service(cause) => Unreachable::new(&self.server, cause).into(),
            kube::Error::HyperError(cause) => Unreachable::new(&self.server, cause).into(),
            other => other.into(),
        }
    }

    /// The client for these credentials: a new one when a plugin has handed out another
    /// certificate, since that is shown in the handshake.
    fn connected(&self, issued: &Arc<Issued>) -> Result<Client, NotPrepared> {
        let mut connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((with, client)) = connected.as_ref()
            && (Arc::ptr_eq(with, issued) || issued.identity.is_none())
        {
            return Ok(client.clone());
        }
        let client = (self.connect)(issued)?;
        *connected = Some((issued.clone(), client.clone()));
        Ok(client)
    }

    /// Sees to it that the rest of an answer comes in time too.
    fn limit(&self, answer: Response<Body>, kind: Kind, deadline: Instant) -> Response<Carried> {
        let patience = self.patience;
        if kind == Kind::Stream || patience == Patience::Endless {
            return answer.map(|body| body.map_err(BoxError::from).boxed_unsync());
        }
        answer.map(|body| {
            let frames = BodyStream::new(body);
            let in_time = futures::stream::unfold(Some(frames), move |frames| async move {
                let mut frames = frames?;
                let until = match patience {
                    Patience::Usual => Instant::now() + patience.limit(),
                    Patience::AtMost(_) | Patience::Endless => deadline,
                };
                match tokio::time::timeout_at(until, frames.next()).await {
                    Ok(Some(Ok(frame))) => Some((Ok(frame), Some(frames))),
                    Ok(Some(Err(error))) => Some((Err(BoxError::from(error)), None)),
                    Ok(None) => None,
                    Err(_) => Some((Err(TooSlow::Silent(patience.limit()).into()), None)),
                }
            });
            StreamBody::new(in_time).boxed_unsync()
        })
    }

    fn pass_on_warnings(&self, headers: &HeaderMap) {
        for text in warning::texts(headers) {
            let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
            if warned.insert(text.clone()) {
                self.tell(Notice::Warning(text));
            }
        }
    }

    /// Nobody listening is no reason to stop.
    fn tell(&self, notice: Notice) {
        drop(self.notices.send(notice));
    }
}

impl Patience {
    /// The longest time without the answer that was asked for.
    fn limit(self) -> Duration {
        // A deadline that is never met is easier to reason about than none at all.
        const ENDLESS: Duration = Duration::from_secs(365 * 24 * 60 * 60);
        match self {
            Self::Usual => Self::SILENCE,
            Self::AtMost(limit) => limit,
            Self::Endless => ENDLESS,
        }
    }
}

/// What to make of an outcome.
enum Judgement {
    /// It stands.
    Final,
    /// The server does not accept the credentials.
    Refused,
    /// It might be another one in a while.
    Passing {
        /// What happened.
        why: String,
        /// The wait the server asks for.
        asked: Option<Duration>,
    },
}

/// What a request is, as far as carrying it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Changes nothing.
    Read,
    /// Changes nothing, and its answer has no end.
    Stream,
    /// May change something.
    Write,
}

impl Kind {
    fn of(request: &Request<Body>) -> Self {
        let query = request.uri().query().unwrap_or_default();
        let endless = |pair: &str| matches!(pair, "watch=true" | "watch=1" | "follow=true");
        if request.headers().contains_key(UPGRADE) {
            // The body is not ours to limit, and what runs in the pod not ours to repeat.
            return Self::Stream;
        }
        match *request.method() {
            Method::GET if query.split('&').any(endless) => Self::Stream,
            Method::GET | Method::HEAD => Self::Read,
            _ => Self::Write,
        }
    }

    fn may_be_repeated(self) -> bool {
        self != Self::Write
    }
}

/// The request once more, unless its body can only be sent once.
fn copy(request: &Request<Body>) -> Option<Request<Body>> {
    if request.headers().contains_key(UPGRADE) {
        return None;
    }
    let mut copy = Request::new(request.body().try_clone()?);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    *copy.extensions_mut() = request.extensions().clone();
    Some(copy)
}

#[cfg(test)]
mod tests;
