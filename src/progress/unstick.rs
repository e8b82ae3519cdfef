//! Deleting the one pod a set waits for, and watching what comes back.
//!
//! One delete, with what was seen of the pod, and never a second. Nothing else is written, so the
//! set is as held as it was at any moment this stops.

use jiff::{SignedDuration, Timestamp};

use crate::exit::Exit;
use crate::model::pod::Pod;
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::options::BudgetRule;
use crate::plan::step::{PodDeletion, Step};
use crate::plan::stuck::{self, Cure, Rules};
use crate::progress::event::{Event, Waiting};
use crate::progress::machine::{End, GateResult, Machine, Move, Rejection, Then, after};
use crate::progress::rows::{Extra, Rows};

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long an error of the pod that comes back may last.
    pub grace: SignedDuration,
    /// How long that pod may take in all.
    pub timeout: SignedDuration,
}

/// One pod being replaced.
#[derive(Debug)]
pub struct Unstick {
    cure: Cure,
    rules: Rules,
    limits: Limits,
    set_uid: String,
    generation: i64,
    budgets: Budgets,
    /// When the pod was first known to be on its way out.
    deleted_at: Option<Timestamp>,
    /// The pod that came back and is in trouble, and since when.
    trouble: Option<(String, Timestamp)>,
    rows: Rows,
    waiting: Option<Waiting>,
    events: Vec<Event>,
}

/// Whether the budgets were read again.
#[derive(Debug, PartialEq, Eq)]
enum Budgets {
    Old,
    Fresh,
}

impl Unstick {
    /// Begins with a pod that was found stuck.
    pub fn new(cure: Cure, rules: Rules, limits: Limits, snapshot: &Snapshot) -> Self {
        let set = &snapshot.set;
        let change = format!("unstick {}, back on {}", cure.pod.name, cure.returns_on);
        let (shown, started) = Rows::begin(snapshot, &cure.returns_on, change);
        Self {
            cure,
            rules,
            limits,
            set_uid: set.uid.clone(),
            generation: set.generation,
            budgets: Budgets::Old,
            deleted_at: None,
            trouble: None,
            rows: shown,
            waiting: None,
            events: vec![started],
        }
    }

    fn end(exit: Exit, summary: impl Into<String>, then: Then) -> Move {
        Move::End(End { exit, summary: summary.into(), then, parting: None })
    }

    fn wait(&mut self, what: String, until: Option<Timestamp>, now: Timestamp) -> Move {
        let since = self.deleted_at.unwrap_or(now);
        let limit = after(since, self.limits.timeout);
        if now >= limit {
            let summary = format!("timed out: {what}; no other pod was touched");
            return Self::end(Exit::TimedOut, summary, Then::Look);
        }
        let waiting = Waiting { what, until };
        if self.waiting.as_ref() != Some(&waiting) {
            self.waiting = Some(waiting.clone());
            self.events.push(Event::Waiting(waiting));
        }
        Move::Wait { wake: Some(until.map_or(limit, |until| until.min(limit))) }
    }

    /// Judges the pod again, and deletes it.
    fn delete(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let set = &snapshot.set;
        let name = &self.cure.pod.name;
        if set.generation != self.generation {
            let summary = "the spec was changed just now; nothing was deleted";
            return Self::end(Exit::Conflict, summary, Then::Look);
        }
        if self.rules.budgets == BudgetRule::Respect && self.budgets == Budgets::Old {
            return Move::ReadBudgets;
        }
        match stuck::find(snapshot, self.rules, now) {
            Ok(Some(cure))
                if cure.pod.uid == self.cure.pod.uid && cure.returns_on == self.cure.returns_on =>
            {
                let deletion = PodDeletion::of(set, &cure.pod);
                self.cure = cure;
                Move::Write(Step::DeletePod(deletion))
            }
            Ok(None) => {
                let summary = format!("pod {name} got well by itself; nothing was deleted");
                Self::end(Exit::Success, summary, Then::Nothing)
            }
            Ok(Some(other)) => {
                let other = other.pod.name;
                let summary = format!("by now the set waits for pod {other}; nothing was deleted");
                Self::end(Exit::Conflict, summary, Then::Look)
            }
            Err(stays) => {
                let why: Vec<String> = stays.iter().map(ToString::to_string).collect();
                let summary = format!("{}; nothing was deleted", why.join("; "));
                Self::end(Exit::Refused, summary, Then::Look)
            }
        }
    }

