//! One set, as `status` and `rollout status` print it.

use jiff::Timestamp;

use crate::commands::context::Context;
use crate::commands::output::Output;
use crate::exit::Failure;
use crate::model::order::Order;
use crate::plan::next::Next;
use crate::plan::standing::Standing;
use crate::render::overview::{overview, to_look_at, wrapped};
use crate::render::status::{Columns, group, headline, pod_table, pods};
use crate::render::status_document::Status;
use crate::render::table::Headers;
use crate::render::text::{Text, Tone};

/// Pods that need a look are shown up to so many; a page is not a list.
const MOST: usize = 10;

/// Columns where there is no screen.
const USUAL: usize = 80;

/// How a set is shown.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) struct Manner {
    /// A document instead of text.
    pub(in crate::commands) output: Option<Output>,
    /// The first line of tables.
    pub(in crate::commands) headers: Headers,
    /// What the text consists of.
    pub(in crate::commands) layout: Layout,
}

/// What the text consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Layout {
    /// The headline and every pod.
    Pods,
    /// The page, and the pods that need a look.
    Page,
    /// The page, and every pod with its node.
    WidePage,
}

/// Shows a set.
pub(in crate::commands) fn show(
    cx: &mut Context,
    standing: &Standing,
    manner: Manner,
    now: Timestamp,
) -> Result<(), Failure> {
    cx.tell_notices();
    let next = commands(cx, standing);
    if let Some(output) = manner.output {
        let document = Status::of(standing, next, None).document(now, cx.cluster());
        cx.terminal.print(output.encode(&document)?)?;
        return Ok(());
    }
    let found = &standing.found;
    let headers = manner.headers;
    match manner.layout {
        Layout::Pods => {
            cx.terminal.print(headline(&standing.snapshot, found))?;
            if let Some(group) = group(found) {
                cx.terminal.print(group)?;
            }
            if !found.pods.is_empty() {
                cx.terminal.print(pods(&standing.snapshot, found, headers, now))?;
            }
        }
        Layout::Page | Layout::WidePage => {
            let page = match cx.terminal.columns() {
                Some(columns) => wrapped(overview(standing, columns), columns),
                None => overview(standing, USUAL),
            };
            for line in page {
                cx.terminal.print(line)?;
            }
            print_pods(cx, standing, manner, now)?;
        }
    }
    for command in next {
        cx.terminal.note(Text::from("next: ").with(Tone::Hint, command));
    }
    Ok(())
}

/// The table under a page.
fn print_pods(
    cx: &Context,
    standing: &Standing,
    manner: Manner,
    now: Timestamp,
) -> Result<(), Failure> {
    let pods = &standing.found.pods;
    if manner.layout == Layout::WidePage {
        if !pods.is_empty() {
            cx.terminal.print(pod_table(pods, Columns::Wide, manner.headers, now))?;
        }
        return Ok(());
    }
    let to_look_at = to_look_at(pods);
    if to_look_at.is_empty() {
        return Ok(());
    }
    let shown = to_look_at.iter().copied().take(MOST);
    cx.terminal.print(pod_table(shown, Columns::Usual, manner.headers, now))?;
    if let more @ 1.. = to_look_at.len().saturating_sub(MOST) {
        cx.terminal.print(format!("+{more} more; -o wide shows every pod"))?;
    }
    Ok(())
}

/// Commands to go on with.
pub(in crate::commands) fn commands(cx: &Context, standing: &Standing) -> Vec<String> {
    let set = &standing.snapshot.set;
    let (name, namespace) = (set.name.as_str(), set.namespace.as_str());
    let run = standing.found.run.as_ref().map(|standing| &standing.run);
    let group = run.and_then(|run| run.group.as_ref());
    // A set that is one of a group goes on, or back, with all of them.
    let target = group.map_or_else(|| vec![name], |group| vec!["-l", group.selector.as_str()]);
    let rollout = |verb| cx.command_in(namespace, &[&["rollout", verb], &target[..]].concat());
    // Whom to ask who leads is not in the record.
    let led = run.is_some_and(|run| run.order == Order::LeaderLast);
    let next = standing.next.iter();
    next.map(|next| match next {
        Next::Stage => rollout("stage"),
        Next::Release => rollout("release"),
        Next::Continue if led => {
            cx.command_in(namespace, &["rollout", "continue", name, "--leader", "HOW"])
        }
        Next::Continue => rollout("continue"),
        Next::Unstick => rollout("unstick"),
        Next::Abort => rollout("abort"),
        Next::Describe(pod) => cx.kubectl_in(namespace, &["describe", "pod", pod]),
        Next::Delete(pod) => cx.kubectl_in(namespace, &["delete", "pod", pod]),
    })
    .collect()
}
