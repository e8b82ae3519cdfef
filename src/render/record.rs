//! Events and messages as JSON: one object on one line, with keys that stay.
//!
//! Every object has `time` (RFC 3339, UTC, whole seconds) and `event`. The other keys depend on
//! the event, and none is ever taken away; readers should pass over events and keys they do not
//! know. Times in the future, such as `until`, have the same form as `time`; lengths of time are
//! in whole seconds and end in `Seconds`.

use jiff::Timestamp;
use serde::Serialize;

use crate::exit::Failure;
use crate::progress::event::{
    ClaimRow, ClaimState, ClaimStep, ClaimsStarted, Ended, Event, GateProgress, GateState, PodRow,
    PodState, ScaleStarted, Scaled, Started, StepProgress,
};
use crate::progress::measure::Tally;
use crate::render::duration::stamp;
use crate::render::gate;

/// The line for an event.
pub fn event(at: Timestamp, event: &Event) -> String {
    line(at, Record::from(event))
}

/// The line for a note.
pub fn note(at: Timestamp, message: &str) -> String {
    line(at, Record::Note { message })
}

/// The line for a warning.
pub fn warning(at: Timestamp, message: &str) -> String {
    line(at, Record::Warning { message })
}

/// The line for a failure.
pub fn failure(at: Timestamp, failure: &Failure) -> String {
    let lead = if failure.lead == "error: " { "" } else { failure.lead };
    let message = format!("{lead}{:#}", failure.cause);
    let exit_code = failure.exit.code();
    line(at, Record::Error { message, hints: &failure.hints, exit_code })
}

fn line(at: Timestamp, record: Record<'_>) -> String {
    // The records hold only strings and numbers, which always serialize.
    serde_json::to_string(&Stamped { time: stamp(at), record }).unwrap_or_default()
}

