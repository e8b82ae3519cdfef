//! `rollout continue`: go on with a held rollout, from any machine.

use clap::Args;

use crate::cluster::clock;
use crate::commands::context::{self, Consent, Context};
use crate::commands::identity;
use crate::commands::rollout::begin::refused;
use crate::commands::rollout::conduct;
use crate::commands::rollout::group::{self, Taking};
use crate::commands::rollout::order::{OrderArgs, known};
use crate::commands::rollout::pace::PaceArgs;
use crate::commands::rollout::take_up::{recorded, refuse, take_up};
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::order::Order;
use crate::model::run::{Run, RunPhase, Steps};
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::options::Approve;
use crate::plan::preflight::{self, Overrides};
use crate::plan::refusal::Refusal;
use crate::progress::abort::Way;
use crate::progress::stage::Begin;

/// Go on with a held rollout: approve the step that passed, or take up where it was left
///
/// Everything is read from the cluster again; a rollout begun on another machine goes on here.
/// Gates, and who is asked which pod leads, are never taken from the cluster: give them again.
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
    order: OrderArgs,

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

/// Approve the step that passed, or with --full all that are left
///
/// Without --full it is continue by the name that other tools have for it. With --full the rest is
/// rolled out without stopping between steps and without extra gates; every pod still has to be
/// healthy for its soak before the next one is released, and budgets are respected.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = PROMOTE_EXAMPLES)]
pub struct PromoteArgs {
    /// Roll out all remaining steps, without approvals and extra gates
    #[arg(long, conflicts_with_all = ["gates", "approve", "steps", "change_gates"])]
    full: bool,

    #[command(flatten)]
    common: ContinueArgs,
}

const PROMOTE_EXAMPLES: &str = "\
Examples:
  # The canary is good: next step
  kubectl sts rollout promote db

  # The canary is good, and this is urgent: the rest, one healthy pod after the other
  kubectl sts rollout promote db --full";

/// How far going on goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Going {
    /// As the flags say.
    Asked,
    /// Forward only: an abort is not gone on with.
    Forward,
    /// To the end, without approvals and extra gates.
    Full,
}

/// Runs `rollout continue`.
pub(super) async fn run(cx: &mut Context, args: &ContinueArgs) -> Result<Exit, Failure> {
    Box::pin(take_on(cx, args, Going::Asked)).await
}

/// Runs `rollout promote`.
pub(super) async fn promote(cx: &mut Context, args: &PromoteArgs) -> Result<Exit, Failure> {
    let going = if args.full { Going::Full } else { Going::Forward };
    Box::pin(take_on(cx, &args.common, going)).await
}

