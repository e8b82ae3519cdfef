//! The control plane itself: that it behaves as the other tests assume.

use std::time::Duration;

use crate::harness::Component;
use crate::harness::ControlPlane;
use crate::harness::Options;

#[test]
fn set_with_claims_becomes_ready() {
    let ns = ControlPlane::shared().namespace("ready");
    ns.set("db").claims("1Gi").create_ready();
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v1"]);
    assert_eq!(ns.pod_uids("db").len(), 3);
    let claims = ns.json(&["get", "pvc"]);
    assert_eq!(claims["items"][0]["status"]["phase"], "Bound", "{claims}");
}

#[test]
fn exec_reports_the_exit_code_and_data_survives_the_pod() {
    let ns = ControlPlane::shared().namespace("exec");
    ns.set("db").replicas(1).claims("1Gi").create_ready();
    let failed = ns.kubectl(&["exec", "db-0", "--", "sh", "-c", "echo kept > data/file; exit 3"]);
    assert_eq!(failed.code, 3, "{failed}");
    let before = ns.pod_uids("db");
    ns.kubectl_ok(&["delete", "pod", "db-0"]);
    ns.wait_until(Duration::from_secs(20), "the pod is back", |ns| {
        ns.pod_uids("db").len() == 1 && ns.pod_uids("db") != before
    });
    ns.wait_ready("db");
    assert_eq!(ns.kubectl_ok(&["exec", "db-0", "--", "cat", "data/file"]), "kept\n");
    assert!(ns.kubectl_ok(&["logs", "db-0"]).contains("pod=db-0"));
}

#[test]
fn bad_image_is_held_by_the_partition() {
    let ns = ControlPlane::shared().namespace("canary");
    ns.set("db").replicas(3).partition(2).create_ready();
    ns.set_image("db", "app:v2-bad");
    ns.wait_images("db", "0:v1 1:v1 2:v2-bad!");
    ns.patch_set("db", &serde_json::json!({ "spec": { "replicas": 2 } }));
    ns.wait_images("db", "0:v1 1:v1");
}

#[test]
fn program_runs_with_a_clean_environment() {
    let ns = ControlPlane::shared().namespace("program");
    let output =
        ns.sts(&["--version"]).env("NO_COLOR", "1").patience(Duration::from_secs(10)).run();
    assert_eq!(output.code, 0, "{output}");
}

#[test]
fn api_server_comes_back_after_a_kill() {
    let gates = Some("MaxUnavailableStatefulSet=false".to_owned());
    let control_plane =
        ControlPlane::start(&Options { feature_gates: gates, ..Options::default() });
    let ns = control_plane.namespace("killed");
    ns.set("db").max_unavailable(2).parallel().create_ready();
    let strategy = ns.read_set("db")["spec"]["updateStrategy"]["rollingUpdate"].clone();
    assert_eq!(strategy["maxUnavailable"], serde_json::Value::Null, "the gate is off");
    control_plane.kill(Component::ApiServer);
    assert_ne!(ns.kubectl(&["get", "pods"]).code, 0);
    control_plane.restart(Component::ApiServer);
    ns.set_image("db", "app:v2");
    ns.wait_images("db", "0:v2 1:v2 2:v2");
}
