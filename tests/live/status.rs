//! The truthful answer, where kubectl's may be another.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::rollouts::ended;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::status;

const SOON: Duration = Duration::from_secs(30);

/// The exit code of kubectl's own answer.
fn kubectl(ns: &Namespace<'_>, set: &str) -> i32 {
    let set = format!("statefulset/{set}");
    ns.kubectl(&["rollout", "status", &set, "--timeout=5s"]).code
}

fn document(ns: &Namespace<'_>, set: &str) -> Value {
    ns.sts(&["rollout", "status", set, "-o", "json"]).run().json()
}

#[test]
fn exit_codes_tell_complete_held_blocked_and_under_way_apart() {
    let ns = ControlPlane::shared().namespace("status");
    for set in ["done", "rolling", "blocked", "degraded"] {
        ns.set(set).create();
    }
    ns.set("held").partition(2).create();
    for set in ["done", "held", "rolling", "blocked", "degraded"] {
        ns.wait_ready(set);
    }
    ns.set_image("held", "app:v2");
    ns.wait_images("held", "0:v1 1:v1 2:v2");
    ns.set_image("rolling", "app:v2-hang");
    ns.wait_images("rolling", "0:v1 1:v1 2:v2-hang!");
    ns.set_image("blocked", "app:v2-bad");
    ns.wait_images("blocked", "0:v1 1:v1 2:v2-bad!");
    ns.kubectl_ok(&["annotate", "pod/degraded-1", "control-plane.kubectl-sts.io/behavior=bad"]);
    for (set, code, phase, pod) in [
        ("done", 0, "complete", Value::Null),
        ("held", 6, "held", Value::Null),
        ("rolling", 10, "progressing", Value::Null),
        ("blocked", 3, "blocked", json!("blocked-2")),
        ("degraded", 3, "degraded", json!("degraded-1")),
    ] {
        let wanted = |ns: &Namespace<'_>| {
            let found = document(ns, set);
            found["phase"] == phase && found["blocker"]["pod"] == pod
        };
        ns.wait_until(SOON, &format!("{set} is {phase}"), wanted);
        let output = ended(ns.sts(&["rollout", "status", set]).run(), code);
        let headline = format!("statefulset.apps/{set} {phase}: ");
        assert!(output.stdout.starts_with(&headline), "{output}");
        let document = ended(ns.sts(&["rollout", "status", set, "-o", "json"]).run(), code);
        assert_eq!(document.json()["kind"], "Status");
    }
}

#[test]
fn pods_that_wait_to_be_deleted_are_held() {
    let ns = ControlPlane::shared().namespace("status-on-delete");
    ns.set("db").on_delete().create_ready();
    assert_eq!(status(&ns, "db"), 0);
    ns.set_image("db", "app:v2");
    ns.wait_until(SOON, "the status is held", |ns| status(ns, "db") == 6);
    let output = ended(ns.sts(&["rollout", "status", "db"]).run(), 6);
    says(&output, &["OnDelete: 3 of 3 pods wait to be deleted (db-0, db-1, db-2)"]);
    assert_eq!(kubectl(&ns, "db"), 1);
    ns.kubectl_ok(&["delete", "pod", "db-0", "db-1"]);
    ns.wait_images("db", "0:v2 1:v2 2:v1");
    says(&ended(ns.sts(&["rollout", "status", "db"]).run(), 6), &["1 of 3 pods", "db-2"]);
    ns.kubectl_ok(&["delete", "pod", "db-2"]);
    ns.wait_images("db", "0:v2 1:v2 2:v2");
    ns.wait_until(SOON, "the status is complete", |ns| status(ns, "db") == 0);
}

#[test]
fn ready_is_not_available() {
    let ns = ControlPlane::shared().namespace("status-min-ready");
    ns.set("db").parallel().min_ready(600).create_ready();
    assert_eq!(kubectl(&ns, "db"), 0, "kubectl does not look at minReadySeconds");
    let output = ended(ns.sts(&["rollout", "status", "db"]).run(), 10);
    says(&output, &["not yet for its minReadySeconds (600)", "not yet available"]);
    let found = document(&ns, "db");
    assert_eq!((&found["phase"], &found["available"]), (&json!("progressing"), &json!(0)));
}

#[test]
fn a_partition_above_all_pods_is_no_success() {
    let ns = ControlPlane::shared().namespace("status-partition");
    ns.set("db").partition(3).create_ready();
    ns.set_image("db", "app:v2");
    ns.wait_until(SOON, "the controller has seen the template", |ns| {
        let set = ns.read_set("db");
        set["status"]["updateRevision"] != set["status"]["currentRevision"]
    });
    assert_eq!(kubectl(&ns, "db"), 0, "kubectl calls this complete");
    let output = ended(ns.sts(&["rollout", "status", "db"]).run(), 6);
    says(&output, &["held: 0 of 3 pods updated", "db-0 to db-2"]);
}

