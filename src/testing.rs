//! Sets, pods and readings for tests, a word at a time.

pub(crate) mod survey;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::attachment::Attachment;
use crate::model::autoscaler::Autoscaler;
use crate::model::budget::{Budget, Demand, Operator, Requirement, Selector, Share};
use crate::model::claim::{AccessModes, Claim, ClaimPhase, Maker};
use crate::model::group::Wave;
use crate::model::lease::Lease;
use crate::model::node::{Node, Readiness, Taint, ZONE};
use crate::model::order::Order;
use crate::model::ordinal::{Ordinal, OrdinalRange};
use crate::model::placement::Placement;
use crate::model::pod::{Phase, Pod, Trouble, TroubleKind};
use crate::model::resident::Resident;
use crate::model::revision::Revision;
use crate::model::run::{Holder, OriginalStrategy, RecordedRun, Run, RunPhase};
use crate::model::set::{
    ClaimTemplate, Fate, FieldManager, HOLD, Owner, PodManagement, Retention, Rolling, Set,
    SetStatus, Strategy, Template,
};
use crate::model::shape::{ClaimShape, Shape};
use crate::model::snapshot::{Known, Snapshot};
use crate::model::volume::{BoundClaim, PROVISIONED_BY, ReclaimPolicy, Volume};
use crate::plan::options::Options;
use crate::plan::scale::{Overrides, Surroundings, Wish};
use crate::plan::step::volume::{BindingChange, VolumePatch};

/// The revision sets and pods are on unless a test says otherwise.
pub(crate) const OLD: &str = "db-old";

/// The revision a rollout moves to.
pub(crate) const NEW: &str = "db-new";

/// A point in time, in seconds after an arbitrary one.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

/// A map of texts.
pub(crate) fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// A template that differs from others by this word only.
pub(crate) fn a_template(word: &str) -> Template {
    let json = serde_json::json!({"spec": {"containers": [{"name": "app", "image": word}]}});
    Template { json: json.to_string(), images: vec![("app".to_owned(), word.to_owned())] }
}

/// The shape of a set as [`a_set`] makes it.
pub(crate) fn a_shape(set: &Set) -> Shape {
    Shape {
        service: set.name.clone(),
        selector: selecting("app", &set.name),
        query: set.selector.clone(),
        management: set.management,
        claims: set.claim_templates.iter().map(|claim| a_claim_shape(&claim.name, "1Gi")).collect(),
        wanted: set.wanted,
        template: set.template.clone(),
        unknown_volumes: Vec::new(),
        finalizers: Vec::new(),
        deleting: false,
    }
}

/// A claim template of this name and size.
pub(crate) fn a_claim_shape(name: &str, size: &str) -> ClaimShape {
    ClaimShape {
        name: name.to_owned(),
        requested: Some(size.to_owned()),
        storage_class: None,
        json: serde_json::json!({ "name": name, "size": size }).to_string(),
    }
}

/// A selector of this label with this value.
pub(crate) fn selecting(key: &str, value: &str) -> Selector {
    let operator = Operator::In(vec![value.to_owned()]);
    Selector { requirements: vec![Requirement { key: key.to_owned(), operator }] }
}

/// A settled set of three ordered pods on [`OLD`] with partition 0.
pub(crate) fn a_set(name: &str) -> Set {
    Set {
        namespace: "prod".to_owned(),
        name: name.to_owned(),
        uid: "set-uid".to_owned(),
        resource_version: "1".to_owned(),
        generation: 1,
        wanted: OrdinalRange { start: 0, replicas: 3 },
        strategy: Strategy::RollingUpdate(Some(Rolling { partition: 0, max_unavailable: None })),
        management: PodManagement::OrderedReady,
        min_ready_seconds: 0,
        revision_history_limit: 10,
        selector: format!("app={name}"),
        template: a_template("old"),
        claim_templates: Vec::new(),
        retention: Retention { when_deleted: Fate::Retain, when_scaled: Fate::Retain },
        status: SetStatus {
            observed_generation: Some(1),
            replicas: 3,
            ready: 3,
            available: 3,
            updated: 3,
            current: 3,
            current_revision: OLD.to_owned(),
            update_revision: OLD.to_owned(),
        },
        controller: None,
        managers: Vec::new(),
        labels: BTreeMap::new(),
        annotations: BTreeMap::new(),
        run: None,
    }
}

