//! Gates that are HTTP requests: through a port-forward to a server that stands for a port of the pod, and direct.

use std::io::Read as _;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::time::Duration;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::harness::Reply;
use crate::harness::Server;
use crate::rollouts::ended;
use crate::rollouts::finished;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::status;
use crate::rollouts::strategy;

/// A set of three whose port 8080 is this server in every pod.
fn served(ns: &Namespace<'_>, server: &Server) {
    ns.set("db").pods("port-8080", &server.port().to_string()).create_ready();
}

fn stage(ns: &Namespace<'_>, gate: &str, code: i32) -> Output {
    let flags = ["--image", "app=app:v2", "--approve=auto", "--gate", gate];
    ended(rollout(ns, &[&["stage", "db"], &flags[..]].concat()).run(), code)
}

/// Goes on with the gates of a file whose one gate has these lines, which gives up at the first error.
fn go_on(ns: &Namespace<'_>, gate: &str, code: i32) -> Output {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("gates.yaml");
    std::fs::write(&file, format!("gates:\n- name: asked\n  errorLimit: 0\n{gate}")).unwrap();
    let file = file.to_str().unwrap();
    let flags = ["--change-gates", "--approve=auto", "--gates", file];
    ended(rollout(ns, &[&["continue", "db"], &flags[..]].concat()).run(), code)
}

#[test]
fn a_request_through_the_api_server_reaches_the_pod() {
    let ns = ControlPlane::shared().namespace("gate-http");
    let server = Server::start();
    server.says("/healthz", Reply::new(200, "ok"));
    served(&ns, &server);
    let original = strategy(&ns, "db");

    let output = stage(&ns, "http:8080/healthz?of={pod}&n={ordinal} expect='== ok'", 0);

    says(&output, &["passed: ok"]);
    finished(&ns, "db", "v2", &original);
    let asked = |ordinal| format!("localhost:8080 /healthz?of=db-{ordinal}&n={ordinal}");
    assert_eq!(server.asked(), [asked(2), asked(1), asked(0)], "{output}");
}

#[test]
fn another_status_and_another_value_hold_the_set() {
    let ns = ControlPlane::shared().namespace("gate-http-no");
    let server = Server::start();
    server.says("/healthz", Reply::new(503, "not yet"));
    let health = r#"{"status":"yellow","shards":{"moving":[3,0]}}"#;
    server.says("/health", Reply::new(200, health));
    served(&ns, &server);
    let before = ns.pod_uids("db");

    let output = stage(&ns, "http:8080/healthz", 3);
    let failed =
        "failed for pod db-2: 503 Service Unavailable: not yet; held at 1 of 3 pods (db-2)";
    says(&output, &[failed]);
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"]);
    assert_eq!(ns.pod_uids("db")[..2], before[..2]);
    assert_eq!(status(&ns, "db"), 3);

    let json = |path: &str, expect: &str| {
        format!("  http: 8080/health\n  json: {path}\n  expect: '{expect}'\n")
    };
    let output = go_on(&ns, &json(".status", "== \"green\""), 3);
    says(&output, &["gate asked failed for pod db-2: yellow, expected == \"green\""]);
    let output = go_on(&ns, &json(".shards.moving[0]", "< 3"), 3);
    says(&output, &["failed for pod db-2: 3, expected < 3"]);
    let output = go_on(&ns, &json(".shards.lost", "== 0"), 3);
    says(&output, &["failed for pod db-2: there is no such value"]);
    // All pods are asked, and all have to say yes.
    let everywhere = format!("{}  pods: all\n", json(".shards.moving[1]", "== 0"));
    ended(go_on(&ns, &everywhere, 0), 0);
    assert_eq!(ns.images("db"), ["0:v2", "1:v2", "2:v2"]);
}

#[test]
fn a_pod_that_cannot_be_asked_holds_and_is_never_taken_back() {
    let ns = ControlPlane::shared().namespace("gate-http-unclear");
    let server = Server::start();
    let slow = Reply { after: Duration::from_secs(20), ..Reply::new(200, "ok") };
    server.says("/slow", slow);
    server.says("/big", Reply::new(200, &"x".repeat(2 * 1024 * 1024)));
    server.says("/page", Reply::new(200, "<html>"));
    // Nobody listens here.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    ns.set("db")
        .pods("port-8080", &server.port().to_string())
        .pods("port-9090", &closed.to_string())
        .create_ready();
    let flags = ["--image", "app=app:v2", "--on-failure=abort", "--gate", "http:8080/slow"];
    let flags = [&flags[..], &["--gate-timeout", "1s", "--step-timeout", "3s"]].concat();
    let output = ended(rollout(&ns, &[&["stage", "db"], &flags[..]].concat()).run(), 5);
    says(&output, &["cannot tell: no answer within 1s, next in 10s", "held at 1 of 3 pods (db-2)"]);

    for (gate, why) in [
        ("  http: 8080/slow\n  timeout: 1s\n", "no answer within 1s"),
        ("  http: 7070/\n", "localhost:7070 inside pod"),
        ("  http: 9090/\n", "connection refused"),
        ("  http: 8080/big\n  expect: '== ok'\n", "the answer is longer than 1048576 bytes"),
        ("  http: 8080/page\n  json: .a\n  expect: '== ok'\n", "the answer is no JSON"),
        ("  http: 8080/\n  pods: 7\n", "db-7"),
        ("  https: 8080/\n  insecure: true\n", "db-2"),
    ] {
        let output = go_on(&ns, gate, 3);
        says(&output, &["gate asked could not tell about pod db-2", why]);
        assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"], "{output}");
        assert_eq!(record(&ns, "db").unwrap()["phase"], "failed");
    }
    // What is too long does not matter where only the status does.
    ended(go_on(&ns, "  http: 8080/big\n", 0), 0);
}

