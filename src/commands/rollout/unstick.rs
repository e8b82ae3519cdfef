//! `rollout unstick`: delete the one pod that blocks, and watch what comes back.

use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;

use crate::cluster::clock;
use crate::commands::context::{self, Consent, Context};
use crate::commands::drive::{Aid, drive, finish};
use crate::commands::dry_run::DryRun;
use crate::commands::duration::signed;
use crate::commands::rollout::take_up::refuse;
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::run::{RecordedRun, Run};
use crate::model::snapshot::Snapshot;
use crate::plan::assess::{Phase, assess};
use crate::plan::options::BudgetRule;
use crate::plan::preflight;
use crate::plan::step::{PodDeletion, Step};
use crate::plan::stuck::{self, Cure, Rules, Stay};
use crate::progress::event::NextCommand;
use crate::progress::unstick::{Limits, Unstick};
use crate::render::duration::span;

/// Delete the one pod that blocks a set, where it would come back on another revision
///
/// After a bad template was taken back, the controller still waits for the broken pod to become
/// ready and replaces nothing, that pod included (kubernetes/kubernetes#67250). Finds that pod as
/// the controller does, says what it would come back on, deletes it and no other, and sees it
/// become available. A pod that would come back on the revision it runs is left alone.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct UnstickArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// Take a pod for stuck when it has not been ready for this long
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = signed)]
    unready_for: SignedDuration,

    /// End with code 3 when an error of the pod that comes back has lasted this long
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = signed)]
    grace: SignedDuration,

    /// Stop waiting for the pod after this long; 0 means no limit
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = signed)]
    timeout: SignedDuration,

    /// Show what would happen: client sends no write at all, server has the API server check it
    #[arg(long, value_enum, value_name = "WHERE", num_args = 0..=1, require_equals = true, default_value_t = DryRun::None, default_missing_value = "client")]
    dry_run: DryRun,

    /// Do not ask before deleting
    #[arg(long, short)]
    yes: bool,

    /// Delete the pod whatever PodDisruptionBudgets say
    #[arg(long, help_heading = "Overrides")]
    ignore_pdb: bool,
}

const EXAMPLES: &str = "\
Examples:
  # The bad image was taken back, and db-2 still has it
  kubectl sts rollout unstick db

  # See which pod it is and what it would come back on
  kubectl sts rollout unstick db --dry-run";

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &UnstickArgs) -> Result<Exit, Failure> {
    let mut snapshot = cx.snapshot(&args.set).await?;
    let run = recorded(cx, args, &snapshot)?;
    if let Some(owner) = &snapshot.set.controller {
        let (kind, name) = (&owner.kind, &owner.name);
        cx.terminal.warning(&format!("{} belongs to {kind}/{name}", snapshot.set.display()));
    }
    let budgets = if args.ignore_pdb { BudgetRule::Ignore } else { BudgetRule::Respect };
    let rules = Rules { unready_for: args.unready_for, budgets };
    let set = snapshot.set.display();
    let now = clock::now();
    let cure = match stuck::find(&snapshot, rules, now) {
        Ok(Some(cure)) => cure,
        Ok(None) => {
            cx.terminal.print(format!("{set}: nothing is stuck, every pod is available"))?;
            return Ok(Exit::Success);
        }
        Err(stays) => return Err(refused(cx, &args.set, &stays, run.as_ref())),
    };
    if let Some(refusal) = run.as_ref().and_then(|run| stuck::past_gates(run, &cure)) {
        return Err(refuse(cx, &args.set, refusal));
    }
    let name = cure.pod.name.clone();
    let unready_for = cure.pod.unready_since.map_or(String::new(), |since| {
        format!(", not ready for {}", span(now.duration_since(since)))
    });
    cx.terminal.note(format!(
        "{set} waits for pod {name}: {}{unready_for}\n  it runs {}; deleted, it comes back on {}",
        trouble(&cure),
        cure.pod.revision.as_deref().unwrap_or("an unknown revision"),
        cure.returns_on
    ));
    if args.dry_run != DryRun::None {
        if let Some(keep) = args.dry_run.keep() {
            let deletion = Step::DeletePod(PodDeletion::of(&snapshot.set, &cure.pod));
            cx.session.apply(&deletion, keep).await?;
        }
        cx.terminal.print(format!("pod/{name} deleted{}", args.dry_run.suffix()))?;
        return Ok(Exit::Success);
    }
    cx.consent(Consent::from_flag(args.yes), &format!("Delete pod {name}?")).await?;
    let timeout = if args.timeout.is_zero() { SignedDuration::MAX } else { args.timeout };
    let limits = Limits { grace: args.grace, timeout };
    let mut machine = Unstick::new(cure, rules, limits, &snapshot);
    let aid = Aid { gates: &[], gate_timeout: Duration::ZERO, patience: timeout };
    let (end, view) = drive(cx, &mut snapshot, &mut machine, aid).await?;
    let next = next(cx, args, &snapshot, end.exit);
    Ok(finish(cx, view, end, next))
}

