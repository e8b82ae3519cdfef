//! The real executable against a real control plane, which the suite starts itself.

mod harness;
mod predict;
mod smoke;
mod traps;
