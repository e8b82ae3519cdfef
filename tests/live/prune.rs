//! Claims that are left behind are deleted, and nothing is lost with them whatever happens meanwhile.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::harness::Component;
use crate::harness::ControlPlane;
use crate::harness::Fate;
use crate::harness::Namespace;
use crate::harness::Options;
use crate::harness::Output;
use crate::harness::Proxy;
use crate::rollouts::ended;
use crate::rollouts::says;

pub(crate) const SOON: Duration = Duration::from_secs(60);

const OURS: &str = "kubectl-sts.io/";

/// What is written to the volume of every claim that is left behind.
pub(crate) const DATA: &str = "of this very claim";

/// A set that was scaled down to one pod, with a file on each volume it left behind.
#[track_caller]
pub(crate) fn left_behind(ns: &Namespace<'_>, set: &str, class: &str, replicas: u32) {
    ns.set(set).parallel().replicas(replicas).claims("1Gi").storage_class(class).create_ready();
    for ordinal in 1..replicas {
        fs::write(file(ns, &format!("data-{set}-{ordinal}")), DATA).unwrap();
    }
    scale(ns, set, 1);
    ns.wait_until(SOON, "the claims are unused", |ns| {
        (1..replicas).all(|ordinal| {
            let claim = ns.json(&["get", "pvc", &format!("data-{set}-{ordinal}")]);
            let conditions = claim["status"]["conditions"].as_array().cloned().unwrap_or_default();
            conditions.iter().any(|c| c["type"] == "Unused" && c["status"] == "True")
        })
    });
}

/// Scales, and waits until the set has settled.
#[track_caller]
pub(crate) fn scale(ns: &Namespace<'_>, set: &str, replicas: u32) {
    ns.kubectl_ok(&["scale", "statefulset", set, &format!("--replicas={replicas}")]);
    ns.wait_until(SOON, "the set has settled", |ns| {
        let object = ns.read_set(set);
        object["status"]["observedGeneration"] == object["metadata"]["generation"]
            && object["status"]["replicas"].as_u64().unwrap_or(0) == u64::from(replicas)
            && object["status"]["readyReplicas"].as_u64().unwrap_or(0) == u64::from(replicas)
    });
}

/// The file on the volume of a claim.
#[track_caller]
pub(crate) fn file(ns: &Namespace<'_>, claim: &str) -> PathBuf {
    ns.control_plane().files_of(&ns.volume(claim)).join("file")
}

/// The volumes that name a claim of the namespace.
pub(crate) fn volumes_of(ns: &Namespace<'_>, claim: &str) -> Vec<Value> {
    let all = ns.json(&["get", "pv"])["items"].as_array().cloned().unwrap_or_default();
    let names = |volume: &Value| {
        let named = &volume["spec"]["claimRef"];
        (&named["namespace"], &named["name"]) == (&json!(ns.name()), &json!(claim))
    };
    all.into_iter().filter(names).collect()
}

pub(crate) fn has_claim(ns: &Namespace<'_>, claim: &str) -> bool {
    ns.get("api/v1", &format!("persistentvolumeclaims/{claim}")).is_some()
}

/// Whether nothing on the volume is of this program.
pub(crate) fn is_unmarked(volume: &Value) -> bool {
    let annotations = volume["metadata"]["annotations"].as_object().cloned().unwrap_or_default();
    !annotations.keys().any(|key| key.starts_with(OURS))
}

fn policy(volume: &Value) -> &str {
    volume["spec"]["persistentVolumeReclaimPolicy"].as_str().unwrap_or_default()
}

/// The claim is there as it was, and nothing tells that somebody wanted to delete it.
#[track_caller]
pub(crate) fn is_as_before(ns: &Namespace<'_>, claim: &str) {
    let volume = ns.volume(claim);
    assert!(is_unmarked(&volume), "{volume}");
    assert_eq!((policy(&volume), &volume["status"]["phase"]), ("Delete", &json!("Bound")));
    assert_eq!(fs::read_to_string(file(ns, claim)).unwrap(), DATA);
}

/// The claim is gone and its data is in the trash.
#[track_caller]
pub(crate) fn is_in_trash(ns: &Namespace<'_>, claim: &str) -> Value {
    assert!(!has_claim(ns, claim));
    let volumes = volumes_of(ns, claim);
    let [volume] = &volumes[..] else { panic!("not one volume of {claim}: {volumes:?}") };
    assert_eq!(policy(volume), "Retain");
    let annotations = &volume["metadata"]["annotations"];
    assert_eq!(annotations["kubectl-sts.io/reclaim-policy"], "Delete");
    let files = ns.control_plane().files_of(volume);
    assert_eq!(fs::read_to_string(files.join("file")).unwrap(), DATA);
    volume.clone()
}

