//! What a scaling waits for, in the order in which the controller does.
//!
//! Follows `updateStatefulSet` (`pkg/controller/statefulset/stateful_set_control.go`): first the
//! wanted pods, lowest first, then those that are not wanted, highest first. Under `OrderedReady`
//! the first thing that is not as it should be stops everything after it.

use std::fmt;

use jiff::Timestamp;

use crate::model::pod::{Pod, Trouble};
use crate::model::set::PodManagement;
use crate::model::snapshot::Snapshot;
use crate::plan::headroom::{Blocker, blocker_at};

/// What a scaling waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The controller has not seen the spec.
    Unobserved,
    /// A wanted pod that is not there, not ready or not available.
    Wanted {
        /// How it stands.
        blocker: Blocker,
        /// Its name.
        pod: String,
        /// What its status names as wrong, where it does.
        trouble: Option<Trouble>,
        /// Whether everything else waits for it.
        blocks: bool,
    },
    /// A pod that is not wanted and is on its way out.
    Ending {
        /// Its name.
        pod: String,
        /// The node it is on.
        node: Option<String>,
        /// When it should have been gone.
        due: Timestamp,
    },
    /// A pod that is not wanted and has not been told to go.
    Unwanted {
        /// Its name.
        pod: String,
    },
    /// Pods that are not wanted and not ready, each of which waits for the other.
    ///
    /// Under `OrderedReady` the controller takes only one pod away that is not ready: the lowest.
    /// It begins at the top, so two of them are never taken away.
    Deadlock {
        /// Their names, highest ordinal first.
        pods: Vec<String>,
    },
    /// All is well with the pods, and the set's status counts others.
    Disagreement,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unobserved => f.write_str("waiting for the controller to see the new size"),
            Self::Wanted { blocker, trouble: None, blocks: false, .. } => blocker.fmt(f),
            Self::Wanted { blocker, trouble: None, .. } => {
                write!(f, "{blocker}; the controller does nothing else until it is")
            }
            Self::Wanted { pod, trouble: Some(trouble), blocks, .. } => {
                write!(f, "pod {pod} is not ready: {trouble}")?;
                f.write_str(if *blocks { "; everything else waits for it" } else { "" })
            }
            Self::Ending { pod, .. } => write!(f, "waiting for pod {pod} to end"),
            Self::Unwanted { pod } => {
                write!(f, "waiting for the controller to take pod {pod} away")
            }
            Self::Deadlock { pods } => write!(
                f,
                "pods {} are not wanted and not ready: under OrderedReady the controller takes \
                 neither away before the other",
                pods.join(" and ")
            ),
            Self::Disagreement => f.write_str("waiting for the pods and the set's status to agree"),
        }
    }
}

/// What the scaling waits for; `None` when all wanted pods are available and no other is left.
pub fn obstacle(snapshot: &Snapshot, now: Timestamp) -> Option<Obstacle> {
    let set = &snapshot.set;
    if !set.observed() {
        return Some(Obstacle::Unobserved);
    }
    let wanted = wanted(snapshot, now);
    let ordered = set.management == PodManagement::OrderedReady;
    let troubled = |found: &Obstacle| matches!(found, Obstacle::Wanted { trouble: Some(_), .. });
    // In parallel nothing waits for anything, so the worst is told.
    if ordered || wanted.as_ref().is_some_and(troubled) {
        if let Some(wanted) = wanted {
            return Some(wanted);
        }
        return unwanted(snapshot, ordered).or_else(|| disagreement(snapshot));
    }
    unwanted(snapshot, ordered).or(wanted).or_else(|| disagreement(snapshot))
}

fn wanted(snapshot: &Snapshot, now: Timestamp) -> Option<Obstacle> {
    let set = &snapshot.set;
    let all = set.wanted.replicas;
    let ordered = set.management == PodManagement::OrderedReady;
    let mut found = (0..all).filter_map(|index| Some((index, blocker_at(snapshot, index, now)?)));
    let (index, blocker) = if ordered {
        found.next()
    } else {
        let all: Vec<_> = found.collect();
        let troubled = all.iter().position(|(index, _)| trouble(snapshot, *index).is_some());
        all.into_iter().nth(troubled.unwrap_or(0))
    }?;
    let above = (index + 1..all).any(|index| snapshot.pod_at(index).is_none());
    let blocks = ordered && (above || snapshot.left_over().next().is_some());
    let (pod, trouble) = (set.pod_at(index), trouble(snapshot, index));
    Some(Obstacle::Wanted { blocker, pod, trouble, blocks })
}

fn trouble(snapshot: &Snapshot, index: u32) -> Option<Trouble> {
    let pod = snapshot.pod_at(index)?;
    pod.troubles.first().filter(|_| !pod.is_ready() && pod.deleting_since.is_none()).cloned()
}

fn unwanted(snapshot: &Snapshot, ordered: bool) -> Option<Obstacle> {
    let mut left: Vec<&Pod> = snapshot.left_over().collect();
    left.sort_by_key(|pod| std::cmp::Reverse(pod.ordinal));
    if let Some(pod) = left.iter().find(|pod| pod.deleting_since.is_some()) {
        let due = pod.deleting_since.unwrap_or(snapshot.taken_at);
        return Some(Obstacle::Ending { pod: pod.name.clone(), node: pod.node.clone(), due });
    }
    let top = left.first()?;
    let unready: Vec<&&Pod> = left.iter().filter(|pod| !pod.is_ready()).collect();
    if ordered && unready.len() > 1 && !top.is_ready() {
        let pods = unready.iter().map(|pod| pod.name.clone()).collect();
        return Some(Obstacle::Deadlock { pods });
    }
    Some(Obstacle::Unwanted { pod: top.name.clone() })
}

/// After a conflict the set is fresher than the pods: what the controller counts has to agree with
/// what the watch has shown.
fn disagreement(snapshot: &Snapshot) -> Option<Obstacle> {
    let set = &snapshot.set;
    let all = set.wanted.replicas;
    let agree = set.status.replicas == all && set.status.ready == all;
    (!agree).then_some(Obstacle::Disagreement)
}

#[cfg(test)]
mod tests;
