//! One reading of a claim and of everything that decides what becomes of it.

use serde_json::Value;

use crate::commands::context::{Context, refused};
use crate::commands::recreate::record::{Record, find};
use crate::convert::manifest;
use crate::exit::Failure;
use crate::model::claim::Claim;
use crate::model::ordinal::Ordinal;
use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::model::volume::Volume;
use crate::plan::pvc::rescue::{Copy, Maker, Purpose, Scene, Standing};
use crate::plan::pvc::restored::Target;

/// What was read.
pub(super) struct Look {
    /// As it is judged.
    pub scene: Scene,
    /// The claim as the server sends it.
    pub claim_object: Option<Value>,
    /// The set as the server sends it.
    pub set_object: Option<Value>,
    /// What an unfinished run has kept of the set.
    pub record: Option<Record>,
}

/// Reads it. `volume` is the one it is about, once that is known.
pub(super) async fn look(
    cx: &Context,
    target: &Target,
    volume: Option<&str>,
) -> Result<Look, Failure> {
    let session = &cx.session;
    let namespace = target.namespace.as_str();
    let (claim, claim_object) = session.claim_object(namespace, &target.name).await?.unzip();
    let (tenants, sets) = tokio::try_join!(session.tenants(namespace), session.sets(namespace))?;
    let mut tenants = read(tenants, "the pods of the namespace")?;
    tenants.retain(|tenant| tenant.claims.contains(&target.name));
    let sets = read(sets, "the sets of the namespace")?;
    let (maker, set_object) = maker(cx, target, &sets).await?;
    let (copy, record) = copy(cx, target, &maker, set_object.as_ref()).await?.unzip();
    let scene = Scene {
        volume: find_volume(cx, target, claim.as_ref(), volume).await?,
        owners: owners(cx, claim.as_ref()).await?,
        claim,
        tenants,
        maker,
        copy,
    };
    Ok(Look { scene, claim_object, set_object, record })
}

fn read<T>(known: Known<T>, what: &str) -> Result<T, Failure> {
    match known {
        Known::Read(read) => Ok(read),
        Known::Unknown(why) => Err(refused(&format!("{what} cannot be known: {why}"))),
    }
}

/// The set that makes claims of that name.
async fn maker(
    cx: &Context,
    target: &Target,
    sets: &[Set],
) -> Result<(Maker, Option<Value>), Failure> {
    let mut makers: Vec<&Set> =
        sets.iter().filter(|set| ordinal_of(set, &target.name).is_some()).collect();
    if makers.len() > 1 {
        let names = makers.iter().map(|set| set.name.clone()).collect();
        return Ok((Maker::Several(names), None));
    }
    let Some(found) = makers.pop() else { return Ok((Maker::None, None)) };
    let Some((set, object)) = cx.session.set_and_object(&target.namespace, &found.name).await?
    else {
        return Ok((Maker::None, None));
    };
    if !object["metadata"]["deletionTimestamp"].is_null() {
        return Ok((Maker::Going, None));
    }
    Ok(match ordinal_of(&set, &target.name) {
        Some(ordinal) => (Maker::Here { set, ordinal }, Some(object)),
        None => (Maker::None, None),
    })
}

fn ordinal_of(set: &Set, claim: &str) -> Option<Ordinal> {
    let stem = |template: &str| format!("{template}-{}", set.name);
    set.claim_templates.iter().find_map(|template| Ordinal::of_pod(claim, &stem(&template.name)))
}

/// What an unfinished run has kept of the set, under any name the set may have.
async fn copy(
    cx: &Context,
    target: &Target,
    maker: &Maker,
    live: Option<&Value>,
) -> Result<Option<(Copy, Record)>, Failure> {
    let names = match maker {
        Maker::Here { set, .. } => vec![set.name.clone()],
        _ => possible_sets(&target.name),
    };
    for name in names {
        let Some(kept) = read(find(cx, &name).await?, "whether a copy of the set is kept")? else {
            continue;
        };
        let record = kept
            .record
            .map_err(|why| refused(&format!("configmap/{} cannot be read: {why}", kept.name)))?;
        if !makes(&record.old, &name, &target.name) {
            continue;
        }
        let uid = record.before.set.clone();
        let changed = live.is_some_and(|live| {
            live["metadata"]["uid"] == *uid && manifest::copy(live)["spec"] != record.old["spec"]
        });
        let purpose = if record.old != record.new {
            Purpose::Another
        } else if changed {
            Purpose::Outdated
        } else {
            Purpose::SameSet
        };
        let pods = record.before.pods.iter().map(|(_, uid)| uid.clone()).collect();
        return Ok(Some((Copy { set: name, uid, pods, purpose }, record)));
    }
    Ok(None)
}

/// Every name a set may have whose claim this is: what follows any dash, without the ordinal.
fn possible_sets(claim: &str) -> Vec<String> {
    let Some((stem, _)) = claim.rsplit_once('-') else { return Vec::new() };
    stem.match_indices('-').map(|(at, _)| stem[at + 1..].to_owned()).collect()
}

/// Whether a kept set makes claims of that name.
fn makes(set: &Value, name: &str, claim: &str) -> bool {
    let templates = set["spec"]["volumeClaimTemplates"].as_array();
    templates.into_iter().flatten().any(|template| {
        let template = template["metadata"]["name"].as_str().unwrap_or_default();
        Ordinal::of_pod(claim, &format!("{template}-{name}")).is_some()
    })
}

/// The volume it is about: the one that is pinned, the one the claim has, or the last one that was
/// put aside for a claim of that name.
async fn find_volume(
    cx: &Context,
    target: &Target,
    claim: Option<&Claim>,
    pinned: Option<&str>,
) -> Result<Option<Volume>, Failure> {
    let named = pinned.or_else(|| claim.and_then(|claim| claim.volume.as_deref()));
    if let Some(name) = named {
        let found = cx.session.volumes(&[name.to_owned()]).await?.pop();
        return found.map_or(Ok(None), |known| read(known, &format!("pv/{name}")));
    }
    let kept = read(cx.session.trash().await?, "the volumes")?;
    let of_claim = kept.into_iter().filter(|one| Target::named_by(one).as_ref() == Some(target));
    Ok(of_claim.max_by_key(|volume| volume.trashed().and_then(|kept| kept.at)))
}

/// Whether the owners of the claim exist.
async fn owners(cx: &Context, claim: Option<&Claim>) -> Result<Vec<Standing>, Failure> {
    let mut all = Vec::new();
    for owner in claim.iter().flat_map(|claim| &claim.owners) {
        let namespace = claim.map_or("", |claim| &claim.namespace);
        all.push(match cx.session.owner_uid(namespace, owner).await? {
            Known::Read(Some(uid)) if uid == owner.uid => Standing::Living,
            Known::Read(_) => Standing::Gone,
            Known::Unknown(why) => Standing::Unknown(why),
        });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_set_is_found_again_by_the_names_its_claim_allows() {
        assert_eq!(possible_sets("data-db-1"), ["db"]);
        assert_eq!(possible_sets("a-b-c-0"), ["b-c", "c"]);
        assert!(possible_sets("data").is_empty());
        let set = json!({"spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}});
        assert!(makes(&set, "db", "data-db-1"));
        assert!(!makes(&set, "db", "wal-db-1"));
        assert!(!makes(&set, "b", "data-db-1"));
    }
}
