//! One question, put once.

use crate::cluster::web::{self, Page};
use crate::commands::gates::{Asking, DETAIL, program};
use crate::convert::measured;
use crate::exit::Failure;
use crate::model::gate::http::{HttpQuestion, Places, Prometheus, Query, Target};
use crate::model::gate::{Gate, GatePods, Question};
use crate::model::ordinal::Ordinal;
use crate::model::set::Set;
use crate::model::text::{clean, shorten};
use crate::plan::answer::Answer;
use crate::progress::machine::GateSubject;

/// Puts a gate's question.
pub(super) async fn one(asking: &Asking, gate: &Gate, subject: &GateSubject) -> Answer {
    let places = places(&asking.set, &subject.pod, subject.ordinal);
    match &gate.question {
        Question::Command { argv } => program::here(argv, asking, subject).await,
        Question::Query(query) => of_query(query, asking, places).await,
        Question::Http(request @ HttpQuestion { target: Target::Direct { url, verify }, .. }) => {
            of_page(request, web::get(&places.fill(url), verify).await)
        }
        Question::Exec { pods, .. }
        | Question::Http(HttpQuestion { target: Target::Pods { pods, .. }, .. }) => {
            let mut last = Answer::Unclear("there is no pod to ask".to_owned());
            for (pod, ordinal) in targets(*pods, &asking.set, subject) {
                last = of_pod(asking, gate, &pod, ordinal).await;
                if *pods != GatePods::Updated {
                    last = naming(&pod, last);
                }
                if !matches!(last, Answer::Yes(_)) {
                    break;
                }
            }
            last
        }
    }
}

/// Puts a question to one pod.
async fn of_pod(asking: &Asking, gate: &Gate, pod: &str, ordinal: Ordinal) -> Answer {
    match &gate.question {
        Question::Exec { argv, container, .. } => {
            let timeout = gate.rules.timeout.unwrap_or(asking.timeout);
            program::in_pod(asking, pod, container.as_deref(), argv, timeout).await
        }
        Question::Http(
            request @ HttpQuestion { target: Target::Pods { port, path, tls, .. }, .. },
        ) => {
            let path = places(&asking.set, pod, ordinal).fill(path);
            let pod = (asking.set.namespace.as_str(), pod);
            let page = web::get_from_pod(&asking.session, pod, *port, &path, tls.as_ref()).await;
            of_page(request, page)
        }
        Question::Http(_) | Question::Command { .. } | Question::Query(_) => {
            Answer::Unclear("it is not a question for a pod".to_owned())
        }
    }
}

/// The pods to ask, in order.
fn targets(pods: GatePods, set: &Set, subject: &GateSubject) -> Vec<(String, Ordinal)> {
    match pods {
        GatePods::Updated => vec![(subject.pod.clone(), subject.ordinal)],
        GatePods::One(ordinal) => vec![(set.pod_name(ordinal), ordinal)],
        GatePods::All => set.wanted.iter().map(|one| (set.pod_name(one), one)).collect(),
    }
}

/// The answer with the name of the pod that gave it.
fn naming(pod: &str, answer: Answer) -> Answer {
    let named = |detail: String| match detail.as_str() {
        "" => pod.to_owned(),
        _ => format!("{pod}: {detail}"),
    };
    match answer {
        Answer::Yes(detail) => Answer::Yes(named(detail)),
        Answer::No(detail) => Answer::No(named(detail)),
        Answer::NoData(detail) => Answer::NoData(named(detail)),
        Answer::Unclear(detail) => Answer::Unclear(named(detail)),
    }
}

fn places<'a>(set: &'a Set, pod: &'a str, ordinal: Ordinal) -> Places<'a> {
    Places { pod, ordinal: ordinal.0, namespace: &set.namespace, set: &set.name }
}

/// What an HTTP answer says.
fn of_page(question: &HttpQuestion, page: Result<Page, Failure>) -> Answer {
    let page = match page {
        Ok(page) => page,
        Err(failure) => return unclear(&failure),
    };
    let more = measured::first_line(&page.body);
    if let Some(no) = Answer::of_status(page.status, page.reason, &more, &question.status) {
        return no;
    }
    let Some(expect) = &question.expect else {
        return Answer::Yes(format!("{} {}", page.status, page.reason));
    };
    if !page.whole {
        return Answer::Unclear(format!("the answer is longer than {} bytes", web::MOST));
    }
    let value = match &question.json {
        Some(path) => measured::at_path(&page.body, path),
        None => Ok(Some(measured::whole(&page.body))),
    };
    match value {
        Ok(value) => Answer::of_value(value.as_ref(), expect),
        Err(why) => Answer::Unclear(why),
    }
}

