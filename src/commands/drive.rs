//! Drives a machine, or several together: watches, writes, gates, questions and signals in one loop.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures::FutureExt as _;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;

use crate::cluster::clock;
use crate::cluster::session::Session;
use crate::cluster::status;
use crate::cluster::watch::{Reading, SetWatch, Stale};
use crate::cluster::write::Keep;
use crate::commands::context::{Context, tell};
use crate::commands::gates::{self, Asking};
use crate::commands::leader;
use crate::commands::signals::Signals;
use crate::convert::run::print;
use crate::exit::{Exit, Failure};
use crate::model::gate::Gate;
use crate::model::ordinal::Ordinal;
use crate::model::run::{HEARTBEAT, RecordedRun, Run};
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::step::{RunChange, SetPatch, Step};
use crate::progress::ensemble::{Ensemble, Solo};
use crate::progress::event::{Ended, Event, NextCommand, StepProgress};
use crate::progress::machine::{
    End, Finding, GateResult, GateSubject, Machine, Move, Question, Rejection,
};
use crate::terminal::prompt::Answer;
use crate::terminal::view::View;

/// How often the view is redrawn while nothing happens.
const FRAME: Duration = Duration::from_millis(200);

/// How long to wait before looking again after a write whose fate is not known.
const AFTER_FAULT: Duration = Duration::from_secs(1);

/// How often the parting write is tried again while others write to the set.
const PARTING_ATTEMPTS: usize = 10;

type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What a machine may ask its driver for.
#[derive(Clone, Copy)]
pub(super) struct Aid<'a> {
    /// Extra gates.
    pub gates: &'a [Gate],
    /// How long one run of one gate may take.
    pub gate_timeout: Duration,
    /// How long a write's fate may stay unknown, and the server silent.
    pub patience: SignedDuration,
}

/// Drives a machine to its end, and shows what happens on the way. The view is still open, for
/// [`finish`] or for a question.
pub(super) async fn drive(
    cx: &mut Context,
    snapshot: &mut Snapshot,
    machine: &mut dyn Machine,
    aid: Aid<'_>,
) -> Result<(End, View), Failure> {
    drive_all(cx, std::slice::from_mut(snapshot), &mut Solo(machine), aid).await
}

/// The same for several sets, each with its machine.
pub(super) async fn drive_all(
    cx: &mut Context,
    snapshots: &mut [Snapshot],
    ensemble: &mut dyn Ensemble,
    aid: Aid<'_>,
) -> Result<(End, View), Failure> {
    let mut signals = Signals::listen()?;
    let mut watches = Vec::with_capacity(snapshots.len());
    for snapshot in snapshots.iter() {
        watches.push(cx.session.watch(&snapshot.set).await?);
    }
    let mut view = cx.terminal.view();
    let mut drive = Drive {
        cx,
        view: &mut view,
        stale: vec![None; snapshots.len()],
        snapshots,
        watches,
        aid,
        signals: &mut signals,
    };
    match drive.run(ensemble).await {
        Ok(end) => Ok((end, view)),
        Err(failure) => {
            view.finish();
            Err(failure)
        }
    }
}

/// Shows the end, with commands to go on with.
pub(super) fn finish(cx: &mut Context, mut view: View, end: End, next: Vec<NextCommand>) -> Exit {
    let ended = Ended { exit: end.exit, summary: end.summary, next };
    view.show(clock::now(), &Event::Ended(ended));
    view.finish();
    cx.tell_notices();
    end.exit
}

/// A run being driven.
struct Drive<'a> {
    cx: &'a mut Context,
    view: &'a mut View,
    /// The sets as last read; kept up to date.
    snapshots: &'a mut [Snapshot],
    /// One for each set.
    watches: Vec<SetWatch>,
    aid: Aid<'a>,
    signals: &'a mut Signals,
    /// Of each set: since when its watches are known to be behind, while they are.
    stale: Vec<Option<Timestamp>>,
}

