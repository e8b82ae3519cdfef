//! Going back to the revision a rollout came from.
//!
//! Writing the old template is not enough: under `OrderedReady` the controller waits for the
//! broken pod to become ready before it replaces anything, that pod included
//! (kubernetes/kubernetes#67250). So the broken pods are deleted here, lowest first, and only
//! after the controller has seen the old template: deleted earlier they come back broken.

mod turn;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::exit::Exit;
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::predict::revision_after_delete;
use crate::model::run::{HEARTBEAT, Holder, RecordedRun, Run, RunPhase};
use crate::model::set::{HOLD, PodManagement, Set};
use crate::model::snapshot::Snapshot;
use crate::plan::headroom::{self, Blocker};
use crate::plan::options::{BudgetRule, Options};
use crate::plan::step::{PodDeletion, RunChange, SetPatch, Step, StrategyChange, TemplateChange};
use crate::progress::event::{Event, Started, Waiting};
use crate::progress::machine::{End, GateResult, Machine, Move, Rejection, Then, after};
use crate::progress::rows::{Extra, Rows, rows};

pub(crate) use turn::{Turn, Urgency};

const RETRY: SignedDuration = SignedDuration::from_secs(5);

const DISAGREE: &str = "waiting for the pods and the set's status to agree";

/// An abort in progress.
#[derive(Debug)]
pub struct Abort {
    options: Options,
    /// What the group allows, where there is one.
    turn: Turn,
    run: Run,
    writing: Option<Run>,
    holder: Holder,
    uid: String,
    /// Of the spec this abort was begun on.
    generation: i64,
    /// Canonical template of the base revision.
    template: String,
    /// How this abort ends when it succeeds: 0 when it was asked for, 4 when it follows a failure.
    success: Exit,
    began: Timestamp,
    /// When anything last changed for the better.
    moved: Timestamp,
    deleting: Option<(String, String, String)>,
    /// UIDs of pods deleted here, which a watch may still show for a moment.
    deleted: BTreeSet<String>,
    rows: Rows,
    budgets_at: Option<Timestamp>,
    waiting: Option<Waiting>,
    left: Option<usize>,
    finishing: Option<String>,
    events: Vec<Event>,
}

