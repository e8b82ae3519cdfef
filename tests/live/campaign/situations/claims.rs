//! Claims that say something themselves, and those whose volumes are worked on.

use serde_json::json;

use crate::campaign::plot::Plot;
use crate::campaign::truth::Left;
use crate::campaign::truth::Truth;

pub(super) fn kept(plot: &mut Plot) {
    let claim = plot.otherwise_left(Truth::Wanted("somebody marked it to be kept"));
    let number = plot.random.below(5);
    plot.alter(&claim, |claim| {
        let (kind, key, value) = match number {
            0 => ("annotations", "kubectl-sts.io/keep", "true"),
            1 => ("annotations", "helm.sh/resource-policy", "keep"),
            2 => ("labels", "kor/used", "true"),
            3 => ("annotations", "argocd.argoproj.io/sync-options", "Prune=false"),
            _ => ("annotations", "argocd.argoproj.io/sync-options", "Replace=true,Delete=false"),
        };
        claim["metadata"][kind][key] = json!(value);
    });
}

/// Something else keeps it from going.
pub(super) fn finalizer(plot: &mut Plot) {
    let claim = plot.otherwise_left(Truth::Wanted("somebody works with it"));
    plot.alter(&claim, |claim| {
        claim["metadata"]["finalizers"] = json!(["snapshot.storage.example.com/in-progress"]);
    });
}

/// Told to go by somebody else, and kept by a finalizer.
pub(super) fn terminating(plot: &mut Plot) {
    let claim = plot.otherwise_left(Truth::Human("somebody told it to go already"));
    plot.alter(&claim, |claim| {
        claim["metadata"]["finalizers"] = json!(["example.com/hold"]);
    });
    if let Some(planned) = plot.claims.get_mut(&claim) {
        planned.going = true;
    }
    let path = format!("/api/v1/namespaces/{{ns}}/persistentvolumeclaims/{claim}");
    plot.send(3, "DELETE", &path, json!({}));
}

/// Another is being filled from it.
pub(super) fn cloned(plot: &mut Plot) {
    let source = plot.otherwise_left(Truth::Wanted("another is being filled from it"));
    let name = plot.word();
    let clone = plot.claim(&name, "kubectl-create", Truth::Human("no set gives such a name"));
    plot.alter(&clone, |claim| {
        claim["spec"]["storageClassName"] = json!("nobody");
        claim["spec"]["dataSource"] = json!({ "kind": "PersistentVolumeClaim", "name": source });
    });
    if let Some(planned) = plot.claims.get_mut(&clone) {
        planned.bound = false;
    }
}

pub(super) fn snapshot(plot: &mut Plot) {
    let ready = plot.random.percent(40);
    let claim = if ready {
        let set = plot.a_set(0, 1);
        plot.live(&set);
        plot.as_controller(&set, 1, Truth::Left(Left::scaled_down()))
    } else {
        plot.otherwise_left(Truth::Wanted("a snapshot of it is being made"))
    };
    let name = plot.word();
    let manifest = json!({
        "apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshot",
        "metadata": { "name": name },
        "spec": { "source": { "persistentVolumeClaimName": claim } },
        "status": { "readyToUse": ready },
    });
    plot.create(1, "apis/snapshot.storage.k8s.io/v1", "volumesnapshots", manifest);
}

/// Its volume is still attached to a node. It is one of a CSI driver: no others are attached by
/// way of an object.
pub(super) fn attached(plot: &mut Plot) {
    let claim = plot.otherwise_left(Truth::Wanted("its volume is attached"));
    let name = format!("{{ns}}-{claim}");
    let volume = json!({
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {
            "name": name,
            "annotations": { "pv.kubernetes.io/provisioned-by": "csi.example.com" },
        },
        "spec": {
            "capacity": { "storage": "1Mi" }, "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Delete", "storageClassName": "",
            "csi": { "driver": "csi.example.com", "volumeHandle": name },
            "claimRef": { "namespace": "{ns}", "name": claim },
        },
    });
    plot.send(0, "POST", "/api/v1/persistentvolumes", volume);
    plot.alter(&claim, |manifest| {
        manifest["spec"]["storageClassName"] = json!("");
        manifest["spec"]["volumeName"] = json!(name);
    });
    let manifest = json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment",
        "metadata": { "name": name },
        "spec": {
            "attacher": "csi.example.com", "nodeName": "node-0",
            "source": { "persistentVolumeName": name },
        },
    });
    let path = "/apis/storage.k8s.io/v1/volumeattachments";
    plot.send(2, "POST", path, manifest);
    let attached = json!({ "status": { "attached": true } });
    plot.send(3, "PATCH", &format!("{path}/{name}/status"), attached);
}
