//! The staged rollout of a group: wave after wave, never more pods at once than the budget.

use jiff::Timestamp;

use crate::exit::Exit;
use crate::model::group::{Membership, Stop, stops};
use crate::model::run::RunPhase;
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::options::{Approve, Options};
use crate::plan::step::{Step, StrategyChange};
use crate::progress::ensemble::{Ensemble, deleted};
use crate::progress::event::{Event, Started, StepProgress, Waiting};
use crate::progress::group::{Asked, Cast, Part};
use crate::progress::machine::{End, Machine, Move, Rejection, Then, after};
use crate::progress::stage::{Begin, Occupied, RETRY, Stage, Turn};

/// How often members are asked anew because one of them has got further. Each time at least one
/// pod has passed or one stop.
const ROUNDS: usize = 10_000;

/// What the rollout of a group starts from.
#[derive(Clone, Debug)]
pub struct GroupBegin {
    /// The group as recorded.
    pub group: Membership,
    /// The members that have a record, in the order in which they are rolled out.
    pub members: Vec<Begin>,
    /// Who says yes at each stop of the group.
    pub approve: Approve,
    /// What is being rolled out, for people.
    pub change: String,
}

/// The staged rollout of several sets.
#[derive(Debug)]
pub struct GroupStage {
    cast: Cast<Stage>,
    /// Of each member: its wave.
    waves: Vec<usize>,
    /// Names of all pods in the order of the members, highest ordinal first.
    pods: Vec<String>,
    group: Membership,
    stops: Vec<Stop>,
    /// Stops that are passed and approved.
    approved: u32,
    approve: Approve,
    leader: usize,
    began: Timestamp,
    /// The wave that was last told of.
    told: Option<usize>,
    started: u32,
    passed: u32,
    declined: bool,
}

impl GroupStage {
    /// Takes up the rollout of a group. Each set is as its member's hold answered it, or as it was
    /// read when its run was taken up.
    pub fn new(begin: GroupBegin, snapshots: &[Snapshot], now: Timestamp) -> Self {
        let GroupBegin { group, members, approve, change } = begin;
        let approved = members.iter().filter_map(|begin| begin.run.group.as_ref());
        let approved = approved.map(|group| group.approved).max().unwrap_or(0);
        let machines: Vec<Stage> = members
            .into_iter()
            .zip(snapshots)
            .map(|(begin, snapshot)| {
                // The group stops; a member goes on as far as it is let.
                let options = Options { approve: Approve::Auto, ..begin.options };
                Stage::new(Begin { options, ..begin }, snapshot, now)
            })
            .collect();
        let sets: Vec<&Set> = snapshots.iter().map(|snapshot| &snapshot.set).collect();
        let wave = |set: &&Set| group.waves.iter().position(|wave| wave.sets.contains(&set.name));
        let waves: Vec<usize> = sets.iter().map(|set| wave(set).unwrap_or(0)).collect();
        let replicas = |name: &str| {
            let found = sets.iter().zip(&machines).find(|(set, _)| set.name == name);
            found.map_or(0, |(_, machine)| machine.run().replicas)
        };
        let stops = stops(&group.waves, replicas);
        let pods = sets.iter().zip(&machines).flat_map(|(set, machine)| {
            (0..machine.run().replicas).rev().map(|index| set.pod_at(index))
        });
        let pods = pods.collect();
        let leader = (0..sets.len()).min_by_key(|at| &sets[*at].name).unwrap_or(0);
        let held = machines.iter().all(|machine| machine.run().target.is_empty());
        let namespace = sets.first().map_or("", |set| set.namespace.as_str()).to_owned();
        let (mut cast, rows) = Cast::new(machines);
        cast.events.push(Event::Started(Started {
            set: format!("{namespace}/{}", group.selector),
            change,
            pods: rows,
            steps: stops.iter().map(|stop| stop.pods).collect(),
            approved,
        }));
        cast.events.extend(held.then_some(Event::Held));
        Self {
            cast,
            waves,
            pods,
            group,
            stops,
            approved,
            approve,
            leader,
            began: now,
            told: None,
            started: approved,
            passed: approved,
            declined: false,
        }
    }

    /// The runs as last accepted by the server, in the order of the members.
    pub fn runs(&self) -> impl Iterator<Item = &crate::model::run::Run> {
        self.cast.members.iter().map(|member| member.machine.run())
    }

