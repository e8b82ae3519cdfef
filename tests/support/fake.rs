//! The server: answers as an API server would, unless it was told to fail.

use std::io::{BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::cluster::{Cluster, No};
use super::http::{Request, answer, cut_answer, endless, piece};

/// How a request fails.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// A `Status` with this code, reason and message.
    Status(u16, &'static str, &'static str),
    /// The same, after so many seconds were asked for.
    RetryAfter(u16, &'static str),
    /// Carried out, then 504.
    DoneThenTimeout,
    /// Carried out, then the connection breaks.
    DoneThenReset,
    /// The connection breaks before anything is done.
    Reset,
    /// The answer ends in its middle.
    Cut,
    /// Somebody writes to the set first.
    Overtaken,
    /// A watch says that its version is too old.
    Gone,
    /// A watch ends in the middle of a line.
    CutWatch,
}

struct Rule {
    method: &'static str,
    part: &'static str,
    /// How many pass before the first fails.
    spared: usize,
    times: usize,
    fault: Fault,
}

#[derive(Default)]
struct Shared {
    state: Mutex<Option<State>>,
    changed: Condvar,
}

struct State {
    cluster: Cluster,
    log: Vec<Request>,
    rules: Vec<Rule>,
}

/// A running server; it ends with the test.
pub(crate) struct Fake {
    port: u16,
    shared: Arc<Shared>,
}

impl Fake {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port of our own");
        let port = listener.local_addr().expect("its number").port();
        let state = State { cluster: Cluster::new(), log: Vec::new(), rules: Vec::new() };
        let shared = Arc::new(Shared { state: Mutex::new(Some(state)), ..Shared::default() });
        let served = shared.clone();
        thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                let shared = served.clone();
                thread::spawn(move || serve(connection, &shared));
            }
        });
        Self { port, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let mut state = lock(&self.shared);
        let done = act(state.as_mut().expect("a server that runs"));
        self.shared.changed.notify_all();
        done
    }

    /// Looks at the cluster, or changes it.
    pub(crate) fn cluster<T>(&self, act: impl FnOnce(&mut Cluster) -> T) -> T {
        self.with(|state| act(&mut state.cluster))
    }

    /// The next so many requests with this method and this in their address fail.
    pub(crate) fn fail(
        self,
        method: &'static str,
        part: &'static str,
        times: usize,
        fault: Fault,
    ) -> Self {
        self.fail_after(method, part, 0, times, fault)
    }

    /// The same, after so many that do not. Dry runs are spared and not counted.
    pub(crate) fn fail_after(
        self,
        method: &'static str,
        part: &'static str,
        spared: usize,
        times: usize,
        fault: Fault,
    ) -> Self {
        self.with(|state| state.rules.push(Rule { method, part, spared, times, fault }));
        self
    }

    /// Every request so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.with(|state| state.log.clone())
    }

    /// Those that would change something, dry runs left out.
    pub(crate) fn writes(&self) -> Vec<Request> {
        let mut requests = self.requests();
        requests.retain(|request| {
            !matches!(request.method.as_str(), "GET" | "POST") && !request.asks("dryRun=All")
        });
        requests
    }

    /// The partitions that were asked for, in order.
    pub(crate) fn partitions(&self) -> Vec<u64> {
        let partition = |request: &Request| -> Option<u64> {
            let body: Value = serde_json::from_str(&request.body).ok()?;
            body["spec"]["updateStrategy"]["rollingUpdate"]["partition"].as_u64()
        };
        self.writes().iter().filter_map(partition).collect()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        *lock(&self.shared) = None;
        self.shared.changed.notify_all();
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, Option<State>> {
    shared.state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(connection: TcpStream, shared: &Shared) {
    let Ok(mut to) = connection.try_clone() else { return };
    let mut from = BufReader::new(connection);
    while let Ok(Some(request)) = Request::read(&mut from) {
        if !respond(&request, &mut to, shared) {
            drop(to.shutdown(Shutdown::Both));
            return;
        }
    }
}

/// False when the connection is at its end.
fn respond(request: &Request, to: &mut TcpStream, shared: &Shared) -> bool {
    let mut guard = lock(shared);
    let Some(state) = guard.as_mut() else { return false };
    state.log.push(request.clone());
    let rule = state.rules.iter_mut().find(|rule| {
        rule.times > 0
            && rule.method == request.method
            && request.target.contains(rule.part)
            && !request.asks("dryRun=All")
    });
    let fault = rule.and_then(|rule| {
        if rule.spared > 0 {
            rule.spared -= 1;
            return None;
        }
        rule.times -= 1;
        Some(rule.fault.clone())
    });
    let watch = request.asks("watch=true");
    match fault {
        Some(Fault::Reset) => return false,
        Some(Fault::Status(code, reason, message)) => {
            return refuse(to, "", &No { code, reason, message: message.to_owned() });
        }
        Some(Fault::RetryAfter(code, seconds)) => {
            let no = No { code, reason: "TooManyRequests", message: "busy".to_owned() };
            return refuse(to, &format!("Retry-After: {seconds}\r\n"), &no);
        }
        Some(Fault::Overtaken) => state.cluster.touch(),
        Some(Fault::Gone) => {
            drop(guard);
            let status = json!({
                "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 410,
                "reason": "Expired", "message": "too old resource version",
            });
            let event = json!({ "type": "ERROR", "object": status });
            let sent = endless(to).and_then(|()| piece(to, &format!("{event}\n")));
            return sent.and_then(|()| to.write_all(b"0\r\n\r\n")).is_ok();
        }
        Some(Fault::CutWatch) => {
            drop(guard);
            drop(endless(to).and_then(|()| piece(to, "{\"type\":\"MODIFIED\",\"obj")));
            return false;
        }
        Some(Fault::DoneThenTimeout | Fault::DoneThenReset | Fault::Cut) | None => {}
    }
    if watch {
        drop(guard);
        return tell(request, to, shared);
    }
    let outcome = carry_out(request, &mut state.cluster);
    drop(guard);
    shared.changed.notify_all();
    match (fault, outcome) {
        (Some(Fault::DoneThenReset), _) => false,
        (Some(Fault::DoneThenTimeout), _) => refuse(
            to,
            "",
            &No {
                code: 504,
                reason: "Timeout",
                message: "request did not complete within requested timeout".to_owned(),
            },
        ),
        (Some(Fault::Cut), Ok(body)) => {
            drop(cut_answer(to, &body.to_string()));
            false
        }
        (_, Ok(body)) => answer(to, 200, "", &body.to_string()).is_ok(),
        (_, Err(no)) => refuse(to, "", &no),
    }
}

fn refuse(to: &mut TcpStream, headers: &str, no: &No) -> bool {
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": no.message, "reason": no.reason, "code": no.code,
    });
    answer(to, no.code, headers, &status.to_string()).is_ok()
}

