//! Claims that are about to take their data with them.

use std::thread;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Fate;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::harness::Proxy;
use crate::rollouts::ended;
use crate::rollouts::says;

const SOON: Duration = Duration::from_secs(30);

/// Long enough for a controller to do what it would do.
const A_WHILE: Duration = Duration::from_secs(2);

/// The classes of both kinds of volumes there are.
const CLASSES: [&str; 2] = ["standard", "csi"];

/// A set with a file on each volume.
#[track_caller]
fn with_files(ns: &Namespace<'_>, set: &str, class: &str, replicas: u32) {
    ns.set(set).replicas(replicas).claims("1Gi").storage_class(class).create_ready();
    for ordinal in 0..replicas {
        ns.write_file(&format!("{set}-{ordinal}"), "data/file", &format!("of {set}-{ordinal}"));
    }
}

#[track_caller]
fn delete_claim(ns: &Namespace<'_>, claim: &str) {
    ns.kubectl_ok(&["delete", "pvc", claim, "--wait=false"]);
    assert!(!ns.json(&["get", "pvc", claim])["metadata"]["deletionTimestamp"].is_null());
}

fn rescue(ns: &Namespace<'_>, claim: &str) -> Output {
    ns.sts(&["pvc", "rescue", claim, "--yes"]).run()
}

#[track_caller]
fn policy(ns: &Namespace<'_>, claim: &str) -> Value {
    ns.volume(claim)["spec"]["persistentVolumeReclaimPolicy"].clone()
}

/// The claim has the volume it had, with its file, and nothing of the rescue is left over.
#[track_caller]
fn is_whole(ns: &Namespace<'_>, set: &str, ordinal: u32, volume: &Value, output: &Output) {
    ns.wait_ready(set);
    let claim = format!("data-{set}-{ordinal}");
    let now = ns.volume(&claim);
    assert_eq!(now["metadata"]["uid"], volume["metadata"]["uid"], "another volume\n{output}");
    assert_eq!(now["spec"]["persistentVolumeReclaimPolicy"], "Delete", "{output}");
    let annotations = now["metadata"]["annotations"].to_string();
    assert!(!annotations.contains("\"kubectl-sts.io/"), "{annotations}\n{output}");
    let pod = format!("{set}-{ordinal}");
    assert_eq!(ns.read_file(&pod, "data/file"), format!("of {pod}"), "{output}");
    let copy = ns.get("api/v1", &format!("configmaps/kubectl-sts-recreate-{set}"));
    assert_eq!(copy, None, "{output}");
}

#[test]
fn without_a_rescue_the_next_restart_is_empty() {
    let ns = ControlPlane::csi().namespace("bomb");
    with_files(&ns, "db", "standard", 1);
    let file = ns.control_plane().files_of(&ns.volume("data-db-0")).join("file");
    delete_claim(&ns, "data-db-0");
    thread::sleep(A_WHILE);
    assert!(file.exists(), "the pod holds it");
    ns.kubectl_ok(&["delete", "pod", "db-0"]);
    ns.wait_until(SOON, "the volume is gone", |_| !file.exists());
    ns.wait_ready("db");
    assert!(!ns.kubectl(&["exec", "db-0", "--", "cat", "data/file"]).stdout.contains("of db-0"));
}

#[test]
fn a_claim_that_goes_under_a_running_pod_comes_back_with_its_data() {
    for class in CLASSES {
        let ns = ControlPlane::csi().namespace("rescue");
        with_files(&ns, "db", class, 3);
        let (volume, pods) = (ns.volume("data-db-1"), ns.pod_uids("db"));
        delete_claim(&ns, "data-db-1");

        let dry = ended(ns.sts(&["pvc", "rescue", "data-db-1", "--dry-run=server"]).run(), 0);
        says(&dry, &["only pod/db-1 still holds it", "EMPTY", "rescued (server dry run)"]);
        assert_eq!(policy(&ns, "data-db-1"), "Delete", "{dry}");
        let asked = ended(ns.sts(&["pvc", "rescue", "data-db-1"]).run(), 9);
        assert_eq!(policy(&ns, "data-db-1"), "Delete", "{asked}");

        let output = ended(rescue(&ns, "data-db-1"), 0);

        says(
            &output,
            &["pvc/data-db-1 rescued", "statefulset.apps/db is deleted; its pods run on"],
        );
        is_whole(&ns, "db", 1, &volume, &output);
        let now = ns.pod_uids("db");
        assert_eq!((&now[0], &now[2]), (&pods[0], &pods[2]), "others run on\n{output}");
        assert_ne!(now[1], pods[1], "{output}");
        let again = ended(rescue(&ns, "data-db-1"), 0);
        says(&again, &["nothing to do"]);
    }
}

