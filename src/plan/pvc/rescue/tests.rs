use super::*;
use crate::model::set::Retention;
use crate::model::trash::Mark;
use crate::model::volume::BoundClaim;
use crate::plan::pvc::backup::put_aside;
use crate::testing::{a_claim, a_set, a_volume, an_owner, at};

fn a_tenant(pod: &str, controller: Option<&Set>) -> Tenant {
    Tenant {
        pod: pod.to_owned(),
        uid: format!("uid-{pod}"),
        resource_version: "1".to_owned(),
        controller: controller.map(|set| Owner {
            api_version: "apps/v1".to_owned(),
            ..an_owner("StatefulSet", &set.name, &set.uid)
        }),
        claims: vec!["data-db-1".to_owned()],
        going: false,
    }
}

/// A set of three whose pod 1 uses its claim.
fn healthy() -> Scene {
    let set = a_set("db").claiming("data");
    let claim = a_claim(&set, 1);
    let mut volume = a_volume("pv-data-db-1");
    volume.claim = Some(BoundClaim {
        namespace: claim.namespace.clone(),
        name: claim.name.clone(),
        uid: Some(claim.uid.clone()),
    });
    Scene {
        tenants: vec![a_tenant("db-1", Some(&set))],
        maker: Maker::Here { set, ordinal: Ordinal(1) },
        claim: Some(claim),
        volume: Some(volume),
        owners: Vec::new(),
        copy: None,
    }
}

fn bomb() -> Scene {
    let scene = healthy();
    Scene { claim: scene.claim.map(Claim::going), ..scene }
}

fn owned_by(mut scene: Scene, owner: Owner, standing: Standing) -> Scene {
    scene.claim.as_mut().unwrap().owners.push(owner);
    scene.owners.push(standing);
    scene
}

fn set_of(scene: &Scene) -> Set {
    match &scene.maker {
        Maker::Here { set, .. } => set.clone(),
        other => panic!("{other:?}"),
    }
}

fn change_set(scene: &mut Scene, change: impl FnOnce(&mut Set)) {
    if let Maker::Here { set, .. } = &mut scene.maker {
        change(set);
    }
}

fn target() -> Target {
    Target { namespace: "prod".to_owned(), name: "data-db-1".to_owned() }
}

/// A cluster that does what it is told, and what its controllers do by themselves.
struct World {
    scene: Scene,
    set: Set,
    done: Vec<&'static str>,
}

impl World {
    fn of(scene: Scene) -> Self {
        Self { set: set_of(&scene), scene, done: Vec::new() }
    }

    /// Carries out one move. False when there is nothing more to do.
    fn step(&mut self) -> bool {
        let next = next(&self.scene, &target(), Scope::All);
        let name = match next {
            Move::Done => return false,
            Move::Refuse(why) => panic!("{why:?} after {:?}", self.done),
            Move::PutAside => {
                let (volume, claim) = (self.scene.volume.as_mut(), self.scene.claim.as_ref());
                let mark = Mark { run: "r1".to_owned(), by: "me".to_owned(), at: at(0) };
                let volume = volume.unwrap();
                let patch = put_aside(volume, claim.unwrap(), &mark, "{}").unwrap();
                patch.carry_out(volume);
                "aside"
            }
            Move::Strip(removal) => {
                self.scene.claim.as_mut().unwrap().owners.remove(removal.at);
                self.scene.owners.remove(removal.at);
                "strip"
            }
            Move::KeepSet => {
                self.scene.copy = Some(Copy {
                    set: "db".to_owned(),
                    uid: self.set.uid.clone(),
                    pods: vec!["uid-db-1".to_owned()],
                    purpose: Purpose::SameSet,
                });
                "keep set"
            }
            Move::ForgetSet => {
                self.scene.copy = None;
                "forget set"
            }
            Move::DeleteSet(_) => {
                self.is_safe();
                self.scene.maker = Maker::None;
                self.scene.tenants.iter_mut().for_each(|tenant| tenant.controller = None);
                "delete set"
            }
            Move::DeletePod(_) => {
                self.is_safe();
                assert_eq!(self.scene.maker, Maker::None, "it would come back empty");
                self.scene.tenants.clear();
                "delete pod"
            }
            Move::Reserve(patch) => {
                assert_eq!(self.scene.claim, None, "a living claim would be lost");
                let volume = self.scene.volume.as_mut().unwrap();
                patch.carry_out(volume);
                "Available".clone_into(&mut volume.phase);
                "reserve"
            }
            Move::CreateClaim => {
                let mut claim = a_claim(&self.set, 1);
                "new".clone_into(&mut claim.uid);
                let volume = self.scene.volume.as_mut().unwrap();
                volume.claim.as_mut().unwrap().uid = Some(claim.uid.clone());
                "Bound".clone_into(&mut volume.phase);
                self.scene.claim = Some(claim);
                "claim"
            }
            Move::CreateSet => {
                assert!(self.scene.claim.is_some(), "the set would make an empty claim");
                let set = Set { uid: "set-2".to_owned(), ..self.set.clone() };
                self.scene.tenants = vec![a_tenant("db-1", Some(&set))];
                self.scene.maker = Maker::Here { set, ordinal: Ordinal(1) };
                "set"
            }
            Move::Finish(patch) => {
                patch.carry_out(self.scene.volume.as_mut().unwrap());
                "finish"
            }
            Move::Wait(_) => {
                self.is_safe();
                self.scene.claim = None;
                "Released".clone_into(&mut self.scene.volume.as_mut().unwrap().phase);
                "wait"
            }
        };
        self.done.push(name);
        assert!(self.done.len() < 20, "{:?}", self.done);
        true
    }

