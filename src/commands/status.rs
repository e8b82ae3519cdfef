//! `status`: where one set, or every set, stands.

mod fleet;
mod follow;
pub(in crate::commands) mod report;

use clap::{Args, ValueEnum};

use crate::cluster::clock;
use crate::cluster::fleet::Scope;
use crate::commands::context::Context;
use crate::commands::output::Output;
use crate::commands::set_name::set_name;
use crate::commands::status::follow::{Shown, Subject, follow};
use crate::commands::status::report::{Layout, Manner};
use crate::exit::{Exit, Failure};
use crate::model::claim_index::ClaimIndex;
use crate::model::fleet::Fleet;
use crate::model::roster::{Member, Roster};
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::fleet::Order;
use crate::plan::standing::Standing;
use crate::render::fleet::Detail;
use crate::render::table::Headers;

/// Say where sets stand: pods, revisions, claims, what is in the way, and what to do next
///
/// Of one set: a strip with a letter for each ordinal, the revisions by ordinals, the pods the
/// partition keeps, the claims, the pod everything waits for and why, pods that would come back on
/// an older revision, and the next command. Of many sets: a line each, those that need somebody
/// first. Everything is counted from pods, never from the counters in the set's status.
///
/// The exit code is that of the set that needs somebody most: 3 when one is blocked or degraded,
/// otherwise 10 when one is in progress, otherwise 6 when one is held, otherwise 0.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct StatusArgs {
    /// The StatefulSet, as NAME or sts/NAME; every set of the namespace when not given
    #[arg(value_name = "SET", value_parser = set_name, conflicts_with_all = ["all_namespaces", "selector"])]
    set: Option<String>,

    /// Look at the sets of all namespaces
    #[arg(long, short = 'A')]
    all_namespaces: bool,

    /// Look at the sets with these labels
    #[arg(long, short = 'l', value_name = "SELECTOR")]
    selector: Option<String>,

    /// Go on watching, and show every change
    #[arg(long, short)]
    watch: bool,

    /// Order of many sets
    #[arg(long, value_enum, value_name = "ORDER", default_value_t = SortBy::Phase)]
    sort_by: SortBy,

    /// Print a document, or more columns
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<StatusOutput>,

    /// Leave the first line of tables out
    #[arg(long)]
    no_headers: bool,
}

const EXAMPLES: &str = "\
Examples:
  # Where does this set stand, and what is to be done?
  kubectl sts status db

  # Which sets of the cluster need somebody?
  kubectl sts status -A

  # Watch a set until Ctrl-C
  kubectl sts status db -w";

/// Order of many sets.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum SortBy {
    /// Those that need somebody first.
    Phase,
    /// By namespace and name.
    Name,
}

/// How a status is printed.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum StatusOutput {
    /// JSON, indented as kubectl does; one line for each change with --watch.
    Json,
    /// YAML.
    Yaml,
    /// More columns: every pod with its node, every set with its revisions.
    Wide,
}

impl StatusArgs {
    fn manner(&self) -> Manner {
        let wide = self.output == Some(StatusOutput::Wide);
        Manner {
            output: match self.output {
                Some(StatusOutput::Json) => Some(Output::Json),
                Some(StatusOutput::Yaml) => Some(Output::Yaml),
                Some(StatusOutput::Wide) | None => None,
            },
            headers: Headers::from_flag(self.no_headers),
            layout: if wide { Layout::WidePage } else { Layout::Page },
        }
    }

    fn order(&self) -> Order {
        match self.sort_by {
            SortBy::Phase => Order::Phase,
            SortBy::Name => Order::Name,
        }
    }
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &StatusArgs) -> Result<Exit, Failure> {
    match &args.set {
        Some(set) => one(cx, args, set).await,
        None => many(cx, args).await,
    }
}

async fn one(cx: &mut Context, args: &StatusArgs, name: &str) -> Result<Exit, Failure> {
    let namespace = cx.session.namespace().to_owned();
    let (snapshot, claims) =
        tokio::join!(cx.session.standing(&namespace, name), cx.session.claim_index(&namespace),);
    let (snapshot, claims) = (snapshot?, claims?);
    if args.watch {
        let set = Box::new(snapshot.set.clone());
        let watch = cx.session.watch_standing(&set).await?;
        let shown =
            Shown { subject: Subject::Set(set), manner: args.manner(), order: args.order() };
        return follow(cx, &shown, alone(snapshot, claims), watch).await;
    }
    let now = clock::now();
    let standing = Standing::of(snapshot, Some(&claims), now);
    report::show(cx, &standing, args.manner(), now)?;
    Ok(standing.found.phase.exit())
}

/// A fleet of one.
fn alone(snapshot: Snapshot, claims: Known<ClaimIndex>) -> Fleet {
    let mut pods = Roster::default();
    snapshot.pods.into_iter().filter_map(Member::of).for_each(|member| pods.add(member));
    Fleet { sets: vec![snapshot.set], pods, claims, taken_at: snapshot.taken_at }
}

async fn many(cx: &mut Context, args: &StatusArgs) -> Result<Exit, Failure> {
    let namespace = cx.session.namespace().to_owned();
    let scope = Scope {
        namespace: (!args.all_namespaces).then_some(namespace.as_str()),
        labels: args.selector.as_deref(),
    };
    let fleet = cx.session.fleet(scope).await?;
    let detail = match args.output {
        Some(StatusOutput::Wide) => Detail::Wide,
        _ => Detail::Usual,
    };
    let columns = fleet::columns(scope, detail);
    if let Known::Unknown(reason) = &fleet.claims {
        cx.terminal.warning(&format!("claims are unknown: {reason}"));
    }
    if args.watch {
        let watch = cx.session.watch_fleet(scope).await?;
        let subject = Subject::Fleet(columns);
        let shown = Shown { subject, manner: args.manner(), order: args.order() };
        return follow(cx, &shown, fleet, watch).await;
    }
    fleet::show(cx, &fleet, args.manner(), columns, args.order())
}
