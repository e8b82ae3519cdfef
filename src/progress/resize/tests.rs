use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::model::claim::VolumeWork;
use crate::model::quantity::Quantity;
use crate::model::storage_class::StorageClass;
use crate::plan::resize::{Reach, Surroundings, Unknown, Wish, outlook};
use crate::plan::step::claim::ClaimPatch;
use crate::testing::{a_claim, a_set, at};

/// Claims of a set of so many pods, and what happens to them.
struct World {
    claims: Vec<Claim>,
    pods: Vec<Ordinal>,
    machine: Resize,
    /// Names of the claims that were asked, in that order.
    asked: Vec<String>,
}

fn pace(canary: usize, at_once: usize) -> Pace {
    let timeout = SignedDuration::from_secs(300);
    Pace { canary, at_once, timeout, restarts: Restarts::Never }
}

fn goal() -> Goal {
    Goal::Size("2Gi".parse().unwrap())
}

impl World {
    fn of(claims: Vec<Claim>, pace: Pace) -> Self {
        let set = a_set("db").claiming("data").replicas(u32::try_from(claims.len()).unwrap());
        let class = StorageClass {
            name: "standard".to_owned(),
            provisioner: "x.csi".to_owned(),
            expands: true,
        };
        let around = Surroundings {
            claims: Known::Read(claims.clone()),
            classes: BTreeMap::from([("standard".to_owned(), Known::Read(Some(class)))]),
            quotas: Known::Read(Vec::new()),
            attributes: Known::Read(None),
        };
        let wish = Wish {
            template: "data".to_owned(),
            goal: goal(),
            reach: Reach::Range,
            unknown: Unknown::Refuse,
        };
        let seen = outlook(&set, &around, &wish);
        assert_eq!(seen.refusals, []);
        let machine = Resize::new(("prod/db", &set.uid), &seen, goal(), pace, at(0));
        let pods = set.wanted.iter().collect();
        Self { claims, pods, machine, asked: Vec::new() }
    }

    fn small(count: u32, pace: Pace) -> Self {
        Self::of((0..count).map(claim).collect(), pace)
    }

    fn next(&mut self, now: i64) -> Move {
        let look = Look { claims: &self.claims, set: Some("set-uid"), pods: &self.pods };
        self.machine.next(look, at(now))
    }

    /// Carries out what is asked for until there is something to wait for.
    fn run(&mut self, now: i64) -> Move {
        loop {
            match self.next(now) {
                Move::Write(Step::PatchClaim(patch)) => self.write(&patch, now),
                other => return other,
            }
        }
    }

    fn write(&mut self, patch: &ClaimPatch, now: i64) {
        let claim = self.claim(&patch.name.clone());
        assert_eq!(claim.resource_version, patch.resource_version, "as it was seen");
        claim.requested.clone_from(&patch.storage);
        claim.resource_version = format!("{}1", patch.resource_version);
        let answer = claim.clone();
        self.asked.push(patch.name.clone());
        self.machine.written(&answer, at(now));
    }

    fn claim(&mut self, name: &str) -> &mut Claim {
        self.claims.iter_mut().find(|claim| claim.name == name).unwrap()
    }

    fn grow(&mut self, ordinal: u32) {
        self.claim(&format!("data-db-{ordinal}")).capacity = Some("2Gi".to_owned());
    }

    fn work(&mut self, ordinal: u32, work: VolumeWork) {
        self.claim(&format!("data-db-{ordinal}")).volume_work = Some(Box::new(work));
    }
}

fn claim(ordinal: u32) -> Claim {
    a_claim(&a_set("db").claiming("data"), ordinal)
}

fn condition(kind: &str) -> VolumeWork {
    VolumeWork { conditions: vec![(kind.to_owned(), "full".to_owned())], ..VolumeWork::default() }
}

fn ended(next: Move) -> (Exit, String) {
    match next {
        Move::End(end) => (end.exit, end.summary),
        other => panic!("it goes on: {other:?}"),
    }
}

#[test]
fn the_canary_has_to_have_it_before_any_other_is_asked() {
    let mut world = World::small(4, pace(1, 3));
    assert!(matches!(world.run(0), Move::Wait(Some(_))));
    assert_eq!(world.asked, ["data-db-3"]);
    world.grow(3);
    assert!(matches!(world.run(5), Move::Wait(_)));
    assert_eq!(world.asked, ["data-db-3", "data-db-2", "data-db-1", "data-db-0"]);
    for ordinal in 0..3 {
        world.grow(ordinal);
    }
    assert_eq!(ended(world.run(9)), (Exit::Success, "all 4 claims have at least 2Gi (9s)".into()));
}