/// What needs no waiting.
pub(crate) fn prune<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["pvc", "prune", "--idle", "0", "--max-percent", "100"], more].concat()
}

#[test]
fn a_pruned_claim_comes_back_with_its_data_on_both_kinds_of_storage() {
    for class in ["standard", "csi"] {
        let ns = ControlPlane::csi().namespace("prune");
        left_behind(&ns, "db", class, 3);
        let before = ns.volume("data-db-2")["metadata"]["name"].clone();
        let shown = ended(ns.sts(&prune(&["db"])).run(), 0);
        says(&shown, &["data-db-2"]);
        is_as_before(&ns, "data-db-2");

        let report =
            ended(ns.sts(&prune(&["db", "--apply", "--yes", "-o", "json"])).run(), 0).json();
        assert_eq!(report["kind"], "PruneReport");
        let order: Vec<&Value> =
            report["items"].as_array().unwrap().iter().map(|item| &item["name"]).collect();
        assert_eq!(order, ["data-db-2", "data-db-1"], "the highest first");
        for claim in ["data-db-1", "data-db-2"] {
            is_in_trash(&ns, claim);
        }
        assert!(has_claim(&ns, "data-db-0"));

        let run = report["run"].as_str().unwrap();
        assert!(report["restore"].as_str().unwrap().contains(run));
        ended(ns.sts(&["pvc", "restore", run, "--yes"]).run(), 0);
        for claim in ["data-db-1", "data-db-2"] {
            is_as_before(&ns, claim);
        }
        assert_eq!(ns.volume("data-db-2")["metadata"]["name"], before, "the very volume");
        let claim = ns.json(&["get", "pvc", "data-db-2"]);
        assert_eq!(claim["metadata"]["annotations"]["kubectl-sts.io/restored-from"], run);
        assert_eq!(claim["metadata"]["labels"]["app"], "db");
        scale(&ns, "db", 3);
        is_as_before(&ns, "data-db-2");
    }
}

#[test]
fn nothing_is_deleted_without_a_yes_and_beyond_the_limits() {
    let ns = ControlPlane::shared().namespace("prune");
    left_behind(&ns, "db", "standard", 3);
    let output = ended(ns.sts(&prune(&["db", "--apply"])).run(), 9);
    says(&output, &["nobody can be asked"]);
    let output = ended(ns.sts(&prune(&["db", "--apply", "--yes", "--max", "1"])).run(), 9);
    says(&output, &["--max 2"]);
    let output = ended(ns.sts(&["pvc", "prune", "db", "--apply", "--yes"]).run(), 0);
    says(&output, &["--idle"]);
    ended(ns.sts(&prune(&["db", "--apply", "--yes", "--backup", "none"])).run(), 9);
    ended(ns.sts(&prune(&["-A", "--apply", "--yes"])).run(), 9);
    for claim in ["data-db-1", "data-db-2"] {
        is_as_before(&ns, claim);
    }
    let kept = prune(&["db", "--apply", "--yes", "--keep-last", "1"]);
    ended(ns.sts(&kept).run(), 0);
    is_as_before(&ns, "data-db-1");
    is_in_trash(&ns, "data-db-2");
}

#[test]
fn a_dry_run_of_a_deletion_deletes_nothing() {
    let ns = ControlPlane::shared().namespace("prune");
    left_behind(&ns, "db", "standard", 2);
    let version = ns.volume("data-db-1")["metadata"]["resourceVersion"].clone();
    let output = ended(ns.sts(&prune(&["--apply", "--yes", "--dry-run=server"])).run(), 0);
    says(&output, &["server dry run"]);
    is_as_before(&ns, "data-db-1");
    assert_eq!(ns.volume("data-db-1")["metadata"]["resourceVersion"], version);
    // It was a deletion that the server saw, with what must not change inside the body.
    let proxy = Proxy::start(ns.control_plane());
    proxy.run(ns.sts_through(&proxy, &prune(&["--apply", "--yes", "--dry-run=server"])), &[]);
    assert!(proxy.writes().is_empty(), "{:?}", proxy.writes());
}

