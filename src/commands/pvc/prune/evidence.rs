//! What is known of the claims, and what follows from it.

use jiff::Timestamp;

use crate::commands::context::Context;
use crate::commands::pvc::survey::{Depth, read};
use crate::exit::Failure;
use crate::model::survey::Survey;
use crate::plan::pvc::selection::{Limits, Selection, census, select};
use crate::plan::pvc::terms::Terms;
use crate::plan::pvc::verdict::{Verdict, judge};
use crate::render::pvc::words;

/// The surveys on which claims are judged, and the terms.
pub(in crate::commands::pvc) struct Evidence {
    /// Only claims of this set, if one is named.
    pub(in crate::commands::pvc) set: Option<String>,
    /// How deep to look.
    pub(in crate::commands::pvc) depth: Depth<'static>,
    /// The terms on which claims go.
    pub(in crate::commands::pvc) terms: Terms,
    pub(in crate::commands::pvc) surveys: Vec<Survey>,
}

impl Evidence {
    /// Reads these namespaces, or with none named all of them.
    pub(in crate::commands::pvc) async fn read(
        &mut self,
        cx: &Context,
        namespaces: Vec<Option<String>>,
    ) -> Result<(), Failure> {
        for namespace in namespaces {
            let mut survey = read(cx, namespace.as_deref(), self.depth).await?;
            if namespace.is_none() {
                // Those of the cluster itself are looked at only by name.
                survey.claims.retain(|claim| !claim.namespace.starts_with("kube-"));
            }
            self.surveys.push(survey);
        }
        Ok(())
    }

    /// The verdicts on the claims that are meant.
    pub(in crate::commands::pvc) fn verdicts(&self) -> Vec<Verdict<'_>> {
        let all = self.surveys.iter().flat_map(judge);
        all.filter(|verdict| self.is_meant(verdict)).collect()
    }

    fn is_meant(&self, verdict: &Verdict<'_>) -> bool {
        let Some(set) = &self.set else { return true };
        if !verdict.owners.is_empty() {
            return verdict.owners.iter().any(|owner| owner.claimant.name == *set);
        }
        // Of a set that is gone only the name of the claim tells.
        verdict.stem.is_some_and(|(stem, _)| {
            stem.strip_suffix(set.as_str())
                .and_then(|rest| rest.strip_suffix('-'))
                .is_some_and(|template| !template.is_empty())
        })
    }

    /// What goes.
    pub(in crate::commands::pvc) fn select<'v, 'a>(
        &self,
        verdicts: &'v [Verdict<'a>],
        limits: Limits,
        now: Timestamp,
    ) -> Selection<'v, 'a> {
        let census = census(self.surveys.iter().flat_map(|survey| &survey.claims));
        select(verdicts, &census, &self.terms, limits, now)
    }

    /// How many kinds were searched.
    pub(in crate::commands::pvc) fn kinds(&self) -> usize {
        self.surveys.iter().map(|survey| survey.coverage.read.len()).max().unwrap_or(0)
    }

    /// What was not read, in words.
    pub(in crate::commands::pvc) fn gaps(&self) -> Vec<String> {
        self.surveys.iter().flat_map(|survey| survey.coverage.gaps()).map(words::gap).collect()
    }

    /// A fresh reading of these claims of a namespace, and of who could want them.
    pub(in crate::commands::pvc) async fn again(
        &self,
        cx: &Context,
        namespace: &str,
        claims: &[String],
    ) -> Result<Survey, Failure> {
        let covers = |survey: &&Survey| survey.claims.iter().any(|c| c.namespace == namespace);
        let before = self.surveys.iter().find(covers);
        let before = before.ok_or_else(|| anyhow::anyhow!("{namespace} was not read before"))?;
        cx.session.recheck(before, namespace, claims).await
    }
}
