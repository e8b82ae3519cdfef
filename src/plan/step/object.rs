//! Objects that come and go whole.

use std::fmt;

/// The kinds this program can create, and the kinds it can delete beside pods.
///
/// A PersistentVolume is not among them: deleting that object frees no storage, it forgets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// A StatefulSet. Deleted, its pods and claims stay (`propagationPolicy: Orphan`).
    Set,
    /// A PersistentVolumeClaim.
    Claim,
    /// A `snapshot.storage.k8s.io` VolumeSnapshot.
    Snapshot,
    /// A ConfigMap of ours, with a copy of what is about to be deleted.
    Copy,
}

impl ObjectKind {
    /// The short name kubectl takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Set => "statefulset",
            Self::Claim => "pvc",
            Self::Snapshot => "volumesnapshot",
            Self::Copy => "configmap",
        }
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A new object. One of its name that is there already is refused by the server, and not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creation {
    /// What it is.
    pub kind: ObjectKind,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// The whole object as JSON.
    pub manifest: String,
}

/// A deletion of one object, if it is still the one that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// What it is.
    pub kind: ObjectKind,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID as read; the next object of that name is safe.
    pub uid: String,
    /// Version as read; an object that changed since is judged again first.
    pub resource_version: String,
}
