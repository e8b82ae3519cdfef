//! Drives a staged rollout or an abort to its end, and says how it ended.

use std::time::Duration;

use crate::cluster::clock;
use crate::commands::context::Context;
use crate::commands::drive::{Aid, drive, finish};
use crate::commands::rollout::order::OrderArgs;
use crate::commands::rollout::pace::PaceArgs;
use crate::commands::rollout::take_up::{recorded, refuse, take_up};
use crate::exit::{Exit, Failure};
use crate::model::run::{Run, RunPhase};
use crate::model::snapshot::Snapshot;
use crate::plan::options::OnFailure;
use crate::plan::preflight;
use crate::plan::refusal::Refusal;
use crate::progress::abort::{Abort, Way};
use crate::progress::event::{Event, NextCommand};
use crate::progress::machine::Then;
use crate::progress::stage::{Begin, Stage};
use crate::terminal::prompt::Answer;

/// Sees a staged rollout through. The set already carries the run, with this process as holder.
pub(super) async fn stage(
    cx: &mut Context,
    mut snapshot: Snapshot,
    begin: Begin,
    order: &OrderArgs,
    pace: &PaceArgs,
) -> Result<Exit, Failure> {
    let words = [pace.words(), order.words()].concat();
    let set = snapshot.set.name.clone();
    let on_failure = begin.options.on_failure;
    let gates = pace.gates();
    let aid = Aid {
        gates: &gates,
        gate_timeout: Duration::try_from(pace.gate_timeout()).unwrap_or_default(),
        patience: begin.options.step_timeout,
    };
    let stage = Stage::new(begin.clone(), &snapshot, clock::now());
    let mut stage = stage.led_by(order.leader().cloned());
    let (end, mut view) = match drive(cx, &mut snapshot, &mut stage, aid).await {
        Ok(ended) => ended,
        Err(failure) => return Err(with_way_on(cx, failure, &set, &words)),
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
        let next = next(cx, end.then, &set, &words);
        return Ok(finish(cx, view, end, next));
    }
    view.show(clock::now(), &Event::Notice(end.summary));
    drop(view);
    let (snapshot, run) = retake(cx, &set, stage.run()).await?;
    let begin = Begin { holder: run.holder.clone().unwrap_or(begin.holder), ..begin };
    let way = by_template(cx, &snapshot, &run, Exit::RolledBack).await?;
    abort(cx, snapshot, run, begin, pace, way).await
}

/// Takes the lock again that was given up when the rollout failed, unless somebody has been faster.
async fn retake(cx: &Context, set: &str, failed: &Run) -> Result<(Snapshot, Run), Failure> {
    let snapshot = cx.snapshot(set).await?;
    let found = recorded(&snapshot).map_err(|refusal| refuse(cx, set, refusal))?;
    if let Some(refusal) = preflight::locked(&found, "", clock::now()) {
        return Err(refuse(cx, set, refusal));
    }
    if found.id != failed.id || found.phase != RunPhase::Failed {
        let what = "the record is not the one of the rollout that failed".to_owned();
        return Err(refuse(cx, set, Refusal::Moved { what }));
    }
    take_up(cx, snapshot, &found, |_, _| {}).await
}

/// The way back by the template of the run's base revision.
pub(super) async fn by_template(
    cx: &Context,
    snapshot: &Snapshot,
    run: &Run,
    success: Exit,
) -> Result<Way, Failure> {
    let template = match snapshot.revision(&run.base) {
        Some(base) => base.template.json.clone(),
        None => cx.session.revision(&snapshot.set.namespace, &run.base).await?.template.json,
    };
    Ok(Way::Template { template, success })
}

/// Goes back to the run's base revision.
pub(super) async fn abort(
    cx: &mut Context,
    mut snapshot: Snapshot,
    run: Run,
    begin: Begin,
    pace: &PaceArgs,
    way: Way,
) -> Result<Exit, Failure> {
    let set = snapshot.set.name.clone();
    let aid =
        Aid { gates: &[], gate_timeout: Duration::ZERO, patience: begin.options.step_timeout };
    let mut abort = Abort::new(run, begin.holder, begin.options, way, &snapshot, clock::now());
    match drive(cx, &mut snapshot, &mut abort, aid).await {
        Ok((end, view)) => {
            let next = next(cx, end.then, &set, &pace.words());
            Ok(finish(cx, view, end, next))
        }
        Err(failure) => Err(with_way_on(cx, failure, &set, &pace.words())),
    }
}

/// Commands to go on with after an end.
fn next(cx: &Context, then: Then, set: &str, words: &[String]) -> Vec<NextCommand> {
    match then {
        Then::Nothing => Vec::new(),
        Then::ContinueOrAbort => ways_on(cx, &[set], words),
        Then::StageOrRelease => vec![
            way(cx, "try it again", &["rollout", "stage", set]),
            way(cx, "end the hold", &["rollout", "release", set]),
            way(cx, "bring the old template back", &["rollout", "abort", set]),
        ],
        Then::Look => look(cx, &[set]),
    }
}

/// The commands after a pause.
pub(super) fn paused(cx: &Context, then: Then, set: &str) -> Vec<NextCommand> {
    match then {
        Then::Nothing => Vec::new(),
        Then::Look => look(cx, &[set]),
        Then::ContinueOrAbort | Then::StageOrRelease => vec![
            way(cx, "go on, one pod at a time", &["rollout", "continue", set]),
            way(cx, "go back", &["rollout", "abort", set]),
            way(cx, "let the controller go on by itself", &["rollout", "release", set]),
        ],
    }
}

fn way(cx: &Context, does: &str, words: &[&str]) -> NextCommand {
    NextCommand { does: does.to_owned(), command: cx.command(words) }
}

/// The commands that show what somebody else did.
pub(super) fn look(cx: &Context, sets: &[&str]) -> Vec<NextCommand> {
    sets.iter().map(|set| way(cx, "look", &["rollout", "status", set])).collect()
}

/// The commands that take a held rollout on or back. `target` is a set, or `-l` and a selector.
pub(super) fn ways_on(cx: &Context, target: &[&str], words: &[String]) -> Vec<NextCommand> {
    let mut line = [&["rollout", "continue"], target].concat();
    line.extend(words.iter().map(String::as_str));
    let back = [&["rollout", "abort"], target].concat();
    vec![way(cx, "go on", &line), way(cx, "go back", &back)]
}

/// A failure in the middle leaves the set held: says so, and how to go on.
fn with_way_on(cx: &Context, mut failure: Failure, set: &str, words: &[String]) -> Failure {
    failure.hints.push("the set is held where it was last left".to_owned());
    with_ways(cx, failure, &[set], words)
}

/// The failure, with the commands that go on after it.
pub(super) fn with_ways(
    cx: &Context,
    mut failure: Failure,
    target: &[&str],
    words: &[String],
) -> Failure {
    for way in ways_on(cx, target, words) {
        failure.hints.push(format!("{}: {}", way.does, way.command));
    }
    failure
}
