//! What is read from a real API server, in both encodings and by watching.

#![expect(clippy::disallowed_types, reason = "the reading side is tested by itself here")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

use kube::Client;
use kube::config::KubeConfigOptions;
use kube::config::Kubeconfig;
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
use kubectl_sts::model;
use kubectl_sts::model::set::Template;
use kubectl_sts::wire::budget::PodDisruptionBudget;
use kubectl_sts::wire::meta::ObjectMeta;
use kubectl_sts::wire::pod::Pod;
use kubectl_sts::wire::revision::ControllerRevision;
use kubectl_sts::wire::set::StatefulSet;
use prost::Message;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use crate::harness::Component;
use crate::harness::ControlPlane;
use crate::harness::Options;

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
    namespace: &str,
    lists: Lists,
    unwrap: impl Fn(T) -> W,
    convert: impl Fn(W) -> Result<(Version, M), Malformed>,
) -> BTreeMap<Version, M> {
    let query = Query { namespace: Some(namespace), labels: None, fields: None, lists };
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
    namespace: &str,
    convert: impl Fn(T) -> Result<(Version, M), Malformed> + Copy,
) {
    let mut missing: Option<BTreeSet<String>> = None;
    for _ in 0..50 {
        let protobuf = all(client, namespace, Lists::Whole, |item: T| item, convert).await;
        let json = all(client, namespace, Lists::Whole, |item: InJson<T>| item.0, convert).await;
        let pages = all(client, namespace, Lists::Paged, |item: T| item, convert).await;
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

fn budget(name: &str, spec: &Value) -> Value {
    json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name}, "spec": spec})
}

/// A client of the control plane, made without what the program does to make one.
async fn client(control_plane: &ControlPlane) -> Client {
    let kubeconfig = Kubeconfig::read_from(control_plane.kubeconfig()).unwrap();
    let options = KubeConfigOptions::default();
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options).await.unwrap();
    Client::try_from(config).unwrap()
}

