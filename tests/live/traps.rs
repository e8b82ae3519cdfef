//! The traps of rolling out a StatefulSet on a real controller: each is shown first, where that can be made to happen
//! every time, and then that the program does not fall into it.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use serde_json::Deserializer;
use serde_json::Value;
use serde_json::json;

use crate::harness::Component;
use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Options;
use crate::harness::Output;
use crate::harness::Running;

const SOON: Duration = Duration::from_secs(30);

const ANNOTATION: &str = "kubectl-sts.io/rollout";

/// The partition of a hold.
const HOLD: u32 = 32767;

/// Runs `rollout` with these words.
fn rollout(ns: &Namespace<'_>, words: &[&str]) -> Output {
    ns.sts(&[&["rollout"], words].concat()).run()
}

/// Stages a change without soaking and without asking, with more words.
fn stage(ns: &Namespace<'_>, set: &str, words: &[&str]) -> Output {
    rollout(ns, &[&["stage", set, "--yes", "--soak", "0"], words].concat())
}

/// The exit code must be this one.
#[track_caller]
fn ends_with(output: Output, code: i32) -> Output {
    assert_eq!(output.code, code, "{output}");
    output
}

/// Standard error must have this text.
#[track_caller]
fn says(output: &Output, text: &str) {
    assert!(output.stderr.contains(text) || output.stdout.contains(text), "{text:?} in {output}");
}

/// What `rollout status` makes of the set, as a document, with the exit code.
fn status(ns: &Namespace<'_>, set: &str) -> (i32, Value) {
    let output = rollout(ns, &["status", set, "-o", "json"]);
    (output.code, output.json())
}

/// The revision each pod runs, by ordinal.
fn revisions(ns: &Namespace<'_>, set: &str) -> BTreeMap<i64, String> {
    let revision = |pod: &Value| {
        let label = &pod["metadata"]["labels"]["controller-revision-hash"];
        label.as_str().unwrap_or_default().to_owned()
    };
    ns.pods(set).iter().map(|(ordinal, pod)| (*ordinal, revision(pod))).collect()
}

/// The revision each pod would come back on, as `rollout status` predicts it.
fn predictions(document: &Value) -> BTreeMap<i64, String> {
    let pods = document["pods"].as_array().cloned().unwrap_or_default();
    pods.iter()
        .filter_map(|pod| Some((pod["ordinal"].as_i64()?, pod["returnsOn"].as_str()?.to_owned())))
        .collect()
}

fn uid(ns: &Namespace<'_>, set: &str, ordinal: i64) -> String {
    let pods = ns.pods(set);
    let uid = pods.get(&ordinal).and_then(|pod| pod["metadata"]["uid"].as_str());
    uid.unwrap_or_default().to_owned()
}

/// Waits until the controller has seen the latest spec.
#[track_caller]
pub(crate) fn wait_observed(ns: &Namespace<'_>, set: &str) {
    ns.wait_until(SOON, "the spec is observed", |ns| {
        let object = ns.read_set(set);
        object["status"]["observedGeneration"] == object["metadata"]["generation"]
    });
}

/// Scales without waiting.
fn scale(ns: &Namespace<'_>, set: &str, replicas: u32) {
    ns.patch_set(set, &json!({ "spec": { "replicas": replicas } }));
}

/// Forbids every voluntary disruption, or so it says: the controller does not ask.
pub(crate) fn forbid_disruption(ns: &Namespace<'_>, set: &str) {
    let path = format!("/apis/policy/v1/namespaces/{}/poddisruptionbudgets", ns.name());
    ns.post(
        &path,
        &json!({
            "metadata": { "name": set },
            "spec": { "maxUnavailable": 0, "selector": { "matchLabels": { "app": set } } },
        }),
    );
    ns.wait_until(SOON, "the budget is counted", |ns| {
        let budget = ns.get("apis/policy/v1", &format!("poddisruptionbudgets/{set}"));
        budget.is_some_and(|budget| budget["status"]["expectedPods"].as_i64() > Some(0))
    });
}

/// Makes a living pod behave in another way.
fn behave(ns: &Namespace<'_>, pod: &str, behavior: &str) {
    let annotation = format!("control-plane.kubectl-sts.io/behavior={behavior}");
    ns.kubectl_ok(&["annotate", "pod", pod, &annotation, "--overwrite"]);
}

/// A patch that brings `app:v2` and lets the pod of this ordinal behave in this way.
pub(crate) fn v2_with(ordinal: u32, behavior: &str) -> String {
    let key = format!("control-plane.kubectl-sts.io/behavior-{ordinal}");
    let template = json!({
        "metadata": { "annotations": { key: behavior } },
        "spec": { "containers": [{ "name": "app", "image": "app:v2" }] },
    });
    json!({ "spec": { "template": template } }).to_string()
}

