//! What to do next about a set, as far as its standing tells.

use crate::model::run::RunPhase;
use crate::model::set::Strategy;
use crate::model::snapshot::Snapshot;
use crate::plan::assess::{Assessment, Phase};

/// A thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Roll out, a pod at a time, what waits behind the partition.
    Stage,
    /// Give the set back to its controller.
    Release,
    /// Go on with the rollout that is held.
    Continue,
    /// Go back to where the rollout began.
    Abort,
    /// Look at this pod.
    Describe(String),
    /// Have the one pod that everything waits for come back on what it should run.
    Unstick,
    /// Delete this pod, so that it comes back on what it should run.
    Delete(String),
}

/// What to do next: nothing while somebody or the controller is at it.
pub fn next(snapshot: &Snapshot, found: &Assessment) -> Vec<Next> {
    let set = &snapshot.set;
    match found.run.as_ref().map(|standing| (standing.run.phase, &standing.driver)) {
        Some((_, Some(_))) => return Vec::new(),
        Some((RunPhase::Parked, None)) => return vec![Next::Stage, Next::Release],
        Some((RunPhase::Staging | RunPhase::Failed, None)) => {
            return vec![Next::Continue, Next::Abort];
        }
        Some((RunPhase::Aborting | RunPhase::Parking, None)) => return vec![Next::Continue],
        None => {}
    }
    if let Some(blocker) = &found.blocker {
        let mut next = vec![Next::Describe(blocker.pod.clone())];
        // The controller waits for ever for a broken pod on a revision that is no longer wanted,
        // and never replaces it (kubernetes#67250).
        let stray = found.pods.iter().find(|pod| pod.pod == blocker.pod);
        if stray.is_some_and(|pod| pod.revision.as_ref() != Some(&pod.returns_on)) {
            next.push(Next::Unstick);
        }
        return next;
    }
    if found.phase != Phase::Held {
        return Vec::new();
    }
    let update = Some(&set.status.update_revision);
    let mut old = found.pods.iter().filter(|pod| pod.revision.as_ref() != update);
    match set.strategy {
        Strategy::OnDelete => {
            old.next_back().map(|pod| Next::Delete(pod.pod.clone())).into_iter().collect()
        }
        _ if old.next().is_some() => vec![Next::Stage],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pod::TroubleKind;
    use crate::model::run::Run;
    use crate::plan::assess::assess;
    use crate::testing::{NEW, OLD, a_pod, a_run, a_set, a_snapshot, at};

    fn after(snapshot: &Snapshot) -> Vec<Next> {
        next(snapshot, &assess(snapshot, at(3600)))
    }

    #[test]
    fn nothing_is_to_be_done_while_it_goes_well() {
        assert_eq!(after(&a_snapshot(&a_set("db"))), []);
        let rolling = a_set("db").updating();
        assert_eq!(after(&a_snapshot(&rolling)), []);
        let full = a_set("db").at_partition(3);
        assert_eq!(after(&a_snapshot(&full)), [], "held, and nothing waits");
    }

    #[test]
    fn a_rollout_is_gone_on_with_unless_somebody_drives_it() {
        let set = a_set("db").updating().at_partition(32767);
        let run = |phase| Run { phase, ..a_run(&set) };
        let held = |phase| after(&a_snapshot(&set.clone().recording(run(phase))));
        assert_eq!(held(RunPhase::Staging), [Next::Continue, Next::Abort]);
        assert_eq!(held(RunPhase::Parked), [Next::Stage, Next::Release]);
        assert_eq!(held(RunPhase::Aborting), [Next::Continue]);
        let driven = a_snapshot(&set.clone().recording(run(RunPhase::Staging)));
        assert_eq!(next(&driven, &assess(&driven, at(1))), []);
    }

    #[test]
    fn a_pod_is_deleted_only_where_that_brings_another_revision() {
        let set = a_set("db").updating();
        let broken = a_pod(&set, 2).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff");
        let describe = Next::Describe("db-2".to_owned());
        assert_eq!(after(&a_snapshot(&set).with(broken.clone())), std::slice::from_ref(&describe));
        let reverted = a_set("db");
        let snapshot = a_snapshot(&reverted).with(broken);
        assert_eq!(snapshot.set.status.update_revision, OLD);
        assert_eq!(after(&snapshot), [describe, Next::Unstick]);
    }

    #[test]
    fn what_is_held_says_how_to_go_on() {
        assert_eq!(after(&a_snapshot(&a_set("db").updating().at_partition(3))), [Next::Stage]);
        let on_delete = a_set("db").updating().with_strategy(Strategy::OnDelete);
        let snapshot = a_snapshot(&on_delete).with(a_pod(&on_delete, 2).on(NEW));
        assert_eq!(after(&snapshot), [Next::Delete("db-1".to_owned())], "the highest old one");
    }
}
