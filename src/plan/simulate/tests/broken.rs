//! Broken pods, and what frees a set of them (kubernetes/kubernetes#67250).

use crate::model::ordinal::Ordinal;
use crate::model::set::{HOLD, Set, Strategy};
use crate::plan::simulate::assumed::{Assumed, Broken};
use crate::plan::simulate::change::Change;
use crate::plan::simulate::forecast::{Before, End, Lacks};
use crate::plan::simulate::tests::{
    OFF, ON, acts, after, assumed, forecast, fresh, picture, settled, simulate, stuck_on, template,
    unready,
};
use crate::plan::simulate::world::Simulation;
use crate::testing::{NEW, OLD, a_pod, a_snapshot, a_template};

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
fn a_pod_that_never_becomes_ready_is_named_with_what_it_lacks() {
    let one = Assumed::well(ON).with_broken(Broken::Pod(Ordinal(1)));
    let stuck = crate::plan::simulate::forecast(&fresh(&settled(3)), &[template("v2")], &one);
    assert_eq!((acts(&stuck).as_str(), stuck.running()), ("-2 +2 -1 +1", 2));
    let End::Stuck(wait) = stuck.end else { panic!("{stuck:?}") };
    assert_eq!((wait.pod, wait.lacks, wait.before), (Ordinal(1), Lacks::Ready, Before::Next));
    let last =
        Assumed::well(ON).with_broken(Broken::PodOnTemplate(Ordinal(0), a_template("v2").json));
    let stuck =
        crate::plan::simulate::forecast(&fresh(&settled(3).parallel()), &[template("v2")], &last);
    assert_eq!(stuck_on(&stuck), Some((0, Before::Nothing)));
    let known = Assumed::well(ON).with_broken(Broken::Revision(OLD.to_owned()));
    let deleted = crate::plan::simulate::forecast(
        &fresh(&settled(3)),
        &[Change::DeletePod(Ordinal(1))],
        &known,
    );
    assert_eq!(stuck_on(&deleted), Some((1, Before::Next)));
}

#[test]
fn a_parallel_set_without_rolling_update_makes_an_old_pod_again_and_again() {
    let set = settled(3).parallel().with_strategy(Strategy::RollingUpdate(None));
    let round = forecast(&unready(&set, &[0]), &[template("v2")], ON);
    assert_eq!(round.end, End::Endless);
    assert!(acts(&round).starts_with("-0 +0 -0 +0 -0 "), "{}", acts(&round));
    assert_eq!(forecast(&unready(&set, &[0]), &[template("v2")], OFF).end, End::Settled);
}
