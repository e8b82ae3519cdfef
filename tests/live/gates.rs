//! Extra gates and disruption budgets.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::rollouts::Story;
use crate::rollouts::ended;
use crate::rollouts::finished;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::status;
use crate::rollouts::strategy;

const SOON: Duration = Duration::from_secs(30);

/// A script that can be run.
fn script(home: &TempDir, name: &str, text: &str) -> String {
    let path = home.path().join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}

#[test]
fn a_local_gate_is_asked_about_every_pod_and_told_which() {
    let ns = ControlPlane::shared().namespace("gate");
    ns.set("db").start(3).create_ready();
    let original = strategy(&ns, "db");
    let home = TempDir::new().unwrap();
    let log = home.path().join("log");
    let text = format!(
        r#"echo "$STS_NAME $STS_NAMESPACE $STS_ORDINAL $STS_POD $STS_REVISION $STS_STEP $*" >> {}"#,
        log.display()
    );
    let gate = format!("cmd:{} 'one word'", script(&home, "gate", &text));

    let flags = ["--image", "app=app:v2", "--approve=auto", "--gate", &gate];
    let output = ended(rollout(&ns, &[&["stage", "db"], &flags[..]].concat()).run(), 0);

    says(&output, &[&format!("gate {gate} passed")]);
    finished(&ns, "db", "v2", &original);
    let revision = ns.read_set("db")["status"]["updateRevision"].as_str().unwrap().to_owned();
    let line = |ordinal: u32, step: u32| {
        format!("db {} {ordinal} db-{ordinal} {revision} {step} one word", ns.name())
    };
    assert_eq!(lines(&log), [line(5, 1), line(4, 2), line(3, 2)], "{output}");
}

#[test]
fn a_gate_that_says_no_holds_the_set() {
    let ns = ControlPlane::shared().namespace("gate-no");
    ns.set("db").create_ready();
    let before = ns.pod_uids("db");
    let home = TempDir::new().unwrap();
    let gate = format!("cmd:{}", script(&home, "gate", "echo fine; echo lag 99 >&2; exit 4"));

    let flags = ["--image", "app=app:v2", "--approve=auto", "--gate", &gate];
    let output = ended(rollout(&ns, &[&["stage", "db"], &flags[..]].concat()).run(), 3);

    says(&output, &["failed for pod db-2", "exit code 4, lag 99", "held at 1 of 3 pods (db-2)"]);
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"]);
    assert_eq!(ns.pod_uids("db")[..2], before[..2]);
    assert_eq!(status(&ns, "db"), 3);
    // Going on asks again, and needs the same question.
    let output = ended(rollout(&ns, &["continue", "db"]).run(), 9);
    says(&output, &["other gates", "--change-gates"]);
    ended(rollout(&ns, &["continue", "db", "--gate", "cmd:true"]).run(), 9);
    ended(rollout(&ns, &["continue", "db", "--gate", &gate]).run(), 3);
    script(&home, "gate", "exit 0");
    ended(rollout(&ns, &["continue", "db", "--gate", &gate]).run(), 6);
    ended(rollout(&ns, &["continue", "db", "--change-gates"]).run(), 0);
    assert_eq!(ns.images("db"), ["0:v2", "1:v2", "2:v2"]);
}

#[test]
fn a_gate_in_the_pod_is_answered_by_the_pod() {
    let ns = ControlPlane::shared().namespace("gate-exec");
    ns.set("db").create_ready();
    let before = ns.pod_uids("db");
    let story = Story::begin(&ns, "db");
    let gate = r#"exec:sh -c 'echo "I am $POD_NAME"; test "$POD_NAME" = db-2'"#;
    let flags = ["--image", "app=app:v2", "--approve=auto", "--gate", gate];
    let output = ended(rollout(&ns, &[&["stage", "db"], &flags[..]].concat()).run(), 3);

    says(&output, &["passed: I am db-2", "failed for pod db-1: exit code 1, I am db-1"]);
    assert_eq!(ns.images("db"), ["0:v1", "1:v2", "2:v2"]);
    assert_eq!(ns.pod_uids("db")[0], before[0]);
    let told = story.tell();
    told.never_more_down_than(1);
    told.released_only_after_the_others(1);

    // A fixed pod instead of the updated one.
    let gate = r#"exec:container=app @0 sh -c 'test "$POD_NAME" = db-0'"#;
    let flags = ["--change-gates", "--approve=auto", "--gate", gate];
    ended(rollout(&ns, &[&["continue", "db"], &flags[..]].concat()).run(), 0);
    assert_eq!(ns.images("db"), ["0:v2", "1:v2", "2:v2"]);
}

