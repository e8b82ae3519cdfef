//! How a scaling stands and ends, in words.

use jiff::Timestamp;

use crate::exit::Exit;
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::refusal::Refusal;
use crate::plan::scale::refusal::NotScaled;
use crate::progress::machine::{End, Then};
use crate::progress::scale::Scale;

impl Scale {
    /// How it ended well.
    pub(super) fn result(&self, set: &Set) -> String {
        let state = match self.size {
            0 => "no pod is left".to_owned(),
            1 => format!("the pod {} is available", set.pod_at(0)),
            all => format!("all {all} pods are available"),
        };
        let gone: Vec<String> = (self.size..self.from).rev().map(|i| set.pod_at(i)).collect();
        match gone.as_slice() {
            [] => state,
            [one] => format!("{state}, {one} is gone"),
            [first, second] => format!("{state}, {first} and {second} are gone"),
            [first, .., last] => format!("{state}, {first} to {last} are gone"),
        }
    }

    /// What stands now, in words.
    pub(super) fn standing(&self, snapshot: &Snapshot, now: Timestamp) -> String {
        let set = &snapshot.set;
        if self.size == self.from && self.size != self.goal() {
            return "nothing was changed".to_owned();
        }
        let is_there = |index: &u32| {
            let pod = snapshot.pod_at(*index);
            pod.is_some_and(|pod| pod.is_available(set.min_ready_seconds, now))
        };
        let available = (0..self.size).filter(is_there).count();
        let left = snapshot.left_over().count();
        let left = match left {
            0 => String::new(),
            1 => ", 1 pod has still to go".to_owned(),
            left => format!(", {left} pods have still to go"),
        };
        let available = match available {
            1 => "1 is available".to_owned(),
            some => format!("{some} are available"),
        };
        let size = replicas(self.size);
        let short = if self.size == self.goal() {
            String::new()
        } else {
            format!(" on the way to {}", self.goal())
        };
        format!("the set is asked for {size}{short}, {available}{left}")
    }

    /// Where it stands when it is interrupted.
    pub(super) fn cut_off(&self, snapshot: &Snapshot, now: Timestamp) -> String {
        let hook = self.hooks.running.as_ref().map_or_else(String::new, |(_, pod)| {
            format!("; what was run before pod {pod} goes was stopped in the middle")
        });
        let unchanged = self.size == self.from && self.size != self.goal();
        let goes_on = if unchanged { "" } else { "; the controller goes on by itself" };
        let standing = self.standing(snapshot, now);
        format!("interrupted{hook}; {standing}{goes_on}")
    }
}

/// So many replicas.
pub(super) fn replicas(size: u32) -> String {
    if size == 1 { "1 replica".to_owned() } else { format!("{size} replicas") }
}

pub(super) fn end(exit: Exit, summary: String) -> End {
    let then = if exit == Exit::Success { Then::Nothing } else { Then::Look };
    End { exit, summary, then, parting: None }
}

/// Why the rest cannot do without a pod.
pub(super) fn in_words(reason: &NotScaled) -> String {
    match reason {
        NotScaled::NoQuorum { quorum, available, stay } => format!(
            "of the {stay} pods that stay, {available} are available, and --quorum asks for {quorum}"
        ),
        NotScaled::OverBudget { budget, wants, left } => {
            format!(
                "pod disruption budget {budget} wants {wants} healthy pods, {left} would be left"
            )
        }
        NotScaled::BudgetUnclear { budget } => {
            format!("what pod disruption budget {budget} wants is not known yet")
        }
        NotScaled::Rollout(Refusal::BudgetsUnknown { reason }) => {
            format!("pod disruption budgets could not be read: {reason}")
        }
        _ => "the set is not as it was when this was decided".to_owned(),
    }
}
