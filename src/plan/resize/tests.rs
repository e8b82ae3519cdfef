use proptest::prelude::*;

use super::*;
use crate::model::claim::ClaimPhase;
use crate::testing::{a_claim, a_run, a_set};

fn wish(size: &str) -> Wish {
    Wish {
        template: "data".to_owned(),
        goal: Goal::Size(size.parse().unwrap()),
        reach: Reach::Range,
        unknown: Unknown::Refuse,
    }
}

fn set() -> Set {
    a_set("db").claiming("data")
}

fn class(expands: bool) -> Known<Option<StorageClass>> {
    let (name, provisioner) = ("standard".to_owned(), "x.csi".to_owned());
    Known::Read(Some(StorageClass { name, provisioner, expands }))
}

/// Claims of these ordinals, of a class that expands.
fn around(ordinals: &[u32]) -> Surroundings {
    Surroundings {
        claims: Known::Read(ordinals.iter().map(|ordinal| a_claim(&set(), *ordinal)).collect()),
        classes: BTreeMap::from([("standard".to_owned(), class(true))]),
        quotas: Known::Read(Vec::new()),
        attributes: Known::Read(None),
    }
}

fn quota(resource: &str, hard: &str, used: &str) -> StorageQuota {
    StorageQuota {
        quota: "q".to_owned(),
        resource: resource.to_owned(),
        hard: hard.parse().unwrap(),
        used: used.parse().unwrap(),
    }
}

#[test]
fn claims_go_from_the_top_and_those_left_behind_only_when_asked_for() {
    let seen = outlook(&set(), &around(&[0, 2, 1, 7]), &wish("2Gi"));
    let names = |seen: &Outlook| {
        seen.rows.iter().map(|row| row.claim.name.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&seen), "data-db-2 data-db-1 data-db-0");
    assert_eq!((seen.left_alone, seen.refusals), (vec!["data-db-7".to_owned()], vec![]));
    let all = Wish { reach: Reach::LeftBehindToo, ..wish("2Gi") };
    let seen = outlook(&set(), &around(&[0, 1, 7]), &all);
    assert_eq!(names(&seen), "data-db-7 data-db-1 data-db-0");
    assert_eq!(seen.rows[0].place, Place::LeftBehind);
    assert_eq!(seen.missing, ["data-db-2"], "which is made from the template");
}

#[test]
fn claims_of_other_sets_and_templates_are_not_these() {
    let mut around = around(&[0, 1, 2]);
    let other = |name: &str, namespace: &str| Claim {
        name: name.to_owned(),
        namespace: namespace.to_owned(),
        ..a_claim(&set(), 0)
    };
    if let Known::Read(claims) = &mut around.claims {
        claims.extend([
            other("data-db-x-0", "prod"),
            other("wal-db-0", "prod"),
            other("data-db-00", "prod"),
            other("data-db-1", "elsewhere"),
        ]);
    }
    assert_eq!(outlook(&set(), &around, &wish("2Gi")).rows.len(), 3);
}

#[test]
fn what_belongs_to_others_or_is_in_motion_is_left_alone() {
    let refused = |set: &Set| outlook(set, &around(&[0, 1, 2]), &wish("2Gi")).refusals;
    let owned = refused(&set().owned_by("Cluster", "main"));
    assert!(matches!(owned[..], [NotResized::Operator { .. }]), "{owned:?}");
    let running = refused(&set().recording(a_run(&set())));
    assert_eq!(running, [NotResized::Rollout]);
    let other = Wish { template: "wal".to_owned(), ..wish("2Gi") };
    let refusals = outlook(&set(), &around(&[]), &other).refusals;
    assert!(matches!(refusals[..], [NotResized::NoTemplate { .. }]), "{refusals:?}");
}

#[test]
fn classes_that_do_not_expand_are_named_once_and_unknown_ones_refuse() {
    let refused = |class: Option<Known<Option<StorageClass>>>, unknown| {
        let classes = class.map(|class| ("standard".to_owned(), class)).into_iter().collect();
        let around = Surroundings { classes, ..around(&[0, 1, 2]) };
        outlook(&set(), &around, &Wish { unknown, ..wish("2Gi") }).refusals
    };
    let standard = || "standard".to_owned();
    assert_eq!(
        refused(Some(class(false)), Unknown::Accept),
        [NotResized::Fixed { class: standard() }]
    );
    assert_eq!(
        refused(Some(Known::Read(None)), Unknown::Accept),
        [NotResized::ClassGone { class: standard() }]
    );
    for unknown in [None, Some(Known::Unknown("forbidden".to_owned()))] {
        let found = refused(unknown.clone(), Unknown::Refuse);
        assert!(matches!(found[..], [NotResized::ClassUnknown { .. }]), "{found:?}");
        assert_eq!(found[0].flag(), Some("--accept-unknown"));
        assert_eq!(refused(unknown, Unknown::Accept), []);
    }
}

