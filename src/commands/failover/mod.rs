//! `failover`: a pod that is stuck on a dead machine, and what has to be done when that is back.

use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use crate::cluster::clock;
use crate::cluster::status;
use crate::cluster::write::Keep;
use crate::commands::context::{Context, refused};
use crate::commands::dry_run::DryRun;
use crate::commands::duration::signed;
use crate::commands::failover::gather::{Subject, gather, subject};
use crate::commands::identity;
use crate::commands::object_name::object_name;
use crate::convert::failover::read;
use crate::exit::{Exit, Failure};
use crate::model::failover::{ANNOTATION, Mark};
use crate::plan::failover::{Case, Declared, Refusal, judge};
use crate::plan::step::{NodeTaint, Step};
use crate::progress::failover::Patience;
use crate::render::failover::{declaration, declared_by, evidence, question, refusal};
use crate::terminal::prompt::Answer;

mod clear;
mod gather;
mod watch;

/// How often the write is tried while others write to the node.
const ATTEMPTS: usize = 5;

/// How long to wait before looking again after a write whose fate is not known.
const AFTER_FAULT: Duration = Duration::from_secs(1);

/// Move a pod off a machine that is off, or clear up once the machine is back
///
/// A pod on a dead machine stays Terminating for ever: nobody can tell a dead machine from one that
/// is cut off and still writes to its volumes. This command shows what the cluster knows, asks you
/// to vouch that the machine is off, and declares the node out of service (KEP-2268). The control
/// plane then force-deletes every pod of that node, of all namespaces, and detaches their volumes;
/// the pod of the set comes back on another node. It waits for that.
///
/// It refuses while the node gives any sign of life, and while anything it has to know cannot be
/// read. The taint it puts has to be removed once the machine is back: that is what --clear does.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct FailoverArgs {
    /// The pod that is stuck, as NAME or pod/NAME
    #[arg(value_name = "POD", value_parser = |text: &str| object_name(text, &["pod", "pods", "po"]), required_unless_present = "clear")]
    pod: Option<String>,

    /// Remove the taint of an earlier failover from this node, once its machine is back
    #[arg(long, value_name = "NODE", value_parser = |text: &str| object_name(text, &["node", "nodes", "no"]), conflicts_with_all = ["pod", "confirm_node_is_off", "timeout", "grace"])]
    clear: Option<String>,

    /// Vouch that the machine of this node is off; asked for on a terminal
    #[arg(long, value_name = "NODE")]
    confirm_node_is_off: Option<String>,

    /// How long to wait for the pod to be ready on another node
    #[arg(long, value_name = "DURATION", value_parser = signed, default_value = "15m")]
    timeout: SignedDuration,

    /// How long the new pod may say that it cannot start
    #[arg(long, value_name = "DURATION", value_parser = signed, default_value = "30s")]
    grace: SignedDuration,

    /// Show what would happen: client sends no write at all, server has the API server check it
    #[arg(long, value_enum, value_name = "WHERE", num_args = 0..=1, require_equals = true, default_value_t = DryRun::None, default_missing_value = "client")]
    dry_run: DryRun,

    /// Do not ask before --clear; never enough to declare a node to be off
    #[arg(long, short)]
    yes: bool,
}

const EXAMPLES: &str = "\
Examples:
  # See what is known, and what would be force-deleted and detached
  kubectl sts failover db-2 --dry-run

  # Declare the node of db-2 to be off; asks for the name of the node
  kubectl sts failover db-2

  # Without a terminal, after the machine was fenced
  kubectl sts failover db-2 --confirm-node-is-off worker-7

  # The machine is back
  kubectl sts failover --clear worker-7";

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &FailoverArgs) -> Result<Exit, Failure> {
    match (&args.clear, &args.pod) {
        (Some(node), _) => clear::run(cx, args, node).await,
        (None, Some(pod)) => fail_over(cx, args, pod).await,
        (None, None) => Err(Failure::usage("name a pod, or a node with --clear")),
    }
}

async fn fail_over(cx: &mut Context, args: &FailoverArgs, pod: &str) -> Result<Exit, Failure> {
    let subject = subject(cx, pod).await?;
    let case = judged(cx, &subject).await?;
    let now = clock::now();
    cx.terminal.note(evidence(&case, &subject.set, &subject.pod, now));
    if let Some(mark) = case.node.annotations.get(ANNOTATION).and_then(|text| read(text)) {
        cx.terminal.note(declared_by(&mark, now));
    }
    if args.dry_run != DryRun::None {
        return dry_run(cx, args.dry_run, &subject, &case).await;
    }
    if case.declared == Declared::NotYet {
        vouched(cx, args, &case).await?;
        declare(cx, &subject, &case).await?;
    }
    cx.terminal.print(declaration(&case))?;
    let patience = Patience { timeout: args.timeout, grace: args.grace };
    watch::run(cx, &subject, &case, patience).await
}

