//! A StatefulSet from the wire.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::claim::storage;
use crate::convert::clean_map;
use crate::convert::figure;
use crate::convert::meta::controller;
use crate::convert::meta::owner;
use crate::convert::run;
use crate::convert::selector::query;
use crate::convert::selector::selector;
use crate::convert::template::template;
use crate::model::budget::Selector;
use crate::model::ordinal::OrdinalRange;
use crate::model::run::ANNOTATION;
use crate::model::set::ClaimTemplate;
use crate::model::set::Fate;
use crate::model::set::FieldManager;
use crate::model::set::PodManagement;
use crate::model::set::Retention;
use crate::model::set::Rolling;
use crate::model::set::Set;
use crate::model::set::SetStatus;
use crate::model::set::Strategy;
use crate::model::text::clean;
use crate::wire::claim::PersistentVolumeClaim;
use crate::wire::meta::ManagedFieldsEntry;
use crate::wire::selector::LabelSelector;
use crate::wire::set::RetentionPolicy;
use crate::wire::set::StatefulSet;
use crate::wire::set::StatefulSetStatus;
use crate::wire::set::UpdateStrategy;

/// A whole copy of the object, written by `kubectl apply`.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The set.
///
/// Its template is empty when the set was read from protobuf: such a set is good for showing, and
/// for nothing that compares templates.
pub fn set(wire: StatefulSet) -> Result<Set, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "statefulset", name: &meta.name };
    let spec = wire.spec.ok_or_else(|| subject.missing("spec"))?;
    let selector = selector_of(subject, spec.selector.as_ref())?;
    Ok(Set {
        namespace: subject.required("metadata.namespace", &meta.namespace)?,
        name: subject.required("metadata.name", &meta.name)?,
        uid: subject.required("metadata.uid", &meta.uid)?,
        resource_version: subject.required("metadata.resourceVersion", &meta.resource_version)?,
        generation: meta.generation,
        wanted: OrdinalRange {
            start: subject
                .count("spec.ordinals.start", spec.ordinals.map_or(0, |ordinals| ordinals.start))?,
            replicas: subject.count("spec.replicas", spec.replicas.unwrap_or(1))?,
        },
        strategy: strategy(subject, spec.update_strategy.unwrap_or_default())?,
        management: management(subject, spec.pod_management_policy.as_deref())?,
        min_ready_seconds: subject
            .count("spec.minReadySeconds", spec.min_ready_seconds.unwrap_or(0))?,
        revision_history_limit: figure(spec.revision_history_limit.unwrap_or(10)),
        selector: query(&selector),
        template: spec.template.and_then(|wire| wire.0).map(template).unwrap_or_default(),
        claim_templates: spec
            .volume_claim_templates
            .into_iter()
            .map(|wire| claim_template(subject, wire))
            .collect::<Result<_, _>>()?,
        retention: retention(subject, spec.persistent_volume_claim_retention_policy)?,
        status: status(&wire.status.unwrap_or_default()),
        controller: controller(&meta.owner_references).map(owner),
        managers: managers(subject, &meta.managed_fields)?,
        labels: clean_map(&meta.labels),
        run: meta.annotations.get(ANNOTATION).map(|text| run::read(text)),
        annotations: annotations(&meta.annotations),
    })
}

/// Which pods are the set's.
pub(super) fn selector_of(
    subject: Subject<'_>,
    wire: Option<&LabelSelector>,
) -> Result<Selector, Malformed> {
    let selector = wire
        .ok_or_else(|| subject.missing("spec.selector"))
        .and_then(|wire| selector(subject, "spec.selector", wire))?;
    if selector.requirements.is_empty() {
        // As a query it would select every pod of the namespace.
        return Err(subject.malformed("spec.selector", "is empty"));
    }
    Ok(selector)
}

fn annotations(annotations: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    annotations
        .iter()
        .filter(|(key, _)| *key != LAST_APPLIED)
        .map(|(key, value)| (clean(key), clean(value)))
        .collect()
}

/// Defaults as in `SetDefaults_StatefulSet` (`pkg/apis/apps/v1/defaults.go`): only a set that names
/// no strategy at all is given `rollingUpdate`.
fn strategy(subject: Subject<'_>, wire: UpdateStrategy) -> Result<Strategy, Malformed> {
    let defaulted = wire.kind.as_deref().is_none_or(str::is_empty);
    match wire.kind.as_deref().unwrap_or_default() {
        "RollingUpdate" | "" => {
            let rolling = match wire.rolling_update {
                None if defaulted => Some(Rolling { partition: 0, max_unavailable: None }),
                None => None,
                Some(rolling) => Some(Rolling {
                    partition: subject.count(
                        "spec.updateStrategy.rollingUpdate.partition",
                        rolling.partition.unwrap_or(0),
                    )?,
                    max_unavailable: rolling
                        .max_unavailable
                        .map(|written| clean(&written.to_string())),
                }),
            };
            Ok(Strategy::RollingUpdate(rolling))
        }
        "OnDelete" => Ok(Strategy::OnDelete),
        other => Ok(Strategy::Other(clean(other))),
    }
}

