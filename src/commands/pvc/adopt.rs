//! `pvc adopt`: the data of a claim becomes that of an ordinal of a set.

mod from_snapshot;
mod look;

use clap::Args;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::cluster::clock;
use crate::cluster::status;
use crate::cluster::write::Keep;
use crate::commands::context::{Consent, Context, refused};
use crate::commands::duration::signed;
use crate::commands::identity;
use crate::commands::journal::Journal;
use crate::commands::object_name::object_name;
use crate::commands::pvc::adopt::look::{Look, look};
use crate::commands::pvc::follow::{Follow, Stop, may_retain, refusal};
use crate::commands::set_name::set_name;
use crate::convert::adopted::{adopted, template_spec, volume_mode};
use crate::convert::claim_manifest::{Restored, kept};
use crate::exit::{Exit, Failure};
use crate::model::claim::Claim;
use crate::model::ordinal::Ordinal;
use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::model::trash::Mark;
use crate::plan::pvc::adopt::{ADOPTED_FROM, Move, NoAdoption, Wish, differences, next, template};
use crate::plan::pvc::backup::{put_aside, take_back};
use crate::plan::pvc::restored::Target;
use crate::plan::step::Step;
use crate::plan::step::object::{Creation, Deletion, ObjectKind};
use crate::render::pvc_adopt as words;
use crate::render::pvc_rescue::not_kept;

/// Give the data of a claim to an ordinal of a set
///
/// The claim is deleted and its volume bound to a new one, named as the set's pod will look for it:
/// for a set that is renamed, data that moves to another namespace, or a snapshot. The volume is
/// retained before the claim goes, and the volume waits for the new claim by name, so that nobody
/// else gets it.
///
/// Nothing may use the claim, and the set has to be scaled below the ordinal. Without --apply this
/// only shows what would be done. Run again, the command goes on from wherever it was stopped.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct AdoptArgs {
    /// The claim that has the data, as NAME or pvc/NAME
    #[arg(value_name = "CLAIM", value_parser = |text: &str| object_name(text, &["pvc", "persistentvolumeclaim", "persistentvolumeclaims"]), required_unless_present = "from_snapshot")]
    claim: Option<String>,

    /// The StatefulSet that is to have it, as NAME or sts/NAME
    #[arg(long, value_name = "SET", value_parser = set_name)]
    set: String,

    /// The claim template of the set; not needed where there is one
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,

    /// The ordinal
    #[arg(long, value_name = "N")]
    ordinal: u32,

    /// The namespace of the set, where it is another than the claim's
    #[arg(long, value_name = "NAMESPACE", value_parser = |text: &str| object_name(text, &["namespace", "ns"]), conflicts_with = "from_snapshot")]
    target_namespace: Option<String>,

    /// Fill a new claim from this VolumeSnapshot instead
    #[arg(long, value_name = "NAME", value_parser = |text: &str| object_name(text, &["volumesnapshot", "volumesnapshots", "vs"]), conflicts_with = "claim")]
    from_snapshot: Option<String>,

    /// Do it, instead of showing what would be done
    #[arg(long)]
    apply: bool,

    /// How long the whole may take
    #[arg(long, value_name = "DURATION", value_parser = signed, default_value = "5m")]
    timeout: SignedDuration,

    /// Do not ask before writing
    #[arg(long, short)]
    yes: bool,
}

/// How often the server is asked about a claim that goes on changing.
const ATTEMPTS: u32 = 3;

const EXAMPLES: &str = "\
Examples:
  # See whether data-old-2 could become the data of db-2, and how
  kubectl sts pvc adopt data-old-2 --set db --ordinal 2

  # Do it
  kubectl sts pvc adopt data-old-2 --set db --ordinal 2 --apply

  # From another namespace
  kubectl sts pvc adopt data-db-0 -n staging --set db --ordinal 0 --target-namespace prod --apply

  # From a snapshot
  kubectl sts pvc adopt --from-snapshot data-db-0-20fc --set db --template data --ordinal 3 --apply";

