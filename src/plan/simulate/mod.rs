//! What the StatefulSet controller would do: the controller itself as a pure machine.
//!
//! Follows `pkg/controller/statefulset` of Kubernetes 1.37 function by function. A
//! [`Simulation`] holds a set, its pods and its revisions, takes changes as a
//! user would write them, and lets the controller and the kubelets go on until nothing moves any
//! more. The answer is a [`Forecast`]: every deletion and creation, and where
//! it ends or gets stuck. `docs/simulator.md` says what is modelled, what is not, and how that is
//! checked against the real controller.

pub mod assumed;
pub mod change;
pub mod controller;
mod count;
pub mod forecast;
mod replica;
mod revise;
mod update;
pub mod world;

use crate::model::snapshot::Snapshot;
use crate::plan::simulate::assumed::Assumed;
use crate::plan::simulate::change::Change;
use crate::plan::simulate::forecast::Forecast;
use crate::plan::simulate::world::Simulation;

/// What the controller would do with these changes, written in one request to the set as it was
/// read. Without changes: what it is about to do anyway.
pub fn forecast(snapshot: &Snapshot, changes: &[Change], assumed: &Assumed) -> Forecast {
    let mut simulation = Simulation::new(snapshot, assumed.clone());
    simulation.change(changes);
    simulation.run()
}

#[cfg(test)]
mod tests;
