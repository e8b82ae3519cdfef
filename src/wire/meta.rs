//! `metav1.ObjectMeta` and what is in it.

use std::collections::BTreeMap;
use std::fmt;

use prost::Message;
use serde::Deserialize;

use crate::wire::value::Json;
use crate::wire::value::Skipped;
use crate::wire::value::Time;
use crate::wire::value::or_default;

/// `metav1.ObjectMeta`, with `managedFields` read as `M`.
///
/// The managed fields are up to half of an object and matter on sets only: all other kinds skip
/// them.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase", bound = "M: Deserialize<'de>")]
pub struct ObjectMeta<M = Skipped>
where
    M: Message + Default + fmt::Debug,
{
    /// Name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Namespace.
    #[prost(string, tag = "3")]
    pub namespace: String,
    /// UID.
    #[prost(string, tag = "5")]
    pub uid: String,
    /// Opaque version of the object.
    #[prost(string, tag = "6")]
    pub resource_version: String,
    /// Counts changes of the spec.
    #[prost(int64, tag = "7")]
    pub generation: i64,
    /// When it was made.
    #[prost(message, optional, tag = "8")]
    pub creation_timestamp: Option<Time>,
    /// When it was told to go.
    #[prost(message, optional, tag = "9")]
    pub deletion_timestamp: Option<Time>,
    /// Labels.
    #[prost(btree_map = "string, string", tag = "11")]
    #[serde(deserialize_with = "or_default")]
    pub labels: BTreeMap<String, String>,
    /// Annotations.
    #[prost(btree_map = "string, string", tag = "12")]
    #[serde(deserialize_with = "or_default")]
    pub annotations: BTreeMap<String, String>,
    /// Owners.
    #[prost(message, repeated, tag = "13")]
    #[serde(deserialize_with = "or_default")]
    pub owner_references: Vec<OwnerReference>,
    /// What keeps it from going at once when it is told to.
    #[prost(string, repeated, tag = "14")]
    #[serde(deserialize_with = "or_default")]
    pub finalizers: Vec<String>,
    /// Who wrote which fields.
    #[prost(message, repeated, tag = "17")]
    #[serde(deserialize_with = "or_default")]
    pub managed_fields: Vec<M>,
}

/// `metav1.ObjectMeta` of an object of which little more than its name is of interest.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Identity {
    /// Name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Namespace.
    #[prost(string, tag = "3")]
    pub namespace: String,
    /// UID.
    #[prost(string, tag = "5")]
    pub uid: String,
    /// When it was told to go.
    #[prost(message, optional, tag = "9")]
    pub deletion_timestamp: Option<Time>,
    /// Labels.
    #[prost(btree_map = "string, string", tag = "11")]
    #[serde(deserialize_with = "or_default")]
    pub labels: BTreeMap<String, String>,
    /// Owners.
    #[prost(message, repeated, tag = "13")]
    #[serde(deserialize_with = "or_default")]
    pub owner_references: Vec<OwnerReference>,
}

/// `metav1.PartialObjectMetadata`, as which every kind can be read.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct MetadataOnly {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<Identity>,
}

/// `metav1.OwnerReference`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct OwnerReference {
    /// Kind of the owner.
    #[prost(string, tag = "1")]
    pub kind: String,
    /// Name of the owner.
    #[prost(string, tag = "3")]
    pub name: String,
    /// UID of the owner.
    #[prost(string, tag = "4")]
    pub uid: String,
    /// Group and version of the owner.
    #[prost(string, tag = "5")]
    #[serde(rename = "apiVersion")]
    pub api_version: String,
    /// Whether it is the one owner that manages the object.
    #[prost(bool, optional, tag = "6")]
    pub controller: Option<bool>,
}

/// `metav1.ManagedFieldsEntry`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ManagedFieldsEntry {
    /// Who wrote.
    #[prost(string, tag = "1")]
    pub manager: String,
    /// `Apply` or `Update`.
    #[prost(string, tag = "2")]
    pub operation: String,
    /// When.
    #[prost(message, optional, tag = "4")]
    pub time: Option<Time>,
    /// Which fields, as a tree of `f:name` keys.
    #[prost(message, optional, tag = "7")]
    #[serde(rename = "fieldsV1")]
    pub fields: Option<Json>,
    /// `status`, `scale`, or empty for the object itself.
    #[prost(string, tag = "8")]
    pub subresource: String,
}
