//! `pvc trash`: the volumes of deleted claims.

mod empty;

use clap::{Args, Subcommand};

use crate::cluster::clock;
use crate::commands::context::{Context, refused};
use crate::commands::output::Output;
use crate::commands::pvc::trash::empty::EmptyArgs;
use crate::exit::{Exit, Failure};
use crate::model::snapshot::Known;
use crate::model::volume::Volume;
use crate::render::document::{Document, Kind};
use crate::render::pvc::trash::{Scope, Trash, list, total};
use crate::render::table::Headers;

/// The volumes of deleted claims: what is there, and giving it back for good
#[derive(Subcommand, Clone, Debug)]
pub enum TrashCommand {
    List(ListArgs),
    Empty(EmptyArgs),
}

/// List the volumes of deleted claims, with what each is and since when
#[derive(Args, Clone, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    which: Which,

    /// Print a document instead of a table
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    output: Option<Output>,

    /// Leave out the first line of the table
    #[arg(long)]
    no_headers: bool,
}

/// Which volumes.
#[derive(Args, Clone, Debug)]
struct Which {
    /// Those of claims of all namespaces
    #[arg(long, short = 'A')]
    all_namespaces: bool,

    /// Only those of this run
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
}

impl Which {
    fn scope(&self) -> Scope {
        if self.all_namespaces { Scope::Cluster } else { Scope::Namespace }
    }

    fn is_meant(&self, volume: &Volume, namespace: &str) -> bool {
        let of_run = |run: &String| volume.trashed().is_some_and(|trashed| trashed.run == *run);
        let here = volume.claim.as_ref().is_some_and(|claim| claim.namespace == namespace);
        (self.all_namespaces || here) && self.run.as_ref().is_none_or(of_run)
    }

    async fn read(&self, cx: &Context) -> Result<Vec<Volume>, Failure> {
        match cx.session.trash().await? {
            Known::Read(mut volumes) => {
                volumes.retain(|volume| self.is_meant(volume, cx.session.namespace()));
                Ok(volumes)
            }
            Known::Unknown(why) => Err(refused(&format!("the volumes cannot be read: {why}"))
                .hint("the trash is in the volumes: it takes the right to list persistentvolumes")),
        }
    }
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, command: &TrashCommand) -> Result<Exit, Failure> {
    match command {
        TrashCommand::List(args) => show(cx, args).await,
        TrashCommand::Empty(args) => empty::run(cx, args).await,
    }
}

async fn show(cx: &Context, args: &ListArgs) -> Result<Exit, Failure> {
    let volumes = args.which.read(cx).await?;
    let now = clock::now();
    if let Some(output) = args.output {
        let document = Document::new(Kind::TrashList, now, Some(cx.cluster()), Trash::of(&volumes));
        cx.terminal.print(output.encode(&document)?)?;
        return Ok(Exit::Success);
    }
    if volumes.is_empty() {
        let place = match args.which.scope() {
            Scope::Cluster => "any namespace".to_owned(),
            Scope::Namespace => format!("namespace {}", cx.session.namespace()),
        };
        cx.terminal.note(format!("nothing in the trash of {place}"));
        return Ok(Exit::Success);
    }
    let headers = Headers::from_flag(args.no_headers);
    cx.terminal.print(list(&volumes, args.which.scope(), headers, now))?;
    let back = cx.command(&["pvc", "restore", "RUN"]);
    let empty = cx.command(&["pvc", "trash", "empty"]);
    cx.terminal.note(format!("{}\nbring back: {back}\nfree: {empty}", total(&volumes)));
    Ok(Exit::Success)
}
