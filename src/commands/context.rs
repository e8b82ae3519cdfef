//! What every command works with.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::cluster::notice::Notice;
use crate::cluster::session::Session;
use crate::exit::Failure;
use crate::model::snapshot::Snapshot;
use crate::render::document::Cluster;
use crate::terminal::Terminal;
use crate::terminal::prompt::Answer;

/// The two ends a command stands between.
pub struct Context {
    /// The cluster.
    pub session: Arc<Session>,
    /// The person.
    pub terminal: Terminal,
    /// What the connection has to say.
    pub notices: UnboundedReceiver<Notice>,
    /// How this program is called, such as `kubectl sts`.
    pub program: String,
    /// The flags it was called with that lead to the same cluster as the same user.
    pub connection: Vec<String>,
}

/// Whether a person has to be asked before something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// `--yes`.
    Given,
    /// Not said: ask.
    Open,
}

impl Consent {
    /// From the flag.
    pub fn from_flag(yes: bool) -> Self {
        if yes { Self::Given } else { Self::Open }
    }
}

/// A safety rule's no.
pub fn refused(message: &str) -> Failure {
    Failure::new(crate::exit::Exit::Refused, anyhow::Error::msg(message.to_owned()))
}

impl Context {
    /// Reads a set and everything a rollout depends on.
    pub async fn snapshot(&self, name: &str) -> Result<Snapshot, Failure> {
        self.session.snapshot(self.session.namespace(), name).await
    }

    /// Says what the connection had to say so far.
    pub fn tell_notices(&mut self) {
        while let Ok(notice) = self.notices.try_recv() {
            tell(&self.terminal, &notice);
        }
    }

    /// Where a write would go, in one line.
    pub fn place(&self) -> String {
        let context = self.session.context().map_or(String::new(), |c| format!("context {c}, "));
        let server = self.session.server().to_string();
        let namespace = self.session.namespace();
        format!("{context}server {}, namespace {namespace}", server.trim_end_matches('/'))
    }

    /// The same for documents.
    pub fn cluster(&self) -> Cluster {
        Cluster { server: self.session.server().to_string(), version: None }
    }

    /// Gets a yes, from the flag or from a person.
    pub async fn consent(&mut self, given: Consent, question: &str) -> Result<(), Failure> {
        self.tell_notices();
        if given == Consent::Given {
            self.terminal.note(self.place());
            return Ok(());
        }
        let question = format!("{}\n{question}", self.place());
        match self.terminal.ask(&question).await {
            Answer::Yes => Ok(()),
            Answer::No => Err(refused("declined; nothing was changed")),
            Answer::NoTerminal => Err(refused("nobody can be asked without a terminal")
                .hint("look at it with --dry-run=server, then give --yes")),
        }
    }

    /// A command line of this program for the same cluster and namespace, to paste.
    pub fn command(&self, words: &[&str]) -> String {
        self.command_in(self.session.namespace(), words)
    }

    /// The same for another namespace.
    pub fn command_in(&self, namespace: &str, words: &[&str]) -> String {
        self.line(&self.program, namespace, words)
    }

    /// A command line of kubectl for the same cluster and namespace, to paste.
    pub fn kubectl(&self, words: &[&str]) -> String {
        self.kubectl_in(self.session.namespace(), words)
    }

    /// The same for another namespace.
    pub fn kubectl_in(&self, namespace: &str, words: &[&str]) -> String {
        self.line("kubectl", namespace, words)
    }

    fn line(&self, program: &str, namespace: &str, words: &[&str]) -> String {
        let mut all: Vec<String> = vec![program.to_owned()];
        all.extend(words.iter().map(|word| quoted(word)));
        all.push("-n".to_owned());
        all.push(quoted(namespace));
        if let Some(context) = self.session.context() {
            all.push("--context".to_owned());
            all.push(quoted(context));
        }
        all.extend(self.connection.iter().map(|word| quoted(word)));
        all.join(" ")
    }
}

fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}

/// Shows what the connection had to say.
pub fn tell(terminal: &Terminal, notice: &Notice) {
    match notice {
        Notice::Warning(text) | Notice::Configuration(text) => terminal.warning(text),
        Notice::Retry { request, why, after } => terminal.note(format!(
            "{request}: {why}; trying again in {}",
            crate::render::duration::span(
                jiff::SignedDuration::try_from(*after).unwrap_or_default()
            )
        )),
        Notice::Request { method, url, status, took } => {
            let status = status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            terminal.note(format!("{method} {url} {status} in {} milliseconds", took.as_millis()));
        }
    }
}
