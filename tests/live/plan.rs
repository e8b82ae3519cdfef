//! `rollout plan`: the revision of a template, what the controller alone would do, and the feature it depends on.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Options;
use crate::harness::Output;
use crate::rollouts::ended;
use crate::rollouts::says;

const SOON: Duration = Duration::from_secs(30);

fn plan(ns: &Namespace<'_>, words: &[&str]) -> Output {
    ns.sts(&[&["rollout", "plan"], words].concat()).run()
}

/// The document of a plan that may begin.
fn document(ns: &Namespace<'_>, words: &[&str]) -> Value {
    let document = ended(plan(ns, &[words, &["-o", "json"]].concat()), 0).json();
    assert_eq!((&document["kind"], &document["allowed"]), (&json!("RolloutPlan"), &json!(true)));
    document
}

fn update_revision(ns: &Namespace<'_>, set: &str) -> String {
    ns.read_set(set)["status"]["updateRevision"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn plan_knows_a_template_by_its_content() {
    let ns = ControlPlane::shared().namespace("plan");
    ns.set("db").create_ready();
    let first = update_revision(&ns, "db");
    let same = document(&ns, &["db", "--image", "app=app:v1"]);
    assert_eq!(same["template"], json!({ "is": "same", "revision": first }));
    assert_eq!(same["pods"][0]["moves"], false);
    let said = ended(plan(&ns, &["db", "--image", "app=app:v1"]), 0);
    says(&said, &["all pods run it, and nothing would move"]);

    let new = document(&ns, &["db", "--image", "app=app:v2"]);
    assert_eq!(new["template"], json!({ "is": "new" }));
    assert_eq!(new["pods"][0]["to"], Value::Null);

    ns.set_image("db", "app:v2");
    ns.wait_images("db", "0:v2 1:v2 2:v2");
    ns.wait_ready("db");
    let back = document(&ns, &["db", "--image", "app=app:v1"]);
    assert_eq!(back["template"], json!({ "is": "remembered", "revision": first, "number": 1 }));
    assert_eq!(back["pods"][0]["to"], json!(first));
    says(
        &ended(plan(&ns, &["db", "--image", "app=app:v1"]), 0),
        &[&first, "no new revision is made"],
    );
}

#[test]
fn plan_says_where_the_controller_alone_would_get_stuck_and_it_does() {
    let ns = ControlPlane::shared().namespace("alone");
    ns.set("db").replicas(5).create_ready();
    let output = ended(plan(&ns, &["db", "--image", "app=app:v2-hang"]), 0);
    says(
        &output,
        &[
            "replaces db-4 … db-0, one at a time",
            "if the new pods never become ready: db-4 is replaced and stays down; 4 of 5 pods keep running",
        ],
    );
    let forecast = document(&ns, &["db", "--image", "app=app:v2-hang"]);
    let stuck = &forecast["appliedPlainly"][0]["ifNeverReady"];
    assert_eq!((&stuck["end"], &stuck["waitsFor"]["pod"]), (&json!("stuck"), &json!("db-4")));
    ns.set_image("db", "app:v2-hang");
    ns.wait_images("db", "0:v1 1:v1 2:v1 3:v1 4:v2-hang!");
}

#[test]
fn pods_on_other_revisions_than_the_template_are_named() {
    let ns = ControlPlane::shared().namespace("mixed");
    ns.set("db").partition(2).create_ready();
    let old = update_revision(&ns, "db");
    ns.set_image("db", "app:v2");
    ns.wait_images("db", "0:v1 1:v1 2:v2");
    ns.wait_ready("db");
    let new = update_revision(&ns, "db");
    let output = plan(&ns, &["db", "--image", "app=app:v2", "--accept-changes"]);
    says(&output, &[&format!("as it is, revision {new}; db-2 runs it; on {old}: db-1, db-0")]);
    says(&output, &["the controller alone moves no pod: the partition keeps them back"]);
}

#[test]
fn whether_max_unavailable_counts_is_asked_of_the_server() {
    let ns = ControlPlane::shared().namespace("counts");
    ns.set("db").replicas(4).max_unavailable(2).create_ready();
    let plan = document(&ns, &["db", "--image", "app=app:v2"]);
    assert_eq!(plan["maxUnavailable"], json!({ "state": "counts" }));
    assert_eq!(plan["appliedPlainly"][0]["ifReady"]["mostDown"], 2);
    let sets = ns.json(&["get", "statefulsets"]);
    assert_eq!(sets["items"].as_array().map(Vec::len), Some(1), "nothing was created: {sets}");
}

#[test]
fn where_it_is_dropped_pods_go_one_by_one() {
    let control_plane = ControlPlane::start(&Options {
        feature_gates: Some("MaxUnavailableStatefulSet=false".to_owned()),
        ..Options::default()
    });
    let ns = control_plane.namespace("dropped");
    ns.set("db").replicas(4).max_unavailable(2).create_ready();
    let plan = document(&ns, &["db", "--image", "app=app:v2"]);
    assert_eq!(plan["maxUnavailable"], json!({ "state": "dropped" }));
    assert_eq!(plan["appliedPlainly"][0]["ifReady"]["mostDown"], 1);
}

/// Lets a user do all that a rollout needs, and create no sets.
fn deployer(ns: &Namespace<'_>) {
    ns.apply(include_str!("rbac.yaml"));
    ns.wait_until(SOON, "the role is known", |ns| {
        let asked = ["auth", "can-i", "patch", "statefulsets", "--as", "deployer"];
        ns.kubectl(&asked).code == 0
    });
}

#[test]
fn where_it_cannot_be_asked_both_outcomes_are_told() {
    let ns = ControlPlane::shared().namespace("unasked");
    ns.set("db").replicas(4).max_unavailable(2).create_ready();
    ns.set("one").create_ready();
    deployer(&ns);
    let output = ended(plan(&ns, &["db", "--image", "app=app:v2", "--as", "deployer"]), 0);
    let why = format!("you may not create statefulsets.apps in namespace {}", ns.name());
    says(
        &output,
        &[
            "where maxUnavailable counts, the controller alone replaces db-3 … db-0, up to 2 at once",
            "where it does not, the controller alone replaces db-3 … db-0, one at a time",
            &format!("whether maxUnavailable counts here is not known: {why}"),
        ],
    );
    let document = document(&ns, &["db", "--image", "app=app:v2", "--as", "deployer"]);
    assert_eq!(document["maxUnavailable"], json!({ "state": "unknown", "reason": why }));
    // One pod at a time goes the same way with and without.
    let output = ended(plan(&ns, &["one", "--image", "app=app:v2", "--as", "deployer"]), 0);
    says(
        &output,
        &["applied plainly, the controller alone replaces one-2, one-1, one-0, one at a time"],
    );
    assert!(!output.stdout.contains("is not known"), "{output}");
}

#[test]
fn a_quota_that_refuses_the_question_leaves_it_unknown() {
    let ns = ControlPlane::shared().namespace("quota");
    ns.set("db").create_ready();
    ns.kubectl_ok(&["create", "quota", "one", "--hard=count/statefulsets.apps=1"]);
    ns.wait_until(SOON, "the quota is counted", |ns| {
        ns.json(&["get", "quota", "one"])["status"]["used"]["count/statefulsets.apps"] == "1"
    });
    let plan = document(&ns, &["db", "--image", "app=app:v2"]);
    assert_eq!(plan["maxUnavailable"]["state"], "unknown");
    let reason = plan["maxUnavailable"]["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("exceeded quota"), "{reason}");
}
