//! Which pods look different from before.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::ordinal::Ordinal;
use crate::model::pod::{Phase, Pod};
use crate::model::snapshot::Snapshot;
use crate::progress::event::{Event, PodRow, PodState, Started};

/// Remembers what was last shown of each pod.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    shown: BTreeMap<Ordinal, PodRow>,
}

/// What the machine knows about a pod beyond its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extra {
    /// Nothing.
    None,
    /// Ready, and counted from this time on.
    Soaking(Timestamp),
    /// Extra gates run for it.
    Gating,
}

impl Rows {
    /// Rows of all wanted pods that changed since the last call, as events.
    pub(crate) fn changes(
        &mut self,
        snapshot: &Snapshot,
        target: &str,
        extra: impl Fn(&Pod) -> Extra,
    ) -> Vec<Event> {
        self.update(rows(snapshot, target, extra))
    }

    /// Those of these rows that changed since the last call, as events.
    pub(crate) fn update(&mut self, rows: Vec<PodRow>) -> Vec<Event> {
        let mut events = Vec::new();
        for row in rows {
            if self.shown.get(&row.ordinal) != Some(&row) {
                self.shown.insert(row.ordinal, row.clone());
                events.push(Event::Pod(row));
            }
        }
        events
    }

    /// The rows as they are at first, and the event that shows them, for what has no steps.
    pub(crate) fn begin(snapshot: &Snapshot, target: &str, change: String) -> (Self, Event) {
        let set = &snapshot.set;
        let pods = rows(snapshot, target, |_| Extra::None);
        let mut shown = Self::default();
        shown.seed(&pods);
        let started = Event::Started(Started {
            set: format!("{}/{}", set.namespace, set.name),
            change,
            pods,
            steps: vec![set.wanted.replicas],
            approved: 0,
        });
        (shown, started)
    }

    /// Takes these rows as shown.
    pub(crate) fn seed(&mut self, rows: &[PodRow]) {
        self.shown.extend(rows.iter().map(|row| (row.ordinal, row.clone())));
    }
}

/// One row per wanted pod, lowest ordinal first.
pub(crate) fn rows(
    snapshot: &Snapshot,
    target: &str,
    extra: impl Fn(&Pod) -> Extra,
) -> Vec<PodRow> {
    rows_where(snapshot, |pod| pod.revision.as_deref() == Some(target), extra)
}

/// The same, where something else than its revision tells whether a pod is done.
pub(crate) fn rows_where(
    snapshot: &Snapshot,
    updated: impl Fn(&Pod) -> bool,
    extra: impl Fn(&Pod) -> Extra,
) -> Vec<PodRow> {
    let wanted = snapshot.set.wanted.iter();
    wanted.map(|ordinal| row(snapshot, ordinal, &updated, &extra)).collect()
}

/// The row of one ordinal, wanted or not.
pub(crate) fn row(
    snapshot: &Snapshot,
    ordinal: Ordinal,
    updated: impl Fn(&Pod) -> bool,
    extra: impl Fn(&Pod) -> Extra,
) -> PodRow {
    let pod = snapshot.pod(ordinal);
    let (state, reason) = match pod {
        None => (PodState::Missing, String::new()),
        Some(pod) => match (state(pod), extra(pod)) {
            (PodState::Ready, Extra::Soaking(until)) => {
                (PodState::Soaking { until }, String::new())
            }
            (PodState::Ready, Extra::Gating) => (PodState::Gating, String::new()),
            (state, _) => (state, reason(pod)),
        },
    };
    PodRow {
        pod: snapshot.set.pod_name(ordinal),
        ordinal,
        revision: pod.and_then(|pod| pod.revision.clone()),
        updated: pod.is_some_and(updated),
        state,
        reason,
    }
}

fn state(pod: &Pod) -> PodState {
    if pod.deleting_since.is_some() {
        PodState::Terminating
    } else if pod.is_ready() {
        PodState::Ready
    } else if !pod.troubles.is_empty() {
        PodState::Failing
    } else if pod.phase == Phase::Running {
        PodState::Starting
    } else {
        PodState::Pending
    }
}

fn reason(pod: &Pod) -> String {
    if pod.is_ready() || pod.deleting_since.is_some() {
        return String::new();
    }
    pod.troubles.first().map_or_else(String::new, |trouble| {
        let container =
            trouble.container.as_deref().map_or(String::new(), |name| format!(" in {name}"));
        let restarts = match pod.restarts {
            0 => String::new(),
            1 => ", 1 restart".to_owned(),
            n => format!(", {n} restarts"),
        };
        format!("{}{container}{restarts}", trouble.reason)
    })
}
