//! The annotation a staged rollout keeps on its set, as text and back.
//!
//! The text is versioned and complete: a field this version does not know makes it unreadable,
//! since writing it back without that field would lose what a newer version remembered.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use crate::model::group::Course;
use crate::model::group::Membership;
use crate::model::group::Wave;
use crate::model::order::Order;
use crate::model::run::Holder;
use crate::model::run::OriginalStrategy;
use crate::model::run::RecordedRun;
use crate::model::run::Run;
use crate::model::run::RunPhase;
use crate::model::set::Rolling;
use crate::model::text::clean;

/// The version this program writes and reads.
const VERSION: u64 = 1;

#[derive(Deserialize)]
struct Versioned {
    v: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[expect(dead_code, reason = "checked before; named here because unknown fields are errors")]
    v: u64,
    id: String,
    phase: Phase,
    target: String,
    base: String,
    original: Original,
    /// Absent where pods are released over the partition.
    order: Option<String>,
    partition: u32,
    replicas: u32,
    start: u32,
    steps: String,
    approved: u32,
    passed: u32,
    template: String,
    gates: String,
    group: Option<WrittenGroup>,
    holder: Option<WrittenHolder>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Phase {
    Parked,
    Staging,
    Failed,
    Aborting,
    Parking,
}

/// As in `spec.updateStrategy`, so that a person can restore it by hand.
#[derive(Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
enum Original {
    RollingUpdate {
        #[serde(rename = "rollingUpdate")]
        rolling: Option<WrittenRolling>,
    },
    OnDelete {},
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenRolling {
    partition: u32,
    max_unavailable: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGroup {
    id: String,
    selector: String,
    waves: Vec<WrittenWave>,
    budget: u32,
    approved: u32,
    course: WrittenCourse,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWave {
    name: String,
    sets: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenCourse {
    Forward,
    Closing,
    Back,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenHolder {
    name: String,
    token: String,
    beat: Timestamp,
}

/// Reads the annotation.
pub fn read(text: &str) -> RecordedRun {
    match serde_json::from_str(text) {
        Ok(Versioned { v: VERSION }) => {}
        Ok(Versioned { v }) => {
            return RecordedRun::Unreadable(format!(
                "written in format {v}, and this version reads format {VERSION}"
            ));
        }
        Err(error) => return RecordedRun::Unreadable(clean(&error.to_string())),
    }
    match serde_json::from_str(text).map_err(|error| error.to_string()).and_then(run) {
        Ok(run) => RecordedRun::Read(run),
        Err(problem) => RecordedRun::Unreadable(clean(&problem)),
    }
}

fn run(written: Written) -> Result<Run, String> {
    Ok(Run {
        id: clean(&written.id),
        phase: match written.phase {
            Phase::Parked => RunPhase::Parked,
            Phase::Staging => RunPhase::Staging,
            Phase::Failed => RunPhase::Failed,
            Phase::Aborting => RunPhase::Aborting,
            Phase::Parking => RunPhase::Parking,
        },
        target: clean(&written.target),
        base: clean(&written.base),
        original: match written.original {
            Original::OnDelete {} => OriginalStrategy::OnDelete,
            Original::RollingUpdate { rolling } => {
                OriginalStrategy::RollingUpdate(rolling.map(|rolling| Rolling {
                    partition: rolling.partition,
                    max_unavailable: rolling.max_unavailable.as_deref().map(clean),
                }))
            }
        },
        order: match written.order {
            Some(text) => text.parse().map_err(|error| format!("order: {error}"))?,
            None => Order::Desc,
        },
        partition: written.partition,
        replicas: written.replicas,
        start: written.start,
        steps: written.steps.parse().map_err(|error| format!("steps: {error}"))?,
        approved: written.approved,
        passed: written.passed,
        template: clean(&written.template),
        gates: clean(&written.gates),
        group: written.group.map(group),
        holder: written.holder.map(|holder| Holder {
            name: clean(&holder.name),
            token: clean(&holder.token),
            beat: holder.beat,
        }),
    })
}

fn group(written: WrittenGroup) -> Membership {
    let wave = |wave: WrittenWave| Wave {
        name: clean(&wave.name),
        sets: wave.sets.iter().map(|set| clean(set)).collect(),
    };
    Membership {
        id: clean(&written.id),
        selector: clean(&written.selector),
        waves: written.waves.into_iter().map(wave).collect(),
        budget: written.budget,
        approved: written.approved,
        course: match written.course {
            WrittenCourse::Forward => Course::Forward,
            WrittenCourse::Closing => Course::Closing,
            WrittenCourse::Back => Course::Back,
        },
    }
}

/// The annotation's text. Times lose their fraction of a second.
pub fn print(run: &Run) -> String {
    let phase = match run.phase {
        RunPhase::Parked => "parked",
        RunPhase::Staging => "staging",
        RunPhase::Failed => "failed",
        RunPhase::Aborting => "aborting",
        RunPhase::Parking => "parking",
    };
    let mut written = json!({
        "v": VERSION,
        "id": run.id,
        "phase": phase,
        "target": run.target,
        "base": run.base,
        "original": original(&run.original),
        "partition": run.partition,
        "replicas": run.replicas,
        "start": run.start,
        "steps": run.steps.to_string(),
        "approved": run.approved,
        "passed": run.passed,
        "template": run.template,
        "gates": run.gates,
    });
    if run.by_deletion() {
        written["order"] = json!(run.order.to_string());
    }
    if let Some(group) = &run.group {
        let waves: Vec<Value> =
            group.waves.iter().map(|wave| json!({"name": wave.name, "sets": wave.sets})).collect();
        written["group"] = json!({
            "id": group.id,
            "selector": group.selector,
            "waves": waves,
            "budget": group.budget,
            "approved": group.approved,
            "course": match group.course {
                Course::Forward => "forward",
                Course::Closing => "closing",
                Course::Back => "back",
            },
        });
    }
    if let Some(Holder { name, token, beat }) = &run.holder {
        written["holder"] = json!({"name": name, "token": token, "beat": format!("{beat:.0}")});
    }
    written.to_string()
}

fn original(strategy: &OriginalStrategy) -> Value {
    match strategy {
        OriginalStrategy::OnDelete => json!({"type": "OnDelete"}),
        OriginalStrategy::RollingUpdate(None) => json!({"type": "RollingUpdate"}),
        OriginalStrategy::RollingUpdate(Some(rolling)) => {
            let mut parameters = json!({"partition": rolling.partition});
            if let Some(written) = &rolling.max_unavailable {
                parameters["maxUnavailable"] = json!(written);
            }
            json!({"type": "RollingUpdate", "rollingUpdate": parameters})
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    fn rolling() -> impl Strategy<Value = Rolling> {
        let max_unavailable = option::of("[0-9]{1,3}%?");
        (any::<u32>(), max_unavailable)
            .prop_map(|(partition, max_unavailable)| Rolling { partition, max_unavailable })
    }

    fn strategies() -> impl Strategy<Value = OriginalStrategy> {
        prop_oneof![
            Just(OriginalStrategy::OnDelete),
            option::of(rolling()).prop_map(OriginalStrategy::RollingUpdate),
        ]
    }

    fn holders() -> impl Strategy<Value = Holder> {
        ("[ -~]{0,20}", "[a-z0-9]{0,16}", -9_999_999_i64..9_999_999_999).prop_map(
            |(name, token, second)| Holder {
                name,
                token,
                beat: Timestamp::from_second(second).unwrap(),
            },
        )
    }

    fn groups() -> impl Strategy<Value = Membership> {
        let courses = prop::sample::select(vec![Course::Forward, Course::Closing, Course::Back]);
        let wave = ("[a-z0-9-]{1,10}", prop::collection::vec("[a-z0-9-]{1,10}", 1..4))
            .prop_map(|(name, sets)| Wave { name, sets });
        let waves = prop::collection::vec(wave, 1..4);
        ("[a-z0-9]{10}", "[a-z=,]{0,20}", waves, any::<[u32; 2]>(), courses).prop_map(
            |(id, selector, waves, [budget, approved], course)| Membership {
                id,
                selector,
                waves,
                budget,
                approved,
                course,
            },
        )
    }

    prop_compose! {
        fn runs()(
            id in "[a-z0-9]{8}",
            phase in prop::sample::select(vec![
                RunPhase::Parked, RunPhase::Staging, RunPhase::Failed, RunPhase::Aborting,
                RunPhase::Parking,
            ]),
            target in "[a-z0-9-]{0,63}",
            base in "[a-z0-9-]{0,63}",
            original in strategies(),
            order in prop::sample::select(vec!["desc", "asc", "leader-last", "3,1-2,0"]),
            [partition, replicas, start, approved, passed] in any::<[u32; 5]>(),
            steps in prop::sample::select(vec!["1,100%", "1,5,25%,50%", "100%", "3"]),
            template in "[0-9a-f]{16}",
            gates in "\\PC{0,16}",
            group in option::of(groups()),
            holder in option::of(holders()),
        ) -> Run {
            let (steps, gates) = (steps.parse().unwrap(), clean(&gates));
            let order = order.parse().unwrap();
            Run {
                id, phase, target, base, original, order, partition, replicas, start, steps, approved,
                passed, template, gates, group, holder,
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read(run in runs()) {
            prop_assert_eq!(read(&print(&run)), RecordedRun::Read(run));
        }

        #[test]
        fn nothing_panics(text in "\\PC*") {
            prop_assert!(matches!(read(&text), RecordedRun::Unreadable(_)));
        }
    }

    fn example() -> Run {
        Run {
            id: "k3j9x2ab".to_owned(),
            phase: RunPhase::Staging,
            target: "warehouse-primary-postgres-7f9c6d5b84".to_owned(),
            base: "warehouse-primary-postgres-5d8f7c6b99".to_owned(),
            original: OriginalStrategy::RollingUpdate(Some(Rolling {
                partition: 0,
                max_unavailable: Some("25%".to_owned()),
            })),
            order: Order::Desc,
            partition: 32767,
            replicas: 100,
            start: 0,
            steps: "1,25%,50%,100%".parse().unwrap(),
            approved: 2,
            passed: 25,
            template: "0123456789abcdef".to_owned(),
            gates: "0123456789abcdef".to_owned(),
            group: None,
            holder: Some(Holder {
                name: "first.last@workstation-17".to_owned(),
                token: "0123456789abcdef".to_owned(),
                beat: "2026-11-21T06:00:00.75Z".parse().unwrap(),
            }),
        }
    }

    #[test]
    fn the_text_is_small_and_has_no_fractions_of_seconds() {
        let text = print(&example());
        assert!(text.len() < 600, "{} bytes: {text}", text.len());
        assert!(text.contains(r#""beat":"2026-11-21T06:00:00Z""#), "{text}");
    }

    #[test]
    fn what_is_not_understood_says_why() {
        let unreadable = |text: &str| match read(text) {
            RecordedRun::Unreadable(why) => why,
            RecordedRun::Read(run) => panic!("read {run:?}"),
        };
        assert_eq!(
            unreadable(r#"{"v":2}"#),
            "written in format 2, and this version reads format 1"
        );
        assert!(unreadable("{}").starts_with("missing field `v`"));
        assert!(unreadable(r#"{"v":1}"#).starts_with("missing field `id`"));
        let newer = print(&example()).replacen('{', r#"{"future":1,"#, 1);
        assert!(unreadable(&newer).starts_with("unknown field `future`"));
        let backwards = print(&example()).replace("1,25%,50%,100%", "50%,25%");
        assert_eq!(
            unreadable(&backwards),
            "steps: 25% does not come after 50%: steps are cumulative and must grow"
        );
        assert!(!unreadable("{\"v\":\"\u{1b}\"}").contains('\u{1b}'));
    }
}
