//! A HorizontalPodAutoscaler from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::figure;
use crate::convert::meta::owner;
use crate::model::autoscaler::Autoscaler;
use crate::model::text::clean;
use crate::wire::autoscaler::HorizontalPodAutoscaler;

/// The autoscaler.
pub fn autoscaler(wire: HorizontalPodAutoscaler) -> Result<Autoscaler, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "horizontalpodautoscaler", name: &meta.name };
    let spec = wire.spec.unwrap_or_default();
    let target = spec.scale_target_ref.unwrap_or_default();
    Ok(Autoscaler {
        name: subject.required("metadata.name", &meta.name)?,
        target_version: clean(&target.api_version),
        target_kind: subject.required("spec.scaleTargetRef.kind", &target.kind)?,
        target: subject.required("spec.scaleTargetRef.name", &target.name)?,
        // Absent means one (`SetDefaults_HorizontalPodAutoscaler`).
        least: figure(spec.min_replicas.unwrap_or(1)),
        most: figure(spec.max_replicas),
        owners: meta.owner_references.iter().map(owner).collect(),
    })
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::json;

    use super::*;

    #[test]
    fn both_encodings_make_the_same_autoscaler() {
        let wire: HorizontalPodAutoscaler = serde_json::from_value(json!({
            "metadata": {
                "name": "keda-hpa-db",
                "ownerReferences": [{"kind": "ScaledObject", "name": "db", "uid": "s"}],
            },
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db"},
                "maxReplicas": 9,
            },
        }))
        .unwrap();
        let over = HorizontalPodAutoscaler::decode(wire.encode_to_vec().as_slice()).unwrap();
        let read = autoscaler(wire).unwrap();
        assert_eq!(autoscaler(over).unwrap(), read);
        assert_eq!((read.target.as_str(), read.least, read.most), ("db", 1, 9));
        assert_eq!(read.owners[0].kind, "ScaledObject");
    }
}
