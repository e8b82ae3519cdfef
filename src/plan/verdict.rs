//! The built-in gate: what one pod's status says about it.

use jiff::{SignedDuration, Timestamp};

use crate::model::pod::{Pod, Trouble};

/// What a pod must be to count as updated.
#[derive(Clone, Copy, Debug)]
pub struct Need<'a> {
    /// The revision it must run.
    pub revision: &'a str,
    /// How long it must have been ready.
    pub ready_for: SignedDuration,
    /// When it became ready by the local clock, where that was seen to happen. Without it the
    /// pod's own condition counts, which is the server's clock and whole seconds.
    pub seen_ready: Option<Timestamp>,
    /// The most restarts it may have behind it.
    pub restarts: u32,
}

/// How a pod stands against a [`Need`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Updated and ready for long enough.
    Good,
    /// Updated and ready, but not for long enough.
    Soaking {
        /// When it will have been.
        until: Timestamp,
    },
    /// Not there yet, and nothing is wrong so far.
    NotYet,
    /// Not ready, and its status says why.
    Troubled(Trouble),
    /// Restarted too often.
    Restarted {
        /// How often in all.
        restarts: u32,
    },
}

/// Judges an updated pod. A pod that is missing, going away, or on another revision is not yet
/// there: the controller has still to replace it.
pub fn judge(pod: Option<&Pod>, need: &Need<'_>, now: Timestamp) -> Verdict {
    let Some(pod) = pod else { return Verdict::NotYet };
    if pod.deleting_since.is_some() || pod.revision.as_deref() != Some(need.revision) {
        return Verdict::NotYet;
    }
    if pod.restarts > need.restarts {
        return Verdict::Restarted { restarts: pod.restarts };
    }
    match (pod.is_ready(), need.seen_ready.or(pod.ready_since)) {
        (true, _) if need.ready_for.is_zero() => Verdict::Good,
        (true, Some(since)) => match since.saturating_add(need.ready_for) {
            Ok(until) if now < until => Verdict::Soaking { until },
            _ => Verdict::Good,
        },
        _ => pod
            .troubles
            .first()
            .map_or(Verdict::NotYet, |trouble| Verdict::Troubled(trouble.clone())),
    }
}
