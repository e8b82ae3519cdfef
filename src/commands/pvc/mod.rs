//! `pvc`: the claims of sets, and the volumes behind them.

use clap::Subcommand;

use crate::commands::context::Context;
use crate::commands::pvc::adopt::AdoptArgs;
use crate::commands::pvc::rescue::RescueArgs;
use crate::commands::pvc::snapshot::SnapshotArgs;
use crate::exit::{Exit, Failure};

mod adopt;
mod follow;
mod rescue;
mod snapshot;

/// Commands for the claims of sets
#[derive(Subcommand, Clone, Debug)]
pub(super) enum Pvc {
    Snapshot(Box<SnapshotArgs>),
    Adopt(Box<AdoptArgs>),
    Rescue(Box<RescueArgs>),
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, command: &Pvc) -> Result<Exit, Failure> {
    match command {
        Pvc::Snapshot(args) => Box::pin(snapshot::run(cx, args)).await,
        Pvc::Adopt(args) => Box::pin(adopt::run(cx, args)).await,
        Pvc::Rescue(args) => Box::pin(rescue::run(cx, args)).await,
    }
}
