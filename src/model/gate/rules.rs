//! How often a gate asks, and what makes it pass, fail or give up.

use std::fmt;
use std::time::Duration;

/// How a gate's answers add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How long to wait before the first question.
    pub initial_delay: Duration,
    /// How long to wait between two questions.
    pub interval: Duration,
    /// How many answers, yes or no, there are at most.
    pub count: u32,
    /// How many of them have to be yes.
    pub success_threshold: u32,
    /// How many may be no.
    pub failure_limit: u32,
    /// How many questions in a row may stay without a clear answer.
    pub error_limit: u32,
    /// How long one question may take; the command's own limit when absent.
    pub timeout: Option<Duration>,
    /// What an answer without data means.
    pub on_no_data: OnNoData,
}

/// What an answer without data means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnNoData {
    /// No.
    #[default]
    Fail,
    /// Yes.
    Pass,
    /// Nothing: ask again.
    Wait,
}

/// Rules as far as somebody has written them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// See [`Rules::initial_delay`].
    pub initial_delay: Option<Duration>,
    /// See [`Rules::interval`].
    pub interval: Option<Duration>,
    /// See [`Rules::count`].
    pub count: Option<u32>,
    /// See [`Rules::success_threshold`].
    pub success_threshold: Option<u32>,
    /// See [`Rules::failure_limit`].
    pub failure_limit: Option<u32>,
    /// See [`Rules::error_limit`].
    pub error_limit: Option<u32>,
    /// See [`Rules::timeout`].
    pub timeout: Option<Duration>,
    /// See [`Rules::on_no_data`].
    pub on_no_data: Option<OnNoData>,
}

/// Why rules make no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRules {
    /// A gate that never asks.
    #[error("count has to be at least 1")]
    Count,
    /// One that passes unasked, or never.
    #[error("successThreshold has to be from 1 to count ({0})")]
    Threshold(u32),
    /// One that cannot fail.
    #[error("failureLimit has to be less than count ({0})")]
    Failures(u32),
    /// One that asks all the time.
    #[error("interval has to be at least 1s")]
    Interval,
    /// One that never gets an answer.
    #[error("timeout has to be more than 0")]
    Timeout,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            initial_delay: Duration::ZERO,
            interval: Duration::from_secs(10),
            count: 1,
            success_threshold: 1,
            failure_limit: 0,
            error_limit: 4,
            timeout: None,
            on_no_data: OnNoData::default(),
        }
    }
}

impl TryFrom<Written> for Rules {
    type Error = BadRules;

    fn try_from(written: Written) -> Result<Self, BadRules> {
        let usual = Self::default();
        let count = written.count.unwrap_or(usual.count);
        let failure_limit = written.failure_limit.unwrap_or(usual.failure_limit);
        if count == 0 {
            return Err(BadRules::Count);
        }
        if failure_limit >= count {
            return Err(BadRules::Failures(count));
        }
        let success_threshold = written.success_threshold.unwrap_or(count - failure_limit);
        if success_threshold == 0 || success_threshold > count {
            return Err(BadRules::Threshold(count));
        }
        let interval = written.interval.unwrap_or(usual.interval);
        if interval < Duration::from_secs(1) {
            return Err(BadRules::Interval);
        }
        if written.timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(BadRules::Timeout);
        }
        Ok(Self {
            initial_delay: written.initial_delay.unwrap_or(usual.initial_delay),
            interval,
            count,
            success_threshold,
            failure_limit,
            error_limit: written.error_limit.unwrap_or(usual.error_limit),
            timeout: written.timeout,
            on_no_data: written.on_no_data.unwrap_or_default(),
        })
    }
}

impl Rules {
    /// The time the gate takes at least, if every question is answered at once and with yes.
    pub fn shortest(&self) -> Duration {
        self.initial_delay
            .saturating_add(self.interval.saturating_mul(self.success_threshold.saturating_sub(1)))
    }
}

/// `4 of 5, every 10s`; nothing for a single question.
impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count == 1 {
            return Ok(());
        }
        write!(f, "{} of {}, every {:?}", self.success_threshold, self.count, self.interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_written_is_filled_in() {
        assert_eq!(Rules::try_from(Written::default()), Ok(Rules::default()));
        let written = Written { count: Some(5), failure_limit: Some(1), ..Written::default() };
        let rules = Rules::try_from(written).unwrap();
        assert_eq!((rules.success_threshold, rules.error_limit), (4, 4));
        assert_eq!(rules.to_string(), "4 of 5, every 10s");
        assert_eq!(rules.shortest(), Duration::from_secs(30));
    }

    #[test]
    fn rules_that_decide_nothing_are_refused() {
        let bad = |written| Rules::try_from(written).unwrap_err();
        let usual = Written::default;
        assert_eq!(bad(Written { count: Some(0), ..usual() }), BadRules::Count);
        let limit = Written { count: Some(3), failure_limit: Some(3), ..usual() };
        assert_eq!(bad(limit), BadRules::Failures(3));
        for threshold in [0, 4] {
            let written = Written { count: Some(3), success_threshold: Some(threshold), ..usual() };
            assert_eq!(bad(written), BadRules::Threshold(3));
        }
        let interval = Written { interval: Some(Duration::from_millis(999)), ..usual() };
        assert_eq!(bad(interval), BadRules::Interval);
        assert_eq!(bad(Written { timeout: Some(Duration::ZERO), ..usual() }), BadRules::Timeout);
    }
}
