//! What happens while a command waits, as values.
//!
//! Nothing here prints, reads a clock or talks to a cluster: views in `terminal` turn events into
//! bars, lines or JSON.

pub mod event;
