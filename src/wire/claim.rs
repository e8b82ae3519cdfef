//! `v1` PersistentVolumeClaim.

use std::collections::BTreeMap;

use prost::Message;
use serde::Deserialize;

use crate::wire::condition::Condition;
use crate::wire::meta::ObjectMeta;
use crate::wire::value::Quantity;
use crate::wire::value::or_default;

/// `v1` PersistentVolumeClaim.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct PersistentVolumeClaim {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<ClaimSpec>,
    /// Status.
    #[prost(message, optional, tag = "3")]
    pub status: Option<ClaimStatus>,
}

/// `spec`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ClaimSpec {
    /// What it asks for.
    #[prost(message, optional, tag = "2")]
    pub resources: Option<VolumeResources>,
    /// The volume it has, or wants.
    #[prost(string, tag = "3")]
    pub volume_name: String,
    /// The class of its volume.
    #[prost(string, optional, tag = "5")]
    pub storage_class_name: Option<String>,
}

/// `spec.resources`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct VolumeResources {
    /// At least so much.
    #[prost(btree_map = "string, message", tag = "2")]
    #[serde(deserialize_with = "or_default")]
    pub requests: BTreeMap<String, Quantity>,
}

/// `status`.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct ClaimStatus {
    /// Phase.
    #[prost(string, tag = "1")]
    pub phase: String,
    /// What it has.
    #[prost(btree_map = "string, message", tag = "3")]
    #[serde(deserialize_with = "or_default")]
    pub capacity: BTreeMap<String, Quantity>,
    /// Conditions.
    #[prost(message, repeated, tag = "4")]
    #[serde(deserialize_with = "or_default")]
    pub conditions: Vec<Condition>,
}
