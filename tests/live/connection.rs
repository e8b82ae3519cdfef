//! Whatever kubectl can connect to, so can we, as the same user; and what it refuses, we refuse
//! in its words.
//!
//! A table of kubeconfigs, variables and flags. For each row the real kubectl and this program
//! ask the same API server whom it takes them for.

use std::fmt::Write;
use std::io::Read;
use std::io::Write as _;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::process::Output;
use std::thread;

use serde_json::Value;

use crate::harness::ControlPlane;

/// How the two programs have to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    /// Both get an answer: same server, same namespace, same user.
    Answer,
    /// Both fail, with the same words.
    Words,
    /// Both fail, each in its own words.
    Failure,
}

use Compare::Answer;
use Compare::Failure;
use Compare::Words;

/// The one entry of a kubeconfig that a case is about.
#[derive(Clone, Copy)]
enum Entry {
    User(&'static str),
    Cluster(&'static str),
}

struct Case {
    name: &'static str,
    entry: Option<Entry>,
    files: &'static [(&'static str, &'static str)],
    variables: &'static [(&'static str, &'static str)],
    flags: &'static [&'static str],
    compare: Compare,
}

const USUAL: &str = "
current-context: usual
clusters:
- name: usual
  cluster: {server: '{server}', certificate-authority-data: {ca-data}}
- name: by-name
  cluster: {server: 'https://localhost:{port}', certificate-authority: '{ca}'}
- name: misnamed
  cluster: {server: '{server}', certificate-authority: '{ca}', tls-server-name: elsewhere}
- name: distrusted
  cluster: {server: '{server}', certificate-authority: '{certificate}'}
users:
- name: admin
  user: {client-certificate-data: {certificate-data}, client-key-data: {key-data}}
- name: account
  user: {token: '{token}'}
- name: acting
  user: {client-certificate: '{certificate}', client-key: '{key}', as: jane, as-uid: u7, as-groups: [a, b], as-user-extra: {Reason/x: [because]}}
- name: nobody
  user: {token: wrong}
- name: empty
  user: {}
contexts:
- name: usual
  context: {cluster: usual, user: admin}
- name: account
  context: {cluster: by-name, user: account, namespace: kube-system}
- name: blank
  context: {cluster: usual, user: admin, namespace: ''}
- name: acting
  context: {cluster: usual, user: acting}
- name: nobody
  context: {cluster: usual, user: nobody}
- name: empty
  context: {cluster: usual, user: empty}
- name: misnamed
  context: {cluster: misnamed, user: admin}
- name: distrusted
  context: {cluster: distrusted, user: admin}
- name: dangling
  context: {cluster: gone, user: gone}
";

/// A kubeconfig with one user, whose entry follows.
const ONE_USER: &str = "
current-context: x
clusters: [{name: c, cluster: {server: '{server}', certificate-authority: '{ca}'}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
users:
- name: u
  user: ";

/// A kubeconfig with one cluster, whose entry follows.
const ONE_CLUSTER: &str = "
current-context: x
contexts: [{name: x, context: {cluster: c, user: u}}]
users: [{name: u, user: {token: '{token}'}}]
clusters:
- name: c
  cluster: ";

const PRINT_TOKEN: &str = "#!/bin/sh
echo '{\"apiVersion\": \"client.authentication.k8s.io/'$1'\", \"kind\": \"ExecCredential\",
\"status\": {\"token\": \"'$TOKEN'\"}}'
";

const PLUGIN: &str = "{exec: {apiVersion: client.authentication.k8s.io/v1, \
    command: '{dir}/print-token', args: [v1], env: [{name: TOKEN, value: '{token}'}], \
    interactiveMode: Never}}";

const KUBERC: &str = "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n";

const PRINT_IF_TOLD_THE_CLUSTER: &str = "#!/bin/sh
case $KUBERNETES_EXEC_INFO in
*'\"server\":\"{server}\"'*certificate-authority-data*|*certificate-authority-data*'\"server\":\"{server}\"'*)
  echo '{\"apiVersion\": \"client.authentication.k8s.io/v1\", \"kind\": \"ExecCredential\",
  \"status\": {\"token\": \"{token}\"}}' ;;
*) echo \"$KUBERNETES_EXEC_INFO\" >&2; exit 1 ;;
esac
";

const PRINT_CERTIFICATE: &str = "#!/bin/sh
printf '%s' '{\"apiVersion\": \"client.authentication.k8s.io/v1\", \"kind\": \"ExecCredential\",
\"status\": {\"clientCertificateData\": \"{certificate-json}\", \"clientKeyData\": \"{key-json}\"}}'
";

const fn case(name: &'static str, flags: &'static [&'static str], compare: Compare) -> Case {
    let files = &[("home/.kube/config", USUAL)];
    Case { name, entry: None, files, variables: &[], flags, compare }
}

const fn user(name: &'static str, entry: &'static str, compare: Compare) -> Case {
    let entry = Some(Entry::User(entry));
    Case { name, entry, files: &[], variables: &[], flags: &[], compare }
}

const fn cluster(name: &'static str, entry: &'static str, compare: Compare) -> Case {
    let entry = Some(Entry::Cluster(entry));
    Case { name, entry, files: &[], variables: &[], flags: &[], compare }
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    case("the current context of the file in the home directory", &[], Answer),
    case("another context", &["--context=account"], Answer),
    case("another context and namespace", &["--context=account", "-n", "default"], Answer),
    case("a namespace", &["--namespace=kube-public"], Answer),
    case("an empty namespace flag", &["--context=account", "-n="], Answer),
    case("an empty namespace in the file", &["--context=blank"], Answer),
    case("another user", &["--user=account"], Answer),
    case("another cluster", &["--cluster=by-name"], Answer),
    case("empty flags", &["--context=", "--user=", "--cluster=", "--server=", "--token="], Answer),
    case("a repeated flag", &["--context=nope", "--context=account"], Answer),
    case("another server", &["--server=https://localhost:{port}"], Answer),
    case("a server with a trailing slash", &["-s", "{server}/"], Answer),
    case("a server without a scheme", &["-s", "127.0.0.1:{port}"], Failure),
    case("another server clears the name", &["--context=misnamed", "-s", "{server}"], Answer),
    case("a name from a flag", &["--context=misnamed", "--tls-server-name=kubernetes"], Answer),
    case("a wrong name in the file", &["--context=misnamed"], Failure),
    case("a wrong name from a flag", &["--tls-server-name=elsewhere"], Failure),
    case("an unknown authority", &["--context=distrusted"], Failure),
    case("an authority from a flag", &["--context=distrusted", "--certificate-authority={ca}"], Answer),
    case("an authority that is not there", &["--certificate-authority=/nowhere"], Words),
    case("no check", &["--context=distrusted", "--insecure-skip-tls-verify"], Answer),
    case("no check of the name", &["--context=misnamed", "--insecure-skip-tls-verify=true"], Answer),
    case("a check after all", &["--insecure-skip-tls-verify=false"], Answer),
    case("an authority and no check", &["--insecure-skip-tls-verify", "--certificate-authority={ca}"], Words),
    case("a token beside a certificate", &["--token={token}"], Answer),
    case("a token instead of another", &["--context=nobody", "--token={token}"], Answer),
    case("a wrong token", &["--context=nobody"], Words),
    case("certificate and key from flags", &["--context=empty", "--client-certificate={certificate}", "--client-key={key}"], Answer),
    case("certificate and key instead of others", &["--client-certificate={certificate}", "--client-key={key}"], Answer),
    case("a certificate that is not there", &["--client-certificate=/nowhere"], Words),
    case("a certificate without a key", &["--context=empty", "--client-certificate={certificate}"], Words),
    case("acting as a user", &["--as=jane"], Answer),
    case("acting as a service account", &["--as=system:serviceaccount:default:default"], Answer),
    case("acting with everything", &["--as=jane", "--as-uid=7", "--as-group=a", "--as-group=b", "--as-user-extra=k=1", "--as-user-extra=k=2", "--as-user-extra=Odd/Key%=v"], Answer),
    case("acting as the file says", &["--context=acting"], Answer),
    case("acting partly as the file says", &["--context=acting", "--as=sam", "--as-group=c"], Answer),
    case("acting without a user", &["--as-group=a"], Words),
    case("acting without being allowed to", &["--context=account", "--as=jane"], Failure),
    case("a context that does not exist", &["--context=nope"], Words),
    case("a user that does not exist", &["--user=nope"], Words),
    case("a cluster that does not exist", &["--cluster=nope"], Words),
    case("a context that leads nowhere", &["--context=dangling"], Words),
    case("a file that does not exist", &["--kubeconfig=/nowhere"], Words),
    case("time enough", &["--request-timeout=1m30s"], Answer),
    case("all the time", &["--request-timeout=0"], Answer),
    case("no time", &["--request-timeout=1ns"], Failure),
    case("not a time", &["--request-timeout=soon"], Failure),
    case("without compression", &["--disable-compression", "--cache-dir={dir}/cache"], Answer),
    Case { entry: None, name: "nothing at all", files: &[], variables: &[], flags: &[], compare: Words },
    Case { entry: None, name: "a server nobody listens at", files: &[], variables: &[], flags: &["-s", "127.0.0.1:1"], compare: Words },
    Case { entry: None, name: "a server that is named by a variable", files: &[], variables: &[("KUBERNETES_MASTER", "127.0.0.1:1")], flags: &[], compare: Words },
    Case {
        entry: None,
        name: "cluster, user and context from three files, relative to each",
        files: &[
            ("a/config", "clusters: [{name: c, cluster: {server: '{server}', certificate-authority: ca.pem}}]"),
            ("a/ca.pem", "{ca-text}"),
            ("b/config", "users: [{name: u, user: {tokenFile: ./token}}]"),
            ("b/token", "{token}\n"),
            ("c/config", "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u, namespace: files}}]"),
        ],
        variables: &[("KUBECONFIG", "{dir}/a/config:{dir}/b/config:{dir}/c/config")],
        flags: &[], compare: Answer,
    },
    Case {
        entry: None,
        name: "empty, missing and repeated entries",
        files: &[("config", USUAL)],
        variables: &[("KUBECONFIG", ":{dir}/missing::{dir}/config:{dir}/config:")],
        flags: &[], compare: Answer,
    },
    Case {
        entry: None,
        name: "only missing entries",
        files: &[("home/.kube/config", USUAL)],
        variables: &[("KUBECONFIG", "{dir}/missing:{dir}/gone")],
        flags: &[], compare: Words,
    },
    Case {
        entry: None,
        name: "an empty variable",
        files: &[("home/.kube/config", USUAL)],
        variables: &[("KUBECONFIG", "")],
        flags: &[], compare: Answer,
    },
    Case {
        entry: None,
        name: "the first of two users wins whole",
        files: &[
            ("first", "users: [{name: admin, user: {token: '{token}'}}]\ncurrent-context: ''\nclusters: null"),
            ("second", USUAL),
        ],
        variables: &[("KUBECONFIG", "{dir}/first:{dir}/second")],
        flags: &[], compare: Answer,
    },
    Case {
        entry: None,
        name: "the first current context wins",
        files: &[("first", "current-context: account"), ("second", USUAL)],
        variables: &[("KUBECONFIG", "{dir}/first:{dir}/second")],
        flags: &[], compare: Answer,
    },
    Case {
        entry: None,
        name: "the flag is stronger than the variable",
        files: &[("first", "current-context: nope"), ("second", USUAL)],
        variables: &[("KUBECONFIG", "{dir}/first")],
        flags: &["--kubeconfig", "{dir}/second"], compare: Answer,
    },
    Case {
        entry: None,
        name: "a relative path, seen from the working directory",
        files: &[("config", USUAL)],
        variables: &[],
        flags: &["--kubeconfig=config"], compare: Answer,
    },
    Case {
        entry: None,
        name: "one broken file among good ones",
        files: &[("first", "a: ["), ("second", USUAL)],
        variables: &[("KUBECONFIG", "{dir}/second:{dir}/first")],
        flags: &[], compare: Failure,
    },
    Case {
        entry: None,
        name: "a current context that does not exist",
        files: &[("home/.kube/config", "current-context: gone")],
        variables: &[], flags: &[], compare: Words,
    },
    Case {
        entry: None,
        name: "a document of another kind",
        files: &[("home/.kube/config", "kind: Pod\napiVersion: v1")],
        variables: &[], flags: &[], compare: Failure,
    },
    Case {
        entry: None,
        name: "two users of one name in one file",
        files: &[("home/.kube/config", "users: [{name: u, user: {token: a}}, {name: u, user: {token: b}}]")],
        variables: &[], flags: &[], compare: Failure,
    },
    Case {
        entry: None,
        name: "JSON",
        files: &[("home/.kube/config", "{\"current-context\": \"x\", \"clusters\": [{\"name\": \"c\", \"cluster\": {\"server\": \"{server}\", \"insecure-skip-tls-verify\": true}}], \"contexts\": [{\"name\": \"x\", \"context\": {\"cluster\": \"c\", \"user\": \"u\"}}], \"users\": [{\"name\": \"u\", \"user\": {\"token\": \"{token}\"}}]}")],
        variables: &[], flags: &[], compare: Answer,
    },
    Case {
        entry: None,
        name: "a second document",
        files: &[("home/.kube/config", "current-context: x\nclusters: [{name: c, cluster: {server: '{server}', certificate-authority: '{ca}'}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {token: '{token}'}}]\n---\ncurrent-context: y\n")],
        variables: &[], flags: &[], compare: Answer,
    },
    user("a key that occurs twice", "{token: wrong, token: '{token}'}", Answer),
    user("a null for a user", "null", Failure),
    user("a token file that is better than the token", "{token: wrong, tokenFile: '{token-file}'}", Answer),
    user("a token that is better than no token file", "{token: '{token}', tokenFile: /nowhere}", Answer),
    user("a token file that is not there", "{tokenFile: /nowhere}", Words),
    user("a name and a password", "{username: jane, password: wrong}", Failure),
    user("two ways to log in", "{username: jane, token: '{token}'}", Words),
    user("a certificate twice", "{client-certificate: '{certificate}', client-certificate-data: {certificate-data}, client-key: '{key}'}", Words),
    user("two faults at once", "{username: jane, token: a, as-groups: [b]}", Words),
    user("a provider that was removed", "{auth-provider: {name: gcp}}", Words),
    user("another provider that was removed", "{auth-provider: {name: azure}}", Words),
    user("a provider nobody knows", "{auth-provider: {name: x}}", Words),
    user("the token of a provider", "{auth-provider: {name: oidc, config: {idp-issuer-url: 'https://x', client-id: x, id-token: '{token}'}}}", Answer),
    user("a plugin", PLUGIN, Answer),
    user("a plugin of the older version, by a relative path", "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ../../print-token, args: [v1beta1], env: [{name: TOKEN, value: '{token}'}]}}", Answer),
    user("a plugin that looks at the cluster", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: '{dir}/told', provideClusterInfo: true, interactiveMode: IfAvailable}}", Answer),
    user("a plugin that prints a certificate", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: '{dir}/certificate', interactiveMode: Never}}", Answer),
    user("a plugin beside a token", "{token: '{token}', exec: {apiVersion: client.authentication.k8s.io/v1, command: '/nowhere', interactiveMode: Never}}", Answer),
    user("a plugin that is not on the path", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-login, installHint: brew install login, interactiveMode: Never}}", Words),
    user("a plugin that is not where it should be", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: /nowhere/login, interactiveMode: Never}}", Failure),
    user("a plugin that fails", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: 'false', interactiveMode: Never}}", Words),
    user("a plugin that needs a terminal", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: 'true', interactiveMode: Always}}", Words),
    user("a plugin that does not say whether it does", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: 'true'}}", Words),
    user("a plugin of another version", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: '{dir}/print-token', args: [v1beta1], interactiveMode: Never}}", Words),
    Case { variables: &[("KUBERC", "{dir}/deny")], ..user("a plugin where none may run", PLUGIN, Words) },
    Case { variables: &[("KUBERC", "{dir}/list")], ..user("a plugin that may run", PLUGIN, Answer) },
    Case { variables: &[("KUBERC", "{dir}/other")], ..user("a plugin that may not run", PLUGIN, Words) },
    cluster("no check, says the file", "{server: '{server}', insecure-skip-tls-verify: true}", Answer),
    cluster("an authority and no check, says the file", "{server: '{server}', certificate-authority: '{ca}', insecure-skip-tls-verify: true}", Words),
    cluster("the system's authorities", "{server: '{server}'}", Failure),
    cluster("an authority twice", "{server: '{server}', certificate-authority: '{ca}', certificate-authority-data: {ca-data}}", Words),
    cluster("a name, says the file", "{server: '{server}', certificate-authority: '{ca}', tls-server-name: kubernetes.default.svc}", Answer),
    cluster("a proxy, though the server is on this machine", "{server: '{server}', certificate-authority: '{ca}', proxy-url: 'http://{proxy}'}", Answer),
    cluster("a proxy nobody listens at", "{server: '{server}', certificate-authority: '{ca}', proxy-url: 'http://127.0.0.1:1'}", Words),
    cluster("a proxy of a kind nobody knows", "{server: '{server}', proxy-url: 'ftp://x'}", Words),
    cluster("a server without an address", "{server: '', certificate-authority: '{ca}'}", Failure),
    Case {
        entry: None,
        name: "a proxy in the environment does not matter to this machine",
        files: &[("home/.kube/config", USUAL)],
        variables: &[("HTTPS_PROXY", "http://127.0.0.1:1"), ("https_proxy", "x")],
        flags: &[], compare: Answer,
    },
];

