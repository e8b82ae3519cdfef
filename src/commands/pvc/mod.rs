//! `pvc`: the claims of sets, and the volumes behind them.

use clap::Subcommand;

use crate::commands::context::Context;
use crate::exit::{Exit, Failure};

mod change;
mod modify;
mod resize;

/// The subcommands of `pvc`. Their help is that of their arguments.
#[derive(Subcommand, Clone, Debug)]
#[expect(missing_docs, reason = "a doc comment here would replace the help of the command")]
pub enum Pvc {
    Modify(modify::ModifyArgs),
    Resize(resize::ResizeArgs),
}

/// Runs the subcommand.
pub(super) async fn run(cx: &mut Context, command: &Pvc) -> Result<Exit, Failure> {
    match command {
        Pvc::Modify(args) => Box::pin(modify::run(cx, args)).await,
        Pvc::Resize(args) => Box::pin(resize::run(cx, args)).await,
    }
}