impl Abort {
    /// Begins to go back, or goes on with going back. `template` is the base revision's, in
    /// canonical form.
    pub fn new(
        run: Run,
        holder: Holder,
        options: Options,
        template: String,
        success: Exit,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Self {
        let set = &snapshot.set;
        let pods = rows(snapshot, &run.base, |_| Extra::None);
        let mut shown = Rows::default();
        shown.seed(&pods);
        let started = Event::Started(Started {
            set: format!("{}/{}", set.namespace, set.name),
            change: format!("abort, back to {}", run.base),
            pods,
            steps: vec![run.replicas],
            approved: 0,
        });
        Self {
            options,
            turn: Turn::Alone,
            writing: None,
            holder,
            uid: set.uid.clone(),
            generation: set.generation,
            template,
            success,
            began: now,
            moved: now,
            deleting: None,
            deleted: BTreeSet::new(),
            rows: shown,
            budgets_at: None,
            waiting: None,
            left: None,
            finishing: None,
            events: vec![started],
            run,
        }
    }

    fn conflict(&self, set: &Set) -> Option<String> {
        if set.uid != self.uid {
            return Some(format!("{} was deleted and created again", set.display()));
        }
        match &set.run {
            Some(RecordedRun::Read(run)) if run.id == self.run.id => match &run.holder {
                Some(other) if other.token != self.holder.token => {
                    return Some(format!("{} took this rollout over", other.name));
                }
                _ => {}
            },
            _ => return Some("the record of this rollout was removed or replaced".to_owned()),
        }
        if self.run.phase != RunPhase::Aborting {
            let changed = set.generation != self.generation;
            return changed
                .then(|| "the spec was changed just now; nothing was written".to_owned());
        }
        if set.template.json != self.template {
            return Some("the pod template was changed while going back".to_owned());
        }
        (set.partition() != self.run.partition)
            .then(|| "the partition was changed while going back".to_owned())
    }

    /// Takes in a write of ours that was carried out only after its answer had been given up: the
    /// record on the set carries our token.
    fn catch_up(&mut self, set: &Set) {
        if let Some(RecordedRun::Read(found)) = &set.run
            && found.id == self.run.id
            && found.phase == RunPhase::Aborting
            && found.holder.as_ref().is_some_and(|holder| holder.token == self.holder.token)
            && (self.run.phase, self.run.partition) != (found.phase, found.partition)
            && found.partition == set.partition()
        {
            self.run = found.clone();
        }
    }

    fn patch(&mut self, set: &Set, change: impl FnOnce(&mut Run), now: Timestamp) -> SetPatch {
        let mut run = self.run.clone();
        run.holder = Some(Holder { beat: now, ..self.holder.clone() });
        change(&mut run);
        self.writing = Some(run.clone());
        SetPatch { run: RunChange::Write(run), ..SetPatch::of(set) }
    }

    /// The one write that brings the old template back.
    ///
    /// Under `OrderedReady` the partition stays: the controller replaces the healthy updated pods
    /// itself, in order. Under `Parallel` it would take every pod that is not available down at
    /// once, whatever `maxUnavailable` says, so everything is held and pods are let go one at a
    /// time; they come back on the old revision because it is both current and update revision
    /// by then. The same goes for a set of a group, where other sets may have the turn.
    fn revert(&mut self, set: &Set, now: Timestamp) -> Move {
        let hold = set.management == PodManagement::Parallel || self.turn != Turn::Alone;
        let patch = self.patch(
            set,
            |run| {
                run.phase = RunPhase::Aborting;
                if hold {
                    run.partition = HOLD;
                }
            },
            now,
        );
        let strategy = if hold { StrategyChange::Partition(HOLD) } else { StrategyChange::Keep };
        Move::Write(Step::PatchSet(SetPatch {
            template: TemplateChange::Replace(self.template.clone()),
            strategy,
            ..patch
        }))
    }

    fn wait(&mut self, what: String, wake: Option<Timestamp>, now: Timestamp) -> Move {
        let waiting = Waiting { what, until: None };
        if self.waiting.as_ref() != Some(&waiting) {
            self.waiting = Some(waiting.clone());
            self.events.push(Event::Waiting(waiting));
        }
        let beat = self.run.holder.as_ref().map(|holder| after(holder.beat, HEARTBEAT));
        let limit = after(self.moved, self.options.step_timeout);
        let limit = Some(limit).filter(|limit| now < *limit);
        Move::Wait { wake: [wake, beat, limit].into_iter().flatten().min() }
    }

    fn stop(&self, set: &Set, exit: Exit, summary: String) -> End {
        let mut run = self.run.clone();
        run.holder = None;
        let parting = Step::PatchSet(SetPatch { run: RunChange::Write(run), ..SetPatch::of(set) });
        End { exit, summary, then: Then::ContinueOrAbort, parting: Some(parting) }
    }

    /// Pods that do not run the base revision, lowest first.
    fn stray<'a>(&self, snapshot: &'a Snapshot) -> Vec<&'a Pod> {
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

