//! `pvc rescue`: a claim that is about to take its data with it.

mod look;

use clap::Args;
use jiff::SignedDuration;
use serde_json::json;

use crate::cluster::clock;
use crate::cluster::status;
use crate::cluster::write::Keep;
use crate::commands::context::{Consent, Context, refused};
use crate::commands::dry_run::{DryRun, WriteArgs};
use crate::commands::duration::signed;
use crate::commands::identity;
use crate::commands::journal::Journal;
use crate::commands::object_name::object_name;
use crate::commands::pvc::follow::{Follow, Stop, may_retain, refusal};
use crate::commands::pvc::rescue::look::{Look, look};
use crate::commands::recreate::record::{Record, forget};
use crate::convert::claim_manifest::{Restored, kept, restored};
use crate::convert::manifest;
use crate::exit::{Exit, Failure};
use crate::model::snapshot::Known;
use crate::model::trash::Mark;
use crate::plan::pvc::backup::put_aside;
use crate::plan::pvc::rescue::{Finding, Maker, Move, NoRescue, Scope, diagnose, next};
use crate::plan::pvc::restored::Target;
use crate::plan::recreate::Restarts;
use crate::plan::recreate::verify::Before;
use crate::plan::step::object::{Creation, Deletion, ObjectKind};
use crate::plan::step::{PodDeletion, Step};
use crate::render::pvc_rescue as words;
use crate::terminal::prompt::Answer;

/// Save the data of a claim that is going, or that will go without anybody wanting it
///
/// A claim that was deleted while its pod runs stays until that pod ends, and then goes with its
/// volume: a set comes back empty. This command retains the volume first, which is all that it takes
/// to keep the data, and then brings claim and volume together again: the set is deleted without its
/// pods, that one pod is deleted, the claim is created again, and the set as it was. Other pods run
/// on.
///
/// Claims that none of their owners survives, that go with a set whose policy says Retain, or that
/// go with a stranger's pod lose that owner. Finalizers are never touched. Run again, the command
/// goes on from wherever it was stopped.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct RescueArgs {
    /// The claim, as NAME or pvc/NAME
    #[arg(value_name = "CLAIM", value_parser = |text: &str| object_name(text, &["pvc", "persistentvolumeclaim", "persistentvolumeclaims"]))]
    claim: String,

    /// Retain the volume and stop there; the claim still goes
    #[arg(long)]
    retain_only: bool,

    /// How long the whole may take
    #[arg(long, value_name = "DURATION", value_parser = signed, default_value = "5m")]
    timeout: SignedDuration,

    #[command(flatten)]
    write: WriteArgs,
}

const EXAMPLES: &str = "\
Examples:
  # See what is wrong, and what would be done
  kubectl sts pvc rescue data-db-1 --dry-run

  # First of all, and at once: the data outlives the claim
  kubectl sts pvc rescue data-db-1 --retain-only --yes

  # All of it; asks before the pod is deleted
  kubectl sts pvc rescue data-db-1";

/// A rescue on its way.
struct Rescue<'a> {
    args: &'a RescueArgs,
    target: Target,
    scope: Scope,
    mark: Mark,
    /// Whether the person agrees to the set being deleted and created again.
    agreed: bool,
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &RescueArgs) -> Result<Exit, Failure> {
    let target = Target { namespace: cx.session.namespace().to_owned(), name: args.claim.clone() };
    let seen = look(cx, &target, None).await?;
    let finding = diagnose(&seen.scene).map_err(|why| refuse(cx, &why, args))?;
    let lines = words::finding(&finding, &args.claim, &seen.scene);
    if finding == Finding::Healthy {
        cx.terminal.print(lines)?;
        tell_kept(cx, &target, &seen).await?;
        return Ok(Exit::Success);
    }
    cx.terminal.warning(&lines);
    let scope = if args.retain_only { Scope::Retain } else { Scope::All };
    let steps = match scope {
        Scope::Retain => {
            words::plan(&finding, &args.claim, &seen.scene).into_iter().take(1).collect()
        }
        Scope::All => words::plan(&finding, &args.claim, &seen.scene),
    };
    for (number, step) in steps.iter().enumerate() {
        cx.terminal.note(format!("  {}. {step}", number + 1));
    }
    let volume = seen.scene.volume.as_ref().map_or("", |volume| &volume.name).to_owned();
    may_retain(cx, &volume).await?;
    let now = clock::now();
    let mark = Mark { run: identity::run_id(), by: identity::holder(now).name, at: now };
    let agreed = args.write.consent() == Consent::Given;
    let mut rescue = Rescue { args, target, scope, mark, agreed };
    if args.write.dry_run != DryRun::None {
        return rescue.dry_run(cx, &seen).await;
    }
    let first = next(&seen.scene, &rescue.target, scope);
    if let Move::Refuse(why) = &first {
        return Err(refuse(cx, why, args));
    }
    if first == Move::Done {
        cx.terminal.print(format!("pv/{volume} is retained already"))?;
        return Ok(Exit::Success);
    }
    let question = match first {
        Move::PutAside => format!("Retain pv/{volume} now?"),
        _ => "Go on with that?".to_owned(),
    };
    cx.consent(args.write.consent(), &question).await?;
    let mut journal = Journal::open(&rescue.mark.run)?;
    journal.note(
        "pvc rescue",
        &json!({ "claim": args.claim, "namespace": rescue.target.namespace }),
    )?;
    let again = cx.command(&["pvc", "rescue", &args.claim]);
    let mut follow = Follow::new(cx, &mut journal, args.timeout, again)?;
    rescue.pursue(&mut follow, &volume).await
}

