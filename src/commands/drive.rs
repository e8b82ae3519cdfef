//! Drives a machine: watches, writes, gates, questions and signals in one loop.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use futures::FutureExt as _;
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
use crate::progress::event::{Ended, Event, NextCommand, StepProgress};
use crate::progress::machine::{
    End, Finding, GateResult, Machine, Move, Question, Rejection, Then,
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
    let mut signals = Signals::listen()
        .map_err(|error| anyhow::Error::from(error).context("could not listen for signals"))?;
    let mut watch = cx.session.watch(&snapshot.set).await?;
    let mut view = cx.terminal.view();
    let mut drive = Drive {
        cx,
        view: &mut view,
        snapshot,
        watch: &mut watch,
        aid,
        signals: &mut signals,
        since_stale: None,
    };
    match drive.run(machine).await {
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
    /// The cluster as last read; kept up to date.
    snapshot: &'a mut Snapshot,
    watch: &'a mut SetWatch,
    aid: Aid<'a>,
    signals: &'a mut Signals,
    /// Since when the watches are known to be behind, while they are.
    since_stale: Option<Timestamp>,
}

/// Questions that have been asked.
struct Answers<'a> {
    gating: &'a mut Option<Later<(String, GateResult)>>,
    asking: &'a mut Option<Later<Answer>>,
    leading: &'a mut Option<Later<Result<Ordinal, String>>>,
    gate_progress: &'a mut mpsc::UnboundedReceiver<Event>,
}

/// What ended a wait.
enum Woken {
    Reading(Box<Result<Reading, Failure>>),
    Gated(String, GateResult),
    Answered(Answer),
    Led(Result<Ordinal, String>),
    GateEvent(Event),
    Signal(Exit),
    Due,
}

