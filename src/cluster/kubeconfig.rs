//! The kubeconfig file format: reading files and merging them as kubectl does.
//!
//! Nothing here touches the disk or decides what to connect to: texts come in, one merged
//! [`Kubeconfig`] goes out, and `resolve` picks from it.

use std::collections::BTreeMap;
use std::path::MAIN_SEPARATOR;
use std::path::Path;
use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;
use serde::Deserializer;

/// One kubeconfig file as found on disk.
#[derive(Clone, Debug)]
pub struct File {
    /// Where it came from, made absolute; relative paths inside the file start at its directory.
    pub path: PathBuf,
    /// Its whole text.
    pub text: String,
}

/// Why a file was not accepted, in kubectl's words and with the place in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("error loading config file \"{}\": {reason}", path.display())]
pub struct BadFile {
    path: PathBuf,
    reason: String,
}

/// All files merged: what is named first is kept whole.
#[derive(Debug, Default)]
pub struct Kubeconfig {
    /// `current-context` of the first file that sets one.
    pub current_context: Option<String>,
    /// Clusters by name.
    pub clusters: BTreeMap<String, Cluster>,
    /// Users by name.
    pub users: BTreeMap<String, User>,
    /// Contexts by name.
    pub contexts: BTreeMap<String, Context>,
}

/// How to reach a cluster.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Cluster {
    /// Address of the API server, possibly without a scheme.
    #[serde(deserialize_with = "filled")]
    pub server: Option<String>,
    /// Name to check the server's certificate against.
    #[serde(deserialize_with = "filled")]
    pub tls_server_name: Option<String>,
    /// Do not check the server's certificate at all.
    pub insecure_skip_tls_verify: Option<bool>,
    /// File with the certificate authorities to trust.
    #[serde(deserialize_with = "filled")]
    pub certificate_authority: Option<String>,
    /// The same as base64 of PEM.
    #[serde(deserialize_with = "filled")]
    pub certificate_authority_data: Option<String>,
    /// Proxy to reach this cluster through, whatever the environment says.
    #[serde(deserialize_with = "filled")]
    pub proxy_url: Option<String>,
    /// Do not ask for compressed answers.
    pub disable_compression: Option<bool>,
    /// Extensions by name; credential plugins get one of them.
    pub extensions: Option<Vec<Extension>>,
}

/// Who to be.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct User {
    /// File with the client certificate.
    #[serde(deserialize_with = "filled")]
    pub client_certificate: Option<String>,
    /// The same as base64 of PEM.
    #[serde(deserialize_with = "filled")]
    pub client_certificate_data: Option<String>,
    /// File with the client certificate's key.
    #[serde(deserialize_with = "filled")]
    pub client_key: Option<String>,
    /// The same as base64 of PEM.
    #[serde(deserialize_with = "secret")]
    pub client_key_data: Option<SecretString>,
    /// Bearer token.
    #[serde(deserialize_with = "secret")]
    pub token: Option<SecretString>,
    /// File with a bearer token that somebody else keeps fresh.
    #[serde(rename = "tokenFile", deserialize_with = "filled")]
    pub token_file: Option<String>,
    /// User to act as.
    #[serde(rename = "as", deserialize_with = "filled")]
    pub impersonate: Option<String>,
    /// UID to act as.
    #[serde(rename = "as-uid", deserialize_with = "filled")]
    pub impersonate_uid: Option<String>,
    /// Groups to act as.
    #[serde(rename = "as-groups")]
    pub impersonate_groups: Option<Vec<String>>,
    /// Further attributes to act with.
    #[serde(rename = "as-user-extra")]
    pub impersonate_extra: Option<BTreeMap<String, Vec<String>>>,
    /// Name for basic authentication.
    #[serde(deserialize_with = "filled")]
    pub username: Option<String>,
    /// Password for basic authentication.
    #[serde(deserialize_with = "secret")]
    pub password: Option<SecretString>,
    /// Built-in provider; kubectl has removed all but `oidc`.
    pub auth_provider: Option<AuthProvider>,
    /// Credential plugin.
    pub exec: Option<Exec>,
}

/// A built-in authentication provider.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AuthProvider {
    /// `oidc`, `gcp`, `azure`, …
    pub name: String,
    /// What it keeps in the file.
    pub config: Option<AuthProviderConfig>,
}

