//! Cases seen on a control plane of Kubernetes 1.37, with what came of them there.

use crate::model::feature::MaxUnavailable;
use crate::model::ordinal::Ordinal;
use crate::model::predict::revision_after_delete;
use crate::model::set::{HOLD, PodManagement, Rolling, Set, Strategy};
use crate::model::snapshot::Snapshot;
use crate::plan::simulate::assumed::{Assumed, Broken};
use crate::plan::simulate::change::Change;
use crate::plan::simulate::forecast::{Before, Deed, End, Forecast, Lacks};
use crate::plan::simulate::world::Simulation;
use crate::testing::{NEW, OLD, a_pod, a_set, a_snapshot, a_template, at};

const ON: MaxUnavailable = MaxUnavailable::Counts;
const OFF: MaxUnavailable = MaxUnavailable::Dropped;

fn settled(replicas: u32) -> Set {
    let mut set = a_set("db").replicas(replicas);
    set.status = crate::model::set::SetStatus {
        ready: replicas,
        available: replicas,
        updated: replicas,
        ..set.status
    };
    set
}

fn fresh(set: &Set) -> Snapshot {
    let mut snapshot = a_snapshot(set);
    snapshot.revisions.truncate(1);
    snapshot
}

fn at_most(set: Set, most: &str) -> Set {
    let rolling = Rolling { partition: set.partition(), max_unavailable: Some(most.to_owned()) };
    set.with_strategy(Strategy::RollingUpdate(Some(rolling)))
}

fn template(word: &str) -> Change {
    Change::Template(a_template(word))
}

/// All is well, but pods of the template `bad` never become ready.
fn assumed(feature: MaxUnavailable) -> Assumed {
    Assumed::well(feature).with_broken(Broken::Template(a_template("bad").json))
}

fn simulate(set: &Set, feature: MaxUnavailable) -> Simulation {
    Simulation::new(&fresh(set), assumed(feature))
}

/// `0:db-old 1:new!`: `!` is not ready.
fn picture(forecast: &Forecast) -> String {
    let pods = forecast.pods.iter().map(|last| {
        let revision = if Forecast::is_new(&last.revision) {
            last.revision.replace("new revision ", "#")
        } else {
            last.revision.clone()
        };
        format!("{}:{revision}{}", last.pod, if last.ready { "" } else { "!" })
    });
    pods.collect::<Vec<_>>().join(" ")
}

/// `-4 +4`: what is deleted and created, in order.
fn acts(forecast: &Forecast) -> String {
    let acts = forecast.acts.iter().map(|act| match act.deed {
        Deed::Create { .. } => format!("+{}", act.pod),
        Deed::Delete(_) => format!("-{}", act.pod),
    });
    acts.collect::<Vec<_>>().join(" ")
}

fn after(simulation: &mut Simulation, changes: &[Change]) -> Forecast {
    simulation.change(changes);
    simulation.run()
}

fn stuck_on(forecast: &Forecast) -> Option<(u32, Before)> {
    match forecast.end {
        End::Stuck(wait) => Some((wait.pod.0, wait.before)),
        _ => None,
    }
}

/// Pods that are there and never become ready.
fn unready(set: &Set, ordinals: &[u32]) -> Snapshot {
    ordinals
        .iter()
        .fold(fresh(set), |snapshot, ordinal| snapshot.with(a_pod(set, *ordinal).unready()))
}

fn forecast(snapshot: &Snapshot, changes: &[Change], feature: MaxUnavailable) -> Forecast {
    super::forecast(snapshot, changes, &assumed(feature))
}

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

// Scale-down with unhealthy pods.

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

// The partition and the first ordinal.

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

// A partition of all pods, and OnDelete.

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

// A broken pod on top, and the template taken back (kubernetes/kubernetes#67250).

#[test]
fn the_old_template_does_not_free_an_ordered_set_and_frees_a_parallel_one() {
    let reverted = |set: Set, feature, raise: &[Change], word: &str| {
        let mut simulation = simulate(&set, feature);
        after(&mut simulation, &[template("bad")]);
        let changes = [&[template(word)], raise].concat();
        (after(&mut simulation, &changes), simulation)
    };
    let hold = [Change::Partition(HOLD)];
    for feature in [ON, OFF] {
        for partition in [0, 2] {
            for (raise, word) in [(&[][..], "old"), (&hold[..], "old"), (&[], "good")] {
                let set = settled(3).at_partition(partition);
                let (stuck, mut simulation) = reverted(set, feature, raise, word);
                assert_eq!(
                    (acts(&stuck).as_str(), stuck_on(&stuck)),
                    ("", Some((2, Before::Next)))
                );
                assert_eq!(stuck.current == stuck.update, word == "old");
                assert_eq!(simulation.set().status.updated, if word == "old" { 2 } else { 0 });
                let freed = after(&mut simulation, &[Change::DeletePod(Ordinal(2))]);
                assert_eq!(freed.end, End::Settled);
                if word == "old" {
                    assert_eq!(freed.ends_on(Ordinal(2)), Some(OLD));
                }
            }
            let parallel = settled(3).parallel().at_partition(partition);
            let (healed, _) = reverted(parallel.clone(), feature, &[], "old");
            assert_eq!((acts(&healed).as_str(), &healed.end), ("-2 +2", &End::Settled));
            let (stuck, _) = reverted(parallel, feature, &hold, "old");
            assert_eq!((acts(&stuck).as_str(), stuck_on(&stuck)), ("", Some((2, Before::Nothing))));
        }
    }
}

