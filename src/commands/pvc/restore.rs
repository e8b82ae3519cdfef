//! `pvc restore`: deleted claims come back, with their data.

mod swap;

use clap::Args;
use jiff::SignedDuration;

use crate::cluster::clock;
use crate::commands::context::{Context, refused};
use crate::commands::dry_run::{DryRun, WriteArgs};
use crate::commands::duration::signed;
use crate::commands::identity;
use crate::commands::journal::Journal;
use crate::commands::object_name::is_name;
use crate::commands::pvc::bring_back::{Back, bring_back, read, rehearse};
use crate::commands::signals::Signals;
use crate::convert::claim_manifest::name_of;
use crate::exit::{Exit, Failure};
use crate::model::snapshot::Known;
use crate::model::volume::Volume;
use crate::plan::pvc::restored::{Next, NotRestored, Reading, Target, next};
use crate::progress::machine::after;
use crate::render::pvc::restore::{Coming, plan, refusal, wait};

/// Bring deleted claims back, with their data
///
/// What pvc prune deletes leaves its volume, and the volume knows its claim. The claim is created
/// again under its name and gets that very volume; then the volume has its old reclaim policy
/// back, and nothing is left of the deletion. What an earlier restore did not finish is finished,
/// from any machine.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct RestoreArgs {
    /// The run that deleted them, the volume as PV or pv/PV, or the claim as NAME or pvc/NAME
    #[arg(value_name = "RUN|PV|NAME", value_parser = subject)]
    subject: Subject,

    /// Give the claim this name; only for one claim
    #[arg(long, value_name = "NAME", value_parser = new_name)]
    as_name: Option<String>,

    /// Put a claim that has taken the name into the trash first; only one that no ordinal wants
    #[arg(long, conflicts_with = "as_name")]
    swap: bool,

    /// How long to wait for a claim to have its volume
    #[arg(long, value_name = "DURATION", value_parser = signed, default_value = "2m")]
    timeout: SignedDuration,

    #[command(flatten)]
    write: WriteArgs,
}

const EXAMPLES: &str = "\
Examples:
  # Take a whole run back
  kubectl sts pvc restore 3f9a0c41be

  # One claim, by its name
  kubectl sts pvc restore data-db-4

  # Look at old data beside what is there now
  kubectl sts pvc restore pv/pvc-7c1e --as-name data-db-4-old";

/// What is to come back.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Subject {
    /// The volume of this name.
    Volume(String),
    /// The claim of this name.
    Claim(String),
    /// Whichever has this name: a volume, a run, a claim.
    Any(String),
}

fn subject(text: &str) -> Result<Subject, String> {
    let (kind, name) = match text.split_once('/') {
        Some((kind, name)) => (Some(kind), name),
        None => (None, text),
    };
    if !is_name(name) {
        return Err(format!("{name:?} cannot be a name"));
    }
    let name = name.to_owned();
    match kind {
        None => Ok(Subject::Any(name)),
        Some("pv" | "persistentvolume" | "persistentvolumes") => Ok(Subject::Volume(name)),
        Some("pvc" | "persistentvolumeclaim" | "persistentvolumeclaims") => {
            Ok(Subject::Claim(name))
        }
        Some(kind) => Err(format!("{kind:?} is neither a pv nor a pvc")),
    }
}

fn new_name(text: &str) -> Result<String, String> {
    if is_name(text) { Ok(text.to_owned()) } else { Err(format!("{text:?} cannot be a name")) }
}

/// A volume, and the claim that is to have it.
struct Case {
    target: Target,
    reading: Reading,
}

impl Case {
    fn refused(&self) -> Option<NotRestored> {
        match next(&self.reading, &self.target) {
            Next::Refuse(why) => Some(why),
            _ => None,
        }
    }

    fn is_taken(&self) -> bool {
        matches!(self.refused(), Some(NotRestored::NameTaken { .. }))
    }

