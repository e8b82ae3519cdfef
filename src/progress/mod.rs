//! What happens while a command waits, as values.
//!
//! Machines fold over snapshots: each new reading yields events for the view and the next move
//! for the driver. Nothing here prints, reads a clock or talks to a cluster.

pub mod abort;
pub mod ensemble;
pub mod event;
pub mod failover;
pub mod group;
mod judging;
pub mod machine;
pub mod measure;
pub mod pause;
pub mod prune;
pub mod resize;
pub mod restart;
pub mod rows;
pub mod scale;
pub mod stage;
mod turns;
pub mod unstick;

#[cfg(test)]
mod sim;
