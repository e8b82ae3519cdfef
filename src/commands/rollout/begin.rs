//! From what was asked to a held set with the new template: everything before the first pod.

use jiff::Timestamp;
use serde_json::Value;

use crate::cluster::clock;
use crate::cluster::status;
use crate::cluster::write::{Keep, Written};
use crate::commands::context::Context;
use crate::commands::dry_run::Preview;
use crate::commands::identity;
use crate::commands::rollout::change::{Asked, ChangeArgs};
use crate::exit::{Exit, Failure};
use crate::model::gate::Gate;
use crate::model::group::Membership;
use crate::model::order::Order;
use crate::model::run::{Holder, RecordedRun, Run, RunPhase, Steps};
use crate::model::set::{HOLD, Set, Template};
use crate::model::snapshot::Snapshot;
use crate::plan::options::Options;
use crate::plan::preflight::{self, Overrides, Source};
use crate::plan::refusal::Refusal;
use crate::plan::step::{RunChange, SetPatch, Step, StrategyChange, TemplateChange};
use crate::render::difference::field_differences;
use crate::render::plan::Shown;
use crate::render::refusal::refusal;

/// How often a hold is tried while others write to the set.
const ATTEMPTS: usize = 5;

/// What a rollout is made from.
pub(super) struct Request<'a> {
    /// The set's name.
    pub set: &'a str,
    /// What changes.
    pub change: &'a ChangeArgs,
    /// Text of the manifest, if one was named.
    pub manifest: Option<&'a str>,
    /// Where to stop.
    pub steps: &'a Steps,
    /// Which pods go first.
    pub order: &'a Order,
    /// Digest of the extra gates.
    pub gates: String,
    /// The group of sets it is rolled out with, and this process as its driver.
    pub group: Option<(Membership, Holder)>,
    /// How carefully to go.
    pub options: &'a Options,
    /// What the user has agreed to.
    pub overrides: Overrides,
}

/// A rollout that could begin.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    /// The set as it was read.
    pub snapshot: Snapshot,
    /// Where the template comes from.
    pub source: Source,
    /// The one write that begins it.
    pub patch: SetPatch,
    /// The template as the server would store it; `None` when the server was not asked.
    pub template: Option<Template>,
    /// Why it may not begin.
    pub refusals: Vec<Refusal>,
}

impl Proposal {
    /// The template pods run now, and the name of its revision.
    pub(super) fn before(&self) -> (&Template, &str) {
        let set = &self.snapshot.set;
        let current = &set.status.current_revision;
        match self.snapshot.revision(current) {
            // Behind a hold the set already has the new template.
            Some(revision) if self.source == Source::Adopt => (&revision.template, current),
            _ => (&set.template, &set.status.update_revision),
        }
    }

    /// Whether the template would stay as it is.
    pub(super) fn changes_nothing(&self) -> bool {
        self.source == Source::Change
            && self
                .template
                .as_ref()
                .is_some_and(|after| after.json == self.snapshot.set.template.json)
    }
}

