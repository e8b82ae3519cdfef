//! `pvc trash empty`: the storage of deleted claims is given back, for good.

use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;

use crate::cluster::clock;
use crate::cluster::status;
use crate::commands::context::{Context, refused};
use crate::commands::duration::{age, signed};
use crate::commands::identity;
use crate::commands::journal::Journal;
use crate::commands::pvc::bring_back::failure_text;
use crate::commands::pvc::trash::Which;
use crate::commands::signals::Signals;
use crate::exit::{Exit, Failure};
use crate::model::snapshot::Known;
use crate::model::volume::Volume;
use crate::plan::pvc::trash::{Kept, let_go, may_go};
use crate::plan::step::Step;
use crate::progress::machine::after;
use crate::render::pvc::trash::{Scope, kept, list, size, total};
use crate::render::table::Headers;
use crate::terminal::prompt::Answer;

/// How long to wait before looking again.
const BETWEEN: Duration = Duration::from_millis(250);

/// How often a write is tried while others write to the volume.
const ATTEMPTS: u32 = 5;

/// Free the storage of deleted claims, for good
///
/// Shows what would go, unless --apply is given. Volumes get back the reclaim policy they had
/// before, and whoever made them deletes them with their data. The objects themselves are never
/// deleted here: that would free nothing. Volumes that were Retain before are left alone.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct EmptyArgs {
    #[command(flatten)]
    which: Which,

    /// Only what has been in the trash for this long
    #[arg(long, value_name = "DURATION", value_parser = age, default_value = "14d")]
    older_than: SignedDuration,

    /// Do it; otherwise what would go is shown, and nothing is changed
    #[arg(long)]
    apply: bool,

    /// Do not ask before that
    #[arg(long, short, requires = "apply")]
    yes: bool,

    /// With --all-namespaces and --yes: yes, in all of them
    #[arg(long, requires = "all_namespaces")]
    yes_all_namespaces: bool,

    /// How long to wait until the volumes are gone
    #[arg(long, value_name = "DURATION", value_parser = signed, default_value = "5m")]
    timeout: SignedDuration,
}

const EXAMPLES: &str = "\
Examples:
  # What would go
  kubectl sts pvc trash empty

  # Free what was deleted more than a month ago
  kubectl sts pvc trash empty --older-than 30d --apply

  # One run, at once
  kubectl sts pvc trash empty --run 3f9a0c41be --older-than 0s --apply";

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &EmptyArgs) -> Result<Exit, Failure> {
    let all_at_once = args.which.all_namespaces && args.apply && args.yes;
    if all_at_once && !args.yes_all_namespaces {
        return Err(refused("--all-namespaces with --yes needs --yes-all-namespaces, too")
            .hint("nothing was changed"));
    }
    let (go, stay) = chosen(cx, args).await?;
    tell_what_stays(cx, args, &stay);
    if go.is_empty() {
        cx.terminal.note("nothing to free");
        return Ok(Exit::Success);
    }
    cx.terminal.print(list(&go, args.which.scope(), Headers::Shown, clock::now()))?;
    if !args.apply {
        cx.terminal.note(format!("{} would go for good; give --apply", total(&go)));
        return Ok(Exit::Success);
    }
    consent(cx, args, &go).await?;
    free(cx, args, &go).await
}

/// What goes, and what does not with the reason.
async fn chosen(
    cx: &Context,
    args: &EmptyArgs,
) -> Result<(Vec<Volume>, Vec<(Volume, Kept)>), Failure> {
    let now = clock::now();
    let (mut go, mut stay) = (Vec::new(), Vec::new());
    for volume in args.which.read(cx).await? {
        match judge(cx, &volume, args.older_than, now).await? {
            Ok(_) => go.push(volume),
            Err(why) => stay.push((volume, why)),
        }
    }
    Ok((go, stay))
}

async fn judge(
    cx: &Context,
    volume: &Volume,
    older_than: SignedDuration,
    now: jiff::Timestamp,
) -> Result<Result<Step, Kept>, Failure> {
    if let Err(why) = may_go(volume, older_than, now) {
        return Ok(Err(why));
    }
    let claim = match &volume.claim {
        Some(named) => cx.session.claim(&named.namespace, &named.name).await?,
        None => None,
    };
    Ok(let_go(volume, claim.as_ref(), older_than, now).map(Step::PatchVolume))
}

fn tell_what_stays(cx: &Context, args: &EmptyArgs, stay: &[(Volume, Kept)]) {
    let (young, other): (Vec<_>, Vec<_>) =
        stay.iter().partition(|(_, why)| matches!(why, Kept::Young(Some(_))));
    for (volume, why) in other {
        cx.terminal.note(format!("pv/{} stays: {}", volume.name, kept(why, args.older_than)));
    }
    if !young.is_empty() {
        let youth = size(young.iter().map(|(volume, _)| volume));
        let count = young.len();
        cx.terminal.note(format!("{count} more ({youth}) are too young for --older-than"));
    }
}

