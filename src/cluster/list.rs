//! Lists, read item by item while they arrive.
//!
//! Built-in kinds are asked for in protobuf, which is half the time and two thirds of the bytes
//! of JSON; whatever the server answers in is read. Every item goes into the caller's sum at once,
//! so that memory holds the sum and one item, whatever the size of the list.

use std::fmt;

use http::HeaderValue;
use http::Response;
use http::header::ACCEPT;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt;
use kube::Client;
use kube::Resource;
use kube::api::ListParams;
use kube::api::Request;
use kube::client::Body;
use prost::Message;
use serde::de::DeserializeOwned;
use serde::de::Error as _;

use crate::cluster::refusal;
use crate::convert::Malformed;
use crate::wire::attachment::VolumeAttachment;
use crate::wire::autoscaler::HorizontalPodAutoscaler;
use crate::wire::budget::PodDisruptionBudget;
use crate::wire::claim::PersistentVolumeClaim;
use crate::wire::claim_user::ClaimUser;
use crate::wire::claim_user::ControllerSpec;
use crate::wire::claim_user::CronJobSpec;
use crate::wire::claim_user::DaemonSetSpec;
use crate::wire::claim_user::DeploymentSpec;
use crate::wire::claim_user::JobSpec;
use crate::wire::claim_user::ReplicaSetSpec;
use crate::wire::claim_user::Workload;
use crate::wire::claimant::Claimant;
use crate::wire::event::Event;
use crate::wire::lease::Lease;
use crate::wire::list::Encoding;
use crate::wire::list::Garbled;
use crate::wire::list::ListMeta;
use crate::wire::list::Splitter;
use crate::wire::meta::MetadataOnly;
use crate::wire::node::Node;
use crate::wire::pod::Pod;
use crate::wire::quota::ResourceQuota;
use crate::wire::resident::Resident;
use crate::wire::revision::ControllerRevision;
use crate::wire::set::StatefulSet;
use crate::wire::storage_class::StorageClass;
use crate::wire::storage_class::VolumeAttributesClass;
use crate::wire::volume::PersistentVolume;

/// How large a page is where lists are read in pages; the same as kubectl's.
const PAGE: u32 = 500;

/// How a server is best asked for a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// As a whole: the server writes lists item by item (KEP-5116), and can send one as the
    /// beginning of a watch (KEP-3157).
    Whole,
    /// In pages: it would build the whole list in memory first.
    Paged,
}

impl Lists {
    /// What is best for a server of this version.
    pub fn of_version(major: u32, minor: u32) -> Self {
        if (major, minor) >= (1, 34) { Self::Whole } else { Self::Paged }
    }
}

/// Reads one object from protobuf.
pub type Decode<T> = fn(&[u8]) -> Result<T, prost::DecodeError>;

/// A kind that can be listed.
pub trait Listed: DeserializeOwned {
    /// Reads one from protobuf; custom resources have none.
    const PROTOBUF: Option<Decode<Self>>;

    /// Where the kind is listed, in one namespace or in all.
    fn path(namespace: Option<&str>) -> String;
}

/// A built-in kind, whose path its full type knows.
macro_rules! listed {
    ($kind:ty as $full:ty) => {
        impl Listed for $kind {
            const PROTOBUF: Option<Decode<Self>> = Some(|bytes| <Self as Message>::decode(bytes));

            fn path(namespace: Option<&str>) -> String {
                <$full>::url_path(&(), namespace)
            }
        }
    };
}

listed!(StatefulSet as k8s_openapi::api::apps::v1::StatefulSet);
listed!(Claimant as k8s_openapi::api::apps::v1::StatefulSet);
listed!(ClaimUser as k8s_openapi::api::core::v1::Pod);
listed!(Workload<DeploymentSpec> as k8s_openapi::api::apps::v1::Deployment);
listed!(Workload<ReplicaSetSpec> as k8s_openapi::api::apps::v1::ReplicaSet);
listed!(Workload<DaemonSetSpec> as k8s_openapi::api::apps::v1::DaemonSet);
listed!(Workload<ControllerSpec> as k8s_openapi::api::core::v1::ReplicationController);
listed!(Workload<JobSpec> as k8s_openapi::api::batch::v1::Job);
listed!(Workload<CronJobSpec> as k8s_openapi::api::batch::v1::CronJob);
listed!(ControllerRevision as k8s_openapi::api::apps::v1::ControllerRevision);
listed!(Pod as k8s_openapi::api::core::v1::Pod);
listed!(PersistentVolumeClaim as k8s_openapi::api::core::v1::PersistentVolumeClaim);
listed!(Resident as k8s_openapi::api::core::v1::Pod);
listed!(Lease as k8s_openapi::api::coordination::v1::Lease);
listed!(VolumeAttachment as k8s_openapi::api::storage::v1::VolumeAttachment);
listed!(Node as k8s_openapi::api::core::v1::Node);
listed!(PersistentVolume as k8s_openapi::api::core::v1::PersistentVolume);
listed!(ResourceQuota as k8s_openapi::api::core::v1::ResourceQuota);
listed!(StorageClass as k8s_openapi::api::storage::v1::StorageClass);
listed!(PodDisruptionBudget as k8s_openapi::api::policy::v1::PodDisruptionBudget);
listed!(Event as k8s_openapi::api::core::v1::Event);
listed!(HorizontalPodAutoscaler as k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler);

/// In `v1` since Kubernetes 1.34, which the full types are older than.
impl Listed for VolumeAttributesClass {
    const PROTOBUF: Option<Decode<Self>> = Some(|bytes| <Self as Message>::decode(bytes));

