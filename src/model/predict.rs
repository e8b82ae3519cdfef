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

/// Which side a pod of this ordinal comes back on when it is deleted now.
///
/// Follows `newVersionedStatefulSetPod` and `getStatefulSetRevisions` of the StatefulSet
/// controller (`pkg/controller/statefulset/stateful_set_utils.go`):
/// - `OnDelete` and strategies this program does not know: the update revision.
/// - `RollingUpdate` with `rollingUpdate`: current below the partition, update from it on. The
///   partition counts from `spec.ordinals.start`.
/// - `RollingUpdate` without `rollingUpdate`: current for the first `status.currentReplicas`
///   pods. The controller counts that number again once the pod is gone, so deleting a pod that
///   is counted in it lowers it by one first.
pub fn returns_on(snapshot: &Snapshot, ordinal: Ordinal) -> Side {
    let set = &snapshot.set;
    let Some(index) = set.wanted.index(ordinal) else { return Side::Update };
    let kept = match &set.strategy {
        Strategy::OnDelete | Strategy::Other(_) => 0,
        Strategy::RollingUpdate(Some(rolling)) => rolling.partition,
        Strategy::RollingUpdate(None) => {
            let counted = snapshot.pod(ordinal).is_some_and(|pod| {
                pod.deleting_since.is_none()
                    && pod.revision.as_deref() == Some(&set.status.current_revision)
            });
            set.status.current.saturating_sub(u32::from(counted))
        }
    };
    if index < kept { Side::Current } else { Side::Update }
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