#[test]
fn one_at_a_time_means_that() {
    let mut world = World::small(3, pace(1, 1));
    for (now, ordinal) in [(0, 2), (1, 1), (2, 0)] {
        assert!(matches!(world.run(now), Move::Wait(_)));
        assert_eq!(world.asked.last().unwrap(), &format!("data-db-{ordinal}"));
        world.grow(ordinal);
    }
    assert_eq!(ended(world.run(3)).0, Exit::Success);
}

#[test]
fn a_failure_leaves_the_others_as_they_are() {
    let mut world = World::small(3, pace(1, 3));
    world.run(0);
    world.work(2, condition("ControllerResizeError"));
    let (exit, summary) = ended(world.run(1));
    assert_eq!((exit, world.asked.len()), (Exit::Found, 1));
    insta::assert_snapshot!(summary, @"pvc/data-db-2: ControllerResizeError: full; 0 of 3 claims have it, 1 was asked for it and has not got it yet, 2 were not touched");
}

#[test]
fn silence_ends_with_what_was_told() {
    let mut world = World::small(2, pace(1, 1));
    assert_eq!(world.run(0), Move::Wait(Some(at(300))));
    let Move::Ask(about) = world.run(300) else { panic!("it asks") };
    assert_eq!(about.name, "data-db-1");
    let event = ClusterEvent {
        reason: "ExternalExpanding".to_owned(),
        message: "waiting for an external controller".to_owned(),
        last_seen: Some(at(1)),
    };
    world.machine.told("data-db-1", Known::Read(vec![event.clone(), event]));
    let (exit, summary) = ended(world.run(300));
    assert_eq!((exit, world.asked.len()), (Exit::TimedOut, 1));
    insta::assert_snapshot!(summary, @"timed out: pvc/data-db-1 has not got it within 300s: nobody has said anything in the claim; events: ExternalExpanding: waiting for an external controller; 0 of 2 claims have it, 1 was asked for it and has not got it yet, 1 was not touched");
}

#[test]
fn what_is_there_is_skipped_and_what_was_asked_is_not_asked_again() {
    let mut claims: Vec<Claim> = (0..3).map(claim).collect();
    claims[2].requested = Some("2Gi".to_owned());
    claims[2].capacity = Some("2Gi".to_owned());
    claims[1].requested = Some("2Gi".to_owned());
    let mut world = World::of(claims, pace(1, 1));
    assert!(matches!(world.run(0), Move::Wait(_)));
    assert_eq!(world.asked, [""; 0]);
    world.grow(1);
    world.run(1);
    assert_eq!(world.asked, ["data-db-0"]);
}

#[test]
fn a_file_system_that_does_not_grow_needs_its_pod_restarted() {
    let mut world = World::small(2, pace(1, 1));
    world.run(0);
    world.work(1, condition("FileSystemResizePending"));
    assert_eq!(world.run(1), Move::Wait(Some(at(61))));
    assert_eq!(ended(world.run(61)).0, Exit::Partial);

    let restarts = Pace { restarts: Restarts::IfNeeded, ..pace(1, 1) };
    let mut world = World::small(2, restarts);
    world.run(0);
    world.work(1, condition("FileSystemResizePending"));
    world.run(1);
    assert_eq!(world.run(61), Move::Restart(Ordinal(1)));
    world.machine.restarted(Ordinal(1), at(70));
    assert!(matches!(world.run(70), Move::Wait(_)), "once is enough");
    world.grow(1);
    world.run(71);
    assert_eq!(world.asked, ["data-db-1", "data-db-0"]);
}

#[test]
fn without_a_pod_the_file_system_grows_when_there_is_one() {
    let mut world = World::small(1, pace(1, 1));
    world.pods.clear();
    world.run(0);
    world.work(0, condition("FileSystemResizePending"));
    assert_eq!(ended(world.run(1)).0, Exit::Success);
    assert!(world.machine.events().iter().any(|event| matches!(event, Event::Notice(_))));
}

#[test]
fn a_failure_from_before_does_not_end_it_and_a_new_one_does() {
    let mut claims: Vec<Claim> = (0..2).map(claim).collect();
    claims[1].requested = Some("2Gi".to_owned());
    claims[1].volume_work = Some(Box::new(condition("ControllerResizeError")));
    let mut world = World::of(claims, pace(1, 1));
    assert!(matches!(world.run(0), Move::Wait(_)));
    let mut other = condition("ControllerResizeError");
    other.conditions[0].1 = "emptier, not empty".to_owned();
    world.work(1, other);
    assert_eq!(ended(world.run(1)).0, Exit::Found);
}