    /// Watches what comes back.
    fn watch(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let name = self.cure.pod.name.clone();
        let Some(pod) = snapshot.pod(self.cure.ordinal) else {
            return self.wait(format!("waiting for pod {name} to be created"), None, now);
        };
        if pod.uid == self.cure.pod.uid || pod.deleting_since.is_some() {
            return self.wait(format!("waiting for pod {name} to end"), None, now);
        }
        let revision = pod.revision.as_deref().unwrap_or("an unknown revision");
        if revision != self.cure.returns_on {
            let expected = &self.cure.returns_on;
            let summary = format!("pod {name} came back on {revision}, and not on {expected}");
            return Self::end(Exit::Found, summary, Then::Look);
        }
        if pod.restarts > 0 {
            return self.failed(&format!("restarted ({})", pod.reason()));
        }
        let needed = snapshot.set.min_ready_seconds;
        if pod.is_available(needed, now) {
            return self.healed(snapshot, now);
        }
        if let Some(since) = pod.ready_since {
            let until = after(since, SignedDuration::from_secs(i64::from(needed)));
            let what = format!("pod {name} is ready; waiting for its minReadySeconds");
            return self.wait(what, Some(until), now);
        }
        self.unready(pod, now)
    }

    fn unready(&mut self, pod: &Pod, now: Timestamp) -> Move {
        let name = &pod.name;
        let Some(trouble) = pod.troubles.first() else {
            self.trouble = None;
            return self.wait(format!("waiting for pod {name} to be ready"), None, now);
        };
        let since = match &self.trouble {
            Some((uid, since)) if *uid == pod.uid => *since,
            _ => now,
        };
        self.trouble = Some((pod.uid.clone(), since));
        let until = after(since, self.limits.grace);
        if now >= until {
            let message = if trouble.message.is_empty() {
                String::new()
            } else {
                format!(": {}", trouble.message)
            };
            return self.failed(&format!("is not ready: {}{message}", trouble.reason));
        }
        self.wait(format!("pod {name} is not ready ({})", trouble.reason), Some(until), now)
    }

    fn failed(&self, what: &str) -> Move {
        let (name, revision) = (&self.cure.pod.name, &self.cure.returns_on);
        let summary = format!("pod {name} came back on {revision} and {what}");
        Self::end(Exit::Found, summary, Then::Look)
    }

    fn healed(&self, snapshot: &Snapshot, now: Timestamp) -> Move {
        let (name, revision) = (&self.cure.pod.name, &self.cure.returns_on);
        let next = match stuck::next_blocker(snapshot, now) {
            None => "nothing else blocks the set".to_owned(),
            Some(next) => format!("next: {next}"),
        };
        let summary = format!("pod {name} is back on {revision} and available; {next}");
        Self::end(Exit::Success, summary, Then::Nothing)
    }
}

