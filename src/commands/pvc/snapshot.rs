//! `pvc snapshot`: a snapshot of every claim of a set.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use clap::builder::ArgAction;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::cluster::clock;
use crate::cluster::status;
use crate::cluster::write::Keep;
use crate::commands::context::Context;
use crate::commands::dry_run::{DryRun, WriteArgs};
use crate::commands::duration::signed;
use crate::commands::identity;
use crate::commands::journal::Journal;
use crate::commands::output::Output;
use crate::commands::pvc::follow::refusal;
use crate::commands::set_name::set_name;
use crate::commands::signals::Signals;
use crate::convert::volume_snapshot::manifest;
use crate::exit::{Exit, Failure};
use crate::model::ordinals::Ordinals;
use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::model::volume_snapshot::{RUN, SET, VolumeSnapshot};
use crate::plan::pvc::snapshot::{Evidence, NoSnapshot, Shot, Wish, outdated, plan};
use crate::plan::step::Step;
use crate::plan::step::object::{Creation, Deletion, ObjectKind};
use crate::progress::machine::after;
use crate::render::document::{Document, Kind};
use crate::render::pvc_snapshot::{self as words, Item, Report};

/// How long to wait before looking again.
const BETWEEN: Duration = Duration::from_millis(500);

/// Take a snapshot of every claim of a set
///
/// Each claim of the ordinals the set wants gets a VolumeSnapshot named CLAIM-RUN, with labels that
/// tell set, ordinal, template and run. Each is what a disk looks like after a crash, and they are
/// taken one after the other: for a copy that is consistent over all pods, stop writing first.
///
/// Nothing is taken unless all of it can be: the class has to fit the driver of every volume.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct SnapshotArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// Only these ordinals, such as 0-2,4; also those the set does not want any more
    #[arg(long, value_name = "ORDINALS")]
    ordinals: Option<Ordinals>,

    /// Only the claims of this template
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,

    /// The VolumeSnapshotClass; the default one of the driver when not given
    #[arg(long, value_name = "NAME")]
    class: Option<String>,

    /// Wait until volumes can be made from all of them
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value_t = true, default_missing_value = "true", action = ArgAction::Set)]
    wait: bool,

    /// How long to wait for that
    #[arg(long, value_name = "DURATION", value_parser = signed, default_value = "5m")]
    timeout: SignedDuration,

    /// Delete the oldest that are more than this many of a claim, once the new ones are ready
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    keep: Option<u16>,

    /// Print a document instead of a table
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Output>,

    #[command(flatten)]
    write: WriteArgs,
}

const EXAMPLES: &str = "\
Examples:
  # See what would be taken
  kubectl sts pvc snapshot db --dry-run=server

  # All claims of db; the last three of each are kept
  kubectl sts pvc snapshot db --keep 3

  # Those of two pods and one template, in a class of your own
  kubectl sts pvc snapshot db --ordinals 0-1 --template data --class csi-retain";

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &SnapshotArgs) -> Result<Exit, Failure> {
    if args.keep.is_some() && !args.wait {
        return Err(Failure::usage(
            "--keep needs --wait: nothing goes before the new ones are ready",
        ));
    }
    let namespace = cx.session.namespace().to_owned();
    let set = cx.session.set(&namespace, &args.set).await?;
    let wish = Wish {
        ordinals: args.ordinals.clone(),
        template: args.template.clone(),
        class: args.class.clone(),
        run: identity::run_id(),
    };
    let evidence = gather(cx, set).await?;
    let shots = plan(&wish, &evidence).map_err(|whys| refused(cx, &whys))?;
    cx.terminal.note(words::plan(&shots));
    for warning in words::warnings(&shots) {
        cx.terminal.warning(&warning);
    }
    match args.write.dry_run {
        DryRun::None => {}
        DryRun::Client => return dry(cx, &shots, args),
        DryRun::Server => {
            for shot in &shots {
                cx.session.apply(&creation(shot), Keep::DryRun).await?;
            }
            return dry(cx, &shots, args);
        }
    }
    let count = shots.len();
    let plural = if count == 1 { "snapshot" } else { "snapshots" };
    cx.consent(args.write.consent(), &format!("Take {count} {plural} of {}?", args.set)).await?;
    let mut journal = Journal::open(&wish.run)?;
    journal.note("pvc snapshot", &json!({ "set": args.set, "namespace": namespace }))?;
    take(cx, args, &shots, &wish.run, &mut journal).await
}

