//! A line that shows how far something is, and leaves nothing behind.

use crate::render::text::Text;
use crate::terminal::Terminal;
use crate::terminal::decision::Progress;

impl Terminal {
    /// Draws the line over the one before, where lines can be drawn over; says whether it did.
    pub fn passing(&self, line: Text) -> bool {
        if self.shared.decision.progress != Progress::Bars {
            return false;
        }
        self.draw(|(columns, _)| vec![line.fit(columns.saturating_sub(1))]);
        true
    }

    /// Takes the line away.
    pub fn passed(&self) {
        let drawing = self.err().drawing.take();
        if let Some(drawing) = drawing {
            drawing.take_away();
        }
    }
}
