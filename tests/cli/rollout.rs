//! Whole rollouts, and what never happens in them.

use std::process::Stdio;

use serde_json::Value;

use super::support::fake::Fake;
use super::support::http::Request;
use super::support::program::{Home, finish, type_into};

const STAGE: &[&str] = &[
    "rollout",
    "stage",
    "db",
    "--image",
    "app=db:v2",
    "--soak=0",
    "--approve=auto",
    "--yes",
    "--progress=none",
];

fn body(request: &Request) -> Value {
    serde_json::from_str(&request.body).unwrap_or_default()
}

#[test]
fn a_rollout_holds_first_and_then_releases_one_pod_at_a_time() {
    let fake = Fake::new();
    let outcome = Home::beside(&fake).run(STAGE);
    outcome.exits(0);
    assert_eq!(fake.partitions(), [32767, 2, 1, 0, 0]);
    fake.cluster(|cluster| {
        assert_eq!(cluster.images(), ["db:v2"; 3]);
        assert_eq!(cluster.record(), None);
    });
    let writes = fake.writes();
    let first = body(&writes[0]);
    assert_eq!(first["spec"]["template"]["spec"]["containers"][0]["image"], "db:v2");
    assert!(first["metadata"]["annotations"]["kubectl-sts.io/rollout"].is_string());
    for write in &writes {
        assert_eq!(
            write.line(),
            "PATCH /apis/apps/v1/namespaces/prod/statefulsets/db?&fieldManager=kubectl-sts"
        );
        assert_eq!(write.headers["content-type"], "application/strategic-merge-patch+json");
        let user_agent = &write.headers["user-agent"];
        assert!(user_agent.starts_with("kubectl-sts"), "{user_agent}");
        assert_eq!(body(write)["metadata"]["uid"], "set-uid");
        assert!(body(write)["metadata"]["resourceVersion"].is_string());
    }
    for later in &writes[1..] {
        assert!(body(later)["spec"].get("template").is_none(), "the template is sent once");
    }
}

#[test]
fn secrets_are_never_asked_for() {
    let fake = Fake::new();
    let home = Home::beside(&fake);
    home.run(STAGE);
    for command in ["status", "history", "plan"] {
        home.run(&["rollout", command, "db"]);
    }
    let asked = fake.requests();
    assert!(asked.len() > 10);
    for request in asked {
        assert!(!request.target.contains("/secrets"), "{}", request.line());
        assert!(!request.target.contains("sesame"), "{}", request.line());
    }
}

#[test]
fn without_a_yes_and_without_a_terminal_nothing_is_written() {
    let fake = Fake::new();
    let home = Home::beside(&fake);
    let line: Vec<&str> = STAGE.iter().copied().filter(|word| *word != "--yes").collect();
    let outcome = home.run(&line);
    outcome.exits(9).complains("nobody can be asked without a terminal").complains("--yes");
    for words in [&["rollout", "hold", "db"][..], &["rollout", "abort", "db"]] {
        home.run(words).exits(9);
    }
    assert_eq!(fake.writes().len(), 0);
    // A yes that is piped in is no person's.
    let mut command = home.command(&Home::program(), &line);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the program");
    type_into(&mut child, "y\n");
    finish(child).exits(9);
    assert_eq!(fake.writes().len(), 0);
}

#[test]
fn dry_runs_write_nothing_and_say_so() {
    let fake = Fake::new();
    let home = Home::beside(&fake);
    let line = |flag| ["rollout", "stage", "db", "--image", "app=db:v2", flag];
    home.run(&line("--dry-run=server"))
        .exits(0)
        .prints("statefulset.apps/db staged (server dry run)");
    assert!(fake.requests().iter().any(|request| request.asks("dryRun=All")));
    let before = fake.requests().len();
    home.run(&line("--dry-run=client")).exits(0).prints("statefulset.apps/db staged (dry run)");
    let after = fake.requests().split_off(before);
    assert!(after.iter().all(|request| request.method == "GET"), "{after:#?}");
    assert_eq!(fake.writes().len(), 0);
}

