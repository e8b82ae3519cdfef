//! Reads of volume snapshots and their classes, which not every cluster has.

use serde_json::Value;

use crate::cluster::list::{Listed, Query};
use crate::cluster::read::{collect, known};
use crate::cluster::session::Session;
use crate::cluster::status;
use crate::convert::volume_snapshot as convert;
use crate::model::snapshot::Known;
use crate::model::volume_snapshot::{SnapshotClass, VolumeSnapshot};
use crate::wire::volume_snapshot as wire;

/// Where the kinds are.
const GROUP: &str = "/apis/snapshot.storage.k8s.io/v1";

impl Listed for wire::VolumeSnapshot {
    const PROTOBUF: Option<crate::cluster::list::Decode<Self>> = None;

    fn path(namespace: Option<&str>) -> String {
        match namespace {
            Some(namespace) => format!("{GROUP}/namespaces/{namespace}/volumesnapshots"),
            None => format!("{GROUP}/volumesnapshots"),
        }
    }
}

impl Listed for wire::VolumeSnapshotClass {
    const PROTOBUF: Option<crate::cluster::list::Decode<Self>> = None;

    fn path(_namespace: Option<&str>) -> String {
        format!("{GROUP}/volumesnapshotclasses")
    }
}

impl Session {
    /// Whether this cluster has snapshots at all. Discovery tells: whoever may not list them gets
    /// the same answer whether there are any or not.
    pub async fn has_snapshots(&self) -> Result<bool, kube::Error> {
        let request = http::Request::get(GROUP)
            .body(Vec::new())
            .map_err(|error| kube::Error::Service(error.into()))?;
        match self.client().request::<Value>(request).await {
            Ok(_) => Ok(true),
            Err(error) if status::is_not_served(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The snapshots of a namespace that a selector matches, or why they cannot be known.
    pub async fn volume_snapshots(
        &self,
        namespace: &str,
        selector: &str,
    ) -> Result<Known<Vec<VolumeSnapshot>>, kube::Error> {
        let lists = self.lists().await?;
        let query =
            Query { namespace: Some(namespace), labels: Some(selector), fields: None, lists };
        known(collect(self.client(), query, convert::snapshot).await)
    }

    /// One snapshot; none if there is none.
    pub async fn volume_snapshot(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<VolumeSnapshot>, kube::Error> {
        let path = <wire::VolumeSnapshot as Listed>::path(Some(namespace));
        let request = kube::api::Request::new(path)
            .get(name, &kube::api::GetParams::default())
            .map_err(kube::Error::BuildRequest)?;
        match self.client().request::<wire::VolumeSnapshot>(request).await {
            Ok(read) => Ok(Some(convert::snapshot(read).map_err(crate::cluster::list::garbled)?)),
            Err(error) if status::is_not_found(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The classes of snapshots, or why they cannot be known.
    pub async fn snapshot_classes(&self) -> Result<Known<Vec<SnapshotClass>>, kube::Error> {
        let lists = self.lists().await?;
        let query = Query { namespace: None, labels: None, fields: None, lists };
        known(collect(self.client(), query, convert::class).await)
    }
}
