//! A PersistentVolume from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::affinity::node_selector;
use crate::convert::claim::storage;
use crate::convert::clean_map;
use crate::convert::meta::moment;
use crate::convert::optional;
use crate::model::text::clean;
use crate::model::volume::BoundClaim;
use crate::model::volume::ReclaimPolicy;
use crate::model::volume::Volume;
use crate::wire::volume::PersistentVolume;

/// The volume.
pub fn volume(wire: PersistentVolume) -> Result<Volume, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "persistentvolume", name: &meta.name };
    let spec = wire.spec.ok_or_else(|| subject.missing("spec"))?;
    let status = wire.status.unwrap_or_default();
    let reachable = spec.node_affinity.and_then(|affinity| affinity.required);
    let csi = spec.source.and_then(|source| source.csi);
    Ok(Volume {
        name: subject.required("metadata.name", &meta.name)?,
        uid: subject.required("metadata.uid", &meta.uid)?,
        resource_version: subject.required("metadata.resourceVersion", &meta.resource_version)?,
        annotations: clean_map(&meta.annotations),
        deleting_since: moment(subject, "metadata.deletionTimestamp", meta.deletion_timestamp)?,
        phase: clean(&status.phase),
        phase_since: moment(
            subject,
            "status.lastPhaseTransitionTime",
            status.last_phase_transition_time,
        )?,
        capacity: storage(&spec.capacity),
        access_modes: spec.access_modes.iter().map(|mode| clean(mode)).collect(),
        reclaim_policy: ReclaimPolicy::of(&clean(&spec.persistent_volume_reclaim_policy)),
        storage_class: optional(&spec.storage_class_name),
        claim: spec.claim_ref.map(|claim| BoundClaim {
            namespace: clean(&claim.namespace),
            name: clean(&claim.name),
            uid: optional(&claim.uid),
        }),
        driver: csi.and_then(|csi| optional(&csi.driver)),
        reachable_from: reachable.as_ref().map(node_selector),
    })
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::Value;
    use serde_json::json;

    use super::*;
    use crate::testing::a_node;

    fn wire(required: &Value) -> PersistentVolume {
        serde_json::from_value(json!({
            "metadata": {"name": "pv-1", "uid": "u", "resourceVersion": "7"},
            "spec": {
                "capacity": {"storage": "1Gi"}, "storageClassName": "fast",
                "persistentVolumeReclaimPolicy": "Retain", "nodeAffinity": {"required": required},
            },
            "status": {"phase": "Bound"},
        }))
        .unwrap()
    }

    fn zone(operator: &str, values: &Value) -> Value {
        let key = "topology.kubernetes.io/zone";
        let condition = json!({"key": key, "operator": operator, "values": values});
        json!({"nodeSelectorTerms": [{"matchExpressions": [condition]}]})
    }

    #[test]
    fn both_encodings_make_the_same_volume() {
        let wire = wire(&zone("In", &json!(["a", "b"])));
        let over_protobuf = PersistentVolume::decode(wire.encode_to_vec().as_slice()).unwrap();
        let read = volume(wire).unwrap();
        assert_eq!(volume(over_protobuf).unwrap(), read);
        assert_eq!((read.capacity.as_deref(), read.phase.as_str()), (Some("1Gi"), "Bound"));
        assert!(read.is_reachable_from(&a_node("n", "a")));
        assert!(!read.is_reachable_from(&a_node("n", "c")));
    }

    #[test]
    fn without_an_affinity_every_node_will_do() {
        assert!(volume(wire(&Value::Null)).unwrap().is_reachable_from(&a_node("n", "c")));
    }

    #[test]
    fn conditions_that_are_not_understood_are_known_to_be_so() {
        let unknown = |operator, values| {
            let nodes = volume(wire(&zone(operator, &values))).unwrap().reachable_from.unwrap();
            nodes.not_understood().map(str::to_owned)
        };
        assert_eq!(unknown("Like", json!(["a"])).as_deref(), Some("Like"));
        assert_eq!(unknown("Gt", json!(["x"])).as_deref(), Some("Gt"), "no number");
        assert_eq!(unknown("Gt", json!(["3"])), None);
    }
}
