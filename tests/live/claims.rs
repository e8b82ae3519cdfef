//! What claims are, on a real cluster: `pvc list`, `why` and `mark`.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::Component;
use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Options;

const SOON: Duration = Duration::from_secs(60);

/// What is said of every claim of the namespace.
#[track_caller]
fn listed(ns: &Namespace<'_>, more: &[&str]) -> Value {
    ns.sts(&[&["pvc", "list", "--all", "-o", "json"], more].concat()).run().success().json()
}

/// What is said of one claim.
#[track_caller]
fn of(ns: &Namespace<'_>, claim: &str) -> Value {
    let report = listed(ns, &["--idle", "0"]);
    let items = report["items"].as_array().cloned().unwrap_or_default();
    match items.iter().find(|item| item["name"] == claim) {
        Some(item) => item.clone(),
        None => panic!("there is nothing about {claim}: {report:#}"),
    }
}

/// Waits until a claim is of a class.
#[track_caller]
fn wait_class(ns: &Namespace<'_>, claim: &str, class: &str) {
    ns.wait_until(SOON, &format!("{claim} is {class}"), |ns| {
        let report = ns.sts(&["pvc", "list", "--all", "-o", "json"]).run().json();
        let items = report["items"].as_array().cloned().unwrap_or_default();
        items.iter().any(|item| item["name"] == claim && item["class"] == class)
    });
}

/// A set that was scaled from five to three.
fn scaled_down<'a>(stem: &str) -> Namespace<'a> {
    let ns = ControlPlane::shared().namespace(stem);
    ns.set("db").replicas(5).parallel().claims("1Gi").create_ready();
    ns.kubectl_ok(&["scale", "statefulset/db", "--replicas=3"]);
    wait_class(&ns, "data-db-4", "scaled-down");
    wait_class(&ns, "data-db-3", "scaled-down");
    ns
}

fn claim(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": name },
        "spec": {
            "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1Gi" } },
        },
    })
}

fn pod(name: &str, volume: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": name },
        "spec": { "containers": [{ "name": "app", "image": "app:v1" }], "volumes": [volume] },
    })
}

#[test]
fn a_claim_a_scale_down_left_is_offered_and_all_others_are_not() {
    let ns = scaled_down("left");
    let report = listed(&ns, &["--idle", "0"]);
    assert_eq!(report["kind"], "ClaimReport");
    let of = |name: &str| {
        let items = report["items"].as_array().unwrap();
        items.iter().find(|item| item["name"] == name).unwrap().clone()
    };
    let left = of("data-db-4");
    assert_eq!((&left["class"], &left["confidence"]), (&json!("scaled-down"), &json!("high")));
    assert_eq!((&left["prunable"], &left["ordinal"]), (&json!(true), &json!(4)));
    assert_eq!((&left["reclaimPolicy"], &left["idleIsProven"]), (&json!("Delete"), &json!(true)));
    let used = of("data-db-0");
    assert_eq!((&used["class"], &used["prunable"]), (&json!("in-use"), &json!(false)));
    let ids: Vec<&Value> =
        used["vetoes"].as_array().unwrap().iter().map(|veto| &veto["id"]).collect();
    assert_eq!(ids, ["V1", "V2"]);
    assert_eq!(report["totals"]["prunable"], 2);
    assert_eq!(report["totals"]["prunableBytes"], 2_u64 << 30);
    assert_eq!(report["unknown"], json!([]), "groups that are not there are no gaps");

    let table = ns.sts(&["pvc", "list", "db"]).run().success();
    let row = table.stdout.lines().find(|line| line.starts_with("data-db-3")).unwrap();
    assert!(row.contains("held") && row.contains("(--idle)"), "{row}");
    assert!(table.stderr.contains("scaling db to 4 would take up pvc/data-db-3 again"), "{table}");
    assert!(table.stderr.contains("0 prunable, 2 held, 3 kept"), "{table}");

    let names = ns.sts(&["pvc", "list", "-o", "name", "--idle", "0", "--exit-code"]).run();
    assert_eq!(names.code, 3, "{names}");
    assert_eq!(names.stdout, "persistentvolumeclaim/data-db-3\npersistentvolumeclaim/data-db-4\n");
    assert_eq!(ns.sts(&["pvc", "list", "--exit-code"]).run().code, 0, "nothing is old enough");
}

