//! Carrying it out, a batch of claims at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::cluster::clock;
use crate::cluster::status;
use crate::cluster::write::Keep;
use crate::commands::context::Context;
use crate::commands::identity;
use crate::commands::journal::Journal;
use crate::commands::output::Output;
use crate::commands::pvc::bring_back::{Back, bring_back, failure_text};
use crate::commands::pvc::prune::evidence::Evidence;
use crate::commands::signals::Signals;
use crate::convert::claim_manifest::kept;
use crate::exit::{Exit, Failure};
use crate::model::claim::Claim;
use crate::model::snapshot::Known;
use crate::model::trash::Mark;
use crate::plan::pvc::restored::{NotRestored, Target};
use crate::plan::pvc::terms::objections;
use crate::plan::pvc::verdict::judge;
use crate::plan::step::Step;
use crate::plan::step::object::Deletion;
use crate::progress::machine::after;
use crate::progress::prune::{Answer, Backup, Look, Move, Outcome, Pruning, Reading};
use crate::render::document::{Document, Kind};
use crate::render::duration::stamp;
use crate::render::pvc::prune::{exit, outcome};
use crate::render::pvc::prune_document::{PruneReport, Pruned};
use crate::render::pvc::restore::refusal;
use crate::render::pvc::words;

/// How long to wait before looking again.
const BETWEEN: Duration = Duration::from_millis(250);

/// How long bringing a claim back may take that was deleted too late.
const RESCUE: SignedDuration = SignedDuration::from_secs(30);

/// How claims are deleted.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands::pvc) struct Settings {
    /// What becomes of the data.
    pub(in crate::commands::pvc) backup: Backup,
    /// How long to wait for a claim to be gone.
    pub(in crate::commands::pvc) timeout: SignedDuration,
    /// Claims that are judged anew together.
    pub(in crate::commands::pvc) batch: usize,
    /// How the report is printed, if it is to be a document.
    pub(in crate::commands::pvc) output: Option<Output>,
}

/// One run.
pub(in crate::commands::pvc) struct Prune<'a> {
    cx: &'a mut Context,
    settings: Settings,
    evidence: &'a Evidence,
    journal: Journal,
    signals: Signals,
    mark: Mark,
    interrupted: Option<Exit>,
    /// Why claims are needed after all, by namespace and name.
    needed: BTreeMap<(String, String), Vec<String>>,
}

/// A claim on its way.
struct Case {
    idle_since: Option<Timestamp>,
    pruning: Pruning,
}

/// Has the server check all deletions, without changing anything.
pub(in crate::commands::pvc) async fn rehearse(
    cx: &Context,
    claims: &[Claim],
) -> Result<Exit, Failure> {
    for claim in claims {
        let step = Step::Delete(Deletion::of_claim(claim));
        cx.session.apply(&step, Keep::DryRun).await?;
        cx.terminal.print(format!("pvc/{} deleted (server dry run)", claim.name))?;
    }
    Ok(Exit::Success)
}

impl<'a> Prune<'a> {
    /// A new run.
    pub(in crate::commands::pvc) fn new(
        cx: &'a mut Context,
        settings: Settings,
        evidence: &'a Evidence,
    ) -> Result<Self, Failure> {
        let signals = Signals::listen()?;
        let at = clock::now();
        let mark = Mark { run: identity::run_id(), by: identity::holder(at).name, at };
        let journal = Journal::open(&mark.run)?;
        let needed = BTreeMap::new();
        Ok(Self { cx, settings, evidence, journal, signals, mark, interrupted: None, needed })
    }

    /// All claims, batch by batch.
    pub(in crate::commands::pvc) async fn run(
        mut self,
        claims: Vec<(Claim, Option<Timestamp>)>,
    ) -> Result<Exit, Failure> {
        if self.settings.backup == Backup::Retain {
            self.cx.terminal.note(format!("run {}", self.mark.run));
        }
        let mut ended: Vec<Case> = Vec::new();
        let batch = self.settings.batch;
        for batch in claims.chunks(batch) {
            let mut cases: Vec<Case> = batch.iter().map(|claim| self.case(claim.clone())).collect();
            let result = self.batch(&mut cases).await;
            self.cx.tell_notices();
            ended.extend(cases);
            if let Err(failure) = result {
                return Err(self.way_back(failure, &ended));
            }
            if self.interrupted.is_some() || ended.iter().any(Case::went_wrong) {
                break;
            }
        }
        self.report(&ended, claims.len())
    }

