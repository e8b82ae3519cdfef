//! What deleting claims, and bringing them back, reads.

use kube::Client;
use serde_json::Value;

use crate::cluster::list::{Lists, Query, fold, garbled};
use crate::cluster::read::{known, request, volume};
use crate::cluster::session::Session;
use crate::cluster::status;
use crate::convert;
use crate::model::claim::Claim;
use crate::model::snapshot::Known;
use crate::model::volume::Volume;
use crate::wire;

impl Session {
    /// A claim, and all of it as the server sends it; nothing if there is none of that name.
    pub async fn claim_object(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<(Claim, Value)>, kube::Error> {
        let request = request::<wire::claim::PersistentVolumeClaim>(Some(namespace), name)?;
        let object: Value = match self.client().request(request).await {
            Err(error) if status::is_not_found(&error) => return Ok(None),
            read => read?,
        };
        let wire = serde_json::from_value(object.clone()).map_err(kube::Error::SerdeError)?;
        let claim = convert::claim::claim(wire).map_err(garbled)?;
        Ok(Some((claim, object)))
    }

    /// A claim; nothing if there is none of that name.
    pub async fn claim(&self, namespace: &str, name: &str) -> Result<Option<Claim>, kube::Error> {
        Ok(self.claim_object(namespace, name).await?.map(|(claim, _)| claim))
    }

    /// A volume: nothing for one that is not there, and why for one that cannot be known.
    pub async fn volume(&self, name: &str) -> Result<Known<Option<Volume>>, kube::Error> {
        volume(self.client(), name).await
    }

    /// All volumes that a run of this program has put aside, or why they cannot be known.
    pub async fn trash(&self) -> Result<Known<Vec<Volume>>, kube::Error> {
        let version = self.server_version().await?;
        let lists = Lists::of_version(version.major, version.minor);
        known(trash(self.client(), lists).await)
    }
}

async fn trash(client: &Client, lists: Lists) -> Result<Vec<Volume>, kube::Error> {
    let query = Query { namespace: None, labels: None, fields: None, lists };
    let add = |all: &mut Vec<Volume>, wire| {
        let volume = convert::volume::volume(wire)?;
        if volume.trashed().is_some() {
            all.push(volume);
        }
        Ok(())
    };
    let mut volumes = fold(client, query, Vec::new, add).await?;
    volumes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(volumes)
}
