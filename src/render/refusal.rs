//! Refusals in words, each with what to do about it.

use crate::plan::refusal::Refusal;

/// One line saying why, and hints. `command` makes a command line of this program out of words.
pub fn refusal(
    refusal: &Refusal,
    set: &str,
    command: &dyn Fn(&[&str]) -> String,
) -> (String, Vec<String>) {
    let name = format!("statefulset.apps/{set}");
    let (text, mut hints) = match refusal {
        Refusal::Operator { kind, name: owner } => (
            format!("{name} belongs to {kind}/{owner}, which would undo the change"),
            vec![format!("make the change in {kind}/{owner}")],
        ),
        Refusal::ManagedElsewhere { manager, evidence } => (
            format!("{name} is managed by {manager}: {evidence}"),
            vec![format!("have {manager} apply the template behind a hold, then stage it without a change: {}", command(&["rollout", "hold", set]))],
        ),
        Refusal::Locked { holder, seconds_ago } => (
            format!("{holder} is driving a rollout of {name} (last sign of life {seconds_ago}s ago)"),
            vec![
                format!("watch it: {}", command(&["rollout", "status", set, "--wait"])),
                format!("take it over: {}", command(&["rollout", "continue", set, "--takeover"])),
            ],
        ),
        Refusal::Unfinished { phase } => (
            format!("a staged rollout of {name} is {phase}"),
            vec![
                format!("go on: {}", command(&["rollout", "continue", set])),
                format!("go back: {}", command(&["rollout", "abort", set])),
            ],
        ),
        Refusal::UnreadableRun { reason } => (
            format!("the record of a staged rollout on {name} cannot be read: {reason}"),
            vec!["it may come from a newer version of this program; upgrade, or remove the annotation kubectl-sts.io/rollout once you know the state of every pod".to_owned()],
        ),
        Refusal::NoRun => (
            format!("there is no staged rollout of {name}"),
            vec![format!("begin one: {}", command(&["rollout", "stage", set, "--image", "CONTAINER=IMAGE"]))],
        ),
        Refusal::NotHeld => (
            format!("{name} is not held: there is nothing to release"),
            vec![format!("see where it stands: {}", command(&["rollout", "status", set]))],
        ),
        Refusal::Member { group, members, selector } => (
            format!("{name} belongs to the group {group} with {}, which is rolled out as one", list(members)),
            vec![
                format!("go on with all of them: {}", command(&["rollout", "continue", "-l", selector])),
                format!("take all of them back: {}", command(&["rollout", "abort", "-l", selector])),
            ],
        ),
        Refusal::OtherMembers { group, extra, missing } => {
            let part = |names: &[String], what: &str| match names {
                [] => None,
                names => Some(format!("{} {what}", are(names))),
            };
            let parts = [part(extra, "matched and not in it"), part(missing, "in it and not matched")];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            (
                format!("the selector matches other sets than the group {group} has: {}", parts.join("; ")),
                vec!["the records on the sets say who belongs to the group; give a selector that matches these".to_owned()],
            )
        }
        Refusal::NotRecorded { group, selector } => (
            format!("{name} is a member of the group {group}, and carries no record of it"),
            vec![
                "it was never held, or somebody removed the record; no set of the group goes on without it".to_owned(),
                format!("if no pod has been released, begin again with the same change: {}", command(&["rollout", "stage", "-l", selector, "--image", "CONTAINER=IMAGE"])),
                format!("take the others back: {}", command(&["rollout", "abort", "-l", selector])),
            ],
        ),
        Refusal::InProgress { pods } => (
            format!("a rollout of {name} is already under way: {} not on the expected revision", are(pods)),
            vec![format!("see where it stands: {}", command(&["rollout", "status", set]))],
        ),
        Refusal::NotObserved => (
            format!("the controller has not seen the latest spec of {name} yet"),
            vec!["try again in a moment; if it stays so, the controller manager is not working".to_owned()],
        ),
        Refusal::ForeignPartition { keeps, partition, manager } => {
            let by = manager.as_ref().map_or(String::new(), |by| format!(" by {by}"));
            (
                format!("the partition of {name} was set{by} (to {partition}); it keeps back {}", list(keeps)),
                vec!["whoever set it may have meant it".to_owned()],
            )
        }
        Refusal::Moved { what } => (
            format!("{name} is not as the rollout left it: {what}"),
            vec![
                format!("see where it stands: {}", command(&["rollout", "status", set])),
                format!("go back: {}", command(&["rollout", "abort", set])),
            ],
        ),
        Refusal::Unhealthy { pod, reason } => (
            format!("pod {pod} is not well ({reason}); no rollout or restart begins on a set that is not"),
            vec![format!("see why: {}", command(&["status", set]))],
        ),
        Refusal::OnDelete => (
            format!("{name} has the strategy OnDelete: its controller replaces no pod by itself"),
            Vec::new(),
        ),
        Refusal::UnknownStrategy { strategy } => (
            format!("{name} has the strategy {strategy}, which this version does not drive"),
            Vec::new(),
        ),
        Refusal::NoReplicas => {
            (format!("{name} has no replicas: there is no pod to try the change on"), Vec::new())
        }
        Refusal::NothingToDo => (
            format!("no change was asked for, and none waits behind a hold of {name}"),
            vec!["name one with --image, -f, --patch or --restart".to_owned()],
        ),
        Refusal::BudgetsUnknown { reason } => (
            format!("pod disruption budgets could not be read: {reason}"),
            vec!["kubectl auth can-i list poddisruptionbudgets.policy".to_owned()],
        ),
        Refusal::BaseGone { revision } => (
            format!("the revision to go back to, {revision}, is gone"),
            vec![format!("the templates that are left: {}", command(&["rollout", "history", set]))],
        ),
        Refusal::Promoted { current, base } => (
            format!("behind a hold, pods of {name} come back on {current} and not on {base}: the new revision was promoted"),
            vec![format!("go back by the old template: {}", command(&["rollout", "abort", set]))],
        ),
        Refusal::NoHold => (
            format!("the rollout of {name} deletes pods one by one under OnDelete: each comes back on the new template, and no hold keeps one back"),
            vec![format!("go back by the old template: {}", command(&["rollout", "abort", set]))],
        ),
        Refusal::PastGates { pod, returns } => (
            format!("pod {pod} would come back on {returns}: a staged rollout of {name} is held, and has not got to it"),
            vec![
                format!("go on: {}", command(&["rollout", "continue", set])),
                format!("go back: {}", command(&["rollout", "abort", set])),
            ],
        ),
        Refusal::ComesBackChanged { pod, runs, returns } => (
            format!("pod {pod} runs {runs} and would come back on {returns}"),
            vec![format!("see what each pod comes back on: {}", command(&["rollout", "status", set]))],
        ),
        Refusal::TooManyReplicas { replicas } => (
            format!("{name} has {replicas} replicas, more than a hold can keep back"),
            Vec::new(),
        ),
    };
    if let Some(flag) = refusal.flag() {
        hints.push(format!("to go on all the same: {flag}"));
    }
    (text, hints)
}

/// `a`, `a and b`, `a, b and c`; long lists are cut.
pub(super) fn list(names: &[String]) -> String {
    const MOST: usize = 4;
    match names {
        [] => "no pod".to_owned(),
        [one] => one.clone(),
        [first, .., last] if names.len() > MOST => {
            format!("{first} to {last} ({} pods)", names.len())
        }
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

fn are(names: &[String]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", list(names))
}
