//! Which pod is next.

use super::*;
use crate::model::set::Set;
use crate::testing::{a_pod, a_set, a_snapshot, at};

fn turns(order: &str, leader: Option<&str>) -> Turns {
    Turns::new(order.parse().unwrap(), leader.map(|text| text.parse().unwrap()))
}

fn all(set: &Set, turns: &Turns) -> Vec<Ordinal> {
    turns.sequence(set)
}

const DB_0: Ordinal = Ordinal(0);
const DB_1: Ordinal = Ordinal(1);
const DB_2: Ordinal = Ordinal(2);

#[test]
fn a_program_is_asked_before_every_pod_and_its_answer_does_not_last() {
    let snapshot = a_snapshot(&a_set("db"));
    let mut turns = turns("leader-last", Some("cmd:who"));
    let left = all(&snapshot.set, &turns);
    assert!(matches!(turns.choose(&snapshot, &left, at(0)), Choice::Ask(_)));
    assert!(matches!(turns.choose(&snapshot, &left, at(1)), Choice::Wait { .. }), "once at a time");
    turns.led(Ok(DB_2), at(2));
    assert_eq!(turns.choose(&snapshot, &left, at(3)), Choice::Take(DB_1));
    assert!(matches!(turns.choose(&snapshot, &left, at(7)), Choice::Ask(_)), "too old");
    turns.led(Ok(DB_2), at(8));
    let pod = snapshot.pod(DB_1).unwrap();
    turns.delete(&snapshot.set, pod, DB_1);
    assert!(turns.taken().is_some());
    assert!(matches!(turns.choose(&snapshot, &[DB_2, DB_0], at(8)), Choice::Ask(_)), "used up");
}

#[test]
fn the_last_one_goes_whether_or_not_it_leads() {
    let snapshot = a_snapshot(&a_set("db"));
    let mut turns = turns("leader-last", Some("cmd:who"));
    turns.led(Ok(DB_1), at(0));
    assert_eq!(turns.choose(&snapshot, &[DB_1], at(0)), Choice::TakeLeader(DB_1));
    // It has moved to one that is done.
    turns.led(Ok(DB_2), at(0));
    assert_eq!(turns.choose(&snapshot, &[DB_1], at(0)), Choice::Take(DB_1));
}

#[test]
fn an_unclear_answer_is_asked_for_again_and_never_used() {
    let snapshot = a_snapshot(&a_set("db"));
    let mut turns = turns("leader-last", Some("cmd:who"));
    let left = all(&snapshot.set, &turns);
    let mut now = 0;
    for _ in 0..5 {
        assert!(matches!(turns.choose(&snapshot, &left, at(now)), Choice::Ask(_)));
        turns.led(Err("two of them".to_owned()), at(now));
        if now < 40 {
            let waits = turns.choose(&snapshot, &left, at(now + 9));
            assert!(matches!(waits, Choice::Wait { wake: Some(wake), .. } if wake == at(now + 10)));
        }
        now += 10;
    }
    let unclear = Choice::Unclear("two of them".to_owned());
    assert_eq!(turns.choose(&snapshot, &left, at(now)), unclear);
    // A clear answer forgives the others.
    turns.led(Ok(DB_0), at(now));
    assert_eq!(turns.choose(&snapshot, &left, at(now)), Choice::Take(DB_2));
}

#[test]
fn a_label_is_looked_at_and_two_are_none() {
    let set = a_set("db");
    let primary = |ordinal| {
        let mut pod = a_pod(&set, ordinal);
        pod.labels.insert("role".to_owned(), "primary".to_owned());
        pod
    };
    let snapshot = a_snapshot(&set).with(primary(2));
    let mut turns = turns("leader-last", Some("label:role=primary"));
    let left = all(&set, &turns);
    assert_eq!(turns.choose(&snapshot, &left, at(0)), Choice::Take(DB_1));
    let two = snapshot.clone().with(primary(0));
    assert!(matches!(turns.choose(&two, &left, at(1)), Choice::Wait { .. }));
    assert_eq!(turns.choose(&snapshot, &left, at(11)), Choice::Take(DB_1));
}

#[test]
fn nobody_to_ask_is_no_leader() {
    let snapshot = a_snapshot(&a_set("db"));
    let mut turns = turns("leader-last", None);
    assert!(matches!(turns.choose(&snapshot, &[DB_0], at(0)), Choice::Unclear(_)));
}

