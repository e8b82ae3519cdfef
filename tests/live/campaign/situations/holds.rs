//! Claims that may be left behind on purpose.

use serde_json::Value;
use serde_json::json;

use crate::campaign::plot::Plot;
use crate::campaign::plot::SetPlan;
use crate::campaign::truth::Left;
use crate::campaign::truth::Lift;
use crate::campaign::truth::Truth;

pub(super) fn parked(plot: &mut Plot) {
    let set = plot.a_set(0, 0);
    let upto = 1 + plot.few();
    let truth = Left::scaled_down().class("parked").but(Lift::Parked);
    plot.outgrown(&set, upto, |_| Truth::Left(truth.clone()));
}

fn autoscaler(set: &SetPlan, most: u32) -> Value {
    json!({
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": { "name": set.name },
        "spec": {
            "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "StatefulSet", "name": set.name },
            "minReplicas": 1, "maxReplicas": most,
            "metrics": [{
                "type": "Resource",
                "resource": {
                    "name": "cpu", "target": { "type": "Utilization", "averageUtilization": 80 },
                },
            }],
        },
    })
}

const AUTOSCALERS: &str = "horizontalpodautoscalers";

pub(super) fn autoscaled(plot: &mut Plot) {
    let replicas = plot.few();
    let most = replicas + plot.few();
    let set = SetPlan { most: Some(most), ..plot.a_set(0, replicas) };
    plot.outgrown(&set, most + 2, |ordinal| {
        let left = Left::scaled_down();
        let burst = ordinal < most;
        Truth::Left(if burst { left.class("burst").but(Lift::Autoscaled) } else { left })
    });
    plot.create(3, "apis/autoscaling/v2", AUTOSCALERS, autoscaler(&set, most));
}

pub(super) fn parked_and_autoscaled(plot: &mut Plot) {
    let set = SetPlan { most: Some(5), ..plot.a_set(0, 0) };
    let truth = Left::scaled_down().class("parked").but(Lift::Parked).but(Lift::Autoscaled);
    plot.outgrown(&set, 2, |_| Truth::Left(truth.clone()));
    plot.create(3, "apis/autoscaling/v2", AUTOSCALERS, autoscaler(&set, 5));
}

const PERSONS: &[&str] = &["kubectl-create", "kubectl-client-side-apply", "kubectl"];

pub(super) fn handmade(plot: &mut Plot) {
    let set = plot.a_set(0, 1);
    plot.live(&set);
    for ordinal in 1..=plot.few() {
        let manager = plot.random.one(PERSONS);
        let truth = Truth::Left(Left::scaled_down().but(Lift::Handmade));
        let name = plot.claim(&set.claim(ordinal), manager, truth);
        plot.alter(&name, |claim| claim["metadata"]["labels"] = json!({ "app": set.name }));
    }
}

pub(super) fn handmade_of_no_set(plot: &mut Plot) {
    let set = plot.a_set(0, 0);
    let manager = plot.random.one(PERSONS);
    plot.claim(&set.claim(0), manager, Truth::Left(Left::set_deleted().but(Lift::Handmade)));
}

/// The release is there and will bring its set back.
pub(super) fn helm(plot: &mut Plot) {
    let (release, set) = (plot.word(), plot.a_set(0, 0));
    for ordinal in 0..plot.few() {
        let truth = Truth::Left(Left::set_deleted().but(Lift::Gitops));
        let name = plot.as_controller(&set, ordinal, truth);
        let labels = json!({
            "app.kubernetes.io/instance": release, "app.kubernetes.io/managed-by": "Helm",
        });
        plot.alter(&name, |claim| claim["metadata"]["labels"] = labels);
    }
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {
            "name": format!("sh.helm.release.v1.{release}.v1"),
            "labels": { "owner": "helm", "name": release, "status": "deployed", "version": "1" },
        },
    });
    plot.create(0, "api/v1", "secrets", secret);
}

/// A volume that was there before its claim. It has a directory of its own.
fn volume(plot: &mut Plot, claim: &str, modes: &Value, annotations: &Value) {
    let name = format!("{{ns}}-{claim}");
    let manifest = json!({
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": { "name": name, "annotations": annotations },
        "spec": {
            "capacity": { "storage": "1Mi" }, "accessModes": modes,
            "persistentVolumeReclaimPolicy": "Retain", "storageClassName": "",
            "hostPath": { "path": format!("/tmp/hostpath_pv/campaign-{{run}}-{name}") },
            "claimRef": { "namespace": "{ns}", "name": claim },
        },
    });
    plot.send(0, "POST", "/api/v1/persistentvolumes", manifest);
    plot.alter(claim, |manifest| {
        manifest["spec"]["storageClassName"] = json!("");
        manifest["spec"]["volumeName"] = json!(name);
        manifest["spec"]["accessModes"] = modes.clone();
    });
}

fn on_such_a_volume(plot: &mut Plot, modes: &Value, annotations: &Value) {
    let set = plot.a_set(0, 1);
    plot.live(&set);
    for ordinal in 1..=2 {
        let truth = Truth::Left(Left::scaled_down().but(Lift::Static));
        let name = plot.as_controller(&set, ordinal, truth);
        volume(plot, &name, modes, annotations);
    }
}

pub(super) fn fixed(plot: &mut Plot) {
    on_such_a_volume(plot, &json!(["ReadWriteOnce"]), &json!({}));
}

pub(super) fn shared(plot: &mut Plot) {
    let mode = plot.random.one(&["ReadWriteMany", "ReadOnlyMany"]);
    let provisioned = json!({ "pv.kubernetes.io/provisioned-by": "nfs.example.com" });
    on_such_a_volume(plot, &json!([mode]), &provisioned);
}

/// The `StatefulSet` of Kruise, which leaves ordinals out.
pub(super) fn kruise(plot: &mut Plot) {
    let set = SetPlan { template: "data".to_owned(), ..plot.a_set(0, 3) };
    let manifest = json!({
        "apiVersion": "apps.kruise.io/v1beta1", "kind": "StatefulSet",
        "metadata": { "name": set.name },
        "spec": {
            "replicas": 3, "reserveOrdinals": [1],
            "selector": { "matchLabels": { "app": set.name } },
            "volumeClaimTemplates": [{ "metadata": { "name": "data" } }],
        },
    });
    plot.create(0, "apis/apps.kruise.io/v1beta1", "statefulsets", manifest);
    for ordinal in [0, 2, 3] {
        let truth = Truth::Wanted("in the range of OpenKruise's set");
        plot.as_controller(&set, ordinal, truth);
    }
    let reserved = Left::scaled_down().class("reserved").but(Lift::Reserved);
    plot.as_controller(&set, 1, Truth::Left(reserved));
    plot.as_controller(&set, 4, Truth::Human("OpenKruise has rules of its own"));
    for ordinal in 0..5 {
        plot.without_seat(&set.claim(ordinal));
    }
}
