//! Claims that grow, or get other attributes, while their pods run.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Fate;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::harness::Proxy;
use crate::rollouts::ended;
use crate::rollouts::says;

const SOON: Duration = Duration::from_secs(30);

/// A set `db` of claims of 1Gi of that class.
#[track_caller]
fn a_set(ns: &Namespace<'_>, class: &str, replicas: u32) {
    ns.set("db").replicas(replicas).claims("1Gi").storage_class(class).create_ready();
}

#[track_caller]
fn tells(output: &Output, text: &str) {
    says(output, &[text]);
}

fn words<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["pvc", "resize", "db"][..], more].concat()
}

fn resize(ns: &Namespace<'_>, more: &[&str]) -> Output {
    ns.sts(&words(more)).run()
}

fn apply(ns: &Namespace<'_>, more: &[&str]) -> Output {
    resize(ns, &[more, &["--apply", "--yes"]].concat())
}

fn claim(ns: &Namespace<'_>, ordinal: u32) -> Value {
    ns.get("api/v1", &format!("persistentvolumeclaims/data-db-{ordinal}")).unwrap()
}

/// What the claims of the first ordinals ask for and have, and what the template asks for.
fn sizes(ns: &Namespace<'_>, count: u32) -> (Vec<String>, String) {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let of = |ordinal| {
        let claim = claim(ns, ordinal);
        let asks = text(&claim["spec"]["resources"]["requests"]["storage"]);
        format!("{asks}/{}", text(&claim["status"]["capacity"]["storage"]))
    };
    let template = &ns.read_set("db")["spec"]["volumeClaimTemplates"][0];
    let template = text(&template["spec"]["resources"]["requests"]["storage"]);
    ((0..count).map(of).collect(), template)
}

fn versions(ns: &Namespace<'_>, count: u32) -> Vec<Value> {
    (0..count).map(|ordinal| claim(ns, ordinal)["metadata"]["resourceVersion"].clone()).collect()
}

#[track_caller]
fn are(ns: &Namespace<'_>, claims: &[&str], template: &str, output: &Output) {
    let count = u32::try_from(claims.len()).unwrap();
    let (found, asked) = sizes(ns, count);
    assert_eq!(
        (found.as_slice(), asked.as_str()),
        (&claims.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()[..], template),
        "{output}"
    );
}

#[test]
fn claims_grow_from_the_top_and_the_template_with_them_and_no_pod_notices() {
    let ns = ControlPlane::csi().namespace("resize");
    a_set(&ns, "csi", 3);
    ns.write_file("db-0", "data/file", "kept");
    let (pods, before) = (ns.pod_uids("db"), versions(&ns, 3));

    let plan = ended(resize(&ns, &["--size", "2Gi"]), 0);
    tells(&plan, "a claim never shrinks");
    tells(&plan, "claim template data: 1Gi → 2Gi");
    let plan = ended(resize(&ns, &["--size", "2Gi", "--dry-run=server"]), 0);
    tells(&plan, "resized (server dry run)");
    let refused = ended(resize(&ns, &["--size", "2Gi", "--apply"]), 9);
    tells(&refused, "without a terminal");
    assert_eq!(versions(&ns, 3), before, "nobody has written");

    let output = ended(apply(&ns, &["--size", "2Gi"]), 0);
    are(&ns, &["2Gi/2Gi", "2Gi/2Gi", "2Gi/2Gi"], "2Gi", &output);
    let asked: Vec<&str> = output
        .stderr
        .lines()
        .filter(|line| line.contains("asked, has"))
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    assert_eq!(asked, ["data-db-2", "data-db-1", "data-db-0"], "{output}");
    tells(
        &output,
        "spec.volumeClaimTemplates[name=data].spec.resources.requests.storage: 1Gi → 2Gi",
    );
    assert_eq!(ns.pod_uids("db"), pods, "{output}");
    assert_eq!(ns.read_file("db-0", "data/file"), "kept");
    let again = ended(apply(&ns, &["--size", "2048Mi"]), 0);
    tells(&again, "unchanged");
}

