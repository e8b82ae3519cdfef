//! What a scaling waits for, how long, and when it has waited for long enough.

use jiff::{SignedDuration, Timestamp};

use crate::exit::Exit;
use crate::model::pod::{Trouble, TroubleKind};
use crate::model::set::Fate;
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::headroom::Blocker;
use crate::plan::scale::obstacle::{Obstacle, obstacle};
use crate::progress::event::{ClaimState, Event, Waiting};
use crate::progress::machine::{Move, Question, after};
use crate::progress::scale::{Scale, end};

/// How long to wait before asking again for something no watch tells about.
pub(super) const RETRY: SignedDuration = SignedDuration::from_secs(5);

/// How long a pod may be missing, or beyond its time, before it is asked why.
const PATIENCE: SignedDuration = SignedDuration::from_secs(2);

const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// How long a claim may take to go after its pod.
const CLAIMS_GO: SignedDuration = SignedDuration::from_secs(10);

/// A message is cut here: the controller's may repeat whole objects.
const WORDS: usize = 300;

impl Scale {
    /// What the size last written still waits for; `None` when it is reached.
    pub(super) fn settle(&mut self, snapshot: &Snapshot, now: Timestamp) -> Option<Move> {
        let found = obstacle(snapshot, now)?;
        if !matches!(found, Obstacle::Deadlock { .. }) {
            self.deadlock = None;
        }
        let again = Some(after(now, RETRY));
        Some(match &found {
            Obstacle::Wanted { blocker: Blocker::NotAvailable { until, .. }, .. } => {
                // It gets there at a known time, however long that is.
                self.moved = now;
                self.wait(found.to_string(), Some(*until), Some(*until))
            }
            Obstacle::Wanted { pod, trouble: Some(trouble), .. } => {
                self.troubled(snapshot, &found, pod, trouble, now)
            }
            Obstacle::Wanted { pod, blocker: Blocker::Missing { .. }, .. } => {
                self.missing(snapshot, &found, pod, now)
            }
            Obstacle::Wanted { pod, blocker: Blocker::Leaving { .. }, .. } => {
                let pod = snapshot.own_pods().find(|other| other.name == *pod);
                let node = pod.and_then(|pod| pod.node.clone());
                let due = pod.and_then(|pod| pod.deleting_since).unwrap_or(now);
                self.ending(snapshot, &found, node.as_deref(), due, now)
            }
            Obstacle::Ending { node, due, .. } => {
                self.ending(snapshot, &found, node.as_deref(), *due, now)
            }
            Obstacle::Deadlock { pods } => self.deadlock(snapshot, &found, pods, now),
            Obstacle::Disagreement | Obstacle::Unwanted { .. } | Obstacle::Unobserved => {
                self.wait_or_time_out(snapshot, found.to_string(), None, again, now)
            }
            Obstacle::Wanted { .. } => {
                self.wait_or_time_out(snapshot, found.to_string(), None, None, now)
            }
        })
    }

    /// A wanted pod whose status names an error: put up with for a while.
    fn troubled(
        &mut self,
        snapshot: &Snapshot,
        found: &Obstacle,
        pod: &str,
        trouble: &Trouble,
        now: Timestamp,
    ) -> Move {
        let set = &snapshot.set;
        let live = snapshot.own_pods().find(|other| other.name == pod);
        let since = live.and_then(|pod| self.trouble.get(&pod.uid)).copied().unwrap_or(now);
        let mut what = found.to_string();
        if trouble.kind == TroubleKind::Unschedulable && !set.claim_templates.is_empty() {
            if self.aside.is_due(Question::Claims, now) {
                return Move::Find(Question::Claims);
            }
            let names =
                live.and_then(|pod| pod.ordinal).map(|o| set.claim_names(o)).unwrap_or_default();
            let pending = self.aside.pending(&names);
            if !pending.is_empty() {
                what = format!("{what}; pvc/{} has no volume", pending.join(" and pvc/"));
            }
        }
        let until = after(since, self.begin.wish.options.grace_for(trouble.kind));
        self.put_up_with(snapshot, what, until, now)
    }

    /// Waits until then, and fails if it is the same by then.
    fn put_up_with(
        &mut self,
        snapshot: &Snapshot,
        what: String,
        until: Timestamp,
        now: Timestamp,
    ) -> Move {
        if now >= until {
            let summary = format!("{what}; {}", self.standing(snapshot, now));
            return Move::End(end(Exit::Found, summary));
        }
        let wake = until.min(after(now, RETRY));
        self.wait_or_time_out(snapshot, what, Some(until), Some(wake), now)
    }