#[test]
fn we_connect_as_kubectl_does() {
    let plane = ControlPlane::shared();
    let proxy = proxy();
    let token = plane.kubectl(&["create", "token", "default"]).success().stdout;
    let substitutes = substitutes(plane, &proxy, token.trim());
    let mut complaints = String::new();
    for case in CASES {
        if let Err(complaint) = compare(case, plane, &substitutes) {
            writeln!(complaints, "{}: {complaint}\n", case.name).unwrap();
        }
    }
    assert!(complaints.is_empty(), "\n{complaints}");
}

fn substitutes(plane: &ControlPlane, proxy: &str, token: &str) -> Vec<(&'static str, String)> {
    let view =
        plane.kubectl(&["config", "view", "--raw", "--minify", "-o", "json"]).success().stdout;
    let view: Value = serde_json::from_str(&view).unwrap();
    let user = &view["users"][0]["user"];
    let data = |value: &Value| value.as_str().unwrap().to_owned();
    let certificates = plane.state_dir().join("certificates");
    let path = |name: &str| certificates.join(name).display().to_string();
    let text = |name: &str| std::fs::read_to_string(certificates.join(name)).unwrap();
    let line = |name: &str| text(name).replace('\n', "\\n");
    let server = data(&view["clusters"][0]["cluster"]["server"]);
    vec![
        ("{port}", server.rsplit(':').next().unwrap().to_owned()),
        ("{server}", server),
        ("{ca-data}", data(&view["clusters"][0]["cluster"]["certificate-authority-data"])),
        ("{certificate-data}", data(&user["client-certificate-data"])),
        ("{key-data}", data(&user["client-key-data"])),
        ("{ca}", path("ca.crt")),
        ("{ca-text}", text("ca.crt")),
        ("{certificate}", path("admin.crt")),
        ("{key}", path("admin.key")),
        ("{certificate-json}", line("admin.crt")),
        ("{key-json}", line("admin.key")),
        ("{proxy}", proxy.to_owned()),
        ("{token}", token.to_owned()),
    ]
}

