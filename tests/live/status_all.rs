//! `status` of one set and of many, against what kubectl shows of the same objects.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Options;
use crate::harness::Output;
use crate::rollouts::ended;
use crate::rollouts::says;

const SOON: Duration = Duration::from_secs(30);

fn document(ns: &Namespace<'_>, set: &str) -> Value {
    ns.sts(&["status", set, "-o", "json"]).run().json()
}

/// The pods of a document are those that kubectl shows, each with its label, its readiness and its node.
fn agrees_with_kubectl(ns: &Namespace<'_>, set: &str) {
    let found = document(ns, set);
    let pods = ns.pods(set);
    let ours: BTreeMap<i64, &Value> = found["pods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pod| (pod["ordinal"].as_i64().unwrap(), pod))
        .collect();
    assert_eq!(ours.keys().collect::<Vec<_>>(), pods.keys().collect::<Vec<_>>(), "{found:#}");
    let object = ns.read_set(set);
    let update = &object["status"]["updateRevision"];
    let mut updated = 0;
    for (ordinal, pod) in &pods {
        let label = &pod["metadata"]["labels"]["controller-revision-hash"];
        let ready = pod["status"]["conditions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|c| c["type"] == "Ready" && c["status"] == "True");
        assert_eq!(&ours[ordinal]["revision"], label, "{found:#}");
        assert_eq!(ours[ordinal]["ready"], ready, "{found:#}");
        updated += i64::from(label == update);
    }
    assert_eq!(found["updated"], updated, "counted from labels: {found:#}");
    assert_eq!(&found["revisions"]["update"], update);
    assert_eq!(found["replicas"], object["spec"]["replicas"]);
}

fn one(ns: &Namespace<'_>, set: &str, code: i32) -> Output {
    ended(ns.sts(&["status", set]).run(), code)
}

#[test]
fn a_canary_is_shown_with_what_waits_and_what_is_kept() {
    let ns = ControlPlane::shared().namespace("page");
    ns.set("db").replicas(5).partition(3).claims("1Gi").create_ready();
    ns.set_image("db", "app:v2");
    ns.wait_images("db", "0:v1 1:v1 2:v1 3:v2 4:v2");
    ns.wait_until(SOON, "it is held", |ns| document(ns, "db")["phase"] == "held");
    let output = one(&ns, "db", 6);
    let revisions = document(&ns, "db")["revisions"].clone();
    let name = |side: &str| revisions[side].as_str().unwrap_or_default().to_owned();
    says(
        &output,
        &[
            "held: 2 of 5 pods updated",
            "0  OOOUU",
            "2 U updated · 3 O old",
            &format!("{} update 3-4 · {} current 0-2", name("update"), name("current")),
            "3: keeps db-0..db-2",
            "5 bound",
            "next: kubectl sts rollout stage db",
        ],
    );
    agrees_with_kubectl(&ns, "db");

    ns.patch_set("db", &json!({ "spec": { "replicas": 3 } }));
    ns.wait_images("db", "0:v1 1:v1 2:v1");
    let left = "3 bound · 2 left behind (data-db-3, data-db-4), taken again by a scale-up";
    ns.wait_until(SOON, "the claims are left behind", |ns| {
        ns.sts(&["status", "db"]).run().stdout.contains(left)
    });
    let claims = document(&ns, "db")["claims"].clone();
    assert_eq!(claims["leftBehind"][1], json!({ "name": "data-db-4", "state": "bound" }));
    let there = ns.json(&["get", "pvc"])["items"].as_array().unwrap().len();
    assert_eq!(there, 5, "as kubectl has them");
}

#[test]
fn a_raised_partition_is_told_as_the_downgrade_it_is() {
    let ns = ControlPlane::shared().namespace("raised");
    ns.set("db").partition(2).create_ready();
    ns.set_image("db", "app:v2");
    ns.wait_images("db", "0:v1 1:v1 2:v2");
    ns.patch_set(
        "db",
        &json!({ "spec": { "updateStrategy": { "rollingUpdate": { "partition": 32767 } } } }),
    );
    ns.wait_until(SOON, "it is held", |ns| document(ns, "db")["partition"] == 32767);
    let found = document(&ns, "db");
    let old = found["revisions"]["current"].as_str().unwrap().to_owned();
    let output = one(&ns, "db", 6);
    says(&output, &[&format!("db-2 would come back on the old revision {old}")]);
    says(&output, &["32767: keeps db-0..db-2, and every pod a scale-up adds"]);
    agrees_with_kubectl(&ns, "db");
    ns.kubectl_ok(&["delete", "pod", "db-2"]);
    ns.wait_images("db", "0:v1 1:v1 2:v1");
}

#[test]
fn a_reverted_template_leaves_a_pod_on_neither_revision_and_deleting_it_heals() {
    let ns = ControlPlane::shared().namespace("reverted");
    ns.set("db").create_ready();
    ns.set_image("db", "app:v2-bad");
    ns.wait_images("db", "0:v1 1:v1 2:v2-bad!");
    let broken = document(&ns, "db")["revisions"]["update"].as_str().unwrap().to_owned();
    says(
        &one(&ns, "db", 3),
        &[&format!("db-0, db-1 would come back on {broken}, which does not run")],
    );
    ns.set_image("db", "app:v1");
    ns.wait_until(SOON, "the revert is seen", |ns| {
        let status = ns.read_set("db")["status"].clone();
        status["currentRevision"] == status["updateRevision"]
    });
    ns.wait_until(SOON, "it is blocked", |ns| document(ns, "db")["phase"] == "blocked");
    let output = one(&ns, "db", 3);
    let unstick = format!("rollout unstick db -n {}", ns.name());
    says(&output, &["current and update 0-1", &format!("{broken} neither 2"), "0  UUo", &unstick]);
    agrees_with_kubectl(&ns, "db");
    ns.kubectl_ok(&["delete", "pod", "db-2"]);
    ns.wait_images("db", "0:v1 1:v1 2:v1");
    ns.wait_until(SOON, "it is complete", |ns| ns.sts(&["status", "db"]).run().code == 0);
}

#[test]
fn under_on_delete_the_next_pod_to_delete_is_named() {
    let ns = ControlPlane::shared().namespace("on-delete");
    ns.set("db").on_delete().create_ready();
    ns.set_image("db", "app:v2");
    ns.wait_until(SOON, "it is held", |ns| document(ns, "db")["phase"] == "held");
    let output = one(&ns, "db", 6);
    says(&output, &["none: OnDelete", "next: kubectl delete pod db-2 -n", "update no pod"]);
    ns.kubectl_ok(&["delete", "pod", "db-2"]);
    ns.wait_images("db", "0:v1 1:v1 2:v2");
    says(&one(&ns, "db", 6), &["0  OOU", "next: kubectl delete pod db-1 -n"]);
}

#[test]
fn a_claim_that_is_told_to_go_or_has_no_volume_is_named() {
    let ns = ControlPlane::shared().namespace("claims");
    ns.set("db").claims("1Gi").create_ready();
    ns.kubectl_ok(&["delete", "pvc", "data-db-1", "--wait=false"]);
    let says_so = |text: &'static str| {
        move |ns: &Namespace<'_>| ns.sts(&["status", "db"]).run().stdout.contains(text)
    };
    ns.wait_until(SOON, "it is terminating", says_so("1 terminating (data-db-1)"));
    ns.set("slow")
        .replicas(1)
        .claims("1Gi")
        .with(|set| {
            set["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"] = "nobody".into();
        })
        .create();
    ns.wait_until(SOON, "it waits for its claim", |ns| {
        let page = ns.sts(&["status", "slow"]).run().stdout;
        page.contains("1 pending (data-slow-0)")
            && page.contains("slow-0 Unschedulable: ")
            && page.contains("; claim data-slow-0 is pending")
    });
    let wide = ns.sts(&["status", "slow", "-o", "wide"]).run();
    says(&wide, &["NODE", "<none>"]);
    let bare = ns.sts(&["status", "slow", "-o", "wide", "--no-headers"]).run();
    assert!(!bare.stdout.contains("RETURNS-ON"), "{bare}");
}

/// Requests of the program for these resources.
fn asked(control_plane: &ControlPlane, resource: &str) -> Vec<(String, i64)> {
    let of = |event: &Value| event["objectRef"]["resource"] == resource;
    let code = |event: &Value| event["responseStatus"]["code"].as_i64().unwrap_or(0);
    let mut events = control_plane.requests_of("kubectl-sts/");
    events.retain(|event| of(event) && event["stage"] != "ResponseStarted");
    let uri = |event: &Value| event["requestURI"].as_str().unwrap_or_default().to_owned();
    events.iter().map(|event| (uri(event), code(event))).collect()
}

#[test]
fn a_cluster_is_read_in_one_pass_and_the_worst_set_decides() {
    let control_plane = ControlPlane::start(&Options::default());
    let (shop, bank) = (control_plane.namespace("shop"), control_plane.namespace("bank"));
    shop.set("db").claims("1Gi").create_ready();
    shop.set("held")
        .partition(3)
        .with(|set| set["metadata"]["labels"] = json!({ "tier": "data" }))
        .create_ready();
    bank.set("ledger").create_ready();
    let all = |more: &[&str]| shop.sts(&[&["status", "-A"], more].concat()).run();

    let output = ended(all(&[]), 6);
    assert_eq!(output.stdout.lines().count(), 4, "{output}");
    says(&output, &["3 sets: 1 held, 2 complete", "NAMESPACE"]);
    for resource in ["statefulsets", "pods", "persistentvolumeclaims"] {
        assert_eq!(asked(&control_plane, resource).len(), 1, "one list each: {output}");
        let (uri, _) = asked(&control_plane, resource).remove(0);
        assert!(!uri.contains("/namespaces/"), "{uri}");
    }
    let nothing = ["controllerrevisions", "poddisruptionbudgets", "nodes"];
    assert!(nothing.iter().all(|resource| asked(&control_plane, resource).is_empty()));

    ended(shop.sts(&["status", "-l", "tier!=data"]).run(), 0);
    let output = ended(shop.sts(&["status", "-l", "tier=data", "--no-headers"]).run(), 6);
    assert_eq!(output.stdout.lines().count(), 1, "{output}");
    assert!(output.stdout.starts_with("held "), "{output}");

    bank.set_image("ledger", "app:v2-bad");
    bank.wait_until(SOON, "one set is blocked", |_| all(&[]).code == 3);
    let output = ended(all(&[]), 3);
    let first = output.stdout.lines().nth(1).unwrap();
    assert!(first.starts_with(bank.name()) && first.contains("blocked"), "{output}");
    says(&output, &["ledger-2 CrashLoopBackOff", &format!("1 blocked ({}/ledger)", bank.name())]);
    let by_name = ended(all(&["--sort-by", "name", "-o", "wide"]), 3);
    says(&by_name, &["PARTITION", "RollingUpdate"]);

    let list = ended(all(&["-o", "json"]), 3).json();
    assert_eq!((&list["kind"], &list["totals"]["blocked"]), (&json!("StatusList"), &json!(1)));
    assert_eq!(list["items"][0]["set"], "ledger", "{list:#}");
    let single = bank.sts(&["status", "ledger", "-o", "json"]).run().json();
    for key in ["phase", "revisions", "partition", "replicas", "updated"] {
        assert_eq!(list["items"][0][key], single[key], "{key}");
    }
    says(&ended(all(&["-o", "yaml"]), 3), &["kind: StatusList"]);

    let other = control_plane.namespace("empty");
    says(&ended(other.sts(&["status"]).run(), 0), &["no StatefulSets found"]);
}

#[test]
fn claims_that_may_not_be_read_are_unknown_and_said_once() {
    let ns = ControlPlane::shared().namespace("blind");
    for set in ["a", "b"] {
        ns.set(set).replicas(1).claims("1Gi").create_ready();
    }
    ns.apply(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: look}\nrules:\n\
         - {apiGroups: [apps], resources: [statefulsets], verbs: [get, list, watch]}\n\
         - {apiGroups: [''], resources: [pods], verbs: [list, watch]}\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: look}\n\
         roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: look}\n\
         subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: looker}]\n",
    );
    let look = |words: &[&str]| ns.sts(&[words, &["--as", "looker"]].concat());
    ns.wait_until(SOON, "the role works", |_| look(&["status"]).run().code == 0);
    let output = ended(look(&["status"]).run(), 0);
    assert_eq!(output.stdout.matches("unknown").count(), 2, "{output}");
    assert_eq!(output.stderr.matches("Warning: claims are unknown").count(), 1, "{output}");
    let page = ended(look(&["status", "a"]).run(), 0);
    says(&page, &["claims     unknown: persistentvolumeclaims is forbidden"]);
    let list = ended(look(&["status", "-o", "json"]).run(), 0).json();
    assert_eq!(list["unknown"][0]["what"], "persistentvolumeclaims", "{list:#}");
    assert!(list["items"][0]["claims"]["bound"].is_null(), "{list:#}");
    let watched = look(&["status", "-w"]).spawn();
    watched.wait_for_line("2 sets: 2 complete", SOON);
    watched.signal("INT");
    ended(watched.wait(), 130);
    let everywhere = ended(look(&["status", "-A"]).run(), 1);
    says(&everywhere, &["Forbidden", "at the cluster scope"]);
}
