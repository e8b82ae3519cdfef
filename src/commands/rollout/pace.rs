//! The flags that say how carefully a rollout goes.

use clap::{Args, ValueEnum};
use jiff::SignedDuration;

use crate::commands::duration::signed;
use crate::exit::Failure;
use crate::model::gate::Gate;
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

    /// Ask this about every updated pod (repeatable; all must pass): 'cmd:PROGRAM ARGS' runs here, 'exec:[container=NAME] [@all|@ORDINAL] PROGRAM ARGS' in the pod
    #[arg(long = "gate", value_name = "GATE")]
    gates: Vec<Gate>,

    /// Give up on one run of a gate after this long; it then could not tell
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = signed)]
    gate_timeout: SignedDuration,
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

    /// The extra gates, in the order they were given.
    pub(super) fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// How long one run of a gate may take.
    pub(super) fn gate_timeout(&self) -> SignedDuration {
        self.gate_timeout
    }

    /// Tells one list of gates from another; empty when there are none.
    pub(super) fn gates_digest(&self) -> String {
        if self.gates.is_empty() {
            return String::new();
        }
        let texts: Vec<&str> = self.gates.iter().map(|gate| gate.text.as_str()).collect();
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
        for gate in &self.gates {
            words.push("--gate".to_owned());
            words.push(gate.text.clone());
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
