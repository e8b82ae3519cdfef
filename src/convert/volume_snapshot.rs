//! Snapshots of volumes from the wire, and to it.

use serde_json::json;

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::clean_map;
use crate::convert::meta::moment;
use crate::convert::optional;
use crate::model::text::clean;
use crate::model::volume::ReclaimPolicy;
use crate::model::volume_snapshot::NewSnapshot;
use crate::model::volume_snapshot::SnapshotClass;
use crate::model::volume_snapshot::VolumeSnapshot;
use crate::wire::volume_snapshot as wire;

/// The annotation of the class that is taken when none is named.
const DEFAULT_CLASS: &str = "snapshot.storage.kubernetes.io/is-default-class";

/// The snapshot.
pub fn snapshot(wire: wire::VolumeSnapshot) -> Result<VolumeSnapshot, Malformed> {
    let meta = wire.metadata;
    let subject = Subject { kind: "volumesnapshot", name: &meta.name };
    let status = wire.status.unwrap_or_default();
    Ok(VolumeSnapshot {
        namespace: subject.required("metadata.namespace", &meta.namespace)?,
        name: subject.required("metadata.name", &meta.name)?,
        uid: subject.required("metadata.uid", &meta.uid)?,
        resource_version: subject.required("metadata.resourceVersion", &meta.resource_version)?,
        labels: clean_map(&meta.labels),
        claim: wire.spec.source.persistent_volume_claim_name.map(|name| clean(&name)),
        class: wire.spec.volume_snapshot_class_name.map(|name| clean(&name)),
        created_at: moment(subject, "metadata.creationTimestamp", meta.creation_timestamp)?,
        deleting_since: moment(subject, "metadata.deletionTimestamp", meta.deletion_timestamp)?,
        ready: status.ready_to_use == Some(true),
        restore_size: status.restore_size.and_then(|size| optional(&size.text)),
        error: status.error.and_then(|error| error.message).map(|message| clean(&message)),
    })
}

/// The class.
pub fn class(wire: wire::VolumeSnapshotClass) -> Result<SnapshotClass, Malformed> {
    let meta = wire.metadata;
    let subject = Subject { kind: "volumesnapshotclass", name: &meta.name };
    Ok(SnapshotClass {
        name: subject.required("metadata.name", &meta.name)?,
        driver: subject.required("driver", &wire.driver)?,
        default: meta.annotations.get(DEFAULT_CLASS).is_some_and(|value| value == "true"),
        deletion: ReclaimPolicy::of(&clean(&wire.deletion_policy)),
    })
}

/// The manifest of a snapshot that is to be taken.
pub fn manifest(new: &NewSnapshot) -> String {
    json!({
        "apiVersion": "snapshot.storage.k8s.io/v1",
        "kind": "VolumeSnapshot",
        "metadata": { "namespace": new.namespace, "name": new.name, "labels": new.labels },
        "spec": {
            "volumeSnapshotClassName": new.class,
            "source": { "persistentVolumeClaimName": new.claim },
        },
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_is_written_is_read_the_same() {
        let new = NewSnapshot {
            namespace: "prod".to_owned(),
            name: "data-db-0-r1".to_owned(),
            claim: "data-db-0".to_owned(),
            class: "csi".to_owned(),
            labels: BTreeMap::from([("a".to_owned(), "1".to_owned())]),
        };
        let mut written: serde_json::Value = serde_json::from_str(&manifest(&new)).unwrap();
        written["metadata"]["uid"] = "u".into();
        written["metadata"]["resourceVersion"] = "7".into();
        let read = snapshot(serde_json::from_value(written.clone()).unwrap()).unwrap();
        assert_eq!(
            (read.claim.as_deref(), read.class.as_deref()),
            (Some("data-db-0"), Some("csi"))
        );
        assert_eq!((read.labels, read.ready, read.error), (new.labels, false, None));
        written["status"] = json!({
            "readyToUse": true, "restoreSize": "1Gi", "error": {"message": "no \u{202e}space"},
        });
        let read = snapshot(serde_json::from_value(written).unwrap()).unwrap();
        assert!(read.ready);
        assert_eq!(read.restore_size.as_deref(), Some("1Gi"));
        assert!(!read.error.unwrap().contains('\u{202e}'));
    }

    #[test]
    fn the_default_class_says_so() {
        let read = |annotations: serde_json::Value| {
            let object = json!({
                "metadata": {"name": "csi", "annotations": annotations},
                "driver": "disk", "deletionPolicy": "Retain",
            });
            class(serde_json::from_value(object).unwrap()).unwrap()
        };
        assert!(read(json!({DEFAULT_CLASS: "true"})).default);
        assert!(!read(json!({DEFAULT_CLASS: "false"})).default);
        assert_eq!(read(json!(null)).deletion, ReclaimPolicy::Retain);
    }
}
