//! What a rollout asks the API server for, by the server's own audit log.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::rollouts::ended;
use crate::rollouts::finished;
use crate::rollouts::rollout;
use crate::rollouts::strategy;

/// A request as the audit log has it.
struct Request {
    verb: String,
    resource: String,
    uri: String,
    /// The status code of the answer.
    code: i64,
}

/// The requests of the program in the namespace, in the order in which they came in; a watch is one, however often
/// the log names it.
fn requests(ns: &Namespace<'_>) -> Vec<Request> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut events: Vec<Value> = ns
        .control_plane()
        .requests_of("kubectl-sts/")
        .into_iter()
        .filter(|event| event["objectRef"]["namespace"] == ns.name())
        .collect();
    events.sort_by_key(|event| text(&event["requestReceivedTimestamp"]));
    let mut seen = BTreeSet::new();
    events
        .iter()
        .filter(|event| seen.insert(text(&event["auditID"])))
        .map(|event| {
            let subresource = text(&event["objectRef"]["subresource"]);
            let slash = if subresource.is_empty() { "" } else { "/" };
            Request {
                verb: text(&event["verb"]),
                resource: format!("{}{slash}{subresource}", text(&event["objectRef"]["resource"])),
                uri: text(&event["requestURI"]),
                code: event["responseStatus"]["code"].as_i64().unwrap_or(0),
            }
        })
        .collect()
}

/// How many requests of each kind there were.
fn counted(requests: &[Request]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for Request { verb, resource, uri, .. } in requests {
        let dry = if uri.contains("dryRun=All") { " (dry run)" } else { "" };
        *counts.entry(format!("{verb} {resource}{dry}")).or_insert(0) += 1;
    }
    counts
}

fn shown(requests: &[Request]) -> String {
    let lines: Vec<String> =
        requests.iter().map(|r| format!("{:<6} {} {}", r.verb, r.code, r.uri)).collect();
    format!("{:#?}\n{}", counted(requests), lines.join("\n"))
}

#[test]
fn five_pods_cost_two_watches_and_one_write_each() {
    let ns = ControlPlane::shared().namespace("requests");
    ns.set("db").replicas(5).create_ready();
    let original = strategy(&ns, "db");
    let flags = ["--image", "app=app:v2", "--approve=auto", "--soak", "500ms"];
    ended(rollout(&ns, &[&["stage", "db"], &flags[..]].concat()).run(), 0);
    finished(&ns, "db", "v2", &original);

    let requests = requests(&ns);
    let shown = shown(&requests);
    let is = |verb: &'static str, resource: &'static str| {
        move |request: &&Request| request.verb == verb && request.resource == resource
    };
    let count = |verb, resource| requests.iter().filter(is(verb, resource)).count();
    // Before anything is written: the set, its pods, its revisions, the budgets, and a dry run of the change. Then
    // one list of budgets before each pod.
    assert_eq!(count("list", "poddisruptionbudgets"), 1 + 5, "{shown}");
    // A write that comes together with one of the controller's is refused; the set is read and the write made again.
    let lost = requests.iter().filter(|request| request.code == 409).count();
    assert_eq!(count("get", "statefulsets"), 1 + lost, "{shown}");
    assert_eq!(count("list", "pods"), 1, "{shown}");
    assert_eq!(count("list", "controllerrevisions"), 1, "{shown}");
    // The one that is made of the new template.
    assert_eq!(count("get", "controllerrevisions"), 1, "{shown}");
    assert_eq!(count("watch", "statefulsets"), 1, "{shown}");
    assert_eq!(count("watch", "pods"), 1, "{shown}");
    let known = [
        "get statefulsets",
        "list pods",
        "list controllerrevisions",
        "get controllerrevisions",
        "list poddisruptionbudgets",
        "watch statefulsets",
        "watch pods",
        "patch statefulsets",
        "patch statefulsets (dry run)",
    ];
    let counts = counted(&requests);
    let unknown: Vec<&String> =
        counts.keys().filter(|kind| !known.contains(&kind.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}\n{shown}");
    assert_eq!(counts["patch statefulsets (dry run)"], 1, "{shown}");
    // One begins, one releases each pod, one ends.
    assert_eq!(counts["patch statefulsets"], 1 + 5 + 1 + lost, "{shown}");

    let begun = requests
        .iter()
        .position(|request| request.verb == "patch" && !request.uri.contains("dryRun=All"));
    let reads = |request: &&Request| {
        ["get", "list"].contains(&request.verb.as_str())
            && ["pods", "statefulsets"].contains(&request.resource.as_str())
    };
    let after = requests[begun.unwrap()..].iter().filter(reads).count();
    assert_eq!(after, lost, "objects were read although they are watched\n{shown}");
}
