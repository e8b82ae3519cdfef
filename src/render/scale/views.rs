//! How the views show a scaling.

use jiff::SignedDuration;

use crate::exit::Exit;
use crate::model::ordinal::Ordinal;
use crate::progress::event::{
    ClaimState, Ended, Event, PodRow, PodState, ScaleStarted, Scaled, Waiting,
};
use crate::render::board::Board;
use crate::render::frame::frame;
use crate::render::record;
use crate::render::rollout::Teller;
use crate::render::scripted::{Script, at};

fn pod(ordinal: u32, state: PodState) -> PodRow {
    PodRow {
        pod: format!("db-{ordinal}"),
        ordinal: Ordinal(ordinal),
        revision: (state != PodState::Missing).then(|| "db-6f5c8".to_owned()),
        updated: true,
        state,
        reason: String::new(),
    }
}

fn names(ordinals: impl Iterator<Item = u32>) -> Vec<String> {
    ordinals.map(|ordinal| format!("db-{ordinal}")).collect()
}

fn started(from: u32, to: u32) -> Event {
    let state = |ordinal| if ordinal < from { PodState::Ready } else { PodState::Missing };
    Event::ScaleStarted(ScaleStarted {
        set: "prod/db".to_owned(),
        from,
        to,
        pods: (0..from.max(to)).map(|ordinal| pod(ordinal, state(ordinal))).collect(),
        comes: names(from..to),
        goes: names((to..from).rev()),
    })
}

fn scaled(replicas: u32, pods: Vec<String>) -> Event {
    Event::Scaled(Scaled { replicas, pods, at_a_time: 1, held: false })
}

fn went(ordinal: u32, took: i64) -> Event {
    Event::PodWent { pod: format!("db-{ordinal}"), took: SignedDuration::from_secs(took) }
}

fn came(ordinal: u32, took: i64) -> Event {
    Event::PodCame { pod: format!("db-{ordinal}"), took: SignedDuration::from_secs(took) }
}

/// Five to two, the second on its way out.
fn down() -> Script {
    vec![
        (0, started(5, 2)),
        (0, scaled(2, names((2..5).rev()))),
        (1, Event::Pod(pod(4, PodState::Terminating))),
        (9, went(4, 9)),
        (9, Event::Pod(pod(4, PodState::Missing))),
        (10, Event::Pod(pod(3, PodState::Terminating))),
        (10, Event::Waiting(Waiting { what: "waiting for pod db-3 to end".into(), until: None })),
    ]
}

/// Three to five, the first there, the second starting.
fn up() -> Script {
    vec![
        (0, started(3, 5)),
        (0, scaled(5, names(3..5))),
        (1, Event::Pod(pod(3, PodState::Pending))),
        (20, Event::Pod(pod(3, PodState::Soaking { until: at(30) }))),
        (30, came(3, 30)),
        (30, Event::Pod(pod(3, PodState::Ready))),
        (31, Event::Pod(pod(4, PodState::Starting))),
    ]
}

