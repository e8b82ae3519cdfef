//! Every phase of a set, and what is said about it.

use super::*;
use crate::model::pod::TroubleKind;
use crate::model::run::Holder;
use crate::model::set::HOLD;
use crate::testing::{NEW, a_holder, a_pod, a_run, a_set, a_snapshot, at};

fn of(snapshot: &Snapshot) -> (Phase, String) {
    let found = assess(snapshot, at(0));
    (found.phase, found.summary)
}

fn updated(set: &Set, ordinals: &[u32]) -> Snapshot {
    ordinals
        .iter()
        .fold(a_snapshot(set), |snapshot, ordinal| snapshot.with(a_pod(set, *ordinal).on(NEW)))
}

fn says(snapshot: &Snapshot, phase: Phase, summary: &str) {
    assert_eq!(of(snapshot), (phase, summary.to_owned()));
}

#[test]
fn all_pods_on_the_template_and_available_is_complete() {
    says(&a_snapshot(&a_set("db")), Phase::Complete, "all 3 pods run db-old and are available");
    says(
        &a_snapshot(&a_set("db").with_strategy(Strategy::OnDelete)),
        Phase::Complete,
        "all 3 pods run db-old and are available",
    );
    let nil = a_set("db").with_strategy(Strategy::RollingUpdate(None));
    assert_eq!(of(&a_snapshot(&nil)).0, Phase::Complete);
    assert_eq!(of(&a_snapshot(&a_set("db").replicas(0))).0, Phase::Complete);
}

#[test]
fn exits_follow_the_phase() {
    let exits = [Phase::Complete, Phase::Held, Phase::Progressing, Phase::Blocked, Phase::Degraded]
        .map(|phase| phase.exit().code());
    assert_eq!(exits, [0, 6, 10, 3, 3]);
}

#[test]
fn an_unobserved_spec_is_never_done() {
    says(
        &a_snapshot(&a_set("db").unobserved()),
        Phase::Progressing,
        "the controller has not seen the latest spec yet",
    );
}

#[test]
fn pods_above_the_partition_still_have_to_move() {
    let set = a_set("db").updating();
    says(&updated(&set, &[2]), Phase::Progressing, "1 of 3 pods updated");
    let nil = set.with_strategy(Strategy::RollingUpdate(None));
    says(&updated(&nil, &[2]), Phase::Progressing, "1 of 3 pods updated");
}

#[test]
fn a_partition_that_holds_pods_back_is_never_called_complete() {
    let set = a_set("db").updating();
    says(
        &updated(&set.clone().at_partition(2), &[2]),
        Phase::Held,
        "1 of 3 pods updated, the partition keeps db-0 to db-1",
    );
    says(
        &updated(&set.clone().at_partition(1), &[1, 2]),
        Phase::Held,
        "2 of 3 pods updated, the partition keeps db-0",
    );
    for partition in [3, HOLD] {
        says(
            &updated(&set.clone().at_partition(partition), &[]),
            Phase::Held,
            "0 of 3 pods updated, the partition keeps db-0 to db-2",
        );
    }
    says(
        &a_snapshot(&a_set("db").at_partition(HOLD)),
        Phase::Held,
        "all 3 pods run db-old; the partition holds back whatever comes next",
    );
    let moved = set.at_partition(2).starting_at(5);
    says(
        &updated(&moved, &[7]),
        Phase::Held,
        "1 of 3 pods updated, the partition keeps db-5 to db-6",
    );
}

#[test]
fn ready_is_not_available() {
    let set = a_set("db").min_ready(10);
    let snapshot = a_snapshot(&set).with(a_pod(&set, 2).ready_at(at(-9)));
    says(
        &snapshot,
        Phase::Progressing,
        "pod db-2 is ready, but not yet for its minReadySeconds (10)",
    );
    assert_eq!(assess(&snapshot, at(1)).phase, Phase::Complete);
}

#[test]
fn a_pod_that_is_missing_or_not_ready_is_waited_for() {
    let set = a_set("db");
    says(
        &a_snapshot(&set).with(a_pod(&set, 1).unready()),
        Phase::Progressing,
        "pod db-1 is not ready (NotReady)",
    );
    assert_eq!(of(&a_snapshot(&set).without(1)).0, Phase::Progressing);
    says(
        &a_snapshot(&set).with(a_pod(&set, 2).deleting()),
        Phase::Progressing,
        "pod db-2 is not ready (Terminating)",
    );
}

#[test]
fn pods_of_a_scale_down_are_waited_for() {
    let set = a_set("db");
    says(
        &a_snapshot(&set).with(a_pod(&set, 3)),
        Phase::Progressing,
        "waiting for pod db-3 of a scale-down to go",
    );
}

#[test]
fn on_delete_waits_for_a_person() {
    let set = a_set("db").updating().with_strategy(Strategy::OnDelete);
    says(
        &updated(&set, &[1]),
        Phase::Held,
        "OnDelete: 2 of 3 pods wait to be deleted (db-0, db-2)",
    );
}

#[test]
fn on_delete_does_not_ask_for_pods_that_are_on_their_way() {
    let set = a_set("db").updating().with_strategy(Strategy::OnDelete);
    let snapshot = updated(&set, &[0, 1]);
    assert_eq!(of(&snapshot.clone().without(2)).0, Phase::Progressing);
    assert_eq!(of(&snapshot.with(a_pod(&set, 2).deleting())).0, Phase::Progressing);
}