#[test]
fn a_server_outside_of_the_cluster_is_asked_from_here() {
    let ns = ControlPlane::shared().namespace("gate-http-direct");
    let server = Server::start();
    server.says("/old", Reply::new(301, ""));
    let path = format!("/{}/db/2", ns.name());
    server.says(&path, Reply::new(200, "12.5"));
    ns.set("db").create_ready();
    let address = format!("http://127.0.0.1:{}", server.port());

    let output = stage(&ns, &format!("{address}/old"), 3);
    says(&output, &["failed for pod db-2: 301 Moved Permanently"]);
    let text = "/{namespace}/{set}/{ordinal}?pod={pod}\n  expect: '< 13'\n";
    let output = go_on(&ns, &format!("  http: //127.0.0.1:{}{text}", server.port()), 3);
    // The next pod has another path, which the server does not know.
    says(&output, &["gate asked passed: 12.5", "failed for pod db-1: 404 Not Found"]);
    let asked = server.asked();
    let query = format!("127.0.0.1:{} {path}?pod=db-2", server.port());
    assert!(asked.contains(&query), "{asked:?}");
}

#[test]
fn a_no_takes_the_set_back_where_that_is_asked_for() {
    let ns = ControlPlane::shared().namespace("gate-http-back");
    let server = Server::start();
    server.says("/", Reply::new(500, ""));
    served(&ns, &server);
    let original = strategy(&ns, "db");
    let words = ["stage", "db", "--image", "app=app:v2", "--on-failure=abort", "--gate"];
    let output = ended(rollout(&ns, &[&words[..], &["http:8080/"]].concat()).run(), 4);
    says(&output, &["failed for pod db-2: 500 Internal Server Error"]);
    finished(&ns, "db", "v1", &original);
}

#[test]
fn certificates_are_checked_here_and_through_the_api_server() {
    // The API server itself is the server with TLS.
    let ns = ControlPlane::shared().namespace("gate-https");
    let control_plane = ns.control_plane();
    let port = control_plane.server().rsplit(':').next().unwrap().trim_end_matches('/');
    let ca = control_plane.state_dir().join("certificates/ca.crt");
    let ca = ca.to_str().unwrap();
    ns.set("db").pods("port-6443", port).create_ready();

    let output = stage(&ns, "http:6443/healthz", 3);
    says(&output, &["failed for pod db-2: 400 Bad Request"]);
    let direct = format!("  https: //127.0.0.1:{port}/healthz\n  expect: == ok\n");
    let forwarded = "  https: 6443/healthz\n  expect: == ok\n";
    for gate in [&direct, forwarded] {
        let output = go_on(&ns, gate, 3);
        says(&output, &["could not tell about pod db-2", "certificate"]);
    }
    let output = go_on(&ns, &format!("{direct}  ca: {ca}\n"), 0);
    says(&output, &["gate asked passed: ok"]);

    for (image, check) in [("app=app:v3", format!("ca={ca}")), ("app=app:v4", "insecure".into())] {
        let gate = format!("https:6443/healthz {check} expect='== ok'");
        let words = ["stage", "db", "--image", image, "--approve=auto", "--gate", &gate];
        let output = ended(rollout(&ns, &words).run(), 0);
        says(&output, &["passed: ok"]);
    }
}

#[test]
fn kubectl_reaches_the_same_port_of_the_same_pod() {
    let ns = ControlPlane::shared().namespace("port-forward");
    let (all, one) = (Server::start(), Server::start());
    all.says("/", Reply::new(200, "any"));
    one.says("/", Reply::new(200, "the second"));
    ns.set("db")
        .replicas(2)
        .pods("port-8080", &all.port().to_string())
        .pods("port-8080-1", &one.port().to_string())
        .create_ready();
    for (pod, body) in [("db-0", "any"), ("db-1", "the second")] {
        let forward = ns.kubectl_command(&["port-forward", pod, ":8080"]).spawn();
        let line = forward.wait_for_line("Forwarding from 127.0.0.1:", Duration::from_secs(30));
        let port = line.split("127.0.0.1:").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with(body), "{answer}");
    }
}
