//! Snapshots of volumes.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::volume::ReclaimPolicy;

/// Label of a snapshot this program took: the set.
pub const SET: &str = "kubectl-sts.io/set";

/// Label of a snapshot this program took: the ordinal.
pub const ORDINAL: &str = "kubectl-sts.io/ordinal";

/// Label of a snapshot this program took: the claim template.
pub const TEMPLATE: &str = "kubectl-sts.io/template";

/// Label of a snapshot this program took: the run.
pub const RUN: &str = "kubectl-sts.io/run";

/// A VolumeSnapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeSnapshot {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID.
    pub uid: String,
    /// Opaque version of the object.
    pub resource_version: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// The claim it is of; absent where it was taken elsewhere.
    pub claim: Option<String>,
    /// Its class.
    pub class: Option<String>,
    /// When the object was created.
    pub created_at: Option<Timestamp>,
    /// When it was told to go, if it was.
    pub deleting_since: Option<Timestamp>,
    /// Whether a volume can be made from it.
    pub ready: bool,
    /// How large a volume from it has to be, as written.
    pub restore_size: Option<String>,
    /// What went wrong last, in words of the driver.
    pub error: Option<String>,
}

/// A VolumeSnapshotClass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotClass {
    /// Name.
    pub name: String,
    /// Its driver.
    pub driver: String,
    /// Whether it is the one of its driver that is taken when none is named.
    pub default: bool,
    /// What becomes of a snapshot in the storage when its object goes.
    pub deletion: ReclaimPolicy,
}

/// A snapshot that is to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSnapshot {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// The claim.
    pub claim: String,
    /// The class.
    pub class: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
}
