//! `v1` Node.

use prost::Message;
use serde::Deserialize;

use crate::wire::meta::ObjectMeta;
use crate::wire::value::Time;
use crate::wire::value::or_default;

/// `v1` Node.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct Node {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<NodeSpec>,
    /// Status.
    #[prost(message, optional, tag = "3")]
    pub status: Option<NodeStatus>,
}

/// `spec`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct NodeSpec {
    /// Cordoned.
    #[prost(bool, tag = "4")]
    pub unschedulable: bool,
    /// Taints.
    #[prost(message, repeated, tag = "5")]
    #[serde(deserialize_with = "or_default")]
    pub taints: Vec<Taint>,
}

/// One of `spec.taints`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct Taint {
    /// Key.
    #[prost(string, tag = "1")]
    pub key: String,
    /// Value.
    #[prost(string, tag = "2")]
    pub value: String,
    /// Effect.
    #[prost(string, tag = "3")]
    pub effect: String,
}

/// `status`.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct NodeStatus {
    /// Conditions.
    #[prost(message, repeated, tag = "4")]
    #[serde(deserialize_with = "or_default")]
    pub conditions: Vec<NodeCondition>,
}

/// One of `status.conditions`.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeCondition {
    /// What it is about.
    #[prost(string, tag = "1")]
    #[serde(rename = "type")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    #[prost(string, tag = "2")]
    pub status: String,
    /// Since when.
    #[prost(message, optional, tag = "4")]
    pub last_transition_time: Option<Time>,
}
