//! What is checked before a rollout writes anything.

use jiff::Timestamp;

use crate::model::run::{OriginalStrategy, RecordedRun, Run, RunPhase};
use crate::model::set::{FieldManager, HOLD, Set, Strategy};
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::headroom::{self, Blocker};
use crate::plan::options::{BudgetRule, Options};
use crate::plan::refusal::Refusal;

/// What the user has already agreed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Go on although another manager has the fields.
    pub managers: bool,
    /// Take the lock from whoever holds it.
    pub takeover: bool,
    /// Accept the partition, size or first ordinal that somebody else gave the set.
    pub changes: bool,
    /// Change the type of the update strategy for the length of the rollout.
    pub strategy: bool,
}

/// Where the template change of a new rollout comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// This rollout writes it.
    Change,
    /// It was applied behind a hold and waits there.
    Adopt,
}

/// Reasons not to begin a rollout, all of them; empty when it may begin.
pub fn begin(
    snapshot: &Snapshot,
    source: Source,
    overrides: Overrides,
    options: &Options,
    now: Timestamp,
) -> Vec<Refusal> {
    let set = &snapshot.set;
    let mut refusals = Vec::new();
    refusals.extend(operator(set));
    let earlier = earlier_run(set, now);
    // A rollout of ours may have put the set under OnDelete, and then has to end first.
    if earlier.is_none() {
        refusals.extend(strategy(set, overrides));
    }
    refusals.extend(managers(set, source, overrides));
    refusals.extend(earlier);
    if set.wanted.replicas == 0 {
        refusals.push(Refusal::NoReplicas);
    }
    if set.wanted.replicas >= HOLD {
        refusals.push(Refusal::TooManyReplicas { replicas: set.wanted.replicas });
    }
    refusals.extend(foreign_partition(set, overrides));
    if !set.observed() {
        refusals.push(Refusal::NotObserved);
    } else if refusals.is_empty() {
        refusals.extend(progress(snapshot, source));
    }
    refusals.extend(health(snapshot, options, now));
    if options.budgets == BudgetRule::Respect
        && let Known::Unknown(reason) = &snapshot.budgets
    {
        refusals.push(Refusal::BudgetsUnknown { reason: reason.clone() });
    }
    refusals
}

/// Reasons not to replace the template under the set's own strategy.
///
/// A set that is not well, or in the middle of a rollout by hand, is what an undo is for; a hold of
/// ours stays a hold.
pub fn replace(snapshot: &Snapshot, overrides: Overrides, now: Timestamp) -> Vec<Refusal> {
    let set = &snapshot.set;
    let mut refusals = Vec::new();
    refusals.extend(operator(set));
    if let Strategy::Other(name) = &set.strategy {
        refusals.push(Refusal::UnknownStrategy { strategy: name.clone() });
    }
    refusals.extend(managers(set, Source::Change, overrides));
    refusals.extend(earlier_run(set, now));
    if !set.observed() {
        refusals.push(Refusal::NotObserved);
    }
    refusals
}

/// Reasons not to take up the recorded run, all of them; empty when it may go on.
pub fn take_up(
    snapshot: &Snapshot,
    run: &Run,
    token: &str,
    overrides: Overrides,
    now: Timestamp,
) -> Vec<Refusal> {
    let set = &snapshot.set;
    let mut refusals = Vec::new();
    if !overrides.takeover {
        refusals.extend(locked(run, token, now));
    }
    refusals.extend(operator(set));
    if set.wanted.replicas == 0 && overrides.changes && !run.phase.goes_back() {
        // Of no pods, all are updated and have passed: that is not how a rollout ends well.
        refusals.push(Refusal::NoReplicas);
    }
    if !overrides.changes {
        refusals.extend(shape_moved(set, run).map(|what| Refusal::Moved { what }));
    }
    if set.observed()
        && !run.phase.goes_back()
        && !run.target.is_empty()
        && set.status.update_revision != run.target
    {
        refusals.push(Refusal::Moved {
            what: format!(
                "the template was changed: it now makes {}, the rollout was moving to {}",
                set.status.update_revision, run.target
            ),
        });
    }
    if run.target.is_empty() && !run.template.is_empty() && set.template.digest() != run.template {
        refusals.push(Refusal::Moved {
            what: "the template was changed before the rollout had begun to move pods".to_owned(),
        });
    }
    refusals
}

