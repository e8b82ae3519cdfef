//! `v1` PersistentVolumeClaim.

use std::collections::BTreeMap;

use prost::Message;
use serde::Deserialize;

use crate::wire::condition::Condition;
use crate::wire::meta::ManagedFieldsEntry;
use crate::wire::meta::ObjectMeta;
use crate::wire::value::Quantity;
use crate::wire::value::or_default;

/// `v1` PersistentVolumeClaim.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct PersistentVolumeClaim {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta<ManagedFieldsEntry>>,
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
    /// How it may be mounted.
    #[prost(string, repeated, tag = "1")]
    #[serde(deserialize_with = "or_default")]
    pub access_modes: Vec<String>,
    /// What it asks for.
    #[prost(message, optional, tag = "2")]
    pub resources: Option<VolumeResources>,
    /// The volume it has, or wants.
    #[prost(string, tag = "3")]
    pub volume_name: String,
    /// The class of its volume.
    #[prost(string, optional, tag = "5")]
    pub storage_class_name: Option<String>,
    /// What it is filled from, in its own namespace.
    #[prost(message, optional, tag = "7")]
    pub data_source: Option<DataSource>,
    /// What it is filled from.
    #[prost(message, optional, tag = "8")]
    pub data_source_ref: Option<DataSource>,
    /// The class of the attributes of its volume.
    #[prost(string, optional, tag = "9")]
    pub volume_attributes_class_name: Option<String>,
}

/// `spec.dataSource` and `spec.dataSourceRef`; the first has no namespace.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct DataSource {
    /// Kind.
    #[prost(string, tag = "2")]
    pub kind: String,
    /// Name.
    #[prost(string, tag = "3")]
    pub name: String,
    /// Namespace.
    #[prost(string, optional, tag = "4")]
    pub namespace: Option<String>,
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
#[serde(default, rename_all = "camelCase")]
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
    /// What was asked of the driver.
    #[prost(btree_map = "string, message", tag = "5")]
    #[serde(deserialize_with = "or_default")]
    pub allocated_resources: BTreeMap<String, Quantity>,
    /// How that stands.
    #[prost(btree_map = "string, string", tag = "7")]
    #[serde(deserialize_with = "or_default")]
    pub allocated_resource_statuses: BTreeMap<String, String>,
    /// The class of the attributes its volume has.
    #[prost(string, optional, tag = "8")]
    pub current_volume_attributes_class_name: Option<String>,
    /// How a change of that class stands.
    #[prost(message, optional, tag = "9")]
    pub modify_volume_status: Option<ModifyVolumeStatus>,
}

/// `status.modifyVolumeStatus`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct ModifyVolumeStatus {
    /// `Pending`, `InProgress` or `Infeasible`.
    #[prost(string, tag = "2")]
    pub status: String,
}
