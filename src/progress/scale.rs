//! A scaling: from the first write to the last pod that came or went.
//!
//! The size only ever moves from what it was towards what is wished for, and the partition only
//! ever goes up. Whatever ends this process, the controller goes on towards the size last written,
//! and nothing else is written.

mod aside;
mod hooks;
mod seen;
mod wait;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::exit::Exit;
use crate::model::ordinal::Ordinal;
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::options::BudgetRule;
use crate::plan::refusal::Refusal;
use crate::plan::scale::judge::{spare, standing};
use crate::plan::scale::outlook::ClaimEnd;
use crate::plan::scale::refusal::NotScaled;
use crate::plan::scale::{Wish, at_a_time, change};
use crate::plan::step::Step;
use crate::progress::event::{Event, ScaleStarted, Scaled, Waiting};
use crate::progress::machine::{End, Finding, GateResult, Machine, Move, Rejection, after};
use crate::progress::rows::Rows;
use crate::progress::scale::aside::Aside;
use crate::progress::scale::hooks::HookState;
use crate::progress::scale::wait::RETRY;
use crate::progress::scale::words::{end, in_words, replicas};

/// What a scaling begins with.
#[derive(Clone, Debug)]
pub struct Begin {
    /// What is asked for.
    pub wish: Wish,
    /// Names the hold, where the set has to be held.
    pub hold_id: String,
    /// Whether something is to be run before a pod is taken away.
    pub hooks: Hooks,
    /// Whether to see it through.
    pub until: Until,
    /// Claims of the pods that go.
    pub claims: Vec<ClaimEnd>,
}

/// Whether something is to be run before a pod is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hooks {
    /// Nothing.
    None,
    /// For each pod, from the top.
    Run,
}

/// When a scaling is over for this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// All wanted pods are available, and no other is left.
    Done,
    /// The last write was accepted.
    Asked,
}

/// A scaling in progress.
#[derive(Debug)]
pub struct Scale {
    begin: Begin,
    uid: String,
    start: u32,
    /// Replicas before.
    from: u32,
    /// Replicas last written and accepted.
    size: u32,
    /// Replicas being written, and the pods that come or go for it.
    writing: Option<Writing>,
    /// A write that was given up, and may have been carried out after all.
    late: Option<Writing>,
    /// The version of the set that the last write was for, until a newer one is read.
    unseen: Option<String>,
    raised: bool,
    began: Timestamp,
    /// When something last went on; the time limit counts from here.
    moved: Timestamp,
    /// The most pods that were seen to be as wished since the last write.
    best: Option<usize>,
    /// Since when a pod has been in trouble, by UID.
    trouble: BTreeMap<String, Timestamp>,
    /// Since when pods wait for each other, while they do.
    deadlock: Option<Timestamp>,
    hooks: HookState,
    budgets_at: Option<Timestamp>,
    aside: Aside,
    /// Pods whose coming or going has been told.
    told: BTreeSet<Ordinal>,
    turn_began: Timestamp,
    claims_told: bool,
    rows: Rows,
    waiting: Option<Waiting>,
    stuck: Option<String>,
    events: Vec<Event>,
}

#[derive(Clone, Debug)]
struct Writing {
    size: u32,
    version: String,
    pods: Vec<String>,
    at_a_time: u32,
    held: bool,
}

impl Scale {
    /// Begins a scaling of the set as it was judged.
    pub fn new(begin: Begin, snapshot: &Snapshot, now: Timestamp) -> Self {
        let set = &snapshot.set;
        let (from, to) = (set.wanted.replicas, begin.wish.replicas);
        let name = |index| set.pod_at(index);
        let mut scale = Self {
            uid: set.uid.clone(),
            start: set.wanted.start,
            from,
            size: from,
            writing: None,
            late: None,
            unseen: None,
            raised: false,
            began: now,
            moved: now,
            best: None,
            trouble: BTreeMap::new(),
            deadlock: None,
            hooks: HookState::default(),
            budgets_at: None,
            aside: Aside::default(),
            told: BTreeSet::new(),
            turn_began: now,
            claims_told: false,
            rows: Rows::default(),
            waiting: None,
            stuck: None,
            events: Vec::new(),
            begin,
        };
        let pods = scale.look(snapshot, now);
        scale.rows.update(pods.clone());
        scale.events.push(Event::ScaleStarted(ScaleStarted {
            set: format!("{}/{}", set.namespace, set.name),
            from,
            to,
            pods,
            comes: (from..to).map(name).collect(),
            goes: (to..from).rev().map(name).collect(),
        }));
        scale
    }

    /// Replicas last written and accepted.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// Whether the set was held, lest the scaling let an update loose.
    pub fn raised(&self) -> bool {
        self.raised
    }

    /// The pod to delete where two wait for each other for ever.
    pub fn stuck(&self) -> Option<&str> {
        self.stuck.as_deref()
    }

    fn goal(&self) -> u32 {
        self.begin.wish.replicas
    }

    fn accept(&mut self, written: Writing, now: Timestamp) {
        let Writing { size, pods, at_a_time, held, .. } = written;
        self.size = size;
        self.raised |= held;
        self.moved = now;
        self.best = None;
        self.turn_began = now;
        self.budgets_at = None;
        self.waiting = None;
        self.events.push(Event::Scaled(Scaled { replicas: size, pods, at_a_time, held }));
    }

