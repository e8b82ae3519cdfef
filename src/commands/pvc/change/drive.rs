//! Drives a change of claims: watches, writes, restarts and signals in one loop.

use std::time::Duration;

use anyhow::anyhow;
use jiff::SignedDuration;

use crate::cluster::clock;
use crate::cluster::status;
use crate::cluster::watch::Reading;
use crate::cluster::write::Written;
use crate::commands::context::{Context, tell};
use crate::commands::drive::{Aid, drive as drive_machine, finish};
use crate::commands::journal::Journal;
use crate::commands::signals::Signals;
use crate::exit::{Exit, Failure};
use crate::model::claim::Claim;
use crate::model::order::Order;
use crate::model::ordinal::Ordinal;
use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::plan::options::Options;
use crate::plan::restart::{RevisionChange, begin};
use crate::plan::step::Step;
use crate::progress::event::Event;
use crate::progress::machine::{End, Then};
use crate::progress::resize::{Look, Move, Resize};
use crate::progress::restart::{Restart, Via, Wanted};
use crate::render::refusal::refusal;
use crate::terminal::view::View;

/// How often the view is redrawn while nothing happens.
const FRAME: Duration = Duration::from_millis(200);

/// How long the server may be silent.
const PATIENCE: SignedDuration = SignedDuration::from_secs(300);

/// Drives it to its end. The view is still open.
pub(super) async fn drive(
    cx: &mut Context,
    set: &Set,
    machine: &mut Resize,
    journal: &mut Journal,
) -> Result<(End, View), Failure> {
    let mut signals = Signals::listen()?;
    let mut watch = cx.session.watch_claims(set).await?;
    let mut view = cx.terminal.view();
    let mut seen: Option<(Reading, Vec<Claim>)> = None;
    let end = loop {
        let now = clock::now();
        if let Some(exit) = signals.pending() {
            break machine.interrupted(exit);
        }
        let stale = seen.as_ref().and_then(|(reading, _)| reading.stale.as_ref());
        if stale.is_some_and(|stale| now.duration_since(stale.since) >= PATIENCE) {
            let cause = anyhow!("the API server could not be watched for too long");
            return Err(Failure::new(Exit::TimedOut, cause));
        }
        // Nothing is decided on what may be old.
        let next = match &seen {
            Some((reading, claims)) if reading.stale.is_none() => {
                let set = reading.set.as_ref().map(|set| set.uid.as_str());
                let pods: Vec<Ordinal> =
                    reading.pods.iter().filter_map(|pod| pod.ordinal).collect();
                machine.next(Look { claims, set, pods: &pods }, now)
            }
            _ => Move::Wait(None),
        };
        show(&mut view, machine);
        let wake = match next {
            Move::End(end) => break end,
            Move::Write(step) => {
                write(cx, journal, machine, &step).await?;
                continue;
            }
            Move::Ask(claim) => {
                let told = match cx.session.claim_events(&claim).await {
                    Ok(told) => told,
                    Err(error) => Known::Unknown(format!("{:#}", Failure::from(error).cause)),
                };
                machine.told(&claim.name, told);
                continue;
            }
            Move::Restart(ordinal) => {
                view.finish();
                if let Some(end) = restart(cx, set, machine, ordinal).await? {
                    view = cx.terminal.view();
                    break end;
                }
                view = cx.terminal.view();
                machine.restarted(ordinal, clock::now());
                continue;
            }
            Move::Wait(wake) => wake,
        };
        let due = wake.map_or(Duration::from_secs(60), clock::until);
        let due = tokio::time::sleep(due);
        tokio::pin!(due);
        let mut frame = tokio::time::interval(FRAME);
        loop {
            tokio::select! {
                biased;
                exit = signals.received() => {
                    show(&mut view, machine);
                    return Ok((machine.interrupted(exit), view));
                }
                reading = watch.next() => {
                    let reading = reading?;
                    staleness(&mut view, seen.as_ref().map(|(before, _)| before), &reading.0);
                    seen = Some(reading);
                    break;
                }
                () = &mut due => break,
                Some(notice) = cx.notices.recv() => tell(&cx.terminal, &notice),
                _ = frame.tick() => view.tick(clock::now()),
            }
        }
    };
    show(&mut view, machine);
    Ok((end, view))
}

fn show(view: &mut View, machine: &mut Resize) {
    for event in machine.events() {
        view.show(clock::now(), &event);
    }
}

/// Tells when the connection breaks and when it works again.
fn staleness(view: &mut View, before: Option<&Reading>, now: &Reading) {
    let was = before.is_some_and(|reading| reading.stale.is_some());
    match &now.stale {
        Some(stale) if !was => {
            let (since, reason) = (stale.since, stale.reason.clone());
            view.show(clock::now(), &Event::Stale { since, reason });
        }
        None if was => view.show(clock::now(), &Event::Fresh),
        _ => {}
    }
}

/// Sends one write, once. When its fate is not known, the claim will show it.
async fn write(
    cx: &Context,
    journal: &mut Journal,
    machine: &mut Resize,
    step: &Step,
) -> Result<(), Failure> {
    match journal.apply(cx, step).await? {
        Ok(Written::Claim(claim)) => machine.written(&claim, clock::now()),
        Ok(_) => machine.rejected(clock::now()),
        Err(error)
            if status::is_conflict(&error)
                || status::is_not_found(&error)
                || status::is_unclear(&error) =>
        {
            machine.rejected(clock::now());
        }
        Err(error) => {
            machine.rejected(clock::now());
            return Err(Failure::from(error));
        }
    }
    Ok(())
}

/// Restarts one pod, as `rollout restart` does; an end where that did not go well.
async fn restart(
    cx: &mut Context,
    set: &Set,
    machine: &Resize,
    ordinal: Ordinal,
) -> Result<Option<End>, Failure> {
    let mut snapshot = cx.snapshot(&set.name).await?;
    let options = Options::default();
    let ordinals = vec![ordinal];
    let refusals = begin(&snapshot, &ordinals, RevisionChange::Refuse, &options, clock::now());
    let pod = set.pod_name(ordinal);
    if let Some(first) = refusals.first() {
        let (why, _) = refusal(first, &set.name, &|words| cx.command(words));
        let summary =
            format!("pod/{pod} has to be restarted, and is not: {why}; {}", machine.standing());
        return Ok(Some(End { exit: Exit::Partial, summary, then: Then::Look, parting: None }));
    }
    let wanted = Wanted {
        ordinals,
        order: Order::Desc,
        leader: None,
        via: Via::Eviction,
        options: options.clone(),
        gated: false,
        change: "restart, so that its file system grows".to_owned(),
    };
    let aid = Aid { gates: &[], gate_timeout: Duration::ZERO, patience: options.step_timeout };
    let mut restart = Restart::new(wanted, &snapshot, clock::now());
    let (end, view) = drive_machine(cx, &mut snapshot, &mut restart, aid).await?;
    if end.exit == Exit::Success {
        finish(cx, view, end, Vec::new());
        return Ok(None);
    }
    let summary = format!("pod/{pod}: {}; {}", end.summary, machine.standing());
    drop(view);
    Ok(Some(End { summary, parting: None, ..end }))
}
