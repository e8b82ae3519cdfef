//! In which order pods are replaced, and what holds them back.

use crate::model::ordinal::Ordinal;
use crate::model::pod::Phase;
use crate::model::set::{HOLD, PodManagement, Set, Strategy};
use crate::plan::simulate::change::Change;
use crate::plan::simulate::controller::{Seen, look};
use crate::plan::simulate::forecast::{Before, End, Forecast};
use crate::plan::simulate::tests::{
    OFF, ON, acts, after, at_most, forecast, fresh, picture, settled, simulate, stuck_on, template,
    unready,
};
use crate::testing::{NEW, OLD, a_pod, a_snapshot, at};

#[test]
fn a_settled_set_stays_as_it_is() {
    for feature in [ON, OFF] {
        let idle = forecast(&fresh(&settled(3)), &[], feature);
        assert_eq!((acts(&idle).as_str(), &idle.end, idle.most_down), ("", &End::Settled, 0));
    }
}

#[test]
fn pods_are_replaced_one_by_one_from_the_top() {
    for (set, feature) in [
        (settled(3), ON),
        (settled(3), OFF),
        (settled(3).parallel(), ON),
        (settled(3).parallel(), OFF),
    ] {
        let rolled = forecast(&fresh(&set), &[template("v2")], feature);
        assert_eq!(acts(&rolled), "-2 +2 -1 +1 -0 +0");
        assert_eq!(picture(&rolled), "0:#2 1:#2 2:#2");
        assert_eq!((rolled.most_down, &rolled.end), (1, &End::Settled));
        assert_eq!((&rolled.current, &rolled.update), (&rolled.update, &rolled.current));
    }
}

#[test]
fn template_and_hold_in_one_write_touch_no_pod() {
    for management in [PodManagement::OrderedReady, PodManagement::Parallel] {
        let set = Set { management, ..settled(3) };
        let changes = [template("v2"), Change::Partition(HOLD)];
        assert_eq!(acts(&forecast(&fresh(&set), &changes, ON)), "");
        let mut two = simulate(&set, ON);
        two.change(&[template("v2")]);
        assert_eq!(acts(&two.run()), "-2 +2 -1 +1 -0 +0");
    }
}

#[test]
fn the_partition_counts_from_the_first_ordinal() {
    let updated = |partition: u32| {
        let set = settled(3).starting_at(5).at_partition(partition);
        acts(&forecast(&fresh(&set), &[template("v2")], ON))
    };
    assert_eq!([updated(6), updated(2), updated(1)], ["", "-7 +7", "-7 +7 -6 +6"]);
}

#[test]
fn moving_the_first_ordinal_moves_the_window() {
    let mut simulation = simulate(&settled(3).at_partition(2), ON);
    after(&mut simulation, &[template("v2")]);
    let moved = after(&mut simulation, &[Change::Start(1)]);
    assert_eq!(picture(&moved), "1:db-old 2:#2 3:#2");
}

#[test]
fn a_partition_of_all_pods_holds_them() {
    for partition in [3, 99, HOLD, 2_147_483_647] {
        let held = forecast(&fresh(&settled(3).at_partition(partition)), &[template("v2")], ON);
        assert_eq!((acts(&held).as_str(), &held.end), ("", &End::Settled));
        assert_eq!((held.current.as_str(), Forecast::is_new(&held.update)), (OLD, true));
    }
}

#[test]
fn under_on_delete_every_deleted_pod_is_updated_and_the_last_promotes() {
    let mut simulation = simulate(&settled(3).with_strategy(Strategy::OnDelete), ON);
    assert_eq!(acts(&after(&mut simulation, &[template("v2")])), "");
    for (pod, promoted) in [(1, false), (0, false), (2, true)] {
        let back = after(&mut simulation, &[Change::DeletePod(Ordinal(pod))]);
        assert_eq!(back.ends_on(Ordinal(pod)), Some(back.update.as_str()));
        assert_eq!(back.current == back.update, promoted);
    }
}

