//! Several ordinals, written as ranges.

use std::fmt;
use std::str::FromStr;

use crate::model::ordinal::Ordinal;

/// Ordinals in order, each once. Written `0-2,4`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ordinals(Vec<Ordinal>);

/// Why a text does not name ordinals.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOrdinals {
    /// A part that is neither a number nor a range.
    #[error("{0:?} is neither an ordinal nor a range: write 0,2-4")]
    NotANumber(String),
    /// A range that ends before it begins.
    #[error("the range {0:?} ends before it begins")]
    Backwards(String),
    /// More than any set has.
    #[error("the range {0:?} is too long")]
    TooMany(String),
}

/// The most ordinals one range may stand for.
const MOST: u32 = 100_000;

impl Ordinals {
    /// The ordinals, lowest first.
    pub fn iter(&self) -> impl Iterator<Item = Ordinal> {
        self.0.iter().copied()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Ordinal> for Ordinals {
    fn from_iter<I: IntoIterator<Item = Ordinal>>(ordinals: I) -> Self {
        let mut all: Vec<Ordinal> = ordinals.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        Self(all)
    }
}

impl FromStr for Ordinals {
    type Err = NotOrdinals;

    fn from_str(text: &str) -> Result<Self, NotOrdinals> {
        let mut all = Vec::new();
        for part in text.split(',') {
            let number = |digits: &str| {
                let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                let number = plain.then(|| digits.parse::<u32>().ok()).flatten();
                number.ok_or_else(|| NotOrdinals::NotANumber(part.to_owned()))
            };
            let part = part.trim();
            let (first, last) = match part.split_once('-') {
                None => (number(part)?, number(part)?),
                Some((first, last)) => (number(first)?, number(last)?),
            };
            match last.checked_sub(first) {
                None => return Err(NotOrdinals::Backwards(part.to_owned())),
                Some(MOST..) => return Err(NotOrdinals::TooMany(part.to_owned())),
                Some(_) => all.extend((first..=last).map(Ordinal)),
            }
        }
        Ok(all.into_iter().collect())
    }
}

impl fmt::Display for Ordinals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_slice();
        let mut comma = "";
        while let [first, ..] = rest {
            let run = (1..rest.len()).take_while(|at| rest[*at].0 == rest[*at - 1].0 + 1).count();
            match run {
                0 => write!(f, "{comma}{first}")?,
                _ => write!(f, "{comma}{first}-{}", rest[run])?,
            }
            comma = ",";
            rest = &rest[run + 1..];
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_read_and_written() {
        for (text, written) in [
            ("0", "0"),
            ("0,2-4", "0,2-4"),
            ("4, 2,3,0", "0,2-4"),
            ("1-1,2-2", "1-2"),
            ("7,7,7", "7"),
            ("4294967295", "4294967295"),
        ] {
            assert_eq!(text.parse::<Ordinals>().unwrap().to_string(), written, "{text}");
        }
        assert_eq!(Ordinals::default().to_string(), "");
    }

    #[test]
    fn what_names_no_ordinals_is_refused() {
        for text in ["", ",", "0,", "a", "-1", "1-", "+1", "0..2", "4294967296", "1-2-3", "٣"] {
            let error = text.parse::<Ordinals>().unwrap_err();
            assert!(matches!(error, NotOrdinals::NotANumber(_)), "{text:?}: {error}");
        }
        assert!(matches!("3-2".parse::<Ordinals>(), Err(NotOrdinals::Backwards(_))));
        assert!(matches!("0-4294967295".parse::<Ordinals>(), Err(NotOrdinals::TooMany(_))));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(numbers in proptest::collection::vec(0..40_u32, 1..20)) {
            let ordinals: Ordinals = numbers.into_iter().map(Ordinal).collect();
            prop_assert_eq!(ordinals.to_string().parse::<Ordinals>(), Ok(ordinals));
        }
    }
}
