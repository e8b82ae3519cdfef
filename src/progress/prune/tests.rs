use super::*;
use crate::model::trash::CLAIM;
use crate::model::volume::{BoundClaim, ReclaimPolicy};
use crate::plan::pvc::restored;
use crate::plan::pvc::restored::{Next, Target};
use crate::testing::{a_claim, a_set, a_volume, at};

/// A cluster of one claim and its volume.
#[derive(Clone)]
struct World {
    claim: Option<Claim>,
    volume: Volume,
    /// Whether the claim is judged to be of no use.
    useless: bool,
    /// Who uses the claim.
    users: Vec<String>,
    version: u32,
    /// What happens to writes, each counted from 1.
    fates: Vec<(usize, Fate)>,
    writes: usize,
    /// The claim stays when it is told to go.
    held: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Conflict,
    Denied,
    LostBefore,
    LostAfter,
}

const FATES: [Fate; 4] = [Fate::Conflict, Fate::Denied, Fate::LostBefore, Fate::LostAfter];

impl World {
    fn new() -> Self {
        let claim = a_claim(&a_set("db").claiming("data"), 3);
        let mut volume = a_volume("pv-data-db-3");
        volume.claim = Some(BoundClaim {
            namespace: claim.namespace.clone(),
            name: claim.name.clone(),
            uid: Some(claim.uid.clone()),
        });
        Self {
            claim: Some(claim),
            volume,
            useless: true,
            users: Vec::new(),
            version: 1,
            fates: Vec::new(),
            writes: 0,
            held: false,
        }
    }

    fn failing(fates: &[(usize, Fate)]) -> Self {
        Self { fates: fates.to_vec(), ..Self::new() }
    }

    fn carry_out(&mut self, next: &Move) -> Answer {
        let answer = match next {
            Move::Rehearse(deletion) => match &self.claim {
                None => Answer::Gone,
                Some(claim) if claim.resource_version != deletion.resource_version => {
                    Answer::Conflict
                }
                Some(_) => Answer::Done,
            },
            Move::Read => Answer::Read(Reading {
                claim: self.claim.clone(),
                manifest: Ok("{}".to_owned()),
                volume: Known::Read(Some(self.volume.clone())),
            }),
            Move::Judge => Answer::Judged(self.claim.clone().filter(|claim| {
                self.useless && self.users.is_empty() && claim.deleting_since.is_none()
            })),
            Move::Patch(patch) => {
                let patch = patch.clone();
                self.write(move |world| world.patch(&patch))
            }
            Move::Delete(deletion) => {
                let deletion = deletion.clone();
                self.write(move |world| world.delete(&deletion))
            }
            Move::Look => Answer::Looked(Look {
                claim: self.claim.clone(),
                users: Known::Read(self.users.clone()),
            }),
            Move::Restore => self.restore(),
            Move::End(outcome) => panic!("{outcome:?} is no move"),
        };
        self.is_safe();
        answer
    }

    fn write(&mut self, write: impl FnOnce(&mut Self) -> Answer) -> Answer {
        self.writes += 1;
        let fate = self.fates.iter().find(|(at, _)| *at == self.writes).map(|(_, fate)| *fate);
        match fate {
            None => write(self),
            Some(Fate::Conflict) => Answer::Conflict,
            Some(Fate::Denied) => Answer::Denied("no".to_owned()),
            Some(Fate::LostBefore) => Answer::Unclear("reset".to_owned()),
            Some(Fate::LostAfter) => {
                write(self);
                Answer::Unclear("reset".to_owned())
            }
        }
    }

    fn patch(&mut self, patch: &VolumePatch) -> Answer {
        if patch.resource_version != self.volume.resource_version {
            return Answer::Conflict;
        }
        patch.carry_out(&mut self.volume);
        self.version += 1;
        self.volume.resource_version = self.version.to_string();
        Answer::Done
    }

