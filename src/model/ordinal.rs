//! Ordinals and the positions counted from the set's first ordinal.

use std::fmt;

/// The number at the end of a pod's name.
///
/// Ordinals start at `spec.ordinals.start`; the partition and the controller's loops count
/// *indexes* from there. The two differ by `start` and are never mixed: an index is a plain
/// `u32`, an ordinal is this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ordinal(pub u32);

impl fmt::Display for Ordinal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Ordinal {
    /// Reads the ordinal off a pod's name, given the name of its set.
    ///
    /// Only names the controller would write are accepted: `db-1` of `db`, but neither `db-01`
    /// nor `db-+1`.
    pub fn of_pod(pod: &str, set: &str) -> Option<Self> {
        let digits = pod.strip_prefix(set)?.strip_prefix('-')?;
        let ordinal = digits.parse().ok().map(Ordinal)?;
        (ordinal.to_string() == digits).then_some(ordinal)
    }
}

/// The ordinals a set wants: `start .. start + replicas`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrdinalRange {
    /// `spec.ordinals.start`, 0 when absent.
    pub start: u32,
    /// `spec.replicas`.
    pub replicas: u32,
}

impl OrdinalRange {
    /// Whether the set wants a pod with this ordinal.
    pub fn wants(self, ordinal: Ordinal) -> bool {
        self.index(ordinal).is_some_and(|index| index < self.replicas)
    }

    /// The position of the ordinal counted from the first one, whether or not it is wanted.
    pub fn index(self, ordinal: Ordinal) -> Option<u32> {
        ordinal.0.checked_sub(self.start)
    }

    /// The ordinal at a position; the largest there can be when the sum overflows.
    pub fn at(self, index: u32) -> Ordinal {
        Ordinal(self.start.saturating_add(index))
    }

    /// All wanted ordinals, lowest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Ordinal> {
        (0..self.replicas).map(move |index| self.at(index))
    }
}
