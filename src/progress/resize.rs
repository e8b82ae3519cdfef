//! Claims that grow, or get other attributes: a canary first, then the others.
//!
//! Each claim is asked once. What is asked cannot be taken back, so no claim is asked while one
//! before it has failed, is silent for too long, or is not what it was when it was judged.

mod look;
mod words;

use jiff::{SignedDuration, Timestamp};

use crate::exit::Exit;
use crate::model::claim::Claim;
use crate::model::cluster_event::ClusterEvent;
use crate::model::ordinal::Ordinal;
use crate::model::snapshot::Known;
use crate::plan::resize::stand::{Goal, Stand, judge};
use crate::plan::resize::{Outlook, Place};
use crate::plan::step::Step;
use crate::progress::event::{ClaimRow, ClaimStep, ClaimsStarted, Event, Waiting};
use crate::progress::machine::{End, Then, after};

/// How long the node may take to grow the file system of a volume that has grown; no more than
/// half of what there is for the whole claim.
const ON_NODE: SignedDuration = SignedDuration::from_secs(60);

/// How long to wait before looking again after a write that was refused or lost.
const AGAIN: SignedDuration = SignedDuration::from_secs(1);

/// How carefully to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How many claims have to be done before the others are asked.
    pub canary: usize,
    /// How many are asked at a time.
    pub at_once: usize,
    /// How long one may take.
    pub timeout: SignedDuration,
    /// Whether a pod is restarted whose file system grows only so.
    pub restarts: Restarts,
}

/// Whether a pod is restarted whose file system grows only so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restarts {
    /// Never.
    Never,
    /// Where it is needed.
    IfNeeded,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Wait for the claims to change, but ask again at this time.
    Wait(Option<Timestamp>),
    /// Carry out this write, then say [`Resize::written`] or [`Resize::rejected`].
    Write(Step),
    /// Find out what was told about this claim, then say [`Resize::told`].
    Ask(Box<Claim>),
    /// Restart the pod of this ordinal, then say [`Resize::restarted`].
    Restart(Ordinal),
    /// Stop.
    End(End),
}

/// What the machine sees.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The claims of the set.
    pub claims: &'a [Claim],
    /// The UID of the set; nothing once it is gone.
    pub set: Option<&'a str>,
    /// The ordinals that have a pod.
    pub pods: &'a [Ordinal],
}

/// One claim on its way.
#[derive(Clone, Debug)]
struct Job {
    claim: String,
    uid: String,
    ordinal: Ordinal,
    place: Place,
    state: State,
    /// What was said to have failed before it was asked by this process.
    old_failure: Option<String>,
    /// What was told last.
    shown: Option<ClaimRow>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// To be asked, not before this time.
    Open(Option<Timestamp>),
    /// Being asked, as it was at this version.
    Asking { version: String },
    /// Was asked.
    Asked { since: Timestamp, version: String, on_node: Option<Timestamp> },
    /// Its pod was restarted.
    Restarted { since: Timestamp },
    /// Has it.
    Done,
}

/// A change of claims in progress.
#[derive(Debug)]
pub struct Resize {
    set: String,
    set_uid: String,
    goal: Goal,
    pace: Pace,
    jobs: Vec<Job>,
    told: Option<(String, Known<Vec<ClusterEvent>>)>,
    began: Timestamp,
    waiting: Option<Waiting>,
    events: Vec<Event>,
}

