//! What the audit log of the API server says of the program under test.

use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;

use jiff::Timestamp;
use serde::Deserialize;

use crate::harness::ControlPlane;

/// A part of the user agent of the program.
const AGENT: &str = "kubectl-sts";

/// The deletions it made, and the lists it read.
#[derive(Default)]
pub(super) struct Audit {
    pub(super) deletions: Vec<Deletion>,
    /// Kind, namespace (empty for all), and when it was asked for.
    reads: Vec<(String, String, Timestamp)>,
}

/// A claim that was told to go.
#[derive(Debug)]
pub(super) struct Deletion {
    pub(super) namespace: String,
    pub(super) claim: String,
    pub(super) uid: Option<String>,
    /// Whether it was only to be deleted as it was read.
    pub(super) guarded: bool,
    pub(super) at: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default)]
    user_agent: String,
    verb: String,
    #[serde(default)]
    object_ref: Object,
    #[serde(default)]
    response_status: Status,
    request_received_timestamp: Timestamp,
    #[serde(default)]
    request_object: Body,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Object {
    resource: String,
    subresource: String,
    namespace: String,
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    code: u16,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    dry_run: Vec<String>,
    preconditions: Preconditions,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Preconditions {
    uid: Option<String>,
    resource_version: Option<String>,
}

impl Audit {
    pub(super) fn read(control_plane: &ControlPlane) -> Self {
        let log = BufReader::new(File::open(control_plane.audit_log()).unwrap());
        let mut audit = Self::default();
        for line in log.lines().map_while(Result::ok) {
            let of_interest = ["pods", "statefulsets", "deployments", "persistentvolumeclaims"]
                .iter()
                .any(|kind| line.contains(&format!("\"resource\":\"{kind}\"")));
            if !of_interest || !line.contains(AGENT) {
                continue;
            }
            // Bodies of other requests have other shapes.
            let Ok(event) = serde_json::from_str::<Event>(&line) else { continue };
            audit.take(event);
        }
        audit.reads.sort_by_key(|(_, _, at)| *at);
        audit
    }

    fn take(&mut self, event: Event) {
        let Event { object_ref: object, request_object: body, .. } = event;
        let at = event.request_received_timestamp;
        if !event.user_agent.contains(AGENT) || event.response_status.code >= 300 {
            return;
        }
        match event.verb.as_str() {
            "list" | "watch" | "get" if object.subresource.is_empty() => {
                self.reads.push((object.resource, object.namespace, at));
            }
            "delete" | "deletecollection"
                if object.resource == "persistentvolumeclaims" && body.dry_run.is_empty() =>
            {
                let guards = body.preconditions;
                self.deletions.push(Deletion {
                    namespace: object.namespace,
                    claim: object.name,
                    guarded: guards.uid.is_some() && guards.resource_version.is_some(),
                    uid: guards.uid,
                    at,
                });
            }
            _ => {}
        }
    }

    /// The last time before this when a kind was read.
    pub(super) fn last_read(
        &self,
        kind: &str,
        namespace: &str,
        before: Timestamp,
    ) -> Option<Timestamp> {
        let mut reads = self.reads_of(kind, namespace).rev();
        reads.find(|at| *at <= before)
    }

    /// Whether a kind was read between these.
    pub(super) fn was_read(
        &self,
        kind: &str,
        namespace: &str,
        (after, until): (Timestamp, Timestamp),
    ) -> bool {
        self.reads_of(kind, namespace).any(|at| at > after && at <= until)
    }

    fn reads_of(&self, kind: &str, namespace: &str) -> impl DoubleEndedIterator<Item = Timestamp> {
        let is_meant = move |(of, within, _): &&(String, String, Timestamp)| {
            of == kind && (within.is_empty() || within == namespace)
        };
        self.reads.iter().filter(is_meant).map(|(_, _, at)| *at)
    }
}
