//! The real executable against a real control plane, which the suite starts itself.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod connection;
mod exec;
mod gates;
mod group;
mod harness;
mod hold;
mod interrupt;
mod predict;
mod rbac;
mod reading;
mod refusals;
mod requests;
mod rollouts;
mod smoke;
mod stage;
mod status;
mod traps;
