//! The flags that say what somebody is ready to delete.

use clap::{Args, ValueEnum};
use jiff::SignedDuration;

use crate::commands::duration;
use crate::plan::pvc::class::{Class, Confidence};
use crate::plan::pvc::hold::HoldKind;
use crate::plan::pvc::terms::Terms;

/// What may be deleted.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "What may go")]
pub(super) struct TermsArgs {
    /// The classes of claims that may go; may be repeated or separated by commas
    #[arg(long = "class", value_name = "CLASS", value_delimiter = ',', value_parser = class, default_value = "scaled-down")]
    classes: Vec<Class>,

    /// The least confidence with which a claim may go
    #[arg(long, value_enum, value_name = "CONFIDENCE", default_value_t = ConfidenceFlag::High)]
    min_confidence: ConfidenceFlag,

    /// For how long a claim must have been unused; 0 for any time
    #[arg(long, value_name = "DURATION", value_parser = duration::age, default_value = "7d")]
    idle: SignedDuration,

    /// Claims of sets that are scaled to 0, and may be parked, too
    #[arg(long)]
    include_parked: bool,

    /// Claims of ordinals an autoscaler may come back for, too
    #[arg(long)]
    include_autoscaled: bool,

    /// Claims below the first ordinal, whose data may be moving between sets, too
    #[arg(long)]
    include_below_start: bool,

    /// Claims of ordinals that are left out on purpose, too
    #[arg(long)]
    include_reserved: bool,

    /// Claims that no controller made, too
    #[arg(long)]
    include_handmade: bool,

    /// Claims of a release or an application that is still there, too
    #[arg(long)]
    include_gitops: bool,

    /// Claims whose volume others could use, or that no provisioner made, too
    #[arg(long)]
    include_static: bool,
}

impl TermsArgs {
    /// The terms.
    pub(super) fn terms(&self) -> Terms {
        let lifted = [
            (self.include_parked, HoldKind::Parked),
            (self.include_autoscaled, HoldKind::Autoscaled),
            (self.include_below_start, HoldKind::BelowStart),
            (self.include_reserved, HoldKind::Reserved),
            (self.include_handmade, HoldKind::Handmade),
            (self.include_gitops, HoldKind::Deployed),
            (self.include_static, HoldKind::Static),
        ];
        Terms {
            classes: self.classes.iter().copied().collect(),
            confidence: self.min_confidence.into(),
            lifted: lifted.into_iter().filter_map(|(given, kind)| given.then_some(kind)).collect(),
            idle: self.idle,
        }
    }
}

/// A confidence on the command line.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConfidenceFlag {
    /// Proven.
    High,
    /// Nothing speaks against it, and something is not proven.
    Medium,
    /// Something that could tell was not read, or speaks against it.
    Low,
}

impl From<ConfidenceFlag> for Confidence {
    fn from(flag: ConfidenceFlag) -> Self {
        match flag {
            ConfidenceFlag::High => Self::High,
            ConfidenceFlag::Medium => Self::Medium,
            ConfidenceFlag::Low => Self::Low,
        }
    }
}

/// A class that can go.
fn class(text: &str) -> Result<Class, String> {
    let mut known = Class::ALL.into_iter().filter(|class| class.is_left_behind());
    known.clone().find(|class| class.name() == text).ok_or_else(|| {
        let names: Vec<&str> = known.by_ref().map(Class::name).collect();
        format!("{text:?} is none of {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hold_with_a_flag_has_that_flag_here() {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            terms: TermsArgs,
        }
        let flags = HoldKind::ALL.into_iter().filter_map(HoldKind::flag);
        let line: Vec<&str> = ["x"].into_iter().chain(flags).collect();
        let terms = <Line as clap::Parser>::try_parse_from(&line).unwrap().terms.terms();
        let with_flag = HoldKind::ALL.into_iter().filter(|kind| kind.flag().is_some());
        assert_eq!(terms.lifted, with_flag.collect());
        let plain = <Line as clap::Parser>::try_parse_from(["x"]).unwrap().terms.terms();
        assert_eq!(plain, Terms::default());
    }

    #[test]
    fn only_what_can_go_is_a_class_to_give() {
        assert_eq!(class("set-deleted"), Ok(Class::SetDeleted));
        assert!(class("in-use").unwrap_err().contains("scaled-down"));
    }
}
