//! Starting, breaking and ending control planes.

use std::env;
use std::fmt;
use std::fs;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::ChildStdin;
use std::process::ChildStdout;
use std::process::Command;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use super::Namespace;
use super::Output;
use super::http;
use super::must;

/// The repository.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The label of the nodes that are kept alive.
const MANAGED: &str = "control-plane.kubectl-sts.io/managed";

/// A running control plane. It ends when this is dropped, and when the test process ends in any way: it watches its
/// standard input, which nobody holds open then.
pub(crate) struct ControlPlane {
    process: Child,
    /// `None` once it is told to end.
    conversation: Mutex<Option<Conversation>>,
    announcement: Value,
    namespaces: AtomicUsize,
}

/// Lines to the control plane and its answers, one each.
struct Conversation {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// How a control plane differs from the one that is shared.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Feature gates of the API server and the controller manager, `MaxUnavailableStatefulSet=false`.
    pub(crate) feature_gates: Option<String>,
    /// How many nodes there are; three when not given.
    pub(crate) nodes: Option<usize>,
    /// Client QPS of the controller manager, `Some(0)` for what Kubernetes has by default, which is slow.
    pub(crate) kcm_qps: Option<u32>,
    /// With a CSI driver, its sidecars and the snapshot controller.
    pub(crate) csi: bool,
    /// More flags, `kube-controller-manager=--node-monitor-grace-period=20s`.
    pub(crate) extra_flags: Vec<String>,
    /// A directory of programs that commands in pods find before those of this machine.
    pub(crate) programs_in_pods: Option<PathBuf>,
}

/// A part of the control plane, which is a process of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Component {
    Etcd,
    ApiServer,
    ControllerManager,
    Scheduler,
    /// What answers exec and logs.
    Kubelet,
    /// What moves the pods and keeps the nodes alive.
    Kwok,
    /// The storage. Its sidecars, all but the snapshot controller, go and come back with it.
    CsiDriver,
    /// What makes and removes volumes of the driver.
    CsiProvisioner,
    /// What grows and modifies volumes of the driver.
    CsiResizer,
    /// What has the driver take snapshots.
    CsiSnapshotter,
    /// What knows of snapshots whatever the driver.
    SnapshotController,
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Etcd => "etcd",
            Self::ApiServer => "kube-apiserver",
            Self::ControllerManager => "kube-controller-manager",
            Self::Scheduler => "kube-scheduler",
            Self::Kubelet => "kubelet",
            Self::Kwok => "kwok",
            Self::CsiDriver => "csi-driver",
            Self::CsiProvisioner => "csi-provisioner",
            Self::CsiResizer => "csi-resizer",
            Self::CsiSnapshotter => "csi-snapshotter",
            Self::SnapshotController => "snapshot-controller",
        })
    }
}

