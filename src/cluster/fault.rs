//! Puts what went wrong between us and the server into kubectl's words.

use std::error::Error;

use http::Uri;
use kube::core::Status;
use tower::BoxError;

use crate::cluster::connect::NotPrepared;
use crate::cluster::credentials::NoCredentials;
use crate::cluster::resolve::Misconfigured;
use crate::cluster::retry::chain;
use crate::cluster::transport::TooSlow;
use crate::exit::Exit;
use crate::exit::Failure;
use crate::model::text::clean;
use crate::model::text::shorten;

/// Nobody reads more than this; a decoding error can quote a whole object.
const LONGEST: usize = 1000;

/// kubectl's introduction to whatever keeps it from the server.
const NO_CONNECTION: &str = "Unable to connect to the server: ";

/// The server could not be talked to.
#[derive(Debug, thiserror::Error)]
#[error("{host}")]
pub(super) struct Unreachable {
    /// Host and port as configured.
    host: String,
    #[source]
    cause: BoxError,
}

impl Unreachable {
    pub(super) fn new(server: &Uri, cause: impl Into<BoxError>) -> Self {
        let authority = server.authority().map_or("", |authority| authority.as_str());
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_owned();
        Self { host, cause: cause.into() }
    }
}

impl From<kube::Error> for Failure {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) => of_status(&status),
            kube::Error::Service(cause) => of_transport(cause),
            kube::Error::SerdeError(cause) => {
                failure("error: ", format!("the server's answer cannot be read: {cause}"))
            }
            other => failure("error: ", in_one_line(&other)),
        }
    }
}

impl From<NotPrepared> for Failure {
    fn from(error: NotPrepared) -> Self {
        match error {
            NotPrepared::Misconfigured(misconfigured) => misconfigured.into(),
            NotPrepared::Kube(error) => failure("error: ", in_one_line(&error)),
        }
    }
}

impl From<NoCredentials> for Failure {
    fn from(error: NoCredentials) -> Self {
        of_credentials(&error)
    }
}

fn of_credentials(error: &NoCredentials) -> Failure {
    let lead = match error {
        NoCredentials::Plugin(_) => NO_CONNECTION,
        NoCredentials::TokenFile(..) | NoCredentials::NotAHeader(_) => "error: ",
    };
    failure(lead, error.to_string())
}

fn failure(lead: &'static str, message: impl AsRef<str>) -> Failure {
    let message = shorten(message.as_ref(), LONGEST);
    Failure { lead, ..Failure::new(Exit::Error, anyhow::Error::msg(message)) }
}

fn of_status(status: &Status) -> Failure {
    let message = clean(&status.message);
    let reason = clean(&status.reason);
    if status.code == 401 || reason == "Unauthorized" {
        return failure("error: ", format!("You must be logged in to the server ({message})"))
            .hint("see whom the server takes you for: kubectl auth whoami");
    }
    if status.is_invalid() && reason == "Invalid" {
        return failure("", invalid(status, &message));
    }
    // kube puts what is not a Status under this heading; most likely a proxy has answered.
    if reason.is_empty() || reason == "Failed to parse error data" {
        return failure("Error from server: ", format!("{message} (status {})", status.code));
    }
    let mut failure = failure("", format!("Error from server ({reason}): {message}"));
    if status.is_conflict() {
        failure.exit = Exit::Conflict;
    }
    if status.is_forbidden()
        && let Some(question) = can_i(&message)
    {
        return failure.hint(format!("ask the server what you may do: {question}"));
    }
    failure
}

/// `The StatefulSet "db" is invalid: spec.replicas: must be positive`.
fn invalid(status: &Status, message: &str) -> String {
    let details = status.details.as_ref();
    let subject = match details {
        Some(details) if !details.kind.is_empty() || !details.name.is_empty() => {
            format!("The {} \"{}\" is invalid", clean(&details.kind), clean(&details.name))
        }
        _ => "The request is invalid".to_owned(),
    };
    let mut causes: Vec<String> = Vec::new();
    for cause in details.iter().flat_map(|details| &details.causes) {
        let text = clean(&format!("{}: {}", cause.field, cause.message));
        if !causes.contains(&text) {
            causes.push(text);
        }
    }
    match causes.as_slice() {
        [] if message.is_empty() => subject,
        [] => format!("{subject}: {message}"),
        [one] => format!("{subject}: {one}"),
        many => format!("{subject}:\n* {}", many.join("\n* ")),
    }
}

