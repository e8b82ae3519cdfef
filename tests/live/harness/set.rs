//! Building the StatefulSet a test needs.

use serde_json::Value;
use serde_json::json;

use super::Namespace;

/// The prefix of the annotations that say how a simulated pod behaves.
const BEHAVIOR: &str = "control-plane.kubectl-sts.io";

/// A StatefulSet that is not created yet. Its container is `app`, its pods have the label `app: NAME`.
#[must_use = "nothing exists before create() or create_ready()"]
pub(crate) struct SetBuilder<'n, 'a> {
    namespace: &'n Namespace<'a>,
    name: String,
    manifest: Value,
}

impl<'n, 'a> SetBuilder<'n, 'a> {
    pub(super) fn new(namespace: &'n Namespace<'a>, name: &str) -> Self {
        let manifest = json!({
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": { "name": name },
            "spec": {
                "serviceName": name,
                "replicas": 3,
                "selector": { "matchLabels": { "app": name } },
                "template": {
                    "metadata": { "labels": { "app": name }, "annotations": {} },
                    "spec": { "containers": [{ "name": "app", "image": "app:v1" }] },
                },
            },
        });
        Self { namespace, name: name.to_owned(), manifest }
    }

    pub(crate) fn replicas(self, replicas: u32) -> Self {
        self.with(|set| set["spec"]["replicas"] = replicas.into())
    }

    /// The image of its container; the tag says how the pods behave.
    pub(crate) fn image(self, image: &str) -> Self {
        self.with(|set| set["spec"]["template"]["spec"]["containers"][0]["image"] = image.into())
    }

    /// Pods start and stop all at once.
    pub(crate) fn parallel(self) -> Self {
        self.with(|set| set["spec"]["podManagementPolicy"] = "Parallel".into())
    }

    /// Seconds a pod must be Ready before it counts as available.
    pub(crate) fn min_ready(self, seconds: u32) -> Self {
        self.with(|set| set["spec"]["minReadySeconds"] = seconds.into())
    }

    /// The first ordinal.
    pub(crate) fn start(self, ordinal: u32) -> Self {
        self.with(|set| set["spec"]["ordinals"] = json!({ "start": ordinal }))
    }

    pub(crate) fn partition(self, partition: u32) -> Self {
        self.with(|set| {
            set["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = partition.into();
        })
    }

    /// A number or a percentage.
    pub(crate) fn max_unavailable(self, pods: impl Into<Value>) -> Self {
        self.with(|set| {
            set["spec"]["updateStrategy"]["rollingUpdate"]["maxUnavailable"] = pods.into();
        })
    }

    pub(crate) fn on_delete(self) -> Self {
        self.with(|set| set["spec"]["updateStrategy"] = json!({ "type": "OnDelete" }))
    }

    /// A claim template `data` of that size, mounted at `/data`.
    pub(crate) fn claims(self, size: &str) -> Self {
        self.with(|set| {
            set["spec"]["volumeClaimTemplates"] = json!([{
                "metadata": { "name": "data" },
                "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": size } } },
            }]);
            set["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] =
                json!([{ "name": "data", "mountPath": "/data" }]);
        })
    }

    /// The storage class of the claim template.
    pub(crate) fn storage_class(self, class: &str) -> Self {
        self.with(|set| {
            set["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"] = class.into();
        })
    }

    /// How every pod behaves, beyond what the tag says: `("ready-after", "5s")`, `("behavior-2", "hang")`.
    pub(crate) fn pods(self, key: &str, value: &str) -> Self {
        let key = format!("{BEHAVIOR}/{key}");
        self.with(|set| set["spec"]["template"]["metadata"]["annotations"][key] = value.into())
    }

    /// Any other change of the manifest.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.manifest);
        self
    }

    /// Creates the set and its headless service.
    #[track_caller]
    pub(crate) fn create(self) {
        let Self { namespace, name, manifest } = self;
        let service = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": { "name": name },
            "spec": { "clusterIP": "None", "selector": { "app": name }, "ports": [{ "port": 80 }] },
        });
        namespace.post(&format!("/api/v1/namespaces/{}/services", namespace.name()), &service);
        namespace.post(
            &format!("/apis/apps/v1/namespaces/{}/statefulsets", namespace.name()),
            &manifest,
        );
    }

    /// Creates the set and waits until all its pods are Ready.
    #[track_caller]
    pub(crate) fn create_ready(self) {
        let (namespace, name) = (self.namespace, self.name.clone());
        self.create();
        namespace.wait_ready(&name);
    }
}
