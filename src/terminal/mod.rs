//! The person at the other end: the only module that uses standard output, error and input.
//!
//! Data goes to standard output; notes, warnings, progress and questions to standard error. What
//! is said while bars are drawn goes above them, and what is said while a question is open goes
//! above the question.

#![expect(clippy::disallowed_methods, reason = "the one door to the standard streams")]

mod bars;
mod color;
pub mod decision;
mod lines;
pub mod live;
pub mod passing;
pub mod prompt;
mod stream;
#[cfg(test)]
mod tests;
pub mod view;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicatif::TermLike;
use jiff::Timestamp;

use crate::exit::Failure;
use crate::render::record;
use crate::render::rollout;
use crate::render::text::{Text, Tone};
use crate::terminal::bars::{Drawing, Screen};
use crate::terminal::color::{Paint, paint};
use crate::terminal::decision::{Decision, Facts, Flags, Progress, decide};
use crate::terminal::prompt::{Asking, Keyboard, Wanted};
use crate::terminal::stream::Stream;
use crate::terminal::view::View;

/// The terminal, or whatever is there in its place. Clones are the same terminal.
#[derive(Clone)]
pub struct Terminal {
    shared: Arc<Shared>,
}

struct Shared {
    decision: Decision,
    out: Mutex<Stream>,
    err: Mutex<Stderr>,
    keyboard: Keyboard,
    screen: Box<dyn Fn() -> Box<dyn TermLike> + Send + Sync>,
}

/// Standard error, and what stands on it.
struct Stderr {
    stream: Stream,
    drawing: Option<Drawing>,
    question: Option<String>,
}

impl Terminal {
    /// The terminal of this process.
    pub fn new(facts: &Facts, flags: Flags) -> Self {
        let decision = decide(facts, flags);
        Self::with(
            decision,
            (Stream::new(Box::new(io::stdout())), Stream::new(Box::new(io::stderr()))),
            Keyboard::new(Box::new(|| {
                let mut line = String::new();
                io::stdin().read_line(&mut line).map(|_| line)
            })),
            Box::new(move || Box::new(Screen::new(decision.fallback))),
        )
    }

    fn with(
        decision: Decision,
        (out, err): (Stream, Stream),
        keyboard: Keyboard,
        screen: Box<dyn Fn() -> Box<dyn TermLike> + Send + Sync>,
    ) -> Self {
        let err = Stderr { stream: err, drawing: None, question: None };
        let (out, err) = (Mutex::new(out), Mutex::new(err));
        Self { shared: Arc::new(Shared { decision, out, err, keyboard, screen }) }
    }

    /// Prints data, with a line end. Fails when the data could not be written, but not when
    /// nobody reads it any more.
    pub fn print(&self, text: impl Into<Text>) -> io::Result<()> {
        let text = painted(&text.into(), self.shared.decision.stdout);
        let mut out = self.shared.out.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.shared.decision.stdout_tty {
            return out.write(&text);
        }
        self.err().above(|_| out.write(&text))
    }

    /// Columns of the screen that data goes to; nothing when it goes elsewhere.
    pub fn columns(&self) -> Option<usize> {
        let Decision { stdout_tty, fallback, .. } = self.shared.decision;
        let size = || console::Term::stdout().size_checked();
        stdout_tty.then(|| size().map_or(fallback.0, |(_, columns)| columns).into())
    }

    /// Whether nobody reads the data any more.
    pub fn output_closed(&self) -> bool {
        self.shared.out.lock().unwrap_or_else(PoisonError::into_inner).closed()
    }

    /// Says something in passing; nothing when asked to be quiet.
    pub fn note(&self, text: impl Into<Text>) {
        let text = text.into();
        match self.shared.decision {
            Decision { quiet: true, .. } => {}
            Decision { progress: Progress::Json, .. } => {
                self.say(&record::note(now(), &text.to_string()).into());
            }
            _ => self.say(&text),
        }
    }

    /// Warns.
    pub fn warning(&self, message: &str) {
        match self.shared.decision.progress {
            Progress::Json => self.say(&record::warning(now(), message).into()),
            _ => self.say(
                &Text::new().with(Tone::Warn, "Warning:").with(Tone::Plain, format!(" {message}")),
            ),
        }
    }

