//! Every refusal, with its exit code and the flag that overrides it.

use super::*;
use crate::exit::Exit;
use crate::model::ordinal::OrdinalRange;
use crate::model::pod::TroubleKind;
use crate::model::run::Holder;
use crate::model::set::FieldManager;
use crate::testing::{NEW, a_holder, a_manager, a_pod, a_run, a_set, a_snapshot, a_template, at};

fn change(snapshot: &Snapshot) -> Vec<Refusal> {
    begin(snapshot, Source::Change, Overrides::default(), &Options::default(), at(0))
}

fn adopt(snapshot: &Snapshot) -> Vec<Refusal> {
    begin(snapshot, Source::Adopt, Overrides::default(), &Options::default(), at(0))
}

fn anyway(snapshot: &Snapshot) -> Vec<Refusal> {
    let all = Overrides { managers: true, takeover: true, changes: true, strategy: true };
    begin(snapshot, Source::Change, all, &Options::default(), at(0))
}

/// The refusal there is, which must be one, with its exit and flag.
fn only(refusals: Vec<Refusal>) -> (Refusal, Exit, Option<&'static str>) {
    let [refusal] = <[Refusal; 1]>::try_from(refusals).unwrap();
    let (exit, flag) = (refusal.exit(), refusal.flag());
    (refusal, exit, flag)
}

#[test]
fn a_settled_set_may_begin() {
    assert_eq!(change(&a_snapshot(&a_set("db"))), []);
    assert_eq!(change(&a_snapshot(&a_set("db").parallel().starting_at(5))), []);
}

#[test]
fn an_operators_set_is_left_to_the_operator_whatever_is_said() {
    let snapshot = a_snapshot(&a_set("db").owned_by("Prometheus", "main"));
    let (refusal, exit, flag) = only(change(&snapshot));
    let (kind, name) = ("Prometheus".to_owned(), "main".to_owned());
    assert_eq!(refusal, Refusal::Operator { kind, name });
    assert_eq!((exit, flag), (Exit::Conflict, None));
    assert_eq!(anyway(&snapshot).len(), 1);
}

#[test]
fn fields_that_a_reconciler_owns_are_left_to_it() {
    let argo = FieldManager { template: true, ..a_manager("argocd-controller") };
    let snapshot = a_snapshot(&a_set("db").managed_by(argo));
    let (refusal, exit, flag) = only(change(&snapshot));
    assert_eq!(
        refusal,
        Refusal::ManagedElsewhere {
            manager: "argocd-controller".to_owned(),
            evidence: "it owns the pod template (metadata.managedFields)".to_owned(),
        }
    );
    assert_eq!((exit, flag), (Exit::Conflict, Some("--ignore-managers")));
    assert_eq!(anyway(&snapshot), []);
}

#[test]
fn whoever_applies_claims_what_it_applies_unless_it_is_a_person_with_kubectl() {
    let applier = |name: &str| FieldManager { applies: true, template: true, ..a_manager(name) };
    assert_eq!(change(&a_snapshot(&a_set("db").managed_by(applier("my-ci")))).len(), 1);
    assert_eq!(change(&a_snapshot(&a_set("db").managed_by(applier("kubectl")))), []);
    let writer = FieldManager { template: true, ..a_manager("kubectl-edit") };
    assert_eq!(change(&a_snapshot(&a_set("db").managed_by(writer))), []);
}

#[test]
fn adopting_wants_the_manager_to_have_written_the_template() {
    let set = a_set("db").updating().at_partition(HOLD);
    let set = Set { run: Some(RecordedRun::Read(parked(&set))), ..set };
    let template = FieldManager { template: true, ..a_manager("argocd-controller") };
    assert_eq!(adopt(&a_snapshot(&set.clone().managed_by(template))), []);
    let partition = FieldManager { partition: true, ..a_manager("argocd-controller") };
    assert_eq!(adopt(&a_snapshot(&set.managed_by(partition))).len(), 1);
}

#[test]
fn marks_of_gitops_tools_count_where_the_template_is_changed() {
    let labelled = a_set("db").labelled("kustomize.toolkit.fluxcd.io/name", "prod");
    let (refusal, exit, _) = only(change(&a_snapshot(&labelled)));
    assert_eq!(
        refusal,
        Refusal::ManagedElsewhere {
            manager: "Flux".to_owned(),
            evidence: "the set carries its label kustomize.toolkit.fluxcd.io/name".to_owned(),
        }
    );
    assert_eq!(exit, Exit::Conflict);
    let annotated = a_set("db").annotated("argocd.argoproj.io/tracking-id", "x");
    assert_eq!(change(&a_snapshot(&annotated)).len(), 1);
    let adopted = annotated.updating().at_partition(HOLD);
    let adopted = Set { run: Some(RecordedRun::Read(parked(&adopted))), ..adopted };
    assert_eq!(adopt(&a_snapshot(&adopted)), []);
}

