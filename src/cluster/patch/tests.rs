//! The exact bodies: what is in them is written, what is not stays.

use super::*;
use crate::model::run::Run;
use crate::model::set::{HOLD, Rolling, Set};
use crate::testing::{a_run, a_set, at};

fn set() -> Set {
    Set { uid: "uid-1".to_owned(), resource_version: "42".to_owned(), ..a_set("db") }
}

fn patch() -> SetPatch {
    SetPatch::of(&set())
}

fn precondition() -> Value {
    json!({ "uid": "uid-1", "resourceVersion": "42" })
}

fn restoring(original: OriginalStrategy) -> Value {
    let strategy = StrategyChange::Restore(original);
    body(&SetPatch { strategy, ..patch() }).unwrap()["spec"].clone()
}

#[test]
fn a_patch_that_changes_nothing_names_what_it_saw() {
    assert_eq!(body(&patch()).unwrap(), json!({ "metadata": precondition() }));
}

#[test]
fn hold_template_and_record_go_in_one_request() {
    let run = Run { holder: None, ..a_run(&set()) };
    let all = SetPatch {
        template: TemplateChange::Merge(r#"{"spec":{"containers":[{"name":"app"}]}}"#.to_owned()),
        strategy: StrategyChange::Partition(HOLD),
        run: RunChange::Write(run.clone()),
        ..patch()
    };
    assert_eq!(
        body(&all).unwrap(),
        json!({
            "metadata": {
                "uid": "uid-1",
                "resourceVersion": "42",
                "annotations": { "kubectl-sts.io/rollout": print(&run) },
            },
            "spec": {
                "template": { "spec": { "containers": [{ "name": "app" }] } },
                "updateStrategy": {
                    "type": "RollingUpdate",
                    "rollingUpdate": { "partition": 32767 },
                },
            },
        })
    );
}

#[test]
fn a_sign_of_life_touches_the_record_alone() {
    let run =
        RunChange::Write(Run { holder: Some(crate::testing::a_holder(at(0))), ..a_run(&set()) });
    let beat = body(&SetPatch { run, ..patch() }).unwrap();
    assert!(beat.get("spec").is_none());
    let text = beat["metadata"]["annotations"]["kubectl-sts.io/rollout"].as_str().unwrap();
    assert!(text.contains(r#""beat":"2023-11-14T22:13:20Z""#), "{text}");
}

#[test]
fn a_whole_template_replaces_and_is_not_merged() {
    let template = TemplateChange::Replace(r#"{"spec":{"containers":[]}}"#.to_owned());
    assert_eq!(
        body(&SetPatch { template, ..patch() }).unwrap()["spec"],
        json!({ "template": { "$patch": "replace", "spec": { "containers": [] } } })
    );
}

#[test]
fn the_record_is_removed_by_null() {
    let removed = body(&SetPatch { run: RunChange::Remove, ..patch() }).unwrap();
    let annotations = json!({ "kubectl-sts.io/rollout": null });
    assert_eq!(removed["metadata"]["annotations"], annotations);
}

#[test]
fn strategies_come_back_as_they_were() {
    let rolling = Rolling { partition: 2, max_unavailable: Some("25%".to_owned()) };
    assert_eq!(
        restoring(OriginalStrategy::RollingUpdate(Some(rolling))),
        json!({ "updateStrategy": {
            "type": "RollingUpdate", "rollingUpdate": { "partition": 2 },
        } }),
        "maxUnavailable was never touched"
    );
    assert_eq!(
        restoring(OriginalStrategy::RollingUpdate(None)),
        json!({ "updateStrategy": { "type": "RollingUpdate", "rollingUpdate": null } })
    );
    assert_eq!(
        restoring(OriginalStrategy::OnDelete),
        json!({ "updateStrategy": { "type": "OnDelete", "rollingUpdate": null } })
    );
}

#[test]
fn what_on_delete_takes_away_is_written_again() {
    let written = |strategy| body(&SetPatch { strategy, ..patch() }).unwrap()["spec"].clone();
    assert_eq!(
        written(StrategyChange::OnDelete),
        json!({ "updateStrategy": { "type": "OnDelete", "rollingUpdate": null } })
    );
    let by_deletion = |most: Option<&str>| {
        let rolling = Rolling { partition: 1, max_unavailable: most.map(str::to_owned) };
        let run = Run {
            order: "asc".parse().unwrap(),
            original: OriginalStrategy::RollingUpdate(Some(rolling)),
            ..a_run(&set())
        };
        written(StrategyChange::back(&run))["updateStrategy"]["rollingUpdate"].clone()
    };
    assert_eq!(by_deletion(Some("25%")), json!({ "partition": 1, "maxUnavailable": "25%" }));
    assert_eq!(by_deletion(Some("2")), json!({ "partition": 1, "maxUnavailable": 2 }));
    assert_eq!(by_deletion(None), json!({ "partition": 1 }));
}

#[test]
fn a_template_that_is_none_is_not_sent() {
    for text in ["", "[]", "null", "{"] {
        let template = TemplateChange::Replace(text.to_owned());
        assert!(body(&SetPatch { template, ..patch() }).is_err(), "{text:?}");
    }
}

proptest::proptest! {
    #[test]
    fn every_patch_names_uid_and_version(uid in "\\PC{0,12}", version in "\\PC{0,12}") {
        let named = SetPatch { uid: uid.clone(), resource_version: version.clone(), ..patch() };
        let body = body(&named).unwrap();
        proptest::prop_assert_eq!(body["metadata"]["uid"].as_str(), Some(uid.as_str()));
        let found = body["metadata"]["resourceVersion"].as_str();
        proptest::prop_assert_eq!(found, Some(version.as_str()));
    }
}

#[test]
fn replicas_and_partition_go_in_one_request() {
    let strategy = StrategyChange::Partition(HOLD);
    let both = SetPatch { strategy, replicas: Some(2), ..patch() };
    let spec = &body(&both).unwrap()["spec"];
    assert_eq!(spec["replicas"], 2);
    assert_eq!(spec["updateStrategy"]["rollingUpdate"]["partition"], HOLD);
}
