//! A PodDisruptionBudget from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::figure;
use crate::convert::selector::selector;
use crate::model::budget::Budget;
use crate::model::budget::Operator;
use crate::model::budget::Requirement;
use crate::model::budget::Selector;
use crate::wire::budget::PodDisruptionBudget;

/// The budget.
pub fn budget(wire: PodDisruptionBudget) -> Result<Budget, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "poddisruptionbudget", name: &meta.name };
    let status = wire.status.unwrap_or_default();
    let selector = match wire.spec.and_then(|spec| spec.selector) {
        Some(wire) => selector(subject, "spec.selector", &wire)?,
        None => nothing(),
    };
    Ok(Budget {
        name: subject.required("metadata.name", &meta.name)?,
        selector,
        disruptions_allowed: figure(status.disruptions_allowed),
        current_healthy: figure(status.current_healthy),
        desired_healthy: figure(status.desired_healthy),
        // The test evictions are put to (`pkg/registry/core/pod/storage/eviction.go`).
        observed: status.observed_generation >= meta.generation,
    })
}

/// In `policy/v1` an absent selector matches no pod, and an empty one all of them.
fn nothing() -> Selector {
    let never = Requirement { key: String::new(), operator: Operator::In(Vec::new()) };
    Selector { requirements: vec![never] }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;
    use serde_json::json;

    use super::*;

    fn read(spec: &Value, status: &Value) -> Budget {
        let metadata = json!({"name": "db", "generation": 2});
        let object = json!({"metadata": metadata, "spec": spec, "status": status});
        budget(serde_json::from_value(object).unwrap()).unwrap()
    }

    #[test]
    fn an_absent_selector_protects_nothing_and_an_empty_one_everything() {
        let labels = BTreeMap::from([("app".to_owned(), "db".to_owned())]);
        assert!(!read(&json!({}), &json!({})).selector.matches(&labels));
        assert!(!read(&json!({"selector": null}), &json!({})).selector.matches(&labels));
        assert!(read(&json!({"selector": {}}), &json!({})).selector.matches(&labels));
    }

    #[test]
    fn figures_for_an_earlier_spec_are_not_observed() {
        let status = |seen| json!({"observedGeneration": seen, "disruptionsAllowed": 1});
        assert!(!read(&json!({}), &status(1)).observed);
        assert!(read(&json!({}), &status(2)).observed);
        assert_eq!(read(&json!({}), &status(2)).disruptions_allowed, 1);
    }
}
