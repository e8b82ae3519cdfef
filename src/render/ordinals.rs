//! Ordinals and names, however many there are, in few words.

use crate::model::ordinal::Ordinal;

/// Ranges that are written out before the rest is counted.
const MOST: usize = 8;

/// `0-2, 5, 7-9`, for ordinals from the lowest up; the rest of many ranges as a count.
pub fn ranges(ordinals: impl IntoIterator<Item = Ordinal>) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for Ordinal(ordinal) in ordinals {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(ordinal) => *last = ordinal,
            _ => ranges.push((ordinal, ordinal)),
        }
    }
    let rest: u64 = ranges.iter().skip(MOST).map(|(a, b)| u64::from(b - a) + 1).sum();
    let mut words: Vec<String> = ranges
        .iter()
        .take(MOST)
        .map(
            |(first, last)| {
                if first == last { first.to_string() } else { format!("{first}-{last}") }
            },
        )
        .collect();
    if rest > 0 {
        words.push(format!("and {rest} more"));
    }
    words.join(", ")
}

/// The first `most` names, and how many more there are.
pub fn some<'a>(names: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown = names[..most.min(names.len())].join(", ");
    match names.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ordinals: &[u32]) -> String {
        ranges(ordinals.iter().copied().map(Ordinal))
    }

    #[test]
    fn neighbours_make_a_range() {
        assert_eq!(of(&[]), "");
        assert_eq!(of(&[3]), "3");
        assert_eq!(of(&[0, 1, 2, 5, 7, 8]), "0-2, 5, 7-8");
        assert_eq!(of(&[u32::MAX - 1, u32::MAX]), "4294967294-4294967295");
    }

    #[test]
    fn what_would_be_too_long_is_counted() {
        let every_other: Vec<u32> = (0..40).step_by(2).collect();
        assert_eq!(of(&every_other), "0, 2, 4, 6, 8, 10, 12, 14, and 12 more");
        assert_eq!(some(["a", "b"], 3), "a, b");
        assert_eq!(some(["a", "b", "c", "d"], 2), "a, b and 2 more");
    }
}