#[test]
fn all_claims_together_have_to_fit_into_every_quota() {
    let refused = |quotas: Known<Vec<StorageQuota>>| {
        let around = Surroundings { quotas, ..around(&[0, 1, 2]) };
        outlook(&set(), &around, &wish("2Gi")).refusals
    };
    assert_eq!(refused(Known::Read(vec![quota("requests.storage", "6Gi", "3Gi")])), []);
    let over = refused(Known::Read(vec![
        quota("requests.storage", "6143Mi", "3Gi"),
        quota("standard.storageclass.storage.k8s.io/requests.storage", "4Gi", "3Gi"),
        quota("other.storageclass.storage.k8s.io/requests.storage", "0", "0"),
    ]));
    assert_eq!(over.len(), 2, "{over:?}");
    let unknown = refused(Known::Unknown("forbidden".to_owned()));
    assert!(matches!(unknown[..], [NotResized::QuotasUnknown { .. }]), "{unknown:?}");
}

#[test]
fn claims_that_cannot_be_read_are_not_taken_for_none() {
    let around = Surroundings { claims: Known::Unknown("forbidden".to_owned()), ..around(&[]) };
    let refusals = outlook(&set(), &around, &wish("2Gi")).refusals;
    assert!(matches!(refusals[..], [NotResized::ClaimsUnknown { .. }]), "{refusals:?}");
}

#[test]
fn one_claim_that_cannot_change_keeps_all_as_they_are() {
    let mut around = around(&[0, 1]);
    if let Known::Read(claims) = &mut around.claims {
        claims.push(a_claim(&set(), 2).in_phase(ClaimPhase::Pending));
    }
    let seen = outlook(&set(), &around, &wish("2Gi"));
    assert!(matches!(seen.refusals[..], [NotResized::NotBound { .. }]), "{seen:?}");
    // Of claims of different sizes the largest counts.
    let mut around = self::around(&[0, 1]);
    if let Known::Read(claims) = &mut around.claims {
        let large = Some("3Gi".to_owned());
        claims.push(Claim { requested: large.clone(), capacity: large, ..a_claim(&set(), 2) });
    }
    let seen = outlook(&set(), &around, &wish("2Gi"));
    assert!(matches!(seen.refusals[..], [NotResized::Shrinks { .. }]), "{seen:?}");
}

#[test]
fn attributes_have_to_be_there_and_for_the_driver_of_the_class() {
    let gold = Wish { goal: Goal::Attributes("gold".to_owned()), ..wish("2Gi") };
    let refused = |attributes: Known<Option<AttributesClass>>| {
        let around = Surroundings { attributes, ..around(&[0]) };
        outlook(&set(), &around, &gold).refusals
    };
    let of = |driver: &str| {
        Known::Read(Some(AttributesClass { name: "gold".to_owned(), driver: driver.to_owned() }))
    };
    assert_eq!(refused(of("x.csi")), []);
    assert!(matches!(refused(of("y.csi"))[..], [NotResized::OtherDriver { .. }]));
    assert!(matches!(refused(Known::Read(None))[..], [NotResized::AttributesGone { .. }]));
    let unknown = refused(Known::Unknown("forbidden".to_owned()));
    assert!(matches!(unknown[..], [NotResized::AttributesUnknown { .. }]), "{unknown:?}");
    // The server would take attributes of another driver, so an unread class is never accepted.
    let around = Surroundings { attributes: of("x.csi"), classes: BTreeMap::new(), ..around(&[0]) };
    let wish = Wish { unknown: Unknown::Accept, ..gold };
    let refusals = outlook(&set(), &around, &wish).refusals;
    assert!(matches!(refusals[..], [NotResized::ClassUnknown { .. }]), "{refusals:?}");
}

proptest! {
    /// Whatever the claims ask for and have, what is allowed to be asked for is above what every
    /// volume has, and not below what any claim asks for in earnest.
    #[test]
    fn nothing_that_is_allowed_shrinks_a_volume(
        sizes in proptest::collection::vec((1_u64..9, 1_u64..9), 1..4),
        size in 1_u64..9,
    ) {
        let set = set().replicas(u32::try_from(sizes.len()).unwrap());
        let claims = sizes.iter().enumerate().map(|(ordinal, (asks, has))| Claim {
            requested: Some(format!("{asks}Gi")),
            capacity: Some(format!("{has}Gi")),
            ..a_claim(&set, u32::try_from(ordinal).unwrap())
        });
        let around = Surroundings { claims: Known::Read(claims.collect()), ..around(&[]) };
        let seen = outlook(&set, &around, &wish(&format!("{size}Gi")));
        if seen.refusals.is_empty() {
            for row in seen.open() {
                let Goal::Size(size) = wish(&format!("{size}Gi")).goal else { unreachable!() };
                let has = stand::capacity(&row.claim).unwrap();
                prop_assert!(size > has, "{row:?}");
            }
        }
    }
}
