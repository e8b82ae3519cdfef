//! Extra gates: questions asked about every updated pod before the next one is released.
//!
//! A gate is written as `SCHEME:WHAT` on the command line, or as an entry of a file. Both are
//! [`Parts`] first, and become a question here.

pub mod expect;
pub mod http;
pub mod rules;
mod text;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::model::gate::expect::{BadExpect, Expect};
use crate::model::gate::http::{
    BadJsonPath, BadStatuses, HttpQuestion, JsonPath, Places, Query, Statuses, Target, Verify,
};
use crate::model::gate::rules::Rules;
use crate::model::ordinal::Ordinal;

/// A question asked about every updated pod before the next one is released.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// As written, or its name in a file; names the gate in messages.
    pub name: String,
    /// What is asked.
    pub question: Question,
    /// How often, and what the answers add up to.
    pub rules: Rules,
}

/// What a gate asks, and how.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// `cmd:`: a program on this machine, without a shell. Its exit code is the answer.
    Command {
        /// Program and arguments.
        argv: Vec<String>,
    },
    /// `exec:`: a program in a pod. Its exit code is the answer.
    Exec {
        /// Program and arguments.
        argv: Vec<String>,
        /// The container; the pod's default one when absent.
        container: Option<String>,
        /// The pods it runs in.
        pods: GatePods,
    },
    /// `http:` and `https:`: a request, to a pod or to an address.
    Http(HttpQuestion),
    /// `promql:`: a query of a Prometheus.
    Query(Query),
}

/// The pods a question is put to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GatePods {
    /// The pod the gate is about.
    #[default]
    Updated,
    /// `@N`: always the pod with this ordinal.
    One(Ordinal),
    /// `@all`: every pod of the set.
    All,
}

/// The kinds of questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// A program here.
    Cmd,
    /// A program in a pod.
    Exec,
    /// A request without TLS.
    Http,
    /// A request with TLS.
    Https,
    /// A query of a Prometheus.
    Promql,
}

/// A question in parts, before they are put together.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// The kind of question.
    pub scheme: Scheme,
    /// What follows the scheme: a command, an address, an expression.
    pub what: String,
    /// The container of an `exec:`.
    pub container: Option<String>,
    /// The pods, where not the updated one.
    pub pods: Option<GatePods>,
    /// Status codes that are a yes.
    pub status: Option<Statuses>,
    /// Where in the answer the value is.
    pub json: Option<JsonPath>,
    /// What the value has to be.
    pub expect: Option<Expect>,
    /// A file with the authorities to trust.
    pub ca: Option<PathBuf>,
    /// Whether any certificate will do.
    pub insecure: Option<bool>,
}

/// Why a gate was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadGate {
    /// No `SCHEME:` this program knows.
    #[error("{0:?} does not start with cmd:, exec:, http:, https: or promql:")]
    Scheme(String),
    /// Quotes that do not close.
    #[error("{0:?} has a quote that does not close")]
    Quotes(String),
    /// Nothing to run.
    #[error("{0:?} names no program to run")]
    Empty(String),
    /// `@` followed by neither `all` nor a number.
    #[error("{0:?} is neither @all nor @ORDINAL")]
    Pods(String),
    /// Nothing to send a request to.
    #[error("{0:?} names no PORT/PATH and no //HOST/PATH to send a request to")]
    Address(String),
    /// Nothing to ask a Prometheus.
    #[error("{0:?} has no expression to ask")]
    Expression(String),
    /// A word that is not understood.
    #[error(
        "{word:?} is not understood in a gate that starts with {scheme}:; quote what belongs together"
    )]
    Word {
        /// The word.
        word: String,
        /// The scheme.
        scheme: Scheme,
    },
    /// A part that this kind of question does not have.
    #[error("{scheme}: takes no {part}")]
    Part {
        /// The part.
        part: &'static str,
        /// The scheme.
        scheme: Scheme,
    },
    /// Braces that hold no placeholder.
    #[error("{0:?} has braces that are none of {{pod}}, {{ordinal}}, {{namespace}}, {{set}}")]
    Placeholder(String),
    /// A query without a comparison.
    #[error("promql: needs expect='…', such as expect='< 0.01'")]
    NoExpect,
    /// A path without a comparison.
    #[error("json={0} needs expect='…', such as expect='== \"ok\"'")]
    NoExpectForPath(String),
    /// Both ways to check a certificate.
    #[error("ca=FILE and insecure exclude each other")]
    Verify,
    /// A comparison that is none.
    #[error(transparent)]
    Expect(#[from] BadExpect),
    /// Status codes that are none.
    #[error(transparent)]
    Statuses(#[from] BadStatuses),
    /// A path that is none.
    #[error(transparent)]
    JsonPath(#[from] BadJsonPath),
}

impl Scheme {
    /// All of them, as they are written.
    pub const ALL: [(&'static str, Self); 5] = [
        ("cmd", Self::Cmd),
        ("exec", Self::Exec),
        ("http", Self::Http),
        ("https", Self::Https),
        ("promql", Self::Promql),
    ];
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, scheme)| scheme == self).map(|(name, _)| *name);
        f.write_str(name.unwrap_or_default())
    }
}

