//! Snapshots of claims in words, tables and documents.

use serde::Serialize;

use crate::model::volume::ReclaimPolicy;
use crate::model::volume_snapshot::VolumeSnapshot;
use crate::plan::pvc::snapshot::{NoSnapshot, Shot};
use crate::render::table::{Headers, table};

/// What is about to be taken.
pub fn plan(shots: &[Shot]) -> String {
    let rows = shots.iter().map(|shot| {
        vec![
            shot.new.claim.clone(),
            shot.ordinal.to_string(),
            shot.size.clone().unwrap_or_default(),
            shot.new.class.clone(),
            shot.new.name.clone(),
        ]
    });
    table(&["claim", "ordinal", "size", "class", "snapshot"], Headers::Shown, rows)
}

/// What has to be known of such snapshots.
pub fn warnings(shots: &[Shot]) -> Vec<String> {
    let mut warnings = Vec::new();
    if shots.len() > 1 {
        warnings.push(
            "the snapshots are taken one after the other: each is consistent as after a crash, all of them together are not"
                .to_owned(),
        );
    }
    let mut classes: Vec<&str> = shots
        .iter()
        .filter(|shot| shot.deletion != ReclaimPolicy::Retain)
        .map(|shot| shot.new.class.as_str())
        .collect();
    classes.sort_unstable();
    classes.dedup();
    if !classes.is_empty() {
        warnings.push(format!(
            "of class {} a snapshot is deleted in the storage with its object, and so with its namespace (deletionPolicy)",
            classes.join(", ")
        ));
    }
    warnings
}

/// Why no snapshot is taken, and what to do about it.
pub fn refusal(why: &NoSnapshot, command: &dyn Fn(&[&str]) -> String) -> (String, Option<String>) {
    let hint = |text: &str| Some(text.to_owned());
    match why {
        NoSnapshot::NotServed => (
            "this cluster has no snapshots: it does not serve snapshot.storage.k8s.io/v1"
                .to_owned(),
            hint(
                "the CRDs and the snapshot controller of kubernetes-csi/external-snapshotter make them",
            ),
        ),
        NoSnapshot::Unknown { what, why } => (format!("{what} cannot be known: {why}"), None),
        NoSnapshot::NoTemplate { template } => {
            (format!("the set has no claim template {template}"), None)
        }
        NoSnapshot::NoTemplates => ("the set has no claim templates".to_owned(), None),
        NoSnapshot::NoOrdinals => (
            "the set wants no pods".to_owned(),
            hint("name the ordinals whose claims to take with --ordinals"),
        ),
        NoSnapshot::Missing { claim } => (format!("there is no pvc/{claim}"), None),
        NoSnapshot::Unbound { claim } => (format!("pvc/{claim} has no volume yet"), None),
        NoSnapshot::Going { claim } => (
            format!("pvc/{claim} is being deleted, and no snapshot of it can be taken any more"),
            Some(format!("save its data: {}", command(&["pvc", "rescue", claim]))),
        ),
        NoSnapshot::NoDriver { claim } => {
            (format!("the volume of pvc/{claim} has no CSI driver, and so no snapshots"), None)
        }
        NoSnapshot::NoClass { class } => (
            format!("there is no volumesnapshotclass/{class}"),
            hint("see which there are: kubectl get volumesnapshotclasses"),
        ),
        NoSnapshot::OtherDriver { class, driver, claim, wanted } => (
            format!(
                "volumesnapshotclass/{class} is for driver {driver}, and pvc/{claim} is of {wanted}"
            ),
            None,
        ),
        NoSnapshot::NoDefault { driver, classes } if classes.is_empty() => {
            (format!("there is no volumesnapshotclass for driver {driver}"), None)
        }
        NoSnapshot::NoDefault { driver, classes } => (
            format!("no volumesnapshotclass is the default one of driver {driver}"),
            Some(format!("name one with --class: {}", classes.join(", "))),
        ),
    }
}

/// How a snapshot stands, in few words.
pub fn standing(snapshot: &VolumeSnapshot) -> String {
    match (&snapshot.error, snapshot.ready) {
        (_, true) => "ready".to_owned(),
        (Some(error), false) => format!("not ready: {error}"),
        (None, false) => "not ready".to_owned(),
    }
}

/// How the snapshots of a run stand.
pub fn taken(snapshots: &[VolumeSnapshot]) -> String {
    let rows = snapshots.iter().map(|one| {
        vec![
            one.name.clone(),
            one.claim.clone().unwrap_or_default(),
            one.ready.to_string(),
            one.restore_size.clone().unwrap_or_default(),
            one.error.clone().filter(|_| !one.ready).unwrap_or_default(),
        ]
    });
    table(&["snapshot", "claim", "ready", "size", "error"], Headers::Shown, rows)
}

/// The end of a run as a document.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Namespace.
    pub namespace: String,
    /// The set.
    pub set: String,
    /// The run, which is a label of every snapshot.
    pub run: String,
    /// The snapshots taken.
    pub items: Vec<Item>,
    /// Older ones that were deleted.
    pub deleted: Vec<String>,
    /// What went wrong.
    pub failures: Vec<String>,
}

/// One snapshot of the document.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    name: String,
    claim: String,
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restore_size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Item {
    /// Of this reading of a snapshot.
    pub fn of(snapshot: &VolumeSnapshot) -> Self {
        Self {
            name: snapshot.name.clone(),
            claim: snapshot.claim.clone().unwrap_or_default(),
            ready: snapshot.ready,
            class: snapshot.class.clone(),
            restore_size: snapshot.restore_size.clone(),
            error: snapshot.error.clone().filter(|_| !snapshot.ready),
        }
    }
}
