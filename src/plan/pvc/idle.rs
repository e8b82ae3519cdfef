//! Since when a claim is unused.

use jiff::{SignedDuration, Timestamp};

use crate::model::claim::Claim;
use crate::model::survey::VolumeFacts;

/// The annotation `pvc mark` writes: since when a claim was seen left behind.
pub const ORPHAN_SINCE: &str = "kubectl-sts.io/orphan-since";

/// Since when a claim is unused, and how that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// The cluster says so (the `Unused` condition, KEP-5541).
    Said(Timestamp),
    /// It was found left behind, and marked, at that time.
    Marked(Timestamp),
    /// Nothing was done with it since, as far as can be seen. A pod may have used it all the same:
    /// that leaves no trace on a claim.
    AtMost(Timestamp),
    /// The cluster says that a pod uses it, and there is none. That happens when a pod goes while
    /// the controller is away, and is never put right.
    Contradicted,
    /// Nothing tells.
    Unknown,
}

impl Idle {
    /// Of a claim that no pod names.
    pub fn of(claim: &Claim, volume: Option<&VolumeFacts>) -> Self {
        let mark = claim.annotations.get(ORPHAN_SINCE).and_then(|mark| mark.parse().ok());
        if claim.said_in_use {
            return Self::Contradicted;
        }
        match (claim.unused_since, mark) {
            (Some(since), _) => return Self::Said(since),
            (None, Some(since)) => return Self::Marked(since),
            (None, None) => {}
        }
        let seen =
            [claim.created_at, claim.written_at, volume.and_then(|volume| volume.phase_since)];
        seen.into_iter().flatten().max().map_or(Self::Unknown, Self::AtMost)
    }

    /// The moment, however it is known.
    pub fn since(self) -> Option<Timestamp> {
        match self {
            Self::Said(since) | Self::Marked(since) | Self::AtMost(since) => Some(since),
            Self::Contradicted | Self::Unknown => None,
        }
    }

    /// For how long.
    pub fn span(self, now: Timestamp) -> Option<SignedDuration> {
        self.since().map(|since| now.duration_since(since))
    }

    /// Whether it is more than the absence of a trace.
    pub fn is_proven(self) -> bool {
        matches!(self, Self::Said(_) | Self::Marked(_))
    }
}
