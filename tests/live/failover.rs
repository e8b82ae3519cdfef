//! Pods on machines that died, declared to be off, and back again.

use std::fs;
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use kubectl_sts::cluster::overrides::Overrides;
use kubectl_sts::cluster::session::Session;
use kubectl_sts::cluster::status;
use kubectl_sts::cluster::write::Keep;
use kubectl_sts::model::failover::Mark;
use kubectl_sts::model::snapshot::Known;
use kubectl_sts::plan::step::NodeTaint;
use kubectl_sts::plan::step::NodeUntaint;
use kubectl_sts::plan::step::Step;
use serde_json::Value;
use serde_json::json;
use tokio::sync::mpsc::unbounded_channel;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Options;
use crate::harness::SetBuilder;
use crate::rollouts::ended;
use crate::rollouts::says;

const SOON: Duration = Duration::from_secs(60);

const TAINT: &str = "node.kubernetes.io/out-of-service";
const MARK: &str = "kubectl-sts.io/failover";

/// A control plane that notices dead nodes within seconds. Each test has two nodes of it to itself.
fn mortal() -> &'static ControlPlane {
    static MORTAL: OnceLock<ControlPlane> = OnceLock::new();
    MORTAL.get_or_init(|| {
        ControlPlane::start(&Options {
            nodes: Some(18),
            extra_flags: vec![
                "kube-controller-manager=--node-monitor-grace-period=5s".to_owned(),
                "kube-controller-manager=--node-monitor-period=1s".to_owned(),
            ],
            ..Options::default()
        })
    })
}

/// A set of one pod that may run on two nodes only, of which one is to die.
struct Scene {
    ns: Namespace<'static>,
    /// The node of `db-0`.
    node: String,
    /// The other one.
    spare: String,
}

impl Scene {
    #[track_caller]
    fn set(
        name: &str,
        pair: usize,
        change: impl for<'n, 'a> FnOnce(SetBuilder<'n, 'a>) -> SetBuilder<'n, 'a>,
    ) -> Self {
        let ns = mortal().namespace(name);
        let nodes = [format!("node-{}", 2 * pair), format!("node-{}", 2 * pair + 1)];
        for node in &nodes {
            patch(
                &format!("/api/v1/nodes/{node}"),
                &json!({ "metadata": {
                "labels": { "pair": name },
                "annotations": { "volumes.kubernetes.io/controller-managed-attach-detach": "true" },
            } }),
            );
        }
        let set = ns.set("db").replicas(1).with(|set| {
            set["spec"]["template"]["spec"]["nodeSelector"] = json!({ "pair": name });
        });
        change(set).create_ready();
        let node = node_of(&ns);
        let [first, second] = nodes;
        let spare = if node == first { second } else { first };
        Self { ns, node, spare }
    }

    /// The node dies, and the cluster has noticed.
    #[track_caller]
    fn die(&self) {
        mortal().node_down(&self.node);
        self.ns.wait_until(SOON, "the node is unknown", |_| ready(&self.node) == "Unknown");
    }

    /// As if the node had been silent for longer than it was.
    #[track_caller]
    fn silent_for_long(&self) {
        let path =
            format!("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{}", self.node);
        patch(&path, &json!({ "spec": { "renewTime": "2026-01-01T00:00:00.000000Z" } }));
    }

    #[track_caller]
    fn die_long_ago(&self) {
        self.die();
        self.silent_for_long();
    }

    /// Whether the node is declared to be off.
    fn tainted(&self) -> bool {
        taints(&self.node).iter().any(|taint| taint["key"] == TAINT)
    }

    fn marked(&self) -> bool {
        node(&self.node)["metadata"]["annotations"][MARK].is_string()
    }

    /// How often this program has written to the node.
    fn writes(&self) -> usize {
        let requests = mortal().requests_of("kubectl-sts/");
        let ours = requests.iter().filter(|event| {
            let object = &event["objectRef"];
            event["verb"] == "patch"
                && (&object["resource"], &object["name"]) == (&json!("nodes"), &json!(self.node))
                && event["responseStatus"]["code"] == 200
        });
        ours.count()
    }

    fn confirmed(&self) -> Vec<&str> {
        vec!["failover", "db-0", "--confirm-node-is-off", &self.node]
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        // Other tests need nodes that are alive, and nobody else uses this one.
        if !thread::panicking() {
            mortal().node_up(&self.node);
        }
    }
}