    async fn read_again(&mut self, cx: &Context) -> Result<(), Failure> {
        if let Known::Read(Some(reading)) =
            read(cx, &self.reading.volume.name, &self.target).await?
        {
            self.reading = reading;
        }
        Ok(())
    }
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &RestoreArgs) -> Result<Exit, Failure> {
    let mut cases = cases(cx, args).await?;
    if args.swap {
        if !cases.iter().any(Case::is_taken) {
            return Err(Failure::usage("nothing has taken the name: leave out --swap"));
        }
        let taken: Vec<&Case> = cases.iter().filter(|case| case.is_taken()).collect();
        if swap::run(cx, args, &taken).await? != Exit::Success {
            return Err(Failure::new(Exit::Partial, anyhow::anyhow!("the name is still taken")));
        }
        if args.write.dry_run != DryRun::None {
            return Ok(Exit::Success);
        }
        for case in &mut cases {
            case.read_again(cx).await?;
        }
    }
    show(cx, &cases);
    let refusals: Vec<(&Case, NotRestored)> =
        cases.iter().filter_map(|case| Some((case, case.refused()?))).collect();
    if refusals.len() == cases.len() {
        return Err(none_comes_back(cx, &refusals));
    }
    if args.write.dry_run == DryRun::Server {
        for case in &cases {
            rehearse(cx, &case.reading, &case.target).await?;
        }
    }
    if args.write.dry_run != DryRun::None {
        for case in cases.iter().filter(|case| case.refused().is_none()) {
            let suffix = args.write.dry_run.suffix();
            cx.terminal.print(format!("{} restored{suffix}", case.target.display()))?;
        }
        return Ok(Exit::Success);
    }
    let coming = cases.len() - refusals.len();
    let question = match coming {
        1 => "Bring this claim back?".to_owned(),
        _ => format!("Bring {coming} claims back?"),
    };
    // Who swaps has been asked already.
    if !args.swap {
        cx.consent(args.write.consent(), &question).await?;
    }
    restore(cx, args, &cases).await
}

fn show(cx: &Context, cases: &[Case]) {
    let refusals: Vec<Option<NotRestored>> = cases.iter().map(Case::refused).collect();
    let coming: Vec<Coming<'_>> = cases
        .iter()
        .zip(&refusals)
        .map(|(case, why)| Coming {
            volume: &case.reading.volume,
            target: &case.target,
            refused: why.as_ref(),
        })
        .collect();
    cx.terminal.note(plan(&coming, clock::now()));
}

fn none_comes_back(cx: &Context, refusals: &[(&Case, NotRestored)]) -> Failure {
    let Some((case, why)) = refusals.first() else { return refused("there is nothing to restore") };
    let (display, words) = (case.target.display(), refusal(why));
    let failure = refused(&format!("{display} does not come back: {words}"));
    let failure = refusals.iter().skip(1).fold(failure, |failure, (case, why)| {
        failure.hint(format!("also: {}: {}", case.target.display(), refusal(why)))
    });
    let failure = match why {
        NotRestored::NameTaken { .. } => {
            let volume = format!("pv/{}", case.reading.volume.name);
            let name = format!("{}-restored", case.target.name);
            let beside = cx.command_in(
                &case.target.namespace,
                &["pvc", "restore", &volume, "--as-name", &name],
            );
            let swap =
                cx.command_in(&case.target.namespace, &["pvc", "restore", &volume, "--swap"]);
            failure
                .hint(format!("bring it back beside the other one: {beside}"))
                .hint(format!("or in its place, once its set is scaled below it: {swap}"))
        }
        _ => failure,
    };
    failure.hint("nothing was changed")
}

async fn restore(cx: &mut Context, args: &RestoreArgs, cases: &[Case]) -> Result<Exit, Failure> {
    let mut signals = Signals::listen()?;
    let mut journal = Journal::open(&identity::run_id())?;
    let mut ends = Vec::new();
    for case in cases {
        let until = after(clock::now(), args.timeout);
        let volume = &case.reading.volume.name;
        let end = bring_back(cx, &mut journal, volume, &case.target, (until, &mut signals)).await?;
        cx.tell_notices();
        let display = case.target.display();
        match &end {
            Back::Done => cx.terminal.print(format!("{display} restored"))?,
            other => cx.terminal.warning(&format!("{display}: {}", words(other))),
        }
        let interrupted = matches!(end, Back::Interrupted(_));
        ends.push(end);
        if interrupted {
            break;
        }
    }
    ended(cx, &ends, cases.len())
}

fn words(end: &Back) -> String {
    match end {
        Back::Done => "restored".to_owned(),
        Back::Refused(why) => refusal(why),
        Back::NoVolume => "its volume is gone".to_owned(),
        Back::TimedOut(what) => format!("time is over, and {}", wait(*what)),
        Back::Failed(why) => why.clone(),
        Back::Interrupted(_) => "interrupted".to_owned(),
    }
}

fn ended(cx: &Context, ends: &[Back], of: usize) -> Result<Exit, Failure> {
    let done = ends.iter().filter(|end| **end == Back::Done).count();
    if done == of {
        return Ok(Exit::Success);
    }
    let exit = match ends.last() {
        Some(Back::Interrupted(exit)) => *exit,
        _ if done > 0 => Exit::Partial,
        Some(Back::TimedOut(_)) => Exit::TimedOut,
        Some(Back::Refused(_)) => Exit::Refused,
        _ => Exit::Error,
    };
    let cause = anyhow::anyhow!("{done} of {of} claims came back");
    let list = cx.command(&["pvc", "trash", "list"]);
    Err(Failure::new(exit, cause)
        .hint("the same command goes on where it stopped")
        .hint(format!("see what is left: {list}")))
}

