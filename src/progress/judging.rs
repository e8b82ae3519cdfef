//! Whether a pod that was taken down is back and well: what has been seen of it, and its gates.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::model::ordinal::Ordinal;
use crate::model::pod::{Pod, Trouble};
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::headroom::Blocker;
use crate::plan::options::Options;
use crate::plan::verdict::{Need, Verdict, judge};
use crate::progress::machine::{GateResult, GateSubject, after};
use crate::progress::rows::Extra;

/// Everything a run has learned about its pods, by UID.
#[derive(Debug, Default)]
pub(crate) struct Judging {
    /// What to do about extra gates: `None` when there are none.
    gates: Option<Gates>,
    seen: Seen,
}

#[derive(Debug, Default)]
struct Gates {
    running: Option<String>,
    passed: BTreeSet<String>,
    failure: Option<(String, GateResult)>,
}

/// What this process has seen of pods, by UID.
#[derive(Debug, Default)]
struct Seen {
    unready: BTreeSet<String>,
    ready: BTreeMap<String, ReadySince>,
    trouble: BTreeMap<String, Timestamp>,
    /// Restarts that are forgiven: those a pod already had when this process first saw it.
    restarts: BTreeMap<String, u32>,
    passed: BTreeSet<String>,
}

/// Since when a pod has been ready.
#[derive(Debug)]
struct ReadySince {
    /// As its condition says, by the server's clock.
    condition: Option<Timestamp>,
    /// By the local clock, where this process saw it happen.
    seen: Option<Timestamp>,
}

/// What a pod is judged by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    /// How carefully.
    pub(crate) options: &'a Options,
    /// Its set.
    pub(crate) set: &'a Set,
    /// The revision it must run.
    pub(crate) revision: &'a str,
    /// The step, for gates.
    pub(crate) step: u32,
}

impl Terms<'_> {
    /// How long a pod must have been ready.
    pub(crate) fn ready_for(&self) -> SignedDuration {
        let min_ready = SignedDuration::from_secs(i64::from(self.set.min_ready_seconds));
        self.options.soak.max(min_ready)
    }
}

/// How a pod stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Past every gate; found out just now, or before.
    Passed(Found),
    /// It has still to be replaced, or to become ready.
    NotYet,
    /// Well, and watched until this time.
    Soaking {
        /// What is waited for.
        what: String,
        /// Until when.
        until: Timestamp,
    },
    /// Something about it has to change, or to last.
    Waits {
        /// What is waited for.
        what: String,
        /// When it will be over, or be given up.
        until: Option<Timestamp>,
    },
    /// Extra gates have to be asked about it.
    Gate(GateSubject),
    /// It failed, or a gate said no.
    Rejected(String),
    /// A gate could not tell, too often.
    Unclear(String),
}

/// When it was found out that a pod has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// By this very call.
    Now,
    /// By an earlier one.
    Before,
}

impl Judging {
    /// Nothing is known yet. `gated` tells whether there are extra gates.
    pub(crate) fn new(gated: bool) -> Self {
        Self { gates: gated.then(Gates::default), seen: Seen::default() }
    }

    /// Forgives a pod the restarts it has.
    pub(crate) fn forgive(&mut self, pod: &Pod) {
        self.seen.restarts.insert(pod.uid.clone(), pod.restarts);
    }

    /// Takes a pod as passed.
    pub(crate) fn trust(&mut self, pod: &Pod) {
        self.seen.passed.insert(pod.uid.clone());
        if let Some(gates) = &mut self.gates {
            gates.passed.insert(pod.uid.clone());
        }
    }