impl Resize {
    /// Begins with claims as they were judged, highest ordinal first.
    pub fn new(
        set: (&str, &str),
        outlook: &Outlook,
        goal: Goal,
        pace: Pace,
        now: Timestamp,
    ) -> Self {
        let job = |row: &crate::plan::resize::Row| Job {
            claim: row.claim.name.clone(),
            uid: row.claim.uid.clone(),
            ordinal: row.ordinal,
            place: row.place,
            state: match &row.stand {
                Some(Stand::There) => State::Done,
                None | Some(Stand::Behind | Stand::Anew { .. }) => State::Open(None),
                Some(_) => State::Asked {
                    since: now,
                    version: row.claim.resource_version.clone(),
                    on_node: None,
                },
            },
            old_failure: match &row.stand {
                Some(Stand::Failed { why }) => Some(why.clone()),
                _ => None,
            },
            shown: None,
        };
        let mut resize = Self {
            set: set.0.to_owned(),
            set_uid: set.1.to_owned(),
            jobs: outlook.rows.iter().map(job).collect(),
            told: None,
            began: now,
            waiting: None,
            events: Vec::new(),
            goal,
            pace,
        };
        let claims: Vec<Claim> = outlook.rows.iter().map(|row| row.claim.clone()).collect();
        let rows = resize.rows(&claims);
        for (job, row) in resize.jobs.iter_mut().zip(&rows) {
            job.shown = Some(row.clone());
        }
        let change = words::change(&resize.goal);
        let set = resize.set.clone();
        resize.events.push(Event::ClaimsStarted(ClaimsStarted { set, change, claims: rows }));
        resize
    }

    /// Looks at the claims and says what to do.
    pub fn next(&mut self, look: Look<'_>, now: Timestamp) -> Move {
        let next = self.judge(look, now);
        let rows = self.rows(look.claims);
        for (job, row) in self.jobs.iter_mut().zip(rows) {
            if job.shown.as_ref() != Some(&row) {
                job.shown = Some(row.clone());
                self.events.push(Event::ClaimRow(row));
            }
        }
        next
    }

    /// The write was accepted; this is the claim as the server answered it.
    pub fn written(&mut self, claim: &Claim, now: Timestamp) {
        let asking = self.jobs.iter_mut().find(|job| job.claim == claim.name);
        if let Some(job) = asking {
            let State::Asking { version } = &job.state else { return };
            let version = version.clone();
            // What failed before may stand there until somebody has looked at it again.
            job.old_failure = match judge(claim, &self.goal) {
                Ok(Stand::Failed { why }) => Some(why),
                _ => None,
            };
            job.state = State::Asked { since: now, version, on_node: None };
        }
        self.waiting = None;
    }

    /// The write was refused, since the claim is not as it was judged, or its answer was lost. It
    /// is judged anew as it shows itself.
    pub fn rejected(&mut self, now: Timestamp) {
        for job in &mut self.jobs {
            if matches!(job.state, State::Asking { .. }) {
                job.state = State::Open(Some(after(now, AGAIN)));
            }
        }
    }

    /// What was told about a claim.
    pub fn told(&mut self, claim: &str, events: Known<Vec<ClusterEvent>>) {
        self.told = Some((claim.to_owned(), events));
    }

    /// The pod of this ordinal has been restarted.
    pub fn restarted(&mut self, ordinal: Ordinal, now: Timestamp) {
        let on_node = |job: &&mut Job| {
            job.ordinal == ordinal && matches!(job.state, State::Asked { on_node: Some(_), .. })
        };
        for job in self.jobs.iter_mut().filter(on_node) {
            job.state = State::Restarted { since: now };
        }
    }

    /// The process was told to stop.
    pub fn interrupted(&self, exit: Exit) -> End {
        end(exit, format!("interrupted; {}", self.standing()))
    }

    /// Takes the events since the last call.
    pub fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// The claim that is waited for.
    pub fn open_claim(&self) -> Option<&str> {
        let busy = |job: &&Job| !matches!(job.state, State::Open(_) | State::Done);
        self.jobs.iter().find(busy).map(|job| job.claim.as_str())
    }

