//! The counters of the status, and the promotion of the current revision.

use crate::model::pod::Pod;
use crate::model::set::{Set, SetStatus};
use crate::plan::simulate::replica::{Clock, is_running_and_ready, is_terminating};
use crate::plan::simulate::revise::Names;

/// `updateStatus`: what the controller counts before it does anything.
pub(super) fn count(set: &Set, pods: &[&Pod], names: &Names, clock: Clock) -> SetStatus {
    let mut status = SetStatus {
        observed_generation: Some(set.generation),
        current_revision: names.current.clone(),
        update_revision: names.update.clone(),
        ..SetStatus::default()
    };
    for pod in pods {
        let ready = is_running_and_ready(pod);
        let revision = pod.revision.as_deref().filter(|_| !is_terminating(pod));
        status.replicas += 1;
        status.ready += u32::from(ready);
        status.available += u32::from(ready && clock.is_available(pod));
        status.updated += u32::from(revision == Some(names.update.as_str()));
        status.current += u32::from(revision == Some(names.current.as_str()));
    }
    status
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
