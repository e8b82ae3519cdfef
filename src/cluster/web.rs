//! Requests that gates make: to an address, to a port of a pod, to a service of the cluster.
//!
//! Nothing is sent but a GET. Redirects are not followed, no proxy is used, and of a body only so
//! much is read. The time limit is the caller's.

use std::fs;

use bytes::Bytes;
use http::Request;
use http::Response;
use http::StatusCode;
use http::Uri;
use http::header::ACCEPT;
use http::header::USER_AGENT;
use http::uri::Authority;
use http_body_util::BodyExt;
use http_body_util::Empty;
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::Connect;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kube::Client;
use kube::Config;
use kube::client::Body;
use kube::client::ConfigExt;
use tower::BoxError;

use crate::cluster::connect;
use crate::cluster::fault::in_one_line;
use crate::cluster::forward::Forward;
use crate::cluster::session::Session;
use crate::exit::Failure;
use crate::model::gate::http::ServicePort;
use crate::model::gate::http::Verify;

/// Bytes of a body that are read.
pub const MOST: usize = 1024 * 1024;

/// An HTTP answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The status code.
    pub status: u16,
    /// What the code means; empty for codes nobody has named.
    pub reason: &'static str,
    /// The body, or its start.
    pub body: Vec<u8>,
    /// Whether that is all of it.
    pub whole: bool,
}

/// Whether a URL can be asked for at all, and the files it needs can be read.
pub fn check(url: &str, verify: &Verify) -> Result<(), Failure> {
    let uri = address(url)?;
    config(&uri, verify).map(drop)
}

/// Asks a server that can be reached from here.
pub async fn get(url: &str, verify: &Verify) -> Result<Page, Failure> {
    let uri = address(url)?;
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    let tls = config(&uri, verify)?.rustls_https_connector_with_connector(tcp)?;
    ask(tls, uri).await
}

/// Asks a port of a pod, through the API server. As far as the pod can tell, it is asked as
/// `localhost`.
pub async fn get_from_pod(
    session: &Session,
    (namespace, pod): (&str, &str),
    port: u16,
    path: &str,
    tls: Option<&Verify>,
) -> Result<Page, Failure> {
    let scheme = if tls.is_some() { "https" } else { "http" };
    let uri = address(&format!("{scheme}://localhost:{port}{path}"))?;
    let config = config(&uri, tls.unwrap_or(&Verify::Nothing))?;
    let forward = Forward::open(session, namespace, pod, port).await?;
    let tls = config.rustls_https_connector_with_connector(forward.connector())?;
    forward.unless_refused(ask(tls, uri)).await
}

/// Asks a service, through the API server.
pub async fn get_from_service(
    session: &Session,
    service: &ServicePort,
    path_and_query: &str,
) -> Result<Page, Failure> {
    get_through(session.client(), service, path_and_query).await
}

async fn get_through(
    client: &Client,
    service: &ServicePort,
    path_and_query: &str,
) -> Result<Page, Failure> {
    let ServicePort { namespace, name, .. } = service;
    let path = format!("/api/v1/namespaces/{namespace}/services/{name}/proxy{path_and_query}");
    let request = Request::get(path).header(ACCEPT, "application/json").body(Body::empty());
    let answer = client.send(request.map_err(anyhow::Error::from)?).await?;
    read(answer).await
}

/// A query of a URL: what stands for itself, and `%XX` for the rest.
pub fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or_default().to_ascii_uppercase()
}

fn address(url: &str) -> Result<Uri, Failure> {
    let wrong = |why: String| Failure::usage(format!("{url:?} is not a URL: {why}"));
    let uri: Uri = url.parse().map_err(|error: http::uri::InvalidUri| wrong(error.to_string()))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
        return Err(wrong("it does not begin with http://HOST or https://HOST".to_owned()));
    }
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(wrong("user names and passwords are not sent".to_owned()));
    }
    let more = |authority: &Authority| authority.as_str().len() > authority.host().len();
    if uri.authority().is_some_and(more) && uri.port_u16().is_none() {
        return Err(wrong("its port is no number".to_owned()));
    }
    Ok(uri)
}

/// How kube would check the certificate.
fn config(uri: &Uri, verify: &Verify) -> Result<Config, Failure> {
    let mut config = Config::new(uri.clone());
    config.root_cert = Some(Vec::new());
    match verify {
        // Where they are not needed, the system's need not be there.
        Verify::System if uri.scheme_str() == Some("https") => config.root_cert = None,
        Verify::System => {}
        Verify::Nothing => config.accept_invalid_certs = true,
        Verify::Authority(file) => {
            let wrong = |why: &str| Failure::usage(format!("{}: {why}", file.display()));
            let text = fs::read(file).map_err(|error| wrong(&error.to_string()))?;
            config.root_cert = Some(connect::certificates(&text).map_err(wrong)?);
        }
    }
    Ok(config)
}

async fn ask<C>(connector: C, uri: Uri) -> Result<Page, Failure>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let client = HttpClient::builder(TokioExecutor::new()).build(connector);
    let request = Request::get(uri)
        .header(USER_AGENT, connect::user_agent())
        .body(Empty::<Bytes>::new())
        .map_err(anyhow::Error::from)?;
    let answer = client.request(request).await;
    read(answer.map_err(|error| anyhow::anyhow!(in_one_line(&error)))?).await
}

/// The answer with the start of its body.
async fn read<B>(answer: Response<B>) -> Result<Page, Failure>
where
    B: BodyExt<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    let status = answer.status();
    let mut page = Page {
        status: status.as_u16(),
        reason: StatusCode::canonical_reason(&status).unwrap_or_default(),
        body: Vec::new(),
        whole: true,
    };
    let mut body = answer.into_body();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            let error: BoxError = error.into();
            anyhow::anyhow!("the answer broke off: {}", in_one_line(&*error))
        })?;
        let Ok(piece) = frame.into_data() else { continue };
        let room = MOST - page.body.len();
        page.body.extend_from_slice(&piece[..piece.len().min(room)]);
        if piece.len() > room {
            page.whole = false;
            break;
        }
    }
    Ok(page)
}

#[cfg(test)]
mod tests;
