//! Updating in an order of the user's own: under `OnDelete`, by deleting one pod after the other.
//!
//! Which pods are done is not in the record: those that are missing, going away or on the new
//! revision, whoever deleted them. All of them have to pass before the next one goes.

use jiff::Timestamp;

use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::run::{RecordedRun, RunPhase};
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::headroom;
use crate::plan::options::BudgetRule;
use crate::plan::step::Step;
use crate::progress::event::Event;
use crate::progress::machine::{Move, after};
use crate::progress::stage::{RETRY, Stage};
use crate::progress::turns::{Choice, Turns};

impl Stage {
    /// Counts the pods that have been taken down, or died, since the template was written.
    pub(super) fn count(&mut self, snapshot: &Snapshot) {
        let Some(turns) = &mut self.turns else { return };
        turns.observe(snapshot);
        let gone = snapshot.gone(&self.run.target);
        let mut taken = turns.sequence(&snapshot.set);
        taken.retain(|ordinal| {
            gone.contains(ordinal) || snapshot.pod(*ordinal).is_some_and(|pod| turns.took(pod))
        });
        self.taken = taken;
    }

    /// The pods that have not been taken down, in the order in which they will be.
    fn left(&self, set: &Set) -> Vec<Ordinal> {
        let sequence = self.turns.as_ref().map(|turns| turns.sequence(set)).unwrap_or_default();
        sequence.into_iter().filter(|ordinal| !self.taken.contains(ordinal)).collect()
    }

    /// The names of pods by their place in the rollout.
    pub(super) fn planned(&self, set: &Set, from: usize, to: usize) -> Vec<String> {
        let all = self.taken.iter().copied().chain(self.left(set));
        let part = all.skip(from).take(to.saturating_sub(from));
        part.map(|ordinal| set.pod_name(ordinal)).collect()
    }

    pub(super) fn held_after(&self, set: &Set) -> String {
        let all = self.replicas();
        match self.taken.len() {
            0 => format!("held under OnDelete: none of {all} pods was taken down"),
            taken => format!(
                "held under OnDelete at {taken} of {all} pods ({})",
                self.planned(set, 0, taken).join(", ")
            ),
        }
    }

    /// A deletion was accepted.
    pub(super) fn deleted(&mut self, now: Timestamp) {
        let Some(deleted) = self.turns.as_mut().and_then(Turns::taken) else { return };
        self.released_pods.insert(deleted.ordinal, now);
        self.taken.push(deleted.ordinal);
        let returns_on = self.run.target.clone();
        self.events.push(Event::PodDeleted { pod: deleted.pod, returns_on });
        self.overtaken = false;
        self.moved = now;
        self.budgets_at = None;
        self.waiting = None;
    }

    /// Whether the record says all that another process has to know before a pod goes: where the
    /// pods move to, and how many of them may.
    fn recorded(&self, set: &Set) -> bool {
        matches!(&set.run, Some(RecordedRun::Read(found))
            if found.target == self.run.target
                && found.approved == self.run.approved
                && found.phase == RunPhase::Staging)
    }

    /// Takes the next pod down if the rest of the set can spare it.
    pub(super) fn take(&mut self, snapshot: &Snapshot, goal: u32, now: Timestamp) -> Move {
        let set = &snapshot.set;
        if let Some(next) = self.unsettled(snapshot, now) {
            return next;
        }
        if let Some(what) = self.turns.as_ref().and_then(Turns::behind) {
            return self.wait_or_time_out(set, what, None, Some(after(now, RETRY)), now);
        }
        let tolerate = self.options.tolerate_unready;
        let batch = self.options.batch.min(goal - self.updated());
        let Some(turns) = &mut self.turns else { return Move::Wait { wake: None } };
        turns.begin(batch);
        if let Some(blocker) = turns.blocker(snapshot, tolerate, now) {
            return self.blocked(snapshot, &blocker, now);
        }
        if let Some(next) = self.outdated(snapshot, now) {
            return next;
        }
        if !self.recorded(set) {
            let passed = self.updated();
            let patch = self.patch(
                set,
                |run| {
                    run.passed = passed;
                    run.phase = RunPhase::Staging;
                },
                now,
            );
            return Move::Write(Step::PatchSet(patch));
        }
        let next: Vec<Ordinal> = self.left(set).into_iter().take(batch as usize).collect();
        if let Some(next) = self.over_budget(snapshot, &next, now) {
            return next;
        }
        self.pick(snapshot, now)
    }