fn compare(
    case: &Case,
    plane: &ControlPlane,
    substitutes: &[(&'static str, String)],
) -> Result<(), String> {
    let directory = tempfile::tempdir().unwrap();
    let mut substitutes = substitutes.to_vec();
    let dir = directory.path().display().to_string();
    substitutes.push(("{token-file}", format!("{dir}/token")));
    substitutes.push(("{dir}", dir));
    let fill = |text: &str| {
        substitutes.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    };
    prepare(case, directory.path(), &fill);
    let run = |program: &Path, command: &[&str]| {
        Command::new(program)
            .args(case.flags.iter().map(|flag| fill(flag)))
            .args(command)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", directory.path().join("home"))
            .envs(case.variables.iter().map(|(name, value)| (name, fill(value))))
            .current_dir(directory.path())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    };
    // The verbose one tells which server it talks to, in between everything else.
    let verbosity = if case.compare == Answer { "-v=6" } else { "-v=0" };
    let theirs = run(plane.kubectl_path(), &["auth", "whoami", "-o", "json", verbosity]);
    let ours = run(Path::new(env!("CARGO_BIN_EXE_kubectl-sts")), &["config-debug", "--connect"]);
    let expected = case.compare == Answer;
    if theirs.status.success() != expected || ours.status.success() != expected {
        return Err(format!("kubectl {}\nwe {}", told(&theirs), told(&ours)));
    }
    match case.compare {
        Answer => {
            let view = run(plane.kubectl_path(), &["config", "view", "--minify", "-o", "json"]);
            let view = serde_json::from_slice(&view.stdout).unwrap_or_default();
            same_answer(case, &theirs, &ours, &view)
        }
        Words => same_words(&theirs, &ours),
        Failure => Ok(()),
    }
}

fn prepare(case: &Case, directory: &Path, fill: &dyn Fn(&str) -> String) {
    std::fs::create_dir_all(directory.join("home/.kube")).unwrap();
    let write = |path: &str, text: &str| {
        let path = directory.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, fill(text)).unwrap();
        if text.starts_with("#!") {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    };
    write("token", "{token}\n");
    write("print-token", PRINT_TOKEN);
    write("told", PRINT_IF_TOLD_THE_CLUSTER);
    write("certificate", PRINT_CERTIFICATE);
    write("deny", &format!("{KUBERC}credentialPluginPolicy: DenyAll\n"));
    for (file, program) in [("list", "print-token"), ("other", "told")] {
        let list = format!("credentialPluginAllowlist: [{{command: '{{dir}}/{program}'}}]");
        write(file, &format!("{KUBERC}credentialPluginPolicy: Allowlist\n{list}\n"));
    }
    match case.entry {
        Some(Entry::User(entry)) => write("home/.kube/config", &format!("{ONE_USER}{entry}\n")),
        Some(Entry::Cluster(entry)) => {
            write("home/.kube/config", &format!("{ONE_CLUSTER}{entry}\n"));
        }
        None => {}
    }
    for (path, text) in case.files {
        write(path, text);
    }
}

fn same_answer(case: &Case, theirs: &Output, ours: &Output, view: &Value) -> Result<(), String> {
    let whoami: Value = serde_json::from_slice(&theirs.stdout).map_err(|e| e.to_string())?;
    let debug: Value = serde_json::from_slice(&ours.stdout).map_err(|e| e.to_string())?;
    let user = |user: &Value| {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let extra = user["extra"].as_object().cloned().unwrap_or_default();
        (user["username"].clone(), user["uid"].clone(), list(&user["groups"]), extra)
    };
    let (their_user, our_user) =
        (user(&whoami["status"]["userInfo"]), user(&debug["connected"]["whoami"]));
    if their_user != our_user {
        return Err(format!("kubectl is {their_user:?}\nwe are {our_user:?}"));
    }
    let requests = String::from_utf8_lossy(&theirs.stderr);
    let server = debug["server"].as_str().unwrap_or_default().trim_end_matches('/');
    if !requests.contains(&format!("url=\"{server}/apis/")) {
        return Err(format!("we talk to {server}, kubectl does not:\n{requests}"));
    }
    let flag = case.flags.iter().any(|flag| flag.starts_with("-n") && *flag != "-n=")
        || case.flags.iter().any(|flag| flag.starts_with("--namespace"));
    if !flag {
        let context = &view["contexts"][0]["context"];
        let namespace = context["namespace"].as_str().unwrap_or("default");
        if debug["namespace"] != namespace {
            return Err(format!("kubectl is in {namespace}, we are in {}", debug["namespace"]));
        }
        if debug["context"] != view["current-context"] {
            return Err(format!(
                "context {} against {}",
                view["current-context"], debug["context"]
            ));
        }
        let proxy = &view["clusters"][0]["cluster"]["proxy-url"];
        if debug["proxy"] != *proxy {
            return Err(format!("proxy {proxy} against {}", debug["proxy"]));
        }
    }
    Ok(())
}

fn same_words(theirs: &Output, ours: &Output) -> Result<(), String> {
    // Lines of its log come before what kubectl has to say, and hints after what we do.
    let is_log = |line: &&str| {
        let mut letters = line.chars();
        letters.next().is_some_and(|letter| "IWEF".contains(letter))
            && letters.next().is_some_and(|digit| digit.is_ascii_digit())
    };
    let lines = |output: &Output| -> Vec<String> {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let lines = text.lines().filter(|line| !is_log(line) && !line.starts_with("hint: "));
        lines.map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    let (theirs, ours) = (lines(theirs), lines(ours));
    if theirs == ours {
        return Ok(());
    }
    Err(format!("kubectl says\n{}\nwe say\n{}", theirs.join("\n"), ours.join("\n")))
}

fn told(output: &Output) -> String {
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("ended with {}:\n{out}{err}", output.status)
}

/// A proxy that connects whoever asks, and its address.
fn proxy() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || tunnel(stream));
        }
    });
    address
}

fn tunnel(mut client: TcpStream) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let target = head.strip_prefix("CONNECT ")?.split(' ').next()?;
    let mut server = TcpStream::connect(target).ok()?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
    let (mut from, mut to) = (client.try_clone().ok()?, server.try_clone().ok()?);
    thread::spawn(move || std::io::copy(&mut from, &mut to));
    std::io::copy(&mut server, &mut client).ok().map(drop)
}
