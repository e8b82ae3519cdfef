//! The pods of many sets, as little of each as their standing depends on.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::ordinal::Ordinal;
use crate::model::placement::Placement;
use crate::model::pod::{Phase, Pod, Trouble};
use crate::model::set::Set;

/// Pods by the UID of their controller.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    members: HashMap<Arc<str>, Vec<Member>>,
    /// Names of nodes and revisions are shared by many pods and kept once.
    words: HashSet<Arc<str>>,
}

/// What is kept of a pod: what shows how it stands, and nothing that a write would need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// UID of its controller.
    pub controller: Arc<str>,
    place: Place,
    revision: Option<Arc<str>>,
    node: Option<Arc<str>>,
    created_at: Option<Timestamp>,
    deleting_since: Option<Timestamp>,
    phase: Phase,
    ready_since: Option<Timestamp>,
    unready_since: Option<Timestamp>,
    restarts: u32,
    troubles: Vec<Trouble>,
}

/// Which of the set's pods it is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// The one with this ordinal; its name follows.
    Ordinal(Ordinal),
    /// None: it has a name the controller does not write.
    Named(Box<str>),
}

impl Member {
    /// What is kept of this pod; nothing of a pod without a controller.
    pub fn of(pod: Pod) -> Option<Self> {
        Some(Self {
            controller: pod.controller?.into(),
            place: match pod.ordinal {
                Some(ordinal) => Place::Ordinal(ordinal),
                None => Place::Named(pod.name.into()),
            },
            revision: pod.revision.map(Arc::from),
            node: pod.node.map(Arc::from),
            created_at: pod.created_at,
            deleting_since: pod.deleting_since,
            phase: pod.phase,
            ready_since: pod.ready_since,
            unready_since: pod.unready_since,
            restarts: pod.restarts,
            troubles: pod.troubles,
        })
    }

    /// The pod again, without UID, version, labels and placement: good for showing, and for
    /// nothing that writes.
    fn pod(&self, set: &Set) -> Pod {
        let (name, ordinal) = match &self.place {
            Place::Ordinal(ordinal) => (set.pod_name(*ordinal), Some(*ordinal)),
            Place::Named(name) => (name.to_string(), None),
        };
        Pod {
            name,
            uid: String::new(),
            resource_version: String::new(),
            controller: Some(self.controller.to_string()),
            ordinal,
            revision: self.revision.as_deref().map(str::to_owned),
            labels: BTreeMap::new(),
            created_at: self.created_at,
            deleting_since: self.deleting_since,
            phase: self.phase,
            node: self.node.as_deref().map(str::to_owned),
            placement: Placement::default(),
            ready_since: self.ready_since,
            unready_since: self.unready_since,
            restarts: self.restarts,
            troubles: self.troubles.clone(),
        }
    }
}

impl Roster {
    /// Takes in a pod.
    pub fn add(&mut self, mut member: Member) {
        member.revision = member.revision.map(|name| self.word(name));
        member.node = member.node.map(|name| self.word(name));
        self.members.entry(Arc::clone(&member.controller)).or_default().push(member);
    }

    /// The pods a set's controller owns, as snapshots have them.
    pub fn pods(&self, set: &Set) -> Vec<Pod> {
        let members = self.members.get(set.uid.as_str());
        members.into_iter().flatten().map(|member| member.pod(set)).collect()
    }

    fn word(&mut self, name: Arc<str>) -> Arc<str> {
        if let Some(known) = self.words.get(&name) {
            return Arc::clone(known);
        }
        self.words.insert(Arc::clone(&name));
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pod::TroubleKind;
    use crate::testing::{NEW, a_pod, a_set};

    #[test]
    fn pods_come_back_as_they_were_but_for_what_writes_need() {
        let set = a_set("db");
        let crash = a_pod(&set, 2).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff");
        let odd = Pod { ordinal: None, name: "db-x".to_owned(), ..a_pod(&set, 9).deleting() };
        let mut roster = Roster::default();
        for pod in [crash.clone(), odd.clone(), a_pod(&set, 0)] {
            roster.add(Member::of(pod).unwrap());
        }
        let bare = |pod: Pod| Pod {
            uid: String::new(),
            resource_version: String::new(),
            labels: BTreeMap::new(),
            ..pod
        };
        assert_eq!(roster.pods(&set), [bare(crash), bare(odd), bare(a_pod(&set, 0))]);
        assert_eq!(roster.words.len(), 3, "two revisions and one node");
    }

    #[test]
    fn pods_of_others_stay_with_them() {
        let mut roster = Roster::default();
        let mine = a_set("db");
        let foreign = Pod { controller: Some("another".to_owned()), ..a_pod(&mine, 1) };
        assert_eq!(Member::of(Pod { controller: None, ..a_pod(&mine, 2) }), None);
        roster.add(Member::of(foreign).unwrap());
        assert_eq!(roster.pods(&mine), []);
    }
}
