//! Several sets as one: zone after zone, one pod at a time, held together.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::SetBuilder;
use crate::rollouts::HOLD;
use crate::rollouts::Story;
use crate::rollouts::Told;
use crate::rollouts::ended;
use crate::rollouts::finished;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::status;
use crate::rollouts::strategy;
use crate::rollouts::version;

const SOON: Duration = Duration::from_secs(30);
const SETS: [&str; 3] = ["db-a", "db-b", "db-c"];
const ZONE: &str = "topology.kubernetes.io/zone";
const STAGE: [&str; 5] = ["stage", "-l", "group=db", "--group-by", ZONE];
const V2: [&str; 2] = ["--image", "app=app:v2"];
const AUTO: [&str; 1] = ["--approve=auto"];

/// A set of the group, in the zone its name ends with.
fn member<'n, 'a>(ns: &'n Namespace<'a>, set: &str) -> SetBuilder<'n, 'a> {
    let zone = format!("zone-{}", set.rsplit('-').next().unwrap());
    ns.set(set).replicas(2).pods("ready-after", "200ms").with(|manifest| {
        manifest["metadata"]["labels"] = json!({ "group": "db", ZONE: zone });
        manifest["spec"]["template"]["metadata"]["labels"]["group"] = "db".into();
    })
}

/// Three sets of two pods in three zones, and their strategy.
fn three(ns: &Namespace<'_>) -> Value {
    for set in SETS {
        member(ns, set).create();
    }
    for set in SETS {
        ns.wait_ready(set);
    }
    strategy(ns, SETS[0])
}

fn stage<'a>(flags: &[&[&'a str]]) -> Vec<&'a str> {
    [&STAGE[..], flags.concat().as_slice()].concat()
}

fn stories<'n, 'a>(ns: &'n Namespace<'a>) -> Vec<Story<'n, 'a>> {
    SETS.iter().map(|set| Story::begin(ns, set)).collect()
}

fn told(stories: &[Story<'_, '_>]) -> Vec<Told> {
    stories.iter().map(Story::tell).collect()
}

/// Fails if more pods of all the sets were down at any moment, whatever the set.
#[track_caller]
fn never_more_down_in_all_than(told: &[Told], most: usize) {
    let mut all: Vec<(u64, usize, usize)> = Vec::new();
    for (at, story) in told.iter().enumerate() {
        all.extend(story.moments.iter().map(|moment| (moment.version, at, moment.down())));
    }
    all.sort_by_key(|(version, ..)| *version);
    let mut down = vec![0; told.len()];
    for (version, at, now) in all {
        down[at] = now;
        let sum: usize = down.iter().sum();
        assert!(sum <= most, "{sum} pods of the group were down at {version}: {down:?}");
    }
}

/// Fails unless the pods of each set moved after those of the sets before.
#[track_caller]
fn one_after_the_other(told: &[Told]) {
    let moved = |story: &Told| {
        let versions = story.moments.iter().filter(|moment| moment.moved_a_pod());
        let versions: Vec<u64> = versions.map(|moment| moment.version).collect();
        (versions.iter().min().copied(), versions.iter().max().copied())
    };
    for pair in told.windows(2) {
        let ((_, before), (after, _)) = (moved(&pair[0]), moved(&pair[1]));
        assert!(
            before.is_some() && before < after,
            "{before:?} {after:?}\n{}\n{}",
            pair[0],
            pair[1]
        );
    }
}

/// The exit code of a write that changes nothing but a label. kubectl sends none that changes nothing.
fn label_anew(ns: &Namespace<'_>, set: &str) -> i32 {
    let label = format!("tried={}", version(ns, set).as_str().unwrap());
    ns.kubectl(&["label", "statefulset", set, &label, "--overwrite"]).code
}

/// Fails unless the set is held with no driver, and none of its pods has moved.
#[track_caller]
fn held_untouched(ns: &Namespace<'_>, set: &str, uids: &[String]) {
    assert_eq!(strategy(ns, set)["rollingUpdate"]["partition"], HOLD, "{set}");
    assert_eq!(record(ns, set).unwrap()["holder"], Value::Null, "{set}");
    assert_eq!(ns.pod_uids(set), uids, "{set}");
}

