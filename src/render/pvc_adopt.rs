//! A claim that changes hands, in words.

use crate::plan::pvc::adopt::{Difference, Move, NoAdoption, Scene, Wish};
use crate::plan::pvc::restored::{Target, Wait};
use crate::render::pvc_rescue::not_restored;

/// A claim with its namespace where two are involved.
fn claim(one: &Target, wish: &Wish) -> String {
    if wish.from.namespace == wish.target.namespace {
        format!("pvc/{}", one.name)
    } else {
        format!("pvc/{} in {}", one.name, one.namespace)
    }
}

/// What will be done, a line each.
pub fn plan(wish: &Wish, volume: &str) -> Vec<String> {
    let (from, to) = (claim(&wish.from, wish), claim(&wish.target, wish));
    vec![
        format!("pv/{volume}: reclaim policy Retain, so that the data outlives the claim"),
        format!("{from}: delete it, and wait until it is gone"),
        format!("pv/{volume}: wait for {to}, and nobody else"),
        format!("{to}: create it, as statefulset.apps/{} would, with that volume", wish.set),
        format!("pv/{volume}: its own reclaim policy again"),
    ]
}

/// What differs from what the set would have made.
pub fn difference(difference: &Difference) -> String {
    match difference {
        Difference::Smaller { has, wants } => {
            format!("the volume has {has}, and the set's template asks for {wants}")
        }
        Difference::Class { has, wants } => {
            format!("the volume is of storage class {has}, and the set's template of {wants}")
        }
    }
}

/// What was written.
pub fn written(next: &Move, wish: &Wish, scene: &Scene) -> String {
    let volume = scene.volume.as_ref().map_or("", |volume| &volume.name);
    let (from, to) = (claim(&wish.from, wish), claim(&wish.target, wish));
    match next {
        Move::PutAside => format!("pv/{volume} is retained"),
        Move::DeleteClaim(_) => format!("{from} is deleted"),
        Move::Reserve(_) => format!("pv/{volume} waits for {to}"),
        Move::CreateClaim => format!("{to} is created"),
        Move::Finish(_) => format!("pv/{volume} has its own reclaim policy again"),
        Move::Wait(_) | Move::Done | Move::Refuse(_) => String::new(),
    }
}

/// What is being waited for.
pub fn waiting(wait: Wait, wish: &Wish) -> String {
    match wait {
        Wait::Going => format!("waiting until {} is gone", claim(&wish.from, wish)),
        Wait::Release => "waiting until the volume is released".to_owned(),
        Wait::Binding => format!("waiting until {} is bound", claim(&wish.target, wish)),
    }
}

/// Why it is not done, and what to do about it.
pub fn refusal(
    why: &NoAdoption,
    wish: &Wish,
    command: &dyn Fn(&[&str]) -> String,
) -> (String, Option<String>) {
    let (from, to) = (claim(&wish.from, wish), claim(&wish.target, wish));
    let set = format!("statefulset.apps/{}", wish.set);
    match why {
        NoAdoption::Nothing => (format!("there is no {from}, and no volume remembers it"), None),
        NoAdoption::Rivals(volumes) => (
            format!("several volumes remember {from}: {}", volumes.join(", ")),
            Some(
                "bring back the one that is meant with pvc restore PV --as NAME, then adopt that"
                    .to_owned(),
            ),
        ),
        NoAdoption::Unknown { what, why } => (format!("{what} cannot be known: {why}"), None),
        NoAdoption::Same => (format!("{from} has that name already"), None),
        NoAdoption::NoSet => (format!("there is no {set}"), None),
        NoAdoption::NoTemplate { templates } => (
            format!("{set} has no claim template {}", wish.template),
            (!templates.is_empty()).then(|| format!("it has: {}", templates.join(", "))),
        ),
        NoAdoption::Wanted { replicas } => (
            format!(
                "{set} wants ordinal {}: its controller may make an empty claim at any moment",
                wish.ordinal
            ),
            Some(format!(
                "scale it below first: {}",
                command(&["scale", &wish.set, "--replicas", &replicas.to_string()])
            )),
        ),
        NoAdoption::PodThere(pod) => {
            (format!("pod/{pod} is still there"), Some("wait until it is gone".to_owned()))
        }
        NoAdoption::Taken { volume } => {
            let has = volume.as_ref().map_or_else(String::new, |name| format!(", with pv/{name}"));
            (
                format!("{to} is there already{has}"),
                Some("move its data out of the way, or delete it, if it is of no worth".to_owned()),
            )
        }
        NoAdoption::Unbound => (format!("{from} has no volume: there is no data to give"), None),
        NoAdoption::NotItsVolume => {
            (format!("the volume that {from} names is gone, or another claim's"), None)
        }
        NoAdoption::Policy(policy) => (
            format!("the volume has reclaim policy {policy}, which this program leaves alone"),
            None,
        ),
        NoAdoption::Going => (
            format!("{from} is being deleted by somebody else"),
            Some(format!("save its data: {}", command(&["pvc", "rescue", &wish.from.name]))),
        ),
        NoAdoption::Used(pods) => {
            let pods: Vec<String> = pods.iter().map(|pod| format!("pod/{pod}")).collect();
            (format!("{from} is used by {}", pods.join(", ")), Some("stop what uses it".to_owned()))
        }
        NoAdoption::WantedBy { set } => (
            format!(
                "statefulset.apps/{set} wants {from}, and would make an empty one in its place"
            ),
            Some("scale that set below the ordinal first".to_owned()),
        ),
        NoAdoption::Owned(owner) => (format!("{} {} owns {from}", owner.kind, owner.name), None),
        NoAdoption::NotRestored(why) => {
            not_restored(why, &format!("pvc/{}", wish.target.name), command)
        }
    }
}
