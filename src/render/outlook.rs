//! What becomes of a change, in few words.

use std::collections::BTreeMap;

use crate::model::feature::MaxUnavailable;
use crate::model::ordinal::Ordinal;
use crate::model::set::{Set, Strategy};
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::outlook::{Alone, Outlook, Target};
use crate::plan::preflight::Source;
use crate::plan::simulate::forecast::{Before, End, Forecast, Lacks, Wait};
use crate::render::pods::pods;
use crate::render::text::{Text, Tone};

/// Whether the change rolls at all, and what the controller alone would do with it.
pub fn outlook(snapshot: &Snapshot, outlook: &Outlook) -> Text {
    let mut text = Text::new().with(Tone::Plain, format!("{}\n", template(snapshot, outlook)));
    if moves_nothing(snapshot, outlook) {
        return text;
    }
    for alone in &outlook.alone {
        let whom = match alone.where_it {
            None if outlook.source == Source::Adopt => "released now, the controller alone",
            None => "applied plainly, the controller alone",
            Some(MaxUnavailable::Counts) => "where maxUnavailable counts, the controller alone",
            Some(MaxUnavailable::Dropped) => "where it does not, the controller alone",
        };
        text.push(Tone::Plain, format!("{whom} {}\n", way(&snapshot.set, &alone.well)));
        text.extend(if_broken(&snapshot.set, alone));
    }
    if let ([_, _, ..], Known::Unknown(why)) = (&outlook.alone[..], &outlook.max_unavailable) {
        let line = format!("whether maxUnavailable counts here is not known: {why}\n");
        text.push(Tone::Faint, line);
    }
    text
}

/// Whether the template is as it is, and all pods run it.
fn moves_nothing(snapshot: &Snapshot, outlook: &Outlook) -> bool {
    match &outlook.target {
        Target::Same { revision } => {
            snapshot.count_on(revision) == snapshot.set.wanted.replicas
                && snapshot.left_over().count() == 0
        }
        Target::Remembered { .. } | Target::New => false,
    }
}

/// The revision of the template, and who runs it.
fn template(snapshot: &Snapshot, outlook: &Outlook) -> String {
    let said = match &outlook.target {
        Target::New => "new; the pods end on a revision that is made for it".to_owned(),
        Target::Same { revision } => format!("as it is, revision {revision}"),
        Target::Remembered { revision, number } => format!(
            "that of revision {revision} (number {number}); \
             the pods end on it, and no new revision is made"
        ),
    };
    if moves_nothing(snapshot, outlook) {
        return format!("template: {said}; all pods run it, and nothing would move");
    }
    let Some(name) = outlook.target.revision() else {
        return format!("template: {said}{}", others(snapshot, ""));
    };
    let wanted = snapshot.set.wanted.iter().rev();
    let run: Vec<Ordinal> = wanted.filter(|pod| runs(snapshot, *pod) == Some(name)).collect();
    let already = match run.len() {
        0 => String::new(),
        1 => format!("; {} runs it", pods(&snapshot.set, &run)),
        _ => format!("; {} run it", pods(&snapshot.set, &run)),
    };
    format!("template: {said}{already}{}", others(snapshot, name))
}

fn runs(snapshot: &Snapshot, pod: Ordinal) -> Option<&str> {
    snapshot.pod(pod)?.revision.as_deref()
}

/// The pods on other revisions than this one, where pods are on more than one.
fn others(snapshot: &Snapshot, name: &str) -> String {
    let mut by_revision: BTreeMap<&str, Vec<Ordinal>> = BTreeMap::new();
    for pod in snapshot.set.wanted.iter().rev() {
        if let Some(revision) = runs(snapshot, pod) {
            by_revision.entry(revision).or_default().push(pod);
        }
    }
    let mixed = by_revision.len() > 1;
    by_revision
        .iter()
        .filter(|(revision, _)| mixed && **revision != name)
        .map(|(revision, on)| format!("; on {revision}: {}", pods(&snapshot.set, on)))
        .collect::<Vec<_>>()
        .concat()
}

