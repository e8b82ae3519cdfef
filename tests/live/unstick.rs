//! Getting a set out of the trap of kubernetes/kubernetes#67250, one pod at a time.

use std::thread;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::rollouts::HOLD;
use crate::rollouts::ended;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::status;
use crate::rollouts::version;
use crate::traps::deletes;
use crate::traps::wait_observed;

const SOON: Duration = Duration::from_secs(30);

/// Unsticks a set whose pods count as stuck after a second, with more words.
fn unstick(ns: &Namespace<'_>, words: &[&str]) -> Output {
    let all = ["rollout", "unstick", "db", "--yes", "--unready-for", "1s", "--grace", "2s"];
    ns.sts(&[&all[..], words].concat()).run()
}

/// Waits until a pod has been unready for the second that counts.
fn a_while() {
    thread::sleep(Duration::from_millis(2100));
}

/// A set whose canary is broken.
fn broken(ns: &Namespace<'_>, images: &str) {
    ns.set_image("db", "app:v2-bad");
    ns.wait_images("db", images);
}

#[test]
fn a_reverted_set_is_healed_by_exactly_one_delete() {
    for partition in [0, 2, HOLD] {
        let ns = ControlPlane::shared().namespace("unstick");
        ns.set("db").create_ready();
        broken(&ns, "0:v1 1:v1 2:v2-bad!");
        ns.patch_set(
            "db",
            &json!({ "spec": {
                "updateStrategy": { "rollingUpdate": { "partition": partition } },
                "template": { "spec": { "containers": [{ "name": "app", "image": "app:v1" }] } },
            } }),
        );
        wait_observed(&ns, "db");
        a_while();
        assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v2-bad!", "the trap");
        let before = version(&ns, "db");
        let output = ended(unstick(&ns, &["--dry-run=server"]), 0);
        says(
            &output,
            &["waits for pod db-2: CrashLoopBackOff", "pod/db-2 deleted (server dry run)"],
        );
        assert_eq!(deletes(&ns), [""; 0], "a dry run deletes nothing");
        assert_eq!(version(&ns, "db"), before);

        let output = ended(unstick(&ns, &[]), 0);
        says(&output, &["pod db-2 is back on db-", "nothing else blocks the set"]);
        assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v1");
        assert_eq!(deletes(&ns), ["db-2"]);
        says(&ended(unstick(&ns, &[]), 0), &["nothing is stuck"]);
        assert_eq!(deletes(&ns), ["db-2"]);
    }
}

#[test]
fn of_several_broken_pods_the_lowest_is_deleted_and_no_other() {
    let ns = ControlPlane::shared().namespace("unstick-several");
    ns.set("db").create_ready();
    broken(&ns, "0:v1 1:v1 2:v2-bad!");
    // A drain spreads the bad revision.
    ns.kubectl_ok(&["delete", "pod", "db-0"]);
    ns.wait_images("db", "0:v2-bad! 1:v1 2:v2-bad!");
    ns.set_image("db", "app:v1");
    wait_observed(&ns, "db");
    a_while();
    let top = ns.pod_uids("db").pop();
    let output = ended(unstick(&ns, &[]), 0);
    says(&output, &["pod db-0 is back", "next: pod db-2 is not ready", "rollout unstick db"]);
    assert_eq!((deletes(&ns), ns.pod_uids("db").pop()), (vec!["db-0".to_owned()], top));
    ended(unstick(&ns, &[]), 0);
    ns.wait_images("db", "0:v1 1:v1 2:v1");
    assert_eq!(deletes(&ns), ["db-0", "db-2"]);
    assert_eq!(status(&ns, "db"), 0);
}

#[test]
fn under_parallel_only_a_pod_below_the_partition_is_stuck() {
    let ns = ControlPlane::shared().namespace("unstick-parallel");
    ns.set("db").parallel().create_ready();
    broken(&ns, "0:v1 1:v1 2:v2-bad!");
    ns.patch_set(
        "db",
        &json!({ "spec": {
            "updateStrategy": { "rollingUpdate": { "partition": HOLD } },
            "template": { "spec": { "containers": [{ "name": "app", "image": "app:v1" }] } },
        } }),
    );
    wait_observed(&ns, "db");
    a_while();
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v2-bad!", "never replaced");
    ended(unstick(&ns, &[]), 0);
    ns.wait_images("db", "0:v1 1:v1 2:v1");
    assert_eq!(deletes(&ns), ["db-2"]);
}

