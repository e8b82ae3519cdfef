//! What makes claims by ordinal, from the wire.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::claim_user::mentions;
use crate::convert::clean_map;
use crate::convert::figure;
use crate::convert::meta::controller;
use crate::convert::meta::owner;
use crate::convert::set::claim_template;
use crate::convert::set::retention;
use crate::model::ordinal::OrdinalRange;
use crate::model::set::Fate;
use crate::model::set::Retention;
use crate::model::survey::claimant::Claimant;
use crate::model::survey::claimant::ClaimantKind;
use crate::model::survey::claimant::Unsettled;
use crate::model::survey::claimant::Wanted;
use crate::model::survey::reference::Mentioner;
use crate::model::text::clean;
use crate::wire::claim::PersistentVolumeClaim;
use crate::wire::claimant;
use crate::wire::custom::Templated;
use crate::wire::custom::TemplatedSpec;

/// The set as one that makes claims, and as one that names claims in its pods' template.
pub fn set(wire: claimant::Claimant) -> Result<(Claimant, Mentioner), Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "statefulset", name: &meta.name };
    let spec = wire.spec.ok_or_else(|| subject.missing("spec"))?;
    let status = wire.status.unwrap_or_default();
    let wants = subject.count("spec.replicas", spec.replicas.unwrap_or(1))?;
    let start =
        subject.count("spec.ordinals.start", spec.ordinals.map_or(0, |ordinals| ordinals.start))?;
    let unsettled = if meta.deletion_timestamp.is_some() {
        Some(Unsettled::Going)
    } else if status.observed_generation.is_none_or(|seen| seen < meta.generation) {
        Some(Unsettled::Unobserved)
    } else {
        let has = figure(status.replicas);
        (has != wants).then_some(Unsettled::Scaling { has, wants })
    };
    let labels = spec.selector.unwrap_or_default().match_labels;
    let claimant = Claimant {
        kind: ClaimantKind::StatefulSet,
        namespace: subject.required("metadata.namespace", &meta.namespace)?,
        name: subject.required("metadata.name", &meta.name)?,
        uid: subject.required("metadata.uid", &meta.uid)?,
        templates: templates(subject, spec.volume_claim_templates)?,
        wanted: Wanted::range(start, wants),
        labels: Arc::new(clean_map(&labels)),
        controller: controller(&meta.owner_references).map(owner),
        retention: retention(subject, spec.persistent_volume_claim_retention_policy)?,
        unsettled,
    };
    let mentions = mentions(&claimant.display(), spec.template);
    let mentioner = Mentioner {
        namespace: claimant.namespace.clone(),
        name: claimant.name.clone(),
        uid: claimant.uid.clone(),
        managed: claimant.controller.is_some(),
        mentions,
    };
    Ok((claimant, mentioner))
}

/// A resource of another kind (`KIND.GROUP`), if it has claim templates.
///
/// What its controller does with them is not known here, so that it wants every ordinal; except
/// for Kruise's StatefulSets, which count as those of Kubernetes do and can leave ordinals out.
pub fn templated(kind: &str, wire: Templated) -> Result<Option<Claimant>, Malformed> {
    let meta = wire.metadata;
    let subject = Subject { kind: "resource", name: &meta.name };
    let mut spec = wire.spec;
    if spec.volume_claim_templates.is_empty() {
        return Ok(None);
    }
    let stay = Retention { when_deleted: Fate::Retain, when_scaled: Fate::Retain };
    let wanted = match kind {
        "StatefulSet.apps.kruise.io" => kruise_range(&spec).unwrap_or(Wanted::Any),
        _ => Wanted::Any,
    };
    let templates = std::mem::take(&mut spec.volume_claim_templates);
    let labels = spec.selector.unwrap_or_default().match_labels;
    Ok(Some(Claimant {
        kind: ClaimantKind::Other(clean(kind)),
        namespace: subject.required("metadata.namespace", &meta.namespace)?,
        name: subject.required("metadata.name", &meta.name)?,
        uid: subject.required("metadata.uid", &meta.uid)?,
        templates: templates_of_others(templates),
        wanted,
        labels: Arc::new(clean_map(&labels)),
        controller: controller(&meta.owner_references).map(owner),
        retention: stay,
        unsettled: meta.deletion_timestamp.map(|_| Unsettled::Going),
    }))
}

