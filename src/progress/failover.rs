//! What happens after a node was declared to be off, until the pod runs on another one.

use jiff::{SignedDuration, Timestamp};

use crate::model::attachment::Attachment;
use crate::model::pod::Pod;
use crate::model::resident::Resident;
use crate::plan::failover::Case;
use crate::progress::machine::after;

/// One look at the cluster.
#[derive(Clone, Debug)]
pub struct Look {
    /// The pods still bound to the node.
    pub residents: Vec<Resident>,
    /// What is still attached to the node.
    pub attachments: Vec<Attachment>,
    /// The pod of that name, whichever it is now.
    pub pod: Option<Pod>,
}

/// What is being waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// These pods, each as `NAMESPACE/NAME`, are to be removed from the node.
    Removal(Vec<String>),
    /// These volumes are to be detached from the node.
    Detachment(Vec<String>),
    /// The set's controller is to make the pod anew.
    Creation,
    /// The new pod is to be bound to a node.
    Binding,
    /// The new pod, on this node, is to become ready.
    Readiness {
        /// The node.
        node: String,
        /// What its status says meanwhile.
        reason: String,
    },
}

/// How a look turned out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Not there yet.
    Waiting(Vec<Wait>),
    /// The pod is ready on this node.
    Done {
        /// The node.
        node: String,
    },
    /// The new pod has been kept from starting for too long.
    CannotStart {
        /// Why, in a word.
        reason: String,
        /// Why, in a sentence.
        message: String,
    },
    /// Time is over.
    TimedOut(Vec<Wait>),
}

/// How long to wait.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For everything.
    pub timeout: SignedDuration,
    /// For a new pod that says what keeps it from starting.
    pub grace: SignedDuration,
}

/// A fold over looks.
#[derive(Debug)]
pub struct Watch {
    /// The pod that was stuck.
    old: String,
    node: String,
    /// UIDs of the pods that are to go.
    going: Vec<String>,
    /// Names of the attachments that are to go.
    detaching: Vec<String>,
    patience: Patience,
    began: Timestamp,
    /// Since when the new pod has been in trouble, while it is.
    troubled: Option<Timestamp>,
}

impl Watch {
    /// Begins to watch.
    ///
    /// Where pods stay on the node, so do their volumes; then those of the pod itself count.
    pub fn new(case: &Case, pod: &Pod, patience: Patience, now: Timestamp) -> Self {
        let name = |attachment: &Attachment| attachment.name.clone();
        let detaching = if case.staying.is_empty() {
            case.attachments.iter().map(name).collect()
        } else {
            case.own_attachments().map(name).collect()
        };
        Self {
            old: pod.uid.clone(),
            node: case.node.name.clone(),
            going: case.removed.iter().map(|pod| pod.uid.clone()).collect(),
            detaching,
            patience,
            began: now,
            troubled: None,
        }
    }

    /// Judges one look.
    pub fn observe(&mut self, look: &Look, now: Timestamp) -> Outcome {
        let waits = self.waits(look);
        let new = look.pod.as_ref().filter(|pod| pod.uid != self.old);
        if waits.is_empty()
            && let Some(node) = new.and_then(|pod| pod.node.clone())
        {
            return Outcome::Done { node };
        }
        let trouble = new.filter(|pod| !pod.is_ready()).and_then(|pod| pod.troubles.first());
        self.troubled = trouble.and(self.troubled.or(Some(now)));
        if let (Some(trouble), Some(since)) = (trouble, self.troubled)
            && now >= after(since, self.patience.grace)
        {
            return Outcome::CannotStart {
                reason: trouble.reason.clone(),
                message: trouble.message.clone(),
            };
        }
        if now >= after(self.began, self.patience.timeout) {
            return Outcome::TimedOut(waits);
        }
        Outcome::Waiting(waits)
    }