#[test]
fn what_admission_forbids_leaves_the_volume_as_it_was() {
    let ns = ControlPlane::shared().namespace("prune");
    left_behind(&ns, "db", "standard", 2);
    let _policy = ns.deny_deletion_of_claims("claims stay");
    let version = || ns.volume("data-db-1")["metadata"]["resourceVersion"].clone();
    let before = version();
    ns.wait_until(SOON, "the policy is in force", |ns| {
        ns.kubectl(&["delete", "pvc", "data-db-1", "--dry-run=server"]).code != 0
    });
    let output = ended(ns.sts(&prune(&["--apply", "--yes"])).run(), 1);
    says(&output, &["claims stay"]);
    assert_eq!(version(), before, "the volume was not written to");
    is_as_before(&ns, "data-db-1");
}

#[test]
fn who_may_not_put_volumes_aside_may_not_delete_claims() {
    let ns = ControlPlane::shared().namespace("prune");
    left_behind(&ns, "db", "standard", 2);
    let user = format!("{}-user", ns.name());
    ns.kubectl_ok(&[
        "create",
        "rolebinding",
        "all",
        "--clusterrole=admin",
        &format!("--user={user}"),
    ]);
    let words = prune(&["--apply", "--yes", "--min-confidence", "low", "--as", &user]);
    let output = ended(ns.sts(&words).run(), 9);
    says(&output, &["persistentvolumes"]);
    is_as_before(&ns, "data-db-1");
}

/// The data is at its claim or in the trash, whatever a run was stopped at.
#[track_caller]
fn is_safe(ns: &Namespace<'_>, claim: &str, output: &Output) {
    ns.wait_until(SOON, "the claim is there or gone", |ns| {
        let claim = ns.get("api/v1", &format!("persistentvolumeclaims/{claim}"));
        claim.is_none_or(|claim| claim["metadata"]["deletionTimestamp"].is_null())
    });
    if has_claim(ns, claim) {
        assert_eq!(fs::read_to_string(file(ns, claim)).unwrap(), DATA, "{output}");
    } else {
        is_in_trash(ns, claim);
    }
}

#[test]
fn a_run_killed_at_any_write_is_finished_by_another_and_can_be_undone() {
    let ns = ControlPlane::shared().namespace("kill");
    let proxy = Proxy::start(ns.control_plane());
    left_behind(&ns, "whole", "standard", 2);
    ended(proxy.run(ns.sts_through(&proxy, &prune(&["whole", "--apply", "--yes"])), &[]), 0);
    let writes = proxy.writes();
    let verbs: Vec<&str> = writes.iter().filter_map(|write| write.split(' ').next()).collect();
    assert_eq!(verbs, ["PATCH", "DELETE"], "{writes:?}");
    for write in 1..=writes.len() {
        for (name, fate) in [("b", Fate::KilledBefore), ("a", Fate::KilledAfter)] {
            let set = format!("db{write}{name}");
            let claim = format!("data-{set}-1");
            left_behind(&ns, &set, "standard", 2);
            let words = prune(&[&set, "--apply", "--yes"]);
            let killed = ended(proxy.run(ns.sts_through(&proxy, &words), &[(write, fate)]), 137);
            is_safe(&ns, &claim, &killed);
            // The same again, which has to find the policy that was there before the first run.
            ended(ns.sts(&words).run(), 0);
            is_in_trash(&ns, &claim);
            ended(ns.sts(&["pvc", "restore", &claim, "--yes"]).run(), 0);
            is_as_before(&ns, &claim);
        }
    }
}

#[test]
fn a_run_killed_before_the_deletion_is_taken_back_by_a_restore() {
    let ns = ControlPlane::shared().namespace("kill");
    let proxy = Proxy::start(ns.control_plane());
    left_behind(&ns, "db", "standard", 2);
    let words = prune(&["db", "--apply", "--yes"]);
    ended(proxy.run(ns.sts_through(&proxy, &words), &[(2, Fate::KilledBefore)]), 137);
    let listed = ended(ns.sts(&["pvc", "trash", "list"]).run(), 0);
    says(&listed, &["bound"]);
    // A volume that a claim has is no trash.
    let empty = ["pvc", "trash", "empty", "--older-than", "0s", "--apply", "--yes"];
    ended(ns.sts(&empty).run(), 0);
    ended(ns.sts(&["pvc", "restore", "data-db-1", "--yes"]).run(), 0);
    is_as_before(&ns, "data-db-1");
}

