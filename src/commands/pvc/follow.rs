//! From reading to reading until it is done: what the commands share that move a volume from one
//! claim to the next.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::cluster::clock;
use crate::cluster::readings::Access;
use crate::cluster::status;
use crate::commands::context::{Context, refused};
use crate::commands::journal::Journal;
use crate::commands::signals::Signals;
use crate::exit::{Exit, Failure};
use crate::plan::step::Step;
use crate::progress::machine::after;

/// How long to wait before looking again.
const BETWEEN: Duration = Duration::from_millis(200);

/// How often a write may fail, or have to be made again, before somebody else must be the reason.
const ATTEMPTS: usize = 20;

const TO_RETAIN: Access =
    Access { verb: "patch", group: "", resource: "persistentvolumes", subresource: "" };

/// Whether a signal may end it here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Whatever was done so far is safe as it is.
    Anywhere,
    /// A set is away: there is no worse place to stop.
    NotHere,
}

/// A run on its way.
pub(super) struct Follow<'a> {
    pub cx: &'a mut Context,
    pub journal: &'a mut Journal,
    signals: Signals,
    until: Timestamp,
    /// The command that goes on.
    again: String,
    written: Vec<String>,
    troubles: usize,
    told: String,
    /// Whether the fate of a write was ever unknown: it may still come.
    in_doubt: bool,
}

impl<'a> Follow<'a> {
    /// Begins one that may take so long.
    pub(super) fn new(
        cx: &'a mut Context,
        journal: &'a mut Journal,
        timeout: SignedDuration,
        again: String,
    ) -> Result<Self, Failure> {
        let signals = Signals::listen()?;
        Ok(Self {
            cx,
            journal,
            signals,
            until: after(clock::now(), timeout),
            again,
            written: Vec::new(),
            troubles: 0,
            told: String::new(),
            in_doubt: false,
        })
    }

    /// Whether anything was written.
    pub(super) fn has_written(&self) -> bool {
        !self.written.is_empty()
    }

    /// Whether a write may still come that was sent before.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }

    /// Carries out a write, and says what it was. What others were faster with is judged anew.
    pub(super) async fn write(&mut self, step: &Step, words: String) -> Result<(), Failure> {
        match self.journal.apply(self.cx, step).await? {
            Ok(_) => self.wrote(words),
            Err(error)
                if status::is_conflict(&error)
                    || status::is_unclear(&error)
                    || status::is_there_already(&error)
                    || status::is_not_found(&error) =>
            {
                self.in_doubt |= status::is_unclear(&error);
                self.trouble(error.into()).await
            }
            Err(error) => Err(self.cut(error.into())),
        }
    }

    /// Notes a write that was made.
    pub(super) fn wrote(&mut self, words: String) -> Result<(), Failure> {
        self.troubles = 0;
        self.cx.terminal.note(words.as_str());
        if self.written.iter().filter(|before| **before == words).count() >= ATTEMPTS {
            let cause = anyhow::anyhow!("{words}, and is not a moment later: somebody undoes it");
            return Err(self.cut(Failure::new(Exit::Conflict, cause)));
        }
        self.written.push(words);
        Ok(())
    }

    /// Something went wrong that the next reading may explain.
    pub(super) async fn trouble(&mut self, failure: Failure) -> Result<(), Failure> {
        self.troubles += 1;
        if self.troubles > ATTEMPTS {
            return Err(self.cut(failure));
        }
        tokio::time::sleep(BETWEEN).await;
        Ok(())
    }

    /// Waits a little; says for what, once.
    pub(super) async fn pause(&mut self, words: String, stop: Stop) -> Result<(), Failure> {
        self.cx.tell_notices();
        if self.told != words {
            self.cx.terminal.note(words.as_str());
            self.told.clone_from(&words);
        }
        if clock::now() >= self.until {
            let failure = Failure::new(Exit::TimedOut, anyhow::anyhow!("time is over, {words}"));
            return Err(failure.hint(format!("nothing is lost; go on: {}", self.again)));
        }
        tokio::select! {
            biased;
            exit = self.signals.received() => match stop {
                Stop::Anywhere => {
                    let cause = anyhow::anyhow!("interrupted, {words}");
                    Err(Failure::new(exit, cause)
                        .hint(format!("nothing is lost; go on: {}", self.again)))
                }
                Stop::NotHere => {
                    self.cx.terminal.note("not here: the set is away; it comes back first");
                    Ok(())
                }
            },
            () = tokio::time::sleep(BETWEEN) => Ok(()),
        }
    }

    /// The failure, with what is left to be done where something was done.
    pub(super) fn cut(&self, mut failure: Failure) -> Failure {
        if !self.has_written() {
            return failure.hint("nothing was changed");
        }
        if matches!(failure.exit, Exit::Error | Exit::Refused) {
            failure.exit = Exit::Partial;
        }
        for done in &self.written {
            failure.hints.push(format!("done: {done}"));
        }
        failure.hint(format!("nothing is lost; go on: {}", self.again))
    }
}

/// Refuses where volumes may not be changed: without that, nothing else may be.
pub(super) async fn may_retain(cx: &Context, volume: &str) -> Result<(), Failure> {
    if cx.session.may_with(TO_RETAIN, "", volume).await? {
        return Ok(());
    }
    Err(refused(&format!("you may not patch pv/{volume}, so its data cannot be kept"))
        .hint("it takes the verb patch on persistentvolumes, in a ClusterRole")
        .hint("nothing was changed"))
}

/// The failure a refusal makes.
pub(super) fn refusal(told: Vec<(String, Option<String>)>) -> Failure {
    let mut told = told.into_iter();
    let (text, hint) = told.next().unwrap_or_default();
    let mut failure = Failure::new(Exit::Refused, anyhow::Error::msg(text));
    failure.hints.extend(hint);
    for (text, hint) in told {
        failure.hints.push(format!("also: {text}"));
        failure.hints.extend(hint.filter(|hint| !failure.hints.contains(hint)));
    }
    failure
}
