//! Staged rollouts from their beginning to their end, and back.

use std::io::Write;

use serde_json::Value;
use serde_json::json;
use tempfile::NamedTempFile;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::rollouts::Change;
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

const V2: [&str; 2] = ["--image", "app=app:v2"];
const BAD: [&str; 2] = ["--image", "app=app:v2-bad"];

/// `rollout stage` of the set with these flags.
fn stage<'a>(set: &'a str, flags: &[&[&'a str]]) -> Vec<&'a str> {
    [&["stage", set], flags.concat().as_slice()].concat()
}

/// A manifest of a set as the harness builds it, in a file.
fn manifest(set: &str, change: impl FnOnce(&mut Value)) -> NamedTempFile {
    let mut manifest = json!({
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": { "name": set },
        "spec": {
            "serviceName": set,
            "replicas": 3,
            "selector": { "matchLabels": { "app": set } },
            "template": {
                "metadata": { "labels": { "app": set } },
                "spec": { "containers": [{ "name": "app", "image": "app:v2" }] },
            },
        },
    });
    change(&mut manifest);
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(manifest.to_string().as_bytes()).unwrap();
    file
}

/// Waits until the controller has seen the spec as it is now.
fn wait_observed(ns: &Namespace<'_>, set: &str) {
    ns.wait_until(std::time::Duration::from_secs(30), "the controller has seen the spec", |ns| {
        let object = ns.read_set(set);
        object["status"]["observedGeneration"] == object["metadata"]["generation"]
    });
}

#[test]
fn five_pods_are_released_one_at_a_time_from_the_top() {
    let ns = ControlPlane::shared().namespace("stage");
    // Not ready at once, so that a release that comes too early would be seen to.
    ns.set("db").replicas(5).pods("ready-after", "300ms").create_ready();
    let original = strategy(&ns, "db");
    let story = Story::begin(&ns, "db");

    let output = ended(rollout(&ns, &stage("db", &[&V2, &["--steps", "100%"]])).run(), 0);

    says(&output, &["step 1/1", "all 5 pods run db-", "passed every gate"]);
    finished(&ns, "db", "v2", &original);
    assert_eq!(status(&ns, "db"), 0);
    let told = story.tell();
    assert_eq!(told.partitions(), [0, HOLD, 4, 3, 2, 1, 0], "{told}");
    assert_eq!(told.gone(), [4, 3, 2, 1, 0], "{told}");
    assert_eq!(told.born(), "4:v2 3:v2 2:v2 1:v2 0:v2", "{told}");
    told.never_more_down_than(1);
    told.released_only_after_the_others(1);
}

#[test]
fn the_canary_is_all_that_is_tried_until_somebody_says_go_on() {
    let ns = ControlPlane::shared().namespace("canary-first");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    let before = ns.pod_uids("db");

    let output = ended(rollout(&ns, &stage("db", &[&V2])).run(), 6);

    says(&output, &["step 1 of 2 passed", "held at 1 of 3 pods (db-2)", "rollout continue db"]);
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"]);
    assert_eq!(ns.pod_uids("db")[..2], before[..2]);
    assert_eq!(status(&ns, "db"), 6);
    let output = ended(rollout(&ns, &["continue", "db"]).run(), 0);
    says(&output, &["step 1 of 2 passed; this approves it"]);
    finished(&ns, "db", "v2", &original);
    assert_eq!(status(&ns, "db"), 0);
}

#[test]
fn steps_that_end_before_the_last_pod_can_be_taken_further() {
    let ns = ControlPlane::shared().namespace("further");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    ended(rollout(&ns, &stage("db", &[&V2, &["--steps", "1"]])).run(), 6);
    let output = ended(rollout(&ns, &["continue", "db"]).run(), 6);
    says(&output, &["all steps are done, --steps takes it further; held at 1 of 3 pods (db-2)"]);
    let output = ended(rollout(&ns, &["continue", "db"]).run(), 6);
    says(&output, &["all its steps are done"]);
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"]);
    ended(rollout(&ns, &["continue", "db", "--steps", "2,100%"]).run(), 6);
    assert_eq!(ns.images("db"), ["0:v1", "1:v2", "2:v2"]);
    ended(rollout(&ns, &["continue", "db"]).run(), 0);
    finished(&ns, "db", "v2", &original);
}

#[test]
fn steps_are_counts_or_shares_and_can_go_by_themselves() {
    let ns = ControlPlane::shared().namespace("steps");
    ns.set("db").replicas(5).create_ready();
    let original = strategy(&ns, "db");
    let story = Story::begin(&ns, "db");

    let flags = ["--steps", "1,50%,100%", "--approve=auto"];
    let output = ended(rollout(&ns, &stage("db", &[&V2, &flags])).run(), 0);

    says(&output, &["1/5 pods updated", "3/5 pods updated", "5/5 pods updated"]);
    finished(&ns, "db", "v2", &original);
    let told = story.tell();
    assert_eq!(told.partitions(), [0, HOLD, 4, 3, 2, 1, 0], "{told}");
    told.never_more_down_than(1);
    told.released_only_after_the_others(1);
}

#[test]
fn a_pod_that_cannot_run_is_the_only_one_that_is_touched() {
    let ns = ControlPlane::shared().namespace("bad");
    let cases = [
        ("crash", "app:v2-bad", "CrashLoopBackOff"),
        ("pull", "app:v2-pull", "ImagePullBackOff"),
        ("config", "app:v2-config", "CreateContainerConfigError"),
    ];
    for (set, ..) in cases {
        ns.set(set).create();
    }
    for (set, image, reason) in cases {
        ns.wait_ready(set);
        let before = ns.pod_uids(set);
        let image = format!("app={image}");
        let run = rollout(&ns, &stage(set, &[&["--image", &image, "--approve=auto"]]));
        let output = ended(run.run(), 3);
        says(&output, &[reason, &format!("held at 1 of 3 pods ({set}-2)"), "rollout abort"]);
        assert_eq!(ns.pod_uids(set)[..2], before[..2], "{output}");
        assert_ne!(ns.pod_uids(set)[2], before[2], "{output}");
        assert_eq!(strategy(&ns, set)["rollingUpdate"]["partition"], 2, "{output}");
        assert_eq!(status(&ns, set), 3);
    }
}

#[test]
fn a_pod_no_node_will_have_is_given_its_own_time() {
    let ns = ControlPlane::shared().namespace("unschedulable");
    ns.set("db").create_ready();
    let before = ns.pod_uids("db");
    let patch = r#"{"spec":{"template":{"spec":{"nodeSelector":{"disk":"none"}}}}}"#;
    let grace = ["--grace", "0s", "--unschedulable-grace", "3s"];

    let output = ended(rollout(&ns, &stage("db", &[&["--patch", patch], &grace])).run(), 3);

    says(&output, &["Unschedulable", "held at 1 of 3 pods (db-2)"]);
    assert!(output.elapsed.as_secs() >= 3, "{output}");
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v1!"]);
    assert_eq!(ns.pod_uids("db")[..2], before[..2]);
    assert_eq!(status(&ns, "db"), 3);
}

#[test]
fn abort_heals_where_the_old_template_alone_does_not() {
    let ns = ControlPlane::shared().namespace("heal");
    ns.set("twin").partition(2).create();
    ns.set("db").create_ready();
    ns.wait_ready("twin");
    let original = strategy(&ns, "db");
    let before = ns.pod_uids("db");

    // What people do without this program.
    ns.set_image("twin", "app:v2-bad");
    ns.wait_images("twin", "0:v1 1:v1 2:v2-bad!");
    ns.set_image("twin", "app:v1");
    wait_observed(&ns, "twin");

    ended(rollout(&ns, &stage("db", &[&BAD])).run(), 3);
    let output = ended(rollout(&ns, &["abort", "db"]).run(), 0);

    says(&output, &["rolled back: all 3 pods run"]);
    finished(&ns, "db", "v1", &original);
    assert_eq!(ns.pod_uids("db")[..2], before[..2], "{output}");
    assert_eq!(status(&ns, "db"), 0);
    // The other had all that time, and is where it was.
    assert_eq!(ns.images("twin"), ["0:v1", "1:v1", "2:v2-bad!"]);
    let object = ns.read_set("twin");
    assert_eq!(object["status"]["currentRevision"], object["status"]["updateRevision"]);
    assert_eq!(status(&ns, "twin"), 3);
}

#[test]
fn abort_takes_broken_pods_lowest_first() {
    let ns = ControlPlane::shared().namespace("lowest");
    ns.set("db").replicas(5).create_ready();
    let original = strategy(&ns, "db");
    let before = ns.pod_uids("db");
    ended(rollout(&ns, &stage("db", &[&V2, &["--steps", "3,100%"]])).run(), 6);
    for pod in ["pod/db-2", "pod/db-3", "pod/db-4"] {
        ns.kubectl_ok(&["annotate", pod, "control-plane.kubectl-sts.io/behavior=bad"]);
    }
    ns.wait_images("db", "0:v1 1:v1 2:v2! 3:v2! 4:v2!");
    let story = Story::begin(&ns, "db");

    let output = ended(rollout(&ns, &["abort", "db"]).run(), 0);

    finished(&ns, "db", "v1", &original);
    let told = story.tell();
    assert_eq!(told.gone(), [2, 3, 4], "{told}");
    assert_eq!(told.born(), "2:v1 3:v1 4:v1", "{told}");
    told.never_more_down_than(3);
    told.released_only_after_the_others(1);
    assert_eq!(ns.pod_uids("db")[..2], before[..2], "{output}");
}

#[test]
fn ordinals_that_do_not_start_at_zero_are_named_and_counted_right() {
    let ns = ControlPlane::shared().namespace("start");
    ns.set("db").start(5).create_ready();
    let original = strategy(&ns, "db");
    let before = ns.pod_uids("db");

    let output = ended(rollout(&ns, &stage("db", &[&V2])).run(), 6);
    says(&output, &["held at 1 of 3 pods (db-7)"]);
    assert_eq!(ns.images("db"), ["5:v1", "6:v1", "7:v2"]);
    assert_eq!(strategy(&ns, "db")["rollingUpdate"]["partition"], 2);
    assert_eq!(ns.pod_uids("db")[..2], before[..2]);
    ended(rollout(&ns, &["continue", "db"]).run(), 0);
    finished(&ns, "db", "v2", &original);

    let output = ended(rollout(&ns, &stage("db", &[&["--image", "app=app:v3-bad"]])).run(), 3);
    says(&output, &["pod db-7", "held at 1 of 3 pods (db-7)"]);
    ended(rollout(&ns, &["abort", "db"]).run(), 0);
    assert_eq!(ns.images("db"), ["5:v2", "6:v2", "7:v2"]);
}

#[test]
fn parallel_sets_lose_one_pod_at_a_time_on_the_way_there_and_back() {
    let ns = ControlPlane::shared().namespace("parallel");
    let set = ns.set("db").replicas(4).parallel().max_unavailable(3);
    set.pods("ready-after", "300ms").create_ready();
    let original = strategy(&ns, "db");
    let story = Story::begin(&ns, "db");
    ended(rollout(&ns, &stage("db", &[&V2, &["--steps", "3,100%"]])).run(), 6);
    let told = story.tell();
    assert_eq!(told.born(), "3:v2 2:v2 1:v2", "{told}");
    told.never_more_down_than(1);
    told.released_only_after_the_others(1);

    let story = Story::begin(&ns, "db");
    ended(rollout(&ns, &["abort", "db"]).run(), 0);
    finished(&ns, "db", "v1", &original);
    let told = story.tell();
    assert_eq!(told.born(), "3:v1 2:v1 1:v1", "{told}");
    told.never_more_down_than(1);
    told.released_only_after_the_others(1);
}

#[test]
fn min_ready_seconds_are_waited_for_going_and_coming() {
    let ns = ControlPlane::shared().namespace("min-ready");
    ns.set("db").replicas(2).min_ready(4).create_ready();
    let output = ended(rollout(&ns, &stage("db", &[&V2])).run(), 6);
    assert!(output.elapsed.as_secs() >= 4, "{output}");
    assert_eq!(status(&ns, "db"), 6);

    // The canary starts anew: what it had passed counts for nothing.
    ns.kubectl_ok(&["delete", "pod", "db-1"]);
    ns.wait_images("db", "0:v1 1:v2");
    let output = ended(rollout(&ns, &["continue", "db"]).run(), 0);
    assert!(output.elapsed.as_secs() >= 7, "two pods were not waited for\n{output}");
    assert_eq!(status(&ns, "db"), 0);

    ended(rollout(&ns, &stage("db", &[&["--image", "app=app:v3"]])).run(), 6);
    let output = ended(rollout(&ns, &["abort", "db"]).run(), 0);
    assert!(output.elapsed.as_secs() >= 3, "{output}");
    assert_eq!(ns.images("db"), ["0:v2", "1:v2"]);
    assert_eq!(status(&ns, "db"), 0);
}

#[test]
fn a_file_may_change_the_template_and_nothing_else() {
    let ns = ControlPlane::shared().namespace("file");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    let before = version(&ns, "db");
    let more = manifest("db", |set| {
        set["spec"]["minReadySeconds"] = 7.into();
        set["spec"]["replicas"] = 4.into();
        set["metadata"]["labels"] = json!({ "team": "data" });
    });
    let path = more.path().to_str().unwrap();
    let output = ended(rollout(&ns, &["stage", "db", "-f", path]).run(), 9);
    says(&output, &["spec.minReadySeconds", "spec.replicas", "metadata.labels"]);
    assert_eq!(version(&ns, "db"), before);
    let other = manifest("other", |_| {});
    let path = other.path().to_str().unwrap();
    ended(rollout(&ns, &["stage", "db", "-f", path]).run(), 2);
    assert_eq!(version(&ns, "db"), before);

    let good = manifest("db", |_| {});
    let path = good.path().to_str().unwrap();
    ended(rollout(&ns, &["stage", "db", "-f", path, "--approve=auto"]).run(), 0);
    finished(&ns, "db", "v2", &original);
}

#[test]
fn a_patch_of_the_template_and_a_restart_are_staged_like_an_image() {
    let ns = ControlPlane::shared().namespace("patch");
    ns.set("db").replicas(2).create_ready();
    let original = strategy(&ns, "db");
    let before = ns.pod_uids("db");
    let patch = "{spec: {template: {metadata: {labels: {tier: gold}}}}}";
    ended(rollout(&ns, &["stage", "db", "--patch", patch, "--approve=auto"]).run(), 0);
    let pods = ns.pods("db");
    assert!(pods.values().all(|pod| pod["metadata"]["labels"]["tier"] == "gold"), "{pods:?}");
    finished(&ns, "db", "v1", &original);
    let patched = ns.pod_uids("db");
    assert!(before.iter().all(|uid| !patched.contains(uid)));

    let output = rollout(&ns, &["stage", "db", "--patch", "{spec: {replicas: 9}}"]).run();
    says(&ended(output, 2), &["spec.replicas"]);

    ended(rollout(&ns, &["stage", "db", "--restart", "--approve=auto"]).run(), 0);
    let restarted = ns.pod_uids("db");
    assert!(patched.iter().all(|uid| !restarted.contains(uid)));
    let template = ns.read_set("db")["spec"]["template"].clone();
    let at = &template["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"];
    assert!(at.is_string(), "{template}");
    finished(&ns, "db", "v1", &original);
}

#[test]
fn a_template_that_waits_behind_a_hold_is_adopted() {
    let ns = ControlPlane::shared().namespace("adopt");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    ended(rollout(&ns, &["stage", "db"]).run(), 9);
    ended(ns.sts(&["rollout", "hold", "db", "--yes"]).run(), 0);
    let before = ns.pod_uids("db");
    ns.set_image("db", "app:v2");
    wait_observed(&ns, "db");
    assert_eq!(ns.pod_uids("db"), before);
    let story = Story::begin(&ns, "db");

    ended(rollout(&ns, &["stage", "db"]).run(), 6);
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"]);
    ended(rollout(&ns, &["continue", "db"]).run(), 0);

    finished(&ns, "db", "v2", &original);
    let told = story.tell();
    assert_eq!(told.born(), "2:v2 1:v2 0:v2", "{told}");
    told.never_more_down_than(1);
    told.released_only_after_the_others(1);
}

#[test]
fn on_delete_comes_back_at_the_end() {
    let ns = ControlPlane::shared().namespace("on-delete");
    ns.set("db").on_delete().create_ready();
    let before = version(&ns, "db");
    let output = ended(rollout(&ns, &stage("db", &[&V2])).run(), 9);
    says(&output, &["OnDelete", "--switch-strategy"]);
    assert_eq!(version(&ns, "db"), before);
    let story = Story::begin(&ns, "db");

    ended(rollout(&ns, &stage("db", &[&V2, &["--switch-strategy"]])).run(), 6);
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"]);
    assert_eq!(strategy(&ns, "db")["type"], "RollingUpdate");
    ended(rollout(&ns, &["continue", "db"]).run(), 0);

    finished(&ns, "db", "v2", &json!({ "type": "OnDelete" }));
    let told = story.tell();
    assert_eq!(told.partitions(), [-1, HOLD, 2, 1, 0, -1], "{told}");
    told.never_more_down_than(1);
    told.released_only_after_the_others(1);
}

#[test]
fn the_partition_that_was_there_comes_back_only_at_the_end() {
    let ns = ControlPlane::shared().namespace("partition");
    ns.set("db").partition(1).create_ready();
    let original = strategy(&ns, "db");
    let story = Story::begin(&ns, "db");
    ended(rollout(&ns, &stage("db", &[&V2, &["--accept-changes"]])).run(), 6);
    ended(rollout(&ns, &["continue", "db"]).run(), 0);
    finished(&ns, "db", "v2", &original);
    let told = story.tell();
    assert_eq!(told.partitions(), [1, HOLD, 2, 1, 0, 1], "{told}");
    told.released_only_after_the_others(1);
    let all = |pods: &std::collections::BTreeMap<i64, crate::rollouts::Pod>| {
        pods.values().all(|pod| pod.tag == "v2" && pod.ready)
    };
    let last = told.moments.iter().rev().find(|moment| moment.partition == Some(0)).unwrap();
    assert!(all(&last.pods), "{told}");
}

#[test]
fn dry_runs_write_nothing() {
    let ns = ControlPlane::shared().namespace("dry-run");
    ns.set("db").create_ready();
    let (before, uids) = (version(&ns, "db"), ns.pod_uids("db"));
    for (how, says_so) in [("client", "(dry run)"), ("server", "(server dry run)")] {
        let flag = format!("--dry-run={how}");
        let output =
            ended(ns.sts(&["rollout", "stage", "db", "--image=app=app:v2", &flag]).run(), 0);
        says(&output, &["statefulset.apps/db staged", says_so]);
        assert_eq!(version(&ns, "db"), before, "{output}");
    }
    assert_eq!(ns.pod_uids("db"), uids);
    let writes: Vec<Value> = ControlPlane::shared()
        .requests_of("kubectl-sts")
        .into_iter()
        .filter(|request| request["objectRef"]["namespace"] == ns.name())
        .filter(|request| {
            !["get", "list", "watch"].contains(&request["verb"].as_str().unwrap_or(""))
        })
        .collect();
    let only_dry = |request: &Value| {
        request["requestURI"].as_str().is_some_and(|uri| uri.contains("dryRun=All"))
    };
    assert!(writes.iter().all(only_dry), "{writes:#?}");
    assert_eq!(writes.len(), 1, "the client's dry run sends nothing at all: {writes:#?}");
}

#[test]
fn a_template_that_stays_the_same_is_left_alone() {
    let ns = ControlPlane::shared().namespace("unchanged");
    ns.set("db").create_ready();
    let (before, uids) = (version(&ns, "db"), ns.pod_uids("db"));
    let output = rollout(&ns, &["stage", "db", "--image", "app=app:v1"]).run();
    says(&ended(output, 0), &["unchanged"]);
    assert_eq!((version(&ns, "db"), ns.pod_uids("db")), (before, uids));
}

#[test]
fn a_failure_may_take_the_set_back() {
    let ns = ControlPlane::shared().namespace("back");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    let before = ns.pod_uids("db");
    let story = Story::begin(&ns, "db");
    let output = ended(rollout(&ns, &stage("db", &[&BAD, &["--on-failure=abort"]])).run(), 4);
    says(&output, &["CrashLoopBackOff", "rolled back: all 3 pods run"]);
    finished(&ns, "db", "v1", &original);
    assert_eq!(ns.pod_uids("db")[..2], before[..2]);
    assert_eq!(status(&ns, "db"), 0);
    let told = story.tell();
    assert_eq!(told.born(), "2:v2-bad 2:v1", "{told}");
}

#[test]
fn a_set_of_one_is_its_own_canary() {
    let ns = ControlPlane::shared().namespace("one");
    ns.set("db").replicas(1).create_ready();
    let original = strategy(&ns, "db");
    let output = ended(rollout(&ns, &stage("db", &[&V2])).run(), 0);
    says(&output, &["step 1/1"]);
    finished(&ns, "db", "v2", &original);
    ended(rollout(&ns, &stage("db", &[&["--image", "app=app:v3-bad"]])).run(), 3);
    assert_eq!(record(&ns, "db").unwrap()["phase"], "failed");
    ended(rollout(&ns, &["abort", "db"]).run(), 0);
    finished(&ns, "db", "v2", &original);
}

#[test]
fn batches_are_released_together_and_never_larger_than_the_step() {
    let ns = ControlPlane::shared().namespace("batch");
    ns.set("db").replicas(5).max_unavailable(2).create_ready();
    let original = strategy(&ns, "db");
    let story = Story::begin(&ns, "db");
    let flags = ["--batch", "2", "--steps", "1,100%", "--approve=auto"];
    ended(rollout(&ns, &stage("db", &[&V2, &flags])).run(), 0);
    finished(&ns, "db", "v2", &original);
    let told = story.tell();
    assert_eq!(told.partitions(), [0, HOLD, 4, 2, 0], "{told}");
    told.never_more_down_than(2);
    told.released_only_after_the_others(2);
    let both = told.moments.iter().any(|moment| moment.down() == 2);
    assert!(both, "no two pods were down together: {told}");
    assert!(told.moments.iter().any(|moment| moment.change == Change::Gone(4)), "{told}");
}
