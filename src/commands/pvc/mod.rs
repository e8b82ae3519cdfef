//! `pvc`: the claims of sets, and the volumes behind them.

use clap::Subcommand;

use crate::commands::context::Context;
use crate::commands::pvc::prune::PruneArgs;
use crate::commands::pvc::restore::RestoreArgs;
use crate::commands::pvc::trash::TrashCommand;
use crate::exit::{Exit, Failure};

mod bring_back;
mod prune;
mod restore;
mod terms;
mod trash;

/// Commands for the claims of sets
#[derive(Subcommand, Clone, Debug)]
pub(crate) enum Pvc {
    Prune(Box<PruneArgs>),
    Restore(Box<RestoreArgs>),
    /// The volumes of deleted claims: what is there, and giving it back for good
    #[command(subcommand, arg_required_else_help = true)]
    Trash(TrashCommand),
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, command: &Pvc) -> Result<Exit, Failure> {
    match command {
        Pvc::Prune(args) => Box::pin(prune::run(cx, args)).await,
        Pvc::Restore(args) => Box::pin(restore::run(cx, args)).await,
        Pvc::Trash(command) => Box::pin(trash::run(cx, command)).await,
    }
}
