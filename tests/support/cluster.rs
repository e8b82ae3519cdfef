//! The objects, and a controller that does its work at once.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What a watch tells.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) version: u64,
    pub(crate) kind: &'static str,
    pub(crate) what: &'static str,
    pub(crate) object: Value,
}

/// One namespace with one set.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) set: Value,
    pub(crate) pods: BTreeMap<String, Value>,
    pub(crate) revisions: Vec<Value>,
    pub(crate) version: u64,
    pub(crate) events: Vec<Event>,
    /// Images that cannot be pulled.
    pub(crate) broken: Vec<String>,
    /// What a mutating webhook makes of every partition.
    pub(crate) webhook: Option<u64>,
}

/// A reason not to write.
#[derive(Debug)]
pub(crate) struct No {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
}

const LONG_AGO: &str = "2026-01-01T00:00:00Z";

impl Cluster {
    /// `prod/db`: three pods on `db:v1`.
    pub(crate) fn new() -> Self {
        let template = json!({
            "metadata": { "labels": { "app": "db" } },
            "spec": { "containers": [{ "name": "app", "image": "db:v1" }] },
        });
        let set = json!({
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": {
                "name": "db", "namespace": "prod", "uid": "set-uid", "resourceVersion": "1",
                "generation": 1, "creationTimestamp": LONG_AGO, "annotations": {}, "labels": {},
            },
            "spec": {
                "replicas": 3,
                "serviceName": "db",
                "selector": { "matchLabels": { "app": "db" } },
                "template": template,
                "podManagementPolicy": "OrderedReady",
                "updateStrategy": { "type": "RollingUpdate", "rollingUpdate": { "partition": 0 } },
            },
            "status": { "currentRevision": "db-v1" },
        });
        let mut cluster = Self {
            set,
            pods: BTreeMap::new(),
            revisions: Vec::new(),
            version: 1,
            events: Vec::new(),
            broken: Vec::new(),
            webhook: None,
        };
        cluster.control();
        cluster
    }

    fn next(&mut self) -> u64 {
        self.version += 1;
        self.version
    }

    fn tell(&mut self, kind: &'static str, what: &'static str, mut object: Value) -> Value {
        let version = self.next();
        object["metadata"]["resourceVersion"] = version.to_string().into();
        self.events.push(Event { version, kind, what, object: object.clone() });
        object
    }

    pub(crate) fn partition(&self) -> Option<u64> {
        self.set["spec"]["updateStrategy"]["rollingUpdate"]["partition"].as_u64()
    }

    pub(crate) fn record(&self) -> Option<Value> {
        let text = self.set["metadata"]["annotations"]["kubectl-sts.io/rollout"].as_str()?;
        serde_json::from_str(text).ok()
    }

    /// Images of the pods, lowest ordinal first.
    pub(crate) fn images(&self) -> Vec<String> {
        self.pods
            .values()
            .map(|pod| pod["spec"]["containers"][0]["image"].as_str().unwrap_or("").to_owned())
            .collect()
    }

    /// Something writes to the set that is no concern of ours.
    pub(crate) fn touch(&mut self) {
        let set = self.set.clone();
        self.set = self.tell("statefulsets", "MODIFIED", set);
    }

    /// Changes the set as somebody else would.
    pub(crate) fn edit(&mut self, change: impl FnOnce(&mut Value)) {
        let mut set = self.set.clone();
        change(&mut set);
        set["metadata"]["generation"] =
            (set["metadata"]["generation"].as_u64().unwrap_or(0) + 1).into();
        self.set = self.tell("statefulsets", "MODIFIED", set);
        self.control();
    }

    /// A strategic merge patch, as far as the program uses it.
    pub(crate) fn patch(&mut self, body: &Value, keep: bool) -> Result<Value, No> {
        let seen = body["metadata"]["resourceVersion"].as_str();
        if seen.is_some_and(|seen| self.set["metadata"]["resourceVersion"] != seen) {
            return Err(No {
                code: 409,
                reason: "Conflict",
                message: "Operation cannot be fulfilled on statefulsets.apps \"db\": the object \
                          has been modified; please apply your changes to the latest version and \
                          try again"
                    .to_owned(),
            });
        }
        let mut set = self.set.clone();
        merge(&mut set["metadata"]["annotations"], &body["metadata"]["annotations"]);
        let spec = &body["spec"];
        merge(&mut set["spec"]["updateStrategy"], &spec["updateStrategy"]);
        if spec["template"]["$patch"] == "replace" {
            let mut template = spec["template"].clone();
            if let Some(template) = template.as_object_mut() {
                template.remove("$patch");
            }
            set["spec"]["template"] = template;
        } else if let Some(image) = spec["template"]["spec"]["containers"][0]["image"].as_str() {
            set["spec"]["template"]["spec"]["containers"][0]["image"] = image.into();
        }
        if let Some(partition) = self.webhook {
            set["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = partition.into();
        }
        if !keep {
            return Ok(set);
        }
        if set["spec"] != self.set["spec"] {
            let generation = set["metadata"]["generation"].as_u64().unwrap_or(0) + 1;
            set["metadata"]["generation"] = generation.into();
        }
        self.set = self.tell("statefulsets", "MODIFIED", set);
        let answer = self.set.clone();
        self.control();
        Ok(answer)
    }

    pub(crate) fn delete_pod(&mut self, name: &str, body: &Value) -> Result<Value, No> {
        let no = |code, reason, message: &str| No { code, reason, message: message.to_owned() };
        let Some(pod) = self.pods.get(name).cloned() else {
            return Err(no(404, "NotFound", "pods \"x\" not found"));
        };
        let seen = &body["preconditions"];
        if seen["uid"] != pod["metadata"]["uid"]
            || seen["resourceVersion"] != pod["metadata"]["resourceVersion"]
        {
            return Err(no(409, "Conflict", "the precondition does not match"));
        }
        self.pods.remove(name);
        let gone = self.tell("pods", "DELETED", pod);
        self.control();
        Ok(gone)
    }

    /// Everything the controller has to do, done at once; it stops at a pod that is not ready.
    pub(crate) fn control(&mut self) {
        let template = self.set["spec"]["template"].clone();
        let image = template["spec"]["containers"][0]["image"].as_str().unwrap_or("").to_owned();
        let update = image.replace(':', "-");
        if !self.revisions.iter().any(|revision| revision["metadata"]["name"] == *update) {
            let number = self.revisions.len() + 1;
            let mut data = template.clone();
            data["$patch"] = "replace".into();
            self.revisions.push(json!({
                "apiVersion": "apps/v1",
                "kind": "ControllerRevision",
                "metadata": {
                    "name": update, "namespace": "prod", "uid": format!("revision-{number}"),
                    "resourceVersion": "1", "labels": { "app": "db" },
                    "ownerReferences": [owner()],
                },
                "revision": number,
                "data": { "spec": { "template": data } },
            }));
        }
        let all = self.set["spec"]["replicas"].as_u64().unwrap_or(0);
        let rolls = self.set["spec"]["updateStrategy"]["type"] == "RollingUpdate";
        let from = if rolls { self.partition().unwrap_or(0) } else { all };
        let current = self.set["status"]["currentRevision"].as_str().unwrap_or("").to_owned();
        for ordinal in 0..all {
            if !self.pods.contains_key(&format!("db-{ordinal}")) {
                let revision = if rolls && ordinal < from { &current } else { &update };
                self.create(ordinal, &revision.clone());
            }
        }
        for ordinal in (from..all).rev() {
            if !self.pods.values().all(is_ready) {
                break;
            }
            let name = format!("db-{ordinal}");
            if self.pods.get(&name).is_some_and(|pod| revision(pod) != update) {
                if let Some(pod) = self.pods.remove(&name) {
                    self.tell("pods", "DELETED", pod);
                }
                self.create(ordinal, &update);
            }
        }
        let count =
            |test: &dyn Fn(&Value) -> bool| self.pods.values().filter(|pod| test(pod)).count();
        let (ready, updated) = (count(&is_ready), count(&|pod| revision(pod) == update));
        let promoted = ready == self.pods.len() && updated == self.pods.len();
        let current = if promoted { update.clone() } else { current };
        let status = json!({
            "observedGeneration": self.set["metadata"]["generation"],
            "replicas": self.pods.len(),
            "readyReplicas": ready,
            "availableReplicas": ready,
            "updatedReplicas": updated,
            "currentReplicas": count(&|pod| revision(pod) == current),
            "currentRevision": current,
            "updateRevision": update,
        });
        if self.set["status"] != status {
            let mut set = self.set.clone();
            set["status"] = status;
            self.set = self.tell("statefulsets", "MODIFIED", set);
        }
    }

    fn create(&mut self, ordinal: u64, revision: &str) {
        let image = revision.replace("db-", "db:");
        let name = format!("db-{ordinal}");
        let uid = format!("pod-{}", self.next());
        let status = if self.broken.contains(&image) {
            json!({
                "phase": "Pending",
                "containerStatuses": [{
                    "name": "app",
                    "restartCount": 0,
                    "state": { "waiting": {
                        "reason": "ImagePullBackOff",
                        "message": "Back-off pulling image \u{1b}[31m\"db:v2\"\u{1b}[0m",
                    } },
                }],
            })
        } else {
            json!({
                "phase": "Running",
                "conditions": [{
                    "type": "Ready", "status": "True", "lastTransitionTime": LONG_AGO,
                }],
                "containerStatuses": [{ "name": "app", "restartCount": 0 }],
            })
        };
        let pod = json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": name, "namespace": "prod", "uid": uid, "creationTimestamp": LONG_AGO,
                "labels": { "app": "db", "controller-revision-hash": revision },
                "ownerReferences": [owner()],
            },
            "spec": { "containers": [{ "name": "app", "image": image }] },
            "status": status,
        });
        let pod = self.tell("pods", "ADDED", pod);
        self.pods.insert(name, pod);
    }
}

fn owner() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db", "uid": "set-uid",
        "controller": true,
    })
}

fn is_ready(pod: &Value) -> bool {
    pod["status"]["phase"] == "Running"
}

fn revision(pod: &Value) -> String {
    pod["metadata"]["labels"]["controller-revision-hash"].as_str().unwrap_or("").to_owned()
}

/// Maps are merged and nulls remove.
fn merge(into: &mut Value, change: &Value) {
    let Some(change) = change.as_object() else { return };
    for (key, value) in change {
        if value.is_null() {
            if let Some(into) = into.as_object_mut() {
                into.remove(key);
            }
        } else if value.is_object() && into[key].is_object() {
            merge(&mut into[key], value);
        } else {
            into[key] = value.clone();
        }
    }
}
