//! Rollouts that are stopped in the middle: by signals, by death, by the API server, by other people.

use std::collections::hash_map::RandomState;
use std::env;
use std::hash::BuildHasher as _;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::harness::Component;
use crate::harness::ControlPlane;
use crate::harness::Fate;
use crate::harness::Namespace;
use crate::harness::Options;
use crate::harness::Output;
use crate::harness::Proxy;
use crate::harness::SetBuilder;
use crate::rollouts::HOLD;
use crate::rollouts::RECORD;
use crate::rollouts::Story;
use crate::rollouts::ended;
use crate::rollouts::finished;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::status;
use crate::rollouts::strategy;

const SOON: Duration = Duration::from_secs(30);

/// The command to go on that the program printed at its end.
#[track_caller]
fn way_on(output: &Output) -> String {
    let lines = output.stderr.lines().chain(output.stdout.lines());
    let ways: Vec<&str> = lines.filter(|line| line.contains(" rollout continue ")).collect();
    let [way] = ways[..] else { panic!("not one command to go on: {ways:?}\n{output}") };
    match way.find("kubectl") {
        Some(at) => way[at..].to_owned(),
        None => panic!("{way:?} is no command"),
    }
}

/// Runs a command line as somebody who pasted it into a shell, with nothing in the environment that names a cluster.
fn pasted(ns: &Namespace<'_>, line: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_kubectl-sts"));
    let kubectl = ns.control_plane().kubectl_path();
    let mut path: Vec<_> =
        [program, kubectl].iter().filter_map(|file| file.parent()).map(Path::to_owned).collect();
    path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let home = TempDir::new().unwrap();
    let output = Command::new("sh")
        .args(["-c", line])
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", env::join_paths(path).unwrap())
        .output()
        .unwrap();
    Output {
        command: line.to_owned(),
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        elapsed: Duration::ZERO,
    }
}

/// A signal in the middle of a step leaves the set held, and says how to go on.
fn signalled(signal: &str, code: i32) {
    let ns = ControlPlane::shared().namespace("signal");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    let story = Story::begin(&ns, "db");
    let flags = ["stage", "db", "--image", "app=app:v2", "--soak", "3s", "--approve=auto"];
    let run = rollout(&ns, &flags).spawn();
    run.wait_for_line("released to the controller", SOON);
    run.signal(signal);

    let output = ended(run.wait(), code);

    says(&output, &["interrupted; held at 1 of 3 pods (db-2)", "rollout abort db"]);
    assert_eq!(strategy(&ns, "db")["rollingUpdate"]["partition"], 2);
    let left = record(&ns, "db").unwrap();
    assert_eq!((&left["phase"], &left["holder"]), (&json!("staging"), &Value::Null), "{left}");
    let way = way_on(&output);
    assert!(way.contains("--soak 3s") && way.contains("--approve auto"), "{way}");
    ended(pasted(&ns, &way), 9);
    let output = ended(pasted(&ns, &format!("{way} --yes")), 0);
    says(&output, &["step 1 of 2 was not finished"]);
    finished(&ns, "db", "v2", &original);
    let told = story.tell();
    assert_eq!(told.born(), "2:v2 1:v2 0:v2", "{told}");
    told.never_more_down_than(1);
    told.released_only_after_the_others(1);
}

#[test]
fn ctrl_c_leaves_the_set_held() {
    signalled("INT", 130);
}

#[test]
fn sigterm_leaves_the_set_held() {
    signalled("TERM", 143);
}

/// Numbers that look random and come again for the same seed.
struct Random(u64);

impl Random {
    /// Seeded by `STS_SEED`, or differently in every run.
    fn new() -> Self {
        let given = env::var("STS_SEED").ok().and_then(|seed| seed.parse().ok());
        Self(given.unwrap_or_else(|| RandomState::new().hash_one(0) % 1_000_000))
    }

    /// A share from 0 to 1.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(0)) / f64::from(u32::MAX)
    }
}

