//! The flags that say which pods go first.

use clap::Args;

use crate::exit::Failure;
use crate::model::leader::Leader;
use crate::model::order::Order;
use crate::model::ordinal::Ordinal;
use crate::model::set::Set;

/// Which pods go first.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Order")]
pub(super) struct OrderArgs {
    /// Which pod goes next: desc, asc, leader-last, or ordinals such as 3,1-2. In any order but desc the set is under OnDelete for the length of the rollout, and pods are deleted one by one [default: desc]
    #[arg(long, value_name = "ORDER")]
    order: Option<Order>,

    /// Ask this before every pod, and take the one it names last: 'label:KEY=VALUE' is the pod that has the label, 'cmd:PROGRAM ARGS' runs here, 'exec:[container=NAME] [@ORDINAL] PROGRAM ARGS' in every ready pod or in one; a program prints an ordinal or the name of a pod, or nothing
    #[arg(long, value_name = "LEADER")]
    leader: Option<Leader>,
}

impl OrderArgs {
    /// The order of a new run.
    pub(super) fn order(&self) -> Result<Order, Failure> {
        self.order_after(match self.leader {
            Some(_) => &Order::LeaderLast,
            None => &Order::Desc,
        })
    }

    /// The order of a run that goes on, having been begun in this one.
    pub(super) fn order_after(&self, begun: &Order) -> Result<Order, Failure> {
        let order = self.order.as_ref().unwrap_or(begun);
        match (order, &self.leader) {
            (Order::LeaderLast, None) => Err(Failure::usage("leader-last needs --leader")
                .hint("say how the leader is found: label:KEY=VALUE, exec:PROGRAM or cmd:PROGRAM")),
            (Order::LeaderLast, Some(_)) | (_, None) => Ok(order.clone()),
            (_, Some(_)) => Err(Failure::usage(format!(
                "--leader is for --order=leader-last, and the order is {order}"
            ))),
        }
    }

    /// Whether anything was said about the order.
    pub(super) fn is_given(&self) -> bool {
        self.order.is_some() || self.leader.is_some()
    }

    /// Whether the order that was recorded is kept, and nobody was named to ask.
    pub(super) fn needs_leader(&self) -> bool {
        self.order.as_ref().is_none_or(|order| *order == Order::LeaderLast) && self.leader.is_none()
    }

    /// Who is asked which pod leads.
    pub(super) fn leader(&self) -> Option<&Leader> {
        self.leader.as_ref()
    }

    /// The flags that another process has to be given again, as they would be typed.
    pub(super) fn words(&self) -> Vec<String> {
        let leader = self.leader.iter();
        leader.flat_map(|leader| ["--leader".to_owned(), leader.text.clone()]).collect()
    }
}

/// Fails where ordinals were named that the set does not have.
pub(super) fn known(set: &Set, unknown: &[Ordinal]) -> Result<(), Failure> {
    if unknown.is_empty() {
        return Ok(());
    }
    let pods: Vec<String> = unknown.iter().map(|ordinal| set.pod_name(*ordinal)).collect();
    let failure = Failure::usage(format!("{} has no {}", set.display(), pods.join(", ")));
    Err(match set.wanted.replicas.checked_sub(1) {
        Some(last) => failure.hint(format!("it has {} to {}", set.pod_at(0), set.pod_at(last))),
        None => failure.hint("it has no pods at all"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(order: Option<&str>, leader: Option<&str>) -> Result<Order, Failure> {
        let order = order.map(|text| text.parse().unwrap());
        OrderArgs { order, leader: leader.map(|text| text.parse().unwrap()) }.order()
    }

    #[test]
    fn naming_a_leader_means_to_take_it_last() {
        assert_eq!(order(None, None).unwrap(), Order::Desc);
        assert_eq!(order(None, Some("label:a=b")).unwrap(), Order::LeaderLast);
        assert_eq!(order(Some("leader-last"), Some("label:a=b")).unwrap(), Order::LeaderLast);
        assert!(order(Some("leader-last"), None).is_err());
        assert!(order(Some("asc"), Some("label:a=b")).is_err());
    }

    #[test]
    fn the_leader_is_given_again() {
        let args = OrderArgs { order: None, leader: Some("cmd:who leads".parse().unwrap()) };
        assert_eq!(args.words(), ["--leader", "cmd:who leads"]);
        assert_eq!(args.order_after(&Order::LeaderLast).unwrap(), Order::LeaderLast);
        assert!(args.order_after(&Order::Asc).is_err());
    }
}
