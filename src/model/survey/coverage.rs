//! What was read, and what was not.
//!
//! A list that failed, was cut or was forbidden is never a short list. What a verdict needs and
//! could not be read makes it unknown; what would only have added to it makes it less sure.

use std::collections::BTreeMap;

/// What could not be read, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    gaps: Vec<Gap>,
    /// Kinds that were read completely, by their plural name; for showing how much was looked at.
    pub read: Vec<String>,
    /// Whether every kind there is was searched for the names of candidates.
    pub deep: DeepScan,
    /// Objects that were read, by kind.
    pub objects: BTreeMap<String, u64>,
}

/// Something that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The namespace it is about; all when absent.
    pub namespace: Option<String>,
    /// What was to be read, such as `pods`.
    pub what: String,
    /// Why it was not, in the server's words.
    pub why: String,
    /// Whether nothing can be judged without it.
    pub need: Need,
}

/// How much depends on what was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing can be judged without it.
    Required,
    /// Verdicts are less sure without it.
    Optional,
}

/// Whether every kind there is was searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeepScan {
    /// It was not asked for.
    #[default]
    NotAsked,
    /// It was, apart from the gaps.
    Done,
}

impl Coverage {
    /// Remembers that something could not be read.
    pub fn miss(&mut self, gap: Gap) {
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// Takes over what an earlier reading could not read for this namespace, and what it searched.
    pub fn carry_over(&mut self, before: &Self, namespace: &str) {
        for gap in before.gaps_of(namespace) {
            self.miss(gap.clone());
        }
        for read in &before.read {
            if !self.read.contains(read) {
                self.read.push(read.clone());
            }
        }
        self.deep = before.deep;
    }

    /// All that could not be read.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// What could not be read and concerns this namespace.
    pub fn gaps_of<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a Gap> {
        self.gaps.iter().filter(move |gap| {
            gap.namespace.as_deref().is_none_or(|concerned| concerned == namespace)
        })
    }

    /// The first thing without which nothing in this namespace can be judged.
    pub fn broken(&self, namespace: &str) -> Option<&Gap> {
        self.gaps.iter().find(|gap| {
            gap.need == Need::Required
                && gap.namespace.as_deref().is_none_or(|concerned| concerned == namespace)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_of_one_namespace_breaks_no_other() {
        let mut coverage = Coverage::default();
        let gap = |namespace: Option<&str>, need| Gap {
            namespace: namespace.map(str::to_owned),
            what: "pods".to_owned(),
            why: "forbidden".to_owned(),
            need,
        };
        coverage.miss(gap(Some("a"), Need::Required));
        coverage.miss(gap(None, Need::Optional));
        assert!(coverage.broken("a").is_some());
        assert!(coverage.broken("b").is_none());
        assert_eq!(coverage.gaps_of("b").count(), 1);
        coverage.miss(gap(None, Need::Required));
        assert!(coverage.broken("b").is_some());
    }
}