#[test]
fn zones_roll_one_after_the_other_and_never_two_pods_at_once() {
    let ns = ControlPlane::shared().namespace("group");
    let original = three(&ns);
    let stories = stories(&ns);

    let output = ended(rollout(&ns, &stage(&[&V2, &AUTO])).run(), 0);

    says(
        &output,
        &[
            "3 sets (group=db)",
            "db-a, db-b, db-c:",
            "zone-b: all of db-b",
            "wave 3 of 3 (zone-c): db-c",
            "all 6 pods of 3 sets are updated",
        ],
    );
    for set in SETS {
        finished(&ns, set, "v2", &original);
        assert_eq!(status(&ns, set), 0);
    }
    let told = told(&stories);
    for told in &told {
        assert_eq!(told.partitions(), [0, HOLD, 1, 0], "{told}");
        assert_eq!(told.born(), "1:v2 0:v2", "{told}");
    }
    never_more_down_in_all_than(&told, 1);
    one_after_the_other(&told);
    says(&ended(rollout(&ns, &stage(&[&V2])).run(), 0), &["unchanged"]);
}

#[test]
fn every_set_is_held_before_any_pod_of_any_set_is_released() {
    let ns = ControlPlane::shared().namespace("group-stops");
    let original = three(&ns);
    let stories = stories(&ns);

    let output = ended(rollout(&ns, &stage(&[&V2])).run(), 6);

    says(&output, &["step 1 of 4 passed; held at 1 of 6 pods of 3 sets", "continue -l 'group=db'"]);
    let told = told(&stories);
    let first = |told: &Told, what: fn(&crate::rollouts::Moment) -> bool| {
        told.moments.iter().find(|moment| what(moment)).map(|moment| moment.version).unwrap()
    };
    let released = first(&told[0], |moment| moment.partition == Some(1));
    for other in &told {
        assert!(first(other, |moment| moment.partition == Some(HOLD)) < released, "{other}");
    }
    let group = record(&ns, "db-c").unwrap()["group"].clone();
    assert_eq!(group["id"], record(&ns, "db-a").unwrap()["group"]["id"], "{group}");
    let shown = ns.sts(&["rollout", "status", "db-b"]).run();
    says(&shown, &["part of the group", "db-a, db-b, db-c", "rollout continue -l 'group=db'"]);
    for words in [
        &["continue", "db-b"][..],
        &["abort", "db-c"],
        &["stage", "db-a", "--image", "app=app:v3"],
        &["release", "db-b"],
    ] {
        let output = if words[0] == "release" {
            ns.sts(&["rollout", "release", "db-b", "--yes"]).run()
        } else {
            rollout(&ns, words).run()
        };
        says(&ended(output, 9), &["belongs to the group", "db-a, db-b and db-c"]);
    }
    // One set that nobody knew of then is not taken along in silence.
    member(&ns, "db-d").create_ready();
    let output = ended(rollout(&ns, &["continue", "-l", "group=db"]).run(), 9);
    says(&output, &["db-d is matched and not in it"]);
    ns.kubectl_ok(&["label", "statefulset", "db-d", "group-"]);
    says(
        &ended(rollout(&ns, &["continue", "-l", "group=db"]).run(), 6),
        &["step 1 of 4 passed; this approves it", "step 2 of 4 passed; held at 2 of 6 pods"],
    );
    assert_eq!(ns.images("db-a"), ["0:v2", "1:v2"]);
    assert_eq!(ns.images("db-b"), ["0:v1", "1:v1"]);
    ended(rollout(&ns, &["continue", "-l", "group=db", "--approve=auto"]).run(), 0);
    for set in SETS {
        finished(&ns, set, "v2", &original);
    }
}

