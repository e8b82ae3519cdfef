//! What a set that is deleted and created again would be to its pods, and whether it may be done.
//!
//! The pods stay: the set is deleted without them, and the new one adopts them. What was found of
//! that on a running control plane decides here: pods whose template is the same are not
//! restarted; those of another service name keep their old one until they are; and a claim
//! template that a pod has no volume of stops the controller at that pod, for ever.

pub mod refusal;
pub mod verify;

use jiff::Timestamp;

use crate::model::claim::Claim;
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::set::{PodManagement, Set};
use crate::model::shape::{ClaimShape, Shape};
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::options::Options;
use crate::plan::preflight;
use crate::plan::recreate::refusal::NotRecreated;
use crate::plan::refusal::Refusal;
use crate::plan::restart;
use crate::plan::restart::RevisionChange;

/// One change that only a new set can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Another selector.
    Selector {
        /// As it was, in the form of a query.
        from: String,
        /// As it would be.
        to: String,
    },
    /// Another service name.
    Service {
        /// As it was.
        from: String,
        /// As it would be.
        to: String,
    },
    /// Another pod management policy.
    Management {
        /// As it was.
        from: PodManagement,
        /// As it would be.
        to: PodManagement,
    },
    /// A claim template more.
    ClaimAdded {
        /// Its name.
        template: String,
    },
    /// A claim template fewer.
    ClaimRemoved {
        /// Its name.
        template: String,
    },
    /// A claim template of the same name that asks for something else.
    ClaimChanged {
        /// Its name.
        template: String,
        /// The size and the class it asked for.
        from: String,
        /// Those it would ask for.
        to: String,
    },
    /// The same claim templates in another order.
    ClaimOrder,
}

/// The changes that only a new set can have.
pub fn changes(live: &Shape, new: &Shape) -> Vec<Change> {
    let mut changes = Vec::new();
    if live.selector != new.selector {
        changes.push(Change::Selector { from: live.query.clone(), to: new.query.clone() });
    }
    if live.service != new.service {
        changes.push(Change::Service { from: live.service.clone(), to: new.service.clone() });
    }
    if live.management != new.management {
        changes.push(Change::Management { from: live.management, to: new.management });
    }
    let find =
        |claims: &[ClaimShape], name: &str| claims.iter().find(|claim| claim.name == name).cloned();
    for claim in &new.claims {
        match find(&live.claims, &claim.name) {
            None => changes.push(Change::ClaimAdded { template: claim.name.clone() }),
            Some(before) if before.json != claim.json => changes.push(Change::ClaimChanged {
                template: claim.name.clone(),
                from: asks(&before),
                to: asks(claim),
            }),
            Some(_) => {}
        }
    }
    for claim in &live.claims {
        if find(&new.claims, &claim.name).is_none() {
            changes.push(Change::ClaimRemoved { template: claim.name.clone() });
        }
    }
    if changes.is_empty() && live.claims != new.claims {
        changes.push(Change::ClaimOrder);
    }
    changes
}

fn asks(claim: &ClaimShape) -> String {
    let size = claim.requested.as_deref().unwrap_or("no size");
    match &claim.storage_class {
        Some(class) => format!("{size} of {class}"),
        None => size.to_owned(),
    }
}

/// Whether the controller would stop at the first pod that was not restarted: it tries to give the
/// pod a volume, which the API refuses, and looks at no other pod before that one is right.
pub fn wedges(changes: &[Change]) -> bool {
    changes.iter().any(|change| matches!(change, Change::ClaimAdded { .. }))
}

/// Whether pods differ, until they are restarted, from those that the new set would make.
pub fn leaves_behind(changes: &[Change]) -> bool {
    changes.iter().any(|change| {
        matches!(
            change,
            Change::Service { .. } | Change::ClaimAdded { .. } | Change::ClaimRemoved { .. }
        )
    })
}

/// Whether any pod is restarted: none is that would come back as it is.
pub fn restarted(restarts: Restarts, changes: &[Change], snapshot: &Snapshot) -> bool {
    restarts == Restarts::All && leaves_behind(changes) && snapshot.set.wanted.replicas > 0
}

/// What the API server says to the same change made in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InPlace {
    /// It would do it.
    Accepted,
    /// It would not, as it is invalid there.
    Invalid,
    /// It was not asked.
    NotAsked,
}

/// Whether pods are restarted once the new set is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restarts {
    /// They are, one at a time, the lowest first.
    All,
    /// They are not.
    None,
}

/// Who answers for a set that a tool reconciles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owned {
    /// The user does.
    ByUser,
    /// Nobody has said so.
    Unsaid,
}

/// Everything that decides whether a set may be recreated.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// The set and its pods.
    pub snapshot: &'a Snapshot,
    /// As it is.
    pub live: &'a Shape,
    /// As it would be.
    pub new: &'a Shape,
    /// The claims of the namespace.
    pub claims: &'a Known<Vec<Claim>>,
    /// What the server says to the change in place.
    pub in_place: InPlace,
    /// `--restart`.
    pub restarts: Restarts,
    /// `--i-own-this`.
    pub owned: Owned,
    /// How much may be unwell.
    pub options: &'a Options,
}