impl FromStr for GatePods {
    type Err = BadGate;

    /// Reads `all` or an ordinal.
    fn from_str(which: &str) -> Result<Self, BadGate> {
        match (which, which.parse()) {
            ("all", _) => Ok(Self::All),
            (_, Ok(ordinal)) => Ok(Self::One(Ordinal(ordinal))),
            _ => Err(BadGate::Pods(format!("@{which}"))),
        }
    }
}

impl Parts {
    /// A question of this kind, without any of the parts that may be left out.
    pub fn new(scheme: Scheme, what: &str) -> Self {
        Self {
            scheme,
            what: what.to_owned(),
            container: None,
            pods: None,
            status: None,
            json: None,
            expect: None,
            ca: None,
            insecure: None,
        }
    }

    /// Puts the question together.
    pub fn question(self) -> Result<Question, BadGate> {
        self.only_what_it_takes()?;
        match self.scheme {
            Scheme::Cmd => Ok(Question::Command { argv: self.argv()? }),
            Scheme::Exec => Ok(Question::Exec {
                argv: self.argv()?,
                container: self.container,
                pods: self.pods.unwrap_or_default(),
            }),
            Scheme::Http | Scheme::Https => self.request().map(Question::Http),
            Scheme::Promql if self.what.trim().is_empty() => Err(BadGate::Expression(self.what)),
            Scheme::Promql => Ok(Question::Query(Query {
                expression: self.what,
                expect: self.expect.ok_or(BadGate::NoExpect)?,
                from: None,
            })),
        }
    }

    /// A part that would be ignored is a misunderstanding.
    fn only_what_it_takes(&self) -> Result<(), BadGate> {
        let request = matches!(self.scheme, Scheme::Http | Scheme::Https);
        let exec = self.scheme == Scheme::Exec;
        let direct = request && self.what.starts_with("//");
        for (part, given, taken) in [
            ("container", self.container.is_some(), exec),
            ("selector of pods", self.pods.is_some(), exec || (request && !direct)),
            ("status", self.status.is_some(), request),
            ("json", self.json.is_some(), request),
            ("expect", self.expect.is_some(), request || self.scheme == Scheme::Promql),
            ("ca", self.ca.is_some(), self.scheme == Scheme::Https),
            ("insecure", self.insecure.is_some(), self.scheme == Scheme::Https),
        ] {
            if given && !taken {
                return Err(BadGate::Part { part, scheme: self.scheme });
            }
        }
        Ok(())
    }

    fn argv(&self) -> Result<Vec<String>, BadGate> {
        let argv = shlex::split(&self.what).ok_or_else(|| BadGate::Quotes(self.what.clone()))?;
        if argv.first().is_none_or(String::is_empty) {
            return Err(BadGate::Empty(self.what.clone()));
        }
        Ok(argv)
    }

    fn request(self) -> Result<HttpQuestion, BadGate> {
        let verify = match (self.ca, self.insecure.unwrap_or(false)) {
            (Some(_), true) => return Err(BadGate::Verify),
            (Some(file), false) => Verify::Authority(file),
            (None, true) => Verify::Nothing,
            (None, false) => Verify::System,
        };
        let what = self.what;
        if Places::SAMPLE.fill(&what).contains(['{', '}']) {
            return Err(BadGate::Placeholder(what));
        }
        let address = || BadGate::Address(what.clone());
        if what.contains(|c: char| c.is_whitespace() || c.is_control() || !c.is_ascii()) {
            return Err(address());
        }
        let target = match what.strip_prefix("//") {
            Some(rest) if !rest.is_empty() && !rest.starts_with('/') => {
                Target::Direct { url: format!("{}://{rest}", self.scheme), verify }
            }
            Some(_) => return Err(address()),
            None => {
                let (port, path) = what.split_once('/').unwrap_or((&what, ""));
                let port = port.parse().ok().filter(|port| *port != 0).ok_or_else(address)?;
                Target::Pods {
                    pods: self.pods.unwrap_or_default(),
                    port,
                    path: format!("/{path}"),
                    tls: (self.scheme == Scheme::Https).then_some(verify),
                }
            }
        };
        if let (Some(path), None) = (&self.json, &self.expect) {
            return Err(BadGate::NoExpectForPath(path.to_string()));
        }
        let status = self.status.unwrap_or_default();
        Ok(HttpQuestion { target, status, json: self.json, expect: self.expect })
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rules.to_string().as_str() {
            "" => f.write_str(&self.name),
            rules => write!(f, "{} ({rules})", self.name),
        }
    }
}