#[test]
fn a_template_that_is_there_already_is_no_rollout() {
    let fake = Fake::new();
    let outcome =
        Home::beside(&fake).run(&["rollout", "stage", "db", "--image", "app=db:v1", "--yes"]);
    outcome.exits(0).prints("statefulset.apps/db unchanged");
    assert_eq!(fake.writes().len(), 0);
}

#[test]
fn a_canary_stops_with_6_and_is_approved_by_going_on() {
    let fake = Fake::new();
    let home = Home::beside(&fake);
    let words = ["--soak=0", "--yes", "--progress=none"];
    let stage = ["rollout", "stage", "db", "--image", "app=db:v2"];
    let outcome = home.run(&[&stage[..], &words].concat());
    outcome.exits(6);
    fake.cluster(|cluster| {
        assert_eq!(cluster.images(), ["db:v1", "db:v1", "db:v2"]);
        let record = cluster.record().expect("a record");
        assert_eq!(record["phase"], "staging");
        assert!(record.get("holder").is_none(), "the lock was given up");
    });
    home.run(&["rollout", "status", "db"]).exits(6);
    // A second one has to wait for the first.
    home.run(STAGE).exits(9);
    home.run(&[&["rollout", "continue", "db"][..], &words].concat()).exits(0);
    home.run(&["rollout", "status", "db"]).exits(0);
    assert_eq!(fake.partitions(), [32767, 2, 1, 0, 0]);
}

#[test]
fn a_broken_canary_is_held_and_taken_back() {
    let fake = Fake::new();
    fake.cluster(|cluster| cluster.broken.push("db:v2".to_owned()));
    let home = Home::beside(&fake);
    let outcome = home.run(&[STAGE, &["--grace=1s"]].concat());
    outcome.exits(3).complains("db-2").complains("ImagePullBackOff");
    assert!(!outcome.stderr.contains('\u{1b}'), "{:?}", outcome.stderr);
    assert_eq!(fake.partitions(), [32767, 2]);
    home.run(&["rollout", "status", "db"]).exits(3);
    home.run(&["rollout", "abort", "db", "--yes", "--progress=none"]).exits(0);
    fake.cluster(|cluster| {
        assert_eq!(cluster.images(), ["db:v1"; 3]);
        assert_eq!((cluster.partition(), cluster.record()), (Some(0), None));
    });
    let deletions: Vec<Request> =
        fake.writes().into_iter().filter(|write| write.method == "DELETE").collect();
    let [deletion] = deletions.as_slice() else { panic!("{deletions:#?}") };
    assert_eq!(deletion.path(), "/api/v1/namespaces/prod/pods/db-2");
    let seen = &body(deletion)["preconditions"];
    assert!(seen["uid"].is_string() && seen["resourceVersion"].is_string());
    assert!(body(deletion).get("gracePeriodSeconds").is_none(), "never by force");
}

#[test]
fn a_failure_goes_back_by_itself_only_where_asked() {
    let fake = Fake::new();
    fake.cluster(|cluster| cluster.broken.push("db:v2".to_owned()));
    let home = Home::beside(&fake);
    let outcome = home.run(&[STAGE, &["--grace=1s", "--on-failure=abort"]].concat());
    outcome.exits(4);
    fake.cluster(|cluster| assert_eq!(cluster.images(), ["db:v1"; 3]));
}

#[test]
fn lines_tell_the_whole_story() {
    let fake = Fake::new();
    let line: Vec<&str> = STAGE
        .iter()
        .map(|word| if *word == "--progress=none" { "--progress=line" } else { word })
        .collect();
    let outcome = Home::beside(&fake).run(&line);
    outcome.exits(0);
    assert_eq!(outcome.stdout, "", "progress is not data");
    for what in ["step 1/2", "step 2/2", "db-2", "db-0", "passed"] {
        outcome.complains(what);
    }
}

