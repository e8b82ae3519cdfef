//! A pod of a node from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::affinity::toleration;
use crate::convert::meta::controller;
use crate::convert::meta::moment;
use crate::convert::meta::owner;
use crate::model::resident::Resident;
use crate::wire::resident;

/// The pod.
pub fn resident(wire: resident::Resident) -> Result<Resident, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "pod", name: &meta.name };
    let tolerations = wire.spec.unwrap_or_default().tolerations;
    Ok(Resident {
        namespace: subject.required("metadata.namespace", &meta.namespace)?,
        name: subject.required("metadata.name", &meta.name)?,
        uid: subject.required("metadata.uid", &meta.uid)?,
        controller: controller(&meta.owner_references).map(owner),
        deleting_since: moment(subject, "metadata.deletionTimestamp", meta.deletion_timestamp)?,
        tolerations: tolerations.iter().map(toleration).collect(),
    })
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::json;

    use super::*;
    use crate::model::node::out_of_service;

    #[test]
    fn both_encodings_make_the_same_resident() {
        let wire: resident::Resident = serde_json::from_value(json!({
            "metadata": {
                "name": "db-0", "namespace": "prod", "uid": "u",
                "ownerReferences": [{"kind": "StatefulSet", "name": "db", "uid": "s", "controller": true}],
            },
            "spec": {"tolerations": [
                {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
                {"operator": "Exists"},
            ]},
        }))
        .unwrap();
        let over_protobuf = resident::Resident::decode(wire.encode_to_vec().as_slice()).unwrap();
        let read = resident(wire).unwrap();
        assert_eq!(resident(over_protobuf).unwrap(), read);
        assert_eq!(read.display(), "prod/db-0");
        assert_eq!(read.controller.as_ref().map(|owner| owner.name.as_str()), Some("db"));
        assert!(read.withstands(&out_of_service()));
    }
}
