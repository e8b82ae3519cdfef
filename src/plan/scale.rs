//! Whether a set may be scaled, and the one write that does it.
//!
//! A scaling comes before an update in the controller's loop. Once a broken canary is scaled away
//! nothing blocks the update any more, and the loop begins anew from the new top: the next healthy
//! pod becomes the next broken one. So the partition is raised in the write that would do this.

pub mod foresee;
pub mod judge;
pub mod obstacle;
pub mod outlook;
pub mod refusal;

use jiff::Timestamp;

use crate::model::autoscaler::Autoscaler;
use crate::model::claim::Claim;
use crate::model::order::Order;
use crate::model::run::{OriginalStrategy, RecordedRun, Run, RunPhase, Steps};
use crate::model::set::{HOLD, PodManagement, Set, Strategy};
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::options::Options;
use crate::plan::preflight;
use crate::plan::step::{RunChange, Scaling, SetPatch, Step, StrategyChange};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// How many pods there shall be.
    pub replicas: u32,
    /// How many there must be now; `None` when that does not matter.
    pub current: Option<u32>,
    /// The most ordinals that one write adds or takes away; `None` for all at once.
    pub step: Option<u32>,
    /// Fewer replicas than these are never asked for.
    pub floor: u32,
    /// So many of the pods that stay must be available before each write.
    pub quorum: u32,
    /// Patience, and what budgets are to a scaling.
    pub options: Options,
    /// What the user has already agreed to.
    pub overrides: Overrides,
}

/// What the user has already agreed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Claims are deleted, because the set says `whenScaled: Delete`.
    pub claim_deletion: bool,
    /// Claims that could not be read may be used again.
    pub claims: bool,
    /// An autoscaler scales the set too.
    pub autoscaler: bool,
    /// Another manager has the number of replicas.
    pub managers: bool,
    /// With no pod left the controller takes the newest revision for the current one.
    pub promotion: bool,
}

/// What is read beside the set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Claims of the namespace.
    pub claims: Known<Vec<Claim>>,
    /// Autoscalers of the namespace.
    pub autoscalers: Known<Vec<Autoscaler>>,
}

impl Wish {
    /// The size that the next write asks for, from this one.
    pub fn next_size(&self, size: u32) -> u32 {
        let step = self.step.unwrap_or(u32::MAX);
        if self.replicas < size {
            size - (size - self.replicas).min(step)
        } else {
            size + (self.replicas - size).min(step)
        }
    }
}

/// An update that a scaling would let loose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    /// Pods on the new revision that are not available.
    pub unwell: Vec<String>,
    /// Pods that would be replaced next.
    pub open: Vec<String>,
}

/// What a scaling to this size would let loose; `None` when nothing.
///
/// Updated pods that are not available hold the controller up, or are about to be known as broken.
/// A set without pods that wait for the update has nothing to let loose.
pub fn spread(snapshot: &Snapshot, size: u32, now: Timestamp) -> Option<Spread> {
    let set = &snapshot.set;
    let Strategy::RollingUpdate(_) = set.strategy else { return None };
    let update = set.status.update_revision.as_str();
    let on_update = |pod: &&crate::model::pod::Pod| pod.revision.as_deref() == Some(update);
    let unwell: Vec<String> = snapshot
        .own_pods()
        .filter(on_update)
        .filter(|pod| !pod.is_available(set.min_ready_seconds, now))
        .map(|pod| pod.name.clone())
        .collect();
    let open: Vec<String> = (set.partition()..size.min(set.wanted.replicas))
        .filter_map(|index| snapshot.pod_at(index))
        .filter(|pod| !on_update(pod))
        .map(|pod| pod.name.clone())
        .collect();
    // New pods start on the new revision as well.
    let born = size > set.wanted.replicas.max(set.partition())
        && set.status.current_revision != set.status.update_revision;
    (!unwell.is_empty() && (!open.is_empty() || born)).then_some(Spread { unwell, open })
}

/// The write that asks for this size, and holds the set where it would let an update loose.
pub fn change(snapshot: &Snapshot, size: u32, hold_id: &str, now: Timestamp) -> Step {
    let set = &snapshot.set;
    if spread(snapshot, size, now).is_none() {
        return Step::Scale(Scaling::of(set, size));
    }
    let run = match (&set.run, preflight::original(set)) {
        // A hold of ours remembers what was there before it.
        (None, Ok(original)) => RunChange::Write(parked(set, hold_id.to_owned(), original)),
        _ => RunChange::Keep,
    };
    Step::PatchSet(SetPatch {
        replicas: Some(size),
        strategy: StrategyChange::Partition(HOLD),
        run,
        ..SetPatch::of(set)
    })
}

