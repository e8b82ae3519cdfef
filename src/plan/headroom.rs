//! Whether the rest of the set can spare a pod.

use std::fmt;

use jiff::Timestamp;

use crate::model::pod::Pod;
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::options::{BudgetRule, Options};

/// Why no pod may be taken down now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocker {
    /// A wanted pod is not there.
    Missing {
        /// Its name.
        pod: String,
    },
    /// A pod that is not wanted, or on its way out, is still there.
    Leaving {
        /// Its name.
        pod: String,
    },
    /// A pod is not ready.
    Unready {
        /// Its name.
        pod: String,
        /// Why, in a word.
        reason: String,
    },
    /// A pod is ready, but not for `minReadySeconds` yet.
    ///
    /// The controller counts it as unavailable. Under `Parallel` it may replace all such pods at
    /// once, whatever `maxUnavailable` says.
    NotAvailable {
        /// Its name.
        pod: String,
        /// When it will be available.
        until: Timestamp,
    },
    /// A PodDisruptionBudget has no room.
    Budget {
        /// Its name.
        budget: String,
        /// The pod it protects.
        pod: String,
        /// How many pods it lets go now.
        allowed: u32,
        /// How many would go.
        needed: u32,
    },
    /// The budgets are not known.
    BudgetsUnknown {
        /// Why not.
        reason: String,
    },
}

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { pod } => write!(f, "waiting for pod {pod} to be created"),
            Self::Leaving { pod } => write!(f, "waiting for pod {pod} to end"),
            Self::Unready { pod, reason } => {
                write!(f, "waiting for pod {pod} to be ready ({reason})")
            }
            Self::NotAvailable { pod, .. } => {
                write!(f, "waiting for pod {pod} to have been ready for its minReadySeconds")
            }
            Self::Budget { budget, pod, allowed, needed } => write!(
                f,
                "pod disruption budget {budget} lets {allowed} pods go, taking {pod} down needs {needed}"
            ),
            Self::BudgetsUnknown { reason } => {
                write!(f, "pod disruption budgets could not be read: {reason}")
            }
        }
    }
}

/// Pods with an index below `below` that are not available, lowest first.
///
/// Up to `tolerate` unready pods are passed over; pods that are merely too young are not, since
/// waiting for them costs nothing.
pub fn unavailable(snapshot: &Snapshot, below: u32, tolerate: u32, now: Timestamp) -> Vec<Blocker> {
    let set = &snapshot.set;
    let wait = jiff::SignedDuration::from_secs(i64::from(set.min_ready_seconds));
    let (mut unready, mut young) = (Vec::new(), Vec::new());
    for index in 0..below.min(set.wanted.replicas) {
        let name = set.pod_at(index);
        match snapshot.pod_at(index) {
            None => unready.push(Blocker::Missing { pod: name }),
            Some(pod) if pod.deleting_since.is_some() => {
                unready.push(Blocker::Leaving { pod: name });
            }
            Some(pod) if !pod.is_ready() => {
                unready.push(Blocker::Unready { pod: name, reason: pod.reason() });
            }
            Some(pod) if !pod.is_available(set.min_ready_seconds, now) => {
                let since = pod.ready_since.unwrap_or(now);
                let until = since.saturating_add(wait).unwrap_or(now);
                young.push(Blocker::NotAvailable { pod: name, until });
            }
            Some(_) => {}
        }
    }
    if unready.len() <= tolerate as usize {
        unready.clear();
    }
    unready.append(&mut young);
    unready
}

/// Budgets that forbid taking these pods down together.
pub fn over_budget(snapshot: &Snapshot, pods: &[&Pod], options: &Options) -> Vec<Blocker> {
    if options.budgets == BudgetRule::Ignore || pods.is_empty() {
        return Vec::new();
    }
    let budgets = match &snapshot.budgets {
        Known::Read(budgets) => budgets,
        Known::Unknown(reason) => {
            return vec![Blocker::BudgetsUnknown { reason: reason.clone() }];
        }
    };
    let mut blockers = Vec::new();
    for budget in budgets {
        let protected: Vec<_> =
            pods.iter().filter(|pod| budget.selector.matches(&pod.labels)).collect();
        let needed = u32::try_from(protected.len()).unwrap_or(u32::MAX);
        let allowed = if budget.observed { budget.disruptions_allowed } else { 0 };
        if let Some(pod) = protected.first()
            && allowed < needed
        {
            blockers.push(Blocker::Budget {
                budget: budget.name.clone(),
                pod: pod.name.clone(),
                allowed,
                needed,
            });
        }
    }
    blockers
}
