//! Which kinds a server has.
//!
//! Whether a kind exists is asked here and nowhere else: a list of a kind that does not exist is
//! forbidden to most users and not found for some.

use http::HeaderValue;
use http::header::ACCEPT;
use http_body_util::BodyExt;
use kube::Client;
use kube::client::Body;

use crate::cluster::list::Lists;
use crate::cluster::list::garbled;
use crate::cluster::refusal;
use crate::model::text::clean;
use crate::wire::discovery::GroupList;
use crate::wire::list::Encoding;

/// All groups in one answer, which servers since 1.27 give.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
     application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,\
     application/json";

/// Where the kinds of the core group are.
pub(super) const CORE: &str = "/api";

/// Where all other kinds are.
pub(super) const GROUPS: &str = "/apis";

/// The kinds a server has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds {
    /// Each once, in the best version that has it.
    pub(super) all: Vec<Kind>,
    /// Groups of which the server does not know what they have.
    pub(super) stale: Vec<String>,
}

/// A kind of objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// Group; empty for the core group.
    pub(super) group: String,
    /// Version.
    pub(super) version: String,
    /// Plural name, as in paths.
    pub(super) plural: String,
    /// Singular name, as in objects.
    pub(super) name: String,
    /// Whether its objects are in namespaces.
    pub(super) namespaced: bool,
    /// Whether it can be listed.
    pub(super) listable: bool,
}

impl Kind {
    /// Where it is listed, in one namespace or in all.
    pub(super) fn path(&self, namespace: Option<&str>) -> String {
        let root = match self.group.as_str() {
            "" => format!("/api/{}", self.version),
            group => format!("/apis/{group}/{}", self.version),
        };
        match namespace.filter(|_| self.namespaced) {
            Some(namespace) => format!("{root}/namespaces/{namespace}/{}", self.plural),
            None => format!("{root}/{}", self.plural),
        }
    }

    /// Such as `scaledobjects.keda.sh`, and `configmaps` in the core group.
    pub(super) fn resource(&self) -> String {
        of_group(&self.plural, &self.group)
    }

    /// Such as `ScaledObject.keda.sh`, and `ConfigMap` in the core group.
    pub(super) fn full_kind(&self) -> String {
        of_group(&self.name, &self.group)
    }
}

fn of_group(name: &str, group: &str) -> String {
    if group.is_empty() { clean(name) } else { clean(&format!("{name}.{group}")) }
}

impl Kinds {
    /// The kind with this plural name.
    pub(super) fn find(&self, group: &str, plural: &str) -> Option<&Kind> {
        self.all.iter().find(|kind| kind.group == group && kind.plural == plural)
    }

    /// The kind of an object that says it is one of these.
    pub(super) fn of_object(&self, api_version: &str, kind: &str) -> Option<&Kind> {
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        self.all.iter().find(|known| known.group == group && known.name == kind)
    }

    /// How lists are best asked for: a kind that came with 1.34 tells.
    pub(super) fn lists(&self) -> Lists {
        let is_recent = |kind: &Kind| {
            (kind.group.as_str(), kind.version.as_str(), kind.plural.as_str())
                == ("storage.k8s.io", "v1", "volumeattributesclasses")
        };
        if self.all.iter().any(is_recent) { Lists::Whole } else { Lists::Paged }
    }
}

/// Asks for the kinds below [`CORE`] or [`GROUPS`].
pub(super) async fn kinds(client: &Client, root: &str) -> Result<Kinds, kube::Error> {
    let request = http::Request::get(root)
        .header(ACCEPT, HeaderValue::from_static(AGGREGATED))
        .body(Body::empty())
        .map_err(kube::Error::HttpError)?;
    let response = client.send(request).await?;
    if !response.status().is_success() {
        return Err(refusal::read(response, Encoding::Json).await);
    }
    let body = response.into_body().collect().await?.to_bytes();
    let answer: GroupList = serde_json::from_slice(&body).map_err(kube::Error::SerdeError)?;
    if answer.kind != "APIGroupDiscoveryList" {
        return Err(garbled("the server does not list its kinds in one answer"));
    }
    Ok(read(answer))
}