impl Set {
    pub(crate) fn replicas(mut self, replicas: u32) -> Self {
        self.wanted.replicas = replicas;
        self.status.replicas = replicas;
        self.status.current = replicas;
        self
    }

    pub(crate) fn starting_at(mut self, start: u32) -> Self {
        self.wanted.start = start;
        self
    }

    pub(crate) fn at_partition(mut self, partition: u32) -> Self {
        let rolling = Rolling { partition, max_unavailable: None };
        self.strategy = Strategy::RollingUpdate(Some(rolling));
        self
    }

    pub(crate) fn with_strategy(mut self, strategy: Strategy) -> Self {
        self.strategy = strategy;
        self
    }

    pub(crate) fn parallel(mut self) -> Self {
        self.management = PodManagement::Parallel;
        self
    }

    pub(crate) fn min_ready(mut self, seconds: u32) -> Self {
        self.min_ready_seconds = seconds;
        self
    }

    /// With one more claim template.
    pub(crate) fn claiming(mut self, template: &str) -> Self {
        self.claim_templates.push(ClaimTemplate {
            name: template.to_owned(),
            storage_class: None,
            requested: Some("1Gi".to_owned()),
        });
        self
    }

    /// The template moved on to [`NEW`]; pods and `currentRevision` have not.
    pub(crate) fn updating(mut self) -> Self {
        self.template = a_template("new");
        NEW.clone_into(&mut self.status.update_revision);
        self.status.updated = 0;
        self
    }

    pub(crate) fn unobserved(mut self) -> Self {
        self.generation += 1;
        self
    }

    pub(crate) fn owned_by(mut self, kind: &str, name: &str) -> Self {
        let (kind, name) = (kind.to_owned(), name.to_owned());
        self.controller = Some(an_owner(&kind, &name, "owner-uid"));
        self
    }

    pub(crate) fn managed_by(mut self, manager: FieldManager) -> Self {
        self.managers.push(manager);
        self
    }

