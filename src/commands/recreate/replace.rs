//! From the old set to the new one, whatever was done of it already.
//!
//! What is there is looked at before every write, so that any beginning of the way can be gone on
//! from: the old set, one that is on its way out, none, the new one, or the old one again.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::cluster::clock;
use crate::cluster::status;
use crate::commands::context::Context;
use crate::commands::journal::Journal;
use crate::commands::recreate::propose::shape;
use crate::commands::recreate::record::{Record, forget};
use crate::commands::recreate::{RecreateArgs, finish};
use crate::commands::signals::Signals;
use crate::convert;
use crate::exit::{Exit, Failure};
use crate::model::snapshot::Known;
use crate::model::text::clean;
use crate::plan::recreate::changes;
use crate::plan::step::Step;
use crate::plan::step::claim::OwnerRemoval;
use crate::plan::step::object::{Creation, Deletion, ObjectKind};
use crate::progress::machine::after;

/// How long to wait before looking again.
const BETWEEN: Duration = Duration::from_millis(500);

/// Where a recreation stands, by what is in the cluster.
enum Stand {
    /// The old set is there.
    Old(Value),
    /// It was told to go.
    Going,
    /// There is no set.
    Gone,
    /// The new set is there.
    New,
    /// The old set was created again.
    Restored,
    /// A set that is neither.
    Foreign,
}

/// One recreation on its way.
pub(super) struct Replace<'a> {
    pub cx: &'a mut Context,
    pub set: &'a str,
    pub record: &'a Record,
    pub journal: &'a mut Journal,
    pub until: Timestamp,
    signals: Signals,
    /// The signal that was heard and is obeyed later.
    heard: Option<Exit>,
    /// What the server said to the new set, if it would not have it.
    refused: Option<String>,
}

/// Goes from wherever it stands to the end.
///
/// The first signal is heard and not obeyed before there is a set again: the time without one is
/// short, and the worst to be stopped in.
pub(super) async fn run(
    cx: &mut Context,
    args: &RecreateArgs,
    record: &Record,
    journal: &mut Journal,
) -> Result<Exit, Failure> {
    let signals = Signals::listen()?;
    let until = after(clock::now(), args.pace.timeout);
    let set = &args.set;
    let mut work = Replace { cx, set, record, journal, until, signals, heard: None, refused: None };
    if !work.replace().await? {
        return work.restored().await;
    }
    finish::run(&mut work, args).await
}

