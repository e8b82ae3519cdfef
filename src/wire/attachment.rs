//! `storage.k8s.io/v1` VolumeAttachment.

use prost::Message;
use serde::Deserialize;

use crate::wire::meta::ObjectMeta;

/// `storage.k8s.io/v1` VolumeAttachment.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct VolumeAttachment {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<AttachmentSpec>,
    /// Status.
    #[prost(message, optional, tag = "3")]
    pub status: Option<AttachmentStatus>,
}

/// `spec`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AttachmentSpec {
    /// The driver that attaches.
    #[prost(string, tag = "1")]
    pub attacher: String,
    /// What is attached.
    #[prost(message, optional, tag = "2")]
    pub source: Option<AttachmentSource>,
    /// Where to.
    #[prost(string, tag = "3")]
    pub node_name: String,
}

/// `spec.source`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AttachmentSource {
    /// The volume, unless it is written into a pod.
    #[prost(string, optional, tag = "1")]
    pub persistent_volume_name: Option<String>,
}

/// `status`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct AttachmentStatus {
    /// Whether it is attached.
    #[prost(bool, tag = "1")]
    pub attached: bool,
}
