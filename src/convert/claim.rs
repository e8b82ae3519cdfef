//! A PersistentVolumeClaim from the wire.

use std::collections::BTreeMap;

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::clean_map;
use crate::convert::meta::moment;
use crate::convert::meta::owner;
use crate::convert::optional;
use crate::model::claim::Claim;
use crate::model::claim::ClaimPhase;
use crate::model::text::clean;
use crate::wire::claim::PersistentVolumeClaim;
use crate::wire::value::Quantity;

/// The condition of claims that no pod uses (KEP-5541).
const UNUSED: &str = "Unused";

/// The claim.
pub fn claim(wire: PersistentVolumeClaim) -> Result<Claim, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "persistentvolumeclaim", name: &meta.name };
    let spec = wire.spec.unwrap_or_default();
    let status = wire.status.unwrap_or_default();
    let unused = status
        .conditions
        .iter()
        .find(|condition| condition.kind == UNUSED && condition.status == "True");
    Ok(Claim {
        namespace: subject.required("metadata.namespace", &meta.namespace)?,
        name: subject.required("metadata.name", &meta.name)?,
        uid: subject.required("metadata.uid", &meta.uid)?,
        resource_version: subject.required("metadata.resourceVersion", &meta.resource_version)?,
        owners: meta.owner_references.iter().map(owner).collect(),
        labels: clean_map(&meta.labels),
        created_at: moment(subject, "metadata.creationTimestamp", meta.creation_timestamp)?,
        deleting_since: moment(subject, "metadata.deletionTimestamp", meta.deletion_timestamp)?,
        phase: phase(&status.phase),
        volume: optional(&spec.volume_name),
        storage_class: spec.storage_class_name.map(|name| clean(&name)),
        requested: spec.resources.and_then(|resources| storage(&resources.requests)),
        capacity: storage(&status.capacity),
        unused_since: match unused {
            Some(unused) => moment(subject, "status.conditions", unused.last_transition_time)?,
            None => None,
        },
    })
}

/// The amount of storage among resources.
pub(super) fn storage(resources: &BTreeMap<String, Quantity>) -> Option<String> {
    resources.get("storage").and_then(|quantity| optional(&quantity.text))
}

fn phase(phase: &str) -> ClaimPhase {
    match phase {
        "Pending" => ClaimPhase::Pending,
        "Bound" => ClaimPhase::Bound,
        "Lost" => ClaimPhase::Lost,
        _ => ClaimPhase::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::json;

    use super::*;

    #[test]
    fn both_encodings_make_the_same_claim() {
        let wire: PersistentVolumeClaim = serde_json::from_value(json!({
            "metadata": {
                "name": "data-db-0", "namespace": "prod", "uid": "u", "resourceVersion": "7",
                "ownerReferences": [{"kind": "StatefulSet", "name": "db", "uid": "s"}],
            },
            "spec": {
                "resources": {"requests": {"storage": "1Gi"}},
                "volumeName": "pv-1", "storageClassName": "fast",
            },
            "status": {
                "phase": "Bound", "capacity": {"storage": "2Gi"},
                "conditions": [
                    {"type": "Resizing", "status": "True"},
                    {"type": "Unused", "status": "True", "lastTransitionTime": "2026-11-21T06:00:00Z"},
                ],
            },
        }))
        .unwrap();
        let over_protobuf = PersistentVolumeClaim::decode(wire.encode_to_vec().as_slice()).unwrap();
        let read = claim(wire).unwrap();
        assert_eq!(claim(over_protobuf).unwrap(), read);
        assert_eq!((read.phase, read.volume.as_deref()), (ClaimPhase::Bound, Some("pv-1")));
        assert_eq!(read.requested.as_deref(), Some("1Gi"));
        assert_eq!(read.capacity.as_deref(), Some("2Gi"));
        assert_eq!(read.owners[0].uid, "s");
        assert_eq!(read.unused_since.unwrap().to_string(), "2026-11-21T06:00:00Z");
    }

    #[test]
    fn an_absent_or_false_condition_is_no_age() {
        let at = |conditions: serde_json::Value| {
            let object = json!({
                "metadata": {"name": "c", "namespace": "n", "uid": "u", "resourceVersion": "1"},
                "status": {"conditions": conditions},
            });
            claim(serde_json::from_value(object).unwrap()).unwrap().unused_since
        };
        assert_eq!(at(json!([])), None);
        let time = "2026-11-21T06:00:00Z";
        let condition = json!([{"type": "Unused", "status": "False", "lastTransitionTime": time}]);
        assert_eq!(at(condition), None);
    }
}
