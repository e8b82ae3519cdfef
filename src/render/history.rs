//! The revisions of a set.

use jiff::Timestamp;
use serde::Serialize;

use crate::model::snapshot::Snapshot;
use crate::render::document::{Cluster, Document, Kind};
use crate::render::duration::{age, stamp};
use crate::render::table::{Headers, table};

/// The body of a `RevisionHistory` document.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    namespace: String,
    set: String,
    revisions: Vec<Entry>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    revision: i64,
    name: String,
    current: bool,
    update: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change_cause: Option<String>,
    pods: Vec<String>,
    images: Vec<Image>,
}

#[derive(Clone, Debug, Serialize)]
struct Image {
    container: String,
    image: String,
}

fn entries(snapshot: &Snapshot) -> Vec<Entry> {
    let status = &snapshot.set.status;
    let mut entries: Vec<Entry> = snapshot
        .revisions
        .iter()
        .map(|revision| Entry {
            revision: revision.number,
            name: revision.name.clone(),
            current: revision.name == status.current_revision,
            update: revision.name == status.update_revision,
            created_at: revision.created_at.map(stamp),
            change_cause: revision.change_cause.clone(),
            pods: snapshot
                .set
                .wanted
                .iter()
                .filter_map(|ordinal| snapshot.pod(ordinal))
                .filter(|pod| pod.revision.as_deref() == Some(revision.name.as_str()))
                .map(|pod| pod.name.clone())
                .collect(),
            images: revision
                .template
                .images
                .iter()
                .map(|(container, image)| Image {
                    container: container.clone(),
                    image: image.clone(),
                })
                .collect(),
        })
        .collect();
    entries.sort_by_key(|entry| entry.revision);
    entries
}

/// The history as a document.
pub fn document(snapshot: &Snapshot, now: Timestamp, cluster: Cluster) -> Document<History> {
    let body = History {
        namespace: snapshot.set.namespace.clone(),
        set: snapshot.set.name.clone(),
        revisions: entries(snapshot),
    };
    Document::new(Kind::RevisionHistory, now, Some(cluster), body)
}

/// The history as a table, oldest number first.
pub fn table_of(snapshot: &Snapshot, headers: Headers, now: Timestamp) -> String {
    let rows = entries(snapshot).into_iter().map(|entry| {
        let marks = match (entry.current, entry.update) {
            (true, true) => "current, update",
            (true, false) => "current",
            (false, true) => "update",
            (false, false) => "",
        };
        let created = snapshot.revision(&entry.name).and_then(|revision| revision.created_at);
        let images: Vec<String> = entry.images.iter().map(|image| image.image.clone()).collect();
        vec![
            entry.revision.to_string(),
            entry.name,
            marks.to_owned(),
            runs(&entry.pods),
            images.join(","),
            created.map_or_else(|| "<unknown>".to_owned(), |at| age(now.duration_since(at))),
            entry.change_cause.unwrap_or_else(|| "<none>".to_owned()),
        ]
    });
    let names = ["revision", "name", "marks", "pods", "images", "age", "change-cause"];
    table(&names, headers, rows)
}

/// Pods in few words.
fn runs(pods: &[String]) -> String {
    match pods {
        [] => "<none>".to_owned(),
        [one] => one.clone(),
        [first, .., last] if pods.len() > 3 => format!("{first}…{last} ({})", pods.len()),
        few => few.join(","),
    }
}
