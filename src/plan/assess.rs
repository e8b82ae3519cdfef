//! Where a set stands: the completion test, and what blocks.
//!
//! Counters in the status and equal revision names prove nothing (a reverted template makes them
//! equal while broken pods live on; a partition at the top makes kubectl report success with no
//! pod updated). What counts is each pod: its owner, its revision, its readiness for
//! `minReadySeconds`.

use jiff::Timestamp;

use crate::exit::Exit;
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::predict::revision_after_delete;
use crate::model::run::{LOCK_EXPIRES, RecordedRun, Run, RunPhase};
use crate::model::set::{PodManagement, Set, Strategy};
use crate::model::snapshot::Snapshot;

/// Where a set stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// In one word.
    pub phase: Phase,
    /// In one sentence.
    pub summary: String,
    /// Wanted pods on the update revision.
    pub updated: u32,
    /// Wanted pods that are available.
    pub available: u32,
    /// What has to change before anything else can.
    pub blocker: Option<Obstacle>,
    /// One entry per wanted ordinal, lowest first.
    pub pods: Vec<PodStanding>,
    /// The staged rollout on the set, if there is one.
    pub run: Option<RunStanding>,
}

/// Where a set stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Every wanted pod runs the template and is available, and nothing else is there.
    Complete,
    /// Something waits for a person: a partition, an approval, `OnDelete`.
    Held,
    /// The controller is at work.
    Progressing,
    /// The controller cannot go on by itself.
    Blocked,
    /// Every pod runs what it should, but not all are well.
    Degraded,
}

impl Phase {
    /// The exit code of `status`.
    pub fn exit(self) -> Exit {
        match self {
            Self::Complete => Exit::Success,
            Self::Held => Exit::Held,
            Self::Progressing => Exit::InProgress,
            Self::Blocked | Self::Degraded => Exit::Found,
        }
    }

    /// Whether nothing goes on before somebody looks at it.
    pub fn needs_somebody(self) -> bool {
        matches!(self, Self::Blocked | Self::Degraded)
    }

    /// As documents spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Held => "held",
            Self::Progressing => "progressing",
            Self::Blocked => "blocked",
            Self::Degraded => "degraded",
        }
    }
}

/// One pod that everything waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// Its name.
    pub pod: String,
    /// Why, as Kubernetes spells it.
    pub reason: String,
    /// More of it.
    pub message: String,
    /// Whether it runs the new revision.
    pub updated: bool,
}

/// How one ordinal stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodStanding {
    /// Its number.
    pub ordinal: Ordinal,
    /// The pod's name.
    pub pod: String,
    /// The revision it runs; absent when the pod is missing.
    pub revision: Option<String>,
    /// The revision it would run if it were deleted now.
    pub returns_on: String,
    /// Whether it is ready.
    pub ready: bool,
    /// Whether it has been ready for `minReadySeconds`.
    pub available: bool,
    /// Whether it is on its way out.
    pub going: bool,
    /// Container restarts.
    pub restarts: u32,
    /// Since when it exists.
    pub created_at: Option<Timestamp>,
    /// The node it is on.
    pub node: Option<String>,
    /// Why it is not ready, or `Ready`.
    pub reason: String,
    /// Whether a delete, a drain or a crash of its node would take it back to an older template.
    pub pending_downgrade: bool,
}

/// The staged rollout on a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunStanding {
    /// As recorded.
    pub run: Run,
    /// Who drives it now; nobody when the last sign of life is too old.
    pub driver: Option<String>,
}

/// Looks at a set as it is now.
pub fn assess(snapshot: &Snapshot, now: Timestamp) -> Assessment {
    let set = &snapshot.set;
    let pods: Vec<PodStanding> =
        set.wanted.iter().map(|ordinal| standing(snapshot, ordinal, now)).collect();
    let update = &set.status.update_revision;
    let count = |test: &dyn Fn(&PodStanding) -> bool| {
        u32::try_from(pods.iter().filter(|pod| test(pod)).count()).unwrap_or(u32::MAX)
    };
    let updated = count(&|pod| pod.revision.as_ref() == Some(update));
    let available = count(&|pod| pod.available);
    let blocker = obstacle(snapshot);
    let run = run(set, now);
    let (phase, summary) = phase(snapshot, &pods, blocker.as_ref(), run.as_ref());
    Assessment { phase, summary, updated, available, blocker, pods, run }
}

