//! `rollout continue`: go on with a held rollout, from any machine.

use clap::Args;

use crate::cluster::clock;
use crate::commands::context::{Consent, Context};
use crate::commands::identity;
use crate::commands::rollout::begin::refused;
use crate::commands::rollout::conduct;
use crate::commands::rollout::group::{self, Taking};
use crate::commands::rollout::pace::PaceArgs;
use crate::commands::rollout::take_up::{recorded, refuse, take_up};
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::run::{Run, RunPhase, Steps};
use crate::model::snapshot::Snapshot;
use crate::plan::preflight::{self, Overrides};
use crate::plan::refusal::Refusal;
use crate::progress::stage::Begin;

/// Go on with a held rollout: approve the step that passed, or take up where it was left
///
/// Everything is read from the cluster again; a rollout begun on another machine goes on here.
/// Gates are never taken from the cluster: give them again.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct ContinueArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name, required_unless_present = "selector")]
    set: Option<String>,

    /// Go on with the group of sets that this label selector matches
    #[arg(short = 'l', long, value_name = "SELECTOR", conflicts_with_all = ["set", "steps"])]
    selector: Option<String>,

    /// Stop at these numbers of updated pods from here on, instead of those the rollout was begun
    /// with
    #[arg(long, value_name = "STEPS")]
    steps: Option<Steps>,

    /// Do not ask before writing
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    pace: PaceArgs,

    /// Accept the partition, size or first ordinal that somebody else gave the set
    #[arg(long, help_heading = "Overrides")]
    accept_changes: bool,

    /// Take the rollout over from whoever drives it
    #[arg(long, help_heading = "Overrides")]
    takeover: bool,

    /// Go on with other gates than the rollout was begun with
    #[arg(long, help_heading = "Overrides")]
    change_gates: bool,
}

const EXAMPLES: &str = "\
Examples:
  # Approve the canary and roll out the rest
  kubectl sts rollout continue db

  # A rollout that was begun with --steps 1 goes no further by itself
  kubectl sts rollout continue db --steps 100%

  # Take over from a machine that is gone, without waiting for its lock to expire
  kubectl sts rollout continue db --takeover --yes

  # The group of sets that was begun with stage -l
  kubectl sts rollout continue -l app=db";

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &ContinueArgs) -> Result<Exit, Failure> {
    let options = args.pace.options(cx.terminal.can_ask())?;
    let overrides =
        Overrides { changes: args.accept_changes, takeover: args.takeover, ..Overrides::default() };
    let consent = Consent::from_flag(args.yes);
    let Some(name) = &args.set else {
        let selector = args.selector.as_deref().unwrap_or_default();
        let taking = Taking { selector, pace: &args.pace, consent, takeover: args.takeover };
        return group::go_on(cx, &taking, options, overrides, args.change_gates).await;
    };
    let snapshot = cx.snapshot(name).await?;
    let recorded = recorded(&snapshot).map_err(|refusal| refuse(cx, name, refusal))?;
    let mut refusals = preflight::take_up(&snapshot, &recorded, "", overrides, clock::now());
    if !matches!(refusals.first(), Some(Refusal::Locked { .. })) {
        refusals.splice(0..0, preflight::member(&recorded));
    }
    if let Some(failure) = refused(cx, name, &refusals) {
        return Err(failure);
    }
    if recorded.phase == RunPhase::Parked {
        return Err(crate::commands::context::refused(&format!(
            "{} is held by rollout hold; no staged rollout was begun",
            snapshot.set.display()
        ))
        .hint(format!("stage what waits behind it: {}", cx.command(&["rollout", "stage", name])))
        .hint(format!("end the hold: {}", cx.command(&["rollout", "release", name]))));
    }
    let aborting = recorded.phase == RunPhase::Aborting;
    if !aborting && !args.change_gates {
        same_gates(&recorded, &args.pace)?;
    }
    let approves = !aborting && approves(&recorded, &snapshot);
    cx.terminal.note(describe(&recorded, &snapshot, approves));
    let question = if aborting { "Go on with the abort?" } else { "Go on with this rollout?" };
    cx.consent(consent, question).await?;
    let gates = args.pace.gates_digest();
    let (partition, wanted) = (snapshot.set.partition(), snapshot.set.wanted);
    let (snapshot, run) = take_up(cx, snapshot, &recorded, |run| {
        if run.replicas != wanted.replicas || run.start != wanted.start {
            // Other pods are at the top now: none of them has passed anything.
            run.passed = 0;
        }
        run.partition = partition;
        run.replicas = wanted.replicas;
        run.start = wanted.start;
        run.gates.clone_from(&gates);
        if !aborting {
            run.phase = RunPhase::Staging;
        }
        match &args.steps {
            Some(steps) => {
                run.steps = steps.clone();
                run.approved = steps_behind(run);
            }
            None => run.approved += u32::from(approves),
        }
    })
    .await?;
    let begin = Begin {
        holder: run.holder.clone().unwrap_or_else(|| identity::holder(clock::now())),
        run: run.clone(),
        gated: !args.pace.gates().is_empty(),
        change: format!(
            "{} → {}",
            run.base,
            if run.target.is_empty() { "new template" } else { &run.target }
        ),
        options,
    };
    if aborting {
        return conduct::abort(cx, snapshot, run, begin, &args.pace, Exit::Success).await;
    }
    Box::pin(conduct::stage(cx, snapshot, begin, &args.pace)).await
}

