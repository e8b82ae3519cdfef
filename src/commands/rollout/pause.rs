//! `rollout pause`: stop a rollout that is under way, ours or the controller's own.

use std::time::Duration;

use clap::Args;

use crate::cluster::clock;
use crate::commands::context::{self, Context};
use crate::commands::drive::{Aid, drive, finish};
use crate::commands::dry_run::{DryRun, WriteArgs};
use crate::commands::identity;
use crate::commands::judged;
use crate::commands::rollout::conduct;
use crate::commands::rollout::take_up::{recorded, refuse};
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::order::Order;
use crate::model::run::{RecordedRun, Run, RunPhase, Steps};
use crate::model::set::{Set, Strategy};
use crate::model::snapshot::Snapshot;
use crate::plan::assess::assess;
use crate::plan::pause::{self as place, Pause as Place};
use crate::plan::preflight;
use crate::plan::refusal::Refusal;
use crate::plan::step::{RunChange, SetPatch, StrategyChange};
use crate::progress::pause::{Pause, Paused, SETTLE};
use crate::render::status;
use crate::render::table::Headers;

/// Stop a rollout that is under way, without arming a downgrade
///
/// Raises the partition to the lowest pod that is updated or on its way, so that no updated pod
/// would come back old when it is next deleted. The controller may take one more pod before it sees
/// that; what became of it is said. Afterwards the rollout is held as a staged one: continue takes
/// it on pod by pod, abort takes it back, release lets the controller go on by itself.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct PauseArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    #[command(flatten)]
    write: WriteArgs,
}

const EXAMPLES: &str = "\
Examples:
  # Somebody has applied a new template, and pods are being replaced: stop that
  kubectl sts rollout pause db --yes

  # Go on, one pod at a time and past gates
  kubectl sts rollout continue db";

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &PauseArgs) -> Result<Exit, Failure> {
    let snapshot = cx.snapshot(&args.set).await?;
    let set = &snapshot.set;
    if let Some(refusal) = preflight::operator(set) {
        return Err(refuse(cx, &args.set, refusal));
    }
    let found = what(&snapshot).map_err(|refusal| refuse(cx, &args.set, refusal))?;
    let paused = match found {
        What::Paused(paused) => paused,
        What::Unchanged(why) => {
            cx.terminal.print(format!("{} unchanged: {why}", set.display()))?;
            return Ok(Exit::Success);
        }
    };
    match (&paused, place::pause(&snapshot)) {
        (Paused::Plain(_), _) if !set.observed() => cx.terminal.note(
            "the controller has not seen the latest spec yet; it is waited for before anything is written",
        ),
        (Paused::Plain(_), Place::Nothing) => {
            let why = "every pod the partition releases is updated or on its way";
            cx.terminal.print(format!("{} unchanged: {why}", set.display()))?;
            return Ok(Exit::Success);
        }
        (Paused::Plain(_), Place::Cannot(why)) => {
            return Err(context::refused(&why.to_string()).hint(format!(
                "hold the set all the same: {}",
                cx.command(&["rollout", "hold", &args.set])
            )));
        }
        (Paused::Plain(_), Place::Raise(partition)) => cx.terminal.note(says(&snapshot, partition)),
        (Paused::Driven, _) => {
            let run = recorded(&snapshot).map_err(|refusal| refuse(cx, &args.set, refusal))?;
            let driver = run.holder.map_or_else(String::new, |holder| holder.name);
            cx.terminal.note(format!(
                "{}: {driver} drives a staged rollout; it stops there, at the partition it has",
                set.display()
            ));
        }
    }
    if args.write.dry_run != DryRun::None {
        return dry_run(cx, args, set, &paused).await;
    }
    cx.consent(args.write.consent(), "Pause this rollout?").await?;
    // Pods have moved while the question was open; the spec may not have.
    let mut machine = Pause::new(paused, &snapshot, clock::now());
    let mut snapshot = cx.snapshot(&args.set).await?;
    let aid = Aid { gates: &[], gate_timeout: Duration::ZERO, patience: SETTLE };
    let (end, view) = drive(cx, &mut snapshot, &mut machine, aid).await?;
    let next = conduct::paused(cx, end.then, &args.set);
    let exit = finish(cx, view, end, next);
    let now = clock::now();
    cx.terminal.print(status::pods(&snapshot, &assess(&snapshot, now), Headers::Shown, now))?;
    Ok(exit)
}

/// What there is to pause.
enum What {
    Paused(Paused),
    Unchanged(&'static str),
}

fn what(snapshot: &Snapshot) -> Result<What, Refusal> {
    let set = &snapshot.set;
    match &set.run {
        None => {}
        Some(RecordedRun::Unreadable(reason)) => {
            return Err(Refusal::UnreadableRun { reason: reason.clone() });
        }
        Some(RecordedRun::Read(run)) => return of_ours(set, run),
    }
    match &set.strategy {
        Strategy::OnDelete => {
            return Ok(What::Unchanged("OnDelete: the controller replaces no pod by itself"));
        }
        Strategy::Other(name) => {
            return Err(Refusal::UnknownStrategy { strategy: name.clone() });
        }
        Strategy::RollingUpdate(_) => {}
    }
    Ok(What::Paused(Paused::Plain(Box::new(Run {
        id: identity::run_id(),
        phase: RunPhase::Staging,
        target: set.status.update_revision.clone(),
        base: set.status.current_revision.clone(),
        original: preflight::original(set)?,
        order: Order::Desc,
        partition: set.partition(),
        replicas: set.wanted.replicas,
        start: set.wanted.start,
        steps: Steps::all(),
        approved: 0,
        passed: 0,
        template: set.template.digest(),
        gates: String::new(),
        group: None,
        holder: None,
    }))))
}

/// Of a rollout on which there is a record, only its driver can be stopped.
fn of_ours(set: &Set, run: &Run) -> Result<What, Refusal> {
    if run.phase.goes_back() {
        return Err(Refusal::Unfinished { phase: "on its way back".to_owned() });
    }
    if let Some(what) = preflight::strategy_moved(set, run) {
        return Err(Refusal::Moved { what });
    }
    if run.phase == RunPhase::Staging && run.held_against("", clock::now()).is_some() {
        return Ok(What::Paused(Paused::Driven));
    }
    Ok(What::Unchanged("it is held already"))
}

/// What the pause would do, in words.
fn says(snapshot: &Snapshot, partition: u32) -> String {
    let set = &snapshot.set;
    let (all, update) = (set.wanted.replicas, &set.status.update_revision);
    let updated = snapshot.count_on(update);
    format!(
        "{}: {updated} of {all} pods run {update}; the rest, {}, is kept on {}",
        set.display(),
        set.lowest(partition.min(all)),
        set.status.current_revision
    )
}

async fn dry_run(
    cx: &mut Context,
    args: &PauseArgs,
    set: &Set,
    paused: &Paused,
) -> Result<Exit, Failure> {
    if let Some(keep) = args.write.dry_run.keep() {
        let run = match paused {
            Paused::Plain(run) => RunChange::Write((**run).clone()),
            Paused::Driven => RunChange::Keep,
        };
        judged::write(cx, set, keep, |set| SetPatch {
            strategy: StrategyChange::Partition(set.partition()),
            run: run.clone(),
            ..SetPatch::of(set)
        })
        .await?;
    }
    cx.terminal.print(format!("{} paused{}", set.display(), args.write.dry_run.suffix()))?;
    Ok(Exit::Success)
}
