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
