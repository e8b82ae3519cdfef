use serde_json::json;

use super::*;
use crate::model::ordinal::OrdinalRange;
use crate::model::set::PodManagement;

fn live() -> Value {
    json!({
        "metadata": {
            "name": "db", "namespace": "prod", "uid": "1", "resourceVersion": "7", "generation": 3,
            "creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": [{}],
            "labels": { "app": "db", "others": "kept" },
            "annotations": { "note": "of others" },
            "ownerReferences": [{ "kind": "Cluster", "name": "x", "uid": "2" }],
        },
        "spec": {
            "replicas": 3,
            "serviceName": "db",
            "podManagementPolicy": "OrderedReady",
            "selector": { "matchLabels": { "app": "db" } },
            "template": {
                "metadata": { "labels": { "app": "db" }, "annotations": { "restartedAt": "now" } },
                "spec": { "containers": [{
                    "name": "app", "image": "db:v1", "imagePullPolicy": "Always",
                    "volumeMounts": [{ "name": "data", "mountPath": "/d" }],
                }] },
            },
            "volumeClaimTemplates": [{
                "metadata": { "name": "data", "creationTimestamp": null },
                "spec": { "resources": { "requests": { "storage": "1Gi" } }, "volumeMode": "Filesystem" },
                "status": { "phase": "Pending" },
            }],
        },
        "status": { "replicas": 3 },
    })
}

fn manifest() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": { "name": "db", "labels": { "app": "db" } },
        "spec": {
            "serviceName": "other",
            "selector": { "matchLabels": { "app": "db" } },
            "template": {
                "metadata": { "labels": { "app": "db" } },
                "spec": { "containers": [{ "name": "app", "image": "db:v1" }] },
            },
        },
    })
}

#[test]
fn a_copy_holds_what_a_user_writes_and_nothing_of_the_server() {
    let copy = copy(&live());
    assert_eq!(copy["apiVersion"], "apps/v1");
    assert_eq!(copy["kind"], "StatefulSet");
    assert_eq!(copy["status"], Value::Null);
    assert_eq!(copy["spec"], live()["spec"]);
    let metadata: Vec<&String> = copy["metadata"].as_object().unwrap().keys().collect();
    assert_eq!(metadata, ["annotations", "labels", "name", "namespace", "ownerReferences"]);
}

#[test]
fn what_others_wrote_stays_and_what_was_applied_once_goes() {
    let mut live = live();
    let before = json!({
        "metadata": { "labels": { "app": "db", "old": "x" } },
        "spec": { "minReadySeconds": 5, "template": { "spec": { "nodeName": "n" } } },
    });
    live["metadata"]["annotations"][LAST_APPLIED] = before.to_string().into();
    live["metadata"]["labels"]["old"] = "x".into();
    live["spec"]["minReadySeconds"] = 5.into();
    live["spec"]["template"]["spec"]["nodeName"] = "n".into();

    let set = successor(&live, &change(&live, &manifest()));

    assert_eq!(set["metadata"]["labels"], json!({ "app": "db", "others": "kept" }));
    assert_eq!(set["metadata"]["annotations"]["note"], "of others");
    assert_eq!(set["metadata"]["namespace"], "prod");
    let spec = &set["spec"];
    assert_eq!((&spec["serviceName"], &spec["replicas"]), (&json!("other"), &json!(3)));
    assert_eq!(spec["template"]["metadata"]["annotations"]["restartedAt"], "now");
    assert_eq!(
        (&spec["minReadySeconds"], &spec["template"]["spec"]["nodeName"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(spec["volumeClaimTemplates"], live["spec"]["volumeClaimTemplates"]);
    let remembered = set["metadata"]["annotations"][LAST_APPLIED].as_str().unwrap();
    let remembered: Value = serde_json::from_str(remembered).unwrap();
    assert_eq!(remembered["spec"], manifest()["spec"], "a later apply finds no difference");
    assert_eq!(remembered["metadata"]["namespace"], "prod");
}

#[test]
fn nothing_is_remembered_for_an_apply_that_never_was() {
    let set = successor(&live(), &change(&live(), &manifest()));
    assert_eq!(set["metadata"]["annotations"], json!({ "note": "of others" }));
}

#[test]
fn without_the_server_what_is_not_said_is_as_it_was() {
    let mut wanted = successor(&live(), &change(&live(), &manifest()));
    wanted["spec"]["volumeClaimTemplates"] = json!([{
        "metadata": { "name": "data" }, "spec": { "resources": { "requests": { "storage": "2Gi" } } },
    }]);
    let filled = filled_in(&live(), &wanted);
    let container = &filled["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["imagePullPolicy"], "Always");
    let claim = &filled["spec"]["volumeClaimTemplates"][0]["spec"];
    assert_eq!(
        (&claim["volumeMode"], &claim["resources"]["requests"]["storage"]),
        (&json!("Filesystem"), &json!("2Gi"))
    );
}

#[test]
fn a_shape_is_what_only_a_new_set_can_have_otherwise() {
    let shape = shape(&live()).unwrap();
    assert_eq!((shape.service.as_str(), shape.query.as_str()), ("db", "app=db"));
    assert_eq!(shape.management, PodManagement::OrderedReady);
    assert_eq!(shape.wanted, OrdinalRange { start: 0, replicas: 3 });
    let [claim] = shape.claims.as_slice() else { panic!("{:?}", shape.claims) };
    assert_eq!((claim.name.as_str(), claim.requested.as_deref()), ("data", Some("1Gi")));
    assert!(!claim.json.contains("Pending") && !claim.json.contains("creationTimestamp"));
    assert_eq!(
        (shape.unknown_volumes.len(), shape.finalizers.len(), shape.deleting),
        (0, 0, false)
    );
}

#[test]
fn a_mount_of_nothing_is_found() {
    let mut set = live();
    set["spec"]["volumeClaimTemplates"] = json!([]);
    assert_eq!(shape(&set).unwrap().unknown_volumes, ["data"]);
    set["spec"]["template"]["spec"]["volumes"] = json!([{ "name": "data", "emptyDir": {} }]);
    assert!(shape(&set).unwrap().unknown_volumes.is_empty());
}

#[test]
fn a_set_that_was_never_on_a_server_has_a_shape_too() {
    let mut bare = manifest();
    bare["metadata"] = json!({ "generateName": "db-" });
    assert_eq!(shape(&bare).unwrap().service, "other");
    bare["spec"]["selector"] = Value::Null;
    assert!(shape(&bare).is_err());
}
