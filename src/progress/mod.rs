//! What happens while a command waits, as values.
//!
//! Machines fold over snapshots: each new reading yields events for the view and the next move
//! for the driver. Nothing here prints, reads a clock or talks to a cluster.

pub mod abort;
pub mod ensemble;
pub mod event;
pub mod group;
pub mod machine;
pub mod rows;
pub mod stage;

#[cfg(test)]
mod sim;
