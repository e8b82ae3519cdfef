//! `version`: ours, and the server's.

use clap::Args;
use serde_json::json;

use crate::commands::context::Context;
use crate::exit::{Exit, Failure};

/// Print the versions of this program and of the server
#[derive(Args, Clone, Debug)]
pub struct VersionArgs {
    /// Ask no server
    #[arg(long)]
    pub(super) client: bool,

    /// Print JSON
    #[arg(short, long, value_name = "FORMAT", value_parser = ["json"])]
    output: Option<String>,
}

/// This program's version, with the `v` of Kubernetes versions.
pub const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));

impl VersionArgs {
    /// What is known without a server.
    pub(super) fn local(&self) -> String {
        self.text(None)
    }

    fn text(&self, server: Option<&str>) -> String {
        if self.output.is_some() {
            let mut both = json!({ "clientVersion": { "gitVersion": VERSION } });
            if let Some(server) = server {
                both["serverVersion"] = json!({ "gitVersion": server });
            }
            return format!("{both:#}");
        }
        let server = server.map_or(String::new(), |server| format!("\nServer Version: {server}"));
        format!("Client Version: {VERSION}{server}")
    }
}

/// Runs the command. A server that cannot be reached is an error, after our own version is out.
pub async fn run(cx: &mut Context, args: &VersionArgs) -> Result<Exit, Failure> {
    match cx.session.server_version().await {
        Ok(server) => cx.terminal.print(args.text(Some(&server.git)))?,
        Err(failure) => {
            cx.terminal.print(args.local())?;
            return Err(failure.into());
        }
    }
    Ok(Exit::Success)
}
