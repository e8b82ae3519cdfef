//! The body of a StatefulSet patch.

use anyhow::Context as _;
use serde_json::{Map, Value, json};

use crate::convert::run::print;
use crate::model::run::{ANNOTATION, OriginalStrategy};
use crate::plan::step::{RunChange, SetPatch, StrategyChange, TemplateChange};

/// A strategic merge patch that the server refuses when the set has changed or is another one.
pub(crate) fn body(patch: &SetPatch) -> anyhow::Result<Value> {
    let mut metadata = json!({
        "uid": patch.uid,
        "resourceVersion": patch.resource_version,
    });
    match &patch.run {
        RunChange::Keep => {}
        RunChange::Write(run) => metadata["annotations"] = json!({ ANNOTATION: print(run) }),
        RunChange::Remove => metadata["annotations"] = json!({ ANNOTATION: null }),
    }
    let mut spec = Map::new();
    match &patch.template {
        TemplateChange::Keep => {}
        TemplateChange::Merge(template) => {
            spec.insert("template".into(), parse(template)?);
        }
        TemplateChange::Replace(template) => {
            let mut template = parse(template)?;
            template["$patch"] = "replace".into();
            spec.insert("template".into(), template);
        }
    }
    if let Some(replicas) = patch.replicas {
        spec.insert("replicas".into(), replicas.into());
    }
    let strategy = match &patch.strategy {
        StrategyChange::Keep => None,
        StrategyChange::Partition(partition) => Some(rolling(*partition)),
        StrategyChange::Restore(OriginalStrategy::RollingUpdate(Some(rolling_update))) => {
            Some(rolling(rolling_update.partition))
        }
        StrategyChange::Restore(OriginalStrategy::RollingUpdate(None)) => {
            Some(json!({ "type": "RollingUpdate", "rollingUpdate": null }))
        }
        StrategyChange::Rebuild(whole) => {
            let mut strategy = rolling(whole.partition);
            if let Some(most) = &whole.max_unavailable {
                let number = most.parse::<u32>().map(Value::from);
                let most = number.unwrap_or_else(|_| most.as_str().into());
                strategy["rollingUpdate"]["maxUnavailable"] = most;
            }
            Some(strategy)
        }
        // Validation accepts `OnDelete` only without `rollingUpdate`.
        StrategyChange::OnDelete | StrategyChange::Restore(OriginalStrategy::OnDelete) => {
            Some(json!({ "type": "OnDelete", "rollingUpdate": null }))
        }
    };
    if let Some(strategy) = strategy {
        spec.insert("updateStrategy".into(), strategy);
    }
    let mut body = json!({ "metadata": metadata });
    if !spec.is_empty() {
        body["spec"] = spec.into();
    }
    Ok(body)
}

fn rolling(partition: u32) -> Value {
    json!({ "type": "RollingUpdate", "rollingUpdate": { "partition": partition } })
}

fn parse(template: &str) -> anyhow::Result<Value> {
    let template: Value = serde_json::from_str(template).context("the pod template is not JSON")?;
    anyhow::ensure!(template.is_object(), "the pod template is not an object");
    Ok(template)
}

#[cfg(test)]
mod tests;