/// There is no way back without the revision a run began from.
pub fn base_gone(snapshot: &Snapshot, run: &Run) -> Option<Refusal> {
    let gone = snapshot.revision(&run.base).is_none();
    gone.then(|| Refusal::BaseGone { revision: run.base.clone() })
}

/// Why updated pods would not come back on the base revision behind a hold.
pub fn park(set: &Set, run: &Run) -> Option<Refusal> {
    if run.by_deletion() {
        return Some(Refusal::NoHold);
    }
    if !set.observed() {
        return Some(Refusal::NotObserved);
    }
    if set.status.current_revision != run.base {
        return Some(Refusal::Promoted {
            current: set.status.current_revision.clone(),
            base: run.base.clone(),
        });
    }
    let back = set.status.update_revision == run.base || run.phase == RunPhase::Aborting;
    back.then(|| Refusal::Unfinished { phase: "on its way back by its old template".to_owned() })
}

/// What somebody else changed of the strategy a run has left.
pub fn strategy_moved(set: &Set, run: &Run) -> Option<String> {
    if run.by_deletion() && !run.holds(set) {
        return Some(format!(
            "its update strategy is {}, the rollout left it OnDelete: the controller goes on by itself",
            set.strategy
        ));
    }
    if !run.holds(set) {
        let (now, then) = (set.partition(), run.partition);
        return Some(format!("the partition is {now}, the rollout left it at {then}"));
    }
    None
}

/// What somebody else changed of what decides which pods are released.
fn shape_moved(set: &Set, run: &Run) -> Option<String> {
    if let Some(what) = strategy_moved(set, run) {
        return Some(what);
    }
    if set.wanted.replicas != run.replicas {
        let (now, then) = (set.wanted.replicas, run.replicas);
        return Some(format!("it has {now} replicas, the rollout left it with {then}"));
    }
    if set.wanted.start != run.start {
        let (now, then) = (set.wanted.start, run.start);
        return Some(format!("its first ordinal is {now}, the rollout left it at {then}"));
    }
    None
}

/// The lock, where somebody else holds it.
pub fn locked(run: &Run, token: &str, now: Timestamp) -> Option<Refusal> {
    run.held_against(token, now).map(|holder| Refusal::Locked {
        holder: holder.name.clone(),
        seconds_ago: now.duration_since(holder.beat).as_secs().max(0),
    })
}

/// The group the set is rolled out with, where it is not rolled out by itself.
pub fn member(run: &Run) -> Option<Refusal> {
    run.group.as_ref().map(|group| Refusal::Member {
        group: group.id.clone(),
        members: group.members().into_iter().map(str::to_owned).collect(),
        selector: group.selector.clone(),
    })
}

/// Another object that controls the set.
pub fn operator(set: &Set) -> Option<Refusal> {
    set.controller
        .as_ref()
        .map(|owner| Refusal::Operator { kind: owner.kind.clone(), name: owner.name.clone() })
}

fn strategy(set: &Set, overrides: Overrides) -> Option<Refusal> {
    match &set.strategy {
        Strategy::RollingUpdate(_) => None,
        Strategy::OnDelete if overrides.strategy => None,
        Strategy::OnDelete => Some(Refusal::OnDelete),
        Strategy::Other(name) => Some(Refusal::UnknownStrategy { strategy: name.clone() }),
    }
}

/// The strategy to restore at the end, or a refusal when it is one that is never driven.
pub fn original(set: &Set) -> Result<OriginalStrategy, Refusal> {
    match &set.strategy {
        Strategy::RollingUpdate(rolling) => Ok(OriginalStrategy::RollingUpdate(rolling.clone())),
        Strategy::OnDelete => Ok(OriginalStrategy::OnDelete),
        Strategy::Other(name) => Err(Refusal::UnknownStrategy { strategy: name.clone() }),
    }
}

