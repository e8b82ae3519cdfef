//! A board as the rows of a screen.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr;

use crate::progress::event::{GateState, PodState};
use crate::render::board::{Board, Role, Row, short};
use crate::render::claims;
use crate::render::duration::{left, span};
use crate::render::gate;
use crate::render::overview;
use crate::render::rollout::waits;
use crate::render::text::{Text, Tone, fit_end, pad};

/// Cells of a pod's bar: one for each thing that has to happen to it.
const STAGES: usize = 6;
/// Screens narrower than this do without the pods' bars.
const NARROW: usize = 60;
/// Sets of at most this many pods are shown whole: folding would save too little.
const SMALL: usize = 7;
/// Pods that are shown although they are done, so that the last step stays in sight.
const JUST_DONE: usize = 2;

/// The rows for a screen of so many columns and lines, each fitting into one line.
pub fn frame(board: &Board, now: Timestamp, (columns, lines): (usize, usize)) -> Vec<Text> {
    if board.set.is_empty() {
        return Vec::new();
    }
    // The last column stays free: some terminals wrap as soon as it is written.
    let columns = columns.saturating_sub(1);
    // Half of the screen is left to what was said before; five rows are not pods.
    let most = (lines / 2).min(lines.saturating_sub(6)).clamp(1, 16);
    let (shown, folded) = window(board, most);
    let mut frame = vec![
        Text::new()
            .with(Tone::Strong, board.set.as_str())
            .with(Tone::Plain, format!("  {}", board.change)),
    ];
    if board.claims.is_empty() {
        frame.extend(pods(board, &shown, now, columns));
        frame.extend(fold(board, &folded));
        frame.push(total(board, now, columns));
    } else {
        frame.extend(claims::rows(&board.claims, most));
        let (done, all) = (claims::done(&board.claims), board.claims.len());
        let text = Text::new().with(Tone::Good, cells(done, all, (columns / 3).clamp(8, 50)));
        frame.push(text.with(Tone::Strong, format!("  {done}/{all} claims")));
    }
    frame.extend(waiting(board, now));
    frame.extend(stale(board, now));
    frame.into_iter().map(|row| row.fit(columns)).collect()
}

/// The pods to show, highest ordinal first, and the others.
///
/// Shown are the pods of the step and whatever is not ready. When these are too many, what
/// happens now comes first, then what was done last, then what comes next.
fn window(board: &Board, most: usize) -> (Vec<&Row>, Vec<&Row>) {
    let small = board.rows.len() <= SMALL;
    let mut rows: Vec<&Row> = board.rows.values().rev().collect();
    if board.scaling.is_some_and(|scaling| scaling.from < scaling.to) {
        // What comes next has the lowest ordinal.
        rows.reverse();
    }
    let (mut window, mut folded): (Vec<&Row>, Vec<&Row>) =
        rows.into_iter().partition(|row| small || board.in_step(row) || row.active());
    let mut just_done: Vec<_> =
        window.iter().filter(|row| row.done()).map(|row| row.seat).collect();
    let older = just_done.len().saturating_sub(JUST_DONE);
    just_done.drain(..older);
    // The sort is stable: within a rank, what comes next stays first.
    window.sort_by_key(|row| match row {
        row if row.pod.state == PodState::Failing => 0,
        row if row.active() => 1,
        row if just_done.contains(&row.seat) => 2,
        row if !row.done() => 3,
        _ => 4,
    });
    folded.extend(window.drain(most.min(window.len())..));
    window.sort_by_key(|row| Reverse(row.seat));
    (window, folded)
}

