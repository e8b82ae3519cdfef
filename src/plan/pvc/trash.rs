//! Giving back what the trash holds: which volumes may go for good, and how.
//!
//! A volume goes by its reclaim policy alone, so that whoever made it frees the storage. The
//! object is never deleted: that would free nothing and forget where the data is.

use jiff::{SignedDuration, Timestamp};

use crate::model::claim::Claim;
use crate::model::trash::Trashed;
use crate::model::volume::{ReclaimPolicy, Volume};
use crate::plan::step::volume::{BindingChange, VolumePatch};

/// Where a volume that was put aside stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its claim is gone.
    Released,
    /// It is kept for the next claim of its name: a restore was not finished.
    Reserved,
    /// A claim has it: a deletion or a restore was not finished.
    Bound,
    /// It is being deleted.
    Going,
    /// Something else, as the API spells it.
    Other,
}

impl Standing {
    /// Of this volume.
    pub fn of(volume: &Volume) -> Self {
        match volume.phase.as_str() {
            _ if volume.deleting_since.is_some() => Self::Going,
            "Bound" => Self::Bound,
            "Released" => Self::Released,
            "Available" if volume.is_reserved() => Self::Reserved,
            _ => Self::Other,
        }
    }

    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Reserved => "reserved",
            Self::Bound => "bound",
            Self::Going => "going",
            Self::Other => "unknown",
        }
    }
}

/// Why a volume stays in the trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// No run of this program put it there.
    NotOurs,
    /// It is not there for long enough; for how long, if that is known.
    Young(Option<SignedDuration>),
    /// It is not released, as the API spells its phase.
    Phase(String),
    /// It is being deleted already.
    Going,
    /// Its claim is there.
    Claimed,
    /// It names no claim.
    Unnamed,
    /// It was to be retained before this program ever touched it: whoever wanted that decides.
    AlwaysRetained,
    /// It does not say what its reclaim policy was before.
    PolicyForgotten,
    /// Somebody changed its reclaim policy since.
    PolicyChanged(ReclaimPolicy),
}

/// Since when a volume is in the trash: since the deletion of its claim, or since it was put
/// aside, whichever is later.
pub fn since(volume: &Volume, trashed: &Trashed) -> Option<Timestamp> {
    volume.phase_since.max(trashed.at)
}

/// Whether a volume may go for good, as far as it tells by itself.
pub fn may_go(volume: &Volume, older_than: SignedDuration, now: Timestamp) -> Result<(), Kept> {
    let trashed = volume.trashed().ok_or(Kept::NotOurs)?;
    match Standing::of(volume) {
        Standing::Released | Standing::Reserved => {}
        Standing::Going => return Err(Kept::Going),
        Standing::Bound => return Err(Kept::Claimed),
        Standing::Other => return Err(Kept::Phase(volume.phase.clone())),
    }
    if volume.claim.is_none() {
        return Err(Kept::Unnamed);
    }
    match &trashed.policy {
        None => return Err(Kept::PolicyForgotten),
        Some(ReclaimPolicy::Retain) => return Err(Kept::AlwaysRetained),
        Some(_) => {}
    }
    if volume.reclaim_policy != ReclaimPolicy::Retain {
        return Err(Kept::PolicyChanged(volume.reclaim_policy.clone()));
    }
    let age = since(volume, &trashed).map(|since| now.duration_since(since));
    if older_than.is_positive() && age.is_none_or(|age| age < older_than) {
        return Err(Kept::Young(age));
    }
    Ok(())
}

