//! The revision a deleted pod comes back on, as `rollout status` predicts it, against what the controller then does.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::harness::ControlPlane;
use crate::harness::Namespace;

const SOON: Duration = Duration::from_secs(60);
const REPLICAS: i64 = 4;
const HOLD: u32 = 32767;

/// How a set comes to have pods of two revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A rollout of the new template stands at the top, where the highest pod never becomes ready.
    StuckAtTheTop,
    /// The same, and the old template is back: both revisions are one, and the highest pod is on neither.
    Reverted,
    /// As far as the strategy lets it go.
    Settled,
    /// That, and then the partition was raised above all pods.
    Raised,
}

/// One set: its strategy, its state, and the indexes of the pods that are deleted one after the other.
struct Case {
    name: &'static str,
    strategy: Value,
    state: State,
    order: [i64; 4],
}

fn cases() -> Vec<Case> {
    use State::Raised;
    use State::Reverted;
    use State::Settled;
    use State::StuckAtTheTop;
    let at = |partition: u32| json!({ "type": "RollingUpdate", "rollingUpdate": { "partition": partition } });
    let nil = || json!({ "type": "RollingUpdate" });
    let on_delete = || json!({ "type": "OnDelete" });
    let case = |name, strategy, state, order| Case { name, strategy, state, order };
    vec![
        case("zero-up", at(0), StuckAtTheTop, [0, 1, 2, 3]),
        case("zero-down", at(0), StuckAtTheTop, [3, 2, 1, 0]),
        case("zero-reverted", at(0), Reverted, [0, 3, 1, 2]),
        case("nil-up", nil(), StuckAtTheTop, [0, 1, 2, 3]),
        case("nil-down", nil(), StuckAtTheTop, [3, 2, 1, 0]),
        case("nil-mixed", nil(), StuckAtTheTop, [1, 2, 0, 3]),
        case("nil-reverted", nil(), Reverted, [2, 3, 0, 1]),
        case("mid", at(2), Settled, [0, 3, 1, 2]),
        case("mid-raised", at(2), Raised, [2, 0, 3, 1]),
        case("hold", at(HOLD), Settled, [3, 0, 2, 1]),
        case("on-delete", on_delete(), Settled, [2, 0, 3, 1]),
    ]
}

/// A prediction and what came of it.
struct Cell {
    set: String,
    strategy: Value,
    ordinal: i64,
    before: String,
    predicted: String,
    actual: String,
}

fn revision(pod: &Value) -> String {
    pod["metadata"]["labels"]["controller-revision-hash"].as_str().unwrap_or_default().to_owned()
}

/// Waits until this many pods are ready, and the status counts the same pods as there are.
fn wait_counted(ns: &Namespace<'_>, set: &str, ready: usize) {
    ns.wait_until(SOON, &format!("the status of {set} is up to date"), |ns| {
        let pods = ns.pods(set);
        let object = ns.read_set(set);
        let status = &object["status"];
        let on = |revision_name: &Value| {
            pods.values().filter(|pod| json!(revision(pod)) == *revision_name).count()
        };
        let said = |field: &str| status[field].as_u64().unwrap_or(0);
        let marks = ns.images(set);
        status["observedGeneration"] == object["metadata"]["generation"]
            && pods.len() == 4
            && pods.values().all(|pod| pod["metadata"]["deletionTimestamp"].is_null())
            && marks.iter().filter(|mark| !mark.ends_with(['!', '~', '?'])).count() == ready
            && said("readyReplicas") == ready as u64
            && said("currentReplicas") == on(&status["currentRevision"]) as u64
            && said("updatedReplicas") == on(&status["updateRevision"]) as u64
    });
}