    fn judge(&mut self, look: Look<'_>, now: Timestamp) -> Move {
        if look.set != Some(self.set_uid.as_str()) {
            let what = if look.set.is_none() { "was deleted" } else { "is another one" };
            let summary = format!("statefulset.apps/{} {what}; {}", self.name(), self.standing());
            return Move::End(end(Exit::Conflict, summary));
        }
        for at in 0..self.jobs.len() {
            if let Err((exit, summary)) = self.observe(at, look, now) {
                return Move::End(end(exit, summary));
            }
        }
        if let Some(late) = self.late(look, now) {
            return late;
        }
        if self.jobs.iter().all(|job| job.state == State::Done) {
            let seconds = now.duration_since(self.began).as_secs().max(0);
            return Move::End(end(Exit::Success, format!("{} ({seconds}s)", self.result())));
        }
        self.ask_next(look, now).unwrap_or_else(|| self.wait(now))
    }

    fn on_node(&self) -> SignedDuration {
        ON_NODE.min(self.pace.timeout / 2)
    }

    /// The next claim to ask, if one may be asked now.
    fn ask_next(&mut self, look: Look<'_>, now: Timestamp) -> Option<Move> {
        let busy =
            self.jobs.iter().filter(|job| !matches!(job.state, State::Open(_) | State::Done));
        if busy.count() >= self.pace.at_once {
            return None;
        }
        let canary = self.pace.canary.min(self.jobs.len());
        let passed = self.jobs[..canary].iter().all(|job| job.state == State::Done);
        let may = if passed { self.jobs.len() } else { canary };
        let at = self.jobs[..may].iter().position(|job| match job.state {
            State::Open(from) => from.is_none_or(|from| now >= from),
            _ => false,
        })?;
        let claim = look.claims.iter().find(|claim| claim.name == self.jobs[at].claim)?;
        let version = claim.resource_version.clone();
        self.jobs[at].state = State::Asking { version };
        Some(Move::Write(Step::PatchClaim(self.goal.ask(claim))))
    }

    fn wait(&mut self, now: Timestamp) -> Move {
        let until = |job: &Job| match &job.state {
            State::Open(from) => from.filter(|from| *from > now),
            State::Asked { since, on_node, .. } => {
                let node = on_node.map(|since| after(since, self.on_node()));
                [Some(after(*since, self.pace.timeout)), node].into_iter().flatten().min()
            }
            State::Restarted { since } => Some(after(*since, self.pace.timeout)),
            State::Asking { .. } | State::Done => None,
        };
        let wake = self.jobs.iter().filter_map(until).min();
        let busy = self
            .jobs
            .iter()
            .find(|job| matches!(job.state, State::Asked { .. } | State::Restarted { .. }));
        if let Some(job) = busy {
            let what = format!("pvc/{} has not got it yet", job.claim);
            let waiting = Waiting { what, until: until(job) };
            if self.waiting.as_ref() != Some(&waiting) {
                self.waiting = Some(waiting.clone());
                self.events.push(Event::Waiting(waiting));
            }
        }
        Move::Wait(wake)
    }

    fn rows(&self, claims: &[Claim]) -> Vec<ClaimRow> {
        let row = |job: &Job| {
            let claim = claims.iter().find(|claim| claim.name == job.claim);
            let stand = claim.and_then(|claim| judge(claim, &self.goal).ok());
            let reason = match &stand {
                Some(Stand::Failed { why }) => why.clone(),
                _ => String::new(),
            };
            let step = match (&job.state, stand) {
                (State::Done, _) => ClaimStep::Done,
                (State::Open(_), _) => ClaimStep::Waiting,
                (_, Some(Stand::Failed { .. })) => ClaimStep::Failed,
                (State::Restarted { .. }, _) | (_, Some(Stand::OnNode)) => ClaimStep::OnNode,
                (_, Some(Stand::Working)) => ClaimStep::Working,
                _ => ClaimStep::Asked,
            };
            let has = claim.map_or_else(String::new, |claim| words::has(claim, &self.goal));
            ClaimRow { claim: job.claim.clone(), has, step, reason }
        };
        self.jobs.iter().map(row).collect()
    }
}

fn end(exit: Exit, summary: String) -> End {
    let then = if exit == Exit::Success { Then::Nothing } else { Then::Look };
    End { exit, summary, then, parting: None }
}

#[cfg(test)]
mod tests;
