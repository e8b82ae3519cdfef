//! Which snapshots are taken of the claims of a set, and which older ones go.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::claim::{Claim, ClaimPhase};
use crate::model::ordinal::Ordinal;
use crate::model::ordinals::Ordinals;
use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::model::volume::{ReclaimPolicy, Volume};
use crate::model::volume_snapshot::{
    NewSnapshot, ORDINAL, RUN, SET, SnapshotClass, TEMPLATE, VolumeSnapshot,
};

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The ordinals; those the set wants when not given.
    pub ordinals: Option<Ordinals>,
    /// The claim template; all when not given.
    pub template: Option<String>,
    /// The class; the default one of the driver when not given.
    pub class: Option<String>,
    /// The run, which ends every name.
    pub run: String,
}

/// What was read.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The set.
    pub set: Set,
    /// The claims of its namespace.
    pub claims: Known<Vec<Claim>>,
    /// The volumes of its claims, by name.
    pub volumes: BTreeMap<String, Known<Option<Volume>>>,
    /// Whether the cluster has snapshots at all.
    pub served: bool,
    /// The classes of snapshots.
    pub classes: Known<Vec<SnapshotClass>>,
}

/// One snapshot of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shot {
    /// The ordinal.
    pub ordinal: Ordinal,
    /// The claim template.
    pub template: String,
    /// The size of the claim, as written.
    pub size: Option<String>,
    /// What becomes of it in the storage when its object goes.
    pub deletion: ReclaimPolicy,
    /// What is created.
    pub new: NewSnapshot,
}

/// Why no snapshot is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSnapshot {
    /// The cluster does not know snapshots.
    NotServed,
    /// Something could not be read.
    Unknown {
        /// What.
        what: String,
        /// Why.
        why: String,
    },
    /// The set has no claim template of that name.
    NoTemplate {
        /// The name.
        template: String,
    },
    /// The set has no claim templates.
    NoTemplates,
    /// The set wants no pods, and no ordinals were named.
    NoOrdinals,
    /// There is no such claim.
    Missing {
        /// The claim.
        claim: String,
    },
    /// The claim has no volume.
    Unbound {
        /// The claim.
        claim: String,
    },
    /// The claim was told to go.
    Going {
        /// The claim.
        claim: String,
    },
    /// The volume is gone, or no CSI driver made it.
    NoDriver {
        /// The claim.
        claim: String,
    },
    /// There is no class of that name.
    NoClass {
        /// The name.
        class: String,
    },
    /// The class is for another driver.
    OtherDriver {
        /// The class.
        class: String,
        /// Its driver.
        driver: String,
        /// The claim.
        claim: String,
        /// The driver of the claim's volume.
        wanted: String,
    },
    /// No class, or more than one, is the one to take when none is named.
    NoDefault {
        /// The driver.
        driver: String,
        /// The classes of the driver there are.
        classes: Vec<String>,
    },
}

/// The snapshots to take, lowest ordinal first; or every reason why none is.
pub fn plan(wish: &Wish, seen: &Evidence) -> Result<Vec<Shot>, Vec<NoSnapshot>> {
    if !seen.served {
        return Err(vec![NoSnapshot::NotServed]);
    }
    let mut whys = Vec::new();
    let claims = read(&seen.claims, "the claims", &mut whys);
    let classes = read(&seen.classes, "the classes of snapshots", &mut whys);
    if !whys.is_empty() {
        return Err(whys);
    }
    let mut shots = Vec::new();
    for (template, ordinal) in wanted(wish, &seen.set).map_err(|why| vec![why])? {
        let name = seen.set.claim_name(&template, ordinal);
        let found = claims.iter().find(|claim| claim.name == name);
        let shot = source(found, &name, &seen.volumes).and_then(|(claim, driver)| {
            let class = class_for(wish, classes, claim, driver)?;
            Ok(shot(wish, &seen.set, (&template, ordinal), claim, class))
        });
        match shot {
            Ok(shot) => shots.push(shot),
            Err(why) if whys.contains(&why) => {}
            Err(why) => whys.push(why),
        }
    }
    if whys.is_empty() { Ok(shots) } else { Err(whys) }
}

fn read<'a, T>(known: &'a Known<Vec<T>>, what: &str, whys: &mut Vec<NoSnapshot>) -> &'a [T] {
    match known {
        Known::Read(read) => read,
        Known::Unknown(why) => {
            whys.push(NoSnapshot::Unknown { what: what.to_owned(), why: why.clone() });
            &[]
        }
    }
}

/// Templates and ordinals, ordinal by ordinal.
fn wanted(wish: &Wish, set: &Set) -> Result<Vec<(String, Ordinal)>, NoSnapshot> {
    let is_wanted = |name: &String| wish.template.as_ref().is_none_or(|template| template == name);
    let templates: Vec<String> = set
        .claim_templates
        .iter()
        .map(|template| template.name.clone())
        .filter(is_wanted)
        .collect();
    match &wish.template {
        _ if set.claim_templates.is_empty() => return Err(NoSnapshot::NoTemplates),
        Some(template) if templates.is_empty() => {
            return Err(NoSnapshot::NoTemplate { template: template.clone() });
        }
        _ => {}
    }
    let ordinals: Vec<Ordinal> = match &wish.ordinals {
        Some(ordinals) => ordinals.iter().collect(),
        None => set.wanted.iter().collect(),
    };
    if ordinals.is_empty() {
        return Err(NoSnapshot::NoOrdinals);
    }
    let of = |ordinal: Ordinal| templates.iter().map(move |name| (name.clone(), ordinal));
    Ok(ordinals.into_iter().flat_map(of).collect())
}

