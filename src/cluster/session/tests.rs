//! Whole sessions against small servers on this machine: what is on the wire, and who is asked.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::mpsc::unbounded_channel;

use super::*;
use crate::cluster::kubeconfig::File;
use crate::cluster::overrides::Patience;
use crate::cluster::proxy::Environment;
use crate::cluster::resolve::resolve;
use crate::cluster::resolved::Compression;
use crate::cluster::resolved::InteractiveMode;
use crate::cluster::resolved::Login;
use crate::cluster::resolved::Plugin;
use crate::cluster::resolved::PluginVersion;
use crate::cluster::resolved::Proxy;

const VERSION: &str = r#"{"major":"1","minor":"37+","gitVersion":"v1.37.0-test","gitCommit":"",
    "gitTreeState":"","buildDate":"","goVersion":"","compiler":"","platform":""}"#;

/// A server that answers every request with the version, or with 401 to the named tokens.
struct Server {
    address: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(refused: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = heads.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, seen.clone(), refused));
            }
        });
        Self { address, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, heads: Arc<Mutex<Vec<String>>>, refused: &[&str]) {
    while let Some(head) = head(&mut stream).await {
        let is_refused = refused.iter().any(|token| head.contains(token));
        let answer = if head.starts_with("CONNECT ") {
            "HTTP/1.1 200 OK\r\n\r\n".to_owned()
        } else if is_refused {
            "HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\n{}".to_owned()
        } else {
            let length = VERSION.len();
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{VERSION}")
        };
        heads.lock().unwrap().push(head);
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        head.push(char::from(stream.read_u8().await.ok()?));
    }
    Some(head)
}

fn resolved(server: &str) -> Resolved {
    let overrides = Overrides { server: Some(server.to_owned()), ..Overrides::default() };
    resolve(&[], &Environment::new(), &overrides, None).unwrap()
}

fn session(resolved: Resolved) -> Session {
    let (notices, _nobody) = unbounded_channel();
    Session::connect(resolved, &Overrides::default(), notices).unwrap()
}

async fn version(resolved: Resolved) -> Result<String, Failure> {
    Ok(session(resolved).server_version().await?.git.clone())
}

#[tokio::test]
async fn the_version_is_asked_for_once_and_read_with_its_suffix() {
    let server = Server::start(&[]).await;
    let session = session(resolved(&server.address));
    let version = session.server_version().await.unwrap().clone();
    assert_eq!((version.major, version.minor), (1, 37));
    assert_eq!(session.server_version().await.unwrap(), &version);
    assert_eq!(server.heads().len(), 1);
    let agent = concat!("user-agent: kubectl-sts/", env!("CARGO_PKG_VERSION"), " (");
    assert!(server.heads()[0].contains(agent), "{:?}", server.heads());
}

#[tokio::test]
async fn compression_is_asked_for_only_where_it_pays() {
    let server = Server::start(&[]).await;
    for (compression, asked) in [(Compression::Off, false), (Compression::Gzip, true)] {
        let to = Resolved { compression, ..resolved(&server.address) };
        version(to).await.unwrap();
        let head = server.heads().pop().unwrap();
        assert_eq!(head.contains("accept-encoding: gzip"), asked, "{head}");
    }
}

#[tokio::test]
async fn a_proxy_gets_a_connect_for_the_server() {
    let proxy = Server::start(&[]).await;
    let environment = |no_proxy: &str| {
        BTreeMap::from([
            ("HTTP_PROXY".to_owned(), format!("http://me:p%40ss@{}", proxy.address)),
            ("NO_PROXY".to_owned(), no_proxy.to_owned()),
        ])
    };
    let overrides = Overrides { server: Some("api.test:80".to_owned()), ..Overrides::default() };
    let through = resolve(&[], &environment("other.test"), &overrides, None).unwrap();
    version(through).await.unwrap();
    let head = proxy.heads().remove(0);
    assert!(head.starts_with("CONNECT api.test:80 HTTP/1.1\r\n"), "{head}");
    // base64 of `me:p@ss`
    assert!(
        head.to_ascii_lowercase().contains("proxy-authorization: basic bwu6cebzcw=="),
        "{head}"
    );

    let exempt = resolve(&[], &environment("api.test:80"), &overrides, None).unwrap();
    assert_eq!(exempt.proxy, None);
}

