//! Amounts as Kubernetes writes them: `10Gi`, `1500M`, `1e9`.

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use thiserror::Error;

/// An amount, exact to a billionth as Kubernetes has it. Two are equal whatever they are written
/// as: `1Gi` is `1024Mi`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    nanos: u128,
}

/// Billionths in one.
const ONE: u128 = 1_000_000_000;

/// Powers of 1024, largest first.
const BINARY: [(&str, u128); 6] = [
    ("Ei", ONE << 60),
    ("Pi", ONE << 50),
    ("Ti", ONE << 40),
    ("Gi", ONE << 30),
    ("Mi", ONE << 20),
    ("Ki", ONE << 10),
];

/// Powers of 1000, largest first.
const DECIMAL: [(&str, u128); 10] = [
    ("E", 1_000_000_000_000_000_000 * ONE),
    ("P", 1_000_000_000_000_000 * ONE),
    ("T", 1_000_000_000_000 * ONE),
    ("G", 1_000_000_000 * ONE),
    ("M", 1_000_000 * ONE),
    ("k", 1_000 * ONE),
    ("", ONE),
    ("m", 1_000_000),
    ("u", 1_000),
    ("n", 1),
];

/// A text that is no amount.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadQuantity {
    /// Not written as one.
    #[error("{0:?} is not a quantity such as 10Gi")]
    Malformed(String),
    /// Below zero.
    #[error("{0:?} is negative")]
    Negative(String),
    /// More than can be counted here, and than there is.
    #[error("{0:?} is too large")]
    TooLarge(String),
}

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self { nanos: 0 };

    /// So many bytes.
    pub fn bytes(bytes: u64) -> Self {
        Self { nanos: u128::from(bytes) * ONE }
    }

    /// Whole bytes, rounded up as Kubernetes does.
    pub fn to_bytes(self) -> u128 {
        self.nanos.div_ceil(ONE)
    }

    /// Both together; what is too much to count stays at the most there is.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { nanos: self.nanos.saturating_add(other.nanos) }
    }

    /// What is left without the other; nothing where that is more.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self { nanos: self.nanos.saturating_sub(other.nanos) }
    }

    /// In GiB, for what is not exact itself, such as money.
    #[expect(clippy::cast_precision_loss, reason = "nobody pays by the byte")]
    pub fn gib(self) -> f64 {
        self.to_bytes() as f64 / f64::from(1_u32 << 30)
    }

    /// In GiB to two digits, such as `1.5Gi`, so that amounts can be compared at a glance. What is
    /// not nothing is never shown as nothing.
    pub fn in_gib(self) -> String {
        let (_, gib) = BINARY[3];
        let whole = self.nanos / gib;
        let hundredths = whole * 100 + (self.nanos % gib * 100 + gib / 2) / gib;
        let (whole, rest) = (hundredths / 100, hundredths % 100);
        match rest {
            0 if whole == 0 && self.nanos > 0 => "<0.01Gi".to_owned(),
            0 => format!("{whole}Gi"),
            rest if rest % 10 == 0 => format!("{whole}.{}Gi", rest / 10),
            rest => format!("{whole}.{rest:02}Gi"),
        }
    }

    fn read(text: &str) -> Option<Result<u128, Excess>> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, suffix) = text.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if fraction.contains('.') || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let unit = BINARY.iter().chain(&DECIMAL).find(|(name, _)| *name == suffix);
        let (unit, exponent) = match unit {
            Some((_, unit)) => (*unit, 0),
            None => (ONE, exponent(suffix)?),
        };
        Some(scaled(whole, fraction, unit, exponent))
    }
}

/// The amount does not fit.
struct Excess;

/// `e3` or `E-3`.
fn exponent(suffix: &str) -> Option<i32> {
    let digits = suffix.strip_prefix(['e', 'E'])?;
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    let plain = !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit());
    // Larger ones differ in nothing.
    plain.then(|| digits.parse().unwrap_or(if digits.starts_with('-') { -99 } else { 99 }))
}

