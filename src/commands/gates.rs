//! Running extra gates: here as a child process, or in a pod through the API server.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::mpsc::UnboundedSender;

use crate::cluster::clock;
use crate::cluster::exec;
use crate::cluster::session::Session;
use crate::model::gate::{Gate, GateKind, GatePods};
use crate::model::set::Set;
use crate::model::text::{clean, shorten};
use crate::progress::event::{Event, GateProgress, GateState};
use crate::progress::machine::{GateResult, GateSubject};

/// The most characters of a gate's output that are shown.
const DETAIL: usize = 200;

/// What gates are asked with.
pub(super) struct Asking {
    /// The connection, for gates that run in pods.
    pub session: Arc<Session>,
    /// The set as it was when the question came up.
    pub set: Set,
    /// How long one run of one gate may take.
    pub timeout: Duration,
    /// Where each gate's coming and going is told.
    pub events: UnboundedSender<Event>,
}

/// The answer of one gate.
enum Answer {
    Yes(String),
    No(String),
    Unclear(String),
}

/// Asks all gates about one pod, in order, up to the first that does not say yes.
pub(super) async fn ask(asking: &Asking, gates: &[Gate], subject: &GateSubject) -> GateResult {
    for gate in gates {
        let now = clock::now();
        let until = now.saturating_add(asking.timeout).unwrap_or(now);
        let tell = |state: GateState| {
            let progress =
                GateProgress { pod: subject.pod.clone(), gate: gate.text.clone(), state };
            // Nobody listens any more once the run has ended.
            asking.events.send(Event::Gate(progress)).ok();
        };
        tell(GateState::Running { until });
        let answer = match tokio::time::timeout(asking.timeout, one(asking, gate, subject)).await {
            Ok(answer) => answer,
            Err(_) => Answer::Unclear(format!("no answer within {}s", asking.timeout.as_secs())),
        };
        match answer {
            Answer::Yes(detail) => tell(GateState::Passed { detail }),
            Answer::No(detail) => {
                tell(GateState::Failed { detail: detail.clone() });
                return GateResult::Failed { gate: gate.text.clone(), detail };
            }
            Answer::Unclear(detail) => {
                tell(GateState::Inconclusive { detail: detail.clone() });
                return GateResult::Inconclusive { gate: gate.text.clone(), detail };
            }
        }
    }
    GateResult::Passed
}

async fn one(asking: &Asking, gate: &Gate, subject: &GateSubject) -> Answer {
    match &gate.kind {
        GateKind::Command { argv } => command(argv, asking, subject).await,
        GateKind::Exec { argv, container, pods } => {
            let pods: Vec<String> = match pods {
                GatePods::Updated => vec![subject.pod.clone()],
                GatePods::One(ordinal) => vec![asking.set.pod_name(*ordinal)],
                GatePods::All => asking.set.wanted.iter().map(|o| asking.set.pod_name(o)).collect(),
            };
            let mut last = Answer::Unclear("there is no pod to ask".to_owned());
            for pod in pods {
                last = in_pod(asking, &pod, container.as_deref(), argv).await;
                if !matches!(last, Answer::Yes(_)) {
                    break;
                }
            }
            last
        }
    }
}

async fn command(argv: &[String], asking: &Asking, subject: &GateSubject) -> Answer {
    let [program, args @ ..] = argv else {
        return Answer::Unclear("there is no program to run".to_owned());
    };
    let output = Command::new(program)
        .args(args)
        .env("STS_NAME", &asking.set.name)
        .env("STS_NAMESPACE", &asking.set.namespace)
        .env("STS_ORDINAL", subject.ordinal.to_string())
        .env("STS_POD", &subject.pod)
        .env("STS_REVISION", &subject.revision)
        .env("STS_STEP", subject.step.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    match output {
        Err(error) => Answer::Unclear(format!("{program}: {error}")),
        Ok(output) => {
            let detail = detail(
                &String::from_utf8_lossy(&output.stdout),
                &String::from_utf8_lossy(&output.stderr),
            );
            match output.status.code() {
                Some(0) => Answer::Yes(detail),
                Some(code) => Answer::No(with_code(code, &detail)),
                None => Answer::Unclear(format!("{program} was ended by a signal")),
            }
        }
    }
}

async fn in_pod(asking: &Asking, pod: &str, container: Option<&str>, argv: &[String]) -> Answer {
    let set = &asking.set;
    match exec::exec(&asking.session, &set.namespace, pod, container, argv, asking.timeout).await {
        Err(failure) => Answer::Unclear(format!("{pod}: {:#}", failure.cause)),
        Ok(output) => {
            let detail = detail(&output.stdout, &output.stderr);
            match output.exit_code {
                0 => Answer::Yes(detail),
                code => Answer::No(with_code(code, &detail)),
            }
        }
    }
}

fn with_code(code: i32, detail: &str) -> String {
    if detail.is_empty() {
        format!("exit code {code}")
    } else {
        format!("exit code {code}, {detail}")
    }
}

/// The last line a program printed, preferring what it printed as errors.
fn detail(stdout: &str, stderr: &str) -> String {
    let last = |text: &str| {
        text.lines().rev().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned)
    };
    let line = last(stderr).or_else(|| last(stdout)).unwrap_or_default();
    shorten(&clean(&line), DETAIL)
}
