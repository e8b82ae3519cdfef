//! What makes claims by ordinal: StatefulSets, and the sets of others that are like them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::ordinal::{Ordinal, OrdinalRange};
use crate::model::set::{Owner, Retention};

/// Something that makes a claim per template and ordinal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimant {
    /// What it is.
    pub kind: ClaimantKind,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID.
    pub uid: String,
    /// Names of its claim templates, with the size each asks for.
    pub templates: Vec<(String, Option<String>)>,
    /// Which ordinals it wants.
    pub wanted: Wanted,
    /// Labels it gives its claims (`spec.selector.matchLabels`).
    pub labels: Arc<BTreeMap<String, String>>,
    /// The owner that manages it, such as an operator's resource.
    pub controller: Option<Owner>,
    /// What becomes of claims it no longer needs.
    pub retention: Retention,
    /// Why its size cannot be trusted now; nothing when it is settled.
    pub unsettled: Option<Unsettled>,
}

/// Kinds that make claims by ordinal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimantKind {
    /// An `apps/v1` StatefulSet, whose rules are known.
    StatefulSet,
    /// A kind of somebody else with claim templates, such as `StatefulSet.apps.kruise.io`.
    Other(String),
}

/// Which ordinals are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A range, and ordinals that are left out of it (Kruise's `reserveOrdinals`).
    ///
    /// Those left out do not count: three replicas without ordinal 1 are 0, 2 and 3.
    Range {
        /// Where it starts, and how many there are.
        range: OrdinalRange,
        /// Ordinals that are skipped, sorted.
        reserved: Vec<u32>,
    },
    /// Nobody here knows: every ordinal may be.
    Any,
}

/// Where an ordinal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before the first.
    Below,
    /// Among those wanted.
    Wanted,
    /// Left out on purpose.
    Reserved,
    /// After the last.
    Above,
}

impl Wanted {
    /// A plain range.
    pub fn range(start: u32, replicas: u32) -> Self {
        Self::Range { range: OrdinalRange { start, replicas }, reserved: Vec::new() }
    }

    /// Where the ordinal is.
    pub fn place(&self, ordinal: Ordinal) -> Place {
        let Self::Range { range, reserved } = self else { return Place::Wanted };
        if ordinal.0 < range.start {
            return Place::Below;
        }
        if reserved.contains(&ordinal.0) {
            return Place::Reserved;
        }
        // How many wanted ordinals there are before this one.
        let skipped =
            reserved.iter().filter(|reserved| (range.start..ordinal.0).contains(*reserved)).count();
        let before = u64::from(ordinal.0 - range.start).saturating_sub(skipped as u64);
        if before < u64::from(range.replicas) { Place::Wanted } else { Place::Above }
    }

    /// The range in words: `0-2`, `5`, `0-3 without 1`; `none` without replicas.
    pub fn words(&self) -> String {
        let Self::Range { range, reserved } = self else { return "any".to_owned() };
        let inside = |ordinal: &u32| self.place(Ordinal(*ordinal)) == Place::Wanted;
        let Some(last) = (range.start..=u32::MAX)
            .take(range.replicas as usize + reserved.len())
            .filter(inside)
            .last()
        else {
            return "none".to_owned();
        };
        let skipped: Vec<String> = reserved
            .iter()
            .filter(|reserved| (range.start..last).contains(*reserved))
            .map(ToString::to_string)
            .collect();
        let words =
            if last == range.start { last.to_string() } else { format!("{}-{last}", range.start) };
        if skipped.is_empty() { words } else { format!("{words} without {}", skipped.join(", ")) }
    }

    /// The ordinal that one more replica would bring; `None` where nobody knows.
    pub fn next(&self) -> Option<Ordinal> {
        let Self::Range { range, reserved } = self else { return None };
        (range.start..=u32::MAX)
            .filter(|ordinal| !reserved.contains(ordinal))
            .nth(range.replicas as usize)
            .map(Ordinal)
    }

    /// How many are wanted; `None` where nobody knows.
    pub fn count(&self) -> Option<u32> {
        match self {
            Self::Range { range, .. } => Some(range.replicas),
            Self::Any => None,
        }
    }
}

/// Why the size of a set cannot be trusted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsettled {
    /// It is being deleted.
    Going,
    /// Its controller has not seen its latest spec.
    Unobserved,
    /// It has more or fewer pods than it wants.
    Scaling {
        /// Pods there are.
        has: u32,
        /// Pods it wants.
        wants: u32,
    },
}

impl Claimant {
    /// `statefulset/db`, or the kind of another.
    pub fn display(&self) -> String {
        match &self.kind {
            ClaimantKind::StatefulSet => format!("statefulset/{}", self.name),
            ClaimantKind::Other(kind) => format!("{}/{}", kind.to_lowercase(), self.name),
        }
    }

    /// Whether it is a StatefulSet of Kubernetes itself.
    pub fn is_set(&self) -> bool {
        self.kind == ClaimantKind::StatefulSet
    }
}

/// Something that changes the number of replicas by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaler {
    /// Such as `hpa/db` or `scaledobject/db`.
    pub display: String,
    /// Namespace.
    pub namespace: String,
    /// Group of what it scales.
    pub target_group: String,
    /// Kind of what it scales.
    pub target_kind: String,
    /// Name of what it scales.
    pub target: String,
    /// The most replicas it asks for.
    pub most: u32,
}

impl Scaler {
    /// Whether it scales this.
    pub fn scales(&self, claimant: &Claimant) -> bool {
        let same_kind = match &claimant.kind {
            ClaimantKind::StatefulSet => {
                self.target_kind == "StatefulSet" && self.target_group == "apps"
            }
            ClaimantKind::Other(kind) => {
                *kind == format!("{}.{}", self.target_kind, self.target_group)
            }
        };
        same_kind && self.namespace == claimant.namespace && self.target == claimant.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_reserved(start: u32, replicas: u32, reserved: &[u32]) -> Wanted {
        Wanted::Range { range: OrdinalRange { start, replicas }, reserved: reserved.to_vec() }
    }

    #[test]
    fn reserved_ordinals_are_skipped_and_make_room_above() {
        let wanted = with_reserved(0, 3, &[1]);
        let places: Vec<Place> = (0..5).map(|ordinal| wanted.place(Ordinal(ordinal))).collect();
        let (here, not) = (Place::Wanted, Place::Reserved);
        assert_eq!(places, [here, not, here, here, Place::Above]);
        assert_eq!(wanted.words(), "0-3 without 1");
    }

    #[test]
    fn a_range_has_ordinals_below_and_above() {
        let wanted = Wanted::range(5, 3);
        for (ordinal, place) in
            [(2, Place::Below), (5, Place::Wanted), (7, Place::Wanted), (8, Place::Above)]
        {
            assert_eq!(wanted.place(Ordinal(ordinal)), place, "{ordinal}");
        }
        assert_eq!(wanted.words(), "5-7");
        assert_eq!(Wanted::range(4, 1).words(), "4");
        assert_eq!(Wanted::range(0, 0).words(), "none");
        assert_eq!(Wanted::range(u32::MAX, 2).place(Ordinal(u32::MAX)), Place::Wanted);
    }

    #[test]
    fn of_what_is_not_known_every_ordinal_is_wanted() {
        assert_eq!(Wanted::Any.place(Ordinal(99)), Place::Wanted);
        assert_eq!(Wanted::Any.count(), None);
    }
}