impl Drive<'_> {
    /// Runs a machine to its end. The set is held at whatever was last written, however this
    /// returns.
    async fn run(&mut self, machine: &mut dyn Machine) -> Result<End, Failure> {
        let (gate_events, mut gate_progress) = mpsc::unbounded_channel();
        let mut gating: Option<Later<(String, GateResult)>> = None;
        let mut asking: Option<Later<Answer>> = None;
        let mut leading: Option<Later<Result<Ordinal, String>>> = None;
        let end = loop {
            let now = clock::now();
            if let Some(exit) = self.signals.pending() {
                break machine.interrupted(self.snapshot, exit, now);
            }
            if self.since_stale.is_some_and(|since| now.duration_since(since) >= self.aid.patience)
            {
                return Err(Failure::new(
                    Exit::TimedOut,
                    anyhow::anyhow!("the API server could not be watched for too long"),
                ));
            }
            // Nothing is decided on what may be old.
            let next = match self.since_stale {
                Some(_) => Move::Wait { wake: now.saturating_add(AFTER_FAULT).ok() },
                None => machine.next(self.snapshot, now),
            };
            self.show(machine, now);
            let wake = match next {
                Move::End(end) => break end,
                Move::Write(step) => {
                    match self.write(machine, &step).await? {
                        Outcome::Done => {}
                        Outcome::Deleted => break deleted(self.snapshot),
                    }
                    self.show(machine, clock::now());
                    continue;
                }
                Move::ReadBudgets => {
                    let namespace = self.snapshot.set.namespace.clone();
                    let read = self.answer(async |session| session.budgets(&namespace).await);
                    self.snapshot.budgets = read.await??;
                    machine.budgets_read(clock::now());
                    if !self.catch_up()? {
                        break deleted(self.snapshot);
                    }
                    continue;
                }
                Move::ReadRevision(name) => {
                    let namespace = self.snapshot.set.namespace.clone();
                    let read =
                        self.answer(async |session| session.revision(&namespace, &name).await);
                    let revision = read.await??;
                    self.snapshot.revisions.push(revision);
                    if !self.catch_up()? {
                        break deleted(self.snapshot);
                    }
                    continue;
                }
                Move::Find(question) => {
                    let finding = self.find(question).await?;
                    machine.found(finding, clock::now());
                    if !self.catch_up()? {
                        break deleted(self.snapshot);
                    }
                    continue;
                }
                Move::RunGates(subject) => {
                    let asked = Asking {
                        session: self.cx.session.clone(),
                        set: self.snapshot.set.clone(),
                        timeout: self.aid.gate_timeout,
                        events: gate_events.clone(),
                    };
                    let list = self.aid.gates.to_vec();
                    gating = Some(
                        async move {
                            let result = gates::ask(&asked, &list, &subject).await;
                            (subject.uid, result)
                        }
                        .boxed(),
                    );
                    continue;
                }
                Move::AskLeader(leader) => {
                    let snapshot = self.snapshot.clone();
                    let (session, limit) = (self.cx.session.clone(), self.aid.gate_timeout);
                    leading = Some(
                        async move { leader::ask(&session, &snapshot, &leader, limit).await }
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
                Woken::Reading(reading) => match *reading {
                    Ok(reading) => {
                        if !self.take(reading) {
                            break deleted(self.snapshot);
                        }
                    }
                    Err(failure) => return Err(failure),
                },
                Woken::Gated(uid, result) => {
                    gating = None;
                    while let Ok(event) = gate_progress.try_recv() {
                        self.view.show(clock::now(), &event);
                    }
                    machine.gated(&uid, result, clock::now());
                }
                Woken::Led(answer) => {
                    leading = None;
                    machine.led(answer, clock::now());
                }
                Woken::GateEvent(event) => self.view.show(clock::now(), &event),
                Woken::Answered(answer) => {
                    asking = None;
                    machine.answered(answer == Answer::Yes);
                }
                Woken::Signal(exit) => {
                    break machine.interrupted(self.snapshot, exit, clock::now());
                }
                Woken::Due => {}
            }
        };
        drop(gating);
        self.show(machine, clock::now());
        self.part(&end).await;
        Ok(end)
    }

    fn show(&mut self, machine: &mut dyn Machine, now: Timestamp) {
        for event in machine.events() {
            self.view.show(now, &event);
        }
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
                reading = self.watch.next() => {
                    return Woken::Reading(Box::new(reading.map_err(Failure::from)));
                }
                (uid, result) = maybe(answers.gating) => return Woken::Gated(uid, result),
                answer = maybe(answers.asking) => return Woken::Answered(answer),
                answer = maybe(answers.leading) => return Woken::Led(answer),
                Some(event) = answers.gate_progress.recv() => return Woken::GateEvent(event),
                () = &mut due => return Woken::Due,
                Some(notice) = self.cx.notices.recv() => tell(&self.cx.terminal, &notice),
                _ = frame.tick() => self.view.tick(clock::now()),
            }
        }
    }

    /// Takes a reading in; false when the set is gone.
    fn take(&mut self, reading: Reading) -> bool {
        let now = clock::now();
        self.staleness(now, reading.stale);
        let Some(set) = reading.set else { return false };
        // A watch may still be behind the answer to our own write.
        if !older(&set.resource_version, &self.snapshot.set.resource_version) {
            self.snapshot.set = set;
        }
        self.snapshot.pods = reading.pods;
        self.snapshot.taken_at = now;
        true
    }

    /// Tells when the connection breaks and when it works again.
    fn staleness(&mut self, now: Timestamp, stale: Option<Stale>) {
        match (stale, self.since_stale) {
            (Some(Stale { since, reason }), None) => {
                self.since_stale = Some(since);
                self.view.show(now, &Event::Stale { since, reason });
            }
            (None, Some(_)) => {
                self.since_stale = None;
                self.view.show(now, &Event::Fresh);
            }
            _ => {}
        }
    }

    /// Sends one write, once. When its fate is not known (the connection broke, the server timed
    /// out) the set is read again: it carries the run as written, or the write did not happen.
    async fn write(&mut self, machine: &mut dyn Machine, step: &Step) -> Result<Outcome, Failure> {
        let error = match self.cx.session.apply(step, Keep::Written).await {
            Ok(answer) => {
                if let Some(set) = &answer {
                    self.snapshot.set = set.clone();
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
            self.staleness(since, Some(Stale { since, reason }));
        }
        let Some(set) = self.read_again().await? else { return Ok(Outcome::Deleted) };
        self.staleness(clock::now(), None);
        if !self.catch_up()? {
            return Ok(Outcome::Deleted);
        }
        self.snapshot.set = set;
        match step {
            Step::PatchSet(patch) if carried_out(patch, self.snapshot) => {
                let set = self.snapshot.set.clone();
                machine.written(Some(&set), clock::now());
            }
            // The watch will say whether the set has the size that was asked for.
            Step::Scale(scaling) if self.snapshot.set.wanted.replicas == scaling.replicas => {
                let set = self.snapshot.set.clone();
                machine.written(Some(&set), clock::now());
            }
            Step::PatchSet(_) | Step::Scale(_) | Step::TaintNode(_) | Step::UntaintNode(_) => {
                machine.rejected(Rejection::Changed);
            }
            // The pod is not what was judged; the watch will say what it is now.
            Step::DeletePod(_) | Step::EvictPod(_) => {
                machine.rejected(Rejection::Changed);
                if let Ok(reading) = tokio::time::timeout(AFTER_FAULT, self.watch.next()).await
                    && !self.take(reading.map_err(Failure::from)?)
                {
                    return Ok(Outcome::Deleted);
                }
            }
        }
        Ok(Outcome::Done)
    }

    /// Reads what no watch tells.
    async fn find(&mut self, question: Question) -> Result<Finding, Failure> {
        let set = self.snapshot.set.clone();
        let namespace = set.namespace.as_str();
        Ok(match question {
            Question::Events => {
                let read = self.answer(async |session| session.events(&set).await).await??;
                Finding::Events(read)
            }
            Question::Claims => {
                let ask = async |session: &Session| session.claims(Some(namespace)).await;
                Finding::Claims(self.answer(ask).await??)
            }
            Question::Nodes => {
                Finding::Nodes(self.answer(async |session| session.nodes().await).await??)
            }
        })
    }

    /// Reads the set again; `None` when it is gone.
    async fn read_again(&mut self) -> Result<Option<Set>, Failure> {
        let (namespace, name) =
            (self.snapshot.set.namespace.clone(), self.snapshot.set.name.clone());
        match self.answer(async |session| session.set(&namespace, &name).await).await? {
            Ok(set) => Ok(Some(set)),
            Err(error) if status::is_not_found(&error) => Ok(None),
            Err(error) => Err(Failure::from(error)),
        }
    }

    /// Asks until the server answers, whatever it says; nothing is decided meanwhile.
    async fn answer<T>(
        &mut self,
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
                        self.staleness(clock::now(), None);
                    }
                    return Ok(answer);
                }
            };
            if clock::now().duration_since(since) >= self.aid.patience {
                return Err(Failure::from(error));
            }
            failed = true;
            let reason = format!("{:#}", Failure::from(error).cause);
            self.staleness(clock::now(), Some(Stale { since, reason }));
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

    /// Takes in what the watch has had to say during a request: that it has lost its connection,
    /// above all. False when the set is gone.
    fn catch_up(&mut self) -> Result<bool, Failure> {
        while let Some(reading) = self.watch.next().now_or_never() {
            if !self.take(reading?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The parting write; the set is as safe without it, only locked for a minute.
    async fn part(&mut self, end: &End) {
        let Some(step) = &end.parting else { return };
        let session = self.cx.session.clone();
        let token = token(&self.snapshot.set).map(str::to_owned);
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
    Deleted,
}

async fn maybe<T>(future: &mut Option<Later<T>>) -> T {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

/// Whether a patch whose answer was lost is in the set.
fn carried_out(patch: &SetPatch, snapshot: &Snapshot) -> bool {
    match (&patch.run, &snapshot.set.run) {
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

fn deleted(snapshot: &Snapshot) -> End {
    End {
        exit: Exit::Conflict,
        summary: format!("{} was deleted", snapshot.set.display()),
        then: Then::Look,
        parting: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_holder, a_run, a_set, a_snapshot, at};

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
        let found = |run: Run| a_snapshot(&set.clone().recording(run));
        // Times lose their fraction on the way.
        let holder =
            Some(a_holder(at(0).saturating_add(SignedDuration::from_millis(400)).unwrap()));
        assert!(carried_out(&patch, &found(Run { holder, ..run.clone() })));
        assert!(!carried_out(&patch, &found(Run { partition: 3, ..run.clone() })));
        let later = Some(a_holder(at(20)));
        assert!(!carried_out(&patch, &found(Run { holder: later, ..run.clone() })));
        assert!(!carried_out(&patch, &a_snapshot(&set)));
        let removal = SetPatch { run: RunChange::Remove, ..SetPatch::of(&set) };
        assert!(carried_out(&removal, &a_snapshot(&set)));
        assert!(!carried_out(&removal, &found(run)));
        assert!(!carried_out(&SetPatch::of(&set), &a_snapshot(&set)), "it says nothing");
    }
}