    /// Whether the rollout ended because of what it rolls out.
    pub fn change_failed(&self) -> bool {
        self.cast.members.iter().any(|member| member.machine.change_failed())
    }

    fn stage(&self, at: usize) -> &Stage {
        &self.cast.members[at].machine
    }

    fn all(&self) -> std::ops::Range<usize> {
        0..self.cast.members.len()
    }

    /// Whether everything has passed, and strategies are being given back.
    fn closing(&self) -> bool {
        self.stage(self.leader).closes()
    }

    fn stop_under_way(&self) -> Option<&Stop> {
        self.stops.get(self.approved as usize)
    }

    /// How many pods of a member are updated when a stop is reached.
    fn goal(&self, at: usize, stop: &Stop) -> u32 {
        let replicas = self.stage(at).run().replicas;
        match (self.waves[at], stop.pods) {
            (wave, _) if wave > stop.wave => 0,
            // The first stop of all: one pod of the first set.
            (0, 1) => u32::from(at == 0).min(replicas),
            _ => replicas,
        }
    }

    fn occupied(&self, snapshots: &[Snapshot], now: Timestamp) -> Vec<Occupied> {
        let of = |at: usize| {
            if self.cast.members[at].through {
                return Occupied::default();
            }
            self.stage(at).occupied(&snapshots[at], now)
        };
        self.all().map(of).collect()
    }

    /// Whether every pod up to this stop has been released, and has passed, and is well.
    fn reached(&self, stop: &Stop, occupied: &[Occupied]) -> bool {
        self.all().all(|at| {
            let released = self.stage(at).released_so_far();
            released >= self.goal(at, stop)
                && (released == 0 || occupied[at] == Occupied::default())
        })
    }

    /// What each member may do now.
    fn turns(&self, snapshots: &[Snapshot], now: Timestamp) -> Vec<Turn> {
        if self.closing() {
            // The lock of the group is given up last.
            let others = self.all().all(|at| at == self.leader || self.cast.members[at].through);
            let later = || Turn::Later("waiting for the other sets to finish".to_owned());
            let turn = |at| if at != self.leader || others { Turn::Close } else { later() };
            return self.all().map(turn).collect();
        }
        let occupied = self.occupied(snapshots, now);
        let Some(stop) = self.stop_under_way() else {
            let later = || Turn::Later("waiting for every pod of the group".to_owned());
            return self.all().map(|_| later()).collect();
        };
        let on_the_way = occupied.iter().flat_map(|of| &of.on_the_way);
        let unwell = occupied.iter().flat_map(|of| &of.unwell);
        let used = u32::try_from(on_the_way.clone().chain(unwell.clone()).count());
        let free = self.group.budget.saturating_sub(used.unwrap_or(u32::MAX));
        let next = self.all().find(|at| {
            self.stage(*at).released_so_far() < self.goal(*at, stop)
                && occupied[*at].on_the_way.is_empty()
        });
        let later = match on_the_way.clone().next() {
            Some(pod) => format!("waiting for pod {pod} of the group to pass"),
            None => format!("waiting for wave {} of the group", stop.wave + 1),
        };
        let mut turns: Vec<Turn> = self.all().map(|_| Turn::Later(later.clone())).collect();
        // A pod of an earlier wave that is no longer well is judged by its own machine.
        let complete = |at| self.waves[at] >= stop.wave || occupied[at] == Occupied::default();
        if !self.all().all(complete) {
            return turns;
        }
        if free > 0 {
            if let Some(at) = next {
                let down = self.all().filter(|other| *other != at);
                let down = down.flat_map(|other| self.stage(other).going_down(&snapshots[other]));
                let wanted = self.goal(at, stop) - self.stage(at).released_so_far();
                turns[at] = Turn::Release { most: free.min(wanted), down: down.collect() };
            }
        } else if on_the_way.count() == 0
            && let Some(why) = unwell.clone().next()
        {
            let why = format!("{why}: no other pod of the group is released until then");
            for at in self.all().filter(|at| next == Some(*at) || !occupied[*at].unwell.is_empty())
            {
                turns[at] = Turn::Full(why.clone());
            }
        }
        turns
    }

