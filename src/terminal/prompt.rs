//! Asking a person, without making anything else wait.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::thread;

use tokio::sync::oneshot;

use crate::terminal::Terminal;

/// What a person said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `y` or `yes`, or the word that was asked for.
    Yes,
    /// Anything else, or the end of input.
    No,
    /// There is nobody to ask.
    NoTerminal,
}

/// What is taken for a yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// `y` or `yes`, in capitals or not.
    Yes,
    /// This word, letter by letter.
    Word(String),
}

impl Wanted {
    fn read(&self, line: &str) -> Answer {
        let line = line.trim();
        let yes = match self {
            Self::Yes => matches!(line.to_ascii_lowercase().as_str(), "y" | "yes"),
            Self::Word(word) => line == word,
        };
        if yes { Answer::Yes } else { Answer::No }
    }
}

/// A question that is on the screen. It ends when it is answered or dropped; until then
/// everything else that is said goes above it.
#[must_use = "a question that is dropped is not asked"]
pub struct Asking {
    /// Absent when there is nobody to ask, or when it has ended.
    terminal: Option<Terminal>,
    line: Option<oneshot::Receiver<Option<String>>>,
    wanted: Wanted,
}

impl Asking {
    pub(super) fn nobody() -> Self {
        Self { terminal: None, line: None, wanted: Wanted::Yes }
    }

    pub(super) fn new(terminal: Terminal, keyboard: &Keyboard, wanted: Wanted) -> Self {
        Self { terminal: Some(terminal), line: Some(keyboard.line()), wanted }
    }
}

impl Future for Asking {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        let Some(line) = &mut self.line else { return Poll::Ready(Answer::NoTerminal) };
        // A reader that has ended without a word is the end of input.
        let line = ready!(Pin::new(line).poll(cx)).unwrap_or_default();
        self.line = None;
        if let Some(terminal) = self.terminal.take() {
            terminal.answered(line.is_some());
        }
        Poll::Ready(line.as_deref().map_or(Answer::No, |line| self.wanted.read(line)))
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some(terminal) = self.terminal.take() {
            terminal.answered(false);
        }
    }
}

type Lines = Box<dyn FnMut() -> io::Result<String> + Send>;

/// The lines a person types. Reading cannot be called off, so a reader outlives a question that
/// was dropped, and what it reads then goes to the question after it.
pub(super) struct Keyboard {
    shared: Arc<Mutex<Waiting>>,
}

struct Waiting {
    /// Absent while a thread is reading.
    lines: Option<Lines>,
    question: Option<oneshot::Sender<Option<String>>>,
}

impl Keyboard {
    /// A keyboard with this way to read a line; an empty string is the end of input.
    pub(super) fn new(lines: Lines) -> Self {
        Self { shared: Arc::new(Mutex::new(Waiting { lines: Some(lines), question: None })) }
    }

    /// The next line; nothing at the end of input.
    fn line(&self) -> oneshot::Receiver<Option<String>> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.question = Some(sender);
        if let Some(mut lines) = waiting.lines.take() {
            let shared = Arc::clone(&self.shared);
            // A thread of its own, which the end of the process need not wait for: the runtime
            // waits for its blocking threads when it is dropped.
            thread::spawn(move || {
                let line = lines().ok().filter(|line| !line.is_empty());
                let mut waiting = shared.lock().unwrap_or_else(PoisonError::into_inner);
                waiting.lines = Some(lines);
                if let Some(question) = waiting.question.take() {
                    // Nobody listens to a question that was dropped; the line is lost with it.
                    question.send(line).ok();
                }
            });
        }
        receiver
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn typed() -> (mpsc::Sender<String>, Keyboard) {
        let (typed, lines) = mpsc::channel::<String>();
        (typed, Keyboard::new(Box::new(move || lines.recv().map_err(io::Error::other))))
    }

    #[test]
    fn only_yes_is_yes() {
        for yes in ["y\n", "Y\n", " yes \r\n", "YES"] {
            assert_eq!(Wanted::Yes.read(yes), Answer::Yes, "{yes:?}");
        }
        for no in ["\n", "n\n", "ye\n", "yes please\n", "\u{1b}[A\n"] {
            assert_eq!(Wanted::Yes.read(no), Answer::No, "{no:?}");
        }
    }

    #[test]
    fn a_word_is_taken_letter_by_letter() {
        let wanted = Wanted::Word("node-1".to_owned());
        assert_eq!(wanted.read(" node-1\n"), Answer::Yes);
        for no in ["y\n", "yes\n", "node-10\n", "Node-1\n", "node\n", "\n"] {
            assert_eq!(wanted.read(no), Answer::No, "{no:?}");
        }
    }

    #[tokio::test]
    async fn a_line_goes_to_the_question_that_is_open() {
        let (typed, keyboard) = typed();
        let dropped = keyboard.line();
        drop(dropped);
        let open = keyboard.line();
        typed.send("y\n".to_owned()).unwrap();
        assert_eq!(open.await.unwrap().as_deref(), Some("y\n"));
    }

    #[tokio::test]
    async fn the_end_of_input_is_no_answer() {
        let (typed, keyboard) = typed();
        drop(typed);
        assert_eq!(keyboard.line().await.unwrap(), None);
    }
}
