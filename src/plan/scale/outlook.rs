//! What a scaling does to pods and claims, before it is done.

use jiff::Timestamp;

use crate::model::claim::Claim;
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::predict::revision_after_delete;
use crate::model::set::{ClaimTemplate, Fate, HOLD, Rolling, Set, Strategy};
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::scale::{Spread, Surroundings, spread};

/// What a scaling does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// Replicas before.
    pub from: u32,
    /// Replicas after.
    pub to: u32,
    /// Pods that come, lowest ordinal first.
    pub comes: Vec<Coming>,
    /// Pods that go, highest ordinal first.
    pub goes: Vec<Going>,
    /// Why the partition is raised in the same write.
    pub holds: Option<Spread>,
    /// What else a person should know.
    pub notes: Vec<Note>,
}

/// A pod that comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coming {
    /// Its name.
    pub pod: String,
    /// The revision it starts on.
    pub revision: String,
    /// Its claims, in the order of the templates.
    pub claims: Vec<ClaimUse>,
}

/// A claim of a pod that comes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there are few, and they are short-lived")]
pub enum ClaimUse {
    /// Made by the controller.
    New {
        /// Its name.
        name: String,
        /// The size the template asks for.
        size: Option<String>,
    },
    /// There already, with whatever is in it.
    Reused {
        /// As read.
        claim: Claim,
        /// How it differs from the template.
        differences: Vec<Difference>,
    },
    /// On its way out; the pod waits for its end and gets a new one.
    Leaving {
        /// Its name.
        name: String,
    },
    /// Claims could not be read.
    Unknown {
        /// Its name.
        name: String,
    },
}

/// Something a claim has otherwise than its template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What: `size` or `storage class`.
    pub what: &'static str,
    /// As the template says.
    pub template: String,
    /// As the claim has it.
    pub claim: String,
}

/// A pod that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Going {
    /// Its name.
    pub pod: String,
    /// The revision it runs; absent when it is missing.
    pub revision: Option<String>,
    /// How it stands, in a word.
    pub state: String,
    /// Its claims, in the order of the templates.
    pub claims: Vec<ClaimEnd>,
}

/// A claim of a pod that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimEnd {
    /// Its name.
    pub name: String,
    /// What becomes of it.
    pub fate: Fate,
    /// As read; `None` when it could not be.
    pub claim: Option<Claim>,
}

/// What else a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The pods that go are the only ones on the new revision.
    CanariesGo {
        /// The revision that stays the template's.
        revision: String,
        /// Whether a later scale-up brings it back.
        returns: bool,
    },
    /// Pods start on a revision that no pod has become available on.
    Untried {
        /// Which.
        pods: Vec<String>,
        /// The revision.
        revision: String,
    },
    /// New claims differ from those of the pods there are.
    Mixed {
        /// The template.
        template: String,
        /// How.
        difference: Difference,
    },
    /// The hold arms a downgrade of these pods.
    ArmsDowngrade {
        /// Which.
        pods: Vec<String>,
        /// The revision they would come back on.
        revision: String,
    },
}

/// Looks ahead.
pub fn outlook(snapshot: &Snapshot, around: &Surroundings, to: u32, now: Timestamp) -> Outlook {
    let set = &snapshot.set;
    let from = set.wanted.replicas;
    let holds = spread(snapshot, to, now);
    let mut then = snapshot.clone();
    if holds.is_some() {
        let rolling = Rolling { partition: HOLD, max_unavailable: None };
        then.set.strategy = Strategy::RollingUpdate(Some(rolling));
    }
    let comes: Vec<Coming> = (from..to)
        .map(|index| {
            let ordinal = set.wanted.at(index);
            Coming {
                pod: set.pod_name(ordinal),
                revision: revision_after_delete(&then, ordinal).to_owned(),
                claims: claim_uses(set, ordinal, around),
            }
        })
        .collect();
    let goes: Vec<Going> = (to..from)
        .rev()
        .map(|index| {
            let ordinal = set.wanted.at(index);
            let pod = snapshot.pod(ordinal);
            Going {
                pod: set.pod_name(ordinal),
                revision: pod.and_then(|pod| pod.revision.clone()),
                state: pod.map_or_else(|| "Missing".to_owned(), Pod::reason),
                claims: claim_ends(set, ordinal, around),
            }
        })
        .collect();
    let notes = notes(snapshot, around, &comes, holds.is_some(), to, now);
    Outlook { from, to, comes, goes, holds, notes }
}

