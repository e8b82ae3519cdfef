//! What is run before a pod is taken away.
//!
//! A hook has effects, such as telling a member to leave, so it is never run twice for a pod by
//! one process, not even when it could not tell whether it had them.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::exit::Exit;
use crate::model::snapshot::Snapshot;
use crate::progress::machine::{GateResult, GateSubject, Move};
use crate::progress::scale::words::end;
use crate::progress::scale::{Hooks, Scale};

#[derive(Debug, Default)]
pub(super) struct HookState {
    /// UID and name of the pod it runs for.
    pub(super) running: Option<(String, String)>,
    /// UIDs of pods that may go.
    pub(super) passed: BTreeSet<String>,
    /// The pod it failed for, and how.
    pub(super) failure: Option<(String, GateResult)>,
}

impl Scale {
    /// The hook of the next pod that goes, from the top.
    pub(super) fn next_hook(&mut self, snapshot: &Snapshot, size: u32) -> Option<Move> {
        if self.begin.hooks == Hooks::None {
            return None;
        }
        if let Some((_, pod)) = &self.hooks.running {
            return Some(self.wait(
                format!("running what comes before pod {pod} goes"),
                None,
                None,
            ));
        }
        let set = &snapshot.set;
        let step = self.from - self.size + 1;
        (size..self.size).rev().find_map(|index| {
            let ordinal = set.wanted.at(index);
            let pod = snapshot.pod(ordinal);
            // A pod that is missing has data and members as well.
            let name = set.pod_name(ordinal);
            let uid = pod.map_or_else(|| name.clone(), |pod| pod.uid.clone());
            if self.hooks.passed.contains(&uid) {
                return None;
            }
            self.hooks.running = Some((uid.clone(), name.clone()));
            let revision = pod.and_then(|pod| pod.revision.clone()).unwrap_or_default();
            Some(Move::RunGates(GateSubject { pod: name, uid, ordinal, revision, step }))
        })
    }

    /// The end, once a hook has failed.
    pub(super) fn hook_failed(&self, snapshot: &Snapshot, now: Timestamp) -> Option<Move> {
        let (pod, result) = self.hooks.failure.as_ref()?;
        let (gate, what, detail) = match result {
            GateResult::Passed => return None,
            GateResult::Failed { gate, detail } => (gate, "failed for", detail),
            GateResult::Inconclusive { gate, detail } => {
                (gate, "did not come to its end for", detail)
            }
        };
        let detail = if detail.is_empty() { String::new() } else { format!(": {detail}") };
        let exit = if self.size == self.from { Exit::Found } else { Exit::Partial };
        let standing = self.standing(snapshot, now);
        let summary = format!("{gate} {what} pod {pod}{detail}; it stays; {standing}");
        Some(Move::End(end(exit, summary)))
    }
}
