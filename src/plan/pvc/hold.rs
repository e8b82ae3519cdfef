//! Why a claim may be left behind on purpose. Each is lifted by a flag of its own, but for one.

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Its set is scaled to nothing.
    Parked {
        /// The set.
        set: String,
    },
    /// An autoscaler may come back for it.
    Autoscaled {
        /// The autoscaler.
        by: String,
        /// How many replicas it may ask for.
        most: u32,
    },
    /// Below the first ordinal: its data may be on its way from one set to another (KEP-3335).
    BelowStart {
        /// The first ordinal.
        start: u32,
    },
    /// Left out of the range on purpose.
    Reserved,
    /// No controller made it.
    Handmade {
        /// Who did.
        by: String,
    },
    /// What its labels name is still there and will probably bring its set back.
    Deployed {
        /// What it is.
        by: String,
    },
    /// Pods or revisions of its set are there without an owner: the set is being re-created.
    Recreated {
        /// The set.
        set: String,
    },
    /// Others could use the volume, or it was there before the claim.
    Static {
        /// Why.
        why: String,
    },
}

/// What a flag lifts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HoldKind {
    /// `--include-parked`.
    Parked,
    /// `--include-autoscaled`.
    Autoscaled,
    /// `--include-below-start`.
    BelowStart,
    /// `--include-reserved`.
    Reserved,
    /// `--include-handmade`.
    Handmade,
    /// `--include-gitops`.
    Deployed,
    /// Nothing.
    Recreated,
    /// `--include-static`.
    Static,
}

impl HoldKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Parked,
        Self::Autoscaled,
        Self::BelowStart,
        Self::Reserved,
        Self::Handmade,
        Self::Deployed,
        Self::Recreated,
        Self::Static,
    ];

    /// A name that stays.
    pub fn id(self) -> &'static str {
        match self {
            Self::Parked => "parked",
            Self::Autoscaled => "autoscaled",
            Self::BelowStart => "below-start",
            Self::Reserved => "reserved",
            Self::Handmade => "handmade",
            Self::Deployed => "gitops",
            Self::Recreated => "mid-recreate",
            Self::Static => "static",
        }
    }

    /// The flag that lifts it, if one does.
    pub fn flag(self) -> Option<&'static str> {
        match self {
            Self::Parked => Some("--include-parked"),
            Self::Autoscaled => Some("--include-autoscaled"),
            Self::BelowStart => Some("--include-below-start"),
            Self::Reserved => Some("--include-reserved"),
            Self::Handmade => Some("--include-handmade"),
            Self::Deployed => Some("--include-gitops"),
            Self::Recreated => None,
            Self::Static => Some("--include-static"),
        }
    }
}

impl Hold {
    /// Which one it is.
    pub fn kind(&self) -> HoldKind {
        match self {
            Self::Parked { .. } => HoldKind::Parked,
            Self::Autoscaled { .. } => HoldKind::Autoscaled,
            Self::BelowStart { .. } => HoldKind::BelowStart,
            Self::Reserved => HoldKind::Reserved,
            Self::Handmade { .. } => HoldKind::Handmade,
            Self::Deployed { .. } => HoldKind::Deployed,
            Self::Recreated { .. } => HoldKind::Recreated,
            Self::Static { .. } => HoldKind::Static,
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::Parked { set } => format!("{set} is scaled to 0, and may be parked"),
            Self::Autoscaled { by, most } => format!("{by} may scale to {most}"),
            Self::BelowStart { start } => {
                format!("below the first ordinal {start}: its data may be moving between sets")
            }
            Self::Reserved => "its ordinal is left out on purpose".to_owned(),
            Self::Handmade { by } => format!("made by {by}, not by a controller"),
            Self::Deployed { by } => format!("{by} is there and may bring its set back"),
            Self::Recreated { set } => {
                format!("pods of {set} are there without their set: it is being re-created")
            }
            Self::Static { why } => why.clone(),
        }
    }
}
