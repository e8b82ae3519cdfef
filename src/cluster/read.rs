//! One-time reads, as the model's values.

use http::HeaderMap;
use http::header::DATE;
use http_body_util::BodyExt;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Client;
use kube::Resource;
use kube::api::GetParams;
use kube::api::Request;
use kube::client::Body;
use serde_json::Value;

use crate::cluster::list::Listed;
use crate::cluster::list::Lists;
use crate::cluster::list::Query;
use crate::cluster::list::fold;
use crate::cluster::list::garbled;
use crate::cluster::refusal;
use crate::cluster::status;
use crate::convert;
use crate::convert::Malformed;
use crate::model::attachment::Attachment;
use crate::model::autoscaler::Autoscaler;
use crate::model::budget::Budget;
use crate::model::claim::Claim;
use crate::model::cluster_event::ClusterEvent;
use crate::model::lease::Lease;
use crate::model::lease::NODE_LEASES;
use crate::model::node::Node;
use crate::model::pod::Pod;
use crate::model::resident::Resident;
use crate::model::revision::Revision;
use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::model::snapshot::Snapshot;
use crate::model::text::clean;
use crate::model::volume::Volume;
use crate::wire;
use crate::wire::list::Encoding;

/// One set.
pub async fn set(client: &Client, namespace: &str, name: &str) -> Result<Set, kube::Error> {
    let wire = get::<wire::set::StatefulSet>(client, Some(namespace), name).await?;
    convert::set::set(wire).map_err(garbled)
}

/// One set as the server sends it, for fields the model leaves out.
pub async fn set_object(
    client: &Client,
    namespace: &str,
    name: &str,
) -> Result<Value, kube::Error> {
    client.request(request::<wire::set::StatefulSet>(Some(namespace), name)?).await
}

/// A ConfigMap as the server sends it: nothing when there is none, and why it is not known when
/// this user may not see it.
pub async fn config_map(
    client: &Client,
    namespace: &str,
    name: &str,
) -> Result<Known<Option<Value>>, kube::Error> {
    let request = Request::new(ConfigMap::url_path(&(), Some(namespace)))
        .get(name, &GetParams::default())
        .map_err(kube::Error::BuildRequest)?;
    match client.request(request).await {
        Ok(object) => Ok(Known::Read(Some(object))),
        Err(error) if status::is_not_found(&error) => Ok(Known::Read(None)),
        Err(error) => known(Err(error)),
    }
}

/// One remembered template.
pub async fn revision(
    client: &Client,
    namespace: &str,
    name: &str,
) -> Result<Revision, kube::Error> {
    let wire = get::<wire::revision::ControllerRevision>(client, Some(namespace), name).await?;
    convert::revision::revision(wire).map_err(garbled)
}

/// All sets of a namespace, or of all, in the order of the server.
///
/// Their templates are not read: such a set is for showing, and not for changing.
pub async fn sets(
    client: &Client,
    namespace: Option<&str>,
    lists: Lists,
) -> Result<Vec<Set>, kube::Error> {
    let query = Query { namespace, labels: None, fields: None, lists };
    collect(client, query, convert::set::set).await
}

/// The sets of a namespace that a selector matches, for showing and not for changing.
pub async fn matching_sets(
    client: &Client,
    namespace: &str,
    selector: &str,
    lists: Lists,
) -> Result<Vec<Set>, kube::Error> {
    let query = Query { namespace: Some(namespace), labels: Some(selector), fields: None, lists };
    collect(client, query, convert::set::set).await
}

/// The pods that a selector matches.
pub async fn pods(
    client: &Client,
    namespace: &str,
    selector: &str,
    lists: Lists,
) -> Result<Vec<Pod>, kube::Error> {
    let query = Query { namespace: Some(namespace), labels: Some(selector), fields: None, lists };
    collect(client, query, |pod| convert::pod::pod(&pod)).await
}

/// The templates the set remembers, oldest number first.
pub async fn revisions(
    client: &Client,
    set: &Set,
    lists: Lists,
) -> Result<Vec<Revision>, kube::Error> {
    let query =
        Query { namespace: Some(&set.namespace), labels: Some(&set.selector), fields: None, lists };
    let mut revisions = collect(client, query, convert::revision::revision).await?;
    // Sets with overlapping selectors find each other's.
    revisions.retain(|revision| revision.controller.as_ref() == Some(&set.uid));
    revisions.sort_by_key(|revision| revision.number);
    Ok(revisions)
}