    fn progress(&self, number: u32) -> StepProgress {
        let pods = |number: u32| {
            let at = number.checked_sub(1).and_then(|at| self.stops.get(at as usize));
            at.map_or(0, |stop| stop.pods)
        };
        let (before, updated) = (pods(number.saturating_sub(1)), pods(number));
        StepProgress {
            number,
            of: u32::try_from(self.stops.len()).unwrap_or(u32::MAX),
            updated,
            replicas: u32::try_from(self.pods.len()).unwrap_or(u32::MAX),
            pods: self.pods[before as usize..updated as usize].to_vec(),
        }
    }

    fn announce_started(&mut self) {
        let number = self.approved + 1;
        let Some(stop) = self.stop_under_way().filter(|_| self.started < number) else { return };
        let wave = &self.group.waves[stop.wave];
        let (place, of) = (stop.wave + 1, self.group.waves.len());
        let sets = wave.sets.join(", ");
        let name = if wave.sets.len() == 1 && wave.sets[0] == wave.name {
            String::new()
        } else {
            format!(" ({})", wave.name)
        };
        self.started = number;
        if self.told != Some(place) {
            self.told = Some(place);
            let notice = format!("wave {place} of {of}{name}: {sets}");
            self.cast.events.push(Event::Notice(notice));
        }
        let progress = self.progress(number);
        self.cast.events.push(Event::StepStarted(progress));
    }

    /// What follows when everything up to the stop under way has passed; nothing when it has not.
    fn at_stop(&mut self, snapshots: &[Snapshot], now: Timestamp) -> Option<(usize, Move)> {
        if self.closing() {
            return None;
        }
        let occupied = self.occupied(snapshots, now);
        if let Some(stop) = self.stop_under_way() {
            if !self.reached(stop, &occupied) {
                return None;
            }
            let number = self.approved + 1;
            if self.passed < number {
                self.passed = number;
                let progress = self.progress(number);
                self.cast.events.push(Event::StepPassed(progress));
            }
        }
        for member in &mut self.cast.members {
            member.machine.count_passed();
        }
        if self.approved as usize + 1 >= self.stops.len() {
            let through = |at| self.stage(at).through(&snapshots[at], now);
            let set = &snapshots[self.leader].set;
            return self
                .all()
                .all(through)
                .then(|| (self.leader, self.cast.members[self.leader].machine.close(set, now)));
        }
        match self.approve {
            Approve::Auto => {
                self.go_on();
                None
            }
            Approve::Prompt if !self.declined => {
                Some((self.leader, Move::Ask(self.progress(self.approved + 1))))
            }
            _ => {
                let (number, of) = (self.approved + 1, self.stops.len());
                let summary = format!("step {number} of {of} passed; {}", self.held_at());
                Some(self.end(Exit::Held, summary, snapshots))
            }
        }
    }

    fn go_on(&mut self) {
        self.approved += 1;
        for member in &mut self.cast.members {
            member.machine.approve(self.approved);
        }
    }

    fn held_at(&self) -> String {
        let updated: u32 = self.all().map(|at| self.stage(at).released_so_far()).sum();
        let (all, sets) = (self.pods.len(), self.all().len());
        match updated {
            0 => format!("held: none of {all} pods of {sets} sets was released"),
            _ => format!("held at {updated} of {all} pods of {sets} sets"),
        }
    }

    /// An end of the group's own making.
    fn end(&mut self, exit: Exit, summary: String, snapshots: &[Snapshot]) -> (usize, Move) {
        let at = self.cast.speaker();
        let set = &snapshots[at].set;
        let parting = self.cast.members[at].machine.parting(set, RunPhase::Staging);
        let end = End { exit, summary, then: Then::ContinueOrAbort, parting };
        let end = self.cast.stop(at, end, snapshots, RunPhase::Staging);
        (at, Move::End(end))
    }

    /// The end of one member is the end of all.
    fn member_ended(&mut self, at: usize, end: End, snapshots: &[Snapshot]) -> (usize, Move) {
        let name = &snapshots[at].set.name;
        let summary = format!("{name}: {}; the group is {}", end.summary, self.held_at());
        let end = self.cast.stop(at, End { summary, ..end }, snapshots, RunPhase::Failed);
        (at, Move::End(end))
    }

    fn finished(&self, now: Timestamp) -> End {
        let seconds = now.duration_since(self.began).as_secs().max(0);
        let (all, sets) = (self.pods.len(), self.all().len());
        End {
            exit: Exit::Success,
            summary: format!(
                "all {all} pods of {sets} sets are updated and passed every gate ({seconds}s)"
            ),
            then: Then::Nothing,
            parting: None,
        }
    }
}

