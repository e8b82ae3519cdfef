//! Everything a verdict on claims needs, in an order that makes it true.
//!
//! Claims come first. Whatever could want one is read afterwards, so that a pod made in between
//! is seen; a claim made in between is not there to be judged. Every list is consistent. One that
//! failed, was cut or was forbidden is a gap and never a short list. What matters only for claims
//! that nobody names (their volumes, what could bring their set back) is read only when there are
//! such claims.

mod claims;
mod custom;
mod deep;
mod delivery;
mod owners;
pub mod progress;
mod reader;
mod recheck;
mod seen;
mod unnamed;

use jiff::Timestamp;
use kube::Client;

use crate::cluster::discovery;
use crate::cluster::discovery::GROUPS;
use crate::cluster::discovery::Kinds;
use crate::cluster::list::Lists;
use crate::cluster::session::Session;
use crate::cluster::survey::progress::Progress;
use crate::cluster::survey::progress::Told;
use crate::cluster::survey::reader::Reader;
use crate::cluster::survey::reader::why;
use crate::cluster::survey::seen::Interest;
use crate::exit::Failure;
use crate::model::survey::Survey;
use crate::model::survey::coverage::Coverage;
use crate::model::survey::coverage::Gap;
use crate::model::survey::coverage::Need;

impl Session {
    /// The claims of a namespace, or of all, and everything that could want them.
    ///
    /// Fails only where the claims themselves cannot be read. Not everything is searched for
    /// their names: that is a second step, for the few claims that could go.
    pub async fn survey(&self, namespace: Option<&str>, told: Told<'_>) -> Result<Survey, Failure> {
        Ok(read(self.client(), namespace, told).await?)
    }

    /// Searches every kind of object there is for the names of these claims (namespace and name),
    /// in their namespaces: of somebody's resources it is not known where they name a claim.
    pub async fn deepen(
        &self,
        survey: &mut Survey,
        candidates: &[(String, String)],
        told: Told<'_>,
    ) {
        deep::search(self.client(), survey, candidates, told).await;
    }

    /// Reads these claims of one namespace again, and everything in it that could want them: what a
    /// verdict needs right before and right after a deletion.
    ///
    /// Claims that are gone are left out. What takes long to find out and seldom changes (resources
    /// of others, releases, owners) is taken from the survey before.
    pub async fn recheck(
        &self,
        before: &Survey,
        namespace: &str,
        claims: &[String],
    ) -> Result<Survey, Failure> {
        let lists = self.lists().await?;
        Ok(recheck::read(self.client(), lists, before, namespace, claims).await?)
    }
}

async fn read(
    client: &Client,
    namespace: Option<&str>,
    told: Told<'_>,
) -> Result<Survey, kube::Error> {
    let progress = Progress::new(told);
    let found = discovery::kinds(client, GROUPS).await;
    let lists = found.as_ref().map_or(Lists::Paged, Kinds::lists);
    let claims = claims::read(client, namespace, lists, &progress).await?;
    let mut coverage = Coverage::default();
    coverage.objects.insert(claims::WHAT.to_owned(), claims.len() as u64);
    coverage.read.push(claims::WHAT.to_owned());
    let kinds = known(found, &mut coverage);

    let progress = &progress;
    let parts = {
        let interest = &Interest::of(&claims);
        let reader = Reader { client, namespace, lists, interest, progress };
        let mut parts = reader.users().await;
        parts.extend(custom::read(&reader, &kinds).await);
        parts
    };
    let mut survey = claims::survey(claims, coverage);
    for part in parts {
        part.into_survey(&mut survey);
    }
    let (owners, parts) = {
        let interest = &Interest::of(&survey.claims);
        let reader = Reader { client, namespace, lists, interest, progress };
        let owners = owners::read(&reader, &kinds, &survey).await;
        (owners, unnamed::read(&reader, &kinds, &survey).await)
    };
    owners.into_survey(&mut survey);
    for part in parts {
        part.into_survey(&mut survey);
    }
    survey.taken_at = now();
    Ok(survey)
}

fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the edge reads the clock")]
    Timestamp::now()
}

/// The kinds of the server; what is not known of them is a gap.
fn known(found: Result<Kinds, kube::Error>, coverage: &mut Coverage) -> Kinds {
    let mut miss = |what: String, why: String, need| {
        coverage.miss(Gap { namespace: None, what, why, need });
    };
    match found {
        Ok(kinds) => {
            // Metrics are no objects, and their server is the one that is most often away.
            for group in kinds.stale.iter().filter(|group| !group.ends_with("metrics.k8s.io")) {
                let why = "its API server does not answer, and what it has is not known";
                miss(format!("group {group}"), why.to_owned(), Need::Optional);
            }
            kinds
        }
        Err(error) => {
            miss("the kinds of the server".to_owned(), why(&error), Need::Required);
            Kinds::default()
        }
    }
}

#[cfg(test)]
mod tests;
