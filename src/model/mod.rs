//! The field's nouns as plain data with total functions.
//!
//! Nothing here reads a clock, the network or a file, and nothing here knows how Kubernetes
//! spells an object on the wire: `wire` and `convert` do.

pub mod attachment;
pub mod autoscaler;
pub mod budget;
pub mod claim;
pub mod claim_index;
pub mod cluster_event;
pub mod failover;
pub mod feature;
pub mod fleet;
pub mod gate;
pub mod group;
pub mod leader;
pub mod lease;
pub mod node;
pub mod order;
pub mod ordinal;
pub mod ordinals;
pub mod placement;
pub mod pod;
pub mod predict;
pub mod quantity;
pub mod quota;
pub mod resident;
pub mod revision;
pub mod roster;
pub mod run;
pub mod set;
pub mod shape;
pub mod snapshot;
pub mod storage_class;
pub mod survey;
pub mod tenant;
pub mod text;
pub mod trash;
pub mod volume;
pub mod volume_snapshot;