#[track_caller]
fn patch(path: &str, patch: &Value) {
    let (status, answer) = mortal().request("PATCH", path, patch).unwrap();
    assert_eq!(status, 200, "PATCH {path}: {answer}");
}

#[track_caller]
fn node(name: &str) -> Value {
    mortal().request("GET", &format!("/api/v1/nodes/{name}"), &Value::Null).unwrap().1
}

fn taints(name: &str) -> Vec<Value> {
    node(name)["spec"]["taints"].as_array().cloned().unwrap_or_default()
}

fn ready(name: &str) -> String {
    let node = node(name);
    let conditions = node["status"]["conditions"].as_array().cloned().unwrap_or_default();
    let ready = conditions.iter().find(|condition| condition["type"] == "Ready").cloned();
    ready.unwrap_or_default()["status"].as_str().unwrap_or_default().to_owned()
}

#[track_caller]
fn node_of(ns: &Namespace<'_>) -> String {
    ns.get("api/v1", "pods/db-0").unwrap()["spec"]["nodeName"].as_str().unwrap().to_owned()
}

#[test]
fn a_node_that_may_be_alive_is_left_alone() {
    let scene = Scene::set("alive", 0, |set| set);
    let ns = &scene.ns;
    let output = ended(ns.sts(&scene.confirmed()).run(), 9);
    says(&output, &["is Ready", "kubectl drain", "nothing was changed"]);

    scene.die();
    let output = ended(ns.sts(&scene.confirmed()).run(), 9);
    says(&output, &["renewed its lease", "it may be alive"]);

    scene.silent_for_long();
    let output = ended(ns.sts(&["failover", "db-0", "--yes"]).run(), 9);
    says(&output, &["--yes is not enough", &format!("--confirm-node-is-off {}", scene.node)]);
    let wrong = ["failover", "db-0", "--yes", "--confirm-node-is-off", &scene.spare];
    says(&ended(ns.sts(&wrong).run(), 9), &["names", "nothing was changed"]);
    for how in ["--dry-run", "--dry-run=server"] {
        let output = ended(ns.sts(&["failover", "db-0", how]).run(), 0);
        says(&output, &["force-deleted; StatefulSet/db", "dry run"]);
    }
    assert!(!scene.tainted() && !scene.marked());

    let output = ended(ns.sts(&["failover", "--clear", &scene.node]).run(), 0);
    says(&output, &["nothing to clear"]);
}

