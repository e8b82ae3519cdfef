//! Everything a verdict on claims needs, in an order that makes it true.
//!
//! Claims come first. Whatever could want one is read afterwards, so that a pod made in between
//! is seen; a claim made in between is not there to be judged. Every list is consistent. One that
//! failed, was cut or was forbidden is a gap and never a short list. What matters only for claims
//! that nobody names (their volumes, who owns them, what could bring their set back) is read only
//! when there are such claims.

mod custom;
mod delivery;
mod owners;
pub mod progress;
mod reader;
mod seen;
mod unnamed;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use kube::Client;

use crate::cluster::discovery;
use crate::cluster::discovery::GROUPS;
use crate::cluster::discovery::Kinds;
use crate::cluster::list::Lists;
use crate::cluster::list::Query;
use crate::cluster::list::Source;
use crate::cluster::list::fold_source;
use crate::cluster::session::Session;
use crate::cluster::survey::progress::Progress;
use crate::cluster::survey::progress::Told;
use crate::cluster::survey::reader::Part;
use crate::cluster::survey::reader::Reader;
use crate::cluster::survey::reader::why;
use crate::cluster::survey::seen::Interest;
use crate::convert;
use crate::exit::Failure;
use crate::model::claim::Claim;
use crate::model::survey::Survey;
use crate::model::survey::coverage::Coverage;
use crate::model::survey::coverage::Gap;
use crate::model::survey::coverage::Need;
use crate::model::survey::reference::References;
use crate::wire::claim::PersistentVolumeClaim;
use crate::wire::claim_user::ControllerSpec;
use crate::wire::claim_user::CronJobSpec;
use crate::wire::claim_user::DaemonSetSpec;
use crate::wire::claim_user::DeploymentSpec;
use crate::wire::claim_user::JobSpec;
use crate::wire::claim_user::ReplicaSetSpec;

/// The claims themselves, by their plural name.
const CLAIMS: &str = "persistentvolumeclaims";

impl Session {
    /// The claims of a namespace, or of all, and everything that could want them.
    ///
    /// Fails only where the claims themselves cannot be read. Not everything is searched for
    /// their names: that is a second step, for the few claims that could go.
    pub async fn survey(&self, namespace: Option<&str>, told: Told<'_>) -> Result<Survey, Failure> {
        Ok(read(self.client(), namespace, told).await?)
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
    let claims = claims(client, namespace, lists, &progress).await?;
    let mut coverage = Coverage::default();
    coverage.objects.insert(CLAIMS.to_owned(), claims.len() as u64);
    coverage.read.push(CLAIMS.to_owned());
    let kinds = known(found, &mut coverage);

    let interest = Interest::of(&claims);
    let reader = Reader { client, namespace, lists, interest: &interest, progress: &progress };
    // Not more than two long lists at a time: a server gives a person a few dozen seats, and a
    // long list takes eight.
    let (pods, mut parts) = tokio::join!(reader.pods(), templates_and_scalers(&reader));
    parts.push(pods);
    parts.extend(custom::read(&reader, &kinds).await);

    let mut survey = empty(claims, coverage);
    for part in parts {
        part.into_survey(&mut survey);
    }
    let (parts, owners) = {
        let interest = Interest::of(&survey.claims);
        let reader = Reader { client, namespace, lists, interest: &interest, progress: &progress };
        unnamed::read(&reader, &kinds, &survey).await
    };
    owners.into_survey(&mut survey);
    for part in parts {
        part.into_survey(&mut survey);
    }
    #[expect(clippy::disallowed_methods, reason = "the edge reads the clock")]
    let taken_at = Timestamp::now();
    survey.taken_at = taken_at;
    Ok(survey)
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

async fn templates_and_scalers(reader: &Reader<'_>) -> Vec<Part> {
    vec![
        reader.sets().await,
        reader.workloads::<ReplicaSetSpec>().await,
        reader.workloads::<DeploymentSpec>().await,
        reader.workloads::<DaemonSetSpec>().await,
        reader.workloads::<ControllerSpec>().await,
        reader.workloads::<JobSpec>().await,
        reader.workloads::<CronJobSpec>().await,
        reader.autoscalers().await,
    ]
}

/// The claims, sorted by namespace and name. Labels that many have are kept once.
async fn claims(
    client: &Client,
    namespace: Option<&str>,
    lists: Lists,
    progress: &Progress<'_>,
) -> Result<Vec<Claim>, kube::Error> {
    let query = Query { namespace, labels: None, fields: None, lists };
    let start = || (Vec::new(), Shared::default());
    let add = |(claims, shared): &mut (Vec<Claim>, Shared), wire: PersistentVolumeClaim| {
        let mut claim = convert::claim::claim(wire)?;
        shared.intern(&mut claim);
        claims.push(claim);
        progress.one_more(CLAIMS, claims.len() as u64);
        Ok(())
    };
    let (mut claims, _) = fold_source(client, Source::of(query), start, add).await?;
    progress.complete(CLAIMS, claims.len() as u64);
    sort(&mut claims);
    Ok(claims)
}

fn sort(claims: &mut Vec<Claim>) {
    claims.shrink_to_fit();
    claims.sort_unstable_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
}

/// Labels and annotations, each kept once.
#[derive(Default)]
struct Shared(BTreeSet<Arc<BTreeMap<String, String>>>);

impl Shared {
    fn intern(&mut self, claim: &mut Claim) {
        for map in [&mut claim.labels, &mut claim.annotations] {
            match self.0.get(map) {
                Some(known) => *map = known.clone(),
                None => {
                    self.0.insert(map.clone());
                }
            }
        }
    }
}

/// A survey of these claims in which nothing else was read so far.
fn empty(claims: Vec<Claim>, coverage: Coverage) -> Survey {
    let names = claims.iter().map(|claim| (claim.namespace.as_str(), claim.name.as_str()));
    Survey {
        references: References::to(names),
        claims,
        claimants: Vec::new(),
        scalers: Vec::new(),
        volumes: BTreeMap::new(),
        attached: BTreeSet::new(),
        snapshots: Vec::new(),
        ownerless: BTreeSet::new(),
        going: BTreeSet::new(),
        peopled: BTreeSet::new(),
        deployments: Vec::new(),
        living: BTreeSet::new(),
        coverage,
        taken_at: Timestamp::UNIX_EPOCH,
    }
}

#[cfg(test)]
mod tests;
