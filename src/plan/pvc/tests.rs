//! The cases of the field, each with its class, what keeps it, and how sure that is.

use std::sync::Arc;

use proptest::prelude::*;

use crate::model::claim::{AccessModes, Claim, ClaimPhase, ClaimSource, Maker, VolumeWork};
use crate::model::ordinal::OrdinalRange;
use crate::model::survey::claimant::{Claimant, Unsettled, Wanted};
use crate::model::survey::coverage::{DeepScan, Need};
use crate::model::survey::reference::{Mention, Reference};
use crate::model::survey::{Deployment, SnapshotFacts, Survey};
use crate::model::trash::RESTORED_FROM;
use crate::plan::pvc::class::{Class, Confidence, Doubt};
use crate::plan::pvc::hold::HoldKind;
use crate::plan::pvc::idle::{Idle, ORPHAN_SINCE};
use crate::plan::pvc::selection::{Exceeded, Limits, census, select};
use crate::plan::pvc::terms::{Objection, Terms, objections};
use crate::plan::pvc::verdict::{KEEP, Verdict, judge};
use crate::testing::survey::{a_claimant, a_left_claim, a_survey, days, now};
use crate::testing::{an_owner, map};

/// The verdict on one claim.
fn of<'a>(survey: &'a Survey, claim: &str) -> Verdict<'a> {
    judge(survey).into_iter().find(|verdict| verdict.claim.name == claim).unwrap()
}

fn class(survey: &Survey, claim: &str) -> Class {
    of(survey, claim).class
}

fn vetoes(survey: &Survey, claim: &str) -> Vec<&'static str> {
    of(survey, claim).vetoes.iter().map(super::veto::Veto::id).collect()
}

fn holds(survey: &Survey, claim: &str) -> Vec<&'static str> {
    of(survey, claim).holds.iter().map(|hold| hold.kind().id()).collect()
}

/// Whether it would go with every flag there is, at the least confidence and whatever its age.
fn could_go(survey: &Survey, claim: &str) -> bool {
    let verdict = of(survey, claim);
    objections(&verdict, &everything(), now()).is_empty()
}

fn goes(survey: &Survey, claim: &str, terms: &Terms) -> bool {
    objections(&of(survey, claim), terms, now()).is_empty()
}

/// Every flag.
fn everything() -> Terms {
    Terms {
        classes: Class::ALL.into_iter().filter(|class| class.is_left_behind()).collect(),
        confidence: Confidence::Low,
        lifted: HoldKind::ALL.into_iter().filter(|kind| kind.flag().is_some()).collect(),
        idle: jiff::SignedDuration::ZERO,
    }
}

/// `web` with three of five claims wanted.
fn scaled_down() -> Survey {
    let claims = [0, 1, 2, 3, 4].map(|n| a_left_claim(&format!("data-web-{n}"), "web"));
    let mut survey = a_survey(&[a_claimant("web", 3)], &claims);
    for n in 0..3 {
        survey = survey.used_by(&format!("data-web-{n}"), &format!("web-{n}"), "Running");
    }
    survey
}

/// One claim beside a set `web` of three.
fn one(claim: Claim) -> Survey {
    a_survey(&[a_claimant("web", 3)], &[claim])
}

#[test]
fn case_01_what_a_scale_down_left_and_the_cluster_calls_unused_is_offered() {
    let survey = scaled_down();
    for name in ["data-web-3", "data-web-4"] {
        let verdict = of(&survey, name);
        assert_eq!(
            (verdict.class, verdict.confidence),
            (Class::ScaledDown, Some(Confidence::High))
        );
        assert!(verdict.vetoes.is_empty() && verdict.holds.is_empty(), "{verdict:?}");
        assert!(goes(&survey, name, &Terms::default()));
    }
    assert_eq!(class(&survey, "data-web-2"), Class::InUse);
    assert_eq!(vetoes(&survey, "data-web-2"), ["V1", "V2"]);
}

#[test]
fn case_02_without_the_condition_it_is_less_sure() {
    let survey = one(a_left_claim("data-web-3", "web").unused_for(None));
    let verdict = of(&survey, "data-web-3");
    assert_eq!(verdict.confidence, Some(Confidence::Medium));
    assert_eq!(verdict.doubts, [Doubt::Idle]);
    assert_eq!(verdict.idle, Idle::AtMost(now() - days(60)), "the last that was done with it");
    assert!(!goes(&survey, "data-web-3", &Terms::default()));
    let medium = Terms { confidence: Confidence::Medium, ..Terms::default() };
    assert!(goes(&survey, "data-web-3", &medium));
    let marked = a_left_claim("data-web-3", "web")
        .unused_for(None)
        .annotated(ORPHAN_SINCE, &(now() - days(8)).to_string());
    let survey = one(marked);
    assert_eq!(of(&survey, "data-web-3").idle, Idle::Marked(now() - days(8)));
    assert!(goes(&survey, "data-web-3", &Terms::default()), "a mark proves it as well");
}

