//! The bodies of patches of claims and volumes.

use std::collections::BTreeMap;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::plan::step::claim::ClaimPatch;
use crate::plan::step::claim::OwnerRemoval;
use crate::plan::step::volume::BindingChange;
use crate::plan::step::volume::VolumePatch;

/// A merge patch of a claim.
pub(super) fn claim(patch: &ClaimPatch) -> Value {
    let mut body =
        json!({ "metadata": metadata(&patch.uid, &patch.resource_version, &patch.annotations) });
    if let Some(storage) = &patch.storage {
        body["spec"]["resources"]["requests"]["storage"] = json!(storage);
    }
    if let Some(class) = &patch.attributes_class {
        body["spec"]["volumeAttributesClassName"] = json!(class);
    }
    body
}

/// A JSON patch that takes one owner off a claim. The place is of no worth by itself: the owner
/// that is there is compared, and so is the version of the object.
pub(super) fn without_owner(removal: &OwnerRemoval) -> Value {
    let place = format!("/metadata/ownerReferences/{}", removal.at);
    json!([
        { "op": "test", "path": "/metadata/uid", "value": removal.uid },
        { "op": "replace", "path": "/metadata/resourceVersion", "value": removal.resource_version },
        { "op": "test", "path": format!("{place}/uid"), "value": removal.owner },
        { "op": "remove", "path": place },
    ])
}

/// A merge patch of a volume.
///
/// Fields go by `null`: a JSON patch that removes one that is not there fails as a whole.
pub(super) fn volume(patch: &VolumePatch) -> Value {
    let mut body =
        json!({ "metadata": metadata(&patch.uid, &patch.resource_version, &patch.annotations) });
    if let Some(policy) = &patch.reclaim_policy {
        body["spec"]["persistentVolumeReclaimPolicy"] = json!(policy.name());
    }
    match &patch.claim {
        BindingChange::Keep => {}
        BindingChange::Reserve => {
            body["spec"]["claimRef"] = json!({ "uid": null, "resourceVersion": null });
        }
        BindingChange::ReserveFor { namespace, name } => {
            body["spec"]["claimRef"] = json!({
                "namespace": namespace, "name": name, "uid": null, "resourceVersion": null,
            });
        }
        BindingChange::Release { uid } => {
            body["spec"]["claimRef"] = json!({ "uid": uid, "resourceVersion": null });
        }
    }
    body
}

fn metadata(
    uid: &str,
    resource_version: &str,
    annotations: &BTreeMap<String, Option<String>>,
) -> Value {
    let mut metadata = json!({ "uid": uid, "resourceVersion": resource_version });
    if !annotations.is_empty() {
        let map: Map<String, Value> =
            annotations.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        metadata["annotations"] = Value::Object(map);
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::volume::ReclaimPolicy;
    use crate::testing::a_claim;
    use crate::testing::a_set;
    use crate::testing::a_volume;
    use crate::testing::an_owner;

    #[test]
    fn a_claim_is_changed_as_it_was_read() {
        let claim_read = a_claim(&a_set("db").claiming("data"), 3);
        let patch = ClaimPatch {
            storage: Some("2Gi".to_owned()),
            annotations: BTreeMap::from([
                ("a".to_owned(), Some("1".to_owned())),
                ("b".to_owned(), None),
            ]),
            ..ClaimPatch::of(&claim_read)
        };
        assert_eq!(
            claim(&patch),
            json!({
                "metadata": {
                    "uid": "claim-3", "resourceVersion": "1", "annotations": {"a": "1", "b": null},
                },
                "spec": {"resources": {"requests": {"storage": "2Gi"}}},
            })
        );
        let plain = json!({"metadata": {"uid": "claim-3", "resourceVersion": "1"}});
        assert_eq!(claim(&ClaimPatch::of(&claim_read)), plain, "what is not named is left");
    }

    #[test]
    fn an_owner_is_taken_off_only_where_it_was_seen() {
        let mut claim = a_claim(&a_set("db").claiming("data"), 3);
        assert_eq!(OwnerRemoval::of(&claim, 0), None);
        claim.owners = vec![an_owner("A", "a", "ua"), an_owner("B", "b", "ub")];
        let body = without_owner(&OwnerRemoval::of(&claim, 1).unwrap());
        assert_eq!(body[1]["value"], "1");
        assert_eq!(
            body[2],
            json!({"op": "test", "path": "/metadata/ownerReferences/1/uid", "value": "ub"})
        );
        assert_eq!(body[3], json!({"op": "remove", "path": "/metadata/ownerReferences/1"}));
    }

    #[test]
    fn a_volume_is_never_left_without_a_claim() {
        let read = a_volume("pv-1");
        for change in [
            BindingChange::Keep,
            BindingChange::Reserve,
            BindingChange::ReserveFor { namespace: "n".to_owned(), name: "c".to_owned() },
            BindingChange::Release { uid: "dead".to_owned() },
        ] {
            let body = volume(&VolumePatch { claim: change, ..VolumePatch::of(&read) });
            assert!(body["spec"].get("claimRef").is_none_or(Value::is_object), "{body}");
        }
        let keep =
            VolumePatch { reclaim_policy: Some(ReclaimPolicy::Retain), ..VolumePatch::of(&read) };
        assert_eq!(
            volume(&keep),
            json!({
                "metadata": {"uid": "uid-pv-1", "resourceVersion": "1"},
                "spec": {"persistentVolumeReclaimPolicy": "Retain"},
            })
        );
        let reserve =
            volume(&VolumePatch { claim: BindingChange::Reserve, ..VolumePatch::of(&read) });
        assert_eq!(reserve["spec"]["claimRef"], json!({"uid": null, "resourceVersion": null}));
    }
}
