//! What a staged rollout remembers on its set, so that anybody can go on with it.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::model::group::Membership;
use crate::model::order::Order;
use crate::model::set::{Rolling, Set, Strategy};

/// The annotation that holds a [`Run`].
pub const ANNOTATION: &str = "kubectl-sts.io/rollout";

/// A holder that has not written for this long has lost its claim.
pub const LOCK_EXPIRES: SignedDuration = SignedDuration::from_secs(60);

/// How often a holder writes while nothing else makes it write.
pub const HEARTBEAT: SignedDuration = SignedDuration::from_secs(20);

/// What the annotation said, or that it could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one per set, and it is nearly always a run"
)]
pub enum RecordedRun {
    /// Ours, understood.
    Read(Run),
    /// Present, but not understood: damaged, or written by a newer version.
    Unreadable(String),
}

/// The state of a staged rollout.
///
/// Small, because the controller copies the set's annotations into every ControllerRevision.
/// Whatever the cluster itself can tell (which pods are updated, which are ready) is not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Tells this run from earlier ones.
    pub id: String,
    /// What the run is doing.
    pub phase: RunPhase,
    /// The revision pods are moved to; empty until the controller has made it.
    pub target: String,
    /// The revision pods came from.
    pub base: String,
    /// The strategy to restore once every pod is updated.
    pub original: OriginalStrategy,
    /// The order in which pods are updated. [`Order::Desc`] is the controller's own, over the
    /// partition; in any other, pods are deleted one by one under `OnDelete`.
    pub order: Order,
    /// The partition this run last wrote. Another value on the set is somebody else's.
    pub partition: u32,
    /// Replicas when the run last looked.
    pub replicas: u32,
    /// `spec.ordinals.start` when the run last looked.
    pub start: u32,
    /// Steps as given, such as `1,25%,100%`.
    pub steps: Steps,
    /// How many steps are passed and approved.
    pub approved: u32,
    /// How many pods, from the top, had passed every gate when the run last wrote.
    pub passed: u32,
    /// Digest of the template the run rolls out, so that the right revision is recognised even
    /// when the process ended before the controller had made it.
    pub template: String,
    /// Digest of the extra gates; a run with other gates needs to be told so.
    pub gates: String,
    /// The group of sets it is rolled out with, if it is not rolled out by itself.
    pub group: Option<Membership>,
    /// Who drives it now, if anybody.
    pub holder: Option<Holder>,
}

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunPhase {
    /// Held: by `rollout hold`, without a target, or by `rollout abort --mode=park`.
    Parked,
    /// Rolling, or stopped between steps.
    Staging,
    /// A gate or a pod failed; waiting for a person.
    Failed,
    /// Going back to the base revision.
    Aborting,
    /// Going back to it behind a hold, with the template left as it is; `Parked` when done.
    Parking,
}

impl RunPhase {
    /// Whether the run goes back.
    pub fn goes_back(self) -> bool {
        matches!(self, Self::Aborting | Self::Parking)
    }
}

/// Who is driving a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// `user@host`, for people.
    pub name: String,
    /// Drawn anew by every process, so that two of one person do not share a lock.
    pub token: String,
    /// When it last wrote, by its own clock.
    pub beat: Timestamp,
}

/// The part of `spec.updateStrategy` a run replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginalStrategy {
    /// `RollingUpdate`, with or without `rollingUpdate`.
    RollingUpdate(Option<Rolling>),
    /// `OnDelete`.
    OnDelete,
}

impl OriginalStrategy {
    /// Whether the set has this strategy, as far as a run changes strategies.
    pub fn is(&self, strategy: &Strategy) -> bool {
        match (self, strategy) {
            (Self::OnDelete, Strategy::OnDelete)
            | (Self::RollingUpdate(None), Strategy::RollingUpdate(None)) => true,
            (Self::RollingUpdate(Some(then)), Strategy::RollingUpdate(Some(now))) => {
                then.partition == now.partition
            }
            _ => false,
        }
    }
}

impl Run {
    /// Whether pods are deleted one by one, and not released over the partition.
    pub fn by_deletion(&self) -> bool {
        self.order != Order::Desc
    }

    /// Whether the set's strategy is the one this run last wrote.
    pub fn holds(&self, set: &Set) -> bool {
        if self.by_deletion() {
            set.strategy == Strategy::OnDelete
        } else {
            set.partition() == self.partition
        }
    }

    /// Takes partition, size and first ordinal of the set for those of the run. Says whether other
    /// pods are at the top now, none of which has passed anything.
    pub fn adopt(&mut self, set: &Set) -> bool {
        let moved = self.replicas != set.wanted.replicas || self.start != set.wanted.start;
        self.partition = set.partition();
        self.replicas = set.wanted.replicas;
        self.start = set.wanted.start;
        moved
    }

    /// Whether the set carries this run still, with its lock held by this token.
    pub fn is_held_by(&self, token: &str, set: &Set) -> bool {
        matches!(&set.run, Some(RecordedRun::Read(found)) if found.id == self.id
            && found.holder.as_ref().is_some_and(|holder| holder.token == token))
    }

