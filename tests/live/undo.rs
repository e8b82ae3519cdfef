//! Going back to an earlier template.

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::rollouts::Story;
use crate::rollouts::ended;
use crate::rollouts::finished;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::strategy;
use crate::rollouts::version;
use crate::traps::wait_observed;

fn undo(ns: &Namespace<'_>, words: &[&str]) -> Output {
    ns.sts(&[&["rollout", "undo", "db", "--yes"], words].concat()).run()
}

fn image(ns: &Namespace<'_>, set: &str) -> String {
    let set = ns.read_set(set);
    let image = &set["spec"]["template"]["spec"]["containers"][0]["image"];
    image.as_str().unwrap_or_default().to_owned()
}

/// Applies a template, and waits until the controller has made its revision.
fn applied(ns: &Namespace<'_>, set: &str, tag: &str, images: &str) {
    ns.set_image(set, &format!("app:{tag}"));
    ns.wait_images(set, images);
    wait_observed(ns, set);
}

#[test]
fn undo_goes_to_what_was_last_fully_deployed_where_kubectl_goes_elsewhere() {
    let ns = ControlPlane::shared().namespace("undo");
    for name in ["trap", "db"] {
        ns.set(name).partition(2).create_ready();
        applied(&ns, name, "v2", "0:v1 1:v1 2:v2");
        applied(&ns, name, "v3", "0:v1 1:v1 2:v3");
    }
    ns.kubectl_ok(&["rollout", "undo", "statefulset/trap"]);
    assert_eq!(image(&ns, "trap"), "app:v2", "which was a canary and never more");

    let before = version(&ns, "db");
    for how in ["client", "server"] {
        let output = ended(undo(&ns, &[&format!("--dry-run={how}")]), 0);
        says(&output, &["-  - image: app:v3", "+  - image: app:v1", "keeps back db-0 and db-1"]);
        assert_eq!(version(&ns, "db"), before);
    }
    let output = ended(undo(&ns, &[]), 0);
    says(&output, &["rolled back to db-", "highest down, without gates: db-2"]);
    ns.wait_images("db", "0:v1 1:v1 2:v1");
    assert_eq!((image(&ns, "db").as_str(), record(&ns, "db")), ("app:v1", None));
    assert_eq!(strategy(&ns, "db")["rollingUpdate"]["partition"], 2);
    wait_observed(&ns, "db");
    // What was tried since is not what was there before.
    says(&ended(undo(&ns, &[]), 9), &["last fully deployed", "app:v2", "app:v3"]);
}

#[test]
fn after_a_promotion_the_record_tells_what_came_before() {
    let ns = ControlPlane::shared().namespace("undo-promoted");
    ns.set("db").create_ready();
    ended(rollout(&ns, &["stage", "db", "--image", "app=app:v2"]).run(), 6);
    ended(rollout(&ns, &["abort", "db"]).run(), 0);
    ended(rollout(&ns, &["stage", "db", "--image", "app=app:v3", "--approve=auto"]).run(), 0);
    ns.wait_images("db", "0:v3 1:v3 2:v3");
    wait_observed(&ns, "db");
    ended(undo(&ns, &[]), 0);
    ns.wait_images("db", "0:v1 1:v1 2:v1");
}

#[test]
fn what_cannot_be_told_has_to_be_named() {
    let ns = ControlPlane::shared().namespace("undo-named");
    ns.set("db").create_ready();
    says(&ended(undo(&ns, &[]), 9), &["remembers no other revision"]);
    for tag in ["v2", "v3"] {
        applied(&ns, "db", tag, &format!("0:{tag} 1:{tag} 2:{tag}"));
        ns.wait_ready("db");
    }
    let before = version(&ns, "db");
    let output = ended(undo(&ns, &[]), 9);
    says(&output, &["nothing tells which revision", "app:v1", "app:v2", "--to-revision 1"]);
    let output = ended(undo(&ns, &["--to-revision", "9"]), 2);
    says(&output, &["remembers no revision \"9\"", "app:v1"]);
    says(&ended(undo(&ns, &["--to-revision", "update"]), 0), &["unchanged"]);
    says(&ended(undo(&ns, &["--to-revision", "1", "--soak", "1s"]), 2), &["need --staged"]);
    let output = ended(ns.sts(&["rollout", "undo", "db", "--to-revision", "1"]).run(), 9);
    says(&output, &["without a terminal"]);
    assert_eq!(version(&ns, "db"), before);
    ended(undo(&ns, &["--to-revision", "1"]), 0);
    ns.wait_images("db", "0:v1 1:v1 2:v1");
}

#[test]
fn a_reverted_template_is_not_undone_to_the_broken_one() {
    let ns = ControlPlane::shared().namespace("undo-reverted");
    ns.set("db").create_ready();
    ns.set_image("db", "app:v2-bad");
    ns.wait_images("db", "0:v1 1:v1 2:v2-bad!");
    let output = ended(undo(&ns, &[]), 0);
    says(&output, &["db-2 is not available", "rollout unstick db"]);
    wait_observed(&ns, "db");
    let output = ended(undo(&ns, &[]), 0);
    says(&output, &["unchanged", "2 of 3 pods run it", "rollout unstick db"]);
    assert_eq!(image(&ns, "db"), "app:v1");
}

#[test]
fn a_staged_undo_goes_one_pod_at_a_time() {
    let ns = ControlPlane::shared().namespace("undo-staged");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    applied(&ns, "db", "v2", "0:v2 1:v2 2:v2");
    ns.wait_ready("db");
    let story = Story::begin(&ns, "db");
    let output = ended(rollout(&ns, &["undo", "db", "--staged"]).run(), 6);
    says(&output, &["back to db-", "+  - image: app:v1"]);
    assert_eq!(ns.images("db").join(" "), "0:v2 1:v2 2:v1");
    let output = ended(undo(&ns, &[]), 9);
    says(&output, &["held between steps", "rollout abort db"]);
    ended(rollout(&ns, &["continue", "db"]).run(), 0);
    finished(&ns, "db", "v1", &original);
    let told = story.tell();
    told.released_only_after_the_others(1);
    told.never_more_down_than(1);
}

#[test]
fn behind_a_hold_and_under_on_delete_no_pod_moves() {
    let ns = ControlPlane::shared().namespace("undo-still");
    ns.set("db").create_ready();
    ended(ns.sts(&["rollout", "hold", "db", "--yes"]).run(), 0);
    ns.set_image("db", "app:v2");
    wait_observed(&ns, "db");
    let uids = ns.pod_uids("db");
    says(&ended(undo(&ns, &[]), 0), &["no pod moves now"]);
    wait_observed(&ns, "db");
    assert_eq!((image(&ns, "db").as_str(), ns.pod_uids("db")), ("app:v1", uids));
    assert!(record(&ns, "db").is_some(), "the hold stays");

    let ns = ControlPlane::shared().namespace("undo-on-delete");
    ns.set("db").on_delete().create_ready();
    ns.set_image("db", "app:v2");
    wait_observed(&ns, "db");
    let uids = ns.pod_uids("db");
    says(&ended(undo(&ns, &[]), 0), &["OnDelete: no pod moves"]);
    assert_eq!((image(&ns, "db").as_str(), ns.pod_uids("db")), ("app:v1", uids));
}
