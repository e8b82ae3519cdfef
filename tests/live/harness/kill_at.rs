//! A proxy to the API server that does something at the n-th write of the program under test: kills it, refuses the
//! write, or loses the answer. Going through all writes of a command shows that each beginning of them is safe:
//!
//! ```no_run
//! let proxy = Proxy::start(ControlPlane::shared());
//! let whole = proxy.run(ns.sts_through(&proxy, &["recreate", "db", "-f", "db.yaml", "--yes"]), &[]);
//! for write in 1..=proxy.writes().len() {
//!     proxy.run(ns.sts_through(&proxy, &[...]), &[(write, Fate::KilledBefore)]);
//!     // What is left, and what --resume makes of it.
//! }
//! ```
//!
//! Dry runs and reviews of access are no writes. It speaks HTTP without TLS on both sides, one request per connection.

use std::fs;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::Shutdown;
use std::net::TcpListener;
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::thread;

use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use super::ControlPlane;
use super::Output;
use super::Sts;
use super::must;

/// What becomes of one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The program is killed, and the server never hears of the write.
    KilledBefore,
    /// The server carries it out, and the program is killed before it has the answer.
    KilledAfter,
    /// The server never hears of it, and the program is told with this code that it is refused.
    Refused(u16),
    /// The server carries it out, and the connection breaks before the answer.
    Lost,
}

/// A running proxy. It ends with the test program.
pub(crate) struct Proxy {
    kubeconfig: PathBuf,
    shared: Arc<Shared>,
    _directory: TempDir,
}

struct Shared {
    socket: PathBuf,
    state: Mutex<State>,
    started: Condvar,
}

/// What is known about the run.
#[derive(Default)]
struct State {
    writes: Vec<String>,
    fates: Vec<(usize, Fate)>,
    /// The program under test, once it is started.
    pid: Option<u32>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Proxy {
    /// Starts a proxy to this control plane, as its administrator.
    #[track_caller]
    pub(crate) fn start(control_plane: &ControlPlane) -> Self {
        let listener = must(TcpListener::bind("127.0.0.1:0"), "listen");
        let port = must(listener.local_addr(), "a port").port();
        let directory = must(TempDir::new(), "make a directory");
        let kubeconfig = directory.path().join("kubeconfig");
        let config = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{ "name": "proxy", "cluster": { "server": format!("http://127.0.0.1:{port}") } }],
            "users": [{ "name": "nobody", "user": {} }],
            "contexts": [{ "name": "proxy", "context": { "cluster": "proxy", "user": "nobody" } }],
            "current-context": "proxy",
        });
        must(fs::write(&kubeconfig, config.to_string()), "write the kubeconfig");
        let shared = Arc::new(Shared {
            socket: control_plane.socket().to_owned(),
            state: Mutex::default(),
            started: Condvar::new(),
        });
        let served = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&served);
                // A program that was killed hangs up in the middle of an answer.
                thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { kubeconfig, shared, _directory: directory }
    }

    /// The kubeconfig that leads through the proxy.
    pub(crate) fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// Runs a program to its end. Its writes with these numbers, counted from 1, have these fates.
    #[track_caller]
    pub(crate) fn run(&self, program: Sts, fates: &[(usize, Fate)]) -> Output {
        *self.shared.lock() = State { fates: fates.to_vec(), ..State::default() };
        let running = program.spawn();
        self.shared.lock().pid = Some(running.pid());
        self.shared.started.notify_all();
        running.wait()
    }

    /// The writes of the last run, `DELETE /apis/apps/v1/namespaces/x/statefulsets/db`, in their order.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.shared.lock().writes.clone()
    }
}

/// A request: its head without the last empty line, and its body.
struct Request {
    method: String,
    target: String,
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn read(stream: &TcpStream) -> io::Result<Option<Self>> {
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        let (mut length, mut chunked) = (0, false);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(None);
            }
            if line == "\r\n" {
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or((&line, ""));
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap_or(0),
                "transfer-encoding" => chunked = value.contains("chunked"),
                // It would be answered, but one connection is for one request here.
                "connection" => continue,
                _ => {}
            }
            head.push_str(&line);
        }
        assert!(!chunked, "the proxy reads no bodies in chunks: {head}");
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let mut words = head.split(' ');
        let (method, target) = (words.next(), words.next());
        let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
        Ok(Some(Self { method: word(method), target: word(target), head: head.clone(), body }))
    }

    /// Whether the server would keep something of it.
    fn writes(&self) -> bool {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let dry = |value: &Value| value["dryRun"].as_array().is_some_and(|all| !all.is_empty());
        let reads = matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        !reads
            && !self.target.contains("dryRun=")
            && !self.target.starts_with("/apis/authorization.k8s.io/")
            && !dry(&body)
            && !dry(&body["deleteOptions"])
    }
}

/// Passes one request on, and the answer back.
fn serve(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    let Some(request) = Request::read(&client)? else { return Ok(()) };
    let fate = if request.writes() { count(&request, shared) } else { None };
    match fate {
        Some(Fate::KilledBefore) => {
            kill(shared);
            return Ok(());
        }
        Some(Fate::Refused(code)) => return refuse(&mut client, code),
        Some(Fate::KilledAfter | Fate::Lost) | None => {}
    }
    let mut server = UnixStream::connect(&shared.socket)?;
    write!(server, "{}Connection: close\r\n\r\n", request.head)?;
    server.write_all(&request.body)?;
    if fate.is_some() {
        let mut answer = Vec::new();
        server.read_to_end(&mut answer)?;
        if fate == Some(Fate::KilledAfter) {
            kill(shared);
        }
        return client.shutdown(Shutdown::Both);
    }
    let mut piece = [0; 16 * 1024];
    loop {
        let length = server.read(&mut piece)?;
        if length == 0 {
            return client.shutdown(Shutdown::Write);
        }
        client.write_all(&piece[..length])?;
    }
}

/// Counts a write, and says what becomes of it.
fn count(request: &Request, shared: &Shared) -> Option<Fate> {
    let mut state = shared.lock();
    let path = request.target.split('?').next().unwrap_or_default();
    state.writes.push(format!("{} {path}", request.method));
    let number = state.writes.len();
    state.fates.iter().find(|(at, _)| *at == number).map(|(_, fate)| *fate)
}

/// Ends the program under test; the kernel tells it nothing.
fn kill(shared: &Shared) {
    let mut state = shared.lock();
    let pid = loop {
        match state.pid {
            Some(pid) => break pid,
            None => {
                state = shared.started.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    };
    let status = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
    assert!(must(status, "run kill").success(), "cannot kill the program under test");
}

fn refuse(client: &mut TcpStream, code: u16) -> io::Result<()> {
    let reason = match code {
        403 => "Forbidden",
        409 => "Conflict",
        422 => "Invalid",
        _ => "InternalError",
    };
    let status = json!({
        "apiVersion": "v1", "kind": "Status", "status": "Failure", "code": code, "reason": reason,
        "message": "the proxy of the test refuses this write",
    });
    let body = status.to_string();
    write!(
        client,
        "HTTP/1.1 {code} {reason}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
