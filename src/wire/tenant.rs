//! `v1` Pod, as far as which claims it names and whose it is. Read in one namespace: JSON only.

use serde::Deserialize;

use crate::wire::claim_user::PodSpec;
use crate::wire::meta::ObjectMeta;

/// `v1` Pod.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Tenant {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Spec.
    pub spec: PodSpec,
}
