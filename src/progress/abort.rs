//! Going back to the revision a rollout came from.
//!
//! Writing the old template is not enough: under `OrderedReady` the controller waits for the
//! broken pod to become ready before it replaces anything, that pod included
//! (kubernetes/kubernetes#67250). So the broken pods are deleted here, lowest first, and only
//! after the controller has seen the old template: deleted earlier they come back broken.
//!
//! Parking goes back without the old template: everything is held, and the updated pods are
//! deleted one by one. Below a partition they come back on the current revision.

mod heal;

mod turn;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::exit::Exit;
use crate::model::run::{HEARTBEAT, Holder, RecordedRun, Run, RunPhase};
use crate::model::set::{HOLD, PodManagement, Set};
use crate::model::snapshot::Snapshot;
use crate::plan::options::Options;
use crate::plan::step::{RunChange, SetPatch, Step, StrategyChange, TemplateChange};
use crate::progress::event::{Event, Waiting};
use crate::progress::machine::{End, GateResult, Machine, Move, Rejection, Then, after};
use crate::progress::rows::{Extra, Rows};

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
    way: Way,
    /// Canonical template the set has while it goes back.
    template: String,
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

/// How to go back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By the old template.
    Template {
        /// The base revision's, in canonical form.
        template: String,
        /// How it ends when it succeeds: 0 when it was asked for, 4 when it follows a failure.
        success: Exit,
    },
    /// By a hold, with the template left as it is.
    Park,
}

impl Way {
    /// The phase of a run that goes back this way.
    pub fn phase(&self) -> RunPhase {
        match self {
            Self::Template { .. } => RunPhase::Aborting,
            Self::Park => RunPhase::Parking,
        }
    }
}