/// Field managers that reconcile what they own, so that a change by hand does not last.
const RECONCILERS: &[&str] = &[
    "argocd-controller",
    "argocd-application-controller",
    "kustomize-controller",
    "helm-controller",
    "fleetagent",
    "config-sync",
];

/// Labels and annotations by which GitOps tools mark what they reconcile.
const MARKS: &[(&str, &str)] = &[
    ("argocd.argoproj.io/tracking-id", "Argo CD"),
    ("argocd.argoproj.io/instance", "Argo CD"),
    ("kustomize.toolkit.fluxcd.io/name", "Flux"),
    ("helm.toolkit.fluxcd.io/name", "Flux"),
    ("rollout-group", "rollout-operator"),
    ("batchrelease.rollouts.kruise.io/control-info", "OpenKruise Rollouts"),
    ("rollouts.kruise.io/batch-release-control", "OpenKruise Rollouts"),
];

/// Who else writes the fields a rollout writes.
fn managers(set: &Set, source: Source, overrides: Overrides) -> Vec<Refusal> {
    if overrides.managers {
        return Vec::new();
    }
    let mut found = Vec::new();
    for manager in &set.managers {
        // Whoever adopts a template wants the manager to have written it: only the partition
        // and the strategy count then.
        let template = manager.template && source == Source::Change;
        // A rollout over the partition leaves `type` as it is.
        let strategy = manager.strategy && overrides.strategy;
        if reconciles(manager)
            && manager.manager != "kubectl"
            && (template || manager.partition || strategy)
        {
            let field = match (manager.partition, strategy) {
                (true, _) => "the partition",
                (false, true) => "the update strategy",
                (false, false) => "the pod template",
            };
            found.push(Refusal::ManagedElsewhere {
                manager: manager.manager.clone(),
                evidence: format!("it owns {field} (metadata.managedFields)"),
            });
        }
    }
    if source == Source::Change && found.is_empty() {
        found.extend(marks(set).map(|(tool, evidence)| Refusal::ManagedElsewhere {
            manager: tool.to_owned(),
            evidence,
        }));
    }
    found
}

/// Whether a manager writes again what others have changed.
pub(super) fn reconciles(manager: &FieldManager) -> bool {
    manager.applies || RECONCILERS.contains(&manager.manager.as_str())
}

/// Tools that have marked the set as theirs, and what tells so.
pub(super) fn marks(set: &Set) -> impl Iterator<Item = (&'static str, String)> {
    MARKS.iter().filter_map(|(key, tool)| {
        let on = if set.labels.contains_key(*key) {
            "label"
        } else if set.annotations.contains_key(*key) {
            "annotation"
        } else {
            return None;
        };
        Some((*tool, format!("the set carries its {on} {key}")))
    })
}

/// Everybody who keeps the whole set as a source says: who has marked it, Helm among them, and who
/// writes again what others have changed.
pub(super) fn owners(set: &Set) -> impl Iterator<Item = (String, String)> {
    let helm = set.annotations.get("meta.helm.sh/release-name");
    let helm = helm
        .map(|release| ("Helm".to_owned(), format!("the set belongs to its release {release}")));
    let marks = marks(set).map(|(tool, evidence)| (tool.to_owned(), evidence));
    let writers =
        set.managers.iter().filter(|manager| reconciles(manager) && manager.manager != "kubectl");
    let writers = writers.map(|manager| {
        (manager.manager.clone(), "it owns fields of the set (metadata.managedFields)".to_owned())
    });
    marks.chain(helm).chain(writers)
}

