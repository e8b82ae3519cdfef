//! What a staged rollout remembers on its set, so that anybody can go on with it.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::model::set::Rolling;

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
    /// Who drives it now, if anybody.
    pub holder: Option<Holder>,
}

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunPhase {
    /// Held by `rollout hold`: no template change of ours.
    Parked,
    /// Rolling, or stopped between steps.
    Staging,
    /// A gate or a pod failed; waiting for a person.
    Failed,
    /// Going back to the base revision.
    Aborting,
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

impl Run {
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
            let size = part.parse()?;
            match (sizes.last(), size) {
                (Some(StepSize::Count(before)), StepSize::Count(count)) if count <= *before => {
                    return Err(BadSteps::NotGrowing(part.to_owned(), before.to_string()));
                }
                (Some(StepSize::Percent(before)), StepSize::Percent(percent))
                    if percent <= *before =>
                {
                    return Err(BadSteps::NotGrowing(part.to_owned(), format!("{before}%")));
                }
                _ => sizes.push(size),
            }
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

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, size) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            match size {
                StepSize::Count(count) => write!(f, "{comma}{count}")?,
                StepSize::Percent(percent) => write!(f, "{comma}{percent}%")?,
            }
        }
        Ok(())
    }
}