impl AdoptArgs {
    /// The same command, to paste.
    fn again(&self, cx: &Context) -> String {
        let ordinal = self.ordinal.to_string();
        let mut words = vec!["pvc", "adopt"];
        words.extend(self.claim.as_deref());
        words.extend(["--set", &self.set]);
        for (flag, value) in [
            ("--template", &self.template),
            ("--target-namespace", &self.target_namespace),
            ("--from-snapshot", &self.from_snapshot),
        ] {
            words.extend(value.iter().flat_map(|value| [flag, value.as_str()]));
        }
        words.extend(["--ordinal", &ordinal, "--apply"]);
        cx.command(&words)
    }

    /// The claim template that is meant.
    fn template(&self, set: &Set) -> Result<String, Failure> {
        match (&self.template, &set.claim_templates[..]) {
            (Some(name), _) => Ok(name.clone()),
            (None, [one]) => Ok(one.name.clone()),
            (None, []) => Err(refused(&format!("{} has no claim templates", set.display()))),
            (None, all) => {
                let names: Vec<&str> = all.iter().map(|template| template.name.as_str()).collect();
                Err(Failure::usage(format!("name one with --template: {}", names.join(", "))))
            }
        }
    }
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &AdoptArgs) -> Result<Exit, Failure> {
    let namespace = args.target_namespace.as_deref().unwrap_or(cx.session.namespace()).to_owned();
    let Some((set, _)) = cx.session.set_and_object(&namespace, &args.set).await? else {
        let cause = format!("there is no statefulset.apps/{} in namespace {namespace}", args.set);
        return Err(refused(&cause).hint("create it with 0 replicas first"));
    };
    let template = args.template(&set)?;
    let target = Target { name: set.claim_name(&template, Ordinal(args.ordinal)), namespace };
    let from = Target {
        namespace: cx.session.namespace().to_owned(),
        name: args.claim.clone().unwrap_or_default(),
    };
    let wish =
        Wish { from, set: args.set.clone(), template, ordinal: Ordinal(args.ordinal), target };
    match &args.from_snapshot {
        Some(snapshot) => from_snapshot::run(cx, args, &wish, snapshot).await,
        None => adopt(cx, args, &wish).await,
    }
}

async fn adopt(cx: &mut Context, args: &AdoptArgs, wish: &Wish) -> Result<Exit, Failure> {
    let seen = look(cx, wish, None).await?;
    let first = next(&seen.scene, wish);
    let new = &wish.target.name;
    match &first {
        Move::Refuse(whys) => return Err(refuse(cx, whys, wish).hint("nothing was changed")),
        Move::Done => {
            cx.terminal.print(format!("pvc/{new}: nothing to do, it has the data already"))?;
            return Ok(Exit::Success);
        }
        _ => {}
    }
    compare(cx, &seen, wish)?;
    let volume = seen.scene.volume.as_ref().map_or("", |volume| &volume.name).to_owned();
    for (number, step) in words::plan(wish, &volume).iter().enumerate() {
        cx.terminal.note(format!("  {}. {step}", number + 1));
    }
    may_retain(cx, &volume).await?;
    let now = clock::now();
    let mark = Mark { run: identity::run_id(), by: identity::holder(now).name, at: now };
    if matches!(first, Move::PutAside | Move::DeleteClaim(_)) {
        ask_server(cx, &seen, wish, &mark).await?;
    }
    if !args.apply {
        cx.terminal.print(format!("pvc/{new} adopted (dry run)"))?;
        cx.terminal.note(format!("to do it: {}", args.again(cx)));
        return Ok(Exit::Success);
    }
    let question = format!("Give the data of pvc/{} to pvc/{new}?", wish.from.name);
    cx.consent(Consent::from_flag(args.yes), &question).await?;
    let mut journal = Journal::open(&mark.run)?;
    journal.note("pvc adopt", &json!({ "from": wish.from.name, "to": new, "volume": volume }))?;
    let again = args.again(cx);
    let mut follow = Follow::new(cx, &mut journal, args.timeout, again)?;
    pursue(&mut follow, wish, &mark, &volume).await
}

fn refuse(cx: &Context, whys: &[NoAdoption], wish: &Wish) -> Failure {
    let command = |words: &[&str]| cx.command_in(&wish.target.namespace, words);
    refusal(whys.iter().map(|why| words::refusal(why, wish, &command)).collect())
}

