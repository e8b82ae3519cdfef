//! The staged rollout: hold, pin, then one pod at a time past every gate.
//!
//! The partition only ever goes down here, and only after everything above it has passed. That is
//! what makes it safe to stop at any instant: whatever this process was doing, the set stays at
//! the partition last written. In an order of the user's own the set is under `OnDelete` instead,
//! and pods are deleted one by one: it stays at the pod last deleted.

mod deletion;
mod guard;
mod pods;
mod release;
mod turn;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::exit::Exit;
use crate::model::leader::Leader;
use crate::model::ordinal::Ordinal;
use crate::model::run::{HEARTBEAT, Holder, Run, RunPhase};
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::options::Options;
use crate::plan::step::{RunChange, SetPatch, Step};
use crate::progress::event::{Event, Started, Waiting};
use crate::progress::judging::{Judging, Terms};
use crate::progress::machine::{End, GateResult, Machine, Move, Rejection, Then, after};
use crate::progress::rows::{Extra, Rows, rows};
use crate::progress::turns::Turns;

pub(crate) use turn::{Occupied, Turn};

/// How long to wait before asking again for something no watch tells about.
pub(super) const RETRY: SignedDuration = SignedDuration::from_secs(5);

/// A staged rollout in progress.
#[derive(Debug)]
pub struct Stage {
    options: Options,
    /// What the group allows, where there is one.
    turn: Turn,
    judging: Judging,
    /// Where pods are deleted one by one: whose turn it is.
    turns: Option<Turns>,
    /// The same: the pods that have been taken down, or died, since the template was written.
    taken: Vec<Ordinal>,
    /// As last written and accepted.
    run: Run,
    /// As being written.
    writing: Option<Run>,
    uid: String,
    /// Canonical template that is being rolled out, and the generation our write made it at.
    template: String,
    holder: Holder,
    began: Timestamp,
    /// When something last went on; the time limit counts from here.
    moved: Timestamp,
    released_pods: BTreeMap<Ordinal, Timestamp>,
    rows: Rows,
    budgets_at: Option<Timestamp>,
    /// Whether the last write met a newer set than the watches had shown.
    overtaken: bool,
    announced: Announced,
    waiting: Option<Waiting>,
    finishing: Option<String>,
    /// Whether an updated pod or an extra gate has said no.
    change_failed: bool,
    events: Vec<Event>,
}

#[derive(Debug, Default)]
struct Announced {
    step_started: u32,
    step_passed: u32,
    pinned: bool,
    declined: bool,
}

/// What a rollout starts from, after the hold has been written or the run taken up.
#[derive(Clone, Debug)]
pub struct Begin {
    /// The run as recorded on the set, with this process as its holder.
    pub run: Run,
    /// This process.
    pub holder: Holder,
    /// How carefully to go.
    pub options: Options,
    /// Whether there are extra gates.
    pub gated: bool,
    /// What is being rolled out, for people.
    pub change: String,
}

impl Stage {
    /// Takes up a run. `snapshot.set` is the set as the hold's write answered it, or as it was
    /// read when the run was taken up.
    pub fn new(begin: Begin, snapshot: &Snapshot, now: Timestamp) -> Self {
        let Begin { run, holder, options, gated, change } = begin;
        let set = &snapshot.set;
        let mut judging = Judging::new(gated);
        for pod in snapshot.own_pods().filter(|pod| pod.revision.as_deref() == Some(&run.target)) {
            judging.forgive(pod);
        }
        // Where pods are deleted one by one, the number does not tell which had passed: those are
        // judged anew.
        let passed = if run.by_deletion() { 0 } else { run.passed as usize };
        for index in (0..run.replicas).rev().take(passed) {
            let Some(pod) = snapshot.pod_at(index) else { continue };
            if pod.revision.as_deref() == Some(&run.target) {
                judging.trust(pod);
            }
        }
        let pods = rows(snapshot, &run.target, |_| Extra::None);
        let mut shown = Rows::default();
        shown.seed(&pods);
        let started = Event::Started(Started {
            set: format!("{}/{}", set.namespace, set.name),
            change,
            pods,
            steps: run.steps.counts(run.replicas),
            approved: run.approved,
        });
        Self {
            options,
            turn: Turn::Alone,
            judging,
            turns: run.by_deletion().then(|| {
                let mut turns = Turns::new(run.order.clone(), None);
                turns.observe(snapshot);
                turns
            }),
            taken: Vec::new(),
            writing: None,
            uid: set.uid.clone(),
            template: set.template.json.clone(),
            holder,
            began: now,
            moved: now,
            released_pods: BTreeMap::new(),
            rows: shown,
            budgets_at: None,
            overtaken: false,
            announced: Announced {
                step_started: run.approved,
                step_passed: run.approved,
                ..Announced::default()
            },
            waiting: None,
            finishing: None,
            change_failed: false,
            events: if run.target.is_empty() { vec![started, Event::Held] } else { vec![started] },
            run,
        }
    }