async fn of_query(query: &Query, asking: &Asking, places: Places<'_>) -> Answer {
    let path = format!("/api/v1/query?query={}", web::encode(&places.fill(&query.expression)));
    let page = match &query.from {
        Some(Prometheus::Address { url, verify }) => {
            web::get(&format!("{}{path}", url.trim_end_matches('/')), verify).await
        }
        Some(Prometheus::Service(service)) => {
            web::get_from_service(&asking.session, service, &path).await
        }
        None => return Answer::Unclear("there is no Prometheus to ask".to_owned()),
    };
    match page {
        Err(failure) => unclear(&failure),
        Ok(page) if !page.whole => {
            Answer::Unclear(format!("the answer is longer than {} bytes", web::MOST))
        }
        Ok(page) => match measured::samples(page.status, &page.body) {
            Ok(samples) => Answer::of_samples(&samples, &query.expect),
            Err(why) => Answer::Unclear(why),
        },
    }
}

pub(super) fn unclear(failure: &Failure) -> Answer {
    Answer::Unclear(shorten(&clean(&format!("{:#}", failure.cause)), DETAIL))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::a_set;

    fn question(text: &str) -> HttpQuestion {
        match text.parse::<Gate>().unwrap().question {
            Question::Http(question) => question,
            other => panic!("{other:?}"),
        }
    }

    fn page(status: u16, body: &str) -> Page {
        Page { status, reason: "OK", body: body.into(), whole: true }
    }

    #[test]
    fn a_status_that_is_not_allowed_decides_before_the_body_does() {
        let plain = question("http:80/");
        assert_eq!(of_page(&plain, Ok(page(200, ""))), Answer::Yes("200 OK".to_owned()));
        assert!(matches!(of_page(&plain, Ok(page(302, ""))), Answer::No(_)));
        let json = question("http:80/ status=200,503 json=.status expect='== green'");
        let green = r#"{"status":"green"}"#;
        assert_eq!(of_page(&json, Ok(page(503, green))), Answer::Yes("green".to_owned()));
        assert!(matches!(of_page(&json, Ok(page(500, green))), Answer::No(_)));
        assert!(matches!(of_page(&json, Ok(page(200, r#"{"status":"red"}"#))), Answer::No(_)));
        assert!(matches!(of_page(&json, Ok(page(200, "{}"))), Answer::NoData(_)));
        assert!(matches!(of_page(&json, Ok(page(200, "<html>"))), Answer::Unclear(_)));
        let body = question("http:80/ expect='== ok'");
        assert_eq!(of_page(&body, Ok(page(200, "ok\n"))), Answer::Yes("ok".to_owned()));
    }

    #[test]
    fn an_answer_that_is_too_long_is_not_judged_by_its_start() {
        let json = question("http:80/ json=.a expect='== 1'");
        let cut = Page { status: 200, reason: "OK", body: b"{\"a\":1}".to_vec(), whole: false };
        assert!(matches!(of_page(&json, Ok(cut)), Answer::Unclear(_)));
    }

    fn subject() -> GateSubject {
        GateSubject {
            pod: "db-2".to_owned(),
            uid: "u".to_owned(),
            ordinal: Ordinal(2),
            revision: "db-new".to_owned(),
            step: 1,
        }
    }

    #[test]
    fn the_pods_that_are_asked_are_those_the_gate_names() {
        let set = a_set("db");
        let names = |pods| -> Vec<String> {
            targets(pods, &set, &subject()).into_iter().map(|(pod, _)| pod).collect()
        };
        assert_eq!(names(GatePods::Updated), ["db-2"]);
        assert_eq!(names(GatePods::One(Ordinal(0))), ["db-0"]);
        assert_eq!(names(GatePods::All), ["db-0", "db-1", "db-2"]);
        let red = naming("db-1", Answer::No("red".to_owned()));
        assert_eq!(red, Answer::No("db-1: red".to_owned()));
        assert_eq!(naming("db-1", Answer::Yes(String::new())), Answer::Yes("db-1".to_owned()));
    }
}