/// `whole.fraction × unit × 10^exponent` in billionths, rounded up.
fn scaled(whole: &str, fraction: &str, unit: u128, exponent: i32) -> Result<u128, Excess> {
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Ok(0);
    }
    let places = i32::try_from(fraction.len()).unwrap_or(i32::MAX);
    let mut shift = exponent.saturating_sub(places);
    let trimmed = digits.trim_end_matches('0');
    shift = shift.saturating_add(i32::try_from(digits.len() - trimmed.len()).unwrap_or(i32::MAX));
    // More digits than a u128 has are beyond a billionth, or beyond all there is.
    let kept = &trimmed[..trimmed.len().min(KEPT)];
    let cut = trimmed.len() - kept.len();
    shift = shift.saturating_add(i32::try_from(cut).unwrap_or(i32::MAX));
    let number: u128 = kept.parse().map_err(|_| Excess)?;
    let number = number + u128::from(cut > 0);
    let power = |exponent: u32| 10_u128.checked_pow(exponent).ok_or(Excess);
    if shift >= 0 {
        let scale = power(shift.unsigned_abs())?;
        return number.checked_mul(unit).and_then(|n| n.checked_mul(scale)).ok_or(Excess);
    }
    let below = shift.unsigned_abs();
    let Ok(scale) = power(below) else { return Ok(1) };
    // The unit is split so that the product fits for every amount that does.
    let common = gcd(unit, scale);
    let (unit, scale) = (unit / common, scale / common);
    let common = gcd(number, scale);
    let (number, scale) = (number / common, scale / common);
    let (rounds, rest) = (number / scale, number % scale);
    let part = rest.checked_mul(unit).ok_or(Excess)?.div_ceil(scale);
    rounds.checked_mul(unit).and_then(|n| n.checked_add(part)).ok_or(Excess)
}

/// How many digits are counted with.
const KEPT: usize = 38;

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl FromStr for Quantity {
    type Err = BadQuantity;

    fn from_str(text: &str) -> Result<Self, BadQuantity> {
        let unsigned = text.strip_prefix('+').unwrap_or(text);
        let (sign, unsigned) = match unsigned.strip_prefix('-') {
            Some(rest) if !text.starts_with('+') => (-1, rest),
            _ => (1, unsigned),
        };
        match Self::read(unsigned) {
            None => Err(BadQuantity::Malformed(text.to_owned())),
            Some(Ok(0)) => Ok(Self::ZERO),
            Some(_) if sign < 0 => Err(BadQuantity::Negative(text.to_owned())),
            Some(Ok(nanos)) => Ok(Self { nanos }),
            Some(Err(Excess)) => Err(BadQuantity::TooLarge(text.to_owned())),
        }
    }
}

/// Exactly, in the unit that makes it shortest: binary where both do.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = |units: &[(&str, u128)]| {
            let (name, unit) = units.iter().find(|(_, unit)| self.nanos.is_multiple_of(*unit))?;
            Some(format!("{}{name}", self.nanos / unit))
        };
        if self.nanos == 0 {
            return f.write_str("0");
        }
        let all = [exact(&BINARY), exact(&DECIMAL)];
        let shortest = all.into_iter().flatten().min_by_key(String::len);
        f.write_str(&shortest.unwrap_or_default())
    }
}