    fn is_safe(&self) {
        let volume = self.scene.volume.as_ref().unwrap();
        assert_eq!(volume.reclaim_policy, ReclaimPolicy::Retain, "after {:?}", self.done);
    }
}

#[test]
fn a_claim_under_a_running_pod_comes_back_before_its_set() {
    let mut world = World::of(bomb());
    while world.step() {}
    assert_eq!(
        world.done,
        [
            "aside",
            "keep set",
            "delete set",
            "delete pod",
            "wait",
            "reserve",
            "claim",
            "set",
            "finish",
            "forget set",
        ]
    );
    assert_eq!(world.scene.volume.unwrap().trashed(), None);
}

#[test]
fn the_volume_is_all_that_is_touched_where_no_more_is_asked_for() {
    let mut world = World::of(bomb());
    assert_eq!(next(&world.scene, &target(), Scope::Retain), Move::PutAside);
    world.step();
    assert_eq!(next(&world.scene, &target(), Scope::Retain), Move::Done);
}

#[test]
fn a_set_that_waits_for_the_claim_to_go_is_taken_away_too() {
    let mut world = World::of(Scene { tenants: Vec::new(), ..bomb() });
    while world.step() {}
    assert_eq!(world.done[..3], ["aside", "keep set", "delete set"]);
    let mut parked = bomb();
    parked.tenants.clear();
    change_set(&mut parked, |set| set.wanted.replicas = 1);
    let mut world = World::of(parked);
    while world.step() {}
    assert_eq!(world.done, ["aside", "wait", "reserve", "claim", "finish"]);
}

#[test]
fn what_the_claim_goes_with_says_what_is_wrong() {
    assert_eq!(diagnose(&healthy()), Ok(Finding::Healthy));
    let pod = "db-1".to_owned();
    assert_eq!(diagnose(&bomb()), Ok(Finding::TimeBomb { pod }));
    let alone = Scene { tenants: Vec::new(), ..bomb() };
    assert_eq!(diagnose(&alone), Ok(Finding::Going));
    let dead = an_owner("StatefulSet", "db", "dead");
    assert_eq!(diagnose(&owned_by(healthy(), dead.clone(), Standing::Gone)), Ok(Finding::Doomed));
    let one_lives = owned_by(
        owned_by(healthy(), dead, Standing::Gone),
        an_owner("Cluster", "pg", "u"),
        Standing::Living,
    );
    assert!(matches!(diagnose(&one_lives), Err(NoRescue::Owned(_))));
    let set = an_owner("StatefulSet", "db", "set-uid");
    let fuse = owned_by(healthy(), set.clone(), Standing::Living);
    assert_eq!(diagnose(&fuse), Ok(Finding::Fuse { set: "db".to_owned() }));
    let mut meant = owned_by(healthy(), set, Standing::Living);
    change_set(&mut meant, |set| {
        set.retention = Retention { when_deleted: Fate::Delete, when_scaled: Fate::Retain };
    });
    assert_eq!(diagnose(&meant), Ok(Finding::Healthy), "so it was said");
    let stranger = an_owner("Pod", "data-db", "u");
    let hijacked = owned_by(healthy(), stranger.clone(), Standing::Living);
    assert_eq!(diagnose(&hijacked), Ok(Finding::Hijacked { pod: "data-db".to_owned() }));
    let ephemeral = Scene { maker: Maker::None, ..owned_by(healthy(), stranger, Standing::Living) };
    assert!(matches!(diagnose(&ephemeral), Err(NoRescue::Owned(_))), "no set wants it");
}

