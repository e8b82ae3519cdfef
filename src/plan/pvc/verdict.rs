//! The verdict on each claim of a survey.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::claim::{Claim, ClaimPhase, Maker};
use crate::model::ordinal::Ordinal;
use crate::model::survey::claimant::{Claimant, Place, Wanted};
use crate::model::survey::coverage::{DeepScan, Need};
use crate::model::survey::reference::{Mention, Reference};
use crate::model::survey::{SnapshotFacts, Survey, VolumeFacts};
use crate::model::trash::RESTORED_FROM;
use crate::plan::pvc::attribution::{Attribution, Stems, split};
use crate::plan::pvc::class::{Class, Confidence, Doubt};
use crate::plan::pvc::fingerprint::fingerprint;
use crate::plan::pvc::hold::Hold;
use crate::plan::pvc::idle::Idle;
use crate::plan::pvc::veto::Veto;

/// The finalizer Kubernetes puts on every claim.
const PROTECTION: &str = "kubernetes.io/pvc-protection";

/// The annotation by which a person keeps a claim.
pub const KEEP: &str = "kubectl-sts.io/keep";

/// Conditions of a claim whose volume is being changed.
const CHANGING: [&str; 4] =
    ["Resizing", "FileSystemResizePending", "ModifyingVolume", "ControllerResizeError"];

/// What may become of a claim, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict<'a> {
    /// The claim.
    pub claim: &'a Claim,
    /// Everything that would use a claim of this name, wanted or not.
    pub owners: Vec<Attribution<'a>>,
    /// The template and the set it was of, where neither is there any more to tell; as the name
    /// has it.
    pub stem: Option<(&'a str, Ordinal)>,
    /// What it is.
    pub class: Class,
    /// How sure it is that nobody wants it; only of what is left behind.
    pub confidence: Option<Confidence>,
    /// Why it is not surer.
    pub doubts: Vec<Doubt>,
    /// Why it must not be deleted.
    pub vetoes: Vec<Veto>,
    /// Why it may be left behind on purpose: every reason, so that every flag is seen.
    pub holds: Vec<Hold>,
    /// Finished snapshots of it.
    pub snapshots: Vec<&'a str>,
    /// The set it would be deleted with, although nothing there says so any more.
    pub fuse: Option<&'a str>,
    /// Since when it is unused.
    pub idle: Idle,
    /// What is known of its volume.
    pub volume: Option<&'a VolumeFacts>,
}

impl<'a> Verdict<'a> {
    /// Whether there is nothing that no flag could lift.
    pub fn is_candidate(&self) -> bool {
        self.class.is_left_behind() && self.vetoes.is_empty()
    }

    /// The one set it is of.
    pub fn owner(&self) -> Option<&Attribution<'a>> {
        match self.owners.as_slice() {
            [owner] => Some(owner),
            _ => None,
        }
    }

    /// The ordinal in its name.
    pub fn ordinal(&self) -> Option<Ordinal> {
        self.stem.map(|(_, ordinal)| ordinal)
    }
}

/// The verdicts on all claims of a survey, in its order.
pub fn judge(survey: &Survey) -> Vec<Verdict<'_>> {
    let court = Court::new(survey);
    survey.claims.iter().map(|claim| court.judge(claim)).collect()
}

/// What is the same for all claims.
struct Court<'a> {
    survey: &'a Survey,
    stems: Stems<'a>,
    /// Claims that are being filled from another, by namespace and name of that other.
    clones: BTreeMap<(&'a str, &'a str), &'a str>,
    /// Snapshots, by namespace and name of the claim they are of.
    snapshots: BTreeMap<(&'a str, &'a str), Vec<&'a SnapshotFacts>>,
    /// Claimants, by namespace.
    claimants: BTreeMap<&'a str, Vec<&'a Claimant>>,
    /// UIDs of the sets.
    sets: BTreeSet<&'a str>,
    /// Why nothing can be judged at all.
    mistrial: Option<Veto>,
}

