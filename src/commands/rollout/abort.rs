//! `rollout abort`: back to the revision the rollout came from.

use clap::{Args, ValueEnum};

use crate::cluster::clock;
use crate::commands::context::{Consent, Context};
use crate::commands::identity;
use crate::commands::rollout::begin::refused;
use crate::commands::rollout::conduct;
use crate::commands::rollout::group::{self, Taking};
use crate::commands::rollout::pace::PaceArgs;
use crate::commands::rollout::take_up::{recorded, refuse, take_up};
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::run::{Run, RunPhase};
use crate::model::snapshot::Snapshot;
use crate::plan::preflight;
use crate::plan::refusal::Refusal;
use crate::progress::abort::Way;
use crate::progress::stage::Begin;

/// Go back to the revision a staged rollout came from
///
/// Brings the old template back and sees every pod return to it. Broken pods are deleted, lowest
/// first, once the controller has seen the old template; without that they would stay broken for
/// ever (kubernetes/kubernetes#67250). The original update strategy is restored at the end.
///
/// With --mode=park the template stays, so that a GitOps tool finds what it wrote: the set is held,
/// and the updated pods are deleted one by one and come back on the old revision. It ends held,
/// with exit code 6.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct AbortArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name, required_unless_present = "selector")]
    set: Option<String>,

    /// Take back the group of sets that this label selector matches, one pod at a time
    #[arg(short = 'l', long, value_name = "SELECTOR", conflicts_with = "set")]
    selector: Option<String>,

    /// How to go back: by the old template, or behind a hold with the new one left in place
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Mode::Template)]
    mode: Mode,

    /// Do not ask before writing
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    pace: PaceArgs,

    /// Take the rollout over from whoever drives it
    #[arg(long, help_heading = "Overrides")]
    takeover: bool,
}

const EXAMPLES: &str = "\
Examples:
  # The canary is bad: take it back
  kubectl sts rollout abort db

  # The template belongs to a GitOps tool: leave it, and hold every pod on the old revision
  kubectl sts rollout abort db --mode=park

  # A group of sets that was begun with stage -l
  kubectl sts rollout abort -l app=db";

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Template,
    Park,
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &AbortArgs) -> Result<Exit, Failure> {
    let options = args.pace.options(cx.terminal.can_ask())?;
    let consent = Consent::from_flag(args.yes);
    let Some(name) = &args.set else {
        let selector = args.selector.as_deref().unwrap_or_default();
        let taking = Taking { selector, pace: &args.pace, consent, takeover: args.takeover };
        return group::abort(cx, &taking, options).await;
    };
    let snapshot = cx.snapshot(name).await?;
    let recorded = recorded(&snapshot).map_err(|refusal| refuse(cx, name, refusal))?;
    let set = &snapshot.set;
    let mut refusals = Vec::new();
    if !args.takeover {
        refusals.extend(preflight::locked(&recorded, "", clock::now()));
    }
    refusals.extend(preflight::member(&recorded));
    refusals.extend(preflight::operator(set));
    let parked = recorded.phase == RunPhase::Parked;
    if parked && recorded.target.is_empty() {
        refusals.push(Refusal::NoRun);
    } else if args.mode == Mode::Park {
        refusals.extend(preflight::park(set, &recorded));
    } else {
        refusals.extend(preflight::base_gone(&snapshot, &recorded));
    }
    if let Some(failure) = refused(cx, name, &refusals) {
        return Err(failure);
    }
    if parked && args.mode == Mode::Park && recorded.holds(set) {
        cx.terminal.print(format!("{} unchanged: it is parked already", set.display()))?;
        return Ok(Exit::Held);
    }
    cx.terminal.note(way_back(&snapshot, &recorded));
    let question = match args.mode {
        Mode::Template => "Abort this rollout?",
        Mode::Park => "Hold this set, and delete its updated pods one by one?",
    };
    cx.consent(consent, question).await?;
    let (snapshot, run) = take_up(cx, snapshot, &recorded, |set, run| {
        run.adopt(set);
    })
    .await?;
    let begin = Begin {
        holder: run.holder.clone().unwrap_or_else(|| identity::holder(clock::now())),
        run: run.clone(),
        gated: false,
        change: "abort".to_owned(),
        options,
    };
    let way = match args.mode {
        Mode::Template => conduct::by_template(cx, &snapshot, &run, Exit::Success).await?,
        Mode::Park => Way::Park,
    };
    conduct::abort(cx, snapshot, run, begin, &args.pace, way).await
}

/// Where a set goes back to, and how much of it has to.
pub(super) fn way_back(snapshot: &Snapshot, run: &Run) -> String {
    let (set, all) = (&snapshot.set, snapshot.set.wanted.replicas);
    let stray = all - snapshot.count_on(&run.base).min(all);
    let display = set.display();
    format!("{display}: back to {}; {stray} of {all} pods have to return to it", run.base)
}