fn management(subject: Subject<'_>, policy: Option<&str>) -> Result<PodManagement, Malformed> {
    match policy.unwrap_or_default() {
        "OrderedReady" | "" => Ok(PodManagement::OrderedReady),
        "Parallel" => Ok(PodManagement::Parallel),
        other => Err(subject
            .malformed("spec.podManagementPolicy", format!("is unknown: {:?}", clean(other)))),
    }
}

fn status(wire: &StatefulSetStatus) -> SetStatus {
    SetStatus {
        observed_generation: wire.observed_generation,
        replicas: figure(wire.replicas),
        ready: figure(wire.ready_replicas),
        available: figure(wire.available_replicas),
        updated: figure(wire.updated_replicas),
        current: figure(wire.current_replicas),
        current_revision: clean(&wire.current_revision),
        update_revision: clean(&wire.update_revision),
    }
}

pub(super) fn claim_template(
    subject: Subject<'_>,
    wire: PersistentVolumeClaim,
) -> Result<ClaimTemplate, Malformed> {
    let spec = wire.spec.unwrap_or_default();
    let name = wire.metadata.unwrap_or_default().name;
    Ok(ClaimTemplate {
        name: subject.required("spec.volumeClaimTemplates.metadata.name", &name)?,
        storage_class: spec.storage_class_name.map(|name| clean(&name)),
        requested: spec.resources.and_then(|resources| storage(&resources.requests)),
    })
}

/// Absent means that claims stay (`SetDefaults_StatefulSet`).
pub(super) fn retention(
    subject: Subject<'_>,
    policy: Option<RetentionPolicy>,
) -> Result<Retention, Malformed> {
    let policy = policy.unwrap_or_default();
    let fate = |text: &str| match text {
        "Retain" | "" => Ok(Fate::Retain),
        "Delete" => Ok(Fate::Delete),
        other => Err(subject.malformed(
            "spec.persistentVolumeClaimRetentionPolicy",
            format!("is unknown: {:?}", clean(other)),
        )),
    };
    Ok(Retention {
        when_deleted: fate(&policy.when_deleted)?,
        when_scaled: fate(&policy.when_scaled)?,
    })
}

