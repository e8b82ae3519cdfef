//! Claims of operators and others, which look like those of sets.

use serde_json::Value;
use serde_json::json;

use crate::campaign::plot::CONTROLLER;
use crate::campaign::plot::Plot;
use crate::campaign::truth::Truth;

/// Labels and annotations by which operators know their claims.
fn marks(number: u32, cluster: &str) -> (Value, Value) {
    let none = || json!({});
    match number {
        0 => (
            json!({ "cnpg.io/cluster": cluster, "cnpg.io/pvcRole": "PG_DATA" }),
            json!({ "cnpg.io/nodeSerial": "2", "cnpg.io/pvcStatus": "ready" }),
        ),
        1 => (
            json!({ "strimzi.io/cluster": cluster, "strimzi.io/kind": "Kafka" }),
            json!({ "strimzi.io/delete-claim": "false" }),
        ),
        2 => (
            json!({
                "elasticsearch.k8s.elastic.co/cluster-name": cluster,
                "elasticsearch.k8s.elastic.co/statefulset-name": format!("{cluster}-es-default"),
            }),
            none(),
        ),
        3 => (json!({ "postgres-operator.crunchydata.com/cluster": cluster }), none()),
        4 => (json!({ "application": "spilo", "cluster-name": cluster }), none()),
        5 => (
            json!({
                "app.kubernetes.io/managed-by": "percona-xtradb-cluster-operator",
                "app.kubernetes.io/instance": cluster,
            }),
            none(),
        ),
        6 => (json!({ "app": "jupyterhub", "component": "singleuser-storage" }), none()),
        7 => (json!({ "apps.kruise.io/cloneset-instance-id": "x7k2p" }), none()),
        8 => (
            json!({ "app.kubernetes.io/managed-by": "tidb-operator" }),
            json!({ "tidb.pingcap.com/pvc-defer-deleting": "2026-01-01T00:00:00Z" }),
        ),
        _ => (
            json!({ "app.kubernetes.io/created-by": "volsync" }),
            json!({ "volsync.backube/use-copy-trigger": "" }),
        ),
    }
}

pub(super) fn operator(plot: &mut Plot) {
    let (number, cluster) = (plot.random.below(10), plot.word());
    let (labels, annotations) = marks(number, &cluster);
    let manager = plot.random.one(&[CONTROLLER, CONTROLLER, "manager", "kubectl-create"]);
    let set = plot.a_set(0, 0);
    for ordinal in 0..plot.few() {
        let name = plot.claim(&set.claim(ordinal), manager, Truth::Wanted("of an operator"));
        plot.alter(&name, |claim| {
            claim["metadata"]["labels"] = labels.clone();
            claim["metadata"]["annotations"] = annotations.clone();
        });
    }
}

fn config_map(plot: &mut Plot) -> Value {
    let name = plot.word();
    plot.create(0, "api/v1", "configmaps", json!({ "metadata": { "name": name } }));
    let uid = format!("uid-of:/api/v1/namespaces/{{ns}}/configmaps/{name}");
    json!({ "apiVersion": "v1", "kind": "ConfigMap", "name": name, "uid": uid })
}

/// A set that belongs to the resource of an operator.
pub(super) fn operators_set(plot: &mut Plot) {
    let set = plot.a_set(0, 1);
    let mut owner = config_map(plot);
    owner["controller"] = json!(true);
    let mut manifest = set.manifest();
    manifest["metadata"]["ownerReferences"] = json!([owner]);
    plot.live_with(&set, manifest);
    for ordinal in 1..=plot.few() {
        let truth = Truth::Wanted("the set's operator looks after it");
        plot.as_controller(&set, ordinal, truth);
    }
}

/// A claim that belongs to a live object, whether or not that controls it.
pub(super) fn owned(plot: &mut Plot) {
    let mut owner = config_map(plot);
    let controls = plot.random.percent(50);
    owner["controller"] = json!(controls);
    let claim = plot.otherwise_left(Truth::Wanted("its owner lives"));
    let mut owners = vec![owner];
    if plot.random.percent(30) {
        let mut second = config_map(plot);
        second["controller"] = json!(false);
        owners.push(second);
    }
    plot.alter(&claim, |claim| claim["metadata"]["ownerReferences"] = json!(owners));
}

/// Made by a program nobody knows, which has a use for it.
pub(super) fn program(plot: &mut Plot) {
    let set = plot.a_set(0, 0);
    let manager = plot.random.one(&["manager", "helm", "argocd-controller", "acme-operator"]);
    let truth = Truth::Human("a program made it, for a purpose of its own");
    plot.claim(&set.claim(0), manager, truth);
}