#[test]
fn what_others_do_meanwhile_ends_it() {
    let begun = || {
        let mut world = World::small(2, pace(1, 1));
        world.run(0);
        world
    };
    let mut world = begun();
    world.claim("data-db-1").uid = "other".to_owned();
    assert_eq!(ended(world.run(1)).0, Exit::Conflict);
    let mut world = begun();
    world.claims[1].deleting_since = Some(at(1));
    assert_eq!(ended(world.run(1)).0, Exit::Conflict);
    let mut world = begun();
    let claim = world.claim("data-db-1");
    claim.requested = Some("3Gi".to_owned());
    claim.resource_version = "99".to_owned();
    assert_eq!(ended(world.run(1)).0, Exit::Conflict);
    let mut world = begun();
    let look = Look { claims: &world.claims, set: None, pods: &world.pods };
    assert_eq!(ended(world.machine.next(look, at(1))).0, Exit::Conflict);
}

#[test]
fn a_watch_that_is_behind_our_own_write_is_waited_for() {
    let mut world = World::small(1, pace(1, 1));
    let before = world.claims.clone();
    world.run(0);
    let look = Look { claims: &before, set: Some("set-uid"), pods: &world.pods };
    assert!(matches!(world.machine.next(look, at(1)), Move::Wait(_)));
}

#[test]
fn a_write_whose_answer_was_lost_is_not_sent_again() {
    let mut world = World::small(1, pace(1, 1));
    let Move::Write(_) = world.next(0) else { panic!("it asks") };
    world.claims[0].requested = Some("2Gi".to_owned());
    world.machine.rejected(at(0));
    assert!(matches!(world.run(1), Move::Wait(_)));
    assert_eq!(world.asked, [""; 0]);
    // And one that was not carried out is, after a while.
    let mut world = World::small(1, pace(1, 1));
    let Move::Write(_) = world.next(0) else { panic!("it asks") };
    world.machine.rejected(at(0));
    assert_eq!(world.next(0), Move::Wait(Some(at(1))));
    assert!(matches!(world.next(1), Move::Write(_)));
}

#[derive(Clone, Copy, Debug)]
enum Chance {
    Grows,
    Fails,
    Nothing,
}

proptest! {
    /// Whatever claims do, and in whatever order: no more are asked at a time than may be, none
    /// twice, none but the canary before it is there, and none after a failure.
    #[test]
    fn nothing_that_happens_asks_for_more_than_was_agreed(
        count in 1_u32..6,
        canary in 1_usize..3,
        at_once in 1_usize..4,
        chances in proptest::collection::vec(
            (0_u32..6, prop_oneof![
                8 => Just(Chance::Grows), 1 => Just(Chance::Fails), 3 => Just(Chance::Nothing),
            ]),
            0..20,
        ),
    ) {
        let mut world = World::small(count, pace(canary, at_once));
        let size: Quantity = "2Gi".parse().unwrap();
        let mut failed = false;
        for (now, (ordinal, chance)) in (0_i64..).zip(chances) {
            let before = world.asked.len();
            let next = world.run(now);
            prop_assert!(!failed || world.asked.len() == before, "asked after a failure");
            let there = |claim: &Claim| claim.capacity.as_ref().unwrap().parse() == Ok(size);
            let busy = world.claims.iter().filter(|claim| {
                claim.requested.as_deref() == Some("2Gi") && !there(claim)
            });
            prop_assert!(busy.count() <= at_once);
            let canaries = world.claims.iter().rev().take(canary);
            if !canaries.into_iter().all(there) {
                prop_assert!(world.asked.len() <= canary, "beyond the canary");
            }
            let mut once = world.asked.clone();
            once.sort();
            once.dedup();
            prop_assert_eq!(once.len(), world.asked.len());
            if let Move::End(end) = next {
                prop_assert_eq!(end.exit == Exit::Success, !failed);
                break;
            }
            let asked = ordinal < count
                && world.asked.contains(&format!("data-db-{ordinal}"))
                && !there(world.claim(&format!("data-db-{ordinal}")));
            match chance {
                Chance::Grows if asked => world.grow(ordinal),
                Chance::Fails if asked => {
                    world.work(ordinal, condition("ControllerResizeError"));
                    failed = true;
                }
                _ => {}
            }
        }
    }
}