    fn case(&self, (claim, idle_since): (Claim, Option<Timestamp>)) -> Case {
        let (mark, backup) = (self.mark.clone(), self.settings.backup);
        Case { idle_since, pruning: Pruning::new(claim, mark, backup, self.settings.timeout) }
    }

    /// One batch to its end. What concerns one claim comes first, one after the other in the order
    /// in which they go; what is read for all is read once for all who wait for it.
    async fn batch(&mut self, cases: &mut [Case]) -> Result<(), Failure> {
        loop {
            self.hear(cases);
            let mut moved = false;
            for case in cases.iter_mut() {
                let next = case.pruning.next();
                if matches!(next, Move::Judge | Move::Look | Move::End(_)) {
                    continue;
                }
                let answer = self.carry_out(case, next).await?;
                self.take(case, answer)?;
                moved = true;
            }
            if moved {
                continue;
            }
            let waits = |wanted: Move| {
                cases
                    .iter()
                    .enumerate()
                    .filter(move |(_, case)| case.pruning.next() == wanted)
                    .map(|(at, _)| at)
                    .collect::<Vec<_>>()
            };
            let (judged, looked) = (waits(Move::Judge), waits(Move::Look));
            if !judged.is_empty() {
                self.judge(cases, &judged).await?;
            } else if !looked.is_empty() {
                self.look(cases, &looked).await?;
            } else {
                return Ok(());
            }
        }
    }

    /// The first signal stops what can be stopped; with the second the program ends as it is.
    fn hear(&mut self, cases: &mut [Case]) {
        let Some(exit) = self.signals.pending() else { return };
        self.interrupted = Some(exit);
        self.cx.terminal.note("interrupted: what was begun is finished or taken back");
        for case in cases {
            case.pruning.stop();
        }
    }

    fn take(&mut self, case: &mut Case, answer: Answer) -> Result<(), Failure> {
        case.pruning.take(answer, clock::now());
        let Some(end) = case.pruning.outcome() else { return Ok(()) };
        let claim = case.pruning.claim();
        let line = self.line(claim, end);
        match end {
            Outcome::Deleted | Outcome::Gone if self.settings.output.is_none() => {
                self.cx.terminal.print(line)?;
            }
            Outcome::Deleted | Outcome::Gone => self.cx.terminal.note(line),
            _ => self.cx.terminal.warning(&line),
        }
        Ok(())
    }

    fn line(&self, claim: &Claim, end: &Outcome) -> String {
        let needed = self.needed.get(&(claim.namespace.clone(), claim.name.clone()));
        let needed = needed.map(Vec::as_slice).unwrap_or_default();
        outcome(&claim.name, claim.volume.as_deref(), end, needed)
    }

    async fn carry_out(&mut self, case: &Case, next: Move) -> Result<Answer, Failure> {
        let claim = case.pruning.claim();
        Ok(match next {
            Move::Rehearse(deletion) => {
                answer(self.cx.session.apply(&Step::Delete(deletion), Keep::DryRun).await)
            }
            Move::Read => self.read(case).await?,
            Move::Patch(patch) => {
                answer(self.journal.apply(self.cx, &Step::PatchVolume(patch)).await?)
            }
            Move::Delete(deletion) => {
                answer(self.journal.apply(self.cx, &Step::Delete(deletion)).await?)
            }
            Move::Restore => self.restore(&claim.clone()).await?,
            Move::Judge | Move::Look | Move::End(_) => Answer::Unclear("not a move".to_owned()),
        })
    }

    async fn read(&mut self, case: &Case) -> Result<Answer, Failure> {
        let claim = case.pruning.claim();
        let Some(volume) = &claim.volume else {
            return Ok(Answer::Unclear("the claim has no volume".to_owned()));
        };
        let session = &self.cx.session;
        let read = tokio::try_join!(
            session.claim_object(&claim.namespace, &claim.name),
            session.volume(volume),
        );
        let (found, volume) = match read {
            Ok(read) => read,
            Err(error) => return Ok(Answer::Unclear(failure_text(&error))),
        };
        let since = case.idle_since.map(stamp);
        let manifest = match &found {
            Some((_, object)) => kept(object, since.as_deref()).map_err(|error| error.to_string()),
            None => Err("it is gone".to_owned()),
        };
        if let Ok(manifest) = &manifest {
            let file = format!("{}-{}.json", claim.namespace, claim.name);
            self.journal.keep(&file, manifest)?;
        }
        let claim = found.map(|(claim, _)| claim);
        Ok(Answer::Read(Reading { claim, manifest, volume }))
    }

