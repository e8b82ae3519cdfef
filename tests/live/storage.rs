//! The storage of the control plane: that the driver, its sidecars and its faults behave as other tests assume.

use std::thread;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::Component;
use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Options;

const SOON: Duration = Duration::from_secs(30);

/// Long enough for something that would happen to happen.
const A_WHILE: Duration = Duration::from_secs(2);

/// A set of two with claims of that class, and a file on each volume.
#[track_caller]
fn two_with_files(ns: &Namespace<'_>, class: &str) {
    ns.set("db").replicas(2).claims("1Gi").storage_class(class).create_ready();
    for pod in ["db-0", "db-1"] {
        ns.write_file(pod, "data/file", &format!("of {pod}"));
    }
}

fn read_claim(ns: &Namespace<'_>, claim: &str) -> Value {
    ns.json(&["get", "pvc", claim])
}

/// Asks for a size and does not wait.
#[track_caller]
fn grow(ns: &Namespace<'_>, claim: &str, size: &str) {
    let patch = json!({ "spec": { "resources": { "requests": { "storage": size } } } });
    ns.kubectl_ok(&["patch", "pvc", claim, "-p", &patch.to_string()]);
}

#[track_caller]
fn wait_capacity(ns: &Namespace<'_>, claim: &str, size: &str) {
    ns.wait_until(SOON, &format!("{claim} has {size}"), |ns| {
        read_claim(ns, claim)["status"]["capacity"]["storage"] == size
    });
}

/// A condition of a claim that is true.
fn condition(ns: &Namespace<'_>, claim: &str, kind: &str) -> Option<Value> {
    let claim = read_claim(ns, claim);
    let conditions = claim["status"]["conditions"].as_array().cloned().unwrap_or_default();
    conditions.into_iter().find(|c| c["type"] == kind && c["status"] == "True")
}

#[track_caller]
fn take_snapshot(ns: &Namespace<'_>, name: &str, claim: &str) {
    ns.apply(&format!(
        "{{apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshot, metadata: {{name: {name}}}, \
         spec: {{volumeSnapshotClassName: csi, source: {{persistentVolumeClaimName: {claim}}}}}}}"
    ));
}

fn snapshot_status(ns: &Namespace<'_>, name: &str) -> Value {
    ns.json(&["get", "volumesnapshot", name])["status"].clone()
}

/// A pod `reader` with a new claim from that source at `/data`.
#[track_caller]
fn read_copy(ns: &Namespace<'_>, source: &str) -> String {
    ns.apply(&format!(
        r"
{{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: copy}}, spec: {{storageClassName: csi, dataSource: {source},
  accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}}}
---
{{apiVersion: v1, kind: Pod, metadata: {{name: reader}}, spec: {{
  containers: [{{name: app, image: 'app:v1', volumeMounts: [{{name: data, mountPath: /data}}]}}],
  volumes: [{{name: data, persistentVolumeClaim: {{claimName: copy}}}}]}}}}"
    ));
    ns.kubectl_ok(&["wait", "--for=condition=Ready", "pod/reader", "--timeout=30s"]);
    ns.read_file("reader", "data/file")
}

#[test]
fn volumes_hold_files_and_grow() {
    let ns = ControlPlane::csi().namespace("grow");
    two_with_files(&ns, "csi");
    grow(&ns, "data-db-0", "2Gi");
    wait_capacity(&ns, "data-db-0", "2Gi");
    assert_eq!(ns.volume("data-db-0")["spec"]["capacity"]["storage"], "2Gi");
    assert_eq!(ns.volume("data-db-1")["spec"]["capacity"]["storage"], "1Gi");
    ns.kubectl_ok(&["delete", "pods", "--all"]);
    ns.wait_ready("db");
    for pod in ["db-0", "db-1"] {
        assert_eq!(ns.read_file(pod, "data/file"), format!("of {pod}"));
    }
}

#[test]
fn classes_differ_in_growth_and_binding() {
    let ns = ControlPlane::csi().namespace("classes");
    ns.set("fixed").replicas(1).claims("1Gi").storage_class("csi-fixed").create_ready();
    let patch = r#"{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}"#;
    let refused = ns.kubectl(&["patch", "pvc", "data-fixed-0", "-p", patch]);
    assert!(refused.stderr.contains("must support resize"), "{refused}");
    ns.set("late").replicas(1).claims("1Gi").storage_class("csi-late").create_ready();
    let late = read_claim(&ns, "data-late-0");
    assert!(
        late["metadata"]["annotations"]["volume.kubernetes.io/selected-node"].is_string(),
        "{late}"
    );
}

