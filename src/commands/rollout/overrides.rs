//! Flags by which a user takes responsibility, or none at all.

use clap::Args;

use crate::model::order::Order;
use crate::plan::preflight::Overrides;

/// Refusals the user has looked at.
#[derive(Args, Clone, Copy, Debug, Default)]
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
    /// As decisions take them. An order that needs `OnDelete` needs no leave to come from there.
    pub(super) fn overrides_for(self, order: &Order) -> Overrides {
        Overrides {
            managers: self.ignore_managers,
            changes: self.accept_changes,
            strategy: self.switch_strategy || *order != Order::Desc,
            ..Overrides::default()
        }
    }
}
