//! Random clusters in which claims are deleted, and what then is true of them, seen from outside.
//!
//! Of every claim it is known whether somebody wants it, since it was made so; the program under
//! test has no part in that. `KUBECTL_STS_CAMPAIGN_CLAIMS` says how many claims there are,
//! `KUBECTL_STS_CAMPAIGN_SEED` which: a namespace is the same in every run with the same seed and
//! number. `KUBECTL_STS_CAMPAIGN_ONLY` runs a single one.

mod acts;
mod audit;
mod check;
mod deeds;
mod fixtures;
mod plot;
mod recall;
mod situations;
mod stage;
mod truth;
mod witness;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use crate::campaign::acts::prune;
use crate::campaign::acts::restore;
use crate::campaign::audit::Audit;
use crate::campaign::check::Case;
use crate::campaign::check::Counts;
use crate::campaign::plot::Plot;
use crate::campaign::recall::Recall;
use crate::campaign::stage::Scene;
use crate::campaign::truth::Setting;
use crate::campaign::truth::Truth;
use crate::campaign::witness::Witness;
use crate::harness::ControlPlane;
use crate::harness::Options;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(240);

/// Claims of one namespace, at least.
const CLAIMS_EACH: usize = 50;

/// Claims of one control plane, about.
const CLAIMS_AT_ONCE: usize = 2000;

/// How many namespaces are made, and pruned, at the same time.
const AT_ONCE: usize = 6;

/// What came of it.
#[derive(Default)]
struct Result {
    namespaces: usize,
    claims: usize,
    wanted: usize,
    human: usize,
    left: usize,
    counts: Counts,
    recall: Recall,
    wrong: Vec<String>,
}

/// A number from the environment.
fn number<T: std::str::FromStr>(name: &str) -> Option<T> {
    env::var(format!("KUBECTL_STS_CAMPAIGN_{name}")).ok()?.parse().ok()
}

/// Waits until something holds.
fn within(patience: Duration, what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + patience;
    while !condition() {
        assert!(Instant::now() < deadline, "waited {patience:?} in vain until {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Does something for all of these, some at the same time, in their order.
fn each<T: Send, U: Send>(items: Vec<T>, work: impl Fn(T) -> U + Sync) -> Vec<U> {
    let todo = Mutex::new(items.into_iter().enumerate());
    let results = Mutex::new(BTreeMap::new());
    let lock = |mutex: &Mutex<_>| -> Option<(usize, T)> { next(mutex) };
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((index, item)) = lock(&todo) {
                    let result = work(item);
                    results.lock().unwrap_or_else(PoisonError::into_inner).insert(index, result);
                }
            });
        }
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
}

fn next<T>(items: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    items.lock().unwrap_or_else(PoisonError::into_inner).next()
}

/// One control plane with namespaces of these numbers.
#[expect(clippy::print_stderr, reason = "where a long run is")]
fn round(seed: u64, numbers: &[usize], result: &mut Result) {
    let began = Instant::now();
    let say = |what: &str| eprintln!("  {:>5.0?}: {what}", began.elapsed());
    let control_plane = ControlPlane::start(&Options { kcm_qps: Some(2000), ..Options::default() });
    fixtures::furnish(&control_plane);
    let witness = Witness::of(&control_plane);
    let plots: Vec<Plot> =
        numbers.iter().map(|number| Plot::new(seed, *number, CLAIMS_EACH)).collect();
    result.namespaces += plots.len();
    for planned in plots.iter().flat_map(|plot| plot.claims.values()) {
        result.claims += 1;
        match planned.truth {
            Truth::Wanted(_) => result.wanted += 1,
            Truth::Human(_) => result.human += 1,
            Truth::Left(_) => result.left += 1,
        }
    }
    let scenes = each(plots, |plot| {
        let ns = control_plane.namespace(&format!("case-{}", plot.number));
        Scene::make(ns, plot, &witness)
    });
    say("everything is there");
    offers(&scenes, result);
    say("every setting was asked what it would delete");
    let cases = each(scenes, |mut scene| {
        let before = check::look(&scene, &witness.seen());
        let truth = scene.plot.claims.clone();
        let acts = prune(&mut scene, &witness);
        Case { scene, truth, before, acts }
    });
    say("claims were deleted");
    let audit = Audit::read(&control_plane);
    for case in &cases {
        let (counts, wrong) = case.deletions(&audit, &witness.seen());
        result.counts.add(counts);
        accuse(seed, case, wrong, result);
    }
    let cases = each(cases, |case| {
        let outputs = restore(&case.scene, &witness);
        (case, outputs)
    });
    thread::sleep(Duration::from_millis(500));
    say("and brought back");
    for (case, outputs) in &cases {
        let (counts, mut wrong) = case.restored(&audit, &witness.seen());
        if !wrong.is_empty() {
            wrong.extend(outputs.iter().map(ToString::to_string));
        }
        result.counts.add(counts);
        accuse(seed, case, wrong, result);
    }
    tidy(&witness);
}

