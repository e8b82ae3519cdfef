//! Changes of a volume. There is no deletion of one: see [`ObjectKind`].
//!
//! [`ObjectKind`]: crate::plan::step::object::ObjectKind

use std::collections::BTreeMap;

use crate::model::volume::{ReclaimPolicy, Volume};

/// A change of a volume, all of it in one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumePatch {
    /// Name.
    pub name: String,
    /// UID as read; another volume of that name is refused by the server.
    pub uid: String,
    /// Version as read; a volume changed since is refused by the server.
    pub resource_version: String,
    /// Annotations to write, or with `None` to remove.
    pub annotations: BTreeMap<String, Option<String>>,
    /// What becomes of it when its claim goes; `None` leaves it.
    pub reclaim_policy: Option<ReclaimPolicy>,
    /// Whose it is.
    pub claim: BindingChange,
}

impl VolumePatch {
    /// A patch of this very reading of a volume, changing nothing yet.
    pub fn of(volume: &Volume) -> Self {
        Self {
            name: volume.name.clone(),
            uid: volume.uid.clone(),
            resource_version: volume.resource_version.clone(),
            annotations: BTreeMap::new(),
            reclaim_policy: None,
            claim: BindingChange::Keep,
        }
    }
}

/// What happens to `spec.claimRef`.
///
/// It is never removed: a volume without one can be taken by any claim of any namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindingChange {
    /// Nothing.
    Keep,
    /// The UID is forgotten, so that the next claim of the same name gets the volume. Only for a
    /// claim that is proven to be gone: a living one would become `Lost`.
    Reserve,
    /// The next claim of another name gets the volume.
    ReserveFor {
        /// Namespace of that claim.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// The claim of this UID had it, so that a reserved volume counts as released again. That is
    /// what its provisioner needs to see before it frees anything.
    Release {
        /// UID of a claim that is gone.
        uid: String,
    },
}
