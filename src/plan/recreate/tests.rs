use super::*;
use crate::model::run::{Run, RunPhase};
use crate::model::set::{FieldManager, Owner};
use crate::plan::recreate::verify::{Before, Wrong, doomed, verify};
use crate::testing::{
    NEW, OLD, a_claim, a_claim_shape, a_manager, a_pod, a_run, a_set, a_shape, a_snapshot,
    a_template, at, selecting,
};

/// What is judged, a word at a time.
struct Told {
    snapshot: Snapshot,
    live: Shape,
    new: Shape,
    claims: Known<Vec<Claim>>,
    in_place: InPlace,
    restarts: Restarts,
    owned: Owned,
    options: Options,
}

impl Told {
    /// Another service name for a settled set, and nothing else.
    fn of(set: &Set) -> Self {
        let live = a_shape(set);
        let new = Shape { service: "other".to_owned(), ..live.clone() };
        Self {
            snapshot: a_snapshot(set),
            live,
            new,
            claims: Known::Read(Vec::new()),
            in_place: InPlace::Invalid,
            restarts: Restarts::None,
            owned: Owned::Unsaid,
            options: Options::default(),
        }
    }

    fn refusals(&self) -> Vec<NotRecreated> {
        let case = Case {
            snapshot: &self.snapshot,
            live: &self.live,
            new: &self.new,
            claims: &self.claims,
            in_place: self.in_place,
            restarts: self.restarts,
            owned: self.owned,
            options: &self.options,
        };
        begin(&case, at(90))
    }
}

fn rollout(refusals: &[NotRecreated]) -> Vec<&Refusal> {
    refusals
        .iter()
        .filter_map(|refusal| match refusal {
            NotRecreated::Rollout(refusal) => Some(refusal),
            _ => None,
        })
        .collect()
}

#[test]
fn a_settled_set_whose_pods_stay_as_they_are_may_be_recreated() {
    let mut told = Told::of(&a_set("db").claiming("data"));
    assert_eq!(told.refusals(), []);
    told.new = Shape { management: PodManagement::Parallel, ..told.live.clone() };
    assert_eq!(told.refusals(), []);
    told.new = Shape { claims: vec![a_claim_shape("data", "2Gi")], ..told.live.clone() };
    assert_eq!(told.refusals(), []);
    told.new.claims = Vec::new();
    assert_eq!(told.refusals(), [], "a pod may have a volume more than its set says");
}

#[test]
fn every_change_that_needs_a_new_set_is_named() {
    let live = a_shape(&a_set("db").claiming("data").claiming("old"));
    assert_eq!(changes(&live, &live), []);
    let new = Shape {
        service: "s".to_owned(),
        selector: selecting("app", "x"),
        query: "app=x".to_owned(),
        management: PodManagement::Parallel,
        claims: vec![a_claim_shape("data", "2Gi"), a_claim_shape("new", "1Gi")],
        ..live.clone()
    };
    let text = str::to_owned;
    assert_eq!(
        changes(&live, &new),
        [
            Change::Selector { from: text("app=db"), to: text("app=x") },
            Change::Service { from: text("db"), to: text("s") },
            Change::Management { from: PodManagement::OrderedReady, to: PodManagement::Parallel },
            Change::ClaimChanged { template: text("data"), from: text("1Gi"), to: text("2Gi") },
            Change::ClaimAdded { template: text("new") },
            Change::ClaimRemoved { template: text("old") },
        ]
    );
    let mut turned = live.clone();
    turned.claims.reverse();
    assert_eq!(changes(&live, &turned), [Change::ClaimOrder]);
}

#[test]
fn a_claim_template_more_needs_restarts_and_one_fewer_does_not() {
    let added = Change::ClaimAdded { template: "new".to_owned() };
    let removed = Change::ClaimRemoved { template: "old".to_owned() };
    let service = Change::Service { from: "a".to_owned(), to: "b".to_owned() };
    assert!(wedges(std::slice::from_ref(&added)) && leaves_behind(&[added]));
    assert!(!wedges(std::slice::from_ref(&removed)) && leaves_behind(&[removed]));
    assert!(!wedges(std::slice::from_ref(&service)) && leaves_behind(&[service]));
    assert!(!leaves_behind(&[Change::ClaimOrder]));

    let mut told = Told::of(&a_set("db"));
    told.new = Shape { claims: vec![a_claim_shape("new", "1Gi")], ..told.live.clone() };
    let templates = vec!["new".to_owned()];
    assert_eq!(told.refusals(), [NotRecreated::Wedges { templates }]);
    told.restarts = Restarts::All;
    assert_eq!(told.refusals(), []);
    // Without a pod nothing can be stuck.
    let mut told = Told::of(&a_set("db").replicas(0));
    told.new = Shape { claims: vec![a_claim_shape("new", "1Gi")], ..told.live.clone() };
    told.snapshot = a_snapshot(&a_set("db").replicas(0)).without(0).without(1).without(2);
    assert_eq!(told.refusals(), []);
}

