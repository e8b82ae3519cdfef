//! Manifests of StatefulSets: what a new set is made from, and how it would look.

use serde_json::{Map, Value};

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::set;
use crate::convert::set::LAST_APPLIED;
use crate::convert::template::template;
use crate::model::shape::{ClaimShape, Shape};
use crate::model::text::clean;
use crate::wire;

/// Metadata that only the server writes.
const OF_THE_SERVER: &[&str] = &[
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
    "selfLink",
    "finalizers",
];

/// What would be sent to create this very set anew: without its status, and without what the
/// server writes itself.
pub fn copy(live: &Value) -> Value {
    let mut copy = live.clone();
    copy["apiVersion"] = "apps/v1".into();
    copy["kind"] = "StatefulSet".into();
    if let Some(object) = copy.as_object_mut() {
        object.remove("status");
    }
    if let Some(metadata) = copy["metadata"].as_object_mut() {
        metadata.retain(|key, _| !OF_THE_SERVER.contains(&key.as_str()));
    }
    copy
}

/// The change that applying a manifest means for a set, as a merge patch of `metadata.labels`,
/// `metadata.annotations` and `spec`.
///
/// As `kubectl apply` does it: what the manifest says is set, what only the last applied one said
/// is removed, and what others wrote stays.
pub fn change(live: &Value, manifest: &Value) -> Value {
    let mut change = Map::new();
    let last = last_applied(live);
    let spec = three_way(&last["spec"], &manifest["spec"]);
    change.insert("spec".to_owned(), spec);
    let mut metadata = Map::new();
    for field in ["labels", "annotations"] {
        let mut map = three_way(&last["metadata"][field], &manifest["metadata"][field]);
        if let Some(map) = map.as_object_mut() {
            map.remove(LAST_APPLIED);
        }
        if field == "annotations" && !last.is_null() {
            map[LAST_APPLIED] = applied(live, manifest).into();
        }
        if map.as_object().is_some_and(|map| !map.is_empty()) {
            metadata.insert(field.to_owned(), map);
        }
    }
    change.insert("metadata".to_owned(), metadata.into());
    change.into()
}

/// The set that would take the place of this one, as it would be sent.
pub fn successor(live: &Value, change: &Value) -> Value {
    let mut successor = copy(live);
    merge(&mut successor, change);
    successor
}

/// The same set with the pod template of another.
pub fn with_template_of(mut set: Value, live: &Value) -> Value {
    set["spec"]["template"] = live["spec"]["template"].clone();
    set
}