#[test]
fn case_03_what_was_used_an_hour_ago_waits() {
    let hour = jiff::SignedDuration::from_hours(1);
    let survey = one(a_left_claim("data-web-3", "web").unused_for(Some(hour)));
    let verdict = of(&survey, "data-web-3");
    let objections = objections(&verdict, &Terms::default(), now());
    assert_eq!(objections, [Objection::Idle(Some(hour))]);
    assert!(could_go(&survey, "data-web-3"), "--idle 0");
}

#[test]
fn case_04_a_use_nobody_sees_makes_the_age_unknown_for_that_claim_alone() {
    let stale = Claim { said_in_use: true, ..a_left_claim("data-web-3", "web").unused_for(None) };
    let survey = a_survey(&[a_claimant("web", 3)], &[stale, a_left_claim("data-web-4", "web")]);
    assert_eq!(of(&survey, "data-web-3").idle, Idle::Contradicted);
    let medium = Terms { confidence: Confidence::Medium, ..Terms::default() };
    assert!(!goes(&survey, "data-web-3", &medium));
    assert!(goes(&survey, "data-web-4", &Terms::default()));
}

#[test]
fn case_05_an_ordinal_in_range_keeps_its_claim_without_a_pod() {
    let survey = one(a_left_claim("data-web-1", "web"));
    assert_eq!(class(&survey, "data-web-1"), Class::Expected);
    assert_eq!(vetoes(&survey, "data-web-1"), ["V2"]);
}

#[test]
fn cases_06_to_09_every_pod_counts_in_every_phase() {
    for phase in ["Pending", "Running", "Succeeded", "Failed", "Unknown"] {
        let survey = scaled_down().used_by("data-web-3", "any", phase);
        assert_eq!(class(&survey, "data-web-3"), Class::InUse, "{phase}");
        assert_eq!(vetoes(&survey, "data-web-3"), ["V1"], "{phase}");
    }
    let mut survey = scaled_down();
    let condemned = Unsettled::Scaling { has: 4, wants: 3 };
    survey.claimants[0].unsettled = Some(condemned);
    survey.references.add("prod", "data-web-3", || Reference {
        by: "pod/web-3".to_owned(),
        how: Mention::Pod {
            phase: "Running".to_owned(),
            scheduled: true,
            going: true,
            ephemeral: false,
        },
    });
    assert_eq!(vetoes(&survey, "data-web-3"), ["V1", "V3"]);
    assert_eq!(vetoes(&survey, "data-web-4"), ["V3"], "and so for its neighbour");
}

#[test]
fn cases_10_to_12_and_36_whatever_names_it_keeps_it() {
    for by in ["deployment/report", "cronjob/nightly", "replicaset/report-5d9", "job/once"] {
        let survey = scaled_down().named_by("data-web-4", by);
        assert_eq!(class(&survey, "data-web-4"), Class::Referenced, "{by}");
        assert_eq!(vetoes(&survey, "data-web-4"), ["V4"], "{by}");
        assert!(!could_go(&survey, "data-web-4"));
    }
    let path = "spec.template.spec.volumes[0].persistentVolumeClaim.claimName";
    let survey = scaled_down().spelled_in("data-web-4", "virtualmachine/old", path);
    assert_eq!(vetoes(&survey, "data-web-4"), ["V4"]);
}

#[test]
fn case_13_sets_whose_names_begin_alike_are_told_apart() {
    let sets = [a_claimant("web", 1), a_claimant("web-1", 1)];
    let claims = ["data-web-1", "data-web-1-0", "data-web-1-1"];
    let survey = a_survey(&sets, &claims.map(|name| a_left_claim(name, "web")));
    let owner = |claim| of(&survey, claim).owner().unwrap().claimant.name.clone();
    assert_eq!(
        (owner("data-web-1"), class(&survey, "data-web-1")),
        ("web".into(), Class::ScaledDown)
    );
    assert_eq!(
        (owner("data-web-1-0"), class(&survey, "data-web-1-0")),
        ("web-1".into(), Class::Expected)
    );
    assert_eq!(owner("data-web-1-1"), "web-1");
}

