//! Which claims pods and their templates name, from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::meta::controller;
use crate::model::survey::reference::Mention;
use crate::model::survey::reference::Mentioner;
use crate::model::survey::reference::Reference;
use crate::model::text::clean;
use crate::wire::claim_user::ClaimUser;
use crate::wire::claim_user::HasTemplate;
use crate::wire::claim_user::PodTemplate;
use crate::wire::claim_user::Volume;
use crate::wire::claim_user::Workload;
use crate::wire::meta::Identity;

/// The pod, and the claims it mounts or would mount, in whatever phase it is.
pub fn pod(wire: ClaimUser) -> Result<Mentioner, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let spec = wire.spec.unwrap_or_default();
    let phase = wire.status.map(|status| clean(&status.phase)).unwrap_or_default();
    let by = format!("pod/{}", clean(&meta.name));
    let mention = |claim: String, ephemeral| {
        let how = Mention::Pod {
            phase: phase.clone(),
            scheduled: !spec.node_name.is_empty(),
            going: meta.deletion_timestamp.is_some(),
            ephemeral,
        };
        (claim, Reference { by: by.clone(), how })
    };
    let mentions = spec
        .volumes
        .iter()
        .filter_map(|volume| claim_of(volume, &meta.name))
        .map(|(claim, ephemeral)| mention(claim, ephemeral))
        .collect();
    mentioner("pod", &meta, mentions)
}

/// The claim a volume of a pod is, and whether it is made for the pod and goes with it.
pub(super) fn claim_of(volume: &Volume, pod: &str) -> Option<(String, bool)> {
    if let Some(claim) = named(volume) {
        return Some((clean(claim), false));
    }
    volume.source.as_ref()?.ephemeral?;
    // The name that the ephemeral volume controller gives it.
    Some((clean(&format!("{pod}-{}", volume.name)), true))
}

/// Something that makes pods, and the claims its template names.
pub fn workload<S: HasTemplate>(wire: Workload<S>) -> Result<Mentioner, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let template = wire.spec.and_then(HasTemplate::template);
    let mentions = mentions(&format!("{}/{}", S::KIND, clean(&meta.name)), template);
    mentioner(S::KIND, &meta, mentions)
}

/// The claims a template names.
pub(super) fn mentions(by: &str, template: Option<PodTemplate>) -> Vec<(String, Reference)> {
    let volumes = template.and_then(|template| template.spec).unwrap_or_default().volumes;
    let claims = volumes.iter().filter_map(named).map(clean);
    claims.map(|claim| (claim, Reference { by: by.to_owned(), how: Mention::Template })).collect()
}

fn named(volume: &Volume) -> Option<&str> {
    Some(&volume.source.as_ref()?.persistent_volume_claim.as_ref()?.claim_name)
}