#[test]
fn a_gate_that_cannot_tell_holds_and_never_takes_back() {
    let ns = ControlPlane::shared().namespace("gate-unclear");
    ns.set("db").create_ready();
    let home = TempDir::new().unwrap();
    let log = home.path().join("log");
    let text = format!("echo asked >> {}; kill -9 $$", log.display());
    let gate = format!("cmd:{}", script(&home, "gate", &text));

    let flags = ["--image", "app=app:v2", "--on-failure=abort", "--gate", &gate];
    let output = ended(rollout(&ns, &[&["stage", "db"], &flags[..]].concat()).run(), 3);

    says(&output, &["could not tell", "ended by a signal", "held at 1 of 3 pods (db-2)"]);
    assert_eq!(lines(&log).len(), 5, "it was asked again, and not for ever\n{output}");
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"], "{output}");
    assert_eq!(record(&ns, "db").unwrap()["phase"], "failed");
    assert_eq!(status(&ns, "db"), 3);
}

/// A budget that lets no pod of `db` go, once the controller has counted.
fn closed_budget(ns: &Namespace<'_>) {
    ns.apply(
        "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: closed}, \
         spec: {minAvailable: 3, selector: {matchLabels: {app: db}}}}",
    );
    ns.wait_until(SOON, "the budget has counted its pods", |ns| {
        let budget = ns.get("apis/policy/v1", "poddisruptionbudgets/closed").unwrap_or_default();
        budget["status"]["expectedPods"] == 3 && budget["status"]["currentHealthy"] == 3
    });
}

#[test]
fn a_budget_without_room_is_waited_for_before_any_pod_is_released() {
    let ns = ControlPlane::shared().namespace("budget");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    let before = ns.pod_uids("db");
    closed_budget(&ns);
    let flags = ["--image", "app=app:v2", "--step-timeout", "3s"];
    let output = ended(rollout(&ns, &[&["stage", "db"], &flags[..]].concat()).run(), 5);
    says(&output, &["pod disruption budget closed", "held: none of 3 pods was released"]);
    assert_eq!(ns.pod_uids("db"), before);
    assert_eq!(
        record(&ns, "db").unwrap()["partition"],
        strategy(&ns, "db")["rollingUpdate"]["partition"]
    );

    let run = rollout(&ns, &["continue", "db", "--approve=auto"]).spawn();
    run.wait_for_line("pod disruption budget closed", SOON);
    assert_eq!(ns.pod_uids("db"), before);
    ns.kubectl_ok(&["delete", "pdb", "closed"]);
    ended(run.wait(), 0);
    finished(&ns, "db", "v2", &original);
}

#[test]
fn a_budget_can_be_ignored() {
    let ns = ControlPlane::shared().namespace("ignore-pdb");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    closed_budget(&ns);
    let flags = ["--image", "app=app:v2", "--approve=auto", "--ignore-pdb"];
    ended(rollout(&ns, &[&["stage", "db"], &flags[..]].concat()).run(), 0);
    finished(&ns, "db", "v2", &original);
}

#[test]
fn budgets_that_may_not_be_read_are_no_budgets_that_are_not_there() {
    let ns = ControlPlane::shared().namespace("pdb-forbidden");
    ns.set("db").create_ready();
    let before = ns.read_set("db")["metadata"]["resourceVersion"].clone();
    let rules = json!([
        { "apiGroups": ["apps"], "resources": ["statefulsets", "controllerrevisions"],
          "verbs": ["get", "list", "watch", "patch"] },
        { "apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"] },
    ]);
    let meta = json!({ "name": "blind" });
    let rbac = format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{}", ns.name());
    ns.post(&format!("{rbac}/roles"), &json!({ "metadata": meta, "rules": rules }));
    let role = json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "blind" });
    let user =
        json!([{ "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "blind" }]);
    let binding = json!({ "metadata": meta, "roleRef": role, "subjects": user });
    ns.post(&format!("{rbac}/rolebindings"), &binding);
    let flags = ["--image", "app=app:v2", "--approve=auto", "--as", "blind"];
    let stage = [&["stage", "db"], &flags[..]].concat();

    let output = ended(rollout(&ns, &stage).run(), 9);

    says(&output, &["pod disruption budgets could not be read", "forbidden", "--ignore-pdb"]);
    assert_eq!(ns.read_set("db")["metadata"]["resourceVersion"], before);
    ended(rollout(&ns, &[&stage[..], &["--ignore-pdb"]].concat()).run(), 0);
}
