//! The revisions of a set.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::model::revision::Revision;
use crate::model::set::Template;
use crate::model::snapshot::Snapshot;
use crate::plan::revisions::pods_on;
use crate::render::difference::{self, Changed};
use crate::render::document::{Cluster, Document, Kind};
use crate::render::duration::{age, stamp};
use crate::render::table::{Headers, table};
use crate::render::text::{Text, Tone};

/// The body of a `RevisionHistory` document.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    namespace: String,
    set: String,
    revisions: Vec<Entry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Difference>,
}

#[derive(Clone, Debug, Serialize)]
struct Difference {
    from: End,
    to: End,
    changed: Vec<Changed>,
    diff: String,
}

#[derive(Clone, Debug, Serialize)]
struct End {
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<i64>,
    name: String,
    pods: Vec<String>,
}

/// One side of a difference.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    /// What it is called: the name of a revision, or `template`.
    pub name: &'a str,
    /// Its number, if it is a revision.
    pub number: Option<i64>,
    /// Its template.
    pub template: &'a Template,
    /// The pods that run it.
    pub pods: Vec<String>,
}

impl Side<'_> {
    fn end(&self) -> End {
        End { revision: self.number, name: self.name.to_owned(), pods: self.pods.clone() }
    }

    fn line(&self) -> String {
        let number = self.number.map_or(String::new(), |number| format!("{number} "));
        format!("{number}{}  pods: {}\n", self.name, runs(&self.pods))
    }
}

/// What to tell beside the list of revisions.
#[derive(Clone, Debug)]
pub enum About<'a> {
    /// Nothing.
    All,
    /// One revision's template as a whole.
    One(&'a Revision),
    /// The difference between two.
    Two(Box<[Side<'a>; 2]>),
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
            pods: pods_on(snapshot, &revision.name),
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
pub fn document(
    snapshot: &Snapshot,
    about: &About<'_>,
    now: Timestamp,
    cluster: Cluster,
) -> Document<History> {
    let mut body = History {
        namespace: snapshot.set.namespace.clone(),
        set: snapshot.set.name.clone(),
        revisions: entries(snapshot),
        template: None,
        difference: None,
    };
    match about {
        About::All => {}
        About::One(revision) => {
            body.revisions.retain(|entry| entry.name == revision.name);
            body.template = serde_json::from_str(&revision.template.json).ok();
        }
        About::Two(sides) => {
            let [from, to] = &**sides;
            body.difference = Some(Difference {
                from: from.end(),
                to: to.end(),
                changed: difference::template_fields(from.template, to.template),
                diff: difference::templates(from.template, to.template, (from.name, to.name))
                    .to_string(),
            });
        }
    }
    Document::new(Kind::RevisionHistory, now, Some(cluster), body)
}

/// One revision's template as people read it.
pub fn one(snapshot: &Snapshot, revision: &Revision) -> Text {
    let side = side_of(snapshot, revision);
    Text::new()
        .with(Tone::Strong, side.line())
        .with(Tone::Plain, difference::whole(&revision.template))
}

/// The difference between two templates, and who runs them.
pub fn two([from, to]: &[Side<'_>; 2]) -> Text {
    let mut text = Text::new().with(Tone::Bad, "- ").with(Tone::Plain, from.line());
    text.extend(Text::new().with(Tone::Good, "+ ").with(Tone::Plain, to.line()));
    if from.template.json == to.template.json {
        text.push(Tone::Plain, "the templates are the same\n");
    } else {
        let names = (from.name, to.name);
        text.extend(difference::templates(from.template, to.template, names));
    }
    text
}

/// A revision as one side of a difference.
pub fn side_of<'a>(snapshot: &Snapshot, revision: &'a Revision) -> Side<'a> {
    Side {
        name: &revision.name,
        number: Some(revision.number),
        template: &revision.template,
        pods: pods_on(snapshot, &revision.name),
    }
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

/// A revision in one line.
pub fn short(revision: &Revision, now: Timestamp) -> String {
    let images: Vec<&str> =
        revision.template.images.iter().map(|(_, image)| image.as_str()).collect();
    let made = revision
        .created_at
        .map_or_else(String::new, |at| format!(", made {} ago", age(now.duration_since(at))));
    format!("{} {} ({}{made})", revision.number, revision.name, images.join(","))
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