/// Whether a member whose lowest released index is `first` may do this now. Members keep to their
/// turns by themselves; this is said to a write that would not.
pub(super) fn allowed(turn: &Turn, first: u32, step: &Step) -> bool {
    let Step::PatchSet(patch) = step else { return false };
    match (&patch.strategy, turn) {
        (StrategyChange::Keep, _) | (StrategyChange::Restore(_), Turn::Close) => true,
        (StrategyChange::Partition(partition), Turn::Release { most, .. }) => {
            first.saturating_sub(*partition) <= *most
        }
        _ => false,
    }
}

impl Ensemble for GroupStage {
    fn next(&mut self, snapshots: &[Snapshot], now: Timestamp) -> (usize, Move) {
        for _ in 0..ROUNDS {
            self.announce_started();
            let (turns, approved) = (self.turns(snapshots, now), self.approved);
            for (member, turn) in self.cast.members.iter_mut().zip(&turns) {
                member.machine.take_turn(turn.clone());
            }
            let active = turns.iter().position(|turn| matches!(turn, Turn::Release { .. }));
            match self.cast.ask(active, snapshots, now) {
                Asked::Move(at, Move::End(end)) => return self.member_ended(at, end, snapshots),
                Asked::Move(at, Move::Write(step)) => {
                    let stage = self.stage(at);
                    let first = stage.run().replicas - stage.released_so_far();
                    if allowed(&turns[at], first, &step) {
                        return (at, Move::Write(step));
                    }
                    self.cast.members[at].machine.rejected(Rejection::Changed);
                    return (at, Move::Wait { wake: Some(after(now, RETRY)) });
                }
                Asked::Move(at, next) => return (at, next),
                Asked::Rest(_) if self.cast.all_through() => {
                    return (self.leader, Move::End(self.finished(now)));
                }
                Asked::Rest(wake) => {
                    if let Some(next) = self.at_stop(snapshots, now) {
                        return next;
                    }
                    if self.approved == approved && self.turns(snapshots, now) == turns {
                        let later = |at: &usize| matches!(turns[*at], Turn::Later(_));
                        let busy = |at: &usize| {
                            let of = self.cast.members[*at].machine.occupied(&snapshots[*at], now);
                            !of.on_the_way.is_empty()
                        };
                        let working: Vec<usize> = self.all().filter(busy).collect();
                        let active = self.all().filter(|at| !later(at));
                        let speakers: Vec<usize> =
                            working.into_iter().chain(active).chain(self.all()).collect();
                        self.cast.tell_waiting(speakers.into_iter());
                        return (self.leader, Move::Wait { wake });
                    }
                }
            }
        }
        (self.leader, Move::Wait { wake: Some(after(now, RETRY)) })
    }

    fn machine(&mut self, at: usize) -> &mut dyn Machine {
        &mut self.cast.members[at].machine
    }

    fn answered(&mut self, approved: bool) {
        if approved {
            self.go_on();
        } else {
            self.declined = true;
        }
    }

    fn interrupted(&mut self, snapshots: &[Snapshot], exit: Exit, _now: Timestamp) -> (usize, End) {
        let summary = format!("interrupted; {}", self.held_at());
        match self.end(exit, summary, snapshots) {
            (at, Move::End(end)) => (at, end),
            (at, _) => (at, deleted(&snapshots[at])),
        }
    }

    fn gone(&mut self, at: usize, snapshots: &[Snapshot]) -> End {
        let end = deleted(&snapshots[at]);
        let summary = format!("{}; the group is {}", end.summary, self.held_at());
        self.cast.stop(at, End { summary, ..end }, snapshots, RunPhase::Failed)
    }

    fn partings(&mut self) -> Vec<(usize, Step)> {
        std::mem::take(&mut self.cast.partings)
    }

    fn events(&mut self) -> Vec<Event> {
        let at = self.all();
        at.for_each(|at| self.cast.hear(at));
        std::mem::take(&mut self.cast.events)
    }
}

impl Part for Stage {
    fn waiting(&self) -> Option<&Waiting> {
        self.waiting()
    }

    fn token(&self) -> &str {
        self.token()
    }

    fn is_ours(&self, set: &Set) -> bool {
        self.is_ours(set)
    }

    fn parting(&mut self, set: &Set, phase: RunPhase) -> Option<Step> {
        self.parting(set, phase)
    }
}
