//! What may be shown where: decided once, from facts.

#![expect(clippy::disallowed_methods, reason = "asks whether the standard streams are terminals")]

use std::env;
use std::io::{self, IsTerminal};

use crate::terminal::color::Paint;

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorFlag {
    /// On a terminal, unless the environment says otherwise
    #[default]
    Auto,
    /// Even into a pipe
    Always,
    /// Not at all
    Never,
}

/// `--progress`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ProgressFlag {
    /// Bars on a terminal, lines elsewhere
    #[default]
    Auto,
    /// Bars, redrawn in place; lines where that is not possible
    Bar,
    /// A line with the time for each change
    Line,
    /// A JSON object for each event
    Json,
    /// Nothing
    None,
}

/// The flags that have a say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    /// `--color`.
    pub color: ColorFlag,
    /// `--progress`.
    pub progress: ProgressFlag,
    /// `--quiet`: no progress and no notes; warnings, failures and questions remain.
    pub quiet: bool,
}

/// What the environment says.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Standard output is a terminal.
    pub stdout_tty: bool,
    /// Standard error is a terminal.
    pub stderr_tty: bool,
    /// Standard input is a terminal.
    pub stdin_tty: bool,
    /// `NO_COLOR` is set and not empty (no-color.org).
    pub no_color: bool,
    /// `CLICOLOR` is `0` (bixense.com/clicolors).
    pub clicolor_off: bool,
    /// `CLICOLOR_FORCE` is set, and neither empty nor `0`.
    pub clicolor_force: bool,
    /// `TERM` is `dumb`, or not set where it should be: no colour, no cursor movement.
    pub dumb: bool,
    /// `CI` is set, and neither empty nor `false`: what looks like a terminal is a log.
    pub ci: bool,
    /// This is Windows.
    pub windows: bool,
    /// `WT_SESSION` is set: Windows Terminal, which reads escape sequences without being told to.
    pub wt_session: bool,
    /// `COLUMNS`, for terminals that do not know their width.
    pub columns: Option<u16>,
    /// `LINES`, for terminals that do not know their height.
    pub lines: Option<u16>,
}

impl Facts {
    /// The facts about this process.
    pub fn gather() -> Self {
        let said = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let number = |name| said(name).and_then(|value| value.parse().ok()).filter(|n| *n > 0);
        Self {
            stdout_tty: io::stdout().is_terminal(),
            stderr_tty: io::stderr().is_terminal(),
            stdin_tty: io::stdin().is_terminal(),
            no_color: said("NO_COLOR").is_some(),
            clicolor_off: said("CLICOLOR").is_some_and(|value| value == "0"),
            clicolor_force: said("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            dumb: said("TERM").map_or(cfg!(unix), |value| value == "dumb"),
            ci: said("CI").is_some_and(|value| value != "false"),
            windows: cfg!(windows),
            wt_session: said("WT_SESSION").is_some(),
            columns: number("COLUMNS"),
            lines: number("LINES"),
        }
    }
}

/// Which view shows progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Bars,
    Lines,
    Json,
    None,
}

/// What may be shown where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) stdout: Paint,
    pub(super) stderr: Paint,
    pub(super) progress: Progress,
    /// A person can be asked.
    pub(super) person: bool,
    /// Both streams may be the same screen, so bars must give way to what is printed.
    pub(super) stdout_tty: bool,
    pub(super) quiet: bool,
    /// Columns and lines of a terminal that does not know its size.
    pub(super) fallback: (u16, u16),
}

/// Decides.
pub(super) fn decide(facts: &Facts, flags: Flags) -> Decision {
    let paint = |tty| if colour(facts, flags.color, tty) { Paint::Colour } else { Paint::Plain };
    let movable = facts.stderr_tty && !facts.dumb;
    let progress = match flags.progress {
        _ if flags.quiet => Progress::None,
        ProgressFlag::Auto if movable && !facts.ci => Progress::Bars,
        ProgressFlag::Bar if movable => Progress::Bars,
        ProgressFlag::Auto | ProgressFlag::Bar | ProgressFlag::Line => Progress::Lines,
        ProgressFlag::Json => Progress::Json,
        ProgressFlag::None => Progress::None,
    };
    Decision {
        stdout: paint(facts.stdout_tty),
        stderr: paint(facts.stderr_tty),
        progress,
        person: facts.stdin_tty && facts.stderr_tty,
        stdout_tty: facts.stdout_tty,
        quiet: flags.quiet,
        fallback: (facts.columns.unwrap_or(80), facts.lines.unwrap_or(24)),
    }
}

