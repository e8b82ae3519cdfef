//! Whether the owners of claims are still there.

use std::collections::BTreeMap;

use futures::stream;
use futures::stream::StreamExt;

use crate::cluster::discovery;
use crate::cluster::discovery::CORE;
use crate::cluster::discovery::Kind;
use crate::cluster::discovery::Kinds;
use crate::cluster::list::Source;
use crate::cluster::metadata;
use crate::cluster::survey::reader::Reader;
use crate::cluster::survey::seen::Seen;
use crate::cluster::survey::unnamed::AT_ONCE;
use crate::cluster::survey::unnamed::FEW;
use crate::model::set::Owner;
use crate::model::survey::Survey;
use crate::model::survey::coverage::Need;
use crate::wire::meta::MetadataOnly;

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
pub(super) async fn read(reader: &Reader<'_>, kinds: &Kinds, survey: &Survey) -> Seen {
    let mut owners: BTreeMap<&str, (&str, &Owner)> = BTreeMap::new();
    for claim in &survey.claims {
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
    let mut by_kind: BTreeMap<(&str, &str), Vec<(&str, &Owner)>> = BTreeMap::new();
    for (namespace, owner) in owners.into_values() {
        let kind = (owner.api_version.as_str(), owner.kind.as_str());
        by_kind.entry(kind).or_default().push((namespace, owner));
    }
    let mut living = Seen::default();
    for ((api_version, name), owners) in by_kind {
        let kind = [kinds, &core].into_iter().find_map(|kinds| kinds.of_object(api_version, name));
        living.living.extend(living_of(reader, kind, &owners).await);
    }
    living
}

/// Those of these owners, all of one kind, that are there or may be.
async fn living_of(
    reader: &Reader<'_>,
    kind: Option<&Kind>,
    owners: &[(&str, &Owner)],
) -> Vec<String> {
    let all = || owners.iter().map(|(_, owner)| owner.uid.clone());
    // Nothing collects a claim because of an owner of an unknown kind.
    let Some(kind) = kind else { return all().collect() };
    if owners.len() > FEW {
        let add = |seen: &mut Seen, wire: MetadataOnly| {
            seen.note_owner(reader.interest, wire.metadata.unwrap_or_default().uid);
            Ok(())
        };
        let source = Source::metadata(kind.path(reader.namespace), None, reader.lists);
        return match reader.read(&kind.resource(), Need::Optional, source, add).await.seen {
            Ok(seen) => seen.living.into_iter().collect(),
            Err(_) => all().collect(),
        };
    }
    let lookups = owners.iter().map(|(namespace, owner)| async move {
        let path = kind.path(Some(namespace));
        match metadata::read(reader.client, &path, &owner.name).await {
            Ok(found) => found.map(|found| found.uid).filter(|uid| *uid == owner.uid),
            Err(_) => Some(owner.uid.clone()),
        }
    });
    stream::iter(lookups).buffer_unordered(AT_ONCE).filter_map(async |uid| uid).collect().await
}

fn was_read(survey: &Survey, owner: &Owner) -> bool {
    let group = owner.api_version.split_once('/').map_or("", |(group, _)| group);
    READ.iter().any(|(of, kind, plural)| {
        *of == group
            && *kind == owner.kind
            && survey.coverage.read.iter().any(|read| read == plural)
    })
}
