//! What is kept in the namespace while a set is recreated: enough to finish from any machine.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cluster::clock;
use crate::cluster::status;
use crate::commands::context::{Context, refused};
use crate::commands::identity;
use crate::commands::journal::Journal;
use crate::exit::{Exit, Failure};
use crate::model::snapshot::Known;
use crate::model::text::clean;
use crate::plan::recreate::Restarts;
use crate::plan::recreate::verify::Before;
use crate::plan::step::Step;
use crate::plan::step::object::{Creation, Deletion, ObjectKind};

/// The most that fits into a ConfigMap, with room for what else is in it.
const MOST: usize = 900_000;

/// A recreation that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Record {
    /// Its id.
    pub run: String,
    /// The old set, as it would be created again.
    pub old: Value,
    /// The new one.
    pub new: Value,
    /// What has to be found again.
    pub before: Before,
    /// Whether pods are restarted at the end.
    pub restarts: Restarts,
}

/// A ConfigMap that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Kept {
    /// Its name.
    pub name: String,
    /// UID as read.
    uid: String,
    /// Version as read.
    resource_version: String,
    /// What is in it, or why that cannot be read.
    pub record: Result<Record, String>,
}

/// What was found of an earlier run.
pub(in crate::commands) type Found = Known<Option<Kept>>;

/// Facts beside the two sets, as one small JSON document.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    run: String,
    by: String,
    old_uid: String,
    revision: String,
    pods: Vec<(String, String)>,
    restart: bool,
}

/// The name of the ConfigMap of a set.
pub(in crate::commands) fn name(set: &str) -> String {
    format!("kubectl-sts-recreate-{set}")
}

/// Looks for an earlier run.
pub(in crate::commands) async fn find(cx: &Context, set: &str) -> Result<Found, Failure> {
    let name = name(set);
    Ok(match cx.session.config_map(cx.session.namespace(), &name).await? {
        Known::Unknown(why) => Known::Unknown(why),
        Known::Read(found) => Known::Read(found.map(|object| Kept::of(&name, &object))),
    })
}

impl Kept {
    fn of(name: &str, object: &Value) -> Self {
        let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default().to_owned();
        Self {
            name: name.to_owned(),
            uid: text("uid"),
            resource_version: text("resourceVersion"),
            record: Record::read(&object["data"]).map_err(|error| clean(&error.to_string())),
        }
    }
}

impl Record {
    fn read(data: &Value) -> Result<Self, serde_json::Error> {
        let text = |key: &str| data[key].as_str().unwrap_or_default();
        let facts: Facts = serde_json::from_str(text("facts.json"))?;
        Ok(Self {
            run: facts.run,
            old: serde_json::from_str(text("old.json"))?,
            new: serde_json::from_str(text("new.json"))?,
            before: Before { set: facts.old_uid, revision: facts.revision, pods: facts.pods },
            restarts: if facts.restart { Restarts::All } else { Restarts::None },
        })
    }

    fn config_map(&self, namespace: &str, set: &str) -> Result<Value, Failure> {
        let facts = Facts {
            run: self.run.clone(),
            by: identity::holder(clock::now()).name,
            old_uid: self.before.set.clone(),
            revision: self.before.revision.clone(),
            pods: self.before.pods.clone(),
            restart: self.restarts == Restarts::All,
        };
        let facts = serde_json::to_string(&facts).map_err(anyhow::Error::from)?;
        Ok(json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": name(set),
                "namespace": namespace,
                "labels": { "app.kubernetes.io/managed-by": "kubectl-sts" },
            },
            "data": {
                "facts.json": facts,
                "old.json": self.old.to_string(),
                "new.json": self.new.to_string(),
            },
        }))
    }

    /// Keeps it in the namespace, before anything else is written.
    pub(in crate::commands) async fn keep(
        &self,
        cx: &Context,
        journal: &mut Journal,
        set: &str,
    ) -> Result<(), Failure> {
        let namespace = cx.session.namespace().to_owned();
        let manifest = self.config_map(&namespace, set)?.to_string();
        if manifest.len() > MOST {
            return Err(refused("the set is too large for a copy of it in a ConfigMap")
                .hint("nothing was changed"));
        }
        let kind = ObjectKind::Copy;
        let step = Step::Create(Creation { kind, namespace, name: name(set), manifest });
        match journal.apply(cx, &step).await? {
            Ok(_) => Ok(()),
            Err(error) if status::is_there_already(&error) => {
                let cause = anyhow::anyhow!(
                    "somebody else has just begun to recreate statefulset.apps/{set}"
                );
                Err(Failure::new(Exit::Conflict, cause).hint("this run has changed nothing"))
            }
            Err(error) => Err(Failure::from(error).hint("the set was not touched")),
        }
    }
}

/// Removes the copy once nothing is left to do. One that stays does no harm: it is found and named.
pub(in crate::commands) async fn forget(
    cx: &Context,
    journal: &mut Journal,
    set: &str,
    run: &str,
) -> Result<(), Failure> {
    let Known::Read(Some(kept)) = find(cx, set).await? else { return Ok(()) };
    if kept.record.as_ref().is_ok_and(|record| record.run != run) {
        return Ok(());
    }
    let step = Step::Delete(Deletion {
        kind: ObjectKind::Copy,
        namespace: cx.session.namespace().to_owned(),
        name: kept.name.clone(),
        uid: kept.uid,
        resource_version: kept.resource_version,
    });
    match journal.apply(cx, &step).await? {
        Err(error) if !status::is_not_found(&error) => {
            let remove = cx.kubectl(&["delete", "configmap", &kept.name]);
            cx.terminal.warning(&format!("the copy was not removed; to do so: {remove}"));
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        let record = Record {
            run: "r1".to_owned(),
            old: json!({ "spec": { "serviceName": "a" } }),
            new: json!({ "spec": { "serviceName": "b" } }),
            before: Before {
                set: "uid".to_owned(),
                revision: "db-1".to_owned(),
                pods: vec![("db-0".to_owned(), "p0".to_owned())],
            },
            restarts: Restarts::All,
        };
        let object = record.config_map("prod", "db").unwrap();
        let kept = Kept::of("kubectl-sts-recreate-db", &object);
        assert_eq!(kept.record, Ok(record));
        assert_eq!(object["metadata"]["name"], "kubectl-sts-recreate-db");
    }

    #[test]
    fn what_cannot_be_read_is_told_and_not_guessed() {
        let kept = Kept::of("x", &json!({ "data": { "facts.json": "{}" } }));
        assert!(kept.record.unwrap_err().contains("missing field"));
        assert!(Kept::of("x", &json!({})).record.is_err());
    }
}
