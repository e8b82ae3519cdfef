//! Partial objects in a form that kube's watcher accepts.

use std::borrow::Cow;
use std::fmt;

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::Deserializer;

use crate::convert;
use crate::convert::Malformed;
use crate::model;
use crate::wire;

/// A partial object that can be watched.
pub(super) trait Watchable: DeserializeOwned + Clone + fmt::Debug + Send + 'static {
    /// The complete type, which knows group, version and path.
    type Full: Resource<DynamicType = (), Scope = NamespaceResourceScope>;
    /// What it is turned into.
    type Model;

    /// Its name and its resource version.
    fn identity(&self) -> (&str, &str);

    /// Turns it into the model's value.
    fn model(self) -> Result<Self::Model, Malformed>;
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
        let (name, version) = object.identity();
        let meta = ObjectMeta {
            name: Some(name.to_owned()),
            resource_version: Some(version.to_owned()),
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

    fn identity(&self) -> (&str, &str) {
        self.metadata.as_ref().map_or(("", ""), |meta| (&meta.name, &meta.resource_version))
    }

    fn model(self) -> Result<Self::Model, Malformed> {
        convert::set::set(self)
    }
}

impl Watchable for wire::pod::Pod {
    type Full = k8s_openapi::api::core::v1::Pod;
    type Model = model::pod::Pod;

    fn identity(&self) -> (&str, &str) {
        self.metadata.as_ref().map_or(("", ""), |meta| (&meta.name, &meta.resource_version))
    }

    fn model(self) -> Result<Self::Model, Malformed> {
        convert::pod::pod(&self)
    }
}
