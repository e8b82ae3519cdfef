//! The flags that say how carefully a rollout goes.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};
use jiff::SignedDuration;

use crate::cluster::web;
use crate::commands::duration::signed;
use crate::commands::gates::file::{self, GateFile};
use crate::exit::Failure;
use crate::model::gate::http::{HttpQuestion, Places, Prometheus, ServicePort, Target, Verify};
use crate::model::gate::{Gate, Question};
use crate::model::set::digest;
use crate::plan::options::{Approve, BudgetRule, OnFailure, Options};

/// How carefully to go.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Pace and gates")]
pub(super) struct PaceArgs {
    /// Who says yes between steps: ask on the terminal, go on, or stop with exit code 6 [default: prompt on a terminal, stop without one]
    #[arg(long, value_enum, value_name = "WHO")]
    approve: Option<ApproveArg>,

    /// Release this many pods at a time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,

    /// Watch every updated pod for this long after it is ready; minReadySeconds if that is longer
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = signed)]
    soak: SignedDuration,

    /// Hold when a pod's error has lasted this long
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = signed)]
    grace: SignedDuration,

    /// Hold when no node would have a pod for this long
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = signed)]
    unschedulable_grace: SignedDuration,

    /// Hold when nothing has passed for this long
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = signed)]
    step_timeout: SignedDuration,

    /// Hold when the whole rollout takes longer than this; 0 means no limit
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = signed)]
    timeout: SignedDuration,

    /// Go on although this many of the other pods are not ready
    #[arg(long, value_name = "N", default_value_t = 0)]
    tolerate_unready: u32,

    /// Put up with this many container restarts of an updated pod
    #[arg(long, value_name = "N", default_value_t = 0)]
    max_restarts: u32,

    /// Release pods whatever PodDisruptionBudgets say
    #[arg(long)]
    ignore_pdb: bool,

    /// What follows a failure: stay held, ask on the terminal, or go back
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = OnFailureArg::Hold)]
    on_failure: OnFailureArg,

    /// Ask this about every updated pod (repeatable; all must pass): 'cmd:PROGRAM ARGS' runs here, 'exec:[container=NAME] [@all|@ORDINAL] PROGRAM ARGS' in the pod, 'http:[@all|@ORDINAL] PORT/PATH' asks the pod, 'http:' or 'https:' and '//HOST/PATH' another server, 'promql:QUERY expect=COMPARISON' a Prometheus; docs/gates.md has them all
    #[arg(long = "gate", value_name = "GATE")]
    gates: Vec<Gate>,

    /// Ask the gates in this file too (repeatable); docs/gates.md describes it
    #[arg(long = "gates", value_name = "FILE", value_hint = ValueHint::FilePath, value_parser = file::read)]
    files: Vec<GateFile>,

    /// Give up on one question of a gate after this long; it then could not tell
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = signed)]
    gate_timeout: SignedDuration,

    /// Ask promql gates of the Prometheus at this address
    #[arg(long, value_name = "URL", conflicts_with = "prom_service")]
    prom_url: Option<String>,

    /// Trust the certificate authorities in this file, and no others, for --prom-url
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "prom_url")]
    prom_ca: Option<PathBuf>,

    /// Ask promql gates of the Prometheus behind this service, NAMESPACE/NAME[:PORT], through the API server
    #[arg(long, value_name = "SERVICE")]
    prom_service: Option<ServicePort>,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum ApproveArg {
    Prompt,
    Auto,
    Stop,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum OnFailureArg {
    Hold,
    Ask,
    Abort,
}

impl PaceArgs {
    /// As the rollout's decisions take them. `can_ask` tells whether somebody is there to ask.
    pub(super) fn options(&self, can_ask: bool) -> Result<Options, Failure> {
        let approve = match self.approve {
            Some(ApproveArg::Auto) => Approve::Auto,
            Some(ApproveArg::Prompt) | None if can_ask => Approve::Prompt,
            Some(ApproveArg::Prompt) => {
                return Err(Failure::usage("--approve=prompt needs a terminal to ask on"));
            }
            Some(ApproveArg::Stop) | None => Approve::Stop,
        };
        let on_failure = match self.on_failure {
            OnFailureArg::Hold => OnFailure::Hold,
            OnFailureArg::Abort => OnFailure::Abort,
            OnFailureArg::Ask if can_ask => OnFailure::Ask,
            OnFailureArg::Ask => {
                return Err(Failure::usage("--on-failure=ask needs a terminal to ask on"));
            }
        };
        self.check_gates()?;
        Ok(Options {
            soak: self.soak,
            grace: self.grace,
            unschedulable_grace: self.unschedulable_grace,
            step_timeout: self.step_timeout,
            timeout: (!self.timeout.is_zero()).then_some(self.timeout),
            batch: self.batch,
            tolerate_unready: self.tolerate_unready,
            max_restarts: self.max_restarts,
            budgets: if self.ignore_pdb { BudgetRule::Ignore } else { BudgetRule::Respect },
            approve,
            on_failure,
        })
    }

    /// A flag that was given and that only rollouts in steps know.
    pub(super) fn flag_of_steps(&self) -> Option<&'static str> {
        if self.approve.is_some() {
            return Some("--approve");
        }
        if self.on_failure != OnFailureArg::Hold {
            return Some("--on-failure");
        }
        (self.batch != 1).then_some("--batch")
    }

    /// The extra gates, in the order they were given, flags before files.
    pub(super) fn gates(&self) -> Vec<Gate> {
        let mut gates = self.gates.clone();
        gates.extend(self.files.iter().flat_map(|file| file.gates.iter().cloned()));
        for gate in &mut gates {
            if let Question::Query(query) = &mut gate.question {
                query.from = self.prometheus();
            }
        }
        gates
    }

    fn prometheus(&self) -> Option<Prometheus> {
        if let Some(service) = &self.prom_service {
            return Some(Prometheus::Service(service.clone()));
        }
        let verify = self.prom_ca.clone().map_or(Verify::System, Verify::Authority);
        self.prom_url.clone().map(|url| Prometheus::Address { url, verify })
    }

    /// What can be known to be wrong with the gates before any pod is touched.
    fn check_gates(&self) -> Result<(), Failure> {
        let gates = self.gates();
        if let Some(Prometheus::Address { url, verify }) = self.prometheus() {
            web::check(&url, &verify)?;
        }
        for gate in &gates {
            let wrong = |failure: Failure| {
                Failure::usage(format!("gate {}: {:#}", gate.name, failure.cause))
            };
            match &gate.question {
                Question::Query(query) if query.from.is_none() => {
                    let why = format!("gate {} needs a Prometheus to ask", gate.name);
                    return Err(Failure::usage(why).hint(
                        "name one: --prom-url URL, or --prom-service NAMESPACE/NAME[:PORT]",
                    ));
                }
                Question::Http(HttpQuestion { target, .. }) => match target {
                    Target::Direct { url, verify } => {
                        web::check(&Places::SAMPLE.fill(url), verify).map_err(wrong)?;
                    }
                    Target::Pods { path, tls, .. } => {
                        let url = format!("https://localhost{}", Places::SAMPLE.fill(path));
                        let verify = tls.as_ref().unwrap_or(&Verify::Nothing);
                        web::check(&url, verify).map_err(wrong)?;
                    }
                },
                Question::Query(_) | Question::Command { .. } | Question::Exec { .. } => {}
            }
        }
        if gates.is_empty() {
            return Ok(());
        }
        let shortest: Duration = gates.iter().map(|gate| gate.rules.shortest()).sum();
        if SignedDuration::try_from(shortest).is_ok_and(|shortest| shortest < self.step_timeout) {
            return Ok(());
        }
        let limit = seconds(self.step_timeout);
        Err(Failure::usage(format!(
            "the gates take at least {shortest:?} for a pod, and nothing \
                                    may take longer than --step-timeout {limit}"
        ))
        .hint("give them more time: --step-timeout"))
    }

    /// How long one run of a gate may take.
    pub(super) fn gate_timeout(&self) -> SignedDuration {
        self.gate_timeout
    }

    /// Tells one list of gates from another; empty when there are none.
    pub(super) fn gates_digest(&self) -> String {
        let flags = self.gates.iter().map(|gate| gate.name.as_str());
        let files = self.files.iter().map(|file| file.content.as_str());
        let texts: Vec<&str> = flags.chain(files).collect();
        if texts.is_empty() {
            return String::new();
        }
        digest(texts.join("\n").as_bytes())
    }

    /// The flags that differ from the defaults, as they would be typed.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut flag = |name: &str, value: String| words.extend([format!("--{name}"), value]);
        if let Some(approve) = self.approve.and_then(|value| value.to_possible_value()) {
            flag("approve", approve.get_name().to_owned());
        }
        if self.batch != 1 {
            flag("batch", self.batch.to_string());
        }
        let usual = Options::default();
        for (name, value, default) in [
            ("soak", self.soak, usual.soak),
            ("grace", self.grace, usual.grace),
            ("unschedulable-grace", self.unschedulable_grace, usual.unschedulable_grace),
            ("step-timeout", self.step_timeout, usual.step_timeout),
            ("timeout", self.timeout, SignedDuration::ZERO),
            ("gate-timeout", self.gate_timeout, SignedDuration::from_mins(1)),
        ] {
            if value != default {
                flag(name, seconds(value));
            }
        }
        if self.tolerate_unready != 0 {
            flag("tolerate-unready", self.tolerate_unready.to_string());
        }
        if self.max_restarts != 0 {
            flag("max-restarts", self.max_restarts.to_string());
        }
        if self.on_failure != OnFailureArg::Hold
            && let Some(value) = self.on_failure.to_possible_value()
        {
            flag("on-failure", value.get_name().to_owned());
        }
        if self.ignore_pdb {
            words.push("--ignore-pdb".to_owned());
        }
        let mut flag = |name: &str, value: String| words.extend([format!("--{name}"), value]);
        for gate in &self.gates {
            flag("gate", gate.name.clone());
        }
        for file in &self.files {
            flag("gates", file.path.clone());
        }
        if let Some(url) = &self.prom_url {
            flag("prom-url", url.clone());
        }
        if let Some(file) = &self.prom_ca {
            flag("prom-ca", file.display().to_string());
        }
        if let Some(service) = &self.prom_service {
            flag("prom-service", service.to_string());
        }
        words
    }
}

