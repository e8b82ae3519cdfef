//! The commands: thin functions that read, decide, show, ask, act and report.

pub mod config_debug;
pub mod duration;
pub mod global;