#[test]
fn everything_that_could_want_a_claim_keeps_it() {
    let ns = scaled_down("wanted");
    ns.post(
        &format!("/apis/batch/v1/namespaces/{}/cronjobs", ns.name()),
        &json!({
            "metadata": { "name": "nightly" },
            "spec": {
                "schedule": "0 3 * * *", "suspend": true,
                "jobTemplate": { "spec": { "template": { "spec": {
                    "restartPolicy": "Never",
                    "containers": [{ "name": "app", "image": "app:v1" }],
                    "volumes": [{ "name": "d", "persistentVolumeClaim": { "claimName": "data-db-4" } }],
                }}}},
            },
        }),
    );
    let named = of(&ns, "data-db-4");
    assert_eq!((&named["class"], &named["prunable"]), (&json!("referenced"), &json!(false)));
    assert!(named["vetoes"][0]["message"].as_str().unwrap().contains("cronjob/nightly"), "{named}");

    // A name in the text of any object at all.
    ns.post(
        &format!("/api/v1/namespaces/{}/configmaps", ns.name()),
        &json!({ "metadata": { "name": "notes" }, "data": { "source": "data-db-3" } }),
    );
    let spelled = of(&ns, "data-db-3");
    assert_eq!(spelled["class"], "referenced", "{spelled}");
    let message = spelled["vetoes"][0]["message"].as_str().unwrap();
    assert!(message.contains("configmap/notes") && message.contains("data.source"), "{message}");
    let shallow = listed(&ns, &["--idle", "0", "--deep-scan=false"]);
    let items = shallow["items"].as_array().unwrap();
    let shallow = items.iter().find(|item| item["name"] == "data-db-3").unwrap();
    assert_eq!(
        (&shallow["class"], &shallow["confidence"]),
        (&json!("scaled-down"), &json!("medium"))
    );

    let why = ns.sts(&["pvc", "why", "data-db-4"]).run().success();
    assert!(why.stdout.contains("V4") && why.stdout.contains("cronjob/nightly names it"), "{why}");
    assert!(why.stdout.contains("would leave it"), "{why}");
    let none = ns.sts(&["pvc", "why", "data-db-9"]).run();
    assert_eq!(none.code, 1, "{none}");
}

#[test]
fn parked_and_autoscaled_claims_are_held_by_a_flag_of_their_own() {
    let ns = scaled_down("held");
    ns.post(
        &format!("/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers", ns.name()),
        &json!({
            "metadata": { "name": "db" },
            "spec": {
                "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db" },
                "minReplicas": 1, "maxReplicas": 4,
            },
        }),
    );
    let burst = of(&ns, "data-db-3");
    assert_eq!(
        (&burst["class"], &burst["holds"][0]["id"]),
        (&json!("burst"), &json!("autoscaled"))
    );
    assert_eq!(burst["holds"][0]["liftedBy"], "--include-autoscaled");
    assert_eq!(of(&ns, "data-db-4")["prunable"], true);
    ns.kubectl_ok(&["delete", "hpa", "db"]);
    ns.kubectl_ok(&["scale", "statefulset/db", "--replicas=0"]);
    wait_class(&ns, "data-db-0", "parked");
    assert_eq!(of(&ns, "data-db-0")["prunable"], false);
    let lifted = listed(&ns, &["--idle", "0", "--include-parked"]);
    assert_eq!(lifted["totals"]["prunable"], 5);
}

