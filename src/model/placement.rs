//! Where a pod or a volume may be: the conditions a scheduler checks on nodes.

use std::collections::BTreeMap;

use crate::model::budget::Operator;
use crate::model::node::{Node, Taint};

/// The effects of a taint that keep new pods away.
const KEEPS_AWAY: [&str; 2] = ["NoSchedule", "NoExecute"];

/// What a pod's spec says about the nodes it may be put on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// `spec.nodeSelector`: labels a node must have.
    pub labels: BTreeMap<String, String>,
    /// `spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution`.
    pub required: Option<NodeSelector>,
    /// `spec.tolerations`.
    pub tolerations: Vec<Toleration>,
}

impl Placement {
    /// Whether the scheduler could put such a pod on the node, as far as labels and taints decide.
    pub fn allows(&self, node: &Node) -> bool {
        self.labels.iter().all(|(key, value)| node.labels.get(key) == Some(value))
            && self.required.as_ref().is_none_or(|required| required.matches(node))
            && node
                .taints
                .iter()
                .filter(|taint| KEEPS_AWAY.contains(&taint.effect.as_str()))
                .all(|taint| self.tolerations.iter().any(|one| one.tolerates(taint)))
    }
}

/// A toleration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toleration {
    /// The key of the taint; every key when empty.
    pub key: String,
    /// `Equal`, `Exists`, or what later versions invent.
    pub operator: String,
    /// The value, for `Equal`.
    pub value: String,
    /// The effect; every effect when empty.
    pub effect: String,
    /// For how many seconds a taint that evicts is put up with; absent for ever.
    pub seconds: Option<i64>,
}

impl Toleration {
    /// Whether the taint does not keep the pod away. An operator that is not known tolerates
    /// nothing.
    pub fn tolerates(&self, taint: &Taint) -> bool {
        let effect = self.effect.is_empty() || self.effect == taint.effect;
        let key = self.key.is_empty() || self.key == taint.key;
        effect
            && key
            && match self.operator.as_str() {
                "Exists" => true,
                "Equal" => !self.key.is_empty() && self.value == taint.value,
                _ => false,
            }
    }
}

/// A choice of nodes: those that fit one of the terms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSelector {
    /// One has to fit. Without any, no node does.
    pub terms: Vec<NodeTerm>,
}

/// Conditions that all have to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeTerm {
    /// On labels.
    pub labels: Vec<NodeRequirement>,
    /// On the name of the node, the only field there is.
    pub names: Vec<NodeRequirement>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRequirement {
    /// The label, or the field.
    pub key: String,
    /// What it must be.
    pub operator: NodeOperator,
}

/// What a label must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeOperator {
    /// As in label selectors.
    Label(Operator),
    /// A number above this one.
    Above(i64),
    /// A number below this one.
    Below(i64),
    /// Something this program does not know: fits no node.
    Other(String),
}

impl NodeSelector {
    /// Whether the node is among them.
    pub fn matches(&self, node: &Node) -> bool {
        self.terms.iter().any(|term| term.matches(node))
    }

    /// An operator in it that this program does not know, which makes the answer one to doubt.
    pub fn not_understood(&self) -> Option<&str> {
        let conditions = self.terms.iter().flat_map(|term| term.labels.iter().chain(&term.names));
        conditions.into_iter().find_map(|condition| match &condition.operator {
            NodeOperator::Other(name) => Some(name.as_str()),
            _ => None,
        })
    }
}

impl NodeTerm {
    /// A term without conditions fits no node.
    fn matches(&self, node: &Node) -> bool {
        let labels = |requirement: &NodeRequirement| {
            requirement.matches(node.labels.get(&requirement.key).map(String::as_str))
        };
        let named = |requirement: &NodeRequirement| requirement.matches(Some(&node.name));
        !(self.labels.is_empty() && self.names.is_empty())
            && self.labels.iter().all(labels)
            && self.names.iter().all(named)
    }
}

