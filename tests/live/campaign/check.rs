//! The checks from outside, once all is done: by the audit log, the watches, and the files.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::campaign::acts::Act;
use crate::campaign::audit::Audit;
use crate::campaign::audit::Deletion;
use crate::campaign::deeds::Done;
use crate::campaign::plot::Planned;
use crate::campaign::stage::Scene;
use crate::campaign::truth::Truth;
use crate::campaign::witness::Seen;

/// A claim before anything was deleted.
#[derive(Clone, Debug)]
pub(super) struct Before {
    pub(super) uid: String,
    pub(super) volume: Option<String>,
    directory: Option<String>,
    policy: Option<String>,
}

/// A namespace that is through.
pub(super) struct Case<'a> {
    pub(super) scene: Scene<'a>,
    /// The truth at the beginning.
    pub(super) truth: BTreeMap<String, Planned>,
    pub(super) before: BTreeMap<String, Before>,
    pub(super) acts: Vec<Act>,
}

/// What was counted on the way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) deletions: usize,
    pub(super) with_volume: usize,
    pub(super) without_volume: usize,
    /// Brought back to their volumes.
    pub(super) back: usize,
    /// Not brought back, since a set was faster and has the name; the volume is kept.
    pub(super) kept: usize,
    /// Deeds of others during a run.
    pub(super) deeds: usize,
    /// Claims that came into use or were marked during a run, and what became of them.
    pub(super) spared: usize,
    pub(super) raced: usize,
    /// Of these: a new claim has the name, and the volume is kept.
    pub(super) seized: usize,
}

impl Counts {
    pub(super) fn add(&mut self, other: Self) {
        self.deletions += other.deletions;
        self.with_volume += other.with_volume;
        self.without_volume += other.without_volume;
        self.back += other.back;
        self.kept += other.kept;
        self.deeds += other.deeds;
        self.spared += other.spared;
        self.raced += other.raced;
        self.seized += other.seized;
    }
}

/// The claims of a scene as they are.
pub(super) fn look(scene: &Scene<'_>, seen: &Seen) -> BTreeMap<String, Before> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    scene
        .plot
        .claims
        .keys()
        .filter_map(|name| {
            let claim = seen.claim(scene.ns.name(), name)?;
            let volume = text(&claim["spec"]["volumeName"]);
            let found = volume.as_ref().and_then(|volume| seen.volumes.get(volume));
            let policy = found.and_then(|pv| text(&pv["spec"]["persistentVolumeReclaimPolicy"]));
            let directory = volume.as_ref().and_then(|volume| seen.directory(volume));
            let uid = text(&claim["metadata"]["uid"])?;
            Some((name.clone(), Before { uid, volume, directory, policy }))
        })
        .collect()
}

