//! What a cluster has besides: kinds of others, and storage classes.

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;

/// Makes kinds and classes, and waits until the kinds are served.
pub(super) fn furnish(control_plane: &ControlPlane) {
    let kinds = [
        ("campaign.example.com", "v1", "Backup", "backups"),
        ("campaign.example.com", "v1", "Database", "databases"),
        ("apps.kruise.io", "v1beta1", "StatefulSet", "statefulsets"),
        ("snapshot.storage.k8s.io", "v1", "VolumeSnapshot", "volumesnapshots"),
    ];
    for (group, version, kind, plural) in kinds {
        post(
            control_plane,
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            &definition(group, version, kind, plural),
        );
    }
    let classes = [
        // Makes a volume once a pod uses the claim.
        ("later", "kubernetes.io/host-path", "WaitForFirstConsumer"),
        // Never makes one.
        ("nobody", "nobody.example.com", "Immediate"),
    ];
    for (name, provisioner, mode) in classes {
        let class = json!({
            "metadata": { "name": name }, "provisioner": provisioner, "volumeBindingMode": mode,
        });
        post(control_plane, "/apis/storage.k8s.io/v1/storageclasses", &class);
    }
    for (group, version, _, plural) in kinds {
        let path = format!("/apis/{group}/{version}/{plural}");
        super::within(super::PATIENCE, &path, || {
            control_plane.request("GET", &path, &Value::Null).is_ok_and(|(status, _)| status == 200)
        });
    }
}

fn post(control_plane: &ControlPlane, path: &str, body: &Value) {
    let (status, answer) = control_plane.request("POST", path, body).unwrap();
    assert_eq!(status, 201, "POST {path}: {answer}");
}

fn definition(group: &str, version: &str, kind: &str, plural: &str) -> Value {
    let schema = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {
            "name": format!("{plural}.{group}"),
            "annotations": { "api-approved.kubernetes.io": "unapproved, a test" },
        },
        "spec": {
            "group": group, "scope": "Namespaced",
            "names": { "kind": kind, "plural": plural, "singular": kind.to_lowercase() },
            "versions": [{
                "name": version, "served": true, "storage": true,
                "schema": { "openAPIV3Schema": schema },
            }],
        },
    })
}
