//! Which sets are rolled out as one, in what order, and whether a group may go on.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::model::group::{Course, Membership, Wave, stops};
use crate::model::node::Node;
use crate::model::run::{RecordedRun, Run, RunPhase};
use crate::model::set::Set;
use crate::model::snapshot::{Known, Snapshot};

/// The value of a key that a set is grouped by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// One value.
    Of(String),
    /// Its pods are on nodes of several.
    Mixed(Vec<String>),
    /// There is none, or it cannot be known; why.
    Unknown(String),
}

/// Looks for the value of a label on the set, then in the node selector of its pods, then on the
/// nodes its pods run on. `selected` is the value in the node selector.
pub fn place(
    snapshot: &Snapshot,
    key: &str,
    selected: Option<String>,
    nodes: &Known<Vec<Node>>,
) -> Place {
    let set = &snapshot.set;
    if let Some(value) = set.labels.get(key) {
        return Place::Of(value.clone());
    }
    if let Some(value) = selected {
        return Place::Of(value);
    }
    let nodes = match nodes {
        Known::Read(nodes) => nodes,
        Known::Unknown(reason) => {
            return Place::Unknown(format!("nodes could not be read: {reason}"));
        }
    };
    let mut values = BTreeSet::new();
    for pod in snapshot.own_pods() {
        let Some(name) = &pod.node else {
            return Place::Unknown(format!("pod {} is on no node", pod.name));
        };
        match nodes.iter().find(|node| node.name == *name).and_then(|node| node.labels.get(key)) {
            Some(value) => drop(values.insert(value.clone())),
            None => return Place::Unknown(format!("node {name} has no label {key}")),
        }
    }
    let mut values: Vec<String> = values.into_iter().collect();
    match (values.len(), values.pop()) {
        (1, Some(only)) => Place::Of(only),
        (0, _) => Place::Unknown("it has no pods".to_owned()),
        (_, last) => Place::Mixed(values.into_iter().chain(last).collect()),
    }
}

/// The waves of sets at these places: in the order of the values, and of the names within one. A
/// set that is at several places is a wave by itself, after those that are at one.
pub fn waves(places: &[(String, Place)]) -> Vec<Wave> {
    let mut of = BTreeMap::<(bool, String), Vec<String>>::new();
    for (set, place) in places {
        let key = match place {
            Place::Of(value) => (false, value.clone()),
            Place::Mixed(_) | Place::Unknown(_) => (true, set.clone()),
        };
        of.entry(key).or_default().push(set.clone());
    }
    of.into_iter()
        .map(|((_, name), mut sets)| {
            sets.sort();
            Wave { name, sets }
        })
        .collect()
}

/// Waves of one set each, in the order of their names.
pub fn one_by_one(sets: &[String]) -> Vec<Wave> {
    let mut sets = sets.to_vec();
    sets.sort();
    sets.into_iter().map(|set| Wave { name: set.clone(), sets: vec![set] }).collect()
}

/// The runs of a group's members, by name.
pub type Runs<'a> = BTreeMap<&'a str, &'a Run>;

/// How many stops of the group are approved.
pub fn approved(runs: &Runs<'_>) -> u32 {
    let groups = runs.values().filter_map(|run| run.group.as_ref());
    groups.map(|group| group.approved).max().unwrap_or(0)
}

/// Whether going on says yes to a stop that the group had reached. A group that was stopped on its
/// way to one is not approved by taking it up.
pub fn approves(group: &Membership, runs: &Runs<'_>) -> bool {
    let updated = |run: &Run| run.replicas - run.partition.min(run.replicas);
    let stops = stops(&group.waves, |set| runs.get(set).map_or(0, |run| run.replicas));
    let number = approved(runs) as usize;
    let passed = runs.values().all(|run| {
        matches!(run.phase, RunPhase::Staging | RunPhase::Parked) && run.passed == updated(run)
    });
    let pods: u32 = runs.values().map(|run| updated(run)).sum();
    group.course == Course::Forward
        && passed
        && number + 1 < stops.len()
        && stops.get(number).is_some_and(|stop| stop.pods == pods)
}