/// Readings until one is as wanted.
async fn until(watch: &mut SetWatch, wanted: impl Fn(&Reading) -> bool) -> Reading {
    let reached = async {
        loop {
            let reading = watch.next().await.unwrap();
            if wanted(&reading) {
                return reading;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reached).await.unwrap()
}

#[tokio::test]
async fn both_encodings_and_the_watch_show_the_same() {
    let control_plane = ControlPlane::shared();
    let ns = control_plane.namespace("reading");
    let client = client(control_plane).await;
    ns.set("db")
        .replicas(40)
        .start(3)
        .parallel()
        .min_ready(1)
        .partition(4)
        .with(|set| {
            set["metadata"]["annotations"] =
                json!({"note": "\u{1b}[31m\u{202e}red\n", "kubectl-sts.io/rollout": "{}"});
            let pod = &mut set["spec"]["template"]["spec"];
            pod["initContainers"] =
                json!([{"name": "side", "image": "side:v1", "restartPolicy": "Always"}]);
            pod["containers"][0]["args"] = json!(["a && b > \"c\"", "é\u{2028}"]);
        })
        .create();
    for tag in ["bad", "oom", "pull", "config", "init"] {
        ns.set(tag).replicas(1).on_delete().image(&format!("app:{tag}")).create();
    }
    let expressions = json!([{"key": "tier", "operator": "NotIn", "values": ["a", "b"]}, {"key": "app", "operator": "Exists"}]);
    let some = json!({"maxUnavailable": "30%", "selector": {"matchLabels": {"app": "db"}, "matchExpressions": expressions}});
    ns.apply(&budget("db", &some).to_string());
    ns.apply(&budget("all", &json!({"minAvailable": 1, "selector": {}})).to_string());

    let set = read::set(&client, ns.name(), "db").await.unwrap();
    let mut watch = SetWatch::new(&client, &set, Lists::Whole, RENEWED_AFTER);
    let reading = until(&mut watch, |reading| {
        let available = reading.set.as_ref().map(|set| set.status.available);
        available == Some(40) && reading.pods.iter().filter(|pod| pod.is_ready()).count() == 40
    })
    .await;
    assert_eq!(reading.stale, None);

    compare(&client, ns.name(), |wire: StatefulSet| {
        let version = version(wire.metadata.as_ref());
        let mut set = convert::set::set(wire)?;
        // Protobuf has none.
        set.template = Template::default();
        Ok((version, set))
    })
    .await;
    compare(&client, ns.name(), |wire: Pod| {
        Ok((version(wire.metadata.as_ref()), convert::pod::pod(&wire)?))
    })
    .await;
    compare(&client, ns.name(), |wire: ControllerRevision| {
        Ok((version(wire.metadata.as_ref()), convert::revision::revision(wire)?))
    })
    .await;
    compare(&client, ns.name(), |wire: PodDisruptionBudget| {
        Ok((version(wire.metadata.as_ref()), convert::budget::budget(wire)?))
    })
    .await;

    let snapshot = read::snapshot(&client, ns.name(), "db", Lists::Whole).await.unwrap();
    let made_from = snapshot.revision(&snapshot.set.status.update_revision).unwrap();
    assert_eq!(
        made_from.template, snapshot.set.template,
        "a revision is the template it is made from"
    );
    assert_eq!(snapshot.set.annotations["note"], "[31mred ");
    assert_eq!(snapshot.own_pods().count(), 40);
    let by_name = |mut pods: Vec<model::pod::Pod>| {
        pods.sort_by(|one, other| one.name.cmp(&other.name));
        pods
    };
    assert_eq!(by_name(reading.pods), by_name(snapshot.pods), "the watch shows what a list does");

    ns.kubectl_ok(&["scale", "statefulset/db", "--replicas=2"]);
    until(&mut watch, |reading| reading.pods.len() == 2).await;
    ns.kubectl_ok(&["delete", "statefulset/db"]);
    until(&mut watch, |reading| reading.set.is_none()).await;
}

/// A selector that makes no sense is refused in the encoding that was asked for.
#[tokio::test]
async fn a_refusal_is_the_same_in_both_encodings() {
    let client = client(ControlPlane::shared()).await;
    let query =
        Query { namespace: None, labels: Some("a in ("), fields: None, lists: Lists::Whole };
    let refused = |error| match error {
        kube::Error::Api(status) => status,
        other => panic!("{other}"),
    };
    let protobuf = fold(&client, query, || (), |(), _: Pod| Ok(())).await.unwrap_err();
    let json = fold(&client, query, || (), |(), _: InJson<Pod>| Ok(())).await.unwrap_err();
    let (protobuf, json) = (refused(protobuf), refused(json));
    assert_eq!(protobuf.code, 400);
    assert_eq!((protobuf.message, protobuf.reason), (json.message, json.reason));
}

#[tokio::test]
async fn a_server_that_goes_away_is_noticed_and_so_is_its_return() {
    let control_plane = ControlPlane::start(&Options::default());
    let ns = control_plane.namespace("stale");
    ns.set("db").create_ready();
    let client = client(&control_plane).await;
    let set = read::set(&client, ns.name(), "db").await.unwrap();
    let mut watch = SetWatch::new(&client, &set, Lists::Whole, 2);
    assert_eq!(watch.next().await.unwrap().stale, None);

    // Connections stay open, and nobody answers.
    control_plane.stop(Component::ApiServer);
    let silent = until(&mut watch, |reading| reading.stale.is_some()).await;
    assert_eq!(silent.pods.len(), 3, "the last state stays readable");
    control_plane.cont(Component::ApiServer);
    until(&mut watch, |reading| reading.stale.is_none()).await;

    // Connections break.
    control_plane.kill(Component::ApiServer);
    until(&mut watch, |reading| reading.stale.is_some()).await;
    control_plane.restart(Component::ApiServer);
    until(&mut watch, |reading| reading.stale.is_none()).await;
    ns.kubectl_ok(&["scale", "statefulset/db", "--replicas=2"]);
    until(&mut watch, |reading| reading.pods.len() == 2 && reading.stale.is_none()).await;
}
