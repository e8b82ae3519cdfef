//! Scaling a set, and what stands in the way of it.

use std::fs;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::harness::Sts;
use crate::rollouts::HOLD;
use crate::rollouts::Story;
use crate::rollouts::ended;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::status;
use crate::rollouts::strategy;

const SOON: Duration = Duration::from_secs(30);

/// Begins a scaling: without questions, and with little patience, unless the words say otherwise.
fn scale(ns: &Namespace<'_>, words: &[&str]) -> Sts {
    let mut all = vec!["scale", "db"];
    all.extend(words);
    for (flag, value) in
        [("--yes", None), ("--grace", Some("2s")), ("--unschedulable-grace", Some("2s"))]
    {
        if !words.contains(&flag) {
            all.push(flag);
            all.extend(value);
        }
    }
    ns.sts(&all)
}

/// Fails unless a line of the output is about this and says that.
#[track_caller]
fn tells(output: &Output, lines: &[(&str, &str)]) {
    for (subject, words) in lines {
        let about = |line: &str| {
            let rest = line.split_once(&format!("  {subject} ")).map_or("", |(_, rest)| rest);
            rest.trim_start().starts_with(words)
        };
        assert!(output.stderr.lines().any(about), "no line {subject}  {words}\n{output}");
    }
}

fn replicas(ns: &Namespace<'_>) -> i64 {
    ns.read_set("db")["spec"]["replicas"].as_i64().unwrap()
}

/// Which any write to the spec changes, and the controller's status does not.
fn generation(ns: &Namespace<'_>) -> Value {
    ns.read_set("db")["metadata"]["generation"].clone()
}

