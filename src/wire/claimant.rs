//! `apps/v1` StatefulSet, as far as which claims it makes and names.

use prost::Message;
use serde::Deserialize;

use crate::wire::claim::PersistentVolumeClaim;
use crate::wire::claim_user::PodTemplate;
use crate::wire::meta::ObjectMeta;
use crate::wire::selector::LabelSelector;
use crate::wire::set::Ordinals;
use crate::wire::set::RetentionPolicy;
use crate::wire::value::or_default;

/// `apps/v1` StatefulSet.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct Claimant {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<ClaimantSpec>,
    /// Status.
    #[prost(message, optional, tag = "3")]
    pub status: Option<ClaimantStatus>,
}

/// `spec`.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ClaimantSpec {
    /// Wanted pods.
    #[prost(int32, optional, tag = "1")]
    pub replicas: Option<i32>,
    /// Which pods are the set's.
    #[prost(message, optional, tag = "2")]
    pub selector: Option<LabelSelector>,
    /// What pods are made from.
    #[prost(message, optional, tag = "3")]
    pub template: Option<PodTemplate>,
    /// What the claims of each pod are made from.
    #[prost(message, repeated, tag = "4")]
    #[serde(deserialize_with = "or_default")]
    pub volume_claim_templates: Vec<PersistentVolumeClaim>,
    /// What becomes of claims that are no longer needed.
    #[prost(message, optional, tag = "10")]
    pub persistent_volume_claim_retention_policy: Option<RetentionPolicy>,
    /// Where ordinals start.
    #[prost(message, optional, tag = "11")]
    pub ordinals: Option<Ordinals>,
}

/// `status`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ClaimantStatus {
    /// The generation the rest is about.
    #[prost(int64, optional, tag = "1")]
    pub observed_generation: Option<i64>,
    /// Pods that exist.
    #[prost(int32, tag = "2")]
    pub replicas: i32,
}
