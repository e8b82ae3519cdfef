//! Going back behind a hold, with the template left as it is.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
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
use crate::traps::deletes;
use crate::traps::forbid_disruption;

const SOON: Duration = Duration::from_secs(30);

const PARK: [&str; 3] = ["abort", "db", "--mode=park"];

/// Fails unless the set is held on its old revision, with the new template behind.
fn parked(ns: &Namespace<'_>, tag: &str) {
    let images = ns.images("db");
    assert!(images.iter().all(|image| image.ends_with(":v1")), "{images:?}");
    let set = ns.read_set("db");
    let image = &set["spec"]["template"]["spec"]["containers"][0]["image"];
    assert_eq!(*image, format!("app:{tag}"), "the template is left alone");
    assert_eq!(strategy(ns, "db")["rollingUpdate"]["partition"], HOLD);
    let left = record(ns, "db").unwrap();
    assert_eq!((&left["phase"], &left["holder"]), (&json!("parked"), &Value::Null));
    assert_eq!(status(ns, "db"), 6);
}

#[test]
fn updated_pods_are_parked_one_at_a_time_and_may_be_staged_again() {
    for parallel in [false, true] {
        let ns = ControlPlane::shared().namespace("park");
        let set = ns.set("db").replicas(5);
        if parallel { set.parallel() } else { set }.create_ready();
        let original = strategy(&ns, "db");
        ended(
            rollout(&ns, &["stage", "db", "--image", "app=app:v2", "--steps", "3,100%"]).run(),
            6,
        );
        let story = Story::begin(&ns, "db");
        let output = ended(rollout(&ns, &PARK).run(), 6);
        says(&output, &["parked: all 5 pods run db-", "rollout stage db", "rollout release db"]);
        assert_eq!(deletes(&ns), ["db-4", "db-3", "db-2"]);
        parked(&ns, "v2");
        let told = story.tell();
        told.never_more_down_than(1);
        assert_eq!(told.partitions(), [2, HOLD]);

        let before = version(&ns, "db");
        says(&ended(rollout(&ns, &["continue", "db"]).run(), 9), &["is parked"]);
        says(&ended(rollout(&ns, &PARK).run(), 6), &["unchanged: it is parked already"]);
        assert_eq!(version(&ns, "db"), before);
        ended(rollout(&ns, &["stage", "db", "--approve=auto"]).run(), 0);
        finished(&ns, "db", "v2", &original);
    }
}

#[test]
fn a_broken_canary_is_parked_and_the_set_is_released_or_taken_back() {
    for (verb, parallel) in [("abort", false), ("abort", true), ("release", false)] {
        let ns = ControlPlane::shared().namespace("park-broken");
        let set = ns.set("db");
        if parallel { set.parallel() } else { set }.create_ready();
        let original = strategy(&ns, "db");
        ended(rollout(&ns, &["stage", "db", "--image", "app=app:v2-bad"]).run(), 3);
        ended(rollout(&ns, &PARK).run(), 6);
        assert_eq!(deletes(&ns), ["db-2"]);
        parked(&ns, "v2-bad");
        ended(ns.sts(&["rollout", verb, "db", "--yes"]).run(), 0);
        if verb == "abort" {
            finished(&ns, "db", "v1", &original);
        } else {
            ns.wait_images("db", "0:v1 1:v1 2:v2-bad!");
            assert_eq!(strategy(&ns, "db"), original);
        }
    }
}

#[test]
fn parking_that_was_interrupted_leaves_a_held_set_and_goes_on() {
    let ns = ControlPlane::shared().namespace("park-interrupted");
    ns.set("db").create_ready();
    ended(rollout(&ns, &["stage", "db", "--image", "app=app:v2", "--steps", "2,100%"]).run(), 6);
    forbid_disruption(&ns, "db");
    let run = rollout(&ns, &PARK).spawn();
    run.wait_for_line("pod disruption budget db lets 0 pods go", SOON);
    run.signal("INT");
    let output = ended(run.wait(), 130);
    says(&output, &["the set is held; 2 pods still run the revision that was given up"]);
    assert_eq!(strategy(&ns, "db")["rollingUpdate"]["partition"], HOLD);
    let left = record(&ns, "db").unwrap();
    assert_eq!((&left["phase"], &left["holder"]), (&json!("parking"), &Value::Null));
    assert_eq!((status(&ns, "db"), deletes(&ns)), (6, vec![]));
    says(&ended(rollout(&ns, &["promote", "db"]).run(), 9), &["on its way back"]);
    // The budget is in the way as long as it is there.
    let words = [&PARK[..], &["--step-timeout", "2s"]].concat();
    says(&ended(rollout(&ns, &words).run(), 8), &["has not recovered"]);
    ended(rollout(&ns, &["continue", "db", "--ignore-pdb"]).run(), 6);
    assert_eq!(deletes(&ns), ["db-2", "db-1"]);
    parked(&ns, "v2");
}

#[test]
fn after_a_promotion_there_is_no_way_to_park() {
    let ns = ControlPlane::shared().namespace("park-promoted");
    ns.set("db").create_ready();
    ended(rollout(&ns, &PARK).run(), 9);
    let words = [
        "stage",
        "db",
        "--image",
        "app=app:v2",
        "--approve=auto",
        "--soak",
        "3s",
        "--steps",
        "100%",
    ];
    let run = rollout(&ns, &words).spawn();
    ns.wait_until(SOON, "the last pod is updated and promoted", |ns| {
        let status = &ns.read_set("db")["status"];
        status["currentRevision"] == status["updateRevision"]
            && ns.images("db").join(" ") == "0:v2 1:v2 2:v2"
    });
    run.signal("INT");
    ended(run.wait(), 130);
    let output = ended(rollout(&ns, &PARK).run(), 9);
    says(&output, &["the new revision was promoted", "rollout abort db"]);
    assert_eq!(deletes(&ns), [""; 0]);
    ended(rollout(&ns, &["abort", "db"]).run(), 0);
    ns.wait_images("db", "0:v1 1:v1 2:v1");
}
