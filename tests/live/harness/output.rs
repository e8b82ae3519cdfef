//! What a finished program left behind.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use serde_json::Value;

/// Exit code and output of a finished program. Its `Display` shows everything, for the message of an assertion.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// What was run.
    pub(crate) command: String,
    /// The exit code; 128 and the number of the signal when a signal ended it, as in a shell.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// How long it ran.
    pub(crate) elapsed: Duration,
}

impl Output {
    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("standard output is not JSON: {error}\n{self}"),
        }
    }

    /// The output, when the program succeeded.
    #[track_caller]
    pub(crate) fn success(self) -> Self {
        assert_eq!(self.code, 0, "{self}");
        self
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, code, stdout, stderr, elapsed } = self;
        write!(
            f,
            "$ {command}\nexit code {code} after {elapsed:.1?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}"
        )
    }
}

/// The exit code of a status as a shell would give it.
pub(super) fn exit_code(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}