/// The rows of pods, in columns.
fn pods(board: &Board, shown: &[&Row], now: Timestamp, columns: usize) -> Vec<Text> {
    let states: Vec<State> = shown.iter().map(|row| state(board, row, now)).collect();
    let revisions: Vec<&str> = shown
        .iter()
        .map(|row| row.pod.revision.as_deref().map_or("-", |name| short(name, row.pod.set())))
        .collect();
    let names: Vec<String> =
        shown.iter().map(|row| fit_end(&row.pod.pod, (columns / 3).max(8))).collect();
    let name_width = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let revision_width = revisions.iter().map(|name| name.width()).max().unwrap_or(0);
    let word_width = states.iter().map(|state| state.word.width()).max().unwrap_or(0);

    let mut rows = Vec::with_capacity(shown.len());
    for (((row, state), name), revision) in shown.iter().zip(states).zip(names).zip(revisions) {
        let mut text = Text::new()
            .with(state.tone, format!("{} ", state.mark))
            .with(Tone::Plain, format!("{}  ", pad(&name, name_width)));
        if columns >= NARROW {
            text.push(state.tone, bar(board, row));
        }
        text.push(Tone::Faint, format!("{}  ", pad(revision, revision_width)));
        if state.detail.is_empty() {
            text.push(state.tone, state.word);
        } else {
            text.push(state.tone, pad(state.word, word_width));
            text.push(Tone::Plain, format!("  {}", state.detail));
        }
        rows.push(text);
    }
    rows
}

/// How a pod stands.
struct State {
    tone: Tone,
    mark: char,
    word: &'static str,
    detail: String,
}

fn state(board: &Board, row: &Row, now: Timestamp) -> State {
    let reason = || row.pod.reason.clone();
    let busy = |word, detail| State { tone: Tone::Busy, mark: '>', word, detail };
    let bad = |word, detail| State { tone: Tone::Bad, mark: '✗', word, detail };
    let plain = |word| State { tone: Tone::Plain, mark: ' ', word, detail: reason() };
    match row.pod.state {
        PodState::Failing => bad("failing", reason()),
        PodState::Missing if row.role == Role::Goes => {
            State { tone: Tone::Good, mark: '✓', word: "gone", detail: String::new() }
        }
        PodState::Missing if row.role == Role::Comes => plain("to come"),
        PodState::Missing => busy("missing", reason()),
        PodState::Terminating => busy("terminating", reason()),
        PodState::Pending => busy("pending", reason()),
        PodState::Starting => busy("starting", reason()),
        PodState::Soaking { until } => busy("soaking", left(until, now)),
        PodState::Gating => match &row.gate {
            None => busy("gate", reason()),
            Some(gate) => match &gate.state {
                GateState::Later { from } => {
                    busy("gate", format!("{}  in {}", gate.gate, left(*from, now)))
                }
                GateState::Running { until } => {
                    busy("gate", format!("{}  {} left", gate.gate, left(*until, now)))
                }
                GateState::Measured(measured) => {
                    let tone = gate::tone(&measured.answer);
                    let detail = format!("{}  {}", gate.gate, gate::measured(measured, now));
                    State { tone, mark: '>', word: "gate", detail }
                }
                GateState::Passed { .. } => busy("gate", format!("{} passed", gate.gate)),
                GateState::Failed { detail } => {
                    bad("gate failed", format!("{}: {detail}", gate.gate))
                }
                GateState::Inconclusive { detail } => State {
                    tone: Tone::Warn,
                    mark: '?',
                    word: "gate unclear",
                    detail: format!("{}: {detail}", gate.gate),
                },
            },
        },
        PodState::Ready if row.done() => {
            let word = if row.role == Role::Comes { "available" } else { "done" };
            State { tone: Tone::Good, mark: '✓', word, detail: String::new() }
        }
        PodState::Ready if row.role == Role::Goes => plain("to go"),
        PodState::Ready if row.role == Role::Stays => plain("stays"),
        PodState::Ready if row.released => busy("released", reason()),
        PodState::Ready => {
            let word = if board.to_come(row) { "waiting" } else { "ready" };
            plain(word)
        }
    }
}

/// A pod's own bar; blank for pods the run does nothing to.
fn bar(board: &Board, row: &Row) -> String {
    let stage = match row.pod.state {
        PodState::Ready if row.done() => STAGES,
        PodState::Missing if row.role == Role::Goes => STAGES,
        PodState::Missing if row.role == Role::Comes => 0,
        PodState::Terminating if row.role == Role::Goes => 4,
        _ if row.role == Role::Stays => return " ".repeat(STAGES + 4),
        _ if row.role == Role::Goes => 0,
        _ if !(board.to_come(row) || row.released || row.pod.updated) => {
            return " ".repeat(STAGES + 4);
        }
        PodState::Ready if !row.released => 0,
        PodState::Ready | PodState::Terminating => 1,
        PodState::Missing | PodState::Pending => 2,
        PodState::Starting | PodState::Failing => 3,
        PodState::Soaking { .. } => 4,
        PodState::Gating => 5,
    };
    format!("{}  ", cells(stage, STAGES, STAGES))
}

