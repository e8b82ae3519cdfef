//! `kubectl sts`: a kubectl plugin for StatefulSets that hold data.
//!
//! Layers, from the bottom up; each may use only what stands to its left
//! (`tests/architecture.rs` holds them to it):
//!
//! `model` ← `wire`, `convert`, `plan`, `progress` ← `cluster`, `render` ← `terminal` ← `commands`
//!
//! Decisions are values (`plan`), happenings are values (`progress`), and text is made in one
//! place (`render`). Only `cluster` talks to an API server, only `terminal` to a person, and the
//! two meet nowhere but in `commands`.

pub mod cluster;
pub mod commands;
pub mod convert;
pub mod exit;
pub mod model;
pub mod plan;
pub mod progress;
pub mod render;
pub mod terminal;
pub mod wire;

#[cfg(test)]
mod testing;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with these arguments, the first of which is its own name.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    ExitCode::from(commands::run(args.collect()).code())
}
