//! Resources of others, which are written in JSON alone.

use serde::Deserialize;
use serde_json::Value;

use crate::wire::claim::PersistentVolumeClaim;
use crate::wire::meta::ObjectMeta;
use crate::wire::selector::LabelSelector;
use crate::wire::value::or_default;

/// A resource of any kind that may have claim templates.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Templated {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Spec.
    #[serde(deserialize_with = "or_default")]
    pub spec: TemplatedSpec,
}

/// What sets of others have in common with a StatefulSet.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TemplatedSpec {
    /// Wanted pods.
    pub replicas: Option<i64>,
    /// Which pods are the set's.
    pub selector: Option<LabelSelector>,
    /// What the claims of each pod are made from.
    #[serde(deserialize_with = "or_default")]
    pub volume_claim_templates: Vec<PersistentVolumeClaim>,
    /// Where ordinals start.
    pub ordinals: Option<Start>,
    /// Ordinals that are left out (Kruise).
    #[serde(deserialize_with = "or_default")]
    pub reserve_ordinals: Vec<Value>,
}

/// `spec.ordinals`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Start {
    /// The first ordinal.
    pub start: i64,
}

/// `keda.sh` ScaledObject.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ScaledObject {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Spec.
    #[serde(deserialize_with = "or_default")]
    pub spec: ScaledObjectSpec,
}

/// `spec` of a ScaledObject.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ScaledObjectSpec {
    /// What it scales.
    #[serde(deserialize_with = "or_default")]
    pub scale_target_ref: ScaleTarget,
    /// The most replicas.
    pub max_replica_count: Option<i64>,
}

/// `spec.scaleTargetRef` of a ScaledObject.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ScaleTarget {
    /// Group and version.
    pub api_version: Option<String>,
    /// Kind.
    pub kind: Option<String>,
    /// Name.
    pub name: String,
}

/// `snapshot.storage.k8s.io` VolumeSnapshot.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct VolumeSnapshot {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Spec.
    #[serde(deserialize_with = "or_default")]
    pub spec: VolumeSnapshotSpec,
    /// Status.
    #[serde(deserialize_with = "or_default")]
    pub status: VolumeSnapshotStatus,
}

/// `spec` of a VolumeSnapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct VolumeSnapshotSpec {
    /// What it is of.
    #[serde(deserialize_with = "or_default")]
    pub source: SnapshotSource,
}

/// `spec.source` of a VolumeSnapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SnapshotSource {
    /// The claim; absent in a snapshot that was there before.
    pub persistent_volume_claim_name: Option<String>,
}

/// `status` of a VolumeSnapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeSnapshotStatus {
    /// Whether it is finished.
    pub ready_to_use: Option<bool>,
}

/// `argoproj.io` Application, or a HelmRelease or Kustomization of Flux.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Delivery {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Spec.
    #[serde(deserialize_with = "or_default")]
    pub spec: DeliverySpec,
}

/// `spec` of one of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DeliverySpec {
    /// Where an Application deploys to.
    #[serde(deserialize_with = "or_default")]
    pub destination: Destination,
    /// The name of the release, where a HelmRelease gives another than its own.
    pub release_name: Option<String>,
    /// Where a HelmRelease or a Kustomization deploys to, where it is not its own namespace.
    pub target_namespace: Option<String>,
}

/// `spec.destination` of an Application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Destination {
    /// Namespace.
    pub namespace: Option<String>,
}
