//! What a measured value has to be, such as `< 0.01` or `== "ok"`.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A value that was measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured {
    /// A number, never NaN.
    Number(f64),
    /// Anything else, as text; `true` and `false` among it.
    Text(String),
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// One of the values a query gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What tells it from the others, such as `{pod="db-0"}`; empty where there are none.
    pub labels: String,
    /// The value; NaN where there is none.
    pub value: f64,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

/// In this order, as `<` begins `<=` too.
const OPERATORS: [(&str, Operator); 6] = [
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

impl Operator {
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Less => order == Ordering::Less,
            Self::LessOrEqual => order != Ordering::Greater,
            Self::Greater => order == Ordering::Greater,
            Self::GreaterOrEqual => order != Ordering::Less,
            Self::Equal => order == Ordering::Equal,
            Self::NotEqual => order != Ordering::Equal,
        }
    }
}

/// A comparison with a fixed value.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// As written.
    text: String,
    operator: Operator,
    than: Measured,
}

/// What a comparison says about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// The value is as expected.
    Yes,
    /// It is not.
    No,
    /// The two cannot be compared: a text is neither below nor above a number.
    Incomparable,
}

impl Expect {
    /// Compares a value.
    pub fn judge(&self, value: &Measured) -> Met {
        let ordered = !matches!(self.operator, Operator::Equal | Operator::NotEqual);
        let order = match (value, &self.than) {
            (Measured::Number(value), Measured::Number(than)) => value.partial_cmp(than),
            (Measured::Text(value), Measured::Number(than)) => match (number(value), ordered) {
                (Some(value), _) => value.partial_cmp(than),
                (None, true) => None,
                // Text is not a number, so it is not equal to one.
                (None, false) => Some(Ordering::Less),
            },
            (value, Measured::Text(than)) => Some(value.to_string().cmp(than)),
        };
        match order.map(|order| self.operator.accepts(order)) {
            Some(true) => Met::Yes,
            Some(false) => Met::No,
            None => Met::Incomparable,
        }
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why a text is not a comparison.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadExpect {
    /// It begins with no operator.
    #[error("{0:?} does not begin with <, <=, >, >=, == or !=")]
    Operator(String),
    /// Nothing, or more than one word without quotes, follows.
    #[error("{0:?} does not end with one number, one word or one text in double quotes")]
    Value(String),
    /// A text cannot be below or above another value.
    #[error("{0:?} compares with text, which only == and != can")]
    Text(String),
}

impl FromStr for Expect {
    type Err = BadExpect;

    fn from_str(text: &str) -> Result<Self, BadExpect> {
        let text = text.trim();
        let (operator, rest) = OPERATORS
            .iter()
            .find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?.trim())))
            .ok_or_else(|| BadExpect::Operator(text.to_owned()))?;
        let quoted = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let bad = || BadExpect::Value(text.to_owned());
        let than = match (quoted, number(rest)) {
            (Some(inner), _) if !inner.contains('"') => Measured::Text(inner.to_owned()),
            (None, Some(number)) => Measured::Number(number),
            (None, None) if !rest.is_empty() && !rest.contains(['"', '=', '<', '>', ' ']) => {
                Measured::Text(rest.to_owned())
            }
            _ => return Err(bad()),
        };
        let ordered = !matches!(operator, Operator::Equal | Operator::NotEqual);
        if ordered && matches!(than, Measured::Text(_)) {
            return Err(BadExpect::Text(text.to_owned()));
        }
        Ok(Self { text: text.to_owned(), operator, than })
    }
}

/// A number as people and machines write it; NaN is none.
fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| !number.is_nan())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judge(expect: &str, value: &Measured) -> Met {
        expect.parse::<Expect>().unwrap().judge(value)
    }

    fn text(text: &str) -> Measured {
        Measured::Text(text.to_owned())
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        for (expect, value, met) in [
            ("< 0.01", 0.005, Met::Yes),
            ("<0.01", 0.01, Met::No),
            ("<= 0.01", 0.01, Met::Yes),
            ("> -1", -2.0, Met::No),
            (">= 3", 3.0, Met::Yes),
            ("== 3", 3.0, Met::Yes),
            ("== 3.0", 3.0, Met::Yes),
            ("!= 3", 3.0, Met::No),
            ("!= 3", 4.0, Met::Yes),
            ("< 1e3", 999.0, Met::Yes),
            ("< 10", f64::INFINITY, Met::No),
            ("== \"3\"", 3.0, Met::Yes),
            ("== ok", 3.0, Met::No),
        ] {
            assert_eq!(judge(expect, &Measured::Number(value)), met, "{value} {expect}");
        }
    }

    #[test]
    fn text_is_equal_or_not_and_a_number_where_it_looks_like_one() {
        for (expect, value, met) in [
            ("== \"green\"", "green", Met::Yes),
            ("== green", "green", Met::Yes),
            ("!= red", "green", Met::Yes),
            ("!= red", "red", Met::No),
            ("== true", "true", Met::Yes),
            ("== \"two words\"", "two words", Met::Yes),
            ("< 10", "9.5", Met::Yes),
            ("< 10", "many", Met::Incomparable),
            ("< 10", "NaN", Met::Incomparable),
            ("== 10", "many", Met::No),
            ("!= 10", "many", Met::Yes),
            ("== \"\"", "", Met::Yes),
        ] {
            assert_eq!(judge(expect, &text(value)), met, "{value} {expect}");
        }
    }

    #[test]
    fn what_is_no_comparison_is_said() {
        let bad = |text: &str| text.parse::<Expect>().unwrap_err().to_string();
        assert_eq!(bad("ok"), "\"ok\" does not begin with <, <=, >, >=, == or !=");
        assert_eq!(bad("= 3"), "\"= 3\" does not begin with <, <=, >, >=, == or !=");
        for text in ["<", "== ", "== a b", "== \"a", "=== 3", "<> 3"] {
            let said = bad(text);
            assert!(said.contains("does not end with one number"), "{text}: {said}");
        }
        assert_eq!(
            bad("< \"green\""),
            "\"< \\\"green\\\"\" compares with text, which only == and != can"
        );
        assert!("< NaN".parse::<Expect>().is_err());
    }

    proptest! {
        #[test]
        fn a_comparison_and_its_opposite_never_agree(value: f64, than in -1e9..1e9_f64) {
            prop_assume!(!value.is_nan());
            for (one, other) in [("<", ">="), (">", "<="), ("==", "!=")] {
                let one = judge(&format!("{one} {than}"), &Measured::Number(value));
                let other = judge(&format!("{other} {than}"), &Measured::Number(value));
                prop_assert_ne!(one, other);
            }
        }

        #[test]
        fn any_text_is_a_comparison_or_an_error(text: String) {
            if let Ok(expect) = text.parse::<Expect>() {
                prop_assert_eq!(expect.to_string().parse::<Expect>(), Ok(expect));
            }
        }
    }
}