#[test]
fn an_end_that_was_not_asked_for_is_told_even_quietly() {
    let fake = Fake::new();
    let words = ["rollout", "stage", "db", "--image", "app=db:v2", "--soak=0", "--yes", "--quiet"];
    let outcome = Home::beside(&fake).run(&words);
    outcome.exits(6).complains("step 1 of 2 passed").complains("rollout continue db");
    assert!(!outcome.stderr.contains("db:v1"), "the plan is not shown: {}", outcome.stderr);
}

#[test]
fn json_lines_are_json() {
    let fake = Fake::new();
    let line: Vec<&str> = STAGE
        .iter()
        .map(|word| if *word == "--progress=none" { "--progress=json" } else { word })
        .collect();
    let outcome = Home::beside(&fake).run(&line);
    outcome.exits(0);
    let records = outcome.stderr.lines().filter(|line| line.starts_with('{'));
    let records: Vec<Value> = records.map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(records.len() > 5, "{}", outcome.stderr);
}

#[test]
fn a_reader_that_leaves_does_not_stop_a_rollout() {
    let fake = Fake::new();
    let home = Home::beside(&fake);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = home.command(&Home::program(), STAGE);
    let child = command.stdout(Stdio::from(writer)).spawn().expect("the program");
    finish(child).exits(0);
    fake.cluster(|cluster| assert_eq!(cluster.images(), ["db:v2"; 3]));
}

#[test]
fn whoever_changes_the_set_meanwhile_is_not_overruled() {
    let fake = Fake::new();
    let home = Home::beside(&fake);
    let words = ["--soak=0", "--yes", "--progress=none"];
    home.run(&[&["rollout", "stage", "db", "--image", "app=db:v2"][..], &words].concat()).exits(6);
    fake.cluster(|cluster| {
        cluster.edit(|set| {
            set["spec"]["template"]["spec"]["containers"][0]["image"] = "db:v3".into();
        });
    });
    let before = fake.writes().len();
    home.run(&[&["rollout", "continue", "db"][..], &words].concat()).exits(7);
    assert_eq!(fake.writes().len(), before, "nothing more is written");
}

/// The program on a terminal of its own, where somebody types.
#[cfg(target_os = "linux")]
#[track_caller]
fn typing(home: &Home, arguments: &[&str], text: &str) -> super::support::program::Outcome {
    let program = Home::program();
    let line = format!("'{}' {}", program.display(), arguments.join(" "));
    let script = std::path::Path::new("/usr/bin/script");
    let mut command = home.command(script, &["-qec", &line, "/dev/null"]);
    command.env("PATH", "/usr/bin:/bin").env("TERM", "xterm").env("SHELL", "/bin/sh");
    let mut child = command.stdin(Stdio::piped()).spawn().expect("a terminal");
    type_into(&mut child, text);
    finish(child)
}

#[cfg(target_os = "linux")]
#[test]
fn a_no_is_a_no_and_nothing_is_written() {
    let fake = Fake::new();
    let home = Home::beside(&fake);
    for answer in ["n\n", "\n", "yess\n"] {
        let outcome = typing(&home, &["rollout", "stage", "db", "--image", "app=db:v2"], answer);
        outcome.exits(9).prints("Begin this rollout?").prints("nothing was changed");
        outcome.prints("context test, server").prints("namespace prod");
        assert_eq!(fake.writes().len(), 0, "{answer:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_yes_begins_the_rollout() {
    let fake = Fake::new();
    let words = ["rollout", "stage", "db", "--image", "app=db:v2", "--soak=0", "--approve=auto"];
    typing(&Home::beside(&fake), &words, "y\n").exits(0);
    fake.cluster(|cluster| assert_eq!(cluster.images(), ["db:v2"; 3]));
}
