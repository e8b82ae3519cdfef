//! What follows once the new set is there: it is verified, pods are restarted if that was asked
//! for, and the copy is removed.

use std::time::Duration;

use crate::cluster::clock;
use crate::cluster::status;
use crate::commands::drive::{Aid, drive, finish};
use crate::commands::recreate::RecreateArgs;
use crate::commands::recreate::replace::Replace;
use crate::exit::{Exit, Failure};
use crate::model::order::Order;
use crate::model::ordinal::Ordinal;
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::recreate::Restarts;
use crate::plan::recreate::verify::{Wrong, verify};
use crate::plan::restart::{RevisionChange, begin};
use crate::progress::event::NextCommand;
use crate::progress::machine::after;
use crate::progress::restart::{Restart, Via, Wanted};
use crate::render::recreate::wrong;
use crate::render::refusal::refusal;

/// Sees a new set through to its end.
pub(super) async fn run(work: &mut Replace<'_>, args: &RecreateArgs) -> Result<Exit, Failure> {
    let restarts = work.record.restarts == Restarts::All;
    // One that was restarted already is another pod than before, and was meant to be.
    let snapshot = adopted(work, if restarts { &work.record.before.pods } else { &[] }).await?;
    let set = snapshot.set.display();
    work.cx.terminal.note(format!("{set} is there and has adopted its pods"));
    if restarts {
        if let Some(exit) = work.heard() {
            let cause =
                anyhow::anyhow!("interrupted; the new set is there, pods are left to restart");
            return Err(work.way_on(Failure::new(exit, cause)));
        }
        let exit = restart(work, args).await?;
        if exit != Exit::Success {
            return Ok(exit);
        }
        claimed(work).await?;
    }
    work.forget().await?;
    work.cx.terminal.print(format!("{set} recreated"))?;
    Ok(Exit::Success)
}

/// Waits until the set has taken over all pods, and nothing is wrong with them. Pods among
/// `replaced` may be others than before.
pub(super) async fn adopted(
    work: &mut Replace<'_>,
    replaced: &[(String, String)],
) -> Result<Snapshot, Failure> {
    loop {
        let what = match look(work, replaced).await {
            Ok((snapshot, found)) if found.is_empty() => return Ok(snapshot),
            Ok((_, found)) => {
                if found.iter().any(|what| matches!(what, Wrong::DoomedClaims { .. })) {
                    work.strip().await?;
                }
                found.iter().map(wrong).collect::<Vec<_>>().join("; ")
            }
            Err(error) if status::is_unclear(&error) => "the API server does not answer".to_owned(),
            Err(error) => return Err(work.way_on(error.into())),
        };
        if clock::now() >= work.until {
            let cause = anyhow::anyhow!("statefulset.apps/{} was recreated, but {what}", work.set);
            return Err(work.way_on(Failure::new(Exit::Partial, cause)));
        }
        work.wait(&what).await?;
    }
}

async fn look(
    work: &Replace<'_>,
    replaced: &[(String, String)],
) -> Result<(Snapshot, Vec<Wrong>), kube::Error> {
    let session = &work.cx.session;
    let namespace = session.namespace();
    let set = session.set(namespace, work.set).await?;
    let pods = session.pods(&set).await?;
    let budgets = Known::Unknown("not asked for".to_owned());
    let taken_at = clock::now();
    let snapshot = Snapshot { set, pods, revisions: Vec::new(), budgets, taken_at };
    let claims = match session.claims(Some(namespace)).await? {
        Known::Read(claims) => claims,
        Known::Unknown(_) => Vec::new(),
    };
    let mut found = verify(&work.record.before, &snapshot, &claims);
    let meant = |pod: &String| replaced.iter().any(|(name, _)| name == pod);
    found.retain(|what| match what {
        Wrong::OtherPod { pod } | Wrong::NoPod { pod } => !meant(pod),
        _ => true,
    });
    Ok((snapshot, found))
}

/// Restarts the pods that are still those of before, the lowest first.
async fn restart(work: &mut Replace<'_>, args: &RecreateArgs) -> Result<Exit, Failure> {
    let options = args.options();
    let (mut snapshot, left) = fit(work, args).await?;
    if left.is_empty() {
        return Ok(Exit::Success);
    }
    let wanted = Wanted {
        ordinals: left,
        order: Order::Asc,
        leader: None,
        via: Via::Eviction,
        options: options.clone(),
        gated: false,
        change: "restart for the new set".to_owned(),
    };
    let mut machine = Restart::new(wanted, &snapshot, clock::now());
    let aid = Aid { gates: &[], gate_timeout: Duration::ZERO, patience: options.step_timeout };
    let (end, view) = match drive(work.cx, &mut snapshot, &mut machine, aid).await {
        Ok(ended) => ended,
        Err(failure) => return Err(work.way_on(failure)),
    };
    let command = work.cx.command(&["recreate", work.set, "--resume"]);
    let next = NextCommand { does: "go on".to_owned(), command };
    let next = if end.exit == Exit::Success { Vec::new() } else { vec![next] };
    Ok(finish(work.cx, view, end, next))
}

/// Waits until the set is fit for a restart; returns which pods are left to restart.
async fn fit(
    work: &mut Replace<'_>,
    args: &RecreateArgs,
) -> Result<(Snapshot, Vec<Ordinal>), Failure> {
    let options = args.options();
    work.until = after(clock::now(), options.step_timeout);
    loop {
        let snapshot = work.cx.snapshot(work.set).await.map_err(|failure| work.way_on(failure))?;
        let set = &snapshot.set;
        if set.wanted.replicas == 0 {
            return Ok((snapshot, Vec::new()));
        }
        let before = |name: &str, uid: &str| {
            work.record.before.pods.iter().any(|(pod, old)| pod == name && old == uid)
        };
        let left: Vec<Ordinal> = set
            .wanted
            .iter()
            .filter(|ordinal| snapshot.pod(*ordinal).is_some_and(|pod| before(&pod.name, &pod.uid)))
            .collect();
        let refusals = begin(&snapshot, &left, RevisionChange::Refuse, &options, clock::now());
        let Some(first) = refusals.first() else { return Ok((snapshot, left)) };
        let (why, _) = refusal(first, work.set, &|words| work.cx.command(words));
        work.wait(&why).await?;
    }
}

/// Every pod has its claims, of the new templates too.
async fn claimed(work: &mut Replace<'_>) -> Result<(), Failure> {
    let namespace = work.cx.session.namespace().to_owned();
    let set = work.cx.session.set(&namespace, work.set).await?;
    let Known::Read(claims) = work.cx.session.claims(Some(&namespace)).await? else {
        return Ok(());
    };
    let missing: Vec<String> = set
        .wanted
        .iter()
        .flat_map(|ordinal| set.claim_names(ordinal))
        .filter(|name| !claims.iter().any(|claim| claim.name == *name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let cause = anyhow::anyhow!("all pods were restarted, but there is no {}", missing.join(", "));
    Err(work.way_on(Failure::new(Exit::Partial, cause)))
}
