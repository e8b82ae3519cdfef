//! `scale`: change the number of pods, and see it through.

use std::time::Duration;

use clap::{ArgGroup, Args};
use jiff::SignedDuration;

use crate::cluster::clock;
use crate::cluster::write::Keep;
use crate::commands::context::Context;
use crate::commands::drive::{Aid, drive, finish};
use crate::commands::dry_run::{DryRun, WriteArgs};
use crate::commands::duration::signed;
use crate::commands::identity;
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::gate::{BadGate, Gate, Question};
use crate::model::snapshot::Snapshot;
use crate::plan::options::{BudgetRule, Options};
use crate::plan::scale::foresee::foresee;
use crate::plan::scale::judge::begin;
use crate::plan::scale::outlook::{ClaimEnd, Outlook, outlook};
use crate::plan::scale::refusal::NotScaled;
use crate::plan::scale::{Overrides, Surroundings, Wish, change};
use crate::progress::event::NextCommand;
use crate::progress::machine::End;
use crate::progress::scale::{Begin, Hooks, Scale, Until};
use crate::render::scale::{Shown, refusal};

/// Change the number of pods of a set, and wait until it is so
///
/// Done means: the controller has seen the new size, exactly so many pods are available, and all
/// others are gone. What stands in the way is named instead of waited for in silence. Claims that
/// a scale-down would delete, and old ones that a scale-up would use again, are listed before
/// anything is written. A broken update is not let loose by taking its first pod away: the set is
/// then held in the same write.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES, group = ArgGroup::new("size").required(true))]
pub(super) struct ScaleArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// How many pods there shall be
    #[arg(long, value_name = "N", group = "size", allow_negative_numbers = true)]
    replicas: Option<u32>,

    /// How many pods more or fewer there shall be, such as +2 or -1
    #[arg(long, value_name = "±K", group = "size", allow_hyphen_values = true, value_parser = by)]
    by: Option<i64>,

    /// Refuse unless there are this many replicas now
    #[arg(long, value_name = "N")]
    current_replicas: Option<u32>,

    #[command(flatten)]
    write: WriteArgs,

    #[command(flatten)]
    pace: ScalePace,

    #[command(flatten)]
    overrides: ScaleOverrides,
}

/// How carefully to go.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Pace and hooks")]
struct ScalePace {
    /// Do not wait for the pods to come or go
    #[arg(long, conflicts_with_all = ["before", "step"])]
    no_wait: bool,

    /// End with exit code 5 when it takes longer than this; 0 means no limit
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = signed)]
    timeout: SignedDuration,

    /// End with exit code 5 when no pod has come or gone for this long
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = signed)]
    step_timeout: SignedDuration,

    /// End with exit code 3 when a pod's error has lasted this long
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = signed)]
    grace: SignedDuration,

    /// End with exit code 3 when no node would have a pod for this long
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = signed)]
    unschedulable_grace: SignedDuration,

    /// Add or take away this many pods with each write, and wait in between [default: all at once, 1 with --before]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    step: Option<u32>,

    /// Run this before each pod is taken away, from the top (repeatable, in order): 'cmd:PROGRAM ARGS' runs here, 'exec:[container=NAME] [@all|@ORDINAL] PROGRAM ARGS' in the pod
    #[arg(long = "before", id = "before", value_name = "HOOK", value_parser = hook)]
    before: Vec<Gate>,

    /// Give up on one run of a hook after this long
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = signed)]
    before_timeout: SignedDuration,

    /// Never ask for fewer pods than this
    #[arg(long, value_name = "N", default_value_t = 0)]
    min_replicas: u32,

    /// Take no pod away unless this many of those that stay are available
    #[arg(long, value_name = "N", default_value_t = 0)]
    quorum: u32,

    /// Take pods away whatever PodDisruptionBudgets want
    #[arg(long)]
    ignore_pdb: bool,
}

/// Refusals the user has looked at.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Overrides")]
struct ScaleOverrides {
    /// Delete the claims of the pods that go, as whenScaled: Delete says
    #[arg(long)]
    accept_pvc_deletion: bool,

    /// Let new pods use whatever claims there are, although they cannot be read
    #[arg(long)]
    accept_pvc_reuse: bool,

    /// Go down to no pod although all would come back on the newest revision
    #[arg(long)]
    accept_promotion: bool,

