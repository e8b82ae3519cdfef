//! Watches on a server that does what servers do.

use std::collections::VecDeque;
use std::io;
use std::io::Write;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::channel::mpsc::UnboundedSender;
use serde_json::Value;
use serde_json::json;
use tokio::time::Instant;
use tokio::time::advance;
use tokio::time::timeout;

use super::*;
use crate::cluster::testing::Answer;
use crate::cluster::testing::Asked;
use crate::cluster::testing::json as answer;
use crate::cluster::testing::open;
use crate::cluster::testing::pieces;
use crate::cluster::testing::server;
use crate::convert;
use crate::wire::list::testing::json as list;

/// Answers to watches (and lists) of the set and of the pods; after the last one there are none.
#[derive(Clone, Default)]
struct Script {
    set: Arc<Mutex<VecDeque<io::Result<Answer>>>>,
    pods: Arc<Mutex<VecDeque<io::Result<Answer>>>>,
}

type Line = UnboundedSender<io::Result<Bytes>>;

impl Script {
    fn set(&self, answer: io::Result<Answer>) {
        self.set.lock().unwrap().push_back(answer);
    }

    fn pods(&self, answer: io::Result<Answer>) {
        self.pods.lock().unwrap().push_back(answer);
    }

    /// Adds one open watch of each, which has shown the set and these pods.
    fn begin(&self, pods: &[&str]) -> (Line, Line) {
        let ((set_line, set), (pod_line, pod)) = (open(), open());
        self.set(Ok(set));
        self.pods(Ok(pod));
        say(&set_line, &[event("ADDED", &set_object("5")), bookmark("5")]);
        let mut events: Vec<Value> =
            pods.iter().map(|name| event("ADDED", &pod_object(name, "5"))).collect();
        events.push(bookmark("5"));
        say(&pod_line, &events);
        (set_line, pod_line)
    }

    fn watch(&self, lists: Lists) -> (SetWatch, Asked) {
        let script = self.clone();
        let (client, asked) = server(move |path, _| {
            let answers = if path.contains("/statefulsets") { &script.set } else { &script.pods };
            let next = answers.lock().unwrap().pop_front();
            next.unwrap_or_else(|| Err(io::ErrorKind::WouldBlock.into()))
        });
        let set = serde_json::from_value(set_object("5")).unwrap();
        let set = convert::set::set(set).unwrap();
        (SetWatch::new(&client, &set, lists, RENEWED_AFTER), asked)
    }
}

fn set_object(version: &str) -> Value {
    json!({
        "metadata": {"name": "db", "namespace": "prod", "uid": "u", "resourceVersion": version},
        "spec": {"selector": {"matchLabels": {"app": "db"}}},
    })
}

fn pod_object(name: &str, version: &str) -> Value {
    json!({"metadata": {"name": name, "uid": "u", "resourceVersion": version}})
}

fn event(kind: &str, object: &Value) -> Value {
    json!({"type": kind, "object": object})
}

fn bookmark(version: &str) -> Value {
    let annotations = json!({"k8s.io/initial-events-end": "true"});
    let metadata = json!({"resourceVersion": version, "annotations": annotations});
    event("BOOKMARK", &json!({"kind": "Pod", "apiVersion": "v1", "metadata": metadata}))
}

