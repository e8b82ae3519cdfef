//! What matters only for claims that nobody names: their volumes, where they are, and what could
//! bring the set back that made them.

use std::collections::BTreeSet;
use std::collections::HashSet;

use futures::stream;
use futures::stream::StreamExt;
use futures::stream::TryStreamExt;

use crate::cluster::discovery::Kinds;
use crate::cluster::list::Listed;
use crate::cluster::list::Query;
use crate::cluster::list::Source;
use crate::cluster::metadata;
use crate::cluster::read;
use crate::cluster::status;
use crate::cluster::survey::delivery;
use crate::cluster::survey::reader::Extent;
use crate::cluster::survey::reader::Part;
use crate::cluster::survey::reader::Reader;
use crate::cluster::survey::seen::Seen;
use crate::cluster::survey::seen::numbered;
use crate::convert;
use crate::model::claim::Claim;
use crate::model::survey::Survey;
use crate::model::survey::VolumeFacts;
use crate::model::survey::coverage::Need;
use crate::model::text::clean;
use crate::model::volume::Volume;
use crate::wire::attachment::VolumeAttachment;
use crate::wire::meta::MetadataOnly;
use crate::wire::revision::ControllerRevision;
use crate::wire::volume::PersistentVolume;

/// So many volumes, owners or namespaces are read one by one. For more, all there are is one list.
pub(super) const FEW: usize = 20;

/// Reads that are under way at the same time.
pub(super) const AT_ONCE: usize = 2;

/// Reads it for the claims of the survey that nobody names so far.
pub(super) async fn read(reader: &Reader<'_>, kinds: &Kinds, survey: &Survey) -> Vec<Part> {
    let unnamed: Vec<&Claim> = survey
        .claims
        .iter()
        // What cannot be judged anyway needs nothing more.
        .filter(|claim| survey.coverage.broken(&claim.namespace).is_none())
        .filter(|claim| survey.references.of(&claim.namespace, &claim.name).is_empty())
        .collect();
    if unnamed.is_empty() {
        return Vec::new();
    }
    let setless = setless(&unnamed, survey);
    let (volumes, mut parts) = tokio::join!(volumes_and_attachments(reader, &unnamed), async {
        let mut parts = Vec::from_iter(going(reader, &unnamed).await);
        if !setless.is_empty() {
            parts.push(revisions(reader, &setless).await);
            parts.extend(delivery::read(reader, kinds, &setless).await);
        }
        parts
    });
    parts.extend(volumes);
    parts
}

/// Those with an ordinal that nothing there would have made.
fn setless<'a>(unnamed: &[&'a Claim], survey: &Survey) -> Vec<&'a Claim> {
    let mut stems: HashSet<(&str, String)> = HashSet::new();
    for claimant in &survey.claimants {
        for (template, _) in &claimant.templates {
            stems.insert((&claimant.namespace, format!("{template}-{}", claimant.name)));
        }
    }
    let has_no_set = |claim: &&&Claim| {
        numbered(&claim.name)
            .is_some_and(|(stem, _)| !stems.contains(&(&claim.namespace, stem.to_owned())))
    };
    unnamed.iter().filter(has_no_set).copied().collect()
}

/// The namespaces of these claims.
pub(super) fn namespaces(claims: &[&Claim]) -> BTreeSet<String> {
    claims.iter().map(|claim| claim.namespace.clone()).collect()
}

/// The volumes of the claims, and those of them that are attached.
async fn volumes_and_attachments(reader: &Reader<'_>, unnamed: &[&Claim]) -> Vec<Part> {
    let wanted = names(unnamed);
    if wanted.is_empty() {
        return Vec::new();
    }
    let volumes = volumes(reader, unnamed).await;
    let attached = match &volumes.seen {
        // What has no driver is never attached by way of an object.
        Ok(seen) if seen.volumes.values().all(|volume| volume.driver.is_none()) => None,
        _ => Some(attachments(reader, &wanted).await),
    };
    [Some(volumes), attached].into_iter().flatten().collect()
}

/// The names of the volumes of these claims.
fn names<'a>(claims: &[&'a Claim]) -> HashSet<&'a str> {
    claims.iter().filter_map(|claim| claim.volume.as_deref()).collect()
}

/// Volumes, by their plural name.
const VOLUMES: &str = "persistentvolumes";

