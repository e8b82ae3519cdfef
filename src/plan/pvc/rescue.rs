//! A claim that is about to take its data with it, and how that is averted.
//!
//! What is done next is decided on a fresh reading alone, so that anybody can go on from wherever
//! an earlier run was stopped. The volume is retained before anything else is done.

use crate::model::claim::Claim;
use crate::model::ordinal::Ordinal;
use crate::model::set::{Fate, Owner, Set};
use crate::model::tenant::Tenant;
use crate::model::volume::{ReclaimPolicy, Volume};
use crate::plan::pvc::restored::{self, Next, NotRestored, Reading, Target};
use crate::plan::step::PodDeletion;
use crate::plan::step::claim::OwnerRemoval;
use crate::plan::step::object::Deletion;
use crate::plan::step::volume::VolumePatch;

/// Everything a decision is made on.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The claim, if there is one of the name.
    pub claim: Option<Claim>,
    /// The volume it has, or had when it was put aside.
    pub volume: Option<Volume>,
    /// Whether the owners of the claim exist, in their order.
    pub owners: Vec<Standing>,
    /// The pods that name the claim.
    pub tenants: Vec<Tenant>,
    /// The set that makes claims of this name.
    pub maker: Maker,
    /// The set as an unfinished run has kept it.
    pub copy: Option<Copy>,
}

/// The set that makes claims of the name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one, and it lives for a moment")]
pub enum Maker {
    /// There is none.
    None,
    /// It is there.
    Here {
        /// The set.
        set: Set,
        /// The ordinal the claim is of.
        ordinal: Ordinal,
    },
    /// It was told to go, and is still there.
    Going,
    /// Several sets would.
    Several(Vec<String>),
}

/// Whether an owner exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Living,
    /// There is no such object, or another of its name.
    Gone,
    /// That cannot be told.
    Unknown(String),
}

/// A set that is kept while it is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Its name.
    pub set: String,
    /// Its UID.
    pub uid: String,
    /// UIDs of its pods.
    pub pods: Vec<String>,
    /// What the copy is for.
    pub purpose: Purpose,
}

/// What a copy of a set is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The same set comes back.
    SameSet,
    /// The same, but the set has changed since.
    Outdated,
    /// Another set takes its place, which is the business of `recreate`.
    Another,
}

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Only as far as the data is safe.
    Retain,
    /// To the end.
    All,
}

/// What is wrong with the claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Nothing.
    Healthy,
    /// It is deleted once this pod ends; a set comes back with an empty volume then.
    TimeBomb {
        /// The pod.
        pod: String,
    },
    /// It is on its way out, and nothing holds it.
    Going,
    /// The garbage collector deletes it: none of its owners exists.
    Doomed,
    /// It goes with its set, although the set's policy says that claims stay.
    Fuse {
        /// The set.
        set: String,
    },
    /// It is the claim of a set, and goes with a pod that is not the set's.
    Hijacked {
        /// The pod.
        pod: String,
    },
    /// An earlier run has not finished.
    Unfinished,
}

/// What is done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Retain the volume, and have it remember the claim.
    PutAside,
    /// Take an owner off the claim.
    Strip(OwnerRemoval),
    /// Keep a copy of the set.
    KeepSet,
    /// Remove the copy.
    ForgetSet,
    /// Delete the set without its pods.
    DeleteSet(Deletion),
    /// Delete the pod.
    DeletePod(PodDeletion),
    /// Have the volume wait for the claim.
    Reserve(VolumePatch),
    /// Create the claim again.
    CreateClaim,
    /// Create the set again.
    CreateSet,
    /// Give the volume its own reclaim policy back.
    Finish(VolumePatch),
    /// Look again a little later.
    Wait(Wait),
    /// Nothing.
    Done,
    /// Nothing, for this reason.
    Refuse(NoRescue),
}