impl Request<'_> {
    /// Reads the set and works out the write that would begin the rollout.
    ///
    /// While its pods move, the status of a set is written many times a second, and a dry run for
    /// the version that was read comes too late: then all of it is read again.
    pub(super) async fn propose(
        &self,
        cx: &Context,
        preview: Preview,
        now: Timestamp,
    ) -> Result<Proposal, Failure> {
        for _ in 1..ATTEMPTS {
            if let Some(proposal) = self.try_to_propose(cx, preview, now).await? {
                return Ok(proposal);
            }
        }
        let last = self.try_to_propose(cx, preview, now).await?;
        last.ok_or_else(|| {
            let cause = anyhow::anyhow!("statefulset.apps/{} changes all the time", self.set);
            Failure::new(Exit::Conflict, cause).hint("try again when its pods have settled")
        })
    }

    /// The same for one reading of the set; `None` when it had changed before the dry run.
    async fn try_to_propose(
        &self,
        cx: &Context,
        preview: Preview,
        now: Timestamp,
    ) -> Result<Option<Proposal>, Failure> {
        let snapshot = cx.snapshot(self.set).await?;
        let set = &snapshot.set;
        let asked = self.change.asked(&set.template, self.manifest, now)?;
        let source = if asked == Asked::Adopt { Source::Adopt } else { Source::Change };
        let mut refusals = preflight::begin(&snapshot, source, self.overrides, self.options, now);
        if self.group.is_some() && parked(set).is_some() {
            // A group that was not held as a whole is begun again.
            refusals.retain(|refusal| !matches!(refusal, Refusal::Member { .. }));
        }
        let template = match asked {
            Asked::Adopt => TemplateChange::Keep,
            Asked::Template(change) => change,
            Asked::Manifest(manifest) => {
                TemplateChange::Replace(checked_manifest(cx, set, manifest, preview).await?)
            }
        };
        let strategy = match self.order {
            Order::Desc => StrategyChange::Partition(HOLD),
            Order::Asc | Order::LeaderLast | Order::List(_) => StrategyChange::OnDelete,
        };
        let mut patch = SetPatch { template, strategy, ..SetPatch::of(set) };
        let mut after = None;
        if preview == Preview::Server && preflight::original(set).is_ok() {
            match cx.session.apply(&Step::PatchSet(patch.clone()), Keep::DryRun).await {
                Ok(answer) => after = answer.set().map(|set| set.template),
                Err(error) if status::is_conflict(&error) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        if let Ok(run) = self.run(&snapshot, after.as_ref()) {
            patch.run = RunChange::Write(run);
        }
        Ok(Some(Proposal { snapshot, source, patch, template: after, refusals }))
    }

    /// The proposal as people are shown it.
    pub(super) fn shown<'b>(&'b self, proposal: &'b Proposal, gates: &'b [Gate]) -> Shown<'b> {
        Shown {
            snapshot: &proposal.snapshot,
            before: proposal.before(),
            template: proposal.template.as_ref(),
            change: self.change.describe(),
            steps: self.steps,
            order: self.order,
            options: self.options,
            gates,
        }
    }

    /// The record the rollout begins with.
    fn run(&self, snapshot: &Snapshot, after: Option<&Template>) -> Result<Run, Refusal> {
        let set = &snapshot.set;
        // A hold of ours remembers what was there before it.
        let original = match parked(set) {
            Some(run) => run.original.clone(),
            None => preflight::original(set)?,
        };
        let base = if preflight::waits(snapshot) {
            &set.status.current_revision
        } else {
            &set.status.update_revision
        };
        let now = clock::now();
        // A set of a group is no more than held until all of them are.
        let (phase, group, holder) = match &self.group {
            None => (RunPhase::Staging, None, identity::holder(now)),
            Some((group, holder)) => {
                let holder = Holder { beat: now, ..holder.clone() };
                (RunPhase::Parked, Some(group.clone()), holder)
            }
        };
        Ok(Run {
            id: identity::run_id(),
            phase,
            target: String::new(),
            base: base.clone(),
            original,
            order: self.order.clone(),
            partition: if *self.order == Order::Desc { HOLD } else { 0 },
            replicas: set.wanted.replicas,
            start: set.wanted.start,
            steps: self.steps.clone(),
            approved: 0,
            passed: 0,
            template: after.map(Template::digest).unwrap_or_default(),
            gates: self.gates.clone(),
            group,
            holder: Some(holder),
        })
    }

    /// Writes the hold, the template and the record in one request.
    ///
    /// A set whose status moved meanwhile is read again and judged anew; one whose template or
    /// size moved is not what the user said yes to.
    pub(super) async fn hold(
        &self,
        cx: &Context,
        proposal: Proposal,
    ) -> Result<(Snapshot, Run), Failure> {
        let agreed = proposal.snapshot.set.clone();
        let mut proposal = proposal;
        for _ in 0..ATTEMPTS {
            let Proposal { mut snapshot, patch, .. } = proposal;
            match cx.session.apply(&Step::PatchSet(patch.clone()), Keep::Written).await {
                Ok(Written::Set(set)) => {
                    snapshot.set = *set;
                    let RunChange::Write(run) = patch.run else { break };
                    return Ok((snapshot, run));
                }
                Ok(_) => break,
                Err(error) if status::is_conflict(&error) => {}
                Err(error) => return Err(error.into()),
            }
            proposal = self.propose(cx, Preview::Server, clock::now()).await?;
            let set = &proposal.snapshot.set;
            if set.uid != agreed.uid
                || set.template != agreed.template
                || set.wanted != agreed.wanted
                || set.strategy != agreed.strategy
                || set.run != agreed.run
            {
                return Err(moved(set));
            }
            if let Some(failure) = refused(cx, self.set, &proposal.refusals) {
                return Err(failure);
            }
        }
        Err(moved(&agreed))
    }
}

