//! What is in the trash, and why it stays there.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::model::quantity::Quantity;
use crate::model::volume::Volume;
use crate::plan::pvc::trash::{Kept, Standing, since};
use crate::render::duration::{age, span, stamp};
use crate::render::table::{Headers, table};

/// Which columns a table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One namespace.
    Namespace,
    /// All of them.
    Cluster,
}

/// The volumes in the trash, a line each.
pub fn list(volumes: &[Volume], scope: Scope, headers: Headers, now: Timestamp) -> String {
    let mut names = vec!["run", "pvc", "size", "gone", "policy", "state", "volume"];
    if scope == Scope::Cluster {
        names.insert(0, "namespace");
    }
    let rows = volumes.iter().map(|volume| {
        let item = Item::of(volume);
        let gone = since_of(volume).map(|gone| age(now.duration_since(gone)));
        let mut row = vec![
            item.run,
            item.claim,
            item.size,
            gone.unwrap_or_else(|| "-".to_owned()),
            item.policy,
            item.state.to_owned(),
            item.volume,
        ];
        if scope == Scope::Cluster {
            row.insert(0, item.namespace);
        }
        row
    });
    table(&names, headers, rows)
}

/// How much there is, in a line.
pub fn total(volumes: &[Volume]) -> String {
    let plural = if volumes.len() == 1 { "" } else { "s" };
    format!("{} volume{plural}, {}", volumes.len(), size(volumes))
}

/// The size of all of them.
pub fn size<'a>(volumes: impl IntoIterator<Item = &'a Volume>) -> Quantity {
    let amounts = volumes.into_iter().filter_map(|volume| volume.capacity.as_deref()?.parse().ok());
    amounts.sum()
}

fn since_of(volume: &Volume) -> Option<Timestamp> {
    since(volume, &volume.trashed()?)
}

/// The trash as a document.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trash {
    /// Each volume.
    pub items: Vec<Item>,
    /// All of them together.
    pub totals: Totals,
}

/// Sums.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// How many.
    pub volumes: usize,
    /// How large.
    pub size: String,
}

/// One volume in the trash.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// The run that put it there.
    pub run: String,
    /// Namespace of its claim.
    pub namespace: String,
    /// Name of its claim.
    pub claim: String,
    /// The volume.
    pub volume: String,
    /// Its size.
    pub size: String,
    /// The reclaim policy it had before.
    pub policy: String,
    /// Where it stands: `released`, `reserved`, `bound`, `going` or `unknown`.
    pub state: &'static str,
    /// Who put it there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

impl Item {
    fn of(volume: &Volume) -> Self {
        let trashed = volume.trashed();
        let claim = volume.claim.as_ref();
        Self {
            run: trashed.as_ref().map(|trashed| trashed.run.clone()).unwrap_or_default(),
            namespace: claim.map(|claim| claim.namespace.clone()).unwrap_or_default(),
            claim: claim.map_or_else(|| "-".to_owned(), |claim| claim.name.clone()),
            volume: volume.name.clone(),
            size: volume.capacity.clone().unwrap_or_else(|| "-".to_owned()),
            policy: trashed
                .as_ref()
                .and_then(|trashed| trashed.policy.as_ref())
                .map_or_else(|| "?".to_owned(), |policy| policy.name().to_owned()),
            state: Standing::of(volume).name(),
            by: trashed.and_then(|trashed| trashed.by),
            since: since_of(volume).map(stamp),
        }
    }
}

impl Trash {
    /// Of these volumes.
    pub fn of(volumes: &[Volume]) -> Self {
        Self {
            items: volumes.iter().map(Item::of).collect(),
            totals: Totals { volumes: volumes.len(), size: size(volumes).to_string() },
        }
    }
}

/// Why a volume stays.
pub fn kept(why: &Kept, older_than: SignedDuration) -> String {
    match why {
        Kept::NotOurs => "not put there by this program".to_owned(),
        Kept::Young(Some(age)) => {
            format!("there for {}, and not for {} (--older-than)", span(*age), span(older_than))
        }
        Kept::Young(None) => "nobody knows for how long it is there (--older-than 0s)".to_owned(),
        Kept::Phase(phase) => format!("neither released nor reserved, but {phase}"),
        Kept::Going => "it is being deleted".to_owned(),
        Kept::Claimed => "a claim has it, or is about to".to_owned(),
        Kept::Unnamed => "it names no claim any more".to_owned(),
        Kept::AlwaysRetained => {
            "it was Retain before it came here, so it is not for this program to free".to_owned()
        }
        Kept::PolicyForgotten => "it does not say what its reclaim policy was before".to_owned(),
        Kept::PolicyChanged(policy) => {
            format!("its reclaim policy was changed to {} since", policy.name())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trash::{PRUNED_AT, RECLAIM_POLICY, RUN};
    use crate::model::volume::BoundClaim;
    use crate::testing::{a_volume, at};

    #[test]
    fn the_trash_in_a_table() {
        let mut volume = a_volume("pv-1");
        volume.claim = Some(BoundClaim {
            namespace: "prod".to_owned(),
            name: "data-db-3".to_owned(),
            uid: Some("u".to_owned()),
        });
        volume.phase = "Released".to_owned();
        for (key, value) in
            [(RUN, "3f9a"), (RECLAIM_POLICY, "Delete"), (PRUNED_AT, &at(0).to_string())]
        {
            volume.annotations.insert(key.to_owned(), value.to_owned());
        }
        let all = [volume.clone(), volume];
        let now = at(3 * 86_400);
        insta::assert_snapshot!(list(&all[..1], Scope::Cluster, Headers::Shown, now), @"
        NAMESPACE   RUN    PVC         SIZE   GONE   POLICY   STATE      VOLUME
        prod        3f9a   data-db-3   1Gi    3d     Delete   released   pv-1
        ");
        assert_eq!(total(&all), "2 volumes, 2Gi");
    }
}