#[test]
fn case_14_a_name_that_two_sets_could_have_given_is_never_offered() {
    let sets = |b_c, c| {
        [a_claimant("b-c", b_c).with_template("a"), a_claimant("c", c).with_template("a-b")]
    };
    let claim = || [a_left_claim("a-b-c-3", "c")];
    let in_one = a_survey(&sets(4, 2), &claim());
    assert_eq!(class(&in_one, "a-b-c-3"), Class::Expected);
    let in_both = a_survey(&sets(4, 4), &claim());
    assert_eq!(class(&in_both, "a-b-c-3"), Class::Shared);
    let in_none = a_survey(&sets(2, 2), &claim());
    assert_eq!(class(&in_none, "a-b-c-3"), Class::Ambiguous);
    assert!(!could_go(&in_none, "a-b-c-3"));
}

#[test]
fn case_15_a_neighbour_with_a_longer_name_is_none_of_ours() {
    let sets = [a_claimant("foo", 1), a_claimant("foo-bar", 3)];
    let survey = a_survey(&sets, &[a_left_claim("data-foo-bar-2", "foo-bar")]);
    assert_eq!(class(&survey, "data-foo-bar-2"), Class::Expected);
}

#[test]
fn case_16_what_no_controller_would_write_is_no_ordinal() {
    for name in ["data-web-01", "data-web--1", "data-web-99999999999"] {
        let survey = one(a_left_claim(name, "other"));
        assert!(of(&survey, name).owners.is_empty(), "{name}");
        assert!(!goes(&survey, name, &Terms { confidence: Confidence::Low, ..Terms::default() }));
    }
    // Nor is the rest of these names a template and a set.
    for name in ["data-web-01", "data-web--1", "web-7"] {
        let survey = one(a_left_claim(name, "web"));
        assert_eq!(class(&survey, name), Class::NotOurs, "{name}");
    }
}

#[test]
fn case_17_below_the_first_ordinal_is_not_above_the_last() {
    let set = a_claimant("web", 3).wanting(Wanted::range(5, 3));
    let claims = ["data-web-2", "data-web-5", "data-web-8"].map(|name| a_left_claim(name, "web"));
    let survey = a_survey(&[set], &claims);
    assert_eq!(class(&survey, "data-web-2"), Class::BelowStart);
    assert_eq!(holds(&survey, "data-web-2"), ["below-start"]);
    assert_eq!(class(&survey, "data-web-5"), Class::Expected);
    assert_eq!(class(&survey, "data-web-8"), Class::ScaledDown);
}

#[test]
fn case_18_a_set_of_no_replicas_is_parked() {
    let survey = a_survey(&[a_claimant("web", 0)], &[a_left_claim("data-web-0", "web")]);
    assert_eq!(class(&survey, "data-web-0"), Class::Parked);
    assert_eq!(holds(&survey, "data-web-0"), ["parked"]);
    assert!(!goes(&survey, "data-web-0", &Terms::default()));
    let lifted = [HoldKind::Parked].into();
    assert!(goes(&survey, "data-web-0", &Terms { lifted, ..Terms::default() }));
}

#[test]
fn cases_19_to_21_what_an_autoscaler_may_come_back_for_is_held() {
    let claims = || ["data-web-7", "data-web-12"].map(|name| a_left_claim(name, "web"));
    for scaler in ["hpa/web", "scaledobject/web"] {
        let survey = a_survey(&[a_claimant("web", 3)], &claims()).scaled_by(scaler, "web", 10);
        assert_eq!(class(&survey, "data-web-7"), Class::Burst, "{scaler}");
        assert_eq!(holds(&survey, "data-web-7"), ["autoscaled"]);
        assert!(goes(&survey, "data-web-12", &Terms::default()), "{scaler}");
    }
    let other = a_survey(&[a_claimant("web", 3)], &claims()).scaled_by("hpa/x", "other", 10);
    assert!(goes(&other, "data-web-7", &Terms::default()));
    let hidden =
        a_survey(&[a_claimant("web", 3)], &claims()).missing("scaledobjects", Need::Optional);
    assert_eq!(of(&hidden, "data-web-7").confidence, Some(Confidence::Low));
    assert_eq!(of(&hidden, "data-web-7").doubts, [Doubt::Gap]);
}

#[test]
fn cases_22_and_23_the_claims_of_a_set_that_is_gone() {
    let survey = one(a_left_claim("data-db-0", "db"));
    let verdict = of(&survey, "data-db-0");
    assert_eq!((verdict.class, verdict.confidence), (Class::SetDeleted, Some(Confidence::Medium)));
    assert_eq!(verdict.doubts, [Doubt::NameAlone], "never sure from the name alone");
    let survey = one(a_left_claim("data-db-0", "db").made_by("kubectl-client-side-apply"));
    assert_eq!(class(&survey, "data-db-0"), Class::SetDeleted);
    assert_eq!(holds(&survey, "data-db-0"), ["handmade"]);
    let unknown = Claim { maker: Maker::Unknown, ..a_left_claim("data-db-0", "db") };
    assert_eq!(holds(&one(unknown), "data-db-0"), ["handmade"]);
    let restored =
        a_left_claim("data-web-3", "web").made_by("kubectl-sts").annotated(RESTORED_FROM, "r1");
    assert!(holds(&one(restored), "data-web-3").is_empty(), "we know who had made it");
}

