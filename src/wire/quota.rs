//! `v1` ResourceQuota.

use std::collections::BTreeMap;

use prost::Message;
use serde::Deserialize;

use crate::wire::meta::ObjectMeta;
use crate::wire::value::Quantity;
use crate::wire::value::or_default;

/// `v1` ResourceQuota.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct ResourceQuota {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Status.
    #[prost(message, optional, tag = "3")]
    pub status: Option<QuotaStatus>,
}

/// `status`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct QuotaStatus {
    /// The most of each resource.
    #[prost(btree_map = "string, message", tag = "1")]
    #[serde(deserialize_with = "or_default")]
    pub hard: BTreeMap<String, Quantity>,
    /// How much of it is taken.
    #[prost(btree_map = "string, message", tag = "2")]
    #[serde(deserialize_with = "or_default")]
    pub used: BTreeMap<String, Quantity>,
}
