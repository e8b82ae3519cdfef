//! What is known of a run: the events so far, folded.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::model::ordinal::Ordinal;
use crate::progress::event::{
    ClaimRow, ClaimStep, Event, GateProgress, PodRow, PodState, ScaleStarted, StepProgress, Waiting,
};
use crate::render::pace::Pace;

/// The state of a run as a view draws it.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// `NAMESPACE/NAME` of the set, or `NAMESPACE/SELECTOR` of a group; empty before the run has begun.
    pub set: String,
    /// What the run does.
    pub change: String,
    /// The pods.
    pub rows: BTreeMap<Seat, Row>,
    /// The sets, in the order in which they are rolled out.
    sets: Vec<String>,
    /// The step that is under way, or was last.
    pub step: Option<StepProgress>,
    /// What is waited for.
    pub waiting: Option<Waiting>,
    /// Since when, and why, all this may be old.
    pub stale: Option<(Timestamp, String)>,
    /// Pods the run is to update, counted from the highest ordinal down.
    goal: usize,
    pace: Pace,
    /// Nobody has to be asked, and the run is not over.
    moving: bool,
    /// Where a scaling stands, when it is one.
    pub scaling: Option<Scaling>,
    /// The claims, where it is they that change, in the order in which they do.
    pub claims: Vec<ClaimRow>,
}

/// Where a scaling stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scaling {
    /// Replicas before.
    pub from: u32,
    /// Replicas wished for.
    pub to: u32,
    /// Pods that come or go at a time.
    at_a_time: u32,
}

/// What is to happen to a pod.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// A rollout may update it.
    #[default]
    Update,
    /// A scaling makes it.
    Comes,
    /// A scaling takes it away.
    Goes,
    /// A scaling leaves it alone.
    Stays,
}

/// The place of a pod among all: pods are rolled out from the last to the first. Ordinals of
/// different sets are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat {
    set: Reverse<usize>,
    ordinal: Ordinal,
}

/// A pod.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its place.
    pub seat: Seat,
    /// As last heard of.
    pub pod: PodRow,
    /// The extra gate heard of last, until the pod passes.
    pub gate: Option<GateProgress>,
    /// It was given to the controller and has not passed yet.
    pub released: bool,
    /// What is to happen to it.
    pub role: Role,
}

impl Row {
    /// As it is to be: updated and past every gate, there, or gone.
    pub fn done(&self) -> bool {
        match self.role {
            Role::Update => self.pod.updated && self.pod.state == PodState::Ready,
            Role::Comes => self.pod.state == PodState::Ready,
            Role::Goes => self.pod.state == PodState::Missing,
            Role::Stays => false,
        }
    }

    /// Something happens to it, or should.
    pub fn active(&self) -> bool {
        match self.role {
            Role::Goes | Role::Comes => {
                !matches!(self.pod.state, PodState::Ready | PodState::Missing)
            }
            _ => self.released || self.pod.state != PodState::Ready,
        }
    }
}