/// What is being waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The pod is to be gone.
    Pod(String),
    /// The set is to be gone.
    Set,
    /// The claim is to be gone; what holds it, as far as that is known.
    Claim(Vec<String>),
    /// The control plane is to see that the claim is gone.
    Release,
    /// Claim and volume are to find each other.
    Binding,
}

/// Why nothing is done, or no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoRescue {
    /// There is neither the claim nor a volume that remembers it.
    Nothing,
    /// The claim has no volume, and so no data.
    NoVolume,
    /// The volume is gone, or is another claim's.
    NotItsVolume,
    /// The volume has a reclaim policy that is neither `Retain` nor `Delete`.
    Policy(String),
    /// The owner lives, and takes the claim with it on purpose.
    Owned(Owner),
    /// Whether the owner lives cannot be told.
    OwnerUnknown {
        /// The owner.
        owner: Owner,
        /// Why.
        why: String,
    },
    /// A pod uses it that is not of the set; only its owner can stop it.
    OtherUser(String),
    /// The set has an owner, who would make it anew.
    SetOwned {
        /// The set.
        set: String,
        /// Its owner.
        owner: Owner,
    },
    /// Several sets have claims of that name.
    Shared(Vec<String>),
    /// A recreation of the set is not finished.
    Recreating(String),
    /// The claim cannot come back.
    NotRestored(NotRestored),
}

impl NoRescue {
    /// Whether it only stands in the way of what follows once the volume is retained.
    pub fn leaves_volume_safe(&self) -> bool {
        matches!(
            self,
            Self::OtherUser(_) | Self::SetOwned { .. } | Self::Shared(_) | Self::Recreating(_)
        )
    }
}

/// What is wrong with the claim, or why that is not for this program to change.
pub fn diagnose(scene: &Scene) -> Result<Finding, NoRescue> {
    let Some(claim) = &scene.claim else {
        return if scene.volume.is_some() {
            Ok(Finding::Unfinished)
        } else {
            Err(NoRescue::Nothing)
        };
    };
    let volume = own_volume(scene, claim)?;
    if claim.deleting_since.is_some() {
        let pod = scene.tenants.iter().find(|tenant| !tenant.going).or(scene.tenants.first());
        return Ok(match pod {
            Some(tenant) => Finding::TimeBomb { pod: tenant.pod.clone() },
            None => Finding::Going,
        });
    }
    if let Some((_, finding)) = fuse(scene, claim)? {
        return Ok(finding);
    }
    let unfinished = volume.trashed().is_some() || scene.copy.as_ref().is_some_and(is_ours);
    Ok(if unfinished { Finding::Unfinished } else { Finding::Healthy })
}

fn is_ours(copy: &Copy) -> bool {
    copy.purpose == Purpose::SameSet
}

/// The volume, if it is the claim's and can be retained.
fn own_volume<'a>(scene: &'a Scene, claim: &Claim) -> Result<&'a Volume, NoRescue> {
    if claim.volume.is_none() && scene.volume.is_none() {
        return Err(NoRescue::NoVolume);
    }
    let volume = scene.volume.as_ref().ok_or(NoRescue::NotItsVolume)?;
    if let ReclaimPolicy::Other(name) = &volume.reclaim_policy {
        return Err(NoRescue::Policy(name.clone()));
    }
    let bound = claim.volume.as_deref() == Some(&*volume.name) && volume.belongs_to(&claim.uid);
    // While an earlier run brings it back, the volume waits for a claim that has no UID yet.
    let coming = claim.deleting_since.is_none() && volume.trashed().is_some();
    if bound || coming { Ok(volume) } else { Err(NoRescue::NotItsVolume) }
}

/// The first owner that would take the claim with it against what everybody thinks.
fn fuse(scene: &Scene, claim: &Claim) -> Result<Option<(usize, Finding)>, NoRescue> {
    let all_gone =
        !scene.owners.is_empty() && scene.owners.iter().all(|standing| *standing == Standing::Gone);
    let mut found = None;
    for (at, (owner, standing)) in claim.owners.iter().zip(&scene.owners).enumerate() {
        let finding = match standing {
            Standing::Unknown(why) => {
                return Err(NoRescue::OwnerUnknown { owner: owner.clone(), why: why.clone() });
            }
            // With one owner that lives, the collector only drops the others.
            Standing::Gone => all_gone.then_some(Finding::Doomed),
            Standing::Living => living(scene, owner)?,
        };
        found = found.or(finding.map(|finding| (at, finding)));
    }
    Ok(found)
}

