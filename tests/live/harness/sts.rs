//! Running the program under test, and kubectl.

use std::env;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::thread;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::Instant;

use tempfile::TempDir;

use super::ControlPlane;
use super::Namespace;
use super::Output;
use super::must;
use super::output::exit_code;

/// How long a program may run when the test does not say.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program that is not started yet. It sees an empty home directory and no environment but what is named here.
#[must_use = "nothing runs before run() or spawn()"]
pub(crate) struct Sts {
    command: Command,
    shown: String,
    home: Option<TempDir>,
    input: Option<String>,
    patience: Duration,
}

impl Sts {
    /// The program under test, in the namespace.
    #[track_caller]
    pub(super) fn program(namespace: &Namespace<'_>, arguments: &[&str]) -> Self {
        Self::program_as(namespace, namespace.control_plane().kubeconfig(), arguments)
    }

    /// The same with another kubeconfig than the administrator's.
    #[track_caller]
    pub(super) fn program_as(
        namespace: &Namespace<'_>,
        kubeconfig: &Path,
        arguments: &[&str],
    ) -> Self {
        let control_plane = namespace.control_plane();
        let home = must(TempDir::new(), "make a home directory");
        let program = Path::new(env!("CARGO_BIN_EXE_kubectl-sts"));
        let mut command = bare(program, home.path(), control_plane);
        command.arg("--kubeconfig").arg(kubeconfig);
        command.args(["-n", namespace.name()]).args(arguments);
        let shown = format!("kubectl sts -n {} {}", namespace.name(), arguments.join(" "));
        Self { command, shown, home: Some(home), input: None, patience: PATIENCE }
    }

    /// kubectl as the administrator. All share one home directory, where it keeps what it learned about the server.
    pub(super) fn kubectl(control_plane: &ControlPlane, arguments: &[&str]) -> Self {
        let mut command =
            bare(control_plane.kubectl_path(), control_plane.state_dir(), control_plane);
        command.arg("--kubeconfig").arg(control_plane.kubeconfig()).args(arguments);
        let shown = format!("kubectl {}", arguments.join(" "));
        Self { command, shown, home: None, input: None, patience: PATIENCE }
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(mut self, key: &str, value: &str) -> Self {
        self.command.env(key, value);
        self
    }

    /// What the program reads; nothing when not said.
    pub(crate) fn stdin(mut self, input: &str) -> Self {
        self.input = Some(input.to_owned());
        self
    }

    /// How long the program may run before the test fails.
    pub(crate) fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Runs the program to its end.
    #[track_caller]
    pub(crate) fn run(self) -> Output {
        self.spawn().wait()
    }

    /// Starts the program.
    #[track_caller]
    pub(crate) fn spawn(mut self) -> Running {
        let input = if self.input.is_some() { Stdio::piped() } else { Stdio::null() };
        self.command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = must(self.command.spawn(), &self.shown);
        if let (Some(text), Some(mut stdin)) = (self.input, process.stdin.take()) {
            // One that does not read to the end may close the pipe.
            let _written = stdin.write_all(text.as_bytes());
        }
        let heard = Arc::<Heard>::default();
        let (Some(stdout), Some(stderr)) = (process.stdout.take(), process.stderr.take()) else {
            unreachable!("both are piped");
        };
        let readers = vec![
            listen(stdout, &heard, |text| &mut text.stdout),
            listen(stderr, &heard, |text| &mut text.stderr),
        ];
        Running {
            process,
            shown: self.shown,
            _home: self.home,
            heard,
            readers,
            began: Instant::now(),
            patience: self.patience,
        }
    }
}

/// A command that the kernel kills, on Linux, when the thread that runs the test is gone.
pub(super) fn tied(program: &Path) -> Command {
    match setpriv() {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "KILL", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

/// The same, with nothing in its environment that could lead it to another cluster.
fn bare(program: &Path, home: &Path, control_plane: &ControlPlane) -> Command {
    let mut command = tied(program);
    let kubectl = control_plane.kubectl_path().parent().unwrap_or(Path::new(""));
    let path = env::var_os("PATH").unwrap_or_default();
    let path = [kubectl.to_owned()].into_iter().chain(env::split_paths(&path));
    command.env_clear();
    command.env("HOME", home).env("PATH", must(env::join_paths(path), "join PATH"));
    // Where a build that measures coverage writes to.
    if let Some(profile) = env::var_os("LLVM_PROFILE_FILE") {
        command.env("LLVM_PROFILE_FILE", profile);
    }
    command
}

/// The program of util-linux that asks the kernel for a signal at the death of the parent, where there is one.
fn setpriv() -> Option<&'static Path> {
    static SETPRIV: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let path = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&path)
            .map(|directory| directory.join("setpriv"))
            .find(|file| file.is_file())
    };
    SETPRIV.get_or_init(find).as_deref()
}

