//! Drives the rollout or the abort of a group to its end, and says how it ended.

use std::time::Duration;

use crate::cluster::clock;
use crate::commands::context::Context;
use crate::commands::drive::{Aid, drive_all, finish};
use crate::commands::rollout::conduct::{look, ways_on, with_ways};
use crate::commands::rollout::group::take;
use crate::commands::rollout::pace::PaceArgs;
use crate::exit::{Exit, Failure};
use crate::model::snapshot::Snapshot;
use crate::plan::options::OnFailure;
use crate::progress::abort::{Abort, Way};
use crate::progress::event::{Event, NextCommand};
use crate::progress::group::{GroupAbort, GroupBegin, GroupStage};
use crate::progress::machine::Then;
use crate::progress::stage::Begin;
use crate::terminal::prompt::Answer;

/// Sees the rollout of a group through. Every set already carries its run, with this process as
/// holder.
pub(super) async fn stage(
    cx: &mut Context,
    mut snapshots: Vec<Snapshot>,
    begin: GroupBegin,
    pace: &PaceArgs,
) -> Result<Exit, Failure> {
    let Some(first) = begin.members.first().cloned() else {
        return Err(crate::commands::context::refused("the group has no members"));
    };
    let selector = begin.group.selector.clone();
    let gates = pace.gates();
    let aid = Aid {
        gates: &gates,
        gate_timeout: Duration::try_from(pace.gate_timeout()).unwrap_or_default(),
        patience: first.options.step_timeout,
    };
    let mut stage = GroupStage::new(begin, &snapshots, clock::now());
    let (end, mut view) = match drive_all(cx, &mut snapshots, &mut stage, aid).await {
        Ok(ended) => ended,
        Err(failure) => return Err(with_way_on(cx, failure, &selector, pace)),
    };
    let go_back = end.exit == Exit::Found
        && match first.options.on_failure {
            OnFailure::Hold => false,
            OnFailure::Abort => stage.change_failed(),
            OnFailure::Ask => {
                let question = format!("{}\nGo back with every set of the group?", end.summary);
                cx.terminal.ask(&question).await == Answer::Yes
            }
        };
    if !go_back {
        let next = next(cx, end.then, &selector, &snapshots, pace);
        return Ok(finish(cx, view, end, next));
    }
    view.show(clock::now(), &Event::Notice(end.summary));
    drop(view);
    Box::pin(take::roll_back(cx, &selector, pace, first.options)).await
}

/// Takes a group back to the revisions its sets came from.
pub(super) async fn abort(
    cx: &mut Context,
    mut snapshots: Vec<Snapshot>,
    members: Vec<Begin>,
    selector: &str,
    pace: &PaceArgs,
    success: Exit,
) -> Result<Exit, Failure> {
    let patience = members.first().map(|begin| begin.options.step_timeout).unwrap_or_default();
    let aid = Aid { gates: &[], gate_timeout: Duration::ZERO, patience };
    let mut machines = Vec::new();
    for (begin, snapshot) in members.into_iter().zip(&snapshots) {
        let Begin { run, holder, options, .. } = begin;
        let base = match snapshot.revision(&run.base) {
            Some(base) => base.clone(),
            None => cx.session.revision(&snapshot.set.namespace, &run.base).await?,
        };
        let template = base.template.json;
        let now = clock::now();
        let way = Way::Template { template, success };
        machines.push(Abort::new(run, holder, options, way, snapshot, now));
    }
    let mut group = GroupAbort::new(machines, selector, success, &snapshots, clock::now());
    match drive_all(cx, &mut snapshots, &mut group, aid).await {
        Ok((end, view)) => {
            let next = next(cx, end.then, selector, &snapshots, pace);
            Ok(finish(cx, view, end, next))
        }
        Err(failure) => Err(with_way_on(cx, failure, selector, pace)),
    }
}

/// Commands to go on with after an end.
fn next(
    cx: &Context,
    then: Then,
    selector: &str,
    snapshots: &[Snapshot],
    pace: &PaceArgs,
) -> Vec<NextCommand> {
    match then {
        Then::Nothing => Vec::new(),
        Then::ContinueOrAbort | Then::StageOrRelease => {
            ways_on(cx, &["-l", selector], &pace.words())
        }
        Then::Look => {
            let sets: Vec<&str> =
                snapshots.iter().map(|snapshot| snapshot.set.name.as_str()).collect();
            look(cx, &sets)
        }
    }
}

/// A failure in the middle leaves every set held: says so, and how to go on.
fn with_way_on(cx: &Context, failure: Failure, selector: &str, pace: &PaceArgs) -> Failure {
    let failure = failure.hint("every set is held at the partition last written");
    with_ways(cx, failure, &["-l", selector], &pace.words())
}
