//! Runs a command in a pod, through the API server.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Status;
use kube::Api;
use kube::api::AttachParams;
use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;

use crate::cluster::session::Session;
use crate::exit::Exit;
use crate::exit::Failure;
use crate::model::text::clean;
use crate::model::text::shorten;

/// Bytes of each stream that are kept; the rest is read and dropped.
const KEPT: usize = 64 * 1024;

/// What a command in a pod left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecOutput {
    /// Its exit code.
    pub exit_code: i32,
    /// What it wrote to stdout: the start of it, safe to show.
    pub stdout: String,
    /// The same of stderr.
    pub stderr: String,
}

/// Runs a command in a pod and waits for its end. It gets no stdin and no terminal.
///
/// When the time is over the connection is cut; the command may go on for all we know.
pub async fn exec(
    session: &Session,
    namespace: &str,
    pod: &str,
    container: Option<&str>,
    argv: &[String],
    timeout: Duration,
) -> Result<ExecOutput, Failure> {
    let api: Api<Pod> = Api::namespaced(session.client().clone(), namespace);
    let params = AttachParams {
        container: container.map(str::to_owned),
        ..AttachParams::default().stdin(false).stdout(true).stderr(true)
    };
    let attached = async {
        let mut process = api.exec(pod, argv, &params).await?;
        let (stdout, stderr) = (process.stdout(), process.stderr());
        let status = process.take_status();
        let status = async {
            match status {
                Some(status) => status.await,
                None => None,
            }
        };
        let (stdout, stderr, status) = futures::join!(start_of(stdout), start_of(stderr), status);
        Ok::<_, kube::Error>((stdout, stderr, status))
    };
    let (stdout, stderr, status) =
        tokio::time::timeout(timeout, attached).await.map_err(|_| too_slow(pod, timeout))??;
    let status = status.ok_or_else(|| {
        anyhow::anyhow!("the connection to pod/{pod} closed before the command in it had ended")
    })?;
    Ok(ExecOutput { exit_code: exit_code(&status, pod)?, stdout, stderr })
}

fn too_slow(pod: &str, timeout: Duration) -> Failure {
    let seconds = timeout.as_secs_f64();
    let cause = anyhow::anyhow!("the command in pod/{pod} did not end within {seconds}s");
    Failure::new(Exit::TimedOut, cause)
}

/// The start of a stream as text. It is read to its end, or the command would wait for us.
async fn start_of(stream: Option<impl AsyncRead + Unpin>) -> String {
    let mut kept = Vec::new();
    let mut piece = [0; 4096];
    let Some(mut stream) = stream else { return String::new() };
    // A stream that breaks ends; the status tells whether the command did.
    while let Ok(read @ 1..) = stream.read(&mut piece).await {
        let room = KEPT - kept.len();
        kept.extend_from_slice(&piece[..read.min(room)]);
    }
    let text = String::from_utf8_lossy(&kept);
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

/// A kubelet reports the code as a cause of the status; others put it into words only.
fn exit_code(status: &Status, pod: &str) -> Result<i32, Failure> {
    if status.status.as_deref() == Some("Success") {
        return Ok(0);
    }
    let causes = status.details.iter().flat_map(|details| details.causes.iter().flatten());
    let mut reported = causes.filter(|cause| cause.reason.as_deref() == Some("ExitCode"));
    let message = status.message.as_deref().unwrap_or_default();
    let in_words = || {
        ["exit code ", "exit status "]
            .iter()
            .find_map(|words| message.rsplit_once(words))
            .and_then(|(_, code)| code.trim().parse().ok())
    };
    reported
        .next()
        .and_then(|cause| cause.message.as_deref()?.parse().ok())
        .or_else(in_words)
        .ok_or_else(|| {
            let message = shorten(&clean(message), 300);
            anyhow::anyhow!("the command in pod/{pod} could not be run: {message}").into()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(status: serde_json::Value) -> Result<i32, String> {
        let status: Status = serde_json::from_value(status).unwrap();
        exit_code(&status, "db-0").map_err(|failure| failure.to_string())
    }

    #[test]
    fn codes_are_found_in_causes_and_in_words() {
        assert_eq!(code(serde_json::json!({"status": "Success"})), Ok(0));
        let kubelet = serde_json::json!({
            "status": "Failure", "reason": "NonZeroExitCode",
            "message": "command terminated with non-zero exit code: exit status 7",
            "details": {"causes": [{"reason": "ExitCode", "message": "3"}]}
        });
        assert_eq!(code(kubelet), Ok(3));
        let words = serde_json::json!({
            "status": "Failure", "reason": "InternalError",
            "message": "Internal error occurred: error executing command in container: exit status 3"
        });
        assert_eq!(code(words), Ok(3));
    }

    #[test]
    fn what_never_ran_has_no_code() {
        let missing = serde_json::json!({
            "status": "Failure", "message": "container not found (\"db\")\u{1b}[31m"
        });
        let text =
            "error: the command in pod/db-0 could not be run: container not found (\"db\")[31m";
        assert_eq!(code(missing), Err(text.to_owned()));
    }

    #[tokio::test]
    async fn output_is_capped_and_cleaned() {
        let long = "x".repeat(3 * KEPT);
        assert_eq!(start_of(Some(long.as_bytes())).await.len(), KEPT);
        assert_eq!(start_of(Some(&b"a\x1b[31mb\r\nc\n"[..])).await, "a[31mb\nc");
    }
}
