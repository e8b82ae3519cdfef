//! A server that answers as a test says and remembers what it was asked.

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;

use bytes::Bytes;
use futures::channel::mpsc;
use futures::stream;
use futures::stream::StreamExt;
use http::Request;
use http::Response;
use http::header::ACCEPT;
use http_body::Frame;
use http_body_util::BodyExt;
use http_body_util::StreamBody;
use http_body_util::combinators::UnsyncBoxBody;
use kube::Client;
use kube::client::Body;
use tower::service_fn;

pub(super) type Answer = Response<UnsyncBoxBody<Bytes, io::Error>>;

/// What a server was asked, as paths with their queries.
#[derive(Clone, Default)]
pub(super) struct Asked(Arc<Mutex<Vec<(String, String)>>>);

impl Asked {
    pub(super) fn paths(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(path, _)| path.clone()).collect()
    }

    pub(super) fn accepts(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(_, accept)| accept.clone()).collect()
    }
}

/// A client of a server that answers with this function of the path and of how many requests
/// there were before. The error `WouldBlock` stands for a request that is never answered.
pub(super) fn server(
    answer: impl Fn(&str, usize) -> Result<Answer, io::Error> + Send + Sync + 'static,
) -> (Client, Asked) {
    let asked = Asked::default();
    let log = asked.clone();
    let service = service_fn(move |request: Request<Body>| {
        assert_eq!(request.method(), "GET");
        let path = request.uri().path_and_query().unwrap().as_str().to_owned();
        let accept = request.headers().get(ACCEPT).map_or("", |accept| accept.to_str().unwrap());
        let mut log = log.0.lock().unwrap();
        let answer = answer(&path, log.len());
        log.push((path, accept.to_owned()));
        async move {
            match answer {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => pending().await,
                answer => answer,
            }
        }
    });
    (Client::new(service, "default"), asked)
}

/// A complete answer.
pub(super) fn answer(status: u16, content_type: &str, body: impl Into<Bytes>) -> Answer {
    pieces(status, content_type, vec![Ok(body.into())])
}

/// A complete answer in JSON.
pub(super) fn json(status: u16, body: &(impl ToString + ?Sized)) -> Answer {
    answer(status, "application/json", body.to_string())
}

/// An answer in pieces, one of which may be an error.
pub(super) fn pieces(status: u16, content_type: &str, body: Vec<io::Result<Bytes>>) -> Answer {
    let frames = stream::iter(body).map(|piece| piece.map(Frame::data));
    with_body(status, content_type, StreamBody::new(frames).boxed_unsync())
}

/// An answer that goes on for as long as the sender lives.
pub(super) fn open() -> (mpsc::UnboundedSender<io::Result<Bytes>>, Answer) {
    let (sender, receiver) = mpsc::unbounded();
    let frames = receiver.map(|piece: io::Result<Bytes>| piece.map(Frame::data));
    let body = StreamBody::new(frames).boxed_unsync();
    (sender, with_body(200, "application/json", body))
}

fn with_body(status: u16, content_type: &str, body: UnsyncBoxBody<Bytes, io::Error>) -> Answer {
    Response::builder().status(status).header("content-type", content_type).body(body).unwrap()
}