/// The budgets of a namespace, unless this user may not see them.
pub async fn budgets(
    client: &Client,
    namespace: &str,
    lists: Lists,
) -> Result<Known<Vec<Budget>>, kube::Error> {
    let query = Query { namespace: Some(namespace), labels: None, fields: None, lists };
    known(collect(client, query, convert::budget::budget).await)
}

/// The claims of a namespace, or of all, unless this user may not see them.
pub async fn claims(
    client: &Client,
    namespace: Option<&str>,
    lists: Lists,
) -> Result<Known<Vec<Claim>>, kube::Error> {
    let query = Query { namespace, labels: None, fields: None, lists };
    known(collect(client, query, convert::claim::claim).await)
}

/// The nodes, unless this user may not see them.
pub async fn nodes(client: &Client, lists: Lists) -> Result<Known<Vec<Node>>, kube::Error> {
    let query = Query { namespace: None, labels: None, fields: None, lists };
    known(collect(client, query, convert::node::node).await)
}

/// The autoscalers of a namespace, unless this user may not see them.
pub async fn autoscalers(
    client: &Client,
    namespace: &str,
    lists: Lists,
) -> Result<Known<Vec<Autoscaler>>, kube::Error> {
    let query = Query { namespace: Some(namespace), labels: None, fields: None, lists };
    known(collect(client, query, convert::autoscaler::autoscaler).await)
}

/// What was told about this very set, unless this user may not see it.
pub async fn events(
    client: &Client,
    set: &Set,
    lists: Lists,
) -> Result<Known<Vec<ClusterEvent>>, kube::Error> {
    let fields = format!(
        "involvedObject.kind=StatefulSet,involvedObject.name={},involvedObject.uid={}",
        set.name, set.uid
    );
    let namespace = Some(set.namespace.as_str());
    let query = Query { namespace, labels: None, fields: Some(&fields), lists };
    known(collect(client, query, |event| convert::cluster_event::cluster_event(&event)).await)
}

/// One node, unless there is none or this user may not see it, and the time of the server as it
/// answered.
///
/// An answer that was long under way tells an earlier time than it is now, never a later one.
pub async fn node(
    client: &Client,
    name: &str,
) -> Result<(Known<Option<Node>>, Option<Timestamp>), kube::Error> {
    let path = wire::node::Node::path(None);
    let request = Request::new(path)
        .get(name, &GetParams::default())
        .map_err(kube::Error::BuildRequest)?
        .map(Body::from);
    let response = client.send(request).await?;
    let time = server_time(response.headers());
    if !response.status().is_success() {
        let error = refusal::read(response, Encoding::Json).await;
        let none = matches!(&error, kube::Error::Api(status) if status.is_not_found());
        return Ok((if none { Known::Read(None) } else { known(Err(error))? }, time));
    }
    let body = response.into_body().collect().await?.to_bytes();
    let wire: wire::node::Node = serde_json::from_slice(&body).map_err(kube::Error::SerdeError)?;
    let node = convert::node::node(wire).map_err(garbled)?;
    Ok((Known::Read(Some(node)), time))
}

