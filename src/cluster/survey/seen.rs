//! What passes by while lists are read, and what of it is kept.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashSet;

use crate::model::claim::Claim;
use crate::model::ordinal::Ordinal;
use crate::model::survey::Deployment;
use crate::model::survey::SnapshotFacts;
use crate::model::survey::Survey;
use crate::model::survey::VolumeFacts;
use crate::model::survey::claimant::Claimant;
use crate::model::survey::claimant::Scaler;
use crate::model::survey::reference::Mentioner;
use crate::model::survey::reference::Reference;

/// What is looked for: the claims there are, and what they say owns them.
pub(super) struct Interest<'a> {
    /// Sorted by namespace and name.
    claims: &'a [Claim],
    owners: HashSet<&'a str>,
}

impl<'a> Interest<'a> {
    pub(super) fn of(claims: &'a [Claim]) -> Self {
        let owners = claims.iter().flat_map(|claim| &claim.owners);
        Self { claims, owners: owners.map(|owner| owner.uid.as_str()).collect() }
    }

    /// The position of a claim.
    pub(super) fn find(&self, namespace: &str, name: &str) -> Option<usize> {
        let order =
            |claim: &Claim| (claim.namespace.as_str(), claim.name.as_str()).cmp(&(namespace, name));
        self.claims.binary_search_by(order).ok()
    }
}

/// What of one list is kept. Small, whatever the length of the list.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// How many objects there were.
    pub(super) objects: u64,
    /// Claims by position, and who names them.
    pub(super) mentions: Vec<(usize, Reference)>,
    /// Owners of claims that are there.
    pub(super) living: BTreeSet<String>,
    /// Namespaces in which there are pods.
    pub(super) peopled: BTreeSet<String>,
    /// Sets whose pods or revisions nobody owns.
    pub(super) ownerless: BTreeSet<(String, String)>,
    pub(super) claimants: Vec<Claimant>,
    pub(super) scalers: Vec<Scaler>,
    pub(super) snapshots: Vec<SnapshotFacts>,
    pub(super) volumes: BTreeMap<String, VolumeFacts>,
    pub(super) attached: BTreeSet<String>,
    pub(super) going: BTreeSet<String>,
    pub(super) deployments: Vec<Deployment>,
}

impl Seen {
    /// Takes in what an object says about claims.
    pub(super) fn note(&mut self, interest: &Interest<'_>, mentioner: Mentioner) {
        for (claim, reference) in mentioner.mentions {
            if let Some(at) = interest.find(&mentioner.namespace, &claim) {
                self.mentions.push((at, reference));
            }
        }
        self.note_owner(interest, mentioner.uid);
    }

    /// Remembers that an object is there, if a claim says that it owns it.
    pub(super) fn note_owner(&mut self, interest: &Interest<'_>, uid: String) {
        if interest.owners.contains(uid.as_str()) {
            self.living.insert(uid);
        }
    }

    /// Remembers a pod that nobody manages and that is named as one of a set.
    pub(super) fn note_ownerless(&mut self, namespace: &str, pod: &str) {
        if let Some((set, _)) = numbered(pod) {
            self.ownerless.insert((namespace.to_owned(), set.to_owned()));
        }
    }

    /// Puts all of it into the survey.
    pub(super) fn into_survey(self, survey: &mut Survey) {
        let Survey { claims, references, .. } = survey;
        for (at, reference) in self.mentions {
            if let Some(claim) = claims.get(at) {
                references.add(&claim.namespace, &claim.name, || reference);
            }
        }
        survey.living.extend(self.living);
        survey.peopled.extend(self.peopled);
        survey.ownerless.extend(self.ownerless);
        for claimant in self.claimants {
            if !survey.claimants.iter().any(|known| known.uid == claimant.uid) {
                survey.claimants.push(claimant);
            }
        }
        survey.scalers.extend(self.scalers);
        survey.snapshots.extend(self.snapshots);
        survey.volumes.extend(self.volumes);
        survey.attached.extend(self.attached);
        survey.going.extend(self.going);
        for deployment in self.deployments {
            if !survey.deployments.contains(&deployment) {
                survey.deployments.push(deployment);
            }
        }
    }
}

/// The part before the last dash, if what follows is an ordinal.
pub(super) fn numbered(name: &str) -> Option<(&str, Ordinal)> {
    let (stem, _) = name.rsplit_once('-')?;
    Some((stem, Ordinal::of_pod(name, stem)?)).filter(|_| !stem.is_empty())
}
