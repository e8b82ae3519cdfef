//! `pvc prune`: claims nobody wants any more are deleted, with a way back.

pub(super) mod act;
pub(super) mod evidence;
mod given;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::SignedDuration;

use crate::cluster::clock;
use crate::cluster::readings::Access;
use crate::commands::context::{Consent, Context, refused};
use crate::commands::dry_run::{DryRun, WriteArgs};
use crate::commands::duration::signed;
use crate::commands::output::Output;
use crate::commands::pvc::prune::act::{Prune, Settings};
use crate::commands::pvc::prune::evidence::Evidence;
use crate::commands::pvc::survey::Depth;
use crate::commands::pvc::terms::TermsArgs;
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::claim::Claim;
use crate::plan::pvc::selection::{Exceeded, Limits, Selection};
use crate::progress::prune::Backup;
use crate::render::document::{Document, Encoding, Kind};
use crate::render::fleet::{Detail, Namespaces};
use crate::render::pvc::list::{Columns, Judged, table, total};
use crate::render::pvc::prune_document::PrunePlan;
use crate::render::pvc::words;
use crate::render::table::Headers;
use crate::terminal::prompt::Answer;

/// Delete claims nobody wants any more, so that it can be undone with the data
///
/// Shows what would go, unless --apply is given. A claim goes only when everything that could want
/// it was read and does not; everything is read once more just before. Its volume is set to Retain
/// first and remembers the claim: pvc restore brings both back, and pvc trash empty frees them.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct PruneArgs {
    /// Only claims of this StatefulSet, as NAME or sts/NAME; it may be gone
    #[arg(value_name = "SET", value_parser = set_name, conflicts_with_all = ["all_namespaces", "plan"])]
    set: Option<String>,

    /// Claims of all namespaces, but for those that begin with kube-
    #[arg(long, short = 'A')]
    all_namespaces: bool,

    /// Do it; otherwise what would go is shown, and nothing is changed
    #[arg(long)]
    apply: bool,

    #[command(flatten)]
    write: WriteArgs,

    /// With --all-namespaces and --yes: yes, in all of them
    #[arg(long, requires = "all_namespaces")]
    yes_all_namespaces: bool,

    /// Write what would go to this file, to be looked at and applied with --plan
    #[arg(long, value_name = "FILE", conflicts_with_all = ["apply", "plan"])]
    plan_out: Option<PathBuf>,

    /// Delete what this file says and nothing else; each claim must be as it was then
    #[arg(long, value_name = "FILE", conflicts_with_all = ["TermsArgs", "LimitArgs", "all_namespaces"])]
    plan: Option<PathBuf>,

    /// Print a document: the plan, or with --apply what became of it
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    output: Option<Output>,

    #[command(flatten)]
    terms: TermsArgs,

    #[command(flatten)]
    limits: LimitArgs,

    #[command(flatten)]
    how: HowArgs,
}

/// How much may go.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Limits")]
struct LimitArgs {
    /// So many claims at once
    #[arg(long, value_name = "N", default_value_t = 20)]
    max: usize,

    /// So many of a hundred claims of a namespace
    #[arg(long, value_name = "PERCENT", default_value_t = 30)]
    max_percent: usize,

    /// Leave so many of the lowest left-behind ordinals of each set and template
    #[arg(long, value_name = "N", default_value_t = 0)]
    keep_last: usize,
}

/// How it is done.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "How")]
struct HowArgs {
    /// Search every kind there is for the names of claims; on by default
    #[arg(long, num_args = 0..=1, require_equals = true, default_value_t = true, default_missing_value = "true", value_name = "BOOL", action = clap::ArgAction::Set, hide_default_value = true)]
    deep_scan: bool,

    /// What becomes of the data
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = BackupFlag::Retain)]
    backup: BackupFlag,

    /// With --backup none: the data is gone for good
    #[arg(long)]
    permanent: bool,

    /// Judge so many claims anew at a time, just before they go
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=50))]
    batch: u16,

    /// How long to wait for a claim to be gone
    #[arg(long, value_name = "DURATION", value_parser = signed, default_value = "5m")]
    timeout: SignedDuration,
}

/// What becomes of the data.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum BackupFlag {
    /// The volume stays, and the claim can be brought back with it.
    Retain,
    /// Whatever the volume's reclaim policy says; needs --permanent.
    None,
}

const EXAMPLES: &str = "\
Examples:
  # What of db could go, and why
  kubectl sts pvc prune db

  # Delete it; asks first, and can be undone
  kubectl sts pvc prune db --apply

  # Keep the two lowest ordinals that were left behind, for the next scale-up
  kubectl sts pvc prune db --keep-last 2 --apply

  # A plan that somebody else looks at before it is applied
  kubectl sts pvc prune --plan-out plan.yaml
  kubectl sts pvc prune --plan plan.yaml --apply";

impl PruneArgs {
    fn backup(&self) -> Backup {
        match self.how.backup {
            BackupFlag::Retain => Backup::Retain,
            BackupFlag::None => Backup::Nothing,
        }
    }

