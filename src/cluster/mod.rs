//! The edge to the API server: the only code that names `kube::Client` and `kube::Api`.
//!
//! `kubeconfig` and `resolve` decide what to connect to, as kubectl would; `session` connects;
//! `transport` carries every request (credentials, retries, deadlines, warnings); `fault` puts
//! what went wrong into kubectl's words. Nothing here prints: what a person should know while a
//! command runs is sent as a [`notice::Notice`].
#![expect(clippy::disallowed_types, reason = "this is the module that owns cluster access")]

pub mod exec;
pub mod kubeconfig;
pub mod load;
pub mod notice;
pub mod overrides;
pub mod proxy;
pub mod resolve;
pub mod resolved;
pub mod session;
pub mod status;
pub mod whoami;

mod check;
mod connect;
mod credentials;
mod fault;
mod kuberc;
mod plugin;
mod retry;
mod transport;
mod warning;
