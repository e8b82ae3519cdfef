//! Getting pods back to the base revision, one at a time, and the end of it.

use jiff::Timestamp;

use crate::exit::Exit;
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::predict::revision_after_delete;
use crate::model::run::RunPhase;
use crate::model::set::Set;
use crate::model::set::Strategy;
use crate::model::snapshot::Snapshot;
use crate::plan::headroom::{self, Blocker};
use crate::plan::options::BudgetRule;
use crate::plan::step::{PodDeletion, RunChange, SetPatch, Step, StrategyChange};
use crate::progress::abort::Turn;
use crate::progress::abort::{Abort, DISAGREE, RETRY, Way};
use crate::progress::machine::{Move, after};

impl Abort {
    /// Pods that do not run the base revision, lowest first.
    pub(super) fn stray<'a>(&self, snapshot: &'a Snapshot) -> Vec<&'a Pod> {
        let base = self.run.base.as_str();
        snapshot
            .set
            .wanted
            .iter()
            .filter_map(|ordinal| snapshot.pod(ordinal))
            .filter(|pod| pod.revision.as_deref() != Some(base))
            .collect()
    }

    fn delete(&mut self, snapshot: &Snapshot, pod: &Pod, ordinal: Ordinal) -> Move {
        let returns_on = revision_after_delete(snapshot, ordinal).to_owned();
        self.deleting = Some((pod.uid.clone(), pod.name.clone(), returns_on));
        Move::Write(Step::DeletePod(PodDeletion::of(&snapshot.set, pod)))
    }

    pub(super) fn heal(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        let stray = self.stray(snapshot);
        if self.left.is_none_or(|left| stray.len() < left) {
            self.left = Some(stray.len());
            self.moved = now;
        }
        if let Turn::Later(_) = &self.turn {
            // The time of others does not count.
            self.moved = now;
        }
        let unready = headroom::unavailable(snapshot, set.wanted.replicas, 0, now);
        let back = stray.is_empty() && unready.is_empty() && snapshot.left_over().next().is_none();
        // After a conflict the set is fresher than the pods: what the controller counts has to
        // agree with what the watch has shown.
        let all = set.wanted.replicas;
        let counted = match self.way {
            Way::Template { .. } => set.status.updated,
            Way::Park => set.status.current,
        };
        if back && counted >= all && set.status.ready >= all {
            return self.finish(set, now);
        }
        if matches!(unready.first(), Some(Blocker::NotAvailable { .. })) {
            // It gets there at a known time, however long that is.
            self.moved = now;
        }
        if now >= after(self.moved, self.options.step_timeout) {
            let left = if let Some(pod) = stray.first() {
                format!("pod {} still runs the revision that was given up", pod.name)
            } else {
                unready.first().map_or_else(|| DISAGREE.to_owned(), ToString::to_string)
            };
            let summary = format!("{}, but the set has not recovered: {left}", self.state());
            return Move::End(self.stop(set, Exit::Partial, summary));
        }
        if back {
            return self.wait(DISAGREE.to_owned(), Some(after(now, RETRY)), now);
        }
        if let Turn::Later(why) = &self.turn {
            return self.wait(why.clone(), None, now);
        }
        if let Some(pod) = snapshot.own_pods().find(|pod| self.deleted.contains(&pod.uid)) {
            // Deleted here, and the watch has not told yet: it looks as well as it ever did.
            let what = Blocker::Leaving { pod: pod.name.clone() }.to_string();
            return self.wait(what, None, now);
        }
        if let Some(blocker) = unready.first() {
            // The controller acts on the lowest pod that is not ready and on nothing above it,
            // so nothing but that pod is deleted.
            let broken = stray.iter().find(
                |pod| matches!(blocker, Blocker::Unready { pod: name, .. } if *name == pod.name),
            );
            let Some((pod, ordinal)) = broken.and_then(|pod| Some((*pod, pod.ordinal?))) else {
                let wake = match blocker {
                    Blocker::NotAvailable { until, .. } => Some(*until),
                    _ => None,
                };
                return self.wait(blocker.to_string(), wake, now);
            };
            return self.let_go(snapshot, pod, ordinal, now);
        }
        // All are available. What the controller will not replace by itself is let go from the
        // top, one at a time, after what it will.
        let left_to_us = |pod: &&Pod| {
            let index = pod.ordinal.and_then(|ordinal| set.wanted.index(ordinal));
            set.strategy == Strategy::OnDelete || index < Some(set.partition())
        };
        let Some(pod) = stray.last().filter(|_| stray.iter().all(left_to_us)) else {
            let what = "waiting for the controller to replace the updated pods".to_owned();
            return self.wait(what, None, now);
        };
        if self.options.budgets == BudgetRule::Respect && self.budgets_at.is_none() {
            return Move::ReadBudgets;
        }
        if let Some(blocker) =
            headroom::over_budget(snapshot, &[*pod], &self.options).into_iter().next()
        {
            if self.budgets_at.is_none_or(|read| now >= after(read, RETRY)) {
                return Move::ReadBudgets;
            }
            return self.wait(blocker.to_string(), Some(after(now, RETRY)), now);
        }
        match pod.ordinal {
            Some(ordinal) => self.let_go(snapshot, pod, ordinal, now),
            None => self.wait(format!("pod {} has no ordinal", pod.name), None, now),
        }
    }

    /// Gets one pod replaced: by deleting it where it would come back on the base revision.
    ///
    /// Once every pod had been updated the controller made the revision that is given up its
    /// current one, so that pods below the partition come back on that. The template's is the base
    /// revision, and pods from the partition on are moved to it: the partition goes down to the
    /// pod.
    fn let_go(&mut self, snapshot: &Snapshot, pod: &Pod, ordinal: Ordinal, now: Timestamp) -> Move {
        let set = &snapshot.set;
        if revision_after_delete(snapshot, ordinal) == self.run.base {
            return self.delete(snapshot, pod, ordinal);
        }
        let lower = |index: &u32| self.way != Way::Park && *index < set.partition();
        let Some(partition) = set.wanted.index(ordinal).filter(lower) else {
            let what = "waiting for the controller to count its revisions".to_owned();
            return self.wait(what, Some(after(now, RETRY)), now);
        };
        let patch = self.patch(set, |run| run.partition = partition, now);
        Move::Write(Step::PatchSet(SetPatch {
            strategy: StrategyChange::Partition(partition),
            ..patch
        }))
    }

    fn finish(&mut self, set: &Set, now: Timestamp) -> Move {
        let seconds = now.duration_since(self.began).as_secs().max(0);
        self.moved = now;
        let all = set.wanted.replicas;
        let base = &self.run.base;
        if self.way == Way::Park {
            self.finishing = Some(format!(
                "parked: all {all} pods run {base} again, and the new template waits behind a \
                 hold ({seconds}s)"
            ));
            let mut patch = self.patch(set, |run| run.phase = RunPhase::Parked, now);
            if let RunChange::Write(run) = &mut patch.run {
                run.holder = None;
                run.passed = 0;
            }
            return Move::Write(Step::PatchSet(patch));
        }
        self.finishing = Some(if all == 0 {
            format!("rolled back: the template is {base} again, and there are no pods")
        } else {
            format!("rolled back: all {all} pods run {base} again ({seconds}s)")
        });
        Move::Write(Step::PatchSet(SetPatch {
            strategy: StrategyChange::back(&self.run),
            run: RunChange::Remove,
            ..SetPatch::of(set)
        }))
    }
}
