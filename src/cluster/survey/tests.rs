//! What is asked, in which order, and what becomes of every kind of answer.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;

use serde_json::Value;
use serde_json::json;

use super::*;
use crate::cluster::discovery::testing::discovery;
use crate::cluster::testing::Answer;
use crate::cluster::testing::Asked;
use crate::cluster::testing::answer;
use crate::cluster::testing::json as answer_json;
use crate::cluster::testing::server;
use crate::model::ordinal::OrdinalRange;
use crate::model::survey::claimant::ClaimantKind;
use crate::model::survey::claimant::Wanted;
use crate::model::survey::coverage::DeepScan;
use crate::model::survey::reading::Reading;
use crate::model::survey::reference::Mention;
use crate::wire::list::testing::json as list;

/// A cluster as answers by path. What is not there is an empty list.
#[derive(Clone, Default)]
struct Cluster {
    lists: BTreeMap<String, Vec<Value>>,
    objects: BTreeMap<String, Value>,
    refused: BTreeMap<String, u16>,
    kinds: Vec<(&'static str, &'static str, &'static str, &'static str)>,
}

impl Cluster {
    fn with(mut self, path: &str, items: &[Value]) -> Self {
        self.lists.entry(path.to_owned()).or_default().extend_from_slice(items);
        self
    }

    fn object(mut self, path: &str, object: Value) -> Self {
        self.objects.insert(path.to_owned(), object);
        self
    }

    fn refusing(mut self, path: &str, code: u16) -> Self {
        self.refused.insert(path.to_owned(), code);
        self
    }

    fn having(mut self, group: &'static str, plural: &'static str, kind: &'static str) -> Self {
        self.kinds.push((group, "v1", plural, kind));
        self
    }

    fn answer(&self, path: &str) -> Answer {
        let plain = path.split('?').next().unwrap();
        if let Some(code) = self.refused.get(plain) {
            let reason = if *code == 403 { "Forbidden" } else { "InternalError" };
            return answer_json(
                *code,
                &json!({
                    "kind": "Status", "status": "Failure", "code": code, "reason": reason,
                    "message": format!("{plain} is not for you"),
                }),
            );
        }
        if let "/apis" | "/api" = plain {
            let core = plain == "/api";
            let kinds: Vec<_> =
                self.kinds.iter().filter(|kind| kind.0.is_empty() == core).copied().collect();
            return answer_json(200, &discovery(&kinds));
        }
        if let Some(object) = self.objects.get(plain) {
            return answer_json(200, object);
        }
        if path.contains('?') && !self.objects.keys().any(|known| parent(known) == parent(plain)) {
            let items = self.lists.get(plain).cloned().unwrap_or_default();
            return answer(200, "application/json", list(&items, ""));
        }
        answer_json(404, &json!({"kind": "Status", "code": 404, "reason": "NotFound"}))
    }

    fn start(self) -> (Client, Asked) {
        server(move |path, _| Ok(self.answer(path)))
    }

