//! The reads of a session.

use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cluster::fleet::{self, Scope};
use crate::cluster::list::{Lists, Query};
use crate::cluster::read;
use crate::cluster::session::Session;
use crate::cluster::watch::{FleetWatch, RENEWED_AFTER, SetWatch};
use crate::exit::Failure;
use crate::model::attachment::Attachment;
use crate::model::autoscaler::Autoscaler;
use crate::model::budget::Budget;
use crate::model::claim::Claim;
use crate::model::claim_index::ClaimIndex;
use crate::model::cluster_event::ClusterEvent;
use crate::model::fleet::Fleet;
use crate::model::lease::Lease;
use crate::model::node::Node;
use crate::model::pod::Pod;
use crate::model::resident::Resident;
use crate::model::revision::Revision;
use crate::model::set::Set;
use crate::model::snapshot::{Known, Snapshot};
use crate::model::volume::Volume;

/// Reads of single objects that are under way at the same time.
const AT_ONCE: usize = 4;

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
    pub(super) async fn lists(&self) -> Result<Lists, kube::Error> {
        let version = self.server_version().await?;
        Ok(Lists::of_version(version.major, version.minor))
    }

    /// One set and everything a rollout of it depends on.
    pub async fn snapshot(&self, namespace: &str, name: &str) -> Result<Snapshot, Failure> {
        let lists = self.lists().await?;
        Ok(read::snapshot(self.client(), namespace, name, lists).await?)
    }

    /// One set and its pods: enough to see where it stands, and not to change it.
    pub async fn standing(&self, namespace: &str, name: &str) -> Result<Snapshot, Failure> {
        let lists = self.lists().await?;
        Ok(read::standing(self.client(), namespace, name, lists).await?)
    }

    /// Many sets, their pods and their claims, in one pass.
    pub async fn fleet(&self, scope: Scope<'_>) -> Result<Fleet, Failure> {
        let lists = self.lists().await?;
        Ok(fleet::read(self.client(), scope, lists).await?)
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

    /// A ConfigMap as the server sends it, nothing if there is none, or why it cannot be known.
    pub async fn config_map(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Known<Option<Value>>, kube::Error> {
        read::config_map(self.client(), namespace, name).await
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

    /// The claims of a namespace, as little of each as is shown, or why they cannot be known.
    pub async fn claim_index(&self, namespace: &str) -> Result<Known<ClaimIndex>, kube::Error> {
        let lists = self.lists().await?;
        let query = Query { namespace: Some(namespace), labels: None, fields: None, lists };
        fleet::claim_index(self.client(), query).await
    }

    /// These volumes, in this order: nothing for one that is not there, and why for one that
    /// cannot be known.
    pub async fn volumes(
        &self,
        names: &[String],
    ) -> Result<Vec<Known<Option<Volume>>>, kube::Error> {
        let reads = names.iter().map(|name| read::volume(self.client(), name));
        stream::iter(reads).buffered(AT_ONCE).try_collect().await
    }

    /// The nodes, or why they cannot be known.
    pub async fn nodes(&self) -> Result<Known<Vec<Node>>, kube::Error> {
        let lists = self.lists().await?;
        read::nodes(self.client(), lists).await
    }

    /// The autoscalers of a namespace, or why they cannot be known.
    pub async fn autoscalers(
        &self,
        namespace: &str,
    ) -> Result<Known<Vec<Autoscaler>>, kube::Error> {
        let lists = self.lists().await?;
        read::autoscalers(self.client(), namespace, lists).await
    }

    /// What was told about this very set, or why that cannot be known.
    pub async fn events(&self, set: &Set) -> Result<Known<Vec<ClusterEvent>>, kube::Error> {
        let lists = self.lists().await?;
        read::events(self.client(), set, lists).await
    }

    /// One node, none if there is none, or why it cannot be known; and the time of the server.
    pub async fn node(
        &self,
        name: &str,
    ) -> Result<(Known<Option<Node>>, Option<Timestamp>), kube::Error> {
        read::node(self.client(), name).await
    }

    /// The leases of all nodes, or why they cannot be known.
    pub async fn node_leases(&self) -> Result<Known<Vec<Lease>>, kube::Error> {
        let lists = self.lists().await?;
        read::node_leases(self.client(), lists).await
    }

    /// The pods bound to a node, of all namespaces, or why they cannot be known.
    pub async fn residents(&self, node: &str) -> Result<Known<Vec<Resident>>, kube::Error> {
        let lists = self.lists().await?;
        read::residents(self.client(), node, lists).await
    }

    /// What is attached to a node, or why it cannot be known.
    pub async fn attachments(&self, node: &str) -> Result<Known<Vec<Attachment>>, kube::Error> {
        let lists = self.lists().await?;
        read::attachments(self.client(), node, lists).await
    }

    /// One pod.
    pub async fn pod(&self, namespace: &str, name: &str) -> Result<Pod, kube::Error> {
        read::pod(self.client(), namespace, name).await
    }

    /// The pods a set's selector matches; not all need be owned by the set.
    pub async fn pods(&self, set: &Set) -> Result<Vec<Pod>, kube::Error> {
        let lists = self.lists().await?;
        read::pods(self.client(), &set.namespace, &set.selector, lists).await
    }

    /// A set and its pods from now on.
    pub async fn watch(&self, set: &Set) -> Result<SetWatch, Failure> {
        let lists = self.lists().await?;
        Ok(SetWatch::new(self.client(), set, lists, RENEWED_AFTER))
    }

    /// A set, its pods and its claims from now on.
    pub async fn watch_standing(&self, set: &Set) -> Result<FleetWatch, Failure> {
        let lists = self.lists().await?;
        Ok(FleetWatch::of_set(self.client(), set, lists, RENEWED_AFTER))
    }

    /// Many sets, their pods and their claims from now on.
    pub async fn watch_fleet(&self, scope: Scope<'_>) -> Result<FleetWatch, Failure> {
        let lists = self.lists().await?;
        Ok(FleetWatch::of_scope(self.client(), scope, lists, RENEWED_AFTER))
    }

    /// Whether this user may do that in this namespace, as the server says (a
    /// SelfSubjectAccessReview, which stores nothing).
    pub async fn may(&self, access: Access, namespace: &str) -> Result<bool, Failure> {
        self.may_with(access, namespace, "").await
    }

    /// The same for the object of this name alone.
    pub async fn may_with(
        &self,
        access: Access,
        namespace: &str,
        name: &str,
    ) -> Result<bool, Failure> {
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": { "resourceAttributes": {
                "namespace": namespace,
                "verb": access.verb,
                "group": access.group,
                "resource": access.resource,
                "subresource": access.subresource,
                "name": name,
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
