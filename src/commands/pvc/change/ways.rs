//! Ways on after a change of claims, and why there is none.

use jiff::SignedDuration;

use crate::commands::context::Context;
use crate::commands::pvc::change::Change;
use crate::exit::{Exit, Failure};
use crate::plan::resize::Wish;
use crate::plan::resize::refusal::NotResized;
use crate::plan::resize::stand::Goal;
use crate::progress::event::NextCommand;
use crate::progress::machine::End;
use crate::progress::resize::Resize;
use crate::render::resize::refusal;

/// The most refusals that are told beside the first.
const MOST: usize = 4;

impl Change<'_> {
    /// Commands to go on with after an end.
    pub(super) fn next(
        &self,
        cx: &Context,
        wish: &Wish,
        machine: &Resize,
        end: &End,
    ) -> Vec<NextCommand> {
        let way = |does: &str, command: String| NextCommand { does: does.to_owned(), command };
        let mut next = Vec::new();
        if end.exit == Exit::Success {
            return next;
        }
        if let Some(claim) = machine.open_claim() {
            next.push(way("look", cx.kubectl(&["describe", "pvc", claim])));
        }
        next.push(way("go on", self.again(cx, wish, &["--apply"])));
        if matches!(self.goal, Goal::Size(_)) && matches!(end.exit, Exit::Found | Exit::TimedOut) {
            let less = ["pvc", "resize", self.set, "--template", &wish.template, "--size", "SIZE"];
            next.push(way("ask for less, above what the volume has", cx.command(&less)));
        }
        next
    }

    /// The same command, to paste.
    pub(super) fn again(&self, cx: &Context, wish: &Wish, more: &[&str]) -> String {
        let args = self.args;
        let mut words = vec!["pvc", self.command, self.set, "--template", &wish.template];
        words.extend(self.words);
        let (canary, at_once) = (args.canary.to_string(), args.max_parallel.to_string());
        let timeout = format!("{}s", args.timeout.as_secs());
        let said = [
            (args.canary != 1, vec!["--canary", canary.as_str()]),
            (args.max_parallel != 1, vec!["--max-parallel", at_once.as_str()]),
            (args.timeout != SignedDuration::from_mins(5), vec!["--timeout", timeout.as_str()]),
            (args.pvcs_only, vec!["--pvcs-only"]),
            (args.template_only && !more.contains(&"--template-only"), vec!["--template-only"]),
            (args.include_left_behind, vec!["--include-left-behind"]),
            (args.accept_unknown, vec!["--accept-unknown"]),
            (args.i_own_this, vec!["--i-own-this"]),
        ];
        words.extend(said.into_iter().filter(|(said, _)| *said).flat_map(|(_, words)| words));
        words.extend(more);
        cx.command(&words)
    }

    /// The failure a list of refusals makes; `None` when there are none.
    pub(super) fn refused(&self, cx: &Context, refusals: &[NotResized]) -> Option<Failure> {
        let (first, rest) = refusals.split_first()?;
        let words = |why: &NotResized| refusal(why, self.set, &|words| cx.command(words));
        let (text, hints) = words(first);
        let mut failure = Failure::new(first.exit(), anyhow::Error::msg(text));
        failure.hints = hints;
        if rest.len() > MOST {
            failure.hints.push(format!("also: {} more like it", rest.len() - MOST));
        }
        for other in rest.iter().take(MOST) {
            let (text, hints) = words(other);
            failure.hints.push(format!("also: {text}"));
            for hint in hints {
                failure.hints.retain(|said| *said != hint);
                failure.hints.push(hint);
            }
        }
        Some(failure.hint("nothing was changed"))
    }
}