fn living(scene: &Scene, owner: &Owner) -> Result<Option<Finding>, NoRescue> {
    let refuse = || Err(NoRescue::Owned(owner.clone()));
    let Maker::Here { set, ordinal } = &scene.maker else { return refuse() };
    match owner.kind.as_str() {
        "StatefulSet" if owner.uid == set.uid => match set.retention.when_deleted {
            Fate::Retain => Ok(Some(Finding::Fuse { set: set.name.clone() })),
            // So it was said: it goes with its set.
            Fate::Delete => Ok(None),
        },
        "Pod" if owner.name == set.pod_name(*ordinal) => match set.retention.when_scaled {
            // The controller takes it off by itself.
            Fate::Retain => Ok(None),
            Fate::Delete => refuse(),
        },
        "Pod" => Ok(Some(Finding::Hijacked { pod: owner.name.clone() })),
        _ => refuse(),
    }
}

/// The next step towards a claim that keeps its data.
pub fn next(scene: &Scene, target: &Target, scope: Scope) -> Move {
    match &scene.claim {
        Some(claim) if claim.deleting_since.is_some() => going(scene, claim, scope),
        Some(claim) => staying(scene, claim, target, scope),
        None => match (&scene.volume, scope) {
            (None, _) => Move::Refuse(NoRescue::Nothing),
            (Some(_), Scope::Retain) => Move::Done,
            (Some(volume), Scope::All) => coming(scene, volume, target),
        },
    }
}

/// Whether the volume outlives the claim, and remembers it.
fn is_aside(volume: &Volume) -> bool {
    volume.reclaim_policy == ReclaimPolicy::Retain
        && volume.trashed().is_some_and(|kept| kept.claim.is_some() && kept.policy.is_some())
}

/// The claim was told to go.
fn going(scene: &Scene, claim: &Claim, scope: Scope) -> Move {
    let volume = match own_volume(scene, claim) {
        Ok(volume) => volume,
        Err(why) => return Move::Refuse(why),
    };
    if !is_aside(volume) {
        return Move::PutAside;
    }
    if scope == Scope::Retain {
        return Move::Done;
    }
    // All of them are looked at before any is touched.
    let stops: Result<Vec<Option<Move>>, NoRescue> = match (&scene.maker, &scene.tenants[..]) {
        // The controller waits for the claim to go, and makes an empty one in the same moment.
        (Maker::Here { set, ordinal }, []) if set.wanted.wants(*ordinal) => {
            part(scene, set).map(|next| vec![Some(next)])
        }
        (_, tenants) => tenants.iter().map(|tenant| stop(scene, claim, tenant)).collect(),
    };
    match stops {
        Err(why) => Move::Refuse(why),
        Ok(stops) => match (stops.into_iter().flatten().next(), scene.tenants.first()) {
            (Some(next), _) => next,
            (None, Some(tenant)) => Move::Wait(Wait::Pod(tenant.pod.clone())),
            (None, None) => Move::Wait(Wait::Claim(claim.finalizers.clone())),
        },
    }
}