    /// Judges claims on a fresh reading of their namespaces.
    async fn judge(&mut self, cases: &mut [Case], which: &[usize]) -> Result<(), Failure> {
        for namespace in namespaces(cases, which) {
            let names = names(cases, which, &namespace);
            let survey = match self.evidence.again(self.cx, &namespace, &names).await {
                Ok(survey) => survey,
                Err(failure) => {
                    for case in those(cases, which, &namespace) {
                        self.take(case, Answer::Unclear(failure.cause.to_string()))?;
                    }
                    continue;
                }
            };
            let now = clock::now();
            let verdicts = judge(&survey);
            for case in those(cases, which, &namespace) {
                let name = case.pruning.claim().name.clone();
                let verdict = verdicts.iter().find(|verdict| verdict.claim.name == name);
                let answer = match verdict {
                    None => Answer::Gone,
                    Some(verdict) => {
                        let against = objections(verdict, &self.evidence.terms, now);
                        let free = against.is_empty();
                        let words = against.iter().map(words::objection).collect();
                        self.needed.insert((namespace.clone(), name), words);
                        Answer::Judged(free.then(|| verdict.claim.clone()))
                    }
                };
                self.take(case, answer)?;
            }
        }
        Ok(())
    }

    /// Looks at claims that were told to go, and afterwards at who uses them.
    async fn look(&mut self, cases: &mut [Case], which: &[usize]) -> Result<(), Failure> {
        let mut waiting = false;
        for namespace in namespaces(cases, which) {
            let names = names(cases, which, &namespace);
            let read = self.gone_and_used(&namespace, &names).await;
            for case in those(cases, which, &namespace) {
                let name = &case.pruning.claim().name;
                let answer = match &read {
                    Err(error) => Answer::Unclear(failure_text(error)),
                    Ok((claims, users)) => Answer::Looked(Look {
                        claim: claims.get(name).cloned(),
                        users: match users {
                            Known::Read(users) => {
                                Known::Read(users.get(name).cloned().unwrap_or_default())
                            }
                            Known::Unknown(why) => Known::Unknown(why.clone()),
                        },
                    }),
                };
                self.take(case, answer)?;
                waiting |= case.pruning.next() == Move::Look;
            }
        }
        if waiting {
            tokio::time::sleep(BETWEEN).await;
        }
        Ok(())
    }

    async fn gone_and_used(
        &self,
        namespace: &str,
        names: &[String],
    ) -> Result<(BTreeMap<String, Claim>, Known<BTreeMap<String, Vec<String>>>), kube::Error> {
        let mut claims = BTreeMap::new();
        for name in names {
            if let Some(claim) = self.cx.session.claim(namespace, name).await? {
                claims.insert(name.clone(), claim);
            }
        }
        let users = self.cx.session.users(namespace, names).await?;
        Ok((claims, users))
    }

    /// Brings a claim back that somebody came to use.
    async fn restore(&mut self, claim: &Claim) -> Result<Answer, Failure> {
        let Some(volume) = &claim.volume else {
            return Ok(Answer::NotRestored("it had no volume".to_owned()));
        };
        let target = Target { namespace: claim.namespace.clone(), name: claim.name.clone() };
        let until = after(clock::now(), RESCUE);
        let (cx, journal, signals) = (&*self.cx, &mut self.journal, &mut self.signals);
        let back = bring_back(cx, journal, volume, &target, (until, signals)).await?;
        Ok(match back {
            Back::Done => Answer::Restored,
            Back::Refused(why @ NotRestored::NameTaken { .. }) => {
                let swap = cx.command_in(
                    &claim.namespace,
                    &["pvc", "restore", &format!("pv/{volume}"), "--swap"],
                );
                Answer::NotRestored(format!(
                    "{}; scale its set below this ordinal, then: {swap}",
                    refusal(&why)
                ))
            }
            Back::Refused(why) => Answer::NotRestored(refusal(&why)),
            Back::NoVolume => Answer::NotRestored("its volume is gone".to_owned()),
            Back::TimedOut(wait) => {
                Answer::NotRestored(crate::render::pvc::restore::wait(wait).to_owned())
            }
            Back::Failed(why) => Answer::NotRestored(why),
            Back::Interrupted(exit) => {
                self.interrupted = Some(exit);
                Answer::NotRestored("interrupted".to_owned())
            }
        })
    }

