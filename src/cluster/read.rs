//! One-time reads, as the model's values.

use jiff::Timestamp;
use kube::Client;
use kube::api::GetParams;
use kube::api::Request;
use serde_json::Value;

use crate::cluster::list::Listed;
use crate::cluster::list::Lists;
use crate::cluster::list::Query;
use crate::cluster::list::fold;
use crate::cluster::list::garbled;
use crate::convert;
use crate::convert::Malformed;
use crate::model::budget::Budget;
use crate::model::claim::Claim;
use crate::model::node::Node;
use crate::model::pod::Pod;
use crate::model::revision::Revision;
use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::model::snapshot::Snapshot;
use crate::model::text::clean;
use crate::wire;

/// One set.
pub async fn set(client: &Client, namespace: &str, name: &str) -> Result<Set, kube::Error> {
    let wire = get::<wire::set::StatefulSet>(client, namespace, name).await?;
    convert::set::set(wire).map_err(garbled)
}

/// One set as the server sends it, for fields the model leaves out.
pub async fn set_object(
    client: &Client,
    namespace: &str,
    name: &str,
) -> Result<Value, kube::Error> {
    client.request(request::<wire::set::StatefulSet>(namespace, name)?).await
}

/// One remembered template.
pub async fn revision(
    client: &Client,
    namespace: &str,
    name: &str,
) -> Result<Revision, kube::Error> {
    let wire = get::<wire::revision::ControllerRevision>(client, namespace, name).await?;
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
    let query = Query { namespace, labels: None, lists };
    collect(client, query, convert::set::set).await
}

/// The sets of a namespace that a selector matches, for showing and not for changing.
pub async fn matching_sets(
    client: &Client,
    namespace: &str,
    selector: &str,
    lists: Lists,
) -> Result<Vec<Set>, kube::Error> {
    let query = Query { namespace: Some(namespace), labels: Some(selector), lists };
    collect(client, query, convert::set::set).await
}

/// The pods that a selector matches.
pub async fn pods(
    client: &Client,
    namespace: &str,
    selector: &str,
    lists: Lists,
) -> Result<Vec<Pod>, kube::Error> {
    let query = Query { namespace: Some(namespace), labels: Some(selector), lists };
    collect(client, query, |pod| convert::pod::pod(&pod)).await
}

/// The templates the set remembers, oldest number first.
pub async fn revisions(
    client: &Client,
    set: &Set,
    lists: Lists,
) -> Result<Vec<Revision>, kube::Error> {
    let query = Query { namespace: Some(&set.namespace), labels: Some(&set.selector), lists };
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
    let query = Query { namespace: Some(namespace), labels: None, lists };
    known(collect(client, query, convert::budget::budget).await)
}

/// The claims of a namespace, or of all, unless this user may not see them.
pub async fn claims(
    client: &Client,
    namespace: Option<&str>,
    lists: Lists,
) -> Result<Known<Vec<Claim>>, kube::Error> {
    let query = Query { namespace, labels: None, lists };
    known(collect(client, query, convert::claim::claim).await)
}

/// The nodes, unless this user may not see them.
pub async fn nodes(client: &Client, lists: Lists) -> Result<Known<Vec<Node>>, kube::Error> {
    let query = Query { namespace: None, labels: None, lists };
    known(collect(client, query, convert::node::node).await)
}

/// What this user may not see is unknown; any other failure is one.
fn known<T>(read: Result<T, kube::Error>) -> Result<Known<T>, kube::Error> {
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

async fn get<T: Listed>(client: &Client, namespace: &str, name: &str) -> Result<T, kube::Error> {
    client.request(request::<T>(namespace, name)?).await
}

fn request<T: Listed>(namespace: &str, name: &str) -> Result<http::Request<Vec<u8>>, kube::Error> {
    Request::new(T::path(Some(namespace)))
        .get(name, &GetParams::default())
        .map_err(kube::Error::BuildRequest)
}

async fn collect<T: Listed, M>(
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
