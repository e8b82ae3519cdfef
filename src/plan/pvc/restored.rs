//! Bringing a claim back to the volume that outlived it.
//!
//! The order is the point. The volume forgets the UID of the deleted claim only when that claim
//! is proven to be gone: a living one would become `Lost`. It goes on naming its claim, so that
//! nobody else can take it. The new claim comes after that: the other way round, the two find
//! each other only by chance.
//!
//! Each step is decided on a fresh reading alone, so that anybody can go on anywhere.

use crate::model::claim::{Claim, ClaimPhase};
use crate::model::volume::Volume;
use crate::plan::pvc::backup::take_back;
use crate::plan::step::volume::{BindingChange, VolumePatch};

/// One reading of a volume in the trash and of the claims that matter to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The volume.
    pub volume: Volume,
    /// The claim that the volume names, if there is one of that name.
    pub named: Option<Claim>,
    /// The claim of the name that is to have the volume, if there is one of that name.
    pub target: Option<Claim>,
}

/// The claim that is to have the volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
}

impl Target {
    /// The claim that the volume names.
    pub fn named_by(volume: &Volume) -> Option<Self> {
        let claim = volume.claim.as_ref()?;
        Some(Self { namespace: claim.namespace.clone(), name: claim.name.clone() })
    }

    /// As kubectl prints it.
    pub fn display(&self) -> String {
        format!("pvc/{}", self.name)
    }
}

/// What is to be done next for one volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Have the volume wait for the next claim of the name.
    Reserve(VolumePatch),
    /// Create the claim.
    Create,
    /// Look again a little later.
    Wait(Wait),
    /// Take back that the volume was put aside: it has its claim.
    Finish(VolumePatch),
    /// Nothing: it has its claim, and nothing tells that it was ever in the trash.
    Done,
    /// Nothing, for this reason.
    Refuse(NotRestored),
}

/// What is being waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The deleted claim is to be gone.
    Going,
    /// The control plane is to see that the claim is gone.
    Release,
    /// Claim and volume are to find each other.
    Binding,
}

/// Why a claim does not come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRestored {
    /// The volume was not put aside by this program.
    NotOurs,
    /// The volume itself was told to go.
    Going,
    /// The volume names no claim any more, so that anybody may have it.
    Unnamed,
    /// Its claim was never deleted.
    StillThere,
    /// Another claim has the name.
    NameTaken {
        /// Its UID.
        uid: String,
        /// The volume it has.
        volume: Option<String>,
    },
    /// The claim has lost its volume.
    Lost,
    /// It does not say what its reclaim policy was before.
    PolicyForgotten,
}

/// The next step towards the volume having the claim it is to have.
pub fn next(reading: &Reading, target: &Target) -> Next {
    let volume = &reading.volume;
    if volume.deleting_since.is_some() {
        return Next::Refuse(NotRestored::Going);
    }
    let Some(names) = Target::named_by(volume) else {
        return Next::Refuse(NotRestored::Unnamed);
    };
    let owner = reading.named.as_ref().filter(|claim| volume.belongs_to(&claim.uid));
    if let Some(claim) = owner {
        return owned(volume, claim, names == *target);
    }
    if volume.trashed().is_none() {
        return Next::Refuse(NotRestored::NotOurs);
    }
    if volume.phase == "Bound" {
        return Next::Wait(Wait::Release);
    }
    match &reading.target {
        Some(claim) if claim.phase == ClaimPhase::Lost => Next::Refuse(NotRestored::Lost),
        Some(claim) if !may_have(claim, volume) => Next::Refuse(NotRestored::NameTaken {
            uid: claim.uid.clone(),
            volume: claim.volume.clone(),
        }),
        _ if names != *target => Next::Reserve(VolumePatch {
            claim: BindingChange::ReserveFor {
                namespace: target.namespace.clone(),
                name: target.name.clone(),
            },
            ..VolumePatch::of(volume)
        }),
        _ if !volume.is_reserved() => {
            Next::Reserve(VolumePatch { claim: BindingChange::Reserve, ..VolumePatch::of(volume) })
        }
        None => Next::Create,
        Some(_) => Next::Wait(Wait::Binding),
    }
}

