//! Asking which pod leads the others, as a user writes it: `SCHEME:WHAT`.

use std::fmt;
use std::str::FromStr;

use crate::model::gate::{BadGate, Gate, GatePods, Question};
use crate::model::ordinal::Ordinal;

/// A question whose answer is one pod of the set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    /// As written.
    pub text: String,
    /// How it is asked.
    pub kind: LeaderKind,
}

/// How a leader is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaderKind {
    /// `cmd:`: a program on this machine, without a shell, prints an ordinal or a pod's name.
    Command {
        /// Program and arguments.
        argv: Vec<String>,
    },
    /// `exec:`: a program in pods prints the same.
    Exec {
        /// Program and arguments.
        argv: Vec<String>,
        /// The container; the pod's default one when absent.
        container: Option<String>,
        /// The one pod that is asked; all that are ready when absent.
        pod: Option<Ordinal>,
    },
    /// `label:`: the pod that has it.
    Label {
        /// The label's key.
        key: String,
        /// Its value.
        value: String,
    },
}

/// Why a question was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLeader {
    /// No `SCHEME:` this program knows.
    #[error("{0:?} does not start with cmd:, exec: or label:")]
    Scheme(String),
    /// Not `KEY=VALUE`.
    #[error("{0:?} is not of the form label:KEY=VALUE")]
    Label(String),
    /// As for a gate.
    #[error(transparent)]
    Program(BadGate),
}

impl FromStr for Leader {
    type Err = BadLeader;

    fn from_str(text: &str) -> Result<Self, BadLeader> {
        let kind = match text.split_once(':') {
            Some(("label", label)) => match label.split_once('=') {
                Some((key, value)) if !key.is_empty() && !value.is_empty() => {
                    LeaderKind::Label { key: key.to_owned(), value: value.to_owned() }
                }
                _ => return Err(BadLeader::Label(text.to_owned())),
            },
            Some(("cmd" | "exec", _)) => {
                match text.parse::<Gate>().map_err(BadLeader::Program)?.question {
                    Question::Command { argv } => LeaderKind::Command { argv },
                    Question::Exec { argv, container, pods } => {
                        let pod = match pods {
                            GatePods::One(ordinal) => Some(ordinal),
                            GatePods::Updated | GatePods::All => None,
                        };
                        LeaderKind::Exec { argv, container, pod }
                    }
                    Question::Http(_) | Question::Query(_) => {
                        return Err(BadLeader::Scheme(text.to_owned()));
                    }
                }
            }
            _ => return Err(BadLeader::Scheme(text.to_owned())),
        };
        Ok(Self { text: text.to_owned(), kind })
    }
}

impl fmt::Display for Leader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> LeaderKind {
        text.parse::<Leader>().unwrap().kind
    }

    #[test]
    fn a_leader_is_asked_for_here_in_pods_or_by_label() {
        let argv = vec!["who".to_owned(), "leads it".to_owned()];
        assert_eq!(kind("cmd:who 'leads it'"), LeaderKind::Command { argv: argv.clone() });
        let exec = |container: Option<&str>, pod| LeaderKind::Exec {
            argv: argv.clone(),
            container: container.map(str::to_owned),
            pod,
        };
        assert_eq!(kind("exec:who 'leads it'"), exec(None, None));
        assert_eq!(kind("exec:@all who 'leads it'"), exec(None, None));
        assert_eq!(kind("exec:container=db @2 who 'leads it'"), exec(Some("db"), Some(Ordinal(2))));
        let label = LeaderKind::Label { key: "a.io/role".to_owned(), value: "primary".to_owned() };
        assert_eq!(kind("label:a.io/role=primary"), label);
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let bad = |text: &str| text.parse::<Leader>().unwrap_err().to_string();
        assert_eq!(bad("who"), "\"who\" does not start with cmd:, exec: or label:");
        assert_eq!(bad("sh:who"), "\"sh:who\" does not start with cmd:, exec: or label:");
        assert_eq!(bad("label:primary"), "\"label:primary\" is not of the form label:KEY=VALUE");
        assert_eq!(bad("label:=x"), "\"label:=x\" is not of the form label:KEY=VALUE");
        assert_eq!(bad("cmd:"), "\"cmd:\" names no program to run");
    }
}
