//! The commands: thin functions that read, decide, show, ask, act and report.

pub mod cli;
pub mod config_debug;
pub mod context;
mod drive;
mod dry_run;
pub mod duration;
pub mod exec;
pub mod failover;
mod gates;
pub mod global;
mod identity;
mod input;
pub mod journal;
mod judged;
mod leader;
pub mod object_name;
pub mod output;
pub mod pvc;
mod recreate;
pub mod rollout;
mod scale;
pub mod set_name;
pub mod signals;
pub mod status;
pub mod tree;
pub mod version;

use std::ffi::OsString;
use std::sync::Arc;

use tokio::sync::mpsc::unbounded_channel;

use crate::cluster::session::Session;
use crate::commands::cli::{Cli, Command};
use crate::commands::context::Context;
use crate::exit::{Exit, Failure};
use crate::terminal::Terminal;
use crate::terminal::decision::{Facts, Flags};

/// Runs a command line to its end.
pub fn run(args: Vec<OsString>) -> Exit {
    let program = cli::program(args.first().map(OsString::as_os_str));
    let cli = match cli::parse(args, &program) {
        Ok(cli) => cli,
        Err(error) => return cli_error(&error),
    };
    let terminal = Terminal::new(&Facts::gather(), cli.display.flags());
    let runtime =
        match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                terminal.failure(&anyhow::Error::from(error).context("could not start").into());
                return Exit::Error;
            }
        };
    let ended = runtime.block_on(dispatch(&cli, program, &terminal));
    // A thread may still be waiting for a line that nobody will type.
    runtime.shutdown_background();
    match ended {
        Ok(exit) => exit,
        Err(failure) => {
            terminal.failure(&failure);
            failure.exit
        }
    }
}

/// Help and versions go to standard output, mistakes to standard error.
fn cli_error(error: &clap::Error) -> Exit {
    let terminal = Terminal::new(&Facts::gather(), Flags::default());
    let text = error.render();
    if error.use_stderr() {
        terminal.complaint(&text.to_string());
        return Exit::Usage;
    }
    // A closed pipe is no error, and there is nobody to tell of any other.
    terminal.print(text.to_string().trim_end()).ok();
    Exit::Success
}

async fn dispatch(cli: &Cli, program: String, terminal: &Terminal) -> Result<Exit, Failure> {
    match &cli.command {
        Command::Options => {
            terminal.print(cli::options(&program))?;
            return Ok(Exit::Success);
        }
        Command::Version(args) if args.client => {
            terminal.print(args.local())?;
            return Ok(Exit::Success);
        }
        Command::ConfigDebug(args) => {
            terminal.print(config_debug::run(&cli.connection, args).await?)?;
            return Ok(Exit::Success);
        }
        Command::Version(_)
        | Command::Rollout(_)
        | Command::Scale(_)
        | Command::Recreate(_)
        | Command::Status(_)
        | Command::Tree(_)
        | Command::Failover(_)
        | Command::Pvc(_)
        | Command::Exec(_) => {}
    }
    let (sender, notices) = unbounded_channel();
    let session = Arc::new(Session::open(&cli.connection.overrides(), sender).await?);
    let connection = cli.connection.words();
    let mut cx = Context { session, terminal: terminal.clone(), notices, program, connection };
    let ended = match &cli.command {
        Command::Rollout(command) => rollout::run(&mut cx, command).await,
        Command::Scale(args) => Box::pin(scale::run(&mut cx, args)).await,
        Command::Recreate(args) => Box::pin(recreate::run(&mut cx, args)).await,
        Command::Status(args) => status::run(&mut cx, args).await,
        Command::Exec(args) => Box::pin(exec::run(&mut cx, args)).await,
        Command::Failover(args) => Box::pin(failover::run(&mut cx, args)).await,
        Command::Pvc(command) => Box::pin(pvc::run(&mut cx, command)).await,
        Command::Tree(args) => tree::run(&mut cx, args).await,
        Command::Version(args) => version::run(&mut cx, args).await,
        Command::Options | Command::ConfigDebug(_) => Ok(Exit::Success),
    };
    cx.tell_notices();
    let exit = ended?;
    cx.session.judge_warnings()?;
    Ok(exit)
}
