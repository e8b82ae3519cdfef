//! Which claims are deleted in one go: what the terms let through, within limits.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::claim::Claim;
use crate::plan::pvc::terms::{Objection, Terms, objections};
use crate::plan::pvc::verdict::Verdict;

/// So few claims of a namespace are no landslide, whatever their share.
const FEW: usize = 5;

/// How much may go at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// So many claims in all.
    pub most: usize,
    /// So many of a hundred claims of a namespace, once they are more than a few.
    pub percent: usize,
    /// So many left-behind ordinals of each set and template stay: the lowest, which a scale-up
    /// would reach first.
    pub keep_last: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { most: 20, percent: 30, keep_last: 0 }
    }
}

/// What is to go, and why the rest is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection<'v, 'a> {
    /// In the order in which they go: highest ordinal first, since a scale-up begins at the lowest.
    pub chosen: Vec<&'v Verdict<'a>>,
    /// Left behind, and not on these terms.
    pub left: Vec<(&'v Verdict<'a>, Vec<Objection<'v>>)>,
    /// Kept by `--keep-last`.
    pub kept: Vec<&'v Verdict<'a>>,
    /// Limits that this would exceed.
    pub exceeded: Vec<Exceeded>,
}

/// A limit that would be exceeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exceeded {
    /// `--max`.
    Most {
        /// Claims there would be.
        claims: usize,
        /// The limit.
        most: usize,
    },
    /// `--max-percent`.
    Percent {
        /// The namespace.
        namespace: String,
        /// Claims there would be.
        claims: usize,
        /// Of so many.
        of: usize,
        /// The limit.
        percent: usize,
    },
}

impl Exceeded {
    /// In words, with the flag that lifts it.
    pub fn words(&self) -> String {
        match self {
            Self::Most { claims, most } => {
                format!("{claims} claims are more than {most} (--max {claims})")
            }
            Self::Percent { namespace, claims, of, percent } => {
                let needed = (claims * 100).div_ceil(*of);
                format!(
                    "{claims} of the {of} claims of namespace {namespace} are more than {percent}% \
                     (--max-percent {needed})"
                )
            }
        }
    }
}

/// How many claims each namespace has, chosen or not.
pub fn census<'a>(claims: impl IntoIterator<Item = &'a Claim>) -> BTreeMap<&'a str, usize> {
    let mut census = BTreeMap::new();
    for claim in claims {
        *census.entry(claim.namespace.as_str()).or_default() += 1;
    }
    census
}

/// Picks from these verdicts; the census is that of their namespaces.
pub fn select<'v, 'a>(
    verdicts: &'v [Verdict<'a>],
    census: &BTreeMap<&str, usize>,
    terms: &Terms,
    limits: Limits,
    now: Timestamp,
) -> Selection<'v, 'a> {
    let mut chosen = Vec::new();
    let mut left = Vec::new();
    for verdict in verdicts {
        match objections(verdict, terms, now) {
            none if none.is_empty() => chosen.push(verdict),
            why if verdict.class.is_left_behind() => left.push((verdict, why)),
            _ => {}
        }
    }
    chosen.sort_by_key(|verdict| {
        let (stem, ordinal) = verdict.stem.unzip();
        (verdict.claim.namespace.as_str(), stem, std::cmp::Reverse(ordinal))
    });
    let kept = keep_last(&mut chosen, limits.keep_last);
    let exceeded = exceeded(census, &chosen, limits);
    Selection { chosen, left, kept, exceeded }
}

/// Takes the lowest ordinals of each stem out again.
fn keep_last<'v, 'a>(chosen: &mut Vec<&'v Verdict<'a>>, count: usize) -> Vec<&'v Verdict<'a>> {
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut kept = Vec::new();
    for verdict in chosen.iter().rev() {
        let Some((stem, _)) = verdict.stem else { continue };
        let so_far = seen.entry((&verdict.claim.namespace, stem)).or_default();
        if *so_far < count {
            *so_far += 1;
            kept.push(*verdict);
        }
    }
    chosen.retain(|verdict| !kept.iter().any(|kept| std::ptr::eq(*kept, *verdict)));
    kept.reverse();
    kept
}

fn exceeded(
    census: &BTreeMap<&str, usize>,
    chosen: &[&Verdict<'_>],
    limits: Limits,
) -> Vec<Exceeded> {
    let mut exceeded = Vec::new();
    if chosen.len() > limits.most {
        exceeded.push(Exceeded::Most { claims: chosen.len(), most: limits.most });
    }
    let mut going: BTreeMap<&str, usize> = BTreeMap::new();
    for verdict in chosen {
        *going.entry(&verdict.claim.namespace).or_default() += 1;
    }
    for (namespace, claims) in going {
        let of = census.get(namespace).copied().unwrap_or(claims);
        if claims > FEW && claims * 100 > limits.percent * of {
            let namespace = namespace.to_owned();
            exceeded.push(Exceeded::Percent { namespace, claims, of, percent: limits.percent });
        }
    }
    exceeded
}
