//! A StatefulSet as this program needs it, with API defaults applied.

use std::collections::BTreeMap;
use std::fmt;

use crate::model::ordinal::{Ordinal, OrdinalRange};
use crate::model::run::RecordedRun;

/// A partition that holds back every pod, whatever the set is scaled to.
///
/// A partition equal to `replicas` would release pods added by a later scale-up.
pub const HOLD: u32 = 32767;

/// A StatefulSet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID; a set re-created under the same name has another.
    pub uid: String,
    /// Opaque version of the object, for compare-and-swap.
    pub resource_version: String,
    /// Counts changes of the spec.
    pub generation: i64,
    /// Wanted ordinals: `spec.ordinals.start` and `spec.replicas`.
    pub wanted: OrdinalRange,
    /// `spec.updateStrategy`.
    pub strategy: Strategy,
    /// `spec.podManagementPolicy`.
    pub management: PodManagement,
    /// `spec.minReadySeconds`.
    pub min_ready_seconds: u32,
    /// `spec.revisionHistoryLimit`, 10 when absent.
    pub revision_history_limit: u32,
    /// `spec.selector` in the form label selectors take in a query.
    pub selector: String,
    /// `spec.template`.
    pub template: Template,
    /// `spec.volumeClaimTemplates`.
    pub claim_templates: Vec<ClaimTemplate>,
    /// `spec.persistentVolumeClaimRetentionPolicy`.
    pub retention: Retention,
    /// `status`.
    pub status: SetStatus,
    /// The owner reference with `controller: true`.
    pub controller: Option<Owner>,
    /// Who last wrote the fields a rollout writes, by `metadata.managedFields`.
    pub managers: Vec<FieldManager>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Annotations, except `kubectl.kubernetes.io/last-applied-configuration`.
    pub annotations: BTreeMap<String, String>,
    /// Our own annotation, read.
    pub run: Option<RecordedRun>,
}

impl Set {
    /// `statefulset.apps/NAME`, as kubectl prints it.
    pub fn display(&self) -> String {
        format!("statefulset.apps/{}", self.name)
    }

    /// The name of the pod with this ordinal.
    pub fn pod_name(&self, ordinal: Ordinal) -> String {
        format!("{}-{ordinal}", self.name)
    }

    /// The name of the pod at this index.
    pub fn pod_at(&self, index: u32) -> String {
        self.pod_name(self.wanted.at(index))
    }

    /// The lowest pods, in words: `db-0`, `db-0 and db-1`, `db-0 to db-4`.
    pub fn lowest(&self, count: u32) -> String {
        match count {
            0 => "no pod".to_owned(),
            1 => self.pod_at(0),
            2 => format!("{} and {}", self.pod_at(0), self.pod_at(1)),
            _ => format!("{} to {}", self.pod_at(0), self.pod_at(count - 1)),
        }
    }

    /// Whether the controller has seen the latest spec.
    pub fn observed(&self) -> bool {
        self.status.observed_generation.is_some_and(|seen| seen >= self.generation)
    }

    /// The partition in force: how many pods, counted from the lowest, stay back.
    ///
    /// `OnDelete` and unknown strategies update nothing by themselves, but every pod that is
    /// deleted comes back updated: no partition holds there.
    pub fn partition(&self) -> u32 {
        match &self.strategy {
            Strategy::RollingUpdate(Some(rolling)) => rolling.partition,
            Strategy::RollingUpdate(None) | Strategy::OnDelete | Strategy::Other(_) => 0,
        }
    }
}

/// `spec.updateStrategy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// The controller replaces pods; `None` when `rollingUpdate` is absent, which is not the same
    /// as a partition of 0 (see [`crate::model::predict`]).
    RollingUpdate(Option<Rolling>),
    /// Pods are replaced when somebody deletes them.
    OnDelete,
    /// A strategy this program does not know, such as `Recreate`: observed, never driven.
    Other(String),
}

/// `spec.updateStrategy.rollingUpdate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rolling {
    /// Pods with an index below it are not updated.
    pub partition: u32,
    /// As written: a count or a percentage. Absent where the server does not know the field.
    pub max_unavailable: Option<String>,
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RollingUpdate(_) => f.write_str("RollingUpdate"),
            Self::OnDelete => f.write_str("OnDelete"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// One of `spec.volumeClaimTemplates`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimTemplate {
    /// Its name, the first part of the names of its claims.
    pub name: String,
    /// The storage class it names.
    pub storage_class: Option<String>,
    /// The size it asks for, as written.
    pub requested: Option<String>,
}

