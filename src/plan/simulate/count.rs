//! The counters of the status, and the promotion of the current revision.

use crate::model::pod::Pod;
use crate::model::set::{Set, SetStatus};
use crate::plan::simulate::replica::{Clock, is_running_and_ready, is_terminating};
use crate::plan::simulate::revise::Names;

/// `updateStatus`: what the controller counts before it does anything.
pub(super) fn count(set: &Set, pods: &[&Pod], names: &Names, clock: Clock) -> SetStatus {
    let number = |test: &dyn Fn(&Pod) -> bool| {
        u32::try_from(pods.iter().filter(|pod| test(pod)).count()).unwrap_or(u32::MAX)
    };
    let on = |name: &str, pod: &Pod| !is_terminating(pod) && pod.revision.as_deref() == Some(name);
    SetStatus {
        observed_generation: Some(set.generation),
        replicas: number(&|_| true),
        ready: number(&|pod| is_running_and_ready(pod)),
        available: number(&|pod| is_running_and_ready(pod) && clock.is_available(pod)),
        updated: number(&|pod| on(&names.update, pod)),
        current: number(&|pod| on(&names.current, pod)),
        current_revision: names.current.clone(),
        update_revision: names.update.clone(),
    }
}

/// `completeUpdate`: the update revision becomes the current one when all pods are on it and
/// ready. Neither the strategy nor the partition nor `minReadySeconds` matter.
pub(super) fn complete(set: &Set, status: &mut SetStatus) {
    let all = set.wanted.replicas;
    if [status.updated, status.ready, status.replicas] == [all; 3] {
        status.current = status.updated;
        status.current_revision.clone_from(&status.update_revision);
    }
}
