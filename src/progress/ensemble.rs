//! Machines that are driven together: one for each of several sets.

use jiff::Timestamp;

use crate::exit::Exit;
use crate::model::snapshot::Snapshot;
use crate::plan::step::Step;
use crate::progress::event::Event;
use crate::progress::machine::{End, Machine, Move, Then};

/// One machine or several that a driver asks together, each with a set of its own.
pub trait Ensemble {
    /// Looks at the sets and says what to do, and for which of them. Waiting, asking and stopping
    /// are for all.
    fn next(&mut self, snapshots: &[Snapshot], now: Timestamp) -> (usize, Move);

    /// The machine of this set, to be told what became of its moves.
    fn machine(&mut self, at: usize) -> &mut dyn Machine;

    /// Approval was given or declined.
    fn answered(&mut self, approved: bool);

    /// The process was told to stop.
    fn interrupted(&mut self, snapshots: &[Snapshot], exit: Exit, now: Timestamp) -> (usize, End);

    /// This set was deleted; the end that makes.
    fn gone(&mut self, at: usize, snapshots: &[Snapshot]) -> End;

    /// The parting writes of the others when one has ended.
    fn partings(&mut self) -> Vec<(usize, Step)>;

    /// Takes the events since the last call.
    fn events(&mut self) -> Vec<Event>;
}

/// A machine by itself.
pub struct Solo<'a>(pub &'a mut dyn Machine);

impl Ensemble for Solo<'_> {
    fn next(&mut self, snapshots: &[Snapshot], now: Timestamp) -> (usize, Move) {
        (0, self.0.next(&snapshots[0], now))
    }

    fn machine(&mut self, _at: usize) -> &mut dyn Machine {
        self.0
    }

    fn answered(&mut self, approved: bool) {
        self.0.answered(approved);
    }

    fn interrupted(&mut self, snapshots: &[Snapshot], exit: Exit, now: Timestamp) -> (usize, End) {
        (0, self.0.interrupted(&snapshots[0], exit, now))
    }

    fn gone(&mut self, at: usize, snapshots: &[Snapshot]) -> End {
        deleted(&snapshots[at])
    }

    fn partings(&mut self) -> Vec<(usize, Step)> {
        Vec::new()
    }

    fn events(&mut self) -> Vec<Event> {
        self.0.events()
    }
}

/// The end that the deletion of a set makes.
pub(super) fn deleted(snapshot: &Snapshot) -> End {
    End {
        exit: Exit::Conflict,
        summary: format!("{} was deleted", snapshot.set.display()),
        then: Then::Look,
        parting: None,
    }
}
