//! A plan as a document.

use jiff::Timestamp;
use serde::Serialize;

use crate::model::feature::MaxUnavailable;
use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::plan::outlook::{Outlook, Target};
use crate::plan::simulate::forecast::{Act, Before, Cause, Deed, End, Forecast, Lacks, Wait};
use crate::plan::staged::stages;
use crate::render::document::{Cluster, Document, Kind};
use crate::render::plan::{Shown, Then, then};

/// Whether the rollout may begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may.
    pub allowed: bool,
    /// Why not, in words.
    pub refusals: Vec<String>,
    /// Rights that are missing, in words.
    pub missing_rights: Vec<String>,
}

/// The body of a `RolloutPlan` document.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RolloutPlan {
    namespace: String,
    set: String,
    change: String,
    allowed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refusals: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_rights: Vec<String>,
    replicas: u32,
    /// Absent where the server was not asked what it makes of the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<TemplatePlan>,
    steps: Vec<StepPlan>,
    pods: Vec<PodPlan>,
    gates: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_unavailable: Option<Feature>,
    /// What the controller alone would do: one outlook, or one for each state of the feature where
    /// that is not known and matters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    applied_plainly: Vec<Plainly>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "is", rename_all = "camelCase")]
enum TemplatePlan {
    Same { revision: String },
    Remembered { revision: String, number: i64 },
    New,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StepPlan {
    step: usize,
    updated: u32,
    then: Then,
}

/// A pod of a staged rollout, in the order in which they are updated.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PodPlan {
    ordinal: u32,
    name: String,
    step: usize,
    /// The revision it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// The revision it ends on; absent while that is not made yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// Whether it is replaced.
    moves: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Feature {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Plainly {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_unavailable: Option<&'static str>,
    if_ready: Course,
    if_never_ready: Course,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Course {
    acts: Vec<ActPlan>,
    most_down: u32,
    running: usize,
    end: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for: Option<WaitsFor>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ActPlan {
    act: &'static str,
    pod: String,
    /// Of a created pod; absent while the revision is not made yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WaitsFor {
    pod: String,
    to_be: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'static str>,
}

/// The plan as a document.
pub fn document(
    shown: &Shown<'_>,
    outlook: Option<&Outlook>,
    verdict: Verdict,
    now: Timestamp,
    cluster: Cluster,
) -> Document<RolloutPlan> {
    let set = &shown.snapshot.set;
    let all = set.wanted.replicas;
    let target = outlook.and_then(|outlook| outlook.target.revision());
    let body = RolloutPlan {
        namespace: set.namespace.clone(),
        set: set.name.clone(),
        change: shown.change.clone(),
        allowed: verdict.allowed,
        refusals: verdict.refusals,
        missing_rights: verdict.missing_rights,
        replicas: all,
        template: outlook.map(|outlook| template(&outlook.target)),
        steps: stages(set, shown.steps, shown.order)
            .iter()
            .map(|stage| StepPlan {
                step: stage.number,
                updated: stage.updated,
                then: then(stage.updated, all, shown.options.approve),
            })
            .collect(),
        pods: pods(shown, target),
        gates: shown.gates.iter().map(ToString::to_string).collect(),
        max_unavailable: outlook.map(|outlook| feature(&outlook.max_unavailable)),
        applied_plainly: outlook.map_or_else(Vec::new, |outlook| plainly(set, outlook)),
    };
    Document::new(Kind::RolloutPlan, now, Some(cluster), body)
}

fn template(target: &Target) -> TemplatePlan {
    match target.clone() {
        Target::Same { revision } => TemplatePlan::Same { revision },
        Target::Remembered { revision, number } => TemplatePlan::Remembered { revision, number },
        Target::New => TemplatePlan::New,
    }
}

fn pods(shown: &Shown<'_>, target: Option<&str>) -> Vec<PodPlan> {
    let set = &shown.snapshot.set;
    let mut pods = Vec::new();
    for stage in stages(set, shown.steps, shown.order) {
        pods.extend(stage.pods.iter().map(|pod| {
            let from = shown.snapshot.pod(*pod).and_then(|pod| pod.revision.clone());
            PodPlan {
                ordinal: pod.0,
                name: set.pod_name(*pod),
                step: stage.number,
                to: target.map(str::to_owned),
                moves: target.is_none() || from.as_deref() != target,
                from,
            }
        }));
    }
    pods
}

fn state(feature: MaxUnavailable) -> &'static str {
    match feature {
        MaxUnavailable::Counts => "counts",
        MaxUnavailable::Dropped => "dropped",
    }
}

fn feature(known: &Known<MaxUnavailable>) -> Feature {
    match known {
        Known::Read(feature) => Feature { state: state(*feature), reason: None },
        Known::Unknown(why) => Feature { state: "unknown", reason: Some(why.clone()) },
    }
}

fn plainly(set: &Set, outlook: &Outlook) -> Vec<Plainly> {
    let one = |alone: &crate::plan::outlook::Alone| Plainly {
        max_unavailable: alone.where_it.map(state),
        if_ready: course(set, &alone.well),
        if_never_ready: course(set, &alone.broken),
    };
    outlook.alone.iter().map(one).collect()
}

fn course(set: &Set, forecast: &Forecast) -> Course {
    let (end, waits_for) = match &forecast.end {
        End::Settled => ("settled", None),
        End::Stuck(wait) => ("stuck", Some(waits_for(set, *wait))),
        End::Endless => ("endless", None),
        End::Unknown(_) => ("unknown", None),
    };
    Course {
        acts: forecast.acts.iter().map(|one| act(set, one)).collect(),
        most_down: forecast.most_down,
        running: forecast.running(),
        end,
        waits_for,
    }
}

fn act(set: &Set, act: &Act) -> ActPlan {
    let pod = set.pod_name(act.pod);
    match &act.deed {
        Deed::Create { revision } => {
            let revision = (!Forecast::is_new(revision)).then(|| revision.clone());
            ActPlan { act: "create", pod, revision, because: None }
        }
        Deed::Delete(cause) => {
            let because = Some(match cause {
                Cause::Ended => "ended",
                Cause::ScaledDown => "scaledDown",
                Cause::Updated => "updated",
            });
            ActPlan { act: "delete", pod, revision: None, because }
        }
    }
}

fn waits_for(set: &Set, wait: Wait) -> WaitsFor {
    WaitsFor {
        pod: set.pod_name(wait.pod),
        to_be: match wait.lacks {
            Lacks::Gone => "gone",
            Lacks::Ready => "ready",
            Lacks::Available => "available",
        },
        before: match wait.before {
            Before::Next => Some("goingOn"),
            Before::ScaleDown => Some("scalingDown"),
            Before::Update => Some("updating"),
            Before::Nothing => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::order::Order;
    use crate::model::set::{Rolling, Strategy};
    use crate::plan::options::Options;
    use crate::plan::outlook::outlook;
    use crate::plan::preflight::{Source, original};
    use crate::render::document::Encoding;
    use crate::testing::{a_set, a_snapshot, a_template, at};

    #[test]
    fn a_plan_says_all_that_people_are_told() {
        let rolling = Some(Rolling { partition: 0, max_unavailable: Some("2".to_owned()) });
        let set = a_set("db").replicas(2).with_strategy(Strategy::RollingUpdate(rolling));
        let snapshot = a_snapshot(&set);
        let (steps, options) = ("1,100%".parse().unwrap(), Options::default());
        let shown = Shown {
            snapshot: &snapshot,
            before: (&set.template, "db-old"),
            template: None,
            change: "image app=v2".to_owned(),
            steps: &steps,
            options: &options,
            order: &Order::Desc,
            gates: &["exec:true".parse().unwrap()],
        };
        let after = a_template("v2");
        let unknown = Known::Unknown("forbidden".to_owned());
        let found = outlook(&snapshot, Source::Change, &after, &original(&set).unwrap(), unknown);
        let verdict =
            Verdict { allowed: false, refusals: vec!["no".to_owned()], missing_rights: Vec::new() };
        let cluster = Cluster { server: "https://here".to_owned(), version: None };
        let document = document(&shown, Some(&found), verdict, at(0), cluster);
        insta::assert_snapshot!(document.encode(Encoding::Yaml).unwrap(), @r#"
        apiVersion: kubectl-sts.io/v1
        kind: RolloutPlan
        generatedAt: "2023-11-14T22:13:20Z"
        cluster:
          server: https://here
        namespace: prod
        set: db
        change: image app=v2
        allowed: false
        refusals:
        - "no"
        replicas: 2
        template:
          is: new
        steps:
        - step: 1
          updated: 1
          then: stop
        - step: 2
          updated: 2
          then: end
        pods:
        - ordinal: 1
          name: db-1
          step: 1
          from: db-old
          moves: true
        - ordinal: 0
          name: db-0
          step: 2
          from: db-old
          moves: true
        gates:
        - exec:true
        maxUnavailable:
          state: unknown
          reason: forbidden
        appliedPlainly:
        - maxUnavailable: counts
          ifReady:
            acts:
            - act: delete
              pod: db-1
              because: updated
            - act: delete
              pod: db-0
              because: updated
            - act: create
              pod: db-0
            - act: create
              pod: db-1
            mostDown: 2
            running: 2
            end: settled
          ifNeverReady:
            acts:
            - act: delete
              pod: db-1
              because: updated
            - act: delete
              pod: db-0
              because: updated
            - act: create
              pod: db-0
            mostDown: 2
            running: 0
            end: stuck
            waitsFor:
              pod: db-0
              toBe: ready
              before: goingOn
        - maxUnavailable: dropped
          ifReady:
            acts:
            - act: delete
              pod: db-1
              because: updated
            - act: create
              pod: db-1
            - act: delete
              pod: db-0
              because: updated
            - act: create
              pod: db-0
            mostDown: 1
            running: 2
            end: settled
          ifNeverReady:
            acts:
            - act: delete
              pod: db-1
              because: updated
            - act: create
              pod: db-1
            mostDown: 1
            running: 1
            end: stuck
            waitsFor:
              pod: db-1
              toBe: ready
              before: goingOn
        "#);
    }
}
