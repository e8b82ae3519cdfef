//! What a set consists of, from its revisions down to volumes and nodes, and where else each pod
//! could run.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::claim::Claim;
use crate::model::claim_index::{ClaimIndex, ClaimRow};
use crate::model::node::{Node, Readiness};
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::snapshot::{Known, Snapshot};
use crate::model::volume::Volume;
use crate::plan::claims::{ClaimStanding, ClaimState, claims};

/// What a tree is made of.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The set with its pods and revisions.
    pub snapshot: Snapshot,
    /// The claims of the namespace.
    pub claims: Known<Vec<Claim>>,
    /// The volumes of the set's claims, by name.
    pub volumes: BTreeMap<String, Known<Option<Volume>>>,
    /// The nodes of the cluster.
    pub nodes: Known<Vec<Node>>,
}

/// A set and all that hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// One for each revision that has pods, or pods to come, those of the update revision first.
    pub revisions: Vec<RevisionBranch>,
    /// Wanted ordinals without a pod.
    pub missing: Vec<PodBranch>,
    /// Claims of ordinals that are not wanted.
    pub left_behind: Vec<ClaimBranch>,
    /// What to worry about.
    pub concerns: Vec<Concern>,
    /// What could not be read: what, and why.
    pub unknown: Vec<(&'static str, String)>,
}

/// A revision and the pods that run it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionBranch {
    /// Its name; absent for pods that do not say which they run.
    pub name: Option<String>,
    /// What it is to the set.
    pub role: Role,
    /// Its number, where it is remembered.
    pub number: Option<i64>,
    /// Container names and images.
    pub images: Vec<(String, String)>,
    /// Its pods, lowest ordinal first.
    pub pods: Vec<PodBranch>,
}

/// What a revision is to its set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Made from the template, and what pods came from.
    Both,
    /// Made from the template.
    Update,
    /// What pods came from.
    Current,
    /// Neither of them.
    Neither,
}

impl Role {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Both => "current and update",
            Self::Update => "update",
            Self::Current => "current",
            Self::Neither => "neither current nor update",
        }
    }
}

/// A pod and what hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodBranch {
    /// Its name.
    pub name: String,
    /// Its ordinal, if the set has such a one.
    pub ordinal: Option<Ordinal>,
    /// Why it is not ready, or `Ready`.
    pub reason: String,
    /// Whether it is ready.
    pub ready: bool,
    /// The node it is on.
    pub place: Option<Place>,
    /// Its claims, in the order of the templates.
    pub claims: Vec<ClaimBranch>,
    /// Where else it could run.
    pub elsewhere: Elsewhere,
}

/// The node of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name of the node.
    pub node: String,
    /// The zone it says it is in.
    pub zone: Option<String>,
    /// What is wrong with it.
    pub trouble: Option<&'static str>,
}

/// Nodes that could host a pod, the one it is on left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// These.
    Nodes(Vec<String>),
    /// That cannot be told.
    Unknown(String),
    /// There is no pod to ask about.
    NoPod,
}

/// A claim and its volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimBranch {
    /// Its name.
    pub name: String,
    /// How it stands; absent when claims could not be read.
    pub state: Option<ClaimState>,
    /// Its size, as written.
    pub size: Option<String>,
    /// Its storage class.
    pub class: Option<String>,
    /// Its volume.
    pub volume: Option<VolumeLeaf>,
}

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeLeaf {
    /// Its name.
    pub name: String,
    /// What is known of it.
    pub known: Known<Option<VolumeFacts>>,
}

/// What is known of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeFacts {
    /// `status.phase`.
    pub phase: String,
    /// What becomes of it when its claim goes.
    pub reclaim_policy: String,
    /// From where it can be reached.
    pub reach: Reach,
}

/// The nodes from which a volume can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It says nothing about nodes.
    AnyNode,
    /// These of the nodes there are.
    Nodes(Vec<String>),
    /// That cannot be told.
    Unknown(String),
}

/// Something to worry about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// Several pods would go with one node.
    OneNode {
        /// The node.
        node: String,
        /// The pods.
        pods: Vec<String>,
    },
    /// More than half of the pods would go with one zone.
    OneZone {
        /// The zone.
        zone: String,
        /// The pods.
        pods: Vec<String>,
    },
    /// No other node could host these pods.
    NowhereElse {
        /// The pods.
        pods: Vec<String>,
    },
}