#[test]
fn cases_24_to_27_and_50_what_an_operator_looks_after_is_never_offered() {
    let hub = a_left_claim("claim-ann-2", "x").made_by("OpenAPI-Generator").labelled(&[]);
    let survey = one(hub);
    assert_eq!(class(&survey, "claim-ann-2"), Class::NotOurs);
    for (name, label) in
        [("pg-main-2", "cnpg.io/cluster"), ("data-kafka-pool-0", "strimzi.io/cluster")]
    {
        let survey = one(a_left_claim(name, "x").labelled(&[(label, "c")]));
        assert_eq!(class(&survey, name), Class::Managed, "{name}");
        assert_eq!(vetoes(&survey, name), ["V6"]);
    }
    // ECK: an owner that is no controller, and lives.
    let mut eck = a_left_claim("data-web-4", "web");
    eck.owners = vec![an_owner("Elasticsearch", "es", "es-uid")];
    let mut survey = one(eck);
    survey.living.insert("es-uid".to_owned());
    assert_eq!(vetoes(&survey, "data-web-4"), ["V5"]);
    assert_eq!(class(&survey, "data-web-4"), Class::Managed);
    // The set belongs to an operator.
    let set = Claimant { controller: Some(an_owner("Kafka", "k", "k")), ..a_claimant("web", 3) };
    let survey = a_survey(&[set], &[a_left_claim("data-web-4", "web")]);
    assert_eq!(class(&survey, "data-web-4"), Class::Managed);
    assert!(!could_go(&survey, "data-web-4"));
}

#[test]
fn cases_28_and_29_owners_that_are_gone_doom_a_claim() {
    let mut claim = a_left_claim("data-web-4", "web");
    claim.owners = vec![an_owner("StatefulSet", "web", "another-uid")];
    let survey = one(claim.clone());
    assert_eq!(class(&survey, "data-web-4"), Class::Doomed);
    assert!(!could_go(&survey, "data-web-4"));
    claim.owners.push(an_owner("StatefulSet", "web", "set-web"));
    let survey = one(claim.clone());
    assert_eq!(class(&survey, "data-web-4"), Class::ScaledDown, "one owner lives: it stays");
    assert_eq!(of(&survey, "data-web-4").fuse, Some("web"));
    claim.name = "data-web-1".to_owned();
    claim.owners.truncate(1);
    let survey = one(claim).used_by("data-web-1", "web-1", "Running");
    assert_eq!(class(&survey, "data-web-1"), Class::Doomed, "even in use");
}

#[test]
fn case_30_ordinals_that_are_left_out_are_reserved() {
    let wanted = Wanted::Range { range: OrdinalRange { start: 0, replicas: 3 }, reserved: vec![1] };
    let set = a_claimant("web", 3).wanting(wanted).of_kind("StatefulSet.apps.kruise.io");
    let claims = [0, 1, 2, 3, 4].map(|n| a_left_claim(&format!("data-web-{n}"), "web"));
    let survey = a_survey(&[set], &claims);
    let classes: Vec<Class> = judge(&survey).iter().map(|verdict| verdict.class).collect();
    let names: Vec<&str> = classes.into_iter().map(Class::name).collect();
    let expected = Class::Expected.name();
    assert_eq!(names, [expected, "reserved", expected, expected, "managed"]);
    assert_eq!(holds(&survey, "data-web-1"), ["reserved"]);
}

#[test]
fn case_31_of_an_unknown_kind_every_ordinal_is_wanted() {
    let set = a_claimant("web", 3).wanting(Wanted::Any).of_kind("Thing.example.com");
    let survey = a_survey(&[set], &[a_left_claim("data-web-99", "web")]);
    assert_eq!(class(&survey, "data-web-99"), Class::Expected);
    assert!(!could_go(&survey, "data-web-99"));
}

#[test]
fn case_32_a_set_that_is_being_re_created_keeps_its_claims_and_no_flag_helps() {
    let mut survey = one(a_left_claim("data-db-0", "db"));
    survey.ownerless.insert(("prod".to_owned(), "db".to_owned()));
    assert_eq!(holds(&survey, "data-db-0"), ["mid-recreate"]);
    assert!(!could_go(&survey, "data-db-0"));
    let mut other = one(a_left_claim("data-db-0", "db"));
    other.ownerless.insert(("test".to_owned(), "db".to_owned()));
    assert!(could_go(&other, "data-db-0"));
}

