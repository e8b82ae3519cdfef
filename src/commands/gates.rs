//! Asking extra gates: here as a child process, in a pod through the API server, by requests.

mod ask;
pub(super) mod file;
mod program;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use crate::cluster::clock;
use crate::cluster::session::Session;
use crate::commands::gates::ask::one;
use crate::model::gate::Gate;
use crate::model::set::Set;
use crate::plan::answer::Answer;
use crate::progress::event::{Event, GateProgress, GateState, Measurement};
use crate::progress::machine::{GateResult, GateSubject};
use crate::progress::measure::{Measuring, Next};

/// The most characters of an answer that are shown.
const DETAIL: usize = 200;

/// What gates are asked with.
pub(super) struct Asking {
    /// The connection, for gates that go through the API server.
    pub session: Arc<Session>,
    /// The set as it was when the question came up.
    pub set: Set,
    /// How long one question may take, unless the gate says so itself.
    pub timeout: Duration,
    /// Where each gate's coming and going is told.
    pub events: UnboundedSender<Event>,
}

impl Asking {
    fn tell(&self, gate: &Gate, subject: &GateSubject, state: GateState) {
        let progress = GateProgress { pod: subject.pod.clone(), gate: gate.name.clone(), state };
        // Nobody listens any more once the run has ended.
        self.events.send(Event::Gate(progress)).ok();
    }
}

/// Asks all gates about one pod, in order, up to the first that does not pass.
pub(super) async fn ask(asking: &Asking, gates: &[Gate], subject: &GateSubject) -> GateResult {
    for gate in gates {
        let result = measure(asking, gate, subject).await;
        if result != GateResult::Passed {
            return result;
        }
    }
    GateResult::Passed
}

/// Asks one gate until its answers decide.
async fn measure(asking: &Asking, gate: &Gate, subject: &GateSubject) -> GateResult {
    let tell = |state| asking.tell(gate, subject, state);
    let delay = gate.rules.initial_delay;
    if !delay.is_zero() {
        tell(GateState::Later { from: in_time(delay) });
        tokio::time::sleep(delay).await;
    }
    let timeout = gate.rules.timeout.unwrap_or(asking.timeout);
    tell(GateState::Running { until: in_time(timeout) });
    let mut measuring = Measuring::new(gate.rules.clone());
    loop {
        let answer = match tokio::time::timeout(timeout, one(asking, gate, subject)).await {
            Ok(answer) => answer,
            Err(_) => Answer::Unclear(format!("no answer within {timeout:?}")),
        };
        let detail = answer.detail().to_owned();
        let name = gate.name.clone();
        match measuring.take(&answer) {
            Next::Again => {
                let (tally, next) = (measuring.tally(), in_time(gate.rules.interval));
                tell(GateState::Measured(Measurement { answer, tally, next }));
                tokio::time::sleep(gate.rules.interval).await;
            }
            Next::Passed => {
                tell(GateState::Passed { detail });
                return GateResult::Passed;
            }
            Next::Failed => {
                tell(GateState::Failed { detail: detail.clone() });
                return GateResult::Failed { gate: name, detail };
            }
            Next::Inconclusive => {
                tell(GateState::Inconclusive { detail: detail.clone() });
                return GateResult::Inconclusive { gate: name, detail };
            }
        }
    }
}

fn in_time(wait: Duration) -> Timestamp {
    let now = clock::now();
    now.saturating_add(wait).unwrap_or(now)
}
