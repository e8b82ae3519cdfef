//! `v1` Pod, as far as what becomes of it with its node depends on it.

use prost::Message;
use serde::Deserialize;

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

/// One of `spec.tolerations`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Toleration {
    /// Key of the taints; empty with `Exists` for all keys.
    #[prost(string, tag = "1")]
    pub key: String,
    /// `Exists`, or `Equal`, which empty means too.
    #[prost(string, tag = "2")]
    pub operator: String,
    /// Value of the taints.
    #[prost(string, tag = "3")]
    pub value: String,
    /// Effect of the taints; empty for all.
    #[prost(string, tag = "4")]
    pub effect: String,
    /// For how long; for ever when absent.
    #[prost(int64, optional, tag = "5")]
    pub toleration_seconds: Option<i64>,
}