    pub(crate) fn labelled(mut self, key: &str, value: &str) -> Self {
        self.labels.insert(key.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn annotated(mut self, key: &str, value: &str) -> Self {
        self.annotations.insert(key.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn recording(mut self, run: Run) -> Self {
        self.run = Some(RecordedRun::Read(run));
        self
    }
}

/// The owner that manages an object.
pub(crate) fn an_owner(kind: &str, name: &str, uid: &str) -> Owner {
    Owner {
        api_version: "example.com/v1".to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        uid: uid.to_owned(),
        controller: true,
    }
}

/// An autoscaler of the set of this name.
pub(crate) fn an_autoscaler(set: &str) -> Autoscaler {
    Autoscaler {
        name: format!("{set}-hpa"),
        target_version: "apps/v1".to_owned(),
        target_kind: "StatefulSet".to_owned(),
        target: set.to_owned(),
        least: 1,
        most: 9,
        owners: Vec::new(),
    }
}

/// The bound claim of the set's first template for this ordinal, made long ago.
pub(crate) fn a_claim(set: &Set, ordinal: u32) -> Claim {
    let name = set.claim_names(Ordinal(ordinal)).remove(0);
    Claim {
        namespace: set.namespace.clone(),
        uid: format!("claim-{ordinal}"),
        resource_version: "1".to_owned(),
        owners: Vec::new(),
        labels: Arc::default(),
        annotations: Arc::default(),
        finalizers: vec!["kubernetes.io/pvc-protection".to_owned()],
        maker: Maker::Controller,
        written_at: Some(at(-86_400)),
        created_at: Some(at(-86_400)),
        deleting_since: None,
        selected_node: None,
        access_modes: AccessModes { once: true, ..AccessModes::default() },
        source: None,
        said_in_use: false,
        volume_work: None,
        phase: ClaimPhase::Bound,
        volume: Some(format!("pv-{name}")),
        storage_class: Some("standard".to_owned()),
        requested: Some("1Gi".to_owned()),
        capacity: Some("1Gi".to_owned()),
        unused_since: None,
        name,
    }
}

/// A budget over all pods that wants so many of them healthy.
pub(crate) fn a_budget_of_least(least: u32, pods: u32) -> Budget {
    Budget {
        name: "db-pdb".to_owned(),
        selector: Selector::default(),
        disruptions_allowed: pods.saturating_sub(least),
        current_healthy: pods,
        desired_healthy: least,
        expected: pods,
        demand: Demand::Least(Share::Count(least)),
        observed: true,
    }
}

/// So many pods, whatever there are now.
pub(crate) fn a_wish(replicas: u32) -> Wish {
    Wish {
        replicas,
        current: None,
        step: None,
        floor: 0,
        quorum: 0,
        options: Options::default(),
        overrides: Overrides::default(),
    }
}

/// Nothing beside the set.
pub(crate) fn surroundings() -> Surroundings {
    Surroundings { claims: Known::Read(Vec::new()), autoscalers: Known::Read(Vec::new()) }
}

/// A field manager that owns nothing yet and does not apply.
pub(crate) fn a_manager(name: &str) -> FieldManager {
    FieldManager {
        manager: name.to_owned(),
        applies: false,
        template: false,
        partition: false,
        strategy: false,
        replicas: false,
    }
}

/// A run of the set that has pinned [`NEW`] and released nothing, held by [`a_holder`].
pub(crate) fn a_run(set: &Set) -> Run {
    Run {
        id: "run-1".to_owned(),
        phase: RunPhase::Staging,
        target: NEW.to_owned(),
        base: OLD.to_owned(),
        original: OriginalStrategy::RollingUpdate(Some(Rolling {
            partition: 0,
            max_unavailable: None,
        })),
        order: Order::Desc,
        partition: HOLD,
        replicas: set.wanted.replicas,
        start: set.wanted.start,
        steps: "1,100%".parse().unwrap(),
        approved: 0,
        passed: 0,
        template: set.template.digest(),
        gates: String::new(),
        group: None,
        holder: Some(a_holder(at(0))),
    }
}

/// Sets of a group that are rolled out together.
pub(crate) fn a_wave(name: &str, sets: &[&str]) -> Wave {
    let sets = sets.iter().map(|set| (*set).to_owned()).collect();
    Wave { name: name.to_owned(), sets }
}

/// This process, having written at that time.
pub(crate) fn a_holder(beat: Timestamp) -> Holder {
    Holder { name: "me@here".to_owned(), token: "mine".to_owned(), beat }
}

/// A pod of the set, ready for long, on the set's current revision.
pub(crate) fn a_pod(set: &Set, ordinal: u32) -> Pod {
    Pod {
        name: set.pod_name(Ordinal(ordinal)),
        uid: format!("uid-{ordinal}"),
        resource_version: "1".to_owned(),
        controller: Some(set.uid.clone()),
        ordinal: Some(Ordinal(ordinal)),
        revision: Some(set.status.current_revision.clone()),
        labels: BTreeMap::from([("app".to_owned(), set.name.clone())]),
        created_at: Some(at(-7200)),
        deleting_since: None,
        phase: Phase::Running,
        node: Some("node-a".to_owned()),
        placement: Placement::default(),
        ready_since: Some(at(-3600)),
        unready_since: None,
        restarts: 0,
        troubles: Vec::new(),
    }
}

impl Pod {
    pub(crate) fn on(mut self, revision: &str) -> Self {
        self.revision = Some(revision.to_owned());
        self
    }

    pub(crate) fn ready_at(mut self, since: Timestamp) -> Self {
        self.ready_since = Some(since);
        self
    }

    pub(crate) fn unready(mut self) -> Self {
        self.ready_since = None;
        self.unready_since = Some(at(-3600));
        self
    }

    pub(crate) fn unready_at(mut self, since: Timestamp) -> Self {
        self.ready_since = None;
        self.unready_since = Some(since);
        self
    }

    pub(crate) fn troubled(mut self, kind: TroubleKind, reason: &str) -> Self {
        self.troubles.push(Trouble {
            kind,
            reason: reason.to_owned(),
            message: String::new(),
            container: None,
        });
        self.unready()
    }

    pub(crate) fn deleting(mut self) -> Self {
        self.deleting_since = Some(at(0));
        self
    }

    pub(crate) fn restarted(mut self, times: u32) -> Self {
        self.restarts = times;
        self
    }
}

/// A reading of the set with all its pods as [`a_pod`] makes them.
pub(crate) fn a_snapshot(set: &Set) -> Snapshot {
    let revision = |name: &str, number, word| Revision {
        name: name.to_owned(),
        number,
        controller: Some(set.uid.clone()),
        created_at: None,
        change_cause: None,
        came_from: None,
        template: a_template(word),
    };
    Snapshot {
        pods: set.wanted.iter().map(|ordinal| a_pod(set, ordinal.0)).collect(),
        revisions: vec![revision(OLD, 1, "old"), revision(NEW, 2, "new")],
        budgets: Known::Read(Vec::new()),
        taken_at: at(0),
        set: set.clone(),
    }
}

impl Snapshot {
    /// With this pod in the place of the one of its name, or beside the others.
    pub(crate) fn with(mut self, pod: Pod) -> Self {
        self.pods.retain(|other| other.name != pod.name);
        self.pods.push(pod);
        self
    }

    pub(crate) fn without(mut self, ordinal: u32) -> Self {
        self.pods.retain(|pod| pod.ordinal != Some(Ordinal(ordinal)));
        self
    }
}

impl Claim {
    pub(crate) fn in_phase(mut self, phase: ClaimPhase) -> Self {
        self.phase = phase;
        self
    }

    pub(crate) fn going(mut self) -> Self {
        self.deleting_since = Some(at(0));
        self
    }
}

/// A bound volume that every node can reach.
pub(crate) fn a_volume(name: &str) -> Volume {
    Volume {
        name: name.to_owned(),
        uid: format!("uid-{name}"),
        resource_version: "1".to_owned(),
        annotations: BTreeMap::from([(PROVISIONED_BY.to_owned(), "example.com/disk".to_owned())]),
        deleting_since: None,
        phase: "Bound".to_owned(),
        phase_since: None,
        capacity: Some("1Gi".to_owned()),
        access_modes: vec!["ReadWriteOnce".to_owned()],
        reclaim_policy: ReclaimPolicy::Delete,
        storage_class: Some("standard".to_owned()),
        claim: None,
        driver: None,
        reachable_from: None,
    }
}

/// A ready node in a zone.
pub(crate) fn a_node(name: &str, zone: &str) -> Node {
    Node {
        name: name.to_owned(),
        uid: format!("uid-{name}"),
        resource_version: "1".to_owned(),
        labels: BTreeMap::from([
            (ZONE.to_owned(), zone.to_owned()),
            ("kubernetes.io/hostname".to_owned(), name.to_owned()),
        ]),
        annotations: BTreeMap::new(),
        readiness: Readiness::Ready,
        readiness_since: Some(at(-3600)),
        unschedulable: false,
        taints: Vec::new(),
    }
}

impl Node {
    pub(crate) fn labelled(mut self, key: &str, value: &str) -> Self {
        self.labels.insert(key.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn tainted(mut self, key: &str, value: &str, effect: &str) -> Self {
        let (key, value, effect) = (key.to_owned(), value.to_owned(), effect.to_owned());
        self.taints.push(Taint { key, value, effect });
        self
    }
}

/// A node's lease, renewed at that time.
pub(crate) fn a_lease(node: &str, renewed_at: Timestamp) -> Lease {
    Lease { node: node.to_owned(), renewed_at: Some(renewed_at), seconds: Some(40) }
}

/// A pod of nobody's that would go with its node.
pub(crate) fn a_resident(namespace: &str, name: &str) -> Resident {
    Resident {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        uid: format!("uid-{name}"),
        controller: None,
        deleting_since: None,
        tolerations: Vec::new(),
    }
}

/// A volume on a node.
pub(crate) fn an_attachment(node: &str, volume: &str) -> Attachment {
    Attachment {
        name: format!("csi-{volume}"),
        node: node.to_owned(),
        volume: Some(volume.to_owned()),
        attacher: "x.csi".to_owned(),
        attached: true,
    }
}

impl VolumePatch {
    /// What the server makes of the volume with it.
    pub(crate) fn carry_out(&self, volume: &mut Volume) {
        for (key, value) in &self.annotations {
            match value {
                Some(value) => volume.annotations.insert(key.clone(), value.clone()),
                None => volume.annotations.remove(key),
            };
        }
        if let Some(policy) = &self.reclaim_policy {
            volume.reclaim_policy = policy.clone();
        }
        let bound = |volume: &mut Volume, uid: Option<String>| {
            volume.claim.as_mut().unwrap().uid = uid;
        };
        match &self.claim {
            BindingChange::Keep => {}
            BindingChange::Reserve => bound(volume, None),
            BindingChange::Release { uid } => bound(volume, Some(uid.clone())),
            BindingChange::ReserveFor { namespace, name } => {
                let (namespace, name) = (namespace.clone(), name.clone());
                volume.claim = Some(BoundClaim { namespace, name, uid: None });
            }
        }
    }
}
