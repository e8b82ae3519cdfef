//! Events of a rollout as lines of text, in one voice: short, in the present, no final period.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr;

use crate::exit::{Exit, Failure};
use crate::progress::event::{
    ClaimState, ClaimsStarted, Ended, Event, NextCommand, PodRow, PodState, ScaleStarted, Scaled,
    Started, StepProgress, Waiting,
};
use crate::render::board::short;
use crate::render::claims;
use crate::render::duration::{left, span};
use crate::render::gate::{self, Told};
use crate::render::text::{Text, Tone, pad};

/// Tells events, and remembers what need not be told twice.
#[derive(Clone, Debug, Default)]
pub struct Teller {
    set: String,
    subject_width: usize,
    pods: BTreeMap<String, (&'static str, String)>,
    waiting: Option<(Timestamp, Waiting)>,
    untold: bool,
    /// Pods that a scaling takes away.
    goes: BTreeSet<String>,
    gates: Told,
}

impl Teller {
    /// The lines for an event; none when it changes nothing a reader cares about.
    pub fn tell(&mut self, at: Timestamp, event: &Event) -> Vec<Text> {
        if matches!(
            event,
            Event::Released { .. }
                | Event::PodDeleted { .. }
                | Event::PodPassed { .. }
                | Event::StepPassed(_)
                | Event::Scaled(_)
                | Event::PodCame { .. }
                | Event::PodWent { .. }
                | Event::ClaimPassed { .. }
        ) {
            (self.waiting, self.untold) = (None, false);
        }
        let (subject, tone, words) = match event {
            Event::Started(started) => return self.started(at, started),
            Event::Held => (self.set(), Tone::Plain, "held; no pod has been touched".to_owned()),
            Event::Pinned { revision } => {
                (self.set(), Tone::Plain, format!("pods move to revision {}", self.short(revision)))
            }
            Event::StepStarted(step) => (subject(step), Tone::Plain, starts(step)),
            Event::Released { pods } => {
                return pods
                    .iter()
                    .map(|pod| self.line(pod, Tone::Busy, "released to the controller"))
                    .collect();
            }
            Event::ScaleStarted(started) => return self.scale_started(at, started),
            Event::Scaled(scaled) => (self.set(), Tone::Busy, asked_for(scaled)),
            Event::PodCame { pod, took } => {
                self.pods.insert(pod.clone(), (READY, String::new()));
                (pod.clone(), Tone::Good, format!("available after {}", span(*took)))
            }
            Event::PodWent { pod, took } => {
                self.pods.insert(pod.clone(), (GONE, String::new()));
                (pod.clone(), Tone::Good, format!("gone after {}", span(*took)))
            }
            Event::Claim { claim, end } => (format!("pvc/{claim}"), Tone::Plain, claim_end(*end)),
            Event::ClaimsStarted(started) => return self.claims_started(started),
            Event::ClaimRow(row) => match claims::words(row) {
                Some((tone, words)) => (row.claim.clone(), tone, words),
                None => return Vec::new(),
            },
            Event::ClaimPassed { claim, took } => {
                (claim.clone(), Tone::Good, claims::passed(*took))
            }
            Event::Pod(pod) => return self.pod(at, pod).into_iter().collect(),
            Event::Gate(gate) => {
                if !self.gates.worth_telling(at, gate) {
                    return Vec::new();
                }
                let (tone, words) = gate::words(at, gate);
                (gate.pod.clone(), tone, words)
            }
            Event::PodPassed { pod, took } => {
                self.pods.insert(pod.clone(), (READY, String::new()));
                let words = match took {
                    Some(took) => format!("passed after {}", span(*took)),
                    None => "already updated, passed".to_owned(),
                };
                (pod.clone(), Tone::Good, words)
            }
            // What pods do says most of it; a wait is told once it has lasted.
            Event::Waiting(waiting) => {
                self.waiting = Some((at, waiting.clone()));
                self.untold = true;
                return Vec::new();
            }
            Event::StepPassed(step) => (
                subject(step),
                Tone::Good,
                format!("passed, {}/{} pods updated", step.updated, step.replicas),
            ),
            Event::AskingApproval(step) => {
                (subject(step), Tone::Plain, "asking whether to go on".to_owned())
            }
            Event::Stale { since, reason } => (
                "connection".to_owned(),
                Tone::Bad,
                format!("lost {} ago: {reason}", span(at.duration_since(*since))),
            ),
            Event::Fresh => ("connection".to_owned(), Tone::Good, "restored".to_owned()),
            Event::PodDeleted { pod, returns_on } => {
                let words = format!("deleted, returns on revision {}", self.short(returns_on));
                (pod.clone(), Tone::Warn, words)
            }
            Event::Notice(notice) => ("note".to_owned(), Tone::Plain, notice.clone()),
            Event::Ended(ended) => (self.set(), ending(ended.exit), ended.summary.clone()),
        };
        vec![self.line(&subject, tone, &words)]
    }

