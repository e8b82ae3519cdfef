//! A pod from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::affinity::placement;
use crate::convert::clean_map;
use crate::convert::figure;
use crate::convert::meta::controller;
use crate::convert::meta::controller_uid;
use crate::convert::meta::moment;
use crate::convert::optional;
use crate::convert::trouble::troubles;
use crate::model::ordinal::Ordinal;
use crate::model::pod::Phase;
use crate::model::pod::Pod;
use crate::wire::pod;

/// The label the controller puts on its pods.
const REVISION_LABEL: &str = "controller-revision-hash";

/// The pod.
pub fn pod(wire: &pod::Pod) -> Result<Pod, Malformed> {
    let absent = (pod::PodSpec::default(), pod::PodStatus::default());
    let meta = wire.metadata.clone().unwrap_or_default();
    let spec = wire.spec.as_ref().unwrap_or(&absent.0);
    let status = wire.status.as_ref().unwrap_or(&absent.1);
    let subject = Subject { kind: "pod", name: &meta.name };
    let created_at = moment(subject, "metadata.creationTimestamp", meta.creation_timestamp)?;
    let (mut ready_since, mut unready_since) = (None, created_at);
    if let Some(ready) = status.conditions.iter().find(|condition| condition.kind == "Ready") {
        // A pod that does not say since when it is ready is never available to the controller
        // either.
        let since = moment(subject, "status.conditions", ready.last_transition_time)?;
        (ready_since, unready_since) =
            if ready.status == "True" { (since, None) } else { (None, since) };
    }
    let deleting_since = moment(subject, "metadata.deletionTimestamp", meta.deletion_timestamp)?;
    let set = controller(&meta.owner_references).filter(|owner| owner.kind == "StatefulSet");
    Ok(Pod {
        name: subject.required("metadata.name", &meta.name)?,
        uid: subject.required("metadata.uid", &meta.uid)?,
        resource_version: subject.required("metadata.resourceVersion", &meta.resource_version)?,
        controller: controller_uid(&meta.owner_references),
        ordinal: set.and_then(|set| Ordinal::of_pod(&meta.name, &set.name)),
        revision: meta.labels.get(REVISION_LABEL).and_then(|name| optional(name)),
        labels: clean_map(&meta.labels),
        created_at,
        // Containers that are told to end often end badly; that is no trouble of the pod's.
        troubles: match deleting_since {
            None => troubles(status, ready_since.is_some()),
            Some(_) => Vec::new(),
        },
        deleting_since,
        phase: phase(&status.phase),
        node: optional(&spec.node_name),
        placement: placement(spec),
        ready_since,
        unready_since,
        restarts: restarts(spec, status),
    })
}

/// Whether a StatefulSet is the pod's controller.
pub fn is_of_a_set(wire: &pod::Pod) -> bool {
    let owners = wire.metadata.as_ref().map(|meta| meta.owner_references.as_slice());
    controller(owners.unwrap_or_default()).is_some_and(|owner| owner.kind == "StatefulSet")
}

fn phase(phase: &str) -> Phase {
    match phase {
        "Pending" => Phase::Pending,
        "Running" => Phase::Running,
        "Succeeded" => Phase::Succeeded,
        "Failed" => Phase::Failed,
        _ => Phase::Unknown,
    }
}

/// Restarts of the containers that are meant to stay up: the app's, and sidecars.
fn restarts(spec: &pod::PodSpec, status: &pod::PodStatus) -> u32 {
    let is_sidecar = |name: &str| {
        let container = spec.init_containers.iter().find(|container| container.name == name);
        container.is_some_and(|container| container.restart_policy == "Always")
    };
    let sidecars =
        status.init_container_statuses.iter().filter(|container| is_sidecar(&container.name));
    status
        .container_statuses
        .iter()
        .chain(sidecars)
        .fold(0, |sum, container| sum.saturating_add(figure(container.restart_count)))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use serde_json::json;

    use super::*;

    fn read(change: Value) -> Pod {
        let mut object = json!({"metadata": {
            "name": "db-3", "uid": "p3", "resourceVersion": "9",
            "labels": {"controller-revision-hash": "db-7f", "app": "db"},
            "ownerReferences": [
                {"kind": "Other", "name": "x", "uid": "o"},
                {"kind": "StatefulSet", "name": "db", "uid": "u", "controller": true},
            ],
        }});
        object.as_object_mut().unwrap().extend(match change {
            Value::Object(change) => change,
            _ => unreachable!("tests change objects"),
        });
        pod(&serde_json::from_value(object).unwrap()).unwrap()
    }

    #[test]
    fn a_pod_knows_its_set_and_its_revision() {
        let pod = read(json!({}));
        assert_eq!(pod.controller.as_deref(), Some("u"));
        assert_eq!(pod.ordinal, Some(Ordinal(3)));
        assert_eq!(pod.revision.as_deref(), Some("db-7f"));
        assert_eq!(pod.phase, Phase::Unknown);
    }

    #[test]
    fn ready_needs_to_be_true_and_dated() {
        let ready = |status: &str, since: Value| {
            let condition = json!({"type": "Ready", "status": status, "lastTransitionTime": since});
            read(json!({"status": {"phase": "Running", "conditions": [condition]}}))
        };
        let since = json!("2026-11-21T06:00:00Z");
        assert!(ready("True", since.clone()).is_ready());
        assert!(!ready("False", since.clone()).is_ready());
        assert!(!ready("Unknown", since).is_ready());
        assert!(!ready("True", Value::Null).is_ready());
    }

    #[test]
    fn a_pod_is_unready_since_its_condition_says_so_or_since_it_exists() {
        let since: jiff::Timestamp = "2026-11-21T06:00:00Z".parse().unwrap();
        let ready = |status: &str| {
            let condition =
                json!({"type": "Ready", "status": status, "lastTransitionTime": since.to_string()});
            read(json!({"status": {"conditions": [condition]}})).unready_since
        };
        assert_eq!((ready("False"), ready("True")), (Some(since), None));
        let mut metadata = json!({"name": "db-3", "uid": "p3", "resourceVersion": "9"});
        metadata["creationTimestamp"] = json!(since.to_string());
        assert_eq!(read(json!({"metadata": metadata})).unready_since, Some(since));
        assert_eq!(read(json!({})).unready_since, None, "it does not tell");
    }

    #[test]
    fn restarts_of_init_containers_count_for_sidecars_only() {
        let pod = read(json!({
            "spec": {"initContainers": [{"name": "setup"}, {"name": "proxy", "restartPolicy": "Always"}]},
            "status": {
                "initContainerStatuses": [{"name": "setup", "restartCount": 5}, {"name": "proxy", "restartCount": 2}],
                "containerStatuses": [{"name": "db", "restartCount": 1}],
            },
        }));
        assert_eq!(pod.restarts, 3);
    }

    #[test]
    fn a_pod_on_its_way_out_has_no_troubles() {
        let ended = json!({"containerStatuses": [{"name": "db", "state": {"terminated": {"exitCode": 143}}}]});
        assert_eq!(read(json!({"status": ended})).troubles.len(), 1);
        let mut metadata = json!({"name": "db-3", "uid": "p3", "resourceVersion": "9"});
        metadata["deletionTimestamp"] = json!("2026-11-21T06:00:00Z");
        assert_eq!(read(json!({"status": ended, "metadata": metadata})).troubles, []);
    }
}
