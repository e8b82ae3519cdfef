//! Taking pods down one after the other in a chosen order: which one is next, and what is known
//! of those that went before.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::model::leader::{Leader, LeaderKind};
use crate::model::order::Order;
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::set::{PodManagement, Set};
use crate::model::snapshot::Snapshot;
use crate::plan::headroom::{self, Blocker};
use crate::plan::leader::labelled;
use crate::plan::step::PodDeletion;
use crate::progress::machine::{Rejection, after};

/// How often the leader is asked for again while the answer is unclear.
const UNCLEAR_LIMIT: u32 = 4;

/// How long to wait between two such questions.
const UNCLEAR_PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// How long an answer is good for.
const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// How far apart clocks may be.
const SKEW: SignedDuration = SignedDuration::from_secs(30);

/// How long a deletion whose answer was lost may still be under way.
const IN_DOUBT: SignedDuration = SignedDuration::from_secs(60);

/// The turns of a run.
#[derive(Debug)]
pub(crate) struct Turns {
    order: Order,
    leader: Option<Leader>,
    /// UIDs of pods taken down here, which a watch may still show for a moment.
    deleted: BTreeSet<String>,
    deleting: Option<Deleting>,
    /// A deletion that was refused, or that nobody answered: it may happen yet.
    doubt: Option<Doubt>,
    /// The newest pod seen of each ordinal.
    newest: BTreeMap<Ordinal, Newest>,
    /// UIDs of pods that others have come in the place of.
    replaced: BTreeSet<String>,
    /// Whether the last reading showed pods that are known to be gone.
    behind: bool,
    /// Pods of the turn under way.
    members: BTreeSet<Ordinal>,
    /// How many more may be taken down in this turn.
    room: u32,
    asked: Asked,
}

/// A pod that is being taken down.
#[derive(Clone, Debug)]
pub(crate) struct Deleting {
    /// Its UID.
    uid: String,
    /// Its name.
    pub(crate) pod: String,
    /// Its ordinal.
    pub(crate) ordinal: Ordinal,
}

#[derive(Debug)]
struct Newest {
    uid: String,
    created_at: Option<Timestamp>,
    leaving: bool,
}

#[derive(Debug)]
struct Doubt {
    uid: String,
    since: Option<Timestamp>,
}

/// What became of the question which pod leads.
#[derive(Debug, Default)]
struct Asked {
    running: bool,
    answer: Option<(Ordinal, Timestamp)>,
    /// The last clear answer, for showing.
    last: Option<Ordinal>,
    unclear: u32,
    why: String,
    again_at: Option<Timestamp>,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Take this pod down.
    Take(Ordinal),
    /// The same: it leads the others, and it is the last one.
    TakeLeader(Ordinal),
    /// Ask which pod leads.
    Ask(Leader),
    /// Wait.
    Wait {
        /// What is waited for.
        what: String,
        /// When to look again.
        wake: Option<Timestamp>,
    },
    /// Nobody could say which pod leads, however often they were asked.
    Unclear(String),
}

impl Turns {
    /// Turns in this order. `leader` is asked for where the order depends on it.
    pub(crate) fn new(order: Order, leader: Option<Leader>) -> Self {
        Self {
            order,
            leader,
            deleted: BTreeSet::new(),
            deleting: None,
            doubt: None,
            newest: BTreeMap::new(),
            replaced: BTreeSet::new(),
            behind: false,
            members: BTreeSet::new(),
            room: 0,
            asked: Asked::default(),
        }
    }

    /// Names who is asked which pod leads.
    pub(crate) fn ask(&mut self, leader: Option<Leader>) {
        self.leader = leader;
    }

    /// All wanted ordinals in order, the leader last as far as it is known.
    pub(crate) fn sequence(&self, set: &Set) -> Vec<Ordinal> {
        let mut sequence = self.order.sequence(set.wanted);
        if let Some(leader) = self.asked.last {
            sequence.sort_by_key(|ordinal| *ordinal == leader);
        }
        sequence
    }

    /// Whether this very pod was taken down here, whatever a watch still shows.
    pub(crate) fn took(&self, pod: &Pod) -> bool {
        self.deleted.contains(&pod.uid)
    }