async fn volumes(reader: &Reader<'_>, unnamed: &[&Claim]) -> Part {
    let wanted = names(unnamed);
    if wanted.len() > FEW {
        let add = |seen: &mut Seen, wire: PersistentVolume| {
            let is_wanted =
                wire.metadata.as_ref().is_some_and(|meta| wanted.contains(meta.name.as_str()));
            if is_wanted {
                let volume = convert::volume::volume(wire)?;
                seen.volumes.insert(volume.name.clone(), VolumeFacts::of(volume));
            }
            Ok(())
        };
        let part = reader.read(VOLUMES, Need::Optional, everywhere(reader), add).await;
        // Who may not list them may still be allowed to read those that matter.
        if !part.seen.as_ref().is_err_and(status::is_forbidden) {
            return part;
        }
    }
    volumes_by_name(reader, unnamed).await
}

/// The volumes of these claims, one by one.
pub(super) async fn volumes_by_name(reader: &Reader<'_>, claims: &[&Claim]) -> Part {
    let wanted = names(claims);
    let reads = stream::iter(wanted).map(|name| read::volume_if_any(reader.client, name));
    let add = async |mut seen: Seen, volume: Option<Volume>| {
        seen.objects += 1;
        seen.volumes.extend(volume.map(|one| (one.name.clone(), VolumeFacts::of(one))));
        Ok(seen)
    };
    let seen = reads.buffer_unordered(AT_ONCE).try_fold(Seen::default(), add).await;
    chosen(reader, VOLUMES, seen)
}

/// What came of reading some objects by name.
fn chosen(reader: &Reader<'_>, what: &str, seen: Result<Seen, kube::Error>) -> Part {
    let concerns = reader.namespace.map(str::to_owned).into_iter().collect();
    let (what, extent) = (what.to_owned(), Extent::Chosen);
    Part { what, concerns, need: Need::Optional, extent, seen }
}

async fn attachments(reader: &Reader<'_>, wanted: &HashSet<&str>) -> Part {
    let add = |seen: &mut Seen, wire: VolumeAttachment| {
        // Whether it says "attached" or not: one that does not is on its way there or back.
        let attachment = convert::attachment::attachment(wire)?;
        seen.attached.extend(attachment.volume.filter(|name| wanted.contains(name.as_str())));
        Ok(())
    };
    reader.read("volumeattachments", Need::Optional, everywhere(reader), add).await
}

/// All objects of a kind without namespaces.
fn everywhere<T: Listed>(reader: &Reader<'_>) -> Source<T> {
    Source::of(Query { namespace: None, labels: None, fields: None, lists: reader.lists })
}

/// Which of the claims' namespaces are going away.
///
/// Nothing where this user may not know: the claims there are told to go by then, too.
async fn going(reader: &Reader<'_>, unnamed: &[&Claim]) -> Option<Part> {
    const WHAT: &str = "namespaces";
    const PATH: &str = "/api/v1/namespaces";
    let names = namespaces(unnamed);
    let part = if names.len() > FEW {
        let add = |seen: &mut Seen, wire: MetadataOnly| {
            let meta = wire.metadata.unwrap_or_default();
            seen.going.extend(meta.deletion_timestamp.map(|_| clean(&meta.name)));
            Ok(())
        };
        let source = Source::metadata(PATH.to_owned(), None, reader.lists);
        reader.read(WHAT, Need::Optional, source, add).await
    } else {
        let mut seen = Ok(Seen::default());
        let reads = stream::iter(&names).map(|name| metadata::read(reader.client, PATH, name));
        let answers: Vec<_> = reads.buffered(AT_ONCE).collect().await;
        for (name, answer) in names.iter().zip(answers) {
            match (&mut seen, answer) {
                (Ok(seen), Ok(Some(meta))) => {
                    seen.objects += 1;
                    seen.going.extend(meta.deletion_timestamp.map(|_| name.clone()));
                }
                // It is gone.
                (Ok(seen), Ok(None)) => {
                    seen.going.insert(name.clone());
                }
                (Ok(_), Err(error)) => seen = Err(error),
                (Err(_), _) => {}
            }
        }
        chosen(reader, WHAT, seen)
    };
    (!part.seen.as_ref().is_err_and(status::is_forbidden)).then_some(part)
}

/// Sets whose revisions are there without an owner.
async fn revisions(reader: &Reader<'_>, setless: &[&Claim]) -> Part {
    let wanted = namespaces(setless);
    let add = |seen: &mut Seen, wire: MetadataOnly| {
        let meta = wire.metadata.unwrap_or_default();
        let is_owned = meta.owner_references.iter().any(|owner| owner.controller == Some(true));
        if !is_owned
            && wanted.contains(&meta.namespace)
            && let Some((set, _)) = meta.name.rsplit_once('-')
        {
            seen.ownerless.insert((clean(&meta.namespace), clean(set)));
        }
        Ok(())
    };
    let path = ControllerRevision::path(reader.namespace);
    let source = Source::metadata(path, None, reader.lists);
    let part = reader.read("controllerrevisions", Need::Optional, source, add).await;
    Part { concerns: wanted.into_iter().collect(), ..part }
}
