use super::*;
use crate::testing::{a_claim, a_set, a_volume, at};

fn a_class(name: &str, driver: &str) -> SnapshotClass {
    SnapshotClass {
        name: name.to_owned(),
        driver: driver.to_owned(),
        default: false,
        deletion: ReclaimPolicy::Delete,
    }
}

fn a_wish() -> Wish {
    Wish { ordinals: None, template: None, class: None, run: "r1".to_owned() }
}

/// A set of two with a claim template, volumes of `disk`, and its default class.
fn evidence() -> Evidence {
    let set = a_set("db").replicas(2).claiming("data");
    let claims: Vec<Claim> = [0, 1, 2].map(|ordinal| a_claim(&set, ordinal)).into();
    let volume = |claim: &Claim| {
        let name = claim.volume.clone().unwrap();
        let volume = Volume { driver: Some("disk".to_owned()), ..a_volume(&name) };
        (name, Known::Read(Some(volume)))
    };
    Evidence {
        volumes: claims.iter().map(volume).collect(),
        claims: Known::Read(claims),
        served: true,
        classes: Known::Read(vec![
            SnapshotClass { default: true, ..a_class("usual", "disk") },
            a_class("other", "disk"),
            SnapshotClass { default: true, ..a_class("foreign", "tape") },
        ]),
        set,
    }
}

fn claims(seen: &mut Evidence) -> &mut Vec<Claim> {
    match &mut seen.claims {
        Known::Read(claims) => claims,
        Known::Unknown(_) => unreachable!("they are read"),
    }
}

#[test]
fn every_claim_the_set_wants_is_taken_with_its_labels() {
    let shots = plan(&a_wish(), &evidence()).unwrap();
    let names: Vec<&str> = shots.iter().map(|shot| shot.new.name.as_str()).collect();
    assert_eq!(names, ["data-db-0-r1", "data-db-1-r1"]);
    let new = &shots[1].new;
    assert_eq!((new.class.as_str(), new.claim.as_str()), ("usual", "data-db-1"));
    let labels: Vec<(&str, &str)> =
        new.labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(labels, [(ORDINAL, "1"), (RUN, "r1"), (SET, "db"), (TEMPLATE, "data")]);
}

#[test]
fn ordinals_that_are_named_are_taken_wanted_or_not() {
    let wish = Wish { ordinals: Some("2".parse().unwrap()), ..a_wish() };
    assert_eq!(plan(&wish, &evidence()).unwrap()[0].new.claim, "data-db-2");
    let wish = Wish { ordinals: Some("7".parse().unwrap()), ..a_wish() };
    let missing = NoSnapshot::Missing { claim: "data-db-7".to_owned() };
    assert_eq!(plan(&wish, &evidence()), Err(vec![missing]));
    let mut parked = evidence();
    parked.set = parked.set.replicas(0);
    assert_eq!(plan(&a_wish(), &parked), Err(vec![NoSnapshot::NoOrdinals]));
}

#[test]
fn what_cannot_be_taken_refuses_all_of_it_and_every_reason_is_named() {
    let mut seen = evidence();
    claims(&mut seen)[0] = a_claim(&seen.set.clone(), 0).going();
    claims(&mut seen)[1] = a_claim(&seen.set.clone(), 1).in_phase(ClaimPhase::Pending);
    assert_eq!(
        plan(&a_wish(), &seen),
        Err(vec![
            NoSnapshot::Going { claim: "data-db-0".to_owned() },
            NoSnapshot::Unbound { claim: "data-db-1".to_owned() },
        ])
    );
    let mut seen = evidence();
    seen.volumes.insert("pv-data-db-0".to_owned(), Known::Read(Some(a_volume("pv-data-db-0"))));
    let none = NoSnapshot::NoDriver { claim: "data-db-0".to_owned() };
    assert_eq!(plan(&a_wish(), &seen), Err(vec![none]));
}