fn dry(cx: &Context, shots: &[Shot], args: &SnapshotArgs) -> Result<Exit, Failure> {
    let suffix = args.write.dry_run.suffix();
    for shot in shots {
        cx.terminal.print(format!("volumesnapshot/{} created{suffix}", shot.new.name))?;
    }
    Ok(Exit::Success)
}

fn refused(cx: &Context, whys: &[NoSnapshot]) -> Failure {
    let command = |words: &[&str]| cx.command(words);
    let told = whys.iter().map(|why| words::refusal(why, &command)).collect();
    refusal(told).hint("nothing was changed")
}

async fn gather(cx: &Context, set: Set) -> Result<Evidence, Failure> {
    let session = &cx.session;
    let served = session.has_snapshots().await?;
    if !served {
        let claims = Known::Read(Vec::new());
        let classes = Known::Read(Vec::new());
        return Ok(Evidence { set, claims, volumes: BTreeMap::new(), served, classes });
    }
    let (claims, classes) =
        tokio::try_join!(session.claims(Some(&set.namespace)), session.snapshot_classes())?;
    let mut names: Vec<String> = Vec::new();
    if let Known::Read(claims) = &claims {
        let own = claims.iter().filter(|claim| set.is_claim_of(&claim.name));
        names.extend(own.filter_map(|claim| claim.volume.clone()));
    }
    let read = session.volumes(&names).await?;
    let volumes = names.into_iter().zip(read).collect();
    Ok(Evidence { set, claims, volumes, served, classes })
}

fn creation(shot: &Shot) -> Step {
    Step::Create(Creation {
        kind: ObjectKind::Snapshot,
        namespace: shot.new.namespace.clone(),
        name: shot.new.name.clone(),
        manifest: manifest(&shot.new),
    })
}

/// Takes them all, waits, and removes older ones.
async fn take(
    cx: &mut Context,
    args: &SnapshotArgs,
    shots: &[Shot],
    run: &str,
    journal: &mut Journal,
) -> Result<Exit, Failure> {
    let mut failures: Vec<String> = Vec::new();
    for (done, shot) in shots.iter().enumerate() {
        match journal.apply(cx, &creation(shot)).await? {
            Ok(_) => cx.terminal.note(format!("volumesnapshot/{} created", shot.new.name)),
            // The name is this run's alone, so it is our own.
            Err(error) if status::is_there_already(&error) => {}
            // The reading below tells whether it is there.
            Err(error) if status::is_unclear(&error) => {
                failures.push(format!("volumesnapshot/{}: {error}", shot.new.name));
            }
            Err(error) if done == 0 && failures.is_empty() => {
                return Err(Failure::from(error).hint("nothing was changed"));
            }
            Err(error) => failures.push(format!("volumesnapshot/{}: {error}", shot.new.name)),
        }
    }
    let ended = if args.wait { wait(cx, args, shots, run).await? } else { None };
    let there = read(cx, &format!("{SET}={},{RUN}={run}", args.set)).await?;
    failures.retain(|_| there.len() < shots.len());
    let all_ready = there.len() == shots.len() && there.iter().all(|snapshot| snapshot.ready);
    let mut deleted = Vec::new();
    if let Some(keep) = args.keep.filter(|_| all_ready) {
        deleted = tidy(cx, args, run, keep.into(), journal, &mut failures).await?;
    }
    let exit = match ended {
        Some(exit) => exit,
        None if !failures.is_empty() => Exit::Partial,
        None => Exit::Success,
    };
    report(cx, args, run, &there, deleted, failures)?;
    Ok(exit)
}