fn colour(facts: &Facts, flag: ColorFlag, tty: bool) -> bool {
    match flag {
        ColorFlag::Always => true,
        ColorFlag::Never => false,
        ColorFlag::Auto if facts.no_color => false,
        ColorFlag::Auto if facts.clicolor_force => true,
        ColorFlag::Auto => {
            tty && !facts.dumb && !facts.clicolor_off && (!facts.windows || facts.wt_session)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal() -> Facts {
        Facts { stdout_tty: true, stderr_tty: true, stdin_tty: true, ..Facts::default() }
    }

    #[test]
    fn colour_follows_the_flag_then_the_environment_then_the_terminal() {
        use ColorFlag::{Always, Auto, Never};
        let t = terminal();
        let pipe = Facts::default();
        let cases = [
            ("terminal", t.clone(), Auto, true),
            ("pipe", pipe.clone(), Auto, false),
            ("dumb", Facts { dumb: true, ..t.clone() }, Auto, false),
            ("NO_COLOR", Facts { no_color: true, ..t.clone() }, Auto, false),
            ("CLICOLOR=0", Facts { clicolor_off: true, ..t.clone() }, Auto, false),
            ("forced", Facts { clicolor_force: true, ..pipe.clone() }, Auto, true),
            (
                "forced and NO_COLOR",
                Facts { clicolor_force: true, no_color: true, ..t.clone() },
                Auto,
                false,
            ),
            ("Windows console", Facts { windows: true, ..t.clone() }, Auto, false),
            (
                "Windows Terminal",
                Facts { windows: true, wt_session: true, ..t.clone() },
                Auto,
                true,
            ),
            ("CI with a terminal", Facts { ci: true, ..t.clone() }, Auto, true),
            ("always, pipe", pipe, Always, true),
            ("always, NO_COLOR", Facts { no_color: true, ..t.clone() }, Always, true),
            ("never", t, Never, false),
        ];
        for (name, facts, color, expected) in cases {
            let decision = decide(&facts, Flags { color, ..Flags::default() });
            assert_eq!(decision.stdout == Paint::Colour, expected, "{name}");
            assert_eq!(decision.stderr == Paint::Colour, expected, "{name}");
        }
    }

    #[test]
    fn each_stream_is_judged_by_itself() {
        let decision = decide(&Facts { stdout_tty: false, ..terminal() }, Flags::default());
        assert_eq!((decision.stdout, decision.stderr), (Paint::Plain, Paint::Colour));
    }

    #[test]
    fn bars_need_a_terminal_that_can_move_its_cursor() {
        use ProgressFlag::{Auto, Bar, Json, Line, None};
        let t = terminal();
        let pipe = Facts::default();
        let dumb = Facts { dumb: true, ..t.clone() };
        let ci = Facts { ci: true, ..t.clone() };
        let cases = [
            ("terminal", &t, Auto, Progress::Bars),
            ("pipe", &pipe, Auto, Progress::Lines),
            ("dumb", &dumb, Auto, Progress::Lines),
            ("CI", &ci, Auto, Progress::Lines),
            ("bar in CI", &ci, Bar, Progress::Bars),
            ("bar in a pipe", &pipe, Bar, Progress::Lines),
            ("bar, dumb", &dumb, Bar, Progress::Lines),
            ("line", &t, Line, Progress::Lines),
            ("json", &t, Json, Progress::Json),
            ("none", &t, None, Progress::None),
        ];
        for (name, facts, progress, expected) in cases {
            let decision = decide(facts, Flags { progress, ..Flags::default() });
            assert_eq!(decision.progress, expected, "{name}");
            let quiet = decide(facts, Flags { progress, quiet: true, ..Flags::default() });
            assert_eq!(quiet.progress, Progress::None, "{name}, quiet");
        }
    }

    #[test]
    fn a_person_needs_something_to_read_and_something_to_type_on() {
        assert!(decide(&terminal(), Flags::default()).person);
        assert!(!decide(&Facts { stdin_tty: false, ..terminal() }, Flags::default()).person);
        assert!(!decide(&Facts { stderr_tty: false, ..terminal() }, Flags::default()).person);
        assert!(decide(&Facts { stdout_tty: false, ..terminal() }, Flags::default()).person);
    }
}