#[test]
fn unknown_is_never_taken_for_absent() {
    let absent = Evidence { served: false, ..evidence() };
    assert_eq!(plan(&a_wish(), &absent), Err(vec![NoSnapshot::NotServed]));
    let hidden = Evidence { classes: Known::Unknown("no".to_owned()), ..evidence() };
    assert!(matches!(plan(&a_wish(), &hidden).unwrap_err()[..], [NoSnapshot::Unknown { .. }]));
    let mut hidden = evidence();
    hidden.volumes.insert("pv-data-db-1".to_owned(), Known::Unknown("no".to_owned()));
    assert!(matches!(plan(&a_wish(), &hidden).unwrap_err()[..], [NoSnapshot::Unknown { .. }]));
}

#[test]
fn a_class_has_to_fit_the_driver() {
    let with = |class: &str| Wish { class: Some(class.to_owned()), ..a_wish() };
    assert_eq!(plan(&with("other"), &evidence()).unwrap()[0].new.class, "other");
    let none = NoSnapshot::NoClass { class: "none".to_owned() };
    assert_eq!(plan(&with("none"), &evidence()), Err(vec![none]));
    let refused = plan(&with("foreign"), &evidence()).unwrap_err();
    assert!(matches!(refused[0], NoSnapshot::OtherDriver { .. }));
    let mut seen = evidence();
    seen.classes = Known::Read(vec![a_class("one", "disk"), a_class("two", "disk")]);
    let classes = vec!["one".to_owned(), "two".to_owned()];
    let none = NoSnapshot::NoDefault { driver: "disk".to_owned(), classes };
    assert_eq!(plan(&a_wish(), &seen), Err(vec![none]));
}

#[test]
fn a_template_can_be_picked_and_has_to_exist() {
    let wish = Wish { template: Some("wal".to_owned()), ..a_wish() };
    let none = NoSnapshot::NoTemplate { template: "wal".to_owned() };
    assert_eq!(plan(&wish, &evidence()), Err(vec![none]));
    let mut seen = evidence();
    seen.set.claim_templates.clear();
    assert_eq!(plan(&wish, &seen), Err(vec![NoSnapshot::NoTemplates]));
}

fn taken(run: &str, claim: &str, seconds: i64) -> VolumeSnapshot {
    let labels = [(SET, "db"), (RUN, run), (ORDINAL, "0"), (TEMPLATE, "data")];
    VolumeSnapshot {
        namespace: "prod".to_owned(),
        name: format!("{claim}-{run}"),
        uid: format!("uid-{claim}-{run}"),
        resource_version: "1".to_owned(),
        labels: labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        claim: Some(claim.to_owned()),
        class: None,
        created_at: Some(at(seconds)),
        deleting_since: None,
        ready: true,
        restore_size: None,
        error: None,
    }
}

#[test]
fn the_oldest_of_ours_go_once_the_new_one_is_ready() {
    let there = vec![
        taken("old", "data-db-0", 1),
        taken("older", "data-db-0", 0),
        taken("new", "data-db-0", 9),
        taken("old", "data-db-1", 1),
    ];
    let names = |keep, there: &[VolumeSnapshot]| -> Vec<String> {
        outdated("db", "new", keep, there).iter().map(|one| one.name.clone()).collect()
    };
    assert_eq!(names(1, &there), ["data-db-0-old", "data-db-0-older"]);
    assert_eq!(names(2, &there), ["data-db-0-older"]);
    assert!(names(3, &there).is_empty());
    let mut unready = there.clone();
    unready[2].ready = false;
    assert!(names(1, &unready).is_empty(), "the new one is not ready");
}

#[test]
fn what_others_took_and_what_is_not_ready_is_left() {
    let mut there = vec![taken("new", "data-db-0", 9), taken("old", "data-db-0", 1)];
    for spoil in [
        |one: &mut VolumeSnapshot| one.ready = false,
        |one: &mut VolumeSnapshot| drop(one.labels.remove(RUN)),
        |one: &mut VolumeSnapshot| drop(one.labels.insert(SET.to_owned(), "other".to_owned())),
        |one: &mut VolumeSnapshot| one.claim = Some("data-db-5".to_owned()),
        |one: &mut VolumeSnapshot| one.deleting_since = Some(at(0)),
    ] {
        let before = there[1].clone();
        spoil(&mut there[1]);
        assert!(outdated("db", "new", 1, &there).is_empty(), "{:?}", there[1]);
        there[1] = before;
    }
    assert_eq!(outdated("db", "new", 1, &there).len(), 1);
}