#[test]
fn nobody_grows_a_volume_of_the_other_kind() {
    let ns = ControlPlane::shared().namespace("silent");
    ns.set("db").replicas(1).claims("1Gi").storage_class("standard-expandable").create_ready();
    grow(&ns, "data-db-0", "2Gi");
    thread::sleep(A_WHILE);
    let claim = read_claim(&ns, "data-db-0");
    assert_eq!(claim["status"]["capacity"]["storage"], "1Gi", "{claim}");
    assert!(claim["status"]["allocatedResourceStatuses"].is_null(), "{claim}");
    assert!(condition(&ns, "data-db-0", "Resizing").is_none(), "{claim}");
}

#[test]
fn growth_that_cannot_be_is_said_in_the_claim() {
    let ns = ControlPlane::csi().namespace("infeasible");
    two_with_files(&ns, "csi");
    ns.fault("data-db-0", "expand infeasible");
    grow(&ns, "data-db-0", "2Gi");
    grow(&ns, "data-db-1", "2Gi");
    wait_capacity(&ns, "data-db-1", "2Gi");
    let status = |ns: &Namespace<'_>| {
        read_claim(ns, "data-db-0")["status"]["allocatedResourceStatuses"]["storage"].clone()
    };
    ns.wait_until(SOON, "it is infeasible", |ns| status(ns) == "ControllerResizeInfeasible");
    ns.wait_until(SOON, "it says why", |ns| {
        condition(ns, "data-db-0", "ControllerResizeError").is_some()
    });
    ns.fault("data-db-0", "expand none");
    wait_capacity(&ns, "data-db-0", "2Gi");
}

#[test]
fn growth_fails_hangs_and_takes_its_time() {
    let ns = ControlPlane::csi().namespace("growth");
    two_with_files(&ns, "csi");
    ns.fault("*", "expand hang");
    grow(&ns, "data-db-0", "2Gi");
    ns.wait_until(SOON, "it begins", |ns| condition(ns, "data-db-0", "Resizing").is_some());
    thread::sleep(A_WHILE);
    assert_eq!(read_claim(&ns, "data-db-0")["status"]["capacity"]["storage"], "1Gi");
    ns.fault("*", "expand fail");
    ns.wait_until(SOON, "it fails", |ns| {
        condition(ns, "data-db-0", "ControllerResizeError").is_some()
    });
    assert_eq!(
        read_claim(&ns, "data-db-0")["status"]["allocatedResourceStatuses"]["storage"],
        "ControllerResizeInProgress"
    );
    ns.fault("*", "expand slow 1s");
    wait_capacity(&ns, "data-db-0", "2Gi");
}

#[test]
fn growth_waits_for_the_node() {
    let ns = ControlPlane::csi().namespace("node");
    two_with_files(&ns, "csi");
    ns.fault("data-db-0", "expand needs-node");
    grow(&ns, "data-db-0", "2Gi");
    ns.wait_until(SOON, "the node is awaited", |ns| {
        condition(ns, "data-db-0", "FileSystemResizePending").is_some()
    });
    let claim = read_claim(&ns, "data-db-0");
    assert_eq!(claim["status"]["capacity"]["storage"], "1Gi", "{claim}");
    assert_eq!(
        claim["status"]["allocatedResourceStatuses"]["storage"], "NodeResizePending",
        "{claim}"
    );
    ns.grow_file_system("data-db-0");
    wait_capacity(&ns, "data-db-0", "2Gi");
    assert!(condition(&ns, "data-db-0", "FileSystemResizePending").is_none());
}

#[test]
fn snapshot_holds_the_files_of_its_moment() {
    let ns = ControlPlane::csi().namespace("snapshot");
    two_with_files(&ns, "csi");
    take_snapshot(&ns, "before", "data-db-0");
    ns.wait_until(SOON, "it is ready", |ns| snapshot_status(ns, "before")["readyToUse"] == true);
    ns.write_file("db-0", "data/file", "later");
    let source = "{apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: before}";
    assert_eq!(read_copy(&ns, source), "of db-0");
}

#[test]
fn clone_holds_the_files_of_its_source() {
    let ns = ControlPlane::csi().namespace("clone");
    two_with_files(&ns, "csi");
    assert_eq!(read_copy(&ns, "{kind: PersistentVolumeClaim, name: data-db-1}"), "of db-1");
}

#[test]
fn snapshots_fail_and_are_not_ready() {
    let ns = ControlPlane::csi().namespace("snapshots");
    two_with_files(&ns, "csi");
    ns.fault("data-db-0", "snapshot fail");
    ns.fault("data-db-1", "snapshot never-ready");
    take_snapshot(&ns, "failing", "data-db-0");
    take_snapshot(&ns, "unready", "data-db-1");
    ns.wait_until(SOON, "it says why", |ns| {
        let status = snapshot_status(ns, "failing");
        status["error"]["message"].as_str().is_some_and(|message| message.contains("cannot"))
    });
    ns.wait_until(SOON, "it is taken", |ns| {
        snapshot_status(ns, "unready")["creationTime"].is_string()
    });
    assert_eq!(snapshot_status(&ns, "unready")["readyToUse"], false);
    ns.fault("*", "snapshot none");
    for name in ["failing", "unready"] {
        ns.wait_until(SOON, "it is ready", |ns| snapshot_status(ns, name)["readyToUse"] == true);
    }
}

