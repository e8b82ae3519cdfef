//! What the program has to be allowed to do, and nothing else.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::harness::Reply;
use crate::harness::Server;
use crate::rollouts::ended;
use crate::rollouts::finished;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::strategy;
use crate::rollouts::version;

const SOON: Duration = Duration::from_secs(30);

const ROLE: &str = "kubectl-sts-rollout";

/// Runs a subcommand of `rollout` as the user the role is for.
fn deploy(ns: &Namespace<'_>, words: &[&str]) -> Output {
    let words = [words, &["--as", "deployer"]].concat();
    if ["stage", "continue", "abort", "restart"].contains(&words[0]) {
        return rollout(ns, &words).run();
    }
    ns.sts(&[&["rollout"], &words[..]].concat()).run()
}

/// Waits until the API server knows whether the user may do this.
fn wait_allowed(ns: &Namespace<'_>, verb: &str, resource: &str, allowed: bool) {
    ns.wait_until(SOON, &format!("{verb} {resource} is {allowed}"), |ns| {
        let asked = ns.kubectl(&["auth", "can-i", verb, resource, "--as", "deployer"]);
        (asked.code == 0) == allowed
    });
}

/// Every `verb group/resource` the rules of a role allow.
fn granted(role: &Value) -> BTreeSet<String> {
    let texts = |value: &Value| -> Vec<String> {
        let items = value.as_array().cloned().unwrap_or_default();
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let mut all = BTreeSet::new();
    for rule in role["rules"].as_array().into_iter().flatten() {
        for group in texts(&rule["apiGroups"]) {
            for resource in texts(&rule["resources"]) {
                all.extend(texts(&rule["verbs"]).iter().map(|v| format!("{v} {group}/{resource}")));
            }
        }
    }
    all
}

/// Every `verb group/resource` the user asked for in the namespace, with the answer.
fn asked(ns: &Namespace<'_>) -> BTreeSet<(String, i64)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    ns.control_plane()
        .requests_of("kubectl-sts/")
        .iter()
        .filter(|event| event["impersonatedUser"]["username"] == "deployer")
        .filter(|event| event["objectRef"]["namespace"] == ns.name())
        .map(|event| {
            let object = &event["objectRef"];
            let subresource = match object["subresource"].as_str() {
                Some(name) => format!("/{name}"),
                None => String::new(),
            };
            let (group, resource) = (text(&object["apiGroup"]), text(&object["resource"]));
            let what = format!("{} {group}/{resource}{subresource}", text(&event["verb"]));
            (what, event["responseStatus"]["code"].as_i64().unwrap_or(0))
        })
        .collect()
}

#[test]
fn the_role_is_enough_and_no_more_than_that() {
    let ns = ControlPlane::shared().namespace("rbac");
    let server = Server::start();
    server.says("/", Reply::new(200, "ok"));
    ns.set("db").claims("1Gi").pods("port-80", &server.port().to_string()).create_ready();
    let original = strategy(&ns, "db");
    ns.apply(include_str!("rbac.yaml"));
    wait_allowed(&ns, "patch", "statefulsets", true);

    let gates = ["--gate", "exec:true", "--gate", "cmd:true", "--gate", "http:80/"];
    let stage = [&["stage", "db", "--image", "app=app:v2"], &gates[..]].concat();
    ended(deploy(&ns, &stage), 6);
    ended(deploy(&ns, &["status", "db"]), 6);
    ended(deploy(&ns, &["history", "db"]), 0);
    ended(deploy(&ns, &[&["continue", "db"], &gates[..]].concat()), 0);
    finished(&ns, "db", "v2", &original);
    ended(deploy(&ns, &["stage", "db", "--image", "app=app:v3-bad"]), 3);
    ended(deploy(&ns, &["abort", "db"]), 0);
    finished(&ns, "db", "v2", &original);
    ended(deploy(&ns, &["restart", "db", "--ordinals", "1"]), 0);
    ended(deploy(&ns, &["stage", "db", "--restart", "--order=asc", "--steps=100%"]), 0);
    ended(deploy(&ns, &["hold", "db", "--yes"]), 0);
    ended(deploy(&ns, &["release", "db", "--yes"]), 0);
    ended(deploy(&ns, &["status", "db", "--wait"]), 0);

    let asked = asked(&ns);
    let refused: Vec<_> = asked.iter().filter(|(_, code)| [401, 403].contains(code)).collect();
    assert!(refused.is_empty(), "{refused:?}");
    let used: BTreeSet<String> = asked.into_iter().map(|(what, _)| what).collect();
    let granted = granted(&ns.json(&["get", "role", ROLE]));
    let missing: Vec<_> = used.difference(&granted).collect();
    assert!(missing.is_empty(), "used and not in the role: {missing:?}");
    assert!(!granted.iter().any(|what| what.contains("secrets")), "{granted:?}");
    // What this server does not need: watching without listing, and one of the two ways into pods.
    let spare: Vec<&str> = granted.difference(&used).map(String::as_str).collect();
    let known = [
        "create /pods/exec",
        "get /pods/exec",
        "create /pods/portforward",
        "get /pods/portforward",
        "list apps/statefulsets",
    ];
    assert!(spare.iter().all(|what| known.contains(what)), "in the role and not used: {spare:?}");
    let query =
        ["--gate", "promql:up expect='> 0'", "--prom-service", "monitoring/prometheus:9090"];
    let plan = [&["plan", "db", "--image", "app=app:v4"], &query[..]].concat();
    says(
        &ended(deploy(&ns, &plan), 9),
        &["you may not get services/proxy in namespace monitoring"],
    );
    for way in ["/pods/exec", "/pods/portforward"] {
        assert!(used.iter().any(|what| what.ends_with(way)), "{used:?}");
    }
}

#[test]
fn without_the_right_to_patch_nothing_begins() {
    let ns = ControlPlane::shared().namespace("rbac-patch");
    ns.set("db").create_ready();
    ns.apply(include_str!("rbac.yaml"));
    wait_allowed(&ns, "patch", "statefulsets", true);
    let read_only =
        json!([{ "op": "replace", "path": "/rules/0/verbs", "value": ["get", "list", "watch"] }]);
    ns.kubectl_ok(&["patch", "role", ROLE, "--type=json", "-p", &read_only.to_string()]);
    wait_allowed(&ns, "patch", "statefulsets", false);
    let (before, uids) = (version(&ns, "db"), ns.pod_uids("db"));

    let output = ended(deploy(&ns, &["stage", "db", "--image", "app=app:v2"]), 1);

    let wording = "Error from server (Forbidden): statefulsets.apps \"db\" is forbidden: User \
                   \"deployer\" cannot patch resource \"statefulsets\" in API group \"apps\" in \
                   the namespace";
    says(&output, &[wording]);
    assert_eq!((version(&ns, "db"), ns.pod_uids("db")), (before, uids));
    ended(deploy(&ns, &["status", "db"]), 0);
    let plan = ended(deploy(&ns, &["plan", "db", "--image", "app=app:v2"]), 9);
    says(&plan, &["you may not patch statefulsets.apps"]);
}
