//! The events of a rollout, from the first read to the last write.

use jiff::{SignedDuration, Timestamp};

use crate::exit::Exit;
use crate::model::ordinal::Ordinal;

/// One thing that happened, or began to be waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A run began, or was taken up again.
    Started(Started),
    /// The hold and the template are in the cluster; no pod has been touched.
    Held,
    /// The controller has made the revision that pods will move to.
    Pinned {
        /// Name of the ControllerRevision.
        revision: String,
    },
    /// A step begins.
    StepStarted(StepProgress),
    /// Pods were released to the controller, highest ordinal first.
    Released {
        /// Their names.
        pods: Vec<String>,
    },
    /// A pod looks different from before.
    Pod(PodRow),
    /// An extra gate began or ended for a pod.
    Gate(GateProgress),
    /// A pod is updated and has passed every gate.
    PodPassed {
        /// Its name.
        pod: String,
        /// From its release to now; absent for pods found updated.
        took: Option<SignedDuration>,
    },
    /// What the run waits for now; sent when that changes.
    Waiting(Waiting),
    /// All pods of a step have passed.
    StepPassed(StepProgress),
    /// A person is asked whether to go on.
    AskingApproval(StepProgress),
    /// The connection is in trouble: what is shown may be old.
    Stale {
        /// Since when.
        since: Timestamp,
        /// Why.
        reason: String,
    },
    /// The connection works again.
    Fresh,
    /// A pod of a broken rollout was deleted so that it can come back.
    PodDeleted {
        /// Its name.
        pod: String,
        /// The revision it comes back on.
        returns_on: String,
    },
    /// Something a person should know and need not act on.
    Notice(String),
    /// The run is over for this process.
    Ended(Ended),
}

/// How a run begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// `NAMESPACE/NAME` of the set, or `NAMESPACE/SELECTOR` of a group of sets.
    pub set: String,
    /// What the run does, such as `image app=db:v2` or `abort to db-7d4b9`.
    pub change: String,
    /// All wanted pods, set after set in the order in which they are rolled out, lowest ordinal
    /// first.
    pub pods: Vec<PodRow>,
    /// Cumulative updated pods at each step.
    pub steps: Vec<u32>,
    /// Steps already passed and approved.
    pub approved: u32,
}

/// Where a step stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepProgress {
    /// From 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// Updated pods at the end of the step.
    pub updated: u32,
    /// Pods of the set.
    pub replicas: u32,
    /// The pods this step adds, highest ordinal first.
    pub pods: Vec<String>,
}

/// One pod as a view shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodRow {
    /// Name; a missing pod has one too.
    pub pod: String,
    /// Ordinal.
    pub ordinal: Ordinal,
    /// The revision it runs, if it exists.
    pub revision: Option<String>,
    /// Whether that is the revision the run moves to.
    pub updated: bool,
    /// What it is doing.
    pub state: PodState,
    /// Why, in a few words; empty when there is nothing to add.
    pub reason: String,
}

impl PodRow {
    /// The name of its set.
    pub fn set(&self) -> &str {
        let ordinal = self.ordinal.to_string();
        let stem = self.pod.strip_suffix(&ordinal).and_then(|stem| stem.strip_suffix('-'));
        stem.unwrap_or(&self.pod)
    }
}

/// What a pod is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodState {
    /// Not there.
    Missing,
    /// On its way out.
    Terminating,
    /// Not running yet.
    Pending,
    /// Running, not ready.
    Starting,
    /// Ready, and watched until this time before it counts.
    Soaking {
        /// When it will have been ready long enough.
        until: Timestamp,
    },
    /// Ready for long enough; extra gates run.
    Gating,
    /// Ready, and past every gate where it has been updated.
    Ready,
    /// Its status names an error.
    Failing,
}

/// Where an extra gate stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateProgress {
    /// The pod it is about.
    pub pod: String,
    /// The gate as given, such as `cmd:./check.sh`.
    pub gate: String,
    /// How it stands.
    pub state: GateState,
}

/// How an extra gate stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GateState {
    /// Runs, for at most until this time.
    Running {
        /// When it is given up.
        until: Timestamp,
    },
    /// Said yes.
    Passed {
        /// What it printed, shortened.
        detail: String,
    },
    /// Said no.
    Failed {
        /// What it printed, shortened.
        detail: String,
    },
    /// Could not tell: could not be run, or timed out.
    Inconclusive {
        /// Why.
        detail: String,
    },
}

/// What a run waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// In words, such as `pod db-0 is not ready (CrashLoopBackOff): it blocks db-4`.
    pub what: String,
    /// When it will be over, or be given up.
    pub until: Option<Timestamp>,
}

/// How a run ended for this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The exit code.
    pub exit: Exit,
    /// One line: what the state is now.
    pub summary: String,
    /// Commands to go on with, with what each does.
    pub next: Vec<NextCommand>,
}

/// A command to go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextCommand {
    /// What it does.
    pub does: String,
    /// The command, to paste.
    pub command: String,
}
