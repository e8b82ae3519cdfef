//! A set and all that hangs on it, as a document.

use jiff::Timestamp;
use serde::Serialize;

use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::plan::claims::ClaimState;
use crate::plan::tree::{ClaimBranch, Concern, Elsewhere, PodBranch, Reach, RevisionBranch};
use crate::plan::tree::{Tree, VolumeLeaf};
use crate::render::document::{Cluster, Document, Kind};
use crate::render::tree::{NOT_CONSIDERED, concern};

/// The body of a `Tree` document.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TreeBody {
    namespace: String,
    set: String,
    replicas: u32,
    revisions: Vec<Revision>,
    missing: Vec<Pod>,
    left_behind: Vec<Claim>,
    concerns: Vec<ConcernBody>,
    unknown: Vec<Unknown>,
    not_considered: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct Revision {
    name: Option<String>,
    role: &'static str,
    number: Option<i64>,
    images: Vec<Image>,
    pods: Vec<Pod>,
}

#[derive(Clone, Debug, Serialize)]
struct Image {
    container: String,
    image: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Pod {
    name: String,
    ordinal: Option<u32>,
    ready: bool,
    reason: String,
    node: Option<String>,
    zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node_trouble: Option<&'static str>,
    claims: Vec<Claim>,
    /// Absent when it cannot be told.
    other_nodes: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_nodes_unknown: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Claim {
    name: String,
    /// Absent when claims could not be read.
    state: Option<&'static str>,
    size: Option<String>,
    storage_class: Option<String>,
    volume: Option<Volume>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Volume {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<String>,
    exists: Option<bool>,
    phase: Option<String>,
    reclaim_policy: Option<String>,
    /// Absent when every node can reach it, or when that cannot be told.
    nodes: Option<Vec<String>>,
}

#[derive(Clone, Debug, Serialize)]
struct ConcernBody {
    kind: &'static str,
    message: String,
    pods: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Unknown {
    what: &'static str,
    reason: String,
}

/// The tree as a document.
pub fn document(set: &Set, tree: &Tree, now: Timestamp, cluster: Cluster) -> Document<TreeBody> {
    let all = tree.revisions.iter().map(|revision| revision.pods.len()).sum();
    let body = TreeBody {
        namespace: set.namespace.clone(),
        set: set.name.clone(),
        replicas: set.wanted.replicas,
        revisions: tree.revisions.iter().map(revision).collect(),
        missing: tree.missing.iter().map(pod).collect(),
        left_behind: tree.left_behind.iter().map(claim).collect(),
        concerns: tree.concerns.iter().map(|one| concern_body(one, all)).collect(),
        unknown: tree
            .unknown
            .iter()
            .map(|(what, reason)| Unknown { what, reason: reason.clone() })
            .collect(),
        not_considered: NOT_CONSIDERED,
    };
    Document::new(Kind::Tree, now, Some(cluster), body)
}

fn revision(branch: &RevisionBranch) -> Revision {
    Revision {
        name: branch.name.clone(),
        role: branch.role.name(),
        number: branch.number,
        images: branch
            .images
            .iter()
            .map(|(container, image)| Image { container: container.clone(), image: image.clone() })
            .collect(),
        pods: branch.pods.iter().map(pod).collect(),
    }
}

fn pod(branch: &PodBranch) -> Pod {
    let (other_nodes, other_nodes_unknown) = match &branch.elsewhere {
        Elsewhere::Nodes(nodes) => (Some(nodes.clone()), None),
        Elsewhere::Unknown(why) => (None, Some(why.clone())),
        Elsewhere::NoPod => (None, None),
    };
    let place = branch.place.as_ref();
    Pod {
        name: branch.name.clone(),
        ordinal: branch.ordinal.map(|ordinal| ordinal.0),
        ready: branch.ready,
        reason: branch.reason.clone(),
        node: place.map(|place| place.node.clone()),
        zone: place.and_then(|place| place.zone.clone()),
        node_trouble: place.and_then(|place| place.trouble),
        claims: branch.claims.iter().map(claim).collect(),
        other_nodes,
        other_nodes_unknown,
    }
}

fn claim(branch: &ClaimBranch) -> Claim {
    Claim {
        name: branch.name.clone(),
        state: branch.state.map(ClaimState::name),
        size: branch.size.clone(),
        storage_class: branch.class.clone(),
        volume: branch.volume.as_ref().map(volume),
    }
}

fn volume(leaf: &VolumeLeaf) -> Volume {
    let name = leaf.name.clone();
    let nothing = Volume {
        name,
        unknown: None,
        exists: None,
        phase: None,
        reclaim_policy: None,
        nodes: None,
    };
    match &leaf.known {
        Known::Unknown(reason) => Volume { unknown: Some(reason.clone()), ..nothing },
        Known::Read(None) => Volume { exists: Some(false), ..nothing },
        Known::Read(Some(facts)) => {
            let (nodes, unknown) = match &facts.reach {
                Reach::AnyNode => (None, None),
                Reach::Nodes(nodes) => (Some(nodes.clone()), None),
                Reach::Unknown(why) => (None, Some(why.clone())),
            };
            Volume {
                exists: Some(true),
                phase: Some(facts.phase.clone()),
                reclaim_policy: Some(facts.reclaim_policy.clone()),
                nodes,
                unknown,
                ..nothing
            }
        }
    }
}

fn concern_body(one: &Concern, all: usize) -> ConcernBody {
    let (kind, pods) = match one {
        Concern::OneNode { pods, .. } => ("OneNode", pods.clone()),
        Concern::OneZone { pods, .. } => ("OneZone", pods.clone()),
        Concern::NowhereElse { pods } => ("NowhereElse", pods.clone()),
    };
    ConcernBody { kind, message: concern(one, all).to_string(), pods }
}
