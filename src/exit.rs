//! How the program ends: one table of exit codes, one shape of failure.

use std::fmt;

/// The exit codes, the same for every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// Goal reached, or nothing to do.
    Success,
    /// API, connection, access, I/O or internal error.
    Error,
    /// Flags, files or configuration that make no sense.
    Usage,
    /// A rollout's health or gate failed, and it is held; or a set is blocked or degraded.
    Found,
    /// Failed, and rolled back cleanly, as asked.
    RolledBack,
    /// Timed out; held.
    TimedOut,
    /// Waiting for approval: held on purpose.
    Held,
    /// Concurrent change, somebody else's lock, another owner.
    Conflict,
    /// Partly done: what was done and what is left is printed.
    Partial,
    /// Refused by a safety rule, declined, or evidence incomplete; nothing changed.
    Refused,
    /// `status`: still in progress.
    InProgress,
    /// Interrupted (Ctrl-C); held.
    Interrupted,
    /// Told to end (SIGTERM); held.
    Terminated,
    /// The code of a command that `exec` ran in a pod, which may be any and is not in the table.
    Command(u8),
}

impl Exit {
    /// Every exit of the table, in the order of the codes.
    pub const ALL: [Self; 13] = [
        Self::Success,
        Self::Error,
        Self::Usage,
        Self::Found,
        Self::RolledBack,
        Self::TimedOut,
        Self::Held,
        Self::Conflict,
        Self::Partial,
        Self::Refused,
        Self::InProgress,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The number the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Error => 1,
            Self::Usage => 2,
            Self::Found => 3,
            Self::RolledBack => 4,
            Self::TimedOut => 5,
            Self::Held => 6,
            Self::Conflict => 7,
            Self::Partial => 8,
            Self::Refused => 9,
            Self::InProgress => 10,
            Self::Interrupted => 130,
            Self::Terminated => 143,
            Self::Command(code) => code,
        }
    }

    /// What it means, for help and docs.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Success => "goal reached; nothing to do; nothing found",
            Self::Error => "error: API, connection, access, I/O, internal",
            Self::Usage => "usage: flags, files, configuration",
            Self::Found => {
                "health or a gate failed, and the rollout is held; status: blocked or degraded"
            }
            Self::RolledBack => "failed, and rolled back cleanly (only where asked)",
            Self::TimedOut => "timed out; held",
            Self::Held => "waiting for approval: held on purpose",
            Self::Conflict => "conflict: concurrent change, another's lock, another owner",
            Self::Partial => "partly done: what was done and what is left is printed",
            Self::Refused => "refused by a safety rule, declined, or evidence incomplete",
            Self::InProgress => "status: still in progress",
            Self::Interrupted => "interrupted by Ctrl-C; held",
            Self::Terminated => "ended by SIGTERM; held",
            Self::Command(_) => "the code of a command in a pod",
        }
    }
}

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What went wrong, with its chain of causes.
    pub cause: anyhow::Error,
    /// How `cause` is introduced; kubectl's words where it has some.
    pub lead: &'static str,
    /// What to do about it, each a line of its own, ideally with a command to paste.
    pub hints: Vec<String>,
}

impl Failure {
    /// A failure with this code.
    pub fn new(exit: Exit, cause: impl Into<anyhow::Error>) -> Self {
        Self { exit, cause: cause.into(), lead: "error: ", hints: Vec::new() }
    }

    /// A usage error (exit 2).
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, anyhow::Error::msg(message.into()))
    }

    /// The same failure with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl From<anyhow::Error> for Failure {
    fn from(cause: anyhow::Error) -> Self {
        Self::new(Exit::Error, cause)
    }
}

impl From<std::io::Error> for Failure {
    fn from(cause: std::io::Error) -> Self {
        Self::new(Exit::Error, cause)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:#}", self.lead, self.cause)?;
        self.hints.iter().try_for_each(|hint| write!(f, "\nhint: {hint}"))
    }
}
