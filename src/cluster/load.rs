//! Gathers what [`resolve`](crate::cluster::resolve) decides on: files, environment, pod.

use std::io;
use std::path::Path;
use std::path::PathBuf;

use tokio::sync::mpsc::UnboundedSender;

use crate::cluster::kubeconfig::File;
use crate::cluster::notice::Notice;
use crate::cluster::overrides::Overrides;
use crate::cluster::proxy::Environment;
use crate::cluster::resolve::Misconfigured;
use crate::cluster::resolve::resolve;
use crate::cluster::resolved::InCluster;
use crate::cluster::resolved::Resolved;
use crate::exit::Exit;
use crate::exit::Failure;

/// Where a pod finds its service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Decides what to connect to, from what is found on this machine.
pub fn load(overrides: &Overrides, notices: &UnboundedSender<Notice>) -> Result<Resolved, Failure> {
    let environment = environment();
    let files = match &overrides.kubeconfig {
        Some(path) => vec![explicit(path)?],
        None => listed(&environment, notices)?,
    };
    let pod = pod(&environment, Path::new(SERVICE_ACCOUNT));
    Ok(resolve(&files, &environment, overrides, pod.as_ref())?)
}

impl From<Misconfigured> for Failure {
    fn from(error: Misconfigured) -> Self {
        // One fault is an error like others to kubectl, unless it is about the context.
        let lead = match &error {
            Misconfigured::Invalid(faults) if faults.len() > 1 => "Error in configuration: ",
            Misconfigured::NoContext(_) => "Error in configuration: ",
            _ => "error: ",
        };
        Self { lead, ..Self::new(Exit::Usage, error) }
    }
}

/// The environment, without what is not text: nothing that is read here could be.
pub(super) fn environment() -> Environment {
    let text = |value: std::ffi::OsString| value.into_string().ok();
    std::env::vars_os().filter_map(|(name, value)| Some((text(name)?, text(value)?))).collect()
}

fn explicit(path: &Path) -> Result<File, Failure> {
    match read(path) {
        Ok(file) => Ok(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(Failure::usage(format!("stat {}: {}", path.display(), words(&error))))
        }
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// The files of `KUBECONFIG`, or the one in the home directory; missing ones are skipped.
fn listed(
    environment: &Environment,
    notices: &UnboundedSender<Notice>,
) -> Result<Vec<File>, Failure> {
    let list = environment.get("KUBECONFIG").filter(|list| !list.is_empty());
    let mut paths: Vec<PathBuf> = Vec::new();
    match list {
        Some(list) => {
            for path in std::env::split_paths(list) {
                if !path.as_os_str().is_empty() && !paths.contains(&path) {
                    paths.push(path);
                }
            }
        }
        None => paths.extend(std::env::home_dir().map(|home| home.join(".kube/config"))),
    }
    let mut files = Vec::new();
    for path in &paths {
        match read(path) {
            Ok(file) => files.push(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unreadable(path, &error)),
        }
    }
    if list.is_some() && files.is_empty() && !paths.is_empty() {
        let missing: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        let message = format!("Config not found: {}", missing.join(", "));
        // Nobody listening is no reason to stop.
        drop(notices.send(Notice::Configuration(message)));
    }
    Ok(files)
}

fn read(path: &Path) -> io::Result<File> {
    let text = std::fs::read_to_string(path)?;
    Ok(File { path: std::path::absolute(path)?, text })
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    Failure::usage(format!("error loading config file \"{path}\": {}", words(error)))
}

/// The system's words for an error, spelt as in Go: `no such file or directory`.
pub(super) fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// What a pod knows about its cluster, when this is one.
fn pod(environment: &Environment, service_account: &Path) -> Option<InCluster> {
    let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    let (host, port) = (set("KUBERNETES_SERVICE_HOST")?, set("KUBERNETES_SERVICE_PORT")?);
    let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
    let token_file = service_account.join("token");
    let authority = service_account.join("ca.crt");
    let own_namespace = || {
        let text = std::fs::read_to_string(service_account.join("namespace")).ok()?;
        Some(text.trim().to_owned()).filter(|namespace| !namespace.is_empty())
    };
    token_file.is_file().then(|| InCluster {
        server: format!("https://{host}:{port}"),
        certificate_authority: authority.is_file().then_some(authority),
        namespace: set("POD_NAMESPACE").cloned().or_else(own_namespace),
        token_file,
    })
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Environment {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_pod_is_known_by_its_variables_and_its_token() {
        let account = tempfile::tempdir().unwrap();
        let inside = [("KUBERNETES_SERVICE_HOST", "fd00::1"), ("KUBERNETES_SERVICE_PORT", "443")];
        assert_eq!(pod(&variables(&inside), account.path()), None);
        let token = account.path().join("token");
        std::fs::write(&token, "t").unwrap();
        assert_eq!(pod(&variables(&inside[..1]), account.path()), None);
        let found = pod(&variables(&inside), account.path()).unwrap();
        assert_eq!(found.server, "https://[fd00::1]:443");
        assert_eq!((found.token_file, found.certificate_authority), (token, None));
        assert_eq!(found.namespace, None);

        std::fs::write(account.path().join("namespace"), "own\n").unwrap();
        std::fs::write(account.path().join("ca.crt"), "").unwrap();
        let found = pod(&variables(&inside), account.path()).unwrap();
        assert_eq!(found.namespace.as_deref(), Some("own"));
        assert!(found.certificate_authority.is_some());
        let mut named = variables(&inside);
        named.insert("POD_NAMESPACE".to_owned(), "named".to_owned());
        assert_eq!(pod(&named, account.path()).unwrap().namespace.as_deref(), Some("named"));
    }

    #[test]
    fn listed_files_are_read_once_and_missing_ones_skipped() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("config");
        std::fs::write(&file, "kind: Config").unwrap();
        let missing = directory.path().join("missing");
        let empty = PathBuf::new();
        let list = |paths: &[&PathBuf]| {
            let list = std::env::join_paths(paths).unwrap().into_string().unwrap();
            variables(&[("KUBECONFIG", &list)])
        };
        let (notices, mut heard) = unbounded_channel();
        let files = listed(&list(&[&missing, &file, &empty, &file]), &notices).unwrap();
        assert_eq!(files.len(), 1);
        assert!(heard.try_recv().is_err());
        assert!(listed(&list(&[&missing]), &notices).unwrap().is_empty());
        let text = format!("Config not found: {}", missing.display());
        assert_eq!(heard.try_recv(), Ok(Notice::Configuration(text)));
    }
}
