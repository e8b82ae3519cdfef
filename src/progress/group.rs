//! Several sets as one: the machine of each member decides about its own pods, and a coordinator
//! says whose turn it is.
//!
//! A member never releases, deletes or finishes anything out of turn. Everything else it does by
//! itself all the while: it renews its lock, notices what others do to its set, and watches the
//! pods that have passed. When one member stops, all stop.

mod back;
mod forward;

use jiff::Timestamp;

use crate::model::run::{RecordedRun, RunPhase};
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::step::Step;
use crate::progress::event::{Event, PodRow, Waiting};
use crate::progress::machine::{End, Machine, Move, Then};

pub use back::GroupAbort;
pub use forward::{GroupBegin, GroupStage};

/// A machine that can be a member of a group.
pub(crate) trait Part: Machine {
    /// What it waits for.
    fn waiting(&self) -> Option<&Waiting>;
    /// The token this process holds the set's lock by.
    fn token(&self) -> &str;
    /// Whether the set is as this process left it.
    fn is_ours(&self, set: &Set) -> bool;
    /// Its last write when the group ends because of another member.
    fn parting(&mut self, set: &Set, phase: RunPhase) -> Option<Step>;
}

/// A member.
#[derive(Debug)]
struct Member<M> {
    machine: M,
    /// It has come to its good end, and has no record any more.
    through: bool,
}

/// The members, and what they had to say.
#[derive(Debug)]
struct Cast<M> {
    members: Vec<Member<M>>,
    events: Vec<Event>,
    waiting: Option<Waiting>,
    partings: Vec<(usize, Step)>,
}

/// What asking all members came to.
#[expect(clippy::large_enum_variant, reason = "lives for one call")]
enum Asked {
    /// One wants something.
    Move(usize, Move),
    /// All wait, until then at the latest.
    Rest(Option<Timestamp>),
}

impl<M: Part> Cast<M> {
    /// The members in their order, and the rows of all their pods.
    fn new(machines: Vec<M>) -> (Self, Vec<PodRow>) {
        let mut rows = Vec::new();
        let members = machines.into_iter().map(|mut machine| {
            for event in machine.events() {
                if let Event::Started(started) = event {
                    rows.extend(started.pods);
                }
            }
            Member { machine, through: false }
        });
        let members = members.collect();
        (Self { members, events: Vec::new(), waiting: None, partings: Vec::new() }, rows)
    }

    /// Asks each member that is not through. The one that may move pods is asked last: what the
    /// others notice comes first.
    fn ask(&mut self, active: Option<usize>, snapshots: &[Snapshot], now: Timestamp) -> Asked {
        let mut soonest: Option<Timestamp> = None;
        let others = (0..self.members.len()).filter(|at| active != Some(*at));
        for at in others.chain(active) {
            if self.members[at].through {
                continue;
            }
            let next = self.members[at].machine.next(&snapshots[at], now);
            self.hear(at);
            match next {
                Move::Wait { wake } => soonest = soonest.into_iter().chain(wake).min(),
                Move::End(End { then: Then::Nothing, .. }) => self.members[at].through = true,
                other => return Asked::Move(at, other),
            }
        }
        Asked::Rest(soonest)
    }

    /// Takes in what a member tells of its pods. What it says of steps is the group's to say, and
    /// what it waits for matters only where the group waits for it.
    fn hear(&mut self, at: usize) {
        let told = self.members[at].machine.events().into_iter().filter(|event| {
            matches!(
                event,
                Event::Pinned { .. }
                    | Event::Released { .. }
                    | Event::Pod(_)
                    | Event::PodPassed { .. }
                    | Event::PodDeleted { .. }
            )
        });
        self.events.extend(told);
    }

    /// Tells what the first of these members waits for, if that has changed.
    fn tell_waiting(&mut self, speakers: impl Iterator<Item = usize>) {
        let mut speakers = speakers.filter(|at| !self.members[*at].through);
        let Some(waiting) = speakers.find_map(|at| self.members[at].machine.waiting()) else {
            return;
        };
        if self.waiting.as_ref() != Some(waiting) {
            self.waiting = Some(waiting.clone());
            self.events.push(Event::Waiting(waiting.clone()));
        }
    }

    fn all_through(&self) -> bool {
        self.members.iter().all(|member| member.through)
    }

    /// Whose end an end of the whole group is said to be.
    fn speaker(&self) -> usize {
        self.members.iter().position(|member| !member.through).unwrap_or(0)
    }

    /// Ends the group with the end of one member: the others are marked, and their locks given up.
    ///
    /// Whoever has taken one lock is about to take the others. Nothing is written into that.
    fn stop(&mut self, at: usize, mut end: End, snapshots: &[Snapshot], phase: RunPhase) -> End {
        let taken = self.members.iter().zip(snapshots).any(|(member, snapshot)| {
            !member.through
                && matches!(&snapshot.set.run, Some(RecordedRun::Read(run))
                    if run.holder.as_ref().is_some_and(|h| h.token != member.machine.token()))
        });
        if taken {
            end.parting = None;
            return end;
        }
        for (other, member) in self.members.iter_mut().enumerate() {
            let set = &snapshots[other].set;
            if other == at || member.through || !member.machine.is_ours(set) {
                continue;
            }
            let step = member.machine.parting(set, phase);
            self.partings.extend(step.map(|step| (other, step)));
        }
        end
    }
}

#[cfg(test)]
mod tests;
