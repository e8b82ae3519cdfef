//! The user's policy on credential plugins, from kubectl's preferences file (`kuberc`).
//!
//! kubectl does not apply it to its plugins; but whoever forbids a program to run means us too
//! (KEP-3104; the rules are those of client-go's `plugin/pkg/client/auth/exec/exec.go`).

use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;

use crate::cluster::load::words;
use crate::cluster::proxy::Environment;

/// Which credential plugins may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Policy {
    /// All of them.
    AllowAll,
    /// None of them.
    DenyAll,
    /// These, by name or path.
    Allowlist(Vec<String>),
}

/// Why a plugin may not run.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Forbidden {
    #[error("plugin \"{0}\" not allowed: policy set to \"DenyAll\"")]
    All(String),
    #[error("plugin path \"{0}\" is not permitted by the credential plugin allowlist")]
    NotListed(String),
    #[error("kuberc: {0}")]
    Unclear(String),
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Preference {
    credential_plugin_policy: Option<String>,
    credential_plugin_allowlist: Option<Vec<Entry>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    command: Option<String>,
    name: Option<String>,
}

/// Fails unless the user's policy lets this plugin run.
pub(super) fn check(command: &str, environment: &Environment) -> Result<(), Forbidden> {
    let path = environment.get("PATH").map(String::as_str).unwrap_or_default();
    policy(environment)?.judge(command, &|name| look_up(name, path))
}

/// The policy in the file that `KUBERC` names, or in the one at its usual place.
fn policy(environment: &Environment) -> Result<Policy, Forbidden> {
    if environment.get("KUBECTL_KUBERC").is_some_and(|gate| gate == "false") {
        return Ok(Policy::AllowAll);
    }
    let named = environment.get("KUBERC").filter(|path| !path.is_empty());
    let path = match named.map(String::as_str) {
        Some("off") => return Ok(Policy::AllowAll),
        Some(path) => PathBuf::from(path),
        None => match std::env::home_dir() {
            Some(home) => home.join(".kube/kuberc"),
            None => return Ok(Policy::AllowAll),
        },
    };
    let text = std::fs::read_to_string(&path)
        .map_err(|error| format!("open {}: {}", path.display(), words(&error)));
    match text.and_then(|text| read(&text)) {
        Ok(preference) => preference.policy(),
        // kubectl goes on without a file that nobody has named.
        Err(_) if named.is_none() => Ok(Policy::AllowAll),
        Err(why) => Err(Forbidden::Unclear(why)),
    }
}

fn read(text: &str) -> Result<Preference, String> {
    let documents: Vec<Preference> =
        serde_yaml::from_multiple(text).map_err(|error| error.without_snippet().to_string())?;
    Ok(documents.into_iter().next().unwrap_or_default())
}

impl Preference {
    /// The policy; one that makes no sense forbids, since it was meant to.
    fn policy(self) -> Result<Policy, Forbidden> {
        let unclear = |why: String| Err(Forbidden::Unclear(why));
        let Self { credential_plugin_policy: policy, credential_plugin_allowlist: list } = self;
        match (policy.as_deref().unwrap_or_default(), list) {
        ("" | "AllowAll", None) => Ok(Policy::AllowAll),
        ("DenyAll", None) => Ok(Policy::DenyAll),
        ("Allowlist", Some(entries)) if !entries.is_empty() => {
            let names = entries.into_iter().map(|entry| {
                let name = entry.command.or(entry.name).filter(|name| !name.is_empty());
                name.ok_or_else(|| Forbidden::Unclear("empty allowlist entry".to_owned()))
            });
            Ok(Policy::Allowlist(names.collect::<Result<_, _>>()?))
        }
        ("Allowlist", _) => unclear(
            "credential plugin policy set to \"Allowlist\", but allowlist is unspecified or empty"
                .to_owned(),
        ),
        (policy @ ("" | "AllowAll" | "DenyAll"), Some(_)) => unclear(format!(
            "misconfigured credential plugin allowlist: plugin policy is \"{policy}\" but \
             allowlist is non-nil"
        )),
        (policy, _) => unclear(format!("unknown plugin policy: \"{policy}\"")),
    }
    }
}

