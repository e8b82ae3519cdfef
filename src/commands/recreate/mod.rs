//! `recreate`: change what only a new StatefulSet can have otherwise, without its pods.

use std::path::PathBuf;

use clap::Args;
use jiff::SignedDuration;

use crate::cluster::status;
use crate::cluster::write::Keep;
use crate::commands::context::{Context, refused};
use crate::commands::dry_run::{DryRun, Preview, WriteArgs};
use crate::commands::duration::signed;
use crate::commands::identity;
use crate::commands::journal::Journal;
use crate::commands::recreate::propose::{Edit, Proposal, Source, Wish};
use crate::commands::recreate::record::{Found, Record};
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::snapshot::Known;
use crate::plan::options::Options;
use crate::plan::recreate::refusal::NotRecreated;
use crate::plan::recreate::verify::Before;
use crate::plan::recreate::{Owned, Restarts};
use crate::plan::step::object::Deletion;
use crate::plan::step::{PodDeletion, Step};
use crate::render::recreate::refusal;

mod finish;
mod manifest;
mod propose;
pub(super) mod record;
mod replace;
mod resume;

/// Change the fields of a set that Kubernetes never changes in place
///
/// Those are serviceName, podManagementPolicy, selector and volumeClaimTemplates. The set is
/// deleted without its pods and claims, and created again from the file, as kubectl apply would
/// merge it; the new set adopts the pods, and none is restarted. What would not go well that way
/// is refused beforehand: other pod labels or numbers of pods, another template, a set in motion.
///
/// A copy of both sets is kept in the namespace (ConfigMap kubectl-sts-recreate-SET) and on this
/// machine until the new set is verified. If this is cut off anywhere, --resume finishes it, from
/// any machine. If the new set is not taken, the old one is created again.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct RecreateArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// Make the new set from this manifest, in YAML or JSON; - reads standard input
    #[arg(short = 'f', long, value_name = "FILE", required_unless_present = "resume")]
    filename: Option<PathBuf>,

    /// Finish what an earlier run, from any machine, has not finished
    #[arg(long, conflicts_with_all = ["filename", "keep_template", "i_own_this", "restart"])]
    resume: bool,

    /// Restart pods that differ from those the new set makes, one at a time, the lowest first
    #[arg(long)]
    restart: bool,

    #[command(flatten)]
    write: WriteArgs,

    #[command(flatten)]
    pace: RecreatePace,

    #[command(flatten)]
    overrides: RecreateOverrides,
}

/// How long to wait for what.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Pace")]
struct RecreatePace {
    /// How long the old set may take to go, the new one to come, and its pods to be adopted
    #[arg(long, value_name = "DURATION", value_parser = signed, default_value = "2m")]
    timeout: SignedDuration,

    /// With --restart, watch every restarted pod for this long after it is ready
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = signed)]
    soak: SignedDuration,

    /// With --restart, stop when nothing has passed for this long
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = signed)]
    step_timeout: SignedDuration,
}

/// Refusals the user has looked at.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Overrides")]
struct RecreateOverrides {
    /// Keep the pod template of the live set, whatever the file says
    #[arg(long)]
    keep_template: bool,

    /// Go on although a GitOps tool, Helm or another manager has the set
    #[arg(long)]
    i_own_this: bool,

    /// Go on although this many pods are not ready
    #[arg(long, value_name = "N", default_value_t = 0)]
    tolerate_unready: u32,
}

const EXAMPLES: &str = "\
Examples:
  # See what it would do to the pods; nothing is changed
  kubectl sts recreate db -f db.yaml --dry-run=server

  # Another serviceName, policy or size of new claims: no pod is restarted
  kubectl sts recreate db -f db.yaml

  # A claim template more: every pod is restarted once, the lowest first
  kubectl sts recreate db -f db.yaml --restart

  # The connection broke, or the machine did
  kubectl sts recreate db --resume";

impl RecreateArgs {
    fn options(&self) -> Options {
        Options {
            soak: self.pace.soak,
            step_timeout: self.pace.step_timeout,
            tolerate_unready: self.overrides.tolerate_unready,
            ..Options::default()
        }
    }

    fn restarts(&self) -> Restarts {
        if self.restart { Restarts::All } else { Restarts::None }
    }