fn drawn(script: &Script, second: i64, size: (usize, usize)) -> String {
    let mut board = Board::default();
    for (second, event) in script {
        board.apply(at(*second), event);
    }
    let rows = frame(&board, at(second), size);
    rows.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn told(script: &Script) -> String {
    let mut teller = Teller::default();
    let lines = script.iter().flat_map(|(second, event)| teller.tell(at(*second), event));
    lines.map(|line| line.to_string()).collect::<Vec<_>>().join("\n")
}

#[test]
fn pods_that_go_are_drawn_until_they_are_gone() {
    insta::assert_snapshot!(drawn(&down(), 12, (80, 24)), @"
    prod/db  5 to 2 replicas
    ✓ db-4  [######]  -      gone
    > db-3  [####--]  6f5c8  terminating
      db-2  [------]  6f5c8  to go
      db-1            6f5c8  stays
      db-0            6f5c8  stays
    [########------------------]  1/3 pods went  ETA 15s
    waiting: waiting for pod db-3 to end
    ");
}

#[test]
fn pods_that_come_are_drawn_from_before_they_are_there() {
    insta::assert_snapshot!(drawn(&up(), 40, (80, 24)), @"
    prod/db  3 to 5 replicas
    > db-4  [###---]  6f5c8  starting
    ✓ db-3  [######]  6f5c8  available
      db-2            6f5c8  stays
      db-1            6f5c8  stays
      db-0            6f5c8  stays
    [#############-------------]  1/2 pods came  ETA 20s
    ");
}

#[test]
fn of_three_hundred_those_at_work_are_drawn() {
    let mut script = vec![(0, started(30, 300)), (0, scaled(300, names(30..300)))];
    script.push((1, Event::Pod(pod(30, PodState::Starting))));
    insta::assert_snapshot!(drawn(&script, 2, (80, 24)), @"
    prod/db  30 to 300 replicas
      db-41  [------]  -      to come
      db-40  [------]  -      to come
      db-39  [------]  -      to come
      db-38  [------]  -      to come
      db-37  [------]  -      to come
      db-36  [------]  -      to come
      db-35  [------]  -      to come
      db-34  [------]  -      to come
      db-33  [------]  -      to come
      db-32  [------]  -      to come
      db-31  [------]  -      to come
    > db-30  [###---]  6f5c8  starting
      … 288 more: 30 stay, 258 to come
    [--------------------------]  0/270 pods came
    ");
}

#[test]
fn a_scaling_is_told_in_one_voice() {
    let mut script = down();
    let claim = |end| Event::Claim { claim: "data-db-4".to_owned(), end };
    script.push((11, claim(ClaimState::Kept)));
    script.push((11, claim(ClaimState::Deleted)));
    let end =
        Ended { exit: Exit::Success, summary: "all 2 pods are available".into(), next: vec![] };
    script.push((11, Event::Ended(end)));
    insta::assert_snapshot!(told(&script), @"
    prod/db     5 to 2 replicas
    prod/db     asked for 2 replicas
    db-4        terminating
    db-4        gone after 9s
    db-3        terminating
    pvc/data-db-4  kept, with its data
    pvc/data-db-4  deleted
    prod/db     all 2 pods are available
    ");
    insta::assert_snapshot!(told(&up()), @"
    prod/db     3 to 5 replicas
    prod/db     asked for 5 replicas
    db-3        pending
    db-3        ready, soaking 10s
    db-3        available after 30s
    db-4        starting
    ");
}

#[test]
fn records_of_a_scaling_have_keys_that_stay() {
    let held = Scaled { replicas: 2, pods: names(2..3), at_a_time: 1, held: true };
    let claim = Event::Claim { claim: "data-db-2".to_owned(), end: ClaimState::Leaving };
    let events = [started(1, 2), Event::Scaled(held), came(3, 4), went(2, 5), claim];
    let lines: Vec<String> = events.iter().map(|event| record::event(at(0), event)).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"time":"2026-01-02T15:04:00Z","event":"scaleStarted","set":"prod/db","from":1,"to":2,"pods":[{"pod":"db-0","ordinal":0,"revision":"db-6f5c8","updated":true,"state":"ready"},{"pod":"db-1","ordinal":1,"updated":true,"state":"missing"}],"comes":["db-1"],"goes":[]}
    {"time":"2026-01-02T15:04:00Z","event":"scaled","replicas":2,"pods":["db-2"],"held":true}
    {"time":"2026-01-02T15:04:00Z","event":"podCame","pod":"db-3","tookSeconds":4}
    {"time":"2026-01-02T15:04:00Z","event":"podWent","pod":"db-2","tookSeconds":5}
    {"time":"2026-01-02T15:04:00Z","event":"claim","claim":"data-db-2","state":"leaving"}
    "#);
}
