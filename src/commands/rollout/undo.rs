//! `rollout undo`: back to an earlier template.

use clap::Args;

use crate::cluster::clock;
use crate::cluster::write::Keep;
use crate::commands::context::{self, Context};
use crate::commands::dry_run::WriteArgs;
use crate::commands::judged;
use crate::commands::rollout::begin::refused;
use crate::commands::rollout::change::{ChangeArgs, Remembered};
use crate::commands::rollout::group::GroupArgs;
use crate::commands::rollout::order::OrderArgs;
use crate::commands::rollout::overrides::OverrideArgs;
use crate::commands::rollout::pace::PaceArgs;
use crate::commands::rollout::stage::{self, StageArgs};
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::pod::Pod;
use crate::model::revision::Revision;
use crate::model::run::Steps;
use crate::model::set::{PodManagement, Set, Strategy};
use crate::model::snapshot::Snapshot;
use crate::plan::preflight;
use crate::plan::revisions::{self, Earlier};
use crate::plan::step::{SetPatch, TemplateChange};
use crate::render::difference;
use crate::render::history;

/// Go back to an earlier template: the last one that was fully deployed, or one that is named
///
/// Shows the difference first. Without --staged it is one write, and the controller rolls it out
/// by itself under the set's own strategy, as kubectl rollout undo does, which works on a broken
/// set too. With --staged it goes one pod at a time past every gate, as rollout stage does, and
/// wants a set that is well. Where nothing tells which revision was last fully deployed, the
/// revisions are listed and none is chosen.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct UndoArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// Go back to this revision: a number or a name that rollout history shows
    #[arg(long, value_name = "REVISION")]
    to_revision: Option<String>,

    /// Roll it out one pod at a time, past gates
    #[arg(long)]
    staged: bool,

    /// With --staged: stop after these numbers of updated pods, counted from the top and cumulative
    #[arg(long, value_name = "STEPS", default_value_t = Steps::default())]
    steps: Steps,

    #[command(flatten)]
    write: WriteArgs,

    #[command(flatten)]
    order: OrderArgs,

    #[command(flatten)]
    pace: PaceArgs,

    #[command(flatten)]
    overrides: OverrideArgs,
}

const EXAMPLES: &str = "\
Examples:
  # Back to what ran before; look first
  kubectl sts rollout undo db --dry-run

  # Back to a revision of rollout history, one pod at a time
  kubectl sts rollout undo db --to-revision 3 --staged";

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &UndoArgs) -> Result<Exit, Failure> {
    let overrides = args.overrides.overrides_for(&args.order.order()?);
    let of_stage =
        !args.pace.words().is_empty() || args.order.is_given() || args.steps != Steps::default();
    if !args.staged && (of_stage || overrides.changes || overrides.strategy) {
        return Err(Failure::usage(
            "steps, pace, gates and what a staged rollout may change need --staged",
        ));
    }
    let snapshot = cx.snapshot(&args.set).await?;
    let refusals = preflight::replace(&snapshot, overrides, clock::now());
    if let Some(failure) = refused(cx, &args.set, &refusals) {
        return Err(failure);
    }
    let set = &snapshot.set;
    let Some(goal) = goal(cx, args, &snapshot)? else { return Ok(Exit::Success) };
    if goal.template.json == set.template.json {
        let (name, template) = (set.display(), &goal.name);
        cx.terminal.print(format!("{name} unchanged: its template is {template} already"))?;
        note_stray(cx, &snapshot, &goal.name);
        return Ok(Exit::Success);
    }
    if args.staged {
        let revision = Remembered { name: goal.name.clone(), template: goal.template.json.clone() };
        let change = ChangeArgs::going_back(revision);
        let staged = StageArgs {
            set: Some(args.set.clone()),
            steps: args.steps.clone(),
            write: args.write,
            change,
            order: args.order.clone(),
            pace: args.pace.clone(),
            group: GroupArgs::default(),
            overrides: args.overrides,
        };
        return Box::pin(stage::run(cx, &staged)).await;
    }
    let names = (set.status.update_revision.as_str(), goal.name.as_str());
    cx.terminal.note(difference::templates(&set.template, &goal.template, names));
    let unstick = cx.command(&["rollout", "unstick", &args.set]);
    for line in consequences(&snapshot, goal, &unstick) {
        cx.terminal.note(line);
    }
    write(cx, args, set, goal).await
}

