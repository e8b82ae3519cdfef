//! Deleted claims come back to their volumes, from wherever that stopped before.

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Fate;
use crate::harness::Proxy;
use crate::prune::has_claim;
use crate::prune::is_as_before;
use crate::prune::is_in_trash;
use crate::prune::left_behind;
use crate::prune::prune;
use crate::prune::scale;
use crate::rollouts::ended;
use crate::rollouts::says;

#[test]
fn a_restore_killed_at_any_write_is_finished_by_another() {
    let ns = ControlPlane::shared().namespace("back");
    let proxy = Proxy::start(ns.control_plane());
    for write in 1..=3 {
        for (name, fate) in [("b", Fate::KilledBefore), ("a", Fate::KilledAfter)] {
            let set = format!("db{write}{name}");
            let claim = format!("data-{set}-1");
            left_behind(&ns, &set, "standard", 2);
            ended(ns.sts(&prune(&[&set, "--apply", "--yes"])).run(), 0);
            let words = ["pvc", "restore", &claim, "--yes"];
            ended(proxy.run(ns.sts_through(&proxy, &words), &[(write, fate)]), 137);
            if (write, fate) == (3, Fate::KilledAfter) {
                // All was done; only the answer was missing.
                is_as_before(&ns, &claim);
                continue;
            }
            ended(ns.sts(&words).run(), 0);
            is_as_before(&ns, &claim);
        }
    }
}

#[test]
fn the_volume_waits_for_its_claim_before_the_claim_is_made() {
    let ns = ControlPlane::shared().namespace("back");
    let proxy = Proxy::start(ns.control_plane());
    left_behind(&ns, "db", "standard", 2);
    ended(ns.sts(&prune(&["--apply", "--yes"])).run(), 0);
    ended(proxy.run(ns.sts_through(&proxy, &["pvc", "restore", "data-db-1", "--yes"]), &[]), 0);
    let verbs: Vec<String> = proxy
        .writes()
        .iter()
        .map(|write| write.split(' ').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(verbs, ["PATCH", "POST", "PATCH"], "{:?}", proxy.writes());
    is_as_before(&ns, "data-db-1");
}

#[test]
fn a_name_that_is_taken_makes_room_only_when_no_ordinal_wants_it() {
    let ns = ControlPlane::shared().namespace("swap");
    left_behind(&ns, "db", "standard", 2);
    ended(ns.sts(&prune(&["--apply", "--yes"])).run(), 0);
    let pruned = is_in_trash(&ns, "data-db-1")["metadata"]["name"].as_str().unwrap().to_owned();
    scale(&ns, "db", 2);
    let blank = ns.volume("data-db-1")["metadata"]["name"].as_str().unwrap().to_owned();
    assert_ne!(blank, pruned, "the controller has made an empty one");

    let volume = format!("pv/{pruned}");
    let output = ended(ns.sts(&["pvc", "restore", &volume, "--yes"]).run(), 9);
    says(&output, &["--swap"]);
    let swap = ["pvc", "restore", &volume, "--swap", "--yes"];
    says(&ended(ns.sts(&swap).run(), 9), &["makes no room"]);
    assert_eq!(ns.volume("data-db-1")["metadata"]["name"], blank, "in use, and left alone");

    scale(&ns, "db", 1);
    ended(ns.sts(&swap).run(), 0);
    is_as_before(&ns, "data-db-1");
    assert_eq!(ns.volume("data-db-1")["metadata"]["name"], pruned);
    let blank = ns.json(&["get", "pv", &blank]);
    assert_eq!(
        blank["spec"]["persistentVolumeReclaimPolicy"], "Retain",
        "nobody knows it is empty"
    );
    scale(&ns, "db", 2);
    is_as_before(&ns, "data-db-1");
}

#[test]
fn a_claim_can_come_back_beside_the_one_that_has_its_name() {
    let ns = ControlPlane::shared().namespace("beside");
    left_behind(&ns, "db", "standard", 2);
    ended(ns.sts(&prune(&["--apply", "--yes"])).run(), 0);
    scale(&ns, "db", 2);
    let words = ["pvc", "restore", "data-db-1", "--as-name", "old", "--yes"];
    ended(ns.sts(&words).run(), 0);
    is_as_before(&ns, "old");
    assert!(has_claim(&ns, "data-db-1"));
}

#[test]
fn what_was_deleted_twice_has_to_be_named_and_what_never_was_is_not_found() {
    let ns = ControlPlane::shared().namespace("twice");
    left_behind(&ns, "db", "standard", 2);
    ended(ns.sts(&prune(&["--apply", "--yes"])).run(), 0);
    scale(&ns, "db", 2);
    scale(&ns, "db", 1);
    ns.wait_until(crate::prune::SOON, "the claim is unused", |ns| {
        let claim = ns.json(&["get", "pvc", "data-db-1"]);
        claim["status"]["conditions"].to_string().contains("NoPodsUsingPVC")
    });
    ended(ns.sts(&prune(&["--apply", "--yes"])).run(), 0);
    let output = ended(ns.sts(&["pvc", "restore", "data-db-1", "--yes"]).run(), 9);
    says(&output, &["2 times"]);
    ended(ns.sts(&["pvc", "restore", "data-db-7", "--yes"]).run(), 9);
    ended(ns.sts(&["pvc", "restore", "pod/db-1", "--yes"]).run(), 2);
}

#[test]
fn a_claim_that_was_to_grow_comes_back_with_the_size_its_volume_has() {
    let ns = ControlPlane::shared().namespace("size");
    left_behind(&ns, "db", "standard", 2);
    ended(ns.sts(&prune(&["--apply", "--yes"])).run(), 0);
    let volume = is_in_trash(&ns, "data-db-1");
    let kept = volume["metadata"]["annotations"]["kubectl-sts.io/claim"].as_str().unwrap();
    let mut claim: Value = serde_json::from_str(kept).unwrap();
    claim["spec"]["resources"]["requests"]["storage"] = json!("5Gi");
    let name = volume["metadata"]["name"].as_str().unwrap();
    let annotation = format!("kubectl-sts.io/claim={claim}");
    ns.kubectl_ok(&["annotate", "pv", name, "--overwrite", &annotation]);
    ended(ns.sts(&["pvc", "restore", "data-db-1", "--yes"]).run(), 0);
    is_as_before(&ns, "data-db-1");
}
