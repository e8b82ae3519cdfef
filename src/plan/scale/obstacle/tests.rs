use super::*;
use crate::model::pod::TroubleKind;
use crate::model::set::Set;
use crate::testing::{a_pod, a_set, a_snapshot, at};

/// Asked for three pods, seen, and all there were are still there.
fn shrinking(set: Set, from: u32) -> Snapshot {
    let mut seen = a_snapshot(&set.replicas(from));
    seen.set.wanted.replicas = 3;
    seen
}

fn told(snapshot: &Snapshot) -> String {
    obstacle(snapshot, at(0)).map_or_else(|| "done".to_owned(), |found| found.to_string())
}

#[test]
fn done_means_that_all_are_available_and_no_other_is_left() {
    assert_eq!(told(&a_snapshot(&a_set("db"))), "done");
    assert_eq!(
        told(&a_snapshot(&a_set("db").replicas(0))),
        "waiting for the pods and the set's status to agree"
    );
    let seen = shrinking(a_set("db"), 4);
    assert_eq!(told(&seen), "waiting for the controller to take pod db-3 away");
    let ending = seen.clone().with(a_pod(&seen.set, 3).deleting());
    assert_eq!(told(&ending), "waiting for pod db-3 to end");
    assert_eq!(
        told(&a_snapshot(&a_set("db").unobserved())),
        "waiting for the controller to see the new size"
    );
}

#[test]
fn ready_is_not_available() {
    let set = a_set("db").min_ready(10);
    let young = a_snapshot(&set).with(a_pod(&set, 1).ready_at(at(-5)));
    assert!(told(&young).starts_with("waiting for pod db-1 to have been ready"));
}

#[test]
fn the_set_and_the_pods_have_to_agree() {
    let mut seen = a_snapshot(&a_set("db"));
    seen.set.status.ready = 2;
    assert_eq!(told(&seen), "waiting for the pods and the set's status to agree");
}

#[test]
fn a_survivor_that_is_not_ready_blocks_an_ordered_scale_down() {
    let set = a_set("db");
    let seen = shrinking(set.clone(), 5).with(a_pod(&set, 0).unready());
    assert_eq!(
        told(&seen),
        "waiting for pod db-0 to be ready (NotReady); the controller does nothing else until it is"
    );
    let parallel = Snapshot { set: seen.set.clone().parallel(), ..seen };
    assert_eq!(told(&parallel), "waiting for the controller to take pod db-4 away");
}

#[test]
fn the_lowest_missing_pod_comes_first() {
    let set = a_set("db").replicas(5);
    let seen = a_snapshot(&set).without(3).without(4);
    assert_eq!(
        told(&seen),
        "waiting for pod db-3 to be created; the controller does nothing else until it is"
    );
    let crash = a_pod(&set, 2).troubled(TroubleKind::Image, "ImagePullBackOff");
    assert_eq!(
        told(&seen.with(crash)),
        "pod db-2 is not ready: ImagePullBackOff; everything else waits for it"
    );
}

#[test]
fn in_parallel_the_worst_is_told() {
    let set = a_set("db").replicas(5).parallel();
    let crash = a_pod(&set, 4).troubled(TroubleKind::Image, "ImagePullBackOff");
    let seen = a_snapshot(&set).without(3).with(crash);
    assert_eq!(told(&seen), "pod db-4 is not ready: ImagePullBackOff");
}

#[test]
fn two_unready_pods_that_have_to_go_wait_for_each_other() {
    let set = a_set("db");
    let both = shrinking(set.clone(), 5).with(a_pod(&set, 3).unready());
    let both = both.with(a_pod(&set, 4).unready());
    let found = obstacle(&both, at(0));
    let pods = vec!["db-4".to_owned(), "db-3".to_owned()];
    assert_eq!(found, Some(Obstacle::Deadlock { pods }));
    // One alone is taken away, and so is a ready one above two that are not.
    let one = shrinking(set.clone(), 5).with(a_pod(&set, 3).unready());
    assert_eq!(told(&one), "waiting for the controller to take pod db-4 away");
    let top = shrinking(set.clone(), 5).with(a_pod(&set, 4).unready());
    assert_eq!(told(&top), "waiting for the controller to take pod db-4 away");
    let above = shrinking(set.clone(), 6).with(a_pod(&set, 3).unready());
    let above = above.with(a_pod(&set, 4).unready());
    assert_eq!(told(&above), "waiting for the controller to take pod db-5 away");
    // In parallel nobody waits.
    let parallel = Snapshot { set: both.set.clone().parallel(), ..both };
    assert_eq!(told(&parallel), "waiting for the controller to take pod db-4 away");
}
