//! Taking over the record of a run: the lock changes hands in one compare-and-swap.

use crate::cluster::clock;
use crate::cluster::write::Keep;
use crate::commands::context::Context;
use crate::commands::identity;
use crate::commands::judged;
use crate::commands::rollout::begin::refused;
use crate::exit::Failure;
use crate::model::run::{RecordedRun, Run};
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::refusal::Refusal;
use crate::plan::step::{RunChange, SetPatch, StrategyChange};

/// The run recorded on a set.
pub(super) fn recorded(snapshot: &Snapshot) -> Result<Run, Refusal> {
    match &snapshot.set.run {
        None => Err(Refusal::NoRun),
        Some(RecordedRun::Unreadable(reason)) => {
            Err(Refusal::UnreadableRun { reason: reason.clone() })
        }
        Some(RecordedRun::Read(run)) => Ok(run.clone()),
    }
}

/// Writes the run as `change` makes it, with this process as its holder. The set must carry the
/// run that was judged; anything else is a conflict.
pub(super) async fn take_up(
    cx: &Context,
    mut snapshot: Snapshot,
    recorded: &Run,
    change: impl FnOnce(&Set, &mut Run),
) -> Result<(Snapshot, Run), Failure> {
    let mut run = recorded.clone();
    run.holder = Some(identity::holder(clock::now()));
    change(&snapshot.set, &mut run);
    // Somebody may have changed the strategy under which nothing moves by itself.
    let strategy = if run.by_deletion() && !run.holds(&snapshot.set) {
        StrategyChange::OnDelete
    } else {
        StrategyChange::Keep
    };
    snapshot.set = judged::write(cx, &snapshot.set, Keep::Written, |set| SetPatch {
        run: RunChange::Write(run.clone()),
        strategy: strategy.clone(),
        ..SetPatch::of(set)
    })
    .await?;
    Ok((snapshot, run))
}

/// The failure of one refusal.
pub(super) fn refuse(cx: &Context, set: &str, refusal: Refusal) -> Failure {
    refused(cx, set, &[refusal]).unwrap_or_else(|| crate::commands::context::refused("refused"))
}
