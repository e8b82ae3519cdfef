//! How carefully to roll out.

use jiff::SignedDuration;

use crate::model::pod::TroubleKind;

/// The knobs of a staged rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long a pod must have been ready before it counts; `minReadySeconds` if that is longer.
    pub soak: SignedDuration,
    /// How long an error may last before the rollout is held.
    pub grace: SignedDuration,
    /// The same for pods no node will have: an autoscaler may be adding one.
    pub unschedulable_grace: SignedDuration,
    /// How long to wait for one batch of pods before giving up.
    pub step_timeout: SignedDuration,
    /// How long the whole run may take.
    pub timeout: Option<SignedDuration>,
    /// How many pods are released at a time.
    pub batch: u32,
    /// How many of the other pods may be unready.
    pub tolerate_unready: u32,
    /// How many times a container of an updated pod may restart.
    pub max_restarts: u32,
    /// What PodDisruptionBudgets are to a rollout.
    pub budgets: BudgetRule,
    /// Who says yes between steps.
    pub approve: Approve,
    /// What follows a failure.
    pub on_failure: OnFailure,
}

impl Options {
    /// How long an error of this sort may last before the rollout is held.
    pub fn grace_for(&self, kind: TroubleKind) -> SignedDuration {
        match kind {
            TroubleKind::Unschedulable => self.unschedulable_grace,
            _ => self.grace,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            soak: SignedDuration::from_secs(30),
            grace: SignedDuration::from_secs(60),
            unschedulable_grace: SignedDuration::from_mins(5),
            step_timeout: SignedDuration::from_mins(15),
            timeout: None,
            batch: 1,
            tolerate_unready: 0,
            max_restarts: 0,
            budgets: BudgetRule::Respect,
            approve: Approve::Stop,
            on_failure: OnFailure::Hold,
        }
    }
}

/// What PodDisruptionBudgets are to a rollout. The StatefulSet controller itself ignores them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BudgetRule {
    /// No pod is released unless every budget it is under has room.
    Respect,
    /// Not looked at.
    Ignore,
}

/// Who says yes between steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approve {
    /// Ask on the terminal.
    Prompt,
    /// Nobody: go on.
    Auto,
    /// Somebody else, later: stop, held.
    Stop,
}

/// What follows a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// Stay as it is; a person looks at it.
    Hold,
    /// Ask on the terminal whether to go back.
    Ask,
    /// Go back to the base revision.
    Abort,
}
