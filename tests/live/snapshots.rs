//! Snapshots of the claims of a set.

use serde_json::Value;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::rollouts::ended;
use crate::rollouts::says;

fn snapshot(ns: &Namespace<'_>, flags: &[&str]) -> Output {
    ns.sts(&[&["pvc", "snapshot", "db", "--yes"][..], flags].concat()).run()
}

#[track_caller]
fn there(ns: &Namespace<'_>) -> Vec<Value> {
    ns.json(&["get", "volumesnapshots"])["items"].as_array().cloned().unwrap()
}

#[track_caller]
fn two(ns: &Namespace<'_>) {
    ns.set("db").replicas(2).claims("1Gi").storage_class("csi").create_ready();
}

#[test]
fn every_claim_has_a_snapshot_and_the_oldest_go() {
    let ns = ControlPlane::csi().namespace("snapshots");
    two(&ns);
    let dry = ["--class", "csi", "--dry-run=server"];
    says(&ended(snapshot(&ns, &dry), 0), &["created (server dry run)", "deletionPolicy"]);
    assert!(there(&ns).is_empty());

    let output = ended(snapshot(&ns, &["--class", "csi", "--keep", "1"]), 0);
    says(&output, &["all of them together are not", "is ready"]);
    let first = there(&ns);
    assert_eq!(first.len(), 2, "{output}");
    for one in &first {
        assert_eq!(one["status"]["readyToUse"], true, "{output}");
        let labels = &one["metadata"]["labels"];
        assert_eq!(labels["kubectl-sts.io/set"], "db", "{output}");
        let claim = one["spec"]["source"]["persistentVolumeClaimName"].as_str().unwrap();
        let ordinal = labels["kubectl-sts.io/ordinal"].as_str().unwrap();
        assert_eq!(claim, format!("data-db-{ordinal}"), "{output}");
    }

    // One that somebody else took stays, whatever is kept.
    ns.apply(
        "{apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshot, metadata: {name: mine}, \
         spec: {volumeSnapshotClassName: csi, source: {persistentVolumeClaimName: data-db-0}}}",
    );
    let flags = ["--class", "csi-retain", "--ordinals", "0", "--keep", "1", "-o", "json"];
    let output = ended(snapshot(&ns, &flags), 0);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(document["kind"], "SnapshotReport", "{output}");
    assert_eq!(document["items"].as_array().unwrap().len(), 1, "{output}");
    let deleted = document["deleted"].as_array().unwrap();
    assert_eq!(deleted.len(), 1, "{output}");
    assert!(deleted[0].as_str().unwrap().starts_with("data-db-0-"), "{output}");
    let names: Vec<String> =
        there(&ns).iter().map(|one| one["metadata"]["name"].as_str().unwrap().to_owned()).collect();
    assert!(names.contains(&"mine".to_owned()), "{names:?}\n{output}");
    assert_eq!(names.iter().filter(|name| name.starts_with("data-db-1-")).count(), 1, "{names:?}");
}

#[test]
fn what_cannot_be_taken_is_said_before_anything_is_created() {
    let ns = ControlPlane::csi().namespace("no-snapshots");
    two(&ns);
    for (flags, text) in [
        (&["--class", "none"][..], "there is no volumesnapshotclass/none"),
        (&["--class", "csi", "--ordinals", "0-4"], "there is no pvc/data-db-2"),
        (&["--class", "csi", "--template", "wal"], "no claim template wal"),
        (&[], "name one with --class"),
    ] {
        says(&ended(snapshot(&ns, flags), 9), &[text, "nothing was changed"]);
    }
    assert!(there(&ns).is_empty());
    let ns = ControlPlane::csi().namespace("no-driver");
    ns.set("db").replicas(1).claims("1Gi").storage_class("standard").create_ready();
    says(&ended(snapshot(&ns, &["--class", "csi"]), 9), &["has no CSI driver"]);
    let ns = ControlPlane::shared().namespace("no-crds");
    ns.set("db").replicas(1).claims("1Gi").create_ready();
    says(&ended(snapshot(&ns, &["--class", "csi"]), 9), &["this cluster has no snapshots"]);
}

#[test]
fn one_that_fails_is_told_in_words_of_the_driver_and_nothing_older_goes() {
    let ns = ControlPlane::csi().namespace("failing");
    two(&ns);
    ended(snapshot(&ns, &["--class", "csi"]), 0);
    ns.fault("data-db-1", "snapshot fail");
    let flags = ["--class", "csi", "--keep", "1", "--timeout", "3s"];
    let output = ended(snapshot(&ns, &flags), 5);
    says(&output, &["not ready:", "time is over"]);
    assert_eq!(there(&ns).len(), 4, "{output}");
    ns.fault("data-db-1", "snapshot none");
}