/// What makes a pod end and not come back before the claim is there again; nothing where it ends by
/// itself.
fn stop(scene: &Scene, claim: &Claim, tenant: &Tenant) -> Result<Option<Move>, NoRescue> {
    let other = || Err(NoRescue::OtherUser(tenant.pod.clone()));
    match &scene.maker {
        Maker::Several(sets) => Err(NoRescue::Shared(sets.clone())),
        Maker::Going => Ok(Some(Move::Wait(Wait::Set))),
        Maker::Here { set, ordinal } => {
            let its = tenant.controller.as_ref().is_some_and(|owner| owner.uid == set.uid);
            match its {
                false if tenant.going => Ok(None),
                false => other(),
                // It is scaled away already.
                true if !set.wanted.wants(*ordinal) => Ok(None),
                true => part(scene, set).map(Some),
            }
        }
        Maker::None => match &scene.copy {
            _ if tenant.going => Ok(None),
            Some(copy) if is_ours(copy) && copy.pods.contains(&tenant.uid) => {
                Ok(Some(Move::DeletePod(PodDeletion {
                    namespace: claim.namespace.clone(),
                    pod: tenant.pod.clone(),
                    uid: tenant.uid.clone(),
                    resource_version: tenant.resource_version.clone(),
                })))
            }
            _ => other(),
        },
    }
}

/// Takes the set away from its pods: a pod that ends is not made again then.
fn part(scene: &Scene, set: &Set) -> Result<Move, NoRescue> {
    if let Some(owner) = &set.controller {
        return Err(NoRescue::SetOwned { set: set.name.clone(), owner: owner.clone() });
    }
    match &scene.copy {
        None => Ok(Move::KeepSet),
        Some(copy) if copy.purpose == Purpose::Another => {
            Err(NoRescue::Recreating(set.name.clone()))
        }
        Some(copy) if copy.uid != set.uid || !is_ours(copy) => Ok(Move::ForgetSet),
        Some(_) => Ok(Move::DeleteSet(Deletion::of_set(set))),
    }
}

/// The claim is there to stay, as far as its own state tells.
fn staying(scene: &Scene, claim: &Claim, target: &Target, scope: Scope) -> Move {
    let volume = match own_volume(scene, claim) {
        Ok(volume) => volume,
        Err(why) => return Move::Refuse(why),
    };
    match fuse(scene, claim) {
        Err(why) => Move::Refuse(why),
        Ok(Some(_)) if !is_aside(volume) => Move::PutAside,
        Ok(_) if scope == Scope::Retain => Move::Done,
        Ok(Some((at, _))) => match OwnerRemoval::of(claim, at) {
            Some(removal) => Move::Strip(removal),
            None => Move::Done,
        },
        Ok(None) if volume.trashed().is_some() => coming(scene, volume, target),
        Ok(None) => set_back(scene).unwrap_or(Move::Done),
    }
}

/// What is left to be done about the set once the claim is there: nothing where it never left.
fn set_back(scene: &Scene) -> Option<Move> {
    let copy = scene.copy.as_ref().filter(|copy| is_ours(copy))?;
    Some(match &scene.maker {
        Maker::None => Move::CreateSet,
        Maker::Going => Move::Wait(Wait::Set),
        Maker::Here { set, .. } if set.name == copy.set => Move::ForgetSet,
        Maker::Here { .. } | Maker::Several(_) => return None,
    })
}

/// The claim comes back to its volume.
fn coming(scene: &Scene, volume: &Volume, target: &Target) -> Move {
    let reading =
        Reading { volume: volume.clone(), named: scene.claim.clone(), target: scene.claim.clone() };
    match restored::next(&reading, target) {
        Next::Reserve(patch) => Move::Reserve(patch),
        Next::Create => Move::CreateClaim,
        Next::Wait(restored::Wait::Going) => Move::Wait(Wait::Claim(Vec::new())),
        Next::Wait(restored::Wait::Release) => Move::Wait(Wait::Release),
        Next::Wait(restored::Wait::Binding) => Move::Wait(Wait::Binding),
        // The set first: without it the pod is missing.
        Next::Finish(patch) => match set_back(scene) {
            Some(next @ (Move::CreateSet | Move::Wait(_))) => next,
            _ => Move::Finish(patch),
        },
        Next::Done => set_back(scene).unwrap_or(Move::Done),
        Next::Refuse(why) => Move::Refuse(NoRescue::NotRestored(why)),
    }
}

#[cfg(test)]
mod tests;
