//! What a person sees, on a screen held in memory.

use std::io::{self, Write};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use indicatif::{InMemoryTerm, TermLike};

use crate::exit::{Exit, Failure};
use crate::render::scripted::{self, Script, at};
use crate::render::text::Text;
use crate::terminal::Terminal;
use crate::terminal::decision::{Facts, Flags, ProgressFlag, decide};
use crate::terminal::prompt::{Answer, Keyboard};
use crate::terminal::stream::Stream;
use crate::terminal::view::View;

/// A terminal with everything around it.
struct Desk {
    terminal: Terminal,
    screen: InMemoryTerm,
    out: Bytes,
    err: Bytes,
    keys: mpsc::Sender<String>,
}

/// What was written, also onto the screen when there is one.
#[derive(Clone, Default)]
struct Bytes {
    written: Arc<Mutex<Vec<u8>>>,
    screen: Option<InMemoryTerm>,
}

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.lock().unwrap().extend_from_slice(bytes);
        if let Some(screen) = &self.screen {
            screen.write_str(&String::from_utf8_lossy(bytes).replace('\n', "\r\n"))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Bytes {
    fn text(&self) -> String {
        String::from_utf8(self.written.lock().unwrap().clone()).unwrap()
    }
}

fn desk(facts: &Facts, flags: Flags, (columns, lines): (u16, u16)) -> Desk {
    let screen = InMemoryTerm::new(lines, columns);
    let on = |tty: bool| Bytes { screen: tty.then(|| screen.clone()), ..Bytes::default() };
    let (out, err) = (on(facts.stdout_tty), on(facts.stderr_tty));
    let (keys, typed) = mpsc::channel::<String>();
    let drawn_on = screen.clone();
    let terminal = Terminal::with(
        decide(facts, flags),
        (Stream::new(Box::new(out.clone())), Stream::new(Box::new(err.clone()))),
        Keyboard::new(Box::new(move || typed.recv().map_err(io::Error::other))),
        Box::new(move || Box::new(drawn_on.clone())),
    );
    Desk { terminal, screen, out, err, keys }
}

fn person() -> Facts {
    Facts {
        stdout_tty: true,
        stderr_tty: true,
        stdin_tty: true,
        no_color: true,
        ..Facts::default()
    }
}

fn progress(progress: ProgressFlag) -> Flags {
    Flags { progress, ..Flags::default() }
}

/// Plays a script with a tick each second.
fn play(view: &mut View, script: &Script, until: i64) {
    let mut events = script.iter().peekable();
    for second in 0..=until {
        while let Some((_, event)) = events.next_if(|(due, _)| *due <= second) {
            view.show(at(second), event);
        }
        view.tick(at(second));
    }
}

#[test]
fn bars_stay_in_place_and_leave_their_last_state() {
    let desk = desk(&person(), Flags::default(), (80, 24));
    let mut view = desk.terminal.view();
    play(&mut view, &scripted::held(), 150);
    insta::assert_snapshot!(desk.screen.contents(), @"
    events of db-3: OOMKilled twice
    prod/db  image app=db:v2
    ✓ db-4  [######]  7d4b9  done
    ✗ db-3  [###---]  7d4b9  failing  CrashLoopBackOff: back-off 1m20s restarting …
      db-2  [------]  6f5c8  waiting
      db-1  [------]  6f5c8  waiting
      db-0  [------]  6f5c8  waiting
    [#####---------------------]  1/5 pods  step 2/2
    held at 1 of 5 pods: db-3 fails (CrashLoopBackOff)
    next:
      go on           kubectl sts rollout continue db -n prod
      back to 6f5c8   kubectl sts rollout abort db -n prod
    ");
}

#[test]
fn what_is_said_goes_above_the_bars() {
    let desk = desk(&person(), Flags::default(), (200, 50));
    let mut view = desk.terminal.view();
    play(&mut view, &scripted::soaking(), 18);
    desk.terminal.note("waited for the lock");
    desk.terminal.warning("the server is slow");
    desk.terminal.print("data").unwrap();
    insta::assert_snapshot!(desk.screen.contents(), @"
    waited for the lock
    Warning: the server is slow
    data
    prod/db  image app=db:v2
    > db-4  [####--]  7d4b9  soaking  27s
      db-3  [------]  6f5c8  waiting
      db-2  [------]  6f5c8  waiting
      db-1  [------]  6f5c8  waiting
      db-0  [------]  6f5c8  waiting
    [--------------------------------------------------]  0/5 pods  step 1/2
    waiting: pod db-4 is ready and soaks, 27s left
    ");
    desk.terminal.failure(&Failure::usage("no such pod").hint("look again"));
    drop(view);
    insta::assert_snapshot!(desk.screen.contents(), @"
    waited for the lock
    Warning: the server is slow
    data
    prod/db  image app=db:v2
    > db-4  [####--]  7d4b9  soaking  27s
      db-3  [------]  6f5c8  waiting
      db-2  [------]  6f5c8  waiting
      db-1  [------]  6f5c8  waiting
      db-0  [------]  6f5c8  waiting
    [--------------------------------------------------]  0/5 pods  step 1/2
    waiting: pod db-4 is ready and soaks, 27s left
    error: no such pod
    hint: look again
    ");
}

#[tokio::test]
async fn a_question_stands_under_the_last_frame_and_bars_go_on_after_it() {
    let desk = desk(&person(), Flags::default(), (80, 24));
    let mut view = desk.terminal.view();
    play(&mut view, &scripted::soaking(), 18);
    let asking = desk.terminal.ask("go on with step 2?");
    view.tick(at(19));
    desk.terminal.warning("the server is slow");
    insta::assert_snapshot!(desk.screen.contents(), @"
    prod/db  image app=db:v2
    > db-4  [####--]  7d4b9  soaking  27s
      db-3  [------]  6f5c8  waiting
      db-2  [------]  6f5c8  waiting
      db-1  [------]  6f5c8  waiting
      db-0  [------]  6f5c8  waiting
    [--------------------------]  0/5 pods  step 1/2
    waiting: pod db-4 is ready and soaks, 27s left
    go on with step 2? [y/N]
    Warning: the server is slow
    go on with step 2? [y/N]
    ");

    desk.keys.send("y\n".to_owned()).unwrap();
    assert_eq!(asking.await, Answer::Yes);
    desk.screen.write_str("y\r\n").unwrap();
    view.tick(at(20));
    insta::assert_snapshot!(desk.screen.contents(), @"
    prod/db  image app=db:v2
    > db-4  [####--]  7d4b9  soaking  27s
      db-3  [------]  6f5c8  waiting
      db-2  [------]  6f5c8  waiting
      db-1  [------]  6f5c8  waiting
      db-0  [------]  6f5c8  waiting
    [--------------------------]  0/5 pods  step 1/2
    waiting: pod db-4 is ready and soaks, 27s left
    go on with step 2? [y/N]
    Warning: the server is slow
    go on with step 2? [y/N] y
    prod/db  image app=db:v2
    > db-4  [####--]  7d4b9  soaking  25s
      db-3  [------]  6f5c8  waiting
      db-2  [------]  6f5c8  waiting
      db-1  [------]  6f5c8  waiting
      db-0  [------]  6f5c8  waiting
    [--------------------------]  0/5 pods  step 1/2
    waiting: pod db-4 is ready and soaks, 25s left
    ");
}

#[tokio::test]
async fn a_word_that_is_asked_for_has_to_be_typed() {
    let desk = desk(&person(), progress(ProgressFlag::Line), (80, 24));
    for (typed, answer) in [("y\n", Answer::No), ("\n", Answer::No), ("node-1\n", Answer::Yes)] {
        desk.keys.send(typed.to_owned()).unwrap();
        assert_eq!(desk.terminal.ask_for("node-1", "type its name:").await, answer, "{typed:?}");
    }
    assert_eq!(desk.err.text(), "type its name: ".repeat(3));
    let nobody = self::desk(&Facts::default(), Flags::default(), (80, 24));
    assert_eq!(nobody.terminal.ask_for("node-1", "?").await, Answer::NoTerminal);
}

#[tokio::test]
async fn a_dropped_question_ends_its_line() {
    let desk = desk(&person(), progress(ProgressFlag::Line), (80, 24));
    drop(desk.terminal.ask("delete 3 claims?"));
    desk.terminal.note("interrupted");
    assert_eq!(desk.err.text(), "delete 3 claims? [y/N] \ninterrupted\n");
}

#[tokio::test]
async fn nobody_is_asked_without_a_terminal() {
    let desk = desk(&Facts::default(), Flags::default(), (80, 24));
    assert_eq!(desk.terminal.ask("delete 3 claims?").await, Answer::NoTerminal);
    assert_eq!(desk.err.text(), "");
}

#[test]
fn lines_tell_changes_and_break_long_silences() {
    let desk = desk(&Facts::default(), Flags::default(), (80, 24));
    let mut view = desk.terminal.view();
    play(&mut view, &scripted::held(), 200);
    insta::assert_snapshot!(desk.err.text(), @"
    2026-01-02T15:04:00Z  prod/db     image app=db:v2; 5 pods, updated after each step: 1, 5
    2026-01-02T15:04:00Z  prod/db     held; no pod has been touched
    2026-01-02T15:04:01Z  prod/db     pods move to revision 7d4b9
    2026-01-02T15:04:01Z  step 1/2    updates db-4
    2026-01-02T15:04:01Z  db-4        released to the controller
    2026-01-02T15:04:02Z  db-4        terminating
    2026-01-02T15:04:05Z  db-4        missing
    2026-01-02T15:04:06Z  db-4        pending: ContainerCreating
    2026-01-02T15:04:09Z  db-4        starting
    2026-01-02T15:04:15Z  db-4        ready, soaking 30s
    2026-01-02T15:04:20Z  waiting     pod db-4 is ready and soaks, 25s left; 5s so far
    2026-01-02T15:04:45Z  db-4        ready, gates run
    2026-01-02T15:04:45Z  db-4        gate cmd:./check.sh runs, for at most 30s
    2026-01-02T15:04:48Z  db-4        gate cmd:./check.sh passed: lag 0
    2026-01-02T15:04:48Z  db-4        ready
    2026-01-02T15:04:48Z  db-4        passed after 47s
    2026-01-02T15:04:48Z  step 1/2    passed, 1/5 pods updated
    2026-01-02T15:04:48Z  step 1/2    asking whether to go on
    2026-01-02T15:05:00Z  step 2/2    updates 4 pods, db-3 down to db-0
    2026-01-02T15:05:00Z  db-3        released to the controller
    2026-01-02T15:05:01Z  db-3        starting: ContainerCreating
    2026-01-02T15:05:06Z  waiting     pod db-3 is not ready, 14m54s left; 5s so far
    2026-01-02T15:05:20Z  db-3        failing: CrashLoopBackOff: back-off 1m20s restarting failed container app in pod db-3_prod(3f2b0c1e-8f3a-4a52-9d0b-0f6c2e6b7a11)
    2026-01-02T15:05:24Z  connection  lost 1s ago: connection reset by peer
    2026-01-02T15:05:29Z  waiting     pod db-3 fails (CrashLoopBackOff), 51s left; 9s so far
    2026-01-02T15:05:36Z  connection  restored
    2026-01-02T15:05:36Z  note        events of db-3: OOMKilled twice
    2026-01-02T15:06:06Z  waiting     pod db-3 fails (CrashLoopBackOff), 14s left; 46s so far
    2026-01-02T15:06:20Z  prod/db     held at 1 of 5 pods: db-3 fails (CrashLoopBackOff)
    next:
      go on           kubectl sts rollout continue db -n prod
      back to 6f5c8   kubectl sts rollout abort db -n prod
    ");
    assert_eq!(desk.out.text(), "");
}

#[test]
fn json_is_all_there_is_on_standard_error() {
    let desk = desk(&Facts::default(), progress(ProgressFlag::Json), (80, 24));
    let mut view = desk.terminal.view();
    play(&mut view, &scripted::held(), 200);
    desk.terminal.note("a");
    desk.terminal.warning("b");
    desk.terminal.failure(&Failure::new(Exit::Found, anyhow::anyhow!("c")));
    for line in desk.err.text().lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value["time"].is_string() && value["event"].is_string(), "{line}");
    }
}

#[test]
fn quiet_leaves_warnings_and_ends_that_were_not_asked_for() {
    let desk = desk(&person(), Flags { quiet: true, ..Flags::default() }, (80, 24));
    play(&mut desk.terminal.view(), &scripted::held(), 200);
    desk.terminal.note("a");
    desk.terminal.warning("b");
    let said = desk.err.text();
    let said: Vec<&str> = said.lines().collect();
    assert_eq!(said[0], "held at 1 of 5 pods: db-3 fails (CrashLoopBackOff)");
    assert_eq!((said[1], said[4]), ("next:", "Warning: b"));
    assert_eq!(said.len(), 5);
}

#[test]
fn without_a_terminal_there_is_no_escape_byte_and_with_no_color_no_colour() {
    for flag in [ProgressFlag::Auto, ProgressFlag::Bar, ProgressFlag::Line, ProgressFlag::Json] {
        for facts in [Facts::default(), person(), Facts { dumb: true, ..person() }] {
            let desk = desk(&facts, progress(flag), (80, 24));
            play(&mut desk.terminal.view(), &scripted::held(), 200);
            desk.terminal.warning("careful");
            desk.terminal.print("data").unwrap();
            assert!(!desk.err.text().contains('\x1b') && !desk.out.text().contains('\x1b'));
        }
    }
}

#[test]
fn colour_is_there_when_wanted() {
    let desk = desk(&Facts { no_color: false, ..person() }, progress(ProgressFlag::Line), (80, 24));
    desk.terminal.warning("careful");
    assert_eq!(desk.err.text(), "\x1b[1;33mWarning:\x1b[0m careful\n");
}

/// A frame of so many rows, each as wide as the screen.
fn picture(rows: usize) -> impl FnOnce((usize, usize)) -> Vec<Text> {
    move |(columns, _)| {
        (0..rows).map(|row| format!("{row:>width$}", width = columns + 5).into()).collect()
    }
}

#[test]
fn a_live_picture_is_cut_to_the_screen_and_stays_when_it_ends() {
    let desk = desk(&person(), Flags::default(), (10, 4));
    let live = desk.terminal.live().unwrap();
    live.draw(picture(9));
    let rows = |desk: &Desk| desk.screen.contents().lines().count();
    assert!(rows(&desk) <= 4, "{}", desk.screen.contents());
    drop(live);
    assert_eq!(desk.screen.contents().lines().count(), 3, "{}", desk.screen.contents());
    assert_eq!(desk.out.text(), "", "a picture is no data");
}

#[test]
fn there_is_no_live_picture_where_it_cannot_be_drawn() {
    let pipe = Facts { stdout_tty: false, ..person() };
    let dumb = Facts { dumb: true, ..person() };
    for (facts, flags) in [
        (pipe, Flags::default()),
        (dumb, Flags::default()),
        (person(), progress(ProgressFlag::Line)),
        (person(), Flags { quiet: true, ..Flags::default() }),
    ] {
        assert!(desk(&facts, flags, (80, 24)).terminal.live().is_none(), "{facts:?}");
    }
}
