//! Waiting until the pod runs on another node.
//!
//! The node's pods and attachments are asked for, once a second: a watch would have to follow the
//! attachments of the whole cluster for the few that are waited for.

use std::time::Duration;

use crate::cluster::clock;
use crate::cluster::status;
use crate::commands::context::{Context, tell};
use crate::commands::failover::gather::Subject;
use crate::commands::signals::Signals;
use crate::exit::{Exit, Failure};
use crate::model::snapshot::Known;
use crate::plan::failover::Case;
use crate::progress::failover::{Look, Outcome, Patience, Wait, Watch};
use crate::render::failover::{to_do, wait};

const BETWEEN: Duration = Duration::from_secs(1);

/// Watches to the end, whichever it is, and says what is left to do.
pub(super) async fn run(
    cx: &mut Context,
    subject: &Subject,
    case: &Case,
    patience: Patience,
) -> Result<Exit, Failure> {
    let ended = follow(cx, subject, case, patience).await;
    let clear = cx.command(&["failover", "--clear", &subject.node]);
    cx.tell_notices();
    match ended {
        Ok(exit) => {
            cx.terminal.warning(&to_do(&subject.node, &clear));
            Ok(exit)
        }
        Err(failure) => {
            Err(failure.hint(format!("node/{} is out of service until: {clear}", subject.node)))
        }
    }
}

async fn follow(
    cx: &mut Context,
    subject: &Subject,
    case: &Case,
    patience: Patience,
) -> Result<Exit, Failure> {
    let mut signals = Signals::listen()?;
    let mut watch = Watch::new(case, &subject.pod, patience, clock::now());
    let pod = &subject.pod.name;
    let mut told: Vec<String> = Vec::new();
    loop {
        let look = tokio::select! {
            biased;
            exit = signals.received() => return Ok(interrupted(cx, exit)),
            look = look(cx, subject) => look?,
        };
        if let Some(look) = look {
            match watch.observe(&look, clock::now()) {
                Outcome::Waiting(waits) => tell_new(cx, &waits, &subject.node, &mut told),
                Outcome::Done { node } => {
                    cx.terminal.print(format!("pod/{pod} is ready on node/{node}"))?;
                    return Ok(Exit::Success);
                }
                Outcome::CannotStart { reason, message } => {
                    let why =
                        if message.is_empty() { reason } else { format!("{reason}: {message}") };
                    let cause = anyhow::anyhow!("the new pod/{pod} cannot start: {why}");
                    return Err(Failure::new(Exit::Found, cause)
                        .hint(format!("see why: {}", cx.kubectl(&["describe", "pod", pod]))));
                }
                Outcome::TimedOut(waits) => {
                    let waits: Vec<_> =
                        waits.iter().map(|what| wait(what, &subject.node)).collect();
                    let cause = anyhow::anyhow!("time is over, {}", waits.join("; "));
                    let again = cx.command(&["failover", pod]);
                    return Err(
                        Failure::new(Exit::TimedOut, cause).hint(format!("watch on: {again}"))
                    );
                }
            }
        }
        tokio::select! {
            biased;
            exit = signals.received() => return Ok(interrupted(cx, exit)),
            Some(notice) = cx.notices.recv() => tell(&cx.terminal, &notice),
            () = tokio::time::sleep(BETWEEN) => {}
        }
    }
}

fn interrupted(cx: &Context, exit: Exit) -> Exit {
    cx.terminal.note("interrupted: the control plane goes on by itself");
    exit
}

/// Says what is waited for when it was not said just before.
fn tell_new(cx: &Context, waits: &[Wait], node: &str, told: &mut Vec<String>) {
    let lines: Vec<String> = waits.iter().map(|what| wait(what, node)).collect();
    for line in lines.iter().filter(|line| !told.contains(line)) {
        cx.terminal.note(line.as_str());
    }
    *told = lines;
}

/// One look; none while the server does not answer.
async fn look(cx: &Context, subject: &Subject) -> Result<Option<Look>, Failure> {
    let session = &cx.session;
    let read = tokio::try_join!(
        session.residents(&subject.node),
        session.attachments(&subject.node),
        async {
            match session.pod(&subject.set.namespace, &subject.pod.name).await {
                Ok(pod) => Ok(Some(pod)),
                Err(error) if status::is_not_found(&error) => Ok(None),
                Err(error) => Err(error),
            }
        },
    );
    match read {
        Ok((Known::Read(residents), Known::Read(attachments), pod)) => {
            Ok(Some(Look { residents, attachments, pod }))
        }
        Ok((Known::Unknown(why), _, _) | (_, Known::Unknown(why), _)) => {
            Err(anyhow::anyhow!("what is on the node can be seen no more: {why}").into())
        }
        Err(error) if status::is_unclear(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
