//! Whether a node may be declared to be off, and whether that may be taken back.
//!
//! A machine that is declared to be off and is not means two writers on one volume. No reading of
//! a cluster can prove that a machine is off; what is here can only prove that it may not be.

use jiff::Timestamp;

use crate::exit::Exit;
use crate::model::attachment::Attachment;
use crate::model::claim::Claim;
use crate::model::failover::ANNOTATION;
use crate::model::lease::Lease;
use crate::model::node::{Node, Readiness, out_of_service};
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::resident::Resident;
use crate::model::set::Set;
use crate::model::snapshot::Known;

/// The least number of seconds without a sign of life, whatever a lease says of itself.
pub const SILENCE: u32 = 40;

/// Everything a decision is made on.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The pod that is stuck.
    pub pod: Pod,
    /// Its ordinal.
    pub ordinal: Ordinal,
    /// Its set.
    pub set: Set,
    /// What is known of its node.
    pub machine: Machine,
    /// The pods bound to the node, of all namespaces.
    pub residents: Known<Vec<Resident>>,
    /// What is attached to the node.
    pub attachments: Known<Vec<Attachment>>,
    /// The claims of the set's namespace.
    pub claims: Known<Vec<Claim>>,
}

/// What is known of a node.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Its name.
    pub name: String,
    /// The node; none when there is no such object.
    pub node: Known<Option<Node>>,
    /// The leases of all nodes.
    pub leases: Known<Vec<Lease>>,
    /// The time of the API server, as far as it told.
    pub server_time: Option<Timestamp>,
}

/// Why nothing is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The pod is on no node.
    NotBound,
    /// No StatefulSet manages the pod.
    NoSet,
    /// The pod is not on the node any more.
    Moved,
    /// The node is gone; the control plane removes its pods by itself.
    NodeGone,
    /// The node is ready.
    Ready,
    /// The kubelet itself said that it is not ready: it was alive then.
    SaysNotReady,
    /// The node gave a sign of life not long ago.
    Fresh {
        /// How long ago, in seconds.
        seconds_ago: i64,
        /// How long ago it has to be.
        limit: u32,
    },
    /// No other node gives signs of life: it may be the API server that is cut off.
    Alone,
    /// Something could not be read.
    Unknown {
        /// What.
        what: String,
        /// Why.
        why: String,
    },
    /// The node is not back.
    NotBack,
    /// Somebody else declared the node to be off.
    NotOurs,
}

impl Refusal {
    /// The exit code it ends with.
    pub fn exit(&self) -> Exit {
        match self {
            Self::NotOurs => Exit::Conflict,
            _ => Exit::Refused,
        }
    }
}

/// A node that may be declared to be off, once a person says that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The node as read.
    pub node: Node,
    /// Seconds since its last sign of life, where they are known.
    pub silent_for: Option<i64>,
    /// The pods that go.
    pub removed: Vec<Resident>,
    /// The pods that withstand the taint.
    pub staying: Vec<Resident>,
    /// The volumes on the node.
    pub attachments: Vec<Attachment>,
    /// The claims of the pod that is stuck, with their volumes.
    pub claims: Vec<(String, Option<String>)>,
    /// Whether the node is declared to be off, or is to be.
    pub declared: Declared,
}

/// Whether a node is declared to be off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// It is: what is left is to watch.
    Already,
    /// Not yet.
    NotYet,
}

impl Case {
    /// The volumes of the pod that is stuck which are attached to the node.
    pub fn own_attachments(&self) -> impl Iterator<Item = &Attachment> {
        self.attachments.iter().filter(|attachment| self.claim_of(attachment).is_some())
    }

    /// The claim of the stuck pod that this is the volume of.
    pub fn claim_of(&self, attachment: &Attachment) -> Option<&str> {
        let volume = attachment.volume.as_ref()?;
        let claim = self.claims.iter().find(|(_, own)| own.as_ref() == Some(volume))?;
        Some(&claim.0)
    }

