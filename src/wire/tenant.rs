//! `v1` Pod, as far as which claims it names and whose it is. Read in one namespace: JSON only.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::wire::meta::ObjectMeta;

/// `v1` Pod.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Tenant {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Spec.
    pub spec: TenantSpec,
}

/// `spec`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TenantSpec {
    /// Volumes.
    pub volumes: Vec<TenantVolume>,
}

/// One of `spec.volumes`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TenantVolume {
    /// Name.
    pub name: String,
    /// A claim by name.
    pub persistent_volume_claim: Option<ClaimName>,
    /// A claim that is made for the pod and goes with it.
    pub ephemeral: Option<IgnoredAny>,
}

/// `persistentVolumeClaim` of a volume.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ClaimName {
    /// Name of the claim.
    pub claim_name: String,
}