/// What the program wrote in this namespace, dry runs left out, in order.
pub(crate) fn writes(ns: &Namespace<'_>) -> Vec<Value> {
    let mut events = ns.control_plane().requests_of("kubectl-sts");
    events.retain(|event| {
        event["objectRef"]["namespace"] == ns.name()
            && ["patch", "delete"].contains(&event["verb"].as_str().unwrap_or_default())
            && !event["requestURI"].as_str().is_some_and(|uri| uri.contains("dryRun"))
            && event["requestObject"]["dryRun"].is_null()
    });
    events
}

/// The names of the pods the program deleted, in order; each by what it saw of the pod.
pub(crate) fn deletes(ns: &Namespace<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for event in writes(ns).iter().filter(|event| event["verb"] == "delete") {
        assert_eq!(event["objectRef"]["resource"], "pods", "{event}");
        let seen = &event["requestObject"]["preconditions"];
        assert!(seen["uid"].is_string() && seen["resourceVersion"].is_string(), "{event}");
        if event["responseStatus"]["code"] == 200 {
            names.push(event["objectRef"]["name"].as_str().unwrap_or_default().to_owned());
        }
    }
    names
}

/// Watches the pods of a set while something else goes on.
fn watch_pods(ns: &Namespace<'_>, set: &str, replicas: usize) -> Running {
    let label = format!("app={set}");
    let words = ["get", "pods", "-l", &label, "-o", "json", "--watch", "--output-watch-events"];
    let watch = ns.kubectl_command(&words).spawn();
    for ordinal in 0..replicas {
        watch.wait_for_line(&format!("\"name\":\"{set}-{ordinal}\""), SOON);
    }
    watch
}