#[test]
fn waiting_ends_when_something_is_decided() {
    let ns = ControlPlane::shared().namespace("status-wait");
    ns.set("db").create_ready();
    let wait =
        |set: &str, more: &[&str]| ns.sts(&[&["rollout", "status", set, "--wait"], more].concat());
    ns.set_image("db", "app:v2-slow1");
    let output = ended(wait("db", &[]).run(), 0);
    assert_eq!(ns.images("db"), ["0:v2-slow1", "1:v2-slow1", "2:v2-slow1"], "{output}");

    ns.set_image("db", "app:v3-hang");
    let output = ended(wait("db", &["--timeout", "1s"]).run(), 5);
    says(&output, &["timed out"]);
    let run = wait("db", &[]).spawn();
    run.wait_for_line("progressing", SOON);
    run.signal("INT");
    ended(run.wait(), 130);

    ns.set("bad").create_ready();
    ns.set_image("bad", "app:v2-bad");
    let output = ended(wait("bad", &["--grace", "1s"]).run(), 3);
    says(&output, &["bad-2", "CrashLoopBackOff"]);

    ns.set("held").partition(2).create_ready();
    ns.set_image("held", "app:v2-slow1");
    let run = ns.sts(&["rollout", "status", "held", "--for=partition"]);
    let output = ended(run.run(), 0);
    assert_eq!(ns.images("held"), ["0:v1", "1:v1", "2:v2-slow1"], "{output}");
    ended(wait("held", &[]).run(), 6);
}

#[test]
fn waiting_for_a_step_ends_when_it_is_held_again() {
    let ns = ControlPlane::shared().namespace("status-step");
    ns.set("db").create_ready();
    let flags = ["stage", "db", "--image", "app=app:v2", "--soak", "2s"];
    let run = rollout(&ns, &flags).env("USER", "alice").spawn();
    run.wait_for_line("released to the controller", SOON);
    let output = ended(ns.sts(&["rollout", "status", "db"]).run(), 10);
    says(&output, &["staged rollout driven by alice@"]);
    ended(ns.sts(&["rollout", "status", "db", "--for=step"]).run(), 0);
    ended(run.wait(), 6);
    ended(ns.sts(&["rollout", "status", "db"]).run(), 6);
}

#[test]
fn documents_have_the_keys_that_scripts_rely_on() {
    let ns = ControlPlane::shared().namespace("status-json");
    ns.set("db").create_ready();
    ended(rollout(&ns, &["stage", "db", "--image", "app=app:v2"]).run(), 6);

    let found = ns.sts(&["rollout", "status", "db", "-o", "json"]).run().json();
    let keys = |value: &Value| -> Vec<String> {
        value.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default()
    };
    let all = [
        "apiVersion",
        "available",
        "cluster",
        "generatedAt",
        "kind",
        "namespace",
        "next",
        "partition",
        "phase",
        "pods",
        "replicas",
        "revisions",
        "rollout",
        "set",
        "strategy",
        "summary",
        "updated",
    ];
    let mut have = keys(&found);
    have.sort();
    assert_eq!(have, all, "{found:#}");
    let mut pod = keys(&found["pods"][2]);
    pod.sort();
    let of_pod = [
        "available",
        "name",
        "ordinal",
        "pendingDowngrade",
        "ready",
        "reason",
        "restarts",
        "returnsOn",
        "revision",
    ];
    assert_eq!(pod, of_pod, "{found:#}");
    assert_eq!(found["apiVersion"], "kubectl-sts.io/v1");
    assert_eq!(found["phase"], "held");
    assert_eq!(
        (&found["updated"], &found["available"], &found["replicas"], &found["partition"]),
        (&json!(1), &json!(3), &json!(3), &json!(2)),
        "{found:#}"
    );
    let (current, update) = (&found["revisions"]["current"], &found["revisions"]["update"]);
    assert_ne!(current, update);
    assert_eq!((&found["pods"][1]["revision"], &found["pods"][2]["revision"]), (current, update));
    assert_eq!(found["rollout"]["phase"], "staging");
    assert_eq!((&found["rollout"]["base"], &found["rollout"]["target"]), (current, update));

    let yaml = ended(ns.sts(&["rollout", "status", "db", "-o", "yaml"]).run(), 6);
    says(&yaml, &["apiVersion: kubectl-sts.io/v1", "kind: Status", "phase: held"]);
}

#[test]
fn history_names_templates_and_the_pods_that_run_them() {
    let ns = ControlPlane::shared().namespace("history");
    ns.set("db").create_ready();
    ended(rollout(&ns, &["stage", "db", "--image", "app=app:v2"]).run(), 6);

    let table = ended(ns.sts(&["rollout", "history", "db"]).run(), 0);
    let lines: Vec<&str> = table.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    let names = "REVISION NAME MARKS PODS IMAGES AGE CHANGE-CAUSE";
    assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>().join(" "), names, "{table}");
    assert!(lines[1].contains("current") && lines[1].contains("db-0,db-1"), "{table}");
    assert!(lines[2].contains("update") && lines[2].contains("db-2"), "{table}");
    assert!(lines[2].contains("app:v2"), "{table}");

    let found = ns.sts(&["rollout", "history", "db", "-o", "json"]).run().json();
    assert_eq!(found["kind"], "RevisionHistory", "{found:#}");
    let entries = &found["revisions"];
    assert_eq!((&entries[0]["revision"], &entries[1]["revision"]), (&json!(1), &json!(2)));
    assert_eq!((&entries[0]["current"], &entries[0]["update"]), (&json!(true), &json!(false)));
    assert_eq!((&entries[1]["current"], &entries[1]["update"]), (&json!(false), &json!(true)));
    assert_eq!(entries[0]["pods"], json!(["db-0", "db-1"]));
    assert_eq!(entries[1]["images"], json!([{ "container": "app", "image": "app:v2" }]));
    let names: Vec<Value> = ns.json(&["get", "controllerrevisions"])["items"]
        .as_array()
        .map(|items| items.iter().map(|item| item["metadata"]["name"].clone()).collect())
        .unwrap_or_default();
    assert!(names.contains(&entries[0]["name"]) && names.contains(&entries[1]["name"]));
}
