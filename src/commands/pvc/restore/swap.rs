//! A claim that has taken the name of a deleted one makes room for it.
//!
//! Nothing tells that a volume is empty. So the claim goes the way of all deleted claims: on the
//! same evidence, and into the same trash.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::cluster::clock;
use crate::commands::context::{Context, refused};
use crate::commands::dry_run::DryRun;
use crate::commands::pvc::prune::act::{Prune, Settings, rehearse};
use crate::commands::pvc::prune::evidence::Evidence;
use crate::commands::pvc::restore::{Case, RestoreArgs};
use crate::commands::pvc::survey::Depth;
use crate::exit::{Exit, Failure};
use crate::model::claim::Claim;
use crate::plan::pvc::class::{Class, Confidence};
use crate::plan::pvc::hold::HoldKind;
use crate::plan::pvc::terms::{Terms, objections};
use crate::progress::prune::Backup;
use crate::render::pvc::words::objection;

/// What makes room: whatever no ordinal wants and nobody uses, however young it is.
fn terms() -> Terms {
    let lifted = [
        HoldKind::Parked,
        HoldKind::BelowStart,
        HoldKind::Reserved,
        HoldKind::Handmade,
        HoldKind::Static,
    ];
    Terms {
        classes: Class::ALL.into_iter().filter(|class| class.is_left_behind()).collect(),
        confidence: Confidence::Low,
        lifted: BTreeSet::from(lifted),
        idle: SignedDuration::ZERO,
    }
}

/// Puts the claims that are in the way into the trash.
pub(super) async fn run(
    cx: &mut Context,
    args: &RestoreArgs,
    taken: &[&Case],
) -> Result<Exit, Failure> {
    if taken.is_empty() {
        return Ok(Exit::Success);
    }
    let namespaces: BTreeSet<String> =
        taken.iter().map(|case| case.target.namespace.clone()).collect();
    let (depth, surveys) = (Depth::Deep, Vec::new());
    let mut evidence = Evidence { set: None, depth, terms: terms(), surveys };
    evidence.read(cx, namespaces.into_iter().map(Some).collect()).await?;
    let claims = in_the_way(&evidence, taken)?;
    for claim in &claims {
        let size = claim.capacity.as_deref().unwrap_or("unknown size");
        let volume = claim.volume.as_deref().map(|name| format!(", pv/{name}")).unwrap_or_default();
        cx.terminal.note(format!("pvc/{} ({size}{volume}) makes room", claim.name));
    }
    match args.write.dry_run {
        DryRun::Client => return Ok(Exit::Success),
        DryRun::Server => return rehearse(cx, &claims).await,
        DryRun::None => {}
    }
    let question = "Put what has taken the name into the trash, and bring the deleted claims back?";
    cx.consent(args.write.consent(), question).await?;
    let settings =
        Settings { backup: Backup::Retain, timeout: args.timeout, batch: 5, output: None };
    let claims = claims.into_iter().map(|claim| (claim, None)).collect();
    Prune::new(cx, settings, &evidence)?.run(claims).await
}

/// The claims that have taken the names, if all of them can go.
fn in_the_way(evidence: &Evidence, taken: &[&Case]) -> Result<Vec<Claim>, Failure> {
    let now = clock::now();
    let verdicts = evidence.verdicts();
    let mut claims = Vec::new();
    for case in taken {
        let found = verdicts.iter().find(|verdict| {
            verdict.claim.namespace == case.target.namespace
                && verdict.claim.name == case.target.name
        });
        let Some(verdict) = found else { continue };
        let against = objections(verdict, &evidence.terms, now);
        if let Some(first) = against.first() {
            let text = format!("pvc/{} makes no room: {}", case.target.name, objection(first));
            return Err(refused(&text).hint("nothing was changed"));
        }
        claims.push(verdict.claim.clone());
    }
    Ok(claims)
}