/// The question to `kubectl auth can-i` that a refusal of the RBAC authorizer answers with no:
/// `… cannot list resource "pods" in API group "apps" in the namespace "prod"…`.
fn can_i(message: &str) -> Option<String> {
    let (_, refusal) = message.split_once(" cannot ")?;
    let (verb, rest) = refusal.split_once(" resource \"")?;
    let (resource, rest) = rest.split_once('"')?;
    let group = rest.split_once("in API group \"").and_then(|(_, rest)| rest.split_once('"'));
    let group = group.map(|(group, _)| group).filter(|group| !group.is_empty());
    let namespace =
        rest.split_once("in the namespace \"").and_then(|(_, rest)| rest.split_once('"'));
    // Whatever is to be pasted into a shell must be made of harmless letters.
    let harmless = |text: &str| {
        let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/' | '*');
        text.chars().all(letter)
    };
    let (resource, subresource) = match resource.split_once('/') {
        Some((resource, sub)) => (resource, Some(sub)),
        None => (resource, None),
    };
    let mut question = format!("kubectl auth can-i {verb} {resource}");
    if let Some(group) = group {
        question.push('.');
        question.push_str(group);
    }
    if let Some(sub) = subresource {
        question.push_str(" --subresource=");
        question.push_str(sub);
    }
    match namespace {
        Some((namespace, _)) => {
            question.push_str(" -n ");
            question.push_str(namespace);
        }
        None => question.push_str(" -A"),
    }
    question.split([' ', '=']).all(harmless).then_some(question)
}

fn of_transport(cause: BoxError) -> Failure {
    let cause = match cause.downcast::<NotPrepared>() {
        Ok(error) => return (*error).into(),
        Err(cause) => cause,
    };
    for error in chain(&*cause) {
        if let Some(slow) = error.downcast_ref::<TooSlow>() {
            return match slow {
                TooSlow::Silent(_) => failure(NO_CONNECTION, slow.to_string())
                    .hint("allow more time: --request-timeout=2m"),
                TooSlow::Busy { .. } => {
                    Failure { exit: Exit::TimedOut, ..failure("error: ", slow.to_string()) }
                }
            };
        }
        if let Some(none) = error.downcast_ref::<NoCredentials>() {
            return of_credentials(none);
        }
        if let Some(misconfigured) = error.downcast_ref::<Misconfigured>() {
            return misconfigured.clone().into();
        }
        if let Some(unreachable) = error.downcast_ref::<Unreachable>() {
            return of_unreachable(unreachable);
        }
    }
    failure(NO_CONNECTION, in_one_line(&*cause))
}

fn of_unreachable(error: &Unreachable) -> Failure {
    let host = clean(&error.host);
    let name = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
    let causes: Vec<String> = chain(&*error.cause).map(|cause| clean(&cause.to_string())).collect();
    let says = |words: &str| causes.iter().any(|cause| cause.contains(words));
    let refused = chain(&*error.cause).any(|cause| {
        let io = cause.downcast_ref::<std::io::Error>();
        io.is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused)
    });
    if refused {
        let text = format!(
            "The connection to the server {host} was refused - did you specify the right host or port?"
        );
        return failure("", text);
    }
    // rustls' words on the left, those every kubectl user has searched the web for on the right.
    let certificate = "tls: failed to verify certificate: x509: ";
    if says("dns error") || says("failed to lookup address") {
        failure(NO_CONNECTION, format!("dial tcp: lookup {name}: no such host"))
    } else if says("UnknownIssuer") {
        failure(NO_CONNECTION, format!("{certificate}certificate signed by unknown authority"))
            .hint("the cluster's CA belongs into the kubeconfig, or into --certificate-authority")
    } else if says("certificate expired") || says("Expired") {
        failure(NO_CONNECTION, format!("{certificate}certificate has expired or is not yet valid"))
    } else if let Some(text) = causes.iter().find(|text| text.contains("not valid for name")) {
        let names = text.rsplit("peer certificate: ").next().unwrap_or_default();
        failure(NO_CONNECTION, format!("{certificate}{names}"))
            .hint("name the one it is valid for: --tls-server-name=NAME")
    } else if says("InvalidContentType") {
        failure(NO_CONNECTION, "http: server gave HTTP response to HTTPS client")
    } else {
        failure(NO_CONNECTION, in_one_line(&*error.cause))
    }
}

