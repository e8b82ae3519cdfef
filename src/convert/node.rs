//! A node from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::clean_map;
use crate::convert::meta::moment;
use crate::model::node::Node;
use crate::model::node::Readiness;
use crate::model::node::Taint;
use crate::model::text::clean;
use crate::wire::node;

/// The node.
pub fn node(wire: node::Node) -> Result<Node, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "node", name: &meta.name };
    let spec = wire.spec.unwrap_or_default();
    let conditions = wire.status.unwrap_or_default().conditions;
    let ready = conditions.iter().find(|condition| condition.kind == "Ready");
    Ok(Node {
        name: subject.required("metadata.name", &meta.name)?,
        uid: subject.required("metadata.uid", &meta.uid)?,
        resource_version: subject.required("metadata.resourceVersion", &meta.resource_version)?,
        labels: clean_map(&meta.labels),
        annotations: clean_map(&meta.annotations),
        readiness: match ready.map(|condition| condition.status.as_str()) {
            Some("True") => Readiness::Ready,
            Some("False") => Readiness::NotReady,
            _ => Readiness::Unknown,
        },
        readiness_since: match ready {
            Some(ready) => moment(subject, "status.conditions", ready.last_transition_time)?,
            None => None,
        },
        unschedulable: spec.unschedulable,
        taints: spec
            .taints
            .iter()
            .map(|taint| Taint {
                key: clean(&taint.key),
                value: clean(&taint.value),
                effect: clean(&taint.effect),
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::json;

    use super::*;

    #[test]
    fn both_encodings_make_the_same_node() {
        let wire: node::Node = serde_json::from_value(json!({
            "metadata": {
                "name": "a", "uid": "u", "resourceVersion": "7",
                "labels": {"topology.kubernetes.io/zone": "z1"},
            },
            "spec": {"unschedulable": true, "taints": [{"key": "k", "effect": "NoExecute"}]},
            "status": {"conditions": [
                {"type": "DiskPressure", "status": "True"},
                {"type": "Ready", "status": "Unknown", "lastTransitionTime": "2026-11-21T06:00:00Z"},
            ]},
        }))
        .unwrap();
        let over_protobuf = node::Node::decode(wire.encode_to_vec().as_slice()).unwrap();
        let read = node(wire).unwrap();
        assert_eq!(node(over_protobuf).unwrap(), read);
        assert_eq!((read.zone(), read.readiness), (Some("z1"), Readiness::Unknown));
        assert!(read.unschedulable && read.readiness_since.is_some());
        assert_eq!(read.taints[0].effect, "NoExecute");
    }

    #[test]
    fn a_node_that_says_nothing_is_not_ready() {
        let object = json!({"metadata": {"name": "a", "uid": "u", "resourceVersion": "7"}});
        let read = node(serde_json::from_value(object).unwrap()).unwrap();
        assert_eq!(read.readiness, Readiness::Unknown);
    }
}