/// What every setting would delete, in all namespaces at once.
fn offers(scenes: &[Scene<'_>], result: &mut Result) {
    let Some(first) = scenes.first() else { return };
    let answers = each(Setting::all(), |setting| {
        let arguments = setting.arguments();
        let mut words = vec!["pvc", "prune", "-A", "-o", "json"];
        words.extend(arguments.iter().map(String::as_str));
        let output = first.ns.sts(&words).patience(PATIENCE).run();
        (setting, output)
    });
    for (setting, output) in answers {
        let plan = output.json();
        let items = plan["items"].as_array().cloned().unwrap_or_default();
        let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
        let offered: BTreeSet<(String, String)> =
            items.iter().map(|item| (text(item, "namespace"), text(item, "name"))).collect();
        for scene in scenes {
            let namespace = scene.ns.name();
            let is_offered =
                |name: &str| offered.contains(&(namespace.to_owned(), name.to_owned()));
            let wrong = result.recall.take(&setting, (namespace, &scene.plot), is_offered);
            let unsafe_offers = wrong.unsafe_offers.into_iter();
            result.wrong.extend(unsafe_offers.map(|line| format!("wrongly offered: {line}")));
            result.wrong.extend(wrong.misses.into_iter().map(|line| format!("missed: {line}")));
        }
    }
}

/// Keeps what is wrong, and writes down what the namespace was made of.
fn accuse(seed: u64, case: &Case<'_>, wrong: Vec<String>, result: &mut Result) {
    if wrong.is_empty() {
        return;
    }
    let number = case.scene.plot.number;
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/campaign");
    let file = directory.join(format!("seed-{seed}-case-{number}.txt"));
    let mut text = wrong.join("\n") + "\n\n";
    for (name, planned) in &case.truth {
        let _infallible = writeln!(text, "{name}: {planned:?}");
    }
    for (stage, calls) in case.scene.plot.stages.iter().enumerate() {
        for call in calls {
            let _infallible = writeln!(text, "{stage} {} {} {}", call.method, call.path, call.body);
        }
    }
    for act in &case.acts {
        let _infallible = writeln!(
            text,
            "{} from {} to {}, beside {:?}\n{}",
            act.setting.name, act.began, act.ended, act.done, act.output
        );
    }
    let written = fs::create_dir_all(&directory).and_then(|()| fs::write(&file, text));
    let known = written.map_or_else(|error| error.to_string(), |()| file.display().to_string());
    result.wrong.extend(
        wrong.into_iter().map(|line| format!("seed {seed}, case {number} ({known}): {line}")),
    );
}

/// The directories of volumes outlive the control plane.
fn tidy(witness: &Witness) {
    let seen = witness.seen();
    for volume in seen.volumes.keys() {
        if let Some(directory) = seen.directory(volume)
            && directory.starts_with("/tmp/hostpath_pv/")
        {
            let _gone = fs::remove_dir_all(directory);
        }
    }
}

/// All that can be said so far.
fn summary(seed: u64, result: &Result, took: Duration) -> String {
    let Result { namespaces, claims, wanted, human, left, counts, recall, wrong } = result;
    format!(
        "seed {seed}: {claims} claims in {namespaces} namespaces: {wanted} wanted, {human} for a \
         person, {left} left behind\n  {} deletions of {} claims with a volume and {} without; {} \
         brought back, {} kept where a set has the name\n  {} deeds of others during a run, which \
         spared {} claims and came too late for {}, {} of these made anew\n{}  {} things wrong, in \
         {took:.0?}",
        counts.deletions,
        counts.with_volume,
        counts.without_volume,
        counts.back,
        counts.kept,
        counts.deeds,
        counts.spared,
        counts.raced,
        counts.seized,
        recall.table(),
        wrong.len(),
    )
}

#[test]
fn no_claim_that_anybody_wants_is_deleted_and_every_other_comes_back() {
    let began = Instant::now();
    let seed = number("SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let claims = number("CLAIMS").unwrap_or(CLAIMS_AT_ONCE);
    let numbers: Vec<usize> = match number::<usize>("ONLY") {
        Some(only) => vec![only],
        None => (0..claims.div_ceil(CLAIMS_EACH)).collect(),
    };
    let mut result = Result::default();
    eprintln!("campaign: seed {seed}, {} namespaces", numbers.len());
    for numbers in numbers.chunks(CLAIMS_AT_ONCE.div_ceil(CLAIMS_EACH)) {
        round(seed, numbers, &mut result);
        eprintln!("{}", summary(seed, &result, began.elapsed()));
        if !result.wrong.is_empty() {
            break;
        }
    }
    let shown: Vec<&str> = result.wrong.iter().map(String::as_str).take(30).collect();
    assert!(shown.is_empty(), "seed {seed}\n{}", shown.join("\n"));
}