fn standing(snapshot: &Snapshot, ordinal: Ordinal, now: Timestamp) -> PodStanding {
    let set = &snapshot.set;
    let pod = snapshot.pod(ordinal);
    let returns_on = revision_after_delete(snapshot, ordinal).to_owned();
    let update = &set.status.update_revision;
    PodStanding {
        ordinal,
        pod: set.pod_name(ordinal),
        revision: pod.and_then(|pod| pod.revision.clone()),
        ready: pod.is_some_and(Pod::is_ready),
        available: pod.is_some_and(|pod| pod.is_available(set.min_ready_seconds, now)),
        going: pod.is_some_and(|pod| pod.deleting_since.is_some()),
        restarts: pod.map_or(0, |pod| pod.restarts),
        created_at: pod.and_then(|pod| pod.created_at),
        node: pod.and_then(|pod| pod.node.clone()),
        reason: pod.map_or_else(|| "Missing".to_owned(), Pod::reason),
        pending_downgrade: pod.is_some_and(|pod| pod.revision.as_ref() == Some(update))
            && returns_on != *update,
        returns_on,
    }
}

/// The one pod the controller waits for: the lowest that is not ready under `OrderedReady`, the
/// first in trouble otherwise.
fn obstacle(snapshot: &Snapshot) -> Option<Obstacle> {
    let set = &snapshot.set;
    let mut unready = set
        .wanted
        .iter()
        .filter_map(|ordinal| snapshot.pod(ordinal))
        .filter(|pod| !pod.is_ready() && pod.deleting_since.is_none());
    let pod = match set.management {
        PodManagement::OrderedReady => unready.next().filter(|pod| !pod.troubles.is_empty()),
        PodManagement::Parallel => unready.find(|pod| !pod.troubles.is_empty()),
    }?;
    let trouble = pod.troubles.first()?;
    Some(Obstacle {
        pod: pod.name.clone(),
        reason: trouble.reason.clone(),
        message: trouble.message.clone(),
        updated: pod.revision.as_deref() == Some(set.status.update_revision.as_str()),
    })
}

fn run(set: &Set, now: Timestamp) -> Option<RunStanding> {
    let Some(RecordedRun::Read(run)) = &set.run else { return None };
    let driver = run
        .holder
        .as_ref()
        .filter(|holder| now.duration_since(holder.beat) < LOCK_EXPIRES)
        .map(|holder| holder.name.clone());
    Some(RunStanding { run: run.clone(), driver })
}