#[test]
fn case_33_a_release_that_is_there_will_bring_its_set_back() {
    let claim = a_left_claim("data-db-0", "db").labelled(&[("app.kubernetes.io/instance", "shop")]);
    let mut survey = one(claim);
    assert!(holds(&survey, "data-db-0").is_empty());
    survey.deployments.push(Deployment {
        kind: "Helm release".to_owned(),
        namespace: Some("prod".to_owned()),
        name: "shop".to_owned(),
    });
    assert_eq!(holds(&survey, "data-db-0"), ["gitops"]);
    assert!(could_go(&survey, "data-db-0"), "--include-gitops");
}

#[test]
fn case_34_work_in_flight_keeps_a_claim_and_a_finished_snapshot_does_not() {
    let snapshot = |ready| SnapshotFacts {
        namespace: "prod".to_owned(),
        name: "nightly".to_owned(),
        claim: "data-web-4".to_owned(),
        ready,
    };
    let mut survey = scaled_down();
    survey.snapshots.push(snapshot(false));
    assert_eq!(vetoes(&survey, "data-web-4"), ["V8"]);
    assert_eq!(class(&survey, "data-web-4"), Class::Busy);
    survey.snapshots = vec![snapshot(true)];
    assert_eq!(of(&survey, "data-web-4").snapshots, ["nightly"]);
    assert!(goes(&survey, "data-web-4", &Terms::default()));
    let mut claim = a_left_claim("data-web-4", "web");
    claim.finalizers.push("snapshot.storage.kubernetes.io/pvc-as-source-protection".to_owned());
    assert_eq!(vetoes(&one(claim), "data-web-4"), ["V8"]);
    let resizing = VolumeWork {
        conditions: vec![("FileSystemResizePending".to_owned(), String::new())],
        ..VolumeWork::default()
    };
    let claim =
        Claim { volume_work: Some(Box::new(resizing)), ..a_left_claim("data-web-4", "web") };
    assert_eq!(vetoes(&one(claim), "data-web-4"), ["V8"]);
}

#[test]
fn case_35_the_source_of_a_clone_is_busy_until_the_clone_is_bound() {
    let clone = |phase| Claim {
        phase,
        volume: None,
        source: Some(Box::new(ClaimSource {
            kind: "PersistentVolumeClaim".to_owned(),
            namespace: None,
            name: "data-web-4".to_owned(),
        })),
        ..a_left_claim("copy", "x")
    };
    let claims = |phase| [a_left_claim("data-web-4", "web"), clone(phase)];
    let survey = a_survey(&[a_claimant("web", 3)], &claims(ClaimPhase::Pending));
    assert_eq!(vetoes(&survey, "data-web-4"), ["V8"]);
    let survey = a_survey(&[a_claimant("web", 3)], &claims(ClaimPhase::Bound));
    assert!(goes(&survey, "data-web-4", &Terms::default()));
}

#[test]
fn case_37_a_claim_that_never_got_a_volume_has_no_data_and_is_still_age_gated() {
    let waiting = Claim {
        phase: ClaimPhase::Pending,
        volume: None,
        ..a_left_claim("data-web-4", "web").unused_for(None)
    };
    let survey = one(waiting);
    assert_eq!(class(&survey, "data-web-4"), Class::Unbound);
    assert!(!goes(&survey, "data-web-4", &Terms::default()));
    let terms = Terms {
        classes: [Class::Unbound].into(),
        confidence: Confidence::Medium,
        ..Terms::default()
    };
    assert!(goes(&survey, "data-web-4", &terms));
    assert!(!goes(&survey, "data-web-4", &Terms { idle: days(70), ..terms }));
}

#[test]
fn case_38_what_is_going_is_not_told_to_go_again() {
    let survey =
        one(a_left_claim("data-web-4", "web").going()).used_by("data-web-4", "old", "Succeeded");
    assert_eq!(class(&survey, "data-web-4"), Class::Terminating);
    assert_eq!(vetoes(&survey, "data-web-4"), ["V1", "V10"]);
    let mut survey = one(a_left_claim("data-web-4", "web"));
    survey.going.insert("prod".to_owned());
    assert!(!could_go(&survey, "data-web-4"));
}

#[test]
fn cases_39_and_40_what_could_not_be_read_is_unknown_and_never_deleted() {
    let survey = scaled_down().missing("pods", Need::Required);
    for verdict in judge(&survey) {
        assert_eq!(verdict.class, Class::Unknown);
        assert_eq!(verdict.vetoes.len(), 1);
        assert_eq!(verdict.vetoes[0].words(), "pods could not be read: forbidden");
    }
}

