//! A pod as the controller and a gate see it.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use crate::model::ordinal::Ordinal;
use crate::model::placement::Placement;

/// A pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    /// Name.
    pub name: String,
    /// UID; the next pod of the same name has another.
    pub uid: String,
    /// Opaque version of the object, for compare-and-swap.
    pub resource_version: String,
    /// UID of the owner reference with `controller: true`.
    pub controller: Option<String>,
    /// The ordinal, when the name has the form the controller writes for this set.
    pub ordinal: Option<Ordinal>,
    /// The ControllerRevision it was made from: its `controller-revision-hash` label.
    pub revision: Option<String>,
    /// Labels, for budgets' selectors.
    pub labels: BTreeMap<String, String>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was told to go, if it was.
    pub deleting_since: Option<Timestamp>,
    /// `status.phase`.
    pub phase: Phase,
    /// The node it was bound to.
    pub node: Option<String>,
    /// What it asks of a node.
    pub placement: Placement,
    /// Since when it has been ready, while it is.
    pub ready_since: Option<Timestamp>,
    /// Since when it has not been ready, while it is not and tells.
    pub unready_since: Option<Timestamp>,
    /// Container restarts, summed.
    pub restarts: u32,
    /// What keeps it from being ready, as far as its status tells, worst first.
    pub troubles: Vec<Trouble>,
}

impl Pod {
    /// Running, Ready, and not on its way out.
    pub fn is_ready(&self) -> bool {
        self.phase == Phase::Running && self.ready_since.is_some() && self.deleting_since.is_none()
    }

    /// Ready for at least `min_ready_seconds`, as the controller counts availability.
    pub fn is_available(&self, min_ready_seconds: u32, now: Timestamp) -> bool {
        self.is_ready()
            && (min_ready_seconds == 0
                || self.ready_since.is_some_and(|since| {
                    now.duration_since(since).as_secs() >= i64::from(min_ready_seconds)
                }))
    }

    /// The first reason for not being ready, in kubectl's words where it has some.
    pub fn reason(&self) -> String {
        if self.deleting_since.is_some() {
            return "Terminating".to_owned();
        }
        match self.troubles.first() {
            Some(trouble) => trouble.reason.clone(),
            None if self.is_ready() => "Ready".to_owned(),
            None if self.phase == Phase::Running => "NotReady".to_owned(),
            None => self.phase.name().to_owned(),
        }
    }
}

/// `status.phase`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Accepted, not all containers running.
    Pending,
    /// Bound, at least one container running.
    Running,
    /// All containers ended well.
    Succeeded,
    /// All containers ended, at least one badly.
    Failed,
    /// The node cannot be reached, or the phase is not known to this program.
    Unknown,
}

impl Phase {
    /// As the API spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Unknown => "Unknown",
        }
    }
}

/// Something a pod's status names as being wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What sort of trouble, which decides how long a gate waits for it to pass.
    pub kind: TroubleKind,
    /// The reason as Kubernetes spells it, such as `CrashLoopBackOff`.
    pub reason: String,
    /// The message beside it, cleaned.
    pub message: String,
    /// The container it is about, if it is about one.
    pub container: Option<String>,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        if let Some(container) = &self.container {
            write!(f, " in container {container}")?;
        }
        if self.message.is_empty() { Ok(()) } else { write!(f, ": {}", self.message) }
    }
}

/// Sorts of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TroubleKind {
    /// A container keeps ending: `CrashLoopBackOff`, or terminated with an error.
    Crash,
    /// The image cannot be had: `ErrImagePull`, `ImagePullBackOff`, `InvalidImageName`, …
    Image,
    /// The container cannot be made: `CreateContainerConfigError`, `CreateContainerError`,
    /// `RunContainerError`.
    Config,
    /// A volume cannot be attached or mounted (seen in events, or in a claim that is not bound).
    Volume,
    /// No node will have it: condition `PodScheduled=False` with `Unschedulable`.
    Unschedulable,
    /// The pod failed or was evicted: phase `Failed`.
    Failed,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_pod, a_set, at};

    #[test]
    fn ready_means_running_and_staying() {
        let set = a_set("db");
        assert!(a_pod(&set, 0).is_ready());
        assert!(!a_pod(&set, 0).unready().is_ready());
        assert!(!a_pod(&set, 0).deleting().is_ready());
        assert!(!Pod { phase: Phase::Pending, ..a_pod(&set, 0) }.is_ready());
    }

    #[test]
    fn available_means_ready_for_long_enough() {
        let pod = a_pod(&a_set("db"), 0).ready_at(at(0));
        assert!(pod.is_available(0, at(-5)), "without minReadySeconds clocks do not matter");
        assert!(!pod.is_available(10, at(9)));
        assert!(pod.is_available(10, at(10)));
        assert!(!pod.unready().is_available(0, at(100)));
    }

    #[test]
    fn the_reason_is_the_worst_thing_known() {
        let set = a_set("db");
        let crash = a_pod(&set, 0).troubled(TroubleKind::Crash, "CrashLoopBackOff");
        assert_eq!(crash.reason(), "CrashLoopBackOff");
        assert_eq!(crash.deleting().reason(), "Terminating");
        assert_eq!(a_pod(&set, 0).reason(), "Ready");
        assert_eq!(a_pod(&set, 0).unready().reason(), "NotReady");
        assert_eq!(Pod { phase: Phase::Pending, ..a_pod(&set, 0) }.reason(), "Pending");
    }
}
