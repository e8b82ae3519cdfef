//! A node, as far as pods that stay or go depend on it.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// The label that names a node's zone.
pub const ZONE: &str = "topology.kubernetes.io/zone";

/// A node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Name.
    pub name: String,
    /// UID.
    pub uid: String,
    /// Opaque version of the object.
    pub resource_version: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// Whether it is ready.
    pub readiness: Readiness,
    /// Since when the condition `Ready` is what it is.
    pub readiness_since: Option<Timestamp>,
    /// `spec.unschedulable`: cordoned.
    pub unschedulable: bool,
    /// `spec.taints`.
    pub taints: Vec<Taint>,
}

/// The condition `Ready` of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// `True`.
    Ready,
    /// `False`: its kubelet says so.
    NotReady,
    /// `Unknown`, or not there: its kubelet says nothing.
    Unknown,
}

/// A taint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taint {
    /// Key.
    pub key: String,
    /// Value; may be empty.
    pub value: String,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: String,
}

/// The taint that declares a machine to be off: what ran there is force-deleted, and its volumes
/// are detached without asking it (KEP-2268).
pub fn out_of_service() -> Taint {
    Taint {
        key: "node.kubernetes.io/out-of-service".to_owned(),
        value: "nodeshutdown".to_owned(),
        effect: "NoExecute".to_owned(),
    }
}

impl Node {
    /// Where among its taints the one is that declares it to be off. Controllers look at the key
    /// alone; with another effect it is another taint, though, and not one of ours.
    pub fn out_of_service(&self) -> Option<usize> {
        let taint = out_of_service();
        self.taints.iter().position(|own| own.key == taint.key && own.effect == taint.effect)
    }

    /// The zone its label names.
    pub fn zone(&self) -> Option<&str> {
        self.labels.get(ZONE).map(String::as_str)
    }
}
