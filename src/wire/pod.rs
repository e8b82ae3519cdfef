//! `v1` Pod.

use std::collections::BTreeMap;

use prost::Message;
use serde::Deserialize;

use crate::wire::affinity::Affinity;
use crate::wire::affinity::Toleration;
use crate::wire::condition::Condition;
use crate::wire::meta::ObjectMeta;
use crate::wire::value::or_default;

/// `v1` Pod.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct Pod {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<PodSpec>,
    /// Status.
    #[prost(message, optional, tag = "3")]
    pub status: Option<PodStatus>,
}

/// `spec`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodSpec {
    /// Labels its node must have.
    #[prost(btree_map = "string, string", tag = "7")]
    #[serde(deserialize_with = "or_default")]
    pub node_selector: BTreeMap<String, String>,
    /// The node it was bound to.
    #[prost(string, tag = "10")]
    pub node_name: String,
    /// What draws it to nodes and keeps it from them.
    #[prost(message, optional, tag = "18")]
    pub affinity: Option<Affinity>,
    /// Init containers, sidecars among them.
    #[prost(message, repeated, tag = "20")]
    #[serde(deserialize_with = "or_default")]
    pub init_containers: Vec<Container>,
    /// Taints it can live with.
    #[prost(message, repeated, tag = "22")]
    #[serde(deserialize_with = "or_default")]
    pub tolerations: Vec<Toleration>,
}

/// One of `spec.initContainers`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Container {
    /// Name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// `Always` makes an init container a sidecar.
    #[prost(string, tag = "24")]
    pub restart_policy: String,
}

/// `status`.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodStatus {
    /// Phase.
    #[prost(string, tag = "1")]
    pub phase: String,
    /// Conditions.
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "or_default")]
    pub conditions: Vec<Condition>,
    /// Why it is in this phase, in a sentence.
    #[prost(string, tag = "3")]
    pub message: String,
    /// Why it is in this phase, in a word such as `Evicted`.
    #[prost(string, tag = "4")]
    pub reason: String,
    /// App containers.
    #[prost(message, repeated, tag = "8")]
    #[serde(deserialize_with = "or_default")]
    pub container_statuses: Vec<ContainerStatus>,
    /// Init containers.
    #[prost(message, repeated, tag = "10")]
    #[serde(deserialize_with = "or_default")]
    pub init_container_statuses: Vec<ContainerStatus>,
}

/// One of `status.containerStatuses`.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerStatus {
    /// Name of the container.
    #[prost(string, tag = "1")]
    pub name: String,
    /// What it is doing.
    #[prost(message, optional, tag = "2")]
    pub state: Option<ContainerState>,
    /// How it ended the time before.
    #[prost(message, optional, tag = "3")]
    pub last_state: Option<ContainerState>,
    /// Restarts.
    #[prost(int32, tag = "5")]
    pub restart_count: i32,
}

/// `state` and `lastState`.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct ContainerState {
    /// Not running yet, or not again.
    #[prost(message, optional, tag = "1")]
    pub waiting: Option<Waiting>,
    /// Ended.
    #[prost(message, optional, tag = "3")]
    pub terminated: Option<Terminated>,
}

/// `state.waiting`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct Waiting {
    /// Why, in a word.
    #[prost(string, tag = "1")]
    pub reason: String,
    /// Why, in a sentence.
    #[prost(string, tag = "2")]
    pub message: String,
}

/// `state.terminated`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Terminated {
    /// 0 when it ended well.
    #[prost(int32, tag = "1")]
    pub exit_code: i32,
    /// Why, in a word.
    #[prost(string, tag = "3")]
    pub reason: String,
    /// Why, in a sentence.
    #[prost(string, tag = "4")]
    pub message: String,
}
