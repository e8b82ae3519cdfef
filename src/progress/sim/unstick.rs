//! Unsticking: one pod per call, whatever goes wrong, until the set is well.

use jiff::SignedDuration;
use proptest::prelude::*;

use crate::exit::Exit;
use crate::model::predict::revision_after_delete;
use crate::model::set::{PodManagement, Strategy as UpdateStrategy};
use crate::model::snapshot::Snapshot;
use crate::plan::options::{BudgetRule, Options};
use crate::plan::step::{PodDeletion, Step};
use crate::plan::stuck::{self, Rules};
use crate::progress::sim::driver::{Driven, Driver, Fault};
use crate::progress::sim::tests::{all_on, brisk, faults, manners, quick, revert, sets, settle};
use crate::progress::sim::world::World;
use crate::progress::unstick::{Limits, Unstick};
use crate::testing::{OLD, a_set};

const RULES: Rules = Rules { unready_for: SignedDuration::ZERO, budgets: BudgetRule::Respect };

const LIMITS: Limits =
    Limits { grace: SignedDuration::from_secs(60), timeout: SignedDuration::from_secs(900) };

/// What unsticking may write: the delete of the lowest pod that is not available.
fn unstick_may(world: &World, snapshot: &Snapshot, step: &Step, _options: &Options) {
    let Step::DeletePod(PodDeletion { uid, .. }) = step else { panic!("{step:?}") };
    let pod = snapshot.own_pods().find(|pod| pod.uid == *uid).unwrap();
    assert!(!pod.is_ready());
    let returns_on = revision_after_delete(&world.snapshot(), pod.ordinal.unwrap()).to_owned();
    assert_ne!(pod.revision.as_deref(), Some(returns_on.as_str()));
    if world.set.management == PodManagement::OrderedReady {
        let index = world.set.wanted.index(pod.ordinal.unwrap()).unwrap();
        let lower = |index| snapshot.pod_at(index).is_some_and(crate::model::pod::Pod::is_ready);
        assert!((0..index).all(lower), "a lower pod blocks");
    }
}

/// Calls until nothing is stuck; how many ended well, and how many pods were deleted.
fn until_well(world: &mut World, faults: &mut Vec<Fault>) -> usize {
    let mut healed = 0;
    for _ in 0..50 {
        settle(world);
        let mut snapshot = world.snapshot();
        let Ok(Some(cure)) = stuck::find(&snapshot, RULES, world.now) else { return healed };
        let mut machine = Unstick::new(cure, RULES, LIMITS, &snapshot);
        let options = quick();
        let mut driver = Driver {
            world,
            faults,
            check: unstick_may,
            options: &options,
            events: Vec::new(),
            late: None,
        };
        if let Driven::Ended(end) = driver.run(&mut machine, &mut snapshot) {
            healed += usize::from(end.exit == Exit::Success);
        }
    }
    panic!("never well");
}

#[test]
fn the_trap_of_67250_is_left_by_one_delete() {
    let mut world = World::new(a_set("db"), brisk());
    world.broken.insert("new".to_owned());
    revert(&mut world, "new");
    settle(&mut world);
    revert(&mut world, "old");
    assert_eq!(until_well(&mut world, &mut Vec::new()), 1);
    settle(&mut world);
    all_on(&world, OLD);
}

proptest! {
    #[test]
    fn whatever_goes_wrong_every_reverted_set_gets_well(
        set in sets(), manners in manners(), mut faults in faults(),
    ) {
        prop_assume!(set.strategy != UpdateStrategy::OnDelete);
        faults.retain(|fault| !matches!(fault, Fault::Sick(_)));
        let mut world = World::new(set, manners);
        world.broken.insert("new".to_owned());
        revert(&mut world, "new");
        settle(&mut world);
        revert(&mut world, "old");
        until_well(&mut world, &mut faults);
        settle(&mut world);
        all_on(&world, OLD);
    }
}
