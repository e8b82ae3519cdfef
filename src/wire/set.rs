//! `apps/v1` StatefulSet.

use prost::Message;
use serde::Deserialize;

use crate::wire::claim::PersistentVolumeClaim;
use crate::wire::meta::ManagedFieldsEntry;
use crate::wire::meta::ObjectMeta;
use crate::wire::selector::LabelSelector;
use crate::wire::value::IntOrString;
use crate::wire::value::PodTemplate;
use crate::wire::value::or_default;

/// `apps/v1` StatefulSet.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct StatefulSet {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta<ManagedFieldsEntry>>,
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<StatefulSetSpec>,
    /// Status.
    #[prost(message, optional, tag = "3")]
    pub status: Option<StatefulSetStatus>,
}

/// `spec`.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StatefulSetSpec {
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
    /// `OrderedReady` or `Parallel`.
    #[prost(string, optional, tag = "6")]
    pub pod_management_policy: Option<String>,
    /// How pods are replaced.
    #[prost(message, optional, tag = "7")]
    pub update_strategy: Option<UpdateStrategy>,
    /// How many unused revisions are kept.
    #[prost(int32, optional, tag = "8")]
    pub revision_history_limit: Option<i32>,
    /// How long a pod must be ready to count as available.
    #[prost(int32, optional, tag = "9")]
    pub min_ready_seconds: Option<i32>,
    /// What becomes of claims that are no longer needed.
    #[prost(message, optional, tag = "10")]
    pub persistent_volume_claim_retention_policy: Option<RetentionPolicy>,
    /// Where ordinals start.
    #[prost(message, optional, tag = "11")]
    pub ordinals: Option<Ordinals>,
}

/// `spec.updateStrategy`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct UpdateStrategy {
    /// `RollingUpdate`, `OnDelete`, or what later versions invent.
    #[prost(string, optional, tag = "1")]
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Parameters of `RollingUpdate`.
    #[prost(message, optional, tag = "2")]
    pub rolling_update: Option<RollingUpdate>,
}

/// `spec.updateStrategy.rollingUpdate`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RollingUpdate {
    /// How many pods, from the first, stay back.
    #[prost(int32, optional, tag = "1")]
    pub partition: Option<i32>,
    /// How many pods may be down at once.
    #[prost(message, optional, tag = "2")]
    pub max_unavailable: Option<IntOrString>,
}

/// `spec.persistentVolumeClaimRetentionPolicy`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RetentionPolicy {
    /// When the set is deleted: `Retain` or `Delete`.
    #[prost(string, tag = "1")]
    pub when_deleted: String,
    /// When the set is scaled down: `Retain` or `Delete`.
    #[prost(string, tag = "2")]
    pub when_scaled: String,
}

/// `spec.ordinals`.
#[derive(Clone, Copy, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct Ordinals {
    /// The first ordinal.
    #[prost(int32, tag = "1")]
    pub start: i32,
}

/// `status`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StatefulSetStatus {
    /// The generation the rest is about.
    #[prost(int64, optional, tag = "1")]
    pub observed_generation: Option<i64>,
    /// Pods that exist.
    #[prost(int32, tag = "2")]
    pub replicas: i32,
    /// Pods that are ready.
    #[prost(int32, tag = "3")]
    pub ready_replicas: i32,
    /// Pods on the current revision.
    #[prost(int32, tag = "4")]
    pub current_replicas: i32,
    /// Pods on the update revision.
    #[prost(int32, tag = "5")]
    pub updated_replicas: i32,
    /// The revision pods came from.
    #[prost(string, tag = "6")]
    pub current_revision: String,
    /// The revision of the template.
    #[prost(string, tag = "7")]
    pub update_revision: String,
    /// Pods ready for `minReadySeconds`.
    #[prost(int32, tag = "11")]
    pub available_replicas: i32,
}
