//! Partial objects in a form that kube's watcher accepts.

use std::borrow::Cow;
use std::fmt;

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use prost::Message;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::Deserializer;

use crate::convert;
use crate::convert::Malformed;
use crate::model;
use crate::wire;
use crate::wire::meta;

/// A partial object that can be watched.
pub(super) trait Watchable: DeserializeOwned + Clone + fmt::Debug + Send + 'static {
    /// The complete type, which knows group, version and path.
    type Full: Resource<DynamicType = (), Scope = NamespaceResourceScope>;
    /// What it is turned into.
    type Model;

    /// Its metadata, as far as that tells it from others.
    fn identity(&self) -> Identity<'_>;

    /// Turns it into the model's value; nothing when nobody wants to know of it.
    fn model(self) -> Result<Option<Self::Model>, Malformed>;
}

/// What tells an object and its versions from others of its kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Identity<'a> {
    /// Namespace.
    pub(super) namespace: &'a str,
    /// Name.
    pub(super) name: &'a str,
    /// Resource version.
    pub(super) version: &'a str,
}

impl<'a> Identity<'a> {
    fn of<M: Message + Default + fmt::Debug>(meta: Option<&'a meta::ObjectMeta<M>>) -> Self {
        meta.map_or(Self::default(), |meta| Self {
            namespace: &meta.namespace,
            name: &meta.name,
            version: &meta.resource_version,
        })
    }
}

/// A partial object with as much of a full `ObjectMeta` as the watcher looks at.
#[derive(Clone, Debug)]
pub(super) struct Watched<T> {
    /// The object.
    pub(super) object: T,
    meta: ObjectMeta,
}

impl<'de, T: Watchable> Deserialize<'de> for Watched<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = T::deserialize(deserializer)?;
        let identity = object.identity();
        let meta = ObjectMeta {
            name: Some(identity.name.to_owned()),
            resource_version: Some(identity.version.to_owned()),
            ..ObjectMeta::default()
        };
        Ok(Self { object, meta })
    }
}

impl<T: Watchable> Resource for Watched<T> {
    type DynamicType = ();
    type Scope = NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        T::Full::kind(&())
    }

    fn group((): &()) -> Cow<'_, str> {
        T::Full::group(&())
    }

    fn version((): &()) -> Cow<'_, str> {
        T::Full::version(&())
    }

    fn plural((): &()) -> Cow<'_, str> {
        T::Full::plural(&())
    }

    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.meta
    }
}

impl Watchable for wire::set::StatefulSet {
    type Full = k8s_openapi::api::apps::v1::StatefulSet;
    type Model = model::set::Set;

    fn identity(&self) -> Identity<'_> {
        Identity::of(self.metadata.as_ref())
    }

    fn model(self) -> Result<Option<Self::Model>, Malformed> {
        convert::set::set(self).map(Some)
    }
}

impl Watchable for wire::pod::Pod {
    type Full = k8s_openapi::api::core::v1::Pod;
    type Model = model::pod::Pod;

    fn identity(&self) -> Identity<'_> {
        Identity::of(self.metadata.as_ref())
    }

    fn model(self) -> Result<Option<Self::Model>, Malformed> {
        convert::pod::pod(&self).map(Some)
    }
}

/// A pod of which only a row is kept, if it is the pod of a set.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct PodRow(wire::pod::Pod);

impl Watchable for PodRow {
    type Full = k8s_openapi::api::core::v1::Pod;
    type Model = model::roster::Member;

    fn identity(&self) -> Identity<'_> {
        self.0.identity()
    }

    fn model(self) -> Result<Option<Self::Model>, Malformed> {
        if !convert::pod::is_of_a_set(&self.0) {
            return Ok(None);
        }
        convert::pod::pod(&self.0).map(model::roster::Member::of)
    }
}

impl Watchable for wire::claim::PersistentVolumeClaim {
    type Full = k8s_openapi::api::core::v1::PersistentVolumeClaim;
    type Model = model::claim::Claim;

    fn identity(&self) -> Identity<'_> {
        Identity::of(self.metadata.as_ref())
    }

    fn model(self) -> Result<Option<Self::Model>, Malformed> {
        convert::claim::claim(self).map(Some)
    }
}

/// A claim of which only a row is kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct ClaimRow(wire::claim::PersistentVolumeClaim);

impl Watchable for ClaimRow {
    type Full = k8s_openapi::api::core::v1::PersistentVolumeClaim;
    type Model = (String, String, model::claim_index::ClaimRow);

    fn identity(&self) -> Identity<'_> {
        Identity::of(self.0.metadata.as_ref())
    }

    fn model(self) -> Result<Option<Self::Model>, Malformed> {
        let claim = convert::claim::claim(self.0)?;
        let row = model::claim_index::ClaimRow::of(&claim);
        Ok(Some((claim.namespace, claim.name, row)))
    }
}