impl Machine for Unstick {
    fn next(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move {
        if snapshot.set.uid != self.set_uid {
            let summary = format!("{} was deleted and created again", snapshot.set.display());
            return Self::end(Exit::Conflict, summary, Then::Look);
        }
        let mut shown = std::mem::take(&mut self.rows);
        self.events.extend(shown.changes(snapshot, &self.cure.returns_on, |_| Extra::None));
        self.rows = shown;
        let live = snapshot.pod(self.cure.ordinal);
        let going =
            live.is_none_or(|pod| pod.uid != self.cure.pod.uid || pod.deleting_since.is_some());
        if self.deleted_at.is_none() && going {
            // By a delete of ours whose answer was lost, or by somebody else.
            self.deleted_at = Some(now);
        }
        if self.deleted_at.is_some() {
            self.watch(snapshot, now)
        } else {
            self.delete(snapshot, now)
        }
    }

    fn written(&mut self, _set: Option<&Set>, now: Timestamp) {
        self.deleted_at = Some(now);
        let (pod, returns_on) = (self.cure.pod.name.clone(), self.cure.returns_on.clone());
        self.events.push(Event::PodDeleted { pod, returns_on });
    }

    fn rejected(&mut self, _why: Rejection) {}

    fn budgets_read(&mut self, _now: Timestamp) {
        self.budgets = Budgets::Fresh;
    }

    fn gated(&mut self, _uid: &str, _result: GateResult, _now: Timestamp) {}

    fn answered(&mut self, _approved: bool) {}

    fn interrupted(&mut self, _snapshot: &Snapshot, exit: Exit, _now: Timestamp) -> End {
        let (name, revision) = (&self.cure.pod.name, &self.cure.returns_on);
        let summary = match self.deleted_at {
            None => "interrupted; nothing was deleted".to_owned(),
            Some(_) => format!("interrupted; pod {name} comes back on {revision} by itself"),
        };
        End { exit, summary, then: Then::Look, parting: None }
    }

    fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pod::TroubleKind;
    use crate::testing::{NEW, OLD, a_pod, a_set, a_snapshot, at};

    const RULES: Rules =
        Rules { unready_for: SignedDuration::from_secs(120), budgets: BudgetRule::Respect };

    const LIMITS: Limits =
        Limits { grace: SignedDuration::from_secs(60), timeout: SignedDuration::from_secs(900) };

    fn broken() -> Pod {
        a_pod(&a_set("db"), 2).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff")
    }

    fn begun() -> (Snapshot, Unstick) {
        let snapshot = a_snapshot(&a_set("db")).with(broken());
        let cure = stuck::find(&snapshot, RULES, at(0)).unwrap().unwrap();
        let machine = Unstick::new(cure, RULES, LIMITS, &snapshot);
        (snapshot, machine)
    }

    fn deleted() -> (Snapshot, Unstick) {
        let (snapshot, mut machine) = begun();
        assert_eq!(machine.next(&snapshot, at(0)), Move::ReadBudgets);
        machine.budgets_read(at(0));
        let deletion = PodDeletion::of(&snapshot.set, &broken());
        assert_eq!(machine.next(&snapshot, at(0)), Move::Write(Step::DeletePod(deletion)));
        machine.written(None, at(0));
        (snapshot, machine)
    }

    fn ends(machine: &mut Unstick, snapshot: &Snapshot, now: i64) -> (Exit, String) {
        match machine.next(snapshot, at(now)) {
            Move::End(end) => {
                assert_eq!(end.parting, None);
                (end.exit, end.summary)
            }
            other => panic!("{other:?}"),
        }
    }

    fn back(on: &str) -> Pod {
        Pod { uid: "uid-new".to_owned(), ..a_pod(&a_set("db"), 2).on(on) }
    }

    #[test]
    fn one_delete_and_then_only_watching() {
        let (snapshot, mut machine) = deleted();
        let still = |machine: &mut Unstick, snapshot: &Snapshot| {
            assert!(matches!(machine.next(snapshot, at(1)), Move::Wait { .. }));
        };
        still(&mut machine, &snapshot);
        still(&mut machine, &snapshot.clone().with(broken().deleting()));
        still(&mut machine, &snapshot.clone().without(2));
        still(&mut machine, &snapshot.clone().with(back(OLD).unready()));
        let (exit, summary) = ends(&mut machine, &snapshot.with(back(OLD)), 9);
        assert_eq!(exit, Exit::Success);
        assert_eq!(
            summary,
            "pod db-2 is back on db-old and available; nothing else blocks the set"
        );
    }

    #[test]
    fn the_next_blocker_is_named() {
        let (snapshot, mut machine) = deleted();
        let snapshot = snapshot.with(back(OLD)).without(1);
        let (exit, summary) = ends(&mut machine, &snapshot, 9);
        assert_eq!(exit, Exit::Success);
        assert!(summary.contains("next: pod db-1 does not exist"), "{summary}");
    }

    #[test]
    fn what_comes_back_broken_or_on_another_revision_ends_with_3() {
        let (snapshot, mut machine) = deleted();
        let other = snapshot.clone().with(back(NEW));
        let (exit, summary) = ends(&mut machine, &other, 5);
        assert_eq!((exit, summary.contains("and not on db-old")), (Exit::Found, true));
        let (_, mut machine) = deleted();
        let restarted = snapshot.clone().with(back(OLD).restarted(1));
        assert_eq!(ends(&mut machine, &restarted, 5).0, Exit::Found);
        let (_, mut machine) = deleted();
        let failing = snapshot.with(back(OLD).troubled(TroubleKind::Image, "ErrImagePull"));
        let wake = Move::Wait { wake: Some(at(65)) };
        assert_eq!(machine.next(&failing, at(5)), wake, "it may pass");
        let (exit, summary) = ends(&mut machine, &failing, 65);
        assert_eq!(exit, Exit::Found);
        assert_eq!(summary, "pod db-2 came back on db-old and is not ready: ErrImagePull");
    }

    #[test]
    fn a_pod_that_never_ends_is_not_waited_for_for_ever() {
        let (snapshot, mut machine) = deleted();
        let going = snapshot.with(broken().deleting());
        assert!(matches!(machine.next(&going, at(899)), Move::Wait { .. }));
        assert_eq!(ends(&mut machine, &going, 900).0, Exit::TimedOut);
    }

    #[test]
    fn whatever_changed_meanwhile_is_judged_before_the_delete() {
        let case = |change: fn(Snapshot) -> Snapshot| {
            let (snapshot, mut machine) = begun();
            machine.budgets_read(at(0));
            ends(&mut machine, &change(snapshot), 1)
        };
        let (exit, summary) = case(|snapshot| snapshot.with(a_pod(&a_set("db"), 2)));
        assert_eq!((exit, summary.contains("well by itself")), (Exit::Success, true));
        let (exit, _) = case(|mut snapshot| {
            snapshot.set.generation += 1;
            snapshot
        });
        assert_eq!(exit, Exit::Conflict);
        let (exit, _) = case(|mut snapshot| {
            "another".clone_into(&mut snapshot.set.uid);
            snapshot
        });
        assert_eq!(exit, Exit::Conflict);
        let lower = a_pod(&a_set("db"), 0).on(NEW).unready();
        let snapshot = begun().0.with(lower);
        let (_, mut machine) = begun();
        machine.budgets_read(at(0));
        let (exit, summary) = ends(&mut machine, &snapshot, 1);
        assert_eq!((exit, summary.contains("waits for pod db-0")), (Exit::Conflict, true));
        let (exit, summary) = case(|snapshot| snapshot.without(1));
        assert_eq!((exit, summary.contains("nothing was deleted")), (Exit::Refused, true));
    }

    #[test]
    fn a_delete_whose_answer_was_lost_is_not_made_again() {
        let (snapshot, mut machine) = begun();
        machine.budgets_read(at(0));
        assert!(matches!(machine.next(&snapshot, at(0)), Move::Write(_)));
        machine.rejected(Rejection::Changed);
        let going = snapshot.clone().with(broken().deleting());
        assert!(matches!(machine.next(&going, at(1)), Move::Wait { .. }));
        // Even where a watch is behind for a moment.
        assert!(matches!(machine.next(&snapshot, at(2)), Move::Wait { .. }));
        assert_eq!(machine.interrupted(&going, Exit::Interrupted, at(3)).parting, None);
    }

    #[test]
    fn availability_counts_and_not_readiness() {
        let set = a_set("db").min_ready(30);
        let (_, mut machine) = deleted();
        let snapshot = a_snapshot(&set).with(back(OLD).ready_at(at(10)));
        assert_eq!(machine.next(&snapshot, at(11)), Move::Wait { wake: Some(at(40)) });
        assert_eq!(ends(&mut machine, &snapshot, 40).0, Exit::Success);
    }
}
