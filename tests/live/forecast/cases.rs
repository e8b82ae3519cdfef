//! Cases made from a seed: a set, pods that fall ill, and what is then done to it.

use kubectl_sts::model::ordinal::Ordinal;
use kubectl_sts::model::set::HOLD;
use kubectl_sts::model::set::PodManagement;
use kubectl_sts::model::set::Rolling;
use kubectl_sts::model::set::Strategy;
use kubectl_sts::model::set::Template;
use kubectl_sts::plan::simulate::change::Change;
use serde_json::Value;
use serde_json::json;

use crate::harness::Random;

/// What the simulated kubelet reads.
const BEHAVIOR: &str = "control-plane.kubectl-sts.io/";

/// One case.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) number: usize,
    pub(super) management: PodManagement,
    pub(super) strategy: Strategy,
    pub(super) start: u32,
    pub(super) replicas: u32,
    pub(super) min_ready: u32,
    pub(super) words: Words,
    /// Indexes of pods that fall ill before anything is changed.
    pub(super) ill: Vec<u32>,
    /// What is done, one after the other, each time everything has come to rest.
    pub(super) moves: Vec<Vec<Move>>,
}

/// A template: its version, and which of its pods never become ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    version: u32,
    hangs: Hangs,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hangs {
    None,
    All,
    /// The pods with these ordinals.
    At(Vec<u32>),
}

/// Something done to a set.
#[derive(Clone, Debug)]
pub(super) enum Move {
    Template(Words),
    Partition(u32),
    Strategy(Strategy),
    Replicas(u32),
    Start(u32),
    /// A pod is deleted, named by its index.
    Delete(u32),
}

impl Words {
    pub(super) fn image(&self) -> String {
        format!("app:v{}", self.version)
    }

    /// The annotations that say how its pods behave. Stopping takes a moment: the controller sees
    /// a pod that is on its way out, as it does with a real kubelet.
    pub(super) fn annotations(&self) -> Value {
        let mut annotations = json!({});
        let mut say =
            |key: String, value: &str| annotations[BEHAVIOR.to_owned() + &key] = value.into();
        say("terminate-after".to_owned(), "150ms");
        match &self.hangs {
            Hangs::None => {}
            Hangs::All => say("behavior".to_owned(), "hang"),
            Hangs::At(ordinals) => {
                for ordinal in ordinals {
                    say(format!("behavior-{ordinal}"), "hang");
                }
            }
        }
        annotations
    }

    /// Whether a pod of this template never becomes ready.
    pub(super) fn hangs(&self, ordinal: u32) -> bool {
        match &self.hangs {
            Hangs::None => false,
            Hangs::All => true,
            Hangs::At(ordinals) => ordinals.contains(&ordinal),
        }
    }

    /// The template of a set with these words in the place of its own.
    pub(super) fn of(&self, template: &Template) -> Template {
        let mut value: Value = serde_json::from_str(&template.json).unwrap();
        value["spec"]["containers"][0]["image"] = self.image().into();
        value["metadata"]["annotations"] = self.annotations();
        Template { json: value.to_string(), images: Vec::new() }
    }
}

/// A merge patch that makes the strategy this one.
pub(super) fn strategy_patch(strategy: &Strategy) -> Value {
    match strategy {
        Strategy::OnDelete => json!({ "type": "OnDelete", "rollingUpdate": null }),
        Strategy::RollingUpdate(None) => json!({ "type": "RollingUpdate", "rollingUpdate": null }),
        Strategy::RollingUpdate(Some(Rolling { partition, max_unavailable })) => {
            let most = max_unavailable
                .as_deref()
                .map(|text| text.parse::<u32>().map_or_else(|_| Value::from(text), Value::from));
            json!({
                "type": "RollingUpdate",
                "rollingUpdate": { "partition": partition, "maxUnavailable": most },
            })
        }
        Strategy::Other(name) => json!({ "type": name }),
    }
}

impl Move {
    /// As the simulator is told.
    pub(super) fn change(&self, set: &kubectl_sts::model::set::Set) -> Change {
        match self {
            Self::Template(words) => Change::Template(words.of(&set.template)),
            Self::Partition(partition) => Change::Partition(*partition),
            Self::Strategy(strategy) => Change::Strategy(strategy.clone()),
            Self::Replicas(replicas) => Change::Replicas(*replicas),
            Self::Start(start) => Change::Start(*start),
            Self::Delete(index) => Change::DeletePod(set.wanted.at(*index)),
        }
    }

    /// As the server is told: the spec of a merge patch for a set with this template.
    pub(super) fn patch(&self, live: &Template) -> Value {
        match self {
            Self::Template(words) => {
                let live: Value = serde_json::from_str(&live.json).unwrap();
                let mut annotations = json!({});
                for key in live["metadata"]["annotations"].as_object().into_iter().flatten() {
                    annotations[key.0] = Value::Null;
                }
                merge(&mut annotations, words.annotations());
                let mut containers = live["spec"]["containers"].clone();
                containers[0]["image"] = words.image().into();
                json!({ "template": {
                    "metadata": { "annotations": annotations }, "spec": { "containers": containers },
                } })
            }
            Self::Partition(partition) => {
                json!({ "updateStrategy": { "rollingUpdate": { "partition": partition } } })
            }
            Self::Strategy(strategy) => json!({ "updateStrategy": strategy_patch(strategy) }),
            Self::Replicas(replicas) => json!({ "replicas": replicas }),
            Self::Start(start) => json!({ "ordinals": { "start": start } }),
            Self::Delete(_) => Value::Null,
        }
    }

