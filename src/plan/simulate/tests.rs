//! Cases seen on a control plane of Kubernetes 1.37, with what came of them there.

mod broken;
mod budget;
mod order;
mod revisions;
mod scaling;

use crate::model::feature::MaxUnavailable;
use crate::model::set::{Rolling, Set, Strategy};
use crate::model::snapshot::Snapshot;
use crate::plan::simulate::assumed::{Assumed, Broken};
use crate::plan::simulate::change::Change;
use crate::plan::simulate::forecast::{Before, Deed, End, Forecast};
use crate::plan::simulate::world::Simulation;
use crate::testing::{a_pod, a_set, a_snapshot, a_template};

const ON: MaxUnavailable = MaxUnavailable::Counts;
const OFF: MaxUnavailable = MaxUnavailable::Dropped;

fn settled(replicas: u32) -> Set {
    let mut set = a_set("db").replicas(replicas);
    set.status = crate::model::set::SetStatus {
        ready: replicas,
        available: replicas,
        updated: replicas,
        ..set.status
    };
    set
}

fn fresh(set: &Set) -> Snapshot {
    let mut snapshot = a_snapshot(set);
    snapshot.revisions.truncate(1);
    snapshot
}

fn at_most(set: Set, most: &str) -> Set {
    let rolling = Rolling { partition: set.partition(), max_unavailable: Some(most.to_owned()) };
    set.with_strategy(Strategy::RollingUpdate(Some(rolling)))
}

fn template(word: &str) -> Change {
    Change::Template(a_template(word))
}

/// All is well, but pods of the template `bad` never become ready.
fn assumed(feature: MaxUnavailable) -> Assumed {
    Assumed::well(feature).with_broken(Broken::Template(a_template("bad").json))
}

fn simulate(set: &Set, feature: MaxUnavailable) -> Simulation {
    Simulation::new(&fresh(set), assumed(feature))
}

/// `0:db-old 1:new!`: `!` is not ready.
fn picture(forecast: &Forecast) -> String {
    let pods = forecast.pods.iter().map(|last| {
        let revision = if Forecast::is_new(&last.revision) {
            last.revision.replace("new revision ", "#")
        } else {
            last.revision.clone()
        };
        format!("{}:{revision}{}", last.pod, if last.ready { "" } else { "!" })
    });
    pods.collect::<Vec<_>>().join(" ")
}

/// `-4 +4`: what is deleted and created, in order.
fn acts(forecast: &Forecast) -> String {
    let acts = forecast.acts.iter().map(|act| match act.deed {
        Deed::Create { .. } => format!("+{}", act.pod),
        Deed::Delete(_) => format!("-{}", act.pod),
    });
    acts.collect::<Vec<_>>().join(" ")
}

fn after(simulation: &mut Simulation, changes: &[Change]) -> Forecast {
    simulation.change(changes);
    simulation.run()
}

fn stuck_on(forecast: &Forecast) -> Option<(u32, Before)> {
    match forecast.end {
        End::Stuck(wait) => Some((wait.pod.0, wait.before)),
        _ => None,
    }
}

/// Pods that are there and never become ready.
fn unready(set: &Set, ordinals: &[u32]) -> Snapshot {
    ordinals
        .iter()
        .fold(fresh(set), |snapshot, ordinal| snapshot.with(a_pod(set, *ordinal).unready()))
}

fn forecast(snapshot: &Snapshot, changes: &[Change], feature: MaxUnavailable) -> Forecast {
    super::forecast(snapshot, changes, &assumed(feature))
}