/// The same from a resource of which nothing is known.
pub fn of_any(kind: &str, object: &Value) -> Result<Option<Claimant>, Malformed> {
    let templates = object["spec"]["volumeClaimTemplates"].as_array();
    if templates.is_none_or(Vec::is_empty) {
        return Ok(None);
    }
    let wire = Templated::deserialize(object).map_err(|error| {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        Subject { kind: "resource", name }.malformed("spec", error.to_string())
    })?;
    templated(kind, wire)
}

fn templates(
    subject: Subject<'_>,
    wire: Vec<PersistentVolumeClaim>,
) -> Result<Vec<(String, Option<String>)>, Malformed> {
    wire.into_iter()
        .map(|wire| claim_template(subject, wire).map(|one| (one.name, one.requested)))
        .collect()
}

/// Templates of a kind that need not be built as those of Kubernetes are.
fn templates_of_others(wire: Vec<PersistentVolumeClaim>) -> Vec<(String, Option<String>)> {
    let subject = Subject { kind: "resource", name: "" };
    wire.into_iter()
        .filter_map(|wire| claim_template(subject, wire).ok())
        .map(|one| (one.name, one.requested))
        .collect()
}

/// The ordinals of Kruise's StatefulSet; nothing where one of them is written in a way that is
/// not known here.
fn kruise_range(spec: &TemplatedSpec) -> Option<Wanted> {
    let replicas = u32::try_from(spec.replicas.unwrap_or(1)).ok()?;
    let start = u32::try_from(spec.ordinals.map_or(0, |ordinals| ordinals.start)).ok()?;
    let mut reserved = Vec::new();
    for written in &spec.reserve_ordinals {
        let (first, last) = reserved_ordinals(written)?;
        reserved.extend(first..=last);
    }
    reserved.sort_unstable();
    reserved.dedup();
    Some(Wanted::Range { range: OrdinalRange { start, replicas }, reserved })
}

