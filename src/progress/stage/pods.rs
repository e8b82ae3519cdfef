//! The released pods: what has been seen of them, and whether they have passed.

use jiff::Timestamp;

use crate::model::ordinal::Ordinal;
use crate::model::pod::Trouble;
use crate::model::set::{PodManagement, Set};
use crate::model::snapshot::Snapshot;
use crate::plan::headroom::{self, Blocker};
use crate::progress::event::Event;
use crate::progress::judging::{Found, Pending, Standing, Terms, coming, describe};
use crate::progress::machine::{Move, after};
use crate::progress::stage::Stage;

impl Stage {
    /// Judges every released pod; `None` when all have passed.
    pub(super) fn released_pods(&mut self, snapshot: &Snapshot, now: Timestamp) -> Option<Move> {
        let set = &snapshot.set;
        let mut pending = Pending::default();
        for ordinal in self.released(set) {
            let pod = snapshot.pod(ordinal);
            // Not `self.terms`: the judging changes while it is used.
            let terms = Terms {
                options: &self.options,
                set,
                revision: &self.run.target,
                step: self.run.approved + 1,
            };
            let standing = self.judging.stand(terms, ordinal, pod, now);
            if standing == Standing::Passed(Found::Now) {
                self.passed(set, ordinal, now);
            }
            match pending.add(standing, || self.not_yet(snapshot, ordinal)) {
                Err(Standing::Gate(subject)) => return Some(Move::RunGates(subject)),
                Err(Standing::Rejected(what)) => return Some(self.reject(set, &what)),
                Err(Standing::Unclear(what)) => return Some(self.fail(set, &what)),
                Ok(()) | Err(_) => {}
            }
        }
        let Pending { first, wake, stuck } = pending;
        let (what, until) = first?;
        let lower = self.troubled_below(snapshot, now);
        if let Some((pod, trouble, patience)) = &lower
            && now >= *patience
        {
            let what = describe(pod, trouble);
            let what = format!("{what}: it blocks the rollout, not the new revision");
            return Some(self.fail(set, &what));
        }
        let wake = wake.into_iter().chain(lower.map(|(_, _, patience)| patience)).min();
        if !stuck {
            self.moved = now;
            return Some(self.wait(what, until, wake));
        }
        Some(self.wait_or_time_out(set, what, until, wake, now))
    }

    /// The released pods, in the order in which they went.
    fn released(&self, set: &Set) -> Vec<Ordinal> {
        match self.turns {
            Some(_) => self.taken.clone(),
            None => {
                (self.first()..self.replicas()).rev().map(|index| set.wanted.at(index)).collect()
            }
        }
    }

    /// The lowest pod that is not released and whose status names an error, and how long that is
    /// put up with. The controller does nothing while it lasts, and the canary is not to blame.
    pub(super) fn troubled_below(
        &self,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Option<(String, Trouble, Timestamp)> {
        let set = &snapshot.set;
        let tolerated =
            set.management == PodManagement::Parallel && self.options.tolerate_unready > 0;
        // Under `Parallel` the controller may go on in spite of it, if `maxUnavailable` lets it.
        // It does not where it has left a released pod alone all the while.
        let released = self.released(set);
        let left_alone = self.turns.is_none()
            && released.iter().any(|ordinal| {
                snapshot.pod(*ordinal).is_some_and(|pod| {
                    pod.deleting_since.is_none() && pod.revision.as_ref() != Some(&self.run.target)
                })
            });
        if tolerated && !left_alone {
            return None;
        }
        let kept = set.wanted.iter().filter(|ordinal| !released.contains(ordinal));
        kept.filter_map(|ordinal| snapshot.pod(ordinal)).find_map(|pod| {
            let trouble = pod.troubles.first().filter(|_| !pod.is_ready())?;
            let mut patience = self.judging.patience(&self.options, pod, trouble, now);
            if tolerated {
                patience = patience.max(after(self.moved, self.options.grace_for(trouble.kind)));
            }
            Some((pod.name.clone(), trouble.clone(), patience))
        })
    }

    fn not_yet(&self, snapshot: &Snapshot, ordinal: Ordinal) -> String {
        let set = &snapshot.set;
        let name = set.pod_name(ordinal);
        let pod = snapshot.pod(ordinal);
        if let Some(turns) = &self.turns {
            return match turns.hole(snapshot, ordinal, Timestamp::MAX) {
                Some(Blocker::Unready { pod: low, reason }) if pod.is_none() => format!(
                    "pod {low} is not ready ({reason}): the controller makes {name} after it"
                ),
                _ => coming(&name, pod),
            };
        }
        let lower = headroom::unavailable(snapshot, self.first(), 0, Timestamp::MAX);
        if let Some(Blocker::Unready { pod: low, reason }) = lower.first() {
            let why = match set.management {
                PodManagement::OrderedReady => "the controller moves no pod until it is",
                PodManagement::Parallel => "it uses up what may be unavailable",
            };
            return format!("pod {low} is not ready ({reason}): {why}");
        }
        match pod {
            Some(pod)
                if pod.deleting_since.is_none()
                    && pod.revision.as_deref() != Some(self.run.target.as_str()) =>
            {
                format!("waiting for the controller to replace pod {name}")
            }
            pod => coming(&name, pod),
        }
    }

    fn passed(&mut self, set: &Set, ordinal: Ordinal, now: Timestamp) {
        let took = self.released_pods.get(&ordinal).map(|since| now.duration_since(*since));
        self.events.push(Event::PodPassed { pod: set.pod_name(ordinal), took });
        self.moved = now;
    }
}
