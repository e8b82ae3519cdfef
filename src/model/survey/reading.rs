//! How far a survey is.

use std::time::Duration;

/// What is being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The kind, by its plural name.
    pub kind: String,
    /// Objects of that kind so far.
    pub objects: u64,
    /// Objects of all kinds so far.
    pub total: u64,
    /// Time since the survey began.
    pub elapsed: Duration,
    /// Whether the kind has been read to its end.
    pub is_complete: bool,
}

impl Reading {
    /// Objects per second so far; none before the first moment has passed.
    pub fn rate(&self) -> Option<f64> {
        let seconds = self.elapsed.as_secs_f64();
        // Counts of objects are far below what a double holds exactly.
        #[expect(clippy::cast_precision_loss, reason = "counts are small")]
        let total = self.total as f64;
        (seconds > 0.1).then(|| total / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_all_kinds() {
        let reading = |millis| Reading {
            kind: "pods".to_owned(),
            objects: 10,
            total: 500,
            elapsed: Duration::from_millis(millis),
            is_complete: false,
        };
        assert_eq!(reading(2000).rate(), Some(250.0));
        assert_eq!(reading(1).rate(), None);
    }
}
