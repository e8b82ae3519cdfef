//! Ages, countdowns and points in time as people and kubectl write them.

use jiff::{SignedDuration, Timestamp};

use crate::render::text::{Text, Tone};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// An age as kubectl's AGE column writes it.
///
/// The steps are those of `HumanDuration` in k8s.io/apimachinery, so that our tables and
/// kubectl's agree about the same object.
pub fn age(age: SignedDuration) -> String {
    let seconds = age.as_secs();
    match seconds {
        ..-1 => "<invalid>".to_owned(),
        -1 => "0s".to_owned(),
        0..120 => format!("{seconds}s"),
        _ if seconds < 10 * MINUTE => two(seconds, (MINUTE, "m"), (1, "s")),
        _ if seconds < 3 * HOUR => one(seconds, (MINUTE, "m")),
        _ if seconds < 8 * HOUR => two(seconds, (HOUR, "h"), (MINUTE, "m")),
        _ if seconds < 2 * DAY => one(seconds, (HOUR, "h")),
        _ if seconds < 8 * DAY => two(seconds, (DAY, "d"), (HOUR, "h")),
        _ if seconds < 2 * YEAR => one(seconds, (DAY, "d")),
        _ if seconds < 8 * YEAR => two(seconds, (YEAR, "y"), (DAY, "d")),
        _ => one(seconds, (YEAR, "y")),
    }
}

/// A length of time that is being watched: its two largest units, and never less than nothing.
pub fn span(span: SignedDuration) -> String {
    let seconds = span.as_secs().max(0);
    match seconds {
        ..MINUTE => format!("{seconds}s"),
        MINUTE..HOUR => two(seconds, (MINUTE, "m"), (1, "s")),
        HOUR..DAY => two(seconds, (HOUR, "h"), (MINUTE, "m")),
        _ => two(seconds, (DAY, "d"), (HOUR, "h")),
    }
}

/// What is left until a point in time, rounded up: a countdown says `1s` until it is over.
pub fn left(until: Timestamp, now: Timestamp) -> String {
    let left = until.duration_since(now);
    let begun = i64::from(left.subsec_nanos() > 0);
    span(SignedDuration::from_secs(left.as_secs().saturating_add(begun)))
}

/// A point in time as Kubernetes writes it: RFC 3339 in UTC, whole seconds.
pub fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A line with the time it was said at.
pub fn stamped(at: Timestamp, line: Text) -> Text {
    let mut stamped = Text::new().with(Tone::Faint, stamp(at)).with(Tone::Plain, "  ");
    stamped.extend(line);
    stamped
}

fn one(seconds: i64, (size, unit): (i64, &str)) -> String {
    format!("{}{unit}", seconds / size)
}

fn two(seconds: i64, first: (i64, &str), second: (i64, &str)) -> String {
    match seconds % first.0 / second.0 {
        0 => one(seconds, first),
        rest => format!("{}{rest}{}", one(seconds, first), second.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_kubectls() {
        // The cases of TestHumanDuration in k8s.io/apimachinery/pkg/util/duration.
        let cases = [
            (-2, "<invalid>"),
            (-1, "0s"),
            (0, "0s"),
            (1, "1s"),
            (70, "70s"),
            (119, "119s"),
            (120, "2m"),
            (190, "3m10s"),
            (70 * MINUTE, "70m"),
            (47 * HOUR, "47h"),
            (49 * HOUR, "2d1h"),
            (8 * DAY + 2 * HOUR, "8d"),
            (367 * DAY, "367d"),
            (2 * YEAR + DAY, "2y1d"),
            (8 * YEAR + 2 * DAY, "8y"),
            (3 * HOUR, "3h"),
            (3 * HOUR + 5 * MINUTE, "3h5m"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(age(SignedDuration::from_secs(seconds)), expected, "{seconds}");
        }
    }

    #[test]
    fn a_countdown_ends_when_it_is_over() {
        let now: Timestamp = "2026-01-02T15:04:05Z".parse().unwrap();
        let in_millis = |millis| left(now + SignedDuration::from_millis(millis), now);
        assert_eq!(in_millis(80_000), "1m20s");
        assert_eq!(in_millis(1_001), "2s");
        assert_eq!(in_millis(1), "1s");
        assert_eq!(in_millis(0), "0s");
        assert_eq!(in_millis(-5_000), "0s");
    }

    #[test]
    fn stamps_have_whole_seconds() {
        assert_eq!(stamp("2026-01-02T15:04:05.678Z".parse().unwrap()), "2026-01-02T15:04:05Z");
    }
}
