//! `status --watch`: what changes, as it changes.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::cluster::clock;
use crate::cluster::watch::FleetWatch;
use crate::commands::context::Context;
use crate::commands::output::Output;
use crate::commands::signals::Signals;
use crate::commands::status::fleet::{list, rows};
use crate::commands::status::report::{Manner, commands};
use crate::exit::{Exit, Failure};
use crate::model::fleet::Fleet;
use crate::model::set::Set;
use crate::plan::fleet::Order;
use crate::plan::standing::{Row, Standing};
use crate::render::duration::stamped;
use crate::render::fleet::{self, Columns, Namespaces};
use crate::render::overview::{self, Stale};
use crate::render::status_document::{Status, StatusList};
use crate::render::text::{Text, Tone};
use crate::terminal::live::Live;

/// The shortest time between two pictures.
const FRAME: Duration = Duration::from_millis(200);

/// Availability and ages come with time alone.
const TICK: Duration = Duration::from_secs(1);

/// What is watched, and how it is shown.
pub(super) struct Shown {
    pub(super) subject: Subject,
    pub(super) manner: Manner,
    pub(super) order: Order,
}

/// What is watched.
pub(super) enum Subject {
    /// One set.
    Set(Box<Set>),
    /// Many, in a table of these columns.
    Fleet(Columns),
}

/// What was shown last, to tell what is new.
#[derive(Default)]
struct Told {
    standing: Option<Standing>,
    rows: Option<Vec<Row>>,
    status: Option<Status>,
    list: Option<StatusList>,
    stale: bool,
}

/// Shows every change until it is interrupted, or the set that is watched is gone.
pub(super) async fn follow(
    cx: &mut Context,
    shown: &Shown,
    first: Fleet,
    mut watch: FleetWatch,
) -> Result<Exit, Failure> {
    let mut signals = Signals::listen()?;
    let live = if shown.manner.output.is_none() { cx.terminal.live() } else { None };
    let (mut fleet, mut told) = (first, Told::default());
    shown.show(cx, live.as_ref(), &fleet, None, &mut told)?;
    let mut dirty = false;
    let mut next = Instant::now() + TICK;
    loop {
        tokio::select! {
            changed = watch.changed() => {
                changed.map_err(Failure::from)?;
                if !dirty {
                    next = next.min(Instant::now() + FRAME);
                }
                dirty = true;
            }
            () = tokio::time::sleep_until(next) => {
                if std::mem::take(&mut dirty) {
                    fleet = watch.fleet();
                }
                let stale = watch.stale().map(|stale| (stale.since, stale.reason));
                cx.tell_notices();
                shown.show(cx, live.as_ref(), &fleet, stale.as_ref(), &mut told)?;
                next = Instant::now() + TICK;
            }
            exit = signals.received() => return Ok(exit),
        }
        if cx.terminal.output_closed() {
            return Ok(Exit::Success);
        }
    }
}

impl Shown {
    fn show(
        &self,
        cx: &Context,
        live: Option<&Live>,
        fleet: &Fleet,
        stale: Option<&Stale>,
        told: &mut Told,
    ) -> Result<(), Failure> {
        let now = clock::now();
        match &self.subject {
            Subject::Set(set) => {
                let Some(there) = fleet.sets.iter().find(|there| there.uid == set.uid) else {
                    let name = set.display();
                    return Err(Failure::new(
                        Exit::Conflict,
                        anyhow::anyhow!("{name} was deleted"),
                    ));
                };
                let standing = Standing::of(fleet.snapshot(there), Some(&fleet.claims), now);
                match (self.manner.output, live) {
                    (Some(output), _) => set_document(cx, &standing, stale, output, told, now),
                    (None, Some(live)) => {
                        let next = commands(cx, &standing);
                        live.draw(|size| set_frame(&standing, &next, stale, now, size));
                        Ok(())
                    }
                    (None, None) => set_lines(cx, standing, stale, told, now),
                }
            }
            Subject::Fleet(columns) => match (self.manner.output, live) {
                (Some(output), _) => {
                    let list = list(cx, fleet, self.order, stale, now);
                    fleet_document(cx, list, output, told, now)
                }
                (None, Some(live)) => {
                    let rows = rows(fleet, self.order, now);
                    live.draw(|(_, lines)| {
                        let room = lines.saturating_sub(usize::from(stale.is_some()));
                        let mut frame = fleet::frame(&rows, *columns, room);
                        frame.extend(stale.map(|stale| overview::stale(stale, now)));
                        frame
                    });
                    Ok(())
                }
                (None, None) => {
                    let rows = rows(fleet, self.order, now);
                    fleet_lines(cx, rows, columns.namespaces, stale, told, now)
                }
            },
        }
    }
}

fn set_frame(
    standing: &Standing,
    next: &[String],
    stale: Option<&Stale>,
    now: Timestamp,
    (columns, lines): (usize, usize),
) -> Vec<Text> {
    let below = next.len() + usize::from(stale.is_some());
    let mut frame = overview::frame(standing, now, (columns, lines.saturating_sub(below)));
    let next = next.iter();
    frame.extend(next.map(|command| Text::from("next: ").with(Tone::Hint, command.as_str())));
    frame.extend(stale.map(|stale| overview::stale(stale, now)));
    frame
}

fn set_lines(
    cx: &Context,
    standing: Standing,
    stale: Option<&Stale>,
    told: &mut Told,
    now: Timestamp,
) -> Result<(), Failure> {
    let lines = overview::changes(told.standing.as_ref(), &standing);
    told.standing = Some(standing);
    say(cx, lines, stale, told, now)
}

fn fleet_lines(
    cx: &Context,
    rows: Vec<Row>,
    namespaces: Namespaces,
    stale: Option<&Stale>,
    told: &mut Told,
    now: Timestamp,
) -> Result<(), Failure> {
    let lines = match &told.rows {
        Some(before) => fleet::changes(before, &rows, namespaces),
        None => fleet::beginning(&rows, namespaces),
    };
    told.rows = Some(rows);
    say(cx, lines, stale, told, now)
}

/// Says what changed, and when the connection was lost or is back.
fn say(
    cx: &Context,
    lines: Vec<Text>,
    stale: Option<&Stale>,
    told: &mut Told,
    now: Timestamp,
) -> Result<(), Failure> {
    let before = std::mem::replace(&mut told.stale, stale.is_some());
    let connection = match (before, stale) {
        (false, Some(stale)) => Some(overview::stale(stale, now)),
        (true, None) => Some(Text::new().with(Tone::Good, "connected again")),
        _ => None,
    };
    for line in connection.into_iter().chain(lines) {
        cx.terminal.print(stamped(now, line))?;
    }
    Ok(())
}

fn set_document(
    cx: &Context,
    standing: &Standing,
    stale: Option<&Stale>,
    output: Output,
    told: &mut Told,
    now: Timestamp,
) -> Result<(), Failure> {
    let status = Status::of(standing, commands(cx, standing), stale);
    if told.status.as_ref() != Some(&status) {
        told.status = Some(status.clone());
        cx.terminal.print(output.encode_one_of_many(&status.document(now, cx.cluster()))?)?;
    }
    Ok(())
}

fn fleet_document(
    cx: &Context,
    list: StatusList,
    output: Output,
    told: &mut Told,
    now: Timestamp,
) -> Result<(), Failure> {
    if told.list.as_ref() != Some(&list) {
        told.list = Some(list.clone());
        cx.terminal.print(output.encode_one_of_many(&list.document(now, cx.cluster()))?)?;
    }
    Ok(())
}
