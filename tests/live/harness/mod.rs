//! A real Kubernetes control plane for tests, and what a test does with it.
//!
//! A test asks the control plane all tests share for a namespace of its own and works there, next to the others:
//!
//! ```no_run
//! let ns = ControlPlane::shared().namespace("canary");
//! ns.set("db").replicas(3).claims("1Gi").create_ready();
//! let output = ns.sts(&["rollout", "status", "db"]).run();
//! assert_eq!(output.code, 0, "{output}");
//! ```
//!
//! One that breaks the API server, or needs other feature gates, starts a control plane of its own with
//! [`ControlPlane::start`]. Image tags say how pods behave: `app:v2-bad` crashes, `app:slow` takes two seconds; see
//! `tests/control-plane/README.md`.

mod control_plane;
mod http;
mod kill_at;
mod namespace;
mod output;
mod policy;
mod prometheus;
mod random;
mod server;
mod set;
mod sts;

pub(crate) use control_plane::Component;
pub(crate) use control_plane::ControlPlane;
pub(crate) use control_plane::Options;
pub(crate) use kill_at::Fate;
pub(crate) use kill_at::Proxy;
pub(crate) use namespace::Namespace;
pub(crate) use output::Output;
pub(crate) use policy::Rule;
pub(crate) use prometheus::Prometheus;
pub(crate) use prometheus::check_rules;
pub(crate) use random::Random;
pub(crate) use server::Reply;
pub(crate) use server::Server;
pub(crate) use set::SetBuilder;
pub(crate) use sts::Running;
pub(crate) use sts::Sts;

use std::fmt::Display;

/// The value, or a panic at the caller that says what was being done.
#[track_caller]
fn must<T, E: Display>(result: Result<T, E>, doing: &str) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{doing}: {error}"),
    }
}
