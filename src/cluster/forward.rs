//! One connection to a port of a pod, through the API server.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::Uri;
use hyper_util::client::legacy::connect::Connected;
use hyper_util::client::legacy::connect::Connection;
use hyper_util::rt::TokioIo;
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::io::DuplexStream;
use tokio::io::ReadBuf;
use tower::Service;

use crate::cluster::session::Session;
use crate::exit::Failure;
use crate::model::text::clean;
use crate::model::text::shorten;

/// How long to wait for the reason of a connection that ended before its answer.
const REASON: Duration = Duration::from_secs(2);

/// An open connection, and what the node says when there is none after all.
pub(super) struct Forward {
    stream: Arc<Mutex<Option<DuplexStream>>>,
    refusal: BoxFuture<'static, Option<String>>,
}

impl Forward {
    /// Opens the connection. That it is refused shows only once it is used.
    pub(super) async fn open(
        session: &Session,
        namespace: &str,
        pod: &str,
        port: u16,
    ) -> Result<Self, Failure> {
        let api: Api<Pod> = Api::namespaced(session.client().clone(), namespace);
        let mut forwarder = api.portforward(pod, &[port]).await?;
        let stream = Arc::new(Mutex::new(forwarder.take_stream(port)));
        let refusal = match forwarder.take_error(port) {
            Some(refusal) => refusal.boxed(),
            None => futures::future::ready(None).boxed(),
        };
        Ok(Self { stream, refusal })
    }

    /// Hands the connection out, once, for whatever address.
    pub(super) fn connector(&self) -> Connector {
        Connector(self.stream.clone())
    }

    /// What a request over the connection comes to, or why the node refused the connection.
    pub(super) async fn unless_refused<T>(
        self,
        request: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let mut refusal = self.refusal;
        tokio::pin!(request);
        let (answer, refused) = tokio::select! {
            biased;
            answer = &mut request => (Some(answer), None),
            refused = &mut refusal => (None, Some(refused)),
        };
        let said = match (answer, refused) {
            (Some(Ok(answer)), _) => return Ok(answer),
            // The node may still be about to say why.
            (Some(Err(failure)), _) => match tokio::time::timeout(REASON, refusal).await {
                Ok(Some(said)) => said,
                Ok(None) | Err(_) => return Err(failure),
            },
            (None, Some(Some(said))) => said,
            (None, _) => return request.await,
        };
        Err(anyhow::anyhow!(shorten(&clean(said.trim()), 300)).into())
    }
}

/// See [`Forward::connector`].
#[derive(Clone)]
pub(super) struct Connector(Arc<Mutex<Option<DuplexStream>>>);

impl Service<Uri> for Connector {
    type Response = TokioIo<Forwarded>;
    type Error = io::Error;
    type Future = std::future::Ready<Result<Self::Response, io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let stream = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let used = || io::Error::other("the connection to the pod has been used");
        std::future::ready(stream.map(|s| TokioIo::new(Forwarded(s))).ok_or_else(used))
    }
}

/// A connection as the HTTP client takes it.
pub(super) struct Forwarded(DuplexStream);

impl Connection for Forwarded {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Forwarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl AsyncWrite for Forwarded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
