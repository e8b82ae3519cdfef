//! What changes the number of replicas by itself, from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::figure;
use crate::model::survey::claimant::Scaler;
use crate::model::text::clean;
use crate::wire::autoscaler::HorizontalPodAutoscaler;
use crate::wire::custom::ScaledObject;

/// `maxReplicaCount` of a ScaledObject that does not say.
const KEDA_MOST: u32 = 100;

/// A HorizontalPodAutoscaler.
pub fn autoscaler(wire: HorizontalPodAutoscaler) -> Result<Scaler, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "horizontalpodautoscaler", name: &meta.name };
    let spec = wire.spec.unwrap_or_default();
    let target = spec.scale_target_ref.unwrap_or_default();
    Ok(Scaler {
        display: format!("hpa/{}", clean(&meta.name)),
        namespace: subject.required("metadata.namespace", &meta.namespace)?,
        target_group: group(&target.api_version),
        target_kind: subject.required("spec.scaleTargetRef.kind", &target.kind)?,
        target: subject.required("spec.scaleTargetRef.name", &target.name)?,
        most: figure(spec.max_replicas),
    })
}

/// A ScaledObject of KEDA, with KEDA's defaults.
pub fn scaled_object(wire: ScaledObject) -> Result<Scaler, Malformed> {
    let subject = Subject { kind: "scaledobject", name: &wire.metadata.name };
    let target = wire.spec.scale_target_ref;
    let most = wire.spec.max_replica_count;
    Ok(Scaler {
        display: format!("scaledobject/{}", clean(&wire.metadata.name)),
        namespace: subject.required("metadata.namespace", &wire.metadata.namespace)?,
        target_group: group(target.api_version.as_deref().unwrap_or("apps/v1")),
        target_kind: clean(target.kind.as_deref().unwrap_or("Deployment")),
        target: subject.required("spec.scaleTargetRef.name", &target.name)?,
        // Negative is as good as none; too large is as large as can be.
        most: most.map_or(KEDA_MOST, |most| u32::try_from(most.max(0)).unwrap_or(u32::MAX)),
    })
}

/// The group alone counts: versions are written by hand.
fn group(api_version: &str) -> String {
    clean(api_version.split_once('/').map_or("", |(group, _)| group))
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::Value;
    use serde_json::json;

    use super::*;

    #[test]
    fn both_encodings_make_the_same_scaler() {
        let wire: HorizontalPodAutoscaler = serde_json::from_value(json!({
            "metadata": {"name": "db", "namespace": "prod"},
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1beta2", "kind": "StatefulSet", "name": "db"},
                "maxReplicas": 9,
            },
        }))
        .unwrap();
        let over = HorizontalPodAutoscaler::decode(wire.encode_to_vec().as_slice()).unwrap();
        let read = autoscaler(wire).unwrap();
        assert_eq!(autoscaler(over).unwrap(), read);
        assert_eq!((read.display.as_str(), read.most), ("hpa/db", 9));
        assert_eq!(
            (read.target_group.as_str(), read.target_kind.as_str()),
            ("apps", "StatefulSet")
        );
    }

    #[test]
    fn kedas_defaults_are_a_deployment_and_a_hundred() {
        let read = |spec: Value| {
            let object = json!({"metadata": {"name": "s", "namespace": "prod"}, "spec": spec});
            scaled_object(serde_json::from_value(object).unwrap()).unwrap()
        };
        let plain = read(json!({"scaleTargetRef": {"name": "db"}}));
        assert_eq!((plain.target_kind.as_str(), plain.most), ("Deployment", 100));
        let of_set = read(json!({
            "scaleTargetRef": {"kind": "StatefulSet", "name": "db"}, "maxReplicaCount": 7,
        }));
        assert_eq!(
            (of_set.target_kind.as_str(), of_set.target_group.as_str()),
            ("StatefulSet", "apps")
        );
        assert_eq!((of_set.target.as_str(), of_set.most), ("db", 7));
        let endless = json!({"scaleTargetRef": {"name": "db"}, "maxReplicaCount": 1_u64 << 40});
        assert_eq!(read(endless).most, u32::MAX);
    }
}
