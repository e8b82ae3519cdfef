//! A VolumeSnapshot from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::optional;
use crate::model::survey::SnapshotFacts;
use crate::wire::custom::VolumeSnapshot;

/// The snapshot, if it is one of a claim.
pub fn snapshot(wire: VolumeSnapshot) -> Result<Option<SnapshotFacts>, Malformed> {
    let subject = Subject { kind: "volumesnapshot", name: &wire.metadata.name };
    let source = wire.spec.source.persistent_volume_claim_name;
    let Some(claim) = source.and_then(|claim| optional(&claim)) else { return Ok(None) };
    Ok(Some(SnapshotFacts {
        namespace: subject.required("metadata.namespace", &wire.metadata.namespace)?,
        name: subject.required("metadata.name", &wire.metadata.name)?,
        claim,
        ready: wire.status.ready_to_use == Some(true),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_says_that_it_is_ready_is() {
        let read = |source: Value, status: Value| {
            let object = json!({
                "metadata": {"name": "s", "namespace": "prod"},
                "spec": {"source": source}, "status": status,
            });
            snapshot(serde_json::from_value(object).unwrap()).unwrap()
        };
        let of_claim = || json!({"persistentVolumeClaimName": "data-db-3"});
        let ready = |status| read(of_claim(), status).unwrap().ready;
        assert!(ready(json!({"readyToUse": true})));
        assert!(!ready(json!({"readyToUse": false})));
        assert!(!ready(Value::Null));
        assert_eq!(read(of_claim(), Value::Null).unwrap().claim, "data-db-3");
        assert_eq!(read(json!({"volumeSnapshotContentName": "c"}), Value::Null), None);
    }
}