    /// A wanted pod that does not come: the controller may have said why.
    fn missing(
        &mut self,
        snapshot: &Snapshot,
        found: &Obstacle,
        pod: &str,
        now: Timestamp,
    ) -> Move {
        let again = Some(after(now, PATIENCE));
        if now < after(self.moved, PATIENCE) {
            return self.wait_or_time_out(snapshot, found.to_string(), None, again, now);
        }
        if self.aside.is_due(Question::Events, now) {
            return Move::Find(Question::Events);
        }
        let Some(event) = self.aside.not_made(pod) else {
            return self.wait_or_time_out(snapshot, found.to_string(), None, again, now);
        };
        let what = format!(
            "pod {pod} cannot be made: {}",
            crate::model::text::shorten(&event.message, WORDS)
        );
        let until = after(self.moved, self.begin.wish.options.grace);
        self.put_up_with(snapshot, what, until, now)
    }

    /// A pod on its way out: beyond its time its node may be dead.
    fn ending(
        &mut self,
        snapshot: &Snapshot,
        found: &Obstacle,
        node: Option<&str>,
        due: Timestamp,
        now: Timestamp,
    ) -> Move {
        let late = after(due, PATIENCE);
        if now < late {
            return self.wait_or_time_out(snapshot, found.to_string(), None, Some(late), now);
        }
        if self.aside.is_due(Question::Nodes, now) {
            return Move::Find(Question::Nodes);
        }
        let node = self.aside.node(&snapshot.set, node);
        let what = format!("{found}, which should have been over; {node}");
        self.wait_or_time_out(snapshot, what, None, Some(after(now, RETRY)), now)
    }

    fn deadlock(
        &mut self,
        snapshot: &Snapshot,
        found: &Obstacle,
        pods: &[String],
        now: Timestamp,
    ) -> Move {
        let since = *self.deadlock.get_or_insert(now);
        let until = after(since, self.begin.wish.options.grace);
        if now >= until {
            self.stuck = pods.first().cloned();
        }
        let what = format!("{found}: delete one of them");
        self.put_up_with(snapshot, what, until, now)
    }

    /// Tells what became of the claims; `None` when that is told, or there is nothing to tell.
    pub(super) fn tell_claims(&mut self, now: Timestamp) -> Option<Move> {
        if self.claims_told || self.begin.claims.is_empty() {
            return None;
        }
        let Some(known) = self.aside.claims(self.moved) else {
            return Some(Move::Find(Question::Claims));
        };
        let claims = match known {
            Known::Read(claims) => claims,
            Known::Unknown(reason) => {
                let notice = format!("what became of the claims could not be read: {reason}");
                self.events.push(Event::Notice(notice));
                self.claims_told = true;
                return None;
            }
        };
        let state = |name: &str| match claims.iter().find(|claim| claim.name == name) {
            None => ClaimState::Deleted,
            Some(claim) if claim.deleting_since.is_some() => ClaimState::Leaving,
            Some(_) => ClaimState::Kept,
        };
        let ends: Vec<(String, ClaimState)> =
            self.begin.claims.iter().map(|end| (end.name.clone(), state(&end.name))).collect();
        let deletes = self.begin.claims.iter().any(|end| end.fate == Fate::Delete);
        let left = ends.iter().find(|(_, state)| *state != ClaimState::Deleted);
        if let Some((name, _)) = left.filter(|_| deletes && now < after(self.moved, CLAIMS_GO)) {
            if self.aside.is_due_every(SECOND, Question::Claims, now) {
                return Some(Move::Find(Question::Claims));
            }
            let what = format!("waiting for pvc/{name} to go");
            return Some(self.wait(what, None, Some(after(now, SECOND))));
        }
        self.events.extend(ends.into_iter().map(|(claim, end)| Event::Claim { claim, end }));
        self.claims_told = true;
        None
    }

    pub(super) fn wait(
        &mut self,
        what: String,
        until: Option<Timestamp>,
        wake: Option<Timestamp>,
    ) -> Move {
        let waiting = Waiting { what, until };
        if self.waiting.as_ref() != Some(&waiting) {
            self.waiting = Some(waiting.clone());
            self.events.push(Event::Waiting(waiting));
        }
        let total = self.begin.wish.options.timeout.map(|timeout| after(self.began, timeout));
        Move::Wait { wake: [wake, total].into_iter().flatten().min() }
    }

    pub(super) fn wait_or_time_out(
        &mut self,
        snapshot: &Snapshot,
        what: String,
        until: Option<Timestamp>,
        wake: Option<Timestamp>,
        now: Timestamp,
    ) -> Move {
        let limit = after(self.moved, self.begin.wish.options.step_timeout);
        if now >= limit {
            let summary = format!("timed out: {what}; {}", self.standing(snapshot, now));
            return Move::End(end(Exit::TimedOut, summary));
        }
        self.wait(what, until, Some(wake.map_or(limit, |wake| wake.min(limit))))
    }
}
