//! The answers of many pods, folded.

use jiff::Timestamp;
use serde::Serialize;

use crate::model::set::Set;
use crate::plan::answers::{Answer, Group, Outcome};
use crate::render::document::{Cluster, Document, Kind};
use crate::render::text::{Text, Tone};

/// The body of an `ExecReport` document.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    namespace: String,
    set: String,
    command: Vec<String>,
    exit_code: u8,
    items: Vec<Item>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    ordinal: u32,
    pod: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stdout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stderr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// The answers as a document, lowest ordinal first.
pub fn document(
    set: &Set,
    command: &[String],
    answers: &[Answer],
    exit_code: u8,
    now: Timestamp,
    cluster: Cluster,
) -> Document<Report> {
    let mut answers: Vec<&Answer> = answers.iter().collect();
    answers.sort_by_key(|answer| answer.ordinal);
    let body = Report {
        namespace: set.namespace.clone(),
        set: set.name.clone(),
        command: command.to_vec(),
        exit_code,
        items: answers.into_iter().map(|answer| item(set, answer)).collect(),
    };
    Document::new(Kind::ExecReport, now, Some(cluster), body)
}

fn item(set: &Set, answer: &Answer) -> Item {
    let bare = |state, reason: Option<String>| Item {
        ordinal: answer.ordinal.0,
        pod: set.pod_name(answer.ordinal),
        state,
        exit_code: None,
        stdout: None,
        stderr: None,
        cut: None,
        reason,
    };
    match answer.outcome.clone() {
        Outcome::Ended { code, stdout, stderr, cut } => Item {
            exit_code: Some(code),
            stdout: Some(stdout),
            stderr: Some(stderr),
            cut: Some(cut),
            ..bare("ended", None)
        },
        Outcome::NotRun { reason } => bare("notRun", Some(reason)),
        Outcome::NotEnded { reason } => bare("notEnded", Some(reason)),
    }
}

/// A group under its name, and below its own what it wrote to stderr, if it did.
pub fn group(set: &Set, group: &Group) -> (Text, Option<Text>) {
    let name = name(set, group);
    let mut text = Text::new().with(Tone::Strong, format!("{name}:"));
    match &group.outcome {
        Outcome::NotRun { reason } => {
            text.push(Tone::Warn, format!(" not run: {reason}"));
            (text, None)
        }
        Outcome::NotEnded { reason } => {
            text.push(Tone::Bad, format!(" not ended: {reason}"));
            (text, None)
        }
        Outcome::Ended { code, stdout, stderr, cut } => {
            if *code != 0 {
                text.push(Tone::Bad, format!(" exit code {code}"));
            }
            if *code == 0 && stdout.is_empty() && stderr.is_empty() {
                text.push(Tone::Faint, " no output");
            }
            if !stdout.is_empty() {
                text.push(Tone::Plain, format!("\n{stdout}"));
            }
            if *cut {
                text.push(Tone::Warn, "\n(the rest was cut off)");
            }
            let beside = (!stderr.is_empty()).then(|| {
                Text::new()
                    .with(Tone::Strong, format!("{name} (stderr):"))
                    .with(Tone::Plain, format!("\n{stderr}"))
            });
            (text, beside)
        }
    }
}

/// `db-2`, or `db-[0-2,4]`.
fn name(set: &Set, group: &Group) -> String {
    match group.ordinals.len() {
        1 => format!("{}-{}", set.name, group.ordinals),
        _ => format!("{}-[{}]", set.name, group.ordinals),
    }
}

/// How one pod ended where its lines were shown as they came; nothing where it ended well.
pub fn ending(set: &Set, answer: &Answer) -> Option<Text> {
    let told = match &answer.outcome {
        Outcome::Ended { code: 0, .. } => return None,
        Outcome::Ended { code, .. } => format!("exit code {code}"),
        Outcome::NotRun { reason } => format!("not run: {reason}"),
        Outcome::NotEnded { reason } => format!("not ended: {reason}"),
    };
    Some(Text::new().with(Tone::Bad, format!("{}: {told}", set.pod_name(answer.ordinal))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ordinal::Ordinal;
    use crate::plan::answers::groups;
    use crate::testing::a_set;

    fn answer(ordinal: u32, outcome: Outcome) -> Answer {
        Answer { ordinal: Ordinal(ordinal), outcome }
    }

    fn ended(code: i32, stdout: &str, stderr: &str) -> Outcome {
        let (stdout, stderr) = (stdout.to_owned(), stderr.to_owned());
        Outcome::Ended { code, stdout, stderr, cut: false }
    }

    fn not_run() -> Outcome {
        Outcome::NotRun { reason: "Pending".to_owned() }
    }

    fn answers() -> Vec<Answer> {
        vec![
            answer(0, ended(0, "primary\nlag 0", "")),
            answer(1, ended(0, "replica", "slow disk")),
            answer(2, ended(0, "replica", "slow disk")),
            answer(3, not_run()),
            answer(4, ended(3, "", "")),
            answer(5, ended(0, "replica", "slow disk")),
            answer(6, ended(0, "", "")),
        ]
    }

    #[test]
    fn the_same_answers_stand_under_one_name() {
        let set = a_set("db").replicas(7);
        let told: Vec<_> = groups(&answers()).iter().map(|of| group(&set, of)).collect();
        let out: Vec<_> = told.iter().map(|(text, _)| text.to_string()).collect();
        insta::assert_snapshot!(out.join("\n"), @r"
        db-0:
        primary
        lag 0
        db-[1-2,5]:
        replica
        db-3: not run: Pending
        db-4: exit code 3
        db-6: no output
        ");
        let beside: Vec<_> = told.iter().flat_map(|(_, text)| text).map(Text::to_string).collect();
        insta::assert_snapshot!(beside.join("\n"), @r"
        db-[1-2,5] (stderr):
        slow disk
        ");
    }

    #[test]
    fn only_bad_ends_are_told_beside_the_lines() {
        let set = a_set("db");
        assert_eq!(ending(&set, &answer(0, ended(0, "x", ""))), None);
        let told = |outcome| ending(&set, &answer(1, outcome)).map(|text| text.to_string());
        assert_eq!(told(ended(2, "x", "")).as_deref(), Some("db-1: exit code 2"));
        assert_eq!(told(not_run()).as_deref(), Some("db-1: not run: Pending"));
    }

    #[test]
    fn a_document_has_every_pod() {
        let set = a_set("db").replicas(6);
        let now = crate::testing::at(0);
        let cluster = Cluster { server: "https://x".to_owned(), version: None };
        let command = ["cat".to_owned()];
        let answers = [answer(1, not_run()), answer(0, ended(3, "a", ""))];
        let document = document(&set, &command, &answers, 3, now, cluster);
        let value = serde_json::to_value(&document).unwrap();
        assert_eq!((&value["kind"], &value["exitCode"]), (&"ExecReport".into(), &3.into()));
        assert_eq!(value["items"][0]["stdout"], "a");
        assert_eq!(value["items"][1]["state"], "notRun");
        assert_eq!(value["items"][1].get("exitCode"), None);
    }
}
