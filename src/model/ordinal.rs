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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_names_the_controller_writes_have_an_ordinal() {
        assert_eq!(Ordinal::of_pod("db-0", "db"), Some(Ordinal(0)));
        assert_eq!(Ordinal::of_pod("db-10", "db"), Some(Ordinal(10)));
        assert_eq!(Ordinal::of_pod("db-1-2", "db-1"), Some(Ordinal(2)));
        assert_eq!(Ordinal::of_pod("db-4294967295", "db"), Some(Ordinal(u32::MAX)));
        for stranger in [
            "db",
            "db-",
            "db--1",
            "db-01",
            "db-+1",
            "db- 1",
            "db-1 ",
            "db-1a",
            "db-1-2",
            "dbx-1",
            "xdb-1",
            "db-4294967296",
            "db-٣",
            "",
        ] {
            assert_eq!(Ordinal::of_pod(stranger, "db"), None, "{stranger:?}");
        }
    }

    #[test]
    fn indexes_count_from_the_first_ordinal() {
        let range = OrdinalRange { start: 5, replicas: 3 };
        assert_eq!(range.iter().collect::<Vec<_>>(), [5, 6, 7].map(Ordinal));
        assert_eq!(range.index(Ordinal(6)), Some(1));
        assert_eq!(range.index(Ordinal(4)), None);
        assert_eq!(range.index(Ordinal(9)), Some(4));
        assert!(range.wants(Ordinal(5)) && range.wants(Ordinal(7)));
        assert!(!range.wants(Ordinal(4)) && !range.wants(Ordinal(8)));
        assert!(!OrdinalRange { start: 0, replicas: 0 }.wants(Ordinal(0)));
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let range = OrdinalRange { start: u32::MAX - 1, replicas: 4 };
        assert_eq!(range.at(3), Ordinal(u32::MAX));
        assert!(range.wants(Ordinal(u32::MAX)));
        assert_eq!(range.iter().count(), 4);
    }

    proptest! {
        #[test]
        fn names_round_trip(set in "[a-z]([-a-z0-9]{0,8}[a-z0-9])?", ordinal in any::<u32>()) {
            let ordinal = Ordinal(ordinal);
            prop_assert_eq!(Ordinal::of_pod(&format!("{set}-{ordinal}"), &set), Some(ordinal));
        }

        #[test]
        fn whatever_has_an_ordinal_is_spelt_with_it(pod in "db-[-+0-9a]{0,12}") {
            if let Some(ordinal) = Ordinal::of_pod(&pod, "db") {
                prop_assert_eq!(pod, format!("db-{ordinal}"));
            }
        }
    }
}
