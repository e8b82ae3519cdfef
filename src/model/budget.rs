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
    /// How many there should be.
    pub expected: u32,
    /// What it demands.
    pub demand: Demand,
    /// Whether the controller has worked out the figures for the latest spec.
    pub observed: bool,
}

/// What a budget demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// `minAvailable`: at least so many are healthy.
    Least(Share),
    /// `maxUnavailable`: at most so many are not.
    Missing(Share),
    /// Nothing this program can read.
    Unknown,
}

/// A number, or a share of what there should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// So many.
    Count(u32),
    /// So many of a hundred, rounded up.
    Percent(u32),
}

impl Share {
    /// How many that is of so many.
    pub fn of(self, all: u32) -> u32 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => {
                let share = (u64::from(all) * u64::from(percent)).div_ceil(100);
                u32::try_from(share).unwrap_or(u32::MAX)
            }
        }
    }
}

impl Budget {
    /// How many must be healthy once there should be so many pods fewer; `None` when that is not
    /// known.
    ///
    /// Follows `getExpectedPodCount` of the disruption controller
    /// (`pkg/controller/disruption/disruption.go`): percentages and `maxUnavailable` are counted
    /// from the replicas of the controllers, so they move with a scaling, and a number in
    /// `minAvailable` does not.
    pub fn desired_with_fewer(&self, fewer: u32) -> Option<u32> {
        let expected = self.expected.saturating_sub(fewer);
        match self.demand {
            Demand::Least(share) => Some(share.of(expected)),
            Demand::Missing(share) => Some(expected.saturating_sub(share.of(expected))),
            Demand::Unknown => None,
        }
    }
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
            requirement.operator.matches(labels.get(&requirement.key).map(String::as_str))
        })
    }
}

impl Operator {
    /// Whether a label with this value, or its absence, is what is asked for.
    pub fn matches(&self, value: Option<&str>) -> bool {
        let among =
            |values: &[String]| value.is_some_and(|value| values.iter().any(|one| one == value));
        match self {
            Self::In(values) => among(values),
            Self::NotIn(values) => !among(values),
            Self::Exists => value.is_some(),
            Self::DoesNotExist => value.is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(key: &str, operator: Operator, labels: &[(&str, &str)]) -> bool {
        let labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Selector { requirements: vec![Requirement { key: key.to_owned(), operator }] }
            .matches(&labels)
    }

    #[test]
    fn what_is_demanded_moves_with_the_size_unless_it_is_a_number() {
        let budget = |demand| Budget {
            name: "db".to_owned(),
            selector: Selector::default(),
            disruptions_allowed: 1,
            current_healthy: 5,
            desired_healthy: 4,
            expected: 5,
            demand,
            observed: true,
        };
        let fewer = |demand, fewer| budget(demand).desired_with_fewer(fewer);
        assert_eq!(fewer(Demand::Least(Share::Count(4)), 2), Some(4));
        assert_eq!(fewer(Demand::Least(Share::Percent(50)), 2), Some(2));
        assert_eq!(fewer(Demand::Missing(Share::Count(1)), 2), Some(2));
        assert_eq!(fewer(Demand::Missing(Share::Percent(50)), 2), Some(1));
        assert_eq!(fewer(Demand::Missing(Share::Count(9)), 2), Some(0));
        assert_eq!(fewer(Demand::Unknown, 2), None);
    }

    #[test]
    fn an_empty_selector_matches_everything() {
        assert!(Selector::default().matches(&BTreeMap::new()));
    }

    #[test]
    fn operators_mean_what_they_mean_to_the_server() {
        let values = || vec!["a".to_owned(), "b".to_owned()];
        assert!(matches("k", Operator::In(values()), &[("k", "b")]));
        assert!(!matches("k", Operator::In(values()), &[("k", "c")]));
        assert!(!matches("k", Operator::In(values()), &[]));
        assert!(matches("k", Operator::NotIn(values()), &[]), "absent is not in");
        assert!(!matches("k", Operator::NotIn(values()), &[("k", "a")]));
        assert!(matches("k", Operator::Exists, &[("k", "")]));
        assert!(matches("k", Operator::DoesNotExist, &[("x", "")]));
    }

    #[test]
    fn all_requirements_have_to_hold() {
        let one = |key: &str| Requirement { key: key.to_owned(), operator: Operator::Exists };
        let both = Selector { requirements: vec![one("a"), one("b")] };
        let labels = BTreeMap::from([("a".to_owned(), String::new())]);
        assert!(!both.matches(&labels));
    }
}