    /// The holder, if it is somebody else and its claim has not expired.
    pub fn held_against(&self, token: &str, now: Timestamp) -> Option<&Holder> {
        self.holder.as_ref().filter(|holder| {
            holder.token != token && now.duration_since(holder.beat) < LOCK_EXPIRES
        })
    }
}

/// Cumulative sizes a rollout stops at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps(Vec<StepSize>);

/// One cumulative size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepSize {
    /// This many updated pods.
    Count(u32),
    /// This share of the replicas, rounded up.
    Percent(u32),
}

impl StepSize {
    fn number(self) -> u32 {
        match self {
            Self::Count(number) | Self::Percent(number) => number,
        }
    }

    /// Updated pods at this step for a set of this size; never more than it has.
    pub fn of(self, replicas: u32) -> u32 {
        match self {
            Self::Count(count) => count.min(replicas),
            Self::Percent(percent) => {
                let share = (u64::from(replicas) * u64::from(percent)).div_ceil(100);
                u32::try_from(share).unwrap_or(replicas).min(replicas)
            }
        }
    }
}

impl Steps {
    /// The sizes as given.
    pub fn sizes(&self) -> &[StepSize] {
        &self.0
    }

    /// Updated pods at each step for a set of this size.
    ///
    /// Steps that would not move anything at this size are dropped, so that a step is never
    /// passed without a pod having been tried: `1,10%,100%` of three pods is `1, 3`.
    pub fn counts(&self, replicas: u32) -> Vec<u32> {
        let mut counts: Vec<u32> = Vec::new();
        for size in &self.0 {
            let count = size.of(replicas);
            if count > counts.last().copied().unwrap_or(0) {
                counts.push(count);
            }
        }
        counts
    }
}

impl Steps {
    /// One step, of all pods.
    pub fn all() -> Self {
        Self(vec![StepSize::Percent(100)])
    }

    /// These steps, with one more to the last pod where they end before it.
    #[must_use]
    pub fn to_the_end(&self, replicas: u32) -> Self {
        let mut sizes = self.0.clone();
        if self.counts(replicas).last() != Some(&replicas) {
            sizes.push(StepSize::Percent(100));
        }
        Self(sizes)
    }
}

impl Default for Steps {
    fn default() -> Self {
        Self(vec![StepSize::Count(1), StepSize::Percent(100)])
    }
}

/// Why a list of steps was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSteps {
    /// There is nothing between two commas, or nothing at all.
    #[error("an empty step")]
    Empty,
    /// Not a count or a percentage.
    #[error("{0:?} is neither a count (3) nor a percentage (25%)")]
    NotANumber(String),
    /// Zero, or more than all.
    #[error("{0} is out of range: counts start at 1, percentages go from 1% to 100%")]
    OutOfRange(String),
    /// Counts or percentages that do not grow.
    #[error("{0} does not come after {1}: steps are cumulative and must grow")]
    NotGrowing(String, String),
}

impl FromStr for Steps {
    type Err = BadSteps;

    fn from_str(text: &str) -> Result<Self, BadSteps> {
        let mut sizes: Vec<StepSize> = Vec::new();
        for part in text.split(',').map(str::trim) {
            let size: StepSize = part.parse()?;
            let same_kind = |earlier: &&StepSize| {
                std::mem::discriminant(*earlier) == std::mem::discriminant(&size)
            };
            // How a count compares with a percentage depends on the set.
            if let Some(before) = sizes.iter().rev().find(same_kind)
                && size.number() <= before.number()
            {
                return Err(BadSteps::NotGrowing(part.to_owned(), before.to_string()));
            }
            sizes.push(size);
        }
        Ok(Self(sizes))
    }
}

impl FromStr for StepSize {
    type Err = BadSteps;

