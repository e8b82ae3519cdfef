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

impl Node {
    /// The zone its label names.
    pub fn zone(&self) -> Option<&str> {
        self.labels.get(ZONE).map(String::as_str)
    }
}
