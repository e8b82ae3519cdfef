//! What a driver and a machine say to each other.

use jiff::{SignedDuration, Timestamp};

use crate::exit::Exit;
use crate::model::claim::Claim;
use crate::model::cluster_event::ClusterEvent;
use crate::model::leader::Leader;
use crate::model::node::Node;
use crate::model::ordinal::Ordinal;
use crate::model::set::Set;
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::step::Step;
use crate::progress::event::{Event, StepProgress};

/// What the driver is to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Wait for the cluster to change, but ask again at this time.
    Wait {
        /// When, if nothing changes before.
        wake: Option<Timestamp>,
    },
    /// Read the budgets again into the snapshot, then say [`Machine::budgets_read`].
    ReadBudgets,
    /// Read this revision into the snapshot.
    ReadRevision(String),
    /// Carry out this write, then say [`Machine::written`] or [`Machine::rejected`].
    Write(Step),
    /// Find something out that no watch tells, then say [`Machine::found`].
    Find(Question),
    /// Run the extra gates for this pod, then say [`Machine::gated`].
    RunGates(GateSubject),
    /// Ask which pod leads the others, then say [`Machine::led`].
    AskLeader(Leader),
    /// Ask for approval, then say [`Machine::answered`].
    Ask(StepProgress),
    /// Stop.
    End(End),
}

/// What a machine may want to know beside the set and its pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// What the controller has told about the set.
    Events,
    /// The claims of the namespace.
    Claims,
    /// The nodes.
    Nodes,
}

/// The answer to a [`Question`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Of [`Question::Events`].
    Events(Known<Vec<ClusterEvent>>),
    /// Of [`Question::Claims`].
    Claims(Known<Vec<Claim>>),
    /// Of [`Question::Nodes`].
    Nodes(Known<Vec<Node>>),
}

/// The pod that extra gates are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateSubject {
    /// Name.
    pub pod: String,
    /// UID.
    pub uid: String,
    /// Ordinal.
    pub ordinal: Ordinal,
    /// The revision it was moved to.
    pub revision: String,
    /// The step, from 1.
    pub step: u32,
}

/// How a machine ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The exit code.
    pub exit: Exit,
    /// What the state is now, in one sentence.
    pub summary: String,
    /// What may be done next.
    pub then: Then,
    /// A last write that gives up the lock and records the state. It is tried once; the set is
    /// as safe without it.
    pub parting: Option<Step>,
}

/// What may be done after a run has ended for this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing is left to do.
    Nothing,
    /// The run can be taken up again, or aborted.
    ContinueOrAbort,
    /// The template that waits behind the hold can be staged, or the hold ended.
    StageOrRelease,
    /// Somebody else's change has to be looked at first.
    Look,
}

/// Why extra gates came to their end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GateResult {
    /// All passed.
    Passed,
    /// One said no.
    Failed {
        /// The gate as given.
        gate: String,
        /// What it printed, shortened.
        detail: String,
    },
    /// One could not tell.
    Inconclusive {
        /// The gate as given.
        gate: String,
        /// Why.
        detail: String,
    },
}

/// Why a write was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The object is not as it was judged.
    Changed,
    /// A budget has no room for this eviction: what the server says about it.
    Budget(String),
}

/// A fold over snapshots that decides as it goes.
pub trait Machine {
    /// Looks at the cluster and says what to do.
    fn next(&mut self, snapshot: &Snapshot, now: Timestamp) -> Move;

    /// The write was accepted; this is the set as the server answered it. Deleting a pod answers
    /// nothing of use.
    fn written(&mut self, set: Option<&Set>, now: Timestamp);

    /// The write was refused. Where the object had changed, the driver has read it again, and the
    /// machine judges it anew.
    fn rejected(&mut self, why: Rejection);

    /// What was asked for is this.
    fn found(&mut self, _finding: Finding, _now: Timestamp) {}

    /// The budgets in the snapshot are fresh.
    fn budgets_read(&mut self, now: Timestamp);

    /// The extra gates of this pod came to an end.
    fn gated(&mut self, uid: &str, result: GateResult, now: Timestamp);

    /// Which pod leads, or why that is not clear. Only machines that ask are told.
    fn led(&mut self, _answer: Result<Ordinal, String>, _now: Timestamp) {}

    /// Approval was given or declined.
    fn answered(&mut self, approved: bool);

    /// The process was told to stop.
    fn interrupted(&mut self, snapshot: &Snapshot, exit: Exit, now: Timestamp) -> End;

    /// Takes the events since the last call.
    fn events(&mut self) -> Vec<Event>;
}

/// The time a wait ends.
pub fn after(since: Timestamp, wait: SignedDuration) -> Timestamp {
    since.saturating_add(wait).unwrap_or(Timestamp::MAX)
}
