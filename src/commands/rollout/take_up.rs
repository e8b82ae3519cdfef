//! Taking over the record of a run: the lock changes hands in one compare-and-swap.

use crate::cluster::clock;
use crate::cluster::status;
use crate::cluster::write::Keep;
use crate::commands::context::Context;
use crate::commands::rollout::begin::refused;
use crate::commands::rollout::identity;
use crate::exit::{Exit, Failure};
use crate::model::run::{RecordedRun, Run};
use crate::model::snapshot::Snapshot;
use crate::plan::refusal::Refusal;
use crate::plan::step::{RunChange, SetPatch, Step};

/// How often the lock is tried for while others write to the set.
const ATTEMPTS: usize = 5;

/// The run recorded on a set.
pub fn recorded(snapshot: &Snapshot) -> Result<Run, Refusal> {
    match &snapshot.set.run {
        None => Err(Refusal::NoRun),
        Some(RecordedRun::Unreadable(reason)) => {
            Err(Refusal::UnreadableRun { reason: reason.clone() })
        }
        Some(RecordedRun::Read(run)) => Ok(run.clone()),
    }
}

/// Writes the run as `change` makes it, with this process as its holder. The set must carry the
/// run that was judged; anything else is a conflict.
pub async fn take_up(
    cx: &Context,
    mut snapshot: Snapshot,
    judged: &Run,
    change: impl Fn(&mut Run),
) -> Result<(Snapshot, Run), Failure> {
    for _ in 0..ATTEMPTS {
        let mut run = judged.clone();
        run.holder = Some(identity::holder(clock::now()));
        change(&mut run);
        let patch = SetPatch { run: RunChange::Write(run.clone()), ..SetPatch::of(&snapshot.set) };
        match cx.session.apply(&Step::PatchSet(patch), Keep::Written).await {
            Ok(Some(set)) => {
                snapshot.set = set;
                return Ok((snapshot, run));
            }
            Ok(None) => break,
            Err(error) if status::is_conflict(&error) => {}
            Err(error) => return Err(error.into()),
        }
        // Status writes move the version of a set all the time; only the spec and the record
        // decide.
        let now = cx.session.set(&snapshot.set.namespace, &snapshot.set.name).await?;
        let same = now.uid == snapshot.set.uid
            && now.generation == snapshot.set.generation
            && now.run == snapshot.set.run;
        if !same {
            break;
        }
        snapshot.set = now;
    }
    let name = snapshot.set.display();
    Err(Failure::new(Exit::Conflict, anyhow::anyhow!("{name} was changed by somebody else just now"))
        .hint(format!(
            "see where it stands: {}",
            cx.command(&["rollout", "status", &snapshot.set.name])
        )))
}

/// The failure of one refusal.
pub fn refuse(cx: &Context, set: &str, refusal: Refusal) -> Failure {
    refused(cx, set, &[refusal]).unwrap_or_else(|| crate::commands::context::refused("refused"))
}
