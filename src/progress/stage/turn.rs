//! A staged rollout as a member of a group: what it may do now, and how it stands.

use jiff::Timestamp;

use crate::exit::Exit;
use crate::model::group::{Course, Membership};
use crate::model::pod::Pod;
use crate::model::run::{Run, RunPhase};
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::headroom;
use crate::plan::step::Step;
use crate::progress::event::Waiting;
use crate::progress::machine::{End, Move};
use crate::progress::stage::Stage;

/// What a set may do now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Whatever its own steps allow: it is in no group.
    #[default]
    Alone,
    /// Nothing: others are at work, or the group stops here.
    Later(String),
    /// Nothing, because pods that nobody is replacing use up what may be down.
    Full(String),
    /// Release pods.
    Release {
        /// At most so many.
        most: u32,
        /// Pods of other sets that were released and are not back. A budget may not know it yet.
        down: Vec<Pod>,
    },
    /// Give the original strategy back: every set of the group is through.
    Close,
}

/// Pods that count against the budget of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Occupied {
    /// Released, and not passed yet.
    pub(crate) on_the_way: Vec<String>,
    /// Not available for any other reason, with the reason.
    pub(crate) unwell: Vec<String>,
}

impl Stage {
    /// Says what the set may do from now on.
    pub(crate) fn take_turn(&mut self, turn: Turn) {
        self.turn = turn;
    }

    /// How many pods have been released.
    pub(crate) fn released_so_far(&self) -> u32 {
        self.updated()
    }

    /// Whether all pods have been released, and all have passed.
    pub(crate) fn through(&self, snapshot: &Snapshot, now: Timestamp) -> bool {
        self.updated() == self.replicas() && self.occupied(snapshot, now) == Occupied::default()
    }

    /// Pods of this set that may not be counted on.
    pub(crate) fn occupied(&self, snapshot: &Snapshot, now: Timestamp) -> Occupied {
        let set = &snapshot.set;
        let on_the_way: Vec<String> = (self.first()..self.replicas())
            .filter(|index| !self.has_passed(set, snapshot.pod_at(*index), now))
            .map(|index| set.pod_at(index))
            .collect();
        let unwell = headroom::unavailable(snapshot, self.replicas(), 0, now)
            .iter()
            .filter(|blocker| !on_the_way.iter().any(|pod| blocker.pod() == Some(pod)))
            .map(ToString::to_string)
            .collect();
        Occupied { on_the_way, unwell }
    }

    /// Released pods that are down or will be: not ready on the revision they are moved to. One
    /// that is not there is made up from another, since a budget knows pods by their labels.
    pub(crate) fn going_down(&self, snapshot: &Snapshot) -> Vec<Pod> {
        (self.first()..self.replicas())
            .filter_map(|index| {
                if let Some(pod) = snapshot.pod_at(index) {
                    return Some(pod.clone());
                }
                let like = snapshot.own_pods().next()?;
                let name = snapshot.set.pod_at(index);
                Some(Pod { name, ready_since: None, ..like.clone() })
            })
            .filter(|pod| !(pod.is_ready() && pod.revision.as_ref() == Some(&self.run.target)))
            .collect()
    }

    /// Whether a released pod has passed, and would again.
    fn has_passed(&self, set: &Set, pod: Option<&Pod>, now: Timestamp) -> bool {
        pod.is_some_and(|pod| self.judging.has_passed(self.terms(set), pod, now))
    }

    /// What the set's machine waits for.
    pub(crate) fn waiting(&self) -> Option<&Waiting> {
        self.waiting.as_ref()
    }

    /// The token this process holds the lock by.
    pub(crate) fn token(&self) -> &str {
        &self.holder.token
    }

    /// Whether somebody else holds the lock of the set, or has changed it.
    pub(crate) fn is_ours(&self, set: &Set) -> bool {
        self.conflict(set).is_none()
    }

    /// Remembers how many stops of the group are approved; the next write carries it.
    pub(crate) fn approve(&mut self, stops: u32) {
        if let Some(group) = &mut self.run.group {
            group.approved = stops;
        }
    }

    /// Remembers that everything released so far has passed; the next write carries it.
    pub(crate) fn count_passed(&mut self) {
        self.run.passed = self.updated();
    }

    /// Whether the record says that the group is closing.
    pub(crate) fn closes(&self) -> bool {
        self.run.group.as_ref().is_some_and(|group| group.course == Course::Closing)
    }

    /// Records that the group is closing.
    pub(crate) fn close(&mut self, set: &Set, now: Timestamp) -> Move {
        let closing = |run: &mut Run| {
            run.group =
                run.group.take().map(|group| Membership { course: Course::Closing, ..group });
        };
        Move::Write(Step::PatchSet(self.patch(set, closing, now)))
    }

    /// The last write of a member whose group ends for this process.
    pub(crate) fn parting(&mut self, set: &Set, phase: RunPhase) -> Option<Step> {
        let End { parting, .. } = self.stop(set, Exit::Held, String::new(), phase);
        parting
    }

    /// Waits for others; the time does not count.
    pub(super) fn rest(&mut self, why: String, now: Timestamp) -> Move {
        self.moved = now;
        self.wait(why, None, None)
    }
}