#[test]
fn the_claims_of_a_set_that_is_gone_are_told_from_those_of_one_that_is_being_re_created() {
    let ns = ControlPlane::shared().namespace("gone");
    ns.set("db").replicas(2).parallel().claims("1Gi").create_ready();
    ns.kubectl_ok(&["delete", "statefulset", "db", "--cascade=orphan"]);
    ns.wait_until(SOON, "the pods have no owner", |ns| {
        ns.pods("db").values().all(|pod| pod["metadata"]["ownerReferences"].is_null())
    });
    assert_eq!(of(&ns, "data-db-0")["class"], "in-use");
    ns.kubectl_ok(&["delete", "pod", "db-1"]);
    ns.wait_until(SOON, "db-1 is gone", |ns| ns.pods("db").len() == 1);
    let half = of(&ns, "data-db-1");
    assert_eq!(half["class"], "set-deleted", "{half}");
    assert_eq!(half["holds"][0]["id"], "mid-recreate", "{half}");
    assert_eq!(half["holds"][0]["liftedBy"], Value::Null, "no flag helps");
    ns.kubectl_ok(&["delete", "pod", "db-0"]);
    ns.kubectl_ok(&["delete", "controllerrevisions", "--all"]);
    ns.wait_until(SOON, "nothing is left but the claims", |ns| ns.pods("db").is_empty());
    let gone = of(&ns, "data-db-1");
    assert_eq!((&gone["class"], &gone["confidence"]), (&json!("set-deleted"), &json!("medium")));
    assert_eq!(gone["holds"], json!([]), "{gone}");
}

#[test]
fn two_sets_that_share_a_claim_and_a_pod_that_lends_one_are_seen() {
    let ns = ControlPlane::shared().namespace("names");
    let template = |name: &str| {
        let name = name.to_owned();
        move |set: &mut Value| {
            set["spec"]["volumeClaimTemplates"][0]["metadata"]["name"] = name.clone().into();
            set["spec"]["template"]["spec"]["containers"][0]["volumeMounts"][0]["name"] =
                name.into();
        }
    };
    // Both make a claim a-b-c-0 (kubernetes/kubernetes#41153).
    ns.set("b-c").replicas(1).claims("1Gi").with(template("a")).create_ready();
    ns.set("c").replicas(1).claims("1Gi").with(template("a-b")).create_ready();
    assert_eq!(of(&ns, "a-b-c-0")["class"], "shared");
    for set in ["b-c", "c"] {
        ns.kubectl_ok(&["scale", &format!("statefulset/{set}"), "--replicas=0"]);
    }
    ns.wait_until(SOON, "both sets are empty", |ns| {
        ns.pods("b-c").is_empty() && ns.pods("c").is_empty()
    });
    wait_class(&ns, "a-b-c-0", "ambiguous");
    let everything =
        ["--idle=0", "--min-confidence=low", "--include-parked", "--class=scaled-down,set-deleted"];
    assert_eq!(listed(&ns, &everything)["totals"]["prunable"], 0, "nobody can tell whose it is");

    // The claim of an ephemeral volume under the name of an ordinal.
    let volume = json!({ "name": "0", "ephemeral": { "volumeClaimTemplate": {
        "spec": claim("x")["spec"],
    }}});
    ns.post(&format!("/api/v1/namespaces/{}/pods", ns.name()), &pod("data-web", &volume));
    ns.wait_until(SOON, "the pod has its claim", |ns| {
        ns.get("api/v1", "persistentvolumeclaims/data-web-0").is_some()
    });
    ns.set("web").replicas(1).claims("1Gi").create_ready();
    assert_eq!(of(&ns, "data-web-0")["class"], "hijacked");
    let list = ns.sts(&["pvc", "list"]).run();
    assert!(list.stderr.contains("belongs to another pod"), "{list}");
}