/// Gates that are running, each with the set and the pod it is about.
type Gating = FuturesUnordered<Later<(usize, String, GateResult)>>;

/// Questions that have been asked.
struct Answers<'a> {
    gating: &'a mut Gating,
    asking: &'a mut Option<Later<Answer>>,
    leading: &'a mut Option<Later<(usize, Result<Ordinal, String>)>>,
    gate_progress: &'a mut mpsc::UnboundedReceiver<Event>,
}

/// What ended a wait.
enum Woken {
    Reading(usize, Box<Result<Reading, Failure>>),
    Gated(usize, String, GateResult),
    Answered(Answer),
    Led(usize, Result<Ordinal, String>),
    GateEvent(Event),
    Signal(Exit),
    Due,
}

impl Drive<'_> {
    /// Runs the machines to their end. Every set is held at whatever was last written, however this
    /// returns.
    async fn run(&mut self, ensemble: &mut dyn Ensemble) -> Result<End, Failure> {
        let (gate_events, mut gate_progress) = mpsc::unbounded_channel();
        let mut gating = Gating::new();
        let mut asking: Option<Later<Answer>> = None;
        let mut leading: Option<Later<(usize, Result<Ordinal, String>)>> = None;
        let (at, end) = loop {
            let now = clock::now();
            if let Some(exit) = self.signals.pending() {
                break ensemble.interrupted(self.snapshots, exit, now);
            }
            let behind = self.stale.iter().flatten().min().copied();
            if behind.is_some_and(|since| now.duration_since(since) >= self.aid.patience) {
                return Err(Failure::new(
                    Exit::TimedOut,
                    anyhow::anyhow!("the API server could not be watched for too long"),
                ));
            }
            // Nothing is decided on what may be old.
            let (at, next) = match behind {
                Some(_) => (0, Move::Wait { wake: now.saturating_add(AFTER_FAULT).ok() }),
                None => ensemble.next(self.snapshots, now),
            };
            self.show(ensemble, now);
            let wake = match next {
                Move::End(end) => break (at, end),
                Move::Write(step) => {
                    let outcome = self.write(at, ensemble.machine(at), &step).await?;
                    self.show(ensemble, clock::now());
                    match outcome {
                        Outcome::Done => continue,
                        Outcome::Deleted(at) => break (at, ensemble.gone(at, self.snapshots)),
                    }
                }
                Move::ReadBudgets => {
                    let namespace = self.snapshots[at].set.namespace.clone();
                    let read = self.answer(at, async |session| session.budgets(&namespace).await);
                    self.snapshots[at].budgets = read.await??;
                    ensemble.machine(at).budgets_read(clock::now());
                    if let Some(at) = self.catch_up()? {
                        break (at, ensemble.gone(at, self.snapshots));
                    }
                    continue;
                }
                Move::ReadRevision(name) => {
                    let namespace = self.snapshots[at].set.namespace.clone();
                    let read =
                        self.answer(at, async |session| session.revision(&namespace, &name).await);
                    let revision = read.await??;
                    self.snapshots[at].revisions.push(revision);
                    if let Some(at) = self.catch_up()? {
                        break (at, ensemble.gone(at, self.snapshots));
                    }
                    continue;
                }
                Move::Find(question) => {
                    let finding = self.find(at, question).await?;
                    ensemble.machine(at).found(finding, clock::now());
                    if let Some(at) = self.catch_up()? {
                        break (at, ensemble.gone(at, self.snapshots));
                    }
                    continue;
                }
                Move::RunGates(subject) => {
                    gating.push(self.gate(at, subject, gate_events.clone()));
                    continue;
                }
                Move::AskLeader(leader) => {
                    let snapshot = self.snapshots[at].clone();
                    let (session, limit) = (self.cx.session.clone(), self.aid.gate_timeout);
                    leading = Some(
                        async move { (at, leader::ask(&session, &snapshot, &leader, limit).await) }
                            .boxed(),
                    );
                    continue;
                }
                Move::Ask(step) => {
                    if asking.is_none() {
                        self.view.show(now, &Event::AskingApproval(step.clone()));
                        asking = Some(self.cx.terminal.ask(&question(&step)).boxed());
                    }
                    // However long the answer takes, the lock is renewed.
                    now.saturating_add(HEARTBEAT).ok()
                }
                Move::Wait { wake } => wake,
            };
            let mut answers = Answers {
                gating: &mut gating,
                asking: &mut asking,
                leading: &mut leading,
                gate_progress: &mut gate_progress,
            };
            match self.wait(wake, &mut answers).await {
                Woken::Reading(at, reading) => {
                    // What the others have to say by now is as new.
                    let there = self.take(at, (*reading)?);
                    let gone = if there { self.catch_up()? } else { Some(at) };
                    if let Some(at) = gone {
                        break (at, ensemble.gone(at, self.snapshots));
                    }
                }
                Woken::Gated(at, uid, result) => {
                    while let Ok(event) = gate_progress.try_recv() {
                        self.view.show(clock::now(), &event);
                    }
                    ensemble.machine(at).gated(&uid, result, clock::now());
                }
                Woken::Led(at, answer) => {
                    leading = None;
                    ensemble.machine(at).led(answer, clock::now());
                }
                Woken::GateEvent(event) => self.view.show(clock::now(), &event),
                Woken::Answered(answer) => {
                    asking = None;
                    ensemble.answered(answer == Answer::Yes);
                }
                Woken::Signal(exit) => {
                    break ensemble.interrupted(self.snapshots, exit, clock::now());
                }
                Woken::Due => {}
            }
        };
        drop(gating);
        self.show(ensemble, clock::now());
        let own = end.parting.clone().map(|step| (at, step));
        for (at, step) in own.into_iter().chain(ensemble.partings()) {
            self.part(at, &step).await;
        }
        Ok(end)
    }

    fn show(&mut self, ensemble: &mut dyn Ensemble, now: Timestamp) {
        for event in ensemble.events() {
            self.view.show(now, &event);
        }
    }

    /// Begins to ask the extra gates about a pod.
    fn gate(
        &self,
        at: usize,
        subject: GateSubject,
        events: mpsc::UnboundedSender<Event>,
    ) -> Later<(usize, String, GateResult)> {
        let asked = Asking {
            session: self.cx.session.clone(),
            set: self.snapshots[at].set.clone(),
            timeout: self.aid.gate_timeout,
            events,
        };
        let list = self.aid.gates.to_vec();
        async move {
            let result = gates::ask(&asked, &list, &subject).await;
            (at, subject.uid, result)
        }
        .boxed()
    }

    async fn wait(&mut self, wake: Option<Timestamp>, answers: &mut Answers<'_>) -> Woken {
        let due = wake.map_or(Duration::from_secs(3600), clock::until);
        let due = tokio::time::sleep(due);
        tokio::pin!(due);
        let mut frame = tokio::time::interval(FRAME);
        loop {
            tokio::select! {
                biased;
                exit = self.signals.received() => return Woken::Signal(exit),
                (at, reading) = any(&mut self.watches) => {
                    return Woken::Reading(at, Box::new(reading.map_err(Failure::from)));
                }
                Some((at, uid, result)) = answers.gating.next() => {
                    return Woken::Gated(at, uid, result);
                }
                answer = maybe(answers.asking) => return Woken::Answered(answer),
                (at, answer) = maybe(answers.leading) => return Woken::Led(at, answer),
                Some(event) = answers.gate_progress.recv() => return Woken::GateEvent(event),
                () = &mut due => return Woken::Due,
                Some(notice) = self.cx.notices.recv() => tell(&self.cx.terminal, &notice),
                _ = frame.tick() => self.view.tick(clock::now()),
            }
        }
    }

    /// Takes a reading in; false when the set is gone.
    fn take(&mut self, at: usize, reading: Reading) -> bool {
        let now = clock::now();
        self.staleness(at, now, reading.stale);
        let Some(set) = reading.set else { return false };
        let snapshot = &mut self.snapshots[at];
        // A watch may still be behind the answer to our own write.
        if !older(&set.resource_version, &snapshot.set.resource_version) {
            snapshot.set = set;
        }
        snapshot.pods = reading.pods;
        snapshot.taken_at = now;
        true
    }

    /// Tells when the connection breaks and when it works again.
    fn staleness(&mut self, at: usize, now: Timestamp, stale: Option<Stale>) {
        let before = self.stale.iter().any(Option::is_some);
        match (&stale, self.stale[at]) {
            (Some(Stale { since, .. }), None) => self.stale[at] = Some(*since),
            (None, Some(_)) => self.stale[at] = None,
            _ => return,
        }
        match (stale, self.stale.iter().any(Option::is_some)) {
            (Some(Stale { since, reason }), _) if !before => {
                self.view.show(now, &Event::Stale { since, reason });
            }
            (None, false) => self.view.show(now, &Event::Fresh),
            _ => {}
        }
    }

    /// Sends one write, once. When its fate is not known (the connection broke, the server timed
    /// out) the set is read again: it carries the run as written, or the write did not happen.
    async fn write(
        &mut self,
        at: usize,
        machine: &mut dyn Machine,
        step: &Step,
    ) -> Result<Outcome, Failure> {
        let error = match self.cx.session.apply(step, Keep::Written).await {
            Ok(answer) => {
                let answer = answer.set();
                if let Some(set) = &answer {
                    self.snapshots[at].set = set.clone();
                }
                machine.written(answer.as_ref(), clock::now());
                return Ok(Outcome::Done);
            }
            Err(error) => error,
        };
        if matches!(step, Step::EvictPod(_))
            && let Some(words) = status::full_budget(&error)
        {
            machine.rejected(Rejection::Budget(words));
            return Ok(Outcome::Done);
        }
        if !status::is_conflict(&error)
            && !status::is_not_found(&error)
            && !status::is_unclear(&error)
        {
            return Err(Failure::from(error));
        }
        if status::is_unclear(&error) {
            tokio::time::sleep(AFTER_FAULT).await;
            let reason = format!("{:#}", Failure::from(error).cause);
            let since = clock::now();
            self.staleness(at, since, Some(Stale { since, reason }));
        }
        let Some(set) = self.read_again(at).await? else { return Ok(Outcome::Deleted(at)) };
        self.staleness(at, clock::now(), None);
        if let Some(at) = self.catch_up()? {
            return Ok(Outcome::Deleted(at));
        }
        self.snapshots[at].set = set;
        let set = &self.snapshots[at].set;
        match step {
            Step::PatchSet(patch) if carried_out(patch, set) => {
                machine.written(Some(set), clock::now());
            }
            // The watch will say whether the set has the size that was asked for.
            Step::Scale(scaling) if set.wanted.replicas == scaling.replicas => {
                machine.written(Some(set), clock::now());
            }
            // The pod is not what was judged; the watch will say what it is now.
            Step::DeletePod(_) | Step::EvictPod(_) => {
                machine.rejected(Rejection::Changed);
                let watch = self.watches[at].next();
                if let Ok(reading) = tokio::time::timeout(AFTER_FAULT, watch).await
                    && !self.take(at, reading.map_err(Failure::from)?)
                {
                    return Ok(Outcome::Deleted(at));
                }
            }
            _ => machine.rejected(Rejection::Changed),
        }
        Ok(Outcome::Done)
    }

    /// Reads what no watch tells.
    async fn find(&mut self, at: usize, question: Question) -> Result<Finding, Failure> {
        let set = self.snapshots[at].set.clone();
        let namespace = set.namespace.as_str();
        Ok(match question {
            Question::Events => {
                let read = self.answer(at, async |session| session.events(&set).await).await??;
                Finding::Events(read)
            }
            Question::Claims => {
                let ask = async |session: &Session| session.claims(Some(namespace)).await;
                Finding::Claims(self.answer(at, ask).await??)
            }
            Question::Nodes => {
                Finding::Nodes(self.answer(at, async |session| session.nodes().await).await??)
            }
        })
    }

    /// Reads the set again; `None` when it is gone.
    async fn read_again(&mut self, at: usize) -> Result<Option<Set>, Failure> {
        let set = &self.snapshots[at].set;
        let (namespace, name) = (set.namespace.clone(), set.name.clone());
        match self.answer(at, async |session| session.set(&namespace, &name).await).await? {
            Ok(set) => Ok(Some(set)),
            Err(error) if status::is_not_found(&error) => Ok(None),
            Err(error) => Err(Failure::from(error)),
        }
    }

    /// Asks until the server answers, whatever it says; nothing is decided meanwhile.
    async fn answer<T>(
        &mut self,
        at: usize,
        ask: impl AsyncFn(&Session) -> Result<T, kube::Error>,
    ) -> Result<Result<T, kube::Error>, Failure> {
        let session = self.cx.session.clone();
        let since = clock::now();
        let mut failed = false;
        loop {
            let error = match ask(&session).await {
                Err(error) if status::is_unclear(&error) => error,
                answer => {
                    if failed {
                        self.staleness(at, clock::now(), None);
                    }
                    return Ok(answer);
                }
            };
            if clock::now().duration_since(since) >= self.aid.patience {
                return Err(Failure::from(error));
            }
            failed = true;
            let reason = format!("{:#}", Failure::from(error).cause);
            self.staleness(at, clock::now(), Some(Stale { since, reason }));
            let pause = tokio::time::sleep(AFTER_FAULT);
            tokio::select! {
                () = pause => {}
                exit = self.signals.received() => {
                    return Err(Failure::new(exit, anyhow::anyhow!(
                        "interrupted while the API server could not be reached; the set is \
                         held where it was last left"
                    )));
                }
            }
        }
    }

    /// Takes in what the watches have had to say during a request: that they have lost their
    /// connection, above all. Answers which set is gone, if one is.
    fn catch_up(&mut self) -> Result<Option<usize>, Failure> {
        for at in 0..self.watches.len() {
            while let Some(reading) = self.watches[at].next().now_or_never() {
                if !self.take(at, reading?) {
                    return Ok(Some(at));
                }
            }
        }
        Ok(None)
    }

    /// The parting write; the set is as safe without it, only locked for a minute.
    async fn part(&mut self, at: usize, step: &Step) {
        let session = self.cx.session.clone();
        let token = token(&self.snapshots[at].set).map(str::to_owned);
        let write = async {
            match session.apply(step, Keep::Written).await {
                Err(error) if status::is_conflict(&error) => {
                    part_anew(&session, step, token.as_deref(), error).await
                }
                other => other.map(|_| ()),
            }
        };
        tokio::select! {
            result = write => {
                if let Err(error) = result {
                    let failure = Failure::from(error);
                    let text = format!("the lock could not be given up: {:#}; it expires by itself", failure.cause);
                    self.view.show(clock::now(), &Event::Notice(text));
                }
            }
            _ = self.signals.received() => {}
        }
    }
}

