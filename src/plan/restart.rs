//! What is checked before pods are restarted as they are.

use jiff::Timestamp;

use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::predict::revision_after_delete;
use crate::model::run::{RecordedRun, RunPhase};
use crate::model::set::Strategy;
use crate::model::snapshot::Snapshot;
use crate::plan::options::Options;
use crate::plan::preflight;
use crate::plan::refusal::Refusal;

/// What is said to pods that come back on another revision than they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevisionChange {
    /// They are not restarted.
    Refuse,
    /// So be it.
    Allow,
}

/// Reasons not to restart these pods, all of them; empty when it may begin.
pub fn begin(
    snapshot: &Snapshot,
    ordinals: &[Ordinal],
    change: RevisionChange,
    options: &Options,
    now: Timestamp,
) -> Vec<Refusal> {
    let set = &snapshot.set;
    let mut refusals = Vec::new();
    refusals.extend(preflight::operator(set));
    refusals.extend(preflight::original(set).err());
    if set.wanted.replicas == 0 {
        refusals.push(Refusal::NoReplicas);
    }
    if !set.observed() {
        refusals.push(Refusal::NotObserved);
    }
    let changed = changed(snapshot, ordinals);
    refusals.extend(of_ours(snapshot, &changed, now));
    let moving = moving(snapshot);
    if !moving.is_empty() {
        refusals.push(Refusal::InProgress { pods: moving });
    }
    refusals.extend(preflight::health(snapshot, options, now));
    if change == RevisionChange::Refuse {
        refusals.extend(changed);
    }
    refusals
}

/// The pods that would come back on another revision than they run.
fn changed(snapshot: &Snapshot, ordinals: &[Ordinal]) -> Vec<Refusal> {
    let pods = ordinals.iter().filter_map(|ordinal| Some((*ordinal, snapshot.pod(*ordinal)?)));
    pods.filter_map(|(ordinal, pod)| {
        let returns = revision_after_delete(snapshot, ordinal);
        let runs = pod.revision.as_deref().unwrap_or("no revision");
        (runs != returns).then(|| Refusal::ComesBackChanged {
            pod: pod.name.clone(),
            runs: runs.to_owned(),
            returns: returns.to_owned(),
        })
    })
    .collect()
}

/// A run of ours that a restart would come in the way of: one that somebody drives, one on its way
/// back, and any other where pods would change their revision past its gates.
fn of_ours(snapshot: &Snapshot, changed: &[Refusal], now: Timestamp) -> Option<Refusal> {
    match snapshot.set.run.as_ref()? {
        RecordedRun::Unreadable(reason) => Some(Refusal::UnreadableRun { reason: reason.clone() }),
        RecordedRun::Read(run) => preflight::locked(run, "", now).or(match run.phase {
            RunPhase::Aborting => Some(Refusal::Unfinished { phase: "on its way back".to_owned() }),
            RunPhase::Staging | RunPhase::Failed if !changed.is_empty() => {
                let phase = "held, and a restart would update pods past its gates".to_owned();
                Some(Refusal::Unfinished { phase })
            }
            RunPhase::Staging | RunPhase::Failed | RunPhase::Parked => None,
        }),
    }
}

/// Pods that the controller is about to replace by itself.
fn moving(snapshot: &Snapshot) -> Vec<String> {
    let set = &snapshot.set;
    if !matches!(set.strategy, Strategy::RollingUpdate(_)) {
        return Vec::new();
    }
    let released = (set.partition()..set.wanted.replicas).filter_map(|i| snapshot.pod_at(i));
    let off = |pod: &&Pod| pod.revision.as_ref() != Some(&set.status.update_revision);
    released.filter(off).map(|pod| pod.name.clone()).collect()
}
