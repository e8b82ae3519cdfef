//! The real executable against a real control plane, which the suite starts itself.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod connection;
mod exec;
mod gates;
mod harness;
mod history;
mod hold;
mod interrupt;
mod park;
mod pause;
mod predict;
mod promote;
mod rbac;
mod reading;
mod refusals;
mod requests;
mod rollouts;
mod smoke;
mod stage;
mod status;
mod traps;
mod undo;
mod unstick;
