//! Which pods the controller replaces: the end of `updateStatefulSet`.

use crate::model::feature::MaxUnavailable;
use crate::model::set::{PodManagement, Set, Strategy};
use crate::plan::simulate::controller::Look;
use crate::plan::simulate::forecast::{Before, Wait};
use crate::plan::simulate::replica::{Clock, Replica};

/// The pods of a set in its last part, and what they should be.
pub(super) struct Rollout<'a> {
    pub set: &'a Set,
    pub replicas: &'a [Replica<'a>],
    pub update: &'a str,
    pub clock: Clock,
}

impl Rollout<'_> {
    /// Deletes what is to be updated now.
    pub(super) fn go(&self, feature: MaxUnavailable, look: &mut Look) {
        if !matches!(self.set.strategy, Strategy::RollingUpdate(_)) {
            return;
        }
        match feature {
            MaxUnavailable::Dropped => self.one_by_one(look),
            MaxUnavailable::Counts => self.within_budget(look),
        }
    }

    /// The indexes that may be updated, highest first.
    fn targets(&self) -> impl Iterator<Item = &Replica<'_>> {
        let from = usize::try_from(self.set.partition()).unwrap_or(usize::MAX);
        self.replicas.iter().skip(from).rev()
    }

    fn is_off(&self, replica: &Replica<'_>) -> bool {
        replica.revision() != self.update && !replica.is_terminating()
    }

    /// Without the feature: the highest one that is off, and nothing before those above it are
    /// available. Lower pods do not matter.
    fn one_by_one(&self, look: &mut Look) {
        for target in self.targets() {
            if self.is_off(target) {
                look.update(target.ordinal());
                return;
            }
            if target.is_unavailable(self.clock) {
                self.wait(target, look);
                return;
            }
        }
    }

    /// `updateStatefulSetAfterInvariantEstablished`.
    fn within_budget(&self, look: &mut Look) {
        let most = max_unavailable(self.set);
        let parallel = self.set.management == PodManagement::Parallel;
        let down: Vec<&Replica<'_>> =
            self.replicas.iter().filter(|replica| replica.is_unavailable(self.clock)).collect();
        let needs_update = parallel && down.iter().any(|replica| self.is_off(replica));
        if down.len() >= most && !needs_update {
            if let Some(lowest) = down.first() {
                self.wait(lowest, look);
            }
            return;
        }
        if !parallel {
            let off = self.targets().filter(|target| self.is_off(target));
            off.take(most - down.len()).for_each(|target| look.update(target.ordinal()));
            return;
        }
        // What is down anyway goes first, however many that are.
        for target in self.targets() {
            if self.is_off(target) && !target.is_running_and_available(self.clock) {
                look.update(target.ordinal());
            }
        }
        let left = most.saturating_sub(down.len());
        let off = |target: &&Replica<'_>| {
            target.revision() != self.update && !target.is_unavailable(self.clock)
        };
        self.targets().filter(off).take(left).for_each(|target| look.update(target.ordinal()));
        if let Some(lowest) = down.first() {
            self.wait(lowest, look);
        }
    }

    /// Remembers what is waited for, if there is anything to do after that.
    fn wait(&self, replica: &Replica<'_>, look: &mut Look) {
        if let Some(pod) = replica.ordinal()
            && self.targets().any(|target| self.is_off(target))
        {
            let lacks = replica.lacks(self.clock);
            look.wait = Some(Wait { pod, lacks, before: Before::Update });
        }
    }
}

/// `getStatefulSetMaxUnavailable`: a share of the replicas is rounded down, but never to none.
fn max_unavailable(set: &Set) -> usize {
    let Strategy::RollingUpdate(Some(rolling)) = &set.strategy else { return 1 };
    let Some(text) = &rolling.max_unavailable else { return 1 };
    let number = match text.strip_suffix('%') {
        Some(share) => share.parse::<u64>().map(|n| n * u64::from(set.wanted.replicas) / 100),
        None => text.parse(),
    };
    number.ok().and_then(|number| usize::try_from(number).ok()).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::set::Rolling;
    use crate::testing::a_set;

    #[test]
    fn a_share_is_rounded_down_and_one_is_the_least() {
        let most = |text: Option<&str>, replicas: u32| {
            let max_unavailable = text.map(str::to_owned);
            let rolling = Rolling { partition: 0, max_unavailable };
            let set = a_set("db").replicas(replicas);
            super::max_unavailable(&set.with_strategy(Strategy::RollingUpdate(Some(rolling))))
        };
        assert_eq!([most(None, 6), most(Some("3"), 6), most(Some("100"), 6)], [1, 3, 100]);
        assert_eq!([most(Some("1%"), 6), most(Some("49%"), 6), most(Some("100%"), 6)], [1, 2, 6]);
        assert_eq!(most(Some("100%"), 0), 1);
    }
}
