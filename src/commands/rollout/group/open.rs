//! `rollout stage -l`: hold every set, then roll them out.

use crate::cluster::clock;
use crate::cluster::write::Keep;
use crate::commands::context::Context;
use crate::commands::dry_run::{DryRun, Preview, WriteArgs};
use crate::commands::identity;
use crate::commands::judged;
use crate::commands::rollout::begin::{Proposal, Request, parked};
use crate::commands::rollout::change::ChangeArgs;
use crate::commands::rollout::group::conduct;
use crate::commands::rollout::group::{GroupArgs, refused};
use crate::commands::rollout::pace::PaceArgs;
use crate::convert::template::node_selector;
use crate::exit::{Exit, Failure};
use crate::model::group::{Course, Membership};
use crate::model::node::Node;
use crate::model::order::Order;
use crate::model::run::{Holder, Run, RunPhase, Steps};
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::group::{Place, one_by_one, place, waves};
use crate::plan::options::Options;
use crate::plan::preflight::Overrides;
use crate::plan::step::{RunChange, SetPatch};
use crate::progress::group::GroupBegin;
use crate::progress::stage::Begin;
use crate::render::group::ShownGroup;

/// What a group is begun with.
pub(in crate::commands::rollout) struct Opening<'a> {
    /// Which sets.
    pub args: &'a GroupArgs,
    /// What changes in each of them.
    pub change: &'a ChangeArgs,
    /// The flags that say how carefully to go.
    pub pace: &'a PaceArgs,
    /// What the user has agreed to.
    pub overrides: Overrides,
    /// How carefully to go.
    pub options: &'a Options,
    /// Whether to write, and whether to ask before that.
    pub write: WriteArgs,
}

/// Begins the rollout of a group and sees it through.
pub(in crate::commands::rollout) async fn stage(
    cx: &mut Context,
    opening: &Opening<'_>,
) -> Result<Exit, Failure> {
    let selector = opening.args.selector.as_deref().unwrap_or_default();
    let names = cx.session.matching_sets(cx.session.namespace(), selector).await?;
    if names.is_empty() {
        let namespace = cx.session.namespace();
        let what = format!("no StatefulSet in namespace {namespace} matches {selector}");
        return Err(crate::commands::context::refused(&what));
    }
    let (group, notes) = membership(cx, opening, selector, &names).await?;
    let holder = identity::holder(clock::now());
    let steps = all_at_once()?;
    let members = group.members();
    let requests: Vec<Request<'_>> =
        members.iter().map(|set| opening.request(set, &steps, &group, &holder)).collect();
    let preview = Preview::from(opening.write.dry_run);
    let proposals = requests.iter().map(|request| request.propose(cx, preview, clock::now()));
    let proposals = futures::future::try_join_all(proposals).await?;
    let refusals: Vec<_> = members
        .iter()
        .zip(&proposals)
        .map(|(set, proposal)| ((*set).to_owned(), proposal.refusals.clone()))
        .collect();
    let gates = opening.pace.gates();
    let shown = ShownGroup {
        group: &group,
        sets: requests
            .iter()
            .zip(&proposals)
            .map(|(request, proposal)| request.shown(proposal, &gates))
            .collect(),
        notes: &notes,
    };
    cx.terminal.note(shown.text());
    if let Some(failure) = refused(cx, selector, &refusals) {
        return Err(failure);
    }
    if proposals.iter().all(nothing_to_do) {
        cx.terminal.print(format!(
            "{} unchanged: every template is already this one",
            members.join(", ")
        ))?;
        return Ok(Exit::Success);
    }
    if opening.write.dry_run != DryRun::None {
        let suffix = opening.write.dry_run.suffix();
        for proposal in &proposals {
            cx.terminal.print(format!("{} staged{suffix}", proposal.snapshot.set.display()))?;
        }
        return Ok(Exit::Success);
    }
    let question = format!("Begin this rollout of {} sets?", members.len());
    cx.consent(opening.write.consent(), &question).await?;
    let held = Box::pin(hold_all(cx, opening, &group, requests, proposals)).await?;
    let (snapshots, begins): (Vec<Snapshot>, Vec<Begin>) = held
        .into_iter()
        .map(|(snapshot, run)| {
            let begin = opening.member(Run { phase: RunPhase::Staging, ..run }, &holder);
            (snapshot, begin)
        })
        .unzip();
    let begin = GroupBegin {
        group: group.clone(),
        members: begins,
        approve: opening.options.approve,
        change: opening.change.describe(),
    };
    Box::pin(conduct::stage(cx, snapshots, begin, opening.pace)).await
}

impl Opening<'_> {
    fn request<'a>(
        &'a self,
        set: &'a str,
        steps: &'a Steps,
        group: &Membership,
        holder: &Holder,
    ) -> Request<'a> {
        Request {
            set,
            change: self.change,
            manifest: None,
            steps,
            order: &Order::Desc,
            gates: self.pace.gates_digest(),
            group: Some((group.clone(), holder.clone())),
            options: self.options,
            overrides: self.overrides,
        }
    }

    fn member(&self, run: Run, holder: &Holder) -> Begin {
        Begin {
            holder: run.holder.clone().unwrap_or_else(|| holder.clone()),
            run,
            options: self.options.clone(),
            gated: !self.pace.gates().is_empty(),
            change: self.change.describe(),
        }
    }
}

