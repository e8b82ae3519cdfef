//! A PodDisruptionBudget from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::figure;
use crate::convert::selector::selector;
use crate::model::budget::Budget;
use crate::model::budget::Demand;
use crate::model::budget::Operator;
use crate::model::budget::Requirement;
use crate::model::budget::Selector;
use crate::model::budget::Share;
use crate::wire::budget::BudgetSpec;
use crate::wire::budget::PodDisruptionBudget;
use crate::wire::value::IntOrString;

/// The budget.
pub fn budget(wire: PodDisruptionBudget) -> Result<Budget, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "poddisruptionbudget", name: &meta.name };
    let status = wire.status.unwrap_or_default();
    let spec = wire.spec.unwrap_or_default();
    let demand = demand(&spec);
    let selector = match spec.selector {
        Some(wire) => selector(subject, "spec.selector", &wire)?,
        None => nothing(),
    };
    Ok(Budget {
        name: subject.required("metadata.name", &meta.name)?,
        selector,
        disruptions_allowed: figure(status.disruptions_allowed),
        current_healthy: figure(status.current_healthy),
        desired_healthy: figure(status.desired_healthy),
        expected: figure(status.expected_pods),
        demand,
        // The test evictions are put to (`pkg/registry/core/pod/storage/eviction.go`).
        observed: status.observed_generation >= meta.generation,
    })
}

/// Validation lets a budget have one of the two.
fn demand(spec: &BudgetSpec) -> Demand {
    let share = |written: &Option<IntOrString>| written.as_ref().and_then(share);
    match (share(&spec.min_available), share(&spec.max_unavailable)) {
        (Some(least), None) => Demand::Least(least),
        (None, Some(missing)) => Demand::Missing(missing),
        _ => Demand::Unknown,
    }
}

fn share(written: &IntOrString) -> Option<Share> {
    if written.kind == 0 {
        return u32::try_from(written.number).ok().map(Share::Count);
    }
    written.string.strip_suffix('%')?.parse().ok().map(Share::Percent)
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
    fn what_a_budget_demands_is_a_number_or_a_share() {
        let demand = |spec: Value| read(&spec, &json!({})).demand;
        assert_eq!(demand(json!({"minAvailable": 2})), Demand::Least(Share::Count(2)));
        assert_eq!(demand(json!({"minAvailable": "60%"})), Demand::Least(Share::Percent(60)));
        assert_eq!(demand(json!({"maxUnavailable": 1})), Demand::Missing(Share::Count(1)));
        for unclear in [json!({}), json!({"minAvailable": "x"}), json!({"maxUnavailable": -1})] {
            assert_eq!(demand(unclear), Demand::Unknown);
        }
    }

    #[test]
    fn figures_for_an_earlier_spec_are_not_observed() {
        let status = |seen| json!({"observedGeneration": seen, "disruptionsAllowed": 1});
        assert!(!read(&json!({}), &status(1)).observed);
        assert!(read(&json!({}), &status(2)).observed);
        assert_eq!(read(&json!({}), &status(2)).disruptions_allowed, 1);
    }
}
