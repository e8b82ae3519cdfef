//! `rollout continue -l` and `rollout abort -l`: take up a group as its records tell.

use std::collections::BTreeSet;

use crate::cluster::clock;
use crate::commands::context::{Consent, Context};
use crate::commands::identity;
use crate::commands::rollout::abort::way_back;
use crate::commands::rollout::go_on::{Going, same_gates};
use crate::commands::rollout::group::{conduct, refused};
use crate::commands::rollout::pace::PaceArgs;
use crate::commands::rollout::take_up::{recorded, take_up};
use crate::exit::{Exit, Failure};
use crate::model::group::{Course, Membership, stops};
use crate::model::run::{Holder, Run, RunPhase};
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::plan::group::{Runs, approved, approves, membership};
use crate::plan::options::Options;
use crate::plan::preflight::{self, Overrides};
use crate::plan::refusal::Refusal;
use crate::progress::group::GroupBegin;
use crate::progress::stage::Begin;

/// How often the locks of the other members are tried while the one they are taken from still
/// writes.
const ATTEMPTS: usize = 5;

/// What a group is taken up with.
pub(in crate::commands::rollout) struct Taking<'a> {
    /// Which sets.
    pub selector: &'a str,
    /// The flags that say how carefully to go.
    pub pace: &'a PaceArgs,
    /// Whether a person has to be asked.
    pub consent: Consent,
    /// Whether to take the locks from whoever holds them.
    pub takeover: bool,
}

/// How a group goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands::rollout) struct How {
    /// How far.
    pub going: Going,
    /// Whether other gates than it was begun with will do.
    pub change_gates: bool,
}

impl How {
    /// A promotion never goes on with an abort.
    fn refusal(self, course: Course) -> Option<Refusal> {
        let phase = "on its way back".to_owned();
        (self.going != Going::Asked && course == Course::Back)
            .then_some(Refusal::Unfinished { phase })
    }

    /// A promotion in full skips extra gates.
    fn other_gates(self) -> bool {
        self.change_gates || self.going == Going::Full
    }
}

/// A group as its sets tell.
struct Found {
    group: Membership,
    course: Course,
    /// Those that carry a record of it, in the order in which they are rolled out.
    members: Vec<(Snapshot, Run)>,
    /// The others.
    bare: Vec<String>,
}

impl Found {
    fn runs(&self) -> Runs<'_> {
        self.members.iter().map(|(snapshot, run)| (snapshot.set.name.as_str(), run)).collect()
    }

    /// Refusals of each member.
    fn refusals(
        &self,
        of: impl Fn(&Snapshot, &Run) -> Vec<Refusal>,
    ) -> Vec<(String, Vec<Refusal>)> {
        let refusals = self.members.iter().map(|(snapshot, run)| (snapshot, of(snapshot, run)));
        refusals.map(|(snapshot, refusals)| (snapshot.set.name.clone(), refusals)).collect()
    }
}

/// Finds the group that the matched sets are in. The records say who belongs to it, and a selector
/// that says otherwise is refused.
async fn find(cx: &Context, selector: &str) -> Result<Found, Failure> {
    let names = cx.session.matching_sets(cx.session.namespace(), selector).await?;
    let snapshots =
        futures::future::try_join_all(names.iter().map(|name| cx.snapshot(name))).await?;
    let groups: Vec<&Membership> =
        snapshots.iter().filter_map(|snapshot| membership(&snapshot.set)).collect();
    let ids: BTreeSet<&str> = groups.iter().map(|group| group.id.as_str()).collect();
    let Some(group) = groups.first().copied().cloned() else {
        let what = format!("no set that matches {selector} is rolled out in a group");
        return Err(crate::commands::context::refused(&what).hint(format!(
            "begin one: {}",
            cx.command(&["rollout", "stage", "-l", selector, "--image", "CONTAINER=IMAGE"])
        )));
    };
    if ids.len() > 1 {
        let ids: Vec<&str> = ids.into_iter().collect();
        let what =
            format!("the sets that match {selector} are in several groups: {}", ids.join(", "));
        return Err(crate::commands::context::refused(&what));
    }
    let extra: Vec<String> = names.iter().filter(|name| !group.has(name)).cloned().collect();
    let missing = group.members().into_iter().filter(|set| !names.iter().any(|name| name == set));
    let missing: Vec<String> = missing.map(str::to_owned).collect();
    if !extra.is_empty() || !missing.is_empty() {
        let refusal = Refusal::OtherMembers { group: group.id.clone(), extra, missing };
        let refusals = [(group.leader().to_owned(), vec![refusal])];
        return Err(refused(cx, &group.selector, &refusals)
            .unwrap_or_else(|| crate::commands::context::refused("refused")));
    }
    // The lock is the leader's, and so is the last word of where the group is going.
    let courses = groups.iter().map(|group| group.course);
    let course = match courses.clone().find(|course| *course == Course::Back) {
        Some(back) => back,
        None => courses.into_iter().find(|c| *c == Course::Closing).unwrap_or(Course::Forward),
    };
    let order =
        |snapshot: &Snapshot| group.members().iter().position(|set| *set == snapshot.set.name);
    let mut snapshots = snapshots;
    snapshots.sort_by_key(order);
    let (mut members, mut bare) = (Vec::new(), Vec::new());
    for snapshot in snapshots {
        match recorded(&snapshot) {
            Ok(run) if run.group.is_some() => members.push((snapshot, run)),
            _ => bare.push(snapshot.set.name.clone()),
        }
    }
    Ok(Found { group, course, members, bare })
}

