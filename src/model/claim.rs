//! A PersistentVolumeClaim and the names the controller gives them.

use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// Labels; shared, since the claims of a set have the same ones.
    pub labels: Arc<BTreeMap<String, String>>,
    /// Annotations, without those Kubernetes itself writes while it binds a claim.
    pub annotations: Arc<BTreeMap<String, String>>,
    /// What keeps it from going at once when it is told to.
    pub finalizers: Vec<String>,
    /// Who made it.
    pub maker: Maker,
    /// When somebody last wrote to it, as far as `managedFields` tell.
    pub written_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was told to go, if it was.
    pub deleting_since: Option<Timestamp>,
    /// `status.phase`.
    pub phase: ClaimPhase,
    /// The volume it is bound to, or asks for by name.
    pub volume: Option<String>,
    /// The node its volume is being made for, before it has one.
    pub selected_node: Option<String>,
    /// The storage class; empty text means "none" to Kubernetes and is kept.
    pub storage_class: Option<String>,
    /// How it may be mounted.
    pub access_modes: AccessModes,
    /// What it is filled from.
    pub source: Option<Box<ClaimSource>>,
    /// The size it asks for, as written.
    pub requested: Option<String>,
    /// The size it has, as written.
    pub capacity: Option<String>,
    /// Since when no pod uses it, where the cluster says so (KEP-5541); absent means unknown.
    pub unused_since: Option<Timestamp>,
    /// Whether the cluster says that a pod uses it. That can be stale for ever.
    pub said_in_use: bool,
    /// What is being done to its volume, or was asked for and is not done.
    pub volume_work: Option<Box<VolumeWork>>,
}

/// Who made a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maker {
    /// A controller of Kubernetes itself: for a set or for the ephemeral volume of a pod.
    Controller,
    /// A person, or another program, by the name it gave itself.
    Other(String),
    /// Nothing tells.
    Unknown,
}

/// `spec.accessModes`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccessModes {
    /// `ReadWriteOnce`: one node at a time.
    pub once: bool,
    /// `ReadWriteOncePod`: one pod at a time.
    pub once_pod: bool,
    /// `ReadOnlyMany`: many nodes read.
    pub read_many: bool,
    /// `ReadWriteMany`: many nodes write; or a mode this program does not know.
    pub write_many: bool,
}

impl AccessModes {
    /// Whether several nodes can use the volume at a time, and so somebody who is not seen here.
    pub fn are_shared(self) -> bool {
        self.read_many || self.write_many
    }

    /// As the API spells them.
    pub fn names(self) -> Vec<&'static str> {
        [
            (self.once, "ReadWriteOnce"),
            (self.once_pod, "ReadWriteOncePod"),
            (self.read_many, "ReadOnlyMany"),
            (self.write_many, "ReadWriteMany"),
        ]
        .into_iter()
        .filter_map(|(has, name)| has.then_some(name))
        .collect()
    }
}

/// `spec.dataSource` or `spec.dataSourceRef`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimSource {
    /// Kind, such as `VolumeSnapshot` or `PersistentVolumeClaim`.
    pub kind: String,
    /// Namespace, where it is another than the claim's.
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
}

/// How a change of a volume stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VolumeWork {
    /// Conditions that hold, such as `Resizing`, with their messages; never `Unused`.
    pub conditions: Vec<(String, String)>,
    /// `status.allocatedResources.storage`: the size that was asked of the driver.
    pub allocated: Option<String>,
    /// `status.allocatedResourceStatuses.storage`, such as `ControllerResizeInfeasible`.
    pub allocated_status: Option<String>,
    /// `spec.volumeAttributesClassName`.
    pub attributes_class: Option<String>,
    /// `status.currentVolumeAttributesClassName`.
    pub current_attributes_class: Option<String>,
    /// `status.modifyVolumeStatus.status`, such as `Infeasible`.
    pub modification: Option<String>,
}

impl Claim {
    /// Whether a condition holds, such as `FileSystemResizePending`.
    pub fn has_condition(&self, kind: &str) -> bool {
        self.condition(kind).is_some()
    }

    /// The message of a condition that holds.
    pub fn condition(&self, kind: &str) -> Option<&str> {
        let work = self.volume_work.as_ref()?;
        let found = work.conditions.iter().find(|(condition, _)| condition == kind)?;
        Some(&found.1)
    }

    /// The owner that manages it.
    pub fn controller(&self) -> Option<&Owner> {
        self.owners.iter().find(|owner| owner.controller)
    }
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

    /// Whether the controller would make a claim of this name now, if there were none.
    pub fn wants_claim(&self, claim: &str) -> bool {
        self.claim_templates.iter().any(|template| {
            Ordinal::of_pod(claim, &format!("{}-{}", template.name, self.name))
                .is_some_and(|ordinal| self.wanted.wants(ordinal))
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

    #[test]
    fn claims_are_wanted_for_the_ordinals_that_are() {
        let set = a_set("db").claiming("data").claiming("wal").starting_at(5).replicas(2);
        let wanted = |claim: &str| set.wants_claim(claim);
        assert!(wanted("data-db-5") && wanted("wal-db-6"));
        for stranger in ["data-db-4", "data-db-7", "data-db-05", "data-x-5", "other-db-5", "db-5"] {
            assert!(!wanted(stranger), "{stranger}");
        }
    }
}
