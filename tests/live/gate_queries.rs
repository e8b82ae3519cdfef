//! Gates that ask a real Prometheus, which scrapes a server of the test.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;
use crate::harness::Output;
use crate::harness::Prometheus;
use crate::harness::Reply;
use crate::harness::Server;
use crate::harness::check_rules;
use crate::rollouts::ended;
use crate::rollouts::finished;
use crate::rollouts::record;
use crate::rollouts::rollout;
use crate::rollouts::says;
use crate::rollouts::strategy;

/// What three pods say about themselves; `lag` of the last is this.
fn metrics(server: &Server, namespace: &str, lag: &str) {
    let mut text = "# TYPE lag gauge\n".to_owned();
    for (pod, lag) in [("db-0", "0.1"), ("db-1", "0.2"), ("db-2", lag)] {
        writeln!(text, "lag{{namespace=\"{namespace}\",pod=\"{pod}\"}} {lag}").unwrap();
    }
    server.says("/metrics", Reply::new(200, &text));
}

/// A query's result as the Prometheus sees it now, to know that it has scraped.
fn wait_for(prometheus: &Prometheus, query: &str, value: &str) {
    let address = prometheus.url();
    let port: u16 = address.rsplit(':').next().unwrap().parse().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let answer = get(port, &format!("/api/v1/query?query={query}"));
        if answer["data"]["result"][0]["value"][1] == value {
            return;
        }
        assert!(Instant::now() < deadline, "{query} is not {value}: {answer}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn get(port: u16, target: &str) -> Value {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {target} HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).unwrap_or_default()
}

fn run(ns: &Namespace<'_>, words: &[&str], url: &str, code: i32) -> Output {
    let flags = ["--approve=auto", "--prom-url", url];
    ended(rollout(ns, &[words, &flags[..]].concat()).run(), code)
}

fn go_on(ns: &Namespace<'_>, url: &str, gate: &str, code: i32) -> Output {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("gates.yaml");
    let text = format!("gates:\n- name: asked\n  interval: 1s\n  errorLimit: 1\n{gate}");
    fs::write(&file, text).unwrap();
    let words = ["continue", "db", "--change-gates", "--gates", file.to_str().unwrap()];
    run(ns, &words, url, code)
}

#[test]
fn a_query_passes_fails_or_cannot_tell() {
    let ns = ControlPlane::shared().namespace("gate-promql");
    let server = Server::start();
    metrics(&server, ns.name(), "9");
    let prometheus = Prometheus::scraping(server.port());
    ns.set("db").create_ready();
    let original = strategy(&ns, "db");
    let url = prometheus.url();
    wait_for(&prometheus, "max(lag)", "9");

    // A no: every sample counts.
    let query = r#"promql:'lag{namespace="{namespace}"}' expect='< 1'"#;
    let output = run(&ns, &["stage", "db", "--image", "app=app:v2", "--gate", query], &url, 3);
    says(&output, &["failed for pod db-2: 9 {", "pod=\"db-2\"}, expected < 1", "held at 1 of 3"]);
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"]);

    // No data is a no, unless it is told otherwise.
    let none = "  promql: lag{pod=\"none\"}\n  expect: '< 1'\n";
    let output = go_on(&ns, &url, none, 3);
    says(&output, &["gate asked failed for pod db-2: the query found nothing"]);
    let nan = "  promql: lag{pod=\"{pod}\"} * NaN\n  expect: '< 1'\n";
    let output = go_on(&ns, &url, nan, 3);
    says(&output, &["gate asked failed for pod db-2: NaN"]);
    let output = ended(
        rollout(&ns, &["continue", "db", "--change-gates", "--gate", query, "--prom-url", &url])
            .run(),
        3,
    );
    says(&output, &["--prom-url", "--gate"]);

    // An error of the Prometheus, or none that answers, condemns nothing.
    for (url, expression, why) in [
        (url.as_str(), "lag{", "400: invalid parameter"),
        (url.as_str(), "lag[5m]", "the result is a matrix, not a number"),
        ("http://127.0.0.1:1", "lag", "onnection refused"),
        (&format!("http://127.0.0.1:{}", server.port()), "lag", "no answer of a Prometheus"),
    ] {
        let gate = format!("  promql: {expression}\n  expect: '< 1'\n");
        let output = go_on(&ns, url, &gate, 3);
        says(&output, &["gate asked could not tell about pod db-2", why, "0/1, cannot tell: "]);
        assert_eq!(record(&ns, "db").unwrap()["phase"], "failed");
    }
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"]);

    // A yes, for each pod by its own samples.
    let scalar = "  promql: scalar(lag{pod=\"{pod}\"}) / 10\n  expect: '<= 0.9'\n";
    go_on(&ns, &url, scalar, 0);
    finished(&ns, "db", "v2", &original);
}

#[test]
fn a_service_that_cannot_be_reached_condemns_nothing() {
    let ns = ControlPlane::shared().namespace("gate-service");
    ns.set("db").create_ready();
    let service =
        json!({ "metadata": { "name": "prom" }, "spec": { "ports": [{ "port": 9090 }] } });
    ns.post(&format!("/api/v1/namespaces/{}/services", ns.name()), &service);
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("gates.yaml");
    let text =
        "gates:\n- name: up\n  promql: up{pod=\"{pod}\"} + 1\n  expect: '> 0'\n  errorLimit: 0\n";
    fs::write(&file, text).unwrap();
    let service = format!("{}/prom:9090", ns.name());
    let flags = ["--image", "app=app:v2", "--on-failure=abort", "--prom-service", &service];
    let words = [&["stage", "db", "--gates", file.to_str().unwrap()], &flags[..]].concat();
    let output = ended(rollout(&ns, &words).run(), 3);

    says(
        &output,
        &["gate up could not tell about pod db-2: 503: no endpoints available for service"],
    );
    says(&output, &[&format!("--prom-service {service}")]);
    assert_eq!(ns.images("db"), ["0:v1", "1:v1", "2:v2"]);
    let asked = ns.control_plane().requests_of("kubectl-sts/");
    let path = format!("/api/v1/namespaces/{}/services/prom:9090/proxy/api/v1/query", ns.name());
    let query = "query=up%7Bpod%3D%22db-2%22%7D%20%2B%201";
    let uri = Value::from(format!("{path}?{query}"));
    assert!(asked.iter().any(|event| event["requestURI"] == uri), "{output}");
}

#[test]
fn answers_are_added_up_while_a_metric_gets_better() {
    let ns = ControlPlane::shared().namespace("gate-count");
    let server = Server::start();
    metrics(&server, ns.name(), "9");
    let prometheus = Prometheus::scraping(server.port());
    ns.set("db").create_ready();
    wait_for(&prometheus, "max(lag)", "9");
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("gates.yaml");
    let text = "gates:\n- name: lag\n  promql: max(lag)\n  expect: '< 1'\n  count: 60\n  \
                successThreshold: 3\n  failureLimit: 57\n  interval: 1s\n  initialDelay: 1s\n";
    fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let flags = ["--image", "app=app:v2", "--gates", file, "--prom-url", &prometheus.url()];
    let run = rollout(&ns, &[&["stage", "db"], &flags[..]].concat()).spawn();

    let soon = Duration::from_secs(60);
    run.wait_for_line("gate lag is asked in 1s", soon);
    run.wait_for_line("gate lag 0/3, 9, expected < 1, next in 1s", soon);
    metrics(&server, ns.name(), "0.5");
    run.wait_for_line("gate lag 1/3, 0.5, next in 1s", soon);
    let output = ended(run.wait(), 6);
    says(&output, &["gate lag passed: 0.5"]);
    // The same answer is not told twice.
    let told = output.stderr.matches("gate lag").count();
    assert!(told <= 6, "{output}");
}

#[test]
fn queries_of_the_presets_are_understood_by_a_prometheus() {
    let presets = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/gates");
    let mut rules = "groups:\n- name: presets\n  rules:\n".to_owned();
    let mut count = 0;
    for entry in fs::read_dir(presets).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in text.lines() {
            let Some((_, expression)) = line.split_once(" promql: ") else { continue };
            let expression = Value::from(expression).to_string();
            writeln!(rules, "  - record: gate:{count}\n    expr: {expression}").unwrap();
            count += 1;
        }
    }
    assert!(count >= 3, "{rules}");
    check_rules(&rules);
}