#[test]
fn what_an_unknown_strategy_does_is_not_predicted() {
    let set = a_set("db").updating().with_strategy(Strategy::Other("Recreate".to_owned()));
    says(
        &updated(&set, &[]),
        Phase::Progressing,
        "strategy Recreate is not known to this version: what comes next is not predicted",
    );
}

#[test]
fn a_broken_new_pod_blocks_the_rollout() {
    let set = a_set("db").updating();
    let broken = a_pod(&set, 2).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff");
    let snapshot = a_snapshot(&set).with(broken);
    says(
        &snapshot,
        Phase::Blocked,
        "pod db-2 is not ready (CrashLoopBackOff): the rollout cannot go on",
    );
    let blocker = assess(&snapshot, at(0)).blocker.unwrap();
    assert_eq!((blocker.pod.as_str(), blocker.updated), ("db-2", true));
}

#[test]
fn a_broken_old_pod_is_not_blamed_on_the_new_revision() {
    let set = a_set("db").updating().at_partition(2);
    let snapshot = updated(&set, &[2])
        .with(a_pod(&set, 0).troubled(TroubleKind::Unschedulable, "Unschedulable"));
    says(
        &snapshot,
        Phase::Blocked,
        "pod db-0 is not ready (Unschedulable): it blocks the rollout, not the new revision",
    );
}

#[test]
fn a_reverted_template_does_not_hide_the_broken_pod() {
    // currentRevision == updateRevision, and one pod still runs what was given up.
    let set = a_set("db");
    let broken = a_pod(&set, 2).on(NEW).troubled(TroubleKind::Image, "ImagePullBackOff");
    let snapshot = a_snapshot(&set).with(broken);
    let found = assess(&snapshot, at(0));
    assert_eq!(found.phase, Phase::Blocked);
    assert_eq!((found.updated, found.available), (2, 2));
    let healthy = a_snapshot(&set).with(a_pod(&set, 2).on(NEW));
    says(&healthy, Phase::Progressing, "2 of 3 pods updated");
}

#[test]
fn ordered_sets_wait_for_the_lowest_and_parallel_ones_for_the_first_in_trouble() {
    let set = a_set("db").updating();
    let trouble = |set: &Set| {
        a_snapshot(set)
            .with(a_pod(set, 0).unready())
            .with(a_pod(set, 2).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff"))
    };
    assert_eq!(assess(&trouble(&set), at(0)).blocker, None, "the lowest may just be starting");
    let blocker = assess(&trouble(&set.parallel()), at(0)).blocker.unwrap();
    assert_eq!(blocker.pod, "db-2");
}

#[test]
fn all_updated_and_one_broken_is_degraded() {
    let set = a_set("db");
    let broken = a_pod(&set, 1).troubled(TroubleKind::Crash, "CrashLoopBackOff");
    says(
        &a_snapshot(&set).with(broken),
        Phase::Degraded,
        "pod db-1 is not ready (CrashLoopBackOff)",
    );
}

#[test]
fn a_pod_that_would_go_back_is_marked() {
    let set = a_set("db").updating().at_partition(HOLD);
    let found = assess(&updated(&set, &[2]), at(0));
    let marked: Vec<bool> = found.pods.iter().map(|pod| pod.pending_downgrade).collect();
    assert_eq!(marked, [false, false, true]);
    let kept = assess(&updated(&set.at_partition(2), &[2]), at(0));
    assert!(!kept.pods[2].pending_downgrade);
    assert_eq!(kept.pods[2].returns_on, NEW);
}

#[test]
fn a_staged_rollout_is_progressing_while_somebody_drives_it_and_held_afterwards() {
    let set = a_set("db").updating().at_partition(2);
    let with = |phase, holder: Option<Holder>| {
        updated(&set.clone().recording(Run { phase, holder, ..a_run(&set) }), &[2])
    };
    let driver = || Some(a_holder(at(-59)));
    says(
        &with(RunPhase::Staging, driver()),
        Phase::Progressing,
        "staged rollout driven by me@here: 1 of 3 pods updated",
    );
    says(
        &with(RunPhase::Staging, Some(a_holder(at(-60)))),
        Phase::Held,
        "staged rollout held at 1 of 3 pods",
    );
    says(
        &with(RunPhase::Failed, None),
        Phase::Blocked,
        "staged rollout held at 1 of 3 pods after a failure",
    );
    assert_eq!(of(&with(RunPhase::Failed, driver())).0, Phase::Progressing);
    assert_eq!(of(&with(RunPhase::Aborting, driver())).0, Phase::Progressing);
    assert_eq!(of(&with(RunPhase::Aborting, None)).0, Phase::Held);
    says(
        &with(RunPhase::Parked, None),
        Phase::Held,
        "1 of 3 pods updated, the partition keeps db-0 to db-1",
    );
}

#[test]
fn a_rollout_by_deletion_says_so_and_notices_who_let_the_controller_go() {
    let set = a_set("db").updating().with_strategy(Strategy::OnDelete);
    let run = Run { order: "asc".parse().unwrap(), partition: 0, holder: None, ..a_run(&set) };
    let held = updated(&set.clone().recording(run.clone()), &[0]);
    says(&held, Phase::Held, "staged rollout held under OnDelete at 1 of 3 pods");
    let rolling = set.at_partition(0).recording(run);
    let (phase, summary) = of(&updated(&rolling, &[0]));
    assert_eq!(phase, Phase::Progressing);
    assert!(summary.contains("the controller goes on by itself, without gates"), "{summary}");
    assert_eq!(of(&updated(&rolling, &[0, 1, 2])).0, Phase::Held, "the record is still there");
}
