//! A write on what was judged, however often the status moves in between.

use crate::cluster::status;
use crate::cluster::write::{Keep, Written};
use crate::commands::context::Context;
use crate::exit::{Exit, Failure};
use crate::model::set::Set;
use crate::plan::step::{SetPatch, Step};

/// How often a write is tried while others write to the set.
const ATTEMPTS: usize = 5;

/// Sends the patch that `make` makes of the set.
///
/// The controller writes the set's status all the time, which moves its version. As long as spec
/// and record are the ones that were judged, the patch is made anew for the new version; anything
/// else is somebody else's change, and a conflict.
pub(super) async fn write(
    cx: &Context,
    judged: &Set,
    keep: Keep,
    make: impl Fn(&Set) -> SetPatch,
) -> Result<Set, Failure> {
    let mut set = judged.clone();
    for _ in 0..ATTEMPTS {
        match cx.session.apply(&Step::PatchSet(make(&set)), keep).await {
            Ok(Written::Set(answer)) => return Ok(*answer),
            Ok(_) => break,
            Err(error) if status::is_conflict(&error) => {}
            Err(error) => return Err(error.into()),
        }
        set = cx.session.set(&set.namespace, &set.name).await?;
        let same =
            set.uid == judged.uid && set.generation == judged.generation && set.run == judged.run;
        if !same {
            break;
        }
    }
    let cause = anyhow::anyhow!(
        "{} was changed by somebody else just now; nothing was written",
        judged.display()
    );
    let look = cx.command(&["rollout", "status", &judged.name]);
    Err(Failure::new(Exit::Conflict, cause).hint(format!("see where it stands: {look}")))
}