    /// The StatefulSets that lose pods, each as `NAMESPACE/NAME`, in order and each once.
    pub fn sets(&self) -> Vec<String> {
        let mut sets: Vec<String> = self
            .removed
            .iter()
            .filter_map(|pod| {
                let owner = pod.controller.as_ref().filter(|owner| owner.kind == "StatefulSet")?;
                Some(format!("{}/{}", pod.namespace, owner.name))
            })
            .collect();
        sets.sort_unstable();
        sets.dedup();
        sets
    }

    /// Whether this case asks for no more than another one that a person has seen.
    pub fn is_within(&self, seen: &Self) -> bool {
        self.node.uid == seen.node.uid
            && self.removed.iter().all(|pod| seen.removed.iter().any(|other| other.uid == pod.uid))
    }
}

/// Whether the node of a pod may be declared to be off; all reasons why not.
pub fn judge(evidence: &Evidence) -> Result<Case, Vec<Refusal>> {
    let Evidence { machine, residents, attachments, claims, .. } = evidence;
    let mut refusals = Vec::new();
    let silence = silence(machine);
    let node = match &machine.node {
        Known::Read(Some(node)) => Some(node),
        Known::Read(None) => return Err(vec![Refusal::NodeGone]),
        Known::Unknown(why) => {
            refusals.push(unknown(&format!("node {}", machine.name), why));
            None
        }
    };
    let declared = match node.and_then(Node::out_of_service) {
        Some(_) => Declared::Already,
        None => Declared::NotYet,
    };
    if declared == Declared::NotYet {
        let lives = node.and_then(lives);
        // A node that is ready has a fresh lease, which need not be said as well.
        if lives != Some(Refusal::Ready) {
            refusals.extend(signs_of_life(machine, &silence));
        }
        refusals.extend(lives);
    }
    let residents = read(residents, "the pods of the node", &mut refusals);
    let there = residents.iter().any(|pod| pod.uid == evidence.pod.uid);
    if declared == Declared::NotYet && !there && matches!(evidence.residents, Known::Read(_)) {
        refusals.push(Refusal::Moved);
    }
    let attachments = read(attachments, "the volume attachments", &mut refusals);
    let claims = read(claims, "the claims of the namespace", &mut refusals);
    let Some(node) = node.filter(|_| refusals.is_empty()) else { return Err(refusals) };
    let taint = out_of_service();
    // A pod that is going already is removed by the pod garbage collector, whatever it tolerates.
    let stays = |pod: &Resident| pod.withstands(&taint) && pod.deleting_since.is_none();
    let (staying, removed) = residents.iter().cloned().partition(stays);
    let volume_of = |name: &String| {
        let claim = claims.iter().find(|claim| claim.name == *name)?;
        claim.volume.clone()
    };
    let names = evidence.set.claim_names(evidence.ordinal);
    Ok(Case {
        node: node.clone(),
        silent_for: silence.ok().map(|silence| silence.seconds),
        removed,
        staying,
        attachments: attachments.to_vec(),
        claims: names.into_iter().map(|name| (name.clone(), volume_of(&name))).collect(),
        declared,
    })
}

/// What is to be taken back on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clearing {
    /// Nothing.
    Nothing,
    /// The taint, the mark, or both.
    Declaration(Node),
}