    fn settings(&self) -> Settings {
        Settings {
            backup: self.backup(),
            timeout: self.how.timeout,
            batch: usize::from(self.how.batch),
            output: self.output,
        }
    }

    fn limits(&self) -> Limits {
        let LimitArgs { max, max_percent, keep_last } = self.limits;
        Limits { most: max, percent: max_percent, keep_last }
    }

    /// Whether anything is going to be written.
    fn acts(&self) -> bool {
        self.apply && self.write.dry_run == DryRun::None
    }
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &PruneArgs) -> Result<Exit, Failure> {
    check(args)?;
    let given = match &args.plan {
        Some(path) => Some(given::read(cx, path)?),
        None => None,
    };
    let terms = given.as_ref().map_or_else(|| Ok(args.terms.terms()), given::Given::terms)?;
    let namespaces: Vec<Option<String>> = match &given {
        Some(given) => given.namespaces().into_iter().map(Some).collect(),
        None if args.all_namespaces => vec![None],
        None => vec![Some(cx.session.namespace().to_owned())],
    };
    let depth = if args.how.deep_scan { Depth::Deep } else { Depth::Shallow };
    let mut evidence = Evidence { set: args.set.clone(), depth, terms, surveys: Vec::new() };
    evidence.read(cx, namespaces).await?;
    let verdicts = evidence.verdicts();
    let now = clock::now();
    let mut selection = evidence.select(&verdicts, args.limits(), now);
    let strays = given.as_ref().map(|given| given.narrow(&mut selection)).unwrap_or_default();
    show(cx, args, &evidence, &selection, &strays)?;
    if let Some(path) = &args.plan_out {
        write_plan(cx, path, &selection, &evidence)?;
    }
    if selection.chosen.is_empty() {
        return nothing_to_do(cx, &selection, &strays);
    }
    if given.is_none() && !selection.exceeded.is_empty() {
        return too_much(cx, args, &selection.exceeded);
    }
    let claims: Vec<Claim> = selection.chosen.iter().map(|verdict| verdict.claim.clone()).collect();
    let idle: Vec<Option<jiff::Timestamp>> =
        selection.chosen.iter().map(|verdict| verdict.idle.since()).collect();
    let size = total(selection.chosen.iter().copied()).to_string();
    if args.write.dry_run == DryRun::Server {
        return act::rehearse(cx, &claims).await;
    }
    if !args.acts() {
        cx.terminal.note(format!("{} ({size}) would go; give --apply", counted(claims.len())));
        return Ok(Exit::Success);
    }
    may_write(cx, args, &claims).await?;
    consent(cx, args, given.is_some(), &claims, &size).await?;
    let exit = Prune::new(cx, args.settings(), &evidence)?
        .run(claims.into_iter().zip(idle).collect())
        .await?;
    Ok(if exit == Exit::Success && !strays.is_empty() { Exit::Partial } else { exit })
}

fn check(args: &PruneArgs) -> Result<(), Failure> {
    if args.how.backup == BackupFlag::None && !args.how.permanent {
        return Err(refused("--backup none deletes the data for good, and needs --permanent")
            .hint("nothing was changed"));
    }
    if args.how.permanent && args.how.backup != BackupFlag::None {
        return Err(Failure::usage("--permanent is for --backup none"));
    }
    let yes = args.write.consent() == Consent::Given;
    if args.all_namespaces && args.acts() && yes && !args.yes_all_namespaces {
        return Err(refused("--all-namespaces with --yes needs --yes-all-namespaces, too")
            .hint("nothing was changed"));
    }
    Ok(())
}

fn counted(claims: usize) -> String {
    if claims == 1 { "1 claim".to_owned() } else { format!("{claims} claims") }
}

/// A limit is in the way: of doing it, and of nothing else.
fn too_much(cx: &Context, args: &PruneArgs, exceeded: &[Exceeded]) -> Result<Exit, Failure> {
    let lines: Vec<String> =
        exceeded.iter().map(|limit| format!("too much at once: {}", limit.words())).collect();
    if args.apply {
        return Err(refused(&lines.join("; ")).hint("nothing was changed"));
    }
    for line in lines {
        cx.terminal.warning(&line);
    }
    Ok(Exit::Success)
}

