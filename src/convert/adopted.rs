//! The manifest of a claim that is made for a set before its controller makes one.

use serde_json::{Map, Value, json};

use crate::convert::claim_manifest::{NoManifest, Restored, restored};

/// The claim that takes over a volume, from what was kept of the one that had it, with the labels
/// the set's controller would give it.
pub fn adopted(
    kept: &str,
    set: &Value,
    template: &str,
    new: Restored<'_>,
    provenance: (&str, &str),
) -> Result<String, NoManifest> {
    let made = restored(kept, new)?;
    let mut claim: Value =
        serde_json::from_str(&made).map_err(|error| NoManifest::Unreadable(error.to_string()))?;
    claim["metadata"]["labels"] = labels(set, template);
    claim["metadata"]["annotations"][provenance.0] = json!(provenance.1);
    Ok(claim.to_string())
}

/// The claim that is filled from a snapshot, as the set's controller would make it.
pub fn from_snapshot(
    set: &Value,
    template: &str,
    (namespace, name): (&str, &str),
    snapshot: &str,
    size: &str,
) -> String {
    let found = claim_template(set, template).cloned().unwrap_or_default();
    let mut spec = found["spec"].clone();
    spec["resources"]["requests"]["storage"] = json!(size);
    let source = json!({ "apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": snapshot });
    spec["dataSource"] = source;
    if let Some(spec) = spec.as_object_mut() {
        spec.remove("dataSourceRef");
    }
    let annotations = found["metadata"]["annotations"].as_object().cloned().unwrap_or_default();
    json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "namespace": namespace, "name": name,
            "labels": labels(set, template), "annotations": annotations,
        },
        "spec": spec,
    })
    .to_string()
}

/// `volumeMode` of a claim or of a template, with the API's default.
pub fn volume_mode(spec: &Value) -> &str {
    spec["volumeMode"].as_str().unwrap_or("Filesystem")
}

/// The spec of one of the set's claim templates.
pub fn template_spec<'a>(set: &'a Value, template: &str) -> &'a Value {
    claim_template(set, template).map_or(&Value::Null, |found| &found["spec"])
}

/// The labels of the template, and over them those the set selects its pods by.
fn labels(set: &Value, template: &str) -> Value {
    let map = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let mut labels: Map<String, Value> = claim_template(set, template)
        .map(|found| map(&found["metadata"]["labels"]))
        .unwrap_or_default();
    labels.extend(map(&set["spec"]["selector"]["matchLabels"]));
    labels.into()
}

fn claim_template<'a>(set: &'a Value, template: &str) -> Option<&'a Value> {
    let all = set["spec"]["volumeClaimTemplates"].as_array()?;
    all.iter().find(|one| one["metadata"]["name"] == template)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_set() -> Value {
        json!({ "spec": {
            "selector": {"matchLabels": {"app": "db", "tier": "set"}},
            "volumeClaimTemplates": [{
                "metadata": {"name": "data", "labels": {"tier": "template", "own": "1"}},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
            }],
        }})
    }

    #[test]
    fn a_claim_gets_the_labels_the_controller_would_give_it_and_no_others() {
        let kept = json!({
            "metadata": {"namespace": "old", "name": "x", "labels": {"stale": "1"}},
            "spec": {"resources": {"requests": {"storage": "2Gi"}}, "storageClassName": "fast"},
        })
        .to_string();
        let new = Restored {
            namespace: "prod",
            name: "data-db-3",
            volume: "pv",
            run: "r",
            storage: None,
        };
        let made = adopted(&kept, &a_set(), "data", new, ("from", "old/x")).unwrap();
        let made: Value = serde_json::from_str(&made).unwrap();
        assert_eq!(made["metadata"]["labels"], json!({"app": "db", "tier": "set", "own": "1"}));
        assert_eq!(made["metadata"]["annotations"]["from"], "old/x");
        assert_eq!(
            (&made["spec"]["volumeName"], &made["spec"]["storageClassName"]),
            (&json!("pv"), &json!("fast"))
        );
    }

    #[test]
    fn a_claim_from_a_snapshot_is_the_templates_with_a_source() {
        let made = from_snapshot(&a_set(), "data", ("prod", "data-db-3"), "snap", "3Gi");
        let made: Value = serde_json::from_str(&made).unwrap();
        assert_eq!(made["spec"]["resources"]["requests"]["storage"], "3Gi");
        assert_eq!(made["spec"]["dataSource"]["name"], "snap");
        assert_eq!(made["spec"]["accessModes"], json!(["ReadWriteOnce"]));
        assert_eq!(made["metadata"]["labels"]["app"], "db");
    }
}
