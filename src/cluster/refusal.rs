//! A refused list, as the same error whatever encoding the refusal came in.

use http::Response;
use http_body_util::BodyExt;
use http_body_util::Limited;
use kube::client::Body;
use kube::core::Status;
use kube::core::response::StatusCause;
use kube::core::response::StatusDetails;
use kube::core::response::StatusSummary;

use crate::model::text::clean;
use crate::model::text::shorten;
use crate::wire::list::Encoding;
use crate::wire::list::unwrap;
use crate::wire::status;

/// No refusal is longer; some repeat the whole object.
const LONGEST: usize = 8 << 20;

/// What a proxy says is shown up to here.
const SHOWN: usize = 200;

/// Reads why the server refused.
pub(super) async fn read(response: Response<Body>, encoding: Encoding) -> kube::Error {
    let code = response.status().as_u16();
    let body = match Limited::new(response.into_body(), LONGEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return kube::Error::Service(error),
    };
    let status = match encoding {
        Encoding::Protobuf => unwrap(&body).ok().map(|status| from_protobuf(status, code)),
        Encoding::Json => serde_json::from_slice(&body).ok(),
    };
    // Not every refusal is the API server's; what a proxy or a load balancer says is text.
    let status = status.unwrap_or_else(|| {
        let text = shorten(clean(&String::from_utf8_lossy(&body)).trim(), SHOWN);
        Status::failure(&text, "Failed to parse error data").with_code(code)
    });
    kube::Error::Api(status.boxed())
}

fn from_protobuf(status: status::Status, code: u16) -> Status {
    Status {
        status: Some(StatusSummary::Failure),
        code: u16::try_from(status.code).unwrap_or(code),
        message: status.message,
        metadata: None,
        reason: status.reason,
        details: status.details.map(|details| StatusDetails {
            name: details.name,
            group: details.group,
            kind: details.kind,
            uid: details.uid,
            causes: details.causes.into_iter().map(cause).collect(),
            retry_after_seconds: u32::try_from(details.retry_after_seconds).unwrap_or(0),
        }),
    }
}

fn cause(cause: status::StatusCause) -> StatusCause {
    StatusCause { reason: cause.reason, message: cause.message, field: cause.field }
}
