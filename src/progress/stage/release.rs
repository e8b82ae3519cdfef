//! Between pods: release more, stop between steps, or finish.

use jiff::Timestamp;

use crate::exit::Exit;
use crate::model::pod::Pod;
use crate::model::run::RunPhase;
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::headroom::{self, Blocker};
use crate::plan::options::{Approve, BudgetRule};
use crate::plan::step::{RunChange, SetPatch, Step, StrategyChange};
use crate::progress::event::{Event, StepProgress};
use crate::progress::machine::{Move, after};
use crate::progress::stage::{RETRY, Stage, Turn};

impl Stage {
    pub(super) fn step_progress(&self, set: &Set, number: u32) -> StepProgress {
        let counts = self.run.steps.counts(self.replicas());
        let at = |step: u32| counts.get(step as usize).copied();
        let updated = number.checked_sub(1).and_then(at).unwrap_or(0);
        let before = number.checked_sub(2).and_then(at).unwrap_or(0);
        let all = self.replicas();
        StepProgress {
            number,
            of: u32::try_from(counts.len()).unwrap_or(u32::MAX),
            updated,
            replicas: all,
            pods: match &self.turns {
                Some(_) => self.planned(set, before as usize, updated as usize),
                None => (before..updated).map(|done| set.pod_at(all - 1 - done)).collect(),
            },
        }
    }

    /// Everything released has passed: release more, stop between steps, or finish.
    pub(super) fn advance(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        let counts = self.run.steps.counts(self.replicas());
        let updated = self.updated();
        if updated == self.replicas() {
            self.announce_passed(set);
            if !matches!(self.turn, Turn::Alone | Turn::Close) {
                let what = "waiting for the other sets of the group".to_owned();
                return self.rest(what, now);
            }
            return if set.observed() { self.finish(set, now) } else { self.unobserved(set, now) };
        }
        let Some(goal) = counts.get(self.run.approved as usize).copied() else {
            let summary =
                format!("all steps are done, --steps takes it further; {}", self.held_at(set));
            return Move::End(self.stop(set, Exit::Held, summary, RunPhase::Staging));
        };
        if updated < goal {
            return match self.turns {
                Some(_) => self.take(snapshot, goal, now),
                None => self.release(snapshot, goal, now),
            };
        }
        self.announce_passed(set);
        let last = self.run.approved as usize + 1 == counts.len();
        let number = self.run.approved + 1;
        self.run.passed = updated;
        match self.options.approve {
            Approve::Auto => {
                self.run.approved += 1;
                self.advance(snapshot, now)
            }
            Approve::Prompt if !last && !self.announced.declined => {
                // Time to think is not time lost.
                self.moved = now;
                Move::Ask(self.step_progress(set, number))
            }
            _ => {
                let summary =
                    format!("step {number} of {} passed; {}", counts.len(), self.held_at(set));
                Move::End(self.stop(set, Exit::Held, summary, RunPhase::Staging))
            }
        }
    }

    /// Only an observed spec tells that the update revision is still the one pods move to.
    pub(super) fn unobserved(&mut self, set: &Set, now: Timestamp) -> Move {
        let what = "waiting for the controller to see the latest spec".to_owned();
        self.wait_or_time_out(set, what, None, None, now)
    }

    pub(super) fn announce_passed(&mut self, set: &Set) {
        let number = self.run.approved + 1;
        if self.announced.step_passed < number && self.updated() > 0 {
            self.announced.step_passed = number;
            let progress = self.step_progress(set, number);
            self.events.push(Event::StepPassed(progress));
        }
    }

    pub(super) fn announce_started(&mut self, set: &Set) {
        let number = self.run.approved + 1;
        if self.announced.step_started < number {
            self.announced.step_started = number;
            let progress = self.step_progress(set, number);
            self.events.push(Event::StepStarted(progress));
        }
    }

    /// Why nothing is released now, whatever the pods that were not released are like.
    pub(super) fn unsettled(&mut self, snapshot: &Snapshot, now: Timestamp) -> Option<Move> {
        let set = &snapshot.set;
        if !set.observed() {
            return Some(self.unobserved(set, now));
        }
        if let Some(pod) = snapshot.left_over().next() {
            let what = format!("waiting for pod {} of an earlier scale-down to go", pod.name);
            return Some(self.wait_or_time_out(set, what, None, None, now));
        }
        None
    }