/// Goes on with a group, forward or back as it was going.
pub(in crate::commands::rollout) async fn go_on(
    cx: &mut Context,
    taking: &Taking<'_>,
    options: Options,
    overrides: Overrides,
    how: How,
) -> Result<Exit, Failure> {
    let found = find(cx, taking.selector).await?;
    if let Some(refusal) = how.refusal(found.course) {
        let refusals = [(found.group.leader().to_owned(), vec![refusal])];
        return Err(refused(cx, &found.group.selector, &refusals)
            .unwrap_or_else(|| crate::commands::context::refused("refused")));
    }
    if found.course == Course::Back {
        return back(cx, taking, options, found, Exit::Success).await;
    }
    let now = clock::now();
    let mut refusals =
        found.refusals(|snapshot, run| preflight::take_up(snapshot, run, "", overrides, now));
    if found.course == Course::Forward {
        refusals.extend(found.bare.iter().map(|set| (set.clone(), vec![not_recorded(&found)])));
    }
    if let Some(failure) = refused(cx, &found.group.selector, &refusals) {
        return Err(failure);
    }
    if let Some((_, run)) = found.members.first().filter(|_| !how.other_gates()) {
        same_gates(run, taking.pace)?;
    }
    let runs = found.runs();
    let (says_yes, stop) = (approves(&found.group, &runs), approved(&runs));
    cx.terminal.note(describe(&found, says_yes));
    cx.consent(taking.consent, "Go on with the rollout of this group?").await?;
    let gates = taking.pace.gates_digest();
    let group = found.group.clone();
    let taken = take_all(cx, found, taking.takeover, |set, run| {
        if run.adopt(set) {
            run.passed = 0;
        }
        if how.going != Going::Full {
            run.gates.clone_from(&gates);
        }
        run.phase = RunPhase::Staging;
        if let Some(group) = &mut run.group {
            group.approved = stop + u32::from(says_yes);
        }
    })
    .await?;
    let approve = options.approve;
    let (snapshots, members) = begins(taken, &options, taking.pace);
    let change = format!("to the new template of {} sets", members.len());
    let begin = GroupBegin { group, members, approve, change };
    conduct::stage(cx, snapshots, begin, taking.pace).await
}

/// Takes a group back.
pub(in crate::commands::rollout) async fn abort(
    cx: &mut Context,
    taking: &Taking<'_>,
    options: Options,
) -> Result<Exit, Failure> {
    let found = find(cx, taking.selector).await?;
    if found.course == Course::Closing && !found.bare.is_empty() {
        let what = format!(
            "the rollout of the group is all but finished: {} have their strategy back",
            found.bare.join(", ")
        );
        let go_on = cx.command(&["rollout", "continue", "-l", &found.group.selector]);
        return Err(crate::commands::context::refused(&what)
            .hint(format!("finish it: {go_on}"))
            .hint("then stage the old template as a change of its own"));
    }
    back(cx, taking, options, found, Exit::Success).await
}

/// Takes a group back after its rollout has failed, as was asked for beforehand. Its locks were
/// given up with the rollout, and are taken anew.
pub(super) async fn roll_back(
    cx: &mut Context,
    selector: &str,
    pace: &PaceArgs,
    options: Options,
) -> Result<Exit, Failure> {
    let taking = Taking { selector, pace, consent: Consent::Given, takeover: false };
    let found = find(cx, selector).await?;
    back(cx, &taking, options, found, Exit::RolledBack).await
}

async fn back(
    cx: &mut Context,
    taking: &Taking<'_>,
    options: Options,
    found: Found,
    success: Exit,
) -> Result<Exit, Failure> {
    let now = clock::now();
    let refusals = found.refusals(|snapshot, run| {
        let mut refusals = Vec::new();
        if !taking.takeover {
            refusals.extend(preflight::locked(run, "", now));
        }
        refusals.extend(preflight::operator(&snapshot.set));
        refusals.extend(preflight::base_gone(snapshot, run));
        refusals
    });
    if let Some(failure) = refused(cx, &found.group.selector, &refusals) {
        return Err(failure);
    }
    let mut lines = vec![format!("group {}: back to the old templates", found.group.id)];
    lines.extend(found.members.iter().map(|(snapshot, run)| way_back(snapshot, run)));
    for set in &found.bare {
        lines.push(format!(
            "statefulset.apps/{set} carries no record of the group and is left as it is"
        ));
    }
    cx.terminal.note(lines.join("\n"));
    cx.consent(taking.consent, "Abort the rollout of this group?").await?;
    let selector = found.group.selector.clone();
    let taken = take_all(cx, found, taking.takeover, |set, run| {
        run.adopt(set);
        if let Some(group) = &mut run.group {
            group.course = Course::Back;
        }
    })
    .await?;
    let (snapshots, members) = begins(taken, &options, taking.pace);
    conduct::abort(cx, snapshots, members, &selector, taking.pace, success).await
}

