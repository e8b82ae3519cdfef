//! A PersistentVolumeClaim and the names the controller gives them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::ordinal::Ordinal;
use crate::model::set::{Owner, Set};

/// A PersistentVolumeClaim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID.
    pub uid: String,
    /// Opaque version of the object.
    pub resource_version: String,
    /// Owners: what takes the claim with it when it goes.
    pub owners: Vec<Owner>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was told to go, if it was.
    pub deleting_since: Option<Timestamp>,
    /// `status.phase`.
    pub phase: ClaimPhase,
    /// The volume it is bound to, or asks for by name.
    pub volume: Option<String>,
    /// The storage class; empty text means "none" to Kubernetes and is kept.
    pub storage_class: Option<String>,
    /// The size it asks for, as written.
    pub requested: Option<String>,
    /// The size it has, as written.
    pub capacity: Option<String>,
    /// Since when no pod uses it, where the cluster says so (KEP-5541); absent means unknown.
    pub unused_since: Option<Timestamp>,
}

/// `status.phase` of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimPhase {
    /// No volume yet.
    Pending,
    /// Has its volume.
    Bound,
    /// Its volume is gone.
    Lost,
    /// Not known to this program.
    Unknown,
}

impl ClaimPhase {
    /// As the API spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Bound => "Bound",
            Self::Lost => "Lost",
            Self::Unknown => "Unknown",
        }
    }
}

impl Set {
    /// The name of the claim the controller makes from a template for an ordinal.
    pub fn claim_name(&self, template: &str, ordinal: Ordinal) -> String {
        format!("{template}-{}-{ordinal}", self.name)
    }

    /// Whether the controller would take a claim of this name for one of the set's, whatever the
    /// ordinal.
    pub fn is_claim_of(&self, claim: &str) -> bool {
        self.claim_templates.iter().any(|template| {
            Ordinal::of_pod(claim, &format!("{}-{}", template.name, self.name)).is_some()
        })
    }

    /// The names of all claims of an ordinal, in the order of the templates.
    pub fn claim_names(&self, ordinal: Ordinal) -> Vec<String> {
        self.claim_templates
            .iter()
            .map(|template| self.claim_name(&template.name, ordinal))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::model::ordinal::Ordinal;
    use crate::testing::a_set;

    #[test]
    fn claims_are_named_after_template_set_and_ordinal() {
        let set = a_set("db").claiming("data").claiming("wal");
        assert_eq!(set.claim_names(Ordinal(7)), ["data-db-7", "wal-db-7"]);
        assert!(a_set("db").claim_names(Ordinal(0)).is_empty());
    }
}