/// Lets a volume go for good; `claim` is the claim it names, if there is one of that name.
///
/// The policy it had before comes back, and with it whoever made the volume deletes it. One that
/// is kept for the next claim of its name has to count as released for that: it is given a UID
/// that no claim ever had.
pub fn let_go(
    volume: &Volume,
    claim: Option<&Claim>,
    older_than: SignedDuration,
    now: Timestamp,
) -> Result<VolumePatch, Kept> {
    may_go(volume, older_than, now)?;
    // Of a reserved volume any claim of the name is about to be the claim.
    if claim.is_some_and(|claim| volume.is_reserved() || volume.belongs_to(&claim.uid)) {
        return Err(Kept::Claimed);
    }
    let policy = volume.trashed().and_then(|kept| kept.policy).ok_or(Kept::PolicyForgotten)?;
    let claim = if volume.is_reserved() {
        BindingChange::Release { uid: volume.uid.clone() }
    } else {
        BindingChange::Keep
    };
    Ok(VolumePatch { reclaim_policy: Some(policy), claim, ..VolumePatch::of(volume) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trash::{PRUNED_AT, RECLAIM_POLICY, RUN};
    use crate::model::volume::BoundClaim;
    use crate::testing::{a_claim, a_set, a_volume, at};

    const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

    fn in_trash(policy: &str) -> Volume {
        let mut volume = a_volume("pv-data-db-3");
        for (key, value) in [(RUN, "r1"), (RECLAIM_POLICY, policy), (PRUNED_AT, &at(0).to_string())]
        {
            volume.annotations.insert(key.to_owned(), value.to_owned());
        }
        volume.claim = Some(BoundClaim {
            namespace: "prod".to_owned(),
            name: "data-db-3".to_owned(),
            uid: Some("claim-3".to_owned()),
        });
        volume.reclaim_policy = ReclaimPolicy::Retain;
        volume.phase = "Released".to_owned();
        volume
    }

    fn later() -> Timestamp {
        at(8 * 86_400)
    }

    #[test]
    fn it_goes_by_the_policy_it_had_before() {
        let patch = let_go(&in_trash("Delete"), None, WEEK, later()).unwrap();
        assert_eq!(patch.reclaim_policy, Some(ReclaimPolicy::Delete));
        assert_eq!(patch.claim, BindingChange::Keep);
        assert!(patch.annotations.is_empty(), "it can still be found if it does not go");
    }

    #[test]
    fn a_reserved_one_counts_as_released_first() {
        let mut volume = in_trash("Delete");
        volume.phase = "Available".to_owned();
        volume.claim.as_mut().unwrap().uid = None;
        let patch = let_go(&volume, None, WEEK, later()).unwrap();
        assert_eq!(patch.claim, BindingChange::Release { uid: volume.uid.clone() });
        let claim = a_claim(&a_set("db").claiming("data"), 3);
        assert_eq!(let_go(&volume, Some(&claim), WEEK, later()), Err(Kept::Claimed));
    }

    #[test]
    fn what_is_not_ours_or_not_over_stays() {
        let kept = |change: fn(&mut Volume)| {
            let mut volume = in_trash("Delete");
            change(&mut volume);
            let_go(&volume, None, WEEK, later()).unwrap_err()
        };
        assert_eq!(kept(|volume| volume.annotations.clear()), Kept::NotOurs);
        assert_eq!(kept(|volume| volume.phase = "Bound".to_owned()), Kept::Claimed);
        assert_eq!(kept(|volume| volume.claim = None), Kept::Unnamed);
        assert_eq!(kept(|volume| volume.deleting_since = Some(at(0))), Kept::Going);
        let phase = kept(|volume| volume.phase = "Failed".to_owned());
        assert_eq!(phase, Kept::Phase("Failed".to_owned()));
        // Available without being reserved: anybody's.
        let phase = kept(|volume| volume.phase = "Available".to_owned());
        assert_eq!(phase, Kept::Phase("Available".to_owned()));
        assert_eq!(
            kept(|volume| {
                volume.annotations.remove(RECLAIM_POLICY);
            }),
            Kept::PolicyForgotten
        );
        let changed = kept(|volume| volume.reclaim_policy = ReclaimPolicy::Delete);
        assert_eq!(changed, Kept::PolicyChanged(ReclaimPolicy::Delete));
        let retained = let_go(&in_trash("Retain"), None, WEEK, later());
        assert_eq!(retained, Err(Kept::AlwaysRetained));
        let claim = a_claim(&a_set("db").claiming("data"), 3);
        let claimed = let_go(&in_trash("Delete"), Some(&claim), WEEK, later());
        assert_eq!(claimed, Err(Kept::Claimed));
    }

    #[test]
    fn it_is_as_old_as_the_last_thing_that_happened_to_it() {
        let mut volume = in_trash("Delete");
        assert_eq!(may_go(&volume, WEEK, later()), Ok(()));
        volume.phase_since = Some(at(7 * 86_400));
        let day = SignedDuration::from_hours(24);
        assert_eq!(may_go(&volume, WEEK, later()), Err(Kept::Young(Some(day))));
        volume.phase_since = None;
        volume.annotations.remove(PRUNED_AT);
        assert_eq!(may_go(&volume, WEEK, later()), Err(Kept::Young(None)), "nobody knows");
        assert_eq!(may_go(&volume, SignedDuration::ZERO, later()), Ok(()), "and nobody asks");
    }
}
