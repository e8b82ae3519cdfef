//! Stopping a rollout that is under way, and watching what the controller had begun.
//!
//! The controller may take one more pod before it sees the partition. That pod comes back on the
//! old revision, or on the new one; in the second case the partition is lowered to it again, so
//! that no updated pod is left to come back old. Nothing that is not updated is ever released.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::exit::Exit;
use crate::model::run::{RecordedRun, Run};
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::pause::{self, Pause as Place};
use crate::plan::step::{RunChange, SetPatch, Step, StrategyChange};
use crate::progress::event::{Event, Waiting};
use crate::progress::machine::{End, GateResult, Machine, Move, Rejection, Then, after};
use crate::progress::rows::{Extra, Rows};

/// How long the controller is given to see a spec, and pods to come back.
pub const SETTLE: SignedDuration = SignedDuration::from_secs(30);

/// What is paused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paused {
    /// A rollout the controller does by itself; this is recorded from here on.
    Plain(Box<Run>),
    /// A staged rollout that somebody drives: it keeps its partition and loses its driver.
    Driven,
}

/// A pause in progress.
#[derive(Debug)]
pub struct Pause {
    paused: Paused,
    uid: String,
    generation: i64,
    /// The partition before.
    from: u32,
    began: Timestamp,
    /// UIDs of the pods that are to stay as they are, by index.
    kept: BTreeMap<u32, String>,
    written: Option<Written>,
    writing: Option<Run>,
    rows: Rows,
    waiting: Option<Waiting>,
    events: Vec<Event>,
}

/// The pause as the server accepted it.
#[derive(Debug)]
struct Written {
    run: Run,
    at: Timestamp,
}

impl Pause {
    /// Begins to pause.
    pub fn new(paused: Paused, snapshot: &Snapshot, now: Timestamp) -> Self {
        let set = &snapshot.set;
        let (shown, started) =
            Rows::begin(snapshot, &set.status.update_revision, "pause".to_owned());
        Self {
            paused,
            uid: set.uid.clone(),
            generation: set.generation,
            from: set.partition(),
            began: now,
            kept: BTreeMap::new(),
            written: None,
            writing: None,
            rows: shown,
            waiting: None,
            events: vec![started],
        }
    }

    fn end(exit: Exit, summary: impl Into<String>, then: Then) -> Move {
        Move::End(End { exit, summary: summary.into(), then, parting: None })
    }

    fn wait(&mut self, what: String, limit: Timestamp) -> Move {
        let waiting = Waiting { what, until: None };
        if self.waiting.as_ref() != Some(&waiting) {
            self.waiting = Some(waiting.clone());
            self.events.push(Event::Waiting(waiting));
        }
        Move::Wait { wake: Some(limit) }
    }

    fn write(&mut self, set: &Set, run: Run, strategy: StrategyChange) -> Move {
        self.writing = Some(run.clone());
        Move::Write(Step::PatchSet(SetPatch {
            strategy,
            run: RunChange::Write(run),
            ..SetPatch::of(set)
        }))
    }

    /// The write that stops the rollout.
    fn stop(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        if set.generation != self.generation && self.paused != Paused::Driven {
            let summary = "the spec was changed just now; nothing was written";
            return Self::end(Exit::Conflict, summary, Then::Look);
        }
        let run = match (&self.paused, &set.run) {
            (Paused::Plain(run), None) => (**run).clone(),
            // It goes on meanwhile: what it last recorded counts.
            (Paused::Driven, Some(RecordedRun::Read(run))) if run.phase.goes_back() => {
                let summary = "the rollout is on its way back by now; nothing was written";
                return Self::end(Exit::Conflict, summary, Then::Look);
            }
            (Paused::Driven, Some(RecordedRun::Read(run))) => {
                let run = Run { holder: None, ..run.clone() };
                return self.write(set, run, StrategyChange::Keep);
            }
            _ => {
                let summary = "the record on the set was changed just now; nothing was written";
                return Self::end(Exit::Conflict, summary, Then::Look);
            }
        };
        if !set.observed() {
            let limit = after(self.began, SETTLE);
            if now >= limit {
                let summary = "the controller has not seen the latest spec: which pods are updated is not \
                     known; nothing was written";
                return Self::end(Exit::Refused, summary, Then::Look);
            }
            let what = "waiting for the controller to see the latest spec".to_owned();
            return self.wait(what, limit);
        }
        match pause::pause(snapshot) {
            Place::Raise(partition) => {
                let status = &set.status;
                self.kept = (0..partition.min(set.wanted.replicas))
                    .filter_map(|index| Some((index, snapshot.pod_at(index)?.uid.clone())))
                    .collect();
                let run = Run {
                    partition,
                    target: status.update_revision.clone(),
                    base: status.current_revision.clone(),
                    ..run
                };
                self.write(set, run, StrategyChange::Partition(partition))
            }
            Place::Nothing => Self::end(
                Exit::Success,
                "nothing to pause: every pod the partition releases is updated or on its way",
                Then::Nothing,
            ),
            Place::Cannot(why) => {
                Self::end(Exit::Refused, format!("{why}; nothing was written"), Then::Look)
            }
        }
    }

