use super::*;
use crate::exit::Exit;
use crate::model::autoscaler::Autoscaler;
use crate::model::run::{OriginalStrategy, Run, RunPhase};
use crate::model::set::{FieldManager, Retention, Set};
use crate::plan::scale::{Overrides, parked};
use crate::testing::{
    NEW, a_budget_of_least, a_claim, a_manager, a_pod, a_run, a_set, a_snapshot, a_wish,
    an_autoscaler, an_owner, at, surroundings,
};

fn refused(snapshot: &Snapshot, wish: &Wish) -> Vec<NotScaled> {
    begin(snapshot, &surroundings(), wish, at(100))
}

fn flags(refusals: &[NotScaled]) -> Vec<Option<&'static str>> {
    refusals.iter().map(NotScaled::flag).collect()
}

#[test]
fn a_settled_set_may_be_scaled_either_way() {
    let seen = a_snapshot(&a_set("db"));
    for replicas in [0, 1, 3, 9] {
        assert_eq!(refused(&seen, &a_wish(replicas)), [], "{replicas}");
    }
}

#[test]
fn another_size_than_was_said_is_somebody_elses_change() {
    let wish = Wish { current: Some(5), ..a_wish(2) };
    let refusals = refused(&a_snapshot(&a_set("db")), &wish);
    assert_eq!(refusals, [NotScaled::OtherSize { said: 5, is: 3 }]);
    assert_eq!(refusals[0].exit(), Exit::Conflict);
}

#[test]
fn floors_and_quorums_are_kept() {
    let set = a_set("db").replicas(5);
    let seen = a_snapshot(&set);
    let wish = Wish { floor: 3, ..a_wish(2) };
    assert_eq!(refused(&seen, &wish), [NotScaled::BelowFloor { floor: 3, asked: 2 }]);
    let wish = Wish { quorum: 3, ..a_wish(3) };
    assert_eq!(refused(&seen, &wish), []);
    let hurt = seen.with(a_pod(&set, 0).unready());
    let lost = NotScaled::NoQuorum { quorum: 3, available: 2, stay: 3 };
    assert_eq!(refused(&hurt, &wish), [lost]);
    // Growing endangers nobody.
    assert_eq!(refused(&hurt, &Wish { quorum: 5, ..a_wish(6) }), []);
}

#[test]
fn zero_forgets_the_old_revision_and_is_refused_during_a_canary() {
    let wish = a_wish(0);
    let updating = a_snapshot(&a_set("db").updating().at_partition(2));
    assert!(matches!(refused(&updating, &wish)[..], [NotScaled::Promotes { .. }]));
    assert_eq!(refused(&updating, &a_wish(1)), []);
    let held = a_snapshot(&a_set("db").at_partition(HOLD));
    assert_eq!(refused(&held, &wish), [NotScaled::EndsHold]);
    let agreed = Overrides { promotion: true, ..Overrides::default() };
    assert_eq!(refused(&updating, &Wish { overrides: agreed, ..wish }), []);
}

#[test]
fn rollouts_of_ours_stand_in_the_way_and_holds_do_not() {
    let with = |change: &dyn Fn(&mut Run)| {
        let set = a_set("db");
        let mut run = Run { holder: None, ..a_run(&set) };
        change(&mut run);
        refused(&a_snapshot(&set.recording(run)), &a_wish(5))
    };
    for phase in [RunPhase::Staging, RunPhase::Failed, RunPhase::Aborting] {
        let refusals = with(&|run| run.phase = phase);
        let unfinished = matches!(refusals[..], [NotScaled::Rollout(Refusal::Unfinished { .. })]);
        assert!(unfinished, "{refusals:?}");
    }
    assert_eq!(with(&|run| run.phase = RunPhase::Parked), []);
    let set = a_set("db");
    let driven = refused(&a_snapshot(&set.clone().recording(a_run(&set))), &a_wish(5));
    assert!(matches!(driven[..], [NotScaled::Rollout(Refusal::Unfinished { .. })]));
    let held = parked(&set, "x".to_owned(), OriginalStrategy::OnDelete);
    assert_eq!(refused(&a_snapshot(&set.recording(held)), &a_wish(5)), []);
}

#[test]
fn an_operators_set_is_not_scaled_and_no_flag_changes_that() {
    let seen = a_snapshot(&a_set("db").owned_by("Postgres", "db"));
    let refusals = refused(&seen, &a_wish(5));
    assert_eq!(flags(&refusals), [None]);
    assert_eq!(refusals[0].exit(), Exit::Conflict);
}

#[test]
fn whoever_reconciles_the_size_is_named() {
    let set = |manager: FieldManager| a_snapshot(&a_set("db").managed_by(manager));
    let argo = FieldManager { replicas: true, ..a_manager("argocd-controller") };
    let refusals = refused(&set(argo.clone()), &a_wish(5));
    assert_eq!(flags(&refusals), [Some("--ignore-managers")]);
    // What it does not write is not its own.
    let template = FieldManager { replicas: false, template: true, ..argo };
    assert_eq!(refused(&set(template), &a_wish(5)), []);
    let me = FieldManager { replicas: true, ..a_manager("kubectl-sts") };
    assert_eq!(refused(&set(me), &a_wish(5)), []);
    let marked = a_snapshot(&a_set("db").labelled("kustomize.toolkit.fluxcd.io/name", "apps"));
    assert_eq!(flags(&refused(&marked, &a_wish(5))), [Some("--ignore-managers")]);
    let agreed = Overrides { managers: true, ..Overrides::default() };
    assert_eq!(refused(&marked, &Wish { overrides: agreed, ..a_wish(5) }), []);
}

