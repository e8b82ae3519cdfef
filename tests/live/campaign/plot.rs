//! What one namespace is made of, and the truth about each of its claims.
//!
//! `{ns}` in paths and bodies stands for the namespace, `{run}` for the run of the test, and a text
//! `uid-of:PATH` for the UID of an object that is there by then.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;
use serde_json::json;

use crate::campaign::situations::SITUATIONS;
use crate::campaign::truth::Left;
use crate::campaign::truth::Truth;
use crate::harness::Random;

/// The manager by which the claims of sets are known.
pub(super) const CONTROLLER: &str = "kube-controller-manager";

/// A namespace and its truth.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    pub(super) number: usize,
    pub(super) random: Random,
    pub(super) claims: BTreeMap<String, Planned>,
    /// What is sent, in four stages; between them everything comes to rest.
    pub(super) stages: [Vec<Call>; 4],
    pub(super) sets: Vec<SetPlan>,
    /// Sets that never come to rest, on purpose.
    pub(super) unsettled: BTreeSet<String>,
    situation: &'static str,
    words: usize,
}

/// A claim and its truth.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) truth: Truth,
    pub(super) situation: &'static str,
    pub(super) maker: Maker,
    /// Which set would use it again if that grew.
    pub(super) seat: Option<Seat>,
    pub(super) bound: bool,
    /// Whether the cluster is made to say for ever that it is in use.
    pub(super) stale: bool,
    /// Whether it is told to go before anything is judged.
    pub(super) going: bool,
}

/// Who makes a claim.
#[derive(Clone, Debug)]
pub(super) enum Maker {
    /// The controller of a set or of ephemeral volumes.
    Cluster,
    /// The test, under the name of this manager.
    Test { manager: &'static str, manifest: Box<Value> },
}

/// The set and ordinal of a claim.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub(super) set: String,
    pub(super) ordinal: u32,
}

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) body: Value,
}

/// A StatefulSet with one claim template.
#[derive(Clone, Debug)]
pub(super) struct SetPlan {
    pub(super) name: String,
    pub(super) template: String,
    pub(super) start: u32,
    pub(super) replicas: u32,
    /// As many as an autoscaler leaves it.
    pub(super) most: Option<u32>,
}

impl SetPlan {
    pub(super) fn claim(&self, ordinal: u32) -> String {
        format!("{}-{}-{ordinal}", self.template, self.name)
    }

    pub(super) fn range(&self) -> Range<u32> {
        self.start..self.start + self.replicas
    }

    pub(super) fn path(&self) -> String {
        format!("/apis/apps/v1/namespaces/{{ns}}/statefulsets/{}", self.name)
    }

    pub(super) fn manifest(&self) -> Value {
        let labels = json!({ "app": self.name });
        json!({
            "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": { "name": self.name },
            "spec": {
                "replicas": self.replicas,
                "ordinals": { "start": self.start },
                "podManagementPolicy": "Parallel",
                "selector": { "matchLabels": labels },
                "template": {
                    "metadata": { "labels": labels },
                    "spec": { "containers": [{ "name": "app", "image": "app:v1" }] },
                },
                "volumeClaimTemplates": [
                    { "metadata": { "name": self.template }, "spec": claim_spec() },
                ],
            },
        })
    }
}

/// What every claim asks for, if nothing else is said.
pub(super) fn claim_spec() -> Value {
    json!({ "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1Mi" } } })
}

/// The spec of a pod that mounts a claim.
pub(super) fn pod_spec(claim: &str) -> Value {
    json!({
        "containers": [{ "name": "app", "image": "app:v1" }],
        "volumes": [{ "name": "v", "persistentVolumeClaim": { "claimName": claim } }],
    })
}

impl Plot {
    /// The same for the same seed and number, with about so many claims.
    pub(super) fn new(seed: u64, number: usize, claims: usize) -> Self {
        let mut plot = Self {
            number,
            random: Random::new(seed.wrapping_mul(0x1_0000_01b3).wrapping_add(number as u64)),
            claims: BTreeMap::new(),
            stages: Default::default(),
            sets: Vec::new(),
            unsettled: BTreeSet::new(),
            situation: "",
            words: 0,
        };
        while plot.claims.len() < claims {
            let (name, make) = plot.random.one(SITUATIONS);
            plot.situation = name;
            make(&mut plot);
        }
        plot
    }

    /// A name nobody has in the namespace.
    pub(super) fn word(&mut self) -> String {
        self.words += 1;
        let stem = self.random.one(&["db", "kv", "mq", "log", "es", "pg", "web", "zk"]);
        format!("{stem}{}", self.words)
    }

    /// A set that is not sent yet.
    pub(super) fn a_set(&mut self, start: u32, replicas: u32) -> SetPlan {
        let template = self.random.one(&["data", "wal", "store", "data-a"]).to_owned();
        SetPlan { name: self.word(), template, start, replicas, most: None }
    }

    /// A small number, at least one.
    pub(super) fn few(&mut self) -> u32 {
        1 + self.random.below(4)
    }

    pub(super) fn send(&mut self, stage: usize, method: &'static str, path: &str, body: Value) {
        self.stages[stage].push(Call { method, path: path.to_owned(), body });
    }

    /// Creates an object of a kind, given as `api/v1` and `pods`.
    pub(super) fn create(&mut self, stage: usize, api: &str, plural: &str, body: Value) {
        self.send(stage, "POST", &format!("/{api}/namespaces/{{ns}}/{plural}"), body);
    }

    /// Sends a set as it is, and says that the claims of its range are wanted.
    pub(super) fn live(&mut self, set: &SetPlan) {
        self.live_with(set, set.manifest());
    }

