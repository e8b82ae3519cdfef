use super::*;
use crate::model::placement::Toleration;
use crate::testing::{
    a_claim, a_lease, a_node, a_pod, a_resident, a_set, an_attachment, an_owner, at,
};

/// The pod `db-1` on `node-a`, which has been silent for long.
fn evidence() -> Evidence {
    let set = a_set("db").claiming("data");
    let claim = Claim { volume: Some("pv-1".to_owned()), ..a_claim(&set, 1) };
    Evidence {
        pod: a_pod(&set, 1),
        ordinal: Ordinal(1),
        machine: Machine {
            name: "node-a".to_owned(),
            node: Known::Read(Some(silent("node-a"))),
            leases: Known::Read(vec![a_lease("node-a", at(-41)), a_lease("node-b", at(0))]),
            server_time: Some(at(0)),
        },
        residents: Known::Read(vec![stuck(), a_resident("web", "shop-7f")]),
        attachments: Known::Read(vec![
            an_attachment("node-a", "pv-1"),
            an_attachment("node-a", "pv-9"),
        ]),
        claims: Known::Read(vec![claim]),
        set,
    }
}

/// The pod that is stuck.
fn stuck() -> Resident {
    Resident { uid: a_pod(&a_set("db"), 1).uid, ..a_resident("prod", "db-1") }
}

fn silent(name: &str) -> Node {
    Node { readiness: Readiness::Unknown, ..a_node(name, "a") }
}

fn tainted(node: Node) -> Node {
    Node { taints: vec![out_of_service()], ..node }
}

fn marked(mut node: Node) -> Node {
    node.annotations.insert(ANNOTATION.to_owned(), "{}".to_owned());
    node
}

fn refusals(change: impl FnOnce(&mut Evidence)) -> Vec<Refusal> {
    let mut evidence = evidence();
    change(&mut evidence);
    judge(&evidence).err().unwrap_or_default()
}

fn forbidden<T>() -> Known<T> {
    Known::Unknown("forbidden".to_owned())
}

#[test]
fn a_silent_node_may_be_declared_off_and_all_that_goes_is_named() {
    let case = judge(&evidence()).unwrap();
    assert_eq!((case.declared, case.silent_for), (Declared::NotYet, Some(41)));
    let removed: Vec<_> = case.removed.iter().map(Resident::display).collect();
    assert_eq!(removed, ["prod/db-1", "web/shop-7f"]);
    let own: Vec<_> = case.own_attachments().map(|own| own.name.as_str()).collect();
    assert_eq!(own, ["csi-pv-1"]);
    assert_eq!(case.claim_of(&case.attachments[0]), Some("data-db-1"));
    assert_eq!(case.claim_of(&case.attachments[1]), None);
}

#[test]
fn a_fresh_lease_refuses_whatever_the_node_says() {
    let fresh = |seconds, limit| vec![Refusal::Fresh { seconds_ago: seconds, limit }];
    let renewed = |ago: i64, seconds| {
        refusals(|evidence| {
            let own = Lease { seconds, ..a_lease("node-a", at(-ago)) };
            evidence.machine.leases = Known::Read(vec![own, a_lease("node-b", at(0))]);
        })
    };
    assert_eq!(renewed(40, Some(40)), fresh(40, 40));
    assert_eq!(renewed(41, Some(40)), []);
    assert_eq!(renewed(41, Some(60)), fresh(41, 60), "a lease that stands for longer");
    assert_eq!(renewed(30, Some(5)), fresh(30, 40), "never less than the usual time");
    assert_eq!(renewed(41, None), []);
    assert_eq!(renewed(-90, Some(40)), fresh(-90, 40), "a clock that is ahead");
}

#[test]
fn the_earlier_of_two_clocks_counts() {
    let with = |server: Option<i64>, other: i64| {
        refusals(|evidence| {
            evidence.machine.server_time = server.map(at);
            evidence.machine.leases =
                Known::Read(vec![a_lease("node-a", at(-41)), a_lease("node-b", at(other))]);
        })
    };
    let fresh = |seconds_ago| Refusal::Fresh { seconds_ago, limit: 40 };
    assert_eq!(with(Some(0), 3600), [], "another node's clock is ahead");
    assert_eq!(with(Some(20), -5), [fresh(36)], "another node's clock is behind");
    assert_eq!(with(None, 0), [], "the server does not tell");
    assert_eq!(with(None, -20), [fresh(21)]);
}

