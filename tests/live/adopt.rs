//! The data of a claim becomes that of an ordinal of a set.

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

/// A set that was scaled to nothing, and has left its claims behind with a file on each volume.
#[track_caller]
fn left_behind(ns: &Namespace<'_>, set: &str, class: &str, replicas: u32) {
    let set = set.to_owned();
    ns.set(&set).replicas(replicas).parallel().claims("1Gi").storage_class(class).create_ready();
    for ordinal in 0..replicas {
        ns.write_file(&format!("{set}-{ordinal}"), "data/file", &format!("of {set}-{ordinal}"));
    }
    ns.kubectl_ok(&["scale", &format!("statefulset/{set}"), "--replicas=0"]);
    ns.wait_until(SOON, "its pods are gone", |ns| ns.pods(&set).is_empty());
}

fn adopt(ns: &Namespace<'_>, claim: &str, ordinal: u32, flags: &[&str]) -> Output {
    let ordinal = ordinal.to_string();
    let words = ["pvc", "adopt", claim, "--set", "db", "--ordinal", &ordinal];
    ns.sts(&[&words[..], flags].concat()).run()
}

const NOW: &[&str] = &["--apply", "--yes"];

/// The volume is as it was before anything was begun.
#[track_caller]
fn untouched(ns: &Namespace<'_>, claim: &str, before: &Value, output: &Output) {
    let now = ns.volume(claim);
    assert_eq!(now["spec"], before["spec"], "{output}");
    let annotations = now["metadata"]["annotations"].to_string();
    assert!(!annotations.contains("\"kubectl-sts.io/"), "{annotations}\n{output}");
    let claim = ns.json(&["get", "pvc", claim]);
    assert!(claim["metadata"]["deletionTimestamp"].is_null(), "{output}");
}

#[test]
fn a_set_goes_on_with_the_data_of_another() {
    for class in ["standard", "csi"] {
        let ns = ControlPlane::csi().namespace("adopt");
        left_behind(&ns, "old", class, 2);
        ns.set("db").replicas(0).claims("1Gi").storage_class(class).create();
        let before = ns.volume("data-old-1");

        let plan = ended(adopt(&ns, "data-old-1", 0, &[]), 0);
        says(&plan, &["pvc/data-db-0 adopted (dry run)", "to do it: kubectl"]);
        untouched(&ns, "data-old-1", &before, &plan);
        let unasked = ended(adopt(&ns, "data-old-1", 0, &["--apply"]), 9);
        untouched(&ns, "data-old-1", &before, &unasked);

        let output = ended(adopt(&ns, "data-old-1", 0, NOW), 0);

        let claim = ns.json(&["get", "pvc", "data-db-0"]);
        assert_eq!(claim["metadata"]["labels"], json!({ "app": "db" }), "{output}");
        let volume = ns.volume("data-db-0");
        assert_eq!(volume["metadata"]["uid"], before["metadata"]["uid"], "{output}");
        assert_eq!(volume["spec"]["persistentVolumeReclaimPolicy"], "Delete", "{output}");
        assert!(!ns.kubectl(&["get", "pvc", "data-old-1"]).stderr.is_empty(), "{output}");
        ns.kubectl_ok(&["scale", "statefulset/db", "--replicas=1"]);
        ns.wait_ready("db");
        assert_eq!(ns.read_file("db-0", "data/file"), "of old-1");
        says(&ended(adopt(&ns, "data-old-1", 0, NOW), 0), &["has the data already"]);
    }
}

#[test]
fn data_moves_to_another_namespace() {
    let (from, to) = (ControlPlane::csi().namespace("from"), ControlPlane::csi().namespace("to"));
    left_behind(&from, "old", "csi", 1);
    to.set("db").replicas(0).claims("1Gi").storage_class("csi").create();
    let flags = ["--target-namespace", to.name(), "--apply", "--yes"];

    ended(adopt(&from, "data-old-0", 2, &flags), 0);

    to.kubectl_ok(&["scale", "statefulset/db", "--replicas=3"]);
    to.wait_ready("db");
    assert_eq!(to.read_file("db-2", "data/file"), "of old-0");
}

#[test]
fn what_is_used_or_wanted_is_not_given_away() {
    let ns = ControlPlane::csi().namespace("adopt-refused");
    ns.set("old").replicas(2).claims("1Gi").storage_class("csi").create_ready();
    ns.set("db").replicas(1).claims("2Gi").storage_class("csi").create_ready();
    let before = ns.volume("data-old-1");
    let output = ended(adopt(&ns, "data-old-1", 1, NOW), 9);
    says(&output, &["used by pod/old-1", "statefulset.apps/old wants", "nothing was changed"]);
    untouched(&ns, "data-old-1", &before, &output);
    ns.kubectl_ok(&["scale", "statefulset/old", "--replicas=1"]);
    ns.wait_until(SOON, "the pod is gone", |ns| ns.pods("old").len() == 1);

    let output = ended(adopt(&ns, "data-old-1", 0, NOW), 9);
    says(&output, &["wants ordinal 0", "scale db --replicas 0", "data-db-0 is there already"]);
    untouched(&ns, "data-old-1", &before, &output);
    let output = ended(adopt(&ns, "data-old-1", 1, &["--template", "none", "--apply", "--yes"]), 9);
    says(&output, &["no claim template none", "it has: data"]);
    says(&ended(adopt(&ns, "nothing", 1, NOW), 9), &["there is no pvc/nothing"]);
    // A smaller volume is told, and is no obstacle.
    let plan = ended(adopt(&ns, "data-old-1", 1, &[]), 0);
    says(&plan, &["the volume has 1Gi, and the set's template asks for 2Gi"]);
}