fn parked(set: &Set) -> Run {
    Run { phase: RunPhase::Parked, holder: None, target: String::new(), ..a_run(set) }
}

#[test]
fn a_driven_run_is_locked_and_an_idle_one_unfinished() {
    let set = a_set("db").updating().at_partition(HOLD);
    let driven = a_snapshot(&set.clone().recording(a_run(&set)));
    let (refusal, exit, flag) = only(change(&driven));
    assert_eq!(refusal, Refusal::Locked { holder: "me@here".to_owned(), seconds_ago: 0 });
    assert_eq!((exit, flag), (Exit::Conflict, None));
    for (phase, words) in [
        (RunPhase::Staging, "held between steps"),
        (RunPhase::Failed, "held after a failure"),
        (RunPhase::Aborting, "on its way back"),
        (RunPhase::Parking, "on its way back"),
    ] {
        let run = Run { phase, holder: None, ..a_run(&set) };
        let (refusal, exit, flag) = only(change(&a_snapshot(&set.clone().recording(run))));
        assert_eq!(refusal, Refusal::Unfinished { phase: words.to_owned() });
        assert_eq!((exit, flag), (Exit::Refused, None));
    }
    let expired = Run { holder: Some(a_holder(at(-60))), ..a_run(&set) };
    let (refusal, ..) = only(change(&a_snapshot(&set.recording(expired))));
    assert!(matches!(refusal, Refusal::Unfinished { .. }), "{refusal:?}");
}

#[test]
fn a_hold_of_ours_is_no_obstacle() {
    let set = a_set("db").updating().at_partition(HOLD);
    let set = Set { run: Some(RecordedRun::Read(parked(&set))), ..set };
    assert_eq!(adopt(&a_snapshot(&set)), []);
    assert_eq!(change(&a_snapshot(&set)), []);
}

#[test]
fn a_record_that_cannot_be_read_is_not_written_over() {
    let reason = "written in format 2".to_owned();
    let run = Some(RecordedRun::Unreadable(reason.clone()));
    let snapshot = a_snapshot(&Set { run, ..a_set("db") });
    let (refusal, exit, flag) = only(change(&snapshot));
    assert_eq!(refusal, Refusal::UnreadableRun { reason });
    assert_eq!((exit, flag), (Exit::Refused, None));
    assert_eq!(anyway(&snapshot).len(), 1);
}

#[test]
fn there_has_to_be_a_pod_to_try_and_a_hold_has_to_cover_all() {
    let (refusal, exit, _) = only(change(&a_snapshot(&a_set("db").replicas(0))));
    assert_eq!((refusal, exit), (Refusal::NoReplicas, Exit::Refused));
    let mut set = a_set("db");
    set.wanted = OrdinalRange { start: 0, replicas: HOLD };
    let refusals = change(&Snapshot { pods: Vec::new(), ..a_snapshot(&set) });
    assert!(refusals.contains(&Refusal::TooManyReplicas { replicas: HOLD }));
    assert_eq!(Refusal::TooManyReplicas { replicas: HOLD }.exit(), Exit::Refused);
}

#[test]
fn a_partition_of_somebody_elses_is_asked_about() {
    let manager = FieldManager { partition: true, ..a_manager("kubectl-edit") };
    let snapshot = a_snapshot(&a_set("db").at_partition(2).managed_by(manager));
    let (refusal, exit, flag) = only(change(&snapshot));
    assert_eq!(
        refusal,
        Refusal::ForeignPartition {
            keeps: vec!["db-0".to_owned(), "db-1".to_owned()],
            partition: 2,
            manager: Some("kubectl-edit".to_owned()),
        }
    );
    assert_eq!((exit, flag), (Exit::Refused, Some("--accept-changes")));
    assert_eq!(anyway(&snapshot), []);
}