#[test]
fn a_claim_that_would_die_with_its_set_against_its_policy_is_pointed_out() {
    let ns = ControlPlane::shared().namespace("fuse");
    let policy = |when: &str| json!({ "whenDeleted": when, "whenScaled": "Retain" });
    ns.set("db")
        .replicas(2)
        .claims("1Gi")
        .with(|set| set["spec"]["persistentVolumeClaimRetentionPolicy"] = policy("Delete"))
        .create_ready();
    ns.kubectl_ok(&["scale", "statefulset/db", "--replicas=1"]);
    wait_class(&ns, "data-db-1", "scaled-down");
    ns.patch_set(
        "db",
        &json!({ "spec": { "persistentVolumeClaimRetentionPolicy": policy("Retain") } }),
    );
    ns.wait_until(SOON, "the policy reached the claim that is in use", |ns| {
        let used = ns.get("api/v1", "persistentvolumeclaims/data-db-0").unwrap();
        used["metadata"]["ownerReferences"].is_null()
    });
    let list = ns.sts(&["pvc", "list", "db"]).run();
    let line = "pvc/data-db-1 would be deleted with the set, although its policy is Retain";
    assert!(list.stderr.contains(line), "{list}");
}

#[test]
fn a_use_that_ended_while_the_controller_was_away_makes_one_age_unknown() {
    let control_plane = ControlPlane::start(&Options::default());
    let ns = control_plane.namespace("stale");
    ns.set("db").replicas(3).parallel().claims("1Gi").create_ready();
    ns.kubectl_ok(&["scale", "statefulset/db", "--replicas=1"]);
    wait_class(&ns, "data-db-1", "scaled-down");
    wait_class(&ns, "data-db-2", "scaled-down");
    let volume = json!({ "name": "d", "persistentVolumeClaim": { "claimName": "data-db-2" } });
    ns.post(&format!("/api/v1/namespaces/{}/pods", ns.name()), &pod("look", &volume));
    let unused = |ns: &Namespace<'_>, claim: &str| {
        let claim =
            ns.get("api/v1", &format!("persistentvolumeclaims/{claim}")).unwrap_or_default();
        let conditions = claim["status"]["conditions"].as_array().cloned().unwrap_or_default();
        conditions.iter().find(|c| c["type"] == "Unused").map(|c| c["status"].clone())
    };
    ns.wait_until(SOON, "the cluster says that it is used", |ns| {
        unused(ns, "data-db-2") == Some(json!("False"))
    });
    control_plane.kill(Component::ControllerManager);
    ns.kubectl_ok(&["delete", "pod", "look", "--grace-period=0", "--force"]);
    ns.wait_until(SOON, "the pod is gone", |ns| ns.get("api/v1", "pods/look").is_none());
    control_plane.restart(Component::ControllerManager);
    assert_eq!(unused(&ns, "data-db-2"), Some(json!("False")), "it still says so");
    let stale = of(&ns, "data-db-2");
    assert_eq!((&stale["class"], &stale["confidence"]), (&json!("scaled-down"), &json!("medium")));
    assert_eq!((&stale["idleSince"], &stale["idleIsProven"]), (&Value::Null, &json!(false)));
    assert_eq!(of(&ns, "data-db-1")["confidence"], "high", "the other is not concerned");
}

