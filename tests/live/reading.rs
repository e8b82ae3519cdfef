//! What is read from a real API server, in both encodings and by watching.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

use kube::Client;
use kubectl_sts::cluster::list::Decode;
use kubectl_sts::cluster::list::Listed;
use kubectl_sts::cluster::list::Lists;
use kubectl_sts::cluster::list::Query;
use kubectl_sts::cluster::list::fold;
use kubectl_sts::cluster::read;
use kubectl_sts::cluster::watch::RENEWED_AFTER;
use kubectl_sts::cluster::watch::Reading;
use kubectl_sts::cluster::watch::SetWatch;
use kubectl_sts::convert;
use kubectl_sts::convert::Malformed;
use kubectl_sts::model::set::Template;
use kubectl_sts::wire::budget::PodDisruptionBudget;
use kubectl_sts::wire::meta::ObjectMeta;
use kubectl_sts::wire::pod::Pod;
use kubectl_sts::wire::revision::ControllerRevision;
use kubectl_sts::wire::set::StatefulSet;
use prost::Message;
use serde::Deserialize;

use crate::ControlPlane;

/// A kind that is only ever asked for in JSON.
#[derive(Deserialize)]
#[serde(transparent)]
struct InJson<T>(T);

impl<T: Listed> Listed for InJson<T> {
    const PROTOBUF: Option<Decode<Self>> = None;

    fn path(namespace: Option<&str>) -> String {
        T::path(namespace)
    }
}

/// One version of one object.
type Version = (String, String);

/// All objects of a kind, as the model sees them.
async fn all<T: Listed, W, M>(
    client: &Client,
    lists: Lists,
    unwrap: impl Fn(T) -> W,
    convert: impl Fn(W) -> Result<(Version, M), Malformed>,
) -> BTreeMap<Version, M> {
    let query = Query { namespace: None, labels: None, lists };
    let add = |all: &mut BTreeMap<Version, M>, item| {
        let (version, value) = convert(unwrap(item))?;
        all.insert(version, value);
        Ok(())
    };
    fold(client, query, BTreeMap::new, add).await.unwrap()
}

/// Reads a kind in protobuf, in JSON and in pages, until every object has been seen in the same
/// version by all three: some pods crash and come back all the time.
async fn compare<T: Listed, M: PartialEq + Debug>(
    client: &Client,
    convert: impl Fn(T) -> Result<(Version, M), Malformed> + Copy,
) {
    let mut missing: Option<BTreeSet<String>> = None;
    for _ in 0..50 {
        let protobuf = all(client, Lists::Whole, |item: T| item, convert).await;
        let json = all(client, Lists::Whole, |item: InJson<T>| item.0, convert).await;
        let pages = all(client, Lists::Paged, |item: T| item, convert).await;
        let missing =
            missing.get_or_insert_with(|| json.keys().map(|(name, _)| name.clone()).collect());
        for (version, value) in &json {
            let others = (protobuf.get(version), pages.get(version));
            if let (Some(protobuf), Some(page)) = others {
                assert_eq!((protobuf, page), (value, value));
                missing.remove(&version.0);
            }
        }
        if missing.is_empty() {
            return;
        }
    }
    panic!("never seen in the same version: {missing:?}");
}

fn version<M: Message + Default + Debug>(meta: Option<&ObjectMeta<M>>) -> Version {
    let meta = meta.unwrap();
    (format!("{}/{}", meta.namespace, meta.name), meta.resource_version.clone())
}

const OBJECTS: &str = r#"
{"kind": "List", "apiVersion": "v1", "items": [
  {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "reading"}},
  {"kind": "PodDisruptionBudget", "apiVersion": "policy/v1",
   "metadata": {"name": "db", "namespace": "reading"},
   "spec": {"maxUnavailable": "30%", "selector": {"matchLabels": {"app": "good"}, "matchExpressions": [
     {"key": "tier", "operator": "NotIn", "values": ["a", "b"]}, {"key": "app", "operator": "Exists"}]}}},
  {"kind": "PodDisruptionBudget", "apiVersion": "policy/v1",
   "metadata": {"name": "empty", "namespace": "reading"}, "spec": {"minAvailable": 1, "selector": {}}}
]}"#;

