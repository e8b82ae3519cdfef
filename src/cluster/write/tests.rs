//! The requests as they are sent: preconditions and dry runs are where the server looks for them.

use std::sync::Arc;
use std::sync::Mutex;

use http::Response;
use http_body_util::BodyExt;
use kube::client::Body;
use serde_json::json;
use tower::service_fn;

use super::*;
use crate::model::failover::Mark;
use crate::plan::step::NodeTaint;
use crate::plan::step::object::Deletion;
use crate::testing::a_claim;
use crate::testing::a_node;
use crate::testing::a_pod;
use crate::testing::a_set;
use crate::testing::at;

/// A request: method, address, body.
type Sent = (String, String, Value);

/// A client of a server that answers every request with this code, and what it was sent.
fn server(code: u16) -> (Client, Arc<Mutex<Vec<Sent>>>) {
    let log: Arc<Mutex<Vec<Sent>>> = Arc::default();
    let seen = Arc::clone(&log);
    let service = service_fn(move |request: http::Request<Body>| {
        let seen = Arc::clone(&seen);
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            let body = serde_json::from_slice(&body).unwrap_or_default();
            seen.lock().unwrap().push((parts.method.to_string(), parts.uri.to_string(), body));
            let status = if code < 300 { "Success" } else { "Failure" };
            let answer = json!({"kind": "Status", "status": status, "code": code, "message": "m"});
            let answer =
                Response::builder().status(code).body(Body::from(answer.to_string().into_bytes()));
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(answer?)
        }
    });
    (Client::new(service, "default"), log)
}

/// Carries a step out against such a server.
async fn sent(step: &Step, keep: Keep, code: u16) -> (Vec<Sent>, Result<(), kube::Error>) {
    let (client, log) = server(code);
    let result = write(&client, step, keep).await.map(drop);
    let sent = log.lock().unwrap().clone();
    (sent, result)
}

fn deletion() -> PodDeletion {
    let set = a_set("db");
    PodDeletion::of(&set, &a_pod(&set, 2))
}

#[tokio::test]
async fn an_eviction_is_tried_before_it_is_made() {
    let (sent, result) = sent(&Step::EvictPod(deletion()), Keep::Written, 201).await;
    result.unwrap();
    let preconditions = json!({ "uid": "uid-2", "resourceVersion": "1" });
    assert_eq!(sent.len(), 2);
    for (method, path, body) in &sent {
        assert_eq!(method, "POST");
        assert_eq!(path, "/api/v1/namespaces/prod/pods/db-2/eviction");
        assert_eq!(body["deleteOptions"]["preconditions"], preconditions);
        assert_eq!(body["kind"], "Eviction");
        assert_eq!(body["metadata"]["name"], "db-2");
    }
    assert_eq!(sent[0].2["deleteOptions"]["dryRun"], json!(["All"]));
    assert_eq!(sent[1].2["deleteOptions"].get("dryRun"), None);
}

#[tokio::test]
async fn an_eviction_that_would_be_refused_is_not_made() {
    let (sent, result) = sent(&Step::EvictPod(deletion()), Keep::Written, 429).await;
    assert_eq!(sent.len(), 1, "the budget is not burnt");
    assert!(result.is_err());
}

#[tokio::test]
async fn a_node_is_changed_by_operations_and_never_sent_back() {
    let mark = Mark { by: "me".to_owned(), at: at(0), pod: "prod/db-0".to_owned() };
    let step = Step::TaintNode(NodeTaint::of(&a_node("node-a", "a"), mark));
    let (sent, result) = sent(&step, Keep::DryRun, 200).await;
    result.unwrap();
    let [(method, path, body)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(method, "PATCH");
    assert!(path.starts_with("/api/v1/nodes/node-a?"), "{path}");
    assert!(path.contains("dryRun=All") && path.contains("fieldManager=kubectl-sts"), "{path}");
    assert_eq!(body[0]["path"], "/metadata/resourceVersion");
}

#[tokio::test]
async fn a_deletion_carries_all_it_says_in_its_body() {
    let (sent, result) = sent(&Step::DeletePod(deletion()), Keep::DryRun, 200).await;
    result.unwrap();
    let [(method, path, body)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((method.as_str(), path.as_str()), ("DELETE", "/api/v1/namespaces/prod/pods/db-2?"));
    assert_eq!(body["dryRun"], json!(["All"]));
    assert_eq!(body["preconditions"]["uid"], "uid-2");
    assert_eq!(body.get("gracePeriodSeconds"), None, "never forced");
}

#[tokio::test]
async fn a_scaling_names_the_version_it_was_judged_on() {
    let step = Step::Scale(Scaling::of(&a_set("db"), 5));
    let (sent, result) = sent(&step, Keep::Written, 200).await;
    result.unwrap();
    let [(method, path, body)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(method, "PATCH");
    assert!(path.starts_with("/apis/apps/v1/namespaces/prod/statefulsets/db/scale?"), "{path}");
    let metadata = json!({ "uid": "set-uid", "resourceVersion": "1" });
    assert_eq!(*body, json!({ "metadata": metadata, "spec": { "replicas": 5 } }));
}

#[tokio::test]
async fn an_object_is_created_as_it_was_planned() {
    let creation = Creation {
        kind: ObjectKind::Copy,
        namespace: "prod".to_owned(),
        name: "copy".to_owned(),
        manifest: json!({ "kind": "ConfigMap" }).to_string(),
    };
    let (sent, result) = sent(&Step::Create(creation), Keep::DryRun, 201).await;
    result.unwrap();
    let [(method, path, body)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(method, "POST");
    assert!(path.starts_with("/api/v1/namespaces/prod/configmaps?"), "{path}");
    assert!(path.contains("dryRun=All") && path.contains("fieldManager=kubectl-sts"), "{path}");
    assert_eq!(*body, json!({ "kind": "ConfigMap" }));
}

#[tokio::test]
async fn a_claim_is_deleted_if_it_is_still_the_one_that_was_read() {
    let claim = a_claim(&a_set("db").claiming("data"), 3);
    let step = Step::Delete(Deletion::of_claim(&claim));
    let (sent, result) = sent(&step, Keep::DryRun, 200).await;
    result.unwrap();
    let [(method, path, body)] = &sent[..] else { panic!("{sent:?}") };
    let place = "/api/v1/namespaces/prod/persistentvolumeclaims/data-db-3?";
    assert_eq!((method.as_str(), path.as_str()), ("DELETE", place));
    let preconditions = json!({ "uid": "claim-3", "resourceVersion": "1" });
    assert_eq!(*body, json!({ "dryRun": ["All"], "preconditions": preconditions }));
}

#[tokio::test]
async fn the_pods_and_claims_of_a_deleted_set_stay() {
    let (sent, result) =
        sent(&Step::Delete(Deletion::of_set(&a_set("db"))), Keep::Written, 200).await;
    result.unwrap();
    assert_eq!(sent[0].2["propagationPolicy"], "Orphan");
    assert_eq!(sent[0].2["preconditions"], json!({ "uid": "set-uid", "resourceVersion": "1" }));
    assert_eq!(sent[0].2.get("dryRun"), None);
}
