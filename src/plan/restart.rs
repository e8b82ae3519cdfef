//! What is checked before pods are restarted as they are.

use jiff::Timestamp;

use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::predict::revision_after_delete;
use crate::model::run::{RecordedRun, RunPhase};
use crate::model::set::Strategy;
use crate::model::snapshot::Snapshot;
use crate::plan::options::Options;
use crate::plan::preflight;
use crate::plan::refusal::Refusal;

/// What is said to pods that come back on another revision than they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevisionChange {
    /// They are not restarted.
    Refuse,
    /// So be it.
    Allow,
}

/// Reasons not to restart these pods, all of them; empty when it may begin.
pub fn begin(
    snapshot: &Snapshot,
    ordinals: &[Ordinal],
    change: RevisionChange,
    options: &Options,
    now: Timestamp,
) -> Vec<Refusal> {
    let set = &snapshot.set;
    let mut refusals = Vec::new();
    refusals.extend(preflight::operator(set));
    refusals.extend(preflight::original(set).err());
    if set.wanted.replicas == 0 {
        refusals.push(Refusal::NoReplicas);
    }
    if !set.observed() {
        refusals.push(Refusal::NotObserved);
    }
    let changed = changed(snapshot, ordinals);
    refusals.extend(of_ours(snapshot, &changed, now));
    let moving = moving(snapshot);
    if !moving.is_empty() {
        refusals.push(Refusal::InProgress { pods: moving });
    }
    refusals.extend(preflight::health(snapshot, options, now));
    if change == RevisionChange::Refuse {
        refusals.extend(changed);
    }
    refusals
}

/// The pods that would come back on another revision than they run.
fn changed(snapshot: &Snapshot, ordinals: &[Ordinal]) -> Vec<Refusal> {
    let pods = ordinals.iter().filter_map(|ordinal| Some((*ordinal, snapshot.pod(*ordinal)?)));
    pods.filter_map(|(ordinal, pod)| {
        let returns = revision_after_delete(snapshot, ordinal);
        let runs = pod.revision.as_deref().unwrap_or("no revision");
        (runs != returns).then(|| Refusal::ComesBackChanged {
            pod: pod.name.clone(),
            runs: runs.to_owned(),
            returns: returns.to_owned(),
        })
    })
    .collect()
}

/// A run of ours that a restart would come in the way of: one that somebody drives, one on its way
/// back, and any other where pods would change their revision past its gates.
fn of_ours(snapshot: &Snapshot, changed: &[Refusal], now: Timestamp) -> Option<Refusal> {
    match snapshot.set.run.as_ref()? {
        RecordedRun::Unreadable(reason) => Some(Refusal::UnreadableRun { reason: reason.clone() }),
        RecordedRun::Read(run) => preflight::locked(run, "", now).or(match run.phase {
            RunPhase::Aborting | RunPhase::Parking => {
                Some(Refusal::Unfinished { phase: "on its way back".to_owned() })
            }
            RunPhase::Staging | RunPhase::Failed if !changed.is_empty() => {
                let phase = "held, and a restart would update pods past its gates".to_owned();
                Some(Refusal::Unfinished { phase })
            }
            RunPhase::Staging | RunPhase::Failed | RunPhase::Parked => None,
        }),
    }
}