#[test]
fn a_deletion_that_is_denied_leaves_everything_as_it_was() {
    let ns = ControlPlane::csi().namespace("adopt-denied");
    left_behind(&ns, "old", "csi", 1);
    ns.set("db").replicas(0).claims("1Gi").storage_class("csi").create();
    let before = ns.volume("data-old-0");
    {
        let _policy = ns.deny_deletion_of_claims("claims are kept here");
        ns.wait_until(SOON, "the policy is in force", |ns| {
            let dry = ["delete", "pvc", "data-old-0", "--dry-run=server"];
            ns.kubectl(&dry).stderr.contains("claims are kept here")
        });
        let output = ended(adopt(&ns, "data-old-0", 0, NOW), 1);
        says(&output, &["claims are kept here", "nothing was changed"]);
        untouched(&ns, "data-old-0", &before, &output);
    }
    ns.wait_until(SOON, "the policy is gone", |ns| {
        ns.kubectl(&["delete", "pvc", "data-old-0", "--dry-run=server"]).code == 0
    });
    // A denial that comes only with the real deletion is taken back.
    let proxy = Proxy::start(ns.control_plane());
    let words = ["pvc", "adopt", "data-old-0", "--set", "db", "--ordinal", "0", "--apply", "--yes"];
    let denied = (2, Fate::Refused(403));
    // Also where others write to the volume meanwhile.
    for fates in [&[denied][..], &[denied, (3, Fate::Refused(409)), (4, Fate::Refused(409))]] {
        let output = proxy.run(ns.sts_through(&proxy, &words), fates);
        assert_ne!(output.code, 0, "{output}");
        says(&output, &["taken back"]);
        untouched(&ns, "data-old-0", &before, &output);
    }
}

#[test]
fn an_adoption_killed_at_any_write_is_finished_by_the_next() {
    const WRITES: u32 = 5;
    const FATES: [Fate; 3] = [Fate::KilledBefore, Fate::KilledAfter, Fate::Lost];
    let ns = ControlPlane::csi().namespace("adopt-killed");
    left_behind(&ns, "old", "csi", WRITES * 3);
    ns.set("db").replicas(0).parallel().claims("1Gi").storage_class("csi").create();
    let proxy = Proxy::start(ns.control_plane());
    for write in 0..WRITES {
        for (column, fate) in (0..).zip(FATES) {
            let ordinal = write * 3 + column;
            let (claim, number) = (format!("data-old-{ordinal}"), ordinal.to_string());
            let words =
                ["pvc", "adopt", &claim, "--set", "db", "--ordinal", &number, "--apply", "--yes"];
            let at = usize::try_from(write).unwrap() + 1;
            let first = proxy.run(ns.sts_through(&proxy, &words), &[(at, fate)]);
            assert_eq!(first.code == 0, fate == Fate::Lost, "{fate:?} {write}\n{first}");
            let second = ended(adopt(&ns, &claim, ordinal, NOW), 0);
            let volume = ns.volume(&format!("data-db-{ordinal}"));
            let policy = &volume["spec"]["persistentVolumeReclaimPolicy"];
            assert_eq!(policy, "Delete", "{fate:?} {write}\n{first}\n{second}");
        }
    }
    ns.kubectl_ok(&["scale", "statefulset/db", &format!("--replicas={}", WRITES * 3)]);
    ns.wait_ready("db");
    for ordinal in 0..WRITES * 3 {
        assert_eq!(
            ns.read_file(&format!("db-{ordinal}"), "data/file"),
            format!("of old-{ordinal}")
        );
    }
}

#[test]
fn an_ordinal_begins_with_a_snapshot_of_another() {
    let ns = ControlPlane::csi().namespace("adopt-snapshot");
    ns.set("db").replicas(1).claims("1Gi").storage_class("csi").create_ready();
    ns.write_file("db-0", "data/file", "of db-0");
    let taken =
        ended(ns.sts(&["pvc", "snapshot", "db", "--class", "csi", "--yes", "-o", "json"]).run(), 0);
    let document: Value = serde_json::from_str(&taken.stdout).unwrap();
    let snapshot = document["items"][0]["name"].as_str().unwrap();
    let words = ["pvc", "adopt", "--from-snapshot", snapshot, "--set", "db", "--ordinal", "1"];
    says(&ended(ns.sts(&words).run(), 0), &["created (server dry run)"]);
    assert!(ns.get("api/v1", "persistentvolumeclaims/data-db-1").is_none());

    ended(ns.sts(&[&words[..], NOW].concat()).run(), 0);

    ns.kubectl_ok(&["scale", "statefulset/db", "--replicas=2"]);
    ns.wait_ready("db");
    assert_eq!(ns.read_file("db-1", "data/file"), "of db-0");
    says(&ended(ns.sts(&[&words[..], NOW].concat()).run(), 9), &["data-db-1 is there already"]);
}
