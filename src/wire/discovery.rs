//! `apidiscovery.k8s.io` `APIGroupDiscoveryList`: which kinds a server has.

use serde::Deserialize;

use crate::wire::value::or_default;

/// `APIGroupDiscoveryList`, in one of its versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GroupList {
    /// Says what the answer is: servers that cannot answer this way answer in another.
    pub kind: String,
    /// The groups.
    #[serde(deserialize_with = "or_default")]
    pub items: Vec<Group>,
}

/// `APIGroupDiscovery`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Group {
    /// Holds the group's name; empty for the core group.
    #[serde(deserialize_with = "or_default")]
    pub metadata: GroupMeta,
    /// Its versions, best first.
    #[serde(deserialize_with = "or_default")]
    pub versions: Vec<Version>,
}

/// `metadata` of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GroupMeta {
    /// Name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
}

/// `APIVersionDiscovery`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Version {
    /// Such as `v1`.
    pub version: String,
    /// Its resources.
    #[serde(deserialize_with = "or_default")]
    pub resources: Vec<Resource>,
    /// `Stale` when the server that has the group does not answer, and so nothing is known.
    #[serde(deserialize_with = "or_default")]
    pub freshness: String,
}

/// `APIResourceDiscovery`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Resource {
    /// Plural name, as in paths.
    pub resource: String,
    /// What comes back.
    #[serde(deserialize_with = "or_default")]
    pub response_kind: ResponseKind,
    /// `Namespaced` or `Cluster`.
    pub scope: String,
    /// What can be done with it.
    #[serde(deserialize_with = "or_default")]
    pub verbs: Vec<String>,
}

/// `responseKind` of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ResponseKind {
    /// Kind.
    pub kind: String,
}
