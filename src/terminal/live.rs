//! What a person watches: drawn in place where that is possible.

use crate::render::text::Text;
use crate::terminal::Terminal;
use crate::terminal::decision::Progress;

/// A picture that is drawn again and again. Dropped, it leaves its last state on the screen.
pub struct Live {
    terminal: Terminal,
}

impl Terminal {
    /// A live picture, where it can be drawn and is what was asked for; elsewhere whoever watches
    /// has to be told line by line.
    pub fn live(&self) -> Option<Live> {
        let decision = self.shared.decision;
        let drawn = decision.stdout_tty && decision.progress == Progress::Bars;
        drawn.then(|| Live { terminal: self.clone() })
    }
}

impl Live {
    /// Draws a frame made for so many columns and lines, over the one before. What does not fit
    /// is cut.
    pub fn draw(&self, frame: impl FnOnce((usize, usize)) -> Vec<Text>) {
        self.terminal.draw(|(columns, lines)| {
            // The last column stays free: some terminals wrap as soon as it is written. The
            // cursor has a line of its own.
            let (columns, lines) = (columns.saturating_sub(1), lines.saturating_sub(1));
            let rows = frame((columns, lines));
            rows.into_iter().take(lines).map(|row| row.fit(columns)).collect()
        });
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.terminal.settle();
    }
}
