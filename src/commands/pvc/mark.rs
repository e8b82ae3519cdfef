//! `pvc mark`: remembers on each claim since when it is left behind.

use std::collections::BTreeMap;

use clap::Args;

use crate::cluster::clock;
use crate::cluster::status;
use crate::cluster::write::Keep;
use crate::commands::context::Context;
use crate::commands::dry_run::WriteArgs;
use crate::commands::pvc::survey::{self, Depth};
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::claim::Claim;
use crate::plan::pvc::idle::ORPHAN_SINCE;
use crate::plan::pvc::verdict::{Verdict, judge};
use crate::plan::step::Step;
use crate::plan::step::claim::ClaimPatch;
use crate::render::duration::stamp;

/// Remember on claims since when they are left behind, and forget it where they no longer are
///
/// For clusters that do not say since when a claim is unused (before Kubernetes 1.37). Run it
/// often, such as from a CronJob: a mark is a sample, and a pod that comes and goes between two
/// runs is not seen.
#[derive(Args, Clone, Debug)]
pub struct MarkArgs {
    /// The StatefulSet, as NAME or sts/NAME; every claim of the namespace when not given
    #[arg(value_name = "SET", value_parser = set_name, conflicts_with = "all_namespaces")]
    set: Option<String>,

    /// Mark the claims of all namespaces
    #[arg(long, short = 'A')]
    all_namespaces: bool,

    #[command(flatten)]
    write: WriteArgs,
}

/// What happens to the mark of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// It is written.
    Set,
    /// It is removed: somebody wants the claim again.
    Clear,
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &MarkArgs) -> Result<Exit, Failure> {
    let namespace = cx.session.namespace().to_owned();
    let scope = (!args.all_namespaces).then_some(namespace.as_str());
    let survey = survey::read(cx, scope, Depth::Shallow).await?;
    let verdicts = judge(&survey);
    let changes: Vec<(&Claim, Mark)> = verdicts
        .iter()
        .filter(|verdict| is_of(verdict, args.set.as_deref()))
        .filter_map(|verdict| Some((verdict.claim, change(verdict)?)))
        .collect();
    if changes.is_empty() {
        cx.terminal.note("every mark is as it should be");
        return Ok(Exit::Success);
    }
    let count = |mark| changes.iter().filter(|(_, change)| *change == mark).count();
    let (set, clear) = (count(Mark::Set), count(Mark::Clear));
    let question = format!("mark {set} claims as left behind, and clear the mark of {clear}?");
    if args.write.dry_run.keep() == Some(Keep::Written) {
        cx.consent(args.write.consent(), &question).await?;
    }
    let now = stamp(clock::now());
    let mut failed = 0;
    for (claim, mark) in changes {
        let value = (mark == Mark::Set).then(|| now.clone());
        let annotations = BTreeMap::from([(ORPHAN_SINCE.to_owned(), value)]);
        let step = Step::PatchClaim(ClaimPatch { annotations, ..ClaimPatch::of(claim) });
        let verb = if mark == Mark::Set { "marked" } else { "cleared" };
        let written = match args.write.dry_run.keep() {
            Some(keep) => cx.session.apply(&step, keep).await.map(drop),
            None => Ok(()),
        };
        match written {
            Ok(()) => {
                let suffix = args.write.dry_run.suffix();
                cx.terminal
                    .print(format!("persistentvolumeclaim/{} {verb}{suffix}", claim.name))?;
            }
            Err(error) if status::is_conflict(&error) || status::is_not_found(&error) => {
                cx.terminal.note(format!("pvc/{} changed meanwhile; left as it is", claim.name));
            }
            Err(error) => {
                failed += 1;
                let failure = Failure::from(error);
                cx.terminal.warning(&format!("pvc/{}: {:#}", claim.name, failure.cause));
            }
        }
    }
    Ok(if failed == 0 { Exit::Success } else { Exit::Partial })
}

fn is_of(verdict: &Verdict<'_>, set: Option<&str>) -> bool {
    set.is_none_or(|set| verdict.owners.iter().any(|owner| owner.claimant.name == set))
}

/// What happens to the mark of this claim; nothing where it is as it should be, or nobody knows.
fn change(verdict: &Verdict<'_>) -> Option<Mark> {
    use crate::plan::pvc::class::Class;
    let marked = verdict.claim.annotations.contains_key(ORPHAN_SINCE);
    match (verdict.class, verdict.class.is_left_behind(), marked) {
        (Class::Unknown | Class::Terminating, ..) => None,
        (_, true, false) => Some(Mark::Set),
        (_, false, true) => Some(Mark::Clear),
        _ => None,
    }
}
