//! Tests against a real control plane, which they start themselves.

use std::env;
use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

mod reading;

/// A running control plane, which ends with the value.
struct ControlPlane {
    /// Its standard input: closing it ends the process.
    process: Child,
    kubeconfig: PathBuf,
    kubectl: PathBuf,
}

impl ControlPlane {
    fn start() -> Self {
        let built =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("target/control-plane/control-plane");
        let program = env::var_os("KUBECTL_STS_CONTROL_PLANE").map_or(built, PathBuf::from);
        let mut process = Command::new(program)
            .args(["up", "--until-stdin-closes"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: serde_json::Value = serde_json::from_str(&line).unwrap();
        let path = |key: &str| PathBuf::from(told[key].as_str().unwrap());
        Self { kubeconfig: path("kubeconfig"), kubectl: path("kubectl"), process }
    }

    async fn client(&self) -> kube::Client {
        let kubeconfig = kube::config::Kubeconfig::read_from(&self.kubeconfig).unwrap();
        let options = kube::config::KubeConfigOptions::default();
        let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options).await.unwrap();
        kube::Client::try_from(config).unwrap()
    }

    /// Runs kubectl with this on its standard input.
    fn kubectl(&self, arguments: &[&str], input: &str) {
        let mut kubectl = Command::new(&self.kubectl)
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut kubectl.stdin.take().unwrap(), input.as_bytes()).unwrap();
        assert!(kubectl.wait().unwrap().success(), "kubectl {arguments:?}");
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().unwrap();
    }
}
