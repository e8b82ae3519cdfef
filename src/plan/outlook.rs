//! What becomes of a change: the revision it makes, and what the controller alone would do.

use crate::model::feature::MaxUnavailable;
use crate::model::run::OriginalStrategy;
use crate::model::set::{Strategy, Template};
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::preflight::Source;
use crate::plan::simulate::assumed::{Assumed, Broken};
use crate::plan::simulate::change::Change;
use crate::plan::simulate::forecast;
use crate::plan::simulate::forecast::Forecast;

/// What becomes of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// Whether the template is new to the set, or waits behind a hold.
    pub source: Source,
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

/// The change as somebody would make it who does not stage it: the template under the strategy
/// the set has, or the end of the hold it waits behind.
fn plainly(source: Source, template: &Template, original: &OriginalStrategy) -> Change {
    match (source, original) {
        (Source::Change, _) => Change::Template(template.clone()),
        (Source::Adopt, OriginalStrategy::OnDelete) => Change::Strategy(Strategy::OnDelete),
        (Source::Adopt, OriginalStrategy::RollingUpdate(rolling)) => {
            Change::Strategy(Strategy::RollingUpdate(rolling.clone()))
        }
    }
}

/// What becomes of a change: its template as the server would store it, and the strategy that is
/// in force without a hold.
pub fn outlook(
    snapshot: &Snapshot,
    source: Source,
    template: &Template,
    original: &OriginalStrategy,
    max_unavailable: Known<MaxUnavailable>,
) -> Outlook {
    let changes = [plainly(source, template, original)];
    let alone = |feature: MaxUnavailable, where_it| {
        let well = Assumed::well(feature);
        let broken = well.clone().with_broken(Broken::Template(template.json.clone()));
        Alone {
            where_it,
            well: forecast(snapshot, &changes, &well),
            broken: forecast(snapshot, &changes, &broken),
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
    Outlook { source, target: target(snapshot, template), max_unavailable, alone }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ordinal::Ordinal;
    use crate::model::set::Rolling;
    use crate::plan::preflight::original;
    use crate::testing::{NEW, OLD, a_pod, a_set, a_snapshot, a_template};

    fn of(snapshot: &Snapshot, word: &str, feature: Known<MaxUnavailable>) -> Outlook {
        let original = original(&snapshot.set).unwrap();
        outlook(snapshot, Source::Change, &a_template(word), &original, feature)
    }

    fn unknown() -> Known<MaxUnavailable> {
        Known::Unknown("forbidden".to_owned())
    }

    #[test]
    fn a_template_is_recognised_by_its_content() {
        let mut snapshot = a_snapshot(&a_set("db"));
        let revision = OLD.to_owned();
        assert_eq!(target(&snapshot, &a_template("old")), Target::Same { revision });
        let revision = NEW.to_owned();
        let remembered = Target::Remembered { revision, number: 2 };
        assert_eq!(target(&snapshot, &a_template("new")), remembered);
        assert_eq!(remembered.revision(), Some(NEW));
        assert_eq!(target(&snapshot, &a_template("other")), Target::New);
        // A name that fits and other content is no match.
        snapshot.revisions[1].template = a_template("edited");
        assert_eq!(target(&snapshot, &a_template("new")), Target::New);
    }

    #[test]
    fn of_two_equal_revisions_the_later_counts_as_it_does_for_the_controller() {
        let mut snapshot = a_snapshot(&a_set("db"));
        snapshot.revisions[0].template = a_template("twice");
        snapshot.revisions[1].template = a_template("twice");
        let forecast = of(&snapshot, "twice", Known::Read(MaxUnavailable::Counts));
        assert_eq!(forecast.target.revision(), Some(NEW));
        assert_eq!(forecast.alone[0].well.update, NEW);
    }

    #[test]
    fn a_template_that_the_controller_has_not_seen_is_looked_up() {
        let mut set = a_set("db").unobserved();
        set.template = a_template("new");
        let snapshot = a_snapshot(&set);
        let revision = NEW.to_owned();
        assert_eq!(target(&snapshot, &set.template), Target::Remembered { revision, number: 2 });
    }

    #[test]
    fn both_outcomes_are_told_only_where_they_differ() {
        let one = of(&a_snapshot(&a_set("db")), "v2", unknown());
        assert_eq!(one.alone.iter().map(|alone| alone.where_it).collect::<Vec<_>>(), [None]);
        let max_unavailable = Some("2".to_owned());
        let rolling = Some(Rolling { partition: 0, max_unavailable });
        let wide = a_set("db").with_strategy(Strategy::RollingUpdate(rolling));
        let both = of(&a_snapshot(&wide), "v2", unknown());
        let found: Vec<_> =
            both.alone.iter().map(|alone| (alone.where_it, alone.well.most_down)).collect();
        let (counts, dropped) = (MaxUnavailable::Counts, MaxUnavailable::Dropped);
        assert_eq!(found, [(Some(counts), 2), (Some(dropped), 1)]);
        let known = of(&a_snapshot(&wide), "v2", Known::Read(dropped));
        assert_eq!((known.alone.len(), known.alone[0].well.most_down), (1, 1));
    }

    #[test]
    fn behind_a_hold_the_plain_change_is_the_end_of_the_hold() {
        let set = a_set("db").updating().at_partition(crate::model::set::HOLD);
        let was =
            OriginalStrategy::RollingUpdate(Some(Rolling { partition: 1, max_unavailable: None }));
        let feature = Known::Read(MaxUnavailable::Counts);
        let found = outlook(&a_snapshot(&set), Source::Adopt, &set.template, &was, feature);
        assert_eq!(found.target, Target::Same { revision: NEW.to_owned() });
        let deleted: Vec<_> = found.alone[0].well.deleted().collect();
        assert_eq!(deleted, [Ordinal(2), Ordinal(1)]);
    }

    #[test]
    fn broken_pods_are_those_of_the_template_and_no_others() {
        let set = a_set("db");
        let snapshot = a_snapshot(&set).with(a_pod(&set, 1).deleting());
        let found = of(&snapshot, "v2", Known::Read(MaxUnavailable::Counts));
        // The one that is on its way out comes back on the new template, and blocks.
        assert_eq!(found.alone[0].broken.running(), 2);
        assert_eq!(found.alone[0].well.running(), 3);
    }
}
