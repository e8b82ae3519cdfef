//! The marks by which operators know their claims.
//!
//! An operator without StatefulSets (CloudNativePG, Strimzi) has claims that look left behind in
//! every respect but these. Hibernated clusters have no pods at all and want all their claims.

use std::collections::BTreeMap;

use crate::model::claim::Claim;

/// Prefixes of labels and annotations, and whose they are.
const PREFIXES: &[(&str, &str)] = &[
    ("apps.kruise.io/", "OpenKruise"),
    ("apps.kubeblocks.io/", "KubeBlocks"),
    ("cassandra.datastax.com/", "Cass Operator"),
    ("cdi.kubevirt.io/", "KubeVirt CDI"),
    ("ceph.rook.io/", "Rook"),
    ("clickhouse.altinity.com/", "Altinity ClickHouse Operator"),
    ("cnpg.io/", "CloudNativePG"),
    ("common.k8s.elastic.co/", "Elastic Cloud on Kubernetes"),
    ("crdb.io/", "CockroachDB Operator"),
    ("elasticsearch.k8s.elastic.co/", "Elastic Cloud on Kubernetes"),
    ("hub.jupyter.org/", "JupyterHub"),
    ("kubedb.com/", "KubeDB"),
    ("kubevirt.io/", "KubeVirt"),
    ("mysql.oracle.com/", "MySQL Operator"),
    ("opster.io/", "OpenSearch Operator"),
    ("planetscale.com/", "Vitess Operator"),
    ("postgres-operator.crunchydata.com/", "Crunchy Postgres"),
    ("psmdb.percona.com/", "Percona Operator for MongoDB"),
    ("pxc.percona.com/", "Percona Operator for XtraDB"),
    ("scylla.scylladb.com/", "Scylla Operator"),
    ("scylla/", "Scylla Operator"),
    ("slinky.slurm.net/", "Slinky"),
    ("strimzi.io/", "Strimzi"),
    ("tidb.pingcap.com/", "TiDB Operator"),
    ("v1.min.io/", "MinIO Operator"),
    ("volsync.backube/", "VolSync"),
];

/// Labels with a value that says the same.
const LABELS: &[(&str, &str, &str)] = &[
    ("app", "containerized-data-importer", "KubeVirt CDI"),
    ("app", "jupyterhub", "JupyterHub"),
    ("app.kubernetes.io/name", "jupyterhub", "JupyterHub"),
    ("app.kubernetes.io/managed-by", "kubeblocks", "KubeBlocks"),
    ("application", "spilo", "Zalando Postgres Operator"),
    ("component", "singleuser-storage", "JupyterHub"),
];

/// Who says of everything it deploys that it manages it, and looks after no claim.
const DEPLOYERS: &[&str] =
    &["argocd", "flux", "helm", "kubectl", "kustomize", "skaffold", "terraform", "tiller"];

const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

/// An operator, and what shows that the claim is its.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// The operator.
    pub operator: String,
    /// What shows it.
    pub evidence: String,
}

/// The operator whose marks a claim bears.
pub fn fingerprint(claim: &Claim) -> Option<Fingerprint> {
    of_labels(&claim.labels)
        .or_else(|| of_prefix("label", &claim.labels))
        .or_else(|| of_prefix("annotation", &claim.annotations))
}

fn of_prefix(what: &str, marks: &BTreeMap<String, String>) -> Option<Fingerprint> {
    // The prefix may be that of a part of the domain: `nodeset.slinky.slurm.net/`.
    let named = |key: &str, prefix: &str| {
        key.starts_with(prefix)
            || key.split_once('/').is_some_and(|(domain, _)| {
                domain.ends_with(&format!(".{}", prefix.trim_end_matches('/')))
            })
    };
    marks.keys().find_map(|key| {
        let (_, operator) = PREFIXES.iter().find(|(prefix, _)| named(key, prefix))?;
        let evidence = format!("{what} {key}");
        Some(Fingerprint { operator: (*operator).to_owned(), evidence })
    })
}

fn of_labels(labels: &BTreeMap<String, String>) -> Option<Fingerprint> {
    let evidence = |key: &str, value: &str| format!("label {key}={value}");
    for (key, value, operator) in LABELS {
        if labels.get(*key).is_some_and(|found| found == value) {
            let operator = (*operator).to_owned();
            return Some(Fingerprint { operator, evidence: evidence(key, value) });
        }
    }
    let manager = labels.get(MANAGED_BY)?;
    let lower = manager.to_lowercase();
    let deploys = DEPLOYERS.iter().any(|deployer| lower.starts_with(deployer));
    (!deploys && !lower.is_empty())
        .then(|| Fingerprint { operator: manager.clone(), evidence: evidence(MANAGED_BY, manager) })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::testing::{a_claim, a_set};

    fn with(labels: &[(&str, &str)], annotations: &[(&str, &str)]) -> Claim {
        let map = |pairs: &[(&str, &str)]| {
            Arc::new(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
        };
        let claim = a_claim(&a_set("db").claiming("data"), 3);
        Claim { labels: map(labels), annotations: map(annotations), ..claim }
    }

    #[test]
    fn operators_are_known_by_their_marks() {
        for (labels, annotations, operator) in [
            (vec![("cnpg.io/cluster", "pg")], vec![], "CloudNativePG"),
            (vec![], vec![("cnpg.io/pvcStatus", "ready")], "CloudNativePG"),
            (vec![("strimzi.io/cluster", "k")], vec![], "Strimzi"),
            (
                vec![("application", "spilo"), ("cluster-name", "x")],
                vec![],
                "Zalando Postgres Operator",
            ),
            (vec![("app", "jupyterhub")], vec![], "JupyterHub"),
            (vec![("nodeset.slinky.slurm.net/name", "x")], vec![], "Slinky"),
            (
                vec![(MANAGED_BY, "percona-xtradb-cluster-operator")],
                vec![],
                "percona-xtradb-cluster-operator",
            ),
        ] {
            let found = fingerprint(&with(&labels, &annotations)).map(|found| found.operator);
            assert_eq!(found.as_deref(), Some(operator));
        }
    }

    #[test]
    fn what_only_deploys_is_no_operator() {
        for labels in [
            vec![],
            vec![(MANAGED_BY, "Helm")],
            vec![(MANAGED_BY, "argocd")],
            vec![("app", "db"), ("cluster-name", "x"), ("notcnpg.io/x", "y")],
        ] {
            assert_eq!(fingerprint(&with(&labels, &[])), None, "{labels:?}");
        }
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(PREFIXES.is_sorted());
    }
}
