//! Why claims are not changed. Nothing has been written when one of these is returned.

use crate::exit::Exit;
use crate::model::claim::ClaimPhase;
use crate::model::quantity::Quantity;

/// A reason not to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotResized {
    /// Another object controls the set, and its claims with it.
    Operator {
        /// Kind of the owner.
        kind: String,
        /// Name of the owner.
        name: String,
    },
    /// The set has no such claim template.
    NoTemplate {
        /// Which.
        template: String,
        /// Those it has.
        there: Vec<String>,
    },
    /// A staged rollout of ours is recorded on the set.
    Rollout,
    /// The claims could not be read.
    ClaimsUnknown {
        /// Why.
        reason: String,
    },
    /// A claim has no volume that could change.
    NotBound {
        /// Its name.
        claim: String,
        /// What it is instead.
        phase: ClaimPhase,
    },
    /// A claim was told to go.
    Leaving {
        /// Its name.
        claim: String,
    },
    /// The sizes of a claim cannot be read.
    Unreadable {
        /// Its name.
        claim: String,
    },
    /// A claim would shrink.
    Shrinks {
        /// Its name.
        claim: String,
        /// The size it was to have.
        size: Quantity,
        /// The size it asks for.
        asks: Quantity,
        /// The size it has.
        has: Quantity,
    },
    /// A claim is on its way to something else.
    Elsewhere {
        /// Its name.
        claim: String,
        /// What it asks for.
        asks: String,
    },
    /// A claim is of no storage class.
    NoClass {
        /// Its name.
        claim: String,
    },
    /// Volumes of a storage class do not grow.
    Fixed {
        /// Its name.
        class: String,
    },
    /// A storage class is gone.
    ClassGone {
        /// Its name.
        class: String,
    },
    /// A storage class could not be read.
    ClassUnknown {
        /// Its name.
        class: String,
        /// Why.
        reason: String,
    },
    /// Quotas could not be read.
    QuotasUnknown {
        /// Why.
        reason: String,
    },
    /// A quota has no room for it.
    OverQuota {
        /// The quota.
        quota: String,
        /// Which of its resources.
        resource: String,
        /// How much more would be asked for.
        more: Quantity,
        /// How much is left.
        left: Quantity,
    },
    /// There is no such VolumeAttributesClass.
    AttributesGone {
        /// Its name.
        name: String,
    },
    /// The VolumeAttributesClass could not be read.
    AttributesUnknown {
        /// Its name.
        name: String,
        /// Why.
        reason: String,
    },
    /// The attributes are for volumes of another driver.
    OtherDriver {
        /// The VolumeAttributesClass.
        attributes: String,
        /// Its driver.
        driver: String,
        /// The storage class of the claims.
        class: String,
        /// Its provisioner.
        provisioner: String,
    },
}

impl NotResized {
    /// The exit code it ends with: 7 where somebody else is at work, 2 where what was asked for is
    /// not there, 9 where it may not be.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Operator { .. } | Self::Elsewhere { .. } => Exit::Conflict,
            Self::NoTemplate { .. } => Exit::Usage,
            _ => Exit::Refused,
        }
    }

    /// Whether it is about the set, and not about its claims.
    pub fn is_of_set(&self) -> bool {
        matches!(self, Self::Operator { .. } | Self::NoTemplate { .. } | Self::Rollout)
    }

    /// The flag that overrides it, where one does.
    pub fn flag(&self) -> Option<&'static str> {
        match self {
            Self::ClassUnknown { .. } | Self::QuotasUnknown { .. } => Some("--accept-unknown"),
            _ => None,
        }
    }
}
