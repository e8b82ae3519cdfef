//! Restarting pods as they are: one after the other, without a change of the template.
//!
//! Nothing is written to the set, so there is no record and no lock. What was done is told from the
//! pods: one that is another than at the beginning has been restarted, whoever did it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::exit::Exit;
use crate::model::leader::Leader;
use crate::model::order::Order;
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::predict::revision_after_delete;
use crate::model::run::RecordedRun;
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::headroom::{self, Blocker};
use crate::plan::options::{BudgetRule, Options};
use crate::plan::step::Step;
use crate::progress::event::{Event, PodRow, Started, Waiting};
use crate::progress::judging::{Found, Judging, Pending, Standing, Terms, coming};
use crate::progress::machine::{End, GateResult, Machine, Move, Rejection, Then, after};
use crate::progress::rows::{Extra, Rows, rows_where};
use crate::progress::turns::{Choice, Turns};

/// How long to wait before asking again for something no watch tells about.
const RETRY: SignedDuration = SignedDuration::from_secs(5);

/// How pods are taken down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// Evicted: the server looks at every budget.
    Eviction,
    /// Deleted, after budgets were looked at here.
    Deletion,
}

/// What is to be restarted, and how.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The pods.
    pub ordinals: Vec<Ordinal>,
    /// Which of them goes first.
    pub order: Order,
    /// Who is asked which pod leads.
    pub leader: Option<Leader>,
    /// How they are taken down.
    pub via: Via,
    /// How carefully.
    pub options: Options,
    /// Whether there are extra gates.
    pub gated: bool,
    /// What is done, for people.
    pub change: String,
}

/// A restart in progress.
#[derive(Debug)]
pub struct Restart {
    options: Options,
    via: Via,
    uid: String,
    generation: i64,
    run: Option<RecordedRun>,
    judging: Judging,
    turns: Turns,
    before: BTreeMap<Ordinal, Before>,
    /// Pods that have been taken down, or died, since the beginning.
    taken: Vec<Ordinal>,
    /// When they were, where this process did it.
    when: BTreeMap<Ordinal, Timestamp>,
    began: Timestamp,
    /// When something last went on; the time limit counts from here.
    moved: Timestamp,
    rows: Rows,
    budgets_at: Option<Timestamp>,
    /// A budget has no room: its words, and when to try again.
    full: Option<(String, Option<Timestamp>)>,
    waiting: Option<Waiting>,
    events: Vec<Event>,
}

/// A pod as it was at the beginning.
#[derive(Debug)]
struct Before {
    uid: String,
    /// The revision it was foretold to come back on.
    returns_on: String,
}

impl Restart {
    /// Begins a restart of a set that was found fit for it.
    pub fn new(wanted: Wanted, snapshot: &Snapshot, now: Timestamp) -> Self {
        let set = &snapshot.set;
        let before: BTreeMap<Ordinal, Before> = wanted
            .ordinals
            .iter()
            .filter_map(|ordinal| {
                let uid = snapshot.pod(*ordinal)?.uid.clone();
                let returns_on = revision_after_delete(snapshot, *ordinal).to_owned();
                Some((*ordinal, Before { uid, returns_on }))
            })
            .collect();
        let mut restart = Self {
            options: wanted.options,
            via: wanted.via,
            uid: set.uid.clone(),
            generation: set.generation,
            run: set.run.clone(),
            judging: Judging::new(wanted.gated),
            turns: Turns::new(wanted.order, wanted.leader),
            before,
            taken: Vec::new(),
            when: BTreeMap::new(),
            began: now,
            moved: now,
            rows: Rows::default(),
            budgets_at: None,
            full: None,
            waiting: None,
            events: Vec::new(),
        };
        restart.turns.observe(snapshot);
        let pods = restart.shown(snapshot, now);
        restart.rows.seed(&pods);
        restart.events.push(Event::Started(Started {
            set: format!("{}/{}", set.namespace, set.name),
            change: wanted.change,
            pods,
            steps: vec![u32::try_from(restart.before.len()).unwrap_or(u32::MAX)],
            approved: 0,
        }));
        restart
    }

    /// The pods that have not been taken down yet, in the order in which they would be.
    pub fn left(&self, set: &Set) -> Vec<Ordinal> {
        let mut sequence = self.turns.sequence(set);
        sequence
            .retain(|ordinal| self.before.contains_key(ordinal) && !self.taken.contains(ordinal));
        sequence
    }

