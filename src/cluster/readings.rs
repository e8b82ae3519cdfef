//! The reads of a session.

use serde_json::{Value, json};

use crate::cluster::list::Lists;
use crate::cluster::read;
use crate::cluster::session::Session;
use crate::cluster::watch::{RENEWED_AFTER, SetWatch};
use crate::exit::Failure;
use crate::model::budget::Budget;
use crate::model::claim::Claim;
use crate::model::node::Node;
use crate::model::revision::Revision;
use crate::model::set::Set;
use crate::model::snapshot::{Known, Snapshot};

/// Something a command needs to be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Such as `patch`.
    pub verb: &'static str,
    /// Such as `apps`; empty for the core group.
    pub group: &'static str,
    /// Such as `statefulsets`.
    pub resource: &'static str,
    /// Such as `exec`; empty for the resource itself.
    pub subresource: &'static str,
}

impl Session {
    async fn lists(&self) -> Result<Lists, kube::Error> {
        let version = self.server_version().await?;
        Ok(Lists::of_version(version.major, version.minor))
    }

    /// One set and everything a rollout of it depends on.
    pub async fn snapshot(&self, namespace: &str, name: &str) -> Result<Snapshot, Failure> {
        let lists = self.lists().await?;
        Ok(read::snapshot(self.client(), namespace, name, lists).await?)
    }

    /// One set.
    pub async fn set(&self, namespace: &str, name: &str) -> Result<Set, kube::Error> {
        read::set(self.client(), namespace, name).await
    }

    /// The names of the sets of a namespace that a selector matches, sorted.
    pub async fn matching_sets(
        &self,
        namespace: &str,
        selector: &str,
    ) -> Result<Vec<String>, kube::Error> {
        let lists = self.lists().await?;
        let sets = read::matching_sets(self.client(), namespace, selector, lists).await?;
        let mut names: Vec<String> = sets.into_iter().map(|set| set.name).collect();
        names.sort();
        Ok(names)
    }

    /// One set as the server sends it.
    pub async fn set_object(&self, namespace: &str, name: &str) -> Result<Value, kube::Error> {
        read::set_object(self.client(), namespace, name).await
    }

    /// One remembered template.
    pub async fn revision(&self, namespace: &str, name: &str) -> Result<Revision, kube::Error> {
        read::revision(self.client(), namespace, name).await
    }

    /// The budgets of a namespace, or why they cannot be known.
    pub async fn budgets(&self, namespace: &str) -> Result<Known<Vec<Budget>>, kube::Error> {
        let lists = self.lists().await?;
        read::budgets(self.client(), namespace, lists).await
    }

    /// The claims of a namespace, or of all, or why they cannot be known.
    pub async fn claims(&self, namespace: Option<&str>) -> Result<Known<Vec<Claim>>, kube::Error> {
        let lists = self.lists().await?;
        read::claims(self.client(), namespace, lists).await
    }

    /// The nodes, or why they cannot be known.
    pub async fn nodes(&self) -> Result<Known<Vec<Node>>, kube::Error> {
        let lists = self.lists().await?;
        read::nodes(self.client(), lists).await
    }

    /// A set and its pods from now on.
    pub async fn watch(&self, set: &Set) -> Result<SetWatch, Failure> {
        let lists = self.lists().await?;
        Ok(SetWatch::new(self.client(), set, lists, RENEWED_AFTER))
    }

    /// Whether this user may do that in this namespace, as the server says (a
    /// SelfSubjectAccessReview, which stores nothing).
    pub async fn may(&self, access: Access, namespace: &str) -> Result<bool, Failure> {
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": { "resourceAttributes": {
                "namespace": namespace,
                "verb": access.verb,
                "group": access.group,
                "resource": access.resource,
                "subresource": access.subresource,
            }},
        });
        let request = http::Request::post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(serde_json::to_vec(&review).map_err(anyhow::Error::from)?)
            .map_err(anyhow::Error::from)?;
        let answer: Value = self.client().request(request).await?;
        Ok(answer["status"]["allowed"] == true)
    }
}
