//! Whether a new set has the very pods of the old one, and all their claims are safe.

use crate::model::claim::Claim;
use crate::model::snapshot::Snapshot;

/// What is wrong with a new set and the pods it was to adopt; empty when nothing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A pod is another than before.
    OtherPod {
        /// Its name.
        pod: String,
    },
    /// A pod is gone.
    NoPod {
        /// Its name.
        pod: String,
    },
    /// The new set has not adopted a pod.
    NotAdopted {
        /// Its name.
        pod: String,
    },
    /// The controller made another revision of the template, and will replace pods.
    OtherRevision {
        /// The revision before.
        from: String,
        /// The revision now; empty while there is none.
        to: String,
    },
    /// Claims that the garbage collector takes for those of the deleted set.
    DoomedClaims {
        /// Their names.
        claims: Vec<String>,
    },
}

/// The pods of the old set, as they have to be found again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// UID of the old set.
    pub set: String,
    /// The revision all pods ran.
    pub revision: String,
    /// Names and UIDs of the pods, in the order of their ordinals.
    pub pods: Vec<(String, String)>,
}

impl Before {
    /// As read before the deletion.
    pub fn of(snapshot: &Snapshot) -> Self {
        let set = &snapshot.set;
        let pods = set.wanted.iter().filter_map(|ordinal| snapshot.pod(ordinal));
        Self {
            set: set.uid.clone(),
            revision: set.status.update_revision.clone(),
            pods: pods.map(|pod| (pod.name.clone(), pod.uid.clone())).collect(),
        }
    }
}

/// Compares what was there with what is.
pub fn verify(before: &Before, snapshot: &Snapshot, claims: &[Claim]) -> Vec<Wrong> {
    let set = &snapshot.set;
    let mut wrong = doomed(&before.set, claims).into_iter().collect::<Vec<_>>();
    for (name, uid) in &before.pods {
        let pod = name.clone();
        match snapshot.pods.iter().find(|pod| pod.name == *name) {
            None => wrong.push(Wrong::NoPod { pod }),
            Some(now) if now.uid != *uid => wrong.push(Wrong::OtherPod { pod }),
            Some(now) if now.controller.as_ref() != Some(&set.uid) => {
                wrong.push(Wrong::NotAdopted { pod });
            }
            Some(_) => {}
        }
    }
    let revision = &set.status.update_revision;
    if *revision != before.revision {
        let (from, to) = (before.revision.clone(), revision.clone());
        wrong.push(Wrong::OtherRevision { from, to });
    }
    wrong
}

/// Claims that go with a set of this UID.
pub fn doomed(uid: &str, claims: &[Claim]) -> Option<Wrong> {
    let owned = |claim: &&Claim| claim.owners.iter().any(|owner| owner.uid == uid);
    let claims: Vec<String> = claims.iter().filter(owned).map(|claim| claim.name.clone()).collect();
    (!claims.is_empty()).then_some(Wrong::DoomedClaims { claims })
}
