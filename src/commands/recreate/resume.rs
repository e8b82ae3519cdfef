//! `recreate --resume`: finishes what an earlier run has begun.

use crate::cluster::status;
use crate::commands::context::{Context, refused};
use crate::commands::dry_run::{DryRun, Preview};
use crate::commands::journal::Journal;
use crate::commands::recreate::propose::{Source, Wish, shape};
use crate::commands::recreate::record::{Found, Record, name};
use crate::commands::recreate::{RecreateArgs, refusals, replace, unread};
use crate::exit::{Exit, Failure};
use crate::model::snapshot::Known;
use crate::plan::recreate::{Owned, Restarts};

/// Runs the command.
pub(super) async fn run(
    cx: &mut Context,
    args: &RecreateArgs,
    found: Found,
) -> Result<Exit, Failure> {
    let set = args.set.as_str();
    let kept = match found {
        Known::Unknown(why) => return Err(unread(&why)),
        Known::Read(None) => {
            return Err(refused(&format!("no recreation of statefulset.apps/{set} is unfinished"))
                .hint(format!("there is no configmap/{} in this namespace", name(set)))
                .hint("copies that a run has kept on its machine are in its journal directory"));
        }
        Known::Read(Some(kept)) => kept,
    };
    let record = kept.record.map_err(|why| {
        refused(&format!("configmap/{} cannot be read: {why}", kept.name)).hint(
            "it may come from a newer version of this program, or somebody changed it; the sets in it are old.json and new.json",
        )
    })?;
    cx.terminal.note(format!("recreation {} of statefulset.apps/{set}", record.run));
    if stands(cx, set, &record).await? {
        judged(cx, args, &record).await?;
    } else {
        proven(cx, &record).await?;
    }
    if args.write.dry_run != DryRun::None {
        let suffix = args.write.dry_run.suffix();
        cx.terminal.print(format!("statefulset.apps/{set} recreated{suffix}"))?;
        return Ok(Exit::Success);
    }
    cx.consent(args.write.consent(), "Finish this recreation?").await?;
    let mut journal = Journal::open(&record.run)?;
    replace::run(cx, args, &record, &mut journal).await
}

/// Whether the old set is still there, which says so; what else there may be is told, too.
async fn stands(cx: &Context, set: &str, record: &Record) -> Result<bool, Failure> {
    let restarts = match record.restarts {
        Restarts::All => "; pods that were not restarted yet are restarted, the lowest first",
        Restarts::None => "",
    };
    match cx.session.set_object(cx.session.namespace(), set).await {
        Ok(object) if object["metadata"]["uid"] == *record.before.set => {
            let going = !object["metadata"]["deletionTimestamp"].is_null();
            let what = if going {
                format!(
                    "the old set is on its way out; the new one is created once it is gone{restarts}"
                )
            } else {
                format!(
                    "nothing was deleted yet: the set is deleted without its pods, and created again{restarts}"
                )
            };
            cx.terminal.note(what);
            Ok(!going)
        }
        Ok(_) => {
            cx.terminal.note(format!("another set is there: it is verified{restarts}"));
            Ok(false)
        }
        Err(error) if status::is_not_found(&error) => {
            cx.terminal
                .note(format!("there is no set: the new one is created from the copy{restarts}"));
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the copies hold the template that the controller has remembered of the deleted set.
///
/// Whoever may write a ConfigMap may not run what he likes in the name of whoever resumes.
async fn proven(cx: &Context, record: &Record) -> Result<(), Failure> {
    let name = &record.before.revision;
    let doubt = |why: String| {
        let show = cx.kubectl(&["get", "controllerrevision", name, "-o", "yaml"]);
        refused(&format!("the copy cannot be trusted: {why}"))
            .hint(format!("compare it with what the controller remembers: {show}"))
            .hint("nothing was changed")
    };
    let remembered = match cx.session.revision(cx.session.namespace(), name).await {
        Ok(revision) => revision,
        Err(error) if status::is_not_found(&error) => {
            return Err(doubt(format!("there is no controllerrevision/{name} to compare it with")));
        }
        Err(error) => return Err(error.into()),
    };
    for copy in [&record.old, &record.new] {
        if shape(copy)?.template != remembered.template {
            return Err(doubt(format!("it has another template than controllerrevision/{name}")));
        }
    }
    Ok(())
}

/// Judges the set anew, as it was judged before the first write.
async fn judged(cx: &Context, args: &RecreateArgs, record: &Record) -> Result<(), Failure> {
    let options = args.options();
    let wish = Wish {
        set: &args.set,
        source: Source::Copy(&record.new),
        restarts: record.restarts,
        // Whoever began it has said so.
        owned: Owned::ByUser,
        options: &options,
        preview: Preview::from(args.write.dry_run),
    };
    let proposal = wish.propose(cx).await?;
    match refusals(cx, &args.set, &proposal.refusals) {
        Some(failure) => {
            let remove = cx.kubectl(&["delete", "configmap", &name(&args.set)]);
            Err(failure.hint(format!("to give it up: {remove}")))
        }
        None => Ok(()),
    }
}
