//! How far a survey is.

use crate::model::survey::reading::Reading;
use crate::render::text::{Text, Tone};

/// One line.
pub fn line(reading: &Reading) -> Text {
    let Reading { kind, objects, total, .. } = reading;
    let text = Text::from(format!("reading {kind}: {objects}"))
        .with(Tone::Faint, format!(", {total} in all"));
    match reading.rate() {
        Some(rate) => text.with(Tone::Faint, format!(", {rate:.0} per second")),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn kind_count_sum_and_rate() {
        let reading = Reading {
            kind: "pods".to_owned(),
            objects: 1200,
            total: 5000,
            elapsed: Duration::from_secs(2),
            is_complete: false,
        };
        assert_eq!(line(&reading).to_string(), "reading pods: 1200, 5000 in all, 2500 per second");
    }
}