/// What the controller does.
fn way(set: &Set, forecast: &Forecast) -> String {
    let mut deleted: Vec<Ordinal> = Vec::new();
    for pod in forecast.deleted() {
        if !deleted.contains(&pod) {
            deleted.push(pod);
        }
    }
    let begins = if deleted.is_empty() {
        match (&forecast.end, &set.strategy) {
            (End::Stuck(wait), _) if wait.before != Before::Nothing => {
                return format!("moves no pod: it waits for {}", waited_for(set, *wait));
            }
            (End::Unknown(strategy), _) => {
                return format!("does what {strategy} says, which is not known here");
            }
            (_, Strategy::OnDelete) => "moves no pod: under OnDelete somebody has to delete them",
            _ if set.partition() > 0 => "moves no pod: the partition keeps them back",
            _ => "moves no pod",
        }
        .to_owned()
    } else {
        let pace = match forecast.most_down {
            0 | 1 => "one at a time".to_owned(),
            most => format!("up to {most} at once"),
        };
        format!("replaces {}, {pace}", pods(set, &deleted))
    };
    let ends = match &forecast.end {
        End::Stuck(wait) if wait.before != Before::Nothing => {
            format!("; then it waits for {}", waited_for(set, *wait))
        }
        End::Endless => "; it makes and deletes some of them again and again".to_owned(),
        _ => String::new(),
    };
    begins + &ends
}

/// A pod and what it lacks.
pub(super) fn waited_for(set: &Set, wait: Wait) -> String {
    let lacks = match wait.lacks {
        Lacks::Gone => "does not end",
        Lacks::Ready => "is not ready",
        Lacks::Available => "is not ready for minReadySeconds",
    };
    format!("{}, which {lacks}", set.pod_name(wait.pod))
}

