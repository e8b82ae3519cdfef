//! Bringing one claim back to its volume, from wherever that stopped before.

use std::time::Duration;

use jiff::Timestamp;

use crate::cluster::clock;
use crate::cluster::status;
use crate::cluster::write::{Keep, Written};
use crate::commands::context::Context;
use crate::commands::journal::Journal;
use crate::commands::signals::Signals;
use crate::convert::claim_manifest::{NoManifest, Restored, restored, storage_of};
use crate::exit::{Exit, Failure};
use crate::model::quantity::Quantity;
use crate::model::snapshot::Known;
use crate::model::volume::Volume;
use crate::plan::pvc::restored::{Next, NotRestored, Reading, Target, Wait, next};
use crate::plan::step::Step;
use crate::plan::step::object::{Creation, ObjectKind};

/// How long to wait before looking again.
const BETWEEN: Duration = Duration::from_millis(200);

/// How often a step is tried that others come in the way of, or that nobody answers to.
const ATTEMPTS: u32 = 10;

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Back {
    /// The claim has its volume.
    Done,
    /// It does not come back, for this reason.
    Refused(NotRestored),
    /// There is no such volume.
    NoVolume,
    /// Time is over.
    TimedOut(Wait),
    /// Something went wrong, in the server's words or ours.
    Failed(String),
    /// Somebody told the program to end.
    Interrupted(Exit),
}

/// One reading of a volume and the claims that matter to it; nothing where there is no volume.
pub(super) async fn read(
    cx: &Context,
    volume: &str,
    target: &Target,
) -> Result<Known<Option<Reading>>, kube::Error> {
    let session = &cx.session;
    // The volume first: a claim that is made in between is then seen.
    let volume = match session.volume(volume).await? {
        Known::Read(Some(volume)) => volume,
        Known::Read(None) => return Ok(Known::Read(None)),
        Known::Unknown(why) => return Ok(Known::Unknown(why)),
    };
    let wanted = session.claim(&target.namespace, &target.name).await?;
    let named = match Target::named_by(&volume) {
        Some(named) if named == *target => wanted.clone(),
        Some(named) => session.claim(&named.namespace, &named.name).await?,
        None => None,
    };
    Ok(Known::Read(Some(Reading { volume, named, target: wanted })))
}

/// Goes on until the claim has its volume, or cannot have it.
pub(super) async fn bring_back(
    cx: &Context,
    journal: &mut Journal,
    volume: &str,
    target: &Target,
    (until, signals): (Timestamp, &mut Signals),
) -> Result<Back, Failure> {
    let mut troubles = 0;
    loop {
        if let Some(exit) = signals.pending() {
            return Ok(Back::Interrupted(exit));
        }
        let reading = match read(cx, volume, target).await {
            Ok(Known::Read(Some(reading))) => reading,
            Ok(Known::Read(None)) => return Ok(Back::NoVolume),
            Ok(Known::Unknown(why)) => return Ok(Back::Failed(why)),
            Err(error) => match trouble(&error, &mut troubles).await {
                None => continue,
                Some(failed) => return Ok(failed),
            },
        };
        let step = match next(&reading, target) {
            Next::Reserve(patch) | Next::Finish(patch) => Step::PatchVolume(patch),
            Next::Create => match creation(&reading.volume, target) {
                Ok(creation) => Step::Create(creation),
                Err(why) => return Ok(Back::Failed(why.to_string())),
            },
            Next::Wait(wait) => {
                if clock::now() >= until {
                    return Ok(Back::TimedOut(wait));
                }
                tokio::time::sleep(BETWEEN).await;
                continue;
            }
            Next::Done => return Ok(Back::Done),
            Next::Refuse(why) => return Ok(Back::Refused(why)),
        };
        if let Err(error) = journal.apply(cx, &step).await?
            && let Some(failed) = trouble(&error, &mut troubles).await
        {
            return Ok(failed);
        }
    }
}

/// Has the server check the first write, without changing anything.
pub(super) async fn rehearse(
    cx: &Context,
    reading: &Reading,
    target: &Target,
) -> Result<(), Failure> {
    let step = match next(reading, target) {
        Next::Reserve(patch) | Next::Finish(patch) => Step::PatchVolume(patch),
        Next::Create => {
            Step::Create(creation(&reading.volume, target).map_err(anyhow::Error::from)?)
        }
        Next::Wait(_) | Next::Done | Next::Refuse(_) => return Ok(()),
    };
    let _written: Written = cx.session.apply(&step, Keep::DryRun).await?;
    Ok(())
}

/// A conflict, or silence, is a reason to look again; anything else is the end.
async fn trouble(error: &kube::Error, troubles: &mut u32) -> Option<Back> {
    let again = status::is_conflict(error) || status::is_unclear(error);
    *troubles += 1;
    if !again || *troubles > ATTEMPTS {
        return Some(Back::Failed(failure_text(error)));
    }
    tokio::time::sleep(BETWEEN).await;
    None
}

/// The error in the words a failure of its kind has.
pub(super) fn failure_text(error: &kube::Error) -> String {
    match status::of(error) {
        Some(status) => crate::model::text::clean(&status.message),
        None => error.to_string(),
    }
}

/// The claim that is to be created for a volume.
fn creation(volume: &Volume, target: &Target) -> Result<Creation, NoManifest> {
    let forgotten = || NoManifest::Unreadable("the volume has none".to_owned());
    let trashed = volume.trashed().ok_or_else(forgotten)?;
    let kept = trashed.claim.ok_or_else(forgotten)?;
    let manifest = restored(
        &kept,
        Restored {
            namespace: &target.namespace,
            name: &target.name,
            volume: &volume.name,
            run: &trashed.run,
            storage: fitting(volume, &kept),
        },
    )?;
    Ok(Creation {
        kind: ObjectKind::Claim,
        namespace: target.namespace.clone(),
        name: target.name.clone(),
        manifest,
    })
}

/// The size of the volume, where the claim asked for more: it was to grow and did not, and a
/// claim that asks for more than its volume has never gets it.
fn fitting<'a>(volume: &'a Volume, kept: &str) -> Option<&'a str> {
    let capacity = volume.capacity.as_deref()?;
    let has: Quantity = capacity.parse().ok()?;
    let asked: Quantity = storage_of(kept)?.parse().ok()?;
    (asked > has).then_some(capacity)
}