fn server_time(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get(DATE)?.to_str().ok()?;
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

/// The leases of all nodes, unless this user may not see them.
pub async fn node_leases(client: &Client, lists: Lists) -> Result<Known<Vec<Lease>>, kube::Error> {
    let query = Query { namespace: Some(NODE_LEASES), labels: None, fields: None, lists };
    known(collect(client, query, convert::lease::lease).await)
}

/// The pods bound to a node, of all namespaces, unless this user may not see them.
pub async fn residents(
    client: &Client,
    node: &str,
    lists: Lists,
) -> Result<Known<Vec<Resident>>, kube::Error> {
    let fields = format!("spec.nodeName={node}");
    let query = Query { namespace: None, labels: None, fields: Some(&fields), lists };
    known(collect(client, query, convert::resident::resident).await)
}

/// What is attached to a node, unless this user may not see it. The server cannot pick these out.
pub async fn attachments(
    client: &Client,
    node: &str,
    lists: Lists,
) -> Result<Known<Vec<Attachment>>, kube::Error> {
    let query = Query { namespace: None, labels: None, fields: None, lists };
    let all = known(collect(client, query, convert::attachment::attachment).await)?;
    Ok(match all {
        Known::Read(all) => {
            Known::Read(all.into_iter().filter(|attachment| attachment.node == node).collect())
        }
        Known::Unknown(why) => Known::Unknown(why),
    })
}

/// One pod.
pub async fn pod(client: &Client, namespace: &str, name: &str) -> Result<Pod, kube::Error> {
    let wire = get::<wire::pod::Pod>(client, Some(namespace), name).await?;
    convert::pod::pod(&wire).map_err(garbled)
}

/// What this user may not see is unknown; any other failure is one.
pub(super) fn known<T>(read: Result<T, kube::Error>) -> Result<Known<T>, kube::Error> {
    match read {
        Ok(read) => Ok(Known::Read(read)),
        Err(kube::Error::Api(status)) if status.is_forbidden() => {
            Ok(Known::Unknown(clean(&status.message)))
        }
        Err(error) => Err(error),
    }
}

/// One set and everything a rollout of it depends on, in four requests.
pub async fn snapshot(
    client: &Client,
    namespace: &str,
    name: &str,
    lists: Lists,
) -> Result<Snapshot, kube::Error> {
    let of_set = async {
        let set = set(client, namespace, name).await?;
        let pods = pods(client, namespace, &set.selector, lists);
        let (pods, revisions) = tokio::try_join!(pods, revisions(client, &set, lists))?;
        Ok((set, pods, revisions))
    };
    let ((set, pods, revisions), budgets) =
        tokio::try_join!(of_set, budgets(client, namespace, lists))?;
    #[expect(clippy::disallowed_methods, reason = "the edge reads the clock")]
    let taken_at = Timestamp::now();
    Ok(Snapshot { set, pods, revisions, budgets, taken_at })
}

/// A set and its pods, and nothing else: enough to see where it stands, not to change it.
pub async fn standing(
    client: &Client,
    namespace: &str,
    name: &str,
    lists: Lists,
) -> Result<Snapshot, kube::Error> {
    let set = set(client, namespace, name).await?;
    let pods = pods(client, namespace, &set.selector, lists).await?;
    #[expect(clippy::disallowed_methods, reason = "the edge reads the clock")]
    let taken_at = Timestamp::now();
    let budgets = Known::Unknown("not asked for".to_owned());
    Ok(Snapshot { set, pods, revisions: Vec::new(), budgets, taken_at })
}

/// A volume by name: nothing when there is none, and why it is not known when this user may not
/// see it.
pub async fn volume(client: &Client, name: &str) -> Result<Known<Option<Volume>>, kube::Error> {
    known(volume_if_any(client, name).await)
}

/// A volume by name: nothing when there is none.
pub(super) async fn volume_if_any(
    client: &Client,
    name: &str,
) -> Result<Option<Volume>, kube::Error> {
    let wire = if_any(get::<wire::volume::PersistentVolume>(client, None, name).await)?;
    wire.map(convert::volume::volume).transpose().map_err(garbled)
}

/// A claim by name: nothing when there is none.
pub(super) async fn claim_if_any(
    client: &Client,
    namespace: &str,
    name: &str,
) -> Result<Option<Claim>, kube::Error> {
    let wire =
        if_any(get::<wire::claim::PersistentVolumeClaim>(client, Some(namespace), name).await)?;
    wire.map(convert::claim::claim).transpose().map_err(garbled)
}

/// What is not there is no failure.
fn if_any<T>(read: Result<T, kube::Error>) -> Result<Option<T>, kube::Error> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error) if status::is_not_found(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) async fn get<T: Listed>(
    client: &Client,
    namespace: Option<&str>,
    name: &str,
) -> Result<T, kube::Error> {
    client.request(request::<T>(namespace, name)?).await
}

fn request<T: Listed>(
    namespace: Option<&str>,
    name: &str,
) -> Result<http::Request<Vec<u8>>, kube::Error> {
    Request::new(T::path(namespace))
        .get(name, &GetParams::default())
        .map_err(kube::Error::BuildRequest)
}

pub(super) async fn collect<T: Listed, M>(
    client: &Client,
    query: Query<'_>,
    convert: impl Fn(T) -> Result<M, Malformed>,
) -> Result<Vec<M>, kube::Error> {
    let add = |all: &mut Vec<M>, item| {
        all.push(convert(item)?);
        Ok(())
    };
    fold(client, query, Vec::new, add).await
}

#[cfg(test)]
mod tests;