#[test]
fn a_bad_image_in_the_first_zone_leaves_the_others_untouched_and_abort_heals() {
    let ns = ControlPlane::shared().namespace("group-bad");
    let original = three(&ns);
    let (b, c) = (ns.pod_uids("db-b"), ns.pod_uids("db-c"));
    let stories = stories(&ns);

    let bad = ["--image", "app=app:v2-pull"];
    let output = ended(rollout(&ns, &stage(&[&bad, &AUTO])).run(), 3);

    says(&output, &["db-a: pod db-a-1 is not ready: ", "held at 1 of 6 pods of 3 sets"]);
    held_untouched(&ns, "db-b", &b);
    held_untouched(&ns, "db-c", &c);
    for set in SETS {
        assert_eq!(record(&ns, set).unwrap()["phase"], "failed", "{set}");
    }
    let output = ended(rollout(&ns, &["abort", "-l", "group=db"]).run(), 0);
    says(&output, &["rolled back: all 6 pods of 3 sets"]);
    for set in SETS {
        finished(&ns, set, "v1", &original);
        assert_eq!(status(&ns, set), 0);
    }
    assert_eq!((ns.pod_uids("db-b"), ns.pod_uids("db-c")), (b, c));
    never_more_down_in_all_than(&told(&stories), 1);
}

#[test]
fn a_failure_may_take_the_whole_group_back() {
    let ns = ControlPlane::shared().namespace("group-on-failure");
    let original = three(&ns);
    let flags = ["--image", "app=app:v2-pull", "--on-failure=abort"];
    let output = ended(rollout(&ns, &stage(&[&flags, &AUTO])).run(), 4);
    says(&output, &["pod db-a-1 is not ready: ", "rolled back: all 6 pods of 3 sets"]);
    for set in SETS {
        finished(&ns, set, "v1", &original);
    }
}

#[test]
fn a_whole_group_goes_back_one_pod_at_a_time() {
    let ns = ControlPlane::shared().namespace("group-back");
    let original = three(&ns);
    ended(rollout(&ns, &stage(&[&V2])).run(), 6);
    ended(rollout(&ns, &["continue", "-l", "group=db"]).run(), 6);
    ended(rollout(&ns, &["continue", "-l", "group=db"]).run(), 6);
    assert_eq!(ns.images("db-b"), ["0:v2", "1:v2"]);
    let stories = stories(&ns);

    let output = ended(rollout(&ns, &["abort", "-l", "group=db"]).run(), 0);

    says(&output, &["db-b: back to", "2 of 2 pods have to return"]);
    for set in SETS {
        finished(&ns, set, "v1", &original);
    }
    never_more_down_in_all_than(&told(&stories), 1);
}

#[test]
fn a_budget_over_several_sets_is_kept_even_where_two_pods_were_allowed() {
    let ns = ControlPlane::shared().namespace("group-budget");
    let original = three(&ns);
    ns.apply(
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: db }\n\
         spec: { maxUnavailable: 1, selector: { matchLabels: { group: db } } }\n",
    );
    ns.wait_until(SOON, "the budget is counted", |ns| {
        ns.json(&["get", "pdb", "db"])["status"]["disruptionsAllowed"] == 1
    });
    let stories = stories(&ns);

    // All in one wave, and two pods at a time as far as the group is concerned.
    let same = ["stage", "-l", "group=db", "--group-by", "group", "--budget", "2"];
    let words = [&same[..], &V2, &AUTO].concat();
    let output = ended(rollout(&ns, &words).run(), 0);

    says(
        &output,
        &["db: all of db-a, db-b, db-c", "at most 2 pods down, unavailable or not yet passed"],
    );
    for set in SETS {
        finished(&ns, set, "v2", &original);
    }
    never_more_down_in_all_than(&told(&stories), 1);
}

#[test]
fn a_group_that_was_killed_in_its_second_zone_is_finished_by_another_process() {
    let ns = ControlPlane::shared().namespace("group-killed");
    let original = three(&ns);
    let stories = stories(&ns);
    let run = rollout(&ns, &stage(&[&V2, &AUTO])).spawn();
    run.wait_for_line("wave 2 of 3", SOON);
    run.wait_for_line("released to the controller", SOON);
    run.signal("KILL");
    let killed = run.wait();
    for set in SETS {
        let left = record(&ns, set).unwrap();
        let partition = strategy(&ns, set)["rollingUpdate"]["partition"].clone();
        assert_eq!(left["partition"], partition, "{left}\n{killed}");
    }
    let words = ["continue", "-l", "group=db", "--approve=auto"];
    says(&ended(rollout(&ns, &words).run(), 7), &["is driving a rollout"]);

    ended(rollout(&ns, &[&words[..], &["--takeover"]].concat()).run(), 0);

    for set in SETS {
        finished(&ns, set, "v2", &original);
    }
    let told = told(&stories);
    for told in &told {
        assert_eq!(told.born(), "1:v2 0:v2", "{told}");
    }
    never_more_down_in_all_than(&told, 1);
    one_after_the_other(&told);
}

