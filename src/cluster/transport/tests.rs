//! Scripted answers in, requests and notices out; time is simulated.

use std::collections::VecDeque;
use std::io;

use secrecy::SecretString;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::mpsc::unbounded_channel;

use super::*;
use crate::cluster::resolved::Login;
use crate::exit::Exit;
use crate::exit::Failure;

/// What the other side does with one request.
enum Play {
    Answer(u16, &'static [(&'static str, &'static str)]),
    Cut,
    Silence,
    /// Headers, the start of a body, and then nothing more.
    HalfABody,
}

type Log = Arc<Mutex<Vec<String>>>;

struct Stage {
    client: Client,
    log: Log,
    notices: UnboundedReceiver<Notice>,
    transport: Arc<Transport>,
}

impl Stage {
    fn new(plays: Vec<Play>) -> Self {
        Self::with(plays, Patience::Usual, Login::Anonymous)
    }

    fn with(plays: Vec<Play>, patience: Patience, login: Login) -> Self {
        let (told, notices) = unbounded_channel();
        let log = Log::default();
        let plays = Arc::new(Mutex::new(VecDeque::from(plays)));
        let logged = log.clone();
        let connect = move |_: &Issued| {
            let (plays, log) = (plays.clone(), logged.clone());
            let service = tower::service_fn(move |request: Request<Body>| {
                let authorization = request.headers().get(AUTHORIZATION);
                let authorization = authorization.map_or("", |value| value.to_str().unwrap());
                let line = format!("{} {} {authorization}", request.method(), request.uri());
                log.lock().unwrap().push(line.trim().to_owned());
                perform(plays.lock().unwrap().pop_front().expect("one request too many"))
            });
            Ok(Client::new(service, "default"))
        };
        let credentials = Credentials::new(login, None);
        let server = "https://api.example:6443".parse().unwrap();
        let transport = Transport::new(Box::new(connect), credentials, server, patience, 6, told);
        Self { client: transport.client("default"), log, notices, transport }
    }

