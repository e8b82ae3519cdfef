//! Drives a staged rollout or an abort to its end, and says how it ended.

use std::time::Duration;

use crate::cluster::clock;
use crate::commands::context::Context;
use crate::commands::rollout::drive::Drive;
use crate::commands::rollout::pace::PaceArgs;
use crate::commands::signals::Signals;
use crate::exit::{Exit, Failure};
use crate::model::run::Run;
use crate::model::snapshot::Snapshot;
use crate::plan::options::OnFailure;
use crate::progress::abort::Abort;
use crate::progress::event::{Ended, Event, NextCommand};
use crate::progress::machine::{End, Then};
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
    let (on_failure, patience) = (begin.options.on_failure, begin.options.step_timeout);
    let mut signals = listen()?;
    let mut watch = cx.session.watch(&snapshot.set).await?;
    let mut stage = Stage::new(begin.clone(), &snapshot, clock::now());
    let mut view = cx.terminal.view();
    let mut drive = Drive {
        cx,
        view: &mut view,
        snapshot: &mut snapshot,
        watch: &mut watch,
        gates: pace.gates(),
        gate_timeout: Duration::try_from(pace.gate_timeout()).unwrap_or_default(),
        patience,
        signals: &mut signals,
        since_stale: None,
    };
    let end = match drive.run(&mut stage).await {
        Ok(end) => end,
        Err(failure) => {
            view.finish();
            return Err(with_way_on(cx, failure, &set, pace));
        }
    };
    let go_back = end.exit == Exit::Found
        && match on_failure {
            OnFailure::Hold => false,
            OnFailure::Abort => stage.change_failed(),
            OnFailure::Ask => {
                let question = format!("{}\nGo back to {}?", end.summary, begin.run.base);
                drive.cx.terminal.ask(&question).await == Answer::Yes
            }
        };
    if !go_back {
        return Ok(finish(cx, view, &set, end, pace));
    }
    view.show(clock::now(), &Event::Notice(end.summary));
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
    let patience = begin.options.step_timeout;
    let mut signals = listen()?;
    let mut watch = cx.session.watch(&snapshot.set).await?;
    let mut abort = Abort::new(
        run,
        begin.holder,
        begin.options,
        base.template.json,
        success,
        &snapshot,
        clock::now(),
    );
    let mut view = cx.terminal.view();
    let mut drive = Drive {
        cx,
        view: &mut view,
        snapshot: &mut snapshot,
        watch: &mut watch,
        gates: &[],
        gate_timeout: Duration::ZERO,
        patience,
        signals: &mut signals,
        since_stale: None,
    };
    match drive.run(&mut abort).await {
        Ok(end) => Ok(finish(cx, view, &set, end, pace)),
        Err(failure) => {
            view.finish();
            Err(with_way_on(cx, failure, &set, pace))
        }
    }
}

fn listen() -> Result<Signals, Failure> {
    Signals::listen()
        .map_err(|error| anyhow::Error::from(error).context("could not listen for signals").into())
}

/// Shows the end, with commands to go on with.
fn finish(
    cx: &mut Context,
    mut view: crate::terminal::view::View,
    set: &str,
    end: End,
    pace: &PaceArgs,
) -> Exit {
    let next = match end.then {
        Then::Nothing => Vec::new(),
        Then::ContinueOrAbort => ways_on(cx, set, pace),
        Then::Look => vec![NextCommand {
            does: "look".to_owned(),
            command: cx.command(&["rollout", "status", set]),
        }],
    };
    let ended = Ended { exit: end.exit, summary: end.summary, next };
    view.show(clock::now(), &Event::Ended(ended));
    view.finish();
    cx.tell_notices();
    end.exit
}

/// The commands that take a held rollout on or back.
pub(super) fn ways_on(cx: &Context, set: &str, pace: &PaceArgs) -> Vec<NextCommand> {
    let words = pace.words();
    let mut line = vec!["rollout", "continue", set];
    line.extend(words.iter().map(String::as_str));
    vec![
        NextCommand { does: "go on".to_owned(), command: cx.command(&line) },
        NextCommand { does: "go back".to_owned(), command: cx.command(&["rollout", "abort", set]) },
    ]
}

/// A failure in the middle leaves the set held: says so, and how to go on.
fn with_way_on(cx: &Context, mut failure: Failure, set: &str, pace: &PaceArgs) -> Failure {
    failure.hints.push("the set is held at the partition last written".to_owned());
    for way in ways_on(cx, set, pace) {
        failure.hints.push(format!("{}: {}", way.does, way.command));
    }
    failure
}