    /// The pod that is deleted.
    pub(super) fn deletes(&self, set: &kubectl_sts::model::set::Set) -> Option<Ordinal> {
        match self {
            Self::Delete(index) => Some(set.wanted.at(*index)),
            _ => None,
        }
    }
}

/// Puts one object into another, deeply.
pub(super) fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

/// A set as the moves so far have left it, as far as the next move depends on it.
struct Sketch {
    random: Random,
    strategy: Strategy,
    start: u32,
    replicas: u32,
    words: Words,
    used: Vec<Words>,
}

/// The case of this number.
pub(super) fn case(seed: u64, number: usize) -> Case {
    let mut random = Random::new(seed ^ (number as u64).wrapping_mul(0xd134_2543_de82_ef95));
    let management = random.one(&[
        PodManagement::OrderedReady,
        PodManagement::OrderedReady,
        PodManagement::Parallel,
    ]);
    let replicas = 1 + random.below(6);
    let start = random.one(&[0, 0, 0, 1, 5]);
    let min_ready = random.one(&[0, 0, 0, 0, 0, 1, 2]);
    let strategy = strategy(&mut random, replicas);
    let hangs = if random.percent(6) {
        Hangs::At(vec![start + random.below(replicas)])
    } else {
        Hangs::None
    };
    let words = Words { version: 1, hangs };
    let ill = if random.percent(30) { some(&mut random, replicas) } else { Vec::new() };
    let count = random.one(&[1, 2, 2, 3]);
    let mut sketch = Sketch {
        random,
        strategy: strategy.clone(),
        start,
        replicas,
        words: words.clone(),
        used: vec![words.clone()],
    };
    let moves = (0..count).map(|_| sketch.moves()).collect();
    Case { number, management, strategy, start, replicas, min_ready, words, ill, moves }
}

fn strategy(random: &mut Random, replicas: u32) -> Strategy {
    match random.below(10) {
        0 => Strategy::OnDelete,
        1 | 2 => Strategy::RollingUpdate(None),
        _ => Strategy::RollingUpdate(Some(Rolling {
            partition: partition(random, replicas),
            max_unavailable: random
                .one(&[None, None, Some("1"), Some("2"), Some("3"), Some("50%")])
                .map(str::to_owned),
        })),
    }
}

fn partition(random: &mut Random, replicas: u32) -> u32 {
    match random.below(10) {
        0 => HOLD,
        1 => replicas,
        2..=5 => 0,
        _ => random.below(replicas + 1),
    }
}

/// One or two indexes.
fn some(random: &mut Random, replicas: u32) -> Vec<u32> {
    let mut indexes = vec![random.below(replicas)];
    if random.percent(40) {
        indexes.push(random.below(replicas));
    }
    indexes.sort_unstable();
    indexes.dedup();
    indexes
}

impl Sketch {
    fn moves(&mut self) -> Vec<Move> {
        let first = self.next();
        let more = !matches!(first, Move::Delete(_) | Move::Strategy(_)) && self.random.percent(15);
        let second = more.then(|| self.next());
        match second {
            Some(second) if compatible(&first, &second) => vec![first, second],
            _ => vec![first],
        }
    }

    fn next(&mut self) -> Move {
        let rolls = matches!(self.strategy, Strategy::RollingUpdate(_));
        let random = &mut self.random;
        match random.below(100) {
            0..40 => self.template(),
            40..55 if rolls => {
                let partition = partition(random, self.replicas);
                if let Strategy::RollingUpdate(Some(rolling)) = &mut self.strategy {
                    rolling.partition = partition;
                } else {
                    let max_unavailable = None;
                    self.strategy =
                        Strategy::RollingUpdate(Some(Rolling { partition, max_unavailable }));
                }
                Move::Partition(partition)
            }
            40..72 => {
                self.replicas = if random.percent(8) { 0 } else { 1 + random.below(6) };
                Move::Replicas(self.replicas)
            }
            72..80 => {
                self.strategy = strategy(random, self.replicas);
                Move::Strategy(self.strategy.clone())
            }
            80..84 => {
                self.start = random.one(&[0, 1, 2, 5, 6]);
                Move::Start(self.start)
            }
            _ => Move::Delete(random.below(self.replicas)),
        }
    }

    /// A new template, or one that was there before.
    fn template(&mut self) -> Move {
        let random = &mut self.random;
        let words = if self.used.len() > 1 && random.percent(45) {
            random.one(&self.used)
        } else {
            let version = u32::try_from(self.used.len()).unwrap() + 1;
            let hangs = match random.below(10) {
                0..5 => Hangs::None,
                5..8 => Hangs::All,
                _ => {
                    let indexes = some(random, self.replicas.max(1));
                    Hangs::At(indexes.into_iter().map(|index| self.start + index).collect())
                }
            };
            Words { version, hangs }
        };
        if !self.used.contains(&words) {
            self.used.push(words.clone());
        }
        self.words = words.clone();
        Move::Template(words)
    }
}

/// Whether both fit into one request, and say what neither says of the other.
fn compatible(first: &Move, second: &Move) -> bool {
    !matches!(second, Move::Delete(_) | Move::Strategy(_))
        && std::mem::discriminant(first) != std::mem::discriminant(second)
}