    fn waits(&self, look: &Look) -> Vec<Wait> {
        let mut waits = Vec::new();
        let left: Vec<String> = look
            .residents
            .iter()
            .filter(|pod| self.going.contains(&pod.uid))
            .map(Resident::display)
            .collect();
        if !left.is_empty() {
            waits.push(Wait::Removal(left));
        }
        let attached: Vec<String> = look
            .attachments
            .iter()
            .filter(|attachment| self.detaching.contains(&attachment.name))
            .map(|attachment| attachment.volume.clone().unwrap_or_else(|| attachment.name.clone()))
            .collect();
        if !attached.is_empty() {
            waits.push(Wait::Detachment(attached));
        }
        match &look.pod {
            None => waits.push(Wait::Creation),
            // The two lists were not read at the same moment: it may be gone from the other one.
            Some(pod) if pod.uid == self.old => {
                if waits.is_empty() {
                    waits.push(Wait::Removal(vec![pod.name.clone()]));
                }
            }
            Some(pod) => match &pod.node {
                None => waits.push(Wait::Binding),
                Some(node) if pod.is_ready() && *node != self.node => {}
                Some(node) => {
                    waits.push(Wait::Readiness { node: node.clone(), reason: pod.reason() });
                }
            },
        }
        waits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pod::{Phase, Trouble, TroubleKind};
    use crate::plan::failover::Declared;
    use crate::testing::{a_node, a_pod, a_resident, a_set, an_attachment, at};

    fn case() -> Case {
        Case {
            node: a_node("node-a", "a"),
            silent_for: Some(60),
            removed: vec![a_resident("prod", "db-1"), a_resident("web", "shop")],
            staying: Vec::new(),
            attachments: vec![an_attachment("node-a", "pv-1"), an_attachment("node-a", "pv-9")],
            claims: vec![("data-db-1".to_owned(), Some("pv-1".to_owned()))],
            declared: Declared::NotYet,
        }
    }

    fn old() -> Pod {
        a_pod(&a_set("db"), 1)
    }

    fn new() -> Pod {
        Pod { uid: "new".to_owned(), node: Some("node-b".to_owned()), ..old() }
    }

    fn watch(case: &Case) -> Watch {
        let seconds = SignedDuration::from_secs;
        Watch::new(case, &old(), Patience { timeout: seconds(600), grace: seconds(30) }, at(0))
    }

    fn look(pod: Option<Pod>) -> Look {
        Look { residents: Vec::new(), attachments: Vec::new(), pod }
    }

    #[test]
    fn every_wait_names_what_it_is_for_until_the_pod_is_ready_elsewhere() {
        let case = case();
        let mut watch = watch(&case);
        let everything = Look {
            residents: case.removed.clone(),
            attachments: case.attachments.clone(),
            pod: Some(old()),
        };
        let removal = Wait::Removal(vec!["prod/db-1".to_owned(), "web/shop".to_owned()]);
        let both = Wait::Detachment(vec!["pv-1".to_owned(), "pv-9".to_owned()]);
        assert_eq!(watch.observe(&everything, at(1)), Outcome::Waiting(vec![removal, both]));
        let detach = Wait::Detachment(vec!["pv-9".to_owned()]);
        let later = Look { attachments: case.attachments[1..].to_vec(), ..look(Some(new())) };
        assert_eq!(watch.observe(&later, at(2)), Outcome::Waiting(vec![detach]));
        assert_eq!(watch.observe(&look(None), at(3)), Outcome::Waiting(vec![Wait::Creation]));
        let unbound = Pod { node: None, phase: Phase::Pending, ..new() };
        assert_eq!(
            watch.observe(&look(Some(unbound)), at(4)),
            Outcome::Waiting(vec![Wait::Binding])
        );
        let starting = watch.observe(&look(Some(new().unready())), at(5));
        let readiness =
            Wait::Readiness { node: "node-b".to_owned(), reason: "NotReady".to_owned() };
        assert_eq!(starting, Outcome::Waiting(vec![readiness]));
        let done = watch.observe(&look(Some(new())), at(6));
        assert_eq!(done, Outcome::Done { node: "node-b".to_owned() });
    }

    #[test]
    fn the_old_pod_is_never_taken_for_the_new_one() {
        let waiting = watch(&case()).observe(&look(Some(old())), at(1));
        assert_eq!(waiting, Outcome::Waiting(vec![Wait::Removal(vec!["db-1".to_owned()])]));
    }

    #[test]
    fn pods_that_came_later_are_not_waited_for() {
        let other = Resident { uid: "other".to_owned(), ..a_resident("web", "shop") };
        let look = Look { residents: vec![other], ..look(Some(new())) };
        assert!(matches!(watch(&case()).observe(&look, at(1)), Outcome::Done { .. }));
    }

    #[test]
    fn volumes_of_pods_that_stay_are_not_waited_for() {
        let case = Case { staying: vec![a_resident("kube-system", "agent")], ..case() };
        let look = Look { attachments: case.attachments[1..].to_vec(), ..look(Some(new())) };
        assert!(matches!(watch(&case).observe(&look, at(1)), Outcome::Done { .. }));
    }

    #[test]
    fn a_pod_no_node_takes_ends_the_wait_with_its_reason() {
        let mut stuck = Pod { node: None, phase: Phase::Pending, ..new() }.unready();
        stuck.troubles.push(Trouble {
            kind: TroubleKind::Unschedulable,
            reason: "Unschedulable".to_owned(),
            message: "volume node affinity".to_owned(),
            container: None,
        });
        let mut watch = watch(&case());
        let stuck = look(Some(stuck));
        assert_eq!(watch.observe(&stuck, at(10)), Outcome::Waiting(vec![Wait::Binding]));
        assert_eq!(watch.observe(&look(None), at(30)), Outcome::Waiting(vec![Wait::Creation]));
        assert_eq!(watch.observe(&stuck, at(40)), Outcome::Waiting(vec![Wait::Binding]));
        assert_eq!(watch.observe(&stuck, at(69)), Outcome::Waiting(vec![Wait::Binding]));
        let cannot = Outcome::CannotStart {
            reason: "Unschedulable".to_owned(),
            message: "volume node affinity".to_owned(),
        };
        assert_eq!(watch.observe(&stuck, at(70)), cannot);
    }

    #[test]
    fn time_runs_out_with_what_is_missing() {
        let ended = watch(&case()).observe(&look(None), at(600));
        assert_eq!(ended, Outcome::TimedOut(vec![Wait::Creation]));
    }
}
