//! Claims that somebody names.

use serde_json::json;

use crate::campaign::plot::Plot;
use crate::campaign::plot::SetPlan;
use crate::campaign::plot::pod_spec;
use crate::campaign::truth::Truth;

/// Workloads without any pod.
pub(super) fn workload(plot: &mut Plot) {
    const KINDS: &[&str] = &[
        "Deployment",
        "ReplicaSet",
        "ReplicationController",
        "DaemonSet",
        "Job",
        "CronJob",
        "StatefulSet",
    ];
    let claim = plot.otherwise_left(Truth::Wanted("a workload without pods names it"));
    let (kind, name) = (plot.random.one(KINDS), plot.word());
    let labels = json!({ "app": name });
    let mut pod = json!({ "metadata": { "labels": labels }, "spec": pod_spec(&claim) });
    let (api, plural, spec) = match kind {
        "ReplicationController" => (
            "api/v1",
            "replicationcontrollers",
            json!({ "replicas": 0, "selector": labels, "template": pod }),
        ),
        "DaemonSet" => {
            pod["spec"]["nodeSelector"] = json!({ "nobody": "here" });
            let spec = json!({ "selector": { "matchLabels": labels }, "template": pod });
            ("apis/apps/v1", "daemonsets", spec)
        }
        "Job" | "CronJob" => {
            pod["spec"]["restartPolicy"] = json!("Never");
            let job = json!({ "suspend": true, "template": pod });
            if kind == "Job" {
                ("apis/batch/v1", "jobs", job)
            } else {
                let cron = json!({
                    "suspend": true, "schedule": "0 0 1 1 *", "jobTemplate": { "spec": job },
                });
                ("apis/batch/v1", "cronjobs", cron)
            }
        }
        _ => {
            let plural = match kind {
                "Deployment" => "deployments",
                "ReplicaSet" => "replicasets",
                _ => "statefulsets",
            };
            let selector = json!({ "matchLabels": labels });
            let spec = json!({ "replicas": 0, "selector": selector, "template": pod });
            ("apis/apps/v1", plural, spec)
        }
    };
    plot.create(1, api, plural, json!({ "metadata": { "name": name }, "spec": spec }));
}

/// Pods in every state in which one can be.
pub(super) fn pod(plot: &mut Plot) {
    let claim = plot.otherwise_left(Truth::Wanted("a pod names it"));
    let name = plot.word();
    let mut manifest =
        json!({ "metadata": { "name": name, "finalizers": [] }, "spec": pod_spec(&claim) });
    let path = format!("/api/v1/namespaces/{{ns}}/pods/{name}");
    let state = plot.random.below(5);
    if state < 2 {
        manifest["spec"]["nodeSelector"] = json!({ "nobody": "here" });
    }
    match state {
        1 => {
            let done = json!({ "status": { "phase": "Succeeded" } });
            plot.send(2, "PATCH", &format!("{path}/status"), done);
        }
        2 => manifest["spec"]["containers"][0]["image"] = json!("app:fail"),
        3 => {
            manifest["metadata"]["finalizers"] = json!(["example.com/hold"]);
            plot.send(2, "DELETE", &path, json!({}));
        }
        // Waits for a node, or runs.
        _ => {}
    }
    plot.create(1, "api/v1", "pods", manifest);
}

/// A pod `data-x` with a volume `0` has a claim `data-x-0`.
pub(super) fn ephemeral(plot: &mut Plot) {
    let set = SetPlan { template: "data".to_owned(), ..plot.a_set(0, 0) };
    let name = set.claim(0);
    plot.by_cluster(&set, 0, Truth::Wanted("it is an ephemeral volume of a pod"));
    plot.without_seat(&name);
    let claim = json!({ "volumeClaimTemplate": { "spec": crate::campaign::plot::claim_spec() } });
    let manifest = json!({
        "metadata": { "name": format!("data-{}", set.name) },
        "spec": {
            "containers": [{ "name": "app", "image": "app:v1" }],
            "volumes": [{ "name": "0", "ephemeral": claim }],
        },
    });
    plot.create(1, "api/v1", "pods", manifest);
}

/// An object of any kind whose text is the name of a claim.
pub(super) fn text(plot: &mut Plot) {
    let claim = plot.otherwise_left(Truth::Wanted("a resource names it"));
    let name = plot.word();
    let meta = json!({ "name": name });
    match plot.random.below(4) {
        0 => {
            let body = json!({ "metadata": meta, "data": { "volume": claim } });
            plot.create(1, "api/v1", "configmaps", body);
        }
        1 => {
            let source = format!("{{ns}}/{claim}");
            let spec = json!({ "from": { "sources": [{ "pvc": source }] } });
            backup(plot, &meta, &spec);
        }
        2 => {
            let spec = json!({ "volumes": [{ "persistentVolumeClaim": { "claimName": claim } }] });
            backup(plot, &meta, &spec);
        }
        _ => backup(plot, &meta, &json!({ "sourcePVC": claim })),
    }
}

fn backup(plot: &mut Plot, meta: &serde_json::Value, spec: &serde_json::Value) {
    let body = json!({
        "apiVersion": "campaign.example.com/v1", "kind": "Backup", "metadata": meta, "spec": spec,
    });
    plot.create(1, "apis/campaign.example.com/v1", "backups", body);
}

/// A kind nobody knows, with claim templates: every ordinal may be wanted.
pub(super) fn templates(plot: &mut Plot) {
    let set = plot.a_set(0, 0);
    let body = json!({
        "apiVersion": "campaign.example.com/v1", "kind": "Database",
        "metadata": { "name": set.name },
        "spec": { "volumeClaimTemplates": [{ "metadata": { "name": set.template } }] },
    });
    plot.create(0, "apis/campaign.example.com/v1", "databases", body);
    for ordinal in 0..plot.few() {
        let truth = Truth::Wanted("a set of an unknown kind may want it");
        let name = plot.as_controller(&set, ordinal, truth);
        plot.without_seat(&name);
    }
}
