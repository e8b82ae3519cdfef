//! Changes a user makes.

use crate::model::ordinal::Ordinal;
use crate::model::set::{Rolling, Set, Strategy, Template};

/// One change of a set, or of one of its pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// `spec.template` becomes this.
    Template(Template),
    /// `spec.updateStrategy.rollingUpdate.partition` becomes this; as in a merge patch, the rest
    /// of `rollingUpdate` stays.
    Partition(u32),
    /// `spec.updateStrategy` becomes this.
    Strategy(Strategy),
    /// `spec.replicas` becomes this.
    Replicas(u32),
    /// `spec.ordinals.start` becomes this.
    Start(u32),
    /// A pod is deleted by hand, or evicted. Nothing happens where there is none.
    DeletePod(Ordinal),
}

impl Change {
    /// Changes the spec of the set.
    pub(super) fn apply(&self, set: &mut Set) {
        match self {
            Self::Template(template) => set.template.clone_from(template),
            Self::Partition(partition) => {
                let max_unavailable = match &mut set.strategy {
                    Strategy::RollingUpdate(Some(rolling)) => rolling.max_unavailable.take(),
                    _ => None,
                };
                let rolling = Rolling { partition: *partition, max_unavailable };
                set.strategy = Strategy::RollingUpdate(Some(rolling));
            }
            Self::Strategy(strategy) => set.strategy.clone_from(strategy),
            Self::Replicas(replicas) => set.wanted.replicas = *replicas,
            Self::Start(start) => set.wanted.start = *start,
            Self::DeletePod(_) => {}
        }
    }
}