    fn wish<'a>(&'a self, source: Source<'a>, options: &'a Options) -> Wish<'a> {
        Wish {
            set: &self.set,
            source,
            restarts: self.restarts(),
            owned: if self.overrides.i_own_this { Owned::ByUser } else { Owned::Unsaid },
            options,
            preview: Preview::from(self.write.dry_run),
        }
    }

    /// What is asked for where another command has a set recreated.
    fn of_edit(set: &str, owned: Owned) -> Self {
        Self {
            set: set.to_owned(),
            filename: None,
            resume: false,
            restart: false,
            write: WriteArgs::agreed(),
            pace: RecreatePace {
                timeout: SignedDuration::from_mins(2),
                soak: SignedDuration::from_secs(30),
                step_timeout: SignedDuration::from_mins(15),
            },
            overrides: RecreateOverrides {
                keep_template: false,
                i_own_this: owned == Owned::ByUser,
                tolerate_unready: 0,
            },
        }
    }
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &RecreateArgs) -> Result<Exit, Failure> {
    let found = record::find(cx, &args.set).await?;
    if args.resume {
        return resume::run(cx, args, found).await;
    }
    begin(cx, args, found).await
}

async fn begin(cx: &mut Context, args: &RecreateArgs, found: Found) -> Result<Exit, Failure> {
    unbegun(cx, &args.set, found)?;
    let manifest = manifest::read(cx, args.filename.as_deref(), &args.set)?;
    let keeps_template = args.overrides.keep_template;
    let source = Source::File { manifest: &manifest, keeps_template };
    let exit = carry_out(cx, args, source).await?;
    if exit == Exit::Success
        && args.write.dry_run == DryRun::None
        && let Some(path) = &args.filename
    {
        cx.terminal.note(format!(
            "keep {} as what this set is applied from{}",
            path.display(),
            if keeps_template { "; its template is still to be rolled out" } else { "" }
        ));
    }
    Ok(exit)
}

/// Recreates a set as `edit` makes it of the live one, for a command that has asked already.
pub(super) async fn edited(
    cx: &mut Context,
    set: &str,
    owned: Owned,
    edit: &Edit<'_>,
) -> Result<Exit, Failure> {
    let args = RecreateArgs::of_edit(set, owned);
    let found = record::find(cx, set).await?;
    unbegun(cx, set, found)?;
    carry_out(cx, &args, Source::Edited(edit)).await
}

/// Why that could not begin now; nothing is written, the server is asked by dry runs.
pub(super) async fn foresee(
    cx: &Context,
    set: &str,
    owned: Owned,
    edit: &Edit<'_>,
) -> Result<(), Failure> {
    unbegun(cx, set, record::find(cx, set).await?)?;
    let args = RecreateArgs::of_edit(set, owned);
    let options = args.options();
    let proposal = args.wish(Source::Edited(edit), &options).propose(cx).await?;
    match refusals(cx, set, &proposal.refusals) {
        Some(failure) => Err(failure),
        None => try_writes(cx, &proposal, Restarts::None).await,
    }
}

/// An earlier run has to be finished first, and it has to be known whether there is one.
fn unbegun(cx: &Context, set: &str, found: Found) -> Result<(), Failure> {
    match found {
        Known::Read(None) => Ok(()),
        Known::Read(Some(record)) => Err(unfinished(cx, set, &record.name)),
        Known::Unknown(why) => Err(unread(&why)),
    }
}

async fn carry_out(
    cx: &mut Context,
    args: &RecreateArgs,
    source: Source<'_>,
) -> Result<Exit, Failure> {
    let options = args.options();
    let wish = args.wish(source, &options);
    let proposal = wish.propose(cx).await?;
    if let Some(failure) = refusals(cx, &args.set, &proposal.refusals) {
        return Err(failure);
    }
    show(cx, &proposal, wish.restarts);
    let set = proposal.snapshot.set.display();
    if args.write.dry_run == DryRun::Server {
        try_writes(cx, &proposal, wish.restarts).await?;
    }
    if args.write.dry_run != DryRun::None {
        cx.terminal.print(format!("{set} recreated{}", args.write.dry_run.suffix()))?;
        return Ok(Exit::Success);
    }
    cx.consent(args.write.consent(), "Delete this set without its pods, and create it again?")
        .await?;
    // A person may have thought for long.
    let proposal = same(&wish.propose(cx).await?, &proposal).cloned().ok_or_else(|| {
        let cause = anyhow::anyhow!("{set} was changed by somebody else; nothing was written");
        Failure::new(Exit::Conflict, cause).hint("look at it, then run the same command again")
    })?;
    if let Some(failure) = refusals(cx, &args.set, &proposal.refusals) {
        return Err(failure);
    }
    try_writes(cx, &proposal, wish.restarts).await?;
    let restarts = if proposal.restarts(wish.restarts) { Restarts::All } else { Restarts::None };
    let record = Record {
        run: identity::run_id(),
        old: proposal.old(),
        new: proposal.new.clone(),
        before: Before::of(&proposal.snapshot),
        restarts,
    };
    let mut journal = Journal::open(&record.run)?;
    record.keep(cx, &mut journal, &args.set).await?;
    let way = ways_back(cx, &args.set, &journal, &record)?;
    cx.terminal.note(&*way);
    replace::run(cx, args, &record, &mut journal).await
}

