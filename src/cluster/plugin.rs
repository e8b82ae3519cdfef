//! Runs a credential plugin: a program that prints who we are.
//!
//! The protocol is `client.authentication.k8s.io`; the words for what goes wrong are client-go's
//! (`plugin/pkg/client/auth/exec/exec.go`).

use std::io;
use std::io::IsTerminal;
use std::process::Stdio;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde::Deserializer;
use tokio::process::Command;

use crate::cluster::kuberc;
use crate::cluster::kuberc::Forbidden;
use crate::cluster::load::environment;
use crate::cluster::resolved::InteractiveMode;
use crate::cluster::resolved::Plugin;
use crate::model::text::clean;

/// How long a plugin may take that has nobody to wait for.
const ALONE: Duration = Duration::from_secs(60);

/// What a plugin printed.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Credential {
    /// A bearer token.
    #[serde(deserialize_with = "secret")]
    pub(super) token: Option<SecretString>,
    /// A client certificate, as PEM.
    pub(super) client_certificate_data: Option<String>,
    /// Its key, as PEM.
    #[serde(deserialize_with = "secret")]
    pub(super) client_key_data: Option<SecretString>,
    /// When all of it stops being good.
    pub(super) expiration_timestamp: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Printed {
    #[serde(default)]
    api_version: String,
    status: Option<Credential>,
}

/// Why a plugin gave no credentials.
#[derive(Debug, thiserror::Error)]
pub(super) enum PluginFailed {
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error("exec plugin cannot support interactive mode: standard input is not a terminal")]
    NoTerminal,
    #[error("exec: executable {command} not found{}", missing_help(hint.as_deref()))]
    Missing { command: String, hint: Option<String> },
    #[error("exec: {0}: {1}")]
    NotStarted(String, #[source] io::Error),
    #[error("exec: executable {0} failed with exit code {1}")]
    Failed(String, i32),
    #[error("exec: executable {0} was killed by a signal")]
    Killed(String),
    #[error("exec: executable {0} did not finish within {limit}s", limit = ALONE.as_secs())]
    Hung(String),
    #[error("decoding stdout of {0}: {1}")]
    Unreadable(String, String),
    #[error("exec plugin is configured to use API version {0}, plugin returned version {1}")]
    OtherVersion(&'static str, String),
    #[error("exec plugin didn't return a status field")]
    NoStatus,
    #[error("exec plugin didn't return a token or cert/key pair")]
    Nothing,
    #[error("exec plugin returned only certificate or key, not both")]
    HalfAPair,
}

fn missing_help(hint: Option<&str>) -> String {
    let more = hint.map(|hint| format!("\n\n{}", printable(hint))).unwrap_or_default();
    format!(
        "\n\nIt looks like you are trying to use a client-go credential plugin that is not \
         installed.\n\nTo learn more about this feature, consult the documentation available at:\n      \
         https://kubernetes.io/docs/reference/access-authn-authz/authentication/\
         #client-go-credential-plugins{more}"
    )
}

/// A hint keeps its lines, and loses what could do more than be read.
fn printable(hint: &str) -> String {
    hint.lines().map(clean).collect::<Vec<_>>().join("\n")
}

/// Runs the plugin once; `cluster` is what it is told about the cluster if it wants to know.
pub(super) async fn run(
    plugin: &Plugin,
    cluster: Option<serde_json::Value>,
) -> Result<Credential, PluginFailed> {
    kuberc::check(&plugin.command, &environment())?;
    let interactive = interactive(plugin.interactive)?;
    let mut spec = serde_json::json!({ "interactive": interactive });
    if let Some(cluster) = cluster {
        spec["cluster"] = cluster;
    }
    let info = serde_json::json!({
        "kind": "ExecCredential",
        "apiVersion": plugin.version.name(),
        "spec": spec,
    });
    let mut command = Command::new(&plugin.command);
    command
        .args(&plugin.args)
        .envs(plugin.env.iter().map(|(name, value)| (name, value)))
        .env("KUBERNETES_EXEC_INFO", info.to_string())
        .stdin(if interactive { Stdio::inherit() } else { Stdio::null() })
        .stdout(Stdio::piped())
        // Prompts and links to log in with are for the user, at once.
        .stderr(Stdio::inherit())
        .kill_on_drop(true);
    let name = &plugin.command;
    let child = command.spawn().map_err(|error| not_started(plugin, error))?;
    let finished = child.wait_with_output();
    let output = if interactive {
        finished.await
    } else {
        tokio::time::timeout(ALONE, finished).await.map_err(|_| PluginFailed::Hung(name.clone()))?
    }
    .map_err(|error| PluginFailed::NotStarted(name.clone(), error))?;
    if !output.status.success() {
        return Err(match output.status.code() {
            Some(code) => PluginFailed::Failed(name.clone(), code),
            None => PluginFailed::Killed(name.clone()),
        });
    }
    read(plugin, &output.stdout)
}

#[expect(clippy::disallowed_methods, reason = "a plugin's stdin is ours; nothing is read from it")]
fn interactive(mode: InteractiveMode) -> Result<bool, PluginFailed> {
    let terminal = io::stdin().is_terminal();
    match mode {
        InteractiveMode::Never => Ok(false),
        InteractiveMode::IfAvailable => Ok(terminal),
        InteractiveMode::Always if terminal => Ok(true),
        InteractiveMode::Always => Err(PluginFailed::NoTerminal),
    }
}

fn not_started(plugin: &Plugin, error: io::Error) -> PluginFailed {
    let command = plugin.command.clone();
    match error.kind() {
        io::ErrorKind::NotFound => {
            PluginFailed::Missing { command, hint: plugin.install_hint.clone() }
        }
        _ => PluginFailed::NotStarted(command, error),
    }
}

fn read(plugin: &Plugin, stdout: &[u8]) -> Result<Credential, PluginFailed> {
    // The text may hold a token, so that only the place of a fault in it is told.
    let unreadable = |error: serde_json::Error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        PluginFailed::Unreadable(plugin.command.clone(), format!("not an ExecCredential ({place})"))
    };
    let printed: Printed = serde_json::from_slice(stdout).map_err(unreadable)?;
    if printed.api_version != plugin.version.name() {
        return Err(PluginFailed::OtherVersion(plugin.version.name(), printed.api_version));
    }
    let mut credential = printed.status.ok_or(PluginFailed::NoStatus)?;
    credential.client_certificate_data =
        credential.client_certificate_data.filter(|pem| !pem.is_empty());
    match (&credential.client_certificate_data, &credential.client_key_data) {
        (None, None) if credential.token.is_none() => Err(PluginFailed::Nothing),
        (Some(_), None) | (None, Some(_)) => Err(PluginFailed::HalfAPair),
        _ => Ok(credential),
    }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()).map(SecretString::from))
}