    /// Whether it has not been told yet what is waited for.
    pub fn has_untold_wait(&self) -> bool {
        self.untold
    }

    /// The line for a time in which nothing changed.
    pub fn silence(&mut self, now: Timestamp) -> Text {
        self.untold = false;
        let words = match &self.waiting {
            Some((since, waiting)) => {
                let so_far = span(now.duration_since(*since));
                format!("{}; {so_far} so far", waits(now, waiting))
            }
            None => "nothing has changed".to_owned(),
        };
        self.line("waiting", Tone::Plain, &words)
    }

    fn started(&mut self, at: Timestamp, started: &Started) -> Vec<Text> {
        self.set.clone_from(&started.set);
        let widest = started.pods.iter().map(|pod| pod.pod.width()).max().unwrap_or(0);
        self.subject_width = widest.max(started.set.width()).max("connection".len()).min(40);
        let steps: Vec<String> = started.steps.iter().map(u32::to_string).collect();
        let mut words = format!("{}; {} pods", started.change, started.pods.len());
        // A single step is all there is: an abort, or a restart, which updates nothing.
        if steps.len() > 1 {
            words = format!("{words}, updated after each step: {}", steps.join(", "));
        }
        let mut lines = vec![self.line(&started.set, Tone::Strong, &words)];
        for pod in &started.pods {
            // A pod that is ready at the start is what everybody expects.
            let known = (READY, String::new());
            self.pods.insert(pod.pod.clone(), known);
            lines.extend(self.pod(at, pod));
        }
        lines
    }

    fn scale_started(&mut self, at: Timestamp, started: &ScaleStarted) -> Vec<Text> {
        self.set.clone_from(&started.set);
        let widest = started.pods.iter().map(|pod| pod.pod.width()).max().unwrap_or(0);
        self.subject_width = widest.max(started.set.width()).max("connection".len()).min(40);
        let words = format!("{} to {} replicas", started.from, started.to);
        let mut lines = vec![self.line(&started.set, Tone::Strong, &words)];
        self.goes = started.goes.iter().cloned().collect();
        for pod in &started.pods {
            let comes = started.comes.contains(&pod.pod) && pod.state == PodState::Missing;
            let usual = if comes { state_name(PodState::Missing).0 } else { READY };
            self.pods.insert(pod.pod.clone(), (usual, String::new()));
            lines.extend(self.pod(at, pod));
        }
        lines
    }

    fn claims_started(&mut self, started: &ClaimsStarted) -> Vec<Text> {
        self.set.clone_from(&started.set);
        let widest = started.claims.iter().map(|row| row.claim.width()).max().unwrap_or(0);
        self.subject_width = widest.max(started.set.width()).max("connection".len()).min(40);
        let words = format!("{}, {} in all", started.change, started.claims.len());
        let mut lines = vec![self.line(&started.set, Tone::Strong, &words)];
        for row in &started.claims {
            let told = claims::words(row);
            lines.extend(told.map(|(tone, words)| self.line(&row.claim, tone, &words)));
        }
        lines
    }

