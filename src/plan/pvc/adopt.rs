//! Giving the data of a claim to an ordinal of a set.
//!
//! The old claim goes and a new one comes, to the same volume. What is done next is decided on a
//! fresh reading alone, so that the same command goes on from wherever an earlier run was stopped.

use crate::model::claim::{Claim, ClaimPhase};
use crate::model::ordinal::Ordinal;
use crate::model::quantity::Quantity;
use crate::model::set::{ClaimTemplate, Owner, Set};
use crate::model::snapshot::Known;
use crate::model::tenant::Tenant;
use crate::model::volume::{ReclaimPolicy, Volume};
use crate::plan::pvc::restored::{self, Next, NotRestored, Reading, Target};
use crate::plan::step::object::Deletion;
use crate::plan::step::volume::VolumePatch;

/// The annotation of a claim that took over a volume: whose it was, as `NAMESPACE/NAME`.
pub const ADOPTED_FROM: &str = "kubectl-sts.io/adopted-from";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The claim that has the data.
    pub from: Target,
    /// The set that is to have it.
    pub set: String,
    /// Its claim template.
    pub template: String,
    /// The ordinal.
    pub ordinal: Ordinal,
    /// The claim that the set's pod will look for.
    pub target: Target,
}

/// Everything a decision is made on.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The old claim, if it is there.
    pub from: Option<Claim>,
    /// The volume with the data, if it was found.
    pub volume: Option<Volume>,
    /// Volumes that remember the old claim, when it is gone and there are several.
    pub rivals: Vec<String>,
    /// The claim of the target's name, if there is one.
    pub target: Option<Claim>,
    /// The set, if there is one.
    pub set: Option<Set>,
    /// The pods of the old claim's namespace.
    pub tenants: Known<Vec<Tenant>>,
    /// The pods of the set's namespace.
    pub neighbours: Known<Vec<Tenant>>,
    /// The sets of the old claim's namespace.
    pub sets: Known<Vec<Set>>,
}

/// Why it is not done, or no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAdoption {
    /// There is neither the old claim nor a volume that remembers it.
    Nothing,
    /// Several volumes remember it.
    Rivals(Vec<String>),
    /// Something could not be read.
    Unknown {
        /// What.
        what: String,
        /// Why.
        why: String,
    },
    /// Old and new claim are the same.
    Same,
    /// There is no such set.
    NoSet,
    /// The set has no such template.
    NoTemplate {
        /// The templates it has.
        templates: Vec<String>,
    },
    /// The set wants the ordinal: its controller would make an empty claim at any moment.
    Wanted {
        /// How many replicas leave the ordinal out.
        replicas: u32,
    },
    /// The pod of the ordinal is still there.
    PodThere(String),
    /// A claim has the name.
    Taken {
        /// The volume it has.
        volume: Option<String>,
    },
    /// The old claim has no volume.
    Unbound,
    /// The volume is gone, going, or another claim's.
    NotItsVolume,
    /// The volume has a reclaim policy that is neither `Retain` nor `Delete`.
    Policy(String),
    /// The old claim was told to go by somebody else.
    Going,
    /// A pod names the old claim.
    Used(Vec<String>),
    /// A set wants the old claim.
    WantedBy {
        /// The set.
        set: String,
    },
    /// Somebody who is no StatefulSet owns the old claim.
    Owned(Owner),
    /// The new claim cannot get the volume.
    NotRestored(NotRestored),
}

/// What is done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Retain the volume, and have it remember the claim.
    PutAside,
    /// Delete the old claim.
    DeleteClaim(Deletion),
    /// Have the volume wait for the new claim.
    Reserve(VolumePatch),
    /// Create the new claim.
    CreateClaim,
    /// Give the volume its own reclaim policy back.
    Finish(VolumePatch),
    /// Look again a little later.
    Wait(restored::Wait),
    /// Nothing.
    Done,
    /// Nothing, for these reasons.
    Refuse(Vec<NoAdoption>),
}

/// The next step towards the set having the data.
pub fn next(scene: &Scene, wish: &Wish) -> Move {
    if wish.from == wish.target {
        return Move::Refuse(vec![NoAdoption::Same]);
    }
    match &scene.from {
        Some(from) if from.deleting_since.is_none() => begin(scene, from, wish),
        _ => go_on(scene, wish),
    }
}

/// The old claim is there and stays until it is deleted here.
fn begin(scene: &Scene, from: &Claim, wish: &Wish) -> Move {
    let whys = refusals(scene, from, wish);
    let Some(volume) = scene.volume.as_ref().filter(|_| whys.is_empty()) else {
        return Move::Refuse(whys);
    };
    if is_aside(volume) { Move::DeleteClaim(Deletion::of_claim(from)) } else { Move::PutAside }
}

fn is_aside(volume: &Volume) -> bool {
    volume.reclaim_policy == ReclaimPolicy::Retain
        && volume.trashed().is_some_and(|kept| kept.claim.is_some() && kept.policy.is_some())
}

