//! Durations as every Kubernetes tool writes them: Go's `1m30s`, or a number of seconds.

use std::time::Duration;

use jiff::SignedDuration;

/// Why a text is not a duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a duration: write a number of seconds, or numbers with units such as 500ms, 30s, 1h5m"
)]
pub struct NotADuration;

/// Reads Go's syntax, and a bare number as seconds. Durations that go back in time are refused.
pub fn parse(text: &str) -> Result<Duration, NotADuration> {
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest.is_empty() {
        return Err(NotADuration);
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(NotADuration)?;
        let (number, after) = rest.split_at(digits);
        let unit = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let number: f64 = number.parse().map_err(|_| NotADuration)?;
        let seconds = match unit {
            "h" => number * 3600.0,
            "m" => number * 60.0,
            "s" => number,
            "ms" => number / 1e3,
            "us" | "µs" | "μs" => number / 1e6,
            "ns" => number / 1e9,
            _ => return Err(NotADuration),
        };
        let part = Duration::try_from_secs_f64(seconds).map_err(|_| NotADuration)?;
        total = total.checked_add(part).ok_or(NotADuration)?;
        rest = after;
    }
    Ok(total)
}

/// The same for arithmetic with points in time.
pub fn signed(text: &str) -> Result<SignedDuration, NotADuration> {
    SignedDuration::try_from(parse(text)?).map_err(|_| NotADuration)
}

/// The same with days in front, such as `14d` or `1d12h`, for what takes so long.
pub fn long(text: &str) -> Result<SignedDuration, NotLong> {
    let (days, rest) = match text.split_once('d') {
        Some((days, "")) => (days, "0s"),
        Some((days, rest)) => (days, rest),
        None => ("0", text),
    };
    let days: i64 = days.parse().map_err(|_| NotLong)?;
    let rest = signed(rest).map_err(|_| NotLong)?;
    let days = days.checked_mul(24 * 3600).filter(|days| *days >= 0).ok_or(NotLong)?;
    SignedDuration::from_secs(days).checked_add(rest).ok_or(NotLong)
}

/// Why a text is not a duration of that kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a duration: write numbers with units such as 7d, 12h, 1h30m")]
pub struct NotLong;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_may_be_in_front() {
        for (text, seconds) in
            [("7d", 604_800), ("1d12h", 129_600), ("36h", 129_600), ("0", 0), ("0d", 0), ("30", 30)]
        {
            assert_eq!(long(text), Ok(SignedDuration::from_secs(seconds)), "{text}");
        }
        for text in
            ["", "d", "-1d", "1d2d", "1dx", "x", "99999999999999999999d", "9223372036854775d"]
        {
            assert_eq!(long(text), Err(NotLong), "{text:?}");
        }
    }

    #[test]
    fn gos_durations_and_seconds_are_read() {
        for (text, milliseconds) in [
            ("0", 0),
            ("30", 30_000),
            ("30s", 30_000),
            ("1m30s", 90_000),
            ("500ms", 500),
            ("1.5h", 5_400_000),
            (".5s", 500),
            ("1h2m3s4ms", 3_723_004),
            ("+2s", 2_000),
            ("2000us", 2),
            ("0s", 0),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for text in ["", "s", "1x", "-1s", "-1", "1s ", "1 s", "s1", "1m30", ".s", "1.2.3s", "+"] {
            assert_eq!(parse(text), Err(NotADuration), "{text:?}");
        }
    }
}
