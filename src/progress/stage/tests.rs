//! Single decisions of a staged rollout, on readings made by hand.

use super::*;
use crate::model::pod::{Pod, TroubleKind};
use crate::model::run::RecordedRun;
use crate::model::set::HOLD;
use crate::plan::options::Approve;
use crate::plan::step::{StrategyChange, TemplateChange};
use crate::progress::machine::GateSubject;
use crate::testing::{NEW, a_holder, a_pod, a_run, a_set, a_snapshot, at};

fn options() -> Options {
    Options { soak: SignedDuration::from_secs(10), ..Options::default() }
}

/// A run that has released the top pod, at time 0.
fn released(snapshot: Snapshot, options: Options, gated: bool) -> (Stage, Snapshot) {
    let mut snapshot = snapshot;
    snapshot.set = snapshot.set.updating().at_partition(2);
    let run = Run { partition: 2, ..a_run(&snapshot.set) };
    snapshot.set = snapshot.set.recording(run.clone());
    let change = "image app=new".to_owned();
    let begin = Begin { run, holder: a_holder(at(0)), options, gated, change };
    (Stage::new(begin, &snapshot, at(0)), snapshot)
}

fn canary(options: Options) -> (Stage, Snapshot) {
    released(a_snapshot(&a_set("db")), options, false)
}

fn end(next: Move) -> End {
    match next {
        Move::End(end) => end,
        other => panic!("{other:?}"),
    }
}

fn wake(next: &Move) -> Timestamp {
    match next {
        Move::Wait { wake: Some(wake) } => *wake,
        other => panic!("{other:?}"),
    }
}

fn updated(snapshot: &Snapshot, uid: &str, ready: i64) -> Snapshot {
    let pod = a_pod(&snapshot.set, 2).on(NEW).ready_at(at(ready));
    snapshot.clone().with(Pod { uid: uid.to_owned(), ..pod })
}

/// Carries out a write of the record alone, such as a sign of life.
fn beat(stage: &mut Stage, snapshot: &mut Snapshot, next: Move, now: Timestamp) {
    let Move::Write(Step::PatchSet(patch)) = next else { panic!("{next:?}") };
    assert_eq!((&patch.strategy, &patch.template), (&StrategyChange::Keep, &TemplateChange::Keep));
    let RunChange::Write(run) = patch.run else { panic!("no record") };
    snapshot.set = snapshot.set.clone().recording(run);
    stage.written(Some(&snapshot.set), now);
}

#[test]
fn the_lock_is_renewed_while_nothing_happens() {
    let (mut stage, mut snapshot) = canary(options());
    assert_eq!(wake(&stage.next(&snapshot, at(1))), at(20));
    let next = stage.next(&snapshot, at(20));
    beat(&mut stage, &mut snapshot, next, at(20));
    assert_eq!(wake(&stage.next(&snapshot, at(20))), at(40));
}

#[test]
fn a_pod_counts_once_it_was_ready_for_the_soak_as_seen_here() {
    let (mut stage, snapshot) = canary(options());
    let starting = snapshot.clone().with(a_pod(&snapshot.set, 2).on(NEW).unready());
    stage.next(&starting, at(1));
    // The server's clock says it has been ready for ages.
    let ready = updated(&snapshot, "uid-2", -500);
    assert_eq!(wake(&stage.next(&ready, at(2))), at(12));
    stage.events();
    let stopped = end(stage.next(&ready, at(12)));
    assert_eq!(stopped.exit, Exit::Held);
    assert_eq!(stopped.summary, "step 1 of 2 passed; held at 1 of 3 pods (db-2)");
    let passed = |event: &Event| matches!(event, Event::PodPassed { pod, .. } if pod == "db-2");
    assert!(stage.events().iter().any(passed));
}

