//! Many sets: a table, its sum, and the frame of a live view.

use std::collections::BTreeMap;

use crate::plan::assess::Phase;
use crate::plan::claims::ClaimState;
use crate::plan::fleet::Tally;
use crate::plan::standing::{ClaimSummary, Row};
use crate::render::ordinals::some;
use crate::render::status::tone;
use crate::render::table::{Headers, toned};
use crate::render::text::{Text, Tone};

/// Sets that are named in the sum before the rest is counted.
const NAMES: usize = 3;

/// Which columns the table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Whether rows are of several namespaces.
    pub namespaces: Namespaces,
    /// How much there is of each set.
    pub detail: Detail,
}

/// Whether rows are of several namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespaces {
    /// All are of one.
    One,
    /// They have to be told apart.
    Several,
}

/// How much there is of each set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What tells whether it needs somebody.
    Usual,
    /// Strategy, partition and revisions as well.
    Wide,
}

/// The table, a line for each set.
pub fn table(rows: &[Row], columns: Columns, headers: Headers) -> Vec<Text> {
    let mut names = match columns.namespaces {
        Namespaces::One => vec![],
        Namespaces::Several => vec!["namespace"],
    };
    names.extend(["name", "phase", "ready", "updated", "claims"]);
    if columns.detail == Detail::Wide {
        names.extend(["strategy", "partition", "current", "update"]);
    }
    names.push("why");
    let cells: Vec<Vec<(Tone, String)>> = rows.iter().map(|row| cells(row, columns)).collect();
    toned(&names, headers, &cells)
}

fn cells(row: &Row, columns: Columns) -> Vec<(Tone, String)> {
    let short = |have: u32| if have < row.wanted { Tone::Busy } else { Tone::Plain };
    let mut cells = Vec::new();
    if columns.namespaces == Namespaces::Several {
        cells.push((Tone::Plain, row.namespace.clone()));
    }
    cells.push((Tone::Plain, row.name.clone()));
    cells.push((tone(row.phase), row.phase.name().to_owned()));
    cells.push((short(row.ready), format!("{}/{}", row.ready, row.wanted)));
    cells.push((short(row.updated), format!("{}/{}", row.updated, row.wanted)));
    cells.push(claims(&row.claims));
    if columns.detail == Detail::Wide {
        let [current, update] = &row.revisions;
        let partition = row.partition.to_string();
        let more = [row.strategy.clone(), partition, current.clone(), update.clone()];
        cells.extend(more.map(|cell| (Tone::Plain, cell)));
    }
    cells.push((Tone::Plain, row.why.clone()));
    cells
}

/// `3/3`, `1/3 2 pending`, and ` +2 left` for those that no ordinal wants.
fn claims(claims: &ClaimSummary) -> (Tone, String) {
    let (wanted, unbound, left_behind) = match claims {
        ClaimSummary::None => return (Tone::Faint, "-".to_owned()),
        ClaimSummary::Unknown => return (Tone::Warn, "unknown".to_owned()),
        ClaimSummary::Known { wanted, unbound, left_behind } => (wanted, unbound, left_behind),
    };
    let missing: usize = unbound.iter().map(|(_, count)| count).sum();
    let mut words = vec![format!("{}/{wanted}", wanted - missing)];
    words.extend(unbound.iter().map(|(state, count)| format!("{count} {}", state.name())));
    if *left_behind > 0 {
        words.push(format!("+{left_behind} left"));
    }
    let bad = [ClaimState::Lost, ClaimState::Terminating];
    let tone = match unbound.as_slice() {
        [] => Tone::Plain,
        some if some.iter().any(|(state, _)| bad.contains(state)) => Tone::Bad,
        _ => Tone::Warn,
    };
    (tone, words.join(" "))
}