/// The claim and the driver of its volume.
fn source<'a>(
    found: Option<&'a Claim>,
    name: &str,
    volumes: &'a BTreeMap<String, Known<Option<Volume>>>,
) -> Result<(&'a Claim, &'a str), NoSnapshot> {
    let name = || name.to_owned();
    let claim = found.ok_or_else(|| NoSnapshot::Missing { claim: name() })?;
    if claim.deleting_since.is_some() {
        return Err(NoSnapshot::Going { claim: name() });
    }
    let volume = claim.volume.as_ref().filter(|_| claim.phase == ClaimPhase::Bound);
    let volume = volume.ok_or_else(|| NoSnapshot::Unbound { claim: name() })?;
    match volumes.get(volume) {
        Some(Known::Read(read)) => read
            .as_ref()
            .and_then(|volume| volume.driver.as_deref())
            .map(|driver| (claim, driver))
            .ok_or_else(|| NoSnapshot::NoDriver { claim: name() }),
        Some(Known::Unknown(why)) => {
            Err(NoSnapshot::Unknown { what: format!("pv/{volume}"), why: why.clone() })
        }
        None => Err(NoSnapshot::Unknown {
            what: format!("pv/{volume}"),
            why: "it was not read".to_owned(),
        }),
    }
}

fn class_for<'a>(
    wish: &Wish,
    classes: &'a [SnapshotClass],
    claim: &Claim,
    driver: &str,
) -> Result<&'a SnapshotClass, NoSnapshot> {
    if let Some(name) = &wish.class {
        let class = classes.iter().find(|class| &class.name == name);
        let class = class.ok_or_else(|| NoSnapshot::NoClass { class: name.clone() })?;
        if class.driver != driver {
            return Err(NoSnapshot::OtherDriver {
                class: name.clone(),
                driver: class.driver.clone(),
                claim: claim.name.clone(),
                wanted: driver.to_owned(),
            });
        }
        return Ok(class);
    }
    let of_driver: Vec<&SnapshotClass> =
        classes.iter().filter(|class| class.driver == driver).collect();
    let mut defaults = of_driver.iter().filter(|class| class.default);
    match (defaults.next(), defaults.next()) {
        (Some(class), None) => Ok(class),
        _ => Err(NoSnapshot::NoDefault {
            driver: driver.to_owned(),
            classes: of_driver.iter().map(|class| class.name.clone()).collect(),
        }),
    }
}

fn shot(
    wish: &Wish,
    set: &Set,
    (template, ordinal): (&str, Ordinal),
    claim: &Claim,
    class: &SnapshotClass,
) -> Shot {
    let labels = [
        (SET, set.name.clone()),
        (ORDINAL, ordinal.to_string()),
        (TEMPLATE, template.to_owned()),
        (RUN, wish.run.clone()),
    ];
    Shot {
        ordinal,
        template: template.to_owned(),
        size: claim.capacity.clone(),
        deletion: class.deletion.clone(),
        new: NewSnapshot {
            namespace: claim.namespace.clone(),
            name: format!("{}-{}", claim.name, wish.run),
            claim: claim.name.clone(),
            class: class.name.clone(),
            labels: labels.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
        },
    }
}

/// What is left of older snapshots once there are so many newer ones: those to delete.
///
/// Only what this program took of the same claim of the set counts, and only what is ready. While
/// the snapshot of this run is not ready, nothing of its claim is outdated.
pub fn outdated<'a>(
    set: &str,
    run: &str,
    keep: usize,
    there: &'a [VolumeSnapshot],
) -> Vec<&'a VolumeSnapshot> {
    let ours = |snapshot: &&VolumeSnapshot| {
        snapshot.ready
            && snapshot.deleting_since.is_none()
            && snapshot.labels.get(SET).is_some_and(|name| name == set)
            && [RUN, ORDINAL, TEMPLATE].iter().all(|key| snapshot.labels.contains_key(*key))
    };
    let of_run = |snapshot: &VolumeSnapshot| snapshot.labels.get(RUN).is_some_and(|id| id == run);
    let ready: Vec<&VolumeSnapshot> = there.iter().filter(ours).collect();
    let claims: BTreeSet<&String> = ready
        .iter()
        .filter(|snapshot| of_run(snapshot))
        .filter_map(|snapshot| snapshot.claim.as_ref())
        .collect();
    let mut gone = Vec::new();
    for claim in claims {
        let mut older: Vec<&VolumeSnapshot> = ready
            .iter()
            .filter(|snapshot| snapshot.claim.as_ref() == Some(claim) && !of_run(snapshot))
            .copied()
            .collect();
        older.sort_by(|a, b| (b.created_at, &b.name).cmp(&(a.created_at, &a.name)));
        gone.extend(older.into_iter().skip(keep.saturating_sub(1)));
    }
    gone
}

#[cfg(test)]
mod tests;
