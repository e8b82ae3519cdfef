//! Why a set is not recreated. Nothing has been written when one of these is returned.

use crate::exit::Exit;
use crate::model::ordinal::OrdinalRange;
use crate::plan::refusal::Refusal;

/// A reason not to recreate a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRecreated {
    /// One that keeps a rollout from beginning, too.
    Rollout(Refusal),
    /// A GitOps tool, Helm or another manager would create the old set again.
    Managed {
        /// Who.
        manager: String,
        /// What tells so.
        evidence: String,
    },
    /// Nothing differs that could not be changed in place.
    Needless,
    /// This server changes in place what differs.
    Accepted,
    /// The set was told to go already.
    Deleting,
    /// Somebody has to agree before the set can go.
    Finalizers {
        /// Who.
        finalizers: Vec<String>,
    },
    /// There would be other pods.
    OtherSize {
        /// As it is.
        live: OrdinalRange,
        /// As it would be.
        new: OrdinalRange,
    },
    /// The pod template differs, so that the controller would replace all pods by itself.
    OtherTemplate,
    /// The new set would not be the set of these pods.
    PodsLost {
        /// Which.
        pods: Vec<String>,
        /// Its selector.
        selector: String,
    },
    /// No pod could be made: volumes are mounted that come from nowhere.
    NoVolume {
        /// Their names.
        volumes: Vec<String>,
    },
    /// The controller would stop at the first pod that has no volume of a new claim template.
    Wedges {
        /// The names of the templates.
        templates: Vec<String>,
    },
    /// Whether the claims are safe could not be found out.
    ClaimsUnknown {
        /// Why.
        reason: String,
    },
}

impl NotRecreated {
    /// The exit code it ends with: 7 where somebody else is at work, 9 where the set's own state
    /// or the manifest forbids it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Rollout(refusal) => refusal.exit(),
            Self::Managed { .. } | Self::Deleting => Exit::Conflict,
            _ => Exit::Refused,
        }
    }

    /// The flag that overrides it, where one does.
    pub fn flag(&self) -> Option<&'static str> {
        match self {
            Self::Rollout(refusal) => refusal.flag(),
            Self::Managed { .. } => Some("--i-own-this"),
            Self::OtherTemplate => Some("--keep-template"),
            Self::Wedges { .. } => Some("--restart"),
            _ => None,
        }
    }
}
