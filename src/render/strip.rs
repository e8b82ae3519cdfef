//! The pods of a set as a strip: one letter per ordinal.

use crate::model::ordinal::Ordinal;
use crate::plan::assess::{Assessment, PodStanding};
use crate::render::text::{Text, Tone};

/// Cells between two blanks.
const GROUP: usize = 10;

/// Whole rows of one letter that stand one after the other are folded if there are so many.
const FOLDED: usize = 3;

/// How a pod looks in the strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    Updated,
    UpdatedUnavailable,
    Old,
    OldUnavailable,
    Going,
    Missing,
}

impl Cell {
    const ALL: [Self; 6] = [
        Self::Updated,
        Self::UpdatedUnavailable,
        Self::Old,
        Self::OldUnavailable,
        Self::Going,
        Self::Missing,
    ];

    fn of(pod: &PodStanding, update: &str) -> Self {
        match &pod.revision {
            _ if pod.going => Self::Going,
            None if pod.created_at.is_none() => Self::Missing,
            Some(revision) if revision == update && pod.available => Self::Updated,
            Some(revision) if revision == update => Self::UpdatedUnavailable,
            _ if pod.available => Self::Old,
            _ => Self::OldUnavailable,
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Updated => 'U',
            Self::UpdatedUnavailable => 'u',
            Self::Old => 'O',
            Self::OldUnavailable => 'o',
            Self::Going => 'x',
            Self::Missing => '-',
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Updated => Tone::Good,
            Self::Old => Tone::Plain,
            Self::UpdatedUnavailable | Self::OldUnavailable | Self::Going => Tone::Busy,
            Self::Missing => Tone::Warn,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::UpdatedUnavailable => "updated, not available",
            Self::Old => "old",
            Self::OldUnavailable => "old, not available",
            Self::Going => "going",
            Self::Missing => "missing",
        }
    }
}

/// The strip for so many columns, lowest ordinal first: rows with the ordinal they begin with.
pub fn strip(found: &Assessment, update: &str, columns: usize) -> Vec<Text> {
    let cells: Vec<(Ordinal, Cell, Tone)> = found
        .pods
        .iter()
        .map(|pod| {
            let cell = Cell::of(pod, update);
            let blocks = found.blocker.as_ref().is_some_and(|blocker| blocker.pod == pod.pod);
            (pod.ordinal, cell, if blocks { Tone::Bad } else { cell.tone() })
        })
        .collect();
    let Some((last, ..)) = cells.last() else { return Vec::new() };
    let label = last.to_string().len();
    let rows: Vec<&[(Ordinal, Cell, Tone)]> = cells.chunks(per_row(columns, label)).collect();
    let same = |row: &[(Ordinal, Cell, Tone)]| {
        let (_, first, tone) = row[0];
        row.iter().all(|(_, cell, other)| (*cell, *other) == (first, tone)).then_some(first)
    };
    let mut strip = Vec::new();
    let mut rest = rows.as_slice();
    while let Some((row, tail)) = rest.split_first() {
        let run = match same(row) {
            Some(cell) => rest.iter().take_while(|row| same(row) == Some(cell)).count(),
            None => 0,
        };
        if run >= FOLDED {
            strip.push(folded(&rest[..run], label));
            rest = &rest[run..];
        } else {
            strip.push(whole(row, label));
            rest = tail;
        }
    }
    strip
}

/// What the letters mean, with how many there are of each.
pub fn legend(found: &Assessment, update: &str) -> Text {
    let mut text = Text::new();
    for cell in Cell::ALL {
        let count = found.pods.iter().filter(|pod| Cell::of(pod, update) == cell).count();
        if count > 0 {
            let gap = if text.width() > 0 { " · " } else { "" };
            text.push(Tone::Plain, format!("{gap}{count} "));
            text.push(cell.tone(), cell.letter().to_string());
            text.push(Tone::Plain, format!(" {}", cell.words()));
        }
    }
    text
}

/// Cells in a row: a round number where there is room.
fn per_row(columns: usize, label: usize) -> usize {
    let groups = columns.saturating_sub(label + 2) / (GROUP + 1);
    let groups = match groups {
        10.. => 10,
        5..10 => 5,
        fewer => fewer.max(1),
    };
    groups * GROUP
}

fn whole(row: &[(Ordinal, Cell, Tone)], label: usize) -> Text {
    let mut text = Text::new().with(Tone::Faint, format!("{:>label$} ", row[0].0.to_string()));
    for (place, (_, cell, tone)) in row.iter().enumerate() {
        if place % GROUP == 0 {
            text.push(Tone::Plain, " ");
        }
        text.push(*tone, cell.letter().to_string());
    }
    text
}

fn folded(rows: &[&[(Ordinal, Cell, Tone)]], label: usize) -> Text {
    let cells = || rows.iter().copied().flatten();
    let (first, cell, tone) = rows[0][0];
    let last = cells().last().map_or(first, |(ordinal, ..)| *ordinal);
    Text::new()
        .with(Tone::Faint, format!("{:>label$}  ", first.to_string()))
        .with(tone, cell.letter().to_string())
        .with(Tone::Faint, format!("… all {} up to {last}", cells().count()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pod::TroubleKind;
    use crate::model::snapshot::Snapshot;
    use crate::plan::assess::assess;
    use crate::testing::{NEW, a_pod, a_set, a_snapshot, at};

    fn drawn(snapshot: &Snapshot, columns: usize) -> String {
        let found = assess(snapshot, at(3600));
        let update = &snapshot.set.status.update_revision;
        let mut rows = strip(&found, update, columns);
        assert!(rows.iter().all(|row| row.width() <= columns), "{rows:?}");
        rows.push(legend(&found, update));
        rows.iter().map(Text::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_state_has_its_letter() {
        let set = a_set("db").replicas(7).updating().starting_at(5);
        let snapshot = a_snapshot(&set)
            .with(a_pod(&set, 11).on(NEW))
            .with(a_pod(&set, 10).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff"))
            .with(a_pod(&set, 9).unready())
            .with(a_pod(&set, 8).deleting())
            .without(7);
        insta::assert_snapshot!(drawn(&snapshot, 80), @"
         5  OO-xouU
        1 U updated · 1 u updated, not available · 2 O old · 1 o old, not available · 1 x going · 1 - missing
        ");
    }

    #[test]
    fn many_pods_are_wrapped_and_what_is_all_the_same_is_folded() {
        let set = a_set("db").replicas(300).updating();
        let mut snapshot = a_snapshot(&set).with(a_pod(&set, 7).unready());
        for ordinal in 290..300 {
            snapshot = snapshot.with(a_pod(&set, ordinal).on(NEW));
        }
        insta::assert_snapshot!(drawn(&snapshot, 80), @"
          0  OOOOOOOoOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO
         50  O… all 200 up to 249
        250  OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO UUUUUUUUUU
        10 U updated · 289 O old · 1 o old, not available
        ");
        insta::assert_snapshot!(drawn(&snapshot, 200), @"
          0  OOOOOOOoOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO
        100  OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO
        200  OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO OOOOOOOOOO UUUUUUUUUU
        10 U updated · 289 O old · 1 o old, not available
        ");
        insta::assert_snapshot!(drawn(&a_snapshot(&a_set("db").replicas(30)), 24), @"
         0  U… all 30 up to 29
        30 U updated
        ");
    }

    #[test]
    fn a_set_of_none_has_no_strip() {
        assert_eq!(drawn(&a_snapshot(&a_set("db").replicas(0)), 80), "");
    }
}
