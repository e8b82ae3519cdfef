//! Files of gates, good and bad.

use proptest::prelude::*;

use super::*;
use crate::model::gate::Question;
use crate::model::gate::http::{Target, Verify};

#[test]
fn everything_a_gate_may_have_is_read() {
    let gates = parse(
        "\
gates:
- name: lag
  promql: |
    max(lag{pod=\"{pod}\"})
  expect: < 10
  interval: 30
  initialDelay: 1m30s
  count: 5
  successThreshold: 3
  failureLimit: 2
  errorLimit: 1
  timeout: 5s
  onNoData: wait
- name: health
  https: 9200/_cluster/health
  pods: all
  status: 200
  json: .status
  expect: == \"green\"
  insecure: true
- name: ready
  exec: pg_isready -q -U 'a b'
  container: db
  pods: 0
- name: local
  cmd: ./check.sh
",
    )
    .unwrap();
    let names: Vec<&str> = gates.iter().map(|gate| gate.name.as_str()).collect();
    assert_eq!(names, ["lag", "health", "ready", "local"]);
    let Question::Query(query) = &gates[0].question else { panic!() };
    assert_eq!(query.expression, "max(lag{pod=\"{pod}\"})");
    assert_eq!(
        gates[0].rules,
        Rules {
            initial_delay: Duration::from_secs(90),
            interval: Duration::from_secs(30),
            count: 5,
            success_threshold: 3,
            failure_limit: 2,
            error_limit: 1,
            timeout: Some(Duration::from_secs(5)),
            on_no_data: OnNoData::Wait,
        }
    );
    let Question::Http(request) = &gates[1].question else { panic!() };
    assert_eq!(
        request.target,
        Target::Pods {
            pods: GatePods::All,
            port: 9200,
            path: "/_cluster/health".to_owned(),
            tls: Some(Verify::Nothing),
        }
    );
    let Question::Exec { argv, container, pods } = &gates[2].question else { panic!() };
    assert_eq!(argv, &["pg_isready", "-q", "-U", "a b"]);
    assert_eq!(container.as_deref(), Some("db"));
    assert_eq!(pods, &"0".parse().unwrap());
    assert_eq!(gates[3].rules, Rules::default());
}

fn wrong(content: &str) -> (Option<(u64, u64)>, String) {
    let wrong = parse(content).unwrap_err();
    (wrong.at, wrong.why)
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (line, column, said, content) in [
        (4, 3, "unknown field", "gates:\n- name: a\n  cmd: x\n  intervall: 10s\n"),
        (4, 13, "is not a duration", "gates:\n- name: a\n  cmd: x\n  interval: 10 minutes\n"),
        (4, 10, "", "gates:\n- name: a\n  cmd: x\n  count: many\n"),
        (4, 13, "unknown", "gates:\n- name: a\n  promql: x\n  onNoData: skip\n  expect: == 1\n"),
        (4, 11, "block scalar", "gates:\n- name: a\n  promql: x\n  expect: > 5\n"),
        (4, 14, "write it in quotes", "gates:\n- name: a\n  promql: x\n  expect: != 5\n"),
        (4, 11, "does not begin with <", "gates:\n- name: a\n  promql: x\n  expect: small\n"),
        (4, 9, "is not a path", "gates:\n- name: a\n  http: 80/\n  json: status\n"),
        (4, 11, "is not a list of status", "gates:\n- name: a\n  http: 80/\n  status: 2xx\n"),
        (4, 9, "neither @all nor", "gates:\n- name: a\n  exec: x\n  pods: some\n"),
        (2, 3, "one of cmd, exec", "gates:\n- name: a\n"),
        (2, 3, "one of cmd, exec", "gates:\n- name: a\n  cmd: x\n  http: 80/\n"),
        (2, 3, "takes no status", "gates:\n- name: a\n  cmd: x\n  status: 200\n"),
        (2, 3, "needs expect", "gates:\n- name: a\n  promql: up\n"),
        (2, 3, "less than count", "gates:\n- name: a\n  cmd: x\n  failureLimit: 1\n"),
        (2, 3, "quote that does not close", "gates:\n- name: a\n  cmd: it's\n"),
        (4, 9, "another gate named", "gates:\n- name: a\n  cmd: x\n- name: a\n  cmd: y\n"),
        (2, 9, "needs a name", "gates:\n- name: ''\n  cmd: x\n"),
        (3, 3, "uplicate", "gates:\n- name: a\n  name: b\n  cmd: x\n"),
        (2, 1, "unknown field", "gates: []\nrules: 1\n"),
        (1, 1, "there are no gates", "gates: []\n"),
    ] {
        let (at, why) = wrong(content);
        assert_eq!(at, Some((line, column)), "{content}{why}");
        assert!(why.contains(said) && !why.contains("at line 4"), "{content}{why}");
    }
}

#[test]
fn a_file_that_is_no_list_of_gates_is_refused() {
    for content in ["", "gates", "- name: a\n", "gates:\n  a: b\n", "gates: [\n", "{}"] {
        parse(content).unwrap_err();
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let said = read("/nowhere/gates.yaml").unwrap_err();
    assert!(said.starts_with("/nowhere/gates.yaml: No such file"), "{said}");
}

#[test]
fn every_preset_is_a_file_of_gates() {
    let mut presets = 0;
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/gates")).unwrap() {
        let path = entry.unwrap().path();
        let path = path.to_str().unwrap();
        let file = read(path).unwrap();
        for gate in &file.gates {
            assert!(gate.name.len() <= 40, "{path}: {}", gate.name);
            let (Question::Exec { argv, .. } | Question::Command { argv }) = &gate.question else {
                continue;
            };
            assert!(!argv[0].contains(' '), "{path}: {argv:?}");
        }
        presets += 1;
    }
    assert_eq!(presets, 7);
}

proptest! {
    #[test]
    fn no_file_makes_the_reader_fall_over(content in "\\PC{0,80}") {
        drop(parse(&format!("gates:\n- name: a\n  cmd: {content}\n")));
        drop(parse(&content));
    }
}