/// A person types how much goes.
async fn consent(cx: &mut Context, args: &EmptyArgs, go: &[Volume]) -> Result<(), Failure> {
    cx.tell_notices();
    if args.yes {
        cx.terminal.note(cx.place());
        return Ok(());
    }
    let all = match args.which.scope() {
        Scope::Cluster => "of all namespaces ",
        Scope::Namespace => "",
    };
    let word = size(go).to_string();
    let question = format!(
        "{}\n{} {all}and the data on them go for good. There is no way back after this.\nType {word} to free them:",
        cx.place(),
        total(go),
    );
    match cx.terminal.ask_for(&word, &question).await {
        Answer::Yes => Ok(()),
        Answer::No => Err(refused("the size was not typed; nothing was changed")),
        Answer::NoTerminal => Err(refused("nobody can be asked without a terminal")
            .hint("look at it without --apply, then give --apply --yes")),
    }
}

async fn free(cx: &mut Context, args: &EmptyArgs, go: &[Volume]) -> Result<Exit, Failure> {
    let mut signals = Signals::listen()?;
    let mut journal = Journal::open(&identity::run_id())?;
    let until = after(clock::now(), args.timeout);
    let (mut going, mut left) = (Vec::new(), Vec::new());
    let mut interrupted = None;
    for volume in go {
        interrupted = signals.pending();
        if interrupted.is_some() {
            break;
        }
        match release(cx, args, &mut journal, &volume.name).await? {
            Ok(()) => going.push(volume),
            Err(why) => left.push(format!("pv/{} stays: {why}", volume.name)),
        }
    }
    while !going.is_empty() && interrupted.is_none() {
        let mut still = Vec::new();
        for volume in going {
            match cx.session.volume(&volume.name).await {
                Ok(Known::Read(None)) => cx.terminal.print(format!("pv/{} freed", volume.name))?,
                Ok(Known::Read(Some(now))) if now.uid != volume.uid => {
                    cx.terminal.print(format!("pv/{} freed", volume.name))?;
                }
                Ok(_) => still.push(volume),
                Err(error) if status::is_unclear(&error) => still.push(volume),
                Err(error) => return Err(error.into()),
            }
        }
        going = still;
        if clock::now() >= until {
            break;
        }
        interrupted = signals.pending();
        tokio::time::sleep(BETWEEN).await;
    }
    let waiting = going.iter().map(|volume| format!("pv/{} is not gone yet", volume.name));
    let problems: Vec<String> = left.into_iter().chain(waiting).collect();
    ended(cx, &problems, go.len(), interrupted)
}

fn ended(
    cx: &Context,
    problems: &[String],
    of: usize,
    interrupted: Option<Exit>,
) -> Result<Exit, Failure> {
    if problems.is_empty() && interrupted.is_none() {
        return Ok(Exit::Success);
    }
    let exit = match interrupted {
        Some(exit) => exit,
        None if problems.len() == of => Exit::TimedOut,
        None => Exit::Partial,
    };
    let cause = anyhow::anyhow!("{} of {of} volumes are not gone", problems.len());
    let failure = problems
        .iter()
        .fold(Failure::new(exit, cause), |failure, problem| failure.hint(problem.as_str()));
    let list = cx.command(&["pvc", "trash", "list"]);
    Err(failure.hint(format!("see what is left: {list}")))
}

/// Gives one volume back its policy, on evidence that is read once more.
async fn release(
    cx: &Context,
    args: &EmptyArgs,
    journal: &mut Journal,
    name: &str,
) -> Result<Result<(), String>, Failure> {
    let mut sent = false;
    for _ in 0..ATTEMPTS {
        let volume = match cx.session.volume(name).await? {
            Known::Read(Some(volume)) => volume,
            Known::Read(None) => return Ok(Ok(())),
            Known::Unknown(why) => return Ok(Err(why)),
        };
        let step = match judge(cx, &volume, args.older_than, clock::now()).await? {
            Ok(step) => step,
            // A write whose answer was lost.
            Err(Kept::Going | Kept::PolicyChanged(_)) if sent => return Ok(Ok(())),
            Err(why) => return Ok(Err(kept(&why, args.older_than))),
        };
        match journal.apply(cx, &step).await? {
            Ok(_) => return Ok(Ok(())),
            Err(error) if status::is_conflict(&error) => {}
            Err(error) if status::is_unclear(&error) => {
                sent = true;
                tokio::time::sleep(BETWEEN).await;
            }
            Err(error) => return Ok(Err(failure_text(&error))),
        }
    }
    Ok(Err("it keeps changing".to_owned()))
}
