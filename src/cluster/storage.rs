//! What decides whether claims can change, and the claims while they do.

use crate::cluster::list::Query;
use crate::cluster::list::garbled;
use crate::cluster::read::collect;
use crate::cluster::read::get;
use crate::cluster::read::known;
use crate::cluster::session::Session;
use crate::cluster::status;
use crate::cluster::watch::ClaimsWatch;
use crate::cluster::watch::RENEWED_AFTER;
use crate::convert;
use crate::model::claim::Claim;
use crate::model::cluster_event::ClusterEvent;
use crate::model::quota::StorageQuota;
use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::model::storage_class::AttributesClass;
use crate::model::storage_class::StorageClass;
use crate::wire;

impl Session {
    /// A storage class, none if there is none, or why it cannot be known.
    pub async fn storage_class(
        &self,
        name: &str,
    ) -> Result<Known<Option<StorageClass>>, kube::Error> {
        let read = get::<wire::storage_class::StorageClass>(self.client(), None, name).await;
        let Some(wire) = absent(read)? else { return Ok(Known::Read(None)) };
        convert_known(wire, convert::storage_class::storage_class)
    }

    /// A VolumeAttributesClass, none if there is none, or why it cannot be known.
    pub async fn attributes_class(
        &self,
        name: &str,
    ) -> Result<Known<Option<AttributesClass>>, kube::Error> {
        let read =
            get::<wire::storage_class::VolumeAttributesClass>(self.client(), None, name).await;
        let Some(wire) = absent(read)? else { return Ok(Known::Read(None)) };
        convert_known(wire, convert::storage_class::attributes_class)
    }

    /// What the quotas of a namespace say of storage, or why they cannot be known.
    pub async fn storage_quotas(
        &self,
        namespace: &str,
    ) -> Result<Known<Vec<StorageQuota>>, kube::Error> {
        let lists = self.lists().await?;
        let query = Query { namespace: Some(namespace), labels: None, fields: None, lists };
        let read = collect(self.client(), query, convert::quota::storage_quotas).await;
        Ok(match known(read)? {
            Known::Read(quotas) => Known::Read(quotas.into_iter().flatten().collect()),
            Known::Unknown(why) => Known::Unknown(why),
        })
    }

    /// What was told about this very claim, or why that cannot be known.
    pub async fn claim_events(
        &self,
        claim: &Claim,
    ) -> Result<Known<Vec<ClusterEvent>>, kube::Error> {
        let lists = self.lists().await?;
        let fields = format!(
            "involvedObject.kind=PersistentVolumeClaim,involvedObject.name={},involvedObject.uid={}",
            claim.name, claim.uid
        );
        let namespace = Some(claim.namespace.as_str());
        let query = Query { namespace, labels: None, fields: Some(&fields), lists };
        let convert = |event| convert::cluster_event::cluster_event(&event);
        known(collect(self.client(), query, convert).await)
    }

    /// A set, its pods and its claims from now on.
    pub async fn watch_claims(&self, set: &Set) -> Result<ClaimsWatch, kube::Error> {
        let lists = self.lists().await?;
        Ok(ClaimsWatch::new(self.client(), set, lists, RENEWED_AFTER))
    }
}

/// What was read; nothing where there is no such object.
fn absent<T>(read: Result<T, kube::Error>) -> Result<Option<Known<T>>, kube::Error> {
    match read {
        Err(error) if status::is_not_found(&error) => Ok(None),
        read => known(read).map(Some),
    }
}

fn convert_known<W, M>(
    wire: Known<W>,
    convert: impl Fn(W) -> Result<M, convert::Malformed>,
) -> Result<Known<Option<M>>, kube::Error> {
    Ok(match wire {
        Known::Read(wire) => Known::Read(Some(convert(wire).map_err(garbled)?)),
        Known::Unknown(why) => Known::Unknown(why),
    })
}