/// The record of a hold that nothing of ours waits behind.
pub fn parked(set: &Set, id: String, original: OriginalStrategy) -> Run {
    Run {
        id,
        phase: RunPhase::Parked,
        target: String::new(),
        base: set.status.current_revision.clone(),
        original,
        order: Order::Desc,
        partition: HOLD,
        replicas: set.wanted.replicas,
        start: set.wanted.start,
        steps: Steps::default(),
        approved: 0,
        passed: 0,
        template: String::new(),
        gates: String::new(),
        group: None,
        holder: None,
    }
}

/// How many pods the controller makes or takes away at a time.
pub fn at_a_time(set: &Set, pods: u32) -> u32 {
    match set.management {
        PodManagement::OrderedReady => 1,
        PodManagement::Parallel => pods,
    }
}

/// Whether the set is held by `rollout hold`, or by a scaling that had to.
pub fn is_parked(set: &Set) -> bool {
    matches!(&set.run, Some(RecordedRun::Read(run)) if run.phase == RunPhase::Parked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pod::TroubleKind;
    use crate::model::set::Rolling;
    use crate::testing::{NEW, a_pod, a_set, a_snapshot, a_wish, at};

    /// Five pods, partition as given, a canary at 4 that crashes.
    fn broken_canary(partition: u32) -> Snapshot {
        let set = a_set("db").replicas(5).updating().at_partition(partition);
        let canary = a_pod(&set, 4).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff");
        a_snapshot(&set).with(canary)
    }

    fn partition_of(step: &Step) -> Option<&StrategyChange> {
        match step {
            Step::PatchSet(patch) => Some(&patch.strategy),
            _ => None,
        }
    }

    #[test]
    fn sizes_go_by_the_step_and_never_past_the_goal() {
        let sizes = |replicas, step, from| {
            let wish = Wish { step, ..a_wish(replicas) };
            let mut sizes = vec![from];
            while sizes[sizes.len() - 1] != replicas {
                sizes.push(wish.next_size(sizes[sizes.len() - 1]));
            }
            sizes
        };
        assert_eq!(sizes(1, Some(2), 6), [6, 4, 2, 1]);
        assert_eq!(sizes(5, Some(2), 2), [2, 4, 5]);
        assert_eq!(sizes(0, None, 3), [3, 0]);
        assert_eq!(sizes(u32::MAX, None, 0), [0, u32::MAX]);
    }

    #[test]
    fn a_broken_canary_is_not_scaled_away_without_a_hold() {
        let seen = broken_canary(3);
        let step = change(&seen, 4, "run-1", at(0));
        let Step::PatchSet(patch) = &step else { panic!("{step:?}") };
        assert_eq!(patch.replicas, Some(4));
        assert_eq!(patch.strategy, StrategyChange::Partition(HOLD));
        let RunChange::Write(run) = &patch.run else { panic!("{patch:?}") };
        assert_eq!(run.phase, RunPhase::Parked);
        let rolling = Rolling { partition: 3, max_unavailable: None };
        assert_eq!(run.original, OriginalStrategy::RollingUpdate(Some(rolling)));
        let loose = spread(&seen, 4, at(0)).unwrap();
        assert_eq!(
            loose,
            Spread { unwell: vec!["db-4".to_owned()], open: vec!["db-3".to_owned()] }
        );
    }

    #[test]
    fn where_nothing_would_be_let_loose_the_partition_stays() {
        // Down to the partition, nobody waits for the update.
        assert_eq!(partition_of(&change(&broken_canary(4), 4, "run-1", at(0))), None);
        // A canary that is well does not stand in anybody's way.
        let well = broken_canary(3);
        let well = well.clone().with(a_pod(&well.set, 4).on(NEW));
        assert_eq!(partition_of(&change(&well, 4, "run-1", at(0))), None);
        // OnDelete replaces nothing by itself.
        let mut waits = broken_canary(3);
        waits.set.strategy = Strategy::OnDelete;
        assert_eq!(partition_of(&change(&waits, 4, "run-1", at(0))), None);
        assert!(spread(&a_snapshot(&a_set("db")), 1, at(0)).is_none());
    }

    #[test]
    fn a_hold_that_is_there_is_kept_with_its_record() {
        let mut seen = broken_canary(3);
        let rolling = OriginalStrategy::RollingUpdate(None);
        seen.set = seen.set.clone().recording(parked(&seen.set, "other".to_owned(), rolling));
        let step = change(&seen, 4, "run-1", at(0));
        let Step::PatchSet(patch) = &step else { panic!("{step:?}") };
        assert_eq!(patch.run, RunChange::Keep);
        seen.set = seen.set.at_partition(HOLD);
        assert_eq!(partition_of(&change(&seen, 4, "run-1", at(0))), None);
    }

    #[test]
    fn pods_that_come_do_not_start_on_a_broken_revision() {
        let set = a_set("db").updating().at_partition(2).parallel();
        let canary = a_pod(&set, 2).on(NEW).unready();
        let seen = a_snapshot(&set).with(canary);
        assert!(partition_of(&change(&seen, 5, "run-1", at(0))).is_some());
    }
}