#[test]
fn where_no_other_node_lives_the_server_may_be_the_one_that_is_cut_off() {
    let alone = |others: Vec<Lease>| {
        refusals(|evidence| {
            let own = a_lease("node-a", at(-300));
            evidence.machine.leases = Known::Read([vec![own], others].concat());
        })
    };
    assert_eq!(alone(vec![a_lease("node-b", at(-60))]), [Refusal::Alone]);
    assert_eq!(alone(Vec::new()), [Refusal::Alone]);
    assert_eq!(alone(vec![a_lease("node-b", at(-60)), a_lease("node-c", at(-3))]), []);
}

#[test]
fn a_node_whose_kubelet_speaks_is_alive() {
    let with = |readiness| {
        refusals(|evidence| {
            evidence.machine.node = Known::Read(Some(Node { readiness, ..a_node("node-a", "a") }));
        })
    };
    assert_eq!(with(Readiness::Ready), [Refusal::Ready]);
    assert_eq!(with(Readiness::NotReady), [Refusal::SaysNotReady]);
}

#[test]
fn that_a_living_node_renews_its_lease_goes_without_saying() {
    let refused = refusals(|evidence| {
        evidence.machine.node = Known::Read(Some(a_node("node-a", "a")));
        evidence.machine.leases = Known::Read(vec![a_lease("node-a", at(0))]);
    });
    assert_eq!(refused, [Refusal::Ready]);
}

#[test]
fn unknown_evidence_refuses_and_all_of_it_is_named() {
    let refused = refusals(|evidence| {
        evidence.machine.node = forbidden();
        evidence.machine.leases = forbidden();
        evidence.residents = forbidden();
        evidence.attachments = forbidden();
        evidence.claims = forbidden();
    });
    assert_eq!(refused.len(), 5, "{refused:?}");
    assert!(refused.iter().all(|refusal| matches!(refusal, Refusal::Unknown { .. })));
    let changes: [fn(&mut Evidence); 5] = [
        |evidence| evidence.machine.node = forbidden(),
        |evidence| evidence.machine.leases = forbidden(),
        |evidence| evidence.residents = forbidden(),
        |evidence| evidence.attachments = forbidden(),
        |evidence| evidence.claims = forbidden(),
    ];
    for change in changes {
        assert_eq!(refusals(change).len(), 1);
    }
}

#[test]
fn a_lease_that_is_missing_is_unknown() {
    let without = refusals(|evidence| {
        evidence.machine.leases = Known::Read(vec![a_lease("node-b", at(0))]);
    });
    assert!(matches!(without[..], [Refusal::Unknown { .. }]), "{without:?}");
    let timeless = refusals(|evidence| {
        evidence.machine.server_time = None;
        evidence.machine.leases = Known::Read(vec![a_lease("node-a", at(-600))]);
    });
    assert!(matches!(timeless[..], [Refusal::Unknown { .. }]), "{timeless:?}");
}

#[test]
fn a_pod_that_has_left_the_node_is_not_stuck_on_it() {
    let left = refusals(|evidence| {
        let next = Resident { uid: "the next of that name".to_owned(), ..stuck() };
        evidence.residents = Known::Read(vec![next]);
    });
    assert_eq!(left, [Refusal::Moved]);
}

#[test]
fn a_node_that_is_gone_needs_no_declaration() {
    assert_eq!(refusals(|evidence| evidence.machine.node = Known::Read(None)), [Refusal::NodeGone]);
}

#[test]
fn a_declared_node_is_only_watched_even_when_it_is_back() {
    let mut back = evidence();
    back.machine.node = Known::Read(Some(tainted(a_node("node-a", "a"))));
    back.machine.leases = Known::Read(vec![a_lease("node-a", at(0))]);
    assert_eq!(judge(&back).unwrap().declared, Declared::Already);
    back.residents = forbidden();
    assert!(judge(&back).is_err(), "what is watched has to be seen");
}

