use super::*;
use crate::model::budget::Budget;
use crate::model::order::Order;
use crate::model::pod::TroubleKind;
use crate::model::run::RunPhase;
use crate::testing::{NEW, OLD, a_budget_of_least, a_pod, a_run, a_set, a_snapshot, at};

const RULES: Rules =
    Rules { unready_for: SignedDuration::from_secs(120), budgets: BudgetRule::Respect };

/// A set whose template was reverted: the trap of kubernetes/kubernetes#67250.
fn reverted() -> Set {
    a_set("db")
}

fn broken(set: &Set, ordinal: u32) -> Pod {
    a_pod(set, ordinal).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff")
}

fn found(snapshot: &Snapshot) -> Option<(String, String)> {
    let cure = find(snapshot, RULES, at(0)).unwrap()?;
    Some((cure.pod.name, cure.returns_on))
}

fn stays(snapshot: &Snapshot) -> Vec<String> {
    find(snapshot, RULES, at(0)).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn after_a_revert_the_lowest_broken_pod_is_the_one() {
    let set = reverted();
    let snapshot = a_snapshot(&set).with(broken(&set, 2));
    assert_eq!(found(&snapshot), Some(("db-2".to_owned(), OLD.to_owned())));
    let several = snapshot.with(broken(&set, 0)).without(1);
    assert_eq!(found(&several), Some(("db-0".to_owned(), OLD.to_owned())));
    assert_eq!(find(&a_snapshot(&set), RULES, at(0)), Ok(None));
}

#[test]
fn a_pod_below_another_that_blocks_is_never_the_one() {
    let set = reverted();
    let snapshot = a_snapshot(&set).with(broken(&set, 2));
    let says = |lower: Pod| stays(&snapshot.clone().with(lower));
    assert!(says(a_pod(&set, 0).deleting())[0].contains("db-0 is being deleted already"));
    assert!(says(a_pod(&set, 0).unready())[0].contains("db-0 would come back on db-old"));
    assert!(stays(&snapshot.without(1))[0].contains("db-1 does not exist"));
    let young = a_set("db").min_ready(60);
    let snapshot =
        a_snapshot(&young).with(broken(&young, 2)).with(a_pod(&young, 1).ready_at(at(-5)));
    assert!(stays(&snapshot)[0].contains("db-1 is ready, but not yet for its minReadySeconds"));
}

#[test]
fn what_would_come_back_the_same_is_left_alone() {
    let set = a_set("db").updating();
    let snapshot = a_snapshot(&set).with(broken(&set, 2));
    let stay = find(&snapshot, RULES, at(0)).unwrap_err().remove(0);
    let pod = "db-2".to_owned();
    assert_eq!(stay, Stay::SameRevision { pod, revision: NEW.to_owned(), newest: true });
    assert_eq!(stay.flag(), None);
    let held = a_set("db").updating().at_partition(3);
    let snapshot = a_snapshot(&held).with(broken(&held, 2));
    assert_eq!(found(&snapshot), Some(("db-2".to_owned(), OLD.to_owned())), "held: it goes back");
    let nameless = Pod { revision: None, ..broken(&held, 2) };
    assert!(stays(&snapshot.with(nameless))[0].contains("does not say which revision"));
}

#[test]
fn an_unseen_template_says_nothing_about_what_comes_back() {
    let set = reverted().unobserved();
    assert_eq!(stays(&a_snapshot(&set).with(broken(&set, 2))).len(), 1);
}

#[test]
fn a_pod_is_stuck_only_after_a_while() {
    let set = reverted();
    let at_119 = a_snapshot(&set).with(broken(&set, 2).unready_at(at(-119)));
    assert_eq!(
        stays(&at_119),
        ["pod db-2 has been unready for only 1m 59s; it counts as stuck after 2m"]
    );
    assert!(found(&a_snapshot(&set).with(broken(&set, 2).unready_at(at(-120)))).is_some());
    let silent = Pod { unready_since: None, ..broken(&set, 2) };
    assert!(stays(&a_snapshot(&set).with(silent))[0].contains("does not say since when"));
}

#[test]
fn under_parallel_only_what_the_controller_never_replaces_is_stuck() {
    let kept = a_set("db").parallel().at_partition(32767);
    let snapshot = a_snapshot(&kept).with(broken(&kept, 2)).with(broken(&kept, 1));
    assert_eq!(found(&snapshot), Some(("db-1".to_owned(), OLD.to_owned())));
    let released = a_set("db").parallel();
    let snapshot = a_snapshot(&released).with(broken(&released, 2));
    assert_eq!(stays(&snapshot), ["pod db-2 is replaced by the controller itself"]);
    // A pod that would come back the same does not hide another behind it.
    let snapshot = a_snapshot(&kept).with(a_pod(&kept, 0).unready()).with(broken(&kept, 2));
    assert_eq!(found(&snapshot), Some(("db-2".to_owned(), OLD.to_owned())));
    let on_delete = a_set("db").parallel().with_strategy(Strategy::OnDelete);
    let snapshot = a_snapshot(&on_delete).with(broken(&on_delete, 2));
    assert_eq!(found(&snapshot), Some(("db-2".to_owned(), OLD.to_owned())));
}

#[test]
fn pods_that_have_ended_are_the_controllers() {
    let set = reverted();
    let failed = Pod { phase: Phase::Failed, ..broken(&set, 1) };
    assert!(stays(&a_snapshot(&set).with(failed))[0].contains("replaced by the controller"));
}

#[test]
fn budgets_that_are_overdrawn_or_unknown_keep_the_pod() {
    let set = reverted();
    let mut snapshot = a_snapshot(&set).with(broken(&set, 2));
    let budget = |healthy| Budget { current_healthy: healthy, ..a_budget_of_least(2, 3) };
    snapshot.budgets = Known::Read(vec![budget(2)]);
    assert!(found(&snapshot).is_some(), "the stuck pod is not among the healthy");
    snapshot.budgets = Known::Read(vec![budget(1)]);
    assert!(stays(&snapshot)[0].contains("wants 2 healthy pods and has 1"));
    snapshot.budgets = Known::Read(vec![Budget { observed: false, ..budget(3) }]);
    assert_eq!(stays(&snapshot).len(), 1);
    snapshot.budgets = Known::Unknown("forbidden".to_owned());
    assert!(stays(&snapshot)[0].contains("forbidden"));
    let ignoring = Rules { budgets: BudgetRule::Ignore, ..RULES };
    assert!(find(&snapshot, ignoring, at(0)).unwrap().is_some());
}

#[test]
fn an_unfinished_scale_down_is_named_and_not_cured() {
    let set = a_set("db").replicas(2);
    let snapshot = a_snapshot(&set).with(a_pod(&set, 2).unready());
    assert!(stays(&snapshot)[0].contains("db-2 is no longer wanted"));
    assert!(next_blocker(&snapshot, at(0)).unwrap().contains("scale-down"));
}

#[test]
fn a_stuck_pod_is_not_updated_past_the_gates_of_a_rollout_by_deletion() {
    let set = a_set("db").updating().with_strategy(Strategy::OnDelete);
    let old = a_pod(&set, 1).unready();
    let seen = a_snapshot(&set).with(old.clone());
    let cure = find(&seen, RULES, at(0)).unwrap().unwrap();
    assert_eq!((cure.pod.name.as_str(), cure.returns_on.as_str()), ("db-1", NEW));
    let run = Run { order: "asc".parse().unwrap(), holder: None, partition: 0, ..a_run(&set) };
    assert!(matches!(past_gates(&run, &cure), Some(Refusal::PastGates { .. })));
    // On the way back it comes back on the old one.
    let back = Run { phase: RunPhase::Aborting, ..run.clone() };
    assert_eq!(past_gates(&back, &cure), None);
    let over = Run { order: Order::Desc, ..run };
    assert_eq!(past_gates(&over, &cure), None);
}
