//! `pvc list`: every claim, and whether anybody could still want it.

use clap::{Args, ValueEnum};

use crate::cluster::clock;
use crate::commands::context::Context;
use crate::commands::output::Output;
use crate::commands::pvc::survey::{self, Depth};
use crate::commands::pvc::terms::TermsArgs;
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::survey::coverage::Need;
use crate::plan::pvc::class::Class;
use crate::plan::pvc::verdict::judge;
use crate::render::fleet::{Detail, Namespaces};
use crate::render::pvc::document::document;
use crate::render::pvc::list::{Columns, Judged, sum, table, warnings};
use crate::render::pvc::money::Prices;
use crate::render::table::Headers;

/// Show claims with what they are, and whether anybody could still want them
///
/// A claim is offered for deletion only when everything that could want it was read and does not:
/// pods in any phase, the ranges of all sets, templates of workloads, autoscalers, operators,
/// snapshots, and the texts of all other objects. What could not be read is unknown.
///
/// Of a set, every claim is shown. Of a namespace, or of all, those that are used as they should
/// be are only counted, unless --all is given.
///
/// The exit code is 9 when something was not read without which nothing can be judged, and with
/// --exit-code 3 when a claim could go.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct ListArgs {
    /// The StatefulSet, as NAME or sts/NAME; every claim of the namespace when not given
    #[arg(value_name = "SET", value_parser = set_name, conflicts_with = "all_namespaces")]
    set: Option<String>,

    /// Look at the claims of all namespaces
    #[arg(long, short = 'A')]
    all_namespaces: bool,

    /// Show claims that are used as they should be, too
    #[arg(long)]
    all: bool,

    /// Show only claims that no ordinal wants now
    #[arg(long, visible_alias = "orphans", conflicts_with = "all")]
    left_behind: bool,

    /// Search the texts of all objects for the names of what could go; without it nothing is more than medium sure. On by default but for -A
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    deep_scan: Option<bool>,

    /// Prices of a GiB by storage class, to sum up what could go; * is every other class
    #[arg(long, value_name = "CLASS=PRICE", value_delimiter = ',')]
    cost: Vec<String>,

    /// End with code 3 when a claim could go
    #[arg(long)]
    exit_code: bool,

    /// Print a document, the names of what could go, or more columns
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<ListOutput>,

    /// Leave the first line of the table out
    #[arg(long)]
    no_headers: bool,

    #[command(flatten)]
    terms: TermsArgs,
}

const EXAMPLES: &str = "\
Examples:
  # Which claims of this set could go, and why not the others?
  kubectl sts pvc list db

  # What was left behind in the whole cluster, and what does it cost?
  kubectl sts pvc list -A --cost '*=0.10'

  # Fail a pipeline when something has been left behind for a month
  kubectl sts pvc list --idle 30d --exit-code";

/// How claims are printed.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum ListOutput {
    /// JSON, indented as kubectl does.
    Json,
    /// YAML.
    Yaml,
    /// The names of the claims that could go, as kubectl takes them.
    Name,
    /// More columns: set, template, storage class, volume.
    Wide,
}

