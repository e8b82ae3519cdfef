//! Many pods in few words.

use crate::model::ordinal::Ordinal;
use crate::model::set::Set;

/// The pods' names, in this order. Of four or more that follow each other, up or down, only the
/// first and the last are named.
pub fn pods(set: &Set, ordinals: &[Ordinal]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = ordinals;
    while !rest.is_empty() {
        let length = run(rest);
        let (run, after) = rest.split_at(length);
        match run {
            [first, _, _, .., last] => {
                parts.push(format!("{} … {}", set.pod_name(*first), set.pod_name(*last)));
            }
            few => parts.extend(few.iter().map(|pod| set.pod_name(*pod))),
        }
        rest = after;
    }
    parts.join(", ")
}

/// How many at the beginning follow each other.
fn run(ordinals: &[Ordinal]) -> usize {
    let step = |pair: &[Ordinal]| i64::from(pair[1].0) - i64::from(pair[0].0);
    let Some(first) = ordinals.windows(2).next().map(step) else { return ordinals.len() };
    if first.abs() != 1 {
        return 1;
    }
    1 + ordinals.windows(2).take_while(|pair| step(pair) == first).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::a_set;

    fn named(ordinals: impl IntoIterator<Item = u32>) -> String {
        pods(&a_set("db"), &ordinals.into_iter().map(Ordinal).collect::<Vec<_>>())
    }

    #[test]
    fn only_pods_that_follow_each_other_are_left_out() {
        assert_eq!(named([]), "");
        assert_eq!(named([4]), "db-4");
        assert_eq!(named([2, 1, 0]), "db-2, db-1, db-0");
        assert_eq!(named((0..300).rev()), "db-299 … db-0");
        assert_eq!(named(0..4), "db-0 … db-3");
        assert_eq!(named([0, 5, 4, 3, 2, 1]), "db-0, db-5 … db-1");
        assert_eq!(named([9, 8, 7, 6, 4, 2]), "db-9 … db-6, db-4, db-2");
    }
}
