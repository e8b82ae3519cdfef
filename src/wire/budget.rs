//! `policy/v1` PodDisruptionBudget.

use prost::Message;
use serde::Deserialize;

use crate::wire::meta::ObjectMeta;
use crate::wire::selector::LabelSelector;
use crate::wire::value::IntOrString;

/// `policy/v1` PodDisruptionBudget.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct PodDisruptionBudget {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<BudgetSpec>,
    /// Status.
    #[prost(message, optional, tag = "3")]
    pub status: Option<BudgetStatus>,
}

/// `spec`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BudgetSpec {
    /// How many must stay.
    #[prost(message, optional, tag = "1")]
    pub min_available: Option<IntOrString>,
    /// Which pods it protects.
    #[prost(message, optional, tag = "2")]
    pub selector: Option<LabelSelector>,
    /// How many may be gone.
    #[prost(message, optional, tag = "3")]
    pub max_unavailable: Option<IntOrString>,
}

/// `status`.
#[derive(Clone, Copy, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BudgetStatus {
    /// The generation the figures are about.
    #[prost(int64, tag = "1")]
    pub observed_generation: i64,
    /// How many more pods may go.
    #[prost(int32, tag = "3")]
    pub disruptions_allowed: i32,
    /// How many are healthy.
    #[prost(int32, tag = "4")]
    pub current_healthy: i32,
    /// How many must stay healthy.
    #[prost(int32, tag = "5")]
    pub desired_healthy: i32,
    /// How many there should be.
    #[prost(int32, tag = "6")]
    pub expected_pods: i32,
}
