//! The staged rollout: hold, pin, then one pod at a time past every gate.
//!
//! The partition only ever goes down here, and only after everything above it has passed. That is
//! what makes it safe to stop at any instant: whatever this process was doing, the set stays at
//! the partition last written.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::exit::Exit;
use crate::model::ordinal::Ordinal;
use crate::model::pod::{Pod, Trouble};
use crate::model::run::{HEARTBEAT, Holder, RecordedRun, Run, RunPhase};
use crate::model::set::{PodManagement, Set};
use crate::model::snapshot::Snapshot;
use crate::plan::headroom::{self, Blocker};
use crate::plan::options::{Approve, BudgetRule, Options};
use crate::plan::step::{RunChange, SetPatch, Step, StrategyChange};
use crate::plan::verdict::{Need, Verdict, judge};
use crate::progress::event::{Event, Started, StepProgress, Waiting};
use crate::progress::machine::{End, GateResult, GateSubject, Machine, Move, Then};
use crate::progress::rows::{Extra, Rows, rows};

/// How long to wait before asking again for something no watch tells about.
const RETRY: SignedDuration = SignedDuration::from_secs(5);

/// How often an extra gate that cannot tell is asked again before the rollout is held.
const INCONCLUSIVE_LIMIT: u32 = 4;

/// How long to wait between two such questions.
const INCONCLUSIVE_PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// A staged rollout in progress.
#[derive(Debug)]
pub struct Stage {
    options: Options,
    /// What to do about extra gates: `None` when there are none.
    gates: Option<Gates>,
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
    seen: Seen,
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
struct Gates {
    running: Option<String>,
    passed: BTreeSet<String>,
    inconclusive: BTreeMap<String, u32>,
    again_at: Option<Timestamp>,
    failure: Option<(String, GateResult)>,
}

/// What this process has seen of pods, by UID.
#[derive(Debug, Default)]
struct Seen {
    unready: BTreeSet<String>,
    ready: BTreeMap<String, ReadySince>,
    trouble: BTreeMap<String, Timestamp>,
    /// Restarts that are forgiven: those a pod already had when this process first saw it.
    restarts: BTreeMap<String, u32>,
    passed: BTreeSet<String>,
}

/// Since when a pod has been ready.
#[derive(Debug)]
struct ReadySince {
    /// As its condition says, by the server's clock.
    condition: Option<Timestamp>,
    /// By the local clock, where this process saw it happen.
    seen: Option<Timestamp>,
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
        let mut seen = Seen::default();
        for pod in snapshot.own_pods().filter(|pod| pod.revision.as_deref() == Some(&run.target)) {
            seen.restarts.insert(pod.uid.clone(), pod.restarts);
        }
        let mut gates = gated.then(Gates::default);
        for index in (0..run.replicas).rev().take(run.passed as usize) {
            let Some(pod) = snapshot.pod_at(index) else { continue };
            if pod.revision.as_deref() == Some(&run.target) {
                seen.passed.insert(pod.uid.clone());
                if let Some(gates) = &mut gates {
                    gates.passed.insert(pod.uid.clone());
                }
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
            gates,
            writing: None,
            uid: set.uid.clone(),
            template: set.template.json.clone(),
            holder,
            began: now,
            moved: now,
            released_pods: BTreeMap::new(),
            seen,
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
        self.replicas() - self.first()
    }

    /// Somebody else's change, in words.
    fn conflict(&self, set: &Set) -> Option<String> {
        if set.uid != self.uid {
            return Some(format!("{} was deleted and created again", set.display()));
        }
        match &set.run {
            None => return Some("the record of this rollout was removed from the set".to_owned()),
            Some(RecordedRun::Unreadable(reason)) => {
                return Some(format!("the record of this rollout was damaged: {reason}"));
            }
            Some(RecordedRun::Read(run)) => {
                if run.id != self.run.id {
                    return Some("another staged rollout was begun on the set".to_owned());
                }
                match &run.holder {
                    Some(other) if other.token != self.holder.token => {
                        return Some(format!("{} took this rollout over", other.name));
                    }
                    _ => {}
                }
            }
        }
        if set.partition() != self.run.partition {
            return Some(self.partition_conflict(set));
        }
        if set.wanted.replicas != self.run.replicas {
            return Some(format!(
                "the set was scaled from {} to {} replicas",
                self.run.replicas, set.wanted.replicas
            ));
        }
        if set.wanted.start != self.run.start {
            return Some(format!(
                "spec.ordinals.start was changed from {} to {}",
                self.run.start, set.wanted.start
            ));
        }
        if set.template.json != self.template {
            return Some("the pod template was changed".to_owned());
        }
        let update = &set.status.update_revision;
        if !self.run.target.is_empty() && set.observed() && *update != self.run.target {
            return Some(format!(
                "the update revision is {update}, this rollout moves to {}",
                self.run.target
            ));
        }
        None
    }

    /// Takes in a write of ours that was carried out only after its answer had been given up: the
    /// record on the set carries our token.
    fn catch_up(&mut self, set: &Set, now: Timestamp) {
        if let Some(RecordedRun::Read(found)) = &set.run
            && found.id == self.run.id
            && found.holder.as_ref().is_some_and(|holder| holder.token == self.holder.token)
            && found.partition < self.run.partition
            && found.partition == set.partition()
        {
            self.writing = Some(found.clone());
            self.written(Some(set), now);
        }
    }

    fn partition_conflict(&self, set: &Set) -> String {
        let by = set
            .managers
            .iter()
            .find(|manager| manager.partition && manager.manager != "kubectl-sts")
            .map_or_else(String::new, |manager| format!(" by {}", manager.manager));
        let keeps = |partition: u32| match partition.min(self.replicas()) {
            0 => "no pod is held back".to_owned(),
            1 => format!("{} is held back", set.pod_at(0)),
            kept => format!("{} to {} are held back", set.pod_at(0), set.pod_at(kept - 1)),
        };
        format!(
            "the partition was changed{by}: now {}, this rollout left it so that {}",
            keeps(set.partition()),
            keeps(self.run.partition)
        )
    }

    fn patch(&mut self, set: &Set, change: impl FnOnce(&mut Run), now: Timestamp) -> SetPatch {
        let mut run = self.run.clone();
        run.holder = Some(Holder { beat: now, ..self.holder.clone() });
        change(&mut run);
        self.writing = Some(run.clone());
        SetPatch { run: RunChange::Write(run), ..SetPatch::of(set) }
    }

    /// The end, with a last write that gives up the lock.
    fn stop(&mut self, set: &Set, exit: Exit, summary: String, phase: RunPhase) -> End {
        let mut run = self.run.clone();
        run.holder = None;
        run.phase = phase;
        let parting = Step::PatchSet(SetPatch { run: RunChange::Write(run), ..SetPatch::of(set) });
        End { exit, summary, then: Then::ContinueOrAbort, parting: Some(parting) }
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

    /// Keeps track of what pods went through.
    fn observe(&mut self, snapshot: &Snapshot, now: Timestamp) {
        for pod in snapshot.own_pods() {
            let uid = &pod.uid;
            if pod.is_ready() {
                self.seen.trouble.remove(uid);
                let condition = pod.ready_since;
                let seen = self.seen.unready.contains(uid).then_some(now);
                let known = self.seen.ready.entry(uid.clone());
                let known = known.or_insert(ReadySince { condition, seen });
                if known.condition != condition {
                    // It was unready in between, and no reading showed it.
                    *known = ReadySince { condition, seen: Some(now) };
                }
            } else {
                self.seen.unready.insert(uid.clone());
                self.seen.ready.remove(uid);
                if !pod.troubles.is_empty() {
                    self.seen.trouble.entry(uid.clone()).or_insert(now);
                }
            }
        }
    }

    /// When this pod's trouble will have lasted too long.
    fn patience(&self, pod: &Pod, trouble: &Trouble, now: Timestamp) -> Timestamp {
        let since = self.seen.trouble.get(&pod.uid).copied().unwrap_or(now);
        after(since, self.options.grace_for(trouble.kind))
    }

    fn ready_for(&self, set: &Set) -> SignedDuration {
        self.options.soak.max(SignedDuration::from_secs(i64::from(set.min_ready_seconds)))
    }

    fn verdict(&self, set: &Set, pod: Option<&Pod>, now: Timestamp) -> Verdict {
        let uid = pod.map_or("", |pod| pod.uid.as_str());
        let forgiven = self.seen.restarts.get(uid).copied().unwrap_or(0);
        let need = Need {
            revision: &self.run.target,
            ready_for: self.ready_for(set),
            seen_ready: self.seen.ready.get(uid).and_then(|since| since.seen),
            restarts: forgiven.saturating_add(self.options.max_restarts),
        };
        judge(pod, &need, now)
    }

    fn show(&mut self, snapshot: &Snapshot, now: Timestamp) {
        let mut rows = std::mem::take(&mut self.rows);
        let changes = rows.changes(snapshot, &self.run.target, |pod| {
            if self.gates.as_ref().is_some_and(|gates| gates.running.as_ref() == Some(&pod.uid)) {
                return Extra::Gating;
            }
            if self.seen.passed.contains(&pod.uid) {
                return Extra::None;
            }
            match self.verdict(&snapshot.set, Some(pod), now) {
                Verdict::Soaking { until } => Extra::Soaking(until),
                _ => Extra::None,
            }
        });
        self.rows = rows;
        self.events.extend(changes);
    }

    /// Judges every released pod; `None` when all have passed.
    fn released_pods(&mut self, snapshot: &Snapshot, now: Timestamp) -> Option<Move> {
        let set = &snapshot.set;
        let mut pending: Option<(String, Option<Timestamp>, Option<Timestamp>)> = None;
        // A pod that is only being watched passes at a known time, however long that is.
        let mut stuck = false;
        for index in (self.first()..self.replicas()).rev() {
            let ordinal = set.wanted.at(index);
            let name = set.pod_name(ordinal);
            let pod = snapshot.pod(ordinal);
            let verdict = self.verdict(set, pod, now);
            let note = match (&verdict, pod) {
                (Verdict::Restarted { restarts }, pod) => {
                    let times = if *restarts == 1 {
                        "once".to_owned()
                    } else {
                        format!("{restarts} times")
                    };
                    let trouble = pod.and_then(|pod| pod.troubles.first());
                    let why = trouble.map_or_else(String::new, |t| format!(" ({})", t.reason));
                    return Some(self.reject(set, &format!("pod {name} restarted {times}{why}")));
                }
                (Verdict::Troubled(trouble), Some(pod)) => {
                    let until = self.patience(pod, trouble, now);
                    if now >= until {
                        return Some(self.reject(set, &describe(&name, trouble)));
                    }
                    (format!("{}; held if it lasts", describe(&name, trouble)), Some(until))
                }
                (Verdict::Soaking { until }, _) => {
                    (format!("pod {name} is ready; watching it"), Some(*until))
                }
                (Verdict::Good, Some(pod)) => match self.gate(set, pod, ordinal, now) {
                    GateStep::Passed => continue,
                    GateStep::Move(next) => return Some(next),
                    GateStep::Wait(what, until) => (what, until),
                },
                (Verdict::NotYet | Verdict::Good | Verdict::Troubled(_), _) => {
                    (self.not_yet(snapshot, &name, pod), None)
                }
            };
            stuck |= !matches!(verdict, Verdict::Soaking { .. });
            // The first one named is the highest: that is where the controller works.
            let wake = pending.as_ref().and_then(|(_, _, wake)| *wake).into_iter().chain(note.1);
            let wake = wake.min();
            pending = match pending {
                Some((what, until, _)) => Some((what, until, wake)),
                None => Some((note.0, note.1, wake)),
            };
        }
        let (what, until, wake) = pending?;
        let lower = self.troubled_below(snapshot, now);
        if let Some((pod, trouble, patience)) = &lower
            && now >= *patience
        {
            let what = describe(pod, trouble);
            let what = format!("{what}: it blocks the rollout, not the new revision");
            return Some(self.fail(set, &what));
        }
        let wake = wake.into_iter().chain(lower.map(|(_, _, patience)| patience)).min();
        if !stuck {
            self.moved = now;
            return Some(self.wait(what, until, wake));
        }
        Some(self.wait_or_time_out(set, what, until, wake, now))
    }

    /// The lowest pod below the released ones whose status names an error, and how long that is
    /// put up with. The controller does nothing while it lasts, and the canary is not to blame.
    fn troubled_below(
        &self,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Option<(String, Trouble, Timestamp)> {
        if snapshot.set.management == PodManagement::Parallel && self.options.tolerate_unready > 0 {
            // The controller may well go on in spite of it; the time limit tells.
            return None;
        }
        (0..self.first()).filter_map(|index| snapshot.pod_at(index)).find_map(|pod| {
            let trouble = pod.troubles.first().filter(|_| !pod.is_ready())?;
            Some((pod.name.clone(), trouble.clone(), self.patience(pod, trouble, now)))
        })
    }

    fn not_yet(&self, snapshot: &Snapshot, name: &str, pod: Option<&Pod>) -> String {
        let set = &snapshot.set;
        let lower = headroom::unavailable(snapshot, self.first(), 0, Timestamp::MAX);
        if let Some(Blocker::Unready { pod: low, reason }) = lower.first() {
            let why = match set.management {
                PodManagement::OrderedReady => "the controller moves no pod until it is",
                PodManagement::Parallel => "it uses up what may be unavailable",
            };
            return format!("pod {low} is not ready ({reason}): {why}");
        }
        match pod {
            None => format!("waiting for pod {name} to be created"),
            Some(pod) if pod.deleting_since.is_some() => format!("waiting for pod {name} to end"),
            Some(pod) if pod.revision.as_deref() != Some(self.run.target.as_str()) => {
                format!("waiting for the controller to replace pod {name}")
            }
            Some(_) => format!("waiting for pod {name} to be ready"),
        }
    }

    fn gate(&mut self, set: &Set, pod: &Pod, ordinal: Ordinal, now: Timestamp) -> GateStep {
        let uid = pod.uid.clone();
        if let Some(gates) = &mut self.gates
            && !gates.passed.contains(&uid)
        {
            if let Some((_, result)) = gates.failure.take_if(|(about, _)| *about == uid) {
                let pod = &pod.name;
                let with = |what: &str, detail: &str| {
                    let detail =
                        if detail.is_empty() { String::new() } else { format!(": {detail}") };
                    format!("{what} pod {pod}{detail}")
                };
                match result {
                    GateResult::Failed { gate, detail } => {
                        let what = with(&format!("gate {gate} failed for"), &detail);
                        return GateStep::Move(self.reject(set, &what));
                    }
                    GateResult::Inconclusive { gate, detail } => {
                        let what = with(&format!("gate {gate} could not tell about"), &detail);
                        return GateStep::Move(self.fail(set, &what));
                    }
                    GateResult::Passed => {}
                }
            }
            if gates.running.is_some() {
                return GateStep::Wait(format!("running gates for pod {}", pod.name), None);
            }
            if let Some(again) = gates.again_at.filter(|again| now < *again) {
                let what = format!("a gate could not tell about pod {}; asking again", pod.name);
                return GateStep::Wait(what, Some(again));
            }
            gates.running = Some(uid.clone());
            return GateStep::Move(Move::RunGates(GateSubject {
                pod: pod.name.clone(),
                uid,
                ordinal,
                revision: self.run.target.clone(),
                step: self.run.approved + 1,
            }));
        }
        if self.seen.passed.insert(uid) {
            let took = self.released_pods.get(&ordinal).map(|since| now.duration_since(*since));
            self.events.push(Event::PodPassed { pod: pod.name.clone(), took });
            self.moved = now;
        }
        GateStep::Passed
    }

    fn step_progress(&self, set: &Set, number: u32) -> StepProgress {
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
            pods: (before..updated).map(|done| set.pod_at(all - 1 - done)).collect(),
        }
    }

    /// Everything released has passed: release more, stop between steps, or finish.
    fn advance(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        let counts = self.run.steps.counts(self.replicas());
        let updated = self.updated();
        if updated == self.replicas() {
            self.announce_passed(set);
            return if set.observed() { self.finish(set, now) } else { self.unobserved(set, now) };
        }
        let Some(goal) = counts.get(self.run.approved as usize).copied() else {
            let summary = format!("all steps are done; {}", self.held_at(set));
            return Move::End(self.stop(set, Exit::Held, summary, RunPhase::Staging));
        };
        if updated < goal {
            return self.release(snapshot, goal, now);
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
    fn unobserved(&mut self, set: &Set, now: Timestamp) -> Move {
        let what = "waiting for the controller to see the latest spec".to_owned();
        self.wait_or_time_out(set, what, None, None, now)
    }

    fn announce_passed(&mut self, set: &Set) {
        let number = self.run.approved + 1;
        if self.announced.step_passed < number && self.updated() > 0 {
            self.announced.step_passed = number;
            let progress = self.step_progress(set, number);
            self.events.push(Event::StepPassed(progress));
        }
    }

    /// Releases the next pods if the rest of the set can spare them.
    fn release(&mut self, snapshot: &Snapshot, goal: u32, now: Timestamp) -> Move {
        let set = &snapshot.set;
        let number = self.run.approved + 1;
        if self.announced.step_started < number {
            self.announced.step_started = number;
            let progress = self.step_progress(set, number);
            self.events.push(Event::StepStarted(progress));
        }
        if !set.observed() {
            return self.unobserved(set, now);
        }
        if let Some(pod) = snapshot.left_over().next() {
            let what = format!("waiting for pod {} of an earlier scale-down to go", pod.name);
            return self.wait_or_time_out(set, what, None, None, now);
        }
        let tolerate = self.options.tolerate_unready;
        if let Some(blocker) =
            headroom::unavailable(snapshot, self.replicas(), tolerate, now).into_iter().next()
        {
            return self.blocked(snapshot, &blocker, now);
        }
        if self.overtaken && set.status.ready < ready(snapshot) {
            // The set is fresher than the pods: the controller counts fewer ready pods than the
            // watch has shown, so the watch may have missed one going down.
            let what = "waiting for the pods and the set's status to agree".to_owned();
            return self.wait_or_time_out(set, what, None, Some(after(now, RETRY)), now);
        }
        let updated = self.updated();
        let batch = self.options.batch.min(goal - updated);
        let top = self.replicas() - updated;
        let pods: Vec<&Pod> =
            (top - batch..top).filter_map(|index| snapshot.pod_at(index)).collect();
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
    fn blocked(&mut self, snapshot: &Snapshot, blocker: &Blocker, now: Timestamp) -> Move {
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
        if let Blocker::Unready { pod: name, .. } = blocker
            && let Some(pod) = snapshot.own_pods().find(|pod| pod.name == *name)
            && let Some(trouble) = pod.troubles.first()
        {
            let until = self.patience(pod, trouble, now);
            let what = describe(name, trouble);
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
        match self.released_pods(snapshot, now) {
            Some(next) => next,
            None => self.advance(snapshot, now),
        }
    }

    /// Whether the last write is in the set, even where its answer was lost.
    fn finished(&self, set: &Set) -> bool {
        set.uid == self.uid
            && set.run.is_none()
            && set.template.json == self.template
            && self.run.original.is(&set.strategy)
    }

    /// Every pod is updated and has passed: the original strategy comes back, which releases
    /// nothing any more.
    fn finish(&mut self, set: &Set, now: Timestamp) -> Move {
        let took = now.duration_since(self.began);
        self.moved = now;
        self.finishing = Some(format!(
            "all {} pods run {} and passed every gate ({}s)",
            self.replicas(),
            self.run.target,
            took.as_secs().max(0)
        ));
        Move::Write(Step::PatchSet(SetPatch {
            strategy: StrategyChange::Restore(self.run.original.clone()),
            run: RunChange::Remove,
            ..SetPatch::of(set)
        }))
    }
}

#[expect(clippy::large_enum_variant, reason = "lives for one call")]
enum GateStep {
    Passed,
    Move(Move),
    Wait(String, Option<Timestamp>),
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
            let ours = matches!(&set.run, Some(RecordedRun::Read(run))
                if run.id == self.run.id
                    && run.holder.as_ref().is_none_or(|holder| holder.token == self.holder.token));
            let mut end = self.stop(set, Exit::Conflict, what, RunPhase::Failed);
            end.then = Then::Look;
            end.parting = end.parting.filter(|_| ours && set.uid == self.uid);
            return Move::End(end);
        }
        self.observe(snapshot, now);
        let next = self.judge(snapshot, now);
        // Shown last: a pod that has just passed is told as passed, not as ready and passed.
        self.show(snapshot, now);
        next
    }

    fn written(&mut self, set: Option<&Set>, now: Timestamp) {
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

    fn rejected(&mut self) {
        self.overtaken = true;
        self.writing = None;
    }

    fn budgets_read(&mut self, now: Timestamp) {
        self.budgets_at = Some(now);
    }

    fn gated(&mut self, uid: &str, result: GateResult, now: Timestamp) {
        let Some(gates) = &mut self.gates else { return };
        gates.running = None;
        match result {
            GateResult::Passed => {
                gates.passed.insert(uid.to_owned());
                gates.again_at = None;
            }
            GateResult::Failed { .. } => gates.failure = Some((uid.to_owned(), result)),
            GateResult::Inconclusive { .. } => {
                let times = gates.inconclusive.entry(uid.to_owned()).or_default();
                *times += 1;
                if *times > INCONCLUSIVE_LIMIT {
                    gates.failure = Some((uid.to_owned(), result));
                } else {
                    gates.again_at = Some(after(now, INCONCLUSIVE_PAUSE));
                }
            }
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

/// How many of the set's pods look ready.
fn ready(snapshot: &Snapshot) -> u32 {
    u32::try_from(snapshot.own_pods().filter(|pod| pod.is_ready()).count()).unwrap_or(u32::MAX)
}

fn describe(pod: &str, trouble: &Trouble) -> String {
    let container =
        trouble.container.as_deref().map_or(String::new(), |name| format!(" in container {name}"));
    let message =
        if trouble.message.is_empty() { String::new() } else { format!(": {}", trouble.message) };
    format!("pod {pod} is not ready: {}{container}{message}", trouble.reason)
}

fn after(since: Timestamp, wait: SignedDuration) -> Timestamp {
    since.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