#[test]
fn a_canary_that_cannot_grow_leaves_the_others_and_can_be_asked_for_less() {
    let ns = ControlPlane::csi().namespace("resize-fails");
    a_set(&ns, "csi", 3);
    ns.fault("data-db-2", "expand infeasible");
    let output = ended(apply(&ns, &["--size", "4Gi", "--max-parallel", "3"]), 3);
    tells(&output, "2 were not touched");
    are(&ns, &["1Gi/1Gi", "1Gi/1Gi", "4Gi/1Gi"], "1Gi", &output);

    let back = ended(resize(&ns, &["--size", "1Gi"]), 9);
    tells(&back, "the smallest it can still be asked for is more than 1Gi");
    ns.fault("data-db-2", "expand none");
    let plan = ended(resize(&ns, &["--size", "2Gi"]), 0);
    tells(&plan, "instead of 4Gi");
    let output = ended(apply(&ns, &["--size", "2Gi", "--max-parallel", "3"]), 0);
    are(&ns, &["2Gi/2Gi", "2Gi/2Gi", "2Gi/2Gi"], "2Gi", &output);
}

#[test]
fn a_driver_that_hangs_is_waited_for_only_so_long() {
    let ns = ControlPlane::csi().namespace("resize-hangs");
    a_set(&ns, "csi", 2);
    ns.fault("data-db-1", "expand hang");
    let output = ended(apply(&ns, &["--size", "2Gi", "--timeout", "5s"]), 5);
    tells(&output, "its driver is at it");
    are(&ns, &["1Gi/1Gi", "2Gi/1Gi"], "1Gi", &output);
    let other = ended(resize(&ns, &["--size", "3Gi"]), 7);
    tells(&other, "its driver is at it");

    let running = ns.sts(&words(&["--size", "2Gi", "--apply", "--yes"])).spawn();
    running.wait_for_line("pvc/data-db-1 has not got it yet", SOON);
    running.signal("INT");
    let output = ended(running.wait(), 130);
    tells(&output, "interrupted; 0 of 2 claims have it, 1 was asked for it");
    ns.fault("data-db-1", "expand none");
    let output = ended(apply(&ns, &["--size", "2Gi"]), 0);
    are(&ns, &["2Gi/2Gi", "2Gi/2Gi"], "2Gi", &output);
}

#[test]
fn where_nobody_expands_silence_is_told_and_ends_it() {
    let ns = ControlPlane::shared().namespace("resize-silent");
    a_set(&ns, "standard-expandable", 2);
    let output = ended(apply(&ns, &["--size", "2Gi", "--timeout", "4s"]), 5);
    tells(&output, "nobody has said anything in the claim");
    tells(&output, "waiting for an external controller to expand this PVC");
    are(&ns, &["1Gi/1Gi", "2Gi/1Gi"], "1Gi", &output);
    let output = ended(apply(&ns, &["--size", "1500Mi", "--timeout", "3s"]), 5);
    are(&ns, &["1Gi/1Gi", "1500Mi/1Gi"], "1Gi", &output);
}

#[test]
fn what_cannot_be_done_for_every_claim_is_begun_for_none() {
    let ns = ControlPlane::csi().namespace("resize-refused");
    a_set(&ns, "csi", 2);
    let before = versions(&ns, 2);
    let quota = json!({ "apiVersion": "v1", "kind": "ResourceQuota", "metadata": { "name": "q" },
        "spec": { "hard": { "requests.storage": "3Gi" } } });
    ns.apply(&quota.to_string());
    ns.wait_until(SOON, "the quota counts", |ns| {
        ns.json(&["get", "quota", "q"])["status"]["used"]["requests.storage"] == "2Gi"
    });
    // One of the two would fit, and the server would let it.
    let output = ended(apply(&ns, &["--size", "2Gi"]), 9);
    tells(&output, "resourcequota/q leaves 1Gi of requests.storage");
    for size in ["1023Mi", "1"] {
        tells(&ended(apply(&ns, &["--size", size]), 9), "never shrinks");
    }
    tells(&ended(apply(&ns, &["--size", "2Gi", "--template", "wal"]), 2), "it has data");
    ended(apply(&ns, &["--size", "0"]), 2);
    assert_eq!(versions(&ns, 2), before);

    let ns = ControlPlane::csi().namespace("resize-fixed");
    a_set(&ns, "csi-fixed", 1);
    tells(&ended(apply(&ns, &["--size", "2Gi"]), 9), "storageclass/csi-fixed do not grow");
    let owner = json!({ "metadata": { "ownerReferences": [{ "apiVersion": "v1", "kind": "ConfigMap",
        "name": "operator", "uid": "00000000-0000-0000-0000-000000000000", "controller": true }] } });
    ns.kubectl_ok(&["create", "configmap", "operator"]);
    let uid = ns.json(&["get", "configmap", "operator"])["metadata"]["uid"].clone();
    let mut owner = owner;
    owner["metadata"]["ownerReferences"][0]["uid"] = uid;
    ns.patch_set("db", &owner);
    tells(&ended(apply(&ns, &["--size", "2Gi"]), 7), "belongs to ConfigMap/operator");
}