/// Reasons not to recreate the set, all of them; empty when it may be done.
pub fn begin(case: &Case<'_>, now: Timestamp) -> Vec<NotRecreated> {
    let set = &case.snapshot.set;
    let changes = changes(case.live, case.new);
    let mut refusals = Vec::new();
    refusals.extend(preflight::operator(set).map(NotRecreated::Rollout));
    refusals.extend(owner(set, case.owned));
    refusals.extend(needless(&changes, case.in_place));
    refusals.extend(record(set, now));
    refusals.extend(going(case.live));
    refusals.extend(difference(case, &changes));
    refusals.extend(standing(case.snapshot, case.options, now));
    if restarted(case.restarts, &changes, case.snapshot) {
        let ordinals: Vec<Ordinal> = set.wanted.iter().collect();
        let change = RevisionChange::Refuse;
        let others = restart::begin(case.snapshot, &ordinals, change, case.options, now);
        for other in others.into_iter().map(NotRecreated::Rollout) {
            if !refusals.contains(&other) {
                refusals.push(other);
            }
        }
    }
    if let Known::Unknown(reason) = case.claims {
        refusals.push(NotRecreated::ClaimsUnknown { reason: reason.clone() });
    }
    refusals
}

/// Tools that would create the old set again, or fight the new one.
fn owner(set: &Set, owned: Owned) -> Option<NotRecreated> {
    if owned == Owned::ByUser {
        return None;
    }
    let (manager, evidence) = preflight::owners(set).next()?;
    Some(NotRecreated::Managed { manager, evidence })
}

fn needless(changes: &[Change], in_place: InPlace) -> Option<NotRecreated> {
    match (changes, in_place) {
        ([], _) => Some(NotRecreated::Needless),
        (_, InPlace::Accepted) => Some(NotRecreated::Accepted),
        _ => None,
    }
}

/// A rollout of ours, in whatever state: its record names the set by what would be gone.
fn record(set: &Set, now: Timestamp) -> Option<NotRecreated> {
    set.run.as_ref()?;
    let held = Refusal::Unfinished { phase: "held".to_owned() };
    Some(NotRecreated::Rollout(preflight::earlier_run(set, now).unwrap_or(held)))
}

/// What would keep the set from going, or has told it to go.
fn going(live: &Shape) -> Option<NotRecreated> {
    if live.deleting {
        return Some(NotRecreated::Deleting);
    }
    let finalizers = &live.finalizers;
    (!finalizers.is_empty()).then(|| NotRecreated::Finalizers { finalizers: finalizers.clone() })
}

/// Changes that pods would not live through.
fn difference(case: &Case<'_>, changes: &[Change]) -> Vec<NotRecreated> {
    let (live, new) = (case.live, case.new);
    let mut refusals = Vec::new();
    if live.wanted != new.wanted {
        refusals.push(NotRecreated::OtherSize { live: live.wanted, new: new.wanted });
    }
    if live.template != new.template {
        refusals.push(NotRecreated::OtherTemplate);
    }
    let lost: Vec<String> = case
        .snapshot
        .own_pods()
        .filter(|pod| !new.selector.matches(&pod.labels))
        .map(|pod| pod.name.clone())
        .collect();
    if !lost.is_empty() {
        refusals.push(NotRecreated::PodsLost { pods: lost, selector: new.query.clone() });
    }
    if !new.unknown_volumes.is_empty() {
        refusals.push(NotRecreated::NoVolume { volumes: new.unknown_volumes.clone() });
    }
    if wedges(changes) && case.restarts == Restarts::None && live.wanted.replicas > 0 {
        let added = changes.iter().filter_map(|change| match change {
            Change::ClaimAdded { template } => Some(template.clone()),
            _ => None,
        });
        refusals.push(NotRecreated::Wedges { templates: added.collect() });
    }
    refusals
}

/// A set whose pods are about to change by themselves, or are not well.
fn standing(snapshot: &Snapshot, options: &Options, now: Timestamp) -> Vec<NotRecreated> {
    let set = &snapshot.set;
    let mut refusals = Vec::new();
    if !set.observed() {
        refusals.push(Refusal::NotObserved);
    }
    let off = off_revision(snapshot);
    if !off.is_empty() {
        refusals.push(Refusal::InProgress { pods: off });
    }
    refusals.extend(preflight::health(snapshot, options, now));
    refusals.into_iter().map(NotRecreated::Rollout).collect()
}

/// Pods that run another revision than the template's.
///
/// A new set knows one revision only: whatever kept these back is forgotten with the old one.
fn off_revision(snapshot: &Snapshot) -> Vec<String> {
    let update = &snapshot.set.status.update_revision;
    let off = |pod: &&Pod| pod.revision.as_ref() != Some(update);
    let mut names: Vec<String> =
        snapshot.own_pods().filter(off).map(|pod| pod.name.clone()).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests;
