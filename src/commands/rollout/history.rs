//! `rollout history`: the templates a set remembers, and which pods run them.

use clap::Args;

use crate::cluster::clock;
use crate::commands::context::Context;
use crate::commands::output::Output;
use crate::commands::rollout::undo::unknown;
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::snapshot::Snapshot;
use crate::plan::revisions;
use crate::render::history::{self, About, Side};
use crate::render::table::Headers;

/// Show the revisions a set remembers, their pods, and which are current and updated to
///
/// With --diff, what differs between two of them and which pods run each; with --revision, one
/// template whole.
#[derive(Args, Clone, Debug)]
pub struct HistoryArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// Show the difference between the templates of two revisions, each a number, a name, current, update, or template for what the set has now
    #[arg(long, value_name = "A..B", value_parser = sides, conflicts_with = "revision")]
    diff: Option<(String, String)>,

    /// Show the whole template of one revision: a number, a name, current or update
    #[arg(long, value_name = "REVISION")]
    revision: Option<String>,

    /// Print a document instead of a table
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Output>,

    /// Leave the first line of the table out
    #[arg(long)]
    no_headers: bool,
}

fn sides(text: &str) -> Result<(String, String), String> {
    match text.split_once("..") {
        Some((from, to)) if !from.is_empty() && !to.is_empty() && !to.starts_with('.') => {
            Ok((from.to_owned(), to.to_owned()))
        }
        _ => Err(format!("{text:?} is not of the form A..B")),
    }
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &HistoryArgs) -> Result<Exit, Failure> {
    let snapshot = cx.snapshot(&args.set).await?;
    let now = clock::now();
    let find =
        |text: &str| revisions::named(&snapshot, text).ok_or_else(|| unknown(cx, &snapshot, text));
    let side = |text: &str| match text {
        "template" => Ok(side_of_template(&snapshot)),
        _ => find(text).map(|revision| history::side_of(&snapshot, revision)),
    };
    let about = match (&args.revision, &args.diff) {
        (Some(text), _) => About::One(find(text)?),
        (None, Some((from, to))) => About::Two(Box::new([side(from)?, side(to)?])),
        (None, None) => About::All,
    };
    if let Some(output) = args.output {
        let document = history::document(&snapshot, &about, now, cx.cluster());
        cx.terminal.print(output.encode(&document)?)?;
        return Ok(Exit::Success);
    }
    match &about {
        About::All => {
            let headers = Headers::from_flag(args.no_headers);
            cx.terminal.print(history::table_of(&snapshot, headers, now))?;
        }
        About::One(revision) => cx.terminal.print(history::one(&snapshot, revision))?,
        About::Two(sides) => cx.terminal.print(history::two(sides))?,
    }
    Ok(Exit::Success)
}

/// What the set has now. Its pods are those of the revision it made, where it has made one.
fn side_of_template(snapshot: &Snapshot) -> Side<'_> {
    let template = &snapshot.set.template;
    let made = snapshot.revisions.iter().find(|revision| revision.template.json == template.json);
    let pods = made.map(|revision| revisions::pods_on(snapshot, &revision.name));
    Side {
        name: "template",
        number: made.map(|revision| revision.number),
        template,
        pods: pods.unwrap_or_default(),
    }
}