#[test]
fn a_set_that_a_tool_reconciles_keeps_its_claims_unless_they_alone_are_meant() {
    let ns = ControlPlane::csi().namespace("resize-gitops");
    a_set(&ns, "csi", 1);
    let label = json!({ "metadata": { "labels": { "argocd.argoproj.io/instance": "db" } } });
    ns.patch_set("db", &label);
    let output = ended(apply(&ns, &["--size", "2Gi"]), 7);
    tells(&output, "--pvcs-only");
    are(&ns, &["1Gi/1Gi"], "1Gi", &output);
    let output = ended(apply(&ns, &["--size", "2Gi", "--pvcs-only"]), 0);
    tells(&output, "pods of a later scale-up get claims of 1Gi");
    are(&ns, &["2Gi/2Gi"], "1Gi", &output);
    let output = ended(apply(&ns, &["--size", "2Gi", "--template-only", "--i-own-this"]), 0);
    are(&ns, &["2Gi/2Gi"], "2Gi", &output);
}

#[test]
fn claims_left_behind_grow_only_when_that_is_said() {
    let ns = ControlPlane::csi().namespace("resize-behind");
    a_set(&ns, "csi", 2);
    ns.kubectl_ok(&["scale", "sts", "db", "--replicas=1"]);
    ns.wait_ready("db");
    let output = ended(apply(&ns, &["--size", "2Gi", "--pvcs-only"]), 0);
    tells(&output, "left alone: data-db-1");
    are(&ns, &["2Gi/2Gi", "1Gi/1Gi"], "1Gi", &output);
    let output = ended(apply(&ns, &["--size", "2Gi", "--include-left-behind"]), 0);
    are(&ns, &["2Gi/2Gi", "2Gi/2Gi"], "2Gi", &output);
}

#[test]
fn a_file_system_that_waits_for_its_pod_gets_a_restart_only_when_that_is_said() {
    let ns = ControlPlane::csi().namespace("resize-node");
    a_set(&ns, "csi", 1);
    ns.fault("data-db-0", "expand needs-node");
    let pods = ns.pod_uids("db");
    let output = ended(apply(&ns, &["--size", "2Gi", "--timeout", "6s"]), 8);
    tells(&output, "needs its pod to be restarted");
    assert_eq!(ns.pod_uids("db"), pods, "{output}");

    let more = ["--size", "2Gi", "--restart", "if-needed", "--timeout", "20s", "--apply", "--yes"];
    let running = ns.sts(&words(&more)).spawn();
    ns.wait_until(Duration::from_secs(60), "the pod is restarted", |ns| {
        ns.pod_uids("db").first().is_some_and(|uid| !pods.contains(uid))
    });
    ns.grow_file_system("data-db-0");
    let output = ended(running.wait(), 0);
    are(&ns, &["2Gi/2Gi"], "2Gi", &output);
}

#[test]
fn attributes_change_as_sizes_do_and_only_for_the_driver_they_are_for() {
    let ns = ControlPlane::csi().namespace("modify");
    a_set(&ns, "csi", 2);
    let modify = |more: &[&str]| ns.sts(&[&["pvc", "modify", "db"][..], more].concat()).run();
    tells(
        &ended(modify(&["--vac", "nope", "--apply", "--yes"]), 9),
        "no volumeattributesclass/nope",
    );
    let other = format!("other-{}", ns.name());
    ns.apply(&format!(
        "{{apiVersion: storage.k8s.io/v1, kind: VolumeAttributesClass, metadata: {{name: {other}}}, driverName: x.csi, parameters: {{a: b}}}}"
    ));
    tells(&ended(modify(&["--vac", &other, "--apply", "--yes"]), 9), "is for volumes of x.csi");
    ns.kubectl_ok(&["delete", "volumeattributesclass", &other, "--wait=false"]);

    ns.fault("data-db-1", "modify infeasible");
    let output = ended(modify(&["--vac", "csi-fast", "--apply", "--yes"]), 3);
    tells(&output, "1 was not touched");
    ns.fault("data-db-1", "modify none");
    let pods = ns.pod_uids("db");
    let output = ended(modify(&["--vac", "csi-slow", "--apply", "--yes"]), 0);
    for ordinal in 0..2 {
        assert_eq!(claim(&ns, ordinal)["status"]["currentVolumeAttributesClassName"], "csi-slow");
    }
    let template = &ns.read_set("db")["spec"]["volumeClaimTemplates"][0]["spec"];
    assert_eq!(template["volumeAttributesClassName"], "csi-slow", "{output}");
    assert_eq!(ns.pod_uids("db"), pods, "{output}");
}

