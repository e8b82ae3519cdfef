//! `tree`: what hangs on a set, and where its pods could go.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Options;
use crate::rollouts::ended;
use crate::rollouts::says;

const SOON: Duration = Duration::from_secs(30);

fn document(ns: &Namespace<'_>) -> Value {
    ended(ns.sts(&["tree", "db", "-o", "json"]).run(), 0).json()
}

/// Every pod of a tree by its name.
fn pod(tree: &Value, name: &str) -> Value {
    let revisions = tree["revisions"].as_array().unwrap();
    let mut pods = revisions.iter().flat_map(|revision| revision["pods"].as_array().unwrap());
    pods.find(|pod| pod["name"] == name).unwrap().clone()
}

#[test]
fn everything_is_where_kubectl_shows_it() {
    let ns = ControlPlane::shared().namespace("tree");
    ns.set("db").partition(2).claims("1Gi").create_ready();
    ns.set_image("db", "app:v2");
    ns.wait_images("db", "0:v1 1:v1 2:v2");
    let tree = document(&ns);
    for (ordinal, object) in ns.pods("db") {
        let name = format!("db-{ordinal}");
        let pod = pod(&tree, &name);
        let node = object["spec"]["nodeName"].as_str().unwrap();
        assert_eq!(pod["node"], node, "{tree:#}");
        let labels = ns.json(&["get", "node", node])["metadata"]["labels"].clone();
        assert_eq!(pod["zone"], labels["topology.kubernetes.io/zone"]);
        let claim = ns.json(&["get", "pvc", &format!("data-{name}")]);
        assert_eq!(pod["claims"][0]["volume"]["name"], claim["spec"]["volumeName"]);
        let volume = ns.json(&["get", "pv", claim["spec"]["volumeName"].as_str().unwrap()]);
        assert_eq!(
            pod["claims"][0]["volume"]["reclaimPolicy"],
            volume["spec"]["persistentVolumeReclaimPolicy"]
        );
        assert_eq!(pod["otherNodes"].as_array().unwrap().len(), 2, "three nodes, any will do");
    }
    let update = ns.read_set("db")["status"]["updateRevision"].clone();
    assert_eq!(
        (&tree["revisions"][0]["name"], &tree["revisions"][0]["role"]),
        (&update, &json!("update"))
    );

    let text = ended(ns.sts(&["tree", "db"]).run(), 0);
    says(
        &text,
        &["└─ pod/db-2  Ready  on node-", "could run on 2 other nodes (node-", "app=app:v2"],
    );
    says(&text, &["not considered: room on nodes"]);
    let mermaid = ended(ns.sts(&["tree", "db", "-o", "mermaid"]).run(), 0);
    assert!(mermaid.stdout.starts_with("flowchart LR\n"), "{mermaid}");
    says(&mermaid, &["[\"pod/db-2<br/>Ready\"]", "[\"zone/zone-"]);
    let dot = ended(ns.sts(&["tree", "db", "-o", "dot"]).run(), 0);
    assert!(dot.stdout.starts_with("digraph {\n") && dot.stdout.ends_with("}\n"), "{dot}");
    says(&ended(ns.sts(&["tree", "db", "-o", "yaml"]).run(), 0), &["kind: Tree"]);

    ns.patch_set("db", &json!({ "spec": { "replicas": 1 } }));
    ns.wait_images("db", "0:v1");
    let left = document(&ns)["leftBehind"].clone();
    let names: Vec<&Value> = left.as_array().unwrap().iter().map(|claim| &claim["name"]).collect();
    assert_eq!(names, ["data-db-1", "data-db-2"]);
}

