//! `rollout plan`: what `stage` would do, pod by pod, without doing it.

use clap::Args;
use jiff::Timestamp;

use crate::cluster::clock;
use crate::cluster::readings::Access;
use crate::commands::context::{self, Context};
use crate::commands::dry_run::Preview;
use crate::commands::output::Output;
use crate::commands::rollout::begin::{Proposal, Request, refused};
use crate::commands::rollout::change::ChangeArgs;
use crate::commands::rollout::order::{OrderArgs, known};
use crate::commands::rollout::overrides::OverrideArgs;
use crate::commands::rollout::pace::PaceArgs;
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::gate::http::{HttpQuestion, Prometheus, Query, Target};
use crate::model::gate::{Gate, Question};
use crate::model::leader::LeaderKind;
use crate::model::order::Order;
use crate::model::run::Steps;
use crate::plan;
use crate::plan::assess::assess;
use crate::plan::options::{BudgetRule, Options};
use crate::plan::outlook::Outlook;
use crate::plan::refusal::Refusal;
use crate::plan::step::RunChange;
use crate::render::outlook;
use crate::render::plan_document::{self, Verdict};
use crate::render::refusal::refusal;
use crate::render::status;
use crate::render::table::Headers;

/// Show what stage would do, and whether anything forbids it
///
/// The API server checks the change by a dry run, so the difference shown is the one that would be
/// stored. Also told is which revision the template is, and what the controller alone would do if
/// the change were applied plainly. Nothing is written. Exit code 0 when the rollout could begin,
/// 7 or 9 when not.
#[derive(Args, Clone, Debug)]
pub struct PlanArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// Stop after these numbers of updated pods, counted from the top and cumulative
    #[arg(long, value_name = "STEPS", default_value_t = Steps::default())]
    steps: Steps,

    /// Print a document instead of text
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Output>,

    #[command(flatten)]
    change: ChangeArgs,

    #[command(flatten)]
    order: OrderArgs,

    #[command(flatten)]
    pace: PaceArgs,

    #[command(flatten)]
    overrides: OverrideArgs,
}

/// What `stage` needs to be allowed to do.
const NEEDS: &[Access] = &[
    Access { verb: "get", group: "apps", resource: "statefulsets", subresource: "" },
    Access { verb: "watch", group: "apps", resource: "statefulsets", subresource: "" },
    TO_PATCH,
    Access { verb: "list", group: "apps", resource: "controllerrevisions", subresource: "" },
    Access { verb: "get", group: "apps", resource: "controllerrevisions", subresource: "" },
    Access { verb: "list", group: "", resource: "pods", subresource: "" },
    Access { verb: "watch", group: "", resource: "pods", subresource: "" },
    TO_ABORT,
];

/// Not needed to roll out, but to take a broken rollout back.
const TO_ABORT: Access = Access { verb: "delete", group: "", resource: "pods", subresource: "" };

const TO_PATCH: Access =
    Access { verb: "patch", group: "apps", resource: "statefulsets", subresource: "" };

const FOR_BUDGETS: Access =
    Access { verb: "list", group: "policy", resource: "poddisruptionbudgets", subresource: "" };

const FOR_EXEC: Access =
    Access { verb: "create", group: "", resource: "pods", subresource: "exec" };

const FOR_REQUESTS: Access =
    Access { verb: "create", group: "", resource: "pods", subresource: "portforward" };

const FOR_QUERIES: Access =
    Access { verb: "get", group: "", resource: "services", subresource: "proxy" };

/// Of sets with more pods than this, only those are shown that are not well.
const MANY: usize = 20;

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &PlanArgs) -> Result<Exit, Failure> {
    let options = args.pace.options(cx.terminal.can_ask())?;
    let order = args.order.order()?;
    let manifest = args.change.read_manifest(&cx.terminal)?;
    let request = Request {
        set: &args.set,
        change: &args.change,
        manifest: manifest.as_deref(),
        steps: &args.steps,
        order: &order,
        gates: args.pace.gates_digest(),
        group: None,
        options: &options,
        overrides: args.overrides.overrides_for(&order),
    };
    let now = clock::now();
    let gates = args.pace.gates();
    let denied = denied(cx, args, &gates, &options).await?;
    let by_deletion = order != Order::Desc;
    // The server would only try a change for somebody who may make it.
    let may_not = |access: Access| denied.iter().any(|(denied, _)| *denied == access);
    let preview = if may_not(TO_PATCH) { Preview::None } else { Preview::Server };
    let proposal = request.propose(cx, preview, now).await?;
    known(&proposal.snapshot.set, &order.unknown(proposal.snapshot.set.wanted))?;
    let shown = request.shown(&proposal, &gates);
    let found = foresee(cx, &proposal).await;
    let refusal = refused(cx, &args.set, &proposal.refusals);
    let missing: Vec<String> =
        denied.iter().map(|(access, namespace)| sentence(*access, namespace)).collect();
    let lacks = denied.iter().any(|(access, _)| by_deletion || *access != TO_ABORT);
    cx.tell_notices();
    cx.terminal.note(cx.place());
    if let Some(output) = args.output {
        let refusals = words(cx, &args.set, &proposal.refusals);
        let allowed = refusal.is_none() && !lacks;
        let verdict = Verdict { allowed, refusals, missing_rights: missing.clone() };
        let cluster = cx.cluster();
        let document = plan_document::document(&shown, found.as_ref(), verdict, now, cluster);
        cx.terminal.print(output.encode(&document)?)?;
    } else {
        let nothing = proposal.changes_nothing();
        cx.terminal.print(if nothing { shown.headline() } else { shown.text() })?;
        if let Some(found) = &found {
            cx.terminal.print(outlook::outlook(&proposal.snapshot, found))?;
        }
        print_pods(cx, &proposal, now)?;
    }
    for sentence in &missing {
        cx.terminal.warning(sentence);
    }
    if let Some(failure) = refusal {
        return Err(failure);
    }
    if lacks {
        return Err(context::refused("you lack rights that this rollout needs")
            .hint("docs/rbac.md has the whole role"));
    }
    Ok(Exit::Success)
}

