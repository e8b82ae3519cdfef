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

/// An age: the same, and whole days such as `7d`, which Go's syntax does not have.
pub fn age(text: &str) -> Result<SignedDuration, String> {
    if let Some(days) = text.strip_suffix('d').and_then(|days| days.parse::<u32>().ok()) {
        return Ok(SignedDuration::from_hours(i64::from(days) * 24));
    }
    signed(text)
        .map_err(|_| "not an age: write days such as 7d, or a time such as 36h or 30m".to_owned())
}

/// The same for arithmetic with points in time.
pub fn signed(text: &str) -> Result<SignedDuration, NotADuration> {
    SignedDuration::try_from(parse(text)?).map_err(|_| NotADuration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_in_days_too() {
        assert_eq!(age("7d"), Ok(SignedDuration::from_hours(168)));
        assert_eq!(age("0"), Ok(SignedDuration::ZERO));
        assert_eq!(age("36h"), Ok(SignedDuration::from_hours(36)));
        for wrong in ["d", "-1d", "1.5d", "1d12h", "soon"] {
            assert!(age(wrong).is_err(), "{wrong}");
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
