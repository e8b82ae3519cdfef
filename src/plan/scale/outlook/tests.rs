use super::*;
use crate::model::pod::TroubleKind;
use crate::testing::{NEW, OLD, a_claim, a_pod, a_set, a_snapshot, at, surroundings};

fn around(claims: Vec<Claim>) -> Surroundings {
    Surroundings { claims: Known::Read(claims), ..surroundings() }
}

#[test]
fn pods_that_come_are_told_with_the_revision_the_partition_gives_them() {
    let revisions = |partition, to| {
        let seen = a_snapshot(&a_set("db").updating().at_partition(partition));
        let outlook = outlook(&seen, &surroundings(), to, at(0));
        outlook.comes.into_iter().map(|pod| pod.revision).collect::<Vec<_>>()
    };
    assert_eq!(revisions(2, 5), [NEW, NEW]);
    assert_eq!(revisions(4, 5), [OLD, NEW]);
    assert_eq!(revisions(HOLD, 5), [OLD, OLD]);
}

#[test]
fn a_revision_that_no_pod_has_tried_is_pointed_out() {
    let set = a_set("db").updating().at_partition(3);
    let look = |seen: &Snapshot| outlook(seen, &surroundings(), 5, at(0)).notes;
    let pods = vec!["db-3".to_owned(), "db-4".to_owned()];
    assert_eq!(look(&a_snapshot(&set)), [Note::Untried { pods, revision: NEW.to_owned() }]);
    let tried = a_snapshot(&set).with(a_pod(&set, 2).on(NEW));
    assert_eq!(look(&tried), []);
}

#[test]
fn claims_are_new_used_again_or_on_their_way_out() {
    let set = a_set("db").claiming("data");
    let wide = Claim { requested: Some("2Gi".to_owned()), ..a_claim(&set, 3) };
    let leaving = Claim { deleting_since: Some(at(0)), ..a_claim(&set, 4) };
    let around = around(vec![wide.clone(), leaving]);
    let outlook = outlook(&a_snapshot(&set), &around, 6, at(0));
    let claims: Vec<&ClaimUse> = outlook.comes.iter().flat_map(|pod| &pod.claims).collect();
    let size = Difference { what: "size", template: "1Gi".to_owned(), claim: "2Gi".to_owned() };
    assert_eq!(
        claims,
        [
            &ClaimUse::Reused { claim: wide, differences: vec![size] },
            &ClaimUse::Leaving { name: "data-db-4".to_owned() },
            &ClaimUse::New { name: "data-db-5".to_owned(), size: Some("1Gi".to_owned()) },
        ]
    );
    let unknown = Surroundings { claims: Known::Unknown(String::new()), ..surroundings() };
    let outlook = super::outlook(&a_snapshot(&set), &unknown, 4, at(0));
    assert_eq!(outlook.comes[0].claims, [ClaimUse::Unknown { name: "data-db-3".to_owned() }]);
}

#[test]
fn claims_of_another_size_than_new_ones_are_named_once() {
    let set = a_set("db").claiming("data");
    let claims: Vec<Claim> = (0..3)
        .map(|ordinal| Claim { requested: Some("5Gi".to_owned()), ..a_claim(&set, ordinal) })
        .collect();
    let notes = outlook(&a_snapshot(&set), &around(claims), 4, at(0)).notes;
    let [Note::Mixed { template, difference }] = &notes[..] else { panic!("{notes:?}") };
    assert_eq!((template.as_str(), difference.claim.as_str()), ("data", "5Gi"));
}

#[test]
fn pods_that_go_are_told_from_the_top_with_their_claims() {
    let set = a_set("db").starting_at(5).claiming("data");
    let crash = a_pod(&set, 6).troubled(TroubleKind::Crash, "CrashLoopBackOff");
    let seen = a_snapshot(&set).with(crash).without(7);
    let outlook = outlook(&seen, &around(vec![a_claim(&set, 7)]), 1, at(0));
    let told: Vec<_> = outlook
        .goes
        .iter()
        .map(|pod| (pod.pod.as_str(), pod.state.as_str(), pod.claims.len()))
        .collect();
    assert_eq!(told, [("db-7", "Missing", 1), ("db-6", "CrashLoopBackOff", 0)]);
    assert_eq!(outlook.goes[0].claims[0].fate, Fate::Retain);
}

#[test]
fn canaries_that_go_leave_the_template_behind() {
    let set = a_set("db").updating().at_partition(2);
    let seen = a_snapshot(&set).with(a_pod(&set, 2).on(NEW));
    let notes = |to| outlook(&seen, &surroundings(), to, at(0)).notes;
    assert_eq!(notes(2), [Note::CanariesGo { revision: NEW.to_owned(), returns: true }]);
    assert_eq!(notes(4), []);
}

#[test]
fn what_a_hold_does_to_the_pods_that_stay_is_said() {
    let set = a_set("db").replicas(5).updating().at_partition(2);
    let broken = a_pod(&set, 4).on(NEW).unready();
    let seen = a_snapshot(&set).with(broken).with(a_pod(&set, 3).on(NEW));
    let outlook = outlook(&seen, &surroundings(), 4, at(0));
    let holds = outlook.holds.unwrap();
    assert_eq!((holds.unwell, holds.open), (vec!["db-4".to_owned()], vec!["db-2".to_owned()]));
    let armed = vec!["db-3".to_owned()];
    let note = Note::ArmsDowngrade { pods: armed, revision: OLD.to_owned() };
    assert_eq!(outlook.notes, [note]);
}
