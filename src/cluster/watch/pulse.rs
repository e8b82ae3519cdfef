//! A client that notes when the server was last heard.
//!
//! kube's watcher keeps quiet about renewed connections and bookmarks, which are the only signs of
//! life from a server on which nothing changes. This client sees them, and for the watcher it
//! also mends two things on the way out: how fast watches follow each other, and how fresh their
//! initial state is.

use std::time::Duration;

use http::Request;
use http::Response;
use http::Uri;
use http::uri::PathAndQuery;
use http_body_util::BodyExt;
use kube::Client;
use kube::client::Body;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio::time::sleep_until;
use tower::service_fn;

/// The shortest time between two watches. The watcher reconnects at once when a server closes a
/// watch in good order, and some do so at once as well.
const PACE: Duration = Duration::from_secs(1);

/// Wraps a client, and returns the moment the server was last heard through it.
pub(super) fn listen(client: &Client) -> (Client, watch::Receiver<Instant>) {
    let (heard, last_heard) = watch::channel(Instant::now());
    let namespace = client.default_namespace().to_owned();
    let client = client.clone();
    let mut next_watch = Instant::now();
    let service = service_fn(move |request: Request<Body>| {
        let start = if is_watch(request.uri()) {
            let start = next_watch.max(Instant::now());
            next_watch = start + PACE;
            Some(start)
        } else {
            None
        };
        let (client, heard) = (client.clone(), heard.clone());
        async move {
            if let Some(start) = start {
                sleep_until(start).await;
            }
            let response: Response<Body> = client.send(most_recent(request)).await?;
            if response.status().is_success() {
                heard.send_replace(Instant::now());
            }
            let with_every_frame = move |frame| {
                heard.send_replace(Instant::now());
                frame
            };
            Ok::<_, kube::Error>(response.map(|body| body.map_frame(with_every_frame)))
        }
    });
    (Client::new(service, namespace), last_heard)
}

fn is_watch(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "watch=true"))
}

/// Makes a watch that begins with the state begin with the most recent one.
///
/// kube asks for version 0, which is whatever the API server at the other end has in its cache:
/// with several servers that can be older than what was read a moment before.
fn most_recent(mut request: Request<Body>) -> Request<Body> {
    let query = request.uri().query().unwrap_or_default();
    if !query.split('&').any(|pair| pair == "sendInitialEvents=true") {
        return request;
    }
    let kept: Vec<&str> = query.split('&').filter(|pair| *pair != "resourceVersion=0").collect();
    let path_and_query = format!("{}?{}", request.uri().path(), kept.join("&"));
    let mut parts = request.uri().clone().into_parts();
    if let Ok(path_and_query) = PathAndQuery::try_from(path_and_query) {
        parts.path_and_query = Some(path_and_query);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}
