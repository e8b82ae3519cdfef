//! What is checked before a set is scaled.

use jiff::Timestamp;

use crate::model::pod::Pod;
use crate::model::set::{Fate, HOLD, PodManagement, Strategy};
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::options::BudgetRule;
use crate::plan::preflight;
use crate::plan::refusal::Refusal;
use crate::plan::scale::outlook::claim_ends;
use crate::plan::scale::refusal::NotScaled;
use crate::plan::scale::{Surroundings, Wish, spread};

/// Reasons not to scale, all of them; empty when the set may be scaled.
pub fn begin(
    snapshot: &Snapshot,
    around: &Surroundings,
    wish: &Wish,
    now: Timestamp,
) -> Vec<NotScaled> {
    let set = &snapshot.set;
    let mut refusals: Vec<NotScaled> = Vec::new();
    if let Some(said) = wish.current.filter(|said| *said != set.wanted.replicas) {
        refusals.push(NotScaled::OtherSize { said, is: set.wanted.replicas });
    }
    if wish.replicas < wish.floor {
        refusals.push(NotScaled::BelowFloor { floor: wish.floor, asked: wish.replicas });
    }
    if wish.replicas >= HOLD {
        let replicas = wish.replicas;
        refusals.push(NotScaled::Rollout(Refusal::TooManyReplicas { replicas }));
    }
    refusals.extend(owners(snapshot, around, wish));
    refusals.extend(claims(snapshot, around, wish));
    refusals.extend(standing(snapshot, wish, now));
    if wish.replicas < set.wanted.replicas {
        refusals.extend(spare(snapshot, wish.replicas, wish, now));
    }
    refusals
}

/// What of it can change while a scaling goes on by steps: a rollout that is begun, a revision
/// that is made.
pub fn standing(snapshot: &Snapshot, wish: &Wish, now: Timestamp) -> Vec<NotScaled> {
    let set = &snapshot.set;
    let (current, update) = (&set.status.current_revision, &set.status.update_revision);
    let mut refusals = Vec::new();
    refusals.extend(preflight::operator(set).map(NotScaled::Rollout));
    refusals.extend(preflight::earlier_run(set, now).map(NotScaled::Rollout));
    if !set.observed() {
        refusals.push(NotScaled::Rollout(Refusal::NotObserved));
        return refusals;
    }
    if let Strategy::Other(name) = &set.strategy
        && current != update
    {
        let strategy = name.clone();
        refusals.push(NotScaled::Rollout(Refusal::UnknownStrategy { strategy }));
    }
    let size = set.wanted.replicas;
    if wish.replicas == 0 && size > 0 && !wish.overrides.promotion {
        if current != update {
            let (current, update) = (current.clone(), update.clone());
            refusals.push(NotScaled::Promotes { current, update });
        } else if set.partition() >= size {
            refusals.push(NotScaled::EndsHold);
        }
    }
    if wish.replicas > size
        && set.management == PodManagement::OrderedReady
        && let Some(loose) = spread(snapshot, wish.replicas, now)
    {
        refusals.push(NotScaled::CanaryUnwell { pods: loose.unwell });
    }
    refusals
}

/// Whether the rest can do without the pods above this size, as of now.
pub fn spare(snapshot: &Snapshot, size: u32, wish: &Wish, now: Timestamp) -> Vec<NotScaled> {
    let set = &snapshot.set;
    let is_available = |pod: &&Pod| pod.is_available(set.min_ready_seconds, now);
    let mut refusals = Vec::new();
    let stay = (0..size).filter_map(|index| snapshot.pod_at(index));
    let available = u32::try_from(stay.filter(is_available).count()).unwrap_or(u32::MAX);
    if available < wish.quorum {
        refusals.push(NotScaled::NoQuorum { quorum: wish.quorum, available, stay: size });
    }
    let doomed: Vec<&Pod> =
        (size..set.wanted.replicas).filter_map(|index| snapshot.pod_at(index)).collect();
    refusals.extend(over_budget(snapshot, &doomed, wish));
    refusals
}