fn claims(ns: &Namespace<'_>) -> Vec<String> {
    let list = ns.get("api/v1", "persistentvolumeclaims").unwrap();
    let items = list["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

/// Waits until the controller has seen the spec.
fn observed(ns: &Namespace<'_>) {
    ns.wait_until(SOON, "the controller has seen the spec", |ns| {
        let object = ns.read_set("db");
        object["status"]["observedGeneration"] == object["metadata"]["generation"]
    });
}

#[test]
fn up_down_and_by_so_many() {
    let ns = ControlPlane::shared().namespace("scale");
    ns.set("db").claims("1Gi").create_ready();
    let uids = ns.pod_uids("db");
    let output = ended(scale(&ns, &["--replicas", "5"]).run(), 0);
    says(&output, &["3 to 5 replicas", "pvc/data-db-4", "statefulset.apps/db scaled"]);
    tells(&output, &[("db-4", "available")]);
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v1 3:v1 4:v1");
    let output = ended(scale(&ns, &["--by", "-2", "--current-replicas", "5"]).run(), 0);
    tells(&output, &[("db-4", "gone"), ("db-3", "gone"), ("pvc/data-db-3", "kept, with its data")]);
    assert_eq!(ns.pod_uids("db"), uids, "those that stay were left alone");
    let output = ended(scale(&ns, &["--by=+1"]).run(), 0);
    // The claim of the pod that went is there.
    says(&output, &["used again, made", "unused for"]);
    assert_eq!(replicas(&ns), 4);
    ended(scale(&ns, &["--replicas", "4"]).run(), 0);
    let before = generation(&ns);
    let output = ended(scale(&ns, &["--replicas", "2", "--current-replicas", "3"]).run(), 7);
    says(&output, &["has 4 replicas, not 3"]);
    assert_eq!(generation(&ns), before);
}

#[test]
fn a_set_that_does_not_begin_at_zero_goes_down_to_nothing() {
    let ns = ControlPlane::shared().namespace("scale-start");
    ns.set("db").start(5).parallel().create_ready();
    ended(scale(&ns, &["--by", "2"]).run(), 0);
    assert_eq!(ns.images("db").join(" "), "5:v1 6:v1 7:v1 8:v1 9:v1");
    let output = ended(scale(&ns, &["--replicas", "0"]).run(), 0);
    says(&output, &["no pod is left, db-9 to db-5 are gone"]);
    assert!(ns.pods("db").is_empty());
}

#[test]
fn slow_pods_and_min_ready_seconds_are_waited_for() {
    let ns = ControlPlane::shared().namespace("scale-slow");
    ns.set("db").replicas(1).image("app:slow").min_ready(3).create_ready();
    let output = ended(scale(&ns, &["--replicas", "3"]).run(), 0);
    assert!(output.elapsed >= Duration::from_secs(9), "{output}");
    tells(&output, &[("db-2", "ready, soaking 3s")]);
    let status = &ns.read_set("db")["status"];
    assert_eq!(status["availableReplicas"], 3, "{status}");
}

#[test]
fn pods_that_take_long_to_end_are_waited_for() {
    let ns = ControlPlane::shared().namespace("scale-end");
    ns.set("db").pods("terminate-after", "3s").create_ready();
    let output = ended(scale(&ns, &["--replicas", "1"]).run(), 0);
    assert!(output.elapsed >= Duration::from_secs(6), "{output}");
    assert_eq!(ns.pods("db").len(), 1);
}

#[test]
fn whoever_does_not_wait_is_told_so_and_nothing_more() {
    let ns = ControlPlane::shared().namespace("scale-no-wait");
    ns.set("db").image("app:hang").create();
    ns.wait_until(SOON, "db-0 is there", |ns| ns.pods("db").len() == 1);
    observed(&ns);
    let output = ended(scale(&ns, &["--replicas", "5", "--no-wait"]).run(), 0);
    says(&output, &["not waited for"]);
    assert_eq!(replicas(&ns), 5);
}

#[test]
fn dry_runs_of_a_scaling_write_nothing() {
    let ns = ControlPlane::shared().namespace("scale-dry");
    ns.set("db").create_ready();
    let before = generation(&ns);
    for how in ["--dry-run", "--dry-run=client", "--dry-run=server"] {
        let output = ended(ns.sts(&["scale", "db", "--replicas", "5", how]).run(), 0);
        says(&output, &["3 to 5 replicas", "dry run)"]);
        assert_eq!(generation(&ns), before);
    }
    // And so does whoever cannot be asked.
    let output = ended(ns.sts(&["scale", "db", "--replicas", "5"]).run(), 9);
    says(&output, &["without a terminal"]);
    assert_eq!(generation(&ns), before);
}

// What stands in the way is named.

#[test]
fn a_pod_without_its_image_ends_a_scale_up() {
    let ns = ControlPlane::shared().namespace("scale-pull");
    ns.set("db").pods("behavior-3", "pull").create_ready();
    let output = ended(scale(&ns, &["--replicas", "5"]).run(), 3);
    says(
        &output,
        &["pod db-3 is not ready: ImagePullBackOff", "asked for 5 replicas, 3 are available"],
    );
    assert_eq!(replicas(&ns), 5, "the controller may still get there");
}

#[test]
fn a_pod_that_never_gets_ready_times_out() {
    let ns = ControlPlane::shared().namespace("scale-hang");
    ns.set("db").pods("behavior-3", "hang").create_ready();
    let output = ended(scale(&ns, &["--replicas", "5", "--timeout", "3s"]).run(), 5);
    says(&output, &["timed out", "3 are available"]);
    let words = ["--replicas", "5", "--step-timeout", "3s"];
    let output = ended(scale(&ns, &words).run(), 5);
    says(&output, &["waiting for pod db-3 to be ready"]);
}

#[test]
fn a_pod_that_no_node_has_is_named_with_its_reason() {
    let ns = ControlPlane::shared().namespace("scale-nowhere");
    ns.set("db")
        .replicas(0)
        .with(|set| {
            set["spec"]["template"]["spec"]["nodeSelector"] = json!({ "disk": "none" });
        })
        .create();
    observed(&ns);
    let output = ended(scale(&ns, &["--replicas", "1"]).run(), 3);
    says(&output, &["pod db-0 is not ready: Unschedulable", "node"]);
}

#[test]
fn a_claim_without_a_volume_is_named() {
    let ns = ControlPlane::shared().namespace("scale-claim");
    ns.set("db")
        .replicas(0)
        .claims("1Gi")
        .with(|set| {
            set["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"] = "none".into();
        })
        .create();
    observed(&ns);
    let output = ended(scale(&ns, &["--replicas", "2"]).run(), 3);
    says(&output, &["pvc/data-db-0 has no volume"]);
}

#[test]
fn a_quota_is_named_in_the_controllers_words() {
    let ns = ControlPlane::shared().namespace("scale-quota");
    ns.set("db").create_ready();
    let quota = json!({ "metadata": { "name": "few" }, "spec": { "hard": { "pods": "4" } } });
    ns.post(&format!("/api/v1/namespaces/{}/resourcequotas", ns.name()), &quota);
    ns.wait_until(SOON, "the quota is counted", |ns| {
        let quota = ns.get("api/v1", "resourcequotas/few").unwrap_or_default();
        quota["status"]["used"]["pods"] == "3"
    });
    let output = ended(scale(&ns, &["--replicas", "6", "--grace", "4s"]).run(), 3);
    says(&output, &["pod db-4 cannot be made", "exceeded quota: few", "4 are available"]);
}

#[test]
fn a_pod_on_a_dead_node_is_named_with_its_node() {
    let control_plane = ControlPlane::start(&crate::harness::Options {
        extra_flags: vec!["kube-controller-manager=--node-monitor-grace-period=8s".to_owned()],
        ..crate::harness::Options::default()
    });
    let ns = control_plane.namespace("scale-dead");
    ns.set("db").create_ready();
    let node = ns.pods("db")[&2]["spec"]["nodeName"].as_str().unwrap().to_owned();
    let label = "control-plane.kubectl-sts.io/managed-";
    control_plane.kubectl(&["label", "node", &node, label]).success();
    ns.wait_until(Duration::from_secs(60), "the node is not ready", |ns| {
        let ready = "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}";
        ns.kubectl(&["get", "node", &node, "-o", ready]).stdout == "Unknown"
    });
    // Under OrderedReady the dead pod, the highest, is the first to go.
    let words = ["--replicas", "2", "--timeout", "40s"];
    let output = ended(scale(&ns, &words).patience(Duration::from_secs(100)).run(), 5);
    says(&output, &["waiting for pod db-2 to end", &format!("its node {node} is not ready")]);
}

// Deadlocks of the controller.

/// Five pods of which these are not ready.
fn hurt(name: &str, ordinals: &[u32], parallel: bool) -> Namespace<'static> {
    let ns = ControlPlane::shared().namespace(name);
    let set = ns.set("db").replicas(5);
    if parallel { set.parallel() } else { set }.create_ready();
    for ordinal in ordinals {
        let key = "control-plane.kubectl-sts.io/behavior=hang";
        ns.kubectl_ok(&["annotate", "pod", &format!("db-{ordinal}"), key]);
        ns.wait_until(SOON, "it is not ready", |ns| {
            ns.images("db").contains(&format!("{ordinal}:v1!"))
        });
    }
    ns
}

#[test]
fn two_unready_pods_that_have_to_go_are_a_deadlock_with_a_way_out() {
    let ns = hurt("scale-deadlock", &[3, 4], false);
    let output = ended(scale(&ns, &["--replicas", "3"]).run(), 3);
    says(&output, &["pods db-4 and db-3 are not wanted and not ready", "kubectl delete pod db-4"]);
    assert_eq!(ns.pods("db").len(), 5, "that is what the controller does");
    // The way out is one.
    ns.kubectl_ok(&["delete", "pod", "db-4"]);
    ended(scale(&ns, &["--replicas", "3"]).run(), 0);
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v1");
}

#[test]
fn one_unready_pod_that_has_to_go_is_no_deadlock() {
    for (name, ordinal) in [("scale-low", 3), ("scale-top", 4)] {
        let ns = hurt(name, &[ordinal], false);
        ended(scale(&ns, &["--replicas", "3"]).run(), 0);
        assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v1");
    }
}

#[test]
fn an_unready_pod_that_stays_blocks_an_ordered_scale_down_only() {
    let ns = hurt("scale-survivor", &[0], false);
    let output = ended(scale(&ns, &["--replicas", "3", "--step-timeout", "3s"]).run(), 5);
    says(
        &output,
        &["waiting for pod db-0 to be ready (NotReady); the controller does nothing else"],
    );
    assert_eq!(ns.pods("db").len(), 5);
    let run = scale(&ns, &["--replicas", "3"]).spawn();
    run.wait_for_line("waiting for pod db-0", SOON);
    ns.kubectl_ok(&[
        "annotate",
        "pod",
        "db-0",
        "control-plane.kubectl-sts.io/behavior=ready",
        "--overwrite",
    ]);
    ended(run.wait(), 0);
    let ns = hurt("scale-parallel", &[0], true);
    let output = ended(scale(&ns, &["--replicas", "3", "--step-timeout", "3s"]).run(), 5);
    tells(&output, &[("db-4", "gone"), ("db-3", "gone")]);
    says(&output, &["2 are available"]);
}

// Canaries.

/// A canary that cannot run, at the top of five, with partition 3.
fn broken_canary(name: &str) -> Namespace<'static> {
    let ns = ControlPlane::shared().namespace(name);
    ns.set("db").replicas(5).partition(4).create_ready();
    ns.set_image("db", "app:v2-bad");
    ns.wait_images("db", "0:v1 1:v1 2:v1 3:v1 4:v2-bad!");
    let rolling = json!({ "rollingUpdate": { "partition": 3 } });
    ns.patch_set("db", &json!({ "spec": { "updateStrategy": rolling } }));
    observed(&ns);
    ns
}

