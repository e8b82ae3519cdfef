//! Gates in files: mistakes, digests, and what is shown of them.

use std::fs;

use tempfile::TempDir;

use crate::harness::ControlPlane;
use crate::rollouts::ended;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::version;

#[test]
fn a_mistake_in_a_file_is_shown_where_it_is_before_anything_is_sent() {
    let ns = ControlPlane::shared().namespace("gate-file-bad");
    ns.set("db").create_ready();
    let before = version(&ns, "db");
    let home = TempDir::new().unwrap();
    let file = home.path().join("gates.yaml");
    let path = file.to_str().unwrap();
    for (text, place, why) in [
        ("gates:\n- name: a\n  cmd: x\n  intervall: 1s\n", ":4:3: ", "unknown field"),
        ("gates:\n- name: a\n  cmd: x\n  interval: soon\n", ":4:13: ", "not a duration"),
        ("gates:\n- name: a\n  cmd: x\n  count: 2\n  failureLimit: 2\n", ":2:3: ", "failureLimit"),
    ] {
        fs::write(&file, text).unwrap();
        let flags = ["--image", "app=app:v2", "--gates", path];
        for command in ["stage", "continue"] {
            let flags = if command == "stage" { &flags[..] } else { &flags[2..] };
            let words = [&[command, "db"], flags].concat();
            let output = ended(rollout(&ns, &words).run(), 2);
            says(&output, &[&format!("{path}{place}"), why]);
        }
    }
    fs::write(&file, "gates:\n- name: a\n  promql: up\n  expect: '> 0'\n").unwrap();
    let stage = ["stage", "db", "--image", "app=app:v2", "--gates", path];
    let output = ended(rollout(&ns, &stage).run(), 2);
    says(&output, &["gate a needs a Prometheus to ask", "--prom-url"]);
    let slow = "gates:\n- name: a\n  cmd: 'true'\n  count: 100\n  interval: 1m\n";
    fs::write(&file, slow).unwrap();
    let output = ended(rollout(&ns, &stage).run(), 2);
    says(&output, &["take at least", "--step-timeout"]);
    assert_eq!(version(&ns, "db"), before, "nothing was written");
}

#[test]
fn a_rollout_goes_on_with_the_file_it_was_begun_with() {
    let ns = ControlPlane::shared().namespace("gate-file");
    ns.set("db").create_ready();
    let home = TempDir::new().unwrap();
    let file = home.path().join("gates.yaml");
    let path = file.to_str().unwrap();
    let text = "gates:\n- name: both say yes\n  cmd: 'true'\n  count: 2\n  interval: 1s\n";
    fs::write(&file, text).unwrap();

    let plan = ns.sts(&["rollout", "plan", "db", "--image", "app=app:v2", "--gates", path]).run();
    says(&ended(plan, 0), &["gate both say yes (2 of 2, every 1s)"]);
    let stage = ["stage", "db", "--image", "app=app:v2", "--gates", path];
    let output = ended(rollout(&ns, &stage).run(), 6);
    says(&output, &["gate both say yes 1/2, yes, next in 1s", "gate both say yes passed"]);
    says(&output, &[&format!("--gates {path}")]);
    assert_eq!(record(&ns, "db").unwrap()["gates"].as_str().unwrap().len(), 16);

    // Another file is another question, even at the same place.
    fs::write(&file, text.replace('2', "3")).unwrap();
    let output = ended(rollout(&ns, &["continue", "db", "--gates", path]).run(), 9);
    says(&output, &["begun with other gates", "--change-gates"]);
    fs::write(&file, text).unwrap();
    ended(rollout(&ns, &["continue", "db", "--gates", path]).run(), 0);
    assert_eq!(ns.images("db"), ["0:v2", "1:v2", "2:v2"]);
}

#[test]
fn every_answer_is_a_record_for_machines() {
    let ns = ControlPlane::shared().namespace("gate-json");
    ns.set("db").create_ready();
    let home = TempDir::new().unwrap();
    let file = home.path().join("gates.yaml");
    let text = "gates:\n- name: twice\n  cmd: echo lag 0\n  count: 2\n  interval: 1s\n";
    fs::write(&file, text).unwrap();
    let flags = ["--image", "app=app:v2", "--progress=json", "--gates", file.to_str().unwrap()];
    let output = ended(rollout(&ns, &[&["stage", "db"], &flags[..]].concat()).run(), 6);
    let records: Vec<&str> =
        output.stderr.lines().filter(|line| line.contains("\"event\":\"gate\"")).collect();
    let states: Vec<&str> = records
        .iter()
        .filter_map(|line| line.split("\"state\":\"").nth(1)?.split('"').next())
        .collect();
    assert_eq!(states, ["running", "measured", "passed"], "{output}");
    let measured = "\"answer\":\"yes\",\"yes\":1,\"no\":0,\"needed\":2,\"detail\":\"lag 0\"";
    assert!(records[1].contains(measured), "{}", records[1]);
}