    /// Why nothing is released now, although all pods look well.
    pub(super) fn outdated(&mut self, snapshot: &Snapshot, now: Timestamp) -> Option<Move> {
        let set = &snapshot.set;
        (self.overtaken && set.status.ready < ready(snapshot)).then(|| {
            // The set is fresher than the pods: the controller counts fewer ready pods than the
            // watch has shown, so the watch may have missed one going down.
            let what = "waiting for the pods and the set's status to agree".to_owned();
            self.wait_or_time_out(set, what, None, Some(after(now, RETRY)), now)
        })
    }

    /// Releases the next pods if the rest of the set can spare them.
    pub(super) fn release(&mut self, snapshot: &Snapshot, goal: u32, now: Timestamp) -> Move {
        let set = &snapshot.set;
        if let Turn::Later(why) = &self.turn {
            return self.rest(why.clone(), now);
        }
        self.announce_started(set);
        if let Some(next) = self.unsettled(snapshot, now) {
            return next;
        }
        let tolerate = self.options.tolerate_unready;
        if let Some(blocker) =
            headroom::unavailable(snapshot, self.replicas(), tolerate, now).into_iter().next()
        {
            return self.blocked(snapshot, &blocker, now);
        }
        if let Some(next) = self.outdated(snapshot, now) {
            return next;
        }
        let updated = self.updated();
        let (most, down) = match &self.turn {
            Turn::Alone => (u32::MAX, Vec::new()),
            Turn::Release { most, down } => (*most, down.clone()),
            Turn::Full(why) | Turn::Later(why) => {
                return self.wait_or_time_out(set, why.clone(), None, None, now);
            }
            Turn::Close => return self.rest("waiting for its turn".to_owned(), now),
        };
        let batch = self.options.batch.min(goal - updated).min(most);
        let top = self.replicas() - updated;
        let going = (top - batch..top).filter_map(|index| snapshot.pod_at(index));
        let pods: Vec<&Pod> = going.chain(&down).collect();
        if self.options.budgets == BudgetRule::Respect && self.budgets_at.is_none() {
            return Move::ReadBudgets;
        }
        if let Some(blocker) =
            headroom::over_budget(snapshot, &pods, &self.options).into_iter().next()
        {
            if self.budgets_at.is_none_or(|read| now >= after(read, RETRY)) {
                return Move::ReadBudgets;
            }
            return self.blocked(snapshot, &blocker, now);
        }
        let partition = top - batch;
        let patch = self.patch(
            set,
            |run| {
                run.partition = partition;
                run.passed = updated;
                run.phase = RunPhase::Staging;
            },
            now,
        );
        Move::Write(Step::PatchSet(SetPatch {
            strategy: StrategyChange::Partition(partition),
            ..patch
        }))
    }

    /// The rest of the set cannot spare a pod now.
    pub(super) fn blocked(
        &mut self,
        snapshot: &Snapshot,
        blocker: &Blocker,
        now: Timestamp,
    ) -> Move {
        let set = &snapshot.set;
        let (until, wake) = match blocker {
            Blocker::NotAvailable { until, .. } => (Some(*until), Some(*until)),
            Blocker::Budget { .. } | Blocker::BudgetsUnknown { .. } => {
                (None, Some(after(now, RETRY)))
            }
            Blocker::Missing { .. } | Blocker::Leaving { .. } | Blocker::Unready { .. } => {
                (None, None)
            }
        };
        if let Some((what, until)) = self.judging.trouble(&self.options, snapshot, blocker, now) {
            if now >= until {
                return self.fail(set, &format!("{what}: no further pod is released"));
            }
            let what = format!("{what}; held if it lasts");
            return self.wait_or_time_out(set, what, Some(until), Some(until), now);
        }
        let what = blocker.to_string();
        if matches!(blocker, Blocker::NotAvailable { .. }) {
            self.moved = now;
            return self.wait(what, until, wake);
        }
        self.wait_or_time_out(set, what, until, wake, now)
    }

    /// Every pod is updated and has passed: the original strategy comes back, which releases
    /// nothing any more.
    pub(super) fn finish(&mut self, set: &Set, now: Timestamp) -> Move {
        let took = now.duration_since(self.began);
        self.moved = now;
        self.finishing = Some(format!(
            "all {} pods run {} and passed every gate ({}s)",
            self.replicas(),
            self.run.target,
            took.as_secs().max(0)
        ));
        Move::Write(Step::PatchSet(SetPatch {
            strategy: StrategyChange::back(&self.run),
            run: RunChange::Remove,
            ..SetPatch::of(set)
        }))
    }
}

/// How many of the set's pods look ready.
fn ready(snapshot: &Snapshot) -> u32 {
    u32::try_from(snapshot.own_pods().filter(|pod| pod.is_ready()).count()).unwrap_or(u32::MAX)
}
