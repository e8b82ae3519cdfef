//! One reading of a set and everything a rollout depends on.

use std::collections::BTreeSet;

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

    /// The wanted ordinals whose pod is not one of before this revision: it is missing, on its way
    /// out, or runs the revision.
    pub fn gone(&self, revision: &str) -> BTreeSet<Ordinal> {
        let stays = |ordinal: &Ordinal| {
            self.pod(*ordinal).is_some_and(|pod| {
                pod.deleting_since.is_none() && pod.revision.as_deref() != Some(revision)
            })
        };
        self.set.wanted.iter().filter(|ordinal| !stays(ordinal)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NEW, OLD, a_pod, a_set, a_snapshot};

    #[test]
    fn pods_of_others_are_not_ours_whatever_their_name() {
        let set = a_set("db");
        let foreign = Pod { controller: Some("another".to_owned()), ..a_pod(&set, 1) };
        let snapshot = a_snapshot(&set).with(foreign);
        assert_eq!(snapshot.pod(Ordinal(1)), None);
        assert_eq!(snapshot.own_pods().count(), 2);
        assert_eq!(snapshot.count_on(OLD), 2);
    }

    #[test]
    fn left_over_is_what_the_range_no_longer_covers() {
        let set = a_set("db").starting_at(1);
        let nameless = Pod { ordinal: None, name: "db-x".to_owned(), ..a_pod(&set, 0) };
        let snapshot = a_snapshot(&set).with(a_pod(&set, 0)).with(a_pod(&set, 4)).with(nameless);
        let mut names: Vec<_> = snapshot.left_over().map(|pod| pod.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["db-0", "db-4", "db-x"]);
    }

    #[test]
    fn what_is_gone_is_missing_going_or_on_the_revision() {
        let set = a_set("db").replicas(4);
        let snapshot = a_snapshot(&set)
            .with(a_pod(&set, 0).on(NEW))
            .with(a_pod(&set, 1).deleting())
            .without(2);
        let gone: Vec<u32> = snapshot.gone(NEW).iter().map(|ordinal| ordinal.0).collect();
        assert_eq!(gone, [0, 1, 2]);
    }

    #[test]
    fn pods_on_their_way_out_count_for_no_revision() {
        let set = a_set("db");
        let snapshot =
            a_snapshot(&set).with(a_pod(&set, 2).on(NEW)).with(a_pod(&set, 1).on(NEW).deleting());
        assert_eq!((snapshot.count_on(NEW), snapshot.count_on(OLD)), (1, 1));
        assert_eq!(snapshot.revision(NEW).map(|revision| revision.number), Some(2));
        assert_eq!(snapshot.revision("db-none"), None);
    }
}