fn mentioner(
    kind: &'static str,
    meta: &Identity,
    mentions: Vec<(String, Reference)>,
) -> Result<Mentioner, Malformed> {
    let subject = Subject { kind, name: &meta.name };
    Ok(Mentioner {
        namespace: subject.required("metadata.namespace", &meta.namespace)?,
        name: subject.required("metadata.name", &meta.name)?,
        uid: subject.required("metadata.uid", &meta.uid)?,
        managed: controller(&meta.owner_references).is_some(),
        mentions,
    })
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde::de::DeserializeOwned;
    use serde_json::Value;
    use serde_json::json;

    use super::*;
    use crate::wire::claim_user::ControllerSpec;
    use crate::wire::claim_user::CronJobSpec;
    use crate::wire::claim_user::DaemonSetSpec;
    use crate::wire::claim_user::DeploymentSpec;
    use crate::wire::claim_user::JobSpec;
    use crate::wire::claim_user::ReplicaSetSpec;

    fn meta() -> Value {
        json!({"name": "x", "namespace": "prod", "uid": "u"})
    }

    fn volumes() -> Value {
        json!([
            {"name": "data", "persistentVolumeClaim": {"claimName": "data-db-4"}},
            {"name": "scratch", "emptyDir": {}},
            {"name": "cache", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}},
        ])
    }

    /// The same from both encodings.
    fn read<T: Message + Default + DeserializeOwned>(
        object: Value,
        convert: impl Fn(T) -> Result<Mentioner, Malformed>,
    ) -> Mentioner {
        let wire: T = serde_json::from_value(object).unwrap();
        let over_protobuf = T::decode(wire.encode_to_vec().as_slice()).unwrap();
        let read = convert(wire).unwrap();
        assert_eq!(convert(over_protobuf).unwrap(), read);
        read
    }

    #[test]
    fn a_pod_names_its_claims_and_those_of_its_ephemeral_volumes() {
        let named = |object: Value| {
            let pod = read(object, pod);
            assert_eq!((pod.namespace.as_str(), pod.name.as_str()), ("prod", "x"));
            pod.mentions.into_iter().map(|(claim, by)| (claim, by.how)).collect::<Vec<_>>()
        };
        let how = |phase: &str, scheduled, going, ephemeral| Mention::Pod {
            phase: phase.to_owned(),
            scheduled,
            going,
            ephemeral,
        };
        let running = json!({
            "metadata": meta(), "spec": {"nodeName": "n", "volumes": volumes()},
            "status": {"phase": "Running"},
        });
        assert_eq!(
            named(running),
            [
                ("data-db-4".to_owned(), how("Running", true, false, false)),
                ("x-cache".to_owned(), how("Running", true, false, true)),
            ]
        );
        // In whatever state: not scheduled, ended, told to go.
        let mut going = meta();
        going["deletionTimestamp"] = json!("2026-11-21T06:00:00Z");
        let pod = json!({
            "metadata": going, "spec": {"volumes": [volumes()[0]]},
            "status": {"phase": "Succeeded"},
        });
        assert_eq!(named(pod), [("data-db-4".to_owned(), how("Succeeded", false, true, false))]);
    }

    #[test]
    fn a_pod_without_a_controller_is_told_apart() {
        let mut owned = meta();
        owned["ownerReferences"] =
            json!([{"kind": "StatefulSet", "name": "db", "uid": "s", "controller": true}]);
        let mut only_owned = owned.clone();
        only_owned["ownerReferences"][0]["controller"] = json!(false);
        for (meta, managed) in [(meta(), false), (owned, true), (only_owned, false)] {
            assert_eq!(read(json!({"metadata": meta}), pod).managed, managed);
        }
    }

    #[test]
    fn every_kind_of_template_is_read_where_it_is() {
        let template = json!({"spec": {"volumes": volumes()}});
        let plain = json!({"metadata": meta(), "spec": {"template": template}});
        let cron = json!({
            "metadata": meta(),
            "spec": {"suspend": true, "jobTemplate": {"spec": {"template": template}}},
        });
        for (read, by) in [
            (read(plain.clone(), workload::<DeploymentSpec>), "deployment/x"),
            (read(plain.clone(), workload::<ReplicaSetSpec>), "replicaset/x"),
            (read(plain.clone(), workload::<DaemonSetSpec>), "daemonset/x"),
            (read(plain.clone(), workload::<ControllerSpec>), "replicationcontroller/x"),
            (read(plain, workload::<JobSpec>), "job/x"),
            (read(cron, workload::<CronJobSpec>), "cronjob/x"),
        ] {
            let reference = Reference { by: by.to_owned(), how: Mention::Template };
            assert_eq!(read.mentions, [("data-db-4".to_owned(), reference)]);
        }
    }

    #[test]
    fn field_numbers_are_those_of_kubernetes() {
        // A volume as `generated.proto` of k8s.io/api has it, byte by byte.
        let claim = b"\x0a\x01c";
        let source = [&[0x52, 3][..], claim].concat();
        let volume = [&[0x0a, 1, b'v', 0x12, 5][..], &source].concat();
        let spec = [&[0x0a, 10][..], &volume, b"\x52\x01n"].concat();
        let meta = b"\x0a\x01x\x1a\x01p\x2a\x01u";
        let bytes = [&[0x0a, 9][..], meta, &[0x12, 15][..], &spec, b"\x1a\x03\x0a\x01R"].concat();
        let read = pod(ClaimUser::decode(bytes.as_slice()).unwrap()).unwrap();
        let how =
            Mention::Pod { phase: "R".to_owned(), scheduled: true, going: false, ephemeral: false };
        assert_eq!(read.mentions, [("c".to_owned(), Reference { by: "pod/x".to_owned(), how })]);
    }

    #[test]
    fn a_pod_without_a_name_or_namespace_is_an_error() {
        let error = pod(ClaimUser::default()).unwrap_err();
        assert_eq!(error.field, "metadata.namespace");
    }
}