/// The same thing once more, if it is the same thing.
fn same<'a>(again: &'a Proposal, agreed: &Proposal) -> Option<&'a Proposal> {
    let (now, then) = (&again.snapshot.set, &agreed.snapshot.set);
    let unchanged = now.uid == then.uid
        && now.generation == then.generation
        && again.new == agreed.new
        && again.changes == agreed.changes;
    unchanged.then_some(again)
}

fn show(cx: &Context, proposal: &Proposal, restarts: Restarts) {
    let shown = proposal.shown(restarts);
    cx.terminal.note(shown.text(&|words| cx.command(words)));
    let resume = cx.command(&["recreate", &proposal.snapshot.set.name, "--resume"]);
    cx.terminal.note(format!("if this is cut off: {resume}"));
}

/// Keeps a copy of both sets on this machine, and says how to create either by hand.
fn ways_back(
    cx: &Context,
    set: &str,
    journal: &Journal,
    record: &Record,
) -> Result<String, Failure> {
    let keep = |name: &str, object: &serde_json::Value| {
        let text = serde_json::to_string_pretty(object).map_err(anyhow::Error::from)?;
        journal.keep(&format!("{set}-{name}.json"), &text)
    };
    let (old, new) = (keep("old", &record.old)?, keep("new", &record.new)?);
    let create = |path: &std::path::Path| cx.kubectl(&["create", "-f", &path.to_string_lossy()]);
    Ok(format!("by hand, if the set is gone: {}\nor as it was: {}", create(&new), create(&old)))
}

/// Asks the server what it would say to the deletion and to the restarts, with the same
/// preconditions.
async fn try_writes(cx: &Context, proposal: &Proposal, restarts: Restarts) -> Result<(), Failure> {
    let set = &proposal.snapshot.set;
    let mut steps = vec![Step::Delete(Deletion::of_set(set))];
    if proposal.restarts(restarts) {
        let pods = set.wanted.iter().filter_map(|ordinal| proposal.snapshot.pod(ordinal));
        steps.extend(pods.map(|pod| Step::EvictPod(PodDeletion::of(set, pod))));
    }
    for step in steps {
        let Err(error) = cx.session.apply(&step, Keep::DryRun).await else { continue };
        // A status moved just now; the write itself is made on what is read then.
        if status::is_conflict(&error) {
            continue;
        }
        let failure = match status::full_budget(&error) {
            Some(words) => {
                refused(&format!("pod {} cannot be evicted now: {words}", step.target().name))
            }
            None => error.into(),
        };
        return Err(failure.hint("nothing was changed"));
    }
    Ok(())
}

/// The failure a list of refusals makes; `None` when there are none.
fn refusals(cx: &Context, set: &str, refusals: &[NotRecreated]) -> Option<Failure> {
    let (first, rest) = refusals.split_first()?;
    let words = |refused: &NotRecreated| refusal(refused, set, &|words| cx.command(words));
    let (text, hints) = words(first);
    let mut failure = Failure::new(first.exit(), anyhow::Error::msg(text));
    failure.hints = hints;
    for other in rest {
        let (text, hints) = words(other);
        failure.hints.push(format!("also: {text}"));
        for hint in hints {
            // The way out of one refusal is often that of the next, and is said once, at the end.
            failure.hints.retain(|said| *said != hint);
            failure.hints.push(hint);
        }
    }
    Some(failure.hint("nothing was changed"))
}

/// An earlier run has to be finished first.
fn unfinished(cx: &Context, set: &str, name: &str) -> Failure {
    refused(&format!(
        "an earlier recreation of statefulset.apps/{set} is not finished: configmap/{name} is there"
    ))
    .hint(format!("finish it: {}", cx.command(&["recreate", set, "--resume"])))
    .hint("nothing was changed")
}

/// Without seeing whether there is an earlier run, none is begun.
fn unread(why: &str) -> Failure {
    refused(&format!("whether an earlier recreation is unfinished could not be read: {why}"))
        .hint("kubectl auth can-i get configmaps")
        .hint("nothing was changed")
}
