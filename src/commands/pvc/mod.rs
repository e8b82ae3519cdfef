//! `pvc`: the claims of sets, and the volumes behind them.

use clap::Subcommand;

use crate::commands::context::Context;
use crate::exit::{Exit, Failure};

mod list;
mod mark;
mod survey;
mod terms;
mod why;

/// The subcommands of `pvc`. Their help is that of their arguments.
#[derive(Subcommand, Clone, Debug)]
#[expect(missing_docs, reason = "a doc comment here would replace the help of the command")]
pub enum Pvc {
    List(Box<list::ListArgs>),
    Mark(mark::MarkArgs),
    Why(Box<why::WhyArgs>),
}

/// Runs the subcommand.
pub(super) async fn run(cx: &mut Context, command: &Pvc) -> Result<Exit, Failure> {
    match command {
        Pvc::List(args) => Box::pin(list::run(cx, args)).await,
        Pvc::Mark(args) => Box::pin(mark::run(cx, args)).await,
        Pvc::Why(args) => Box::pin(why::run(cx, args)).await,
    }
}
