//! Gates in a file: `--gates FILE`.

use std::fmt::{self, Display};
use std::fs;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer};
use serde_yaml::{Location, Spanned};

use crate::commands::duration;
use crate::model::gate::expect::{BadExpect, Expect};
use crate::model::gate::http::{JsonPath, Statuses};
use crate::model::gate::rules::{OnNoData, Rules, Written};
use crate::model::gate::{Gate, GatePods, Parts, Scheme};
use crate::model::text::{clean, shorten};

/// A file of gates as it was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GateFile {
    /// Its path, as given.
    pub path: String,
    /// All of it; part of what a rollout's gates are recognised by.
    pub content: String,
    /// The gates in it, in order.
    pub gates: Vec<Gate>,
}

/// Reads a file of gates.
pub(crate) fn read(path: &str) -> Result<GateFile, String> {
    let content = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let gates = parse(&content).map_err(|wrong| match wrong {
        Wrong { at: Some((line, column)), why } => format!("{path}:{line}:{column}: {why}"),
        Wrong { at: None, why } => format!("{path}: {why}"),
    })?;
    Ok(GateFile { path: path.to_owned(), content, gates })
}

/// What is wrong with a file, and where: line and column, from 1.
#[derive(Debug, PartialEq, Eq)]
struct Wrong {
    at: Option<(u64, u64)>,
    why: String,
}

impl Wrong {
    fn new(location: Option<Location>, why: &impl Display) -> Self {
        let known = location.filter(|location| *location != Location::UNKNOWN);
        let at = known.map(|location| (location.line(), location.column()));
        let why = why.to_string();
        // The reader of YAML says it once more at the end.
        let again = at.map(|(line, column)| format!(" at line {line}, column {column}"));
        let why = again.and_then(|again| why.strip_suffix(&again)).unwrap_or(&why);
        Self { at, why: shorten(&clean(why), 300) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    gates: Vec<Spanned<Entry>>,
}

/// One gate as written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    name: Spanned<String>,
    cmd: Option<String>,
    exec: Option<String>,
    http: Option<String>,
    https: Option<String>,
    promql: Option<String>,
    container: Option<String>,
    #[serde(default, deserialize_with = "parsed")]
    pods: Option<GatePods>,
    #[serde(default, deserialize_with = "parsed")]
    status: Option<Statuses>,
    #[serde(default, deserialize_with = "parsed")]
    json: Option<JsonPath>,
    #[serde(default, deserialize_with = "comparison")]
    expect: Option<Expect>,
    ca: Option<PathBuf>,
    insecure: Option<bool>,
    #[serde(default, deserialize_with = "time")]
    initial_delay: Option<Duration>,
    #[serde(default, deserialize_with = "time")]
    interval: Option<Duration>,
    count: Option<u32>,
    success_threshold: Option<u32>,
    failure_limit: Option<u32>,
    error_limit: Option<u32>,
    #[serde(default, deserialize_with = "time")]
    timeout: Option<Duration>,
    on_no_data: Option<NoData>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum NoData {
    Fail,
    Pass,
    Wait,
}

/// A word or a number, which is read as the command line reads it.
struct Word;

impl Visitor<'_> for Word {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word or a number")
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_u64<E>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i64<E>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_f64<E>(self, number: f64) -> Result<String, E> {
        Ok(number.to_string())
    }
}

fn word<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    from.deserialize_any(Word)
}

fn parsed<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    word(from)?.parse().map(Some).map_err(D::Error::custom)
}

/// To YAML, the `!=` of a comparison is not a part of its text.
fn comparison<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Expect>, D::Error> {
    let read = |text: String| {
        text.parse()
            .map_err(|bad: BadExpect| D::Error::custom(format!("{bad}; write it in quotes")))
    };
    word(from).and_then(read).map(Some)
}

fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    let text = word(from)?;
    let bad = |why| D::Error::custom(format!("{text:?} is {why}"));
    duration::parse(&text).map(Some).map_err(bad)
}

fn parse(content: &str) -> Result<Vec<Gate>, Wrong> {
    let document: Document = serde_yaml::from_str(content)
        .map_err(|error| Wrong::new(error.location(), &error.without_snippet()))?;
    let mut gates: Vec<Gate> = Vec::new();
    for entry in document.gates {
        let at = entry.referenced;
        let name_at = entry.value.name.referenced;
        let gate = gate(entry.value).map_err(|why| Wrong::new(Some(at), &why))?;
        if gate.name.trim().is_empty() {
            return Err(Wrong::new(Some(name_at), &"a gate needs a name"));
        }
        if gates.iter().any(|other| other.name == gate.name) {
            let why = format!("there is another gate named {:?}", gate.name);
            return Err(Wrong::new(Some(name_at), &why));
        }
        gates.push(gate);
    }
    if gates.is_empty() {
        return Err(Wrong { at: Some((1, 1)), why: "there are no gates in it".to_owned() });
    }
    Ok(gates)
}

fn gate(entry: Entry) -> Result<Gate, String> {
    let questions = [
        (Scheme::Cmd, entry.cmd),
        (Scheme::Exec, entry.exec),
        (Scheme::Http, entry.http),
        (Scheme::Https, entry.https),
        (Scheme::Promql, entry.promql),
    ];
    let mut asked = questions.into_iter().filter_map(|(scheme, what)| Some((scheme, what?)));
    let (Some((scheme, what)), None) = (asked.next(), asked.next()) else {
        return Err("a gate has one of cmd, exec, http, https and promql".to_owned());
    };
    let parts = Parts {
        scheme,
        what: what.trim().to_owned(),
        container: entry.container,
        pods: entry.pods,
        status: entry.status,
        json: entry.json,
        expect: entry.expect,
        ca: entry.ca,
        insecure: entry.insecure,
    };
    let written = Written {
        initial_delay: entry.initial_delay,
        interval: entry.interval,
        count: entry.count,
        success_threshold: entry.success_threshold,
        failure_limit: entry.failure_limit,
        error_limit: entry.error_limit,
        timeout: entry.timeout,
        on_no_data: entry.on_no_data.map(|what| match what {
            NoData::Fail => OnNoData::Fail,
            NoData::Pass => OnNoData::Pass,
            NoData::Wait => OnNoData::Wait,
        }),
    };
    Ok(Gate {
        name: clean(&entry.name.value),
        question: parts.question().map_err(|error| error.to_string())?,
        rules: Rules::try_from(written).map_err(|error| error.to_string())?,
    })
}

#[cfg(test)]
mod tests;