fn read(answer: GroupList) -> Kinds {
    let mut kinds = Kinds::default();
    for group in answer.items {
        let name = group.metadata.name;
        if group.versions.iter().any(|version| version.freshness == "Stale") {
            kinds.stale.push(clean(&name));
        }
        for version in group.versions {
            for resource in version.resources {
                // The versions come best first, and one is enough of each.
                if kinds.find(&name, &resource.resource).is_some() {
                    continue;
                }
                kinds.all.push(Kind {
                    group: name.clone(),
                    version: version.version.clone(),
                    namespaced: resource.scope == "Namespaced",
                    listable: resource.verbs.iter().any(|verb| verb == "list"),
                    plural: resource.resource,
                    name: resource.response_kind.kind,
                });
            }
        }
    }
    kinds
}

#[cfg(test)]
pub(super) mod testing {
    use serde_json::Value;
    use serde_json::json;

    /// An answer with these kinds: group, version, plural name and kind, all of namespaces.
    pub(crate) fn discovery(kinds: &[(&str, &str, &str, &str)]) -> Value {
        let group = |(group, version, plural, kind): &(&str, &str, &str, &str)| {
            json!({
                "metadata": {"name": group},
                "versions": [{"version": version, "freshness": "Current", "resources": [{
                    "resource": plural, "scope": "Namespaced", "verbs": ["get", "list"],
                    "responseKind": {"kind": kind},
                }]}],
            })
        };
        let items: Vec<Value> = kinds.iter().map(group).collect();
        json!({"kind": "APIGroupDiscoveryList", "items": items})
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cluster::testing::json as answer;
    use crate::cluster::testing::server;

    #[tokio::test]
    async fn each_kind_is_known_once_in_its_best_version() {
        let (client, asked) = server(|_, _| {
            let resource = |plural: &str, scope: &str| {
                json!({
                    "resource": plural, "scope": scope, "verbs": ["list", "get"],
                    "responseKind": {"group": "", "version": "", "kind": "X"},
                })
            };
            let body = json!({"kind": "APIGroupDiscoveryList", "items": [
                {"metadata": {"name": "x.io"}, "versions": [
                    {"version": "v2", "freshness": "Current", "resources": [resource("xs", "Namespaced")]},
                    {"version": "v1", "resources": [
                        resource("xs", "Namespaced"), resource("olds", "Cluster"),
                        {"resource": "posts", "scope": "Namespaced", "verbs": ["create"]},
                    ]},
                ]},
                {"metadata": {"name": "metrics.k8s.io"}, "versions": [
                    {"version": "v1beta1", "freshness": "Stale", "resources": null},
                ]},
            ]});
            Ok(answer(200, &body))
        });
        let kinds = kinds(&client, GROUPS).await.unwrap();
        assert_eq!(asked.paths(), ["/apis"]);
        assert!(asked.accepts()[0].contains("as=APIGroupDiscoveryList"));
        let all = kinds.all.iter().map(|kind| (kind.path(Some("a")), kind.listable));
        assert_eq!(
            all.collect::<Vec<_>>(),
            [
                ("/apis/x.io/v2/namespaces/a/xs".to_owned(), true),
                ("/apis/x.io/v1/olds".to_owned(), true),
                ("/apis/x.io/v1/namespaces/a/posts".to_owned(), false),
            ]
        );
        assert_eq!(kinds.find("x.io", "xs").unwrap().resource(), "xs.x.io");
        assert_eq!(kinds.of_object("x.io/v1", "X").unwrap().full_kind(), "X.x.io");
        assert_eq!(kinds.stale, ["metrics.k8s.io"]);
        assert_eq!(kinds.lists(), Lists::Paged);
    }

    #[tokio::test]
    async fn a_kind_of_1_34_tells_that_lists_are_sent_item_by_item() {
        let lists = |version: &'static str| async move {
            let class = ("storage.k8s.io", version, "volumeattributesclasses", "X");
            let (client, _) = server(move |_, _| Ok(answer(200, &testing::discovery(&[class]))));
            kinds(&client, GROUPS).await.unwrap().lists()
        };
        assert_eq!(lists("v1").await, Lists::Whole);
        assert_eq!(lists("v1beta1").await, Lists::Paged);
    }

    #[tokio::test]
    async fn an_answer_of_another_kind_is_not_an_empty_one() {
        for body in [json!({"kind": "APIGroupList", "groups": []}), json!({})] {
            let (client, _) = server(move |_, _| Ok(answer(200, &body)));
            assert!(kinds(&client, GROUPS).await.is_err());
        }
    }
}