#[test]
fn leaving_on_delete_without_a_partition_rolls_everything() {
    let on_delete = settled(3).with_strategy(Strategy::OnDelete);
    let mut simulation = simulate(&on_delete, ON);
    after(&mut simulation, &[template("v2")]);
    let mut held = simulation.clone();
    let rolled = after(&mut simulation, &[Change::Strategy(Strategy::RollingUpdate(None))]);
    assert_eq!(acts(&rolled), "-2 +2 -1 +1 -0 +0");
    assert_eq!(picture(&rolled), "0:#2 1:#2 2:#2");
    let held = after(&mut held, &[Change::Partition(HOLD)]);
    assert_eq!(acts(&held), "");
}

#[test]
fn a_low_pod_that_is_not_ready_blocks_a_canary_except_in_parallel_without_the_feature() {
    let canary = |set: &Set, partition: u32, feature| {
        forecast(&unready(set, &[0]), &[template("v2"), Change::Partition(partition)], feature)
    };
    let held = settled(4).at_partition(4);
    for feature in [ON, OFF] {
        for partition in [3, 0] {
            let waits = canary(&held, partition, feature);
            assert_eq!((acts(&waits).as_str(), stuck_on(&waits)), ("", Some((0, Before::Next))));
        }
    }
    assert_eq!(acts(&canary(&at_most(held.clone(), "2"), 3, ON)), "");
    let parallel = held.parallel();
    let waits = canary(&parallel, 3, ON);
    assert_eq!((acts(&waits).as_str(), stuck_on(&waits)), ("", Some((0, Before::Update))));
    let goes = canary(&parallel, 3, OFF);
    assert_eq!((acts(&goes).as_str(), goes.most_down), ("-3 +3", 2));
    assert_eq!(acts(&canary(&at_most(parallel.clone(), "2"), 3, ON)), "-3 +3");
    let all = canary(&parallel, 0, ON);
    assert_eq!((acts(&all).as_str(), all.most_down), ("-0 +0 -3 +3 -2 +2 -1 +1", 1));
}

#[test]
fn promotion_does_not_wait_for_min_ready_seconds_and_the_next_pod_does() {
    let set = settled(3).min_ready(8);
    let mut simulation = simulate(&set, ON);
    simulation.change(&[template("v2")]);
    let rolled = simulation.run();
    assert_eq!((acts(&rolled).as_str(), &rolled.end), ("-2 +2 -1 +1 -0 +0", &End::Settled));
    // A snapshot in which all are ready, and one is not for long enough.
    let young = unready(&set, &[]).with(a_pod(&set, 0).ready_at(at(-1)));
    let waits = forecast(&young, &[template("v2")], ON);
    assert_eq!(acts(&waits), "-2 +2 -1 +1 -0 +0");
    let mut held = set.at_partition(HOLD).updating();
    held.status.current = 0;
    let promoted = [0, 1, 2].iter().fold(a_snapshot(&held), |snapshot, ordinal| {
        snapshot.with(a_pod(&held, *ordinal).on(NEW).ready_at(at(-1)))
    });
    let mut revisions = promoted.revisions.clone();
    let seen = Seen {
        set: &promoted.set,
        pods: &promoted.pods,
        max_unavailable: ON,
        now: at(0),
        name: |_, _| String::new(),
    };
    let status = look(seen, &mut revisions).status;
    assert_eq!((status.current_revision.as_str(), status.available), (NEW, 0));
}

#[test]
fn strategies_that_are_not_known_are_not_guessed() {
    let set = settled(3).with_strategy(Strategy::Other("Recreate".to_owned()));
    let unknown = forecast(&fresh(&set), &[template("v2")], ON);
    assert_eq!(unknown.end, End::Unknown("Recreate".to_owned()));
}

#[test]
fn a_pod_that_has_failed_is_made_again() {
    let set = settled(3);
    let mut failed = a_pod(&set, 1).unready();
    failed.phase = Phase::Failed;
    for set in [set.clone(), set.parallel()] {
        let snapshot = fresh(&set).with(failed.clone());
        let again = forecast(&snapshot, &[], ON);
        assert_eq!((acts(&again).as_str(), &again.end), ("-1 +1", &End::Settled));
    }
}