#[test]
fn what_keeps_pods_from_being_restarted_is_found_beforehand() {
    let strategy = crate::model::set::Strategy::Other("Recreate".to_owned());
    let mut told = Told::of(&a_set("db").with_strategy(strategy));
    assert_eq!(told.refusals(), []);
    told.restarts = Restarts::All;
    assert!(matches!(rollout(&told.refusals())[..], [Refusal::UnknownStrategy { .. }]));
    // What is said already is not said twice.
    let mut told = Told::of(&a_set("db").unobserved());
    told.restarts = Restarts::All;
    assert_eq!(rollout(&told.refusals()), [&Refusal::NotObserved]);
}

#[test]
fn what_can_be_done_in_place_is_not_done_by_deleting() {
    let mut told = Told::of(&a_set("db"));
    told.in_place = InPlace::Accepted;
    assert_eq!(told.refusals(), [NotRecreated::Accepted]);
    told.new = told.live.clone();
    assert_eq!(told.refusals(), [NotRecreated::Needless]);
    told.in_place = InPlace::NotAsked;
    assert_eq!(told.refusals(), [NotRecreated::Needless]);
}

#[test]
fn other_pods_than_there_are_now_are_refused() {
    let mut told = Told::of(&a_set("db"));
    told.new.wanted.replicas = 5;
    told.new.template = a_template("other");
    told.new.unknown_volumes = vec!["data".to_owned()];
    let found = told.refusals();
    assert!(
        matches!(
            found[..],
            [
                NotRecreated::OtherSize { .. },
                NotRecreated::OtherTemplate,
                NotRecreated::NoVolume { .. }
            ]
        ),
        "{found:?}"
    );
    assert_eq!(found[1].flag(), Some("--keep-template"));
}

#[test]
fn a_selector_that_loses_a_pod_is_refused_and_no_flag_helps() {
    let set = a_set("db");
    let mut told = Told::of(&set);
    let labelled = |ordinal: u32, value: &str| {
        let mut pod = a_pod(&set, ordinal);
        pod.labels = [("tier".to_owned(), value.to_owned())].into();
        pod
    };
    told.snapshot =
        a_snapshot(&set).with(labelled(0, "a")).with(labelled(1, "a")).with(labelled(2, "b"));
    told.new =
        Shape { selector: selecting("tier", "a"), query: "tier=a".to_owned(), ..told.live.clone() };
    let lost =
        NotRecreated::PodsLost { pods: vec!["db-2".to_owned()], selector: "tier=a".to_owned() };
    assert_eq!(told.refusals(), std::slice::from_ref(&lost));
    assert_eq!(lost.flag(), None);
    told.snapshot = told.snapshot.with(labelled(2, "a"));
    assert_eq!(told.refusals(), []);
}

#[test]
fn what_belongs_to_others_is_left_to_them() {
    let operator = Told::of(&a_set("db").owned_by("Cluster", "main")).refusals();
    assert!(matches!(rollout(&operator)[..], [Refusal::Operator { .. }]), "{operator:?}");
    let sets = [
        a_set("db").labelled("argocd.argoproj.io/instance", "x"),
        a_set("db").annotated("meta.helm.sh/release-name", "x"),
        a_set("db").managed_by(a_manager("helm-controller")),
        a_set("db").managed_by(FieldManager { applies: true, ..a_manager("robot") }),
    ];
    for set in sets {
        let mut told = Told::of(&set);
        let found = told.refusals();
        assert!(matches!(found[..], [NotRecreated::Managed { .. }]), "{found:?}");
        assert_eq!(found[0].flag(), Some("--i-own-this"));
        told.owned = Owned::ByUser;
        assert_eq!(told.refusals(), []);
    }
    let set = a_set("db").owned_by("Cluster", "main");
    let mut told = Told::of(&set);
    told.owned = Owned::ByUser;
    assert_eq!(rollout(&told.refusals()).len(), 1, "an operator is not talked over");
}

