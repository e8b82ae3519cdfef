//! The edge to the API server: the only code that names `kube::Client` and `kube::Api`.
//!
//! `kubeconfig` and `resolve` decide what to connect to, as kubectl would; `session` connects;
//! `transport` carries every request (credentials, retries, deadlines, warnings); `read`, `list`
//! and `watch` bring objects in; `write` is the only code that changes anything; `fault` puts
//! what went wrong into kubectl's words. Nothing here prints: what a person should know while a
//! command runs is sent as a [`notice::Notice`].
#![expect(clippy::disallowed_types, reason = "this is the module that owns cluster access")]

mod claim_readings;
pub mod clock;
pub mod exec;
pub mod fleet;
pub mod kubeconfig;
pub mod list;
pub mod load;
pub mod notice;
pub mod overrides;
pub mod proxy;
pub mod read;
pub mod readings;
pub mod resolve;
pub mod resolved;
pub mod session;
mod snapshots;
pub mod status;
mod storage;
mod storage_patch;
pub mod survey;
pub mod trash;
pub mod watch;
pub mod web;
pub mod whoami;
pub mod write;

mod check;
mod connect;
mod credentials;
mod discovery;
mod fault;
mod feature;
mod forward;
mod kuberc;
mod metadata;
mod node_patch;
mod patch;
mod plugin;
mod refusal;
mod retry;
#[cfg(test)]
mod testing;
mod transport;
mod warning;
