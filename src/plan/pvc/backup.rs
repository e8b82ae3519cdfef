//! Putting a volume aside before its claim goes, so that the deletion can be undone.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::claim::Claim;
use crate::model::trash::{CLAIM, MARKS, Mark, PRUNED_AT, PRUNED_BY, RECLAIM_POLICY, RUN};
use crate::model::volume::{ReclaimPolicy, Volume};
use crate::plan::step::volume::VolumePatch;

/// Why a volume cannot be put aside, so that its claim is not to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsafe {
    /// The claim names a volume that is not there.
    NoVolume,
    /// The volume is not the claim's: its `claimRef` has another claim, or another UID.
    NotItsOwn,
    /// The volume is not bound, as the API spells its phase.
    NotBound(String),
    /// The volume itself was told to go.
    Going,
    /// An earlier run kept it and it does not say what its reclaim policy was before.
    PolicyForgotten,
}

/// Puts the volume of a claim aside: it is retained, and remembers the claim.
///
/// A volume that an unfinished run had put aside keeps the reclaim policy that was there before
/// that run: the `Retain` it has now is of our own making.
pub fn put_aside(
    volume: &Volume,
    claim: &Claim,
    mark: &Mark,
    manifest: &str,
) -> Result<VolumePatch, Unsafe> {
    is_its_own(volume, claim)?;
    let original = original_policy(volume)?;
    let write = |key: &str, value: &str| (key.to_owned(), Some(value.to_owned()));
    let at = Timestamp::from_second(mark.at.as_second()).unwrap_or(mark.at);
    Ok(VolumePatch {
        annotations: BTreeMap::from([
            write(RUN, &mark.run),
            write(PRUNED_BY, &mark.by),
            write(PRUNED_AT, &at.to_string()),
            write(RECLAIM_POLICY, original.name()),
            write(CLAIM, manifest),
        ]),
        reclaim_policy: Some(ReclaimPolicy::Retain),
        ..VolumePatch::of(volume)
    })
}

/// Whether the volume, as it is now, will outlive the claim and can be found by the run.
pub fn is_aside(volume: &Volume, claim: &Claim, mark: &Mark) -> bool {
    let kept = volume.trashed();
    is_its_own(volume, claim).is_ok()
        && volume.reclaim_policy == ReclaimPolicy::Retain
        && kept.is_some_and(|kept| {
            kept.run == mark.run && kept.claim.is_some() && kept.policy.is_some()
        })
}

/// Takes back that the volume was put aside. `None` where there is nothing to take back, or
/// nothing that tells what was there before.
///
/// Only for a volume whose claim is there and was not told to go: the policy that comes back may
/// be the one that deletes the data with the claim.
pub fn take_back(volume: &Volume) -> Option<VolumePatch> {
    let policy = volume.trashed()?.policy?;
    Some(VolumePatch {
        annotations: MARKS.iter().map(|key| ((*key).to_owned(), None)).collect(),
        reclaim_policy: Some(policy),
        ..VolumePatch::of(volume)
    })
}

fn is_its_own(volume: &Volume, claim: &Claim) -> Result<(), Unsafe> {
    let named = volume
        .claim
        .as_ref()
        .is_some_and(|bound| bound.namespace == claim.namespace && bound.name == claim.name);
    if claim.volume.as_deref() != Some(&*volume.name) || !named || !volume.belongs_to(&claim.uid) {
        Err(Unsafe::NotItsOwn)
    } else if volume.deleting_since.is_some() {
        Err(Unsafe::Going)
    } else if volume.phase == "Bound" {
        Ok(())
    } else {
        Err(Unsafe::NotBound(volume.phase.clone()))
    }
}

