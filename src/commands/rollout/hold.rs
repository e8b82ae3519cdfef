//! `rollout hold` and `rollout release`: pin the partition above all pods, and take the pin away.

use clap::Args;

use crate::cluster::clock;
use crate::cluster::write::Keep;
use crate::commands::context::Context;
use crate::commands::dry_run::WriteArgs;
use crate::commands::identity;
use crate::commands::judged;
use crate::commands::rollout::begin::refused;
use crate::commands::rollout::take_up::{recorded, refuse};
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::run::{OriginalStrategy, RecordedRun, RunPhase};
use crate::model::set::{HOLD, Set, Strategy};
use crate::model::snapshot::Snapshot;
use crate::plan::assess::assess;
use crate::plan::preflight;
use crate::plan::refusal::Refusal;
use crate::plan::scale::parked;
use crate::plan::step::{RunChange, SetPatch, StrategyChange};

/// Hold a set: whatever is applied to it next moves no pod
///
/// Raises the partition above every pod there can be, so that pods added by a later scale-up stay
/// on the old revision too. The partition that was there is remembered.
#[derive(Args, Clone, Debug)]
pub struct HoldArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    #[command(flatten)]
    write: WriteArgs,
}

/// End a hold: the controller rolls out what waits behind it, by itself and without gates
#[derive(Args, Clone, Debug)]
pub struct ReleaseArgs {
    #[command(flatten)]
    common: HoldArgs,

    /// Release although somebody is driving a rollout of the set
    #[arg(long, help_heading = "Overrides")]
    takeover: bool,
}

/// Runs `rollout hold`.
pub(super) async fn hold(cx: &mut Context, args: &HoldArgs) -> Result<Exit, Failure> {
    let snapshot = cx.snapshot(&args.set).await?;
    let set = &snapshot.set;
    if let Some(RecordedRun::Read(run)) = &set.run
        && run.phase == RunPhase::Parked
        && set.partition() == run.partition
    {
        cx.terminal.print(format!("{} unchanged: it is held already", set.display()))?;
        return Ok(Exit::Success);
    }
    let mut refusals: Vec<Refusal> = preflight::operator(set).into_iter().collect();
    match &set.run {
        None => {}
        Some(RecordedRun::Unreadable(reason)) => {
            refusals.push(Refusal::UnreadableRun { reason: reason.clone() });
        }
        Some(RecordedRun::Read(run)) => refusals.push(
            preflight::locked(run, "", clock::now())
                .or_else(|| preflight::member(run))
                .unwrap_or_else(|| Refusal::Unfinished { phase: "held already".to_owned() }),
        ),
    }
    match &set.strategy {
        Strategy::OnDelete => refusals.push(Refusal::OnDelete),
        Strategy::Other(name) => {
            refusals.push(Refusal::UnknownStrategy { strategy: name.clone() });
        }
        Strategy::RollingUpdate(_) => {}
    }
    let original = match preflight::original(set) {
        Ok(original) => original,
        Err(refusal) => {
            refusals.push(refusal);
            OriginalStrategy::OnDelete
        }
    };
    if let Some(failure) = refused(cx, &args.set, &refusals) {
        return Err(failure);
    }
    if let Some(warning) = downgrades(&snapshot) {
        cx.terminal.warning(&warning);
    }
    let run = parked(set, identity::run_id(), original);
    let patch = |set: &Set| SetPatch {
        strategy: StrategyChange::Partition(HOLD),
        run: RunChange::Write(run.clone()),
        ..SetPatch::of(set)
    };
    write(cx, args, set, patch, ("held", "Hold this set?")).await
}

/// Runs `rollout release`.
pub(super) async fn release(cx: &mut Context, args: &ReleaseArgs) -> Result<Exit, Failure> {
    let name = &args.common.set;
    let snapshot = cx.snapshot(name).await?;
    let set = &snapshot.set;
    if set.run.is_none() {
        return Err(refuse(cx, name, Refusal::NotHeld));
    }
    let run = recorded(&snapshot).map_err(|refusal| refuse(cx, name, refusal))?;
    if !args.takeover
        && let Some(refusal) = preflight::locked(&run, "", clock::now())
    {
        return Err(refuse(cx, name, refusal));
    }
    if let Some(refusal) = preflight::member(&run) {
        return Err(refuse(cx, name, refusal));
    }
    let moves = released(&snapshot, &run.original);
    let on_delete = run.original == OriginalStrategy::OnDelete;
    let waiting =
        set.wanted.replicas.saturating_sub(snapshot.count_on(&set.status.update_revision));
    cx.terminal.note(match moves.as_slice() {
        [] if on_delete && waiting > 0 => format!(
            "{}: it is OnDelete; no pod moves, and {waiting} wait to be deleted by somebody",
            set.display()
        ),
        [] => format!("{}: nothing waits behind the hold; no pod moves", set.display()),
        pods => format!(
            "{}: the controller will replace {} by itself, from the highest down, without gates",
            set.display(),
            pods.join(", ")
        ),
    });
    let patch = |set: &Set| SetPatch {
        strategy: StrategyChange::back(&run),
        run: RunChange::Remove,
        ..SetPatch::of(set)
    };
    write(cx, &args.common, set, patch, ("released", "Release this set?")).await
}

/// The pods a released controller would replace, highest first.
fn released(snapshot: &Snapshot, original: &OriginalStrategy) -> Vec<String> {
    let set = &snapshot.set;
    let partition = match original {
        OriginalStrategy::RollingUpdate(Some(rolling)) => rolling.partition,
        OriginalStrategy::RollingUpdate(None) => 0,
        OriginalStrategy::OnDelete => return Vec::new(),
    };
    set.wanted
        .iter()
        .rev()
        .filter(|ordinal| set.wanted.index(*ordinal).is_some_and(|index| index >= partition))
        .filter(|ordinal| {
            snapshot.pod(*ordinal).and_then(|pod| pod.revision.as_deref())
                != Some(set.status.update_revision.as_str())
        })
        .map(|ordinal| set.pod_name(ordinal))
        .collect()
}

/// Raising the partition changes nothing now, but an updated pod below it comes back on the old
/// revision the next time it is deleted.
fn downgrades(snapshot: &Snapshot) -> Option<String> {
    let mut held = snapshot.clone();
    if let Strategy::RollingUpdate(Some(rolling)) = &mut held.set.strategy {
        rolling.partition = HOLD;
    }
    let now = snapshot.taken_at;
    let pods: Vec<String> = assess(&held, now)
        .pods
        .into_iter()
        .filter(|pod| pod.pending_downgrade)
        .map(|pod| pod.pod)
        .collect();
    (!pods.is_empty()).then(|| {
        format!(
            "while held, {} would come back on {} if deleted, drained or lost",
            pods.join(", "),
            snapshot.set.status.current_revision
        )
    })
}

async fn write(
    cx: &mut Context,
    args: &HoldArgs,
    set: &Set,
    patch: impl Fn(&Set) -> SetPatch,
    (done, question): (&str, &str),
) -> Result<Exit, Failure> {
    let (keep, suffix) = (args.write.dry_run.keep(), args.write.dry_run.suffix());
    if keep == Some(Keep::Written) {
        cx.consent(args.write.consent(), question).await?;
    }
    if let Some(keep) = keep {
        judged::write(cx, set, keep, patch).await?;
    }
    cx.terminal.print(format!("{} {done}{suffix}", set.display()))?;
    Ok(Exit::Success)
}
