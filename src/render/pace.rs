//! How long it will still take, judged by what is done.

use jiff::{SignedDuration, Timestamp};

/// The pace of a run.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    took: SignedDuration,
    passed: i32,
    together: u32,
    turn_began: Option<Timestamp>,
}

impl Pace {
    /// Pods were released together: a turn begins.
    pub fn released(&mut self, at: Timestamp, pods: usize) {
        self.turn_began = Some(at);
        self.together = self.together.max(u32::try_from(pods).unwrap_or(u32::MAX));
    }

    /// A pod has passed, and took this long.
    pub fn passed(&mut self, took: SignedDuration) {
        self.took = self.took.saturating_add(took);
        self.passed = self.passed.saturating_add(1);
    }

    /// The time for so many more pods: the mean time for a pod, times the turns it takes, less
    /// what has passed of the turn under way. Nothing when no pod has passed yet, or when the
    /// estimate is used up.
    pub fn left(&self, pods: usize, now: Timestamp) -> Option<SignedDuration> {
        let mean = self.took.checked_div(self.passed)?;
        let turns = i32::try_from(u32::try_from(pods).ok()?.div_ceil(self.together.max(1))).ok()?;
        let under_way = now.duration_since(self.turn_began?).clamp(SignedDuration::ZERO, mean);
        let left = mean.checked_mul(turns)?.checked_sub(under_way)?;
        left.is_positive().then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(seconds: i64) -> SignedDuration {
        SignedDuration::from_secs(seconds)
    }

    #[test]
    fn the_mean_of_the_pods_done_times_the_pods_left() {
        let start = Timestamp::UNIX_EPOCH;
        let mut pace = Pace::default();
        assert_eq!(pace.left(4, start), None, "no pod has passed");

        pace.released(start, 1);
        pace.passed(secs(40));
        pace.passed(secs(60));
        assert_eq!(pace.left(4, start), Some(secs(200)));
        assert_eq!(pace.left(4, start + secs(20)), Some(secs(180)));
        assert_eq!(pace.left(4, start + secs(500)), Some(secs(150)), "this one takes longer");
        assert_eq!(pace.left(1, start + secs(500)), None);
        assert_eq!(pace.left(0, start), None);

        pace.released(start, 2);
        assert_eq!(pace.left(4, start), Some(secs(100)), "two at a time");
    }
}