    fn delete(&mut self, deletion: &Deletion) -> Answer {
        match &mut self.claim {
            None => Answer::Gone,
            Some(claim)
                if claim.uid != deletion.uid
                    || claim.resource_version != deletion.resource_version =>
            {
                Answer::Conflict
            }
            Some(claim) if self.held => {
                claim.deleting_since = Some(at(0));
                Answer::Done
            }
            Some(_) => {
                self.claim = None;
                self.volume.phase = "Released".to_owned();
                Answer::Done
            }
        }
    }

    /// As `pvc restore` does it, on the readings of the moment.
    fn restore(&self) -> Answer {
        let reading = restored::Reading {
            volume: self.volume.clone(),
            named: self.claim.clone(),
            target: self.claim.clone(),
        };
        match restored::next(&reading, &Target::named_by(&self.volume).unwrap()) {
            Next::Refuse(why) => Answer::NotRestored(format!("{why:?}")),
            _ => Answer::Restored,
        }
    }

    /// What must hold at every moment: no data goes with the claim.
    fn is_safe(&self) {
        if self.claim.as_ref().is_some_and(|claim| claim.deleting_since.is_none()) {
            return;
        }
        assert_eq!(self.volume.reclaim_policy, ReclaimPolicy::Retain, "data would be lost");
        let kept = self.volume.trashed().expect("a volume that can be found");
        assert_eq!(kept.policy, Some(ReclaimPolicy::Delete), "the policy before any run");
        assert!(self.volume.annotations.contains_key(CLAIM), "the claim could not come back");
    }

    /// Whether nothing tells that a run was ever here.
    fn is_as_before(&self) -> bool {
        let before = Self::new();
        let mut volume = self.volume.clone();
        volume.resource_version = before.volume.resource_version.clone();
        self.claim == before.claim && volume == before.volume
    }
}

fn pruning(world: &World, run: &str) -> Pruning {
    let mark = Mark { run: run.to_owned(), by: "me".to_owned(), at: at(0) };
    let claim = world.claim.clone().unwrap();
    Pruning::new(claim, mark, Backup::Retain, SignedDuration::from_secs(60))
}

/// Goes on to the end, each look a second after the one before.
fn finish(world: &mut World, pruning: &mut Pruning) -> Outcome {
    for second in 0..200 {
        match pruning.next() {
            Move::End(outcome) => return outcome,
            next => {
                let answer = world.carry_out(&next);
                pruning.take(answer, at(second));
            }
        }
    }
    panic!("it does not end: {pruning:?}");
}

fn run(world: &mut World) -> Outcome {
    let mut pruning = pruning(world, "r1");
    finish(world, &mut pruning)
}

#[test]
fn a_claim_goes_and_its_volume_stays() {
    let mut world = World::new();
    assert_eq!(run(&mut world), Outcome::Deleted);
    assert_eq!((world.claim.is_none(), world.writes), (true, 2));
}

#[test]
fn what_admission_forbids_leaves_no_trace() {
    let mut world = World::new();
    let mut pruning = pruning(&world, "r1");
    assert!(matches!(pruning.next(), Move::Rehearse(_)), "before anything is written");
    pruning.take(Answer::Denied("policy".to_owned()), at(0));
    let why = Stop::Denied("policy".to_owned());
    let stopped = Outcome::Stopped { why, volume: Left::Untouched };
    assert_eq!(finish(&mut world, &mut pruning), stopped);
    assert!(world.is_as_before());
}

