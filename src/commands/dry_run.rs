//! `--dry-run`.

use clap::ValueEnum;

use crate::cluster::write::Keep;

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

impl DryRun {
    /// Whether the server keeps what it is sent; `None` where nothing is sent.
    pub(super) fn keep(self) -> Option<Keep> {
        match self {
            Self::None => Some(Keep::Written),
            Self::Server => Some(Keep::DryRun),
            Self::Client => None,
        }
    }

    /// What is said after what was done, as kubectl says it.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Server => " (server dry run)",
            Self::Client => " (dry run)",
        }
    }
}