    /// Tells a pod only when its state or its reason is another.
    fn pod(&mut self, at: Timestamp, pod: &PodRow) -> Option<Text> {
        let (name, tone) = match pod.state {
            PodState::Missing if self.goes.contains(&pod.pod) => (GONE, Tone::Good),
            state => state_name(state),
        };
        let now = (name, pod.reason.clone());
        if self.pods.get(&pod.pod) == Some(&now) {
            return None;
        }
        self.pods.insert(pod.pod.clone(), now);
        let mut words = match pod.state {
            PodState::Soaking { until } => format!("ready, soaking {}", left(until, at)),
            _ => name.to_owned(),
        };
        if !pod.reason.is_empty() {
            words = format!("{words}: {}", pod.reason);
        }
        Some(self.line(&pod.pod, tone, &words))
    }

    fn line(&self, subject: &str, tone: Tone, words: &str) -> Text {
        Text::new()
            .with(Tone::Plain, format!("{}  ", pad(subject, self.subject_width)))
            .with(tone, words)
    }

    fn set(&self) -> String {
        self.set.clone()
    }

    fn short<'a>(&self, revision: &'a str) -> &'a str {
        short(revision, self.set.rsplit('/').next().unwrap_or_default())
    }
}

const READY: &str = "ready";
const GONE: &str = "gone";

fn asked_for(scaled: &Scaled) -> String {
    let held = if scaled.held { ", and held: the partition keeps all pods back" } else { "" };
    let plural = if scaled.replicas == 1 { "" } else { "s" };
    format!("asked for {} replica{plural}{held}", scaled.replicas)
}

fn claim_end(end: ClaimState) -> String {
    match end {
        ClaimState::Kept => "kept, with its data",
        ClaimState::Leaving => "is being deleted, and still there",
        ClaimState::Deleted => "deleted",
    }
    .to_owned()
}

fn state_name(state: PodState) -> (&'static str, Tone) {
    match state {
        PodState::Missing => ("missing", Tone::Busy),
        PodState::Terminating => ("terminating", Tone::Busy),
        PodState::Pending => ("pending", Tone::Busy),
        PodState::Starting => ("starting", Tone::Busy),
        PodState::Soaking { .. } => ("soaking", Tone::Busy),
        PodState::Gating => ("ready, gates run", Tone::Busy),
        PodState::Ready => (READY, Tone::Good),
        PodState::Failing => ("failing", Tone::Bad),
    }
}

fn subject(step: &StepProgress) -> String {
    format!("step {}/{}", step.number, step.of)
}

fn starts(step: &StepProgress) -> String {
    let pods = match step.pods.as_slice() {
        [] => "no pod".to_owned(),
        [first, .., last] if step.pods.len() > 3 => {
            format!("{} pods, {first} down to {last}", step.pods.len())
        }
        few => few.join(", "),
    };
    format!("updates {pods}")
}

/// What is waited for, and how long still.
pub fn waits(now: Timestamp, waiting: &Waiting) -> String {
    match waiting.until {
        Some(until) if until > now => format!("{}, {} left", waiting.what, left(until, now)),
        _ => waiting.what.clone(),
    }
}

/// The end of a run: its summary, and what can be done next.
pub fn ended(ended: &Ended) -> Text {
    let mut text = Text::new().with(ending(ended.exit), ended.summary.as_str());
    if let Some(next) = next(&ended.next) {
        text.push(Tone::Plain, "\n");
        text.extend(next);
    }
    text
}

/// The commands to go on with, in columns.
pub fn next(commands: &[NextCommand]) -> Option<Text> {
    let width = commands.iter().map(|next| next.does.width()).max()?;
    let mut text = Text::from("next:");
    for next in commands {
        text.push(Tone::Plain, format!("\n  {}   ", pad(&next.does, width)));
        text.push(Tone::Hint, next.command.as_str());
    }
    Some(text)
}

