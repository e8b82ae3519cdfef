//! Questions that are HTTP requests: to a pod, to an address, to a Prometheus.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use crate::model::gate::GatePods;
use crate::model::gate::expect::Expect;

/// A request, and which answers are a yes.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpQuestion {
    /// Where it goes.
    pub target: Target,
    /// The status codes that are a yes.
    pub status: Statuses,
    /// Where in the answer's JSON the value is; the whole body when absent.
    pub json: Option<JsonPath>,
    /// What the value has to be.
    pub expect: Option<Expect>,
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a port of pods, through the API server.
    Pods {
        /// Which pods.
        pods: GatePods,
        /// The port of the pod.
        port: u16,
        /// Path and query, with placeholders.
        path: String,
        /// How the pod's certificate is checked; no TLS when absent.
        tls: Option<Verify>,
    },
    /// From here to an address.
    Direct {
        /// The whole URL, with placeholders.
        url: String,
        /// How the server's certificate is checked.
        verify: Verify,
    },
}

/// How the certificate of a server is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    /// By the authorities the system trusts.
    #[default]
    System,
    /// By those in a file, and no others.
    Authority(PathBuf),
    /// Not at all.
    Nothing,
}

/// Status codes, such as `200` or `200-299,404`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statuses(Vec<RangeInclusive<u16>>);

/// Why a text is not a list of status codes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a list of status codes such as 200 or 200-299,404")]
pub struct BadStatuses(String);

impl Default for Statuses {
    fn default() -> Self {
        Self(vec![200..=299])
    }
}

impl Statuses {
    /// Whether this code is among them.
    pub fn contains(&self, code: u16) -> bool {
        self.0.iter().any(|range| range.contains(&code))
    }
}

impl FromStr for Statuses {
    type Err = BadStatuses;

    fn from_str(text: &str) -> Result<Self, BadStatuses> {
        let bad = || BadStatuses(text.to_owned());
        let code = |text: &str| {
            text.parse().ok().filter(|code| (100..=599).contains(code)).ok_or_else(bad)
        };
        let ranges = text.split(',').map(|range| match range.split_once('-') {
            None => code(range).map(|code| code..=code),
            Some((from, to)) => {
                let range = code(from)?..=code(to)?;
                if range.is_empty() { Err(bad()) } else { Ok(range) }
            }
        });
        Ok(Self(ranges.collect::<Result<_, _>>()?))
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ranges = self.0.iter().map(|range| match (range.start(), range.end()) {
            (from, to) if from == to => from.to_string(),
            (from, to) => format!("{from}-{to}"),
        });
        f.write_str(&ranges.collect::<Vec<_>>().join(","))
    }
}

/// The way to a value in a JSON document, such as `.data[0].lag` or `$["a.b"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPath {
    text: String,
    /// Its parts, from the outside in.
    pub parts: Vec<JsonPart>,
}

/// One part of the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonPart {
    /// A member of an object.
    Key(String),
    /// An element of an array, from 0.
    Index(usize),
}

/// Why a text is not a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a path such as .status or .items[0].lag or .[\"a.b\"]")]
pub struct BadJsonPath(String);

impl FromStr for JsonPath {
    type Err = BadJsonPath;

    fn from_str(text: &str) -> Result<Self, BadJsonPath> {
        let bad = || BadJsonPath(text.to_owned());
        let mut rest = text.strip_prefix('$').unwrap_or(text);
        let mut parts = Vec::new();
        while !rest.is_empty() {
            if let Some(inside) = rest.strip_prefix('[').or_else(|| rest.strip_prefix(".[")) {
                if let Some(quoted) = inside.strip_prefix('"') {
                    let (key, after) = quoted.split_once("\"]").ok_or_else(bad)?;
                    parts.push(JsonPart::Key(key.to_owned()));
                    rest = after;
                } else {
                    let (index, after) = inside.split_once(']').ok_or_else(bad)?;
                    parts.push(JsonPart::Index(index.parse().map_err(|_| bad())?));
                    rest = after;
                }
                continue;
            }
            let name = rest.strip_prefix('.').ok_or_else(bad)?;
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (key, after) = name.split_at(end);
            let plain = |c: char| !c.is_whitespace() && !"*?(){}|\"',@$".contains(c);
            if key.is_empty() || !key.chars().all(plain) {
                return Err(bad());
            }
            parts.push(JsonPart::Key(key.to_owned()));
            rest = after;
        }
        if parts.is_empty() {
            return Err(bad());
        }
        Ok(Self { text: text.to_owned(), parts })
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A query of a Prometheus, and what its result has to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The expression, with placeholders.
    pub expression: String,
    /// What every sample has to be.
    pub expect: Expect,
    /// Which Prometheus is asked, once that is known.
    pub from: Option<Prometheus>,
}

/// Where a Prometheus is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prometheus {
    /// At an address, reached from here.
    Address {
        /// The URL its API is below.
        url: String,
        /// How its certificate is checked.
        verify: Verify,
    },
    /// Behind a service of the cluster, through the API server.
    Service(ServicePort),
}

