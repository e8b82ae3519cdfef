//! The documents of `pvc prune`: a plan that can be reviewed and applied, and a report.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::plan::pvc::class::{Class, Confidence};
use crate::plan::pvc::hold::HoldKind;
use crate::plan::pvc::terms::Terms;
use crate::plan::pvc::verdict::Verdict;
use crate::render::document::API_VERSION;
use crate::render::duration::stamp;
use crate::render::pvc::list::total;
use crate::render::pvc::words;

/// What is to be deleted, on which terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PrunePlan {
    /// The terms on which the claims were judged; they are judged again on the same.
    pub terms: PlannedTerms,
    /// The claims, in the order in which they go.
    pub items: Vec<Planned>,
    /// Their storage together.
    pub size: String,
}

/// The terms as they are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlannedTerms {
    /// `--class`.
    pub classes: Vec<String>,
    /// `--min-confidence`.
    pub min_confidence: String,
    /// Holds that are lifted, by their ids.
    pub lifted: Vec<String>,
    /// `--idle`, in seconds.
    pub idle_seconds: i64,
}

/// One claim of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Planned {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID: the next claim of that name is not meant.
    pub uid: String,
    /// Version: a claim that changed since was not reviewed.
    pub resource_version: String,
    /// Its volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// Its size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// What it is.
    pub class: String,
    /// How sure that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<String>,
    /// Since when it is unused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_since: Option<String>,
    /// Why it may go.
    pub why: String,
}

/// A plan as it is read from a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanFile {
    api_version: String,
    kind: String,
    cluster: PlannedCluster,
    #[serde(flatten)]
    body: Value,
}

/// What is left of a document beside its first keys.
type Value = serde_json::Map<String, serde_json::Value>;

/// The cluster a plan is for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PlannedCluster {
    /// Its address.
    pub server: String,
}

impl PlanFile {
    /// The plan, if it is one for this cluster; otherwise why it is not.
    pub fn plan(mut self, server: &str) -> Result<PrunePlan, String> {
        if self.api_version != API_VERSION || self.kind != "PrunePlan" {
            return Err(format!("it is no PrunePlan of {API_VERSION}"));
        }
        if self.cluster.server != server {
            return Err(format!("it was made for {}, and this is {server}", self.cluster.server));
        }
        self.body.remove("generatedAt");
        serde_json::from_value(serde_json::Value::Object(self.body))
            .map_err(|error| error.to_string())
    }
}

impl PlannedTerms {
    /// Of these terms.
    pub fn of(terms: &Terms) -> Self {
        Self {
            classes: terms.classes.iter().map(|class| class.name().to_owned()).collect(),
            min_confidence: terms.confidence.name().to_owned(),
            lifted: terms.lifted.iter().map(|hold| hold.id().to_owned()).collect(),
            idle_seconds: terms.idle.as_secs(),
        }
    }

    /// As terms; otherwise what is not known.
    pub fn terms(&self) -> Result<Terms, String> {
        let class = |name: &String| {
            let known = Class::ALL.into_iter().find(|class| class.name() == name);
            known.ok_or_else(|| format!("there is no class {name:?}"))
        };
        let hold = |id: &String| {
            let known = HoldKind::ALL.into_iter().find(|hold| hold.id() == id);
            known.ok_or_else(|| format!("there is no hold {id:?}"))
        };
        let confidences = [Confidence::Low, Confidence::Medium, Confidence::High];
        let confidence = confidences.into_iter().find(|known| known.name() == self.min_confidence);
        Ok(Terms {
            classes: self.classes.iter().map(class).collect::<Result<_, _>>()?,
            confidence: confidence
                .ok_or_else(|| format!("there is no confidence {:?}", self.min_confidence))?,
            lifted: self.lifted.iter().map(hold).collect::<Result<_, _>>()?,
            idle: SignedDuration::from_secs(self.idle_seconds),
        })
    }
}

impl PrunePlan {
    /// The deletion of these claims, in this order.
    pub fn of(chosen: &[&Verdict<'_>], kinds: usize, terms: &Terms) -> Self {
        Self {
            terms: PlannedTerms::of(terms),
            items: chosen.iter().map(|verdict| Planned::of(verdict, kinds)).collect(),
            size: total(chosen.iter().copied()).to_string(),
        }
    }
}

impl Planned {
    fn of(verdict: &Verdict<'_>, kinds: usize) -> Self {
        let claim = verdict.claim;
        Self {
            namespace: claim.namespace.clone(),
            name: claim.name.clone(),
            uid: claim.uid.clone(),
            resource_version: claim.resource_version.clone(),
            volume: claim.volume.clone(),
            size: claim.capacity.clone().or_else(|| claim.requested.clone()),
            class: verdict.class.name().to_owned(),
            confidence: verdict.confidence.map(|confidence| confidence.name().to_owned()),
            idle_since: verdict.idle.since().map(stamp),
            why: words::why(verdict, &[], kinds),
        }
    }
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PruneReport {
    /// The run, by which all of it can be undone.
    pub run: String,
    /// When it began.
    pub began: String,
    /// Each claim.
    pub items: Vec<Pruned>,
    /// The exit code.
    pub exit_code: u8,
    /// The command that brings everything back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restore: Option<String>,
}

/// One claim of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pruned {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID.
    pub uid: String,
    /// The volume with its data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// `deleted`, `gone`, `stopped`, `unchecked`, `going`, `rescued` or `seized`.
    pub outcome: &'static str,
    /// The same in words.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::pvc::verdict::judge;
    use crate::render::document::{Cluster, Document, Encoding, Kind};
    use crate::testing::survey::{a_claimant, a_left_claim, a_survey, now};

    fn written(encoding: Encoding) -> (PrunePlan, String) {
        let survey = a_survey(&[a_claimant("web", 3)], &[a_left_claim("data-web-4", "web")]);
        let verdicts = judge(&survey);
        let chosen: Vec<&Verdict<'_>> = verdicts.iter().collect();
        let plan = PrunePlan::of(&chosen, 14, &Terms::default());
        let cluster = Cluster { server: "https://a/".to_owned(), version: None };
        let document = Document::new(Kind::PrunePlan, now(), Some(cluster), plan.clone());
        (plan, document.encode(encoding).unwrap())
    }

    #[test]
    fn a_plan_is_read_as_it_was_written() {
        for encoding in [Encoding::Json, Encoding::Yaml] {
            let (plan, text) = written(encoding);
            let file: PlanFile = serde_yaml::from_str(&text).unwrap();
            assert_eq!(file.plan("https://a/"), Ok(plan.clone()));
            assert_eq!(plan.terms.terms(), Ok(Terms::default()));
        }
    }

    #[test]
    fn a_plan_for_another_cluster_or_of_another_kind_is_refused() {
        let (_, text) = written(Encoding::Yaml);
        let file = |text: &str| serde_yaml::from_str::<PlanFile>(text).unwrap();
        assert!(file(&text).plan("https://b/").unwrap_err().contains("https://a/"));
        let other = text.replace("PrunePlan", "PruneReport");
        assert!(file(&other).plan("https://a/").unwrap_err().contains("PrunePlan"));
        let more = text.replace("terms:", "force: true\nterms:");
        assert!(file(&more).plan("https://a/").unwrap_err().contains("force"));
        let class = text.replace("- scaled-down", "- in-rage");
        let plan = file(&class).plan("https://a/").unwrap();
        assert!(plan.terms.terms().is_err());
    }
}
