//! What hangs on a set, and where its pods could go.

use super::*;
use crate::model::budget::Operator;
use crate::model::placement::{NodeOperator, NodeRequirement, NodeSelector, NodeTerm};
use crate::model::set::Set;
use crate::testing::{NEW, a_claim, a_node, a_pod, a_set, a_snapshot, a_volume};

fn only(key: &str, operator: NodeOperator) -> NodeSelector {
    let labels = vec![NodeRequirement { key: key.to_owned(), operator }];
    NodeSelector { terms: vec![NodeTerm { labels, names: Vec::new() }] }
}

fn zone(name: &str) -> NodeSelector {
    let within = NodeOperator::Label(Operator::In(vec![name.to_owned()]));
    only("topology.kubernetes.io/zone", within)
}

/// Three pods on three nodes in two zones; the volume of `db-2` is tied to zone `b`.
pub(crate) fn seen(set: &Set) -> Seen {
    let on = |ordinal: u32, node: &str| {
        let mut pod = a_pod(set, ordinal);
        pod.node = Some(node.to_owned());
        pod
    };
    let snapshot = a_snapshot(set).with(on(0, "n0")).with(on(1, "n1")).with(on(2, "n2").on(NEW));
    let claims: Vec<Claim> = (0..4).map(|ordinal| a_claim(set, ordinal)).collect();
    let mut volumes: BTreeMap<String, Known<Option<Volume>>> = claims
        .iter()
        .filter_map(|claim| claim.volume.clone())
        .map(|name| (name.clone(), Known::Read(Some(a_volume(&name)))))
        .collect();
    let tied = Volume { reachable_from: Some(zone("b")), ..a_volume("pv-data-db-2") };
    volumes.insert(tied.name.clone(), Known::Read(Some(tied)));
    let nodes = vec![a_node("n0", "a"), a_node("n1", "a"), a_node("n2", "b")];
    Seen { snapshot, claims: Known::Read(claims), volumes, nodes: Known::Read(nodes) }
}

pub(crate) fn set() -> Set {
    a_set("db").updating().at_partition(2).claiming("data")
}

fn elsewhere_of(tree: &Tree, name: &str) -> Elsewhere {
    let mut pods = tree.revisions.iter().flat_map(|revision| &revision.pods);
    pods.find(|pod| pod.name == name).unwrap().elsewhere.clone()
}

fn nodes(names: &[&str]) -> Elsewhere {
    Elsewhere::Nodes(names.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn pods_hang_on_their_revisions_and_claims_on_pods() {
    let tree = tree(&seen(&set()));
    let shape: Vec<(Role, Vec<&str>)> = tree
        .revisions
        .iter()
        .map(|one| (one.role, one.pods.iter().map(|pod| pod.name.as_str()).collect()))
        .collect();
    assert_eq!(shape, [(Role::Update, vec!["db-2"]), (Role::Current, vec!["db-0", "db-1"])]);
    assert_eq!(tree.revisions[0].number, Some(2));
    let claim = &tree.revisions[1].pods[0].claims[0];
    assert_eq!((claim.name.as_str(), claim.state), ("data-db-0", Some(ClaimState::Bound)));
    assert_eq!(tree.left_behind[0].name, "data-db-3");
    assert_eq!((tree.missing.len(), tree.unknown.len()), (0, 0));
}

#[test]
fn a_pod_can_go_where_its_volumes_can_be_reached() {
    let seen = seen(&set());
    let before = tree(&seen);
    assert_eq!(elsewhere_of(&before, "db-0"), nodes(&["n1", "n2"]));
    assert_eq!(elsewhere_of(&before, "db-2"), nodes(&[]), "the only node in its zone");
    let nowhere = Concern::NowhereElse { pods: vec!["db-2".to_owned()] };
    assert!(before.concerns.contains(&nowhere), "{:?}", before.concerns);
    let Known::Read(mut there) = seen.nodes.clone() else { panic!("known") };
    there.push(a_node("n3", "b"));
    let after = tree(&Seen { nodes: Known::Read(there), ..seen });
    assert_eq!(elsewhere_of(&after, "db-2"), nodes(&["n3"]));
}

#[test]
fn nodes_that_take_no_pods_do_not_count() {
    let seen = seen(&set());
    let bad = [
        Node { readiness: Readiness::NotReady, ..a_node("n1", "a") },
        Node { readiness: Readiness::Unknown, ..a_node("n1", "a") },
        Node { unschedulable: true, ..a_node("n1", "a") },
        a_node("n1", "a").tainted("dedicated", "web", "NoSchedule"),
    ];
    for node in bad {
        let there = vec![a_node("n0", "a"), node, a_node("n2", "b")];
        let tree = tree(&Seen { nodes: Known::Read(there), ..seen.clone() });
        assert_eq!(elsewhere_of(&tree, "db-0"), nodes(&["n2"]));
    }
}

#[test]
fn what_is_not_known_is_not_taken_for_a_no() {
    let seen = seen(&set());
    let unknown = |seen: Seen, pod: &str| match elsewhere_of(&tree(&seen), pod) {
        Elsewhere::Unknown(why) => why,
        other => panic!("{other:?}"),
    };
    let with = |volume: Known<Option<Volume>>| {
        let mut seen = seen.clone();
        seen.volumes.insert("pv-data-db-0".to_owned(), volume);
        seen
    };
    let no = || "forbidden".to_owned();
    assert_eq!(unknown(with(Known::Unknown(no())), "db-0"), "pv/pv-data-db-0 is not known");
    assert_eq!(unknown(with(Known::Read(None)), "db-0"), "pv/pv-data-db-0 is gone");
    let odd = only("x", NodeOperator::Other("Like".to_owned()));
    let odd = Volume { reachable_from: Some(odd), ..a_volume("pv-data-db-0") };
    assert_eq!(
        unknown(with(Known::Read(Some(odd))), "db-0"),
        "of pv/pv-data-db-0, its node affinity uses Like"
    );
    let blind = Seen { nodes: Known::Unknown(no()), ..seen.clone() };
    assert_eq!(tree(&blind).unknown, [("nodes", no())]);
    assert_eq!(unknown(blind, "db-0"), "the nodes are not known");
    let blind = Seen { claims: Known::Unknown(no()), ..seen.clone() };
    assert_eq!(unknown(blind, "db-0"), "its claims are not known");
}

#[test]
fn replicas_that_would_go_together_are_named() {
    let mut seen = seen(&set());
    assert_eq!(
        tree(&seen).concerns[0],
        Concern::OneZone { zone: "a".to_owned(), pods: vec!["db-0".to_owned(), "db-1".to_owned()] },
        "two of three"
    );
    let mut moved = a_pod(&seen.snapshot.set, 1);
    moved.node = Some("n2".to_owned());
    seen.snapshot = seen.snapshot.clone().with(moved);
    let pods = vec!["db-1".to_owned(), "db-2".to_owned()];
    let concerns = tree(&seen).concerns;
    assert_eq!(concerns[0], Concern::OneNode { node: "n2".to_owned(), pods: pods.clone() });
    assert_eq!(concerns[1], Concern::OneZone { zone: "b".to_owned(), pods });
}

#[test]
fn an_ordinal_without_a_pod_keeps_its_claim() {
    let mut seen = seen(&set());
    seen.snapshot = seen.snapshot.clone().without(1);
    let tree = tree(&seen);
    assert_eq!(tree.missing[0].name, "db-1");
    assert_eq!(tree.missing[0].claims[0].name, "data-db-1");
    assert_eq!(tree.missing[0].elsewhere, Elsewhere::NoPod);
}
