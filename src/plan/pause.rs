//! Where to stop a rollout that is under way.
//!
//! Raising the partition stops the controller, and arms a downgrade for every updated pod below
//! it: such a pod comes back on the old revision the next time it is deleted. So the partition is
//! raised only as far as the pods that are updated, or on their way, reach down from the top.

use std::fmt;

use crate::model::pod::Pod;
use crate::model::set::HOLD;
use crate::model::snapshot::Snapshot;

/// What pausing comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pause {
    /// The partition goes up to this.
    Raise(u32),
    /// Every pod the partition releases is updated or on its way.
    Nothing,
    /// No partition stops the controller.
    Cannot(Why),
}

/// Why no partition stops the controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// This pod is updated already, below others that are not.
    Arms {
        /// Its name.
        pod: String,
        /// The revision it would come back on.
        revision: String,
    },
    /// The template is that of the current revision: pods are going back.
    GoingBack {
        /// That revision.
        revision: String,
    },
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arms { pod, revision } => write!(
                f,
                "pod {pod} is updated, and pods above it are not: a partition that stops the rollout would bring {pod} back on {revision} when it is next deleted"
            ),
            Self::GoingBack { revision } => write!(
                f,
                "pods are on their way back to {revision}, the current revision: nothing new is rolled out"
            ),
        }
    }
}

/// Where to stop.
pub fn pause(snapshot: &Snapshot) -> Pause {
    let set = &snapshot.set;
    let all = set.wanted.replicas;
    let from = set.partition().min(all);
    let off = |index: u32| !updated(snapshot, index) && !moving(snapshot.pod_at(index));
    if !(from..all).any(off) {
        return Pause::Nothing;
    }
    let status = &set.status;
    if status.current_revision == status.update_revision {
        let revision = status.current_revision.clone();
        return Pause::Cannot(Why::GoingBack { revision });
    }
    let stop = (from..all).rev().take_while(|index| !off(*index)).last();
    let below = from..stop.unwrap_or(all);
    match armed(snapshot, below).next() {
        Some(index) => Pause::Cannot(Why::Arms {
            pod: set.pod_at(index),
            revision: status.current_revision.clone(),
        }),
        None => Pause::Raise(stop.unwrap_or(HOLD)),
    }
}

/// Pods at these indexes that run the update revision and stay, lowest first. A partition above
/// them arms their downgrade.
pub fn armed(
    snapshot: &Snapshot,
    indexes: std::ops::Range<u32>,
) -> impl Iterator<Item = u32> + use<'_> {
    indexes.filter(|index| updated(snapshot, *index))
}

/// Whether a pod is missing or on its way out: what the controller makes next is decided by the
/// partition it sees then.
pub fn moving(pod: Option<&Pod>) -> bool {
    pod.is_none_or(|pod| pod.deleting_since.is_some())
}

fn updated(snapshot: &Snapshot, index: u32) -> bool {
    let update = snapshot.set.status.update_revision.as_str();
    snapshot
        .pod_at(index)
        .is_some_and(|pod| pod.deleting_since.is_none() && pod.revision.as_deref() == Some(update))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::set::Set;
    use crate::testing::{NEW, a_pod, a_set, a_snapshot};

    fn six() -> Set {
        a_set("db").replicas(6).updating()
    }

    fn with(set: &Set, updated: &[u32]) -> Snapshot {
        let begin = a_snapshot(set);
        updated.iter().fold(begin, |all, ordinal| all.with(a_pod(set, *ordinal).on(NEW)))
    }

    #[test]
    fn the_partition_goes_up_to_the_lowest_pod_that_is_updated_or_moving() {
        let set = six();
        assert_eq!(pause(&with(&set, &[5, 4])), Pause::Raise(4));
        assert_eq!(pause(&with(&set, &[5, 4]).without(3)), Pause::Raise(3));
        let leaving = with(&set, &[5, 4]).with(a_pod(&set, 3).deleting());
        assert_eq!(pause(&leaving), Pause::Raise(3));
        let unready = with(&set, &[5]).with(a_pod(&set, 4).on(NEW).unready());
        assert_eq!(pause(&unready), Pause::Raise(4));
        assert_eq!(pause(&with(&set, &[])), Pause::Raise(HOLD), "no pod is updated yet");
    }

    #[test]
    fn indexes_count_from_the_first_ordinal() {
        let set = six().starting_at(10);
        assert_eq!(pause(&with(&set, &[15, 14])), Pause::Raise(4));
    }

    #[test]
    fn what_the_partition_keeps_already_does_not_matter() {
        let set = six().at_partition(4);
        assert_eq!(pause(&with(&set, &[5, 4])), Pause::Nothing);
        assert_eq!(pause(&with(&set, &[5])), Pause::Raise(5));
        // Armed by somebody else, before.
        assert_eq!(pause(&with(&set, &[5, 0])), Pause::Raise(5));
        assert_eq!(pause(&with(&six(), &[0, 1, 2, 3, 4, 5])), Pause::Nothing);
        assert_eq!(pause(&a_snapshot(&a_set("db"))), Pause::Nothing, "no rollout at all");
    }

    #[test]
    fn an_old_pod_on_its_way_out_below_comes_back_old_and_is_no_hindrance() {
        let set = six();
        let drained = with(&set, &[5, 4]).with(a_pod(&set, 1).deleting());
        assert_eq!(pause(&drained), Pause::Raise(4));
    }

    #[test]
    fn no_updated_pod_is_armed_for_a_downgrade() {
        let set = six().parallel();
        let why = Why::Arms { pod: "db-0".to_owned(), revision: "db-old".to_owned() };
        assert_eq!(pause(&with(&set, &[0, 5])), Pause::Cannot(why));
    }

    #[test]
    fn going_back_is_not_paused() {
        let set = a_set("db");
        let snapshot = a_snapshot(&set).with(a_pod(&set, 2).on(NEW));
        assert!(matches!(pause(&snapshot), Pause::Cannot(Why::GoingBack { .. })));
    }
}
