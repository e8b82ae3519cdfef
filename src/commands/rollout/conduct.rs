//! Drives a staged rollout or an abort to its end, and says how it ended.

use std::time::Duration;

use crate::cluster::clock;
use crate::commands::context::Context;
use crate::commands::drive::{Aid, drive, finish};
use crate::commands::rollout::pace::PaceArgs;
use crate::exit::{Exit, Failure};
use crate::model::run::Run;
use crate::model::snapshot::Snapshot;
use crate::plan::options::OnFailure;
use crate::progress::abort::Abort;
use crate::progress::event::{Event, NextCommand};
use crate::progress::machine::Then;
use crate::progress::stage::{Begin, Stage};
use crate::terminal::prompt::Answer;

/// Sees a staged rollout through. The set already carries the run, with this process as holder.
pub(super) async fn stage(
    cx: &mut Context,
    mut snapshot: Snapshot,
    begin: Begin,
    pace: &PaceArgs,
) -> Result<Exit, Failure> {
    let set = snapshot.set.name.clone();
    let on_failure = begin.options.on_failure;
    let aid = Aid {
        gates: pace.gates(),
        gate_timeout: Duration::try_from(pace.gate_timeout()).unwrap_or_default(),
        patience: begin.options.step_timeout,
    };
    let mut stage = Stage::new(begin.clone(), &snapshot, clock::now());
    let (end, mut view) = match drive(cx, &mut snapshot, &mut stage, aid).await {
        Ok(ended) => ended,
        Err(failure) => return Err(with_way_on(cx, failure, &set, pace)),
    };
    let go_back = end.exit == Exit::Found
        && match on_failure {
            OnFailure::Hold => false,
            OnFailure::Abort => stage.change_failed(),
            OnFailure::Ask => {
                let question = format!("{}\nGo back to {}?", end.summary, begin.run.base);
                cx.terminal.ask(&question).await == Answer::Yes
            }
        };
    if !go_back {
        let next = next(cx, end.then, &set, pace);
        return Ok(finish(cx, view, end, next));
    }
    view.show(clock::now(), &Event::Notice(end.summary));
    drop(view);
    let run = Run { holder: Some(begin.holder.clone()), ..stage.run().clone() };
    abort(cx, snapshot, run, begin, pace, Exit::RolledBack).await
}

/// Goes back to the run's base revision.
pub(super) async fn abort(
    cx: &mut Context,
    mut snapshot: Snapshot,
    run: Run,
    begin: Begin,
    pace: &PaceArgs,
    success: Exit,
) -> Result<Exit, Failure> {
    let set = snapshot.set.name.clone();
    let base = match snapshot.revision(&run.base) {
        Some(base) => base.clone(),
        None => cx.session.revision(&snapshot.set.namespace, &run.base).await?,
    };
    let aid =
        Aid { gates: &[], gate_timeout: Duration::ZERO, patience: begin.options.step_timeout };
    let mut abort = Abort::new(
        run,
        begin.holder,
        begin.options,
        base.template.json,
        success,
        &snapshot,
        clock::now(),
    );
    match drive(cx, &mut snapshot, &mut abort, aid).await {
        Ok((end, view)) => {
            let next = next(cx, end.then, &set, pace);
            Ok(finish(cx, view, end, next))
        }
        Err(failure) => Err(with_way_on(cx, failure, &set, pace)),
    }
}

/// Commands to go on with after an end.
fn next(cx: &Context, then: Then, set: &str, pace: &PaceArgs) -> Vec<NextCommand> {
    match then {
        Then::Nothing => Vec::new(),
        Then::ContinueOrAbort => ways_on(cx, &[set], pace),
        Then::Look => look(cx, &[set]),
    }
}

/// The commands that show what somebody else did.
pub(super) fn look(cx: &Context, sets: &[&str]) -> Vec<NextCommand> {
    let status = |set: &&str| NextCommand {
        does: "look".to_owned(),
        command: cx.command(&["rollout", "status", set]),
    };
    sets.iter().map(status).collect()
}

/// The commands that take a held rollout on or back.
///
/// `target` is a set, or `-l` and a selector.
pub(super) fn ways_on(cx: &Context, target: &[&str], pace: &PaceArgs) -> Vec<NextCommand> {
    let words = pace.words();
    let mut line = vec!["rollout", "continue"];
    line.extend(target);
    let back = [&["rollout", "abort"], target].concat();
    line.extend(words.iter().map(String::as_str));
    vec![
        NextCommand { does: "go on".to_owned(), command: cx.command(&line) },
        NextCommand { does: "go back".to_owned(), command: cx.command(&back) },
    ]
}

/// A failure in the middle leaves the set held: says so, and how to go on.
fn with_way_on(cx: &Context, mut failure: Failure, set: &str, pace: &PaceArgs) -> Failure {
    failure.hints.push("the set is held at the partition last written".to_owned());
    with_ways(cx, failure, &[set], pace)
}

/// The failure, with the commands that go on after it.
pub(super) fn with_ways(
    cx: &Context,
    mut failure: Failure,
    target: &[&str],
    pace: &PaceArgs,
) -> Failure {
    for way in ways_on(cx, target, pace) {
        failure.hints.push(format!("{}: {}", way.does, way.command));
    }
    failure
}