async fn take_on(cx: &mut Context, args: &ContinueArgs, going: Going) -> Result<Exit, Failure> {
    let mut options = args.pace.options(cx.terminal.can_ask())?;
    if going == Going::Full {
        options.approve = Approve::Auto;
    }
    let overrides =
        Overrides { changes: args.accept_changes, takeover: args.takeover, ..Overrides::default() };
    let consent = Consent::from_flag(args.yes);
    let Some(name) = &args.set else {
        let selector = args.selector.as_deref().unwrap_or_default();
        let taking = Taking { selector, pace: &args.pace, consent, takeover: args.takeover };
        let how = group::How { going, change_gates: args.change_gates };
        return group::go_on(cx, &taking, options, overrides, how).await;
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
        let why = if recorded.target.is_empty() {
            "is held by rollout hold; no staged rollout was begun"
        } else {
            "is parked: its pods went back, and the new template waits behind a hold"
        };
        return Err(context::refused(&format!("{} {why}", snapshot.set.display()))
            .hint(format!(
                "stage what waits behind it: {}",
                cx.command(&["rollout", "stage", name])
            ))
            .hint(format!("end the hold: {}", cx.command(&["rollout", "release", name]))));
    }
    let aborting = recorded.phase.goes_back();
    if aborting && going != Going::Asked {
        let phase = "on its way back".to_owned();
        return Err(refuse(cx, name, Refusal::Unfinished { phase }));
    }
    if !aborting && going != Going::Full && !args.change_gates {
        same_gates(&recorded, &args.pace)?;
    }
    let order =
        if aborting { recorded.order.clone() } else { order(cx, args, &snapshot.set, &recorded)? };
    let approves = !aborting && approves(&recorded, &snapshot);
    cx.terminal.note(describe(&recorded, &snapshot, approves));
    if going == Going::Full {
        cx.terminal.note(
            "all remaining pods are released, one after the other: each has to be healthy for its \
             soak and budgets count; no approvals, no extra gates",
        );
    }
    let question = if aborting { "Go on with the abort?" } else { "Go on with this rollout?" };
    cx.consent(consent, question).await?;
    let gates = args.pace.gates_digest();
    let updated = updated(&recorded, &snapshot);
    let (snapshot, run) = take_up(cx, snapshot, &recorded, |set, run| {
        if run.adopt(set) {
            run.passed = 0;
        }
        run.order.clone_from(&order);
        match going {
            // Whoever goes on later is asked for the gates the rollout was begun with.
            Going::Full => run.steps = run.steps.to_the_end(run.replicas),
            Going::Asked | Going::Forward => run.gates.clone_from(&gates),
        }
        if !aborting {
            run.phase = RunPhase::Staging;
        }
        match &args.steps {
            Some(steps) => {
                run.steps = steps.clone();
                run.approved = steps_behind(run, updated);
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
        let way = match run.phase {
            RunPhase::Parking => Way::Park,
            _ => conduct::by_template(cx, &snapshot, &run, Exit::Success).await?,
        };
        return conduct::abort(cx, snapshot, run, begin, &args.pace, way).await;
    }
    Box::pin(conduct::stage(cx, snapshot, begin, &args.order, &args.pace)).await
}

/// Refuses to go on with other gates than the run was begun with.
pub(super) fn same_gates(recorded: &Run, pace: &PaceArgs) -> Result<(), Failure> {
    if recorded.gates == pace.gates_digest() {
        return Ok(());
    }
    let begun = if recorded.gates.is_empty() { "no extra gates" } else { "other gates" };
    Err(context::refused(&format!(
        "the rollout was begun with {begun}; gates are never run from what the cluster says"
    ))
    .hint("give the same --gate and --gates again, or --change-gates"))
}

/// The order to go on in: another one only where pods are deleted one by one anyway.
fn order(cx: &Context, args: &ContinueArgs, set: &Set, recorded: &Run) -> Result<Order, Failure> {
    if recorded.order == Order::LeaderLast && args.order.needs_leader() {
        return Err(context::refused(
            "the rollout takes whichever pod leads last; whom to ask is never taken from what the \
             cluster says",
        )
        .hint("say with --leader how the leader is found")
        .hint("or go on in another order: --order=asc"));
    }
    let order = args.order.order_after(&recorded.order)?;
    let by_deletion = |order: &Order| *order != Order::Desc;
    if by_deletion(&order) != recorded.by_deletion() {
        let begun = &recorded.order;
        return Err(context::refused(&format!(
            "the rollout was begun in the order {begun}, which cannot become {order} on the way"
        ))
        .hint(format!("go back first: {}", cx.command(&["rollout", "abort", &set.name]))));
    }
    known(set, &order.unknown(set.wanted))?;
    Ok(order)
}

/// How many pods are updated, or about to be.
fn updated(run: &Run, snapshot: &Snapshot) -> u32 {
    if run.by_deletion() {
        return u32::try_from(snapshot.gone(&run.target).len()).unwrap_or(u32::MAX);
    }
    run.replicas - run.partition.min(run.replicas)
}

/// How many of a run's steps end at or below what is updated already.
fn steps_behind(run: &Run, updated: u32) -> u32 {
    let counts = run.steps.counts(run.replicas);
    u32::try_from(counts.iter().filter(|count| **count <= updated).count()).unwrap_or(u32::MAX)
}

/// Whether going on says yes to a step that had passed. A rollout that was stopped in the middle
/// of a step is not approved by taking it up.
fn approves(run: &Run, snapshot: &Snapshot) -> bool {
    let counts = run.steps.counts(run.replicas);
    let goal = counts.get(run.approved as usize);
    let at_goal = if run.by_deletion() {
        // Pods that died since then have their own judgement before them.
        goal.is_some_and(|goal| run.passed >= *goal)
    } else {
        let updated = updated(run, snapshot);
        run.passed == updated && goal == Some(&updated)
    };
    run.phase == RunPhase::Staging && at_goal && snapshot.set.wanted.replicas == run.replicas
}

fn describe(run: &Run, snapshot: &Snapshot, approves: bool) -> String {
    let set = &snapshot.set;
    let updated = snapshot.count_on(&run.target);
    let counts = run.steps.counts(run.replicas);
    let (number, all) = (run.approved + 1, counts.len());
    let at = match (run.phase, approves) {
        (RunPhase::Aborting | RunPhase::Parking, _) => {
            format!("an abort back to {} was begun", run.base)
        }
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
        assert!(!approves(&stopped, &a_snapshot(&set.clone().replicas(5))), "another size");
        let by_deletion = Run { order: Order::Asc, partition: 0, ..stopped.clone() };
        assert!(approves(&by_deletion, &snapshot), "whatever has died since");
        let before = Run { passed: 0, ..by_deletion.clone() };
        assert!(!approves(&before, &snapshot));
        let approved = Run { approved: 1, ..by_deletion };
        assert!(!approves(&approved, &snapshot), "of the next step nothing has passed");
    }
}