impl Replace<'_> {
    /// Until there is a new set, or the old one again; tells which.
    async fn replace(&mut self) -> Result<bool, Failure> {
        loop {
            self.cx.tell_notices();
            let stand = match self.stand().await {
                Ok(stand) => stand?,
                Err(error) if status::is_unclear(&error) => {
                    self.wait("the API server does not answer").await?;
                    continue;
                }
                Err(error) => return Err(self.way_on(error.into())),
            };
            match stand {
                Stand::Old(live) => self.delete(&live).await?,
                Stand::Going => {
                    self.wait("the old set is told to go and still there").await?;
                }
                Stand::Gone => self.create().await?,
                Stand::New => return Ok(true),
                Stand::Restored => return Ok(false),
                Stand::Foreign => return Err(self.foreign()),
            }
        }
    }

    async fn stand(&self) -> Result<Result<Stand, Failure>, kube::Error> {
        let object = match self.cx.session.set_object(self.cx.session.namespace(), self.set).await {
            Ok(object) => object,
            Err(error) if status::is_not_found(&error) => return Ok(Ok(Stand::Gone)),
            Err(error) => return Err(error),
        };
        let going = !object["metadata"]["deletionTimestamp"].is_null();
        if object["metadata"]["uid"] == *self.record.before.set {
            return Ok(Ok(if going { Stand::Going } else { Stand::Old(object) }));
        }
        let is = |wanted: &Value| -> Result<bool, Failure> {
            let (there, wanted) = (shape(&object)?, shape(wanted)?);
            Ok(changes(&there, &wanted).is_empty() && there.template == wanted.template)
        };
        let kind = || {
            Ok(if going {
                Stand::Foreign
            } else if is(&self.record.new)? {
                Stand::New
            } else if is(&self.record.old)? {
                Stand::Restored
            } else {
                Stand::Foreign
            })
        };
        Ok(kind())
    }

    async fn delete(&mut self, live: &Value) -> Result<(), Failure> {
        let now = convert::manifest::copy(live);
        if now["spec"] != self.record.old["spec"] {
            let cause =
                anyhow::anyhow!("statefulset.apps/{} was changed by somebody else", self.set);
            self.forget().await?;
            return Err(Failure::new(Exit::Conflict, cause)
                .hint("it was not deleted; look at it, then run the same command again"));
        }
        let text = |field: &str| live["metadata"][field].as_str().unwrap_or_default().to_owned();
        let step = Step::Delete(Deletion {
            kind: ObjectKind::Set,
            namespace: self.cx.session.namespace().to_owned(),
            name: self.set.to_owned(),
            uid: text("uid"),
            resource_version: text("resourceVersion"),
        });
        match self.journal.apply(self.cx, &step).await? {
            Ok(_) => {
                let note = format!("statefulset.apps/{} deleted; its pods run on", self.set);
                self.cx.terminal.note(note);
                Ok(())
            }
            // Its status moved, or it is gone.
            Err(error) if status::is_conflict(&error) || status::is_not_found(&error) => {
                self.wait("the set changes all the time").await
            }
            Err(error) if status::is_unclear(&error) => {
                self.wait("the API server does not answer").await
            }
            Err(error) => {
                self.forget().await?;
                Err(Failure::from(error).hint("the set was not deleted"))
            }
        }
    }

    /// Creates the new set; the old one, once the server would not have the new one.
    async fn create(&mut self) -> Result<(), Failure> {
        self.strip().await?;
        let manifest =
            if self.refused.is_some() { &self.record.old } else { &self.record.new }.to_string();
        let step = Step::Create(Creation {
            kind: ObjectKind::Set,
            namespace: self.cx.session.namespace().to_owned(),
            name: self.set.to_owned(),
            manifest,
        });
        match self.journal.apply(self.cx, &step).await? {
            Ok(_) => Ok(()),
            Err(error) if status::is_there_already(&error) || status::is_unclear(&error) => {
                self.wait("the API server does not answer").await
            }
            Err(error) => {
                let why = status::of(&error)
                    .map_or_else(|| clean(&error.to_string()), |answer| clean(&answer.message));
                if let Some(first) = &self.refused {
                    let cause = anyhow::anyhow!(
                        "statefulset.apps/{} is gone, and the API server takes neither the new one \
                         ({first}) nor the old one ({why})",
                        self.set
                    );
                    return Err(self.way_on(Failure::new(Exit::Partial, cause)));
                }
                self.cx.terminal.warning(&format!(
                    "the API server does not take the new set: {why}; creating the old one again"
                ));
                self.refused = Some(why);
                Ok(())
            }
        }
    }

    /// Takes the old set off claims that the garbage collector left it on, so that they do not go
    /// with it.
    pub(super) async fn strip(&mut self) -> Result<(), Failure> {
        let namespace = self.cx.session.namespace().to_owned();
        let claims = match self.cx.session.claims(Some(&namespace)).await {
            Ok(Known::Read(claims)) => claims,
            // Looked at again before the end.
            Ok(Known::Unknown(_)) | Err(_) => return Ok(()),
        };
        let old = &self.record.before.set;
        for claim in claims {
            let Some(at) = claim.owners.iter().position(|owner| owner.uid == *old) else {
                continue;
            };
            let Some(removal) = OwnerRemoval::of(&claim, at) else { continue };
            if let Err(error) = self.journal.apply(self.cx, &Step::RemoveOwner(removal)).await? {
                let warning = format!(
                    "pvc/{} still belongs to the deleted set and may be deleted with it: {}",
                    claim.name,
                    clean(&error.to_string())
                );
                self.cx.terminal.warning(&warning);
            }
        }
        Ok(())
    }

    /// Says how it ended where the old set is back, and that nothing is left to do.
    async fn restored(&mut self) -> Result<Exit, Failure> {
        finish::adopted(self, &[]).await?;
        self.forget().await?;
        let why = self.refused.as_ref().map_or(String::new(), |why| format!(": {why}"));
        let cause = anyhow::anyhow!(
            "the new set was not taken{why}; statefulset.apps/{} was created again as it was",
            self.set
        );
        Err(Failure::new(Exit::RolledBack, cause).hint("its pods were not touched"))
    }

    fn foreign(&self) -> Failure {
        let cause = anyhow::anyhow!(
            "statefulset.apps/{} is there, and neither the old nor the new one: somebody else \
             created or changed it",
            self.set
        );
        let map = super::record::name(self.set);
        let forget = self.cx.kubectl(&["delete", "configmap", &map]);
        Failure::new(Exit::Conflict, cause)
            .hint(format!("the copies of both are in configmap/{map}"))
            .hint(format!("if it may stay as it is: {forget}"))
    }

    pub(super) async fn forget(&mut self) -> Result<(), Failure> {
        forget(self.cx, self.journal, self.set, &self.record.run).await
    }

    /// Waits a moment, unless time is up.
    pub(super) async fn wait(&mut self, why: &str) -> Result<(), Failure> {
        if clock::now() < self.until {
            let signal = tokio::select! {
                exit = self.signals.received() => Some(exit),
                () = tokio::time::sleep(BETWEEN) => None,
            };
            return signal.map_or(Ok(()), |exit| self.hear(exit));
        }
        let cause = anyhow::anyhow!("timed out: {why}");
        Err(self.way_on(Failure::new(Exit::TimedOut, cause)))
    }

    /// Takes note of a signal; the second one is obeyed at once.
    fn hear(&mut self, exit: Exit) -> Result<(), Failure> {
        if self.heard.replace(exit).is_some() {
            return Err(self.way_on(Failure::new(exit, anyhow::anyhow!("interrupted"))));
        }
        self.cx.terminal.warning(
            "stopping once the new set is there: until then nothing replaces a pod that dies; \
             once more to stop here",
        );
        Ok(())
    }

    /// The signal that was heard by now.
    pub(super) fn heard(&mut self) -> Option<Exit> {
        self.heard.or_else(|| self.signals.pending())
    }

    /// The failure with the ways to go on.
    pub(super) fn way_on(&self, failure: Failure) -> Failure {
        let map = super::record::name(self.set);
        let get = ["get", "configmap", &map, "-o", "jsonpath={.data.new\\.json}"];
        failure
            .hint(format!("finish it: {}", self.cx.command(&["recreate", self.set, "--resume"])))
            .hint(format!(
                "by hand, if there is no set: {} | {}",
                self.cx.kubectl(&get),
                self.cx.kubectl(&["create", "-f", "-"])
            ))
    }
}