/// Refuses to go on with other gates than the run was begun with.
pub(super) fn same_gates(recorded: &Run, pace: &PaceArgs) -> Result<(), Failure> {
    if recorded.gates == pace.gates_digest() {
        return Ok(());
    }
    let begun = if recorded.gates.is_empty() { "no extra gates" } else { "other gates" };
    Err(crate::commands::context::refused(&format!(
        "the rollout was begun with {begun}; gates are never run from what the cluster says"
    ))
    .hint("give the same --gate flags again, or --change-gates"))
}

/// How many of a run's steps end at or below what is updated already.
fn steps_behind(run: &Run) -> u32 {
    let updated = run.replicas - run.partition.min(run.replicas);
    let counts = run.steps.counts(run.replicas);
    u32::try_from(counts.iter().filter(|count| **count <= updated).count()).unwrap_or(u32::MAX)
}

/// Whether going on says yes to a step that had passed. A rollout that was stopped in the middle
/// of a step is not approved by taking it up.
fn approves(run: &Run, snapshot: &Snapshot) -> bool {
    let counts = run.steps.counts(run.replicas);
    let updated = run.replicas - run.partition.min(run.replicas);
    run.phase == RunPhase::Staging
        && run.passed == updated
        && counts.get(run.approved as usize) == Some(&updated)
        && snapshot.set.wanted.replicas == run.replicas
}

fn describe(run: &Run, snapshot: &Snapshot, approves: bool) -> String {
    let set = &snapshot.set;
    let updated = snapshot.count_on(&run.target);
    let counts = run.steps.counts(run.replicas);
    let (number, all) = (run.approved + 1, counts.len());
    let at = match (run.phase, approves) {
        (RunPhase::Aborting, _) => format!("an abort back to {} was begun", run.base),
        (_, true) => format!("step {number} of {all} passed; this approves it"),
        _ if number as usize > all => "all its steps are done".to_owned(),
        (RunPhase::Failed, _) => format!("step {number} of {all} failed; it is judged anew"),
        _ => format!("step {number} of {all} was not finished"),
    };
    format!("{}: {updated} of {} pods updated; {at}", set.display(), set.wanted.replicas)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_run, a_set, a_snapshot};

    #[test]
    fn only_a_step_that_had_passed_is_approved_by_going_on() {
        let set = a_set("db");
        let snapshot = a_snapshot(&set);
        let stopped = Run { partition: 2, passed: 1, ..a_run(&set) };
        assert!(approves(&stopped, &snapshot));
        let interrupted = Run { passed: 0, ..stopped.clone() };
        assert!(!approves(&interrupted, &snapshot));
        let failed = Run { phase: RunPhase::Failed, ..stopped.clone() };
        assert!(!approves(&failed, &snapshot));
        let in_the_second = Run { approved: 1, partition: 1, passed: 2, ..stopped.clone() };
        assert!(!approves(&in_the_second, &snapshot));
        let nothing_released = Run { partition: 32767, passed: 0, ..stopped.clone() };
        assert!(!approves(&nothing_released, &snapshot));
        assert!(!approves(&stopped, &a_snapshot(&set.replicas(5))), "another size");
    }
}