    /// Names who is asked which pod leads, where the order depends on it.
    #[must_use]
    pub fn led_by(mut self, leader: Option<Leader>) -> Self {
        if let Some(turns) = &mut self.turns {
            turns.ask(leader);
        }
        self
    }

    /// The run as last accepted by the server.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Whether the run ended because of what it rolls out: an updated pod failed, or a gate said
    /// no. Only then is going back the answer; not when another pod is unwell, nor when a gate
    /// could not tell.
    pub fn change_failed(&self) -> bool {
        self.change_failed
    }

    fn replicas(&self) -> u32 {
        self.run.replicas
    }

    /// The lowest released index.
    fn first(&self) -> u32 {
        self.run.partition.min(self.replicas())
    }

    fn updated(&self) -> u32 {
        match self.turns {
            Some(_) => u32::try_from(self.taken.len()).unwrap_or(u32::MAX),
            None => self.replicas() - self.first(),
        }
    }

    fn terms<'a>(&'a self, set: &'a Set) -> Terms<'a> {
        Terms {
            options: &self.options,
            set,
            revision: &self.run.target,
            step: self.run.approved + 1,
        }
    }

    fn patch(&mut self, set: &Set, change: impl FnOnce(&mut Run), now: Timestamp) -> SetPatch {
        let mut run = self.run.clone();
        run.holder = Some(Holder { beat: now, ..self.holder.clone() });
        change(&mut run);
        self.writing = Some(run.clone());
        SetPatch { run: RunChange::Write(run), ..SetPatch::of(set) }
    }

    /// The end, with a last write that gives up the lock, where it is still ours to give.
    fn stop(&mut self, set: &Set, exit: Exit, summary: String, phase: RunPhase) -> End {
        let mut run = self.run.clone();
        run.holder = None;
        run.phase = phase;
        let ours = set.uid == self.uid && self.run.is_held_by(&self.holder.token, set);
        let parting = SetPatch { run: RunChange::Write(run), ..SetPatch::of(set) };
        let parting = ours.then_some(Step::PatchSet(parting));
        End { exit, summary, then: Then::ContinueOrAbort, parting }
    }

    /// Held because of what is rolled out.
    fn reject(&mut self, set: &Set, what: &str) -> Move {
        self.change_failed = true;
        self.fail(set, what)
    }

    fn fail(&mut self, set: &Set, what: &str) -> Move {
        let summary = format!("{what}; {}", self.held_at(set));
        Move::End(self.stop(set, Exit::Found, summary, RunPhase::Failed))
    }

    fn held_at(&self, set: &Set) -> String {
        if self.turns.is_some() {
            return self.held_after(set);
        }
        let (updated, all) = (self.updated(), self.replicas());
        match updated {
            0 => format!("held: none of {all} pods was released"),
            1 => format!("held at 1 of {all} pods ({})", set.pod_at(all - 1)),
            _ => format!(
                "held at {updated} of {all} pods ({} to {})",
                set.pod_at(all - 1),
                set.pod_at(self.first())
            ),
        }
    }

    fn wait(&mut self, what: String, until: Option<Timestamp>, wake: Option<Timestamp>) -> Move {
        let waiting = Waiting { what, until };
        if self.waiting.as_ref() != Some(&waiting) {
            self.waiting = Some(waiting.clone());
            self.events.push(Event::Waiting(waiting));
        }
        // The lock has to be renewed, and the time limit looked at, even if nothing else happens.
        let beat = self.run.holder.as_ref().map(|holder| after(holder.beat, HEARTBEAT));
        let total = self.options.timeout.map(|timeout| after(self.began, timeout));
        Move::Wait { wake: [wake, beat, total].into_iter().flatten().min() }
    }

    /// Learns which revision the template made, and makes sure that it is this template's.
    ///
    /// The controller may have skipped ours: of templates written in quick succession only the
    /// last becomes a revision, and `observedGeneration` says nothing about which one that was.
    fn pin(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        if !set.observed() {
            let what = "waiting for the controller to see the new template".to_owned();
            return self.wait_or_time_out(set, what, None, None, now);
        }
        let name = &set.status.update_revision;
        let Some(revision) = snapshot.revision(name) else {
            return Move::ReadRevision(name.clone());
        };
        if revision.template.json != self.template {
            // Observed, yet made from another template: status of an older spec, or somebody
            // else's. The next reading tells which; `conflict` catches the second.
            let what = format!("waiting for a revision of the new template ({name} is another)");
            return self.wait_or_time_out(set, what, None, Some(after(now, RETRY)), now);
        }
        self.run.target.clone_from(name);
        self.events.push(Event::Pinned { revision: name.clone() });
        self.announced.pinned = true;
        self.moved = now;
        self.judge(snapshot, now)
    }

