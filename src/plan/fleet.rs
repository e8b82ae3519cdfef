//! Many sets: which of them need somebody, and how many of each kind there are.

use crate::exit::Exit;
use crate::plan::assess::Phase;
use crate::plan::standing::Row;

/// The phases, those that need somebody first.
pub const WORST_FIRST: [Phase; 5] =
    [Phase::Blocked, Phase::Degraded, Phase::Progressing, Phase::Held, Phase::Complete];

/// How rows are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Those that need somebody first, then by namespace and name.
    Phase,
    /// By namespace and name.
    Name,
}

/// Puts rows in order.
pub fn order(rows: &mut [Row], order: Order) {
    rows.sort_by(|a, b| {
        let urgency = |row: &Row| match order {
            Order::Phase => WORST_FIRST.iter().position(|phase| *phase == row.phase),
            Order::Name => None,
        };
        let key = |row: &'_ Row| (urgency(row), row.namespace.clone(), row.name.clone());
        key(a).cmp(&key(b))
    });
}

/// How many sets are in which phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally([usize; WORST_FIRST.len()]);

impl Tally {
    /// Counts.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut tally = Self::default();
        for row in rows {
            if let Some(place) = WORST_FIRST.iter().position(|phase| *phase == row.phase) {
                tally.0[place] += 1;
            }
        }
        tally
    }

    /// The phases and how many sets are in each, worst first.
    pub fn counts(&self) -> impl Iterator<Item = (Phase, usize)> {
        WORST_FIRST.into_iter().zip(self.0)
    }

    /// All of them.
    pub fn all(&self) -> usize {
        self.0.iter().sum()
    }

    /// The exit code: that of the set that needs somebody most; success when there is no set.
    pub fn exit(&self) -> Exit {
        let worst = self.counts().find(|(_, count)| *count > 0);
        worst.map_or(Exit::Success, |(phase, _)| phase.exit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pod::TroubleKind;
    use crate::plan::standing::Standing;
    use crate::testing::{NEW, a_pod, a_set, a_snapshot, at};

    fn rows() -> Vec<Row> {
        let held = a_set("held").updating().at_partition(3);
        let moving = a_set("moving").updating();
        let broken = a_set("broken").updating();
        let crash = a_pod(&broken, 2).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff");
        let snapshots = [
            a_snapshot(&a_set("done")),
            a_snapshot(&held),
            a_snapshot(&broken).with(crash),
            a_snapshot(&a_set("also-done")),
            a_snapshot(&moving),
        ];
        snapshots.map(|snapshot| Standing::of(snapshot, None, at(3600)).row()).to_vec()
    }

    fn names(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.name.as_str()).collect()
    }

    #[test]
    fn those_that_need_somebody_come_first() {
        let mut rows = rows();
        order(&mut rows, Order::Phase);
        assert_eq!(names(&rows), ["broken", "moving", "held", "also-done", "done"]);
        order(&mut rows, Order::Name);
        assert_eq!(names(&rows), ["also-done", "broken", "done", "held", "moving"]);
    }

    #[test]
    fn the_worst_set_decides_how_it_ends() {
        let mut rows = rows();
        order(&mut rows, Order::Phase);
        let mut exits = Vec::new();
        while !rows.is_empty() {
            exits.push(Tally::of(&rows).exit().code());
            rows.remove(0);
        }
        assert_eq!(exits, [3, 10, 6, 0, 0]);
        assert_eq!(Tally::default().exit(), Exit::Success, "no set is no problem");
    }
}
