//! The commands: thin functions that read, decide, show, ask, act and report.

pub mod config_debug;
pub mod context;
pub mod duration;
pub mod global;
pub mod rollout;
pub mod set_name;
pub mod signals;