    /// The same, with another manifest.
    pub(super) fn live_with(&mut self, set: &SetPlan, manifest: Value) {
        for ordinal in set.range() {
            self.by_cluster(set, ordinal, Truth::Wanted("in the range of its set"));
        }
        self.create(1, "apis/apps/v1", "statefulsets", manifest);
        self.sets.push(set.clone());
    }

    /// Sends a set, and claims of ordinals above its range up to this one: the set is scaled down
    /// from there, or the claims are made as its controller would make them.
    pub(super) fn outgrown(&mut self, set: &SetPlan, upto: u32, truth: impl Fn(u32) -> Truth) {
        let above = set.range().end..upto;
        if self.random.percent(30) {
            let before = SetPlan { replicas: upto - set.start, ..set.clone() };
            self.live_with(set, before.manifest());
            for ordinal in above {
                self.by_cluster(set, ordinal, truth(ordinal));
            }
            let replicas = json!({ "spec": { "replicas": set.replicas } });
            self.send(2, "PATCH", &set.path(), replicas);
        } else {
            self.live(set);
            for ordinal in above {
                self.as_controller(set, ordinal, truth(ordinal));
            }
        }
    }

    /// A claim that a controller makes.
    pub(super) fn by_cluster(&mut self, set: &SetPlan, ordinal: u32, truth: Truth) {
        let seat = Some(Seat { set: set.name.clone(), ordinal });
        self.plan(&set.claim(ordinal), truth, Maker::Cluster, seat);
    }

    /// A claim of a set, made by the test in the way the controller does.
    pub(super) fn as_controller(&mut self, set: &SetPlan, ordinal: u32, truth: Truth) -> String {
        let name = self.claim(&set.claim(ordinal), CONTROLLER, truth);
        self.alter(&name, |claim| claim["metadata"]["labels"] = json!({ "app": set.name }));
        if let Some(planned) = self.claims.get_mut(&name) {
            planned.seat = Some(Seat { set: set.name.clone(), ordinal });
        }
        name
    }

    /// A claim of any name, made by the test.
    pub(super) fn claim(&mut self, name: &str, manager: &'static str, truth: Truth) -> String {
        let manifest = json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": { "name": name }, "spec": claim_spec(),
        });
        let maker = Maker::Test { manager, manifest: Box::new(manifest) };
        self.plan(name, truth, maker, None);
        name.to_owned()
    }

    /// No set uses the claim again, however it grows.
    pub(super) fn without_seat(&mut self, name: &str) {
        if let Some(planned) = self.claims.get_mut(name) {
            planned.seat = None;
        }
    }

    fn plan(&mut self, name: &str, truth: Truth, maker: Maker, seat: Option<Seat>) {
        let situation = self.situation;
        let (bound, stale, going) = (true, false, false);
        let planned = Planned { truth, situation, maker, seat, bound, stale, going };
        let before = self.claims.insert(name.to_owned(), planned);
        assert!(before.is_none(), "{situation} plans {name} a second time");
    }

    /// Changes the manifest of a claim that the test makes.
    pub(super) fn alter(&mut self, name: &str, change: impl FnOnce(&mut Value)) {
        if let Some(Planned { maker: Maker::Test { manifest, .. }, .. }) = self.claims.get_mut(name)
        {
            change(manifest);
        }
    }

    /// A claim that would be left behind, but for what is done with it: above the range of a set,
    /// or of no set at all.
    pub(super) fn otherwise_left(&mut self, truth: Truth) -> String {
        if self.random.percent(50) {
            let set = self.a_set(0, 1);
            self.live(&set);
            let ordinal = 1 + self.random.below(3);
            self.as_controller(&set, ordinal, truth)
        } else {
            let set = self.a_set(0, 0);
            let ordinal = self.random.below(4);
            self.as_controller(&set, ordinal, truth)
        }
    }

    /// The sets of these claims have grown up to them, or have come back.
    pub(super) fn grow(&mut self, claims: &[String]) {
        for name in claims {
            let Some(Seat { set, ordinal }) = self.claims.get(name).and_then(|c| c.seat.clone())
            else {
                continue;
            };
            if let Some(known) = self.sets.iter_mut().find(|known| known.name == set) {
                known.replicas = known.replicas.max((ordinal + 1).saturating_sub(known.start));
            } else if let Some(template) = name.strip_suffix(&format!("-{set}-{ordinal}")) {
                let template = template.to_owned();
                let (start, replicas, most) = (0, ordinal + 1, None);
                self.sets.push(SetPlan { name: set, template, start, replicas, most });
            }
        }
    }

    /// Claims that are left behind.
    pub(super) fn left(&self) -> impl Iterator<Item = (&String, &Left)> {
        self.claims.iter().filter_map(|(name, planned)| match &planned.truth {
            Truth::Left(left) => Some((name, left)),
            _ => None,
        })
    }
}

#[test]
fn a_plot_is_the_same_for_the_same_seed_and_number() {
    let text = |seed, number| format!("{:?}", Plot::new(seed, number, 50));
    assert_eq!(text(7, 3), text(7, 3));
    assert_ne!(text(7, 3), text(7, 4));
    assert_ne!(text(7, 3), text(8, 3));
}

/// The truth of each situation beside the names that all sets of the namespace would use.
#[test]
fn what_may_go_is_in_no_range() {
    for number in 0..300 {
        let plot = Plot::new(1, number, 50);
        let range: BTreeSet<String> = plot
            .sets
            .iter()
            .flat_map(|set| set.range().map(|ordinal| set.claim(ordinal)))
            .collect();
        for (name, _) in plot.left() {
            assert!(!range.contains(name), "case {number}: {name}");
        }
        for name in range {
            let planned = &plot.claims[&name];
            assert!(matches!(planned.truth, Truth::Wanted(_)), "case {number}: {name} {planned:?}");
        }
    }
}