    /// Waits until what the controller had begun is over.
    fn settle(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        let Some(written) = &self.written else { return Move::Wait { wake: None } };
        let all = set.wanted.replicas;
        let partition = written.run.partition.min(all);
        let limit = after(written.at, SETTLE);
        let restless = set.wanted.iter().find(|ordinal| pause::moving(snapshot.pod(*ordinal)));
        let what = match restless {
            _ if !set.observed() => Some("waiting for the controller to see the pause".to_owned()),
            Some(ordinal) => {
                Some(format!("waiting for pod {} to come back", set.pod_name(ordinal)))
            }
            // After a conflict the set is fresher than the pods.
            None if set.status.updated != snapshot.count_on(&set.status.update_revision) => {
                Some("waiting for the pods and the set's status to agree".to_owned())
            }
            None => None,
        };
        if let Some(what) = what {
            if now < limit {
                return self.wait(what, limit);
            }
            let summary = format!("{}, but not settled: {what}", self.told(snapshot));
            return Self::end(Exit::TimedOut, summary, Then::ContinueOrAbort);
        }
        let run = written.run.clone();
        let lowest = pause::armed(snapshot, self.from.min(partition)..partition).next();
        if let Some(lowest) = lowest.filter(|_| self.paused != Paused::Driven)
            && pause::armed(snapshot, lowest..partition).count() == (partition - lowest) as usize
        {
            // Updated already: letting it be so again releases nothing.
            let run = Run { partition: lowest, ..run };
            return self.write(set, run, StrategyChange::Partition(lowest));
        }
        Self::end(Exit::Success, self.told(snapshot), Then::ContinueOrAbort)
    }

    /// What has become of the pods.
    fn told(&self, snapshot: &Snapshot) -> String {
        let set = &snapshot.set;
        let status = &set.status;
        let (all, updated) = (set.wanted.replicas, snapshot.count_on(&status.update_revision));
        let mut text = format!("paused: {updated} of {all} pods are updated");
        let Some(written) = &self.written else { return text };
        for (index, uid) in &self.kept {
            let Some(pod) = snapshot.pod_at(*index).filter(|pod| pod.uid != *uid) else { continue };
            let revision = pod.revision.as_deref().unwrap_or("an unknown revision");
            text.push_str("; the controller had taken pod ");
            text.push_str(&pod.name);
            text.push_str(" already, it came back on ");
            text.push_str(revision);
        }
        let partition = written.run.partition.min(all);
        for index in pause::armed(snapshot, self.from.min(partition)..partition) {
            text.push_str("; pod ");
            text.push_str(&set.pod_at(index));
            text.push_str(" is updated and would come back on ");
            text.push_str(&status.current_revision);
        }
        text
    }
}

impl Machine for Pause {
    fn next(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        if set.uid != self.uid {
            let summary = format!("{} was deleted and created again", set.display());
            return Self::end(Exit::Conflict, summary, Then::Look);
        }
        let mut shown = std::mem::take(&mut self.rows);
        self.events.extend(shown.changes(snapshot, &set.status.update_revision, |_| Extra::None));
        self.rows = shown;
        let Some(written) = &self.written else { return self.stop(snapshot, now) };
        let ours = matches!(&set.run, Some(RecordedRun::Read(run))
            if run.id == written.run.id && run.partition == written.run.partition
                && run.phase == written.run.phase && run.holder.is_none() && run.holds(set));
        if !ours {
            let summary = "paused, and somebody changed the rollout right after".to_owned();
            return Self::end(Exit::Conflict, summary, Then::Look);
        }
        self.settle(snapshot, now)
    }

    fn written(&mut self, set: Option<&Set>, now: Timestamp) {
        let Some(run) = self.writing.take() else { return };
        if let Some(set) = set {
            self.generation = set.generation;
        }
        self.written = Some(Written { run, at: now });
    }

    fn rejected(&mut self, _why: Rejection) {
        self.writing = None;
    }

    fn budgets_read(&mut self, _now: Timestamp) {}

    fn gated(&mut self, _uid: &str, _result: GateResult, _now: Timestamp) {}

    fn answered(&mut self, _approved: bool) {}

    fn interrupted(&mut self, snapshot: &Snapshot, exit: Exit, _now: Timestamp) -> End {
        let (summary, then) = match &self.written {
            None => ("interrupted; nothing was written".to_owned(), Then::Look),
            Some(_) => (format!("interrupted; {}", self.told(snapshot)), Then::ContinueOrAbort),
        };
        End { exit, summary, then, parting: None }
    }

    fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}
