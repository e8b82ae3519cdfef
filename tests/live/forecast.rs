//! Forecasts of the simulator beside what the real controller then does, in many generated cases.
//!
//! `KUBECTL_STS_FORECAST_CASES` says how many, `KUBECTL_STS_FORECAST_SEED` which: a number is the
//! same case in every run with the same seed. `KUBECTL_STS_FORECAST_ONLY` runs a single one.

mod cases;
mod judge;
mod seen;

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use jiff::SignedDuration;
use jiff::Timestamp;
use kubectl_sts::convert;
use kubectl_sts::model::feature::MaxUnavailable;
use kubectl_sts::model::ordinal::Ordinal;
use kubectl_sts::model::set::PodManagement;
use kubectl_sts::model::set::Set;
use kubectl_sts::model::snapshot::Known;
use kubectl_sts::model::snapshot::Snapshot;
use kubectl_sts::plan::simulate::assumed::Assumed;
use kubectl_sts::plan::simulate::assumed::Broken;
use kubectl_sts::plan::simulate::forecast::End;
use kubectl_sts::plan::simulate::world::Simulation;
use kubectl_sts::wire;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::json;

use crate::forecast::cases::Case;
use crate::forecast::cases::Move;
use crate::forecast::cases::Words;
use crate::forecast::cases::merge;
use crate::forecast::cases::strategy_patch;
use crate::forecast::judge::Expected;
use crate::forecast::judge::acts;
use crate::forecast::seen::LABEL;
use crate::forecast::seen::Seen;
use crate::forecast::seen::What;
use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Options;

/// How many cases run at the same time.
const AT_ONCE: usize = 24;

/// How long a set may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(45);

/// How long nothing more may happen after what was forecast has.
const QUIET: Duration = Duration::from_millis(700);

/// A number from the environment.
fn number<T: std::str::FromStr>(name: &str) -> Option<T> {
    env::var(format!("KUBECTL_STS_FORECAST_{name}")).ok()?.parse().ok()
}

/// A set in the cluster and all that was done to it.
struct Trial<'a> {
    ns: &'a Namespace<'a>,
    seen: &'a Seen,
    feature: MaxUnavailable,
    name: String,
    /// Every template the set has had.
    words: Vec<Words>,
}

