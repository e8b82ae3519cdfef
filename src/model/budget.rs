//! A PodDisruptionBudget and the label selectors it uses.

use std::collections::BTreeMap;

/// A PodDisruptionBudget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Name.
    pub name: String,
    /// Which pods it protects.
    pub selector: Selector,
    /// How many more of them may go now.
    pub disruptions_allowed: u32,
    /// How many are healthy now.
    pub current_healthy: u32,
    /// How many must stay healthy.
    pub desired_healthy: u32,
    /// Whether the controller has worked out the figures for the latest spec.
    pub observed: bool,
}

/// A label selector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    /// All must hold. An empty selector matches everything, as it does in `policy/v1`.
    pub requirements: Vec<Requirement>,
}

/// One condition on one label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The label.
    pub key: String,
    /// What it must be.
    pub operator: Operator,
}

/// What a label must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operator {
    /// One of these values.
    In(Vec<String>),
    /// Absent, or none of these values.
    NotIn(Vec<String>),
    /// There, whatever its value.
    Exists,
    /// Not there.
    DoesNotExist,
}

impl Selector {
    /// Whether a pod with these labels is selected.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.requirements.iter().all(|requirement| {
            let value = labels.get(&requirement.key);
            match &requirement.operator {
                Operator::In(values) => value.is_some_and(|value| values.contains(value)),
                Operator::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
                Operator::Exists => value.is_some(),
                Operator::DoesNotExist => value.is_none(),
            }
        })
    }
}
