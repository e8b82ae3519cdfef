//! `rollout`: staged rollouts over the update partition.

use clap::Subcommand;

use crate::commands::context::Context;
use crate::exit::{Exit, Failure};

mod abort;
mod begin;
mod change;
mod conduct;
mod go_on;
mod group;
mod history;
mod hold;
mod order;
mod overrides;
mod pace;
mod pause;
mod plan;
mod restart;
mod stage;
mod status;
mod take_up;
mod undo;
mod unstick;

/// The subcommands of `rollout`. Their help is that of their arguments.
#[derive(Subcommand, Clone, Debug)]
#[expect(missing_docs, reason = "a doc comment here would replace the help of the command")]
pub enum Rollout {
    Plan(plan::PlanArgs),
    Stage(Box<stage::StageArgs>),
    #[command(visible_alias = "resume")]
    Continue(go_on::ContinueArgs),
    Promote(go_on::PromoteArgs),
    Hold(hold::HoldArgs),
    Release(hold::ReleaseArgs),
    Pause(pause::PauseArgs),
    Abort(abort::AbortArgs),
    Undo(Box<undo::UndoArgs>),
    Unstick(unstick::UnstickArgs),
    Restart(restart::RestartArgs),
    Status(status::StatusArgs),
    History(history::HistoryArgs),
}

/// Runs the subcommand.
pub async fn run(cx: &mut Context, command: &Rollout) -> Result<Exit, Failure> {
    match command {
        Rollout::Plan(args) => plan::run(cx, args).await,
        Rollout::Stage(args) => Box::pin(stage::run(cx, args)).await,
        Rollout::Continue(args) => go_on::run(cx, args).await,
        Rollout::Promote(args) => go_on::promote(cx, args).await,
        Rollout::Hold(args) => hold::hold(cx, args).await,
        Rollout::Release(args) => hold::release(cx, args).await,
        Rollout::Pause(args) => pause::run(cx, args).await,
        Rollout::Abort(args) => Box::pin(abort::run(cx, args)).await,
        Rollout::Undo(args) => undo::run(cx, args).await,
        Rollout::Unstick(args) => unstick::run(cx, args).await,
        Rollout::Restart(args) => Box::pin(restart::run(cx, args)).await,
        Rollout::Status(args) => status::run(cx, args).await,
        Rollout::History(args) => history::run(cx, args).await,
    }
}
