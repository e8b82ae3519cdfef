//! What is asked, and what is made of the answers.

use std::io;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::thread;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use super::*;
use crate::cluster::testing;
use crate::cluster::testing::Answer;
use crate::cluster::testing::answer;
use crate::cluster::testing::pieces;
use crate::cluster::testing::server;
use crate::convert;
use crate::wire::list::testing::json as json_list;
use crate::wire::list::testing::protobuf as protobuf_list;
use crate::wire::list::testing::wrap;
use crate::wire::status;

const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
const JSON: &str = "application/json";

fn pod(name: &str) -> Value {
    json!({"metadata": {"name": name, "uid": "u", "resourceVersion": "1"}})
}

fn in_json(names: &[&str], next: &str) -> Answer {
    let pods: Vec<Value> = names.iter().map(|name| pod(name)).collect();
    answer(200, JSON, json_list(&pods, next))
}

fn in_protobuf(names: &[&str], next: &str) -> Vec<u8> {
    let pods = names.iter().map(|name| serde_json::from_value(pod(name)).unwrap());
    protobuf_list(&pods.collect::<Vec<Pod>>(), next)
}

fn expired() -> Answer {
    let status = json!({
        "kind": "Status", "status": "Failure", "reason": "Expired", "code": 410,
        "message": "The provided continue parameter is too old",
        "metadata": {"continue": "inconsistent"},
    });
    testing::json(410, &status)
}