/// `1`, `"1"` or `"1-3"`.
fn reserved_ordinals(written: &Value) -> Option<(u32, u32)> {
    /// More would be an accident.
    const MOST: u32 = 10_000;
    let (first, last) = match written {
        Value::Number(number) => {
            let ordinal = u32::try_from(number.as_u64()?).ok()?;
            (ordinal, ordinal)
        }
        Value::String(text) => {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            (first.trim().parse().ok()?, last.trim().parse().ok()?)
        }
        _ => return None,
    };
    (first <= last && last - first < MOST).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::json;

    use super::*;
    use crate::model::survey::reference::Mention;

    fn wire(spec: &Value, status: &Value) -> claimant::Claimant {
        serde_json::from_value(json!({
            "metadata": {"name": "db", "namespace": "prod", "uid": "s", "generation": 3},
            "spec": spec, "status": status,
        }))
        .unwrap()
    }

    #[test]
    fn both_encodings_make_the_same_claimant() {
        let wire = wire(
            &json!({
                "replicas": 3, "ordinals": {"start": 5},
                "selector": {"matchLabels": {"app": "db"}},
                "volumeClaimTemplates": [{
                    "metadata": {"name": "data"},
                    "spec": {"resources": {"requests": {"storage": "1Gi"}}},
                }],
                "template": {"spec": {"volumes": [
                    {"name": "shared", "persistentVolumeClaim": {"claimName": "shared"}},
                ]}},
                "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"},
            }),
            &json!({"observedGeneration": 3, "replicas": 3}),
        );
        let over_protobuf = claimant::Claimant::decode(wire.encode_to_vec().as_slice()).unwrap();
        let read = set(wire).unwrap();
        assert_eq!(set(over_protobuf).unwrap(), read);
        let (claimant, mentioner) = read;
        assert_eq!(claimant.templates, [("data".to_owned(), Some("1Gi".to_owned()))]);
        assert_eq!(claimant.wanted, Wanted::range(5, 3));
        assert_eq!(claimant.labels["app"], "db");
        assert_eq!(claimant.retention.when_scaled, Fate::Delete);
        assert_eq!(claimant.unsettled, None);
        let (claim, reference) = &mentioner.mentions[0];
        assert_eq!((claim.as_str(), reference.by.as_str()), ("shared", "statefulset/db"));
        assert_eq!(reference.how, Mention::Template);
    }

    #[test]
    fn a_set_on_its_way_to_another_size_is_not_settled() {
        let unsettled = |replicas: i32, status: Value| {
            set(wire(&json!({"replicas": replicas}), &status)).unwrap().0.unsettled
        };
        let seen = |replicas: i32| json!({"observedGeneration": 3, "replicas": replicas});
        assert_eq!(unsettled(2, seen(2)), None);
        assert_eq!(unsettled(0, seen(0)), None);
        assert_eq!(unsettled(2, seen(3)), Some(Unsettled::Scaling { has: 3, wants: 2 }));
        let behind = json!({"observedGeneration": 2, "replicas": 2});
        assert_eq!(unsettled(2, behind), Some(Unsettled::Unobserved));
        assert_eq!(unsettled(2, json!({})), Some(Unsettled::Unobserved));
        let mut going = wire(&json!({"replicas": 2}), &seen(2));
        going.metadata.as_mut().unwrap().deletion_timestamp =
            Some(crate::wire::value::Time { seconds: 1 });
        assert_eq!(set(going).unwrap().0.unsettled, Some(Unsettled::Going));
    }

    fn other(kind: &str, spec: &Value) -> Option<Claimant> {
        let object = json!({
            "metadata": {"name": "db", "namespace": "prod", "uid": "k"}, "spec": spec,
        });
        templated(kind, serde_json::from_value(object).unwrap()).unwrap()
    }

    #[test]
    fn kruise_leaves_ordinals_out() {
        let kruise = |mut spec: Value| {
            spec["volumeClaimTemplates"] = json!([{"metadata": {"name": "data"}}]);
            other("StatefulSet.apps.kruise.io", &spec).unwrap().wanted
        };
        let range = |start, replicas, reserved: &[u32]| Wanted::Range {
            range: OrdinalRange { start, replicas },
            reserved: reserved.to_vec(),
        };
        assert_eq!(kruise(json!({"replicas": 3, "reserveOrdinals": [1]})), range(0, 3, &[1]));
        assert_eq!(
            kruise(
                json!({"replicas": 2, "ordinals": {"start": 4}, "reserveOrdinals": ["7", 5, "5-6"]})
            ),
            range(4, 2, &[5, 6, 7])
        );
        assert_eq!(kruise(json!({})), range(0, 1, &[]));
        for strange in
            [json!(["x"]), json!(["3-1"]), json!([-1]), json!([{}]), json!(["0-4000000"])]
        {
            assert_eq!(kruise(json!({"reserveOrdinals": strange})), Wanted::Any);
        }
    }

    #[test]
    fn whatever_else_has_claim_templates_wants_every_ordinal() {
        let spec = json!({
            "replicas": 1, "selector": {"matchLabels": {"app": "x"}},
            "volumeClaimTemplates": [{
                "metadata": {"name": "data"},
                "spec": {"resources": {"requests": {"storage": "2Gi"}}},
            }],
        });
        let found = other("NodeSet.slinky.slurm.net", &spec).unwrap();
        assert_eq!(found.wanted, Wanted::Any);
        assert_eq!(found.display(), "nodeset.slinky.slurm.net/db");
        assert_eq!(found.templates, [("data".to_owned(), Some("2Gi".to_owned()))]);
        assert_eq!(other("NodeSet.slinky.slurm.net", &json!({"replicas": 3})), None);
        assert_eq!(other("NodeSet.slinky.slurm.net", &Value::Null), None);
    }

    #[test]
    fn claim_templates_that_cannot_be_read_are_an_error_and_others_are_of_no_interest() {
        let of = |spec: &Value| {
            let object = json!({
                "metadata": {"name": "db", "namespace": "prod", "uid": "k"}, "spec": spec,
            });
            of_any("Thing.x.io", &object)
        };
        let templates = json!([{"metadata": {"name": "data"}}]);
        assert!(of(&json!({"volumeClaimTemplates": templates})).unwrap().is_some());
        for other in [json!({"volumeClaimTemplates": []}), json!({"replicas": "three"}), json!(7)] {
            assert_eq!(of(&other), Ok(None));
        }
        let strange = json!({"volumeClaimTemplates": templates, "replicas": "three"});
        assert_eq!(of(&strange).unwrap_err().field, "spec");
    }
}