/// The staged rollout on the set, unless somebody drives it.
fn recorded(cx: &Context, args: &UnstickArgs, snapshot: &Snapshot) -> Result<Option<Run>, Failure> {
    let refusal = match &snapshot.set.run {
        Some(RecordedRun::Read(run)) => match preflight::locked(run, "", clock::now()) {
            Some(locked) => locked,
            None => return Ok(Some(run.clone())),
        },
        // What was recorded does not decide what a pod comes back on.
        Some(RecordedRun::Unreadable(_)) | None => return Ok(None),
    };
    Err(refuse(cx, &args.set, refusal))
}

fn trouble(cure: &Cure) -> String {
    let Some(trouble) = cure.pod.troubles.first() else { return cure.pod.reason() };
    let container =
        trouble.container.as_deref().map_or(String::new(), |name| format!(" in container {name}"));
    let message =
        if trouble.message.is_empty() { String::new() } else { format!(": {}", trouble.message) };
    format!("{}{container}{message}", trouble.reason)
}

/// Why nothing is deleted, with what helps instead.
fn refused(cx: &Context, set: &str, stays: &[Stay], run: Option<&Run>) -> Failure {
    let words: Vec<String> = stays.iter().map(ToString::to_string).collect();
    let mut failure = context::refused(&words.join("; "));
    for stay in stays {
        match stay {
            Stay::SameRevision { newest: true, .. } if run.is_some() => {
                let abort = cx.command(&["rollout", "abort", set]);
                failure = failure.hint(format!("go back first: {abort}"));
            }
            Stay::SameRevision { newest: true, .. } => {
                let undo = cx.command(&["rollout", "undo", set]);
                failure = failure
                    .hint(format!("take the template back first: {undo}"))
                    .hint("or apply a good one, then come back");
            }
            Stay::SameRevision { pod, newest: false, .. } => {
                let describe = cx.kubectl(&["describe", "pod", pod]);
                failure =
                    failure.hint(format!("the template is not to blame; see why: {describe}"));
            }
            Stay::Leaving { pod } | Stay::Missing { pod } | Stay::Recent { pod, .. } => {
                let describe = cx.kubectl(&["describe", "pod", pod]);
                failure = failure.hint(format!("see why: {describe}"));
            }
            _ => {}
        }
        if let Some(flag) = stay.flag() {
            failure = failure.hint(format!("to go on all the same: {flag}"));
        }
    }
    failure
}

/// What to do after the end.
fn next(cx: &Context, args: &UnstickArgs, snapshot: &Snapshot, exit: Exit) -> Vec<NextCommand> {
    let soon = Rules { unready_for: SignedDuration::ZERO, budgets: BudgetRule::Ignore };
    let again = matches!(stuck::find(snapshot, soon, clock::now()), Ok(Some(_)));
    let complete = assess(snapshot, clock::now()).phase == Phase::Complete;
    let (does, words) = match exit {
        Exit::Success if complete => return Vec::new(),
        Exit::Success if again => ("go on with the next", vec!["rollout", "unstick", &args.set]),
        Exit::Success => ("watch the rest", vec!["rollout", "status", &args.set, "--wait"]),
        _ => ("look", vec!["rollout", "status", &args.set]),
    };
    vec![NextCommand { does: does.to_owned(), command: cx.command(&words) }]
}