/// What a program has said so far, and a bell that rings when there is more.
#[derive(Default)]
struct Heard {
    text: Mutex<Text>,
    more: Condvar,
}

#[derive(Default)]
struct Text {
    stdout: String,
    stderr: String,
    /// How many of the two streams have ended.
    ended: usize,
}

impl Heard {
    fn lock(&self) -> MutexGuard<'_, Text> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a stream line by line until it ends.
fn listen(
    stream: impl Read + Send + 'static,
    heard: &Arc<Heard>,
    target: fn(&mut Text) -> &mut String,
) -> JoinHandle<()> {
    let heard = Arc::clone(heard);
    thread::spawn(move || {
        let mut lines = BufReader::new(stream);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            target(&mut heard.lock()).push_str(&String::from_utf8_lossy(&line));
            line.clear();
            heard.more.notify_all();
        }
        heard.lock().ended += 1;
        heard.more.notify_all();
    })
}

/// A program that runs. Dropped, it is killed.
#[must_use = "it is killed when dropped"]
pub(crate) struct Running {
    process: Child,
    shown: String,
    _home: Option<TempDir>,
    heard: Arc<Heard>,
    readers: Vec<JoinHandle<()>>,
    began: Instant,
    patience: Duration,
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Sends a signal, `INT`, `TERM`, `KILL`, `STOP` or `CONT`.
    #[track_caller]
    pub(crate) fn signal(&self, name: &str) {
        let name = name.trim_start_matches("SIG");
        let status =
            Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status();
        assert!(must(status, "run kill").success(), "cannot send SIG{name} to {}", self.shown);
    }

    /// What it has printed so far, standard output and standard error.
    pub(crate) fn so_far(&self) -> (String, String) {
        let text = self.heard.lock();
        (text.stdout.clone(), text.stderr.clone())
    }

    /// Waits until it has printed a line with this text, on either stream, and returns the line.
    #[track_caller]
    pub(crate) fn wait_for_line(&self, wanted: &str, timeout: Duration) -> String {
        let deadline = Instant::now() + timeout;
        let mut text = self.heard.lock();
        loop {
            let mut lines = text.stderr.lines().chain(text.stdout.lines());
            if let Some(line) = lines.find(|line| line.contains(wanted)) {
                return line.to_owned();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                text.ended < 2 && !left.is_zero(),
                "{} did not print {wanted:?} within {timeout:?}\n--- stdout\n{}\n--- stderr\n{}",
                self.shown,
                text.stdout,
                text.stderr,
            );
            text = match self.heard.more.wait_timeout(text, left) {
                Ok((text, _)) => text,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn wait(mut self) -> Output {
        let status = loop {
            if let Some(status) = must(self.process.try_wait(), &self.shown) {
                break status;
            }
            let (stdout, stderr) = self.so_far();
            assert!(
                self.began.elapsed() < self.patience,
                "{} still runs after {:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}",
                self.shown,
                self.patience,
            );
            thread::sleep(Duration::from_millis(5));
        };
        let elapsed = self.began.elapsed();
        for reader in self.readers.drain(..) {
            let _joined = reader.join();
        }
        let (stdout, stderr) = self.so_far();
        Output { command: self.shown.clone(), code: exit_code(status), stdout, stderr, elapsed }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _killed = self.process.kill();
        let _ended = self.process.wait();
    }
}
