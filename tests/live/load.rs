//! The cluster that the benchmarks fill looks as if its controllers had done it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::ControlPlane;
use crate::harness::Options;

fn items(control_plane: &ControlPlane, path: &str) -> Vec<Value> {
    let (status, list) = control_plane.request("GET", path, &Value::Null).unwrap_or_default();
    assert_eq!(status, 200, "{path}: {list}");
    list["items"].as_array().cloned().unwrap_or_default()
}

fn unused(claim: &Value) -> &Value {
    &claim["status"]["conditions"][0]["status"]
}

#[test]
fn a_filled_cluster_has_pods_of_sets_and_claims_left_behind() {
    let control_plane = ControlPlane::start(&Options::default());
    control_plane.load("--namespaces 2 --sets 4 --replicas 3 --left-behind 6");

    let sets = items(&control_plane, "/apis/apps/v1/statefulsets");
    let uids: BTreeSet<&str> =
        sets.iter().filter_map(|set| set["metadata"]["uid"].as_str()).collect();
    assert_eq!(uids.len(), 4);
    for set in &sets {
        assert_eq!(set["status"]["readyReplicas"], 3, "{set}");
        assert_eq!(set["status"]["observedGeneration"], set["metadata"]["generation"], "{set}");
    }

    let pods = items(&control_plane, "/api/v1/pods");
    assert_eq!(pods.len(), 12);
    for pod in &pods {
        let owner = &pod["metadata"]["ownerReferences"][0];
        assert!(owner["uid"].as_str().is_some_and(|uid| uids.contains(uid)), "{pod}");
        let set = sets.iter().find(|set| set["metadata"]["uid"] == owner["uid"]);
        let revision = &pod["metadata"]["labels"]["controller-revision-hash"];
        assert_eq!(set.map(|set| &set["status"]["updateRevision"]), Some(revision));
    }

    let claims = items(&control_plane, "/api/v1/persistentvolumeclaims");
    let left: Vec<&str> = claims
        .iter()
        .filter(|claim| unused(claim) == "True")
        .filter_map(|claim| claim["metadata"]["name"].as_str())
        .collect();
    assert_eq!(claims.len(), 18);
    assert_eq!(claims.iter().filter(|claim| unused(claim) == "False").count(), 12);
    assert_eq!(left.iter().filter(|name| name.starts_with("data-retired-")).count(), 3);
    assert_eq!(left.iter().filter(|name| name.starts_with("data-db-")).count(), 3);
    let volumes = items(&control_plane, "/api/v1/persistentvolumes");
    let bound = |volume: &&Value| {
        claims.iter().any(|claim| claim["metadata"]["uid"] == volume["spec"]["claimRef"]["uid"])
    };
    assert_eq!(volumes.iter().filter(bound).count(), 18);
}