/// Makes the tree.
pub fn tree(seen: &Seen) -> Tree {
    let snapshot = &seen.snapshot;
    let mut unknown = Vec::new();
    if let Known::Unknown(reason) = &seen.claims
        && !snapshot.set.claim_templates.is_empty()
    {
        unknown.push(("claims", reason.clone()));
    }
    if let Known::Unknown(reason) = &seen.nodes {
        unknown.push(("nodes", reason.clone()));
    }
    let volumes = seen.volumes.values().find_map(|volume| match volume {
        Known::Unknown(reason) => Some(reason.clone()),
        Known::Read(_) => None,
    });
    unknown.extend(volumes.map(|reason| ("volumes", reason)));
    let of_ordinals = claim_branches(seen);
    let mut pods: Vec<(Option<&str>, PodBranch)> = snapshot
        .own_pods()
        .map(|pod| {
            let claims = pod.ordinal.and_then(|ordinal| of_ordinals.wanted.get(&ordinal).cloned());
            (pod.revision.as_deref(), pod_branch(seen, pod, claims.unwrap_or_default()))
        })
        .collect();
    pods.sort_by_key(|(_, pod)| (pod.ordinal, pod.name.clone()));
    let concerns = concerns(pods.iter().map(|(_, pod)| pod));
    let missing = snapshot.set.wanted.iter().filter(|ordinal| snapshot.pod(*ordinal).is_none());
    let missing = missing
        .map(|ordinal| PodBranch {
            name: snapshot.set.pod_name(ordinal),
            ordinal: Some(ordinal),
            reason: "missing".to_owned(),
            ready: false,
            place: None,
            claims: of_ordinals.wanted.get(&ordinal).cloned().unwrap_or_default(),
            elsewhere: Elsewhere::NoPod,
        })
        .collect();
    Tree {
        revisions: revisions(snapshot, pods),
        missing,
        left_behind: of_ordinals.left_behind,
        concerns,
        unknown,
    }
}

fn revisions(snapshot: &Snapshot, pods: Vec<(Option<&str>, PodBranch)>) -> Vec<RevisionBranch> {
    let status = &snapshot.set.status;
    let role = |name: Option<&str>| match (
        name == Some(&status.update_revision),
        name == Some(&status.current_revision),
    ) {
        (true, true) => Role::Both,
        (true, false) => Role::Update,
        (false, true) => Role::Current,
        (false, false) => Role::Neither,
    };
    let mut branches: Vec<RevisionBranch> = Vec::new();
    for (name, pod) in pods {
        if let Some(branch) = branches.iter_mut().find(|branch| branch.name.as_deref() == name) {
            branch.pods.push(pod);
            continue;
        }
        let remembered = name.and_then(|name| snapshot.revision(name));
        branches.push(RevisionBranch {
            name: name.map(str::to_owned),
            role: role(name),
            number: remembered.map(|revision| revision.number),
            images: remembered.map(|one| one.template.images.clone()).unwrap_or_default(),
            pods: vec![pod],
        });
    }
    branches.sort_by(|a, b| (a.role, &a.name).cmp(&(b.role, &b.name)));
    branches
}

/// The claims of the set with their volumes.
struct ClaimBranches {
    wanted: BTreeMap<Ordinal, Vec<ClaimBranch>>,
    left_behind: Vec<ClaimBranch>,
}

fn claim_branches(seen: &Seen) -> ClaimBranches {
    let set = &seen.snapshot.set;
    let Known::Read(read) = &seen.claims else {
        let unread =
            |name| ClaimBranch { name, state: None, size: None, class: None, volume: None };
        let wanted = set
            .wanted
            .iter()
            .map(|ordinal| (ordinal, set.claim_names(ordinal).into_iter().map(unread).collect()));
        return ClaimBranches { wanted: wanted.collect(), left_behind: Vec::new() };
    };
    let there: BTreeMap<&str, &Claim> = read
        .iter()
        .filter(|claim| claim.namespace == set.namespace)
        .map(|claim| (claim.name.as_str(), claim))
        .collect();
    let branch = |standing: &ClaimStanding| {
        let claim = there.get(standing.name.as_str());
        ClaimBranch {
            name: standing.name.clone(),
            state: Some(standing.state),
            size: claim.and_then(|claim| claim.capacity.clone().or(claim.requested.clone())),
            class: claim.and_then(|claim| claim.storage_class.clone()),
            volume: claim.and_then(|claim| claim.volume.as_ref()).map(|name| leaf(seen, name)),
        }
    };
    let mut index = ClaimIndex::default();
    for (name, claim) in &there {
        index.add(&set.namespace, name, ClaimRow::of(claim));
    }
    let Known::Read(found) = claims(set, &Known::Read(index)) else {
        return ClaimBranches { wanted: BTreeMap::new(), left_behind: Vec::new() };
    };
    let mut wanted = BTreeMap::<Ordinal, Vec<ClaimBranch>>::new();
    for standing in &found.wanted {
        if let Some(ordinal) = standing.ordinal {
            wanted.entry(ordinal).or_default().push(branch(standing));
        }
    }
    ClaimBranches { wanted, left_behind: found.left_behind.iter().map(branch).collect() }
}

fn leaf(seen: &Seen, name: &str) -> VolumeLeaf {
    let known = match seen.volumes.get(name) {
        None => Known::Unknown("not asked for".to_owned()),
        Some(Known::Unknown(reason)) => Known::Unknown(reason.clone()),
        Some(Known::Read(None)) => Known::Read(None),
        Some(Known::Read(Some(volume))) => Known::Read(Some(VolumeFacts {
            phase: volume.phase.clone(),
            reclaim_policy: volume.reclaim_policy.name().to_owned(),
            reach: reach(seen, volume),
        })),
    };
    VolumeLeaf { name: name.to_owned(), known }
}

