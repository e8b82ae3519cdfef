use super::*;
use crate::model::trash::Mark;
use crate::model::volume::BoundClaim;
use crate::plan::pvc::backup::put_aside;
use crate::testing::{a_claim, a_set, a_volume, an_owner, at};

fn wish() -> Wish {
    let of = |name: &str| Target { namespace: "prod".to_owned(), name: name.to_owned() };
    Wish {
        from: of("data-old-0"),
        set: "db".to_owned(),
        template: "data".to_owned(),
        ordinal: Ordinal(3),
        target: of("data-db-3"),
    }
}

fn old() -> Set {
    a_set("old").claiming("data").replicas(0)
}

/// A claim that nobody uses, and a set of three.
fn scene() -> Scene {
    let from = a_claim(&old(), 0);
    let mut volume = a_volume("pv-data-old-0");
    volume.claim = Some(BoundClaim {
        namespace: from.namespace.clone(),
        name: from.name.clone(),
        uid: Some(from.uid.clone()),
    });
    Scene {
        from: Some(from),
        volume: Some(volume),
        rivals: Vec::new(),
        target: None,
        set: Some(a_set("db").claiming("data")),
        tenants: Known::Read(Vec::new()),
        neighbours: Known::Read(Vec::new()),
        sets: Known::Read(vec![old()]),
    }
}

fn aside(mut scene: Scene) -> Scene {
    let mark = Mark { run: "r1".to_owned(), by: "me".to_owned(), at: at(0) };
    let volume = scene.volume.as_mut().unwrap();
    let patch = put_aside(volume, scene.from.as_ref().unwrap(), &mark, "{}").unwrap();
    patch.carry_out(volume);
    scene
}