/// Says how the claim differs from what the set would have made, and refuses where its pod could
/// not mount it.
fn compare(cx: &Context, seen: &Look, wish: &Wish) -> Result<(), Failure> {
    let (Some(from), Some(set), Some(object)) =
        (&seen.scene.from, &seen.scene.set, &seen.from_object)
    else {
        return Ok(());
    };
    let wanted = template_spec(&seen.set_object, &wish.template);
    let (has, wants) = (volume_mode(&object["spec"]), volume_mode(wanted));
    if has != wants {
        let cause = format!(
            "pvc/{} has volumeMode {has}, and the template wants {wants}: no pod could start with it",
            wish.from.name
        );
        return Err(refused(&cause).hint("nothing was changed"));
    }
    let modes = |spec: &Value| -> Vec<String> {
        let list = spec["accessModes"].as_array().cloned().unwrap_or_default();
        list.iter().filter_map(|mode| mode.as_str().map(str::to_owned)).collect()
    };
    let has = modes(&object["spec"]);
    let lacking: Vec<String> =
        modes(wanted).into_iter().filter(|mode| !has.contains(mode)).collect();
    if !lacking.is_empty() {
        let lacking = lacking.join(", ");
        cx.terminal
            .warning(&format!("the claim does not have what the template asks for: {lacking}"));
    }
    if let Some(template) = template(set, &wish.template) {
        for difference in differences(template, from) {
            cx.terminal.warning(&words::difference(&difference));
        }
    }
    Ok(())
}

/// Has the server check what can be checked beforehand: whether the old claim may be deleted, and
/// whether the new one would be admitted in another namespace. In the same one a quota would still
/// count the old claim.
async fn ask_server(cx: &Context, seen: &Look, wish: &Wish, mark: &Mark) -> Result<(), Failure> {
    let (Some(from), Some(object)) = (&seen.scene.from, &seen.from_object) else { return Ok(()) };
    rehearse(cx, from).await.map_err(|failure| failure.hint("nothing was changed"))?;
    if wish.from.namespace != wish.target.namespace {
        let kept = kept(object, None).map_err(anyhow::Error::from)?;
        cx.session
            .apply(&creation(seen, wish, &mark.run, &kept)?, Keep::DryRun)
            .await
            .map_err(|error| Failure::from(error).hint("nothing was changed"))?;
    }
    Ok(())
}

/// Has the server judge the deletion of a claim. Its status may have changed since it was read, as
/// when its last pod has just gone: then it is the same claim in a newer version.
async fn rehearse(cx: &Context, claim: &Claim) -> Result<(), Failure> {
    let mut claim = claim.clone();
    for _ in 1..ATTEMPTS {
        let step = Step::Delete(Deletion::of_claim(&claim));
        match cx.session.apply(&step, Keep::DryRun).await {
            Err(error) if status::is_conflict(&error) => {}
            other => return Ok(other.map(drop)?),
        }
        match cx.session.claim(&claim.namespace, &claim.name).await? {
            Some(newer) if newer.uid == claim.uid => claim = newer,
            _ => break,
        }
    }
    let step = Step::Delete(Deletion::of_claim(&claim));
    Ok(cx.session.apply(&step, Keep::DryRun).await.map(drop)?)
}

fn creation(seen: &Look, wish: &Wish, run: &str, kept: &str) -> Result<Step, Failure> {
    let new = Restored {
        namespace: &wish.target.namespace,
        name: &wish.target.name,
        volume: seen.scene.volume.as_ref().map_or("", |volume| &volume.name),
        run,
        storage: None,
    };
    let from = format!("{}/{}", wish.from.namespace, wish.from.name);
    let manifest = adopted(kept, &seen.set_object, &wish.template, new, (ADOPTED_FROM, &from))
        .map_err(anyhow::Error::from)?;
    Ok(Step::Create(Creation {
        kind: ObjectKind::Claim,
        namespace: wish.target.namespace.clone(),
        name: wish.target.name.clone(),
        manifest,
    }))
}

