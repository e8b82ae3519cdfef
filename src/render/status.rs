//! Where a set stands, as a table and as a document.

use jiff::Timestamp;
use serde::Serialize;

use crate::model::run::RunPhase;
use crate::model::set::Strategy;
use crate::model::snapshot::Snapshot;
use crate::plan::assess::{Assessment, Phase};
use crate::render::document::{Cluster, Document, Kind};
use crate::render::duration::age;
use crate::render::table::{Headers, table};
use crate::render::text::{Text, Tone};

/// The body of a `Status` document.
#[derive(Clone, Debug, Serialize)]
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
    blocker: Option<Blocker>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rollout: Option<Rollout>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    next: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Revisions {
    current: String,
    update: String,
}

#[derive(Clone, Debug, Serialize)]
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

#[derive(Clone, Debug, Serialize)]
struct Blocker {
    pod: String,
    reason: String,
    message: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rollout {
    phase: &'static str,
    base: String,
    target: String,
    steps: String,
    steps_approved: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    driver: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Group>,
}

#[derive(Clone, Debug, Serialize)]
struct Group {
    id: String,
    selector: String,
    members: Vec<String>,
}

/// The assessment as a document. `next` are commands to go on with.
pub fn document(
    snapshot: &Snapshot,
    found: &Assessment,
    next: Vec<String>,
    now: Timestamp,
    cluster: Cluster,
) -> Document<Status> {
    let set = &snapshot.set;
    let body = Status {
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
        pods: found
            .pods
            .iter()
            .map(|pod| PodStatus {
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
            .collect(),
        blocker: found.blocker.as_ref().map(|blocker| Blocker {
            pod: blocker.pod.clone(),
            reason: blocker.reason.clone(),
            message: blocker.message.clone(),
        }),
        rollout: found.run.as_ref().map(|standing| Rollout {
            phase: match standing.run.phase {
                RunPhase::Parked => "parked",
                RunPhase::Staging => "staging",
                RunPhase::Failed => "failed",
                RunPhase::Aborting => "aborting",
            },
            base: standing.run.base.clone(),
            target: standing.run.target.clone(),
            steps: standing.run.steps.to_string(),
            steps_approved: standing.run.approved,
            driver: standing.driver.clone(),
            group: standing.run.group.as_ref().map(|group| Group {
                id: group.id.clone(),
                selector: group.selector.clone(),
                members: group.members().into_iter().map(str::to_owned).collect(),
            }),
        }),
        next,
    };
    Document::new(Kind::Status, now, Some(cluster), body)
}

/// The one line that says it all.
pub fn headline(snapshot: &Snapshot, found: &Assessment) -> Text {
    let tone = match found.phase {
        Phase::Complete => Tone::Good,
        Phase::Held => Tone::Warn,
        Phase::Progressing => Tone::Busy,
        Phase::Blocked | Phase::Degraded => Tone::Bad,
    };
    Text::new()
        .with(Tone::Strong, snapshot.set.display())
        .with(Tone::Plain, " ")
        .with(tone, found.phase.name())
        .with(Tone::Plain, format!(": {}", found.summary))
}

/// The group a set is rolled out with, if there is one.
pub fn group(found: &Assessment) -> Option<String> {
    let group = found.run.as_ref()?.run.group.as_ref()?;
    let members = group.members().join(", ");
    Some(format!("part of the group {} with {members}, rolled out as one", group.id))
}

/// The pods and what would become of them.
pub fn pods(snapshot: &Snapshot, found: &Assessment, headers: Headers, now: Timestamp) -> String {
    let set = &snapshot.set;
    let rows = found.pods.iter().map(|pod| {
        let ready = match (pod.ready, pod.available) {
            (true, true) => "yes",
            (true, false) => "not yet available",
            (false, _) => "no",
        };
        let returns = if pod.pending_downgrade {
            format!("{} (older)", pod.returns_on)
        } else {
            pod.returns_on.clone()
        };
        vec![
            pod.pod.clone(),
            pod.revision.clone().unwrap_or_else(|| "<none>".to_owned()),
            returns,
            ready.to_owned(),
            pod.reason.clone(),
            pod.restarts.to_string(),
            pod.created_at.map_or_else(|| "<none>".to_owned(), |at| age(now.duration_since(at))),
        ]
    });
    let names = ["pod", "revision", "returns-on", "ready", "status", "restarts", "age"];
    let mut text = table(&names, headers, rows);
    if let Strategy::RollingUpdate(Some(rolling)) = &set.strategy
        && rolling.partition > 0
        && set.wanted.replicas > 0
    {
        let kept = rolling.partition.min(set.wanted.replicas);
        let (first, last) = (set.pod_at(0), set.pod_at(kept - 1));
        let which = match kept {
            1 => first,
            2 => format!("{first} and {last}"),
            _ => format!("{first} to {last}"),
        };
        text.push_str("\npartition keeps back ");
        text.push_str(&which);
    }
    text
}