/// Until all are ready; the exit code when they are not.
async fn wait(
    cx: &mut Context,
    args: &SnapshotArgs,
    shots: &[Shot],
    run: &str,
) -> Result<Option<Exit>, Failure> {
    let mut signals = Signals::listen()?;
    let until = after(clock::now(), args.timeout);
    let selector = format!("{SET}={},{RUN}={run}", args.set);
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    loop {
        let there = read(cx, &selector).await?;
        for one in &there {
            let standing = words::standing(one);
            if told.get(&one.name) != Some(&standing) {
                cx.terminal.note(format!("volumesnapshot/{} is {standing}", one.name));
                told.insert(one.name.clone(), standing);
            }
        }
        // One that was not created is told at the end, and not waited for.
        if !there.is_empty() && there.len() <= shots.len() && there.iter().all(|one| one.ready) {
            return Ok(None);
        }
        if clock::now() >= until {
            cx.terminal.warning("time is over; the snapshots go on without this command");
            return Ok(Some(Exit::TimedOut));
        }
        tokio::select! {
            biased;
            exit = signals.received() => {
                cx.terminal.note("interrupted: the snapshots go on without this command");
                return Ok(Some(exit));
            }
            () = tokio::time::sleep(BETWEEN.min(clock::until(until))) => {}
        }
    }
}

async fn read(cx: &Context, selector: &str) -> Result<Vec<VolumeSnapshot>, Failure> {
    match cx.session.volume_snapshots(cx.session.namespace(), selector).await? {
        Known::Read(mut read) => {
            read.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(read)
        }
        Known::Unknown(why) => {
            Err(anyhow::anyhow!("the snapshots were created and cannot be seen: {why}").into())
        }
    }
}

/// Deletes what is left of older ones, each as it was read.
async fn tidy(
    cx: &Context,
    args: &SnapshotArgs,
    run: &str,
    keep: usize,
    journal: &mut Journal,
    failures: &mut Vec<String>,
) -> Result<Vec<String>, Failure> {
    let there = read(cx, &format!("{SET}={}", args.set)).await?;
    let mut deleted = Vec::new();
    for old in outdated(&args.set, run, keep, &there) {
        let step = Step::Delete(Deletion {
            kind: ObjectKind::Snapshot,
            namespace: old.namespace.clone(),
            name: old.name.clone(),
            uid: old.uid.clone(),
            resource_version: old.resource_version.clone(),
        });
        match journal.apply(cx, &step).await? {
            Ok(_) => {
                cx.terminal.note(format!("volumesnapshot/{} deleted", old.name));
                deleted.push(old.name.clone());
            }
            Err(error) if status::is_not_found(&error) => {}
            Err(error) => failures.push(format!("volumesnapshot/{} stays: {error}", old.name)),
        }
    }
    Ok(deleted)
}

fn report(
    cx: &Context,
    args: &SnapshotArgs,
    run: &str,
    there: &[VolumeSnapshot],
    deleted: Vec<String>,
    failures: Vec<String>,
) -> Result<(), Failure> {
    for failure in &failures {
        cx.terminal.warning(failure);
    }
    let Some(output) = args.output else {
        cx.terminal.print(words::taken(there))?;
        return Ok(());
    };
    let body = Report {
        namespace: cx.session.namespace().to_owned(),
        set: args.set.clone(),
        run: run.to_owned(),
        items: there.iter().map(Item::of).collect(),
        deleted,
        failures,
    };
    let now: Timestamp = clock::now();
    let document = Document::new(Kind::SnapshotReport, now, Some(cx.cluster()), body);
    cx.terminal.print(output.encode(&document)?)?;
    Ok(())
}