    fn from_str(text: &str) -> Result<Self, BadSteps> {
        let (digits, percent) = match text.strip_suffix('%') {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        if text.is_empty() {
            return Err(BadSteps::Empty);
        }
        let number: u32 = digits.parse().map_err(|_| BadSteps::NotANumber(text.to_owned()))?;
        match (percent, number) {
            (_, 0) | (true, 101..) => Err(BadSteps::OutOfRange(text.to_owned())),
            (true, percent) => Ok(Self::Percent(percent)),
            (false, count) => Ok(Self::Count(count)),
        }
    }
}

impl fmt::Display for StepSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, size) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(f, "{comma}{size}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

    use super::{OriginalStrategy, Rolling, Run, Steps};
    use crate::model::set;
    use crate::testing::{a_holder, a_run, a_set, at};

    fn counts(steps: &str, replicas: u32) -> Vec<u32> {
        steps.parse::<Steps>().unwrap().counts(replicas)
    }

    #[test]
    fn steps_are_cumulative_and_percentages_round_up() {
        assert_eq!(counts("1,25%,100%", 10), [1, 3, 10]);
        assert_eq!(counts("1,50%,100%", 3), [1, 2, 3]);
        assert_eq!(counts("1%", 250), [3]);
        assert_eq!(counts("100%", u32::MAX), [u32::MAX]);
    }

    #[test]
    fn steps_that_would_try_no_pod_are_dropped() {
        assert_eq!(counts("1,10%,100%", 3), [1, 3]);
        assert_eq!(counts("1,100%", 1), [1]);
        assert_eq!(counts("5,100%", 3), [3]);
        assert_eq!(counts("1,100%", 0), [0_u32; 0]);
    }

    #[test]
    fn steps_to_the_end_keep_what_was_said() {
        let all = |steps: &str, replicas| {
            steps.parse::<Steps>().unwrap().to_the_end(replicas).to_string()
        };
        assert_eq!(all("1", 5), "1,100%");
        assert_eq!(all("1,50%", 5), "1,50%,100%");
        assert_eq!(all("1,100%", 5), "1,100%");
        assert_eq!(all("5", 5), "5");
        assert_eq!(all("5", 8), "5,100%");
    }

    #[test]
    fn steps_that_make_no_sense_say_why() {
        let bad = |text: &str| text.parse::<Steps>().unwrap_err().to_string();
        assert_eq!(bad(""), "an empty step");
        assert_eq!(bad("1,,3"), "an empty step");
        assert_eq!(bad("one"), "\"one\" is neither a count (3) nor a percentage (25%)");
        assert_eq!(bad("%"), "\"%\" is neither a count (3) nor a percentage (25%)");
        assert_eq!(bad("-1"), "\"-1\" is neither a count (3) nor a percentage (25%)");
        assert!(bad("0").starts_with("0 is out of range"));
        assert!(bad("0%").starts_with("0% is out of range"));
        assert!(bad("101%").starts_with("101% is out of range"));
        assert!(bad("3,2").starts_with("2 does not come after 3"));
        assert!(bad("50%,50%").starts_with("50% does not come after 50%"));
        assert!(bad("50%,1,50%").starts_with("50% does not come after 50%"));
        assert!(bad("4294967296").contains("neither a count"));
    }

    #[test]
    fn the_default_tries_one_pod_first() {
        assert_eq!(Steps::default().to_string(), "1,100%");
    }

    #[test]
    fn a_lock_holds_against_others_until_it_expires() {
        let run = a_run(&a_set("db"));
        assert_eq!(run.held_against("mine", at(10)), None);
        assert_eq!(run.held_against("other", at(59)), Some(&a_holder(at(0))));
        assert_eq!(run.held_against("other", at(60)), None);
        assert_eq!(run.held_against("other", at(-10)), Some(&a_holder(at(0))), "a fast clock");
        assert_eq!(Run { holder: None, ..run }.held_against("other", at(0)), None);
    }

    #[test]
    fn the_original_strategy_is_recognised() {
        let rolling = |partition, most: Option<&str>| {
            Some(Rolling { partition, max_unavailable: most.map(str::to_owned) })
        };
        let original = OriginalStrategy::RollingUpdate(rolling(1, None));
        assert!(original.is(&set::Strategy::RollingUpdate(rolling(1, Some("2")))));
        assert!(!original.is(&set::Strategy::RollingUpdate(rolling(2, None))));
        assert!(!original.is(&set::Strategy::RollingUpdate(None)));
        assert!(!original.is(&set::Strategy::OnDelete));
        let absent = OriginalStrategy::RollingUpdate(None);
        assert!(absent.is(&set::Strategy::RollingUpdate(None)));
        assert!(!absent.is(&set::Strategy::RollingUpdate(rolling(0, None))));
        assert!(OriginalStrategy::OnDelete.is(&set::Strategy::OnDelete));
    }

    #[test]
    fn a_partition_of_nothing_is_not_on_delete() {
        let set = a_set("db").at_partition(0);
        let over = Run { partition: 0, ..a_run(&set) };
        assert!(!over.by_deletion() && over.holds(&set));
        let by_deletion = Run { order: "asc".parse().unwrap(), ..over };
        assert!(by_deletion.by_deletion() && !by_deletion.holds(&set));
        assert!(by_deletion.holds(&set.with_strategy(set::Strategy::OnDelete)));
    }

    fn sizes() -> impl Strategy<Value = String> {
        let count = (1_u32..40).prop_map(|count| count.to_string());
        let percent = (1_u32..=100).prop_map(|percent| format!("{percent}%"));
        prop::collection::vec(prop_oneof![count, percent], 1..6).prop_map(|all| all.join(","))
    }

    proptest! {
        #[test]
        fn accepted_steps_round_trip_and_grow(text in sizes(), replicas in 0_u32..50) {
            if let Ok(steps) = text.parse::<Steps>() {
                prop_assert_eq!(steps.to_string(), text);
                let counts = steps.counts(replicas);
                prop_assert!(counts.windows(2).all(|pair| pair[0] < pair[1]));
                prop_assert!(counts.iter().all(|count| (1..=replicas).contains(count)));
            }
        }

        #[test]
        fn no_text_panics(text in "[0-9%, ]{0,12}") {
            drop(text.parse::<Steps>().map(|steps| steps.counts(7)));
        }
    }
}