/// The revision to go back to; `None` when there is nothing to go back from.
fn goal<'a>(
    cx: &Context,
    args: &UndoArgs,
    snapshot: &'a Snapshot,
) -> Result<Option<&'a Revision>, Failure> {
    let set = snapshot.set.display();
    if let Some(text) = &args.to_revision {
        return revisions::named(snapshot, text)
            .map(Some)
            .ok_or_else(|| unknown(cx, snapshot, text));
    }
    let failure = match revisions::earlier(snapshot) {
        Earlier::Known(revision) => return Ok(Some(revision)),
        Earlier::Already(name) => {
            cx.terminal.print(format!("{set} unchanged: its template is {name} already"))?;
            note_stray(cx, snapshot, name);
            return Ok(None);
        }
        Earlier::Gone(name) => {
            context::refused(&format!("{name}, which pods of {set} run, is no longer remembered"))
        }
        Earlier::None => context::refused(&format!("{set} remembers no other revision")),
        Earlier::Unknown(candidates) => {
            let mut failure = context::refused(&format!(
                "nothing tells which revision of {set} was last fully deployed; name one"
            ));
            for revision in candidates {
                let number = revision.number.to_string();
                let words = ["rollout", "undo", &args.set, "--to-revision", &number];
                let about = history::short(revision, snapshot.taken_at);
                failure = failure.hint(format!("{about}: {}", cx.command(&words)));
            }
            failure
        }
    };
    let look = cx.command(&["rollout", "history", &args.set]);
    Err(failure.hint(format!("the revisions and their pods: {look}")))
}

/// A revision that the set does not remember.
pub(super) fn unknown(cx: &Context, snapshot: &Snapshot, text: &str) -> Failure {
    let set = snapshot.set.display();
    let mut failure = Failure::usage(format!("{set} remembers no revision {text:?}"));
    for revision in &snapshot.revisions {
        failure = failure.hint(history::short(revision, snapshot.taken_at));
    }
    let look = cx.command(&["rollout", "history", &snapshot.set.name]);
    failure.hint(format!("which pods run them: {look}"))
}

/// Pods that do not follow their template by themselves.
fn note_stray(cx: &Context, snapshot: &Snapshot, revision: &str) {
    let set = &snapshot.set;
    let on = snapshot.count_on(revision);
    if on < set.wanted.replicas {
        let unstick = cx.command(&["rollout", "unstick", &set.name]);
        cx.terminal.note(format!(
            "{on} of {} pods run it; if one blocks the others: {unstick}",
            set.wanted.replicas
        ));
    }
}

/// What the controller will make of the write.
fn consequences(snapshot: &Snapshot, goal: &Revision, unstick: &str) -> Vec<String> {
    let set = &snapshot.set;
    let all = set.wanted.replicas;
    let kept = set.partition().min(all);
    let off: Vec<String> = (kept..all)
        .rev()
        .filter(|index| {
            let pod = snapshot.pod_at(*index);
            pod.and_then(|pod| pod.revision.as_deref()) != Some(goal.name.as_str())
        })
        .map(|index| set.pod_at(index))
        .collect();
    let mut lines = Vec::new();
    lines.push(match (&set.strategy, off.as_slice()) {
        (Strategy::OnDelete, _) => {
            "OnDelete: no pod moves until it is deleted, and then it comes back on this template"
                .to_owned()
        }
        (_, []) => "no pod moves now".to_owned(),
        (_, pods) => format!(
            "to be replaced by the controller, from the highest down, without gates: {}",
            pods.join(", ")
        ),
    });
    if kept > 0 {
        lines.push(format!("the partition keeps back {}", set.lowest(kept)));
    }
    let now = snapshot.taken_at;
    let available = |pod: &Pod| pod.is_available(set.min_ready_seconds, now);
    let mut pods = set.wanted.iter().filter_map(|ordinal| snapshot.pod(ordinal));
    match (set.management, pods.find(|pod| !available(pod))) {
        (PodManagement::OrderedReady, Some(pod)) => lines.push(format!(
            "pod {} is not available, and until it is the controller replaces nothing; if it stays so: {unstick}",
            pod.name
        )),
        (PodManagement::Parallel, Some(pod)) => lines.push(format!(
            "pod {} is not available: the controller may replace all such pods at once",
            pod.name
        )),
        (_, None) => {}
    }
    lines
}

async fn write(
    cx: &mut Context,
    args: &UndoArgs,
    set: &Set,
    goal: &Revision,
) -> Result<Exit, Failure> {
    let (keep, suffix) = (args.write.dry_run.keep(), args.write.dry_run.suffix());
    if keep == Some(Keep::Written) {
        let question = format!("Go back to {}?", goal.name);
        cx.consent(args.write.consent(), &question).await?;
    }
    if let Some(keep) = keep {
        judged::write(cx, set, keep, |set| SetPatch {
            template: TemplateChange::Replace(goal.template.json.clone()),
            ..SetPatch::of(set)
        })
        .await?;
    }
    let (name, to) = (set.display(), &goal.name);
    cx.terminal.print(format!("{name} rolled back to {to}{suffix}"))?;
    if keep == Some(Keep::Written) {
        let wait = cx.command(&["rollout", "status", &args.set, "--wait"]);
        cx.terminal.note(format!("next: {wait}"));
    }
    Ok(Exit::Success)
}
