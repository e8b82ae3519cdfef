//! A set, its pods and its claims, kept up to date by three watches.

use kube::Client;

use crate::cluster::list::Lists;
use crate::cluster::watch::Reading;
use crate::cluster::watch::SetWatch;
use crate::cluster::watch::feed::Feed;
use crate::cluster::watch::feed::Filter;
use crate::cluster::watch::stale;
use crate::model::claim::Claim;
use crate::model::set::Set;
use crate::wire;

/// Beside the watches of a set and of its pods one on all claims of the namespace, since nothing
/// but the name tells whose a claim is.
pub struct ClaimsWatch {
    of: Set,
    watch: SetWatch,
    last: Option<Reading>,
    claims: Feed<wire::claim::PersistentVolumeClaim>,
}

impl ClaimsWatch {
    /// Starts watching. Renews each watch after so many seconds.
    pub fn new(client: &Client, set: &Set, lists: Lists, renew_after: u32) -> Self {
        let namespace = Some(set.namespace.as_str());
        Self {
            of: set.clone(),
            watch: SetWatch::new(client, set, lists, renew_after),
            last: None,
            claims: Feed::new(client, namespace, Filter::All, lists, renew_after),
        }
    }

    /// Waits for a change and returns the state after it, and the set's claims. The first reading
    /// comes when all is known.
    ///
    /// Fails when watching cannot go on. May be dropped and called again without losing a change.
    pub async fn next(&mut self) -> Result<(Reading, Vec<Claim>), kube::Error> {
        loop {
            tokio::select! {
                reading = self.watch.next() => self.last = Some(reading?),
                changed = self.claims.changed() => changed?,
            }
            let Some(reading) = self.last.as_ref().filter(|_| self.claims.is_listed()) else {
                continue;
            };
            self.claims.take_queued()?;
            let claims = self.claims.objects();
            let ours = claims.filter(|claim| self.of.is_claim_of(&claim.name)).cloned().collect();
            let mut reading = reading.clone();
            let behind = stale([self.claims.trouble()]).into_iter().chain(reading.stale.take());
            reading.stale = behind.min_by_key(|stale| stale.since);
            return Ok((reading, ours));
        }
    }
}
