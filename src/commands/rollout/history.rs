//! `rollout history`: the templates a set remembers, and which pods run them.

use clap::Args;

use crate::cluster::clock;
use crate::commands::context::Context;
use crate::commands::output::Output;
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::render::history;
use crate::render::table::Headers;

/// Show the revisions a set remembers, their pods, and which are current and updated to
#[derive(Args, Clone, Debug)]
pub struct HistoryArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// Print a document instead of a table
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Output>,

    /// Leave the first line of the table out
    #[arg(long)]
    no_headers: bool,
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &HistoryArgs) -> Result<Exit, Failure> {
    let snapshot = cx.snapshot(&args.set).await?;
    let now = clock::now();
    let text = match args.output {
        Some(output) => output.encode(&history::document(&snapshot, now, cx.cluster()))?,
        None => history::table_of(&snapshot, Headers::from_flag(args.no_headers), now),
    };
    cx.terminal.print(text)?;
    Ok(Exit::Success)
}
