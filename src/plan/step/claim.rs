//! Changes of a claim.

use std::collections::BTreeMap;

use crate::model::claim::Claim;
use crate::plan::step::object::{Deletion, ObjectKind};

/// A change of a claim, all of it in one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPatch {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID as read; another claim of that name is refused by the server.
    pub uid: String,
    /// Version as read; a claim changed since is refused by the server.
    pub resource_version: String,
    /// Annotations to write, or with `None` to remove.
    pub annotations: BTreeMap<String, Option<String>>,
    /// The storage to ask for; `None` leaves it.
    pub storage: Option<String>,
    /// The VolumeAttributesClass to ask for; `None` leaves it.
    pub attributes_class: Option<String>,
}

impl ClaimPatch {
    /// A patch of this very reading of a claim, changing nothing yet.
    pub fn of(claim: &Claim) -> Self {
        Self {
            namespace: claim.namespace.clone(),
            name: claim.name.clone(),
            uid: claim.uid.clone(),
            resource_version: claim.resource_version.clone(),
            annotations: BTreeMap::new(),
            storage: None,
            attributes_class: None,
        }
    }
}

/// The removal of one owner of a claim, so that the claim does not go with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerRemoval {
    /// Namespace.
    pub namespace: String,
    /// Name of the claim.
    pub claim: String,
    /// UID of the claim as read.
    pub uid: String,
    /// Version as read.
    pub resource_version: String,
    /// Where among the owners it is.
    pub at: usize,
    /// UID of the owner that is there.
    pub owner: String,
}

impl OwnerRemoval {
    /// The removal of the owner at this place from this very reading of a claim; `None` if there
    /// is none.
    pub fn of(claim: &Claim, at: usize) -> Option<Self> {
        Some(Self {
            namespace: claim.namespace.clone(),
            claim: claim.name.clone(),
            uid: claim.uid.clone(),
            resource_version: claim.resource_version.clone(),
            at,
            owner: claim.owners.get(at)?.uid.clone(),
        })
    }
}

impl Deletion {
    /// The deletion of this very reading of a claim.
    pub fn of_claim(claim: &Claim) -> Self {
        Self {
            kind: ObjectKind::Claim,
            namespace: claim.namespace.clone(),
            name: claim.name.clone(),
            uid: claim.uid.clone(),
            resource_version: claim.resource_version.clone(),
        }
    }
}