#[test]
fn a_broken_canary_does_not_spread_when_it_is_scaled_away() {
    let ns = broken_canary("scale-canary");
    let uids = ns.pod_uids("db");
    let story = Story::begin(&ns, "db");
    let output = ended(scale(&ns, &["--replicas", "4"]).run(), 0);
    says(&output, &["held: db-4 is not available", "would update db-3 next", "rollout release db"]);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v1 3:v1");
    assert_eq!(ns.pod_uids("db"), uids[..4], "no other pod was touched");
    let told = story.tell();
    assert_eq!(told.partitions(), [3, HOLD], "{told}");
    assert_eq!(record(&ns, "db").unwrap()["phase"], "parked");
    // Pods of a later scale-up are old ones.
    ended(scale(&ns, &["--replicas", "5"]).run(), 0);
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v1 3:v1 4:v1");
    assert_eq!(status(&ns, "db"), 6);
    // What was held back is remembered, and let go by those who mean it.
    ended(ns.sts(&["rollout", "release", "db", "--yes"]).run(), 0);
    assert_eq!(strategy(&ns, "db")["rollingUpdate"]["partition"], 3);
}

#[test]
fn a_broken_canary_gets_no_company() {
    let ns = broken_canary("scale-company");
    let before = generation(&ns);
    let output = ended(scale(&ns, &["--replicas", "6"]).run(), 9);
    says(&output, &["db-4 is not available on the new revision"]);
    assert_eq!(generation(&ns), before);
}