#[test]
fn a_pod_that_deleting_does_not_help_is_left_alone() {
    let ns = ControlPlane::shared().namespace("unstick-refused");
    ns.set("db").create_ready();
    broken(&ns, "0:v1 1:v1 2:v2-bad!");
    a_while();
    let output = ended(unstick(&ns, &[]), 9);
    says(&output, &["which it runs already", "rollout undo db"]);
    ns.set_image("db", "app:v1");
    wait_observed(&ns, "db");
    let output = ended(ns.sts(&["rollout", "unstick", "db", "--yes"]).run(), 9);
    says(&output, &["counts as stuck after 2m", "kubectl describe pod db-", " -n "]);
    // Nobody is there to ask.
    let words = ["rollout", "unstick", "db", "--unready-for", "1s"];
    ended(ns.sts(&words).run(), 9);

    let path = format!("/apis/policy/v1/namespaces/{}/poddisruptionbudgets", ns.name());
    let budget = json!({
        "metadata": { "name": "db" },
        "spec": { "minAvailable": 3, "selector": { "matchLabels": { "app": "db" } } },
    });
    ns.post(&path, &budget);
    ns.wait_until(SOON, "the budget is counted", |ns| {
        let budget = ns.get("apis/policy/v1", "poddisruptionbudgets/db").unwrap();
        budget["status"]["desiredHealthy"] == 3 && budget["status"]["currentHealthy"] == 2
    });
    let output = ended(unstick(&ns, &[]), 9);
    says(&output, &["db wants 3 healthy pods and has 2", "--ignore-pdb"]);

    // One below blocks, and is on its way out for as long as something holds it.
    let finalizer = json!({ "metadata": { "finalizers": ["example.com/hold"] } }).to_string();
    ns.kubectl_ok(&["patch", "pod", "db-0", "-p", &finalizer]);
    ns.kubectl_ok(&["delete", "pod", "db-0", "--wait=false"]);
    let output = ended(unstick(&ns, &["--ignore-pdb"]), 9);
    says(&output, &["pod db-0 is being deleted already"]);
    assert_eq!(deletes(&ns), [""; 0]);
    let free = json!({ "metadata": { "finalizers": null } }).to_string();
    ns.kubectl_ok(&["patch", "pod", "db-0", "-p", &free]);
    ns.wait_images("db", "0:v1 1:v1 2:v2-bad!");
    ended(unstick(&ns, &["--ignore-pdb"]), 0);
    assert_eq!(deletes(&ns), ["db-2"]);
}

#[test]
fn a_replacement_that_fails_ends_with_3_and_an_interrupt_changes_nothing_more() {
    let ns = ControlPlane::shared().namespace("unstick-again");
    ns.set("db").partition(2).create_ready();
    broken(&ns, "0:v1 1:v1 2:v2-bad!");
    ns.set_image("db", "app:v3-bad");
    wait_observed(&ns, "db");
    a_while();
    let output = ended(unstick(&ns, &[]), 3);
    says(&output, &["pod db-2 came back on db-"]);
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v3-bad!");

    ns.set_image("db", "app:v4-hang");
    wait_observed(&ns, "db");
    a_while();
    let generation = |ns: &Namespace<'_>| ns.read_set("db")["metadata"]["generation"].clone();
    let before: Value = generation(&ns);
    let words = ["rollout", "unstick", "db", "--yes", "--unready-for", "1s"];
    let running = ns.sts(&words).spawn();
    ns.wait_images("db", "0:v1 1:v1 2:v4-hang!");
    running.signal("INT");
    let output = ended(running.wait(), 130);
    says(&output, &["comes back on"]);
    assert_eq!(generation(&ns), before, "the set is as it was");
    assert_eq!(deletes(&ns), ["db-2", "db-2"]);
}

#[test]
fn what_somebody_drives_is_theirs_and_a_held_failure_points_to_abort() {
    let ns = ControlPlane::shared().namespace("unstick-driven");
    ns.set("db").create_ready();
    let flags = ["stage", "db", "--image", "app=app:v2-hang"];
    let run = rollout(&ns, &flags).env("USER", "alice").spawn();
    ns.wait_images("db", "0:v1 1:v1 2:v2-hang!");
    a_while();
    says(&ended(unstick(&ns, &[]), 7), &["alice@"]);
    run.signal("INT");
    ended(run.wait(), 130);
    says(&ended(unstick(&ns, &[]), 9), &["rollout abort db"]);
    assert_eq!(deletes(&ns), [""; 0]);
}
