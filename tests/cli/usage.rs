//! What can be said without a cluster: help, versions, and mistakes.

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use super::support::program::{Home, finish};

const COMMANDS: &[&[&str]] = &[
    &[],
    &["status"],
    &["tree"],
    &["rollout"],
    &["rollout", "plan"],
    &["rollout", "stage"],
    &["rollout", "continue"],
    &["rollout", "hold"],
    &["rollout", "release"],
    &["rollout", "abort"],
    &["rollout", "status"],
    &["rollout", "history"],
    &["version"],
    &["options"],
];

/// Runs each command line and shows all of them, one after the other.
fn sayings(lines: &[&[&str]]) -> String {
    let home = Home::alone();
    let said = lines.iter().map(|line| {
        let outcome = home.run(line).whole();
        format!("$ kubectl-sts {}\n{outcome}\n", line.join(" "))
    });
    said.collect()
}

#[test]
fn every_command_has_help_on_standard_output() {
    let home = Home::alone();
    for command in COMMANDS {
        for flag in ["-h", "--help"] {
            let outcome = home.run(&[command, &[flag][..]].concat());
            outcome.exits(0).prints("Usage: kubectl sts");
            assert_eq!(outcome.stderr, "", "{command:?} {flag}");
        }
    }
}

#[test]
fn help_is_the_answer_where_a_command_is_missing() {
    let home = Home::alone();
    for command in [&[][..], &["rollout"]] {
        let outcome = home.run(command);
        outcome.exits(2).complains("Usage: kubectl sts");
        assert_eq!(outcome.stdout, "");
    }
}

#[test]
fn the_version_of_the_client_needs_no_server() {
    let outcome = Home::alone().run(&["version", "--client"]);
    outcome.exits(0).prints(env!("CARGO_PKG_VERSION"));
    assert_eq!(outcome.stderr, "");
    Home::alone().run(&["--version"]).exits(0).prints(env!("CARGO_PKG_VERSION"));
}

#[test]
fn options_lists_the_flags_of_all_commands() {
    let outcome = Home::alone().run(&["options"]);
    outcome.exits(0).prints("--kubeconfig").prints("--as-group").prints("--progress");
}

#[test]
fn mistakes_are_told_with_what_was_meant() {
    let said = sayings(&[
        &["rolout"],
        &["rollout", "stge"],
        &["rollout", "stage"],
        &["rollout", "stage", "db", "--imgae", "app=db:v2"],
        &["rollout", "stage", "db", "--aprove=auto"],
        &["rollout", "stage", "db", "--approve=perhaps"],
        &["rollout", "stage", "db", "extra"],
        &["rollout", "stage", "pod/db-0"],
        &["rollout", "stage", "DB"],
        &["version", "--clinet"],
    ]);
    insta::assert_snapshot!("mistakes", said);
}

#[test]
fn values_that_make_no_sense_say_why() {
    let said = sayings(&[
        &["rollout", "stage", "db", "--steps", "0"],
        &["rollout", "stage", "db", "--steps", "3,2"],
        &["rollout", "stage", "db", "--steps", "101%"],
        &["rollout", "stage", "db", "--steps", "1,,3"],
        &["rollout", "stage", "db", "--soak", "soon"],
        &["rollout", "stage", "db", "--soak=-1s"],
        &["rollout", "stage", "db", "--batch", "0"],
        &["rollout", "stage", "db", "--gate", "curl x"],
        &["rollout", "stage", "db", "--gate", "cmd:"],
        &["rollout", "stage", "db", "--gate", "exec:@x true"],
        &["rollout", "stage", "db", "--gate", "http:healthz"],
        &["rollout", "stage", "db", "--gate", "http:8080/ status=ok"],
        &["rollout", "stage", "db", "--gate", "promql:max(lag) < 1"],
        &["rollout", "stage", "db", "--gate", "promql:max(lag)"],
        &["rollout", "stage", "db", "--gates", "nowhere/gates.yaml"],
        &["rollout", "stage", "db", "--prom-service", "prometheus"],
        &["rollout", "stage", "db", "--prom-ca", "ca.pem"],
        &["rollout", "stage", "db", "--image", "db:v2"],
        &["rollout", "stage", "db", "--dry-run=maybe"],
        &["rollout", "status", "db", "-o", "xml"],
    ]);
    insta::assert_snapshot!("values", said);
}

#[test]
fn every_mistake_exits_with_2() {
    let home = Home::alone();
    for line in [
        &["nonsense"][..],
        &["rollout", "nonsense"],
        &["rollout", "stage", "db", "--steps", "x"],
        &["status", "db", "-A"],
        &["status", "db", "-l", "a=b"],
        &["status", "db", "--sort-by", "age"],
        &["tree"],
        &["tree", "db", "-o", "svg"],
        &["rollout", "continue"],
        &["rollout", "abort", "a/b/c"],
        &["rollout", "status", "db", "--request-timeout", "x"],
    ] {
        let outcome = home.run(line);
        outcome.exits(2);
        assert_eq!(outcome.stdout, "", "{line:?}");
    }
}

#[test]
fn without_a_cluster_the_reason_is_kubectls() {
    let home = Home::alone();
    let outcome = home.run(&["rollout", "status", "db"]);
    outcome.exits(1);
    assert!(outcome.stderr.contains("localhost:8080") || outcome.stderr.contains("kubeconfig"));
    assert_eq!(outcome.stdout, "");
}

#[cfg(unix)]
#[test]
fn the_name_follows_the_file_it_was_called_by() {
    let home = Home::alone();
    for (file, name) in [
        ("kubectl-sts", "kubectl sts"),
        ("kubectl-stateful_sets", "kubectl stateful-sets"),
        ("sts", "sts"),
    ] {
        let link = home.path().join(file);
        std::os::unix::fs::symlink(Home::program(), &link).expect("a link");
        let child = home.command(&link, &["rollout", "-h"]).spawn().expect("the program");
        finish(child).exits(0).prints(&format!("Usage: {name} rollout"));
        let child = home.command(&link, &["rolout"]).spawn().expect("the program");
        finish(child).exits(2).complains(&format!("Usage: {name} "));
        fs::remove_file(&link).expect("the link to go");
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let home = Home::alone();
    let mut child =
        home.command(&Home::program(), &["rollout", "stage", "--help"]).spawn().expect("a program");
    let mut first = [0; 10];
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut first).expect("some help");
    drop(stdout);
    let outcome = finish(child);
    outcome.exits(0);
    assert_eq!(outcome.stderr, "");
    let mut closed = home.command(&Home::program(), &["options"]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let outcome = finish(closed.stdout(Stdio::from(writer)).spawn().expect("a program"));
    outcome.exits(0);
    assert_eq!(outcome.stderr, "");
}

#[test]
fn no_file_of_these_tests_is_forgotten() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    let main = fs::read_to_string(folder.join("main.rs")).expect("main.rs");
    for entry in fs::read_dir(folder).expect("a folder") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if let Some(module) = name.strip_suffix(".rs").filter(|module| *module != "main") {
            assert!(main.contains(&format!("mod {module};")), "{name} is not run");
        }
    }
}

#[test]
fn a_size_below_zero_is_called_a_wrong_value() {
    let outcome = Home::alone().run(&["scale", "db", "--replicas", "-1"]);
    outcome.exits(2).complains("invalid value '-1' for '--replicas <N>'");
}