#[test]
fn to_retain_the_volume_is_all_it_takes_to_keep_the_data() {
    let ns = ControlPlane::csi().namespace("retain");
    with_files(&ns, "db", "csi", 2);
    let (volume, pods) = (ns.volume("data-db-1"), ns.pod_uids("db"));
    let file = ns.control_plane().files_of(&volume).join("file");
    delete_claim(&ns, "data-db-1");

    let output = ended(ns.sts(&["pvc", "rescue", "data-db-1", "--retain-only", "--yes"]).run(), 0);

    says(&output, &["retained", "repair it: kubectl"]);
    assert_eq!(policy(&ns, "data-db-1"), "Retain", "{output}");
    assert_eq!(ns.pod_uids("db"), pods, "{output}");
    let again = ended(ns.sts(&["pvc", "rescue", "data-db-1", "--retain-only", "--yes"]).run(), 0);
    says(&again, &["retained already"]);
    // The worst happens before anybody repairs it.
    ns.kubectl_ok(&["delete", "pod", "db-1"]);
    ns.wait_ready("db");
    assert!(file.exists(), "the data is there");
    let late = ended(rescue(&ns, "data-db-1"), 0);
    let name = volume["metadata"]["name"].as_str().unwrap();
    says(&late, &["nothing to do", &format!("pv/{name} has the data of an earlier claim")]);
}

#[test]
fn a_claim_that_a_stranger_uses_is_kept_and_the_stranger_named() {
    let ns = ControlPlane::csi().namespace("stranger");
    ns.apply(
        r#"
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: own}, spec: {storageClassName: csi,
  accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: user}, spec: {
  containers: [{name: app, image: "app:v1", volumeMounts: [{name: data, mountPath: /data}]}],
  volumes: [{name: data, persistentVolumeClaim: {claimName: own}}]}}"#,
    );
    ns.kubectl_ok(&["wait", "--for=condition=Ready", "pod/user", "--timeout=30s"]);
    ns.write_file("user", "data/file", "kept");
    let volume = ns.volume("own");
    delete_claim(&ns, "own");

    let output = ended(rescue(&ns, "own"), 8);

    says(&output, &["pod/user uses pvc/own", "stop it, then go on", "is retained"]);
    assert_eq!(policy(&ns, "own"), "Retain", "{output}");
    ns.kubectl_ok(&["delete", "pod", "user"]);
    let output = ended(rescue(&ns, "own"), 0);
    let now = ns.volume("own");
    assert_eq!(now["metadata"]["uid"], volume["metadata"]["uid"], "{output}");
    assert_eq!(now["spec"]["persistentVolumeReclaimPolicy"], "Delete", "{output}");
    assert!(ns.control_plane().files_of(&now).join("file").exists(), "{output}");
}

#[test]
fn a_set_of_an_operator_is_left_and_the_volume_kept() {
    let ns = ControlPlane::csi().namespace("operator");
    with_files(&ns, "db", "csi", 1);
    let owner = json!({ "metadata": { "ownerReferences": [{
        "apiVersion": "v1", "kind": "Namespace", "name": ns.name(), "controller": true,
        "uid": ns.control_plane().kubectl(&["get", "namespace", ns.name(), "-o", "jsonpath={.metadata.uid}"]).success().stdout,
    }] } });
    ns.patch_set("db", &owner);
    let before = ns.read_set("db")["metadata"]["uid"].clone();
    delete_claim(&ns, "data-db-0");

    let output = ended(rescue(&ns, "data-db-0"), 8);

    says(&output, &["is made by Namespace", "is retained"]);
    assert_eq!(policy(&ns, "data-db-0"), "Retain", "{output}");
    assert_eq!(ns.read_set("db")["metadata"]["uid"], before, "{output}");
}

#[test]
fn a_claim_that_would_go_with_its_set_against_the_policy_loses_that_owner() {
    let ns = ControlPlane::csi().namespace("fuse");
    let retention = |policy: &str| json!({ "spec": { "persistentVolumeClaimRetentionPolicy": { "whenDeleted": policy } } });
    with_files(&ns, "db", "csi", 2);
    ns.patch_set("db", &retention("Delete"));
    let owners = |ns: &Namespace<'_>, claim: &str| {
        ns.json(&["get", "pvc", claim])["metadata"]["ownerReferences"].clone()
    };
    ns.wait_until(SOON, "the set owns its claims", |ns| !owners(ns, "data-db-1").is_null());
    ns.kubectl_ok(&["scale", "statefulset/db", "--replicas=1"]);
    ns.wait_ready("db");
    ns.wait_until(SOON, "the pod is gone", |ns| ns.pods("db").len() == 1);
    ns.patch_set("db", &retention("Retain"));
    ns.wait_until(SOON, "the claim in range is free", |ns| owners(ns, "data-db-0").is_null());
    thread::sleep(A_WHILE);
    assert!(!owners(&ns, "data-db-1").is_null(), "the fuse stays where there is no pod");

    let output = ended(rescue(&ns, "data-db-1"), 0);

    says(&output, &["although the set's policy whenDeleted says Retain"]);
    assert_eq!(policy(&ns, "data-db-1"), "Delete", "{output}");
    ns.kubectl_ok(&["delete", "statefulset", "db"]);
    thread::sleep(A_WHILE);
    let claim = ns.json(&["get", "pvc", "data-db-1"]);
    assert!(claim["metadata"]["deletionTimestamp"].is_null(), "{claim}\n{output}");
}