#[test]
fn ctrl_c_leaves_every_set_of_a_group_held() {
    let ns = ControlPlane::shared().namespace("group-interrupted");
    let original = three(&ns);
    let (b, c) = (ns.pod_uids("db-b"), ns.pod_uids("db-c"));
    let run = rollout(&ns, &stage(&[&V2, &AUTO, &["--soak", "10m"]])).spawn();
    run.wait_for_line("soaking", SOON);
    run.signal("INT");

    let output = ended(run.wait(), 130);

    says(
        &output,
        &["interrupted; held at 1 of 6 pods of 3 sets", "continue -l 'group=db' --approve auto"],
    );
    assert_eq!(strategy(&ns, "db-a")["rollingUpdate"]["partition"], 1);
    assert_eq!(record(&ns, "db-a").unwrap()["holder"], Value::Null);
    held_untouched(&ns, "db-b", &b);
    held_untouched(&ns, "db-c", &c);
    ended(rollout(&ns, &["continue", "-l", "group=db", "--approve=auto"]).run(), 0);
    for set in SETS {
        finished(&ns, set, "v2", &original);
    }
}

#[test]
fn a_group_has_one_driver_whatever_member_another_is_started_on() {
    let ns = ControlPlane::shared().namespace("group-driver");
    let original = three(&ns);
    let run = rollout(&ns, &stage(&[&V2, &["--soak", "10m"]])).env("USER", "alice").spawn();
    run.wait_for_line("soaking", SOON);
    for words in [
        &["continue", "-l", "group=db"][..],
        &["abort", "-l", "group=db"],
        &["continue", "db-a"],
        &["continue", "db-c"],
        &["abort", "db-b"],
        &["stage", "db-c", "--image", "app=app:v3"],
        &stage(&[&["--image", "app=app:v3"]]),
    ] {
        let output = ended(rollout(&ns, words).run(), 7);
        says(&output, &["alice@", "is driving a rollout"]);
    }
    let words = ["continue", "-l", "group=db", "--takeover", "--approve=auto"];
    ended(rollout(&ns, &words).env("USER", "bob").run(), 0);
    says(&ended(run.wait(), 7), &["bob@", "took this rollout over"]);
    for set in SETS {
        finished(&ns, set, "v2", &original);
    }
}

#[test]
fn a_member_that_somebody_changes_stops_the_whole_group() {
    let ns = ControlPlane::shared().namespace("group-others");
    three(&ns);
    let c = ns.pod_uids("db-c");
    let run = rollout(&ns, &stage(&[&V2, &AUTO, &["--soak", "10m"]])).spawn();
    run.wait_for_line("soaking", SOON);
    let mine = json!({ "spec": { "updateStrategy": { "rollingUpdate": { "partition": 2 } } } });
    ns.patch_set("db-b", &mine);

    let output = ended(run.wait(), 7);

    says(&output, &["db-b: the partition was changed", "rollout status db-b"]);
    assert_eq!(strategy(&ns, "db-a")["rollingUpdate"]["partition"], 1);
    assert_eq!(record(&ns, "db-a").unwrap()["phase"], "failed");
    held_untouched(&ns, "db-c", &c);
    assert_eq!(ns.images("db-b"), ["0:v1", "1:v1"]);
    let output = ended(rollout(&ns, &["continue", "-l", "group=db"]).run(), 7);
    says(&output, &["db-b is not as the rollout left it", "nothing was written"]);
    ended(rollout(&ns, &["abort", "-l", "group=db"]).run(), 0);
    assert_eq!(ns.images("db-a"), ["0:v1", "1:v1"]);
}

