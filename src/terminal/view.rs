//! Four ways to show one stream of events.

use jiff::Timestamp;

use crate::exit::Exit;
use crate::progress::event::Event;
use crate::render::board::Board;
use crate::render::frame::frame;
use crate::render::record;
use crate::render::rollout;
use crate::terminal::Terminal;
use crate::terminal::decision::Progress;
use crate::terminal::lines::Lines;

/// A view. Dropped or finished, it leaves its last state on the screen.
pub struct View {
    terminal: Terminal,
    kind: Kind,
}

enum Kind {
    Bars(Box<Board>),
    Lines(Lines),
    Json,
    None,
}

impl View {
    pub(super) fn new(terminal: Terminal) -> Self {
        let kind = match terminal.shared.decision.progress {
            Progress::Bars => Kind::Bars(Box::default()),
            Progress::Lines => Kind::Lines(Lines::default()),
            Progress::Json => Kind::Json,
            Progress::None => Kind::None,
        };
        Self { terminal, kind }
    }

    /// Shows what happened.
    pub fn show(&mut self, at: Timestamp, event: &Event) {
        match &mut self.kind {
            Kind::Bars(board) => {
                board.apply(at, event);
                match event {
                    Event::Notice(notice) => self.terminal.say(&notice.as_str().into()),
                    // The question that follows stands under the state it is about.
                    Event::AskingApproval(_) => self.redraw(at),
                    Event::Ended(ended) => {
                        self.redraw(at);
                        self.terminal.settle();
                        self.terminal.say(&rollout::ended(ended));
                        self.kind = Kind::None;
                    }
                    _ => {}
                }
            }
            Kind::Lines(lines) => {
                for line in lines.show(at, event) {
                    self.terminal.say(&line);
                }
            }
            Kind::Json => self.terminal.say(&record::event(at, event).into()),
            Kind::None => {
                // Without progress, an end that is not the one asked for is still told.
                if let Event::Ended(ended) = event
                    && ended.exit != Exit::Success
                {
                    self.terminal.say(&rollout::ended(ended));
                }
            }
        }
    }

    /// Lets time pass; meant to be called about five times a second.
    pub fn tick(&mut self, now: Timestamp) {
        match &mut self.kind {
            Kind::Bars(_) => self.redraw(now),
            Kind::Lines(lines) => {
                let asking = self.terminal.err().question.is_some();
                if let Some(line) = lines.silence(now).filter(|_| !asking) {
                    self.terminal.say(&line);
                }
            }
            Kind::Json | Kind::None => {}
        }
    }

    /// Ends the view.
    pub fn finish(&mut self) {
        self.terminal.settle();
    }

    fn redraw(&self, now: Timestamp) {
        if let Kind::Bars(board) = &self.kind {
            self.terminal.draw(|size| frame(board, now, size));
        }
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.finish();
    }
}