    fn count(&mut self, snapshot: &Snapshot) {
        let gone = |(ordinal, before): (&Ordinal, &Before)| {
            let stays = snapshot.pod(*ordinal).is_some_and(|pod| {
                pod.uid == before.uid && pod.deleting_since.is_none() && !self.turns.took(pod)
            });
            (!stays).then_some(*ordinal)
        };
        self.taken = self.before.iter().filter_map(gone).collect();
    }

    /// The pod that has come in the place of the one at the beginning.
    fn successor<'a>(&self, snapshot: &'a Snapshot, ordinal: Ordinal) -> Option<&'a Pod> {
        let before = self.before.get(&ordinal)?;
        snapshot.pod(ordinal).filter(|pod| pod.uid != before.uid)
    }

    fn shown(&self, snapshot: &Snapshot, now: Timestamp) -> Vec<PodRow> {
        let before = |pod: &Pod| pod.ordinal.and_then(|ordinal| self.before.get(&ordinal));
        let is_new = |pod: &Pod| before(pod).is_some_and(|before| before.uid != pod.uid);
        rows_where(snapshot, is_new, |pod| match before(pod) {
            Some(before) if before.uid != pod.uid => {
                self.judging.extra(self.terms(&snapshot.set, &before.returns_on), pod, now)
            }
            _ => Extra::None,
        })
    }

    fn terms<'a>(&'a self, set: &'a Set, revision: &'a str) -> Terms<'a> {
        Terms { options: &self.options, set, revision, step: 1 }
    }

    fn end(&self, set: &Set, exit: Exit, what: &str) -> End {
        let names = |ordinals: &[Ordinal]| {
            let names: Vec<String> =
                ordinals.iter().map(|ordinal| set.pod_name(*ordinal)).collect();
            names.join(", ")
        };
        let (done, all) = (self.taken.len(), self.before.len());
        let left = self.left(set);
        let so_far = match (done, left.as_slice()) {
            (0, _) => "no pod was restarted".to_owned(),
            (_, []) => format!("all {all} pods were taken down"),
            (_, left) => format!(
                "{done} of {all} pods were taken down ({}), {} not",
                names(&self.taken),
                names(left)
            ),
        };
        End { exit, summary: format!("{what}; {so_far}"), then: Then::Look, parting: None }
    }

    /// What somebody else did meanwhile, in words.
    fn conflict(&self, set: &Set) -> Option<String> {
        if set.uid != self.uid {
            return Some(format!("{} was deleted and created again", set.display()));
        }
        if set.generation != self.generation {
            return Some("the spec of the set was changed".to_owned());
        }
        (set.run != self.run).then(|| "somebody began or took up a rollout of the set".to_owned())
    }

    fn wait(
        &mut self,
        set: &Set,
        what: String,
        until: Option<Timestamp>,
        wake: Option<Timestamp>,
        now: Timestamp,
    ) -> Move {
        let limit = after(self.moved, self.options.step_timeout);
        if now >= limit {
            return Move::End(self.end(set, Exit::TimedOut, &format!("timed out: {what}")));
        }
        let waiting = Waiting { what, until };
        if self.waiting.as_ref() != Some(&waiting) {
            self.waiting = Some(waiting.clone());
            self.events.push(Event::Waiting(waiting));
        }
        let total = self.options.timeout.map(|timeout| after(self.began, timeout));
        Move::Wait { wake: [wake, Some(limit), total].into_iter().flatten().min() }
    }

    /// Judges every pod that was taken down; `None` when all have passed.
    fn restarted(&mut self, snapshot: &Snapshot, now: Timestamp) -> Option<Move> {
        let set = &snapshot.set;
        let mut pending = Pending::default();
        for ordinal in self.taken.clone() {
            let pod = self.successor(snapshot, ordinal);
            let Some(before) = self.before.get(&ordinal) else { continue };
            let terms =
                Terms { options: &self.options, set, revision: &before.returns_on, step: 1 };
            let standing = self.judging.stand(terms, ordinal, pod, now);
            if let Some(pod) = pod
                && standing == Standing::NotYet
                && pod.deleting_since.is_none()
                && pod.revision.as_ref() != Some(&before.returns_on)
            {
                let what = format!(
                    "pod {} came back on {}, not on {}",
                    pod.name,
                    pod.revision.as_deref().unwrap_or("no revision"),
                    before.returns_on
                );
                return Some(Move::End(self.end(set, Exit::Conflict, &what)));
            }
            if standing == Standing::Passed(Found::Now) {
                let took = self.when.get(&ordinal).map(|since| now.duration_since(*since));
                self.events.push(Event::PodPassed { pod: set.pod_name(ordinal), took });
                self.moved = now;
            }
            match pending.add(standing, || coming(&set.pod_name(ordinal), pod)) {
                Err(Standing::Gate(subject)) => return Some(Move::RunGates(subject)),
                Err(Standing::Rejected(what) | Standing::Unclear(what)) => {
                    return Some(Move::End(self.end(set, Exit::Found, &what)));
                }
                Ok(()) | Err(_) => {}
            }
        }
        let Pending { first, wake, stuck } = pending;
        let (what, until) = first?;
        if !stuck {
            self.moved = now;
        }
        Some(self.wait(set, what, until, wake, now))
    }

    fn blocked(&mut self, snapshot: &Snapshot, blocker: &Blocker, now: Timestamp) -> Move {
        let set = &snapshot.set;
        if let Some((what, until)) = self.judging.trouble(&self.options, snapshot, blocker, now) {
            if now >= until {
                let what = format!("{what}: no further pod is taken down");
                return Move::End(self.end(set, Exit::Found, &what));
            }
            return self.wait(
                set,
                format!("{what}; given up if it lasts"),
                Some(until),
                Some(until),
                now,
            );
        }
        let what = blocker.to_string();
        match blocker {
            Blocker::NotAvailable { until, .. } => {
                // It gets there at a known time, however long that is.
                self.moved = now;
                self.wait(set, what, Some(*until), Some(*until), now)
            }
            Blocker::Budget { .. } | Blocker::BudgetsUnknown { .. } => {
                self.wait(set, what, None, Some(after(now, RETRY)), now)
            }
            Blocker::Missing { .. } | Blocker::Leaving { .. } | Blocker::Unready { .. } => {
                self.wait(set, what, None, None, now)
            }
        }
    }

    /// A pod that has not been ready for long enough yet, and when it will have been. It may be one
    /// that an earlier process restarted.
    fn young(&self, snapshot: &Snapshot, now: Timestamp) -> Option<(String, Timestamp)> {
        let set = &snapshot.set;
        let wait = self.terms(set, "").ready_for();
        let ready = set.wanted.iter().filter_map(|ordinal| snapshot.pod(ordinal));
        let until = |pod: &Pod| Some(after(pod.ready_since.filter(|_| pod.is_ready())?, wait));
        let (until, pod) = ready.filter_map(|pod| Some((until(pod)?, pod))).max_by_key(|p| p.0)?;
        let seconds = wait.as_secs();
        (now < until).then(|| {
            (format!("waiting for pod {} to have been ready for {seconds}s", pod.name), until)
        })
    }

    /// Takes the next pod down if the rest of the set can spare it.
    fn take(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        if !set.observed() {
            let what = "waiting for the controller to see the latest spec".to_owned();
            return self.wait(set, what, None, None, now);
        }
        if let Some(pod) = snapshot.left_over().next() {
            let what = format!("waiting for pod {} of an earlier scale-down to go", pod.name);
            return self.wait(set, what, None, None, now);
        }
        if let Some(what) = self.turns.behind() {
            return self.wait(set, what, None, Some(after(now, RETRY)), now);
        }
        if let Some(blocker) = self.turns.blocker(snapshot, self.options.tolerate_unready, now) {
            return self.blocked(snapshot, &blocker, now);
        }
        if let Some((what, until)) = self.young(snapshot, now) {
            self.moved = now;
            return self.wait(set, what, Some(until), Some(until), now);
        }
        if let Some((words, again)) = &mut self.full {
            let again = *again.get_or_insert(after(now, RETRY));
            if now < again {
                let what = format!("no room in a pod disruption budget: {words}");
                return self.wait(set, what, None, Some(again), now);
            }
            self.full = None;
        }
        let left = self.left(set);
        let ordinal = match self.turns.choose(snapshot, &left, now) {
            Choice::Ask(leader) => return Move::AskLeader(leader),
            Choice::Wait { what, wake } => return self.wait(set, what, wake, wake, now),
            Choice::Unclear(why) => {
                let what =
                    format!("it is unclear which pod leads ({why}): no further pod is taken down");
                return Move::End(self.end(set, Exit::Found, &what));
            }
            Choice::Take(ordinal) | Choice::TakeLeader(ordinal) => ordinal,
        };
        if let Some(blocker) = self.turns.hole(snapshot, ordinal, now) {
            return self.blocked(snapshot, &blocker, now);
        }
        let (Some(pod), Some(before)) = (snapshot.pod(ordinal), self.before.get(&ordinal)) else {
            return Move::Wait { wake: None };
        };
        let returns_on = revision_after_delete(snapshot, ordinal);
        if returns_on != before.returns_on {
            let what = format!("pod {} would come back on {returns_on} now", pod.name);
            return Move::End(self.end(set, Exit::Conflict, &what));
        }
        if let Some(next) = self.over_budget(snapshot, pod, now) {
            return next;
        }
        let deletion = self.turns.delete(set, pod, ordinal);
        Move::Write(match self.via {
            Via::Eviction => Step::EvictPod(deletion),
            Via::Deletion => Step::DeletePod(deletion),
        })
    }

    /// Why a budget keeps the pod from being deleted. Before an eviction the server looks itself.
    fn over_budget(&mut self, snapshot: &Snapshot, pod: &Pod, now: Timestamp) -> Option<Move> {
        if self.via == Via::Eviction || self.options.budgets == BudgetRule::Ignore {
            return None;
        }
        if self.budgets_at.is_none_or(|read| now >= after(read, RETRY)) {
            return Some(Move::ReadBudgets);
        }
        let blocker = headroom::over_budget(snapshot, &[pod], &self.options).into_iter().next()?;
        Some(self.blocked(snapshot, &blocker, now))
    }

    fn judge(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        if self.options.timeout.is_some_and(|timeout| now >= after(self.began, timeout)) {
            return Move::End(self.end(set, Exit::TimedOut, "timed out"));
        }
        if let Some(next) = self.restarted(snapshot, now) {
            return next;
        }
        if self.taken.len() < self.before.len() {
            self.turns.begin(1);
            return self.take(snapshot, now);
        }
        let took = now.duration_since(self.began).as_secs().max(0);
        let all = self.before.len();
        let summary = match self.taken.as_slice() {
            [one] => {
                format!("pod {} was restarted and passed every gate ({took}s)", set.pod_name(*one))
            }
            _ => format!("{all} pods were restarted and passed every gate ({took}s)"),
        };
        Move::End(End { exit: Exit::Success, summary, then: Then::Nothing, parting: None })
    }
}

