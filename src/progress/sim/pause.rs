//! Pausing a rollout that the controller does by itself.

use proptest::prelude::*;

use crate::exit::Exit;
use crate::model::predict::revision_after_delete;
use crate::model::run::{Run, RunPhase, Steps};
use crate::model::set::{Set, Strategy as UpdateStrategy};
use crate::model::snapshot::Snapshot;
use crate::plan::options::Options;
use crate::plan::preflight::original;
use crate::plan::step::{Step, StrategyChange, TemplateChange};
use crate::progress::machine::End;
use crate::progress::pause::{Pause, Paused};
use crate::progress::sim::driver::{Driven, Driver, Fault};
use crate::progress::sim::tests::{
    abort, all_on, begin, brisk, faults, harmless, manners, quick, recorded, revert, revisions,
    sets, settle, stage, take_up,
};
use crate::progress::sim::world::{Foreign, World};
use crate::testing::{NEW, OLD, a_run, a_set, a_template};

/// One process; `None` when it was killed.
fn pause(world: &mut World, faults: &mut Vec<Fault>) -> Option<End> {
    let mut snapshot = world.snapshot();
    let set = &snapshot.set;
    let run = Run {
        original: original(set).unwrap(),
        target: set.status.update_revision.clone(),
        partition: set.partition(),
        steps: Steps::all(),
        holder: None,
        ..a_run(set)
    };
    let mut machine = Pause::new(Paused::Plain(Box::new(run)), &snapshot, world.now);
    let options = quick();
    let mut driver = Driver {
        world,
        faults,
        check: pause_may,
        options: &options,
        events: Vec::new(),
        late: None,
    };
    match driver.run(&mut machine, &mut snapshot) {
        Driven::Ended(end) => Some(*end),
        Driven::Killed => None,
    }
}

/// What pausing may write.
fn pause_may(world: &World, _snapshot: &Snapshot, step: &Step, _options: &Options) {
    let Step::PatchSet(patch) = step else { panic!("a pause deletes no pod") };
    assert_eq!(patch.template, TemplateChange::Keep);
    let StrategyChange::Partition(partition) = patch.strategy else { panic!("{patch:?}") };
    let all = world.set.wanted.replicas;
    if partition < world.set.partition() {
        // Only what is updated already is let go again.
        let snapshot = world.snapshot();
        for index in partition..world.set.partition().min(all) {
            let pod = snapshot.pod_at(index);
            assert!(pod.is_some_and(|pod| pod.revision.as_deref() == Some(NEW)), "{index}");
        }
    }
}

/// Pods that would come back old although they are new.
fn armed(world: &World) -> Vec<String> {
    let snapshot = world.snapshot();
    snapshot
        .own_pods()
        .filter(|pod| pod.revision.as_deref() == Some(NEW))
        .filter(|pod| revision_after_delete(&snapshot, pod.ordinal.unwrap()) == OLD)
        .map(|pod| pod.name.clone())
        .collect()
}

/// A pause of what somebody drives, decided now, after what others do in between.
fn pause_driven(world: &mut World, meanwhile: impl FnOnce(&mut World)) -> End {
    let mut snapshot = world.snapshot();
    let mut machine = Pause::new(Paused::Driven, &snapshot, world.now);
    meanwhile(world);
    snapshot.set = world.set.clone();
    drive(world, &mut machine, &mut snapshot)
}

fn drive(world: &mut World, machine: &mut Pause, snapshot: &mut Snapshot) -> End {
    let options = quick();
    let faults = &mut Vec::new();
    let events = Vec::new();
    let check = |_: &World, _: &Snapshot, _: &Step, _: &Options| {};
    let mut driver = Driver { world, faults, check, options: &options, events, late: None };
    match driver.run(machine, snapshot) {
        Driven::Ended(end) => *end,
        Driven::Killed => panic!("nothing kills it"),
    }
}

#[test]
fn what_turned_back_meanwhile_is_not_called_paused() {
    let mut world = World::new(a_set("db"), brisk());
    begin(&mut world, &Steps::default(), "new");
    settle(&mut world);
    take_up(&mut world, 0, |_| {}).unwrap();
    let end = pause_driven(&mut world.clone(), |_| {});
    assert_eq!(end.exit, Exit::Success, "{}", end.summary);
    let end = pause_driven(&mut world, |world| {
        take_up(world, 1, |run| run.phase = RunPhase::Aborting).unwrap();
    });
    assert_eq!(end.exit, Exit::Conflict, "{}", end.summary);
    assert!(recorded(&world.set).unwrap().holder.is_some(), "the lock is left to the abort");
}

