//! The only place that writes.
//!
//! Every write names what it saw: a patch carries UID and version of the object, and so does a
//! delete, inside the body (the API server ignores `dryRun` in the address of a DELETE that has a
//! body). No write is ever sent twice: who calls reads again and judges anew.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::api::core::v1::Node;
use k8s_openapi::api::core::v1::PersistentVolume;
use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::Resource;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions, PropagationPolicy};
use kube::core::Request;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::cluster::list::garbled;
use crate::cluster::node_patch;
use crate::cluster::patch;
use crate::cluster::session::Session;
use crate::cluster::storage_patch;
use crate::convert;
use crate::model::claim::Claim;
use crate::model::set::Set;
use crate::model::volume::Volume;
use crate::plan::step::object::{Creation, ObjectKind};
use crate::plan::step::{PodDeletion, Scaling, SetPatch, Step};
use crate::wire;

/// The field manager of everything written.
pub const FIELD_MANAGER: &str = "kubectl-sts";

/// Whether the server keeps what it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// It does.
    Written,
    /// It answers as if it did (`dryRun=All`).
    DryRun,
}

/// What the server stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// A set that was created or patched.
    Set(Box<Set>),
    /// A claim that was created or patched.
    Claim(Box<Claim>),
    /// A volume that was patched.
    Volume(Box<Volume>),
    /// Something else, or nothing any more.
    Nothing,
}

impl Written {
    /// The set, if it is one.
    pub fn set(self) -> Option<Set> {
        match self {
            Self::Set(set) => Some(*set),
            Self::Claim(_) | Self::Volume(_) | Self::Nothing => None,
        }
    }
}

impl Session {
    /// Carries out one write.
    pub async fn apply(&self, step: &Step, keep: Keep) -> Result<Written, kube::Error> {
        write(self.client(), step, keep).await
    }

    /// What the set would be if this were merged into it, without changing anything.
    pub async fn preview_merge(
        &self,
        namespace: &str,
        name: &str,
        body: &Value,
    ) -> Result<Value, kube::Error> {
        let path = path(ObjectKind::Set, namespace);
        send_patch(self.client(), &path, name, &Patch::Merge(body), Keep::DryRun).await
    }

    /// What the server would make of a new set, without creating it.
    pub async fn preview_create(&self, namespace: &str, set: &Value) -> Result<Value, kube::Error> {
        let path = path(ObjectKind::Set, namespace);
        send_creation(self.client(), &path, set.to_string().into_bytes(), Keep::DryRun).await
    }
}

async fn write(client: &Client, step: &Step, keep: Keep) -> Result<Written, kube::Error> {
    match step {
        Step::PatchSet(patch) => patch_set(client, patch, keep).await,
        Step::DeletePod(deletion) => {
            let path = Pod::url_path(&(), Some(&deletion.namespace));
            let params = deletion_params(&deletion.uid, &deletion.resource_version, keep);
            delete(client, &path, &deletion.pod, &params).await
        }
        Step::EvictPod(deletion) => {
            // An eviction of a pod that has become another one burns the budget before it is
            // refused; a dry run is refused at no cost.
            evict(client, deletion, Keep::DryRun).await?;
            if keep == Keep::Written {
                evict(client, deletion, keep).await?;
            }
            Ok(Written::Nothing)
        }
        Step::Scale(scaling) => scale(client, scaling, keep).await,
        Step::TaintNode(step) => {
            patch_node(client, &step.node, &node_patch::taint(step), keep).await
        }
        Step::UntaintNode(step) => {
            patch_node(client, &step.node, &node_patch::untaint(step), keep).await
        }
        Step::PatchClaim(patch) => {
            let path = path(ObjectKind::Claim, &patch.namespace);
            let body = Patch::Merge(storage_patch::claim(patch));
            of_claim(send_patch(client, &path, &patch.name, &body, keep).await?)
        }
        Step::RemoveOwner(removal) => {
            let path = path(ObjectKind::Claim, &removal.namespace);
            let body = storage_patch::without_owner(removal);
            of_claim(client.request(json_patch(&path, &removal.claim, &body, keep)?).await?)
        }
        Step::PatchVolume(patch) => {
            let path = PersistentVolume::url_path(&(), None);
            let body = Patch::Merge(storage_patch::volume(patch));
            of_volume(send_patch(client, &path, &patch.name, &body, keep).await?)
        }
        Step::Create(creation) => create(client, creation, keep).await,
        Step::Delete(deletion) => {
            let path = path(deletion.kind, &deletion.namespace);
            let mut params = deletion_params(&deletion.uid, &deletion.resource_version, keep);
            if deletion.kind == ObjectKind::Set {
                params.propagation_policy = Some(PropagationPolicy::Orphan);
            }
            delete(client, &path, &deletion.name, &params).await
        }
    }
}

/// Where objects of a kind are.
fn path(kind: ObjectKind, namespace: &str) -> String {
    match kind {
        ObjectKind::Set => StatefulSet::url_path(&(), Some(namespace)),
        ObjectKind::Claim => PersistentVolumeClaim::url_path(&(), Some(namespace)),
        ObjectKind::Copy => ConfigMap::url_path(&(), Some(namespace)),
        ObjectKind::Snapshot => {
            format!("/apis/snapshot.storage.k8s.io/v1/namespaces/{namespace}/volumesnapshots")
        }
    }
}

fn of_set(wire: wire::set::StatefulSet) -> Result<Written, kube::Error> {
    let set = convert::set::set(wire).map_err(|error| kube::Error::Service(error.into()))?;
    Ok(Written::Set(Box::new(set)))
}