impl Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Self::plus)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_are_what_kubernetes_takes_them_for() {
        for (text, bytes) in [
            ("0", 0),
            ("1Ki", 1024),
            ("1k", 1000),
            ("1.5Gi", 1_610_612_736),
            ("1Gi", 1 << 30),
            ("1024Mi", 1 << 30),
            ("1e3", 1000),
            ("1E3", 1000),
            ("1.25e2", 125),
            ("+5", 5),
            (".5Ki", 512),
            ("5.", 5),
            ("1E", 1_000_000_000_000_000_000),
            ("15Ei", 15 << 60),
            ("100m", 1),
            ("0.1", 1),
            ("-0", 0),
            ("0.3Ki", 308),
            ("2000e-3", 2),
            ("0.0000000001Ei", 115_292_151),
        ] {
            assert_eq!(read(text).to_bytes(), bytes, "{text}");
        }
        assert_eq!(read("1n").nanos, 1);
        assert_eq!(read("0.1n").nanos, 1, "rounded up, as Kubernetes does");
        assert_eq!(read("1e-50").nanos, 1);
    }

    #[test]
    fn what_is_no_amount_is_told_from_what_is_too_much() {
        for text in
            ["", "Gi", "1gi", "1 Gi", "1.2.3", ".", "1e", "1e+", "0x1", "--1", "+-1", "1Gib"]
        {
            assert_eq!(
                text.parse::<Quantity>(),
                Err(BadQuantity::Malformed(text.to_owned())),
                "{text}"
            );
        }
        assert_eq!("-1Gi".parse::<Quantity>(), Err(BadQuantity::Negative("-1Gi".to_owned())));
        for text in ["1e99", "1e9999999999", "9999999999999999999999999999999999Ei"] {
            assert_eq!(text.parse::<Quantity>(), Err(BadQuantity::TooLarge(text.to_owned())));
        }
    }

    #[test]
    fn amounts_are_written_short_and_exactly() {
        for (text, printed) in [
            ("1024Mi", "1Gi"),
            ("1500Mi", "1500Mi"),
            ("1000000000", "1G"),
            ("1000000000000", "1T"),
            ("1073741825", "1073741825"),
            ("0.5", "500m"),
            ("1.5Ti", "1536Gi"),
            ("0", "0"),
        ] {
            assert_eq!(read(text).to_string(), printed, "{text}");
        }
    }

    #[test]
    fn totals_are_told_in_gib() {
        for (text, gib) in [
            ("0", "0Gi"),
            ("1Gi", "1Gi"),
            ("1536Mi", "1.5Gi"),
            ("3Ti", "3072Gi"),
            ("1100Mi", "1.07Gi"),
            ("1034Mi", "1.01Gi"),
            ("1023Mi", "1Gi"),
            ("1Mi", "<0.01Gi"),
        ] {
            assert_eq!(read(text).in_gib(), gib, "{text}");
        }
        let total: Quantity = ["1Gi", "512Mi", "0"].iter().map(|text| read(text)).sum();
        assert_eq!(total, read("1.5Gi"));
        assert_eq!(read("1Gi").less(read("2Gi")), Quantity::ZERO);
        assert_eq!(Quantity::bytes(u64::MAX).less(Quantity::bytes(1)).to_bytes(), (1 << 64) - 2);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(nanos in any::<u128>()) {
            let quantity = Quantity { nanos: nanos >> 16 };
            prop_assert_eq!(read(&quantity.to_string()), quantity);
        }

        #[test]
        fn whole_amounts_are_exact(number in any::<u64>(), unit in 0..BINARY.len()) {
            let (name, size) = BINARY[unit];
            let expected = u128::from(number).checked_mul(size);
            let read = format!("{number}{name}").parse::<Quantity>().ok().map(|q| q.nanos);
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn no_text_breaks_it(text in "[-+.0-9eEinumkKMGTP]{0,24}|\\PC{0,12}") {
            let first = text.parse::<Quantity>();
            if let Ok(quantity) = first {
                prop_assert_eq!(quantity.to_string().parse::<Quantity>(), Ok(quantity));
            }
        }

        #[test]
        fn order_and_sum_agree(a in any::<u64>(), b in any::<u64>()) {
            let (a, b) = (Quantity::bytes(a), Quantity::bytes(b));
            prop_assert!(a.plus(b) >= a);
            prop_assert_eq!(a.plus(b).less(b), a);
        }
    }
}
