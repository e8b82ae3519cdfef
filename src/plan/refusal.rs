//! Why a rollout is not begun. Nothing has been written when one of these is returned.

use crate::exit::Exit;

/// A reason not to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Another object controls the set and would undo the change.
    Operator {
        /// Kind of the owner.
        kind: String,
        /// Name of the owner.
        name: String,
    },
    /// A GitOps tool, Helm or another manager has the fields we would write.
    ManagedElsewhere {
        /// Who.
        manager: String,
        /// What tells so: a field manager, a label, an annotation.
        evidence: String,
    },
    /// Somebody is driving a staged rollout now.
    Locked {
        /// Who.
        holder: String,
        /// How long ago they last wrote, in seconds.
        seconds_ago: i64,
    },
    /// A staged rollout of ours stands unfinished.
    Unfinished {
        /// What it was doing.
        phase: String,
    },
    /// Our annotation is there but cannot be read.
    UnreadableRun {
        /// Why.
        reason: String,
    },
    /// There is no staged rollout to go on with.
    NoRun,
    /// There is no hold to end.
    NotHeld,
    /// The set is rolled out together with others, and not by itself.
    Member {
        /// The group's id.
        group: String,
        /// Its members.
        members: Vec<String>,
        /// The selector it was begun with.
        selector: String,
    },
    /// A selector matches other sets than the group has.
    OtherMembers {
        /// The group's id.
        group: String,
        /// Matched, and not members.
        extra: Vec<String>,
        /// Members that are not matched, or not there.
        missing: Vec<String>,
    },
    /// A member of a group carries no record of it.
    NotRecorded {
        /// The group's id.
        group: String,
        /// The selector it was begun with.
        selector: String,
    },
    /// Pods run other revisions than the template's, and no staged rollout of ours explains it.
    InProgress {
        /// Pods that are not on the update revision.
        pods: Vec<String>,
    },
    /// The controller has not seen the latest spec.
    NotObserved,
    /// Somebody else set a partition.
    ForeignPartition {
        /// The pods it keeps back.
        keeps: Vec<String>,
        /// Its value.
        partition: u32,
        /// Who set it, if that is known.
        manager: Option<String>,
    },
    /// The state recorded by the run is not what the set says now.
    Moved {
        /// What is different, in words.
        what: String,
    },
    /// A pod is not well.
    Unhealthy {
        /// Its name.
        pod: String,
        /// Why, in a word or two.
        reason: String,
    },
    /// `OnDelete`: the controller replaces nothing by itself.
    OnDelete,
    /// A strategy this program does not know.
    UnknownStrategy {
        /// Its name.
        strategy: String,
    },
    /// There is no pod to try.
    NoReplicas,
    /// No template change was asked for, and none is waiting behind a hold.
    NothingToDo,
    /// Budgets could not be read.
    BudgetsUnknown {
        /// Why.
        reason: String,
    },
    /// The revision to go back to is gone.
    BaseGone {
        /// Its name.
        revision: String,
    },
    /// Pods behind a hold no longer come back on the revision a rollout came from.
    Promoted {
        /// The revision they come back on.
        current: String,
        /// The one they came from.
        base: String,
    },
    /// Pods are deleted one by one under `OnDelete`, where each comes back on the newest revision.
    NoHold,
    /// A pod that is stuck would come back updated past the gates of a rollout.
    PastGates {
        /// Its name.
        pod: String,
        /// The revision it would come back on.
        returns: String,
    },
    /// A pod that is to be restarted would come back on another revision than it runs.
    ComesBackChanged {
        /// Its name.
        pod: String,
        /// The revision it runs.
        runs: String,
        /// The revision it would come back on.
        returns: String,
    },
    /// The partition is beyond what the hold covers.
    TooManyReplicas {
        /// Replicas of the set.
        replicas: u32,
    },
}

impl Refusal {
    /// The exit code it ends with: 7 where somebody else is at work, 9 where the set's own state
    /// forbids it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Operator { .. }
            | Self::ManagedElsewhere { .. }
            | Self::Locked { .. }
            | Self::InProgress { .. }
            | Self::NotRecorded { .. }
            | Self::Moved { .. } => Exit::Conflict,
            _ => Exit::Refused,
        }
    }

    /// The flag that overrides it, where one does.
    pub fn flag(&self) -> Option<&'static str> {
        match self {
            Self::ManagedElsewhere { .. } => Some("--ignore-managers"),
            Self::ForeignPartition { .. } | Self::Moved { .. } => Some("--accept-changes"),
            Self::Unhealthy { .. } => Some("--tolerate-unready"),
            Self::OnDelete => Some("--switch-strategy"),
            Self::BudgetsUnknown { .. } => Some("--ignore-pdb"),
            Self::ComesBackChanged { .. } => Some("--allow-revision-change"),
            _ => None,
        }
    }
}
