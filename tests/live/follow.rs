//! `status --watch`.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use crate::harness::Component;
use crate::harness::ControlPlane;
use crate::harness::Options;
use crate::rollouts::ended;

const SOON: Duration = Duration::from_secs(20);

#[test]
fn every_change_of_a_set_is_a_line_until_ctrl_c() {
    let ns = ControlPlane::shared().namespace("follow");
    ns.set("db").claims("1Gi").create_ready();
    let run = ns.sts(&["status", "db", "-w"]).spawn();
    run.wait_for_line("complete: all 3 pods run", SOON);
    ns.set_image("db", "app:v2-bad");
    run.wait_for_line("db-2 ", SOON);
    run.wait_for_line("blocked: pod db-2 is not ready (CrashLoopBackOff)", SOON);
    run.signal("INT");
    let output = ended(run.wait(), 130);
    let stamped = |line: &str| line.starts_with("20") && line.contains("Z  ");
    assert!(output.stdout.lines().all(stamped), "{output}");
    let mut lines: Vec<&str> = output.stdout.lines().collect();
    lines.dedup();
    assert_eq!(lines.len(), output.stdout.lines().count(), "nothing is said twice: {output}");
}

#[test]
fn a_set_that_is_deleted_ends_the_watch() {
    let ns = ControlPlane::shared().namespace("follow-gone");
    ns.set("db").create_ready();
    let run = ns.sts(&["status", "db", "-w"]).spawn();
    run.wait_for_line("complete", SOON);
    ns.kubectl_ok(&["delete", "statefulset", "db"]);
    let output = ended(run.wait(), 7);
    assert!(output.stderr.contains("statefulset.apps/db was deleted"), "{output}");
}

/// How many watches of a resource the programs have begun.
fn watches(control_plane: &ControlPlane, resource: &str) -> usize {
    let ids: BTreeSet<String> = control_plane
        .requests_of("kubectl-sts/")
        .iter()
        .filter(|event| event["objectRef"]["resource"] == resource && event["verb"] == "watch")
        .map(|event| event["auditID"].as_str().unwrap_or_default().to_owned())
        .collect();
    ids.len()
}

#[test]
fn many_sets_are_one_watch_each_kind_and_a_document_for_each_change() {
    let control_plane = ControlPlane::start(&Options { nodes: Some(1), ..Options::default() });
    let (shop, bank) = (control_plane.namespace("shop"), control_plane.namespace("bank"));
    shop.set("db").create_ready();
    bank.set("ledger").create_ready();
    let lines = shop.sts(&["status", "-A", "-w"]).spawn();
    let documents = shop.sts(&["status", "-A", "-w", "-o", "json"]).spawn();
    lines.wait_for_line("2 sets: 2 complete", SOON);
    documents.wait_for_line("\"complete\":2", SOON);
    bank.set_image("ledger", "app:v2-bad");
    lines.wait_for_line("ledger blocked", SOON);
    documents.wait_for_line("\"blocked\":1", SOON);
    shop.set("young").replicas(1).create();
    lines.wait_for_line("young complete", SOON);
    shop.kubectl_ok(&["delete", "statefulset", "young"]);
    lines.wait_for_line("young deleted", SOON);

    for resource in ["statefulsets", "pods", "persistentvolumeclaims"] {
        assert_eq!(watches(&control_plane, resource), 2, "one for each program: {resource}");
    }

    control_plane.kill(Component::ApiServer);
    lines.wait_for_line("connection lost", Duration::from_secs(90));
    documents.wait_for_line("\"stale\":{", Duration::from_secs(90));
    control_plane.restart(Component::ApiServer);
    lines.wait_for_line("connected again", Duration::from_secs(90));

    for run in [lines, documents] {
        run.signal("INT");
        let output = ended(run.wait(), 130);
        assert!(!output.stdout.is_empty());
        if output.stdout.starts_with('{') {
            let kinds: Vec<Value> = output
                .stdout
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap()["kind"].clone())
                .collect();
            assert!(kinds.iter().all(|kind| kind == "StatusList"), "{output}");
        }
    }
}
