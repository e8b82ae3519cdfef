//! What becomes of claims that were to be deleted, in words.

use crate::exit::Exit;
use crate::plan::pvc::backup::Unsafe;
use crate::progress::prune::{Left, Outcome, Stop};

/// How the deletion of a claim ended, in a line. `needed` are the words for who needs it.
pub fn outcome(claim: &str, volume: Option<&str>, outcome: &Outcome, needed: &[String]) -> String {
    let pv = volume.map(|name| format!("pv/{name}")).unwrap_or_default();
    match outcome {
        Outcome::Deleted => format!("pvc/{claim} deleted"),
        Outcome::Gone => format!("pvc/{claim} was gone already"),
        Outcome::Stopped { why, volume } => {
            format!("pvc/{claim} not deleted: {}{}", stop(why, needed), left(&pv, volume))
        }
        Outcome::Unchecked { why } => format!(
            "pvc/{claim} deleted, and it cannot be seen whether somebody came to use it: {why}; \
             its data is on {pv}"
        ),
        Outcome::Going { finalizers } => {
            let by = match finalizers.as_slice() {
                [] => "something".to_owned(),
                held => format!("the finalizer {}", held.join(", ")),
            };
            format!("pvc/{claim} is going and kept by {by}; its data stays on {pv}")
        }
        Outcome::Rescued { users } => format!(
            "pvc/{claim} was deleted while {} came to use it, and was brought back with its data",
            users.join(", ")
        ),
        Outcome::Seized { users, why } => format!(
            "pvc/{claim} was deleted while {} came to use it: {why}; its data is on {pv}",
            users.join(", ")
        ),
    }
}

fn stop(why: &Stop, needed: &[String]) -> String {
    match why {
        Stop::Needed if needed.is_empty() => "it is needed by now".to_owned(),
        Stop::Needed => needed.join("; "),
        Stop::Replaced => {
            "it is another claim by now, or was told to go by somebody else".to_owned()
        }
        Stop::Conflict => "it keeps changing".to_owned(),
        Stop::Denied(why) => format!("the server does not allow it: {why}"),
        Stop::VolumeDenied(why) => format!("its volume may not be put aside: {why}"),
        Stop::VolumeUnread(why) => format!("its volume cannot be read: {why}"),
        Stop::VolumeUnsafe(why) => unsafe_volume(why),
        Stop::VolumeUnsteady => "its volume does not stay Retain".to_owned(),
        Stop::NoManifest(why) => why.clone(),
        Stop::Unclear(why) => format!("the server does not answer: {why}"),
        Stop::Interrupted => "interrupted".to_owned(),
    }
}

/// Why a volume cannot be put aside.
pub fn unsafe_volume(why: &Unsafe) -> String {
    match why {
        Unsafe::NoVolume => "its volume is not there".to_owned(),
        Unsafe::NotItsOwn => "its volume is bound to another claim, or to none".to_owned(),
        Unsafe::NotBound(phase) => format!("its volume is {phase}, not Bound"),
        Unsafe::Going => "its volume is being deleted".to_owned(),
        Unsafe::PolicyForgotten => {
            "an earlier run left its volume at Retain, and nothing tells what it was before"
                .to_owned()
        }
    }
}

fn left(pv: &str, left: &Left) -> String {
    match left {
        Left::Untouched => String::new(),
        Left::PutBack => format!("; {pv} is as before"),
        Left::Aside(why) => format!("; {pv} is still Retain, since {why}"),
    }
}

/// The exit code for a run over these claims.
pub fn exit<'a>(outcomes: impl Iterator<Item = &'a Outcome> + Clone) -> Exit {
    let done = |outcome: &&Outcome| matches!(outcome, Outcome::Deleted | Outcome::Gone);
    let stopped = |outcome: &'a Outcome| match outcome {
        Outcome::Stopped { why, volume } if !matches!(volume, Left::Aside(_)) => Some(why),
        _ => None,
    };
    let all = outcomes.clone().count();
    if outcomes.clone().filter(done).count() == all {
        return Exit::Success;
    }
    let whys: Vec<&Stop> = outcomes.filter_map(stopped).collect();
    if whys.len() < all {
        return Exit::Partial;
    }
    match whys.first() {
        Some(Stop::Conflict | Stop::Replaced) => Exit::Conflict,
        Some(Stop::Denied(_) | Stop::Unclear(_)) => Exit::Error,
        _ => Exit::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_says_where_the_data_is() {
        let users = || vec!["pod/db-3".to_owned()];
        let ends = [
            Outcome::Deleted,
            Outcome::Stopped { why: Stop::Needed, volume: Left::PutBack },
            Outcome::Stopped { why: Stop::Conflict, volume: Left::Aside("no answer".to_owned()) },
            Outcome::Going { finalizers: vec!["example.com/snapshot".to_owned()] },
            Outcome::Rescued { users: users() },
            Outcome::Seized {
                users: users(),
                why: "another claim of that name is there".to_owned(),
            },
            Outcome::Unchecked { why: "forbidden".to_owned() },
        ];
        let needed = ["pod/db-3 (Pending)".to_owned()];
        let lines: Vec<String> =
            ends.iter().map(|end| outcome("data-db-3", Some("pv-3"), end, &needed)).collect();
        insta::assert_snapshot!(lines.join("\n"), @"
        pvc/data-db-3 deleted
        pvc/data-db-3 not deleted: pod/db-3 (Pending); pv/pv-3 is as before
        pvc/data-db-3 not deleted: it keeps changing; pv/pv-3 is still Retain, since no answer
        pvc/data-db-3 is going and kept by the finalizer example.com/snapshot; its data stays on pv/pv-3
        pvc/data-db-3 was deleted while pod/db-3 came to use it, and was brought back with its data
        pvc/data-db-3 was deleted while pod/db-3 came to use it: another claim of that name is there; its data is on pv/pv-3
        pvc/data-db-3 deleted, and it cannot be seen whether somebody came to use it: forbidden; its data is on pv/pv-3
        ");
    }

    #[test]
    fn the_code_is_that_of_all_claims_together() {
        let stopped = |why| Outcome::Stopped { why, volume: Left::Untouched };
        let of = |outcomes: &[Outcome]| exit(outcomes.iter());
        assert_eq!(of(&[Outcome::Deleted, Outcome::Gone]), Exit::Success);
        assert_eq!(of(&[Outcome::Deleted, stopped(Stop::Needed)]), Exit::Partial);
        assert_eq!(of(&[stopped(Stop::Needed)]), Exit::Refused);
        assert_eq!(of(&[stopped(Stop::Conflict)]), Exit::Conflict);
        let aside = Left::Aside(String::new());
        assert_eq!(of(&[Outcome::Stopped { why: Stop::Needed, volume: aside }]), Exit::Partial);
        assert_eq!(of(&[Outcome::Rescued { users: Vec::new() }]), Exit::Partial);
    }
}
