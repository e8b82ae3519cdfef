//! `v1` PersistentVolume.

use std::collections::BTreeMap;

use prost::Message;
use serde::Deserialize;

use crate::wire::affinity::NodeSelector;
use crate::wire::meta::ObjectMeta;
use crate::wire::value::Quantity;
use crate::wire::value::Time;
use crate::wire::value::or_default;

/// `v1` PersistentVolume.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct PersistentVolume {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<VolumeSpec>,
    /// Status.
    #[prost(message, optional, tag = "3")]
    pub status: Option<VolumeStatus>,
}

/// `spec`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeSpec {
    /// How much it holds.
    #[prost(btree_map = "string, message", tag = "1")]
    #[serde(deserialize_with = "or_default")]
    pub capacity: BTreeMap<String, Quantity>,
    /// What it is; its fields are those of the spec itself in JSON.
    #[prost(message, optional, tag = "2")]
    #[serde(flatten)]
    pub source: Option<PersistentVolumeSource>,
    /// How it may be mounted.
    #[prost(string, repeated, tag = "3")]
    #[serde(deserialize_with = "or_default")]
    pub access_modes: Vec<String>,
    /// The claim it is bound to, or kept for.
    #[prost(message, optional, tag = "4")]
    pub claim_ref: Option<ObjectReference>,
    /// What becomes of it without a claim.
    #[prost(string, tag = "5")]
    pub persistent_volume_reclaim_policy: String,
    /// Its class.
    #[prost(string, tag = "6")]
    pub storage_class_name: String,
    /// Which nodes can reach it.
    #[prost(message, optional, tag = "9")]
    pub node_affinity: Option<VolumeNodeAffinity>,
}

/// What a volume is.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct PersistentVolumeSource {
    /// Something a CSI driver makes reachable.
    #[prost(message, optional, tag = "22")]
    pub csi: Option<CsiSource>,
}

/// `spec.csi`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct CsiSource {
    /// The driver.
    #[prost(string, tag = "1")]
    pub driver: String,
}

/// `v1` ObjectReference.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct ObjectReference {
    /// Namespace.
    #[prost(string, tag = "2")]
    pub namespace: String,
    /// Name.
    #[prost(string, tag = "3")]
    pub name: String,
    /// UID.
    #[prost(string, tag = "4")]
    pub uid: String,
}

/// `spec.nodeAffinity`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct VolumeNodeAffinity {
    /// What must hold.
    #[prost(message, optional, tag = "1")]
    pub required: Option<NodeSelector>,
}

/// `status`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeStatus {
    /// Phase.
    #[prost(string, tag = "1")]
    pub phase: String,
    /// Since when it is in that phase.
    #[prost(message, optional, tag = "4")]
    pub last_phase_transition_time: Option<Time>,
}