fn of_claim(wire: wire::claim::PersistentVolumeClaim) -> Result<Written, kube::Error> {
    Ok(Written::Claim(Box::new(convert::claim::claim(wire).map_err(garbled)?)))
}

fn of_volume(wire: wire::volume::PersistentVolume) -> Result<Written, kube::Error> {
    Ok(Written::Volume(Box::new(convert::volume::volume(wire).map_err(garbled)?)))
}

async fn create(client: &Client, creation: &Creation, keep: Keep) -> Result<Written, kube::Error> {
    let path = path(creation.kind, &creation.namespace);
    let body = creation.manifest.clone().into_bytes();
    match creation.kind {
        // What was not stored has no version.
        _ if keep == Keep::DryRun => {
            send_creation::<Value>(client, &path, body, keep).await.map(|_| Written::Nothing)
        }
        ObjectKind::Set => of_set(send_creation(client, &path, body, keep).await?),
        ObjectKind::Claim => of_claim(send_creation(client, &path, body, keep).await?),
        ObjectKind::Snapshot | ObjectKind::Copy => {
            send_creation::<Value>(client, &path, body, keep).await.map(|_| Written::Nothing)
        }
    }
}

async fn send_creation<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    body: Vec<u8>,
    keep: Keep,
) -> Result<T, kube::Error> {
    let params =
        PostParams { dry_run: keep == Keep::DryRun, field_manager: Some(FIELD_MANAGER.to_owned()) };
    let request = Request::new(path).create(&params, body).map_err(kube::Error::BuildRequest)?;
    client.request(request).await
}

async fn delete(
    client: &Client,
    path: &str,
    name: &str,
    params: &DeleteParams,
) -> Result<Written, kube::Error> {
    let request = Request::new(path).delete(name, params).map_err(kube::Error::BuildRequest)?;
    client.request_text(request).await.map(|_| Written::Nothing)
}

/// The body is written here: kube spells `deleteOptions` as `delete_options`, which the server
/// drops together with the preconditions in it.
async fn evict(client: &Client, deletion: &PodDeletion, keep: Keep) -> Result<(), kube::Error> {
    let body = serde_json::json!({
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": { "name": deletion.pod, "namespace": deletion.namespace },
        "deleteOptions": deletion_params(&deletion.uid, &deletion.resource_version, keep),
    });
    let pods = Pod::url_path(&(), Some(&deletion.namespace));
    let request = http::Request::post(format!("{pods}/{}/eviction", deletion.pod))
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(body.to_string().into_bytes())
        .map_err(|error| kube::Error::Service(error.into()))?;
    client.request_text(request).await.map(drop)
}

async fn scale(client: &Client, scaling: &Scaling, keep: Keep) -> Result<Written, kube::Error> {
    let body = serde_json::json!({
        "metadata": { "uid": scaling.uid, "resourceVersion": scaling.resource_version },
        "spec": { "replicas": scaling.replicas },
    });
    let request = Request::new(path(ObjectKind::Set, &scaling.namespace))
        .patch_subresource("scale", &scaling.name, &patch_params(keep), &Patch::Merge(body))
        .map_err(kube::Error::BuildRequest)?;
    client.request_text(request).await.map(|_| Written::Nothing)
}

async fn patch_node(
    client: &Client,
    name: &str,
    operations: &Value,
    keep: Keep,
) -> Result<Written, kube::Error> {
    let request = json_patch(&Node::url_path(&(), None), name, operations, keep)?;
    client.request_text(request).await.map(|_| Written::Nothing)
}

/// A JSON patch, which kube takes as a type of another crate only.
fn json_patch(
    path: &str,
    name: &str,
    operations: &Value,
    keep: Keep,
) -> Result<http::Request<Vec<u8>>, kube::Error> {
    let empty = Patch::Merge(Value::Null);
    let mut request = Request::new(path)
        .patch(name, &patch_params(keep), &empty)
        .map_err(kube::Error::BuildRequest)?;
    let media_type = http::HeaderValue::from_static("application/json-patch+json");
    request.headers_mut().insert(http::header::CONTENT_TYPE, media_type);
    *request.body_mut() = operations.to_string().into_bytes();
    Ok(request)
}

async fn patch_set(client: &Client, change: &SetPatch, keep: Keep) -> Result<Written, kube::Error> {
    let body = patch::body(change).map_err(|error| kube::Error::Service(error.into()))?;
    let path = path(ObjectKind::Set, &change.namespace);
    of_set(send_patch(client, &path, &change.name, &Patch::Strategic(body), keep).await?)
}

async fn send_patch<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    name: &str,
    patch: &Patch<impl serde::Serialize>,
    keep: Keep,
) -> Result<T, kube::Error> {
    let request = Request::new(path)
        .patch(name, &patch_params(keep), patch)
        .map_err(kube::Error::BuildRequest)?;
    client.request(request).await
}

/// Deletes the object that was read and no other; a pod with its own grace period.
fn deletion_params(uid: &str, resource_version: &str, keep: Keep) -> DeleteParams {
    DeleteParams {
        dry_run: keep == Keep::DryRun,
        preconditions: Some(Preconditions {
            uid: Some(uid.to_owned()),
            resource_version: Some(resource_version.to_owned()),
        }),
        ..DeleteParams::default()
    }
}

fn patch_params(keep: Keep) -> PatchParams {
    PatchParams {
        dry_run: keep == Keep::DryRun,
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PatchParams::default()
    }
}

#[cfg(test)]
mod tests;