#[test]
fn a_change_that_was_killed_anywhere_is_finished_by_the_next_process() {
    let ns = ControlPlane::csi().namespace("resize-killed");
    a_set(&ns, "csi", 2);
    let pods = ns.pod_uids("db");
    // Two claims; then the copy, the deletion, the creation, and the copy again.
    for (round, write) in (1..=6).flat_map(|write| [(2 * write, write), (2 * write + 1, write)]) {
        let fate = if round % 2 == 0 { Fate::KilledBefore } else { Fate::KilledAfter };
        let size = format!("{round}Gi");
        let proxy = Proxy::start(ns.control_plane());
        let all = words(&["--size", &size, "--apply", "--yes"]);
        let killed = ended(proxy.run(ns.sts_through(&proxy, &all), &[(write, fate)]), 137);
        assert_eq!(ns.pod_uids("db"), pods, "{killed}");
        let cut_in_recreation = ns.get("api/v1", "configmaps/kubectl-sts-recreate-db").is_some();
        if cut_in_recreation {
            ended(ns.sts(&["recreate", "db", "--resume", "--yes"]).run(), 0);
        }
        let output = ended(apply(&ns, &["--size", &size]), 0);
        let each = format!("{size}/{size}");
        are(&ns, &[&each, &each], &size, &output);
        assert_eq!(ns.pod_uids("db"), pods, "{output}");
    }
}

#[test]
fn a_request_whose_answer_is_lost_is_not_sent_again() {
    let ns = ControlPlane::csi().namespace("resize-lost");
    a_set(&ns, "csi", 2);
    let proxy = Proxy::start(ns.control_plane());
    let all = words(&["--size", "2Gi", "--pvcs-only", "--apply", "--yes"]);
    let output = ended(proxy.run(ns.sts_through(&proxy, &all), &[(1, Fate::Lost)]), 0);
    assert_eq!(proxy.writes().len(), 2, "{output}");
    are(&ns, &["2Gi/2Gi", "2Gi/2Gi"], "1Gi", &output);
}

/// The role of `docs/rbac.md` for the user `grower` in this namespace.
fn give_role(ns: &Namespace<'_>) {
    let page = include_str!("../../docs/rbac.md");
    let role = page.split("```yaml\n").find(|block| block.contains("kubectl-sts-resize")).unwrap();
    ns.apply(role.split("```").next().unwrap());
    let binding = ["create", "rolebinding", "grower", "--role=kubectl-sts-resize", "--user=grower"];
    ns.kubectl_ok(&binding);
    ns.wait_until(SOON, "the role counts", |ns| {
        ns.kubectl(&["auth", "can-i", "patch", "pvc", "--as", "grower"]).code == 0
    });
}

#[test]
fn who_may_not_read_classes_has_to_say_that_the_server_is_trusted() {
    let ns = ControlPlane::csi().namespace("resize-rights");
    a_set(&ns, "csi", 1);
    let as_grower = ["--size", "2Gi", "--pvcs-only", "--as", "grower"];
    let output = ended(apply(&ns, &as_grower), 1);
    tells(&output, "forbidden");
    give_role(&ns);
    let output = ended(apply(&ns, &as_grower), 9);
    tells(&output, "storageclass/csi could not be read");
    are(&ns, &["1Gi/1Gi"], "1Gi", &output);
    let trusting = [&as_grower[..], &["--accept-unknown"]].concat();
    let output = ended(apply(&ns, &trusting), 0);
    are(&ns, &["2Gi/2Gi"], "1Gi", &output);
    // The server is right to be trusted: it looks at the class of each claim.
    let fixed = ControlPlane::csi().namespace("resize-rights-fixed");
    a_set(&fixed, "csi-fixed", 1);
    give_role(&fixed);
    let output = ended(apply(&fixed, &trusting), 1);
    tells(&output, "must support resize");
    are(&fixed, &["1Gi/1Gi"], "1Gi", &output);
}
