//! Commands in pods: what they print, how they end, and what there is to say when they cannot run.

use std::time::Duration;
use std::time::Instant;

use kubectl_sts::cluster::exec::ExecOutput;
use kubectl_sts::cluster::exec::exec;
use kubectl_sts::cluster::overrides::Overrides;
use kubectl_sts::cluster::session::Session;
use kubectl_sts::exit::Exit;
use kubectl_sts::exit::Failure;
use tokio::sync::mpsc::unbounded_channel;

use crate::harness::ControlPlane;

async fn run(
    session: &Session,
    namespace: &str,
    pod: &str,
    script: &str,
) -> Result<ExecOutput, Failure> {
    let argv = ["sh", "-c", script].map(str::to_owned);
    exec(session, namespace, pod, None, &argv, Duration::from_secs(20)).await
}

#[tokio::test]
async fn commands_run_in_pods() {
    let ns = ControlPlane::shared().namespace("exec");
    ns.kubectl_ok(&["run", "db-0", "--image=db"]);
    ns.kubectl_ok(&["wait", "pod/db-0", "--for=condition=Ready"]);
    let (notices, _nobody) = unbounded_channel();
    let overrides = Overrides {
        kubeconfig: Some(ns.control_plane().kubeconfig().to_owned()),
        ..Overrides::default()
    };
    let session = Session::open(&overrides, notices).await.unwrap();
    let namespace = ns.name();

    let output = run(&session, namespace, "db-0", "echo out; echo err >&2").await.unwrap();
    assert_eq!((output.exit_code, output.stdout, output.stderr), (0, "out".into(), "err".into()));
    assert_eq!(run(&session, namespace, "db-0", "exit 3").await.unwrap().exit_code, 3);
    let long =
        run(&session, namespace, "db-0", "head -c 1000000 /dev/zero | tr '\\0' x").await.unwrap();
    assert_eq!((long.exit_code, long.stdout.len()), (0, 64 * 1024));

    let missing = run(&session, namespace, "db-1", "true").await.unwrap_err();
    assert_eq!(missing.to_string(), "Error from server (NotFound): pods \"db-1\" not found");
    let argv = ["no-such-program".to_owned()];
    let limit = Duration::from_secs(20);
    let unknown = exec(&session, namespace, "db-0", None, &argv, limit).await.unwrap_err();
    let lead = "error: the command in pod/db-0 could not be run: ";
    assert!(unknown.to_string().starts_with(lead), "{unknown}");
    let container = exec(&session, namespace, "db-0", Some("x"), &argv, limit).await.unwrap_err();
    assert!(container.to_string().contains("container"), "{container}");

    let sleep = ["sleep", "60"].map(str::to_owned);
    let (start, limit) = (Instant::now(), Duration::from_millis(300));
    let slow = exec(&session, namespace, "db-0", None, &sleep, limit).await.unwrap_err();
    assert_eq!(slow.exit, Exit::TimedOut);
    assert!(start.elapsed() < Duration::from_secs(5));
}