/// The most pods of a set that were missing, going away or not ready at the same time.
fn most_down(watch: Running, replicas: usize) -> usize {
    watch.signal("TERM");
    let output = watch.wait();
    let mut up: BTreeMap<String, bool> = BTreeMap::new();
    let mut most = 0;
    for event in Deserializer::from_str(&output.stdout).into_iter::<Value>().map_while(Result::ok) {
        let pod = &event["object"];
        let name = pod["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let conditions = pod["status"]["conditions"].as_array().cloned().unwrap_or_default();
        let ready = conditions.iter().any(|c| c["type"] == "Ready" && c["status"] == "True");
        let leaving = event["type"] == "DELETED" || !pod["metadata"]["deletionTimestamp"].is_null();
        up.insert(name, ready && !leaving);
        if up.len() == replicas {
            most = most.max(up.values().filter(|up| !**up).count());
        }
    }
    assert_eq!(up.len(), replicas, "the watch has seen every pod: {output}");
    most
}

#[test]
fn template_and_hold_come_in_one_write_and_no_pod_is_lost() {
    const SETS: usize = 10;
    let ns = ControlPlane::shared().namespace("one-write");
    // The partition after the template is too late for the highest pod.
    ns.set("late").create_ready();
    let before = uid(&ns, "late", 2);
    ns.set_image("late", "app:v2");
    ns.wait_until(SOON, "a pod is lost", |ns| uid(ns, "late", 2) != before);
    let hold = json!({ "spec": { "updateStrategy": { "rollingUpdate": { "partition": HOLD } } } });
    ns.patch_set("late", &hold);
    wait_observed(&ns, "late");
    assert_ne!(uid(&ns, "late", 2), before);

    let names: Vec<String> = (0..SETS).map(|number| format!("db{number}")).collect();
    thread::scope(|scope| {
        for name in &names {
            let ns = &ns;
            scope.spawn(move || {
                ns.set(name).create_ready();
                forbid_disruption(ns, name);
                let before = ns.pod_uids(name);
                let words = ["--image", "app=app:v2", "--step-timeout", "1s"];
                let output = ends_with(stage(ns, name, &words), 5);
                says(&output, "held: none of 3 pods was released");
                wait_observed(ns, name);
                assert_eq!(ns.pod_uids(name), before, "{name} lost a pod");
                assert_eq!(ns.images(name), ["0:v1", "1:v1", "2:v1"]);
            });
        }
    });
    let written = writes(&ns);
    for name in &names {
        let of_set: Vec<&Value> =
            written.iter().filter(|event| event["objectRef"]["name"] == **name).collect();
        let with_template: Vec<usize> = (0..of_set.len())
            .filter(|at| {
                let event = of_set[*at];
                let code = &event["responseStatus"]["code"];
                *code == 200 && !event["requestObject"]["spec"]["template"].is_null()
            })
            .collect();
        assert_eq!(with_template.len(), 1, "one write changes the template of {name}: {of_set:?}");
        let body = &of_set[with_template[0]]["requestObject"];
        assert_eq!(body["spec"]["updateStrategy"]["rollingUpdate"]["partition"], HOLD, "{body}");
        assert!(body["metadata"]["annotations"][ANNOTATION].is_string(), "{body}");
        assert!(body["metadata"]["uid"].is_string(), "{body}");
        assert!(body["metadata"]["resourceVersion"].is_string(), "{body}");
        for event in &of_set {
            let strategy = &event["requestObject"]["spec"]["updateStrategy"]["rollingUpdate"];
            let partition = &strategy["partition"];
            assert!(partition.is_null() || *partition == HOLD, "nothing is released: {event}");
        }
    }
}

#[test]
fn revision_of_somebody_elses_template_is_never_pinned() {
    let control_plane = ControlPlane::start(&Options { nodes: Some(1), ..Options::default() });
    let ns = control_plane.namespace("coalesced");
    for (name, asleep) in [("seen", false), ("unseen", true)] {
        ns.set(name).create_ready();
        let before = ns.pod_uids(name);
        control_plane.stop(Component::ControllerManager);
        let image = ["--image", "app=app:v2", "--progress", "json"];
        let words = [&["rollout", "stage", name, "--yes", "--soak", "0"], &image[..]].concat();
        let running = ns.sts(&words).spawn();
        running.wait_for_line("waiting for the controller to see the new template", SOON);
        let ours = ns.read_set(name)["metadata"]["generation"].clone();
        if asleep {
            running.signal("STOP");
        }
        ns.set_image(name, "app:v3");
        if asleep {
            control_plane.cont(Component::ControllerManager);
            wait_observed(&ns, name);
            running.signal("CONT");
        }
        let output = ends_with(running.wait(), 7);
        says(&output, "the pod template was changed");
        control_plane.cont(Component::ControllerManager);
        wait_observed(&ns, name);

        // The controller has seen our generation and later ones; whether it made our revision on
        // the way depends on how much of what happened it found in its queue.
        let set = ns.read_set(name);
        assert!(set["status"]["observedGeneration"].as_i64() > ours.as_i64(), "{set}");
        let label = format!("app={name}");
        let history = ns.json(&["get", "controllerrevisions", "-l", &label]);
        let made = history["items"].as_array().map(Vec::len);
        assert!(matches!(made, Some(2 | 3)), "v1, v3 and perhaps v2: {history}");

        let record = set["metadata"]["annotations"][ANNOTATION].as_str().unwrap_or_default();
        let record: Value = serde_json::from_str(record).unwrap();
        assert_eq!(record["target"], "", "nothing is pinned: {record}");
        assert_eq!(set["spec"]["updateStrategy"]["rollingUpdate"]["partition"], HOLD);
        assert_eq!(ns.pod_uids(name), before, "no pod was touched");
        let output = ends_with(rollout(&ns, &["continue", name, "--yes"]), 7);
        says(&output, "the template was changed before the rollout had begun to move pods");
        assert_eq!(ns.pod_uids(name), before, "no pod was touched");
    }
}

#[test]
fn pods_of_a_scale_up_stay_old_behind_a_hold_and_are_not_taken_for_a_canary() {
    let ns = ControlPlane::shared().namespace("scale-up");
    // A partition of as many pods as there are is no hold: what is added later is new.
    ns.set("trap").partition(3).create_ready();
    ns.set_image("trap", "app:v2");
    scale(&ns, "trap", 5);
    ns.wait_images("trap", "0:v1 1:v1 2:v1 3:v2 4:v2");

    ns.set("db").create_ready();
    forbid_disruption(&ns, "db");
    ends_with(stage(&ns, "db", &["--image", "app=app:v2", "--step-timeout", "1s"]), 5);
    let (_, before) = status(&ns, "db");
    scale(&ns, "db", 5);
    ns.wait_images("db", "0:v1 1:v1 2:v1 3:v1 4:v1");
    wait_observed(&ns, "db");
    let (_, document) = status(&ns, "db");
    assert_eq!(document["updated"], 0, "{document}");
    for returns_on in predictions(&document).values() {
        assert_eq!(*returns_on, before["revisions"]["current"], "{document}");
    }

    // Below a canary the controller makes new pods from the new template. The program says so,
    // and does not go on as if they had passed anything.
    ns.set("canary").create_ready();
    ends_with(stage(&ns, "canary", &["--image", "app=app:v2"]), 6);
    ns.wait_images("canary", "0:v1 1:v1 2:v2");
    scale(&ns, "canary", 5);
    ns.wait_images("canary", "0:v1 1:v1 2:v2 3:v2 4:v2");
    let (code, document) = status(&ns, "canary");
    assert_eq!((code, &document["updated"]), (6, &json!(3)), "{document}");
    let output = ends_with(rollout(&ns, &["continue", "canary", "--yes", "--soak", "0"]), 7);
    says(&output, "it has 5 replicas, the rollout left it with 3");
    ns.wait_images("canary", "0:v1 1:v1 2:v2 3:v2 4:v2");
    let words = ["continue", "canary", "--yes", "--soak", "0", "--accept-changes"];
    ends_with(rollout(&ns, &[&words[..], &["--approve", "auto"]].concat()), 0);
    ns.wait_images("canary", "0:v2 1:v2 2:v2 3:v2 4:v2");
}

/// Stages a canary, and takes all pods away while it is held.
fn stage_to_zero(ns: &Namespace<'_>, set: &str) -> Output {
    let output = stage(ns, set, &["--image", "app=app:v2"]);
    scale(ns, set, 0);
    ns.wait_until(SOON, "the canary is promoted at zero", |ns| {
        let object = ns.read_set(set);
        let status = &object["status"];
        ns.images(set).is_empty()
            && status["replicas"] == 0
            && status["currentRevision"] == status["updateRevision"]
    });
    output
}

#[test]
fn scaling_to_zero_promotes_the_canary_and_nobody_pretends_otherwise() {
    let ns = ControlPlane::shared().namespace("zero");
    ns.set("db").create_ready();
    let old = revisions(&ns, "db")[&0].clone();
    ends_with(stage_to_zero(&ns, "db"), 6);
    let output = ends_with(rollout(&ns, &["continue", "db", "--yes", "--soak", "0"]), 7);
    says(&output, "it has 0 replicas, the rollout left it with 3");
    // With nobody there, nobody has passed anything.
    let words = ["continue", "db", "--yes", "--soak", "0", "--accept-changes"];
    let output = ends_with(rollout(&ns, &words), 9);
    says(&output, "no replicas");
    let set = ns.read_set("db");
    assert!(set["metadata"]["annotations"][ANNOTATION].is_string(), "{set}");
    // Going back needs no pods.
    ns.set("back").create_ready();
    ends_with(stage_to_zero(&ns, "back"), 6);
    let output = ends_with(rollout(&ns, &["abort", "back", "--yes"]), 0);
    says(&output, "the template is back-");
    scale(&ns, "back", 2);
    ns.wait_images("back", "0:v1 1:v1");

    scale(&ns, "db", 3);
    ns.wait_images("db", "0:v2 1:v2 2:v2");
    wait_observed(&ns, "db");
    let (code, document) = status(&ns, "db");
    assert_eq!((code, &document["updated"]), (6, &json!(3)), "{document}");
    assert_ne!(document["revisions"]["current"], old, "the old revision is no longer current");
    let words = ["continue", "db", "--yes", "--soak", "0", "--approve", "auto"];
    let output = ends_with(rollout(&ns, &words), 0);
    says(&output, "all 3 pods run");
    assert_eq!(status(&ns, "db").0, 0);

    // The other way out: below the partition pods come back on the revision that was promoted,
    // and abort takes them back all the same.
    ns.set("undone").create_ready();
    let old = revisions(&ns, "undone")[&0].clone();
    ends_with(stage_to_zero(&ns, "undone"), 6);
    scale(&ns, "undone", 3);
    ns.wait_images("undone", "0:v2 1:v2 2:v2");
    wait_observed(&ns, "undone");
    ends_with(rollout(&ns, &["abort", "undone", "--yes"]), 0);
    ns.wait_images("undone", "0:v1 1:v1 2:v1");
    assert!(revisions(&ns, "undone").values().all(|revision| *revision == old));
    assert_eq!(status(&ns, "undone").0, 0);
}

#[test]
fn hold_does_not_survive_scaling_to_zero_and_status_knows() {
    let ns = ControlPlane::shared().namespace("hold-zero");
    ns.set("db").create_ready();
    ends_with(rollout(&ns, &["hold", "db", "--yes"]), 0);
    ns.set_image("db", "app:v2");
    wait_observed(&ns, "db");
    assert_eq!(status(&ns, "db").1["updated"], 0);
    scale(&ns, "db", 0);
    ns.wait_until(SOON, "it is empty", |ns| {
        ns.read_set("db")["status"]["replicas"] == 0 && ns.images("db").is_empty()
    });
    scale(&ns, "db", 3);
    ns.wait_images("db", "0:v2 1:v2 2:v2");
    wait_observed(&ns, "db");
    let (code, document) = status(&ns, "db");
    assert_eq!((code, &document["updated"]), (6, &json!(3)), "{document}");
    for returns_on in predictions(&document).values() {
        assert_eq!(*returns_on, document["revisions"]["update"], "{document}");
    }
    let output = ends_with(stage(&ns, "db", &[]), 9);
    says(&output, "none waits behind a hold");
}

#[test]
fn abort_keeps_the_partition_and_deletes_broken_pods_lowest_first() {
    let ns = ControlPlane::shared().namespace("abort");
    // The old template alone heals nothing, though both revisions are the same by then.
    ns.set("trap").partition(2).create_ready();
    ns.set_image("trap", "app:v2-bad");
    ns.wait_images("trap", "0:v1 1:v1 2:v2-bad!");
    ns.set_image("trap", "app:v1");
    wait_observed(&ns, "trap");
    let set = ns.read_set("trap");
    assert_eq!(set["status"]["currentRevision"], set["status"]["updateRevision"], "{set}");
    ns.wait_until(SOON, "status names the pod", |ns| {
        let (code, document) = status(ns, "trap");
        (code, &document["blocker"]["pod"]) == (3, &json!("trap-2"))
    });
    assert_eq!(ns.images("trap"), ["0:v1", "1:v1", "2:v2-bad!"]);

    ns.set("db").replicas(5).create_ready();
    let old = revisions(&ns, "db")[&0].clone();
    ends_with(stage(&ns, "db", &["--image", "app=app:v2", "--steps", "3,100%"]), 6);
    ns.wait_images("db", "0:v1 1:v1 2:v2 3:v2 4:v2");
    let kept = [uid(&ns, "db", 0), uid(&ns, "db", 1)];
    for pod in ["db-4", "db-2", "db-3"] {
        behave(&ns, pod, "bad");
    }
    ns.wait_images("db", "0:v1 1:v1 2:v2! 3:v2! 4:v2!");
    let earlier = writes(&ns).len();
    ends_with(rollout(&ns, &["abort", "db", "--yes"]), 0);
    ns.wait_images("db", "0:v1 1:v1 2:v1 3:v1 4:v1");
    assert_eq!(deletes(&ns), ["db-2", "db-3", "db-4"]);
    assert!(revisions(&ns, "db").values().all(|revision| *revision == old));
    assert_eq!([uid(&ns, "db", 0), uid(&ns, "db", 1)], kept, "the others are left alone");

    // The template comes back before the first delete, and the partition never goes up.
    let written = writes(&ns);
    let body = |event: &Value| event["requestObject"]["spec"].clone();
    let reverted = written[earlier..].iter().position(|e| !body(e)["template"].is_null());
    let first = written[earlier..].iter().position(|event| event["verb"] == "delete");
    assert!(reverted.is_some() && reverted < first, "{written:?}");
    for event in &written[earlier..] {
        let partition = &body(event)["updateStrategy"]["rollingUpdate"]["partition"];
        assert!(partition.is_null() || *partition == 0, "{event}");
    }
    let set = ns.read_set("db");
    assert_eq!(set["spec"]["updateStrategy"]["rollingUpdate"]["partition"], 0);
    assert!(set["metadata"]["annotations"][ANNOTATION].is_null(), "{set}");
    assert_eq!(status(&ns, "db").0, 0);
}

#[test]
fn abort_takes_back_a_canary_that_was_good_in_part() {
    let ns = ControlPlane::shared().namespace("partly");
    for (name, parallel) in [("ordered", false), ("parallel", true)] {
        let set = ns.set(name).replicas(5);
        if parallel { set.parallel() } else { set }.create_ready();
        let old = revisions(&ns, name)[&0].clone();
        let words = ["--patch", &v2_with(2, "bad"), "--steps", "3,100%", "--grace", "1s"];
        let output = ends_with(stage(&ns, name, &words), 3);
        says(&output, "held at 3 of 5 pods");
        ns.wait_images(name, "0:v1 1:v1 2:v2! 3:v2 4:v2");
        let watch = watch_pods(&ns, name, 5);
        let output = ends_with(rollout(&ns, &["abort", name, "--yes"]), 0);
        says(&output, "all 5 pods run");
        ns.wait_images(name, "0:v1 1:v1 2:v1 3:v1 4:v1");
        assert!(revisions(&ns, name).values().all(|revision| *revision == old));
        assert_eq!(most_down(watch, 5), 1, "one pod is down at a time");
        assert_eq!(status(&ns, name).0, 0);
    }
    let deleted = deletes(&ns);
    // The controller replaces the healthy ones of an ordered set itself.
    assert_eq!(deleted, ["ordered-2", "parallel-2", "parallel-4", "parallel-3"]);
}

#[test]
fn parallel_pods_that_are_not_available_yet_are_never_taken_together() {
    const WINDOW: Duration = Duration::from_secs(40);
    let ns = ControlPlane::shared().namespace("window");
    // maxUnavailable is 1, and all five are replaced before one of them counts as available.
    ns.set("trap").replicas(5).parallel().min_ready(40).max_unavailable(1).create_ready();
    let began = std::time::Instant::now();
    ns.set_image("trap", "app:v2");
    ns.wait_images("trap", "0:v2 1:v2 2:v2 3:v2 4:v2");
    assert!(began.elapsed() < WINDOW, "the window was over: {:?}", began.elapsed());

    ns.set("db").replicas(4).parallel().min_ready(3).create_ready();
    let old = revisions(&ns, "db")[&0].clone();
    let watch = watch_pods(&ns, "db", 4);
    let flags = ["--image", "app=app:v2", "--steps", "3,100%", "--progress", "json"];
    let output = ends_with(stage(&ns, "db", &flags), 6);
    says(&output, "to have been ready for its minReadySeconds");
    assert_eq!(most_down(watch, 4), 1, "{output}");
    ns.wait_images("db", "0:v1 1:v2 2:v2 3:v2");
    assert_eq!(ns.read_set("db")["status"]["availableReplicas"], 4);

    // The last canary is still young when the way back begins.
    ns.kubectl_ok(&["delete", "pod", "db-1"]);
    ns.wait_images("db", "0:v1 1:v2 2:v2 3:v2");
    let watch = watch_pods(&ns, "db", 4);
    let output = ends_with(rollout(&ns, &["abort", "db", "--yes"]), 0);
    assert_eq!(most_down(watch, 4), 1, "{output}");
    ns.wait_images("db", "0:v1 1:v1 2:v1 3:v1");
    assert!(revisions(&ns, "db").values().all(|revision| *revision == old));
    assert_eq!(deletes(&ns), ["db-3", "db-2", "db-1"]);
}

#[test]
fn canary_is_not_blamed_for_a_lower_pod() {
    let ns = ControlPlane::shared().namespace("blocked");
    for (name, parallel) in [("ordered", false), ("parallel", true)] {
        let set = ns.set(name).replicas(4);
        if parallel { set.parallel() } else { set }.create_ready();
        behave(&ns, &format!("{name}-0"), "bad");
        ns.wait_images(name, "0:v1! 1:v1 2:v1 3:v1");
        let before = ns.pod_uids(name);
        let output = ends_with(stage(&ns, name, &["--image", "app=app:v2"]), 9);
        says(&output, &format!("pod {name}-0 is not well"));
        let words = ["--image", "app=app:v2", "--tolerate-unready", "1", "--grace", "2s"];
        let output = ends_with(stage(&ns, name, &words), 3);
        says(&output, &format!("pod {name}-0 is not ready: CrashLoopBackOff"));
        says(&output, "it blocks the rollout, not the new revision");
        assert!(!output.stderr.contains(&format!("pod {name}-3 is not ready")), "{output}");
        assert_eq!(ns.pod_uids(name), before, "nothing was updated");
        // Between two crashes the container runs, and nothing is wrong for half a second.
        ns.wait_until(SOON, "status names the pod", |ns| {
            let (code, document) = status(ns, name);
            (code, &document["blocker"]["pod"]) == (3, &json!(format!("{name}-0")))
        });
        let words = ["rollout", "status", &format!("statefulset/{name}"), "--timeout", "2s"];
        let kubectl = ns.kubectl(&words);
        assert!(!kubectl.stderr.contains(&format!("{name}-0")), "kubectl names no pod: {kubectl}");

        // Once it is well again the same rollout goes on.
        behave(&ns, &format!("{name}-0"), "ready");
        ns.wait_until(SOON, "it is well", |ns| {
            let pods = ns.images(name);
            pods.iter().all(|pod| !pod.ends_with('!'))
        });
        let words = ["continue", name, "--yes", "--soak", "0", "--approve", "auto"];
        let output = rollout(&ns, &[&words[..], &["--max-restarts", "9"]].concat());
        ends_with(output, 0);
        ns.wait_images(name, "0:v2 1:v2 2:v2 3:v2");
    }
}

#[test]
fn lower_pod_without_a_reason_holds_the_rollout_at_its_time_limit() {
    let ns = ControlPlane::shared().namespace("hanging");
    ns.set("db").replicas(3).create_ready();
    behave(&ns, "db-0", "hang");
    ns.wait_images("db", "0:v1! 1:v1 2:v1");
    let words = ["--image", "app=app:v2", "--tolerate-unready", "1", "--step-timeout", "2s"];
    let output = ends_with(stage(&ns, "db", &words), 5);
    says(&output, "pod db-0 is not ready (NotReady): the controller moves no pod until it is");
    assert_eq!(ns.images("db"), ["0:v1!", "1:v1", "2:v1"]);
}

#[test]
fn strategy_without_rolling_update_is_held_predicted_and_restored() {
    let ns = ControlPlane::shared().namespace("nil");
    let nil = json!({ "type": "RollingUpdate" });
    let create = |name: &str| {
        ns.set(name)
            .replicas(5)
            .with(|set| set["spec"]["updateStrategy"] = nil.clone())
            .create_ready();
        assert_eq!(ns.read_set(name)["spec"]["updateStrategy"], nil);
    };
    // The highest old pod comes back new: the controller counts again once it is gone.
    create("trap");
    ns.set_image("trap", "app:v2-bad");
    ns.wait_images("trap", "0:v1 1:v1 2:v1 3:v1 4:v2-bad!");
    wait_observed(&ns, "trap");
    ns.wait_until(SOON, "it is counted", |ns| {
        ns.read_set("trap")["status"]["currentReplicas"] == 4
    });
    let (_, document) = status(&ns, "trap");
    let predicted = predictions(&document);
    let (current, update) = (&document["revisions"]["current"], &document["revisions"]["update"]);
    assert_eq!((&json!(predicted[&3]), &json!(predicted[&0])), (update, current), "{document}");
    ns.kubectl_ok(&["delete", "pod", "trap-3"]);
    ns.wait_images("trap", "0:v1 1:v1 2:v1 3:v2-bad! 4:v2-bad!");

    create("db");
    ends_with(rollout(&ns, &["hold", "db", "--yes"]), 0);
    let strategy = ns.read_set("db")["spec"]["updateStrategy"].clone();
    assert_eq!(strategy["rollingUpdate"]["partition"], HOLD, "{strategy}");
    ends_with(rollout(&ns, &["release", "db", "--yes"]), 0);
    assert_eq!(ns.read_set("db")["spec"]["updateStrategy"], nil);

    let before = ns.pod_uids("db");
    ends_with(stage(&ns, "db", &["--image", "app=app:v2"]), 6);
    ns.wait_images("db", "0:v1 1:v1 2:v1 3:v1 4:v2");
    assert_eq!(ns.pod_uids("db")[..4], before[..4]);
    ends_with(rollout(&ns, &["abort", "db", "--yes"]), 0);
    assert_eq!(ns.read_set("db")["spec"]["updateStrategy"], nil);
    ns.wait_images("db", "0:v1 1:v1 2:v1 3:v1 4:v1");

    ends_with(stage(&ns, "db", &["--image", "app=app:v3", "--approve", "auto"]), 0);
    assert_eq!(ns.read_set("db")["spec"]["updateStrategy"], nil);
    ns.wait_images("db", "0:v3 1:v3 2:v3 3:v3 4:v3");
    assert_eq!(status(&ns, "db").0, 0);
}

#[test]
fn status_is_not_fooled_where_kubectl_is() {
    let ns = ControlPlane::shared().namespace("success");
    let kubectl = |set: &str| {
        ns.kubectl(&["rollout", "status", &format!("statefulset/{set}"), "--timeout", "10s"])
    };
    // Nothing is updated behind a partition: "complete".
    ns.set("held").partition(3).create_ready();
    ns.set_image("held", "app:v2");
    wait_observed(&ns, "held");
    says(&ends_with(kubectl("held"), 0), "0 new pods have been updated");
    let output = ends_with(rollout(&ns, &["status", "held"]), 6);
    says(&output, "0 of 3 pods updated, the partition keeps held-0 to held-2");

    // Ready, not available: "complete", too.
    ns.set("young").replicas(2).parallel().min_ready(20).create_ready();
    says(&ends_with(kubectl("young"), 0), "2 new pods have been updated");
    assert_eq!(ns.read_set("young")["status"]["availableReplicas"], 0);
    let output = ends_with(rollout(&ns, &["status", "young"]), 10);
    says(&output, "is ready, but not yet for its minReadySeconds (20)");

    // Unfinished, asked once: success.
    ns.set("busy").create_ready();
    ns.set_image("busy", "app:v2-hang");
    ns.wait_images("busy", "0:v1 1:v1 2:v2-hang!");
    ns.kubectl_ok(&["rollout", "status", "statefulset/busy", "--watch=false"]);
    ends_with(rollout(&ns, &["status", "busy"]), 10);

    // A canary below a partition, reverted while it was broken: both revisions are equal and
    // kubectl counts the pods that never were updated.
    ns.set("stuck").partition(2).create_ready();
    ns.set_image("stuck", "app:v2");
    ns.wait_images("stuck", "0:v1 1:v1 2:v2");
    let revert = json!({
        "spec": {
            "updateStrategy": { "rollingUpdate": { "partition": HOLD } },
            "template": { "spec": { "containers": [{ "name": "app", "image": "app:v1" }] } },
        },
    });
    ns.patch_set("stuck", &revert);
    wait_observed(&ns, "stuck");
    let set = ns.read_set("stuck");
    assert_eq!(set["status"]["currentRevision"], set["status"]["updateRevision"], "{set}");
    says(&ends_with(kubectl("stuck"), 0), "2 new pods have been updated");
    assert_eq!(ns.images("stuck"), ["0:v1", "1:v1", "2:v2"]);
    let output = rollout(&ns, &["status", "stuck"]);
    assert_ne!(output.code, 0, "{output}");

    // OnDelete: kubectl has no answer at all.
    ns.set("manual").on_delete().create_ready();
    ns.set_image("manual", "app:v2");
    wait_observed(&ns, "manual");
    says(&ends_with(kubectl("manual"), 1), "only available for RollingUpdate");
    let output = ends_with(rollout(&ns, &["status", "manual"]), 6);
    says(&output, "OnDelete: 3 of 3 pods wait to be deleted");
}

#[test]
fn short_history_does_not_stand_in_the_way_of_abort() {
    let ns = ControlPlane::shared().namespace("history");
    for limit in [0, 1] {
        let name = format!("db{limit}");
        let set = ns.set(&name).with(|set| set["spec"]["revisionHistoryLimit"] = limit.into());
        set.create_ready();
        let old = revisions(&ns, &name)[&0].clone();
        ends_with(stage(&ns, &name, &["--image", "app=app:v2-bad", "--grace", "1s"]), 3);
        ns.wait_images(&name, "0:v1 1:v1 2:v2-bad!");
        ends_with(rollout(&ns, &["abort", &name, "--yes"]), 0);
        ns.wait_images(&name, "0:v1 1:v1 2:v1");
        assert!(revisions(&ns, &name).values().all(|revision| *revision == old));

        // Several templates later the first one is still the one to go back to.
        ends_with(stage(&ns, &name, &["--image", "app=app:v3"]), 6);
        ends_with(rollout(&ns, &["abort", &name, "--yes"]), 0);
        ns.wait_images(&name, "0:v1 1:v1 2:v1");
        assert_eq!(revisions(&ns, &name)[&2], old);
        assert_eq!(status(&ns, &name).0, 0);
    }
}

#[test]
fn known_template_takes_its_old_name_again() {
    let ns = ControlPlane::shared().namespace("known");
    ns.set("db").create_ready();
    let first = revisions(&ns, "db")[&0].clone();
    let all = |tag: &str| {
        ends_with(
            stage(&ns, "db", &["--image", &format!("app=app:{tag}"), "--approve", "auto"]),
            0,
        );
        ns.wait_images("db", &format!("0:{tag} 1:{tag} 2:{tag}"));
        let names = revisions(&ns, "db");
        assert!(names.values().all(|name| *name == names[&0]), "{names:?}");
        names[&0].clone()
    };
    let second = all("v2");
    assert_ne!(first, second);
    assert_eq!(all("v1"), first, "the controller keeps the name");
    assert_eq!(all("v2"), second, "the controller keeps the name");
    let history = ns.json(&["get", "controllerrevisions", "-l", "app=db"]);
    assert_eq!(history["items"].as_array().map(Vec::len), Some(2), "{history}");
    let old = history["items"]
        .as_array()
        .and_then(|items| items.iter().find(|item| item["metadata"]["name"] == *first));
    assert_eq!(old.map(|old| &old["revision"]), Some(&json!(3)), "{history}");
    assert_eq!(status(&ns, "db").0, 0);
}

#[test]
fn record_on_the_set_is_small_since_every_revision_gets_a_copy() {
    let ns = ControlPlane::shared().namespace("copied");
    let name = "a-set-with-a-name-as-long-as-the-controller-allows";
    ns.set(name).replicas(2).create_ready();
    ends_with(stage(&ns, name, &["--image", "app=app:v2", "--steps", "1,100%"]), 6);
    let own = ns.read_set(name)["metadata"]["annotations"][ANNOTATION].clone();
    let history = ns.json(&["get", "controllerrevisions", "-l", &format!("app={name}")]);
    let items = history["items"].as_array().cloned().unwrap_or_default();
    let copies: Vec<&str> = items
        .iter()
        .filter_map(|item| item["metadata"]["annotations"][ANNOTATION].as_str())
        .collect();
    assert_eq!(copies.len(), 1, "the new revision carries a copy: {history}");
    for text in copies.into_iter().chain(own.as_str()) {
        assert!(text.len() < 1024, "{} bytes: {text}", text.len());
    }
    ends_with(rollout(&ns, &["abort", name, "--yes"]), 0);
    assert!(ns.read_set(name)["metadata"]["annotations"][ANNOTATION].is_null());
}

#[test]
fn drained_pod_below_a_held_canary_comes_back_as_status_said() {
    let ns = ControlPlane::shared().namespace("drain");
    ns.set("db").replicas(4).start(7).create_ready();
    ends_with(stage(&ns, "db", &["--image", "app=app:v2", "--steps", "2,100%"]), 6);
    ns.wait_images("db", "7:v1 8:v1 9:v2 10:v2");
    let (_, document) = status(&ns, "db");
    let predicted = predictions(&document);
    let (current, update) = (&document["revisions"]["current"], &document["revisions"]["update"]);
    let wanted: Vec<Value> = predicted.values().map(|name| json!(name)).collect();
    assert_eq!(wanted.iter().collect::<Vec<_>>(), [current, current, update, update]);
    let table = rollout(&ns, &["status", "db"]).stdout;
    assert!(table.lines().any(|line| line.contains("RETURNS-ON")), "{table}");
    let row = table.lines().find(|line| line.starts_with("db-7 ")).unwrap_or_default();
    assert_eq!(json!(row.split_whitespace().nth(2)), *current, "{table}");

    for ordinal in [7, 8, 9, 10] {
        let before = uid(&ns, "db", ordinal);
        let eviction = json!({
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": { "name": format!("db-{ordinal}"), "namespace": ns.name() },
        });
        let path = format!("/api/v1/namespaces/{}/pods/db-{ordinal}/eviction", ns.name());
        ns.post(&path, &eviction);
        ns.wait_until(SOON, "it is back", |ns| {
            let now = uid(ns, "db", ordinal);
            !now.is_empty() && now != before
        });
        ns.wait_images("db", "7:v1 8:v1 9:v2 10:v2");
        assert_eq!(revisions(&ns, "db"), predicted);
    }
}