/// Budgets that would want more healthy pods than are left once these are gone.
///
/// The controller asks no budget when it scales down. Only pods that are healthy count: taking a
/// broken one away costs a budget nothing.
fn over_budget(snapshot: &Snapshot, doomed: &[&Pod], wish: &Wish) -> Vec<NotScaled> {
    if wish.options.budgets == BudgetRule::Ignore || doomed.is_empty() {
        return Vec::new();
    }
    let budgets = match &snapshot.budgets {
        Known::Read(budgets) => budgets,
        Known::Unknown(reason) => {
            let refusal = Refusal::BudgetsUnknown { reason: reason.clone() };
            return vec![NotScaled::Rollout(refusal)];
        }
    };
    let count = |pods: &[&&Pod]| u32::try_from(pods.len()).unwrap_or(u32::MAX);
    let mut refusals = Vec::new();
    for budget in budgets {
        let covered: Vec<_> =
            doomed.iter().filter(|pod| budget.selector.matches(&pod.labels)).collect();
        let healthy: Vec<_> = covered.iter().copied().filter(|pod| pod.is_ready()).collect();
        if healthy.is_empty() {
            continue;
        }
        let left = budget.current_healthy.saturating_sub(count(&healthy));
        let name = budget.name.clone();
        match budget.desired_with_fewer(count(&covered)).filter(|_| budget.observed) {
            None => refusals.push(NotScaled::BudgetUnclear { budget: name }),
            Some(wants) if left < wants => {
                refusals.push(NotScaled::OverBudget { budget: name, wants, left });
            }
            Some(_) => {}
        }
    }
    refusals
}

/// Who else has a say in how many pods there are.
fn owners(snapshot: &Snapshot, around: &Surroundings, wish: &Wish) -> Vec<NotScaled> {
    let set = &snapshot.set;
    let mut refusals = Vec::new();
    if !wish.overrides.managers {
        let managers = set.managers.iter().filter(|manager| {
            manager.replicas && preflight::reconciles(manager) && manager.manager != "kubectl"
        });
        refusals.extend(managers.map(|manager| NotScaled::Managed {
            manager: manager.manager.clone(),
            evidence: "it owns spec.replicas (metadata.managedFields)".to_owned(),
        }));
        if refusals.is_empty()
            && let Some((tool, evidence)) = preflight::marks(set).next()
        {
            refusals.push(NotScaled::Managed { manager: tool.to_owned(), evidence });
        }
    }
    if wish.overrides.autoscaler {
        return refusals;
    }
    match &around.autoscalers {
        Known::Unknown(reason) => {
            refusals.push(NotScaled::AutoscalersUnknown { reason: reason.clone() });
        }
        Known::Read(all) => {
            let ours = all.iter().filter(|autoscaler| autoscaler.scales(set));
            refusals.extend(ours.map(|autoscaler| NotScaled::Autoscaled {
                autoscaler: autoscaler.name.clone(),
                owner:
                    autoscaler.owners.first().map(|owner| format!("{}/{}", owner.kind, owner.name)),
                least: autoscaler.least,
                most: autoscaler.most,
            }));
        }
    }
    refusals
}

fn claims(snapshot: &Snapshot, around: &Surroundings, wish: &Wish) -> Option<NotScaled> {
    let set = &snapshot.set;
    if set.claim_templates.is_empty() {
        return None;
    }
    if wish.replicas > set.wanted.replicas {
        return match &around.claims {
            Known::Unknown(reason) if !wish.overrides.claims => {
                Some(NotScaled::ClaimsUnknown { reason: reason.clone() })
            }
            _ => None,
        };
    }
    if set.retention.when_scaled == Fate::Retain || wish.overrides.claim_deletion {
        return None;
    }
    let claims: Vec<_> = (wish.replicas..set.wanted.replicas)
        .rev()
        .flat_map(|index| claim_ends(set, set.wanted.at(index), around))
        .collect();
    (!claims.is_empty()).then_some(NotScaled::ClaimsGo { claims })
}

#[cfg(test)]
mod tests;
