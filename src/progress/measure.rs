//! A gate's answers, added up until they decide.

use crate::model::gate::rules::{OnNoData, Rules};
use crate::plan::answer::Answer;

/// The answers of one gate about one pod so far.
#[derive(Clone, Debug)]
pub struct Measuring {
    rules: Rules,
    tally: Tally,
    /// Questions in a row that stayed without a clear answer.
    unclear: u32,
}

/// How many answers there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Yes.
    pub yes: u32,
    /// No.
    pub no: u32,
    /// How many yes are needed.
    pub needed: u32,
}

/// What follows an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask again after the interval.
    Again,
    /// The gate passed.
    Passed,
    /// It failed.
    Failed,
    /// It could not tell.
    Inconclusive,
}

impl Measuring {
    /// Nothing has been asked yet.
    pub fn new(rules: Rules) -> Self {
        let tally = Tally { needed: rules.success_threshold, ..Tally::default() };
        Self { rules, tally, unclear: 0 }
    }

    /// How the answers stand.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Adds an answer.
    pub fn take(&mut self, answer: &Answer) -> Next {
        if !matches!(answer, Answer::Unclear(_)) {
            self.unclear = 0;
        }
        match (answer, self.rules.on_no_data) {
            (Answer::Yes(_), _) | (Answer::NoData(_), OnNoData::Pass) => self.tally.yes += 1,
            (Answer::No(_), _) | (Answer::NoData(_), OnNoData::Fail) => self.tally.no += 1,
            (Answer::NoData(_), OnNoData::Wait) => return Next::Again,
            (Answer::Unclear(_), _) => {
                self.unclear += 1;
                let over = self.unclear > self.rules.error_limit;
                return if over { Next::Inconclusive } else { Next::Again };
            }
        }
        let Tally { yes, no, needed } = self.tally;
        let left = self.rules.count.saturating_sub(yes + no);
        if no > self.rules.failure_limit || yes + left < needed {
            Next::Failed
        } else if yes >= needed {
            Next::Passed
        } else {
            Next::Again
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::gate::rules::Written;

    fn yes() -> Answer {
        Answer::Yes(String::new())
    }

    fn no() -> Answer {
        Answer::No(String::new())
    }

    fn no_data() -> Answer {
        Answer::NoData(String::new())
    }

    fn unclear() -> Answer {
        Answer::Unclear(String::new())
    }

    /// What follows the last of some answers, none before it having decided.
    fn after(rules: Written, answers: &[Answer]) -> Next {
        let mut measuring = Measuring::new(rules.try_into().unwrap());
        let (last, before) = answers.split_last().unwrap();
        for answer in before {
            assert_eq!(measuring.take(answer), Next::Again);
        }
        measuring.take(last)
    }

    fn three_of_five() -> Written {
        Written {
            count: Some(5),
            success_threshold: Some(3),
            failure_limit: Some(2),
            ..Written::default()
        }
    }

    #[test]
    fn one_answer_decides_unless_more_are_asked_for() {
        assert_eq!(after(Written::default(), &[yes()]), Next::Passed);
        assert_eq!(after(Written::default(), &[no()]), Next::Failed);
    }

    #[test]
    fn enough_yes_passes_and_too_many_no_fail() {
        assert_eq!(after(three_of_five(), &[yes(), no(), yes(), no(), yes()]), Next::Passed);
        assert_eq!(after(three_of_five(), &[yes(), yes(), yes()]), Next::Passed);
        assert_eq!(after(three_of_five(), &[no(), yes(), no(), yes(), no()]), Next::Failed);
    }

    #[test]
    fn a_gate_that_can_pass_no_more_has_failed() {
        let rules = Written { success_threshold: Some(5), ..three_of_five() };
        assert_eq!(after(rules, &[yes(), no()]), Next::Failed);
    }

    #[test]
    fn errors_in_a_row_end_it_and_never_as_a_failure() {
        let five = vec![unclear(); 5];
        assert_eq!(after(Written::default(), &five), Next::Inconclusive);
        let none = Written { error_limit: Some(0), ..Written::default() };
        assert_eq!(after(none, &[unclear()]), Next::Inconclusive);
        // An answer in between shows that it can be asked.
        let mut scattered = vec![unclear(); 4];
        scattered.push(yes());
        scattered.extend(vec![unclear(); 4]);
        scattered.extend([yes(), yes()]);
        assert_eq!(after(three_of_five(), &scattered), Next::Passed);
    }

    #[test]
    fn no_data_is_what_the_rules_say() {
        let rules = |on_no_data| Written { on_no_data: Some(on_no_data), ..Written::default() };
        assert_eq!(after(Written::default(), &[no_data()]), Next::Failed);
        assert_eq!(after(rules(OnNoData::Fail), &[no_data()]), Next::Failed);
        assert_eq!(after(rules(OnNoData::Pass), &[no_data()]), Next::Passed);
        let many = [vec![no_data(); 50], vec![yes()]].concat();
        assert_eq!(after(rules(OnNoData::Wait), &many), Next::Passed);
    }

    proptest! {
        #[test]
        fn the_end_is_never_but_what_the_answers_say(
            count in 1..8_u32, threshold in 1..8_u32, failures in 0..8_u32, errors in 0..4_u32,
            wait: bool,
            answers in prop::collection::vec(prop::sample::select(vec![0, 1, 2, 3]), 0..60),
        ) {
            let on_no_data = if wait { OnNoData::Wait } else { OnNoData::Fail };
            let written = Written {
                count: Some(count), success_threshold: Some(threshold),
                failure_limit: Some(failures), error_limit: Some(errors),
                on_no_data: Some(on_no_data), ..Written::default()
            };
            let Ok(rules) = Rules::try_from(written) else { return Ok(()) };
            let mut measuring = Measuring::new(rules);
            let (mut decisive, mut in_a_row) = (0, 0);
            for answer in answers {
                let answer = [yes(), no(), no_data(), unclear()][answer].clone();
                in_a_row = if answer == unclear() { in_a_row + 1 } else { 0 };
                decisive += u32::from(answer != unclear() && !(wait && answer == no_data()));
                let next = measuring.take(&answer);
                let Tally { yes, no, needed } = measuring.tally();
                prop_assert_eq!(yes + no, decisive);
                match next {
                    Next::Again => {
                        prop_assert!(decisive < count, "it asks no more than count times");
                        prop_assert!(in_a_row <= errors);
                    }
                    Next::Passed => {
                        prop_assert!(yes >= needed && no <= failures);
                        return Ok(());
                    }
                    Next::Failed => {
                        prop_assert!(no > 0, "only a no fails");
                        prop_assert!(no > failures || yes + (count - decisive) < needed);
                        return Ok(());
                    }
                    Next::Inconclusive => {
                        prop_assert_eq!(answer, unclear());
                        prop_assert!(in_a_row > errors);
                        return Ok(());
                    }
                }
            }
        }
    }
}
