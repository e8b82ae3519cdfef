//! `rollout stage`: begin a staged rollout and see it through.

use clap::Args;

use crate::cluster::clock;
use crate::commands::context::Context;
use crate::commands::dry_run::{DryRun, Preview, WriteArgs};
use crate::commands::identity;
use crate::commands::rollout::begin::{Request, refused};
use crate::commands::rollout::change::ChangeArgs;
use crate::commands::rollout::conduct;
use crate::commands::rollout::group::{self, GroupArgs, Opening};
use crate::commands::rollout::order::{OrderArgs, known};
use crate::commands::rollout::overrides::OverrideArgs;
use crate::commands::rollout::pace::PaceArgs;
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::run::Steps;
use crate::progress::stage::Begin;

/// Begin a staged rollout: hold, change the template, then release one pod at a time
///
/// The partition of the set is raised above all pods in the same write that changes the template,
/// so nothing moves yet. Then it is lowered pod by pod, and only after the pods above have passed
/// every gate. When anything is in doubt the set is held where it is; nothing is ever released on
/// exit. In another order than the controller's own, the set is put under OnDelete instead, and
/// its pods are deleted one by one.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct StageArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name, required_unless_present = "selector")]
    pub(super) set: Option<String>,

    /// Stop after these numbers of updated pods, counted from the top and cumulative
    #[arg(long, value_name = "STEPS", default_value_t = Steps::default())]
    pub(super) steps: Steps,

    #[command(flatten)]
    pub(super) write: WriteArgs,

    #[command(flatten)]
    pub(super) change: ChangeArgs,

    #[command(flatten)]
    pub(super) order: OrderArgs,

    #[command(flatten)]
    pub(super) pace: PaceArgs,

    #[command(flatten)]
    pub(super) group: GroupArgs,

    #[command(flatten)]
    pub(super) overrides: OverrideArgs,
}

impl StageArgs {
    /// A rollout that changes nothing of the template but the time of a restart.
    pub(super) fn restart(set: String, order: OrderArgs, pace: PaceArgs, write: WriteArgs) -> Self {
        Self {
            set: Some(set),
            steps: Steps::default(),
            write,
            change: ChangeArgs::restart(),
            order,
            pace,
            group: GroupArgs::default(),
            overrides: OverrideArgs::default(),
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  # Try a new image on one pod, then ask before the rest
  kubectl sts rollout stage db --image app=db:v2

  # In CI: stop after the canary with exit code 6
  kubectl sts rollout stage db --image app=db:v2 --yes

  # One pod, a quarter, the rest; each pod must answer pg_isready
  kubectl sts rollout stage db -f db.yaml --steps 1,25%,100% --gate 'exec:pg_isready' --yes --approve=auto

  # Each pod must have the cluster green again; docs/gates.md describes the file
  kubectl sts rollout stage es -f es.yaml --gates elasticsearch-green.yaml
  # The replicas first, the primary last, wherever it moves to
  kubectl sts rollout stage db --image app=db:v2 --leader label:role=primary

  # Three sets in three zones as one: zone after zone, one pod of all of them at a time
  kubectl sts rollout stage -l app=db --group-by topology.kubernetes.io/zone --image app=db:v2

  # A template that was applied behind a hold
  kubectl sts rollout hold db && kubectl apply -f db.yaml && kubectl sts rollout stage db";

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &StageArgs) -> Result<Exit, Failure> {
    let options = args.pace.options(cx.terminal.can_ask())?;
    let order = args.order.order()?;
    let manifest = args.change.read_manifest(&cx.terminal)?;
    let Some(name) = &args.set else {
        let opening = Opening {
            args: &args.group,
            change: &args.change,
            pace: &args.pace,
            overrides: args.overrides.overrides_for(&order),
            options: &options,
            write: args.write,
        };
        return Box::pin(group::stage(cx, &opening)).await;
    };
    let request = Request {
        set: name,
        change: &args.change,
        manifest: manifest.as_deref(),
        steps: &args.steps,
        order: &order,
        gates: args.pace.gates_digest(),
        group: None,
        options: &options,
        overrides: args.overrides.overrides_for(&order),
    };
    let preview = Preview::from(args.write.dry_run);
    let proposal = request.propose(cx, preview, clock::now()).await?;
    known(&proposal.snapshot.set, &order.unknown(proposal.snapshot.set.wanted))?;
    let gates = args.pace.gates();
    let shown = request.shown(&proposal, &gates);
    if let Some(failure) = refused(cx, name, &proposal.refusals) {
        return Err(failure);
    }
    cx.terminal.note(shown.text());
    let set = proposal.snapshot.set.display();
    if proposal.changes_nothing() {
        cx.terminal.print(format!("{set} unchanged: its template is already this one"))?;
        return Ok(Exit::Success);
    }
    if args.write.dry_run != DryRun::None {
        cx.terminal.print(format!("{set} staged{}", args.write.dry_run.suffix()))?;
        return Ok(Exit::Success);
    }
    cx.consent(args.write.consent(), "Begin this rollout?").await?;
    let (snapshot, run) = request.hold(cx, proposal).await?;
    let begin = Begin {
        holder: run.holder.clone().unwrap_or_else(|| identity::holder(clock::now())),
        run,
        gated: !gates.is_empty(),
        change: args.change.describe(),
        options,
    };
    Box::pin(conduct::stage(cx, snapshot, begin, &args.order, &args.pace)).await
}
