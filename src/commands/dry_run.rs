//! `--dry-run` and `--yes`.

use clap::{Args, ValueEnum};

use crate::cluster::write::Keep;
use crate::commands::context::Consent;

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

/// Whether the server is asked what it would make of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preview {
    /// It is, by a dry run.
    Server,
    /// Nothing is sent.
    None,
}

impl From<DryRun> for Preview {
    fn from(dry_run: DryRun) -> Self {
        match dry_run {
            DryRun::Client => Self::None,
            DryRun::None | DryRun::Server => Self::Server,
        }
    }
}

/// Whether to write, and whether to ask before that.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct WriteArgs {
    /// Show what would happen: client sends no write at all, server has the API server check it
    #[arg(long, value_enum, value_name = "WHERE", num_args = 0..=1, require_equals = true, default_value_t = DryRun::None, default_missing_value = "client")]
    pub dry_run: DryRun,

    /// Do not ask before writing
    #[arg(long, short)]
    yes: bool,
}

impl WriteArgs {
    /// Writing without asking, for what was agreed to already.
    pub(super) fn agreed() -> Self {
        Self { dry_run: DryRun::None, yes: true }
    }

    /// Whether a person has to be asked.
    pub(super) fn consent(self) -> Consent {
        Consent::from_flag(self.yes)
    }
}
