//! `rollout stage`: begin a staged rollout and see it through.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use crate::cluster::clock;
use crate::cluster::write::Keep;
use crate::commands::context::{Consent, Context};
use crate::commands::rollout::begin::{self, Adopted, Proposal};
use crate::commands::rollout::change::ChangeArgs;
use crate::commands::rollout::pace::PaceArgs;
use crate::commands::rollout::run;
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::run::Steps;
use crate::plan::preflight::{self, Overrides};
use crate::render::plan;

/// Begin a staged rollout: hold, change the template, then release one pod at a time
///
/// The partition of the set is raised above all pods in the same write that changes the template,
/// so nothing moves yet. Then it is lowered pod by pod, and only after the pods above have passed
/// every gate. When anything is in doubt the set is held where it is; nothing is ever released on
/// exit.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct StageArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    #[command(flatten)]
    change: ChangeArgs,

    /// Stop after these numbers of updated pods, counted from the top and cumulative
    #[arg(long, value_name = "STEPS", default_value_t = Steps::default())]
    steps: Steps,

    #[command(flatten)]
    pace: PaceArgs,

    #[command(flatten)]
    overrides: OverrideArgs,

    /// Show what would happen: client sends no write at all, server has the API server check it
    #[arg(long, value_enum, value_name = "WHERE", num_args = 0..=1, require_equals = true, default_value_t = DryRun::None, default_missing_value = "client")]
    dry_run: DryRun,

    /// Do not ask before writing
    #[arg(long, short)]
    yes: bool,
}

const EXAMPLES: &str = "\
Examples:
  # Try a new image on one pod, then ask before the rest
  kubectl sts rollout stage db --image app=db:v2

  # In CI: stop after the canary with exit code 6
  kubectl sts rollout stage db --image app=db:v2 --yes

  # One pod, a quarter, the rest; each pod must answer pg_isready
  kubectl sts rollout stage db -f db.yaml --steps 1,25%,100% --gate 'exec:pg_isready' --yes --approve=auto

  # A template that was applied behind a hold
  kubectl sts rollout hold db && kubectl apply -f db.yaml && kubectl sts rollout stage db";

/// Refusals the user has looked at.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Overrides")]
pub struct OverrideArgs {
    /// Go on although another manager, such as a GitOps tool, has the fields
    #[arg(long)]
    ignore_managers: bool,

    /// Accept the partition found on the set, which somebody else wrote
    #[arg(long)]
    take_partition: bool,

    /// Turn an OnDelete set into RollingUpdate for the length of the rollout
    #[arg(long)]
    switch_strategy: bool,

    /// Take the rollout over from whoever drives it
    #[arg(long)]
    takeover: bool,
}

impl OverrideArgs {
    /// As decisions take them.
    pub fn overrides(self) -> Overrides {
        Overrides {
            managers: self.ignore_managers,
            takeover: self.takeover,
            partition: self.take_partition,
            strategy: self.switch_strategy,
        }
    }
}

/// Whether to write.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum DryRun {
    /// Yes.
    None,
    /// No, and send nothing that could.
    Client,
    /// No, but have the server check it.
    Server,
}

/// Runs the command.
pub async fn run(cx: &mut Context, args: &StageArgs) -> Result<Exit, Failure> {
    let options = args.pace.options(cx.terminal.can_ask())?;
    let overrides = args.overrides.overrides();
    let source = begin::Source {
        args: &args.change,
        read: &read_manifest,
        steps: &args.steps,
        gates: args.pace.gates_digest(),
        options: &options,
        overrides,
    };
    let (snapshot, proposal) = source.propose(cx, &args.set, args.dry_run).await?;
    let now = clock::now();
    cx.terminal.note(plan::plan(&proposal.plan(&snapshot, &args.steps, &options, args.pace.gates())));
    let refusals = preflight::begin(&snapshot, proposal.source(), overrides, &options, now);
    if let Some(failure) = begin::refusal(cx, &args.set, &refusals) {
        return Err(failure);
    }
    if proposal == Proposal::Unchanged {
        cx.terminal.print(format!("{} unchanged: the template is already this one", snapshot.set.display()))?;
        return Ok(Exit::Success);
    }
    if args.dry_run != DryRun::None {
        let how = if args.dry_run == DryRun::Server { "server dry run" } else { "dry run" };
        cx.terminal.print(format!("{} staged ({how})", snapshot.set.display()))?;
        return Ok(Exit::Success);
    }
    cx.consent(Consent::from_flag(args.yes), "Begin this rollout?").await?;
    let Adopted { snapshot, begin } = source.hold(cx, snapshot, proposal, Keep::Written).await?;
    run::stage(cx, snapshot, begin, &args.pace).await
}

/// Reads a manifest from a file or standard input.
fn read_manifest(path: &PathBuf) -> anyhow::Result<String> {
    if path.as_os_str() == "-" {
        let mut text = String::new();
        crate::terminal::standard_input().read_to_string(&mut text).context("could not read standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
}