/// A duration as `--soak` and its like read it back.
fn seconds(duration: SignedDuration) -> String {
    match (duration.as_secs(), duration.subsec_millis()) {
        (seconds, 0) => format!("{seconds}s"),
        _ => format!("{}ms", duration.as_millis()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        pace: PaceArgs,
    }

    fn pace(words: &[&str]) -> PaceArgs {
        Line::try_parse_from([&["stage"], words].concat()).unwrap().pace
    }

    fn preset(name: &str) -> String {
        format!("{}/docs/gates/{name}.yaml", env!("CARGO_MANIFEST_DIR"))
    }

    #[test]
    fn a_command_to_go_on_with_has_the_same_gates() {
        let file = preset("kafka-under-replicated");
        for prometheus in [
            &["--prom-url", "http://localhost:9090", "--prom-ca", "ca.pem"][..],
            &["--prom-service", "monitoring/https:prometheus:web"],
        ] {
            let given = ["--gate", "cmd:x 'a b'", "--gates", &file, "--gate-timeout", "5s"];
            let first = pace(&[&given[..], prometheus].concat());
            let words = first.words();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let again = pace(&words);
            assert_eq!(again.words(), words);
            assert_eq!(again.gates(), first.gates());
            assert_eq!(again.gates_digest(), first.gates_digest());
        }
    }

    #[test]
    fn a_digest_is_of_the_questions_and_not_of_who_answers() {
        let of = |words: &[&str]| pace(words).gates_digest();
        assert_eq!(of(&[]), "");
        let query = ["--gate", "promql:up expect='> 0'"];
        let here = of(&[&query[..], &["--prom-url", "http://a/"]].concat());
        assert_eq!(of(&[&query[..], &["--prom-service", "a/b"]].concat()), here);
        assert_ne!(of(&["--gate", "promql:up expect='> 1'"]), here);
        let file = of(&["--gates", &preset("etcd-health")]);
        assert_ne!(of(&["--gates", &preset("redis-replication")]), file);
    }

    #[test]
    fn gates_that_cannot_work_are_refused_before_anything_is_sent() {
        let wrong = |words: &[&str]| {
            let failure = pace(words).options(false).unwrap_err();
            assert_eq!(failure.exit.code(), 2);
            format!("{:#}", failure.cause)
        };
        let query = ["--gate", "promql:up expect='> 0'"];
        assert!(wrong(&query).contains("needs a Prometheus to ask"));
        let url = [&query[..], &["--prom-url", "localhost:9090"]].concat();
        assert!(wrong(&url).contains("is not a URL"));
        assert!(wrong(&["--gate", "https://db/ ca=/nowhere"]).contains("No such file"));
        assert!(wrong(&["--gate", "http://db:port/"]).contains("is not a URL"));
        let file = preset("etcd-health");
        let slow = wrong(&["--gates", &file, "--step-timeout", "10s"]);
        assert!(slow.contains("take at least 10s"), "{slow}");
        pace(&["--gates", &file]).options(false).unwrap();
        pace(&["--step-timeout", "0"]).options(false).unwrap();
    }
}
