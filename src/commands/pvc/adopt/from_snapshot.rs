//! A claim of a set that is filled from a snapshot.

use serde_json::json;

use crate::cluster::write::Keep;
use crate::commands::context::{Consent, Context, refused};
use crate::commands::identity;
use crate::commands::journal::Journal;
use crate::commands::pvc::adopt::look::look_at_target;
use crate::commands::pvc::adopt::{AdoptArgs, refuse};
use crate::commands::pvc::follow::{Follow, Stop};
use crate::convert::adopted::from_snapshot;
use crate::exit::{Exit, Failure};
use crate::model::claim::{Claim, ClaimPhase};
use crate::model::quantity::Quantity;
use crate::model::volume_snapshot::VolumeSnapshot;
use crate::plan::pvc::adopt::{Wish, of_target, template};
use crate::plan::step::Step;
use crate::plan::step::object::{Creation, ObjectKind};

/// Runs `pvc adopt --from-snapshot`.
pub(super) async fn run(
    cx: &mut Context,
    args: &AdoptArgs,
    wish: &Wish,
    name: &str,
) -> Result<Exit, Failure> {
    let snapshot = ready(cx, &wish.target.namespace, name).await?;
    let seen = look_at_target(cx, wish).await?;
    let whys = of_target(&seen.scene, wish);
    if !whys.is_empty() {
        return Err(refuse(cx, &whys, wish).hint("nothing was changed"));
    }
    let wanted = seen.scene.set.as_ref().and_then(|set| template(set, &wish.template));
    let size = size(wanted.and_then(|template| template.requested.as_deref()), &snapshot);
    let to = &wish.target;
    cx.terminal
        .note(format!("pvc/{}: create it with {size}, filled from volumesnapshot/{name}", to.name));
    let names = (to.namespace.as_str(), to.name.as_str());
    let step = Step::Create(Creation {
        kind: ObjectKind::Claim,
        namespace: to.namespace.clone(),
        name: to.name.clone(),
        manifest: from_snapshot(&seen.set_object, &wish.template, names, name, &size),
    });
    cx.session
        .apply(&step, Keep::DryRun)
        .await
        .map_err(|error| Failure::from(error).hint("nothing was changed"))?;
    if !args.apply {
        cx.terminal.print(format!("pvc/{} created (server dry run)", to.name))?;
        cx.terminal.note(format!("to do it: {}", args.again(cx)));
        return Ok(Exit::Success);
    }
    let question = format!("Create pvc/{} from volumesnapshot/{name}?", to.name);
    cx.consent(Consent::from_flag(args.yes), &question).await?;
    let run = identity::run_id();
    let mut journal = Journal::open(&run)?;
    journal.note("pvc adopt", &json!({ "snapshot": name, "to": to.name }))?;
    let look_at = cx.kubectl(&["describe", "pvc", &to.name]);
    let mut follow = Follow::new(cx, &mut journal, args.timeout, look_at)?;
    follow.write(&step, format!("pvc/{} is created", to.name)).await?;
    wait(&mut follow, wish, name).await
}

/// The snapshot, if a volume can be made from it.
async fn ready(cx: &Context, namespace: &str, name: &str) -> Result<VolumeSnapshot, Failure> {
    if !cx.session.has_snapshots().await? {
        return Err(refused("this cluster has no snapshots"));
    }
    let Some(snapshot) = cx.session.volume_snapshot(namespace, name).await? else {
        return Err(refused(&format!("there is no volumesnapshot/{name}")));
    };
    if snapshot.ready && snapshot.deleting_since.is_none() {
        return Ok(snapshot);
    }
    let error = snapshot.error.map_or_else(String::new, |error| format!(": {error}"));
    Err(refused(&format!("volumesnapshot/{name} is not ready{error}")))
}

/// The larger of what the template asks for and what the snapshot needs.
fn size(template: Option<&str>, snapshot: &VolumeSnapshot) -> String {
    let needs = snapshot.restore_size.as_deref();
    let amount = |text: Option<&str>| text.and_then(|text| text.parse::<Quantity>().ok());
    let larger = if amount(needs) > amount(template) { needs } else { template };
    larger.unwrap_or_default().to_owned()
}

/// Whether a claim is filled from this snapshot. One that the set's controller made is empty.
fn is_from(claim: &Claim, snapshot: &str) -> bool {
    claim.source.as_ref().is_some_and(|source| {
        source.kind == "VolumeSnapshot" && source.namespace.is_none() && source.name == snapshot
    })
}

/// Until the claim is bound, unless its class waits for a pod.
async fn wait(follow: &mut Follow<'_>, wish: &Wish, snapshot: &str) -> Result<Exit, Failure> {
    let to = &wish.target;
    loop {
        let claim = match follow.cx.session.claim(&to.namespace, &to.name).await {
            Ok(claim) => claim,
            Err(error) => {
                follow.trouble(error.into()).await?;
                continue;
            }
        };
        match claim {
            Some(claim) if !is_from(&claim, snapshot) => {
                let cause = anyhow::anyhow!(
                    "somebody else created pvc/{} just now, and not from volumesnapshot/{snapshot}",
                    to.name
                );
                return Err(follow.cut(Failure::new(Exit::Conflict, cause)));
            }
            Some(claim) if claim.phase == ClaimPhase::Bound => {
                follow.cx.terminal.print(format!("pvc/{} created", to.name))?;
                return Ok(Exit::Success);
            }
            Some(claim) => {
                let class = claim.storage_class.unwrap_or_default();
                if follow.cx.session.waits_for_pod(&class).await? {
                    follow.cx.terminal.print(format!("pvc/{} created", to.name))?;
                    let note = "its class makes the volume once a pod wants it";
                    follow.cx.terminal.note(note);
                    return Ok(Exit::Success);
                }
                follow
                    .pause(format!("waiting until pvc/{} is bound", to.name), Stop::Anywhere)
                    .await?;
            }
            None => {
                let cause = anyhow::anyhow!("pvc/{} is gone again", to.name);
                return Err(Failure::new(Exit::Conflict, cause));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::claim::ClaimSource;
    use crate::testing::{a_claim, a_set};

    #[test]
    fn only_a_claim_of_that_snapshot_is_the_one_that_was_wanted() {
        let of = |source: Option<(&str, &str)>| Claim {
            source: source.map(|(kind, name)| {
                Box::new(ClaimSource {
                    kind: kind.to_owned(),
                    namespace: None,
                    name: name.to_owned(),
                })
            }),
            ..a_claim(&a_set("db").claiming("data"), 3)
        };
        assert!(is_from(&of(Some(("VolumeSnapshot", "snap"))), "snap"));
        assert!(!is_from(&of(Some(("VolumeSnapshot", "other"))), "snap"));
        assert!(!is_from(&of(Some(("PersistentVolumeClaim", "snap"))), "snap"));
        assert!(!is_from(&of(None), "snap"), "the controller's own");
    }
}