    fn judge(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        if self.begin.wish.options.timeout.is_some_and(|limit| now >= after(self.began, limit)) {
            let summary = format!("timed out; {}", self.standing(snapshot, now));
            return Move::End(end(Exit::TimedOut, summary));
        }
        if let Some(failed) = self.hook_failed(snapshot, now) {
            return failed;
        }
        if self.size != self.goal() {
            // Before the next step the last one has to be through.
            if self.size != self.from
                && let Some(wait) = self.settle(snapshot, now)
            {
                return wait;
            }
            return self.advance(snapshot, now);
        }
        if self.begin.until == Until::Asked {
            let summary =
                format!("{} asked for {}; not waited for", set.display(), replicas(self.size));
            return Move::End(end(Exit::Success, summary));
        }
        if let Some(wait) = self.settle(snapshot, now) {
            return wait;
        }
        if let Some(wait) = self.tell_claims(now) {
            return wait;
        }
        let seconds = now.duration_since(self.began).as_secs().max(0);
        Move::End(end(Exit::Success, format!("{} ({seconds}s)", self.result(set))))
    }

    /// The next write, once the rest can do without the pods that it takes away.
    fn advance(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        let wish = &self.begin.wish;
        let size = wish.next_size(self.size);
        match standing(snapshot, wish, now).first() {
            None => {}
            Some(NotScaled::Rollout(Refusal::NotObserved)) => {
                let what = "waiting for the controller to see the latest spec".to_owned();
                return self.wait_or_time_out(snapshot, what, None, Some(after(now, RETRY)), now);
            }
            Some(_) => {
                let what =
                    "the set is not as it was when this was decided; nothing more was written";
                let summary = format!("{what}; {}", self.standing(snapshot, now));
                return Move::End(end(Exit::Conflict, summary));
            }
        }
        if size < self.size {
            let respects = wish.options.budgets == BudgetRule::Respect;
            if respects && self.budgets_at.is_none() {
                return Move::ReadBudgets;
            }
            if let Some(reason) = spare(snapshot, size, wish, now).first().map(in_words) {
                return self.hold_back(snapshot, reason, now);
            }
            if let Some(hook) = self.next_hook(snapshot, size) {
                return hook;
            }
        }
        let range = size.min(self.size)..size.max(self.size);
        let mut pods: Vec<String> = range.map(|index| set.pod_at(index)).collect();
        if size < self.size {
            pods.reverse();
        }
        let step = change(snapshot, size, &self.begin.hold_id, now);
        self.writing = Some(Writing {
            size,
            version: set.resource_version.clone(),
            at_a_time: at_a_time(set, u32::try_from(pods.len()).unwrap_or(u32::MAX)),
            pods,
            held: matches!(step, Step::PatchSet(_)),
        });
        Move::Write(step)
    }

    /// The rest cannot do without them now: refused before the first write, waited for later.
    fn hold_back(&mut self, snapshot: &Snapshot, reason: String, now: Timestamp) -> Move {
        if self.size == self.from && self.hooks.passed.is_empty() {
            let summary = format!("{reason}; nothing was changed");
            return Move::End(end(Exit::Refused, summary));
        }
        if self.budgets_at.is_some_and(|read| now >= after(read, RETRY)) {
            return Move::ReadBudgets;
        }
        self.wait_or_time_out(snapshot, reason, None, Some(after(now, RETRY)), now)
    }
}

impl Machine for Scale {
    fn next(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        if self.unseen.as_ref() == Some(&set.resource_version) {
            // The answer to a scaling is not the set; the watch will show it.
            return Move::Wait { wake: Some(after(now, RETRY)) };
        }
        self.unseen = None;
        self.catch_up(set, now);
        if let Some(what) = self.conflict(set) {
            let summary =
                if self.size == self.from { format!("{what}; nothing was written") } else { what };
            return Move::End(end(Exit::Conflict, summary));
        }
        self.observe(snapshot, now);
        let next = self.judge(snapshot, now);
        let rows = self.look(snapshot, now);
        let changed = self.rows.update(rows);
        self.events.extend(changed);
        next
    }

    fn written(&mut self, set: Option<&Set>, now: Timestamp) {
        if let Some(written) = self.writing.take() {
            if set.is_none() {
                self.unseen = Some(written.version.clone());
            }
            self.late = None;
            self.accept(written, now);
        }
    }

    fn rejected(&mut self, _why: Rejection) {
        self.late = self.writing.take();
        self.budgets_at = None;
    }

    fn found(&mut self, finding: Finding, now: Timestamp) {
        self.aside.found(finding, now);
    }

    fn budgets_read(&mut self, now: Timestamp) {
        self.budgets_at = Some(now);
    }

    fn gated(&mut self, uid: &str, result: GateResult, now: Timestamp) {
        let Some((_, pod)) = self.hooks.running.take_if(|(running, _)| running == uid) else {
            return;
        };
        self.moved = now;
        // It may have taken long.
        self.budgets_at = None;
        match result {
            GateResult::Passed => drop(self.hooks.passed.insert(uid.to_owned())),
            other => self.hooks.failure = Some((pod, other)),
        }
    }

    fn answered(&mut self, _approved: bool) {}

    fn interrupted(&mut self, snapshot: &Snapshot, exit: Exit, now: Timestamp) -> End {
        end(exit, self.cut_off(snapshot, now))
    }

    fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}

#[cfg(test)]
mod tests;
