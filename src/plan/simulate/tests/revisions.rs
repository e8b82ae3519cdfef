//! The revisions pods come back on, and how revisions are remembered.

use crate::model::ordinal::Ordinal;
use crate::model::predict::revision_after_delete;
use crate::model::set::{HOLD, Rolling, Strategy};
use crate::plan::simulate::change::Change;
use crate::plan::simulate::forecast::Deed;
use crate::plan::simulate::tests::{
    ON, acts, after, forecast, fresh, picture, settled, simulate, template,
};
use crate::plan::simulate::world::Simulation;
use crate::testing::{NEW, OLD, a_pod, a_snapshot, a_template};

#[test]
fn raising_the_partition_downgrades_what_is_deleted_then() {
    let mut simulation = simulate(&settled(4).at_partition(2), ON);
    after(&mut simulation, &[template("v2")]);
    after(&mut simulation, &[Change::Partition(4)]);
    let back = after(&mut simulation, &[Change::DeletePod(Ordinal(3))]);
    assert_eq!(picture(&back), "0:db-old 1:db-old 2:#2 3:db-old");
}

#[test]
fn going_back_takes_the_old_name_with_the_next_number() {
    let mut simulation = simulate(&settled(3), ON);
    let there = after(&mut simulation, &[template("v2")]);
    let back = after(&mut simulation, &[template("old")]);
    assert_eq!(back.update, OLD);
    let numbers = |simulation: &Simulation| {
        let revisions = simulation.revisions().iter();
        revisions.map(|r| (r.template.images[0].1.clone(), r.number)).collect::<Vec<_>>()
    };
    let is = |list: [(&str, i64); 2]| list.map(|(word, number)| (word.to_owned(), number)).to_vec();
    assert_eq!(numbers(&simulation), is([("v2", 2), ("old", 3)]));
    let again = after(&mut simulation, &[template("v2")]);
    assert_eq!(again.update, there.update);
    assert_eq!(numbers(&simulation), is([("old", 3), ("v2", 4)]));
}

#[test]
fn without_rolling_update_the_highest_old_pod_comes_back_new() {
    let mut simulation = simulate(&settled(5).with_strategy(Strategy::RollingUpdate(None)), ON);
    after(&mut simulation, &[template("bad")]);
    let third = after(&mut simulation, &[Change::DeletePod(Ordinal(3))]);
    assert_eq!(third.ends_on(Ordinal(3)), Some(third.update.as_str()));
    let lowest = after(&mut simulation, &[Change::DeletePod(Ordinal(0))]);
    assert_eq!(lowest.ends_on(Ordinal(0)), Some(OLD));
}

#[test]
fn revisions_beyond_the_limit_are_forgotten_and_those_in_use_are_not() {
    let mut set = settled(3).at_partition(HOLD);
    set.revision_history_limit = 1;
    let mut simulation = simulate(&set, ON);
    for word in ["v2", "v3", "v4", "v5"] {
        after(&mut simulation, &[template(word)]);
    }
    let words: Vec<String> =
        simulation.revisions().iter().map(|r| r.template.images[0].1.clone()).collect();
    assert_eq!(words, ["old", "v4", "v5"]);
}

#[test]
fn a_template_that_the_controller_took_for_a_revision_is_that_revision() {
    // Revisions of other versions of Kubernetes lack fields the live template has.
    let set = settled(3);
    let mut snapshot = fresh(&set);
    snapshot.revisions[0].template = a_template("the same, written differently");
    let same = forecast(&snapshot, &[Change::Template(set.template.clone())], ON);
    assert_eq!((acts(&same).as_str(), same.update.as_str()), ("", OLD));
}

#[test]
fn a_pod_comes_back_on_the_revision_that_status_predicts() {
    let strategies = [
        Strategy::OnDelete,
        Strategy::RollingUpdate(None),
        Strategy::RollingUpdate(Some(Rolling { partition: 0, max_unavailable: None })),
        Strategy::RollingUpdate(Some(Rolling { partition: 2, max_unavailable: None })),
        Strategy::RollingUpdate(Some(Rolling { partition: HOLD, max_unavailable: None })),
    ];
    for strategy in strategies {
        let mut set = settled(4).updating().with_strategy(strategy.clone());
        set.status.current = 3;
        set.status.updated = 1;
        set.status.ready = 3;
        let mut snapshot = a_snapshot(&set).with(a_pod(&set, 3).on(NEW).unready());
        snapshot.revisions[1].template = set.template.clone();
        for ordinal in (0..4).map(Ordinal) {
            let deleted = forecast(&snapshot, &[Change::DeletePod(ordinal)], ON);
            let made = deleted.acts.iter().find_map(|act| match &act.deed {
                Deed::Create { revision } if act.pod == ordinal => Some(revision.as_str()),
                _ => None,
            });
            let predicted = revision_after_delete(&snapshot, ordinal);
            assert_eq!(made, Some(predicted), "{strategy:?} {ordinal}");
        }
    }
}
