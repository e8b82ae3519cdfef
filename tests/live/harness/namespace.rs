//! A namespace of one test: kubectl in it, what it looks like, waiting for it to look different.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;

use super::ControlPlane;
use super::Output;
use super::Proxy;
use super::SetBuilder;
use super::Sts;
use super::must;

/// How long anything in a cluster may take before a test gives up, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A namespace that exists for one test. Dropped, it is deleted with all that is in it; when the test failed, what was
/// in it is printed first.
pub(crate) struct Namespace<'a> {
    control_plane: &'a ControlPlane,
    name: String,
}

impl<'a> Namespace<'a> {
    #[track_caller]
    pub(super) fn create(control_plane: &'a ControlPlane, name: String) -> Self {
        let namespace = Self { control_plane, name };
        namespace.post("/api/v1/namespaces", &json!({ "metadata": { "name": namespace.name } }));
        namespace
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn control_plane(&self) -> &'a ControlPlane {
        self.control_plane
    }

    /// Runs kubectl in the namespace.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Output {
        self.kubectl_command(arguments).run()
    }

    /// Begins a run of kubectl in the namespace, to give it input or to let it run beside the test.
    pub(crate) fn kubectl_command(&self, arguments: &[&str]) -> Sts {
        Sts::kubectl(self.control_plane, &[&["-n", &self.name], arguments].concat())
    }

    /// Runs kubectl, which must succeed, and returns what it printed.
    #[track_caller]
    pub(crate) fn kubectl_ok(&self, arguments: &[&str]) -> String {
        self.kubectl(arguments).success().stdout
    }

    /// Runs kubectl with `-o json` and returns what it printed.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        self.kubectl(&[arguments, &["-o", "json"]].concat()).success().json()
    }

    /// Applies a manifest.
    #[track_caller]
    pub(crate) fn apply(&self, yaml: &str) {
        self.kubectl_command(&["apply", "-f", "-"]).stdin(yaml).run().success();
    }

    /// Begins a StatefulSet with three replicas of `app:v1`.
    pub(crate) fn set(&self, name: &str) -> SetBuilder<'_, 'a> {
        SetBuilder::new(self, name)
    }

    /// Begins a run of the program under test in this namespace.
    pub(crate) fn sts(&self, arguments: &[&str]) -> Sts {
        Sts::program(self, arguments)
    }

    /// The same, with a proxy between it and the API server.
    pub(crate) fn sts_through(&self, proxy: &Proxy, arguments: &[&str]) -> Sts {
        Sts::program_as(self, proxy.kubeconfig(), arguments)
    }

    /// Changes the image of the first container, as `kubectl set image` does, and does not wait.
    #[track_caller]
    pub(crate) fn set_image(&self, set: &str, image: &str) {
        self.kubectl_ok(&["set", "image", &format!("statefulset/{set}"), &format!("app={image}")]);
    }

    /// Applies a merge patch to a StatefulSet.
    #[track_caller]
    pub(crate) fn patch_set(&self, set: &str, patch: &Value) -> Value {
        let path = format!("/apis/apps/v1/namespaces/{}/statefulsets/{set}", self.name);
        let (status, answer) = must(self.control_plane.request("PATCH", &path, patch), "patch");
        assert_eq!(status, 200, "PATCH {path} {patch}: {answer}");
        answer
    }

    /// Creates an object.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, object: &Value) -> Value {
        let (status, answer) = must(self.control_plane.request("POST", path, object), "create");
        assert_eq!(status, 201, "POST {path} {object}: {answer}");
        answer
    }

    /// What shall go wrong from now on with the storage of the claims of that name, `*` in it for any, on a control
    /// plane with a CSI driver: `expand infeasible`, `delete none`; see `tests/control-plane/README.md`.
    #[track_caller]
    pub(crate) fn fault(&self, claims: &str, what: &str) {
        self.control_plane.fault(&format!("{what} {}/{claims}", self.name));
    }

    /// The volume a claim is bound to.
    #[track_caller]
    pub(crate) fn volume(&self, claim: &str) -> Value {
        let claim = self.json(&["get", "pvc", claim]);
        let name = claim["spec"]["volumeName"].as_str().unwrap_or_default();
        self.json(&["get", "pv", name])
    }

    /// Does what a kubelet does once the storage has grown: grows the file system, and says so in the claim.
    #[track_caller]
    pub(crate) fn grow_file_system(&self, claim: &str) {
        let path =
            format!("/api/v1/namespaces/{}/persistentvolumeclaims/{claim}/status", self.name);
        let size = self.volume(claim)["spec"]["capacity"]["storage"].clone();
        let grown = json!({ "status": {
            "capacity": { "storage": size }, "allocatedResourceStatuses": null, "conditions": null,
        } });
        let (status, answer) = must(self.control_plane.request("PATCH", &path, &grown), "patch");
        assert_eq!(status, 200, "PATCH {path} {grown}: {answer}");
    }

    /// Writes a file in a container; with a volume at `/data`, `data/NAME` is on the volume.
    #[track_caller]
    pub(crate) fn write_file(&self, pod: &str, path: &str, text: &str) {
        let write = ["exec", "-i", pod, "--", "sh", "-c", "cat >\"$0\"", path];
        self.kubectl_command(&write).stdin(text).run().success();
    }

    /// Reads a file in a container.
    #[track_caller]
    pub(crate) fn read_file(&self, pod: &str, path: &str) -> String {
        self.kubectl_ok(&["exec", pod, "--", "cat", path])
    }

    /// Reads a path below the namespace such as `api/v1` `pods/db-0`; `None` when there is no such object or no answer.
    pub(crate) fn get(&self, api: &str, what: &str) -> Option<Value> {
        let path = format!("/{api}/namespaces/{}/{what}", self.name);
        let (status, answer) = self.control_plane.request("GET", &path, &Value::Null).ok()?;
        (status == 200).then_some(answer)
    }

    /// The set as it is now.
    #[track_caller]
    pub(crate) fn read_set(&self, set: &str) -> Value {
        match self.get("apis/apps/v1", &format!("statefulsets/{set}")) {
            Some(object) => object,
            None => panic!("there is no statefulset {set} in {}", self.name),
        }
    }

    /// The pods of a set by ordinal.
    pub(crate) fn pods(&self, set: &str) -> BTreeMap<i64, Value> {
        let Some(list) = self.get("api/v1", &format!("pods?labelSelector=app%3D{set}")) else {
            return BTreeMap::new();
        };
        let pods = list["items"].as_array().cloned().unwrap_or_default();
        pods.into_iter().filter_map(|pod| Some((ordinal(&pod)?, pod))).collect()
    }

    /// The tags of the images of a set's pods, `0:v1 1:v1 2:v2!`: `!` is not Ready, `~` is being deleted, `?` instead
    /// of a tag is a pod that should exist and does not.
    pub(crate) fn images(&self, set: &str) -> Vec<String> {
        let pods = self.pods(set);
        let object = self.get("apis/apps/v1", &format!("statefulsets/{set}")).unwrap_or_default();
        let start = object["spec"]["ordinals"]["start"].as_i64().unwrap_or(0);
        let wanted = start..start + object["spec"]["replicas"].as_i64().unwrap_or(0);
        let mut ordinals: Vec<i64> = wanted.chain(pods.keys().copied()).collect();
        ordinals.sort_unstable();
        ordinals.dedup();
        ordinals
            .into_iter()
            .map(|ordinal| match pods.get(&ordinal) {
                Some(pod) => format!("{ordinal}:{}{}", tag(pod), mark(pod)),
                None => format!("{ordinal}:?"),
            })
            .collect()
    }

    /// The UIDs of a set's pods in the order of their ordinals.
    pub(crate) fn pod_uids(&self, set: &str) -> Vec<String> {
        let text = |pod: &Value| pod["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
        self.pods(set).values().map(text).collect()
    }

    /// Waits until all pods of the set are there and Ready, and its status says so.
    #[track_caller]
    pub(crate) fn wait_ready(&self, set: &str) {
        self.wait_until(PATIENCE, &format!("{set} is ready"), |ns| {
            let object = ns.read_set(set);
            let (spec, status) = (&object["spec"], &object["status"]);
            status["observedGeneration"] == object["metadata"]["generation"]
                && status["readyReplicas"].as_i64().unwrap_or(0)
                    == spec["replicas"].as_i64().unwrap_or(0)
                && !ns.images(set).iter().any(|image| image.ends_with(['!', '~', '?']))
        });
    }

    /// Waits until the pods of the set look like this, in the notation of [`Self::images`].
    #[track_caller]
    pub(crate) fn wait_images(&self, set: &str, wanted: &str) {
        self.wait_until(PATIENCE, &format!("{set} is {wanted}"), |ns| {
            ns.images(set).join(" ") == wanted
        });
    }

    /// Waits until the condition holds.
    #[track_caller]
    pub(crate) fn wait_until(
        &self,
        timeout: Duration,
        what: &str,
        condition: impl Fn(&Self) -> bool,
    ) {
        let deadline = Instant::now() + timeout;
        while !condition(self) {
            assert!(
                Instant::now() < deadline,
                "waited {timeout:?} in vain until {what}\n{}",
                self.picture()
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Everything in the namespace, for somebody who has to find out why a test failed.
    pub(crate) fn picture(&self) -> String {
        let objects =
            self.kubectl(&["get", "statefulsets,pods,pvc,controllerrevisions", "-o", "wide"]);
        let events = self.kubectl(&["get", "events", "--sort-by=.lastTimestamp"]);
        format!("namespace {}\n{objects}\n{events}", self.name)
    }
}

impl Drop for Namespace<'_> {
    #[expect(clippy::print_stderr, reason = "the test runner shows it with the failure")]
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{}", self.picture());
        }
        // An API server that is down, killed by this very test, is no reason to fail.
        let path = format!("/api/v1/namespaces/{}", self.name);
        let _answer = self.control_plane.request("DELETE", &path, &Value::Null);
    }
}

/// The ordinal of a pod, from the label its set gives it.
fn ordinal(pod: &Value) -> Option<i64> {
    pod["metadata"]["labels"]["apps.kubernetes.io/pod-index"].as_str()?.parse().ok()
}

/// The tag of the image of the first container.
fn tag(pod: &Value) -> &str {
    let image = pod["spec"]["containers"][0]["image"].as_str().unwrap_or_default();
    image.rsplit_once(':').map_or(image, |(_, tag)| tag)
}

/// `~` for a pod that is being deleted, `!` for one that is not Ready.
fn mark(pod: &Value) -> &'static str {
    let conditions = pod["status"]["conditions"].as_array();
    let ready =
        conditions.into_iter().flatten().any(|c| c["type"] == "Ready" && c["status"] == "True");
    match (pod["metadata"]["deletionTimestamp"].is_null(), ready) {
        (false, _) => "~",
        (true, false) => "!",
        (true, true) => "",
    }
}