#[test]
fn strategies_that_do_not_roll_are_refused() {
    let snapshot = a_snapshot(&a_set("db").with_strategy(Strategy::OnDelete));
    let (refusal, exit, flag) = only(change(&snapshot));
    assert_eq!(refusal, Refusal::OnDelete);
    assert_eq!((exit, flag), (Exit::Refused, Some("--switch-strategy")));
    assert_eq!(anyway(&snapshot), []);
    let strategy = "Recreate".to_owned();
    let unknown = Strategy::Other(strategy.clone());
    let snapshot = a_snapshot(&a_set("db").with_strategy(unknown));
    let (refusal, exit, flag) = only(anyway(&snapshot));
    assert_eq!(refusal, Refusal::UnknownStrategy { strategy });
    assert_eq!((exit, flag), (Exit::Refused, None));
    assert!(original(&snapshot.set).is_err());
    assert_eq!(
        original(&a_set("db").with_strategy(Strategy::RollingUpdate(None))),
        Ok(OriginalStrategy::RollingUpdate(None))
    );
}

#[test]
fn a_spec_the_controller_has_not_seen_says_nothing() {
    let (refusal, exit, flag) = only(change(&a_snapshot(&a_set("db").unobserved())));
    assert_eq!((refusal, exit, flag), (Refusal::NotObserved, Exit::Refused, None));
}