    fn path(_namespace: Option<&str>) -> String {
        "/apis/storage.k8s.io/v1/volumeattributesclasses".to_owned()
    }
}

/// Which objects to list, and how.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// One namespace, or all.
    pub namespace: Option<&'a str>,
    /// A label selector.
    pub labels: Option<&'a str>,
    /// A field selector.
    pub fields: Option<&'a str>,
    /// How to ask.
    pub lists: Lists,
}

/// One list: where it is, and how it and its items are asked for.
#[derive(Clone, Debug)]
pub struct Source<T> {
    path: String,
    accept: &'static str,
    protobuf: Option<Decode<T>>,
    params: ListParams,
}

/// What protobuf's content type starts with.
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

impl<T: Listed> Source<T> {
    /// Objects of a kind.
    pub(super) fn of(query: Query<'_>) -> Self {
        let accept = match T::PROTOBUF {
            Some(_) => "application/vnd.kubernetes.protobuf,application/json",
            None => "application/json",
        };
        let params = ListParams {
            label_selector: query.labels.map(str::to_owned),
            field_selector: query.fields.map(str::to_owned),
            ..paged(query.lists)
        };
        Self { path: T::path(query.namespace), accept, protobuf: T::PROTOBUF, params }
    }
}

impl<T: DeserializeOwned> Source<T> {
    /// Resources of others, which have no protobuf.
    pub(super) fn custom(path: String, lists: Lists) -> Self {
        Self { path, accept: "application/json", protobuf: None, params: paged(lists) }
    }
}

impl Source<MetadataOnly> {
    /// The metadata of objects of any kind, and nothing else of them.
    pub(super) fn metadata(path: String, labels: Option<&str>, lists: Lists) -> Self {
        let accept = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,\
             application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
        let params = ListParams { label_selector: labels.map(str::to_owned), ..paged(lists) };
        let decode: Decode<MetadataOnly> = |bytes| MetadataOnly::decode(bytes);
        Self { path, accept, protobuf: Some(decode), params }
    }
}

fn paged(lists: Lists) -> ListParams {
    ListParams { limit: (lists == Lists::Paged).then_some(PAGE), ..ListParams::default() }
}

/// Folds every object of a kind into a sum.
pub async fn fold<T: Listed, S>(
    client: &Client,
    query: Query<'_>,
    start: impl Fn() -> S,
    add: impl FnMut(&mut S, T) -> Result<(), Malformed>,
) -> Result<S, kube::Error> {
    fold_source(client, Source::of(query), start, add).await
}

/// Folds every object of a list into a sum.
///
/// When a page has expired before it was asked for, the whole list is read once more into a new
/// sum. The server offers to continue such a list at a later version; what was read by then and
/// what comes after it would never have existed together, so that offer is not taken.
pub(super) async fn fold_source<T: DeserializeOwned, S>(
    client: &Client,
    mut source: Source<T>,
    start: impl Fn() -> S,
    mut add: impl FnMut(&mut S, T) -> Result<(), Malformed>,
) -> Result<S, kube::Error> {
    let mut may_restart = true;
    let mut sum = start();
    loop {
        match page(client, &source, |item| add(&mut sum, item)).await {
            Ok(ListMeta { next }) if next.is_empty() => return Ok(sum),
            Ok(ListMeta { next }) => source.params.continue_token = Some(next),
            Err(kube::Error::Api(status))
                if status.code == 410 && source.params.continue_token.is_some() && may_restart =>
            {
                may_restart = false;
                source.params.continue_token = None;
                sum = start();
            }
            Err(error) => return Err(error),
        }
    }
}

/// Reads one page, which may be the whole list.
async fn page<T: DeserializeOwned>(
    client: &Client,
    source: &Source<T>,
    mut add: impl FnMut(T) -> Result<(), Malformed>,
) -> Result<ListMeta, kube::Error> {
    let request = Request::new(&source.path).list(&source.params);
    let mut request = request.map_err(kube::Error::BuildRequest)?;
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static(source.accept));
    let response = client.send(request.map(Body::from)).await?;
    let encoding = encoding(&response);
    if !response.status().is_success() {
        return Err(refusal::read(response, encoding).await);
    }
    let protobuf = match (encoding, source.protobuf) {
        (Encoding::Json, _) => None,
        (Encoding::Protobuf, Some(decode)) => Some(decode),
        (Encoding::Protobuf, None) => return Err(garbled("protobuf that was not asked for")),
    };
    let read = |item: &[u8]| match protobuf {
        Some(decode) => decode(item).map_err(|error| error.to_string()),
        None => serde_json::from_slice(item).map_err(|error| error.to_string()),
    };
    let mut splitter = Splitter::new(encoding);
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await.transpose()? {
        let Ok(bytes) = frame.into_data() else { continue };
        splitter
            .push(&bytes, &mut |item| {
                let item = read(item).map_err(Garbled::Unreadable)?;
                add(item).map_err(Problem::Malformed)
            })
            .map_err(garbled)?;
    }
    splitter.finish().map_err(garbled)
}

/// What can be wrong with an answer that arrived.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    Garbled(#[from] Garbled),
    #[error(transparent)]
    Malformed(Malformed),
}

/// An answer that makes no sense, as kube reports one.
pub(super) fn garbled(problem: impl fmt::Display) -> kube::Error {
    kube::Error::SerdeError(serde_json::Error::custom(problem))
}

fn encoding(response: &Response<Body>) -> Encoding {
    let content_type = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    match content_type {
        Some(text) if text.starts_with(PROTOBUF.as_bytes()) => Encoding::Protobuf,
        _ => Encoding::Json,
    }
}

#[cfg(test)]
mod tests;