/// Pods that the controller is about to replace by itself.
fn moving(snapshot: &Snapshot) -> Vec<String> {
    let set = &snapshot.set;
    if !matches!(set.strategy, Strategy::RollingUpdate(_)) {
        return Vec::new();
    }
    let released = (set.partition()..set.wanted.replicas).filter_map(|i| snapshot.pod_at(i));
    let off = |pod: &&Pod| pod.revision.as_ref() != Some(&set.status.update_revision);
    released.filter(off).map(|pod| pod.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::run::Run;
    use crate::model::set::Set;
    use crate::testing::{NEW, OLD, a_pod, a_run, a_set, a_snapshot, at};

    fn refusals(snapshot: &Snapshot, change: RevisionChange) -> Vec<Refusal> {
        let all: Vec<Ordinal> = snapshot.set.wanted.iter().collect();
        begin(snapshot, &all, change, &Options::default(), at(90))
    }

    fn of(set: &Set) -> Vec<Refusal> {
        refusals(&a_snapshot(set), RevisionChange::Refuse)
    }

    #[test]
    fn a_settled_set_may_be_restarted() {
        assert_eq!(of(&a_set("db")), []);
        assert_eq!(of(&a_set("db").with_strategy(Strategy::OnDelete)), []);
    }

    #[test]
    fn a_pod_that_comes_back_changed_is_named_with_both_revisions() {
        let set = a_set("db").updating().at_partition(3);
        let snapshot = a_snapshot(&set).with(a_pod(&set, 2).on(NEW));
        let expected = Refusal::ComesBackChanged {
            pod: "db-2".to_owned(),
            runs: NEW.to_owned(),
            returns: OLD.to_owned(),
        };
        assert_eq!(expected.flag(), Some("--allow-revision-change"));
        assert_eq!(refusals(&snapshot, RevisionChange::Refuse), [expected]);
        assert_eq!(refusals(&snapshot, RevisionChange::Allow), []);
        let others = [Ordinal(0), Ordinal(1)];
        let options = Options::default();
        assert_eq!(begin(&snapshot, &others, RevisionChange::Refuse, &options, at(0)), []);
    }

    #[test]
    fn pods_the_controller_is_about_to_replace_are_left_to_it() {
        let set = a_set("db").updating().at_partition(1);
        let moving = refusals(&a_snapshot(&set), RevisionChange::Allow);
        let pods = vec!["db-1".to_owned(), "db-2".to_owned()];
        assert_eq!(moving, [Refusal::InProgress { pods }]);
    }

    #[test]
    fn a_run_of_ours_may_be_in_the_way() {
        let set = a_set("db").updating().at_partition(32767);
        let with = |run: Run| of(&set.clone().recording(run));
        let held = Run { holder: None, ..a_run(&set) };
        assert_eq!(with(held.clone()), [], "all come back as they are");
        assert_eq!(with(Run { phase: RunPhase::Parked, ..held.clone() }), []);
        let back = with(Run { phase: RunPhase::Aborting, ..held.clone() });
        assert!(matches!(back[..], [Refusal::Unfinished { .. }]), "{back:?}");
        let driven = Run { holder: Some(crate::testing::a_holder(at(80))), ..held.clone() };
        assert!(matches!(with(driven)[..], [Refusal::Locked { .. }]));
        // Under OnDelete they would come back updated, and no flag lets them.
        let by_deletion = Run { order: "asc".parse().unwrap(), partition: 0, ..held };
        let set = set.with_strategy(Strategy::OnDelete).recording(by_deletion);
        let found = refusals(&a_snapshot(&set), RevisionChange::Allow);
        assert!(matches!(found[..], [Refusal::Unfinished { .. }]), "{found:?}");
    }

    #[test]
    fn what_is_not_ours_or_not_well_is_left_alone() {
        assert!(matches!(of(&a_set("db").owned_by("Widget", "w"))[..], [Refusal::Operator { .. }]));
        assert_eq!(of(&a_set("db").replicas(0)), [Refusal::NoReplicas]);
        assert_eq!(of(&a_set("db").unobserved()), [Refusal::NotObserved]);
        let recreate = Strategy::Other("Recreate".to_owned());
        let found = of(&a_set("db").with_strategy(recreate));
        assert!(matches!(found[..], [Refusal::UnknownStrategy { .. }]), "{found:?}");
        let set = a_set("db");
        let unwell = a_snapshot(&set).with(a_pod(&set, 1).unready());
        let found = refusals(&unwell, RevisionChange::Refuse);
        assert!(matches!(found[..], [Refusal::Unhealthy { .. }]), "{found:?}");
    }
}