#[test]
fn pods_that_withstand_the_taint_stay_unless_they_are_going() {
    let mut some = evidence();
    let nothing = String::new;
    let all = Toleration {
        key: nothing(),
        operator: "Exists".to_owned(),
        value: nothing(),
        effect: nothing(),
        seconds: None,
    };
    let mut agent = a_resident("kube-system", "agent");
    agent.tolerations.push(all);
    let mut going = Resident { name: "going".to_owned(), ..agent.clone() };
    going.deleting_since = Some(at(-5));
    some.residents = Known::Read(vec![agent, going, stuck()]);
    let case = judge(&some).unwrap();
    assert_eq!(
        case.staying.iter().map(Resident::display).collect::<Vec<_>>(),
        ["kube-system/agent"]
    );
    assert_eq!(
        case.removed.iter().map(Resident::display).collect::<Vec<_>>(),
        ["kube-system/going", "prod/db-1"]
    );
}

#[test]
fn sets_that_lose_pods_are_named_once() {
    let mut some = evidence();
    let of = |kind: &str, name: &str, pod: &str| Resident {
        controller: Some(an_owner(kind, name, "o")),
        ..a_resident("prod", pod)
    };
    some.residents = Known::Read(vec![
        stuck(),
        of("StatefulSet", "db", "db-1"),
        of("ReplicaSet", "web-7f", "web-7f-x"),
        of("StatefulSet", "db", "db-2"),
    ]);
    assert_eq!(judge(&some).unwrap().sets(), ["prod/db"]);
}

#[test]
fn more_than_was_seen_is_another_case() {
    let seen = judge(&evidence()).unwrap();
    let mut later = evidence();
    later.residents = Known::Read(vec![stuck()]);
    assert!(judge(&later).unwrap().is_within(&seen), "pods that went meanwhile are no surprise");
    later.residents = Known::Read(vec![stuck(), a_resident("prod", "other")]);
    assert!(!judge(&later).unwrap().is_within(&seen));
    let mut another = seen.clone();
    another.node.uid = "another".to_owned();
    assert!(!another.is_within(&seen));
}

fn machine(node: Node, renewed_ago: i64) -> Machine {
    let leases = vec![a_lease("node-a", at(-renewed_ago)), a_lease("node-b", at(0))];
    Machine {
        name: "node-a".to_owned(),
        node: Known::Read(Some(node)),
        leases: Known::Read(leases),
        server_time: Some(at(0)),
    }
}

#[test]
fn a_declaration_is_taken_back_once_the_node_is_back() {
    let ours = |node| tainted(marked(node));
    let back = ours(a_node("node-a", "a"));
    assert_eq!(clear(&machine(back.clone(), 3)), Ok(Clearing::Declaration(back.clone())));
    assert_eq!(clear(&machine(ours(silent("node-a")), 3)), Err(vec![Refusal::NotBack]));
    assert_eq!(clear(&machine(back.clone(), 41)), Err(vec![Refusal::NotBack]));
    let mut dark = machine(back, 3);
    dark.leases = forbidden();
    assert!(matches!(clear(&dark).unwrap_err()[..], [Refusal::Unknown { .. }]));
    dark.node = forbidden();
    assert!(matches!(clear(&dark).unwrap_err()[..], [Refusal::Unknown { .. }]));
}

#[test]
fn what_others_declared_is_theirs_to_take_back() {
    let theirs = tainted(a_node("node-a", "a"));
    assert_eq!(clear(&machine(theirs, 3)), Err(vec![Refusal::NotOurs]));
}

#[test]
fn where_nothing_was_declared_there_is_nothing_to_clear() {
    assert_eq!(clear(&machine(silent("node-a"), 600)), Ok(Clearing::Nothing));
    let mut gone = machine(a_node("node-a", "a"), 3);
    gone.node = Known::Read(None);
    assert_eq!(clear(&gone), Ok(Clearing::Nothing));
    let left = marked(silent("node-a"));
    assert_eq!(clear(&machine(left.clone(), 600)), Ok(Clearing::Declaration(left)));
}
