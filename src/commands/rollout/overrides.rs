//! Flags by which a user takes responsibility, or none at all.

use clap::Args;

use crate::plan::preflight::Overrides;

/// Refusals the user has looked at.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Overrides")]
pub(super) struct OverrideArgs {
    /// Go on although another manager, such as a GitOps tool, has the fields
    #[arg(long)]
    ignore_managers: bool,

    /// Accept the partition, size or first ordinal that somebody else gave the set
    #[arg(long)]
    accept_changes: bool,

    /// Turn an OnDelete set into RollingUpdate for the length of the rollout
    #[arg(long)]
    switch_strategy: bool,
}

impl OverrideArgs {
    /// As decisions take them.
    pub(super) fn overrides(self) -> Overrides {
        Overrides {
            managers: self.ignore_managers,
            changes: self.accept_changes,
            strategy: self.switch_strategy,
            ..Overrides::default()
        }
    }
}