/// The hold that waits on a set, if it is one of ours.
pub(super) fn parked(set: &Set) -> Option<&Run> {
    match &set.run {
        Some(RecordedRun::Read(run)) if run.phase == RunPhase::Parked => Some(run),
        _ => None,
    }
}

fn moved(set: &Set) -> Failure {
    let cause =
        anyhow::anyhow!("{} was changed by somebody else; nothing was written", set.display());
    Failure::new(Exit::Conflict, cause).hint("look at it, then run the same command again")
}

/// The failure a list of refusals makes; `None` when there are none.
pub(super) fn refused(cx: &Context, set: &str, refusals: &[Refusal]) -> Option<Failure> {
    refused_by(set, refusals, &|words| cx.command(words))
}

/// The same, with commands made in another way.
pub(super) fn refused_by(
    set: &str,
    refusals: &[Refusal],
    command: &dyn Fn(&[&str]) -> String,
) -> Option<Failure> {
    let first = refusals.first()?;
    let (text, hints) = refusal(first, set, command);
    let mut failure = Failure::new(first.exit(), anyhow::Error::msg(text));
    failure.hints = hints;
    for other in &refusals[1..] {
        let (text, hints) = refusal(other, set, command);
        failure.hints.push(format!("also: {text}"));
        for hint in hints {
            // The way out of one refusal is often that of the next, and is said once, at the end.
            failure.hints.retain(|said| *said != hint);
            failure.hints.push(hint);
        }
    }
    Some(failure)
}

/// The template of a manifest of the set whose other fields are as they are on the server.
async fn checked_manifest(
    cx: &Context,
    set: &Set,
    mut manifest: Value,
    preview: Preview,
) -> Result<String, Failure> {
    let is = |field: &Value, wanted: &str| field.as_str() == Some(wanted);
    if !is(&manifest["kind"], "StatefulSet") || !is(&manifest["apiVersion"], "apps/v1") {
        return Err(Failure::usage("the file does not hold one apps/v1 StatefulSet"));
    }
    let metadata = &manifest["metadata"];
    let namespace = metadata["namespace"].as_str().unwrap_or(&set.namespace);
    if !is(&metadata["name"], &set.name) || namespace != set.namespace {
        return Err(Failure::usage(format!(
            "the file holds {namespace}/{}, not {}/{}",
            metadata["name"].as_str().unwrap_or_default(),
            set.namespace,
            set.name
        )));
    }
    let template = manifest["spec"]["template"].take();
    if !template.is_object() {
        return Err(Failure::usage("the file has no spec.template"));
    }
    let template = template.to_string();
    if preview == Preview::None {
        return Ok(template);
    }
    let mut rest = serde_json::json!({});
    for field in ["labels", "annotations"] {
        if let Some(map) = manifest["metadata"][field].as_object() {
            rest["metadata"][field] = map.clone().into();
        }
    }
    if let Some(spec) = manifest["spec"].as_object_mut() {
        spec.remove("template");
        rest["spec"] = spec.clone().into();
    }
    let live = cx.session.set_object(&set.namespace, &set.name).await?;
    let differences = match cx.session.preview_merge(&set.namespace, &set.name, &rest).await {
        Ok(after) => field_differences(&live, &after),
        Err(error) => match status::of(&error) {
            Some(answer) if answer.code == 422 => vec![crate::model::text::clean(&answer.message)],
            _ => return Err(error.into()),
        },
    };
    if differences.is_empty() {
        return Ok(template);
    }
    let mut failure = crate::commands::context::refused(
        "the file changes more than spec.template, and a staged rollout writes nothing else",
    );
    failure.hints = differences.into_iter().map(|path| format!("it differs in {path}")).collect();
    Err(failure.hint("apply those changes by themselves first; they restart no pods"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_way_out_is_told_once_and_last() {
        let unwell = |pod: &str| Refusal::Unhealthy { pod: pod.to_owned(), reason: "x".to_owned() };
        let command = |words: &[&str]| words.join(" ");
        let failure = refused_by("db", &[unwell("db-1"), unwell("db-0")], &command).unwrap();
        let [also, ways @ ..] = failure.hints.as_slice() else { panic!("no hints") };
        assert!(also.starts_with("also: pod db-0"), "{also}");
        assert_eq!(ways, ["see why: status db", "to go on all the same: --tolerate-unready"]);
    }
}
