//! What goes wrong between the program and the server.

use super::support::fake::{Fake, Fault};
use super::support::program::Home;

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
const STATUS: &[&str] = &["rollout", "status", "db"];
const SET: &str = "/statefulsets/db";

/// A rollout goes through in spite of the fault, and nothing is sent twice.
#[track_caller]
fn goes_through(fake: &Fake) {
    let outcome = Home::beside(fake).run(STAGE);
    outcome.exits(0);
    fake.cluster(|cluster| {
        assert_eq!(cluster.images(), ["db:v2"; 3]);
        assert_eq!((cluster.partition(), cluster.record()), (Some(0), None));
    });
}

#[test]
fn a_set_that_is_not_there_is_told_as_kubectl_does() {
    let fake = Fake::new();
    let outcome = Home::beside(&fake).run(&["rollout", "status", "other"]);
    outcome.exits(1);
    assert_eq!(
        outcome.stderr,
        "Error from server (NotFound): statefulsets.apps \"other\" not found\n"
    );
}

#[test]
fn a_refusal_says_what_to_ask_the_server() {
    let message = "statefulsets.apps \"db\" is forbidden: User \"jane\" cannot get resource \
                   \"statefulsets\" in API group \"apps\" in the namespace \"prod\"";
    let fake = Fake::new().fail("GET", SET, 1, Fault::Status(403, "Forbidden", message));
    let outcome = Home::beside(&fake).run(STATUS);
    outcome.exits(1).complains("Error from server (Forbidden)");
    outcome.complains("kubectl auth can-i get statefulsets.apps -n prod");
}

#[test]
fn a_patch_that_is_not_allowed_moves_nothing() {
    let fake = Fake::new().fail("PATCH", SET, 9, Fault::Status(403, "Forbidden", "you may not"));
    Home::beside(&fake).run(STAGE).exits(1).complains("you may not");
    fake.cluster(|cluster| assert_eq!(cluster.images(), ["db:v1"; 3]));
}

#[test]
fn credentials_that_are_not_accepted_get_kubectls_words() {
    let fake = Fake::new().fail("GET", "", 99, Fault::Status(401, "Unauthorized", "Unauthorized"));
    let outcome = Home::beside(&fake).run(STATUS);
    outcome.exits(1).complains("error: You must be logged in to the server (Unauthorized)");
}

#[test]
fn reads_are_made_again_after_a_burst_of_errors() {
    let fake = Fake::new().fail("GET", SET, 3, Fault::Status(500, "InternalError", "oops"));
    Home::beside(&fake).run(STATUS).exits(0);
    let reads = fake.requests().iter().filter(|request| request.path().ends_with(SET)).count();
    assert_eq!(reads, 4);
}

#[test]
fn reads_are_not_made_again_for_ever() {
    let fake = Fake::new().fail("GET", SET, 99, Fault::Status(500, "InternalError", "oops"));
    Home::beside(&fake).run(STATUS).exits(1).complains("oops");
    let reads = fake.requests().iter().filter(|request| request.path().ends_with(SET)).count();
    assert_eq!(reads, 6, "one and five more");
}

#[test]
fn a_busy_server_is_given_the_time_it_asks_for() {
    let fake = Fake::new().fail("GET", SET, 1, Fault::RetryAfter(429, "1"));
    let began = std::time::Instant::now();
    Home::beside(&fake).run(STATUS).exits(0).complains("trying again in 1s");
    assert!(began.elapsed().as_secs_f64() >= 1.0);
}

#[test]
fn a_wait_beyond_all_patience_is_a_timeout() {
    let fake = Fake::new().fail("GET", SET, 9, Fault::RetryAfter(429, "86400"));
    Home::beside(&fake).run(STATUS).exits(5).complains("asks to wait");
}

#[test]
fn a_list_that_ends_in_its_middle_is_no_short_list() {
    for list in ["/pods?", "/controllerrevisions?", "/poddisruptionbudgets?"] {
        let fake = Fake::new().fail("GET", list, 99, Fault::Cut);
        let outcome = Home::beside(&fake).run(STAGE);
        outcome.exits(1);
        assert_eq!(fake.writes().len(), 0, "{list}");
    }
}

#[test]
fn budgets_that_may_not_be_read_are_not_taken_for_none() {
    let fake = Fake::new().fail(
        "GET",
        "/poddisruptionbudgets",
        99,
        Fault::Status(403, "Forbidden", "no budgets for you"),
    );
    let home = Home::beside(&fake);
    home.run(STAGE).exits(9).complains("--ignore-pdb");
    assert_eq!(fake.writes().len(), 0);
    home.run(&[STAGE, &["--ignore-pdb"]].concat()).exits(0);
}

#[test]
fn a_set_that_others_write_to_all_the_time_is_read_again_and_judged_anew() {
    // The hold, and every write after it, meets a newer set.
    let fake = Fake::new().fail("PATCH", "fieldManager", 4, Fault::Overtaken);
    goes_through(&fake);
}

#[test]
fn a_patch_that_was_carried_out_before_a_timeout_is_not_sent_again() {
    for fault in [Fault::DoneThenTimeout, Fault::DoneThenReset] {
        // The hold is answered, the answers to the releases of two pods are lost.
        let fake = Fake::new().fail_after("PATCH", SET, 1, 2, fault.clone());
        goes_through(&fake);
        assert_eq!(fake.partitions(), [32767, 2, 1, 0, 0], "{fault:?}: each once");
    }
}

#[test]
fn a_request_that_never_arrived_is_sent_anew_after_looking() {
    let fake = Fake::new().fail_after("PATCH", SET, 2, 1, Fault::Reset);
    goes_through(&fake);
}

#[test]
fn a_hold_whose_fate_is_unknown_is_not_repeated_blindly() {
    let fake = Fake::new().fail("PATCH", "fieldManager", 1, Fault::Reset);
    let outcome = Home::beside(&fake).run(STAGE);
    assert!(outcome.code == 0 || outcome.code == 1, "{}", outcome.whole());
    assert!(fake.partitions().iter().filter(|partition| **partition == 32767).count() <= 1);
}

#[test]
fn watches_that_start_over_lose_nothing() {
    for fault in [Fault::Gone, Fault::CutWatch, Fault::Reset] {
        let fake = Fake::new().fail("GET", "watch=true", 2, fault);
        goes_through(&fake);
    }
}

#[test]
fn a_webhook_that_changes_the_partition_stops_the_rollout() {
    let fake = Fake::new();
    fake.cluster(|cluster| cluster.webhook = Some(3));
    let outcome = Home::beside(&fake).run(STAGE);
    outcome.exits(7).complains("the partition was changed");
    fake.cluster(|cluster| assert_eq!(cluster.images(), ["db:v1"; 3]));
    assert_eq!(fake.partitions(), [32767], "the hold, and nothing after it");
}

#[test]
fn a_server_that_is_not_there_is_told_as_kubectl_does() {
    let gone = Fake::new();
    let home = Home::beside(&gone);
    let outcome = home.run(&["rollout", "status", "db", "--server=http://127.0.0.1:1"]);
    outcome.exits(1);
    assert_eq!(
        outcome.stderr,
        "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n"
    );
}