#[test]
fn scaling_to_zero_is_refused_during_a_canary_and_behind_a_hold() {
    let ns = ControlPlane::shared().namespace("scale-zero");
    ns.set("db").partition(2).create_ready();
    ns.set_image("db", "app:v2");
    ns.wait_images("db", "0:v1 1:v1 2:v2");
    observed(&ns);
    let before = generation(&ns);
    let output = ended(scale(&ns, &["--replicas", "0"]).run(), 9);
    says(&output, &["the controller forgets db-", "--accept-promotion"]);
    assert_eq!(generation(&ns), before);
    ended(scale(&ns, &["--replicas", "0", "--accept-promotion"]).run(), 0);
    let ns = ControlPlane::shared().namespace("scale-zero-held");
    ns.set("db").create_ready();
    ended(ns.sts(&["rollout", "hold", "db", "--yes"]).run(), 0);
    observed(&ns);
    let output = ended(scale(&ns, &["--replicas", "0"]).run(), 9);
    says(&output, &["a hold does not outlast its pods", "rollout release db"]);
    ended(scale(&ns, &["--replicas", "1"]).run(), 0);
}

#[test]
fn a_staged_rollout_of_ours_is_finished_first() {
    let ns = ControlPlane::shared().namespace("scale-staged");
    ns.set("db").create_ready();
    ended(rollout(&ns, &["stage", "db", "--image", "app=app:v2"]).run(), 6);
    let before = generation(&ns);
    for size in ["2", "5", "0"] {
        let output = ended(scale(&ns, &["--replicas", size]).run(), 9);
        says(&output, &["staged rollout of statefulset.apps/db is held", "rollout continue db"]);
    }
    assert_eq!(generation(&ns), before);
}

