//! An API server and kubelets in a few lines, with a clock of their own.
//!
//! The controller is [`plan::simulate`](crate::plan::simulate), which is checked against the real
//! one: here it looks from time to time, at what a watch may have yet to tell others.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::convert::run as record;
use crate::model::feature::MaxUnavailable;
use crate::model::ordinal::Ordinal;
use crate::model::pod::{Phase, Pod, Trouble, TroubleKind};
use crate::model::revision::Revision;
use crate::model::run::{Holder, OriginalStrategy, RecordedRun};
use crate::model::set::{Rolling, Set, Strategy, Template};
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::simulate::controller::{Seen, look};
use crate::plan::simulate::forecast::Deed;
use crate::plan::step::{PodDeletion, RunChange, SetPatch, Step, StrategyChange, TemplateChange};
use crate::progress::machine::{Finding, Question};
use crate::testing::{a_holder, a_pod, a_snapshot, a_template, at};

/// How a cluster behaves.
#[derive(Clone, Debug)]
pub(crate) struct Manners {
    /// Seconds from a pod's creation to its being ready.
    pub(crate) start: i64,
    /// Seconds from a pod's deletion to its being gone.
    pub(crate) stop: i64,
    /// Seconds between two looks of the controller.
    pub(crate) pace: i64,
    /// Seconds by which a watch is behind.
    pub(crate) lag: usize,
    /// `maxUnavailable` where the server knows it.
    pub(crate) max_unavailable: Option<usize>,
}

/// A cluster with one set in it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) set: Set,
    pub(crate) revisions: Vec<Revision>,
    /// Images that never become ready.
    pub(crate) broken: BTreeSet<String>,
    /// The index of the pod that led when somebody last asked.
    pub(crate) lead: u32,
    manners: Manners,
    pods: Vec<Life>,
    made: u64,
    /// What watches have yet to see, oldest first.
    readings: Vec<(Set, Vec<Pod>)>,
    /// When others last did something.
    meddled: Timestamp,
    /// Every write that was accepted, and the cluster before it, where somebody asks for them.
    pub(crate) log: Option<Vec<Accepted>>,
}

/// A write that was accepted.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    pub(crate) step: Step,
    /// The cluster before it.
    pub(crate) before: Snapshot,
    /// The set after it.
    pub(crate) after: Set,
    /// How long before it others had last done something.
    pub(crate) undisturbed: SignedDuration,
}

/// What others do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    Partition(u32),
    Replicas(u32),
    Start(u32),
    Template(&'static str),
    RecordRemoved,
    /// With or without our annotation.
    Recreated(bool),
    PodDeleted(u8),
    /// Another process of ours takes the lock.
    Takeover,
    /// `rollout pause` takes the lock away.
    Pause,
}

#[derive(Clone, Debug)]
struct Life {
    pod: Pod,
    /// When it is ready, if nothing is wrong with it.
    ready: Timestamp,
    gone: Option<Timestamp>,
}

/// The object is not as it was read.
#[derive(Debug)]
pub(crate) struct Conflict;

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now + SignedDuration::from_secs(seconds)
}

impl World {
    /// A settled set.
    pub(crate) fn new(set: Set, manners: Manners) -> Self {
        let pods = a_snapshot(&set).pods.into_iter();
        let pods = pods.map(|pod| Life { pod, ready: at(-3600), gone: None }).collect();
        let mut world = Self {
            now: at(0),
            set,
            revisions: Vec::new(),
            broken: BTreeSet::new(),
            lead: 0,
            manners,
            pods,
            made: 100,
            readings: Vec::new(),
            meddled: at(-3600),
            log: None,
        };
        world.sync();
        world
    }

