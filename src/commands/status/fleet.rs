//! Many sets at once.

use jiff::Timestamp;

use crate::cluster::clock;
use crate::cluster::fleet::Scope;
use crate::commands::context::Context;
use crate::commands::status::report::{Manner, commands};
use crate::exit::{Exit, Failure};
use crate::model::fleet::Fleet;
use crate::model::snapshot::Known;
use crate::plan::fleet::{Order, Tally, order};
use crate::plan::standing::{Row, Standing};
use crate::render::fleet::{Columns, Detail, Namespaces, sum, table};
use crate::render::overview::Stale;
use crate::render::status_document::{Status, StatusList};

/// The columns for what was asked for.
pub(super) fn columns(scope: Scope<'_>, detail: Detail) -> Columns {
    let namespaces = match scope.namespace {
        Some(_) => Namespaces::One,
        None => Namespaces::Several,
    };
    Columns { namespaces, detail }
}

/// One set of a fleet as it stands.
fn standings(fleet: &Fleet, now: Timestamp) -> impl Iterator<Item = Standing> {
    fleet.sets.iter().map(move |set| Standing::of(fleet.snapshot(set), Some(&fleet.claims), now))
}

/// A line for each set. Only the line is kept of each.
pub(super) fn rows(fleet: &Fleet, by: Order, now: Timestamp) -> Vec<Row> {
    let mut rows: Vec<Row> = standings(fleet, now).map(|standing| standing.row()).collect();
    order(&mut rows, by);
    rows
}

/// All that is known of every set.
pub(super) fn list(
    cx: &Context,
    fleet: &Fleet,
    by: Order,
    stale: Option<&Stale>,
    now: Timestamp,
) -> StatusList {
    let rows = rows(fleet, by, now);
    let mut items: Vec<Option<Status>> = standings(fleet, now)
        .map(|standing| Some(Status::of(&standing, commands(cx, &standing), None)))
        .collect();
    let place = |row: &Row| {
        fleet
            .sets
            .binary_search_by(|set| (&set.namespace, &set.name).cmp(&(&row.namespace, &row.name)))
    };
    let items = rows.iter().filter_map(|row| items.get_mut(place(row).ok()?)?.take()).collect();
    let unknown = match &fleet.claims {
        Known::Read(_) => None,
        Known::Unknown(reason) => Some(reason.as_str()),
    };
    StatusList::of(items, Tally::of(&rows), unknown, stale)
}

/// Shows them.
pub(super) fn show(
    cx: &mut Context,
    fleet: &Fleet,
    manner: Manner,
    columns: Columns,
    by: Order,
) -> Result<Exit, Failure> {
    let now = clock::now();
    cx.tell_notices();
    let rows = rows(fleet, by, now);
    if let Some(output) = manner.output {
        let document = list(cx, fleet, by, None, now).document(now, cx.cluster());
        cx.terminal.print(output.encode(&document)?)?;
    } else if rows.is_empty() {
        let place = match columns.namespaces {
            Namespaces::Several => String::new(),
            Namespaces::One => format!(" in {} namespace", cx.session.namespace()),
        };
        cx.terminal.note(format!("no StatefulSets found{place}"));
    } else {
        for line in table(&rows, columns, manner.headers) {
            // The end of a reason is cut rather than wrapped: a row is a line.
            cx.terminal.print(match cx.terminal.columns() {
                Some(columns) => line.fit(columns),
                None => line,
            })?;
        }
        cx.terminal.note(sum(&rows, columns.namespaces));
    }
    Ok(Tally::of(&rows).exit())
}
