//! The reads that decide what becomes of one claim.

use kube::api::{GetParams, Request};
use serde_json::Value;

use crate::cluster::list::{Decode, Listed, Query, garbled};
use crate::cluster::read::{collect, known};
use crate::cluster::session::Session;
use crate::cluster::status;
use crate::convert;
use crate::model::set::{Owner, Set};
use crate::model::snapshot::Known;
use crate::model::tenant::Tenant;
use crate::wire;

impl Listed for wire::tenant::Tenant {
    const PROTOBUF: Option<Decode<Self>> = None;

    fn path(namespace: Option<&str>) -> String {
        wire::pod::Pod::path(namespace)
    }
}

impl Session {
    /// One set, and the same as the server sends it; nothing if there is none.
    pub async fn set_and_object(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<(Set, Value)>, kube::Error> {
        let path = wire::set::StatefulSet::path(Some(namespace));
        let Some(object) = self.object(path, name).await? else { return Ok(None) };
        let wire = serde_json::from_value(object.clone()).map_err(kube::Error::SerdeError)?;
        Ok(Some((convert::set::set(wire).map_err(garbled)?, object)))
    }

    /// The sets of a namespace, without their templates, or why they cannot be known.
    pub async fn sets(&self, namespace: &str) -> Result<Known<Vec<Set>>, kube::Error> {
        let lists = self.lists().await?;
        let query = Query { namespace: Some(namespace), labels: None, fields: None, lists };
        known(collect(self.client(), query, convert::set::set).await)
    }

    /// The pods of a namespace and the claims they name, or why they cannot be known.
    pub async fn tenants(&self, namespace: &str) -> Result<Known<Vec<Tenant>>, kube::Error> {
        let lists = self.lists().await?;
        let query = Query { namespace: Some(namespace), labels: None, fields: None, lists };
        known(collect(self.client(), query, convert::tenant::tenant).await)
    }

    /// The UID of what an owner reference names, nothing if there is no such object, or why that
    /// cannot be known.
    pub async fn owner_uid(
        &self,
        namespace: &str,
        owner: &Owner,
    ) -> Result<Known<Option<String>>, kube::Error> {
        let version = match owner.api_version.as_str() {
            core if !core.contains('/') => format!("/api/{core}"),
            grouped => format!("/apis/{grouped}"),
        };
        let request = http::Request::get(&version)
            .body(Vec::new())
            .map_err(|error| kube::Error::Service(error.into()))?;
        let resources = match self.client().request::<Value>(request).await {
            Ok(list) => list["resources"].as_array().cloned().unwrap_or_default(),
            Err(error) if status::is_not_served(&error) => Vec::new(),
            Err(error) => return known(Err(error)),
        };
        let of_kind = |resource: &&Value| {
            resource["kind"] == *owner.kind
                && resource["name"].as_str().is_some_and(|name| !name.contains('/'))
        };
        let Some(resource) = resources.iter().find(of_kind) else {
            let kind = format!("{} of {}", owner.kind, owner.api_version);
            return Ok(Known::Unknown(format!("the server knows no {kind}")));
        };
        let plural = resource["name"].as_str().unwrap_or_default();
        let path = match resource["namespaced"].as_bool() {
            Some(false) => format!("{version}/{plural}"),
            _ => format!("{version}/namespaces/{namespace}/{plural}"),
        };
        let uid = |object: Value| object["metadata"]["uid"].as_str().map(str::to_owned);
        known(self.object(path, &owner.name).await.map(|object| object.and_then(uid)))
    }

    /// Whether volumes of a storage class are made only once a pod wants them. A class that cannot
    /// be read is taken for one that does not wait.
    pub async fn waits_for_pod(&self, class: &str) -> Result<bool, kube::Error> {
        let path = "/apis/storage.k8s.io/v1/storageclasses".to_owned();
        Ok(match known(self.object(path, class).await)? {
            Known::Read(Some(class)) => class["volumeBindingMode"] == "WaitForFirstConsumer",
            Known::Read(None) | Known::Unknown(_) => false,
        })
    }

    /// One object as the server sends it; nothing if there is none.
    pub(super) async fn object(
        &self,
        path: String,
        name: &str,
    ) -> Result<Option<Value>, kube::Error> {
        let request = Request::new(path)
            .get(name, &GetParams::default())
            .map_err(kube::Error::BuildRequest)?;
        match self.client().request(request).await {
            Ok(object) => Ok(Some(object)),
            Err(error) if status::is_not_found(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