#[derive(Serialize)]
struct Stamped<'a> {
    time: String,
    #[serde(flatten)]
    record: Record<'a>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Record<'a> {
    ClaimsStarted {
        set: &'a str,
        change: &'a str,
        claims: Vec<ClaimRecord<'a>>,
    },
    ClaimChanged(ClaimRecord<'a>),
    ClaimPassed {
        claim: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        took_seconds: Option<i64>,
    },
    Started {
        set: &'a str,
        change: &'a str,
        pods: Vec<PodRecord<'a>>,
        steps: &'a [u32],
        approved_steps: u32,
    },
    Held,
    Pinned {
        revision: &'a str,
    },
    StepStarted(StepRecord<'a>),
    Released {
        pods: &'a [String],
    },
    Pod(PodRecord<'a>),
    Gate(GateRecord<'a>),
    PodPassed {
        pod: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        took_seconds: Option<i64>,
    },
    Waiting {
        what: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<String>,
    },
    StepPassed(StepRecord<'a>),
    AskingApproval(StepRecord<'a>),
    Stale {
        since: String,
        reason: &'a str,
    },
    Fresh,
    PodDeleted {
        pod: &'a str,
        returns_on: &'a str,
    },
    ScaleStarted {
        set: &'a str,
        from: u32,
        to: u32,
        pods: Vec<PodRecord<'a>>,
        comes: &'a [String],
        goes: &'a [String],
    },
    Scaled {
        replicas: u32,
        pods: &'a [String],
        held: bool,
    },
    PodCame {
        pod: &'a str,
        took_seconds: i64,
    },
    PodWent {
        pod: &'a str,
        took_seconds: i64,
    },
    Claim {
        claim: &'a str,
        state: &'static str,
    },
    Note {
        message: &'a str,
    },
    Warning {
        message: &'a str,
    },
    Error {
        message: String,
        hints: &'a [String],
        exit_code: u8,
    },
    Ended {
        exit_code: u8,
        summary: &'a str,
        next: Vec<NextRecord<'a>>,
    },
}

#[derive(Serialize)]
struct StepRecord<'a> {
    step: u32,
    of: u32,
    updated: u32,
    replicas: u32,
    pods: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PodRecord<'a> {
    pod: &'a str,
    ordinal: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<&'a str>,
    updated: bool,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    soaks_until: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClaimRecord<'a> {
    claim: &'a str,
    has: &'a str,
    state: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
}

impl<'a> From<&'a ClaimRow> for ClaimRecord<'a> {
    fn from(row: &'a ClaimRow) -> Self {
        let state = match row.step {
            ClaimStep::Waiting => "waiting",
            ClaimStep::Asked => "asked",
            ClaimStep::Working => "working",
            ClaimStep::OnNode => "onNode",
            ClaimStep::Done => "done",
            ClaimStep::Failed => "failed",
        };
        Self { claim: &row.claim, has: &row.has, state, reason: &row.reason }
    }
}

#[derive(Serialize)]
struct GateRecord<'a> {
    pod: &'a str,
    gate: &'a str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(flatten)]
    measured: Option<MeasuredRecord>,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
}

/// One answer of several, and how they stand.
#[derive(Serialize)]
struct MeasuredRecord {
    answer: &'static str,
    yes: u32,
    no: u32,
    needed: u32,
}

#[derive(Serialize)]
struct NextRecord<'a> {
    does: &'a str,
    command: &'a str,
}

impl<'a> From<&'a Event> for Record<'a> {
    fn from(event: &'a Event) -> Self {
        match event {
            Event::Started(Started { set, change, pods, steps, approved }) => Self::Started {
                set,
                change,
                pods: pods.iter().map(PodRecord::from).collect(),
                steps,
                approved_steps: *approved,
            },
            Event::Held => Self::Held,
            Event::Pinned { revision } => Self::Pinned { revision },
            Event::StepStarted(step) => Self::StepStarted(step.into()),
            Event::Released { pods } => Self::Released { pods },
            Event::Pod(pod) => Self::Pod(pod.into()),
            Event::Gate(gate) => Self::Gate(gate.into()),
            Event::PodPassed { pod, took } => {
                Self::PodPassed { pod, took_seconds: took.map(|took| took.as_secs()) }
            }
            Event::Waiting(waiting) => {
                Self::Waiting { what: &waiting.what, until: waiting.until.map(stamp) }
            }
            Event::StepPassed(step) => Self::StepPassed(step.into()),
            Event::AskingApproval(step) => Self::AskingApproval(step.into()),
            Event::Stale { since, reason } => Self::Stale { since: stamp(*since), reason },
            Event::Fresh => Self::Fresh,
            Event::PodDeleted { pod, returns_on } => Self::PodDeleted { pod, returns_on },
            Event::ScaleStarted(ScaleStarted { set, from, to, pods, comes, goes }) => {
                let pods = pods.iter().map(PodRecord::from).collect();
                Self::ScaleStarted { set, from: *from, to: *to, pods, comes, goes }
            }
            Event::Scaled(Scaled { replicas, pods, held, .. }) => {
                Self::Scaled { replicas: *replicas, pods, held: *held }
            }
            Event::PodCame { pod, took } => Self::PodCame { pod, took_seconds: took.as_secs() },
            Event::PodWent { pod, took } => Self::PodWent { pod, took_seconds: took.as_secs() },
            Event::Claim { claim, end } => Self::Claim {
                claim,
                state: match end {
                    ClaimState::Kept => "kept",
                    ClaimState::Leaving => "leaving",
                    ClaimState::Deleted => "deleted",
                },
            },
            Event::ClaimsStarted(ClaimsStarted { set, change, claims }) => Self::ClaimsStarted {
                set,
                change,
                claims: claims.iter().map(ClaimRecord::from).collect(),
            },
            Event::ClaimRow(row) => Self::ClaimChanged(row.into()),
            Event::ClaimPassed { claim, took } => {
                Self::ClaimPassed { claim, took_seconds: took.map(|took| took.as_secs()) }
            }
            Event::Notice(message) => Self::Note { message },
            Event::Ended(Ended { exit, summary, next }) => Self::Ended {
                exit_code: exit.code(),
                summary,
                next: next
                    .iter()
                    .map(|next| NextRecord { does: &next.does, command: &next.command })
                    .collect(),
            },
        }
    }
}

impl<'a> From<&'a StepProgress> for StepRecord<'a> {
    fn from(step: &'a StepProgress) -> Self {
        let StepProgress { number, of, updated, replicas, pods } = step;
        Self { step: *number, of: *of, updated: *updated, replicas: *replicas, pods }
    }
}

impl<'a> From<&'a PodRow> for PodRecord<'a> {
    fn from(row: &'a PodRow) -> Self {
        let (state, soaks_until) = match row.state {
            PodState::Missing => ("missing", None),
            PodState::Terminating => ("terminating", None),
            PodState::Pending => ("pending", None),
            PodState::Starting => ("starting", None),
            PodState::Soaking { until } => ("soaking", Some(stamp(until))),
            PodState::Gating => ("gating", None),
            PodState::Ready => ("ready", None),
            PodState::Failing => ("failing", None),
        };
        Self {
            pod: &row.pod,
            ordinal: row.ordinal.0,
            revision: row.revision.as_deref(),
            updated: row.updated,
            state,
            soaks_until,
            reason: &row.reason,
        }
    }
}

