//! Runs of `pvc prune` and `pvc restore` in one namespace, with others at work beside them.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::campaign::deeds::Deed;
use crate::campaign::deeds::Disturbance;
use crate::campaign::deeds::Done;
use crate::campaign::deeds::late;
use crate::campaign::plot::Planned;
use crate::campaign::stage::Scene;
use crate::campaign::truth::Lift;
use crate::campaign::truth::Setting;
use crate::campaign::truth::Sure;
use crate::campaign::truth::Truth;
use crate::campaign::witness::RUN;
use crate::campaign::witness::Seen;
use crate::campaign::witness::Witness;
use crate::harness::Output;

/// How long one run may take on a machine that is busy.
const LONG: Duration = Duration::from_secs(300);

/// How long a claim takes to go once its pod is gone.
const SOON: Duration = Duration::from_secs(5);

/// Why claims are wanted that were not at the beginning.
const CAME: &str = "it came into use";

/// A run that deletes.
pub(super) struct Act {
    pub(super) setting: Setting,
    pub(super) began: Timestamp,
    pub(super) ended: Timestamp,
    pub(super) output: Output,
    pub(super) done: Vec<Done>,
    /// What was there, and should go.
    pub(super) due: BTreeSet<String>,
}

#[expect(clippy::disallowed_methods, reason = "compared with the times of the audit log")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// Deletes in three settings, from what a user types first to all that can be lifted.
pub(super) fn prune(scene: &mut Scene<'_>, witness: &Witness) -> Vec<Act> {
    let settings = [
        Setting::default_terms(),
        Setting::lifting(Sure::Medium, &[]),
        Setting::lifting(Sure::Low, &Lift::ALL),
    ];
    settings.into_iter().map(|setting| act(scene, witness, setting)).collect()
}

fn act(scene: &mut Scene<'_>, witness: &Witness, setting: Setting) -> Act {
    let disturbances = Disturbance::draw(&mut scene.plot.random);
    let due = due(scene, witness, &setting);
    let (mark, running, began) = (witness.mark(), AtomicBool::new(true), now());
    let mut words = vec!["pvc".to_owned(), "prune".to_owned()];
    words.extend(setting.arguments());
    words.extend(["--apply".to_owned(), "--yes".to_owned()]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (ns, plot) = (&scene.ns, &scene.plot);
    let (output, done) = thread::scope(|scope| {
        let others: Vec<_> = disturbances
            .iter()
            .map(|one| {
                let (setting, running) = (&setting, &running);
                scope.spawn(move || one.run(ns, plot, setting, witness, (mark, running)))
            })
            .collect();
        let output = ns.sts(&words).patience(LONG).run();
        running.store(false, Ordering::Relaxed);
        let done = others.into_iter().filter_map(|other| other.join().unwrap());
        (output, done.collect::<Vec<_>>())
    });
    let act = Act { setting, began, ended: now(), output, done, due };
    learn(scene, &act.done);
    act
}

/// Claims that are there and that the setting should delete.
fn due(scene: &Scene<'_>, witness: &Witness, setting: &Setting) -> BTreeSet<String> {
    let seen = witness.seen();
    scene
        .plot
        .left()
        .filter(|(name, left)| setting.offers(left) && seen.claim(scene.ns.name(), name).is_some())
        .map(|(name, _)| name.clone())
        .collect()
}

/// From now on these claims are wanted.
fn learn(scene: &mut Scene<'_>, done: &[Done]) {
    for claim in done.iter().flat_map(|done| &done.claims) {
        if let Some(planned) = scene.plot.claims.get_mut(claim) {
            planned.truth = Truth::Wanted(CAME);
        }
    }
    for done in done.iter().filter(|done| done.deed == Deed::Set) {
        scene.plot.grow(&done.claims);
    }
}

/// Brings back whatever the runs put aside in the namespace. Claims that are on their way out, and
/// stay only as long as a pod that came too late, are let go first.
pub(super) fn restore(scene: &Scene<'_>, witness: &Witness) -> Vec<Output> {
    let namespace = scene.ns.name();
    let came = |planned: &Planned| planned.truth == Truth::Wanted(CAME);
    for (claim, planned) in scene.plot.claims.iter().filter(|(_, planned)| came(planned)) {
        let is_going = |seen: &Seen| {
            let now = seen.claim(namespace, claim);
            now.is_some_and(|now| now["metadata"]["deletionTimestamp"].is_string())
        };
        if !planned.going && is_going(&witness.seen()) {
            let path = format!("/api/v1/namespaces/{namespace}/pods/{}", late(claim));
            let _answer = scene.ns.control_plane().request("DELETE", &path, &Value::Null);
            let _gone = witness.wait_until(SOON, |seen| !is_going(seen));
        }
    }
    let runs: BTreeSet<String> = witness
        .seen()
        .volumes
        .values()
        .filter(|volume| volume["spec"]["claimRef"]["namespace"] == namespace)
        .filter_map(|volume| volume["metadata"]["annotations"][RUN].as_str().map(str::to_owned))
        .collect();
    let back = |run: &String| {
        let words = ["pvc", "restore", run, "--yes", "--timeout", "30s"];
        scene.ns.sts(&words).patience(LONG).run()
    };
    runs.iter().map(back).collect()
}
