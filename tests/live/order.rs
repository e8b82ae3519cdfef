//! Rollouts in an order of the user's own, under `OnDelete`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::rollouts::Story;
use crate::rollouts::ended;
use crate::rollouts::finished;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::status;
use crate::rollouts::strategy;

const SOON: Duration = Duration::from_secs(30);

/// Stages `app:v2` with these flags, without asking between steps.
fn staged(ns: &Namespace<'_>, flags: &[&str]) -> Output {
    let all = ["stage", "db", "--image", "app=app:v2", "--approve=auto"];
    rollout(ns, &[&all[..], flags].concat()).run()
}

/// The deletions and evictions of pods that the program asked for in the namespace, dry runs left out: the name of the
/// pod, the preconditions, and the answer's code.
pub(crate) fn taken_down(ns: &Namespace<'_>) -> Vec<(String, Value, i64)> {
    let mut events = ns.control_plane().requests_of("kubectl-sts/");
    events.retain(|event| {
        let about = &event["objectRef"];
        let evicts = event["verb"] == "create" && about["subresource"] == "eviction";
        about["namespace"] == ns.name()
            && about["resource"] == "pods"
            && (event["verb"] == "delete" || evicts)
    });
    events.sort_by_key(|event| event["requestReceivedTimestamp"].as_str().map(str::to_owned));
    let read = |event: &Value| {
        let body = &event["requestObject"];
        let options = if body["kind"] == "Eviction" { &body["deleteOptions"] } else { body };
        let name = event["objectRef"]["name"].as_str().unwrap_or_default().to_owned();
        let code = event["responseStatus"]["code"].as_i64().unwrap_or(0);
        options["dryRun"].is_null().then(|| (name, options["preconditions"].clone(), code))
    };
    events.iter().filter_map(read).collect()
}

/// Fails unless every deletion named the pod that was read.
#[track_caller]
pub(crate) fn each_named_what_it_saw(ns: &Namespace<'_>, pods: usize) {
    let taken = taken_down(ns);
    let done = taken.iter().filter(|(_, _, code)| *code < 300).count();
    assert_eq!(done, pods, "{taken:#?}");
    for (pod, preconditions, _) in &taken {
        let named = |key: &str| preconditions[key].as_str().is_some_and(|text| !text.is_empty());
        assert!(named("uid") && named("resourceVersion"), "{pod}: {preconditions}");
    }
}

#[test]
fn pods_are_deleted_in_the_order_that_was_asked_for() {
    let ns = ControlPlane::shared().namespace("order");
    ns.set("db").max_unavailable(2).create_ready();
    let original = strategy(&ns, "db");
    let story = Story::begin(&ns, "db");

    let output = staged(&ns, &["--order", "asc"]);

    let output = ended(output, 0);
    says(&output, &["the set is under OnDelete until all pods are updated", "step 1  db-0"]);
    // `maxUnavailable` with it, which OnDelete takes away.
    finished(&ns, "db", "v2", &original);
    let told = story.tell();
    assert_eq!(told.born(), "0:v2 1:v2 2:v2", "{told}");
    assert_eq!(told.partitions(), [0, -1, 0], "OnDelete all the while\n{told}");
    told.never_more_down_than(1);
    each_named_what_it_saw(&ns, 3);
    // Nothing was released by the strategy that came back; what dies comes back as it was.
    let uids = ns.pod_uids("db");
    ns.kubectl_ok(&["delete", "pod", "db-1"]);
    ns.wait_images("db", "0:v2 1:v2 2:v2");
    let now = ns.pod_uids("db");
    assert_eq!((&now[0], &now[2]), (&uids[0], &uids[2]));
    assert_eq!(status(&ns, "db"), 0);
}

#[test]
fn a_list_names_ordinals_and_the_others_follow_from_the_top() {
    let ns = ControlPlane::shared().namespace("order-list");
    ns.set("db").replicas(4).start(5).parallel().create_ready();
    let original = strategy(&ns, "db");
    let output = ended(staged(&ns, &["--order", "4-6"]), 2);
    says(&output, &["has no db-4", "it has db-5 to db-8"]);
    let story = Story::begin(&ns, "db");

    ended(staged(&ns, &["--order", "6,8", "--steps", "25%,100%"]), 0);

    finished(&ns, "db", "v2", &original);
    let told = story.tell();
    assert_eq!(told.born(), "6:v2 8:v2 7:v2 5:v2", "{told}");
    told.never_more_down_than(1);
}

