//! What was written, and what was about to be: one line of JSON each, on this machine.
//!
//! The cluster remembers what is needed to go on from anywhere; the journal is for whoever has to
//! find out afterwards what happened, and for copies of what is about to be deleted. A line is on
//! the disk before its write is sent: a journal that cannot be kept stops the command.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use serde_json::{Value, json};

use crate::cluster::clock;
use crate::cluster::write::{Keep, Written};
use crate::commands::context::Context;
use crate::commands::identity;
use crate::exit::Failure;
use crate::plan::step::Step;
use crate::render::duration::stamp;

/// The journal of one run.
pub struct Journal {
    run: String,
    file: File,
    path: PathBuf,
}

impl Journal {
    /// Opens the journal of a run, which may have been begun before.
    pub fn open(run: &str) -> Result<Self, Failure> {
        Self::open_in(&directory()?, run)
    }

    fn open_in(directory: &Path, run: &str) -> Result<Self, Failure> {
        make_private(directory).with_context(|| unkept(directory))?;
        let path = directory.join(format!("{run}.jsonl"));
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        private(&mut options);
        let file = options.open(&path).with_context(|| unkept(&path))?;
        Ok(Self { run: run.to_owned(), file, path })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Notes something that is worth knowing later.
    pub fn note(&mut self, what: &str, value: &Value) -> Result<(), Failure> {
        self.line(&json!({ "note": what, "value": value }))
    }

    /// Keeps a copy of something in a file of its own beside the journal, and says where.
    pub fn keep(&self, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let path = self.path.with_file_name(format!("{}-{name}", self.run));
        let mut options = OpenOptions::new();
        options.create(true).write(true).truncate(true);
        private(&mut options);
        let write = || {
            let mut file = options.open(&path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().with_context(|| unkept(&path))?;
        Ok(path)
    }

    /// Carries out one write: says so first, and how it ended afterwards.
    pub async fn apply(
        &mut self,
        cx: &Context,
        step: &Step,
    ) -> Result<Result<Written, kube::Error>, Failure> {
        let target = step.target();
        self.line(&json!({ "write": {
            "verb": target.verb,
            "kind": target.kind,
            "namespace": target.namespace,
            "name": target.name,
            "uid": target.uid,
        }}))?;
        let result = cx.session.apply(step, Keep::Written).await;
        let ended = match &result {
            Ok(_) => json!("done"),
            Err(error) => json!(error.to_string()),
        };
        self.line(&json!({ "ended": ended, "kind": target.kind, "name": target.name }))?;
        Ok(result)
    }

    /// Writes a line, and returns when the disk has it.
    fn line(&mut self, body: &Value) -> Result<(), Failure> {
        let now = clock::now();
        let mut line =
            json!({ "at": stamp(now), "run": self.run, "by": identity::holder(now).name });
        if let (Some(line), Some(body)) = (line.as_object_mut(), body.as_object()) {
            line.extend(body.clone());
        }
        let mut write = || {
            self.file.write_all(format!("{line}\n").as_bytes())?;
            self.file.sync_data()
        };
        write().with_context(|| unkept(&self.path))?;
        Ok(())
    }
}

fn unkept(path: &Path) -> String {
    format!("could not keep the journal in {}", path.display())
}

/// `$XDG_STATE_HOME/kubectl-sts/journal`, with the default the specification gives.
fn directory() -> Result<PathBuf, Failure> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/state")))
        .or_else(|| set("LOCALAPPDATA"))
        .ok_or_else(|| anyhow!("there is no place for the journal: set XDG_STATE_HOME or HOME"))?;
    Ok(state.join("kubectl-sts").join("journal"))
}

/// The directory with nobody else let in; one that is there already is left as it is.
fn make_private(directory: &Path) -> std::io::Result<()> {
    if let Some(above) = directory.parent() {
        fs::create_dir_all(above)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    match builder.create(directory) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Manifests can hold what others should not read.
#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn private(_options: &mut OpenOptions) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_and_nobody_else_can_read_them() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("a/journal");
        for note in ["first", "second"] {
            let mut journal = Journal::open_in(&directory, "r1").unwrap();
            journal.note(note, &json!(1)).unwrap();
        }
        let journal = Journal::open_in(&directory, "r1").unwrap();
        let text = fs::read_to_string(journal.path()).unwrap();
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!((&lines[0]["note"], &lines[1]["note"]), (&json!("first"), &json!("second")));
        assert_eq!(lines[0]["run"], "r1");
        let copy = journal.keep("set.json", "{}").unwrap();
        assert_eq!(fs::read_to_string(&copy).unwrap(), "{}");
        #[cfg(unix)]
        for (path, mode) in [(directory.as_path(), 0o700), (journal.path(), 0o600), (&copy, 0o600)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode);
        }
    }

    #[test]
    fn a_journal_that_cannot_be_kept_is_an_error() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(Journal::open_in(&file.join("journal"), "r1").is_err());
    }
}
