//! One look of the controller at a set: `UpdateStatefulSet`.

use jiff::Timestamp;

use crate::model::feature::MaxUnavailable;
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::predict::{Side, made_on};
use crate::model::revision::Revision;
use crate::model::set::{PodManagement, Set, SetStatus, Strategy};
use crate::plan::simulate::count;
use crate::plan::simulate::forecast::{Act, Before, Cause, Deed, Wait};
use crate::plan::simulate::replica::{Clock, Replica, is_terminal, is_terminating};
use crate::plan::simulate::revise;
use crate::plan::simulate::update::Rollout;

/// What the controller sees.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The set with the status the controller wrote last.
    pub set: &'a Set,
    /// The set's own pods.
    pub pods: &'a [Pod],
    /// Whether `maxUnavailable` counts.
    pub max_unavailable: MaxUnavailable,
    /// The controller's clock.
    pub now: Timestamp,
    /// Names a revision of this set that is made now and gets this number.
    pub name: fn(&Set, i64) -> String,
}

/// What one look leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The status it writes.
    pub status: SetStatus,
    /// What it does, in order; bursts are numbered from 0.
    pub acts: Vec<Act>,
    /// What it waits for.
    pub wait: Option<Wait>,
    burst: u32,
}

impl Look {
    fn act(&mut self, pod: Option<Ordinal>, deed: Deed) {
        if let Some(pod) = pod {
            self.acts.push(Act { pod, deed, burst: self.burst });
        }
    }

    fn delete(&mut self, pod: Option<Ordinal>, cause: Cause) {
        self.act(pod, Deed::Delete(cause));
    }

    /// Deletes a pod to update it, which is done one after the other and counted at once.
    pub(super) fn update(&mut self, pod: Option<Ordinal>) {
        self.status.current = self.status.current.saturating_sub(1);
        self.burst += 1;
        self.delete(pod, Cause::Updated);
    }
}

/// Whether the controller goes on to the next part of its work.
enum Then {
    GoOn,
    Stop,
}

/// Looks at a set once. Revisions are made, renumbered and forgotten in place.
pub fn look(seen: Seen<'_>, revisions: &mut Vec<Revision>) -> Look {
    let set = seen.set;
    let pods: Vec<&Pod> = seen.pods.iter().filter(|pod| pod.ordinal.is_some()).collect();
    let clock = Clock { min_ready_seconds: set.min_ready_seconds, now: seen.now };
    let names = revise::revise(set, revisions, seen.name);
    let status = count::count(set, &pods, &names, clock);
    let mut look = Look { status, acts: Vec::new(), wait: None, burst: 0 };
    if !matches!(set.strategy, Strategy::Other(_)) {
        let (replicas, condemned) = sorted(set, &pods, &names);
        let controller = Controller { set, replicas, condemned, clock };
        controller.manage(seen.max_unavailable, &names.update, &mut look);
    }
    count::complete(set, &mut look.status);
    revise::truncate(set, &pods, &names, revisions);
    look
}

/// The wanted pods by index, those that do not exist about to be made, and the others from the
/// top.
fn sorted<'a>(
    set: &Set,
    pods: &[&'a Pod],
    names: &revise::Names,
) -> (Vec<Replica<'a>>, Vec<&'a Pod>) {
    let mut there: Vec<Option<&Pod>> = set.wanted.iter().map(|_| None).collect();
    let mut condemned = Vec::new();
    for pod in pods {
        let Some(ordinal) = pod.ordinal else { continue };
        let index = set.wanted.index(ordinal).and_then(|index| usize::try_from(index).ok());
        match index.and_then(|index| there.get_mut(index)) {
            Some(place) => *place = Some(pod),
            None => condemned.push(*pod),
        }
    }
    condemned.sort_by_key(|pod| std::cmp::Reverse(pod.ordinal));
    let made = |ordinal, index| {
        let revision = match made_on(&set.strategy, index, set.status.current) {
            Side::Current => names.current.clone(),
            Side::Update => names.update.clone(),
        };
        Replica::Made { ordinal, revision }
    };
    let replicas =
        set.wanted.iter().zip(0..).zip(there).map(|((ordinal, index), pod)| {
            pod.map_or_else(|| made(ordinal, index), Replica::There)
        });
    (replicas.collect(), condemned)
}

struct Controller<'a> {
    set: &'a Set,
    replicas: Vec<Replica<'a>>,
    condemned: Vec<&'a Pod>,
    clock: Clock,
}

impl Controller<'_> {
    fn manage(&self, feature: MaxUnavailable, update: &str, look: &mut Look) {
        if let Then::Stop = self.replicas(look) {
            return;
        }
        look.burst += 1;
        if let Then::Stop = self.condemned(look) {
            return;
        }
        let (set, replicas, clock) = (self.set, &self.replicas[..], self.clock);
        Rollout { set, replicas, update, clock }.go(feature, look);
    }

    fn is_ordered(&self) -> bool {
        self.set.management == PodManagement::OrderedReady
    }

    /// `processReplica` for all: makes what is missing. In order, each waits for the one below.
    fn replicas(&self, look: &mut Look) -> Then {
        for replica in &self.replicas {
            let stops = match replica {
                Replica::Made { ordinal, revision } => {
                    look.act(Some(*ordinal), Deed::Create { revision: revision.clone() });
                    true
                }
                Replica::There(pod) if is_terminal(pod) => {
                    if !is_terminating(pod) {
                        look.delete(pod.ordinal, Cause::Ended);
                    }
                    true
                }
                Replica::There(pod) => self.clock.lacks(pod).is_some(),
            };
            if stops && self.is_ordered() {
                look.wait = replica.ordinal().map(|pod| Wait {
                    pod,
                    lacks: replica.lacks(self.clock),
                    before: Before::Next,
                });
                return Then::Stop;
            }
        }
        Then::GoOn
    }

    /// `processCondemned` for all: takes away what is no longer wanted, in order from the top.
    fn condemned(&self, look: &mut Look) -> Then {
        if !self.is_ordered() {
            for pod in self.condemned.iter().filter(|pod| !is_terminating(pod)) {
                look.delete(pod.ordinal, Cause::ScaledDown);
            }
            return Then::GoOn;
        }
        let Some(top) = self.condemned.first() else { return Then::GoOn };
        // The lowest of them that is not available; all wanted pods are.
        let unhealthy = self.condemned.iter().rfind(|pod| self.clock.is_unavailable(pod));
        let blocked = match self.clock.lacks(top) {
            Some(lacks) if is_terminating(top) => Some((*top, lacks)),
            Some(_) if unhealthy.is_some_and(|pod| pod.ordinal != top.ordinal) => {
                unhealthy.and_then(|pod| Some((*pod, self.clock.lacks(pod)?)))
            }
            _ => None,
        };
        match blocked {
            Some((blocker, lacks)) => {
                let wait = |pod| Wait { pod, lacks, before: Before::ScaleDown };
                look.wait = blocker.ordinal.map(wait);
            }
            None => look.delete(top.ordinal, Cause::ScaledDown),
        }
        Then::Stop
    }
}
