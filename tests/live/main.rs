//! The real executable against a real control plane.

mod connection;
mod exec;
mod plane;