fn carry_out(request: &Request, cluster: &mut Cluster) -> Result<Value, No> {
    let list = |kind: &str, api: &str, items: Vec<Value>, version: u64| {
        json!({
            "kind": kind, "apiVersion": api,
            "metadata": { "resourceVersion": version.to_string() }, "items": items,
        })
    };
    let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
    let keep = !request.asks("dryRun=All");
    let apps = "/apis/apps/v1/namespaces/prod/";
    let version = cluster.version;
    match (request.method.as_str(), request.path()) {
        ("GET", "/version") => Ok(json!({
            "major": "1", "minor": "33", "gitVersion": "v1.33.0", "gitCommit": "",
            "gitTreeState": "clean", "buildDate": "", "goVersion": "", "compiler": "gc",
            "platform": "linux/amd64",
        })),
        ("POST", _) => Ok(json!({ "status": { "allowed": true } })),
        ("GET", path) if path == format!("{apps}statefulsets/db") => Ok(cluster.set.clone()),
        ("PATCH", path) if path == format!("{apps}statefulsets/db") => cluster.patch(&body, keep),
        ("GET", path) if path == format!("{apps}statefulsets") => {
            Ok(list("StatefulSetList", "apps/v1", vec![cluster.set.clone()], version))
        }
        ("GET", path) if path == format!("{apps}controllerrevisions") => {
            Ok(list("ControllerRevisionList", "apps/v1", cluster.revisions.clone(), version))
        }
        ("GET", "/api/v1/namespaces/prod/pods") => {
            Ok(list("PodList", "v1", cluster.pods.values().cloned().collect(), version))
        }
        ("GET", "/apis/policy/v1/namespaces/prod/poddisruptionbudgets") => {
            Ok(list("PodDisruptionBudgetList", "policy/v1", Vec::new(), version))
        }
        ("GET", path) if path.starts_with(&format!("{apps}controllerrevisions/")) => {
            let name = path.rsplit('/').next().unwrap_or_default();
            let known = cluster.revisions.iter().find(|known| known["metadata"]["name"] == name);
            known.cloned().ok_or(not_found(path))
        }
        ("DELETE", path) if path.starts_with("/api/v1/namespaces/prod/pods/") => {
            cluster.delete_pod(path.rsplit('/').next().unwrap_or_default(), &body)
        }
        (_, path) => Err(not_found(path)),
    }
}

fn not_found(path: &str) -> No {
    let name = path.rsplit('/').next().unwrap_or_default();
    let message = format!("statefulsets.apps \"{name}\" not found");
    No { code: 404, reason: "NotFound", message }
}

/// A watch, until the other side or the test goes away.
fn tell(request: &Request, to: &mut TcpStream, shared: &Shared) -> bool {
    let kind = request.path().rsplit('/').next().unwrap_or_default().to_owned();
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    let version = query.split('&').find_map(|pair| pair.strip_prefix("resourceVersion="));
    let mut seen: u64 = version.and_then(|text| text.parse().ok()).unwrap_or(0);
    if endless(to).is_err() {
        return false;
    }
    let mut guard = lock(shared);
    loop {
        let Some(state) = guard.as_ref() else { return false };
        let news: Vec<_> = state
            .cluster
            .events
            .iter()
            .filter(|event| event.version > seen && event.kind == kind)
            .cloned()
            .collect();
        drop(guard);
        for event in news {
            seen = event.version;
            let line = json!({ "type": event.what, "object": event.object });
            if piece(to, &format!("{line}\n")).is_err() {
                return false;
            }
        }
        guard = lock(shared);
        let waited = shared.changed.wait_timeout(guard, Duration::from_millis(50));
        guard = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}