/// Brings a set into its state, and returns how many pods are ready then and after every delete.
fn arrange(ns: &Namespace<'_>, set: &str, case: &Case, start: u32) -> usize {
    ns.set(set)
        .replicas(4)
        .start(start)
        .with(|set| set["spec"]["updateStrategy"] = case.strategy.clone())
        .create_ready();
    let stuck = matches!(case.state, State::StuckAtTheTop | State::Reverted);
    let last = i64::from(start) + REPLICAS - 1;
    let key = format!("control-plane.kubectl-sts.io/behavior-{last}");
    let annotations = if stuck { json!({ key.as_str(): "hang" }) } else { json!({}) };
    let template = |image: &str, annotations: Value| {
        json!({ "spec": { "template": {
            "metadata": { "annotations": annotations },
            "spec": { "containers": [{ "name": "app", "image": image }] },
        } } })
    };
    ns.patch_set(set, &template("app:v2", annotations));
    if stuck {
        ns.wait_until(SOON, "the highest pod is new", |ns| {
            ns.images(set).last().is_some_and(|mark| mark.ends_with(":v2!"))
        });
    }
    let ready = if stuck { 3 } else { 4 };
    if case.strategy["rollingUpdate"]["partition"] == 2 {
        ns.wait_until(SOON, "two pods are new", |ns| {
            ns.images(set).iter().filter(|mark| mark.ends_with(":v2")).count() == 2
        });
    }
    wait_counted(ns, set, ready);
    match case.state {
        State::Reverted => {
            ns.patch_set(set, &template("app:v1", json!({ key.as_str(): null })));
        }
        State::Raised => {
            let raised = json!({ "partition": HOLD });
            ns.patch_set(
                set,
                &json!({ "spec": { "updateStrategy": { "rollingUpdate": raised } } }),
            );
        }
        State::StuckAtTheTop | State::Settled => {}
    }
    ready
}

fn run(ns: &Namespace<'_>, case: &Case, start: u32, cells: &Mutex<Vec<Cell>>) {
    let set = format!("{}-from-{start}", case.name);
    let mut ready = arrange(ns, &set, case, start);
    for index in case.order {
        let ordinal = i64::from(start) + index;
        let name = format!("{set}-{ordinal}");
        // The status may say that all is counted while the controller is about to replace the very
        // pod: only a prediction for a pod that could then be deleted counts.
        let (row, before) = loop {
            wait_counted(ns, &set, ready);
            ns.wait_until(SOON, &format!("{name} is there"), |ns| {
                ns.pods(&set)
                    .get(&ordinal)
                    .is_some_and(|pod| pod["metadata"]["deletionTimestamp"].is_null())
            });
            let document = ns.sts(&["rollout", "status", &set, "-o", "json"]).run().json();
            let pods = document["pods"].as_array().cloned().unwrap_or_default();
            let row = pods.into_iter().find(|pod| pod["ordinal"] == ordinal).unwrap_or_default();
            let Some(before) = ns.pods(&set).get(&ordinal).cloned() else { continue };
            if ns.kubectl(&["delete", "pod", &name, "--wait=false"]).code == 0 {
                break (row, before);
            }
        };
        let fresh = |ns: &Namespace<'_>| {
            let pod = ns.pods(&set).get(&ordinal).cloned()?;
            (pod["metadata"]["uid"] != before["metadata"]["uid"]).then_some(pod)
        };
        ns.wait_until(SOON, &format!("{name} is back"), |ns| fresh(ns).is_some());
        let actual = fresh(ns).map(|pod| revision(&pod)).unwrap_or_default();
        // The one that could not become ready may on the old template.
        if case.state == State::Reverted && index == REPLICAS - 1 {
            ready = 4;
        }
        let cell = Cell {
            set: set.clone(),
            strategy: case.strategy.clone(),
            ordinal,
            before: revision(&before),
            predicted: row["returnsOn"].as_str().unwrap_or_default().to_owned(),
            actual,
        };
        cells.lock().unwrap_or_else(PoisonError::into_inner).push(cell);
    }
}

#[test]
fn deleted_pods_come_back_as_predicted() {
    let ns = ControlPlane::shared().namespace("predict");
    let cells = Mutex::new(Vec::new());
    let cases = cases();
    thread::scope(|scope| {
        for case in &cases {
            for start in [0, 5] {
                let (ns, cells) = (&ns, &cells);
                scope.spawn(move || run(ns, case, start, cells));
            }
        }
    });
    let cells = cells.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut table = String::new();
    for Cell { set, strategy, ordinal, before, predicted, actual } in &cells {
        let mark = if predicted == actual { "  " } else { "! " };
        let _infallible = writeln!(
            table,
            "{mark}{set} {ordinal}: was {before}, predicted {predicted}, came back on {actual} ({strategy})"
        );
    }
    assert_eq!(cells.len(), cases.len() * 2 * 4, "{table}");
    assert!(cells.iter().all(|cell| cell.predicted == cell.actual), "\n{table}");
    // The two revisions of a set both occur, before and after, or the table proves little.
    let changed = cells.iter().filter(|cell| cell.before != cell.actual).count();
    assert!((10..cells.len() - 10).contains(&changed), "{changed} changed\n{table}");
}