#[test]
fn readiness_lost_between_two_readings_starts_the_soak_anew() {
    let (mut stage, snapshot) = canary(options());
    assert_eq!(wake(&stage.next(&updated(&snapshot, "uid-2", 0), at(1))), at(10));
    // Not seen unready, but its condition says that it became ready once more.
    assert_eq!(wake(&stage.next(&updated(&snapshot, "uid-2", 8), at(9))), at(19));
    assert!(matches!(stage.next(&updated(&snapshot, "uid-2", 8), at(18)), Move::Wait { .. }));
    assert_eq!(end(stage.next(&updated(&snapshot, "uid-2", 8), at(19))).exit, Exit::Held);
}

#[test]
fn a_pod_that_is_replaced_has_to_pass_again() {
    let (mut stage, snapshot) = canary(Options { approve: Approve::Prompt, ..options() });
    assert!(matches!(stage.next(&updated(&snapshot, "uid-2", -60), at(1)), Move::Ask(_)));
    let another = updated(&snapshot, "uid-9", 2);
    assert_eq!(wake(&stage.next(&another, at(3))), at(12));
}

#[test]
fn an_error_is_put_up_with_for_a_while_and_then_holds_the_rollout() {
    let (mut stage, snapshot) = canary(options());
    let broken = a_pod(&snapshot.set, 2).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff");
    let mut broken = snapshot.clone().with(broken);
    assert_eq!(wake(&stage.next(&broken, at(5))), at(20), "the next sign of life");
    for now in [20, 40, 60] {
        let next = stage.next(&broken, at(now));
        beat(&mut stage, &mut broken, next, at(now));
    }
    assert_eq!(wake(&stage.next(&broken, at(60))), at(65), "a minute after it was seen");
    let held = end(stage.next(&broken, at(65)));
    assert_eq!(held.exit, Exit::Found);
    assert_eq!(held.summary, "pod db-2 is not ready: CrashLoopBackOff; held at 1 of 3 pods (db-2)");
    assert!(stage.change_failed());
    let Some(Step::PatchSet(parting)) = held.parting else { panic!("no parting") };
    let RunChange::Write(run) = parting.run else { panic!("no record") };
    assert_eq!((run.phase, run.holder), (RunPhase::Failed, None));
}

#[test]
fn nodes_may_take_longer_to_be_found() {
    let patient = Options { grace: SignedDuration::ZERO, ..options() };
    let (mut stage, snapshot) = canary(patient);
    let kind = TroubleKind::Unschedulable;
    let pending = a_pod(&snapshot.set, 2).on(NEW).troubled(kind, "Unschedulable");
    assert!(matches!(stage.next(&snapshot.clone().with(pending), at(5)), Move::Wait { .. }));
    let pulling = a_pod(&snapshot.set, 2).on(NEW).troubled(TroubleKind::Image, "ErrImagePull");
    assert_eq!(end(stage.next(&snapshot.with(pulling), at(6))).exit, Exit::Found);
}

#[test]
fn one_restart_is_one_too_many_unless_allowed() {
    let restarted = |snapshot: &Snapshot| {
        let pod = a_pod(&snapshot.set, 2).on(NEW).ready_at(at(0)).restarted(1);
        snapshot.clone().with(pod)
    };
    let (mut stage, snapshot) = canary(options());
    let held = end(stage.next(&restarted(&snapshot), at(1)));
    assert_eq!(held.exit, Exit::Found);
    assert!(held.summary.starts_with("pod db-2 restarted once"), "{}", held.summary);
    let (mut stage, snapshot) = canary(Options { max_restarts: 1, ..options() });
    assert!(matches!(stage.next(&restarted(&snapshot), at(1)), Move::Wait { .. }));
    // Those it had when the rollout was taken up are forgiven.
    let restarted_before = restarted(&a_snapshot(&a_set("db")));
    let (mut stage, snapshot) = released(restarted_before, options(), false);
    assert!(matches!(stage.next(&snapshot, at(1)), Move::Wait { .. }));
}