fn ending(exit: Exit) -> Tone {
    match exit {
        Exit::Success => Tone::Good,
        Exit::Held | Exit::InProgress | Exit::Interrupted | Exit::Terminated => Tone::Warn,
        _ => Tone::Bad,
    }
}

/// A failure: what went wrong, then what to do about it.
pub fn failure(failure: &Failure) -> Text {
    let mut text =
        Text::new().with(Tone::Bad, failure.lead).with(Tone::Plain, format!("{:#}", failure.cause));
    for hint in &failure.hints {
        text.push(Tone::Plain, "\n");
        text.push(Tone::Hint, "hint:");
        text.push(Tone::Plain, format!(" {hint}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::scripted::{Script, at, held};

    fn told(script: &Script) -> String {
        let mut teller = Teller::default();
        let lines = script.iter().flat_map(|(second, event)| teller.tell(at(*second), event));
        lines.map(|line| line.to_string()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn one_step_is_not_counted_in_updates() {
        let mut script = held();
        script.truncate(1);
        if let (_, Event::Started(started)) = &mut script[0] {
            started.steps = vec![5];
        }
        assert_eq!(told(&script), "prod/db     image app=db:v2; 5 pods");
    }

    #[test]
    fn a_run_is_told_in_one_voice() {
        insta::assert_snapshot!(told(&held()), @"
        prod/db     image app=db:v2; 5 pods, updated after each step: 1, 5
        prod/db     held; no pod has been touched
        prod/db     pods move to revision 7d4b9
        step 1/2    updates db-4
        db-4        released to the controller
        db-4        terminating
        db-4        missing
        db-4        pending: ContainerCreating
        db-4        starting
        db-4        ready, soaking 30s
        db-4        ready, gates run
        db-4        gate cmd:./check.sh runs, for at most 30s
        db-4        gate cmd:./check.sh passed: lag 0
        db-4        ready
        db-4        passed after 47s
        step 1/2    passed, 1/5 pods updated
        step 1/2    asking whether to go on
        step 2/2    updates 4 pods, db-3 down to db-0
        db-3        released to the controller
        db-3        starting: ContainerCreating
        db-3        failing: CrashLoopBackOff: back-off 1m20s restarting failed container app in pod db-3_prod(3f2b0c1e-8f3a-4a52-9d0b-0f6c2e6b7a11)
        connection  lost 1s ago: connection reset by peer
        connection  restored
        note        events of db-3: OOMKilled twice
        prod/db     held at 1 of 5 pods: db-3 fails (CrashLoopBackOff)
        ");
    }

    #[test]
    fn what_has_not_changed_is_not_told_again() {
        let script = held();
        let mut teller = Teller::default();
        let pods = script.iter().filter(|(_, event)| matches!(event, Event::Pod(_)));
        for (second, event) in pods {
            assert_eq!(teller.tell(at(*second), event).len(), 1);
            assert_eq!(teller.tell(at(*second), event), []);
        }
    }

    #[test]
    fn the_end_says_what_can_be_done_next() {
        let Some((_, Event::Ended(end))) = held().pop() else { panic!("the script has no end") };
        insta::assert_snapshot!(ended(&end), @"
        held at 1 of 5 pods: db-3 fails (CrashLoopBackOff)
        next:
          go on           kubectl sts rollout continue db -n prod
          back to 6f5c8   kubectl sts rollout abort db -n prod
        ");
    }

    #[test]
    fn a_failure_ends_with_its_hints() {
        let told = Failure::new(Exit::Conflict, anyhow::anyhow!("inner").context("outer"))
            .hint("wait")
            .hint("run it again");
        assert_eq!(failure(&told).to_string(), told.to_string());
        insta::assert_snapshot!(failure(&told), @"
        error: outer: inner
        hint: wait
        hint: run it again
        ");
    }
}
