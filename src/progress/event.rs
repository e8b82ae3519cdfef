//! The events of a rollout, from the first read to the last write.

use jiff::{SignedDuration, Timestamp};

use crate::exit::Exit;
use crate::model::ordinal::Ordinal;
use crate::plan::answer::Answer;
use crate::progress::measure::Tally;

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
    /// A scaling began.
    ScaleStarted(ScaleStarted),
    /// The set was asked for another size.
    Scaled(Scaled),
    /// A pod that was to come is available.
    PodCame {
        /// Its name.
        pod: String,
        /// Since it was asked for, or since the one before it came.
        took: SignedDuration,
    },
    /// A pod that was to go is gone.
    PodWent {
        /// Its name.
        pod: String,
        /// Since the set was asked for fewer, or since the one before it went.
        took: SignedDuration,
    },
    /// What became of a claim whose pod is gone.
    Claim {
        /// Its name.
        claim: String,
        /// What became of it.
        end: ClaimState,
    },
    /// A change of claims began.
    ClaimsStarted(ClaimsStarted),
    /// A claim that is being changed looks different from before.
    ClaimRow(ClaimRow),
    /// A claim has what was asked for.
    ClaimPassed {
        /// Its name.
        claim: String,
        /// Since it was asked for; absent where it was not by this process.
        took: Option<SignedDuration>,
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

/// How a scaling begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleStarted {
    /// `NAMESPACE/NAME` of the set.
    pub set: String,
    /// Replicas before.
    pub from: u32,
    /// Replicas wished for.
    pub to: u32,
    /// All pods there are or shall be, lowest ordinal first.
    pub pods: Vec<PodRow>,
    /// Those that are to come, lowest ordinal first.
    pub comes: Vec<String>,
    /// Those that are to go, highest ordinal first.
    pub goes: Vec<String>,
}

/// A set was asked for another size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaled {
    /// How many pods it is asked for now.
    pub replicas: u32,
    /// The pods that come or go for it, in the order in which they do.
    pub pods: Vec<String>,
    /// How many of them come or go at a time.
    pub at_a_time: u32,
    /// Whether the partition was raised in the same write.
    pub held: bool,
}

/// What became of a claim whose pod is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimState {
    /// It is there, with its data.
    Kept,
    /// It is being deleted, but still there.
    Leaving,
    /// It is gone.
    Deleted,
}

/// How a change of claims begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimsStarted {
    /// `NAMESPACE/NAME` of the set.
    pub set: String,
    /// What is done, such as `claims to 2Gi`.
    pub change: String,
    /// The claims, in the order in which they are changed.
    pub claims: Vec<ClaimRow>,
}

/// One claim as a view shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    /// Its name.
    pub claim: String,
    /// What it has now, such as `1Gi`.
    pub has: String,
    /// Where it is on its way.
    pub step: ClaimStep,
    /// Why, in the words of who tried; empty when there is nothing to add.
    pub reason: String,
}

/// Where a claim is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimStep {
    /// Its turn has not come.
    Waiting,
    /// It was asked for, and nobody has said anything yet.
    Asked,
    /// Somebody is at it.
    Working,
    /// The volume is done, the file system on its node is not.
    OnNode,
    /// It has it.
    Done,
    /// It failed.
    Failed,
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
    /// The gate as given, such as `cmd:./check.sh`, or its name in a file.
    pub gate: String,
    /// How it stands.
    pub state: GateState,
}

/// How an extra gate stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GateState {
    /// Is asked for the first time later.
    Later {
        /// When.
        from: Timestamp,
    },
    /// Runs, for at most until this time.
    Running {
        /// When it is given up.
        until: Timestamp,
    },
    /// Has answered, and is asked again.
    Measured(Measurement),
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

/// One answer of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// What it was.
    pub answer: Answer,
    /// The answers so far.
    pub tally: Tally,
    /// When it is asked again.
    pub next: Timestamp,
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