    /// Keeps track of what pods went through.
    pub(crate) fn observe(&mut self, snapshot: &Snapshot, now: Timestamp) {
        if let Some(gates) = &mut self.gates
            && let Some(asked) = &gates.running
            && !snapshot.own_pods().any(|pod| pod.uid == *asked)
        {
            // Nobody needs to know about it any more; the pod in its place is asked about anew.
            gates.running = None;
        }
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
    pub(crate) fn patience(
        &self,
        options: &Options,
        pod: &Pod,
        trouble: &Trouble,
        now: Timestamp,
    ) -> Timestamp {
        let since = self.seen.trouble.get(&pod.uid).copied().unwrap_or(now);
        after(since, options.grace_for(trouble.kind))
    }

    /// What is wrong with the pod that blocks, and when it will have lasted too long.
    pub(crate) fn trouble(
        &self,
        options: &Options,
        snapshot: &Snapshot,
        blocker: &Blocker,
        now: Timestamp,
    ) -> Option<(String, Timestamp)> {
        let Blocker::Unready { pod: name, .. } = blocker else { return None };
        let pod = snapshot.own_pods().find(|pod| pod.name == *name)?;
        let trouble = pod.troubles.first()?;
        Some((describe(name, trouble), self.patience(options, pod, trouble, now)))
    }

    fn verdict(&self, terms: Terms<'_>, pod: Option<&Pod>, now: Timestamp) -> Verdict {
        let uid = pod.map_or("", |pod| pod.uid.as_str());
        let forgiven = self.seen.restarts.get(uid).copied().unwrap_or(0);
        let need = Need {
            revision: terms.revision,
            ready_for: terms.ready_for(),
            seen_ready: self.seen.ready.get(uid).and_then(|since| since.seen),
            restarts: forgiven.saturating_add(terms.options.max_restarts),
        };
        judge(pod, &need, now)
    }

    /// Judges the pod with this ordinal.
    pub(crate) fn stand(
        &mut self,
        terms: Terms<'_>,
        ordinal: Ordinal,
        pod: Option<&Pod>,
        now: Timestamp,
    ) -> Standing {
        let name = terms.set.pod_name(ordinal);
        match (self.verdict(terms, pod, now), pod) {
            (Verdict::Restarted { restarts }, pod) => {
                let times =
                    if restarts == 1 { "once".to_owned() } else { format!("{restarts} times") };
                let trouble = pod.and_then(|pod| pod.troubles.first());
                let why = trouble.map_or_else(String::new, |t| format!(" ({})", t.reason));
                Standing::Rejected(format!("pod {name} restarted {times}{why}"))
            }
            (Verdict::Troubled(trouble), Some(pod)) => {
                let until = self.patience(terms.options, pod, &trouble, now);
                let what = describe(&name, &trouble);
                if now >= until {
                    return Standing::Rejected(what);
                }
                let what = format!("{what}; held if it lasts");
                Standing::Waits { what, until: Some(until) }
            }
            (Verdict::Soaking { until }, _) => {
                Standing::Soaking { what: format!("pod {name} is ready; watching it"), until }
            }
            (Verdict::Good, Some(pod)) => self.gate(terms, pod, ordinal),
            (Verdict::NotYet | Verdict::Good | Verdict::Troubled(_), _) => Standing::NotYet,
        }
    }

    fn gate(&mut self, terms: Terms<'_>, pod: &Pod, ordinal: Ordinal) -> Standing {
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
                        return Standing::Rejected(what);
                    }
                    GateResult::Inconclusive { gate, detail } => {
                        let what = with(&format!("gate {gate} could not tell about"), &detail);
                        return Standing::Unclear(what);
                    }
                    GateResult::Passed => {}
                }
            }
            if gates.running.is_some() {
                let what = format!("running gates for pod {}", pod.name);
                return Standing::Waits { what, until: None };
            }
            gates.running = Some(uid.clone());
            return Standing::Gate(GateSubject {
                pod: pod.name.clone(),
                uid,
                ordinal,
                revision: terms.revision.to_owned(),
                step: terms.step,
            });
        }
        Standing::Passed(if self.seen.passed.insert(uid) { Found::Now } else { Found::Before })
    }

    /// Takes in what the extra gates of a pod came to.
    pub(crate) fn gated(&mut self, uid: &str, result: GateResult) {
        let Some(gates) = &mut self.gates else { return };
        gates.running = None;
        match result {
            GateResult::Passed => {
                gates.passed.insert(uid.to_owned());
            }
            GateResult::Failed { .. } | GateResult::Inconclusive { .. } => {
                gates.failure = Some((uid.to_owned(), result));
            }
        }
    }

    /// Whether the pod has passed, and would again.
    pub(crate) fn has_passed(&self, terms: Terms<'_>, pod: &Pod, now: Timestamp) -> bool {
        self.seen.passed.contains(&pod.uid) && self.verdict(terms, Some(pod), now) == Verdict::Good
    }

    /// What is to be shown of a pod beyond its status.
    pub(crate) fn extra(&self, terms: Terms<'_>, pod: &Pod, now: Timestamp) -> Extra {
        if self.gates.as_ref().is_some_and(|gates| gates.running.as_ref() == Some(&pod.uid)) {
            return Extra::Gating;
        }
        if self.seen.passed.contains(&pod.uid) {
            return Extra::None;
        }
        match self.verdict(terms, Some(pod), now) {
            Verdict::Soaking { until } => Extra::Soaking(until),
            _ => Extra::None,
        }
    }
}

/// What several pods have still before them.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// What the first of them has.
    pub(crate) first: Option<(String, Option<Timestamp>)>,
    /// When something about any of them will be over.
    pub(crate) wake: Option<Timestamp>,
    /// Whether one of them may never get there. A pod that is only being watched passes at a known
    /// time, however long that is.
    pub(crate) stuck: bool,
}

impl Pending {
    /// Takes a pod in; hands back a standing that does not pass by waiting.
    pub(crate) fn add(
        &mut self,
        standing: Standing,
        not_yet: impl FnOnce() -> String,
    ) -> Result<(), Standing> {
        self.stuck |= !matches!(standing, Standing::Soaking { .. } | Standing::Passed(_));
        let (what, until) = match standing {
            Standing::Passed(_) => return Ok(()),
            Standing::Soaking { what, until } => (what, Some(until)),
            Standing::Waits { what, until } => (what, until),
            Standing::NotYet => (not_yet(), None),
            Standing::Gate(_) | Standing::Rejected(_) | Standing::Unclear(_) => {
                return Err(standing);
            }
        };
        self.wake = self.wake.into_iter().chain(until).min();
        // The first one named is where the controller works.
        self.first.get_or_insert((what, until));
        Ok(())
    }
}

/// What a pod that has gone, or goes, has still before it.
pub(crate) fn coming(name: &str, pod: Option<&Pod>) -> String {
    match pod {
        None => format!("waiting for pod {name} to be created"),
        Some(pod) if pod.deleting_since.is_some() => format!("waiting for pod {name} to end"),
        Some(_) => format!("waiting for pod {name} to be ready"),
    }
}

/// What is wrong with a pod, in one sentence.
pub(crate) fn describe(pod: &str, trouble: &Trouble) -> String {
    format!("pod {pod} is not ready: {trouble}")
}
