//! `rollout status`: the truthful answer, once or until something is decided.

use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};

use crate::cluster::clock;
use crate::commands::context::Context;
use crate::commands::duration::signed;
use crate::commands::output::Output;
use crate::commands::set_name::set_name;
use crate::commands::signals::Signals;
use crate::commands::status::report::{Layout, Manner, show};
use crate::exit::{Exit, Failure};
use crate::model::snapshot::Snapshot;
use crate::plan::assess::{Assessment, Phase, assess};
use crate::plan::standing::Standing;
use crate::render::status;
use crate::render::table::Headers;

/// Say where a set stands, and end with a code that tells
///
/// Complete (0) means: every wanted pod runs the template, is owned by the set and has been ready
/// for minReadySeconds, no other pod is left, and no partition holds anything back. Otherwise the
/// set is held (6), blocked by a pod that is named (3), or in progress (10).
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct StatusArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// Wait until the set is complete, held or blocked
    #[arg(long)]
    wait: bool,

    /// What to wait for; implies --wait
    #[arg(long = "for", value_enum, value_name = "GOAL")]
    goal: Option<Goal>,

    /// Stop waiting after this long, with exit code 5; 0 means no limit
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = signed)]
    timeout: SignedDuration,

    /// Put up with a blocking pod for this long while waiting
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = signed)]
    grace: SignedDuration,

    /// Print a document instead of a table
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Output>,

    /// Leave the first line of the table out
    #[arg(long)]
    no_headers: bool,
}

const EXAMPLES: &str = "\
Examples:
  # Where does it stand?
  kubectl sts rollout status db

  # In CI, after kubectl apply: wait until every pod really runs the template
  kubectl sts rollout status db --wait --timeout 15m";

/// What to wait for.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    /// Every pod runs the template and is available.
    Complete,
    /// Every pod from the partition on runs the template and is available.
    Partition,
    /// The step of a staged rollout that is under way has passed.
    Step,
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &StatusArgs) -> Result<Exit, Failure> {
    let mut snapshot = cx.snapshot(&args.set).await?;
    if args.wait || args.goal.is_some() {
        let exit = wait(cx, args, &mut snapshot).await?;
        report(cx, args, snapshot)?;
        return Ok(exit);
    }
    report(cx, args, snapshot)
}

fn report(cx: &mut Context, args: &StatusArgs, snapshot: Snapshot) -> Result<Exit, Failure> {
    let now = clock::now();
    let standing = Standing::of(snapshot, None, now);
    let headers = Headers::from_flag(args.no_headers);
    show(cx, &standing, Manner { output: args.output, headers, layout: Layout::Pods }, now)?;
    Ok(standing.found.phase.exit())
}

async fn wait(
    cx: &mut Context,
    args: &StatusArgs,
    snapshot: &mut Snapshot,
) -> Result<Exit, Failure> {
    let mut signals = Signals::listen()?;
    let mut watch = cx.session.watch(&snapshot.set).await?;
    let began = clock::now();
    let uid = snapshot.set.uid.clone();
    let mut blocked_since: Option<Timestamp> = None;
    let mut said = String::new();
    loop {
        let now = clock::now();
        let found = assess(snapshot, now);
        if found.summary != said {
            said.clone_from(&found.summary);
            cx.terminal.note(status::headline(snapshot, &found));
        }
        if let Some(exit) = reached(args.goal.unwrap_or(Goal::Complete), snapshot, &found) {
            return Ok(exit);
        }
        let blocked = matches!(found.phase, Phase::Blocked | Phase::Degraded);
        blocked_since = if blocked { blocked_since.or(Some(now)) } else { None };
        let patience = blocked_since.map(|since| since.saturating_add(args.grace).unwrap_or(now));
        if patience.is_some_and(|end| now >= end) {
            return Ok(found.phase.exit());
        }
        let limit = (!args.timeout.is_zero())
            .then(|| began.saturating_add(args.timeout).unwrap_or(Timestamp::MAX));
        if limit.is_some_and(|end| now >= end) {
            cx.terminal.note(format!("timed out: {}", found.summary));
            return Ok(Exit::TimedOut);
        }
        // Availability comes with time alone, so the clock is looked at even if nothing changes.
        let tick = now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now);
        let wake = [patience, limit, Some(tick)].into_iter().flatten().min().unwrap_or(tick);
        tokio::select! {
            reading = watch.next() => {
                let reading = reading.map_err(Failure::from)?;
                let Some(set) = reading.set.filter(|set| set.uid == uid) else {
                    let name = snapshot.set.display();
                    return Err(Failure::new(Exit::Conflict, anyhow::anyhow!("{name} was deleted")));
                };
                snapshot.set = set;
                snapshot.pods = reading.pods;
                snapshot.taken_at = clock::now();
            }
            () = tokio::time::sleep(clock::until(wake)) => {}
            exit = signals.received() => return Ok(exit),
        }
    }
}

/// The exit code when waiting is over; `None` while it is not.
fn reached(goal: Goal, snapshot: &Snapshot, found: &Assessment) -> Option<Exit> {
    let set = &snapshot.set;
    match goal {
        Goal::Complete => match found.phase {
            Phase::Complete | Phase::Held => Some(found.phase.exit()),
            Phase::Progressing | Phase::Blocked | Phase::Degraded => None,
        },
        Goal::Partition => {
            let done = set.observed()
                && found.pods.iter().all(|pod| {
                    let released =
                        set.wanted.index(pod.ordinal).is_some_and(|index| index >= set.partition());
                    let right = pod.revision.as_ref() == Some(&set.status.update_revision);
                    pod.available && (!released || right)
                });
            done.then_some(Exit::Success)
        }
        Goal::Step => match found.phase {
            Phase::Complete => Some(Exit::Success),
            Phase::Held if found.run.as_ref().is_some_and(|run| run.driver.is_none()) => {
                Some(Exit::Success)
            }
            _ => None,
        },
    }
}