#[test]
fn a_pod_in_doubt_is_the_only_one_that_goes() {
    let snapshot = a_snapshot(&a_set("db"));
    let mut turns = turns("leader-last", Some("cmd:who"));
    let left = all(&snapshot.set, &turns);
    turns.led(Ok(DB_0), at(0));
    assert_eq!(turns.choose(&snapshot, &left, at(0)), Choice::Take(DB_2));
    turns.delete(&snapshot.set, snapshot.pod(DB_2).unwrap(), DB_2);
    turns.refused(&Rejection::Changed);
    // It was elected meanwhile. The deletion may happen yet, so nobody else goes.
    turns.led(Ok(DB_2), at(1));
    let waits = turns.choose(&snapshot, &left, at(1));
    assert!(matches!(waits, Choice::Wait { wake: Some(wake), .. } if wake == at(61)), "{waits:?}");
    turns.led(Ok(DB_0), at(2));
    assert_eq!(turns.choose(&snapshot, &left, at(2)), Choice::Take(DB_2));
    turns.led(Ok(DB_2), at(61));
    assert_eq!(turns.choose(&snapshot, &left, at(61)), Choice::Take(DB_1), "no longer in doubt");
}

#[test]
fn what_a_budget_refused_is_not_in_doubt() {
    let snapshot = a_snapshot(&a_set("db"));
    let mut turns = turns("leader-last", Some("cmd:who"));
    let left = all(&snapshot.set, &turns);
    turns.delete(&snapshot.set, snapshot.pod(DB_2).unwrap(), DB_2);
    turns.refused(&Rejection::Budget("full".to_owned()));
    turns.led(Ok(DB_2), at(0));
    assert_eq!(turns.choose(&snapshot, &left, at(0)), Choice::Take(DB_1));
}

#[test]
fn a_pod_above_a_hole_would_not_come_back() {
    let set = a_set("db");
    let unwell = a_snapshot(&set).with(a_pod(&set, 0).unready());
    let turns = turns("asc", None);
    assert!(turns.hole(&unwell, DB_2, at(0)).is_some());
    assert_eq!(turns.hole(&unwell, DB_0, at(0)), None, "nothing is below it");
    let parallel = set.parallel();
    let unwell = a_snapshot(&parallel).with(a_pod(&parallel, 0).unready());
    assert_eq!(turns.hole(&unwell, DB_2, at(0)), None);
}

#[test]
fn pods_of_the_same_turn_are_not_in_each_others_way() {
    let set = a_set("db");
    let snapshot = a_snapshot(&set);
    let mut turns = turns("asc", None);
    turns.begin(2);
    assert!(!turns.under_way());
    turns.delete(&set, snapshot.pod(DB_0).unwrap(), DB_0);
    turns.taken();
    assert!(turns.under_way());
    let going = snapshot.without(0);
    assert_eq!(turns.blocker(&going, 0, at(0)), None);
    assert_eq!(turns.hole(&going, DB_1, at(0)), None);
    let another = going.without(2);
    assert!(turns.blocker(&another, 0, at(0)).is_some());
    assert_eq!(turns.blocker(&another, 1, at(0)), None, "tolerated");
    turns.begin(2);
    assert!(turns.blocker(&a_snapshot(&set).without(0), 0, at(0)).is_some(), "a new turn");
}

#[test]
fn a_reading_that_shows_pods_known_to_be_gone_is_behind() {
    let set = a_set("db");
    let first = a_snapshot(&set);
    let newer = Pod { uid: "new".to_owned(), created_at: Some(at(5)), ..a_pod(&set, 1) };
    let second = first.clone().with(newer.clone());
    let mut seen = turns("asc", None);
    seen.observe(&first);
    seen.observe(&second);
    assert_eq!(seen.behind(), None);
    seen.observe(&first);
    assert!(seen.behind().is_some(), "the one before, again");
    seen.observe(&second.without(1));
    assert_eq!(seen.behind(), None, "gone is no older");
    // A process that never saw the one before.
    let mut fresh = turns("asc", None);
    fresh.observe(&first.clone().with(newer));
    fresh.observe(&first);
    assert!(fresh.behind().is_some());
    let mut going = turns("asc", None);
    going.observe(&first.clone().with(a_pod(&set, 1).deleting()));
    going.observe(&first);
    assert!(going.behind().is_some(), "who was told to go does not stay");
    let mut missing = turns("asc", None);
    missing.observe(&first.clone().without(1));
    missing.observe(&first);
    assert!(missing.behind().is_some(), "created long before it was missing");
    let newer = Pod { uid: "new".to_owned(), created_at: Some(at(1)), ..a_pod(&set, 1) };
    missing.observe(&first.with(newer));
    assert_eq!(missing.behind(), None);
}