/// The program on a terminal of its own, where somebody types; its exit code and the screen.
#[cfg(target_os = "linux")]
#[track_caller]
fn typing(ns: &Namespace<'_>, words: &str, text: &str) -> (Option<i32>, String) {
    use std::io::Write as _;
    use std::process::Command;
    use std::process::Stdio;

    let program = env!("CARGO_BIN_EXE_kubectl-sts");
    let kubeconfig = ns.control_plane().kubeconfig().display();
    let line = format!("'{program}' --kubeconfig '{kubeconfig}' -n {} {words}", ns.name());
    let mut child = Command::new("/usr/bin/script")
        .args(["-qec", &line, "/dev/null"])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("TERM", "xterm")
        .env("SHELL", "/bin/sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(target_os = "linux")]
#[test]
fn the_name_of_the_node_has_to_be_typed() {
    let scene = Scene::set("typed", 8, |set| set);
    scene.die_long_ago();
    for wrong in ["yes\n", "y\n", "\n", &format!("{}x\n", scene.node)] {
        let (code, screen) = typing(&scene.ns, "failover db-0 --yes", wrong);
        assert_eq!(code, Some(9), "{wrong:?}: {screen}");
        assert!(screen.contains("Type the name of the node"), "{screen}");
        assert!(!scene.tainted(), "{wrong:?}");
    }
    let (code, screen) =
        typing(&scene.ns, "failover db-0 --timeout 0s", &format!("{}\n", scene.node));
    assert_eq!(code, Some(5), "{screen}");
    assert!(scene.tainted() && scene.marked());
}

#[test]
fn evidence_that_may_not_be_seen_refuses() {
    let scene = Scene::set("blind", 1, |set| set);
    let ns = &scene.ns;
    scene.die_long_ago();
    let all = ["nodes", "leases", "pods", "volumeattachments", "persistentvolumeclaims"];
    for (at, hidden) in all.iter().enumerate() {
        let user = format!("blind-{hidden}");
        let rules: Vec<Value> = all
            .iter()
            .filter(|resource| *resource != hidden)
            .map(|resource| {
                json!({ "apiGroups": ["*"], "resources": [resource], "verbs": ["get", "list", "patch"] })
            })
            .chain([
                json!({ "apiGroups": ["apps"], "resources": ["statefulsets"], "verbs": ["get"] }),
                json!({ "apiGroups": [""], "resources": ["pods"], "verbs": ["get"] }),
            ])
            .collect();
        let role = json!({ "metadata": { "name": user }, "rules": rules });
        ns.post("/apis/rbac.authorization.k8s.io/v1/clusterroles", &role);
        ns.post("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", &json!({
            "metadata": { "name": user },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": user },
            "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user }],
        }));
        let seen = all[usize::from(at == 0)];
        ns.wait_until(SOON, "the role works", |ns| {
            ns.kubectl(&["auth", "can-i", "list", seen, "-A", "--as", &user]).code == 0
        });
        let output = ended(ns.sts(&[&scene.confirmed()[..], &["--as", &user]].concat()).run(), 9);
        says(&output, &["could not be read", "forbidden", hidden]);
    }
    assert!(!scene.tainted() && !scene.marked());
}

#[test]
fn the_role_in_the_documentation_is_enough() {
    let scene = Scene::set("role", 7, |set| set.claims("1Gi"));
    let ns = &scene.ns;
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rbac.md")).unwrap();
    let role = page.split("```yaml\n").find(|block| block.contains("name: kubectl-sts-failover"));
    let role = role.and_then(|block| block.split("```").next()).unwrap();
    ns.apply(role);
    let user = "failover-operator";
    let binding = ["create", "clusterrolebinding", user, "--clusterrole=kubectl-sts-failover"];
    ns.kubectl_ok(&[&binding[..], &["--user", user]].concat());
    ns.wait_until(SOON, "the role works", |ns| {
        ns.kubectl(&["auth", "can-i", "patch", "nodes", "--as", user]).code == 0
    });
    scene.die_long_ago();
    ended(ns.sts(&[&scene.confirmed()[..], &["--as", user]].concat()).run(), 0);
    mortal().node_up(&scene.node);
    ns.wait_until(SOON, "the node is back", |_| ready(&scene.node) == "True");
    ended(ns.sts(&["failover", "--clear", &scene.node, "--yes", "--as", user]).run(), 0);
    assert!(!scene.tainted());
}

#[test]
fn a_pod_moves_with_its_data_and_the_node_is_cleared_once_it_is_back() {
    let scene = Scene::set("whole", 2, |set| set.claims("1Gi"));
    let ns = &scene.ns;
    ns.kubectl_ok(&["exec", "db-0", "--", "sh", "-c", "echo precious > data/file"]);
    let theirs = json!({ "key": "example.com/theirs", "value": "v", "effect": "PreferNoSchedule" });
    patch(&format!("/api/v1/nodes/{}", scene.node), &json!({ "spec": { "taints": [theirs] } }));
    scene.die();
    ns.kubectl_ok(&["delete", "pod", "db-0", "--wait=false"]);
    ns.wait_images("db", "0:v1~");
    scene.silent_for_long();

    let output = ended(ns.sts(&[&scene.confirmed()[..], &["--timeout", "0s"]].concat()).run(), 5);
    says(
        &output,
        &["Terminating since", "tainted", "time is over, waiting for the removal of 1 pod"],
    );
    says(&output, &[&format!("failover --clear {}", scene.node)]);
    assert!(scene.tainted() && scene.marked());

    let output = ended(ns.sts(&["failover", "db-0"]).run(), 0);
    says(&output, &["declared to be off already", "declared by"]);
    says(&output, &[&format!("pod/db-0 is ready on node/{}", scene.spare), "stays out of service"]);
    says(&output, &["waiting for the removal of 1 pod", &format!("{}/db-0", ns.name())]);
    assert_eq!((node_of(ns), scene.writes()), (scene.spare.clone(), 1));
    assert_eq!(ns.kubectl_ok(&["exec", "db-0", "--", "cat", "data/file"]), "precious\n");

    let clear = ["failover", "--clear", &scene.node];
    let output = ended(ns.sts(&[&clear[..], &["--yes"]].concat()).run(), 9);
    says(&output, &["is not back", "kubectl delete node"]);
    assert!(scene.tainted() && scene.marked());

    mortal().node_up(&scene.node);
    ns.wait_until(SOON, "the node is back", |_| ready(&scene.node) == "True");
    ended(ns.sts(&clear).run(), 9);
    says(&ended(ns.sts(&[&clear[..], &["--dry-run=server"]].concat()).run(), 0), &["dry run"]);
    assert!(scene.tainted() && scene.marked());
    let output = ended(ns.sts(&[&clear[..], &["--yes"]].concat()).run(), 0);
    says(&output, &["back in service"]);
    assert!(!scene.tainted() && !scene.marked());
    assert!(taints(&scene.node).contains(&theirs), "{:?}", taints(&scene.node));
    says(&ended(ns.sts(&clear).run(), 0), &["nothing to clear"]);
}

#[test]
fn volumes_are_detached_before_it_is_over() {
    let driver = "failover.test";
    let volume = json!({
        "metadata": { "name": "failover-volume" },
        "spec": {
            "capacity": { "storage": "1Gi" }, "accessModes": ["ReadWriteOnce"],
            "storageClassName": "failover", "persistentVolumeReclaimPolicy": "Retain",
            "csi": { "driver": driver, "volumeHandle": "one" },
        },
    });
    let post = |path: &str, object: &Value| mortal().request("POST", path, object).unwrap();
    post("/api/v1/persistentvolumes", &volume);
    let object = json!({ "metadata": { "name": driver }, "spec": { "attachRequired": true } });
    post("/apis/storage.k8s.io/v1/csidrivers", &object);
    let scene = Scene::set("attached", 3, |set| {
        set.claims("1Gi").with(|set| {
            set["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"] = "failover".into();
        })
    });
    let ns = &scene.ns;
    let attachment = |node: &str| {
        let path = "/apis/storage.k8s.io/v1/volumeattachments";
        let list = mortal().request("GET", path, &Value::Null).unwrap().1;
        let items = list["items"].as_array().cloned().unwrap_or_default();
        items.into_iter().find(|item| item["spec"]["nodeName"] == node)
    };
    ns.wait_until(SOON, "the volume is attached", |_| attachment(&scene.node).is_some());
    let name = attachment(&scene.node).unwrap()["metadata"]["name"].as_str().unwrap().to_owned();
    let path = format!("/apis/storage.k8s.io/v1/volumeattachments/{name}/status");
    patch(&path, &json!({ "status": { "attached": true } }));
    scene.die_long_ago();

    let output = ended(ns.sts(&scene.confirmed()).run(), 0);

    says(&output, &["detached by force; pvc/data-db-0"]);
    says(&output, &["waiting for 1 volume to be detached", "failover-volume"]);
    assert!(attachment(&scene.node).is_none());
    ns.wait_until(SOON, "it is attached elsewhere", |_| attachment(&scene.spare).is_some());
    mortal().request("DELETE", "/api/v1/persistentvolumes/failover-volume", &Value::Null).unwrap();
}

#[test]
fn a_new_pod_that_no_node_takes_is_told_with_the_reason() {
    let scene = Scene::set("zonal", 4, |set| set);
    let ns = &scene.ns;
    // As if its volume could not leave the zone.
    patch(&format!("/api/v1/nodes/{}", scene.spare), &json!({ "spec": { "unschedulable": true } }));
    scene.die_long_ago();
    let output = ended(ns.sts(&[&scene.confirmed()[..], &["--grace", "1s"]].concat()).run(), 3);
    says(&output, &["the new pod/db-0 cannot start: Unschedulable", "nodes are available"]);
    says(&output, &[&format!("failover --clear {}", scene.node)]);
    assert!(scene.tainted());
    patch(&format!("/api/v1/nodes/{}", scene.spare), &json!({ "spec": { "unschedulable": null } }));
    ns.wait_ready("db");
}

#[test]
fn ctrl_c_leaves_the_taint_and_says_so() {
    let scene = Scene::set("interrupted", 5, |set| set);
    scene.die_long_ago();
    let run = scene.ns.sts(&scene.confirmed()).spawn();
    run.wait_for_line("waiting for the removal", SOON);
    run.signal("INT");
    let output = ended(run.wait(), 130);
    says(&output, &["goes on by itself", &format!("failover --clear {}", scene.node)]);
    assert!(scene.tainted() && scene.marked());
    scene.ns.wait_until(SOON, "it has moved all the same", |ns| {
        ns.images("db").join(" ") == "0:v1" && node_of(ns) == scene.spare
    });
}

#[test]
fn pods_that_are_not_stuck_and_taints_of_others_are_left_alone() {
    let scene = Scene::set("others", 6, |set| set);
    let ns = &scene.ns;
    ns.kubectl_ok(&["run", "lonely", "--image=app"]);
    ns.kubectl_ok(&["wait", "pod/lonely", "--for=condition=Ready"]);
    says(&ended(ns.sts(&["failover", "lonely"]).run(), 9), &["not managed by a StatefulSet"]);
    says(&ended(ns.sts(&["failover", "db-7"]).run(), 1), &["not found"]);
    let clear = ["failover", "--clear", "no-such-node"];
    says(&ended(ns.sts(&clear).run(), 0), &["there is no such node"]);

    let taint = json!({ "key": TAINT, "value": "x", "effect": "NoExecute" });
    patch(&format!("/api/v1/nodes/{}", scene.spare), &json!({ "spec": { "taints": [taint] } }));
    let output = ended(ns.sts(&["failover", "--clear", &scene.spare, "--yes"]).run(), 7);
    says(&output, &["by somebody else"]);
    assert!(taints(&scene.spare).contains(&taint));
    patch(&format!("/api/v1/nodes/{}", scene.spare), &json!({ "spec": { "taints": [] } }));
}

#[tokio::test]
async fn a_node_that_changed_since_it_was_read_is_not_written_to() {
    let ns = mortal().namespace("node-conflict");
    let name = format!("{}-node", ns.name());
    let theirs = json!({ "key": "example.com/theirs", "effect": "NoSchedule" });
    let object = json!({ "metadata": { "name": name }, "spec": { "taints": [theirs] } });
    ns.post("/api/v1/nodes", &object);
    let path = format!("/api/v1/nodes/{name}");
    let (notices, _nobody) = unbounded_channel();
    let overrides = Overrides {
        kubeconfig: Some(ns.control_plane().kubeconfig().to_owned()),
        ..Overrides::default()
    };
    let session = Session::open(&overrides, notices).await.unwrap();
    let read = async || match session.node(&name).await.unwrap() {
        (Known::Read(Some(node)), Some(time)) => (node, time),
        other => panic!("{other:?}"),
    };
    let change = |word: &str| patch(&path, &json!({ "metadata": { "labels": { "moved": word } } }));
    let taints = || {
        let node = ns.control_plane().request("GET", &path, &Value::Null).unwrap().1;
        let all = node["spec"]["taints"].as_array().cloned().unwrap_or_default();
        all.iter().map(|taint| taint["key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    let (node, time) = read().await;
    let mark = Mark { by: "me@here".to_owned(), at: time, pod: "prod/db-0".to_owned() };
    let step = Step::TaintNode(NodeTaint::of(&node, mark.clone()));
    change("once");
    let error = session.apply(&step, Keep::Written).await.unwrap_err();
    assert!(status::is_conflict(&error), "{error:?}");
    assert!(!taints().iter().any(|key| key == TAINT), "{:?}", taints());

    // Controllers may write to the node at any time.
    let mut tries = 0..20;
    while let Err(error) = session
        .apply(&Step::TaintNode(NodeTaint::of(&read().await.0, mark.clone())), Keep::Written)
        .await
    {
        assert!(status::is_conflict(&error) && tries.next().is_some(), "{error:?}");
    }
    assert!(taints().iter().any(|key| key == TAINT), "{:?}", taints());
    let step = Step::UntaintNode(NodeUntaint::of(&read().await.0));
    change("twice");
    let error = session.apply(&step, Keep::Written).await.unwrap_err();
    assert!(status::is_conflict(&error), "{error:?}");
    assert!(taints().iter().any(|key| key == "example.com/theirs"), "{:?}", taints());
    ns.control_plane().request("DELETE", &path, &Value::Null).unwrap();
}
