//! Stopping a rollout that is under way.

use std::thread;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::rollouts::ended;
use crate::rollouts::finished;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::status;
use crate::rollouts::strategy;
use crate::rollouts::version;
use crate::traps::wait_observed;

const SOON: Duration = Duration::from_secs(30);

fn pause(ns: &Namespace<'_>) -> Output {
    ns.sts(&["rollout", "pause", "db", "--yes"]).run()
}

/// Fails if an updated pod would come back on the old revision.
fn none_armed(ns: &Namespace<'_>) {
    let found = ns.sts(&["rollout", "status", "db", "-o", "json"]).run().json();
    for pod in found["pods"].as_array().unwrap() {
        assert_eq!(pod["pendingDowngrade"], false, "{found:#}");
        assert_eq!(pod["returnsOn"], pod["revision"], "{found:#}");
    }
}

/// Tags of the pods, whatever their state.
fn tags(ns: &Namespace<'_>) -> Vec<String> {
    let clean = |image: &String| image.trim_end_matches(['!', '~']).to_owned();
    ns.images("db").iter().map(clean).collect()
}

/// A rollout by the controller alone, three of six pods into it.
fn in_the_middle(ns: &Namespace<'_>) {
    ns.set_image("db", "app:v2-slow");
    ns.wait_until(SOON, "the rollout is in its middle", |ns| {
        ns.images("db").iter().filter(|image| image.contains("v2")).count() == 3
    });
}

#[test]
fn a_plain_rollout_is_stopped_in_its_middle_and_goes_on_past_gates() {
    let ns = ControlPlane::shared().namespace("pause");
    ns.set("db").replicas(6).create_ready();
    let original = strategy(&ns, "db");
    in_the_middle(&ns);
    let output = ended(pause(&ns), 0);
    says(
        &output,
        &["paused: ", "of 6 pods are updated", "rollout continue db", "rollout release db"],
    );
    none_armed(&ns);
    let stopped = tags(&ns);
    let count = stopped.iter().filter(|image| image.ends_with("v2-slow")).count();
    assert!((3..6).contains(&count), "{stopped:?}");
    thread::sleep(Duration::from_secs(4));
    assert_eq!(tags(&ns), stopped, "nothing moves any more");
    none_armed(&ns);
    assert_eq!(status(&ns, "db"), 6);
    let left = record(&ns, "db").unwrap();
    assert_eq!((&left["phase"], &left["holder"]), (&json!("staging"), &Value::Null));
    assert_eq!(left["partition"], 6 - count);

    let before = version(&ns, "db");
    says(&ended(pause(&ns), 0), &["unchanged: it is held already"]);
    assert_eq!(version(&ns, "db"), before);
    ended(rollout(&ns, &["continue", "db"]).run(), 0);
    finished(&ns, "db", "v2-slow", &original);
}

#[test]
fn a_paused_rollout_goes_back_or_is_let_go() {
    for (verb, tag) in [("abort", "v1"), ("release", "v2-slow")] {
        let ns = ControlPlane::shared().namespace("pause-then");
        ns.set("db").replicas(6).parallel().create_ready();
        let original = strategy(&ns, "db");
        in_the_middle(&ns);
        ended(pause(&ns), 0);
        none_armed(&ns);
        ended(ns.sts(&["rollout", verb, "db", "--yes"]).run(), 0);
        let all: Vec<String> = (0..6).map(|ordinal| format!("{ordinal}:{tag}")).collect();
        ns.wait_images("db", &all.join(" "));
        finished(&ns, "db", tag, &original);
    }
}

#[test]
fn where_nothing_is_under_way_nothing_is_written() {
    let ns = ControlPlane::shared().namespace("pause-nothing");
    ns.set("db").create_ready();
    let before = version(&ns, "db");
    says(&ended(pause(&ns), 0), &["unchanged: every pod the partition releases is updated"]);
    assert_eq!((version(&ns, "db"), record(&ns, "db")), (before, None));
    // Going back is nothing new.
    ns.set_image("db", "app:v2-bad");
    ns.wait_images("db", "0:v1 1:v1 2:v2-bad!");
    ns.set_image("db", "app:v1");
    wait_observed(&ns, "db");
    let output = ended(pause(&ns), 9);
    says(&output, &["on their way back", "rollout hold db"]);

    let ns = ControlPlane::shared().namespace("pause-on-delete");
    ns.set("db").on_delete().create_ready();
    ns.set_image("db", "app:v2");
    wait_observed(&ns, "db");
    let before = version(&ns, "db");
    says(&ended(pause(&ns), 0), &["OnDelete: the controller replaces no pod by itself"]);
    assert_eq!((version(&ns, "db"), record(&ns, "db")), (before, None));
}

#[test]
fn a_broken_rollout_is_paused_where_it_is_and_dry_runs_write_nothing() {
    let ns = ControlPlane::shared().namespace("pause-broken");
    ns.set("db").create_ready();
    ns.set_image("db", "app:v2-bad");
    ns.wait_images("db", "0:v1 1:v1 2:v2-bad!");
    for how in ["client", "server"] {
        let flag = format!("--dry-run={how}");
        says(&ended(ns.sts(&["rollout", "pause", "db", &flag]).run(), 0), &["dry run"]);
        assert_eq!(strategy(&ns, "db")["rollingUpdate"]["partition"], 0);
        assert_eq!(record(&ns, "db"), None);
    }
    ended(ns.sts(&["rollout", "pause", "db"]).run(), 9);
    ended(pause(&ns), 0);
    assert_eq!(strategy(&ns, "db")["rollingUpdate"]["partition"], 2);
    ended(rollout(&ns, &["abort", "db"]).run(), 0);
    ns.wait_images("db", "0:v1 1:v1 2:v1");
}

#[test]
fn the_driver_of_a_staged_rollout_is_stopped_and_somebody_else_goes_on() {
    let ns = ControlPlane::shared().namespace("pause-driven");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    let flags = ["stage", "db", "--image", "app=app:v2", "--soak", "10m"];
    let run = rollout(&ns, &flags).env("USER", "alice").spawn();
    run.wait_for_line("soaking", SOON);
    says(&ended(pause(&ns), 0), &["alice@", "paused: 1 of 3 pods are updated"]);
    says(&ended(run.wait(), 7), &["this rollout was paused"]);
    let left = record(&ns, "db").unwrap();
    assert_eq!((&left["phase"], &left["holder"]), (&json!("staging"), &Value::Null));
    assert_eq!((&left["partition"], &left["steps"]), (&json!(2), &json!("1,100%")));
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v2");
    ended(rollout(&ns, &["continue", "db", "--approve=auto"]).run(), 0);
    finished(&ns, "db", "v2", &original);
}