/// The claims of an ordinal that goes.
pub fn claim_ends(set: &Set, ordinal: Ordinal, around: &Surroundings) -> Vec<ClaimEnd> {
    let names = set.claim_names(ordinal);
    let ends = names.into_iter().map(|name| ClaimEnd {
        claim: find(around, &name).cloned(),
        fate: set.retention.when_scaled,
        name,
    });
    // Of claims that were read, those that are not there neither stay nor go.
    let known = matches!(around.claims, Known::Read(_));
    ends.filter(|end| !known || end.claim.is_some()).collect()
}

fn claim_uses(set: &Set, ordinal: Ordinal, around: &Surroundings) -> Vec<ClaimUse> {
    let uses = set.claim_templates.iter().map(|template| {
        let name = set.claim_name(&template.name, ordinal);
        if let Known::Unknown(_) = around.claims {
            return ClaimUse::Unknown { name };
        }
        match find(around, &name) {
            None => ClaimUse::New { name, size: template.requested.clone() },
            Some(claim) if claim.deleting_since.is_some() => ClaimUse::Leaving { name },
            Some(claim) => {
                ClaimUse::Reused { differences: differences(template, claim), claim: claim.clone() }
            }
        }
    });
    uses.collect()
}

fn find<'a>(around: &'a Surroundings, name: &str) -> Option<&'a Claim> {
    match &around.claims {
        Known::Read(claims) => claims.iter().find(|claim| claim.name == name),
        Known::Unknown(_) => None,
    }
}

/// How a claim differs from its template. A template without a class takes whatever is the
/// default at the time, so it differs from none.
fn differences(template: &ClaimTemplate, claim: &Claim) -> Vec<Difference> {
    let pairs = [
        ("size", &template.requested, &claim.requested),
        ("storage class", &template.storage_class, &claim.storage_class),
    ];
    let differ = pairs.into_iter().filter_map(|(what, template, claim)| {
        let (template, claim) = (template.clone()?, claim.clone()?);
        (template != claim).then_some(Difference { what, template, claim })
    });
    differ.collect()
}

fn notes(
    snapshot: &Snapshot,
    around: &Surroundings,
    comes: &[Coming],
    holds: bool,
    to: u32,
    now: Timestamp,
) -> Vec<Note> {
    let set = &snapshot.set;
    let (current, update) = (&set.status.current_revision, &set.status.update_revision);
    let on_update = |pod: &&Pod| pod.revision.as_ref() == Some(update);
    let mut notes = Vec::new();
    let under_way = current != update;
    let stays = |pod: &&Pod| pod.ordinal.and_then(|o| set.wanted.index(o)).is_some_and(|i| i < to);
    let canaries: Vec<&Pod> = snapshot.own_pods().filter(on_update).collect();
    if under_way && to > 0 && !canaries.is_empty() && !canaries.iter().any(stays) {
        let returns = !holds && set.partition() < set.wanted.replicas;
        notes.push(Note::CanariesGo { revision: update.clone(), returns });
    }
    let tried = canaries.iter().any(|pod| pod.is_available(set.min_ready_seconds, now));
    let born: Vec<String> =
        comes.iter().filter(|pod| pod.revision == *update).map(|pod| pod.pod.clone()).collect();
    if under_way && !tried && !born.is_empty() {
        notes.push(Note::Untried { pods: born, revision: update.clone() });
    }
    if holds && under_way {
        let armed: Vec<String> =
            canaries.iter().filter(|pod| stays(pod)).map(|pod| pod.name.clone()).collect();
        if !armed.is_empty() {
            notes.push(Note::ArmsDowngrade { pods: armed, revision: current.clone() });
        }
    }
    if !comes.is_empty() {
        notes.extend(mixed(set, around));
    }
    notes
}

/// Templates whose claims, as they are, differ from what a new one would be.
fn mixed(set: &Set, around: &Surroundings) -> Vec<Note> {
    let mut notes = Vec::new();
    for template in &set.claim_templates {
        let claims =
            set.wanted.iter().filter_map(|o| find(around, &set.claim_name(&template.name, o)));
        let mut seen: Vec<Difference> = Vec::new();
        for difference in claims.flat_map(|claim| differences(template, claim)) {
            if !seen.contains(&difference) {
                seen.push(difference);
            }
        }
        notes.extend(
            seen.into_iter()
                .map(|difference| Note::Mixed { template: template.name.clone(), difference }),
        );
    }
    notes
}

#[cfg(test)]
mod tests;
