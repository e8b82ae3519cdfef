//! Approving a step, or all that are left.

use std::time::Duration;

use crate::harness::ControlPlane;
use crate::rollouts::Story;
use crate::rollouts::ended;
use crate::rollouts::finished;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::strategy;
use crate::traps::forbid_disruption;
use crate::traps::v2_with;

const SOON: Duration = Duration::from_secs(30);

#[test]
fn promoting_approves_one_step_as_continue_does() {
    let ns = ControlPlane::shared().namespace("promote");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    ended(ns.sts(&["rollout", "promote", "db", "--yes"]).run(), 9);
    ended(rollout(&ns, &["stage", "db", "--image", "app=app:v2", "--steps", "1,2,100%"]).run(), 6);
    let output = ended(rollout(&ns, &["promote", "db"]).run(), 6);
    says(&output, &["step 1 of 3 passed; this approves it"]);
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v2 2:v2");
    ended(ns.sts(&["rollout", "promote", "db", "--full"]).run(), 9);
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v2 2:v2", "nobody said yes");
    ended(rollout(&ns, &["promote", "db"]).run(), 0);
    finished(&ns, "db", "v2", &original);
}

#[test]
fn promoting_in_full_skips_gates_and_approvals_and_nothing_else() {
    let ns = ControlPlane::shared().namespace("promote-full");
    ns.set("db").replicas(4).create_ready();
    let original = strategy(&ns, "db");
    let marker = tempfile::tempdir().unwrap();
    let gate = format!("cmd:sh -c 'mkdir {}/$STS_POD'", marker.path().display());
    let words = ["stage", "db", "--image", "app=app:v2", "--steps", "1,2,3", "--gate", &gate];
    ended(rollout(&ns, &words).run(), 6);
    let asked = || std::fs::read_dir(marker.path()).unwrap().count();
    assert_eq!(asked(), 1);
    // Without --full the gates it was begun with have to be given again.
    says(&ended(rollout(&ns, &["promote", "db"]).run(), 9), &["--gate"]);
    ended(rollout(&ns, &["promote", "db", "--full", "--gate", &gate]).run(), 2);
    let story = Story::begin(&ns, "db");
    let output = ended(rollout(&ns, &["promote", "db", "--full"]).run(), 0);
    says(&output, &["no approvals, no extra gates"]);
    assert_eq!(asked(), 1, "no gate was asked");
    finished(&ns, "db", "v2", &original);
    let told = story.tell();
    told.released_only_after_the_others(1);
    told.never_more_down_than(1);
}

#[test]
fn promoting_in_full_stops_at_a_pod_that_is_not_healthy_and_at_a_budget() {
    let ns = ControlPlane::shared().namespace("promote-health");
    ns.set("db").create_ready();
    let patch = v2_with(1, "bad");
    let words = ["stage", "db", "--patch", &patch, "--gate", "cmd:true"];
    ended(rollout(&ns, &words).run(), 6);
    let begun = record(&ns, "db").unwrap()["gates"].clone();
    let output = ended(rollout(&ns, &["promote", "db", "--full"]).run(), 3);
    says(&output, &["pod db-1"]);
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v2! 2:v2");
    let left = record(&ns, "db").unwrap();
    assert_eq!((&left["phase"], &left["gates"]), (&"failed".into(), &begun), "gates are not lost");

    let ns = ControlPlane::shared().namespace("promote-budget");
    ns.set("db").create_ready();
    ended(rollout(&ns, &["stage", "db", "--image", "app=app:v2"]).run(), 6);
    forbid_disruption(&ns, "db");
    ended(rollout(&ns, &["promote", "db", "--full", "--step-timeout", "2s"]).run(), 5);
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v2");
}

#[test]
fn what_is_on_its_way_back_is_not_promoted() {
    let ns = ControlPlane::shared().namespace("promote-abort");
    ns.set("db").image("app:v1-slow5").create();
    ns.wait_until(Duration::from_secs(120), "all are ready", |ns| {
        ns.images("db").join(" ") == "0:v1-slow5 1:v1-slow5 2:v1-slow5"
    });
    ended(rollout(&ns, &["stage", "db", "--image", "app=app:v2"]).run(), 6);
    let run = rollout(&ns, &["abort", "db"]).spawn();
    ns.wait_until(SOON, "the abort has begun", |ns| {
        record(ns, "db").is_some_and(|record| record["phase"] == "aborting")
    });
    run.signal("INT");
    ended(run.wait(), 130);
    for words in [&["promote", "db"][..], &["promote", "db", "--full"]] {
        says(&ended(rollout(&ns, words).run(), 9), &["on its way back"]);
    }
}
