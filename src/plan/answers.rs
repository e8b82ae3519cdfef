//! One command in many pods: whom to ask, which answers are the same, and which is the worst.

use crate::exit::Exit;
use crate::model::ordinal::Ordinal;
use crate::model::ordinals::Ordinals;
use crate::model::pod::{Phase, Pod};
use crate::model::set::Set;

/// What came of asking one pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its ordinal.
    pub ordinal: Ordinal,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The command ran to its end.
    Ended {
        /// Its exit code.
        code: i32,
        /// What it wrote to stdout.
        stdout: String,
        /// What it wrote to stderr.
        stderr: String,
        /// Whether there was more of either than is kept.
        cut: bool,
    },
    /// It was not run, or could not be.
    NotRun {
        /// Why.
        reason: String,
    },
    /// It did not end in time, or nobody waited for its end.
    NotEnded {
        /// Why.
        reason: String,
    },
}

/// A pod to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its ordinal.
    pub ordinal: Ordinal,
    /// Why it cannot be asked, if it cannot.
    pub obstacle: Option<String>,
}

/// Pods that answered the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Their ordinals.
    pub ordinals: Ordinals,
    /// What they answered.
    pub outcome: Outcome,
}

/// Whom to ask.
///
/// Fails with the ordinals that the set has no pod for.
pub fn targets(set: &Set, pods: &[Pod], only: Option<&Ordinals>) -> Result<Vec<Target>, Ordinals> {
    if let Some(only) = only {
        let unknown: Ordinals = only.iter().filter(|ordinal| !set.wanted.wants(*ordinal)).collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
    }
    let wanted = set.wanted.iter();
    let chosen =
        wanted.filter(|ordinal| only.is_none_or(|only| only.iter().any(|o| o == *ordinal)));
    let own = |ordinal| {
        pods.iter()
            .find(|pod| pod.controller.as_ref() == Some(&set.uid) && pod.ordinal == Some(ordinal))
    };
    let obstacle = |ordinal| match own(ordinal) {
        None => Some("there is no such pod".to_owned()),
        Some(pod) if pod.phase == Phase::Running => None,
        Some(pod) => Some(pod.reason()),
    };
    Ok(chosen.map(|ordinal| Target { ordinal, obstacle: obstacle(ordinal) }).collect())
}

/// The answers, the same ones together, in the order of the lowest ordinal of each.
pub fn groups(answers: &[Answer]) -> Vec<Group> {
    let mut answers: Vec<&Answer> = answers.iter().collect();
    answers.sort_by_key(|answer| answer.ordinal);
    let mut groups: Vec<(Vec<Ordinal>, &Outcome)> = Vec::new();
    for answer in answers {
        match groups.iter_mut().find(|(_, outcome)| **outcome == answer.outcome) {
            Some((ordinals, _)) => ordinals.push(answer.ordinal),
            None => groups.push((vec![answer.ordinal], &answer.outcome)),
        }
    }
    let group = |(ordinals, outcome): (Vec<Ordinal>, &Outcome)| Group {
        ordinals: ordinals.into_iter().collect(),
        outcome: outcome.clone(),
    };
    groups.into_iter().map(group).collect()
}

/// The worst of all exit codes. A pod in which the command did not run counts as an error of this
/// program, one in which it did not end as a timeout.
pub fn worst(answers: &[Answer]) -> u8 {
    let code = |answer: &Answer| match &answer.outcome {
        Outcome::Ended { code, .. } => u8::try_from(*code).unwrap_or(u8::MAX),
        Outcome::NotRun { .. } => Exit::Error.code(),
        Outcome::NotEnded { .. } => Exit::TimedOut.code(),
    };
    answers.iter().map(code).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_pod, a_set};

    fn ended(ordinal: u32, code: i32, stdout: &str) -> Answer {
        let (stdout, stderr) = (stdout.to_owned(), String::new());
        let outcome = Outcome::Ended { code, stdout, stderr, cut: false };
        Answer { ordinal: Ordinal(ordinal), outcome }
    }

    fn not_run(ordinal: u32, reason: &str) -> Answer {
        let outcome = Outcome::NotRun { reason: reason.to_owned() };
        Answer { ordinal: Ordinal(ordinal), outcome }
    }

    #[test]
    fn the_same_answers_are_one_group_in_the_order_of_ordinals() {
        let answers = [
            ended(4, 0, "a"),
            not_run(3, "Pending"),
            ended(2, 0, "a"),
            ended(1, 0, "b"),
            ended(0, 0, "a"),
            ended(5, 1, "a"),
            not_run(6, "Pending"),
        ];
        let told: Vec<_> =
            groups(&answers).iter().map(|group| group.ordinals.to_string()).collect();
        assert_eq!(told, ["0,2,4", "1", "3,6", "5"]);
    }

    #[test]
    fn other_words_on_stderr_are_another_answer() {
        let mut loud = ended(1, 0, "a");
        if let Outcome::Ended { stderr, .. } = &mut loud.outcome {
            "oh".clone_into(stderr);
        }
        assert_eq!(groups(&[ended(0, 0, "a"), loud]).len(), 2);
    }

    #[test]
    fn the_worst_code_is_the_highest() {
        assert_eq!(worst(&[]), 0);
        assert_eq!(worst(&[ended(0, 0, "")]), 0);
        assert_eq!(worst(&[ended(0, 3, ""), ended(1, 7, ""), not_run(2, "x")]), 7);
        assert_eq!(worst(&[ended(0, 0, ""), not_run(1, "x")]), 1);
        assert_eq!(worst(&[ended(0, -1, "")]), 255);
        assert_eq!(worst(&[ended(0, 256, "")]), 255, "never a success");
        let slow = Outcome::NotEnded { reason: "30s".to_owned() };
        let slow = Answer { ordinal: Ordinal(1), outcome: slow };
        assert_eq!(worst(&[ended(0, 2, ""), slow]), 5);
    }

    #[test]
    fn pods_that_do_not_run_are_not_asked() {
        let set = a_set("db").replicas(5);
        let pending = Pod { phase: Phase::Pending, ..a_pod(&set, 1) };
        let foreign = Pod { controller: Some("another".to_owned()), ..a_pod(&set, 2) };
        let pods = [a_pod(&set, 0), pending, foreign, a_pod(&set, 3).unready(), a_pod(&set, 9)];
        let told: Vec<_> = targets(&set, &pods, None)
            .unwrap()
            .into_iter()
            .map(|target| format!("{} {}", target.ordinal, target.obstacle.unwrap_or_default()))
            .collect();
        let none = "there is no such pod";
        let none = |ordinal: u32| format!("{ordinal} {none}");
        assert_eq!(told, ["0 ".to_owned(), "1 Pending".into(), none(2), "3 ".into(), none(4)]);
    }

    #[test]
    fn ordinals_the_set_does_not_have_are_a_mistake() {
        let set = a_set("db").starting_at(5);
        let only = |text: &str| targets(&set, &[], Some(&text.parse().unwrap()));
        assert_eq!(only("5,7").unwrap().len(), 2);
        assert_eq!(only("4-8").unwrap_err().to_string(), "4,8");
    }
}