#[tokio::test]
async fn a_kubeconfigs_proxy_is_used_even_for_this_machine() {
    let (server, proxy) = (Server::start(&[]).await, Server::start(&[]).await);
    let text = format!(
        "current-context: x\ncontexts: [{{name: x, context: {{cluster: c}}}}]\nclusters: [{{name: c, \
         cluster: {{server: 'http://{}', proxy-url: '{}'}}}}]",
        server.address, proxy.address
    );
    let file = File { path: "/k/config".into(), text };
    let environment = BTreeMap::from([("NO_PROXY".to_owned(), "*".to_owned())]);
    let to = resolve(&[file], &environment, &Overrides::default(), None).unwrap();
    assert!(matches!(to.proxy, Some(Proxy::Configured(_))));
    version(to).await.unwrap();
    assert_eq!(server.heads().len(), 0);
    assert!(proxy.heads()[0].starts_with(&format!("CONNECT {}", server.address)));
}

#[tokio::test]
async fn a_socks_proxy_with_a_password_is_refused_with_words() {
    let proxy = Some(Proxy::Configured("socks5://me:pw@proxy:1080".parse().unwrap()));
    let (notices, _nobody) = unbounded_channel();
    let to = Resolved { proxy, ..resolved("api.test:80") };
    let failure = Session::connect(to, &Overrides::default(), notices).err().unwrap();
    assert!(failure.to_string().starts_with("error: a socks5 proxy with a user name"));
}

#[tokio::test]
async fn a_refused_connection_is_reported_as_kubectl_does() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let failure = version(resolved(&address)).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        format!(
            "The connection to the server {address} was refused - did you specify the right host \
             or port?"
        )
    );
}