/// The same set under a name that the server makes up, so that it can be tried beside the old one.
pub fn nameless(set: &Value) -> Value {
    let mut set = set.clone();
    let name = set["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    set["metadata"]["generateName"] = format!("{name}-").into();
    if let Some(metadata) = set["metadata"].as_object_mut() {
        metadata.remove("name");
    }
    set
}

/// The same set under its own name again.
pub fn named(mut set: Value, name: &str) -> Value {
    set["metadata"]["name"] = name.into();
    if let Some(metadata) = set["metadata"].as_object_mut() {
        metadata.remove("generateName");
    }
    set
}

/// The namespace a manifest is for.
pub fn namespace<'a>(manifest: &'a Value, default: &'a str) -> &'a str {
    manifest["metadata"]["namespace"].as_str().unwrap_or(default)
}

/// What `kubectl apply` would remember of the manifest.
fn applied(live: &Value, manifest: &Value) -> String {
    let mut applied = manifest.clone();
    let namespace = namespace(manifest, live["metadata"]["namespace"].as_str().unwrap_or_default());
    applied["metadata"]["namespace"] = namespace.into();
    if !applied["metadata"]["annotations"].is_object() {
        applied["metadata"]["annotations"] = Map::new().into();
    }
    if let Some(annotations) = applied["metadata"]["annotations"].as_object_mut() {
        annotations.remove(LAST_APPLIED);
    }
    format!("{applied}\n")
}

fn last_applied(live: &Value) -> Value {
    let text = live["metadata"]["annotations"][LAST_APPLIED].as_str();
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// What is wanted, and null for each field that only the last one had.
fn three_way(last: &Value, wanted: &Value) -> Value {
    let mut change = wanted.as_object().cloned().unwrap_or_default();
    for (key, value) in last.as_object().into_iter().flatten() {
        match change.get(key) {
            None => {
                change.insert(key.clone(), Value::Null);
            }
            Some(now) if now.is_object() && value.is_object() => {
                let merged = three_way(value, now);
                change.insert(key.clone(), merged);
            }
            Some(_) => {}
        }
    }
    change.into()
}

/// RFC 7386.
fn merge(into: &mut Value, change: &Value) {
    let Some(change) = change.as_object() else {
        *into = change.clone();
        return;
    };
    if !into.is_object() {
        *into = Map::new().into();
    }
    if let Some(object) = into.as_object_mut() {
        for (key, value) in change {
            if value.is_null() {
                object.remove(key);
            } else {
                merge(object.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
    }
}

/// The set's own text where the manifest says nothing, as the server would fill it in.
///
/// It stands for the server's answer where the server is not asked: what the manifest does not say
/// of an object or of an element of a list is taken to be what the live set has there.
pub fn filled_in(live: &Value, wanted: &Value) -> Value {
    match (live, wanted) {
        (Value::Object(live), Value::Object(wanted)) => {
            let mut filled = live.clone();
            for (key, value) in wanted {
                let before = live.get(key).unwrap_or(&Value::Null);
                filled.insert(key.clone(), filled_in(before, value));
            }
            filled.into()
        }
        (Value::Array(live), Value::Array(wanted)) => {
            let before = |at: usize| live.get(at).unwrap_or(&Value::Null);
            wanted.iter().enumerate().map(|(at, value)| filled_in(before(at), value)).collect()
        }
        _ => wanted.clone(),
    }
}

/// A set as it is compared with another.
pub fn shape(object: &Value) -> Result<Shape, Malformed> {
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    let subject = Subject { kind: "statefulset", name };
    let bad = |error: serde_json::Error| subject.malformed("spec", error.to_string());
    // Of a set that does not exist yet, the server has given none of these.
    let mut whole = object.clone();
    for field in ["name", "namespace", "uid", "resourceVersion"] {
        if !whole["metadata"][field].is_string() {
            whole["metadata"][field] = "none".into();
        }
    }
    let wire: wire::set::StatefulSet = serde_json::from_value(whole).map_err(bad)?;
    let selector = wire.spec.as_ref().and_then(|spec| spec.selector.as_ref());
    let selector = set::selector_of(subject, selector)?;
    let read = set::set(wire)?;
    let spec = &object["spec"];
    let texts = |list: &Value| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(Value::as_str).map(clean).collect()
    };
    Ok(Shape {
        service: clean(spec["serviceName"].as_str().unwrap_or_default()),
        selector,
        query: read.selector,
        management: read.management,
        claims: claims(spec),
        wanted: read.wanted,
        template: template(spec["template"].clone()),
        unknown_volumes: unknown_volumes(spec),
        finalizers: texts(&object["metadata"]["finalizers"]),
        deleting: !object["metadata"]["deletionTimestamp"].is_null(),
    })
}

fn claims(spec: &Value) -> Vec<ClaimShape> {
    let text = |value: &Value| value.as_str().map(clean);
    let claim = |template: &Value| {
        let mut whole = template.clone();
        if let Some(object) = whole.as_object_mut() {
            object.remove("status");
        }
        if let Some(metadata) = whole["metadata"].as_object_mut() {
            metadata.remove("creationTimestamp");
        }
        ClaimShape {
            name: text(&template["metadata"]["name"]).unwrap_or_default(),
            requested: text(&template["spec"]["resources"]["requests"]["storage"]),
            storage_class: text(&template["spec"]["storageClassName"]),
            json: whole.to_string(),
        }
    };
    spec["volumeClaimTemplates"].as_array().into_iter().flatten().map(claim).collect()
}

/// Volumes that are mounted and come from nowhere: no pod could be made.
fn unknown_volumes(spec: &Value) -> Vec<String> {
    fn list(value: &Value) -> impl Iterator<Item = &Value> {
        value.as_array().into_iter().flatten()
    }
    let pod = &spec["template"]["spec"];
    let given: Vec<&str> = list(&pod["volumes"])
        .map(|volume| &volume["name"])
        .chain(list(&spec["volumeClaimTemplates"]).map(|claim| &claim["metadata"]["name"]))
        .filter_map(Value::as_str)
        .collect();
    let mut unknown: Vec<String> = ["initContainers", "containers"]
        .into_iter()
        .flat_map(|field| list(&pod[field]))
        .flat_map(|container| {
            list(&container["volumeMounts"]).chain(list(&container["volumeDevices"]))
        })
        .filter_map(|mount| mount["name"].as_str())
        .filter(|name| !given.contains(name))
        .map(clean)
        .collect();
    unknown.sort();
    unknown.dedup();
    unknown
}

#[cfg(test)]
mod tests;