fn show(
    cx: &Context,
    args: &PruneArgs,
    evidence: &Evidence,
    selection: &Selection<'_, '_>,
    strays: &[String],
) -> Result<(), Failure> {
    let now = clock::now();
    for stray in strays {
        cx.terminal.warning(stray);
    }
    for gap in evidence.gaps() {
        cx.terminal.warning(&gap);
    }
    if !args.apply
        && let Some(output) = args.output
    {
        let plan = PrunePlan::of(&selection.chosen, evidence.kinds(), &evidence.terms);
        let document = Document::new(Kind::PrunePlan, now, Some(cx.cluster()), plan);
        cx.terminal.print(output.encode(&document)?)?;
        return Ok(());
    }
    if !selection.chosen.is_empty() {
        let rows: Vec<Judged<'_, '_>> = selection
            .chosen
            .iter()
            .map(|verdict| Judged { verdict, objections: Vec::new() })
            .collect();
        let rows: Vec<&Judged<'_, '_>> = rows.iter().collect();
        let namespaces = if args.all_namespaces { Namespaces::Several } else { Namespaces::One };
        let columns = Columns { namespaces, detail: Detail::Usual };
        let lines = table(&rows, evidence.kinds(), columns, Headers::Shown, now);
        for line in lines {
            if args.apply { cx.terminal.note(line) } else { cx.terminal.print(line)? }
        }
    }
    for (verdict, objections) in &selection.left {
        let why = words::why(verdict, objections, evidence.kinds());
        cx.terminal.note(format!("pvc/{} stays: {why}", verdict.claim.name));
    }
    for verdict in &selection.kept {
        cx.terminal.note(format!("pvc/{} stays: --keep-last", verdict.claim.name));
    }
    Ok(())
}

fn nothing_to_do(
    cx: &Context,
    selection: &Selection<'_, '_>,
    strays: &[String],
) -> Result<Exit, Failure> {
    if !strays.is_empty() {
        return Err(refused("no claim of the plan may go now").hint("nothing was changed"));
    }
    match selection.left.len() + selection.kept.len() {
        0 => cx.terminal.note("nothing is left behind"),
        left => cx.terminal.note(format!("{} left behind, none to delete", counted(left))),
    }
    Ok(Exit::Success)
}

fn write_plan(
    cx: &Context,
    path: &std::path::Path,
    selection: &Selection<'_, '_>,
    evidence: &Evidence,
) -> Result<(), Failure> {
    let plan = PrunePlan::of(&selection.chosen, evidence.kinds(), &evidence.terms);
    let document = Document::new(Kind::PrunePlan, clock::now(), Some(cx.cluster()), plan);
    let json = path.extension().is_some_and(|extension| extension == "json");
    let text = document.encode(if json { Encoding::Json } else { Encoding::Yaml })?;
    std::fs::write(path, text).map_err(|error| {
        anyhow::Error::from(error).context(format!("could not write {}", path.display()))
    })?;
    let file = path.to_string_lossy();
    let apply = cx.command(&["pvc", "prune", "--plan", &file, "--apply"]);
    cx.terminal.note(format!("wrote {file}; apply it with: {apply}"));
    Ok(())
}

/// Whether this user may do what is about to be done; found out before anything is.
async fn may_write(cx: &Context, args: &PruneArgs, claims: &[Claim]) -> Result<(), Failure> {
    let access = |verb, resource| Access { verb, group: "", resource, subresource: "" };
    let namespaces: BTreeSet<&str> = claims.iter().map(|claim| claim.namespace.as_str()).collect();
    let mut missing = Vec::new();
    for namespace in namespaces {
        if !cx.session.may(access("delete", "persistentvolumeclaims"), namespace).await? {
            missing.push(format!("delete persistentvolumeclaims in namespace {namespace}"));
        }
    }
    if args.backup() == Backup::Retain && claims.iter().any(|claim| claim.volume.is_some()) {
        for verb in ["get", "patch"] {
            if !cx.session.may(access(verb, "persistentvolumes"), "").await? {
                missing.push(format!(
                    "{verb} persistentvolumes, without which nothing could be undone"
                ));
            }
        }
    }
    let Some(first) = missing.first() else { return Ok(()) };
    let failure = refused(&format!("this user may not {first}"));
    Err(missing
        .iter()
        .skip(1)
        .fold(failure, |failure, more| failure.hint(format!("also: may not {more}")))
        .hint("nothing was changed"))
}

/// Gets a yes: for more than one claim, a name that is typed.
async fn consent(
    cx: &mut Context,
    args: &PruneArgs,
    planned: bool,
    claims: &[Claim],
    size: &str,
) -> Result<(), Failure> {
    let undo = match args.backup() {
        Backup::Retain => "Their volumes stay, and pvc restore brings them back.",
        Backup::Nothing => "Their data is gone for good.",
    };
    let what = format!("Delete {} ({size})? {undo}", counted(claims.len()));
    if claims.len() == 1 || args.write.consent() == Consent::Given {
        return cx.consent(args.write.consent(), &what).await;
    }
    cx.tell_notices();
    let word = match (&args.set, args.all_namespaces || planned) {
        (Some(set), _) => set.clone(),
        (None, true) => claims.len().to_string(),
        (None, false) => cx.session.namespace().to_owned(),
    };
    let question = format!("{}\n{what}\nType {word} to delete them:", cx.place());
    match cx.terminal.ask_for(&word, &question).await {
        Answer::Yes => Ok(()),
        Answer::No => Err(refused(&format!("{word} was not typed; nothing was changed"))),
        Answer::NoTerminal => Err(refused("nobody can be asked without a terminal")
            .hint("look at it without --apply, then give --apply --yes")),
    }
}