async fn names(client: &Client, lists: Lists) -> Result<Vec<String>, kube::Error> {
    let query = Query { namespace: Some("prod"), labels: Some("app=db,!old"), fields: None, lists };
    fold(client, query, Vec::new, |names, pod: Pod| {
        names.push(convert::pod::pod(&pod)?.name);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn built_in_kinds_are_asked_for_in_protobuf_and_whole() {
    let body = in_protobuf(&["db-0", "db-1"], "");
    let (client, asked) = server(move |_, _| Ok(answer(200, PROTOBUF, body.clone())));
    assert_eq!(names(&client, Lists::Whole).await.unwrap(), ["db-0", "db-1"]);
    assert_eq!(asked.paths(), ["/api/v1/namespaces/prod/pods?&labelSelector=app%3Ddb%2C%21old"]);
    assert_eq!(asked.accepts(), ["application/vnd.kubernetes.protobuf,application/json"]);
}

#[tokio::test]
async fn a_server_that_answers_in_json_is_understood() {
    let (client, _) = server(|_, _| Ok(in_json(&["db-0"], "")));
    assert_eq!(names(&client, Lists::Whole).await.unwrap(), ["db-0"]);
}

#[tokio::test]
async fn pages_are_one_list() {
    let (client, asked) = server(|path, _| {
        Ok(if path.contains("continue=two") {
            in_json(&["db-2"], "")
        } else {
            in_json(&["db-0", "db-1"], "two")
        })
    });
    assert_eq!(names(&client, Lists::Paged).await.unwrap(), ["db-0", "db-1", "db-2"]);
    let first = "/api/v1/namespaces/prod/pods?&labelSelector=app%3Ddb%2C%21old&limit=500";
    assert_eq!(asked.paths(), [first.to_owned(), format!("{first}&continue=two")]);
}

#[tokio::test]
async fn an_expired_page_starts_the_list_over_once() {
    let (client, asked) = server(|path, nth| {
        Ok(match (nth, path.contains("continue")) {
            (0, _) => in_json(&["gone", "db-1"], "two"),
            (1, _) => expired(),
            (_, false) => in_json(&["db-1"], "three"),
            (_, true) => in_json(&["db-2"], ""),
        })
    });
    assert_eq!(names(&client, Lists::Paged).await.unwrap(), ["db-1", "db-2"]);
    assert_eq!(asked.paths().len(), 4);
    assert!(!asked.paths().iter().any(|path| path.contains("inconsistent")));
}

#[tokio::test]
async fn a_list_that_keeps_expiring_is_an_error() {
    let (client, asked) = server(|path, _| {
        Ok(if path.contains("continue") { expired() } else { in_json(&["db-0"], "two") })
    });
    let error = names(&client, Lists::Paged).await.unwrap_err();
    assert!(matches!(error, kube::Error::Api(status) if status.code == 410));
    assert_eq!(asked.paths().len(), 4);
}

#[tokio::test]
async fn a_cut_list_is_an_error_in_either_encoding() {
    let whole = in_protobuf(&["db-0", "db-1"], "");
    let cut = whole[..whole.len() - 12].to_vec();
    let (client, _) = server(move |_, _| Ok(answer(200, PROTOBUF, cut.clone())));
    let error = names(&client, Lists::Whole).await.unwrap_err();
    assert!(error.to_string().ends_with("the list was cut short"), "{error}");

    let whole = json_list(&[pod("db-0"), pod("db-1")], "");
    let cut = whole[..whole.len() - 1].to_vec();
    let (client, _) = server(move |_, _| Ok(answer(200, JSON, cut.clone())));
    let error = names(&client, Lists::Whole).await.unwrap_err();
    assert!(error.to_string().ends_with("the list was cut short"), "{error}");
}

#[tokio::test]
async fn a_connection_lost_within_the_list_is_an_error() {
    let (client, _) = server(|_, _| {
        let begun = Bytes::from(json_list(&[pod("db-0")], ""));
        let lost = io::Error::from(io::ErrorKind::ConnectionReset);
        Ok(pieces(200, JSON, vec![Ok(begun), Err(lost)]))
    });
    assert!(matches!(names(&client, Lists::Whole).await, Err(kube::Error::Service(_))));
}

#[tokio::test]
async fn what_is_no_list_is_an_error() {
    for (content_type, body) in [
        (JSON, "{}"),
        (JSON, "<html>login</html>"),
        (JSON, ""),
        (PROTOBUF, "{}"),
        (PROTOBUF, "k8s\0\x12\x04\x12\x02\x0a\x7f"),
        ("text/html", "<html>login</html>"),
    ] {
        let (client, _) = server(move |_, _| Ok(answer(200, content_type, body)));
        let error = names(&client, Lists::Whole).await.unwrap_err();
        assert!(matches!(error, kube::Error::SerdeError(_)), "{content_type} {body}: {error}");
    }
}

#[tokio::test]
async fn an_object_that_makes_no_sense_is_named() {
    let (client, _) = server(|_, _| {
        Ok(answer(200, JSON, json_list(&[json!({"metadata": {"name": "db-0"}})], "")))
    });
    let error = names(&client, Lists::Whole).await.unwrap_err();
    assert!(
        error.to_string().ends_with("pod/db-0 makes no sense: metadata.uid is missing"),
        "{error}"
    );
}

#[tokio::test]
async fn a_refusal_is_the_same_in_either_encoding() {
    let in_json = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 429,
        "message": "slow down", "reason": "TooManyRequests",
        "details": {"kind": "pods", "retryAfterSeconds": 2, "causes": [{"reason": "a", "message": "b", "field": "c"}]},
    });
    let in_protobuf = wrap(&status::Status {
        message: "slow down".to_owned(),
        reason: "TooManyRequests".to_owned(),
        code: 429,
        details: Some(status::StatusDetails {
            kind: "pods".to_owned(),
            retry_after_seconds: 2,
            causes: vec![status::StatusCause {
                reason: "a".to_owned(),
                message: "b".to_owned(),
                field: "c".to_owned(),
            }],
            ..status::StatusDetails::default()
        }),
    });
    let (client, _) = server(move |_, nth| {
        Ok(if nth == 0 {
            testing::json(429, &in_json)
        } else {
            answer(429, PROTOBUF, in_protobuf.clone())
        })
    });
    let mut refusals = Vec::new();
    for _ in 0..2 {
        match names(&client, Lists::Whole).await {
            Err(kube::Error::Api(status)) => refusals.push(status),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(refusals[0], refusals[1]);
}

#[tokio::test]
async fn a_refusal_by_a_proxy_is_shown_safely_and_not_in_full() {
    let page = format!("<html>\u{1b}[31m{}</html>", "x".repeat(1000));
    let (client, _) = server(move |_, _| Ok(answer(502, "text/html", page.clone())));
    match names(&client, Lists::Whole).await {
        Err(kube::Error::Api(status)) => {
            assert_eq!(status.code, 502);
            assert!(status.message.starts_with("<html>[31mxxx"), "{}", status.message);
            assert_eq!(status.message.chars().count(), 200);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn custom_kinds_are_read_in_json_by_the_same_means() {
    #[derive(Deserialize)]
    struct Custom {
        name: String,
    }

    impl Listed for Custom {
        const PROTOBUF: Option<Decode<Self>> = None;

        fn path(_: Option<&str>) -> String {
            "/apis/example.com/v1/things".to_owned()
        }
    }

    let (client, asked) = server(|_, nth| {
        let body = json_list(&[json!({"name": "a"}), json!({"name": "b"})], "");
        Ok(answer(200, if nth == 0 { JSON } else { PROTOBUF }, body))
    });
    let query = Query { namespace: None, labels: None, fields: None, lists: Lists::Whole };
    let read = || {
        fold(&client, query, String::new, |names, thing: Custom| {
            names.push_str(&thing.name);
            Ok(())
        })
    };
    assert_eq!(read().await.unwrap(), "ab");
    assert_eq!(asked.paths(), ["/apis/example.com/v1/things?"]);
    assert_eq!(asked.accepts(), [JSON]);
    assert!(read().await.is_err(), "protobuf that was not asked for");
}

/// `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"5"},"items":[]}`.
const GZIPPED: &[u8] = b"\
    \x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xab\x56\xca\xce\xcc\x4b\x51\xb2\x52\x0a\xc8\
    \x4f\xf1\xc9\x2c\x2e\x51\xd2\x51\x4a\x2c\xc8\x0c\x4b\x2d\x2a\xce\xcc\xcf\x03\x0a\x97\
    \x19\x02\x45\x72\x53\x4b\x12\x53\x12\x4b\x12\x95\xac\xaa\x95\x8a\x52\x8b\xf3\x4b\x8b\
    \x92\x53\x11\x4a\x4c\x95\x6a\x75\x94\x32\x4b\x52\x73\x8b\x95\xac\xa2\x63\x6b\x01\x79\
    \x3b\x26\xa6\x52\x00\x00\x00";

/// Serves one answer over TCP, where the client's own transport unpacks it.
fn serve_gzip(body: &'static [u8]) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let read = stream.read(&mut [0; 4096]).unwrap();
        assert!(read > 0);
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n\
             content-length: {length}\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
    });
    Client::try_from(kube::Config::new(url.parse().unwrap())).unwrap()
}

#[tokio::test]
async fn a_cut_gzip_body_is_an_error() {
    let whole = names(&serve_gzip(GZIPPED), Lists::Whole).await.unwrap();
    assert!(whole.is_empty());
    // Without its last eight bytes the list is all there, but its checksum is not.
    for cut in [GZIPPED.len() - 1, GZIPPED.len() - 8, GZIPPED.len() - 20, 12] {
        assert!(names(&serve_gzip(&GZIPPED[..cut]), Lists::Whole).await.is_err(), "cut at {cut}");
    }
}