/// The same parting write on a fresh reading, a few times: while pods move, the status of their
/// set changes many times a second.
async fn part_anew(
    session: &Session,
    step: &Step,
    holder: Option<&str>,
    conflict: kube::Error,
) -> Result<(), kube::Error> {
    let Step::PatchSet(patch) = step else { return Ok(()) };
    let RunChange::Write(last_words) = &patch.run else { return Ok(()) };
    let mut last = conflict;
    for _ in 0..PARTING_ATTEMPTS {
        let set = session.set(&patch.namespace, &patch.name).await?;
        // Somebody may have taken over, or the answer to the last release may have been lost.
        let Some(RecordedRun::Read(now)) = &set.run else { return Ok(()) };
        if set.uid != patch.uid || now.id != last_words.id || token(&set) != holder {
            return Ok(());
        }
        let run = if now.partition == last_words.partition {
            last_words.clone()
        } else {
            Run { holder: None, phase: last_words.phase, ..now.clone() }
        };
        let patch = SetPatch {
            resource_version: set.resource_version,
            run: RunChange::Write(run),
            ..patch.clone()
        };
        match session.apply(&Step::PatchSet(patch), Keep::Written).await {
            Err(error) if status::is_conflict(&error) => last = error,
            other => return other.map(|_| ()),
        }
    }
    Err(last)
}

