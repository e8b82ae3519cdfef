//! Claims without a pod, and why.

use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::Namespace;
use crate::harness::SetBuilder;

/// How long anything may take here.
const PATIENCE: Duration = Duration::from_secs(120);

/// What should become of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Should {
    /// Nobody wants it any more.
    Go,
    /// Somebody does.
    Stay,
    /// Only a person can know.
    Asked,
}

impl Should {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Go => "left behind",
            Self::Stay => "to keep",
            Self::Asked => "for a person to decide",
        }
    }
}

/// A claim, and what should become of it.
pub(crate) struct Claim {
    pub(crate) name: &'static str,
    pub(crate) should: Should,
    pub(crate) why: &'static str,
}

/// Claims in a namespace of their own, and how they come about.
pub(crate) struct Situation {
    pub(crate) name: &'static str,
    pub(crate) make: fn(&Namespace<'_>),
    pub(crate) claims: Vec<Claim>,
}

fn situation(
    name: &'static str,
    make: fn(&Namespace<'_>),
    claims: &[(&[&'static str], Should, &'static str)],
) -> Situation {
    let claims = claims
        .iter()
        .flat_map(|(names, should, why)| {
            names.iter().map(move |name| Claim { name, should: *should, why })
        })
        .collect();
    Situation { name, make, claims }
}

/// All situations.
pub(crate) fn all() -> Vec<Situation> {
    use Should::{Asked, Go, Stay};
    const USED: &str = "its pod uses it";
    const GONE_ORDINAL: &str = "above the range of a set that runs";
    vec![
        situation(
            "scaled-down",
            |ns| scaled(ns, 5, 2),
            &[
                (&["data-db-0", "data-db-1"], Stay, USED),
                (&["data-db-2", "data-db-3", "data-db-4"], Go, GONE_ORDINAL),
            ],
        ),
        situation(
            "scaled-down-first-ordinal-three",
            scaled_from_three,
            &[
                (&["data-db-3", "data-db-4"], Stay, USED),
                (&["data-db-5", "data-db-6"], Go, GONE_ORDINAL),
            ],
        ),
        situation(
            "set-deleted",
            set_deleted,
            &[(
                &["data-db-0", "data-db-1", "data-db-2"],
                Go,
                "its set is gone, and nothing brings it back",
            )],
        ),
        situation(
            "two-templates",
            two_templates,
            &[
                (&["data-db-0", "log-db-0"], Stay, USED),
                (&["data-db-1", "log-db-1"], Go, GONE_ORDINAL),
            ],
        ),
        situation(
            "template-removed",
            template_removed,
            &[
                (&["data-db-0", "data-db-1"], Stay, USED),
                (&["log-db-0", "log-db-1"], Go, "its set was made anew without this template"),
            ],
        ),
        situation(
            "never-bound",
            never_bound,
            &[
                (&["data-db-0"], Stay, "its pod waits for it"),
                (&["data-db-1"], Go, "above the range, and it never had a volume"),
            ],
        ),
        situation(
            "parked-set",
            |ns| scaled(ns, 3, 0),
            &[(
                &["data-db-0", "data-db-1", "data-db-2"],
                Stay,
                "its set is scaled to 0 for the night",
            )],
        ),
        situation(
            "autoscaled-set",
            autoscaled,
            &[
                (&["data-db-0", "data-db-1"], Stay, USED),
                (&["data-db-2", "data-db-3"], Stay, "the autoscaler may ask for four at any time"),
            ],
        ),
        situation(
            "deployment-at-zero",
            |ns| ns.apply(DEPLOYMENT),
            &[(&["files"], Stay, "a Deployment with 0 replicas mounts it")],
        ),
        situation(
            "suspended-job",
            |ns| ns.apply(JOB),
            &[(&["import"], Stay, "a suspended Job mounts it")],
        ),
        situation(
            "cron-jobs",
            |ns| ns.apply(CRON_JOBS),
            &[
                (&["backups"], Stay, "a CronJob mounts it once a year"),
                (&["reports"], Stay, "a suspended CronJob mounts it"),
            ],
        ),
        situation("finished-pod", finished_pod, &[(&["result"], Stay, "a finished pod has it")]),
        situation(
            "set-at-zero-with-a-shared-claim",
            |ns| ns.apply(SET_AT_ZERO),
            &[(&["seed"], Stay, "the pod template of a set with 0 replicas names it")],
        ),
        situation(
            "hibernated-cloudnativepg",
            |ns| ns.apply(&cloudnativepg()),
            &[(
                &["pg-main-1", "pg-main-2", "pg-main-3"],
                Stay,
                "a hibernated CloudNativePG cluster has no pods",
            )],
        ),
        situation(
            "paused-strimzi",
            |ns| ns.apply(&strimzi()),
            &[(&["data-kafka-pool-0", "data-kafka-pool-1"], Stay, "Strimzi looks after it")],
        ),
        situation(
            "jupyterhub",
            |ns| ns.apply(JUPYTERHUB),
            &[(&["claim-ada-1"], Stay, "the home of somebody who is not logged in")],
        ),
        situation(
            "marked-to-be-kept",
            marked,
            &[
                (&["data-db-0"], Stay, "annotation kubectl-sts.io/keep"),
                (&["data-db-1"], Stay, "annotation helm.sh/resource-policy: keep"),
                (&["data-db-2"], Stay, "label kor/used=true"),
                (&["data-db-3"], Stay, "Argo CD option Prune=false"),
            ],
        ),
        situation(
            "source-of-a-clone",
            clone_source,
            &[
                (&["data-db-0", "data-db-1"], Stay, USED),
                (&["data-db-2"], Stay, "another claim is being filled from it"),
                (&["copy"], Stay, "it is being filled"),
            ],
        ),
        situation(
            "named-by-volsync",
            volsync,
            &[
                (&["data-db-0"], Stay, USED),
                (&["data-db-1"], Stay, "a ReplicationSource names it in spec.sourcePVC"),
            ],
        ),
        situation(
            "pod-could-not-be-made",
            quota,
            &[
                (&["data-db-0"], Stay, USED),
                (&["data-db-1"], Stay, "in the range; a quota keeps its pod away"),
            ],
        ),
        situation(
            "moved-away",
            moved,
            &[
                (&["data-db-2", "data-db-3"], Stay, USED),
                (
                    &["data-db-0", "data-db-1"],
                    Asked,
                    "below the first ordinal: it may be moving between clusters",
                ),
            ],
        ),
        situation(
            "ambiguous-names",
            ambiguous,
            &[
                (&["a-b-c-0"], Stay, "two sets use it"),
                (&["a-b-c-1"], Asked, "two sets could have made it"),
            ],
        ),
        situation(
            "set-being-recreated",
            recreated,
            &[
                (&["data-db-0"], Stay, USED),
                (&["data-db-1"], Asked, "its set was deleted and its pods were not"),
            ],
        ),
        situation(
            "release-still-there",
            released,
            &[(&["data-db-0"], Asked, "its Helm release is there and may bring its set back")],
        ),
        situation(
            "made-by-hand",
            |ns| ns.apply(&claim("data-spare-0", "")),
            &[(&["data-spare-0"], Asked, "somebody made it for a set to come")],
        ),
        situation(
            "volume-for-many",
            shared,
            &[
                (&["data-db-0"], Stay, USED),
                (&["data-db-1"], Asked, "ReadWriteMany: somebody outside could use its volume"),
            ],
        ),
    ]
}

fn set<'n, 'a>(ns: &'n Namespace<'a>) -> SetBuilder<'n, 'a> {
    ns.set("db").parallel().claims("1Mi")
}

/// Lets the set have so many pods, then so many.
fn scale(ns: &Namespace<'_>, replicas: u32) {
    ns.patch_set("db", &json!({ "spec": { "replicas": replicas } }));
    ns.wait_ready("db");
}

fn scaled(ns: &Namespace<'_>, from: u32, to: u32) {
    set(ns).replicas(from).create_ready();
    scale(ns, to);
    ns.wait_until(PATIENCE, "its pods are gone", |ns| ns.pods("db").len() == to as usize);
}

fn scaled_from_three(ns: &Namespace<'_>) {
    set(ns).start(3).replicas(4).create_ready();
    scale(ns, 2);
}

fn delete_set(ns: &Namespace<'_>, cascade: &str) {
    ns.kubectl_ok(&["delete", "statefulset", "db", &format!("--cascade={cascade}")]);
}

fn set_deleted(ns: &Namespace<'_>) {
    set(ns).replicas(3).create_ready();
    delete_set(ns, "foreground");
}

fn with_log(set: &mut Value) {
    if let Some(templates) = set["spec"]["volumeClaimTemplates"].as_array_mut() {
        let mut log = templates[0].clone();
        log["metadata"]["name"] = "log".into();
        templates.push(log);
    }
}

fn two_templates(ns: &Namespace<'_>) {
    set(ns).with(with_log).replicas(2).create_ready();
    scale(ns, 1);
}

fn template_removed(ns: &Namespace<'_>) {
    set(ns).with(with_log).replicas(2).create_ready();
    delete_set(ns, "foreground");
    ns.kubectl_ok(&["delete", "service", "db"]);
    set(ns).replicas(2).create_ready();
}

fn never_bound(ns: &Namespace<'_>) {
    let no_class = |set: &mut Value| {
        set["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"] = "missing".into();
    };
    set(ns).with(no_class).replicas(2).create();
    wait_claims(ns, 2);
    ns.patch_set("db", &json!({ "spec": { "replicas": 1 } }));
    ns.wait_until(PATIENCE, "one pod is gone", |ns| ns.pods("db").len() == 1);
}

fn wait_claims(ns: &Namespace<'_>, count: usize) {
    ns.wait_until(PATIENCE, "the claims are there", |ns| {
        let list = ns.get("api/v1", "persistentvolumeclaims").unwrap_or_default();
        list["items"].as_array().is_some_and(|items| items.len() == count)
    });
}

fn autoscaled(ns: &Namespace<'_>) {
    scaled(ns, 4, 2);
    ns.apply(AUTOSCALER);
}

fn finished_pod(ns: &Namespace<'_>) {
    ns.apply(FINISHED_POD);
    ns.wait_until(PATIENCE, "the pod is there", |ns| {
        let list = ns.get("api/v1", "pods").unwrap_or_default();
        list["items"].as_array().is_some_and(|items| !items.is_empty())
    });
    ns.kubectl_ok(&[
        "patch",
        "pod",
        "--subresource=status",
        "--type=merge",
        "-p",
        r#"{"status":{"phase":"Succeeded"}}"#,
        "result",
    ]);
}

fn marked(ns: &Namespace<'_>) {
    set(ns).replicas(4).create_ready();
    delete_set(ns, "foreground");
    for (claim, verb, mark) in [
        ("data-db-0", "annotate", "kubectl-sts.io/keep=until the audit"),
        ("data-db-1", "annotate", "helm.sh/resource-policy=keep"),
        ("data-db-2", "label", "kor/used=true"),
        ("data-db-3", "annotate", "argocd.argoproj.io/sync-options=Prune=false"),
    ] {
        ns.kubectl_ok(&[verb, "pvc", claim, mark]);
    }
}

fn clone_source(ns: &Namespace<'_>) {
    scaled(ns, 3, 2);
    ns.apply(&claim("copy", "  dataSource: {kind: PersistentVolumeClaim, name: data-db-2}\n"));
}

fn volsync(ns: &Namespace<'_>) {
    scaled(ns, 2, 1);
    ns.apply(VOLSYNC_KIND);
    ns.kubectl_ok(&[
        "wait",
        "--for=condition=Established",
        "crd/replicationsources.volsync.backube",
    ]);
    ns.wait_until(PATIENCE, "the source can be made", |ns| {
        let source = ns.kubectl_command(&["apply", "-f", "-"]).stdin(VOLSYNC_SOURCE);
        source.run().code == 0
    });
}

fn quota(ns: &Namespace<'_>) {
    set(ns).replicas(1).create_ready();
    ns.apply(QUOTA);
    ns.wait_until(PATIENCE, "the quota holds", |ns| {
        let quota = ns.get("api/v1", "resourcequotas/pods").unwrap_or_default();
        quota["status"]["used"]["pods"] == "1"
    });
    ns.patch_set("db", &json!({ "spec": { "replicas": 2 } }));
    wait_claims(ns, 2);
}

fn moved(ns: &Namespace<'_>) {
    set(ns).replicas(2).create_ready();
    ns.patch_set("db", &json!({ "spec": { "ordinals": { "start": 2 } } }));
    ns.wait_ready("db");
    ns.wait_until(PATIENCE, "its pods are others", |ns| ns.pods("db").keys().eq([&2, &3]));
}

/// A set `b-c` with a template `a`, and a set `c` with a template `a-b`.
fn ambiguous(ns: &Namespace<'_>) {
    let template = |name: &'static str| {
        move |set: &mut Value| {
            set["spec"]["volumeClaimTemplates"][0]["metadata"]["name"] = name.into();
            set["spec"]["template"]["spec"]["containers"][0]["volumeMounts"][0]["name"] =
                name.into();
        }
    };
    for (set, name) in [("b-c", "a"), ("c", "a-b")] {
        ns.set(set).parallel().claims("1Mi").with(template(name)).replicas(2).create_ready();
    }
    for set in ["b-c", "c"] {
        ns.patch_set(set, &json!({ "spec": { "replicas": 1 } }));
        ns.wait_ready(set);
    }
}

fn recreated(ns: &Namespace<'_>) {
    set(ns).replicas(2).create_ready();
    delete_set(ns, "orphan");
    ns.kubectl_ok(&["delete", "pod", "db-1"]);
}

fn released(ns: &Namespace<'_>) {
    let instance = |set: &mut Value| {
        set["spec"]["selector"]["matchLabels"]["app.kubernetes.io/instance"] = "shop".into();
        set["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/instance"] = "shop".into();
    };
    set(ns).with(instance).replicas(1).create_ready();
    ns.apply(RELEASE);
    delete_set(ns, "foreground");
}

fn shared(ns: &Namespace<'_>) {
    let many = |set: &mut Value| {
        set["spec"]["volumeClaimTemplates"][0]["spec"]["accessModes"] = json!(["ReadWriteMany"]);
    };
    set(ns).with(many).replicas(2).create_ready();
    scale(ns, 1);
}

/// A claim, with more of its spec.
fn claim(name: &str, spec: &str) -> String {
    labelled(name, "", spec)
}

fn labelled(name: &str, labels: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: {name}\n  labels: {{{labels}}}\n\
         spec:\n  accessModes: [ReadWriteOnce]\n  resources: {{requests: {{storage: 1Mi}}}}\n{spec}"
    )
}

fn cloudnativepg() -> String {
    let one = |number| {
        let labels = "cnpg.io/cluster: pg-main, cnpg.io/pvcRole: PG_DATA";
        labelled(&format!("pg-main-{number}"), labels, "")
    };
    (1..=3).map(one).collect()
}

fn strimzi() -> String {
    let one = |id| {
        let labels =
            "strimzi.io/cluster: kafka, strimzi.io/pool-name: pool, strimzi.io/kind: Kafka";
        labelled(&format!("data-kafka-pool-{id}"), labels, "")
    };
    (0..2).map(one).collect()
}

const DEPLOYMENT: &str = "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: files}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: app, image: 'app:v1'}]
      volumes: [{name: files, persistentVolumeClaim: {claimName: files}}]
";

const JOB: &str = "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: import}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: import}
spec:
  suspend: true
  template:
    spec:
      restartPolicy: Never
      containers: [{name: app, image: 'app:v1'}]
      volumes: [{name: import, persistentVolumeClaim: {claimName: import}}]
";

const FINISHED_POD: &str = "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: result}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: result}
spec:
  restartPolicy: Never
  containers: [{name: app, image: 'app:hang'}]
  volumes: [{name: result, persistentVolumeClaim: {claimName: result}}]
";

const CRON_JOBS: &str = "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: backups}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: reports}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: backup}
spec:
  schedule: 0 4 29 2 *
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: app, image: 'app:v1'}]
          volumes: [{name: backups, persistentVolumeClaim: {claimName: backups}}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: '* * * * *'
  suspend: true
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: app, image: 'app:v1'}]
          volumes: [{name: reports, persistentVolumeClaim: {claimName: reports}}]
