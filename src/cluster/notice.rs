//! What a person should know while a command runs.

use std::time::Duration;

/// Something worth a line on stderr, sent while requests are made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The server warned (`Warning: 299`); every text once.
    Warning(String),
    /// The configuration is odd, but usable.
    Configuration(String),
    /// A request failed in a way that passes, and is made again.
    Retry {
        /// The request, such as `GET /apis/apps/v1/statefulsets`.
        request: String,
        /// What happened to it.
        why: String,
        /// How long until the next attempt.
        after: Duration,
    },
    /// A request was answered, or failed; sent from `-v=6` on.
    Request {
        /// Its method.
        method: String,
        /// Its whole address.
        url: String,
        /// The status of the answer, if there was one.
        status: Option<u16>,
        /// How long the answer's headers took.
        took: Duration,
    },
}
