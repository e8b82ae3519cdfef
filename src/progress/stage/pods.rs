//! The released pods: what has been seen of them, and whether they have passed.

use jiff::{SignedDuration, Timestamp};

use crate::model::ordinal::Ordinal;
use crate::model::pod::{Pod, Trouble};
use crate::model::set::{PodManagement, Set};
use crate::model::snapshot::Snapshot;
use crate::plan::headroom::{self, Blocker};
use crate::plan::verdict::{Need, Verdict, judge};
use crate::progress::event::Event;
use crate::progress::machine::{GateResult, GateSubject, Move, after};
use crate::progress::stage::{ReadySince, Stage};

impl Stage {
    /// Keeps track of what pods went through.
    pub(super) fn observe(&mut self, snapshot: &Snapshot, now: Timestamp) {
        for pod in snapshot.own_pods() {
            let uid = &pod.uid;
            if pod.is_ready() {
                self.seen.trouble.remove(uid);
                let condition = pod.ready_since;
                let seen = self.seen.unready.contains(uid).then_some(now);
                let known = self.seen.ready.entry(uid.clone());
                let known = known.or_insert(ReadySince { condition, seen });
                if known.condition != condition {
                    // It was unready in between, and no reading showed it.
                    *known = ReadySince { condition, seen: Some(now) };
                }
            } else {
                self.seen.unready.insert(uid.clone());
                self.seen.ready.remove(uid);
                if !pod.troubles.is_empty() {
                    self.seen.trouble.entry(uid.clone()).or_insert(now);
                }
            }
        }
    }

    /// When this pod's trouble will have lasted too long.
    pub(super) fn patience(&self, pod: &Pod, trouble: &Trouble, now: Timestamp) -> Timestamp {
        let since = self.seen.trouble.get(&pod.uid).copied().unwrap_or(now);
        after(since, self.options.grace_for(trouble.kind))
    }

    pub(super) fn ready_for(&self, set: &Set) -> SignedDuration {
        self.options.soak.max(SignedDuration::from_secs(i64::from(set.min_ready_seconds)))
    }

    pub(super) fn verdict(&self, set: &Set, pod: Option<&Pod>, now: Timestamp) -> Verdict {
        let uid = pod.map_or("", |pod| pod.uid.as_str());
        let forgiven = self.seen.restarts.get(uid).copied().unwrap_or(0);
        let need = Need {
            revision: &self.run.target,
            ready_for: self.ready_for(set),
            seen_ready: self.seen.ready.get(uid).and_then(|since| since.seen),
            restarts: forgiven.saturating_add(self.options.max_restarts),
        };
        judge(pod, &need, now)
    }

