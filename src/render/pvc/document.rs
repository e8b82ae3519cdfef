//! The document of `pvc list`: `ClaimReport`.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::survey::Survey;
use crate::model::survey::coverage::Need;
use crate::plan::pvc::verdict::Verdict;
use crate::render::document::{Cluster, Document, Kind};
use crate::render::duration::stamp;
use crate::render::pvc::list::{Judged, total};
use crate::render::pvc::words;

/// The claims of a namespace, or of a cluster, each with its verdict.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimReport {
    /// The claims, sorted by namespace and name.
    pub items: Vec<ClaimItem>,
    /// Their sum.
    pub totals: Totals,
    /// What could not be read, and why.
    pub unknown: Vec<Unread>,
    /// What to know about these claims, in sentences.
    pub warnings: Vec<String>,
}

/// One claim.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimItem {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID.
    pub uid: String,
    /// Version as it was judged.
    pub resource_version: String,
    /// The one set that would use a claim of this name, such as `statefulset/db`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// The claim template of that set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The ordinal in its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordinal: Option<u32>,
    /// What it is, such as `scaled-down` or `in-use`.
    pub class: &'static str,
    /// `high`, `medium` or `low`; only of what is left behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<&'static str>,
    /// Why it is not surer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<&'static str>,
    /// Whether it would be deleted on the terms that were given.
    pub prunable: bool,
    /// Why it would not, each with the flag that lifts it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<String>,
    /// Reasons no flag lifts.
    pub vetoes: Vec<VetoItem>,
    /// Reasons to leave it that a flag lifts.
    pub holds: Vec<HoldItem>,
    /// Finished snapshots of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub snapshots: Vec<String>,
    /// Since when it is unused, if anything tells (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_since: Option<String>,
    /// Whether that is more than the absence of a trace.
    pub idle_is_proven: bool,
    /// Its size, as Kubernetes writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Its storage class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class: Option<String>,
    /// Its volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// What becomes of the volume when the claim goes; only of claims nobody names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reclaim_policy: Option<String>,
}

/// A reason no flag lifts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VetoItem {
    /// A name that stays, such as `V1`.
    pub id: &'static str,
    /// In words.
    pub message: String,
}

/// A reason to leave a claim.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HoldItem {
    /// A name that stays, such as `parked`.
    pub id: &'static str,
    /// In words.
    pub message: String,
    /// The flag that lifts it; absent when none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted_by: Option<&'static str>,
}

/// Sums over the claims of a report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Claims.
    pub claims: usize,
    /// Of these, those that would be deleted.
    pub prunable: usize,
    /// Of these, those that are left behind for any reason.
    pub left_behind: usize,
    /// Of these, those that could not be judged.
    pub unknown: usize,
    /// The storage of those that would be deleted, in bytes.
    pub prunable_bytes: u64,
}

/// Something that could not be read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unread {
    /// The namespace it is about; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// What was to be read.
    pub what: String,
    /// Why it was not.
    pub why: String,
    /// Whether nothing can be judged without it.
    pub required: bool,
}

/// The document.
pub fn document(
    shown: &[&Judged<'_, '_>],
    survey: &Survey,
    warnings: Vec<String>,
    now: Timestamp,
    cluster: Cluster,
) -> Document<ClaimReport> {
    let prunable = || shown.iter().filter(|row| row.goes()).map(|row| row.verdict);
    let count =
        |wanted: fn(&Verdict<'_>) -> bool| shown.iter().filter(|row| wanted(row.verdict)).count();
    let report = ClaimReport {
        items: shown.iter().map(|row| item(row)).collect(),
        totals: Totals {
            claims: shown.len(),
            prunable: prunable().count(),
            left_behind: count(|verdict| verdict.class.is_left_behind()),
            unknown: count(|verdict| verdict.class == crate::plan::pvc::class::Class::Unknown),
            prunable_bytes: u64::try_from(total(prunable()).to_bytes()).unwrap_or(u64::MAX),
        },
        unknown: survey
            .coverage
            .gaps()
            .iter()
            .map(|gap| Unread {
                namespace: gap.namespace.clone(),
                what: gap.what.clone(),
                why: gap.why.clone(),
                required: gap.need == Need::Required,
            })
            .collect(),
        warnings,
    };
    Document::new(Kind::ClaimReport, now, Some(cluster), report)
}

/// One claim of the document.
pub fn item(row: &Judged<'_, '_>) -> ClaimItem {
    let verdict = row.verdict;
    let claim = verdict.claim;
    let owner = verdict.owner();
    ClaimItem {
        namespace: claim.namespace.clone(),
        name: claim.name.clone(),
        uid: claim.uid.clone(),
        resource_version: claim.resource_version.clone(),
        set: owner.map(|owner| owner.claimant.display()),
        template: owner.map(|owner| owner.template.to_owned()),
        ordinal: verdict.ordinal().map(|ordinal| ordinal.0),
        class: verdict.class.name(),
        confidence: verdict.confidence.map(crate::plan::pvc::class::Confidence::name),
        doubts: verdict.doubts.iter().map(|doubt| doubt.words()).collect(),
        prunable: row.goes(),
        objections: row.objections.iter().map(words::objection).collect(),
        vetoes: verdict
            .vetoes
            .iter()
            .map(|veto| VetoItem { id: veto.id(), message: veto.words() })
            .collect(),
        holds: verdict
            .holds
            .iter()
            .map(|hold| HoldItem {
                id: hold.kind().id(),
                message: hold.words(),
                lifted_by: hold.kind().flag(),
            })
            .collect(),
        snapshots: verdict.snapshots.iter().map(|name| (*name).to_owned()).collect(),
        idle_since: verdict.idle.since().filter(|_| verdict.class.is_left_behind()).map(stamp),
        idle_is_proven: verdict.class.is_left_behind() && verdict.idle.is_proven(),
        size: claim.capacity.clone().or_else(|| claim.requested.clone()),
        storage_class: claim.storage_class.clone(),
        volume: claim.volume.clone(),
        reclaim_policy: verdict.volume.map(|volume| volume.reclaim_policy.name().to_owned()),
    }
}
