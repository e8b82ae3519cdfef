use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::*;
use crate::model::claim::Claim;
use crate::model::snapshot::Known;
use crate::model::storage_class::StorageClass;
use crate::plan::resize::{Reach, Surroundings, Unknown, outlook};
use crate::progress::resize::Restarts;
use crate::testing::{a_claim, a_set};

fn told(claims: Vec<Claim>, size: &str) -> String {
    let set = a_set("db").claiming("data");
    let class =
        StorageClass { name: "standard".to_owned(), provisioner: "x".to_owned(), expands: true };
    let around = Surroundings {
        claims: Known::Read(claims),
        classes: BTreeMap::from([("standard".to_owned(), Known::Read(Some(class)))]),
        quotas: Known::Read(Vec::new()),
        attributes: Known::Read(None),
    };
    let wish = Wish {
        template: "data".to_owned(),
        goal: Goal::Size(size.parse().unwrap()),
        reach: Reach::Range,
        unknown: Unknown::Refuse,
    };
    let seen = outlook(&set, &around, &wish);
    let pace = Pace {
        canary: 1,
        at_once: 1,
        timeout: SignedDuration::from_mins(5),
        restarts: Restarts::Never,
    };
    let template = seen.refusals.is_empty().then_some("1Gi → 2Gi");
    let shown = Shown { set: &set, outlook: &seen, wish: &wish, pace, template };
    let mut text = shown.text().to_string();
    for why in &seen.refusals {
        let (words, hints) =
            refusal(why, "db", &|words| format!("kubectl sts {}", words.join(" ")));
        text = format!("{text}\nerror: {words}\nhint: {}", hints.join("\nhint: "));
    }
    text
}

fn a(ordinal: u32, asks: &str, has: &str) -> Claim {
    Claim {
        requested: Some(asks.to_owned()),
        capacity: Some(has.to_owned()),
        ..a_claim(&a_set("db").claiming("data"), ordinal)
    }
}

#[test]
fn a_plan_says_what_each_claim_is_asked_for_and_that_there_is_no_way_back() {
    let claims =
        vec![a(0, "1Gi", "1Gi"), a(1, "4Gi", "1Gi"), a(2, "2Gi", "2Gi"), a(9, "1Gi", "1Gi")];
    insta::assert_snapshot!(told(claims, "2Gi"), @r"
        statefulset.apps/db: claims of data to 2Gi, the first alone, then the others one at a time
        CLAIM           ASKS FOR   HAS   CLASS      WHAT HAPPENS
        pvc/data-db-2   2Gi        2Gi   standard   has it
        pvc/data-db-1   4Gi        1Gi   standard   asked for 2Gi instead of 4Gi, which it has not got
        pvc/data-db-0   1Gi        1Gi   standard   asked for 2Gi
        claim template data: 1Gi → 2Gi, by creating the set again around its pods
        note: a claim never shrinks: once it was asked for more, it cannot be taken back to the number it had
        note: the claims have different sizes: 1Gi, 2Gi
        note: left behind by a scale-down and left alone: data-db-9 (--include-left-behind)
        ");
}

#[test]
fn a_refusal_stands_under_the_claims_it_is_about() {
    insta::assert_snapshot!(told(vec![a(0, "1Gi", "1Gi"), a(1, "3Gi", "3Gi")], "2Gi"), @r"
        statefulset.apps/db: claims of data to 2Gi
        CLAIM           ASKS FOR   HAS   CLASS      WHAT HAPPENS
        pvc/data-db-1   3Gi        3Gi   standard   cannot be changed
        pvc/data-db-0   1Gi        1Gi   standard   stays as it is
        error: pvc/data-db-1 has 3Gi: a claim never shrinks to 2Gi
        hint: ask for 3Gi or more
        ");
}