/// From reading to reading until it is done.
async fn pursue(
    follow: &mut Follow<'_>,
    wish: &Wish,
    mark: &Mark,
    volume: &str,
) -> Result<Exit, Failure> {
    loop {
        let seen = match look(follow.cx, wish, Some(volume)).await {
            Ok(seen) => seen,
            Err(failure) if failure.exit == Exit::Error => {
                follow.trouble(failure).await?;
                continue;
            }
            Err(failure) => return Err(follow.cut(failure)),
        };
        let next = next(&seen.scene, wish);
        let said = words::written(&next, wish, &seen.scene);
        match &next {
            Move::Done => {
                follow.cx.terminal.print(format!("pvc/{} adopted", wish.target.name))?;
                return Ok(Exit::Success);
            }
            Move::Refuse(whys) => {
                let failure = refuse(follow.cx, whys, wish);
                return Err(give_up(follow, &seen, failure).await);
            }
            Move::Wait(wait) => {
                follow.pause(words::waiting(*wait, wish), Stop::Anywhere).await?;
            }
            _ => {
                let Some(step) = step(&seen, wish, mark, &next)? else { continue };
                if let Err(failure) = follow.write(&step, said).await {
                    return Err(match next {
                        Move::DeleteClaim(_) => give_up(follow, &seen, failure).await,
                        _ => failure,
                    });
                }
            }
        }
    }
}

/// Takes back that the volume was put aside, if the old claim is still there and nothing that was
/// sent can still delete it.
async fn give_up(follow: &mut Follow<'_>, seen: &Look, failure: Failure) -> Failure {
    let aside = seen.scene.volume.as_ref().filter(|volume| take_back(volume).is_some());
    let Some(name) = aside.map(|volume| volume.name.clone()).filter(|_| follow.has_written())
    else {
        return follow.cut(failure);
    };
    let said = format!("pv/{name} has its own reclaim policy again");
    // Others write to the volume, too, and then nothing was taken back. Only the volume tells.
    while !follow.is_in_doubt() && stays(follow.cx, seen).await {
        let Ok(Known::Read(Some(volume))) = follow.cx.session.volume(&name).await else { break };
        if volume.trashed().is_none() {
            return failure.hint("what was begun was taken back; nothing is changed");
        }
        let Some(patch) = take_back(&volume) else { break };
        if follow.write(&Step::PatchVolume(patch), said.clone()).await.is_err() {
            break;
        }
    }
    follow.cut(failure)
}

/// Whether the old claim is there, and was not told to go.
async fn stays(cx: &Context, seen: &Look) -> bool {
    let Some(from) = &seen.scene.from else { return false };
    let now = cx.session.claim(&from.namespace, &from.name).await;
    now.is_ok_and(|claim| {
        claim.is_some_and(|claim| claim.uid == from.uid && claim.deleting_since.is_none())
    })
}

/// The write that a move is; nothing for one that is none.
fn step(seen: &Look, wish: &Wish, mark: &Mark, next: &Move) -> Result<Option<Step>, Failure> {
    let scene = &seen.scene;
    Ok(Some(match next {
        Move::PutAside => {
            let (Some(volume), Some(claim), Some(object)) =
                (&scene.volume, &scene.from, &seen.from_object)
            else {
                return Ok(None);
            };
            let idle = claim.unused_since.map(|since| since.to_string());
            let kept = kept(object, idle.as_deref()).map_err(anyhow::Error::from)?;
            let patch = put_aside(volume, claim, mark, &kept).map_err(|why| {
                refused(&format!("pv/{} cannot be kept: {}", volume.name, not_kept(&why)))
            })?;
            Step::PatchVolume(patch)
        }
        Move::DeleteClaim(deletion) => Step::Delete(deletion.clone()),
        Move::Reserve(patch) | Move::Finish(patch) => Step::PatchVolume(patch.clone()),
        Move::CreateClaim => {
            let Some(remembered) =
                scene.volume.as_ref().and_then(crate::model::volume::Volume::trashed)
            else {
                return Ok(None);
            };
            let kept = remembered.claim.unwrap_or_default();
            creation(seen, wish, &remembered.run, &kept)?
        }
        Move::Wait(_) | Move::Done | Move::Refuse(_) => return Ok(None),
    }))
}
