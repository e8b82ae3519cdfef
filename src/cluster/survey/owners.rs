//! Whether the owners of claims are still there.

use std::collections::BTreeMap;

use futures::stream;
use futures::stream::StreamExt;

use crate::cluster::discovery;
use crate::cluster::discovery::CORE;
use crate::cluster::discovery::Kinds;
use crate::cluster::metadata;
use crate::cluster::survey::reader::Reader;
use crate::cluster::survey::seen::Seen;
use crate::cluster::survey::unnamed::AT_ONCE;
use crate::model::claim::Claim;
use crate::model::set::Owner;
use crate::model::survey::Survey;

/// Kinds of which every object was read, if their list was: group, kind, and plural name.
const READ: &[(&str, &str, &str)] = &[
    ("", "Pod", "pods"),
    ("", "ReplicationController", "replicationcontrollers"),
    ("apps", "StatefulSet", "statefulsets"),
    ("apps", "Deployment", "deployments"),
    ("apps", "ReplicaSet", "replicasets"),
    ("apps", "DaemonSet", "daemonsets"),
    ("batch", "Job", "jobs"),
    ("batch", "CronJob", "cronjobs"),
];

/// Looks up the owners of claims that have not been seen so far.
///
/// One of which it cannot be told whether it is there counts as there: its claim is then left
/// alone, and no other is less sure for it.
pub(super) async fn read(
    reader: &Reader<'_>,
    kinds: &Kinds,
    unnamed: &[&Claim],
    survey: &Survey,
) -> Seen {
    let mut owners: BTreeMap<&str, (&str, &Owner)> = BTreeMap::new();
    for claim in unnamed {
        for owner in &claim.owners {
            if !survey.living.contains(&owner.uid) && !was_read(survey, owner) {
                owners.insert(&owner.uid, (&claim.namespace, owner));
            }
        }
    }
    if owners.is_empty() {
        return Seen::default();
    }
    let of_core = |(_, owner): &(&str, &Owner)| !owner.api_version.contains('/');
    let core = if owners.values().any(of_core) {
        discovery::kinds(reader.client, CORE).await.unwrap_or_default()
    } else {
        Kinds::default()
    };
    let lookups = owners.into_values().map(|(namespace, owner)| {
        let kind = [kinds, &core]
            .into_iter()
            .find_map(|kinds| kinds.of_object(&owner.api_version, &owner.kind));
        async move {
            // Nothing collects a claim because of an owner of an unknown kind.
            let Some(kind) = kind else { return Some(owner.uid.clone()) };
            let path = kind.path(Some(namespace));
            match metadata::read(reader.client, &path, &owner.name).await {
                Ok(found) => found.map(|found| found.uid).filter(|uid| *uid == owner.uid),
                Err(_) => Some(owner.uid.clone()),
            }
        }
    });
    let living = stream::iter(lookups).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
    Seen { living: living.into_iter().flatten().collect(), ..Seen::default() }
}

fn was_read(survey: &Survey, owner: &Owner) -> bool {
    let group = owner.api_version.split_once('/').map_or("", |(group, _)| group);
    READ.iter().any(|(of, kind, plural)| {
        *of == group
            && *kind == owner.kind
            && survey.coverage.read.iter().any(|read| read == plural)
    })
}