#[test]
fn released_volume_loses_its_files_when_it_may_go_and_can() {
    let ns = ControlPlane::csi().namespace("released");
    two_with_files(&ns, "csi");
    let volume = ns.volume("data-db-1");
    let name = volume["metadata"]["name"].as_str().unwrap();
    let file = ns.control_plane().files_of(&volume).join("file");
    let reclaim = |policy: &str| {
        let patch = json!({ "spec": { "persistentVolumeReclaimPolicy": policy } });
        ns.kubectl_ok(&["patch", "pv", name, "-p", &patch.to_string()]);
    };
    reclaim("Retain");
    ns.kubectl_ok(&["scale", "statefulset/db", "--replicas=1"]);
    ns.kubectl_ok(&["delete", "pvc/data-db-1"]);
    let phase = |ns: &Namespace<'_>| ns.json(&["get", "pv", name])["status"]["phase"].clone();
    ns.wait_until(SOON, "it is released", |ns| phase(ns) == "Released");
    thread::sleep(A_WHILE);
    assert!(file.exists(), "it may not go");

    ns.fault("data-db-1", "delete fail");
    reclaim("Delete");
    ns.wait_until(SOON, "it cannot go", |ns| {
        let of_volume = format!("--field-selector=involvedObject.name={name}");
        ns.control_plane()
            .kubectl(&["get", "events", "-n", "default", &of_volume])
            .stdout
            .contains("VolumeFailedDelete")
    });
    assert!(file.exists(), "it cannot go");

    ns.fault("data-db-1", "delete none");
    ns.wait_until(SOON, "it is gone", |ns| {
        ns.kubectl(&["get", "pv", name]).stderr.contains("NotFound")
    });
    assert!(!file.exists(), "it is gone");
    assert_eq!(ns.read_file("db-0", "data/file"), "of db-0");
}

#[test]
fn volumes_are_modified() {
    let ns = ControlPlane::csi().namespace("modify");
    two_with_files(&ns, "csi");
    let modify = |claim: &str| {
        let patch = json!({ "spec": { "volumeAttributesClassName": "csi-fast" } });
        ns.kubectl_ok(&["patch", "pvc", claim, "-p", &patch.to_string()]);
    };
    ns.fault("data-db-1", "modify infeasible");
    modify("data-db-0");
    modify("data-db-1");
    ns.wait_until(SOON, "one is modified", |ns| {
        read_claim(ns, "data-db-0")["status"]["currentVolumeAttributesClassName"] == "csi-fast"
    });
    ns.wait_until(SOON, "one cannot be", |ns| {
        read_claim(ns, "data-db-1")["status"]["modifyVolumeStatus"]["status"] == "Infeasible"
    });
}

#[test]
fn creation_fails_and_then_does_not() {
    let ns = ControlPlane::csi().namespace("create");
    ns.fault("data-db-1", "create fail");
    ns.set("db").replicas(2).claims("1Gi").storage_class("csi").create();
    ns.wait_until(SOON, "it says why", |ns| {
        ns.kubectl_ok(&["get", "events"]).contains("the storage cannot create volume")
    });
    ns.wait_images("db", "0:v1 1:v1!");
    ns.fault("data-db-1", "create none");
    ns.wait_ready("db");
}

#[test]
fn driver_and_sidecars_break_and_come_back() {
    let control_plane = ControlPlane::start(&Options { csi: true, ..Options::default() });
    let ns = control_plane.namespace("broken");
    two_with_files(&ns, "csi");

    // Nobody answers while the resizer is away, or stands still.
    control_plane.kill(Component::CsiResizer);
    grow(&ns, "data-db-0", "2Gi");
    thread::sleep(A_WHILE);
    assert!(condition(&ns, "data-db-0", "Resizing").is_none());
    control_plane.restart(Component::CsiResizer);
    wait_capacity(&ns, "data-db-0", "2Gi");

    // The sidecars come back with the driver, and the volumes are all there.
    control_plane.kill(Component::CsiDriver);
    grow(&ns, "data-db-0", "3Gi");
    take_snapshot(&ns, "later", "data-db-1");
    control_plane.restart(Component::CsiDriver);
    wait_capacity(&ns, "data-db-0", "3Gi");
    ns.wait_until(SOON, "it is ready", |ns| snapshot_status(ns, "later")["readyToUse"] == true);

    control_plane.restart(Component::ApiServer);
    for component in
        [Component::CsiProvisioner, Component::CsiSnapshotter, Component::SnapshotController]
    {
        control_plane.stop(component);
        control_plane.cont(component);
    }
    grow(&ns, "data-db-0", "4Gi");
    wait_capacity(&ns, "data-db-0", "4Gi");
    let source = "{apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: later}";
    assert_eq!(read_copy(&ns, source), "of db-1");
}
