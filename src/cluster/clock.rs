//! The one place that reads the clock. Everything else takes `now` as an argument.
#![expect(clippy::disallowed_methods, reason = "this is the edge that reads the clock")]

use std::time::Duration;

use jiff::Timestamp;

/// The time now.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// How long until then; nothing when it has passed.
pub fn until(then: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now())).unwrap_or_default()
}
