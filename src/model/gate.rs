//! Extra gates as a user writes them: `SCHEME:WHAT`.

use std::fmt;
use std::str::FromStr;

use crate::model::ordinal::Ordinal;

/// A question asked about every updated pod before the next one is released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// As written; names the gate in messages and in the run's digest.
    pub text: String,
    /// How it is asked.
    pub kind: GateKind,
}

/// How a gate is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GateKind {
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
}

/// The pods an `exec:` gate runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatePods {
    /// The pod the gate is about.
    Updated,
    /// `@N`: always the pod with this ordinal.
    One(Ordinal),
    /// `@all`: every pod of the set.
    All,
}

/// Why a gate was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadGate {
    /// No `SCHEME:` this program knows.
    #[error("{0:?} does not start with cmd: or exec:")]
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
}

impl FromStr for Gate {
    type Err = BadGate;

    fn from_str(text: &str) -> Result<Self, BadGate> {
        let bad = |make: fn(String) -> BadGate| make(text.to_owned());
        let (scheme, rest) = text.split_once(':').ok_or_else(|| bad(BadGate::Scheme))?;
        let mut words = shlex::split(rest).ok_or_else(|| bad(BadGate::Quotes))?;
        let kind = match scheme {
            "cmd" => GateKind::Command { argv: words },
            "exec" => {
                let (mut container, mut pods) = (None, GatePods::Updated);
                while let Some(word) = words.first() {
                    if let Some(name) = word.strip_prefix("container=") {
                        container = Some(name.to_owned());
                    } else if let Some(which) = word.strip_prefix('@') {
                        pods = match (which, which.parse()) {
                            ("all", _) => GatePods::All,
                            (_, Ok(ordinal)) => GatePods::One(Ordinal(ordinal)),
                            _ => return Err(BadGate::Pods(word.clone())),
                        };
                    } else {
                        break;
                    }
                    words.remove(0);
                }
                GateKind::Exec { argv: words, container, pods }
            }
            _ => return Err(bad(BadGate::Scheme)),
        };
        let (GateKind::Command { argv } | GateKind::Exec { argv, .. }) = &kind;
        if argv.first().is_none_or(String::is_empty) {
            return Err(bad(BadGate::Empty));
        }
        Ok(Self { text: text.to_owned(), kind })
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exec(text: &str) -> (Vec<String>, Option<String>, GatePods) {
        match text.parse::<Gate>().unwrap().kind {
            GateKind::Exec { argv, container, pods } => (argv, container, pods),
            GateKind::Command { .. } => panic!("{text} is no exec gate"),
        }
    }

    #[test]
    fn a_command_is_split_like_a_shell_would_and_nothing_else_a_shell_does() {
        let gate: Gate = "cmd:./check.sh --pod 'a b' $HOME;rm".parse().unwrap();
        let argv = ["./check.sh", "--pod", "a b", "$HOME;rm"].map(String::from).to_vec();
        assert_eq!(gate.kind, GateKind::Command { argv });
        assert_eq!(gate.to_string(), "cmd:./check.sh --pod 'a b' $HOME;rm");
    }

    #[test]
    fn an_exec_gate_names_its_pods_and_container_first() {
        let ready = vec!["pg_isready".to_owned()];
        assert_eq!(exec("exec:pg_isready"), (ready.clone(), None, GatePods::Updated));
        assert_eq!(exec("exec:@all pg_isready"), (ready.clone(), None, GatePods::All));
        assert_eq!(
            exec("exec:container=db @0 pg_isready"),
            (ready, Some("db".to_owned()), GatePods::One(Ordinal(0)))
        );
        assert_eq!(exec("exec:echo @all").0, ["echo", "@all"]);
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let bad = |text: &str| text.parse::<Gate>().unwrap_err().to_string();
        assert_eq!(bad("true"), "\"true\" does not start with cmd: or exec:");
        assert_eq!(bad("sh:true"), "\"sh:true\" does not start with cmd: or exec:");
        assert_eq!(bad("cmd:"), "\"cmd:\" names no program to run");
        assert_eq!(bad("exec:@all"), "\"exec:@all\" names no program to run");
        assert_eq!(bad("cmd:it's"), "\"cmd:it's\" has a quote that does not close");
        assert_eq!(bad("exec:@x true"), "\"@x\" is neither @all nor @ORDINAL");
    }
}