    async fn request(&self, method: &str, path: &str) -> Result<String, Failure> {
        let request = Request::builder().method(method).uri(path).body(Vec::new()).unwrap();
        Ok(self.client.request_text(request).await?)
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    fn retries(&mut self) -> Vec<(String, Duration)> {
        std::iter::from_fn(|| self.notices.try_recv().ok())
            .filter_map(|notice| match notice {
                Notice::Retry { why, after, .. } => Some((why, after)),
                _ => None,
            })
            .collect()
    }
}

async fn perform(play: Play) -> Result<Response<Carried>, BoxError> {
    let body = |text: String| {
        http_body_util::Full::from(text).map_err(|never| match never {}).boxed_unsync()
    };
    match play {
        Play::Answer(status, headers) => {
            let mut answer = Response::builder().status(status);
            for (name, value) in headers {
                answer = answer.header(*name, *value);
            }
            Ok(answer.body(body(format!(r#"{{"code": {status}, "message": "as played"}}"#)))?)
        }
        Play::Cut => Err(io::Error::from(io::ErrorKind::ConnectionReset).into()),
        Play::Silence => std::future::pending().await,
        Play::HalfABody => {
            let start = BodyStream::new(body("{".to_owned()));
            let never = futures::stream::pending();
            Ok(Response::new(StreamBody::new(start.chain(never)).boxed_unsync()))
        }
    }
}

fn ok() -> Play {
    Play::Answer(200, &[])
}

fn status(status: u16) -> Play {
    Play::Answer(status, &[])
}

#[tokio::test(start_paused = true)]
async fn reads_are_made_again_after_a_passing_fault() {
    for passing in [429, 500, 502, 503, 504] {
        let mut stage = Stage::new(vec![status(passing), status(passing), ok()]);
        assert!(stage.request("GET", "/api/v1/pods").await.is_ok());
        assert_eq!(stage.log(), ["GET /api/v1/pods"; 3]);
        assert_eq!(stage.retries().len(), 2, "{passing}");
    }
}

#[tokio::test(start_paused = true)]
async fn reads_are_not_made_again_for_ever_nor_for_a_lasting_fault() {
    let stage = Stage::new((0..6).map(|_| status(503)).collect());
    assert!(stage.request("GET", "/x").await.is_err());
    assert_eq!(stage.log().len(), 6);
    for lasting in [400, 403, 404, 409, 410, 422, 501] {
        let stage = Stage::new(vec![status(lasting)]);
        assert!(stage.request("GET", "/x").await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn writes_are_never_made_again() {
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        for play in [status(429), status(500), status(503), status(504), Play::Cut] {
            let mut stage = Stage::new(vec![ok(), play]);
            stage.request("GET", "/version").await.unwrap();
            assert!(stage.request(method, "/x").await.is_err());
            assert_eq!(stage.log().len(), 2, "{method}");
            assert_eq!(stage.retries(), []);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_start_of_a_watch_is_a_read() {
    let stage = Stage::new(vec![status(503), ok()]);
    assert!(stage.request("GET", "/api/v1/pods?watch=true").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_servers_wait_is_kept() {
    let busy = Play::Answer(429, &[("retry-after", "2")]);
    let mut stage = Stage::new(vec![busy, ok()]);
    let start = Instant::now();
    stage.request("GET", "/x").await.unwrap();
    assert_eq!(start.elapsed(), Duration::from_secs(2));
    assert_eq!(stage.retries(), [("429 Too Many Requests".to_owned(), Duration::from_secs(2))]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_fails_at_once() {
    let busy = Play::Answer(503, &[("retry-after", "86400")]);
    let stage = Stage::new(vec![busy]);
    let start = Instant::now();
    let failure = stage.request("GET", "/x").await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(failure.exit, Exit::TimedOut);
    assert_eq!(
        failure.to_string(),
        "error: the server is busy (503 Service Unavailable) and asks to wait 86400s, longer \
         than the request may take"
    );
}

#[tokio::test(start_paused = true)]
async fn a_cut_connection_counts_as_passing_once_the_server_was_there() {
    let stage = Stage::new(vec![Play::Cut]);
    assert!(stage.request("GET", "/x").await.is_err());
    let stage = Stage::new(vec![ok(), Play::Cut, Play::Cut, ok()]);
    stage.request("GET", "/version").await.unwrap();
    stage.request("GET", "/x").await.unwrap();
    assert_eq!(stage.log().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_given_up() {
    let stage = Stage::new(vec![Play::Silence]);
    let start = Instant::now();
    let failure = stage.request("PATCH", "/x").await.unwrap_err();
    assert_eq!(start.elapsed(), Patience::SILENCE);
    assert!(failure.to_string().starts_with("Unable to connect to the server: no answer within"));

    let limit = Duration::from_millis(1500);
    let stage = Stage::with(vec![Play::Silence], Patience::AtMost(limit), Login::Anonymous);
    let start = Instant::now();
    assert!(stage.request("GET", "/x").await.is_err());
    assert_eq!(start.elapsed(), limit);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stops_coming_is_given_up_but_not_a_watch() {
    let stage = Stage::new(vec![Play::HalfABody]);
    let failure = stage.request("GET", "/x").await.unwrap_err();
    assert!(failure.to_string().contains("no answer within 30s"), "{failure}");

    let stage = Stage::new(vec![Play::HalfABody]);
    let day = Duration::from_secs(24 * 60 * 60);
    let watch = stage.request("GET", "/x?watch=true");
    assert!(tokio::time::timeout(day, watch).await.is_err(), "the watch has ended");

    let stage = Stage::with(vec![Play::HalfABody], Patience::Endless, Login::Anonymous);
    assert!(tokio::time::timeout(day, stage.request("GET", "/x")).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn warnings_are_passed_on_once() {
    let warn = || Play::Answer(200, &[("warning", "299 - \"old \\\"api\\\"\"")]);
    let other = Play::Answer(200, &[("warning", "299 - \"other\"")]);
    let mut stage = Stage::new(vec![warn(), warn(), other]);
    for _ in 0..3 {
        stage.request("GET", "/x").await.unwrap();
    }
    let warnings: Vec<_> = std::iter::from_fn(|| stage.notices.try_recv().ok())
        .filter(|notice| matches!(notice, Notice::Warning(_)))
        .collect();
    assert_eq!(warnings, [Notice::Warning("old \"api\"".into()), Notice::Warning("other".into())]);
    assert_eq!(stage.transport.warnings(), 2);
}

#[tokio::test(start_paused = true)]
async fn every_request_gets_a_line() {
    let mut stage = Stage::new(vec![status(404)]);
    assert!(stage.request("GET", "/x?y=z").await.is_err());
    let Notice::Request { method, url, status, .. } = stage.notices.try_recv().unwrap() else {
        panic!("not about a request");
    };
    assert_eq!((method.as_str(), status), ("GET", Some(404)));
    assert_eq!(url, "https://api.example:6443/x?y=z");
}

fn token_file(token: &str) -> (tempfile::NamedTempFile, Login) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), token).unwrap();
    let login = Login::TokenFile(file.path().to_owned(), None);
    (file, login)
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_renewed_once() {
    let (file, login) = token_file("one\n");
    let plays = vec![ok(), status(401), ok(), status(401), status(401)];
    let stage = Stage::with(plays, Patience::Usual, login);
    stage.request("GET", "/a").await.unwrap();
    std::fs::write(file.path(), "two").unwrap();
    stage.request("GET", "/b").await.unwrap();
    let failure = stage.request("GET", "/c").await.unwrap_err();
    assert!(failure.to_string().starts_with("error: You must be logged in to the server"));
    assert_eq!(
        stage.log(),
        [
            "GET /a Bearer one",
            "GET /b Bearer one",
            "GET /b Bearer two",
            "GET /c Bearer two",
            "GET /c Bearer two",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_write_is_not_repeated_but_the_next_one_has_new_credentials() {
    let (file, login) = token_file("one");
    let stage = Stage::with(vec![ok(), status(401), ok()], Patience::Usual, login);
    stage.request("GET", "/a").await.unwrap();
    std::fs::write(file.path(), "two").unwrap();
    assert!(stage.request("DELETE", "/b").await.is_err());
    stage.request("DELETE", "/b").await.unwrap();
    let log = stage.log();
    assert_eq!(log[1..], ["DELETE /b Bearer one", "DELETE /b Bearer two"]);
}

#[tokio::test(start_paused = true)]
async fn a_fixed_token_is_refused_once_and_for_all() {
    let login = Login::Token(SecretString::from("one"));
    let stage = Stage::with(vec![status(401)], Patience::Usual, login);
    assert!(stage.request("GET", "/a").await.is_err());
    assert_eq!(stage.log(), ["GET /a Bearer one"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_file_that_is_gone_leaves_the_last_token() {
    let (file, login) = token_file("one");
    let stage = Stage::with(vec![ok(), status(401), ok()], Patience::Usual, login);
    stage.request("GET", "/a").await.unwrap();
    file.close().unwrap();
    stage.request("GET", "/b").await.unwrap();
    assert_eq!(stage.log()[2], "GET /b Bearer one");

    let login = Login::TokenFile("/nowhere".into(), None);
    let stage = Stage::with(vec![], Patience::Usual, login);
    assert_eq!(
        stage.request("GET", "/a").await.unwrap_err().to_string(),
        "error: open /nowhere: no such file or directory"
    );
}
