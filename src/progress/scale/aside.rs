//! What was found out beside the set and its pods.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::model::claim::{Claim, ClaimPhase};
use crate::model::cluster_event::ClusterEvent;
use crate::model::node::{Node, Readiness};
use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::progress::machine::{Finding, Question, after};
use crate::progress::scale::wait::RETRY;

/// The findings, each with when it was made.
#[derive(Debug, Default)]
pub(super) struct Aside {
    events: Option<Known<Vec<ClusterEvent>>>,
    claims: Option<Known<Vec<Claim>>>,
    nodes: Option<Known<Vec<Node>>>,
    asked: BTreeMap<Question, Timestamp>,
}

impl Aside {
    pub(super) fn found(&mut self, finding: Finding, now: Timestamp) {
        let question = match finding {
            Finding::Events(events) => {
                self.events = Some(events);
                Question::Events
            }
            Finding::Claims(claims) => {
                self.claims = Some(claims);
                Question::Claims
            }
            Finding::Nodes(nodes) => {
                self.nodes = Some(nodes);
                Question::Nodes
            }
        };
        self.asked.insert(question, now);
    }

    /// Whether it is time to ask this, for the first time or again. What may not be read is asked
    /// for once.
    pub(super) fn is_due(&self, question: Question, now: Timestamp) -> bool {
        self.is_due_every(RETRY, question, now)
    }

    /// The same, asked more often or less often.
    pub(super) fn is_due_every(
        &self,
        pause: SignedDuration,
        question: Question,
        now: Timestamp,
    ) -> bool {
        let forbidden = match question {
            Question::Events => matches!(self.events, Some(Known::Unknown(_))),
            Question::Claims => matches!(self.claims, Some(Known::Unknown(_))),
            Question::Nodes => matches!(self.nodes, Some(Known::Unknown(_))),
        };
        !forbidden && self.asked.get(&question).is_none_or(|asked| now >= after(*asked, pause))
    }

    /// What this was answered, if it was asked at this time or later.
    pub(super) fn claims(&self, since: Timestamp) -> Option<&Known<Vec<Claim>>> {
        let asked = self.asked.get(&Question::Claims)?;
        self.claims.as_ref().filter(|_| *asked >= since)
    }

    /// Why the controller could not make this pod, in its own words, and when it last said so.
    pub(super) fn not_made(&self, pod: &str) -> Option<&ClusterEvent> {
        let Some(Known::Read(events)) = &self.events else { return None };
        let about = |event: &&ClusterEvent| {
            event.reason == "FailedCreate"
                && event.message.split([' ', '"', ',']).any(|word| word == pod)
        };
        events.iter().filter(about).max_by_key(|event| event.last_seen)
    }

    /// Claims of these names that have no volume.
    pub(super) fn pending(&self, names: &[String]) -> Vec<String> {
        let Some(Known::Read(claims)) = &self.claims else { return Vec::new() };
        let waits =
            |claim: &&Claim| claim.phase != ClaimPhase::Bound && names.contains(&claim.name);
        claims.iter().filter(waits).map(|claim| claim.name.clone()).collect()
    }

    /// How the node of a pod that does not end stands.
    pub(super) fn node(&self, set: &Set, name: Option<&str>) -> String {
        let Some(name) = name else { return "it is on no node".to_owned() };
        let hint = format!("kubectl describe node {name}");
        match &self.nodes {
            Some(Known::Read(nodes)) => match nodes.iter().find(|node| node.name == name) {
                None => format!("its node {name} is gone"),
                Some(node) if node.readiness == Readiness::Ready => {
                    format!("its node {name} is ready, so its containers take long to stop")
                }
                Some(_) => format!(
                    "its node {name} is not ready: the pod stays until the node answers or is \
                     known to be off, and {} does not go on ({hint})",
                    set.name
                ),
            },
            _ => format!("see how its node {name} is: {hint}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    #[test]
    fn only_what_is_about_the_pod_is_its_reason() {
        let event = |message: &str, second| ClusterEvent {
            reason: "FailedCreate".to_owned(),
            message: message.to_owned(),
            last_seen: Some(at(second)),
        };
        let mut aside = Aside::default();
        let events = vec![
            event("create Pod db-3 in StatefulSet db failed error: old", 1),
            event("create Pod db-3 in StatefulSet db failed error: pods \"db-3\" is forbidden", 2),
            event("create Pod db-30 in StatefulSet db failed", 3),
        ];
        aside.found(Finding::Events(Known::Read(events)), at(3));
        assert_eq!(aside.not_made("db-3").unwrap().last_seen, Some(at(2)));
        assert_eq!(aside.not_made("db-4"), None);
    }

    #[test]
    fn what_may_not_be_read_is_asked_for_once() {
        let mut aside = Aside::default();
        assert!(aside.is_due(Question::Nodes, at(0)));
        aside.found(Finding::Nodes(Known::Read(Vec::new())), at(0));
        assert!(!aside.is_due(Question::Nodes, at(4)));
        assert!(aside.is_due(Question::Nodes, at(5)));
        aside.found(Finding::Nodes(Known::Unknown(String::new())), at(5));
        assert!(!aside.is_due(Question::Nodes, at(99)));
    }
}
