//! What is refused, and that nothing is written then.

use std::time::Duration;

use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::rollouts::ended;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::version;

const SOON: Duration = Duration::from_secs(30);

/// Stages `app:v2`, which must be refused with this code and must not write anything.
#[track_caller]
fn refused(ns: &Namespace<'_>, set: &str, code: i32, texts: &[&str]) -> Output {
    let (before, uids) = (version(ns, set), ns.pod_uids(set));
    let output = ended(rollout(ns, &["stage", set, "--image", "app=app:v2"]).run(), code);
    says(&output, texts);
    assert_eq!(version(ns, set), before, "it has written to the set\n{output}");
    assert_eq!(ns.pod_uids(set), uids, "pods have moved\n{output}");
    output
}

#[test]
fn what_an_operator_owns_is_the_operators() {
    let ns = ControlPlane::shared().namespace("operator");
    ns.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: cluster}}");
    let uid = ns.json(&["get", "configmap", "cluster"])["metadata"]["uid"].clone();
    let owner = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "name": "cluster", "uid": uid, "controller": true,
    });
    ns.set("db").with(|set| set["metadata"]["ownerReferences"] = json!([owner])).create_ready();
    refused(&ns, "db", 7, &["statefulset.apps/db belongs to ConfigMap/cluster"]);
    let hold = ns.sts(&["rollout", "hold", "db", "--yes"]).run();
    says(&ended(hold, 7), &["belongs to ConfigMap/cluster"]);
}

#[test]
fn a_partition_of_somebody_else_is_not_overwritten() {
    let ns = ControlPlane::shared().namespace("foreign");
    ns.set("db").partition(2).create_ready();
    refused(&ns, "db", 9, &["it keeps back db-0 and db-1", "--accept-changes"]);
}

#[test]
fn a_rollout_that_is_under_way_is_not_joined() {
    let ns = ControlPlane::shared().namespace("under-way");
    ns.set("db").create_ready();
    ns.set_image("db", "app:v3-hang");
    ns.wait_images("db", "0:v1 1:v1 2:v3-hang!");
    refused(&ns, "db", 7, &["already under way", "db-0", "db-1"]);
}

#[test]
fn no_rollout_begins_on_a_set_that_is_not_well() {
    let ns = ControlPlane::shared().namespace("unwell");
    ns.set("db").create_ready();
    ns.kubectl_ok(&["annotate", "pod/db-0", "control-plane.kubectl-sts.io/behavior=hang"]);
    ns.wait_images("db", "0:v1! 1:v1 2:v1");
    ns.wait_until(SOON, "the status is written", |ns| {
        ns.read_set("db")["status"]["readyReplicas"] == 2
    });
    refused(&ns, "db", 9, &["pod db-0 is not well", "--tolerate-unready"]);
    ns.patch_set("db", &json!({ "spec": { "replicas": 0 } }));
    ns.wait_until(SOON, "the pods are gone", |ns| ns.read_set("db")["status"]["replicas"] == 0);
    refused(&ns, "db", 9, &["has no replicas"]);
}