#[test]
fn volumes_that_are_attached_with_no_pod_anywhere_make_the_reading_void() {
    let mut survey = one(a_left_claim("data-web-4", "web"));
    survey.attached.insert("pv-data-web-4".to_owned());
    assert_eq!(vetoes(&survey, "data-web-4"), ["V9"]);
    survey.peopled.clear();
    assert_eq!(class(&survey, "data-web-4"), Class::Unknown);
}

#[test]
fn case_45_a_volume_that_is_bound_to_another_claim_is_not_this_one_s() {
    let mut survey = one(a_left_claim("data-web-4", "web"));
    survey.volumes.get_mut("pv-data-web-4").unwrap().claim_uid = Some("other".to_owned());
    assert_eq!(vetoes(&survey, "data-web-4"), ["unbacked"]);
    assert!(!could_go(&survey, "data-web-4"));
}

#[test]
fn case_49_the_same_name_in_two_namespaces_is_two_claims() {
    let here = a_left_claim("data-web-3", "web");
    let there = here.clone().in_namespace("test");
    let survey =
        a_survey(&[a_claimant("web", 3)], &[here, there]).used_by("data-web-3", "x", "Running");
    let classes: Vec<(&str, Class)> = judge(&survey)
        .iter()
        .map(|verdict| (verdict.claim.namespace.as_str(), verdict.class))
        .collect();
    assert_eq!(classes, [("prod", Class::InUse), ("test", Class::SetDeleted)]);
}

#[test]
fn case_51_a_landslide_is_refused() {
    let claims: Vec<Claim> =
        (0..12).map(|n| a_left_claim(&format!("data-web-{n}"), "web")).collect();
    let survey = a_survey(&[a_claimant("web", 3)], &claims);
    let verdicts = judge(&survey);
    let selection =
        select(&verdicts, &census(&survey.claims), &Terms::default(), Limits::default(), now());
    assert_eq!(selection.chosen.len(), 9);
    assert_eq!(selection.chosen[0].claim.name, "data-web-11", "highest first");
    let [Exceeded::Percent { claims: 9, of: 12, .. }] = selection.exceeded[..] else {
        panic!("{:?}", selection.exceeded)
    };
    assert!(selection.exceeded[0].words().contains("--max-percent 75"));
    let limits = Limits { most: 8, percent: 100, keep_last: 0 };
    let selection = select(&verdicts, &census(&survey.claims), &Terms::default(), limits, now());
    assert_eq!(selection.exceeded, [Exceeded::Most { claims: 9, most: 8 }]);
    let limits = Limits { most: 8, percent: 100, keep_last: 2 };
    let selection = select(&verdicts, &census(&survey.claims), &Terms::default(), limits, now());
    let kept: Vec<&str> =
        selection.kept.iter().map(|verdict| verdict.claim.name.as_str()).collect();
    assert_eq!(kept, ["data-web-4", "data-web-3"], "those a scale-up reaches first");
    assert!(selection.exceeded.is_empty());
}

#[test]
fn case_52_what_a_race_left_of_a_set_that_deletes_its_claims_is_left_behind() {
    let mut set = a_claimant("web", 3);
    set.retention.when_scaled = crate::model::set::Fate::Delete;
    let survey = a_survey(&[set], &[a_left_claim("data-web-4", "web")]);
    assert!(goes(&survey, "data-web-4", &Terms::default()));
}

#[test]
fn case_53_what_others_could_use_needs_a_word_more() {
    let mut survey = one(a_left_claim("data-web-4", "web"));
    survey.volumes.get_mut("pv-data-web-4").unwrap().provisioned = false;
    assert_eq!(holds(&survey, "data-web-4"), ["static"]);
    let modes = AccessModes { write_many: true, ..AccessModes::default() };
    let shared = Claim { access_modes: modes, ..a_left_claim("data-web-4", "web") };
    assert_eq!(holds(&one(shared), "data-web-4"), ["static"]);
}

#[test]
fn a_set_uses_a_claim_that_belongs_to_another_pod() {
    let mut claim = a_left_claim("data-web-0", "web");
    let mut pod = an_owner("Pod", "data-web", "pod-uid");
    pod.api_version = "v1".to_owned();
    claim.owners = vec![pod];
    let mut survey = one(claim).used_by("data-web-0", "web-0", "Running");
    survey.living.insert("pod-uid".to_owned());
    assert_eq!(class(&survey, "data-web-0"), Class::Hijacked);
}

#[test]
fn a_template_that_is_gone_leaves_claims_the_labels_tell_of() {
    let survey = one(a_left_claim("wal-web-1", "web"));
    let verdict = of(&survey, "wal-web-1");
    assert_eq!(
        (verdict.class, verdict.confidence),
        (Class::TemplateRemoved, Some(Confidence::Medium))
    );
    let parked = a_survey(&[a_claimant("web", 0)], &[a_left_claim("wal-web-1", "web")]);
    assert_eq!(class(&parked, "wal-web-1"), Class::Parked);
    assert_eq!(holds(&parked, "wal-web-1"), ["parked"]);
}

