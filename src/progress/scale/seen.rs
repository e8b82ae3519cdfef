//! What a scaling has seen: pods that came and went, and what others did.

use jiff::{SignedDuration, Timestamp};

use crate::model::ordinal::OrdinalRange;
use crate::model::pod::Pod;
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::scale::at_a_time;
use crate::progress::event::{Event, PodRow};
use crate::progress::machine::after;
use crate::progress::rows::{Extra, row};
use crate::progress::scale::words::replicas;
use crate::progress::scale::{Scale, Writing};

impl Scale {
    /// A row for every pod there is or shall be.
    pub(super) fn look(&self, snapshot: &Snapshot, now: Timestamp) -> Vec<PodRow> {
        let set = &snapshot.set;
        let all = OrdinalRange { start: self.start, replicas: self.from.max(self.goal()) };
        let young = |pod: &Pod| {
            if self.hooks.running.as_ref().is_some_and(|(uid, _)| *uid == pod.uid) {
                return Extra::Gating;
            }
            match pod.ready_since {
                Some(since) if !pod.is_available(set.min_ready_seconds, now) => {
                    let wait = i64::from(set.min_ready_seconds);
                    Extra::Soaking(after(since, SignedDuration::from_secs(wait)))
                }
                _ => Extra::None,
            }
        };
        let update = set.status.update_revision.as_str();
        let updated = |pod: &Pod| pod.revision.as_deref() == Some(update);
        all.iter().map(|ordinal| row(snapshot, ordinal, updated, young)).collect()
    }

    /// Somebody else's change, in words.
    pub(super) fn conflict(&self, set: &Set) -> Option<String> {
        if set.uid != self.uid {
            return Some(format!("{} was deleted and created again", set.display()));
        }
        if set.wanted.start != self.start {
            let (then, now) = (self.start, set.wanted.start);
            return Some(format!("spec.ordinals.start was changed from {then} to {now}"));
        }
        if set.wanted.replicas != self.size {
            let by = set
                .managers
                .iter()
                .find(|manager| manager.replicas && manager.manager != "kubectl-sts")
                .map_or_else(String::new, |manager| format!(" by {}", manager.manager));
            let (then, now) = (self.size, set.wanted.replicas);
            let now = replicas(now);
            return Some(format!("the set was scaled from {then} to {now}{by}"));
        }
        None
    }

    /// Takes in a write of ours that was carried out only after its answer had been given up.
    pub(super) fn catch_up(&mut self, set: &Set, now: Timestamp) {
        let arrived = |late: &Writing| set.uid == self.uid && set.wanted.replicas == late.size;
        if self.late.as_ref().is_some_and(arrived)
            && let Some(late) = self.late.take()
        {
            self.accept(late, now);
        }
    }

    /// Tells who has come or gone, and remembers since when somebody has been in trouble.
    pub(super) fn observe(&mut self, snapshot: &Snapshot, now: Timestamp) {
        let set = &snapshot.set;
        let min_ready = set.min_ready_seconds;
        for pod in snapshot.own_pods() {
            if pod.is_ready() || pod.troubles.is_empty() {
                self.trouble.remove(&pod.uid);
            } else {
                self.trouble.entry(pod.uid.clone()).or_insert(now);
            }
        }
        let mut settled = 0;
        for index in 0..self.from.max(self.size) {
            let ordinal = set.wanted.at(index);
            let pod = snapshot.pod(ordinal);
            let done = if index < self.size {
                pod.is_some_and(|pod| pod.is_available(min_ready, now))
            } else {
                pod.is_none()
            };
            settled += usize::from(done);
            let asked = index >= self.from.min(self.size);
            if done && asked && self.told.insert(ordinal) {
                let (pod, took) = (set.pod_name(ordinal), now.duration_since(self.turn_began));
                if at_a_time(set, u32::MAX) == 1 {
                    self.turn_began = now;
                }
                self.events.push(if index < self.size {
                    Event::PodCame { pod, took }
                } else {
                    Event::PodWent { pod, took }
                });
            }
        }
        if self.best.is_none_or(|best| settled > best) {
            if self.best.is_some() {
                self.moved = now;
            }
            self.best = Some(settled);
        }
    }
}
