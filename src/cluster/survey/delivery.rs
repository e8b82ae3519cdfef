//! Releases and applications that would bring a set back.

use crate::cluster::discovery::Kinds;
use crate::cluster::list::Source;
use crate::cluster::survey::reader::Part;
use crate::cluster::survey::reader::Reader;
use crate::cluster::survey::seen::Seen;
use crate::cluster::survey::unnamed::namespaces;
use crate::convert;
use crate::model::claim::Claim;
use crate::model::survey::Deployment;
use crate::model::survey::coverage::Need;
use crate::wire::custom::Delivery;
use crate::wire::meta::MetadataOnly;

/// Labels and annotations that only what was delivered by a tool has. One that ends in a slash
/// stands for all that begin with it.
const MARKS: &[&str] = &[
    "app.kubernetes.io/instance",
    "argocd.argoproj.io/",
    "chart",
    "helm.sh/chart",
    "helm.toolkit.fluxcd.io/",
    "heritage",
    "kustomize.toolkit.fluxcd.io/",
    "meta.helm.sh/",
    "release",
];

/// Secrets in which Helm remembers releases that are there, by the labels it gives them.
const RELEASES: &str = "owner=helm,status notin (superseded,uninstalled)";

/// Reads lists of more namespaces than this as one.
const MANY_NAMESPACES: usize = 20;

/// How a resource is read as what it delivers.
type Read = fn(&Delivery) -> Deployment;

/// Kinds that deliver, by group and plural name.
const KINDS: &[(&str, &str, Read)] = &[
    ("argoproj.io", "applications", convert::delivery::application),
    ("helm.toolkit.fluxcd.io", "helmreleases", convert::delivery::helm_release),
    ("kustomize.toolkit.fluxcd.io", "kustomizations", convert::delivery::kustomization),
];

/// Reads what could have delivered these claims; nothing where none of them looks delivered.
pub(super) async fn read(reader: &Reader<'_>, kinds: &Kinds, setless: &[&Claim]) -> Vec<Part> {
    let delivered: Vec<&Claim> =
        setless.iter().filter(|claim| is_delivered(claim)).copied().collect();
    if delivered.is_empty() {
        return Vec::new();
    }
    let mut parts = releases(reader, &delivered).await;
    for (group, plural, read) in KINDS {
        let Some(kind) = kinds.find(group, plural) else { continue };
        let add = |seen: &mut Seen, wire: Delivery| {
            seen.deployments.push(read(&wire));
            Ok(())
        };
        // They need not be in the namespace they deliver to.
        let source = Source::custom(kind.path(None), reader.lists);
        let part = reader.read(&kind.resource(), Need::Optional, source, add).await;
        parts.push(Part { concerns: namespaces(&delivered).into_iter().collect(), ..part });
    }
    parts
}

fn is_delivered(claim: &Claim) -> bool {
    let is_mark = |key: &String| {
        MARKS.iter().any(|mark| key == mark || mark.ends_with('/') && key.starts_with(mark))
    };
    claim.labels.keys().chain(claim.annotations.keys()).any(is_mark)
}

/// Releases of Helm, by the metadata of the Secrets it keeps. What is in them is not asked for.
async fn releases(reader: &Reader<'_>, delivered: &[&Claim]) -> Vec<Part> {
    let all = namespaces(delivered);
    let add = |seen: &mut Seen, wire: MetadataOnly| {
        let meta = wire.metadata.unwrap_or_default();
        seen.deployments.extend(convert::delivery::release(&meta.namespace, &meta.labels));
        Ok(())
    };
    let mut parts = Vec::new();
    let places: Vec<Option<&String>> =
        if all.len() > MANY_NAMESPACES { vec![None] } else { all.iter().map(Some).collect() };
    for place in places {
        let path = match place {
            Some(namespace) => format!("/api/v1/namespaces/{namespace}/secrets"),
            None => "/api/v1/secrets".to_owned(),
        };
        let source = Source::metadata(path, Some(RELEASES), reader.lists);
        let part = reader.read("releases of Helm", Need::Optional, source, add).await;
        let concerns = place.map_or_else(|| all.iter().cloned().collect(), |one| vec![one.clone()]);
        parts.push(Part { concerns, ..part });
    }
    parts
}
