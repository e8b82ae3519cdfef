//! A pod as the controller looks at it.

use jiff::Timestamp;

use crate::model::ordinal::Ordinal;
use crate::model::pod::{Phase, Pod};
use crate::plan::simulate::forecast::Lacks;

/// One wanted pod: the one that exists, or the one that is made now.
///
/// The controller goes on with what it has just created as with a pod that is not there yet.
pub(super) enum Replica<'a> {
    There(&'a Pod),
    Made { ordinal: Ordinal, revision: String },
}

/// What counts as available now.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub min_ready_seconds: u32,
    pub now: Timestamp,
}

/// `isRunningAndReady`: pods on their way out count.
pub(super) fn is_running_and_ready(pod: &Pod) -> bool {
    pod.phase == Phase::Running && pod.ready_since.is_some()
}

/// `isTerminalPhase`.
pub(super) fn is_terminal(pod: &Pod) -> bool {
    matches!(pod.phase, Phase::Failed | Phase::Succeeded)
}

/// `isTerminating`.
pub(super) fn is_terminating(pod: &Pod) -> bool {
    pod.deleting_since.is_some()
}

impl Clock {
    /// `isRunningAndAvailable`: pods on their way out count, and the phase does not.
    pub(super) fn is_available(self, pod: &Pod) -> bool {
        pod.ready_since.is_some_and(|since| {
            self.min_ready_seconds == 0
                || self.now.duration_since(since).as_secs() >= i64::from(self.min_ready_seconds)
        })
    }

    /// `isUnavailable`.
    pub(super) fn is_unavailable(self, pod: &Pod) -> bool {
        !self.is_available(pod) || is_terminating(pod)
    }

    /// What the controller would wait for, in the order in which `processReplica` looks.
    pub(super) fn lacks(self, pod: &Pod) -> Option<Lacks> {
        if is_terminating(pod) {
            Some(Lacks::Gone)
        } else if !is_running_and_ready(pod) {
            Some(Lacks::Ready)
        } else if !self.is_available(pod) {
            Some(Lacks::Available)
        } else {
            None
        }
    }
}

impl Replica<'_> {
    pub(super) fn ordinal(&self) -> Option<Ordinal> {
        match self {
            Self::There(pod) => pod.ordinal,
            Self::Made { ordinal, .. } => Some(*ordinal),
        }
    }

    pub(super) fn revision(&self) -> &str {
        match self {
            Self::There(pod) => pod.revision.as_deref().unwrap_or_default(),
            Self::Made { revision, .. } => revision,
        }
    }

    pub(super) fn is_terminating(&self) -> bool {
        matches!(self, Self::There(pod) if is_terminating(pod))
    }

    pub(super) fn is_unavailable(&self, clock: Clock) -> bool {
        match self {
            Self::There(pod) => clock.is_unavailable(pod),
            Self::Made { .. } => true,
        }
    }

    pub(super) fn is_running_and_available(&self, clock: Clock) -> bool {
        matches!(self, Self::There(pod) if clock.is_available(pod))
    }

    pub(super) fn lacks(&self, clock: Clock) -> Lacks {
        match self {
            Self::There(pod) => clock.lacks(pod).unwrap_or(Lacks::Ready),
            Self::Made { .. } => Lacks::Ready,
        }
    }
}
