//! What a staged rollout costs: against the controller's own rolling update of the same set, run by run in turns, and
//! what `rollout status` costs against kubectl's.
//!
//! `make bench` runs it. `KUBECTL_STS` names the program to measure, which should be a release build; the first
//! argument is the number of paired runs. The tables on standard output go into `docs/benchmarks.md`.

#[expect(dead_code, unused_imports, reason = "the live tests use more of it")]
#[path = "../../tests/live/harness/mod.rs"]
mod harness;

#[expect(dead_code, reason = "the other benchmarks use more of it")]
#[path = "../measure.rs"]
mod measure;

use std::env;
use std::process::Command;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use harness::ControlPlane;
use harness::Namespace;
use harness::Options;
use measure::peak;
use measure::print;
use measure::program;
use measure::row;
use measure::timed;

/// Runs of programs that end at once.
const STARTS: usize = 20;

/// Long enough for the controller's client to have its whole burst again, which is 1.5 s at 20 per second and 30.
const PAUSE: Duration = Duration::from_secs(3);

fn main() {
    // `cargo bench` adds `--bench`.
    let pairs = env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(5);
    let control_plane = ControlPlane::start(&Options { kcm_qps: Some(0), ..Options::default() });
    let ns = control_plane.namespace("bench");
    print("| 50 pods that are ready at once, OrderedReady | min | median | max |");
    print("|---|---|---|---|");
    compare(&ns, "instant", 50, "", pairs);
    print("\n| 8 pods that are ready after 3 s, OrderedReady | min | median | max |");
    print("|---|---|---|---|");
    compare(&ns, "slow", 8, "-slow3", pairs);
    print("\n| `rollout status` of a set of 8 pods that is complete | min | median | max |");
    print("|---|---|---|---|");
    starts(&ns);
}

/// Rolls a set out by its controller alone and in stages, in turns.
fn compare(ns: &Namespace<'_>, name: &str, replicas: u32, behavior: &str, pairs: u32) {
    ns.set(name).replicas(replicas).create_ready();
    let (mut native, mut staged, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut version = 1;
    let mut next = || {
        version += 1;
        thread::sleep(PAUSE);
        format!("app:v{version}{behavior}")
    };
    for pair in 0..pairs {
        // Who goes first changes, so that neither gains from it.
        let (by_controller, in_stages) = if pair % 2 == 0 {
            let by_controller = roll(ns, name, &next());
            (by_controller, stage(ns, name, &next()))
        } else {
            let in_stages = stage(ns, name, &next());
            (roll(ns, name, &next()), in_stages)
        };
        native.push(by_controller.as_secs_f64());
        staged.push(in_stages.as_secs_f64());
        ratios.push(in_stages.as_secs_f64() / by_controller.as_secs_f64());
    }
    row("the controller alone, s", &mut native, 2);
    row("`kubectl sts rollout stage --soak 0`, s", &mut staged, 2);
    row("ratio of each pair", &mut ratios, 3);
    let written = ns.control_plane().requests_of("kubectl-sts");
    let of_set = |event: &&serde_json::Value| event["objectRef"]["name"] == name;
    let conflicts = written.iter().filter(of_set).filter(|e| e["responseStatus"]["code"] == 409);
    print(&format!(
        "\nRequests for the set, all staged runs together: {}, of which {} were conflicts.",
        written.iter().filter(of_set).count(),
        conflicts.count()
    ));
}

/// From the change of the template until the last pod has it and is ready.
fn roll(ns: &Namespace<'_>, name: &str, image: &str) -> Duration {
    let began = Instant::now();
    let patch = serde_json::json!({
        "spec": { "template": { "spec": { "containers": [{ "name": "app", "image": image }] } } },
    });
    ns.patch_set(name, &patch);
    wait_last(ns, name, image);
    began.elapsed()
}

/// From the start of the program to its end.
fn stage(ns: &Namespace<'_>, name: &str, image: &str) -> Duration {
    let image_flag = format!("app={image}");
    let words = ["rollout", "stage", name, "--yes", "--soak", "0", "--approve", "auto"];
    let began = Instant::now();
    let mut command = sts(ns, &words);
    let output = command.args(["--image", &image_flag]).output();
    let took = began.elapsed();
    let output = output.unwrap_or_else(|error| panic!("run {}: {error}", program().display()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    wait_last(ns, name, image);
    took
}

/// Waits until the lowest pod, which comes last, has the image and is ready.
fn wait_last(ns: &Namespace<'_>, name: &str, image: &str) {
    let deadline = Instant::now() + Duration::from_secs(300);
    let last = format!("pods/{name}-0");
    loop {
        let pod = ns.get("api/v1", &last).unwrap_or_default();
        let status = &pod["status"]["containerStatuses"][0];
        if pod["spec"]["containers"][0]["image"] == image
            && status["ready"] == true
            && pod["metadata"]["deletionTimestamp"].is_null()
        {
            return;
        }
        assert!(Instant::now() < deadline, "{name} was not rolled out\n{}", ns.picture());
        thread::sleep(Duration::from_millis(10));
    }
}

/// Wall time and memory of one question.
fn starts(ns: &Namespace<'_>) {
    let kubectl = ns.control_plane().kubectl_path().to_owned();
    let kubectl = || {
        let mut command = Command::new(&kubectl);
        command.env_clear().env("HOME", ns.control_plane().state_dir());
        command.arg("--kubeconfig").arg(ns.control_plane().kubeconfig());
        command.args(["-n", ns.name(), "rollout", "status", "statefulset/slow"]);
        command
    };
    let own = || sts(ns, &["rollout", "status", "slow"]);
    let version = || {
        let mut command = Command::new(program());
        command.env_clear().arg("--version");
        command
    };
    let (mut theirs, mut ours, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        theirs.push(timed(kubectl()));
        ours.push(timed(own()));
        bare.push(timed(version()));
    }
    row("`kubectl rollout status`, ms", &mut theirs, 1);
    row("`kubectl sts rollout status`, ms", &mut ours, 1);
    row("`kubectl sts --version` (no request), ms", &mut bare, 1);
    let memory = |make: &dyn Fn() -> Command| (0..5).filter_map(|_| peak(&make())).collect();
    let (mut theirs, mut ours): (Vec<f64>, Vec<f64>) = (memory(&kubectl), memory(&own));
    row("`kubectl rollout status`, peak RSS in MiB", &mut theirs, 1);
    row("`kubectl sts rollout status`, peak RSS in MiB", &mut ours, 1);
}

fn sts(ns: &Namespace<'_>, words: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.env_clear().env("HOME", ns.control_plane().state_dir());
    command.arg("--kubeconfig").arg(ns.control_plane().kubeconfig());
    command.args(["-n", ns.name()]).args(words);
    command
}
