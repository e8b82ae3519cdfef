//! What becomes of a change: the revision it makes, and what the controller alone would do.

use crate::model::feature::MaxUnavailable;
use crate::model::set::Template;
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::simulate::assumed::{Assumed, Broken};
use crate::plan::simulate::change::Change;
use crate::plan::simulate::forecast;
use crate::plan::simulate::forecast::Forecast;

/// What becomes of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// The revision of its template.
    pub target: Target,
    /// Whether `maxUnavailable` counts, or why that is not known.
    pub max_unavailable: Known<MaxUnavailable>,
    /// What the controller alone would do. One, or two where it is not known whether
    /// `maxUnavailable` counts and that matters.
    pub alone: Vec<Alone>,
}

/// The revision of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The template is as it is: this is its revision.
    Same {
        /// Name of the revision.
        revision: String,
    },
    /// The template is that of a remembered revision: the set goes back to it.
    Remembered {
        /// Name of the revision.
        revision: String,
        /// Its number now; it gets the next one.
        number: i64,
    },
    /// The template is new.
    New,
}

impl Target {
    /// The name of the revision, if it exists.
    pub fn revision(&self) -> Option<&str> {
        match self {
            Self::Same { revision } | Self::Remembered { revision, .. } => Some(revision),
            Self::New => None,
        }
    }
}

/// What the controller alone would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alone {
    /// Where `maxUnavailable` is this; `None` where it does not matter.
    pub where_it: Option<MaxUnavailable>,
    /// If all new pods become ready.
    pub well: Forecast,
    /// If none of the template ever does.
    pub broken: Forecast,
}

/// The revision that a template is, by its content: names and hashes do not count.
pub fn target(snapshot: &Snapshot, template: &Template) -> Target {
    let set = &snapshot.set;
    if set.observed() && set.template.json == template.json {
        return Target::Same { revision: set.status.update_revision.clone() };
    }
    let equal = snapshot.revisions.iter().filter(|known| known.template.json == template.json);
    match equal.max_by_key(|revision| revision.number) {
        Some(known) => Target::Remembered { revision: known.name.clone(), number: known.number },
        None => Target::New,
    }
}

/// What becomes of these changes, the last template of which is this one.
pub fn outlook(
    snapshot: &Snapshot,
    template: &Template,
    changes: &[Change],
    max_unavailable: Known<MaxUnavailable>,
) -> Outlook {
    let alone = |feature: MaxUnavailable, where_it| {
        let well = Assumed::well(feature);
        let broken = well.clone().with_broken(Broken::Template(template.json.clone()));
        Alone {
            where_it,
            well: forecast(snapshot, changes, &well),
            broken: forecast(snapshot, changes, &broken),
        }
    };
    let alone = match max_unavailable {
        Known::Read(feature) => vec![alone(feature, None)],
        Known::Unknown(_) => {
            let (counts, dropped) = (MaxUnavailable::Counts, MaxUnavailable::Dropped);
            let with = alone(counts, Some(counts));
            let without = alone(dropped, Some(dropped));
            if (&with.well, &with.broken) == (&without.well, &without.broken) {
                vec![Alone { where_it: None, ..with }]
            } else {
                vec![with, without]
            }
        }
    };
    Outlook { target: target(snapshot, template), max_unavailable, alone }
}
