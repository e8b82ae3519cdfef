//! `failover --clear`: takes back that a node is off.

use crate::cluster::clock;
use crate::cluster::status;
use crate::cluster::write::Keep;
use crate::commands::context::{Consent, Context};
use crate::commands::dry_run::DryRun;
use crate::commands::failover::gather::machine;
use crate::commands::failover::{ATTEMPTS, FailoverArgs, failure};
use crate::convert::failover::read;
use crate::exit::{Exit, Failure};
use crate::model::failover::ANNOTATION;
use crate::model::node::Node;
use crate::model::snapshot::Known;
use crate::plan::failover::{Clearing, clear};
use crate::plan::step::{NodeUntaint, Step};
use crate::render::failover::declared_by;

/// Runs `failover --clear`.
pub(super) async fn run(
    cx: &mut Context,
    args: &FailoverArgs,
    name: &str,
) -> Result<Exit, Failure> {
    let Some(node) = judged(cx, name).await? else { return Ok(Exit::Success) };
    if let Some(mark) = node.annotations.get(ANNOTATION).and_then(|text| read(text)) {
        cx.terminal.note(declared_by(&mark, clock::now()));
    }
    let suffix = match args.dry_run {
        DryRun::None => {
            cx.consent(
                Consent::from_flag(args.yes),
                &format!("Put node/{name} back into service?"),
            )
            .await?;
            ""
        }
        DryRun::Client => " (dry run)",
        DryRun::Server => " (server dry run)",
    };
    if args.dry_run != DryRun::Client {
        let keep = if args.dry_run == DryRun::None { Keep::Written } else { Keep::DryRun };
        if !untaint(cx, &node, keep).await? {
            return Ok(Exit::Success);
        }
    }
    cx.terminal.print(format!("node/{name} back in service{suffix}"))?;
    Ok(Exit::Success)
}

/// The node there is something to take back on; none when there is nothing, which is said.
async fn judged(cx: &Context, name: &str) -> Result<Option<Node>, Failure> {
    let machine = machine(cx, name).await?;
    match clear(&machine).map_err(|refusals| failure(&refusals, None, name))? {
        Clearing::Declaration(node) => Ok(Some(node)),
        Clearing::Nothing => {
            let why = match machine.node {
                Known::Read(None) => "there is no such node any more",
                _ => "it was not declared to be off",
            };
            cx.terminal.print(format!("node/{name}: nothing to clear, {why}"))?;
            Ok(None)
        }
    }
}

/// Removes taint and mark, judging anew whenever the node has changed; a living node writes its
/// status all the time. False when there was nothing left to remove.
async fn untaint(cx: &Context, node: &Node, keep: Keep) -> Result<bool, Failure> {
    let mut node = node.clone();
    for _ in 0..ATTEMPTS {
        let step = Step::UntaintNode(NodeUntaint::of(&node));
        match cx.session.apply(&step, keep).await {
            Ok(_) => return Ok(true),
            Err(error) if status::is_conflict(&error) || status::is_unclear(&error) => {}
            Err(error) => return Err(error.into()),
        }
        match judged(cx, &node.name).await? {
            Some(newer) => node = newer,
            None => return Ok(false),
        }
    }
    let cause = anyhow::anyhow!("node/{} is changed by others all the time", node.name);
    Err(Failure::new(Exit::Conflict, cause).hint("nothing was changed; try again"))
}
