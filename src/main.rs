//! The executable: everything is in the library.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use kubectl_sts::commands::config_debug;
use kubectl_sts::commands::global::ConnectionArgs;

/// Staged rollouts and truthful status for StatefulSets
#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Show what a connection would be made to, and as whom
    #[command(hide = true)]
    ConfigDebug(config_debug::ConfigDebugArgs),
}

#[expect(clippy::disallowed_methods, reason = "stands in for the terminal layer")]
#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let Command::ConfigDebug(args) = &cli.command;
    match config_debug::run(&cli.connection, args).await {
        Ok(text) => match writeln!(std::io::stdout(), "{text}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(failure) => {
            drop(writeln!(std::io::stderr(), "{failure}"));
            ExitCode::from(failure.exit.code())
        }
    }
}