#[test]
fn an_abort_that_has_written_nothing_can_be_paused() {
    let mut world = World::new(a_set("db"), brisk());
    begin(&mut world, &Steps::default(), "new");
    settle(&mut world);
    let (end, _) = abort(&mut world, &mut vec![Fault::Foreign(Foreign::Pause)]).unwrap();
    assert_eq!(end.exit, Exit::Conflict, "{}", end.summary);
    assert_eq!(world.set.template, a_template("new"), "the template is left alone");
    let run = recorded(&world.set).unwrap();
    assert_eq!((run.phase, run.holder), (RunPhase::Staging, None));
}

#[test]
fn a_spec_that_changed_while_the_question_was_open_is_not_paused() {
    let mut world = under_way(a_set("db").replicas(6), 8);
    let run = Run { holder: None, ..a_run(&world.set) };
    let mut machine = Pause::new(Paused::Plain(Box::new(run)), &world.snapshot(), world.now);
    world.meddle(Foreign::Partition(2));
    let before = world.set.clone();
    let mut fresh = world.snapshot();
    let end = drive(&mut world, &mut machine, &mut fresh);
    assert_eq!(end.exit, Exit::Conflict, "{}", end.summary);
    assert_eq!(world.set, before);
}

fn under_way(set: Set, seconds: usize) -> World {
    let mut world = World::new(set, brisk());
    revert(&mut world, "new");
    for _ in 0..seconds {
        world.tick();
    }
    world
}

#[test]
fn a_rollout_is_stopped_in_the_middle_and_goes_either_way_from_there() {
    for forward in [true, false] {
        let set = a_set("db").replicas(6);
        let mut world = under_way(set.clone(), 8);
        let end = pause(&mut world, &mut Vec::new()).unwrap();
        assert_eq!(end.exit, Exit::Success, "{}", end.summary);
        let stopped = revisions(&world);
        settle(&mut world);
        let count = world.snapshot().count_on(NEW);
        assert!((1..6).contains(&count), "{stopped:?}");
        assert_eq!(armed(&world), [""; 0]);
        assert_eq!(recorded(&world.set).unwrap().phase, RunPhase::Staging);
        if forward {
            let end = stage(&mut world, &quick(), false, &mut Vec::new()).unwrap();
            assert_eq!(end.exit, Exit::Success, "{}", end.summary);
            all_on(&world, NEW);
        } else {
            let (end, _) = abort(&mut world, &mut Vec::new()).unwrap();
            assert_eq!(end.exit, Exit::Success, "{}", end.summary);
            settle(&mut world);
            all_on(&world, OLD);
        }
        harmless(&set, &world);
    }
}

proptest! {
    #[test]
    fn a_pause_at_any_moment_stops_every_pod_that_is_not_updated_and_arms_none(
        set in sets(), manners in manners(), seconds in 0_usize..25, mut faults in faults(),
    ) {
        let set = if set.strategy == UpdateStrategy::OnDelete { set.at_partition(0) } else { set };
        faults.retain(|fault| !matches!(fault, Fault::Sick(_)));
        let mut world = World::new(set, manners);
        revert(&mut world, "new");
        for _ in 0..seconds {
            world.tick();
        }
        let end = pause(&mut world, &mut faults);
        if end.is_none_or(|end| end.exit != Exit::Success) || world.set.run.is_none() {
            // Over by then, or cut short.
            return Ok(());
        }
        let run = recorded(&world.set).unwrap();
        prop_assert_eq!(run.partition, world.set.partition());
        settle(&mut world);
        let snapshot = world.snapshot();
        for index in 0..world.set.wanted.replicas {
            let wanted = if index < run.partition { OLD } else { NEW };
            let pod = snapshot.pod_at(index).unwrap();
            prop_assert_eq!(pod.revision.as_deref(), Some(wanted), "{}", pod.name);
        }
        prop_assert_eq!(armed(&world), [""; 0]);
    }
}
