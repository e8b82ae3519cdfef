//! When a read that failed is worth making again, and how long to wait before.
//!
//! Pure but for the jitter; `transport` does the waiting. Writes are never made again here:
//! whoever made one reads back and decides anew.

use std::error::Error;
use std::hash::BuildHasher;
use std::hash::RandomState;
use std::io;
use std::time::Duration;

use http::HeaderMap;
use http::StatusCode;
use http::header::RETRY_AFTER;

/// Attempts after the first.
pub(super) const MOST: u32 = 5;

const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Whether an answer says "later".
pub(super) fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 500 | 502 | 503 | 504)
}

/// How long the server wants us to wait, if it says so in seconds.
pub(super) fn asked_for(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The wait before an attempt when the server does not say: doubling, capped, and spread over
/// its upper half so that many clients do not come back at once.
pub(super) fn backoff(attempt: u32) -> Duration {
    let whole = FIRST_WAIT.saturating_mul(1 << attempt.min(16)).min(LONGEST_WAIT);
    whole.mul_f64(0.5 + 0.5 * chance())
}

/// A number between 0 and 1: a new `RandomState` hashes with new random keys.
fn chance() -> f64 {
    let drawn = RandomState::new().hash_one(0) >> 32;
    f64::from(u32::try_from(drawn).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

/// Whether a connection failed in a way that passes: refused, cut, unreachable. A certificate or
/// a name that is wrong now will be wrong again.
pub(super) fn is_cut(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(|cause| {
        let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        matches!(
            kind,
            Some(
                io::ErrorKind::ConnectionRefused
                    | io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::NotConnected
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::UnexpectedEof
                    | io::ErrorKind::HostUnreachable
                    | io::ErrorKind::NetworkUnreachable
                    | io::ErrorKind::TimedOut
            ) // hyper's own words; the type is not public knowledge of this crate.
        ) || cause.to_string().starts_with("connection closed before message completed")
    })
}

/// The error and what caused it, outermost first.
pub(super) fn chain<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    // An `io::Error` hands out its inner error's source and hides the inner error itself.
    fn next<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
        match error.downcast_ref::<io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    }
    std::iter::successors(Some(error), |&error| next(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_below_the_cap() {
        for attempt in 0..40 {
            let wait = backoff(attempt);
            assert!(wait <= LONGEST_WAIT, "{attempt}: {wait:?}");
            assert!(wait >= FIRST_WAIT / 2, "{attempt}: {wait:?}");
        }
        assert!(backoff(0) < Duration::from_millis(201));
        assert!(backoff(10) >= LONGEST_WAIT / 2);
    }

    #[test]
    fn retry_after_is_read_in_seconds_only() {
        let after = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            asked_for(&headers)
        };
        assert_eq!(after("2"), Some(Duration::from_secs(2)));
        assert_eq!(after(" 86400 "), Some(Duration::from_secs(86400)));
        assert_eq!(after("Wed, 21 Oct 2015 07:28:00 GMT"), None);
        assert_eq!(after("-1"), None);
    }

    #[test]
    fn a_cut_connection_is_told_from_a_bad_certificate() {
        let reset = io::Error::from(io::ErrorKind::ConnectionReset);
        assert!(is_cut(&io::Error::other(reset)));
        let certificate = io::Error::new(io::ErrorKind::InvalidData, "invalid peer certificate");
        assert!(!is_cut(&certificate));
    }
}
