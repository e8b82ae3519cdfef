//! What a set remembers, and how two of its templates differ.

use serde_json::Value;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::rollouts::ended;
use crate::rollouts::says;
use crate::traps::wait_observed;

fn history(ns: &Namespace<'_>, words: &[&str]) -> Output {
    ns.sts(&[&["rollout", "history", "db"], words].concat()).run()
}

fn under_a_canary() -> Namespace<'static> {
    let ns = ControlPlane::shared().namespace("history");
    ns.set("db").partition(2).create_ready();
    ns.set_image("db", "app:v2");
    ns.wait_images("db", "0:v1 1:v1 2:v2");
    wait_observed(&ns, "db");
    ns
}

#[test]
fn two_revisions_differ_by_these_lines_and_these_pods_run_them() {
    let ns = under_a_canary();
    let by_number = ended(history(&ns, &["--diff", "1..2"]), 0).stdout;
    for line in ["-  - image: app:v1", "+  - image: app:v2", "pods: db-0,db-1", "pods: db-2"] {
        assert!(by_number.contains(line), "{line:?} in {by_number}");
    }
    let status = ns.read_set("db")["status"].clone();
    let name = |key: &str| status[key].as_str().unwrap_or_default().to_owned();
    let names = format!("{}..{}", name("currentRevision"), name("updateRevision"));
    for same in ["current..update", &names] {
        assert_eq!(ended(history(&ns, &["--diff", same]), 0).stdout, by_number);
    }
    says(&ended(history(&ns, &["--diff", "update..template"]), 0), &["the templates are the same"]);
    let back = ended(history(&ns, &["--diff", "2..1"]), 0).stdout;
    assert!(back.contains("+  - image: app:v1"), "{back}");

    let document = ended(history(&ns, &["--diff", "1..2", "-o", "json"]), 0).json();
    let difference = &document["difference"];
    assert_eq!(difference["from"]["pods"], serde_json::json!(["db-0", "db-1"]), "{document:#}");
    assert_eq!(difference["to"]["revision"], 2);
    let changed = &difference["changed"][0];
    assert_eq!(changed["path"], "spec.containers[app].image");
    assert_eq!((&changed["from"], &changed["to"]), (&"app:v1".into(), &"app:v2".into()));
    assert!(difference["diff"].as_str().is_some_and(|diff| diff.contains("+  - image: app:v2")));
    let plain = ended(history(&ns, &["-o", "json"]), 0).json();
    assert_eq!(plain["difference"], Value::Null);
}

#[test]
fn one_revision_is_shown_whole_and_unknown_ones_are_listed() {
    let ns = under_a_canary();
    let whole = ended(history(&ns, &["--revision", "current"]), 0).stdout;
    assert!(whole.starts_with("1 db-") && whole.contains("image: app:v1"), "{whole}");
    assert!(whole.contains("terminationGracePeriodSeconds: 30"), "{whole}");
    let document = ended(history(&ns, &["--revision", "2", "-o", "yaml"]), 0).stdout;
    assert!(document.contains("template:") && !document.contains("app:v1"), "{document}");
    for words in [&["--revision", "7"][..], &["--diff", "1..7"]] {
        says(&ended(history(&ns, words), 2), &["remembers no revision \"7\"", "app:v1", "app:v2"]);
    }
    for nonsense in ["1", "..2", "1..", "1...2"] {
        says(&ended(history(&ns, &["--diff", nonsense]), 2), &["not of the form A..B"]);
    }
    ended(history(&ns, &["--diff", "1..2", "--revision", "1"]), 2);
}
