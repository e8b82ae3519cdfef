//! A PersistentVolume, as far as it ties a pod to nodes and data to a fate.

use crate::model::node::Node;
use crate::model::placement::NodeSelector;

/// A PersistentVolume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Name.
    pub name: String,
    /// `status.phase`, as the API spells it.
    pub phase: String,
    /// Its size, as written.
    pub capacity: Option<String>,
    /// What becomes of it when its claim goes: `Retain`, `Delete` or `Recycle`.
    pub reclaim_policy: String,
    /// Its storage class.
    pub storage_class: Option<String>,
    /// The nodes that can reach it; every node when absent.
    pub reachable_from: Option<NodeSelector>,
}

impl Volume {
    /// Whether a pod on the node could use it, as far as its node affinity says.
    pub fn is_reachable_from(&self, node: &Node) -> bool {
        self.reachable_from.as_ref().is_none_or(|nodes| nodes.matches(node))
    }
}
