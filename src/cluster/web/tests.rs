//! Requests of gates, against servers in this process.

use std::io;

use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use super::*;
use crate::cluster::testing::answer;
use crate::cluster::testing::server;

/// A server that gives each of these answers once, and what it was asked.
async fn serving(answers: Vec<String>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).await.unwrap();
            asked.push(String::from_utf8_lossy(&request[..length]).into_owned());
            // Whoever has read enough hangs up.
            drop(stream.write_all(answer.as_bytes()).await);
        }
        asked
    });
    (url, asked)
}

fn response(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn said(result: Result<Page, Failure>) -> String {
    format!("{:#}", result.unwrap_err().cause)
}

#[tokio::test]
async fn a_page_is_its_status_and_its_body() {
    let moved = response("302 Found\r\nLocation: /elsewhere", "");
    let (url, asked) = serving(vec![response("200 OK", "{\"a\":1}"), moved]).await;

    let page = get(&format!("{url}/x?y=%7B"), &Verify::System).await.unwrap();
    let body = b"{\"a\":1}".to_vec();
    assert_eq!(page, Page { status: 200, reason: "OK", body, whole: true });
    let page = get(&url, &Verify::System).await.unwrap();
    assert_eq!((page.status, page.reason), (302, "Found"), "it is not followed");

    let asked = asked.await.unwrap();
    assert!(asked[0].starts_with("GET /x?y=%7B HTTP/1.1\r\n"), "{}", asked[0]);
    assert!(asked[0].to_lowercase().contains("user-agent: kubectl-sts/"), "{}", asked[0]);
}

#[tokio::test]
async fn a_body_without_end_is_read_only_so_far() {
    let (url, _) = serving(vec![response("200 OK", &"x".repeat(MOST + 1))]).await;
    let page = get(&url, &Verify::System).await.unwrap();
    assert_eq!((page.body.len(), page.whole), (MOST, false));
    let (url, _) = serving(vec![response("200 OK", &"x".repeat(MOST))]).await;
    let page = get(&url, &Verify::System).await.unwrap();
    assert_eq!((page.body.len(), page.whole), (MOST, true));
}

#[tokio::test]
async fn what_went_wrong_is_said_in_words() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refused = said(get(&format!("http://{closed}/"), &Verify::System).await);
    assert!(refused.to_lowercase().contains("connection refused"), "{refused}");
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_owned();
    let (url, _) = serving(vec![cut]).await;
    let broken = said(get(&url, &Verify::System).await);
    assert!(broken.starts_with("the answer broke off"), "{broken}");
    let (url, _) = serving(vec!["SSH-2.0-server\r\n".to_owned()]).await;
    said(get(&url, &Verify::System).await);
}

#[test]
fn an_address_is_checked_before_it_is_needed() {
    for url in ["http://db:8080/x?y=1", "https://db/", "http://[::1]:80/"] {
        check(url, &Verify::Nothing).unwrap();
    }
    let wrong = |url: &str, verify: &Verify| {
        let failure = check(url, verify).unwrap_err();
        assert_eq!(failure.exit, crate::exit::Exit::Usage);
        format!("{:#}", failure.cause)
    };
    for url in ["db:8080/x", "ftp://db/", "http://", "/x", "http://db:x/", "http://a b/"] {
        assert!(wrong(url, &Verify::System).contains("is not a URL"), "{url}");
    }
    assert!(wrong("http://me:secret@db/", &Verify::System).contains("are not sent"));
    let missing = Verify::Authority("/nowhere/ca.pem".into());
    assert!(wrong("https://db/", &missing).starts_with("/nowhere/ca.pem: No such file"));
    let no_certificate = Verify::Authority(concat!(env!("CARGO_MANIFEST_DIR"), "/LICENSE").into());
    assert!(wrong("https://db/", &no_certificate).contains("no valid certificate authority"));
}

#[tokio::test]
async fn a_service_is_asked_through_the_api_server() {
    let (client, asked) = server(|_, _| -> io::Result<_> {
        Ok(answer(200, "application/json", "{\"status\":\"success\"}"))
    });
    let service: ServicePort = "monitoring/prometheus:9090".parse().unwrap();
    let query = encode("max(lag{pod=\"db-0\"}) + 1 > 0");
    let path = format!("/api/v1/query?query={query}");
    let page = get_through(&client, &service, &path).await.unwrap();
    assert_eq!(page.body, b"{\"status\":\"success\"}");
    assert_eq!(
        asked.paths(),
        ["/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query?\
          query=max%28lag%7Bpod%3D%22db-0%22%7D%29%20%2B%201%20%3E%200"]
    );
}

#[test]
fn what_is_not_plain_is_encoded() {
    assert_eq!(encode("aZ09-._~"), "aZ09-._~");
    assert_eq!(encode("a b&c=d+e%/?#"), "a%20b%26c%3Dd%2Be%25%2F%3F%23");
    assert_eq!(encode("µ\""), "%C2%B5%22");
}