#[test]
fn a_set_that_was_on_delete_stays_so() {
    let ns = ControlPlane::shared().namespace("order-on-delete");
    ns.set("db").on_delete().create_ready();
    let original = strategy(&ns, "db");
    says(&ended(staged(&ns, &[]), 9), &["OnDelete", "--switch-strategy"]);
    // What was applied and waits for somebody to delete pods is adopted.
    ns.set_image("db", "app:v2");
    ns.wait_until(SOON, "the template has been seen", |ns| {
        let set = ns.read_set("db");
        set["status"]["observedGeneration"] == set["metadata"]["generation"]
    });
    let story = Story::begin(&ns, "db");
    let flags = ["stage", "db", "--order", "1,0", "--approve=auto"];
    let output = ended(rollout(&ns, &flags).run(), 0);
    says(&output, &["the template behind the hold"]);
    finished(&ns, "db", "v2", &original);
    let told = story.tell();
    assert_eq!(told.born(), "1:v2 0:v2 2:v2", "{told}");
    assert_eq!(told.partitions(), [-1], "{told}");
}

#[test]
fn the_leader_goes_last_wherever_it_moves() {
    let ns = ControlPlane::shared().namespace("leader");
    ns.set("db").replicas(4).create_ready();
    let original = strategy(&ns, "db");
    let home = TempDir::new().unwrap();
    let lead = home.path().join("lead");
    fs::write(&lead, "db-2").unwrap();
    // Every pod is asked; only the one that leads answers.
    let text = format!(
        r#"exec:sh -c 'if [ "$(cat {})" = "$POD_NAME" ]; then echo $POD_NAME; fi'"#,
        lead.display()
    );
    // After the second pod another one is elected.
    let gate = home.path().join("gate");
    let script =
        format!("#!/bin/sh\nif [ $STS_ORDINAL = 1 ]; then echo db-0 > {}; fi\n", lead.display());
    fs::write(&gate, script).unwrap();
    fs::set_permissions(&gate, fs::Permissions::from_mode(0o755)).unwrap();
    let gate = format!("cmd:{}", gate.display());
    let story = Story::begin(&ns, "db");

    let output = ended(staged(&ns, &["--leader", &text, "--gate", &gate]), 0);

    says(&output, &["whichever pod leads goes last"]);
    finished(&ns, "db", "v2", &original);
    let told = story.tell();
    assert_eq!(told.born(), "3:v2 1:v2 2:v2 0:v2", "{output}\n{told}");
    told.never_more_down_than(1);
}

#[test]
fn a_leader_that_dies_meanwhile_is_followed_by_another() {
    let ns = ControlPlane::shared().namespace("leader-dies");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    ns.kubectl_ok(&["label", "pod", "db-1", "role=primary"]);
    let leader = ["--leader", "label:role=primary"];
    let story = Story::begin(&ns, "db");
    let flags = ["stage", "db", "--image", "app=app:v2"];
    let output = ended(rollout(&ns, &[&flags[..], &leader].concat()).run(), 6);
    says(&output, &["held under OnDelete at 1 of 3 pods (db-2)", "--leader 'label:role=primary'"]);
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"]);

    // The leader dies, comes back on the new template, and one that was to be next is elected.
    ns.kubectl_ok(&["delete", "pod", "db-1"]);
    ns.wait_images("db", "0:v1 1:v2 2:v2");
    ns.kubectl_ok(&["label", "pod", "db-0", "role=primary"]);
    let output = ended(rollout(&ns, &["continue", "db"]).run(), 9);
    says(&output, &["say with --leader how the leader is found"]);
    ended(rollout(&ns, &[&["continue", "db"][..], &leader].concat()).run(), 0);

    finished(&ns, "db", "v2", &original);
    let told = story.tell();
    assert_eq!(told.born(), "2:v2 1:v2 0:v2", "{told}");
    each_named_what_it_saw(&ns, 2);
}

#[test]
fn an_unclear_leader_is_never_guessed() {
    let ns = ControlPlane::shared().namespace("leader-unclear");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    ns.kubectl_ok(&["label", "pod", "db-0", "db-1", "role=primary"]);
    let uids = ns.pod_uids("db");
    let output = ended(staged(&ns, &["--leader", "label:role=primary"]), 3);
    says(
        &output,
        &[
            "it is unclear which pod leads",
            "db-0 and db-1 both have the label",
            "none of 3 pods was taken down",
        ],
    );
    assert_eq!(ns.pod_uids("db"), uids);
    assert_eq!(record(&ns, "db").unwrap()["phase"], "failed");
    assert_eq!(status(&ns, "db"), 3);
    // Whoever goes on says anew whom to ask.
    let story = Story::begin(&ns, "db");
    let flags = ["continue", "db", "--leader", "cmd:echo db-2", "--approve=auto"];
    ended(rollout(&ns, &flags).run(), 0);
    finished(&ns, "db", "v2", &original);
    assert_eq!(story.tell().born(), "1:v2 0:v2 2:v2");
}

