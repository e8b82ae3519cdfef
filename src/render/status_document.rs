//! Where sets stand, as documents.

use jiff::Timestamp;
use serde::Serialize;

use crate::model::run::RunPhase;
use crate::model::snapshot::Known;
use crate::plan::claims::{ClaimStanding, ClaimState, Claims};
use crate::plan::fleet::Tally;
use crate::plan::standing::Standing;
use crate::render::document::{Cluster, Document, Kind};
use crate::render::duration::stamp;
use crate::render::overview::Stale;

/// The body of a `Status` document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    namespace: String,
    set: String,
    phase: &'static str,
    summary: String,
    strategy: String,
    partition: u32,
    replicas: u32,
    updated: u32,
    available: u32,
    revisions: Revisions,
    pods: Vec<PodStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<ClaimsStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocker: Option<Blocker>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rollout: Option<Rollout>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    next: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stale: Option<StaleStatus>,
}

/// The body of a `StatusList` document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusList {
    items: Vec<Status>,
    totals: Totals,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<Unknown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stale: Option<StaleStatus>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Revisions {
    current: String,
    update: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct PodStatus {
    ordinal: u32,
    name: String,
    revision: Option<String>,
    returns_on: String,
    ready: bool,
    available: bool,
    restarts: u32,
    reason: String,
    pending_downgrade: bool,
}

/// Claims, or why they are not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ClaimsStatus {
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unbound: Vec<ClaimStatus>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_behind: Vec<ClaimStatus>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ClaimStatus {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ordinal: Option<u32>,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Blocker {
    pod: String,
    reason: String,
    message: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rollout {
    phase: &'static str,
    base: String,
    target: String,
    order: String,
    steps: String,
    steps_approved: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    driver: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Group>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Group {
    id: String,
    selector: String,
    members: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Totals {
    sets: usize,
    blocked: usize,
    degraded: usize,
    progressing: usize,
    held: usize,
    complete: usize,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Unknown {
    what: &'static str,
    reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct StaleStatus {
    since: String,
    reason: String,
}

impl Status {
    /// What there is to say of a set. `next` are commands to go on with, `stale` is since when and
    /// why all of it may be old.
    pub fn of(standing: &Standing, next: Vec<String>, stale: Option<&Stale>) -> Self {
        let (set, found) = (&standing.snapshot.set, &standing.found);
        Self {
            namespace: set.namespace.clone(),
            set: set.name.clone(),
            phase: found.phase.name(),
            summary: found.summary.clone(),
            strategy: set.strategy.to_string(),
            partition: set.partition(),
            replicas: set.wanted.replicas,
            updated: found.updated,
            available: found.available,
            revisions: Revisions {
                current: set.status.current_revision.clone(),
                update: set.status.update_revision.clone(),
            },
            pods: pods(standing),
            claims: standing.claims.as_ref().map(claims),
            blocker: found.blocker.as_ref().map(|blocker| Blocker {
                pod: blocker.pod.clone(),
                reason: blocker.reason.clone(),
                message: blocker.message.clone(),
            }),
            rollout: rollout(standing),
            next,
            stale: stale.map(stale_status),
        }
    }

    /// As a document made now.
    pub fn document(self, now: Timestamp, cluster: Cluster) -> Document<Self> {
        Document::new(Kind::Status, now, Some(cluster), self)
    }
}

impl StatusList {
    /// Sets, how many there are of each kind, and why their claims are not known if so.
    pub fn of(
        items: Vec<Status>,
        tally: Tally,
        claims_unknown: Option<&str>,
        stale: Option<&Stale>,
    ) -> Self {
        let count = |name: &str| {
            tally.counts().filter(|(phase, _)| phase.name() == name).map(|(_, count)| count).sum()
        };
        let unknown = claims_unknown
            .map(|reason| Unknown { what: "persistentvolumeclaims", reason: reason.to_owned() });
        Self {
            items,
            totals: Totals {
                sets: tally.all(),
                blocked: count("blocked"),
                degraded: count("degraded"),
                progressing: count("progressing"),
                held: count("held"),
                complete: count("complete"),
            },
            unknown: unknown.into_iter().collect(),
            stale: stale.map(stale_status),
        }
    }

    /// As a document made now.
    pub fn document(self, now: Timestamp, cluster: Cluster) -> Document<Self> {
        Document::new(Kind::StatusList, now, Some(cluster), self)
    }
}

fn stale_status((since, reason): &Stale) -> StaleStatus {
    StaleStatus { since: stamp(*since), reason: reason.clone() }
}

fn pods(standing: &Standing) -> Vec<PodStatus> {
    let pods = standing.found.pods.iter();
    pods.map(|pod| PodStatus {
        ordinal: pod.ordinal.0,
        name: pod.pod.clone(),
        revision: pod.revision.clone(),
        returns_on: pod.returns_on.clone(),
        ready: pod.ready,
        available: pod.available,
        restarts: pod.restarts,
        reason: pod.reason.clone(),
        pending_downgrade: pod.pending_downgrade,
    })
    .collect()
}

fn claims(known: &Known<Claims>) -> ClaimsStatus {
    let nothing =
        ClaimsStatus { unknown: None, bound: None, unbound: Vec::new(), left_behind: Vec::new() };
    let claims = match known {
        Known::Read(claims) => claims,
        Known::Unknown(reason) => {
            return ClaimsStatus { unknown: Some(reason.clone()), ..nothing };
        }
    };
    let list = |claims: &mut dyn Iterator<Item = &ClaimStanding>| {
        claims
            .map(|claim| ClaimStatus {
                name: claim.name.clone(),
                ordinal: claim.ordinal.map(|ordinal| ordinal.0),
                state: claim.state.name(),
            })
            .collect()
    };
    ClaimsStatus {
        bound: Some(claims.count(ClaimState::Bound)),
        unbound: list(&mut claims.wanted.iter().filter(|claim| claim.state != ClaimState::Bound)),
        left_behind: list(&mut claims.left_behind.iter()),
        ..nothing
    }
}

fn rollout(standing: &Standing) -> Option<Rollout> {
    standing.found.run.as_ref().map(|standing| Rollout {
        phase: match standing.run.phase {
            RunPhase::Parked => "parked",
            RunPhase::Staging => "staging",
            RunPhase::Failed => "failed",
            RunPhase::Aborting => "aborting",
            RunPhase::Parking => "parking",
        },
        base: standing.run.base.clone(),
        target: standing.run.target.clone(),
        order: standing.run.order.to_string(),
        steps: standing.run.steps.to_string(),
        steps_approved: standing.run.approved,
        driver: standing.driver.clone(),
        group: standing.run.group.as_ref().map(|group| Group {
            id: group.id.clone(),
            selector: group.selector.clone(),
            members: group.members().into_iter().map(str::to_owned).collect(),
        }),
    })
}
