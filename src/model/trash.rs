//! What a volume remembers of a claim that is deleted in a way that can be undone.
//!
//! The volume outlives the claim (`Retain`), and its annotations say what is needed to bring the
//! claim back, from any machine: that is all there is to the trash.

use jiff::Timestamp;

use crate::model::volume::{ReclaimPolicy, Volume};

/// The run that put the volume aside.
pub const RUN: &str = "kubectl-sts.io/run";

/// Who ran it.
pub const PRUNED_BY: &str = "kubectl-sts.io/pruned-by";

/// When, in RFC 3339.
pub const PRUNED_AT: &str = "kubectl-sts.io/pruned-at";

/// The reclaim policy the volume had before.
pub const RECLAIM_POLICY: &str = "kubectl-sts.io/reclaim-policy";

/// The manifest of the claim.
pub const CLAIM: &str = "kubectl-sts.io/claim";

/// All annotations of a volume in the trash.
pub const MARKS: [&str; 5] = [RUN, PRUNED_BY, PRUNED_AT, RECLAIM_POLICY, CLAIM];

/// On a claim that was brought back: the run that had deleted it.
pub const RESTORED_FROM: &str = "kubectl-sts.io/restored-from";

/// On a claim that was brought back: since when it was not used before it was deleted.
pub const IDLE_SINCE: &str = "kubectl-sts.io/idle-since";

/// Who puts volumes aside, when, and under which name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Name of the run.
    pub run: String,
    /// Who runs it.
    pub by: String,
    /// When it began.
    pub at: Timestamp,
}

/// What a volume in the trash says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trashed {
    /// The run that put it there.
    pub run: String,
    /// Who ran it, if that is still there.
    pub by: Option<String>,
    /// When, if that is still there.
    pub at: Option<Timestamp>,
    /// The reclaim policy it had before, if that is still there.
    pub policy: Option<ReclaimPolicy>,
    /// The manifest of its claim as JSON, if that is still there.
    pub claim: Option<String>,
}

impl Volume {
    /// What the volume remembers of a deleted claim; nothing if no run of this program put it
    /// aside.
    pub fn trashed(&self) -> Option<Trashed> {
        let said = |key| self.annotations.get(key).filter(|value| !value.is_empty()).cloned();
        Some(Trashed {
            run: said(RUN)?,
            by: said(PRUNED_BY),
            at: said(PRUNED_AT).and_then(|at| at.parse().ok()),
            policy: said(RECLAIM_POLICY).map(|policy| ReclaimPolicy::of(&policy)),
            claim: said(CLAIM),
        })
    }

    /// Whether the claim of this UID has it.
    pub fn belongs_to(&self, claim: &str) -> bool {
        self.claim.as_ref().and_then(|bound| bound.uid.as_deref()) == Some(claim)
    }

    /// Whether it is kept for the next claim of a name: it has a claim, and that has no UID yet.
    pub fn is_reserved(&self) -> bool {
        self.claim.as_ref().is_some_and(|bound| bound.uid.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::a_volume;

    #[test]
    fn only_a_run_makes_it_trash() {
        let mut volume = a_volume("pv-1");
        assert_eq!(volume.trashed(), None);
        volume.annotations.insert(RECLAIM_POLICY.to_owned(), "Delete".to_owned());
        assert_eq!(volume.trashed(), None, "somebody else's remark");
        volume.annotations.insert(RUN.to_owned(), "r1".to_owned());
        volume.annotations.insert(PRUNED_AT.to_owned(), "2026-01-02T15:04:05Z".to_owned());
        let trashed = volume.trashed().unwrap();
        assert_eq!(trashed.policy, Some(ReclaimPolicy::Delete));
        assert_eq!(trashed.at, Some("2026-01-02T15:04:05Z".parse().unwrap()));
        assert_eq!(trashed.claim, None);
    }
}