#[test]
fn one_member_that_may_not_be_rolled_out_keeps_all_as_they_are() {
    let ns = ControlPlane::shared().namespace("group-refused");
    three(&ns);
    ns.patch_set(
        "db-b",
        &json!({ "spec": { "updateStrategy": { "rollingUpdate": { "partition": 1 } } } }),
    );
    ns.wait_until(SOON, "the controller has seen it", |ns| {
        let set = ns.read_set("db-b");
        set["status"]["observedGeneration"] == set["metadata"]["generation"]
    });
    let before: Vec<Value> = SETS.iter().map(|set| version(&ns, set)).collect();
    let output = ended(rollout(&ns, &stage(&[&V2])).run(), 9);
    says(
        &output,
        &["the partition of statefulset.apps/db-b was set", "nothing was written to any"],
    );
    for (set, before) in SETS.iter().zip(&before) {
        assert_eq!(version(&ns, set), *before, "{set} was written");
        assert_eq!(record(&ns, set), None);
    }
    ended(rollout(&ns, &["stage", "-l", "group=none", "--image", "app=app:v2"]).run(), 9);
    let output = rollout(&ns, &stage(&[&V2, &["--accept-changes", "--dry-run=server"]])).run();
    says(&ended(output, 0), &["db-b staged (server dry run)"]);
    for (set, before) in SETS.iter().zip(&before) {
        assert_eq!(version(&ns, set), *before, "{set} was written");
    }
}

#[test]
fn a_group_that_was_only_half_held_is_begun_again_or_taken_back() {
    let ns = ControlPlane::shared().namespace("group-half");
    let original = three(&ns);
    let name = format!("not-{}", ns.name());
    // The dry run is let through, the write is not.
    let policy = json!({
        "apiVersion": "v1", "kind": "List", "items": [
            {
                "apiVersion": "admissionregistration.k8s.io/v1",
                "kind": "ValidatingAdmissionPolicy",
                "metadata": { "name": name },
                "spec": {
                    "failurePolicy": "Fail",
                    "matchConstraints": { "resourceRules": [{
                        "apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["UPDATE"],
                        "resources": ["statefulsets"],
                    }] },
                    "validations": [{
                        "expression": format!(
                            "request.dryRun || request.name != 'db-b' || request.namespace != '{}'",
                            ns.name()
                        ),
                        "message": "db-b is left alone",
                    }],
                },
            },
            {
                "apiVersion": "admissionregistration.k8s.io/v1",
                "kind": "ValidatingAdmissionPolicyBinding",
                "metadata": { "name": name },
                "spec": { "policyName": name, "validationActions": ["Deny"] },
            },
        ],
    });
    ns.apply(&policy.to_string());
    ns.wait_until(SOON, "the policy is enforced", |ns| label_anew(ns, "db-b") != 0);
    let uids: Vec<_> = SETS.iter().map(|set| ns.pod_uids(set)).collect();

    for _ in 0..2 {
        let output = ended(rollout(&ns, &stage(&[&V2])).run(), 8);
        says(
            &output,
            &[
                "db-b is left alone",
                "no pod was touched: db-a",
                "not held: db-b, db-c",
                "abort -l 'group=db'",
            ],
        );
        assert_eq!(record(&ns, "db-a").unwrap()["phase"], "parked");
        assert_eq!(record(&ns, "db-c"), None);
        let output = ended(rollout(&ns, &["continue", "-l", "group=db"]).run(), 7);
        says(&output, &["db-b is a member of the group", "carries no record of it"]);
    }
    let output = ended(rollout(&ns, &["abort", "-l", "group=db"]).run(), 0);
    says(&output, &["statefulset.apps/db-b carries no record of the group"]);
    finished(&ns, "db-a", "v1", &original);
    assert_eq!(SETS.iter().map(|set| ns.pod_uids(set)).collect::<Vec<_>>(), uids);
    ended(rollout(&ns, &stage(&[&V2])).run(), 8);
    ns.kubectl_ok(&["delete", "validatingadmissionpolicybinding", &name]);
    ns.kubectl_ok(&["delete", "validatingadmissionpolicy", &name]);
    ns.wait_until(SOON, "the policy is gone", |ns| label_anew(ns, "db-b") == 0);
    ended(rollout(&ns, &stage(&[&V2, &AUTO])).run(), 0);
    for set in SETS {
        finished(&ns, set, "v2", &original);
    }
}
