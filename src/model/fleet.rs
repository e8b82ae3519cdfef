//! One reading of many sets.

use jiff::Timestamp;

use crate::model::claim_index::ClaimIndex;
use crate::model::roster::Roster;
use crate::model::set::Set;
use crate::model::snapshot::{Known, Snapshot};

/// Sets, their pods and their claims.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// The sets, by namespace and name.
    pub sets: Vec<Set>,
    /// The pods of these sets, and of others.
    pub pods: Roster,
    /// The claims, or why they are not known.
    pub claims: Known<ClaimIndex>,
    /// When the reading was complete, by the local clock.
    pub taken_at: Timestamp,
}

impl Fleet {
    /// One set as a snapshot: good for showing, and for nothing that writes.
    pub fn snapshot(&self, set: &Set) -> Snapshot {
        Snapshot {
            pods: self.pods.pods(set),
            set: set.clone(),
            revisions: Vec::new(),
            budgets: Known::Unknown("not asked for".to_owned()),
            taken_at: self.taken_at,
        }
    }
}