/// Volumes of `db` that only these zones can reach, ready to be bound.
fn volume(ns: &Namespace<'_>, ordinal: u32, zones: &[&str]) {
    let name = format!("{}-{ordinal}", ns.name());
    ns.post(
        "/api/v1/persistentvolumes",
        &json!({
            "metadata": { "name": name },
            "spec": {
                "capacity": { "storage": "1Gi" },
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "by-hand",
                "persistentVolumeReclaimPolicy": "Retain",
                "hostPath": { "path": format!("/tmp/none/{name}") },
                "claimRef": { "namespace": ns.name(), "name": format!("data-db-{ordinal}") },
                "nodeAffinity": { "required": { "nodeSelectorTerms": [{ "matchExpressions": [
                    { "key": "topology.kubernetes.io/zone", "operator": "In", "values": zones },
                ] }] } },
            },
        }),
    );
}

#[test]
fn a_volume_ties_its_pod_to_a_zone() {
    let control_plane = ControlPlane::start(&Options { nodes: Some(4), ..Options::default() });
    let ns = control_plane.namespace("tied");
    volume(&ns, 0, &["zone-a"]);
    volume(&ns, 1, &["zone-b"]);
    ns.set("db")
        .replicas(2)
        .claims("1Gi")
        .with(|set| {
            set["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"] = "by-hand".into();
        })
        .create_ready();
    // node-0 and node-3 are in zone-a, node-1 is alone in zone-b.
    let tree = document(&ns);
    let at = pod(&tree, "db-0")["node"].as_str().unwrap().to_owned();
    let other = if at == "node-0" { "node-3" } else { "node-0" };
    assert_eq!(pod(&tree, "db-0")["otherNodes"], json!([other]), "{tree:#}");
    assert_eq!(pod(&tree, "db-1")["otherNodes"], json!([]));
    assert_eq!(pod(&tree, "db-1")["claims"][0]["volume"]["nodes"], json!(["node-1"]));
    let text = ended(ns.sts(&["tree", "db"]).run(), 0);
    says(&text, &["db-1: nowhere else to go when the node is lost", "only on node-1"]);
    says(&text, &["could run on no other node", &format!("could run on 1 other node ({other})")]);

    // The scheduler is of the same mind: with its only node cordoned, the pod cannot run anywhere.
    control_plane.kubectl(&["cordon", "node-1"]).success();
    ns.kubectl_ok(&["delete", "pod", "db-1"]);
    ns.wait_until(SOON, "no node takes the pod", |ns| {
        let page = ns.sts(&["tree", "db"]).run().stdout;
        page.contains("pod/db-1  Unschedulable  on no node")
            && page.contains("could run on no node")
    });
    control_plane.kubectl(&["uncordon", "node-1"]).success();
    ns.wait_ready("db");
    assert_eq!(pod(&document(&ns), "db-1")["node"], "node-1");

    // Taints count as well.
    control_plane.kubectl(&["taint", "node", other, "dedicated=web:NoSchedule"]).success();
    let tree = document(&ns);
    assert_eq!(pod(&tree, "db-0")["otherNodes"], json!([]), "{tree:#}");
}

#[test]
fn what_may_not_be_read_is_unknown_in_the_tree_too() {
    let ns = ControlPlane::shared().namespace("tree-blind");
    ns.set("db").replicas(1).claims("1Gi").create_ready();
    ns.apply(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: look}\nrules:\n\
         - {apiGroups: [apps], resources: [statefulsets, controllerrevisions], verbs: [get, list]}\n\
         - {apiGroups: [''], resources: [pods, persistentvolumeclaims], verbs: [list]}\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: look}\n\
         roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: look}\n\
         subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: climber}]\n",
    );
    let look = |words: &[&str]| ns.sts(&[words, &["--as", "climber"]].concat()).run();
    ns.wait_until(SOON, "the role works", |_| look(&["tree", "db"]).code == 0);
    let text = ended(look(&["tree", "db"]), 0);
    says(&text, &["where it could run is unknown", "nodes unknown: nodes is forbidden"]);
    says(&text, &["volumes unknown: persistentvolumes \"pvc-"]);
    let tree = ended(look(&["tree", "db", "-o", "json"]), 0).json();
    assert_eq!(pod(&tree, "db-0")["otherNodes"], Value::Null, "{tree:#}");
    assert_eq!(pod(&tree, "db-0")["claims"][0]["volume"]["exists"], Value::Null);
}
