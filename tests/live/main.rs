//! The real executable against a real control plane, which the suite starts itself.

mod connection;
mod exec;
mod gates;
mod harness;
mod interrupt;
mod reading;
mod requests;
mod rollouts;
mod smoke;
mod stage;
mod traps;
