//! What the controller will do with a new size.

use crate::model::feature::MaxUnavailable;
use crate::model::set::HOLD;
use crate::model::snapshot::Snapshot;
use crate::plan::scale::outlook::Outlook;
use crate::plan::simulate::assumed::Assumed;
use crate::plan::simulate::change::Change;
use crate::plan::simulate::forecast;
use crate::plan::simulate::forecast::Forecast;

/// One way it can go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// Where `maxUnavailable` is this; `None` where it does not matter.
    pub only_where: Option<MaxUnavailable>,
    /// What the controller does if all new pods become ready.
    pub forecast: Forecast,
}

/// The ways it can go: one, or two where an update goes on beside the scaling and it matters
/// whether `maxUnavailable` counts.
pub fn foresee(snapshot: &Snapshot, outlook: &Outlook) -> Vec<Foreseen> {
    let mut changes = vec![Change::Replicas(outlook.to)];
    if outlook.holds.is_some() {
        changes.push(Change::Partition(HOLD));
    }
    let way = |feature| Foreseen {
        only_where: Some(feature),
        forecast: forecast(snapshot, &changes, &Assumed::well(feature)),
    };
    let (counts, dropped) = (way(MaxUnavailable::Counts), way(MaxUnavailable::Dropped));
    if counts.forecast == dropped.forecast {
        return vec![Foreseen { only_where: None, ..counts }];
    }
    vec![counts, dropped]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ordinal::Ordinal;
    use crate::model::pod::TroubleKind;
    use crate::plan::scale::outlook::outlook;
    use crate::plan::simulate::forecast::End;
    use crate::testing::{NEW, a_pod, a_set, a_snapshot, at, surroundings};

    fn only(snapshot: &Snapshot, to: u32) -> Forecast {
        let ahead = outlook(snapshot, &surroundings(), to, at(0));
        let mut ways = foresee(snapshot, &ahead);
        assert_eq!(ways.len(), 1, "{ways:?}");
        ways.remove(0).forecast
    }

    #[test]
    fn what_comes_and_goes_is_foreseen_in_order() {
        let seen = a_snapshot(&a_set("db").replicas(5));
        let down = only(&seen, 3);
        assert_eq!(down.deleted().collect::<Vec<_>>(), [Ordinal(4), Ordinal(3)]);
        assert_eq!(down.end, End::Settled);
        let up = only(&seen, 7);
        assert_eq!(up.created().collect::<Vec<_>>(), [Ordinal(5), Ordinal(6)]);
    }

    #[test]
    fn a_deadlock_is_foreseen() {
        let set = a_set("db").replicas(5);
        let seen = a_snapshot(&set).with(a_pod(&set, 3).unready()).with(a_pod(&set, 4).unready());
        let down = only(&seen, 3);
        assert!(matches!(down.end, End::Stuck(_)), "{down:?}");
        assert_eq!(down.acts, []);
    }

    #[test]
    fn a_held_set_updates_nobody() {
        let set = a_set("db").replicas(5).updating().at_partition(3);
        let canary = a_pod(&set, 4).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff");
        let down = only(&a_snapshot(&set).with(canary), 4);
        assert_eq!(down.deleted().collect::<Vec<_>>(), [Ordinal(4)]);
    }
}
