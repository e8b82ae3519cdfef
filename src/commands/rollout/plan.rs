//! `rollout plan`: what `stage` would do, pod by pod, without doing it.

use clap::Args;

use crate::cluster::clock;
use crate::cluster::readings::Access;
use crate::commands::context::{self, Context};
use crate::commands::rollout::begin::{Preview, Request, refused};
use crate::commands::rollout::change::ChangeArgs;
use crate::commands::rollout::overrides::OverrideArgs;
use crate::commands::rollout::pace::PaceArgs;
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::gate::GateKind;
use crate::model::run::Steps;
use crate::plan::assess::assess;
use crate::plan::options::{BudgetRule, Options};
use crate::render::status;
use crate::render::table::Headers;

/// Show what stage would do, and whether anything forbids it
///
/// The API server checks the change by a dry run, so the difference shown is the one that would be
/// stored. Nothing is written. Exit code 0 when the rollout could begin, 7 or 9 when not.
#[derive(Args, Clone, Debug)]
pub struct PlanArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// Stop after these numbers of updated pods, counted from the top and cumulative
    #[arg(long, value_name = "STEPS", default_value_t = Steps::default())]
    steps: Steps,

    #[command(flatten)]
    change: ChangeArgs,

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

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &PlanArgs) -> Result<Exit, Failure> {
    let options = args.pace.options(cx.terminal.can_ask())?;
    let manifest = args.change.read_manifest(&cx.terminal)?;
    let request = Request {
        set: &args.set,
        change: &args.change,
        manifest: manifest.as_deref(),
        steps: &args.steps,
        gates: args.pace.gates_digest(),
        group: None,
        options: &options,
        overrides: args.overrides.overrides(),
    };
    let now = clock::now();
    let denied = denied(cx, args, &options).await?;
    // The server would only try a change for somebody who may make it.
    let preview = if denied.contains(&TO_PATCH) { Preview::None } else { Preview::Server };
    let proposal = request.propose(cx, preview, now).await?;
    let shown = request.shown(&proposal, args.pace.gates());
    cx.terminal.note(cx.place());
    cx.terminal.print(shown.text())?;
    let found = assess(&proposal.snapshot, now);
    cx.terminal.print(status::pods(&proposal.snapshot, &found, Headers::Shown, now))?;
    for access in &denied {
        cx.terminal.warning(&sentence(*access, cx.session.namespace()));
    }
    if let Some(failure) = refused(cx, &args.set, &proposal.refusals) {
        return Err(failure);
    }
    if denied.iter().any(|access| *access != TO_ABORT) {
        return Err(context::refused("you lack rights that this rollout needs")
            .hint("docs/rbac.md has the whole role"));
    }
    if proposal.changes_nothing() {
        cx.terminal.print("the template is already this one: nothing would move")?;
    }
    Ok(Exit::Success)
}

/// What this user is not allowed to do and `stage` would have to.
async fn denied(cx: &Context, args: &PlanArgs, options: &Options) -> Result<Vec<Access>, Failure> {
    let mut needs = NEEDS.to_vec();
    if options.budgets == BudgetRule::Respect {
        needs.push(FOR_BUDGETS);
    }
    if args.pace.gates().iter().any(|gate| matches!(gate.kind, GateKind::Exec { .. })) {
        needs.push(FOR_EXEC);
    }
    let namespace = cx.session.namespace();
    let answers = futures::future::try_join_all(
        needs.iter().map(|access| cx.session.may(*access, namespace)),
    )
    .await?;
    let denied = needs.into_iter().zip(answers).filter(|(_, allowed)| !allowed);
    Ok(denied.map(|(access, _)| access).collect())
}

fn sentence(access: Access, namespace: &str) -> String {
    let with = |before: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!("{before}{text}") }
    };
    let (group, sub) = (with(".", access.group), with("/", access.subresource));
    format!("you may not {} {}{group}{sub} in namespace {namespace}", access.verb, access.resource)
}
