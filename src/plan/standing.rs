//! A set as it stands: what was read of it, and what is to be made of that.

use jiff::Timestamp;

use crate::model::claim_index::ClaimIndex;
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::assess::{Assessment, Phase, assess};
use crate::plan::claims::{ClaimState, Claims, claims};
use crate::plan::next::{Next, next};

/// A set as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What was read.
    pub snapshot: Snapshot,
    /// Where it stands.
    pub found: Assessment,
    /// Its claims; absent where nobody asked for them.
    pub claims: Option<Known<Claims>>,
    /// What to do next.
    pub next: Vec<Next>,
}

impl Standing {
    /// What is to be made of a set and, if they were asked for, the claims around it.
    pub fn of(snapshot: Snapshot, index: Option<&Known<ClaimIndex>>, now: Timestamp) -> Self {
        let found = assess(&snapshot, now);
        let claims = index.map(|index| claims(&snapshot.set, index));
        let next = next(&snapshot, &found);
        Self { snapshot, found, claims, next }
    }

    /// In one line of a table.
    pub fn row(&self) -> Row {
        let set = &self.snapshot.set;
        let ready = self.found.pods.iter().filter(|pod| pod.ready).count();
        Row {
            namespace: set.namespace.clone(),
            name: set.name.clone(),
            phase: self.found.phase,
            summary: self.found.summary.clone(),
            why: match &self.found.blocker {
                Some(blocker) => format!("{} {}", blocker.pod, blocker.reason),
                None if self.found.phase == Phase::Complete => String::new(),
                None => self.found.summary.clone(),
            },
            wanted: set.wanted.replicas,
            ready: u32::try_from(ready).unwrap_or(u32::MAX),
            updated: self.found.updated,
            partition: set.partition(),
            strategy: set.strategy.to_string(),
            revisions: [&set.status.current_revision, &set.status.update_revision]
                .map(Clone::clone),
            claims: match &self.claims {
                None | Some(Known::Unknown(_)) => ClaimSummary::Unknown,
                Some(Known::Read(_)) if set.claim_templates.is_empty() => ClaimSummary::None,
                Some(Known::Read(claims)) => ClaimSummary::of(claims),
            },
        }
    }
}

/// A set in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Where it stands, in one word.
    pub phase: Phase,
    /// The same in one sentence.
    pub summary: String,
    /// Why it is not complete, in as few words as there are.
    pub why: String,
    /// Wanted pods.
    pub wanted: u32,
    /// Wanted pods that are ready.
    pub ready: u32,
    /// Wanted pods on the update revision.
    pub updated: u32,
    /// The partition in force.
    pub partition: u32,
    /// The update strategy.
    pub strategy: String,
    /// The current revision and the update revision.
    pub revisions: [String; 2],
    /// Its claims.
    pub claims: ClaimSummary,
}

/// The claims of a set in a few figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimSummary {
    /// The set has no claim templates.
    None,
    /// They could not be read.
    Unknown,
    /// They are known.
    Known {
        /// Claims there should be.
        wanted: usize,
        /// Those that are not bound, by state.
        unbound: Vec<(ClaimState, usize)>,
        /// Claims no ordinal wants now.
        left_behind: usize,
    },
}

impl ClaimSummary {
    fn of(claims: &Claims) -> Self {
        let others = ClaimState::ALL.into_iter().filter(|state| *state != ClaimState::Bound);
        let counted = others.map(|state| (state, claims.count(state)));
        Self::Known {
            wanted: claims.wanted.len(),
            unbound: counted.filter(|(_, count)| *count > 0).collect(),
            left_behind: claims.left_behind.len(),
        }
    }
}