#[test]
fn pods_on_the_move_are_somebody_elses_rollout() {
    let set = a_set("db").updating();
    let snapshot = a_snapshot(&set).with(a_pod(&set, 2).on(NEW));
    let (refusal, exit, _) = only(change(&snapshot));
    let pods = vec!["db-1".to_owned(), "db-0".to_owned()];
    match refusal {
        Refusal::InProgress { pods: mut found } => {
            found.sort();
            found.reverse();
            assert_eq!(found, pods);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(exit, Exit::Conflict);
}

#[test]
fn after_a_revert_equal_revisions_hide_no_stray_pod() {
    let set = a_set("db");
    let snapshot = a_snapshot(&set).with(a_pod(&set, 2).on(NEW));
    assert_eq!(only(change(&snapshot)).0, Refusal::InProgress { pods: vec!["db-2".to_owned()] });
    assert_eq!(only(adopt(&snapshot)).0, Refusal::InProgress { pods: vec!["db-2".to_owned()] });
}

#[test]
fn adopting_needs_something_to_adopt() {
    let (refusal, exit, _) = only(adopt(&a_snapshot(&a_set("db"))));
    assert_eq!((refusal, exit), (Refusal::NothingToDo, Exit::Refused));
}

#[test]
fn adopting_a_template_that_has_moved_pods_is_too_late() {
    let set = a_set("db").updating();
    let snapshot = a_snapshot(&set).with(a_pod(&set, 2).on(NEW));
    assert_eq!(only(adopt(&snapshot)).0, Refusal::InProgress { pods: vec!["db-2".to_owned()] });
}

#[test]
fn every_pod_that_is_not_well_is_named() {
    let set = a_set("db").replicas(5).min_ready(10);
    let snapshot = a_snapshot(&set)
        .without(0)
        .with(a_pod(&set, 1).troubled(TroubleKind::Crash, "CrashLoopBackOff"))
        .with(a_pod(&set, 2).deleting())
        .with(a_pod(&set, 3).ready_at(at(-1)))
        .with(a_pod(&set, 7));
    let unhealthy = |pod: &str, reason: &str| Refusal::Unhealthy {
        pod: pod.to_owned(),
        reason: reason.to_owned(),
    };
    let refusals = change(&snapshot);
    assert_eq!(
        refusals,
        [
            unhealthy("db-0", "missing"),
            unhealthy("db-1", "CrashLoopBackOff"),
            unhealthy("db-2", "Terminating"),
            unhealthy("db-7", "left over from a scale-down that is not finished"),
        ]
    );
    assert_eq!(refusals[0].exit(), Exit::Refused);
    assert_eq!(refusals[0].flag(), Some("--tolerate-unready"));
    let tolerant = Options { tolerate_unready: 3, ..Options::default() };
    let left = begin(&snapshot, Source::Change, Overrides::default(), &tolerant, at(0));
    assert_eq!(left.len(), 1, "what is left of a scale-down is not tolerated");
}

#[test]
fn budgets_that_cannot_be_read_are_not_taken_for_none() {
    let mut snapshot = a_snapshot(&a_set("db"));
    snapshot.budgets = Known::Unknown("forbidden".to_owned());
    let (refusal, exit, flag) = only(change(&snapshot));
    assert_eq!(refusal, Refusal::BudgetsUnknown { reason: "forbidden".to_owned() });
    assert_eq!((exit, flag), (Exit::Refused, Some("--ignore-pdb")));
    let options = Options { budgets: BudgetRule::Ignore, ..Options::default() };
    assert_eq!(begin(&snapshot, Source::Change, Overrides::default(), &options, at(0)), []);
}

#[test]
fn all_reasons_are_kept() {
    let set = a_set("db").owned_by("X", "x").with_strategy(Strategy::OnDelete).unobserved();
    assert_eq!(change(&a_snapshot(&set)).len(), 3);
}

fn held() -> (Set, Run) {
    let set = a_set("db").updating().at_partition(2);
    let run = Run { partition: 2, holder: None, ..a_run(&set) };
    (set.clone().recording(run.clone()), run)
}

fn again(set: &Set, run: &Run, overrides: Overrides) -> Vec<Refusal> {
    take_up(&a_snapshot(set), run, "mine", overrides, at(0))
}

#[test]
fn a_held_run_is_taken_up() {
    let (set, run) = held();
    assert_eq!(again(&set, &run, Overrides::default()), []);
}

#[test]
fn a_run_that_is_driven_is_taken_over_only_on_purpose() {
    let (set, run) = held();
    let holder = Holder { token: "theirs".to_owned(), ..a_holder(at(-5)) };
    let run = Run { holder: Some(holder), ..run };
    let (refusal, exit, flag) = only(again(&set, &run, Overrides::default()));
    assert_eq!(refusal, Refusal::Locked { holder: "me@here".to_owned(), seconds_ago: 5 });
    assert_eq!((exit, flag), (Exit::Conflict, None));
    assert_eq!(again(&set, &run, Overrides { takeover: true, ..Overrides::default() }), []);
}

#[test]
fn a_shape_that_moved_has_to_be_accepted() {
    let (set, run) = held();
    for moved in [
        set.clone().at_partition(1),
        Set { wanted: OrdinalRange { replicas: 5, ..set.wanted }, ..set.clone() },
        set.clone().starting_at(1),
    ] {
        let (refusal, exit, flag) = only(again(&moved, &run, Overrides::default()));
        assert!(matches!(refusal, Refusal::Moved { .. }), "{refusal:?}");
        assert_eq!((exit, flag), (Exit::Conflict, Some("--accept-changes")));
        let accepted = Overrides { changes: true, ..Overrides::default() };
        assert_eq!(again(&moved, &run, accepted), []);
    }
}

#[test]
fn another_template_is_never_accepted() {
    let (set, run) = held();
    let accepted = Overrides { changes: true, takeover: true, ..Overrides::default() };
    let mut other = set.clone();
    other.status.update_revision = "db-third".to_owned();
    assert_eq!(only(again(&other, &run, accepted)).1, Exit::Conflict);
    let unpinned = Run { target: String::new(), ..run.clone() };
    let changed = Set { template: a_template("third"), ..set.clone() };
    assert_eq!(only(again(&changed, &unpinned, accepted)).1, Exit::Conflict);
    assert_eq!(again(&set, &unpinned, accepted), []);
    let aborting = Run { phase: RunPhase::Aborting, ..run };
    assert_eq!(again(&other, &aborting, accepted), [], "an abort changes it itself");
}

#[test]
fn parking_needs_the_base_to_be_what_pods_come_back_on() {
    let (set, run) = held();
    assert_eq!(park(&set, &run), None);
    let mut promoted = set.clone();
    promoted.status.current_revision.clone_from(&run.target);
    let refusal = park(&promoted, &run).unwrap();
    assert!(matches!(refusal, Refusal::Promoted { .. }), "{refusal:?}");
    assert_eq!(refusal.exit(), Exit::Refused);
    assert_eq!(park(&set.clone().unobserved(), &run), Some(Refusal::NotObserved));
    let mut reverted = set.clone();
    reverted.status.update_revision.clone_from(&run.base);
    let aborting = Run { phase: RunPhase::Aborting, ..run.clone() };
    for (set, run) in [(&reverted, &run), (&set, &aborting)] {
        assert!(matches!(park(set, run), Some(Refusal::Unfinished { .. })));
    }
}

// Orders that need OnDelete.

#[test]
fn a_manager_of_the_strategy_counts_where_the_type_is_changed() {
    let manager = FieldManager { applies: true, strategy: true, ..a_manager("fleetagent") };
    let snapshot = a_snapshot(&a_set("db").managed_by(manager));
    assert_eq!(change(&snapshot), [], "a partition leaves the type as it is");
    let by_deletion = Overrides { strategy: true, ..Overrides::default() };
    let found = begin(&snapshot, Source::Change, by_deletion, &Options::default(), at(0));
    match only(found) {
        (Refusal::ManagedElsewhere { evidence, .. }, Exit::Conflict, Some("--ignore-managers")) => {
            assert!(evidence.contains("the update strategy"), "{evidence}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_undo_is_for_sets_that_are_not_well_and_not_for_staged_ones() {
    let of = |set: &Set| replace(&a_snapshot(set), Overrides::default(), at(100));
    let canary = a_set("db").updating().at_partition(2);
    let broken = a_snapshot(&canary).with(a_pod(&canary, 2).on(NEW).unready());
    assert_eq!(replace(&broken, Overrides::default(), at(0)), []);
    let (staged, run) = held();
    assert!(matches!(only(of(&staged)).0, Refusal::Unfinished { .. }));
    let parked = Run { phase: RunPhase::Parked, holder: None, ..run };
    assert_eq!(of(&a_set("db").recording(parked)), [], "a hold stays a hold");
    assert_eq!(only(of(&a_set("db").unobserved())).0, Refusal::NotObserved);
    let operated = a_set("db").owned_by("Postgres", "db");
    assert!(matches!(only(of(&operated)).0, Refusal::Operator { .. }));
    let other = a_set("db").with_strategy(Strategy::Other("Recreate".to_owned()));
    assert!(matches!(only(of(&other)).0, Refusal::UnknownStrategy { .. }));
}

#[test]
fn a_template_waits_under_on_delete_as_behind_a_hold() {
    let set = a_set("db").updating().with_strategy(Strategy::OnDelete);
    let by_deletion = Overrides { strategy: true, ..Overrides::default() };
    let begins = |snapshot: &Snapshot, source| {
        begin(snapshot, source, by_deletion, &Options::default(), at(0))
    };
    let waiting = a_snapshot(&set);
    assert!(waits(&waiting));
    assert_eq!(begins(&waiting, Source::Adopt), []);
    assert_eq!(begins(&waiting, Source::Change), []);
    let begun = waiting.with(a_pod(&set, 0).on(NEW));
    let pods = vec!["db-0".to_owned()];
    assert_eq!(begins(&begun, Source::Adopt), [Refusal::InProgress { pods }]);
    // All are updated, and the server never made that the current revision.
    let done = set
        .wanted
        .iter()
        .fold(a_snapshot(&set), |snapshot, ordinal| snapshot.with(a_pod(&set, ordinal.0).on(NEW)));
    assert!(!waits(&done));
    assert_eq!(begins(&done, Source::Adopt), [Refusal::NothingToDo]);
    assert_eq!(begins(&done, Source::Change), []);
}

#[test]
fn a_run_by_deletion_is_not_taken_up_where_the_controller_was_let_go() {
    let (set, run) = held();
    let run = Run { order: "asc".parse().unwrap(), partition: 0, ..run };
    let under = set.clone().with_strategy(Strategy::OnDelete);
    assert_eq!(again(&under, &run, Overrides::default()), []);
    // A partition of 0 is not the absence of one.
    let (refusal, exit, flag) = only(again(&set.at_partition(0), &run, Overrides::default()));
    assert!(matches!(refusal, Refusal::Moved { what } if what.contains("left it OnDelete")));
    assert_eq!((exit, flag), (Exit::Conflict, Some("--accept-changes")));
}

#[test]
fn on_delete_by_a_rollout_of_ours_is_not_held_against_the_set() {
    let set = a_set("db").updating().at_partition(2);
    let run = Run { partition: 2, holder: None, ..a_run(&set) };
    let set = set.with_strategy(Strategy::OnDelete).recording(run);
    let found = change(&a_snapshot(&set));
    assert!(matches!(found[0], Refusal::Unfinished { .. }), "{found:?}");
    assert!(!found.contains(&Refusal::OnDelete), "switching the strategy is no way out");
}

#[test]
fn a_rollout_by_deletion_cannot_be_parked() {
    let set = a_set("db").updating().at_partition(HOLD);
    let over = a_run(&set);
    assert_eq!(park(&set, &over), None);
    let by_deletion = Run { order: "asc".parse().unwrap(), partition: 0, ..over };
    let set = set.with_strategy(Strategy::OnDelete);
    assert_eq!(park(&set, &by_deletion), Some(Refusal::NoHold));
    assert_eq!(strategy_moved(&set, &by_deletion), None);
    // Taken up after somebody else's partition, and OnDelete again.
    let taken = Run { partition: 2, ..by_deletion };
    assert_eq!(strategy_moved(&set, &taken), None);
    assert!(strategy_moved(&set.at_partition(2), &taken).is_some());
}