#[test]
fn every_beginning_is_whole_or_nothing_after_another_run() {
    // The process ends before or after each of its moves, whatever it was about to do.
    for moves in 0.. {
        let mut world = World::new();
        let mut first = pruning(&world, "r1");
        for _ in 0..moves {
            let next = first.next();
            if matches!(next, Move::End(_)) {
                assert!(moves > 5, "all moves were tried");
                return;
            }
            let answer = world.carry_out(&next);
            first.take(answer, at(0));
        }
        if world.claim.is_some() {
            let mut kept = world.clone();
            kept.useless = false;
            // Nobody wants to delete it any more: `restore` puts the volume back.
            let reading = restored::Reading {
                volume: kept.volume.clone(),
                named: kept.claim.clone(),
                target: kept.claim.clone(),
            };
            match restored::next(&reading, &Target::named_by(&kept.volume).unwrap()) {
                Next::Done => {}
                Next::Finish(patch) => assert_eq!(kept.patch(&patch), Answer::Done),
                other => panic!("{other:?} after {moves} moves"),
            }
            assert!(kept.is_as_before(), "after {moves} moves");
            // Or the same is asked for again.
            let mut second = pruning(&world, "r2");
            assert_eq!(finish(&mut world, &mut second), Outcome::Deleted, "after {moves} moves");
            assert_eq!(world.volume.trashed().unwrap().run, "r2");
        }
        world.is_safe();
    }
}

#[test]
fn any_two_faults_end_in_all_or_nothing() {
    for first in FATES {
        for second in FATES {
            for (at_first, at_second) in (1..5).flat_map(|a| (1..7).map(move |b| (a, b))) {
                let mut world = World::failing(&[(at_first, first), (at_second, second)]);
                let outcome = run(&mut world);
                let told = format!("{at_first} {first:?}, {at_second} {second:?}: {outcome:?}");
                match &outcome {
                    Outcome::Deleted => assert!(world.claim.is_none(), "{told}"),
                    Outcome::Stopped { volume: Left::Aside(_), .. } => {
                        assert_eq!(world.volume.reclaim_policy, ReclaimPolicy::Retain, "{told}");
                    }
                    Outcome::Stopped { .. } => assert!(world.is_as_before(), "{told}"),
                    other => panic!("{told}: {other:?}"),
                }
            }
        }
    }
}

#[test]
fn a_claim_that_is_wanted_by_then_stays_and_its_volume_is_put_back() {
    for moves in 0..4 {
        let mut world = World::new();
        let mut pruning = pruning(&world, "r1");
        for _ in 0..moves {
            let answer = world.carry_out(&pruning.next());
            pruning.take(answer, at(0));
        }
        world.users = vec!["pod/db-3".to_owned()];
        let outcome = finish(&mut world, &mut pruning);
        let stopped = |volume| Outcome::Stopped { why: Stop::Needed, volume };
        assert!(
            [stopped(Left::PutBack), stopped(Left::Untouched)].contains(&outcome),
            "{moves}: {outcome:?}"
        );
        assert!(world.is_as_before(), "{moves}");
    }
}

#[test]
fn a_changed_claim_is_judged_again_twice_and_then_left() {
    let mut world = World::failing(&[(2, Fate::Conflict)]);
    assert_eq!(run(&mut world), Outcome::Deleted, "judged anew");
    let mut world = World::failing(&[2, 3, 4].map(|write| (write, Fate::Conflict)));
    let stopped = Outcome::Stopped { why: Stop::Conflict, volume: Left::PutBack };
    assert_eq!(run(&mut world), stopped);
    assert!(world.is_as_before());
}

#[test]
fn another_claim_of_the_name_is_left_alone() {
    let mut world = World::new();
    let mut pruning = pruning(&world, "r1");
    while !matches!(pruning.next(), Move::Judge) {
        let answer = world.carry_out(&pruning.next());
        pruning.take(answer, at(0));
    }
    let mut other = world.claim.clone().unwrap();
    other.uid = "other".to_owned();
    pruning.take(Answer::Judged(Some(other)), at(0));
    let outcome = finish(&mut world, &mut pruning);
    assert_eq!(outcome, Outcome::Stopped { why: Stop::Replaced, volume: Left::PutBack });
}

#[test]
fn the_policy_does_not_come_back_to_a_claim_that_is_going() {
    let mut world = World::failing(&[(2, Fate::Denied)]);
    let mut pruning = pruning(&world, "r1");
    while !matches!(pruning.next(), Move::Delete(_)) {
        let answer = world.carry_out(&pruning.next());
        pruning.take(answer, at(0));
    }
    let answer = world.carry_out(&pruning.next());
    world.claim.as_mut().unwrap().deleting_since = Some(at(0));
    pruning.take(answer, at(0));
    let outcome = finish(&mut world, &mut pruning);
    assert!(matches!(outcome, Outcome::Stopped { volume: Left::Aside(_), .. }), "{outcome:?}");
    world.is_safe();
}

