//! The claims of a namespace, or of a cluster, as little of each as their sets need.

use std::collections::BTreeMap;

use crate::model::claim::{Claim, ClaimPhase};
use crate::model::ordinal::Ordinal;
use crate::model::set::Set;

/// Claims by namespace and name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimIndex {
    claims: BTreeMap<String, ClaimRow>,
}

/// What is kept of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    /// `status.phase`.
    pub phase: ClaimPhase,
    /// Whether it was told to go.
    pub deleting: bool,
}

impl ClaimRow {
    /// What is kept of this claim.
    pub fn of(claim: &Claim) -> Self {
        Self { phase: claim.phase, deleting: claim.deleting_since.is_some() }
    }
}

impl ClaimIndex {
    /// Takes in a claim.
    pub fn add(&mut self, namespace: &str, name: &str, row: ClaimRow) {
        self.claims.insert(key(namespace, name), row);
    }

    /// The claim of this name.
    pub fn get(&self, namespace: &str, name: &str) -> Option<ClaimRow> {
        self.claims.get(&key(namespace, name)).copied()
    }

    /// The claims of ordinals that the set does not want, by name, lowest ordinal first.
    ///
    /// Told by their names alone, as the controller does it when it takes a claim for a new pod.
    pub fn left_behind(&self, set: &Set) -> Vec<(String, ClaimRow)> {
        let mut found: Vec<(Ordinal, String, ClaimRow)> = Vec::new();
        for template in &set.claim_templates {
            let stem = format!("{}-{}", template.name, set.name);
            let prefix = key(&set.namespace, &format!("{stem}-"));
            let matching = self.claims.range(prefix.clone()..);
            for (key, row) in matching.take_while(|(key, _)| key.starts_with(&prefix)) {
                let name = &key[set.namespace.len() + 1..];
                match Ordinal::of_pod(name, &stem) {
                    Some(ordinal) if !set.wanted.wants(ordinal) => {
                        found.push((ordinal, name.to_owned(), *row));
                    }
                    _ => {}
                }
            }
        }
        found.sort_by_key(|(ordinal, ..)| *ordinal);
        found.into_iter().map(|(_, name, row)| (name, row)).collect()
    }
}

/// Neither part can have a slash in it.
fn key(namespace: &str, name: &str) -> String {
    format!("{namespace}/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::a_set;

    const BOUND: ClaimRow = ClaimRow { phase: ClaimPhase::Bound, deleting: false };

    #[test]
    fn left_behind_is_what_the_range_no_longer_covers() {
        let set = a_set("db").claiming("data").claiming("wal").starting_at(1);
        let mut index = ClaimIndex::default();
        for name in ["data-db-0", "data-db-1", "data-db-10", "data-db-9", "wal-db-4", "wal-db-3"] {
            index.add("prod", name, BOUND);
        }
        for stranger in ["data-db-x", "data-db-04", "data-db-5-0", "data-dbx-7", "other-db-7"] {
            index.add("prod", stranger, BOUND);
        }
        index.add("test", "data-db-8", BOUND);
        let names: Vec<String> =
            index.left_behind(&set).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["data-db-0", "wal-db-4", "data-db-9", "data-db-10"]);
        assert_eq!(index.get("prod", "data-db-1"), Some(BOUND));
        assert_eq!(index.get("test", "data-db-1"), None);
    }
}