/// A staged rollout of ours that stands in the way.
pub(super) fn earlier_run(set: &Set, now: Timestamp) -> Option<Refusal> {
    match set.run.as_ref()? {
        RecordedRun::Unreadable(reason) => Some(Refusal::UnreadableRun { reason: reason.clone() }),
        RecordedRun::Read(run) if run.group.is_some() => {
            locked(run, "", now).or_else(|| member(run))
        }
        RecordedRun::Read(run) => match run.phase {
            RunPhase::Parked => locked(run, "", now),
            _ if run.held_against("", now).is_some() => locked(run, "", now),
            RunPhase::Staging => Some(Refusal::Unfinished { phase: "held between steps".into() }),
            RunPhase::Failed => Some(Refusal::Unfinished { phase: "held after a failure".into() }),
            RunPhase::Aborting | RunPhase::Parking => {
                Some(Refusal::Unfinished { phase: "on its way back".into() })
            }
        },
    }
}

fn foreign_partition(set: &Set, overrides: Overrides) -> Option<Refusal> {
    let ours = matches!(&set.run, Some(RecordedRun::Read(run)) if run.partition == set.partition());
    let partition = set.partition();
    if partition == 0 || ours || overrides.changes {
        return None;
    }
    Some(Refusal::ForeignPartition {
        keeps: (0..partition.min(set.wanted.replicas)).map(|index| set.pod_at(index)).collect(),
        partition,
        manager: set.managers.iter().find(|m| m.partition).map(|m| m.manager.clone()),
    })
}

/// Whether a template may wait that no pod has been moved to: behind a partition above all pods,
/// or under `OnDelete`.
pub fn waits(snapshot: &Snapshot) -> bool {
    let set = &snapshot.set;
    match set.strategy {
        Strategy::OnDelete => {
            let all = snapshot.count_on(&set.status.update_revision) >= set.wanted.replicas;
            !all
        }
        _ => set.wanted.replicas > 0 && set.partition() >= set.wanted.replicas,
    }
}

/// Whether pods are already moving, or nothing is there to move.
fn progress(snapshot: &Snapshot, source: Source) -> Option<Refusal> {
    let set = &snapshot.set;
    let (current, update) = (&set.status.current_revision, &set.status.update_revision);
    let off = |revision: &str| -> Vec<String> {
        set.wanted
            .iter()
            .filter_map(|ordinal| snapshot.pod(ordinal))
            .filter(|pod| pod.revision.as_deref() != Some(revision))
            .map(|pod| pod.name.clone())
            .collect()
    };
    let held = waits(snapshot);
    // Older servers never make the update revision of an `OnDelete` set the current one.
    let settled = current == update || set.strategy == Strategy::OnDelete;
    if source == Source::Adopt && settled && off(update).is_empty() {
        return Some(Refusal::NothingToDo);
    }
    // A template that waits behind a hold has moved no pod yet: it may be adopted, or replaced.
    let stray = if held || source == Source::Adopt { off(current) } else { off(update) };
    (!stray.is_empty()).then_some(Refusal::InProgress { pods: stray })
}

/// Pods that are not well.
pub fn health(snapshot: &Snapshot, options: &Options, now: Timestamp) -> Vec<Refusal> {
    let all = snapshot.set.wanted.replicas;
    let mut refusals: Vec<Refusal> =
        headroom::unavailable(snapshot, all, options.tolerate_unready, now)
            .into_iter()
            .filter_map(|blocker| match blocker {
                Blocker::Missing { pod } => {
                    Some(Refusal::Unhealthy { pod, reason: "missing".to_owned() })
                }
                Blocker::Leaving { pod } => {
                    Some(Refusal::Unhealthy { pod, reason: "Terminating".to_owned() })
                }
                Blocker::Unready { pod, reason } => Some(Refusal::Unhealthy { pod, reason }),
                // Too young is not unwell: the rollout waits for it before it releases anything.
                _ => None,
            })
            .collect();
    refusals.extend(snapshot.left_over().map(|pod| Refusal::Unhealthy {
        pod: pod.name.clone(),
        reason: "left over from a scale-down that is not finished".to_owned(),
    }));
    refusals
}

#[cfg(test)]
mod tests;