#[test]
fn who_comes_too_late_gets_the_claim_back() {
    let mut world = World::new();
    let mut pruning = pruning(&world, "r1");
    while !matches!(pruning.next(), Move::Look) {
        let answer = world.carry_out(&pruning.next());
        pruning.take(answer, at(0));
    }
    let users = vec!["pod/db-3".to_owned()];
    world.users = users.clone();
    let mut blank = world.clone();
    let mut other = pruning.clone();
    assert_eq!(finish(&mut world, &mut pruning), Outcome::Rescued { users: users.clone() });
    // The controller has made a new claim, which has got a volume of its own.
    let mut claim = other.claim().clone();
    claim.uid = "blank".to_owned();
    claim.volume = Some("pv-blank".to_owned());
    blank.claim = Some(claim);
    let outcome = finish(&mut blank, &mut other);
    assert!(
        matches!(&outcome, Outcome::Seized { users: told, .. } if *told == users),
        "{outcome:?}"
    );
}

#[test]
fn what_keeps_a_claim_is_told_and_its_data_is_safe() {
    let mut world = World { held: true, ..World::new() };
    let outcome = run(&mut world);
    let finalizers = vec!["kubernetes.io/pvc-protection".to_owned()];
    assert_eq!(outcome, Outcome::Going { finalizers });
    let mut world = World { held: true, ..World::new() };
    let mut pruning = pruning(&world, "r1");
    while !matches!(pruning.next(), Move::Look) {
        let answer = world.carry_out(&pruning.next());
        pruning.take(answer, at(0));
    }
    world.users = vec!["pod/db-3".to_owned()];
    let outcome = finish(&mut world, &mut pruning);
    assert!(matches!(outcome, Outcome::Seized { .. }), "{outcome:?}");
}

#[test]
fn users_that_cannot_be_seen_are_not_taken_for_none() {
    let mut world = World::new();
    let mut pruning = pruning(&world, "r1");
    while !matches!(pruning.next(), Move::Look) {
        let answer = world.carry_out(&pruning.next());
        pruning.take(answer, at(0));
    }
    let unseen = || Look { claim: None, users: Known::Unknown("forbidden".to_owned()) };
    pruning.take(Answer::Looked(unseen()), at(1));
    assert_eq!(pruning.next(), Move::Look);
    pruning.take(Answer::Looked(unseen()), at(100));
    assert_eq!(pruning.outcome(), Some(&Outcome::Unchecked { why: "forbidden".to_owned() }));
}

#[test]
fn an_interruption_stops_what_can_be_stopped() {
    for moves in 0..8 {
        let mut world = World::new();
        let mut pruning = pruning(&world, "r1");
        for _ in 0..moves {
            if !matches!(pruning.next(), Move::End(_)) {
                let answer = world.carry_out(&pruning.next());
                pruning.take(answer, at(0));
            }
        }
        pruning.stop();
        match finish(&mut world, &mut pruning) {
            Outcome::Deleted => assert!(world.claim.is_none()),
            Outcome::Stopped { why: Stop::Interrupted, volume } => {
                assert!(world.is_as_before() && volume != Left::Aside(String::new()), "{moves}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn without_a_backup_the_volume_is_not_touched() {
    let mut world = World::new();
    let mark = Mark { run: "r1".to_owned(), by: "me".to_owned(), at: at(0) };
    let claim = world.claim.clone().unwrap();
    let mut pruning = Pruning::new(claim, mark, Backup::Nothing, SignedDuration::from_secs(60));
    while !matches!(pruning.next(), Move::Delete(_)) {
        let next = pruning.next();
        assert!(!matches!(next, Move::Patch(_)));
        let answer = world.carry_out(&next);
        pruning.take(answer, at(0));
    }
}