/// Those who own a field that a rollout writes; one entry per manager and way of writing.
fn managers(
    subject: Subject<'_>,
    entries: &[ManagedFieldsEntry],
) -> Result<Vec<FieldManager>, Malformed> {
    let mut managers: Vec<FieldManager> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.subresource != "status") {
        let Some(fields) = &entry.fields else { continue };
        let fields: Value = serde_json::from_slice(&fields.text)
            .map_err(|error| subject.malformed("metadata.managedFields", error.to_string()))?;
        let owns = |path: &str| fields.pointer(path).is_some();
        let seen = FieldManager {
            manager: clean(&entry.manager),
            applies: entry.operation == "Apply",
            template: owns("/f:spec/f:template"),
            partition: owns("/f:spec/f:updateStrategy/f:rollingUpdate/f:partition"),
            strategy: owns("/f:spec/f:updateStrategy/f:type"),
            replicas: owns("/f:spec/f:replicas"),
        };
        if !(seen.template || seen.partition || seen.strategy || seen.replicas) {
            continue;
        }
        let known = managers
            .iter_mut()
            .find(|known| known.manager == seen.manager && known.applies == seen.applies);
        match known {
            Some(known) => {
                known.template |= seen.template;
                known.partition |= seen.partition;
                known.strategy |= seen.strategy;
                known.replicas |= seen.replicas;
            }
            None => managers.push(seen),
        }
    }
    Ok(managers)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::run::RecordedRun;

    fn read(mut change: Value) -> Result<Set, Malformed> {
        let mut object = json!({
            "metadata": {"name": "db", "namespace": "prod", "uid": "u", "resourceVersion": "7"},
            "spec": {"selector": {"matchLabels": {"app": "db"}}, "template": {"spec": {}}},
        });
        for part in ["metadata", "spec"] {
            let Value::Object(changes) = change[part].take() else { continue };
            object[part].as_object_mut().unwrap().extend(changes);
        }
        set(serde_json::from_value(object).unwrap())
    }

    #[test]
    fn defaults_are_those_of_the_api() {
        let set = read(json!({})).unwrap();
        assert_eq!(set.wanted, OrdinalRange { start: 0, replicas: 1 });
        let none_held_back = Rolling { partition: 0, max_unavailable: None };
        assert_eq!(set.strategy, Strategy::RollingUpdate(Some(none_held_back)));
        assert_eq!(set.management, PodManagement::OrderedReady);
        assert_eq!((set.min_ready_seconds, set.revision_history_limit), (0, 10));
        assert_eq!(set.selector, "app=db");
        assert!(!set.observed(), "a set without a status has not been observed");
        assert_eq!(set.run, None);
        assert!(set.claim_templates.is_empty());
        let keeps = Retention { when_deleted: Fate::Retain, when_scaled: Fate::Retain };
        assert_eq!(set.retention, keeps);
    }

    #[test]
    fn claim_templates_and_what_becomes_of_their_claims_are_read() {
        let claim = json!({
            "metadata": {"name": "data"},
            "spec": {"storageClassName": "", "resources": {"requests": {"storage": "5Gi"}}},
        });
        let policy = json!({"whenDeleted": "Retain", "whenScaled": "Delete"});
        let set = read(json!({"spec": {
            "volumeClaimTemplates": [claim], "persistentVolumeClaimRetentionPolicy": policy,
        }}))
        .unwrap();
        let data = ClaimTemplate {
            name: "data".to_owned(),
            storage_class: Some(String::new()),
            requested: Some("5Gi".to_owned()),
        };
        assert_eq!(set.claim_templates, [data]);
        assert_eq!(set.retention.when_scaled, Fate::Delete);
        let policy = json!({"whenScaled": "Snapshot"});
        let error = read(json!({"spec": {"persistentVolumeClaimRetentionPolicy": policy}}));
        assert_eq!(error.unwrap_err().field, "spec.persistentVolumeClaimRetentionPolicy");
    }

    #[test]
    fn an_absent_rolling_update_is_not_a_partition_of_zero() {
        let set = read(json!({"spec": {"updateStrategy": {"type": "RollingUpdate"}}})).unwrap();
        assert_eq!(set.strategy, Strategy::RollingUpdate(None));
    }

    #[test]
    fn a_strategy_of_the_future_is_observed() {
        let set = read(json!({"spec": {"updateStrategy": {"type": "Recreate\u{202e}"}}})).unwrap();
        assert_eq!(set.strategy, Strategy::Other("Recreate".to_owned()));
    }

    #[test]
    fn errors_name_the_object_and_the_field() {
        let error = read(json!({"spec": {"replicas": -1}})).unwrap_err();
        assert_eq!(
            error.to_string(),
            "statefulset/db makes no sense: spec.replicas is negative: -1"
        );
        let error = read(json!({"spec": {"selector": {}}})).unwrap_err();
        assert_eq!(error.field, "spec.selector");
        let error = read(json!({"metadata": {"uid": ""}})).unwrap_err();
        assert_eq!(error.field, "metadata.uid");
        let error = read(json!({"spec": {"podManagementPolicy": "Chaos"}})).unwrap_err();
        assert_eq!(error.field, "spec.podManagementPolicy");
    }

    #[test]
    fn managers_are_those_of_the_fields_a_rollout_writes() {
        let entry = |manager: &str, operation: &str, subresource: &str, fields: Value| json!({"manager": manager, "operation": operation, "subresource": subresource, "fieldsV1": fields});
        let set = read(json!({"metadata": {"managedFields": [
            entry("argocd-controller", "Apply", "", json!({"f:spec": {"f:template": {"f:spec": {}}}})),
            entry("argocd-controller", "Apply", "", json!({"f:spec": {"f:replicas": {}}})),
            entry("hpa", "Update", "scale", json!({"f:spec": {"f:replicas": {}}})),
            entry("kube-controller-manager", "Update", "status", json!({"f:status": {}, "f:spec": {"f:replicas": {}}})),
            entry("labeller", "Update", "", json!({"f:metadata": {}})),
            entry("kubectl-sts", "Update", "", json!({"f:spec": {"f:updateStrategy": {"f:rollingUpdate": {"f:partition": {}}}}})),
            entry("fleetagent", "Apply", "", json!({"f:spec": {"f:updateStrategy": {"f:type": {}}}})),
            {"manager": "no-fields"},
        ]}}))
        .unwrap();
        let manager =
            |name: &str, applies, [template, partition, strategy, replicas]: [bool; 4]| {
                let manager = name.to_owned();
                FieldManager { manager, applies, template, partition, strategy, replicas }
            };
        assert_eq!(
            set.managers,
            [
                manager("argocd-controller", true, [true, false, false, true]),
                manager("hpa", false, [false, false, false, true]),
                manager("kubectl-sts", false, [false, true, false, false]),
                manager("fleetagent", true, [false, false, true, false]),
            ]
        );
    }

    #[test]
    fn annotations_are_cleaned_and_ours_is_read() {
        let set = read(json!({"metadata": {"annotations": {
            LAST_APPLIED: "{}",
            "note": "\u{1b}]8;;http://evil\u{7}click\nhere",
            ANNOTATION: "not ours",
        }, "labels": null}}))
        .unwrap();
        assert_eq!(set.annotations["note"], "]8;;http://evilclick here");
        assert!(!set.annotations.contains_key(LAST_APPLIED));
        assert!(matches!(set.run, Some(RecordedRun::Unreadable(_))), "{:?}", set.run);
    }
}