#[test]
fn pods_that_come_are_told_with_their_revision() {
    let ns = ControlPlane::shared().namespace("scale-predict");
    ns.set("db").partition(3).create_ready();
    ns.set_image("db", "app:v2");
    observed(&ns);
    let output = ended(scale(&ns, &["--replicas", "5"]).run(), 0);
    says(&output, &["db-3 and db-4 start on", "on which no pod is available so far"]);
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v1 3:v2 4:v2", "as foretold");
}

// Refusals.

#[test]
fn claims_that_would_be_deleted_are_listed_and_refused() {
    let ns = ControlPlane::shared().namespace("scale-pvc");
    let policy = json!({ "whenScaled": "Delete", "whenDeleted": "Retain" });
    ns.set("db")
        .claims("1Gi")
        .with(|set| set["spec"]["persistentVolumeClaimRetentionPolicy"] = policy.clone())
        .create_ready();
    let before = generation(&ns);
    let volume = ns.get("api/v1", "persistentvolumeclaims/data-db-2").unwrap();
    let volume = volume["spec"]["volumeName"].as_str().unwrap().to_owned();
    let output = ended(scale(&ns, &["--replicas", "1"]).run(), 9);
    let listed = format!("pvc/data-db-2 (1Gi, {volume})");
    says(&output, &["whenScaled: Delete", &listed, "pvc/data-db-1", "--accept-pvc-deletion"]);
    assert_eq!(generation(&ns), before);
    let output = ended(scale(&ns, &["--replicas", "1", "--accept-pvc-deletion"]).run(), 0);
    tells(&output, &[("pvc/data-db-2", "deleted"), ("pvc/data-db-1", "deleted")]);
    assert_eq!(claims(&ns), ["data-db-0"]);
}

#[test]
fn floors_quorums_and_budgets_are_kept() {
    let ns = hurt("scale-guards", &[1], true);
    let before = generation(&ns);
    let output = ended(scale(&ns, &["--replicas", "2", "--min-replicas", "3"]).run(), 9);
    says(&output, &["fewer than --min-replicas 3"]);
    let output = ended(scale(&ns, &["--replicas", "3", "--quorum", "3"]).run(), 9);
    says(&output, &["of the 3 pods of statefulset.apps/db that stay, 2 are available"]);
    let budget = json!({
        "metadata": { "name": "most" },
        "spec": { "minAvailable": 3, "selector": { "matchLabels": { "app": "db" } } },
    });
    let path = format!("/apis/policy/v1/namespaces/{}/poddisruptionbudgets", ns.name());
    ns.post(&path, &budget);
    ns.wait_until(SOON, "the budget is counted", |ns| {
        let budget = ns.get("apis/policy/v1", "poddisruptionbudgets/most").unwrap_or_default();
        budget["status"]["currentHealthy"] == 4
    });
    let output = ended(scale(&ns, &["--replicas", "3"]).run(), 9);
    says(&output, &["most wants 3 healthy pods and 2 would be left", "--ignore-pdb"]);
    assert_eq!(generation(&ns), before);
    ended(scale(&ns, &["--replicas", "3", "--ignore-pdb", "--no-wait"]).run(), 0);
}

#[test]
fn an_autoscaler_is_named_and_not_fought() {
    let ns = ControlPlane::shared().namespace("scale-hpa");
    ns.set("db").create_ready();
    let autoscaler = json!({
        "metadata": { "name": "load", "ownerReferences": [{
            "apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "name": "db-load", "uid": "u",
        }] },
        "spec": {
            "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db" },
            "minReplicas": 2, "maxReplicas": 7,
        },
    });
    let path = format!("/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers", ns.name());
    ns.post(&path, &autoscaler);
    let before = generation(&ns);
    let output = ended(scale(&ns, &["--replicas", "5"]).run(), 9);
    says(
        &output,
        &["load (made by ScaledObject/db-load)", "between 2 and 7", "--ignore-autoscaler"],
    );
    assert_eq!(generation(&ns), before);
    ended(scale(&ns, &["--replicas", "5", "--ignore-autoscaler"]).run(), 0);
}

