//! Durations as kubectl's flags take them.

use jiff::SignedDuration;

/// Reads `30s`, `1m30s`, `500ms`; a bare number counts seconds.
pub fn duration(text: &str) -> Result<SignedDuration, String> {
    let wrong = || format!("{text:?} is no duration: write it as 30s, 5m or 1h30m");
    let duration = match text.parse::<u32>() {
        Ok(seconds) => SignedDuration::from_secs(i64::from(seconds)),
        Err(_) => text.parse::<SignedDuration>().map_err(|_| wrong())?,
    };
    if duration.is_negative() { Err(wrong()) } else { Ok(duration) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_kubectl_reads_them() {
        for (text, millis) in
            [("0", 0), ("45", 45_000), ("30s", 30_000), ("1m30s", 90_000), ("500ms", 500), ("2h", 7_200_000)]
        {
            assert_eq!(duration(text), Ok(SignedDuration::from_millis(millis)), "{text}");
        }
        for text in ["", "soon", "-1s", "1 fortnight", "-5"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
