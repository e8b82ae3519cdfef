//! The order in which pods are taken down one after the other.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::model::ordinal::{Ordinal, OrdinalRange};

/// No list is longer than this; no set a rollout can hold is larger.
const LONGEST: usize = 32_767;

/// Which pod goes next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The highest ordinal first, as the controller does it.
    #[default]
    Desc,
    /// The lowest ordinal first.
    Asc,
    /// The highest ordinal first, but whichever pod leads the others comes last.
    LeaderLast,
    /// These first, in this order; then the others, the highest ordinal first.
    List(Ordinals),
}

impl Order {
    /// All wanted ordinals in this order, as long as nobody leads.
    pub fn sequence(&self, wanted: OrdinalRange) -> Vec<Ordinal> {
        match self {
            Self::Asc => wanted.iter().collect(),
            Self::Desc | Self::LeaderLast => wanted.iter().rev().collect(),
            Self::List(first) => {
                let named: BTreeSet<Ordinal> = first.0.iter().copied().collect();
                let others = wanted.iter().rev().filter(|ordinal| !named.contains(ordinal));
                let first = first.0.iter().copied().filter(|ordinal| wanted.wants(*ordinal));
                first.chain(others).collect()
            }
        }
    }

    /// Ordinals it names that the set does not want.
    pub fn unknown(&self, wanted: OrdinalRange) -> Vec<Ordinal> {
        match self {
            Self::List(list) => list.outside(wanted),
            Self::Desc | Self::Asc | Self::LeaderLast => Vec::new(),
        }
    }
}

/// A list of ordinals, none of them twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordinals(Vec<Ordinal>);

impl Ordinals {
    /// A list of these, without those that come again.
    pub fn new(ordinals: impl IntoIterator<Item = Ordinal>) -> Self {
        let mut seen = BTreeSet::new();
        Self(ordinals.into_iter().filter(|ordinal| seen.insert(*ordinal)).collect())
    }

    /// The ordinals as listed.
    pub fn list(&self) -> &[Ordinal] {
        &self.0
    }

    /// Those that a set of this range does not want.
    pub fn outside(&self, wanted: OrdinalRange) -> Vec<Ordinal> {
        self.0.iter().copied().filter(|ordinal| !wanted.wants(*ordinal)).collect()
    }
}

/// Why a list of ordinals, or an order, was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadOrder {
    /// Not a number, and not two with a dash between them.
    #[error("{0:?} is neither an ordinal (3) nor a range of them (1-2)")]
    NotAnOrdinal(String),
    /// Neither a word that is known nor a list.
    #[error("{0:?} is neither asc, desc, leader-last nor a list of ordinals such as 3,1-2")]
    Unknown(String),
    /// Named twice.
    #[error("{0} is named twice")]
    Twice(Ordinal),
    /// More than any set has.
    #[error("too many ordinals")]
    TooMany,
}

impl FromStr for Ordinals {
    type Err = BadOrder;

    fn from_str(text: &str) -> Result<Self, BadOrder> {
        let mut list = Vec::new();
        let mut seen = BTreeSet::new();
        for part in text.split(',') {
            let bad = || BadOrder::NotAnOrdinal(part.to_owned());
            let number = |digits: &str| -> Result<u32, BadOrder> {
                let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
                digits.parse().ok().filter(|_| plain).ok_or_else(bad)
            };
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            let (from, to) = (number(from)?, number(to)?);
            if list.len().saturating_add(from.abs_diff(to) as usize) >= LONGEST {
                return Err(BadOrder::TooMany);
            }
            let range: Box<dyn Iterator<Item = u32>> =
                if from <= to { Box::new(from..=to) } else { Box::new((to..=from).rev()) };
            for ordinal in range.map(Ordinal) {
                if !seen.insert(ordinal) {
                    return Err(BadOrder::Twice(ordinal));
                }
                list.push(ordinal);
            }
        }
        Ok(Self(list))
    }
}

impl FromStr for Order {
    type Err = BadOrder;

    fn from_str(text: &str) -> Result<Self, BadOrder> {
        match text {
            "desc" => Ok(Self::Desc),
            "asc" => Ok(Self::Asc),
            "leader-last" => Ok(Self::LeaderLast),
            list if list.starts_with(|first: char| first.is_ascii_digit()) => {
                list.parse().map(Self::List)
            }
            other => Err(BadOrder::Unknown(other.to_owned())),
        }
    }
}

