//! One reading of a set and everything a rollout depends on.

use jiff::Timestamp;

use crate::model::budget::Budget;
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::revision::Revision;
use crate::model::set::Set;

/// A set, its pods, and what else was read with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The set.
    pub set: Set,
    /// Pods matched by the set's selector, in no order; not all need be owned by the set.
    pub pods: Vec<Pod>,
    /// The set's remembered templates, oldest number first.
    pub revisions: Vec<Revision>,
    /// Budgets of the namespace, or why they are not known.
    pub budgets: Known<Vec<Budget>>,
    /// When the reading was complete, by the local clock.
    pub taken_at: Timestamp,
}

/// Something read, or the reason it could not be.
///
/// What could not be read is unknown, and unknown is never taken for absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<T> {
    /// Read completely.
    Read(T),
    /// Not read: forbidden, failed, or not asked for.
    Unknown(String),
}

impl Snapshot {
    /// The pods the set's controller owns, whatever their ordinal.
    pub fn own_pods(&self) -> impl Iterator<Item = &Pod> {
        self.pods.iter().filter(|pod| pod.controller.as_deref() == Some(&self.set.uid))
    }

    /// The set's pod with this ordinal.
    pub fn pod(&self, ordinal: Ordinal) -> Option<&Pod> {
        self.own_pods().find(|pod| pod.ordinal == Some(ordinal))
    }

    /// The set's pod at this index.
    pub fn pod_at(&self, index: u32) -> Option<&Pod> {
        self.pod(self.set.wanted.at(index))
    }

    /// Own pods with an ordinal the set no longer wants.
    pub fn left_over(&self) -> impl Iterator<Item = &Pod> {
        self.own_pods()
            .filter(|pod| pod.ordinal.is_none_or(|ordinal| !self.set.wanted.wants(ordinal)))
    }

    /// A remembered template by name.
    pub fn revision(&self, name: &str) -> Option<&Revision> {
        self.revisions.iter().find(|revision| revision.name == name)
    }

    /// How many wanted pods exist, are not going away, and run this revision.
    pub fn count_on(&self, revision: &str) -> u32 {
        let on = self.set.wanted.iter().filter(|ordinal| {
            self.pod(*ordinal).is_some_and(|pod| {
                pod.deleting_since.is_none() && pod.revision.as_deref() == Some(revision)
            })
        });
        u32::try_from(on.count()).unwrap_or(u32::MAX)
    }
}