#[test]
fn an_operators_set_and_a_reconciled_size_are_left_alone() {
    let ns = ControlPlane::shared().namespace("scale-owned");
    let owner = json!([{
        "apiVersion": "v1", "kind": "Postgres", "name": "main", "uid": "u", "controller": true,
    }]);
    ns.set("db").with(|set| set["metadata"]["ownerReferences"] = owner.clone()).create();
    observed(&ns);
    let output = ended(scale(&ns, &["--replicas", "5"]).run(), 7);
    says(&output, &["belongs to Postgres/main"]);
    let ns = ControlPlane::shared().namespace("scale-gitops");
    ns.set("db").create_ready();
    let manifest =
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec: {replicas: 3}\n";
    let apply =
        ["apply", "--server-side", "--force-conflicts", "--field-manager", "flux", "-f", "-"];
    ns.kubectl_command(&apply).stdin(manifest).run().success();
    let output = ended(scale(&ns, &["--replicas", "5"]).run(), 7);
    says(&output, &["managed by flux", "--ignore-managers"]);
    ended(scale(&ns, &["--replicas", "5", "--ignore-managers"]).run(), 0);
}

// Hooks.

/// A hook that writes which pod it was run for, and the sizes it saw.
fn hook(ns: &Namespace<'_>, home: &TempDir, text: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let path = home.path().join("hook");
    let log = home.path().join("log");
    let kubectl = ns.control_plane().kubectl_path().display().to_string();
    let config = ns.control_plane().kubeconfig().display().to_string();
    let script = format!(
        "#!/bin/sh\nsize=$({kubectl} --kubeconfig {config} -n {} get sts db -o jsonpath={{.spec.replicas}})\n\
         echo \"$STS_POD $size\" >> {}\n{text}\n",
        ns.name(),
        log.display()
    );
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    format!("cmd:{}", path.display())
}

fn log(home: &TempDir) -> Vec<String> {
    let text = fs::read_to_string(home.path().join("log")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn hooks_run_from_the_top_before_each_pod_goes() {
    let ns = ControlPlane::shared().namespace("scale-hooks");
    ns.set("db").replicas(4).parallel().create_ready();
    let home = TempDir::new().unwrap();
    let hook = hook(&ns, &home, "true");
    let story = Story::begin(&ns, "db");
    let exec = "exec:sh -c 'echo $POD_NAME'";
    let words = ["--replicas", "1", "--before", &hook, "--before", exec];
    let output = ended(scale(&ns, &words).run(), 0);
    assert_eq!(log(&home), ["db-3 4", "db-2 3", "db-1 2"], "{output}");
    says(&output, &[&format!("gate {exec} passed: db-3"), "before each pod goes:"]);
    let told = story.tell();
    let mut sizes: Vec<i64> = told.moments.iter().map(|moment| moment.replicas).collect();
    sizes.dedup();
    assert_eq!(sizes, [4, 3, 2, 1], "{told}");
}

#[test]
fn a_hook_that_fails_keeps_its_pod() {
    let ns = ControlPlane::shared().namespace("scale-hook-no");
    ns.set("db").replicas(4).create_ready();
    let home = TempDir::new().unwrap();
    let no = hook(&ns, &home, "echo it leads >&2; exit 1");
    let output = ended(scale(&ns, &["--replicas", "1", "--before", &no]).run(), 3);
    says(&output, &["failed for pod db-3: exit code 1, it leads; it stays; nothing was changed"]);
    assert_eq!((replicas(&ns), log(&home).len()), (4, 1));
    let later = hook(&ns, &home, "[ $STS_POD != db-2 ]");
    let output = ended(scale(&ns, &["--replicas", "1", "--before", &later]).run(), 8);
    says(&output, &["failed for pod db-2", "asked for 3 replicas on the way to 1"]);
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v1");
    let output = ended(scale(&ns, &["--replicas", "5", "--before", "cmd:true"]).run(), 2);
    says(&output, &["--before is for pods that go"]);
}

// What happens meanwhile.

#[test]
fn a_size_that_others_change_meanwhile_ends_it() {
    let ns = ControlPlane::shared().namespace("scale-foreign");
    ns.set("db").pods("behavior-3", "hang").create_ready();
    let run = scale(&ns, &["--replicas", "5"]).spawn();
    run.wait_for_line("starting", SOON);
    ns.kubectl_ok(&["scale", "sts/db", "--replicas", "2"]);
    let output = ended(run.wait(), 7);
    says(&output, &["the set was scaled from 5 to 2 replicas"]);
    assert_eq!(replicas(&ns), 2);
}

#[test]
fn ctrl_c_says_what_stands_and_the_controller_goes_on() {
    let ns = ControlPlane::shared().namespace("scale-ctrl-c");
    ns.set("db").pods("ready-after", "2s").create_ready();
    let before = generation(&ns);
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let run = scale(&ns, &["--replicas", "6"]).spawn();
        run.wait_for_line("pending", SOON);
        run.signal(signal);
        let output = ended(run.wait(), code);
        says(&output, &["asked for 6 replicas", "the controller goes on by itself"]);
    }
    assert_ne!(generation(&ns), before);
    ns.wait_ready("db");
    assert_eq!(ns.pods("db").len(), 6);
}

#[test]
fn progress_in_json_tells_of_pods_and_claims() {
    let ns = ControlPlane::shared().namespace("scale-json");
    ns.set("db").claims("1Gi").create_ready();
    let output = ended(scale(&ns, &["--by", "-1", "--progress", "json"]).run(), 0);
    let events: Vec<Value> =
        output.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let find = |name: &str| events.iter().find(|event| event["event"] == name);
    assert_eq!(find("scaleStarted").unwrap()["goes"], json!(["db-2"]), "{output}");
    assert_eq!(find("scaled").unwrap()["replicas"], 2);
    assert_eq!(find("podWent").unwrap()["pod"], "db-2");
    let claim = find("claim").unwrap();
    assert_eq!((&claim["claim"], &claim["state"]), (&json!("data-db-2"), &json!("kept")));
    assert_eq!(find("ended").unwrap()["exitCode"], 0);
}

// Rights.

const ROLE: &str = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: scaler}
rules:
- {apiGroups: [apps], resources: [statefulsets], verbs: [get, list, watch]}
- {apiGroups: [apps], resources: [statefulsets/scale], verbs: [patch]}
- {apiGroups: [apps], resources: [controllerrevisions], verbs: [list]}
- {apiGroups: [""], resources: [pods], verbs: [list, watch]}
- {apiGroups: [""], resources: [persistentvolumeclaims, events], verbs: [list]}
- {apiGroups: [policy], resources: [poddisruptionbudgets], verbs: [list]}
- {apiGroups: [autoscaling], resources: [horizontalpodautoscalers], verbs: [list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: scaler}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: scaler}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: scaler}]
"#;

