//! `snapshot.storage.k8s.io/v1`: snapshots of volumes, and their classes. Custom resources: JSON
//! only.

use serde::Deserialize;

use crate::wire::meta::ObjectMeta;
use crate::wire::value::Quantity;
use crate::wire::value::Time;

/// VolumeSnapshot.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct VolumeSnapshot {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Spec.
    pub spec: SnapshotSpec,
    /// Status.
    pub status: Option<SnapshotStatus>,
}

/// `spec`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SnapshotSpec {
    /// What it is of.
    pub source: SnapshotSource,
    /// Its class.
    pub volume_snapshot_class_name: Option<String>,
}

/// `spec.source`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SnapshotSource {
    /// The claim; absent where it was taken elsewhere.
    pub persistent_volume_claim_name: Option<String>,
}

/// `status`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SnapshotStatus {
    /// Whether a volume can be made from it.
    pub ready_to_use: Option<bool>,
    /// When the storage took it.
    pub creation_time: Option<Time>,
    /// How large a volume from it has to be.
    pub restore_size: Option<Quantity>,
    /// What went wrong last.
    pub error: Option<SnapshotError>,
}

/// `status.error`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SnapshotError {
    /// In words of the driver.
    pub message: Option<String>,
}

/// VolumeSnapshotClass.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeSnapshotClass {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Its driver.
    pub driver: String,
    /// What becomes of a snapshot in the storage when its object goes.
    pub deletion_policy: String,
}