/// `7 sets: 1 blocked (prod/db), 6 complete`.
pub fn sum(rows: &[Row], namespaces: Namespaces) -> Text {
    let tally = Tally::of(rows);
    let plural = if tally.all() == 1 { "" } else { "s" };
    let mut text = Text::from(format!("{} set{plural}", tally.all()));
    let mut gap = ": ";
    for (phase, count) in tally.counts().filter(|(_, count)| *count > 0) {
        text.push(Tone::Plain, gap);
        text.push(tone(phase), format!("{count} {}", phase.name()));
        if phase.needs_somebody() {
            let names: Vec<String> = rows
                .iter()
                .filter(|row| row.phase == phase)
                .map(|row| name(row, namespaces))
                .collect();
            let names = some(names.iter().map(String::as_str), NAMES);
            text.push(Tone::Plain, format!(" ({names})"));
        }
        gap = ", ";
    }
    text
}

fn name(row: &Row, namespaces: Namespaces) -> String {
    match namespaces {
        Namespaces::One => row.name.clone(),
        Namespaces::Several => format!("{}/{}", row.namespace, row.name),
    }
}

/// The frame for so many lines: the sum, as much of the table as fits, and how much more there is.
pub fn frame(rows: &[Row], columns: Columns, lines: usize) -> Vec<Text> {
    let mut frame = vec![sum(rows, columns.namespaces)];
    let most = lines.saturating_sub(3).max(1);
    let mut table = table(rows, columns, Headers::Shown);
    let more = rows.len().saturating_sub(most);
    if more > 0 {
        // The line that says so takes the place of one row.
        let more = more + 1;
        table.truncate(most);
        let rest = Tally::of(&rows[most - 1..]);
        let rest: Vec<String> = rest
            .counts()
            .filter(|(_, count)| *count > 0)
            .map(|(phase, count)| format!("{count} {}", phase.name()))
            .collect();
        table.push(Text::new().with(Tone::Faint, format!("+{more} more: {}", rest.join(", "))));
    }
    if rows.is_empty() {
        table.clear();
    }
    frame.extend(table);
    frame
}

/// How they stand at first: the sum, and a line for each set that is not complete.
pub fn beginning(rows: &[Row], namespaces: Namespaces) -> Vec<Text> {
    let others = rows.iter().filter(|row| row.phase != Phase::Complete);
    let others = others.map(|row| change(row, namespaces));
    std::iter::once(sum(rows, namespaces)).chain(others).collect()
}

/// A line for each set that is not as it was before.
pub fn changes(before: &[Row], after: &[Row], namespaces: Namespaces) -> Vec<Text> {
    let key = |row: &Row| (row.namespace.clone(), row.name.clone());
    let known: BTreeMap<_, &Row> = before.iter().map(|row| (key(row), row)).collect();
    let there: BTreeMap<_, &Row> = after.iter().map(|row| (key(row), row)).collect();
    let changed = after.iter().filter(|row| known.get(&key(row)) != Some(row));
    let gone = before.iter().filter(|row| !there.contains_key(&key(row)));
    let lines = changed.map(|row| change(row, namespaces));
    let gone = gone.map(|row| {
        Text::new().with(Tone::Strong, name(row, namespaces)).with(Tone::Warn, " deleted")
    });
    lines.chain(gone).collect()
}

