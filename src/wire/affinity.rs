//! What pods and volumes ask of nodes.

use prost::Message;
use serde::Deserialize;

use crate::wire::selector::LabelSelectorRequirement;
use crate::wire::value::or_default;

/// `NodeSelector` of `v1`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSelector {
    /// One has to fit.
    #[prost(message, repeated, tag = "1")]
    #[serde(deserialize_with = "or_default")]
    pub node_selector_terms: Vec<NodeSelectorTerm>,
}

/// One of `nodeSelectorTerms`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSelectorTerm {
    /// Conditions on labels.
    #[prost(message, repeated, tag = "1")]
    #[serde(deserialize_with = "or_default")]
    pub match_expressions: Vec<LabelSelectorRequirement>,
    /// Conditions on fields.
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "or_default")]
    pub match_fields: Vec<LabelSelectorRequirement>,
}

/// `spec.affinity` of a pod.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Affinity {
    /// To nodes.
    #[prost(message, optional, tag = "1")]
    pub node_affinity: Option<NodeAffinity>,
}

/// `spec.affinity.nodeAffinity` of a pod.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct NodeAffinity {
    /// What must hold.
    #[prost(message, optional, tag = "1")]
    #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
    pub required: Option<NodeSelector>,
}

/// One of `spec.tolerations` of a pod.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Toleration {
    /// Key.
    #[prost(string, tag = "1")]
    pub key: String,
    /// `Equal`, which it is when empty, or `Exists`.
    #[prost(string, tag = "2")]
    pub operator: String,
    /// Value.
    #[prost(string, tag = "3")]
    pub value: String,
    /// Effect.
    #[prost(string, tag = "4")]
    pub effect: String,
    /// For how long; for ever when absent.
    #[prost(int64, optional, tag = "5")]
    pub toleration_seconds: Option<i64>,
}
