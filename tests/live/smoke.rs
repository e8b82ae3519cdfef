//! The control plane itself: that it behaves as the other tests assume.

use std::fs;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::Component;
use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Options;

const SOON: Duration = Duration::from_secs(20);

/// Why the first container of a set's first pod waits.
fn waiting(ns: &Namespace<'_>, set: &str) -> Value {
    let pods = ns.pods(set);
    let first = pods.values().next().cloned().unwrap_or_default();
    first["status"]["containerStatuses"][0]["state"]["waiting"]["reason"].clone()
}

#[test]
fn set_with_claims_becomes_ready() {
    let ns = ControlPlane::shared().namespace("ready");
    ns.set("db").claims("1Gi").start(5).create_ready();
    assert_eq!(ns.images("db"), ["5:v1", "6:v1", "7:v1"]);
    let claims = ns.json(&["get", "pvc"]);
    assert_eq!(claims["items"][0]["status"]["phase"], "Bound", "{claims}");
}

#[test]
fn image_tags_say_how_pods_behave() {
    let ns = ControlPlane::shared().namespace("tags");
    for (tag, reason) in [
        ("bad", "CrashLoopBackOff"),
        ("v2-oom", "CrashLoopBackOff"),
        ("pull", "ImagePullBackOff"),
        ("config", "CreateContainerConfigError"),
        ("init", "PodInitializing"),
    ] {
        let name = format!("x-{tag}");
        ns.set(&name).replicas(1).image(&format!("app:{tag}")).create();
        ns.wait_until(SOON, &format!("{tag} waits"), |ns| waiting(ns, &name) == reason);
        assert_eq!(ns.images(&name), [format!("0:{tag}!")]);
    }
    let crashed = ns.json(&["get", "pod", "x-v2-oom-0"]);
    let crashed = &crashed["status"]["containerStatuses"][0];
    assert_eq!(crashed["lastState"]["terminated"]["reason"], "OOMKilled", "{crashed}");
    ns.wait_until(SOON, "it restarts again", |ns| {
        let restarts = &ns.pods("x-bad")[&0]["status"]["containerStatuses"][0]["restartCount"];
        restarts.as_i64() > Some(1)
    });
    ns.set("flap").replicas(1).image("app:flap").create_ready();
    ns.wait_images("flap", "0:flap!");
    ns.set("slow").replicas(1).image("app:v3-slow").create();
    ns.wait_images("slow", "0:v3-slow!");
    ns.wait_images("slow", "0:v3-slow");
}

#[test]
fn annotations_say_it_pod_by_pod_and_later() {
    let ns = ControlPlane::shared().namespace("annotations");
    ns.set("db").parallel().pods("behavior-1", "hang").pods("restarts", "4").create();
    ns.wait_images("db", "0:v1 1:v1! 2:v1");
    let restarts = &ns.pods("db")[&0]["status"]["containerStatuses"][0]["restartCount"];
    assert_eq!(*restarts, 4);
    ns.kubectl_ok(&[
        "annotate",
        "pod/db-1",
        "control-plane.kubectl-sts.io/behavior-1=ready",
        "--overwrite",
    ]);
    ns.wait_ready("db");
    ns.kubectl_ok(&["annotate", "pod/db-2", "control-plane.kubectl-sts.io/behavior=bad"]);
    ns.wait_images("db", "0:v1 1:v1 2:v1!");
    ns.kubectl_ok(&["annotate", "pod/db-0", "control-plane.kubectl-sts.io/terminate-after=2s"]);
    ns.kubectl_ok(&["delete", "pod/db-0", "--wait=false"]);
    ns.wait_images("db", "0:v1~ 1:v1 2:v1!");
    ns.wait_images("db", "0:v1 1:v1 2:v1!");
}

#[test]
fn exec_reports_the_exit_code_and_data_survives_the_pod() {
    let ns = ControlPlane::shared().namespace("exec");
    ns.set("db").replicas(1).claims("1Gi").create_ready();
    let failed = ns.kubectl(&["exec", "db-0", "--", "sh", "-c", "echo kept > data/file; exit 3"]);
    assert_eq!(failed.code, 3, "{failed}");
    let before = ns.pod_uids("db");
    ns.kubectl_ok(&["delete", "pod", "db-0"]);
    ns.wait_until(SOON, "there is another pod", |ns| {
        ns.pod_uids("db").len() == 1 && ns.pod_uids("db") != before
    });
    ns.wait_ready("db");
    assert_eq!(ns.kubectl_ok(&["exec", "db-0", "--", "cat", "data/file"]), "kept\n");
    assert!(ns.kubectl_ok(&["logs", "db-0"]).contains("pod=db-0"));
}

