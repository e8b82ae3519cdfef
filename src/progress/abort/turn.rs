//! An abort as a member of a group: what it may do now, and how it stands.

use jiff::Timestamp;

use crate::exit::Exit;
use crate::model::run::{RecordedRun, RunPhase};
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::headroom;
use crate::plan::step::Step;
use crate::progress::abort::Abort;
use crate::progress::event::Waiting;

/// What a set that goes back may do now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Whatever it has to: it is in no group.
    #[default]
    Alone,
    /// Bring the old template back, which moves no pod.
    Later(String),
    /// Move one pod after the other.
    Now,
}

/// How far a set is on its way back, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgency {
    /// A pod is on its way, sent by this program.
    Moving,
    /// A pod of the revision that is given up is not available.
    Broken,
    /// Some other pod is not available.
    Unwell,
    /// Every pod is available, and some have to go back.
    Stray,
    /// Every pod is back and available.
    Back,
}

impl Abort {
    /// Says what the set may do from now on.
    pub(crate) fn take_turn(&mut self, turn: Turn) {
        self.turn = turn;
    }

    /// Whether the old template is back.
    pub(crate) fn reverted(&self) -> bool {
        self.run.phase == RunPhase::Aborting
    }

    /// How many pods have to go back.
    pub(crate) fn pods_left(&self, snapshot: &Snapshot) -> usize {
        self.stray(snapshot).len()
    }

    /// How far it is.
    pub(crate) fn urgency(&self, snapshot: &Snapshot, now: Timestamp) -> Urgency {
        let set = &snapshot.set;
        let stray = self.stray(snapshot);
        let sent = snapshot.own_pods().any(|pod| self.deleted.contains(&pod.uid));
        let given = stray.iter().any(|pod| {
            let index = pod.ordinal.and_then(|ordinal| set.wanted.index(ordinal));
            self.reverted() && index >= Some(set.partition())
        });
        let unwell = headroom::unavailable(snapshot, set.wanted.replicas, 0, now);
        let broken =
            unwell.iter().any(|blocker| stray.iter().any(|pod| blocker.pod() == Some(&pod.name)));
        match (sent || given, broken, unwell.is_empty(), stray.is_empty()) {
            (true, ..) => Urgency::Moving,
            (_, true, ..) => Urgency::Broken,
            (_, _, false, _) => Urgency::Unwell,
            (_, _, _, false) => Urgency::Stray,
            _ => Urgency::Back,
        }
    }

    /// What the set's machine waits for.
    pub(crate) fn waiting(&self) -> Option<&Waiting> {
        self.waiting.as_ref()
    }

    /// The token this process holds the lock by.
    pub(crate) fn token(&self) -> &str {
        &self.holder.token
    }

    /// Whether the set is as this process left it.
    pub(crate) fn is_ours(&self, set: &Set) -> bool {
        matches!(&set.run, Some(RecordedRun::Read(run)) if run.id == self.run.id)
            && self.conflict(set).is_none()
    }

    /// The last write of a member whose group ends for this process.
    pub(crate) fn parting(&self, set: &Set) -> Option<Step> {
        self.stop(set, Exit::Partial, String::new()).parting
    }
}
