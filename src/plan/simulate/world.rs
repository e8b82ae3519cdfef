//! A set with its pods and revisions, and time that passes for them.

use std::collections::{BTreeMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::model::ordinal::Ordinal;
use crate::model::placement::Placement;
use crate::model::pod::{Phase, Pod};
use crate::model::revision::Revision;
use crate::model::set::{Set, Strategy};
use crate::model::snapshot::Snapshot;
use crate::plan::simulate::assumed::Assumed;
use crate::plan::simulate::change::Change;
use crate::plan::simulate::controller::{Seen, look};
use crate::plan::simulate::forecast::{
    Act, Before, Deed, End, Forecast, Lacks, Last, Wait, new_name,
};

/// A pod that is made that often on one revision is made for ever.
const OFTEN: u32 = 8;

/// A simulated set. It can be changed and run again and again.
#[derive(Clone, Debug)]
pub struct Simulation {
    set: Set,
    revisions: Vec<Revision>,
    pods: Vec<Pod>,
    /// What becomes of each pod, in the same order.
    lives: Vec<Life>,
    /// Pods that are missed when they are not ready: those that were wanted or ready before.
    missed: HashSet<Ordinal>,
    assumed: Assumed,
    now: Timestamp,
}

/// What becomes of a pod by itself.
#[derive(Clone, Copy, Debug, Default)]
struct Life {
    /// When it becomes ready.
    ready: Option<Timestamp>,
    /// When it is gone.
    gone: Option<Timestamp>,
}

impl Simulation {
    /// A set as it was read.
    pub fn new(snapshot: &Snapshot, assumed: Assumed) -> Self {
        let now = snapshot.taken_at;
        let set = snapshot.set.clone();
        let mut revisions = snapshot.revisions.clone();
        if set.observed() {
            // The controller says which revision this template is, even where their texts differ.
            let name = set.status.update_revision.as_str();
            if let Some(update) = revisions.iter_mut().find(|revision| revision.name == name) {
                update.template.clone_from(&set.template);
            }
        }
        let pods: Vec<Pod> =
            snapshot.own_pods().filter(|pod| pod.ordinal.is_some()).cloned().collect();
        let lives = pods.iter().map(|pod| Life {
            ready: None,
            gone: pod.deleting_since.map(|_| later(now, assumed.stop)),
        });
        let (lives, missed) = (lives.collect(), set.wanted.iter().collect());
        Self { set, revisions, pods, lives, missed, assumed, now }
    }

    /// Changes the set, or deletes pods, in one request.
    pub fn change(&mut self, changes: &[Change]) {
        let before = self.set.clone();
        for change in changes {
            change.apply(&mut self.set);
            if let Change::DeletePod(ordinal) = change {
                self.delete(*ordinal);
            }
        }
        if before != self.set {
            self.set.generation += 1;
        }
    }

    /// The set as it is now, with its status.
    pub fn set(&self) -> &Set {
        &self.set
    }

    /// The revisions as they are now.
    pub fn revisions(&self) -> &[Revision] {
        &self.revisions
    }

    /// Lets the controller work until nothing moves any more.
    pub fn run(&mut self) -> Forecast {
        let mut forecast = Forecast {
            acts: Vec::new(),
            pods: Vec::new(),
            current: String::new(),
            update: String::new(),
            most_down: self.down(),
            end: End::Endless,
        };
        let mut made: BTreeMap<(Ordinal, String), u32> = BTreeMap::new();
        let mut often = 0;
        while often < OFTEN {
            let seen = Seen {
                set: &self.set,
                pods: &self.pods,
                max_unavailable: self.assumed.max_unavailable,
                now: self.now,
                name: |_, number| new_name(number),
            };
            let look = look(seen, &mut self.revisions);
            let burst = forecast.acts.last().map_or(0, |act| act.burst + 1);
            let acts = forecast.acts.len();
            let idle = look.acts.is_empty() && look.status == self.set.status;
            self.set.status = look.status;
            for act in look.acts {
                self.act(&act);
                if let Deed::Create { revision } = &act.deed {
                    let times = made.entry((act.pod, revision.clone())).or_default();
                    *times += 1;
                    often = often.max(*times);
                }
                forecast.acts.push(Act { burst: burst + act.burst, ..act });
            }
            if idle && !self.wait() {
                forecast.end = self.end(look.wait);
                break;
            }
            if idle || forecast.acts.len() > acts {
                forecast.most_down = forecast.most_down.max(self.down());
            }
        }
        forecast.current.clone_from(&self.set.status.current_revision);
        forecast.update.clone_from(&self.set.status.update_revision);
        forecast.pods = self.pods.iter().filter_map(last).collect();
        forecast.pods.sort_by_key(|last| last.pod);
        forecast
    }

    fn place(&self, ordinal: Ordinal) -> Option<usize> {
        self.pods.iter().position(|pod| pod.ordinal == Some(ordinal))
    }

    /// Wanted pods that were there and are not ready.
    fn down(&self) -> u32 {
        let wanted = self.set.wanted;
        let missed = self.missed.iter().filter(|ordinal| wanted.wants(**ordinal)).count();
        let up = self.pods.iter().filter(|pod| {
            let ordinal = pod.ordinal.filter(|ordinal| wanted.wants(*ordinal));
            pod.is_ready() && ordinal.is_some_and(|ordinal| self.missed.contains(&ordinal))
        });
        u32::try_from(missed.saturating_sub(up.count())).unwrap_or(u32::MAX)
    }

    fn act(&mut self, act: &Act) {
        match &act.deed {
            Deed::Create { revision } => self.create(act.pod, revision),
            Deed::Delete(_) => self.delete(act.pod),
        }
    }

    /// A pod is told to go. One that has no node yet is gone at once.
    fn delete(&mut self, ordinal: Ordinal) {
        let Some(place) = self.place(ordinal) else { return };
        let pod = &mut self.pods[place];
        if pod.node.is_none() {
            self.pods.remove(place);
            self.lives.remove(place);
        } else if pod.deleting_since.is_none() {
            pod.deleting_since = Some(self.now);
            self.lives[place] =
                Life { ready: None, gone: Some(later(self.now, self.assumed.stop)) };
        }
    }

    fn create(&mut self, ordinal: Ordinal, revision: &str) {
        let known = self.revisions.iter().find(|known| known.name == revision);
        let template = known.map_or("", |known| known.template.json.as_str());
        let broken = self.assumed.is_broken(ordinal, revision, template);
        self.pods.push(Pod {
            name: self.set.pod_name(ordinal),
            uid: String::new(),
            resource_version: String::new(),
            controller: Some(self.set.uid.clone()),
            ordinal: Some(ordinal),
            revision: Some(revision.to_owned()),
            labels: BTreeMap::new(),
            created_at: Some(self.now),
            deleting_since: None,
            phase: Phase::Pending,
            node: None,
            placement: Placement::default(),
            ready_since: None,
            unready_since: None,
            restarts: 0,
            troubles: Vec::new(),
        });
        let ready = (!broken).then(|| later(self.now, self.assumed.start));
        self.lives.push(Life { ready, gone: None });
    }

    /// Waits for the next thing that happens by itself; `false` when nothing will.
    fn wait(&mut self) -> bool {
        let wait = SignedDuration::from_secs(i64::from(self.set.min_ready_seconds));
        let available = self
            .pods
            .iter()
            .filter(|pod| pod.deleting_since.is_none())
            .filter_map(|pod| pod.ready_since.map(|since| later(since, wait)));
        let lives = self.lives.iter().flat_map(|life| [life.ready, life.gone]).flatten();
        let next = lives.chain(available).filter(|moment| *moment > self.now).min();
        let Some(next) = next else { return false };
        self.now = next;
        let mut alive = self.lives.iter().map(|life| life.gone.is_none_or(|gone| gone > next));
        self.pods.retain(|_| alive.next().unwrap_or(true));
        self.lives.retain(|life| life.gone.is_none_or(|gone| gone > next));
        for (pod, life) in self.pods.iter_mut().zip(&mut self.lives) {
            pod.node.get_or_insert_default();
            if life.ready.is_some_and(|ready| ready <= next) {
                life.ready = None;
                pod.phase = Phase::Running;
                pod.ready_since = Some(next);
                self.missed.extend(pod.ordinal);
            }
        }
        true
    }

    fn end(&self, wait: Option<Wait>) -> End {
        if let Strategy::Other(strategy) = &self.set.strategy {
            return End::Unknown(strategy.clone());
        }
        if let Some(wait) = wait {
            return End::Stuck(wait);
        }
        let down =
            self.set.wanted.iter().find(|ordinal| {
                self.place(*ordinal).is_none_or(|place| !self.pods[place].is_ready())
            });
        match down {
            Some(pod) => End::Stuck(Wait { pod, lacks: Lacks::Ready, before: Before::Nothing }),
            None => End::Settled,
        }
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn last(pod: &Pod) -> Option<Last> {
    Some(Last {
        pod: pod.ordinal?,
        revision: pod.revision.clone().unwrap_or_default(),
        ready: pod.is_ready(),
    })
}