impl Case<'_> {
    fn name(&self) -> &str {
        self.scene.ns.name()
    }

    /// Everything that is wrong with what the runs did.
    pub(super) fn deletions(&self, audit: &Audit, seen: &Seen) -> (Counts, Vec<String>) {
        let (mut counts, mut wrong) = (Counts::default(), Vec::new());
        let mut deleted = BTreeSet::new();
        for deletion in audit.deletions.iter().filter(|one| one.namespace == self.name()) {
            counts.deletions += 1;
            deleted.insert((deletion.claim.clone(), deletion.uid.clone()));
            if let Err(why) = self.may(deletion, audit) {
                wrong.push(format!("{}/{} was deleted: {why}", self.name(), deletion.claim));
            }
        }
        for (claim, _) in &deleted {
            match self.before.get(claim).and_then(|before| before.volume.as_ref()) {
                Some(_) => counts.with_volume += 1,
                None => counts.without_volume += 1,
            }
        }
        for act in &self.acts {
            counts.deeds += act.done.len();
            wrong.extend(self.report(act, audit, seen, &mut counts));
        }
        wrong.extend(self.vanished(&deleted, seen));
        wrong.extend(self.lost());
        (counts, wrong)
    }

    /// Whether a deletion was right at its moment.
    fn may(&self, deletion: &Deletion, audit: &Audit) -> Result<(), String> {
        if !deletion.guarded {
            return Err("without its UID and version".to_owned());
        }
        let before = self.before.get(&deletion.claim);
        if before.map(|before| &before.uid) != deletion.uid.as_ref() {
            return Err("it is none of the claims there were".to_owned());
        }
        let at = deletion.at;
        let Some(number) = self.acts.iter().position(|act| act.began <= at && at <= act.ended)
        else {
            return Err("outside of every run".to_owned());
        };
        let act = &self.acts[number];
        match &self.truth[&deletion.claim].truth {
            Truth::Left(left) if act.setting.offers(left) => {}
            other => return Err(format!("{other:?}, setting {}", act.setting.name)),
        }
        let touches = |done: &&Done| done.claims.contains(&deletion.claim);
        if self.acts[..number].iter().flat_map(|act| &act.done).any(|done| touches(&done)) {
            return Err("it had come into use in a run before".to_owned());
        }
        act.done.iter().filter(touches).try_for_each(|done| {
            let Some(kind) = done.deed.told_by() else {
                // The claim itself had changed, and was to be deleted as it was read.
                let late = at > done.answered;
                return if late { Err(format!("after {done:?}, at {at}")) } else { Ok(()) };
            };
            let Some(read) = audit.last_read(kind, self.name(), at) else {
                return Err(format!("{kind} were never read"));
            };
            if read > done.answered {
                return Err(format!("{done:?} was there when {kind} were read at {read}"));
            }
            Ok(())
        })
    }

    /// Whether a run said what it did, and whether it did what it should.
    fn report(&self, act: &Act, audit: &Audit, seen: &Seen, counts: &mut Counts) -> Vec<String> {
        let mut wrong = Vec::new();
        let deletion = |name: &String| {
            let uid = self.before.get(name).map(|before| &before.uid);
            audit.deletions.iter().find(|one| {
                one.namespace == self.name() && one.claim == *name && one.uid.as_ref() == uid
            })
        };
        let said = |name: &String| {
            act.output.stdout.contains(name.as_str()) || act.output.stderr.contains(name.as_str())
        };
        for done in &act.done {
            for claim in &done.claims {
                let Some(deletion) = deletion(claim).filter(|one| one.at >= act.began) else {
                    counts.spared += 1;
                    continue;
                };
                counts.raced += 1;
                let taken = seen.claim(self.name(), claim).is_some_and(|now| {
                    let volume = now["spec"]["volumeName"].as_str().map(str::to_owned);
                    volume != self.before[claim].volume
                });
                counts.seized += usize::from(taken);
                let came = done.answered.max(deletion.at);
                let looked = audit.was_read("pods", self.name(), (came, act.ended));
                let back = seen.claim(self.name(), claim).is_some() && !taken;
                if done.deed.is_use() && looked && !back && !(act.output.code == 8 && said(claim)) {
                    wrong.push(format!(
                        "{}/{claim} came into use ({done:?}), is not back, and nothing was \
                         said:\n{}",
                        self.name(),
                        act.output
                    ));
                }
            }
        }
        let disturbed = !act.done.is_empty();
        if !disturbed && act.output.code != 0 {
            wrong.push(format!("nobody came in between, and yet:\n{}", act.output));
        }
        if ![0, 7, 8, 9].contains(&act.output.code) {
            wrong.push(format!("an exit code that makes no sense:\n{}", act.output));
        }
        let before = self.acts.iter().take_while(|other| other.began < act.began);
        if before.flat_map(|act| &act.done).count() == 0 && !disturbed {
            let stayed: Vec<_> = act.due.iter().filter(|name| deletion(name).is_none()).collect();
            if !stayed.is_empty() {
                wrong.push(format!(
                    "{}: setting {} left {stayed:?}:\n{}",
                    self.name(),
                    act.setting.name,
                    act.output
                ));
            }
        }
        wrong
    }

    /// Claims that were told to go and that nobody here deleted.
    fn vanished(&self, deleted: &BTreeSet<(String, Option<String>)>, seen: &Seen) -> Vec<String> {
        let unexplained = |(name, before): (&String, &Before)| {
            let life = seen.lives.get(&before.uid)?;
            let ours = deleted.contains(&(name.clone(), Some(before.uid.clone())));
            (life.told_to_go && !ours && !self.truth[name].going)
                .then(|| format!("{}/{name} went, and nobody deleted it", self.name()))
        };
        self.before.iter().filter_map(unexplained).collect()
    }

    /// Claims whose data is not where it was.
    fn lost(&self) -> Vec<String> {
        let lost = |(name, before): (&String, &Before)| {
            let directory = before.directory.as_ref()?;
            (!self.scene.has_data(name, directory))
                .then(|| format!("{}/{name} lost its data in {directory}", self.name()))
        };
        self.before.iter().filter_map(lost).collect()
    }

    /// Everything that is wrong after all was brought back.
    pub(super) fn restored(&self, audit: &Audit, seen: &Seen) -> (Counts, Vec<String>) {
        let (mut counts, mut wrong) = (Counts::default(), self.lost());
        let ours = audit.deletions.iter().filter(|one| one.namespace == self.name());
        let claims: BTreeSet<&String> = ours.map(|one| &one.claim).collect();
        for name in claims {
            let before = self.before.get(name);
            let Some(Before { volume: Some(volume), policy, .. }) = before else { continue };
            let pv = seen.volumes.get(volume);
            let is_policy = |wanted: Option<&str>| {
                pv.and_then(|pv| pv["spec"]["persistentVolumeReclaimPolicy"].as_str()) == wanted
            };
            let kept = self.came_into_use(name) && is_policy(Some("Retain"));
            match seen.claim(self.name(), name) {
                // A pod of its set was faster: the claim goes with that pod, and the volume stays.
                Some(now) if kept && now["metadata"]["deletionTimestamp"].is_string() => {
                    counts.kept += 1;
                }
                Some(now) if now["spec"]["volumeName"] == **volume => {
                    let bound = now["status"]["phase"] == "Bound";
                    if bound && is_policy(policy.as_deref()) {
                        counts.back += 1;
                    } else {
                        wrong.push(format!("{}/{name} is not as before: {now}", self.name()));
                    }
                }
                // A set was faster: its new claim has the name, and the volume waits.
                Some(_) if kept => counts.kept += 1,
                other => wrong.push(format!(
                    "{}/{name} did not come back to pv/{volume}: {other:?}, {pv:?}",
                    self.name()
                )),
            }
        }
        (counts, wrong)
    }

    fn came_into_use(&self, claim: &String) -> bool {
        self.acts.iter().flat_map(|act| &act.done).any(|done| done.claims.contains(claim))
    }
}