    /// Looks at a reading. A watch begins anew where another server answers, and may then tell what
    /// was long ago.
    pub(crate) fn observe(&mut self, snapshot: &Snapshot) {
        self.behind = false;
        for ordinal in snapshot.set.wanted.iter() {
            let known = self.newest.get(&ordinal);
            let Some(pod) = snapshot.pod(ordinal) else {
                // Whoever comes next was created after now, if clocks agree by and large.
                let since = snapshot.taken_at.saturating_sub(SKEW).ok();
                let nobody = Newest { uid: String::new(), created_at: since, leaving: true };
                self.newest.entry(ordinal).or_insert(nobody);
                continue;
            };
            let newest = Newest {
                uid: pod.uid.clone(),
                created_at: pod.created_at,
                leaving: pod.deleting_since.is_some(),
            };
            match known {
                Some(known) if known.uid == pod.uid && known.leaving && !newest.leaving => {
                    self.behind = true;
                    continue;
                }
                Some(known) if known.uid == pod.uid => {}
                Some(known)
                    if self.replaced.contains(&pod.uid) || pod.created_at < known.created_at =>
                {
                    self.behind = true;
                    continue;
                }
                Some(known) => {
                    self.replaced.insert(known.uid.clone());
                }
                None => {}
            }
            self.newest.insert(ordinal, newest);
        }
    }

    /// What to wait for, while the reading shows pods that are known to be gone.
    pub(crate) fn behind(&self) -> Option<String> {
        self.behind.then(|| "waiting for the watch to catch up".to_owned())
    }

    /// A new turn, in which so many pods may go.
    pub(crate) fn begin(&mut self, room: u32) {
        self.members.clear();
        self.room = room;
    }

    /// No more pods go in this turn.
    pub(crate) fn close(&mut self) {
        self.room = 0;
    }

    /// Whether pods were taken down in this turn and others may still follow at once.
    pub(crate) fn under_way(&self) -> bool {
        self.room > 0 && !self.members.is_empty()
    }

    /// What of the pods outside this turn forbids taking one more down.
    pub(crate) fn blocker(
        &self,
        snapshot: &Snapshot,
        tolerate: u32,
        now: Timestamp,
    ) -> Option<Blocker> {
        let all = snapshot.set.wanted.replicas;
        let (young, unready): (Vec<Blocker>, Vec<Blocker>) = self
            .others(snapshot, all, now)
            .partition(|blocker| matches!(blocker, Blocker::NotAvailable { .. }));
        let unready = if unready.len() > tolerate as usize { unready } else { Vec::new() };
        unready.into_iter().chain(young).next()
    }

    /// The pod below this one without which it would not be made again: under `OrderedReady` the
    /// controller creates nothing above a pod that is not available.
    pub(crate) fn hole(
        &self,
        snapshot: &Snapshot,
        ordinal: Ordinal,
        now: Timestamp,
    ) -> Option<Blocker> {
        let set = &snapshot.set;
        let below = set.wanted.index(ordinal)?;
        match set.management {
            PodManagement::OrderedReady => self.others(snapshot, below, now).next(),
            PodManagement::Parallel => None,
        }
    }

    fn others(
        &self,
        snapshot: &Snapshot,
        below: u32,
        now: Timestamp,
    ) -> impl Iterator<Item = Blocker> {
        let members: Vec<String> =
            self.members.iter().map(|ordinal| snapshot.set.pod_name(*ordinal)).collect();
        let unavailable = headroom::unavailable(snapshot, below, 0, now).into_iter();
        unavailable.filter(move |blocker| match blocker {
            Blocker::Missing { pod }
            | Blocker::Leaving { pod }
            | Blocker::Unready { pod, .. }
            | Blocker::NotAvailable { pod, .. } => !members.contains(pod),
            Blocker::Budget { .. } | Blocker::BudgetsUnknown { .. } => true,
        })
    }

    /// Which of these goes next; they are in order, and there is at least one.
    pub(crate) fn choose(
        &mut self,
        snapshot: &Snapshot,
        left: &[Ordinal],
        now: Timestamp,
    ) -> Choice {
        let leader = match self.order {
            Order::LeaderLast => match self.leads(snapshot, now) {
                Ok(leader) => Some(leader),
                Err(choice) => return choice,
            },
            Order::Desc | Order::Asc | Order::List(_) => None,
        };
        if let Some((ordinal, until)) = self.in_doubt(snapshot, left, now) {
            if leader == Some(ordinal) && left.len() > 1 {
                let pod = snapshot.set.pod_name(ordinal);
                let what = format!("pod {pod} leads now, and a deletion of it may be under way");
                return Choice::Wait { what, wake: Some(until) };
            }
            return if leader == Some(ordinal) {
                Choice::TakeLeader(ordinal)
            } else {
                Choice::Take(ordinal)
            };
        }
        match (left.iter().find(|ordinal| leader != Some(**ordinal)), leader) {
            (Some(ordinal), _) => Choice::Take(*ordinal),
            (None, Some(leader)) => Choice::TakeLeader(leader),
            (None, None) => {
                Choice::Wait { what: "waiting for a pod to take down".to_owned(), wake: None }
            }
        }
    }

