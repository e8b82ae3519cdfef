//! Runs a command in a pod, through the API server.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Status;
use kube::Api;
use kube::api::AttachParams;
use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc::UnboundedSender;

use crate::cluster::session::Session;
use crate::exit::Exit;
use crate::exit::Failure;
use crate::model::text::clean;
use crate::model::text::shorten;

/// Bytes of each stream that are kept where nobody says more; the rest is read and dropped.
const KEPT: usize = 64 * 1024;

/// The longest line that is told in one piece.
const LONGEST_LINE: usize = 64 * 1024;

/// What a command in a pod left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecOutput {
    /// Its exit code.
    pub exit_code: i32,
    /// What it wrote to stdout: the start of it, safe to show.
    pub stdout: String,
    /// The same of stderr.
    pub stderr: String,
    /// Whether there was more of either.
    pub cut: bool,
}

/// A command to be run in a pod.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// Namespace of the pod.
    pub namespace: &'a str,
    /// Its name.
    pub pod: &'a str,
    /// The container; the server chooses when there is none.
    pub container: Option<&'a str>,
    /// The program and its arguments.
    pub argv: &'a [String],
    /// How long it may take.
    pub timeout: Duration,
    /// Bytes of each stream to keep.
    pub keep: usize,
    /// Where every line is told as it comes.
    pub lines: Option<UnboundedSender<Line>>,
}

/// A line that a command wrote, safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The pod.
    pub pod: String,
    /// Where it was written to.
    pub source: Source,
    /// The line without its end.
    pub text: String,
}

/// The stream a command wrote to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Its standard output.
    Stdout,
    /// Its standard error.
    Stderr,
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
    let call = Call { namespace, pod, container, argv, timeout, keep: KEPT, lines: None };
    run(session, &call).await
}

/// Runs a command in a pod, as [`exec`] does, with everything about it said.
pub async fn run(session: &Session, call: &Call<'_>) -> Result<ExecOutput, Failure> {
    let &Call { namespace, pod, timeout, .. } = call;
    let api: Api<Pod> = Api::namespaced(session.client().clone(), namespace);
    let params = AttachParams {
        container: call.container.map(str::to_owned),
        ..AttachParams::default().stdin(false).stdout(true).stderr(true)
    };
    let attached = async {
        let mut process = api.exec(pod, call.argv, &params).await?;
        let (stdout, stderr) = (process.stdout(), process.stderr());
        let status = process.take_status();
        let status = async {
            match status {
                Some(status) => status.await,
                None => None,
            }
        };
        let (stdout, stderr) =
            (listen(stdout, call, Source::Stdout), listen(stderr, call, Source::Stderr));
        let (stdout, stderr, status) = futures::join!(stdout, stderr, status);
        Ok::<_, kube::Error>((stdout, stderr, status))
    };
    let (stdout, stderr, status) =
        tokio::time::timeout(timeout, attached).await.map_err(|_| too_slow(pod, timeout))??;
    let status = status.ok_or_else(|| {
        anyhow::anyhow!("the connection to pod/{pod} closed before the command in it had ended")
    })?;
    let exit_code = exit_code(&status, pod)?;
    Ok(ExecOutput {
        exit_code,
        cut: stdout.cut || stderr.cut,
        stdout: stdout.text(),
        stderr: stderr.text(),
    })
}

fn too_slow(pod: &str, timeout: Duration) -> Failure {
    let seconds = timeout.as_secs_f64();
    let cause = anyhow::anyhow!("the command in pod/{pod} did not end within {seconds}s");
    Failure::new(Exit::TimedOut, cause)
}

/// The start of a stream.
#[derive(Default)]
struct Heard {
    kept: Vec<u8>,
    cut: bool,
}

impl Heard {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.kept).lines().map(shown).collect::<Vec<_>>().join("\n")
    }
}

/// A line that is safe to show, with its tabs.
fn shown(line: &str) -> String {
    line.trim_end_matches('\r').split('\t').map(clean).collect::<Vec<_>>().join("\t")
}

/// Listens to a stream to its end, or the command would wait for us.
async fn listen(stream: Option<impl AsyncRead + Unpin>, call: &Call<'_>, source: Source) -> Heard {
    let mut heard = Heard::default();
    let mut begun: Vec<u8> = Vec::new();
    let mut piece = [0; 4096];
    let Some(mut stream) = stream else { return heard };
    let tell = |line: &[u8]| {
        if let Some(lines) = &call.lines {
            let text = shown(&String::from_utf8_lossy(line));
            // Nobody listens any more after an interrupt.
            lines.send(Line { pod: call.pod.to_owned(), source, text }).ok();
        }
    };
    // A stream that breaks ends; the status tells whether the command did.
    while let Ok(read @ 1..) = stream.read(&mut piece).await {
        let room = call.keep - heard.kept.len();
        heard.cut |= read > room;
        heard.kept.extend_from_slice(&piece[..read.min(room)]);
        if call.lines.is_none() {
            continue;
        }
        begun.extend_from_slice(&piece[..read]);
        while let Some(end) = begun.iter().position(|byte| *byte == b'\n') {
            tell(&begun[..end]);
            begun.drain(..=end);
        }
        if begun.len() > LONGEST_LINE {
            tell(&begun);
            begun.clear();
        }
    }
    if !begun.is_empty() {
        tell(&begun);
    }
    heard
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

    fn call(lines: Option<UnboundedSender<Line>>) -> Call<'static> {
        let timeout = Duration::from_secs(1);
        Call { namespace: "n", pod: "db-0", container: None, argv: &[], timeout, keep: KEPT, lines }
    }

    #[tokio::test]
    async fn output_is_capped_and_cleaned() {
        let long = "x".repeat(3 * KEPT);
        let heard = listen(Some(long.as_bytes()), &call(None), Source::Stdout).await;
        assert_eq!((heard.text().len(), heard.cut), (KEPT, true));
        let bytes = &b"a\x1b[31m\tb\r\nc\n"[..];
        let heard = listen(Some(bytes), &call(None), Source::Stdout).await;
        assert_eq!((heard.text().as_str(), heard.cut), ("a[31m\tb\nc", false));
        let all = vec![b'x'; KEPT];
        assert!(!listen(Some(&all[..]), &call(None), Source::Stdout).await.cut);
    }

    #[tokio::test]
    async fn lines_are_told_as_they_come_to_the_last_that_has_no_end() {
        let (sender, mut told) = tokio::sync::mpsc::unbounded_channel();
        listen(Some(&b"one\n\ntw\x07o\nthree"[..]), &call(Some(sender)), Source::Stderr).await;
        let mut lines = Vec::new();
        while let Ok(line) = told.try_recv() {
            assert_eq!((line.pod.as_str(), line.source), ("db-0", Source::Stderr));
            lines.push(line.text);
        }
        assert_eq!(lines, ["one", "", "two", "three"]);
    }
}
