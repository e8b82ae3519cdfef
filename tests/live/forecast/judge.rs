//! A forecast beside what happened.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use kubectl_sts::model::ordinal::Ordinal;
use kubectl_sts::model::set::PodManagement;
use kubectl_sts::model::set::SetStatus;
use kubectl_sts::model::snapshot::Snapshot;
use kubectl_sts::plan::simulate::forecast;
use kubectl_sts::plan::simulate::forecast::Cause;
use kubectl_sts::plan::simulate::forecast::Deed;
use kubectl_sts::plan::simulate::forecast::Forecast;
use kubectl_sts::plan::simulate::world::Simulation;

use crate::forecast::seen::Happening;
use crate::forecast::seen::What;

/// What was forecast, with the names revisions have in the cluster.
pub(super) struct Expected {
    management: PodManagement,
    forecast: Forecast,
    status: SetStatus,
    /// The template of each revision that had no name yet.
    new: BTreeMap<String, String>,
    wanted: BTreeSet<Ordinal>,
    missed: BTreeSet<Ordinal>,
    /// How many are down at once: under `minReadySeconds`, a parallel set may delete the next pod
    /// before or after the last one is ready.
    depends_on_speed: bool,
}

/// One act: `None` is a deletion, otherwise the revision of a creation.
pub(super) type Act = (Ordinal, Option<String>);

