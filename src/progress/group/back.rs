//! A group on its way back: every set is held on its old template first, then one pod after the
//! other goes back, the last that was rolled out first.

use jiff::Timestamp;

use crate::exit::Exit;
use crate::model::run::RunPhase;
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::step::Step;
use crate::progress::abort::{Abort, Turn, Urgency};
use crate::progress::ensemble::{Ensemble, deleted};
use crate::progress::event::{Event, Started, Waiting};
use crate::progress::group::{Asked, Cast, Part};
use crate::progress::machine::{End, Machine, Move, Then};

/// The abort of a group.
#[derive(Debug)]
pub struct GroupAbort {
    cast: Cast<Abort>,
    success: Exit,
    pods: usize,
    began: Timestamp,
}

impl GroupAbort {
    /// Begins to take a group back, or goes on with it. The machines are in the order in which
    /// their sets were rolled out; `selector` names the group.
    pub fn new(
        machines: Vec<Abort>,
        selector: &str,
        success: Exit,
        snapshots: &[Snapshot],
        now: Timestamp,
    ) -> Self {
        let namespace = snapshots.first().map_or("", |snapshot| snapshot.set.namespace.as_str());
        let (mut cast, rows) = Cast::new(machines);
        let pods = rows.len();
        cast.events.push(Event::Started(Started {
            set: format!("{namespace}/{selector}"),
            change: format!("abort of {} sets", snapshots.len()),
            pods: rows,
            steps: vec![u32::try_from(pods).unwrap_or(u32::MAX)],
            approved: 0,
        }));
        Self { cast, success, pods, began: now }
    }

    /// What each member may do now: the most urgent has the turn, and of several the one that was
    /// rolled out last. Nobody has it before every set is held on its old template.
    fn turns(&self, snapshots: &[Snapshot], now: Timestamp) -> Vec<Turn> {
        let members = || self.cast.members.iter().zip(snapshots).enumerate();
        let reverted = members().all(|(_, (m, _))| m.through || m.machine.reverted());
        let mut first: Option<(Urgency, usize)> = None;
        for (at, (member, snapshot)) in members().filter(|(_, (member, _))| !member.through) {
            let urgency = member.machine.urgency(snapshot, now);
            if first.is_none_or(|(before, _)| urgency <= before) {
                first = Some((urgency, at));
            }
        }
        let active = first.filter(|_| reverted).map(|(_, at)| at);
        let later = match first {
            _ if !reverted => "waiting until every set has its old template back".to_owned(),
            Some((_, at)) => format!("waiting for {}", snapshots[at].set.display()),
            None => String::new(),
        };
        let turn = |at| if active == Some(at) { Turn::Now } else { Turn::Later(later.clone()) };
        (0..self.cast.members.len()).map(turn).collect()
    }

    fn left(&self, snapshots: &[Snapshot]) -> String {
        let members = self.cast.members.iter().zip(snapshots).filter(|(m, _)| !m.through);
        let (mut pods, mut sets) = (0, Vec::new());
        for (member, snapshot) in members {
            pods += member.machine.pods_left(snapshot);
            sets.push(snapshot.set.name.as_str());
        }
        match sets.as_slice() {
            [] => "every set is back".to_owned(),
            sets => format!("{pods} pods have to go back; not finished: {}", sets.join(", ")),
        }
    }
}

impl Ensemble for GroupAbort {
    fn next(&mut self, snapshots: &[Snapshot], now: Timestamp) -> (usize, Move) {
        loop {
            let turns = self.turns(snapshots, now);
            for (member, turn) in self.cast.members.iter_mut().zip(&turns) {
                member.machine.take_turn(turn.clone());
            }
            let before = self.cast.members.iter().filter(|member| member.through).count();
            let active = turns.iter().position(|turn| *turn == Turn::Now);
            match self.cast.ask(active, snapshots, now) {
                Asked::Move(at, Move::End(end)) => {
                    let left = self.left(snapshots);
                    let summary = format!("{}: {}; {left}", snapshots[at].set.name, end.summary);
                    let end = End { summary, ..end };
                    return (at, Move::End(self.cast.stop(at, end, snapshots, RunPhase::Failed)));
                }
                Asked::Move(at, next) => return (at, next),
                Asked::Rest(_) if self.cast.all_through() => {
                    let seconds = now.duration_since(self.began).as_secs().max(0);
                    let (all, sets) = (self.pods, self.cast.members.len());
                    return (
                        0,
                        Move::End(End {
                            exit: self.success,
                            summary: format!(
                                "rolled back: all {all} pods of {sets} sets run their old \
                                 revisions again ({seconds}s)"
                            ),
                            then: Then::Nothing,
                            parting: None,
                        }),
                    );
                }
                Asked::Rest(wake) => {
                    let through = self.cast.members.iter().filter(|member| member.through).count();
                    if through == before && self.turns(snapshots, now) == turns {
                        let all = 0..self.cast.members.len();
                        self.cast.tell_waiting(active.into_iter().chain(all));
                        return (0, Move::Wait { wake });
                    }
                }
            }
        }
    }

    fn machine(&mut self, at: usize) -> &mut dyn Machine {
        &mut self.cast.members[at].machine
    }

    fn answered(&mut self, _approved: bool) {}

    fn interrupted(&mut self, snapshots: &[Snapshot], exit: Exit, _now: Timestamp) -> (usize, End) {
        let at = self.cast.speaker();
        let summary = format!("interrupted; {}", self.left(snapshots));
        let parting = self.cast.members[at].machine.parting(&snapshots[at].set);
        let end = End { exit, summary, then: Then::ContinueOrAbort, parting };
        (at, self.cast.stop(at, end, snapshots, RunPhase::Failed))
    }

    fn gone(&mut self, at: usize, snapshots: &[Snapshot]) -> End {
        let end = deleted(&snapshots[at]);
        let summary = format!("{}; {}", end.summary, self.left(snapshots));
        self.cast.stop(at, End { summary, ..end }, snapshots, RunPhase::Failed)
    }

    fn partings(&mut self) -> Vec<(usize, Step)> {
        std::mem::take(&mut self.cast.partings)
    }

    fn events(&mut self) -> Vec<Event> {
        (0..self.cast.members.len()).for_each(|at| self.cast.hear(at));
        std::mem::take(&mut self.cast.events)
    }
}

impl Part for Abort {
    fn waiting(&self) -> Option<&Waiting> {
        self.waiting()
    }

    fn token(&self) -> &str {
        self.token()
    }

    fn is_ours(&self, set: &Set) -> bool {
        self.is_ours(set)
    }

    fn parting(&mut self, set: &Set, _phase: RunPhase) -> Option<Step> {
        Self::parting(self, set)
    }
}