#[test]
fn a_pod_deleted_before_the_template_is_back_comes_back_broken() {
    let mut simulation = simulate(&settled(3), ON);
    after(&mut simulation, &[template("bad")]);
    let again = after(&mut simulation, &[Change::DeletePod(Ordinal(2))]);
    assert_eq!(picture(&again), "0:db-old 1:db-old 2:#2!");
    assert_eq!(stuck_on(&after(&mut simulation, &[template("old")])), Some((2, Before::Next)));
}

#[test]
fn only_the_lowest_of_several_broken_pods_frees_them() {
    // Pods 0 and 3 broken, 1 missing.
    let bad = a_template("bad");
    let set = settled(4);
    let mut snapshot = a_snapshot(&set)
        .with(a_pod(&set, 0).on(NEW).unready())
        .with(a_pod(&set, 3).on(NEW).unready())
        .without(1);
    snapshot.revisions[1].template = bad;
    let mut simulation = Simulation::new(&snapshot, assumed(ON));
    let stuck = simulation.run();
    assert_eq!((acts(&stuck).as_str(), stuck_on(&stuck)), ("", Some((0, Before::Next))));
    let hole = after(&mut simulation, &[Change::DeletePod(Ordinal(3))]);
    assert_eq!(picture(&hole), format!("0:{NEW}! 2:{OLD}"));
    let healed = after(&mut simulation, &[Change::DeletePod(Ordinal(0))]);
    assert_eq!(picture(&healed), format!("0:{OLD} 1:{OLD} 2:{OLD} 3:{OLD}"));
}

// Scaling in a canary.

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

// Counters and revisions.

#[test]
fn raising_the_partition_downgrades_what_is_deleted_then() {
    let mut simulation = simulate(&settled(4).at_partition(2), ON);
    after(&mut simulation, &[template("v2")]);
    after(&mut simulation, &[Change::Partition(4)]);
    let back = after(&mut simulation, &[Change::DeletePod(Ordinal(3))]);
    assert_eq!(picture(&back), "0:db-old 1:db-old 2:#2 3:db-old");
}

#[test]
fn going_back_takes_the_old_name_with_the_next_number() {
    let mut simulation = simulate(&settled(3), ON);
    let there = after(&mut simulation, &[template("v2")]);
    let back = after(&mut simulation, &[template("old")]);
    assert_eq!(back.update, OLD);
    let numbers = |simulation: &Simulation| {
        let revisions = simulation.revisions().iter();
        revisions.map(|r| (r.template.images[0].1.clone(), r.number)).collect::<Vec<_>>()
    };
    let is = |list: [(&str, i64); 2]| list.map(|(word, number)| (word.to_owned(), number)).to_vec();
    assert_eq!(numbers(&simulation), is([("v2", 2), ("old", 3)]));
    let again = after(&mut simulation, &[template("v2")]);
    assert_eq!(again.update, there.update);
    assert_eq!(numbers(&simulation), is([("old", 3), ("v2", 4)]));
}

#[test]
fn without_rolling_update_the_highest_old_pod_comes_back_new() {
    let mut simulation = simulate(&settled(5).with_strategy(Strategy::RollingUpdate(None)), ON);
    after(&mut simulation, &[template("bad")]);
    let third = after(&mut simulation, &[Change::DeletePod(Ordinal(3))]);
    assert_eq!(third.ends_on(Ordinal(3)), Some(third.update.as_str()));
    let lowest = after(&mut simulation, &[Change::DeletePod(Ordinal(0))]);
    assert_eq!(lowest.ends_on(Ordinal(0)), Some(OLD));
}

#[test]
fn a_drained_pod_spreads_a_bad_release_at_partition_zero() {
    let mut simulation = simulate(&settled(3), ON);
    after(&mut simulation, &[template("bad")]);
    let spread = after(&mut simulation, &[Change::DeletePod(Ordinal(0))]);
    assert_eq!(picture(&spread), "0:#2! 1:db-old 2:#2!");
    let lost = after(&mut simulation, &[Change::DeletePod(Ordinal(1))]);
    assert_eq!(
        (picture(&lost).as_str(), stuck_on(&lost)),
        ("0:#2! 2:#2!", Some((0, Before::Next)))
    );
}

// maxUnavailable.

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

// One write for template and partition.

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

// A low pod that is not ready.

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

// How many are down at once.

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
    let seen = super::controller::Seen {
        set: &promoted.set,
        pods: &promoted.pods,
        max_unavailable: ON,
        now: at(0),
        name: |_, _| String::new(),
    };
    let status = super::controller::look(seen, &mut revisions).status;
    assert_eq!((status.current_revision.as_str(), status.available), (NEW, 0));
}

