//! One command in all pods of a set.

use std::time::Duration;

use serde_json::json;

use crate::harness::ControlPlane;
use crate::rollouts::ended;
use crate::rollouts::says;

const SOON: Duration = Duration::from_secs(30);

#[test]
fn the_same_answers_are_shown_once_and_the_worst_code_is_the_exit_code() {
    let ns = ControlPlane::shared().namespace("exec-all");
    ns.set("db").replicas(5).parallel().pods("behavior-3", "pull").create();
    ns.wait_images("db", "0:v1 1:v1 2:v1 3:v1! 4:v1");

    let script = "case $POD_NAME in db-0) echo primary;; *) echo replica; echo oh >&2;; esac";
    let output = ended(ns.sts(&["exec", "db", "--all", "--", "sh", "-c", script]).run(), 1);
    assert_eq!(
        output.stdout, "db-0:\nprimary\ndb-[1-2,4]:\nreplica\ndb-3: not run: ImagePullBackOff\n",
        "{output}"
    );
    assert_eq!(output.stderr, "db-[1-2,4] (stderr):\noh\n", "{output}");

    let script = "exit ${POD_NAME#db-}";
    let output = ended(ns.sts(&["exec", "db", "--all", "--", "sh", "-c", script]).run(), 4);
    says(&output, &["db-0: no output", "db-1: exit code 1", "db-4: exit code 4"]);
    let some = ["exec", "db", "--ordinals", "0,2", "--", "sh", "-c", script];
    ended(ns.sts(&some).run(), 2);
    ended(ns.sts(&["exec", "db", "--ordinals", "0-2", "--", "true"]).run(), 0);

    let output = ended(ns.sts(&["exec", "db", "--ordinals", "0-2", "--", "no-such"]).run(), 1);
    says(&output, &["db-[0-2]: not run: the command in pod/POD could not be run"]);
    let slow = ["exec", "db", "--ordinals", "1-2", "--timeout", "500ms", "--", "sleep", "60"];
    says(&ended(ns.sts(&slow).run(), 5), &["db-[1-2]: not ended: no end within 0.5s"]);
}

#[test]
fn lines_are_shown_as_they_come_where_that_is_asked_for() {
    let ns = ControlPlane::shared().namespace("exec-lines");
    ns.set("db").replicas(2).parallel().create_ready();
    let script = "echo begun; echo oh >&2; sleep 60";
    let run = ns.sts(&["exec", "db", "--all", "--no-fold", "--", "sh", "-c", script]).spawn();
    run.wait_for_line("db-0: begun", SOON);
    run.wait_for_line("db-1: begun", SOON);
    run.wait_for_line("db-1: oh", SOON);
    run.signal("INT");
    let output = ended(run.wait(), 130);
    assert!(output.stderr.contains("db-0: oh") && !output.stdout.contains("oh"), "{output}");
    says(&output, &["db-0: not ended: interrupted"]);
}

#[test]
fn the_answers_are_a_document_too() {
    let ns = ControlPlane::shared().namespace("exec-json");
    ns.set("db").replicas(2).start(3).create_ready();
    let all = ["exec", "sts/db", "--all", "-o", "json", "--", "sh", "-c", "echo a; exit 7"];
    let document = ended(ns.sts(&all).run(), 7).json();
    assert_eq!((&document["kind"], &document["exitCode"]), (&json!("ExecReport"), &json!(7)));
    let item = json!({
        "ordinal": 4, "pod": "db-4", "state": "ended", "exitCode": 7, "stdout": "a",
        "stderr": "", "cut": false,
    });
    assert_eq!(document["items"][1], item, "{document:#}");
}

#[test]
fn mistakes_are_told_before_anything_is_run() {
    let ns = ControlPlane::shared().namespace("exec-mistakes");
    ns.set("db").replicas(1).create_ready();
    let with = |words: &[&str]| ns.sts(&[&["exec", "db"], words, &["--", "true"]].concat()).run();
    says(&ended(with(&["--ordinals", "0-2"]), 2), &["no pods with these ordinals: 1-2"]);
    says(&ended(with(&["--ordinals", "2-0"]), 2), &["ends before it begins"]);
    ended(with(&[]), 2);
    ended(with(&["--all", "--ordinals", "0"]), 2);
    ended(ns.sts(&["exec", "db", "--all"]).run(), 2);
    let output = ended(with(&["--all", "--container", "no-such"]), 1);
    says(&output, &["db-0: not run:", "no-such"]);
    ended(ns.sts(&["exec", "no-set", "--all", "--", "true"]).run(), 1);
}