/// The token of whoever holds the lock of a set.
fn token(set: &Set) -> Option<&str> {
    match &set.run {
        Some(RecordedRun::Read(run)) => run.holder.as_ref().map(|holder| holder.token.as_str()),
        _ => None,
    }
}

enum Outcome {
    Done,
    /// This set is gone.
    Deleted(usize),
}

/// The next reading of any of the watches.
async fn any(watches: &mut [SetWatch]) -> (usize, Result<Reading, kube::Error>) {
    let next = watches.iter_mut().map(|watch| Box::pin(watch.next()));
    let (reading, at, _) = futures::future::select_all(next).await;
    (at, reading)
}

async fn maybe<T>(future: &mut Option<Later<T>>) -> T {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

/// Whether a patch whose answer was lost is in the set.
fn carried_out(patch: &SetPatch, set: &Set) -> bool {
    match (&patch.run, &set.run) {
        (RunChange::Write(ours), Some(RecordedRun::Read(found))) => print(found) == print(ours),
        (RunChange::Remove, found) => found.is_none(),
        _ => false,
    }
}

/// Whether one version of an object is older than another. Versions are integers on every server
/// that stores in etcd, and comparable by specification since 1.35 (KEP-5504); others are not
/// compared.
fn older(version: &str, than: &str) -> bool {
    match (version.parse::<u64>(), than.parse::<u64>()) {
        (Ok(version), Ok(than)) => version < than,
        _ => false,
    }
}

fn question(step: &StepProgress) -> String {
    format!(
        "step {} of {} passed: {} of {} pods updated. Go on with the next step?",
        step.number, step.of, step.updated, step.replicas
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_holder, a_run, a_set, at};

    #[test]
    fn versions_are_compared_as_numbers_or_not_at_all() {
        assert!(older("9", "10"));
        assert!(!older("10", "9") && !older("10", "10"));
        assert!(!older("abc", "10") && !older("9", "v10") && !older("", "1"));
    }

    #[test]
    fn a_write_whose_answer_was_lost_is_recognised_by_its_record() {
        let set = a_set("db");
        let run = Run { partition: 2, ..a_run(&set) };
        let patch = SetPatch { run: RunChange::Write(run.clone()), ..SetPatch::of(&set) };
        let found = |run: Run| set.clone().recording(run);
        // Times lose their fraction on the way.
        let holder =
            Some(a_holder(at(0).saturating_add(SignedDuration::from_millis(400)).unwrap()));
        assert!(carried_out(&patch, &found(Run { holder, ..run.clone() })));
        assert!(!carried_out(&patch, &found(Run { partition: 3, ..run.clone() })));
        let later = Some(a_holder(at(20)));
        assert!(!carried_out(&patch, &found(Run { holder: later, ..run.clone() })));
        assert!(!carried_out(&patch, &set));
        let removal = SetPatch { run: RunChange::Remove, ..SetPatch::of(&set) };
        assert!(carried_out(&removal, &set));
        assert!(!carried_out(&removal, &found(run)));
        assert!(!carried_out(&SetPatch::of(&set), &set), "it says nothing");
    }
}