fn expired() -> Value {
    event(
        "ERROR",
        &json!({"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}),
    )
}

fn whole(list: Vec<u8>) -> Answer {
    answer(200, &String::from_utf8(list).unwrap())
}

fn refusal(code: u16) -> Answer {
    answer(code, &json!({"kind": "Status", "status": "Failure", "code": code, "message": "no"}))
}

fn say(line: &Line, events: &[Value]) {
    let mut text = Vec::new();
    for event in events {
        writeln!(text, "{event}").unwrap();
    }
    line.unbounded_send(Ok(Bytes::from(text))).unwrap();
}

fn names(reading: &Reading) -> Vec<&str> {
    reading.pods.iter().map(|pod| pod.name.as_str()).collect()
}

fn versions(reading: &Reading) -> Vec<&str> {
    reading.pods.iter().map(|pod| pod.resource_version.as_str()).collect()
}

/// The paths asked for that are about pods, without what is the same in all.
fn of_pods(asked: &Asked) -> Vec<String> {
    let paths = asked.paths().into_iter().filter(|path| path.contains("/pods"));
    paths
        .map(|path| {
            path.replace("/api/v1/namespaces/prod/pods?&labelSelector=app%3Ddb", "LIST")
                .replace(
                    "/api/v1/namespaces/prod/pods?&watch=true&timeoutSeconds=60&labelSelector=app%3Ddb&allowWatchBookmarks=true",
                    "WATCH",
                )
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn one_request_each_brings_the_first_state_and_all_later_ones() {
    let script = Script::default();
    let (set_line, pod_line) = script.begin(&["db-0", "db-1"]);
    let (mut watch, asked) = script.watch(Lists::Whole);

    let first = watch.next().await.unwrap();
    assert_eq!(names(&first), ["db-0", "db-1"]);
    assert_eq!(first.set.unwrap().name, "db");
    assert_eq!(first.stale, None);

    say(
        &pod_line,
        &[event("MODIFIED", &pod_object("db-1", "6")), event("ADDED", &pod_object("db-2", "7"))],
    );
    say(&pod_line, &[event("DELETED", &pod_object("db-0", "8"))]);
    say(&set_line, &[event("MODIFIED", &set_object("9"))]);
    let second = watch.next().await.unwrap();
    assert_eq!(versions(&second), ["6", "7"], "what has arrived is one reading");
    assert_eq!(second.set.unwrap().resource_version, "9");
    assert!(watch.next().now_or_never().is_none(), "nothing changed");

    let mut paths = asked.paths();
    paths.sort();
    assert_eq!(
        paths,
        [
            "/api/v1/namespaces/prod/pods?&watch=true&timeoutSeconds=60&labelSelector=app%3Ddb&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
            "/apis/apps/v1/namespaces/prod/statefulsets?&watch=true&timeoutSeconds=60&fieldSelector=metadata.name%3Ddb&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_deleted_set_is_no_set() {
    let script = Script::default();
    let (set_line, _pod_line) = script.begin(&[]);
    let (mut watch, _) = script.watch(Lists::Whole);
    assert!(watch.next().await.unwrap().set.is_some());
    say(&set_line, &[event("DELETED", &set_object("6"))]);
    assert_eq!(watch.next().await.unwrap().set, None);
}

#[tokio::test(start_paused = true)]
async fn older_servers_are_listed_first() {
    let script = Script::default();
    let ((_set_line, set), (pod_line, pods)) = (open(), open());
    script.set(Ok(whole(list(&[set_object("5")], ""))));
    script.set(Ok(set));
    script.pods(Ok(whole(list(&[pod_object("db-0", "4")], ""))));
    script.pods(Ok(pods));
    let (mut watch, asked) = script.watch(Lists::Paged);
    assert_eq!(names(&watch.next().await.unwrap()), ["db-0"]);
    say(&pod_line, &[event("ADDED", &pod_object("db-1", "6"))]);
    assert_eq!(names(&watch.next().await.unwrap()), ["db-0", "db-1"]);
    assert_eq!(of_pods(&asked), ["LIST&limit=500", "WATCH&resourceVersion=5"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_initial_events_is_listed() {
    let script = Script::default();
    let (_set_line, _pod_line) = {
        script.pods(Ok(refusal(422)));
        script.pods(Ok(whole(list(&[], ""))));
        script.begin(&[])
    };
    let (mut watch, asked) = script.watch(Lists::Whole);
    assert_eq!(names(&watch.next().await.unwrap()), [""; 0]);
    let asked = of_pods(&asked);
    assert_eq!(asked[1..], ["LIST&limit=500".to_owned()], "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn an_expired_watch_starts_over_and_forgets_what_is_gone() {
    let script = Script::default();
    let (_set_line, pod_line) = script.begin(&["db-0", "db-1"]);
    let (mut watch, _) = script.watch(Lists::Whole);
    watch.next().await.unwrap();

    let (again, answer) = open();
    script.pods(Ok(answer));
    say(&pod_line, &[expired()]);
    let reading = watch.next().await.unwrap();
    assert_eq!(names(&reading), ["db-0", "db-1"], "the last state stays readable");
    assert!(reading.stale.unwrap().reason.contains("too old"));

    say(&again, &[event("ADDED", &pod_object("db-1", "7"))]);
    let early = timeout(Duration::from_secs(30), watch.next()).await;
    assert!(early.is_err(), "half a state is not shown: {early:?}");
    say(&again, &[bookmark("8")]);
    let reading = watch.next().await.unwrap();
    assert_eq!((names(&reading), reading.stale.is_none()), (vec!["db-1"], true));
}

#[tokio::test(start_paused = true)]
async fn a_watch_cut_within_an_event_resumes_after_the_last_whole_one() {
    let script = Script::default();
    let (_set_line, pod_line) = script.begin(&["db-0"]);
    let (mut watch, asked) = script.watch(Lists::Whole);
    watch.next().await.unwrap();

    let (again, answer) = open();
    script.pods(Ok(answer));
    say(&pod_line, &[event("MODIFIED", &pod_object("db-0", "6"))]);
    let half = event("MODIFIED", &pod_object("db-0", "7")).to_string();
    pod_line.unbounded_send(Ok(Bytes::from(half[..20].to_owned()))).unwrap();
    drop(pod_line);
    assert_eq!(versions(&watch.next().await.unwrap()), ["6"]);
    say(&again, &[event("MODIFIED", &pod_object("db-0", "7"))]);
    assert_eq!(versions(&watch.next().await.unwrap()), ["7"]);
    assert_eq!(of_pods(&asked)[1..], ["WATCH&resourceVersion=6".to_owned()]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_server_makes_the_state_stale_until_it_is_back() {
    let script = Script::default();
    let (_set_line, pod_line) = script.begin(&["db-0"]);
    let (mut watch, _) = script.watch(Lists::Whole);
    watch.next().await.unwrap();

    let refused = || Err(io::Error::from(io::ErrorKind::ConnectionRefused));
    let (_again, answer) = open();
    script.pods(refused());
    script.pods(refused());
    script.pods(Ok(answer));
    drop(pod_line);
    let reading = watch.next().await.unwrap();
    assert!(reading.stale.unwrap().reason.contains("refused"));
    let reading = loop {
        let reading = watch.next().await.unwrap();
        if reading.stale.is_none() {
            break reading;
        }
    };
    assert_eq!(names(&reading), ["db-0"], "fresh again although nothing changed");
}

#[tokio::test(start_paused = true)]
async fn silence_is_noticed() {
    let script = Script::default();
    let (_set_line, pod_line) = script.begin(&["db-0"]);
    let (mut watch, _) = script.watch(Lists::Whole);
    watch.next().await.unwrap();
    let begun = Instant::now();
    advance(Duration::from_secs(30)).await;
    say(&pod_line, &[bookmark("6")]);
    let reading = watch.next().await.unwrap();
    assert_eq!(
        begun.elapsed(),
        Duration::from_secs(65),
        "the set's watch is silent from the start"
    );
    let stale = reading.stale.unwrap();
    assert_eq!(stale.reason, "no word from the server for 65s");
}

#[tokio::test(start_paused = true)]
async fn renewed_watches_are_no_silence() {
    let script = Script::default();
    let (mut set_line, mut pod_line) = script.begin(&["db-0"]);
    let (mut watch, asked) = script.watch(Lists::Whole);
    watch.next().await.unwrap();
    for _ in 0..5 {
        let early = timeout(Duration::from_secs(60), watch.next()).await;
        assert!(early.is_err(), "{early:?}");
        let ((set, set_answer), (pod, pod_answer)) = (open(), open());
        script.set(Ok(set_answer));
        script.pods(Ok(pod_answer));
        // As the server does when a watch has run for as long as was asked.
        (set_line, pod_line) = (set, pod);
    }
    drop((set_line, pod_line));
    assert_eq!(of_pods(&asked).len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_closes_at_once_is_not_hammered() {
    let script = Script::default();
    let (_set_line, pod_line) = script.begin(&["db-0"]);
    for _ in 0..1000 {
        script.pods(Ok(pieces(200, "application/json", Vec::new())));
    }
    let (mut watch, asked) = script.watch(Lists::Whole);
    watch.next().await.unwrap();
    drop(pod_line);
    assert!(timeout(Duration::from_secs(20), watch.next()).await.is_err());
    let times = of_pods(&asked).len();
    assert!((15..=22).contains(&times), "{times} watches in 20 s");
}

#[tokio::test(start_paused = true)]
async fn denied_access_ends_the_watch() {
    for code in [401, 403, 404] {
        let script = Script::default();
        let (_set_line, pod_line) = script.begin(&["db-0"]);
        script.pods(Ok(refusal(code)));
        let (mut watch, _) = script.watch(Lists::Whole);
        watch.next().await.unwrap();
        drop(pod_line);
        let error = watch.next().await.unwrap_err();
        assert!(matches!(error, kube::Error::Api(status) if status.code == code));
    }
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_event_starts_over_once() {
    let script = Script::default();
    let (_set_line, pod_line) = script.begin(&["db-0"]);
    let (mut watch, _) = script.watch(Lists::Whole);
    watch.next().await.unwrap();

    let (again, answer) = open();
    script.pods(Ok(answer));
    pod_line.unbounded_send(Ok(Bytes::from("<html>\n"))).unwrap();
    assert!(watch.next().await.unwrap().stale.is_some());
    say(&again, &[event("ADDED", &pod_object("db-0", "7")), bookmark("8")]);
    let reading = watch.next().await.unwrap();
    assert_eq!((versions(&reading), reading.stale.is_none()), (vec!["7"], true));

    let (yet_again, answer) = open();
    script.pods(Ok(answer));
    again.unbounded_send(Ok(Bytes::from("<html>\n"))).unwrap();
    yet_again.unbounded_send(Ok(Bytes::from("<html>\n"))).unwrap();
    let ended = loop {
        if let Err(error) = watch.next().await {
            break error;
        }
    };
    assert!(matches!(ended, kube::Error::SerdeError(_)), "{ended}");
}

#[tokio::test(start_paused = true)]
async fn an_object_that_makes_no_sense_ends_the_watch() {
    let script = Script::default();
    let (_set_line, pod_line) = script.begin(&[]);
    let (mut watch, _) = script.watch(Lists::Whole);
    watch.next().await.unwrap();
    let nameless = json!({"metadata": {"name": "db-0", "resourceVersion": "6"}});
    say(&pod_line, &[event("ADDED", &nameless)]);
    let error = watch.next().await.unwrap_err();
    assert!(error.to_string().contains("metadata.uid is missing"), "{error}");
}
