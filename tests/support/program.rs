//! The executable, with an environment of its own.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::fake::Fake;

/// Nothing here takes this long.
const PATIENCE: Duration = Duration::from_secs(90);

/// How a run ended, and what it said.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Everything, for a snapshot.
    pub(crate) fn whole(&self) -> String {
        format!(
            "exit {}\n--- stdout\n{}--- stderr\n{}",
            self.code,
            lines(&self.stdout),
            lines(&self.stderr)
        )
    }

    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{}", self.whole());
        self
    }

    #[track_caller]
    pub(crate) fn complains(&self, of: &str) -> &Self {
        assert!(self.stderr.contains(of), "stderr lacks {of:?}\n{}", self.whole());
        self
    }

    #[track_caller]
    pub(crate) fn prints(&self, text: &str) -> &Self {
        assert!(self.stdout.contains(text), "stdout lacks {text:?}\n{}", self.whole());
        self
    }
}

fn lines(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

/// A home directory with a kubeconfig in it.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    /// Without a cluster: whatever is asked of one fails at once.
    pub(crate) fn alone() -> Self {
        Self { folder: TempDir::new().expect("a folder of our own") }
    }

    /// Beside a server.
    pub(crate) fn beside(fake: &Fake) -> Self {
        let home = Self::alone();
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: test\n\
             clusters: [{{name: test, cluster: {{server: '{}'}}}}]\n\
             users: [{{name: test, user: {{token: sesame}}}}]\n\
             contexts: [{{name: test, context: {{cluster: test, user: test, namespace: prod}}}}]\n",
            fake.url()
        );
        fs::write(home.path().join("config"), text).expect("a kubeconfig");
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn program() -> PathBuf {
        PathBuf::from(env!("CARGO_BIN_EXE_kubectl-sts"))
    }

    /// A command that sees nothing of the environment it runs in.
    pub(crate) fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.path())
            .env("USER", "tester")
            .env("KUBECONFIG", self.path().join("config"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        finish(self.command(&Self::program(), arguments).spawn().expect("the program"))
    }
}

/// Waits for the end, for a while.
#[track_caller]
pub(crate) fn finish(mut child: Child) -> Outcome {
    let began = Instant::now();
    let collect = |stream: Option<Box<dyn std::io::Read + Send>>| {
        thread::spawn(move || {
            let mut text = Vec::new();
            if let Some(mut stream) = stream {
                drop(stream.read_to_end(&mut text));
            }
            String::from_utf8_lossy(&text).into_owned()
        })
    };
    let stdout = collect(child.stdout.take().map(|stream| Box::new(stream) as _));
    let stderr = collect(child.stderr.take().map(|stream| Box::new(stream) as _));
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child to wait for") {
            break status;
        }
        if began.elapsed() > PATIENCE {
            drop(child.kill());
            drop(child.wait());
            let said = stderr.join().unwrap_or_default();
            panic!("still running after {PATIENCE:?}:\n{said}");
        }
        thread::sleep(Duration::from_millis(10));
    };
    Outcome {
        code: status.code().unwrap_or(-1),
        stdout: stdout.join().unwrap_or_default(),
        stderr: stderr.join().unwrap_or_default(),
    }
}

/// Types into a program's standard input and closes it.
pub(crate) fn type_into(child: &mut Child, text: &str) {
    if let Some(mut input) = child.stdin.take() {
        drop(input.write_all(text.as_bytes()));
    }
}