#[test]
fn any_process_goes_on_in_the_order_that_was_recorded() {
    let ns = ControlPlane::shared().namespace("order-killed");
    ns.set("db").replicas(4).pods("ready-after", "500ms").create_ready();
    let original = strategy(&ns, "db");
    let story = Story::begin(&ns, "db");
    let flags = ["stage", "db", "--image", "app=app:v2", "--order", "1,3", "--approve=auto"];
    let run = rollout(&ns, &flags).spawn();
    run.wait_for_line("step 2/2", SOON);
    run.signal("KILL");
    let killed = run.wait();
    assert_eq!(strategy(&ns, "db"), json!({ "type": "OnDelete" }), "{killed}");
    let left = record(&ns, "db").unwrap();
    assert_eq!((&left["order"], &left["approved"]), (&json!("1,3"), &json!(1)), "{left}\n{killed}");
    let output = ended(rollout(&ns, &["continue", "db", "--takeover", "--order=desc"]).run(), 9);
    says(&output, &["cannot become desc on the way"]);

    ended(rollout(&ns, &["continue", "db", "--takeover"]).run(), 0);

    finished(&ns, "db", "v2", &original);
    let told = story.tell();
    assert_eq!(told.born(), "1:v2 3:v2 2:v2 0:v2", "{killed}\n{told}");
    told.never_more_down_than(1);
    each_named_what_it_saw(&ns, 4);
}

#[test]
fn an_abort_in_the_middle_takes_back_what_was_deleted() {
    let ns = ControlPlane::shared().namespace("order-abort");
    ns.set("db").replicas(4).max_unavailable("50%").create_ready();
    let original = strategy(&ns, "db");
    let flags = ["stage", "db", "--image", "app=app:v2", "--order=asc", "--steps", "2,100%"];
    ended(rollout(&ns, &flags).run(), 6);
    assert_eq!(ns.images("db"), ["0:v2", "1:v2", "2:v1", "3:v1"]);
    let uids = ns.pod_uids("db");
    let story = Story::begin(&ns, "db");

    ended(rollout(&ns, &["abort", "db"]).run(), 0);

    finished(&ns, "db", "v1", &original);
    assert_eq!(ns.pod_uids("db")[2..], uids[2..]);
    let told = story.tell();
    assert_eq!(told.born(), "1:v1 0:v1", "{told}");
    assert_eq!(told.partitions(), [-1, 0], "{told}");
    told.never_more_down_than(1);
    assert_eq!(status(&ns, "db"), 0);
}

#[test]
fn a_pod_that_cannot_run_stops_the_order_and_is_taken_back() {
    let ns = ControlPlane::shared().namespace("order-bad");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    let uids = ns.pod_uids("db");
    let flags = ["stage", "db", "--image", "app=app:v2-bad", "--order=asc", "--approve=auto"];
    let output = ended(rollout(&ns, &flags).run(), 3);
    says(&output, &["CrashLoopBackOff", "held under OnDelete at 1 of 3 pods (db-0)"]);
    assert_eq!(ns.pod_uids("db")[1..], uids[1..]);
    assert_eq!(strategy(&ns, "db"), json!({ "type": "OnDelete" }));
    assert_eq!(status(&ns, "db"), 3);
    ended(rollout(&ns, &["abort", "db"]).run(), 0);
    finished(&ns, "db", "v1", &original);
    assert_eq!(ns.pod_uids("db")[1..], uids[1..]);
}

#[test]
fn a_strategy_that_somebody_changes_is_told_and_can_be_taken_back() {
    let ns = ControlPlane::shared().namespace("order-strategy");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    ended(rollout(&ns, &["stage", "db", "--image", "app=app:v2", "--order=asc"]).run(), 6);
    // Who sets only the type lets the controller replace all pods.
    let rolling = json!({ "type": "RollingUpdate", "rollingUpdate": { "partition": 2 } });
    ns.patch_set("db", &json!({ "spec": { "updateStrategy": rolling } }));
    ns.wait_images("db", "0:v2 1:v1 2:v2");
    let output = ns.sts(&["rollout", "status", "db"]).run();
    says(&output, &["its strategy is RollingUpdate now: the controller goes on by itself"]);
    let output = ended(rollout(&ns, &["continue", "db"]).run(), 7);
    says(&output, &["its update strategy is RollingUpdate", "--accept-changes"]);
    ended(rollout(&ns, &["continue", "db", "--accept-changes", "--steps=100%"]).run(), 0);
    finished(&ns, "db", "v2", &original);
}