impl<'a> From<&'a GateProgress> for GateRecord<'a> {
    fn from(progress: &'a GateProgress) -> Self {
        let mut measured = None;
        let (state, until, detail) = match &progress.state {
            GateState::Later { from } => ("delayed", Some(stamp(*from)), ""),
            GateState::Running { until } => ("running", Some(stamp(*until)), ""),
            GateState::Measured(one) => {
                let answer = gate::name(&one.answer);
                let Tally { yes, no, needed } = one.tally;
                measured = Some(MeasuredRecord { answer, yes, no, needed });
                ("measured", Some(stamp(one.next)), one.answer.detail())
            }
            GateState::Passed { detail } => ("passed", None, detail.as_str()),
            GateState::Failed { detail } => ("failed", None, detail.as_str()),
            GateState::Inconclusive { detail } => ("inconclusive", None, detail.as_str()),
        };
        Self { pod: &progress.pod, gate: &progress.gate, state, until, measured, detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;
    use crate::render::scripted::{at, held};

    #[test]
    fn the_keys_of_every_event() {
        let lines: Vec<String> =
            held().iter().map(|(second, happened)| event(at(*second), happened)).collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        {"time":"2026-01-02T15:04:00Z","event":"started","set":"prod/db","change":"image app=db:v2","pods":[{"pod":"db-0","ordinal":0,"revision":"db-6f5c8","updated":false,"state":"ready"},{"pod":"db-1","ordinal":1,"revision":"db-6f5c8","updated":false,"state":"ready"},{"pod":"db-2","ordinal":2,"revision":"db-6f5c8","updated":false,"state":"ready"},{"pod":"db-3","ordinal":3,"revision":"db-6f5c8","updated":false,"state":"ready"},{"pod":"db-4","ordinal":4,"revision":"db-6f5c8","updated":false,"state":"ready"}],"steps":[1,5],"approvedSteps":0}
        {"time":"2026-01-02T15:04:00Z","event":"held"}
        {"time":"2026-01-02T15:04:01Z","event":"pinned","revision":"db-7d4b9"}
        {"time":"2026-01-02T15:04:01Z","event":"stepStarted","step":1,"of":2,"updated":1,"replicas":5,"pods":["db-4"]}
        {"time":"2026-01-02T15:04:01Z","event":"released","pods":["db-4"]}
        {"time":"2026-01-02T15:04:02Z","event":"pod","pod":"db-4","ordinal":4,"revision":"db-6f5c8","updated":false,"state":"terminating"}
        {"time":"2026-01-02T15:04:05Z","event":"pod","pod":"db-4","ordinal":4,"updated":true,"state":"missing"}
        {"time":"2026-01-02T15:04:06Z","event":"pod","pod":"db-4","ordinal":4,"revision":"db-7d4b9","updated":true,"state":"pending","reason":"ContainerCreating"}
        {"time":"2026-01-02T15:04:09Z","event":"pod","pod":"db-4","ordinal":4,"revision":"db-7d4b9","updated":true,"state":"starting"}
        {"time":"2026-01-02T15:04:15Z","event":"pod","pod":"db-4","ordinal":4,"revision":"db-7d4b9","updated":true,"state":"soaking","soaksUntil":"2026-01-02T15:04:45Z"}
        {"time":"2026-01-02T15:04:15Z","event":"waiting","what":"pod db-4 is ready and soaks","until":"2026-01-02T15:04:45Z"}
        {"time":"2026-01-02T15:04:45Z","event":"pod","pod":"db-4","ordinal":4,"revision":"db-7d4b9","updated":true,"state":"gating"}
        {"time":"2026-01-02T15:04:45Z","event":"gate","pod":"db-4","gate":"cmd:./check.sh","state":"running","until":"2026-01-02T15:05:15Z"}
        {"time":"2026-01-02T15:04:45Z","event":"waiting","what":"gate cmd:./check.sh of db-4","until":"2026-01-02T15:05:15Z"}
        {"time":"2026-01-02T15:04:48Z","event":"gate","pod":"db-4","gate":"cmd:./check.sh","state":"passed","detail":"lag 0"}
        {"time":"2026-01-02T15:04:48Z","event":"pod","pod":"db-4","ordinal":4,"revision":"db-7d4b9","updated":true,"state":"ready"}
        {"time":"2026-01-02T15:04:48Z","event":"podPassed","pod":"db-4","tookSeconds":47}
        {"time":"2026-01-02T15:04:48Z","event":"stepPassed","step":1,"of":2,"updated":1,"replicas":5,"pods":["db-4"]}
        {"time":"2026-01-02T15:04:48Z","event":"askingApproval","step":1,"of":2,"updated":1,"replicas":5,"pods":["db-4"]}
        {"time":"2026-01-02T15:05:00Z","event":"stepStarted","step":2,"of":2,"updated":5,"replicas":5,"pods":["db-3","db-2","db-1","db-0"]}
        {"time":"2026-01-02T15:05:00Z","event":"released","pods":["db-3"]}
        {"time":"2026-01-02T15:05:01Z","event":"pod","pod":"db-3","ordinal":3,"revision":"db-7d4b9","updated":true,"state":"starting","reason":"ContainerCreating"}
        {"time":"2026-01-02T15:05:01Z","event":"waiting","what":"pod db-3 is not ready","until":"2026-01-02T15:20:00Z"}
        {"time":"2026-01-02T15:05:20Z","event":"pod","pod":"db-3","ordinal":3,"revision":"db-7d4b9","updated":true,"state":"failing","reason":"CrashLoopBackOff: back-off 1m20s restarting failed container app in pod db-3_prod(3f2b0c1e-8f3a-4a52-9d0b-0f6c2e6b7a11)"}
        {"time":"2026-01-02T15:05:20Z","event":"waiting","what":"pod db-3 fails (CrashLoopBackOff)","until":"2026-01-02T15:06:20Z"}
        {"time":"2026-01-02T15:05:24Z","event":"stale","since":"2026-01-02T15:05:23Z","reason":"connection reset by peer"}
        {"time":"2026-01-02T15:05:36Z","event":"fresh"}
        {"time":"2026-01-02T15:05:36Z","event":"note","message":"events of db-3: OOMKilled twice"}
        {"time":"2026-01-02T15:06:20Z","event":"ended","exitCode":3,"summary":"held at 1 of 5 pods: db-3 fails (CrashLoopBackOff)","next":[{"does":"go on","command":"kubectl sts rollout continue db -n prod"},{"does":"back to 6f5c8","command":"kubectl sts rollout abort db -n prod"}]}
        "#);
    }

    #[test]
    fn the_keys_of_claims_that_change() {
        let row = |step, reason: &str| ClaimRow {
            claim: "data-db-1".to_owned(),
            has: "1Gi".to_owned(),
            step,
            reason: reason.to_owned(),
        };
        let started = ClaimsStarted {
            set: "prod/db".to_owned(),
            change: "claims to 2Gi".to_owned(),
            claims: vec![row(ClaimStep::Waiting, "")],
        };
        let took = Some(jiff::SignedDuration::from_secs(4));
        let events = [
            Event::ClaimsStarted(started),
            Event::ClaimRow(row(ClaimStep::Failed, "no space")),
            Event::ClaimPassed { claim: "data-db-1".to_owned(), took },
        ];
        let lines: Vec<String> = events.iter().map(|happened| event(at(0), happened)).collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        {"time":"2026-01-02T15:04:00Z","event":"claimsStarted","set":"prod/db","change":"claims to 2Gi","claims":[{"claim":"data-db-1","has":"1Gi","state":"waiting"}]}
        {"time":"2026-01-02T15:04:00Z","event":"claimChanged","claim":"data-db-1","has":"1Gi","state":"failed","reason":"no space"}
        {"time":"2026-01-02T15:04:00Z","event":"claimPassed","claim":"data-db-1","tookSeconds":4}
        "#);
    }

    #[test]
    fn messages_have_the_form_of_events() {
        let failed = Failure::new(Exit::Refused, anyhow::anyhow!("no terminal")).hint("use --yes");
        let lines = [note(at(0), "a"), warning(at(0), "b\n\u{1b}"), failure(at(0), &failed)];
        insta::assert_snapshot!(lines.join("\n"), @r#"
        {"time":"2026-01-02T15:04:00Z","event":"note","message":"a"}
        {"time":"2026-01-02T15:04:00Z","event":"warning","message":"b\n\u001b"}
        {"time":"2026-01-02T15:04:00Z","event":"error","message":"no terminal","hints":["use --yes"],"exitCode":9}
        "#);
    }
}