    fn next(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// Any write to the set moves its version.
    pub(crate) fn touch(&mut self) {
        self.set.resource_version = self.next().to_string();
    }

    /// Everything as it is.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            set: self.set.clone(),
            pods: self.pods.iter().map(|life| life.pod.clone()).collect(),
            revisions: self.revisions.clone(),
            budgets: Known::Read(Vec::new()),
            taken_at: self.now,
        }
    }

    /// What a watch tells now.
    pub(crate) fn reading(&self) -> (Set, Vec<Pod>) {
        match self.readings.first() {
            Some(behind) if self.manners.lag > 0 => behind.clone(),
            _ => (self.set.clone(), self.snapshot().pods),
        }
    }

    /// What else there is to know.
    pub(crate) fn find(question: Question) -> Finding {
        match question {
            Question::Events => Finding::Events(Known::Read(Vec::new())),
            Question::Claims => Finding::Claims(Known::Read(Vec::new())),
            Question::Nodes => Finding::Nodes(Known::Unknown("not asked for".to_owned())),
        }
    }

    /// One second passes.
    pub(crate) fn tick(&mut self) {
        self.readings.push((self.set.clone(), self.snapshot().pods));
        let behind = self.readings.len().saturating_sub(self.manners.lag.max(1));
        self.readings.drain(..behind);
        self.now = later(self.now, 1);
        self.kubelets();
        if self.now.as_second() % self.manners.pace == 0 {
            self.sync();
        }
    }

    fn kubelets(&mut self) {
        let now = self.now;
        self.pods.retain(|life| life.gone.is_none_or(|gone| gone > now));
        for at in 0..self.pods.len() {
            let life = &self.pods[at];
            if life.pod.is_ready() || life.pod.deleting_since.is_some() || life.ready > now {
                continue;
            }
            let image = life.pod.revision.clone().unwrap_or_default();
            let broken = self.broken.iter().any(|word| image == format!("db-{word}"));
            if broken && !life.pod.troubles.is_empty() {
                continue;
            }
            let version = self.next().to_string();
            let pod = &mut self.pods[at].pod;
            pod.resource_version = version;
            if broken {
                pod.troubles = vec![Trouble {
                    kind: TroubleKind::Image,
                    reason: "ImagePullBackOff".to_owned(),
                    message: String::new(),
                    container: None,
                }];
            } else {
                pod.phase = Phase::Running;
                pod.ready_since = Some(now);
            }
        }
    }

    /// A pod is unwell for a while, without saying why.
    pub(crate) fn sicken(&mut self, which: usize, seconds: i64) {
        let (count, until) = (self.pods.len().max(1), later(self.now, seconds));
        let version = self.next().to_string();
        if let Some(life) = self.pods.get_mut(which % count)
            && life.pod.is_ready()
        {
            life.pod.ready_since = None;
            life.pod.resource_version = version;
            life.ready = until;
        }
    }

    /// The pods hold an election where whoever led is not ready; the highest ready pod wins.
    pub(crate) fn leader(&mut self) -> Result<Ordinal, String> {
        let ready = |world: &Self, index: u32| {
            let ordinal = Some(world.set.wanted.at(index));
            world.pods.iter().any(|life| life.pod.ordinal == ordinal && life.pod.is_ready())
        };
        if !ready(self, self.lead) {
            let next = (0..self.set.wanted.replicas).rev().find(|index| ready(self, *index));
            self.lead = next.ok_or_else(|| "there is no quorum".to_owned())?;
        }
        Ok(self.set.wanted.at(self.lead))
    }

    /// The template of a revision, by its image.
    pub(crate) fn template(word: &str) -> Template {
        a_template(word)
    }

    /// Somebody else does something.
    pub(crate) fn meddle(&mut self, foreign: Foreign) {
        self.meddled = self.now;
        match foreign {
            Foreign::Partition(partition) => self.roll(partition),
            Foreign::Replicas(replicas) => self.set.wanted.replicas = replicas,
            Foreign::Start(start) => self.set.wanted.start = start,
            Foreign::Template(word) => self.set.template = a_template(word),
            Foreign::RecordRemoved => self.set.run = None,
            Foreign::Recreated(annotated) => {
                self.set.uid = format!("set-{}", self.next());
                if !annotated {
                    self.set.run = None;
                }
                let word = self.set.template.images[0].1.clone();
                let revision = format!("db-{word}");
                self.set.status.current_revision.clone_from(&revision);
                self.set.status.update_revision.clone_from(&revision);
                let (now, wanted) = (self.now, a_snapshot(&self.set).pods);
                self.pods =
                    wanted.into_iter().map(|pod| Life { pod, ready: now, gone: None }).collect();
                for at in 0..self.pods.len() {
                    self.pods[at].pod.uid = format!("uid-{}", self.next());
                }
            }
            Foreign::PodDeleted(which) => {
                let index = usize::from(which) % self.pods.len().max(1);
                if self.pods.get(index).is_some_and(|life| life.gone.is_none()) {
                    self.stop(index);
                }
                return;
            }
            Foreign::Takeover | Foreign::Pause => {
                let Some(RecordedRun::Read(run)) = &mut self.set.run else { return };
                let theirs = Holder { token: "theirs".to_owned(), ..a_holder(self.now) };
                run.holder = Some(theirs).filter(|_| foreign == Foreign::Takeover);
                return self.touch();
            }
        }
        self.set.generation += 1;
        self.touch();
    }

    /// Writes as the API server does.
    pub(crate) fn apply(&mut self, step: &Step) -> Result<Option<Set>, Conflict> {
        let before = self.log.is_some().then(|| self.snapshot());
        let answer = self.carry_out(step)?;
        if let (Some(log), Some(before)) = (&mut self.log, before) {
            let undisturbed = self.now.duration_since(self.meddled);
            log.push(Accepted { step: step.clone(), before, after: self.set.clone(), undisturbed });
        }
        Ok(answer)
    }

    fn carry_out(&mut self, step: &Step) -> Result<Option<Set>, Conflict> {
        match step {
            Step::PatchSet(patch) => self.patch(patch).map(Some),
            Step::DeletePod(deletion) | Step::EvictPod(deletion) => {
                self.delete_pod(deletion).map(|()| None)
            }
            Step::Scale(scaling) => {
                let patch = SetPatch {
                    uid: scaling.uid.clone(),
                    resource_version: scaling.resource_version.clone(),
                    replicas: Some(scaling.replicas),
                    ..SetPatch::of(&self.set)
                };
                self.patch(&patch).map(|_| None)
            }
            _ => panic!("no rollout touches anything else"),
        }
    }

    fn patch(&mut self, patch: &SetPatch) -> Result<Set, Conflict> {
        if patch.uid != self.set.uid || patch.resource_version != self.set.resource_version {
            return Err(Conflict);
        }
        let before = (self.set.template.clone(), self.set.strategy.clone(), self.set.wanted);
        if let Some(replicas) = patch.replicas {
            self.set.wanted.replicas = replicas;
        }
        match &patch.template {
            TemplateChange::Keep => {}
            TemplateChange::Merge(json) | TemplateChange::Replace(json) => {
                let value: serde_json::Value = serde_json::from_str(json).unwrap();
                self.set.template =
                    a_template(value["spec"]["containers"][0]["image"].as_str().unwrap());
            }
        }
        match &patch.strategy {
            StrategyChange::Keep => {}
            StrategyChange::Partition(partition) => self.roll(*partition),
            StrategyChange::Restore(OriginalStrategy::RollingUpdate(Some(rolling))) => {
                self.roll(rolling.partition);
            }
            StrategyChange::Rebuild(rolling) => {
                self.set.strategy = Strategy::RollingUpdate(Some(rolling.clone()));
            }
            StrategyChange::Restore(OriginalStrategy::RollingUpdate(None)) => {
                self.set.strategy = Strategy::RollingUpdate(None);
            }
            StrategyChange::OnDelete | StrategyChange::Restore(OriginalStrategy::OnDelete) => {
                self.set.strategy = Strategy::OnDelete;
            }
        }
        match &patch.run {
            RunChange::Keep => {}
            RunChange::Write(run) => self.set.run = Some(record::read(&record::print(run))),
            RunChange::Remove => self.set.run = None,
        }
        if before != (self.set.template.clone(), self.set.strategy.clone(), self.set.wanted) {
            self.set.generation += 1;
        }
        self.touch();
        Ok(self.set.clone())
    }

    fn roll(&mut self, partition: u32) {
        let max_unavailable = match &self.set.strategy {
            Strategy::RollingUpdate(Some(rolling)) => rolling.max_unavailable.clone(),
            _ => None,
        };
        self.set.strategy = Strategy::RollingUpdate(Some(Rolling { partition, max_unavailable }));
    }

    fn delete_pod(&mut self, deletion: &PodDeletion) -> Result<(), Conflict> {
        let index = self.pods.iter().position(|life| {
            life.pod.uid == deletion.uid && life.pod.resource_version == deletion.resource_version
        });
        let index = index.ok_or(Conflict)?;
        self.stop(index);
        Ok(())
    }

    fn stop(&mut self, index: usize) {
        let version = self.next().to_string();
        let (now, gone) = (self.now, later(self.now, self.manners.stop));
        let life = &mut self.pods[index];
        life.pod.deleting_since = Some(now);
        life.pod.resource_version = version;
        life.gone = Some(gone);
        self.pods.retain(|life| life.gone.is_none_or(|gone| gone > now));
    }

    /// The controller looks.
    pub(crate) fn sync(&mut self) {
        let mut set = self.set.clone();
        if let Strategy::RollingUpdate(Some(rolling)) = &mut set.strategy {
            rolling.max_unavailable = self.manners.max_unavailable.map(|most| most.to_string());
        }
        let seen = Seen {
            set: &set,
            pods: &self.snapshot().pods,
            max_unavailable: match self.manners.max_unavailable {
                Some(_) => MaxUnavailable::Counts,
                None => MaxUnavailable::Dropped,
            },
            now: self.now,
            name: |set, _| format!("db-{}", set.template.images[0].1),
        };
        let look = look(seen, &mut self.revisions);
        for act in look.acts {
            match act.deed {
                Deed::Create { revision } => self.create(act.pod, &revision),
                Deed::Delete(_) => {
                    let place = self.pods.iter().position(|life| life.pod.ordinal == Some(act.pod));
                    self.stop(place.unwrap());
                }
            }
        }
        if self.set.status != look.status {
            self.set.status = look.status;
            self.touch();
        }
    }

    fn create(&mut self, ordinal: Ordinal, revision: &str) {
        let version = self.next();
        let pod = Pod {
            uid: format!("uid-{version}"),
            resource_version: version.to_string(),
            created_at: Some(self.now),
            phase: Phase::Pending,
            ..a_pod(&self.set, ordinal.0).on(revision).unready()
        };
        let ready = later(self.now, self.manners.start);
        self.pods.push(Life { pod, ready, gone: None });
    }
}