#[test]
fn labels_that_differ_make_it_unsure() {
    let survey = one(a_left_claim("data-web-4", "other"));
    let verdict = of(&survey, "data-web-4");
    assert_eq!((verdict.class, verdict.confidence), (Class::ScaledDown, Some(Confidence::Low)));
    assert_eq!(verdict.doubts, [Doubt::Labels]);
}

#[test]
fn without_a_search_of_every_kind_it_is_less_sure() {
    let mut survey = one(a_left_claim("data-web-4", "web"));
    survey.coverage.deep = DeepScan::NotAsked;
    let verdict = of(&survey, "data-web-4");
    assert_eq!(
        (verdict.confidence, verdict.doubts),
        (Some(Confidence::Medium), vec![Doubt::Shallow])
    );
}

#[test]
fn marks_of_people_and_tools_keep_a_claim() {
    for (key, value) in [
        (KEEP, ""),
        (KEEP, "until the audit"),
        ("helm.sh/resource-policy", "keep"),
        ("argocd.argoproj.io/sync-options", "Validate=false, Prune=false"),
        ("argocd.argoproj.io/sync-options", "Delete=false"),
    ] {
        let survey = one(a_left_claim("data-web-4", "web").annotated(key, value));
        assert_eq!(class(&survey, "data-web-4"), Class::Kept, "{key}={value}");
        assert_eq!(vetoes(&survey, "data-web-4"), ["V7"]);
    }
    let survey = one(a_left_claim("data-web-4", "web").annotated(KEEP, "false"));
    assert!(goes(&survey, "data-web-4", &Terms::default()));
    let kor = a_left_claim("data-web-4", "web").labelled(&[("app", "web"), ("kor/used", "true")]);
    assert_eq!(vetoes(&one(kor), "data-web-4"), ["V7"]);
}

/// A survey of a few sets and claims of `prod` and `test`, in all the states there are.
fn surveys() -> impl Strategy<Value = Survey> {
    let names = || prop::sample::select(vec!["a", "b", "a-b", "b-a", "a-1"]);
    let set = (names(), names(), 0_u32..3, 0_u32..5, 0_u8..12, any::<bool>());
    let claim =
        ((names(), names(), 0_u32..7), any::<bool>(), 0_u8..16, prop::option::of(0_i64..40));
    let sets = prop::collection::vec(set, 0..4);
    let claims = prop::collection::vec(claim, 1..8);
    (sets, claims, any::<bool>()).prop_map(|(sets, claims, deep)| {
        let sets: Vec<Claimant> = sets
            .into_iter()
            .map(|(template, name, start, replicas, state, here)| {
                let mut set = a_claimant(name, replicas).with_template(template);
                set.wanted = Wanted::range(start, replicas);
                if !here {
                    "test".clone_into(&mut set.namespace);
                }
                match state {
                    0 => set.unsettled = Some(Unsettled::Unobserved),
                    1 => set.controller = Some(an_owner("Kafka", "k", "k")),
                    2 => set = set.of_kind("Thing.example.com"),
                    3 => set.wanted = Wanted::Any,
                    _ => {}
                }
                set
            })
            .collect();
        let claims: Vec<Claim> = claims
            .into_iter()
            .map(|((template, name, ordinal), here, state, idle)| {
                let claim = a_left_claim(&format!("{template}-{name}-{ordinal}"), name);
                let claim = claim.unused_for(idle.map(days));
                let claim = if here { claim } else { claim.in_namespace("test") };
                match state {
                    0 => claim.going(),
                    1 => claim.annotated(KEEP, ""),
                    2 => claim.made_by("kubectl-create"),
                    3 => claim.made_by("helm"),
                    4 => claim.labelled(&[("cnpg.io/cluster", "x")]),
                    5 => Claim { phase: ClaimPhase::Pending, volume: None, ..claim },
                    6 => Claim { owners: vec![an_owner("StatefulSet", name, "gone")], ..claim },
                    7 => Claim { labels: Arc::new(map(&[])), ..claim },
                    8 => Claim { said_in_use: true, ..claim },
                    _ => claim,
                }
            })
            .collect();
        let mut claims = claims;
        claims.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        claims.dedup_by(|a, b| a.namespace == b.namespace && a.name == b.name);
        let mut survey = a_survey(&sets, &claims);
        if !deep {
            survey.coverage.deep = DeepScan::NotAsked;
        }
        survey
    })
}

