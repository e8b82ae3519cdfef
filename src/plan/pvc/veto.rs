//! Why a claim must not be deleted. No flag lifts any of these.

use crate::model::survey::claimant::Unsettled;

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Veto {
    /// A pod names it, in whatever phase it is (V1).
    Pod {
        /// The pod and its state, such as `pod/db-0 (Pending, not scheduled)`.
        by: String,
    },
    /// Its ordinal is wanted, pod or not: the controller would make an empty one (V2).
    Wanted {
        /// The set.
        by: String,
        /// Its range in words.
        range: String,
    },
    /// Its set is not settled (V3).
    Unsettled {
        /// The set.
        by: String,
        /// How it is not.
        how: Unsettled,
    },
    /// A template or the text of an object names it (V4).
    Named {
        /// The object.
        by: String,
        /// Where in it, if it is not its pod template.
        path: Option<String>,
    },
    /// It has an owner that lives and is not its set (V5).
    Owned {
        /// The owner.
        by: String,
    },
    /// All its owners are gone: it is about to be deleted by the garbage collector (V5).
    Doomed {
        /// The owners.
        by: Vec<String>,
    },
    /// An operator looks after it (V6).
    Operator {
        /// Which one.
        name: String,
        /// What shows it.
        evidence: String,
    },
    /// Somebody marked it to be kept (V7).
    Kept {
        /// The mark.
        mark: String,
    },
    /// Something is being done with it (V8).
    Busy {
        /// What.
        with: String,
    },
    /// Its volume is attached to a node (V9).
    Attached {
        /// The volume.
        volume: String,
    },
    /// It was told to go, or its namespace was (V10).
    Going {
        /// Which.
        what: String,
    },
    /// Its volume is bound to another claim of its name, or to none.
    Unbacked {
        /// How.
        how: String,
    },
    /// Several sets could have made it.
    Ambiguous {
        /// The sets.
        sets: Vec<String>,
    },
    /// Nothing says that a set made it.
    NotOurs {
        /// Why.
        why: String,
    },
    /// What could tell was not read.
    Unknown {
        /// What, and why not.
        what: String,
    },
}

impl Veto {
    /// A name that stays.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Pod { .. } => "V1",
            Self::Wanted { .. } => "V2",
            Self::Unsettled { .. } => "V3",
            Self::Named { .. } => "V4",
            Self::Owned { .. } | Self::Doomed { .. } => "V5",
            Self::Operator { .. } => "V6",
            Self::Kept { .. } => "V7",
            Self::Busy { .. } => "V8",
            Self::Attached { .. } => "V9",
            Self::Going { .. } => "V10",
            Self::Unbacked { .. } => "unbacked",
            Self::Ambiguous { .. } => "ambiguous",
            Self::NotOurs { .. } => "not-ours",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::Pod { by } => by.clone(),
            Self::Wanted { by, range } if range == "any" => {
                format!("{by} may want it: this program does not know its ordinals")
            }
            Self::Wanted { by, range } => format!("{by} wants it: its range is {range}"),
            Self::Unsettled { by, how } => match how {
                Unsettled::Going => format!("{by} is being deleted"),
                Unsettled::Unobserved => format!("the controller has not seen the latest {by}"),
                Unsettled::Scaling { has, wants } => {
                    format!("{by} is being scaled: it has {has} pods and wants {wants}")
                }
            },
            Self::Named { by, path: None } => format!("{by} names it in its pod template"),
            Self::Named { by, path: Some(path) } => format!("{by} names it in {path}"),
            Self::Owned { by } => format!("{by} owns it"),
            Self::Doomed { by } => {
                format!("its owner is gone ({}), so it is about to be deleted", by.join(", "))
            }
            Self::Operator { name, evidence } => format!("{name} looks after it: {evidence}"),
            Self::Kept { mark } => format!("marked to be kept: {mark}"),
            Self::Busy { with } => with.clone(),
            Self::Attached { volume } => format!("pv/{volume} is attached to a node"),
            Self::Going { what } => format!("{what} is being deleted"),
            Self::Unbacked { how } => how.clone(),
            Self::Ambiguous { sets } => format!("it could be of {}", sets.join(" or of ")),
            Self::NotOurs { why } => why.clone(),
            Self::Unknown { what } => what.clone(),
        }
    }
}