#[cfg(unix)]
fn plugin(directory: &Path, status: &str) -> Plugin {
    use std::os::unix::fs::PermissionsExt;

    let path = directory.join("plugin");
    let printed = format!(
        r#"{{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {status}}}"#
    );
    let script = format!(
        "#!/bin/sh\ncd '{}'\necho run >> runs\nRUN=$(wc -l < runs | tr -d ' ')\n\
         printf '%s' \"$KUBERNETES_EXEC_INFO\" > info\ncat <<END\n{printed}\nEND\n",
        directory.display()
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    Plugin {
        version: PluginVersion::V1,
        command: path.display().to_string(),
        args: Vec::new(),
        env: Vec::new(),
        install_hint: None,
        interactive: InteractiveMode::Never,
        cluster_info: Some(serde_json::json!({"audience": "a"})),
    }
}

#[cfg(unix)]
fn runs(directory: &Path) -> usize {
    std::fs::read_to_string(directory.join("runs")).unwrap_or_default().lines().count()
}

#[cfg(unix)]
#[tokio::test]
async fn a_plugin_runs_once_however_many_requests_there_are() {
    let server = Server::start(&[]).await;
    let directory = tempfile::tempdir().unwrap();
    let plugin = plugin(directory.path(), r#"{"token": "run-$RUN"}"#);
    let login = Login::Plugin(Box::new(plugin));
    let session = session(Resolved { login, ..resolved(&server.address) });
    let ask = || session.client().apiserver_version();
    futures::future::try_join_all((0..8).map(|_| ask())).await.unwrap();
    assert_eq!(runs(directory.path()), 1);
    assert!(server.heads().iter().all(|head| head.contains("authorization: Bearer run-1\r\n")));
    let info = std::fs::read_to_string(directory.path().join("info")).unwrap();
    let info: serde_json::Value = serde_json::from_str(&info).unwrap();
    assert_eq!(info["spec"]["interactive"], false);
    assert_eq!(info["spec"]["cluster"]["server"], format!("http://{}", server.address));
    assert_eq!(info["spec"]["cluster"]["config"]["audience"], "a");
}

#[cfg(unix)]
#[tokio::test]
async fn a_plugin_runs_again_when_its_token_is_refused() {
    let server = Server::start(&["run-1"]).await;
    let directory = tempfile::tempdir().unwrap();
    let plugin = plugin(directory.path(), r#"{"token": "run-$RUN"}"#);
    let login = Login::Plugin(Box::new(plugin));
    let to = Resolved { login, ..resolved(&server.address) };
    assert_eq!(version(to).await.unwrap(), "v1.37.0-test");
    assert_eq!(runs(directory.path()), 2);
}

#[cfg(unix)]
#[tokio::test]
async fn a_plugin_runs_again_when_its_token_has_ended() {
    let server = Server::start(&[]).await;
    let directory = tempfile::tempdir().unwrap();
    let status = r#"{"token": "run-$RUN", "expirationTimestamp": "2020-01-01T00:00:00Z"}"#;
    let login = Login::Plugin(Box::new(plugin(directory.path(), status)));
    let session = session(Resolved { login, ..resolved(&server.address) });
    for _ in 0..2 {
        session.client().apiserver_version().await.unwrap();
    }
    assert_eq!(runs(directory.path()), 2);
}

#[cfg(unix)]
#[tokio::test]
async fn what_a_plugin_does_wrong_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let said = async |plugin: Plugin| {
        let to = Resolved { login: Login::Plugin(Box::new(plugin)), ..resolved("localhost:1") };
        version(to).await.unwrap_err().to_string()
    };
    let lead = "Unable to connect to the server: getting credentials: ";
    for (status, words) in [
        ("null", "exec plugin didn't return a status field"),
        ("{}", "exec plugin didn't return a token or cert/key pair"),
        (
            r#"{"clientCertificateData": "x"}"#,
            "exec plugin returned only certificate or key, not both",
        ),
    ] {
        let plugin = plugin(directory.path(), status);
        assert_eq!(said(plugin).await, format!("{lead}{words}"));
    }
    let other = Plugin { version: PluginVersion::V1Beta1, ..plugin(directory.path(), "{}") };
    assert!(said(other).await.ends_with("plugin returned version client.authentication.k8s.io/v1"));
    #[expect(clippy::disallowed_methods, reason = "the test is about a missing terminal")]
    let terminal = std::io::IsTerminal::is_terminal(&std::io::stdin());
    let always = Plugin { interactive: InteractiveMode::Always, ..plugin(directory.path(), "{}") };
    if !terminal {
        let words = "exec plugin cannot support interactive mode: standard input is not a terminal";
        assert_eq!(said(always).await, format!("{lead}{words}"));
    }
    let missing = Plugin {
        command: "/nowhere/login".to_owned(),
        install_hint: Some("brew install\u{1b}[31m login".to_owned()),
        ..plugin(directory.path(), "{}")
    };
    let text = said(missing).await;
    assert!(text.starts_with(&format!("{lead}exec: executable /nowhere/login not found\n\n")));
    assert!(text.ends_with("\n\nbrew install[31m login"), "{text}");
    let failing = Plugin {
        command: "sh".to_owned(),
        args: vec!["-c".to_owned(), "exit 7".to_owned()],
        ..plugin(directory.path(), "{}")
    };
    assert_eq!(said(failing).await, format!("{lead}exec: executable sh failed with exit code 7"));
    let babbling = Plugin {
        command: "echo".to_owned(),
        args: vec!["token=hunter2".to_owned()],
        ..plugin(directory.path(), "{}")
    };
    let text = said(babbling).await;
    assert!(text.contains("not an ExecCredential") && !text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn patience_is_kept_with_a_server_that_never_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let patience = Patience::AtMost(std::time::Duration::from_millis(50));
    let failure = version(Resolved { patience, ..resolved(&address) }).await.unwrap_err();
    assert!(failure.to_string().contains("no answer within 0.05s"), "{failure}");
}
