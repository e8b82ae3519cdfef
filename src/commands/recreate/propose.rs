//! From what was asked to a new set that the server would take, and its judgement.

use serde_json::{Value, json};

use crate::cluster::clock;
use crate::cluster::status;
use crate::commands::context::{Context, refused};
use crate::commands::dry_run::Preview;
use crate::convert::manifest;
use crate::exit::{Exit, Failure};
use crate::model::shape::Shape;
use crate::model::snapshot::Snapshot;
use crate::model::text::clean;
use crate::plan::options::Options;
use crate::plan::recreate::refusal::NotRecreated;
use crate::plan::recreate::{Case, Change, InPlace, Owned, Restarts, begin, changes, restarted};
use crate::render::difference::field_differences;
use crate::render::recreate::Shown;

/// How often the set is read anew while others write to it.
const ATTEMPTS: usize = 5;

/// Fields that the changes tell of in words of their own.
const TOLD: &[&str] =
    &["spec.selector", "spec.serviceName", "spec.podManagementPolicy", "spec.volumeClaimTemplates"];

/// What is asked for.
pub(super) struct Wish<'a> {
    /// The set's name.
    pub set: &'a str,
    /// What the new one is made from.
    pub source: Source<'a>,
    /// Whether pods are restarted.
    pub restarts: Restarts,
    /// Who answers for a set that a tool reconciles.
    pub owned: Owned,
    /// How much may be unwell.
    pub options: &'a Options,
    /// Whether the server is asked.
    pub preview: Preview,
}

/// What a new set is made from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// A manifest, as `kubectl apply` would merge it into the live set.
    File {
        /// The manifest.
        manifest: &'a Value,
        /// Whether the template is the live set's.
        keeps_template: bool,
    },
    /// The copy that an earlier run kept, as it is.
    Copy(&'a Value),
    /// The live set with a change.
    Edited(&'a Edit<'a>),
}

/// Makes the new set, as it would be sent, of the live one.
pub(in crate::commands) type Edit<'f> = dyn Fn(&Value) -> Value + Sync + 'f;

/// A recreation that could begin.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    /// The set as it was read.
    pub snapshot: Snapshot,
    /// The same, whole.
    live: Value,
    /// The new one, as the server would store it.
    pub new: Value,
    /// What only a new set can have otherwise.
    pub changes: Vec<Change>,
    /// What else changes, in words.
    others: Vec<String>,
    /// The names of its pods, lowest first.
    pods: Vec<String>,
    /// Why it may not begin.
    pub refusals: Vec<NotRecreated>,
}

impl Proposal {
    /// The old set, as it would be created again.
    pub(super) fn old(&self) -> Value {
        manifest::copy(&self.live)
    }

    /// Whether any pod is restarted.
    pub(super) fn restarts(&self, asked: Restarts) -> bool {
        restarted(asked, &self.changes, &self.snapshot)
    }

    /// The proposal as people are shown it.
    pub(super) fn shown(&self, restarts: Restarts) -> Shown<'_> {
        Shown {
            set: &self.snapshot.set,
            changes: &self.changes,
            others: &self.others,
            restarts,
            pods: &self.pods,
        }
    }
}

impl Wish<'_> {
    /// Reads the set, has the server check the new one, and judges.
    pub(super) async fn propose(&self, cx: &Context) -> Result<Proposal, Failure> {
        let (snapshot, live) = self.read(cx).await?;
        let new = self.new_set(cx, &live).await?;
        let in_place = self.in_place(cx, &new).await?;
        let claims = cx.session.claims(Some(&snapshot.set.namespace)).await?;
        let (before, after) = (shape(&live)?, shape(&new)?);
        let case = Case {
            snapshot: &snapshot,
            live: &before,
            new: &after,
            claims: &claims,
            in_place,
            restarts: self.restarts,
            owned: self.owned,
            options: self.options,
        };
        let refusals = begin(&case, clock::now());
        let changes = changes(&before, &after);
        let mut others = field_differences(&live, &new);
        others.retain(|other| !TOLD.iter().any(|field| other.starts_with(field)));
        let pods = snapshot.set.wanted.iter().filter_map(|ordinal| snapshot.pod(ordinal));
        let pods = pods.map(|pod| pod.name.clone()).collect();
        Ok(Proposal { snapshot, live, new, changes, others, pods, refusals })
    }

    /// The set and everything around it, and the same set whole.
    async fn read(&self, cx: &Context) -> Result<(Snapshot, Value), Failure> {
        for _ in 0..ATTEMPTS {
            let snapshot = cx.snapshot(self.set).await?;
            let set = &snapshot.set;
            let live = cx.session.set_object(&set.namespace, &set.name).await?;
            let same = live["metadata"]["uid"] == *set.uid
                && live["metadata"]["generation"] == set.generation;
            if same {
                return Ok((snapshot, live));
            }
        }
        let cause = anyhow::anyhow!("statefulset.apps/{} changes all the time", self.set);
        Err(Failure::new(Exit::Conflict, cause).hint("nothing was changed"))
    }

    /// The new set as the server would store it, or as it is taken to be where it is not asked.
    async fn new_set(&self, cx: &Context, live: &Value) -> Result<Value, Failure> {
        let new = match self.source {
            Source::Copy(copy) => copy.clone(),
            Source::Edited(edit) => edit(live),
            Source::File { manifest, keeps_template } => {
                let new = manifest::successor(live, &manifest::change(live, manifest));
                if keeps_template { manifest::with_template_of(new, live) } else { new }
            }
        };
        if self.preview == Preview::None {
            return Ok(manifest::filled_in(&manifest::copy(live), &new));
        }
        let beside = manifest::nameless(&new);
        match cx.session.preview_create(cx.session.namespace(), &beside).await {
            Ok(stored) => Ok(manifest::named(manifest::copy(&stored), self.set)),
            Err(error) => match status::of(&error).filter(|answer| answer.code < 500) {
                Some(answer) => {
                    let made_up = answer.details.as_ref().map_or("", |details| &details.name);
                    let mut why = clean(&answer.message);
                    if !made_up.is_empty() {
                        why = why.replace(made_up, self.set);
                    }
                    Err(refused(&format!("the API server would not take the new set: {why}"))
                        .hint("nothing was changed"))
                }
                None => Err(Failure::from(error).hint("nothing was changed")),
            },
        }
    }

    /// What the server says to the same change in place. Later versions may accept some of it.
    async fn in_place(&self, cx: &Context, new: &Value) -> Result<InPlace, Failure> {
        if self.preview == Preview::None {
            return Ok(InPlace::NotAsked);
        }
        let body = json!({ "spec": new["spec"] });
        match cx.session.preview_merge(cx.session.namespace(), self.set, &body).await {
            Ok(_) => Ok(InPlace::Accepted),
            Err(error) => match status::of(&error) {
                Some(answer) if answer.code == 422 => Ok(InPlace::Invalid),
                // Who may not patch sets, or is kept from it, can still replace one.
                Some(answer) if answer.code == 403 => Ok(InPlace::NotAsked),
                _ => Err(Failure::from(error).hint("nothing was changed")),
            },
        }
    }
}

/// A set as it is compared.
pub(super) fn shape(object: &Value) -> Result<Shape, Failure> {
    manifest::shape(object).map_err(|error| anyhow::Error::from(error).into())
}
