//! What of a StatefulSet only a new one can have otherwise, and what hangs on it.

use crate::model::budget::Selector;
use crate::model::ordinal::OrdinalRange;
use crate::model::set::{PodManagement, Template};

/// A StatefulSet as it is compared with the one that would take its place.
///
/// Two shapes are compared field by field, so both have to come from the same server: it fills in
/// defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// `spec.serviceName`; empty when there is none.
    pub service: String,
    /// `spec.selector`.
    pub selector: Selector,
    /// The same as it is written in queries.
    pub query: String,
    /// `spec.podManagementPolicy`.
    pub management: PodManagement,
    /// `spec.volumeClaimTemplates`, in their order.
    pub claims: Vec<ClaimShape>,
    /// `spec.replicas` and `spec.ordinals.start`.
    pub wanted: OrdinalRange,
    /// `spec.template`.
    pub template: Template,
    /// Volumes that containers mount, and that neither the template nor a claim template gives.
    pub unknown_volumes: Vec<String>,
    /// `metadata.finalizers`: who has to agree before the set can go.
    pub finalizers: Vec<String>,
    /// Whether the set was told to go already.
    pub deleting: bool,
}

/// One of `spec.volumeClaimTemplates`, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimShape {
    /// Its name.
    pub name: String,
    /// The size it asks for, as written.
    pub requested: Option<String>,
    /// The storage class it names.
    pub storage_class: Option<String>,
    /// Canonical JSON of all of it.
    pub json: String,
}
