//! The manifest of a claim: what is kept of it when it is deleted, and what is made of that when
//! it comes back.

use serde_json::{Map, Value, json};

use crate::model::trash::{IDLE_SINCE, RESTORED_FROM};

/// The most that is kept. All annotations of an object together may have four times as much.
const MOST: usize = 64 * 1024;

/// Annotations that tell how the claim came to its volume, and would be lies in another one.
const OF_BINDING: [&str; 4] = [
    "volume.beta.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/selected-node",
    "volume.alpha.kubernetes.io/selected-node",
];

/// All annotations with this beginning are of that kind too.
const OF_VOLUMES: &str = "pv.kubernetes.io/";

/// Why there is no manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoManifest {
    /// It is more than an annotation should hold.
    #[error("its manifest has {0} bytes, which is too much to keep")]
    TooLarge(usize),
    /// It is not the manifest of a claim.
    #[error("the manifest that was kept cannot be read: {0}")]
    Unreadable(String),
}

/// What is kept of a claim, as JSON in plain ASCII, so that cleaning text changes nothing in it.
///
/// What only that very object had is left out: UID, versions, owners, status, and how it was
/// bound. `idle_since` is remembered, since a new claim begins to be idle when it is bound.
pub fn kept(claim: &Value, idle_since: Option<&str>) -> Result<String, NoManifest> {
    let of = |key: &str| claim["metadata"].get(key).cloned();
    let mut metadata = Map::new();
    for key in ["name", "namespace", "labels"] {
        metadata.extend(of(key).map(|value| (key.to_owned(), value)));
    }
    let mut annotations = match of("annotations") {
        Some(Value::Object(all)) => all,
        _ => Map::new(),
    };
    annotations.retain(|key, _| {
        !OF_BINDING.contains(&key.as_str()) && !key.starts_with(OF_VOLUMES) && key != RESTORED_FROM
    });
    annotations.extend(idle_since.map(|since| (IDLE_SINCE.to_owned(), json!(since))));
    if !annotations.is_empty() {
        metadata.insert("annotations".to_owned(), Value::Object(annotations));
    }
    let manifest = ascii(&json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata,
        "spec": claim["spec"],
    }));
    if manifest.len() > MOST { Err(NoManifest::TooLarge(manifest.len())) } else { Ok(manifest) }
}

/// What a claim that comes back is to be.
#[derive(Clone, Copy, Debug)]
pub struct Restored<'a> {
    /// Namespace.
    pub namespace: &'a str,
    /// Name.
    pub name: &'a str,
    /// The volume it is to have.
    pub volume: &'a str,
    /// The run that had deleted it.
    pub run: &'a str,
    /// The storage to ask for, where it is not what was asked for before.
    pub storage: Option<&'a str>,
}

/// The manifest of the claim that comes back, from what was kept of the one that was deleted.
pub fn restored(kept: &str, new: Restored<'_>) -> Result<String, NoManifest> {
    let unreadable = |why: String| NoManifest::Unreadable(why);
    let kept: Value = serde_json::from_str(kept).map_err(|error| unreadable(error.to_string()))?;
    let (Value::Object(metadata), Value::Object(spec)) = (&kept["metadata"], &kept["spec"]) else {
        return Err(unreadable("it has no metadata or no spec".to_owned()));
    };
    let mut annotations = match metadata.get("annotations") {
        Some(Value::Object(all)) => all.clone(),
        _ => Map::new(),
    };
    annotations.insert(RESTORED_FROM.to_owned(), json!(new.run));
    let mut claim = json!({
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "namespace": new.namespace, "name": new.name, "annotations": annotations,
        },
        "spec": spec,
    });
    if let Some(labels @ Value::Object(_)) = metadata.get("labels") {
        claim["metadata"]["labels"] = labels.clone();
    }
    claim["spec"]["volumeName"] = json!(new.volume);
    if let Some(storage) = new.storage {
        claim["spec"]["resources"]["requests"]["storage"] = json!(storage);
    }
    Ok(claim.to_string())
}

/// The name of the claim a manifest is of, as namespace and name.
pub fn name_of(kept: &str) -> Option<(String, String)> {
    let kept: Value = serde_json::from_str(kept).ok()?;
    let text = |key: &str| kept["metadata"][key].as_str().map(str::to_owned);
    Some((text("namespace")?, text("name")?))
}

/// The storage a manifest asks for.
pub fn storage_of(kept: &str) -> Option<String> {
    let kept: Value = serde_json::from_str(kept).ok()?;
    kept["spec"]["resources"]["requests"]["storage"].as_str().map(str::to_owned)
}