fn phase(
    snapshot: &Snapshot,
    pods: &[PodStanding],
    blocker: Option<&Obstacle>,
    run: Option<&RunStanding>,
) -> (Phase, String) {
    let set = &snapshot.set;
    let update = &set.status.update_revision;
    let all = set.wanted.replicas;
    if !set.observed() {
        let summary = "the controller has not seen the latest spec yet".to_owned();
        return (Phase::Progressing, summary);
    }
    let old: Vec<&PodStanding> =
        pods.iter().filter(|pod| pod.revision.as_ref() != Some(update)).collect();
    if let Some(obstacle) = blocker {
        let doing = match (old.is_empty(), obstacle.updated) {
            (true, _) => "",
            (false, true) => ": the rollout cannot go on",
            (false, false) => ": it blocks the rollout, not the new revision",
        };
        let phase = if old.is_empty() { Phase::Degraded } else { Phase::Blocked };
        return (phase, format!("pod {} is not ready ({}){doing}", obstacle.pod, obstacle.reason));
    }
    if let Some(found) = run.and_then(|run| staged(snapshot, run)) {
        return found;
    }
    if let Some(pod) = snapshot.left_over().next() {
        let summary = format!("waiting for pod {} of a scale-down to go", pod.name);
        return (Phase::Progressing, summary);
    }
    if let Strategy::Other(name) = &set.strategy
        && !old.is_empty()
    {
        let summary = format!(
            "strategy {name} is not known to this version: what comes next is not predicted"
        );
        return (Phase::Progressing, summary);
    }
    // Those that are missing or on their way out need nobody to delete them.
    let to_delete: Vec<&str> = old
        .iter()
        .filter(|pod| {
            let live = snapshot.pod(pod.ordinal);
            live.is_some_and(|pod| pod.deleting_since.is_none())
        })
        .map(|pod| pod.pod.as_str())
        .collect();
    if set.strategy == Strategy::OnDelete && !to_delete.is_empty() {
        let summary = format!(
            "OnDelete: {} of {all} pods wait to be deleted ({})",
            to_delete.len(),
            first(&to_delete)
        );
        return (Phase::Held, summary);
    }
    let partition = set.partition();
    let pending = old
        .iter()
        .filter(|pod| set.wanted.index(pod.ordinal).is_some_and(|index| index >= partition))
        .count();
    if pending > 0 {
        let updated = all as usize - old.len();
        return (Phase::Progressing, format!("{updated} of {all} pods updated"));
    }
    if let Some(pod) = pods.iter().find(|pod| !pod.available) {
        let summary = if pod.ready {
            let seconds = set.min_ready_seconds;
            format!("pod {} is ready, but not yet for its minReadySeconds ({seconds})", pod.pod)
        } else {
            format!("pod {} is not ready ({})", pod.pod, pod.reason)
        };
        return (Phase::Progressing, summary);
    }
    if !old.is_empty() {
        let keeps = match partition.min(all) {
            1 => set.pod_at(0),
            kept => format!("{} to {}", set.pod_at(0), set.pod_at(kept - 1)),
        };
        let updated = all as usize - old.len();
        let summary = format!("{updated} of {all} pods updated, the partition keeps {keeps}");
        return (Phase::Held, summary);
    }
    if partition >= all && all > 0 {
        let summary =
            format!("all {all} pods run {update}; the partition holds back whatever comes next");
        return (Phase::Held, summary);
    }
    (Phase::Complete, format!("all {all} pods run {update} and are available"))
}

/// The first of these names, and how many more there are.
fn first(names: &[&str]) -> String {
    const MOST: usize = 5;
    match names.len() {
        ..=MOST => names.join(", "),
        all => format!("{} and {} more", names[..MOST].join(", "), all - MOST),
    }
}

/// What a staged rollout on the set makes of it.
fn staged(snapshot: &Snapshot, standing: &RunStanding) -> Option<(Phase, String)> {
    let set = &snapshot.set;
    let run = &standing.run;
    let all = set.wanted.replicas;
    let updated = snapshot.count_on(&run.target);
    let driver = standing.driver.as_deref();
    if run.by_deletion() && !run.holds(set) {
        // Whoever changed it has let the controller go.
        let strategy = &set.strategy;
        let summary = format!(
            "{updated} of {all} pods updated; the staged rollout left the set OnDelete, and its \
             strategy is {strategy} now: the controller goes on by itself, without gates"
        );
        let phase = if updated < all { Phase::Progressing } else { Phase::Held };
        return Some((phase, summary));
    }
    let under = if run.by_deletion() { " under OnDelete" } else { "" };
    match (run.phase, driver) {
        (RunPhase::Parked, _) => None,
        (RunPhase::Staging, Some(driver)) => Some((
            Phase::Progressing,
            format!("staged rollout driven by {driver}: {updated} of {all} pods updated"),
        )),
        (RunPhase::Aborting | RunPhase::Parking, Some(driver)) => {
            Some((Phase::Progressing, format!("abort driven by {driver}")))
        }
        (RunPhase::Failed, Some(driver)) => {
            Some((Phase::Progressing, format!("a failed rollout is looked at by {driver}")))
        }
        (RunPhase::Staging, None) => {
            Some((Phase::Held, format!("staged rollout held{under} at {updated} of {all} pods")))
        }
        (RunPhase::Failed, None) => Some((
            Phase::Blocked,
            format!("staged rollout held{under} at {updated} of {all} pods after a failure"),
        )),
        (RunPhase::Aborting | RunPhase::Parking, None) => {
            Some((Phase::Held, "an abort was begun and is not finished".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests;