// Odds and ends.

#[test]
fn a_pod_that_has_failed_is_made_again() {
    let set = settled(3);
    let mut failed = a_pod(&set, 1).unready();
    failed.phase = crate::model::pod::Phase::Failed;
    for set in [set.clone(), set.parallel()] {
        let snapshot = fresh(&set).with(failed.clone());
        let again = forecast(&snapshot, &[], ON);
        assert_eq!((acts(&again).as_str(), &again.end), ("-1 +1", &End::Settled));
    }
}

#[test]
fn revisions_beyond_the_limit_are_forgotten_and_those_in_use_are_not() {
    let mut set = settled(3).at_partition(HOLD);
    set.revision_history_limit = 1;
    let mut simulation = simulate(&set, ON);
    for word in ["v2", "v3", "v4", "v5"] {
        after(&mut simulation, &[template(word)]);
    }
    let words: Vec<String> =
        simulation.revisions().iter().map(|r| r.template.images[0].1.clone()).collect();
    assert_eq!(words, ["old", "v4", "v5"]);
}

#[test]
fn a_template_that_the_controller_took_for_a_revision_is_that_revision() {
    // Revisions of other versions of Kubernetes lack fields the live template has.
    let set = settled(3);
    let mut snapshot = fresh(&set);
    snapshot.revisions[0].template = a_template("the same, written differently");
    let same = forecast(&snapshot, &[Change::Template(set.template.clone())], ON);
    assert_eq!((acts(&same).as_str(), same.update.as_str()), ("", OLD));
}

#[test]
fn strategies_that_are_not_known_are_not_guessed() {
    let set = settled(3).with_strategy(Strategy::Other("Recreate".to_owned()));
    let unknown = forecast(&fresh(&set), &[template("v2")], ON);
    assert_eq!(unknown.end, End::Unknown("Recreate".to_owned()));
}

#[test]
fn a_pod_that_never_becomes_ready_is_named_with_what_it_lacks() {
    let one = Assumed::well(ON).with_broken(Broken::Pod(Ordinal(1)));
    let stuck = super::forecast(&fresh(&settled(3)), &[template("v2")], &one);
    assert_eq!((acts(&stuck).as_str(), stuck.running()), ("-2 +2 -1 +1", 2));
    let End::Stuck(wait) = stuck.end else { panic!("{stuck:?}") };
    assert_eq!((wait.pod, wait.lacks, wait.before), (Ordinal(1), Lacks::Ready, Before::Next));
    let last =
        Assumed::well(ON).with_broken(Broken::PodOnTemplate(Ordinal(0), a_template("v2").json));
    let stuck = super::forecast(&fresh(&settled(3).parallel()), &[template("v2")], &last);
    assert_eq!(stuck_on(&stuck), Some((0, Before::Nothing)));
    let known = Assumed::well(ON).with_broken(Broken::Revision(OLD.to_owned()));
    let deleted = super::forecast(&fresh(&settled(3)), &[Change::DeletePod(Ordinal(1))], &known);
    assert_eq!(stuck_on(&deleted), Some((1, Before::Next)));
}

#[test]
fn a_pod_comes_back_on_the_revision_that_status_predicts() {
    let strategies = [
        Strategy::OnDelete,
        Strategy::RollingUpdate(None),
        Strategy::RollingUpdate(Some(Rolling { partition: 0, max_unavailable: None })),
        Strategy::RollingUpdate(Some(Rolling { partition: 2, max_unavailable: None })),
        Strategy::RollingUpdate(Some(Rolling { partition: HOLD, max_unavailable: None })),
    ];
    for strategy in strategies {
        let mut set = settled(4).updating().with_strategy(strategy.clone());
        set.status.current = 3;
        set.status.updated = 1;
        set.status.ready = 3;
        let mut snapshot = a_snapshot(&set).with(a_pod(&set, 3).on(NEW).unready());
        snapshot.revisions[1].template = set.template.clone();
        for ordinal in (0..4).map(Ordinal) {
            let deleted = forecast(&snapshot, &[Change::DeletePod(ordinal)], ON);
            let made = deleted.acts.iter().find_map(|act| match &act.deed {
                Deed::Create { revision } if act.pod == ordinal => Some(revision.as_str()),
                _ => None,
            });
            let predicted = revision_after_delete(&snapshot, ordinal);
            assert_eq!(made, Some(predicted), "{strategy:?} {ordinal}");
        }
    }
}

#[test]
fn a_parallel_set_without_rolling_update_makes_an_old_pod_again_and_again() {
    let set = settled(3).parallel().with_strategy(Strategy::RollingUpdate(None));
    let round = forecast(&unready(&set, &[0]), &[template("v2")], ON);
    assert_eq!(round.end, End::Endless);
    assert!(acts(&round).starts_with("-0 +0 -0 +0 -0 "), "{}", acts(&round));
    assert_eq!(forecast(&unready(&set, &[0]), &[template("v2")], OFF).end, End::Settled);
}
