//! What somebody is ready to delete.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::plan::pvc::class::{Class, Confidence};
use crate::plan::pvc::hold::{Hold, HoldKind};
use crate::plan::pvc::verdict::Verdict;
use crate::plan::pvc::veto::Veto;

/// The terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Classes.
    pub classes: BTreeSet<Class>,
    /// The least confidence.
    pub confidence: Confidence,
    /// Holds that are lifted.
    pub lifted: BTreeSet<HoldKind>,
    /// For how long a claim must have been unused.
    pub idle: SignedDuration,
}

impl Default for Terms {
    /// What needs no thought: scaled down, proven, unused for a week.
    fn default() -> Self {
        Self {
            classes: BTreeSet::from([Class::ScaledDown]),
            confidence: Confidence::High,
            lifted: BTreeSet::new(),
            idle: SignedDuration::from_hours(7 * 24),
        }
    }
}

/// Why a claim is not deleted on these terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection<'v> {
    /// It must not be.
    Veto(&'v Veto),
    /// A hold is not lifted.
    Hold(&'v Hold),
    /// Its class is not wanted.
    Class(Class),
    /// It is not sure enough.
    Confidence(Confidence),
    /// It was unused for too short a time, or nobody knows how long.
    Idle(Option<SignedDuration>),
}

impl Objection<'_> {
    /// The flag that lifts it, with its value; nothing when none does.
    pub fn lifted_by(&self) -> Option<String> {
        match self {
            Self::Veto(_) => None,
            Self::Hold(hold) => hold.kind().flag().map(str::to_owned),
            Self::Class(class) => class.is_left_behind().then(|| format!("--class {class}")),
            Self::Confidence(confidence) => Some(format!("--min-confidence {confidence}")),
            Self::Idle(_) => Some("--idle".to_owned()),
        }
    }
}

/// Every reason not to delete a claim; none if it is to be deleted.
///
/// A class that is held is wanted by whoever lifts its hold: nobody has to say it twice.
pub fn objections<'v>(
    verdict: &'v Verdict<'_>,
    terms: &Terms,
    now: Timestamp,
) -> Vec<Objection<'v>> {
    let mut all: Vec<Objection<'v>> = verdict.vetoes.iter().map(Objection::Veto).collect();
    if !verdict.class.is_left_behind() {
        if all.is_empty() {
            all.push(Objection::Class(verdict.class));
        }
        return all;
    }
    let lifted = |hold: &&Hold| terms.lifted.contains(&hold.kind());
    all.extend(verdict.holds.iter().filter(|hold| !lifted(hold)).map(Objection::Hold));
    if !terms.classes.contains(&verdict.class) && !verdict.class.is_held() {
        all.push(Objection::Class(verdict.class));
    }
    if let Some(confidence) = verdict.confidence.filter(|found| *found < terms.confidence) {
        all.push(Objection::Confidence(confidence));
    }
    let span = verdict.idle.span(now);
    if !terms.idle.is_zero() && span.is_none_or(|span| span < terms.idle) {
        all.push(Objection::Idle(span));
    }
    all
}