    fn show(&mut self, snapshot: &Snapshot, now: Timestamp) {
        let mut rows = std::mem::take(&mut self.rows);
        let terms = self.terms(&snapshot.set);
        let changes =
            rows.changes(snapshot, &self.run.target, |pod| self.judging.extra(terms, pod, now));
        self.rows = rows;
        self.events.extend(changes);
    }

    fn wait_or_time_out(
        &mut self,
        set: &Set,
        what: String,
        until: Option<Timestamp>,
        wake: Option<Timestamp>,
        now: Timestamp,
    ) -> Move {
        let limit = after(self.moved, self.options.step_timeout);
        if now >= limit {
            let summary = format!("timed out: {what}; {}", self.held_at(set));
            return Move::End(self.stop(set, Exit::TimedOut, summary, RunPhase::Failed));
        }
        self.wait(what, until, Some(wake.map_or(limit, |wake| wake.min(limit))))
    }

    fn judge(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        if self.options.timeout.is_some_and(|timeout| now >= after(self.began, timeout)) {
            let summary = format!("timed out; {}", self.held_at(set));
            return Move::End(self.stop(set, Exit::TimedOut, summary, RunPhase::Staging));
        }
        let stale = self.run.holder.as_ref().is_none_or(|h| now >= after(h.beat, HEARTBEAT));
        if stale {
            return Move::Write(Step::PatchSet(self.patch(set, |_| {}, now)));
        }
        if !self.announced.pinned && self.run.target.is_empty() {
            return self.pin(snapshot, now);
        }
        if let Some(next) = self.rest_of_turn(snapshot, now) {
            return next;
        }
        match self.released_pods(snapshot, now) {
            Some(next) => next,
            None => self.advance(snapshot, now),
        }
    }
}

impl Machine for Stage {
    fn next(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        self.catch_up(set, now);
        if let Some(summary) = self.finishing.as_ref().filter(|_| self.finished(set)) {
            if !set.observed() && now < after(self.moved, RETRY) {
                // The restored strategy is a change of the spec: once the controller has seen it,
                // whoever asks for the status gets the final answer.
                return Move::Wait { wake: Some(after(self.moved, RETRY)) };
            }
            return Move::End(End {
                exit: Exit::Success,
                summary: summary.clone(),
                then: Then::Nothing,
                parting: None,
            });
        }
        if let Some(what) = self.conflict(set) {
            let mut end = self.stop(set, Exit::Conflict, what, RunPhase::Failed);
            end.then = Then::Look;
            return Move::End(end);
        }
        self.judging.observe(snapshot, now);
        self.count(snapshot);
        let next = self.judge(snapshot, now);
        // Shown last: a pod that has just passed is told as passed, not as ready and passed.
        self.show(snapshot, now);
        next
    }

    fn written(&mut self, set: Option<&Set>, now: Timestamp) {
        self.deleted(now);
        let Some(run) = self.writing.take() else { return };
        self.overtaken = false;
        let (before, after) = (self.first(), run.partition.min(run.replicas));
        let dropped = run.partition < self.run.partition;
        self.run = run;
        if let Some(set) = set.filter(|_| dropped) {
            let pods: Vec<String> = (after..before).rev().map(|index| set.pod_at(index)).collect();
            for index in after..before {
                self.released_pods.insert(set.wanted.at(index), now);
            }
            self.events.push(Event::Released { pods });
            self.moved = now;
            self.budgets_at = None;
            self.waiting = None;
        }
    }

    fn rejected(&mut self, why: Rejection) {
        if let Some(turns) = &mut self.turns {
            turns.refused(&why);
        }
        self.overtaken = true;
        self.writing = None;
    }

    fn budgets_read(&mut self, now: Timestamp) {
        self.budgets_at = Some(now);
    }

    fn gated(&mut self, uid: &str, result: GateResult, _now: Timestamp) {
        self.judging.gated(uid, result);
    }

    fn led(&mut self, answer: Result<Ordinal, String>, now: Timestamp) {
        if let Some(turns) = &mut self.turns {
            turns.led(answer, now);
        }
    }

    fn answered(&mut self, approved: bool) {
        if approved {
            self.run.approved += 1;
        } else {
            self.announced.declined = true;
        }
    }

    fn interrupted(&mut self, snapshot: &Snapshot, exit: Exit, _now: Timestamp) -> End {
        let summary = format!("interrupted; {}", self.held_at(&snapshot.set));
        self.stop(&snapshot.set, exit, summary, RunPhase::Staging)
    }

    fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}

#[cfg(test)]
mod tests;
