//! Every kind there is, searched for the names of the few claims that could go.

use std::collections::BTreeSet;
use std::collections::HashMap;

use futures::stream;
use futures::stream::StreamExt;
use kube::Client;
use serde_json::Value;

use crate::cluster::discovery;
use crate::cluster::discovery::CORE;
use crate::cluster::discovery::GROUPS;
use crate::cluster::discovery::Kind;
use crate::cluster::discovery::Kinds;
use crate::cluster::list::Source;
use crate::cluster::survey::progress::Progress;
use crate::cluster::survey::progress::Told;
use crate::cluster::survey::reader::Part;
use crate::cluster::survey::reader::Reader;
use crate::cluster::survey::reader::why;
use crate::cluster::survey::seen::Interest;
use crate::cluster::survey::seen::Seen;
use crate::convert;
use crate::convert::text_mention::Names;
use crate::model::survey::Survey;
use crate::model::survey::coverage::DeepScan;
use crate::model::survey::coverage::Gap;
use crate::model::survey::coverage::Need;

/// In more namespaces than this, a kind is read as one list of the whole cluster.
const MANY_NAMESPACES: usize = 20;

/// Lists of one namespace that are under way at the same time.
const AT_ONCE: usize = 4;

/// Lists of the whole cluster that are under way at the same time.
const LONG_AT_ONCE: usize = 2;

/// Kinds that are not searched, by group and plural name.
const SKIPPED: &[(&str, &str)] = &[
    // What was read already as what it is, and the claims themselves.
    ("", "persistentvolumeclaims"),
    ("", "pods"),
    ("", "replicationcontrollers"),
    ("apps", "daemonsets"),
    ("apps", "deployments"),
    ("apps", "replicasets"),
    ("apps", "statefulsets"),
    ("autoscaling", "horizontalpodautoscalers"),
    ("batch", "cronjobs"),
    ("batch", "jobs"),
    ("snapshot.storage.k8s.io", "volumesnapshots"),
    // What Kubernetes writes about others.
    ("", "endpoints"),
    ("", "events"),
    ("apps", "controllerrevisions"),
    ("coordination.k8s.io", "leases"),
    ("discovery.k8s.io", "endpointslices"),
    ("events.k8s.io", "events"),
    ("storage.k8s.io", "csistoragecapacities"),
    // What nobody should read.
    ("", "secrets"),
    // Kinds of Kubernetes itself that have no volumes. Not everybody may read them.
    ("", "limitranges"),
    ("", "resourcequotas"),
    ("", "serviceaccounts"),
    ("certificates.k8s.io", "podcertificaterequests"),
    ("networking.k8s.io", "ingresses"),
    ("networking.k8s.io", "networkpolicies"),
    ("policy", "poddisruptionbudgets"),
    ("rbac.authorization.k8s.io", "rolebindings"),
    ("rbac.authorization.k8s.io", "roles"),
];

/// Searches the namespaces of the candidates, and says so in the survey.
pub(super) async fn search(
    client: &Client,
    survey: &mut Survey,
    candidates: &[(String, String)],
    told: Told<'_>,
) {
    if candidates.is_empty() {
        survey.coverage.deep = DeepScan::Done;
        return;
    }
    let found = tokio::join!(discovery::kinds(client, CORE), discovery::kinds(client, GROUPS));
    let kinds = match found {
        (Ok(core), Ok(groups)) => [core, groups],
        (Err(error), _) | (_, Err(error)) => {
            let what = "the kinds of the server".to_owned();
            let (why, need) = (why(&error), Need::Optional);
            survey.coverage.miss(Gap { namespace: None, what, why, need });
            return;
        }
    };
    let parts = parts(client, survey, candidates, &kinds, told).await;
    for part in parts {
        part.into_survey(survey);
    }
    survey.coverage.deep = DeepScan::Done;
}

async fn parts(
    client: &Client,
    survey: &Survey,
    candidates: &[(String, String)],
    kinds: &[Kinds; 2],
    told: Told<'_>,
) -> Vec<Part> {
    let progress = Progress::new(told);
    let interest = Interest::of(&survey.claims);
    let mut names: Names<'_> = HashMap::new();
    for (namespace, name) in candidates {
        names.entry(name).or_default().insert(namespace);
    }
    let namespaces: BTreeSet<&str> =
        candidates.iter().map(|(namespace, _)| namespace.as_str()).collect();
    let is_long = namespaces.len() > MANY_NAMESPACES;
    let places: Vec<Option<&str>> =
        if is_long { vec![None] } else { namespaces.iter().copied().map(Some).collect() };
    let [_, groups] = kinds;
    let searched = kinds.iter().flat_map(|kinds| &kinds.all).filter(|kind| is_searched(kind));
    let lists = searched.flat_map(|kind| {
        let reader = Reader {
            client,
            namespace: None,
            lists: groups.lists(),
            interest: &interest,
            progress: &progress,
        };
        let (names, namespaces) = (&names, &namespaces);
        places.iter().map(move |place| async move {
            let mut part = list(Reader { namespace: *place, ..reader }, kind, names).await;
            if place.is_none() {
                part.concerns = namespaces.iter().map(|&namespace| namespace.to_owned()).collect();
            }
            part
        })
    });
    let at_once = if is_long { LONG_AT_ONCE } else { AT_ONCE };
    stream::iter(lists).buffer_unordered(at_once).collect().await
}

fn is_searched(kind: &Kind) -> bool {
    kind.namespaced
        && kind.listable
        && !kind.group.ends_with("metrics.k8s.io")
        && !SKIPPED.contains(&(kind.group.as_str(), kind.plural.as_str()))
}

/// Searches the objects of one kind, and takes those for sets that have claim templates.
async fn list(reader: Reader<'_>, kind: &Kind, names: &Names<'_>) -> Part {
    let full_kind = kind.full_kind();
    let add = |seen: &mut Seen, object: Value| {
        for (namespace, claim, reference) in
            convert::text_mention::mentions(&full_kind, &object, names)
        {
            let at = reader.interest.find(namespace, claim);
            seen.mentions.extend(at.map(|at| (at, reference)));
        }
        seen.claimants.extend(convert::claimant::of_any(&full_kind, &object)?);
        Ok(())
    };
    let source = Source::custom(kind.path(reader.namespace), reader.lists);
    reader.read(&kind.resource(), Need::Optional, source, add).await
}
