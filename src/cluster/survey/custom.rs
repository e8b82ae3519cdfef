//! Resources of others that want claims, change the size of sets, or are of claims.

use serde::de::DeserializeOwned;

use crate::cluster::discovery::Kind;
use crate::cluster::discovery::Kinds;
use crate::cluster::list::Source;
use crate::cluster::survey::reader::Part;
use crate::cluster::survey::reader::Reader;
use crate::cluster::survey::seen::Seen;
use crate::convert;
use crate::model::survey::coverage::Need;
use crate::model::text::clean;
use crate::wire::custom::ScaledObject;
use crate::wire::custom::Templated;
use crate::wire::custom::VolumeSnapshot;

/// Kinds that are known to have claim templates, by group and plural name.
///
/// Others are found when every kind is searched.
const TEMPLATED: &[(&str, &str)] = &[
    ("apps.kruise.io", "statefulsets"),
    ("apps.kruise.io", "clonesets"),
    ("workloads.kubeblocks.io", "instancesets"),
    ("workloads.kubeblocks.io", "replicatedstatemachines"),
    ("apps.kubeblocks.io", "clusters"),
    ("apps.kubeblocks.io", "components"),
    ("apps.k8s.appscode.com", "petsets"),
    ("apps.pingcap.com", "statefulsets"),
    ("slinky.slurm.net", "nodesets"),
];

/// Reads those of them that the server has.
pub(super) async fn read(reader: &Reader<'_>, kinds: &Kinds) -> Vec<Part> {
    let mut parts = Vec::new();
    for (group, plural) in TEMPLATED {
        if let Some(kind) = kinds.find(group, plural) {
            parts.push(templated(reader, kind).await);
        }
    }
    if let Some(kind) = kinds.find("keda.sh", "scaledobjects") {
        let add = |seen: &mut Seen, wire: ScaledObject| {
            seen.scalers.push(convert::scaler::scaled_object(wire)?);
            Ok(())
        };
        parts.push(reader.read(&kind.resource(), Need::Optional, source(reader, kind), add).await);
    }
    if let Some(kind) = kinds.find("snapshot.storage.k8s.io", "volumesnapshots") {
        let add = |seen: &mut Seen, wire: VolumeSnapshot| {
            let snapshot = convert::snapshot::snapshot(wire)?;
            seen.snapshots.extend(snapshot.filter(|snapshot| {
                reader.interest.find(&snapshot.namespace, &snapshot.claim).is_some()
            }));
            Ok(())
        };
        parts.push(reader.read(&kind.resource(), Need::Optional, source(reader, kind), add).await);
    }
    parts
}

async fn templated(reader: &Reader<'_>, kind: &Kind) -> Part {
    let full_kind = kind.full_kind();
    let add = |seen: &mut Seen, wire: Templated| {
        seen.note_owner(reader.interest, clean(&wire.metadata.uid));
        seen.claimants.extend(convert::claimant::templated(&full_kind, wire)?);
        Ok(())
    };
    reader.read(&kind.resource(), Need::Optional, source(reader, kind), add).await
}

fn source<T: DeserializeOwned>(reader: &Reader<'_>, kind: &Kind) -> Source<T> {
    Source::custom(kind.path(reader.namespace), reader.lists)
}
