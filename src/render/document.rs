//! Documents people script against: `-o json` and `-o yaml`.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::ser::PrettyFormatter;

use crate::render::duration::stamp;

/// The version of every document of this program.
pub const API_VERSION: &str = "kubectl-sts.io/v1";

/// The kinds of document there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Kind {
    /// `status` of one set.
    Status,
    /// `status` of many sets.
    StatusList,
    /// `tree`.
    Tree,
    /// `rollout plan`.
    RolloutPlan,
    /// `rollout history`.
    RevisionHistory,
    /// `pvc trash list`.
    TrashList,
    /// The end of a rollout.
    RolloutReport,
    /// `pvc list`.
    ClaimReport,
    /// `pvc prune --dry-run`.
    PrunePlan,
    /// `pvc prune`.
    PruneReport,
    /// `doctor`.
    DoctorReport,
    /// `pvc snapshot`.
    SnapshotReport,
    /// `exec`.
    ExecReport,
}

/// The cluster a document is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// Its address.
    pub server: String,
    /// Its version, when it told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A document: the same first keys for all kinds, then what the kind has.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document<T> {
    api_version: &'static str,
    kind: Kind,
    generated_at: String,
    /// Absent where no cluster was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<Cluster>,
    #[serde(flatten)]
    body: T,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// With four blanks for each level, as kubectl does.
    Json,
    /// In block style.
    Yaml,
}

impl<T: Serialize> Document<T> {
    /// A document made now.
    pub fn new(kind: Kind, now: Timestamp, cluster: Option<Cluster>, body: T) -> Self {
        Self { api_version: API_VERSION, kind, generated_at: stamp(now), cluster, body }
    }

    /// The document as text, with its line end.
    pub fn encode(&self, encoding: Encoding) -> anyhow::Result<String> {
        match encoding {
            Encoding::Json => json(self),
            Encoding::Yaml => Ok(serde_yaml::to_string(self)?),
        }
    }
}

/// JSON as kubectl indents it, with its line end.
pub fn json(value: &impl Serialize) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let pretty = PrettyFormatter::with_indent(b"    ");
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, pretty))?;
    bytes.push(b'\n');
    Ok(String::from_utf8(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Body {
        items: Vec<Item>,
        phase: &'static str,
    }

    #[derive(Serialize)]
    struct Item {
        name: &'static str,
        ready: bool,
    }

    fn document(names: &[&'static str]) -> Document<Body> {
        let items = names.iter().map(|name| Item { name, ready: true }).collect();
        let now = "2026-01-02T15:04:05.678Z".parse().unwrap();
        let server = "https://10.0.0.1:6443".to_owned();
        let cluster = Cluster { server, version: Some("v1.37.0".to_owned()) };
        Document::new(Kind::Status, now, Some(cluster), Body { items, phase: "held" })
    }

    #[test]
    fn the_envelope_comes_first_and_json_is_indented_by_four() {
        insta::assert_snapshot!(document(&["db-0"]).encode(Encoding::Json).unwrap(), @r#"
        {
            "apiVersion": "kubectl-sts.io/v1",
            "kind": "Status",
            "generatedAt": "2026-01-02T15:04:05Z",
            "cluster": {
                "server": "https://10.0.0.1:6443",
                "version": "v1.37.0"
            },
            "items": [
                {
                    "name": "db-0",
                    "ready": true
                }
            ],
            "phase": "held"
        }
        "#);
    }

    #[test]
    fn yaml_quotes_what_older_readers_would_not_take_for_text() {
        let names = ["db-0", "no", "1_000", "0777", "1e3", "12:30:45", "~", "2024-01-01", ""];
        insta::assert_snapshot!(document(&names).encode(Encoding::Yaml).unwrap(), @r#"
        apiVersion: kubectl-sts.io/v1
        kind: Status
        generatedAt: "2026-01-02T15:04:05Z"
        cluster:
          server: https://10.0.0.1:6443
          version: v1.37.0
        items:
        - name: db-0
          ready: true
        - name: "no"
          ready: true
        - name: "1_000"
          ready: true
        - name: "0777"
          ready: true
        - name: "1e3"
          ready: true
        - name: "12:30:45"
          ready: true
        - name: "~"
          ready: true
        - name: "2024-01-01"
          ready: true
        - name: ""
          ready: true
        phase: held
        "#);
    }
}