/// Where it gets stuck when no new pod becomes ready.
fn if_broken(set: &Set, alone: &Alone) -> Text {
    let broken = &alone.broken;
    let down: Vec<Ordinal> = set
        .wanted
        .iter()
        .rev()
        .filter(|pod| !broken.pods.iter().any(|last| last.pod == *pod && last.ready))
        .collect();
    if broken == &alone.well || down.is_empty() {
        return Text::new();
    }
    let stay = if down.len() == 1 { "is replaced and stays down" } else { "stay down" };
    let (running, all) = (broken.running(), set.wanted.replicas);
    let keep = if running == 1 { "keeps" } else { "keep" };
    Text::new().with(
        Tone::Plain,
        format!(
            "  if the new pods never become ready: {} {stay}; {running} of {all} pods {keep} running\n",
            pods(set, &down)
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::set::{HOLD, Rolling};
    use crate::plan::outlook::outlook as of;
    use crate::plan::preflight::original;
    use crate::testing::{NEW, a_pod, a_set, a_snapshot, a_template};

    fn said(snapshot: &Snapshot, word: &str, feature: Known<MaxUnavailable>) -> String {
        let original = original(&snapshot.set).unwrap();
        let found = of(snapshot, Source::Change, &a_template(word), &original, feature);
        outlook(snapshot, &found).to_string()
    }

    fn counts() -> Known<MaxUnavailable> {
        Known::Read(MaxUnavailable::Counts)
    }

    fn many(replicas: u32, most: &str) -> Set {
        let max_unavailable = Some(most.to_owned());
        let mut set =
            a_set("db").replicas(replicas).with_strategy(Strategy::RollingUpdate(Some(Rolling {
                partition: 0,
                max_unavailable,
            })));
        set.status.ready = replicas;
        set.status.available = replicas;
        set.status.updated = replicas;
        set
    }

    #[test]
    fn a_new_template_rolls_from_the_top() {
        insta::assert_snapshot!(said(&a_snapshot(&many(5, "1")), "v2", counts()), @"
        template: new; the pods end on a revision that is made for it
        applied plainly, the controller alone replaces db-4 … db-0, one at a time
          if the new pods never become ready: db-4 is replaced and stays down; 4 of 5 pods keep running
        ");
    }

    #[test]
    fn three_hundred_pods_take_three_lines() {
        insta::assert_snapshot!(said(&a_snapshot(&many(300, "10%")), "v2", counts()), @"
        template: new; the pods end on a revision that is made for it
        applied plainly, the controller alone replaces db-299 … db-0, up to 30 at once
          if the new pods never become ready: db-299 … db-270 stay down; 270 of 300 pods keep running
        ");
    }

    #[test]
    fn a_template_as_it_is_moves_nothing_and_says_who_runs_something_else() {
        let same = said(&a_snapshot(&a_set("db")), "old", counts());
        let all = "template: as it is, revision db-old; all pods run it, and nothing would move\n";
        assert_eq!(same, all);
        let set = a_set("db").updating().at_partition(HOLD);
        let mixed = a_snapshot(&set).with(a_pod(&set, 2).on(NEW));
        insta::assert_snapshot!(said(&mixed, "new", counts()), @"
        template: as it is, revision db-new; db-2 runs it; on db-old: db-1, db-0
        applied plainly, the controller alone moves no pod: the partition keeps them back
        ");
        insta::assert_snapshot!(said(&mixed, "third", counts()), @"
        template: new; the pods end on a revision that is made for it; on db-new: db-2; on db-old: db-1, db-0
        applied plainly, the controller alone moves no pod: the partition keeps them back
        ");
    }

    #[test]
    fn a_remembered_template_is_gone_back_to() {
        insta::assert_snapshot!(said(&a_snapshot(&many(3, "1")), "new", counts()), @"
        template: that of revision db-new (number 2); the pods end on it, and no new revision is made
        applied plainly, the controller alone replaces db-2, db-1, db-0, one at a time
          if the new pods never become ready: db-2 is replaced and stays down; 2 of 3 pods keep running
        ");
    }

    #[test]
    fn what_waits_behind_a_hold_is_released_and_not_applied() {
        let set = a_set("db").updating().at_partition(HOLD);
        let was = original(&a_set("db")).unwrap();
        let found = of(&a_snapshot(&set), Source::Adopt, &set.template, &was, counts());
        insta::assert_snapshot!(outlook(&a_snapshot(&set), &found).to_string(), @"
        template: as it is, revision db-new
        released now, the controller alone replaces db-2, db-1, db-0, one at a time
          if the new pods never become ready: db-2 is replaced and stays down; 2 of 3 pods keep running
        ");
    }

    #[test]
    fn what_waits_is_named() {
        let set = many(3, "1");
        let ill = a_snapshot(&set).with(a_pod(&set, 0).unready());
        insta::assert_snapshot!(said(&ill, "v2", counts()), @"
        template: new; the pods end on a revision that is made for it
        applied plainly, the controller alone moves no pod: it waits for db-0, which is not ready
        ");
        let on_delete = a_snapshot(&a_set("db").with_strategy(Strategy::OnDelete));
        assert!(said(&on_delete, "v2", counts()).contains("under OnDelete somebody has to"));
    }

    #[test]
    fn both_outcomes_are_told_where_the_feature_is_not_known_and_matters() {
        let unknown = Known::Unknown("you may not create".to_owned());
        insta::assert_snapshot!(said(&a_snapshot(&many(6, "3")), "v2", unknown.clone()), @"
        template: new; the pods end on a revision that is made for it
        where maxUnavailable counts, the controller alone replaces db-5 … db-0, up to 3 at once
          if the new pods never become ready: db-5, db-4, db-3 stay down; 3 of 6 pods keep running
        where it does not, the controller alone replaces db-5 … db-0, one at a time
          if the new pods never become ready: db-5 is replaced and stays down; 5 of 6 pods keep running
        whether maxUnavailable counts here is not known: you may not create
        ");
        assert!(!said(&a_snapshot(&many(6, "1")), "v2", unknown).contains("not known"));
    }
}