fn not_recorded(found: &Found) -> Refusal {
    Refusal::NotRecorded { group: found.group.id.clone(), selector: found.group.selector.clone() }
}

/// Takes the locks, the leader's first: whoever has that has the group.
///
/// Whoever had it before may have written to the others until then; these are read again.
async fn take_all(
    cx: &Context,
    found: Found,
    takeover: bool,
    change: impl Fn(&Set, &mut Run),
) -> Result<Vec<(Snapshot, Run)>, Failure> {
    let order: Vec<String> = found.group.members().iter().map(ToString::to_string).collect();
    let holder = identity::holder(clock::now());
    let mut waiting = found.members;
    waiting.sort_by(|(a, _), (b, _)| a.set.name.cmp(&b.set.name));
    let mut taken: Vec<(Snapshot, Run)> = Vec::new();
    for (snapshot, run) in waiting {
        let attempts = if takeover && !taken.is_empty() { ATTEMPTS } else { 1 };
        taken.push(take(cx, snapshot, run, &holder, attempts, &change).await?);
    }
    taken.sort_by_key(|(snapshot, _)| order.iter().position(|set| *set == snapshot.set.name));
    Ok(taken)
}

async fn take(
    cx: &Context,
    mut snapshot: Snapshot,
    mut run: Run,
    holder: &Holder,
    attempts: usize,
    change: &impl Fn(&Set, &mut Run),
) -> Result<(Snapshot, Run), Failure> {
    let mut left = attempts;
    loop {
        left -= 1;
        let judged = snapshot.clone();
        let taken = take_up(cx, snapshot, &run, |set, run| {
            change(set, run);
            run.holder = Some(Holder { beat: clock::now(), ..holder.clone() });
        })
        .await;
        match taken {
            Err(failure) if failure.exit == Exit::Conflict && left > 0 => {
                let fresh = cx.snapshot(&judged.set.name).await?;
                let same = recorded(&fresh).ok().filter(|now| {
                    now.id == run.id && fresh.set.generation == judged.set.generation
                });
                let Some(now) = same else { return Err(failure) };
                (snapshot, run) = (fresh, now);
            }
            other => return other,
        }
    }
}

fn begins(
    taken: Vec<(Snapshot, Run)>,
    options: &Options,
    pace: &PaceArgs,
) -> (Vec<Snapshot>, Vec<Begin>) {
    let begin = |(snapshot, run): (Snapshot, Run)| {
        let begin = Begin {
            holder: run.holder.clone().unwrap_or_else(|| identity::holder(clock::now())),
            run,
            options: options.clone(),
            gated: !pace.gates().is_empty(),
            change: String::new(),
        };
        (snapshot, begin)
    };
    taken.into_iter().map(begin).unzip()
}

/// Where the group stands, and what going on means.
fn describe(found: &Found, says_yes: bool) -> String {
    let runs = found.runs();
    let stops = stops(&found.group.waves, |set| runs.get(set).map_or(0, |run| run.replicas));
    let (number, all) = (approved(&runs) + 1, stops.len());
    let at = match (found.course, says_yes) {
        (Course::Closing, _) => "every pod has passed; the strategies come back".to_owned(),
        (_, true) => format!("step {number} of {all} passed; this approves it"),
        _ if runs.values().any(|run| run.phase == RunPhase::Failed) => {
            format!("step {number} of {all} failed; it is judged anew")
        }
        _ => format!("step {number} of {all} was not finished"),
    };
    let mut lines = vec![format!("group {}: {at}", found.group.id)];
    for (snapshot, run) in &found.members {
        let (updated, all) = (snapshot.count_on(&run.target), snapshot.set.wanted.replicas);
        lines.push(format!("{}: {updated} of {all} pods updated", snapshot.set.display()));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_on_its_way_back_is_not_promoted() {
        let how = |going| How { going, change_gates: false };
        for going in [Going::Forward, Going::Full] {
            let refusal = how(going).refusal(Course::Back);
            assert!(matches!(refusal, Some(Refusal::Unfinished { .. })), "{refusal:?}");
            assert_eq!(how(going).refusal(Course::Forward), None);
            assert_eq!(how(going).refusal(Course::Closing), None);
        }
        assert_eq!(how(Going::Asked).refusal(Course::Back), None, "continue goes on with it");
        assert!(how(Going::Full).other_gates() && !how(Going::Forward).other_gates());
    }
}
