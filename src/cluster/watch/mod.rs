//! A set and its pods, kept up to date by two watches.
//!
//! Nothing is polled. When a watch breaks, goes quiet or has to start over, the last state stays
//! readable and is marked stale until the server has been heard again.

use jiff::Timestamp;
use kube::Client;
use tokio::time::Instant;

use crate::cluster::list::Lists;
use crate::model::pod::Pod;
use crate::model::set::Set;
use crate::wire;

mod claims;
mod feed;
mod fleet;
mod pulse;
mod watched;

pub use claims::ClaimsWatch;
pub use fleet::FleetWatch;

use feed::Feed;
use feed::Filter;
use feed::Trouble;

/// Seconds after which a watch is renewed; a server not heard from for five more is gone.
pub const RENEWED_AFTER: u32 = 60;

/// The state of a set and its pods at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The set; nothing once it is deleted. One made anew under the same name has another UID.
    pub set: Option<Set>,
    /// The pods the set's selector matches.
    pub pods: Vec<Pod>,
    /// Why this may not be what the cluster looks like now.
    pub stale: Option<Stale>,
}

/// Why a reading may be out of date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// Until then it was not, by the local clock.
    pub since: Timestamp,
    /// What happened.
    pub reason: String,
}

/// Two watches: one on the set by its name, one on the pods by the set's selector.
pub struct SetWatch {
    set: Feed<wire::set::StatefulSet>,
    pods: Feed<wire::pod::Pod>,
}

impl SetWatch {
    /// Starts watching. Renews each watch after so many seconds (see [`RENEWED_AFTER`]).
    pub fn new(client: &Client, set: &Set, lists: Lists, renew_after: u32) -> Self {
        let by_name = Filter::Name(set.name.clone());
        let by_label = Filter::Labels(set.selector.clone());
        Self {
            set: Feed::new(client, Some(&set.namespace), by_name, lists, renew_after),
            pods: Feed::new(client, Some(&set.namespace), by_label, lists, renew_after),
        }
    }

    /// Waits for a change and returns the state after it, and after all others that have arrived
    /// by then. The first reading comes when both the set and its pods are known.
    ///
    /// Fails when watching cannot go on: access was denied, or the answers make no sense. May be
    /// dropped and called again without losing a change.
    pub async fn next(&mut self) -> Result<Reading, kube::Error> {
        loop {
            tokio::select! {
                changed = self.set.changed() => changed?,
                changed = self.pods.changed() => changed?,
            }
            if self.set.is_listed() && self.pods.is_listed() {
                self.set.take_queued()?;
                self.pods.take_queued()?;
                return Ok(self.reading());
            }
        }
    }

    fn reading(&self) -> Reading {
        Reading {
            set: self.set.objects().next().cloned(),
            pods: self.pods.objects().cloned().collect(),
            stale: stale([self.set.trouble(), self.pods.trouble()]),
        }
    }
}

/// The oldest of these troubles.
fn stale<'a>(troubles: impl IntoIterator<Item = Option<&'a Trouble>>) -> Option<Stale> {
    let trouble = troubles.into_iter().flatten().min_by_key(|trouble| trouble.since)?;
    #[expect(clippy::disallowed_methods, reason = "the edge reads the clock")]
    let now = Timestamp::now();
    let age = Instant::now().saturating_duration_since(trouble.since);
    let since = now.checked_sub(age).unwrap_or(now);
    Some(Stale { since, reason: trouble.reason.clone() })
}

#[cfg(test)]
mod tests;