/// The whole chain of causes, leaving out those that only repeat the one before.
pub(super) fn in_one_line(error: &(dyn Error + 'static)) -> String {
    let mut line = String::new();
    for cause in chain(error) {
        let text = clean(&cause.to_string());
        if line.ends_with(&text) {
            continue;
        }
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&text);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: serde_json::Value) -> Failure {
        kube::Error::Api(serde_json::from_value::<Status>(status).unwrap().boxed()).into()
    }

    #[test]
    fn answers_are_put_as_kubectl_puts_them() {
        let missing = said(serde_json::json!({
            "code": 404, "reason": "NotFound", "message": "statefulsets.apps \"x\" not found"
        }));
        assert_eq!(
            missing.to_string(),
            "Error from server (NotFound): statefulsets.apps \"x\" not found"
        );
        let conflict = said(serde_json::json!({"code": 409, "reason": "Conflict", "message": "m"}));
        assert_eq!(conflict.exit, Exit::Conflict);
        let page = said(serde_json::json!({
            "code": 502, "reason": "Failed to parse error data", "message": "<html>\n\u{1b}[2J"
        }));
        assert_eq!(page.to_string(), "Error from server: <html> [2J (status 502)");
    }

    #[test]
    fn what_is_invalid_is_listed() {
        let answer = |causes: serde_json::Value| {
            said(serde_json::json!({
                "code": 422, "reason": "Invalid", "message": "all of it",
                "details": {"kind": "StatefulSet", "name": "db", "causes": causes}
            }))
            .to_string()
        };
        let one = serde_json::json!({"field": "spec.a", "message": "bad"});
        let other = serde_json::json!({"field": "spec.b", "message": "worse"});
        assert_eq!(
            answer(serde_json::json!([one, one])),
            "The StatefulSet \"db\" is invalid: spec.a: bad"
        );
        assert_eq!(
            answer(serde_json::json!([one, other])),
            "The StatefulSet \"db\" is invalid:\n* spec.a: bad\n* spec.b: worse"
        );
    }

    #[test]
    fn a_refusal_comes_with_the_question_to_ask() {
        for (message, question) in [
            (
                "pods is forbidden: User \"j\" cannot list resource \"pods\" in API group \"\" in \
                 the namespace \"prod\"",
                Some("kubectl auth can-i list pods -n prod"),
            ),
            (
                "User \"j\" cannot patch resource \"statefulsets/scale\" in API group \"apps\" in \
                 the namespace \"prod\": RBAC: not found",
                Some("kubectl auth can-i patch statefulsets.apps --subresource=scale -n prod"),
            ),
            (
                "User \"j\" cannot list resource \"persistentvolumes\" in API group \"\" at the \
                 cluster scope",
                Some("kubectl auth can-i list persistentvolumes -A"),
            ),
            ("User cannot list resource \"pods;rm -rf ~\" in API group \"\"", None),
            ("admission webhook \"x\" denied the request", None),
        ] {
            assert_eq!(can_i(message).as_deref(), question, "{message}");
        }
    }

    #[test]
    fn long_answers_are_cut() {
        let long = said(serde_json::json!({"code": 400, "reason": "BadRequest",
            "message": "x".repeat(1_000_000)}));
        assert!(long.to_string().chars().count() <= LONGEST);
    }

    #[test]
    fn certificate_faults_are_put_in_gos_words() {
        let said = |words: &str| {
            let tls = std::io::Error::other(words.to_owned());
            let server = "https://me:pw@api.example:6443".parse().unwrap();
            Failure::from(kube::Error::Service(Unreachable::new(&server, tls).into())).to_string()
        };
        let lead = "Unable to connect to the server: ";
        for (words, text) in [
            (
                "invalid peer certificate: UnknownIssuer",
                "tls: failed to verify certificate: x509: certificate signed by unknown authority",
            ),
            (
                "invalid peer certificate: certificate expired: verification time 2",
                "tls: failed to verify certificate: x509: certificate has expired or is not yet \
                 valid",
            ),
            ("dns error", "dial tcp: lookup api.example: no such host"),
            ("received corrupt message of type InvalidContentType", "http: server gave HTTP"),
        ] {
            let said = said(words);
            assert!(said.starts_with(&format!("{lead}{text}")), "{said}");
        }
    }
}