    /// Go on although an autoscaler scales the set, or none may be read
    #[arg(long)]
    ignore_autoscaler: bool,

    /// Go on although another manager, such as a GitOps tool, has the number of replicas
    #[arg(long)]
    ignore_managers: bool,
}

const EXAMPLES: &str = "\
Examples:
  # Two more pods; old claims they would find are listed first
  kubectl sts scale db --by +2

  # Down to three, each member told to leave before its pod goes
  kubectl sts scale db --replicas 3 --before 'exec:nodetool decommission'

  # In CI: only if there are five now, and never below a quorum of two
  kubectl sts scale db --replicas 3 --current-replicas 5 --quorum 2 --yes --timeout 10m";

/// Reads what can be run before a pod goes: programs, and nothing that only looks.
fn hook(text: &str) -> Result<Gate, String> {
    let gate: Gate = text.parse().map_err(|error: BadGate| error.to_string())?;
    match gate.question {
        Question::Command { .. } | Question::Exec { .. } => Ok(gate),
        _ => Err(format!("{text:?} does not start with cmd: or exec:")),
    }
}

/// Reads `+2`, `-1` or `2`.
fn by(text: &str) -> Result<i64, String> {
    match text.parse::<i64>() {
        Ok(0) | Err(_) => Err(format!("{text:?} is not a number of pods such as +2 or -1")),
        Ok(number) => Ok(number),
    }
}

impl ScaleArgs {
    fn wish(&self, snapshot: &Snapshot) -> Result<Wish, Failure> {
        let now = snapshot.set.wanted.replicas;
        let replicas = match (self.replicas, self.by) {
            (Some(replicas), _) => replicas,
            (None, by) => u32::try_from(i64::from(now).saturating_add(by.unwrap_or(0)))
                .map_err(|_| Failure::usage(format!("there are only {now} replicas")))?,
        };
        let pace = &self.pace;
        if !pace.before.is_empty() && replicas > now {
            return Err(Failure::usage("--before is for pods that go, and none would"));
        }
        let step = pace.step.or_else(|| (!pace.before.is_empty()).then_some(1));
        Ok(Wish {
            replicas,
            current: self.current_replicas,
            step,
            floor: pace.min_replicas,
            quorum: pace.quorum,
            options: Options {
                grace: pace.grace,
                unschedulable_grace: pace.unschedulable_grace,
                step_timeout: pace.step_timeout,
                timeout: (!pace.timeout.is_zero()).then_some(pace.timeout),
                budgets: if pace.ignore_pdb { BudgetRule::Ignore } else { BudgetRule::Respect },
                ..Options::default()
            },
            overrides: Overrides {
                claim_deletion: self.overrides.accept_pvc_deletion,
                claims: self.overrides.accept_pvc_reuse,
                autoscaler: self.overrides.ignore_autoscaler,
                managers: self.overrides.ignore_managers,
                promotion: self.overrides.accept_promotion,
            },
        })
    }
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &ScaleArgs) -> Result<Exit, Failure> {
    let snapshot = cx.snapshot(&args.set).await?;
    let wish = args.wish(&snapshot)?;
    let set = snapshot.set.display();
    let same = wish.replicas == snapshot.set.wanted.replicas;
    let around = surroundings(cx, &snapshot).await?;
    let now = clock::now();
    let mut refusals = begin(&snapshot, &around, &wish, now);
    if same {
        refusals.retain(|refusal| matches!(refusal, NotScaled::OtherSize { .. }));
    }
    let ahead = outlook(&snapshot, &around, wish.replicas, now);
    if !same {
        let hooks = &args.pace.before;
        let foreseen = foresee(&snapshot, &ahead);
        let (set, outlook) = (&snapshot.set, &ahead);
        let shown = Shown { set, outlook, wish: &wish, foreseen: &foreseen, hooks };
        cx.terminal.note(shown.text(now));
    }
    if let Some(failure) = refused(cx, &args.set, &refusals) {
        return Err(failure);
    }
    if same && (args.write.dry_run != DryRun::None || args.pace.no_wait) {
        let replicas = wish.replicas;
        cx.terminal
            .print(format!("{set} unchanged: it is asked for {replicas} replicas already"))?;
        return Ok(Exit::Success);
    }
    let hold_id = identity::run_id();
    if args.write.dry_run != DryRun::None {
        let step = change(&snapshot, wish.next_size(snapshot.set.wanted.replicas), &hold_id, now);
        if args.write.dry_run == DryRun::Server {
            cx.session.apply(&step, Keep::DryRun).await?;
        }
        cx.terminal.print(format!("{set} scaled{}", args.write.dry_run.suffix()))?;
        return Ok(Exit::Success);
    }
    if same {
        cx.terminal.note(format!("{set} is asked for {} replicas already", wish.replicas));
    } else {
        let question = format!("Scale from {} to {} replicas?", ahead.from, ahead.to);
        cx.consent(args.write.consent(), &question).await?;
    }
    see_through(cx, args, snapshot, wish, hold_id, ahead).await
}

