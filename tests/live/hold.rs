//! Holding a set, and letting it go.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::rollouts::HOLD;
use crate::rollouts::Story;
use crate::rollouts::ended;
use crate::rollouts::finished;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::status;
use crate::rollouts::strategy;
use crate::rollouts::version;

const SOON: Duration = Duration::from_secs(30);

fn wait_observed(ns: &Namespace<'_>, set: &str) {
    ns.wait_until(SOON, "the controller has seen the spec", |ns| {
        let object = ns.read_set(set);
        object["status"]["observedGeneration"] == object["metadata"]["generation"]
    });
}

#[test]
fn what_is_applied_behind_a_hold_moves_no_pod_until_it_is_released() {
    let ns = ControlPlane::shared().namespace("hold");
    ns.set("db").partition(1).create_ready();
    let original = strategy(&ns, "db");
    let story = Story::begin(&ns, "db");
    let output = ended(ns.sts(&["rollout", "hold", "db", "--yes"]).run(), 0);
    says(&output, &["statefulset.apps/db held"]);
    assert_eq!(strategy(&ns, "db")["rollingUpdate"]["partition"], HOLD);
    let left = record(&ns, "db").unwrap();
    assert_eq!((&left["phase"], &left["holder"]), (&json!("parked"), &Value::Null));
    let before = version(&ns, "db");
    let output = ended(ns.sts(&["rollout", "hold", "db", "--yes"]).run(), 0);
    says(&output, &["unchanged"]);
    assert_eq!(version(&ns, "db"), before);

    ns.set_image("db", "app:v2");
    wait_observed(&ns, "db");
    // A pod that is added or lost meanwhile is an old one.
    ns.patch_set("db", &json!({ "spec": { "replicas": 4 } }));
    ns.wait_images("db", "0:v1 1:v1 2:v1 3:v1");
    ns.kubectl_ok(&["delete", "pod", "db-2"]);
    ns.wait_images("db", "0:v1 1:v1 2:v1 3:v1");
    assert_eq!(status(&ns, "db"), 6);

    let output = ended(ns.sts(&["rollout", "release", "db", "--yes"]).run(), 0);
    says(&output, &["db-3, db-2, db-1 by itself", "without gates"]);
    ns.wait_images("db", "0:v1 1:v2 2:v2 3:v2");
    assert_eq!((record(&ns, "db"), strategy(&ns, "db")), (None, original));
    let told = story.tell();
    assert_eq!(told.partitions(), [1, HOLD, 1], "{told}");
    // From here on the controller is alone; what matters is what came behind the hold.
    assert!(told.born().starts_with("3:v1 2:v1 3:v2"), "{told}");
}

#[test]
fn a_hold_with_nothing_behind_it_is_released_without_a_trace() {
    let ns = ControlPlane::shared().namespace("hold-empty");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    let uids = ns.pod_uids("db");
    let output = ended(ns.sts(&["rollout", "release", "db", "--yes"]).run(), 9);
    says(&output, &["statefulset.apps/db is not held", "kubectl sts rollout status db"]);
    let before = version(&ns, "db");
    for how in ["client", "server"] {
        let flag = format!("--dry-run={how}");
        says(&ended(ns.sts(&["rollout", "hold", "db", &flag]).run(), 0), &["dry run"]);
        assert_eq!(version(&ns, "db"), before);
    }
    ended(ns.sts(&["rollout", "hold", "db", "--yes"]).run(), 0);
    // Nothing was applied: there is nothing to adopt, to go on with, or to take back.
    ended(rollout(&ns, &["stage", "db"]).run(), 9);
    ended(rollout(&ns, &["continue", "db"]).run(), 9);
    ended(rollout(&ns, &["abort", "db"]).run(), 9);
    let output = ended(ns.sts(&["rollout", "release", "db", "--yes"]).run(), 0);
    says(&output, &["no pod moves"]);
    finished(&ns, "db", "v1", &original);
    assert_eq!(ns.pod_uids("db"), uids);
    assert_eq!(status(&ns, "db"), 0);
}

#[test]
fn an_on_delete_set_is_held_by_itself() {
    let ns = ControlPlane::shared().namespace("hold-on-delete");
    ns.set("db").on_delete().create_ready();
    let before = version(&ns, "db");
    says(&ended(ns.sts(&["rollout", "hold", "db", "--yes"]).run(), 9), &["OnDelete"]);
    assert_eq!(version(&ns, "db"), before);
}

#[test]
fn holding_updated_pods_warns_of_what_they_would_come_back_as() {
    let ns = ControlPlane::shared().namespace("hold-canary");
    ns.set("db").partition(2).create_ready();
    ns.set_image("db", "app:v2");
    ns.wait_images("db", "0:v1 1:v1 2:v2");
    wait_observed(&ns, "db");
    let output = ended(ns.sts(&["rollout", "hold", "db", "--yes"]).run(), 0);
    says(&output, &["while held, db-2 would come back on db-"]);
    let found = ns.sts(&["rollout", "status", "db", "-o", "json"]).run().json();
    assert_eq!(found["pods"][2]["pendingDowngrade"], true, "{found:#}");
    // What was foretold happens.
    ns.kubectl_ok(&["delete", "pod", "db-2"]);
    ns.wait_images("db", "0:v1 1:v1 2:v1");
}

#[test]
fn a_rollout_of_somebody_is_neither_held_nor_released_by_the_way() {
    let ns = ControlPlane::shared().namespace("hold-driven");
    ns.set("db").create_ready();
    let flags = ["stage", "db", "--image", "app=app:v2", "--soak", "10m"];
    let run = rollout(&ns, &flags).env("USER", "alice").spawn();
    run.wait_for_line("soaking", SOON);
    for verb in ["hold", "release"] {
        let output = ended(ns.sts(&["rollout", verb, "db", "--yes"]).run(), 7);
        says(&output, &["alice@"]);
    }
    run.signal("INT");
    ended(run.wait(), 130);
    assert_eq!(strategy(&ns, "db")["rollingUpdate"]["partition"], 2);
}
