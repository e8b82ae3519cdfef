//! Runs to look at: scripted events for the tests of views.

use jiff::{SignedDuration, Timestamp};

use crate::exit::Exit;
use crate::model::ordinal::Ordinal;
use crate::progress::event::{
    Ended, Event, GateProgress, GateState, NextCommand, PodRow, PodState, Started, StepProgress,
    Waiting,
};

/// A point in time, so many seconds after the scripts begin.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-01-02T15:04:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

/// A script: events with the second they happen in.
pub(crate) type Script = Vec<(i64, Event)>;

fn pod(ordinal: u32, revision: &str, state: PodState, reason: &str) -> PodRow {
    PodRow {
        pod: format!("db-{ordinal}"),
        ordinal: Ordinal(ordinal),
        revision: (state != PodState::Missing).then(|| format!("db-{revision}")),
        updated: revision == NEW,
        state,
        reason: reason.to_owned(),
    }
}

const OLD: &str = "6f5c8";
const NEW: &str = "7d4b9";

fn step(number: u32, updated: u32, replicas: u32, pods: &[u32]) -> StepProgress {
    let pods = pods.iter().map(|ordinal| format!("db-{ordinal}")).collect();
    StepProgress { number, of: 2, updated, replicas, pods }
}

fn waiting(what: &str, until: Option<i64>) -> Event {
    Event::Waiting(Waiting { what: what.to_owned(), until: until.map(at) })
}

fn started(replicas: u32) -> Event {
    Event::Started(Started {
        set: "prod/db".to_owned(),
        change: "image app=db:v2".to_owned(),
        pods: (0..replicas).map(|ordinal| pod(ordinal, OLD, PodState::Ready, "")).collect(),
        steps: vec![1, replicas],
        approved: 0,
    })
}

fn released(ordinal: u32) -> Event {
    Event::Released { pods: vec![format!("db-{ordinal}")] }
}

fn passed(ordinal: u32, took: i64) -> Event {
    Event::PodPassed { pod: format!("db-{ordinal}"), took: Some(SignedDuration::from_secs(took)) }
}

/// Five pods, up to the soak of the canary.
pub(crate) fn soaking() -> Script {
    vec![
        (0, started(5)),
        (0, Event::Held),
        (1, Event::Pinned { revision: "db-7d4b9".to_owned() }),
        (1, Event::StepStarted(step(1, 1, 5, &[4]))),
        (1, released(4)),
        (2, Event::Pod(pod(4, OLD, PodState::Terminating, ""))),
        (5, Event::Pod(pod(4, NEW, PodState::Missing, ""))),
        (6, Event::Pod(pod(4, NEW, PodState::Pending, "ContainerCreating"))),
        (9, Event::Pod(pod(4, NEW, PodState::Starting, ""))),
        (15, Event::Pod(pod(4, NEW, PodState::Soaking { until: at(45) }, ""))),
        (15, waiting("pod db-4 is ready and soaks", Some(45))),
    ]
}

/// The same, up to an extra gate.
pub(crate) fn gate() -> Script {
    let gate = GateProgress {
        pod: "db-4".to_owned(),
        gate: "cmd:./check.sh".to_owned(),
        state: GateState::Running { until: at(75) },
    };
    let mut script = soaking();
    script.push((45, Event::Pod(pod(4, NEW, PodState::Gating, ""))));
    script.push((45, Event::Gate(gate)));
    script.push((45, waiting("gate cmd:./check.sh of db-4", Some(75))));
    script
}

/// The same, up to the second step with one pod done.
pub(crate) fn second_step() -> Script {
    let mut script = gate();
    script.extend([
        (
            48,
            Event::Gate(GateProgress {
                pod: "db-4".to_owned(),
                gate: "cmd:./check.sh".to_owned(),
                state: GateState::Passed { detail: "lag 0".to_owned() },
            }),
        ),
        (48, Event::Pod(pod(4, NEW, PodState::Ready, ""))),
        (48, passed(4, 47)),
        (48, Event::StepPassed(step(1, 1, 5, &[4]))),
        (48, Event::AskingApproval(step(1, 1, 5, &[4]))),
        (60, Event::StepStarted(step(2, 5, 5, &[3, 2, 1, 0]))),
        (60, released(3)),
        (61, Event::Pod(pod(3, NEW, PodState::Starting, "ContainerCreating"))),
        (61, waiting("pod db-3 is not ready", Some(960))),
    ]);
    script
}

/// The same, with a pod that fails for a long reason.
pub(crate) fn failing() -> Script {
    let reason = "CrashLoopBackOff: back-off 1m20s restarting failed container app in pod \
                  db-3_prod(3f2b0c1e-8f3a-4a52-9d0b-0f6c2e6b7a11)";
    let mut script = second_step();
    script.push((80, Event::Pod(pod(3, NEW, PodState::Failing, reason))));
    script.push((80, waiting("pod db-3 fails (CrashLoopBackOff)", Some(140))));
    script
}

/// The same, with the connection lost.
pub(crate) fn stale() -> Script {
    let mut script = failing();
    let reason = "connection reset by peer".to_owned();
    script.push((84, Event::Stale { since: at(83), reason }));
    script
}

/// The same, with the connection back and the run over: held.
pub(crate) fn held() -> Script {
    let mut script = stale();
    let next = |does: &str, command: &str| NextCommand {
        does: does.to_owned(),
        command: format!("kubectl sts rollout {command} db -n prod"),
    };
    script.extend([
        (96, Event::Fresh),
        (96, Event::Notice("events of db-3: OOMKilled twice".to_owned())),
        (
            140,
            Event::Ended(Ended {
                exit: Exit::Found,
                summary: "held at 1 of 5 pods: db-3 fails (CrashLoopBackOff)".to_owned(),
                next: vec![next("go on", "continue"), next("back to 6f5c8", "abort")],
            }),
        ),
    ]);
    script
}

/// Fifty pods, with six done, one under way and a broken one far below.
pub(crate) fn fifty() -> Script {
    let rest: Vec<u32> = (0..49).rev().collect();
    let mut script = vec![
        (0, started(50)),
        (1, Event::StepStarted(step(1, 1, 50, &[49]))),
        (1, released(49)),
        (41, Event::Pod(pod(49, NEW, PodState::Ready, ""))),
        (41, passed(49, 40)),
        (41, Event::StepStarted(step(2, 50, 50, &rest))),
    ];
    for (turn, ordinal) in (44..49).rev().enumerate() {
        let begin = 41 + 40 * i64::try_from(turn).unwrap();
        script.push((begin, released(ordinal)));
        script.push((begin + 40, Event::Pod(pod(ordinal, NEW, PodState::Ready, ""))));
        script.push((begin + 40, passed(ordinal, 40)));
    }
    script.extend([
        (241, released(43)),
        (243, Event::Pod(pod(43, NEW, PodState::Pending, "ContainerCreating"))),
        (250, Event::Pod(pod(7, OLD, PodState::Starting, "readiness probe fails"))),
        (250, waiting("pod db-7 is not ready: it blocks db-43", None)),
    ]);
    script
}
