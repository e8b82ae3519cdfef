//! `pvc`: the claims of sets, and the volumes behind them.

use clap::Subcommand;

use crate::commands::context::Context;
use crate::exit::{Exit, Failure};

mod adopt;
mod bring_back;
mod change;
mod follow;
mod list;
mod mark;
mod modify;
mod prune;
mod rescue;
mod resize;
mod restore;
mod snapshot;
mod survey;
mod terms;
mod trash;
mod why;

/// The subcommands of `pvc`. Their help is that of their arguments.
#[derive(Subcommand, Clone, Debug)]
#[expect(missing_docs, reason = "a doc comment here would replace the help of the command")]
pub enum Pvc {
    Adopt(Box<adopt::AdoptArgs>),
    List(Box<list::ListArgs>),
    Mark(mark::MarkArgs),
    Modify(modify::ModifyArgs),
    Rescue(Box<rescue::RescueArgs>),
    Resize(resize::ResizeArgs),
    Snapshot(Box<snapshot::SnapshotArgs>),
    Prune(Box<prune::PruneArgs>),
    Restore(Box<restore::RestoreArgs>),
    #[command(subcommand, arg_required_else_help = true)]
    Trash(trash::TrashCommand),
    Why(Box<why::WhyArgs>),
}

/// Runs the subcommand.
pub(super) async fn run(cx: &mut Context, command: &Pvc) -> Result<Exit, Failure> {
    match command {
        Pvc::Adopt(args) => Box::pin(adopt::run(cx, args)).await,
        Pvc::List(args) => Box::pin(list::run(cx, args)).await,
        Pvc::Mark(args) => Box::pin(mark::run(cx, args)).await,
        Pvc::Modify(args) => Box::pin(modify::run(cx, args)).await,
        Pvc::Rescue(args) => Box::pin(rescue::run(cx, args)).await,
        Pvc::Resize(args) => Box::pin(resize::run(cx, args)).await,
        Pvc::Snapshot(args) => Box::pin(snapshot::run(cx, args)).await,
        Pvc::Prune(args) => Box::pin(prune::run(cx, args)).await,
        Pvc::Restore(args) => Box::pin(restore::run(cx, args)).await,
        Pvc::Trash(command) => Box::pin(trash::run(cx, command)).await,
        Pvc::Why(args) => Box::pin(why::run(cx, args)).await,
    }
}
