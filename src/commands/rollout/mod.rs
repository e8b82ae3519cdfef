//! `rollout`: staged rollouts over the update partition.

use clap::Subcommand;

use crate::commands::context::Context;
use crate::exit::{Exit, Failure};

mod abort;
mod begin;
mod change;
mod conduct;
mod drive;
mod gates;
mod go_on;
mod history;
mod hold;
mod identity;
mod judged;
mod overrides;
mod pace;
mod plan;
mod stage;
mod status;
mod take_up;

/// The subcommands of `rollout`.
#[derive(Subcommand, Clone, Debug)]
pub enum Rollout {
    /// Show what stage would do
    Plan(plan::PlanArgs),
    /// Begin a staged rollout
    Stage(Box<stage::StageArgs>),
    /// Go on with a held rollout
    #[command(visible_alias = "resume")]
    Continue(go_on::ContinueArgs),
    /// Hold a set: what is applied next moves no pod
    Hold(hold::HoldArgs),
    /// End a hold
    Release(hold::ReleaseArgs),
    /// Go back to the revision a rollout came from
    Abort(abort::AbortArgs),
    /// Say where a set stands
    Status(status::StatusArgs),
    /// Show the revisions a set remembers
    History(history::HistoryArgs),
}

/// Runs the subcommand.
pub async fn run(cx: &mut Context, command: &Rollout) -> Result<Exit, Failure> {
    match command {
        Rollout::Plan(args) => plan::run(cx, args).await,
        Rollout::Stage(args) => Box::pin(stage::run(cx, args)).await,
        Rollout::Continue(args) => Box::pin(go_on::run(cx, args)).await,
        Rollout::Hold(args) => hold::hold(cx, args).await,
        Rollout::Release(args) => hold::release(cx, args).await,
        Rollout::Abort(args) => abort::run(cx, args).await,
        Rollout::Status(args) => status::run(cx, args).await,
        Rollout::History(args) => history::run(cx, args).await,
    }
}
