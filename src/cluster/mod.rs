//! The edge to the API server: the only users of kube's `Client` and `Api`.

#![expect(clippy::disallowed_types, reason = "this module is where the cluster is talked to")]

pub mod list;
pub mod read;
mod refusal;
#[cfg(test)]
mod testing;
pub mod watch;