/// Says what nobody asked about, but would want to know.
async fn tell_kept(cx: &Context, target: &Target, seen: &Look) -> Result<(), Failure> {
    let Known::Read(kept) = cx.session.trash().await? else { return Ok(()) };
    let own = seen.scene.volume.as_ref().map(|volume| &volume.name);
    let others = kept
        .iter()
        .filter(|volume| Target::named_by(volume).as_ref() == Some(target))
        .filter(|volume| Some(&volume.name) != own);
    for volume in others {
        cx.terminal.warning(&format!(
            "pv/{} has the data of an earlier claim of that name; to have it back: {}",
            volume.name,
            cx.command(&["pvc", "restore", &volume.name, "--swap"])
        ));
    }
    Ok(())
}

fn refuse(cx: &Context, why: &NoRescue, args: &RescueArgs) -> Failure {
    let command = |words: &[&str]| cx.command(words);
    refusal(vec![words::refusal(why, &args.claim, &command)]).hint("nothing was changed")
}

impl Rescue<'_> {
    async fn dry_run(&self, cx: &Context, seen: &Look) -> Result<Exit, Failure> {
        let next = next(&seen.scene, &self.target, self.scope);
        if self.args.write.dry_run == DryRun::Server
            && let Some(step) = self.step(seen, &next)?
        {
            cx.session.apply(&step, Keep::DryRun).await?;
        }
        let suffix = self.args.write.dry_run.suffix();
        cx.terminal.print(format!("pvc/{} rescued{suffix}", self.args.claim))?;
        Ok(Exit::Success)
    }

    /// From reading to reading until it is done.
    async fn pursue(&mut self, follow: &mut Follow<'_>, volume: &str) -> Result<Exit, Failure> {
        loop {
            let seen = match look(follow.cx, &self.target, Some(volume)).await {
                Ok(seen) => seen,
                Err(failure) if failure.exit == Exit::Error => {
                    follow.trouble(failure).await?;
                    continue;
                }
                Err(failure) => return Err(follow.cut(failure)),
            };
            let scene = &seen.scene;
            let next = next(scene, &self.target, self.scope);
            if matches!(next, Move::KeepSet | Move::DeleteSet(_) | Move::DeletePod(_)) {
                self.agree(follow, &seen).await?;
            }
            let said = words::written(&next, &self.args.claim, scene);
            match &next {
                Move::Done => return self.done(follow, volume),
                Move::Refuse(why) => {
                    let command = |words: &[&str]| follow.cx.command(words);
                    let told = words::refusal(why, &self.args.claim, &command);
                    if why.leaves_volume_safe() {
                        let safe = format!("pv/{volume} is retained: the data outlives the claim");
                        follow.cx.terminal.note(safe);
                    }
                    return Err(follow.cut(refusal(vec![told])));
                }
                Move::Wait(wait) => {
                    let away = scene.maker == Maker::None && scene.copy.is_some();
                    let stop = if away { Stop::NotHere } else { Stop::Anywhere };
                    follow.pause(words::waiting(wait, &self.args.claim, scene), stop).await?;
                }
                Move::KeepSet => self.keep_set(follow, &seen, said).await?,
                Move::ForgetSet => {
                    let copy = scene.copy.as_ref().map_or("", |copy| &copy.set);
                    let run = seen.record.as_ref().map_or("", |record| &record.run);
                    forget(follow.cx, follow.journal, copy, run).await?;
                    follow.wrote(said)?;
                }
                _ => {
                    let step = self.step(&seen, &next)?;
                    if let Some(step) = step {
                        follow.write(&step, said).await?;
                    }
                }
            }
        }
    }

    fn done(&self, follow: &Follow<'_>, volume: &str) -> Result<Exit, Failure> {
        let name = &self.args.claim;
        let terminal = &follow.cx.terminal;
        match self.scope {
            Scope::All => terminal.print(format!("pvc/{name} rescued"))?,
            Scope::Retain => {
                terminal.print(format!("pv/{volume} retained"))?;
                let again = follow.cx.command(&["pvc", "rescue", name]);
                terminal.warning(&format!(
                    "the data outlives pvc/{name}, but a pod that starts without it is empty; repair it: {again}"
                ));
            }
        }
        Ok(Exit::Success)
    }

    /// Asks before a set and a pod are deleted.
    async fn agree(&mut self, follow: &mut Follow<'_>, seen: &Look) -> Result<(), Failure> {
        if self.agreed {
            return Ok(());
        }
        let question = match &seen.scene.maker {
            Maker::Here { set, ordinal } => format!(
                "Delete {} without its pods and pod/{} with its claim, and create both again?",
                set.display(),
                set.pod_name(*ordinal)
            ),
            _ => "Delete the pod, and create claim and set again?".to_owned(),
        };
        follow.cx.tell_notices();
        match follow.cx.terminal.ask(&question).await {
            Answer::Yes => {
                self.agreed = true;
                Ok(())
            }
            Answer::No | Answer::NoTerminal => Err(follow.cut(refused(
                "not repaired: the data is safe, but the claim still goes when its pod ends",
            ))),
        }
    }

    /// Keeps a copy of the set, after the server was asked whether set and pod may be deleted.
    async fn keep_set(
        &self,
        follow: &mut Follow<'_>,
        seen: &Look,
        said: String,
    ) -> Result<(), Failure> {
        let (Maker::Here { set, .. }, Some(live)) = (&seen.scene.maker, &seen.set_object) else {
            return Ok(());
        };
        let mut deletions = vec![Step::Delete(Deletion::of_set(set))];
        deletions.extend(seen.scene.tenants.iter().map(|tenant| {
            Step::DeletePod(PodDeletion {
                namespace: set.namespace.clone(),
                pod: tenant.pod.clone(),
                uid: tenant.uid.clone(),
                resource_version: tenant.resource_version.clone(),
            })
        }));
        for step in &deletions {
            match follow.cx.session.apply(step, Keep::DryRun).await {
                Ok(_) => {}
                Err(error) if status::is_conflict(&error) => {
                    return follow.trouble(error.into()).await;
                }
                Err(error) => return Err(follow.cut(error.into())),
            }
        }
        let snapshot = follow.cx.snapshot(&set.name).await?;
        let old = manifest::copy(live);
        let record = Record {
            run: self.mark.run.clone(),
            new: old.clone(),
            before: Before::of(&snapshot),
            restarts: Restarts::None,
            old,
        };
        let text = serde_json::to_string_pretty(&record.old).map_err(anyhow::Error::from)?;
        let path = follow.journal.keep(&format!("{}.json", set.name), &text)?;
        record.keep(follow.cx, follow.journal, &set.name).await?;
        let create = follow.cx.kubectl(&["create", "-f", &path.to_string_lossy()]);
        follow.cx.terminal.note(format!("by hand, if the set is gone: {create}"));
        follow.wrote(said)
    }

    /// The write that a move is; nothing for one that is none, or more than one.
    fn step(&self, seen: &Look, next: &Move) -> Result<Option<Step>, Failure> {
        let scene = &seen.scene;
        Ok(Some(match next {
            Move::PutAside => {
                let (Some(volume), Some(claim), Some(object)) =
                    (&scene.volume, &scene.claim, &seen.claim_object)
                else {
                    return Ok(None);
                };
                let idle = claim.unused_since.map(|since| since.to_string());
                let kept = kept(object, idle.as_deref()).map_err(anyhow::Error::from)?;
                let patch = put_aside(volume, claim, &self.mark, &kept).map_err(|why| {
                    refused(&format!(
                        "pv/{} cannot be kept: {}",
                        volume.name,
                        words::not_kept(&why)
                    ))
                })?;
                Step::PatchVolume(patch)
            }
            Move::Strip(removal) => Step::RemoveOwner(removal.clone()),
            Move::DeleteSet(deletion) => Step::Delete(deletion.clone()),
            Move::DeletePod(deletion) => Step::DeletePod(deletion.clone()),
            Move::Reserve(patch) | Move::Finish(patch) => Step::PatchVolume(patch.clone()),
            Move::CreateClaim => {
                let Some(volume) = &scene.volume else { return Ok(None) };
                let Some(remembered) = volume.trashed() else { return Ok(None) };
                let new = Restored {
                    namespace: &self.target.namespace,
                    name: &self.target.name,
                    volume: &volume.name,
                    run: &remembered.run,
                    storage: None,
                };
                let kept = remembered.claim.as_deref().unwrap_or_default();
                Step::Create(Creation {
                    kind: ObjectKind::Claim,
                    namespace: self.target.namespace.clone(),
                    name: self.target.name.clone(),
                    manifest: restored(kept, new).map_err(anyhow::Error::from)?,
                })
            }
            Move::CreateSet => {
                let (Some(record), Some(copy)) = (&seen.record, &scene.copy) else {
                    return Ok(None);
                };
                Step::Create(Creation {
                    kind: ObjectKind::Set,
                    namespace: self.target.namespace.clone(),
                    name: copy.set.clone(),
                    manifest: record.new.to_string(),
                })
            }
            Move::KeepSet | Move::ForgetSet | Move::Wait(_) | Move::Done | Move::Refuse(_) => {
                return Ok(None);
            }
        }))
    }
}