impl<'a> Court<'a> {
    fn new(survey: &'a Survey) -> Self {
        let clones = survey.claims.iter().filter(|claim| claim.phase == ClaimPhase::Pending);
        let clones = clones.filter_map(|claim| {
            let source = claim.source.as_ref().filter(|s| s.kind == "PersistentVolumeClaim")?;
            let namespace = source.namespace.as_deref().unwrap_or(&claim.namespace);
            Some(((namespace, source.name.as_str()), claim.name.as_str()))
        });
        let mut snapshots: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for snapshot in &survey.snapshots {
            let of = (snapshot.namespace.as_str(), snapshot.claim.as_str());
            snapshots.entry(of).or_default().push(snapshot);
        }
        let mut claimants: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for claimant in &survey.claimants {
            claimants.entry(claimant.namespace.as_str()).or_default().push(claimant);
        }
        Self {
            survey,
            snapshots,
            claimants,
            stems: Stems::of(&survey.claimants),
            clones: clones.collect(),
            sets: survey.claimants.iter().map(|claimant| claimant.uid.as_str()).collect(),
            mistrial: mistrial(survey),
        }
    }

    fn judge(&self, claim: &'a Claim) -> Verdict<'a> {
        let volume = claim.volume.as_ref().and_then(|name| self.survey.volumes.get(name));
        let mentions = self.survey.references.of(&claim.namespace, &claim.name);
        let owners = self.stems.owners(&claim.namespace, &claim.name);
        let mut verdict = Verdict {
            claim,
            stem: split(&claim.name),
            class: Class::Unknown,
            confidence: None,
            doubts: Vec::new(),
            vetoes: Vec::new(),
            holds: Vec::new(),
            snapshots: Vec::new(),
            fuse: None,
            idle: Idle::of(claim, volume),
            volume,
            owners,
        };
        if let Some(veto) = self.unjudgeable(claim) {
            verdict.vetoes.push(veto);
            return verdict;
        }
        look_for_use(&mut verdict, mentions);
        self.look_at_owners(&mut verdict);
        look_for_marks(&mut verdict);
        self.look_for_work(&mut verdict);
        let place = self.place(&mut verdict);
        verdict.class = class(&verdict, place, mentions);
        if verdict.class.is_left_behind() {
            self.look_for_holds(&mut verdict);
            let comes_back = |hold: &Hold| matches!(hold, Hold::Autoscaled { .. });
            if verdict.class == Class::ScaledDown && verdict.holds.iter().any(comes_back) {
                verdict.class = Class::Burst;
            }
            self.weigh(&mut verdict);
        }
        verdict
    }

    /// What could tell whether anybody wants it was not read.
    fn unjudgeable(&self, claim: &Claim) -> Option<Veto> {
        if let Some(mistrial) = &self.mistrial {
            return Some(mistrial.clone());
        }
        let gap = self.survey.coverage.broken(&claim.namespace)?;
        Some(Veto::Unknown { what: format!("{} could not be read: {}", gap.what, gap.why) })
    }

    /// Owner references (V5), and the operator that owns the set (V6).
    fn look_at_owners(&self, verdict: &mut Verdict<'a>) {
        let claim = verdict.claim;
        let own_set = |uid: &str| {
            verdict.owners.iter().any(|owner| owner.claimant.is_set() && owner.claimant.uid == uid)
        };
        let living = |uid: &str| self.survey.living.contains(uid) || self.sets.contains(uid);
        let dead = |owner: &&crate::model::set::Owner| !living(&owner.uid);
        let mut found = Vec::new();
        if !claim.owners.is_empty() && claim.owners.iter().all(|owner| dead(&owner)) {
            let by = claim.owners.iter().map(named).collect();
            found.push(Veto::Doomed { by });
        }
        for owner in claim.owners.iter().filter(|owner| !dead(owner) && !own_set(&owner.uid)) {
            found.push(Veto::Owned { by: named(owner) });
        }
        verdict.fuse =
            claim.owners.iter().find(|owner| own_set(&owner.uid)).map(|owner| owner.name.as_str());
        verdict.vetoes.extend(found);
    }

    /// Work in flight (V8), attachments (V9), and what is on its way out (V10).
    fn look_for_work(&self, verdict: &mut Verdict<'a>) {
        let claim = verdict.claim;
        let mut found = Vec::new();
        let mut busy = |with: String| found.push(Veto::Busy { with });
        for finalizer in claim.finalizers.iter().filter(|finalizer| *finalizer != PROTECTION) {
            busy(format!("finalizer {finalizer} keeps it"));
        }
        for condition in CHANGING.into_iter().filter(|condition| claim.has_condition(condition)) {
            busy(format!("its volume is being changed: {condition}"));
        }
        let named = (claim.namespace.as_str(), claim.name.as_str());
        if let Some(clone) = self.clones.get(&named) {
            busy(format!("pvc/{clone} is being filled from it"));
        }
        for snapshot in self.snapshots.get(&named).into_iter().flatten() {
            if snapshot.ready {
                verdict.snapshots.push(&snapshot.name);
            } else {
                busy(format!("volumesnapshot/{} of it is not finished", snapshot.name));
            }
        }
        if let Some(volume) = claim.volume.as_ref().filter(|v| self.survey.attached.contains(*v)) {
            found.push(Veto::Attached { volume: volume.clone() });
        }
        if claim.deleting_since.is_some() {
            found.push(Veto::Going { what: format!("pvc/{}", claim.name) });
        }
        if self.survey.going.contains(&claim.namespace) {
            found.push(Veto::Going { what: format!("namespace/{}", claim.namespace) });
        }
        found.extend(unbacked(verdict));
        verdict.vetoes.extend(found);
    }

    /// Where it is among the ordinals of everything that would use it (V2, V3).
    fn place(&self, verdict: &mut Verdict<'a>) -> Standing {
        let wanting: Vec<Veto> = verdict
            .owners
            .iter()
            .filter(|owner| owner.place == Place::Wanted)
            .map(|owner| Veto::Wanted {
                by: owner.claimant.display(),
                range: owner.claimant.wanted.words(),
            })
            .collect();
        let standing = match (verdict.owners.as_slice(), wanting.is_empty()) {
            ([], _) => self.without_set(verdict),
            (_, false) => Standing::Wanted,
            ([owner], true) => Standing::Outside(owner.place, is_parked(owner.claimant)),
            (many, true) => {
                let sets = many.iter().map(|owner| owner.claimant.display()).collect();
                verdict.vetoes.push(Veto::Ambiguous { sets });
                Standing::Ambiguous
            }
        };
        for owner in verdict.owners.iter().filter(|owner| owner.place != Place::Wanted) {
            if let Some(how) = owner.claimant.unsettled {
                verdict.vetoes.push(Veto::Unsettled { by: owner.claimant.display(), how });
            }
        }
        verdict.vetoes.extend(wanting);
        standing
    }

    /// What a claim is that nothing there would use.
    fn without_set(&self, verdict: &mut Verdict<'a>) -> Standing {
        let claim = verdict.claim;
        let mut not_ours = |why: &str| {
            verdict.vetoes.push(Veto::NotOurs { why: why.to_owned() });
            Standing::NotOurs
        };
        if verdict.stem.is_none() {
            return not_ours("its name is none that a set would give");
        }
        // A person may have made it for a set. A program knows what for.
        if let Maker::Other(by) = &claim.maker
            && !by.starts_with("kubectl")
            && !is_restored(claim)
        {
            return not_ours(&format!("made by {by}, and no set has such a claim template"));
        }
        match self.former_set(claim) {
            Some(set) => Standing::TemplateRemoved(is_parked(set)),
            None => Standing::SetDeleted,
        }
    }

    /// The set that gave a claim its labels and whose name is in its name, though it has no such
    /// template any more.
    fn former_set(&self, claim: &Claim) -> Option<&'a Claimant> {
        let (stem, _) = split(&claim.name)?;
        let here = self.claimants.get(claim.namespace.as_str())?;
        here.iter().copied().find(|set| {
            !set.labels.is_empty()
                && contains(&claim.labels, &set.labels)
                && stem
                    .strip_suffix(set.name.as_str())
                    .and_then(|rest| rest.strip_suffix('-'))
                    .is_some_and(|template| !template.is_empty())
        })
    }