/// The case, or why there is none.
async fn judged(cx: &Context, subject: &Subject) -> Result<Case, Failure> {
    let evidence = gather(cx, subject).await?;
    judge(&evidence).map_err(|refusals| failure(&refusals, Some(&subject.pod.name), &subject.node))
}

/// The failure a list of refusals makes.
fn failure(refusals: &[Refusal], pod: Option<&str>, node: &str) -> Failure {
    let told: Vec<_> = refusals.iter().map(|why| refusal(why, pod, node)).collect();
    let exit = refusals.first().map_or(Exit::Refused, Refusal::exit);
    let mut lines = told.into_iter();
    let (text, hint) = lines.next().unwrap_or_default();
    let mut failure = Failure::new(exit, anyhow::Error::msg(text));
    failure.hints.extend(hint);
    for (text, hint) in lines {
        failure.hints.push(format!("also: {text}"));
        failure.hints.extend(hint.filter(|hint| !failure.hints.contains(hint)));
    }
    failure.hint("nothing was changed")
}

async fn dry_run(
    cx: &Context,
    how: DryRun,
    subject: &Subject,
    case: &Case,
) -> Result<Exit, Failure> {
    if how == DryRun::Server && case.declared == Declared::NotYet {
        let step = Step::TaintNode(NodeTaint::of(&case.node, mark(subject, clock::now())));
        cx.session.apply(&step, Keep::DryRun).await?;
    }
    cx.terminal.print(format!("{}{}", declaration(case), how.suffix()))?;
    Ok(Exit::Success)
}

/// Gets a person's word that the machine is off: the name of the node, typed or given.
async fn vouched(cx: &mut Context, args: &FailoverArgs, case: &Case) -> Result<(), Failure> {
    let node = &case.node.name;
    cx.tell_notices();
    cx.terminal.note(cx.place());
    match &args.confirm_node_is_off {
        Some(name) if name == node => return Ok(()),
        Some(name) => {
            let message = format!("--confirm-node-is-off names {name}, but the pod is on {node}");
            return Err(refused(&message).hint("nothing was changed"));
        }
        None => {}
    }
    match cx.terminal.ask_for(node, &question(case)).await {
        Answer::Yes => Ok(()),
        Answer::No => Err(refused("the name of the node was not typed; nothing was changed")),
        Answer::NoTerminal => Err(refused(
            "nobody can be asked whether the machine is off without a terminal; --yes is not enough",
        )
        .hint(format!(
            "make sure that the machine is off, then give --confirm-node-is-off {node}"
        ))),
    }
}

/// Writes the taint, on evidence that is read once more: a person may have thought for long.
async fn declare(cx: &Context, subject: &Subject, seen: &Case) -> Result<(), Failure> {
    let mark = mark(subject, clock::now());
    let mut unclear = false;
    for _ in 0..ATTEMPTS {
        let case = match judged(cx, subject).await {
            Err(failure) if unclear && failure.exit != Exit::Refused => {
                let look = format!("kubectl describe node {}", subject.node);
                return Err(failure.hint(format!("the taint may have been written: {look}")));
            }
            case => case?,
        };
        if !case.is_within(seen) {
            break;
        }
        if case.declared == Declared::Already {
            // Somebody was faster, or our own write was carried out and its answer lost.
            return Ok(());
        }
        let step = Step::TaintNode(NodeTaint::of(&case.node, mark.clone()));
        match cx.session.apply(&step, Keep::Written).await {
            Ok(_) => return Ok(()),
            Err(error) if status::is_conflict(&error) => {}
            Err(error) if status::is_unclear(&error) => {
                unclear = true;
                tokio::time::sleep(AFTER_FAULT).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let cause = anyhow::anyhow!("node/{} or the pods on it changed just now", subject.node);
    Err(Failure::new(Exit::Conflict, cause).hint("nothing was changed; look again, with --dry-run"))
}

fn mark(subject: &Subject, now: Timestamp) -> Mark {
    let pod = format!("{}/{}", subject.set.namespace, subject.pod.name);
    let at = Timestamp::from_second(now.as_second()).unwrap_or(now);
    Mark { by: identity::holder(now).name, at, pod }
}