impl Trial<'_> {
    fn path(&self) -> String {
        format!("/apis/apps/v1/namespaces/{}/statefulsets", self.ns.name())
    }

    fn list<T: DeserializeOwned>(&self, api: &str, what: &str) -> Vec<T> {
        let query = format!("{what}?labelSelector={LABEL}%3D{}", self.name);
        let list = self.ns.get(api, &query).unwrap_or_default();
        let items = list["items"].as_array().cloned().unwrap_or_default();
        items.into_iter().map(|item| serde_json::from_value(item).unwrap()).collect()
    }

    /// The set as the program reads it.
    fn read(&self) -> Snapshot {
        let pods = self.list::<wire::pod::Pod>("api/v1", "pods");
        let revisions =
            self.list::<wire::revision::ControllerRevision>("apis/apps/v1", "controllerrevisions");
        Snapshot {
            pods: pods.iter().map(|pod| convert::pod::pod(pod).unwrap()).collect(),
            revisions: revisions
                .into_iter()
                .map(|r| convert::revision::revision(r).unwrap())
                .collect(),
            ..blank(model(self.ns.read_set(&self.name)))
        }
    }

    /// What is assumed: new pods never become ready where their template says so.
    fn assumed(&self, set: &Set) -> Assumed {
        let pods = 0..20;
        let mut assumed = Assumed::well(self.feature);
        assumed.start = SignedDuration::from_millis(50);
        assumed.stop = SignedDuration::from_millis(150);
        for words in &self.words {
            let template = words.of(&set.template).json;
            for pod in pods.clone().filter(|ordinal| words.hangs(*ordinal)) {
                let broken = Broken::PodOnTemplate(Ordinal(pod), template.clone());
                assumed = assumed.with_broken(broken);
            }
        }
        assumed
    }

    /// Forecasts what a change does, makes it, and compares. `None` where the controller would go
    /// round in circles: how it gets out of them is a matter of luck.
    fn step(
        &self,
        before: &Snapshot,
        moves: &[Move],
        make: impl FnOnce() -> BTreeSet<String>,
    ) -> Result<Option<Snapshot>, String> {
        let mut simulation = Simulation::new(before, self.assumed(&before.set));
        let changes: Vec<_> = moves.iter().map(|one| one.change(&before.set)).collect();
        simulation.change(&changes);
        let forecast = simulation.run();
        if forecast.end == End::Endless {
            return Ok(None);
        }
        let expected = Expected::new(before, forecast, &simulation);
        let mark = self.seen.mark(&self.name);
        let by_hand = make();
        let deadline = Instant::now() + PATIENCE;
        self.seen.wait(&self.name, mark, deadline, |happened| {
            acts(happened, &by_hand).len() >= expected.count()
        });
        let mut after = self.read();
        while expected.end_differs(&after).is_some() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(200));
            after = self.read();
        }
        thread::sleep(QUIET);
        let happened = self.seen.since(&self.name, mark);
        let wrong =
            [expected.way_differs(&happened, &by_hand, &after), expected.end_differs(&after)];
        let wrong: Vec<String> = wrong.into_iter().flatten().collect();
        if wrong.is_empty() {
            return Ok(Some(after));
        }
        let forecast = expected.forecast();
        Err(format!("{moves:?}\n {}\n forecast to end {:?}", wrong.join("\n "), forecast.end))
    }

    fn create(&self, case: &Case) -> Result<Option<Snapshot>, String> {
        let policy = match case.management {
            PodManagement::OrderedReady => "OrderedReady",
            PodManagement::Parallel => "Parallel",
        };
        let labels = json!({ LABEL: self.name });
        let manifest = json!({
            "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": { "name": self.name },
            "spec": {
                "replicas": case.replicas,
                "minReadySeconds": case.min_ready,
                "ordinals": { "start": case.start },
                "podManagementPolicy": policy,
                "updateStrategy": strategy_patch(&case.strategy),
                "selector": { "matchLabels": labels },
                "template": {
                    "metadata": { "labels": labels, "annotations": case.words.annotations() },
                    "spec": { "containers": [{ "name": "app", "image": case.words.image() }] },
                },
            },
        });
        let dry = self.ns.control_plane().request(
            "POST",
            &format!("{}?dryRun=All", self.path()),
            &manifest,
        );
        let (_, mut answer) = dry?;
        answer["metadata"]["resourceVersion"] = "0".into();
        let before = blank(model(answer));
        self.step(&before, &[], || {
            self.ns.post(&self.path(), &manifest);
            BTreeSet::new()
        })
    }

    /// Pods of these indexes are no longer ready.
    fn fall_ill(&self, snapshot: Snapshot, indexes: &[u32]) -> Snapshot {
        let mark = self.seen.mark(&self.name);
        let ill: Vec<_> = indexes
            .iter()
            .filter_map(|index| snapshot.pod_at(*index))
            .filter(|pod| pod.is_ready())
            .collect();
        if ill.is_empty() {
            return snapshot;
        }
        let body = json!({ "metadata": { "annotations": { "control-plane.kubectl-sts.io/behavior": "hang" } } });
        for pod in &ill {
            let path = format!("/api/v1/namespaces/{}/pods/{}", self.ns.name(), pod.name);
            let (status, answer) = self.ns.control_plane().request("PATCH", &path, &body).unwrap();
            assert_eq!(status, 200, "{answer}");
        }
        let (deadline, count) = (Instant::now() + PATIENCE, ill.len());
        self.seen.wait(&self.name, mark, deadline, |happened| {
            happened.iter().filter(|happening| happening.what == What::NotReady).count() >= count
        });
        loop {
            let now = self.read();
            let ready = now.own_pods().filter(|pod| pod.is_ready()).count();
            if now.set.status.ready as usize == ready || Instant::now() > deadline {
                return now;
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Makes a change, and returns the UIDs of pods that were deleted by hand.
    fn make(&self, before: &Snapshot, moves: &[Move]) -> BTreeSet<String> {
        let mut spec = json!({});
        let mut by_hand = BTreeSet::new();
        for one in moves {
            if let Some(pod) = one.deletes(&before.set) {
                if let Some(pod) = before.pod(pod) {
                    by_hand.insert(pod.uid.clone());
                    let path = format!("/api/v1/namespaces/{}/pods/{}", self.ns.name(), pod.name);
                    self.ns.control_plane().request("DELETE", &path, &Value::Null).unwrap();
                }
            } else {
                merge(&mut spec, one.patch(&before.set.template));
            }
        }
        if spec != json!({}) {
            self.ns.patch_set(&self.name, &json!({ "spec": spec }));
        }
        by_hand
    }

    fn run(&mut self, case: &Case) -> Result<(), String> {
        self.words.push(case.words.clone());
        let created = self.create(case).map_err(|wrong| format!("created: {wrong}"))?;
        let mut snapshot = created.map(|snapshot| self.fall_ill(snapshot, &case.ill));
        for moves in &case.moves {
            let Some(before) = &snapshot else { break };
            for one in moves {
                if let Move::Template(words) = one {
                    self.words.push(words.clone());
                }
            }
            snapshot = self.step(before, moves, || self.make(before, moves))?;
        }
        let path = format!("{}/{}", self.path(), self.name);
        let _deleted = self.ns.control_plane().request("DELETE", &path, &Value::Null);
        Ok(())
    }
}

fn model(object: Value) -> Set {
    convert::set::set(serde_json::from_value::<wire::set::StatefulSet>(object).unwrap()).unwrap()
}

fn blank(set: Set) -> Snapshot {
    #[expect(clippy::disallowed_methods, reason = "pods in the cluster are as old as they are")]
    let taken_at = Timestamp::now();
    let budgets = Known::Unknown("not asked for".to_owned());
    Snapshot { set, pods: Vec::new(), revisions: Vec::new(), budgets, taken_at }
}

/// Runs a case, and once more if the simulated kubelet spoilt it.
fn attempt(
    ns: &Namespace<'_>,
    seen: &Seen,
    feature: MaxUnavailable,
    case: &Case,
) -> Result<(), String> {
    let run = |name: String| {
        let mut trial = Trial { ns, seen, feature, name, words: Vec::new() };
        let result = trial.run(case);
        (result, seen.snatched(&trial.name))
    };
    match run(format!("case-{}", case.number)) {
        (Err(_), true) => run(format!("case-{}-again", case.number)).0,
        (result, _) => result,
    }
}

/// Runs these cases, many at the same time.
#[expect(clippy::print_stderr, reason = "the seed is what a failed run is repeated with")]
fn run(control_plane: &ControlPlane, feature: MaxUnavailable, seed: u64, numbers: &[usize]) {
    let began = Instant::now();
    let ns = control_plane.namespace("forecast");
    let seen = Seen::watch(control_plane, ns.name());
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let case = cases::case(seed, *number);
                    if let Err(difference) = attempt(&ns, &seen, feature, &case) {
                        let report = format!("{case:?}\n{difference}\n");
                        wrong.lock().unwrap_or_else(PoisonError::into_inner).push(report);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    eprintln!(
        "seed {seed}: {} of {} cases as forecast, in {:.0?}",
        numbers.len() - wrong.len(),
        numbers.len(),
        began.elapsed()
    );
    let mut text = String::new();
    for report in wrong.iter().take(20) {
        let _infallible = writeln!(text, "{report}");
    }
    assert!(wrong.is_empty(), "seed {seed}\n{text}");
}

fn seed() -> u64 {
    number("SEED").unwrap_or_else(|| u64::from(std::process::id()))
}

/// The numbers of the cases of a test that runs so many in a hundred of them.
fn share(numbers: std::ops::Range<usize>) -> Vec<usize> {
    let all = match number::<usize>("ONLY") {
        Some(only) => only..only + 1,
        None => 0..number("CASES").unwrap_or(320),
    };
    all.filter(|case| numbers.contains(&(case % 4))).collect()
}

#[test]
fn the_controller_does_what_was_forecast() {
    let control_plane = ControlPlane::start(&Options { kcm_qps: Some(2000), ..Options::default() });
    run(&control_plane, MaxUnavailable::Counts, seed(), &share(0..3));
}

#[test]
fn without_max_unavailable_the_controller_does_what_was_forecast() {
    let control_plane = ControlPlane::start(&Options {
        kcm_qps: Some(2000),
        feature_gates: Some("MaxUnavailableStatefulSet=false".to_owned()),
        ..Options::default()
    });
    run(&control_plane, MaxUnavailable::Dropped, seed(), &share(3..4));
}
