//! A claim in danger, in words.

use crate::model::volume::{ReclaimPolicy, Volume};
use crate::plan::pvc::backup::Unsafe;
use crate::plan::pvc::rescue::{Finding, Maker, Move, NoRescue, Scene, Wait};
use crate::plan::pvc::restored::NotRestored;

/// A volume as kubectl prints it.
fn pv(volume: Option<&Volume>) -> String {
    volume.map_or_else(|| "its volume".to_owned(), |volume| format!("pv/{}", volume.name))
}

fn is_kept(volume: &Volume) -> bool {
    volume.reclaim_policy == ReclaimPolicy::Retain
}

/// What is wrong, and what it means.
pub fn finding(finding: &Finding, name: &str, scene: &Scene) -> String {
    let pv = pv(scene.volume.as_ref());
    match finding {
        Finding::Healthy => format!("pvc/{name}: nothing to do, it is neither going nor doomed"),
        Finding::TimeBomb { pod } => {
            let then = match &scene.maker {
                Maker::Here { set, .. } => {
                    format!("{} then comes back with an EMPTY volume", set.display())
                }
                _ => "whatever starts next finds no claim".to_owned(),
            };
            let fate = if scene.volume.as_ref().is_some_and(is_kept) {
                format!("the claim goes, and {pv} stays with the data")
            } else {
                "the claim goes and its volume with it".to_owned()
            };
            format!(
                "pvc/{name} is being deleted, and only pod/{pod} still holds it\nwhen that pod ends, \
                 for whatever reason, {fate}; {then}"
            )
        }
        Finding::Going => {
            format!("pvc/{name} is being deleted, and no pod holds it: {pv} goes next")
        }
        Finding::Doomed => format!(
            "pvc/{name} is doomed: nothing that owns it exists any more, and the garbage collector \
             deletes it"
        ),
        Finding::Fuse { set } => format!(
            "pvc/{name} goes with statefulset.apps/{set}: it is owned by the set, although the set's \
             policy whenDeleted says Retain"
        ),
        Finding::Hijacked { pod } => format!(
            "pvc/{name} goes with pod/{pod}: it was made for an ephemeral volume of that pod, and the \
             set has taken it for its own"
        ),
        Finding::Unfinished => format!("an earlier rescue of pvc/{name} is not finished"),
    }
}

/// What will be done about it, a line each.
pub fn plan(finding: &Finding, name: &str, scene: &Scene) -> Vec<String> {
    let volume = pv(scene.volume.as_ref());
    let keep = format!("{volume}: reclaim policy Retain, so that the data outlives the claim");
    let finish = format!("{volume}: its own reclaim policy again");
    let back = [
        format!("pvc/{name}: wait until it is gone"),
        format!("{volume}: wait for a claim of that name, and nobody else"),
        format!("pvc/{name}: create it again, with that volume"),
    ];
    match (finding, &scene.maker) {
        (Finding::Healthy, _) => Vec::new(),
        (Finding::TimeBomb { .. } | Finding::Going, Maker::Here { set, ordinal })
            if set.wanted.wants(*ordinal) =>
        {
            let pod = set.pod_name(*ordinal);
            let (set, others) = (set.display(), "its pods run on");
            let mut steps = vec![
                keep,
                format!("{set}: delete it without its pods; {others}"),
                format!("pod/{pod}: delete it; it comes back at the end"),
            ];
            steps.extend(back);
            steps.push(format!("{set}: create it again as it was; it takes its pods back"));
            steps.push(finish);
            steps
        }
        (Finding::TimeBomb { .. } | Finding::Going, _) => {
            let mut steps = vec![keep];
            steps.extend(back);
            steps.push(finish);
            steps
        }
        (Finding::Doomed | Finding::Fuse { .. } | Finding::Hijacked { .. }, _) => {
            vec![keep, format!("pvc/{name}: take that owner off"), finish]
        }
        (Finding::Unfinished, _) => {
            vec![format!("go on where it stopped, until {volume} has pvc/{name} again")]
        }
    }
}

/// What is about to be written; nothing for what is no write.
pub fn written(next: &Move, name: &str, scene: &Scene) -> String {
    let volume = pv(scene.volume.as_ref());
    match next {
        Move::PutAside => format!("{volume} is retained"),
        Move::Strip(_) => format!("an owner of pvc/{name} is taken off"),
        Move::KeepSet => "a copy of the set is kept".to_owned(),
        Move::ForgetSet => "the copy of the set is removed".to_owned(),
        Move::DeleteSet(set) => {
            format!("statefulset.apps/{} is deleted; its pods run on", set.name)
        }
        Move::DeletePod(pod) => format!("pod/{} is deleted", pod.pod),
        Move::Reserve(_) => format!("{volume} waits for pvc/{name}"),
        Move::CreateClaim => format!("pvc/{name} is created"),
        Move::CreateSet => {
            let set = scene.copy.as_ref().map_or("", |copy| &copy.set);
            format!("statefulset.apps/{set} is created")
        }
        Move::Finish(_) => format!("{volume} has its own reclaim policy again"),
        Move::Wait(_) | Move::Done | Move::Refuse(_) => String::new(),
    }
}

/// What is being waited for.
pub fn waiting(wait: &Wait, name: &str, scene: &Scene) -> String {
    match wait {
        Wait::Pod(pod) => format!("waiting until pod/{pod} is gone"),
        Wait::Set => "waiting until the set is gone".to_owned(),
        Wait::Claim(held) if held.is_empty() => format!("waiting until pvc/{name} is gone"),
        Wait::Claim(held) => {
            format!("waiting until pvc/{name} is gone; held by {}", held.join(", "))
        }
        Wait::Release => {
            format!("waiting until {} is released", pv(scene.volume.as_ref()))
        }
        Wait::Binding => format!("waiting until pvc/{name} is bound"),
    }
}

