//! `coordination.k8s.io/v1` Lease.

use prost::Message;
use serde::Deserialize;

use crate::wire::meta::ObjectMeta;
use crate::wire::value::Time;

/// `coordination.k8s.io/v1` Lease.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct Lease {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<LeaseSpec>,
}

/// `spec`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LeaseSpec {
    /// For how long it stands without being renewed.
    #[prost(int32, optional, tag = "2")]
    pub lease_duration_seconds: Option<i32>,
    /// When it was renewed, by the clock of the holder. It has microseconds, which are not read.
    #[prost(message, optional, tag = "4")]
    pub renew_time: Option<Time>,
}