#[test]
fn writes_that_fail_or_whose_answer_is_lost_end_in_all_or_nothing() {
    let ns = ControlPlane::shared().namespace("fault");
    let proxy = Proxy::start(ns.control_plane());
    for (name, fates, code, gone) in [
        ("refused", vec![(2, Fate::Refused(403))], 1, false),
        ("denied", vec![(1, Fate::Refused(403))], 9, false),
        ("conflict", vec![(2, Fate::Refused(409))], 0, true),
        ("lost1", vec![(1, Fate::Lost)], 0, true),
        ("lost2", vec![(2, Fate::Lost)], 0, true),
    ] {
        left_behind(&ns, name, "standard", 2);
        let claim = format!("data-{name}-1");
        let words = prune(&[name, "--apply", "--yes"]);
        let output = ended(proxy.run(ns.sts_through(&proxy, &words), &fates), code);
        if gone {
            is_in_trash(&ns, &claim);
        } else {
            says(&output, &["not deleted"]);
            is_as_before(&ns, &claim);
        }
    }
}

#[test]
fn a_scale_up_in_the_middle_loses_nothing() {
    let ns = ControlPlane::shared().namespace("race");
    left_behind(&ns, "db", "standard", 2);
    let volume = ns.volume("data-db-1")["metadata"]["name"].as_str().unwrap().to_owned();
    let changes = ns.control_plane().watch("/api/v1/persistentvolumes");
    let output = thread::scope(|scope| {
        let scaled = scope.spawn(|| {
            let aside = |event: &Value| {
                event["object"]["metadata"]["name"] == *volume
                    && policy(&event["object"]) == "Retain"
            };
            changes.take_while(|event| !aside(event)).for_each(drop);
            ns.kubectl_ok(&["scale", "statefulset", "db", "--replicas=2"]);
        });
        let output = ns.sts(&prune(&["db", "--apply", "--yes"])).run();
        scaled.join().unwrap();
        output
    });
    ns.wait_ready("db");
    let object = ns.json(&["get", "pv", &volume]);
    let files = ns.control_plane().files_of(&object).join("file");
    assert_eq!(fs::read_to_string(files).unwrap(), DATA, "{output}");
    if output.code == 9 {
        is_as_before(&ns, "data-db-1");
    } else {
        assert!([0, 8].contains(&output.code), "{output}");
    }
}

#[test]
fn a_pod_that_comes_too_late_gets_its_claim_back_with_the_data() {
    // Without a controller manager a claim that was deleted stays until somebody has come.
    let control_plane = ControlPlane::start(&Options::default());
    let ns = control_plane.namespace("late");
    left_behind(&ns, "db", "standard", 2);
    control_plane.stop(Component::ControllerManager);
    let running = ns.sts(&prune(&["db", "--apply", "--yes"])).spawn();
    ns.wait_until(SOON, "the claim is told to go", |ns| {
        !ns.json(&["get", "pvc", "data-db-1"])["metadata"]["deletionTimestamp"].is_null()
    });
    ns.apply(
        "{apiVersion: v1, kind: Pod, metadata: {name: late}, spec: {
           containers: [{name: app, image: 'app:v1'}],
           volumes: [{name: data, persistentVolumeClaim: {claimName: data-db-1}}]}}",
    );
    control_plane.cont(Component::ControllerManager);
    let output = ended(running.wait(), 8);
    says(&output, &["pod/late"]);
    is_as_before(&ns, "data-db-1");
}

#[test]
fn a_plan_that_was_looked_at_is_applied_and_nothing_else() {
    let ns = ControlPlane::shared().namespace("plan");
    left_behind(&ns, "db", "standard", 4);
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("plan.yaml");
    let plan = path.to_str().unwrap();
    ended(ns.sts(&prune(&["db", "--keep-last", "1", "--plan-out", plan])).run(), 0);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("kind: PrunePlan") && !text.contains("data-db-1"), "{text}");

    let other = text.replace(ns.control_plane().server(), "https://elsewhere:6443");
    fs::write(directory.path().join("other.yaml"), other).unwrap();
    let elsewhere = directory.path().join("other.yaml");
    let words = ["pvc", "prune", "--plan", elsewhere.to_str().unwrap(), "--apply", "--yes"];
    says(&ended(ns.sts(&words).run(), 9), &["elsewhere"]);

    ns.kubectl_ok(&["annotate", "pvc", "data-db-3", "somebody=was-here"]);
    let output = ended(ns.sts(&["pvc", "prune", "--plan", plan, "--apply", "--yes"]).run(), 8);
    says(&output, &["changed since"]);
    is_as_before(&ns, "data-db-1");
    is_in_trash(&ns, "data-db-2");
    is_as_before(&ns, "data-db-3");
    ended(ns.sts(&["pvc", "prune", "--plan", plan, "--apply", "--yes"]).run(), 9);
}
