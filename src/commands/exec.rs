//! `exec`: one command in all pods of a set, with the answers folded.

use std::time::Duration;

use clap::{ArgGroup, Args};
use futures::StreamExt as _;
use tokio::sync::mpsc;

use crate::cluster::clock;
use crate::cluster::exec::{Call, Line, Source, run as call};
use crate::cluster::session::Session;
use crate::commands::context::{Context, tell};
use crate::commands::duration::parse;
use crate::commands::output::Output;
use crate::commands::set_name::set_name;
use crate::commands::signals::Signals;
use crate::exit::{Exit, Failure};
use crate::model::ordinal::Ordinal;
use crate::model::ordinals::Ordinals;
use crate::model::set::Set;
use crate::plan::answers::{Answer, Outcome, Target, groups, targets, worst};
use crate::render::answers::{document, ending, group};

/// Bytes of each stream of each pod that are kept.
const KEPT: usize = 1 << 20;

/// Run a command in all pods of a set, and show the same answers once
///
/// The command gets no standard input and no terminal, and goes through no shell. Pods that
/// answer the same, on both streams and with the same exit code, are shown as one group.
///
/// The exit code is the worst of all, as kubectl exec returns the one: the highest exit code of
/// the command in any pod, where a pod it could not run in counts as 1 and one it did not end in
/// as 5. So for this command the table of exit codes does not tell what the command meant by a
/// code; -o json does. Ctrl-C stops waiting; the command may go on in the pods.
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("pods").required(true), after_long_help = EXAMPLES)]
pub struct ExecArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// In all pods
    #[arg(long, group = "pods")]
    all: bool,

    /// In these pods only, such as 0,2-4
    #[arg(long, value_name = "ORDINALS", group = "pods")]
    ordinals: Option<Ordinals>,

    /// The container; by default the one kubectl would take
    #[arg(short, long, value_name = "NAME")]
    container: Option<String>,

    /// How long the command may take in each pod
    #[arg(long, value_name = "DURATION", value_parser = parse, default_value = "1m")]
    timeout: Duration,

    /// In how many pods at the same time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), default_value_t = 32)]
    parallel: u16,

    /// Show every line as it comes, with the name of its pod
    #[arg(long, conflicts_with = "output")]
    no_fold: bool,

    /// Print a document instead of text
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Output>,

    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  # Which of them is the primary?
  kubectl sts exec db --all -- psql -Atc 'select pg_is_in_recovery()'

  # One after the other, lowest ordinal first, with a shell in the pod
  kubectl sts exec db --ordinals 1-2 --parallel 1 -- sh -c 'df -h /data | tail -1'";

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &ExecArgs) -> Result<Exit, Failure> {
    let set = cx.session.set(cx.session.namespace(), &args.set).await?;
    let pods = cx.session.pods(&set).await?;
    let targets = targets(&set, &pods, args.ordinals.as_ref()).map_err(|unknown| {
        let set = set.display();
        Failure::usage(format!("{set} wants no pods with these ordinals: {unknown}"))
    })?;
    if targets.is_empty() {
        cx.terminal.note(format!("{} has no pods", set.display()));
    }
    let (answers, interrupted) = ask(cx, args, &set, targets).await?;
    let code = worst(&answers);
    report(cx, args, &set, &answers, interrupted.map_or(code, Exit::code))?;
    Ok(match (interrupted, code) {
        (Some(exit), _) => exit,
        (None, 0) => Exit::Success,
        (None, code) => Exit::Command(code),
    })
}

/// Asks all pods, up to a signal.
async fn ask(
    cx: &mut Context,
    args: &ExecArgs,
    set: &Set,
    targets: Vec<Target>,
) -> Result<(Vec<Answer>, Option<Exit>), Failure> {
    let mut signals = Signals::listen()?;
    let (sender, mut lines) = mpsc::unbounded_channel();
    let sender = args.no_fold.then_some(sender);
    let session = cx.session.clone();
    let all: Vec<Ordinal> = targets.iter().map(|target| target.ordinal).collect();
    let asked = targets.into_iter().map(|Target { ordinal, obstacle }| {
        let (session, lines) = (&session, sender.clone());
        async move {
            let outcome = match obstacle {
                None => one(session, args, set, ordinal, lines).await,
                Some(reason) => Outcome::NotRun { reason },
            };
            Answer { ordinal, outcome }
        }
    });
    let mut asked = futures::stream::iter(asked).buffer_unordered(usize::from(args.parallel));
    let mut answers = Vec::new();
    let interrupted = loop {
        tokio::select! {
            biased;
            exit = signals.received() => break Some(exit),
            Some(line) = lines.recv() => show(cx, &line)?,
            Some(notice) = cx.notices.recv() => tell(&cx.terminal, &notice),
            answer = asked.next() => match answer {
                Some(answer) => answers.push(answer),
                None => break None,
            },
        }
    };
    drop(asked);
    while let Ok(line) = lines.try_recv() {
        show(cx, &line)?;
    }
    let open = all.into_iter().filter(|o| !answers.iter().any(|answer| answer.ordinal == *o));
    let reason = "interrupted; it may go on, or may never have begun".to_owned();
    let open: Vec<Answer> = open
        .map(|ordinal| Answer { ordinal, outcome: Outcome::NotEnded { reason: reason.clone() } })
        .collect();
    answers.extend(open);
    Ok((answers, interrupted))
}

async fn one(
    session: &Session,
    args: &ExecArgs,
    set: &Set,
    ordinal: Ordinal,
    lines: Option<mpsc::UnboundedSender<Line>>,
) -> Outcome {
    let pod = set.pod_name(ordinal);
    let asked = Call {
        namespace: &set.namespace,
        pod: &pod,
        container: args.container.as_deref(),
        argv: &args.command,
        timeout: args.timeout,
        keep: KEPT,
        lines,
    };
    match call(session, &asked).await {
        Ok(output) => Outcome::Ended {
            code: output.exit_code,
            stdout: output.stdout,
            stderr: output.stderr,
            cut: output.cut,
        },
        Err(failure) if failure.exit == Exit::TimedOut => {
            let reason = format!("no end within {}s", args.timeout.as_secs_f64());
            Outcome::NotEnded { reason }
        }
        Err(failure) => {
            // The name of the pod would keep the same reasons apart.
            let reason = format!("{:#}", failure.cause).replace(&pod, "POD");
            Outcome::NotRun { reason }
        }
    }
}

fn show(cx: &Context, line: &Line) -> Result<(), Failure> {
    let text = format!("{}: {}", line.pod, line.text);
    match line.source {
        Source::Stdout => cx.terminal.print(text)?,
        Source::Stderr => cx.terminal.relay(text),
    }
    Ok(())
}

fn report(
    cx: &mut Context,
    args: &ExecArgs,
    set: &Set,
    answers: &[Answer],
    code: u8,
) -> Result<(), Failure> {
    cx.tell_notices();
    if let Some(output) = args.output {
        let document = document(set, &args.command, answers, code, clock::now(), cx.cluster());
        cx.terminal.print(output.encode(&document)?)?;
        return Ok(());
    }
    if args.no_fold {
        let ends = answers.iter().filter_map(|answer| ending(set, answer));
        ends.for_each(|text| cx.terminal.relay(text));
        return Ok(());
    }
    for answered in groups(answers) {
        let (text, beside) = group(set, &answered);
        cx.terminal.print(text)?;
        if let Some(beside) = beside {
            cx.terminal.relay(beside);
        }
    }
    Ok(())
}
