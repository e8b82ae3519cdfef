//! Drives a machine over a [`World`] as `commands/rollout/drive.rs` does over a cluster: lost
//! answers, conflicts, readings that are behind, and ends of the process at any write.

use jiff::Timestamp;

use crate::convert::run::print;
use crate::exit::Exit;
use crate::model::run::{RecordedRun, Run};
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::options::Options;
use crate::plan::step::{RunChange, SetPatch, Step};
use crate::progress::event::Event;
use crate::progress::machine::{End, GateResult, Machine, Move, Rejection};
use crate::progress::sim::world::{Foreign, World};

/// What goes wrong at one write or wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// Somebody writes the status just before.
    Conflict,
    /// The write happens, its answer is lost.
    AnswerLost,
    /// The write does not happen, and nobody says so.
    RequestLost,
    /// The write happens only after its answer was given up and the set was read again.
    Late,
    /// The process ends before the write.
    KilledBefore,
    /// The process ends after the write.
    KilledAfter,
    /// A pod is unwell for some seconds.
    Sick(u8),
    /// Somebody else changes the set or its pods.
    Foreign(Foreign),
    /// The process is interrupted.
    Interrupt,
}

/// How driving came to its end.
#[derive(Debug)]
pub(crate) enum Driven {
    /// The machine ended.
    Ended(Box<End>),
    /// The process was killed.
    Killed,
}

/// Looks at every write that is about to be accepted.
pub(crate) type Check = fn(&World, &Snapshot, &Step, &Options);

/// One process.
pub(crate) struct Driver<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) faults: &'a mut Vec<Fault>,
    pub(crate) check: Check,
    pub(crate) options: &'a Options,
    pub(crate) events: Vec<Event>,
    pub(crate) late: Option<Step>,
}

/// No run takes longer than this in virtual time.
pub(crate) const LONGEST: i64 = 40_000;

