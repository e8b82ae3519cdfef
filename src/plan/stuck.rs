//! The one pod a set waits for, and whether deleting it would help.
//!
//! Follows the StatefulSet controller (`pkg/controller/statefulset/stateful_set_control.go`).
//! Under `OrderedReady` it does nothing while a wanted pod is not available, and the lowest such
//! pod is the one it waits for: deleting another leaves a hole (kubernetes/kubernetes#67250).
//! Under `Parallel` it replaces by itself what is not on the update revision, but never a pod
//! below the partition. Under `OnDelete` it replaces nothing.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::model::ordinal::Ordinal;
use crate::model::pod::{Phase, Pod};
use crate::model::predict::revision_after_delete;
use crate::model::run::Run;
use crate::model::set::{PodManagement, Set, Strategy};
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::headroom::{self, Blocker};
use crate::plan::options::BudgetRule;
use crate::plan::refusal::Refusal;

/// When a pod counts as stuck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How long it must have been unready.
    pub unready_for: SignedDuration,
    /// What PodDisruptionBudgets are to its deletion.
    pub budgets: BudgetRule,
}

/// A pod that would come back on another revision if it were deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cure {
    /// The pod.
    pub pod: Pod,
    /// Its ordinal.
    pub ordinal: Ordinal,
    /// The revision it comes back on.
    pub returns_on: String,
}

/// Why the pod a set waits for is not deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stay {
    /// The controller has not seen the latest spec: what a pod returns on is not known.
    NotObserved,
    /// It would come back on the revision it runs.
    SameRevision {
        /// Its name.
        pod: String,
        /// That revision.
        revision: String,
        /// Whether the set's template makes that revision.
        newest: bool,
    },
    /// It does not say which revision it runs.
    NoRevision {
        /// Its name.
        pod: String,
    },
    /// It is on its way out.
    Leaving {
        /// Its name.
        pod: String,
    },
    /// It is not there, and the controller has to make it.
    Missing {
        /// Its name.
        pod: String,
    },
    /// It is ready, and will be available at a known time.
    Young {
        /// Its name.
        pod: String,
        /// When.
        until: Timestamp,
    },
    /// It has not been unready for long enough, or does not say for how long.
    Recent {
        /// Its name.
        pod: String,
        /// For how long, where that is known.
        unready_for: Option<SignedDuration>,
        /// How long it must have been.
        needed: SignedDuration,
    },
    /// The controller replaces it by itself.
    ControllerActs {
        /// Its name.
        pod: String,
    },
    /// Fewer pods are healthy than a budget asks for.
    Budget {
        /// Its name.
        budget: String,
        /// How many are healthy.
        healthy: u32,
        /// How many should be.
        desired: u32,
    },
    /// Budgets could not be read.
    BudgetsUnknown {
        /// Why.
        reason: String,
    },
    /// A scale-down is not finished.
    ScalingDown {
        /// A pod that is no longer wanted.
        pod: String,
    },
}

impl Stay {
    /// The flag that overrides it, where one does.
    pub fn flag(&self) -> Option<&'static str> {
        match self {
            Self::Recent { .. } => Some("--unready-for"),
            Self::Budget { .. } | Self::BudgetsUnknown { .. } => Some("--ignore-pdb"),
            _ => None,
        }
    }
}

impl fmt::Display for Stay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotObserved => f.write_str(
                "the controller has not seen the latest spec yet, so what a pod would come back on is not known",
            ),
            Self::SameRevision { pod, revision, .. } => write!(
                f,
                "pod {pod} would come back on {revision}, which it runs already: deleting it changes nothing"
            ),
            Self::NoRevision { pod } => write!(f, "pod {pod} does not say which revision it runs"),
            Self::Leaving { pod } => write!(
                f,
                "pod {pod} is being deleted already; if that never ends, its node is gone or a finalizer holds it"
            ),
            Self::Missing { pod } => {
                write!(f, "pod {pod} does not exist: the controller has yet to create it")
            }
            Self::Young { pod, .. } => {
                write!(f, "pod {pod} is ready, but not yet for its minReadySeconds")
            }
            Self::Recent { pod, unready_for: Some(time), needed } => write!(
                f,
                "pod {pod} has been unready for only {:#}; it counts as stuck after {:#}",
                SignedDuration::from_secs(time.as_secs().max(0)),
                SignedDuration::from_secs(needed.as_secs())
            ),
            Self::Recent { pod, unready_for: None, .. } => {
                write!(f, "pod {pod} does not say since when it has not been ready")
            }
            Self::ControllerActs { pod } => {
                write!(f, "pod {pod} is replaced by the controller itself")
            }
            Self::Budget { budget, healthy, desired } => write!(
                f,
                "pod disruption budget {budget} wants {desired} healthy pods and has {healthy}: the others are needed"
            ),
            Self::BudgetsUnknown { reason } => {
                write!(f, "pod disruption budgets could not be read: {reason}")
            }
            Self::ScalingDown { pod } => {
                write!(f, "a scale-down is not finished: pod {pod} is no longer wanted and still there")
            }
        }
    }
}

