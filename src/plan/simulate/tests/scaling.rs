//! Scaling, alone and in the middle of a canary.

use crate::model::ordinal::Ordinal;
use crate::model::set::HOLD;
use crate::plan::simulate::change::Change;
use crate::plan::simulate::forecast::{Before, End, Forecast};
use crate::plan::simulate::tests::{
    ON, acts, after, assumed, forecast, picture, settled, simulate, stuck_on, template, unready,
};
use crate::plan::simulate::world::Simulation;
use crate::testing::OLD;

#[test]
fn one_unready_pod_on_the_way_down_does_not_matter_and_two_lock_each_other() {
    let set = settled(5);
    for unhealthy in [4, 3] {
        let down = forecast(&unready(&set, &[unhealthy]), &[Change::Replicas(3)], ON);
        assert_eq!((acts(&down).as_str(), &down.end), ("-4 -3", &End::Settled));
    }
    let stuck = forecast(&unready(&set, &[3, 4]), &[Change::Replicas(3)], ON);
    assert_eq!(acts(&stuck), "");
    assert_eq!(stuck_on(&stuck), Some((3, Before::ScaleDown)));
    for by_hand in [3, 4] {
        let mut simulation = Simulation::new(&unready(&set, &[3, 4]), assumed(ON));
        after(&mut simulation, &[Change::Replicas(3)]);
        let freed = after(&mut simulation, &[Change::DeletePod(Ordinal(by_hand))]);
        assert_eq!((freed.pods.len(), &freed.end), (3, &End::Settled));
    }
}

#[test]
fn a_survivor_that_is_not_ready_stops_a_scale_down_in_order_and_not_in_parallel() {
    let ordered = forecast(&unready(&settled(5), &[0]), &[Change::Replicas(3)], ON);
    assert_eq!((acts(&ordered).as_str(), stuck_on(&ordered)), ("", Some((0, Before::Next))));
    let set = settled(5).parallel();
    let parallel = forecast(&unready(&set, &[0]), &[Change::Replicas(3)], ON);
    assert_eq!(acts(&parallel), "-4 -3");
    assert_eq!(parallel.acts[0].burst, parallel.acts[1].burst, "in no order");
}

#[test]
fn scaling_a_broken_canary_away_spreads_it() {
    let canary = |partition: u32, replicas: u32, rest: &[Change]| {
        let mut simulation = simulate(&settled(5).at_partition(partition), ON);
        let stuck = after(&mut simulation, &[template("bad")]);
        assert_eq!(stuck_on(&stuck), Some((4, Before::Next)));
        let changes = [&[Change::Replicas(replicas)], rest].concat();
        (after(&mut simulation, &changes), simulation)
    };
    assert_eq!(picture(&canary(3, 4, &[]).0), "0:db-old 1:db-old 2:db-old 3:#2!");
    assert_eq!(picture(&canary(0, 3, &[]).0), "0:db-old 1:db-old 2:#2!");
    let (held, _) = canary(3, 4, &[Change::Partition(HOLD)]);
    assert_eq!(picture(&held), "0:db-old 1:db-old 2:db-old 3:db-old");
    // Down to the partition it looks clean, and comes back broken.
    let (clean, mut simulation) = canary(3, 3, &[]);
    assert_eq!(
        (picture(&clean).as_str(), &clean.end),
        ("0:db-old 1:db-old 2:db-old", &End::Settled)
    );
    let back = after(&mut simulation, &[Change::Replicas(5)]);
    assert_eq!(picture(&back), "0:db-old 1:db-old 2:db-old 3:#2!");
}

#[test]
fn a_broken_canary_keeps_a_scale_up_from_beginning() {
    let mut simulation = simulate(&settled(3).at_partition(2), ON);
    after(&mut simulation, &[template("bad")]);
    let stuck = after(&mut simulation, &[Change::Replicas(5)]);
    assert_eq!((acts(&stuck).as_str(), stuck_on(&stuck)), ("", Some((2, Before::Next))));
}

#[test]
fn scaling_to_zero_promotes_the_new_revision() {
    for partition in [2, HOLD] {
        let mut simulation = simulate(&settled(3).at_partition(partition), ON);
        after(&mut simulation, &[template("v2")]);
        let zero = after(&mut simulation, &[Change::Replicas(0)]);
        assert!(Forecast::is_new(&zero.current));
        let back = after(&mut simulation, &[Change::Replicas(3)]);
        assert_eq!(picture(&back), "0:#2 1:#2 2:#2");
    }
}

#[test]
fn pods_of_a_scale_up_are_old_only_below_the_partition() {
    let up = |partition: u32, replicas: u32| {
        let mut simulation = simulate(&settled(3).at_partition(partition), ON);
        after(&mut simulation, &[template("v2")]);
        picture(&after(&mut simulation, &[Change::Replicas(replicas)]))
    };
    let old = "0:db-old 1:db-old";
    assert_eq!(up(HOLD, 5), format!("{old} 2:db-old 3:db-old 4:db-old"));
    assert_eq!(up(3, 5), format!("{old} 2:db-old 3:#2 4:#2"));
    assert_eq!(up(2, 6), format!("{old} 2:#2 3:#2 4:#2 5:#2"));
}

#[test]
fn a_scale_down_to_the_partition_promotes_nothing() {
    let mut simulation = simulate(&settled(6).at_partition(2), ON);
    after(&mut simulation, &[template("v2")]);
    let two = after(&mut simulation, &[Change::Replicas(2)]);
    assert_eq!((two.current.as_str(), simulation.set().status.updated), (OLD, 0));
    let three = after(&mut simulation, &[Change::Replicas(3)]);
    assert_eq!(picture(&three), "0:db-old 1:db-old 2:#2");
}