    fn report(mut self, cases: &[Case], of: usize) -> Result<Exit, Failure> {
        let outcomes = cases.iter().filter_map(|case| case.pruning.outcome());
        let left = of - cases.len();
        let code = match (self.interrupted, exit(outcomes.clone())) {
            (Some(signal), _) => signal,
            (None, Exit::Success) if left > 0 => Exit::Partial,
            (None, code) => code,
        };
        let deleted = outcomes.filter(|end| **end == Outcome::Deleted).count();
        let undo = (self.settings.backup == Backup::Retain && deleted > 0)
            .then(|| self.cx.command(&["pvc", "restore", &self.mark.run]));
        self.journal.note("ended", &json!({ "exit": code.code(), "deleted": deleted }))?;
        if let Some(output) = self.settings.output {
            let report = self.document(cases, code, undo.clone());
            let cluster = Some(self.cx.cluster());
            let document = Document::new(Kind::PruneReport, clock::now(), cluster, report);
            self.cx.terminal.print(output.encode(&document)?)?;
        }
        if left > 0 {
            self.cx.terminal.note(format!("{left} more were not begun"));
        }
        if let Some(undo) = undo {
            self.cx.terminal.note(format!("bring back: {undo}"));
        }
        Ok(code)
    }

    fn document(&self, cases: &[Case], code: Exit, restore: Option<String>) -> PruneReport {
        let item = |case: &Case| {
            let claim = case.pruning.claim();
            let end = case.pruning.outcome()?;
            Some(Pruned {
                namespace: claim.namespace.clone(),
                name: claim.name.clone(),
                uid: claim.uid.clone(),
                volume: claim.volume.clone(),
                outcome: end.name(),
                message: self.line(claim, end),
            })
        };
        PruneReport {
            run: self.mark.run.clone(),
            began: stamp(self.mark.at),
            items: cases.iter().filter_map(item).collect(),
            exit_code: code.code(),
            restore,
        }
    }

    /// A failure in the middle, with what can be done about it.
    fn way_back(&self, failure: Failure, cases: &[Case]) -> Failure {
        let begun = cases.iter().any(|case| !matches!(case.pruning.next(), Move::Rehearse(_)));
        if !begun {
            return failure;
        }
        let undo = self.cx.command(&["pvc", "restore", &self.mark.run]);
        Failure { exit: Exit::Partial, ..failure }
            .hint(format!(
                "what was begun is told by the journal {}",
                self.journal.path().display()
            ))
            .hint(format!("bring back: {undo}"))
    }
}

impl Case {
    /// Whether something happened after which no further claim is touched.
    fn went_wrong(&self) -> bool {
        matches!(
            self.pruning.outcome(),
            Some(
                Outcome::Rescued { .. }
                    | Outcome::Seized { .. }
                    | Outcome::Unchecked { .. }
                    | Outcome::Going { .. }
            )
        )
    }
}

/// The namespaces of these cases.
fn namespaces(cases: &[Case], which: &[usize]) -> BTreeSet<String> {
    which.iter().map(|at| cases[*at].pruning.claim().namespace.clone()).collect()
}

/// The names of the claims of a namespace.
fn names(cases: &mut [Case], which: &[usize], namespace: &str) -> Vec<String> {
    those(cases, which, namespace).map(|case| case.pruning.claim().name.clone()).collect()
}

/// Those of a namespace.
fn those<'c>(
    cases: &'c mut [Case],
    which: &'c [usize],
    namespace: &'c str,
) -> impl Iterator<Item = &'c mut Case> {
    cases
        .iter_mut()
        .enumerate()
        .filter(move |(at, case)| which.contains(at) && case.pruning.claim().namespace == namespace)
        .map(|(_, case)| case)
}

/// What the server's answer to a write means.
fn answer<T>(written: Result<T, kube::Error>) -> Answer {
    match written {
        Ok(_) => Answer::Done,
        Err(error) if status::is_conflict(&error) => Answer::Conflict,
        Err(error) if status::is_not_found(&error) => Answer::Gone,
        Err(error) if status::is_unclear(&error) => Answer::Unclear(failure_text(&error)),
        Err(error) => Answer::Denied(failure_text(&error)),
    }
}
