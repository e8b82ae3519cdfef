//! Claims that are being changed, as lines and as rows of a screen.

use jiff::SignedDuration;
use unicode_width::UnicodeWidthStr;

use crate::progress::event::{ClaimRow, ClaimStep};
use crate::render::duration::span;
use crate::render::text::{Text, Tone, pad};

/// What a claim does, for a line of a log; nothing where that goes without saying.
pub(super) fn words(row: &ClaimRow) -> Option<(Tone, String)> {
    let has = &row.has;
    Some(match row.step {
        // Its passing is told by itself.
        ClaimStep::Waiting | ClaimStep::Done => return None,
        ClaimStep::Failed => (Tone::Bad, format!("failed: {}", row.reason)),
        step => (Tone::Busy, format!("{}, has {has}", name(step))),
    })
}

/// That a claim has what was asked for.
pub(super) fn passed(took: Option<SignedDuration>) -> String {
    match took {
        Some(took) => format!("has it after {}", span(took)),
        None => "has it".to_owned(),
    }
}

/// How many of them are done.
pub(super) fn done(rows: &[ClaimRow]) -> usize {
    rows.iter().filter(|row| row.step == ClaimStep::Done).count()
}

/// The rows of claims, at most so many: what happens now and what comes next before what is done.
pub(super) fn rows(all: &[ClaimRow], most: usize) -> Vec<Text> {
    let first = all.iter().position(|row| row.step != ClaimStep::Done).unwrap_or(0);
    let from = if all.len() <= most { 0 } else { first.min(all.len() - most) };
    let shown = &all[from..all.len().min(from + most)];
    let width = shown.iter().map(|row| row.claim.width()).max().unwrap_or(0);
    let has_width = shown.iter().map(|row| row.has.width()).max().unwrap_or(0);
    let mut rows: Vec<Text> = shown
        .iter()
        .map(|row| {
            let (mark, tone) = match row.step {
                ClaimStep::Waiting => (' ', Tone::Plain),
                ClaimStep::Done => ('✓', Tone::Good),
                ClaimStep::Failed => ('✗', Tone::Bad),
                ClaimStep::Asked | ClaimStep::Working | ClaimStep::OnNode => ('>', Tone::Busy),
            };
            let detail = match row.reason.as_str() {
                "" => String::new(),
                reason => format!("  {reason}"),
            };
            Text::new()
                .with(tone, format!("{mark} "))
                .with(Tone::Plain, format!("{}  ", pad(&row.claim, width)))
                .with(Tone::Faint, format!("{}  ", pad(&row.has, has_width)))
                .with(tone, name(row.step))
                .with(Tone::Plain, detail)
        })
        .collect();
    let folded = all.len() - shown.len();
    if folded > 0 {
        let done = done(&all[..from]);
        let words = format!("  … {folded} more, {done} of them done");
        rows.push(Text::new().with(Tone::Faint, words));
    }
    rows
}

fn name(step: ClaimStep) -> &'static str {
    match step {
        ClaimStep::Waiting => "waiting",
        ClaimStep::Asked => "asked",
        ClaimStep::Working => "in work",
        ClaimStep::OnNode => "waits for its node",
        ClaimStep::Done => "done",
        ClaimStep::Failed => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ordinal: usize, step: ClaimStep) -> ClaimRow {
        let reason = if step == ClaimStep::Failed { "no space".to_owned() } else { String::new() };
        ClaimRow { claim: format!("data-db-{ordinal}"), has: "1Gi".to_owned(), step, reason }
    }

    fn drawn(steps: &[ClaimStep], most: usize) -> String {
        let all: Vec<ClaimRow> =
            steps.iter().enumerate().map(|(at, step)| row(steps.len() - 1 - at, *step)).collect();
        rows(&all, most).iter().map(Text::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn claims_are_shown_from_the_one_that_is_changed_now() {
        let steps = [ClaimStep::Done, ClaimStep::Working, ClaimStep::Waiting];
        insta::assert_snapshot!(drawn(&steps, 9), @r"
        ✓ data-db-2  1Gi  done
        > data-db-1  1Gi  in work
          data-db-0  1Gi  waiting
        ");
        let steps = [ClaimStep::Done, ClaimStep::Done, ClaimStep::Failed, ClaimStep::Waiting];
        insta::assert_snapshot!(drawn(&steps, 2), @r"
        ✗ data-db-1  1Gi  failed  no space
          data-db-0  1Gi  waiting
          … 2 more, 2 of them done
        ");
    }

    #[test]
    fn a_log_tells_what_a_claim_waits_for() {
        let told = |step| words(&row(0, step)).map(|(_, words)| words);
        assert_eq!(told(ClaimStep::Waiting), None);
        assert_eq!(told(ClaimStep::Asked).as_deref(), Some("asked, has 1Gi"));
        assert_eq!(told(ClaimStep::Failed).as_deref(), Some("failed: no space"));
    }
}
