//! Parking: what must hold whatever goes wrong on the way.

use proptest::prelude::*;

use crate::exit::Exit;
use crate::model::predict::revision_after_delete;
use crate::model::run::RunPhase;
use crate::model::set::HOLD;
use crate::model::snapshot::Snapshot;
use crate::plan::options::{Approve, Options};
use crate::plan::step::{PodDeletion, RunChange, SetPatch, Step, StrategyChange, TemplateChange};
use crate::progress::abort::Way;
use crate::progress::event::Event;
use crate::progress::machine::End;
use crate::progress::sim::driver::{Driven, Fault};
use crate::progress::sim::tests::{
    abort, all_on, begin, breaking, brisk, deleted, faults, go_back, harmless, kill, manners,
    options, others_are_well, quick, recorded, revisions, sets, settle, steps,
};
use crate::progress::sim::world::World;
use crate::testing::{OLD, a_set, a_template};

/// Processes one after the other, until one ends.
fn park(world: &mut World, faults: &mut Vec<Fault>) -> Option<(End, Vec<Event>)> {
    for process in 4000..5000 {
        if recorded(&world.set)?.phase == RunPhase::Parked {
            // Killed right after the last write.
            return None;
        }
        let driven = go_back(world, process, faults, park_may, |_, _| Way::Park)?;
        if let (Driven::Ended(end), events) = driven {
            return Some((*end, events));
        }
    }
    panic!("too many processes");
}

/// What parking may write.
fn park_may(world: &World, snapshot: &Snapshot, step: &Step, _options: &Options) {
    let set = &world.set;
    let all = set.wanted.replicas;
    match step {
        Step::PatchSet(SetPatch { template, strategy, run, .. }) => {
            assert_eq!(*template, TemplateChange::Keep, "the template is left alone");
            match strategy {
                StrategyChange::Keep => {}
                StrategyChange::Partition(HOLD) => {
                    assert!(set.partition() < HOLD || !parking(world));
                }
                other => panic!("parking releases nothing: {other:?}"),
            }
            let RunChange::Write(run) = run else { panic!("the record stays") };
            if run.phase == RunPhase::Parked {
                for index in 0..all {
                    let pod = snapshot.pod_at(index).unwrap();
                    assert_eq!(pod.revision.as_deref(), Some(OLD));
                    assert!(pod.is_available(set.min_ready_seconds, world.now));
                }
            }
        }
        Step::DeletePod(PodDeletion { uid, .. }) => {
            assert!(parking(world) && set.observed() && set.partition() == HOLD);
            let pod = snapshot.own_pods().find(|pod| pod.uid == *uid).unwrap();
            assert_ne!(pod.revision.as_deref(), Some(OLD), "deleted a pod that was fine");
            let ordinal = pod.ordinal.unwrap();
            assert_eq!(revision_after_delete(&world.snapshot(), ordinal), OLD);
            others_are_well(world, snapshot, pod);
        }
        _ => panic!("parking writes nothing else"),
    }
}

fn parking(world: &World) -> bool {
    recorded(&world.set).is_some_and(|run| run.phase == RunPhase::Parking)
}

fn parked(world: &World) {
    let run = recorded(&world.set).unwrap();
    assert_eq!((run.phase, run.holder), (RunPhase::Parked, None));
    assert_eq!(world.set.partition(), HOLD);
    assert_eq!(world.set.template, a_template("new"), "the template is left alone");
    let snapshot = world.snapshot();
    for index in 0..world.set.wanted.replicas {
        let pod = snapshot.pod_at(index).unwrap();
        assert_eq!(pod.revision.as_deref(), Some(OLD), "{}", pod.name);
        assert!(pod.is_available(world.set.min_ready_seconds, world.now), "{}", pod.name);
    }
}

/// A rollout that was killed after so many writes.
fn killed(mut world: World, writes: usize) -> World {
    begin(&mut world, &"100%".parse().unwrap(), "new");
    let mut faults = vec![Fault::KilledAfter];
    faults.extend(vec![Fault::None; writes]);
    kill(&mut world, &quick(), &mut faults);
    world
}

