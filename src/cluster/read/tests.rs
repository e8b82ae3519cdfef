//! What is asked for one reading, and what becomes of it.

use serde_json::json;

use super::*;
use crate::cluster::testing::json as answer;
use crate::cluster::testing::server;
use crate::wire::list::testing::json as list;

fn a_set() -> Value {
    json!({
        "metadata": {"name": "db", "namespace": "prod", "uid": "u", "resourceVersion": "7"},
        "spec": {"selector": {"matchLabels": {"app": "db"}}, "template": {"spec": {"containers": []}}},
    })
}

fn revision_object(name: &str, number: i64, owner: &str) -> Value {
    json!({
        "metadata": {"name": name, "ownerReferences": [{"kind": "StatefulSet", "name": "db", "uid": owner, "controller": true}]},
        "revision": number,
        "data": {"spec": {"template": {"$patch": "replace", "spec": {"containers": []}}}},
    })
}

fn items(items: &[Value]) -> String {
    String::from_utf8(list(items, "")).unwrap()
}

#[tokio::test]
async fn a_snapshot_takes_four_requests() {
    let (client, asked) = server(|path, _| {
        let body = match path {
            "/apis/apps/v1/namespaces/prod/statefulsets/db" => a_set().to_string(),
            path if path.contains("/pods?") => {
                items(&[json!({"metadata": {"name": "db-0", "uid": "p", "resourceVersion": "3"}})])
            }
            path if path.contains("/controllerrevisions?") => items(&[
                revision_object("db-b", 3, "u"),
                revision_object("db-x", 9, "another set"),
                revision_object("db-a", 2, "u"),
            ]),
            path if path.contains("/poddisruptionbudgets?") => items(&[]),
            path => panic!("{path}"),
        };
        Ok(answer(200, &body))
    });
    let snapshot = snapshot(&client, "prod", "db", Lists::Whole).await.unwrap();
    let revisions: Vec<_> = snapshot.revisions.iter().map(|revision| &revision.name).collect();
    assert_eq!(revisions, ["db-a", "db-b"], "its own, oldest first");
    assert_eq!(snapshot.revisions[0].template, snapshot.set.template);
    assert_eq!(snapshot.pods.len(), 1);
    assert_eq!(snapshot.budgets, Known::Read(Vec::new()));
    let mut paths = asked.paths();
    paths.sort();
    assert_eq!(
        paths,
        [
            "/api/v1/namespaces/prod/pods?&labelSelector=app%3Ddb",
            "/apis/apps/v1/namespaces/prod/controllerrevisions?&labelSelector=app%3Ddb",
            "/apis/apps/v1/namespaces/prod/statefulsets/db",
            "/apis/policy/v1/namespaces/prod/poddisruptionbudgets?",
        ]
    );
}

#[tokio::test]
async fn forbidden_budgets_are_unknown_and_not_absent() {
    let status = |code: u16, reason: &str| json!({"kind": "Status", "code": code, "reason": reason, "message": "not\u{1b}[0m yours"});
    let (client, _) = server(move |_, nth| {
        Ok(match nth {
            0 => answer(403, &status(403, "Forbidden")),
            _ => answer(500, &status(500, "InternalError")),
        })
    });
    let forbidden = budgets(&client, "prod", Lists::Whole).await.unwrap();
    assert_eq!(forbidden, Known::Unknown("not[0m yours".to_owned()));
    assert!(budgets(&client, "prod", Lists::Whole).await.is_err());
}

#[tokio::test]
async fn a_node_comes_with_the_time_of_the_server_even_when_it_is_not_to_be_had() {
    let node_object = json!({"metadata": {"name": "a", "uid": "u", "resourceVersion": "7"}});
    let (client, asked) = server(move |_, nth| {
        let mut sent = match nth {
            0 => answer(200, &node_object),
            1 => answer(404, &json!({"kind": "Status", "code": 404, "reason": "NotFound"})),
            2 => answer(
                403,
                &json!({"kind": "Status", "code": 403, "reason": "Forbidden", "message": "no"}),
            ),
            _ => answer(500, &json!({"kind": "Status", "code": 500, "reason": "InternalError"})),
        };
        let date = if nth == 1 { "yesterday" } else { "Sun, 06 Nov 1994 08:49:37 GMT" };
        sent.headers_mut().insert("date", date.parse().unwrap());
        Ok(sent)
    });
    let time: Option<Timestamp> = "1994-11-06T08:49:37Z".parse().ok();
    let (read, told) = node(&client, "a").await.unwrap();
    assert!(matches!(read, Known::Read(Some(node)) if node.name == "a"));
    assert_eq!(told, time);
    assert_eq!(node(&client, "a").await.unwrap(), (Known::Read(None), None));
    let forbidden = Known::Unknown("no".to_owned());
    assert_eq!(node(&client, "a").await.unwrap(), (forbidden, time));
    assert!(node(&client, "a").await.is_err());
    assert_eq!(asked.paths()[0], "/api/v1/nodes/a");
}

#[tokio::test]
async fn what_is_on_a_node_is_asked_for_by_its_name_or_picked_out() {
    let (client, asked) = server(|path, _| {
        let pod = json!({"metadata": {"name": "p", "namespace": "n", "uid": "u"}});
        let on = |node: &str| json!({"metadata": {"name": node}, "spec": {"nodeName": node}});
        Ok(answer(
            200,
            &if path.contains("/pods") { items(&[pod]) } else { items(&[on("a"), on("b")]) },
        ))
    });
    let Known::Read(pods) = residents(&client, "a", Lists::Whole).await.unwrap() else { panic!() };
    let Known::Read(volumes) = attachments(&client, "a", Lists::Whole).await.unwrap() else {
        panic!()
    };
    assert_eq!((pods.len(), volumes.len()), (1, 1));
    assert_eq!(
        asked.paths(),
        [
            "/api/v1/pods?&fieldSelector=spec.nodeName%3Da",
            "/apis/storage.k8s.io/v1/volumeattachments?",
        ]
    );
}

#[tokio::test]
async fn an_object_is_what_the_server_sends() {
    let mut sent = a_set();
    sent["spec"]["serviceName"] = json!("not in the model");
    let answered = sent.clone();
    let (client, asked) = server(move |_, _| Ok(answer(200, &answered)));
    assert_eq!(set_object(&client, "prod", "db").await.unwrap(), sent);
    assert_eq!(asked.paths(), ["/apis/apps/v1/namespaces/prod/statefulsets/db"]);
}

#[tokio::test]
async fn a_missing_set_is_kubes_own_error() {
    let status = json!({"kind": "Status", "code": 404, "reason": "NotFound", "message": "no db"});
    let (client, _) = server(move |_, _| Ok(answer(404, &status)));
    let error = set(&client, "prod", "db").await.unwrap_err();
    assert!(matches!(error, kube::Error::Api(status) if status.is_not_found()));
}
