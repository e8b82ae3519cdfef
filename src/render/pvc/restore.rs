//! Words for claims that come back, and for those that do not.

use jiff::Timestamp;

use crate::model::volume::Volume;
use crate::plan::pvc::restored::{NotRestored, Target, Wait};
use crate::plan::pvc::trash::since;
use crate::render::duration::age;
use crate::render::table::{Headers, table};

/// One claim that is to come back.
pub struct Coming<'a> {
    /// Its volume.
    pub volume: &'a Volume,
    /// Its name to be.
    pub target: &'a Target,
    /// Why it does not, if it does not.
    pub refused: Option<&'a NotRestored>,
}

/// What would come back, a line each.
pub fn plan(all: &[Coming<'_>], now: Timestamp) -> String {
    let rows = all.iter().map(|coming| {
        let trashed = coming.volume.trashed();
        let gone = trashed.as_ref().and_then(|trashed| since(coming.volume, trashed));
        [
            coming.target.namespace.clone(),
            coming.target.name.clone(),
            coming.volume.capacity.clone().unwrap_or_default(),
            coming.volume.name.clone(),
            trashed.map(|trashed| trashed.run).unwrap_or_default(),
            gone.map(|gone| age(now.duration_since(gone))).unwrap_or_default(),
            coming.refused.map_or_else(|| "comes back".to_owned(), refusal),
        ]
    });
    table(&["namespace", "pvc", "size", "volume", "run", "gone", "then"], Headers::Shown, rows)
}

/// Why a claim does not come back.
pub fn refusal(why: &NotRestored) -> String {
    match why {
        NotRestored::NotOurs => "its volume was not put aside by this program".to_owned(),
        NotRestored::Going => "its volume is being deleted".to_owned(),
        NotRestored::Unnamed => "its volume names no claim any more".to_owned(),
        NotRestored::StillThere => "its claim was never deleted".to_owned(),
        NotRestored::NameTaken { volume: Some(volume), .. } => {
            format!("another claim of that name is there, with pv/{volume}")
        }
        NotRestored::NameTaken { volume: None, .. } => {
            "another claim of that name is there".to_owned()
        }
        NotRestored::Lost => "the claim of that name has lost its volume".to_owned(),
        NotRestored::PolicyForgotten => {
            "its volume does not say what its reclaim policy was before".to_owned()
        }
    }
}

/// What is waited for.
pub fn wait(wait: Wait) -> &'static str {
    match wait {
        Wait::Going => "the deleted claim is still going",
        Wait::Release => "the control plane has not released the volume yet",
        Wait::Binding => "claim and volume have not found each other yet",
    }
}
