//! A real Prometheus on the loopback interface.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use tempfile::TempDir;

use super::must;
use super::sts::tied;

/// How long it may take to be there, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Prometheus that scrapes one server every second, as `job="db"`. It ends when this is dropped.
pub(crate) struct Prometheus {
    process: Child,
    port: u16,
    home: TempDir,
}

impl Prometheus {
    /// Starts it and waits until it answers.
    #[track_caller]
    pub(crate) fn scraping(port: u16) -> Self {
        let home = must(TempDir::new(), "make a directory");
        let config = format!(
            "global: {{scrape_interval: 1s, scrape_timeout: 1s}}\nscrape_configs:\n\
             - job_name: db\n  static_configs:\n  - targets: ['127.0.0.1:{port}']\n"
        );
        let file = home.path().join("prometheus.yml");
        must(fs::write(&file, config), "write its configuration");
        // Free a moment ago, and nobody else is likely to take it.
        let listener = must(TcpListener::bind("127.0.0.1:0"), "find a port");
        let port = must(listener.local_addr(), "a port").port();
        drop(listener);
        let mut command = tied(&program("prometheus"));
        command
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", home.path().join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--log.level=warn");
        let log = must(fs::File::create(home.path().join("log")), "make a log");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let process = must(command.spawn(), "start prometheus");
        let mut prometheus = Self { process, port, home };
        prometheus.wait_until_it_answers();
        prometheus
    }

    #[track_caller]
    fn wait_until_it_answers(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = || fs::read_to_string(self.home.path().join("log")).unwrap_or_default();
            let ended = must(self.process.try_wait(), "look at prometheus");
            assert!(ended.is_none(), "prometheus ended: {}", log());
            assert!(Instant::now() < deadline, "prometheus does not answer: {}", log());
            thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _killed = self.process.kill();
        let _ended = self.process.wait();
    }
}

/// Runs promtool, which comes with Prometheus, on a file of rules.
#[track_caller]
pub(crate) fn check_rules(rules: &str) {
    let home = must(TempDir::new(), "make a directory");
    let file = home.path().join("rules.yml");
    must(fs::write(&file, rules), "write the rules");
    let output = Command::new(program("promtool")).args(["check", "rules"]).arg(&file).output();
    let output = must(output, "run promtool");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{rules}\n{said}");
}

/// A program that these tests cannot do without.
#[track_caller]
fn program(name: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "{name} is not in PATH. These tests ask a real Prometheus. Install it: \
             `apt-get install --no-install-recommends prometheus` on Debian, \
             `brew install prometheus` on macOS, or https://prometheus.io/download"
        )
    })
}