/// The claims that would go with every flag there is, by namespace and name.
fn going(survey: &Survey) -> std::collections::BTreeSet<(String, String)> {
    judge(survey)
        .iter()
        .filter(|verdict| objections(verdict, &everything(), now()).is_empty())
        .map(|verdict| (verdict.claim.namespace.clone(), verdict.claim.name.clone()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn one_more_user_never_lets_a_claim_go(survey in surveys(), at in any::<prop::sample::Index>(), how in 0_u8..5) {
        let before = going(&survey);
        let claim = at.get(&survey.claims).clone();
        let mut more = survey;
        match how {
            0 | 1 => {
                let mention = if how == 0 {
                    Mention::Pod { phase: "Failed".to_owned(), scheduled: false, going: true, ephemeral: false }
                } else {
                    Mention::Template
                };
                let by = "x/y".to_owned();
                more.references.add(&claim.namespace, &claim.name, || Reference { by, how: mention });
            }
            2 => {
                let path = "spec.x".to_owned();
                let by = "x/y".to_owned();
                more.references.add(&claim.namespace, &claim.name, || Reference { by, how: Mention::Text { path } });
            }
            3 => {
                more.living.insert("alive".to_owned());
                let owned = more.claims.iter_mut().find(|c| c.uid == claim.uid && c.namespace == claim.namespace);
                owned.unwrap().owners.push(an_owner("Thing", "t", "alive"));
            }
            _ => more.claimants.push({
                let mut set = a_claimant("b", 9).with_template("a").wanting(Wanted::Any);
                set.namespace.clone_from(&claim.namespace);
                set.uid = "new".to_owned();
                set
            }),
        }
        let after = going(&more);
        prop_assert!(after.is_subset(&before), "{after:?} {before:?}");
        if how < 4 {
            prop_assert!(!after.contains(&(claim.namespace, claim.name)));
        }
    }

    #[test]
    fn what_is_not_read_never_lets_a_claim_go(survey in surveys(), required in any::<bool>()) {
        let before = going(&survey);
        let need = if required { Need::Required } else { Need::Optional };
        let confident = |survey: &Survey| -> Vec<Option<Confidence>> {
            judge(survey).iter().map(|verdict| verdict.confidence).collect()
        };
        let sure = confident(&survey);
        let less = survey.missing("something", need);
        let after = going(&less);
        prop_assert!(after.is_subset(&before));
        prop_assert!(!required || after.is_empty());
        for (before, after) in sure.into_iter().zip(confident(&less)) {
            prop_assert!(after <= before);
        }
    }

    #[test]
    fn more_replicas_never_let_a_claim_go(survey in surveys(), at in any::<prop::sample::Index>(), more in 1_u32..4) {
        if survey.claimants.is_empty() {
            return Ok(());
        }
        let before = going(&survey);
        let mut grown = survey;
        let at = at.index(grown.claimants.len());
        if let Wanted::Range { range, .. } = &mut grown.claimants[at].wanted {
            range.replicas += more;
        }
        let after = going(&grown);
        prop_assert!(after.is_subset(&before), "{after:?} {before:?}");
    }

    #[test]
    fn a_namespace_says_nothing_of_another(survey in surveys(), how in 0_u8..3) {
        let of_test = |survey: &Survey| -> Vec<String> {
            judge(survey).iter().filter(|v| v.claim.namespace == "test").map(|v| format!("{:?} {:?} {:?}", v.class, v.vetoes, v.holds)).collect()
        };
        let before = of_test(&survey);
        let mut changed = survey;
        match how {
            0 => changed.claims.retain(|claim| claim.namespace == "test"),
            1 => changed.claimants.retain(|set| set.namespace == "test"),
            _ => {
                let names: Vec<String> = changed.claims.iter().map(|claim| claim.name.clone()).collect();
                for name in names {
                    changed.references.add("prod", &name, || Reference { by: "pod/x".to_owned(), how: Mention::Template });
                }
            }
        }
        prop_assert_eq!(before, of_test(&changed));
    }

    #[test]
    fn a_claim_in_range_or_in_use_never_goes(survey in surveys()) {
        for verdict in judge(&survey) {
            let wanted = verdict.owners.iter().any(|owner| owner.place == crate::model::survey::claimant::Place::Wanted);
            if wanted {
                prop_assert!(!objections(&verdict, &everything(), now()).is_empty());
            }
        }
    }
}

#[test]
fn every_class_and_every_flag_is_explained() {
    let text = include_str!("../../../docs/claims.md");
    for class in Class::ALL {
        assert!(text.contains(&format!("`{class}`")), "{class}");
    }
    for flag in HoldKind::ALL.into_iter().filter_map(HoldKind::flag) {
        assert!(text.contains(&format!("| `{flag}` |")), "{flag}");
    }
}