    /// Reasons to leave it that a person can overrule.
    fn look_for_holds(&self, verdict: &mut Verdict<'a>) {
        let claim = verdict.claim;
        let mut holds = Vec::new();
        if let Some(owner) = verdict.owner() {
            let set = owner.claimant;
            if is_parked(set) {
                holds.push(Hold::Parked { set: set.display() });
            }
            if let Wanted::Range { range, .. } = &set.wanted {
                if owner.place == Place::Below {
                    holds.push(Hold::BelowStart { start: range.start });
                }
                let reach = |most: u32| u64::from(range.start) + u64::from(most);
                let scalers = self.survey.scalers.iter().filter(|scaler| {
                    scaler.scales(set) && u64::from(owner.ordinal.0) < reach(scaler.most)
                });
                holds.extend(scalers.map(|scaler| Hold::Autoscaled {
                    by: scaler.display.clone(),
                    most: scaler.most,
                }));
            }
            if owner.place == Place::Reserved {
                holds.push(Hold::Reserved);
            }
        } else {
            holds.extend(self.deployed(claim));
            holds.extend(self.recreated(claim));
            if let Some(set) = self.former_set(claim).filter(|set| is_parked(set)) {
                holds.push(Hold::Parked { set: set.display() });
            }
        }
        holds.extend(handmade(claim));
        holds.extend(fixed(claim, verdict.volume));
        verdict.holds = holds;
    }