/// What is read beside the set.
async fn surroundings(cx: &Context, snapshot: &Snapshot) -> Result<Surroundings, Failure> {
    let namespace = snapshot.set.namespace.as_str();
    let (claims, autoscalers) =
        futures::try_join!(cx.session.claims(Some(namespace)), cx.session.autoscalers(namespace))?;
    Ok(Surroundings { claims, autoscalers })
}

/// Writes, and follows the pods until the size is reached.
async fn see_through(
    cx: &mut Context,
    args: &ScaleArgs,
    mut snapshot: Snapshot,
    wish: Wish,
    hold_id: String,
    ahead: Outlook,
) -> Result<Exit, Failure> {
    let pace = &args.pace;
    let claims: Vec<ClaimEnd> = ahead.goes.into_iter().flat_map(|pod| pod.claims).collect();
    let aid = Aid {
        gates: &pace.before,
        gate_timeout: Duration::try_from(pace.before_timeout).unwrap_or_default(),
        patience: wish.options.step_timeout,
    };
    let begin = Begin {
        wish,
        hold_id,
        hooks: if pace.before.is_empty() { Hooks::None } else { Hooks::Run },
        until: if pace.no_wait { Until::Asked } else { Until::Done },
        claims,
    };
    let mut scale = Scale::new(begin, &snapshot, clock::now());
    match drive(cx, &mut snapshot, &mut scale, aid).await {
        Ok((end, view)) => {
            let next = next(cx, args, &snapshot, &scale, &end);
            let done = end.exit == Exit::Success;
            let exit = finish(cx, view, end, next);
            if done {
                cx.terminal.print(format!("{} scaled", snapshot.set.display()))?;
            }
            Ok(exit)
        }
        Err(failure) => {
            let look = cx.command(&["rollout", "status", &args.set]);
            let hint = "the controller goes on towards the size last written";
            Err(failure.hint(hint).hint(format!("see where it stands: {look}")))
        }
    }
}

/// Commands to go on with after an end.
fn next(
    cx: &Context,
    args: &ScaleArgs,
    snapshot: &Snapshot,
    scale: &Scale,
    end: &End,
) -> Vec<NextCommand> {
    let set = args.set.as_str();
    let way = |does: &str, command: String| NextCommand { does: does.to_owned(), command };
    let mut next = Vec::new();
    if let Some(pod) = scale.stuck() {
        next.push(way("let it go on", cx.kubectl(&["delete", "pod", pod])));
    }
    if end.exit != Exit::Success {
        next.push(way("look", cx.command(&["rollout", "status", set])));
    }
    if scale.raised() {
        let image = ["rollout", "stage", set, "--image", "CONTAINER=IMAGE"];
        next.push(way("put a fix behind the hold", cx.command(&image)));
        next.push(way("end the hold", cx.command(&["rollout", "release", set])));
    }
    let wished = scale.size() == snapshot.set.wanted.replicas;
    if wished && end.exit != Exit::Success {
        let size = scale.size().to_string();
        let again = ["scale", set, "--replicas", &size];
        next.push(way("wait on", cx.command(&again)));
    }
    next
}

/// The failure a list of refusals makes; `None` when there are none.
fn refused(cx: &Context, set: &str, refusals: &[NotScaled]) -> Option<Failure> {
    let (first, rest) = refusals.split_first()?;
    let (text, hints) = refusal(first, set, &|words| cx.command(words));
    let mut failure = Failure::new(first.exit(), anyhow::Error::msg(text));
    failure.hints = hints;
    for other in rest {
        let (text, hints) = refusal(other, set, &|words| cx.command(words));
        failure.hints.push(format!("also: {text}"));
        failure.hints.extend(hints);
    }
    Some(failure)
}
