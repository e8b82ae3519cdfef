//! `rollout restart`: pods as they are, one after the other.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cluster::clock;
use crate::cluster::status;
use crate::cluster::write::Keep;
use crate::commands::context::Context;
use crate::commands::drive::{Aid, drive, finish};
use crate::commands::dry_run::{DryRun, WriteArgs};
use crate::commands::rollout::begin::refused;
use crate::commands::rollout::order::{OrderArgs, known};
use crate::commands::rollout::pace::PaceArgs;
use crate::commands::rollout::stage::{self, StageArgs};
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::order::{Order, Ordinals};
use crate::model::ordinal::Ordinal;
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::options::{BudgetRule, Options};
use crate::plan::restart::{RevisionChange, begin};
use crate::plan::step::{PodDeletion, Step};
use crate::progress::event::NextCommand;
use crate::progress::restart::{self, Restart, Wanted};
use crate::render::plan::each_pod;

/// Restart pods one at a time, each after those before it have passed every gate
///
/// The template stays as it is, so no GitOps tool finds a difference. Pods are evicted, which
/// respects every disruption budget. A pod that would come back on another revision than it runs
/// is not restarted. Before one goes, all others have been ready for --soak. Claims stay; that is
/// checked at the end.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct RestartArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// Restart only the pods with these ordinals, such as 3,1-2
    #[arg(long, value_name = "ORDINALS")]
    ordinals: Option<Ordinals>,

    /// Take pods down by evicting them, by deleting them, or by a staged rollout of a template with a new annotation
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Via::Evict)]
    via: Via,

    #[command(flatten)]
    write: WriteArgs,

    #[command(flatten)]
    order: OrderArgs,

    #[command(flatten)]
    pace: PaceArgs,

    /// Restart pods that come back on another revision than they run
    #[arg(long, help_heading = "Overrides")]
    allow_revision_change: bool,
}

const EXAMPLES: &str = "\
Examples:
  # All pods, the highest first
  kubectl sts rollout restart db

  # Two pods, without asking
  kubectl sts rollout restart db --ordinals 0,2 --yes

  # The primary last, wherever it moves to
  kubectl sts rollout restart db --leader 'exec:patronictl-leader'";

/// How pods are taken down.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Via {
    Evict,
    Delete,
    Template,
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &RestartArgs) -> Result<Exit, Failure> {
    let via = match args.via {
        Via::Evict => restart::Via::Eviction,
        Via::Delete => restart::Via::Deletion,
        Via::Template => return by_template(cx, args).await,
    };
    let options = options(args)?;
    let order = args.order.order()?;
    let mut snapshot = cx.snapshot(&args.set).await?;
    let ordinals = chosen(args, &order, &snapshot)?;
    let change =
        if args.allow_revision_change { RevisionChange::Allow } else { RevisionChange::Refuse };
    let refusals = begin(&snapshot, &ordinals, change, &options, clock::now());
    if let Some(failure) = refused(cx, &args.set, &refusals) {
        return Err(failure);
    }
    let set = snapshot.set.clone();
    let gates = args.pace.gates();
    let names: Vec<String> = ordinals.iter().map(|ordinal| set.pod_name(*ordinal)).collect();
    let how = if via == restart::Via::Eviction { "eviction" } else { "deletion" };
    let last = if order == Order::LeaderLast { "; whichever pod leads goes last" } else { "" };
    cx.terminal.note(format!(
        "{}: restart by {how}, one at a time: {}{last}\neach pod: {}",
        set.display(),
        names.join(", "),
        each_pod(&set, &options, &gates)
    ));
    if args.write.dry_run != DryRun::Client {
        probe(cx, &snapshot, &ordinals, via).await?;
    }
    if args.write.dry_run != DryRun::None {
        let suffix = args.write.dry_run.suffix();
        cx.terminal.print(format!("{} restarted{suffix}", set.display()))?;
        return Ok(Exit::Success);
    }
    cx.consent(args.write.consent(), "Restart these pods?").await?;
    let before = claims(cx, &snapshot, &ordinals).await?;
    let wanted = Wanted {
        ordinals: ordinals.clone(),
        order: order.clone(),
        leader: args.order.leader().cloned(),
        via,
        options: options.clone(),
        gated: !gates.is_empty(),
        change: format!("restart by {how}"),
    };
    let aid = Aid {
        gates: &gates,
        gate_timeout: Duration::try_from(args.pace.gate_timeout()).unwrap_or_default(),
        patience: options.step_timeout,
    };
    let mut machine = Restart::new(wanted, &snapshot, clock::now());
    let (mut end, view) = match drive(cx, &mut snapshot, &mut machine, aid).await {
        Ok(ended) => ended,
        Err(mut failure) => {
            for way in ways_on(cx, args, &order, &machine.left(&set)) {
                failure.hints.push(format!("{}: {}", way.does, way.command));
            }
            return Err(failure);
        }
    };
    let lost = changed(&before, &claims(cx, &snapshot, &ordinals).await?);
    if !lost.is_empty() {
        end.exit = Exit::Partial;
        end.summary = format!("{}; but {}", end.summary, lost.join(", "));
    }
    let next = ways_on(cx, args, &order, &machine.left(&set));
    Ok(finish(cx, view, end, next))
}

