//! The lease of a node from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::meta::moment;
use crate::model::lease::Lease;
use crate::wire::lease;

/// The lease.
pub fn lease(wire: lease::Lease) -> Result<Lease, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "lease", name: &meta.name };
    let spec = wire.spec.unwrap_or_default();
    Ok(Lease {
        node: subject.required("metadata.name", &meta.name)?,
        renewed_at: moment(subject, "spec.renewTime", spec.renew_time)?,
        seconds: match spec.lease_duration_seconds {
            Some(seconds) => Some(subject.count("spec.leaseDurationSeconds", seconds)?),
            None => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::json;

    use super::*;

    #[test]
    fn both_encodings_make_the_same_lease() {
        let wire: lease::Lease = serde_json::from_value(json!({
            "metadata": {"name": "node-a", "namespace": "kube-node-lease"},
            "spec": {
                "holderIdentity": "node-a", "leaseDurationSeconds": 40,
                "renewTime": "2026-11-21T06:00:00.688605Z",
            },
        }))
        .unwrap();
        let over_protobuf = lease::Lease::decode(wire.encode_to_vec().as_slice()).unwrap();
        let read = lease(wire).unwrap();
        assert_eq!(lease(over_protobuf).unwrap(), read);
        assert_eq!((read.node.as_str(), read.seconds), ("node-a", Some(40)));
        assert_eq!(read.renewed_at, "2026-11-21T06:00:00Z".parse().ok());
    }

    #[test]
    fn a_lease_that_was_never_renewed_says_nothing() {
        let object = json!({"metadata": {"name": "node-a"}});
        let read = lease(serde_json::from_value(object).unwrap()).unwrap();
        assert_eq!((read.renewed_at, read.seconds), (None, None));
    }
}