#[test]
fn few_rights_are_enough_and_what_may_not_be_read_is_unknown() {
    let ns = ControlPlane::shared().namespace("scale-rbac");
    ns.set("db").claims("1Gi").pods("behavior-4", "hang").create_ready();
    ns.apply(ROLE);
    let may = |verb: &str, what: &str| {
        ns.kubectl(&["auth", "can-i", verb, what, "--as", "scaler"]).code == 0
    };
    ns.wait_until(SOON, "the role counts", |_| may("list", "hpa") && may("list", "pdb"));
    ended(scale(&ns, &["--by", "1", "--as", "scaler"]).run(), 0);
    ended(scale(&ns, &["--by", "-1", "--as", "scaler"]).run(), 0);
    ns.apply(&ROLE.replace("[horizontalpodautoscalers]", "[nothing]"));
    ns.wait_until(SOON, "the role is less", |_| !may("list", "hpa"));
    let before = generation(&ns);
    let output = ended(scale(&ns, &["--by", "1", "--as", "scaler"]).run(), 9);
    says(&output, &["could not be read", "--ignore-autoscaler"]);
    assert_eq!(generation(&ns), before);
    ns.apply(&ROLE.replace("[persistentvolumeclaims, events]", "[nothing]"));
    ns.wait_until(SOON, "the role is less", |_| !may("list", "pvc") && may("list", "hpa"));
    let output = ended(scale(&ns, &["--by", "1", "--as", "scaler"]).run(), 9);
    says(&output, &["whether claims", "--accept-pvc-reuse"]);
    let words = ["--by", "2", "--accept-pvc-reuse", "--timeout", "5s", "--as", "scaler"];
    let output = ended(scale(&ns, &words).run(), 5);
    says(&output, &["new or used again, which could not be read"]);
}
