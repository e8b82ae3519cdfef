//! The only place that writes.
//!
//! Every write names what it saw: a patch carries UID and version of the set, a delete those of
//! the pod, both inside the body (the API server ignores `dryRun` in the address of a DELETE that
//! has a body). No write is ever sent twice: who calls reads again and judges anew.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::Resource;
use kube::api::{DeleteParams, Patch, PatchParams, Preconditions};
use kube::core::Request;
use serde_json::Value;

use crate::cluster::patch;
use crate::cluster::session::Session;
use crate::convert;
use crate::model::set::Set;
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

impl Session {
    /// Carries out one write. A patched set is answered as the server stored it.
    pub async fn apply(&self, step: &Step, keep: Keep) -> Result<Option<Set>, kube::Error> {
        write(self.client(), step, keep).await
    }

    /// What the set would be if this were merged into it, without changing anything.
    pub async fn preview_merge(
        &self,
        namespace: &str,
        name: &str,
        body: &Value,
    ) -> Result<Value, kube::Error> {
        send_patch(self.client(), namespace, name, &Patch::Merge(body), Keep::DryRun).await
    }
}

async fn write(client: &Client, step: &Step, keep: Keep) -> Result<Option<Set>, kube::Error> {
    match step {
        Step::PatchSet(patch) => patch_set(client, patch, keep).await.map(Some),
        Step::DeletePod(deletion) => {
            let path = Pod::url_path(&(), Some(&deletion.namespace));
            let request = Request::new(path)
                .delete(&deletion.pod, &params(deletion, keep))
                .map_err(kube::Error::BuildRequest)?;
            client.request_text(request).await.map(|_| None)
        }
        Step::EvictPod(deletion) => {
            // An eviction of a pod that has become another one burns the budget before it is
            // refused; a dry run is refused at no cost.
            evict(client, deletion, Keep::DryRun).await?;
            if keep == Keep::Written {
                evict(client, deletion, keep).await?;
            }
            Ok(None)
        }
        Step::Scale(scaling) => scale(client, scaling, keep).await.map(|()| None),
    }
}

/// The body is written here: kube spells `deleteOptions` as `delete_options`, which the server
/// drops together with the preconditions in it.
async fn evict(client: &Client, deletion: &PodDeletion, keep: Keep) -> Result<(), kube::Error> {
    let body = serde_json::json!({
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": { "name": deletion.pod, "namespace": deletion.namespace },
        "deleteOptions": params(deletion, keep),
    });
    let pods = Pod::url_path(&(), Some(&deletion.namespace));
    let request = http::Request::post(format!("{pods}/{}/eviction", deletion.pod))
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(body.to_string().into_bytes())
        .map_err(|error| kube::Error::Service(error.into()))?;
    client.request_text(request).await.map(drop)
}

async fn scale(client: &Client, scaling: &Scaling, keep: Keep) -> Result<(), kube::Error> {
    let body = serde_json::json!({
        "metadata": { "uid": scaling.uid, "resourceVersion": scaling.resource_version },
        "spec": { "replicas": scaling.replicas },
    });
    let request = Request::new(StatefulSet::url_path(&(), Some(&scaling.namespace)))
        .patch_subresource("scale", &scaling.name, &patch_params(keep), &Patch::Merge(body))
        .map_err(kube::Error::BuildRequest)?;
    client.request_text(request).await.map(drop)
}

async fn patch_set(client: &Client, change: &SetPatch, keep: Keep) -> Result<Set, kube::Error> {
    let body = patch::body(change).map_err(|error| kube::Error::Service(error.into()))?;
    let body = Patch::Strategic(body);
    let answer: wire::set::StatefulSet =
        send_patch(client, &change.namespace, &change.name, &body, keep).await?;
    convert::set::set(answer).map_err(|error| kube::Error::Service(error.into()))
}

async fn send_patch<T: serde::de::DeserializeOwned>(
    client: &Client,
    namespace: &str,
    name: &str,
    patch: &Patch<impl serde::Serialize>,
    keep: Keep,
) -> Result<T, kube::Error> {
    let path = StatefulSet::url_path(&(), Some(namespace));
    let request = Request::new(path)
        .patch(name, &patch_params(keep), patch)
        .map_err(kube::Error::BuildRequest)?;
    client.request(request).await
}

/// Deletes the pod that was read and no other, with its own grace period.
fn params(deletion: &PodDeletion, keep: Keep) -> DeleteParams {
    DeleteParams {
        dry_run: keep == Keep::DryRun,
        preconditions: Some(Preconditions {
            uid: Some(deletion.uid.clone()),
            resource_version: Some(deletion.resource_version.clone()),
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