/// A staged rollout whose template differs by an annotation.
async fn by_template(cx: &mut Context, args: &RestartArgs) -> Result<Exit, Failure> {
    if args.ordinals.is_some() {
        return Err(Failure::usage("--via=template restarts all pods; --ordinals cannot be given"));
    }
    if args.allow_revision_change {
        return Err(Failure::usage("--allow-revision-change is not for --via=template"));
    }
    let stage =
        StageArgs::restart(args.set.clone(), args.order.clone(), args.pace.clone(), args.write);
    Box::pin(stage::run(cx, &stage)).await
}

fn options(args: &RestartArgs) -> Result<Options, Failure> {
    if let Some(flag) = args.pace.flag_of_steps() {
        return Err(Failure::usage(format!(
            "{flag} is for rollouts in steps; a restart has none, unless --via=template"
        )));
    }
    let options = args.pace.options(false)?;
    if args.via == Via::Evict && options.budgets == BudgetRule::Ignore {
        return Err(Failure::usage("the server heeds budgets before every eviction")
            .hint("to restart whatever they say: --via=delete --ignore-pdb"));
    }
    Ok(options)
}

/// The pods to restart, in the order in which they go as long as nobody leads.
fn chosen(args: &RestartArgs, order: &Order, snapshot: &Snapshot) -> Result<Vec<Ordinal>, Failure> {
    let set = &snapshot.set;
    known(set, &order.unknown(set.wanted))?;
    let sequence = order.sequence(set.wanted);
    let Some(ordinals) = &args.ordinals else { return Ok(sequence) };
    known(set, &ordinals.outside(set.wanted))?;
    if let Order::List(list) = order
        && let Some(other) = list.list().iter().find(|ordinal| !ordinals.list().contains(ordinal))
    {
        let pod = set.pod_name(*other);
        return Err(Failure::usage(format!("--order names {pod}, and --ordinals does not")));
    }
    Ok(sequence.into_iter().filter(|ordinal| ordinals.list().contains(ordinal)).collect())
}

/// Asks the server what it would say to taking each of the pods down now, without doing it.
async fn probe(
    cx: &Context,
    snapshot: &Snapshot,
    ordinals: &[Ordinal],
    via: restart::Via,
) -> Result<(), Failure> {
    for pod in ordinals.iter().filter_map(|ordinal| snapshot.pod(*ordinal)) {
        let deletion = PodDeletion::of(&snapshot.set, pod);
        let step = match via {
            restart::Via::Eviction => Step::EvictPod(deletion),
            restart::Via::Deletion => Step::DeletePod(deletion),
        };
        match cx.session.apply(&step, Keep::DryRun).await {
            Ok(_) => {}
            // It is another by now; what counts is asked again when its turn comes.
            Err(error) if status::is_conflict(&error) || status::is_not_found(&error) => {}
            Err(error) => match status::full_budget(&error) {
                Some(words) => {
                    let pod = &pod.name;
                    cx.terminal.warning(&format!("pod {pod} cannot be evicted now: {words}"));
                    return Ok(());
                }
                None => return Err(error.into()),
            },
        }
    }
    Ok(())
}