/// The volume's claim is there.
fn owned(volume: &Volume, claim: &Claim, wanted: bool) -> Next {
    match (claim.deleting_since, claim.phase) {
        (Some(_), _) => Next::Wait(Wait::Going),
        (None, ClaimPhase::Lost) => Next::Refuse(NotRestored::Lost),
        (None, _) if !wanted => Next::Refuse(NotRestored::StillThere),
        (None, ClaimPhase::Bound) if volume.phase == "Bound" => match volume.trashed() {
            None => Next::Done,
            Some(_) => {
                take_back(volume).map_or(Next::Refuse(NotRestored::PolicyForgotten), Next::Finish)
            }
        },
        (None, _) => Next::Wait(Wait::Binding),
    }
}

/// Whether a claim can still get the volume: it asks for it, or has none yet.
fn may_have(claim: &Claim, volume: &Volume) -> bool {
    claim.deleting_since.is_none()
        && match &claim.volume {
            Some(name) => *name == volume.name,
            None => claim.phase == ClaimPhase::Pending,
        }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::trash::{CLAIM, Mark};
    use crate::model::volume::{BoundClaim, ReclaimPolicy};
    use crate::plan::pvc::backup::put_aside;
    use crate::testing::{a_claim, a_set, a_volume, at};

    fn deleted() -> Claim {
        a_claim(&a_set("db").claiming("data"), 3)
    }

    fn target() -> Target {
        Target { namespace: "prod".to_owned(), name: "data-db-3".to_owned() }
    }

    fn other() -> Target {
        Target { namespace: "lab".to_owned(), name: "copy".to_owned() }
    }

    /// A volume in the trash whose claim is gone.
    fn released() -> Volume {
        let mut volume = a_volume("pv-data-db-3");
        volume.claim = Some(BoundClaim {
            namespace: "prod".to_owned(),
            name: "data-db-3".to_owned(),
            uid: Some(deleted().uid),
        });
        let mark = Mark { run: "r1".to_owned(), by: "me".to_owned(), at: at(0) };
        let patch = put_aside(&volume, &deleted(), &mark, "{}").unwrap();
        apply(&mut volume, &patch);
        volume.phase = "Released".to_owned();
        volume
    }

    /// As the server carries it out, with what the volume controller does at once.
    fn apply(volume: &mut Volume, patch: &VolumePatch) {
        patch.carry_out(volume);
        if volume.is_reserved() {
            volume.phase = "Available".to_owned();
        }
    }

    /// A cluster of one volume in which claims are created and bound.
    struct World {
        volume: Volume,
        claims: BTreeMap<(String, String), Claim>,
    }

    impl World {
        fn reading(&self, target: &Target) -> Reading {
            let find = |at: Option<Target>| {
                self.claims.get(&at.map(|at| (at.namespace, at.name))?).cloned()
            };
            Reading {
                volume: self.volume.clone(),
                named: find(Target::named_by(&self.volume)),
                target: find(Some(target.clone())),
            }
        }

        fn step(&mut self, target: &Target) -> Next {
            let next = next(&self.reading(target), target);
            match &next {
                Next::Reserve(patch) => {
                    let named = self.reading(target).named;
                    assert!(
                        named.is_none_or(|claim| !self.volume.belongs_to(&claim.uid)),
                        "a living claim would become Lost"
                    );
                    apply(&mut self.volume, patch);
                }
                Next::Create => {
                    assert!(self.volume.is_reserved(), "the volume comes before the claim");
                    let mut claim = deleted();
                    claim.uid = "new".to_owned();
                    claim.namespace = target.namespace.clone();
                    claim.name = target.name.clone();
                    claim.volume = Some(self.volume.name.clone());
                    claim.phase = ClaimPhase::Pending;
                    self.claims.insert((target.namespace.clone(), target.name.clone()), claim);
                }
                Next::Wait(Wait::Binding) => {
                    let key = (target.namespace.clone(), target.name.clone());
                    let claim = self.claims.get_mut(&key).unwrap();
                    claim.phase = ClaimPhase::Bound;
                    claim.volume = Some(self.volume.name.clone());
                    self.volume.claim.as_mut().unwrap().uid = Some(claim.uid.clone());
                    self.volume.phase = "Bound".to_owned();
                }
                Next::Finish(patch) => apply(&mut self.volume, patch),
                Next::Wait(_) | Next::Done | Next::Refuse(_) => {}
            }
            next
        }
    }

    #[test]
    fn it_comes_back_and_nothing_is_left_of_the_trash_wherever_it_was_interrupted() {
        for target in [target(), other()] {
            let mut world = World { volume: released(), claims: BTreeMap::new() };
            let mut names = Vec::new();
            loop {
                // Nothing is remembered from one step to the next: each could be another process.
                let next = world.step(&target);
                names.push(match next {
                    Next::Reserve(_) => "reserve",
                    Next::Create => "create",
                    Next::Wait(_) => "wait",
                    Next::Finish(_) => "finish",
                    Next::Done => break,
                    Next::Refuse(why) => panic!("{why:?}"),
                });
            }
            assert_eq!(names, ["reserve", "create", "wait", "finish"]);
            assert_eq!(world.volume.reclaim_policy, ReclaimPolicy::Delete, "as it was before");
            assert_eq!(world.volume.trashed(), None);
            assert!(!world.volume.annotations.contains_key(CLAIM));
        }
    }

    #[test]
    fn a_claim_that_was_never_deleted_gets_its_policy_back() {
        let mut volume = released();
        volume.phase = "Bound".to_owned();
        let key = ("prod".to_owned(), "data-db-3".to_owned());
        let mut world = World { volume, claims: BTreeMap::from([(key, deleted())]) };
        let elsewhere = world.step(&other());
        assert_eq!(elsewhere, Next::Refuse(NotRestored::StillThere));
        assert!(matches!(world.step(&target()), Next::Finish(_)));
        assert_eq!(world.step(&target()), Next::Done);
        assert_eq!(world.volume.reclaim_policy, ReclaimPolicy::Delete);
    }

    #[test]
    fn a_claim_that_is_going_is_waited_for_and_its_policy_left() {
        let mut volume = released();
        volume.phase = "Bound".to_owned();
        let reading = |claim: Option<Claim>| Reading {
            volume: volume.clone(),
            named: claim.clone(),
            target: claim,
        };
        assert_eq!(next(&reading(Some(deleted().going())), &target()), Next::Wait(Wait::Going));
        assert_eq!(next(&reading(None), &target()), Next::Wait(Wait::Release));
    }

    #[test]
    fn a_name_that_is_taken_is_left_to_who_has_it() {
        let with = |change: fn(&mut Claim)| {
            let mut claim = deleted();
            claim.uid = "blank".to_owned();
            change(&mut claim);
            let reading =
                Reading { volume: released(), named: Some(claim.clone()), target: Some(claim) };
            next(&reading, &target())
        };
        let taken =
            NotRestored::NameTaken { uid: "blank".to_owned(), volume: Some("pv-blank".to_owned()) };
        let bound = with(|claim| claim.volume = Some("pv-blank".to_owned()));
        assert_eq!(bound, Next::Refuse(taken));
        let going = with(|claim| {
            claim.volume = None;
            claim.phase = ClaimPhase::Pending;
            claim.deleting_since = Some(at(0));
        });
        assert!(matches!(going, Next::Refuse(NotRestored::NameTaken { .. })));
        // One that has no volume yet gets this one: that is what it is kept for.
        let waiting = with(|claim| {
            claim.volume = None;
            claim.phase = ClaimPhase::Pending;
        });
        assert!(matches!(waiting, Next::Reserve(_)));
        assert_eq!(with(|claim| claim.phase = ClaimPhase::Lost), Next::Refuse(NotRestored::Lost));
    }

    #[test]
    fn what_is_not_in_the_trash_is_not_touched() {
        let of = |change: fn(&mut Volume)| {
            let mut volume = released();
            change(&mut volume);
            next(&Reading { volume, named: None, target: None }, &target())
        };
        let strange = of(|volume| volume.annotations.clear());
        assert_eq!(strange, Next::Refuse(NotRestored::NotOurs));
        assert_eq!(of(|volume| volume.claim = None), Next::Refuse(NotRestored::Unnamed));
        let going = of(|volume| volume.deleting_since = Some(at(0)));
        assert_eq!(going, Next::Refuse(NotRestored::Going));
    }
}
