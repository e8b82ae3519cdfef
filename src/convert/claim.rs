//! A PersistentVolumeClaim from the wire.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::clean_map;
use crate::convert::meta::moment;
use crate::convert::meta::owner;
use crate::convert::optional;
use crate::model::claim::AccessModes;
use crate::model::claim::Claim;
use crate::model::claim::ClaimPhase;
use crate::model::claim::ClaimSource;
use crate::model::claim::Maker;
use crate::model::claim::VolumeWork;
use crate::model::text::clean;
use crate::wire::claim::ClaimSpec;
use crate::wire::claim::ClaimStatus;
use crate::wire::claim::DataSource;
use crate::wire::claim::PersistentVolumeClaim;
use crate::wire::condition::Condition;
use crate::wire::meta::ManagedFieldsEntry;
use crate::wire::value::Quantity;

/// The condition of claims that no pod uses (KEP-5541).
const UNUSED: &str = "Unused";

/// Annotations that Kubernetes writes while it binds a claim, and that say nothing afterwards.
const OF_BINDING: [&str; 4] = [
    "pv.kubernetes.io/bind-completed",
    "pv.kubernetes.io/bound-by-controller",
    "volume.beta.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/storage-provisioner",
];

/// The annotation with the node that a volume is being made for.
const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

/// What makes the claims of sets and of ephemeral volumes calls itself so. Where all controllers
/// are in one program (k3s) it has that program's name, which is then on the status, too.
const CONTROLLER_MANAGER: &str = "kube-controller-manager";

/// The claim.
pub fn claim(wire: PersistentVolumeClaim) -> Result<Claim, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "persistentvolumeclaim", name: &meta.name };
    let spec = wire.spec.unwrap_or_default();
    let status = wire.status.unwrap_or_default();
    let usage = status.conditions.iter().find(|condition| condition.kind == UNUSED);
    let unused_since = match usage.filter(|condition| condition.status == "True") {
        Some(unused) => moment(subject, "status.conditions", unused.last_transition_time)?,
        None => None,
    };
    let written =
        meta.managed_fields.iter().filter_map(|entry| entry.time).max_by_key(|time| time.seconds);
    Ok(Claim {
        namespace: subject.required("metadata.namespace", &meta.namespace)?,
        name: subject.required("metadata.name", &meta.name)?,
        uid: subject.required("metadata.uid", &meta.uid)?,
        resource_version: subject.required("metadata.resourceVersion", &meta.resource_version)?,
        owners: meta.owner_references.iter().map(owner).collect(),
        labels: Arc::new(clean_map(&meta.labels)),
        annotations: Arc::new(annotations(&meta.annotations)),
        finalizers: meta.finalizers.iter().map(|finalizer| clean(finalizer)).collect(),
        maker: maker(&meta.managed_fields),
        written_at: moment(subject, "metadata.managedFields", written)?,
        created_at: moment(subject, "metadata.creationTimestamp", meta.creation_timestamp)?,
        deleting_since: moment(subject, "metadata.deletionTimestamp", meta.deletion_timestamp)?,
        phase: phase(&status.phase),
        volume: optional(&spec.volume_name),
        selected_node: meta.annotations.get(SELECTED_NODE).and_then(|node| optional(node)),
        volume_work: volume_work(&spec, &status).map(Box::new),
        access_modes: access_modes(&spec.access_modes),
        source: spec
            .data_source_ref
            .or(spec.data_source)
            .map(|source| Box::new(claim_source(&source))),
        storage_class: spec.storage_class_name.map(|name| clean(&name)),
        requested: spec.resources.and_then(|resources| storage(&resources.requests)),
        capacity: storage(&status.capacity),
        unused_since,
        said_in_use: usage.is_some_and(|condition| condition.status == "False"),
    })
}

fn annotations(wire: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    wire.iter()
        .filter(|(key, _)| !OF_BINDING.contains(&key.as_str()) && *key != SELECTED_NODE)
        .map(|(key, value)| (clean(key), clean(value)))
        .collect()
}

/// Who made the claim: whoever wrote its access modes, which nobody can write later.
fn maker(entries: &[ManagedFieldsEntry]) -> Maker {
    let modes = b"\"f:accessModes\"";
    let wrote_modes = |entry: &&ManagedFieldsEntry| {
        entry.subresource.is_empty()
            && entry.fields.as_ref().is_some_and(|fields| {
                fields.text.windows(modes.len()).any(|window| window == modes)
            })
    };
    let Some(made) = entries.iter().find(wrote_modes) else { return Maker::Unknown };
    // The status of a claim is written by the volume controllers alone.
    let of_status =
        |entry: &ManagedFieldsEntry| entry.subresource == "status" && entry.manager == made.manager;
    if made.manager == CONTROLLER_MANAGER || entries.iter().any(of_status) {
        Maker::Controller
    } else {
        Maker::Other(clean(&made.manager))
    }
}

/// A mode that is not known here may be one for many nodes.
fn access_modes(names: &[String]) -> AccessModes {
    let mut modes = AccessModes::default();
    for name in names {
        match name.as_str() {
            "ReadWriteOnce" => modes.once = true,
            "ReadWriteOncePod" => modes.once_pod = true,
            "ReadOnlyMany" => modes.read_many = true,
            _ => modes.write_many = true,
        }
    }
    modes
}

fn claim_source(wire: &DataSource) -> ClaimSource {
    ClaimSource {
        kind: clean(&wire.kind),
        namespace: wire.namespace.as_deref().and_then(optional),
        name: clean(&wire.name),
    }
}

/// What is being done to the volume; nothing for most claims.
fn volume_work(spec: &ClaimSpec, status: &ClaimStatus) -> Option<VolumeWork> {
    let holds = |condition: &&Condition| condition.kind != UNUSED && condition.status == "True";
    let text = |text: &Option<String>| text.as_deref().and_then(optional);
    let work = VolumeWork {
        conditions: status
            .conditions
            .iter()
            .filter(holds)
            .map(|condition| (clean(&condition.kind), clean(&condition.message)))
            .collect(),
        allocated: storage(&status.allocated_resources),
        allocated_status: status
            .allocated_resource_statuses
            .get("storage")
            .and_then(|status| optional(status)),
        attributes_class: text(&spec.volume_attributes_class_name),
        current_attributes_class: text(&status.current_volume_attributes_class_name),
        modification: status
            .modify_volume_status
            .as_ref()
            .and_then(|status| optional(&status.status)),
    };
    (work != VolumeWork::default()).then_some(work)
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
