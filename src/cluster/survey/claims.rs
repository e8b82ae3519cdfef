//! The claims themselves.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use kube::Client;

use crate::cluster::list::Lists;
use crate::cluster::list::Query;
use crate::cluster::list::fold;
use crate::cluster::survey::progress::Progress;
use crate::convert;
use crate::model::claim::Claim;
use crate::model::survey::Survey;
use crate::model::survey::coverage::Coverage;
use crate::model::survey::reference::References;
use crate::wire::claim::PersistentVolumeClaim;

/// Claims, by their plural name.
pub(super) const WHAT: &str = "persistentvolumeclaims";

/// All claims, sorted by namespace and name. Labels that many have are kept once.
pub(super) async fn read(
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
        progress.one_more(WHAT, claims.len() as u64);
        Ok(())
    };
    let (mut claims, _) = fold(client, query, start, add).await?;
    progress.complete(WHAT, claims.len() as u64);
    claims.shrink_to_fit();
    sort(&mut claims);
    Ok(claims)
}

/// By namespace and name.
pub(super) fn sort(claims: &mut [Claim]) {
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
pub(super) fn survey(claims: Vec<Claim>, coverage: Coverage) -> Survey {
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