    /// Why a budget keeps these pods from being taken down together.
    fn over_budget(
        &mut self,
        snapshot: &Snapshot,
        ordinals: &[Ordinal],
        now: Timestamp,
    ) -> Option<Move> {
        let old = self.budgets_at.is_none_or(|read| now >= after(read, RETRY));
        if self.options.budgets == BudgetRule::Respect && old {
            return Some(Move::ReadBudgets);
        }
        let pods: Vec<&Pod> =
            ordinals.iter().filter_map(|ordinal| snapshot.pod(*ordinal)).collect();
        let blocker = headroom::over_budget(snapshot, &pods, &self.options).into_iter().next()?;
        Some(self.blocked(snapshot, &blocker, now))
    }

    /// Goes on with a turn in which several pods may go; `None` when none is under way.
    pub(super) fn rest_of_turn(&mut self, snapshot: &Snapshot, now: Timestamp) -> Option<Move> {
        let turns = self.turns.as_mut().filter(|turns| turns.under_way())?;
        let tolerate = self.options.tolerate_unready;
        let able = snapshot.set.observed()
            && turns.behind().is_none()
            && turns.blocker(snapshot, tolerate, now).is_none();
        let left = self.left(&snapshot.set);
        let counts = self.run.steps.counts(self.replicas());
        let room =
            counts.get(self.run.approved as usize).is_some_and(|goal| self.updated() < *goal);
        let turns = self.turns.as_mut()?;
        if !able || !room || left.is_empty() {
            turns.close();
            return None;
        }
        match turns.choose(snapshot, &left, now) {
            // The leader goes alone, after all others have passed.
            Choice::TakeLeader(_) | Choice::Unclear(_) => {
                turns.close();
                None
            }
            choice => Some(self.carry_out(snapshot, choice, now)),
        }
    }

    fn pick(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let left = self.left(&snapshot.set);
        let Some(turns) = &mut self.turns else { return Move::Wait { wake: None } };
        let choice = turns.choose(snapshot, &left, now);
        if let Choice::Take(ordinal) | Choice::TakeLeader(ordinal) = choice
            && let Some(next) = self.over_budget(snapshot, &[ordinal], now)
        {
            return next;
        }
        self.carry_out(snapshot, choice, now)
    }

    fn carry_out(&mut self, snapshot: &Snapshot, choice: Choice, now: Timestamp) -> Move {
        let set = &snapshot.set;
        let ordinal = match choice {
            Choice::Ask(leader) => return Move::AskLeader(leader),
            Choice::Wait { what, wake } => {
                return self.wait_or_time_out(set, what, wake, wake, now);
            }
            Choice::Unclear(why) => {
                let what =
                    format!("it is unclear which pod leads ({why}): no further pod is taken down");
                return self.fail(set, &what);
            }
            Choice::Take(ordinal) | Choice::TakeLeader(ordinal) => ordinal,
        };
        self.announce_started(set);
        let hole = self.turns.as_ref().and_then(|turns| turns.hole(snapshot, ordinal, now));
        if let Some(blocker) = hole {
            return self.blocked(snapshot, &blocker, now);
        }
        match (&mut self.turns, snapshot.pod(ordinal)) {
            (Some(turns), Some(pod)) => {
                Move::Write(Step::DeletePod(turns.delete(set, pod, ordinal)))
            }
            _ => Move::Wait { wake: None },
        }
    }
}