fn reach(seen: &Seen, volume: &Volume) -> Reach {
    let Some(nodes) = &volume.reachable_from else { return Reach::AnyNode };
    if let Some(operator) = nodes.not_understood() {
        return Reach::Unknown(format!("its node affinity uses {operator}"));
    }
    match &seen.nodes {
        Known::Unknown(_) => Reach::Unknown("the nodes are not known".to_owned()),
        Known::Read(there) => {
            let reachable = there.iter().filter(|node| nodes.matches(node));
            Reach::Nodes(reachable.map(|node| node.name.clone()).collect())
        }
    }
}

fn pod_branch(seen: &Seen, pod: &Pod, claims: Vec<ClaimBranch>) -> PodBranch {
    let nodes = match &seen.nodes {
        Known::Read(nodes) => Some(nodes),
        Known::Unknown(_) => None,
    };
    let place = pod.node.as_ref().map(|name| {
        let node = nodes.and_then(|nodes| nodes.iter().find(|node| node.name == *name));
        Place {
            node: name.clone(),
            zone: node.and_then(Node::zone).map(str::to_owned),
            trouble: match node {
                None => nodes.map(|_| "gone"),
                Some(node) if node.readiness == Readiness::NotReady => Some("not ready"),
                Some(node) if node.readiness == Readiness::Unknown => Some("says nothing"),
                Some(node) if node.unschedulable => Some("cordoned"),
                Some(_) => None,
            },
        }
    });
    PodBranch {
        name: pod.name.clone(),
        ordinal: pod.ordinal,
        reason: pod.reason(),
        ready: pod.is_ready(),
        place,
        elsewhere: elsewhere(seen, pod, &claims),
        claims,
    }
}

/// Nodes that are ready and schedulable, that the pod's own conditions and tolerations allow, and
/// from which all of its volumes can be reached.
fn elsewhere(seen: &Seen, pod: &Pod, claims: &[ClaimBranch]) -> Elsewhere {
    let nodes = match &seen.nodes {
        Known::Read(nodes) => nodes,
        Known::Unknown(_) => return Elsewhere::Unknown("the nodes are not known".to_owned()),
    };
    let operator = pod.placement.required.as_ref().and_then(|required| required.not_understood());
    if let Some(operator) = operator {
        return Elsewhere::Unknown(format!("its node affinity uses {operator}"));
    }
    let mut volumes: Vec<&Volume> = Vec::new();
    for claim in claims {
        let Some(leaf) = &claim.volume else {
            match claim.state {
                None => return Elsewhere::Unknown("its claims are not known".to_owned()),
                Some(_) => continue,
            }
        };
        match (seen.volumes.get(&leaf.name), &leaf.known) {
            (_, Known::Read(Some(VolumeFacts { reach: Reach::Unknown(why), .. }))) => {
                return Elsewhere::Unknown(format!("of pv/{}, {why}", leaf.name));
            }
            (Some(Known::Read(Some(volume))), _) => volumes.push(volume),
            (Some(Known::Read(None)), _) => {
                return Elsewhere::Unknown(format!("pv/{} is gone", leaf.name));
            }
            _ => return Elsewhere::Unknown(format!("pv/{} is not known", leaf.name)),
        }
    }
    let could = nodes.iter().filter(|node| {
        Some(&node.name) != pod.node.as_ref()
            && node.readiness == Readiness::Ready
            && !node.unschedulable
            && pod.placement.allows(node)
            && volumes.iter().all(|volume| volume.is_reachable_from(node))
    });
    let mut names: Vec<String> = could.map(|node| node.name.clone()).collect();
    names.sort();
    Elsewhere::Nodes(names)
}

fn concerns<'a>(pods: impl Iterator<Item = &'a PodBranch>) -> Vec<Concern> {
    let mut by_node = BTreeMap::<&str, Vec<String>>::new();
    let mut by_zone = BTreeMap::<&str, Vec<String>>::new();
    let mut nowhere = Vec::new();
    let mut all = 0;
    for pod in pods {
        all += 1;
        if let Some(place) = &pod.place {
            by_node.entry(&place.node).or_default().push(pod.name.clone());
            if let Some(zone) = &place.zone {
                by_zone.entry(zone).or_default().push(pod.name.clone());
            }
        }
        if pod.elsewhere == Elsewhere::Nodes(Vec::new()) {
            nowhere.push(pod.name.clone());
        }
    }
    let mut concerns: Vec<Concern> = by_node
        .into_iter()
        .filter(|(_, pods)| pods.len() > 1)
        .map(|(node, pods)| Concern::OneNode { node: node.to_owned(), pods })
        .collect();
    concerns.sort_by_key(|one| match one {
        Concern::OneNode { pods, .. } => Reverse(pods.len()),
        _ => Reverse(0),
    });
    let zones = by_zone.into_iter().filter(|(_, pods)| pods.len() > 1 && pods.len() * 2 > all);
    concerns.extend(zones.map(|(zone, pods)| Concern::OneZone { zone: zone.to_owned(), pods }));
    if !nowhere.is_empty() {
        concerns.push(Concern::NowhereElse { pods: nowhere });
    }
    concerns
}

#[cfg(test)]
pub(crate) mod tests;
