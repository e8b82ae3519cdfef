//! A small HTTP server on the loopback interface, whose answers a test can change while it runs.

use std::collections::BTreeMap;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::thread;
use std::time::Duration;

use super::must;

/// What the server says about a path.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// How long it thinks.
    pub(crate) after: Duration,
}

impl Reply {
    pub(crate) fn new(status: u16, body: &str) -> Self {
        Self { status, body: body.to_owned(), after: Duration::ZERO }
    }
}

#[derive(Default)]
struct State {
    replies: BTreeMap<String, Reply>,
    asked: Vec<String>,
}

/// A running server. It ends with the test program.
pub(crate) struct Server {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Server {
    /// Starts a server that knows no path.
    #[track_caller]
    pub(crate) fn start() -> Self {
        let listener = must(TcpListener::bind("127.0.0.1:0"), "listen");
        let port = must(listener.local_addr(), "a port").port();
        let state = Arc::<Mutex<State>>::default();
        let served = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&served);
                thread::spawn(move || serve(stream, &state));
            }
        });
        Self { port, state }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What it says about a path from now on.
    pub(crate) fn says(&self, path: &str, reply: Reply) {
        lock(&self.state).replies.insert(path.to_owned(), reply);
    }

    /// The paths it was asked for, with their queries and the host it was asked as.
    pub(crate) fn asked(&self) -> Vec<String> {
        lock(&self.state).asked.clone()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers one request and hangs up.
fn serve(mut stream: TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let first = lines.next()?.ok()?;
    let target = first.split(' ').nth(1)?.to_owned();
    let mut host = String::new();
    for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("host")
        {
            value.clone_into(&mut host);
        }
    }
    let path = target.split('?').next()?;
    let reply = {
        let mut state = lock(state);
        state.asked.push(format!("{host} {target}"));
        state.replies.get(path).cloned().unwrap_or_else(|| Reply::new(404, "no such path"))
    };
    thread::sleep(reply.after);
    answer(&mut stream, &reply).ok()
}

fn answer(stream: &mut TcpStream, reply: &Reply) -> io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {} Whatever\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{}",
        reply.status,
        reply.body.len(),
        reply.body
    )?;
    stream.flush()
}
