//! Several sets rolled out as one: `stage -l`, `continue -l` and `abort -l`.

use clap::Args;

use crate::commands::context::Context;
use crate::commands::rollout::begin::refused_by;
use crate::exit::{Exit, Failure};
use crate::plan::refusal::Refusal;

mod conduct;
mod open;
mod take;

pub(super) use open::{Opening, stage};
pub(super) use take::{How, Taking, abort, go_on};

/// Which sets go together.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Several sets")]
pub(super) struct GroupArgs {
    /// Roll out every set of the namespace that this label selector matches, all of them as one: each is held first, then pods are released one at a time over all of them. It stops after the first pod, and after each set or value of --group-by
    #[arg(short = 'l', long, value_name = "SELECTOR", conflicts_with_all = ["set", "filename", "steps", "order", "leader"])]
    selector: Option<String>,

    /// Roll out one value of this label after the other, such as zones; it is looked for on the set, in its node selector, and on the nodes of its pods
    #[arg(long, value_name = "KEY", requires = "selector", conflicts_with = "set")]
    group_by: Option<String>,

    /// Let this many pods of all sets be down, unavailable or not yet passed at a time, whatever the reason [default: 1]
    #[arg(long, value_name = "N", requires = "selector", conflicts_with = "set", value_parser = clap::value_parser!(u32).range(1..))]
    budget: Option<u32>,
}

/// The failure of what forbids a group, of all its sets; `None` when nothing does.
fn refused(cx: &Context, selector: &str, refusals: &[(String, Vec<Refusal>)]) -> Option<Failure> {
    let mut failure: Option<Failure> = None;
    for (set, refusals) in refusals {
        let command = |words: &[&str]| command(cx, selector, set, words);
        let Some(other) = refused_by(set, refusals, &command) else { continue };
        match &mut failure {
            None => failure = Some(other),
            Some(first) => {
                if other.exit == Exit::Conflict {
                    first.exit = Exit::Conflict;
                }
                first.hints.push(format!("also: {:#}", other.cause));
                let hints = other.hints.into_iter().filter(|hint| !first.hints.contains(hint));
                let hints: Vec<String> = hints.collect();
                first.hints.extend(hints);
            }
        }
    }
    failure.map(|failure| failure.hint("nothing was written to any of the sets"))
}

/// A command of this program, for the group where it would be for one of its sets.
fn command(cx: &Context, selector: &str, set: &str, words: &[&str]) -> String {
    let of_group = matches!(words, ["rollout", "continue" | "abort" | "stage", ..]);
    let mut line = Vec::new();
    for word in words {
        if of_group && *word == set {
            line.extend(["-l", selector]);
        } else {
            line.push(*word);
        }
    }
    cx.command(&line)
}