    /// Says why the command could not do what it was asked.
    pub fn failure(&self, failure: &Failure) {
        self.settle();
        match self.shared.decision.progress {
            Progress::Json => self.say(&record::failure(now(), failure).into()),
            _ => self.say(&rollout::failure(failure)),
        }
    }

    /// Asks for consent; the answer is no unless it is yes. The question may have several lines.
    /// The last frame of the bars stays above it.
    pub fn ask(&self, question: &str) -> Asking {
        self.put(question, " [y/N] ", Wanted::Yes)
    }

    /// Asks for a word to be typed; the answer is no unless it is this one.
    pub fn ask_for(&self, word: &str, question: &str) -> Asking {
        self.put(question, " ", Wanted::Word(word.to_owned()))
    }

    fn put(&self, question: &str, end: &str, wanted: Wanted) -> Asking {
        if !self.shared.decision.person {
            return Asking::nobody();
        }
        self.settle();
        let question = painted(
            &Text::new().with(Tone::Strong, question).with(Tone::Plain, end),
            self.shared.decision.stderr,
        );
        let question = question.trim_end_matches('\n').to_owned();
        let mut err = self.err();
        err.write(&question);
        err.question = Some(question);
        drop(err);
        Asking::new(self.clone(), &self.shared.keyboard, wanted)
    }

    /// Whether [`Terminal::ask`] would reach a person.
    pub fn can_ask(&self) -> bool {
        self.shared.decision.person
    }

    /// Reads standard input to its end.
    pub fn read_input(&self) -> io::Result<String> {
        io::read_to_string(io::stdin())
    }

    /// Passes on what a command elsewhere wrote to its standard error.
    pub fn relay(&self, text: impl Into<Text>) {
        self.say(&text.into());
    }

    /// Says what is wrong with the command line, as the parser put it.
    pub fn complaint(&self, text: &str) {
        self.err().write(&format!("{}\n", text.trim_end()));
    }

    /// A view for the events of a run.
    pub fn view(&self) -> View {
        View::new(self.clone())
    }

    /// The question is no longer open. What a person typed ended its line; otherwise that is to
    /// be done.
    fn answered(&self, typed: bool) {
        let mut err = self.err();
        if err.question.take().is_some() && !typed {
            err.write("\n");
        }
    }

    /// Writes a line to standard error, above what is drawn there.
    fn say(&self, text: &Text) {
        let text = painted(text, self.shared.decision.stderr);
        self.err().above(|stream| {
            // There is no other place to say that this could not be said.
            stream.write(&text).ok();
        });
    }

    /// Draws a frame made for the size of the screen; nothing while a question is open.
    fn draw(&self, frame: impl FnOnce((usize, usize)) -> Vec<Text>) {
        let mut err = self.err();
        if err.question.is_some() {
            return;
        }
        let screen = &self.shared.screen;
        let drawing = err.drawing.get_or_insert_with(|| Drawing::new(screen(), screen()));
        let rows: Vec<String> = frame(drawing.size())
            .iter()
            .map(|row| paint(row, self.shared.decision.stderr))
            .collect();
        drawing.draw(rows.join("\n"));
    }

    /// Makes what is drawn a part of the text above.
    fn settle(&self) {
        let mut err = self.err();
        if let Some(drawing) = err.drawing.take() {
            let frame = drawing.take_away();
            if !frame.is_empty() {
                err.write(&format!("{frame}\n"));
            }
        }
    }

    fn err(&self) -> MutexGuard<'_, Stderr> {
        self.shared.err.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stderr {
    /// Writes something that goes above the drawing or the question.
    fn above<T>(&mut self, write: impl FnOnce(&mut Stream) -> T) -> T {
        let stream = &mut self.stream;
        match (&self.question, &self.drawing) {
            (Some(question), _) => {
                stream.write("\n").ok();
                let written = write(stream);
                stream.write(question).ok();
                written
            }
            (None, Some(drawing)) => drawing.aside(|| write(stream)),
            (None, None) => write(stream),
        }
    }

    fn write(&mut self, text: &str) {
        // There is no other place to say that this could not be said.
        self.stream.write(text).ok();
    }
}

/// The text with its line end.
fn painted(text: &Text, how: Paint) -> String {
    format!("{}\n", paint(text, how).trim_end_matches('\n'))
}

/// The edge reads the clock: messages in JSON carry their time as events do.
fn now() -> Timestamp {
    Timestamp::now()
}