impl Board {
    /// Takes in what happened.
    pub fn apply(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Started(started) => {
                self.set.clone_from(&started.set);
                self.change.clone_from(&started.change);
                (self.rows, self.sets) = (BTreeMap::new(), Vec::new());
                started.pods.iter().for_each(|pod| self.put(pod));
                self.goal = started.steps.last().map_or(usize::MAX, |last| *last as usize);
            }
            Event::ScaleStarted(started) => self.scale(started),
            Event::Scaled(scaled) => {
                let at_a_time = scaled.at_a_time;
                self.pace.released(at, at_a_time as usize);
                self.scaling = self.scaling.map(|scaling| Scaling { at_a_time, ..scaling });
                self.moving = true;
                for pod in &scaled.pods {
                    self.with(pod, |row| (row.released, row.gate) = (true, None));
                }
            }
            Event::PodCame { pod, took } | Event::PodWent { pod, took } => {
                self.with(pod, |row| row.released = false);
                self.pace.passed(*took);
                if self.scaling.is_some_and(|scaling| scaling.at_a_time == 1) {
                    self.pace.released(at, 1);
                }
            }
            Event::StepStarted(step) => (self.step, self.moving) = (Some(step.clone()), true),
            Event::StepPassed(step) => self.step = Some(step.clone()),
            Event::AskingApproval(step) => {
                (self.step, self.moving, self.waiting) = (Some(step.clone()), false, None);
            }
            Event::Released { pods } => {
                self.pace.released(at, pods.len());
                for pod in pods {
                    self.with(pod, |row| (row.released, row.gate) = (true, None));
                }
            }
            Event::Pod(pod) => self.put(pod),
            Event::Gate(gate) => self.with(&gate.pod, |row| row.gate = Some(gate.clone())),
            Event::PodPassed { pod, took } => {
                self.with(pod, |row| {
                    row.pod.updated = true;
                    row.pod.state = PodState::Ready;
                    row.pod.reason.clear();
                    (row.released, row.gate) = (false, None);
                });
                if let Some(took) = took {
                    self.pace.passed(*took);
                }
            }
            Event::Waiting(waiting) => self.waiting = Some(waiting.clone()),
            Event::Stale { since, reason } => self.stale = Some((*since, reason.clone())),
            Event::Fresh => self.stale = None,
            Event::Ended(_) => (self.moving, self.waiting) = (false, None),
            Event::PodDeleted { pod, .. } => {
                self.pace.released(at, 1);
                self.with(pod, |row| (row.released, row.gate) = (true, None));
            }
            Event::ClaimsStarted(started) => {
                self.set.clone_from(&started.set);
                self.change.clone_from(&started.change);
                self.claims.clone_from(&started.claims);
            }
            Event::ClaimRow(new) => {
                if let Some(row) = self.claims.iter_mut().find(|row| row.claim == new.claim) {
                    row.clone_from(new);
                }
            }
            Event::ClaimPassed { claim, .. } => {
                if let Some(row) = self.claims.iter_mut().find(|row| row.claim == *claim) {
                    row.step = ClaimStep::Done;
                }
            }
            Event::Held | Event::Pinned { .. } | Event::Claim { .. } | Event::Notice(_) => {}
        }
    }

    fn scale(&mut self, started: &ScaleStarted) {
        self.set.clone_from(&started.set);
        self.change = format!("{} to {} replicas", started.from, started.to);
        self.rows.clear();
        started.pods.iter().for_each(|pod| self.put(pod));
        for row in self.rows.values_mut() {
            row.role = if started.comes.contains(&row.pod.pod) {
                Role::Comes
            } else if started.goes.contains(&row.pod.pod) {
                Role::Goes
            } else {
                Role::Stays
            };
        }
        self.goal = started.comes.len() + started.goes.len();
        self.scaling = Some(Scaling { from: started.from, to: started.to, at_a_time: 1 });
    }

    /// The name of the set without its namespace.
    pub fn name(&self) -> &str {
        self.set.rsplit('/').next().unwrap_or_default()
    }

    /// Pods that are done.
    pub fn done(&self) -> usize {
        self.rows.values().filter(|row| row.done()).count()
    }

    /// Pods there will be that are done.
    pub fn goal(&self) -> usize {
        self.goal.min(self.rows.len())
    }

    /// How long the rest will take; nothing when that is not known, or when it does not go on.
    pub fn left(&self, now: Timestamp) -> Option<SignedDuration> {
        let fails = self.rows.values().any(|row| row.pod.state == PodState::Failing);
        if !self.moving || fails || self.stale.is_some() {
            return None;
        }
        self.pace.left(self.goal().saturating_sub(self.done()), now)
    }

    /// Whether the run is to update this pod and has not done so.
    pub fn to_come(&self, row: &Row) -> bool {
        if self.scaling.is_some() {
            return !row.done() && row.role != Role::Stays;
        }
        let above = self.rows.range(row.seat..).count();
        above <= self.goal && !row.pod.updated
    }

    /// Whether the step under way adds this pod.
    pub fn in_step(&self, row: &Row) -> bool {
        matches!(row.role, Role::Comes | Role::Goes)
            || self.step.as_ref().is_some_and(|step| step.pods.contains(&row.pod.pod))
    }

    fn put(&mut self, pod: &PodRow) {
        let known = self.sets.iter().position(|set| set == pod.set());
        let set = known.unwrap_or_else(|| {
            self.sets.push(pod.set().to_owned());
            self.sets.len() - 1
        });
        let seat = Seat { set: Reverse(set), ordinal: pod.ordinal };
        let new =
            || Row { seat, pod: pod.clone(), gate: None, released: false, role: Role::default() };
        self.rows.entry(seat).or_insert_with(new).pod.clone_from(pod);
    }

    fn with(&mut self, pod: &str, change: impl FnOnce(&mut Row)) {
        if let Some(row) = self.rows.values_mut().find(|row| row.pod.pod == pod) {
            change(row);
        }
    }
}

/// The part of a revision's name after the name of its set.
pub fn short<'a>(revision: &'a str, set: &str) -> &'a str {
    revision.strip_prefix(set).and_then(|rest| rest.strip_prefix('-')).unwrap_or(revision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::event::Started;
    use crate::render::scripted::at;

    #[test]
    fn pods_of_several_sets_keep_their_rows_and_their_order() {
        let pod = |set: &str, ordinal| PodRow {
            pod: format!("{set}-{ordinal}"),
            ordinal: Ordinal(ordinal),
            revision: Some(format!("{set}-6f5c8")),
            updated: false,
            state: PodState::Ready,
            reason: String::new(),
        };
        let mut board = Board::default();
        let pods = ["db-b", "db-a"].into_iter().flat_map(|set| [pod(set, 0), pod(set, 1)]);
        board.apply(
            at(0),
            &Event::Started(Started {
                set: "prod/app=db".to_owned(),
                change: String::new(),
                pods: pods.collect(),
                steps: vec![1, 2, 4],
                approved: 0,
            }),
        );
        let names = |board: &Board| {
            board.rows.values().rev().map(|row| row.pod.pod.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&board), ["db-b-1", "db-b-0", "db-a-1", "db-a-0"], "as they are rolled");
        let starting = PodRow { state: PodState::Starting, ..pod("db-a", 1) };
        board.apply(at(1), &Event::Pod(starting));
        board.apply(at(2), &Event::PodPassed { pod: "db-b-1".to_owned(), took: None });
        assert_eq!(names(&board).len(), 4);
        let active: Vec<&str> = board
            .rows
            .values()
            .filter(|row| row.active())
            .map(|row| row.pod.pod.as_str())
            .collect();
        assert_eq!((active, board.done(), board.goal()), (vec!["db-a-1"], 1, 4));
        assert_eq!(pod("db-a", 1).set(), "db-a");
    }
}
