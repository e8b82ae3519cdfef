//! Everything that was read to judge claims: who could want each of them.
//!
//! Claims are read first and their users afterwards. A pod made in between is then seen; a claim
//! made in between is no candidate.

pub mod claimant;
pub mod coverage;
pub mod reading;
pub mod reference;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::claim::Claim;
use crate::model::survey::claimant::{Claimant, Scaler};
use crate::model::survey::coverage::Coverage;
use crate::model::survey::reference::References;
use crate::model::volume::{ReclaimPolicy, Volume};

/// One reading of the claims of a namespace, or of all, and of everything that could want them.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The claims, sorted by namespace and name.
    pub claims: Vec<Claim>,
    /// What makes claims by ordinal: sets, and what is like them.
    pub claimants: Vec<Claimant>,
    /// Who names which claim.
    pub references: References,
    /// What changes the number of replicas by itself.
    pub scalers: Vec<Scaler>,
    /// What is known of the volumes of claims that nobody names, by name of the volume. Others are
    /// not kept, since there may be many. One that is not there was not read, or is gone: the
    /// coverage tells.
    pub volumes: BTreeMap<String, VolumeFacts>,
    /// Names of volumes that are attached to a node, or are being attached or detached.
    pub attached: BTreeSet<String>,
    /// Snapshots of claims.
    pub snapshots: Vec<SnapshotFacts>,
    /// Sets, by namespace and name, whose pods or revisions are there without an owner: an orphan
    /// deletion that may be the first half of a re-creation.
    pub ownerless: BTreeSet<(String, String)>,
    /// Namespaces that are going away, as far as this user may see that.
    pub going: BTreeSet<String>,
    /// Namespaces in which there is at least one pod.
    pub peopled: BTreeSet<String>,
    /// Releases and applications that exist, by the name their objects carry.
    pub deployments: Vec<Deployment>,
    /// Owners of claims that exist, or of which that could not be ruled out, by UID.
    pub living: BTreeSet<String>,
    /// What was read, and what was not.
    pub coverage: Coverage,
    /// When the reading was complete, by the local clock.
    pub taken_at: Timestamp,
}

/// What a verdict needs of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeFacts {
    /// UID of the claim it is bound to.
    pub claim_uid: Option<String>,
    /// What becomes of it when its claim goes.
    pub reclaim_policy: ReclaimPolicy,
    /// Whether a provisioner made it for a claim.
    pub provisioned: bool,
    /// The CSI driver, if it has one.
    pub driver: Option<String>,
    /// `status.phase`, as the API spells it.
    pub phase: String,
    /// Since when it is in that phase.
    pub phase_since: Option<Timestamp>,
}

impl Survey {
    /// Takes from an earlier survey, for this namespace, what was not read again: what it found by
    /// searching every kind, sets of others, autoscalers, snapshots, releases, owners, and what it
    /// could not read.
    ///
    /// Nothing that was read now is replaced. What both have can only make a verdict more careful.
    pub fn carry_over(&mut self, before: &Self, namespace: &str) {
        for claim in &self.claims {
            let mentions = before.references.of(&claim.namespace, &claim.name);
            for mention in mentions.iter().filter(|mention| mention.how.is_text()) {
                self.references.add(&claim.namespace, &claim.name, || mention.clone());
            }
        }
        let of_others = before.claimants.iter().filter(|claimant| !claimant.is_set());
        self.claimants.extend(of_others.filter(|of| of.namespace == namespace).cloned());
        for scaler in before.scalers.iter().filter(|scaler| scaler.namespace == namespace) {
            if !self.scalers.contains(scaler) {
                self.scalers.push(scaler.clone());
            }
        }
        let snapshots = before.snapshots.iter().filter(|of| of.namespace == namespace);
        self.snapshots.extend(snapshots.cloned());
        self.attached.extend(before.attached.iter().cloned());
        self.going.extend(before.going.iter().cloned());
        self.ownerless.extend(before.ownerless.iter().filter(|(of, _)| of == namespace).cloned());
        self.deployments.extend(before.deployments.iter().cloned());
        self.living.extend(before.living.iter().cloned());
        self.coverage.carry_over(&before.coverage, namespace);
    }
}

impl VolumeFacts {
    /// What is kept of this volume.
    pub fn of(volume: Volume) -> Self {
        Self {
            provisioned: volume.is_provisioned(),
            claim_uid: volume.claim.and_then(|claim| claim.uid),
            reclaim_policy: volume.reclaim_policy,
            driver: volume.driver,
            phase: volume.phase,
            phase_since: volume.phase_since,
        }
    }
}

/// What a verdict needs of a VolumeSnapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotFacts {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// The claim it is of.
    pub claim: String,
    /// Whether it is finished.
    pub ready: bool,
}

/// A release or an application that will bring its objects back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Such as `Helm release` or `Application.argoproj.io`.
    pub kind: String,
    /// The namespace it deploys into; absent where that is not known.
    pub namespace: Option<String>,
    /// Its name, as its objects carry it in their labels.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::survey::coverage::{DeepScan, Gap, Need};
    use crate::model::survey::reference::{Mention, Reference};
    use crate::testing::survey::{a_claimant, a_left_claim, a_survey};

    #[test]
    fn what_was_not_read_again_is_taken_from_before_and_uses_of_then_are_not() {
        let claim = a_left_claim("data-db-3", "db");
        let reference = |by: &str, how| Reference { by: by.to_owned(), how };
        let text = reference("vm/x", Mention::Text { path: "spec.pvc".to_owned() });
        let template = reference("job/x", Mention::Template);
        let gap = Gap {
            namespace: None,
            what: "x".to_owned(),
            why: "y".to_owned(),
            need: Need::Optional,
        };
        let mut before = a_survey(&[a_claimant("db", 3)], std::slice::from_ref(&claim));
        before.claimants.push(a_claimant("other", 3).of_kind("Set.x.io"));
        before.coverage.miss(gap.clone());
        for mention in [&text, &template] {
            before.references.add("prod", "data-db-3", || mention.clone());
        }
        let mut now = a_survey(&[], &[claim]);
        now.coverage = Coverage::default();
        now.carry_over(&before, "prod");
        assert_eq!(now.references.of("prod", "data-db-3"), [text]);
        assert_eq!(now.claimants.len(), 1, "sets were read again");
        assert_eq!(now.coverage.gaps(), [gap]);
        assert_eq!(now.coverage.deep, DeepScan::Done);
    }
}
