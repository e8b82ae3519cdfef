//! What this cluster's controllers know, found out by asking.

use serde_json::{Value, json};

use crate::cluster::readings::Access;
use crate::cluster::session::Session;
use crate::cluster::status;
use crate::model::feature::MaxUnavailable;
use crate::model::snapshot::Known;
use crate::model::text::clean;

/// More than the API's default, which a server that knows the field would fill in.
const ASKED: u64 = 2;

const TO_CREATE: Access =
    Access { verb: "create", group: "apps", resource: "statefulsets", subresource: "" };

impl Session {
    /// Whether `maxUnavailable` of StatefulSets counts here.
    ///
    /// A set that asks for it is created by a dry run: servers with the feature keep the field,
    /// others drop it. The gate of the API server is taken for that of the controller manager, as
    /// both are to be set alike. Whatever refuses the dry run (rights, quota, admission) leaves
    /// the answer unknown. Nothing is tried by somebody who may not create sets.
    pub async fn max_unavailable(&self, namespace: &str) -> Known<MaxUnavailable> {
        match self.may(TO_CREATE, namespace).await {
            Ok(true) => {}
            Ok(false) => {
                let why = format!("you may not create statefulsets.apps in namespace {namespace}");
                return Known::Unknown(why);
            }
            Err(failure) => return Known::Unknown(clean(&failure.cause.to_string())),
        }
        match self.preview_create(namespace, &throw_away()).await {
            Ok(answer) => read(&answer),
            Err(error) => Known::Unknown(match status::of(&error) {
                Some(answer) => clean(&answer.message),
                None => clean(&error.to_string()),
            }),
        }
    }
}

fn read(answer: &Value) -> Known<MaxUnavailable> {
    let rolling = &answer["spec"]["updateStrategy"]["rollingUpdate"];
    match &rolling["maxUnavailable"] {
        kept if kept.as_u64() == Some(ASKED) => Known::Read(MaxUnavailable::Counts),
        Value::Null if rolling.is_object() => Known::Read(MaxUnavailable::Dropped),
        _ => Known::Unknown("the server answered with another maxUnavailable".to_owned()),
    }
}

/// A set of no pods that the strictest pod security lets pass.
fn throw_away() -> Value {
    let labels = json!({ "app.kubernetes.io/name": "kubectl-sts-dry-run" });
    json!({
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": { "generateName": "kubectl-sts-dry-run-", "labels": labels },
        "spec": {
            "replicas": 0,
            "serviceName": "kubectl-sts-dry-run",
            "selector": { "matchLabels": labels },
            "updateStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": { "partition": 0, "maxUnavailable": ASKED },
            },
            "template": {
                "metadata": { "labels": labels },
                "spec": {
                    "automountServiceAccountToken": false,
                    "securityContext": {
                        "runAsNonRoot": true,
                        "runAsUser": 65534,
                        "seccompProfile": { "type": "RuntimeDefault" },
                    },
                    "containers": [{
                        "name": "none",
                        "image": "registry.k8s.io/pause:3.10",
                        "resources": {
                            "requests": { "cpu": "1m", "memory": "1Mi" },
                            "limits": { "cpu": "1m", "memory": "1Mi" },
                        },
                        "securityContext": {
                            "allowPrivilegeEscalation": false,
                            "capabilities": { "drop": ["ALL"] },
                            "readOnlyRootFilesystem": true,
                        },
                    }],
                },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(rolling: &Value) -> Known<MaxUnavailable> {
        read(&json!({ "spec": { "updateStrategy": { "rollingUpdate": rolling } } }))
    }

    #[test]
    fn a_field_that_is_kept_counts_and_one_that_is_dropped_does_not() {
        let kept = json!({ "partition": 0, "maxUnavailable": 2 });
        assert_eq!(answered(&kept), Known::Read(MaxUnavailable::Counts));
        let dropped = json!({ "partition": 0 });
        assert_eq!(answered(&dropped), Known::Read(MaxUnavailable::Dropped));
    }

    #[test]
    fn anything_else_leaves_it_unknown() {
        for other in [json!({ "maxUnavailable": 1 }), json!({ "maxUnavailable": "2" }), Value::Null]
        {
            assert!(matches!(answered(&other), Known::Unknown(_)), "{other}");
        }
    }
}