#[test]
fn an_autoscaler_is_not_fought_and_unknown_is_not_absent() {
    let seen = a_snapshot(&a_set("db"));
    let with = |autoscalers, overrides| {
        let around = Surroundings { autoscalers, ..surroundings() };
        begin(&seen, &around, &Wish { overrides, ..a_wish(5) }, at(0))
    };
    let keda = an_owner("ScaledObject", "load", "u");
    let hpa = Autoscaler { owners: vec![keda], ..an_autoscaler("db") };
    let found = with(Known::Read(vec![an_autoscaler("web"), hpa.clone()]), Overrides::default());
    let [NotScaled::Autoscaled { owner, .. }] = &found[..] else { panic!("{found:?}") };
    assert_eq!(owner.as_deref(), Some("ScaledObject/load"));
    assert_eq!(found[0].exit(), Exit::Refused);
    let unknown = || Known::Unknown("forbidden".to_owned());
    let refusals = with(unknown(), Overrides::default());
    assert_eq!(flags(&refusals), [Some("--ignore-autoscaler")]);
    let agreed = Overrides { autoscaler: true, ..Overrides::default() };
    assert_eq!(with(unknown(), agreed), []);
    assert_eq!(with(Known::Read(vec![hpa]), agreed), []);
}

fn deleting(set: Set) -> Set {
    let retention = Retention { when_scaled: Fate::Delete, ..set.retention };
    Set { retention, ..set }
}

#[test]
fn claims_that_would_be_deleted_need_a_yes_of_their_own() {
    let set = a_set("db").claiming("data");
    let around = Surroundings {
        claims: Known::Read(vec![a_claim(&set, 0), a_claim(&set, 1), a_claim(&set, 2)]),
        ..surroundings()
    };
    let kept = begin(&a_snapshot(&set), &around, &a_wish(1), at(0));
    assert_eq!(kept, []);
    let seen = a_snapshot(&deleting(set));
    let refusals = begin(&seen, &around, &a_wish(1), at(0));
    let [NotScaled::ClaimsGo { claims }] = &refusals[..] else { panic!("{refusals:?}") };
    let names: Vec<&str> = claims.iter().map(|claim| claim.name.as_str()).collect();
    assert_eq!(names, ["data-db-2", "data-db-1"]);
    assert_eq!(claims[0].claim.as_ref().and_then(|c| c.volume.as_deref()), Some("pv-data-db-2"));
    let agreed = Overrides { claim_deletion: true, ..Overrides::default() };
    assert_eq!(begin(&seen, &around, &Wish { overrides: agreed, ..a_wish(1) }, at(0)), []);
}

#[test]
fn claims_that_cannot_be_read_are_not_taken_for_none() {
    let set = a_set("db").claiming("data");
    let around = Surroundings { claims: Known::Unknown("forbidden".to_owned()), ..surroundings() };
    let up = begin(&a_snapshot(&set), &around, &a_wish(5), at(0));
    assert_eq!(flags(&up), [Some("--accept-pvc-reuse")]);
    assert_eq!(begin(&a_snapshot(&set), &around, &a_wish(1), at(0)), [], "they stay anyway");
    let down = begin(&a_snapshot(&deleting(set)), &around, &a_wish(1), at(0));
    let [NotScaled::ClaimsGo { claims }] = &down[..] else { panic!("{down:?}") };
    assert_eq!(claims.len(), 2);
}

#[test]
fn a_budget_that_a_scaling_would_break_is_named() {
    let mut seen = a_snapshot(&a_set("db").replicas(5));
    seen.budgets = Known::Read(vec![a_budget_of_least(3, 5)]);
    assert_eq!(refused(&seen, &a_wish(3)), []);
    let over = NotScaled::OverBudget { budget: "db-pdb".to_owned(), wants: 3, left: 2 };
    assert_eq!(refused(&seen, &a_wish(2)), [over]);
    seen.budgets = Known::Unknown("forbidden".to_owned());
    assert_eq!(flags(&refused(&seen, &a_wish(3))), [Some("--ignore-pdb")]);
    assert_eq!(refused(&seen, &a_wish(7)), [], "growing asks no budget");
    let mut ignoring = a_wish(2);
    ignoring.options.budgets = BudgetRule::Ignore;
    assert_eq!(refused(&seen, &ignoring), []);
}

#[test]
fn taking_broken_pods_away_costs_a_budget_nothing() {
    let set = a_set("db").replicas(5);
    let mut seen = a_snapshot(&set).with(a_pod(&set, 4).unready());
    let budget = crate::model::budget::Budget { current_healthy: 4, ..a_budget_of_least(5, 5) };
    seen.budgets = Known::Read(vec![budget]);
    assert_eq!(refused(&seen, &a_wish(4)), []);
    assert_eq!(refused(&seen, &a_wish(3)).len(), 1);
}

#[test]
fn a_set_whose_canary_is_broken_gets_no_pods() {
    let set = a_set("db").updating().at_partition(2);
    let seen = a_snapshot(&set).with(a_pod(&set, 2).on(NEW).unready());
    let unwell = NotScaled::CanaryUnwell { pods: vec!["db-2".to_owned()] };
    assert_eq!(refused(&seen, &a_wish(5)), [unwell]);
    let parallel = Snapshot { set: seen.set.clone().parallel(), ..seen };
    assert_eq!(refused(&parallel, &a_wish(5)), [], "it is held in the same write");
}

#[test]
fn nothing_is_decided_on_a_spec_that_was_not_seen() {
    let seen = a_snapshot(&a_set("db").unobserved());
    let refusals = refused(&seen, &a_wish(0));
    assert_eq!(refusals, [NotScaled::Rollout(Refusal::NotObserved)]);
}