/// The volumes that are meant, each with the claim that is to have it.
async fn cases(cx: &Context, args: &RestoreArgs) -> Result<Vec<Case>, Failure> {
    let volumes = match cx.session.trash().await? {
        Known::Read(volumes) => find(cx, &args.subject, &volumes)?,
        Known::Unknown(why) => {
            return Err(refused(&format!("the volumes cannot be read: {why}"))
                .hint("bringing claims back needs get, list and patch of persistentvolumes"));
        }
    };
    if args.as_name.is_some() && volumes.len() > 1 {
        return Err(Failure::usage("--as-name is for one claim: name its volume"));
    }
    let mut cases = Vec::new();
    for volume in volumes {
        let named = Target::named_by(&volume);
        let Some(mut target) = named else {
            return Err(refused(&format!("pv/{} names no claim any more", volume.name)));
        };
        if let Some(name) = &args.as_name {
            target.name.clone_from(name);
        }
        match read(cx, &volume.name, &target).await? {
            Known::Read(Some(reading)) => cases.push(Case { target, reading }),
            Known::Read(None) => {}
            Known::Unknown(why) => return Err(refused(&format!("a claim cannot be read: {why}"))),
        }
    }
    if cases.is_empty() { Err(refused("the volume is gone")) } else { Ok(cases) }
}

fn find(cx: &Context, subject: &Subject, volumes: &[Volume]) -> Result<Vec<Volume>, Failure> {
    let namespace = cx.session.namespace();
    let is_of = |volume: &Volume, name: &str| {
        let is = |found: &(String, String)| found.0 == namespace && found.1 == *name;
        let named = Target::named_by(volume).map(|target| (target.namespace, target.name));
        let kept = volume.trashed().and_then(|kept| name_of(&kept.claim?));
        named.is_some_and(|named| is(&named)) || kept.is_some_and(|kept| is(&kept))
    };
    let of = |matches: &dyn Fn(&Volume) -> bool| -> Vec<Volume> {
        volumes.iter().filter(|volume| matches(volume)).cloned().collect()
    };
    let by_volume = |name: &str| of(&|volume| volume.name == name);
    let by_run =
        |name: &str| of(&|volume| volume.trashed().is_some_and(|trashed| trashed.run == name));
    let by_claim = |name: &str| of(&|volume| is_of(volume, name));
    let (name, found) = match subject {
        Subject::Volume(name) => (name, by_volume(name)),
        Subject::Claim(name) => (name, one(cx, name, by_claim(name))?),
        Subject::Any(name) => {
            let (volume, run) = (by_volume(name), by_run(name));
            let found = match (volume.is_empty(), run.is_empty()) {
                (false, _) => volume,
                (true, false) => run,
                (true, true) => one(cx, name, by_claim(name))?,
            };
            (name, found)
        }
    };
    if found.is_empty() {
        let list = cx.command(&["pvc", "trash", "list"]);
        let what = format!(
            "there is no volume in the trash of a run, of a volume, or of a claim in namespace \
             {namespace} called {name}"
        );
        return Err(refused(&what).hint(format!("see what is there: {list}")));
    }
    Ok(found)
}

/// A name can have been deleted more than once.
fn one(cx: &Context, name: &str, found: Vec<Volume>) -> Result<Vec<Volume>, Failure> {
    if found.len() < 2 {
        return Ok(found);
    }
    let text = format!("pvc/{name} was deleted {} times; name the volume", found.len());
    Err(found.iter().fold(refused(&text), |failure, volume| {
        let command = cx.command(&["pvc", "restore", &format!("pv/{}", volume.name)]);
        let when = volume.trashed().and_then(|kept| kept.at);
        let when = when.map(|at| format!("of {at}: ")).unwrap_or_default();
        failure.hint(format!("{when}{command}"))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_can_be_said_with_its_kind() {
        assert_eq!(subject("pv/pvc-1"), Ok(Subject::Volume("pvc-1".to_owned())));
        assert_eq!(subject("pvc/data-db-3"), Ok(Subject::Claim("data-db-3".to_owned())));
        assert_eq!(subject("data-db-3"), Ok(Subject::Any("data-db-3".to_owned())));
        for wrong in ["", "pod/db-0", "pv/", "A"] {
            assert!(subject(wrong).is_err(), "{wrong}");
        }
    }
}
