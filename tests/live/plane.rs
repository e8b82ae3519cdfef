//! The control plane the live tests run against: started once, ended with the tests.

use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::process::ChildStdin;
use std::process::Command;
use std::process::Stdio;
use std::sync::OnceLock;

use serde_json::Value;

pub struct Plane {
    pub kubectl: PathBuf,
    kubeconfig: PathBuf,
    state: PathBuf,
    /// The control plane ends when this is closed, however the tests end.
    _alive: ChildStdin,
}

impl Plane {
    pub fn get() -> &'static Self {
        static PLANE: OnceLock<Plane> = OnceLock::new();
        PLANE.get_or_init(Self::start)
    }

    fn start() -> Self {
        let built =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("target/control-plane/control-plane");
        let program = std::env::var_os("CONTROL_PLANE").map_or(built, PathBuf::from);
        let state = tempfile::tempdir().unwrap().keep();
        let mut child = Command::new(&program)
            .arg("up")
            .arg("--state-dir")
            .arg(&state)
            .arg("--until-stdin-closes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; build it first", program.display()));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let up: Value = serde_json::from_str(&line).expect("the control plane did not start");
        let path = |name: &str| PathBuf::from(up[name].as_str().unwrap());
        Self {
            kubectl: path("kubectl"),
            kubeconfig: path("kubeconfig"),
            state: path("stateDir"),
            _alive: child.stdin.take().unwrap(),
        }
    }

    pub fn kubeconfig(&self) -> PathBuf {
        self.kubeconfig.clone()
    }

    pub fn certificates(&self) -> PathBuf {
        self.state.join("certificates")
    }

    pub fn kubectl(&self, args: &[&str]) -> String {
        let output = Command::new(&self.kubectl)
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}