/// How a set stands, in a line.
fn change(row: &Row, namespaces: Namespaces) -> Text {
    let (claims_tone, claims) = claims(&row.claims);
    let mut line = Text::new()
        .with(Tone::Strong, name(row, namespaces))
        .with(Tone::Plain, " ")
        .with(tone(row.phase), row.phase.name())
        .with(Tone::Plain, format!(": {}", row.summary))
        .with(
            Tone::Faint,
            format!(" ({}/{} ready, {}/{} updated", row.ready, row.wanted, row.updated, row.wanted),
        );
    if row.claims != ClaimSummary::None {
        line.push(Tone::Faint, ", claims ");
        line.push(claims_tone, claims);
    }
    line.with(Tone::Faint, ")")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pod::TroubleKind;
    use crate::model::snapshot::Known;
    use crate::plan::fleet::{Order, order};
    use crate::plan::standing::Standing;
    use crate::testing::{NEW, a_pod, a_set, a_snapshot, at};

    const ALL: Columns = Columns { namespaces: Namespaces::Several, detail: Detail::Usual };

    fn rows() -> Vec<Row> {
        let broken = a_set("kafka").updating().claiming("data");
        let crash = a_pod(&broken, 2).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff");
        let snapshots = [
            a_snapshot(&a_set("zk")),
            a_snapshot(&a_set("held").updating().at_partition(3)),
            a_snapshot(&broken).with(crash),
        ];
        let unknown = Known::Unknown("forbidden".to_owned());
        let mut rows: Vec<Row> = snapshots
            .map(|snapshot| Standing::of(snapshot, Some(&unknown), at(3600)).row())
            .to_vec();
        rows[0].claims = ClaimSummary::Known {
            wanted: 3,
            unbound: vec![(ClaimState::Pending, 1), (ClaimState::Lost, 1)],
            left_behind: 2,
        };
        order(&mut rows, Order::Phase);
        rows
    }

    fn text(lines: &[Text]) -> String {
        lines.iter().map(Text::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn those_that_need_somebody_stand_at_the_top_and_in_the_sum() {
        insta::assert_snapshot!(text(&table(&rows(), ALL, Headers::Shown)), @"
        NAMESPACE   NAME    PHASE      READY   UPDATED   CLAIMS                         WHY
        prod        kafka   blocked    2/3     1/3       unknown                        kafka-2 CrashLoopBackOff
        prod        held    held       3/3     0/3       -                              0 of 3 pods updated, the partition keeps held-0 to held-2
        prod        zk      complete   3/3     3/3       1/3 1 pending 1 lost +2 left
        ");
        assert_eq!(
            sum(&rows(), Namespaces::Several).to_string(),
            "3 sets: 1 blocked (prod/kafka), 1 held, 1 complete"
        );
        let wide = Columns { namespaces: Namespaces::One, detail: Detail::Wide };
        insta::assert_snapshot!(text(&table(&rows(), wide, Headers::Hidden)), @"
        kafka   blocked    2/3   1/3   unknown                        RollingUpdate   0     db-old   db-new   kafka-2 CrashLoopBackOff
        held    held       3/3   0/3   -                              RollingUpdate   3     db-old   db-new   0 of 3 pods updated, the partition keeps held-0 to held-2
        zk      complete   3/3   3/3   1/3 1 pending 1 lost +2 left   RollingUpdate   0     db-old   db-old
        ");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        insta::assert_snapshot!(text(&frame(&rows(), ALL, 5)), @"
        3 sets: 1 blocked (prod/kafka), 1 held, 1 complete
        NAMESPACE   NAME    PHASE      READY   UPDATED   CLAIMS                         WHY
        prod        kafka   blocked    2/3     1/3       unknown                        kafka-2 CrashLoopBackOff
        +2 more: 1 held, 1 complete
        ");
        assert_eq!(text(&frame(&rows(), ALL, 6)).lines().count(), 5, "all of it fits");
        assert_eq!(text(&frame(&[], ALL, 6)), "0 sets");
    }

    #[test]
    fn a_line_for_each_change() {
        let first = text(&beginning(&rows(), Namespaces::Several));
        assert_eq!(first.lines().count(), 3, "the sum, and the two that are not complete: {first}");
        let before = rows();
        let mut after = rows();
        assert_eq!(changes(&before, &after, Namespaces::Several), []);
        after[0].ready = 3;
        after.remove(1);
        insta::assert_snapshot!(text(&changes(&before, &after, Namespaces::Several)), @"
        prod/kafka blocked: pod kafka-2 is not ready (CrashLoopBackOff): the rollout cannot go on (3/3 ready, 1/3 updated, claims unknown)
        prod/held deleted
        ");
    }
}