fn refusals(scene: &Scene) -> Vec<NoAdoption> {
    match next(scene, &wish()) {
        Move::Refuse(whys) => whys,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_old_claim_goes_only_once_its_volume_is_retained_and_the_new_comes_only_once_it_is_gone() {
    let mut scene = scene();
    assert_eq!(next(&scene, &wish()), Move::PutAside);
    scene = aside(scene);
    assert!(matches!(next(&scene, &wish()), Move::DeleteClaim(_)));
    scene.from = scene.from.map(Claim::going);
    assert_eq!(next(&scene, &wish()), Move::Wait(restored::Wait::Going));
    scene.from = None;
    assert_eq!(next(&scene, &wish()), Move::Wait(restored::Wait::Release));
    scene.volume.as_mut().unwrap().phase = "Released".to_owned();
    let Move::Reserve(patch) = next(&scene, &wish()) else { panic!("no reservation") };
    patch.carry_out(scene.volume.as_mut().unwrap());
    scene.volume.as_mut().unwrap().phase = "Available".to_owned();
    assert_eq!(next(&scene, &wish()), Move::CreateClaim);
    let mut new = a_claim(scene.set.as_ref().unwrap(), 3);
    new.volume = Some("pv-data-old-0".to_owned());
    new.phase = ClaimPhase::Pending;
    scene.target = Some(new.clone());
    assert_eq!(next(&scene, &wish()), Move::Wait(restored::Wait::Binding));
    new.phase = ClaimPhase::Bound;
    scene.volume.as_mut().unwrap().claim.as_mut().unwrap().uid = Some(new.uid.clone());
    scene.volume.as_mut().unwrap().phase = "Bound".to_owned();
    scene.target = Some(new);
    let Move::Finish(patch) = next(&scene, &wish()) else { panic!("no finish") };
    assert_eq!(patch.reclaim_policy, Some(ReclaimPolicy::Delete));
    patch.carry_out(scene.volume.as_mut().unwrap());
    assert_eq!(next(&scene, &wish()), Move::Done);
}

#[test]
fn whatever_could_want_either_claim_refuses_and_every_reason_is_named() {
    let tenant = |pod: &str, claim: &str| Tenant {
        pod: pod.to_owned(),
        uid: "u".to_owned(),
        resource_version: "1".to_owned(),
        controller: None,
        claims: vec![claim.to_owned()],
        going: true,
    };
    let mut wanted = scene();
    wanted.tenants = Known::Read(vec![tenant("job", "data-old-0"), tenant("x", "other")]);
    wanted.neighbours = Known::Read(vec![tenant("db-3", "data-db-3")]);
    wanted.sets = Known::Read(vec![old().replicas(1)]);
    wanted.set = Some(a_set("db").claiming("data").replicas(4));
    wanted.from.as_mut().unwrap().owners.push(an_owner("Kafka", "k", "u"));
    wanted.target = Some(a_claim(&a_set("db").claiming("data"), 3));
    let whys = refusals(&wanted);
    for why in [
        NoAdoption::Used(vec!["job".to_owned()]),
        NoAdoption::PodThere("db-3".to_owned()),
        NoAdoption::WantedBy { set: "old".to_owned() },
        NoAdoption::Wanted { replicas: 3 },
        NoAdoption::Owned(an_owner("Kafka", "k", "u")),
        NoAdoption::Taken { volume: Some("pv-data-db-3".to_owned()) },
    ] {
        assert!(whys.contains(&why), "{why:?} is not in {whys:?}");
    }
    assert_eq!(refusals(&aside(wanted)).len(), whys.len(), "looked at again before the deletion");
}

#[test]
fn unknown_is_never_taken_for_absent() {
    let unknown = || Known::Unknown("forbidden".to_owned());
    for hidden in [
        Scene { tenants: unknown(), ..scene() },
        Scene { neighbours: Known::Unknown("forbidden".to_owned()), ..scene() },
        Scene { sets: Known::Unknown("forbidden".to_owned()), ..scene() },
    ] {
        assert!(matches!(refusals(&hidden)[..], [NoAdoption::Unknown { .. }]), "{hidden:?}");
    }
}

#[test]
fn volumes_that_are_not_the_claims_or_are_strange_refuse() {
    let mut foreign = scene();
    foreign.volume.as_mut().unwrap().claim.as_mut().unwrap().uid = Some("other".to_owned());
    assert_eq!(refusals(&foreign), [NoAdoption::NotItsVolume]);
    assert_eq!(refusals(&Scene { volume: None, ..scene() }), [NoAdoption::NotItsVolume]);
    let mut odd = scene();
    odd.volume.as_mut().unwrap().reclaim_policy = ReclaimPolicy::Other("Recycle".to_owned());
    assert_eq!(refusals(&odd), [NoAdoption::Policy("Recycle".to_owned())]);
    let mut unbound = scene();
    unbound.from.as_mut().unwrap().phase = ClaimPhase::Pending;
    assert_eq!(refusals(&unbound), [NoAdoption::Unbound]);
    let no_template = Scene { set: Some(a_set("db").claiming("wal")), ..scene() };
    let templates = vec!["wal".to_owned()];
    assert_eq!(refusals(&no_template), [NoAdoption::NoTemplate { templates }]);
    let same = Wish { target: wish().from, ..wish() };
    assert_eq!(next(&scene(), &same), Move::Refuse(vec![NoAdoption::Same]));
}

#[test]
fn a_claim_that_somebody_else_deletes_is_not_adopted_without_its_volume_kept() {
    let mut going = scene();
    going.from = going.from.map(Claim::going);
    assert_eq!(refusals(&going), [NoAdoption::Going]);
}

#[test]
fn without_the_old_claim_the_one_volume_that_remembers_it_counts() {
    let gone = Scene { from: None, volume: None, ..scene() };
    assert_eq!(refusals(&gone), [NoAdoption::Nothing]);
    let rivals = vec!["pv-1".to_owned(), "pv-2".to_owned()];
    let two = Scene { rivals: rivals.clone(), ..Scene { from: None, ..aside(scene()) } };
    assert_eq!(refusals(&two), [NoAdoption::Rivals(rivals)]);
    let mut done = gone;
    let mut new = a_claim(done.set.as_ref().unwrap(), 3);
    let from = [(ADOPTED_FROM.to_owned(), "prod/data-old-0".to_owned())];
    new.annotations = std::sync::Arc::new(from.into());
    done.target = Some(new);
    assert_eq!(next(&done, &wish()), Move::Done);
}

#[test]
fn what_differs_from_the_template_is_told() {
    let mut template = a_set("db").claiming("data").claim_templates.remove(0);
    let from = a_claim(&old(), 0);
    assert!(differences(&template, &from).is_empty());
    template.requested = Some("1025Mi".to_owned());
    template.storage_class = Some("fast".to_owned());
    let smaller = Difference::Smaller { has: "1Gi".to_owned(), wants: "1025Mi".to_owned() };
    let class = Difference::Class { has: "standard".to_owned(), wants: "fast".to_owned() };
    assert_eq!(differences(&template, &from), [smaller, class]);
    template.requested = Some("1024Mi".to_owned());
    assert_eq!(differences(&template, &from).len(), 1);
}