impl Driver<'_> {
    /// What was on its way arrives, and is refused if the set has changed since.
    pub(crate) fn arrive(&mut self) {
        if let Some(step) = self.late.take() {
            drop(self.world.apply(&step));
        }
    }

    fn fault(&mut self) -> Fault {
        self.sicken();
        self.faults.pop().unwrap_or(Fault::None)
    }

    pub(crate) fn sicken(&mut self) {
        loop {
            match self.faults.last().copied() {
                Some(Fault::Sick(which)) => {
                    self.world.sicken(usize::from(which), i64::from(which % 7) + 1);
                }
                Some(Fault::Foreign(foreign)) => self.world.meddle(foreign),
                _ => return,
            }
            self.faults.pop();
        }
    }

    pub(crate) fn run(&mut self, machine: &mut dyn Machine, snapshot: &mut Snapshot) -> Driven {
        let began = self.world.now;
        let (mut moved, mut turns) = (began, 0);
        loop {
            let now = self.world.now;
            turns = if now == moved { turns + 1 } else { 0 };
            moved = now;
            assert!(turns < 200, "spins without time passing");
            assert!(now.duration_since(began).as_secs() < LONGEST, "goes on for ever");
            let next = if self.faults.last() == Some(&Fault::Interrupt) {
                self.faults.pop();
                Move::End(machine.interrupted(snapshot, Exit::Interrupted, now))
            } else {
                machine.next(snapshot, now)
            };
            self.events.extend(machine.events());
            match next {
                Move::End(end) => {
                    if let Some(step) = &end.parting {
                        self.part(step, &snapshot.set);
                    }
                    return Driven::Ended(Box::new(end));
                }
                Move::Write(step) => {
                    if !self.write(machine, snapshot, &step) {
                        return Driven::Killed;
                    }
                    self.events.extend(machine.events());
                }
                Move::ReadBudgets => machine.budgets_read(now),
                Move::ReadRevision(name) => {
                    let known = self.world.revisions.iter().find(|known| known.name == name);
                    snapshot.revisions.extend(known.cloned());
                }
                Move::RunGates(subject) => {
                    self.world.tick();
                    machine.gated(&subject.uid, GateResult::Passed, self.world.now);
                }
                Move::Find(question) => machine.found(World::find(question), now),
                Move::AskLeader(_) => {
                    self.world.tick();
                    let leader = self.world.leader();
                    machine.led(leader, self.world.now);
                }
                Move::Ask(_) => machine.answered(true),
                Move::Wait { wake } => self.wait(snapshot, wake),
            }
        }
    }

    fn wait(&mut self, snapshot: &mut Snapshot, wake: Option<Timestamp>) {
        self.sicken();
        self.arrive();
        let give_up = self.world.now.as_second() + LONGEST;
        loop {
            let (set, pods) = self.world.reading();
            if set != snapshot.set && !older(&set, &snapshot.set) || pods != snapshot.pods {
                take(snapshot, set, pods);
                return;
            }
            if wake.is_some_and(|wake| wake <= self.world.now) {
                return;
            }
            assert!(self.world.now.as_second() < give_up, "waits for ever");
            self.world.tick();
        }
    }

    /// False when the process was killed.
    pub(crate) fn write(
        &mut self,
        machine: &mut dyn Machine,
        snapshot: &mut Snapshot,
        step: &Step,
    ) -> bool {
        let fault = self.fault();
        if fault == Fault::KilledBefore {
            return false;
        }
        self.arrive();
        if fault == Fault::Conflict {
            self.world.touch();
        }
        let sent = !matches!(fault, Fault::RequestLost | Fault::Late);
        let answer = sent.then(|| {
            let mut after = self.world.clone();
            let answer = after.apply(step);
            if answer.is_ok() {
                (self.check)(self.world, snapshot, step, self.options);
                *self.world = after;
            }
            answer
        });
        match (answer, fault) {
            (_, Fault::KilledAfter) => return false,
            (Some(Ok(answer)), fault) if fault != Fault::AnswerLost => {
                if let Some(set) = &answer {
                    snapshot.set = set.clone();
                }
                machine.written(answer.as_ref(), self.world.now);
                return true;
            }
            (Some(Err(_)), _) => {}
            _ => self.world.tick(),
        }
        snapshot.set = self.world.set.clone();
        if fault == Fault::Late {
            self.late = Some(step.clone());
        }
        match step {
            Step::PatchSet(patch) if carried_out(patch, &snapshot.set) => {
                machine.written(Some(&snapshot.set.clone()), self.world.now);
            }
            Step::DeletePod(_) | Step::EvictPod(_) => {
                machine.rejected(Rejection::Changed);
                self.world.tick();
                let (set, pods) = self.world.reading();
                take(snapshot, set, pods);
            }
            _ => machine.rejected(Rejection::Changed),
        }
        true
    }

    /// As it was read, or on a fresh reading where the same process still holds the lock.
    pub(crate) fn part(&mut self, step: &Step, read: &Set) {
        let Step::PatchSet(patch) = step else { return };
        assert_eq!(patch.strategy, crate::plan::step::StrategyChange::Keep, "parting is quiet");
        assert_eq!(patch.template, crate::plan::step::TemplateChange::Keep, "parting is quiet");
        if self.world.apply(step).is_ok() {
            return;
        }
        let set = &self.world.set;
        let (Some(RecordedRun::Read(now)), RunChange::Write(last)) = (&set.run, &patch.run) else {
            return;
        };
        if now.id != last.id || set.uid != patch.uid || token(set) != token(read) {
            return;
        }
        let run = if now.partition == last.partition {
            last.clone()
        } else {
            Run { holder: None, phase: last.phase, ..now.clone() }
        };
        let resource_version = set.resource_version.clone();
        let patch = SetPatch { resource_version, run: RunChange::Write(run), ..patch.clone() };
        self.world.apply(&Step::PatchSet(patch)).unwrap();
    }
}

fn token(set: &Set) -> Option<&str> {
    match &set.run {
        Some(RecordedRun::Read(run)) => run.holder.as_ref().map(|holder| holder.token.as_str()),
        _ => None,
    }
}

pub(crate) fn take(snapshot: &mut Snapshot, set: Set, pods: Vec<crate::model::pod::Pod>) {
    if !older(&set, &snapshot.set) {
        snapshot.set = set;
    }
    snapshot.pods = pods;
}

pub(crate) fn older(set: &Set, than: &Set) -> bool {
    let number = |set: &Set| set.resource_version.parse::<u64>().unwrap();
    number(set) < number(than)
}

fn carried_out(patch: &SetPatch, set: &Set) -> bool {
    match (&patch.run, &set.run) {
        (RunChange::Write(ours), Some(RecordedRun::Read(found))) => print(found) == print(ours),
        (RunChange::Remove, found) => found.is_none(),
        _ => false,
    }
}