/// The part of a provider's configuration that is used.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct AuthProviderConfig {
    /// The token of `oidc`.
    #[serde(deserialize_with = "secret")]
    pub id_token: Option<SecretString>,
}

/// A credential plugin: a program that prints credentials.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Exec {
    /// Version of `client.authentication.k8s.io` it speaks.
    #[serde(deserialize_with = "filled")]
    pub api_version: Option<String>,
    /// The program; searched on PATH unless it has a separator in it.
    #[serde(deserialize_with = "filled")]
    pub command: Option<String>,
    /// Its arguments.
    pub args: Option<Vec<String>>,
    /// Variables to add to the environment.
    pub env: Option<Vec<Variable>>,
    /// What to tell a user who does not have the program.
    #[serde(deserialize_with = "filled")]
    pub install_hint: Option<String>,
    /// Whether it gets to know about the cluster.
    pub provide_cluster_info: Option<bool>,
    /// Whether it may ask the user: `Never`, `IfAvailable` or `Always`.
    #[serde(deserialize_with = "filled")]
    pub interactive_mode: Option<String>,
}

/// One environment variable.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A named piece of somebody else's configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Extension {
    /// Whose it is.
    pub name: String,
    /// Anything.
    pub extension: serde_json::Value,
}

/// A cluster, a user and a namespace under one name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Context {
    /// Name of the cluster.
    #[serde(deserialize_with = "filled")]
    pub cluster: Option<String>,
    /// Name of the user.
    #[serde(deserialize_with = "filled")]
    pub user: Option<String>,
    /// Namespace to work in.
    #[serde(deserialize_with = "filled")]
    pub namespace: Option<String>,
}