#[test]
fn a_set_in_motion_is_left_alone() {
    let with = |run: Run| Told::of(&a_set("db").recording(run)).refusals();
    let held = Run { holder: None, ..a_run(&a_set("db")) };
    for phase in [RunPhase::Staging, RunPhase::Failed, RunPhase::Aborting, RunPhase::Parked] {
        let found = with(Run { phase, ..held.clone() });
        assert!(matches!(rollout(&found)[..], [Refusal::Unfinished { .. }]), "{found:?}");
    }
    let mut told = Told::of(&a_set("db"));
    told.snapshot = told.snapshot.with(a_pod(&a_set("db"), 2).on(NEW));
    assert!(matches!(rollout(&told.refusals())[..], [Refusal::InProgress { .. }]));
    told.snapshot = a_snapshot(&a_set("db")).with(a_pod(&a_set("db"), 1).deleting());
    assert!(matches!(rollout(&told.refusals())[..], [Refusal::Unhealthy { .. }]));
    told.snapshot = a_snapshot(&a_set("db")).with(a_pod(&a_set("db"), 1).unready());
    assert!(matches!(rollout(&told.refusals())[..], [Refusal::Unhealthy { .. }]));
    told.options.tolerate_unready = 1;
    assert_eq!(told.refusals(), []);
    let unobserved = Told::of(&a_set("db").unobserved()).refusals();
    assert_eq!(rollout(&unobserved), [&Refusal::NotObserved]);
}

#[test]
fn a_set_that_cannot_go_or_goes_already_is_refused() {
    let mut told = Told::of(&a_set("db"));
    told.live.finalizers = vec!["example.com/guard".to_owned()];
    assert!(matches!(told.refusals()[..], [NotRecreated::Finalizers { .. }]));
    told.live.deleting = true;
    assert_eq!(told.refusals(), [NotRecreated::Deleting]);
}

#[test]
fn claims_that_cannot_be_seen_cannot_be_told_to_be_safe() {
    let mut told = Told::of(&a_set("db"));
    told.claims = Known::Unknown("forbidden".to_owned());
    assert!(matches!(told.refusals()[..], [NotRecreated::ClaimsUnknown { .. }]));
}

#[test]
fn the_new_set_must_have_the_very_same_pods() {
    let set = a_set("db").claiming("data");
    let before = Before::of(&a_snapshot(&set));
    let new = Set { uid: "new-uid".to_owned(), ..set.clone() };
    let adopted = a_snapshot(&new);
    assert_eq!(verify(&before, &adopted, &[]), []);

    let name = |pod: &str| pod.to_owned();
    let stranger = a_pod(&set, 1);
    assert_eq!(
        verify(&before, &adopted.clone().with(stranger), &[]),
        [Wrong::NotAdopted { pod: name("db-1") }]
    );
    let other = Pod { uid: "another".to_owned(), ..a_pod(&new, 2) };
    assert_eq!(
        verify(&before, &adopted.clone().with(other), &[]),
        [Wrong::OtherPod { pod: name("db-2") }]
    );
    assert_eq!(
        verify(&before, &adopted.clone().without(0), &[]),
        [Wrong::NoPod { pod: name("db-0") }]
    );
    let mut moved = new;
    moved.status.update_revision = NEW.to_owned();
    assert_eq!(
        verify(&before, &a_snapshot(&moved), &[]),
        [Wrong::OtherRevision { from: OLD.to_owned(), to: NEW.to_owned() }]
    );
}

#[test]
fn a_claim_that_goes_with_the_old_set_is_found() {
    let set = a_set("db").claiming("data");
    let mut claim = a_claim(&set, 1);
    let claims = vec![claim.name.clone()];
    claim.owners = vec![Owner {
        api_version: "apps/v1".to_owned(),
        kind: "StatefulSet".to_owned(),
        name: "db".to_owned(),
        uid: set.uid.clone(),
        controller: true,
    }];
    assert_eq!(
        doomed(&set.uid, std::slice::from_ref(&claim)),
        Some(Wrong::DoomedClaims { claims })
    );
    assert_eq!(doomed("another", &[claim]), None);
}