impl NodeRequirement {
    fn matches(&self, value: Option<&str>) -> bool {
        let number = || value.and_then(|value| value.parse::<i64>().ok());
        match &self.operator {
            NodeOperator::Label(operator) => operator.matches(value),
            NodeOperator::Above(least) => number().is_some_and(|number| number > *least),
            NodeOperator::Below(most) => number().is_some_and(|number| number < *most),
            NodeOperator::Other(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::a_node;

    fn requirement(key: &str, operator: NodeOperator) -> NodeRequirement {
        NodeRequirement { key: key.to_owned(), operator }
    }

    fn within(values: &[&str]) -> NodeOperator {
        NodeOperator::Label(Operator::In(values.iter().map(|v| (*v).to_owned()).collect()))
    }

    #[test]
    fn one_term_is_enough_and_within_it_all_conditions_count() {
        let zone = |values: &[&str]| requirement("topology.kubernetes.io/zone", within(values));
        let slots = requirement("slots", NodeOperator::Above(3));
        let term = |labels: Vec<NodeRequirement>| NodeTerm { labels, names: Vec::new() };
        let selector = NodeSelector {
            terms: vec![term(vec![zone(&["a"]), slots.clone()]), term(vec![zone(&["b"])])],
        };
        assert!(selector.matches(&a_node("n", "b")));
        assert!(!selector.matches(&a_node("n", "a")), "too few slots");
        assert!(selector.matches(&a_node("n", "a").labelled("slots", "4")));
        assert!(!selector.matches(&a_node("n", "a").labelled("slots", "many")));
        let below =
            NodeSelector { terms: vec![term(vec![requirement("slots", NodeOperator::Below(4))])] };
        assert!(below.matches(&a_node("n", "a").labelled("slots", "3")));
    }

    #[test]
    fn nothing_asked_for_is_nothing_found() {
        assert!(!NodeSelector::default().matches(&a_node("n", "a")));
        let empty = NodeSelector { terms: vec![NodeTerm::default()] };
        assert!(!empty.matches(&a_node("n", "a")));
    }

    #[test]
    fn a_node_can_be_asked_for_by_name() {
        let names = vec![requirement("metadata.name", within(&["n"]))];
        let selector = NodeSelector { terms: vec![NodeTerm { labels: Vec::new(), names }] };
        assert!(selector.matches(&a_node("n", "a")));
        assert!(!selector.matches(&a_node("m", "a")));
    }

    #[test]
    fn taints_keep_away_who_does_not_tolerate_them() {
        let node = a_node("n", "a").tainted("dedicated", "db", "NoSchedule");
        let toleration = |key: &str, operator: &str, value: &str, effect: &str| Placement {
            tolerations: vec![Toleration {
                key: key.to_owned(),
                operator: operator.to_owned(),
                value: value.to_owned(),
                effect: effect.to_owned(),
                seconds: None,
            }],
            ..Placement::default()
        };
        assert!(!Placement::default().allows(&node));
        assert!(toleration("dedicated", "Equal", "db", "NoSchedule").allows(&node));
        assert!(toleration("dedicated", "Exists", "", "").allows(&node));
        assert!(toleration("", "Exists", "", "").allows(&node));
        assert!(!toleration("dedicated", "Equal", "web", "").allows(&node));
        assert!(!toleration("dedicated", "Exists", "", "NoExecute").allows(&node));
        assert!(!toleration("dedicated", "Gt", "db", "").allows(&node), "not known");
        let preferred = a_node("n", "a").tainted("slow", "", "PreferNoSchedule");
        assert!(Placement::default().allows(&preferred));
    }

    #[test]
    fn labels_asked_for_must_be_there() {
        let labels = BTreeMap::from([("disk".to_owned(), "ssd".to_owned())]);
        let placement = Placement { labels, ..Placement::default() };
        assert!(!placement.allows(&a_node("n", "a")));
        assert!(placement.allows(&a_node("n", "a").labelled("disk", "ssd")));
    }
}