#[test]
fn bad_image_is_held_by_the_partition() {
    let ns = ControlPlane::shared().namespace("canary");
    ns.set("db").partition(2).create_ready();
    ns.set_image("db", "app:v2-bad");
    ns.wait_images("db", "0:v1 1:v1 2:v2-bad!");
    ns.patch_set("db", &json!({ "spec": { "replicas": 2 } }));
    ns.wait_images("db", "0:v1 1:v1");
}

#[test]
fn programs_are_watched_and_signalled() {
    let ns = ControlPlane::shared().namespace("program");
    ns.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: applied}}");
    let watch = ns.kubectl_command(&["get", "statefulsets", "--watch"]).env("LANG", "C").spawn();
    ns.set("db").replicas(1).min_ready(1).on_delete().create();
    assert!(watch.wait_for_line("1/1", SOON).starts_with("db "));
    watch.signal("KILL");
    let watched = watch.wait();
    assert_eq!(watched.code, 128 + 9, "{watched}");
    let output = ns.sts(&["--version"]).patience(SOON).run();
    assert_eq!(output.code, 0, "{output}");
    let seen = ControlPlane::shared().requests_of("test-harness");
    assert!(seen.iter().any(|request| request["objectRef"]["namespace"] == ns.name()));
}

#[test]
fn api_server_may_die_and_the_controllers_may_stall() {
    let gates = Some("MaxUnavailableStatefulSet=false".to_owned());
    let options =
        Options { feature_gates: gates, nodes: Some(1), kcm_qps: Some(0), ..Options::default() };
    let control_plane = ControlPlane::start(&options);
    let ns = control_plane.namespace("broken");
    ns.set("db").max_unavailable(2).parallel().create_ready();
    let strategy = ns.read_set("db")["spec"]["updateStrategy"]["rollingUpdate"].clone();
    assert_eq!(strategy["maxUnavailable"], Value::Null, "the gate is off");

    control_plane.kill(Component::ApiServer);
    assert_ne!(ns.kubectl(&["get", "pods"]).code, 0);
    control_plane.restart(Component::ApiServer);
    ns.set_image("db", "app:v2");
    ns.wait_images("db", "0:v2 1:v2 2:v2");

    control_plane.stop(Component::ControllerManager);
    ns.set_image("db", "app:v3");
    let set = ns.read_set("db");
    assert_ne!(set["status"]["observedGeneration"], set["metadata"]["generation"]);
    control_plane.cont(Component::ControllerManager);
    ns.wait_images("db", "0:v3 1:v3 2:v3");

    for component in [Component::Etcd, Component::Scheduler, Component::Kubelet, Component::Kwok] {
        control_plane.restart(component);
    }
    ns.set_image("db", "app:v4");
    ns.wait_images("db", "0:v4 1:v4 2:v4");
    assert_eq!(ns.kubectl_ok(&["exec", "db-0", "--", "sh", "-c", "echo $POD_NAME"]), "db-0\n");
}

#[test]
fn node_dies_without_its_label() {
    let control_plane = ControlPlane::start(&Options {
        nodes: Some(2),
        extra_flags: vec!["kube-controller-manager=--node-monitor-grace-period=9s".to_owned()],
        ..Options::default()
    });
    let ns = control_plane.namespace("node");
    ns.set("db").replicas(1).create_ready();
    let node = ns.pods("db")[&0]["spec"]["nodeName"].as_str().unwrap().to_owned();
    control_plane
        .kubectl(&["label", "node", &node, "control-plane.kubectl-sts.io/managed-"])
        .success();
    ns.wait_until(Duration::from_secs(60), "the node is not ready", |ns| {
        ns.kubectl_ok(&["get", "node", &node]).contains("NotReady")
    });
    ns.kubectl_ok(&["delete", "pod", "db-0", "--wait=false"]);
    ns.wait_images("db", "0:v1~");
    let log = control_plane.state_dir().join("kwok.log");
    assert!(fs::metadata(log).is_ok());
    assert!(control_plane.server().starts_with("https://127.0.0.1:"));
}
