//! The only place that writes.
//!
//! Every write names what it saw: a patch carries UID and version of the set, a delete those of
//! the pod, both inside the body (the API server ignores `dryRun` in the address of a DELETE that
//! has a body). No write is ever sent twice: who calls reads again and judges anew.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::Pod;
use kube::Resource;
use kube::api::{DeleteParams, Patch, PatchParams, Preconditions};
use kube::core::Request;
use serde_json::Value;

use crate::cluster::patch;
use crate::cluster::session::Session;
use crate::convert;
use crate::model::set::Set;
use crate::plan::step::{SetPatch, Step};
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
        match step {
            Step::PatchSet(patch) => self.patch_set(patch, keep).await.map(Some),
            Step::DeletePod(deletion) => {
                let params = DeleteParams {
                    dry_run: keep == Keep::DryRun,
                    preconditions: Some(Preconditions {
                        uid: Some(deletion.uid.clone()),
                        resource_version: Some(deletion.resource_version.clone()),
                    }),
                    ..DeleteParams::default()
                };
                let path = Pod::url_path(&(), Some(&deletion.namespace));
                let request = Request::new(path)
                    .delete(&deletion.pod, &params)
                    .map_err(kube::Error::BuildRequest)?;
                self.client().request_text(request).await.map(|_| None)
            }
        }
    }

    async fn patch_set(&self, change: &SetPatch, keep: Keep) -> Result<Set, kube::Error> {
        let body = patch::body(change).map_err(|error| kube::Error::Service(error.into()))?;
        let answer: wire::set::StatefulSet =
            self.send_patch(&change.namespace, &change.name, &Patch::Strategic(body), keep).await?;
        convert::set::set(answer).map_err(|error| kube::Error::Service(error.into()))
    }

    /// What the set would be if this were merged into it, without changing anything.
    pub async fn preview_merge(
        &self,
        namespace: &str,
        name: &str,
        body: &Value,
    ) -> Result<Value, kube::Error> {
        self.send_patch(namespace, name, &Patch::Merge(body), Keep::DryRun).await
    }

    async fn send_patch<T: serde::de::DeserializeOwned>(
        &self,
        namespace: &str,
        name: &str,
        patch: &Patch<impl serde::Serialize>,
        keep: Keep,
    ) -> Result<T, kube::Error> {
        let params = PatchParams {
            dry_run: keep == Keep::DryRun,
            field_manager: Some(FIELD_MANAGER.to_owned()),
            ..PatchParams::default()
        };
        let path = StatefulSet::url_path(&(), Some(namespace));
        let request =
            Request::new(path).patch(name, &params, patch).map_err(kube::Error::BuildRequest)?;
        self.client().request(request).await
    }
}