    /// What the labels of a claim without a set name, if it is still there.
    fn deployed(&self, claim: &Claim) -> Option<Hold> {
        const NAMED_BY: [&str; 5] = [
            "app.kubernetes.io/instance",
            "argocd.argoproj.io/instance",
            "helm.toolkit.fluxcd.io/name",
            "kustomize.toolkit.fluxcd.io/name",
            "release",
        ];
        let names: Vec<&String> =
            NAMED_BY.into_iter().filter_map(|label| claim.labels.get(label)).collect();
        let found = self.survey.deployments.iter().find(|deployment| {
            names.contains(&&deployment.name)
                && deployment.namespace.as_ref().is_none_or(|n| *n == claim.namespace)
        })?;
        Some(Hold::Deployed { by: format!("{} {}", found.kind, found.name) })
    }

    /// A set whose name the claim's could hold, and whose pods are there without it.
    fn recreated(&self, claim: &Claim) -> Option<Hold> {
        let (stem, _) = split(&claim.name)?;
        let (_, set) = self.survey.ownerless.iter().find(|(namespace, set)| {
            *namespace == claim.namespace
                && stem.strip_suffix(set.as_str()).is_some_and(|rest| rest.ends_with('-'))
        })?;
        Some(Hold::Recreated { set: format!("statefulset/{set}") })
    }

    /// How sure it is.
    fn weigh(&self, verdict: &mut Verdict<'a>) {
        let claim = verdict.claim;
        let coverage = &self.survey.coverage;
        let mut doubts = Vec::new();
        if coverage.gaps_of(&claim.namespace).any(|gap| gap.need == Need::Optional) {
            doubts.push(Doubt::Gap);
        }
        let given = verdict.owner().map(|owner| &owner.claimant.labels);
        if given.is_some_and(|given| !contains(&claim.labels, given)) {
            doubts.push(Doubt::Labels);
        }
        if !verdict.idle.is_proven() {
            doubts.push(Doubt::Idle);
        }
        if coverage.deep != DeepScan::Done {
            doubts.push(Doubt::Shallow);
        }
        if verdict.owners.is_empty() {
            doubts.push(Doubt::NameAlone);
        }
        let most = doubts.iter().map(|doubt| doubt.most()).min();
        verdict.confidence = Some(most.unwrap_or(Confidence::High));
        verdict.doubts = doubts;
    }
}

