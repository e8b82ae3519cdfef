//! The metadata of one object of any kind.

use http::HeaderValue;
use http::header::ACCEPT;
use kube::Client;
use kube::api::GetParams;
use kube::api::Request;

use crate::cluster::status;
use crate::wire::meta::Identity;
use crate::wire::meta::MetadataOnly;

/// The metadata of the object of this name among those of the path, unless there is none.
pub(super) async fn read(
    client: &Client,
    path: &str,
    name: &str,
) -> Result<Option<Identity>, kube::Error> {
    let request = Request::new(path).get(name, &GetParams::default());
    let mut request = request.map_err(kube::Error::BuildRequest)?;
    let accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static(accept));
    match client.request::<MetadataOnly>(request).await {
        Ok(object) => Ok(Some(object.metadata.unwrap_or_default())),
        Err(error) if status::is_not_found(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
