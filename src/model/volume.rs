//! A PersistentVolume, as far as it ties a pod to nodes and data to a fate.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::node::Node;
use crate::model::placement::NodeSelector;

/// A PersistentVolume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Name.
    pub name: String,
    /// UID.
    pub uid: String,
    /// Opaque version of the object.
    pub resource_version: String,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// When it was told to go, if it was.
    pub deleting_since: Option<Timestamp>,
    /// `status.phase`, as the API spells it.
    pub phase: String,
    /// Since when it is in that phase, where the cluster says so (1.31 and later).
    pub phase_since: Option<Timestamp>,
    /// Its size, as written.
    pub capacity: Option<String>,
    /// How it may be mounted, as the API spells it, such as `ReadWriteOnce`.
    pub access_modes: Vec<String>,
    /// What becomes of it when its claim goes.
    pub reclaim_policy: ReclaimPolicy,
    /// Its storage class.
    pub storage_class: Option<String>,
    /// The claim it is bound to, or kept for.
    pub claim: Option<BoundClaim>,
    /// The CSI driver that makes it reachable; other kinds of volumes have none.
    pub driver: Option<String>,
    /// The nodes that can reach it; every node when absent.
    pub reachable_from: Option<NodeSelector>,
}

/// `spec.claimRef`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundClaim {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID; absent in a volume that is kept for the next claim of that name.
    pub uid: Option<String>,
}

/// What becomes of a volume when its claim goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReclaimPolicy {
    /// It stays, with its data.
    Retain,
    /// It is deleted, with its data.
    Delete,
    /// `Recycle`, which was dropped long ago, or what later versions invent.
    Other(String),
}

impl ReclaimPolicy {
    /// As the API spells it.
    pub fn name(&self) -> &str {
        match self {
            Self::Retain => "Retain",
            Self::Delete => "Delete",
            Self::Other(name) => name,
        }
    }

    /// From what the API says.
    pub fn of(name: &str) -> Self {
        match name {
            "Retain" => Self::Retain,
            "Delete" => Self::Delete,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// The annotation of a volume that a provisioner made for a claim.
pub const PROVISIONED_BY: &str = "pv.kubernetes.io/provisioned-by";

impl Volume {
    /// Whether a pod on the node could use it, as far as its node affinity says.
    pub fn is_reachable_from(&self, node: &Node) -> bool {
        self.reachable_from.as_ref().is_none_or(|nodes| nodes.matches(node))
    }

    /// Whether a provisioner made it for a claim, so that nobody outside the cluster expects it.
    pub fn is_provisioned(&self) -> bool {
        self.annotations.contains_key(PROVISIONED_BY)
    }
}
