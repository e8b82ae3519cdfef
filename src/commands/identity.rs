//! Who drives a run: for people, and for the lock.

use std::env;
use std::process;

use jiff::Timestamp;

use crate::cluster::clock;
use crate::model::run::Holder;
use crate::model::set::digest;

/// This process as the holder of a run.
pub(super) fn holder(now: Timestamp) -> Holder {
    let user = ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| env::var(name).ok().filter(|user| !user.is_empty()))
        .unwrap_or_else(|| "somebody".to_owned());
    let host = hostname::get()
        .map_or_else(|_| "unknown host".to_owned(), |host| host.to_string_lossy().into_owned());
    Holder { name: format!("{user}@{host}"), token: unique("holder"), beat: now }
}

/// A name for a new run.
pub(super) fn run_id() -> String {
    unique("run")
}

/// Differs between processes and between calls: time in nanoseconds, process, purpose.
fn unique(purpose: &str) -> String {
    let now = clock::now().as_nanosecond();
    digest(format!("{purpose} {now} {}", process::id()).as_bytes())[..10].to_owned()
}
