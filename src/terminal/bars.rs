//! Progress drawn in place.
//!
//! A frame is one indicatif bar whose message is all of its rows. A bar for each row would be
//! drawn once for each row that changed; this way a frame is one write, and does not flicker.

#![expect(clippy::disallowed_types, reason = "the one place that draws")]

use std::io;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

/// At most this many frames in a second.
const HERTZ: u8 = 5;

/// What stands on the screen and will be overwritten.
pub(super) struct Drawing {
    bar: ProgressBar,
    screen: Box<dyn TermLike>,
    drawn: Option<(String, (usize, usize))>,
}

impl Drawing {
    /// A drawing on a screen, given twice: to draw on and to measure.
    pub(super) fn new(target: Box<dyn TermLike>, screen: Box<dyn TermLike>) -> Self {
        let bar = ProgressBar::with_draw_target(
            None,
            ProgressDrawTarget::term_like_with_hz(target, HERTZ),
        );
        // The template is fixed and right; were it not, the bar would draw its default one.
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            bar.set_style(style);
        }
        Self { bar, screen, drawn: None }
    }

    /// Columns and lines there are now.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.screen.width().into(), self.screen.height().into())
    }

    /// Draws a frame over the one before, unless it is the same on the same screen.
    pub(super) fn draw(&mut self, frame: String) {
        let drawn = (frame, self.size());
        if self.drawn.as_ref() != Some(&drawn) {
            // The cursor waits on a row of its own, where the echo of Ctrl-C and whatever else
            // may be written by others does no harm.
            self.bar.set_message(format!("{}\n", drawn.0));
            self.drawn = Some(drawn);
        }
    }

    /// Takes the drawing away, does something else with the screen, and draws again.
    pub(super) fn aside<T>(&self, other: impl FnOnce() -> T) -> T {
        self.bar.suspend(other)
    }

    /// Takes the drawing away, and returns the frame it showed.
    pub(super) fn take_away(self) -> String {
        self.bar.finish_and_clear();
        self.drawn.map(|(frame, _)| frame).unwrap_or_default()
    }
}

/// Standard error as a screen.
#[derive(Debug)]
pub(super) struct Screen {
    term: console::Term,
    /// Columns and lines for a terminal that does not know its size.
    fallback: (u16, u16),
}

impl Screen {
    pub(super) fn new(fallback: (u16, u16)) -> Self {
        Self { term: console::Term::buffered_stderr(), fallback }
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        self.term.size_checked().map_or(self.fallback.0, |(_, columns)| columns)
    }

    fn height(&self) -> u16 {
        self.term.size_checked().map_or(self.fallback.1, |(lines, _)| lines)
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.term.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.term.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.term.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        // A row is filled with blanks up to the edge. What is written there next would wrap, and
        // the frame after that would be drawn one line too low.
        self.term.write_str("\r")?;
        self.term.flush()
    }
}
