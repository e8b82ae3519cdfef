//! How many pods are down at once.

use crate::model::ordinal::Ordinal;
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::simulate::change::Change;
use crate::plan::simulate::forecast::{Before, End};
use crate::plan::simulate::tests::{
    OFF, ON, acts, after, at_most, forecast, fresh, picture, settled, simulate, stuck_on, template,
    unready,
};
use crate::testing::{NEW, a_pod, a_snapshot, at};

#[test]
fn an_ordered_set_takes_several_down_and_makes_them_from_the_lowest() {
    let set = at_most(settled(10), "3");
    let rolled = forecast(&fresh(&set), &[template("v2")], ON);
    assert_eq!(acts(&rolled), "-9 -8 -7 +7 +8 +9 -6 -5 -4 +4 +5 +6 -3 -2 -1 +1 +2 +3 -0 +0");
    assert_eq!(rolled.most_down, 3);
    let dropped = forecast(&fresh(&set), &[template("v2")], OFF);
    assert_eq!(dropped.most_down, 1);
    let parallel = forecast(&fresh(&set.clone().parallel()), &[template("v2")], ON);
    assert_eq!(parallel.most_down, 3);
    let canary = forecast(&fresh(&at_most(settled(6).at_partition(4), "3")), &[template("v2")], ON);
    assert_eq!(acts(&canary), "-5 -4 +4 +5");
}

#[test]
fn a_broken_batch_leaves_holes_and_the_old_template_does_not_fill_them() {
    let mut simulation = simulate(&at_most(settled(6), "3"), ON);
    let stuck = after(&mut simulation, &[template("bad")]);
    assert_eq!(picture(&stuck), "0:db-old 1:db-old 2:db-old 3:#2!");
    assert_eq!((stuck_on(&stuck), simulation.set().status.replicas), (Some((3, Before::Next)), 4));
    assert_eq!(acts(&after(&mut simulation, &[template("old")])), "");
    let healed = after(&mut simulation, &[Change::DeletePod(Ordinal(3))]);
    assert_eq!((acts(&healed).as_str(), &healed.end), ("+3 +4 +5", &End::Settled));
    let mut one = simulate(&at_most(settled(6).at_partition(5), "3"), ON);
    let canary = after(&mut one, &[template("bad")]);
    assert_eq!((canary.most_down, canary.running()), (1, 5));
}

#[test]
fn pods_down_at_once_when_the_partition_falls_at_a_stroke() {
    let down = |set: Set, feature| {
        let mut simulation = simulate(&set.at_partition(3), feature);
        after(&mut simulation, &[template("v2")]);
        after(&mut simulation, &[Change::Partition(0)]).most_down
    };
    let six = || settled(6);
    assert_eq!([down(six(), ON), down(six(), OFF)], [1, 1]);
    assert_eq!([down(six().parallel(), ON), down(six().parallel(), OFF)], [1, 1]);
    let most = |set: Set, feature| {
        forecast(&fresh(&at_most(set, "3")), &[template("v2")], feature).most_down
    };
    assert_eq!([most(six(), ON), most(six(), OFF)], [3, 1]);
    assert_eq!([most(six().parallel(), ON), most(six().parallel(), OFF)], [3, 1]);
}

#[test]
fn a_parallel_set_loses_all_pods_that_are_not_available_yet() {
    let set = settled(5).parallel().min_ready(60);
    let mut young = fresh(&set);
    young.pods.iter_mut().for_each(|pod| pod.ready_since = Some(at(-1)));
    let all = forecast(&young, &[template("v2")], ON);
    assert_eq!((all.most_down, acts(&all).split(" +").next()), (5, Some("-4 -3 -2 -1 -0")));
    assert_eq!(forecast(&young, &[template("v2")], OFF).most_down, 1);
    let held = Set { strategy: set.clone().at_partition(2).strategy, ..set };
    let window = Snapshot { set: held, ..young };
    assert_eq!(forecast(&window, &[template("v2")], ON).most_down, 3);
}

#[test]
fn an_abort_inside_the_window_takes_all_canaries_down_at_once() {
    let mut set = settled(6).parallel().min_ready(60).at_partition(3).updating();
    set.status.updated = 3;
    set.status.current = 3;
    let snapshot = [3, 4, 5].iter().fold(a_snapshot(&set), |snapshot, ordinal| {
        snapshot.with(a_pod(&set, *ordinal).on(NEW).ready_at(at(-1)))
    });
    assert_eq!(forecast(&snapshot, &[template("old")], ON).most_down, 3);
}

#[test]
fn broken_old_pods_of_a_parallel_set_go_first_with_the_feature_only() {
    let set = settled(6).parallel();
    let broken = unready(&set, &[0, 1, 2]);
    let on = forecast(&broken, &[template("v2")], ON);
    assert_eq!((on.most_down, acts(&on).starts_with("-2 -1 -0 ")), (3, true));
    let off = forecast(&broken, &[template("v2")], OFF);
    assert_eq!((off.most_down, acts(&off).starts_with("-5 +5 ")), (4, true));
}

#[test]
fn a_bad_template_never_takes_more_of_an_ordered_set_than_the_step_and_the_budget() {
    for (partition, most, down) in [(0, "3", 3), (4, "3", 2), (5, "3", 1), (0, "1", 1)] {
        let set = at_most(settled(6).at_partition(partition), most);
        assert_eq!(forecast(&fresh(&set), &[template("bad")], ON).most_down, down);
    }
}

// minReadySeconds.