    async fn survey(self, namespace: Option<&str>) -> (Survey, Vec<String>) {
        let (client, asked) = self.start();
        let survey = read(&client, namespace, &|_| {}).await.unwrap();
        (survey, asked.paths())
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

const CLAIMS: &str = "/api/v1/persistentvolumeclaims";
const PODS: &str = "/api/v1/pods";
const SETS: &str = "/apis/apps/v1/statefulsets";

fn a_claim(namespace: &str, name: &str) -> Value {
    json!({
        "metadata": {
            "name": name, "namespace": namespace, "uid": format!("uid-{name}"),
            "resourceVersion": "1", "labels": {"app": "db"},
        },
        "spec": {"volumeName": format!("pv-{name}")},
        "status": {"phase": "Bound"},
    })
}

fn owned_by(mut object: Value, api_version: &str, kind: &str, name: &str, uid: &str) -> Value {
    object["metadata"]["ownerReferences"] = json!([{
        "apiVersion": api_version, "kind": kind, "name": name, "uid": uid, "controller": true,
    }]);
    object
}

fn a_pod(namespace: &str, name: &str, claim: &str) -> Value {
    let volumes = json!([{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]);
    let pod = json!({
        "metadata": {"name": name, "namespace": namespace, "uid": format!("uid-{name}")},
        "spec": {"nodeName": "n", "volumes": volumes}, "status": {"phase": "Running"},
    });
    owned_by(pod, "apps/v1", "StatefulSet", "db", "uid-db")
}

fn a_set(namespace: &str, name: &str, replicas: u32) -> Value {
    json!({
        "metadata": {"name": name, "namespace": namespace, "uid": format!("uid-{name}"), "generation": 1},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": name}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
        },
        "status": {"observedGeneration": 1, "replicas": replicas},
    })
}

fn a_volume(name: &str, driver: Option<&str>) -> Value {
    let mut volume = json!({
        "metadata": {"name": name, "uid": "v", "resourceVersion": "1"},
        "spec": {
            "persistentVolumeReclaimPolicy": "Delete",
            "claimRef": {"namespace": "prod", "name": "c", "uid": "uid-c"},
        },
        "status": {"phase": "Bound"},
    });
    if let Some(driver) = driver {
        volume["spec"]["csi"] = json!({"driver": driver});
    }
    volume
}

/// Two pods of a set, and nothing that nobody names.
fn quiet() -> Cluster {
    Cluster::default()
        .with(CLAIMS, &[a_claim("prod", "data-db-0"), a_claim("prod", "data-db-1")])
        .with(PODS, &[a_pod("prod", "db-0", "data-db-0"), a_pod("prod", "db-1", "data-db-1")])
        .with(SETS, &[a_set("prod", "db", 2)])
}

/// The same with a claim that a scale-down left.
fn with_leftover() -> Cluster {
    quiet().with(CLAIMS, &[a_claim("prod", "data-db-2")])
}

fn gaps(survey: &Survey) -> Vec<(Option<&str>, &str, Need)> {
    let gaps = survey.coverage.gaps().iter();
    gaps.map(|gap| (gap.namespace.as_deref(), gap.what.as_str(), gap.need)).collect()
}

#[tokio::test]
async fn claims_come_before_whatever_could_want_them_and_a_cluster_is_few_requests() {
    let (survey, asked) = quiet().survey(None).await;
    assert_eq!(asked[..2], ["/apis", "/api/v1/persistentvolumeclaims?&limit=500"]);
    let mut others: Vec<&str> =
        asked[2..].iter().map(|path| path.split('?').next().unwrap()).collect();
    others.sort_unstable();
    assert_eq!(
        others,
        [
            PODS,
            "/api/v1/replicationcontrollers",
            "/apis/apps/v1/daemonsets",
            "/apis/apps/v1/deployments",
            "/apis/apps/v1/replicasets",
            SETS,
            "/apis/autoscaling/v2/horizontalpodautoscalers",
            "/apis/batch/v1/cronjobs",
            "/apis/batch/v1/jobs",
        ]
    );
    // None may be served from a cache of any age.
    assert!(!asked.iter().any(|path| path.contains("resourceVersion")));
    assert_eq!(gaps(&survey), []);
    assert_eq!(survey.coverage.objects["pods"], 2);
    assert_eq!(survey.coverage.read.len(), 10);
}

#[tokio::test]
async fn who_names_a_claim_is_known_and_nobody_else_is_remembered() {
    let template = |claim: &str| {
        let volumes = json!([{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]);
        json!({
            "metadata": {"name": "x", "namespace": "prod", "uid": "x"},
            "spec": {"template": {"spec": {"volumes": volumes}}},
        })
    };
    let cluster = with_leftover()
        .with("/apis/apps/v1/replicasets", &[template("data-db-2"), template("else")])
        .with(CLAIMS, &[a_claim("test", "data-db-0")]);
    let (survey, _) = cluster.survey(None).await;
    let of = |namespace: &str, claim: &str| {
        let mentions = survey.references.of(namespace, claim).iter();
        mentions.map(|mention| mention.by.clone()).collect::<Vec<_>>()
    };
    assert_eq!(of("prod", "data-db-0"), ["pod/db-0"]);
    assert_eq!(of("prod", "data-db-2"), ["replicaset/x"]);
    assert_eq!(survey.references.of("prod", "data-db-2")[0].how, Mention::Template);
    assert_eq!(of("test", "data-db-0"), [""; 0], "another namespace");
    assert_eq!(survey.peopled, BTreeSet::from(["prod".to_owned()]));
    let claimant = &survey.claimants[0];
    assert_eq!(
        (&claimant.kind, &claimant.wanted),
        (&ClaimantKind::StatefulSet, &Wanted::range(0, 2))
    );
    let names: Vec<&str> = survey.claims.iter().map(|claim| claim.name.as_str()).collect();
    assert_eq!(names, ["data-db-0", "data-db-1", "data-db-2", "data-db-0"]);
    assert!(Arc::ptr_eq(&survey.claims[0].labels, &survey.claims[3].labels), "kept once");
}

#[tokio::test]
async fn one_namespace_is_asked_about_alone() {
    let (_, asked) = Cluster::default().survey(Some("prod")).await;
    assert!(asked[1..].iter().all(|path| path.contains("/namespaces/prod/")), "{asked:?}");
}

#[tokio::test]
async fn a_required_list_that_is_refused_or_fails_makes_everything_unknown() {
    for path in [
        PODS,
        SETS,
        "/apis/apps/v1/replicasets",
        "/apis/apps/v1/deployments",
        "/apis/apps/v1/daemonsets",
        "/api/v1/replicationcontrollers",
        "/apis/batch/v1/jobs",
        "/apis/batch/v1/cronjobs",
        "/apis",
    ] {
        for code in [403, 404, 500] {
            let (survey, _) = with_leftover().refusing(path, code).survey(None).await;
            let gap = survey.coverage.broken("prod").unwrap_or_else(|| panic!("{path} {code}"));
            assert_eq!(gap.why, format!("{path} is not for you"));
        }
    }
}

#[tokio::test]
async fn what_only_adds_to_a_verdict_makes_it_less_sure() {
    let hpas = "/apis/autoscaling/v2/horizontalpodautoscalers";
    let (survey, _) = with_leftover().refusing(hpas, 403).survey(None).await;
    assert_eq!(gaps(&survey), [(None, "horizontalpodautoscalers", Need::Optional)]);
    let volume = "/api/v1/persistentvolumes/pv-data-db-2";
    let namespaced = Cluster::default()
        .with("/api/v1/namespaces/prod/persistentvolumeclaims", &[a_claim("prod", "data-db-2")])
        .refusing(volume, 403);
    let (survey, _) = namespaced.survey(Some("prod")).await;
    assert_eq!(gaps(&survey), [(Some("prod"), "persistentvolumes", Need::Optional)]);
}

#[tokio::test]
async fn claims_that_cannot_be_read_are_a_failure() {
    let (client, _) = with_leftover().refusing(CLAIMS, 403).start();
    assert!(read(&client, None, &|_| {}).await.is_err());
}

#[tokio::test]
async fn a_list_of_users_that_is_cut_is_no_short_list() {
    let cluster = with_leftover();
    let (client, _) = server(move |path, _| {
        let plain = path.split('?').next().unwrap();
        if plain == PODS {
            let whole = list(&[a_pod("prod", "db-0", "data-db-0")], "");
            return Ok(answer(200, "application/json", whole[..whole.len() - 1].to_vec()));
        }
        Ok(cluster.answer(path))
    });
    let survey = read(&client, None, &|_| {}).await.unwrap();
    assert_eq!(gaps(&survey), [(None, "pods", Need::Required)]);
}

#[tokio::test]
async fn a_second_page_that_has_expired_starts_the_list_over() {
    let cluster = with_leftover();
    let tries = Mutex::new(0);
    let (client, _) = server(move |path, _| {
        let plain = path.split('?').next().unwrap();
        if plain != PODS {
            return Ok(cluster.answer(path));
        }
        if path.contains("continue") && *tries.lock().unwrap() == 1 {
            return Ok(answer_json(
                410,
                &json!({"kind": "Status", "code": 410, "reason": "Expired", "message": "old"}),
            ));
        }
        if path.contains("continue") {
            let rest = [a_pod("prod", "late", "data-db-2")];
            return Ok(answer(200, "application/json", list(&rest, "")));
        }
        *tries.lock().unwrap() += 1;
        let first = if *tries.lock().unwrap() == 1 { "gone" } else { "db-0" };
        let page = list(&[a_pod("prod", first, "data-db-0")], "next");
        Ok(answer(200, "application/json", page))
    });
    let survey = read(&client, None, &|_| {}).await.unwrap();
    assert_eq!(gaps(&survey), []);
    assert_eq!(survey.references.of("prod", "data-db-0").len(), 1, "only of the second reading");
    assert_eq!(survey.references.of("prod", "data-db-0")[0].by, "pod/db-0");
    assert_eq!(survey.references.of("prod", "data-db-2")[0].by, "pod/late");
    assert_eq!(survey.coverage.objects["pods"], 2);
}

#[tokio::test]
async fn a_lost_connection_is_a_gap_too() {
    let cluster = with_leftover();
    let (client, _) = server(move |path, _| {
        if path.starts_with(SETS) {
            return Err(io::Error::from(io::ErrorKind::ConnectionReset));
        }
        Ok(cluster.answer(path))
    });
    let survey = read(&client, None, &|_| {}).await.unwrap();
    assert_eq!(gaps(&survey), [(None, "statefulsets", Need::Required)]);
}

#[tokio::test]
async fn volumes_are_read_of_claims_that_nobody_names_and_attachments_where_a_driver_attaches() {
    let volume = "/api/v1/persistentvolumes/pv-data-db-2";
    let attachments = "/apis/storage.k8s.io/v1/volumeattachments";
    let cluster = with_leftover().object(volume, a_volume("pv-data-db-2", None));
    let (survey, asked) = cluster.survey(None).await;
    assert_eq!(survey.volumes.keys().collect::<Vec<_>>(), ["pv-data-db-2"]);
    assert_eq!(survey.volumes["pv-data-db-2"].claim_uid.as_deref(), Some("uid-c"));
    assert!(!asked.iter().any(|path| path.starts_with(attachments)));

    let attachment = |volume: &str, attached: bool| {
        json!({
            "metadata": {"name": "a"},
            "spec": {"attacher": "x", "nodeName": "n", "source": {"persistentVolumeName": volume}},
            "status": {"attached": attached},
        })
    };
    for attached in [true, false] {
        let all = [attachment("pv-data-db-2", attached), attachment("pv-data-db-0", true)];
        let cluster = with_leftover()
            .object(volume, a_volume("pv-data-db-2", Some("x.csi")))
            .with(attachments, &all);
        let (survey, _) = cluster.survey(None).await;
        assert_eq!(survey.attached, BTreeSet::from(["pv-data-db-2".to_owned()]));
    }
}

#[tokio::test]
async fn many_volumes_are_one_list_and_few_are_asked_for_by_name() {
    let many: Vec<Value> = (2..40).map(|n| a_claim("prod", &format!("data-db-{n}"))).collect();
    let volumes = "/api/v1/persistentvolumes";
    let named = [a_volume("pv-data-db-7", None), a_volume("pv-of-somebody", None)];
    let (survey, asked) = quiet().with(CLAIMS, &many).with(volumes, &named).survey(None).await;
    let asked = asked.iter().filter(|path| path.starts_with(volumes)).count();
    assert_eq!((asked, survey.volumes.len()), (1, 1));
    // Who may read them one by one is not held back.
    let cluster = quiet()
        .with(CLAIMS, &many)
        .refusing(volumes, 403)
        .object("/api/v1/persistentvolumes/pv-data-db-7", a_volume("pv-data-db-7", None));
    let (survey, _) = cluster.survey(None).await;
    assert_eq!(survey.volumes.len(), 1);
    assert_eq!(gaps(&survey), []);
}

#[tokio::test]
async fn whether_a_kind_exists_is_told_by_discovery_alone() {
    let objects = "/apis/keda.sh/v1/scaledobjects";
    let (survey, asked) = with_leftover().refusing(objects, 403).survey(None).await;
    assert!(!asked.iter().any(|path| path.starts_with(objects)));
    assert_eq!(gaps(&survey), []);

    let keda = || with_leftover().having("keda.sh", "scaledobjects", "ScaledObject");
    let (survey, _) = keda().refusing(objects, 403).survey(None).await;
    assert_eq!(gaps(&survey), [(None, "scaledobjects.keda.sh", Need::Optional)]);

    let object = json!({
        "metadata": {"name": "s", "namespace": "prod"},
        "spec": {"scaleTargetRef": {"kind": "StatefulSet", "name": "db"}},
    });
    let (survey, _) = keda().with(objects, &[object]).survey(None).await;
    assert!(survey.scalers[0].scales(&survey.claimants[0]));
    assert_eq!(survey.scalers[0].most, 100);
}

#[tokio::test]
async fn sets_of_others_and_snapshots_are_read_where_they_exist() {
    let set = json!({
        "metadata": {"name": "db", "namespace": "prod", "uid": "k"},
        "spec": {
            "replicas": 3, "reserveOrdinals": [1],
            "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
        },
    });
    let snapshot = |claim: &str| {
        json!({
            "metadata": {"name": "s", "namespace": "prod"},
            "spec": {"source": {"persistentVolumeClaimName": claim}},
        })
    };
    let cluster = with_leftover()
        .having("apps.kruise.io", "statefulsets", "StatefulSet")
        .having("snapshot.storage.k8s.io", "volumesnapshots", "VolumeSnapshot")
        .with("/apis/apps.kruise.io/v1/statefulsets", &[set])
        .with(
            "/apis/snapshot.storage.k8s.io/v1/volumesnapshots",
            &[snapshot("data-db-2"), snapshot("gone")],
        );
    let (survey, _) = cluster.survey(None).await;
    let kruise = survey.claimants.iter().find(|claimant| claimant.uid == "k").unwrap();
    assert_eq!(kruise.kind, ClaimantKind::Other("StatefulSet.apps.kruise.io".to_owned()));
    let range = OrdinalRange { start: 0, replicas: 3 };
    assert_eq!(kruise.wanted, Wanted::Range { range, reserved: vec![1] });
    let of: Vec<&str> = survey.snapshots.iter().map(|snapshot| snapshot.claim.as_str()).collect();
    assert_eq!(of, ["data-db-2"]);
    assert!(!survey.snapshots[0].ready);
}

#[tokio::test]
async fn groups_that_do_not_answer_are_gaps_unless_they_only_measure() {
    let cluster = with_leftover();
    let (client, _) = server(move |path, _| {
        let stale = |group: &str| json!({"metadata": {"name": group}, "versions": [{"version": "v1", "freshness": "Stale"}]});
        if path == "/apis" {
            let items = [stale("x.io"), stale("metrics.k8s.io"), stale("custom.metrics.k8s.io")];
            return Ok(answer_json(200, &json!({"kind": "APIGroupDiscoveryList", "items": items})));
        }
        Ok(cluster.answer(path))
    });
    let survey = read(&client, None, &|_| {}).await.unwrap();
    assert_eq!(gaps(&survey), [(None, "group x.io", Need::Optional)]);
}

#[tokio::test]
async fn owners_that_are_there_are_told_from_those_that_are_gone() {
    let claim = |name: &str, api_version: &str, kind: &str, uid: &str| {
        owned_by(a_claim("prod", name), api_version, kind, name, uid)
    };
    let object = |name: &str, uid: &str| json!({"metadata": {"name": name, "uid": uid}});
    let crs = "/apis/x.io/v1/namespaces/prod/clusters";
    let cluster = Cluster::default()
        .having("x.io", "clusters", "Cluster")
        .having("", "configmaps", "ConfigMap")
        .with(
            CLAIMS,
            &[
                claim("alive", "x.io/v1alpha1", "Cluster", "u1"),
                claim("gone", "x.io/v1", "Cluster", "u2"),
                claim("another", "x.io/v1", "Cluster", "u3"),
                claim("forbidden", "x.io/v1", "Cluster", "u4"),
                claim("nokind", "y.io/v1", "Thing", "u5"),
                claim("map", "v1", "ConfigMap", "u6"),
                claim("pod", "v1", "Pod", "u7"),
                claim("deadset", "apps/v1", "StatefulSet", "u8"),
                claim("set", "apps/v1", "StatefulSet", "uid-db"),
            ],
        )
        .with(SETS, &[a_set("prod", "db", 2)])
        .object(&format!("{crs}/alive"), object("alive", "u1"))
        .object(&format!("{crs}/another"), object("another", "u33"))
        .object("/api/v1/namespaces/prod/configmaps/map", object("map", "u6"))
        .refusing(&format!("{crs}/forbidden"), 403);
    let (survey, asked) = cluster.survey(None).await;
    let living: Vec<&str> = survey.living.iter().map(String::as_str).collect();
    // What cannot be ruled out counts as there.
    assert_eq!(living, ["u1", "u4", "u5", "u6", "uid-db"]);
    assert!(!asked.iter().any(|path| path.contains("statefulsets/")), "those were all read");
    assert_eq!(gaps(&survey), []);
}

#[tokio::test]
async fn a_deletion_that_left_pods_or_revisions_behind_shows() {
    let mut bare = a_pod("prod", "old-0", "x");
    bare["metadata"]["ownerReferences"] = json!([]);
    let revision = |name: &str, owned: bool| {
        let object = json!({"metadata": {"name": name, "namespace": "prod", "uid": "r"}});
        if owned { owned_by(object, "apps/v1", "StatefulSet", "db", "uid-db") } else { object }
    };
    let revisions = "/apis/apps/v1/controllerrevisions";
    let all = [revision("mid-7f5", false), revision("db-6d9", true)];
    let cluster = quiet()
        .with(CLAIMS, &[a_claim("prod", "data-mid-0")])
        .with(PODS, &[bare])
        .with(revisions, &all);
    let (survey, _) = cluster.survey(None).await;
    let sets: Vec<&str> = survey.ownerless.iter().map(|(_, set)| set.as_str()).collect();
    assert_eq!(sets, ["mid", "old"]);
    // Where every claim has a set, nobody asks.
    let (_, asked) = with_leftover().with(revisions, &all).survey(None).await;
    assert!(!asked.iter().any(|path| path.starts_with(revisions)));
}

#[tokio::test]
async fn releases_are_asked_for_by_metadata_alone_and_only_where_a_claim_looks_delivered() {
    let secrets = "/api/v1/namespaces/prod/secrets";
    let release = json!({"metadata": {
        "name": "sh.helm.release.v1.pg.v1", "namespace": "prod", "labels": {"name": "pg"},
    }});
    let mut delivered = a_claim("prod", "data-pg-0");
    delivered["metadata"]["labels"]["app.kubernetes.io/instance"] = json!("pg");
    let apps = "/apis/argoproj.io/v1/applications";
    let app = json!({"metadata": {"name": "pg", "namespace": "argocd"}});
    let cluster = || {
        Cluster::default()
            .with(secrets, std::slice::from_ref(&release))
            .having("argoproj.io", "applications", "Application")
            .with(apps, std::slice::from_ref(&app))
    };
    let (client, asked) = cluster().with(CLAIMS, &[delivered.clone()]).start();
    let survey = read(&client, None, &|_| {}).await.unwrap();
    let found: Vec<(&str, &str)> =
        survey.deployments.iter().map(|one| (one.kind.as_str(), one.name.as_str())).collect();
    assert_eq!(found, [("Helm release", "pg"), ("Application.argoproj.io", "pg")]);
    let at = asked.paths().iter().position(|path| path.starts_with(secrets)).unwrap();
    let accept = &asked.accepts()[at];
    assert!(accept.split(',').all(|one| one.contains("as=PartialObjectMetadataList")), "{accept}");

    let (_, asked) = cluster().with(CLAIMS, &[a_claim("prod", "data-pg-0")]).survey(None).await;
    assert!(!asked.iter().any(|path| path.contains("secrets") || path.contains("argoproj")));

    let refused = cluster().with(CLAIMS, &[delivered]).refusing(secrets, 403);
    let (survey, _) = refused.survey(None).await;
    assert_eq!(gaps(&survey), [(Some("prod"), "releases of Helm", Need::Optional)]);
}

#[tokio::test]
async fn namespaces_that_go_are_known_where_that_may_be_known() {
    let path = "/api/v1/namespaces/prod";
    let namespace = json!({"metadata": {
        "name": "prod", "deletionTimestamp": "2026-11-21T06:00:00Z",
    }});
    let (survey, _) = with_leftover().object(path, namespace).survey(None).await;
    assert_eq!(survey.going, BTreeSet::from(["prod".to_owned()]));
    let (survey, _) = with_leftover().refusing(path, 403).survey(None).await;
    assert_eq!((survey.going.len(), gaps(&survey)), (0, vec![]));
}

#[tokio::test]
async fn the_end_of_a_long_list_is_told() {
    let many: Vec<Value> = (0..1500).map(|n| a_pod("prod", &format!("db-{n}"), "x")).collect();
    let (client, _) = quiet().with(PODS, &many).start();
    let news: Mutex<Vec<Reading>> = Mutex::default();
    read(&client, None, &|reading| news.lock().unwrap().push(reading)).await.unwrap();
    let news = news.into_inner().unwrap();
    let end = news.iter().find(|news| news.kind == "pods" && news.is_complete).unwrap();
    assert_eq!(end.objects, 1502);
}

fn candidates(names: &[(&str, &str)]) -> Vec<(String, String)> {
    names.iter().map(|(namespace, name)| ((*namespace).to_owned(), (*name).to_owned())).collect()
}

/// The survey, searched for these claims, and what was asked for that.
async fn deepened(cluster: Cluster, of: &[(&str, &str)]) -> (Survey, Vec<String>) {
    let (client, asked) = cluster.start();
    let mut survey = read(&client, None, &|_| {}).await.unwrap();
    let before = asked.paths().len();
    deep::search(&client, &mut survey, &candidates(of), &|_| {}).await;
    (survey, asked.paths().split_off(before))
}

/// Kinds of which some are searched.
fn with_kinds() -> Cluster {
    with_leftover()
        .having("", "pods", "Pod")
        .having("", "secrets", "Secret")
        .having("", "events", "Event")
        .having("", "configmaps", "ConfigMap")
        .having("metrics.k8s.io", "pods", "PodMetrics")
        .having("kubevirt.io", "virtualmachines", "VirtualMachine")
}

const MACHINES: &str = "/apis/kubevirt.io/v1/namespaces/prod/virtualmachines";
const MAPS: &str = "/api/v1/namespaces/prod/configmaps";
const LEFT: &[(&str, &str)] = &[("prod", "data-db-2")];

#[tokio::test]
async fn a_stopped_machine_that_names_a_claim_is_found() {
    let machine = json!({
        "metadata": {"name": "vm", "namespace": "prod", "uid": "m"},
        "spec": {"running": false, "volumes": [{"claimName": "data-db-2"}]},
    });
    let (survey, mut asked) = deepened(with_kinds().with(MACHINES, &[machine]), LEFT).await;
    let [found] = survey.references.of("prod", "data-db-2") else { panic!("one mention") };
    assert_eq!(found.by, "virtualmachine.kubevirt.io/vm");
    assert_eq!(found.how, Mention::Text { path: "spec.volumes[0].claimName".to_owned() });
    assert_eq!(survey.coverage.deep, DeepScan::Done);
    asked.sort();
    let page = |path: &str| format!("{path}?&limit=500");
    assert_eq!(asked, ["/api".to_owned(), page(MAPS), "/apis".to_owned(), page(MACHINES)]);
    assert_eq!(survey.coverage.objects["virtualmachines.kubevirt.io"], 1);
}

#[tokio::test]
async fn a_kind_that_may_not_be_searched_makes_its_namespace_less_sure() {
    let (survey, _) = deepened(with_kinds().refusing(MACHINES, 403), LEFT).await;
    assert_eq!(gaps(&survey), [(Some("prod"), "virtualmachines.kubevirt.io", Need::Optional)]);
    assert_eq!(survey.coverage.deep, DeepScan::Done);
}

#[tokio::test]
async fn without_knowing_the_kinds_nothing_was_searched() {
    let cluster = with_kinds();
    let (client, _) = cluster.clone().start();
    let mut survey = read(&client, None, &|_| {}).await.unwrap();
    let (client, _) = cluster.refusing("/api", 403).start();
    deep::search(&client, &mut survey, &candidates(LEFT), &|_| {}).await;
    assert_eq!(survey.coverage.deep, DeepScan::NotAsked);
    assert_eq!(gaps(&survey), [(None, "the kinds of the server", Need::Optional)]);
}

#[tokio::test]
async fn nothing_to_search_for_is_no_request() {
    let (survey, asked) = deepened(with_kinds(), &[]).await;
    assert_eq!((survey.coverage.deep, asked.len()), (DeepScan::Done, 0));
}

#[tokio::test]
async fn many_namespaces_are_searched_as_one() {
    let claims: Vec<Value> = (0..21).map(|n| a_claim(&format!("n{n}"), "data-db-7")).collect();
    let of: Vec<(String, String)> =
        (0..21).map(|n| (format!("n{n}"), "data-db-7".to_owned())).collect();
    let of: Vec<(&str, &str)> = of.iter().map(|(of, name)| (of.as_str(), name.as_str())).collect();
    let maps = "/api/v1/configmaps";
    let map = json!({
        "metadata": {"name": "m", "namespace": "n20", "uid": "m"},
        "data": {"own": "data-db-7", "other": "n3/data-db-7"},
    });
    let cluster = with_kinds().with(CLAIMS, &claims);
    let (survey, asked) = deepened(cluster.clone().with(maps, &[map]), &of).await;
    assert_eq!(asked.len(), 4);
    for (namespace, mentions) in [("n20", 1), ("n3", 1), ("n4", 0)] {
        assert_eq!(survey.references.of(namespace, "data-db-7").len(), mentions, "{namespace}");
    }
    let (survey, _) = deepened(cluster.refusing(maps, 403), &of).await;
    assert_eq!(survey.coverage.gaps().len(), 21, "the namespaces that were to be searched");
    assert_eq!(survey.coverage.gaps_of("prod").count(), 0);
}

#[tokio::test]
async fn a_set_of_an_unknown_kind_with_claim_templates_is_found() {
    let sets = "/apis/x.io/v1/namespaces/prod/sets";
    let set = json!({
        "metadata": {"name": "db", "namespace": "prod", "uid": "x"},
        "spec": {"replicas": 1, "volumeClaimTemplates": [{"metadata": {"name": "data"}}]},
    });
    let cluster = with_kinds().having("x.io", "sets", "Set").with(sets, &[set]);
    let (survey, _) = deepened(cluster, LEFT).await;
    let found = survey.claimants.iter().find(|claimant| claimant.uid == "x").unwrap();
    assert_eq!((found.display(), &found.wanted), ("set.x.io/db".to_owned(), &Wanted::Any));
}

/// A namespace in which everything is asked for by namespace.
fn one_namespace() -> Cluster {
    Cluster::default()
        .object(
            "/api/v1/namespaces/prod/persistentvolumeclaims/data-db-2",
            a_claim("prod", "data-db-2"),
        )
        .object("/api/v1/persistentvolumes/pv-data-db-2", a_volume("pv-data-db-2", None))
        .with("/apis/apps/v1/namespaces/prod/statefulsets", &[a_set("prod", "db", 2)])
}

async fn recheck(cluster: Cluster) -> (Survey, Vec<String>) {
    let (client, _) = with_leftover().start();
    let before = read(&client, None, &|_| {}).await.unwrap();
    let (client, asked) = cluster.start();
    let names = ["data-db-2".to_owned(), "data-db-9".to_owned()];
    let now = recheck::read(&client, Lists::Whole, &before, "prod", &names).await.unwrap();
    (now, asked.paths())
}

#[tokio::test]
async fn right_before_a_deletion_claims_and_their_users_are_read_again_and_nothing_else() {
    let (survey, asked) = recheck(one_namespace()).await;
    let names: Vec<&str> = survey.claims.iter().map(|claim| claim.name.as_str()).collect();
    assert_eq!(names, ["data-db-2"], "the other is gone");
    assert!(survey.references.of("prod", "data-db-2").is_empty());
    assert_eq!(survey.claimants.len(), 1);
    assert!(survey.volumes.contains_key("pv-data-db-2"));
    assert_eq!(gaps(&survey), []);
    assert!(asked[..2].iter().all(|path| path.contains("/persistentvolumeclaims/data-db-")));
    assert_eq!(asked.len(), 2 + 9 + 1);
}

#[tokio::test]
async fn a_pod_that_came_since_is_seen_and_a_list_that_fails_is_unknown() {
    let pods = "/api/v1/namespaces/prod/pods";
    let pod = a_pod("prod", "debug", "data-db-2");
    let (survey, _) = recheck(one_namespace().with(pods, &[pod])).await;
    assert_eq!(survey.references.of("prod", "data-db-2")[0].by, "pod/debug");
    let (survey, _) = recheck(one_namespace().refusing(pods, 403)).await;
    assert!(survey.coverage.broken("prod").is_some());
}

#[tokio::test]
async fn a_claim_that_cannot_be_read_again_is_a_failure() {
    let claim = "/api/v1/namespaces/prod/persistentvolumeclaims/data-db-2";
    let (client, _) = one_namespace().refusing(claim, 403).start();
    let before = claims::survey(Vec::new(), Coverage::default());
    let names = ["data-db-2".to_owned()];
    assert!(recheck::read(&client, Lists::Whole, &before, "prod", &names).await.is_err());
}