/// `[####----]`: `done` of `all`, in so many cells. Full only when all is done.
fn cells(done: usize, all: usize, cells: usize) -> String {
    let full = (done * cells).checked_div(all).unwrap_or(0).min(cells);
    format!("[{}{}]", "#".repeat(full), "-".repeat(cells - full))
}

/// `… 46 more: 40 waiting on 7d4b9, 6 done`.
fn fold(board: &Board, folded: &[&Row]) -> Option<Text> {
    if folded.is_empty() {
        return None;
    }
    let mut waiting = BTreeMap::<(&str, &str), usize>::new();
    let mut roles = BTreeMap::<&str, usize>::new();
    let (mut done, mut active) = (0, 0);
    for row in folded {
        if row.done() {
            done += 1;
        } else if row.active() {
            active += 1;
        } else if row.role != Role::Update {
            *roles.entry(role_word(row.role)).or_default() += 1;
        } else {
            let revision = row.pod.revision.as_deref().unwrap_or("no revision");
            let word = if board.to_come(row) { "waiting" } else { "ready" };
            *waiting.entry((word, short(revision, row.pod.set()))).or_default() += 1;
        }
    }
    let mut counts: Vec<String> = Vec::new();
    if active > 0 {
        counts.push(format!("{active} not ready"));
    }
    counts.extend(waiting.iter().map(|((word, name), pods)| format!("{pods} {word} on {name}")));
    counts.extend(roles.iter().map(|(word, pods)| format!("{pods} {word}")));
    if done > 0 {
        counts.push(format!("{done} done"));
    }
    let counts = match counts.as_slice() {
        [one] => one.clone(),
        several => format!("{} more: {}", folded.len(), several.join(", ")),
    };
    Some(Text::new().with(Tone::Faint, format!("  … {counts}")))
}

/// `[####----]  2/5 pods  step 1/2  ETA 1m20s`.
fn total(board: &Board, now: Timestamp, columns: usize) -> Text {
    let (done, all) = (board.done(), board.goal());
    let mut text = Text::new()
        .with(Tone::Good, cells(done, all, (columns / 3).clamp(8, 50)))
        .with(Tone::Strong, format!("  {done}/{all} pods{}", suffix(board)));
    if let Some(step) = &board.step {
        text.push(Tone::Plain, format!("  step {}/{}", step.number, step.of));
    }
    if let Some(left) = board.left(now) {
        text.push(Tone::Plain, format!("  ETA {}", span(left)));
    }
    text
}

/// What those that are done have done.
fn suffix(board: &Board) -> &'static str {
    match board.scaling {
        Some(scaling) if scaling.from < scaling.to => " came",
        Some(_) => " went",
        None => "",
    }
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Comes => "to come",
        Role::Goes => "to go",
        Role::Stays => "stay",
        Role::Update => "wait",
    }
}

fn waiting(board: &Board, now: Timestamp) -> Option<Text> {
    let waiting = board.waiting.as_ref()?;
    Some(Text::from("waiting: ").with(Tone::Plain, waits(now, waiting)))
}

