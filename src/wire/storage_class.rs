//! `storage.k8s.io/v1` StorageClass and VolumeAttributesClass.

use prost::Message;
use serde::Deserialize;

use crate::wire::meta::ObjectMeta;

/// `storage.k8s.io/v1` StorageClass.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StorageClass {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Who makes its volumes.
    #[prost(string, tag = "2")]
    pub provisioner: String,
    /// Whether its volumes can grow.
    #[prost(bool, optional, tag = "6")]
    pub allow_volume_expansion: Option<bool>,
}

/// `storage.k8s.io/v1` VolumeAttributesClass.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeAttributesClass {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Whose volumes it is for.
    #[prost(string, tag = "2")]
    pub driver_name: String,
}
