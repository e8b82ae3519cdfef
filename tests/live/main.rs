//! The real executable against a real control plane, which the suite starts itself.

mod harness;
mod smoke;
mod traps;