/// Kills rollouts of a set five times, each at another moment, and has another process take over each time.
#[expect(clippy::print_stderr, reason = "the test runner shows it with a failure")]
fn killed(stem: &str, build: impl for<'n, 'a> Fn(SetBuilder<'n, 'a>) -> SetBuilder<'n, 'a>) {
    let mut random = Random::new();
    eprintln!("STS_SEED={} makes the same moments again", random.0);
    let ns = ControlPlane::shared().namespace(stem);
    build(ns.set("db")).replicas(4).pods("ready-after", "200ms").create_ready();
    let original = strategy(&ns, "db");
    let flags = ["--steps", "1,50%,100%", "--approve=auto"];
    let stage =
        |image: &str| rollout(&ns, &[&["stage", "db", "--image", image][..], &flags].concat());
    let whole = ended(stage("app=app:v2").run(), 0).elapsed;
    for round in 3..8 {
        let (tag, image) = (format!("v{round}"), format!("app=app:v{round}"));
        let story = Story::begin(&ns, "db");
        let run = stage(&image).spawn();
        // The moment is the point: any will do.
        let moment = whole.mul_f64(random.share());
        thread::sleep(moment);
        run.signal("KILL");
        let killed = run.wait();
        eprintln!("{tag}: killed after {moment:?} of {whole:?}, exit code {}", killed.code);

        let set = ns.read_set("db");
        let partition = set["spec"]["updateStrategy"]["rollingUpdate"]["partition"].clone();
        let updated = ns.images("db").iter().filter(|image| image.contains(&tag)).count();
        if let Some(left) = record(&ns, "db") {
            assert_eq!(left["partition"], partition, "{left}\n{killed}");
            assert!(partition.as_i64() > Some(0) || updated >= 3, "{partition}\n{killed}");
            let again = [&["continue", "db", "--takeover"][..], &flags[2..]].concat();
            ended(rollout(&ns, &again).run(), 0);
        } else if updated < 4 {
            assert_eq!(updated, 0, "pods moved without a record\n{killed}");
            ended(stage(&image).run(), 0);
        }
        finished(&ns, "db", &tag, &original);
        let told = story.tell();
        assert_eq!(told.born(), format!("3:{tag} 2:{tag} 1:{tag} 0:{tag}"), "{killed}\n{told}");
        assert_eq!(told.partitions(), [0, HOLD, 3, 2, 1, 0], "{killed}\n{told}");
        told.never_more_down_than(1);
        told.released_only_after_the_others(1);
    }
    assert_eq!(status(&ns, "db"), 0);
}

#[test]
fn any_process_goes_on_where_another_was_killed() {
    killed("killed", |set| set);
}

#[test]
fn any_process_goes_on_where_another_was_killed_in_a_parallel_set() {
    killed("killed-parallel", |set| set.parallel().max_unavailable(2));
}

#[test]
fn a_write_meets_every_fate_and_leaves_what_the_server_knows() {
    let ns = ControlPlane::shared().namespace("fates");
    let proxy = Proxy::start(ns.control_plane());
    let cases = [
        (None, 0, true),
        (Some(Fate::KilledBefore), 137, false),
        (Some(Fate::KilledAfter), 137, true),
        (Some(Fate::Refused(403)), 1, false),
        (Some(Fate::Lost), 1, true),
    ];
    for (number, (fate, code, written)) in cases.into_iter().enumerate() {
        let set = format!("db{number}");
        ns.set(&set).replicas(0).create();
        ns.wait_ready(&set);
        let hold = ns.sts_through(&proxy, &["rollout", "hold", &set, "--yes"]);
        let fates: Vec<_> = fate.map(|fate| (1, fate)).into_iter().collect();
        let output = ended(proxy.run(hold, &fates), code);
        assert_eq!(record(&ns, &set).is_some(), written, "{fate:?}\n{output}");
        let path = format!("PATCH /apis/apps/v1/namespaces/{}/statefulsets/{set}", ns.name());
        assert_eq!(proxy.writes(), [path], "{fate:?}\n{output}");
    }
}

#[test]
fn an_abort_that_was_killed_is_finished_by_another_process() {
    let ns = ControlPlane::shared().namespace("killed-abort");
    ns.set("db").replicas(4).parallel().max_unavailable(3).create_ready();
    let original = strategy(&ns, "db");
    let flags = ["stage", "db", "--image", "app=app:v2", "--steps", "3,100%"];
    ended(rollout(&ns, &flags).run(), 6);
    let story = Story::begin(&ns, "db");
    let run = rollout(&ns, &["abort", "db"]).spawn();
    run.wait_for_line("deleted, returns on", SOON);
    run.signal("KILL");
    let killed = run.wait();
    assert_eq!(record(&ns, "db").unwrap()["phase"], "aborting", "{killed}");
    says(&ended(rollout(&ns, &["stage", "db"]).run(), 7), &["is driving a rollout"]);

    let output = ended(rollout(&ns, &["continue", "db", "--takeover"]).run(), 0);

    says(&output, &["an abort back to db-", "rolled back: all 4 pods run"]);
    finished(&ns, "db", "v1", &original);
    let told = story.tell();
    assert_eq!(told.born(), "3:v1 2:v1 1:v1", "{told}");
    told.never_more_down_than(1);
}

