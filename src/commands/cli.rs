//! The command line as a whole.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::config_debug::ConfigDebugArgs;
use crate::commands::exec::ExecArgs;
use crate::commands::failover::FailoverArgs;
use crate::commands::global::ConnectionArgs;
use crate::commands::pvc::Pvc;
use crate::commands::recreate::RecreateArgs;
use crate::commands::rollout::Rollout;
use crate::commands::scale::ScaleArgs;
use crate::commands::status::StatusArgs;
use crate::commands::tree::TreeArgs;
use crate::commands::version::VersionArgs;
use crate::exit::Exit;
use crate::terminal::decision::{ColorFlag, Flags, ProgressFlag};

/// Staged rollouts, careful scaling and truthful status for StatefulSets that hold data
#[derive(Parser, Clone)]
#[command(
    name = "kubectl-sts",
    version,
    disable_help_subcommand = false,
    subcommand_required = true,
    arg_required_else_help = true,
    propagate_version = false,
    max_term_width = 100
)]
pub struct Cli {
    #[command(flatten)]
    pub(super) connection: ConnectionArgs,

    #[command(flatten)]
    pub(super) display: DisplayArgs,

    #[command(subcommand)]
    pub(super) command: Command,
}

/// How things are shown.
#[derive(Args, Clone, Copy)]
#[command(next_help_heading = "Display flags")]
pub struct DisplayArgs {
    /// When to use colour
    #[arg(long, global = true, hide_short_help = true, value_enum, value_name = "WHEN", default_value_t = ColorFlag::Auto)]
    color: ColorFlag,

    /// How progress is shown: bars on a terminal, lines otherwise
    #[arg(long, global = true, hide_short_help = true, value_enum, value_name = "VIEW", default_value_t = ProgressFlag::Auto)]
    progress: ProgressFlag,

    /// Say nothing but results, warnings and errors
    #[arg(long, short, global = true, hide_short_help = true)]
    quiet: bool,
}

impl DisplayArgs {
    /// As the terminal takes them.
    pub fn flags(self) -> Flags {
        Flags { color: self.color, progress: self.progress, quiet: self.quiet }
    }
}

/// The commands.
#[derive(Subcommand, Clone)]
#[expect(clippy::large_enum_variant, reason = "there is one, and it lives as long as the program")]
pub(super) enum Command {
    /// Say where sets stand: pods, revisions, claims, what is in the way, and what to do next
    Status(StatusArgs),
    /// Show a set with its revisions, pods, claims, volumes and nodes, and where else pods could run
    Tree(TreeArgs),
    /// Staged rollouts over the update partition
    #[command(subcommand, arg_required_else_help = true)]
    Rollout(Rollout),
    Scale(Box<ScaleArgs>),
    Recreate(Box<RecreateArgs>),
    Failover(FailoverArgs),
    /// The claims of sets: what could still want them, and what to do about the others
    #[command(subcommand, arg_required_else_help = true)]
    Pvc(Pvc),
    Exec(ExecArgs),
    /// Print the versions of this program and of the server
    Version(VersionArgs),
    /// List the flags every command takes
    Options,
    /// Show what a connection would be made to, and as whom
    #[command(hide = true)]
    ConfigDebug(ConfigDebugArgs),
}

/// How the program is called: `kubectl sts` when it was found as a plugin, its own name otherwise.
///
/// kubectl turns `kubectl-sts` into `sts`, and `_` in a file's name stands for `-`.
pub fn program(argv0: Option<&OsStr>) -> String {
    let stem = argv0
        .and_then(|path| Path::new(path).file_stem())
        .map(|stem| stem.to_string_lossy().into_owned());
    match stem {
        Some(stem) => match stem.strip_prefix("kubectl-") {
            Some(plugin) => format!("kubectl {}", plugin.replace('-', " ").replace('_', "-")),
            None => stem,
        },
        None => "kubectl sts".to_owned(),
    }
}

/// The command line's definition under the name it was called by.
pub fn definition(program: &str) -> clap::Command {
    let codes: Vec<String> =
        Exit::ALL.iter().map(|exit| format!("  {:>3}  {}", exit.code(), exit.meaning())).collect();
    Cli::command()
        .bin_name(program)
        .after_help(format!("Use {program} options for the flags every command takes."))
        .after_long_help(format!("Exit codes:\n{}", codes.join("\n")))
}

/// Reads the command line; help, versions and mistakes come back as clap's error.
pub(super) fn parse(args: Vec<OsString>, program: &str) -> Result<Cli, clap::Error> {
    let matches = definition(program).try_get_matches_from(args)?;
    Cli::from_arg_matches(&matches)
}

/// The flags every command takes, as `options` prints them.
pub(super) fn options(program: &str) -> String {
    let mut command = definition(program);
    let help = command.render_long_help().to_string();
    let from = help.find("Connection flags:").unwrap_or(0);
    let to = help.find("Exit codes:").unwrap_or(help.len());
    format!("These flags can be given to every command:\n\n{}", help[from..to].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        definition("kubectl sts").debug_assert();
    }

    #[test]
    fn the_name_follows_the_file() {
        for (file, name) in [
            ("/home/me/.krew/bin/kubectl-sts", "kubectl sts"),
            ("kubectl-sts.exe", "kubectl sts"),
            ("/usr/bin/kubectl-stateful_ops", "kubectl stateful-ops"),
            ("/opt/sts", "sts"),
        ] {
            assert_eq!(program(Some(OsStr::new(file))), name, "{file}");
        }
        assert_eq!(program(None), "kubectl sts");
    }
}
