//! What it costs to judge every claim of a large cluster: against downloading the same lists and throwing them away,
//! against kubectl, and against kor.
//!
//! `make bench` runs it. `KUBECTL_STS` names the program to measure, which should be a release build; the first
//! argument is the number of rounds, the second what to fill the cluster with. The tables on standard output go into
//! `docs/benchmarks.md`.

#[expect(dead_code, unused_imports, reason = "the live tests use more of it")]
#[path = "../../tests/live/harness/mod.rs"]
mod harness;

#[expect(dead_code, reason = "the other benchmarks use more of it")]
#[path = "../measure.rs"]
mod measure;

use std::env;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::time::Instant;

use serde_json::Value;

use harness::ControlPlane;
use harness::Options;
use measure::peer;
use measure::print;
use measure::program;
use measure::row;

/// 20,000 pods and 22,000 claims.
const LARGE: &str = "--namespaces 200 --sets 1000 --replicas 20 --left-behind 2000";

/// What is at most wanted of `pvc list -A`: a share of the time of the download, MiB, requests.
const TARGETS: (f64, f64, f64) = (0.65, 32.0, 12.0);

/// What has to be looked at to say which claims no pod uses.
const LISTS: [&str; 3] =
    ["/api/v1/pods", "/api/v1/persistentvolumeclaims", "/apis/apps/v1/statefulsets"];

fn main() {
    // `cargo bench` adds `--bench`.
    let mut arguments = env::args().skip(1).filter(|argument| argument != "--bench");
    let rounds = arguments.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
    let content = arguments.next().unwrap_or(LARGE.to_owned());
    let kor = peer("kor");
    let control_plane = ControlPlane::start(&Options::default());
    control_plane.load(&content);
    let bench = Bench { control_plane: &control_plane, kor };
    print(&format!("| {} | min | median | max |", bench.size()));
    print("|---|---|---|---|");
    bench.compare(rounds);
    bench.scan();
}

struct Bench<'a> {
    control_plane: &'a ControlPlane,
    kor: PathBuf,
}

/// What one run of a program took.
struct Run {
    seconds: f64,
    mebibytes: Option<f64>,
    requests: f64,
}

/// Runs of the same program.
#[derive(Default)]
struct Runs {
    seconds: Vec<f64>,
    mebibytes: Vec<f64>,
    requests: Vec<f64>,
}

impl Runs {
    fn add(&mut self, run: &Run) {
        self.seconds.push(run.seconds);
        self.mebibytes.extend(run.mebibytes);
        self.requests.push(run.requests);
    }

    fn rows(&mut self, name: &str) {
        row(&format!("`{name}`, s"), &mut self.seconds, 2);
        row(&format!("`{name}`, peak RSS in MiB"), &mut self.mebibytes, 1);
        row(&format!("`{name}`, requests"), &mut self.requests, 0);
    }
}

impl Bench<'_> {
    /// How much there is.
    fn size(&self) -> String {
        let count = |path: &str| {
            let first = format!("{path}?limit=1");
            let answer = self.control_plane.request("GET", &first, &Value::Null);
            let (_, list) = answer.unwrap_or_else(|error| panic!("{error}"));
            let rest = list["metadata"]["remainingItemCount"].as_u64();
            rest.unwrap_or_else(|| panic!("{path}: {list}")) + 1
        };
        let [pods, claims, sets] = LISTS.map(count);
        format!("{pods} pods, {claims} claims, {sets} sets")
    }

    /// Downloads, lists with this program and with kubectl, in turns, and prints what each took.
    fn compare(&self, rounds: u32) {
        let (mut raw, mut ratios, mut bytes) = (Vec::new(), Vec::new(), 0);
        let (mut ours, mut kubectl) = (Runs::default(), Runs::default());
        for round in 0..rounds {
            // Who goes first changes, so that neither gains from it.
            let (downloaded, listed) = if round % 2 == 0 {
                let downloaded = self.download();
                (downloaded, self.run(self.own(&[]), "kubectl-sts"))
            } else {
                let listed = self.run(self.own(&[]), "kubectl-sts");
                (self.download(), listed)
            };
            bytes = downloaded.1;
            raw.push(downloaded.0);
            ratios.push(listed.seconds / downloaded.0);
            ours.add(&listed);
            let mut get = self.command(self.control_plane.kubectl_path());
            get.args(["get", "pvc", "-A"]);
            kubectl.add(&self.run(get, "kubectl/"));
        }
        let size =
            format!("download of pods, claims and sets ({} MB of JSON), s", bytes / 1_000_000);
        row(&size, &mut raw, 2);
        ours.rows("kubectl sts pvc list -A");
        row("share of the download, each round", &mut ratios, 3);
        kubectl.rows("kubectl get pvc -A");
        judge(&ours, &ratios);
    }

    /// What takes long, once.
    fn scan(&self) {
        let mut deep = Runs::default();
        deep.add(&self.run(self.own(&["--deep-scan"]), "kubectl-sts"));
        deep.rows("kubectl sts pvc list -A --deep-scan");
        let mut command = self.command(&self.kor);
        command.args(["pvc", "-o", "json"]);
        let mut kor = Runs::default();
        kor.add(&self.run(command, "kor/"));
        kor.rows("kor pvc");
    }

    fn own(&self, flags: &[&str]) -> Command {
        let mut command = self.command(&program());
        command.args(["pvc", "list", "-A"]).args(flags);
        command
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("/usr/bin/time");
        command.args(["-f", "%M"]).arg(program);
        command.arg("--kubeconfig").arg(self.control_plane.kubeconfig());
        command.env_clear().env("HOME", self.control_plane.state_dir());
        command
    }

    /// Runs a program under GNU time, which tells its memory on the last line.
    fn run(&self, mut command: Command, user_agent: &str) -> Run {
        let before = self.control_plane.requests_of(user_agent).len();
        let began = Instant::now();
        let output = command.stdin(Stdio::null()).output();
        let seconds = began.elapsed().as_secs_f64();
        let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?}: {text}");
        let kibibytes: Option<f64> = text.lines().last().and_then(|line| line.trim().parse().ok());
        #[expect(clippy::cast_precision_loss, reason = "there are never that many requests")]
        let requests = (self.control_plane.requests_of(user_agent).len() - before) as f64;
        Run { seconds, mebibytes: kibibytes.map(|kibibytes| kibibytes / 1024.0), requests }
    }

    /// Seconds and bytes of downloading the lists on one connection.
    fn download(&self) -> (f64, u64) {
        let binary =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("target/control-plane/control-plane");
        let mut command = Command::new(binary);
        command.arg("rawlist").arg("--kubeconfig").arg(self.control_plane.kubeconfig()).args(LISTS);
        let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let told: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        let (Some(seconds), Some(bytes)) = (told["seconds"].as_f64(), told["bytes"].as_u64())
        else {
            panic!("{told}");
        };
        (seconds, bytes)
    }
}

/// Says which targets are met.
fn judge(ours: &Runs, ratios: &[f64]) {
    let (share, mebibytes, requests) = TARGETS;
    let median = |values: &[f64]| values.get(values.len() / 2).copied().unwrap_or(f64::NAN);
    for (what, value, most) in [
        ("share of the download", median(ratios), share),
        ("MiB", median(&ours.mebibytes), mebibytes),
        ("requests", median(&ours.requests), requests),
    ] {
        let verdict = if value <= most { "met" } else { "NOT met" };
        eprint(&format!("target of at most {most} {what}: {verdict} ({value:.2})"));
    }
}

#[expect(clippy::print_stderr, reason = "the tables go to standard output")]
fn eprint(line: &str) {
    eprintln!("{line}");
}
