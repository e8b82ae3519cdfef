//! Restarting pods as they are.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::order::each_named_what_it_saw;
use crate::order::taken_down;
use crate::rollouts::Story;
use crate::rollouts::ended;
use crate::rollouts::finished;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::strategy;
use crate::rollouts::version;

const SOON: Duration = Duration::from_secs(30);

fn restart(ns: &Namespace<'_>, flags: &[&str]) -> Output {
    rollout(ns, &[&["restart", "db"], flags].concat()).run()
}

fn claims(ns: &Namespace<'_>) -> Vec<String> {
    let list = ns.get("api/v1", "persistentvolumeclaims").unwrap();
    let uid = |claim: &Value| claim["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
    list["items"].as_array().unwrap().iter().map(uid).collect()
}

#[test]
fn pods_are_evicted_one_at_a_time_and_nothing_else_is_touched() {
    let ns = ControlPlane::shared().namespace("restart");
    ns.set("db").claims("1Gi").create_ready();
    let (uids, claims_before) = (ns.pod_uids("db"), claims(&ns));
    let spec = ns.read_set("db")["metadata"]["generation"].clone();
    let story = Story::begin(&ns, "db");
    says(&ended(restart(&ns, &["--dry-run=server"]), 0), &["db restarted (server dry run)"]);
    assert_eq!(ns.pod_uids("db"), uids);

    let output = ended(restart(&ns, &[]), 0);

    says(
        &output,
        &["restart by eviction, one at a time: db-2, db-1, db-0", "3 pods were restarted"],
    );
    let told = story.tell();
    assert_eq!(told.born(), "2:v1 1:v1 0:v1", "{told}");
    told.never_more_down_than(1);
    each_named_what_it_saw(&ns, 3);
    assert_eq!(claims(&ns), claims_before);
    assert_eq!(ns.read_set("db")["metadata"]["generation"], spec, "no drift");
    assert_eq!(record(&ns, "db"), None);
    let mut requests = ns.control_plane().requests_of("kubectl-sts/");
    requests.retain(|event| event["objectRef"]["namespace"] == ns.name());
    let writes =
        |event: &&Value| !["get", "list", "watch"].contains(&event["verb"].as_str().unwrap());
    let others = requests.iter().filter(writes);
    let mut others = others.filter(|event| event["objectRef"]["subresource"] != "eviction");
    assert!(others.next().is_none(), "only evictions are written");
}

#[test]
fn ordinals_choose_pods_and_order_says_which_goes_first() {
    let ns = ControlPlane::shared().namespace("restart-some");
    ns.set("db").replicas(4).start(5).create_ready();
    let output = ended(restart(&ns, &["--ordinals", "3,5-6"]), 2);
    says(&output, &["has no db-3", "it has db-5 to db-8"]);
    let story = Story::begin(&ns, "db");
    ended(restart(&ns, &["--ordinals", "8,5-6", "--order=asc", "--via=delete"]), 0);
    ended(restart(&ns, &["--ordinals=5-7", "--leader", "cmd:echo db-6"]), 0);
    let told = story.tell();
    assert_eq!(told.gone(), [5, 6, 8, 7, 5, 6], "{told}");
    each_named_what_it_saw(&ns, 6);
}

#[test]
fn a_budget_without_room_is_told_in_its_own_words_and_waited_for() {
    let ns = ControlPlane::shared().namespace("restart-budget");
    ns.set("db").create_ready();
    let uids = ns.pod_uids("db");
    ns.apply(
        "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: closed}, \
         spec: {minAvailable: 3, selector: {matchLabels: {app: db}}}}",
    );
    let words = "The disruption budget closed needs 3 healthy pods and has 3 currently";
    ns.wait_until(SOON, "the budget has counted its pods", |ns| {
        ns.get("apis/policy/v1", "poddisruptionbudgets/closed").unwrap_or_default()["status"]
            ["currentHealthy"]
            == 3
    });
    let output = ended(restart(&ns, &["--step-timeout", "3s"]), 5);
    says(&output, &[words, "no pod was restarted", "--ordinals 0-2"]);
    ended(restart(&ns, &["--via=delete", "--step-timeout", "3s"]), 5);
    assert_eq!(ns.pod_uids("db"), uids);
    assert_eq!(taken_down(&ns), [], "the dry run before it said no");

    let run = rollout(&ns, &["restart", "db"]).spawn();
    run.wait_for_line(words, SOON);
    ns.kubectl_ok(&["delete", "pdb", "closed"]);
    ended(run.wait(), 0);
    assert!(ns.pod_uids("db").iter().all(|uid| !uids.contains(uid)));
}

#[test]
fn a_pod_that_would_come_back_on_another_revision_is_left_alone() {
    let ns = ControlPlane::shared().namespace("restart-revision");
    ns.set("db").partition(2).create_ready();
    ns.set_image("db", "app:v2");
    ns.wait_images("db", "0:v1 1:v1 2:v2");
    ns.patch_set(
        "db",
        &json!({ "spec": { "updateStrategy": { "rollingUpdate": { "partition": 3 } } } }),
    );
    ns.wait_ready("db");
    let before = ns.pod_uids("db");
    let revision = |ordinal: i64| {
        let pod = &ns.pods("db")[&ordinal];
        pod["metadata"]["labels"]["controller-revision-hash"].as_str().unwrap().to_owned()
    };
    let (old, new) = (revision(0), revision(2));

    let output = ended(restart(&ns, &[]), 9);

    let says_so = format!("pod db-2 runs {new} and would come back on {old}");
    says(&output, &[&says_so, "--allow-revision-change"]);
    assert_eq!(ns.pod_uids("db"), before);
    ended(restart(&ns, &["--ordinals", "0-1"]), 0);
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"]);
    ended(restart(&ns, &["--ordinals", "2", "--allow-revision-change"]), 0);
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v1"]);
}

#[test]
fn a_rollout_of_ours_is_not_disturbed() {
    let ns = ControlPlane::shared().namespace("restart-staged");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    let flags = ["stage", "db", "--image", "app=app:v2", "--soak", "10m"];
    let run = rollout(&ns, &flags).env("USER", "alice").spawn();
    run.wait_for_line("soaking", SOON);
    says(&ended(restart(&ns, &[]), 7), &["alice@"]);
    run.signal("INT");
    ended(run.wait(), 130);
    // Held over the partition, every pod comes back as it is.
    let before = version(&ns, "db");
    ended(restart(&ns, &["--ordinals", "0,2"]), 0);
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"]);
    assert_ne!(version(&ns, "db"), before, "its status moved");
    ended(rollout(&ns, &["abort", "db"]).run(), 0);
    // Held under OnDelete, old pods would come back updated.
    let flags = ["stage", "db", "--image", "app=app:v2", "--order=asc"];
    ended(rollout(&ns, &flags).run(), 6);
    let output = ended(restart(&ns, &["--allow-revision-change"]), 9);
    says(&output, &["a restart would update pods past its gates"]);
    ended(restart(&ns, &["--ordinals", "0"]), 0);
    assert_eq!(ns.images("db"), ["0:v2", "1:v1", "2:v1"]);
    ended(rollout(&ns, &["continue", "db"]).run(), 0);
    finished(&ns, "db", "v2", &original);
}

#[test]
fn a_set_that_is_not_well_is_not_restarted() {
    let ns = ControlPlane::shared().namespace("restart-unwell");
    ns.set("db").parallel().pods("behavior-0", "hang").create();
    ns.wait_images("db", "0:v1! 1:v1 2:v1");
    says(&ended(restart(&ns, &[]), 9), &["pod db-0 is not well", "--tolerate-unready"]);
    let before = ns.pod_uids("db");
    ended(restart(&ns, &["--ordinals", "1", "--tolerate-unready", "1"]), 0);
    let now = ns.pod_uids("db");
    assert!(now[1] != before[1] && now[2] == before[2]);
    ns.set("web")
        .with(|set| {
            set["metadata"]["ownerReferences"] = json!([{
                "apiVersion": "v1", "kind": "Widget", "name": "big", "uid": "u", "controller": true,
            }]);
        })
        .create();
    let output = ended(rollout(&ns, &["restart", "web"]).run(), 7);
    says(&output, &["belongs to Widget/big"]);
}

#[test]
fn a_pod_that_fails_or_an_interrupt_leaves_the_others_and_says_which() {
    let ns = ControlPlane::shared().namespace("restart-left");
    ns.set("db").replicas(4).create_ready();
    let uids = ns.pod_uids("db");
    let output = ended(restart(&ns, &["--gate", "cmd:false"]), 3);
    says(&output, &["gate cmd:false failed for pod db-3", "--ordinals 0-2", "--gate cmd:false"]);
    assert_eq!(ns.pod_uids("db")[..3], uids[..3]);
    let run = rollout(&ns, &["restart", "db", "--order=0,2", "--soak", "6s"]).spawn();
    run.wait_for_line("soaking", SOON);
    run.signal("INT");
    let output = ended(run.wait(), 130);
    says(&output, &["interrupted", "1 of 4 pods were taken down (db-0), db-2, db-3, db-1 not"]);
    says(&output, &["--ordinals 1-3 --order 2"]);
    let uids = ns.pod_uids("db");
    ended(restart(&ns, &["--ordinals", "1-3", "--order", "2"]), 0);
    let now = ns.pod_uids("db");
    assert!(now[0] == uids[0] && now[1..].iter().all(|uid| !uids.contains(uid)));
}

#[test]
fn a_template_can_restart_pods_in_any_order() {
    let ns = ControlPlane::shared().namespace("restart-template");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    let story = Story::begin(&ns, "db");
    ended(restart(&ns, &["--via=template", "--approve=auto", "--order=asc"]), 0);
    finished(&ns, "db", "v1", &original);
    let told = story.tell();
    assert_eq!(told.born(), "0:v1 1:v1 2:v1", "{told}");
    let template = ns.read_set("db")["spec"]["template"]["metadata"]["annotations"].clone();
    assert!(template["kubectl.kubernetes.io/restartedAt"].is_string(), "{template}");
    ended(restart(&ns, &["--via=template", "--ordinals=0"]), 2);
    ended(restart(&ns, &["--ignore-pdb"]), 2);
}
