//! The storage of deleted claims is given back, and only theirs.

use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::prune::is_in_trash;
use crate::prune::left_behind;
use crate::prune::prune;
use crate::rollouts::ended;
use crate::rollouts::says;

const EMPTY: [&str; 5] = ["pvc", "trash", "empty", "--older-than", "0s"];

fn has_volume(ns: &Namespace<'_>, name: &str) -> bool {
    ns.kubectl(&["get", "pv", name]).code == 0
}

#[test]
fn released_and_reserved_volumes_go_with_their_files_on_both_kinds_of_storage() {
    for class in ["standard", "csi"] {
        let ns = ControlPlane::csi().namespace("trash");
        left_behind(&ns, "db", class, 3);
        ended(ns.sts(&prune(&["--apply", "--yes"])).run(), 0);
        let volumes = ["data-db-1", "data-db-2"].map(|claim| is_in_trash(&ns, claim));
        let files = volumes.clone().map(|volume| ns.control_plane().files_of(&volume));
        let names = volumes.map(|volume| volume["metadata"]["name"].as_str().unwrap().to_owned());
        let reserve = json!({ "spec": { "claimRef": { "uid": null, "resourceVersion": null } } });
        ns.kubectl_ok(&["patch", "pv", &names[0], "--type=merge", "-p", &reserve.to_string()]);

        let listed = ended(ns.sts(&["pvc", "trash", "list", "-o", "json"]).run(), 0).json();
        assert_eq!(
            (&listed["kind"], &listed["totals"]["volumes"]),
            (&json!("TrashList"), &json!(2))
        );
        let young = ended(ns.sts(&["pvc", "trash", "empty", "--apply", "--yes"]).run(), 0);
        says(&young, &["too young"]);
        says(&ended(ns.sts(&EMPTY).run(), 0), &["--apply"]);
        ended(ns.sts(&[&EMPTY[..], &["--apply"]].concat()).run(), 9);
        assert!(files.iter().all(|files| files.exists()), "nothing has gone so far");

        ended(ns.sts(&[&EMPTY[..], &["--apply", "--yes"]].concat()).run(), 0);
        for (name, files) in names.iter().zip(&files) {
            assert!(!has_volume(&ns, name), "{name}");
            assert!(!files.exists(), "{}", files.display());
        }
    }
}

#[test]
fn what_is_not_trash_of_ours_stays() {
    let ns = ControlPlane::shared().namespace("trash");
    left_behind(&ns, "db", "standard", 3);
    let retained = ns.volume("data-db-2")["metadata"]["name"].as_str().unwrap().to_owned();
    let retain = json!({ "spec": { "persistentVolumeReclaimPolicy": "Retain" } }).to_string();
    ns.kubectl_ok(&["patch", "pv", &retained, "-p", &retain]);
    // Deleted by hand: its volume was never put aside by us.
    let by_hand = ns.volume("data-db-1")["metadata"]["name"].as_str().unwrap().to_owned();
    ns.kubectl_ok(&["patch", "pv", &by_hand, "-p", &retain]);
    ns.kubectl_ok(&["delete", "pvc", "data-db-1"]);
    ended(ns.sts(&prune(&["--apply", "--yes"])).run(), 0);
    let output = ended(ns.sts(&[&EMPTY[..], &["--apply", "--yes"]].concat()).run(), 0);
    says(&output, &["was Retain before"]);
    assert!(has_volume(&ns, &retained) && has_volume(&ns, &by_hand));
    let listed = ended(ns.sts(&["pvc", "trash", "list", "-o", "json"]).run(), 0).json();
    assert_eq!(listed["totals"]["volumes"], 1, "{listed}");
}