#[test]
fn healthy_canaries_are_parked_from_the_top_one_at_a_time() {
    for set in [a_set("db").replicas(5), a_set("db").replicas(5).parallel()] {
        let mut world = killed(World::new(set, brisk()), 2);
        settle(&mut world);
        assert_eq!(revisions(&world), ["old", "old", "new", "new", "new"]);
        let (end, events) = park(&mut world, &mut Vec::new()).unwrap();
        assert_eq!(end.exit, Exit::Held, "{}", end.summary);
        assert_eq!(deleted(&events), ["db-4", "db-3", "db-2"]);
        parked(&world);
    }
}

#[test]
fn after_a_promotion_nothing_can_be_parked() {
    let mut world = World::new(a_set("db"), brisk());
    begin(&mut world, &"100%".parse().unwrap(), "new");
    let mut faults = vec![Fault::KilledBefore];
    faults.extend(vec![Fault::None; 11]);
    let patient = Options { soak: jiff::SignedDuration::from_secs(60), ..quick() };
    kill(&mut world, &patient, &mut faults);
    assert_eq!(revisions(&world), ["new", "new", "new"]);
    let before = world.snapshot().pods;
    let (end, _) = park(&mut world, &mut Vec::new()).unwrap();
    assert_eq!(end.exit, Exit::Partial, "{}", end.summary);
    assert_eq!(world.snapshot().pods, before, "no pod was touched");
}

proptest! {
    #[test]
    fn a_rollout_parked_at_any_moment_is_held_on_the_old_revision_and_can_go_either_way(
        set in sets(), manners in manners(), options in options(), steps in steps(),
        writes in 0_usize..12, bad in any::<bool>(), mut more in faults(), forward in any::<bool>(),
    ) {
        let world = World::new(set.clone(), manners);
        let mut world = if bad { breaking(world) } else { world };
        begin(&mut world, &steps, "new");
        let mut faults = vec![Fault::None; writes];
        faults.insert(0, Fault::KilledAfter);
        let options = Options { approve: Approve::Auto, ..options };
        kill(&mut world, &options, &mut faults);
        // Somewhere in the middle, and not after the end of it.
        prop_assume!(world.set.run.is_some());
        if world.set.status.current_revision == OLD {
            let end = park(&mut world, &mut more);
            let promoted = end.as_ref().is_some_and(|(end, _)| end.exit == Exit::Partial);
            if promoted {
                prop_assert_ne!(&world.set.status.current_revision, OLD);
                return Ok(());
            }
            if let Some((end, _)) = end {
                prop_assert_eq!(end.exit, Exit::Held, "{}", end.summary);
            }
            settle(&mut world);
            parked(&world);
            if forward && !bad {
                let original = recorded(&world.set).unwrap().original;
                let patch = SetPatch {
                    strategy: StrategyChange::Restore(original),
                    run: RunChange::Remove,
                    ..SetPatch::of(&world.set)
                };
                world.apply(&Step::PatchSet(patch)).unwrap();
                harmless(&set, &world);
            } else {
                let (end, _) = abort(&mut world, &mut Vec::new()).unwrap();
                prop_assert_eq!(end.exit, Exit::Success, "{}", end.summary);
                settle(&mut world);
                all_on(&world, OLD);
                harmless(&set, &world);
            }
        }
    }

    #[test]
    fn parking_that_was_interrupted_can_be_taken_back_by_the_template(
        set in sets(), manners in manners(), writes in 0_usize..12, cut in 0_usize..8,
    ) {
        let mut world = killed(World::new(set.clone(), manners), writes);
        prop_assume!(world.set.run.is_some() && world.set.status.current_revision == OLD);
        let mut faults = vec![Fault::KilledAfter];
        faults.extend(vec![Fault::None; cut]);
        drop(go_back(&mut world, 1, &mut faults, park_may, |_, _| Way::Park));
        let (end, _) = abort(&mut world, &mut Vec::new()).unwrap();
        prop_assert_eq!(end.exit, Exit::Success, "{}", end.summary);
        settle(&mut world);
        all_on(&world, OLD);
        harmless(&set, &world);
    }
}