/// Pods, templates and texts (V1, V4).
fn look_for_use(verdict: &mut Verdict<'_>, mentions: &[Reference]) {
    for mention in mentions {
        verdict.vetoes.push(match &mention.how {
            Mention::Pod { phase, scheduled, going, .. } => {
                let state = match (going, scheduled) {
                    (true, _) => format!("{phase}, going"),
                    (false, true) => phase.clone(),
                    (false, false) => format!("{phase}, not scheduled"),
                };
                Veto::Pod { by: format!("{} ({state})", mention.by) }
            }
            Mention::Template => Veto::Named { by: mention.by.clone(), path: None },
            Mention::Text { path } => {
                Veto::Named { by: mention.by.clone(), path: Some(path.clone()) }
            }
        });
    }
}

/// Operators (V6) and persons (V7).
fn look_for_marks(verdict: &mut Verdict<'_>) {
    if let Some(found) = fingerprint(verdict.claim) {
        let (name, evidence) = (found.operator, found.evidence);
        verdict.vetoes.push(Veto::Operator { name, evidence });
    }
    let managed = verdict.owners.iter().find_map(operator);
    verdict.vetoes.extend(managed);
    verdict.vetoes.extend(keep_mark(verdict.claim).map(|mark| Veto::Kept { mark }));
}

/// Where a claim stands among the ordinals there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Somebody wants its ordinal.
    Wanted,
    /// One set would use it, but for its ordinal; and whether that set is scaled to nothing.
    Outside(Place, bool),
    /// Several would.
    Ambiguous,
    /// Its set has no such template; and whether that set is scaled to nothing.
    TemplateRemoved(bool),
    /// Its set is gone.
    SetDeleted,
    /// It is of no set.
    NotOurs,
}

/// The class: the most pressing of all that is true.
fn class(verdict: &Verdict<'_>, standing: Standing, mentions: &[Reference]) -> Class {
    let has = |wanted: fn(&Veto) -> bool| verdict.vetoes.iter().any(wanted);
    let by_pod = mentions.iter().any(|mention| matches!(mention.how, Mention::Pod { .. }));
    let wanting = verdict.owners.iter().filter(|owner| owner.place == Place::Wanted).count();
    if verdict.claim.deleting_since.is_some() {
        return Class::Terminating;
    }
    if has(|veto| matches!(veto, Veto::Doomed { .. })) {
        return Class::Doomed;
    }
    if standing == Standing::Wanted && is_hijacked(verdict) {
        return Class::Hijacked;
    }
    if wanting > 1 {
        return Class::Shared;
    }
    if by_pod {
        return Class::InUse;
    }
    if standing == Standing::Wanted {
        return Class::Expected;
    }
    if verdict.claim.phase == ClaimPhase::Lost {
        return Class::Lost;
    }
    if has(|veto| matches!(veto, Veto::Operator { .. })) {
        return Class::Managed;
    }
    if has(|veto| matches!(veto, Veto::Kept { .. })) {
        return Class::Kept;
    }
    if has(|veto| matches!(veto, Veto::Named { .. })) {
        return Class::Referenced;
    }
    if has(|veto| matches!(veto, Veto::Owned { .. })) {
        return Class::Managed;
    }
    if has(|veto| {
        matches!(
            veto,
            Veto::Busy { .. } | Veto::Attached { .. } | Veto::Unbacked { .. } | Veto::Going { .. }
        )
    }) {
        return Class::Busy;
    }
    let unbound = verdict.claim.volume.is_none();
    match standing {
        Standing::Ambiguous => Class::Ambiguous,
        Standing::NotOurs => Class::NotOurs,
        Standing::Outside(_, true) | Standing::TemplateRemoved(true) => Class::Parked,
        Standing::Outside(Place::Below, _) => Class::BelowStart,
        Standing::Outside(Place::Reserved, _) => Class::Reserved,
        Standing::Outside(..) | Standing::TemplateRemoved(_) | Standing::SetDeleted if unbound => {
            Class::Unbound
        }
        Standing::Outside(..) => Class::ScaledDown,
        Standing::TemplateRemoved(_) => Class::TemplateRemoved,
        Standing::SetDeleted => Class::SetDeleted,
        Standing::Wanted => Class::Expected,
    }
}

/// Whether a set uses a claim that a pod of somebody else's owns.
fn is_hijacked(verdict: &Verdict<'_>) -> bool {
    verdict.claim.controller().is_some_and(|owner| {
        let own_pod = |attribution: &Attribution<'_>| {
            owner.name == format!("{}-{}", attribution.claimant.name, attribution.ordinal)
        };
        owner.kind == "Pod" && !verdict.owners.iter().any(own_pod)
    })
}