/// What becomes of the change, where the server has said what it makes of it.
async fn foresee(cx: &Context, proposal: &Proposal) -> Option<Outlook> {
    let (template, RunChange::Write(run)) = (proposal.template.as_ref()?, &proposal.patch.run)
    else {
        return None;
    };
    let feature = cx.session.max_unavailable(cx.session.namespace()).await;
    let (snapshot, source) = (&proposal.snapshot, proposal.source);
    Some(plan::outlook::outlook(snapshot, source, template, &run.original, feature))
}

/// The pods as they are; of many, those that are not well.
fn print_pods(cx: &mut Context, proposal: &Proposal, now: Timestamp) -> Result<(), Failure> {
    let snapshot = &proposal.snapshot;
    let mut found = assess(snapshot, now);
    if found.pods.len() > MANY {
        found.pods.retain(|pod| !pod.available || pod.pending_downgrade);
    }
    if !found.pods.is_empty() {
        cx.terminal.print(status::pods(snapshot, &found, Headers::Shown, now))?;
    }
    Ok(())
}

/// The refusals in words, without what to do about them.
fn words(cx: &Context, set: &str, refusals: &[Refusal]) -> Vec<String> {
    refusals.iter().map(|one| refusal(one, set, &|words| cx.command(words)).0).collect()
}

/// What this user is not allowed to do and `stage` would have to.
async fn denied<'a>(
    cx: &'a Context,
    args: &PlanArgs,
    gates: &'a [Gate],
    options: &Options,
) -> Result<Vec<(Access, &'a str)>, Failure> {
    let namespace = cx.session.namespace();
    let mut needs: Vec<_> = NEEDS.iter().map(|access| (*access, namespace, "")).collect();
    if options.budgets == BudgetRule::Respect {
        needs.push((FOR_BUDGETS, namespace, ""));
    }
    let leader = args.order.leader();
    if leader.is_some_and(|leader| matches!(leader.kind, LeaderKind::Exec { .. })) {
        needs.push((FOR_EXEC, namespace, ""));
    }
    for needed in gates.iter().filter_map(|gate| needs_of(gate, namespace)) {
        if !needs.contains(&needed) {
            needs.push(needed);
        }
    }
    let answers = futures::future::try_join_all(
        needs.iter().map(|(access, place, name)| cx.session.may_with(*access, place, name)),
    )
    .await?;
    let denied = needs.into_iter().zip(answers).filter(|(_, allowed)| !allowed);
    Ok(denied.map(|((access, place, _), _)| (access, place)).collect())
}

/// What a gate on a set in this namespace has to be allowed to do, where, and to which object.
fn needs_of<'a>(gate: &'a Gate, namespace: &'a str) -> Option<(Access, &'a str, &'a str)> {
    match &gate.question {
        Question::Exec { .. } => Some((FOR_EXEC, namespace, "")),
        Question::Http(HttpQuestion { target: Target::Pods { .. }, .. }) => {
            Some((FOR_REQUESTS, namespace, ""))
        }
        Question::Query(Query { from: Some(Prometheus::Service(service)), .. }) => {
            Some((FOR_QUERIES, &service.namespace, &service.name))
        }
        Question::Http(_) | Question::Query(_) | Question::Command { .. } => None,
    }
}

fn sentence(access: Access, namespace: &str) -> String {
    let with = |before: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!("{before}{text}") }
    };
    let (group, sub) = (with(".", access.group), with("/", access.subresource));
    format!("you may not {} {}{group}{sub} in namespace {namespace}", access.verb, access.resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(text: &str) -> Option<(Access, String, String)> {
        let mut gate: Gate = text.parse().unwrap();
        if let Question::Query(query) = &mut gate.question {
            query.from = Some(Prometheus::Service("monitoring/prom:9090".parse().unwrap()));
        }
        needs_of(&gate, "prod").map(|(access, place, name)| (access, place.into(), name.into()))
    }

    #[test]
    fn gates_need_what_they_go_through() {
        let of = |access, place: &str, name: &str| Some((access, place.into(), name.into()));
        assert_eq!(needs("cmd:true"), None);
        assert_eq!(needs("exec:true"), of(FOR_EXEC, "prod", ""));
        assert_eq!(needs("http:8080/"), of(FOR_REQUESTS, "prod", ""));
        assert_eq!(needs("http://localhost/"), None);
        let query = needs("promql:up expect='> 0'");
        assert_eq!(query, of(FOR_QUERIES, "monitoring", "prom:9090"));
    }
}