/// A pod whose ephemeral volume has a claim under the name of an ordinal of a set `web`.
#[track_caller]
fn lend(ns: &Namespace<'_>) {
    ns.apply(
        r#"
{apiVersion: v1, kind: Pod, metadata: {name: data-web}, spec: {
  containers: [{name: app, image: "app:v1"}],
  volumes: [{name: "0", ephemeral: {volumeClaimTemplate: {spec: {storageClassName: csi,
    accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}]}}"#,
    );
    ns.kubectl_ok(&["wait", "--for=condition=Ready", "pod/data-web", "--timeout=30s"]);
}

#[test]
fn a_claim_of_a_strangers_ephemeral_volume_is_freed_of_it() {
    let ns = ControlPlane::csi().namespace("hijacked");
    lend(&ns);
    with_files(&ns, "web", "csi", 1);
    let alone = ended(ns.sts(&["pvc", "rescue", "data-web-0", "--dry-run"]).run(), 0);
    says(&alone, &["goes with pod/data-web", "take that owner off"]);

    let output = ended(rescue(&ns, "data-web-0"), 0);

    ns.kubectl_ok(&["delete", "pod", "data-web"]);
    thread::sleep(A_WHILE);
    let claim = ns.json(&["get", "pvc", "data-web-0"]);
    assert!(claim["metadata"]["deletionTimestamp"].is_null(), "{claim}\n{output}");
    assert_eq!(ns.read_file("web-0", "data/file"), "of web-0");
    assert_eq!(policy(&ns, "data-web-0"), "Delete");
}

#[test]
fn owners_that_live_are_left_alone() {
    let ns = ControlPlane::csi().namespace("owned");
    lend(&ns);
    let output = ended(rescue(&ns, "data-web-0"), 9);
    says(&output, &["Pod data-web owns pvc/data-web-0 and lives", "nothing was changed"]);
    assert_eq!(policy(&ns, "data-web-0"), "Delete", "{output}");
    let output = ended(rescue(&ns, "nothing"), 9);
    says(&output, &["there is no pvc/nothing"]);
}

#[test]
fn a_dead_owner_does_not_come_back_with_the_claim() {
    let ns = ControlPlane::csi().namespace("doomed");
    with_files(&ns, "db", "csi", 1);
    let volume = ns.volume("data-db-0");
    let owner = json!({ "metadata": { "ownerReferences": [{
        "apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db", "uid": "no-such-set",
    }] } });
    ns.kubectl_ok(&["patch", "pvc", "data-db-0", "-p", &owner.to_string()]);
    ns.wait_until(SOON, "the collector deletes it", |ns| {
        !ns.json(&["get", "pvc", "data-db-0"])["metadata"]["deletionTimestamp"].is_null()
    });

    let output = ended(rescue(&ns, "data-db-0"), 0);

    is_whole(&ns, "db", 0, &volume, &output);
    thread::sleep(A_WHILE);
    let claim = ns.json(&["get", "pvc", "data-db-0"]);
    assert!(claim["metadata"]["ownerReferences"].is_null(), "{claim}\n{output}");
    assert!(claim["metadata"]["deletionTimestamp"].is_null(), "{claim}\n{output}");
}

#[test]
fn a_rescue_killed_at_any_write_is_finished_by_the_next() {
    let ns = ControlPlane::csi().namespace("rescue-killed");
    with_files(&ns, "db", "csi", 2);
    let (volume, proxy) = (ns.volume("data-db-0"), Proxy::start(ns.control_plane()));
    let other = ns.pod_uids("db")[1].clone();
    let through = || ns.sts_through(&proxy, &["pvc", "rescue", "data-db-0", "--yes"]);

    delete_claim(&ns, "data-db-0");
    let whole = ended(proxy.run(through(), &[]), 0);
    is_whole(&ns, "db", 0, &volume, &whole);
    let writes = proxy.writes();
    assert_eq!(writes.len(), 9, "{writes:?}");

    for write in 1..=writes.len() {
        for fate in [Fate::KilledBefore, Fate::KilledAfter] {
            delete_claim(&ns, "data-db-0");
            let killed = proxy.run(through(), &[(write, fate)]);
            assert_ne!(killed.code, 0, "{fate:?} {}\n{killed}", writes[write - 1]);
            let output = ended(rescue(&ns, "data-db-0"), 0);
            is_whole(&ns, "db", 0, &volume, &output);
            assert_eq!(ns.pod_uids("db")[1], other, "{fate:?} {}\n{output}", writes[write - 1]);
        }
    }
}