/// The file as written; every part may be missing or null.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Written {
    kind: Option<String>,
    #[serde(deserialize_with = "filled")]
    current_context: Option<String>,
    clusters: Option<Vec<NamedCluster>>,
    users: Option<Vec<NamedUser>>,
    contexts: Option<Vec<NamedContext>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NamedCluster {
    name: String,
    cluster: Option<Cluster>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NamedUser {
    name: String,
    user: Option<User>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NamedContext {
    name: String,
    context: Option<Context>,
}

impl Kubeconfig {
    /// Reads the files in order and merges them.
    ///
    /// The rules are client-go's (`tools/clientcmd/loader.go`): of two entries with one name the
    /// first wins whole, of two scalars the first that is not empty.
    pub fn merge(files: &[File]) -> Result<Self, BadFile> {
        let mut merged = Self::default();
        for file in files {
            let one = Self::read(file)?;
            merged.current_context = merged.current_context.or(one.current_context);
            keep_first(&mut merged.clusters, one.clusters);
            keep_first(&mut merged.users, one.users);
            keep_first(&mut merged.contexts, one.contexts);
        }
        Ok(merged)
    }

    fn read(file: &File) -> Result<Self, BadFile> {
        let written = Written::parse(&file.text)
            .map_err(|reason| BadFile { path: file.path.clone(), reason })?;
        let twice = |kind: &str, name: &str| BadFile {
            path: file.path.clone(),
            reason: format!("duplicate name \"{name}\" in {kind}"),
        };
        let base = file.path.parent().unwrap_or(Path::new(""));
        let mut one = Self { current_context: written.current_context, ..Self::default() };
        for NamedCluster { name, cluster } in written.clusters.unwrap_or_default() {
            let cluster = cluster.unwrap_or_default().relative_to(base);
            if one.clusters.insert(name.clone(), cluster).is_some() {
                return Err(twice("clusters", &name));
            }
        }
        for NamedUser { name, user } in written.users.unwrap_or_default() {
            let user = user.unwrap_or_default().relative_to(base);
            if one.users.insert(name.clone(), user).is_some() {
                return Err(twice("users", &name));
            }
        }
        for NamedContext { name, context } in written.contexts.unwrap_or_default() {
            if one.contexts.insert(name.clone(), context.unwrap_or_default()).is_some() {
                return Err(twice("contexts", &name));
            }
        }
        Ok(one)
    }
}

impl Written {
    fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        // kubectl takes the last of two equal keys, and so do files people have made by hand.
        let options = serde_yaml::options! {
            duplicate_keys: serde_yaml::DuplicateKeyPolicy::LastWins,
        };
        // Of several documents the first counts, as for kubectl.
        let documents: Vec<Self> = serde_yaml::from_str_multiple_with_options(text, options)
            .map_err(|error| {
                // The snippet that comes with the message could show a token.
                let message = error.without_snippet().to_string();
                match error.location() {
                    Some(at) if !message.contains("line ") => {
                        format!("line {}, column {}: {message}", at.line(), at.column())
                    }
                    _ => message,
                }
            })?;
        let written = documents.into_iter().next().unwrap_or_default();
        match written.kind.as_deref() {
            None | Some("" | "Config") => Ok(written),
            Some(kind) => Err(format!("its kind is \"{kind}\", not \"Config\"")),
        }
    }
}

impl Cluster {
    fn relative_to(mut self, base: &Path) -> Self {
        absolute(&mut self.certificate_authority, base);
        self
    }
}

impl User {
    fn relative_to(mut self, base: &Path) -> Self {
        absolute(&mut self.client_certificate, base);
        absolute(&mut self.client_key, base);
        absolute(&mut self.token_file, base);
        if let Some(exec) = &mut self.exec
            && exec.command.as_ref().is_some_and(|command| command.contains(MAIN_SEPARATOR))
        {
            absolute(&mut exec.command, base);
        }
        self
    }
}

fn absolute(path: &mut Option<String>, base: &Path) {
    if let Some(path) = path {
        // Joining an absolute path replaces the base; what is not UTF-8 could not be written here.
        *path = base.join(&*path).to_string_lossy().into_owned();
    }
}

fn keep_first<T>(merged: &mut BTreeMap<String, T>, one: BTreeMap<String, T>) {
    for (name, value) in one {
        merged.entry(name).or_insert(value);
    }
}

/// An empty string means "not set", everywhere in a kubeconfig.
fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty()))
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Ok(filled(deserializer)?.map(SecretString::from))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn read(text: &str) -> Result<Kubeconfig, String> {
        let file = File { path: "/k/config".into(), text: text.to_owned() };
        Kubeconfig::merge(&[file]).map_err(|error| error.to_string())
    }

    #[test]
    fn what_kubectl_writes_and_people_leave_is_accepted() {
        for text in [
            "",
            "\n\n",
            "# nothing",
            "---\n",
            "apiVersion: v1\nkind: Config\nclusters: null\ncontexts: null\nusers: null\n\
             current-context: \"\"\npreferences: {}\n",
            "{\"kind\": \"Config\", \"clusters\": []}",
            "clusters:\n- name: c\nusers:\n- name: u\ncontexts:\n- name: x\n",
            "unknown: [1, {a: b}]\nextensions: [{name: x, extension: 7}]",
        ] {
            assert!(read(text).is_ok(), "{text:?}: {:?}", read(text).err());
        }
    }

    #[test]
    fn the_last_of_equal_keys_and_the_first_of_documents_count() {
        let twice = "current-context: a\ncurrent-context: b\nusers:\n- name: u\n  user:\n    \
                     token: one\n    token: two\n";
        let found = read(twice).unwrap();
        assert_eq!(found.current_context.as_deref(), Some("b"));
        assert_eq!(found.users["u"].token.as_ref().unwrap().expose_secret(), "two");
        let documents = read("current-context: a\n---\ncurrent-context: b\n").unwrap();
        assert_eq!(documents.current_context.as_deref(), Some("a"));
    }

    #[test]
    fn a_broken_file_is_named_with_the_place_and_without_its_content() {
        let token = "users:\n- name: u\n  user:\n    token: hunter2\n   tokenFile: x\n";
        for (text, place) in [
            ("a: [", "line 1, column 4"),
            ("clusters: 3", "line 1, column 11"),
            (token, "line "),
            ("users: [{name: u, user: {exec: {args: 7}}}]", "line 1"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with("error loading config file \"/k/config\": "), "{error}");
            assert!(error.contains(place) && !error.contains("hunter2"), "{error}");
        }
        assert!(read("kind: Pod").unwrap_err().ends_with("its kind is \"Pod\", not \"Config\""));
        let twice = read("users: [{name: u}, {name: u}]").unwrap_err();
        assert!(twice.ends_with("duplicate name \"u\" in users"), "{twice}");
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let found = read("users: [{name: u, user: {token: hunter2, password: hunter3}}]").unwrap();
        let shown = format!("{found:?}");
        assert!(!shown.contains("hunter"), "{shown}");
    }
}
