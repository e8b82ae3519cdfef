//! The requests as they are sent: preconditions and dry runs are where the server looks for them.

use std::sync::Arc;
use std::sync::Mutex;

use http::Response;
use http_body_util::BodyExt;
use kube::client::Body;
use serde_json::json;
use tower::service_fn;

use super::*;
use crate::testing::a_pod;
use crate::testing::a_set;

/// A request: method, address, body.
type Sent = (String, String, Value);

/// Carries a step out against a server that answers every request with this code, and returns
/// what it was sent.
async fn sent(step: &Step, keep: Keep, code: u16) -> (Vec<Sent>, Result<(), kube::Error>) {
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
    let result = write(&Client::new(service, "default"), step, keep).await.map(drop);
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