    fn heal(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
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
        if back && set.status.updated >= all && set.status.ready >= all {
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
            let summary =
                format!("the old template is back, but the set has not recovered: {left}");
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
        let below = |pod: &&Pod| {
            let index = pod.ordinal.and_then(|ordinal| set.wanted.index(ordinal));
            index < Some(set.partition())
        };
        let Some(pod) = stray.last().filter(|_| stray.iter().all(below)) else {
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
        let Some(partition) = set.wanted.index(ordinal).filter(|index| *index < set.partition())
        else {
            let what = "waiting for the controller to count its revisions".to_owned();
            return self.wait(what, Some(after(now, RETRY)), now);
        };
        let patch = self.patch(set, |run| run.partition = partition, now);
        Move::Write(Step::PatchSet(SetPatch {
            strategy: StrategyChange::Partition(partition),
            ..patch
        }))
    }

    /// Whether the last write is in the set, even where its answer was lost.
    fn finished(&self, set: &Set) -> bool {
        set.uid == self.uid
            && set.run.is_none()
            && set.template.json == self.template
            && self.run.original.is(&set.strategy)
    }

    fn finish(&mut self, set: &Set, now: Timestamp) -> Move {
        let seconds = now.duration_since(self.began).as_secs().max(0);
        self.moved = now;
        let all = set.wanted.replicas;
        let base = &self.run.base;
        self.finishing = Some(if all == 0 {
            format!("rolled back: the template is {base} again, and there are no pods")
        } else {
            format!("rolled back: all {all} pods run {base} again ({seconds}s)")
        });
        Move::Write(Step::PatchSet(SetPatch {
            strategy: StrategyChange::Restore(self.run.original.clone()),
            run: RunChange::Remove,
            ..SetPatch::of(set)
        }))
    }
}

impl Machine for Abort {
    fn next(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        self.catch_up(set);
        if let Some(summary) = self.finishing.as_ref().filter(|_| self.finished(set)) {
            if !set.observed() && now < after(self.moved, RETRY) {
                // The restored strategy is a change of the spec: once the controller has seen it,
                // whoever asks for the status gets the final answer.
                return Move::Wait { wake: Some(after(self.moved, RETRY)) };
            }
            return Move::End(End {
                exit: self.success,
                summary: summary.clone(),
                then: Then::Nothing,
                parting: None,
            });
        }
        if let Some(what) = self.conflict(set) {
            return Move::End(End {
                exit: Exit::Conflict,
                summary: what,
                then: Then::Look,
                parting: None,
            });
        }
        let mut shown = std::mem::take(&mut self.rows);
        self.events.extend(shown.changes(snapshot, &self.run.base, |_| Extra::None));
        self.rows = shown;
        if self.run.phase != RunPhase::Aborting {
            return self.revert(set, now);
        }
        if self.run.holder.as_ref().is_none_or(|h| now >= after(h.beat, HEARTBEAT)) {
            return Move::Write(Step::PatchSet(self.patch(set, |_| {}, now)));
        }
        if !set.observed() || set.status.update_revision != self.run.base {
            if now >= after(self.moved, self.options.step_timeout) {
                let summary = "the old template is back, but the controller has not acted on it; \
                               no pod was deleted"
                    .to_owned();
                return Move::End(self.stop(set, Exit::Partial, summary));
            }
            let what = "waiting for the controller to see the old template".to_owned();
            return self.wait(what, Some(after(now, RETRY)), now);
        }
        self.heal(snapshot, now)
    }

    fn written(&mut self, _set: Option<&Set>, now: Timestamp) {
        if let Some((uid, pod, returns_on)) = self.deleting.take() {
            self.deleted.insert(uid);
            self.events.push(Event::PodDeleted { pod, returns_on });
            self.budgets_at = None;
            self.moved = now;
        }
        if let Some(run) = self.writing.take() {
            self.run = run;
        }
    }

    fn rejected(&mut self, _why: Rejection) {
        self.writing = None;
        self.deleting = None;
    }

    fn budgets_read(&mut self, now: Timestamp) {
        self.budgets_at = Some(now);
    }

    fn gated(&mut self, _uid: &str, _result: GateResult, _now: Timestamp) {}

    fn answered(&mut self, _approved: bool) {}

    fn interrupted(&mut self, snapshot: &Snapshot, exit: Exit, _now: Timestamp) -> End {
        let left = self.stray(snapshot).len();
        let state = match (self.run.phase, left) {
            (RunPhase::Aborting, 0) => "the old template is back".to_owned(),
            (RunPhase::Aborting, left) => format!(
                "the old template is back; {left} pods still run the revision that was given up"
            ),
            _ => "nothing was changed".to_owned(),
        };
        self.stop(&snapshot.set, exit, format!("interrupted; {state}"))
    }

    fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}