/// A service that the API server passes requests on to: `NAMESPACE/[https:]NAME[:PORT]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    /// As written.
    text: String,
    /// The namespace of the service.
    pub namespace: String,
    /// Its name as the API server wants it: with a scheme, or a port's number or name, or both.
    pub name: String,
}

/// Why a text names no service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not NAMESPACE/NAME or NAMESPACE/NAME:PORT, with https: before NAME if need be")]
pub struct BadService(String);

impl FromStr for ServicePort {
    type Err = BadService;

    fn from_str(text: &str) -> Result<Self, BadService> {
        let bad = || BadService(text.to_owned());
        let label = |part: &str| {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            !part.is_empty() && part.chars().all(plain)
        };
        let (namespace, name) = text.split_once('/').ok_or_else(bad)?;
        let parts: Vec<&str> = name.split(':').collect();
        let (scheme, rest) = match parts.as_slice() {
            [scheme @ ("http" | "https"), rest @ ..] => (Some(*scheme), rest),
            rest => (None, rest),
        };
        let (service, port) = match rest {
            [service] => (*service, None),
            [service, port] => (*service, Some(*port)),
            _ => return Err(bad()),
        };
        if ![Some(namespace), Some(service), port].into_iter().flatten().all(label) {
            return Err(bad());
        }
        let name = match (scheme, port) {
            (None, None) => service.to_owned(),
            (None, Some(port)) => format!("{service}:{port}"),
            (Some(scheme), port) => format!("{scheme}:{service}:{}", port.unwrap_or_default()),
        };
        Ok(Self { text: text.to_owned(), namespace: namespace.to_owned(), name })
    }
}

impl fmt::Display for ServicePort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What placeholders stand for.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// `{pod}`
    pub pod: &'a str,
    /// `{ordinal}`
    pub ordinal: u32,
    /// `{namespace}`
    pub namespace: &'a str,
    /// `{set}`
    pub set: &'a str,
}

impl Places<'_> {
    /// Some values, to try whether a text makes sense once it is filled in.
    pub const SAMPLE: Places<'static> =
        Places { pod: "db-0", ordinal: 0, namespace: "default", set: "db" };

    /// The text with the placeholders replaced; names of objects need no quoting anywhere.
    pub fn fill(&self, text: &str) -> String {
        text.replace("{pod}", self.pod)
            .replace("{ordinal}", &self.ordinal.to_string())
            .replace("{namespace}", self.namespace)
            .replace("{set}", self.set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_codes_are_single_or_ranges() {
        let statuses: Statuses = "200-204,404".parse().unwrap();
        for (code, contained) in [(199, false), (200, true), (204, true), (205, false), (404, true)]
        {
            assert_eq!(statuses.contains(code), contained, "{code}");
        }
        assert_eq!(statuses.to_string(), "200-204,404");
        assert!(Statuses::default().contains(204) && !Statuses::default().contains(301));
        for text in ["", "2xx", "299-200", "99", "600", "200,", "200-", "0200x"] {
            assert!(text.parse::<Statuses>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_leads_through_objects_and_arrays() {
        let key = |name: &str| JsonPart::Key(name.to_owned());
        for (text, parts) in [
            (".status", vec![key("status")]),
            ("$.a.b", vec![key("a"), key("b")]),
            (".items[0].lag", vec![key("items"), JsonPart::Index(0), key("lag")]),
            ("$[\"a.b\"]", vec![key("a.b")]),
            (".[1]", vec![JsonPart::Index(1)]),
            (".a[\"x y\"][2]", vec![key("a"), key("x y"), JsonPart::Index(2)]),
            (".relo-catable_1", vec![key("relo-catable_1")]),
        ] {
            assert_eq!(text.parse::<JsonPath>().unwrap().parts, parts, "{text}");
        }
        for text in
            ["", "$", ".", "status", "..a", ".a[", ".a[x]", ".a[-1]", ".a.*", "{.a}", ".a b"]
        {
            assert!(text.parse::<JsonPath>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_service_is_named_as_the_api_server_wants_it() {
        for (text, name) in [
            ("monitoring/prometheus", "prometheus"),
            ("monitoring/prometheus:9090", "prometheus:9090"),
            ("monitoring/prometheus:web", "prometheus:web"),
            ("monitoring/https:prometheus:9090", "https:prometheus:9090"),
            ("monitoring/https:prometheus", "https:prometheus:"),
        ] {
            let service: ServicePort = text.parse().unwrap();
            assert_eq!((service.namespace.as_str(), service.name.as_str()), ("monitoring", name));
        }
        for text in ["prometheus", "/p", "m/", "m/p:", "m/a/b", "m/p:1:2", "m/../x", "m/P", "m/p?x"]
        {
            assert!(text.parse::<ServicePort>().is_err(), "{text}");
        }
    }

    #[test]
    fn placeholders_are_replaced_and_other_braces_left() {
        let places = Places { pod: "db-2", ordinal: 2, namespace: "prod", set: "db" };
        let filled = places.fill("max(lag{pod=\"{pod}\",ns=\"{namespace}\"}) by ({set}) {ordinal}");
        assert_eq!(filled, "max(lag{pod=\"db-2\",ns=\"prod\"}) by (db) 2");
    }
}
