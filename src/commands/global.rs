//! The flags that say where to connect and as whom: kubectl's, with kubectl's meaning.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::ArgAction;
use clap::Args;
use clap::builder::OsStringValueParser;
use clap::builder::TypedValueParser;

use crate::cluster::overrides::Impersonation;
use crate::cluster::overrides::Overrides;
use crate::cluster::overrides::Patience;
use crate::commands::duration;

const HEADING: &str = "Connection flags";

/// The connection flags.
///
/// Texts and names are those of `kubectl options`. An empty value means "not given", as there.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = HEADING, args_override_self = true)]
pub struct ConnectionArgs {
    /// Path to the kubeconfig file to use for requests
    #[arg(long, global = true, hide_short_help = true, value_parser = any_path(), value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,

    /// The name of the kubeconfig context to use
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    pub context: Option<String>,

    /// The name of the kubeconfig cluster to use
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    pub cluster: Option<String>,

    /// The name of the kubeconfig user to use
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    pub user: Option<String>,

    /// The namespace to work in
    #[arg(long, short, global = true, hide_short_help = true, value_name = "NAME")]
    pub namespace: Option<String>,

    /// The address and port of the Kubernetes API server
    #[arg(long, short, global = true, hide_short_help = true, value_name = "URL")]
    pub server: Option<String>,

    /// Bearer token for authentication to the API server
    #[arg(long, global = true, hide_short_help = true, value_name = "TOKEN")]
    pub token: Option<String>,

    /// Username to impersonate; a regular user or a service account
    #[arg(long = "as", global = true, hide_short_help = true, value_name = "USER")]
    pub impersonate: Option<String>,

    /// UID to impersonate
    #[arg(long = "as-uid", global = true, hide_short_help = true, value_name = "UID")]
    pub impersonate_uid: Option<String>,

    /// Group to impersonate; can be repeated
    #[arg(long = "as-group", global = true, hide_short_help = true, value_name = "GROUP")]
    pub impersonate_groups: Vec<String>,

    /// User extra to impersonate; can be repeated, also for several values of one key
    #[arg(long = "as-user-extra", global = true, hide_short_help = true, value_name = "KEY=VALUE")]
    pub impersonate_extra: Vec<String>,

    /// Path to a client certificate file for TLS
    #[arg(long, global = true, hide_short_help = true, value_parser = any_path(), value_name = "FILE")]
    pub client_certificate: Option<PathBuf>,

    /// Path to a client key file for TLS
    #[arg(long, global = true, hide_short_help = true, value_parser = any_path(), value_name = "FILE")]
    pub client_key: Option<PathBuf>,

    /// Path to a cert file for the certificate authority
    #[arg(long, global = true, hide_short_help = true, value_parser = any_path(), value_name = "FILE")]
    pub certificate_authority: Option<PathBuf>,

    /// Do not check the server's certificate; this makes HTTPS connections insecure
    #[arg(
        long, global = true, hide_short_help = true,
        action = ArgAction::Set, num_args = 0..=1, require_equals = true,
        default_value_t, default_missing_value = "true", value_parser = boolean,
        hide_default_value = true, hide_possible_values = true, value_name = "BOOL"
    )]
    pub insecure_skip_tls_verify: bool,

    /// Server name to use for server certificate validation, instead of the one in its address
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    pub tls_server_name: Option<String>,

    /// How long a single request may take, such as 1s, 2m, 3h; 0 means without end
    ///
    /// Watches are not subject to it. Without the flag a request fails when the server says
    /// nothing for 30 seconds.
    #[arg(
        long, global = true, hide_short_help = true,
        value_parser = patience, value_name = "DURATION", verbatim_doc_comment
    )]
    pub request_timeout: Option<Patience>,

    /// Do not ask the server to compress its answers
    #[arg(
        long, global = true, hide_short_help = true,
        action = ArgAction::Set, num_args = 0..=1, require_equals = true,
        default_value_t, default_missing_value = "true", value_parser = boolean,
        hide_default_value = true, hide_possible_values = true, value_name = "BOOL"
    )]
    pub disable_compression: bool,

    /// Default cache directory; accepted for kubectl's sake, nothing is cached
    #[arg(long, global = true, hide_short_help = true, value_parser = any_path(), value_name = "DIRECTORY")]
    pub cache_dir: Option<PathBuf>,

    /// How much to tell: 4 for decisions, 6 for requests
    #[arg(
        long = "v",
        short = 'v',
        global = true,
        hide_short_help = true,
        default_value_t,
        hide_default_value = true,
        value_name = "LEVEL"
    )]
    pub verbosity: u8,

    /// Treat warnings received from the server as errors and exit with a non-zero exit code
    #[arg(
        long, global = true, hide_short_help = true,
        action = ArgAction::Set, num_args = 0..=1, require_equals = true,
        default_value_t, default_missing_value = "true", value_parser = boolean,
        hide_default_value = true, hide_possible_values = true, value_name = "BOOL"
    )]
    pub warnings_as_errors: bool,
}

