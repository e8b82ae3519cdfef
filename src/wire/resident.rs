//! `v1` Pod, as far as what becomes of it with its node depends on it.

use prost::Message;
use serde::Deserialize;

use crate::wire::affinity::Toleration;
use crate::wire::meta::ObjectMeta;
use crate::wire::value::or_default;

/// `v1` Pod.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct Resident {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<ResidentSpec>,
}

/// `spec`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct ResidentSpec {
    /// Taints it puts up with.
    #[prost(message, repeated, tag = "22")]
    #[serde(deserialize_with = "or_default")]
    pub tolerations: Vec<Toleration>,
}
