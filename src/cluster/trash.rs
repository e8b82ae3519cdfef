//! What deleting claims, and bringing them back, reads.

use std::collections::BTreeMap;

use kube::Client;
use serde_json::Value;

use crate::cluster::list::{Listed, Lists, Query, fold, garbled};
use crate::cluster::read::{claim_if_any, known, sets, volume};
use crate::cluster::session::Session;
use crate::convert;
use crate::model::claim::Claim;
use crate::model::snapshot::Known;
use crate::model::volume::Volume;
use crate::wire;
use crate::wire::claim_user::ClaimUser;

impl Session {
    /// A claim, and all of it as the server sends it; nothing if there is none of that name.
    pub async fn claim_object(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<(Claim, Value)>, kube::Error> {
        let path = wire::claim::PersistentVolumeClaim::path(Some(namespace));
        let Some(object) = self.object(path, name).await? else { return Ok(None) };
        let wire = serde_json::from_value(object.clone()).map_err(kube::Error::SerdeError)?;
        let claim = convert::claim::claim(wire).map_err(garbled)?;
        Ok(Some((claim, object)))
    }

    /// A claim; nothing if there is none of that name.
    pub async fn claim(&self, namespace: &str, name: &str) -> Result<Option<Claim>, kube::Error> {
        claim_if_any(self.client(), namespace, name).await
    }

    /// A volume: nothing for one that is not there, and why for one that cannot be known.
    pub async fn volume(&self, name: &str) -> Result<Known<Option<Volume>>, kube::Error> {
        volume(self.client(), name).await
    }

    /// Who uses these claims of a namespace, or will in a moment: pods that name them, in whatever
    /// phase, and sets that want their ordinals. Or why that cannot be known.
    pub async fn users(
        &self,
        namespace: &str,
        claims: &[String],
    ) -> Result<Known<BTreeMap<String, Vec<String>>>, kube::Error> {
        let lists = self.lists().await?;
        known(users(self.client(), namespace, claims, lists).await)
    }

    /// All volumes that a run of this program has put aside, or why they cannot be known.
    pub async fn trash(&self) -> Result<Known<Vec<Volume>>, kube::Error> {
        let lists = self.lists().await?;
        known(trash(self.client(), lists).await)
    }
}

async fn users(
    client: &Client,
    namespace: &str,
    claims: &[String],
    lists: Lists,
) -> Result<BTreeMap<String, Vec<String>>, kube::Error> {
    let query = Query { namespace: Some(namespace), labels: None, fields: None, lists };
    let add = |found: &mut BTreeMap<String, Vec<String>>, wire: ClaimUser| {
        for (claim, reference) in convert::claim_user::pod(wire)?.mentions {
            if claims.contains(&claim) {
                found.entry(claim).or_default().push(reference.by);
            }
        }
        Ok(())
    };
    let mut found = fold(client, query, BTreeMap::new, add).await?;
    // The sets afterwards: one that wants a claim by now makes its pod in a moment.
    for set in sets(client, Some(namespace), lists).await? {
        for claim in claims {
            if set.wants_claim(claim) {
                found.entry(claim.clone()).or_default().push(set.display());
            }
        }
    }
    Ok(found)
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