#[test]
fn what_a_gitops_tool_manages_is_not_fought() {
    let ns = ControlPlane::shared().namespace("gitops");
    ns.set("db").create_ready();
    let manifest = |image: &str| {
        json!({
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": { "name": "db" },
            "spec": {
                "serviceName": "db",
                "selector": { "matchLabels": { "app": "db" } },
                "template": {
                    "metadata": { "labels": { "app": "db" } },
                    "spec": { "containers": [{ "name": "app", "image": image }] },
                },
            },
        })
        .to_string()
    };
    let apply = |image: &str| {
        let flags = ["--server-side", "--force-conflicts", "--field-manager", "argocd-controller"];
        let apply = ns.kubectl_command(&[&["apply", "-f", "-"], &flags[..]].concat());
        apply.stdin(&manifest(image)).run().success();
    };
    apply("app:v1");
    let texts = ["managed by argocd-controller", "the pod template", "--ignore-managers"];
    refused(&ns, "db", 7, &texts);
    // Its own template, behind a hold, is another matter.
    ended(ns.sts(&["rollout", "hold", "db", "--yes"]).run(), 0);
    apply("app:v3");
    ns.wait_until(SOON, "the controller has seen the template", |ns| {
        let set = ns.read_set("db");
        set["status"]["updateRevision"] != set["status"]["currentRevision"]
    });
    ended(rollout(&ns, &["stage", "db", "--approve=auto"]).run(), 0);
    assert_eq!(ns.images("db"), ["0:v3", "1:v3", "2:v3"]);
    let flags = ["--image", "app=app:v4", "--approve=auto", "--ignore-managers"];
    ended(rollout(&ns, &[&["stage", "db"], &flags[..]].concat()).run(), 0);
    assert_eq!(ns.images("db"), ["0:v4", "1:v4", "2:v4"]);
}

#[test]
fn the_marks_of_other_tools_are_known() {
    let ns = ControlPlane::shared().namespace("marks");
    ns.set("db")
        .with(|set| set["metadata"]["labels"] = json!({ "helm.toolkit.fluxcd.io/name": "db" }))
        .create_ready();
    refused(&ns, "db", 7, &["managed by Flux", "helm.toolkit.fluxcd.io/name"]);
}

#[test]
fn nothing_is_written_when_nobody_can_be_asked() {
    let ns = ControlPlane::shared().namespace("nobody");
    ns.set("db").create_ready();
    let before = version(&ns, "db");
    let plain = |words: &[&str]| ns.sts(&[&["rollout"], words].concat()).run();
    let output = plain(&["stage", "db", "--image", "app=app:v2"]);
    says(&ended(output, 9), &["without a terminal", "--yes"]);
    ended(plain(&["hold", "db"]), 9);
    assert_eq!(version(&ns, "db"), before);
    ended(rollout(&ns, &["stage", "db", "--image", "app=app:v2"]).run(), 6);
    // The controller may still be writing the status; what a write of ours would change is the rest.
    let left = |ns: &Namespace<'_>| (record(ns, "db"), ns.read_set("db")["spec"].clone());
    let before = left(&ns);
    ended(plain(&["continue", "db"]), 9);
    ended(plain(&["abort", "db"]), 9);
    ended(plain(&["release", "db"]), 9);
    assert_eq!(left(&ns), before);
}

#[test]
fn what_does_not_exist_is_said_as_kubectl_says_it() {
    let ns = ControlPlane::shared().namespace("missing");
    ns.set("db").create_ready();
    let flags = ["--image", "sidecar=app:v2"];
    let output = ended(rollout(&ns, &[&["stage", "db"], &flags[..]].concat()).run(), 2);
    says(&output, &["unable to find container named \"sidecar\"", "the containers are app"]);

    let ours = |words: &[&str]| ended(ns.sts(words).run(), 1).stderr;
    let theirs = |words: &[&str]| ended(ns.kubectl(words), 1).stderr;
    let missing = theirs(&["get", "statefulset", "nope"]);
    assert!(missing.contains("\"nope\" not found"), "{missing}");
    for words in [
        &["rollout", "status", "nope"][..],
        &["rollout", "history", "nope"],
        &["rollout", "stage", "nope", "--image", "app=app:v2", "--yes"],
        &["rollout", "abort", "nope", "--yes"],
    ] {
        assert_eq!(ours(words), missing, "{words:?}");
    }
    let forbidden = theirs(&["get", "statefulset", "db", "--as", "nobody"]);
    assert!(forbidden.contains("is forbidden: User \"nobody\" cannot get"), "{forbidden}");
    let said = ours(&["rollout", "status", "db", "--as", "nobody"]);
    assert!(said.starts_with(&forbidden), "{said}\nis not kubectl's\n{forbidden}");
}
