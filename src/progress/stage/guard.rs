//! What somebody else did to the set, and what of ours was done after all.

use jiff::Timestamp;

use crate::model::run::RecordedRun;
use crate::model::set::{FieldManager, Set};
use crate::progress::machine::Machine as _;
use crate::progress::stage::Stage;

impl Stage {
    /// Somebody else's change, in words.
    pub(super) fn conflict(&self, set: &Set) -> Option<String> {
        if set.uid != self.uid {
            return Some(format!("{} was deleted and created again", set.display()));
        }
        match &set.run {
            None => return Some("the record of this rollout was removed from the set".to_owned()),
            Some(RecordedRun::Unreadable(reason)) => {
                return Some(format!("the record of this rollout was damaged: {reason}"));
            }
            Some(RecordedRun::Read(run)) => {
                if run.id != self.run.id {
                    return Some("another staged rollout was begun on the set".to_owned());
                }
                match &run.holder {
                    Some(other) if other.token != self.holder.token => {
                        return Some(format!("{} took this rollout over", other.name));
                    }
                    None => return Some("this rollout was paused".to_owned()),
                    Some(_) => {}
                }
            }
        }
        if !self.run.holds(set) {
            return Some(self.partition_conflict(set));
        }
        if set.wanted.replicas != self.run.replicas {
            return Some(format!(
                "the set was scaled from {} to {} replicas",
                self.run.replicas, set.wanted.replicas
            ));
        }
        if set.wanted.start != self.run.start {
            return Some(format!(
                "spec.ordinals.start was changed from {} to {}",
                self.run.start, set.wanted.start
            ));
        }
        if set.template.json != self.template {
            return Some("the pod template was changed".to_owned());
        }
        let update = &set.status.update_revision;
        if !self.run.target.is_empty() && set.observed() && *update != self.run.target {
            return Some(format!(
                "the update revision is {update}, this rollout moves to {}",
                self.run.target
            ));
        }
        None
    }

    /// Takes in a write of ours that was carried out only after its answer had been given up: the
    /// record on the set carries our token.
    pub(super) fn catch_up(&mut self, set: &Set, now: Timestamp) {
        if let Some(RecordedRun::Read(found)) = &set.run
            && found.id == self.run.id
            && found.holder.as_ref().is_some_and(|holder| holder.token == self.holder.token)
            && found.partition < self.run.partition
            && found.partition == set.partition()
        {
            self.writing = Some(found.clone());
            self.written(Some(set), now);
        }
    }

    pub(super) fn partition_conflict(&self, set: &Set) -> String {
        let ours = "kubectl-sts";
        let other = |writes: fn(&FieldManager) -> bool| {
            let mut managers = set.managers.iter();
            managers
                .find(|manager| writes(manager) && manager.manager != ours)
                .map_or_else(String::new, |manager| format!(" by {}", manager.manager))
        };
        if self.run.by_deletion() {
            let by = other(|manager| manager.strategy || manager.partition);
            return format!(
                "the update strategy was changed{by}: now {}, this rollout left it OnDelete",
                set.strategy
            );
        }
        let by = other(|manager| manager.partition);
        let keeps = |partition: u32| match partition.min(self.replicas()) {
            0 => "no pod is held back".to_owned(),
            1 => format!("{} is held back", set.pod_at(0)),
            kept => format!("{} to {} are held back", set.pod_at(0), set.pod_at(kept - 1)),
        };
        format!(
            "the partition was changed{by}: now {}, this rollout left it so that {}",
            keeps(set.partition()),
            keeps(self.run.partition)
        )
    }

    /// Whether the last write is in the set, even where its answer was lost.
    pub(super) fn finished(&self, set: &Set) -> bool {
        set.uid == self.uid
            && set.run.is_none()
            && set.template.json == self.template
            && self.run.original.is(&set.strategy)
    }
}
