//! Asking which pod leads: here by a child process, or in pods through the API server.

use std::process::Stdio;
use std::time::Duration;

use futures::stream::{self, StreamExt as _};
use tokio::process::Command;

use crate::cluster::exec;
use crate::cluster::session::Session;
use crate::model::leader::{Leader, LeaderKind};
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::model::text::{clean, shorten};
use crate::plan::leader::{labelled, printed};

/// In how many pods a program runs at a time.
const AT_A_TIME: usize = 8;

/// The most characters of an error that are shown.
const DETAIL: usize = 200;

/// Which pod leads, or why that is not clear.
pub(super) async fn ask(
    session: &Session,
    snapshot: &Snapshot,
    leader: &Leader,
    limit: Duration,
) -> Result<Ordinal, String> {
    let set = &snapshot.set;
    match &leader.kind {
        LeaderKind::Label { key, value } => labelled(snapshot, key, value),
        LeaderKind::Command { argv } => {
            let said = tokio::time::timeout(limit, here(argv, set))
                .await
                .map_err(|_| format!("no answer within {}s", limit.as_secs()))??;
            printed(set, &[(leader.text.clone(), said)])
        }
        LeaderKind::Exec { argv, container, pod } => {
            let pods: Vec<String> = if let Some(ordinal) = pod {
                vec![set.pod_name(*ordinal)]
            } else {
                let ready = |ordinal: &Ordinal| snapshot.pod(*ordinal).is_some_and(Pod::is_ready);
                set.wanted.iter().filter(ready).map(|ordinal| set.pod_name(ordinal)).collect()
            };
            let asked = pods.into_iter().map(|pod| async move {
                in_pod(session, set, &pod, container.as_deref(), argv, limit).await
            });
            let said: Vec<Result<(String, String), String>> =
                stream::iter(asked).buffered(AT_A_TIME).collect().await;
            printed(set, &said.into_iter().collect::<Result<Vec<_>, _>>()?)
        }
    }
}

/// What a program on this machine prints.
async fn here(argv: &[String], set: &Set) -> Result<String, String> {
    let [program, args @ ..] = argv else {
        return Err("there is no program to run".to_owned());
    };
    let output = Command::new(program)
        .args(args)
        .env("STS_NAME", &set.name)
        .env("STS_NAMESPACE", &set.namespace)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| format!("{program}: {error}"))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    match output.status.code() {
        Some(0) => Ok(stdout.into_owned()),
        Some(code) => Err(failed(program, code, &String::from_utf8_lossy(&output.stderr))),
        None => Err(format!("{program} was ended by a signal")),
    }
}

/// What a program in a pod prints, with the pod's name.
async fn in_pod(
    session: &Session,
    set: &Set,
    pod: &str,
    container: Option<&str>,
    argv: &[String],
    limit: Duration,
) -> Result<(String, String), String> {
    let output = exec::exec(session, &set.namespace, pod, container, argv, limit)
        .await
        .map_err(|failure| format!("{pod}: {:#}", failure.cause))?;
    match output.exit_code {
        0 => Ok((pod.to_owned(), output.stdout)),
        code => Err(failed(pod, code, &output.stderr)),
    }
}

fn failed(who: &str, code: i32, stderr: &str) -> String {
    let last = stderr.lines().rev().map(str::trim).find(|line| !line.is_empty());
    let detail = last.map_or_else(String::new, |line| format!(", {line}"));
    shorten(&clean(&format!("{who}: exit code {code}{detail}")), DETAIL)
}