impl Policy {
    fn judge(
        &self,
        command: &str,
        look_up: &dyn Fn(&str) -> Option<PathBuf>,
    ) -> Result<(), Forbidden> {
        let names = match self {
            Self::AllowAll => return Ok(()),
            Self::DenyAll => return Err(Forbidden::All(command.to_owned())),
            Self::Allowlist(names) => names,
        };
        let found = look_up(command);
        let is_it = |name: &String| name == command || (found.is_some() && look_up(name) == found);
        if names.iter().any(is_it) {
            return Ok(());
        }
        let shown = found.map_or_else(|| command.to_owned(), |path| path.display().to_string());
        Err(Forbidden::NotListed(shown))
    }
}

/// Where a program is: on PATH, unless its name is a path itself.
fn look_up(command: &str, path: &str) -> Option<PathBuf> {
    if Path::new(command).components().count() > 1 {
        return Path::new(command).is_file().then(|| command.into());
    }
    // `login` is `login.exe` where programs are called so.
    let ending = match Path::new(command).extension() {
        None => std::env::consts::EXE_SUFFIX,
        Some(_) => "",
    };
    let mut places =
        std::env::split_paths(path).map(|place| place.join(format!("{command}{ending}")));
    places.find(|place| place.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_read_and_doubts_forbid() {
        let list = |names: &[&str]| {
            Ok(Policy::Allowlist(names.iter().map(|name| (*name).to_owned()).collect()))
        };
        for (text, expected) in [
            ("", Ok(Policy::AllowAll)),
            ("kind: Preference\naliases: []", Ok(Policy::AllowAll)),
            ("credentialPluginPolicy: AllowAll", Ok(Policy::AllowAll)),
            ("credentialPluginPolicy: DenyAll", Ok(Policy::DenyAll)),
            (
                "credentialPluginPolicy: Allowlist\n\
                 credentialPluginAllowlist: [{command: a}, {name: /b/c}]",
                list(&["a", "/b/c"]),
            ),
        ] {
            assert_eq!(read(text).unwrap().policy(), expected, "{text}");
        }
        for unclear in [
            "credentialPluginPolicy: Allowlist",
            "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: []",
            "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{nmae: a}]",
            "credentialPluginPolicy: DenyAll\ncredentialPluginAllowlist: [{command: a}]",
            "credentialPluginPolicy: Sometimes",
        ] {
            let policy = read(unclear).unwrap().policy();
            assert!(matches!(policy, Err(Forbidden::Unclear(_))), "{unclear}");
        }
        assert!(read("credentialPluginPolicy: [").is_err());
    }

    #[test]
    fn a_plugin_is_found_by_name_or_by_the_file_it_is() {
        let look_up = |name: &str| match name {
            "login" | "/bin/login" => Some(PathBuf::from("/bin/login")),
            "/home/login" => Some(PathBuf::from("/home/login")),
            _ => None,
        };
        let judge = |names: &[&str], command: &str| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            Policy::Allowlist(names).judge(command, &look_up)
        };
        assert_eq!(judge(&["login"], "login"), Ok(()));
        assert_eq!(judge(&["login"], "/bin/login"), Ok(()));
        assert_eq!(judge(&["/bin/login"], "login"), Ok(()));
        assert_eq!(
            judge(&["login"], "/home/login"),
            Err(Forbidden::NotListed("/home/login".to_owned()))
        );
        assert_eq!(judge(&["other"], "gone"), Err(Forbidden::NotListed("gone".to_owned())));
        assert!(Policy::DenyAll.judge("login", &look_up).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn programs_are_searched_on_the_path() {
        assert_eq!(look_up("sh", "/nowhere:/bin"), Some(PathBuf::from("/bin/sh")));
        assert_eq!(look_up("sh", "/nowhere"), None);
        assert_eq!(look_up("/bin/sh", ""), Some(PathBuf::from("/bin/sh")));
    }
}
