//! `--dry-run`.

use clap::ValueEnum;

/// Whether to write.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DryRun {
    /// Yes.
    None,
    /// No, and send nothing that could.
    Client,
    /// No, but have the server check it.
    Server,
}