/// `spec.persistentVolumeClaimRetentionPolicy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// What becomes of the claims when the set is deleted.
    pub when_deleted: Fate,
    /// What becomes of the claims of pods that a scale-down takes away.
    pub when_scaled: Fate,
}

/// What becomes of claims that are no longer needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They stay, with their data.
    Retain,
    /// They are deleted.
    Delete,
}

/// `spec.podManagementPolicy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodManagement {
    /// One pod at a time, each after all lower ones are available.
    OrderedReady,
    /// Pods are created and deleted without waiting for others.
    Parallel,
}

/// What the controller last reported.
///
/// Counters lag behind the pods and mix in pods that are going away; they serve for display and
/// for prediction, never as the proof that a rollout is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetStatus {
    /// The generation the rest of the status is about.
    pub observed_generation: Option<i64>,
    /// Pods that exist.
    pub replicas: u32,
    /// Pods that are ready.
    pub ready: u32,
    /// Pods ready for `minReadySeconds`.
    pub available: u32,
    /// Pods on the update revision.
    pub updated: u32,
    /// Pods on the current revision.
    pub current: u32,
    /// Name of the ControllerRevision pods below the partition come back on.
    pub current_revision: String,
    /// Name of the ControllerRevision made from the template.
    pub update_revision: String,
}

/// An owner reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Group and version of the owner, such as `apps/v1`.
    pub api_version: String,
    /// Kind of the owner.
    pub kind: String,
    /// Name of the owner.
    pub name: String,
    /// UID of the owner.
    pub uid: String,
    /// Whether it is the one owner that manages the object.
    pub controller: bool,
}

/// One writer of fields that matter to a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldManager {
    /// `managedFields[].manager`, such as `argocd-controller`.
    pub manager: String,
    /// Whether it wrote by server-side apply, and so claims the fields.
    pub applies: bool,
    /// Whether it owns something under `spec.template`.
    pub template: bool,
    /// Whether it owns `spec.updateStrategy.rollingUpdate.partition`.
    pub partition: bool,
    /// Whether it owns `spec.updateStrategy.type`.
    pub strategy: bool,
    /// Whether it owns `spec.replicas`.
    pub replicas: bool,
}

/// A pod template, kept as canonical JSON: keys sorted, defaults as the server wrote them.
///
/// Two templates are the same exactly if their texts are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// Canonical JSON of the whole template.
    pub json: String,
    /// Container names and images, init containers first.
    pub images: Vec<(String, String)>,
}

impl Template {
    /// A short name for this exact template (64 bits of FNV-1a, in hexadecimal).
    ///
    /// Tells one template from another in our own annotation; it is not the hash Kubernetes puts
    /// into the names of revisions.
    pub fn digest(&self) -> String {
        digest(self.json.as_bytes())
    }
}

/// 64 bits of FNV-1a, in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_set, a_template};

    #[test]
    fn pods_are_named_from_the_first_ordinal() {
        let set = a_set("db").starting_at(5);
        assert_eq!(set.pod_at(0), "db-5");
        assert_eq!(set.display(), "statefulset.apps/db");
        let lowest = [0, 1, 2, 3].map(|count| set.lowest(count));
        assert_eq!(lowest, ["no pod", "db-5", "db-5 and db-6", "db-5 to db-7"]);
    }

    #[test]
    fn a_spec_is_observed_when_the_status_says_so() {
        assert!(a_set("db").observed());
        assert!(!a_set("db").unobserved().observed());
        let mut fresh = a_set("db");
        fresh.status.observed_generation = None;
        assert!(!fresh.observed());
    }

    #[test]
    fn only_a_rolling_update_holds_anything_back() {
        assert_eq!(a_set("db").at_partition(2).partition(), 2);
        for strategy in [Strategy::OnDelete, Strategy::RollingUpdate(None)] {
            assert_eq!(a_set("db").with_strategy(strategy).partition(), 0);
        }
    }

    #[test]
    fn digests_tell_templates_apart_and_never_change() {
        assert_eq!(digest(b""), "cbf29ce484222325");
        assert_eq!(digest(b"a"), "af63dc4c8601ec8c");
        assert_ne!(a_template("v1").digest(), a_template("v2").digest());
    }
}
