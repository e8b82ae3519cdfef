//! The closed list of writes this program can make.

pub mod claim;
pub mod object;
mod target;
pub mod volume;

pub use crate::plan::step::target::Target;

use crate::model::failover;
use crate::model::failover::Mark;
use crate::model::node::Node;
use crate::model::pod::Pod;
use crate::model::run::{OriginalStrategy, Run};
use crate::model::set::{Rolling, Set};
use crate::plan::step::claim::{ClaimPatch, OwnerRemoval};
use crate::plan::step::object::{Creation, Deletion, ObjectKind};
use crate::plan::step::volume::VolumePatch;

/// One write. `cluster::write` carries it out, and nothing else writes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "steps are made one at a time and never stored")]
pub enum Step {
    /// Change a StatefulSet, if it is still the object that was read.
    PatchSet(SetPatch),
    /// Delete a pod, if it is still the object that was read.
    DeletePod(PodDeletion),
    /// The same, if every budget the pod is under has room for it.
    EvictPod(PodDeletion),
    /// Change the number of replicas through the `scale` subresource, if the set is still the
    /// object that was read.
    Scale(Scaling),
    /// Declare a node to be off, if it is still the object that was read.
    TaintNode(NodeTaint),
    /// Take that back, if the node is still the object that was read.
    UntaintNode(NodeUntaint),
    /// Change a claim, if it is still the object that was read.
    PatchClaim(ClaimPatch),
    /// Take one owner off a claim, if it is still the object that was read.
    RemoveOwner(OwnerRemoval),
    /// Change a volume, if it is still the object that was read.
    PatchVolume(VolumePatch),
    /// Create an object, if there is none of its name.
    Create(Creation),
    /// Delete an object, if it is still the one that was read.
    Delete(Deletion),
}

impl Deletion {
    /// The deletion of this very reading of a set, which leaves its pods and claims.
    pub fn of_set(set: &Set) -> Self {
        Self {
            kind: ObjectKind::Set,
            namespace: set.namespace.clone(),
            name: set.name.clone(),
            uid: set.uid.clone(),
            resource_version: set.resource_version.clone(),
        }
    }
}

/// A change of a StatefulSet, all of it in one request.
///
/// One request matters: with two, the controller starts on the template before it sees the
/// partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetPatch {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID as read; another object of that name is refused by the server.
    pub uid: String,
    /// Version as read; a set changed since is refused by the server.
    pub resource_version: String,
    /// The pod template.
    pub template: TemplateChange,
    /// The update strategy.
    pub strategy: StrategyChange,
    /// The number of replicas; `None` leaves it. It is here for a scaling that has to move the
    /// partition in the same write, and a [`Step::Scale`] otherwise.
    pub replicas: Option<u32>,
    /// Our annotation.
    pub run: RunChange,
}

impl SetPatch {
    /// A patch of this very reading of a set, changing nothing yet.
    pub fn of(set: &Set) -> Self {
        Self {
            namespace: set.namespace.clone(),
            name: set.name.clone(),
            uid: set.uid.clone(),
            resource_version: set.resource_version.clone(),
            template: TemplateChange::Keep,
            strategy: StrategyChange::Keep,
            replicas: None,
            run: RunChange::Keep,
        }
    }
}

/// What happens to the pod template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateChange {
    /// Nothing.
    Keep,
    /// A strategic merge, as JSON of a partial template.
    Merge(String),
    /// Replaced whole, as JSON of a template.
    Replace(String),
}

/// What happens to the update strategy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StrategyChange {
    /// Nothing.
    Keep,
    /// `RollingUpdate` with this partition.
    Partition(u32),
    /// `OnDelete`: the controller replaces no pod by itself.
    OnDelete,
    /// What was there before the run, as far as a partition has replaced it.
    Restore(OriginalStrategy),
    /// `RollingUpdate` with all of this: `OnDelete` leaves nothing of what was there.
    Rebuild(Rolling),
}

impl StrategyChange {
    /// Back to what was there before the run.
    pub fn back(run: &Run) -> Self {
        match &run.original {
            OriginalStrategy::RollingUpdate(Some(rolling)) if run.by_deletion() => {
                Self::Rebuild(rolling.clone())
            }
            original => Self::Restore(original.clone()),
        }
    }
}

/// What happens to our annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "steps are made one at a time and never stored")]
pub enum RunChange {
    /// Nothing.
    Keep,
    /// Written anew.
    Write(Run),
    /// Removed.
    Remove,
}

/// A change of the number of replicas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaling {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID as read.
    pub uid: String,
    /// Version as read.
    pub resource_version: String,
    /// How many pods are wanted from now on.
    pub replicas: u32,
}

impl Scaling {
    /// A scaling of this very reading of a set.
    pub fn of(set: &Set, replicas: u32) -> Self {
        Self {
            namespace: set.namespace.clone(),
            name: set.name.clone(),
            uid: set.uid.clone(),
            resource_version: set.resource_version.clone(),
            replicas,
        }
    }
}

/// A deletion or an eviction of one pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodDeletion {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub pod: String,
    /// UID as read; the next pod of that name is safe.
    pub uid: String,
    /// Version as read; a pod that changed since is judged again first.
    pub resource_version: String,
}

impl PodDeletion {
    /// A deletion of this very reading of a pod.
    pub fn of(set: &Set, pod: &Pod) -> Self {
        Self {
            namespace: set.namespace.clone(),
            pod: pod.name.clone(),
            uid: pod.uid.clone(),
            resource_version: pod.resource_version.clone(),
        }
    }
}

/// The taint that declares a node to be off, and our mark beside it.
///
/// It is added to the taints that are there: their list is never sent back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeTaint {
    /// Name.
    pub node: String,
    /// UID as read.
    pub uid: String,
    /// Version as read.
    pub resource_version: String,
    /// Whether the node has taints, so that there is a list to add to.
    pub has_taints: bool,
    /// Whether the node has annotations, so that there is a map to add to.
    pub has_annotations: bool,
    /// Who declares it to be off.
    pub mark: Mark,
}

impl NodeTaint {
    /// A declaration about this very reading of a node.
    pub fn of(node: &Node, mark: Mark) -> Self {
        Self {
            node: node.name.clone(),
            uid: node.uid.clone(),
            resource_version: node.resource_version.clone(),
            has_taints: !node.taints.is_empty(),
            has_annotations: !node.annotations.is_empty(),
            mark,
        }
    }
}

/// The removal of that taint and of our mark, and of nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeUntaint {
    /// Name.
    pub node: String,
    /// UID as read.
    pub uid: String,
    /// Version as read.
    pub resource_version: String,
    /// Where among the taints it is, if it is there.
    pub taint: Option<usize>,
    /// Whether our mark is there.
    pub marked: bool,
}

impl NodeUntaint {
    /// What is to be removed from this very reading of a node.
    pub fn of(node: &Node) -> Self {
        Self {
            node: node.name.clone(),
            uid: node.uid.clone(),
            resource_version: node.resource_version.clone(),
            taint: node.out_of_service(),
            marked: node.annotations.contains_key(failover::ANNOTATION),
        }
    }
}