/// The group a set's record says it is a member of.
pub fn membership(set: &Set) -> Option<&Membership> {
    match &set.run {
        Some(RecordedRun::Read(run)) => run.group.as_ref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_node, a_pod, a_run, a_set, a_snapshot, a_wave};

    const KEY: &str = crate::model::node::ZONE;

    #[test]
    fn a_place_is_looked_for_on_the_set_then_its_selector_then_its_nodes() {
        let nodes = Known::Read(vec![a_node("node-a", "east"), a_node("node-b", "west")]);
        let of = |snapshot: &Snapshot| place(snapshot, KEY, None, &nodes);
        let bare = a_snapshot(&a_set("db"));
        assert_eq!(of(&bare), Place::Of("east".to_owned()));
        let south = || Some("south".to_owned());
        assert_eq!(place(&bare, KEY, south(), &nodes), Place::Of("south".to_owned()));
        let labelled = a_snapshot(&a_set("db").labelled(KEY, "north"));
        assert_eq!(place(&labelled, KEY, south(), &nodes), Place::Of("north".to_owned()));
        let mut elsewhere = a_pod(&bare.set, 2);
        elsewhere.node = Some("node-b".to_owned());
        let both = vec!["east".to_owned(), "west".to_owned()];
        assert_eq!(of(&bare.clone().with(elsewhere.clone())), Place::Mixed(both));
        elsewhere.node = None;
        let nowhere = of(&bare.clone().with(elsewhere));
        assert_eq!(nowhere, Place::Unknown("pod db-2 is on no node".to_owned()));
        let forbidden = Known::Unknown("forbidden".to_owned());
        assert!(matches!(place(&bare, KEY, None, &forbidden), Place::Unknown(_)));
        assert!(matches!(place(&bare, "rack", None, &nodes), Place::Unknown(_)));
    }

    #[test]
    fn waves_go_by_value_and_a_mixed_set_goes_alone_and_last() {
        let of = |set: &str, value: &str| (set.to_owned(), Place::Of(value.to_owned()));
        let mixed = ("a".to_owned(), Place::Mixed(vec!["east".to_owned(), "west".to_owned()]));
        let places = [mixed, of("z", "east"), of("b", "west"), of("c", "east")];
        assert_eq!(
            waves(&places),
            [a_wave("east", &["c", "z"]), a_wave("west", &["b"]), a_wave("a", &["a"])]
        );
        let names = ["b".to_owned(), "a".to_owned()];
        assert_eq!(one_by_one(&names), [a_wave("a", &["a"]), a_wave("b", &["b"])]);
    }

    #[test]
    fn only_a_stop_that_was_reached_is_approved_by_going_on() {
        let group = Membership {
            id: "g".to_owned(),
            selector: "app=db".to_owned(),
            waves: one_by_one(&["a".to_owned(), "b".to_owned()]),
            budget: 1,
            approved: 0,
            course: Course::Forward,
        };
        let run = |partition, passed, approved| Run {
            partition,
            passed,
            group: Some(Membership { approved, ..group.clone() }),
            ..a_run(&a_set("db"))
        };
        let goes = |a: &Run, b: &Run| approves(&group, &Runs::from([("a", a), ("b", b)]));
        let untouched = run(32767, 0, 0);
        assert!(goes(&run(2, 1, 0), &untouched), "the canary");
        assert!(!goes(&run(2, 0, 0), &untouched), "it had not passed");
        assert!(!goes(&run(1, 2, 1), &untouched), "in the middle of the first set");
        assert!(goes(&run(0, 3, 1), &untouched), "the first set; the higher number counts");
        assert!(!goes(&run(0, 3, 1), &run(2, 1, 0)), "in the middle of the second");
        assert!(!goes(&run(0, 3, 2), &run(0, 3, 2)), "nothing comes after the last");
        let failed = Run { phase: RunPhase::Failed, ..run(2, 1, 0) };
        assert!(!goes(&failed, &untouched));
        assert!(!goes(&untouched, &untouched), "nothing was released");
    }
}