    /// The pod whose deletion may be under way, as long as that is so: no other is taken down
    /// meanwhile, or there might be two.
    fn in_doubt(
        &mut self,
        snapshot: &Snapshot,
        left: &[Ordinal],
        now: Timestamp,
    ) -> Option<(Ordinal, Timestamp)> {
        let doubt = self.doubt.as_mut()?;
        let until = after(*doubt.since.get_or_insert(now), IN_DOUBT);
        let pod = snapshot.own_pods().find(|pod| pod.uid == doubt.uid);
        let ordinal = pod.and_then(|pod| pod.ordinal).filter(|ordinal| left.contains(ordinal));
        if ordinal.is_none() || now >= until {
            self.doubt = None;
        }
        ordinal.filter(|_| now < until).map(|ordinal| (ordinal, until))
    }

    /// Who leads, or what has to happen before that is known.
    fn leads(&mut self, snapshot: &Snapshot, now: Timestamp) -> Result<Ordinal, Choice> {
        let Some(leader) = self.leader.clone() else {
            return Err(Choice::Unclear("nobody was named to ask".to_owned()));
        };
        if self.asked.running {
            let what = "asking which pod leads".to_owned();
            return Err(Choice::Wait { what, wake: None });
        }
        if let Some(again) = self.asked.again_at {
            if self.asked.unclear > UNCLEAR_LIMIT {
                return Err(Choice::Unclear(self.asked.why.clone()));
            }
            if now < again {
                let what =
                    format!("it is unclear which pod leads ({}); asking again", self.asked.why);
                return Err(Choice::Wait { what, wake: Some(again) });
            }
        }
        if let LeaderKind::Label { key, value } = &leader.kind {
            self.led(labelled(snapshot, key, value), now);
            return match self.asked.answer {
                Some((leader, _)) => Ok(leader),
                None => self.leads(snapshot, now),
            };
        }
        match self.asked.answer {
            Some((leader, since)) if now < after(since, FRESH) => Ok(leader),
            _ => {
                self.asked.running = true;
                Err(Choice::Ask(leader))
            }
        }
    }

    /// Takes in who leads.
    pub(crate) fn led(&mut self, answer: Result<Ordinal, String>, now: Timestamp) {
        self.asked.running = false;
        match answer {
            Ok(leader) => {
                self.asked =
                    Asked { answer: Some((leader, now)), last: Some(leader), ..Asked::default() };
            }
            Err(why) => {
                self.asked.answer = None;
                self.asked.unclear += 1;
                self.asked.why = why;
                self.asked.again_at = Some(after(now, UNCLEAR_PAUSE));
            }
        }
    }

    /// The deletion of this pod; [`Self::taken`] or [`Self::refused`] is told what became of it.
    pub(crate) fn delete(&mut self, set: &Set, pod: &Pod, ordinal: Ordinal) -> PodDeletion {
        self.deleting = Some(Deleting { uid: pod.uid.clone(), pod: pod.name.clone(), ordinal });
        PodDeletion::of(set, pod)
    }

    /// The deletion was accepted; `None` when none was under way.
    pub(crate) fn taken(&mut self) -> Option<Deleting> {
        let deleting = self.deleting.take()?;
        self.deleted.insert(deleting.uid.clone());
        self.members.insert(deleting.ordinal);
        self.room = self.room.saturating_sub(1);
        self.doubt = None;
        // Whoever led may have been told to go, or may hand over to another.
        self.asked.answer = None;
        Some(deleting)
    }

    /// The deletion was refused, or its answer was lost. It may have been carried out all the same,
    /// and then counts in this turn: no other follows until all that went have passed.
    pub(crate) fn refused(&mut self, why: &Rejection) {
        if let Some(deleting) = self.deleting.take()
            && *why == Rejection::Changed
        {
            self.close();
            self.doubt = Some(Doubt { uid: deleting.uid, since: None });
        }
    }
}

#[cfg(test)]
mod tests;