#[test]
fn a_pod_below_in_trouble_is_named_and_not_blamed_on_the_change() {
    let (mut stage, snapshot) = canary(options());
    let sick = a_pod(&snapshot.set, 0).troubled(TroubleKind::Crash, "CrashLoopBackOff");
    let mut snapshot = snapshot.with(sick);
    stage.next(&snapshot, at(0));
    let waits = stage.events().into_iter().find_map(|event| match event {
        Event::Waiting(waiting) => Some(waiting.what),
        _ => None,
    });
    assert_eq!(
        waits.as_deref(),
        Some("pod db-0 is not ready (CrashLoopBackOff): the controller moves no pod until it is")
    );
    for now in [20, 40] {
        let next = stage.next(&snapshot, at(now));
        beat(&mut stage, &mut snapshot, next, at(now));
    }
    let next = stage.next(&snapshot, at(60));
    beat(&mut stage, &mut snapshot, next, at(60));
    let held = end(stage.next(&snapshot, at(60)));
    assert!(held.summary.contains("it blocks the rollout, not the new revision"));
    assert!(!stage.change_failed());
}

#[test]
fn a_tolerated_pod_below_fails_a_parallel_rollout_only_where_it_stops_it() {
    for (going_on, fails) in [(true, false), (false, true)] {
        let tolerant = Options { tolerate_unready: 1, ..options() };
        let (mut stage, snapshot) = released(a_snapshot(&a_set("db").parallel()), tolerant, false);
        let sick = a_pod(&snapshot.set, 0).troubled(TroubleKind::Crash, "CrashLoopBackOff");
        let mut snapshot = snapshot.with(sick);
        if going_on {
            let set = snapshot.set.clone();
            snapshot = snapshot.with(a_pod(&set, 2).deleting());
        }
        for now in [20, 40, 60] {
            let next = stage.next(&snapshot, at(now));
            beat(&mut stage, &mut snapshot, next, at(now));
            assert!(matches!(stage.next(&snapshot, at(now)), Move::Wait { .. }));
        }
        let next = stage.next(&snapshot, at(80));
        beat(&mut stage, &mut snapshot, next, at(80));
        match stage.next(&snapshot, at(80)) {
            Move::End(end) if fails => {
                assert_eq!(end.exit, Exit::Found);
                assert!(end.summary.contains("it blocks the rollout"), "{}", end.summary);
            }
            Move::Wait { .. } if !fails => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn nothing_is_released_on_a_spec_the_controller_has_not_seen() {
    let (mut stage, snapshot) = canary(Options { approve: Approve::Auto, ..options() });
    let mut ready = updated(&snapshot, "uid-2", -60);
    ready.set = ready.set.unobserved();
    assert!(matches!(stage.next(&ready, at(1)), Move::Wait { .. }));
    ready.set.status.observed_generation = Some(ready.set.generation);
    assert_eq!(stage.next(&ready, at(2)), Move::ReadBudgets);
    stage.budgets_read(at(2));
    let Move::Write(Step::PatchSet(patch)) = stage.next(&ready, at(2)) else { panic!() };
    assert_eq!(patch.strategy, StrategyChange::Partition(1));
}

#[test]
fn declining_holds_the_rollout_and_saying_yes_goes_on() {
    let (mut stage, snapshot) = canary(Options { approve: Approve::Prompt, ..options() });
    let ready = updated(&snapshot, "uid-2", -60);
    let Move::Ask(step) = stage.next(&ready, at(1)) else { panic!() };
    assert_eq!((step.number, step.of, step.updated, step.replicas), (1, 2, 1, 3));
    assert_eq!(step.pods, ["db-2"]);
    stage.answered(false);
    assert_eq!(end(stage.next(&ready, at(2))).exit, Exit::Held);
    let (mut stage, snapshot) = canary(Options { approve: Approve::Prompt, ..options() });
    let ready = updated(&snapshot, "uid-2", -60);
    stage.next(&ready, at(1));
    stage.answered(true);
    assert_eq!(stage.next(&ready, at(2)), Move::ReadBudgets);
}

#[test]
fn thinking_about_a_step_does_not_time_the_next_one_out() {
    let hasty = Options { step_timeout: SignedDuration::from_secs(60), ..options() };
    let (mut stage, snapshot) = canary(Options { approve: Approve::Prompt, ..hasty });
    let mut ready = updated(&snapshot, "uid-2", -60);
    stage.next(&ready, at(1));
    for now in [20, 40, 60, 80, 100] {
        let next = stage.next(&ready, at(now));
        beat(&mut stage, &mut ready, next, at(now));
        assert!(matches!(stage.next(&ready, at(now)), Move::Ask(_)));
    }
    stage.answered(true);
    let sick = ready.clone().with(a_pod(&ready.set, 0).unready());
    assert!(matches!(stage.next(&sick, at(101)), Move::Wait { .. }));
}

fn gated() -> (Stage, Snapshot) {
    let (stage, snapshot) = released(a_snapshot(&a_set("db")), options(), true);
    (stage, updated(&snapshot, "uid-2", -60))
}

#[test]
fn gates_are_asked_once_a_pod_has_soaked() {
    let (mut stage, ready) = gated();
    let Move::RunGates(subject) = stage.next(&ready, at(1)) else { panic!() };
    assert_eq!(
        subject,
        GateSubject {
            pod: "db-2".to_owned(),
            uid: "uid-2".to_owned(),
            ordinal: Ordinal(2),
            revision: NEW.to_owned(),
            step: 1,
        }
    );
    assert!(matches!(stage.next(&ready, at(2)), Move::Wait { .. }), "not asked twice");
    stage.gated("uid-2", GateResult::Passed, at(3));
    assert_eq!(end(stage.next(&ready, at(3))).exit, Exit::Held);
}

#[test]
fn a_pod_in_the_place_of_one_that_is_gone_is_asked_about_at_once() {
    let (mut stage, ready) = gated();
    assert!(matches!(stage.next(&ready, at(1)), Move::RunGates(_)));
    let replaced = updated(&ready, "uid-9", -60);
    let Move::RunGates(subject) = stage.next(&replaced, at(2)) else { panic!() };
    assert_eq!(subject.uid, "uid-9");
    assert!(matches!(stage.next(&replaced, at(3)), Move::Wait { .. }), "not asked twice");
}

#[test]
fn a_gate_that_says_no_fails_the_change() {
    let (mut stage, ready) = gated();
    stage.next(&ready, at(1));
    let no = GateResult::Failed { gate: "cmd:./check".to_owned(), detail: "lag 40s".to_owned() };
    stage.gated("uid-2", no, at(2));
    let held = end(stage.next(&ready, at(2)));
    assert_eq!(held.exit, Exit::Found);
    assert!(held.summary.starts_with("gate cmd:./check failed for pod db-2: lag 40s; held at"));
    assert!(stage.change_failed());
}

#[test]
fn a_gate_that_cannot_tell_holds_and_condemns_nothing() {
    let (mut stage, ready) = gated();
    stage.next(&ready, at(1));
    let gate = "exec:x".to_owned();
    stage.gated("uid-2", GateResult::Inconclusive { gate, detail: String::new() }, at(2));
    let held = end(stage.next(&ready, at(2)));
    assert_eq!(held.exit, Exit::Found);
    assert!(held.summary.contains("could not tell about pod db-2"), "{}", held.summary);
    assert!(!stage.change_failed());
}

#[test]
fn a_gate_that_never_ends_runs_into_the_time_limit_of_the_step() {
    let limit = SignedDuration::from_secs(5);
    let options = Options { step_timeout: limit, ..options() };
    let (mut stage, snapshot) = released(a_snapshot(&a_set("db")), options, true);
    let ready = updated(&snapshot, "uid-2", -60);
    assert!(matches!(stage.next(&ready, at(1)), Move::RunGates(_)));
    assert!(matches!(stage.next(&ready, at(4)), Move::Wait { .. }));
    let held = end(stage.next(&ready, at(6)));
    assert_eq!(held.exit, Exit::TimedOut);
    assert!(held.summary.contains("running gates for pod db-2"), "{}", held.summary);
    assert!(!stage.change_failed());
}

#[test]
fn an_interruption_gives_the_lock_up_and_releases_nothing() {
    let (mut stage, snapshot) = canary(options());
    let end = stage.interrupted(&snapshot, Exit::Interrupted, at(1));
    assert_eq!(end.exit, Exit::Interrupted);
    assert_eq!(end.summary, "interrupted; held at 1 of 3 pods (db-2)");
    assert_eq!(end.then, Then::ContinueOrAbort);
    let Some(Step::PatchSet(parting)) = end.parting else { panic!("no parting") };
    assert_eq!(parting.strategy, StrategyChange::Keep);
    let RunChange::Write(run) = parting.run else { panic!("no record") };
    assert_eq!((run.holder, run.partition, run.phase), (None, 2, RunPhase::Staging));
}

#[test]
fn a_rollout_that_has_released_nothing_says_so() {
    let set = a_set("db").updating().at_partition(HOLD);
    let run = a_run(&set);
    let snapshot = a_snapshot(&set.recording(run.clone()));
    let holder = a_holder(at(0));
    let begin = Begin { run, holder, options: options(), gated: false, change: String::new() };
    let mut stage = Stage::new(begin, &snapshot, at(0));
    let end = stage.interrupted(&snapshot, Exit::Terminated, at(1));
    assert_eq!(end.summary, "interrupted; held: none of 3 pods was released");
}

#[test]
fn the_whole_run_has_a_limit_of_its_own() {
    let limited = Options { timeout: Some(SignedDuration::from_secs(15)), ..options() };
    let (mut stage, snapshot) = canary(limited);
    assert_eq!(wake(&stage.next(&snapshot, at(1))), at(15));
    assert_eq!(end(stage.next(&snapshot, at(15))).exit, Exit::TimedOut);
}

#[test]
fn the_record_of_an_old_reading_is_not_believed() {
    let (mut stage, snapshot) = canary(options());
    let Some(RecordedRun::Read(run)) = snapshot.set.run.clone() else { panic!() };
    let older = Run { partition: HOLD, ..run };
    let behind = Set { ..snapshot.set.clone().at_partition(HOLD).recording(older) };
    let behind = Snapshot { set: behind, ..snapshot };
    assert_eq!(end(stage.next(&behind, at(1))).exit, Exit::Conflict, "never raised in silence");
    assert_eq!(stage.run().partition, 2);
}

#[test]
fn an_interruption_leaves_alone_what_is_somebody_elses_by_now() {
    let (mut stage, snapshot) = canary(options());
    assert!(stage.interrupted(&snapshot, Exit::Interrupted, at(1)).parting.is_some());
    let with = |run: Option<Run>| {
        let mut seen = snapshot.clone();
        seen.set.run = run.map(RecordedRun::Read);
        seen
    };
    let run = stage.run().clone();
    let theirs = Holder { token: "theirs".to_owned(), ..run.holder.clone().unwrap() };
    let taken = with(Some(Run { holder: Some(theirs), ..run.clone() }));
    let paused = with(Some(Run { holder: None, ..run.clone() }));
    let another = with(Some(Run { id: "run-2".to_owned(), ..run }));
    for seen in [taken, paused, another, with(None)] {
        let end = stage.interrupted(&seen, Exit::Interrupted, at(1));
        assert_eq!(end.parting, None, "{:?}", seen.set.run);
    }
}
