//! Pods and what pods are made from, as far as which claims they name.

use std::fmt;

use prost::Message;
use serde::Deserialize;

use crate::wire::meta::Identity;
use crate::wire::value::Skipped;
use crate::wire::value::or_default;

/// `v1` Pod.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct ClaimUser {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<Identity>,
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<PodSpec>,
    /// Status.
    #[prost(message, optional, tag = "3")]
    pub status: Option<PodStatus>,
}

/// `spec` of a pod, and of a template.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodSpec {
    /// Volumes.
    #[prost(message, repeated, tag = "1")]
    #[serde(deserialize_with = "or_default")]
    pub volumes: Vec<Volume>,
    /// The node it was bound to.
    #[prost(string, tag = "10")]
    pub node_name: String,
}

/// One of `spec.volumes`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct Volume {
    /// Name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// What it is; its fields are those of the volume itself in JSON.
    #[prost(message, optional, tag = "2")]
    #[serde(flatten)]
    pub source: Option<VolumeSource>,
}

/// What a volume is.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeSource {
    /// A claim by name.
    #[prost(message, optional, tag = "10")]
    pub persistent_volume_claim: Option<ClaimSource>,
    /// A claim that is made for the pod and goes with it.
    #[prost(message, optional, tag = "29")]
    pub ephemeral: Option<Skipped>,
}

/// `persistentVolumeClaim` of a volume.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ClaimSource {
    /// Name of the claim.
    #[prost(string, tag = "1")]
    pub claim_name: String,
}

/// `status` of a pod.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct PodStatus {
    /// Phase.
    #[prost(string, tag = "1")]
    pub phase: String,
}

/// `v1` PodTemplateSpec.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct PodTemplate {
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<PodSpec>,
}

/// Something that makes pods, with the spec its kind has.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, bound = "S: Deserialize<'de>")]
pub struct Workload<S>
where
    S: Message + Default + fmt::Debug,
{
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<Identity>,
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<S>,
}

/// A spec with a template in it.
pub trait HasTemplate: Message + Default + fmt::Debug {
    /// As `kubectl get` takes it, such as `cronjob`.
    const KIND: &'static str;

    /// What pods are made from.
    fn template(self) -> Option<PodTemplate>;
}

/// A kind whose spec holds the template in the field with this number.
macro_rules! workload {
    ($doc:literal, $spec:ident, $kind:literal, $tag:tt) => {
        #[doc = $doc]
        #[derive(Clone, PartialEq, Message, Deserialize)]
        #[serde(default)]
        pub struct $spec {
            /// What pods are made from.
            #[prost(message, optional, tag = $tag)]
            pub template: Option<PodTemplate>,
        }

        impl HasTemplate for $spec {
            const KIND: &'static str = $kind;

            fn template(self) -> Option<PodTemplate> {
                self.template
            }
        }
    };
}

workload!("`spec` of an `apps/v1` Deployment.", DeploymentSpec, "deployment", "3");
workload!("`spec` of an `apps/v1` ReplicaSet.", ReplicaSetSpec, "replicaset", "3");
workload!("`spec` of an `apps/v1` DaemonSet.", DaemonSetSpec, "daemonset", "2");
workload!("`spec` of a `v1` ReplicationController.", ControllerSpec, "replicationcontroller", "3");
workload!("`spec` of a `batch/v1` Job.", JobSpec, "job", "6");

/// `spec` of a `batch/v1` CronJob.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CronJobSpec {
    /// What jobs are made from.
    #[prost(message, optional, tag = "5")]
    pub job_template: Option<JobTemplate>,
}

/// `batch/v1` JobTemplateSpec.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct JobTemplate {
    /// Spec.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<JobSpec>,
}

impl HasTemplate for CronJobSpec {
    const KIND: &'static str = "cronjob";

    fn template(self) -> Option<PodTemplate> {
        self.job_template?.spec?.template
    }
}
