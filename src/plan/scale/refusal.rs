//! Why a set is not scaled. Nothing has been written when one of these is returned.

use crate::exit::Exit;
use crate::plan::refusal::Refusal;
use crate::plan::scale::outlook::ClaimEnd;

/// A reason not to scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotScaled {
    /// One that keeps a rollout from beginning, too.
    Rollout(Refusal),
    /// The set has another size than it was said to have.
    OtherSize {
        /// As said.
        said: u32,
        /// As it is.
        is: u32,
    },
    /// A GitOps tool, Helm or another manager has the number of replicas.
    Managed {
        /// Who.
        manager: String,
        /// What tells so.
        evidence: String,
    },
    /// An autoscaler scales the set.
    Autoscaled {
        /// Its name.
        autoscaler: String,
        /// What made it, as `KIND/NAME`.
        owner: Option<String>,
        /// The least replicas it asks for.
        least: u32,
        /// The most.
        most: u32,
    },
    /// Whether an autoscaler scales the set could not be found out.
    AutoscalersUnknown {
        /// Why.
        reason: String,
    },
    /// Fewer than the user said there may ever be.
    BelowFloor {
        /// The least.
        floor: u32,
        /// What was asked for.
        asked: u32,
    },
    /// Too few of the pods that stay are available.
    NoQuorum {
        /// How many are needed.
        quorum: u32,
        /// How many of those that stay are available.
        available: u32,
        /// How many stay.
        stay: u32,
    },
    /// With no pod left the controller takes the newest revision for the current one.
    Promotes {
        /// The revision that is forgotten.
        current: String,
        /// The one that all pods would come back on.
        update: String,
    },
    /// A hold ends when no pod is left.
    EndsHold,
    /// Claims would be deleted with their pods.
    ClaimsGo {
        /// Which.
        claims: Vec<ClaimEnd>,
    },
    /// Which claims would be used again could not be found out.
    ClaimsUnknown {
        /// Why.
        reason: String,
    },
    /// A budget would want more pods than are left.
    OverBudget {
        /// Its name.
        budget: String,
        /// How many healthy pods it wants then.
        wants: u32,
        /// How many are left then.
        left: u32,
    },
    /// What a budget wants is not known.
    BudgetUnclear {
        /// Its name.
        budget: String,
    },
    /// The controller makes no pod while updated pods are not ready.
    CanaryUnwell {
        /// Which.
        pods: Vec<String>,
    },
}

impl NotScaled {
    /// The exit code it ends with: 7 where somebody else is at work, 9 where the set's own state
    /// forbids it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Rollout(refusal) => refusal.exit(),
            Self::Managed { .. } | Self::OtherSize { .. } => Exit::Conflict,
            _ => Exit::Refused,
        }
    }

    /// The flag that overrides it, where one does.
    pub fn flag(&self) -> Option<&'static str> {
        match self {
            Self::Rollout(refusal) => refusal.flag(),
            Self::Managed { .. } => Some("--ignore-managers"),
            Self::Autoscaled { .. } | Self::AutoscalersUnknown { .. } => {
                Some("--ignore-autoscaler")
            }
            Self::Promotes { .. } | Self::EndsHold => Some("--accept-promotion"),
            Self::ClaimsGo { .. } => Some("--accept-pvc-deletion"),
            Self::ClaimsUnknown { .. } => Some("--accept-pvc-reuse"),
            Self::OverBudget { .. } | Self::BudgetUnclear { .. } => Some("--ignore-pdb"),
            _ => None,
        }
    }
}
