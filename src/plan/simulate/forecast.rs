//! What comes out: the acts of the controller, and how it ends.

use crate::model::ordinal::Ordinal;

/// What the controller does, until nothing moves any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Every deletion and creation by the controller, in order.
    pub acts: Vec<Act>,
    /// The set's pods at the end, lowest ordinal first.
    pub pods: Vec<Last>,
    /// `status.currentRevision` at the end.
    pub current: String,
    /// `status.updateRevision` at the end.
    pub update: String,
    /// The most wanted pods that were missing, on their way out or not ready at the same time.
    pub most_down: u32,
    /// How it ends.
    pub end: End,
}

/// One act of the controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The pod.
    pub pod: Ordinal,
    /// What is done with it.
    pub deed: Deed,
    /// Acts that follow each other with the same number are made at once and in no order.
    pub burst: u32,
}

/// What is done with a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It is created on this revision.
    Create {
        /// Name of the revision; see [`Forecast::is_new`].
        revision: String,
    },
    /// It is deleted.
    Delete(Cause),
}

/// Why the controller deletes a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It has failed or ended, and is made again.
    Ended,
    /// The set no longer wants its ordinal.
    ScaledDown,
    /// It is not on the update revision.
    Updated,
}

/// A pod at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// The pod.
    pub pod: Ordinal,
    /// Name of its revision; see [`Forecast::is_new`].
    pub revision: String,
    /// Whether it runs and is ready.
    pub ready: bool,
}

/// How it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Every wanted pod is ready, no other is left, and the controller wants nothing more.
    Settled,
    /// It stays as it is, though something is missing.
    Stuck(Wait),
    /// It goes round in circles.
    Endless,
    /// A strategy whose rules are not known here.
    Unknown(String),
}

/// What the controller waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The pod it waits for.
    pub pod: Ordinal,
    /// What that pod lacks.
    pub lacks: Lacks,
    /// What it would do then.
    pub before: Before,
}

/// What a pod lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacks {
    /// It is on its way out, and not gone.
    Gone,
    /// It is not ready.
    Ready,
    /// It is ready, but not for `minReadySeconds` yet.
    Available,
}

/// What the controller does after it has waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Go on with the next higher pod, and then with everything else.
    Next,
    /// Take away pods that are no longer wanted.
    ScaleDown,
    /// Update more pods.
    Update,
    /// Nothing: that pod alone is missing.
    Nothing,
}

/// What the names of revisions begin with that do not exist yet. No real name has a blank.
const NEW: &str = "new revision ";

/// The name a revision gets in a forecast that is going to be made.
pub(super) fn new_name(number: i64) -> String {
    format!("{NEW}{number}")
}

impl Forecast {
    /// Whether the revision does not exist yet, and its name is only known to this forecast.
    pub fn is_new(revision: &str) -> bool {
        revision.starts_with(NEW)
    }

    /// The revision the pod ends on, if there is such a pod then.
    pub fn ends_on(&self, pod: Ordinal) -> Option<&str> {
        self.pods.iter().find(|last| last.pod == pod).map(|last| last.revision.as_str())
    }

    /// The pods that the controller deletes, in order.
    pub fn deleted(&self) -> impl Iterator<Item = Ordinal> {
        self.acts.iter().filter(|act| matches!(act.deed, Deed::Delete(_))).map(|act| act.pod)
    }

    /// The pods that the controller creates, in order.
    pub fn created(&self) -> impl Iterator<Item = Ordinal> {
        self.acts.iter().filter(|act| matches!(act.deed, Deed::Create { .. })).map(|act| act.pod)
    }

    /// How many pods run at the end.
    pub fn running(&self) -> usize {
        self.pods.iter().filter(|last| last.ready).count()
    }
}