fn original_policy(volume: &Volume) -> Result<ReclaimPolicy, Unsafe> {
    match volume.trashed() {
        None => Ok(volume.reclaim_policy.clone()),
        Some(kept) => kept.policy.ok_or(Unsafe::PolicyForgotten),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::volume::BoundClaim;
    use crate::testing::{a_claim, a_set, a_volume, at};

    fn a_mark(run: &str) -> Mark {
        Mark { run: run.to_owned(), by: "me@here".to_owned(), at: at(0) }
    }

    fn claim_and_volume() -> (Claim, Volume) {
        let claim = a_claim(&a_set("db").claiming("data"), 3);
        let mut volume = a_volume("pv-data-db-3");
        volume.claim = Some(BoundClaim {
            namespace: claim.namespace.clone(),
            name: claim.name.clone(),
            uid: Some(claim.uid.clone()),
        });
        (claim, volume)
    }

    /// The volume as the server has it after the patch.
    fn patched(volume: &Volume, patch: &VolumePatch) -> Volume {
        let mut volume = volume.clone();
        for (key, value) in &patch.annotations {
            match value {
                Some(value) => volume.annotations.insert(key.clone(), value.clone()),
                None => volume.annotations.remove(key),
            };
        }
        if let Some(policy) = &patch.reclaim_policy {
            volume.reclaim_policy = policy.clone();
        }
        volume
    }

    #[test]
    fn a_volume_is_retained_and_remembers_its_claim() {
        let (claim, volume) = claim_and_volume();
        let mark = a_mark("r1");
        assert!(!is_aside(&volume, &claim, &mark));
        let patch = put_aside(&volume, &claim, &mark, "{}").unwrap();
        let aside = patched(&volume, &patch);
        assert!(is_aside(&aside, &claim, &mark));
        let kept = aside.trashed().unwrap();
        assert_eq!((kept.policy, kept.at), (Some(ReclaimPolicy::Delete), Some(at(0))));
        assert_eq!(patched(&aside, &take_back(&aside).unwrap()), volume, "nothing is left of it");
    }

    #[test]
    fn the_policy_before_an_unfinished_run_is_the_one_that_counts() {
        let (claim, volume) = claim_and_volume();
        let first = patched(&volume, &put_aside(&volume, &claim, &a_mark("r1"), "{}").unwrap());
        assert_eq!(first.reclaim_policy, ReclaimPolicy::Retain);
        let second = patched(&first, &put_aside(&first, &claim, &a_mark("r2"), "{}").unwrap());
        let kept = second.trashed().unwrap();
        assert_eq!((kept.run.as_str(), kept.policy), ("r2", Some(ReclaimPolicy::Delete)));
        let mut forgotten = first;
        forgotten.annotations.remove(RECLAIM_POLICY);
        assert_eq!(
            put_aside(&forgotten, &claim, &a_mark("r2"), "{}"),
            Err(Unsafe::PolicyForgotten)
        );
        assert_eq!(take_back(&forgotten), None);
    }

    #[test]
    fn a_volume_that_is_not_the_claims_is_not_touched() {
        let (claim, volume) = claim_and_volume();
        let refused = |change: fn(&mut Claim, &mut Volume)| {
            let (mut claim, mut volume) = (claim.clone(), volume.clone());
            change(&mut claim, &mut volume);
            put_aside(&volume, &claim, &a_mark("r1"), "{}").unwrap_err()
        };
        assert_eq!(refused(|claim, _| claim.uid = "other".to_owned()), Unsafe::NotItsOwn);
        assert_eq!(refused(|claim, _| claim.namespace = "other".to_owned()), Unsafe::NotItsOwn);
        assert_eq!(refused(|claim, _| claim.volume = Some("pv-x".to_owned())), Unsafe::NotItsOwn);
        assert_eq!(refused(|claim, _| claim.volume = None), Unsafe::NotItsOwn);
        assert_eq!(refused(|_, volume| volume.claim = None), Unsafe::NotItsOwn);
        let released = refused(|_, volume| volume.phase = "Released".to_owned());
        assert_eq!(released, Unsafe::NotBound("Released".to_owned()));
        assert_eq!(refused(|_, volume| volume.deleting_since = Some(at(0))), Unsafe::Going);
    }
}