impl fmt::Display for Ordinals {
    /// Neighbours are written as ranges.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_slice();
        let mut comma = "";
        while let [first, ..] = rest {
            let run = longest_run(rest);
            match rest[..run] {
                [.., last] if run > 1 => write!(f, "{comma}{first}-{last}")?,
                _ => write!(f, "{comma}{first}")?,
            }
            (comma, rest) = (",", &rest[run..]);
        }
        Ok(())
    }
}

/// How many of these count up, or down, one by one from the first.
fn longest_run(ordinals: &[Ordinal]) -> usize {
    let steps = |up: bool| {
        let next = |pair: &&[Ordinal]| {
            let (low, high) = if up { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
            low.0.checked_add(1) == Some(high.0)
        };
        ordinals.windows(2).take_while(next).count()
    };
    1 + steps(true).max(steps(false))
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Desc => f.write_str("desc"),
            Self::Asc => f.write_str("asc"),
            Self::LeaderLast => f.write_str("leader-last"),
            Self::List(list) => list.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(text: &str) -> Vec<u32> {
        text.parse::<Ordinals>().unwrap().list().iter().map(|ordinal| ordinal.0).collect()
    }

    fn sequence(order: &str) -> Vec<u32> {
        let wanted = OrdinalRange { start: 5, replicas: 4 };
        let order: Order = order.parse().unwrap();
        order.sequence(wanted).iter().map(|ordinal| ordinal.0).collect()
    }

    #[test]
    fn ranges_go_up_or_down() {
        assert_eq!(numbers("3,1-2,0"), [3, 1, 2, 0]);
        assert_eq!(numbers("7-5,1"), [7, 6, 5, 1]);
        assert_eq!("3,1-2,0".parse::<Ordinals>().unwrap().to_string(), "3,1-2,0");
        assert_eq!(Ordinals::new([2, 1, 0, 5].map(Ordinal)).to_string(), "2-0,5");
        assert_eq!(Ordinals::new([2, 2].map(Ordinal)).to_string(), "2");
    }

    #[test]
    fn every_pod_has_its_turn_once() {
        assert_eq!(sequence("desc"), [8, 7, 6, 5]);
        assert_eq!(sequence("leader-last"), [8, 7, 6, 5]);
        assert_eq!(sequence("asc"), [5, 6, 7, 8]);
        assert_eq!(sequence("6,8"), [6, 8, 7, 5], "those not named come after");
    }

    #[test]
    fn ordinals_that_are_not_there_are_found() {
        let wanted = OrdinalRange { start: 1, replicas: 2 };
        assert_eq!("0-3".parse::<Order>().unwrap().unknown(wanted), [0, 3].map(Ordinal));
        assert_eq!(Order::Asc.unknown(wanted), []);
    }

    #[test]
    fn what_makes_no_sense_says_why() {
        let bad = |text: &str| text.parse::<Order>().unwrap_err().to_string();
        assert!(bad("up").starts_with("\"up\" is neither asc"));
        assert!(bad("").starts_with("\"\" is neither asc"));
        assert!(bad("1,,2").starts_with("\"\" is neither an ordinal"));
        assert!(bad("1-").starts_with("\"1-\" is neither an ordinal"));
        assert!(bad("1-2-3").starts_with("\"1-2-3\" is neither"));
        assert!(bad("1,+2").starts_with("\"+2\" is neither"));
        assert_eq!(bad("1,0-2"), "1 is named twice");
        assert_eq!(bad("0-4294967295"), "too many ordinals");
    }

    proptest! {
        #[test]
        fn lists_round_trip(list in prop::collection::vec(0_u32..12, 1..20)) {
            let list = Ordinals::new(list.into_iter().map(Ordinal));
            prop_assert_eq!(list.to_string().parse::<Ordinals>().unwrap(), list.clone());
            let order = Order::List(list);
            prop_assert_eq!(order.to_string().parse::<Order>().unwrap(), order);
        }

        #[test]
        fn no_text_panics(text in "[-0-9a,]{0,12}") {
            drop(text.parse::<Order>());
        }
    }
}