#[test]
fn what_may_not_be_read_is_unknown_and_what_is_not_there_is_not_missed() {
    let ns = scaled_down("hidden");
    let role = |name: &str, rules: &Value| {
        json!({ "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
            "metadata": { "name": name }, "rules": rules })
    };
    let rules = json!([
        { "apiGroups": [""], "resources": ["persistentvolumeclaims", "replicationcontrollers"], "verbs": ["get", "list"] },
        { "apiGroups": ["apps"], "resources": ["*"], "verbs": ["get", "list"] },
        { "apiGroups": ["batch"], "resources": ["*"], "verbs": ["get", "list"] },
        { "apiGroups": ["autoscaling"], "resources": ["*"], "verbs": ["get", "list"] },
    ]);
    let roles = format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles", ns.name());
    ns.post(&roles, &role("blind", &rules));
    let user = format!("blind-{}", ns.name());
    ns.kubectl_ok(&["create", "rolebinding", "blind", "--role=blind", &format!("--user={user}")]);
    ns.wait_until(SOON, "the role counts", |ns| {
        ns.kubectl(&["auth", "can-i", "list", "pvc", "--as", &user]).code == 0
    });
    let list = ns.sts(&["pvc", "list", "--all", "--as", &user]).run();
    assert_eq!(list.code, 9, "{list}");
    assert!(list.stderr.contains("not read: pods"), "{list}");
    assert!(list.stdout.lines().skip(1).all(|line| line.contains("unknown")), "{list}");
    let names = ns.sts(&["pvc", "list", "-o", "name", "--idle=0", "--as", &user]).run();
    assert_eq!((names.code, names.stdout.as_str()), (9, ""), "nothing is offered");
    let why = ns.sts(&["pvc", "why", "data-db-4", "--as", &user]).run();
    assert_eq!(why.code, 9, "{why}");

    ns.kubectl_ok(&["create", "role", "pods", "--verb=get,list", "--resource=pods"]);
    ns.kubectl_ok(&["create", "rolebinding", "pods", "--role=pods", &format!("--user={user}")]);
    ns.wait_until(SOON, "pods may be listed", |ns| {
        ns.kubectl(&["auth", "can-i", "list", "pods", "--as", &user]).code == 0
    });
    let list = ns.sts(&["pvc", "list", "-o", "json", "--as", &user]).run().success().json();
    let items = list["items"].as_array().unwrap();
    let left = items.iter().find(|item| item["name"] == "data-db-4").unwrap();
    assert_eq!((&left["class"], &left["confidence"]), (&json!("scaled-down"), &json!("low")));
    let unread: Vec<&str> =
        list["unknown"].as_array().unwrap().iter().filter_map(|gap| gap["what"].as_str()).collect();
    assert!(unread.contains(&"persistentvolumes"), "{unread:?}");
    assert!(!unread.iter().any(|what| what.contains("snapshot")), "no such group: {unread:?}");
}

#[test]
fn a_mark_is_set_on_what_is_left_behind_and_cleared_when_it_is_wanted_again() {
    let ns = scaled_down("mark");
    let mark = |ns: &Namespace<'_>, claim: &str| {
        let claim = ns.get("api/v1", &format!("persistentvolumeclaims/{claim}")).unwrap();
        claim["metadata"]["annotations"]["kubectl-sts.io/orphan-since"].clone()
    };
    assert_eq!(ns.sts(&["pvc", "mark"]).run().code, 9, "nobody to ask");
    let dry = ns.sts(&["pvc", "mark", "--dry-run=server"]).run().success();
    assert!(dry.stdout.contains("data-db-4 marked (server dry run)"), "{dry}");
    assert_eq!(mark(&ns, "data-db-4"), Value::Null);
    ns.sts(&["pvc", "mark", "--yes"]).run().success();
    let first = mark(&ns, "data-db-4");
    assert!(first.is_string(), "{first}");
    assert_eq!(mark(&ns, "data-db-0"), Value::Null);
    let again = ns.sts(&["pvc", "mark", "--yes"]).run().success();
    assert!(again.stderr.contains("every mark is as it should be"), "{again}");
    assert_eq!(mark(&ns, "data-db-4"), first, "the first sight counts");
    ns.kubectl_ok(&["scale", "statefulset/db", "--replicas=4"]);
    ns.wait_ready("db");
    let cleared = ns.sts(&["pvc", "mark", "--yes"]).run().success();
    assert!(cleared.stdout.contains("data-db-3 cleared"), "{cleared}");
    assert_eq!((mark(&ns, "data-db-3"), mark(&ns, "data-db-4")), (Value::Null, first));
}