/// A member has no steps of its own: the group stops.
fn all_at_once() -> Result<Steps, Failure> {
    "100%".parse().map_err(|error| Failure::from(anyhow::Error::from(error)))
}

/// The sets in their waves, and what is to be said about that.
async fn membership(
    cx: &Context,
    opening: &Opening<'_>,
    selector: &str,
    names: &[String],
) -> Result<(Membership, Vec<String>), Failure> {
    let mut notes = Vec::new();
    let waves = match &opening.args.group_by {
        None => one_by_one(names),
        Some(key) => {
            let reads = names.iter().map(|name| cx.snapshot(name));
            let snapshots = futures::future::try_join_all(reads).await?;
            let mut nodes = Known::Unknown("not asked for".to_owned());
            let known = |nodes| snapshots.iter().all(|s| matches!(of(s, key, nodes), Place::Of(_)));
            if !known(&nodes) {
                nodes = cx.session.nodes().await?;
            }
            let mut places = Vec::new();
            let mut unknown = Vec::new();
            for snapshot in &snapshots {
                let set = &snapshot.set;
                let found = of(snapshot, key, &nodes);
                match &found {
                    Place::Of(_) => {}
                    Place::Mixed(values) => notes.push(format!(
                        "{} is mixed: its pods are in {}; it goes by itself",
                        set.display(),
                        values.join(", ")
                    )),
                    Place::Unknown(why) => unknown.push(format!("{}: {why}", set.display())),
                }
                places.push((set.name.clone(), found));
            }
            if let Some(first) = unknown.first() {
                let what = format!("no value of {key} is known for {first}");
                let mut failure = crate::commands::context::refused(&what);
                failure.hints =
                    unknown[1..].iter().map(|other| format!("also for {other}")).collect();
                return Err(failure.hint(format!("give the set the label {key}")));
            }
            waves(&places)
        }
    };
    let group = Membership {
        id: identity::run_id(),
        selector: selector.to_owned(),
        waves,
        budget: opening.args.budget.unwrap_or(1),
        approved: 0,
        course: Course::Forward,
    };
    Ok((group, notes))
}

/// Where a set belongs.
fn of(snapshot: &Snapshot, key: &str, nodes: &Known<Vec<Node>>) -> Place {
    place(snapshot, key, node_selector(&snapshot.set.template.json, key), nodes)
}

/// Whether neither the template would change nor a changed one waits behind a hold.
fn nothing_to_do(proposal: &Proposal) -> bool {
    let status = &proposal.snapshot.set.status;
    proposal.changes_nothing()
        && status.current_revision == status.update_revision
        && parked(&proposal.snapshot.set).is_none()
}

/// Holds every set, the one whose lock is the group's first; no pod is released before all are.
async fn hold_all(
    cx: &Context,
    opening: &Opening<'_>,
    group: &Membership,
    requests: Vec<Request<'_>>,
    proposals: Vec<Proposal>,
) -> Result<Vec<(Snapshot, Run)>, Failure> {
    let members: Vec<&str> = group.members();
    let leader = group.leader();
    let mut waiting: Vec<_> = requests.into_iter().zip(proposals).collect();
    waiting.sort_by_key(|(request, _)| request.set != leader);
    let mut held: Vec<(Snapshot, Run)> = Vec::new();
    for (request, proposal) in waiting {
        match request.hold(cx, proposal).await {
            Ok(done) => held.push(done),
            Err(failure) => return Err(half_held(cx, opening, group, &held, failure).await),
        }
    }
    held.sort_by_key(|(snapshot, _)| members.iter().position(|set| *set == snapshot.set.name));
    Ok(held)
}

/// What it means when one of several sets could not be held: the others stay held, with no pod
/// touched, and their locks are given up.
async fn half_held(
    cx: &Context,
    opening: &Opening<'_>,
    group: &Membership,
    held: &[(Snapshot, Run)],
    mut failure: Failure,
) -> Failure {
    if held.is_empty() {
        return failure;
    }
    for (snapshot, run) in held {
        let run = Run { holder: None, ..run.clone() };
        let patch = |set: &crate::model::set::Set| SetPatch {
            run: RunChange::Write(run.clone()),
            ..SetPatch::of(set)
        };
        if let Err(error) = judged::write(cx, &snapshot.set, Keep::Written, patch).await {
            let name = snapshot.set.display();
            failure.hints.push(format!("the lock of {name} expires by itself: {:#}", error.cause));
        }
    }
    let done: Vec<&str> = held.iter().map(|(snapshot, _)| snapshot.set.name.as_str()).collect();
    let left: Vec<&str> = group.members().into_iter().filter(|set| !done.contains(set)).collect();
    failure.exit = Exit::Partial;
    failure
        .hints
        .push(format!("held with the new template, no pod was touched: {}", done.join(", ")));
    failure.hints.push(format!("not held: {}", left.join(", ")));
    let selector = opening.args.selector.as_deref().unwrap_or_default();
    failure
        .hint("begin again with the same command: what is held already stays held")
        .hint(format!("take it back: {}", cx.command(&["rollout", "abort", "-l", selector])))
}