impl Expected {
    pub(super) fn new(before: &Snapshot, forecast: Forecast, simulation: &Simulation) -> Self {
        let new = simulation
            .revisions()
            .iter()
            .filter(|revision| Forecast::is_new(&revision.name))
            .map(|revision| (revision.name.clone(), revision.template.json.clone()));
        Self {
            management: before.set.management,
            depends_on_speed: before.set.management == PodManagement::Parallel
                && before.set.min_ready_seconds > 0,
            status: simulation.set().status.clone(),
            new: new.collect(),
            wanted: simulation.set().wanted.iter().collect(),
            missed: before.set.wanted.iter().collect(),
            forecast,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.forecast.acts.len()
    }

    /// The name of a revision in the cluster.
    fn name(&self, revision: &str, after: &Snapshot) -> String {
        let Some(template) = self.new.get(revision) else { return revision.to_owned() };
        let found = after.revisions.iter().find(|revision| revision.template.json == *template);
        found.map_or_else(|| format!("{revision} (not made)"), |revision| revision.name.clone())
    }

    fn acts(&self, after: &Snapshot) -> Vec<Act> {
        let act = |deed: &Deed| match deed {
            Deed::Create { revision } => Some(self.name(revision, after)),
            Deed::Delete(_) => None,
        };
        self.forecast.acts.iter().map(|a| (a.pod, act(&a.deed))).collect()
    }

    /// What differs at the end, but for the way there.
    pub(super) fn end_differs(&self, after: &Snapshot) -> Option<String> {
        let expected: Vec<_> = self
            .forecast
            .pods
            .iter()
            .map(|last| (last.pod, self.name(&last.revision, after), last.ready))
            .collect();
        let mut found: Vec<_> = after
            .own_pods()
            .map(|pod| {
                let revision = pod.revision.clone().unwrap_or_default();
                (pod.ordinal.unwrap_or(Ordinal(u32::MAX)), revision, pod.is_ready())
            })
            .collect();
        found.sort();
        if expected != found {
            return Some(format!("pods: expected {expected:?}\n      found    {found:?}"));
        }
        let status = SetStatus {
            observed_generation: after.set.status.observed_generation,
            current_revision: self.name(&self.status.current_revision, after),
            update_revision: self.name(&self.status.update_revision, after),
            ..self.status
        };
        if status != after.set.status || !after.set.observed() {
            return Some(format!(
                "status: expected {status:?}\n        found    {:?}",
                after.set.status
            ));
        }
        None
    }

    /// What differs on the way.
    ///
    /// In order, all acts are one sequence. In parallel, pods go their ways side by side: what
    /// happens to each pod is a sequence, and so is the choice of the pods that are updated.
    pub(super) fn way_differs(
        &self,
        happened: &[Happening],
        by_hand: &BTreeSet<String>,
        after: &Snapshot,
    ) -> Option<String> {
        if self.is_hasty() {
            return None;
        }
        let expected = self.acts(after);
        let found = acts(happened, by_hand);
        let same = match self.management {
            PodManagement::OrderedReady => expected == found,
            PodManagement::Parallel => {
                by_pod(&expected) == by_pod(&found) && self.updates() == self.updates_in(&found)
            }
        };
        if !same {
            return Some(format!("expected {}\n found    {}", text(&expected), text(&found)));
        }
        if self.depends_on_speed {
            return None;
        }
        let down = self.most_down(happened);
        let most = self.forecast.most_down;
        (down > most).then(|| format!("{down} down at once, expected at most {most}"))
    }

    /// Whether a parallel set makes a pod and deletes it in the same breath, as it does without
    /// `rollingUpdate`. Whether the scheduler comes in between is luck, and so is what follows, up
    /// to the end.
    fn is_hasty(&self) -> bool {
        let made = |pod: Ordinal| {
            move |act: &forecast::Act| act.pod == pod && matches!(act.deed, Deed::Create { .. })
        };
        let acts = &self.forecast.acts;
        self.management == PodManagement::Parallel
            && acts.iter().enumerate().any(|(at, act)| {
                act.deed == Deed::Delete(Cause::Updated)
                    && acts[..at].iter().any(|a| made(act.pod)(a))
            })
    }

    /// The pods that are updated, in the order in which they are chosen.
    fn updates(&self) -> Vec<Ordinal> {
        let updates =
            self.forecast.acts.iter().filter(|act| act.deed == Deed::Delete(Cause::Updated));
        updates.map(|act| act.pod).collect()
    }

    fn updates_in(&self, found: &[Act]) -> Vec<Ordinal> {
        let updates: BTreeSet<Ordinal> = self.updates().into_iter().collect();
        let deleted = found.iter().filter(|(pod, made)| made.is_none() && updates.contains(pod));
        deleted.map(|(pod, _)| *pod).collect()
    }

    /// The most pods that were missed at once.
    fn most_down(&self, happened: &[Happening]) -> u32 {
        let mut missed = self.missed.clone();
        let mut down: BTreeSet<Ordinal> = BTreeSet::new();
        let mut most = 0;
        for Happening { pod, what, .. } in happened {
            match what {
                What::Ready => {
                    missed.insert(*pod);
                    down.remove(pod);
                }
                What::Created(_) | What::NotReady | What::Deleted | What::Gone | What::Snatched => {
                    down.insert(*pod);
                }
            }
            let now = down.iter().filter(|pod| missed.contains(pod) && self.wanted.contains(pod));
            most = most.max(now.count());
        }
        u32::try_from(most).unwrap()
    }

    pub(super) fn forecast(&self) -> &Forecast {
        &self.forecast
    }
}

/// What the controller did.
pub(super) fn acts(happened: &[Happening], by_hand: &BTreeSet<String>) -> Vec<Act> {
    let act = |happening: &Happening| match &happening.what {
        What::Created(revision) => Some((happening.pod, Some(revision.clone()))),
        What::Deleted if !by_hand.contains(&happening.uid) => Some((happening.pod, None)),
        _ => None,
    };
    happened.iter().filter_map(act).collect()
}

fn by_pod(acts: &[Act]) -> BTreeMap<Ordinal, Vec<Option<&str>>> {
    let mut pods: BTreeMap<Ordinal, Vec<Option<&str>>> = BTreeMap::new();
    for (pod, made) in acts {
        pods.entry(*pod).or_default().push(made.as_deref());
    }
    pods
}

/// `-2 +2(5f6d)`.
fn text(acts: &[Act]) -> String {
    let mut text = String::new();
    for (pod, made) in acts {
        let _infallible = match made {
            None => write!(text, "-{pod} "),
            Some(revision) => {
                write!(text, "+{pod}({}) ", revision.rsplit('-').next().unwrap_or_default())
            }
        };
    }
    text
}