    /// Judges every released pod; `None` when all have passed.
    pub(super) fn released_pods(&mut self, snapshot: &Snapshot, now: Timestamp) -> Option<Move> {
        let set = &snapshot.set;
        if let Some(gates) = &mut self.gates
            && let Some(asked) = &gates.running
            && !snapshot.own_pods().any(|pod| pod.uid == *asked)
        {
            // Nobody needs to know about it any more; the pod in its place is asked about anew.
            gates.running = None;
        }
        let mut pending: Option<(String, Option<Timestamp>, Option<Timestamp>)> = None;
        // A pod that is only being watched passes at a known time, however long that is.
        let mut stuck = false;
        for index in (self.first()..self.replicas()).rev() {
            let ordinal = set.wanted.at(index);
            let name = set.pod_name(ordinal);
            let pod = snapshot.pod(ordinal);
            let verdict = self.verdict(set, pod, now);
            let note = match (&verdict, pod) {
                (Verdict::Restarted { restarts }, pod) => {
                    let times = if *restarts == 1 {
                        "once".to_owned()
                    } else {
                        format!("{restarts} times")
                    };
                    let trouble = pod.and_then(|pod| pod.troubles.first());
                    let why = trouble.map_or_else(String::new, |t| format!(" ({})", t.reason));
                    return Some(self.reject(set, &format!("pod {name} restarted {times}{why}")));
                }
                (Verdict::Troubled(trouble), Some(pod)) => {
                    let until = self.patience(pod, trouble, now);
                    if now >= until {
                        return Some(self.reject(set, &describe(&name, trouble)));
                    }
                    (format!("{}; held if it lasts", describe(&name, trouble)), Some(until))
                }
                (Verdict::Soaking { until }, _) => {
                    (format!("pod {name} is ready; watching it"), Some(*until))
                }
                (Verdict::Good, Some(pod)) => match self.gate(set, pod, ordinal, now) {
                    GateStep::Passed => continue,
                    GateStep::Move(next) => return Some(next),
                    GateStep::Wait(what, until) => (what, until),
                },
                (Verdict::NotYet | Verdict::Good | Verdict::Troubled(_), _) => {
                    (self.not_yet(snapshot, &name, pod), None)
                }
            };
            stuck |= !matches!(verdict, Verdict::Soaking { .. });
            // The first one named is the highest: that is where the controller works.
            let wake = pending.as_ref().and_then(|(_, _, wake)| *wake).into_iter().chain(note.1);
            let wake = wake.min();
            pending = match pending {
                Some((what, until, _)) => Some((what, until, wake)),
                None => Some((note.0, note.1, wake)),
            };
        }
        let (what, until, wake) = pending?;
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

    /// The lowest pod below the released ones whose status names an error, and how long that is
    /// put up with. The controller does nothing while it lasts, and the canary is not to blame.
    pub(super) fn troubled_below(
        &self,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Option<(String, Trouble, Timestamp)> {
        let tolerated =
            snapshot.set.management == PodManagement::Parallel && self.options.tolerate_unready > 0;
        // Under `Parallel` the controller may go on in spite of it, if `maxUnavailable` lets it.
        // It does not where it has left a released pod alone all the while.
        let left_alone = (self.first()..self.replicas()).any(|index| {
            snapshot.pod_at(index).is_some_and(|pod| {
                pod.deleting_since.is_none() && pod.revision.as_ref() != Some(&self.run.target)
            })
        });
        if tolerated && !left_alone {
            return None;
        }
        (0..self.first()).filter_map(|index| snapshot.pod_at(index)).find_map(|pod| {
            let trouble = pod.troubles.first().filter(|_| !pod.is_ready())?;
            let mut patience = self.patience(pod, trouble, now);
            if tolerated {
                patience = patience.max(after(self.moved, self.options.grace_for(trouble.kind)));
            }
            Some((pod.name.clone(), trouble.clone(), patience))
        })
    }

    pub(super) fn not_yet(&self, snapshot: &Snapshot, name: &str, pod: Option<&Pod>) -> String {
        let set = &snapshot.set;
        let lower = headroom::unavailable(snapshot, self.first(), 0, Timestamp::MAX);
        if let Some(Blocker::Unready { pod: low, reason }) = lower.first() {
            let why = match set.management {
                PodManagement::OrderedReady => "the controller moves no pod until it is",
                PodManagement::Parallel => "it uses up what may be unavailable",
            };
            return format!("pod {low} is not ready ({reason}): {why}");
        }
        match pod {
            None => format!("waiting for pod {name} to be created"),
            Some(pod) if pod.deleting_since.is_some() => format!("waiting for pod {name} to end"),
            Some(pod) if pod.revision.as_deref() != Some(self.run.target.as_str()) => {
                format!("waiting for the controller to replace pod {name}")
            }
            Some(_) => format!("waiting for pod {name} to be ready"),
        }
    }

    pub(super) fn gate(
        &mut self,
        set: &Set,
        pod: &Pod,
        ordinal: Ordinal,
        now: Timestamp,
    ) -> GateStep {
        let uid = pod.uid.clone();
        if let Some(gates) = &mut self.gates
            && !gates.passed.contains(&uid)
        {
            if let Some((_, result)) = gates.failure.take_if(|(about, _)| *about == uid) {
                let pod = &pod.name;
                let with = |what: &str, detail: &str| {
                    let detail =
                        if detail.is_empty() { String::new() } else { format!(": {detail}") };
                    format!("{what} pod {pod}{detail}")
                };
                match result {
                    GateResult::Failed { gate, detail } => {
                        let what = with(&format!("gate {gate} failed for"), &detail);
                        return GateStep::Move(self.reject(set, &what));
                    }
                    GateResult::Inconclusive { gate, detail } => {
                        let what = with(&format!("gate {gate} could not tell about"), &detail);
                        return GateStep::Move(self.fail(set, &what));
                    }
                    GateResult::Passed => {}
                }
            }
            if gates.running.is_some() {
                return GateStep::Wait(format!("running gates for pod {}", pod.name), None);
            }
            gates.running = Some(uid.clone());
            return GateStep::Move(Move::RunGates(GateSubject {
                pod: pod.name.clone(),
                uid,
                ordinal,
                revision: self.run.target.clone(),
                step: self.run.approved + 1,
            }));
        }
        if self.seen.passed.insert(uid) {
            let took = self.released_pods.get(&ordinal).map(|since| now.duration_since(*since));
            self.events.push(Event::PodPassed { pod: pod.name.clone(), took });
            self.moved = now;
        }
        GateStep::Passed
    }
}

/// What the extra gates make of a pod.
#[expect(clippy::large_enum_variant, reason = "lives for one call")]
pub(super) enum GateStep {
    Passed,
    Move(Move),
    Wait(String, Option<Timestamp>),
}

pub(super) fn describe(pod: &str, trouble: &Trouble) -> String {
    format!("pod {pod} is not ready: {trouble}")
}
