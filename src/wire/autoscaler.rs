//! `autoscaling/v2` HorizontalPodAutoscaler.

use prost::Message;
use serde::Deserialize;

use crate::wire::meta::ObjectMeta;

/// `autoscaling/v2` HorizontalPodAutoscaler.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct HorizontalPodAutoscaler {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<AutoscalerSpec>,
}

/// `spec`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AutoscalerSpec {
    /// What it scales.
    #[prost(message, optional, tag = "1")]
    pub scale_target_ref: Option<TargetReference>,
    /// The least replicas.
    #[prost(int32, optional, tag = "2")]
    pub min_replicas: Option<i32>,
    /// The most replicas.
    #[prost(int32, tag = "3")]
    pub max_replicas: i32,
}

/// `spec.scaleTargetRef`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TargetReference {
    /// Kind.
    #[prost(string, tag = "1")]
    pub kind: String,
    /// Name.
    #[prost(string, tag = "2")]
    pub name: String,
    /// Group and version.
    #[prost(string, tag = "3")]
    pub api_version: String,
}
