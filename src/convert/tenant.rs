//! A pod and the claims it names, from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::claim_user::claim_of;
use crate::convert::meta::controller;
use crate::convert::meta::owner;
use crate::model::tenant::Tenant;
use crate::wire::tenant;

/// The pod.
pub fn tenant(wire: tenant::Tenant) -> Result<Tenant, Malformed> {
    let meta = wire.metadata;
    let subject = Subject { kind: "pod", name: &meta.name };
    let claims = wire.spec.volumes.iter().filter_map(|volume| claim_of(volume, &meta.name));
    Ok(Tenant {
        claims: claims.map(|(claim, _)| claim).collect(),
        pod: subject.required("metadata.name", &meta.name)?,
        uid: subject.required("metadata.uid", &meta.uid)?,
        resource_version: subject.required("metadata.resourceVersion", &meta.resource_version)?,
        controller: controller(&meta.owner_references).map(owner),
        going: meta.deletion_timestamp.is_some(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_are_named_outright_or_by_an_ephemeral_volume() {
        let object = json!({
            "metadata": {"name": "data-web", "uid": "u", "resourceVersion": "1"},
            "spec": {"volumes": [
                {"name": "a", "persistentVolumeClaim": {"claimName": "own"}},
                {"name": "0", "ephemeral": {"volumeClaimTemplate": {}}},
                {"name": "c", "configMap": {"name": "x"}},
            ]},
        });
        let read = tenant(serde_json::from_value(object).unwrap()).unwrap();
        assert_eq!(read.claims, ["own", "data-web-0"]);
        assert!(!read.going);
    }
}