/// A set whose pods behave as the tag of its image says.
fn manifest(name: &str, tag: &str, replicas: u32, strategy: &str) -> String {
    format!(
        r#"{{"kind": "StatefulSet", "apiVersion": "apps/v1",
        "metadata": {{"name": "{name}", "namespace": "reading",
          "annotations": {{"note": "\u001b[31m\u202ered\u0041\n", "kubectl-sts.io/rollout": "{{}}"}}}},
        "spec": {{"replicas": {replicas}, "serviceName": "{name}", "podManagementPolicy": "Parallel",
          "ordinals": {{"start": 3}}, "minReadySeconds": 1, "updateStrategy": {strategy},
          "selector": {{"matchLabels": {{"app": "{name}"}}}},
          "template": {{"metadata": {{"labels": {{"app": "{name}"}}}},
            "spec": {{"terminationGracePeriodSeconds": 1,
              "initContainers": [{{"name": "side", "image": "side:v1", "restartPolicy": "Always"}}],
              "containers": [{{"name": "db", "image": "db:{tag}",
                "args": ["a && b > \"c\"", "é\u2028"]}}]}}}}}}}}"#
    )
}

#[tokio::test]
async fn both_encodings_and_the_watch_show_the_same_cluster() {
    let control_plane = ControlPlane::start();
    let client = control_plane.client().await;
    control_plane.kubectl(&["apply", "--server-side", "-f-"], OBJECTS);
    let rolling = r#"{"type": "RollingUpdate", "rollingUpdate": {"partition": 4}}"#;
    let on_delete = r#"{"type": "OnDelete"}"#;
    for (name, tag, replicas, strategy) in [
        ("good", "v1", 40, rolling),
        ("bad", "v1-bad", 1, on_delete),
        ("oom", "v1-oom", 1, on_delete),
        ("pull", "v1-pull", 1, on_delete),
        ("config", "v1-config", 1, on_delete),
        ("init", "v1-init", 1, on_delete),
    ] {
        control_plane.kubectl(&["apply", "-f-"], &manifest(name, tag, replicas, strategy));
    }

    let set = read::set(&client, "reading", "good").await.unwrap();
    let mut watch = SetWatch::new(&client, &set, Lists::Whole, RENEWED_AFTER);
    let reading = until(&mut watch, |reading| {
        let set = reading.set.as_ref().unwrap();
        set.status.available == 40 && reading.pods.len() == 40
    })
    .await;
    assert_eq!(reading.stale, None);
    assert!(reading.pods.iter().all(kubectl_sts::model::pod::Pod::is_ready));

    compare(&client, |wire: StatefulSet| {
        let version = version(wire.metadata.as_ref());
        let mut set = convert::set::set(wire)?;
        // Protobuf has none.
        set.template = Template::default();
        Ok((version, set))
    })
    .await;
    compare(&client, |wire: Pod| Ok((version(wire.metadata.as_ref()), convert::pod::pod(&wire)?)))
        .await;
    compare(&client, |wire: ControllerRevision| {
        Ok((version(wire.metadata.as_ref()), convert::revision::revision(wire)?))
    })
    .await;
    compare(&client, |wire: PodDisruptionBudget| {
        Ok((version(wire.metadata.as_ref()), convert::budget::budget(wire)?))
    })
    .await;

    let snapshot = read::snapshot(&client, "reading", "good", Lists::Whole).await.unwrap();
    let made_from = snapshot.revision(&snapshot.set.status.update_revision).unwrap();
    assert_eq!(
        made_from.template, snapshot.set.template,
        "a revision is the template it was made from"
    );
    assert_eq!(snapshot.set.annotations["note"], "[31mredA ");
    assert_eq!(snapshot.own_pods().count(), 40);
    let mut watched = reading.pods;
    let mut listed = snapshot.pods;
    watched.sort_by(|a, b| a.name.cmp(&b.name));
    listed.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(watched, listed, "the watch shows what a list does");

    refusals_are_the_same(&client).await;

    control_plane.kubectl(&["-n", "reading", "scale", "statefulset/good", "--replicas=2"], "");
    until(&mut watch, |reading| reading.pods.len() == 2).await;
    control_plane.kubectl(&["-n", "reading", "delete", "statefulset/good"], "");
    until(&mut watch, |reading| reading.set.is_none()).await;
}

async fn until(watch: &mut SetWatch, done: impl Fn(&Reading) -> bool) -> Reading {
    let reached = async {
        loop {
            let reading = watch.next().await.unwrap();
            if done(&reading) {
                return reading;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reached).await.expect("within a minute")
}

/// A selector that makes no sense is refused in the encoding that was asked for.
async fn refusals_are_the_same(client: &Client) {
    let query = Query { namespace: Some("reading"), labels: Some("a in ("), lists: Lists::Whole };
    let refused = |error| match error {
        kube::Error::Api(status) => {
            assert_eq!(status.code, 400);
            status.message
        }
        other => panic!("{other}"),
    };
    let protobuf = fold(client, query, || (), |(), _: Pod| Ok(())).await.unwrap_err();
    let json = fold(client, query, || (), |(), _: InJson<Pod>| Ok(())).await.unwrap_err();
    assert_eq!(refused(protobuf), refused(json));
}