/// Why nothing is done, or no more, and what to do about it.
pub fn refusal(
    why: &NoRescue,
    name: &str,
    command: &dyn Fn(&[&str]) -> String,
) -> (String, Option<String>) {
    match why {
        NoRescue::Nothing => (format!("there is no pvc/{name}, and no volume remembers one"), None),
        NoRescue::NoVolume => (format!("pvc/{name} has no volume: there is no data to save"), None),
        NoRescue::NotItsVolume => {
            (format!("the volume that pvc/{name} names is gone, or another claim's"), None)
        }
        NoRescue::Policy(policy) => (
            format!("the volume has reclaim policy {policy}, which this program leaves alone"),
            None,
        ),
        NoRescue::Owned(owner) => (
            format!(
                "{} {} owns pvc/{name} and lives: the claim goes with it on purpose",
                owner.kind, owner.name
            ),
            None,
        ),
        NoRescue::OwnerUnknown { owner, why } => {
            (format!("whether {} {} exists cannot be known: {why}", owner.kind, owner.name), None)
        }
        NoRescue::OtherUser(pod) => (
            format!("pod/{pod} uses pvc/{name} and is not of its set"),
            Some(format!("stop it, then go on: {}", command(&["pvc", "rescue", name]))),
        ),
        NoRescue::SetOwned { set, owner } => (
            format!(
                "statefulset.apps/{set} is made by {} {}, which would be in the way",
                owner.kind, owner.name
            ),
            Some(format!(
                "scale it below the ordinal through its owner, then go on: {}",
                command(&["pvc", "rescue", name])
            )),
        ),
        NoRescue::Shared(sets) => {
            (format!("several sets have claims of the name {name}: {}", sets.join(", ")), None)
        }
        NoRescue::Recreating(set) => (
            format!("a recreation of statefulset.apps/{set} is not finished"),
            Some(format!("finish it: {}", command(&["recreate", set, "--resume"]))),
        ),
        NoRescue::NotRestored(why) => not_restored(why, &format!("pvc/{name}"), command),
    }
}

/// Why a volume cannot be kept.
pub fn not_kept(why: &Unsafe) -> String {
    match why {
        Unsafe::NoVolume => "it is not there".to_owned(),
        Unsafe::NotItsOwn => "it is another claim's".to_owned(),
        Unsafe::NotBound(phase) => format!("it is {phase}"),
        Unsafe::Going => "it is being deleted itself".to_owned(),
        Unsafe::PolicyForgotten => {
            "an earlier run kept it, and it does not say what its reclaim policy was".to_owned()
        }
    }
}

/// Why a claim does not come back to its volume.
pub fn not_restored(
    why: &NotRestored,
    claim: &str,
    command: &dyn Fn(&[&str]) -> String,
) -> (String, Option<String>) {
    match why {
        NotRestored::NotOurs => ("the volume was not put aside by this program".to_owned(), None),
        NotRestored::Going => ("the volume itself is being deleted".to_owned(), None),
        NotRestored::Unnamed => {
            ("the volume names no claim any more, so that anybody may have it".to_owned(), None)
        }
        NotRestored::StillThere => ("the old claim was never deleted".to_owned(), None),
        NotRestored::NameTaken { volume, .. } => (
            format!(
                "{claim} was made anew meanwhile{}; the data is safe on the retained volume",
                volume.as_ref().map_or_else(String::new, |volume| format!(" and has pv/{volume}"))
            ),
            Some(format!(
                "scale the set below it, then swap: {}",
                command(&["pvc", "restore", claim.trim_start_matches("pvc/"), "--swap"])
            )),
        ),
        NotRestored::Lost => (format!("{claim} has lost its volume"), None),
        NotRestored::PolicyForgotten => (
            "the volume does not say what its reclaim policy was before; it stays Retain"
                .to_owned(),
            None,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::volume::BoundClaim;
    use crate::plan::pvc::rescue::Scene;
    use crate::testing::{a_claim, a_set, a_volume};

    fn bomb() -> (Finding, Scene) {
        let set = a_set("db").claiming("data");
        let mut volume = a_volume("pv-1");
        volume.reclaim_policy = ReclaimPolicy::Delete;
        volume.claim = None::<BoundClaim>;
        let scene = Scene {
            claim: Some(a_claim(&set, 1).going()),
            volume: Some(volume),
            owners: Vec::new(),
            tenants: Vec::new(),
            maker: Maker::Here { set, ordinal: crate::model::ordinal::Ordinal(1) },
            copy: None,
        };
        (Finding::TimeBomb { pod: "db-1".to_owned() }, scene)
    }

    #[test]
    fn what_would_be_lost_and_what_is_done_is_said_in_order() {
        let (found, mut scene) = bomb();
        let said = finding(&found, "data-db-1", &scene);
        assert!(said.contains("only pod/db-1 still holds it"), "{said}");
        assert!(said.contains("its volume with it"), "{said}");
        assert!(said.contains("EMPTY"), "{said}");
        let steps = plan(&found, "data-db-1", &scene);
        assert!(steps[0].contains("reclaim policy Retain"), "the first of all: {steps:?}");
        let at = |text: &str| steps.iter().position(|step| step.contains(text)).unwrap();
        assert!(at("wait until it is gone") < at("create it again, with that volume"));
        assert!(at("create it again, with that volume") < at("it takes its pods back"));
        scene.volume.as_mut().unwrap().reclaim_policy = ReclaimPolicy::Retain;
        let said = finding(&found, "data-db-1", &scene);
        assert!(said.contains("pv/pv-1 stays with the data"), "{said}");
    }
}