fn stale(board: &Board, now: Timestamp) -> Option<Text> {
    board.stale.as_ref().map(|stale| overview::stale(stale, now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::event::{ClaimRow, ClaimStep, ClaimsStarted, Event};
    use crate::render::scripted::{self, Script, at};

    fn drawn(script: &Script, now: i64, size: (usize, usize)) -> String {
        let mut board = Board::default();
        for (second, event) in script {
            board.apply(at(*second), event);
        }
        let rows = frame(&board, at(now), size);
        assert!(rows.iter().all(|row| row.width() < size.0), "no row may reach the last column");
        rows.iter().map(Text::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn nothing_is_drawn_before_the_run_begins() {
        assert_eq!(drawn(&Vec::new(), 0, (80, 24)), "");
    }

    #[test]
    fn claims_that_change_take_the_place_of_pods() {
        let row = |ordinal: u32, step| ClaimRow {
            claim: format!("data-db-{ordinal}"),
            has: "1Gi".to_owned(),
            step,
            reason: String::new(),
        };
        let started = ClaimsStarted {
            set: "prod/db".to_owned(),
            change: "claims to 2Gi".to_owned(),
            claims: vec![row(1, ClaimStep::Waiting), row(0, ClaimStep::Waiting)],
        };
        let script: Script = vec![
            (0, Event::ClaimsStarted(started)),
            (1, Event::ClaimRow(row(1, ClaimStep::Working))),
            (2, Event::ClaimPassed { claim: "data-db-1".to_owned(), took: None }),
            (2, Event::ClaimRow(row(0, ClaimStep::Asked))),
        ];
        insta::assert_snapshot!(drawn(&script, 3, (80, 24)), @"
        prod/db  claims to 2Gi
        ✓ data-db-1  1Gi  done
        > data-db-0  1Gi  asked
        [#############-------------]  1/2 claims
        ");
    }

    #[test]
    fn a_canary_soaks() {
        insta::assert_snapshot!(drawn(&scripted::soaking(), 18, (80, 24)), @"
        prod/db  image app=db:v2
        > db-4  [####--]  7d4b9  soaking  27s
          db-3  [------]  6f5c8  waiting
          db-2  [------]  6f5c8  waiting
          db-1  [------]  6f5c8  waiting
          db-0  [------]  6f5c8  waiting
        [--------------------------]  0/5 pods  step 1/2
        waiting: pod db-4 is ready and soaks, 27s left
        ");
    }

    #[test]
    fn a_gate_runs() {
        insta::assert_snapshot!(drawn(&scripted::gate(), 47, (80, 24)), @"
        prod/db  image app=db:v2
        > db-4  [#####-]  7d4b9  gate     cmd:./check.sh  28s left
          db-3  [------]  6f5c8  waiting
          db-2  [------]  6f5c8  waiting
          db-1  [------]  6f5c8  waiting
          db-0  [------]  6f5c8  waiting
        [--------------------------]  0/5 pods  step 1/2
        waiting: gate cmd:./check.sh of db-4, 28s left
        ");
    }

    #[test]
    fn the_second_step_knows_how_long_it_will_take() {
        insta::assert_snapshot!(drawn(&scripted::second_step(), 62, (80, 24)), @"
        prod/db  image app=db:v2
        ✓ db-4  [######]  7d4b9  done
        > db-3  [###---]  7d4b9  starting  ContainerCreating
          db-2  [------]  6f5c8  waiting
          db-1  [------]  6f5c8  waiting
          db-0  [------]  6f5c8  waiting
        [#####---------------------]  1/5 pods  step 2/2  ETA 3m6s
        waiting: pod db-3 is not ready, 14m58s left
        ");
    }

    #[test]
    fn a_long_reason_is_cut_where_the_screen_ends() {
        insta::assert_snapshot!(drawn(&scripted::failing(), 81, (80, 24)), @"
        prod/db  image app=db:v2
        ✓ db-4  [######]  7d4b9  done
        ✗ db-3  [###---]  7d4b9  failing  CrashLoopBackOff: back-off 1m20s restarting …
          db-2  [------]  6f5c8  waiting
          db-1  [------]  6f5c8  waiting
          db-0  [------]  6f5c8  waiting
        [#####---------------------]  1/5 pods  step 2/2
        waiting: pod db-3 fails (CrashLoopBackOff), 59s left
        ");
        insta::assert_snapshot!(drawn(&scripted::failing(), 81, (200, 50)), @"
        prod/db  image app=db:v2
        ✓ db-4  [######]  7d4b9  done
        ✗ db-3  [###---]  7d4b9  failing  CrashLoopBackOff: back-off 1m20s restarting failed container app in pod db-3_prod(3f2b0c1e-8f3a-4a52-9d0b-0f6c2e6b7a11)
          db-2  [------]  6f5c8  waiting
          db-1  [------]  6f5c8  waiting
          db-0  [------]  6f5c8  waiting
        [##########----------------------------------------]  1/5 pods  step 2/2
        waiting: pod db-3 fails (CrashLoopBackOff), 59s left
        ");
        insta::assert_snapshot!(drawn(&scripted::failing(), 81, (40, 24)), @"
        prod/db  image app=db:v2
        ✓ db-4  7d4b9  done
        ✗ db-3  7d4b9  failing  CrashLoopBackO…
          db-2  6f5c8  waiting
          db-1  6f5c8  waiting
          db-0  6f5c8  waiting
        [##-----------]  1/5 pods  step 2/2
        waiting: pod db-3 fails (CrashLoopBack…
        ");
    }

    #[test]
    fn a_lost_connection_is_told_with_its_age() {
        insta::assert_snapshot!(drawn(&scripted::stale(), 95, (80, 24)), @"
        prod/db  image app=db:v2
        ✓ db-4  [######]  7d4b9  done
        ✗ db-3  [###---]  7d4b9  failing  CrashLoopBackOff: back-off 1m20s restarting …
          db-2  [------]  6f5c8  waiting
          db-1  [------]  6f5c8  waiting
          db-0  [------]  6f5c8  waiting
        [#####---------------------]  1/5 pods  step 2/2
        waiting: pod db-3 fails (CrashLoopBackOff), 45s left
        ✗ connection lost 12s ago: connection reset by peer; what is shown may be old
        ");
    }

    #[test]
    fn of_fifty_pods_those_that_matter_are_shown() {
        insta::assert_snapshot!(drawn(&scripted::fifty(), 252, (80, 24)), @"
        prod/db  image app=db:v2
        ✓ db-45  [######]  7d4b9  done
        ✓ db-44  [######]  7d4b9  done
        > db-43  [##----]  7d4b9  pending   ContainerCreating
          db-42  [------]  6f5c8  waiting
          db-41  [------]  6f5c8  waiting
          db-40  [------]  6f5c8  waiting
          db-39  [------]  6f5c8  waiting
          db-38  [------]  6f5c8  waiting
          db-37  [------]  6f5c8  waiting
          db-36  [------]  6f5c8  waiting
          db-35  [------]  6f5c8  waiting
        > db-7   [###---]  6f5c8  starting  readiness probe fails
          … 38 more: 34 waiting on 6f5c8, 4 done
        [###-----------------------]  6/50 pods  step 2/2  ETA 29m9s
        waiting: pod db-7 is not ready: it blocks db-43
        ");
        insta::assert_snapshot!(drawn(&scripted::fifty(), 252, (200, 50)), @"
        prod/db  image app=db:v2
        ✓ db-45  [######]  7d4b9  done
        ✓ db-44  [######]  7d4b9  done
        > db-43  [##----]  7d4b9  pending   ContainerCreating
          db-42  [------]  6f5c8  waiting
          db-41  [------]  6f5c8  waiting
          db-40  [------]  6f5c8  waiting
          db-39  [------]  6f5c8  waiting
          db-38  [------]  6f5c8  waiting
          db-37  [------]  6f5c8  waiting
          db-36  [------]  6f5c8  waiting
          db-35  [------]  6f5c8  waiting
          db-34  [------]  6f5c8  waiting
          db-33  [------]  6f5c8  waiting
          db-32  [------]  6f5c8  waiting
          db-31  [------]  6f5c8  waiting
        > db-7   [###---]  6f5c8  starting  readiness probe fails
          … 34 more: 30 waiting on 6f5c8, 4 done
        [######--------------------------------------------]  6/50 pods  step 2/2  ETA 29m9s
        waiting: pod db-7 is not ready: it blocks db-43
        ");
        insta::assert_snapshot!(drawn(&scripted::fifty(), 252, (80, 6)), @"
        prod/db  image app=db:v2
        > db-43  [##----]  7d4b9  pending  ContainerCreating
          … 49 more: 1 not ready, 42 waiting on 6f5c8, 6 done
        [###-----------------------]  6/50 pods  step 2/2  ETA 29m9s
        waiting: pod db-7 is not ready: it blocks db-43
        ");
    }
}