fn is_parked(claimant: &Claimant) -> bool {
    claimant.wanted.count() == Some(0)
}

fn is_restored(claim: &Claim) -> bool {
    claim.annotations.contains_key(RESTORED_FROM)
}

fn contains(labels: &BTreeMap<String, String>, given: &BTreeMap<String, String>) -> bool {
    given.iter().all(|(key, value)| labels.get(key) == Some(value))
}

fn named(owner: &crate::model::set::Owner) -> String {
    format!("{}/{}", owner.kind.to_lowercase(), owner.name)
}

/// Whoever manages the set manages its claims; and the sets of others have rules of their own,
/// of which only the ordinals left out of their range are known.
fn operator(owner: &Attribution<'_>) -> Option<Veto> {
    let claimant = owner.claimant;
    if let Some(manager) = &claimant.controller {
        let evidence = format!("it owns {}", claimant.display());
        return Some(Veto::Operator { name: named(manager), evidence });
    }
    (!claimant.is_set() && owner.place != Place::Reserved).then(|| Veto::Operator {
        name: claimant.display(),
        evidence: "its kind is not one of Kubernetes".to_owned(),
    })
}

/// Marks of people, Helm, Argo CD and kor that say: keep.
fn keep_mark(claim: &Claim) -> Option<String> {
    let annotation = |key: &str| claim.annotations.get(key).map(String::as_str);
    if annotation(KEEP).is_some_and(|value| value != "false") {
        return Some(format!("annotation {KEEP}"));
    }
    if annotation("helm.sh/resource-policy") == Some("keep") {
        return Some("annotation helm.sh/resource-policy=keep".to_owned());
    }
    if claim.labels.get("kor/used").is_some_and(|value| value == "true") {
        return Some("label kor/used=true".to_owned());
    }
    let options = annotation("argocd.argoproj.io/sync-options").unwrap_or_default();
    options
        .split(',')
        .map(str::trim)
        .find(|option| matches!(*option, "Prune=false" | "Delete=false"))
        .map(|option| format!("annotation argocd.argoproj.io/sync-options={option}"))
}

/// A claim that says it is bound, to a volume that says otherwise.
fn unbacked(verdict: &Verdict<'_>) -> Option<Veto> {
    let volume = verdict.claim.volume.as_ref()?;
    let uid = verdict.volume?.claim_uid.as_ref();
    let bound = verdict.claim.phase == ClaimPhase::Bound;
    (bound && uid != Some(&verdict.claim.uid))
        .then(|| Veto::Unbacked { how: format!("pv/{volume} is not bound to this claim") })
}

/// Who made a claim that no controller made.
fn handmade(claim: &Claim) -> Option<Hold> {
    if is_restored(claim) {
        return None;
    }
    let by = match &claim.maker {
        Maker::Controller => return None,
        Maker::Other(by) => by.clone(),
        Maker::Unknown => "somebody unknown".to_owned(),
    };
    Some(Hold::Handmade { by })
}

/// Volumes that others could use, or that were there before their claim (V11).
fn fixed(claim: &Claim, volume: Option<&VolumeFacts>) -> Option<Hold> {
    let why = if claim.access_modes.are_shared() {
        format!("{}: others could use it", claim.access_modes.names().join(", "))
    } else if volume.is_some_and(|volume| !volume.provisioned) {
        "no provisioner made its volume: others could expect it".to_owned()
    } else {
        return None;
    };
    Some(Hold::Static { why })
}

/// A reading that cannot be true: volumes are attached, and there is no pod anywhere.
fn mistrial(survey: &Survey) -> Option<Veto> {
    let attached = survey.claims.iter().find_map(|claim| {
        claim.volume.as_ref().filter(|volume| survey.attached.contains(*volume))
    })?;
    survey.peopled.is_empty().then(|| Veto::Unknown {
        what: format!("no pod was listed, and yet pv/{attached} is attached to a node"),
    })
}