/// The pod to delete, if there is one; every reason against it otherwise. `Ok(None)` when nothing
/// is stuck.
pub fn find(snapshot: &Snapshot, rules: Rules, now: Timestamp) -> Result<Option<Cure>, Vec<Stay>> {
    let set = &snapshot.set;
    if !set.observed() {
        return Err(vec![Stay::NotObserved]);
    }
    let Some(blocker) = waits_for(snapshot, now) else { return Ok(None) };
    let (pod, ordinal) = match blocker {
        Waits::Pod(pod, ordinal) => (pod, ordinal),
        Waits::For(stay) => return Err(vec![stay]),
    };
    let returns_on = revision_after_delete(snapshot, ordinal).to_owned();
    let mut stays = Vec::new();
    match &pod.revision {
        None => stays.push(Stay::NoRevision { pod: pod.name.clone() }),
        Some(revision) if *revision == returns_on => stays.push(Stay::SameRevision {
            pod: pod.name.clone(),
            revision: returns_on.clone(),
            newest: returns_on == set.status.update_revision,
        }),
        Some(_) => {}
    }
    let unready_for = pod.unready_since.map(|since| now.duration_since(since));
    if unready_for.is_none_or(|time| time < rules.unready_for) {
        let (pod, needed) = (pod.name.clone(), rules.unready_for);
        stays.push(Stay::Recent { pod, unready_for, needed });
    }
    stays.extend(overdrawn(snapshot, pod, rules.budgets));
    if stays.is_empty() {
        Ok(Some(Cure { pod: pod.clone(), ordinal, returns_on }))
    } else {
        Err(stays)
    }
}

/// What a set waits for.
/// Why a recorded rollout forbids the cure: where pods are deleted one by one, deleting this one
/// would update it, past the step that was approved.
pub fn past_gates(run: &Run, cure: &Cure) -> Option<Refusal> {
    let forward = run.by_deletion() && !run.phase.goes_back();
    (forward && cure.returns_on != run.base).then(|| Refusal::PastGates {
        pod: cure.pod.name.clone(),
        returns: cure.returns_on.clone(),
    })
}

enum Waits<'a> {
    /// A pod that is there and not ready.
    Pod(&'a Pod, Ordinal),
    /// Something no deletion would help with.
    For(Stay),
}

fn waits_for(snapshot: &Snapshot, now: Timestamp) -> Option<Waits<'_>> {
    let set = &snapshot.set;
    let waits: Vec<Waits<'_>> = match set.management {
        PodManagement::OrderedReady => set
            .wanted
            .iter()
            .find_map(|ordinal| waiting(snapshot, ordinal, now))
            .into_iter()
            .collect(),
        PodManagement::Parallel => {
            set.wanted.iter().filter_map(|ordinal| waiting(snapshot, ordinal, now)).collect()
        }
    };
    let helps = |waits: &Waits<'_>| match waits {
        Waits::Pod(pod, ordinal) => {
            pod.revision.as_deref() != Some(revision_after_delete(snapshot, *ordinal))
        }
        Waits::For(_) => false,
    };
    let first = waits.iter().position(helps).unwrap_or(0);
    let stuck = waits.into_iter().nth(first);
    stuck.or_else(|| {
        let pod = snapshot.left_over().next()?;
        Some(Waits::For(Stay::ScalingDown { pod: pod.name.clone() }))
    })
}

/// What the controller would wait for at this ordinal.
fn waiting(snapshot: &Snapshot, ordinal: Ordinal, now: Timestamp) -> Option<Waits<'_>> {
    let set = &snapshot.set;
    let name = || set.pod_name(ordinal);
    let Some(pod) = snapshot.pod(ordinal) else {
        return Some(Waits::For(Stay::Missing { pod: name() }));
    };
    if pod.deleting_since.is_some() {
        return Some(Waits::For(Stay::Leaving { pod: name() }));
    }
    if pod.is_ready() {
        let index = set.wanted.index(ordinal)?;
        let young = headroom::unavailable(snapshot, index + 1, index + 1, now);
        return young.into_iter().find_map(|blocker| match blocker {
            Blocker::NotAvailable { pod, until } if pod == name() => {
                Some(Waits::For(Stay::Young { pod, until }))
            }
            _ => None,
        });
    }
    if acts(set, pod, ordinal) {
        return Some(Waits::For(Stay::ControllerActs { pod: name() }));
    }
    Some(Waits::Pod(pod, ordinal))
}

/// Whether the controller replaces this pod by itself.
fn acts(set: &Set, pod: &Pod, ordinal: Ordinal) -> bool {
    let ended = matches!(pod.phase, Phase::Failed | Phase::Succeeded);
    let released = set.wanted.index(ordinal).is_some_and(|index| index >= set.partition());
    ended
        || (set.management == PodManagement::Parallel
            && matches!(set.strategy, Strategy::RollingUpdate(_))
            && released
            && pod.revision.as_deref() != Some(set.status.update_revision.as_str()))
}

/// Budgets that have fewer healthy pods than they want.
///
/// A pod that is not ready is not counted as healthy, so its deletion takes nothing from a budget.
/// The server lets such a pod be evicted as long as the others are enough, and so does this; room
/// for one more disruption would never be there while a pod of the set is stuck.
fn overdrawn(snapshot: &Snapshot, pod: &Pod, rule: BudgetRule) -> Vec<Stay> {
    if rule == BudgetRule::Ignore {
        return Vec::new();
    }
    match &snapshot.budgets {
        Known::Unknown(reason) => vec![Stay::BudgetsUnknown { reason: reason.clone() }],
        Known::Read(budgets) => budgets
            .iter()
            .filter(|budget| budget.selector.matches(&pod.labels))
            .filter(|budget| !budget.observed || budget.current_healthy < budget.desired_healthy)
            .map(|budget| Stay::Budget {
                budget: budget.name.clone(),
                healthy: budget.current_healthy,
                desired: budget.desired_healthy,
            })
            .collect(),
    }
}

/// What a set waits for next, in words; `None` when no pod of it is unwell.
pub fn next_blocker(snapshot: &Snapshot, now: Timestamp) -> Option<String> {
    match waits_for(snapshot, now)? {
        Waits::Pod(pod, _) => Some(format!("pod {} is not ready ({})", pod.name, pod.reason())),
        Waits::For(stay) => Some(stay.to_string()),
    }
}

#[cfg(test)]
mod tests;