impl Machine for Restart {
    fn next(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        self.turns.observe(snapshot);
        self.count(snapshot);
        if let Some(what) = self.conflict(&snapshot.set) {
            return Move::End(self.end(&snapshot.set, Exit::Conflict, &what));
        }
        self.judging.observe(snapshot, now);
        let next = self.judge(snapshot, now);
        let rows = self.shown(snapshot, now);
        let changes = self.rows.update(rows);
        self.events.extend(changes);
        next
    }

    fn written(&mut self, _set: Option<&Set>, now: Timestamp) {
        let Some(deleted) = self.turns.taken() else { return };
        if let Some(before) = self.before.get(&deleted.ordinal) {
            let returns_on = before.returns_on.clone();
            self.events.push(Event::PodDeleted { pod: deleted.pod, returns_on });
        }
        self.taken.push(deleted.ordinal);
        self.when.insert(deleted.ordinal, now);
        self.moved = now;
        self.budgets_at = None;
        self.waiting = None;
    }

    fn rejected(&mut self, why: Rejection) {
        self.turns.refused(&why);
        if let Rejection::Budget(words) = why {
            self.full = Some((words, None));
        }
    }

    fn budgets_read(&mut self, now: Timestamp) {
        self.budgets_at = Some(now);
    }

    fn gated(&mut self, uid: &str, result: GateResult, _now: Timestamp) {
        self.judging.gated(uid, result);
    }

    fn led(&mut self, answer: Result<Ordinal, String>, now: Timestamp) {
        self.turns.led(answer, now);
    }

    fn answered(&mut self, _approved: bool) {}

    fn interrupted(&mut self, snapshot: &Snapshot, exit: Exit, _now: Timestamp) -> End {
        self.end(&snapshot.set, exit, "interrupted")
    }

    fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}
