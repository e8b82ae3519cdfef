//! What must hold of every restart, whatever goes wrong on the way.

use jiff::SignedDuration;
use proptest::prelude::*;

use crate::exit::Exit;
use crate::model::order::Order;
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::headroom;
use crate::plan::options::Options;
use crate::plan::step::Step;
use crate::progress::machine::{End, Machine as _, Move};
use crate::progress::restart::{Restart, Via, Wanted};
use crate::progress::sim::driver::{Driven, Driver, Fault};
use crate::progress::sim::tests::{
    all_on, brisk, faults, harmless, manners, options, quick, sets, settle, somebody,
};
use crate::progress::sim::world::World;
use crate::testing::{OLD, a_set};

fn wanted(ordinals: Vec<Ordinal>, order: &Order, options: &Options) -> Wanted {
    Wanted {
        ordinals,
        order: order.clone(),
        leader: (*order == Order::LeaderLast).then(somebody),
        via: Via::Eviction,
        options: options.clone(),
        gated: false,
        change: "restart".to_owned(),
    }
}

/// What a restart may do. What counts is the world, not what was read of it.
fn restart_may(world: &World, snapshot: &Snapshot, step: &Step, options: &Options) {
    let Step::EvictPod(eviction) = step else { panic!("{step:?}") };
    let truth = world.snapshot();
    let (set, all) = (&truth.set, truth.set.wanted.replicas);
    let wait = options.soak.max(SignedDuration::from_secs(i64::from(set.min_ready_seconds)));
    let settling = |pod: &Pod| {
        let age = truth.taken_at.duration_since(pod.created_at.unwrap());
        pod.deleting_since.is_some() || age < wait
    };
    let moving = set.wanted.iter().filter(|ordinal| truth.pod(*ordinal).is_none_or(settling));
    assert_eq!(moving.count(), 0, "another one has not passed yet");
    assert_eq!(headroom::unavailable(snapshot, all, 0, truth.taken_at), []);
    let pod = truth.own_pods().find(|pod| pod.uid == eviction.uid).unwrap();
    assert!(pod.created_at < Some(crate::testing::at(0)), "restarted twice");
}

/// Processes one after the other, each told by the one before which pods are left.
fn restart(
    world: &mut World,
    order: &Order,
    options: &Options,
    faults: &mut Vec<Fault>,
) -> Option<End> {
    let uids: Vec<String> = world.snapshot().pods.iter().map(|pod| pod.uid.clone()).collect();
    for _ in 0..1000 {
        let mut snapshot = world.snapshot();
        let old = |ordinal: &Ordinal| {
            snapshot
                .pod(*ordinal)
                .is_some_and(|pod| uids.contains(&pod.uid) && pod.deleting_since.is_none())
        };
        let left: Vec<Ordinal> = snapshot.set.wanted.iter().filter(old).collect();
        if left.is_empty() {
            return None;
        }
        let mut machine = Restart::new(wanted(left, order, options), &snapshot, world.now);
        let mut driver =
            Driver { world, faults, check: restart_may, options, events: Vec::new(), late: None };
        if let Driven::Ended(end) = driver.run(&mut machine, &mut snapshot) {
            return Some(*end);
        }
    }
    panic!("too many processes");
}

#[test]
fn a_pod_that_does_not_come_back_well_leaves_the_others() {
    let mut world = World::new(a_set("db"), brisk());
    world.broken.insert("old".to_owned());
    let end = restart(&mut world, &Order::Desc, &quick(), &mut Vec::new()).unwrap();
    assert_eq!(end.exit, Exit::Found);
    assert!(end.summary.contains("1 of 3 pods were taken down (db-2), db-1, db-0 not"));
}

#[test]
fn a_spec_that_changes_under_a_restart_ends_it() {
    let world = World::new(a_set("db"), brisk());
    let snapshot = world.snapshot();
    let all: Vec<Ordinal> = snapshot.set.wanted.iter().collect();
    let ended = |change: fn(&mut Set)| {
        let wanted = wanted(all.clone(), &Order::Desc, &quick());
        let mut machine = Restart::new(wanted, &snapshot, world.now);
        let mut changed = snapshot.clone();
        change(&mut changed.set);
        match machine.next(&changed, world.now) {
            Move::End(end) => (end.exit, end.summary),
            other => panic!("{other:?}"),
        }
    };
    let (exit, summary) = ended(|set| set.generation += 1);
    assert_eq!(exit, Exit::Conflict, "{summary}");
    let (exit, summary) = ended(|set| "another".clone_into(&mut set.uid));
    assert_eq!(exit, Exit::Conflict, "{summary}");
    let (exit, summary) = ended(|set| *set = set.clone().recording(crate::testing::a_run(set)));
    assert_eq!(exit, Exit::Conflict, "{summary}");
    // The status alone: pods would come back on another revision now.
    let (exit, summary) = ended(|set| *set = set.clone().updating());
    assert_eq!(exit, Exit::Conflict, "{summary}");
    assert!(summary.starts_with("pod db-2 would come back on db-new now"), "{summary}");
}

proptest! {
    #[test]
    fn every_restart_takes_one_pod_at_a_time(
        set in sets(), manners in manners(), options in options(),
        order in prop::sample::select(vec!["desc", "asc", "leader-last", "1,3"]),
        lead in 0_u32..6, mut faults in faults(),
    ) {
        let mut world = World::new(set.clone(), manners);
        world.lead = lead % set.wanted.replicas;
        let before: Vec<String> =
            world.snapshot().pods.iter().map(|pod| pod.uid.clone()).collect();
        if let Some(end) = restart(&mut world, &order.parse().unwrap(), &options, &mut faults) {
            prop_assert_eq!(end.exit, Exit::Success, "{}", end.summary);
        }
        settle(&mut world);
        all_on(&world, OLD);
        prop_assert!(world.snapshot().pods.iter().all(|pod| !before.contains(&pod.uid)));
        harmless(&set, &world);
    }
}