";

const SET_AT_ZERO: &str = "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: seed}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 0
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: app, image: 'app:v1'}]
      volumes: [{name: seed, persistentVolumeClaim: {claimName: seed}}]
";

const JUPYTERHUB: &str = "
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: claim-ada-1
  labels: {app: jupyterhub, component: singleuser-storage, hub.jupyter.org/username: ada}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
";

const AUTOSCALER: &str = "
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: db}
spec:
  minReplicas: 2
  maxReplicas: 4
  scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: db}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
";

const VOLSYNC_KIND: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: replicationsources.volsync.backube}
spec:
  group: volsync.backube
  scope: Namespaced
  names: {kind: ReplicationSource, plural: replicationsources, singular: replicationsource}
  versions:
    - name: v1alpha1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
";

const VOLSYNC_SOURCE: &str = "
apiVersion: volsync.backube/v1alpha1
kind: ReplicationSource
metadata: {name: archive}
spec: {sourcePVC: data-db-1, trigger: {schedule: 0 3 * * *}}
";

const QUOTA: &str = "
apiVersion: v1
kind: ResourceQuota
metadata: {name: pods}
spec: {hard: {pods: '1'}}
";

const RELEASE: &str = "
apiVersion: v1
kind: Secret
type: helm.sh/release.v1
metadata:
  name: sh.helm.release.v1.shop.v1
  labels: {name: shop, owner: helm, status: deployed, version: '1'}
";
