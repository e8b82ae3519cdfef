//! Progress as lines with the time, for pipes and logs.

use jiff::{SignedDuration, Timestamp};

use crate::progress::event::Event;
use crate::render::duration::stamped;
use crate::render::rollout::{Teller, next};
use crate::render::text::Text;

/// How long nothing may be said before it is said what is waited for.
const SILENCE: SignedDuration = SignedDuration::from_secs(30);

/// How long a wait goes without saying.
const PATIENCE: SignedDuration = SignedDuration::from_secs(5);

/// The lines view.
#[derive(Default)]
pub(super) struct Lines {
    teller: Teller,
    said_at: Option<Timestamp>,
}

impl Lines {
    /// The lines for an event.
    pub(super) fn show(&mut self, at: Timestamp, event: &Event) -> Vec<Text> {
        let told = self.teller.tell(at, event);
        if !told.is_empty() {
            self.said_at = Some(at);
        }
        let mut lines: Vec<Text> = told.into_iter().map(|line| stamped(at, line)).collect();
        if let Event::Ended(ended) = event {
            lines.extend(next(&ended.next));
            self.said_at = None;
        }
        lines
    }

    /// The line for a long silence, if it has been long enough.
    pub(super) fn silence(&mut self, now: Timestamp) -> Option<Text> {
        let enough = if self.teller.has_untold_wait() { PATIENCE } else { SILENCE };
        if now.duration_since(self.said_at?) < enough {
            return None;
        }
        self.said_at = Some(now);
        Some(stamped(now, self.teller.silence(now)))
    }
}