#[test]
fn an_api_server_that_dies_or_stalls_is_waited_for() {
    let control_plane = ControlPlane::start(&Options::default());
    let ns = control_plane.namespace("api-server");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    let stage = |image: &str| {
        let flags = ["stage", "db", "--image", image, "--soak", "1s", "--approve=auto"];
        let run = rollout(&ns, &flags).spawn();
        run.wait_for_line("passed after", SOON);
        run
    };

    let run = stage("app=app:v2");
    control_plane.kill(Component::ApiServer);
    run.wait_for_line("connection", SOON);
    control_plane.restart(Component::ApiServer);
    // It may not look for pods again before a minute has gone by.
    control_plane.restart(Component::Scheduler);
    let output = ended(run.wait(), 0);
    says(&output, &["lost", "restored"]);
    finished(&ns, "db", "v2", &original);

    let run = stage("app=app:v3");
    control_plane.stop(Component::ApiServer);
    // For longer than a pod takes: what was asked meanwhile is not answered before it goes on.
    thread::sleep(Duration::from_secs(5));
    control_plane.cont(Component::ApiServer);
    ended(run.wait(), 0);
    finished(&ns, "db", "v3", &original);
}

#[test]
fn changes_by_others_stop_a_rollout_where_it_is() {
    let ns = ControlPlane::shared().namespace("others");
    let partition = |partition: i64| json!({ "spec": { "updateStrategy": { "rollingUpdate": { "partition": partition } } } });
    let image = json!([{ "name": "app", "image": "app:v9" }]);
    let cases = [
        ("part", partition(0), "the partition was changed"),
        ("raised", partition(3), "the partition was changed"),
        (
            "templ",
            json!({ "spec": { "template": { "spec": { "containers": image } } } }),
            "the pod template was changed",
        ),
        ("scaled", json!({ "spec": { "replicas": 2 } }), "the set was scaled from 3 to 2 replicas"),
        (
            "record",
            json!({ "metadata": { "annotations": { RECORD: null } } }),
            "the record of this rollout was removed",
        ),
        (
            "damaged",
            json!({ "metadata": { "annotations": { RECORD: "{}" } } }),
            "the record of this rollout was damaged",
        ),
        ("deleted", Value::Null, "statefulset.apps/deleted was deleted"),
    ];
    for (set, ..) in &cases {
        ns.set(set).create();
    }
    let runs: Vec<_> = cases
        .iter()
        .map(|(set, change, message)| {
            ns.wait_ready(set);
            let flags = ["stage", *set, "--image", "app=app:v2", "--soak", "10m"];
            (*set, change, *message, rollout(&ns, &flags).spawn())
        })
        .collect();
    for (set, change, message, run) in runs {
        run.wait_for_line("soaking", SOON);
        let recorded = record(&ns, set).unwrap();
        assert_eq!(recorded["partition"], 2);
        if change.is_null() {
            ns.kubectl_ok(&["delete", "statefulset", set, "--wait=false"]);
        } else {
            ns.patch_set(set, change);
        }
        let output = ended(run.wait(), 7);
        says(&output, &[message, &format!("rollout status {set}")]);
        if change.is_null() {
            continue;
        }
        // What the other one wrote stays, and nothing is released.
        let now = strategy(&ns, set)["rollingUpdate"]["partition"].clone();
        let theirs = &change["spec"]["updateStrategy"]["rollingUpdate"]["partition"];
        let expected = if theirs.is_null() { &recorded["partition"] } else { theirs };
        assert_eq!(now, *expected, "{output}");
        let refused = if matches!(set, "record" | "damaged") { 9 } else { 7 };
        ended(rollout(&ns, &["continue", set]).run(), refused);
    }
    let way = ["continue", "raised", "--accept-changes", "--approve=auto"];
    ended(rollout(&ns, &way).run(), 0);
    let original = json!({
        "type": "RollingUpdate", "rollingUpdate": { "partition": 0, "maxUnavailable": 1 },
    });
    finished(&ns, "raised", "v2", &original);
}

#[test]
fn a_rollout_has_one_driver_until_another_takes_over() {
    let ns = ControlPlane::shared().namespace("driver");
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    let flags = ["stage", "db", "--image", "app=app:v2", "--soak", "10m"];
    let first = rollout(&ns, &flags).env("USER", "alice").spawn();
    first.wait_for_line("soaking", SOON);
    let before = record(&ns, "db").unwrap();

    for words in
        [&["stage", "db", "--image", "app=app:v3"][..], &["continue", "db"], &["abort", "db"]]
    {
        let output = ended(rollout(&ns, words).run(), 7);
        says(&output, &["alice@", "is driving a rollout"]);
    }
    assert_eq!(record(&ns, "db").unwrap(), before);
    assert_eq!(status(&ns, "db"), 10);

    let second =
        rollout(&ns, &["continue", "db", "--takeover", "--approve=auto"]).env("USER", "bob");
    ended(second.run(), 0);
    let output = ended(first.wait(), 7);
    says(&output, &["bob@", "took this rollout over"]);
    finished(&ns, "db", "v2", &original);
}
