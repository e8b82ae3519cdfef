//! What pods and volumes ask of nodes, from the wire.
//!
//! Nothing here is an error: a condition that is not understood is kept as one, so that a pod whose
//! affinity is of a later version can still be rolled out.

use crate::convert::clean_map;
use crate::model::budget::Operator;
use crate::model::placement::NodeOperator;
use crate::model::placement::NodeRequirement;
use crate::model::placement::NodeSelector;
use crate::model::placement::NodeTerm;
use crate::model::placement::Placement;
use crate::model::placement::Toleration;
use crate::model::text::clean;
use crate::wire::affinity;
use crate::wire::pod::PodSpec;
use crate::wire::selector::LabelSelectorRequirement;

/// What a pod asks of a node.
pub(super) fn placement(spec: &PodSpec) -> Placement {
    let affinity = spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let required = affinity.and_then(|affinity| affinity.required.as_ref());
    Placement {
        labels: clean_map(&spec.node_selector),
        required: required.map(node_selector),
        tolerations: spec.tolerations.iter().map(toleration).collect(),
    }
}

pub(super) fn toleration(wire: &affinity::Toleration) -> Toleration {
    Toleration {
        key: clean(&wire.key),
        operator: match wire.operator.as_str() {
            "" => "Equal".to_owned(),
            operator => clean(operator),
        },
        value: clean(&wire.value),
        effect: clean(&wire.effect),
        seconds: wire.toleration_seconds,
    }
}

/// A choice of nodes.
pub(super) fn node_selector(wire: &affinity::NodeSelector) -> NodeSelector {
    let all = |wire: &[LabelSelectorRequirement]| wire.iter().map(requirement).collect();
    let term = |wire: &affinity::NodeSelectorTerm| NodeTerm {
        labels: all(&wire.match_expressions),
        names: all(&wire.match_fields),
    };
    NodeSelector { terms: wire.node_selector_terms.iter().map(term).collect() }
}

fn requirement(wire: &LabelSelectorRequirement) -> NodeRequirement {
    let values = || wire.values.iter().map(|value| clean(value)).collect();
    let number = || wire.values.first().and_then(|value| value.parse::<i64>().ok());
    let operator = match (wire.operator.as_str(), number()) {
        ("In", _) => NodeOperator::Label(Operator::In(values())),
        ("NotIn", _) => NodeOperator::Label(Operator::NotIn(values())),
        ("Exists", _) => NodeOperator::Label(Operator::Exists),
        ("DoesNotExist", _) => NodeOperator::Label(Operator::DoesNotExist),
        ("Gt", Some(number)) => NodeOperator::Above(number),
        ("Lt", Some(number)) => NodeOperator::Below(number),
        (other, _) => NodeOperator::Other(clean(other)),
    };
    NodeRequirement { key: clean(&wire.key), operator }
}