/// The UIDs of the claims of these pods, by name.
async fn claims(
    cx: &Context,
    snapshot: &Snapshot,
    ordinals: &[Ordinal],
) -> Result<Known<BTreeMap<String, String>>, Failure> {
    let set = &snapshot.set;
    let names: Vec<String> =
        ordinals.iter().flat_map(|ordinal| set.claim_names(*ordinal)).collect();
    if names.is_empty() {
        return Ok(Known::Read(BTreeMap::new()));
    }
    Ok(match cx.session.claims(Some(&set.namespace)).await? {
        Known::Unknown(reason) => {
            cx.terminal.warning(&format!("claims could not be compared: {reason}"));
            Known::Unknown(reason)
        }
        Known::Read(claims) => {
            let ours = claims.into_iter().filter(|claim| names.contains(&claim.name));
            Known::Read(ours.map(|claim| (claim.name, claim.uid)).collect())
        }
    })
}

/// Claims that are not what they were.
fn changed(
    before: &Known<BTreeMap<String, String>>,
    after: &Known<BTreeMap<String, String>>,
) -> Vec<String> {
    let (Known::Read(before), Known::Read(after)) = (before, after) else { return Vec::new() };
    let differs = |(name, uid): (&String, &String)| match after.get(name) {
        None => Some(format!("claim {name} is gone")),
        Some(now) if now != uid => {
            Some(format!("claim {name} is another one than before (uid {uid}, now {now})"))
        }
        Some(_) => None,
    };
    before.iter().filter_map(differs).collect()
}

/// The command that restarts the pods that are left.
fn ways_on(cx: &Context, args: &RestartArgs, order: &Order, left: &[Ordinal]) -> Vec<NextCommand> {
    if left.is_empty() {
        return Vec::new();
    }
    let mut ascending = left.to_vec();
    ascending.sort_unstable();
    let mut words = vec![
        "rollout".to_owned(),
        "restart".to_owned(),
        args.set.clone(),
        "--ordinals".to_owned(),
        Ordinals::new(ascending).to_string(),
    ];
    let order = match order {
        Order::List(list) => {
            let named = list.list().iter().copied().filter(|ordinal| left.contains(ordinal));
            let named = Ordinals::new(named);
            (!named.list().is_empty()).then_some(Order::List(named))
        }
        Order::Asc => Some(Order::Asc),
        // The default, or said by --leader.
        Order::Desc | Order::LeaderLast => None,
    };
    if let Some(order) = order {
        words.extend(["--order".to_owned(), order.to_string()]);
    }
    if args.via == Via::Delete {
        words.push("--via=delete".to_owned());
    }
    if args.allow_revision_change {
        words.push("--allow-revision-change".to_owned());
    }
    words.extend(args.order.words());
    words.extend(args.pace.words());
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    vec![NextCommand { does: "go on".to_owned(), command: cx.command(&words) }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_that_is_another_is_told() {
        let claims = |list: &[(&str, &str)]| {
            let owned = list.iter().map(|(name, uid)| ((*name).to_owned(), (*uid).to_owned()));
            Known::Read(owned.collect::<BTreeMap<_, _>>())
        };
        let before = claims(&[("data-db-0", "a"), ("data-db-1", "b")]);
        assert_eq!(changed(&before, &before), Vec::<String>::new());
        let after = claims(&[("data-db-0", "c")]);
        let told = changed(&before, &after);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("data-db-0 is another one"), "{told:?}");
        assert_eq!(told[1], "claim data-db-1 is gone");
        let unknown = Known::Unknown("forbidden".to_owned());
        assert_eq!(changed(&before, &unknown), Vec::<String>::new(), "said where it was read");
    }
}