#[test]
fn owners_are_stripped_only_once_the_volume_is_retained() {
    let dead = || an_owner("StatefulSet", "db", "dead");
    let two = owned_by(owned_by(healthy(), dead(), Standing::Gone), dead(), Standing::Gone);
    let mut world = World::of(two);
    while world.step() {}
    assert_eq!(world.done, ["aside", "strip", "strip", "finish"]);
    let stranger = owned_by(healthy(), an_owner("Pod", "data-db", "u"), Standing::Living);
    let mut world = World::of(stranger);
    while world.step() {}
    assert_eq!(world.done, ["aside", "strip", "finish"]);
}

#[test]
fn unknown_owners_and_strange_volumes_refuse() {
    let unknown = Standing::Unknown("forbidden".to_owned());
    let hidden = owned_by(healthy(), an_owner("Cluster", "pg", "u"), unknown);
    assert!(matches!(diagnose(&hidden), Err(NoRescue::OwnerUnknown { .. })));
    let mut odd = bomb();
    odd.volume.as_mut().unwrap().reclaim_policy = ReclaimPolicy::Other("Recycle".to_owned());
    assert_eq!(diagnose(&odd), Err(NoRescue::Policy("Recycle".to_owned())));
    let mut foreign = bomb();
    foreign.volume.as_mut().unwrap().claim.as_mut().unwrap().uid = Some("other".to_owned());
    assert_eq!(diagnose(&foreign), Err(NoRescue::NotItsVolume));
    assert_eq!(next(&foreign, &target(), Scope::All), Move::Refuse(NoRescue::NotItsVolume));
    let nothing = Scene { claim: None, volume: None, ..healthy() };
    assert_eq!(diagnose(&nothing), Err(NoRescue::Nothing));
    let mut unbound = healthy();
    unbound.volume = None;
    unbound.claim.as_mut().unwrap().volume = None;
    assert_eq!(diagnose(&unbound), Err(NoRescue::NoVolume));
}

/// The same with the volume put aside.
fn aside(scene: Scene) -> Scene {
    let mut world = World::of(scene);
    assert!(world.step());
    assert_eq!(world.done, ["aside"]);
    world.scene
}

#[test]
fn pods_and_sets_of_others_are_not_stopped() {
    let refusal = |scene: &Scene| match next(scene, &target(), Scope::All) {
        Move::Refuse(why) => why,
        other => panic!("{other:?}"),
    };
    let mut shared = aside(bomb());
    shared.tenants.push(a_tenant("reader", None));
    assert_eq!(refusal(&shared), NoRescue::OtherUser("reader".to_owned()));
    shared.tenants[1].going = true;
    assert_eq!(next(&shared, &target(), Scope::All), Move::KeepSet, "that one goes by itself");
    let mut managed = aside(bomb());
    change_set(&mut managed, |set| set.controller = Some(an_owner("Kafka", "k", "u")));
    assert!(matches!(refusal(&managed), NoRescue::SetOwned { .. }));
    let several = Maker::Several(vec!["b-c".to_owned(), "c".to_owned()]);
    assert!(matches!(refusal(&Scene { maker: several, ..aside(bomb()) }), NoRescue::Shared(_)));
    let copy = |purpose, uid: &str| Copy {
        set: "db".to_owned(),
        uid: uid.to_owned(),
        pods: Vec::new(),
        purpose,
    };
    let with = |copy| Scene { copy: Some(copy), ..aside(bomb()) };
    let recreated = with(copy(Purpose::Another, "set-uid"));
    assert_eq!(refusal(&recreated), NoRescue::Recreating("db".to_owned()));
    for stale in [copy(Purpose::Outdated, "set-uid"), copy(Purpose::SameSet, "earlier")] {
        assert_eq!(next(&with(stale), &target(), Scope::All), Move::ForgetSet);
    }
}

#[test]
fn a_pod_that_the_set_did_not_have_is_not_deleted_while_the_set_is_away() {
    let mut world = World::of(bomb());
    while world.done.last() != Some(&"delete set") {
        world.step();
    }
    world.scene.tenants[0].uid = "another".to_owned();
    let refused = next(&world.scene, &target(), Scope::All);
    assert_eq!(refused, Move::Refuse(NoRescue::OtherUser("db-1".to_owned())));
}

#[test]
fn an_empty_claim_that_was_faster_is_not_touched() {
    let mut world = World::of(bomb());
    while world.done.last() != Some(&"wait") {
        world.step();
    }
    let mut empty = a_claim(&world.set, 1);
    empty.uid = "blank".to_owned();
    empty.volume = Some("pv-blank".to_owned());
    world.scene.claim = Some(empty);
    let refused = next(&world.scene, &target(), Scope::All);
    assert!(
        matches!(refused, Move::Refuse(NoRescue::NotRestored(NotRestored::NameTaken { .. }))),
        "{refused:?}"
    );
}