/// Whether what a failover left on a node may be removed; all reasons why not.
pub fn clear(machine: &Machine) -> Result<Clearing, Vec<Refusal>> {
    let node = match &machine.node {
        Known::Read(Some(node)) => node,
        Known::Read(None) => return Ok(Clearing::Nothing),
        Known::Unknown(why) => {
            return Err(vec![unknown(&format!("node {}", machine.name), why)]);
        }
    };
    let ours = node.annotations.contains_key(ANNOTATION);
    let tainted = node.out_of_service().is_some();
    if !ours && !tainted {
        return Ok(Clearing::Nothing);
    }
    let mut refusals = Vec::new();
    if !ours {
        refusals.push(Refusal::NotOurs);
    }
    match silence(machine) {
        // A mark without its taint does nothing any more, wherever the machine is.
        _ if !tainted => {}
        Err(refusal) => refusals.push(refusal),
        Ok(silence) if node.readiness != Readiness::Ready || !silence.is_short() => {
            refusals.push(Refusal::NotBack);
        }
        Ok(_) => {}
    }
    if refusals.is_empty() { Ok(Clearing::Declaration(node.clone())) } else { Err(refusals) }
}

/// How long a node has been silent.
#[derive(Clone, Copy, Debug)]
struct Silence {
    seconds: i64,
    limit: u32,
}

impl Silence {
    /// Both times are cut to whole seconds, so that one more is needed to be sure.
    fn is_short(self) -> bool {
        self.seconds <= i64::from(self.limit)
    }
}

/// The silence of a node by the time of the API server, or by the newest lease of another node
/// where that is earlier: who is too early waits longer, and nothing is lost.
fn silence(machine: &Machine) -> Result<Silence, Refusal> {
    let leases = match &machine.leases {
        Known::Read(leases) => leases,
        Known::Unknown(why) => return Err(unknown("the leases of the nodes", why)),
    };
    let lease = leases.iter().find(|lease| lease.node == machine.name);
    let renewed = lease.and_then(|lease| Some((lease.renewed_at?, lease.seconds.unwrap_or(0))));
    let Some((renewed_at, seconds)) = renewed else {
        return Err(unknown("the lease of the node", "it does not say when it was renewed"));
    };
    let reference = [machine.server_time, newest_other(machine)].into_iter().flatten().min();
    let Some(reference) = reference else {
        return Err(unknown("the time of the cluster", "neither server nor other nodes tell it"));
    };
    let silent = reference.duration_since(renewed_at).as_secs();
    Ok(Silence { seconds: silent, limit: seconds.max(SILENCE) })
}

/// The last sign of life of any other node.
fn newest_other(machine: &Machine) -> Option<Timestamp> {
    let Known::Read(leases) = &machine.leases else { return None };
    let others = leases.iter().filter(|lease| lease.node != machine.name);
    others.filter_map(|lease| lease.renewed_at).max()
}

/// What the node's own condition says against it.
fn lives(node: &Node) -> Option<Refusal> {
    match node.readiness {
        Readiness::Ready => Some(Refusal::Ready),
        Readiness::NotReady => Some(Refusal::SaysNotReady),
        Readiness::Unknown => None,
    }
}

/// What the leases say against it.
fn signs_of_life(machine: &Machine, silence: &Result<Silence, Refusal>) -> Vec<Refusal> {
    let silence = match silence {
        Err(refusal) => return vec![refusal.clone()],
        Ok(silence) => *silence,
    };
    let mut refusals = Vec::new();
    if silence.is_short() {
        let Silence { seconds, limit } = silence;
        refusals.push(Refusal::Fresh { seconds_ago: seconds, limit });
    }
    let alive = newest_other(machine).is_some_and(|newest| {
        machine
            .server_time
            .is_none_or(|now| now.duration_since(newest).as_secs() <= i64::from(SILENCE))
    });
    if !alive {
        refusals.push(Refusal::Alone);
    }
    refusals
}

fn unknown(what: &str, why: &str) -> Refusal {
    Refusal::Unknown { what: what.to_owned(), why: why.to_owned() }
}

fn read<'a, T>(known: &'a Known<Vec<T>>, what: &str, refusals: &mut Vec<Refusal>) -> &'a [T] {
    match known {
        Known::Read(read) => read,
        Known::Unknown(why) => {
            refusals.push(unknown(what, why));
            &[]
        }
    }
}

#[cfg(test)]
mod tests;
