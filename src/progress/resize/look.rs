//! What one look at the claims tells: which have it, which went wrong, which take too long.

use jiff::Timestamp;

use crate::exit::Exit;
use crate::plan::resize::Place;
use crate::plan::resize::stand::{Stand, judge};
use crate::progress::event::Event;
use crate::progress::machine::after;
use crate::progress::resize::{Look, Move, Resize, Restarts, State, end, words};

impl Resize {
    /// Takes in how one claim stands now; an end where it went wrong.
    pub(super) fn observe(
        &mut self,
        at: usize,
        look: Look<'_>,
        now: Timestamp,
    ) -> Result<(), (Exit, String)> {
        let job = &self.jobs[at];
        if job.state == State::Done || matches!(job.state, State::Asking { .. }) {
            return Ok(());
        }
        let claim = look.claims.iter().find(|claim| claim.name == job.claim);
        let Some(claim) = claim.filter(|claim| claim.uid == job.uid) else {
            return Err(self.conflict(at, "is gone, or another one"));
        };
        let Ok(stand) = judge(claim, &self.goal) else {
            return Err(self.conflict(at, "is not as it was when this was decided"));
        };
        let was = job.state.clone();
        let state = match (stand, was) {
            (Stand::There, _) => State::Done,
            (
                Stand::Failed { why },
                State::Open(_) | State::Asked { .. } | State::Restarted { .. },
            ) if self.jobs[at].old_failure.as_ref() != Some(&why) => {
                let summary = format!("pvc/{}: {why}; {}", self.jobs[at].claim, self.standing());
                return Err((Exit::Found, summary));
            }
            (Stand::Behind | Stand::Anew { .. }, State::Asked { version, since, on_node }) => {
                // The watch may still be behind the answer to our own write.
                if claim.resource_version != version {
                    return Err(self.conflict(at, "was asked for something else by somebody else"));
                }
                State::Asked { version, since, on_node }
            }
            (Stand::Behind | Stand::Anew { .. }, State::Restarted { .. }) => {
                return Err(self.conflict(at, "was asked for something else by somebody else"));
            }
            (Stand::Behind | Stand::Anew { .. }, open) => open,
            (Stand::OnNode, State::Asked { since, version, on_node }) => {
                let on_node = Some(on_node.unwrap_or(now));
                if look.pods.contains(&self.jobs[at].ordinal) {
                    State::Asked { since, version, on_node }
                } else {
                    self.no_pod(at);
                    State::Done
                }
            }
            // An answer was lost, and the write was not.
            (_, State::Open(_)) => {
                State::Asked { since: now, version: claim.resource_version.clone(), on_node: None }
            }
            (_, state) => state,
        };
        if state == State::Done && self.jobs[at].state != State::Done {
            self.passed(at, now);
        }
        self.jobs[at].state = state;
        Ok(())
    }

    /// Where no pod mounts a volume, its file system grows when one does.
    fn no_pod(&mut self, at: usize) {
        let claim = &self.jobs[at].claim;
        let words = format!(
            "pvc/{claim}: the volume has grown, and no pod mounts it; its file system grows when one does"
        );
        self.events.push(Event::Notice(words));
    }

    fn passed(&mut self, at: usize, now: Timestamp) {
        let took = match &self.jobs[at].state {
            State::Asked { since, .. } | State::Restarted { since } => {
                Some(now.duration_since(*since))
            }
            _ => None,
        };
        let claim = self.jobs[at].claim.clone();
        self.events.push(Event::ClaimPassed { claim, took });
        self.waiting = None;
    }

    /// What has taken too long.
    pub(super) fn late(&mut self, look: Look<'_>, now: Timestamp) -> Option<Move> {
        let on_node = self.jobs.iter().position(|job| {
            matches!(job.state, State::Asked { on_node: Some(since), .. }
                if now >= after(since, self.on_node()))
        });
        if let Some(at) = on_node {
            let job = &self.jobs[at];
            if self.pace.restarts == Restarts::IfNeeded && job.place == Place::InRange {
                return Some(Move::Restart(job.ordinal));
            }
            let summary = format!(
                "pvc/{}: the volume has grown, its file system has not, and needs its pod to be \
                 restarted; {}",
                job.claim,
                self.standing()
            );
            return Some(Move::End(end(Exit::Partial, summary)));
        }
        let late = self.jobs.iter().position(|job| match &job.state {
            State::Asked { since, .. } | State::Restarted { since } => {
                now >= after(*since, self.pace.timeout)
            }
            _ => false,
        })?;
        let job = &self.jobs[late];
        let claim = look.claims.iter().find(|claim| claim.name == job.claim)?;
        let Some((_, told)) = self.told.as_ref().filter(|(about, _)| *about == job.claim) else {
            return Some(Move::Ask(Box::new(claim.clone())));
        };
        let seen = words::seen(claim, &self.goal, told);
        let limit = self.pace.timeout.as_secs();
        let summary = format!(
            "timed out: pvc/{} has not got it within {limit}s: {seen}; {}",
            job.claim,
            self.standing()
        );
        let exit = if job.old_failure.is_some() { Exit::Found } else { Exit::TimedOut };
        Some(Move::End(end(exit, summary)))
    }

    fn conflict(&self, at: usize, what: &str) -> (Exit, String) {
        let summary = format!("pvc/{} {what}; {}", self.jobs[at].claim, self.standing());
        (Exit::Conflict, summary)
    }
}
