//! A small API server with one StatefulSet in it, and the executable pointed at it.

pub(crate) mod cluster;
pub(crate) mod fake;
pub(crate) mod http;
pub(crate) mod program;
