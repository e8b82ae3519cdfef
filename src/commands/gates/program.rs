//! Programs whose exit code is an answer.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::cluster::exec;
use crate::commands::gates::ask::unclear;
use crate::commands::gates::{Asking, DETAIL};
use crate::model::text::{clean, shorten};
use crate::plan::answer::Answer;
use crate::progress::machine::GateSubject;

/// Runs a program on this machine.
pub(super) async fn here(argv: &[String], asking: &Asking, subject: &GateSubject) -> Answer {
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

/// Runs a program in a pod.
pub(super) async fn in_pod(
    asking: &Asking,
    pod: &str,
    container: Option<&str>,
    argv: &[String],
    timeout: Duration,
) -> Answer {
    let namespace = &asking.set.namespace;
    match exec::exec(&asking.session, namespace, pod, container, argv, timeout).await {
        Err(failure) => unclear(&failure),
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