/// The values Go's `strconv.ParseBool` accepts, which is what kubectl's flags go by.
fn boolean(text: &str) -> Result<bool, &'static str> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("write true or false"),
    }
}

/// clap's own parser refuses an empty path, which is "not given" to kubectl.
fn any_path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

fn patience(text: &str) -> Result<Patience, duration::NotADuration> {
    let limit = duration::parse(text)?;
    Ok(if limit.is_zero() { Patience::Endless } else { Patience::AtMost(limit) })
}

impl ConnectionArgs {
    /// What the flags say.
    pub fn overrides(&self) -> Overrides {
        let text = |flag: &Option<String>| flag.clone().filter(|text| !text.is_empty());
        let path =
            |flag: &Option<PathBuf>| flag.clone().filter(|path| !path.as_os_str().is_empty());
        let mut extra: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, value) in self.impersonate_extra.iter().filter_map(|pair| pair.split_once('=')) {
            extra.entry(key.to_owned()).or_default().push(value.to_owned());
        }
        Overrides {
            kubeconfig: path(&self.kubeconfig),
            context: text(&self.context),
            cluster: text(&self.cluster),
            user: text(&self.user),
            namespace: text(&self.namespace),
            server: text(&self.server),
            token: text(&self.token).map(Into::into),
            impersonation: Impersonation {
                user: text(&self.impersonate),
                uid: text(&self.impersonate_uid),
                groups: self.impersonate_groups.clone(),
                extra,
            },
            client_certificate: path(&self.client_certificate),
            client_key: path(&self.client_key),
            certificate_authority: path(&self.certificate_authority),
            insecure_skip_tls_verify: self.insecure_skip_tls_verify,
            tls_server_name: text(&self.tls_server_name),
            patience: self.request_timeout.unwrap_or_default(),
            disable_compression: self.disable_compression,
            verbosity: self.verbosity,
            warnings_as_errors: self.warnings_as_errors,
        }
    }

    /// The flags that lead to the same cluster as the same user, as they would be typed, but for context and
    /// namespace, which are known by their names, and for the token, which is nobody's to read.
    pub fn words(&self) -> Vec<String> {
        let text = |flag: &Option<String>| flag.clone();
        let path = |flag: &Option<PathBuf>| {
            flag.as_deref().map(|path| path.to_string_lossy().into_owned())
        };
        let single = [
            ("kubeconfig", path(&self.kubeconfig)),
            ("cluster", text(&self.cluster)),
            ("user", text(&self.user)),
            ("server", text(&self.server)),
            ("as", text(&self.impersonate)),
            ("as-uid", text(&self.impersonate_uid)),
            ("client-certificate", path(&self.client_certificate)),
            ("client-key", path(&self.client_key)),
            ("certificate-authority", path(&self.certificate_authority)),
            ("tls-server-name", text(&self.tls_server_name)),
        ];
        let mut words = Vec::new();
        for (flag, value) in single {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                words.extend([format!("--{flag}"), value]);
            }
        }
        for (flag, values) in
            [("as-group", &self.impersonate_groups), ("as-user-extra", &self.impersonate_extra)]
        {
            for value in values {
                words.extend([format!("--{flag}"), value.clone()]);
            }
        }
        if self.insecure_skip_tls_verify {
            words.push("--insecure-skip-tls-verify".to_owned());
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;
    use secrecy::ExposeSecret;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        connection: ConnectionArgs,
        positional: Vec<String>,
    }

    fn overrides(args: &[&str]) -> Overrides {
        let args = std::iter::once("kubectl-sts").chain(args.iter().copied());
        Cli::try_parse_from(args).unwrap().connection.overrides()
    }

    #[test]
    fn the_way_to_a_cluster_can_be_typed_again() {
        let args = "kubectl-sts --kubeconfig /k/c --as=eve --as-group=a --as-group=b -n shop --token t -s https://x";
        let words = Cli::try_parse_from(args.split(' ')).unwrap().connection.words();
        let again = "--kubeconfig /k/c --server https://x --as eve --as-group a --as-group b";
        assert_eq!(words.join(" "), again);
        let cli = Cli::try_parse_from(["kubectl-sts"].into_iter().chain(again.split(' ')));
        assert_eq!(cli.unwrap().connection.words(), words);
    }

    #[test]
    fn booleans_follow_pflag() {
        assert!(overrides(&["--insecure-skip-tls-verify"]).insecure_skip_tls_verify);
        assert!(overrides(&["--insecure-skip-tls-verify=T"]).insecure_skip_tls_verify);
        assert!(!overrides(&["--insecure-skip-tls-verify=false"]).insecure_skip_tls_verify);
        assert!(!overrides(&[]).disable_compression);
        let cli = Cli::try_parse_from(["x", "--disable-compression", "false"]).unwrap();
        assert_eq!(
            (cli.connection.disable_compression, cli.positional),
            (true, vec!["false".into()])
        );
    }

    #[test]
    fn empty_values_are_not_given() {
        let empty = overrides(&["--context=", "--kubeconfig=", "-n", "", "--token=", "-s="]);
        assert!(empty.context.is_none() && empty.kubeconfig.is_none() && empty.namespace.is_none());
        assert!(empty.token.is_none() && empty.server.is_none());
    }

    #[test]
    fn impersonation_is_collected() {
        let acting = overrides(&[
            "--as=jane",
            "--as-uid=7",
            "--as-group=a",
            "--as-group=b,c",
            "--as-user-extra=k=1",
            "--as-user-extra=k=2=3",
            "--as-user-extra=broken",
        ])
        .impersonation;
        assert_eq!(acting.user.as_deref(), Some("jane"));
        assert_eq!(acting.groups, ["a", "b,c"]);
        assert_eq!(acting.extra["k"], ["1", "2=3"]);
        assert_eq!(acting.extra.len(), 1);
    }

    #[test]
    fn the_last_of_several_wins() {
        let given = overrides(&[
            "-s=a",
            "--server=b",
            "-n",
            "x",
            "--namespace=y",
            "--as-group=1",
            "--disable-compression",
            "--disable-compression=false",
            "--as-group=2",
        ]);
        assert_eq!(given.server.as_deref(), Some("b"));
        assert_eq!(given.namespace.as_deref(), Some("y"));
        assert_eq!(given.impersonation.groups, ["1", "2"]);
        assert!(!given.disable_compression);
    }

    #[test]
    fn timeouts_are_gos() {
        let patience = |value: &str| overrides(&["--request-timeout", value]).patience;
        assert_eq!(patience("0"), Patience::Endless);
        assert_eq!(patience("1m30s"), Patience::AtMost(Duration::from_secs(90)));
        assert_eq!(patience("5"), Patience::AtMost(Duration::from_secs(5)));
        assert_eq!(overrides(&[]).patience, Patience::Usual);
    }

    #[test]
    fn tokens_and_verbosity_are_taken() {
        let given = overrides(&["--token=abc", "-v=6"]);
        assert_eq!(given.token.unwrap().expose_secret(), "abc");
        assert_eq!(given.verbosity, 6);
        assert_eq!(overrides(&["--v", "9"]).verbosity, 9);
    }
}
