//! A plan that somebody has looked at: nothing else is deleted, and nothing that changed since.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;

use crate::commands::context::{Context, refused};
use crate::exit::{Exit, Failure};
use crate::plan::pvc::selection::Selection;
use crate::plan::pvc::terms::Terms;
use crate::render::pvc::prune_document::{PlanFile, Planned, PrunePlan};

/// The plan.
pub(super) struct Given {
    plan: PrunePlan,
}

/// Reads a plan for this cluster.
pub(super) fn read(cx: &Context, path: &Path) -> Result<Given, Failure> {
    let usage = |cause: anyhow::Error| Failure::new(Exit::Usage, cause);
    let shown = path.display();
    let text = match path.to_str() {
        Some("-") => cx.terminal.read_input(),
        _ => std::fs::read_to_string(path),
    };
    let text = text.with_context(|| format!("could not read {shown}")).map_err(usage)?;
    let file: PlanFile = serde_yaml::from_str(&text)
        .with_context(|| format!("{shown} is no plan"))
        .map_err(usage)?;
    let plan = file.plan(&cx.session.server().to_string()).map_err(|why| {
        refused(&format!("{shown} is not applied: {why}")).hint("nothing was changed")
    })?;
    Ok(Given { plan })
}

impl Given {
    /// The terms of the plan, on which the claims are judged again.
    pub(super) fn terms(&self) -> Result<Terms, Failure> {
        self.plan.terms.terms().map_err(Failure::usage)
    }

    /// The namespaces of its claims.
    pub(super) fn namespaces(&self) -> BTreeSet<String> {
        self.plan.items.iter().map(|item| item.namespace.clone()).collect()
    }

    /// Leaves of a selection what is in the plan and unchanged; tells what of the plan is not.
    pub(super) fn narrow(&self, selection: &mut Selection<'_, '_>) -> Vec<String> {
        let is = |item: &Planned, namespace: &str, name: &str| {
            item.namespace == namespace && item.name == name
        };
        let unchanged = |item: &Planned| {
            selection.chosen.iter().any(|verdict| {
                is(item, &verdict.claim.namespace, &verdict.claim.name)
                    && item.uid == verdict.claim.uid
                    && item.resource_version == verdict.claim.resource_version
            })
        };
        let strays: Vec<&Planned> =
            self.plan.items.iter().filter(|item| !unchanged(item)).collect();
        let told = strays
            .iter()
            .map(|item| {
                let name = format!("pvc/{} of namespace {}", item.name, item.namespace);
                let chosen = selection
                    .chosen
                    .iter()
                    .any(|verdict| is(item, &verdict.claim.namespace, &verdict.claim.name));
                if chosen {
                    format!("{name} is left: it has changed since the plan was made")
                } else {
                    format!("{name} is left: it may not go on these terms now, or is not there")
                }
            })
            .collect();
        let planned: Vec<(String, String)> = self
            .plan
            .items
            .iter()
            .filter(|item| unchanged(item))
            .map(|item| (item.namespace.clone(), item.name.clone()))
            .collect();
        selection.chosen.retain(|verdict| {
            planned.iter().any(|(namespace, name)| {
                *namespace == verdict.claim.namespace && *name == verdict.claim.name
            })
        });
        let of_plan = |namespace: &str, name: &str| {
            self.plan.items.iter().any(|item| is(item, namespace, name))
        };
        selection
            .left
            .retain(|(verdict, _)| of_plan(&verdict.claim.namespace, &verdict.claim.name));
        selection.kept.clear();
        told
    }
}
