//! Surveys of claims for tests, a word at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::model::claim::{Claim, Maker};
use crate::model::set::{Fate, Retention};
use crate::model::survey::claimant::{Claimant, ClaimantKind, Scaler, Wanted};
use crate::model::survey::coverage::{Coverage, DeepScan, Gap, Need};
use crate::model::survey::reference::{Mention, Reference, References};
use crate::model::survey::{Survey, VolumeFacts};
use crate::model::volume::ReclaimPolicy;
use crate::testing::{a_claim, a_set, at, map};

/// So long ago that nobody remembers.
pub(crate) fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// The time of every survey here.
pub(crate) fn now() -> Timestamp {
    at(0)
}

/// The set of this name in `prod`, with template `data` and so many replicas.
pub(crate) fn a_claimant(name: &str, replicas: u32) -> Claimant {
    Claimant {
        kind: ClaimantKind::StatefulSet,
        namespace: "prod".to_owned(),
        name: name.to_owned(),
        uid: format!("set-{name}"),
        templates: vec![("data".to_owned(), Some("1Gi".to_owned()))],
        wanted: Wanted::range(0, replicas),
        labels: Arc::new(map(&[("app", name)])),
        controller: None,
        retention: Retention { when_deleted: Fate::Retain, when_scaled: Fate::Retain },
        unsettled: None,
    }
}

impl Claimant {
    pub(crate) fn with_template(mut self, template: &str) -> Self {
        self.templates = vec![(template.to_owned(), Some("1Gi".to_owned()))];
        self
    }

    pub(crate) fn wanting(mut self, wanted: Wanted) -> Self {
        self.wanted = wanted;
        self
    }

    pub(crate) fn of_kind(mut self, kind: &str) -> Self {
        self.kind = ClaimantKind::Other(kind.to_owned());
        self
    }
}

/// A claim of `prod` of this name, made by the controller for the set of this name, bound, and
/// unused for 30 days, as the cluster says.
pub(crate) fn a_left_claim(name: &str, set: &str) -> Claim {
    Claim {
        uid: format!("claim-{name}"),
        labels: Arc::new(map(&[("app", set)])),
        volume: Some(format!("pv-{name}")),
        created_at: Some(now() - days(90)),
        written_at: Some(now() - days(60)),
        unused_since: Some(now() - days(30)),
        name: name.to_owned(),
        ..a_claim(&a_set(set).claiming("data"), 0)
    }
}

impl Claim {
    pub(crate) fn made_by(mut self, maker: &str) -> Self {
        self.maker = Maker::Other(maker.to_owned());
        self
    }

    pub(crate) fn unused_for(mut self, span: Option<SignedDuration>) -> Self {
        self.unused_since = span.map(|span| now() - span);
        self
    }

    pub(crate) fn labelled(mut self, labels: &[(&str, &str)]) -> Self {
        self.labels = Arc::new(map(labels));
        self
    }

    pub(crate) fn annotated(mut self, key: &str, value: &str) -> Self {
        Arc::make_mut(&mut self.annotations).insert(key.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn in_namespace(mut self, namespace: &str) -> Self {
        namespace.clone_into(&mut self.namespace);
        self
    }
}

/// A complete survey of these: every list was read, every kind searched, nobody names anything.
pub(crate) fn a_survey(claimants: &[Claimant], claims: &[Claim]) -> Survey {
    let mut claims = claims.to_vec();
    claims.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    let names = claims.iter().map(|claim| (claim.namespace.as_str(), claim.name.as_str()));
    let references = References::to(names);
    let volumes = claims
        .iter()
        .filter_map(|claim| Some((claim.volume.clone()?, some_volume(Some(claim.uid.clone())))));
    let volumes: BTreeMap<String, VolumeFacts> = volumes.collect();
    Survey {
        claimants: claimants.to_vec(),
        references,
        scalers: Vec::new(),
        volumes,
        attached: BTreeSet::new(),
        snapshots: Vec::new(),
        ownerless: BTreeSet::new(),
        going: BTreeSet::new(),
        peopled: BTreeSet::from(["prod".to_owned()]),
        deployments: Vec::new(),
        living: claimants.iter().map(|claimant| claimant.uid.clone()).collect(),
        coverage: searched(),
        taken_at: now(),
        claims,
    }
}

/// Everything was read, and every kind was searched.
fn searched() -> Coverage {
    let mut coverage = Coverage::default();
    coverage.deep = DeepScan::Done;
    coverage
}

fn some_volume(claim_uid: Option<String>) -> VolumeFacts {
    VolumeFacts {
        claim_uid,
        reclaim_policy: ReclaimPolicy::Delete,
        provisioned: true,
        driver: None,
        phase: "Bound".to_owned(),
        phase_since: Some(now() - days(60)),
    }
}

impl Survey {
    /// With a pod that names the claim.
    pub(crate) fn used_by(mut self, claim: &str, pod: &str, phase: &str) -> Self {
        self.references.add("prod", claim, || Reference {
            by: format!("pod/{pod}"),
            how: Mention::Pod {
                phase: phase.to_owned(),
                scheduled: phase != "Pending",
                going: false,
                ephemeral: false,
            },
        });
        self
    }

    /// With an object whose pod template names the claim.
    pub(crate) fn named_by(mut self, claim: &str, by: &str) -> Self {
        self.references
            .add("prod", claim, || Reference { by: by.to_owned(), how: Mention::Template });
        self
    }

    /// With an object that has the name of the claim somewhere in its text.
    pub(crate) fn spelled_in(mut self, claim: &str, by: &str, path: &str) -> Self {
        let how = Mention::Text { path: path.to_owned() };
        self.references.add("prod", claim, || Reference { by: by.to_owned(), how });
        self
    }

    /// With an autoscaler of the set.
    pub(crate) fn scaled_by(mut self, display: &str, set: &str, most: u32) -> Self {
        self.scalers.push(Scaler {
            display: display.to_owned(),
            namespace: "prod".to_owned(),
            target_group: "apps".to_owned(),
            target_kind: "StatefulSet".to_owned(),
            target: set.to_owned(),
            most,
        });
        self
    }

    /// Without something that could have been read.
    pub(crate) fn missing(mut self, what: &str, need: Need) -> Self {
        self.coverage.miss(Gap {
            namespace: None,
            what: what.to_owned(),
            why: "forbidden".to_owned(),
            need,
        });
        self
    }
}