impl Abort {
    /// Begins to go back, or goes on with going back.
    pub fn new(
        run: Run,
        holder: Holder,
        options: Options,
        way: Way,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Self {
        let set = &snapshot.set;
        let (verb, template) = match &way {
            Way::Template { template, .. } => ("abort", template.clone()),
            Way::Park => ("park", set.template.json.clone()),
        };
        let (shown, started) =
            Rows::begin(snapshot, &run.base, format!("{verb}, back to {}", run.base));
        Self {
            options,
            turn: Turn::Alone,
            writing: None,
            holder,
            uid: set.uid.clone(),
            generation: set.generation,
            way,
            template,
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

    /// Whether the set is recorded as going back this way.
    fn begun(&self) -> bool {
        self.run.phase == self.way.phase()
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
                None if !self.begun() => return Some("this rollout was paused".to_owned()),
                None | Some(_) => {}
            },
            _ => return Some("the record of this rollout was removed or replaced".to_owned()),
        }
        if !self.begun() {
            let changed = set.generation != self.generation;
            return changed
                .then(|| "the spec was changed just now; nothing was written".to_owned());
        }
        if set.template.json != self.template {
            return Some("the pod template was changed while going back".to_owned());
        }
        let what = if self.run.by_deletion() { "update strategy" } else { "partition" };
        (!self.run.holds(set)).then(|| format!("the {what} was changed while going back"))
    }

    /// Takes in a write of ours that was carried out only after its answer had been given up: the
    /// record on the set carries our token.
    fn catch_up(&mut self, set: &Set) {
        if let Some(RecordedRun::Read(found)) = &set.run
            && found.id == self.run.id
            && found.phase == self.way.phase()
            && found.holder.as_ref().is_some_and(|holder| holder.token == self.holder.token)
            && (self.run.phase, self.run.partition) != (found.phase, found.partition)
            && found.holds(set)
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

    /// The one write that brings the old template back, or parks.
    ///
    /// Under `OrderedReady` the partition stays: the controller replaces the healthy updated pods
    /// itself, in order. Under `Parallel` it would take every pod that is not available down at
    /// once, whatever `maxUnavailable` says, so everything is held and pods are let go one at a
    /// time; they come back on the old revision because it is both current and update revision
    /// by then. Parked, they come back on it because everything is below the partition.
    /// The whole set is held, too, where it is one of a group and other sets may have the turn.
    ///
    /// Where pods are deleted one by one the set stays under `OnDelete`, and so they are on the way
    /// back.
    fn revert(&mut self, set: &Set, now: Timestamp) -> Move {
        let park = self.way == Way::Park;
        let by_deletion = self.run.by_deletion();
        let alone = self.turn == Turn::Alone;
        let hold = park || !alone || (set.management == PodManagement::Parallel && !by_deletion);
        let phase = self.way.phase();
        let patch = self.patch(
            set,
            |run| {
                run.phase = phase;
                if hold {
                    run.partition = HOLD;
                }
            },
            now,
        );
        let strategy = match (by_deletion, hold) {
            (true, _) => StrategyChange::OnDelete,
            (false, true) => StrategyChange::Partition(HOLD),
            (false, false) => StrategyChange::Keep,
        };
        let template = if park {
            TemplateChange::Keep
        } else {
            TemplateChange::Replace(self.template.clone())
        };
        Move::Write(Step::PatchSet(SetPatch { template, strategy, ..patch }))
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
        let ours = set.uid == self.uid && self.run.is_held_by(&self.holder.token, set);
        let parting = SetPatch { run: RunChange::Write(run), ..SetPatch::of(set) };
        let parting = ours.then_some(Step::PatchSet(parting));
        End { exit, summary, then: Then::ContinueOrAbort, parting }
    }

    /// What has been done to the set as a whole.
    fn state(&self) -> &'static str {
        match self.way {
            Way::Template { .. } => "the old template is back",
            Way::Park => "the set is held",
        }
    }

    /// Whether the last write is in the set, even where its answer was lost.
    fn finished(&self, set: &Set) -> bool {
        if self.way == Way::Park {
            return set.uid == self.uid
                && set.partition() == HOLD
                && matches!(&set.run, Some(RecordedRun::Read(run))
                    if run.id == self.run.id && run.phase == RunPhase::Parked);
        }
        set.uid == self.uid
            && set.run.is_none()
            && set.template.json == self.template
            && self.run.original.is(&set.strategy)
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
            let (exit, then) = match self.way {
                Way::Template { success, .. } => (success, Then::Nothing),
                Way::Park => (Exit::Held, Then::StageOrRelease),
            };
            return Move::End(End { exit, summary: summary.clone(), then, parting: None });
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
        if !self.begun() || (self.way == Way::Park && set.partition() < HOLD) {
            return self.revert(set, now);
        }
        if self.run.holder.as_ref().is_none_or(|h| now >= after(h.beat, HEARTBEAT)) {
            return Move::Write(Step::PatchSet(self.patch(set, |_| {}, now)));
        }
        let (makes, what) = match self.way {
            Way::Template { .. } => (&set.status.update_revision, "the old template"),
            Way::Park => (&set.status.current_revision, "the hold"),
        };
        if set.observed() && self.way == Way::Park && *makes != self.run.base {
            let summary = format!(
                "the set is held, but the controller has made {makes} its current revision: \
                 deleted pods no longer come back on {}",
                self.run.base
            );
            return Move::End(self.stop(set, Exit::Partial, summary));
        }
        if !set.observed() || *makes != self.run.base {
            if now >= after(self.moved, self.options.step_timeout) {
                let state = self.state();
                let summary =
                    format!("{state}, but the controller has not acted on it; no pod was deleted");
                return Move::End(self.stop(set, Exit::Partial, summary));
            }
            let what = format!("waiting for the controller to see {what}");
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
        let state = match (self.begun(), left) {
            (true, 0) => self.state().to_owned(),
            (true, left) => {
                format!("{}; {left} pods still run the revision that was given up", self.state())
            }
            (false, _) => "nothing was changed".to_owned(),
        };
        self.stop(&snapshot.set, exit, format!("interrupted; {state}"))
    }

    fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}