impl ListArgs {
    fn depth(&self) -> Depth<'static> {
        if self.deep_scan.unwrap_or(!self.all_namespaces) { Depth::Deep } else { Depth::Shallow }
    }

    fn prices(&self) -> Result<Prices, Failure> {
        let mut prices = Prices::default();
        for price in &self.cost {
            prices.add(price).map_err(|error| Failure::usage(format!("--cost: {error}")))?;
        }
        Ok(prices)
    }

    /// Whether a claim gets a line.
    fn shows(&self, row: &Judged<'_, '_>) -> bool {
        let verdict = row.verdict;
        if let Some(set) = &self.set {
            return verdict.owners.iter().any(|owner| owner.claimant.name == *set)
                && (!self.left_behind || verdict.class.is_left_behind());
        }
        if self.left_behind {
            return verdict.class.is_left_behind();
        }
        self.all || !matches!(verdict.class, Class::InUse | Class::NotOurs | Class::Referenced)
    }
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &ListArgs) -> Result<Exit, Failure> {
    let prices = args.prices()?;
    let namespace = cx.session.namespace().to_owned();
    let scope = (!args.all_namespaces).then_some(namespace.as_str());
    if let Some(set) = &args.set {
        cx.session.set(&namespace, set).await?;
    }
    let survey = survey::read(cx, scope, args.depth()).await?;
    cx.tell_notices();
    let now = clock::now();
    let verdicts = judge(&survey);
    let mut judged = Judged::all(&verdicts, &args.terms.terms(), now);
    if let Some(set) = &args.set {
        judged.retain(|row| row.verdict.owners.iter().any(|o| o.claimant.name == *set));
    }
    let shown: Vec<&Judged<'_, '_>> = judged.iter().filter(|row| args.shows(row)).collect();
    let told = warnings(&judged, &survey, now);
    match args.output {
        Some(ListOutput::Json) => {
            let document = document(&shown, &survey, told, now, cx.cluster());
            cx.terminal.print(Output::Json.encode(&document)?)?;
        }
        Some(ListOutput::Yaml) => {
            let document = document(&shown, &survey, told, now, cx.cluster());
            cx.terminal.print(Output::Yaml.encode(&document)?)?;
        }
        Some(ListOutput::Name) => {
            for row in shown.iter().filter(|row| row.goes()) {
                cx.terminal.print(format!("persistentvolumeclaim/{}", row.verdict.claim.name))?;
            }
        }
        Some(ListOutput::Wide) | None => {
            print(cx, args, &shown, survey.coverage.read.len())?;
            for line in &told {
                cx.terminal.warning(line);
            }
            cx.terminal.note(sum(&judged, &prices));
            hints(cx, args, &judged);
        }
    }
    let broken = survey.coverage.gaps().iter().any(|gap| gap.need == Need::Required);
    let goes = judged.iter().any(Judged::goes);
    Ok(match (broken, args.exit_code && goes) {
        (true, _) => Exit::Refused,
        (false, true) => Exit::Found,
        (false, false) => Exit::Success,
    })
}

fn print(
    cx: &Context,
    args: &ListArgs,
    shown: &[&Judged<'_, '_>],
    kinds: usize,
) -> Result<(), Failure> {
    if shown.is_empty() {
        return Ok(());
    }
    let columns = Columns {
        namespaces: if args.all_namespaces { Namespaces::Several } else { Namespaces::One },
        detail: match args.output {
            Some(ListOutput::Wide) => Detail::Wide,
            _ => Detail::Usual,
        },
    };
    let headers = Headers::from_flag(args.no_headers);
    for line in table(shown, kinds, columns, headers, clock::now()) {
        // The end of a reason is cut rather than wrapped: a row is a line.
        cx.terminal.print(match cx.terminal.columns() {
            Some(columns) => line.fit(columns),
            None => line,
        })?;
    }
    Ok(())
}

/// What to do next.
fn hints(cx: &Context, args: &ListArgs, judged: &[Judged<'_, '_>]) {
    let goes = judged.iter().find(|row| row.goes());
    let stays = judged.iter().find(|row| row.verdict.class.is_left_behind() && !row.goes());
    if goes.is_some() {
        let mut words = vec!["pvc", "prune"];
        words.extend(args.set.as_deref());
        let command = if args.all_namespaces {
            format!("{} pvc prune -A", cx.program)
        } else {
            cx.command(&words)
        };
        cx.terminal.note(format!("see what would go: {command}"));
    }
    if let Some(row) = stays {
        let claim = row.verdict.claim;
        let command = cx.command_in(&claim.namespace, &["pvc", "why", &claim.name]);
        cx.terminal.note(format!("see why one stays: {command}"));
    }
}