/// JSON without any letter that is not ASCII.
fn ascii(value: &Value) -> String {
    let mut units = [0; 2];
    let mut text = String::new();
    for letter in value.to_string().chars() {
        if letter.is_ascii() && letter != '\u{7f}' {
            text.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut units) {
                text.extend(["\\u".to_owned(), format!("{unit:04x}")]);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::text::clean;

    fn live() -> Value {
        json!({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {
                "name": "data-db-3", "namespace": "prod", "uid": "u", "resourceVersion": "7",
                "creationTimestamp": "2026-01-01T00:00:00Z",
                "labels": {"app": "db"},
                "annotations": {
                    "team": "a\u{202e}\u{1f600}\u{7f}\n",
                    "pv.kubernetes.io/bind-completed": "yes",
                    "pv.kubernetes.io/bound-by-controller": "yes",
                    "volume.kubernetes.io/storage-provisioner": "x",
                    "volume.beta.kubernetes.io/storage-provisioner": "x",
                    "volume.kubernetes.io/selected-node": "node-1",
                    "kubectl-sts.io/restored-from": "r0",
                    "kubectl-sts.io/orphan-since": "2026-02-01T00:00:00Z",
                },
                "finalizers": ["kubernetes.io/pvc-protection"],
                "ownerReferences": [{"kind": "StatefulSet", "uid": "s"}],
                "managedFields": [{"manager": "m"}],
            },
            "spec": {
                "accessModes": ["ReadWriteOnce"], "storageClassName": "fast",
                "resources": {"requests": {"storage": "2Gi"}},
                "volumeName": "pv-1", "volumeMode": "Filesystem",
            },
            "status": {"phase": "Bound"},
        })
    }

    #[test]
    fn a_claim_comes_back_as_it_was_and_says_where_it_comes_from() {
        let kept = kept(&live(), Some("2026-02-03T00:00:00Z")).unwrap();
        let new = Restored {
            namespace: "prod",
            name: "data-db-3",
            volume: "pv-1",
            run: "r1",
            storage: None,
        };
        let back: Value = serde_json::from_str(&restored(&kept, new).unwrap()).unwrap();
        assert_eq!(
            back["metadata"],
            json!({
                "name": "data-db-3", "namespace": "prod", "labels": {"app": "db"},
                "annotations": {
                    "team": "a\u{202e}\u{1f600}\u{7f}\n",
                    "kubectl-sts.io/idle-since": "2026-02-03T00:00:00Z",
                    "kubectl-sts.io/restored-from": "r1",
                    "kubectl-sts.io/orphan-since": "2026-02-01T00:00:00Z",
                },
            }),
            "no UID, version, owner, finalizer, and nothing of how it was bound"
        );
        assert_eq!(back["spec"], live()["spec"]);
        assert_eq!(back.get("status"), None);
    }

    #[test]
    fn what_is_kept_survives_being_cleaned() {
        let kept = kept(&live(), None).unwrap();
        assert!(kept.is_ascii());
        assert_eq!(clean(&kept), kept);
        assert_eq!(name_of(&kept), Some(("prod".to_owned(), "data-db-3".to_owned())));
        assert_eq!(storage_of(&kept).as_deref(), Some("2Gi"));
    }

    #[test]
    fn it_can_come_back_under_another_name_and_with_the_size_the_volume_has() {
        let kept = kept(&live(), None).unwrap();
        let new = Restored {
            namespace: "lab",
            name: "copy",
            volume: "pv-1",
            run: "r1",
            storage: Some("1Gi"),
        };
        let back: Value = serde_json::from_str(&restored(&kept, new).unwrap()).unwrap();
        assert_eq!(
            (&back["metadata"]["namespace"], &back["metadata"]["name"]),
            (&json!("lab"), &json!("copy"))
        );
        assert_eq!(back["spec"]["resources"]["requests"]["storage"], "1Gi");
    }

    #[test]
    fn a_claim_that_is_too_large_is_not_kept_in_part() {
        let mut large = live();
        large["metadata"]["annotations"]["notes"] = json!("x".repeat(MOST));
        assert!(matches!(kept(&large, None), Err(NoManifest::TooLarge(_))));
    }

    #[test]
    fn what_somebody_has_written_over_is_told() {
        let new = Restored { namespace: "a", name: "b", volume: "pv-1", run: "r1", storage: None };
        for text in ["", "{", "[]", r#"{"metadata": {}}"#, r#"{"spec": {}}"#] {
            assert!(matches!(restored(text, new), Err(NoManifest::Unreadable(_))), "{text}");
        }
    }
}