/// The old claim is gone, or going.
fn go_on(scene: &Scene, wish: &Wish) -> Move {
    if scene.rivals.len() > 1 {
        return Move::Refuse(vec![NoAdoption::Rivals(scene.rivals.clone())]);
    }
    let volume = match (&scene.volume, &scene.from) {
        (Some(volume), Some(_)) if !is_aside(volume) => {
            return Move::Refuse(vec![NoAdoption::Going]);
        }
        (Some(volume), _) => volume,
        (None, Some(_)) => return Move::Refuse(vec![NoAdoption::NotItsVolume]),
        (None, None) if is_adopted(scene, wish) => return Move::Done,
        (None, None) => return Move::Refuse(vec![NoAdoption::Nothing]),
    };
    let names = Target::named_by(volume);
    let named = if names.as_ref() == Some(&wish.target) { &scene.target } else { &scene.from };
    let reading =
        Reading { volume: volume.clone(), named: named.clone(), target: scene.target.clone() };
    match restored::next(&reading, &wish.target) {
        Next::Reserve(patch) => Move::Reserve(patch),
        Next::Create => Move::CreateClaim,
        Next::Wait(wait) => Move::Wait(wait),
        Next::Finish(patch) => Move::Finish(patch),
        Next::Done => Move::Done,
        Next::Refuse(why) => Move::Refuse(vec![NoAdoption::NotRestored(why)]),
    }
}

/// Whether an earlier run has done all of it.
fn is_adopted(scene: &Scene, wish: &Wish) -> bool {
    let from = format!("{}/{}", wish.from.namespace, wish.from.name);
    scene.target.as_ref().is_some_and(|claim| {
        claim.phase == ClaimPhase::Bound && claim.annotations.get(ADOPTED_FROM) == Some(&from)
    })
}

/// Everything that speaks against deleting the old claim and having the new one.
fn refusals(scene: &Scene, from: &Claim, wish: &Wish) -> Vec<NoAdoption> {
    let mut whys = of_target(scene, wish);
    match (&scene.volume, from.phase) {
        (_, phase) if phase != ClaimPhase::Bound => whys.push(NoAdoption::Unbound),
        (Some(volume), _) => match &volume.reclaim_policy {
            ReclaimPolicy::Other(name) => whys.push(NoAdoption::Policy(name.clone())),
            _ if volume.belongs_to(&from.uid) && volume.deleting_since.is_none() => {}
            _ => whys.push(NoAdoption::NotItsVolume),
        },
        (None, _) => whys.push(NoAdoption::NotItsVolume),
    }
    whys.extend(
        from.owners
            .iter()
            .filter(|owner| owner.kind != "StatefulSet")
            .map(|owner| NoAdoption::Owned(owner.clone())),
    );
    match &scene.tenants {
        Known::Unknown(why) => whys.push(unknown("the pods of the old claim's namespace", why)),
        Known::Read(tenants) => {
            let users = tenants.iter().filter(|tenant| tenant.claims.contains(&from.name));
            let users: Vec<String> = users.map(|tenant| tenant.pod.clone()).collect();
            if !users.is_empty() {
                whys.push(NoAdoption::Used(users));
            }
        }
    }
    match &scene.sets {
        Known::Unknown(why) => whys.push(unknown("the sets of the old claim's namespace", why)),
        Known::Read(sets) => whys.extend(
            sets.iter()
                .filter(|set| set.wants_claim(&from.name))
                .map(|set| NoAdoption::WantedBy { set: set.name.clone() }),
        ),
    }
    whys
}

/// What speaks against the set having a claim of that name made for it.
pub fn of_target(scene: &Scene, wish: &Wish) -> Vec<NoAdoption> {
    let mut whys = Vec::new();
    let Some(set) = &scene.set else { return vec![NoAdoption::NoSet] };
    if template(set, &wish.template).is_none() {
        let templates = set.claim_templates.iter().map(|template| template.name.clone()).collect();
        whys.push(NoAdoption::NoTemplate { templates });
    }
    if set.wanted.wants(wish.ordinal) {
        let replicas = set.wanted.index(wish.ordinal).unwrap_or_default();
        whys.push(NoAdoption::Wanted { replicas });
    }
    let pod = set.pod_name(wish.ordinal);
    match &scene.neighbours {
        Known::Unknown(why) => whys.push(unknown("the pods of the set's namespace", why)),
        Known::Read(pods) if pods.iter().any(|tenant| tenant.pod == pod) => {
            whys.push(NoAdoption::PodThere(pod));
        }
        Known::Read(_) => {}
    }
    if let Some(claim) = &scene.target {
        whys.push(NoAdoption::Taken { volume: claim.volume.clone() });
    }
    whys
}

fn unknown(what: &str, why: &str) -> NoAdoption {
    NoAdoption::Unknown { what: what.to_owned(), why: why.to_owned() }
}

/// A claim template of the set.
pub fn template<'a>(set: &'a Set, name: &str) -> Option<&'a ClaimTemplate> {
    set.claim_templates.iter().find(|template| template.name == name)
}

/// What differs from what the set would have made, and does not stand in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The volume is smaller than the template asks for.
    Smaller {
        /// The size it has.
        has: String,
        /// The size the template asks for.
        wants: String,
    },
    /// It is of another storage class.
    Class {
        /// Its class.
        has: String,
        /// The template's.
        wants: String,
    },
}

/// What differs from what the set would have made itself.
pub fn differences(template: &ClaimTemplate, from: &Claim) -> Vec<Difference> {
    let mut all = Vec::new();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (has, wants) = (text(&from.capacity), text(&template.requested));
    let amount = |text: &str| text.parse::<Quantity>().ok();
    if amount(&has).zip(amount(&wants)).is_some_and(|(has, wants)| has < wants) {
        all.push(Difference::Smaller { has, wants });
    }
    let (has, wants) = (text(&from.storage_class), text(&template.storage_class));
    if template.storage_class.is_some() && has != wants {
        all.push(Difference::Class { has, wants });
    }
    all
}

#[cfg(test)]
mod tests;