impl ControlPlane {
    /// The control plane of this test binary, started by the first test that asks for it. Nobody may break it.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<ControlPlane> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&Options::default()))
    }

    /// The same with a CSI driver, whose classes are `csi`, `csi-fixed` and `csi-late`. Nobody may break it but for the
    /// volumes of a namespace of its own: [`Namespace::fault`].
    pub(crate) fn csi() -> &'static Self {
        static SHARED: OnceLock<ControlPlane> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&Options { csi: true, ..Options::default() }))
    }

    /// Starts a control plane for one test alone.
    pub(crate) fn start(options: &Options) -> Self {
        let mut command = Command::new(binary());
        command.args(["up", "--until-stdin-closes"]);
        if let Some(gates) = &options.feature_gates {
            command.arg(format!("--feature-gates={gates}"));
        }
        if let Some(nodes) = options.nodes {
            command.arg(format!("--nodes={nodes}"));
        }
        if let Some(qps) = options.kcm_qps {
            command.arg(format!("--kcm-qps={qps}"));
        }
        if options.csi {
            command.arg("--csi");
        }
        for flag in &options.extra_flags {
            command.arg(format!("--extra-flags={flag}"));
        }
        if let Some(programs) = &options.programs_in_pods {
            let path = env::var_os("PATH").unwrap_or_default();
            let path = [programs.clone()].into_iter().chain(env::split_paths(&path));
            command.env("PATH", must(env::join_paths(path), "join PATH"));
        }
        let mut process = must(
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn(),
            "start the control plane",
        );
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            unreachable!("both are piped");
        };
        let mut output = BufReader::new(output);
        let mut line = String::new();
        must(output.read_line(&mut line), "wait for the control plane");
        let Ok(announcement) = serde_json::from_str(&line) else {
            panic!("the control plane did not start, see its messages above: {line:?}");
        };
        Self {
            process,
            conversation: Mutex::new(Some(Conversation { input, output })),
            announcement,
            namespaces: AtomicUsize::new(0),
        }
    }

    /// Creates a namespace nobody else has. It is deleted when it is dropped.
    #[track_caller]
    pub(crate) fn namespace(&self, stem: &str) -> Namespace<'_> {
        let number = self.namespaces.fetch_add(1, Ordering::Relaxed);
        Namespace::create(self, format!("{stem}-{number}"))
    }

    /// The kubeconfig of the administrator.
    pub(crate) fn kubeconfig(&self) -> &Path {
        Path::new(self.announced("kubeconfig"))
    }

    /// A real kubectl.
    pub(crate) fn kubectl_path(&self) -> &Path {
        Path::new(self.announced("kubectl"))
    }

    /// What every client asked for, one JSON object per line.
    pub(crate) fn audit_log(&self) -> PathBuf {
        PathBuf::from(self.announced("auditLog"))
    }

    /// The directory it keeps its files in, with the log of each component.
    pub(crate) fn state_dir(&self) -> &Path {
        Path::new(self.announced("stateDir"))
    }

    /// The directory with the files of a volume, of either kind there is.
    #[track_caller]
    pub(crate) fn files_of(&self, volume: &Value) -> PathBuf {
        let spec = &volume["spec"];
        match (spec["hostPath"]["path"].as_str(), spec["csi"]["volumeHandle"].as_str()) {
            (Some(path), _) => PathBuf::from(path),
            (None, Some(handle)) => self.state_dir().join("csi/volumes").join(handle),
            (None, None) => panic!("no volume with files: {volume}"),
        }
    }

    /// The address of the API server.
    pub(crate) fn server(&self) -> &str {
        self.announced("server")
    }

    /// The socket on which the API server takes requests of the administrator without TLS.
    pub(super) fn socket(&self) -> &Path {
        Path::new(self.announced("socket"))
    }

    /// The requests of one client, told by a part of its user agent, as the audit log has them.
    pub(crate) fn requests_of(&self, user_agent: &str) -> Vec<Value> {
        let log = must(fs::read_to_string(self.audit_log()), "read the audit log");
        log.lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|event| {
                event["userAgent"].as_str().is_some_and(|agent| agent.contains(user_agent))
            })
            .collect()
    }

    /// Runs kubectl as the administrator.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Output {
        super::sts::Sts::kubectl(self, arguments).run()
    }

    /// Ends a component with SIGKILL. It stays away until [`Self::restart`].
    #[track_caller]
    pub(crate) fn kill(&self, component: Component) {
        self.command(&format!("kill {component}"));
    }

    /// Starts a component again, and waits until it is ready.
    #[track_caller]
    pub(crate) fn restart(&self, component: Component) {
        self.command(&format!("restart {component}"));
    }

    /// Stops a component with SIGSTOP: it keeps its connections and answers nothing.
    #[track_caller]
    pub(crate) fn stop(&self, component: Component) {
        self.command(&format!("stop {component}"));
    }

    /// Lets a stopped component go on.
    #[track_caller]
    pub(crate) fn cont(&self, component: Component) {
        self.command(&format!("cont {component}"));
    }

    /// What shall go wrong with the storage from now on, `expand infeasible demo/data-db-*`; see
    /// `tests/control-plane/README.md`. It is for a control plane of the test's own: see [`Namespace::fault`].
    #[track_caller]
    pub(crate) fn fault(&self, line: &str) {
        self.command(&format!("fault {line}"));
    }

    /// Lets a node die: no more signs of life, and its pods neither start nor stop.
    #[track_caller]
    pub(crate) fn node_down(&self, node: &str) {
        self.label_managed(node, &Value::Null);
    }

    /// Brings a node back to life.
    #[track_caller]
    pub(crate) fn node_up(&self, node: &str) {
        self.label_managed(node, &Value::from(""));
    }

    #[track_caller]
    fn label_managed(&self, node: &str, value: &Value) {
        let patch = json!({ "metadata": { "labels": { MANAGED: value } } });
        let path = format!("/api/v1/nodes/{node}");
        let (status, answer) = must(self.request("PATCH", &path, &patch), "label the node");
        assert_eq!(status, 200, "PATCH {path} {patch}: {answer}");
    }

    /// Sends one request to the API server as the administrator; `Err` when it cannot be reached.
    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<(u16, Value), String> {
        let media_type = if method == "PATCH" { http::MERGE_PATCH } else { http::JSON };
        http::request(self.socket(), method, path, media_type, body)
            .map_err(|error| format!("{method} {path}: {error}"))
    }

    /// Everything that happens to a collection from now on, as events of a watch, until the control plane ends.
    #[track_caller]
    pub(crate) fn watch(&self, path: &str) -> impl Iterator<Item = Value> + Send + use<> {
        let (_, list) = must(self.request("GET", path, &Value::Null), path);
        let version =
            |object: &Value| object["metadata"]["resourceVersion"].as_str().map(str::to_owned);
        let mut seen = version(&list).unwrap_or_default();
        let (socket, path) = (self.socket().to_owned(), path.to_owned());
        let mut events =
            http::watch(&socket, &format!("{path}?watch=1&resourceVersion={seen}")).ok();
        std::iter::from_fn(move || {
            loop {
                if let Some(event) = events.as_mut()?.next() {
                    seen = version(&event["object"]).unwrap_or(seen.clone());
                    return Some(event);
                }
                thread::sleep(Duration::from_millis(50));
                events =
                    http::watch(&socket, &format!("{path}?watch=1&resourceVersion={seen}")).ok();
            }
        })
    }

    /// Says one line and waits for its answer.
    #[track_caller]
    fn command(&self, words: &str) {
        let mut held = self.conversation.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(conversation) = held.as_mut() else { unreachable!("it ends only when dropped") };
        must(writeln!(conversation.input, "{words}"), "speak to the control plane");
        let mut line = String::new();
        must(conversation.output.read_line(&mut line), "listen to the control plane");
        let answer: Value = must(serde_json::from_str(&line), "understand the control plane");
        assert_eq!(answer["ok"], true, "{words}: {answer}");
    }

    #[track_caller]
    fn announced(&self, key: &str) -> &str {
        match self.announcement[key].as_str() {
            Some(value) => value,
            None => panic!("no {key} in {}", self.announcement),
        }
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        // Its standard input closes here, and so it ends.
        self.conversation.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let _ended = self.process.wait();
    }
}

/// The binary, built by the first who needs it. Building takes minutes the first time.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let script = Path::new(ROOT).join("tests/control-plane/build.sh");
        let status = must(Command::new(&script).status(), "build the control plane");
        assert!(status.success(), "{} failed", script.display());
        Path::new(ROOT).join("target/control-plane/control-plane")
    })
}
