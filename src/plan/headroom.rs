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

impl Blocker {
    /// The pod it is about, where it is about one.
    pub fn pod(&self) -> Option<&String> {
        match self {
            Self::Missing { pod }
            | Self::Leaving { pod }
            | Self::Unready { pod, .. }
            | Self::NotAvailable { pod, .. }
            | Self::Budget { pod, .. } => Some(pod),
            Self::BudgetsUnknown { .. } => None,
        }
    }
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
    let (mut unready, mut young) = (Vec::new(), Vec::new());
    for index in 0..below.min(snapshot.set.wanted.replicas) {
        match blocker_at(snapshot, index, now) {
            Some(blocker @ Blocker::NotAvailable { .. }) => young.push(blocker),
            Some(blocker) => unready.push(blocker),
            None => {}
        }
    }
    if unready.len() <= tolerate as usize {
        unready.clear();
    }
    unready.append(&mut young);
    unready
}

/// Why the pod at this index is not available; `None` when it is.
pub fn blocker_at(snapshot: &Snapshot, index: u32, now: Timestamp) -> Option<Blocker> {
    let set = &snapshot.set;
    let name = set.pod_at(index);
    match snapshot.pod_at(index) {
        None => Some(Blocker::Missing { pod: name }),
        Some(pod) if pod.deleting_since.is_some() => Some(Blocker::Leaving { pod: name }),
        Some(pod) if !pod.is_ready() => Some(Blocker::Unready { pod: name, reason: pod.reason() }),
        Some(pod) if !pod.is_available(set.min_ready_seconds, now) => {
            let wait = jiff::SignedDuration::from_secs(i64::from(set.min_ready_seconds));
            let since = pod.ready_since.unwrap_or(now);
            let until = since.saturating_add(wait).unwrap_or(now);
            Some(Blocker::NotAvailable { pod: name, until })
        }
        Some(_) => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::budget::{Budget, Operator, Requirement, Selector};
    use crate::testing::{a_pod, a_set, a_snapshot, at};

    fn names(blockers: &[Blocker]) -> Vec<String> {
        blockers.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_pod_that_is_not_available_is_named_lowest_first() {
        let set = a_set("db").replicas(5).min_ready(10);
        let snapshot = a_snapshot(&set)
            .without(3)
            .with(a_pod(&set, 0).ready_at(at(-5)))
            .with(a_pod(&set, 1).unready())
            .with(a_pod(&set, 2).deleting());
        assert_eq!(
            names(&unavailable(&snapshot, 5, 0, at(0))),
            [
                "waiting for pod db-1 to be ready (NotReady)",
                "waiting for pod db-2 to end",
                "waiting for pod db-3 to be created",
                "waiting for pod db-0 to have been ready for its minReadySeconds",
            ]
        );
        assert_eq!(unavailable(&snapshot, 1, 0, at(0)).len(), 1, "only those below");
        assert_eq!(unavailable(&snapshot, 1, 0, at(5)), [], "no longer too young");
    }

    #[test]
    fn tolerance_is_for_the_unready_never_for_the_young() {
        let set = a_set("db").min_ready(10);
        let snapshot =
            a_snapshot(&set).with(a_pod(&set, 0).unready()).with(a_pod(&set, 1).ready_at(at(-5)));
        let young = Blocker::NotAvailable { pod: "db-1".to_owned(), until: at(5) };
        assert_eq!(unavailable(&snapshot, 3, 1, at(0)), [young]);
        let worse = snapshot.with(a_pod(&set, 2).unready());
        assert_eq!(unavailable(&worse, 3, 1, at(0)).len(), 3, "one more than tolerated");
    }

    #[test]
    fn positions_count_from_the_first_ordinal() {
        let set = a_set("db").starting_at(5);
        let snapshot = a_snapshot(&set).with(a_pod(&set, 7).unready());
        assert_eq!(unavailable(&snapshot, 2, 0, at(0)), []);
        assert_eq!(unavailable(&snapshot, 99, 0, at(0)).len(), 1);
    }

    fn a_budget(allowed: u32) -> Budget {
        let app =
            Requirement { key: "app".to_owned(), operator: Operator::In(vec!["db".to_owned()]) };
        Budget {
            name: "db".to_owned(),
            selector: Selector { requirements: vec![app] },
            disruptions_allowed: allowed,
            current_healthy: 3,
            desired_healthy: 2,
            expected: 3,
            demand: crate::model::budget::Demand::Unknown,
            observed: true,
        }
    }

    #[test]
    fn a_budget_has_to_have_room_for_the_whole_batch() {
        let set = a_set("db");
        let (two, one) = (a_pod(&set, 2), a_pod(&set, 1));
        let mut snapshot = a_snapshot(&set);
        let mut over = |budgets, pods: &[&Pod]| {
            snapshot.budgets = Known::Read(budgets);
            over_budget(&snapshot, pods, &Options::default())
        };
        assert_eq!(over(vec![a_budget(1)], &[&two]), []);
        assert_eq!(
            names(&over(vec![a_budget(1)], &[&two, &one])),
            ["pod disruption budget db lets 1 pods go, taking db-2 down needs 2"]
        );
        assert_eq!(over(vec![a_budget(0)], &[]), []);
        assert_eq!(over(vec![Budget { observed: false, ..a_budget(9) }], &[&two]).len(), 1);
        let elsewhere = Selector {
            requirements: vec![Requirement { key: "x".to_owned(), operator: Operator::Exists }],
        };
        assert_eq!(over(vec![Budget { selector: elsewhere, ..a_budget(0) }], &[&two]), []);
    }

    #[test]
    fn unknown_budgets_block_unless_they_are_ignored() {
        let set = a_set("db");
        let mut snapshot = a_snapshot(&set);
        snapshot.budgets = Known::Unknown("forbidden".to_owned());
        let pod = a_pod(&set, 2);
        let respecting = Options::default();
        assert_eq!(
            names(&over_budget(&snapshot, &[&pod], &respecting)),
            ["pod disruption budgets could not be read: forbidden"]
        );
        let ignoring = Options { budgets: BudgetRule::Ignore, ..respecting };
        assert_eq!(over_budget(&snapshot, &[&pod], &ignoring), []);
    }
}
