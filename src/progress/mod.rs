//! What happens while a command waits, as values.
//!
//! Machines fold over snapshots: each new reading yields events for the view and the next move
//! for the driver. Nothing here prints, reads a clock or talks to a cluster.

pub mod abort;
pub mod event;
mod judging;
pub mod machine;
pub mod restart;
pub mod rows;
pub mod stage;
mod turns;

#[cfg(test)]
mod sim;
