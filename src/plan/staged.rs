//! The stages of a rollout: which pods each step updates.

use crate::model::order::Order;
use crate::model::ordinal::Ordinal;
use crate::model::run::Steps;
use crate::model::set::Set;

/// One step of a staged rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Counted from 1.
    pub number: usize,
    /// How many pods are updated when it has passed.
    pub updated: u32,
    /// The pods it updates, in order.
    pub pods: Vec<Ordinal>,
}

/// The steps of a rollout of this set in this order.
pub fn stages(set: &Set, steps: &Steps, order: &Order) -> Vec<Stage> {
    let all = set.wanted.replicas;
    let sequence = order.sequence(set.wanted);
    let mut before = 0;
    let mut stages = Vec::new();
    for updated in steps.counts(all) {
        let pods = sequence[before as usize..updated as usize].to_vec();
        stages.push(Stage { number: stages.len() + 1, updated, pods });
        before = updated;
    }
    stages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::a_set;

    #[test]
    fn each_step_takes_the_next_pods_from_the_top() {
        let set = a_set("db").replicas(8).starting_at(5);
        let stages = stages(&set, &"1,25%,100%".parse().unwrap(), &Order::Desc);
        let found: Vec<(u32, Vec<u32>)> = stages
            .iter()
            .map(|stage| (stage.updated, stage.pods.iter().map(|pod| pod.0).collect()))
            .collect();
        assert_eq!(found, [(1, vec![12]), (2, vec![11]), (8, vec![10, 9, 8, 7, 6, 5])]);
        assert_eq!(stages[2].number, 3);
    }
}
