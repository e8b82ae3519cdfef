//! Which revision a pod would come back on if it were deleted now.

use crate::model::ordinal::Ordinal;
use crate::model::set::{Set, Strategy};
use crate::model::snapshot::Snapshot;

/// One of the two revisions a set can make pods from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `status.currentRevision`.
    Current,
    /// `status.updateRevision`.
    Update,
}

/// Which side the controller makes the pod at this index from.
///
/// Follows `newVersionedStatefulSetPod` of the StatefulSet controller
/// (`pkg/controller/statefulset/stateful_set_utils.go`):
/// - `OnDelete` and strategies this program does not know: the update revision.
/// - `RollingUpdate` with `rollingUpdate`: current below the partition, update from it on. The
///   partition counts from `spec.ordinals.start`.
/// - `RollingUpdate` without `rollingUpdate`: current for the first `counted` pods, which is
///   `status.currentReplicas` as the controller reads it when it makes the pod.
pub fn made_on(strategy: &Strategy, index: u32, counted: u32) -> Side {
    let kept = match strategy {
        Strategy::OnDelete | Strategy::Other(_) => 0,
        Strategy::RollingUpdate(Some(rolling)) => rolling.partition,
        Strategy::RollingUpdate(None) => counted,
    };
    if index < kept { Side::Current } else { Side::Update }
}

/// Which side a pod of this ordinal comes back on when it is deleted now.
///
/// As [`made_on`] has it, with `status.currentReplicas` as the controller counts it again once the
/// pod is gone: it is counted here from the other pods, since the status lags behind them.
pub fn returns_on(snapshot: &Snapshot, ordinal: Ordinal) -> Side {
    let set = &snapshot.set;
    let Some(index) = set.wanted.index(ordinal) else { return Side::Update };
    let current = set.status.current_revision.as_str();
    let others = snapshot.own_pods().filter(|pod| {
        pod.ordinal != Some(ordinal)
            && pod.deleting_since.is_none()
            && pod.revision.as_deref() == Some(current)
    });
    made_on(&set.strategy, index, u32::try_from(others.count()).unwrap_or(u32::MAX))
}

/// The name of the revision on that side.
pub fn revision_on(set: &Set, side: Side) -> &str {
    match side {
        Side::Current => &set.status.current_revision,
        Side::Update => &set.status.update_revision,
    }
}

/// The name of the revision a pod of this ordinal comes back on when it is deleted now.
pub fn revision_after_delete(snapshot: &Snapshot, ordinal: Ordinal) -> &str {
    revision_on(&snapshot.set, returns_on(snapshot, ordinal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::set::Rolling;
    use crate::testing::{NEW, OLD, a_pod, a_set, a_snapshot};

    fn after(snapshot: &Snapshot, ordinal: u32) -> &str {
        revision_after_delete(snapshot, Ordinal(ordinal))
    }

    #[test]
    fn the_partition_decides_and_counts_from_the_first_ordinal() {
        let set = a_set("db").updating().at_partition(2);
        let snapshot = a_snapshot(&set);
        assert_eq!([0, 1, 2].map(|ordinal| after(&snapshot, ordinal)), [OLD, OLD, NEW]);
        let snapshot = a_snapshot(&set.starting_at(5));
        assert_eq!([5, 6, 7].map(|ordinal| after(&snapshot, ordinal)), [OLD, OLD, NEW]);
    }

    #[test]
    fn raising_the_partition_arms_a_downgrade() {
        let set = a_set("db").updating().at_partition(32767);
        let snapshot = a_snapshot(&set).with(a_pod(&set, 2).on(NEW));
        assert_eq!(after(&snapshot, 2), OLD);
    }

    #[test]
    fn under_on_delete_and_unknown_strategies_pods_return_updated() {
        for strategy in [Strategy::OnDelete, Strategy::Other("Recreate".to_owned())] {
            let snapshot = a_snapshot(&a_set("db").updating().with_strategy(strategy));
            assert_eq!([0, 2].map(|ordinal| after(&snapshot, ordinal)), [NEW, NEW]);
        }
    }

    #[test]
    fn without_rolling_update_the_controllers_count_decides_after_the_delete() {
        // Five pods, four of them updated-but-broken's neighbours: the case seen on a server.
        let mut set =
            a_set("db").replicas(5).updating().with_strategy(Strategy::RollingUpdate(None));
        set.status.current = 4;
        let snapshot = a_snapshot(&set).with(a_pod(&set, 4).on(NEW));
        assert_eq!(after(&snapshot, 3), NEW, "counted, so the count is 3 once it is gone");
        assert_eq!(after(&snapshot, 0), OLD);
        assert_eq!(after(&snapshot, 4), NEW);
        let gone = snapshot.clone().with(a_pod(&set, 3).deleting());
        assert_eq!(after(&gone, 3), NEW, "on its way out, and so not counted either");
        set.status.current = 2;
        let behind = a_snapshot(&set).with(a_pod(&set, 4).on(NEW));
        assert_eq!(after(&behind, 2), OLD, "the pods are counted, the status lags behind them");
    }

    #[test]
    fn a_partition_of_zero_is_not_an_absent_one() {
        let zero = a_snapshot(&a_set("db").updating().at_partition(0));
        assert_eq!(after(&zero, 0), NEW);
        let absent = Strategy::RollingUpdate(None);
        let absent = a_snapshot(&a_set("db").updating().with_strategy(absent));
        assert_eq!(after(&absent, 0), OLD);
        let full = Rolling { partition: u32::MAX, max_unavailable: None };
        let full = Strategy::RollingUpdate(Some(full));
        assert_eq!(after(&a_snapshot(&a_set("db").updating().with_strategy(full)), 2), OLD);
    }

    #[test]
    fn ordinals_below_the_first_are_nobodys() {
        let snapshot = a_snapshot(&a_set("db").updating().at_partition(3).starting_at(5));
        assert_eq!(after(&snapshot, 4), NEW);
    }
}
