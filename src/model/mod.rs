//! The field's nouns as plain data with total functions.
//!
//! Nothing here reads a clock, the network or a file, and nothing here knows how Kubernetes
//! spells an object on the wire: `wire` and `convert` do.

pub mod budget;
pub mod claim;
pub mod gate;
pub mod group;
pub mod node;
pub mod ordinal;
pub mod pod;
pub mod predict;
pub mod revision;
pub mod run;
pub mod set;
pub mod snapshot;
pub mod text;
